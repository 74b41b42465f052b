"""X1: whoever wrote the change does not control git. Each test plants a command that would leave a file behind.

docs/git.md has the same list.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from covgate.git.change import read_change
from covgate.git.renames import what_became_of
from covgate.git.repository import GitError, open_repository
from covgate.git.request import ChangeRequest
from covgate.model.change import WHOLE_FILE, Change, ChangedFile, ChangeUnavailable
from repositories import Repository

BODY = "".join(f"x{number} = {number}\n" for number in range(1, 11))
EDITED = BODY.replace("x5 = 5\n", "x5 = 55\nx55 = 5\n")


class Trap:
    """A repository on a branch with every kind of change; `command` leaves `sprung` behind when anybody runs it."""

    def __init__(self, folder: Path) -> None:
        self.sprung = folder / "sprung"
        self.program = folder / "trap.sh"
        self.program.write_text(f'#!/bin/sh\necho "$0 $@" >> {self.sprung}\ncat\n')
        self.program.chmod(0o755)
        self.repository = Repository(folder / "repo", hostile=False)
        self.repository.commit({"app/a.py": BODY, "app/b.py": BODY, "app/old.py": BODY.replace("x", "y")})
        self.repository.git("checkout", "-q", "-b", "feature")

    @property
    def command(self) -> str:
        return str(self.program)

    def change_much(self) -> None:
        """Committed, staged, unstaged, untracked, and moved without git's knowledge."""
        self.repository.commit({"app/a.py": EDITED})
        self.repository.write({"app/b.py": EDITED})
        self.repository.git("add", "app/b.py")
        self.repository.write({"app/b.py": EDITED + "z = 1\n", "app/new.py": "x = 1\n"})
        (self.repository.root / "app/old.py").rename(self.repository.root / "app/moved.py")
        self.sprung.unlink(missing_ok=True)

    def read_everything(self, root: str = ".") -> Change:
        """The change in every way in which covgate reads git; asserts that nothing ran."""
        environment = self.repository.environment
        place = self.repository.root / root
        found = read_change(ChangeRequest(environment=environment), place)
        read_change(ChangeRequest(environment=environment, staged=True), place)
        read_change(ChangeRequest(environment={**environment, "CI": "1", "GITHUB_BASE_REF": "main"}), place)
        read_change(ChangeRequest(environment=environment, base="mian"), place)
        what_became_of(["app/old.py", "app/gone.py"], found, place, environment)
        assert open_repository(place, environment).is_shallow is False
        assert not self.sprung.exists(), self.sprung.read_text()
        assert isinstance(found, Change), found
        return found


@pytest.fixture
def trap(tmp_path: Path) -> Trap:
    return Trap(tmp_path)


def by_path(change: Change) -> dict[str, ChangedFile]:
    return {file.path: file for file in change.files}


EXPECTED = {
    "app/a.py": ("modified", ((5, 6),)),
    "app/b.py": ("modified", ((5, 6), (12, 12))),
    "app/moved.py": ("renamed", ()),
    "app/new.py": ("untracked", ((1, 1),)),
}


def told(change: Change) -> dict[str, tuple[str, object]]:
    return {file.path: (file.status, file.lines) for file in change.files if file.path.endswith(".py")}


# What a change can bring: a repository of its own.


def plant_bare_repository(folder: Path, trap: Trap, *, work_tree: str) -> None:
    """What `git init --bare` makes, with commands wherever git's configuration takes one."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "HEAD").write_text("ref: refs/heads/main\n")
    for name in ("objects/info", "objects/pack", "refs/heads"):
        (folder / name).mkdir(parents=True)
        (folder / name / ".keep").write_text("")
    config = f"""
[core]
    repositoryformatversion = 0
    bare = false
    worktree = {work_tree}
    fsmonitor = {trap.command}
    hooksPath = hooks
[filter "x"]
    clean = {trap.command}
    required = true
[diff]
    external = {trap.command}
"""
    (folder / "config").write_text(config)


@pytest.mark.parametrize("work_tree", [".", "..", "/"])
@pytest.mark.parametrize("root", ["pkg", "pkg/inner", "."])
def test_x1_1_a_bare_repository_committed_below_or_at_the_root_is_not_taken_for_the_projects(
    trap: Trap, work_tree: str, root: str
) -> None:
    """Issue F, 1: `covgate check` said PASSED, and ran the filter."""
    repository = trap.repository
    plant_bare_repository(repository.root / ("." if root == "." else "pkg"), trap, work_tree=work_tree)
    repository.write({"pkg/.gitattributes": "* filter=x\n", "pkg/inner/m.py": "x = 1\n", "pkg/m.py": "x = 1\n"})
    repository.commit()
    found = trap.read_everything(root)
    m = {".": "pkg/inner/m.py", "pkg": "inner/m.py", "pkg/inner": "m.py"}[root]
    assert by_path(found)[m].lines == ((1, 1),)
    assert found.base == repository.git("rev-parse", "main").decode().strip()


def test_x1_1_with_a_git_that_does_not_know_the_setting_the_repository_that_it_found_is_looked_at(
    trap: Trap, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("covgate.git.process.SETTINGS", ("core.hooksPath=/dev/null", "core.fsmonitor="))
    plain = tmp_path / "plain"
    plant_bare_repository(plain, trap, work_tree=".")
    (plain / ".git").mkdir()  # git goes past it
    assert (
        subprocess.run(["git", "-C", plain, "rev-parse"], env=trap.repository.environment, check=False).returncode == 0
    )
    with pytest.raises(GitError, match="is in no git repository"):
        open_repository(plain, trap.repository.environment)
    plant_bare_repository(trap.repository.root / "pkg", trap, work_tree=".")
    trap.repository.commit({"pkg/m.py": "x = 1\n"})
    assert set(by_path(trap.read_everything("pkg"))) >= {"m.py"}
    assert open_repository(trap.repository.root / "pkg", trap.repository.environment).top == trap.repository.root


def test_x1_a_repository_whose_work_tree_is_elsewhere_is_refused(trap: Trap, tmp_path: Path) -> None:
    trap.repository.git("config", "core.worktree", str(tmp_path))
    with pytest.raises(GitError, match="is another folder"):
        open_repository(trap.repository.root / "app", trap.repository.environment)
    found = read_change(
        ChangeRequest(environment={**trap.repository.environment, "CI": "1"}, is_asked_for=True), trap.repository.root
    )
    assert isinstance(found, ChangeUnavailable)
    assert found.is_error


@pytest.mark.parametrize(
    "name", ["GIT_DIR", "GIT_COMMON_DIR", "GIT_WORK_TREE", "GIT_CEILING_DIRECTORIES", "GIT_INDEX_FILE"]
)
def test_x1_variables_of_a_hook_do_not_choose_another_repository(trap: Trap, tmp_path: Path, name: str) -> None:
    plant_bare_repository(tmp_path / "planted", trap, work_tree=str(trap.repository.root))
    trap.change_much()
    value = str(trap.repository.root if name == "GIT_CEILING_DIRECTORIES" else tmp_path / "planted")
    trap.repository.environment[name] = value
    found = read_change(ChangeRequest(environment=trap.repository.environment), trap.repository.root / "app")
    assert isinstance(found, Change)
    assert not trap.sprung.exists()
    assert {f"app/{file.path}": (file.status, file.lines) for file in found.files} == EXPECTED


# Worktrees, submodules and gitfiles: the repository is the one that `.git` names.


def test_x1_a_linked_worktree_from_its_subfolder(trap: Trap, tmp_path: Path) -> None:
    trap.repository.git("worktree", "add", "-q", "-b", "second", str(tmp_path / "tree"))
    second = Repository.__new__(Repository)
    second.root, second.environment = tmp_path / "tree", trap.repository.environment
    second.commit({"app/a.py": EDITED})
    plant_bare_repository(second.root / "app", trap, work_tree=".")
    found = read_change(ChangeRequest(environment=second.environment), second.root / "app")
    assert isinstance(found, Change)
    assert by_path(found)["a.py"].lines == ((5, 6),)
    assert not trap.sprung.exists()


def test_x1_a_bare_repository_with_worktrees_beside_it(trap: Trap, tmp_path: Path) -> None:
    """`proj/.git` names `proj/.bare`, and the work trees are folders of `proj`."""
    trap.repository.git("clone", "-q", "--bare", str(trap.repository.root), str(tmp_path / "proj/.bare"))
    (tmp_path / "proj/.git").write_text("gitdir: ./.bare\n")
    made = Repository.__new__(Repository)
    made.root, made.environment = tmp_path / "proj", trap.repository.environment
    made.git("worktree", "add", "-q", "-b", "third", "tree", "main")
    made.root = tmp_path / "proj/tree"
    made.commit({"app/a.py": EDITED})
    found = read_change(ChangeRequest(environment=made.environment), made.root)
    assert isinstance(found, Change)
    assert told(found) == {"app/a.py": ("modified", ((5, 6),))}


def test_x1_a_submodule_is_a_repository_of_its_own_and_runs_nothing_for_the_one_above(
    trap: Trap, tmp_path: Path
) -> None:
    inner = Repository(tmp_path / "inner", hostile=False)
    inner.commit({"x.py": BODY})
    trap.repository.git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(inner.root), "vendored")
    trap.repository.commit()
    module = Repository.__new__(Repository)
    module.root, module.environment = trap.repository.root / "vendored", trap.repository.environment
    module.git("checkout", "-q", "-b", "feature")
    module.commit({"x.py": EDITED})
    for key in ("core.fsmonitor", "filter.x.clean", "diff.external", "diff.x.textconv"):
        module.git("config", key, trap.command)
    module.write({"x.py": EDITED + "y = 1\n", ".gitattributes": "* filter=x diff=x\n"})
    trap.repository.git("config", "diff.submodule", "diff")
    trap.repository.git("config", "diff.ignoreSubmodules", "none")
    trap.repository.git("config", "submodule.recurse", "true")
    trap.sprung.unlink(missing_ok=True)
    assert "vendored" not in by_path(trap.read_everything())
    module.git("config", "--unset", "filter.x.clean")
    found = read_change(ChangeRequest(environment=module.environment), module.root)
    assert isinstance(found, Change)
    assert by_path(found)["x.py"].lines == ((5, 6), (12, 12))
    assert not trap.sprung.exists()


# What attributes, settings and files of the repository could make git run.


def includes_a_file_of_the_tree(trap: Trap, text: str) -> None:
    """Some teams share git settings by `include.path = ../.gitconfig`; a change can edit that file."""
    trap.repository.write({".gitconfig": text})
    trap.repository.git("config", "include.path", "../.gitconfig")


ATTRIBUTES = "* filter=x diff=x merge=x\n"
SETTINGS = {
    "clean filter": '[filter "x"]\nclean = {0}\nsmudge = {0}\nrequired = true\n',
    "filter process": '[filter "x"]\nprocess = {0}\nrequired = true\n',
    "textconv": '[diff "x"]\ntextconv = {0}\ncachetextconv = true\n',
    "diff driver": '[diff "x"]\ncommand = {0}\n',
    "external diff": "[diff]\nexternal = {0}\n",
    "fsmonitor": "[core]\nfsmonitor = {0}\n",
    "pager": "[core]\npager = {0}\n[pager]\ndiff = {0}\nlog = {0}\nshow = {0}\n",
    "ssh, proxy, askpass": "[core]\nsshCommand = {0}\ngitProxy = {0}\naskPass = {0}\n[credential]\nhelper = !{0}\n",
    "alternates": "[core]\nalternateRefsCommand = {0}\n",
    "alias": "[alias]\ndiff = !{0}\nrev-parse = !{0}\nls-files = !{0}\nlog = !{0}\n",
    "signatures": '[log]\nshowSignature = true\n[gpg]\nprogram = {0}\n[gpg "ssh"]\nprogram = {0}\n',
    "editor": "[core]\neditor = {0}\n[sequence]\neditor = {0}\n",
    "merge driver": '[merge "x"]\ndriver = {0}\n',
    "order file": "[diff]\norderFile = /nowhere\n",
    "trace": "[trace2]\nnormalTarget = {1}\n",
}


@pytest.mark.parametrize("kind", SETTINGS)
def test_x1_no_setting_that_a_change_could_bring_runs_a_program(trap: Trap, kind: str) -> None:
    trap.change_much()
    trap.repository.write({".gitattributes": ATTRIBUTES})
    includes_a_file_of_the_tree(trap, SETTINGS[kind].format(trap.command, trap.sprung))
    trap.sprung.unlink(missing_ok=True)
    assert told(trap.read_everything()) == EXPECTED


def test_x1_the_traps_would_spring(trap: Trap) -> None:
    """What the tests here plant does run where git is asked plainly."""
    for kind in ("clean filter", "textconv", "diff driver", "fsmonitor"):
        includes_a_file_of_the_tree(trap, SETTINGS[kind].format(trap.command, trap.sprung))
        trap.change_much() if kind == "clean filter" else None
        trap.repository.write({".gitattributes": ATTRIBUTES, "app/b.py": EDITED + f"# {kind}\n"})
        subprocess.run(
            ["git", "diff"], cwd=trap.repository.root, env=trap.repository.environment, check=False, capture_output=True
        )
        assert trap.sprung.exists(), kind
        trap.sprung.unlink()


def test_x1_a_filter_of_the_tree_with_an_odd_name_is_refused(trap: Trap) -> None:
    includes_a_file_of_the_tree(trap, f'[filter "a=b"]\nclean = {trap.command}\n')
    with pytest.raises(GitError, match="a=b"):
        open_repository(trap.repository.root, trap.repository.environment)


@pytest.mark.parametrize(
    "name", ["post-index-change", "reference-transaction", "pre-commit", "post-checkout", "fsmonitor-watchman"]
)
@pytest.mark.parametrize("shared", [True, False])
def test_x1_no_hook_runs(trap: Trap, name: str, shared: bool) -> None:
    """husky and others have `core.hooksPath` name a folder of the tree."""
    folder = ".hooks" if shared else ".git/hooks"
    trap.change_much()
    trap.repository.write({f"{folder}/{name}": f"#!/bin/sh\necho ran >> {trap.sprung}\n"})
    (trap.repository.root / folder / name).chmod(0o755)
    if shared:
        trap.repository.git("config", "core.hooksPath", ".hooks")
    trap.sprung.unlink(missing_ok=True)
    assert told(trap.read_everything()) == EXPECTED


def test_x1_the_users_own_filter_works(trap: Trap) -> None:
    """As git-lfs does: configured by the user, assigned by an attribute of the change."""
    home = Path(trap.repository.environment["HOME"])
    (home / "upper.sh").write_text(f"#!/bin/sh\necho ran >> {home}/ran\ntr a-z A-Z\n")
    (home / "upper.sh").chmod(0o755)
    trap.repository.git("config", "--global", "filter.upper.clean", str(home / "upper.sh"))
    trap.repository.git("checkout", "-q", "main")
    trap.repository.write({".gitattributes": "*.txt filter=upper\n"})
    trap.repository.commit({"notes.txt": "one\ntwo\n"})
    trap.repository.git("checkout", "-q", "-B", "feature")
    trap.repository.write({"notes.txt": "one\nTwo\nthree\n"})
    found = trap.read_everything()
    assert (home / "ran").exists()
    assert by_path(found)["notes.txt"].lines == WHOLE_FILE  # its lines are not the stored ones


def test_x1_a_git_in_the_folder_is_not_run(trap: Trap) -> None:
    trap.change_much()
    for place in ("git", "app/git"):
        trap.repository.write({place: trap.program.read_text()})
        (trap.repository.root / place).chmod(0o755)
    trap.repository.environment["PATH"] = f".:{os.pathsep}{trap.repository.environment['PATH']}:app"
    assert told(trap.read_everything()) == EXPECTED


def test_x1_a_partial_clone_asks_no_server(trap: Trap, tmp_path: Path) -> None:
    """And the message says what is missing, and how to get it."""
    trap.change_much()
    trap.repository.commit()
    trap.repository.git("config", "uploadpack.allowFilter", "true")
    cloned = Repository.__new__(Repository)
    cloned.root, cloned.environment = tmp_path / "partial", trap.repository.environment
    trap.repository.git(
        "clone", "-q", "--filter=blob:none", "--branch", "feature", f"file://{trap.repository.root}", str(cloned.root)
    )
    cloned.git("config", "remote.origin.uploadpack", trap.command)
    request = ChangeRequest(environment={**cloned.environment, "CI": "1"}, is_asked_for=True, base="origin/main")
    found = read_change(request, cloned.root)
    assert not trap.sprung.exists()
    assert isinstance(found, ChangeUnavailable)
    assert found.is_error
    assert "partial clone" in found.reason
    assert "clone without --filter" in found.remedy
    cloned.git("config", "--unset", "remote.origin.uploadpack")
    cloned.git("diff", "origin/main")  # as the remedy says
    assert isinstance(read_change(request, cloned.root), Change)


def test_x1_a_ref_is_never_taken_for_an_option(trap: Trap) -> None:
    trap.change_much()
    repository = open_repository(trap.repository.root, trap.repository.environment)
    for ref in (f"--output={trap.sprung}", "-h", "--all", "^main", "main\0", "main..feature", "", "\n"):
        assert repository.commit(ref) is None
    environment = {**trap.repository.environment, "GITHUB_BASE_REF": f"--output={trap.sprung}"}
    assert isinstance(read_change(ChangeRequest(environment=environment), trap.repository.root), ChangeUnavailable)
    assert not trap.sprung.exists()


# Nothing is written.


def digest_of(folder: Path) -> dict[str, tuple[str, int]]:
    """Every file's content and time of change, the index's too.

    git sets the time of the shared part of a split index whenever it reads it, and cannot be told not to.
    """
    return {
        str(path.relative_to(folder)): (
            hashlib.sha256(path.read_bytes()).hexdigest(),
            0 if path.name.startswith("sharedindex.") else path.stat().st_mtime_ns,
        )
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def with_stale_index(trap: Trap) -> None:
    """Files that git takes for edited until it has looked at them: it would note that in the index."""
    for path in (trap.repository.root / "app").iterdir():
        os.utime(path, (1_000_000_000, 1_000_000_000))


def with_split_index(trap: Trap) -> None:
    trap.repository.git("update-index", "--split-index")


def with_untracked_cache(trap: Trap) -> None:
    trap.repository.git("config", "core.untrackedCache", "true")
    trap.repository.git("update-index", "--force-untracked-cache")


@pytest.mark.parametrize("prepare", [with_stale_index, with_split_index, with_untracked_cache])
def test_x1_nothing_is_written_to_the_repository(trap: Trap, prepare: Callable[[Trap], None]) -> None:
    trap.change_much()
    trap.repository.write({".gitattributes": "app/a.py filter=own\n"})
    trap.repository.git("config", "filter.own.clean", "cat")
    prepare(trap)
    before = digest_of(trap.repository.root)
    found = trap.read_everything()
    assert digest_of(trap.repository.root) == before
    assert told(found) == EXPECTED


def test_x1_nothing_is_written_where_there_is_no_index(trap: Trap) -> None:
    """Issue F, 17: a traceback. What the index does not name is compared with the base all the same."""
    trap.change_much()
    trap.repository.git("add", "--all")
    trap.repository.commit()
    (trap.repository.root / ".git/index").unlink()
    before = digest_of(trap.repository.root)
    found = told(trap.read_everything())
    assert digest_of(trap.repository.root) == before
    assert found == {**EXPECTED, "app/new.py": ("untracked", ((1, 1),))}


# Opening: one question where everything is as usual, git's own answer where it is not.


def test_x1_a_git_entry_that_is_no_repository_is_passed_by(trap: Trap) -> None:
    (trap.repository.root / "app/.git").mkdir()
    assert open_repository(trap.repository.root / "app", trap.repository.environment).top == trap.repository.root
    (trap.repository.root / "app/.git").rmdir()
    (trap.repository.root / "app/.git").write_text("gitdir: ../nowhere\n")
    with pytest.raises(GitError, match="in no git repository"):
        open_repository(trap.repository.root / "app", trap.repository.environment)


@pytest.mark.parametrize("key", ["core.bare", "core.worktree"])
def test_x1_settings_of_the_user_that_a_repository_alone_may_have_change_nothing(trap: Trap, key: str) -> None:
    """git looks for them in the repository's own file only."""
    trap.repository.git("config", "--global", key, "true" if key == "core.bare" else "/")
    trap.change_much()
    assert told(trap.read_everything()) == EXPECTED


def test_x1_a_bare_repository_is_no_work_tree(trap: Trap) -> None:
    trap.repository.git("config", "core.bare", "true")
    with pytest.raises(GitError, match="in no git repository") as error:
        open_repository(trap.repository.root, trap.repository.environment)
    assert error.value.is_expected


def test_x1_a_repository_without_settings_is_opened_all_the_same(trap: Trap) -> None:
    trap.change_much()
    (trap.repository.root / ".git/config").write_text("")
    assert told(trap.read_everything()) == EXPECTED


def test_x1_the_settings_of_a_repository_that_the_user_includes_do_not_open_another(
    trap: Trap, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The one at hand is broken, and a change has planted another in its place, which an old git would take."""
    monkeypatch.setattr("covgate.git.process.SETTINGS", ("core.hooksPath=/dev/null",))
    root = trap.repository.root
    trap.repository.git("config", "--global", "include.path", str(root / ".git/config"))
    (root / ".git/HEAD").unlink()
    plant_bare_repository(root, trap, work_tree=".")
    with pytest.raises(GitError):
        open_repository(root, trap.repository.environment)


@pytest.mark.parametrize("place", ["a submodule", "a linked worktree", "a link to .git"])
def test_x1_one_repository_however_its_folder_is_named(trap: Trap, tmp_path: Path, place: str) -> None:
    top = trap.repository.root
    if place == "a submodule":
        inner = Repository(tmp_path / "inner", hostile=False)
        inner.commit({"x.py": BODY})
        allowed = ("-c", "protocol.file.allow=always")
        trap.repository.git(*allowed, "submodule", "--quiet", "add", str(inner.root), "vendored")
        top = trap.repository.root / "vendored"
    elif place == "a linked worktree":
        trap.repository.git("worktree", "add", "-q", "-b", "second", str(tmp_path / "tree"))
        top = tmp_path / "tree"
    else:
        (top / ".git").rename(tmp_path / "kept")
        (top / ".git").symlink_to(tmp_path / "kept")
    opened = open_repository(top, trap.repository.environment)
    assert opened.top == top
    asked = ("rev-parse", "--path-format=absolute", "--git-dir", "--git-common-dir")
    git_folder, common = os.fsdecode(opened.run(*asked)).split()
    assert os.path.samefile(opened.folder, git_folder)
    assert os.path.samefile(opened.common_folder, common)
    assert opened.commit("HEAD")


@pytest.mark.parametrize("ref", ["refs/remotes/origin/HEAD", "HEAD"])
def test_what_a_ref_stands_for_is_what_git_says(trap: Trap, ref: str) -> None:
    git, root = trap.repository.git, trap.repository.root
    opened = open_repository(root, trap.repository.environment)
    target = "refs/heads/feature" if ref == "HEAD" else "refs/remotes/origin/main"
    git("update-ref", "refs/remotes/origin/main", "main")
    assert opened.symbolic_target("refs/remotes/origin/HEAD") is None
    commit = git("rev-parse", "main")
    git("symbolic-ref", ref, target)
    assert opened.symbolic_target(ref) == target
    path = root / ".git" / ref
    path.unlink()
    path.symlink_to(target)  # as git once wrote it, and still reads it
    assert opened.symbolic_target(ref) == git("symbolic-ref", ref).decode().strip() == target
    path.unlink()
    path.write_bytes(commit)
    assert opened.symbolic_target(ref) is None


def test_settings_that_may_hold_a_password_are_not_kept(trap: Trap) -> None:
    trap.repository.git("config", "http.https://example.invalid/.extraheader", "AUTHORIZATION: basic c2VjcmV0")
    assert "c2VjcmV0" not in repr(open_repository(trap.repository.root, trap.repository.environment))
