"""Every format of ours can be imported, and renders any verdict in ASCII where a machine reads it."""

from __future__ import annotations

import pytest

from builders import module, snapshot, verdict
from covgate.model.context import ReportContext
from covgate.reports.format import FORMATS, STDOUT, own_format


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_renders_a_verdict_on_nothing_and_on_something(name: str) -> None:
    own = own_format(name)
    for outcome in (verdict(snapshot()), verdict(snapshot(module("a.py", 1, 2)), {"module": 80})):
        assert own.render(outcome, ReportContext(project="p"))


def test_every_format_has_a_file_of_its_own() -> None:
    paths = [own_format(name).path for name in FORMATS]
    files = [path for path in paths if path != STDOUT]
    assert len(set(files)) == len(files)


def test_a_name_that_is_no_format_is_none() -> None:
    with pytest.raises(KeyError):
        own_format("xml")


@pytest.mark.parametrize("name", ["gitlab", "sarif", "junit", "json", "badge"])
def test_files_for_machines_are_ascii_whatever_the_names_are(name: str) -> None:
    odd = module("src/\u00fc\u202e\udcff.py", 1, 2)
    text = own_format(name).render(verdict(snapshot(odd), {"module": 80}), ReportContext(project="p\u00e4\x07"))
    assert text.isascii()
