"""`covgate compare`, on a real history: two commits, each with a run of its tests."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from conftest import SHOP, Project, Run
from covgate.history.store import FILE, Store
from covgate.model.record import EnvironmentKey
from covgate.model.record_json import to_line
from repositories import Repository

SETTINGS = """\
[tool.covgate]
source = ["shop"]
changed.lines = false

[tool.covgate.components.cart]
modules = ["shop.cart"]
target = 10
"""
CART = """\
LIMIT = 9

def add(a, b):
    return a + b

def remove(a, b):
    if a > b:
        return a - b
    raise ValueError("too much")
"""
OTHER_TEST = """\
from shop.cart import remove

def test_remove():
    assert remove(2, 1) == 1
"""
GOLDEN = """\
before  HEAD~1 (COMMIT, measured TIME UTC)
now     HEAD (COMMIT, measured TIME UTC)

before    now  points  covered before  covered now
 37.50  60.00  +22.50          3 of 8      6 of 10  total
 50.00  71.42  +21.42          3 of 6       5 of 7  cart
 50.00  71.42  +21.42          3 of 6       5 of 7  shop/cart.py
     -   0.00       -               -       0 of 1  shop/extra.py (new)
     -  50.00       -               -       1 of 2  shop/more.py (new)
  0.00      -       -          0 of 2            -  shop/unused.py (gone)

     statements                                    before  now
CBC  unchanged, covered before and now                  2    2
UBC  unchanged, covered neither before nor now          1    1
GBC  unchanged, not covered before, covered now         2    2
LBC  unchanged, covered before, no longer covered       1    1
GNC  new, covered                                       -    2
UNC  new, not covered                                   -    2
DUB  deleted, was not covered                           2    -
     sum                                                8   10

no longer covered, although unchanged
  shop/cart.py: 1 statement, line 4
  shop/cart.py:4: tests/test_shop.py::test_add was deleted

                      before    now  difference
total, %               37.50  60.00      +22.50
cart, %                50.00  71.42      +21.42
statements                 8     10          +2
  covered                  3      6          +3
  missing                  5      4          -1
tests                      1      2          +1
test files                 1      2          +1
lines of test code         4      8          +4
source files               3      4          +1
  changed or renamed       1      1           0
  unchanged                1      1           0
  new                      0      2          +2
  deleted                  1      0          -1
"""


class Shop(Project):
    """A project in a repository of which two commits are recorded; the newer one is checked out."""

    def __init__(self, repository: Repository) -> None:
        super().__init__(repository.root)
        self.repository = repository
        self.store = Store(repository.root / FILE)

    def compare(self, *args: str) -> Run:
        return self.covgate("compare", *args, env=self.repository.environment)

    def json(self, *args: str, **_: Any) -> dict[str, Any]:
        run = self.compare(*args, "--json")
        assert run.code == 0, run.err
        document: dict[str, Any] = json.loads(run.out)
        return document

    def record(self) -> None:
        assert self.pytest("--covgate", env=self.repository.environment).code == 0


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    shop = Shop(Repository(tmp_path_factory.mktemp("compare") / "shop"))
    ignored = ".coverage*\n.covgate/\n__pycache__/\n.pytest_cache/\n"
    shop.write({**SHOP, "pyproject.toml": SETTINGS, ".gitignore": ignored})
    shop.repository.commit(message="one")
    shop.record()
    shop.repository.git("rm", "-q", "shop/unused.py")
    shop.write(
        {
            "shop/cart.py": CART,
            "shop/more.py": "def more():\n    return 1\n",
            "shop/extra.py": "x = 1\n",
            "tests/test_shop.py": "import shop.more\n\ndef test_more():\n    assert shop.more\n",
            "tests/test_other.py": OTHER_TEST,
        }
    )
    shop.repository.commit(message="two")
    shop.record()
    return shop


@pytest.fixture
def shop(recorded: Shop) -> Iterator[Shop]:
    """The same; the history is put back after the test."""
    content = recorded.store.file.read_bytes()
    yield recorded
    recorded.store.file.write_bytes(content)


def text_of(run: Run) -> str:
    """The screen without what differs from run to run."""
    assert run.code == 0, run.err
    return re.sub(r"\(\w{7}, measured [-0-9]+ [:0-9]+ UTC\)", "(COMMIT, measured TIME UTC)", run.out)


def test_two_revisions(shop: Shop) -> None:
    assert text_of(shop.compare("HEAD~1", "HEAD")) == GOLDEN


def test_what_is_measured_now_is_compared_with_a_revision_or_with_the_baseline(shop: Shop) -> None:
    body = GOLDEN.split("\n", 2)[2]
    named, default = text_of(shop.compare("HEAD~1")), text_of(shop.compare())
    assert named.split("\n", 2)[2] == default.split("\n", 2)[2] == body
    assert named.startswith("before  HEAD~1 (")
    assert default.startswith("before  the previous commit (COMMIT, measured TIME UTC)\nnow     the coverage data (")


def test_json_agrees_with_itself_and_with_the_screen(shop: Shop) -> None:
    document = shop.json("HEAD~1", "HEAD")
    total, modules = document["comparison"]["total"], document["comparison"]["modules"]
    assert (total["before"]["percent"], total["now"]["percent"], total["points"]) == ("37.5", "60.0", "22.50")
    assert [module["path"] for module in modules] == ["shop/cart.py", "shop/extra.py", "shop/more.py", "shop/unused.py"]
    deleted = {"test": "tests/test_shop.py::test_add", "fate": "deleted", "renamed_to": None}
    assert (modules[0]["lost"], modules[0]["gained"]) == ([{"lines": [[4, 4]], "tests": [deleted]}], [[7, 8]])
    for side in ("before", "now"):
        assert total[side]["units"] == sum(module[side]["units"] for module in modules if module[side])
    for code, count in total["categories"].items():
        assert count == sum(module["categories"][code] for module in modules)
    assert document["files"] == {"unchanged": 1, "edited": 1, "deleted": 1, "new": 2, "unknown": 0}
    assert document["before"]["suite"]["tests"] == 1
    assert [document[side]["commit"] for side in ("before", "now")] == [
        shop.repository.git("rev-parse", name).decode().strip() for name in ("HEAD~1", "HEAD")
    ]


def test_backwards_every_difference_has_the_other_sign(shop: Shop) -> None:
    forth, back = shop.json("HEAD~1", "HEAD"), shop.json("HEAD", "HEAD~1")
    assert back["comparison"]["total"]["points"] == "-22.50"
    assert back["files"] == {**forth["files"], "new": 1, "deleted": 2}
    counts = back["comparison"]["total"]["categories"]
    assert (counts["LBC"], counts["GBC"]) == (2, 1)


def test_a_revision_and_itself(shop: Shop) -> None:
    run = shop.compare("HEAD", "HEAD")
    assert "the coverage of no module changed\n" in run.out
    assert "GNC" not in run.out


def test_files(shop: Shop, tmp_path: Path) -> None:
    """A record names its commit, so that git tells what changed; a report of coverage.py names none."""
    (record,) = [one for one in shop.store.all() if one.suite.tests == 1]
    line = tmp_path / "old.json"
    line.write_text(to_line(record) + "\n")
    body = GOLDEN.split("\n", 2)[2]
    assert text_of(shop.compare(str(line), "HEAD")).split("\n", 2)[2] == body
    assert text_of(shop.compare(str(line))).split("\n", 2)[2] == body
    report = tmp_path / "coverage.json"
    assert shop.python("-m", "coverage", "json", "-q", "-o", str(report)).code == 0
    document = shop.json("HEAD~1", str(report))
    assert document["comparison"]["total"]["now"]["percent"] == "60.0"
    assert document["now"]["commit"] is None
    assert document["comparison"]["total"]["categories"]["unknown_now"] == 10  # neither git nor a blob says what stayed
    assert document["files"]["unknown"] == 2


def test_a_record_cannot_pass_an_option_to_git(shop: Shop, tmp_path: Path) -> None:
    """A file with records may come from anybody."""
    record = shop.store.all()[0]
    assert record.revision is not None
    written = tmp_path / "written"
    hostile = record._replace(revision=record.revision._replace(commit=f"--output={written}"))
    file = tmp_path / "hostile.json"
    file.write_text(to_line(hostile))
    assert shop.json(str(file))["comparison"]["total"]["before"]["percent"] == "37.5"
    assert shop.covgate("check", "--baseline", str(file), env=shop.repository.environment).code == 0
    assert not written.exists()
    same = shop.json(str(file), str(file))["comparison"]["total"][
        "categories"
    ]  # without git, equal contents are unchanged
    assert {code: count for code, count in same.items() if count} == {"CBC": 3, "UBC": 5}


def test_a_project_below_the_top_of_its_repository(tmp_path: Path) -> None:
    repository = Repository(tmp_path / "top")
    project = Project(repository.root / "below")
    project.write({**SHOP, "pyproject.toml": SETTINGS, ".gitignore": ".*\n__pycache__/\n"})
    for text in (SHOP["shop/cart.py"], f"\n\n{CART}"):
        project.write({"shop/cart.py": text})
        repository.commit()
        assert project.pytest("--covgate", env=repository.environment).code == 0
    run = project.covgate("compare", "HEAD~1", "HEAD", "--json", env=repository.environment)
    document = json.loads(run.out)
    assert (document["files"]["edited"], document["files"]["unchanged"]) == (1, 2)
    counts = document["comparison"]["total"]["categories"]
    assert {code: count for code, count in counts.items() if count} == {"CBC": 3, "UBC": 5, "GNC": 1}
    assert project.covgate("compare", "HEAD~1", "--json", env=repository.environment).code == 0


def test_files_that_were_edited_after_the_measurement_are_named(tmp_path: Path) -> None:
    repository = Repository(tmp_path / "top")
    project = Project(repository.root)
    project.write({**SHOP, "pyproject.toml": SETTINGS, ".gitignore": ".*\n__pycache__/\n"})
    repository.commit()
    assert project.pytest("--covgate", env=repository.environment).code == 0
    project.write({"shop/cart.py": f"\n{CART}"})
    run = project.covgate("compare", "HEAD", env=repository.environment)
    assert run.err == (
        "note: added, edited or deleted after the measurement: shop/cart.py; line numbers may have moved; "
        "measure again, with pytest --covgate or coverage run\n"
    )


def test_the_newest_comparable_pair_is_taken(shop: Shop) -> None:
    """A commit may be measured on several systems."""
    record = shop.store.all()[-1]
    other = record._replace(run="other", environment=record.environment._replace(systems=("Plan 9, Python 3.12",)))
    shop.store.add([other])
    assert text_of(shop.compare("HEAD~1", "HEAD")) == GOLDEN


def test_a_run_with_failed_tests_is_no_record_of_its_commit(shop: Shop) -> None:
    first = next(one for one in shop.store.all() if one.suite.tests == 1)
    shop.store.remove([first])
    shop.store.add([first._replace(tests_passed=False)])
    run = shop.compare("HEAD~1", "HEAD")
    assert (run.code, run.out) == (2, "")
    assert run.err.startswith("covgate: no record of HEAD~1; tests failed or were left out in every run of it")


def test_records_of_other_settings_are_not_comparable(shop: Shop) -> None:
    first = next(one for one in shop.store.all() if one.suite.tests == 1)
    shop.store.remove([first])
    shop.store.add([first._replace(environment=EnvironmentKey(branches=True))])
    for args in (("HEAD~1", "HEAD"), ("HEAD~1",)):
        run = shop.compare(*args)
        assert (run.code, run.out) == (2, "")
        assert (
            "are not comparable: one was measured with branches, the other without branches  [not-comparable]\n"
            in run.err
        )
    run = shop.compare()
    assert run.code == 2
    assert "no baseline: no record is comparable: one was measured with branches" in run.err


def test_a_revision_without_a_record(shop: Shop) -> None:
    shop.repository.git("branch", "-q", "-f", "empty", "HEAD")
    shop.repository.git("worktree", "add", "-q", "-f", str(shop.root.parent / "tree"), "empty")
    (shop.root.parent / "tree" / "new.txt").write_text("new\n")
    env = shop.repository.environment
    other = Repository.__new__(Repository)
    other.root, other.environment = shop.root.parent / "tree", env
    other.commit(message="not recorded")
    run = shop.compare("empty", "HEAD")
    assert run.code == 2
    assert run.err.startswith("covgate: no record of empty; the history holds none of its tree ")
    assert "check it out and run pytest --covgate" in run.err


@pytest.mark.parametrize(
    ("named", "message"),
    [
        (
            "no-such-branch",
            "no-such-branch is neither a revision of this clone nor a file  [unknown-revision]\n  check its spelling\n",
        ),
        ("--output=x", "unrecognized arguments"),
        ("^HEAD", "^HEAD is neither a revision"),
        ("pyproject.toml", "pyproject.toml is not a record: it is not JSON  [record-unreadable]\n  name a record"),
        ("package.json", "package.json is JSON of another tool"),
        ("empty.json", "empty.json is empty"),
    ],
)
def test_wrong_use(shop: Shop, named: str, message: str) -> None:
    shop.write({"package.json": '{"name": "x", "files": {}}\n', "empty.json": "\n"})
    run = shop.compare(named, "HEAD")
    assert (run.code, run.out) == (2, "")
    assert message in run.err
    (shop.root / "package.json").unlink()
    (shop.root / "empty.json").unlink()


def test_outside_of_a_repository(project: Project) -> None:
    project.write({**SHOP, "pyproject.toml": SETTINGS})
    assert project.pytest("--covgate").code == 0
    run = project.covgate("compare", "HEAD")
    assert run.code == 2
    assert "HEAD is not a file, and no revision: " in run.err
    assert project.python("-m", "coverage", "json", "-q").code == 0
    same = project.covgate("compare", "coverage.json")
    assert same.code == 0
    assert "the coverage of no module changed" in same.out


def test_without_data(shop: Shop) -> None:
    run = shop.compare("HEAD~1", "--data", "nowhere")
    assert run.code == 3
    assert "no coverage data" in run.err


def test_with_the_history_switched_off(shop: Shop) -> None:
    run = shop.covgate("compare", "HEAD~1", "HEAD", env={**shop.repository.environment, "COVGATE_HISTORY": "off"})
    assert run.code == 2
    assert "the history is switched off (COVGATE_HISTORY=off)" in run.err
