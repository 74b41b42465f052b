"""The values of the room: what was read of a project and its CI, and what was found in it."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal, NamedTuple, TypeAlias

from covgate.model.rules import PytestSettings
from covgate.model.settings import Settings
from covgate.model.snapshot import Module, Snapshot

Severity: TypeAlias = Literal["serious", "advice"]


class FilePosition(NamedTuple):
    """A line of a file, which is a POSIX path relative to the root."""

    file: str
    line: int | None = None

    def __str__(self) -> str:
        return self.file if self.line is None else f"{self.file}:{self.line}"


class IgnoredExit(NamedTuple):
    """Why the exit code of a command does not count: `by` is the text that hides it.

    `is_certain` is false where it is hidden only in some shells.
    """

    by: str
    position: FilePosition
    is_certain: bool = True


class ModeSetting(NamedTuple):
    """A value of `COVGATE_MODE` that a file sets."""

    value: str
    position: FilePosition


class Command(NamedTuple):
    """A command that a CI file or tox runs, as words without quotes."""

    words: tuple[str, ...]
    position: FilePosition
    ignored_exits: tuple[IgnoredExit, ...] = ()
    mode: ModeSetting | None = None
    shallow_checkout: FilePosition | None = None
    """The checkout step of the job, where it does not fetch the history."""

    @property
    def text(self) -> str:
        return " ".join(self.words)


class ToxEnvironment(NamedTuple):
    """`name` is empty for the settings that the other environments inherit."""

    name: str
    commands: tuple[Command, ...]


class UnreadFile(NamedTuple):
    """A file that could not be read, and why."""

    position: FilePosition
    reason: str


class CiFiles(NamedTuple):
    """The CI files that were read, with their commands, and those that could not be read."""

    files: tuple[str, ...] = ()
    commands: tuple[Command, ...] = ()
    unread: tuple[UnreadFile, ...] = ()
    without_yaml: tuple[str, ...] = ()
    """The files that were left out because PyYAML is not installed."""


class CoverageFacts(NamedTuple):
    """coverage.py's settings, with the file they stand in."""

    file: str = ""
    source: tuple[str, ...] = ()
    fail_under: Decimal | None = None
    branch: bool = False
    patch: tuple[str, ...] = ()
    concurrency: tuple[str, ...] = ()


class SourceTree(NamedTuple):
    """The source files in the tree."""

    modules: tuple[Module, ...] = ()
    """The `.py` files below the configured source, without coverage data."""
    discovered: tuple[str, ...] = ()
    """What would be measured if no setting named a source."""
    missing: tuple[str, ...] = ()
    """Names in the source setting that are neither in the tree nor installed."""


class ProcessStarts(NamedTuple):
    """Files that start Python processes, with subprocess or with multiprocessing."""

    subprocess: tuple[str, ...] = ()
    multiprocessing: tuple[str, ...] = ()
    are_measured: bool = False
    """Whether some file starts coverage.py in its processes by hand."""


class Requirement(NamedTuple):
    """A distribution that covgate requires; `installed` is None where it is missing."""

    name: str
    installed: str | None
    required: str
    is_met: bool


class Facts(NamedTuple):
    """Everything that a diagnosis is based on. `snapshot` is None where there is not coverage data."""

    settings: Settings
    mode_variable: str | None = None
    snapshot: Snapshot | None = None
    pytest: PytestSettings = PytestSettings()
    coverage: CoverageFacts = CoverageFacts()
    tree: SourceTree = SourceTree()
    tests: tuple[str, ...] = ()
    """The test files below pytest's `testpaths`, else below `tests` and `test`: POSIX paths relative to the root."""
    ci: CiFiles = CiFiles()
    tox: tuple[ToxEnvironment, ...] = ()
    processes: ProcessStarts = ProcessStarts()
    requirements: tuple[Requirement, ...] = ()
    is_shallow: bool = False
    is_in_repository: bool = False
    has_ci_above: bool = False
    """Whether the project lies in a subfolder of a repository whose top folder has CI files."""


class Finding(NamedTuple):
    """One problem. `where` is a file with its line, or a key path; `remedy` says what to do, `cost` what that costs."""

    severity: Severity
    message: str
    where: str = ""
    remedy: str = ""
    cost: str = ""


class Diagnosis(NamedTuple):
    """All findings; `examined` and `not_examined` say what they are based on."""

    findings: tuple[Finding, ...]
    examined: tuple[str, ...]
    not_examined: tuple[str, ...] = ()

    @property
    def is_serious(self) -> bool:
        return any(finding.severity == "serious" for finding in self.findings)
