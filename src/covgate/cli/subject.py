"""The module that an argument names, and the lines of it."""

from __future__ import annotations

import difflib
import os
import re
from collections.abc import Collection
from pathlib import Path

from covgate.errors import UsageError
from covgate.files import shown_path
from covgate.model.lines import LineRange, parse_ranges
from covgate.model.snapshot import Module, Snapshot


def split_lines(subject: str) -> tuple[str, tuple[LineRange, ...]]:
    """Split `src/a.py:12-15` into the module and its lines; without lines where none are named.

    Raises `UsageError` for lines that there cannot be.
    """
    module, _, lines = subject.rpartition(":")
    if not module or not re.fullmatch("[0-9][0-9, -]*", lines):
        return subject, ()
    return module, parse_lines(lines, subject)


def parse_lines(text: str, argument: str) -> tuple[LineRange, ...]:
    """Read `12`, `12-15` or `12-15,20`; raises `UsageError` that names the argument in which it stands."""
    try:
        return parse_ranges(text)
    except ValueError as error:
        raise UsageError(f"{argument}: found the lines {text!r}", f"allowed: {error}") from None


def names_of(subject: str, root: Path) -> tuple[str, ...]:
    """Return what the module may be called in the data: as it is given, or as a path from here."""
    return (subject.removeprefix("./"), shown_path(root.resolve(), os.path.realpath(subject)))


def named_module(subject: str, names: Collection[str], snapshot: Snapshot, others: Collection[str] = ()) -> Module:
    """Return the measured module with one of these names; raises `UsageError` that offers the nearest.

    `others` are names of something else that might have been meant.
    """
    modules = (*snapshot.modules, *snapshot.unmeasured)
    for module in modules:
        if module.path in names or module.name in names:
            return module
    known = [*others, *(name for module in modules for name in (module.path, module.name) if name)]
    near = difflib.get_close_matches(subject, known, n=3, cutoff=0.5)
    remedy = f"did you mean {', '.join(near)}?" if near else "give the path or the import name of a measured module"
    raise UsageError(f"there is no measured module {subject!r}", remedy)
