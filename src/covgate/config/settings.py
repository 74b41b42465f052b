"""Reads `[tool.covgate]`; all faults are reported at once."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, cast

from covgate.config.tables import PERCENTAGE, TableReader
from covgate.config.toml import tomllib
from covgate.errors import SettingsError, UsageError
from covgate.files import read_ordinary
from covgate.model.percent import shown_target
from covgate.model.settings import (
    MODES,
    ON_LOOSENED,
    Acceptance,
    ChangedSettings,
    Component,
    Mode,
    OnLoosened,
    Settings,
    TargetRule,
)

TABLE = "tool.covgate"
TARGET_KEYS = ("target", "branches", "max_missing", "changed")
MISSPELT = ("pytest-covgate", "pytest_covgate", "cov-gate", "cov_gate")
ACCEPTED = "a table of module, function or lines or neither, and reason"
TARGET = f"{PERCENTAGE}, or a table of target, branches, max_missing and changed"


def read_settings(root: Path) -> Settings:
    """The settings in `pyproject.toml` of `root`; defaults where there is no such file or table.

    Raises `SettingsError` with every fault, `UsageError` for a file that cannot be read.
    """
    path = root / "pyproject.toml"
    try:
        text = read_ordinary(path).decode("utf-8-sig")
        document = tomllib.loads(text, parse_float=_exact)
    except FileNotFoundError:
        return Settings()
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} cannot be read: {error}", "make it a readable UTF-8 file") from None
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"{path} is not valid TOML: {error}", "mend that line; no gate ran") from None
    faults: list[str] = []
    tool = document.get("tool", {})
    tool = tool if isinstance(tool, Mapping) else {}
    _refuse_misspelt(tool, faults)
    settings = _parse(tool.get("covgate", {}), faults)
    if faults:
        raise SettingsError(str(path), faults)
    return settings


def unjudged_fail_under(settings: Settings, fail_under: Decimal | None) -> tuple[str, ...]:
    """A note where coverage.py's `fail_under` asks for something else than the total that is judged."""
    if fail_under is None or settings.total is None or settings.total == fail_under:
        return ()
    return (f"coverage.py's fail_under ({shown_target(fail_under)}) is not judged: tool.covgate.total is set",)


def readable_settings(text: str) -> Settings:
    """The settings of another revision's `pyproject.toml`: what is wrong there counts as not set."""
    try:
        document = tomllib.loads(text, parse_float=_exact)
    except (tomllib.TOMLDecodeError, RecursionError):
        return Settings()
    tool = document.get("tool", {})
    return _parse(tool.get("covgate", {}) if isinstance(tool, Mapping) else {}, faults=[])


def _exact(number: str) -> Decimal | float:
    """A float of the file, exactly; one beyond `Decimal`'s exponents belongs to somebody else's table."""
    try:
        return Decimal(number)
    except InvalidOperation:
        return float(number)


def is_own_table(key: str) -> bool:
    """Whether a table of `[tool]` is ours, or was meant to be."""
    return key == "covgate" or key in MISSPELT or bool(difflib.get_close_matches(key, ["covgate"], cutoff=0.85))


def _refuse_misspelt(tool: Mapping[str, object], faults: list[str]) -> None:
    """A misspelt table would switch every gate off without a word."""
    for key in tool:
        if key != "covgate" and is_own_table(key):
            faults.append(f"tool.{key}: found an unknown table; did you mean {TABLE}?")


def parse_settings(table: Mapping[str, object]) -> Settings:
    """`[tool.covgate]` given as a mapping; raises `SettingsError` with every fault."""
    faults: list[str] = []
    settings = _parse(table, faults)
    if faults:
        raise SettingsError(TABLE, faults)
    return settings


def with_targets(settings: Settings, targets: Mapping[Any, object], source: str) -> Settings:
    """`settings` with more targets, in the form they have in the file.

    An entry replaces the one with the same key. Raises `SettingsError` that names `source`.
    """
    faults = [f"{source}: found the key {key!r}; allowed is a string" for key in targets if not isinstance(key, str)]
    named = {key: value for key, value in targets.items() if isinstance(key, str)}
    added = _targets(TableReader(named, source, faults))
    if faults:
        raise SettingsError(source, faults)
    replaced = {rule.pattern.text for rule in added}
    kept = tuple(rule for rule in settings.targets if rule.pattern.text not in replaced)
    return replace(settings, targets=kept + added)


def with_fail_under(settings: Settings, fail_under: Decimal | None) -> Settings:
    """coverage.py's `fail_under` is the total where no total is set."""
    if settings.total is not None or fail_under is None:
        return settings
    return replace(settings, total=fail_under, total_source="coverage.py's fail_under")


def _parse(raw: object, faults: list[str]) -> Settings:
    table = TableReader(raw, TABLE, faults)
    settings = Settings(
        source=table.texts("source", "folders or import names to measure"),
        total=table.level("total"),
        module=table.level("module"),
        exclude=table.patterns("exclude"),
        mode=cast("Mode | None", table.choice("mode", MODES)),
        targets=_targets(table.table("targets")),
        components=_components(table.table("components")),
        changed=_changed(table.table("changed")),
        accept=_acceptances(table),
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
        parent.fault(key, value, TARGET)
        return None
    inner = next(iter(value))
    if not any(difflib.get_close_matches(str(word), TARGET_KEYS, cutoff=0.75) for word in value):
        parent.fault(key, value, f'{TARGET}; a dotted name wants quotes: "{key}.{inner}" = ...')
        return None
    table = TableReader(value, source, parent.faults)
    found = (table.level("target"), table.level("branches"), table.count("max_missing"), table.level("changed"))
    table.close()
    if pattern is None:
        return None
    target, branches, max_missing, changed = found
    return TargetRule(
        pattern=pattern,
        source=source,
        target=target,
        branches=branches,
        max_missing=max_missing,
        changed=changed,
    )


def _components(table: TableReader) -> tuple[Component, ...]:
    found = []
    for name, value in table.items():
        if not name.strip():
            table.fault(name, name, "a component's name (not empty)")
        one = TableReader(value, table.key_path(name), table.faults, allowed="a table of modules and target")
        component = Component(name=name, modules=one.patterns("modules"), target=one.level("target"), source=one.path)
        one.close()
        if isinstance(value, Mapping):
            for key in ("modules", "target"):
                if key not in value:
                    table.faults.append(f"{one.path}: {key} is missing; allowed is a table of modules and target")
        found.append(component)
    return tuple(found)


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


def _acceptances(table: TableReader) -> tuple[Acceptance, ...]:
    found = (_acceptance(one) for one in table.tables("accept", ACCEPTED))
    return tuple(acceptance for acceptance in found if acceptance is not None)


def _acceptance(table: TableReader) -> Acceptance | None:
    """None where it is faulty, which is noted."""
    before, given = len(table.faults), table.keys
    module = table.words("module", "a module's import name, or its path")
    pattern = None if module is None else table.as_pattern("module", module)
    function = table.words("function", "a function's qualified name, such as Cart.merge")
    lines = table.line_ranges("lines")
    reason = table.words("reason", "why this needs no test (not empty)")
    until, owner = table.day("until"), table.words("owner", "who answers for it (not empty)")
    fingerprint = table.words("fingerprint", "what covgate accept wrote (not empty)")
    table.close()
    if pattern is not None and not pattern.is_exact:
        table.fault("module", module, "one module, without *")
    if given >= {"function", "lines"}:
        table.faults.append(f"{table.path}: found both function and lines; allowed is {ACCEPTED}")
    for key in sorted({"module", "reason"} - given):
        table.faults.append(f"{table.path}: {key} is missing; allowed is {ACCEPTED}")
    if len(table.faults) > before or pattern is None or reason is None:
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
