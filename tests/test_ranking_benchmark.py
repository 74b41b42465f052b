"""What benchmarks/ranking/ counts: which past lines a fix touched, and how many hits an order brings."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from importlib import import_module
from pathlib import Path
from types import ModuleType

import pytest

FOLDER = Path(__file__).parents[1] / "benchmarks" / "ranking"


@pytest.fixture(autouse=True)
def _path(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    names = ("fixes", "measures", "past")
    monkeypatch.syspath_prepend(str(FOLDER))
    yield
    for name in names:
        sys.modules.pop(name, None)


@pytest.fixture
def measures() -> ModuleType:
    return import_module("measures")


@pytest.fixture
def fixes() -> ModuleType:
    return import_module("fixes")


class History:
    """A real repository whose commits have days of their own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.git("init", "-q", "-b", "main")

    def git(self, *arguments: str, day: str = "2022-01-01") -> str:
        identity = ["-c", "user.name=a", "-c", "user.email=a@b"]
        stamp = {
            "GIT_AUTHOR_DATE": f"{day}T12:00:00Z",
            "GIT_COMMITTER_DATE": f"{day}T12:00:00Z",
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_CONFIG_NOSYSTEM": "1",
        }
        command = ["git", "-C", str(self.folder), *identity, *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=True, env={**os.environ, **stamp}).stdout

    def commit(self, message: str, day: str, **files: str) -> str:
        for name, text in files.items():
            (self.folder / f"{name}.py").write_text(text, encoding="utf-8")
        self.git("add", "-A", day=day)
        self.git("commit", "-q", "-m", message, day=day)
        return self.git("rev-parse", "HEAD").strip()


@pytest.fixture
def history(tmp_path: Path) -> History:
    return History(tmp_path)


BODY = "".join(f"line_{number} = {number}\n" for number in range(1, 31))


def touched(fixes: ModuleType, history: History, commit: str) -> tuple[int, dict[str, set[int]]]:
    module = import_module("past")
    past = module.Past("x", date(2022, 7, 1), commit, history.folder, history.folder)
    count, lines = fixes.touched_lines(past)
    return count, dict(lines)


def test_a_fix_is_followed_back_through_a_rename_and_lines_above(fixes: ModuleType, history: History) -> None:
    past = history.commit("start", "2022-06-01", shop=BODY)
    history.git("mv", "shop.py", "store.py")
    history.commit("rename, and lines above", "2022-08-01", store="# one\n# two\n" + BODY)
    history.commit(
        "Fix the tenth line", "2022-09-01", store="# one\n# two\n" + BODY.replace("_10 = 10\n", "_10 = 11\n")
    )
    assert touched(fixes, history, past) == (1, {"shop.py": {10}})


def test_a_line_younger_than_the_point_counts_for_nothing(fixes: ModuleType, history: History) -> None:
    past = history.commit("start", "2022-06-01", shop=BODY)
    history.commit("add", "2022-08-01", shop=BODY + "young = 1\n")
    history.commit("fix", "2022-09-01", shop=BODY + "young = 2\n")
    assert touched(fixes, history, past) == (1, {})


def test_added_lines_touch_the_line_before_them(fixes: ModuleType, history: History) -> None:
    past = history.commit("start", "2022-06-01", shop=BODY)
    history.commit("bug 7", "2022-09-01", shop=BODY.replace("line_5 = 5\n", "line_5 = 5\nmore = 1\n"))
    assert touched(fixes, history, past) == (1, {"shop.py": {5}})


def test_a_fix_on_a_branch_from_before_the_point_is_carried_forward(fixes: ModuleType, history: History) -> None:
    history.commit("start", "2022-05-01", shop=BODY)
    history.git("branch", "early")
    past = history.commit("lines above", "2022-06-01", shop="# one\n" + BODY)
    history.git("checkout", "-q", "early")
    history.commit("fix", "2022-08-01", shop=BODY.replace("_10 = 10\n", "_10 = 11\n"))
    history.git("checkout", "-q", "main")
    history.git("merge", "-q", "--no-ff", "-m", "merge", "early", day="2022-08-02")
    assert touched(fixes, history, past) == (1, {"shop.py": {11}})


@pytest.mark.parametrize(
    ("day", "message"), [("2023-08-01", "fix"), ("2022-09-01", "fix a typo"), ("2022-09-01", "prefix the name")]
)
def test_what_is_late_or_no_fix_is_left_out(fixes: ModuleType, history: History, day: str, message: str) -> None:
    past = history.commit("start", "2022-06-01", shop=BODY)
    history.commit(message, day, shop=BODY.replace("_10 = 10\n", "_10 = 11\n"))
    assert touched(fixes, history, past) == (0, {})


def test_a_merge_that_speaks_of_a_fix_makes_its_commits_fixes(fixes: ModuleType, history: History) -> None:
    past = history.commit("start", "2022-06-01", shop=BODY)
    history.git("checkout", "-q", "-b", "topic")
    history.commit("do it right", "2022-08-01", shop=BODY.replace("_10 = 10\n", "_10 = 11\n"))
    history.git("checkout", "-q", "main")
    history.git("merge", "-q", "--no-ff", "-m", "Merge pull request #7 from me/fix-it", "topic", day="2022-08-02")
    assert touched(fixes, history, past) == (1, {"shop.py": {10}})


def test_the_effort_pays_for_the_last_function_in_part(measures: ModuleType) -> None:
    gaps = [
        measures.Gap(place, missing, 10, 5, 1, 0, 0, is_hit) for place, missing, is_hit in ((0, 3, True), (1, 7, True))
    ]
    assert measures.recall(gaps, lambda gap: gap.missing) == pytest.approx(2 / 3 / 2)


def test_ties_are_drawn_by_lot(measures: ModuleType) -> None:
    gaps = [measures.Gap(place, 1, 10, 5, 1, 0, 0, place < 10) for place in range(100)]
    assert 0.05 < measures.measure(gaps)["random"][measures.PRECISION] < 0.15
    assert measures.measure(gaps)["needed"][measures.PRECISION] == 0.5


def test_a_ranker_that_always_wins_is_the_winner(measures: ModuleType) -> None:
    def figures(shift: float) -> dict[str, dict[str, float]]:
        values = {name: 0.5 + shift if name == "crap" else 0.2 + shift / 10 for name in measures.RANKERS}
        return {name: dict.fromkeys(measures.DECIDING, value) for name, value in values.items()}

    assert measures.winner(measures.differences([figures(0.1), figures(0.2), figures(0.0)])) == "crap"
    same = {name: dict.fromkeys(measures.DECIDING, 0.5) for name in measures.RANKERS}
    assert measures.winner(measures.differences([same, same])) is None
