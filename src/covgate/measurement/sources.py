"""What to measure when no `--cov` option says so."""

from __future__ import annotations

import contextlib
import importlib.util
import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from covgate.errors import UsageError
from covgate.measurement.coverage_settings import CoverageSettings
from covgate.measurement.tree import INSTALLED, import_roots
from covgate.model.settings import Settings

NOT_PRODUCT = frozenset(
    [
        "test",
        "tests",
        "testing",
        "doc",
        "docs",
        "example",
        "examples",
        "benchmark",
        "benchmarks",
        "build",
        "dist",
        "node_modules",
    ]
)
NOT_MODULES = frozenset(["setup", "conftest", "noxfile", "tasks", "fabfile", "dodo", "manage", "versioneer"])


class Sources(NamedTuple):
    """Values for `--cov`, and where they come from. `(None,)` leaves the choice to coverage.py."""

    values: tuple[str | None, ...]
    found_by: str


def choose_sources(
    root: Path, given: Sequence[str] | None, settings: Settings, coverage_settings: CoverageSettings
) -> Sources:
    """What is measured: what `--cov` says (`given`; None: not given), else the first that says anything.

    That is `[tool.covgate] source`, coverage.py's own settings, or what is found in the tree. Raises
    `UsageError` where nothing is found, or the settings name a folder that is not there.
    """
    if given is not None:
        return Sources(values=tuple(given) or (None,), found_by="--cov")
    if settings.source:
        return configured_sources(root, settings.source)
    if coverage_settings.source or coverage_settings.include:
        return Sources(values=(None,), found_by="coverage.py's settings")
    return discovered_sources(root)


def source_roots(root: Path, sources: Sources, coverage_settings: CoverageSettings) -> tuple[Path, ...]:
    """Where the source stands in the tree, whether or not the data knows it.

    Where `include` alone says what is measured, or nothing does, these are folders that hold it; coverage.py's own
    patterns decide which of their files count.
    """
    values = [value for value in sources.values if value is not None] or list(coverage_settings.source)
    if not values and coverage_settings.include:
        return (root.resolve(),)
    if not values:
        with contextlib.suppress(UsageError):
            values = [value for value in discovered_sources(root).values if value is not None]
    return source_places(root, root, values)


def configured_sources(root: Path, source: tuple[str, ...]) -> Sources:
    """`[tool.covgate] source`: folders below `root`, or import names."""
    values = []
    for entry in source:
        folder = root / entry
        if folder.is_dir():
            values.append(str(folder.resolve()))
        elif "/" in entry or "\\" in entry or entry.endswith(".py"):
            raise UsageError(
                "settings",
                f"tool.covgate.source: found {entry!r}, which is not a folder below {root}",
                "name a folder that exists, or an import name",
            )
        else:
            values.append(entry)
    return Sources(values=tuple(values), found_by="tool.covgate.source")


def discovered_sources(root: Path) -> Sources:
    """The packages under `src/`, else the top-level packages, else the top-level modules of `root`.

    A package that Python would import from an installed copy is given by its import name, so that
    the copy counts; every other one by its folder, so that modules nobody imports count too.
    Raises `UsageError` where nothing is found.
    """
    values = [value for package in _packages(root) for value in _source_of(package)]
    if not values:
        raise UsageError(
            "no-source",
            f"found no package to measure in {root}",
            'say what to measure in pyproject.toml, for example:\n  [tool.covgate]\n  source = ["my_package"]',
        )
    return Sources(values=tuple(dict.fromkeys(values)), found_by="found in the project")


def source_places(root: Path, base: Path, values: Iterable[str]) -> tuple[Path, ...]:
    """Where the given sources stand in the tree: folders (relative to `base`), or import names."""
    places: list[Path] = []
    for value in values:
        if (base / value).is_dir():
            places.append((base / value).resolve())
            continue
        for folder in import_roots(root.resolve()):
            below = folder.joinpath(*value.split("."))
            places += [place for place in (below, below.with_name(f"{below.name}.py")) if place.exists()]
    return tuple(places)


def _packages(root: Path) -> list[Path]:
    src = root / "src"
    if src.is_dir() and not _is_package(src):
        found = [entry for entry in _sorted(src) if _holds_code(entry) or _is_module(entry)]
        if found:
            return found
    entries = _sorted(root)
    packages = [e for e in entries if _is_package(e) and e.name not in NOT_PRODUCT]
    return packages or [e for e in entries if _is_module(e)]


def _source_of(package: Path) -> Iterator[str]:
    name = package.stem if package.suffix == ".py" else package.name
    if _is_installed(name) or package.suffix == ".py":
        yield name
        return
    yield str(package)
    if not _is_package(package):  # coverage.py does not look below folders without __init__.py
        for below in _sorted(package):
            if below.is_dir() and _holds_code(below):
                yield from _source_of_namespace(below)


def _source_of_namespace(folder: Path) -> Iterator[str]:
    yield str(folder)
    if not _is_package(folder):
        for below in _sorted(folder):
            if below.is_dir() and _holds_code(below):
                yield from _source_of_namespace(below)


def _is_installed(name: str) -> bool:
    """Whether `import name` would load a copy from an environment; nothing is imported for it."""
    try:
        spec = importlib.util.find_spec(name)
    except (ImportError, ValueError, AttributeError):
        return False
    origins = [spec.origin or "", *(spec.submodule_search_locations or ())] if spec else []
    return any(part in INSTALLED for origin in origins for part in Path(origin).parts)


def _holds_code(entry: Path) -> bool:
    """A package, or a namespace folder with a package or module somewhere below."""
    if not entry.is_dir() or not entry.name.isidentifier() or entry.name == "__pycache__":
        return False
    return any(_is_module(below) or _is_package(below) or _holds_code(below) for below in _sorted(entry))


def _is_package(entry: Path) -> bool:
    return entry.name.isidentifier() and (entry / "__init__.py").is_file()


def _is_module(entry: Path) -> bool:
    stem = entry.stem
    is_test = stem.startswith("test_") or stem.endswith("_test")
    return entry.suffix == ".py" and stem.isidentifier() and not is_test and stem not in NOT_MODULES and entry.is_file()


def _sorted(folder: Path) -> list[Path]:
    try:
        with os.scandir(folder) as entries:
            return sorted(Path(entry.path) for entry in entries if not entry.name.startswith("."))
    except OSError:
        return []
