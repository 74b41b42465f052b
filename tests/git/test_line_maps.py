"""Line maps of real histories, against `git blame`, and of two stored versions of a file."""

from __future__ import annotations

import itertools
import random
from pathlib import Path

import pytest

from covgate.git.change import read_change
from covgate.git.differences import map_blob_lines
from covgate.git.repository import Repository as OpenRepository
from covgate.git.repository import open_repository
from covgate.git.request import ChangeRequest
from covgate.model.change import Change, ChangedFile
from covgate.model.line_map import UNCHANGED, Hunk, LineMap
from repositories import Repository

COMMITS = 8


def blob(made: Repository, commit: str) -> str:
    return made.git("rev-parse", f"{commit}:a.py").decode().strip()


def opened(made: Repository) -> OpenRepository:
    return open_repository(made.root, made.environment)


def write_history(made: Repository, choose: random.Random) -> list[str]:
    """Commits of one file whose lines are all different, so that there is one way only to see its edits."""
    lines = [f"x{number} = 0" for number in range(20)]
    commits = []
    for step in range(COMMITS):
        for edit in range(choose.randrange(1, 4)):
            at = choose.randrange(len(lines) + 1)
            lines[at : at + choose.randrange(3)] = [f"y{step}_{edit}_{new} = 1" for new in range(choose.randrange(3))]
        commits.append(made.commit({"a.py": "\n".join([*lines, "end = 1"]) + "\n"}))
    return commits


@pytest.mark.parametrize("seed", range(5))
def test_maps_from_commit_to_commit_lead_every_line_to_where_git_blame_finds_it(tmp_path: Path, seed: int) -> None:
    made = Repository(tmp_path / "repo")
    commits = write_history(made, random.Random(seed))
    repository = opened(made)
    steps = [map_blob_lines(repository, blob(made, old), blob(made, new)) for old, new in itertools.pairwise(commits)]
    maps = {commits[-1]: UNCHANGED}  # from each commit to the last
    for commit, step in zip(reversed(commits[:-1]), reversed(steps), strict=True):
        assert step is not None
        maps[commit] = step.then(maps[commits[commits.index(commit) + 1]])
    blamed = made.git("blame", "--porcelain", "HEAD", "--", "a.py").decode().split("\n")
    headers = [line.split() for line in blamed if line[:40] in maps]
    assert headers
    for commit, old, new, *_ in headers:
        assert maps[commit].new_line(int(old)) == int(new)
        assert maps[commit].old_line(int(new)) == int(old)
        if commit != commits[0]:  # it came with this commit
            parent = commits[commits.index(commit) - 1]
            assert maps[parent].old_line(int(new)) is None
    whole = map_blob_lines(repository, blob(made, commits[0]), blob(made, commits[-1]))
    assert whole == maps[commits[0]]


def changed_file(made: Repository, **request: bool) -> ChangedFile:
    change = read_change(ChangeRequest(environment=made.environment, **request), made.root)  # type: ignore[arg-type]
    assert isinstance(change, Change), change
    (file,) = change.files
    return file


def test_a_changed_file_maps_the_base_to_the_work_tree(tmp_path: Path) -> None:
    made = Repository(tmp_path / "repo")
    made.commit({"a.py": "a = 1\nb = 1\nc = 1\nd = 1\n"})
    made.git("checkout", "-q", "-b", "feature")
    made.commit({"a.py": "new = 1\na = 1\nb = 1\nd = 1\n"})
    made.write({"a.py": "new = 1\na = 1\nb = 2\nd = 1\n"})
    file = changed_file(made)
    assert file.hunks == (Hunk(0, 0, 1, 1), Hunk(2, 2, 3, 1))
    assert [file.line_map.new_line(line) for line in range(1, 5)] == [2, None, None, 4]


def test_what_is_staged_maps_the_last_commit_to_the_work_tree(tmp_path: Path) -> None:
    """The lines are those that were staged, where they are now; the map knows of the later edits too."""
    made = Repository(tmp_path / "repo")
    made.commit({"a.py": "a = 1\nb = 1\nc = 1\n"})
    made.write({"a.py": "a = 1\nb = 2\nb = 3\nc = 1\n"})
    made.git("add", "--all")
    made.write({"a.py": "later = 1\na = 1\nb = 2\nb = 4\nc = 1\n"})
    file = changed_file(made, staged=True)
    assert file.lines == ((3, 3),)
    assert [file.line_map.new_line(line) for line in range(1, 4)] == [2, None, 5]


def test_moved_and_untracked_files(tmp_path: Path) -> None:
    made = Repository(tmp_path / "repo")
    body = "".join(f"x{number} = 1\n" for number in range(9))
    made.commit({"a.py": body})
    made.git("checkout", "-q", "-b", "feature")
    (made.root / "a.py").rename(made.root / "b.py")
    made.write({"b.py": f"first = 1\n{body}"})
    moved = changed_file(made)
    assert (moved.old_path, moved.line_map.new_line(9)) == ("a.py", 10)
    made.write({"a.py": body})
    untracked = changed_file(made)
    assert (untracked.status, untracked.hunks) == ("untracked", (Hunk(0, 0, 1, 10),))


def test_two_versions_of_which_one_is_not_stored_have_no_map(tmp_path: Path) -> None:
    made = Repository(tmp_path / "repo")
    commit = made.commit({"a.py": "x = 1\n"})
    known, repository = blob(made, commit), opened(made)
    for other in ("0" * 40, commit, f"{commit}^{{tree}}", "--help", "HEAD", "", f"{known}\n"):
        assert map_blob_lines(repository, known, other) is None
    assert map_blob_lines(repository, known, known) == UNCHANGED


def test_a_version_with_other_lines_for_python_keeps_none(tmp_path: Path) -> None:
    made = Repository(tmp_path / "repo")
    first, second = made.commit({"a.py": "x = 1\n"}), made.commit({"a.py": "x = 1\ny = 1\rz = 1\n"})
    assert map_blob_lines(opened(made), blob(made, first), blob(made, second)) == LineMap(())


def test_attributes_hide_no_line_of_a_stored_version(tmp_path: Path) -> None:
    made = Repository(tmp_path / "repo")
    first = made.commit({"a.py": "x = 1\nz = '\0'\n", ".gitattributes": "* -diff\n"})
    second = made.commit({"a.py": "x = 1\ny = 1\nz = '\0'\n"})
    assert map_blob_lines(opened(made), blob(made, first), blob(made, second)) == LineMap.from_hunks([Hunk(1, 0, 2, 1)])
