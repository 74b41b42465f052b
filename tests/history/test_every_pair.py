"""H7: each unit in one category, whatever happened between two commits: all pairs of a generated history in a real repository.

What `covgate compare` calls is called here. No tests run: the covered lines are made up, and coverage.py writes and reads them.
"""

from __future__ import annotations

import ast
import random
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from itertools import combinations
from pathlib import Path

import pytest
from coverage import CoverageData

from builders import TODAY
from covgate.errors import UsageError
from covgate.git.repository import share_repositories
from covgate.git.revision import read_revision
from covgate.history.sides import Candidates, Place, comparable_pair, files_of_pair, find_records
from covgate.history.store import FILE, Store
from covgate.judge.compared import compare_sides
from covgate.model.compared import Compared, Side
from covgate.model.comparison import Categories, Movement
from covgate.model.record import Record, recorded_modules
from covgate.model.run_context import RunContext
from covgate.model.share import NO_UNITS, Share
from covgate.project import open_measured_project
from covgate.run import environment_key, read_modules
from repositories import Repository

COMMITS = 25
SEED = 7
START = datetime(2026, 1, 1, tzinfo=timezone.utc)
SETTINGS = """\
[tool.covgate]
source = ["src"]
[tool.covgate.components.checkout]
modules = ["shop.checkout.**"]
target = 10
[tool.coverage.run]
branch = true
[tool.coverage.report]
exclude_also = [{excluded}]
"""
OTHER_SETTINGS = range(9, 15)
"""Commits whose settings exclude more: their records are comparable with each other alone."""
COMPONENT = "src/shop/checkout/"
GENERATED = "src/shop/version.py"
"""Measured, and ignored by git: nobody knows which of its lines stayed."""

Source = dict[str, list[list[str]]]
"""By path, the functions of a file, each as its lines."""


class Generator:
    """A project whose files are edited, moved, renamed, deleted and excluded at random; the same for the same seed."""

    def __init__(self, seed: int) -> None:
        self.choose = random.Random(seed)
        self.count = 0
        self.source: Source = {}
        for folder in ("src/shop", "src/shop/checkout"):
            for _ in range(4):
                self.source[self.new_path(folder)] = [self.function() for _ in range(5)]

    def new_path(self, folder: str | None = None) -> str:
        self.count += 1
        return f"{folder or self.choose.choice(['src/shop', 'src/shop/checkout'])}/m{self.count}.py"

    def function(self) -> list[str]:
        self.count += 1
        limit = self.choose.randrange(4)
        head = [f"def work_{self.count}(value):", f"    if value > {limit}:", f"        value -= {limit}"]
        return [*head, *(["    else:", "        value = 0"] * self.choose.randrange(2)), "    return value", ""]

    def step(self) -> None:
        actions = [self.edit] * 4 + [self.insert, self.cut, self.move, self.exclude] * 2
        actions += [self.add, self.delete, self.rename, self.replace, self.end_a_line_oddly]
        for action in self.choose.sample(actions, self.choose.randrange(1, 5)):
            action(self.choose.choice(sorted(self.source)))

    def edit(self, path: str) -> None:
        function = self.choose.choice(self.source[path])
        at = next(number for number, line in enumerate(function) if line.startswith("    return value"))
        function[at] = self.choose.choice(["    return value", "    return value + 0"])

    def insert(self, path: str) -> None:
        line = self.choose.choice(["    value += 1", "    # a comment", ""])
        self.choose.choice(self.source[path]).insert(1, line)

    def cut(self, path: str) -> None:
        functions = self.source[path]
        if len(functions) > 1:
            functions.pop(self.choose.randrange(len(functions)))

    def move(self, path: str) -> None:
        functions = self.source[path]
        functions.insert(self.choose.randrange(len(functions)), functions.pop())

    def exclude(self, path: str) -> None:
        function = self.choose.choice(self.source[path])
        mark = "  # pragma: no cover"
        function[0] = function[0].removesuffix(mark) if function[0].endswith(mark) else function[0] + mark

    def add(self, path: str) -> None:
        self.source[self.new_path(path.rpartition("/")[0])] = [self.function() for _ in range(3)]

    def delete(self, path: str) -> None:
        if len(self.source) > 4:
            del self.source[path]

    def rename(self, path: str) -> None:
        self.source[self.new_path()] = self.source.pop(path)

    def replace(self, path: str) -> None:
        """Rename a file, and put another one in its place."""
        self.rename(path)
        self.source[path] = [self.function() for _ in range(3)]

    def end_a_line_oddly(self, path: str) -> None:
        """Git does not take a lone CR for the end of a line, Python does."""
        self.source[path][0].append("# one line\r# or two")

    def covered(self, text: str) -> set[tuple[int, int]]:
        """Make up which lines ran, and where each `if` led, as arcs."""
        arcs = set()
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.stmt) and self.choose.random() < 0.6:
                arcs.add((-1, node.lineno))
            if isinstance(node, ast.If):
                follows = node.orelse[0].lineno if node.orelse else (node.end_lineno or 0) + 1
                ends = ((node.lineno, node.body[0].lineno), (node.lineno, follows))
                arcs.update(end for end in ends if self.choose.random() < 0.5)
        return arcs


class History:
    """A repository and its records, one of each commit."""

    def __init__(self, root: Path) -> None:
        self.repository = Repository(root)
        self.root, self.store, self.generator = root, Store(root / FILE), Generator(SEED)
        self.repository.write({".gitignore": f".*\n{GENERATED}\n!.gitignore\n"})
        self.commits = [self.commit(number) for number in range(COMMITS)]

    def commit(self, number: int) -> str:
        choose, texts = self.generator.choose, self.texts()
        for path in self.root.glob("src/**/*.py"):
            path.unlink()
        generated = "".join(f"V{line} = {number}\n" for line in range(number + 1))
        excluded = '"value -= 2"' if number in OTHER_SETTINGS else ""
        self.repository.write({**texts, GENERATED: generated, "pyproject.toml": SETTINGS.format(excluded=excluded)})
        commit = self.repository.commit({"tests/number.txt": str(number)})
        file = self.root / ".coverage"
        file.unlink(missing_ok=True)
        data = CoverageData(basename=str(file))
        measured = {path: text for path, text in {**texts, GENERATED: generated}.items() if choose.random() < 0.95}
        data.add_arcs({str(self.root / path): self.generator.covered(text) for path, text in measured.items()})
        data.write()
        data.close(force=True)
        self.record(number)
        self.generator.step()
        return commit

    def texts(self) -> dict[str, str]:
        return {
            path: "".join(f"{line}\n" for function in functions for line in function)
            for path, functions in self.generator.source.items()
        }

    def record(self, number: int) -> None:
        project = open_measured_project(self.root, self.repository.environment)
        snapshot = read_modules(project, RunContext(today=TODAY, stale="ignore"))
        assert not snapshot.unreadable
        record = Record(
            run=f"run {number}",
            time=START + timedelta(hours=number),
            environment=environment_key(project, snapshot, None),
            modules=recorded_modules(snapshot),
            revision=read_revision(self.root, self.repository.environment),
        )
        assert record.is_of_its_commit
        self.store.add([record])

    def pairs(self) -> Iterator[tuple[int, int, Compared | None]]:
        """Every pair of commits with its comparison, None where it is refused."""
        place = Place(self.root, self.repository.environment)
        settings = open_measured_project(self.root, self.repository.environment).settings
        with share_repositories():
            sides: list[Candidates] = [find_records(place, commit) for commit in self.commits]
            for (old_number, old), (new_number, new) in combinations(enumerate(sides), 2):
                try:
                    before, now = comparable_pair(old, new)
                except UsageError:
                    yield old_number, new_number, None
                    continue
                files = files_of_pair(place, (old, before), (new, now))
                assert files is not None
                compared = compare_sides(Side(old.title, before), Side(new.title, now), files, settings)
                yield old_number, new_number, compared


@pytest.fixture(scope="module")
def history(tmp_path_factory: pytest.TempPathFactory) -> History:
    return History(tmp_path_factory.mktemp("pairs") / "shop")


def test_h7_the_counts_of_every_pair_add_up_to_both_totals(history: History) -> None:
    seen = Categories()
    compared_pairs = 0
    for old, new, compared in history.pairs():
        assert (compared is None) == ((old in OTHER_SETTINGS) != (new in OTHER_SETTINGS))
        if compared is None:
            continue
        compared_pairs += 1
        comparison = compared.comparison
        (component,) = comparison.components
        for movement in (comparison.total, component.movement, *(one.movement for one in comparison.modules)):
            assert_adds_up(movement)
        before, now = compared.before.record, compared.now.record
        assert (comparison.total.before, comparison.total.now) == (before.share, now.share)
        assert sorted(
            (one.old_path or one.path, one.movement.before) for one in comparison.modules if one.movement.before
        ) == [(module.path, module.share) for module in before.modules]
        assert [(one.path, one.movement.now) for one in comparison.modules if one.movement.now] == [
            (module.path, module.share) for module in now.modules
        ]
        members = [one.movement for one in comparison.modules if one.path.startswith(COMPONENT)]
        assert component.movement.before == sum((one.before for one in members if one.before), NO_UNITS)
        assert component.movement.now == sum((one.now for one in members if one.now), NO_UNITS)
        seen = seen.plus(comparison.total.categories)
    assert compared_pairs == 25 * 24 / 2 - 6 * 19
    assert all(seen._replace(flaky=1)), f"the history does not try all categories: {seen}"


def assert_adds_up(movement: Movement) -> None:
    counts = movement.categories
    assert min(counts) >= 0
    before, now = movement.before or Share(0, 0), movement.now or Share(0, 0)
    assert (counts.units_before, counts.units_now) == (before.units, now.units)
    if not counts.unknown_before:
        assert before.covered == counts.LBC + counts.CBC + counts.ECB + counts.DCB
    if not counts.unknown_now:
        assert now.covered == counts.GNC + counts.GBC + counts.GIC + counts.CBC
