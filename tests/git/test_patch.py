"""Unified diffs, git's and others'."""

from __future__ import annotations

import pytest

from covgate.git.patch import PatchError, parse_patch
from covgate.model.line_map import Hunk


def test_content_that_looks_like_a_header_is_content() -> None:
    (file,) = parse_patch(
        b"diff --git a/a.sql b/a.sql\n--- a/a.sql\n+++ b/a.sql\n@@ -1,2 +1,3 @@\n"
        b"--- a/x\n-diff --git a/y b/y\n+++ b/x\n+@@ -1 +1 @@\n+-- a/x\n"
    )
    assert list(file.added) == [b"++ b/x", b"@@ -1 +1 @@", b"-- a/x"]
    assert file.lines == ((1, 3),)


@pytest.mark.parametrize(
    ("header", "path"),
    [
        (b"diff --git a/x y.py b/x y.py\nold mode 100644\nnew mode 100755\n", "x y.py"),
        (b"diff --git a/p b/q.py b/p b/q.py\nold mode 100644\nnew mode 100755\n", "p b/q.py"),
        (b'diff --git "a/q\\"\\t\\303\\251.py" "b/q\\"\\t\\303\\251.py"\nnew file mode 100644\n', 'q"\té.py'),
        (
            b"diff --git a/old name.py b/new.py\nsimilarity index 90%\nrename from old name.py\nrename to new.py\n",
            "new.py",
        ),
        (b"diff --git a/x.py b/x.py\n--- a/x y.py\t\n+++ b/x y.py\t\n@@ -0,0 +1 @@\n+a\n", "x y.py"),
        (b"--- old/x.py\t2026-01-01 00:00:00\n+++ new/x.py\t2026-01-02 00:00:00\n@@ -1 +1 @@\n-a\n+b\n", "new/x.py"),
        (b"--- a/x.py\r\n+++ b/x.py\r\n@@ -1 +1 @@\r\n-a\r\n+b\r\n", "x.py"),
        (b"diff --git x.py x.py\n--- x.py\n+++ x.py\n@@ -1 +1 @@\n-a\n+b\n", "x.py"),
    ],
)
def test_names(header: bytes, path: str) -> None:
    (file,) = parse_patch(header)
    assert file.path == path


def test_statuses() -> None:
    files = parse_patch(
        b"diff --git a/n b/n\nnew file mode 100644\n--- /dev/null\n+++ b/n\n@@ -0,0 +1 @@\n+a\n"
        b"diff --git a/d b/d\ndeleted file mode 100644\n--- a/d\n+++ /dev/null\n@@ -1 +0,0 @@\n-a\n"
        b"diff --git a/r b/s\nrename from r\nrename to s\n--- a/r\n+++ b/s\n@@ -1 +1 @@\n-a\n+b\n"
        b"diff --git a/b.bin b/b.bin\nBinary files a/b.bin and b/b.bin differ\n"
        b"diff --git a/c b/d\ncopy from c\ncopy to d\n"
    )
    assert [(file.path, file.status, file.is_binary) for file in files] == [
        ("n", "added", False),
        ("d", "deleted", False),
        ("s", "renamed", False),
        ("b.bin", "modified", True),
        ("d", "added", False),
    ]
    assert files[2].old_path == "r"


def test_context_and_missing_newlines() -> None:
    (file,) = parse_patch(
        b"--- a/x\n+++ b/x\n@@ -1,4 +1,4 @@ def f():\n a\n\n-b\n\\ No newline at end of file\n+c\n\\ No newline at end of file\n d\n"
    )
    assert file.lines == ((3, 3),)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (b"hello\nworld\n", "no file of a unified diff"),
        (b"\x00\x01\x02", "no file of a unified diff"),
        (b"@@ -1 +1 @@\n-a\n+b\n", "a hunk before any file name"),
        (b"--- a/x\n+++ b/x\n@@ garbage\n", "not a hunk header"),
        (b"--- a/x\n+++ b/x\n@@ -1,2 +1,2 @@\n-a\n+b\n", "ends inside a hunk"),
        (b"--- a/x\n+++ b/x\n@@ -1,2 +1,2 @@\n-a\n+b", "ends inside a hunk"),
        (b"--- a/x\n+++ b/x\n@@ -1,2 +1,2 @@\n*a\n", "does not have the lines"),
        (b"diff --cc x.py\n@@@ -1 -1 +1 @@@\n", "combined diff"),
        (b'--- "a/x\n+++ "b/x\n', "does not end"),
    ],
)
def test_what_is_no_diff_says_where(text: bytes, message: str) -> None:
    with pytest.raises(PatchError, match=message):
        parse_patch(text)


def test_nothing_is_an_empty_change() -> None:
    assert parse_patch(b"") == parse_patch(b"\n") == []


def test_hunks_with_context_are_split_into_runs() -> None:
    (file,) = parse_patch(b"--- a/x\n+++ b/x\n@@ -3,5 +3,6 @@\n a\n-b\n+B\n c\n+d\n+e\n f\n-g\n")
    assert file.hunks == [Hunk(4, 1, 4, 1), Hunk(5, 0, 6, 2), Hunk(7, 1, 8, 0)]
    assert file.added == [b"B", b"d", b"e"]
    assert file.lines == ((4, 4), (6, 7))
