"""Records in one short call, for tests of what is compared and kept."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timezone
from typing import Any

from covgate.model.lines import Lines
from covgate.model.record import EnvironmentKey, Record, RecordedModule
from covgate.model.revision import Revision
from covgate.model.snapshot import Branch

TIME = datetime(2026, 11, 21, 8, 30, tzinfo=timezone.utc)
ENVIRONMENT = EnvironmentKey(systems=("Linux, Python 3.12",), source=("src",), exclusions="0123")


def recorded(
    path: str,
    statements: Sequence[int] = (),
    missing: Sequence[int] = (),
    branches: Sequence[Branch] = (),
    blob: str = "",
) -> RecordedModule:
    name = path.removeprefix("src/").removesuffix(".py").replace("/", ".")
    return RecordedModule(path, name, blob, Lines.of(statements), Lines.of(missing), tuple(branches))


def revision(tree: str = "t1", **parts: Any) -> Revision:
    given = {"commit": f"c-{tree}", "branch": "main", "is_clean": True, "time": TIME}
    return Revision(tree=tree, **{**given, **parts})


def record(*modules: RecordedModule, **parts: Any) -> Record:
    given: dict[str, Any] = {"run": "r1", "time": TIME, "environment": ENVIRONMENT, "revision": revision()}
    return Record(modules=tuple(sorted(modules, key=lambda module: module.path)), **{**given, **parts})
