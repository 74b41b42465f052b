"""The two calls that contact a server: what they send, and what they run of what a change could configure."""

from __future__ import annotations

from pathlib import Path

import pytest

from covgate.errors import UsageError
from covgate.git.process import GitError
from covgate.git.remote import BusyError, Remote, identity_variables, open_remote
from covgate.git.repository import open_repository
from repositories import Repository

REF = "refs/notes/covgate"
TRAP = "#!/bin/sh\ntouch {}\n"


@pytest.fixture
def made(tmp_path: Path) -> Repository:
    """A clone of one commit, whose remote is the bare repository beside it."""
    made = Repository(tmp_path / "clone")
    made.git("init", "-q", "--bare", str(tmp_path / "server"))
    made.git("remote", "add", "origin", str(tmp_path / "server"))
    made.commit({"a.py": "x = 1\n"})
    return made


def remote_of(made: Repository, name: str = "origin", **environment: str) -> Remote:
    given = {**made.environment, **environment}
    return open_remote(open_repository(made.root, given), name, given)


def head_of(made: Repository) -> str:
    return made.git("rev-parse", "HEAD").decode().strip()


def test_what_is_pushed_is_fetched(made: Repository) -> None:
    remote = remote_of(made)
    assert remote.fetch(REF, f"{REF}-remote") is None
    remote.push(head_of(made), REF)
    assert remote.fetch(REF, f"{REF}-remote") == head_of(made)
    assert made.git("ls-remote", "origin").decode().split() == [head_of(made), REF]


def test_a_commit_that_would_lose_another_is_not_pushed(made: Repository) -> None:
    remote = remote_of(made)
    remote.push(made.commit({"a.py": "x = 2\n"}), REF)
    with pytest.raises(BusyError):
        remote.push(made.git("rev-parse", "HEAD~1").decode().strip(), REF)
    assert remote.fetch(REF, f"{REF}-remote") == head_of(made)


def test_a_lock_of_another_process_is_worth_another_try(made: Repository) -> None:
    remote = remote_of(made)
    remote.push(head_of(made), REF)
    lock = made.root / f".git/{REF}-remote.lock"
    lock.parent.mkdir(parents=True)
    lock.touch()
    with pytest.raises(BusyError):
        remote.fetch(REF, f"{REF}-remote")
    lock.unlink()
    assert remote.fetch(REF, f"{REF}-remote") == head_of(made)


@pytest.mark.parametrize("name", ["upstream", "--upload-pack=touch", "", "../server"])
def test_only_a_remote_that_the_settings_name_is_asked(made: Repository, name: str) -> None:
    with pytest.raises(UsageError, match="has no remote") as raised:
        remote_of(made, name)
    assert raised.value.remedy == "name one of origin with --remote"


def test_without_any_remote_the_remedy_says_how_to_add_one(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as raised:
        remote_of(Repository(tmp_path / "alone"))
    assert raised.value.remedy == "git remote add origin URL"


def test_a_remote_that_is_gone_is_an_error_of_one_line_without_its_password(made: Repository) -> None:
    made.git("remote", "set-url", "origin", str(made.root.parent / "no where"))
    with pytest.raises(GitError, match="nothing could be fetched from origin: ") as raised:
        remote_of(made).fetch(REF, f"{REF}-remote")
    assert "\n" not in raised.value.message
    made.git("remote", "set-url", "origin", "https://me:secret@localhost:1/x")
    with pytest.raises(GitError, match="localhost") as raised:
        remote_of(made).fetch(REF, f"{REF}-remote")
    assert "secret" not in str(raised.value)


def test_what_a_remote_says_is_told_and_cannot_control_the_terminal(made: Repository) -> None:
    hook = made.root.parent / "server/hooks/pre-receive"
    hook.write_text("#!/bin/sh\nprintf 'no \\033[31mnotes here\\n' >&2; exit 1\n")
    hook.chmod(0o755)
    with pytest.raises(GitError, match=r"origin has not taken refs/notes/covgate: no .*notes here") as raised:
        remote_of(made).push(head_of(made), REF)
    assert not isinstance(raised.value, BusyError)
    assert raised.value.message.isprintable()


def test_x1_ext_and_hooks_are_not_run(made: Repository, tmp_path: Path) -> None:
    touched = tmp_path / "touched"
    for name in ("pre-push", "reference-transaction", "post-checkout"):
        hook = made.root / ".git/hooks" / name
        hook.parent.mkdir(exist_ok=True)
        hook.write_text(TRAP.format(touched))
        hook.chmod(0o755)
    made.git("config", "core.alternateRefsCommand", f"touch {touched}; :")
    made.git("config", "push.gpgSign", "if-asked")
    made.git("config", "gpg.program", f"touch {touched}")
    (made.root / ".git/objects/info").mkdir(exist_ok=True)
    (made.root / ".git/objects/info/alternates").write_text(f"{tmp_path / 'server/objects'}\n")
    remote = remote_of(made)
    remote.push(head_of(made), REF)
    remote.fetch(REF, f"{REF}-remote")
    made.git("remote", "set-url", "origin", f"ext::sh -c touch% {touched}")
    with pytest.raises(GitError, match="transport 'ext' not allowed"):
        remote.fetch(REF, f"{REF}-remote")
    assert not touched.exists()


@pytest.mark.parametrize(
    "setting", ["[core]\nsshCommand = touch touched\n", "[credential]\nhelper = !touch touched\n", "[alias]\nx = y\n"]
)
def test_x1_settings_that_a_change_can_edit_are_refused(made: Repository, setting: str) -> None:
    made.write({".gitconfig": setting})
    made.git("config", "include.path", "../.gitconfig")
    with pytest.raises(GitError, match="a file of the work tree that any change can edit") as raised:
        remote_of(made)
    assert "remove this include" in raised.value.remedy


def test_the_users_own_variables_reach_git_and_those_of_a_hook_do_not(made: Repository) -> None:
    remote = remote_of(made, GIT_SSH_COMMAND="ssh -i key", GIT_DIR="x", GIT_ALLOW_PROTOCOL="ext")
    assert remote.environment["GIT_SSH_COMMAND"] == "ssh -i key"
    assert remote.environment["GIT_TERMINAL_PROMPT"] == "0"
    assert not {"GIT_DIR", "GIT_ALLOW_PROTOCOL"} & remote.environment.keys()


def test_only_the_one_ref_is_written_whatever_else_the_settings_fetch(made: Repository) -> None:
    remote = remote_of(made)
    remote.push(head_of(made), REF)
    made.git("tag", "v1")
    made.git("push", "-q", "origin", "v1", "HEAD:refs/heads/main")
    made.git("tag", "-d", "v1")
    made.git("config", "--add", "remote.origin.fetch", "+refs/*:refs/*")
    made.git("config", "remote.origin.tagOpt", "--tags")
    made.git("update-ref", REF, made.commit({"a.py": "x = 2\n"}))
    before = made.git("for-each-ref").decode().splitlines()
    remote.fetch(REF, f"{REF}-remote")
    after = made.git("for-each-ref").decode().splitlines()
    assert [line.split("\t")[1] for line in after if line not in before] == [f"{REF}-remote"]
    assert [line for line in before if line not in after] == []


def test_a_linked_worktree_has_the_remote_of_its_repository(made: Repository, tmp_path: Path) -> None:
    made.git("worktree", "add", "-q", "--detach", str(tmp_path / "linked"))
    remote = open_remote(open_repository(tmp_path / "linked", made.environment), "origin", made.environment)
    remote.push(head_of(made), REF)
    assert made.git("ls-remote", "origin").decode().split() == [head_of(made), REF]


def test_a_partial_clone_fetches_the_content(made: Repository, tmp_path: Path) -> None:
    remote_of(made).push(head_of(made), REF)
    made.git("-C", str(tmp_path / "server"), "config", "uploadpack.allowFilter", "true")
    made.git("remote", "set-url", "origin", (tmp_path / "server").as_uri())
    made.git("config", "remote.origin.promisor", "true")
    made.git("config", "remote.origin.partialCloneFilter", "blob:none")
    other = Repository(tmp_path / "partial")
    config = (made.root / ".git/config").read_text()
    (other.root / ".git/config").write_text(config)
    fetched = remote_of(other).fetch(REF, f"{REF}-remote")
    content = open_repository(other.root, other.environment).objects.find(f"{fetched}:a.py".encode())
    assert content is not None
    assert content.content == b"x = 1\n"


def test_an_author_is_named_only_where_the_user_is_not_known(made: Repository, tmp_path: Path) -> None:
    assert identity_variables(made.root, made.environment) == {}
    nobody = {**made.environment, "HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path)}
    assert identity_variables(made.root, nobody)["GIT_COMMITTER_EMAIL"] == "covgate@localhost"
