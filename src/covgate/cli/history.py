"""`covgate history`: the records of earlier runs: looked at, shared through git notes, removed, taken in."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from covgate.cli.output import err, out, print_lines
from covgate.cli.project import root_of
from covgate.cli.subject import names_of, not_recorded
from covgate.errors import UsageError
from covgate.git.remote import open_remote
from covgate.git.repository import GitError, Repository, open_repository, project_folder
from covgate.git.revision import revision_of
from covgate.history.exchange import read_record_file, record_on_commit
from covgate.history.map_lines import split_map, with_map
from covgate.history.notes import MAPS, RECORDS, pull_maps, pull_records, push_maps, push_records
from covgate.history.opening import require_history
from covgate.history.store import Store
from covgate.judge.flaky import report_flaky
from covgate.measurement.map_codec import EncodedMap
from covgate.model.record import Record
from covgate.model.record_json import RecordError, to_line
from covgate.model.remedies import RECORD_RUN, RECORD_RUN_THERE
from covgate.model.revision import Revision
from covgate.model.words import counted
from covgate.reports.flaky import flaky_json, flaky_text
from covgate.reports.history import history_text, record_text

DONE, FAILED, WRONG_USE = 0, 1, 2
SHORTEST_RUN = 4
"""Characters of a run's name that are looked for as its beginning."""


def add_parser(commands: Any) -> None:
    parser = commands.add_parser("history", help="list, show, share and remove the records of earlier runs")
    actions = parser.add_subparsers(dest="action", metavar="ACTION")
    shared = argparse.ArgumentParser(add_help=False)
    shared.add_argument(
        "--root", metavar="DIR", type=Path, default=Path(), help="a folder of the project (default: the current one)"
    )

    def add(name: str, run: Any, text: str) -> argparse.ArgumentParser:
        action: argparse.ArgumentParser = actions.add_parser(name, help=text, parents=[shared])
        action.set_defaults(run=run, parser=action)
        return action

    parser.set_defaults(run=_list_actions)

    listing = add("list", _list, "the newest records, a line each")
    listing.add_argument("-n", metavar="N", type=_count, default=20, dest="most", help="how many (default: 20)")
    listing.add_argument("--all", action="store_true", help="all records")
    showing = add("show", _show, "one record with its modules")
    showing.add_argument(
        "subject", metavar="REV|RUN", nargs="?", help="a revision, or a run as the list names it (default: the newest)"
    )
    showing.add_argument("--json", action="store_true", help="the record as a line of JSON")
    flaky = add("flaky", _flaky, "lines whose coverage flips although their module is the same")
    flaky.add_argument("module", metavar="MODULE", nargs="?", help="a module by import name or path (default: all)")
    flaky.add_argument("--all", action="store_true", help="also those of contents that a module has no longer")
    flaky.add_argument("--json", action="store_true", help="print JSON")
    for name, run, text in (
        ("push", _push, "share records of unchanged commits: add them to the notes of a remote"),
        ("pull", _pull, "fetch the records that others have pushed"),
    ):
        sharing = add(name, run, text)
        sharing.add_argument("--remote", metavar="NAME", default="origin", help="default: origin")
        if name == "push":
            sharing.add_argument("--strict", action="store_true", help="exit with 1 where the remote takes nothing")
    pruning = add("prune", _prune, "remove local records that are older than a day")
    pruning.add_argument("--before", metavar="DATE", type=_day, required=True, help="a day such as 2027-01-31, in UTC")
    pruning.add_argument("--dry-run", action="store_true", help="count them, remove nothing")
    importing = add("import", _import, "take records, and reports of covgate or of coverage json, from files")
    importing.add_argument("files", metavar="FILE", nargs="+", type=Path)
    importing.add_argument("--commit", metavar="REV", help="the commit that a report of coverage json has measured")


def _list_actions(arguments: argparse.Namespace) -> int:
    """Say which actions there are, where none is named."""
    missing = "an action is missing, such as covgate history list"
    err(f"{arguments.parser.format_help()}\ncovgate history: error: {missing}\n")
    return WRONG_USE


def _list(arguments: argparse.Namespace) -> int:
    records = _sorted(_store(arguments).all())
    if not records:
        out(f"no run is recorded yet; {RECORD_RUN}\n")
        return DONE
    shown = records if arguments.all else records[-arguments.most :]
    out(history_text(shown, len(records)))
    return DONE


def _show(arguments: argparse.Namespace) -> int:
    record = _chosen(arguments)
    if arguments.json:
        out(to_line(with_map(record, _store(arguments).find_encoded_map(record))) + "\n")
    else:
        out(record_text(record))
    return DONE


def _flaky(arguments: argparse.Namespace) -> int:
    records = _sorted(_store(arguments).all())
    names: tuple[str, ...] = ()
    if arguments.module is not None:
        names = names_of(arguments.module, root_of(arguments))
        known = {name for record in records for module in record.modules for name in (module.path, module.name) if name}
        if known.isdisjoint(names):
            raise not_recorded(arguments.module, known)
    report = report_flaky(records, names, all_contents=arguments.all)
    if arguments.json:
        out(flaky_json(report))
    else:
        print_lines(sys.stdout, flaky_text(report), os.environ)
    return DONE


def _push(arguments: argparse.Namespace) -> int:
    store, repository = _store(arguments), _repository(arguments)
    remote = open_remote(repository, arguments.remote, os.environ)
    try:
        pushed = push_records(remote, store.all())
    except GitError as error:
        err(f"nothing was pushed: {error}\n")
        return FAILED if arguments.strict else DONE
    if not pushed.offered:
        out("nothing to push: no complete, passing run on a commit without edited files is recorded\n")
    elif not pushed.new:
        out(f"nothing to push: {remote.name} already has every record that can be shared\n")
    else:
        out(f"{counted(pushed.new, 'record')} pushed to {RECORDS.ref} of {remote.name}\n")
    try:
        maps = push_maps(remote, store).new
    except GitError as error:
        err(f"which test runs what was not pushed: {error}\n")
        return FAILED if arguments.strict else DONE
    if maps:
        out(f"{counted(maps, 'map')} of which test runs what pushed to {MAPS.ref}\n")
    return DONE


def _pull(arguments: argparse.Namespace) -> int:
    store, repository = _store(arguments), _repository(arguments)
    remote = open_remote(repository, arguments.remote, os.environ)
    pulled = pull_records(remote, store, project_folder(repository, root_of(arguments)))
    if pulled.is_empty:
        out(f"{remote.name} has no records yet; covgate history push adds some\n")
    else:
        out(f"{counted(pulled.new, 'new record')} from {RECORDS.ref} of {remote.name}\n")
    try:
        maps = pull_maps(remote, store)
    except GitError as error:  # the records are here, which is what later runs need
        maps = 0
        err(f"which test runs what was not pulled: {error}\n")
    if maps:
        out(f"{counted(maps, 'map')} of which test runs what from {MAPS.ref}\n")
    if pulled.damaged:
        err(f"{counted(pulled.damaged, 'line')} skipped: no record of its tree, so somebody has edited the notes\n")
    if pulled.newer:
        err(f"{counted(pulled.newer, 'record')} of a newer version of covgate skipped: pip install -U pytest-covgate\n")
    return DONE


def _prune(arguments: argparse.Namespace) -> int:
    store = _store(arguments)
    old = [record for record in store.all() if record.time < arguments.before]
    day = arguments.before.strftime("%Y-%m-%d")
    if arguments.dry_run:
        out(f"{counted(len(old), 'record')} from before {day}; nothing was removed\n")
        return DONE
    removed = store.remove(old) if old else 0
    out(f"{counted(removed, 'record')} from before {day} removed\n")
    return DONE


def _import(arguments: argparse.Namespace) -> int:
    root, store = root_of(arguments), _store(arguments)
    files, maps = _read_files(arguments.files)
    if arguments.commit is None:
        without = next((path for path, record in files if record.revision is None), None)
        if without is not None:
            raise UsageError(
                "record-commit",
                f"{without} does not say which commit it has measured",
                f"covgate history import {without} --commit REV",
            )
        records = [record for _, record in files]
    else:
        repository = _repository(arguments)
        revision = revision_of(repository, arguments.commit)
        if revision is None:
            raise UsageError(
                "unknown-revision", f"--commit {arguments.commit}: no such revision in this clone", "check its spelling"
            )
        records = [record_on_commit(record, repository, revision, root) for _, record in files]
    added = store.add(records)
    for record, encoded in zip(records, maps, strict=True):
        if encoded is not None and record.is_of_its_commit:
            store.add_map(record, encoded)
    known = len(records) - added
    out(f"{counted(added, 'record')} imported" + (f", {known} known already\n" if known else "\n"))
    return DONE


def _read_files(paths: list[Path]) -> tuple[list[tuple[Path, Record]], list[EncodedMap | None]]:
    """Return the records of files, each with the name of its file, and their maps of tests; raises `UsageError`."""
    files: list[tuple[Path, Record]] = []
    maps: list[EncodedMap | None] = []
    for path in paths:
        for whole in read_record_file(path):
            try:
                record, encoded = split_map(whole)
            except RecordError as error:
                raise UsageError(
                    "record-unreadable", f"{path} is damaged: {error}", "write it again: covgate history show --json"
                ) from None
            files.append((path, record))
            maps.append(encoded)
    return files, maps


def _chosen(arguments: argparse.Namespace) -> Record:
    """Return the record that the argument names; raises `UsageError`."""
    subject = arguments.subject
    records = _sorted(_store(arguments).all())
    if not records:
        raise UsageError("no-record", "no run is recorded yet", f"{RECORD_RUN}, or covgate history pull")
    if subject is None:
        return records[-1]
    runs = [record for record in records if record.run == subject]
    if runs:
        return runs[-1]
    revision = _revision_of(subject, arguments)
    if revision is not None:
        folder = project_folder(_repository(arguments), root_of(arguments))
        of_commit = _sorted(_store(arguments).find([revision.tree], folder))
        if not of_commit:
            raise UsageError("no-record", f"no run of {subject} ({revision.commit[:7]}) is recorded", RECORD_RUN_THERE)
        return of_commit[-1]
    if len(subject) >= SHORTEST_RUN:
        runs = [record for record in records if record.run.startswith(subject)]
    if len({record.run for record in runs}) > 1:
        raise UsageError("ambiguous-name", f"several runs begin with {subject}", "give more of its name")
    if not runs:
        raise UsageError(
            "unknown-revision",
            f"{subject} is neither a revision of this clone nor a recorded run",
            "covgate history list names the runs",
        )
    return runs[-1]


def _revision_of(subject: str, arguments: argparse.Namespace) -> Revision | None:
    try:
        return revision_of(_repository(arguments), subject)
    except GitError as error:
        if error.is_expected:  # no repository: its runs can still be shown
            return None
        raise


def _sorted(records: Sequence[Record]) -> list[Record]:
    return sorted(records, key=lambda record: record.time)


def _store(arguments: argparse.Namespace) -> Store:
    return require_history(root_of(arguments), os.environ)


def _repository(arguments: argparse.Namespace) -> Repository:
    return open_repository(root_of(arguments), os.environ)


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) == 0:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of records")
    return int(text)


def _day(text: str) -> datetime:
    try:
        return datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=timezone.utc)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a day such as 2027-01-31") from None
