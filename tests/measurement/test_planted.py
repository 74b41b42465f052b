"""X3: what a change commits is no measurement and no cache of ours."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from conftest import Project, Run
from covgate.measurement.parsing.cache import _digest
from covgate.measurement.parsing.parsed_source import from_record, to_record
from covgate.model.lines import Lines
from repositories import Repository

TRUE = "PASSED coverage gate: total 37.5 % (target 20)"


class Shop:
    """The shop in a repository; both doors run in it as its owner would run them."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.root = project.root
        self.repository = Repository(project.root, hostile=False)
        project.settings('[tool.covgate]\nsource = ["shop"]\ntotal = 20\n[tool.coverage.run]\nrelative_files = true\n')
        self.repository.commit({".gitignore": "__pycache__\n.coverage*\n"})

    def pytest(self, *args: str, **env: str) -> Run:
        return self.project.pytest("--covgate", *args, env={**self.home, **env})

    def covgate(self, *args: str, **env: str) -> Run:
        return self.project.covgate(*args, env={**self.home, **env})

    @property
    def home(self) -> dict[str, str]:
        return {"HOME": self.repository.environment["HOME"]}


@pytest.fixture
def committed(shop: Project) -> Shop:
    return Shop(shop)


def doctor_cache(file: Path) -> None:
    """Half the statements of every module become one, with a digest that fits."""
    with closing(sqlite3.connect(file)) as database:
        for key, record in database.execute("SELECT key, record FROM parsed").fetchall():
            parsed = from_record(record)
            one = Lines.of(list(parsed.statements)[:1])
            forged = to_record(parsed._replace(statements=one, functions=(), error_lines=Lines()))
            database.execute(
                "UPDATE parsed SET record = ?, digest = ? WHERE key = ?", (forged, _digest(key, forged), key)
            )
        database.commit()


def clone(shop: Shop) -> Shop:
    """What somebody else gets, with the data that their own run would leave."""
    cloned = object.__new__(Shop)
    cloned.root = shop.root.parent / "clone"
    cloned.repository = shop.repository
    shop.repository.git("clone", "-q", str(shop.root), str(cloned.root))
    cloned.project = Project(cloned.root)
    return cloned


@pytest.mark.parametrize("where", [".covgate/cache", "elsewhere", ".covgate/other"])
def test_issue_f_3_a_cache_that_is_committed_is_not_read_and_is_named(committed: Shop, where: str) -> None:
    env = {} if where == ".covgate/cache" else {"COVGATE_CACHE": where}
    assert TRUE in committed.pytest(**env).verdict
    cache = committed.root / where / "static.sqlite"
    doctor_cache(cache)
    assert TRUE not in committed.covgate("check", **env).verdict  # so it would be read
    committed.repository.git("add", "--force", where)
    committed.repository.commit()
    cloned = clone(committed)
    planted = (cloned.root / where / "static.sqlite").read_bytes()
    for run in (cloned.pytest(**env), cloned.covgate("check", "--all", **env)):
        assert TRUE in run.verdict
    assert f"committed to git, so not read: {where}/" in run.out
    assert (cloned.root / where / "static.sqlite").read_bytes() == planted


def test_issue_f_3_a_cache_that_is_not_committed_is_read(committed: Shop) -> None:
    """The one that a CI brings back is trusted as the CI is."""
    committed.pytest()
    doctor_cache(committed.root / ".covgate/cache/static.sqlite")
    assert TRUE not in committed.covgate("check").verdict


@pytest.mark.parametrize("link", [".covgate", ".covgate/cache", ".covgate/cache/static.sqlite"])
def test_x4_a_link_in_place_of_the_cache_is_not_followed(committed: Shop, link: str) -> None:
    """Neither to read what somebody committed elsewhere, nor to write."""
    committed.pytest()
    doctor_cache(committed.root / ".covgate/cache/static.sqlite")
    path = committed.root / link
    target = committed.root.parent / "target"
    shutil.move(path, target)
    path.symlink_to(target)
    before = {file: file.read_bytes() for file in [target, *target.rglob("*")] if file.is_file()}
    for run in (committed.pytest(), committed.covgate("check", "--all")):
        assert TRUE in run.verdict
    assert f"{path} is a link" in run.out
    assert {file: file.read_bytes() for file in before} == before


def test_x4_a_link_to_nowhere_makes_no_file(committed: Shop) -> None:
    (committed.root / ".covgate").mkdir()
    (committed.root / ".covgate/cache").symlink_to(committed.root.parent / "nowhere")
    assert TRUE in committed.pytest().verdict
    assert not (committed.root.parent / "nowhere").exists()


DATA = {
    "check": ("check",),
    "explain": ("explain", "shop.cart"),
    "init": ("init", "--force", "--dry-run"),
    "accept": ("accept", "shop.cart", "remove", "--reason=why"),
    "ratchet": ("ratchet", "--complete"),
}


@pytest.mark.parametrize("command", DATA)
def test_issue_f_3_data_that_are_committed_are_refused(committed: Shop, command: str) -> None:
    committed.pytest()
    committed.repository.git("add", "--force", ".coverage")
    committed.repository.commit()
    run = committed.covgate(*DATA[command])
    assert run.code == 3
    assert "/.coverage is committed to git; coverage data is measured, not committed" in run.out + run.err
    assert "git rm --cached" in run.out + run.err
    committed.repository.git("rm", "-q", "--cached", ".coverage")
    assert committed.covgate(*DATA[command]).code in (0, 1)


def test_issue_f_3_a_part_that_was_combined_and_is_gone_is_refused(committed: Shop) -> None:
    committed.pytest()
    shutil.copy(committed.root / ".coverage", committed.root / ".coverage.planted")
    committed.repository.git("add", "--force", ".coverage.planted")
    committed.repository.commit()
    (committed.root / ".coverage.planted").unlink()
    run = committed.covgate("check")
    assert run.code == 3
    assert ".coverage.planted is committed" in run.out


@pytest.mark.parametrize("data", ["data/[1].bin", "link", "data"])
def test_issue_f_3_whatever_data_names(committed: Shop, data: str) -> None:
    committed.pytest()
    (committed.root / "data").mkdir()
    shutil.copy(committed.root / ".coverage", committed.root / "data/[1].bin")
    shutil.copy(committed.root / ".coverage", committed.root / "data/.coverage.1")
    committed.repository.git("add", "--force", "data")
    committed.repository.commit()
    (committed.root / "link").symlink_to("data/[1].bin")
    run = committed.covgate("check", "--data", data)
    assert run.code == 3
    assert "is committed to git" in run.out


def test_issue_f_3_settings_with_a_like_name_are_no_data(committed: Shop) -> None:
    committed.repository.commit({".coveragerc": "[run]\nrelative_files = true\n", ".coveragerc.toml": ""})
    committed.repository.git("add", "--force", ".coveragerc", ".coveragerc.toml")
    committed.repository.commit()
    committed.pytest()
    assert committed.covgate("check").code == 0


def test_issue_f_3_below_the_top_of_the_repository_and_from_a_linked_tree(tmp_path: Path, project: Project) -> None:
    """The cache of a project that is not at the top."""
    repository = Repository(tmp_path / "top", hostile=False)
    inner = tmp_path / "top" / "pkg"
    shutil.copytree(
        Shop(project.write({"shop/__init__.py": "x = 1\n", "test_a.py": "import shop\ndef test(): pass\n"})).root, inner
    )
    shutil.rmtree(inner / ".git")
    below = Project(inner)
    env = {"HOME": repository.environment["HOME"]}
    assert below.pytest("--covgate", env=env).code == 0
    repository.git("add", "--force", "pkg")
    repository.commit()
    (inner / ".coverage").rename(inner / "measured")
    repository.git("rm", "-q", "--cached", "pkg/.coverage")
    run = below.covgate("check", "--all", "--data", "measured", env=env)
    assert "committed to git, so not read: .covgate/cache/" in run.out
