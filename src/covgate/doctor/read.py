"""Reads everything around a gate."""

from __future__ import annotations

import fnmatch
import importlib.util
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any

from covgate.config.lenient import read_toml, text_of
from covgate.config.pytest_settings import read_pytest_settings
from covgate.doctor.facts import (
    CiFiles,
    Command,
    Measuring,
    Place,
    Processes,
    Sources,
    Surroundings,
    ToxEnvironment,
    Unread,
)
from covgate.doctor.github import workflow_commands
from covgate.doctor.gitlab import pipeline_commands
from covgate.doctor.nodes import YamlError, documents
from covgate.doctor.processes import started_processes
from covgate.doctor.tox import ini_environments, toml_environments
from covgate.doctor.versions import required_versions
from covgate.errors import UsageError
from covgate.files import read_ordinary, shown_path
from covgate.git.repository import GitError, Repository, open_repository
from covgate.measurement.coverage_settings import CoverageSettings
from covgate.measurement.reader import Measurement, reported_among
from covgate.measurement.sources import discovered_sources, source_places
from covgate.measurement.tree import import_name, python_files
from covgate.model.lines import Lines
from covgate.model.settings import MODE_VARIABLE, Settings
from covgate.model.snapshot import Module, Snapshot

WORKFLOWS = ".github/workflows"
GITLAB = ".gitlab-ci.yml"
TESTS = ("tests", "test")
MOST = 10_000
"""Commands of one file; aliases could make any number."""


def read_surroundings(
    root: Path,
    settings: Settings,
    coverage_settings: CoverageSettings,
    *,
    measurement: Measurement,
    snapshot: Snapshot | None,
    environment: Mapping[str, str],
) -> Surroundings:
    """`snapshot` is what was measured, if anything was."""
    root = root.resolve()
    pytest_settings = read_pytest_settings(root)
    files = reported_among(map(Path, python_files(root, measurement.source)), measurement.config_file, measurement.base)
    folders = (root / name for name in pytest_settings.testpaths or TESTS)
    tests = {shown_path(root, str(path)): path for path in map(Path, python_files(root, folders))}
    ci = _ci_files(root)
    repository = _repository(root, environment)
    return Surroundings(
        settings=settings,
        mode_variable=environment.get(MODE_VARIABLE) or None,
        snapshot=snapshot,
        pytest=pytest_settings,
        measuring=_measuring(root, coverage_settings),
        sources=Sources(
            modules=tuple(_modules(root, files)),
            discovered=_discovered(root),
            absent=tuple(value for value in settings.source or coverage_settings.source if _is_absent(root, value)),
        ),
        tests=tuple(_test_files(tests, pytest_settings.python_files)),
        ci=ci,
        tox=_tox(root),
        processes=_processes(root, {**tests, **{shown_path(root, str(path)): path for path in files}}, ci),
        versions=required_versions(),
        is_shallow=repository is not None and repository.is_shallow,
        in_repository=repository is not None,
        ci_above=repository is not None and repository.top != root and bool(_ci_names(repository.top)),
    )


def _ci_files(root: Path) -> CiFiles:
    names = _ci_names(root)
    read: list[str] = []
    commands: list[Command] = []
    unread: list[Unread] = []
    for name in names:
        try:
            commands += _ci_commands(name, root / name)
            read.append(name)
        except ImportError:
            return CiFiles(without_yaml=tuple(names))
        except OSError as error:
            unread.append(Unread(place=Place(file=name), reason=error.strerror or str(error)))
        except YamlError as error:
            unread.append(Unread(place=Place(file=name, line=error.line), reason=error.reason))
    return CiFiles(files=tuple(read), commands=tuple(commands), unread=tuple(unread))


def _ci_names(root: Path) -> list[str]:
    names = [f"{WORKFLOWS}/{path.name}" for path in _listed(root / WORKFLOWS) if path.suffix in (".yml", ".yaml")]
    return [*names, GITLAB] if (root / GITLAB).is_file() else names


def _ci_commands(name: str, path: Path) -> list[Command]:
    content = read_ordinary(path)
    roots = documents(content)
    if name == GITLAB:  # a document before the pipeline's own declares its inputs
        return list(islice(pipeline_commands(name, roots[-1]), MOST)) if roots else []
    return list(islice(workflow_commands(name, content.decode("utf-8-sig"), roots[0]), MOST)) if roots else []


def _tox(root: Path) -> tuple[ToxEnvironment, ...]:
    """From the first file that tox would take."""
    tool = read_toml(root / "pyproject.toml").get("tool")
    table: Any = tool.get("tox") if isinstance(tool, Mapping) else None
    if (root / "tox.ini").is_file():
        return ini_environments("tox.ini", text_of(root / "tox.ini"))
    if isinstance(table, Mapping):
        legacy = table.get("legacy_tox_ini")
        if isinstance(legacy, str):
            return tuple(_without_lines(ini_environments("pyproject.toml", legacy)))
        return toml_environments("pyproject.toml", table)
    if (root / "tox.toml").is_file():
        return toml_environments("tox.toml", read_toml(root / "tox.toml"))
    return ()


def _without_lines(environments: Iterable[ToxEnvironment]) -> Iterator[ToxEnvironment]:
    """Lines of a text within TOML are not those of the file."""
    for environment in environments:
        commands = []
        for command in environment.commands:
            place = Place(file=command.place.file)
            losses = tuple(replace(loss, place=place) for loss in command.losses)
            mode = None if command.mode is None else replace(command.mode, place=place)
            commands.append(replace(command, place=place, losses=losses, mode=mode))
        yield replace(environment, commands=tuple(commands))


def _measuring(root: Path, settings: CoverageSettings) -> Measuring:
    return Measuring(
        file=shown_path(root, settings.file) if settings.file else "",
        source=settings.source,
        fail_under=settings.fail_under,
        branch=settings.branch,
        patch=settings.patch,
        concurrency=settings.concurrency,
    )


def _discovered(root: Path) -> tuple[str, ...]:
    try:
        values = discovered_sources(root).values
    except UsageError:
        return ()
    return tuple(shown_path(root, str(value)) for value in values if value is not None)


def _is_absent(root: Path, value: str) -> bool:
    """Whether nothing could be measured by this name; of nothing more is asked than the top package."""
    if source_places(root, root, [value]):
        return False
    if not value.replace(".", "").isidentifier():
        return not os.path.exists(root / value)
    try:
        return importlib.util.find_spec(value.partition(".")[0]) is None
    except (ImportError, ValueError):
        return True


def _test_files(tests: Iterable[str], patterns: Iterable[str]) -> Iterator[str]:
    for path in tests:
        if any(fnmatch.fnmatch(path if "/" in pattern else path.rpartition("/")[2], pattern) for pattern in patterns):
            yield path


def _processes(root: Path, shown: Mapping[str, Path], ci: CiFiles) -> Processes:
    others = ("tox.ini", "conftest.py", "noxfile.py", "pyproject.toml", *ci.files)
    return started_processes(shown, (text_of(root / name) for name in others))


def _modules(root: Path, files: Iterable[Path]) -> Iterator[Module]:
    for path in files:
        yield Module(
            path=shown_path(root, str(path)),
            name=import_name(root, str(path)),
            statements=Lines(),
            missing=Lines(),
        )


def _repository(root: Path, environment: Mapping[str, str]) -> Repository | None:
    try:
        return open_repository(root, environment)
    except GitError:
        return None


def _listed(folder: Path) -> list[Path]:
    try:
        return sorted(folder.iterdir())
    except OSError:
        return []
