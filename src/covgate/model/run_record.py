"""What one run of pytest measured and how: for the commands that judge its data later."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple, TypeAlias

from covgate.errors import ErrorName

Digests: TypeAlias = Mapping[str, str]
"""Files by their POSIX path relative to the root, each with a digest of its content."""


NO_DIGESTS: Digests = {}
AND = " and "


class MeasuringOptions(NamedTuple):
    """What pytest's command line says about the measurement, beyond what the settings say."""

    config_file: str | None = None
    """coverage.py's settings file, relative to the root or absolute; None where `--cov-config` was not given."""
    source: tuple[str, ...] | None = None
    """The values of `--cov`, none of them for a bare one; None where the option was not given."""
    judges_fail_under: bool = True
    """False where `--cov-fail-under` was given, so that pytest-cov judges the total by itself."""
    targets: Mapping[str, object] = {}
    """The targets that the hook `pytest_covgate_targets` added, as in `[tool.covgate.targets]`."""


class MeasuredState(NamedTuple):
    """The commit that was checked out when the tests ran, and the files of the project that differed from it.

    `commit` is None where it is not known; the digest of a deleted file is empty.
    """

    commit: str | None = None
    edited: Digests = NO_DIGESTS


class RunRecord(NamedTuple):
    """One run of `pytest --covgate`, or several shards of one."""

    run: str
    """A name that no other run has."""
    environment: str = ""
    """The system and the version of Python that it ran on; several of them joined by `AND`."""
    measuring: MeasuringOptions = MeasuringOptions()
    deviations: tuple[str, ...] = ()
    """The options of the command line by which the run measured something else than the settings say."""
    selection: str | None = None
    """The options or paths that selected a part of the tests; None where all were selected."""
    shard: tuple[int, int] | None = None
    """Which of how many groups of tests it ran, where an option of pytest-split or the like says so."""
    is_shard: bool = False
    """True where the run only measured (mode `measure`): its selection is one part of a whole."""
    stopped: str | None = None
    """Why selected tests did not run: collection errors, or an end before the last test."""
    incomplete: str | None = None
    """Why data of tests that ran is missing: a worker of pytest-xdist returned none."""
    remedy: str = ""
    """What to do about data that cannot be read; a record that is kept holds none."""
    error: ErrorName = "data-incomplete"
    """The name of the error that a reason in `incomplete` is; a record that is kept holds none."""
    tests_passed: bool = True
    test_count: int | None = None
    """How many tests ran; None where nobody counted."""
    ended: datetime | None = None
    """When the tests ended, to the second, in UTC; of several shards the last. None where nobody looked."""
    seconds: float | None = None
    """How long the tests took, of several shards the longest."""
    files: Digests = NO_DIGESTS
    """The measured files."""
    unmeasured: frozenset[str] = frozenset()
    """Python files below the measured source that the data does not hold."""
    tests: Digests = NO_DIGESTS
    """The files of the tests that ran."""
    state: MeasuredState = MeasuredState()

    @property
    def partial(self) -> str | None:
        """Why the run saw only a part of the tests; None where it saw all."""
        return self.selection or self.stopped
