"""`covgate history`: what it prints, what it changes, and its exit codes."""

from __future__ import annotations

import json
import sqlite3
from datetime import timedelta
from pathlib import Path

import pytest

from clones import Clone, make_server, notes_of
from conftest import Project, Run
from covgate.git.change import read_change
from covgate.git.request import ChangeRequest
from covgate.history.baseline import BaselineRequest, find_baseline
from covgate.history.store import FILE, Store
from covgate.model.comparison import Baseline
from covgate.model.record import EnvironmentKey, SuiteFacts
from covgate.model.record_json import from_line, to_line
from records import TIME, covered, revision, run_of_cart
from repositories import Repository


@pytest.fixture
def store(project: Project) -> Store:
    project.settings("[tool.covgate]\nmodule = 0\n")
    return Store(project.root / FILE)


def run(clone: Clone, *args: str) -> Run:
    return Project(clone.root).covgate("history", *args, env=clone.repository.environment)


def test_every_action_has_help(project: Project) -> None:
    listed = project.covgate("history", "--help").out
    for action in ("list", "show", "flaky", "push", "pull", "prune", "import"):
        assert f"    {action} " in listed
        assert f"usage: covgate history {action}" in project.covgate("history", action, "--help").out


def test_a_run_of_the_gate_is_listed_and_shown(shop: Project) -> None:
    shop.write({".gitignore": ".coverage*\n__pycache__/\n.pytest_cache/\n.covgate/\n"})
    shop.settings('[tool.covgate]\nsource = ["shop"]\n')
    commit = Repository(shop.root, hostile=False).commit(message="shop")
    assert shop.pytest("--covgate", env={"COVGATE_HISTORY": ""}).code == 0
    listed = shop.covgate("history", "list")
    assert (listed.code, listed.err) == (0, "")
    assert f"  {commit[:7]}  main" in listed.out
    shown = shop.covgate("history", "show", "HEAD")
    assert (shown.code, shown.err) == (0, "")
    assert f"commit       {commit}, on main\n" in shown.out
    assert shown.out.endswith(
        "modules\n  shop/__init__.py      -\n  shop/cart.py       50.0 %  3 of 6\n  shop/unused.py      0.0 %  0 of 2\n"
    )
    line = shop.covgate("history", "show", "--json").out
    assert shop.root.joinpath("record.json").write_text(line) > 0
    checked = shop.covgate("check", "--baseline", "record.json")
    assert checked.code == 0, checked
    assert shop.covgate("history", "show", commit[:10], "--json").out == line
    run_name = from_line(line).run
    assert shop.covgate("history", "show", run_name[:7], "--json").out == line


def test_list_has_the_newest_last_and_says_what_is_no_baseline(project: Project, store: Store) -> None:
    late = run_of_cart("late000", time=TIME + timedelta(hours=1), suite=SuiteFacts(tests=12, seconds=3.25))
    store.add(
        [
            late,
            run_of_cart(
                "early00",
                environment=EnvironmentKey(branches=True, systems=("Linux, Python 3.12", "Windows, Python 3.13")),
            ),
            run_of_cart(
                "edited0", revision=revision(is_clean=False), tests_passed=False, time=TIME - timedelta(days=1)
            ),
            run_of_cart(
                "none000", revision=None, is_complete=False, time=TIME - timedelta(days=2), environment=EnvironmentKey()
            ),
        ]
    )
    assert project.covgate("history", "list").out.splitlines() == [
        "run      date (UTC)        commit   branch  total  modules  tests  seconds  environment",
        "none000  2026-11-19 12:00  -        -        75.0        1      -        -  unknown system                                         no commit, partial",
        "edited0  2026-11-20 12:00  2222222  main     75.0        1      -        -  Linux, Python 3.12                                     edited files, tests failed",
        "early00  2026-11-21 12:00  2222222  main     75.0        1      -        -  Linux, Python 3.12 and Windows, Python 3.13, branches",
        "late000  2026-11-21 13:00  2222222  main     75.0        1     12      3.2  Linux, Python 3.12",
    ]  # fmt: skip
    few = project.covgate("history", "list", "-n", "1").out.splitlines()
    assert few[1].startswith("late000")
    assert few[2] == "the newest 1 of 4 records; --all lists all"


def test_list_has_twenty_unless_it_is_told_otherwise(project: Project, store: Store) -> None:
    store.add([run_of_cart(f"run{n:02}", time=TIME + timedelta(hours=n)) for n in range(25)])
    lines = project.covgate("history", "list").out.splitlines()
    assert (len(lines), lines[1][:5], lines[20][:5]) == (22, "run05", "run24")
    assert len(project.covgate("history", "list", "--all").out.splitlines()) == 26


def test_flaky_lines_are_listed_of_all_modules_or_of_one(project: Project, store: Store) -> None:
    suite = SuiteFacts(tests=1, digest="t")
    for number, count in enumerate((4, 3, 4)):
        store.add([run_of_cart(f"r{number}", modules=(covered(count=count),), suite=suite)])
    shown = project.covgate("history", "flaky")
    assert (shown.code, shown.out) == (
        0,
        "shop/cart.py\n  lines  flips          last between\n  4          2  proven  two runs of 2222222\n\n"
        "1 line proven flaky, 0 suspected, in 3 records\n",
    )
    for name in ("shop.cart", "shop/cart.py"):
        assert project.covgate("history", "flaky", name).out == shown.out
    (module,) = json.loads(project.covgate("history", "flaky", "--json").out)["modules"]
    assert [line["line"] for line in module["lines"]] == [4]
    wrong = project.covgate("history", "flaky", "shop.card")
    assert (wrong.code, wrong.out) == (2, "")
    assert "no record has a module 'shop.card'  [unknown-module]\n  did you mean shop.cart" in wrong.err


def test_without_any_run_the_list_says_how_to_get_one(project: Project, store: Store) -> None:
    listed = project.covgate("history", "list")
    assert (listed.code, listed.out) == (
        0,
        "no run is recorded yet; run pytest --covgate or covgate check --complete\n",
    )
    shown = project.covgate("history", "show")
    assert shown.code == 2
    assert "no run is recorded yet" in shown.err
    assert not store.file.exists()


@pytest.mark.parametrize(
    ("subject", "message"),
    [
        (
            "nowhere",
            "nowhere is neither a revision of this clone nor a recorded run  [unknown-revision]\n  covgate history list names the runs",
        ),
        (
            "HEAD",
            "is recorded  [no-record]\n  run pytest --covgate or covgate check --complete there, or covgate history pull",
        ),
        ("same", "several runs begin with same  [ambiguous-name]\n  give more of its name"),
        ("run", "run is neither a revision"),
        ("--upload-pack=x", "neither a revision"),
    ],
)
def test_show_of_what_is_not_there(project: Project, store: Store, subject: str, message: str) -> None:
    Repository(project.root, hostile=False).commit({"a.py": "x = 1\n"})
    store.add([run_of_cart("same-one"), run_of_cart("same-two"), run_of_cart("run1")])
    shown = project.covgate("history", "show", "--", subject)
    assert (shown.code, shown.out) == (2, "")
    assert message in shown.err


def test_runs_are_shown_where_there_is_no_repository(project: Project, store: Store) -> None:
    kept = run_of_cart("run1-and-more", revision=None)
    store.add([kept])
    assert project.covgate("history", "show", "run1", "--json").out == f"{to_line(kept)}\n"


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (
            "PRAGMA user_version = 9",
            "has version 9, this version of covgate reads 1  [history-refused]\n  pip install -U pytest-covgate",
        ),
        ("PRAGMA application_id = 9", "is not a history of covgate  [history-refused]\n  move it away"),
        ("DELETE FROM contents", "is damaged: "),
    ],
)
def test_a_store_that_cannot_be_read_is_one_message(project: Project, store: Store, damage: str, message: str) -> None:
    store.add([run_of_cart()])
    with sqlite3.connect(store.file) as database:
        database.execute(damage)
    database.close()
    for args in (("list",), ("show",), ("prune", "--before=2027-01-01")):
        done = project.covgate("history", *args)
        assert (done.code, done.out) == (2, "")
        assert message in done.err


def test_a_history_that_somebody_committed_is_not_used(project: Project, store: Store) -> None:
    store.add([run_of_cart()])
    repository = Repository(project.root, hostile=False)
    repository.git("add", "--force", ".covgate")
    repository.commit()
    done = project.covgate("history", "list")
    assert done.code == 2
    assert "history.sqlite" in done.err


def test_a_history_that_is_switched_off(project: Project, store: Store) -> None:
    done = project.covgate("history", "list", env={"COVGATE_HISTORY": "off"})
    assert (done.code, done.err) == (
        2,
        "covgate: the history is switched off (COVGATE_HISTORY=off)  [history-off]\n  unset COVGATE_HISTORY\n",
    )
    assert not store.file.exists()


def test_prune_removes_what_is_older_than_a_day(project: Project, store: Store) -> None:
    store.add([run_of_cart("old", time=TIME - timedelta(days=1)), run_of_cart("new")])
    dry = project.covgate("history", "prune", "--before", "2026-11-21", "--dry-run")
    assert dry.out == "1 record from before 2026-11-21; nothing was removed\n"
    assert len(store.all()) == 2
    done = project.covgate("history", "prune", "--before", "2026-11-21")
    assert (done.code, done.out) == (0, "1 record from before 2026-11-21 removed\n")
    assert [one.run for one in store.all()] == ["new"]
    assert project.covgate("history", "prune", "--before", "2026-11-21").out.startswith("0 records")


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (("prune",), "--before"),
        (("prune", "--before=soon"), "'soon' is not a day such as 2027-01-31"),
        (("list", "-n", "0"), "'0' is not a number of records"),
        (("list", "--root", "nowhere"), "no such folder"),
        (("import",), "FILE"),
        (("import", "gone.json"), "gone.json cannot be read"),
        ((), "ACTION"),
    ],
)
def test_wrong_use_of_history(project: Project, args: tuple[str, ...], message: str) -> None:
    done = project.covgate("history", *args)
    assert done.code == 2
    assert message in done.err


def test_import_takes_a_report_for_a_commit_and_it_is_the_baseline(shop: Project) -> None:
    shop.write({".gitignore": ".coverage*\n__pycache__/\n.pytest_cache/\n.covgate/\ncoverage.json\n"})
    shop.settings('[tool.covgate]\nsource = ["shop"]\nchanged.base = "main"\n')
    repository = Repository(shop.root, hostile=False)
    repository.commit(message="shop")
    assert shop.python("-m", "coverage", "run", "--source=shop", "-m", "pytest", "-q").code == 0
    assert shop.python("-m", "coverage", "json", "-q").code == 0
    without = shop.covgate("history", "import", "coverage.json")
    assert without.code == 2
    assert (
        "coverage.json does not say which commit it has measured  [record-commit]\n  covgate history import coverage.json --commit REV"
        in without.err
    )
    unknown = shop.covgate("history", "import", "coverage.json", "--commit", "nowhere")
    assert (unknown.code, unknown.err) == (
        2,
        "covgate: --commit nowhere: no such revision in this clone  [unknown-revision]\n  check its spelling\n",
    )
    done = shop.covgate("history", "import", "coverage.json", "--commit", "HEAD")
    assert (done.code, done.out) == (0, "1 record imported\n")
    again = shop.covgate("history", "import", "coverage.json", "--commit", "HEAD")
    assert again.out == "0 records imported, 1 known already\n"
    repository.git("checkout", "-q", "-b", "feature")
    repository.commit({"shop/more.py": "x = 1\n"})
    change = read_change(ChangeRequest(environment=repository.environment, base="main"), shop.root)
    key = EnvironmentKey(systems=("Linux, Python 3.12",))
    request = BaselineRequest(shop.root, repository.environment, Store(shop.root / FILE), key)
    found = find_baseline(request, change)
    assert isinstance(found, Baseline)
    assert (found.source, found.record.share.covered) == ("main", 3)


def test_import_of_lines_is_what_show_has_printed(project: Project, store: Store) -> None:
    (project.root / "records").write_text(f"{to_line(run_of_cart('run1'))}\n{to_line(run_of_cart('run2'))}\n")
    done = project.covgate("history", "import", "records")
    assert (done.code, done.out) == (0, "2 records imported\n")
    assert [one.run for one in store.all()] == ["run1", "run2"]
    (project.root / "other.json").write_text('{"coverage": 80}')
    foreign = project.covgate("history", "import", "other.json")
    assert foreign.code == 2
    assert "other.json is JSON of another tool  [record-unreadable]\n  name a record" in foreign.err


@pytest.fixture
def server(tmp_path: Path) -> Path:
    return make_server(tmp_path)


@pytest.fixture
def clone(tmp_path: Path, server: Path) -> Clone:
    return Clone(tmp_path / "clone", server)


def test_h5_push_and_pull(tmp_path: Path, server: Path, clone: Clone) -> None:
    assert (
        run(clone, "push").out
        == "nothing to push: no complete, passing run on a commit without edited files is recorded\n"
    )
    assert run(clone, "pull") == Run(0, "origin has no records yet; covgate history push adds some\n", "")
    clone.record("run1")
    assert run(clone, "push") == Run(0, "1 record pushed to refs/notes/covgate of origin\n", "")
    assert run(clone, "push") == Run(0, "nothing to push: origin already has every record that can be shared\n", "")
    other = Clone(tmp_path / "other", server)
    assert run(other, "pull") == Run(0, "1 new record from refs/notes/covgate of origin\n", "")
    assert run(other, "list").out.splitlines()[1].startswith("run1 ")


def test_a_failed_push_is_a_note_and_fails_with_strict(clone: Clone, server: Path) -> None:
    hook = server / "hooks/pre-receive"
    hook.write_text("#!/bin/sh\necho 'you may only read here' >&2\nexit 1\n")
    hook.chmod(0o755)
    clone.record("run1")
    told = "nothing was pushed: origin has not taken refs/notes/covgate: you may only read here  [remote-failed]\n  check the right to write to it\n"
    assert run(clone, "push") == Run(0, "", told)
    assert run(clone, "push", "--strict") == Run(1, "", told)
    assert notes_of(server) == {}


def test_lines_that_are_no_records_are_counted_in_one_line(clone: Clone, tmp_path: Path, server: Path) -> None:
    kept = clone.record("run1")
    assert kept.revision is not None
    assert run(clone, "push").code == 0
    newer = json.dumps({**json.loads(to_line(kept)), "schema": 2})
    who = ("-c", "user.name=a", "-c", "user.email=a@b")
    for line in ("what is this", "and this", newer):
        clone.repository.git(*who, "notes", "--ref=refs/notes/covgate", "append", "-m", line, kept.revision.tree)
    clone.repository.git("push", "-q", "origin", "refs/notes/covgate")
    pulled = run(Clone(tmp_path / "other", server), "pull")
    assert (pulled.code, pulled.out) == (0, "1 new record from refs/notes/covgate of origin\n")
    assert pulled.err.splitlines() == [
        "2 lines skipped: no record of its tree, so somebody has edited the notes",
        "1 record of a newer version of covgate skipped: pip install -U pytest-covgate",
    ]


def test_without_a_remote_or_a_repository(clone: Clone, project: Project, store: Store) -> None:
    clone.repository.git("remote", "remove", "origin")
    for action in ("push", "pull"):
        done = run(clone, action)
        assert (done.code, done.err) == (
            2,
            "covgate: the repository has no remote 'origin'  [remote-failed]\n  git remote add origin URL\n",
        )
        assert project.covgate("history", action).code == 2
    assert not store.file.exists()


def test_the_project_is_found_from_a_subfolder(clone: Clone) -> None:
    (clone.root / "pyproject.toml").write_text("[tool.covgate]\nmodule = 0\n")
    clone.record("run1")
    here = Project(clone.root).covgate("history", "list", cwd="shop", env=clone.repository.environment)
    assert "run1" in here.out


def test_names_from_records_cannot_control_the_terminal(project: Project, store: Store) -> None:
    evil = "\x1b[31mred"
    store.add(
        [run_of_cart(f"run{evil}", revision=revision(branch=evil), modules=(covered(f"{evil}.py"),), verdict=evil)]
    )
    for args in (("list",), ("show",)):
        assert "\x1b" not in project.covgate("history", *args).out
