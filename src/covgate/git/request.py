"""Which change is asked for. Light, as every start imports it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from covgate.errors import UsageError
from covgate.model.settings import Settings

BASE_OPTION = "--covgate-base"


class NamedBase(NamedTuple):
    """A base that somebody named, and what named it: an option, or `tool.covgate.changed.base`."""

    ref: str
    by: str


class ChangeRequest(NamedTuple):
    """Which change is asked for; `is_asked_for` where a setting or option wants it judged.

    `base_option` is the option's name, for messages. `environment` is the process's, frozen before the tests ran.
    """

    base: str | None = None
    base_option: str = BASE_OPTION
    diff: Path | None = None
    staged: bool = False
    setting: str | None = None
    is_asked_for: bool = False
    environment: Mapping[str, str] = {}

    @property
    def named_base(self) -> NamedBase | None:
        """The base of the option, else of the setting."""
        if self.base is not None:
            return NamedBase(ref=self.base, by=self.base_option)
        return None if self.setting is None else NamedBase(ref=self.setting, by="tool.covgate.changed.base")


def change_request(
    settings: Settings,
    *,
    base: str | None,
    diff: Path | None,
    staged: bool,
    environment: Mapping[str, str],
    base_option: str = BASE_OPTION,
) -> ChangeRequest:
    """Return what the options and settings ask for; raises `UsageError` for options that contradict each other."""
    given = [base is not None, diff is not None, staged]
    if sum(given) > 1:
        raise UsageError("option-conflict", "a base, a diff file and staged contradict each other", "give one of them")
    return ChangeRequest(
        base=base,
        base_option=base_option,
        diff=diff,
        staged=staged,
        setting=settings.changed.base,
        is_asked_for=any(given) or settings.asks_about_the_change,
        environment=environment,
    )
