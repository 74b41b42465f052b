"""The points of a trend, and the epochs within which they are comparable."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

from covgate.judge.progress import find_progress
from covgate.judge.targets import governing_rule, is_member, matches_any
from covgate.model.record import EnvironmentKey, Record, RecordedModule, why_not_comparable
from covgate.model.settings import Component, Level, Settings, is_set
from covgate.model.share import NO_UNITS
from covgate.model.trend import HIGH, LOW, Trend, TrendPoint


class Recorded(NamedTuple):
    """The records of one commit, oldest first, and when it was made; outside of a repository, one record."""

    time: datetime
    commit: str | None
    records: Sequence[Record]


class Subject(NamedTuple):
    """What the trend is of: a component, a module by one of its `names`, or with neither the total."""

    title: str = "total"
    component: Component | None = None
    names: Collection[str] = ()

    def members(self, record: Record, settings: Settings) -> list[RecordedModule]:
        """Return the modules of a record that belong to it."""
        if self.names:
            return [module for module in record.modules if module.path in self.names or module.name in self.names]
        if self.component is None:
            return list(record.modules)
        return [module for module in record.modules if is_member(self.component, module, settings)]


def find_trend(history: Sequence[Recorded], subject: Subject, settings: Settings) -> Trend:
    """Return the trend of a subject; `history` is in the order of time, the oldest first."""
    points = [
        _point(recorded, record, reason, subject.members(record, settings))
        for recorded, record, reason in choose_records(history)
    ]
    born = next((at for at, point in enumerate(points) if point.share is not None), len(points))
    target, goal = _aims(history, subject, settings)
    trend = Trend(
        title=subject.title,
        points=tuple(_first_has_no_reason(points[born:])),
        is_one_module=bool(subject.names),
        earlier=born,
        target=target,
        goal=goal,
        by=_day(subject, settings),
    )
    return trend._replace(progress=find_progress(trend))


def choose_records(history: Sequence[Recorded]) -> list[tuple[Recorded, Record, str | None]]:
    """Choose one record of each commit, and say where it is not comparable with the one before.

    The newest commit decides: of every older one, the newest record that is comparable with what came after it is
    taken. Where there is none, a new epoch begins.
    """
    chosen: list[tuple[Recorded, Record, str | None]] = []
    key: EnvironmentKey | None = None
    for recorded in reversed([one for one in history if one.records]):
        record = recorded.records[-1]
        if key is not None:
            reasons = [why_not_comparable(one.environment, key) for one in recorded.records]
            if None in reasons:
                record = [one for one, why in zip(recorded.records, reasons, strict=True) if why is None][-1]
                key = _join_keys(key, record.environment)
            else:
                later, its_record, _ = chosen[-1]
                chosen[-1] = (later, its_record, reasons[-1])
                key = record.environment
        else:
            key = record.environment
        chosen.append((recorded, record, None))
    return chosen[::-1]


def line_to(history: Sequence[Recorded], now: Recorded) -> list[tuple[Recorded, Record]]:
    """Return the records that a line joins to that of `now`, which comes last; it replaces those of its commit."""
    chosen = choose_records(with_run(history, now))
    begin = max((at for at, (_, _, reason) in enumerate(chosen) if reason is not None), default=0)
    return [(recorded, record) for recorded, record, _ in chosen[begin:]]


def with_run(history: Sequence[Recorded], now: Recorded) -> list[Recorded]:
    """Return the history with `now` at its end, in place of what is recorded of its commit or its run."""
    run = now.records[-1].run
    if now.commit is None:
        return [*(one for one in history if one.records[-1].run != run), now]
    return [*(one for one in history if one.commit != now.commit), now]


def _join_keys(one: EnvironmentKey, other: EnvironmentKey) -> EnvironmentKey:
    """Return what is known of either: a record of which little is known joins no two that are not comparable."""
    return EnvironmentKey(
        branches=one.branches,
        systems=one.systems or other.systems,
        source=one.source or other.source,
        exclusions=one.exclusions or other.exclusions,
    )


def _first_has_no_reason(points: Sequence[TrendPoint]) -> Iterator[TrendPoint]:
    for at, point in enumerate(points):
        yield point if at else point._replace(not_comparable=None)


def _point(recorded: Recorded, record: Record, reason: str | None, members: Sequence[RecordedModule]) -> TrendPoint:
    shares = [module.share for module in members]
    counted = [share for share in shares if share.units]
    return TrendPoint(
        time=recorded.time,
        commit=recorded.commit,
        share=sum(shares, NO_UNITS) if members else None,
        modules=len(counted),
        high=sum(100 * share.covered >= HIGH * share.units for share in counted),
        low=sum(100 * share.covered < LOW * share.units for share in counted),
        tests=record.suite.tests,
        seconds=record.suite.seconds,
        not_comparable=reason,
    )


def _aims(history: Iterable[Recorded], subject: Subject, settings: Settings) -> tuple[Decimal | None, Decimal | None]:
    """Return the target and the goal that the settings set today."""
    if subject.component is not None:
        return _percent(subject.component.target), _percent(subject.component.goal)
    if not subject.names:
        return _percent(settings.total), _percent(settings.goal)
    found = [module for one in history for record in one.records for module in subject.members(record, settings)]
    if not found or matches_any(settings.exclude, found[-1]):
        return None, None
    rule = governing_rule(settings.targets, found[-1]).rule
    target = settings.module if rule is None or rule.target is None else rule.target
    goal = settings.goal if rule is None or rule.goal is None else rule.goal
    return _percent(target), _percent(goal)


def _day(subject: Subject, settings: Settings) -> date | None:
    if subject.component is not None:
        return subject.component.by
    return None if subject.names else settings.by


def _percent(level: Level) -> Decimal | None:
    return level if is_set(level) else None
