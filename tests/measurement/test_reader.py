"""J2 against real data: whatever coverage.py's settings, our numbers are those of `coverage json`."""

from __future__ import annotations

import gc
import json
import os
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from conftest import Project
from covgate.errors import DataError
from covgate.measurement.location import Measurement
from covgate.measurement.reader import read_snapshot
from covgate.model.snapshot import Module, Snapshot

SOURCE = {
    "app/__init__.py": "",
    "app/main.py": """
        import sys

        def pick(value, other=None):
            if value and (
                other is None
                or other > 3
            ):
                return [
                    value,
                    other,
                ]
            for item in range(3):
                if item == 1:
                    continue
                with open(__file__) as stream:
                    stream.read()
            else:
                value = 3
            while True:  # pragma: no branch
                break
            try:
                int(value)
            except ValueError:  # pragma: no cover
                return None
            except TypeError:
                raise
            return lambda: value

        @staticmethod
        def never():
            '''Docstring.'''
            match sys.argv:
                case []:
                    return 0
                case _:
                    return 1

        class Thing:
            value: int = 3

            def method(self): return self.value

        def debug():
            if sys.flags.debug: print("x")
            assert_never = 1
            return assert_never
        """,
    "app/one_line.py": "x = 1; y = 2\nif x: y = 3\n",
    "app/unused.py": "def f():\n    return 1\n",
    "run.py": """
        from app import main, one_line
        main.pick(0)
        main.pick(2, 5)
        main.Thing().method()
        """,
}


def measured(project: Project, settings: str = "", *, branch: bool) -> tuple[Snapshot, dict[str, Any]]:
    """A real measurement of `run.py`, read by us and by `coverage json`."""
    project.write({".coveragerc": f"[run]\nsource = app\nbranch = {branch}\n{settings}"})
    ran = project.python("-m", "coverage", "run", "run.py")
    assert ran.code == 0, ran.err
    reported = project.python("-m", "coverage", "json", "-q", "-o", "coverage.json")
    assert reported.code == 0, reported.out + reported.err
    return read(project), project.report("coverage.json")


def read(project: Project, **options: Any) -> Snapshot:
    measurement = Measurement(base=project.root, config_file=".coveragerc", data_file=project.root / ".coverage")
    return read_snapshot(measurement, project.root, **options)


def assert_equal(snapshot: Snapshot, report: dict[str, Any]) -> None:
    assert {module.path for module in snapshot.modules} == {name.replace("\\", "/") for name in report["files"]}
    for module in snapshot.modules:
        assert_module_equal(module, report["files"][module.path])
    totals = report["totals"]
    assert snapshot.share.units == totals["num_statements"] + totals.get("num_branches", 0)
    assert snapshot.share.covered == totals["covered_lines"] + totals.get("covered_branches", 0)


def assert_module_equal(module: Module, expected: dict[str, Any]) -> None:
    summary = expected["summary"]
    assert list(module.missing) == expected["missing_lines"]
    assert list(module.excluded) == expected["excluded_lines"]
    assert len(module.statements) == summary["num_statements"]
    assert module.branch_units == summary.get("num_branches", 0)
    assert module.branches_missing == summary.get("missing_branches", 0)
    missing = sorted([b.line, d] for b in module.branches for d in b.missing)
    assert missing == sorted(expected.get("missing_branches", []))
    functions = {name: data for name, data in expected["functions"].items() if name}
    for function in module.functions:
        own = functions.pop(function.name)
        assert len(function.statements) == own["summary"]["num_statements"]


@pytest.mark.parametrize("branch", [False, True], ids=["lines", "branches"])
@pytest.mark.parametrize(
    "settings",
    [
        "",
        "[report]\nexclude_lines =\n    def never\n",  # drops the default pragma
        "[report]\nexclude_also =\n    if item == 1\n    def debug\n",
        "[report]\npartial_branches =\n    if value\n",
        "[report]\nomit = */unused.py\n",
        "[report]\ninclude = */main.py\n",
        "relative_files = true\n",
        "dynamic_context = test_function\n",
    ],
    ids=["plain", "exclude_lines", "exclude_also", "partial", "omit", "include", "relative", "contexts"],
)
def test_j2_numbers_equal_coverage_json(project: Project, settings: str, branch: bool) -> None:
    snapshot, report = measured(project.write(SOURCE), settings, branch=branch)
    assert snapshot.has_branches is branch
    assert_equal(snapshot, report)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("latin", "# -*- coding: latin-1 -*-\nname = 'Jos\xe9'\nif name:\n    x = 1\n".encode("latin-1")),
        ("crlf", b"def f():\r\n    return 1\r\nf()\r\n"),
        ("formfeed", b"x = 1\n\x0c\ndef f():\n    return 2\n"),
        ("no_newline", b"def f():\n    return 3"),
        ("bom", b"\xef\xbb\xbfx = 1\nif x:\n    y = 2\n"),
        ("empty", b""),
        ("only_comments", b"# nothing\n\n# to run\n"),
        ("only_excluded", b"if False:  # pragma: no cover\n    x = 1\n"),
        (
            "nested",
            b"def a():\n    def b():\n        return 1\n    class C:\n        def d(self):\n            return 2\n    return b\n",
        ),
    ],
)
def test_j2_odd_files_count_as_coverage_py_counts_them(project: Project, name: str, content: bytes) -> None:
    project.write({"app/__init__.py": "", "run.py": f"import app.{name}\n"})
    (project.root / "app" / f"{name}.py").write_bytes(content)
    assert_equal(*measured(project, branch=True))


def test_j2_a_plugin_reports_its_own_files(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file-tracing plugin, as for templates: its files count with its own idea of lines."""
    monkeypatch.syspath_prepend(project.root)
    project.write(
        {
            "template_plugin.py": """
                import os
                from coverage import CoveragePlugin, FileReporter, FileTracer

                class Plugin(CoveragePlugin):
                    def file_tracer(self, filename):
                        return Tracer() if os.path.basename(filename) == "render.py" else None
                    def file_reporter(self, filename):
                        return Reporter(filename)
                    def find_executable_files(self, src_dir):
                        return [os.path.join(src_dir, "page.html")] if src_dir.endswith("app") else []

                class Tracer(FileTracer):
                    def source_filename(self):
                        return os.path.abspath("app/page.html")
                    def line_number_range(self, frame):
                        return 2, 2

                class Reporter(FileReporter):
                    def lines(self):
                        return {1, 2, 3}

                def coverage_init(reg, options):
                    reg.add_file_tracer(Plugin())
                """,
            "app/__init__.py": "",
            "app/render.py": "x = 1\n",
            "app/page.html": "<p>\n{{ x }}\n</p>\n",
            "run.py": "import app.render\n",
        }
    )
    snapshot, report = measured(project, "plugins = template_plugin\ncore = ctrace\n", branch=False)
    (page,) = [module for module in snapshot.modules if module.path == "app/page.html"]
    assert (tuple(page.missing), page.name) == ((1, 3), None)
    assert report["files"]["app/page.html"]["missing_lines"] == [1, 3]


def test_a_coverage_plugin_that_cannot_be_imported_is_named(project: Project) -> None:
    measured(project.write(SOURCE), branch=False)
    with closing(sqlite3.connect(project.root / ".coverage")) as database:
        database.execute("INSERT INTO tracer SELECT id, 'no_such_plugin.Plugin' FROM file WHERE path LIKE '%main.py'")
        database.commit()
    project.write({".coveragerc": "[run]\nplugins = no_such_plugin\n"})
    with pytest.raises(DataError, match="no_such_plugin"):
        read(project)


def test_paths_settings_map_files_measured_elsewhere(project: Project) -> None:
    project.write(SOURCE)
    measured(project, branch=True)
    moved = Project(project.root.parent / "moved")
    moved.root.mkdir()
    moved.write({**SOURCE, ".coveragerc": f"[run]\nbranch = true\n[paths]\nhere =\n    app\n    {project.root}/app\n"})
    (moved.root / ".coverage").write_bytes((project.root / ".coverage").read_bytes())
    assert moved.python("-m", "coverage", "json", "-q", "-o", "coverage.json").code == 0
    snapshot = read(moved)
    assert_equal(snapshot, moved.report("coverage.json"))
    assert "app/main.py" in {module.path for module in snapshot.modules}


def test_j12_copies_of_one_source_count_once(project: Project) -> None:
    """A source measured in the tree and in an installed copy: what ran in either has run."""
    copy = "env/site-packages/app"
    project.write(SOURCE | {f"{copy}/__init__.py": "", f"{copy}/unused.py": SOURCE["app/unused.py"]})
    project.write(
        {
            "run.py": f"import sys; sys.path.insert(0, {str(project.root / 'env/site-packages')!r})\nimport app.unused as u\nu.f()\n"
        }
    )
    project.write({".coveragerc": f"[run]\nbranch = true\nsource_pkgs = app\nsource = {project.root}/app\n"})
    assert project.python("-m", "coverage", "run", "run.py").code == 0
    paths = {module.path: module for module in read(project).modules}
    assert not any("site-packages" in path for path in paths)
    assert not paths["app/unused.py"].missing
    assert paths["app/main.py"].never_ran


@pytest.mark.parametrize("ignore", [False, True])
def test_source_that_is_gone_or_does_not_parse_is_named(project: Project, ignore: bool) -> None:
    project.write(
        {"app/__init__.py": "", "app/gone.py": "x = 1\n", "app/bad.py": "def (:\n", "run.py": "import app.gone\n"}
    )
    project.write({".coveragerc": f"[run]\nsource = app\n[report]\nignore_errors = {ignore}\n"})
    assert project.python("-m", "coverage", "run", "run.py").code == 0
    (project.root / "app/gone.py").unlink()
    snapshot = read(project)
    assert [module.path for module in snapshot.modules] == ["app/__init__.py"]
    assert snapshot.unreadable_ok is ignore
    (sentence,) = snapshot.unreadable
    assert "bad.py" in sentence
    assert snapshot.notes == ("app/gone.py was measured, but is gone: left out",)


def test_compiled_templates_are_no_python_and_only_noted(project: Project) -> None:
    """Their code bears the template's name, which coverage.py records."""
    run = "exec(compile('x = 1', 'app/page', 'exec'))\nimport app\n"
    project.write({"app/__init__.py": "x = 1\n", "app/page": "{% if x %}\n", "run.py": run})
    project.write({".coveragerc": "[run]\nsource = app\n"})
    assert project.python("-m", "coverage", "run", "run.py").code == 0
    snapshot = read(project)
    assert [module.path for module in snapshot.modules] == ["app/__init__.py"]
    assert snapshot.notes == ("app/page was measured, but is not Python: left out",)
    assert snapshot.unreadable == ()


def test_many_files_that_are_left_out_share_a_line(project: Project) -> None:
    templates = {f"app/{letter}.html": "{% if x %}\n" for letter in "abcde"}
    run = f"import app.one, app.two\nfor name in {list(templates)}:\n    exec(compile('x = 1', name, 'exec'))\n"
    modules = dict.fromkeys(("app/__init__.py", "app/one.py", "app/two.py"), "x = 1\n")
    project.write({**modules, **templates, "run.py": run, ".coveragerc": "[run]\nsource = app\n"})
    assert project.python("-m", "coverage", "run", "run.py").code == 0
    for name in ("app/one.py", "app/two.py"):
        (project.root / name).unlink()
    assert read(project).notes == (
        "2 measured files are gone, left out: app/one.py, app/two.py",
        "5 measured files are not Python, left out: app/a.html, app/b.html, app/c.html and 2 more",
    )


@pytest.mark.parametrize(
    "content",
    [b"# -*- coding: no-such-encoding -*-\nx = 1\n", b"x = " + b"(" * 5000 + b")" * 5000 + b"\n", b"x = '\xff'\n"],
)
def test_source_that_python_itself_refuses_is_named(project: Project, content: bytes) -> None:
    project.write({"app/__init__.py": "x = 1\n", "run.py": "import app\n", ".coveragerc": "[run]\nsource = app\n"})
    (project.root / "app/odd.py").write_bytes(content)
    assert project.python("-m", "coverage", "run", "run.py").code == 0
    snapshot = read(project)
    named = [*snapshot.unreadable, *(module.path for module in snapshot.modules)]
    assert any("app/odd.py" in sentence for sentence in named)


def test_warnings_of_the_source_are_not_ours(project: Project, recwarn: pytest.WarningsRecorder) -> None:
    snapshot, _ = measured(project.write({**SOURCE, "app/odd.py": "x = '\\d'\n"}), branch=False)
    assert "app/odd.py" in {module.path for module in snapshot.modules}
    assert not recwarn.list


def test_source_younger_than_the_data_is_stale(project: Project) -> None:
    """J14: data of `coverage run` have no record, so the times of files decide, and a note says so."""
    measured(project.write(SOURCE), branch=False)
    assert read(project, finds_changes=True).stale == ()
    younger = (project.root / ".coverage").stat().st_mtime + 5
    os.utime(project.root / "app/main.py", (younger, younger))
    assert read(project).stale == (), "nobody asked"
    snapshot = read(project, finds_changes=True)
    assert snapshot.stale == ("app/main.py",)
    assert any("the times of files decide" in note for note in snapshot.notes)


def test_j6_changed_files_below_the_source_are_known_to_be_missing(project: Project) -> None:
    measured(project.write(SOURCE), "omit = */omitted.py\n", branch=False)
    project.write(
        {"app/new.py": "x = 1\n", "app/omitted.py": "x = 1\n", "app/deep/new.py": "x = 1\n", "other.py": "x = 1\n"}
    )
    changed = ["app/new.py", "app/omitted.py", "app/deep/new.py", "other.py", "app/main.py", "app/gone.py"]
    where = Measurement(
        base=project.root,
        config_file=".coveragerc",
        data_file=project.root / ".coverage",
        source=(project.root.resolve() / "app",),
    )
    snapshot = read_snapshot(where, project.root, changed)
    assert [module.path for module in snapshot.unmeasured] == ["app/deep/new.py", "app/new.py"]
    assert all(module.never_ran for module in snapshot.unmeasured)


def test_no_data_says_how_to_measure(project: Project) -> None:
    with pytest.raises(DataError, match="pytest --covgate"):
        read(project)


def test_parallel_data_that_was_not_combined_says_so(project: Project) -> None:
    (project.root / ".coverage.host.1.x").write_bytes(b"")
    with pytest.raises(DataError, match="coverage combine"):
        read(project)


@pytest.mark.parametrize("content", [b"this is no database", b"", b"SQLite format 3\0" + b"x" * 200])
def test_a_data_file_that_is_no_sqlite_is_an_error(project: Project, content: bytes) -> None:
    (project.root / ".coverage").write_bytes(content)
    try:
        snapshot = read(project)
    except DataError as error:
        assert "cannot be read" in str(error)
    else:
        assert snapshot.modules == ()  # coverage.py takes an empty file for an empty measurement
    gc.collect()  # a connection left open would be told here, and fail the test


def test_error_paths_are_handlers_and_raises(project: Project) -> None:
    project.write({"app/__init__.py": "", "run.py": "import app.risky\n"})
    project.write(
        {
            "app/risky.py": "def f(x):\n    try:\n        return int(x)\n    except ValueError:\n        x = 1\n        return x\n    finally:\n        x = 2\n\ndef g():\n    raise KeyError\n"
        }
    )
    snapshot, _ = measured(project, branch=False)
    (risky,) = [module for module in snapshot.modules if module.path == "app/risky.py"]
    assert tuple(risky.error_lines) == (4, 5, 6, 11)


def test_a_measurement_is_read_from_any_working_folder(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    measured(project.write(SOURCE), "relative_files = true\n", branch=False)
    monkeypatch.chdir(tmp_path)
    assert (
        json.dumps([module.path for module in read(project).modules])
        == '["app/__init__.py", "app/main.py", "app/one_line.py", "app/unused.py"]'
    )
    assert Path.cwd() == tmp_path
