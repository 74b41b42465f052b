"""What git tracks at or below a name, whatever its case and wherever it lies, against git's own listing."""

from __future__ import annotations

from pathlib import Path

import pytest

from covgate.git.tracked import tracked_paths
from repositories import Repository

NAMES = [
    ".covgate/cache/static.sqlite", ".coverage", ".coverage.host.1", "sub/.Covgate/x", "sub/.coverage", "sub/.coverage-journal",
    "sub/.coveragerc", "sub/a.py", "sub/ünï/.covgate", "Sub2/.covgate", "[ab]/.coverage", "a/.coverage", "line\nend/.coverage",
]  # fmt: skip


@pytest.fixture
def made(tmp_path: Path) -> Repository:
    repository = Repository(tmp_path / "repo")
    repository.commit(dict.fromkeys(NAMES, "x"))
    repository.write({"sub/.covgate/not-tracked": "x", ".gitignore": "ignored\n"})
    return repository


def tracked(made: Repository, root: str, *names: str | Path, beginnings: tuple[str, ...] = ()) -> set[str]:
    paths = tracked_paths(made.root / root, made.environment, names, beginnings)
    return {path.relative_to(made.root).as_posix() for path in paths}


@pytest.mark.parametrize(
    ("root", "names", "beginnings", "expected"),
    [
        (".", [".covgate"], (), {".covgate/cache/static.sqlite"}),
        (".", [".COVERAGE"], (), {".coverage"}),
        (".", [".coverage"], (".coverage.",), {".coverage", ".coverage.host.1"}),
        ("sub", [".covgate", ".coverage"], (), {"sub/.Covgate/x", "sub/.coverage"}),
        ("sub", ["../.coverage"], (), {".coverage"}),
        ("sub", [".coverag", ".coverage/", "a"], (), {"sub/.coverage"}),
        ("sub", ["../../elsewhere/.coverage"], (), set()),
        ("sub", ["."], (), {name for name in NAMES if name.startswith("sub/")}),
        ("sub/ünï", [".covgate"], (), {"sub/ünï/.covgate"}),
        ("SUB2", [".covgate"], (), {"Sub2/.covgate"}),
        ("[ab]", [".coverage"], (), {"[ab]/.coverage"}),
        ("line\nend", [".coverage"], (), {"line\nend/.coverage"}),
        (".", [], (), set()),
    ],
)
def test_names(made: Repository, root: str, names: list[str], beginnings: tuple[str, ...], expected: set[str]) -> None:
    (made.root / root).mkdir(exist_ok=True)
    assert tracked(made, root, *names, beginnings=beginnings) == expected


def test_absolute_names_and_links(made: Repository) -> None:
    (made.root / "link").symlink_to("sub")
    (made.root / "data").symlink_to(".coverage")
    assert tracked(made, ".", made.root / "sub/.coverage") == {"sub/.coverage"}
    assert tracked(made, "link", ".coverage") == {"sub/.coverage"}
    assert tracked(made, ".", "link/.coverage") == {"sub/.coverage"}
    assert tracked(made, ".", "data") == {".coverage"}


def test_staged_removed_and_without_a_repository(made: Repository, tmp_path: Path) -> None:
    made.write({"sub/new": "x", "ignored": "x"})
    made.git("add", "--force", "sub/new", "ignored")
    (made.root / "sub/a.py").unlink()
    made.git("rm", "-q", "--cached", "sub/.coverage")
    assert tracked(made, ".", "sub/new", "ignored", "sub/a.py", "sub/.coverage") == {"sub/new", "ignored", "sub/a.py"}
    assert tracked_paths(tmp_path, made.environment, ["repo/sub/a.py"]) == ()
