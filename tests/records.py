"""Records in one short call, for tests of what is compared and kept."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timezone
from typing import Any

from covgate.model.lines import Lines
from covgate.model.record import EnvironmentKey, Record, RecordedModule
from covgate.model.revision import Revision
from covgate.model.snapshot import Branch

TIME = datetime(2026, 11, 21, 12, tzinfo=timezone.utc)
TREE = "1" * 40
COMMIT = "2" * 40
ENVIRONMENT = EnvironmentKey(systems=("Linux, Python 3.12",), source=("src",), exclusions="0123")


def recorded(
    path: str,
    statements: Sequence[int] = (),
    missing: Sequence[int] = (),
    branches: Sequence[Branch] = (),
    blob: str = "",
    **parts: Any,
) -> RecordedModule:
    name = parts.pop("name", path.removeprefix("src/").removesuffix(".py").replace("/", "."))
    return RecordedModule(path, name, blob, Lines.of(statements), Lines.of(missing), tuple(branches), **parts)


def covered(path: str = "shop/cart.py", count: int = 3, units: int = 4, **parts: Any) -> RecordedModule:
    """A module whose first `count` of `units` statements ran, of some content."""
    statements = range(1, units + 1)
    return recorded(path, statements, statements[count:], **{"blob": "b" * 40, **parts})


def revision(tree: str = TREE, commit: str = COMMIT, **parts: Any) -> Revision:
    given = {"branch": "main", "is_clean": True, "time": TIME}
    return Revision(tree=tree, commit=commit, **{**given, **parts})


def record(*modules: RecordedModule, **parts: Any) -> Record:
    """A complete, passing run on a commit without edited files."""
    given: dict[str, Any] = {"run": "r1", "time": TIME, "environment": ENVIRONMENT, "revision": revision()}
    return Record(modules=tuple(sorted(modules, key=lambda module: module.path)), **{**given, **parts})


def run_of_cart(run: str = "run1", **parts: Any) -> Record:
    """The same of one module, where its numbers do not matter."""
    return record(*parts.pop("modules", (covered(),)), run=run, **parts)
