"""Which test runs what in a recorded run, as JSON: a line of a note, or a part of a record in a file."""

from __future__ import annotations

import base64
import json
from typing import Any, NamedTuple

from covgate.history.store import MOST_MAP_BYTES
from covgate.measurement.map_codec import EncodedMap, decode_map
from covgate.model.record import Record
from covgate.model.record_json import SCHEMA, RecordError, load

KEY = "tests"
"""Under which a record in a file holds its map."""


class MapLine(NamedTuple):
    """The map of one run of the project in `folder`."""

    run: str
    folder: str
    encoded: EncodedMap


def to_map_line(record: Record, encoded: EncodedMap) -> str:
    """Return the map of a record's run as one line of ASCII without its line end."""
    document = {"schema": SCHEMA, "run": record.run, "folder": record.folder, KEY: _document(encoded)}
    return json.dumps(document, separators=(",", ":"), sort_keys=True)


def from_map_line(text: str) -> MapLine:
    """Raises `RecordError`."""
    document = load(text)
    run, folder = document.get("run"), document.get("folder")
    if not isinstance(run, str) or not isinstance(folder, str):
        raise RecordError("it names no run")
    return MapLine(run, folder, _encoded(document.get(KEY)))


def with_map(record: Record, encoded: EncodedMap | None) -> Record:
    """Return the record as a file holds it: with its map."""
    return record if encoded is None else record._replace(more={**record.more, KEY: _document(encoded)})


def split_map(record: Record) -> tuple[Record, EncodedMap | None]:
    """Return a record of a file without its map, and the map; raises `RecordError`."""
    if KEY not in record.more:
        return record, None
    more = {key: value for key, value in record.more.items() if key != KEY}
    return record._replace(more=more), _encoded(record.more[KEY])


def _document(encoded: EncodedMap) -> dict[str, str]:
    return {name: base64.b64encode(part).decode("ascii") for name, part in encoded._asdict().items()}


def _encoded(document: Any) -> EncodedMap:
    try:
        encoded = EncodedMap(*(base64.b64decode(document[name], validate=True) for name in EncodedMap._fields))
        if encoded.size <= MOST_MAP_BYTES:
            decode_map(encoded)
            return encoded
    except (ValueError, KeyError, TypeError, IndexError) as error:
        raise RecordError(f"its map of tests: {error}") from None
    raise RecordError("its map of tests is too large")
