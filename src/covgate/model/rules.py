"""The rules of the gate in one revision: settings of covgate, coverage.py and pytest, and exclusions in code."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Literal, NamedTuple, TypeAlias

from covgate.model.change import ChangeUnavailable
from covgate.model.settings import Settings

KeyPath: TypeAlias = tuple[str, ...]
"""The tables or sections of a key and the key itself; one more part names an item of its value."""

ExclusionKind: TypeAlias = Literal["comment", "branch-comment", "pattern"]


class PytestSettings(NamedTuple):
    """What pytest's own settings say; `file` is empty where there are none."""

    file: str = ""
    addopts: tuple[str, ...] = ()
    testpaths: tuple[str, ...] = ()
    python_files: tuple[str, ...] = ("test_*.py", "*_test.py")


class Loosened(NamedTuple):
    """One rule that the change loosens.

    `before` is None where the rule is new, `after` None where it is gone; `line` is None where no line shows it.
    """

    what: str
    before: str | None
    after: str | None
    path: str
    line: int | None = None

    @property
    def where(self) -> str:
        return self.path if self.line is None else f"{self.path}:{self.line}"


class CoverageRules(NamedTuple):
    """coverage.py's settings that decide what is measured and counted. Names are `section.option`."""

    file: str = ""
    """The file they were read from, relative to the root; empty where there is none."""
    lists: Mapping[str, tuple[str, ...]] = {}
    switches: Mapping[str, bool] = {}
    fail_under: Decimal = Decimal(0)


class Rules(NamedTuple):
    """All rules of one revision. `places` gives, for each settings file, the line of each key."""

    settings: Settings = Settings()
    coverage: CoverageRules | None = CoverageRules()
    """None where coverage.py cannot read its settings: then they are not compared."""
    pytest: PytestSettings = PytestSettings()
    places: Mapping[str, Mapping[KeyPath, int]] = {}

    def line_of(self, file: str, path: KeyPath, item: str = "") -> int | None:
        """Return the line of an item of a setting, else of the setting, else of the nearest table around it."""
        places = self.places.get(file, {})
        candidates = [(*path, item)] if item else []
        candidates += [path[:length] for length in range(len(path), 0, -1)]
        return next((places[one] for one in candidates if one in places), None)


class Exclusion(NamedTuple):
    """Code that the change takes out of coverage: by a comment, or by matching a pattern of the project's settings."""

    path: str
    line: int
    text: str
    kind: ExclusionKind


class UnknownRules(NamedTuple):
    """Why the rules of the base are not known; what the change itself excludes can be known all the same."""

    why: ChangeUnavailable
    exclusions: tuple[Exclusion, ...] = ()


class RulesChange(NamedTuple):
    """The rules at the base and now, and what the change itself takes out of coverage.

    `lost_files` are the files of today's tree that the base's settings would measure and today's do not.
    """

    before: Rules
    after: Rules
    lost_files: tuple[str, ...] = ()
    exclusions: tuple[Exclusion, ...] = ()
    test_folder_code: tuple[str, ...] = ()
    """New or edited files with code that count as tests only because of their folder."""
