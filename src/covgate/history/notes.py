"""The shared store: git notes on tree ids, a record or the map of its tests a line. All is read from SQLite."""

from __future__ import annotations

import json
import random
import re
import time
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from covgate.git.process import GitError, run_git
from covgate.git.remote import LOCKED_HERE, BusyError, Remote, identity_variables
from covgate.git.repository import Repository
from covgate.history.map_lines import from_map_line, to_map_line
from covgate.history.store import KEPT_MAPS, Store
from covgate.model.record import Record
from covgate.model.record_json import NewerRecordError, RecordError, from_line, to_line

ENTRY = re.compile(r"[0-7]+ blob ([0-9a-f]+) +([0-9]+)\t(.*)", re.DOTALL)
TREE = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
MOST_BYTES = 2**26
"""A longer note is damaged: it would take memory without end."""
TRIES = 10
FIRST_WAIT = 0.1
"""Seconds before the second try; each further wait is up to twice as long."""
LONGEST_WAIT = 3.0
BATCH = 200
"""Notes that are read before their records are kept: those of a large project would not fit into memory at once."""


class Shelf(NamedTuple):
    """Notes of one kind: their ref, and the ref of what the remote had when it was last asked."""

    ref: str
    fetched: str


RECORDS = Shelf("refs/notes/covgate", "refs/notes/covgate-remote")
MAPS = Shelf("refs/notes/covgate-tests", "refs/notes/covgate-tests-remote")
"""Apart from the records, which are small: whoever needs no maps fetches none."""


class Entry(NamedTuple):
    """A line of the note on `tree`, about the run of this name."""

    tree: str
    run: str
    line: str


class Note(NamedTuple):
    """The note on a tree: the id and the size of the blob that holds its lines."""

    blob: str
    size: int


class Pushed(NamedTuple):
    """How many records the remote has got, and how many it has of those that were offered."""

    new: int
    offered: int


class Pulled(NamedTuple):
    """What a pull brought. `is_empty` is true where nobody has pushed yet."""

    new: int = 0
    damaged: int = 0
    """Lines that hold no record of their tree."""
    newer: int = 0
    """Lines that a newer version of covgate wrote."""
    is_empty: bool = False


class _Read(NamedTuple):
    """What a number of notes hold. `blobs` are those that need not be read again."""

    records: Sequence[Record]
    blobs: Collection[str]
    damaged: int
    newer: int


def push_records(remote: Remote, records: Iterable[Record]) -> Pushed:
    """Add records of unchanged commits to the notes of the remote, beside what others have added meanwhile.

    Raises `GitError` where the remote does not take them.
    """
    offered = [record for record in records if record.is_of_its_commit]
    return _push(remote, RECORDS, [Entry(_tree_of(record), record.run, to_line(record)) for record in offered])


def push_maps(remote: Remote, store: Store) -> Pushed:
    """Add the maps of tests that the store has to the notes of the remote; raises `GitError`."""
    found = ((record, store.find_encoded_map(record)) for record in _newest(store))
    maps = [(record, encoded) for record, encoded in found if encoded is not None]
    if not maps:
        return Pushed(0, 0)
    return _push(remote, MAPS, [Entry(_tree_of(one), one.run, to_map_line(one, encoded)) for one, encoded in maps])


def _newest(store: Store) -> list[Record]:
    """Return the records whose maps are of use: the last ones of commits, the oldest first."""
    usable = [record for record in store.all(with_modules=False) if record.is_of_its_commit]
    return sorted(usable, key=lambda record: record.time)[-KEPT_MAPS:]


def _push(remote: Remote, shelf: Shelf, offered: Sequence[Entry]) -> Pushed:
    """Nothing is forced: where somebody else was faster, their notes are fetched and merged, and it is tried again."""
    repository = remote.repository
    for wait in _waits():
        time.sleep(wait)
        try:
            there = _fetch_and_merge(remote, shelf)
            new = _missing(repository, there, offered)
            if not new:
                return Pushed(0, len(offered))
            _add(repository, shelf, _missing(repository, repository.commit(shelf.ref), offered))
            commit = repository.commit(shelf.ref)
            # Another process of this clone may have written the ref in between: then it is tried again.
            if commit is not None and not _missing(repository, commit, offered):
                remote.push(commit, shelf.ref)
                return Pushed(len(new), len(offered))
        except BusyError:
            continue
    raise GitError(
        "history-locked", f"others wrote to {shelf.ref} of {remote.name} at the same time, {TRIES} times", "push again"
    )


def pull_records(remote: Remote, store: Store, folder: str) -> Pulled:
    """Fetch the notes, and keep the records of the project in `folder` that the store has not seen yet."""
    there = _pull(remote, RECORDS)
    repository = remote.repository
    seen = store.shared()
    unseen = [
        (tree, note)
        for tree, note in _notes(repository, repository.commit(RECORDS.ref)).items()
        if note.blob not in seen
    ]
    pulled = Pulled(is_empty=there is None)
    for start in range(0, len(unseen), BATCH):
        read = _read(repository, unseen[start : start + BATCH], folder)
        new = store.add(read.records, read.blobs)
        pulled = pulled._replace(
            new=pulled.new + new, damaged=pulled.damaged + read.damaged, newer=pulled.newer + read.newer
        )
    return pulled


def pull_maps(remote: Remote, store: Store) -> int:
    """Fetch the maps of tests of the newest records that the store has without; return how many came."""
    wanted = [record for record in _newest(store) if store.find_encoded_map(record) is None]
    if not wanted or _pull(remote, MAPS) is None:
        return 0
    repository = remote.repository
    notes = _notes(repository, repository.commit(MAPS.ref))
    pulled = 0
    for record in wanted:
        note = notes.get(_tree_of(record))
        for line in _lines(repository, note) if note is not None and note.size <= MOST_BYTES else ():
            try:
                found = from_map_line(line.decode("utf-8"))
            except (UnicodeDecodeError, RecordError):  # a map only explains: without it, less is said
                continue
            if (found.run, found.folder) == (record.run, record.folder):
                store.add_map(record, found.encoded)
                pulled += 1
                break
    return pulled


def _pull(remote: Remote, shelf: Shelf) -> str | None:
    """Return the commit of the remote's notes, None where it has none; ours have all of it then."""
    for wait in _waits():
        time.sleep(wait)
        try:
            return _fetch_and_merge(remote, shelf)
        except BusyError:
            continue
    raise GitError("history-locked", f"another process writes {shelf.ref} in this clone", "pull again")


def _waits() -> Iterator[float]:
    """Yield the seconds before each try: none, then twice as many each time, less a random part."""
    yield 0
    for number in range(TRIES - 1):
        yield random.uniform(0.5, 1) * min(LONGEST_WAIT, FIRST_WAIT * 2**number)  # two clones should not meet again


def _fetch_and_merge(remote: Remote, shelf: Shelf) -> str | None:
    there = remote.fetch(shelf.ref, shelf.fetched)
    if there is not None:
        author = _author(remote.repository)
        _write_notes(remote.repository, shelf, author, "merge", "-q", "-s", "cat_sort_uniq", shelf.fetched)
    return there


def _author(repository: Repository) -> Mapping[str, str]:
    """Return the environment in which commits have an author, also where git knows none."""
    return {**repository.environment, **identity_variables(repository.top, repository.environment)}


def _write_notes(
    repository: Repository, shelf: Shelf, author: Mapping[str, str], *args: str, stdin: bytes = b""
) -> None:
    try:
        run_git(("notes", f"--ref={shelf.ref}", *args), repository.top, author, repository.options, stdin)
    except GitError as error:
        if LOCKED_HERE.search(error.message):
            raise BusyError(error.name, error.message, error.remedy) from None
        raise


def _notes(repository: Repository, commit: str | None) -> dict[str, Note]:
    """Return the notes of a commit by the tree that each is about. git spreads them over folders (`ab/cd/...`)."""
    if commit is None:
        return {}
    entries = repository.run("ls-tree", "-r", "-l", "-z", "--full-tree", commit).decode("utf-8", "replace").split("\0")
    found = {}
    for match in filter(None, map(ENTRY.fullmatch, entries)):
        tree = match[3].replace("/", "")
        if TREE.fullmatch(tree):
            found[tree] = Note(match[1], int(match[2]))
    return found


def _lines(repository: Repository, note: Note) -> list[bytes]:
    """Raises `GitError` for a note that is too long."""
    if note.size > MOST_BYTES:
        raise GitError(
            "record-unreadable",
            f"a note of covgate is longer than {MOST_BYTES // 2**20} MB",
            f"look at it: git show {note.blob}",
        )
    blob = repository.objects.find(note.blob.encode("ascii"))
    return [] if blob is None else [line for line in blob.content.split(b"\n") if line.strip()]


def _missing(repository: Repository, commit: str | None, entries: Iterable[Entry]) -> list[Entry]:
    """Return the entries whose runs the notes of this commit do not have."""
    notes = _notes(repository, commit)
    runs = {
        tree: {_run_of(line) for line in _lines(repository, notes[tree])}
        for tree in {entry.tree for entry in entries} & notes.keys()
    }
    return [entry for entry in entries if entry.run not in runs.get(entry.tree, ())]


def _run_of(line: bytes) -> str | None:
    """Return the run that a line names, also where it is of a newer schema."""
    try:
        document = json.loads(line)
    except (ValueError, RecursionError):  # not UTF-8, or not JSON
        return None
    run = document.get("run") if isinstance(document, Mapping) else None
    return run if isinstance(run, str) else None


def _tree_of(record: Record) -> str:
    assert record.revision is not None
    return record.revision.tree


def _add(repository: Repository, shelf: Shelf, entries: Iterable[Entry]) -> None:
    by_tree: dict[str, list[bytes]] = {}
    for entry in entries:
        by_tree.setdefault(entry.tree, []).append(entry.line.encode("ascii"))
    if not by_tree:
        return
    notes, author = _notes(repository, repository.commit(shelf.ref)), _author(repository)
    for tree, added in by_tree.items():
        before = _lines(repository, notes[tree]) if tree in notes else []
        content = b"\n".join(sorted({*before, *added})) + b"\n"
        _write_notes(repository, shelf, author, "add", "--force", "--file=-", tree, stdin=content)


def _read(repository: Repository, notes: Iterable[tuple[str, Note]], folder: str) -> _Read:
    records, blobs = [], []
    damaged = newer = 0
    for tree, note in notes:
        newer_before = newer
        for line in _lines(repository, note) if note.size <= MOST_BYTES else [b""]:
            try:
                record = _record_of(line, tree)
            except NewerRecordError:
                newer += 1
            except RecordError:
                damaged += 1
            else:
                if record.folder == folder:
                    records.append(record)
        if newer == newer_before:  # else a later version of covgate reads it again
            blobs.append(note.blob)
    return _Read(records, blobs, damaged, newer)


def _record_of(line: bytes, tree: str) -> Record:
    """Return the record in a line of the note on `tree`; raises `RecordError`."""
    try:
        record = from_line(line.decode("utf-8"))
    except UnicodeDecodeError:
        raise RecordError("it is not UTF-8") from None
    if not record.is_of_its_commit or _tree_of(record) != tree:
        raise RecordError("it is no record of a commit with this tree")
    return record
