"""What a change loosens in `[tool.covgate]`: key by key, and in what each module of today has to reach."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from covgate.judge.change import DEFAULT_LINES
from covgate.judge.targets import governing_rule, matches_any
from covgate.model.pattern import Pattern
from covgate.model.percent import shown_target
from covgate.model.rules import KeyPath, Loosened, Rules, RulesChange
from covgate.model.settings import Acceptance, Component, HistorySettings, Level, Settings, TargetRule, is_set
from covgate.model.snapshot import Module

TABLE = ("tool", "covgate")
PYPROJECT = "pyproject.toml"
ENTRIES = "tool.covgate.targets."
ADOPTED = " (coverage.py's fail_under)"
MODES = {"off": 0, "warn": 1, "fail": 2}


def loosened_settings(change: RulesChange, modules: Sequence[Module]) -> Iterator[Loosened]:
    """`modules` are those of today: the effective targets of both settings are compared on them."""
    before, after = change.before.settings, change.after.settings
    yield from _percentages(change)
    yield from _words(change)
    yield from _history(change)
    yield from _targets(change, modules)
    for component in before.components:
        yield from _component(component, after, modules, change)
    yield from _exclude(change, modules)
    for at, entry in enumerate(after.accept):
        yield from _accept(at, entry, before.accept, change)


class _Demand(NamedTuple):
    """What one module has to reach in one respect, and the setting that says so; a stricter one has a higher `rank`."""

    rank: Decimal
    shown: str | None
    source: str


def _row(
    change: RulesChange, what: str, before: str | None, after: str | None, path: KeyPath, item: str = ""
) -> Loosened:
    line = change.after.line_of(PYPROJECT, (*TABLE, *path), item)
    return Loosened(what=what, before=before, after=after, path=PYPROJECT, line=line)


def _percentages(change: RulesChange) -> Iterator[Loosened]:
    before, after = change.before.settings, change.after.settings
    levels: tuple[tuple[KeyPath, Level, Level], ...] = (
        (("total",), _total(change.before), _total(change.after)),
        (("module",), before.module, after.module),
        (("changed", "lines"), _lines(before), _lines(after)),
        (("changed", "module"), before.changed.module, after.changed.module),
        (("changed", "new_module"), before.changed.new_module, after.changed.new_module),
    )
    for path, old, new in levels:
        if _rank(new) < _rank(old):
            what = ".".join((*TABLE, *path))
            is_total, is_lines = path == ("total",), path == ("changed", "lines")
            was = " (default)" if is_lines and before.changed.lines is None else ""
            was = ADOPTED if is_total and before.total is None else was
            now = ADOPTED if is_total and after.total is None else ""
            shown = _shown(new)
            yield _row(change, what, f"{_shown(old)}{was}", f"{shown}{now}" if shown else None, path)


def _total(rules: Rules) -> Level:
    """The total as it is judged: coverage.py's `fail_under` where none is set."""
    adopted = rules.coverage.fail_under if rules.coverage and rules.coverage.fail_under else None
    return adopted if rules.settings.total is None else rules.settings.total


def _words(change: RulesChange) -> Iterator[Loosened]:
    before, after = change.before.settings, change.after.settings
    if MODES[after.mode or "fail"] < MODES[before.mode or "fail"]:
        yield _row(change, "tool.covgate.mode", before.mode or "fail (default)", after.mode, ("mode",))
    if before.changed.base != after.changed.base:
        old, new = before.changed.base, after.changed.base
        yield _row(change, "tool.covgate.changed.base", old, new, ("changed", "base"))
    if before.changed.loosened == "fail" != after.changed.loosened:
        path = ("changed", "loosened")
        yield _row(change, "tool.covgate.changed.loosened", "fail", after.changed.loosened, path)


def _history(change: RulesChange) -> Iterator[Loosened]:
    """A limit that allows more than at the base, or is gone."""
    before, after = change.before.settings.history, change.after.settings.history
    limits: tuple[tuple[str, Level, Level], ...] = (
        ("max_drop", before.max_drop, after.max_drop),
        ("budget", _seconds(before), _seconds(after)),
    )
    for key, old, new in limits:
        if is_set(old) and (not is_set(new) or new > old):
            path = ("history", key)
            yield _row(change, f"tool.covgate.history.{key}", f"{old}", f"{new}" if is_set(new) else None, path)
    if before.lost == "fail" != after.lost:
        yield _row(change, "tool.covgate.history.lost", "fail", after.lost, ("history", "lost"))


def _seconds(history: HistorySettings) -> Level:
    return None if history.budget is None else Decimal(history.budget)


def _lines(settings: Settings) -> Level:
    return DEFAULT_LINES if settings.changed.lines is None else settings.changed.lines


def _rank(level: Level) -> Decimal:
    return level if is_set(level) else Decimal(0)


def _shown(level: Level) -> str | None:
    return shown_target(level) if is_set(level) else "false" if level is False else None


def _targets(change: RulesChange, modules: Sequence[Module]) -> Iterator[Loosened]:
    before, after = change.before.settings, change.after.settings
    told: set[str] = set()
    for module in modules:
        if matches_any(before.exclude, module) or matches_any(after.exclude, module):
            continue  # what is excluded now is told as such
        old, new = _demands(before, module), _demands(after, module)
        for name, was in old.items() if old and new else ():
            now = new[name]
            source = now.source if now.source.startswith(ENTRIES) else was.source
            if now.rank < was.rank and source.startswith(ENTRIES):  # else the key itself is told
                what = _with_field(source, name)
                if what not in told:
                    told.add(what)
                    yield _target_row(change, what, was, now)
    yield from _same_entries(change, told)


def _target_row(change: RulesChange, what: str, was: _Demand, now: _Demand) -> Loosened:
    by_other = f" ({was.source})" if not what.startswith(was.source) and was.shown else ""
    by_new = f" ({now.source})" if not what.startswith(now.source) and now.shown else ""
    shown = None if now.shown is None else f"{now.shown}{by_new}"
    return _row(change, what, f"{was.shown}{by_other}", shown, _target_path(change, what))


def _same_entries(change: RulesChange, told: Iterable[str]) -> Iterator[Loosened]:
    """Entries that ask for less than they did, even where a more specific one governs each module of today."""
    old_rules = {rule.pattern.text: rule for rule in change.before.settings.targets}
    for rule in change.after.settings.targets:
        old = old_rules.get(rule.pattern.text)
        for name, was in _asked(old).items() if old else ():
            now, what = _asked(rule)[name], _with_field(rule.source, name)
            if now.rank < was.rank and what not in told:
                yield _row(change, what, was.shown, now.shown, _target_path(change, what))


def _with_field(source: str, name: str) -> str:
    return source if name == "target" else f"{source}.{name}"


def _target_path(change: RulesChange, what: str) -> KeyPath:
    for rule in (*change.after.settings.targets, *change.before.settings.targets):
        if what == rule.source:
            return ("targets", rule.pattern.text)
        if what.startswith(f"{rule.source}."):
            return ("targets", rule.pattern.text, what.removeprefix(f"{rule.source}."))
    return tuple(what.split(".")[2:])


def _asked(rule: TargetRule) -> Mapping[str, _Demand]:
    """What one entry asks for by itself."""
    levels = {"target": rule.target, "branches": rule.branches, "changed": rule.changed}
    found = {name: _Demand(_rank(level), _shown(level), rule.source) for name, level in levels.items()}
    return {**found, "max_missing": _allowed(rule.max_missing, rule.source)}


def _demands(settings: Settings, module: Module) -> Mapping[str, _Demand]:
    """Everything that `module` has to reach; nothing where two entries contradict each other, which is an error."""
    governing = governing_rule(settings.targets, module)
    if governing.tied:
        return {}
    rule, changed = governing.rule, settings.changed
    defaults = {
        "target": _demand(settings.module, "tool.covgate.module"),
        "branches": _demand(None, "tool.covgate.module"),
        "max_missing": _allowed(None, "tool.covgate.module"),
        "changed": max(
            _demand(changed.module, "tool.covgate.changed.module"),
            _demand(changed.new_module, "tool.covgate.changed.new_module"),
            key=lambda demand: demand.rank,
        ),
    }
    if rule is None:
        return defaults
    own = _asked(rule)
    falls_back = {"target": rule.target is None, "changed": rule.changed is None}
    return {name: default if falls_back.get(name) else own[name] for name, default in defaults.items()}


def _demand(level: Level, source: str) -> _Demand:
    return _Demand(_rank(level), _shown(level), source)


def _allowed(missing: int | None, source: str) -> _Demand:
    rank = Decimal("-Infinity") if missing is None else -Decimal(missing)
    return _Demand(rank, None if missing is None else str(missing), source)


def _component(old: Component, after: Settings, modules: Sequence[Module], change: RulesChange) -> Iterator[Loosened]:
    """Another component of the same modules is the same one under a new name."""
    members = _members(old.modules, modules)
    new = next((one for one in after.components if one.name == old.name), None)
    if any(
        _rank(one.target) >= _rank(old.target) and _members(one.modules, modules) == members for one in after.components
    ):
        return
    path: KeyPath = ("components", old.name)
    if new is None:
        if is_set(old.target):
            yield _row(change, f"{old.source}.target", _shown(old.target), None, path)
        return
    if _rank(new.target) < _rank(old.target):
        yield _row(change, f"{old.source}.target", _shown(old.target), _shown(new.target), (*path, "target"))
    if members - _members(new.modules, modules):
        texts = (_texts(old.modules), _texts(new.modules))
        yield _row(change, f"{old.source}.modules", *texts, (*path, "modules"))


def _members(patterns: Iterable[Pattern], modules: Iterable[Module]) -> frozenset[str]:
    patterns = tuple(patterns)
    return frozenset(module.path for module in modules if matches_any(patterns, module))


def _texts(patterns: Iterable[Pattern]) -> str:
    return ", ".join(pattern.text for pattern in patterns)


def _exclude(change: RulesChange, modules: Sequence[Module]) -> Iterator[Loosened]:
    """Patterns that are new, unless they replace a broader one."""
    before, after = change.before.settings.exclude, change.after.settings.exclude
    known = {pattern.text for pattern in before}
    excluded = _members(before, modules)
    for pattern in after:
        members = _members((pattern,), modules)
        if pattern.text not in known and not (members and members <= excluded):
            yield _row(change, "tool.covgate.exclude", None, pattern.text, ("exclude",), pattern.text)


def _accept(at: int, entry: Acceptance, before: Sequence[Acceptance], change: RulesChange) -> Iterator[Loosened]:
    same = [one for one in before if _is_same(one, entry)]
    lines = ", ".join(str(first) if first == last else f"{first}-{last}" for first, last in entry.lines)
    subject = f"{entry.module.text} {entry.function or (lines and f'lines {lines}') or '(the whole module)'}"
    what, path = "tool.covgate.accept", ("accept", str(at))
    if not same:
        until = f" until {entry.until}" if entry.until else ""
        yield _row(change, what, None, f"{subject}{until}", path)
        return
    old = same[0]
    if old.until is not None and (entry.until is None or entry.until > old.until):
        until = "without an end" if entry.until is None else f"until {entry.until}"
        yield _row(change, what, f"{subject} until {old.until}", f"{subject} {until}", path)
    if old.fingerprint is not None and entry.fingerprint != old.fingerprint:
        said = "whatever its code" if entry.fingerprint is None else "for its new code"
        yield _row(change, what, f"{subject} for its old code", f"{subject} {said}", path)


def _is_same(one: Acceptance, other: Acceptance) -> bool:
    """Whether both accept the same code: lines move, and a fingerprint finds them again."""
    if one.module.text != other.module.text or one.function != other.function:
        return False
    return one.lines == other.lines or (one.fingerprint is not None and one.fingerprint == other.fingerprint)
