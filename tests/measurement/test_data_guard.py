"""X5: what is no data of coverage.py's is refused, table by table; whole commands are tried in test_hostile_data.py."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import coverage
import pytest

from covgate.errors import DataError
from covgate.measurement.data_guard import LINE_BITS, MOST_NUMBITS, opened_data, require_sound, require_sound_rows

FAR = 2**LINE_BITS


@pytest.fixture(params=["lines", "arcs"])
def data_file(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """Data of two files, one of them measured by a plugin."""
    data = coverage.CoverageData(basename=str(tmp_path / "data"))
    if request.param == "lines":
        data.add_lines({"/p/a.py": [1, FAR - 8], "/p/b.html": [3]})
    else:
        data.add_arcs({"/p/a.py": [(-1, 1), (1, FAR - 1)], "/p/b.html": [(3, -3)]})
    data.add_file_tracers({"/p/b.html": "templates.Plugin"})
    data.write()
    data.close(force=True)
    return tmp_path / "data"


def damage(file: Path, *statements: str) -> Path:
    with closing(sqlite3.connect(file, isolation_level=None)) as database:
        for statement in statements:
            database.execute(statement)
    return file


def test_data_of_coverage_py_are_sound_and_name_their_plugins(data_file: Path) -> None:
    assert require_sound(data_file) == ("templates.Plugin",)
    require_sound_rows(data_file)


@pytest.mark.parametrize(
    "statements", [(), ("CREATE TABLE coverage_schema (version)",)], ids=["empty", "another schema"]
)
def test_a_database_of_another_schema_is_left_to_coverage_py(tmp_path: Path, statements: tuple[str, ...]) -> None:
    file = damage(tmp_path / "data", "CREATE TABLE x (y)", *statements)
    assert require_sound(file) == ()
    require_sound_rows(file)


@pytest.mark.parametrize(
    ("statement", "table"),
    [
        ("INSERT INTO meta VALUES (x'00', 'v')", "meta"),
        ("INSERT OR REPLACE INTO meta VALUES ('has_arcs', 'perhaps')", "meta"),
        ("UPDATE file SET path = '' WHERE id = 1", "file"),
        ("UPDATE file SET path = 'a' || char(0) || 'b' WHERE id = 1", "file"),
        ("UPDATE file SET path = x'61' WHERE id = 1", "file"),
        ("INSERT INTO context VALUES (99, x'61')", "context"),
        ("UPDATE tracer SET tracer = x'61'", "tracer"),
        ("ALTER TABLE file ADD COLUMN more", "file"),
        ("ALTER TABLE arc ADD COLUMN more GENERATED ALWAYS AS (fromno) VIRTUAL", "arc"),
    ],
)
def test_tables_that_no_measurement_leaves_are_refused(data_file: Path, statement: str, table: str) -> None:
    with pytest.raises(DataError, match=f"is not coverage data: its table {table} "):
        require_sound(damage(data_file, statement))


@pytest.mark.parametrize(
    ("statement", "table"),
    [
        ("INSERT INTO line_bits VALUES (1, 77, 'text')", "line_bits"),
        (f"INSERT INTO line_bits VALUES (1, 77, zeroblob({MOST_NUMBITS + 1}))", "line_bits"),
        ("INSERT INTO arc VALUES (1, 77, 'one', 2)", "arc"),
        (f"INSERT INTO arc VALUES (1, 77, 1, {FAR})", "arc"),
        (f"INSERT INTO arc VALUES (1, 77, {-FAR}, 1)", "arc"),
    ],
)
def test_rows_that_no_measurement_leaves_are_refused(data_file: Path, statement: str, table: str) -> None:
    file = damage(data_file, statement)
    require_sound(file)  # rows are not looked at there
    with pytest.raises(DataError, match=f"is not coverage data: its table {table} "):
        require_sound_rows(file)


@pytest.mark.parametrize(
    "statement",
    [
        f"INSERT INTO line_bits VALUES (1, 77, zeroblob({MOST_NUMBITS}))",
        f"INSERT INTO arc VALUES (1, 77, {1 - FAR}, {FAR - 1})",
    ],
)
def test_the_last_line_that_there_can_be_is_sound(data_file: Path, statement: str) -> None:
    require_sound_rows(damage(data_file, statement))


@pytest.mark.parametrize(
    ("statements", "kind"),
    [
        (("CREATE VIEW more AS SELECT 1",), "view more"),
        (("CREATE TRIGGER more AFTER INSERT ON file BEGIN SELECT 1; END",), "trigger more"),
        (("CREATE INDEX more ON file (path)",), "index more"),
        (("DROP TABLE tracer", "CREATE VIEW tracer AS SELECT 1 AS file_id, 'x' AS tracer"), "view tracer"),
    ],
)
def test_what_is_no_table_is_named(data_file: Path, statements: tuple[str, ...], kind: str) -> None:
    damage(data_file, *statements)
    for check in (require_sound, require_sound_rows):
        with pytest.raises(DataError, match=f"it holds the {kind}"):
            check(data_file)


def test_a_file_that_is_no_database_is_an_error(tmp_path: Path) -> None:
    file = tmp_path / "data"
    file.write_bytes(b"x" * 4096)
    with pytest.raises(DataError, match="cannot be read"):
        require_sound(file)
    with pytest.raises(DataError, match="cannot be read"):
        require_sound(tmp_path / "nowhere")


def test_nothing_can_be_written_and_no_question_takes_more_steps_than_the_size_allows(data_file: Path) -> None:
    endless = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT count(*) FROM n"
    with opened_data(data_file) as database:
        with pytest.raises(sqlite3.OperationalError, match="readonly"):
            database.execute("DELETE FROM file")
        with pytest.raises(sqlite3.OperationalError, match="interrupted"):
            database.execute(endless)
