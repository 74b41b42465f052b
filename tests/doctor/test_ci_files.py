"""Commands of workflows and pipelines, with their lines."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest

from covgate.doctor.facts import CiFiles, Command
from covgate.doctor.read import read_facts
from covgate.measurement.coverage_settings import read_coverage_settings
from covgate.measurement.location import Measurement
from covgate.model.settings import Settings

WORKFLOW = ".github/workflows/ci.yml"


def ci(root: Path, files: dict[str, str]) -> CiFiles:
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(textwrap.dedent(text).lstrip("\n"), encoding="utf-8")
    settings = read_coverage_settings(".coveragerc", root)
    measurement = Measurement(base=root, config_file=".coveragerc", data_file=root / ".coverage")
    return read_facts(root, Settings(), settings, measurement=measurement, snapshot=None, environment={}).ci


def gates(root: Path, text: str, name: str = WORKFLOW) -> list[Command]:
    return [command for command in ci(root, {name: text}).commands if command.words[:1] == ("gate",)]


def ignored(commands: list[Command]) -> list[tuple[str, str, bool]]:
    return [(loss.by, str(loss.position), loss.is_certain) for command in commands for loss in command.ignored_exits]


def test_a_workflow(tmp_path: Path) -> None:
    (gate,) = gates(
        tmp_path,
        """
        env:
          COVGATE_MODE: off
        jobs:
          tests:
            runs-on: ubuntu-latest
            continue-on-error: true
            steps:
              - uses: actions/checkout@v4
              - run: |
                  pip install it

                  gate --hard || true
                continue-on-error: true
        """,
    )
    assert gate.words == ("gate", "--hard")
    assert ignored([gate]) == [
        ("|| true", f"{WORKFLOW}:12", True),
        ("continue-on-error: true", f"{WORKFLOW}:6", True),
        ("continue-on-error: true", f"{WORKFLOW}:13", True),
    ]
    assert gate.mode is not None
    assert (gate.mode.value, str(gate.mode.position)) == ("off", f"{WORKFLOW}:2")
    assert str(gate.shallow_checkout) == f"{WORKFLOW}:8"


STEP = "jobs:\n  a:\n    runs-on: {machine}\n    steps:\n      - run: {run}\n"


@pytest.mark.parametrize(
    ("more", "run", "machine", "expected"),
    [
        ("", "gate | tee log", "ubuntu-latest", [("a pipe without pipefail", True)]),
        ("", "gate | tee log", "'${{ matrix.os }}'", [("a pipe without pipefail", False)]),
        ("        shell: bash\n", "gate | tee log", "ubuntu-latest", []),
        ("    defaults: {run: {shell: bash}}\n", "gate | tee log", "ubuntu-latest", []),
        ("", "'set -o pipefail; gate | tee log'", "ubuntu-latest", []),
        ("", "gate; true", "ubuntu-latest", [("; true", False)]),
        ("        shell: bash -l {0}\n", "gate; upload", "ubuntu-latest", [("a shell without -e", True)]),
        ("        shell: bash -el {0}\n", "gate; upload", "ubuntu-latest", []),
        ("        shell: pwsh\n", "gate || true", "ubuntu-latest", []),
        ("        continue-on-error: ${{ matrix.experimental }}\n", "gate", "ubuntu-latest", []),
        ("        continue-on-error: false\n", "gate", "ubuntu-latest", []),
        (
            "        id: t\n        continue-on-error: true\n",
            "gate",
            "ubuntu-latest",
            [("continue-on-error: true", True)],
        ),
        (
            "        id: t\n        continue-on-error: true\n      - if: steps.t.outcome == 'failure'\n        run: exit 1\n",
            "gate",
            "ubuntu-latest",
            [],
        ),
    ],
)
def test_shells_and_steps(tmp_path: Path, more: str, run: str, machine: str, expected: list[tuple[str, bool]]) -> None:
    found = gates(tmp_path, STEP.format(run=run, machine=machine) + more)
    assert [(by, certain) for by, _, certain in ignored(found)] == expected


@pytest.mark.parametrize(
    ("checkout", "line"),
    [
        ("- uses: actions/checkout@v4\n", 4),
        ("- uses: actions/checkout@v4\n        with: {fetch-depth: 2}\n", 4),
        ("- uses: actions/checkout@v4\n        with: {fetch-depth: 0}\n", None),
        ("- uses: actions/checkout@v4\n        with: {fetch-depth: '${{ inputs.depth }}'}\n", None),
        ("- uses: actions/checkout@v4\n      - run: git fetch --unshallow\n", None),
        ("- uses: actions/checkout@v4\n        with: {repository: o/data, path: data}\n", None),
        ("- run: git clone .\n", None),
    ],
)
def test_checkouts(tmp_path: Path, checkout: str, line: int | None) -> None:
    (gate,) = gates(tmp_path, f"jobs:\n  a:\n    steps:\n      {checkout}      - run: gate\n")
    assert (gate.shallow_checkout and gate.shallow_checkout.line) == line


def test_the_action_runs_the_gate(tmp_path: Path) -> None:
    steps = "- uses: me/pytest-covgate@v1\n        continue-on-error: true\n      - uses: pytest-covgate-like/x@v1\n"
    (check,) = ci(tmp_path, {WORKFLOW: f"jobs:\n  a:\n    steps:\n      {steps}"}).commands
    assert (check.text, check.position.line) == ("covgate check", 4)
    assert ignored([check]) == [("continue-on-error: true", f"{WORKFLOW}:5", True)]


def test_a_job_that_tests_another_project_is_left_out(tmp_path: Path) -> None:
    text = (
        "jobs:\n  a:\n    steps:\n      - {uses: actions/checkout@v4, with: {repository: o/other}}\n      - run: gate\n"
    )
    assert gates(tmp_path, text) == []


def test_a_pipeline(tmp_path: Path) -> None:
    found = gates(
        tmp_path,
        """
        variables:
          COVGATE_MODE: {value: warn}
        .base: &base
          allow_failure: true
        default: {image: python}
        one:
          extends: .base
          before_script: [set +e]
          script:
            - [pip install it]
            - !reference [.base, script]
            - gate --one
            - echo done
        two:
          <<: *base
          allow_failure: {exit_codes: 3}
          variables: {COVGATE_MODE: fail}
          script: gate --two || true
        three:
          extends: [.nowhere]
          script: gate
        """,
        ".gitlab-ci.yml",
    )
    assert ignored(found[:1]) == [
        ("set +e", ".gitlab-ci.yml:12", True),
        ("allow_failure: true", ".gitlab-ci.yml:4", True),
    ]
    assert ignored(found[1:]) == [("|| true", ".gitlab-ci.yml:18", True)]
    assert [command.mode.value for command in found if command.mode] == ["warn", "fail", "warn"]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"jobs: [\n", "expected the node content"),
        (b"a: &x 1\nb: *y\n", "found undefined alias"),
        (b"jobs: \xff\n", "not UTF-8"),
        (b"jobs: \0\n", "special characters"),
        (b"[" * 5000, "nested too deeply"),
        (b"#" * 1_000_001, "more than 1,000,000 bytes"),
        (b"%YAML 9.9\n--- {", ""),
    ],
)
def test_a_file_that_cannot_be_read_says_so(tmp_path: Path, content: bytes, reason: str) -> None:
    (tmp_path / ".github/workflows").mkdir(parents=True)
    (tmp_path / WORKFLOW).write_bytes(content)
    (unread,) = ci(tmp_path, {}).unread
    assert reason in unread.reason


@pytest.mark.parametrize(
    "text", ["", "just words", "jobs: [1]", "jobs: {a: 1, b: {steps: 2}, c: {steps: [1, {run: []}]}}"]
)
def test_a_file_that_is_not_a_workflow_has_no_commands(tmp_path: Path, text: str) -> None:
    found = ci(tmp_path, {WORKFLOW: text, ".gitlab-ci.yml": text})
    assert (found.commands, found.unread) == ((), ())


def test_aliases_are_not_expanded(tmp_path: Path) -> None:
    lines = ["a0: &a0 {x: y}"]
    lines += [f"a{n}: &a{n} {{<<: [{', '.join([f'*a{n - 1}'] * 9)}]}}" for n in range(1, 60)]
    lines += ["jobs:", "  a: {<<: *a59, steps: [{run: gate}]}", "  loop: &loop", "    <<: *loop", "    steps: [*loop]"]
    assert len(gates(tmp_path, "\n".join(lines))) == 1


def test_a_folder_named_like_a_workflow_is_unread(tmp_path: Path) -> None:
    (tmp_path / WORKFLOW).mkdir(parents=True)
    assert len(ci(tmp_path, {}).unread) == 1
