"""Reads `[tool.covgate]`, and reports all errors at once."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any, cast

from covgate.config.pyproject import Pyproject, read_pyproject
from covgate.config.tables import PERCENTAGE, TableReader
from covgate.config.toml import parse_toml
from covgate.errors import SettingsError
from covgate.model.percent import shown_target
from covgate.model.settings import (
    MODES,
    ON_LOOSENED,
    ON_LOST,
    Acceptance,
    Advice,
    ChangedSettings,
    Component,
    HistorySettings,
    Mode,
    OnLoosened,
    OnLost,
    Settings,
    TargetRule,
)

TABLE = "tool.covgate"
TARGET_KEYS = ("target", "goal", "branches", "max_missing", "changed")
MISSPELT = ("pytest-covgate", "pytest_covgate", "cov-gate", "cov_gate")
ACCEPTED = "a table of module and reason, and of function or lines or neither"
COMPONENT = "a table of modules and target"
TARGET = f"{PERCENTAGE}, or a table of target, goal, branches, max_missing and changed"


def read_settings(root: Path) -> Settings:
    """The settings in `pyproject.toml` of `root`; see `settings_of`."""
    return settings_of(read_pyproject(root))


def settings_of(pyproject: Pyproject) -> Settings:
    """The settings in the file; defaults where there is no file or table.

    Raises `SettingsError` with every error, `UsageError` for a file that cannot be read or parsed.
    """
    errors: list[str] = []
    settings = _parse_document(pyproject.require_valid().document, errors)
    if errors:
        raise SettingsError(errors, file=str(pyproject.path))
    return settings


def unjudged_fail_under(settings: Settings, fail_under: Decimal | None) -> tuple[str, ...]:
    """A note where coverage.py's `fail_under` asks for something else than the total that is judged."""
    if fail_under is None or settings.total is None or settings.total == fail_under:
        return ()
    return (f"coverage.py's fail_under ({shown_target(fail_under)}) is not judged: tool.covgate.total is set",)


def readable_settings(text: str) -> Settings:
    """The settings in the text of another revision's `pyproject.toml`; what is wrong there counts as not set."""
    try:
        return _parse_document(parse_toml(text), errors=[])
    except ValueError:
        return Settings()


def is_own_table(key: str) -> bool:
    """Whether a table of `[tool]` is ours, or was meant to be."""
    return key == "covgate" or key in MISSPELT or bool(difflib.get_close_matches(key, ["covgate"], cutoff=0.85))


def parse_settings(table: Mapping[str, object]) -> Settings:
    """`[tool.covgate]` given as a mapping; raises `SettingsError` with every error."""
    errors: list[str] = []
    settings = _parse(table, errors)
    if errors:
        raise SettingsError(errors)
    return settings


def with_targets(settings: Settings, targets: Mapping[Any, object], source: str) -> Settings:
    """`settings` with more targets, written as in the file; each replaces the target with the same key.

    Raises `SettingsError` that names `source`.
    """
    errors = [f"{source}: found the key {key!r}; allowed: a string" for key in targets if not isinstance(key, str)]
    named = {key: value for key, value in targets.items() if isinstance(key, str)}
    added = _targets(TableReader(named, source, errors))
    if errors:
        raise SettingsError(errors, source)
    replaced = {rule.pattern.text for rule in added}
    kept = tuple(rule for rule in settings.targets if rule.pattern.text not in replaced)
    return settings._replace(targets=kept + added)


def with_fail_under(settings: Settings, fail_under: Decimal | None) -> Settings:
    """`settings` with coverage.py's `fail_under` as the total where no total is set."""
    if settings.total is not None or fail_under is None:
        return settings
    return settings._replace(total=fail_under, total_source="coverage.py's fail_under")


def _parse_document(document: Mapping[str, Any], errors: list[str]) -> Settings:
    tool = document.get("tool")
    tool = tool if isinstance(tool, Mapping) else {}
    for key in tool:
        if key != "covgate" and is_own_table(key):  # the gate would read no settings, and pass
            errors.append(f"tool.{key}: found an unknown table; did you mean {TABLE}?")
    return _parse(tool.get("covgate", {}), errors)


def _parse(raw: object, errors: list[str]) -> Settings:
    table = TableReader(raw, TABLE, errors)
    source = table.texts("source", "folders or import names to measure")
    total, module = table.level("total"), table.level("module")
    goal, by = table.goal_and_day(total=total, module=module)
    settings = Settings(
        source=source,
        total=total,
        module=module,
        goal=goal,
        by=by,
        exclude=table.patterns("exclude"),
        mode=cast("Mode | None", table.choice("mode", MODES)),
        targets=_targets(table.table("targets")),
        components=_components(table.table("components")),
        changed=_changed(table.table("changed")),
        history=_history(table.table("history")),
        accept=_acceptances(table),
        advice=_advice(table.table("advice")),
        map=table.switch("map", default=True),
    )
    table.close()
    return settings


def _targets(table: TableReader) -> tuple[TargetRule, ...]:
    rules = (_target(table, key, value) for key, value in table.items())
    return tuple(rule for rule in rules if rule is not None)


def _target(parent: TableReader, key: str, value: object) -> TargetRule | None:
    pattern = parent.as_pattern(key, key)
    source = parent.key_path(key)
    if not isinstance(value, Mapping):
        level = parent.as_level(key, value, TARGET)
        return None if pattern is None else TargetRule(pattern=pattern, source=source, target=level)
    if not value:
        parent.add_error(key, value, TARGET)
        return None
    inner = next(iter(value))
    if not any(difflib.get_close_matches(str(word), TARGET_KEYS, cutoff=0.75) for word in value):
        parent.add_error(key, value, f'{TARGET}; a dotted name needs quotes: "{key}.{inner}" = ...')
        return None
    table = TableReader(value, source, parent.errors)
    target, branches = table.level("target"), table.level("branches")
    max_missing, changed = table.count("max_missing"), table.level("changed")
    goal = table.goal(target=target)
    table.close()
    if pattern is None:
        return None
    return TargetRule(
        pattern=pattern,
        source=source,
        target=target,
        branches=branches,
        max_missing=max_missing,
        changed=changed,
        goal=goal,
    )


def _components(table: TableReader) -> tuple[Component, ...]:
    return tuple(_component(table, name, value) for name, value in table.items())


def _component(parent: TableReader, name: str, value: object) -> Component:
    if not name.strip():
        parent.add_error(name, name, "a component's name (not empty)")
    table = TableReader(value, parent.key_path(name), parent.errors, allowed=COMPONENT)
    modules, target = table.patterns("modules"), table.level("target")
    goal, by = table.goal_and_day(target=target)
    component = Component(name=name, modules=modules, target=target, source=table.path, goal=goal, by=by)
    table.close()
    if isinstance(value, Mapping):
        missing = [key for key in ("modules", "target") if key not in value]
        table.errors.extend(f"{table.path}: {key} is missing; allowed: {COMPONENT}" for key in missing)
    return component


def _changed(table: TableReader) -> ChangedSettings:
    changed = ChangedSettings(
        lines=table.level("lines"),
        module=table.level("module"),
        new_module=table.level("new_module"),
        base=table.text("base", "the name of a commit, branch or tag (not empty, no leading dash)"),
        loosened=cast("OnLoosened | None", table.choice("loosened", ON_LOOSENED)),
    )
    table.close()
    return changed


def _history(table: TableReader) -> HistorySettings:
    history = HistorySettings(
        max_drop=table.points("max_drop"),
        lost=cast("OnLost | None", table.choice("lost", ON_LOST)),
        budget=table.count("budget"),
    )
    table.close()
    return history


def _advice(table: TableReader) -> tuple[Advice, ...]:
    entries = []
    for key, value in table.items():
        pattern = table.as_pattern(key, key)
        if not isinstance(value, str) or not value.strip():
            table.add_error(key, value, "a sentence (not empty)")
        elif pattern is not None:
            entries.append(Advice(pattern, " ".join(value.split()), table.key_path(key)))
    return tuple(entries)


def _acceptances(table: TableReader) -> tuple[Acceptance, ...]:
    entries = map(_acceptance, table.tables("accept", ACCEPTED))
    return tuple(entry for entry in entries if entry is not None)


def _acceptance(table: TableReader) -> Acceptance | None:
    """The entry; None where it has errors."""
    before, given = len(table.errors), table.keys
    module = table.words("module", "a module's import name, or its path")
    pattern = None if module is None else table.as_pattern("module", module)
    function = table.words("function", "a function's qualified name, such as Cart.merge")
    lines = table.line_ranges("lines")
    reason = table.words("reason", "why this needs no test (not empty)")
    until, owner = table.day("until"), table.words("owner", "the name of who is responsible (not empty)")
    fingerprint = table.words("fingerprint", "the fingerprint that covgate accept wrote (not empty)")
    table.close()
    if pattern is not None and not pattern.is_exact:
        table.add_error("module", module, "one module, without *")
    if given >= {"function", "lines"}:
        table.errors.append(f"{table.path}: found both function and lines; allowed: {ACCEPTED}")
    missing = sorted({"module", "reason"} - given)
    table.errors.extend(f"{table.path}: {key} is missing; allowed: {ACCEPTED}" for key in missing)
    if len(table.errors) > before or pattern is None or reason is None:
        return None
    return Acceptance(
        module=pattern,
        function=function,
        lines=lines,
        reason=reason,
        until=until,
        owner=owner,
        fingerprint=fingerprint,
        source=table.path,
    )
