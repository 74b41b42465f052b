"""C2 against git's index: edits in the second in which it was written, files moved without git, an index that is not there."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from covgate.git.change import read_change
from covgate.git.request import ChangeRequest
from covgate.model.change import Change, ChangedFile
from repositories import Repository

BODY = "".join(f"x{number} = {number}\n" for number in range(1, 11))
SECOND = 1_700_000_000 * 10**9


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    made = Repository(tmp_path / "repo")
    made.commit({"app/a.py": BODY, "app/b.py": BODY.replace("x", "y"), "app/c.py": BODY.replace("x", "z")})
    made.git("checkout", "-q", "-b", "feature")
    return made


def files(made: Repository, **request: bool) -> dict[str, ChangedFile]:
    change = read_change(ChangeRequest(environment=made.environment, **request), made.root)  # type: ignore[arg-type]
    assert isinstance(change, Change), change
    return {file.path: file for file in change.files}


def edit_within_the_second_of_the_index(made: Repository, name: str, *, edited_at: int, written_at: int) -> None:
    """An edit in place that keeps the size; the index was written in the same second (nanoseconds of it given)."""
    path = made.root / name
    os.utime(path, ns=(SECOND, SECOND))
    made.git("update-index", "--refresh")
    os.utime(made.root / ".git/index", ns=(SECOND + written_at, SECOND + written_at))
    with path.open("r+") as stream:
        stream.write("x1 = 2\n"[: len("x1 = 2\n")])
    os.utime(path, ns=(SECOND + edited_at, SECOND + edited_at))


@pytest.mark.parametrize("edited_at", [0, 1, 500_000_000, 999_999_999])
@pytest.mark.parametrize("written_at", [0, 500_000_000, 999_999_999])
@pytest.mark.parametrize("beside", ["nothing", "an untracked file", "a moved file"])
def test_c2_an_edit_in_the_second_in_which_git_wrote_its_index_is_seen(
    repository: Repository, beside: str, edited_at: int, written_at: int
) -> None:
    """Issue F, 4: lost in 10 of 10 runs where a file was moved, as a copied index is younger than what it lists."""
    repository.git("config", "core.trustctime", "false")  # the tests' own os.utime would give it away
    repository.git("config", "core.checkStat", "minimal")
    edit_within_the_second_of_the_index(repository, "app/a.py", edited_at=edited_at, written_at=written_at)
    if beside != "nothing":
        repository.write({"app/new.py": "x = 1\n"})
    if beside == "a moved file":
        (repository.root / "app/b.py").rename(repository.root / "app/moved.py")
    found = files(repository)
    assert found["app/a.py"].lines == ((1, 1),)
    assert ("app/moved.py" in found) is (beside == "a moved file")


def test_j7_files_moved_without_git_beside_all_else(repository: Repository) -> None:
    """Names that could be patterns, names that are taken again, and a folder in a file's place."""
    (repository.root / "app/a.py").rename(repository.root / "app/[ab].py")
    (repository.root / "app/b.py").unlink()
    repository.write(
        {"app/b.py/inner.py": BODY.replace("x", "y") + "more = 1\n", "app/*.py": "new = 1\n", "app/:x.py": ""}
    )
    found = {path: (file.status, file.old_path, file.lines) for path, file in files(repository).items()}
    assert found == {
        "app/[ab].py": ("renamed", "app/a.py", ()),
        "app/b.py/inner.py": ("untracked", None, ((1, 11),)),  # no index holds both a file and a folder of its name
        "app/*.py": ("untracked", None, ((1, 1),)),
        "app/:x.py": ("untracked", None, ()),
    }


def test_c2_a_file_that_only_the_index_has_lost_is_compared_with_the_base(repository: Repository) -> None:
    repository.git("rm", "-q", "--cached", "app/a.py", "app/b.py")
    repository.write({"app/a.py": BODY + "more = 1\n"})
    found = {path: (file.status, file.lines) for path, file in files(repository).items()}
    assert found == {"app/a.py": ("modified", ((11, 11),))}


@pytest.mark.parametrize("where", [".", "app"])
def test_17_without_an_index(repository: Repository, where: str) -> None:
    """Issue F, 17: a traceback. `git clone --no-checkout` and some caches leave no index."""
    (repository.root / "app/a.py").rename(repository.root / "app/moved.py")
    repository.write({"app/b.py": BODY.replace("x", "y") + "more = 1\n", "app/new.py": "x = 1\n"})
    (repository.root / ".git/index").unlink()
    change = read_change(ChangeRequest(environment=repository.environment), repository.root / where)
    assert isinstance(change, Change)
    prefix = "app/" if where == "." else ""
    assert {file.path: (file.status, file.lines) for file in change.files} == {
        f"{prefix}b.py": ("modified", ((11, 11),)),
        f"{prefix}moved.py": ("renamed", ()),
        f"{prefix}new.py": ("untracked", ((1, 1),)),
    }
    assert not (repository.root / ".git/index").exists()


def test_17_an_order_file_that_is_not_there(repository: Repository) -> None:
    repository.git("config", "diff.orderFile", "/nowhere")
    (repository.root / "app/a.py").rename(repository.root / "app/moved.py")
    assert {path: file.status for path, file in files(repository).items()} == {"app/moved.py": "renamed"}
    assert files(repository, staged=True) == {}


def test_c2_files_whose_time_only_is_another_are_not_changed(repository: Repository) -> None:
    for name in ("a", "b", "c"):
        os.utime(repository.root / f"app/{name}.py", (1, 1))
    (repository.root / "app/c.py").chmod(0o755)
    assert {path: file.lines for path, file in files(repository).items()} == {"app/c.py": ()}
