"""Records in files: lines of ours, reports of coverage.py, and what is neither."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from conftest import Project
from covgate.errors import UsageError
from covgate.git.repository import open_repository
from covgate.git.revision import revision_of
from covgate.history.exchange import FORMS, read_record_file, record_on_commit
from covgate.measurement.staleness import digest_of
from covgate.model.record import BLOB_DIGITS, Record
from covgate.model.record_json import to_line
from records import run_of_cart
from repositories import Repository


@pytest.fixture
def report(shop: Project) -> Path:
    """A report that coverage.py itself wrote, of a run with branches."""
    shop.write({"pyproject.toml": "[tool.coverage.run]\nbranch = true\nsource = ['shop']\n"})
    assert shop.python("-m", "coverage", "run", "-m", "pytest", "-q").code == 0
    assert shop.python("-m", "coverage", "json", "-q").code == 0
    return shop.root / "coverage.json"


def test_a_report_of_coverage_json_has_its_numbers(report: Path) -> None:
    (found,) = read_record_file(report)
    document = json.loads(report.read_text())
    for module in found.modules:
        numbers = document["files"][module.path]["summary"]
        assert module.share.units == numbers["num_statements"] + numbers["num_branches"]
        assert module.share.covered == numbers["covered_lines"] + numbers["covered_branches"]
    assert [module.path for module in found.modules] == ["shop/__init__.py", "shop/cart.py", "shop/unused.py"]
    assert found.environment.branches
    assert found.revision is None


def on_commit(report: Path, ref: str = "HEAD", **edits: Any) -> Record:
    """The record of a report on a commit of the repository that holds it."""
    (found,) = read_record_file(report)
    root = report.parent
    repository = open_repository(root, {})
    revision = revision_of(repository, ref)
    assert revision is not None
    return record_on_commit(found._replace(**edits), repository, revision, root)


@pytest.fixture
def committed(report: Path) -> Path:
    Repository(report.parent, hostile=False).commit(message="shop")
    return report


def test_a_commit_gives_its_tree_and_contents(committed: Path) -> None:
    found = on_commit(committed)
    assert found.is_of_its_commit
    blobs = {module.path: module.blob for module in found.modules}
    assert blobs["shop/cart.py"] == digest_of((committed.parent / "shop/cart.py").read_bytes())[:BLOB_DIGITS]


def test_absolute_paths_and_files_that_are_not_of_the_commit(committed: Path) -> None:
    (found,) = read_record_file(committed)
    root = committed.parent
    absolute = [module._replace(path=str(root / module.path)) for module in found.modules]
    foreign = found.modules[0]._replace(path="gone.py")
    paths = {module.path: module.blob for module in on_commit(committed, modules=(*absolute, foreign)).modules}
    assert [*paths] == ["gone.py", "shop/__init__.py", "shop/cart.py", "shop/unused.py"]
    assert paths["gone.py"] == ""
    assert paths["shop/cart.py"] != ""
    with pytest.raises(UsageError, match=r"has none of the measured files, such as gone\.py"):
        on_commit(committed, modules=(foreign,))


def test_a_project_below_the_top(tmp_path: Path, report: Path) -> None:
    repository = Repository(tmp_path / "whole", hostile=False)
    report.parent.rename(repository.root / "part")
    repository.commit()
    found = on_commit(repository.root / "part/coverage.json")
    assert found.folder == "part"
    assert all(module.blob for module in found.modules)


def test_a_record_that_is_of_a_commit_stays_on_it(committed: Path) -> None:
    file = committed.with_name("record.json")
    file.write_text(f"{to_line(run_of_cart())}\n")
    with pytest.raises(UsageError, match="is of the commit 2222222 already") as raised:
        on_commit(file)
    assert raised.value.remedy == "leave out --commit"


def test_lines_of_ours_one_or_more(tmp_path: Path) -> None:
    kept = [run_of_cart("run1"), run_of_cart("run2")]
    file = tmp_path / "records"
    file.write_text("\n".join(map(to_line, kept)) + "\n\n")
    assert read_record_file(file) == kept
    file.write_text(json.dumps(json.loads(to_line(kept[0]))))
    assert read_record_file(file) == kept[:1]


def test_a_report_of_ours(shop: Project) -> None:
    shop.settings('[tool.covgate]\nsource = ["shop"]\n')
    repository = Repository(shop.root)
    repository.write({".gitignore": "*.json\n.coverage\n"}).commit()
    report = shop.root / "covgate.json"
    assert shop.json(env={"COVGATE_HISTORY": "off"})["status"] == "passed"
    (record,) = read_record_file(report)
    assert record.revision is not None
    assert [module.path for module in record.modules] == ["shop/__init__.py", "shop/cart.py", "shop/unused.py"]
    shop.write({"tests/test_shop.py": "import shop.cart\ndef test(): pass\n"})
    run = shop.pytest("--covgate", f"--covgate-baseline={report.name}", env={"COVGATE_HISTORY": "off"})
    assert "moved since covgate.json" in run.out
    shop.json("-k", "nothing")
    with pytest.raises(UsageError, match="holds no record: it is not of a complete run") as raised:
        read_record_file(report)
    assert raised.value.remedy == "name the report of a run of all tests"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is empty"),
        (b"\n", "is empty"),
        (b"<coverage/>", "is not a record: it is not JSON"),
        (b"\xff", "is not a record: "),
        (b'{\n "total": 5\n}', "is JSON of another tool"),
        (b'[\n {"schema": 1}\n]', "is JSON of another tool"),
        (b'{"meta": {}, "files": {}}', "is not a record: KeyError: 'timestamp'"),
        (b'{"meta": {"timestamp": "2026-11-21T12:00:00"}, "files": {"a.py": {}}}', "is not a record: KeyError: "),
        (b'{"meta": {"timestamp": "2026-11-21T12:00:00"}, "files": {"a.py": 1}}', "is not a record: TypeError: "),
        (b'{"schema": 9}', "is not a record: its schema is 9"),
        (b'{"format": 1, "status": "passed", "measured": {}, "record": {}}', "is not a record: it is not a record of"),
        (b'{"format": 1, "status": "passed", "measured": {}, "record": {"schema": 1}}', "is not a record: it has no"),
    ],
)
def test_anything_else_is_one_message_that_says_what_is_taken(tmp_path: Path, content: bytes, message: str) -> None:
    file = tmp_path / "file.json"
    file.write_bytes(content)
    with pytest.raises(UsageError) as raised:
        read_record_file(file)
    assert message in raised.value.message
    assert raised.value.remedy == f"name {FORMS}"


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read: No such file"):
        read_record_file(tmp_path / "gone")
    with pytest.raises(UsageError, match="cannot be read: it is a folder"):
        read_record_file(tmp_path)
