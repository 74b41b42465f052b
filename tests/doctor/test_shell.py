"""What hides the exit code of a command in a shell script; every row is tried in bash too."""

from __future__ import annotations

import subprocess
from random import Random

import pytest

from covgate.doctor.shell import MAX_LENGTH, ShellCommand, shell_commands


def gate(script: str, *, errexit: bool = True) -> ShellCommand | None:
    return next((c for c in shell_commands(script, errexit=errexit) if c.words[:1] == ("gate",)), None)


def exit_code(script: str, *options: str, gate: int = 5) -> int:
    """The exit code of a script whose command `gate` has an exit code, in the usual shell of a CI."""
    command = ["bash", "-e", *options, "-c", f"gate() {{ return {gate}; }}\nexport -f gate\n{script}"]
    return subprocess.run(command, capture_output=True, check=False).returncode


@pytest.mark.parametrize(
    ("script", "ignored_by"),
    [
        ("gate || true", "|| true"),
        ("gate || :", "|| :"),
        ("gate || exit 0", "|| exit 0"),
        ("gate || echo failed", "|| echo ..."),
        ("gate || echo failed >&2", "|| echo ..."),
        ("gate && echo fine || true", "|| true"),
        ("gate | cat || true", "|| true"),
        ("gate || echo failed || true", "|| echo ..."),
        ("gate || { echo failed; }", "|| echo ..."),
        ("(cd . && gate) || true", "|| true"),
        ("{ gate; } 2>&1 || true", "|| true"),
        ("gate > /dev/null 2>&1 || true", "|| true"),
        ("gate \\\n  --more || true", "|| true"),
        ("gate ||\n  true", "|| true"),
        ("gate || true # it's known", "|| true"),
        ("gate || true\necho done", "|| true"),
        ("for x in 1 2; do gate || true; done", "|| true"),
        ("if true; then gate || true; fi", "|| true"),
        ("a=(1 2)\ngate || true", "|| true"),
        ("cat <<EOF\ntext\nEOF\ngate || true", "|| true"),
        ("set +e\ngate\necho done", "set +e"),
        ("set +ex\ngate\necho done", "set +e"),
        ("set +e\ngate\nset -e", "set +e"),
        ("bash -c 'gate; true'", "; true"),
        ("bash -c 'gate' || true", "|| true"),
        ('sh -c "cd . && gate || true"', "|| true"),
    ],
)
def test_an_ignored_exit_code(script: str, ignored_by: str) -> None:
    command = gate(script)
    assert command is not None
    assert (command.ignored_by, command.is_certain) == (ignored_by, True)
    assert exit_code(script) == 0


@pytest.mark.parametrize(
    "script",
    [
        "gate",
        "gate || exit 1",
        "gate || (echo failed; exit 1)",
        "gate || { echo failed; exit 1; }",
        "gate || { echo failed; exit 1; }\necho done",
        "gate || echo failed && exit 1",
        "gate || exit 1 || true",
        "gate || false",
        "gate 'a || true'",
        'gate "a || true"',
        "gate '||' true",
        "gate # || true",
        "gate\ntrue || true",
        "true || true; gate",
        "gate && true",
        "set +e\ngate",
        "set +e\necho start\ngate && echo done",
        "set +e\ngate || exit 1\necho done",
        "set +e\ngate\ncode=$?\nexit $code",
        "set +e\ntrap 'exit 5' EXIT\ngate\ntrue",
        "set +e\nset -e\ngate\ntrue",
    ],
)
def test_an_exit_code_that_counts(script: str) -> None:
    command = gate(script)
    assert command is not None
    assert command.ignored_by is None
    assert exit_code(script) != 0


def test_a_command_that_always_passes_counts_only_without_errexit() -> None:
    command = gate("gate; true")
    assert command is not None
    assert (command.ignored_by, command.is_certain) == ("; true", False)
    assert gate("bash -ec 'gate; true'") == command
    assert (exit_code("gate; true"), exit_code("gate; true", "+e")) == (5, 0)
    assert gate("gate;\ntrue") == ShellCommand(words=("gate",), line=1)
    command = gate("gate\nupload", errexit=False)
    assert command is not None
    assert command.ignored_by == "a shell without -e"


@pytest.mark.parametrize(
    "script",
    [
        "if gate; then echo; fi",
        "if true && gate; true; then echo; fi",
        "! gate || true",
        "gate || FAILED=1",
        "gate || echo failed=1 >> $OUTPUT",
        "gate ${{ inputs.more || true }}",
        "set +e\ngate\nif [ $? -ne 0 ]; then exit 1; fi",
        "set +e\nfor x in 1 2; do gate; done\necho",
        "set +e\nrun() {\n  gate\n  echo done\n}\nrun",
        "case x in\n  a) gate ;;\n  *) true ;;\nesac",
        "gate & wait",
    ],
)
def test_what_a_later_line_may_handle_is_not_reported(script: str) -> None:
    command = gate(script)
    assert command is not None
    assert command.ignored_by is None


@pytest.mark.parametrize(
    "script",
    [
        "echo 'gate || true'",
        "cat <<EOF\ngate || true\nEOF",
        "cat <<-'END' | sort\n  gate || true\n  END\n",
        "cat << NEVER\ngate || true",
        "echo 'unended\ngate || true",
        "echo > gate || true",
        "x" * (MAX_LENGTH + 1) + "\ngate || true",
        "",
    ],
)
def test_text_that_is_no_command(script: str) -> None:
    assert gate(script) is None


@pytest.mark.parametrize("text", ["a && b" + " " * 9_000, "a && b   ) " * 900, "a\n" * 9_000, "a || echo x " * 1_500])
def test_a_hostile_script_is_read_to_its_end(text: str) -> None:
    """This would take minutes, or all memory, if a text could be matched in several ways."""
    command = gate(f"{text}\ngate || true")
    assert command is not None
    assert command.ignored_by == "|| true"


def random_list(random: Random, depth: int = 2) -> str:
    simple = random.choice(
        ["gate", "gate -x > /dev/null 2>&1", "true", "false", ":", "echo 'b || true'", "exit 1", "set +e"]
    )
    choices = [simple, simple, simple, simple, f"! {simple}"]
    if depth:
        inner = random_list(random, depth - 1)
        choices += [f"( {inner} )", f"{{ {inner}; }}", f"if {simple}; then {inner}; fi"]
    command = random.choice(choices)
    if random.random() < 0.5:
        command += random.choice([" && ", " || ", " || ", " | ", " ||\n  ", "; ", "\n"]) + random_list(random, depth)
    return command


def test_no_random_script_is_accused_that_fails_with_the_gate() -> None:
    scripts = [random_list(Random(seed)) for seed in range(6000)]
    found = [(s, c) for s in scripts if s.count("gate") == 1 and (c := gate(s)) and c.ignored_by and c.is_certain]
    assert len(found) > 30
    assert [script for script, _ in found if exit_code(script) != 0 and exit_code(script, gate=0) == 0] == []


def test_lines_words_and_pipes() -> None:
    found = shell_commands('one \\\n  \'a b\'\n\n# two\nA=1 two "c\\"d" | three 2>&1 > /dev/null &\n(four; five) | six')
    assert [(command.words[0], command.line, command.is_piped) for command in found] == [
        ("one", 1, False),
        ("A=1", 5, True),
        ("three", 5, False),
        ("four", 6, False),
        ("five", 6, True),
        ("six", 6, False),
    ]
    assert found[0].words == ("one", "a b")
    assert exit_code("gate | cat") == 0
