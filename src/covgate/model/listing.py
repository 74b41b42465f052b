"""Modules, folders or components in a list, each with its share and what it is held to."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal, NamedTuple, TypeAlias

from covgate.model.share import Share

Kind: TypeAlias = Literal["module", "folder", "component"]
KINDS: tuple[Kind, ...] = ("module", "folder", "component")
SortKey: TypeAlias = Literal["name", "percent", "needed", "missing", "units", "files"]
SORT_KEYS: tuple[SortKey, ...] = ("name", "percent", "needed", "missing", "units", "files")


class ListedRow(NamedTuple):
    """One subject. `needed` are the units to its target, or the most that another check of it needs.

    A folder has no target of its own: what it needs is the sum over its modules. None where nothing is asked for.
    """

    name: str
    share: Share
    files: int = 1
    target: Decimal | None = None
    needed: int | None = None
    goal: Decimal | None = None
    to_goal: int | None = None
    is_failing: bool = False


class Listing(NamedTuple):
    """All rows of one kind, and the total of the project."""

    kind: Kind
    rows: tuple[ListedRow, ...]
    total: ListedRow
    branches: bool = False
