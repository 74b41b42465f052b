"""The module that an argument names."""

from __future__ import annotations

import difflib
import os
from collections.abc import Collection
from pathlib import Path

from covgate.errors import UsageError
from covgate.files import shown_path
from covgate.model.snapshot import Module, Snapshot


def names_of(subject: str, root: Path) -> tuple[str, ...]:
    """What the module may be called in the data: as it is given, or as a path from here."""
    return (subject.removeprefix("./"), shown_path(root.resolve(), os.path.realpath(subject)))


def named_module(subject: str, names: Collection[str], snapshot: Snapshot) -> Module:
    """The measured module with one of these names; raises `UsageError` that offers the nearest."""
    modules = (*snapshot.modules, *snapshot.unmeasured)
    for module in modules:
        if module.path in names or module.name in names:
            return module
    known = [name for module in modules for name in (module.path, module.name) if name]
    near = difflib.get_close_matches(subject, known, n=3, cutoff=0.5)
    remedy = f"did you mean {', '.join(near)}?" if near else "give a path or an import name of what was measured"
    raise UsageError(f"no measured module is called {subject!r}", remedy)
