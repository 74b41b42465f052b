"""What stands around a gate: who runs it, what measures, which versions. Facts, no judgement."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

from covgate.model.rules import PytestSettings
from covgate.model.settings import Settings
from covgate.model.snapshot import Module, Snapshot


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A line of a file; POSIX path relative to the root."""

    file: str
    line: int | None = None

    def __str__(self) -> str:
        return self.file if self.line is None else f"{self.file}:{self.line}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Loss:
    """Why the outcome of a command does not count: the text that does it, and where it stands.

    `is_certain` is false where it only would be lost in another shell, or on some machines.
    """

    by: str
    place: Place
    is_certain: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class ModeWord:
    """A value of `COVGATE_MODE` that a file sets."""

    word: str
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """A command that a file of the CI or of tox runs, as words without quotes."""

    words: tuple[str, ...]
    place: Place
    losses: tuple[Loss, ...] = ()
    mode: ModeWord | None = None
    shallow_checkout: Place | None = None
    """The checkout of its job, where that leaves the history out."""

    @property
    def text(self) -> str:
        return " ".join(self.words)


@dataclass(frozen=True, slots=True, kw_only=True)
class ToxEnvironment:
    """`name` is empty for the settings that the others start from."""

    name: str
    commands: tuple[Command, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Unread:
    """A file that could not be read, and why."""

    place: Place
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CiFiles:
    """What the files of the CI say. `files` are those that were read."""

    files: tuple[str, ...] = ()
    commands: tuple[Command, ...] = ()
    unread: tuple[Unread, ...] = ()
    without_yaml: tuple[str, ...] = ()
    """Files that nothing could read, as PyYAML is not installed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measuring:
    """What coverage.py's settings say."""

    file: str = ""
    source: tuple[str, ...] = ()
    fail_under: Decimal | None = None
    branch: bool = False
    patch: tuple[str, ...] = ()
    concurrency: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """Where the product's code stands in the tree."""

    modules: tuple[Module, ...] = ()
    """The `.py` files of the source places, none of them measured."""
    discovered: tuple[str, ...] = ()
    """What would be measured where nothing says so, as `source` would name it."""
    absent: tuple[str, ...] = ()
    """What the settings name as source and neither the tree nor this Python has."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Processes:
    """Files that start Python processes: `children` new ones, `workers` with multiprocessing."""

    children: tuple[str, ...] = ()
    workers: tuple[str, ...] = ()
    started_by_hand: bool = False
    """True where a file starts the measurement in its processes itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """An installed distribution beside what we require of it; `installed` is None where it is missing."""

    name: str
    installed: str | None
    required: str
    fits: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """Everything that a diagnosis rests on. `snapshot` is None where there is no data."""

    settings: Settings
    mode_variable: str | None = None
    snapshot: Snapshot | None = None
    pytest: PytestSettings = field(default_factory=PytestSettings)
    measuring: Measuring = Measuring()
    sources: Sources = Sources()
    tests: tuple[str, ...] = ()
    """The test files below pytest's `testpaths`, else below `tests` and `test`: POSIX paths relative to the root."""
    ci: CiFiles = CiFiles()
    tox: tuple[ToxEnvironment, ...] = ()
    processes: Processes = Processes()
    versions: tuple[Version, ...] = ()
    is_shallow: bool = False
    in_repository: bool = False
    ci_above: bool = False
    """Whether the project lies below the top of a repository that has files of a CI there."""
