"""What real runs leave in the history, and what they are compared with."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from conftest import Project
from covgate.history.opening import OpenedHistory
from covgate.history.run_history import MOST_RUNS, RunHistory
from covgate.history.store import FILE, Store
from covgate.model.record import Record, SuiteFacts
from covgate.model.run_record import RunRecord
from records import ENVIRONMENT, run_of_cart
from repositories import Repository

SETTINGS = """
[tool.covgate]
source = ["shop"]
module = 0
[tool.covgate.changed]
lines = false
[tool.pytest.ini_options]
pythonpath = ["."]
"""


@pytest.fixture
def shop_on_main(shop: Project) -> Project:
    """The shop, committed on `main`, with a run recorded there, and the branch `feature` checked out."""
    shop.settings(SETTINGS).write({".gitignore": ".*\n__pycache__\n*.json\n!.gitignore\n"})
    git(shop).commit()
    assert shop.pytest("--covgate").code == 0
    git(shop).git("checkout", "-q", "-b", "feature")
    return shop


def git(project: Project) -> Repository:
    if (project.root / ".git").exists():
        made = Repository.__new__(Repository)
        home = project.root.parent / f"{project.root.name}-home"
        made.root, made.environment = project.root, {"HOME": str(home), "PATH": "/usr/bin:/bin:/usr/local/bin"}
        return made
    return Repository(project.root)


def records(project: Project) -> list[Record]:
    return Store(project.root / FILE).all()


def report(project: Project, *args: str, by: str = "pytest", **given: Any) -> dict[str, Any]:
    if by == "pytest":
        project.pytest("--covgate", "--covgate-report=json:out.json", *args, **given)
    else:
        project.covgate("check", "--report=json:out.json", *args, **given)
    document: dict[str, Any] = json.loads((project.root / "out.json").read_text())
    return document


def test_h1_a_run_leaves_a_record(shop_on_main: Project) -> None:
    (record,) = records(shop_on_main)
    assert record.revision is not None
    assert record.revision.is_clean
    assert record.revision.branch == "main"
    assert record.is_of_its_commit
    assert (record.verdict, record.suite.tests, record.suite.files) == ("passed", 1, 1)
    assert record.suite.lines
    assert record.suite.seconds is not None
    assert record.suite.digest
    assert [module.path for module in record.modules] == ["shop/__init__.py", "shop/cart.py", "shop/unused.py"]
    data = json.loads(shop_on_main.covgate("check", "--report=json:-").out)
    assert {module.path: module.share.covered for module in record.modules} == {
        module["path"]: module["covered"] for module in data["modules"]
    }


def test_h1_checking_the_same_run_again_leaves_no_second_record(shop_on_main: Project) -> None:
    assert shop_on_main.covgate("check").code == 0
    assert len(records(shop_on_main)) == 1


def test_h1_a_run_on_edited_files_becomes_the_record_of_their_commit_once_it_is_checked(shop_on_main: Project) -> None:
    shop_on_main.write({"shop/more.py": "def more():\n    return 1\n"})
    shop_on_main.pytest("--covgate")
    assert [record.is_of_its_commit for record in records(shop_on_main)] == [True, False]
    git(shop_on_main).commit()
    shop_on_main.covgate("check")
    assert [record.is_of_its_commit for record in records(shop_on_main)] == [True, False, True]


@pytest.mark.parametrize("args", [("-k", "nothing_of_that_name"), ("--covgate-mode=off",), ("--covgate-mode=measure",)])
def test_h1_only_a_complete_judged_run_leaves_one(shop_on_main: Project, args: tuple[str, ...]) -> None:
    shop_on_main.pytest("--covgate", *args)
    assert len(records(shop_on_main)) == 1


def test_h1_failed_tests_are_told_in_the_record(shop_on_main: Project) -> None:
    shop_on_main.write({"tests/test_red.py": "def test_red():\n    assert False\n"})
    git(shop_on_main).commit()
    shop_on_main.pytest("--covgate")
    (_, red) = records(shop_on_main)
    assert not red.tests_passed
    assert not red.is_of_its_commit


@pytest.mark.parametrize("dist", [(), ("-n", "2")], ids=["alone", "xdist"])
@pytest.mark.parametrize(
    ("test", "have_passed"),
    [
        ("def test_it():\n    pass\n", True),
        ("import pytest\n@pytest.mark.xfail\ndef test_it():\n    assert False\n", True),
        ("def test_it():\n    assert False\n", False),
        ("import pytest\n@pytest.fixture\ndef it():\n    yield\n    1 / 0\ndef test_it(it):\n    pass\n", False),
    ],
    ids=["passed", "xfailed", "failed", "teardown"],
)
def test_a_total_that_pytest_cov_fails_is_no_failed_test(
    shop_on_main: Project, test: str, have_passed: bool, dist: tuple[str, ...]
) -> None:
    shop_on_main.write({"tests/test_it.py": test})
    assert shop_on_main.pytest("--covgate", "--cov-fail-under=99", *dist).code == 1
    assert records(shop_on_main)[-1].tests_passed is have_passed


@pytest.mark.parametrize("by", ["pytest", "check"])
@pytest.mark.parametrize("folder", [".", "tests"])
def test_h10_both_doors_compare_with_the_base_from_every_folder(shop_on_main: Project, by: str, folder: str) -> None:
    cart = shop_on_main.root / "shop/cart.py"
    cart.write_text(cart.read_text() + "\n\ndef more():\n    return 1\n")
    shop_on_main.pytest("--covgate")
    path = str(shop_on_main.root / "out.json")
    if by == "pytest":
        shop_on_main.pytest(
            "--covgate", f"--covgate-report=json:{path}", "--rootdir", str(shop_on_main.root), cwd=folder
        )
    else:
        shop_on_main.covgate("check", f"--report=json:{path}", cwd=folder)
    found = json.loads((shop_on_main.root / "out.json").read_text())
    assert found["baseline"]["source"] == "main"
    assert found["comparison"]["total"]["categories"] | {"CBC": 0, "UBC": 0} == {
        **dict.fromkeys(found["comparison"]["total"]["categories"], 0), "GNC": 1, "UNC": 1,
    }  # fmt: skip
    assert [module["path"] for module in found["comparison"]["modules"]] == ["shop/cart.py"]


def test_h8_a_test_that_goes_is_a_drop_with_the_lines_that_it_covered(shop_on_main: Project) -> None:
    shop_on_main.settings(SETTINGS + "[tool.covgate.history]\nlost = 'fail'\nmax_drop = 2\n")
    shop_on_main.write({"tests/test_shop.py": "import shop.cart\n\ndef test_nothing(): pass\n"})
    run = shop_on_main.pytest("--covgate")
    assert run.code == 1
    assert "coverage of total dropped by more than max_drop allows" in run.verdict
    assert "unchanged code is no longer covered" in run.verdict
    assert "no longer covered: shop/cart.py:" in run.out
    assert "no longer covered, although unchanged\n> shop/cart.py:" in run.out


def test_h10_without_a_baseline_one_line_says_how_to_get_one(shop_on_main: Project) -> None:
    (shop_on_main.root / FILE).unlink()
    git(shop_on_main).commit()
    run = shop_on_main.pytest("--covgate", "-v")
    assert (
        "nothing to compare with: no run of main or its ancestors is recorded; run pytest --covgate or covgate check --complete there, or covgate history pull"
        in run.out
    )
    assert run.code == 0


def test_switched_off_nothing_is_kept_or_compared(shop_on_main: Project) -> None:
    found = report(shop_on_main, env={"COVGATE_HISTORY": "off"})
    assert (found["baseline"], found["comparison"]) == (None, None)
    assert found["baseline_missing"] == "the history is switched off (COVGATE_HISTORY=off)"
    assert len(records(shop_on_main)) == 1


def test_x3_a_committed_history_is_not_read(shop_on_main: Project) -> None:
    git(shop_on_main).git("add", "--force", str(FILE))
    git(shop_on_main).commit()
    found = report(shop_on_main)
    assert found["baseline"] is None
    assert any("committed to git, so not read: .covgate/history/history.sqlite" in note for note in found["notes"])


@pytest.mark.parametrize("content", [b"", b"no database at all, though it is long enough for a header" * 9])
def test_h4_a_damaged_history_is_one_line_and_fails_nothing(shop_on_main: Project, content: bytes) -> None:
    (shop_on_main.root / FILE).write_bytes(content)
    run = shop_on_main.pytest("--covgate", "-v")
    assert run.code == 0
    assert run.out.count("history.sqlite") <= 2
    assert (shop_on_main.root / FILE).read_bytes() == content or content == b""


def test_outside_of_a_repository_runs_are_recorded_and_not_compared(shop: Project) -> None:
    shop.settings(SETTINGS)
    found = report(shop)
    (record,) = records(shop)
    assert record.revision is None
    assert found["baseline"] is None


def test_a_named_baseline_that_is_not_there_is_wrong_use(shop_on_main: Project) -> None:
    run = shop_on_main.covgate("check", "--baseline=nowhere")
    assert (run.code, run.out) == (2, "")
    assert "nowhere is neither a revision of this clone nor a file" in run.err


def test_a_named_baseline_is_compared_with_and_a_file_is_found_from_another_folder(shop_on_main: Project) -> None:
    assert report(shop_on_main, "--baseline=HEAD", by="check")["baseline"]["source"] == "HEAD"
    path = Path("old.json")
    shop_on_main.python("-m", "coverage", "json", "-o", str(path))
    assert report(shop_on_main, "--covgate-baseline=old.json")["baseline"]["source"] == "old.json"


def test_h6_data_of_other_tests_is_not_recorded_for_the_commit_that_has_them(shop_on_main: Project) -> None:
    """Source is as it was measured, but nobody knows what the tests of this commit cover."""
    shop_on_main.write({"tests/test_more.py": "def test_more():\n    pass\n"})
    git(shop_on_main).commit()
    assert shop_on_main.covgate("check").code == 0
    assert len(records(shop_on_main)) == 1
    out = shop_on_main.covgate("check", "--all").out
    assert "this run is not recorded: tests/test_more.py changed after it" in out


def test_h1_shards_are_recorded_where_they_are_judged(shop_on_main: Project) -> None:
    (shop_on_main.root / FILE).unlink()
    shop_on_main.pytest("--covgate", "--covgate-mode=measure")
    assert not (shop_on_main.root / FILE).exists()
    shop_on_main.covgate("check", "--shards=1")
    (record,) = records(shop_on_main)
    assert record.is_of_its_commit


@pytest.mark.parametrize("named", ["nowhere", "pyproject.toml"])
def test_a_named_baseline_that_cannot_be_used_is_told_before_the_tests(shop_on_main: Project, named: str) -> None:
    run = shop_on_main.pytest("--covgate", f"--covgate-baseline={named}")
    assert run.code == 4
    assert "passed" not in run.out
    assert named in run.err


def test_a_named_baseline_without_a_record_is_no_verdict(shop_on_main: Project) -> None:
    git(shop_on_main).commit({"shop/more.py": "x = 1\n"})
    (shop_on_main.root / FILE).unlink()
    run = shop_on_main.pytest("--covgate", "--covgate-baseline=HEAD")
    assert run.code == 1
    assert run.verdict.startswith("ERROR coverage gate: no verdict, no baseline HEAD: no run of HEAD")


def test_a_file_is_compared_with_though_the_history_is_off(shop_on_main: Project) -> None:
    path = shop_on_main.root / "old.json"
    path.write_text(shop_on_main.covgate("history", "show", "--json").out)
    off = {"COVGATE_HISTORY": "off"}
    assert report(shop_on_main, "--baseline=old.json", by="check", env=off)["baseline"]["source"] == "old.json"
    run = shop_on_main.covgate("check", "--baseline=HEAD", env=off)
    assert "no baseline HEAD: the history is switched off (COVGATE_HISTORY=off)" in run.out


def test_x3_a_committed_history_does_not_switch_off_what_needs_it(shop_on_main: Project) -> None:
    shop_on_main.settings(SETTINGS + "[tool.covgate.history]\nmax_drop = 2\n")
    git(shop_on_main).git("add", "--force", str(FILE))
    git(shop_on_main).commit()
    run = shop_on_main.pytest("--covgate")
    assert run.code == 1
    assert run.verdict.startswith("ERROR coverage gate: no verdict, cannot be compared: committed to git")


def test_a_drop_that_cannot_be_judged_is_shown(shop_on_main: Project) -> None:
    shop_on_main.settings(SETTINGS + "[tool.covgate.history]\nmax_drop = 2\n")
    git(shop_on_main).commit()
    (shop_on_main.root / FILE).unlink()
    run = shop_on_main.pytest("--covgate")
    assert run.code == 0
    assert run.verdict.endswith("; max_drop not judged")
    assert "nothing to compare with: no run of main or its ancestors is recorded" in run.out


def test_a_passing_run_tells_the_way_to_the_goal_that_covgate_trend_shows_then(shop_on_main: Project) -> None:
    shop_on_main.settings(SETTINGS.replace("[tool.covgate]\n", "[tool.covgate]\ngoal = 100\n", 1))
    more = "from shop.cart import remove\n\ndef test_more():\n    remove(2, 1)\n"
    shop_on_main.write({"tests/test_more.py": more})
    git(shop_on_main).commit()
    run = shop_on_main.pytest("--covgate")
    assert run.code == 0, run.out
    (line,) = [line for line in run.out.splitlines() if line.startswith("progress  ")]
    (way,) = [part for part in line.split(": ") if "of the way" in part]
    assert f"{way.partition(' since')[0]}\n" in shop_on_main.covgate("trend").out
    page = shop_on_main.covgate("check", "--report=html:page.html", "--report=json:out.json")
    assert line in page.out
    assert "The total from commit to commit: " in (shop_on_main.root / "page.html").read_text(encoding="utf-8")
    assert json.loads((shop_on_main.root / "out.json").read_text())["progress"]["pace"] is None


def test_h12_seconds_are_those_of_complete_passing_runs_in_the_same_environment(tmp_path: Path) -> None:
    store = Store(tmp_path / "history.sqlite")
    other = ENVIRONMENT._replace(systems=("Windows, Python 3.12",))
    parts: list[dict[str, Any]] = [{}, {"is_complete": False}, {"tests_passed": False}, {"environment": other}, {}]
    timed = (run_of_cart(f"r{n}", suite=SuiteFacts(seconds=n), **given) for n, given in enumerate(parts))
    store.add([*timed, run_of_cart("unknown")])

    def seconds(run: RunRecord | None) -> tuple[float, ...]:
        return RunHistory(tmp_path, {}, OpenedHistory(store, None), ENVIRONMENT, None, run, True).earlier_seconds()

    assert seconds(RunRecord("now")) == (0, 4)
    assert seconds(RunRecord("r4")) == (0,), "the run itself"
    for run in (None, RunRecord("now", selection="-k x"), RunRecord("now", tests_passed=False)):
        assert seconds(run) == ()
    store.add(run_of_cart(f"m{n}", suite=SuiteFacts(seconds=100 + n)) for n in range(40))
    assert seconds(RunRecord("now")) == tuple(range(140 - MOST_RUNS, 140))


def test_h9_a_line_that_is_proven_flaky_does_not_fail_a_run(shop_on_main: Project) -> None:
    """A variable stands for chance. Only what runs on `main` have shown excuses a lost line."""
    shop_on_main.settings(SETTINGS + "[tool.covgate.history]\nlost = 'fail'\n")
    test = "import os\nfrom shop.cart import remove\n\ndef test_more():\n    'LUCK' in os.environ or remove(2, 1)\n"
    shop_on_main.write({"tests/test_more.py": test})
    git(shop_on_main).commit()
    git(shop_on_main).git("branch", "-f", "main", "HEAD")
    assert shop_on_main.pytest("--covgate").code == 0
    git(shop_on_main).commit({"shop/new.py": "x = 1\n"})
    lost = shop_on_main.pytest("--covgate", env={"LUCK": "bad"})
    assert (lost.code, "no longer covered: shop/cart.py:" in lost.out) == (1, True)
    assert shop_on_main.pytest("--covgate", env={"LUCK": "bad"}).code == 1
    git(shop_on_main).git("checkout", "-q", "main")
    shop_on_main.pytest("--covgate", env={"LUCK": "bad"})
    assert shop_on_main.pytest("--covgate").code == 0
    git(shop_on_main).git("checkout", "-q", "feature")
    kept = shop_on_main.pytest("--covgate", "-v", "--covgate-report=json:out.json", env={"LUCK": "bad"})
    assert kept.code == 0, kept.out
    assert "flaky lines left out: shop/cart.py:5-6 (2 statements not covered this time)" in kept.out
    assert "flaky, left out: 5-6" in kept.out
    document = json.loads((shop_on_main.root / "out.json").read_text())
    assert document["comparison"]["total"]["categories"]["flaky"] > 0
    listed = json.loads(shop_on_main.covgate("history", "flaky", "shop.cart", "--json").out)
    assert {line["status"] for module in listed["modules"] for line in module["lines"]} == {"proven"}
