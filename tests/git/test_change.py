"""C2, C3, C5 and the traps of git, against real repositories with hostile user settings."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from changes import BODY, EDITED, asked, change, files
from covgate.errors import UsageError
from repositories import Repository

PLAIN_DIFF = ("-c", "diff.noprefix=false", "diff", "--no-color", "--no-ext-diff", "--no-textconv", "--no-relative")


def test_c2_committed_staged_unstaged_and_untracked_are_one_change(repository: Repository) -> None:
    repository.commit({"app/a.py": EDITED})
    repository.write({"app/b.py": BODY + "staged = 1\n"})
    repository.git("add", "app/b.py")
    repository.write(
        {"app/b.py": BODY + "staged = 1\nunstaged = 1\n", "app/new.py": "x = 1  # pragma: no cover\ny = 2"}
    )
    found = files(repository)
    assert {path: (file.status, file.lines) for path, file in found.items()} == {
        "app/a.py": ("modified", ((5, 6),)),
        "app/b.py": ("modified", ((11, 12),)),
        "app/new.py": ("untracked", ((1, 2),)),
    }


def test_c2_ignored_files_are_no_part_of_the_change(repository: Repository) -> None:
    repository.write({".gitignore": "made.py\n", "app/made.py": "x = 1\n", "app/a.py": EDITED})
    assert set(files(repository)) == {"app/a.py"}


def test_c2_main_merged_into_the_branch_is_no_part_of_the_change(repository: Repository) -> None:
    repository.commit({"app/a.py": EDITED})
    repository.git("checkout", "-q", "main")
    repository.commit({"app/b.py": "elsewhere = 1\n"})
    repository.git("checkout", "-q", "feature")
    repository.git("merge", "-q", "main", "-m", "merge")
    assert set(files(repository)) == {"app/a.py"}


def test_c3_on_the_base_with_a_clean_tree_the_change_is_the_last_commit(repository: Repository) -> None:
    """A push to main must not compare itself with itself."""
    repository.git("checkout", "-q", "main")
    parent = repository.git("rev-parse", "HEAD").decode().strip()
    repository.commit({"app/a.py": EDITED})
    repository.write({"coverage.xml": "left over by the run\n"})
    found = change(repository)
    assert found.base == parent
    assert found.base_source == "the previous commit"
    assert [file.path for file in found.files] == ["app/a.py"]


def test_c3_a_checkout_behind_main_is_no_empty_change(repository: Repository) -> None:
    """CI builds an older push while main has moved on."""
    repository.git("checkout", "-q", "main")
    repository.commit({"app/a.py": EDITED})
    repository.commit({"app/b.py": EDITED})
    repository.git("checkout", "-q", "--detach", "HEAD~1")
    assert set(files(repository)) == {"app/a.py"}


def test_c3_work_under_way_on_main_is_the_change(repository: Repository) -> None:
    repository.git("checkout", "-q", "main")
    repository.write({"app/a.py": EDITED})
    assert change(repository).base_source == "main"


def test_c5_hooks_variables_and_the_working_folder_do_not_matter(
    repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    repository.commit({"app/a.py": EDITED})
    hook = {
        "GIT_DIR": str(tmp_path / "nowhere"),
        "GIT_WORK_TREE": "/",
        "GIT_INDEX_FILE": str(tmp_path / "no-index"),
        "GIT_EXTERNAL_DIFF": "false",
        "GIT_DIFF_OPTS": "-u9",
        "GIT_PREFIX": "app/",
    }
    monkeypatch.chdir(tmp_path)
    assert files(repository, environment=hook) == files(repository)
    assert files(repository, root="app", environment=hook).keys() == {"a.py"}


def test_c5_a_project_below_the_repositorys_top_has_a_change_of_its_own(repository: Repository) -> None:
    """Issue F, 13: the README's first look counted files that are not the shop's."""
    repository.commit({"services/pay/pay/a.py": "x = 1\n", "other/b.py": "x = 1\n", "services/pay2/c.py": "x = 1\n"})
    repository.write({"services/pay/new.py": "x = 1\n", "other/new.py": "x = 1\n", "readme.md": "more\n"})
    found = files(repository, root="services/pay")
    assert {path: file.status for path, file in found.items()} == {"pay/a.py": "added", "new.py": "untracked"}
    diff = repository.root.parent / "all.diff"
    diff.write_bytes(repository.git(*PLAIN_DIFF, "main", "--"))
    assert set(files(repository, root="services/pay", diff=diff)) == {"pay/a.py"}
    repository.git("add", "services/pay/new.py", "other/new.py")
    assert set(files(repository, root="services/pay", staged=True)) == {"new.py"}


def test_c5_worktrees(repository: Repository, tmp_path: Path) -> None:
    repository.git("worktree", "add", "-q", "-b", "second", str(tmp_path / "tree"))
    second = Repository.__new__(Repository)
    second.root, second.environment = tmp_path / "tree", repository.environment
    second.commit({"app/a.py": EDITED})
    assert set(files(second)) == {"app/a.py"}


def test_submodules_are_left_out(repository: Repository, tmp_path: Path) -> None:
    inner = Repository(tmp_path / "inner")
    inner.commit({"x.py": "x = 1\n"})
    repository.git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(inner.root), "vendored")
    repository.commit()
    assert set(files(repository)) <= {".gitmodules"}


def test_staged_is_the_index_in_the_line_numbers_of_the_work_tree(repository: Repository) -> None:
    repository.write({"app/a.py": EDITED, "app/b.py": EDITED})
    repository.git("add", "app/a.py")
    repository.write({"app/a.py": "above = 1\n" + EDITED.replace("x55 = 5\n", "x55 = 6\n")})
    found = change(repository, staged=True)
    assert found.base_source == "HEAD (staged files only)"
    assert {file.path: file.lines for file in found.files} == {"app/a.py": ((6, 6),)}


def test_staged_in_a_hook_of_commit_all_reads_the_index_of_that_commit(repository: Repository) -> None:
    repository.write({"app/a.py": EDITED})
    repository.git("config", "core.hooksPath", ".hooks")
    hook = repository.root / ".hooks/pre-commit"
    repository.write(
        {
            ".hooks/pre-commit": '#!/bin/sh\nprintf %s "$GIT_INDEX_FILE" > .hooks/index\ncp "$GIT_INDEX_FILE" .git/kept.lock\n'
        }
    )
    hook.chmod(0o755)
    repository.git("commit", "-q", "-a", "-m", "all")
    repository.git("reset", "-q", "HEAD~1")
    assert (repository.root / ".hooks/index").read_text() != ".git/index"
    assert set(files(repository, staged=True)) == set()
    assert set(files(repository, staged=True, environment={"GIT_INDEX_FILE": ".git/kept.lock"})) == {"app/a.py"}


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"base": "-x"}, "not a ref"),
        ({"base": ""}, "not a ref"),
        ({"base": "main", "staged": True}, "contradict"),
        ({"diff": Path("nowhere.diff")}, "cannot be read"),
    ],
)
def test_what_can_be_refused_before_the_first_test(tmp_path: Path, options: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        asked(tmp_path, **options)


def test_j7_a_file_moved_without_gits_knowledge_is_a_rename(repository: Repository) -> None:
    (repository.root / "app/a.py").rename(repository.root / "app/moved.py")
    repository.write({"app/moved.py": EDITED, "app/new.py": "x = 1\n"})
    found = files(repository)
    assert (found["app/moved.py"].status, found["app/moved.py"].lines) == ("renamed", ((5, 6),))
    assert found["app/new.py"].status == "untracked"
    assert repository.git("status", "--porcelain").split() == [
        b"D",
        b"app/a.py",
        b"??",
        b"app/moved.py",
        b"??",
        b"app/new.py",
    ]


def test_c5_a_low_rename_limit_does_not_make_renames_new(repository: Repository) -> None:
    repository.git("config", "diff.renameLimit", "1")
    repository.git("checkout", "-q", "main")
    bodies = {f"app/m{number}.py": "".join(f"y{number}_{line} = {line}\n" for line in range(30)) for number in range(4)}
    repository.commit(dict(bodies))
    repository.git("checkout", "-q", "-B", "feature")
    for name, body in bodies.items():
        repository.git("mv", name, name.replace("app/m", "app/n"))
        repository.write({name.replace("app/m", "app/n"): body + "z = 1\n"})
    repository.commit()
    assert {file.status for file in files(repository).values()} == {"renamed"}


def test_c3_files_that_a_build_leaves_behind_do_not_hide_a_push(repository: Repository) -> None:
    repository.git("checkout", "-q", "main")
    repository.commit({"app/a.py": EDITED})
    repository.write({"app/_version.py": "version = 1\n"})
    assert "app/a.py" in files(repository, environment={"CI": "true"})
