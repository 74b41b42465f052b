"""Gather the facts that a diagnosis is based on."""

from __future__ import annotations

import fnmatch
import importlib.util
import os
import re
from collections.abc import Iterable, Mapping
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement as ParsedRequirement
from packaging.version import InvalidVersion, Version

from covgate.config.pytest_settings import read_pytest_settings
from covgate.config.toml import text_of
from covgate.doctor.ci_files import ci_file_names, read_ci_files
from covgate.doctor.facts import CoverageFacts, Facts, ProcessStarts, Requirement, SourceTree
from covgate.doctor.tox import read_tox
from covgate.errors import UsageError
from covgate.files import shown_path
from covgate.git.repository import GitError, Repository, open_repository
from covgate.measurement.coverage_settings import CoverageSettings
from covgate.measurement.location import Measurement
from covgate.measurement.reader import reported_among
from covgate.measurement.sources import discovered_sources, source_places
from covgate.measurement.tree import import_name, python_files
from covgate.model.lines import Lines
from covgate.model.settings import MODE_VARIABLE, Settings
from covgate.model.snapshot import Module, Snapshot

DISTRIBUTION = "pytest-covgate"
TEST_FOLDERS = ("tests", "test")
SETTINGS_FILES = ("tox.ini", "conftest.py", "noxfile.py", "pyproject.toml")
SUBPROCESS = tuple(
    re.compile(pattern, re.MULTILINE)
    for pattern in (
        r"^[ \t]*(import|from) .*\b(subprocess|asyncio)\b",
        r"[\[(]\s*(sys\.)?executable\b",
        r"\b(run|Popen|call|check_call|check_output|create_subprocess_exec)\(",
    )
)
"""All of them match in a file that starts Python with subprocess; the same below for multiprocessing."""
MULTIPROCESSING = tuple(
    re.compile(pattern, re.MULTILINE)
    for pattern in (
        r"^[ \t]*(import|from) .*\b(multiprocessing|concurrent)\b",
        r"\b(Process|Pool|ProcessPoolExecutor)\(",
    )
)
MEASURED_BY_HAND = ("COVERAGE_PROCESS_START", "COVERAGE_PROCESS_CONFIG", "process_startup")


def read_facts(
    root: Path,
    settings: Settings,
    coverage_settings: CoverageSettings,
    *,
    measurement: Measurement,
    snapshot: Snapshot | None,
    environment: Mapping[str, str],
) -> Facts:
    """`snapshot` is None where there is not coverage data."""
    root = root.resolve()
    pytest_settings = read_pytest_settings(root)
    sources = _shown(
        root,
        reported_among(map(Path, python_files(root, measurement.source)), measurement.config_file, measurement.base),
    )
    test_folders = (root / name for name in pytest_settings.testpaths or TEST_FOLDERS)
    tests = _shown(root, map(Path, python_files(root, test_folders)))
    ci = read_ci_files(root)
    repository = _repository(root, environment)
    named_sources = settings.source or coverage_settings.source
    return Facts(
        settings=settings,
        mode_variable=environment.get(MODE_VARIABLE) or None,
        snapshot=snapshot,
        pytest=pytest_settings,
        coverage=CoverageFacts(
            file=shown_path(root, coverage_settings.file) if coverage_settings.file else "",
            source=coverage_settings.source,
            fail_under=coverage_settings.fail_under,
            branch=coverage_settings.branch,
            patch=coverage_settings.patch,
            concurrency=coverage_settings.concurrency,
        ),
        tree=SourceTree(
            modules=tuple(
                Module(path=shown, name=import_name(root, str(path)), statements=Lines(), missing=Lines())
                for shown, path in sources.items()
            ),
            discovered=_discovered(root),
            missing=tuple(name for name in named_sources if _is_missing(root, name)),
        ),
        tests=tuple(path for path in tests if _is_collected(path, pytest_settings.python_files)),
        ci=ci,
        tox=read_tox(root),
        processes=process_starts({**tests, **sources}, (root / name for name in (*SETTINGS_FILES, *ci.files))),
        requirements=required_versions(),
        is_shallow=repository is not None and repository.is_shallow,
        is_in_repository=repository is not None,
        has_ci_above=repository is not None and repository.top != root and bool(ci_file_names(repository.top)),
    )


def process_starts(files: Mapping[str, Path], settings_files: Iterable[Path]) -> ProcessStarts:
    """`files` are tests and sources; their texts, and those of the settings files, may start coverage.py by hand."""
    texts = {name: text_of(path) for name, path in files.items()}
    everything = (*texts.values(), *map(text_of, settings_files))
    return ProcessStarts(
        subprocess=tuple(name for name, text in texts.items() if _matches(text, SUBPROCESS)),
        multiprocessing=tuple(name for name, text in texts.items() if _matches(text, MULTIPROCESSING)),
        are_measured=any(name in text for text in everything for name in MEASURED_BY_HAND),
    )


def _matches(text: str, patterns: Iterable[re.Pattern[str]]) -> bool:
    return all(pattern.search(text) for pattern in patterns)


def required_versions(distribution: str = DISTRIBUTION) -> tuple[Requirement, ...]:
    """The requirements that apply here; empty where covgate was not installed as a distribution."""
    try:
        requirements = [ParsedRequirement(text) for text in metadata.requires(distribution) or ()]
    except metadata.PackageNotFoundError:
        return ()
    applying = (one for one in requirements if one.marker is None or one.marker.evaluate({"extra": ""}))
    return tuple(map(compare_installed, applying))


def compare_installed(requirement: ParsedRequirement) -> Requirement:
    installed: str | None = None
    is_met = False
    try:
        installed = metadata.version(requirement.name)
        is_met = requirement.specifier.contains(Version(installed), prereleases=True)
    except metadata.PackageNotFoundError:
        pass
    except InvalidVersion:  # a private build, of which nothing is known
        is_met = True
    return Requirement(name=requirement.name, installed=installed, required=str(requirement.specifier), is_met=is_met)


def _shown(root: Path, paths: Iterable[Path]) -> dict[str, Path]:
    return {shown_path(root, str(path)): path for path in paths}


def _discovered(root: Path) -> tuple[str, ...]:
    try:
        values = discovered_sources(root).values
    except UsageError:
        return ()
    return tuple(shown_path(root, str(value)) for value in values if value is not None)


def _is_missing(root: Path, name: str) -> bool:
    """Whether a source is neither in the tree nor installed; only its top package is looked for, not imported."""
    if source_places(root, root, [name]):
        return False
    if not name.replace(".", "").isidentifier():
        return not os.path.exists(root / name)
    try:
        return importlib.util.find_spec(name.partition(".")[0]) is None
    except (ImportError, ValueError):
        return True


def _is_collected(path: str, patterns: Iterable[str]) -> bool:
    name = path.rpartition("/")[2]
    return any(fnmatch.fnmatch(path if "/" in pattern else name, pattern) for pattern in patterns)


def _repository(root: Path, environment: Mapping[str, str]) -> Repository | None:
    try:
        return open_repository(root, environment)
    except GitError:
        return None
