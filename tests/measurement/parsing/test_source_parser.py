"""The same numbers, wherever the parsed sources come from; and what is parsed for them."""

from __future__ import annotations

import sqlite3
import sysconfig
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from conftest import Project
from covgate.measurement.location import Measurement
from covgate.measurement.parsing import source_parser as room
from covgate.measurement.parsing.cache import Cache
from covgate.measurement.parsing.choice import CACHE, Parsing
from covgate.measurement.parsing.parsed_source import ParsedSource, parse_source
from covgate.measurement.reader import read_snapshot
from covgate.model.snapshot import Snapshot

STDLIB = Path(sysconfig.get_paths()["stdlib"])
REAL = ("contextlib.py", "heapq.py", "tempfile.py", "textwrap.py")
RUN = "import app, app.contextlib as c, app.textwrap as t\nt.dedent('x')\nwith c.suppress(KeyError): pass\n"


@pytest.fixture(scope="module", params=["line", "branch"])
def measured(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Project:
    """Real files in a package, of which two were imported."""
    project = Project(tmp_path_factory.mktemp("real"))
    project.write({".coveragerc": f"[run]\nsource = app\nbranch = {request.param == 'branch'}\n", "run.py": RUN})
    project.write({"app/__init__.py": "", **{f"app/{name}": source(name) for name in REAL}})
    assert project.python("-m", "coverage", "run", "run.py").code == 0
    return project


@pytest.fixture(autouse=True)
def _unedited(measured: Project) -> None:
    restore(measured)


def restore(project: Project) -> None:
    for name in REAL:
        edit(project, name, "restored", 0)


def source(name: str) -> str:
    return (STDLIB / name).read_text(encoding="utf-8")


def read(project: Project, parsing: Parsing = Parsing()) -> Snapshot:  # noqa: B008  frozen
    where = Measurement(base=project.root, config_file=".coveragerc", data_file=project.root / ".coverage")
    return read_snapshot(where, project.root, parsing=parsing)


@pytest.fixture
def parsed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the files that were parsed in this process, as they are parsed."""
    names: list[str] = []

    def counted(reporter: object, **options: bool) -> ParsedSource:
        names.append(Path(reporter.filename).name)  # type: ignore[attr-defined]
        return parse_source(reporter, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(room, "parse_source", counted)
    return names


EDITS = st.tuples(
    st.sampled_from(REAL),
    st.sampled_from(["comment", "statement", "function", "exclusion", "cut", "broken", "restored"]),
    st.floats(0, 1),
)


def edit(project: Project, name: str, kind: str, where: float) -> None:
    file = project.root / "app" / name
    lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
    added = {
        "comment": "# edited\n",
        "statement": "edited = 1\n",
        "function": "def edited(x):\n    with x as y:\n        if y: return (\n            1)\n",
        "exclusion": "if 0:  # pragma: no cover\n    edited = 1\n",
        "broken": "def (:\n",
    }
    if kind == "restored":
        lines = source(name).splitlines(keepends=True)
    elif kind == "cut":
        del lines[int(where * len(lines)) :]
    else:
        lines.append(added[kind])
    file.write_text("".join(lines), encoding="utf-8")


@given(st.lists(EDITS, min_size=1, max_size=3), st.integers(0, 10**6))
@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_numbers_do_not_depend_on_the_cache(measured: Project, edits: list[tuple[str, str, float]], seed: int) -> None:
    cache = measured.root / CACHE
    kept = Parsing(cache=cache)
    restore(measured)
    for name, kind, where in edits:
        edit(measured, name, kind, where)
        wanted = read(measured)  # nothing kept
        assert read(measured, kept) == wanted  # what an edit left, and the rest from the cache
        assert read(measured, kept) == wanted  # warm
        content = bytearray(cache.read_bytes())
        for at in range(seed % 500, len(content), 997):
            content[at] ^= 0xFF
        cache.write_bytes(content)
        assert read(measured, kept) == wanted  # damaged


def test_equal_inputs_give_equal_snapshots_however_they_are_read(
    measured: Project, parsed: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = read(measured)
    assert sorted(parsed) == ["__init__.py", *REAL]
    parsed.clear()
    monkeypatch.setattr(room, "WORTH_A_WORKER", 1)
    kept = Parsing(cache=tmp_path / "static.sqlite", jobs=2)
    by_workers, from_cache = read(measured, kept), read(measured, kept)
    assert parsed == []
    assert (here == by_workers, by_workers == from_cache, from_cache == here) == (True, True, True)
    assert hash(here.modules) == hash(by_workers.modules) == hash(from_cache.modules)


def test_only_what_was_edited_is_parsed_again(measured: Project, parsed: list[str], tmp_path: Path) -> None:
    kept = Parsing(cache=tmp_path / "static.sqlite")
    read(measured, kept)
    assert sorted(parsed) == ["__init__.py", *REAL]
    parsed.clear()
    read(measured, kept)
    assert parsed == []
    edit(measured, "heapq.py", "statement", 0)
    read(measured, kept)
    assert parsed == ["heapq.py"]
    parsed.clear()
    edit(measured, "heapq.py", "restored", 0)  # by content: what it was is known already
    read(measured, kept)
    assert parsed == []


@pytest.mark.parametrize(
    "text",
    [
        "[report]\nexclude_also =\n    def heappush\n",
        "[report]\nexclude_lines =\n    return\n",
        "[report]\npartial_branches =\n    while\n",
    ],
)
def test_settings_on_which_parsing_depends_count(
    measured: Project, parsed: list[str], tmp_path: Path, text: str
) -> None:
    kept = Parsing(cache=tmp_path / "static.sqlite")
    before = read(measured, kept)
    settings_file = measured.root / ".coveragerc"
    original = settings_file.read_text()
    settings_file.write_text(original + text)
    try:
        wanted = read(measured)
        parsed.clear()
        assert read(measured, kept) == wanted
        if "partial" not in text or before.has_branches:
            assert sorted(parsed) == ["__init__.py", *REAL]
            assert wanted != before
        else:
            assert parsed == []
    finally:
        settings_file.write_text(original)


def test_a_source_edited_while_it_is_read_is_not_kept(
    measured: Project, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Its record would stand under the key of what it was before."""
    kept = Parsing(cache=tmp_path / "static.sqlite")
    original = room.SourceParser.prepare

    def prepare(self: room.SourceParser, paths: object) -> None:
        original(self, paths)  # type: ignore[arg-type]
        edit(measured, "heapq.py", "cut", 0.1)

    with monkeypatch.context() as patched:
        patched.setattr(room.SourceParser, "prepare", prepare)
        read(measured, kept)
    edit(measured, "heapq.py", "restored", 0)
    assert read(measured, kept) == read(measured)


def test_a_coverage_py_under_development_keeps_nothing(
    measured: Project, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("coverage.version_info", (7, 99, 0, "alpha", 0))
    read(measured, Parsing(cache=tmp_path / "static.sqlite"))
    assert not (tmp_path / "static.sqlite").exists()


def test_workers_change_no_number(
    measured: Project, parsed: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = read(measured)
    parsed.clear()
    monkeypatch.setattr(room, "WORTH_A_WORKER", 1)
    assert read(measured, Parsing(cache=tmp_path / "static.sqlite", jobs=2)) == wanted
    assert parsed == []
    assert read(measured, Parsing(jobs=2)) == wanted
    monkeypatch.setattr("sys.executable", "")
    assert read(measured, Parsing(jobs=2)) == wanted
    assert sorted(parsed) == ["__init__.py", *REAL]


@pytest.mark.parametrize("nonsense", [b"", b"{}\n[]", b"[1]\n[]", b"not json\n", b"\xff"])
def test_what_lies_under_a_key_but_is_no_record_is_parsed(measured: Project, tmp_path: Path, nonsense: bytes) -> None:
    kept = Parsing(cache=tmp_path / "static.sqlite")
    wanted = read(measured, kept)
    with closing(sqlite3.connect(tmp_path / "static.sqlite")) as database:
        keys = [key for (key,) in database.execute("SELECT key FROM parsed")]
    Cache(kept.cache).write(dict.fromkeys(keys, nonsense))
    assert read(measured, kept) == wanted


def test_a_parser_of_another_shape_is_asked_file_by_file(
    measured: Project, monkeypatch: pytest.MonkeyPatch, parsed: list[str]
) -> None:
    wanted = [(m.path, m.statements, m.missing, m.branches) for m in read(measured).modules]
    parsed.clear()
    monkeypatch.setattr("covgate.measurement.reader.is_known_parser", lambda: False)
    assert [(m.path, m.statements, m.missing, m.branches) for m in read(measured).modules] == wanted
    assert parsed == []
