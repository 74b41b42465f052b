"""A change that is given as a unified diff."""

from __future__ import annotations

from pathlib import Path

import pytest

from changes import BODY, EDITED, asked, change, files, read
from covgate.errors import UsageError
from repositories import Repository


def test_a_diff_file_takes_gits_place(repository: Repository, tmp_path: Path) -> None:
    repository.write({"app/a.py": EDITED, "app/new.py": "x = 1\n"})
    repository.git("rm", "-q", "app/b.py")
    repository.git("add", "--all")
    diff = tmp_path / "change.diff"
    diff.write_bytes(
        repository.git("diff", "--cached", "--no-color", "--no-ext-diff", "--no-textconv", "--no-relative")
    )
    found = change(repository, diff=diff)
    assert (found.base, found.base_source) == (None, "the diff change.diff")
    assert {file.path: (file.status, file.lines) for file in found.files} == {
        "app/a.py": ("modified", ((5, 6),)),
        "app/b.py": ("deleted", ()),
        "app/new.py": ("added", ((1, 1),)),
    }


@pytest.mark.parametrize(
    ("files_after", "message"),
    [
        ({"app/a.py": BODY}, "differs in line 5"),
        ({"app/a.py": "x = 1\n"}, "differs in line 5"),
        ({}, "which is not in"),
    ],
)
def test_a_diff_that_does_not_fit_the_tree_is_refused(
    repository: Repository, tmp_path: Path, files_after: dict[str, str], message: str
) -> None:
    diff = tmp_path / "change.diff"
    diff.write_text("--- a/app/a.py\n+++ b/app/a.py\n@@ -5 +5,2 @@\n-x5 = 5\n+x5 = 55\n+x55 = 5\n")
    (repository.root / "app/a.py").unlink()
    repository.write(dict(files_after))
    with pytest.raises(UsageError, match=message):
        read(repository, diff=diff)


def test_a_malformed_diff_is_refused_before_the_first_test(tmp_path: Path) -> None:
    diff = tmp_path / "x.diff"
    diff.write_bytes(b"\0binary")
    with pytest.raises(UsageError, match="is not a unified diff"):
        asked(tmp_path, diff=diff)


def test_a_diff_that_names_a_file_twice_is_refused(repository: Repository, tmp_path: Path) -> None:
    """As `git format-patch --stdout` does: the line numbers belong to different trees."""
    diff = tmp_path / "two.diff"
    one = "--- a/app/a.py\n+++ b/app/a.py\n@@ -5 +5 @@\n-x5 = 5\n+x5 = 5\n"
    diff.write_text(one + one)
    with pytest.raises(UsageError, match=r"changes app/a\.py twice"):
        read(repository, diff=diff)


def test_a_diff_with_mnemonic_prefixes_and_files_that_are_no_python(repository: Repository, tmp_path: Path) -> None:
    (repository.root / "link").symlink_to("nowhere")
    repository.write({"app/a.py": EDITED})
    repository.git("add", "--all")
    diff = tmp_path / "change.diff"
    diff.write_bytes(
        repository.git(
            "-c",
            "diff.noprefix=false",
            "diff",
            "--cached",
            "--no-color",
            "--no-ext-diff",
            "--no-textconv",
            "--no-relative",
        )
    )
    assert b"+++ i/app/a.py" in diff.read_bytes()
    assert files(repository, diff=diff)["app/a.py"].lines == ((5, 6),)
