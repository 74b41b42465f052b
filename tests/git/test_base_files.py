"""Files of the base are read out of the repository, and only files."""

from __future__ import annotations

from pathlib import Path

from covgate.git.base_files import read_base_files
from repositories import Repository


def test_files_are_those_of_the_commit(repository: Repository) -> None:
    base = repository.commit({"a.py": "old\n", "folder/b.py": b"\xff\r\n"})
    repository.commit({"a.py": "new\n", "c.py": "new\n"})
    names = ["a.py", "folder/b.py", "folder", "c.py", "nowhere.py"]
    found = read_base_files(base, names, repository.root.resolve(), repository.environment)
    assert found == {"a.py": b"old\n", "folder/b.py": b"\xff\r\n"}


def test_names_are_relative_to_the_root_and_none_lies_above_the_repository(repository: Repository) -> None:
    base = repository.commit({"a.py": "top\n", "shop/a.py": "shop\n"})
    root = (repository.root / "shop").resolve()
    found = read_base_files(base, ["a.py", "../a.py", "../../a.py"], root, repository.environment)
    assert found == {"a.py": b"shop\n", "../a.py": b"top\n"}


def test_an_odd_name_is_a_name_and_no_pattern(repository: Repository) -> None:
    base = repository.commit({"a*.py": "star\n", "ab.py": "other\n", "x:y.py": "colon\n"})
    root: Path = repository.root.resolve()
    names = ["a*.py", "x:y.py", "[ab].py"]
    assert read_base_files(base, names, root, repository.environment) == {"a*.py": b"star\n", "x:y.py": b"colon\n"}
