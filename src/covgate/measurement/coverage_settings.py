"""What covgate needs to know of coverage.py's own settings."""

from __future__ import annotations

import contextlib
import hashlib
import os
import warnings
from collections.abc import Collection, Iterator
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

import coverage
from coverage.exceptions import ConfigError, CoverageException, CoverageWarning

from covgate.errors import UsageError
from covgate.files import why_not_ordinary
from covgate.model.percent import shown_target

ITS_FILES = (".coveragerc", ".coveragerc.toml", "setup.cfg", "tox.ini", "pyproject.toml")
"""Where coverage.py looks for settings."""


class CoverageSettings(NamedTuple):
    """`fail_under` is None where it is not set (or 0); `data_file` is absolute."""

    data_file: Path
    source: tuple[str, ...]
    """Folders and import names, from `source`, `source_pkgs` and `source_dirs`."""
    include: tuple[str, ...]
    """Patterns of files to measure, which coverage.py ignores where `source` is set."""
    fail_under: Decimal | None
    core: str | None
    """The measurement core that somebody chose; None leaves it to coverage.py."""
    branch: bool
    has_plugins: bool
    dynamic_context: bool
    concurrency: tuple[str, ...]
    patch: tuple[str, ...]
    exclusions: str
    """A digest of all that says which files, lines and branches count."""
    file: str
    """The file they were read from, absolute; empty where there is none."""


def read_coverage_settings(config_file: str, base: Path) -> CoverageSettings:
    """Read as coverage.py would read them in the folder `base`; raises `UsageError`."""
    for name in (config_file, *ITS_FILES):
        reason = None if (base / name).is_dir() else why_not_ordinary(base / name)
        if reason is not None:
            raise UsageError(
                "coverage-settings", f"coverage.py's settings cannot be used: {base / name} is {reason}", "remove it"
            )
    try:
        with in_folder(base), warnings.catch_warnings():
            warnings.simplefilter("ignore", CoverageWarning)  # the measurement tells them
            cov = coverage.Coverage(config_file=config_file)
    except (CoverageException, ConfigError, OSError, UnicodeDecodeError) as error:
        raise UsageError(
            "coverage-settings", f"coverage.py's settings cannot be used: {error}", "correct them, then run again"
        ) from None
    fail_under = Decimal(str(cov.get_option("report:fail_under") or 0))
    if not fail_under.is_finite() or not 0 <= fail_under <= 100:
        raise UsageError(
            "coverage-settings", f"coverage.py's fail_under is {fail_under}", "set it to a percentage from 0 to 100"
        )
    if 0 < fail_under < 1:
        meant = shown_target(fail_under * 100)
        raise UsageError(
            "coverage-settings",
            f"coverage.py's fail_under is {fail_under}, which is less than 1 %",
            f"did you mean {meant}?",
        )
    return CoverageSettings(
        data_file=base / cov.config.data_file,
        source=(*(cov.config.source or ()), *cov.config.source_pkgs, *cov.config.source_dirs),
        include=tuple(cov.config.run_include or ()),
        fail_under=fail_under or None,
        core="pytrace" if cov.config.timid else cov.config.core,
        branch=bool(cov.config.branch),
        has_plugins=bool(cov.config.plugins),
        dynamic_context=bool(cov.config.dynamic_context),
        concurrency=tuple(cov.config.concurrency),
        patch=tuple(cov.config.patch),
        exclusions=_digest_of_exclusions(cov),
        file=os.path.join(base, cov.config.config_file or "") if cov.config.config_file else "",
    )


def _digest_of_exclusions(cov: coverage.Coverage) -> str:
    config = cov.config
    values = [config.exclude_list, config.partial_list, config.partial_always_list, sorted(config.plugins)]
    patterns = [config.run_include, config.run_omit, config.report_include, config.report_omit]
    text = repr([*values, *(sorted(names or ()) for names in patterns)])
    return hashlib.sha256(text.encode("utf-8", "backslashreplace")).hexdigest()[:16]


def without_side_effects(cov: coverage.Coverage, tracers: Collection[str] = ()) -> tuple[str, ...]:
    """Let a `Coverage` that was just made load no plugin but those of `tracers`, and write nothing.

    The settings may be those of a change under judgement: what they name is code. Returns the
    plugins that are left out.
    """
    named = list(cov.config.plugins)
    cov.config.plugins = [name for name in named if any(f"{one}.".startswith(f"{name}.") for one in tracers)]
    cov.config.debug = []
    cov.config.debug_file = None
    cov.config._crash = ""
    return tuple(name for name in named if name not in cov.config.plugins)


@contextlib.contextmanager
def in_folder(folder: Path) -> Iterator[None]:
    """coverage.py resolves relative names against the working directory, and nothing else."""
    try:
        before: str | None = os.getcwd()
    except OSError:  # a test removed it
        before = None
    os.chdir(folder)
    try:
        yield
    finally:
        if before is not None:
            os.chdir(before)
