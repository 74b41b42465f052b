"""The worker: what it is asked, what it answers, and that nobody notices it."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import sysconfig
import time
from pathlib import Path

import coverage
import pytest

from conftest import Project
from covgate.measurement.parsing import workers as room
from covgate.measurement.parsing.cache import Cache
from covgate.measurement.parsing.choice import FEWEST, find_sources
from covgate.measurement.parsing.parsed_source import ParseSettings, from_record, key_of
from covgate.measurement.parsing.worker import GREETING, Job, do_job
from covgate.measurement.parsing.workers import BackgroundParser, parse_in_parallel, start_worker

AFTER_TEN = """sys.path += sys.argv[1:]
from covgate.measurement.parsing import worker
original, done = worker._parse, []
def parse(*given, **options):
    done.append(given) if len(done) < 10 else os._exit(1)
    return original(*given, **options)
worker._parse = parse
worker.run()
"""
SOURCE = "def f(x):\n    if x:\n        return 1\n    return 2  # pragma: no cover\n"


@pytest.fixture
def settings() -> ParseSettings:
    return ParseSettings.of(coverage.Coverage(config_file=False, data_file=None), branches=True)


@pytest.fixture
def many(project: Project) -> Path:
    """A folder of more sources than are worth a work ahead of time."""
    project.write({f"app/m{number}.py": f"x = {number}\n{SOURCE}" for number in range(FEWEST + 5)})
    return project.root / "app"


def answers(job: Job) -> list[list[str | None]]:
    written = io.BytesIO()
    do_job(job, written)
    lines = written.getvalue().splitlines(keepends=True)
    assert lines.pop(0) == GREETING
    return [json.loads(line) for line in lines]


def parse_ahead(place: Path, settings: ParseSettings) -> BackgroundParser:
    parser = BackgroundParser(idle=True)
    parser.parse([place], settings)
    return parser


def test_a_path_is_answered_with_its_key_and_record(project: Project, settings: ParseSettings) -> None:
    project.write({"a.py": SOURCE, "bad.py": "def (:\n"})
    good, bad, gone = (str(project.root / name) for name in ("a.py", "bad.py", "gone.py"))
    first, second = answers(Job(settings, (good, bad, gone)))
    assert first[:2] == [good, key_of(Path(good).read_bytes(), settings.fingerprint()).hex()]
    parsed = from_record(str(first[2]).encode())
    assert (list(parsed.statements), list(parsed.excluded)) == ([1, 2, 3], [4])
    assert second == [bad, None, None]


def test_a_job_survives_its_line(settings: ParseSettings) -> None:
    job = Job(settings, ("/a b", "/\u00e9"), "/c", idle=True)
    assert Job.from_line(job.to_line()) == job
    assert Job.from_line(job.to_line()).settings.fingerprint() == settings.fingerprint()


def test_a_worker_parses_what_is_not_kept(many: Path, settings: ParseSettings, tmp_path: Path) -> None:
    cache = Cache(tmp_path / "static.sqlite")
    kept = key_of((many / "m3.py").read_bytes(), settings.fingerprint())
    cache.write({kept: b"kept"})
    job = Job(settings, (str(many),), str(cache.file))
    assert {Path(str(answer[0])).name for answer in answers(job)} == {
        path.name for path in many.iterdir() if path.name != "m3.py"
    }


def test_workers_deliver_what_can_be_parsed(many: Path, settings: ParseSettings) -> None:
    (many / "bad.py").write_text("def (:\n")
    records = parse_in_parallel([str(path) for path in many.iterdir()], settings, 2)
    keys = {key_of(path.read_bytes(), settings.fingerprint()) for path in many.glob("m*.py")}
    assert records.keys() == keys


def test_workers_that_cannot_start_deliver_nothing(
    many: Path, settings: ParseSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", "")
    assert parse_in_parallel([str(many / "m1.py")], settings, 2) == {}
    assert parse_ahead(many, settings).collect() == {}
    monkeypatch.setattr(sys, "executable", str(many / "no-such-program"))
    assert parse_in_parallel([str(many / "m1.py")], settings, 2) == {}


def test_a_worker_that_dies_delivers_what_it_had(
    many: Path, settings: ParseSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room, "START", f"import os, sys; {AFTER_TEN}")
    assert len(parse_in_parallel([str(path) for path in many.iterdir()], settings, 2)) == 20
    monkeypatch.setattr(room, "START", "import sys; sys.stdin.readline(); sys.exit(1)")
    assert parse_in_parallel([str(path) for path in many.iterdir()], settings, 2) == {}


def test_ahead_its_answers_are_taken_once(many: Path, settings: ParseSettings) -> None:
    ahead = parse_ahead(many, settings)
    wanted, latest = len(list(many.iterdir())), time.monotonic() + 60
    assert ahead._answers is not None
    while room._content(ahead._answers).count(b"\n") <= wanted:
        assert time.monotonic() < latest
    assert len(ahead.collect()) == wanted
    assert ahead.collect() == {}
    ahead.stop()


def test_ahead_can_be_stopped_at_any_time(many: Path, settings: ParseSettings) -> None:
    for _ in range(3):
        parse_ahead(many, settings).stop()
        assert len(parse_ahead(many, settings).collect()) <= len(list(many.iterdir()))


RUN = """
import os, sys, tempfile, coverage
from pathlib import Path
from covgate.measurement.parsing.parsed_source import ParseSettings
from covgate.measurement.parsing.workers import BackgroundParser
answers = os.fdopen(int(sys.argv[2]), "wb")
tempfile.TemporaryFile = lambda: answers
settings = ParseSettings.of(coverage.Coverage(config_file=False, data_file=None), branches=True)
ahead = BackgroundParser(idle=True)
ahead.parse([sys.argv[1]], settings)
try:
    print(os.waitpid(-1, os.WNOHANG), flush=True)
except ChildProcessError:
    print("no child", flush=True)
sys.stdin.read()
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there it is a child, and is ended")
def test_ahead_it_is_nobodys_child_and_does_not_outlive_a_killed_run() -> None:
    """Tests that wait for their own children must not meet ours. It has a minute's work, and little is done."""
    stdlib = sysconfig.get_paths()["stdlib"]
    reading, writing = os.pipe()
    with subprocess.Popen(
        [sys.executable, "-c", RUN, stdlib, str(writing)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        pass_fds=[writing],
    ) as run:
        os.close(writing)
        assert run.stdout is not None
        assert run.stdout.readline() == b"no child\n"
        run.kill()
    with open(reading, "rb") as answers:
        done = answers.read().count(b"\n")  # ends when the worker has ended
    assert done < 200 < sum(1 for _ in find_sources([stdlib]))


def test_another_program_in_place_of_the_worker_is_ended(
    many: Path, settings: ParseSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    paths = [str(many / "m1.py")]
    monkeypatch.setattr(room, "START", "print('hello')")
    assert parse_in_parallel(paths, settings, 1) == {}
    monkeypatch.setattr(room, "START", "import sys; sys.stdin.read()")
    monkeypatch.setattr(room, "PATIENCE", 0.2)
    assert parse_in_parallel(paths, settings, 1) == {}
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    assert parse_in_parallel(paths, settings, 1) == {}


def test_a_worker_is_told_what_this_interpreter_was_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    monkeypatch.setattr(sys, "pycache_prefix", str(tmp_path))
    monkeypatch.setattr(sys, "path", [*sys.path, 3, ""])
    with start_worker(start="import sys; print(sys.dont_write_bytecode, sys.pycache_prefix)") as worker:
        out, _ = worker.communicate()
    assert out.decode().split() == ["True", str(tmp_path)]


def test_no_start_up_file_runs_in_a_worker(
    project: Project, settings: ParseSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Those of an environment may measure, print, or import the project."""
    project.write({"sitecustomize.py": "print('started')\n", "json.py": "raise SystemExit('not the real one')\n"})
    monkeypatch.syspath_prepend(project.root)
    monkeypatch.setenv("PYTHONPATH", str(project.root))
    monkeypatch.setenv("COVERAGE_PROCESS_START", str(project.root / ".coveragerc"))
    project.write({".coveragerc": "[run]\nparallel = true\n", "a.py": SOURCE})
    records = parse_in_parallel([str(project.root / "a.py")], settings, 1)
    assert records.keys() == {key_of((project.root / "a.py").read_bytes(), settings.fingerprint())}
    assert not list(project.root.glob(".coverage.*"))
