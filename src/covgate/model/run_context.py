"""What is known of a run beside its data."""

from __future__ import annotations

from datetime import date
from typing import Literal, NamedTuple, TypeAlias

from covgate.errors import ErrorName
from covgate.model.settings import Mode

StalePolicy: TypeAlias = Literal["ignore", "warn", "error"]


class RunContext(NamedTuple):
    """What a door knows of the run beside its data: the day, the options, and what made it partial."""

    today: date
    """Acceptances end on a date."""
    mode: Mode = "fail"
    strict: bool = False
    """True where entries that accept nothing fail the run."""
    change_only: bool = False
    """True where nothing but the change is judged: before a commit, the rest is not its matter."""
    partial: str | None = None
    """Why this run saw only a part of the tests."""
    judge_partial: bool = False
    """True where a partial run is to be judged all the same."""
    stale: StalePolicy = "ignore"
    """What source younger than the data means: nothing in the run that measured."""
    incomplete: str | None = None
    """Why data of the run is missing; no verdict is possible then."""
    remedy: str = ""
    """What to do about data that is missing."""
    error: ErrorName = "data-incomplete"
    """The name of the error that a reason in `incomplete` is."""
    seconds: float | None = None
    """How long the tests took, where somebody measured it."""
    earlier_seconds: tuple[float, ...] = ()
    """How long they took in earlier complete, passing runs in the same environment."""
    notes: tuple[str, ...] = ()
