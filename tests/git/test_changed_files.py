"""The files of a diff as files of a change: moved, renamed, of another type, with odd names and contents."""

from __future__ import annotations

import os

import pytest

from changes import BODY, EDITED, files
from covgate.model.change import WHOLE_FILE
from repositories import Repository

PLAIN_DIFF = ("-c", "diff.noprefix=false", "diff", "--no-color", "--no-ext-diff", "--no-textconv", "--no-relative")


@pytest.mark.parametrize("source", ["git", "a diff"])
def test_13_a_file_moved_into_the_project_is_new_to_it_and_one_moved_out_is_gone(
    repository: Repository, source: str
) -> None:
    """No target of the project has held the file before; else code could come in untested by way of another folder."""
    repository.git("checkout", "-q", "main")
    repository.commit({"app/project/out.py": "".join(f"out{number} = 1\n" for number in range(9))})
    repository.git("checkout", "-q", "-B", "feature")
    repository.git("mv", "app/a.py", "app/project/came.py")
    repository.git("mv", "app/project/out.py", "app/went.py")
    repository.commit()
    diff = repository.root.parent / "moved.diff"
    diff.write_bytes(repository.git(*PLAIN_DIFF, "-M", "main"))
    assert b"rename to app/project/came.py" in diff.read_bytes()
    found = files(repository, root="app/project", **({"diff": diff} if source == "a diff" else {}))
    assert found["came.py"].status == "added"
    assert found["came.py"].old_path is None
    assert found["came.py"].lines == (WHOLE_FILE if source == "a diff" else ((1, 10),))
    assert {path: file.status for path, file in found.items()} == {"came.py": "added", "out.py": "deleted"}


def test_renames_deletions_modes_and_types(repository: Repository) -> None:
    repository.git("mv", "app/a.py", "app/moved.py")
    repository.write({"app/moved.py": EDITED})
    repository.git("rm", "-q", "app/b.py")
    (repository.root / "readme.md").chmod(0o755)
    repository.commit()
    found = files(repository)
    assert (found["app/moved.py"].status, found["app/moved.py"].old_path) == ("renamed", "app/a.py")
    assert found["app/moved.py"].lines == ((5, 6),)
    assert (found["app/b.py"].status, found["app/b.py"].lines) == ("deleted", ())
    assert (found["readme.md"].status, found["readme.md"].lines) == ("modified", ())


def test_a_link_that_becomes_a_file_is_an_edit(repository: Repository) -> None:
    (repository.root / "link.py").symlink_to("app/a.py")
    repository.commit()
    repository.git("branch", "-f", "main")
    (repository.root / "link.py").unlink()
    repository.commit({"link.py": "x = 1\n"})
    assert files(repository)["link.py"].status == "modified"


def test_binary_files_count_whole(repository: Repository) -> None:
    repository.commit({"logo.png": b"\x89PNG\0\0", "app/b.py": BODY.encode() + b"# \0\r"})
    found = files(repository)
    assert found["app/b.py"].lines == found["logo.png"].lines == WHOLE_FILE


def test_crlf_conversion_is_gits_business(repository: Repository) -> None:
    repository.git("config", "core.autocrlf", "true")
    repository.write({"app/a.py": EDITED.replace("\n", "\r\n").encode()})
    assert files(repository)["app/a.py"].lines == ((5, 6),)


@pytest.mark.parametrize(
    "name",
    [
        "sp ace.py",
        'q"uote.py',
        "tab\t.py",
        "new\nline.py",
        "x b/y.py",
        "ünï.py",
        "-dash.py",
        os.fsdecode(b"latin\xe9.py"),
    ],
)
def test_odd_names(repository: Repository, name: str) -> None:
    repository.commit({name: "x = 1\n"})
    assert files(repository)[name].lines == ((1, 1),)
    repository.write({name: "x = 1\ny = 2\n", f"un{name}": "x = 1\n"})
    found = files(repository)
    assert found[name].lines == ((1, 2),)
    assert found[f"un{name}"].status == "untracked"
