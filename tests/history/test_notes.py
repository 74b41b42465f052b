"""H5: records shared through git notes, between real clones of a real bare repository."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from clones import Clone, make_server, notes_of
from conftest import clean_environment
from covgate.git.change import read_change
from covgate.git.process import GitError
from covgate.git.repository import open_repository
from covgate.git.request import ChangeRequest
from covgate.history import notes
from covgate.history.baseline import BaselineRequest, find_baseline
from covgate.history.notes import Pulled, Pushed
from covgate.model.comparison import Baseline, BaselineMissing
from covgate.model.record_json import from_line, to_line
from records import ENVIRONMENT, covered, revision, run_of_cart
from repositories import Repository


@pytest.fixture
def server(tmp_path: Path) -> Path:
    return make_server(tmp_path, commits=3)


@pytest.fixture
def one(tmp_path: Path, server: Path) -> Clone:
    return Clone(tmp_path / "one", server)


@pytest.fixture
def other(tmp_path: Path, server: Path) -> Clone:
    return Clone(tmp_path / "other", server)


def edit_note(clone: Clone, tree: str, text: str) -> None:
    """As a person would: add to a note by hand, and push it."""
    git = clone.repository.git
    git("fetch", "-q", "origin", "+refs/notes/covgate:refs/notes/covgate")
    who = ("-c", "user.name=a", "-c", "user.email=a@b")
    git(*who, "notes", "--ref=refs/notes/covgate", "append", "-m", text, tree)
    git("push", "-q", "origin", "refs/notes/covgate")


def test_h5_what_one_pushes_another_pulls(one: Clone, other: Clone, server: Path) -> None:
    kept = one.record("run1")
    assert one.push() == Pushed(new=1, offered=1)
    assert notes_of(server) == {kept.revision.tree if kept.revision else "": [to_line(kept)]}
    assert other.pull() == Pulled(new=1)
    assert other.store.all() == [kept]


def test_h5_nothing_is_pushed_twice_and_nothing_pulled_twice(one: Clone, other: Clone, server: Path) -> None:
    one.record("run1")
    one.push()
    before = head_of(server)
    assert one.push() == Pushed(new=0, offered=1)
    other.pull()
    assert other.push() == Pushed(new=0, offered=1)
    assert head_of(server) == before
    assert other.pull() == Pulled(new=0)


def head_of(server: Path) -> str:
    return subprocess.run(
        ["git", "rev-parse", "refs/notes/covgate"], cwd=server, capture_output=True, text=True, check=True
    ).stdout


def test_h5_only_complete_passing_runs_of_unchanged_commits_are_pushed(one: Clone, server: Path) -> None:
    whole = one.record("whole")
    found = whole.revision
    assert found is not None
    one.store.add(
        [
            run_of_cart("edited", revision=found._replace(is_clean=False)),
            run_of_cart("partial", revision=found, is_complete=False),
            run_of_cart("failed", revision=found, tests_passed=False),
            run_of_cart("homeless", revision=None),
        ]
    )
    assert one.push() == Pushed(new=1, offered=1)
    assert [from_line(line).run for lines in notes_of(server).values() for line in lines] == ["whole"]


def test_pull_before_anybody_has_pushed_says_so(one: Clone) -> None:
    assert one.pull() == Pulled(is_empty=True)


def test_two_who_have_never_fetched_share_one_note(one: Clone, other: Clone) -> None:
    one.record("run1")
    other.record("run2")
    assert (one.push().new, other.push().new) == (1, 1)
    assert (one.pull().new, other.pull().new) == (1, 1)
    assert one.runs() == other.runs() == ["run1", "run2"]


def test_a_note_of_several_lines_gives_what_was_not_known(one: Clone, other: Clone) -> None:
    one.record("run1")
    one.push()
    other.pull()
    one.record("run2")
    one.record("run3", "HEAD~1")
    assert one.push() == Pushed(new=2, offered=3)
    assert other.pull() == Pulled(new=2)
    assert other.runs() == ["run1", "run2", "run3"]


WRITER = """
import os, sys
sys.path.insert(0, {tests!r})
from pathlib import Path
from covgate.cli.main import main
print("ready", flush=True)
sys.stdin.readline()
sys.exit(main(["history", "push", "--strict", "--root", sys.argv[1]]))
"""


def test_h5_eight_clones_that_push_at_the_same_time_lose_nothing(tmp_path: Path, server: Path) -> None:
    clones = [Clone(tmp_path / f"clone{number}", server) for number in range(8)]
    for number, clone in enumerate(clones):
        clone.record(f"of-one-tree-{number}")
        clone.record(f"of-another-{number}", f"HEAD~{number % 3}")
    script = WRITER.format(tests=str(Path(__file__).parents[1]))
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", script, str(clone.root)],
            env=clean_environment(clone.repository.environment),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for clone in clones
    ]
    for writer in writers:
        assert writer.stdout is not None
        assert writer.stdout.readline() == "ready\n"
    for writer in writers:  # all of them at once
        assert writer.stdin is not None
        writer.stdin.write("go\n")
        writer.stdin.flush()
    for writer in writers:
        out, err = writer.communicate(timeout=120)
        assert (writer.returncode, err) == (0, ""), out
    shared = sorted(from_line(line).run for lines in notes_of(server).values() for line in lines)
    assert shared == sorted([f"of-one-tree-{n}" for n in range(8)] + [f"of-another-{n}" for n in range(8)])


def refuse_pushes(server: Path) -> None:
    hook = server / "hooks/pre-receive"
    hook.write_text("#!/bin/sh\necho 'you may only read here' >&2\nexit 1\n")
    hook.chmod(0o755)


def test_a_server_that_refuses_is_asked_once_and_its_words_are_told(one: Clone, server: Path) -> None:
    refuse_pushes(server)
    one.record("run1")
    with pytest.raises(GitError, match="origin has not taken refs/notes/covgate: you may only read here"):
        one.push()
    assert notes_of(server) == {}
    (server / "hooks/pre-receive").unlink()
    assert one.push() == Pushed(new=1, offered=1)  # what was refused is not forgotten


def test_a_fork_without_rights_pulls_only(one: Clone, other: Clone, server: Path) -> None:
    one.record("run1")
    one.push()
    refuse_pushes(server)
    other.record("run2", "HEAD~1")
    with pytest.raises(GitError):
        other.push()
    assert other.pull() == Pulled(new=1)
    assert sum(map(len, notes_of(server).values())) == 1


@pytest.mark.skipif(hasattr(os, "geteuid") and os.geteuid() == 0, reason="root may write everywhere")
def test_a_remote_without_the_right_to_write(one: Clone, server: Path) -> None:
    one.record("run1")
    (server / "objects").chmod(0o555)
    with pytest.raises(GitError, match="origin has not taken"):
        one.push()
    (server / "objects").chmod(0o755)


def test_others_that_are_always_faster_end_the_tries(
    one: Clone, other: Clone, server: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(notes, "FIRST_WAIT", 0.0)
    monkeypatch.setattr(notes, "TRIES", 3)
    other.record("run1")
    other.push()
    hook = server / "hooks/update"
    hook.write_text("#!/bin/sh\ngit update-ref $1 $(git commit-tree -p $1 -m more $1^{tree})\n")
    hook.chmod(0o755)
    subprocess.run(["git", "config", "user.email", "a@b"], cwd=server, check=True)
    subprocess.run(["git", "config", "user.name", "a"], cwd=server, check=True)
    one.record("run2")
    with pytest.raises(GitError, match="at the same time, 3 times"):
        one.push()
    hook.unlink()
    assert one.push() == Pushed(new=1, offered=1)


def test_a_shallow_clone_pushes_and_pulls(tmp_path: Path, one: Clone, server: Path) -> None:
    one.record("run1", "HEAD~2")
    one.record("run2")
    one.push()
    shallow = Clone(tmp_path / "shallow", server, "--depth=1")
    shallow.record("run3")
    assert open_repository(shallow.root, shallow.repository.environment).is_shallow
    assert shallow.pull() == Pulled(new=2)
    assert shallow.push() == Pushed(new=1, offered=3)
    assert one.pull() == Pulled(new=1)
    assert one.runs() == shallow.runs() == ["run1", "run2", "run3"]


def test_a_note_that_somebody_edited_costs_the_edited_lines_only(one: Clone, other: Clone, server: Path) -> None:
    kept = one.record("run1")
    one.push()
    assert kept.revision is not None
    good = json.loads(to_line(kept))
    foreign = to_line(run_of_cart("moved", revision=revision(tree="3" * 40)))
    edited = to_line(run_of_cart("edited", revision=kept.revision._replace(is_clean=False)))
    cut = json.dumps({**good, "run": "cut", "modules": {"a.py": {"statements": "x"}}})
    for line in ("what a low number!", foreign, edited, cut, '{"run": "other"}', "\ufffd{}"):
        edit_note(one, kept.revision.tree, line)
    assert other.pull() == Pulled(new=1, damaged=6)
    assert other.runs() == ["run1"]
    other.record("run2")
    other.push()  # adds its line, and changes none of them
    lines = notes_of(server)[kept.revision.tree]
    assert "what a low number!" in lines
    assert len(lines) == 8


def test_a_line_of_a_newer_version_is_kept_in_git_and_read_once_it_is_known(
    one: Clone, other: Clone, server: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = one.record("run1")
    one.push()
    assert kept.revision is not None
    newer = json.dumps(
        {**json.loads(to_line(kept)), "schema": 2, "run": "newer"}, sort_keys=True, separators=(",", ":")
    )
    edit_note(one, kept.revision.tree, newer)
    assert other.pull() == Pulled(new=1, newer=1)
    other.record("run2")
    other.push()
    assert newer in notes_of(server)[kept.revision.tree]
    assert other.pull() == Pulled(newer=1)
    monkeypatch.setattr("covgate.model.record_json.SCHEMA", 2)  # as the newer version reads it
    assert other.pull().new == 1


def test_notes_on_something_else_and_other_files_are_passed_over(one: Clone, other: Clone) -> None:
    kept = one.record("run1")
    one.push()
    assert kept.revision is not None
    edit_note(one, "HEAD", "a note on a commit")
    assert other.pull() == Pulled(new=1, damaged=1)


def test_an_overlong_note_is_counted_and_never_replaced(
    one: Clone, other: Clone, server: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one.record("run1")
    one.push()
    before = notes_of(server)
    monkeypatch.setattr(notes, "MOST_BYTES", 10)
    assert other.pull() == Pulled(damaged=1)
    other.record("run2")
    with pytest.raises(GitError, match="is longer than"):
        other.push()
    assert notes_of(server) == before


def test_notes_that_git_has_spread_over_folders_are_found(one: Clone, other: Clone) -> None:
    """git does so where there are many."""
    trees = [f"{number:02x}" * 20 for number in range(1, 30)]
    lines = [to_line(run_of_cart(f"run-{tree}", revision=revision(tree=tree))) for tree in trees]
    files = "".join(
        f"M 100644 inline {tree[:2]}/{tree[2:4]}/{tree[4:]}\ndata {len(line)}\n{line}\n"
        for tree, line in zip(trees, lines, strict=True)
    )
    commit = f"commit refs/notes/covgate\ncommitter a <a@b> 1 +0000\ndata 0\n{files}M 100644 inline readme\ndata 1\nx\n"
    subprocess.run(["git", "fast-import", "--quiet"], cwd=one.root, input=commit.encode(), check=True)
    one.repository.git("push", "-q", "origin", "refs/notes/covgate")
    assert other.pull() == Pulled(new=29)
    assert other.push() == Pushed(new=0, offered=29)
    other.store.add([run_of_cart("more", revision=revision(tree=trees[0]))])
    assert other.push() == Pushed(new=1, offered=30)
    assert one.pull() == Pulled(new=30)


def test_a_pull_takes_the_records_of_its_own_project(one: Clone, other: Clone) -> None:
    one.record("mine")
    one.record("theirs", folder="services/other")
    one.push()
    assert other.pull() == Pulled(new=1)
    assert other.runs() == ["mine"]


def test_what_was_pruned_does_not_come_back(one: Clone, other: Clone) -> None:
    one.record("run1")
    one.push()
    other.pull()
    other.store.remove(other.store.all())
    assert other.pull() == Pulled()


def test_notes_of_unreachable_trees_stay(one: Clone, server: Path) -> None:
    """`git notes prune` would remove them in a shallow clone, which lacks the trees."""
    gone = run_of_cart("gone", revision=revision(tree="4" * 40))
    one.store.add([gone])
    one.push()
    one.record("run1")
    one.push()
    assert notes_of(server)["4" * 40] == [to_line(gone)]


def baseline_of(repository: Repository, clone: Clone, base: str) -> Baseline | BaselineMissing:
    change = read_change(ChangeRequest(environment=repository.environment, base=base), repository.root)
    return find_baseline(BaselineRequest(repository.root, repository.environment, clone.store, ENVIRONMENT), change)


@pytest.mark.parametrize("way", ["squash", "rebase", "merge queue"])
def test_h3_the_record_of_a_branch_is_found_on_main(one: Clone, other: Clone, way: str) -> None:
    """The commit on main is another than the one that was tested, with the same tree."""
    git = one.repository.git
    git("config", "user.name", "a")
    git("config", "user.email", "a@b")
    git("checkout", "-q", "-b", "feature")
    one.repository.commit({"shop/cart.py": "x = 7\n"})
    tested = one.repository.commit({"shop/refund.py": "y = 1\n"})
    one.record("run1", modules=(covered("shop/cart.py"), covered("shop/refund.py")))
    one.push()
    git("checkout", "-q", "main")
    if way == "squash":
        git("merge", "-q", "--squash", "feature")
        git("commit", "-q", "-m", "squashed")
    elif way == "rebase":
        git("-c", "user.name=server", "cherry-pick", "main..feature")
    else:
        git("merge", "-q", "--no-ff", "-m", "queued", "feature")
    git("push", "-q", "origin", "main")
    there = other.repository
    there.git("fetch", "-q", "origin", "+main:refs/remotes/origin/main")
    there.git("checkout", "-q", "-b", "next", "origin/main")
    there.git("config", "user.name", "a")
    there.git("config", "user.email", "a@b")
    there.commit({"shop/next.py": "z = 1\n"})
    assert isinstance(baseline_of(there, other, "origin/main"), BaselineMissing)
    other.pull()
    found = baseline_of(there, other, "origin/main")
    assert isinstance(found, Baseline)
    assert (found.record.run, found.distance) == ("run1", 0)
    assert there.git("rev-parse", "origin/main").decode().strip() != tested
