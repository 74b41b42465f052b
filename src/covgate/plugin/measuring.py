"""What holds while pytest-cov starts to measure: the folder it starts in, coverage.py's core, the data file."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

CORE = "COVERAGE_CORE"
DATA_FILE = "COVERAGE_FILE"


class RunData:
    """The data file of one run, in a temporary folder, so that two runs at once do not mix what they measure.

    At the end it takes the place of the usual one, which until then stays as the last run left it.
    """

    def __init__(self, usual: Path) -> None:
        self.usual = usual
        self._folder: Path | None = None
        self._older: frozenset[str] = frozenset()

    @property
    def path(self) -> Path:
        """The data file while the run measures: the usual one where no folder can be made."""
        return self.usual if self._folder is None else self._folder / self.usual.name

    def prepare(self, *, append: bool) -> None:
        """Make the folder; with `append`, the measurement goes on from a copy of the usual data file."""
        with contextlib.suppress(OSError):
            self._folder = Path(tempfile.mkdtemp(prefix="covgate-"))
            if append and self.usual.is_file():
                shutil.copyfile(self.usual, self.path)
        self._older = frozenset(self._parallel_files())

    def wrap_finish(self, finish: Callable[[], None]) -> Callable[[], None]:  # pragma: no cover - paused
        """pytest-cov's `finish`, which combines the data files that lie beside `path`."""

        def finish_with_all() -> None:
            self._take_parallel_files()
            finish()

        return finish_with_all

    def _take_parallel_files(self) -> None:  # pragma: no cover - paused
        """Bring in what processes wrote that the tests started by themselves and that measure by the settings.

        Files that were there before the run are not its own: they could be left over, or planted.
        """
        for name in frozenset(self._parallel_files()) - self._older if self._folder else ():
            with contextlib.suppress(OSError):
                shutil.move(self.usual.parent / name, self.path.with_name(name))

    def publish(self) -> None:
        """Put the data file in the usual place; raises `OSError` where that cannot be written."""
        if self._folder is not None and self.path.is_file():
            self.usual.parent.mkdir(parents=True, exist_ok=True)
            try:
                os.replace(self.path, self.usual)
            except OSError:  # on another file system
                aside = self.usual.with_name(f".covgate-{os.getpid()}.tmp")  # no name of a parallel data file
                shutil.copyfile(self.path, aside)
                os.replace(aside, self.usual)

    def discard(self) -> None:
        """Remove the folder."""
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = None

    def _parallel_files(self) -> Iterator[str]:
        with contextlib.suppress(OSError), os.scandir(self.usual.parent) as entries:
            for entry in entries:
                if entry.name.startswith(f"{self.usual.name}.") and entry.is_file(follow_symlinks=False):
                    yield entry.name


class MeasuringStart:
    """Sets the working folder and two variables of coverage.py while pytest-cov starts.

    coverage.py takes them from the process where its settings are read; tests, conftest files and the
    programs they start must not find them there.
    """

    def __init__(self, root: Path, core: str | None, data: RunData) -> None:
        self.core = core
        self.data = data
        self.data_file: Path | None = None
        """In place of that of `data`, in a worker of pytest-xdist."""
        self._root = root
        self._folder: str | None = None
        self._before: dict[str, str | None] = {}

    def enter(self) -> None:
        if self._folder is not None:
            return
        self._folder = os.getcwd()
        os.chdir(self._root)
        self._set(DATA_FILE, str(self.data_file or self.data.path))
        if self.core is not None and CORE not in os.environ:
            self._set(CORE, self.core)

    def leave(self) -> None:  # pragma: no cover - paused
        """Everything as it was; a second call does nothing."""
        if self._folder is None:
            return
        os.chdir(self._folder)
        for name, value in self._before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
        self._folder, self._before = None, {}

    def wrap(self, start: Callable[..., None]) -> Callable[..., None]:  # pragma: no cover - paused
        """`start`, to be called later, in these circumstances."""

        def start_here(*args: object, **options: object) -> None:
            self.enter()
            try:
                start(*args, **options)
            finally:
                self.leave()

        return start_here

    def _set(self, name: str, value: str) -> None:
        self._before[name] = os.environ.get(name)
        os.environ[name] = value
