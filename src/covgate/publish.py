"""The one place that writes reports: aside first, then renamed, so no file is lost half-way."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from covgate.errors import ReportError, UsageError
from covgate.model.verdict import Verdict
from covgate.reports.json import json_report

FORMATS: dict[str, Callable[[Verdict], str]] = {"json": json_report}
STDOUT = "-"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportRequest:
    """One report asked for; `path` is absolute, None for standard output."""

    format: str
    path: Path | None


def parse_requests(specs: Iterable[str], base: Path) -> tuple[ReportRequest, ...]:
    """Read `FORMAT:PATH` options, paths relative to `base`.

    Raises `UsageError` for an unknown format, a missing or clashing path, or one that cannot be
    written: before the first test.
    """
    requests: list[ReportRequest] = []
    for spec in specs:
        name, colon, target = spec.partition(":")
        if name not in FORMATS:
            raise UsageError(f"unknown report format {name!r} in {spec!r}", f"known formats: {', '.join(FORMATS)}")
        if not colon or not target:
            raise UsageError(f"report {spec!r} has no path", f"write {name}:PATH, or {name}:- for standard output")
        path = None if target == STDOUT else base / target
        if any(request.path == path for request in requests):
            shown = "standard output" if path is None else str(path)
            raise UsageError(f"two reports want {shown}", "give each report a path of its own")
        if path is not None:
            _require_writable(path)
        requests.append(ReportRequest(format=name, path=path))
    return tuple(requests)


def report_text(request: ReportRequest, verdict: Verdict) -> str:
    return FORMATS[request.format](verdict)


def write_aside(path: Path, text: str) -> None:
    """Write `text` beside `path` and rename it into place; raises `ReportError`.

    A link keeps pointing at what it names; a device or pipe is written to as it is.
    """
    path = path.resolve()
    aside: str | None = None
    try:
        if path.exists() and not path.is_file():
            path.write_text(text, encoding="utf-8", newline="\n")
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, aside = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name[:40]}.", suffix=".tmp")
        with open(handle, "w", encoding="utf-8", newline="\n") as stream:
            stream.write(text)
        os.chmod(aside, _mode_for(path))
        os.replace(aside, path)
        aside = None
    except OSError as error:
        raise ReportError(f"{path} could not be written: {error.strerror or error}") from error
    finally:
        if aside is not None:
            with contextlib.suppress(OSError):
                os.unlink(aside)


def _require_writable(path: Path) -> None:
    if path.is_dir():
        raise UsageError(f"the report path {path} is a folder", "name a file in it")
    folder = path.parent
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    if not folder.is_dir():
        raise UsageError(f"the report path {path} lies below {folder}, which is no folder", "name another path")
    if not os.access(folder, os.W_OK | os.X_OK):
        raise UsageError(f"the report {path} cannot be written: no permission in {folder}", "name another path")


def _mode_for(path: Path) -> int:
    """The permissions of the file replaced, or those a new file would get."""
    with contextlib.suppress(OSError):
        return path.stat().st_mode & 0o777
    umask = os.umask(0)
    os.umask(umask)
    return 0o666 & ~umask
