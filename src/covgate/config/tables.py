"""Reads TOML tables as typed values, and collects errors instead of stopping at the first."""

from __future__ import annotations

import contextlib
import difflib
import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal

from covgate.config.toml import toml_key
from covgate.model.lines import LineRange, parse_ranges
from covgate.model.pattern import Pattern, parse_pattern
from covgate.model.percent import shown_target
from covgate.model.settings import Level, is_set

PERCENTAGE = "a percentage from 0 to 100, or false to switch the check off"


def describe(value: object) -> str:
    """The value, or its TOML type where that says more."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return f'the string "{_shorten(value)}"'
    if isinstance(value, int | Decimal | float):
        return str(value)
    if isinstance(value, Mapping):
        return "a table" if value else "an empty table"
    if isinstance(value, list):
        return "an array" if value else "an empty array"
    return f"a {type(value).__name__} ({_shorten(str(value))})"


class TableReader:
    """Reads one table; every error is added to `errors` with its key path."""

    def __init__(self, raw: object, path: str, errors: list[str], *, allowed: str = "a table") -> None:
        self.path = path
        self.errors = errors
        self._unread: dict[str, object] = {}
        self._known: list[str] = []
        if isinstance(raw, Mapping):
            self._unread = dict(raw)
        else:
            errors.append(f"{path}: found {describe(raw)}; allowed: {allowed}")

    def key_path(self, key: str) -> str:
        return f"{self.path}.{toml_key(key)}"

    def add_error(self, key: str, value: object, allowed: str) -> None:
        self.errors.append(f"{self.key_path(key)}: found {describe(value)}; allowed: {allowed}")

    @property
    def keys(self) -> frozenset[str]:
        """The keys that have not been read yet."""
        return frozenset(self._unread)

    def take(self, key: str) -> object:
        """The raw value of `key`, or None where it is not set."""
        self._known.append(key)
        return self._unread.pop(key, None)

    def items(self) -> Iterable[tuple[str, object]]:
        """All entries of a table whose keys are names of the user."""
        entries, self._unread = self._unread, {}
        return entries.items()

    def table(self, key: str) -> TableReader:
        raw = self.take(key)
        return TableReader({} if raw is None else raw, self.key_path(key), self.errors)

    def level(self, key: str) -> Level:
        return self.as_level(key, self.take(key))

    def as_level(self, key: str, value: object, allowed: str = PERCENTAGE) -> Level:
        if value is None or value is False:
            return value
        if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
            number = Decimal(str(value))  # a hook may give a float: it counts as it is written in the code
            if number.is_finite() and 0 < number < 1:
                meant = shown_target(number * 100)
                self.add_error(key, value, f"{allowed}, where 1 is 1 %, not 100 %; did you mean {meant}?")
                return None
            if number.is_finite() and 0 <= number <= 100:
                return abs(number)  # -0.0 is 0
        self.add_error(key, value, allowed)
        return None

    def goal(self, **targets: Level) -> Level:
        """The goal, which none of the `targets` beside it may exceed."""
        goal = self.level("goal")
        for key, target in targets.items():
            if is_set(goal) and is_set(target) and goal < target:
                self.add_error("goal", goal, f"a percentage not below {self.key_path(key)} ({shown_target(target)})")
        return goal

    def goal_and_day(self, **targets: Level) -> tuple[Level, date | None]:
        """The goal, and the day in `by`, which needs one."""
        given = self._unread.get("goal")
        goal, day = self.goal(**targets), self.day("by")
        if day is not None and (given is None or given is False):
            self.add_error("by", day, f"a date where {self.key_path('goal')} is a percentage")
        return goal, day

    def points(self, key: str) -> Level:
        value = self.take(key)
        is_number = isinstance(value, int | float | Decimal) and not isinstance(value, bool)
        if value is None or value is False or (is_number and 0 <= Decimal(str(value)) <= 100):
            return value if value is None or value is False else abs(Decimal(str(value)))
        self.add_error(key, value, "a number of points from 0 to 100, or false to switch the check off")
        return None

    def switch(self, key: str, *, default: bool) -> bool:
        value = self.take(key)
        if isinstance(value, bool):
            return value
        if value is not None:
            self.add_error(key, value, "true or false")
        return default

    def count(self, key: str) -> int | None:
        value = self.take(key)
        if isinstance(value, float) and value.is_integer():  # 300.0: a whole number for the JSON Schema too
            value = int(value)
        if value is None or (isinstance(value, int) and not isinstance(value, bool) and value >= 0):
            return value
        self.add_error(key, value, "a whole number, 0 or more")
        return None

    def text(self, key: str, allowed: str) -> str | None:
        value = self.take(key)
        if value is None or (isinstance(value, str) and value.strip() and not value.startswith("-")):
            return value
        self.add_error(key, value, allowed)
        return None

    def words(self, key: str, allowed: str) -> str | None:
        """Free text, as one line."""
        value = self.take(key)
        if value is None:
            return None
        if isinstance(value, str) and value.strip():
            return " ".join(value.split())
        self.add_error(key, value, allowed)
        return None

    def choice(self, key: str, choices: tuple[str, ...]) -> str | None:
        value = self.take(key)
        if value is None or (isinstance(value, str) and value in choices):
            return value
        self.add_error(key, value, "one of " + ", ".join(f'"{choice}"' for choice in choices))
        return None

    def tables(self, key: str, allowed: str) -> Iterable[TableReader]:
        """A reader for each table of an array; its path has the number of the table: `accept[0]`."""
        value = self.take(key)
        if value is None:
            return
        if not isinstance(value, list) or not value:
            self.add_error(key, value, f"an array of tables, at least one: {allowed}")
            return
        for number, item in enumerate(value):
            yield TableReader(item, f"{self.key_path(key)}[{number}]", self.errors, allowed=allowed)

    def line_ranges(self, key: str) -> tuple[LineRange, ...]:
        value = self.take(key)
        if value is None:
            return ()
        try:
            if isinstance(value, str | int) and not isinstance(value, bool):
                return parse_ranges(str(value))
            self.add_error(key, value, 'lines such as 12 or "12-15, 20"')
        except ValueError as error:
            self.add_error(key, value, str(error))
        return ()

    def day(self, key: str) -> date | None:
        value = self.take(key)
        if value is None or (isinstance(value, date) and not isinstance(value, datetime)):
            return value
        if isinstance(value, str) and re.fullmatch("[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
            with contextlib.suppress(ValueError):
                return date.fromisoformat(value)
        self.add_error(key, value, "a date, such as 2027-01-31")
        return None

    def texts(self, key: str, allowed: str) -> tuple[str, ...]:
        value = self.take(key)
        if value is None:
            return ()
        if not isinstance(value, list) or not value:
            self.add_error(key, value, f"an array of {allowed}, at least one")
            return ()
        for item in value:
            if not isinstance(item, str) or not item.strip():
                self.add_error(key, item, f"an array of {allowed}, none of them empty")
        return tuple(item for item in value if isinstance(item, str) and item.strip())

    def patterns(self, key: str) -> tuple[Pattern, ...]:
        texts = self.texts(key, "import names, paths or patterns of either")
        patterns = (self.as_pattern(key, text) for text in texts)
        return tuple(pattern for pattern in patterns if pattern is not None)

    def as_pattern(self, key: str, text: str) -> Pattern | None:
        try:
            return parse_pattern(text)
        except ValueError as error:
            self.add_error(key, text, str(error))
            return None

    def close(self) -> None:
        """Adds an error for every key that was not read, with the most similar known key."""
        known = ", ".join(self._known)
        for key in self._unread:
            near = difflib.get_close_matches(key, self._known, n=1)
            guess = f"; did you mean {near[0]}?" if near else ""
            self.errors.append(f"{self.key_path(key)}: unknown key{guess} (known keys: {known})")


def _shorten(text: str) -> str:
    return text if len(text) <= 60 else text[:57] + "..."
