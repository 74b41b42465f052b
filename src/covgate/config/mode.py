"""Chooses the mode of a run: fail, warn, measure or off, and says which option or setting chose it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from covgate.errors import UsageError
from covgate.model.settings import MODE_VARIABLE, MODES, RunMode, Settings

RUN_MODES: tuple[RunMode, ...] = (*MODES, "measure")


class ModeChoice(NamedTuple):
    """A mode, and the option, variable or setting that chose it (`COVGATE_MODE=off`)."""

    mode: RunMode
    source: str


def choose_mode(
    option: str | None,
    environment: Mapping[str, str],
    settings: Settings,
    flag: str = "--covgate-mode",
    allowed: tuple[RunMode, ...] = MODES,
) -> ModeChoice:
    """The mode of the command line's `option` (named `flag`), else of `COVGATE_MODE`, else of the settings.

    Raises `UsageError` for a word that is not `allowed`.
    """
    variable = environment.get(MODE_VARIABLE) or None
    for word, source in ((option, flag), (variable, MODE_VARIABLE), (settings.mode, "tool.covgate.mode")):
        if word is None:
            continue
        if word not in allowed:
            why = "; measure is a mode of pytest --covgate, a command measures nothing" if word in RUN_MODES else ""
            raise UsageError("option-value", f"{source}: found {word!r}", f"allowed: {', '.join(allowed)}{why}")
        return ModeChoice(mode=word, source=f"{source}={word}")
    return ModeChoice(mode="fail", source="default")
