"""What covgate needs to know of coverage.py's own settings."""

from __future__ import annotations

import contextlib
import os
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import coverage
from coverage.exceptions import ConfigError, CoverageException, CoverageWarning

from covgate.errors import UsageError


@dataclass(frozen=True, slots=True, kw_only=True)
class CoverageSettings:
    """`fail_under` is None where it is not set (or 0); `data_file` is absolute."""

    data_file: Path
    source: tuple[str, ...]
    """Folders and import names, from `source`, `source_pkgs` and `source_dirs`."""
    fail_under: Decimal | None
    core: str | None
    """The measurement core that somebody chose; None leaves it to coverage.py."""
    branch: bool
    has_plugins: bool
    dynamic_context: bool
    concurrency: tuple[str, ...]
    patch: tuple[str, ...]
    file: str
    """The file they were read from, absolute; empty where there is none."""


def read_coverage_settings(config_file: str, base: Path) -> CoverageSettings:
    """Read as coverage.py would read them in the folder `base`; raises `UsageError`."""
    try:
        with in_folder(base), warnings.catch_warnings():
            warnings.simplefilter("ignore", CoverageWarning)  # the measurement tells them
            cov = coverage.Coverage(config_file=config_file)
    except (CoverageException, ConfigError, OSError, UnicodeDecodeError) as error:
        raise UsageError(f"coverage.py's settings cannot be used: {error}", "mend them, then run again") from None
    fail_under = Decimal(str(cov.get_option("report:fail_under") or 0))
    if not fail_under.is_finite() or not 0 <= fail_under <= 100:
        raise UsageError(f"coverage.py's fail_under is {fail_under}", "set it to a percentage from 0 to 100")
    return CoverageSettings(
        data_file=base / cov.config.data_file,
        source=(*(cov.config.source or ()), *cov.config.source_pkgs, *cov.config.source_dirs),
        fail_under=fail_under or None,
        core="pytrace" if cov.config.timid else cov.config.core,
        branch=bool(cov.config.branch),
        has_plugins=bool(cov.config.plugins),
        dynamic_context=bool(cov.config.dynamic_context),
        concurrency=tuple(cov.config.concurrency),
        patch=tuple(cov.config.patch),
        file=os.path.join(base, cov.config.config_file or "") if cov.config.config_file else "",
    )


def traces_by_plugin(settings: CoverageSettings) -> bool:
    """Whether a plugin of coverage.py traces files or switches contexts; others only configure.

    Loads the plugins, which the measurement that follows does as well. One that cannot be loaded counts
    as one that traces: it may be importable later, and else the measurement reports the error.
    """
    if not settings.has_plugins:
        return False
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            info = dict(coverage.Coverage(config_file=settings.file).sys_info())
    except Exception:  # a plugin may raise anything
        return True
    return bool(info["plugins.file_tracers"] or info["plugins.context_switchers"])


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
