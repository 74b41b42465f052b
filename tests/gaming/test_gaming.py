"""Issue F, 10 (J15): attempts of a change to talk its way past the gate. Each fails the run, or the run says so.

Every row is a real repository: a base commit at which the gate passes, and a change that adds untested code together
with something that is to hide it. The same code without the something fails (`test_the_honest_change_fails`).
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import pytest

from conftest import Project, Run
from repositories import Repository

SETTINGS = """
[tool.covgate]
source = ["src/shop"]
total = 90
module = 75

[tool.covgate.targets]
"shop.pay" = { target = 90, branches = 80, max_missing = 1, changed = 85 }

[tool.covgate.components.money]
modules = ["shop.pay", "shop.cart"]
target = 85

[tool.covgate.changed]
lines = 80
module = 80
new_module = 90

[tool.coverage.run]
branch = true

[tool.coverage.report]
fail_under = 70
exclude_also = ["nocov"]

[tool.pytest.ini_options]
addopts = "--covgate"
pythonpath = ["src"]
testpaths = ["tests"]
"""
PAY = """
def pay(amount):
    if amount > 0:
        return amount
    return 0
"""
CART = """
def add(a, b):
    return a + b


def total(items):
    return sum(items)
"""
TESTS = """
from shop.cart import add, total
from shop.pay import pay


def test_cart():
    assert add(1, 2) == total([1, 2])


def test_pay():
    assert pay(1) + pay(-1) == 1
"""
UNTESTED = """

def refund(amount):
    if amount > 0:
        amount = -amount
    elif amount < -100:
        amount = -100
    print("refund", amount)
    print("again", amount)
    return amount
"""
SHOP: dict[str, str | bytes] = {
    "pyproject.toml": SETTINGS,
    ".gitignore": ".coverage*\n.covgate\n__pycache__\n.pytest_cache\ncovgate.json\n",
    "src/shop/__init__.py": "",
    "src/shop/pay.py": PAY,
    "src/shop/cart.py": CART,
    "tests/test_shop.py": TESTS,
}


class Attempt(NamedTuple):
    """What a change does besides adding untested code to `pay.py`, and what of it the reports name.

    `settings` are replacements in `pyproject.toml`, `files` other new files, `untested` the code in its own form.
    """

    name: str
    what: str
    settings: tuple[tuple[str, str], ...] = ()
    files: dict[str, str] = {}  # noqa: RUF012
    untested: str = UNTESTED
    code: int = 1
    """Of `pytest`. 0 only where the change reaches its end, and the verdict line says by what."""


def setting(name: str, what: str, old: str, new: str, code: int = 1) -> Attempt:
    return Attempt(name=name, what=what, settings=((old, new),), code=code)


def excluded(name: str, untested: str, what: str = "exclusion comment") -> Attempt:
    return Attempt(name=name, what=what, untested=untested, code=0)


def marked(comment: str) -> str:
    """The untested function, excluded by a comment on its first line."""
    return UNTESTED.replace("def refund(amount):", f"def refund(amount):  {comment}")


COVGATE_TABLES = SETTINGS[: SETTINGS.index("[tool.coverage.run]")]
ENTRY = '"shop.pay" = { target = 90, branches = 80, max_missing = 1, changed = 85 }\n'
MONEY = '[tool.covgate.components.money]\nmodules = ["shop.pay", "shop.cart"]\ntarget = 85\n'
ACCEPT = '[[tool.covgate.accept]]\nmodule = "shop.pay"\nfunction = "refund"\nreason = "later"\n\n[tool.coverage.run]'

ATTEMPTS = [
    setting("total lowered", "tool.covgate.total", "total = 90", "total = 10"),
    setting("total switched off", "tool.covgate.total", "total = 90", "total = false"),
    setting("total removed", "tool.covgate.total", "total = 90\n", ""),
    setting("module lowered", "tool.covgate.module", "module = 75", "module = 5"),
    setting("a target lowered", 'tool.covgate.targets."shop.pay"', "target = 90", "target = 5"),
    setting("a target's branches lowered", 'targets."shop.pay".branches', "branches = 80", "branches = 5"),
    setting("a target's max_missing raised", 'targets."shop.pay".max_missing', "max_missing = 1", "max_missing = 50"),
    setting("a target's changed lowered", 'targets."shop.pay".changed', "changed = 85", "changed = 5"),
    setting("an entry of targets removed", 'tool.covgate.targets."shop.pay"', ENTRY, ""),
    setting("a more specific lower target", 'targets."src/shop/cart.py"', ENTRY, ENTRY + '"src/shop/cart.py" = 10\n'),
    setting("a lower pattern in its place", 'targets."shop.*"', ENTRY, '"shop.*" = 10\n'),
    setting("changed.lines = false", "tool.covgate.changed.lines", "lines = 80", "lines = false"),
    setting("changed.lines lowered", "tool.covgate.changed.lines", "lines = 80", "lines = 5"),
    setting("changed.module removed", "tool.covgate.changed.module", "module = 80\n", ""),
    setting("new_module = 0", "tool.covgate.changed.new_module", "new_module = 90", "new_module = 0"),
    setting("new exclude", "tool.covgate.exclude", "module = 75", 'module = 75\nexclude = ["shop.pay"]'),
    setting("accepted without need", "tool.covgate.accept", "[tool.coverage.run]", ACCEPT, code=0),
    setting("mode warn", "tool.covgate.mode", "module = 75", 'module = 75\nmode = "warn"', code=0),
    setting("a component's target lowered", "components.money.target", "target = 85", "target = 5"),
    setting("a component loses the bad module", "components.money.modules", '["shop.pay", "shop.cart"]', '["shop.cart"]'),
    setting("a component removed", "components.money.target", MONEY, ""),
    setting("the table deleted", "tool.covgate.module", COVGATE_TABLES, "\n"),
    setting("the table renamed", "tool.covgate.module", "tool.covgate", "tool.old-covgate"),
    setting("the table misspelt", "did you mean tool.covgate?", "tool.covgate", "tool.covgat", code=4),
    setting("another base", "tool.covgate.changed.base", "new_module = 90", 'new_module = 90\nbase = "HEAD"'),
    setting("source narrowed", "tool.covgate.source", '["src/shop"]', '["shop.cart"]'),
    setting("omit", "tool.coverage.run.omit", "branch = true", 'branch = true\nomit = ["*/pay.py"]'),
    setting("omit of the report", "tool.coverage.report.omit", "fail_under = 70", 'fail_under = 70\nomit = ["*/pay.py"]'),
    setting("include", "tool.coverage.report.include", "fail_under", 'include = ["*/cart.py"]\nfail_under'),
    setting("exclude_also", "tool.coverage.report.exclude_also", '["nocov"]', '["nocov", "def refund"]', code=0),
    setting("exclude_lines", "tool.coverage.report.exclude_lines", "fail_under", 'exclude_lines = ["refund"]\nfail_under', 0),
    setting("branch turned off", "tool.coverage.run.branch", "branch = true", "branch = false"),
    setting("fail_under lowered", "tool.coverage.report.fail_under", "fail_under = 70", "fail_under = 1"),
    setting("ignore_errors", "tool.coverage.report.ignore_errors", "fail_under", "ignore_errors = true\nfail_under"),
    setting("addopts with -k", "pytest's addopts", '"--covgate"', '"--covgate -k cart"'),
    setting("addopts with --deselect", "pytest's addopts", '"--covgate"', '"--covgate --deselect=tests/test_shop.py::x"'),
    setting("addopts that warns", "pytest's addopts", '"--covgate"', '"--covgate --covgate-mode=warn"', code=0),
    setting("addopts with another base", "pytest's addopts", '"--covgate"', '"--covgate --covgate-base=main"'),
    setting("testpaths narrowed", "pytest's testpaths", '["tests"]', '["tests/test_shop.py"]'),
    Attempt("another coverage.py file", "coverage.py's run.omit", files={".coveragerc": "[run]\nomit = */pay.py\n"}),
    Attempt("another pytest file", "pytest's addopts", files={"pytest.ini": "[pytest]\naddopts = --covgate -k cart\npythonpath = src\n"}),
    excluded("# pragma: no cover", marked("# pragma: no cover")),
    excluded("#pragmanocover", marked("#pragmanocover")),
    excluded("#  PRAGMA NO COVER", marked("#  PRAGMA NO COVER")),
    excluded("# pragma:no   cover with more", marked("# noqa # pragma:no   cover - later")),
    excluded("a pragma in a string", UNTESTED.replace("(amount):", "(amount, note='# pragma: no cover'):")),
    excluded("a pragma over two lines", UNTESTED.replace("(amount):", "(amount,  # pragma: no\n           cover=0):")),
    excluded("a comment of the project's own", marked("# nocov")),
    excluded("code of the project's own pattern", UNTESTED.replace("(amount)", "(amount, nocov=1)"), "a pattern of exclude_lines"),
    Attempt(
        "no branch", "exclusion comment", untested="\n\ndef half(amount):\n    if amount:  # pragma: no branch\n        amount = 1\n    return amount\n",
        files={"tests/test_half.py": "from shop.pay import half\n\n\ndef test_half():\n    assert half(2) == 1\n"}, code=0,
    ),
    Attempt(
        "code in a folder of tests", "code in a folder of tests", untested="\n\nfrom tests.engine import refund\n",
        files={"tests/engine.py": UNTESTED, "tests/__init__.py": "", "conftest.py": ""}, code=0,
    ),
]  # fmt: skip


@pytest.fixture
def repository(project: Project) -> Repository:
    """The shop on a branch of its own."""
    made = Repository(project.root)
    made.commit(SHOP)
    made.git("checkout", "-q", "-b", "feature")
    return made


def attempt_it(repository: Repository, attempt: Attempt) -> None:
    settings = (repository.root / "pyproject.toml").read_text()
    for old, new in attempt.settings:
        assert old in settings
        settings = settings.replace(old, new)
    repository.commit({**attempt.files, "pyproject.toml": settings, "src/shop/pay.py": PAY + attempt.untested})


def run(project: Project, *args: str, code: int | None = None) -> Run:
    done = project.pytest(*args, env={"CI": "true", "PYTHONPATH": "."})
    assert code is None or done.code == code, done.out + done.err
    return done


def test_the_base_passes(repository: Repository, project: Project) -> None:
    """And has nothing to say of loosened rules."""
    repository.commit({"src/shop/cart.py": CART.replace("a + b", "b + a")})
    assert "loosens" not in run(project, "-q", "--covgate-report=json:covgate.json", code=0).verdict
    assert project.report()["loosened"] == []


def test_the_honest_change_fails(repository: Repository, project: Project) -> None:
    attempt_it(repository, Attempt("honest", ""))
    assert run(project, code=1).verdict.startswith("FAILED")


@pytest.mark.parametrize("attempt", ATTEMPTS, ids=lambda attempt: attempt.name)
def test_x_an_attempt_fails_or_the_run_says_so(repository: Repository, project: Project, attempt: Attempt) -> None:
    attempt_it(repository, attempt)
    done = run(project, "--covgate", "--covgate-all", "-v", code=attempt.code)
    assert attempt.what in done.out + done.err
    if attempt.what.startswith(("did you mean", "a pattern")):
        return
    assert "loosened by this change" in done.out
    assert "this change loosens" in done.verdict


@pytest.mark.parametrize(
    "attempt",
    [one for one in ATTEMPTS if one.code == 0 and "pattern" not in one.what],
    ids=lambda attempt: attempt.name,
)
def test_x_with_loosened_fail_no_attempt_passes(repository: Repository, project: Project, attempt: Attempt) -> None:
    """The base's own setting counts: the change cannot switch it off for itself."""
    repository.git("checkout", "-q", "main")
    repository.commit({"pyproject.toml": SETTINGS.replace("new_module = 90", 'new_module = 90\nloosened = "fail"')})
    repository.git("checkout", "-q", "-B", "feature")
    attempt_it(repository, attempt._replace(settings=(*attempt.settings, ('loosened = "fail"', 'loosened = "note"'))))
    done = run(project, "-q", "--covgate-report=json:covgate.json")
    assert "tool.covgate.changed.loosened" in {one["what"] for one in project.report()["loosened"]}
    assert done.verdict.startswith("FAILED")
    assert "this change loosens" in done.verdict
    assert done.code == (0 if "warn" in attempt.name else 1)


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        (
            '"--covgate"',
            '"--covgate --no-covgate"',
            "pytest's addopts                                new: --no-covgate",
        ),
        ('"--covgate"', '"--covgate --no-cov"', "new: --no-cov "),
        ('"--covgate"', '"-q"', "--covgate -> not set"),
        ("module = 75", 'module = 75\nmode = "off"', "coverage gate: off (tool.covgate.mode=off)"),
    ],
    ids=["--no-covgate", "--no-cov", "addopts without --covgate", "mode off"],
)
def test_x_a_gate_that_is_switched_off_is_told_by_the_command(
    repository: Repository, project: Project, old: str, new: str, what: str
) -> None:
    """There pytest judges nothing, so `covgate check` is asked about the data of a plain run."""
    attempt_it(repository, Attempt("off", what, settings=((old, new),)))
    run(project, "--cov=src/shop", "--cov-branch", "--cov-report=", "--cov-fail-under=0", "-o", "addopts=", code=0)
    done = project.covgate("check", "--all", env={"CI": "true"})
    assert " ".join(what.split()) in " ".join(done.out.split())
    assert done.code == (0 if "mode" in new else 1)


def test_the_end_of_an_excluded_region_deleted(repository: Repository, project: Project) -> None:
    """No line is added, and untested code that stood below the region is excluded with it."""
    regex = "exclude_also = ['# off(?s:.)*?# on']"
    kept = "# off\nprint('kept')\n# on\n"
    untested = "\n\ndef g():\n    # off\n    print('never')\n    # on\n"
    repository.git("checkout", "-q", "main")
    settings = SETTINGS.replace('exclude_also = ["nocov"]', regex).replace("total = 90", "total = 50")
    settings = settings[: settings.index("[tool.covgate.targets]")] + settings[settings.index("[tool.coverage.run]") :]
    repository.commit({"pyproject.toml": settings, "src/shop/pay.py": kept + PAY + UNTESTED + untested})
    repository.git("checkout", "-q", "-B", "feature")
    repository.commit({"src/shop/pay.py": kept.replace("# on\n", "") + PAY + UNTESTED + untested})
    done = run(project, "--covgate-all", "-v", "--covgate-report=json:covgate.json")
    assert [one["what"] for one in project.report()["loosened"]] == ["exclusion comment"]
    assert "src/shop/pay.py:" in done.out


def test_from_a_project_below_the_top_a_subfolder_and_a_linked_worktree(tmp_path: Path) -> None:
    """Issue F: all of it from everywhere."""
    top = Repository(tmp_path / "top")
    top.commit({f"projects/shop/{name}": content for name, content in SHOP.items()})
    top.git("checkout", "-q", "-b", "feature")
    top.git("worktree", "add", "-q", "-b", "other", str(tmp_path / "linked"))
    found = []
    for folder in (top.root, tmp_path / "linked"):
        project = Project(folder / "projects/shop")
        project.settings(SETTINGS.replace("total = 90", "total = 10"))
        run(project, "-q", "--covgate-report=json:covgate.json", code=0)
        found.append(project.report()["loosened"])
    assert found == 2 * [[{"what": "tool.covgate.total", "before": "90", "after": "10", "where": "pyproject.toml:3"}]]
