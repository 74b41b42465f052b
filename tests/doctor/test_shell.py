"""What a shell script makes of a command's outcome; every loss here was tried in bash."""

from __future__ import annotations

import subprocess

import pytest

from covgate.doctor.shell import LONGEST, ShellCommand, shell_commands


def gate(script: str, *, errexit: bool = True) -> ShellCommand | None:
    found = [command for command in shell_commands(script, errexit=errexit) if command.words[:1] == ("gate",)]
    return found[0] if found else None


LOST = [
    ("gate || true", "|| true"),
    ("gate || :", "|| :"),
    ("gate || exit 0", "|| exit 0"),
    ("gate || echo failed", "|| echo ..."),
    ("gate && echo fine || true", "|| true"),
    ("gate || echo failed || true", "|| echo ..."),
    ("gate || { echo failed; }", "|| echo ..."),
    ("(cd . && gate) || true", "|| true"),
    ("{ gate; } 2>&1 || true", "|| true"),
    ("gate \\\n  --more || true", "|| true"),
    ("gate ||\n  true", "|| true"),
    ("gate || true # it's known", "|| true"),
    ("for x in 1 2; do gate || true; done", "|| true"),
    ("if true; then gate || true; fi", "|| true"),
    ("set +e\ngate\necho done", "set +e"),
    ("set +e\ngate\nset -e", "set +e"),
    ("bash -c 'gate; true'", "; true"),
    ("bash -c 'gate' || true", "|| true"),
]

KEPT = [
    "gate",
    "gate || exit 1",
    "gate || (echo failed; exit 1)",
    "gate || { echo failed; exit 1; }",
    "gate || echo failed && exit 1",
    "gate || false",
    "gate 'a || true'",
    'gate "a || true"',
    "gate # || true",
    "true || true; gate",
    "set +e\ngate",
    "set +e\ngate\ncode=$?\nexit $code",
    "set +e\nset -e\ngate\ntrue",
    "bash -ec 'gate; true'",
    "gate; true",
]


@pytest.mark.parametrize(("script", "loss"), LOST)
def test_a_lost_outcome(script: str, loss: str) -> None:
    command = gate(script)
    assert command is not None
    assert command.loss == loss
    assert outcome(script) == 0


@pytest.mark.parametrize("script", KEPT)
def test_a_kept_outcome(script: str) -> None:
    command = gate(script)
    assert command is not None
    assert command.loss is None
    assert outcome(script) != 0


def outcome(script: str) -> int:
    """Of the script where the command fails, as the usual shell of a CI runs it."""
    command = ["bash", "-e", "-c", f"gate() {{ return 5; }}\nexport -f gate\n{script}"]
    return subprocess.run(command, capture_output=True, check=False).returncode


@pytest.mark.parametrize(
    "script",
    [
        "if gate; then echo; fi",
        "! gate || true",
        "gate || FAILED=1",
        "gate || echo failed=1 >> $OUTPUT",
        "gate ${{ inputs.more || '' }}",
        "set +e\ngate\nif [ $? -ne 0 ]; then exit 1; fi",
        "set +e\nfor x in 1 2; do gate; done\necho",
        "gate | tee log; exit ${PIPESTATUS[0]}",
    ],
)
def test_what_may_be_handled_later_is_no_loss(script: str) -> None:
    command = gate(script)
    assert command is None or command.loss is None


@pytest.mark.parametrize(
    "script",
    [
        "echo 'gate || true'",
        "cat <<EOF\ngate || true\nEOF",
        "cat <<-'END'\n  gate || true\n  END\n",
        "cat << NEVER\ngate || true",
        "case x in\n  a) gate || true;;\nesac",
        "run() { gate; }\nrun || true",
        "echo 'unended\ngate || true",
        "(gate || true",
        "a=(1 2)\ngate || true",
        "x" * (LONGEST + 1) + "\ngate || true",
        "{ gate ) || true",
        "",
    ],
)
def test_what_is_no_command_or_not_understood_gives_none(script: str) -> None:
    assert gate(script) is None


def test_lines_words_and_pipes() -> None:
    found = shell_commands('one \\\n  \'a b\'\n\n# two\nA=1 two "c\\"d" | three 2>&1 > /dev/null &\n(four; five) | six')
    assert [(command.words[0], command.line, command.in_pipe) for command in found] == [
        ("one", 1, False),
        ("A=1", 5, True),
        ("three", 5, False),
        ("four", 6, True),
        ("five", 6, True),
        ("six", 6, False),
    ]
    assert found[0].words == ("one", "a b")


def test_a_command_that_always_passes_later_on_the_line_is_told() -> None:
    assert [command.before for command in shell_commands("gate; true\ntrue")] == ["true", None, None]


def test_without_errexit_the_next_command_overrules() -> None:
    command = gate("gate\nupload", errexit=False)
    assert command is not None
    assert command.loss == "no -e in the shell"
