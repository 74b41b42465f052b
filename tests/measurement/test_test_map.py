"""Reading a map: contexts where the data has them, else what the runs recorded, for the source of today."""

from __future__ import annotations

from pathlib import Path

import pytest
from coverage import CoverageData

from conftest import Project
from covgate.errors import DataError
from covgate.measurement.location import Measurement
from covgate.measurement.reader import read_snapshot
from covgate.measurement.run_table import MAP_TABLE, StoredMap, keep_record, read_map, read_record
from covgate.measurement.staleness import digest_file
from covgate.measurement.test_map import place_map, read_test_map
from covgate.model.lines import Lines
from covgate.model.run_record import RunRecord
from covgate.model.test_map import FunctionTests, ModuleTests, TestMap

SOURCE = "import os\n\ndef f():\n    return 1\n\ndef g():\n    return 2\n"
ADD, PAY = "tests/test_a.py::test_add", "tests/test_a.py::test_pay"


def write_data(file: Path, root: Path, contexts: dict[str | None, list[int]]) -> None:
    data = CoverageData(basename=str(file))
    for context, lines in contexts.items():
        data.set_context(context)
        data.add_lines({str(root / "app.py"): lines})
    data.write()
    data.close(force=True)


def read(root: Path, *shards: str, record: RunRecord | None = None) -> TestMap | None:
    measurement = Measurement(
        base=root,
        config_file=".coveragerc",
        data_file=root / ".coverage",
        data=tuple(str(root / shard) for shard in shards),
        record=record,
        measured_here=True,
    )
    return read_test_map(measurement, root, read_snapshot(measurement, root))


def digest(root: Path) -> str:
    return digest_file(root / "app.py") or ""


@pytest.mark.parametrize(
    ("contexts", "tests", "imported"),
    [
        pytest.param(
            {None: [1, 3, 6], f"{ADD}[1-|run]|setup": [4], f"{ADD}[2]|run": [4], f"{PAY}|teardown": [4, 7]},
            {4: (ADD, PAY), 7: (PAY,)},
            [1, 3, 6],
            id="of pytest-cov",
        ),
        pytest.param(
            {"linux": [1, 3, 6], f"linux|{ADD}|run": [4]}, {4: (ADD,)}, [1, 3, 6], id="beside a static context"
        ),
        pytest.param(
            {None: [1, 3, 6], "test_a.test_add": [4], "test_a.TestB.test_pay": [7]},
            {4: ("test_a.test_add",), 7: ("test_a.TestB.test_pay",)},
            [],
            id="of dynamic_context, outside of which fixtures run too",
        ),
    ],
)
def test_t1_contexts_are_used_where_they_were_recorded(
    project: Project, contexts: dict[str | None, list[int]], tests: dict[int, tuple[str, ...]], imported: list[int]
) -> None:
    project.write({"app.py": SOURCE})
    write_data(project.root / ".coverage", project.root, contexts)
    known = read(project.root, record=RunRecord(run="one", files={"app.py": digest(project.root)}, selection="-k add"))
    assert known is not None
    assert known.basis == "contexts"
    assert {line: known.tests_of_line("app.py", line) for line in range(9) if line in (4, 7) and line in tests} == tests
    assert list(known.import_only("app.py")) == imported
    assert known.tests_of_function("app.py", "f", None) == tests[4]
    assert known.partial == "-k add"


def test_contexts_are_read_under_a_paths_setting(project: Project) -> None:
    project.write({"app.py": SOURCE, ".coveragerc": "[paths]\nsource =\n    .\n    /elsewhere\n"})
    write_data(project.root / ".coverage", Path("/elsewhere"), {None: [1, 3], f"{ADD}|run": [4]})
    known = read(project.root, record=RunRecord(run="one", files={"app.py": digest(project.root)}))
    assert known is not None
    assert known.tests_of_line("app.py", 4) == (ADD,)


def test_without_contexts_and_records_nothing_is_known(project: Project) -> None:
    project.write({"app.py": SOURCE})
    write_data(project.root / ".coverage", project.root, {None: [1, 3, 4]})
    assert read(project.root) is None


def test_t2_the_maps_of_shards_are_joined_for_the_source_of_today(project: Project) -> None:
    project.write({"app.py": SOURCE})
    for shard, test in (("one", ADD), ("two", PAY)):
        write_data(project.root / shard, project.root, {None: [1, 3, 4]})
        module = ModuleTests((FunctionTests("f", 3, 4, 4, (0,)),), {4: (0,)}, Lines.of([1, 3]), digest(project.root))
        keep_record(RunRecord(run=shard), project.root / shard, TestMap("functions", (test,), {"app.py": module}))
    known = read(project.root, "one", "two")
    assert known is not None
    assert known.tests_of_function("app.py", "f", None) == (ADD, PAY)
    project.write({"app.py": f"{SOURCE}\n\nVALUE = 1\n"})
    later = read(project.root, "one", "two")
    assert later is not None
    assert later.outdated == {"app.py"}
    assert not later.tests_of_module("app.py")


def test_a_map_that_was_just_recorded_gets_the_paths_of_modules(project: Project) -> None:
    project.write({"src/app.py": SOURCE, ".coveragerc": "[paths]\nsource =\n    src\n    */elsewhere\n"})
    measurement = Measurement(project.root, ".coveragerc", project.root / ".coverage")
    module = ModuleTests((FunctionTests("f", 3, 4, 4, (0,)),))
    raw = TestMap("functions", (ADD,), {"/build/elsewhere/app.py": module, "/other/app.py": module})
    known = place_map(raw, measurement, project.root, {"src/app.py": "d1"})
    assert known.modules == {"src/app.py": module._replace(digest="d1")}


def test_a_map_is_as_fresh_as_its_record_and_what_is_none_is_refused(project: Project) -> None:
    data = project.root / ".coverage"
    known = TestMap("functions", (ADD,), {})
    write_data(data, project.root, {None: [1]})
    assert read_map(data) is None
    stored = keep_record(RunRecord(run="one"), data, known)
    assert stored is not None
    assert stored.is_kept
    assert str(stored) == "1 test, 0 functions, 1 kB"
    assert read_map(data) == known
    database = f"import sqlite3; d = sqlite3.connect({str(data)!r}, isolation_level=None); "
    change = f"d.execute('UPDATE {MAP_TABLE} SET numbers = 1')"
    fit = "d.execute('UPDATE covgate_run SET counter = ?', [int.from_bytes(open(d.execute('PRAGMA database_list').fetchone()[2], 'rb').read(28)[24:], 'big') + 1])"
    assert project.python("-c", database + change).code == 0
    assert read_map(data) is None, "the data changed"
    assert project.python("-c", database + fit).code == 0
    assert isinstance(read_record(data), RunRecord)
    with pytest.raises(DataError, match=r"the map of the tests in .* cannot be read"):
        read_map(data)
    keep_record(RunRecord(run="two"), data)
    assert read_map(data) is None
    assert read_map(project.root / "nowhere") is None


def test_t2_a_map_that_is_too_large_is_told() -> None:
    stored = StoredMap(tests=900_000, functions=1, size=2**25)
    assert not stored.is_kept
    assert str(stored) == "not kept: it takes 33555 kB, and at most 16777 kB are kept"
