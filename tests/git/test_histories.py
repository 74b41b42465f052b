"""500 generated steps of a real history, against git's own count and an independent reader."""

from __future__ import annotations

import os
import random
from pathlib import Path

import pytest
from unidiff.patch import PatchSet

from covgate.git.patch import PatchFile, parse_patch
from covgate.git.repository import DIFF, open_repository
from repositories import Repository

STEPS = 500
NAMES = [
    "a.py",
    "dir/b.py",
    "with space.py",
    'quo"te.py',
    "tab\there.py",
    "new\nline.py",
    "ünï.py",
    "x b/y.py",
    "-dash.py",
    "日本.py",
]
BYTES_NAME = os.fsdecode(b"latin\xe9.py")
LINES = [b"x = 1", b"++ b/x", b"-- a/x", b"@@ -1 +1 @@", b"diff --git a/x b/x", b"", b" ", b"\\ No newline at end of file",
         b"+++ b/x", b"--- a/x", b"rename to y", b"\xff\xfe", b"\x0c", b"a\rb", b"Binary files a/x and b/x differ", b"y = 2", b"z = 3"]  # fmt: skip


@pytest.fixture(params=range(5))
def seed(request: pytest.FixtureRequest) -> int:
    value: int = request.param
    return value


def test_lines_agree_with_git_and_with_an_independent_reader(tmp_path: Path, seed: int) -> None:
    choose = random.Random(seed)
    made = Repository(tmp_path / "repo")
    made.commit({name: content(choose) for name in choose.sample([*NAMES, BYTES_NAME], 5)})
    repository = open_repository(made.root, made.environment)
    for _ in range(STEPS // 5):
        old = tree(made.root)
        edit(made.root, choose)
        made.git("add", "--all", "--intent-to-add")
        text = repository.run(*DIFF, "HEAD", "--")
        files = parse_patch(text)
        assert {file.path: len(list(added(file))) for file in files} == numstat(made)
        assert_unchanged_lines_are_old_lines(files, old, tree(made.root))
        assert independent(text) == [list(added(file)) for file in files if file.hunks]
        made.commit()


def content(choose: random.Random) -> bytes:
    lines = [choose.choice(LINES) for _ in range(choose.randrange(12))]
    end = choose.choice([b"\n", b"\n", b"\r\n"])
    return end.join(lines) + (end if lines and choose.random() < 0.8 else b"")


def edit(root: Path, choose: random.Random) -> None:
    for _ in range(choose.randrange(1, 5)):
        present = sorted(tree(root))
        action = choose.choice(["add", "edit", "edit", "edit", "delete", "rename", "mode"])
        if action == "add" or not present:
            write(root, choose.choice([*NAMES, BYTES_NAME]), content(choose))
            continue
        name = choose.choice(present)
        if action == "edit":
            write(root, name, edited((root / name).read_bytes(), choose))
        elif action == "delete" and len(present) > 1:
            (root / name).unlink()
        elif action == "rename":
            target = choose.choice(NAMES)
            body = (root / name).read_bytes()
            (root / name).unlink()
            write(root, target, edited(body, choose) if choose.random() < 0.5 else body)
        elif action == "mode":
            (root / name).chmod((root / name).stat().st_mode ^ 0o111)


def edited(body: bytes, choose: random.Random) -> bytes:
    lines = body.split(b"\n")
    for _ in range(choose.randrange(1, 4)):
        at = choose.randrange(len(lines) + 1)
        lines[at : at + choose.randrange(3)] = [choose.choice(LINES) for _ in range(choose.randrange(3))]
    return b"\n".join(lines)


def write(root: Path, name: str, body: bytes) -> None:
    path = root / name
    if any(parent.is_file() for parent in path.parents) or path.is_dir():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(body.replace(b"\0", b""))


def tree(root: Path) -> dict[str, bytes]:
    found = {}
    for folder, folders, names in os.walk(root):
        folders[:] = [name for name in folders if name != ".git"]
        for name in names:
            path = os.path.join(folder, name)
            with open(path, "rb") as stream:
                found[os.path.relpath(path, root)] = stream.read()
    return found


def added(file: PatchFile) -> list[int]:
    return [number for first, last in file.lines for number in range(first, last + 1)]


def numstat(made: Repository) -> dict[str, int]:
    """git's own count of added lines, by the new name; the driver of the hostile settings is left out."""
    listed = made.git(
        "-c",
        "diff.external=",
        "diff",
        "--no-ext-diff",
        "--no-textconv",
        "--numstat",
        "-z",
        "-M50%",
        "--diff-algorithm=default",
        "HEAD",
        "--no-relative",
    )
    parts = listed.split(b"\0")
    counts: dict[str, int] = {}
    while len(parts) > 1:
        plus, _, name = parts.pop(0).split(b"\t", 2)
        if not name:
            parts.pop(0)
            name = parts.pop(0)
        counts[os.fsdecode(name)] = 0 if plus == b"-" else int(plus)
    return counts


def assert_unchanged_lines_are_old_lines(files: list[PatchFile], old: dict[str, bytes], new: dict[str, bytes]) -> None:
    for file in files:
        if file.new_path is None or file.is_binary:
            continue
        ours = set(added(file))
        before = iter(old.get(file.old_path or "", b"").split(b"\n"))
        kept = [line for number, line in enumerate(new[file.new_path].split(b"\n"), start=1) if number not in ours]
        if kept and kept[-1] == b"":
            kept.pop()  # what follows the last line end is no line
        assert all(any(line == candidate for candidate in before) for line in kept)


def independent(text: bytes) -> list[list[int]]:
    """Added line numbers of each file with hunks, as the unidiff library reads them."""
    readable = text.replace(b"x b/y.py", b"x_b_y.py")  # it takes " b/" for a second name
    lines = [line + "\n" for line in readable.decode("latin-1").split("\n")]
    return [
        [line.target_line_no or 0 for hunk in file for line in hunk if line.is_added]
        for file in PatchSet(lines)
        if len(file)
    ]
