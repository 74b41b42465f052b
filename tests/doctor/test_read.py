"""Facts about processes, versions, the tree and the clone."""

from __future__ import annotations

from pathlib import Path

import pytest
from packaging.requirements import Requirement

from covgate.doctor.facts import Facts, ProcessStarts
from covgate.doctor.read import compare_installed, process_starts, read_facts, required_versions
from covgate.measurement.coverage_settings import read_coverage_settings
from covgate.measurement.location import Measurement
from covgate.model.settings import Settings
from repositories import Repository


def facts_of(root: Path, **environment: str) -> Facts:
    coverage_settings = read_coverage_settings(".coveragerc", root)
    measurement = Measurement(
        base=root, config_file=".coveragerc", data_file=root / ".coverage", source=(root / "shop",)
    )
    return read_facts(
        root, Settings(), coverage_settings, measurement=measurement, snapshot=None, environment=environment
    )


@pytest.mark.parametrize(
    ("text", "subprocess", "multiprocessing"),
    [
        ("import subprocess, sys\nsubprocess.run([sys.executable])", True, False),
        ("from subprocess import Popen\nfrom sys import executable\nPopen([executable])", True, False),
        ("import asyncio, sys\nasyncio.create_subprocess_exec(sys.executable)", True, False),
        ("import sys\nprint(sys.executable)", False, False),
        ("import subprocess, sys\ncommand = [sys.executable]\nsubprocess.run(command)", True, False),
        ("import subprocess, sys\n# sys.executable\nsubprocess.run(['ls'])", False, False),
        ("from multiprocessing import Pool\nPool(2)", False, True),
        ("import multiprocessing as mp\nmp.get_context('spawn').Process()", False, True),
        ("import multiprocessing\nmultiprocessing.cpu_count()", False, False),
        (
            "from concurrent.futures import ProcessPoolExecutor as P, ProcessPoolExecutor\nProcessPoolExecutor()",
            False,
            True,
        ),
    ],
)
def test_processes(tmp_path: Path, text: str, subprocess: bool, multiprocessing: bool) -> None:
    (tmp_path / "a.py").write_text(text)
    found = process_starts({"a.py": tmp_path / "a.py"}, [])
    assert (bool(found.subprocess), bool(found.multiprocessing)) == (subprocess, multiprocessing)


def test_who_starts_the_measurement_by_hand(tmp_path: Path) -> None:
    (tmp_path / "tox.ini").write_text("set_env = COVERAGE_PROCESS_START=x")
    assert process_starts({}, [tmp_path / "tox.ini"]) == ProcessStarts(are_measured=True)


def test_versions() -> None:
    ours = {version.name: version for version in required_versions()}
    assert {"pytest", "pytest-cov", "coverage", "pluggy", "packaging"} <= set(ours)
    assert "pyyaml" not in ours  # an extra
    assert all(version.is_met for version in ours.values())
    others = [compare_installed(Requirement(text)) for text in ("pytest<1", "no-such-thing>=2")]
    assert [(version.name, version.installed is None, version.is_met) for version in others] == [
        ("pytest", False, False),
        ("no-such-thing", True, False),
    ]
    assert required_versions("no-such-distribution") == ()


def test_an_unknown_kind_of_version_is_accepted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "odd_build-1.dist-info").mkdir()
    (tmp_path / "odd_build-1.dist-info/METADATA").write_text("Metadata-Version: 2.1\nName: odd-build\nVersion: own!\n")
    monkeypatch.syspath_prepend(tmp_path)
    version = compare_installed(Requirement("odd-build>=9"))
    assert (version.installed, version.is_met) == ("own!", True)


def test_nothing_to_measure(tmp_path: Path) -> None:
    (tmp_path / ".coveragerc").write_text("[run]\nsource = no-such, no_such.part\n")
    found = facts_of(tmp_path)
    assert found.tree.discovered == ()
    assert found.tree.missing == ("no-such", "no_such.part")


def test_the_tree(tmp_path: Path) -> None:
    for name in (
        "shop/__init__.py",
        "shop/cart.py",
        "shop/.hidden/a.py",
        "shop/build/b.py",
        "shop/data.txt",
        "shop/tests/test_a.py",
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    (tmp_path / ".coveragerc").write_text(
        "[run]\nsource = shop, gone, gone/folder, pytest\npatch = subprocess\nomit = */tests/*\n"
    )
    found = facts_of(tmp_path)
    assert [(module.path, module.name) for module in found.tree.modules] == [
        ("shop/__init__.py", "shop"),
        ("shop/cart.py", "shop.cart"),
    ]
    assert found.tree.discovered == ("shop",)
    assert found.tree.missing == ("gone", "gone/folder")
    assert (found.coverage.file, found.coverage.patch) == (".coveragerc", ("subprocess",))
    assert not found.is_in_repository


@pytest.mark.parametrize(
    ("name", "text", "file"),
    [
        ("tox.ini", "[testenv]\ncommands = pytest", "tox.ini:2"),
        ("tox.toml", 'env_run_base.commands = [["pytest"]]', "tox.toml"),
        ("pyproject.toml", '[tool.tox]\nenv_run_base.commands = [["pytest"]]', "pyproject.toml"),
        (
            "pyproject.toml",
            "[tool.tox]\nlegacy_tox_ini = '''\n[testenv]\nset_env = COVGATE_MODE=off\ncommands = - pytest\n'''",
            "pyproject.toml",
        ),
    ],
)
def test_each_file_of_tox(tmp_path: Path, name: str, text: str, file: str) -> None:
    (tmp_path / name).write_text(text)
    (environment,) = facts_of(tmp_path).tox
    (command,) = environment.commands
    assert (command.text, str(command.position)) == ("pytest", file)
    assert all(loss.position == command.position for loss in command.ignored_exits)


def test_the_clone_and_the_mode(tmp_path: Path) -> None:
    origin = Repository(tmp_path / "origin")
    for number in range(2):
        (origin.root / "a.py").write_text(f"{number}\n")
        origin.git("add", ".")
        origin.git("commit", "-q", "-m", "a")
    origin.git("clone", "-q", "--depth=1", origin.root.as_uri(), str(tmp_path / "shallow"))
    whole, shallow = facts_of(origin.root, COVGATE_MODE="warn"), facts_of(tmp_path / "shallow")
    assert (whole.is_in_repository, whole.is_shallow, whole.mode_variable) == (True, False, "warn")
    assert (shallow.is_in_repository, shallow.is_shallow, shallow.mode_variable) == (True, True, None)
