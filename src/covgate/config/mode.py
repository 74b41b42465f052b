"""Whether the gate fails, warns, only measures or is off, and who said so."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from covgate.errors import UsageError
from covgate.model.settings import MODE_VARIABLE, MODES, RunMode, Settings

RUN_MODES: tuple[RunMode, ...] = (*MODES, "measure")


@dataclass(frozen=True, slots=True, kw_only=True)
class ModeChoice:
    mode: RunMode
    source: str


def choose_mode(
    option: str | None,
    environment: Mapping[str, str],
    settings: Settings,
    flag: str = "--covgate-mode",
    allowed: tuple[RunMode, ...] = MODES,
) -> ModeChoice:
    """Command line (its option is called `flag`), then `COVGATE_MODE`, then the settings.

    Raises `UsageError` for a word that is not `allowed`.
    """
    variable = environment.get(MODE_VARIABLE) or None
    for word, source in ((option, flag), (variable, MODE_VARIABLE), (settings.mode, "tool.covgate.mode")):
        if word is None:
            continue
        if word not in allowed:
            why = "; a command judges data that is there, it measures nothing" if word in RUN_MODES else ""
            raise UsageError(f"{source}: found {word!r}", f"allowed: {', '.join(allowed)}{why}")
        return ModeChoice(mode=word, source=f"{source}={word}")
    return ModeChoice(mode="fail", source="default")
