"""`covgate trend`, on real repositories whose history is filled with records directly."""

from __future__ import annotations

import csv
import json
import os
from datetime import datetime, timedelta, timezone
from pathlib import Path
from xml.etree import ElementTree

import pytest

from conftest import SHOP, Project, Run
from covgate.git.repository import open_repository
from covgate.git.revision import list_first_parents
from covgate.history.store import FILE, Store
from covgate.model.lines import Lines
from covgate.model.record import EnvironmentKey, Record, RecordedModule, SuiteFacts
from covgate.model.revision import Revision
from repositories import Repository

START = datetime(2026, 1, 1, 12, tzinfo=timezone.utc)
KEY = EnvironmentKey(systems=("Linux, Python 3.12",))
NEWER = EnvironmentKey(systems=("Linux, Python 3.13",))
SETTINGS = """\
[tool.covgate]
total = 60
goal = 90

[tool.covgate.components.money]
modules = ["shop.pay"]
target = 50
"""
SVG = "{http://www.w3.org/2000/svg}"
GOLDEN = """\
total (target 60 %, goal 90 %)
date        commit   coverage  modules  >= 80 %  < 50 %  tests  seconds
2026-01-01  COMMIT0     50.00        1        0       0      1     0.50
2026-01-02  COMMIT1     50.00        1        0       0      2     1.00
-- not comparable with the rows above: one ran on Linux, Python 3.12, the other
on Linux, Python 3.13
2026-01-03  COMMIT2     40.00        2        0       1      3     1.50
2026-01-04  COMMIT3     66.66        2        1       1      4     2.00

coverage  {}
          lowest to highest: from 40.00 to 66.66 %
+26.66 points since 2026-01-03 (COMMIT2), over 2 records
40.00 -> 66.66 of the goal of 90 %: 53 % of the way
"""
BLOCKS, DIGITS = "\u2583\u2583|\u2581\u2588", "33|18"


class Shop(Project):
    """A project in a repository, in whose history a test puts what it wants."""

    def __init__(self, repository: Repository) -> None:
        super().__init__(repository.root)
        self.repository = repository
        self.store = Store(repository.root / FILE)
        self.settings(SETTINGS)
        self.write({".gitignore": ".covgate/\n"})

    def trend(self, *args: str, **env: str) -> Run:
        run = self.covgate("trend", *args, env={"COLUMNS": "80", **self.repository.environment, **env})
        for at, commit in enumerate(self.commits()):
            run = Run(run.code, run.out.replace(commit[:7], f"COMMIT{at}"), run.err)
        return run

    def commits(self) -> list[str]:
        repository = open_repository(self.root, self.repository.environment)
        return [commit.id for commit in list_first_parents(repository, 99)][::-1]

    def commit(self) -> Revision:
        """One commit a day, none of them with an equal tree."""
        day = len(self.commits())
        time = START + timedelta(days=day)
        self.repository.environment["GIT_COMMITTER_DATE"] = f"{int(time.timestamp())} +0000"
        commit = self.repository.commit({"day.txt": f"{day}\n"})
        tree = self.repository.git("rev-parse", "HEAD^{tree}").decode().strip()
        return Revision(tree, commit, "main", True, time)

    def record(self, key: EnvironmentKey = KEY, **covered: tuple[int, int]) -> Record:
        made = record_of(self.commit(), key, 0, **covered)
        self.store.add([made])
        return made


def record_of(
    revision: Revision | None, key: EnvironmentKey = KEY, number: int = 0, **covered: tuple[int, int]
) -> Record:
    day = number or (1 if revision is None else (revision.time - START).days + 1)
    return Record(
        run=f"run {day}",
        time=START + timedelta(days=day),
        environment=key,
        modules=tuple(module(name, *counts) for name, counts in sorted(covered.items())),
        revision=revision,
        suite=SuiteFacts(tests=day, files=1, lines=9, seconds=day / 2),
    )


def module(name: str, covered: int, units: int) -> RecordedModule:
    lines = range(1, units + 1)
    return RecordedModule(f"shop/{name}.py", f"shop.{name}", "", Lines.of(lines), Lines.of(lines[covered:]))


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return Shop(Repository(tmp_path / "shop"))


@pytest.fixture
def four(shop: Shop) -> Shop:
    """Four commits; after the second one the Python was changed and a module came."""
    shop.record(cart=(5, 10))
    shop.record(cart=(5, 10))
    shop.record(NEWER, cart=(5, 10), pay=(1, 5))
    shop.record(NEWER, cart=(8, 10), pay=(2, 5))
    return shop


def test_the_screen(four: Shop) -> None:
    assert four.trend(PYTHONIOENCODING="utf-8").out == GOLDEN.format(BLOCKS)
    ascii_only = four.python(
        "-m", "covgate.cli", "trend", env={**four.repository.environment, "PYTHONIOENCODING": "ascii"}
    )
    assert f"coverage  {DIGITS}\n" in ascii_only.out


def test_a_component_and_a_module_are_drawn_from_their_birth(four: Shop) -> None:
    run = four.trend("money")
    assert run.out.startswith(
        "money (target 50 %)\nthe trend begins with the first record of it; 2 older records left out\n"
    )
    assert "not comparable" not in run.out
    assert "+20.00 points since 2026-01-03 (COMMIT2), over 2 records\n" in run.out
    for name in ("shop.pay", "shop/pay.py"):
        run = four.trend(name)
        assert [line.split() for line in run.out.splitlines()[3:5]] == [
            ["2026-01-03", "COMMIT2", "20.00", "1", "of", "5", "3", "1.50"],
            ["2026-01-04", "COMMIT3", "40.00", "2", "of", "5", "4", "2.00"],
        ]


def test_csv_and_json_hold_every_point(four: Shop) -> None:
    rows = list(csv.DictReader(four.trend("--csv").out.splitlines()))
    document = json.loads(four.trend("--json").out)
    assert [row["percent"] for row in rows] == ["50.00", "50.00", "40.00", "66.66"]
    assert [row["epoch"] for row in rows] == ["1", "1", "2", "2"]
    assert rows == [{name: str(value) for name, value in point.items()} for point in document["points"]]
    assert [epoch["reason"] for epoch in document["epochs"]] == [
        None,
        "one ran on Linux, Python 3.12, the other on Linux, Python 3.13",
    ]
    assert (document["subject"], document["target"], document["goal"]) == ("total", "60", "90")
    born = json.loads(four.trend("shop.pay", "--json").out)
    assert (born["records_without_it"], len(born["points"])) == (2, 2)


def picture_of(shop: Shop, *args: str) -> ElementTree.Element:
    run = shop.trend(*args, "--svg", "trend.svg")
    assert run.code == 0, run.err
    assert run.err == f"wrote {shop.root / 'trend.svg'}\n"
    return ElementTree.parse(shop.root / "trend.svg").getroot()


def classes(picture: ElementTree.Element, name: str) -> list[ElementTree.Element]:
    return [element for element in picture.iter() if element.get("class") == name]


def test_the_picture_has_a_line_for_each_epoch_and_the_target_and_the_goal(four: Shop) -> None:
    picture = picture_of(four)
    lines = [line.get("points", "").split() for line in classes(picture, "line")]
    assert [len(line) for line in lines] == [2, 2]
    assert len(classes(picture, "point")) == 4
    (epoch,) = classes(picture, "epoch")
    assert float(lines[0][-1].split(",")[0]) < float(epoch.get("x1", "")) < float(lines[1][0].split(",")[0])
    (target,), (goal,) = classes(picture, "target"), classes(picture, "goal")
    heights = [float(place.split(",")[1]) for place in lines[1]]  # 40.00, then 66.66
    assert float(goal.get("y1", "")) < heights[1] < float(target.get("y1", "")) < heights[0]
    texts = [element.text for element in picture.iter(f"{SVG}text")]
    assert {"Coverage: total", "target 60 %", "goal 90 %", "2026-01-01", "2026-01-04", "not comparable"} <= set(texts)


def test_the_picture_is_static_and_escapes_what_it_shows(shop: Shop) -> None:
    name = '"<script>&\\u202e"'
    shop.settings(f"[tool.covgate.components.{name}]\nmodules = ['shop.cart']\ntarget = 50\n")
    shop.record(cart=(5, 10))
    picture = picture_of(shop, "<script>&\u202e")
    assert classes(picture, "title")[0].text == "Coverage: <script>&\\u202e"
    assert {element.tag.removeprefix(SVG) for element in picture.iter()} <= {
        *("svg", "title", "style", "rect", "text", "line", "circle", "g")
    }
    text = (shop.root / "trend.svg").read_text(encoding="ascii")
    assert "http" not in text.replace("http://www.w3.org/2000/svg", "")


def test_one_record_makes_no_trend(shop: Shop) -> None:
    shop.record(cart=(5, 10))
    run = shop.trend()
    assert run.code == 0
    assert "one record alone makes no trend" in run.out
    assert "lowest to highest" not in run.out
    picture = picture_of(shop)
    assert (len(classes(picture, "line")), len(classes(picture, "point"))) == (0, 1)


def test_records_that_are_not_comparable_make_no_trend(shop: Shop) -> None:
    shop.record(cart=(5, 10))
    shop.record(NEWER, cart=(9, 10))
    assert "no two records that follow each other are comparable" in shop.trend().out
    assert classes(picture_of(shop), "line") == []


def test_nothing_to_cover(shop: Shop) -> None:
    shop.record(empty=(0, 0))
    shop.record(empty=(0, 0))
    run = shop.trend("shop.empty")
    assert run.out.count(" 0 of 0 ") == 2
    assert "No record has anything to cover." in "".join(picture_of(shop).itertext())


def test_what_does_not_tell_of_its_commit_is_left_out(four: Shop) -> None:
    before = four.trend("--csv").out
    revision = four.commit()
    made = record_of(revision, NEWER, cart=(0, 10))
    four.store.add(
        [
            made._replace(run="failed", tests_passed=False),
            made._replace(run="part", is_complete=False),
            made._replace(run="edited", revision=revision._replace(is_clean=False)),
            made._replace(run="elsewhere", folder="other"),
            made._replace(run="unknown tree", revision=revision._replace(tree="0" * 40)),
        ]
    )
    assert four.trend("--csv").out == before


def test_other_branches_are_left_out_and_an_equal_tree_is_found(four: Shop) -> None:
    """A squashed or merged commit has the tree of the one that was measured."""
    before = list(csv.DictReader(four.trend("--csv").out.splitlines()))
    four.repository.git("checkout", "-q", "-b", "side", "HEAD~1")
    four.write({"side.txt": "another tree\n"})
    four.record(NEWER, cart=(0, 10))
    four.repository.git("checkout", "-q", "main")
    four.repository.git("merge", "-q", "-s", "ours", "-m", "merge", "side")
    rows = list(csv.DictReader(four.trend("--csv").out.splitlines()))
    assert rows[:-1] == before
    assert rows[-1]["percent"] == before[-1]["percent"]
    assert rows[-1]["commit"] != before[-1]["commit"]


def test_a_shallow_clone_says_what_it_leaves_out(four: Shop) -> None:
    assert four.covgate("trend").err == ""
    (four.repository.root / ".git/shallow").write_text(four.repository.git("rev-parse", "HEAD").decode())
    run = four.covgate("trend")
    assert run.err == "note: this clone is shallow, so older commits are left out; git fetch --unshallow brings them\n"
    assert run.code == 0


def test_long_histories_are_cut_on_the_screen_only(shop: Shop) -> None:
    for covered in range(25):
        shop.record(cart=(covered, 30))
    run = shop.trend()
    assert "the last 20 of 25 records (--all shows every one)\n" in run.out
    assert sum(line.startswith("2026-") for line in run.out.splitlines()) == 20
    assert sum(line.startswith("2026-") for line in shop.trend("--all").out.splitlines()) == 25
    assert len(shop.trend("--csv").out.splitlines()) == 26
    assert ", over 20 records\n" in shop.trend(COLUMNS="30").out


def test_outside_of_a_repository_records_are_in_order_of_time(project: Project) -> None:
    project.settings(SETTINGS)
    store = Store(project.root / FILE)
    store.add([record_of(None, number=number, cart=(number, 10)) for number in (3, 1, 2)])
    store.add([record_of(None, number=4, cart=(0, 10))._replace(tests_passed=False)])
    rows = list(csv.DictReader(project.covgate("trend", "--csv").out.splitlines()))
    assert [(row["time"], row["commit"], row["percent"]) for row in rows] == [
        ("2026-01-02T12:00:00Z", "", "10.00"),
        ("2026-01-03T12:00:00Z", "", "20.00"),
        ("2026-01-04T12:00:00Z", "", "30.00"),
    ]


def test_real_runs(project: Project) -> None:
    """Outside of a repository, each complete run is a point."""
    project.write(SHOP)
    for _ in range(2):
        assert project.pytest("--covgate").code == 0
    out = project.covgate("trend", env={"PYTHONIOENCODING": "utf-8"}).out
    assert out.count("  37.50  ") == 2
    assert "lowest to highest: always 37.50 %\n" in out


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (("shop.car",), "no record has a module or component 'shop.car'  [unknown-module]\n  did you mean shop.cart"),
        (("zzz",), "give the path or the import name of a recorded module"),
        (("mony",), "did you mean money"),
        (("--csv", "--json"), "not allowed with argument"),
        (("--svg", "pyproject.toml"), "which is not a report"),
        (("--svg", "."), "is a folder"),
        (("--root", "nowhere"), "no such folder"),
    ],
)
def test_wrong_use(four: Shop, args: tuple[str, ...], message: str) -> None:
    run = four.trend(*args)
    assert (run.code, run.out) == (2, "")
    assert message in run.err
    assert (four.root / "pyproject.toml").read_text() == SETTINGS


def test_without_a_record(shop: Shop) -> None:
    shop.commit()
    run = shop.trend()
    assert run.code == 2
    assert run.err.startswith("covgate: no complete run of HEAD or of a commit before it is recorded  [no-record]\n  ")


def test_a_committed_history_is_not_read(four: Shop) -> None:
    four.repository.git("add", "--force", os.fspath(FILE))
    four.repository.git("commit", "-q", "-m", "planted")
    run = four.trend()
    assert (run.code, run.out) == (2, "")
    assert "history" in run.err
