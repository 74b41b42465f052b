"""`covgate doctor`: find gates that cannot fail and measurements that cannot be right, without running a test."""

from __future__ import annotations

import argparse
import os
import shutil
from typing import Any

from covgate.cli.output import out
from covgate.cli.project import add_data_options, open_command_project
from covgate.config.mode import choose_mode
from covgate.doctor.diagnosis import diagnose
from covgate.doctor.read import read_facts
from covgate.doctor.text import diagnosis_text
from covgate.errors import DataError
from covgate.measurement.data_files import refuse_committed
from covgate.measurement.parsing.source_parser import check_cache
from covgate.measurement.reader import read_snapshot
from covgate.model.snapshot import Snapshot
from covgate.project import Project

PASSED, SERIOUS = 0, 1


def add_parser(commands: Any) -> None:
    parser = commands.add_parser("doctor", help="find gates that cannot fail, and measurements that cannot be right")
    add_data_options(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    project = open_command_project(arguments)
    choose_mode(None, os.environ, project.settings)  # an unknown mode is an error in every command
    facts = read_facts(
        project.root,
        project.settings,
        project.coverage_settings,
        measurement=project.measurement,
        snapshot=_snapshot(project),
        environment=os.environ,
    )
    diagnosis = diagnose(facts)
    out(diagnosis_text(diagnosis, shutil.get_terminal_size().columns))
    return SERIOUS if diagnosis.is_serious else PASSED


def _snapshot(project: Project) -> Snapshot | None:
    """None where there is no usable coverage data: the other findings need none."""
    try:
        refuse_committed(project.measurement.data_file, project.measurement.data, project.root, os.environ)
        snapshot = read_snapshot(
            project.measurement, project.root, parsing=check_cache(project.parsing, project.root, os.environ)
        )
    except DataError:
        return None
    return snapshot if snapshot.modules else None
