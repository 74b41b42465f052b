"""Which part of the tests a run saw, and what made it a part."""

from __future__ import annotations

import argparse
import fnmatch
import importlib.util
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from covgate.model.words import counted

# Option (attribute of config.option) and how a user writes it: each selects tests.
SELECTING = {
    "keyword": "-k",
    "markexpr": "-m",
    "deselect": "--deselect",
    "ignore": "--ignore",
    "ignore_glob": "--ignore-glob",
    "lf": "--lf",
    "failedfirst": "--ff",
    "stepwise": "--sw",
    # other plugins: pytest-testmon, pytest-picked, pytest-split, pytest-shard, pytest-test-groups
    "testmon": "--testmon",
    "testmon_forceselect": "--testmon-forceselect",
    "picked": "--picked",
    "splits": "--splits",
    "num_shards": "--num-shards",
    "test_group_count": "--test-group-count",
}


# Options of plugins that split the tests into groups: the number of groups, the group, and the number of the first.
SPLITTING = (
    ("splits", "group", 1),  # pytest-split
    ("num_shards", "shard_id", 0),  # pytest-shard
    ("test_group_count", "test_group", 1),  # pytest-test-groups
)


@dataclass(slots=True, kw_only=True)
class RunEvents:
    """What the session saw happen; filled while the tests run."""

    collection_errors: int = 0
    deselected: int = 0
    stopped_early: str | None = None
    has_failures: bool = False
    """Whether a test failed, or its setup or teardown did."""
    tests: set[str] = field(default_factory=set)
    """The node ids of the tests that ran: their files are relative to the rootdir."""
    untraced: dict[str, None] = field(default_factory=dict)
    """Those after which coverage.py traced nothing any more, in the order of their reports."""


def selection_reason(config: pytest.Config, configured: argparse.Namespace, events: RunEvents) -> str | None:
    """What selected a part of the tests, beyond what the configured addopts say; None where all were selected."""
    selecting = list(_selecting_options(config.option, configured))
    if selecting:
        return " ".join(selecting)
    narrower = _narrower_paths(config, configured)
    if narrower:
        return narrower
    if events.deselected and not any(getattr(configured, n, None) for n in ("keyword", "markexpr", "deselect")):
        return f"{counted(events.deselected, 'test')} deselected by a plugin or conftest.py"
    return None


def stopped_reason(events: RunEvents) -> str | None:
    """Why selected tests did not run; None where all of them did."""
    if events.collection_errors:
        return counted(events.collection_errors, "collection error")
    if len(events.untraced) > 1 and not events.stopped_early:
        first, *others = events.untraced
        return f"of {counted(len(others), 'test')} nothing was measured: {first} switched coverage.py's tracing off"
    return events.stopped_early


def shard_of(options: argparse.Namespace) -> tuple[int, int] | None:
    """Which group of how many this run is, counted from 1; None where no option splits the tests."""
    for count, group, first in SPLITTING:
        number, groups = getattr(options, group, None), getattr(options, count, None)
        if isinstance(number, int) and isinstance(groups, int) and groups > 1:
            return number - first + 1, groups
    return None


def _selecting_options(options: argparse.Namespace, configured: argparse.Namespace) -> Iterator[str]:
    for name, flag in SELECTING.items():
        value = getattr(options, name, None)
        if value and value != getattr(configured, name, None):
            yield flag if value is True else f"{flag} {_shown(value)}"


def _shown(value: object) -> str:
    text = " ".join(map(str, value)) if isinstance(value, list) else str(value)
    return repr(text) if " " in text else text


def _narrower_paths(config: pytest.Config, configured: argparse.Namespace) -> str | None:
    """Paths or node ids that leave out some of the tests a plain run would collect."""
    configured_paths = [arg for arg in configured.file_or_dir if (config.rootpath / arg.split("::")[0]).exists()]
    if configured_paths or config.args_source is pytest.Config.ArgsSource.TESTPATHS:
        return None
    here = config.invocation_params.dir
    given = [str(arg) for arg in config.args]
    if config.args_source is not pytest.Config.ArgsSource.ARGS and here == config.rootpath:
        return None
    nodes = [arg for arg in given if "::" in arg]
    if nodes:
        return f"only {nodes[0]}" + (f" and {len(given) - 1} more" if len(given) > 1 else "")
    reached = [_resolved(arg, here, pyargs=config.option.pyargs) for arg in given]
    left_out = _left_out(config, [path for path in reached if path is not None])
    if not left_out:
        return None
    shown = ", ".join(os.path.relpath(path, config.rootpath) for path in reached if path) or " ".join(given)
    return f"only {shown}, not {left_out}"


def _left_out(config: pytest.Config, reached: list[Path]) -> str:
    """The first test path or test file of the project that lies below none of `reached`, and how many more do."""
    root = config.rootpath
    found = (path for pattern in config.getini("testpaths") for path in root.glob(pattern.rstrip("/")))
    declared = [path for path in found if path.name != "__pycache__"]  # a pattern such as tests/* finds it
    expected: Iterable[Path] = declared or _test_files(root, config)
    missed = [path for path in expected if not _is_below(path, reached)]
    if not missed:
        return ""
    first = os.path.relpath(missed[0], root)
    noun = "more test path" if declared else "more test file"
    return f"{first} and {counted(len(missed) - 1, noun)}" if missed[1:] else first


def _is_below(path: Path, folders: Iterable[Path]) -> bool:
    real = Path(os.path.realpath(path))
    return any(real == folder or folder in real.parents for folder in folders)


def _test_files(root: Path, config: pytest.Config) -> Iterator[Path]:
    patterns = [p for p in config.getini("python_files") if "/" not in p]
    skipped = list(config.getini("norecursedirs"))
    for folder, folders, files in os.walk(root):
        folders[:] = sorted(f for f in folders if not _is_skipped(Path(folder, f), skipped))
        for name in sorted(files):
            if any(fnmatch.fnmatch(name, pattern) for pattern in patterns):
                yield Path(folder, name)


def _is_skipped(folder: Path, patterns: Iterable[str]) -> bool:
    if any(fnmatch.fnmatch(folder.name, pattern) for pattern in patterns):
        return True
    return (folder / "pyvenv.cfg").is_file() or (folder / "conda-meta").is_dir()


def _resolved(arg: str, here: Path, *, pyargs: bool) -> Path | None:
    path = here / arg
    if pyargs and not path.exists():
        try:
            spec = importlib.util.find_spec(arg)
        except (ImportError, ValueError):
            return None
        locations = list(spec.submodule_search_locations or ()) if spec else []
        origin = locations[0] if locations else (spec.origin if spec else None)
        return Path(os.path.realpath(origin)) if origin else None
    return Path(os.path.realpath(path))
