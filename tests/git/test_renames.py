"""What became of files that are gone, in the change and in the history."""

from __future__ import annotations

from pathlib import Path

import pytest

from changes import BODY, change
from covgate.git.renames import MOST_RENAMES, what_became_of
from covgate.model.change import Change, ChangedFile, ChangeUnavailable
from repositories import Repository

UNKNOWN = ChangeUnavailable("nobody knows")


def became(
    made: Repository, *gone: str, root: str = ".", known: Change | ChangeUnavailable = UNKNOWN
) -> dict[str, str | None]:
    return what_became_of(gone, known, made.root / root, made.environment)


def move(made: Repository, old: str, new: str) -> None:
    (made.root / new).parent.mkdir(exist_ok=True)
    made.git("mv", old, new)
    made.commit()


def test_a_rename_and_a_deletion_in_the_history(repository: Repository) -> None:
    repository.commit({"a.py": BODY, "b.py": BODY.upper()})
    move(repository, "a.py", "new name.py")
    repository.git("rm", "-q", "b.py")
    repository.commit()
    repository.commit({"other.py": "x = 1\n"})
    assert became(repository, "a.py", "b.py", "never.py") == {"a.py": "new name.py", "b.py": None}


def test_renames_are_followed_one_after_the_other(repository: Repository) -> None:
    repository.commit({"a.py": BODY})
    move(repository, "a.py", "b.py")
    move(repository, "b.py", "c/d.py")
    assert became(repository, "a.py") == {"a.py": "c/d.py"}
    repository.git("rm", "-q", "c/d.py")
    repository.commit()
    assert became(repository, "a.py") == {"a.py": None}


def test_what_is_not_committed_is_known_from_the_change(repository: Repository) -> None:
    repository.git("mv", "app/a.py", "c.py")
    (repository.root / "readme.md").unlink()
    gone = ("app/a.py", "readme.md", "app/b.py")
    assert became(repository, *gone) == {}
    assert became(repository, *gone, known=change(repository)) == {"app/a.py": "c.py", "readme.md": None}


def test_names_are_those_of_the_project(repository: Repository) -> None:
    repository.commit({"shop/a.py": BODY, "shop/b.py": BODY.upper()})
    move(repository, "shop/a.py", "shop/c.py")
    move(repository, "shop/b.py", "elsewhere.py")
    assert became(repository, "a.py", "b.py", root="shop") == {"a.py": "c.py", "b.py": None}


def test_a_name_that_came_back_is_where_it_stops(repository: Repository) -> None:
    """Two files that took each other's names have no end."""
    files = tuple(
        ChangedFile(path=new, status="renamed", old_path=old) for old, new in (("a.py", "b.py"), ("b.py", "a.py"))
    )
    known = Change(base=None, base_source="x", files=files)
    assert became(repository, "a.py", known=known) == {"a.py": "a.py"}
    assert MOST_RENAMES % 2 == 0
    repository.write({"b.py": "x\n"})
    assert became(repository, "a.py", known=known) == {"a.py": "b.py"}


@pytest.mark.parametrize("known", [UNKNOWN, Change(None, "a diff", (ChangedFile("b.py", "renamed", "a.py"),))])
def test_without_a_repository_the_change_alone_says_it(tmp_path: Path, known: Change | ChangeUnavailable) -> None:
    environment = {"GIT_CEILING_DIRECTORIES": str(tmp_path.parent), "PATH": ""}
    expected = {"a.py": "b.py"} if isinstance(known, Change) else {}
    assert what_became_of(["a.py"], known, tmp_path, environment) == expected
