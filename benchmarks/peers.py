"""Runs covgate and its peers on small projects in which something is not tested: who fails, who passes?

    python benchmarks/peers.py            # prints the table, and writes it to peers.md

Each case is a git repository, a run of pytest, and each tool's own command as its documentation has it.
"""

from __future__ import annotations

import platform
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from environments import COVERAGE, IDENTITY, PEERS, WORK, ours, peers

RESULTS = Path(__file__).parent / "peers.md"
CASES_FOLDER = WORK / "peers-cases"
CANNOT = "-"
CART = "shop/cart.py"
TEST = "tests/test_cart.py"


class Case(NamedTuple):
    """`files` are those of the branch main; `change` is committed on another branch; `total` is a floor.

    Where `total` is None, 90 % of the change are to be tested. `edit` is what is in the work tree when the tests run;
    `late` is what is edited between the tests and the verdict.
    """

    words: str
    files: Mapping[str, str]
    change: Mapping[str, str] = {}
    edit: Mapping[str, str] = {}
    late: Mapping[str, str] = {}
    total: int | None = None
    module: int | None = None
    branches: bool = False
    is_wrong: bool = True


def statements(count: int) -> str:
    return "".join(f"    a{number} = {number}\n" for number in range(count))


def test(*calls: str) -> str:
    return f"from shop import cart\n\n\ndef test_cart():\n{''.join(f'    cart.{call}' + chr(10) for call in calls)}"


TOTAL = f"def total():\n{statements(38)}"
REFUND = "\n\ndef refund(order):\n    order.paid = 0\n    order.sent = False\n    return order\n"
PAY = "\n\ndef pay(order):\n    return order.pay(\n        amount={},\n        to=order,\n    )\n"
TAX = "def tax(order):\n    rate = 0.2\n    order.tax = rate\n    return order\n"
MORE = f"\n\ndef more():\n{statements(20)}"
LOOP = "def total(items):\n    result = 0\n    if items:\n        result = sum(items)\n    return result\n"
TESTED = {CART: TOTAL, TEST: test("total()")}
CASES = (
    Case(
        "nothing: all is tested, and so is the change",
        TESTED,
        change={CART: TOTAL + MORE, TEST: test("total()", "more()")},
        is_wrong=False,
    ),
    Case(
        "39 of 49 statements ran (79.59 %), the floor is 80 %",
        {CART: f"def total():\n{statements(37)}\n\ndef other():\n{statements(10)}", TEST: test("total()")},
        total=80,
    ),
    Case(
        "a module of four statements is at 25 %, each is to have 80 %; the total is above 80 %",
        {**TESTED, "shop/tax.py": TAX},
        total=80,
        module=80,
    ),
    Case(
        "a changed `if` that only one way was taken",
        {CART: "def total(items):\n    return sum(items)\n", TEST: test("total([])")},
        change={CART: LOOP, TEST: test("total([1])")},
        branches=True,
    ),
    Case(
        "a change in the second line of a statement that no test runs",
        {CART: TOTAL + PAY.format(1), TEST: test("total()")},
        change={CART: TOTAL + PAY.format(2)},
    ),
    Case("a new module without a test, not yet added to git", TESTED, edit={"shop/refund.py": REFUND.lstrip()}),
    Case(
        "an untested function is committed; seven comments above it are not committed yet",
        {CART: TOTAL + MORE, TEST: test("total()", "more()")},
        change={CART: TOTAL + REFUND + MORE},
        edit={CART: "# not yet\n" * 7 + TOTAL + REFUND + MORE},
    ),
    Case("an untested function was written after the tests ran", TESTED, late={CART: TOTAL + REFUND}),
)


class Project:
    """The repository of a case; what the commands print is kept in a log beside it."""

    def __init__(self, name: str, case: Case) -> None:
        self.folder = CASES_FOLDER / name
        self.log = CASES_FOLDER / f"{name}.log"
        self.log.unlink(missing_ok=True)
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)
        self.git("init", "-q", "-b", "main")
        self.write(
            {
                "shop/__init__.py": "",
                ".gitignore": ".coverage\n.covgate/\ncoverage.*\n__pycache__/\n.pytest_cache/\n",
                "pyproject.toml": settings(case),
                **case.files,
            }
        )
        self.commit("main")
        self.git("checkout", "-q", "-b", "topic")
        self.write({"CHANGES.md": "Something.\n", **case.change})
        self.commit("topic")
        self.write(case.edit)

    def git(self, *arguments: str) -> None:
        subprocess.run(["git", "-C", str(self.folder), *IDENTITY, *arguments], check=True)

    def write(self, files: Mapping[str, str]) -> None:
        for name, text in files.items():
            path = self.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")

    def commit(self, message: str) -> None:
        self.git("add", "-A")
        self.git("commit", "-q", "-m", message)

    def passes(self, *command: str) -> str:
        done = subprocess.run(command, cwd=self.folder, capture_output=True, text=True, check=False)
        with self.log.open("a", encoding="utf-8") as log:
            log.write(f"$ {' '.join(command)}\n{done.stdout}{done.stderr}exit code {done.returncode}\n\n")
        return {0: "passes", 1: "fails"}.get(done.returncode, f"exit code {done.returncode}")


def settings(case: Case) -> str:
    """Return the pyproject.toml of a case: the rules of covgate and of coverage-threshold."""
    lines = ["[tool.pytest.ini_options]", 'testpaths = ["tests"]', "", "[tool.covgate]", 'source = ["shop"]']
    lines += ["changed = { lines = 90 }"] if case.total is None else [f"total = {case.total}"]
    if case.module is not None:
        lines += [f"module = {case.module}"]
        lines += ["", '[coverage-threshold.modules."shop/"]', f"file_line_coverage_min = {case.module}"]
    return "\n".join(lines) + "\n"


def verdicts(number: int, case: Case, ours_bin: Path, peers_bin: Path) -> dict[str, str]:
    """Return what each tool says; each measures for itself."""
    name = f"case-{number}"
    branches = ["--cov-branch"] if case.branches else []
    project = Project(name, case)
    python = str(ours_bin / "python")
    project.passes(python, "-m", "pytest", "-q", "--covgate", "--covgate-mode=measure", *branches)
    project.write(case.late)
    found = {"covgate": project.passes(python, "-m", "covgate", "check", "--base", "main")}
    log = project.log.read_text(encoding="utf-8")
    project = Project(name, case)
    python = str(peers_bin / "python")
    pytest = [python, "-m", "pytest", "-q", "--cov=shop", *branches]
    if case.total is not None and case.module is None:
        found["pytest-cov"] = project.passes(*pytest, f"--cov-fail-under={case.total}")
    project.passes(*pytest, "--cov-report=xml", "--cov-report=json")
    project.write(case.late)
    if case.total is not None:
        threshold = [str(peers_bin / "coverage-threshold"), "--line-coverage-min", str(case.total)]
        found["coverage-threshold"] = project.passes(*threshold)
    else:
        diff_cover = [str(peers_bin / "diff-cover"), "coverage.xml", "--compare-branch=main", "--fail-under=90"]
        careful = ["--include-untracked", *(["--branch-coverage"] if case.branches else [])]
        found["diff-cover"] = project.passes(*diff_cover)
        found["diff-cover with its options"] = project.passes(*diff_cover, *careful)
    project.log.write_text(log + project.log.read_text(encoding="utf-8"), encoding="utf-8")
    return found


TOOLS = ("covgate", "pytest-cov", "coverage-threshold", "diff-cover", "diff-cover with its options")


def main() -> None:
    ours_bin, peers_bin = ours(), peers()
    lines = [f"| what is wrong | {' | '.join(TOOLS)} |", f"|---|{'---|' * len(TOOLS)}"]
    for number, case in enumerate(CASES, start=1):
        found = verdicts(number, case, ours_bin, peers_bin)
        cells = [found.get(tool, CANNOT) for tool in TOOLS]
        shown = [f"**{cell}**" if (cell == "passes") == case.is_wrong and cell != CANNOT else cell for cell in cells]
        lines.append(f"| {case.words} | {' | '.join(shown)} |")
    versions = ", ".join(pin.replace("==", " ") for pin in [*COVERAGE, *PEERS])
    RESULTS.write_text(
        f"""# Who fails where something is not tested

Written by `python benchmarks/peers.py`: {platform.python_implementation()} {platform.python_version()}, {versions}.

Each row is a small git repository, judged by the command that each tool documents; the first one is in order, in the
others something is not tested. A dash: the tool has no rule for it. diff-cover's options are `--include-untracked`, and
`--branch-coverage` where branches are measured.

"""
        + "\n".join(lines)
        + "\n",
        encoding="utf-8",
    )
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
