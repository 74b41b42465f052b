"""A coverage gate that lives inside pytest.

The names below are the public face, for authors of hooks and reports. Everything else may move between versions.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from covgate.model.change import ChangedFile
    from covgate.model.checks import Check
    from covgate.model.context import ReportContext
    from covgate.model.settings import Settings
    from covgate.model.snapshot import Branch, Function, Module, Snapshot
    from covgate.model.verdict import AcceptedGap, ChangedModule, ChangeOutcome, Gap, Verdict
    from covgate.reports.format import Format

__version__ = "0.2.0"
__all__ = [
    "AcceptedGap",
    "Branch",
    "ChangeOutcome",
    "ChangedFile",
    "ChangedModule",
    "Check",
    "Format",
    "Function",
    "Gap",
    "Module",
    "ReportContext",
    "Settings",
    "Snapshot",
    "Verdict",
    "__version__",
]

# Found when somebody asks: pytest imports this package in every run, with or without the gate.
_HOMES = {
    "model.change": ("ChangedFile",),
    "model.checks": ("Check",),
    "model.context": ("ReportContext",),
    "model.settings": ("Settings",),
    "model.snapshot": ("Branch", "Function", "Module", "Snapshot"),
    "model.verdict": ("AcceptedGap", "ChangeOutcome", "ChangedModule", "Gap", "Verdict"),
    "reports.format": ("Format",),
}


if not TYPE_CHECKING:  # type checkers know the names from above, and only these

    def __getattr__(name: str) -> object:
        for home, names in _HOMES.items():
            if name in names:
                return getattr(import_module(f"covgate.{home}"), name)
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
