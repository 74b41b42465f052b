"""Where a measurement lies, and what is known of the run that made it."""

from __future__ import annotations

import platform
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from covgate.model.run_record import RunRecord

if TYPE_CHECKING:
    from covgate.model.test_map import TestMap


class Measurement(NamedTuple):
    """Where a measurement lies: absolute paths, frozen before the tests ran.

    `base` is the folder to which coverage.py's relative names refer, `config_file` its settings (as
    its `--rcfile`), `data` the files, folders and patterns to read in place of `data_file`.
    """

    base: Path
    config_file: str
    data_file: Path
    data: tuple[str, ...] = ()
    source: tuple[Path, ...] = ()
    """Folders and files that were to be measured, whether or not the data knows them."""
    record: RunRecord | None = None
    """What is known of the run that wrote the data; None where no record of it is there, or none is needed."""
    measured_here: bool = False
    """Whether this process has just measured: then nobody committed the data, and the plugins have run anyway."""
    adds_to_earlier: bool = False
    """Whether it was added to the data of another run, of which `record` is what is known."""
    earlier_map: TestMap | None = None
    """The map of the tests of that other run."""


def this_system() -> str:
    """Return the system and the version of Python that measures here: `Linux, Python 3.12`."""
    return f"{platform.system()}, Python {sys.version_info[0]}.{sys.version_info[1]}"
