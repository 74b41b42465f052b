"""Reports that are asked for: checked before the first test, rendered and written after the verdict."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from importlib.metadata import EntryPoint, entry_points
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

from covgate.ci import browse_address
from covgate.config.pyproject import read_pyproject
from covgate.errors import ReportError, UsageError
from covgate.files import write_aside
from covgate.git.repository import GitError, open_repository
from covgate.model.context import ReportContext
from covgate.model.verdict import Verdict
from covgate.reports.format import FORMATS, STDOUT, Format, own_format

GROUP = "covgate.reports"
"""The entry point group in which other packages name formats of their own."""
NOT_REPORTS = (".py", ".pyi", ".toml", ".cfg", ".ini", ".lock")
"""How files of a project end that no report replaces."""


class ReportRequest(NamedTuple):
    """One report asked for; `path` is absolute, None for standard output."""

    name: str
    format: Format
    path: Path | None


def parse_requests(specs: Iterable[str], base: Path, environment: Mapping[str, str]) -> tuple[ReportRequest, ...]:
    """Read `FORMAT` and `FORMAT:PATH` options, paths relative to `base`.

    Raises `UsageError` for an unknown format, one whose extra is not installed, a clashing path, or
    one that cannot be written: before the first test.
    """
    requests: list[ReportRequest] = []
    for spec in specs:
        name, colon, target = spec.partition(":")
        found = _format(name, spec)
        if colon and not target:
            raise UsageError(
                "report-path",
                f"report {spec!r} has no path",
                f"write {name}, {name}:PATH, or {name}:- for standard output",
            )
        path = _path(name, found, target, base, environment)
        if any(request.path == path for request in requests):
            shown = "standard output" if path is None else str(path)
            raise UsageError("report-path", f"two reports want {shown}", "give each report a path of its own")
        if path is not None:
            require_writable(path, base)
        requests.append(ReportRequest(name=name, format=found, path=path))
    return tuple(requests)


class Published(NamedTuple):
    """The reports for standard output, and those that failed."""

    printed: tuple[str, ...] = ()
    errors: tuple[ReportError, ...] = ()


def publish(
    verdict: Verdict, reports: Iterable[ReportRequest], root: Path, environment: Mapping[str, str]
) -> Published:
    """Write every report that can be written; one that fails keeps no other from its place."""
    reports = tuple(reports)
    if not reports:
        return Published()
    context = report_context(root, environment)
    printed, errors = [], []
    for report in reports:
        try:
            text = render(report, verdict, context)
            if report.path is None:
                printed.append(text)
            else:
                _write(report, report.path, text)
        except ReportError as error:
            errors.append(error)
    return Published(tuple(printed), tuple(errors))


def shows_source(reports: Iterable[ReportRequest]) -> bool:
    """Return whether one of these reports shows the source of all modules."""
    return any(report.format.shows_source for report in reports)


def shows_trend(reports: Iterable[ReportRequest]) -> bool:
    """Return whether one of these reports shows the trend of the total."""
    return any(report.format.shows_trend for report in reports)


def shows_suite_gaps(reports: Iterable[ReportRequest]) -> bool:
    """Return whether one of these reports shows modules without tests."""
    return any(report.format.shows_suite_gaps for report in reports)


def render(request: ReportRequest, verdict: Verdict, context: ReportContext) -> str:
    """Raises `ReportError` where a format of another package fails."""
    if request.name in FORMATS:
        return request.format.render(verdict, context)
    try:
        text: object = request.format.render(verdict, context)
    except Exception as error:
        raise ReportError(
            "report-format", f"the report format {request.name} failed: {type(error).__name__}: {error}"
        ) from error
    if not isinstance(text, str):
        raise ReportError(
            "report-format", f"the report format {request.name} gave no text, but a {type(text).__name__}"
        )
    return text


def _write(request: ReportRequest, path: Path, text: str) -> None:
    """Into its file, or behind what that holds; raises `ReportError`."""
    if not request.format.variable:
        write_aside(path, text)
        return
    try:
        with path.open("a", encoding="utf-8", newline="\n") as file:
            file.write(text)
    except OSError as error:
        raise ReportError("file-not-written", f"{path} could not be written: {error.strerror or error}") from error


def _format(name: str, spec: str) -> Format:
    if name in FORMATS:
        found = own_format(name)
    else:
        others = {point.name: point for point in entry_points(group=GROUP)}
        if name not in others:
            known = ", ".join([*FORMATS, *sorted(others.keys() - FORMATS.keys())])
            raise UsageError("report-format", f"unknown report format {name!r} in {spec!r}", f"known formats: {known}")
        found = _loaded(others[name])
    if found.needs is not None and not _is_installed(found.needs[0]):
        module, extra = found.needs
        raise UsageError(
            "missing-package", f"the report format {name} needs {module}", f'pip install "pytest-covgate[{extra}]"'
        )
    return found


def _loaded(point: EntryPoint) -> Format:
    """A `Format`, or a function that is its `render`."""
    try:
        found = point.load()
    except Exception as error:
        raise UsageError(
            "report-format", f"the report format {point.name} cannot be loaded: {error}", f"correct {point.value}"
        ) from None
    if isinstance(found, Format):
        return found
    if not callable(found):
        raise UsageError("report-format", f"the report format {point.name} is not a function", f"correct {point.value}")
    return Format(render=found, path=f"covgate.{point.name}")


def _is_installed(module: str) -> bool:
    try:
        return find_spec(module) is not None
    except (ImportError, ValueError):
        return False


def _path(name: str, found: Format, target: str, base: Path, environment: Mapping[str, str]) -> Path | None:
    if found.variable and not target:
        target = environment.get(found.variable, "")
        if not target:
            raise UsageError(
                "report-path",
                f"the report format {name} writes where ${found.variable} says, which is not set",
                "give it a path",
            )
    target = target or found.path
    return None if target == STDOUT else base / target


def _is_database(file: Path) -> bool:
    """Coverage data, a cache."""
    try:
        with file.open("rb") as stream:
            return stream.read(16) == b"SQLite format 3\0"
    except OSError:
        return False


def require_writable(path: Path, base: Path) -> None:
    """Raise `UsageError` for a path to which no report may or can be written; `base` is where the path started."""
    if path.is_dir():
        raise UsageError("report-path", f"the report path {path} is a folder", "name a file in it")
    target = path.resolve()
    if target.is_file() and (target.suffix in NOT_REPORTS or _is_database(target)):
        raise UsageError(
            "report-path", f"the report would replace {target}, which is not a report", "name another path"
        )
    if not target.is_relative_to(base.resolve()) and Path(os.path.abspath(path)).is_relative_to(base):
        raise UsageError(
            "report-path", f"the report path {path} leads out of the project, to {target}", "name another path"
        )
    folder = path.parent
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    if not folder.is_dir():
        raise UsageError(
            "report-path", f"the report path {path} lies below {folder}, which is not a folder", "name another path"
        )
    if not os.access(folder, os.W_OK | os.X_OK):
        raise UsageError(
            "file-not-written", f"the report {path} cannot be written: no permission in {folder}", "name another path"
        )


def report_context(root: Path, environment: Mapping[str, str]) -> ReportContext:
    """Return where the reports of the project at `root` are made; links go to the commit that the CI tests."""
    root = root.resolve()
    try:
        below = os.path.relpath(root, open_repository(root, environment).top).replace(os.sep, "/")
    except GitError:
        below = "."
    host, browse = browse_address(environment)
    folder = "" if below == "." else f"{below}/"
    return ReportContext(project=_project_name(root), folder=folder, host=host, browse=browse)


def _project_name(root: Path) -> str:
    """Return the distribution's name, else the folder's."""
    name = read_pyproject(root).table("project").get("name")
    return name if isinstance(name, str) and name else root.name
