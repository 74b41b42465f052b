"""X5: a data file is input, not trust. Each is refused, with bounded memory, within seconds."""

from __future__ import annotations

import json
import os
import resource
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from itertools import pairwise
from pathlib import Path

import pytest

from conftest import SHOP, Project, Run, clean_environment

MEMORY = 2**30
COMMANDS = [
    ("check",),
    ("check", "--report=html:page.html"),
    ("explain", "shop.cart"),
    ("explain", "shop/cart.py:5"),
    ("init", "--force", "--dry-run"),
    ("accept", "shop.cart", "remove", "--reason=why", "--dry-run"),
    ("ratchet", "--complete", "--dry-run"),
]


SETTINGS = """
[tool.covgate]
source = ["shop"]
module = 0
total = 20
[tool.coverage.run]
branch = {}
relative_files = true
"""


@pytest.fixture(scope="module", params=["true", "false"], ids=["branches", "lines"])
def template(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Path:
    """The shop, measured once: whoever changes it takes a copy."""
    shop = Project(tmp_path_factory.mktemp("template")).write(SHOP)
    shop.settings(SETTINGS.format(request.param))
    assert shop.pytest("--covgate").code == 0
    return shop.root


@pytest.fixture
def measured(template: Path, tmp_path: Path) -> Project:
    return Project(shutil.copytree(template, tmp_path / "project"))


BRANCHES = pytest.mark.parametrize("template", ["true"], indirect=True, ids=["branches"])
LINES = pytest.mark.parametrize("template", ["false"], indirect=True, ids=["lines"])


def change(project: Project, *statements: str, file: str = ".coverage") -> None:
    with closing(sqlite3.connect(project.root / file)) as database:
        for statement in statements:
            database.execute(statement)
        database.commit()


def limited(project: Project, *args: str) -> Run:
    """The command with little memory and little time."""
    done = subprocess.run(
        [sys.executable, "-m", "covgate", *args],
        cwd=project.root,
        env=clean_environment({"COVGATE_JOBS": "1"}),
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        timeout=30,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY)),
    )
    assert "Traceback" not in done.stderr, done.stderr
    return Run(done.returncode, done.stdout, done.stderr)


FILE = "(SELECT min(id) FROM file WHERE path LIKE '%cart.py')"
HOSTILE: dict[str, tuple[str, ...]] = {
    "a line of 10^13": (f"INSERT OR REPLACE INTO arc VALUES ({FILE}, 1, 1, 10000000000000)",),
    "a negative line of 10^13": (f"INSERT OR REPLACE INTO arc VALUES ({FILE}, 1, -10000000000000, 1)",),
    "a text for a line": (f"INSERT OR REPLACE INTO arc VALUES ({FILE}, 1, 'one', 'two')",),
    "a fraction for a line": (f"INSERT OR REPLACE INTO arc VALUES ({FILE}, 1, 1.5, 2)",),
    "a blob for a line": (f"INSERT OR REPLACE INTO arc VALUES ({FILE}, 1, 1, x'00')",),
    "nothing for a line": (f"INSERT OR REPLACE INTO arc VALUES ({FILE}, 1, NULL, 3)",),
    "a text for a line set": (f"INSERT OR REPLACE INTO line_bits VALUES ({FILE}, 1, 'text')",),
    "a number for a line set": (f"INSERT OR REPLACE INTO line_bits VALUES ({FILE}, 1, 7)",),
    "a huge line set": (f"INSERT OR REPLACE INTO line_bits VALUES ({FILE}, 1, zeroblob(200000000))",),
    "a blob for a path": ("UPDATE file SET path = CAST(path AS BLOB)",),
    "a path with a zero byte": ("INSERT INTO file (path) VALUES ('/a' || char(0) || 'b')",),
    "an empty path": ("INSERT INTO file (path) VALUES ('')",),
    "a text for has_arcs": ("UPDATE meta SET value = 'perhaps' WHERE key = 'has_arcs'",),
    "a blob for a tracer": (f"INSERT INTO tracer VALUES ({FILE}, x'00ff')",),
    "a trigger": ("CREATE TRIGGER more AFTER INSERT ON file BEGIN DELETE FROM arc; END",),
    "a view beside the tables": ("CREATE VIEW more AS SELECT 1",),
    **{
        f"an endless view for {table}": (
            f"DROP TABLE {table}",
            f"CREATE VIEW {table} AS WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT {columns} FROM n",
        )
        for table, columns in {
            "coverage_schema": "7 AS version",
            "meta": "x AS key, x AS value",
            "file": "x AS id, '/f' || x AS path",
            "context": "x AS id, 'c' || x AS context",
            "line_bits": "1 AS file_id, 1 AS context_id, zeroblob(9) AS numbits",
            "arc": "1 AS file_id, 1 AS context_id, x AS fromno, x AS tono",
            "tracer": "x AS file_id, 'plugin' AS tracer",
        }.items()
    },
    "a computed column": (
        "DROP TABLE line_bits",
        "CREATE TABLE line_bits (file_id, context_id, numbits AS (zeroblob(900000000)))",
        f"INSERT INTO line_bits VALUES ({FILE}, 1)",
    ),
    "another column": ("ALTER TABLE arc ADD COLUMN more DEFAULT 3",),
    "a path of an endless device": ("INSERT INTO file (path) VALUES ('/dev/zero')",),
    "a path of a file of the kernel": ("INSERT INTO file (path) VALUES ('/proc/self/maps')",),
    "a path of a file without an end": ("INSERT INTO file (path) VALUES ('sparse.py')",),
}
IN_LINE_MODE = [name for name in HOSTILE if any(words in name for words in ("line set", "line_bits", "computed"))]


def assert_refused(measured: Project, hostile: str) -> None:
    with open(measured.root / "sparse.py", "wb") as sparse:
        sparse.truncate(2**40)
    change(measured, *HOSTILE[hostile])
    run = limited(measured, "check")
    assert run.code == 3, run
    assert run.verdict.startswith("ERROR coverage gate: no verdict, ")


@BRANCHES
@pytest.mark.parametrize("hostile", [name for name in HOSTILE if name not in IN_LINE_MODE])
def test_issue_f_18_hostile_data_are_an_error(measured: Project, hostile: str) -> None:
    assert_refused(measured, hostile)


@LINES
@pytest.mark.parametrize("hostile", IN_LINE_MODE)
def test_issue_f_18_hostile_data_of_lines_are_an_error(measured: Project, hostile: str) -> None:
    assert_refused(measured, hostile)


@BRANCHES
@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
@pytest.mark.parametrize(
    "hostile", ["a line of 10^13", "an endless view for file", "a path of an endless device", "a text for has_arcs"]
)
def test_issue_f_18_in_every_command(measured: Project, hostile: str, command: tuple[str, ...]) -> None:
    change(measured, *HOSTILE[hostile])
    assert limited(measured, *command).code == 3


@BRANCHES
@pytest.mark.parametrize("hostile", ["a line of 10^13", "a text for a line", "an endless view for arc", "a trigger"])
def test_issue_f_18_among_shards(measured: Project, hostile: str) -> None:
    """coverage.py combines them, which reads them by its own means."""
    (measured.root / "second").write_bytes((measured.root / ".coverage").read_bytes())
    change(measured, *HOSTILE[hostile], file="second")
    assert limited(measured, "check", "--data", ".coverage", "second").code == 3


@BRANCHES
@pytest.mark.parametrize("hostile", ["a line of 10^13", "a text for a line"])
def test_issue_f_18_in_data_of_plugins(measured: Project, hostile: str) -> None:
    """coverage.py reads those by its own means."""
    change(measured, *HOSTILE[hostile], f"INSERT INTO tracer VALUES ({FILE}, 'templates.Plugin')")
    run = limited(measured, "check")
    assert run.code == 3
    assert "is not coverage data: its table arc" in run.verdict


@BRANCHES
def test_issue_f_18_many_files_with_a_line_far_down_take_little_memory(measured: Project) -> None:
    """A row takes a few bytes of the file, and the set that it makes half a million."""
    more = "WITH RECURSIVE n(x) AS (SELECT 1000 UNION ALL SELECT x + 1 FROM n LIMIT 3000)"
    change(measured, f"INSERT INTO file {more} SELECT x, '/nowhere/' || x || '.py' FROM n")
    change(measured, f"INSERT INTO arc {more} SELECT x, 1, 1, 4000000 FROM n")
    assert limited(measured, "check").code == 0


@BRANCHES
def test_issue_f_18_a_tree_of_pages_that_shares_its_leaves_ends(measured: Project) -> None:
    """Few pages that point at each other can hold more rows than anything could read."""
    with closing(sqlite3.connect(measured.root / ".coverage", isolation_level=None)) as database:
        database.execute("PRAGMA page_size = 512")
        database.execute("VACUUM")
        more = "WITH RECURSIVE n(x) AS (SELECT 1000 UNION ALL SELECT x + 1 FROM n LIMIT 40000)"
        database.execute(f"INSERT INTO file {more} SELECT x, 'f' || x FROM n")
        (root,) = database.execute("SELECT rootpage FROM sqlite_master WHERE name = 'file'").fetchone()
    share_children(measured.root / ".coverage", root)
    run = limited(measured, "check")
    assert run.code == 3
    told = ("more rows than its size allows", "what no measurement leaves")  # as the version of SQLite finds it
    assert any(words in run.verdict for words in told)


def share_children(file: Path, root: int, size: int = 512) -> None:
    """Chain the inner pages of a table: all children of each are the next one, and of the last a leaf."""
    content = bytearray(file.read_bytes())
    inner = [page for page in range(2, len(content) // size + 1) if content[(page - 1) * size] == 5 and page != root]
    leaf = next(page for page in range(root + 1, len(content) // size + 1) if content[(page - 1) * size] == 13)
    chain = [root, *inner[:15], leaf]
    for page, below in pairwise(chain):
        start = (page - 1) * size
        cells = int.from_bytes(content[start + 3 : start + 5], "big")
        places = [int.from_bytes(content[start + 12 + 2 * n : start + 14 + 2 * n], "big") for n in range(cells)]
        for place in (8, *places):
            content[start + place : start + place + 4] = below.to_bytes(4, "big")
    file.write_bytes(content)


@BRANCHES
@pytest.mark.parametrize(
    ("args", "code"),
    [
        (("check", "--data", "{}"), 3),
        (("check", "--data", ".coverage", "{}"), 3),
        (("check", "--diff", "{}"), 2),
        (("check", "--rcfile", "{}"), 2),
        (("explain", "shop.cart", "--data", "{}"), 3),
    ],
)
@pytest.mark.parametrize("special", ["fifo", "/dev/zero"])
def test_issue_f_18_devices_and_pipes_are_refused_without_a_hang(
    measured: Project, special: str, args: tuple[str, ...], code: int
) -> None:
    os.mkfifo(measured.root / "fifo")
    run = limited(measured, *(part.format(special) for part in args))
    assert run.code == code, run
    assert "device, a pipe or the like" in run.out + run.err


@pytest.mark.parametrize("name", ["pyproject.toml", ".coveragerc", "setup.cfg", "tox.ini", "shop/cart.py"])
@pytest.mark.parametrize("make", [os.mkfifo, lambda path: path.symlink_to("/dev/zero")], ids=["fifo", "device"])
@BRANCHES
def test_issue_f_18_files_of_the_project_that_are_none(
    measured: Project, name: str, make: Callable[[Path], None]
) -> None:
    """Anybody can commit a link to a device."""
    path = measured.root / name
    path.unlink(missing_ok=True)
    make(path)
    assert limited(measured, "check").code in (2, 3)
    assert limited(measured, "doctor").code in (0, 1, 2)


@BRANCHES
def test_x5_source_outside_the_root_is_never_shown(measured: Project) -> None:
    """Its numbers count, as they do for coverage.py."""
    secret = measured.root.parent / "secret.py"
    secret.write_text("password = 'swordfish'\n\ndef f():\n    return password\n")
    (measured.root / "shop/linked.py").symlink_to(secret)
    change(measured, f"INSERT INTO file (path) VALUES ('{secret}')")
    change(measured, f"INSERT INTO file (path) VALUES ('{measured.root / 'shop/linked.py'}')")
    measured.settings((measured.root / "pyproject.toml").read_text().replace("module = 0", "module = 90"))
    os.utime(measured.root / ".coverage")
    reports = ("html:page.html", "markdown:page.md", "json:page.json", "sarif:page.sarif", "github:page.txt")
    run = limited(measured, "check", "--all", *(f"--report={report}" for report in reports))
    assert [m["path"] for m in measured.report("page.json")["gaps"]].count(str(secret)) == 1
    written = [(measured.root / report.partition(":")[2]).read_text() for report in reports]
    assert not [text for text in [run.out, *written] if "swordfish" in text]
    told = limited(measured, "explain", f"{secret}:1")
    assert "swordfish" not in told.out + told.err
    kept = limited(measured, "accept", str(secret), "f", "--reason=why", "--dry-run")
    assert kept.code == 2, kept


RECORD = "covgate_run"


@BRANCHES
@pytest.mark.parametrize(
    "statements",
    [
        (
            f"DROP TABLE {RECORD}",
            f"CREATE VIEW {RECORD} AS WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) "
            "SELECT x AS counter, 'x' AS record FROM n",
        ),
        (f"DROP TABLE {RECORD}", f"CREATE TABLE {RECORD} (counter, record AS (zeroblob(900000000)))"),
    ],
    ids=["an endless view", "a computed column"],
)
def test_issue_f_18_a_hostile_record_of_the_run(measured: Project, statements: tuple[str, ...]) -> None:
    change(measured, *statements)
    run = limited(measured, "check")
    assert run.code == 3 or "record" in run.out or "times of files" in run.out


@BRANCHES
@pytest.mark.parametrize(
    ("part", "value"),
    [
        ("$.shard", "[1e999, 2]"),
        ("$.measuring.config_file", '"/dev/zero"'),
        ("$.measuring.source", '["/"]'),
        ("$.measuring.targets", '{"a": {"b": [1]}}'),
        ("$.files", "[1]"),
    ],
)
def test_issue_f_18_an_absurd_record_of_the_run(measured: Project, part: str, value: str) -> None:
    """The counter stays right: whoever forges a record sees to that."""
    file = measured.root / ".coverage"
    with closing(sqlite3.connect(file)) as database:
        (record,) = database.execute(f"SELECT record FROM {RECORD}").fetchone()
        document = json.loads(record)
        holder = document
        *parents, key = part.removeprefix("$.").split(".")
        for parent in parents:
            holder = holder[parent]
        holder[key] = json.loads(value)
        counter = int.from_bytes(file.read_bytes()[24:28], "big") + 1
        database.execute(f"UPDATE {RECORD} SET counter = ?, record = ?", (counter, json.dumps(document)))
        database.commit()
    run = limited(measured, "check")
    assert run.code in (2, 3) or part == "$.measuring.source"
    assert "internal error" not in run.err
