"""How many bytes a record takes: in git notes once packed, and in SQLite.

The records are those of a history (`--history FILE`), or of a generated one: 20 modules of 30 to 330 lines, of which
each of 60 commits edits one to three and covers some more lines. Each record is pushed by itself, and the notes are
packed as a clone packs them (`git gc`) and as a server may, which compares more of them (`--aggressive`).
"""

from __future__ import annotations

import argparse
import hashlib
import os
import random
import subprocess
import tempfile
from datetime import datetime, timedelta, timezone
from pathlib import Path

from covgate.git.remote import open_remote
from covgate.git.repository import open_repository
from covgate.history.notes import RECORDS, push_records
from covgate.history.store import FILE, Store
from covgate.model.lines import Lines
from covgate.model.record import BLOB_DIGITS, EnvironmentKey, Record, RecordedModule, SuiteFacts
from covgate.model.record_json import to_line
from covgate.model.revision import Revision
from covgate.model.snapshot import Branch

START = datetime(2026, 1, 1, tzinfo=timezone.utc)


def make_module(number: int, random_: random.Random) -> RecordedModule:
    """Return a module in which two of three lines are statements, and most of them are covered in runs."""
    length = random_.randrange(30, 330)
    statements = [line for line in range(1, length) if random_.random() < 0.66]
    missing: set[int] = set()
    while len(missing) < len(statements) // 6:
        start = random_.randrange(len(statements))
        missing.update(statements[start : start + random_.randrange(1, 8)])
    branches = tuple(
        Branch(line, 2, (line + 2,) if random_.random() < 0.2 else ())
        for line in statements
        if line not in missing and random_.random() < 0.12
    )
    path = f"src/shop/module{number:02}.py"
    return RecordedModule(
        path, f"shop.module{number:02}", digest(path)[:BLOB_DIGITS], Lines.of(statements), Lines.of(missing), branches
    )


def edit(module: RecordedModule, commit: int, random_: random.Random) -> RecordedModule:
    """Return the module with some lines added in one place, half of them covered, and everything below moved."""
    lines = list(module.statements)
    at, more = random_.choice(lines), random_.randrange(1, 9)

    def moved(line: int) -> int:
        return line + more if line > at else line

    new = range(at + 1, at + more + 1)
    covered = {line for line in module.missing if random_.random() < 0.1}
    missing = {moved(line) for line in module.missing if line not in covered} | {
        n for n in new if random_.random() < 0.5
    }
    return module._replace(
        blob=digest(f"{module.path} {commit}")[:BLOB_DIGITS],
        statements=Lines.of({*map(moved, lines), *new}),
        missing=Lines.of(missing),
        branches=tuple(Branch(moved(b.line), b.total, tuple(map(moved, b.missing))) for b in module.branches),
    )


def digest(text: str) -> str:
    return hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()


def make_records(commits: int, modules: int) -> list[Record]:
    random_ = random.Random(1)
    now = {number: make_module(number, random_) for number in range(modules)}
    records = []
    for commit in range(commits):
        for number in random_.sample(sorted(now), random_.randrange(1, 4)):
            now[number] = edit(now[number], commit, random_)
        time = START + timedelta(hours=7 * commit)
        records.append(
            Record(
                run=digest(f"run {commit}")[:16],
                time=time,
                environment=EnvironmentKey(True, ("Linux, Python 3.12",), ("src",), digest("settings")),
                modules=tuple(now.values()),
                revision=Revision(digest(f"tree {commit}"), digest(f"commit {commit}"), "main", True, time),
                verdict="passed",
                suite=SuiteFacts(400 + commit, 20, 4000 + 10 * commit, round(20 + random_.random(), 2)),
            )
        )
    return records


def read_records(history: Path) -> list[Record]:
    """Return the records of unchanged commits in a history, the oldest commit first and each once."""
    by_tree = {record.revision.tree: record for record in Store(history).all() if record.revision is not None}
    records = [record for record in by_tree.values() if record.is_of_its_commit]
    return sorted(records, key=lambda record: record.revision.time if record.revision else START)


def packed(repository: Path, *options: str) -> int:
    """Return the bytes of all objects in one pack, without its index."""
    subprocess.run(["git", "gc", "--quiet", "--prune=now", *options], cwd=repository, check=True)
    return sum(file.stat().st_size for file in (repository / "objects/pack").glob("*.pack"))


def measure(folder: Path, records: list[Record]) -> None:
    server, clone = folder / "server", folder / "clone"
    subprocess.run(["git", "init", "-q", "--bare", str(server)], check=True)
    subprocess.run(["git", "init", "-q", str(clone)], check=True)
    subprocess.run(["git", "remote", "add", "origin", str(server)], cwd=clone, check=True)
    remote = open_remote(open_repository(clone, os.environ), "origin", os.environ)
    for record in records:
        push_records(remote, [record])
    store = Store(clone / FILE)
    for record in records:
        store.add([record])
    sizes = {
        "JSON as it is": sum(len(to_line(record)) + 1 for record in records),
        "git notes, git gc": packed(server),
        "git notes, --aggressive": packed(server, "--aggressive"),
        "SQLite": store.file.stat().st_size,
    }
    commits = len(records)
    print(f"{commits} commits, {len(records[-1].modules)} modules, {RECORDS.ref}")
    for name, total in sizes.items():
        print(f"{name:24} {total:>9} bytes {total / commits:>9.0f} a commit")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--commits", type=int, default=60)
    parser.add_argument("--modules", type=int, default=20)
    parser.add_argument("--history", type=Path, metavar="FILE", help="a history.sqlite with real records")
    arguments = parser.parse_args()
    given = arguments.history
    with tempfile.TemporaryDirectory() as made:
        measure(Path(made), read_records(given) if given else make_records(arguments.commits, arguments.modules))
