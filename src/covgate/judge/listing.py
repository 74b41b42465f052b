"""Lists every module, folder or component of a verdict, green or red."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from covgate.judge.targets import is_member
from covgate.model.checks import Check, most_demanding
from covgate.model.judged import JudgedModule
from covgate.model.listing import Kind, ListedRow, Listing, SortKey
from covgate.model.settings import Component, Settings
from covgate.model.share import NO_UNITS, Share
from covgate.model.verdict import Verdict

OTHERS = "(in no component)"
HERE = "./"
"""The folder of modules that lie at the root."""


def list_subjects(verdict: Verdict, settings: Settings, kind: Kind, sort: SortKey) -> Listing:
    """Return the rows of one kind in the order of `sort`: what needs a look comes first."""
    listing = list_modules(verdict)
    rows = listing.rows
    if kind == "folder":
        rows = tuple(_folder_rows(rows))
    elif kind == "component":
        rows = tuple(_component_rows(verdict, settings, _judged_modules(verdict)))
    return listing._replace(kind=kind, rows=tuple(sorted(rows, key=_ORDERS[sort])))


def list_modules(verdict: Verdict) -> Listing:
    """Return every module by its path."""
    modules = _judged_modules(verdict)
    rows = sorted(_module_rows(verdict, modules), key=_ORDERS["name"])
    return Listing("module", tuple(rows), _total_row(verdict, modules), verdict.measured.branches)


def _judged_modules(verdict: Verdict) -> list[JudgedModule]:
    return [verdict.judge_module(module) for module in verdict.snapshot.all_modules]


def _percent(row: ListedRow) -> tuple[float, str]:
    return (row.share.covered / row.share.units if row.share.units else 2, row.name)


_ORDERS: dict[SortKey, Callable[[ListedRow], Any]] = {
    "name": lambda row: (row.name == OTHERS, row.name),
    "percent": _percent,
    "needed": lambda row: (-(row.needed or 0), -(row.to_goal or 0), row.name),
    "missing": lambda row: (-row.share.required_missing, row.name),
    "units": lambda row: (-row.share.units, row.name),
    "files": lambda row: (-row.files, row.name),
}


def _module_rows(verdict: Verdict, modules: Iterable[JudgedModule]) -> list[ListedRow]:
    checks: dict[str, list[Check]] = {}
    for check in verdict.checks:
        if check.is_of_a_module:
            checks.setdefault(check.subject, []).append(check)
    rows = []
    for judged in modules:
        own = checks.get(judged.path, [])
        held, goal = most_demanding(own), verdict.module_goals.get(judged.path)
        rows.append(
            ListedRow(
                name=judged.path,
                share=judged.share,
                target=held.target if held else None,
                needed=max((check.to_reach for check in own), default=None),
                goal=goal,
                to_goal=None if goal is None else judged.share.needed(goal),
                is_failing=any(check.status in ("failed", "error") for check in own),
            )
        )
    return rows


def _folder_rows(modules: Iterable[ListedRow]) -> list[ListedRow]:
    folders: dict[str, list[ListedRow]] = {}
    for row in modules:
        folders.setdefault(row.name[: row.name.rfind("/") + 1] or HERE, []).append(row)
    return [
        ListedRow(
            name=name,
            share=_sum(row.share for row in rows),
            files=len(rows),
            needed=_sum_known([row.needed for row in rows]),
            to_goal=_sum_known([row.to_goal for row in rows]),
            is_failing=any(row.is_failing for row in rows),
        )
        for name, rows in folders.items()
    ]


def _component_rows(verdict: Verdict, settings: Settings, modules: Sequence[JudgedModule]) -> list[ListedRow]:
    rows: list[ListedRow] = []
    seen: set[str] = set()
    for component in settings.components:
        members = [judged for judged in modules if is_member(component, judged.module, settings)]
        seen.update(judged.path for judged in members)
        rows.append(_component_row(verdict, component, members))
    others = [judged for judged in modules if judged.path not in seen]
    if others:
        rows.append(ListedRow(OTHERS, _sum(judged.share for judged in others), len(others)))
    return rows


def _component_row(verdict: Verdict, component: Component, members: Sequence[JudgedModule]) -> ListedRow:
    checks = (check for check in verdict.checks if check.rule == "component" and check.subject == component.name)
    return _sum_row(verdict, component.name, component.name, members, next(checks, None))


def _total_row(verdict: Verdict, modules: Sequence[JudgedModule]) -> ListedRow:
    return _sum_row(verdict, "total", None, modules, verdict.check_of("total"))


def _sum_row(
    verdict: Verdict, name: str, component: str | None, modules: Sequence[JudgedModule], check: Check | None
) -> ListedRow:
    goal = verdict.goal_of(component)
    return ListedRow(
        name=name,
        share=_sum(judged.share for judged in modules),
        files=len(modules),
        target=check.target if check else None,
        needed=check.to_reach if check else None,
        goal=goal.percent if goal else None,
        to_goal=goal.needed if goal else None,
        is_failing=check is not None and check.status == "failed",
    )


def _sum(shares: Iterable[Share]) -> Share:
    return sum(shares, NO_UNITS)


def _sum_known(counts: Iterable[int | None]) -> int | None:
    known = [count for count in counts if count is not None]
    return sum(known) if known else None
