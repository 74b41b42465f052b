"""The project that a command is about, as its options and settings say."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from covgate import gate
from covgate.errors import UsageError
from covgate.inputs.change.read import ChangeRequest, change_request
from covgate.inputs.coverage_data import Measurement
from covgate.inputs.coverage_settings import CoverageSettings, read_coverage_settings
from covgate.inputs.settings import read_settings, unjudged_fail_under, with_fail_under
from covgate.inputs.sources import discovered_sources, source_places
from covgate.inputs.static.parsing import Parsing, parsing_choice
from covgate.judge.verdict import Circumstances
from covgate.model.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandProject:
    """`notes` are what the settings leave unjudged."""

    root: Path
    settings: Settings
    measurement: Measurement
    change: ChangeRequest
    parsing: Parsing
    notes: tuple[str, ...]

    def request(self, circumstances: Circumstances, *, all_sources: bool = False) -> gate.Request:
        return gate.Request(
            root=self.root,
            measurement=self.measurement,
            settings=self.settings,
            circumstances=circumstances,
            change=self.change,
            parsing=self.parsing,
            all_sources=all_sources,
        )


def add_data_options(parser: argparse.ArgumentParser) -> None:
    """What is read. Without `add_change_options`, the change is the default one."""
    parser.set_defaults(base=None, diff=None, staged=False)
    parser.add_argument(
        "--data",
        metavar="PATH",
        nargs="+",
        default=[],
        help="data files, folders or patterns; several are combined (default: coverage.py's data file)",
    )
    parser.add_argument("--root", metavar="DIR", type=Path, default=Path(), help="the project (default: here)")
    parser.add_argument("--rcfile", metavar="FILE", help="coverage.py's settings")


def add_change_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--base", metavar="REF", help="compare the change with the merge-base of HEAD and REF")
    parser.add_argument("--diff", metavar="FILE", type=Path, help="take the change from a unified diff")
    parser.add_argument("--staged", action="store_true", help="judge what is staged as the change")


def command_project(arguments: argparse.Namespace) -> CommandProject:
    """Raises `UsageError` for options and settings that cannot be used."""
    root = Path(os.path.abspath(arguments.root))
    if not root.is_dir():
        raise UsageError(f"--root {arguments.root} is no folder", "name the project's folder")
    own_settings = read_settings(root)
    rcfile = ".coveragerc" if arguments.rcfile is None else os.path.abspath(arguments.rcfile)
    coverage_settings = read_coverage_settings(rcfile, root)
    settings = with_fail_under(own_settings, coverage_settings.fail_under)
    return CommandProject(
        root=root,
        settings=settings,
        measurement=Measurement(
            base=root,
            config_file=rcfile,
            data_file=coverage_settings.data_file,
            data=tuple(os.path.abspath(text) for text in arguments.data),
            source=source_places(root, root, _source_values(root, settings, coverage_settings)),
        ),
        change=change_request(
            settings,
            base=arguments.base,
            base_option="--base",
            diff=None if arguments.diff is None else Path(os.path.abspath(arguments.diff)),
            staged=arguments.staged,
            environment=os.environ,
            root=root,
        ),
        parsing=parsing_choice(root, os.environ),
        notes=unjudged_fail_under(own_settings, coverage_settings.fail_under),
    )


def _source_values(root: Path, settings: Settings, coverage_settings: CoverageSettings) -> Iterable[str]:
    """What a run without `--cov` options would have measured."""
    if settings.source:
        return settings.source
    if coverage_settings.source:
        return coverage_settings.source
    try:
        return [value for value in discovered_sources(root).values if value is not None]
    except UsageError:  # the data says what was measured
        return ()
