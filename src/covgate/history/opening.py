"""Opens the history of a project, unless a change has committed it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from covgate.errors import CovgateError
from covgate.history.store import FILE, Store
from covgate.measurement.parsing.source_parser import why_not_trusted

VARIABLE = "COVGATE_HISTORY"
OFF = "off"
SWITCHED_OFF = f"the history is switched off ({VARIABLE}={OFF})"


class OpenedHistory(NamedTuple):
    """The store, None where there is none or it may not be trusted; then `note` says why."""

    store: Store | None
    note: str | None = None


def open_history(root: Path, environment: Mapping[str, str]) -> OpenedHistory:
    """Open the history of the project at `root`; nothing that a change has committed is read."""
    if environment.get(VARIABLE) == OFF:
        return OpenedHistory(None)
    file = root / FILE
    note = why_not_trusted(file, root, environment, what="the history")
    return OpenedHistory(None if note else Store(file), note)


def require_history(root: Path, environment: Mapping[str, str]) -> Store:
    """Return the store for a command that is about it; raises `CovgateError` where there is none."""
    store, note = open_history(root, environment)
    if store is None:
        if note is not None:
            raise CovgateError("history-refused", note)
        raise CovgateError("history-off", SWITCHED_OFF, f"unset {VARIABLE}")
    return store
