"""The files that differ between two commits of a real repository."""

from __future__ import annotations

from pathlib import Path

import pytest

from changes import BODY, EDITED
from covgate.git.between import files_between
from covgate.git.repository import GitError
from covgate.model.change import WHOLE_FILE, ChangedFile
from repositories import Repository


def between(made: Repository, old: str, new: str, root: str = ".") -> dict[str, ChangedFile]:
    return {file.path: file for file in files_between(made.root / root, made.environment, old, new)}


def test_edited_renamed_added_and_deleted(repository: Repository) -> None:
    old = repository.commit({"app/gone.py": "a = 1\nb = 2\n"})
    repository.git("mv", "app/b.py", "app/c.py")
    repository.git("rm", "-q", "app/gone.py")
    new = repository.commit({"app/a.py": EDITED, "app/new.py": "x = 1\n"})
    found = between(repository, old, new)
    assert {path: (file.status, file.old_path, file.lines) for path, file in found.items()} == {
        "app/a.py": ("modified", None, ((5, 6),)),
        "app/c.py": ("renamed", "app/b.py", ()),
        "app/gone.py": ("deleted", None, ()),
        "app/new.py": ("added", None, ((1, 1),)),
    }
    assert found["app/a.py"].line_map.new_line(6) == 7


def test_the_other_way_round_lines_are_those_of_the_second_commit(repository: Repository) -> None:
    old = repository.commit()
    new = repository.commit({"app/a.py": EDITED})
    assert between(repository, new, old)["app/a.py"].lines == ((5, 5),)
    assert between(repository, new, new) == {}


def test_the_work_tree_and_the_index_do_not_matter(repository: Repository) -> None:
    old = repository.commit()
    new = repository.commit({"app/a.py": EDITED})
    clean = between(repository, old, new)
    repository.write({"app/a.py": "print()\r", "app/b.py": "", "app/untracked.py": "x = 1\n"})
    repository.git("add", "app/b.py")
    assert between(repository, old, new) == clean


@pytest.mark.parametrize("odd", ["x = 1\ry = 2\nz = 3\n", "# coding: nonsense\nx = 1\n"], ids=["lone CR", "encoding"])
def test_lines_that_git_counts_differently_change_as_a_whole(repository: Repository, odd: str) -> None:
    plain = repository.commit({"app/odd.py": "x = 1\nz = 3\n", "app/a.py": EDITED})
    changed = repository.commit({"app/odd.py": odd, "app/a.py": BODY})
    for old, new in ((plain, changed), (changed, plain)):
        found = between(repository, old, new)
        assert found["app/odd.py"].lines == WHOLE_FILE
        assert found["app/odd.py"].line_map.new_line(1) is None
        assert found["app/a.py"].lines != WHOLE_FILE


def test_a_project_below_the_top(repository: Repository) -> None:
    old = repository.commit({"other/x.py": BODY.replace("x", "wide"), "other/y.py": BODY.replace("x", "y")})
    repository.git("mv", "other/x.py", "app/x.py")
    repository.git("mv", "app/a.py", "other/a.py")
    new = repository.commit({"other/y.py": "", "app/b.py": EDITED})
    found = between(repository, old, new, "app")
    assert {path: file.status for path, file in found.items()} == {
        "a.py": "deleted",
        "b.py": "modified",
        "x.py": "added",
    }


def test_text_that_an_attribute_hides_is_shown(repository: Repository) -> None:
    old = repository.commit({".gitattributes": "*.py binary\n"})
    new = repository.commit({"app/a.py": EDITED})
    assert between(repository, old, new)["app/a.py"].lines == ((5, 6),)


@pytest.mark.parametrize("name", ["0" * 40, "--output=written", "", "^HEAD", "no such"])
def test_a_commit_that_is_not_there(repository: Repository, name: str) -> None:
    for pair in ((name, "HEAD"), ("HEAD", name)):
        with pytest.raises(GitError, match="is not in this clone"):
            between(repository, *pair)
    assert not (repository.root / "written").exists()


def test_without_a_repository(tmp_path: Path) -> None:
    with pytest.raises(GitError) as error:
        files_between(tmp_path, {}, "HEAD", "HEAD")
    assert error.value.is_expected
