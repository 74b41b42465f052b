"""The module that an argument names, and the lines of it."""

from __future__ import annotations

import difflib
import os
import re
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

from covgate.errors import UsageError
from covgate.files import shown_path
from covgate.model.lines import LineRange, parse_ranges
from covgate.model.snapshot import Module, Snapshot

LISTED = 10
"""Functions of one name that are listed."""


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
        raise UsageError("option-value", f"{argument}: found the lines {text!r}", f"allowed: {error}") from None


def names_of(subject: str, root: Path) -> tuple[str, ...]:
    """Return what the module may be called in the data: as it is given, or as a path from here."""
    return (subject.removeprefix("./"), shown_path(root.resolve(), os.path.realpath(subject)))


def not_recorded(subject: str, known: Collection[str], what: str = "module") -> UsageError:
    """Return the error for a module that is in no record; it offers the nearest of the known names."""
    near = difflib.get_close_matches(subject, sorted(known), n=3, cutoff=0.5)
    remedy = f"did you mean {', '.join(near)}?" if near else "give the path or the import name of a recorded module"
    return UsageError("unknown-module", f"no record has a {what} {subject!r}", remedy)


def named_module(subject: str, names: Collection[str], snapshot: Snapshot, others: Collection[str] = ()) -> Module:
    """Return the measured module with one of these names; raises `UsageError` that offers the nearest.

    `others` are names of something else that might have been meant.
    """
    modules = (*snapshot.modules, *snapshot.unmeasured)
    for module in modules:
        if module.path in names or module.name in names:
            return module
    known = [*others, *(name for module in modules for name in (module.path, module.name) if name)]
    remedy = _nearest(subject, known) or "give the path or the import name of a measured module"
    raise UsageError("unknown-module", f"there is no measured module {subject!r}", remedy)


def find_module(names: Collection[str], snapshot: Snapshot) -> Module | None:
    """Return the measured module with one of these names."""
    return next((module for module in snapshot.modules if module.path in names or module.name in names), None)


def named_function(subject: str, root: Path, snapshot: Snapshot) -> tuple[Module, str]:
    """Return the module and the qualified name of the function that `subject` names.

    That is `Cart.total`, or with its module `shop.cart.Cart.total`, `shop.cart:Cart.total` or
    `src/shop/cart.py:Cart.total`; a part of a name from the right is enough (`total`). Raises `UsageError` that lists
    the functions where there are several, and else offers the nearest names.
    """
    split = _split_function(subject, root, snapshot)
    found = _functions_named(split[1], [split[0]]) if split is not None else []
    found = found or ([] if ":" in subject else _functions_named(subject, snapshot.modules))
    if found:
        return _only_one(subject, found)
    if split is not None and ":" in subject:
        module, name = split
        remedy = _nearest(name, [function.name for function in module.functions]) or "name it as the source does"
        raise UsageError("unknown-module", f"there is no function {name!r} in {module.path}", remedy)
    known = [name for module in snapshot.modules for name in (module.path, module.name) if name]
    known += [function.name for module in snapshot.modules for function in module.functions]
    known += [f"{split[0].name}.{function.name}" for function in split[0].functions] if split is not None else []
    remedy = _nearest(subject, known) or "give a path, an import name, or a function such as Cart.total"
    raise UsageError("unknown-module", f"there is no measured module or function {subject!r}", remedy)


def _split_function(subject: str, root: Path, snapshot: Snapshot) -> tuple[Module, str] | None:
    """Return the module that the left part of a subject names, and the function behind it; the longest name counts."""
    left, colon, right = subject.rpartition(":")
    if colon:
        return named_module(left, names_of(left, root), snapshot), right
    parts = subject.split(".")
    for at in range(len(parts) - 1, 0, -1):
        module = find_module((".".join(parts[:at]),), snapshot)
        if module is not None:
            return module, ".".join(parts[at:])
    return None


def _functions_named(name: str, modules: Iterable[Module]) -> list[tuple[Module, str]]:
    """Return the functions of this name, else the classes; where there are none, those whose name ends in it."""
    functions = [(module, function.name) for module in modules for function in module.functions]
    classes = [(module, holder) for module, function in functions for holder in _holders(function)]
    for every in (functions, classes):
        exact = [one for one in every if one[1] == name]
        found = exact or [one for one in every if one[1].endswith(f".{name}")]
        if found:
            return list(dict.fromkeys(found))
    return []


def _holders(function: str) -> Iterator[str]:
    """Yield the classes, and functions, around a function: `Cart.Row` and `Cart` of `Cart.Row.total`."""
    holder = function.rpartition(".")[0]
    while holder:
        yield holder
        holder = holder.rpartition(".")[0]


def _only_one(subject: str, found: list[tuple[Module, str]]) -> tuple[Module, str]:
    if len(found) == 1:
        return found[0]
    shown = [f"{module.path}:{name}" for module, name in found[:LISTED]]
    more = f" and {len(found) - LISTED} more" if len(found) > LISTED else ""
    module, name = found[0]
    kind = "functions" if any(function.name == name for function in module.functions) else "classes"
    raise UsageError(
        "ambiguous-name", f"{len(found)} {kind} are called {subject!r}", f"name one: {', '.join(shown)}{more}"
    )


def _nearest(name: str, known: Iterable[str]) -> str:
    near = difflib.get_close_matches(name, list(known), n=3, cutoff=0.5)
    return f"did you mean {', '.join(dict.fromkeys(near))}?" if near else ""
