"""Everything that `covgate next` says of one function: put together from its source, the tests and the map of tests."""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Mapping
from typing import NamedTuple

from covgate.judge.nearest_test import Nearest, Wanted, rank_test_files
from covgate.judge.scenarios import find_scenarios
from covgate.judge.scenarios.code import Code
from covgate.judge.skeletons import write_skeleton
from covgate.judge.skeletons.target import read_target
from covgate.judge.targets import advice_on
from covgate.judge.test_files import parse_test_file
from covgate.model.lines import Lines
from covgate.model.next_test import NextTest, Untested
from covgate.model.settings import Settings
from covgate.model.share import Share
from covgate.model.skeleton import NearestTest, Skeleton
from covgate.model.snapshot import Branch, Function
from covgate.model.test_file import TestFile
from covgate.model.test_map import TestMap

TEST_FOLDER = "tests"


class Suite(NamedTuple):
    """The tests of a project: the text of each file, what it holds, and which test runs what."""

    texts: Mapping[str, str]
    files: tuple[TestFile, ...]
    """Those that can be parsed and hold a test."""
    map: TestMap | None


def read_suite(texts: Mapping[str, str], tests: TestMap | None) -> Suite:
    files = (parse_test_file(path, text) for path, text in texts.items())
    return Suite(texts, tuple(file for file in files if file is not None and file.tests), tests)


def describe_next(
    untested: Untested, source: Code | None, suite: Suite, settings: Settings, total: Share, most: int | None = None
) -> NextTest:
    """Return what a test of `untested` is to do and where it goes; without scenarios where the source is not known.

    The skeleton has the first `most` scenarios, by default all.
    """
    judged = untested.judged
    module = judged.module
    function = _function(untested)
    branches = [Branch(one.line, one.total, judged.required_ends(one)) for one in module.branches]
    missing = judged.required_missing & function.statements
    scenarios = find_scenarios(source, function, missing, branches) if source is not None else ()
    wanted = Wanted(module.path, module.name, function.name)
    ranked = rank_test_files(wanted, suite.files, suite.map)
    nearest = ranked[0] if ranked else None
    test_file = nearest.file.path if nearest else _new_file(module.path, suite)
    skeleton = None
    if source is not None and module.name is not None:
        skeleton = write_skeleton(
            read_target(source, function, module.name), scenarios[:most], _example(nearest, suite)
        )
    return NextTest(
        path=module.path,
        module=module.name,
        function=function.name,
        line=function.line,
        missing=tuple(missing.runs(module.statements)),
        scenarios=scenarios,
        gain=untested.gain,
        module_share=judged.share,
        total_share=total,
        test_file=test_file,
        nearest_test=nearest.file.node_id(nearest.tests[0]) if nearest else None,
        basis=nearest.basis if nearest else None,
        skeleton=skeleton,
        command=_command(test_file, skeleton, module.path, function, missing),
        advice=advice_on(module, settings),
    )


def _function(untested: Untested) -> Function:
    gap = untested.gap
    functions = untested.judged.module.functions
    return next(one for one in functions if (one.name, one.line) == (gap.name, gap.line))


def _example(nearest: Nearest | None, suite: Suite) -> NearestTest | None:
    return None if nearest is None else NearestTest(suite.texts[nearest.file.path], nearest.tests[0].name)


def _new_file(path: str, suite: Suite) -> str:
    """Name a test file for a module that no test file is near to: in the folder where most test files are."""
    folders = Counter(file.path.rpartition("/")[0] for file in suite.files)
    folder = folders.most_common(1)[0][0] if folders else TEST_FOLDER
    *_, package, stem = ("", *path.removesuffix(".py").split("/"))
    name = f"test_{(package or 'package') if stem == '__init__' else stem.strip('_')}.py"
    return f"{folder}/{name}" if folder else name


def _command(test_file: str, skeleton: Skeleton | None, path: str, function: Function, missing: Lines) -> str:
    """Return what runs the new test, adds its data to what was measured, and shows what is left of the gap."""
    test = test_file
    if skeleton is not None and len(skeleton.names) == 1 and skeleton.place != "class":
        test = f"{test_file}::{skeleton.names[0]}"
    lines = ",".join(str(first) if first == last else f"{first}-{last}" for first, last in missing.ranges())
    place = f"{path}:{lines or function.line}"
    return f"pytest --covgate --cov-append {shlex.quote(test)} && covgate explain {shlex.quote(place)}"
