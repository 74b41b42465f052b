"""One pass over the data file gives what coverage.py's API gives, file by file."""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager

import coverage
import pytest

from conftest import NO_HYPOTHESIS, Project
from covgate.errors import DataError
from covgate.measurement import recorded as room
from covgate.measurement.coverage_settings import in_folder
from covgate.measurement.recorded import Recorded, read_recorded
from covgate.model.lines import Lines

FILES = {
    "app/__init__.py": "",
    "app/never.py": "x = 1\n",
    "app/main.py": """
        def f(x):
            with open(__file__) as stream:
                if x:
                    return stream.name
            for _ in range(x):
                pass

        def g():
            return 2
        """,
    "test_app.py": """
        from app.main import f, g
        def test_f(): f(0); f(1)
        def test_g(): g()
        """,
}


@contextmanager
def opened(project: Project, config: str = ".coveragerc") -> Iterator[coverage.Coverage]:
    with in_folder(project.root):
        cov = coverage.Coverage(config_file=str(project.root / config), data_file=project.root / ".coverage")
        cov.load()
        try:
            yield cov
        finally:
            for data in cov._data_to_close:
                data.close(force=True)


def both(project: Project, monkeypatch: pytest.MonkeyPatch) -> tuple[Recorded, Recorded]:
    with opened(project) as cov, monkeypatch.context() as patched:
        patched.setattr(room, "_file_by_file", None)  # not needed: one pass is enough
        ours = read_recorded(cov)
    with opened(project) as cov, monkeypatch.context() as patched:
        patched.setattr(room, "SCHEMA", room.SCHEMA + 1)
        theirs = read_recorded(cov)
    return ours, theirs


def assert_same(ours: Recorded, theirs: Recorded) -> None:
    assert [(file.name, file.filename) for file in ours.files] == [(file.name, file.filename) for file in theirs.files]
    assert [file.reporter().filename for file in ours.files] == [file.filename for file in ours.files]
    for file in theirs.files:
        assert ours.lines.get(file.name, Lines()) == theirs.lines[file.name]
    assert (ours.arcs is None) is (theirs.arcs is None)
    for name in theirs.arcs or ():
        assert (ours.arcs or {}).get(name, set()) == (theirs.arcs or {})[name]


@pytest.mark.parametrize(
    ("branch", "run", "report"),
    [
        (False, "", ""),
        (True, "relative_files = true\n", ""),
        (True, "dynamic_context = test_function\n", ""),
        (False, "dynamic_context = test_function\n", "contexts = test_f$\n"),
        (True, "dynamic_context = test_function\n", "contexts =\n    test_g\n    nothing\n"),
        (False, "dynamic_context = test_function\n", "contexts = nothing\n"),
    ],
)
def test_lines_and_jumps(
    project: Project, monkeypatch: pytest.MonkeyPatch, branch: bool, run: str, report: str
) -> None:
    project.write(FILES).write(
        {".coveragerc": f"[run]\nsource = app\nbranch = {branch}\n{run}[report]\n{report}"},
    )
    assert project.python("-m", "coverage", "run", "-m", "pytest", "-q", "-p", "no:covgate", *NO_HYPOTHESIS).code == 0
    ours, theirs = both(project, monkeypatch)
    assert_same(ours, theirs)
    assert ours.has_branches is branch
    assert len(ours.files) == 3
    if "nothing" in report and "test_g" not in report:
        assert not any(ours.lines.values())


@pytest.mark.skipif(sys.platform == "win32", reason="links want rights there")
def test_files_measured_through_a_link_and_below_other_folders(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Names with links in them, and names that the `paths` setting maps onto one file."""
    project.write(FILES)
    (project.root / "linked").symlink_to(project.root / "app")
    data = coverage.CoverageData(basename=str(project.root / ".coverage"))
    data.add_lines(
        {
            str(project.root / "linked" / "never.py"): [1],
            "/elsewhere/app/main.py": [1, 2],
            str(project.root / "app" / "main.py"): [2, 9],
        }
    )
    data.write()
    data.close(force=True)
    project.write({".coveragerc": f"[paths]\nhere =\n    {project.root}/app\n    /elsewhere/app\n"})
    ours, theirs = both(project, monkeypatch)
    assert_same(ours, theirs)
    (main,) = [file for file in ours.files if file.name.endswith("main.py")]
    assert list(ours.lines[main.name]) == [1, 2, 9]


def test_data_of_plugins_is_left_to_coverage_py(project: Project) -> None:
    project.write(FILES).write({".coveragerc": "[run]\nsource = app\n"})
    assert project.python("-m", "coverage", "run", "-m", "app.main").code == 0
    with closing(sqlite3.connect(project.root / ".coverage")) as database:
        database.execute("INSERT INTO tracer SELECT id, 'templates' FROM file WHERE path LIKE '%never.py'")
        database.commit()
    with opened(project) as cov, pytest.raises(room._UnknownError):
        room._in_one_pass(cov)
    with opened(project) as cov, pytest.raises(DataError, match="templates"):
        read_recorded(cov)


def test_line_sets_packed_in_another_way_are_left_to_coverage_py(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    project.write(FILES).write({".coveragerc": "[run]\nsource = app\n"})
    assert project.python("-m", "coverage", "run", "-m", "app.main").code == 0
    monkeypatch.setattr(room, "nums_to_numbits", lambda numbers: bytes(numbers))
    with opened(project) as cov, pytest.raises(room._UnknownError):
        room._in_one_pass(cov)


def test_a_schema_that_is_not_known_is_left_to_coverage_py(project: Project) -> None:
    """coverage.py itself says what is wrong with it."""
    project.write(FILES).write({".coveragerc": "[run]\nsource = app\n"})
    assert project.python("-m", "coverage", "run", "-m", "app.main").code == 0
    with closing(sqlite3.connect(project.root / ".coverage")) as database:
        database.execute("UPDATE coverage_schema SET version = 99")
        database.commit()
    run = project.covgate("check")
    assert run.code == 3
    assert "99" in run.verdict


def test_rows_that_do_not_fit_together_are_left_to_coverage_py(project: Project) -> None:
    project.write(FILES).write({".coveragerc": "[run]\nsource = app\n"})
    assert project.python("-m", "coverage", "run", "-m", "app.main").code == 0
    with closing(sqlite3.connect(project.root / ".coverage")) as database:
        database.execute("DELETE FROM file WHERE path LIKE '%main.py'")
        database.commit()
    with opened(project) as cov, pytest.raises(KeyError):
        room._in_one_pass(cov)
    assert project.covgate("check").code in (0, 3)


def test_a_context_setting_that_is_no_expression_is_no_traceback(project: Project) -> None:
    project.write(FILES).write({".coveragerc": "[run]\nsource = app\n"})
    assert project.python("-m", "coverage", "run", "-m", "app.main").code == 0
    project.write({".coveragerc": "[run]\nsource = app\n[report]\ncontexts = (\n"})
    run = project.covgate("check")
    assert run.code in (2, 3)
