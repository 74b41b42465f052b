"""What made a run see only a part of the tests."""

from __future__ import annotations

import argparse
import fnmatch
import importlib.util
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

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


@dataclass(slots=True, kw_only=True)
class RunEvents:
    """What the session saw happen; filled while the tests run."""

    collection_errors: int = 0
    deselected: int = 0
    stopped_early: str | None = None


def partial_reason(config: pytest.Config, configured: argparse.Namespace, events: RunEvents) -> str | None:
    """The option or event that narrowed the run, beyond what the configured addopts say."""
    selecting = list(_selecting_options(config.option, configured))
    if selecting:
        return " ".join(selecting)
    narrower = _narrower_paths(config, configured)
    if narrower:
        return narrower
    if events.collection_errors:
        return f"{events.collection_errors} collection error{'s' if events.collection_errors > 1 else ''}"
    if events.stopped_early:
        return events.stopped_early
    if events.deselected and not any(getattr(configured, n, None) for n in ("keyword", "markexpr", "deselect")):
        return f"{events.deselected} tests deselected by a plugin or conftest.py"
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
    left_out = _first_left_out(config, [path for path in reached if path is not None])
    if left_out is None:
        return None
    shown = ", ".join(os.path.relpath(path, config.rootpath) for path in reached if path) or " ".join(given)
    return f"only {shown}, not {left_out}"


def _first_left_out(config: pytest.Config, reached: list[Path]) -> str | None:
    """A test path or test file of the project that lies below none of `reached`."""
    root = config.rootpath
    declared = [path for pattern in config.getini("testpaths") for path in root.glob(pattern.rstrip("/"))]
    expected: Iterable[Path] = declared or _test_files(root, config)
    for path in expected:
        real = Path(os.path.realpath(path))
        if not any(real == other or other in real.parents for other in reached):
            return os.path.relpath(path, root)
    return None


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
