"""X6: source on which coverage.py's parser gives up is an error that names the file, in every command."""

from __future__ import annotations

import re
import sys

import pytest

from conftest import Project

HEAD = "def f(c):\n    with c:\n        {}\n    return 1\n"
# Python 3.14 measures the stack: the usual 8 MB are enough for 20,000 terms. Older ones count, and 3.10 dies of 200,000.
TERMS = 200_000 if sys.version_info >= (3, 14) else 20_000
SOURCES = {
    "only an annotation": HEAD.format("z: int"),
    "only a global": HEAD.format("global H"),
    "nested too deeply": "x = 1\ny = lambda: " + "-" * 20000 + "1\n",
    "too long a sum": "y = lambda: " + "+".join(["1"] * TERMS) + "\n",
}


@pytest.fixture
def measured(shop: Project, request: pytest.FixtureRequest) -> Project:
    """The shop with a module that Python runs (or nobody imports) and coverage.py cannot analyse."""
    shop.write({"shop/odd.py": SOURCES[request.param]})
    if "only" in request.param:
        shop.write({"tests/test_odd.py": "import shop.odd\ndef test(): pass\n"})
    return shop.settings('[tool.covgate]\nsource = ["shop"]\nmodule = 0\n[tool.coverage.run]\nbranch = true\n')


@pytest.mark.parametrize("measured", SOURCES, indirect=True)
@pytest.mark.parametrize("args", [(), ("-n2",)])
def test_issue_f_17_the_gate_fails_and_names_the_file(measured: Project, args: tuple[str, ...]) -> None:
    run = measured.pytest("--covgate", *args)
    assert run.code == 1
    assert run.verdict.startswith("ERROR coverage gate: no verdict, Couldn't parse shop/odd.py: ")
    again = measured.covgate("check")
    assert (again.code, again.err) == (3, "")
    used_stack = r"\d+ kB"  # in the words of Python 3.14
    assert re.sub(used_stack, "", again.verdict) == re.sub(used_stack, "", run.verdict)


@pytest.mark.parametrize("measured", ["only an annotation"], indirect=True)
@pytest.mark.parametrize(
    ("command", "code"),
    [
        (("explain", "shop.cart"), 0),
        (("explain", "shop/odd.py:3"), 2),
        (("accept", "shop.cart", "remove", "--reason=why", "--dry-run"), 0),
        (("accept", "shop.odd", "f", "--reason=why"), 2),
        (("ratchet", "--complete"), 3),
        (("doctor",), 1),
        (("init", "--force", "--dry-run"), 0),
    ],
)
def test_issue_f_17_no_command_ends_in_a_traceback(measured: Project, command: tuple[str, ...], code: int) -> None:
    measured.pytest("--covgate")
    run = measured.covgate(*command)
    assert run.code == code, run


@pytest.mark.parametrize("measured", ["only a global"], indirect=True)
def test_issue_f_17_neither_workers_nor_the_process_ahead_die_of_it(measured: Project) -> None:
    """Sources that are parsed by other processes, after the odd one, are parsed all the same."""
    many = {f"shop/many_{n}.py": "".join(f"def f{n}(): return {n}\n" for n in range(1500)) for n in range(45)}
    measured.write(many)
    run = measured.pytest("--covgate", env={"COVGATE_JOBS": "2"})
    assert run.verdict.startswith("ERROR coverage gate: no verdict, Couldn't parse shop/odd.py: ")
    assert measured.covgate("check", env={"COVGATE_JOBS": "2", "COVGATE_CACHE": "off"}).verdict == run.verdict


@pytest.mark.parametrize("measured", ["only an annotation"], indirect=True)
def test_issue_f_17_in_line_mode_it_is_judged(measured: Project) -> None:
    measured.settings('[tool.covgate]\nsource = ["shop"]\nmodule = 0\n')
    assert measured.pytest("--covgate").code == 0
