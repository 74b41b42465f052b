"""The process that finds objects: every kind of answer, and no way to make it wait or stay."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
from pathlib import Path

import pytest

from covgate.git.objects import ObjectReader
from covgate.git.repository import GitError, open_repository, share_repositories
from repositories import Repository


@pytest.fixture
def made(tmp_path: Path) -> Repository:
    repository = Repository(tmp_path / "repo")
    repository.commit({"a.py": "x = 1\n", "folder/b.py": "", "two words.py": "y = 1\n"})
    return repository


def reader(made: Repository) -> ObjectReader:
    return open_repository(made.root, made.environment).objects


def is_running(process_id: int) -> bool:
    try:
        os.kill(process_id, 0)
    except ProcessLookupError:
        return False
    return True


def process_id(objects: ObjectReader) -> int:
    process = objects._process
    assert process is not None
    return process.pid


def test_one_answer_after_the_other(made: Repository) -> None:
    (made.root / "link.py").symlink_to("a.py")
    (made.root / "outside.py").symlink_to("../../elsewhere 12\n")
    (made.root / "loop.py").symlink_to("loop.py")
    (made.root / "nowhere.py").symlink_to("missing/x.py")
    made.commit()
    objects = reader(made)
    commit = made.git("rev-parse", "HEAD").decode().strip()
    answers = {
        name: None if (found := objects.find(name.encode())) is None else (found.kind, found.content)
        for name in ("HEAD:a.py", "HEAD:folder/b.py", "HEAD:two words.py", "HEAD:link.py", "HEAD:missing.py",
                     "HEAD:outside.py", "HEAD:loop.py", "HEAD:nowhere.py", "HEAD:a.py/x", "HEAD:", "", "nowhere 12")
    }  # fmt: skip
    tree = answers.pop("HEAD:")
    assert tree is not None
    assert tree[0] == "tree"
    assert answers == {
        "HEAD:a.py": ("blob", b"x = 1\n"),
        "HEAD:folder/b.py": ("blob", b""),
        "HEAD:two words.py": ("blob", b"y = 1\n"),
        "HEAD:link.py": ("blob", b"x = 1\n"),
        **dict.fromkeys(["HEAD:missing.py", "HEAD:outside.py", "HEAD:loop.py", "HEAD:nowhere.py", "HEAD:a.py/x"]),
        "": None,
        "nowhere 12": None,
    }
    found = objects.find(b"HEAD^{commit}")
    assert found is not None
    assert found.id == commit


@pytest.mark.parametrize("name", [b"HEAD\n", b"HEAD\nHEAD", b"HEAD\r", b"HEAD\0"])
def test_a_name_with_a_line_end_is_no_name(made: Repository, name: bytes) -> None:
    objects = reader(made)
    assert objects.find(name) is None
    found = objects.find(b"HEAD")  # the next answer is that of the next question
    assert found is not None
    assert found.kind == "commit"


@pytest.mark.parametrize("length", [2**16 - 1, 2**16, 2**20])
def test_long_names_and_contents_are_no_deadlock(made: Repository, length: int) -> None:
    made.commit({"long.txt": b"x" * length})
    objects = reader(made)
    assert objects.find(b"HEAD:" + b"x" * length) is None
    found = objects.find(b"HEAD:long.txt")
    assert found is not None
    assert len(found.content) == length


def test_many_refused_objects_do_not_fill_a_pipe(made: Repository) -> None:
    """git complains of each on its standard error."""
    made.git("update-ref", "refs/heads/HEAD", "HEAD")  # now HEAD is two things
    objects = reader(made)
    for _ in range(3000):
        assert objects.find(b"HEAD:missing") is None


def test_a_git_that_has_ended_is_an_error_and_the_next_question_starts_another(made: Repository) -> None:
    objects = reader(made)
    assert objects.find(b"HEAD") is not None
    first = process_id(objects)
    objects._process.kill()  # type: ignore[union-attr]
    objects._process.wait()  # type: ignore[union-attr]
    with pytest.raises(GitError, match="git failed"):
        objects.find(b"HEAD")
    assert objects.find(b"HEAD") is not None
    assert process_id(objects) != first


def test_a_damaged_object_is_an_error(made: Repository) -> None:
    blob = made.git("rev-parse", "HEAD:a.py").decode().strip()
    path = made.root / ".git/objects" / blob[:2] / blob[2:]
    path.chmod(0o644)
    path.write_bytes(b"damaged")
    with pytest.raises(GitError, match="git failed"):
        reader(made).find(b"HEAD:a.py")


def test_a_partial_clone_that_lacks_a_file_says_so(made: Repository, tmp_path: Path) -> None:
    made.git("config", "uploadpack.allowFilter", "true")
    clone = tmp_path / "clone"
    made.git("clone", "-q", "--filter=blob:none", "--no-checkout", f"file://{made.root}", str(clone))
    objects = open_repository(clone, made.environment).objects
    assert objects.find(b"HEAD^{tree}") is not None
    assert objects.find(b"HEAD:missing.py") is None
    with pytest.raises(GitError, match="partial clone") as error:
        objects.find(b"HEAD:a.py")
    assert "clone without --filter" in error.value.remedy


def test_it_ends_with_its_repository(made: Repository) -> None:
    repository = open_repository(made.root, made.environment)
    assert repository.commit("HEAD")
    process = process_id(repository.objects)
    del repository
    gc.collect()
    assert not is_running(process)


def test_it_ends_with_what_is_shared(made: Repository) -> None:
    with share_repositories():
        repository = open_repository(made.root, made.environment)
        assert repository.commit("HEAD")
        assert open_repository(made.root, dict(made.environment)) is repository
        with share_repositories():  # within another, nothing of its own
            assert open_repository(made.root, made.environment) is repository
        process = process_id(repository.objects)
        assert is_running(process)
        assert open_repository(made.root, {**made.environment, "LANG": "C"}) is not repository
    assert not is_running(process)
    assert open_repository(made.root, made.environment) is not repository


@pytest.mark.skipif(not hasattr(os, "fork"), reason="only where processes fork")
def test_a_forked_process_that_holds_the_pipe_keeps_nobody_waiting(made: Repository) -> None:
    """Closing our end of the pipe would not end git: the child has the other copy of it."""
    program = f"""
import os, pathlib, signal
from covgate.git.repository import open_repository
repository = open_repository(pathlib.Path({str(made.root)!r}), dict(os.environ))
assert repository.commit("HEAD")
child = os.fork()
if not child:
    signal.pause()
repository.objects.close()
os.kill(child, signal.SIGKILL)
os.waitpid(child, 0)
"""
    command = [sys.executable, "-W", "error", "-c", program]
    subprocess.run(command, env=made.environment, check=True, timeout=60, capture_output=True)


def test_a_process_that_ends_leaves_no_git_behind_and_no_warning(made: Repository) -> None:
    program = f"""
import os, pathlib
from covgate.git.repository import open_repository
repository = open_repository(pathlib.Path({str(made.root)!r}), dict(os.environ))
assert repository.commit("HEAD")
print(repository.objects._process.pid)
"""
    command = [sys.executable, "-W", "error", "-X", "dev", "-c", program]
    done = subprocess.run(command, env=made.environment, check=True, timeout=60, capture_output=True, text=True)
    assert not done.stderr
    assert not is_running(int(done.stdout))
