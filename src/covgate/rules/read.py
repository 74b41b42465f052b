"""Reads the rules of the gate from the settings files of one folder: the project's, or the base's written aside."""

from __future__ import annotations

import os
import warnings
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from pathlib import Path

import coverage
from coverage.config import CoverageConfig
from coverage.exceptions import ConfigError, CoverageException, CoverageWarning
from coverage.files import GlobMatcher, prep_patterns

from covgate.config.pytest_settings import read_pytest_settings
from covgate.config.settings import readable_settings
from covgate.config.toml import text_of
from covgate.errors import UsageError
from covgate.files import shown_path
from covgate.measurement.coverage_settings import in_folder
from covgate.measurement.sources import discovered_sources, source_places
from covgate.measurement.tree import python_files
from covgate.model.rules import CoverageRules, Rules
from covgate.rules.places import places_in

PYTEST_FILES = ("pytest.toml", ".pytest.toml", "pytest.ini", ".pytest.ini")
COVERAGE_FILES = (".coveragerc", ".coveragerc.toml")
SHARED_FILES = ("pyproject.toml", "tox.ini", "setup.cfg")
DEFAULT_FILE = ".coveragerc"
"""What pytest-cov and coverage.py take for "look in the usual places"."""

MALFORMED = (AttributeError, LookupError, RecursionError, TypeError, ValueError)
"""What coverage.py's reader raises for TOML tables that are no tables."""

SOURCES = ("run.source", "run.source_pkgs", "run.source_dirs")
FILTERS = ("run.include", "run.omit", "report.include", "report.omit")


def settings_files(config_file: str) -> tuple[str, ...]:
    """The names of the files that can hold rules; `config_file` is coverage.py's, relative or absolute."""
    named = () if config_file in SHARED_FILES or os.path.isabs(config_file) else (config_file,)
    return tuple(dict.fromkeys((*SHARED_FILES, *COVERAGE_FILES, *PYTEST_FILES, *named)))


def read_rules(folder: Path, config_file: str) -> Rules:
    """The rules that the files in `folder` give. Nothing is imported or executed, no plugin is loaded.

    What cannot be read counts as not set: whoever runs the gate there is told of it.
    """
    measuring = _coverage_rules(folder, config_file)
    testing = read_pytest_settings(folder)
    return Rules(settings=readable_settings(text_of(folder / "pyproject.toml")), coverage=measuring, pytest=testing)


def add_places(rules: Rules, folder: Path) -> Rules:
    """Add the line of each key in the files in `folder`, for rules that are to be pointed at."""
    files = {"pyproject.toml", rules.coverage.file if rules.coverage else "", rules.pytest.file} - {""}
    return rules._replace(places={file: places_in(folder / file) for file in sorted(files)})


def lost_files(before: Rules, after: Rules, root: Path) -> tuple[str, ...]:
    """The files of the tree that the rules `before` would measure and the rules `after` do not."""
    if _what_is_measured(before) == _what_is_measured(after):  # as nearly always: the tree need not be walked
        return ()
    return tuple(sorted(_measured_files(before, root) - _measured_files(after, root)))


def _what_is_measured(rules: Rules) -> Mapping[str, tuple[str, ...]]:
    lists = rules.coverage.lists if rules.coverage else {}
    return {"source": rules.settings.source, **{name: lists.get(name, ()) for name in (*SOURCES, *FILTERS)}}


def _measured_files(rules: Rules, root: Path) -> set[str]:
    lists = _what_is_measured(rules)
    values = list(lists["source"]) or [value for name in SOURCES for value in lists[name]]
    with in_folder(root):
        if not values:
            try:
                values = [value for value in discovered_sources(root).values if value is not None]
            except UsageError:
                values = []
        matchers = {name: GlobMatcher(prep_patterns(lists[name]), name) for name in FILTERS if lists[name]}
    found = python_files(root, source_places(root, root, values))
    return {
        shown_path(root, file)
        for file in found
        if all(matcher.match(file) == name.endswith("include") for name, matcher in matchers.items())
    }


def _coverage_rules(folder: Path, config_file: str) -> CoverageRules | None:
    exists = (folder / config_file).is_file()
    config = _coverage_config(folder, config_file if exists else DEFAULT_FILE)
    if config is None:
        return None
    exclude, partial = tuple(config.exclude_list), tuple(config.partial_list)
    exclude_also, partial_also = tuple(config.exclude_also), tuple(config.partial_also)
    lists = {
        "run.source": config.source,
        "run.source_pkgs": config.source_pkgs,
        "run.source_dirs": config.source_dirs,
        "run.include": config.run_include,
        "run.omit": config.run_omit,
        "run.plugins": config.plugins,
        "report.include": config.report_include,
        "report.omit": config.report_omit,
        "report.exclude_lines": exclude[: len(exclude) - len(exclude_also)],
        "report.exclude_also": exclude_also,
        "report.partial_branches": partial[: len(partial) - len(partial_also)],
        "report.partial_also": partial_also,
        "report.partial_branches_always": config.partial_always_list,
        **{f"paths.{name}": values for name, values in config.paths.items()},
    }
    return CoverageRules(
        file=os.path.relpath(config.config_file, os.path.realpath(folder)) if config.config_file else "",
        lists={name: tuple(values or ()) for name, values in lists.items()},
        switches={
            "run.branch": bool(config.branch),
            "report.ignore_errors": bool(config.ignore_errors),
            "report.include_namespace_packages": bool(config.include_namespace_packages),
        },
        fail_under=_number(config.fail_under),
    )


def _coverage_config(folder: Path, config_file: str) -> CoverageConfig | None:
    """coverage.py's own reading of its files in `folder`; its constructor reads, and loads plugins later."""
    try:
        with in_folder(Path(os.path.realpath(folder))), warnings.catch_warnings():
            warnings.simplefilter("ignore", CoverageWarning)
            return coverage.Coverage(data_file=None, config_file=config_file).config
    except (CoverageException, ConfigError, OSError, *MALFORMED):
        return None


def _number(value: object) -> Decimal:
    """A level that is no number, or no finite one, counts as not set."""
    try:
        number = Decimal(str(value or 0))
    except InvalidOperation:
        return Decimal(0)
    return number if number.is_finite() else Decimal(0)
