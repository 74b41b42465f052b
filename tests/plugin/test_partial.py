"""J8: a run of a part of the tests decides in a CI only, and its data stay a part for every command."""

from __future__ import annotations

from pathlib import Path

import pytest

from conftest import Project
from covgate.plugin.partial import _resolved, _test_files

TWO_TESTS = {
    "tests/unit/test_one.py": """
        import pytest
        from shop import cart

        def test_one():
            assert cart.add(1, 2) == 3

        @pytest.mark.slow
        def test_slow():
            pass
        """,
    "tests/test_two.py": "def test_two(): assert 1\n",
}
MARKED = '[tool.pytest.ini_options]\nmarkers = ["slow"]\npythonpath = ["."]\n'


@pytest.fixture
def tested(shop: Project) -> Project:
    """The shop with tests in two folders; its gate fails on a full run."""
    return shop.write(TWO_TESTS).settings(
        f'{MARKED}testpaths = ["tests"]\n[tool.covgate]\nsource = ["shop"]\nmodule = 80\n'
    )


@pytest.mark.parametrize(
    ("args", "reason"),
    [
        (("-k", "one"), "-k one"),
        (("-m", "not slow"), "-m 'not slow'"),
        (("--deselect", "tests/test_two.py::test_two"), "--deselect tests/test_two.py::test_two"),
        (("--ignore=tests/unit",), "--ignore tests/unit"),
        (("--sw",), "--sw"),
        (("tests/unit",), "only tests/unit, not tests"),
        (("tests/test_two.py::test_two",), "only tests/test_two.py::test_two"),
        (("-n2", "-k", "one"), "-k one"),
    ],
)
def test_j8_what_narrows_a_run_makes_it_advisory(tested: Project, args: tuple[str, ...], reason: str) -> None:
    run = tested.pytest("--covgate", *args)
    assert run.code == 0, run.out
    assert run.verdict.startswith(f"ADVISORY coverage gate: not judged, only a part of the tests ran ({reason})")
    assert "top gaps" in run.out


def test_j8_files_that_are_left_out_are_counted(tested: Project) -> None:
    files = {f"tests/api/test_{name}.py": "def test_it(): pass\n" for name in ("a", "b", "c")}
    tested.write(files).settings(f'{MARKED}[tool.covgate]\nsource = ["shop"]\nmodule = 80\n')
    run = tested.pytest("--covgate", "tests/unit", "tests/test_two.py", "tests/test_shop.py")
    assert ", not tests/api/test_a.py and 2 more test files)" in run.verdict
    one = tested.pytest("--covgate", "tests/api", "tests/test_two.py", "tests/test_shop.py")
    assert ", not tests/unit/test_one.py)" in one.verdict
    tested.settings(f'{MARKED}testpaths = ["tests/*"]\n[tool.covgate]\nsource = ["shop"]\nmodule = 80\n')
    (tested.root / "tests" / "__pycache__").mkdir(exist_ok=True)
    assert " and 1 more test path)" in tested.pytest("--covgate", "tests/unit", "tests/api").verdict


@pytest.mark.parametrize("option", ["--lf", "--ff"])
def test_j8_runs_from_the_cache_are_partial(tested: Project, option: str) -> None:
    tested.pytest("--covgate")
    assert f"({option})" in tested.pytest("--covgate", option).verdict


@pytest.mark.parametrize(
    "args", [(), ("tests",), (".",), ("tests/", "shop"), ("tests/unit", "tests/test_two.py", "tests/test_shop.py")]
)
def test_j8_paths_that_hold_every_test_are_no_part(tested: Project, args: tuple[str, ...]) -> None:
    if len(args) == 3:  # testpaths names a folder; without it the test files count
        tested.settings(f'{MARKED}[tool.covgate]\nsource = ["shop"]\nmodule = 80\n')
    run = tested.pytest("--covgate", *args)
    assert run.code == 1
    assert run.verdict.startswith("FAILED")


def test_j8_a_folder_below_the_root_is_a_part(tested: Project) -> None:
    run = tested.pytest("--covgate", cwd="tests/unit")
    assert run.code == 0
    assert "only tests/unit, not" in run.verdict


@pytest.mark.parametrize(
    "addopts", ["-m 'not slow'", "-k 'not slow'", "tests/unit", "--deselect tests/test_two.py::test_two"]
)
def test_j8_what_the_configured_addopts_select_is_the_whole(tested: Project, addopts: str) -> None:
    tested.settings(f'{MARKED}addopts = "{addopts}"\n[tool.covgate]\nsource = ["shop"]\nmodule = 80\n')
    assert tested.pytest("--covgate").verdict.startswith("FAILED")


def test_j8_a_run_stopped_by_maxfail_is_partial_and_its_table_is_printed(tested: Project) -> None:
    tested.write({"tests/test_a.py": "def test_a(): assert 0\n"})
    run = tested.pytest("--covgate", "-x")
    assert run.code == 1
    assert "stopping after 1 failures" in run.verdict
    assert "top gaps" in run.out


def test_j8_collection_errors_make_a_run_partial(tested: Project) -> None:
    tested.write({"tests/test_a.py": "import no_such_module\n"})
    run = tested.pytest("--covgate")
    assert run.code == 2
    assert "(1 collection error)" in run.verdict
    going_on = tested.pytest("--covgate", "--continue-on-collection-errors")
    assert going_on.code == 1
    assert "(1 collection error)" in going_on.verdict


@pytest.mark.parametrize("dist", [(), ("-n", "2")], ids=["alone", "xdist"])
def test_j8_tests_deselected_by_a_plugin_make_a_run_partial(tested: Project, dist: tuple[str, ...]) -> None:
    tested.write(
        {
            "conftest.py": """
                def pytest_collection_modifyitems(config, items):
                    config.hook.pytest_deselected(items=items[1:])
                    del items[1:]
                """
        }
    )
    run = tested.pytest("--covgate", *dist)
    assert "deselected by a plugin or conftest.py)" in run.verdict


def test_j8_a_part_can_be_judged_all_the_same(tested: Project) -> None:
    assert tested.pytest("--covgate", "-k", "one", "--covgate-partial=fail").code == 1
    wrong = tested.pytest("--covgate", "--covgate-partial=maybe")
    assert wrong.code == 4
    assert "allowed: advisory, fail" in wrong.err


def test_j8_a_check_that_passes_on_a_part_is_a_pass(tested: Project) -> None:
    tested.settings(f'{MARKED}testpaths = ["tests"]\n[tool.covgate]\nsource = ["shop"]\ntotal = 10\n')
    run = tested.pytest("--covgate", "-k", "one")
    assert run.code == 0
    assert (
        run.verdict == "PASSED coverage gate: total 37.5 % (target 10); change skipped, on a part of the tests (-k one)"
    )


@pytest.mark.parametrize("args", [("-k", "one"), ("tests/unit",), ("-n2", "-m", "not slow")])
def test_j8_in_a_ci_a_part_is_judged_as_it_stands(tested: Project, args: tuple[str, ...]) -> None:
    """Issue F, 7."""
    run = tested.pytest("--covgate", *args, env={"CI": "true"})
    assert run.code == 1
    assert run.verdict.startswith("FAILED")
    assert "on a part of the tests (" in run.verdict
    assert tested.pytest("--covgate", *args, env={"CI": "false"}).code == 0
    assert tested.pytest("--covgate", "--covgate-partial=advisory", *args, env={"CI": "true"}).code == 0
    assert tested.pytest("--covgate", "--covgate-partial=fail", *args).code == 1


def test_j8_tests_that_a_conftest_deselects_are_judged_in_a_ci(tested: Project) -> None:
    tested.write(
        {
            "conftest.py": """
                def pytest_collection_modifyitems(config, items):
                    config.hook.pytest_deselected(items=items[1:])
                    del items[1:]
                """
        }
    )
    assert tested.pytest("--covgate").verdict.startswith("ADVISORY")
    run = tested.pytest("--covgate", env={"CI": "true"})
    assert run.code == 1
    assert "deselected by a plugin or conftest.py" in run.verdict


def test_j8_data_of_a_part_stay_a_part_for_every_command(tested: Project) -> None:
    assert tested.pytest("--covgate", "-k", "one").code == 0
    check = tested.covgate("check")
    assert check.code == 0
    assert check.verdict.startswith("ADVISORY coverage gate: not judged, only a part of the tests ran (-k one)")
    assert tested.covgate("check", env={"CI": "1"}).code == 1
    assert tested.covgate("check", "--partial=advisory", env={"CI": "1"}).code == 0
    assert tested.covgate("check", "--partial=fail").code == 1
    before = (tested.root / "pyproject.toml").read_text()
    for command in (["init", "--force"], ["ratchet"]):
        refused = tested.covgate(*command)
        assert refused.code == 3
        assert "the data is not of all tests: -k one" in refused.err
    assert (tested.root / "pyproject.toml").read_text() == before
    assert tested.covgate("init", "--force", "--complete", "--dry-run").code == 0
    explained = tested.covgate("explain", "shop.cart")
    assert "the data is not of all tests (-k one)" in explained.err


def test_installed_packages_are_resolved_without_importing_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "pkgx").mkdir()
    (tmp_path / "pkgx/__init__.py").write_text("raise RuntimeError\n")
    (tmp_path / "modx.py").write_text("")
    monkeypatch.syspath_prepend(tmp_path)
    elsewhere = tmp_path / "pkgx"
    assert _resolved("pkgx", elsewhere, pyargs=True) == tmp_path.resolve() / "pkgx"
    assert _resolved("modx", elsewhere, pyargs=True) == tmp_path.resolve() / "modx.py"
    assert _resolved("no_such_package", elsewhere, pyargs=True) is None
    assert _resolved("no_such.package", elsewhere, pyargs=True) is None


def test_environments_and_unlisted_folders_hold_no_tests(tmp_path: Path, pytestconfig: pytest.Config) -> None:
    for name in ("tests/test_a.py", "env/test_b.py", "build/test_c.py", ".git/test_d.py", "tests/helper.py"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("")
    (tmp_path / "env/pyvenv.cfg").write_text("")
    found = [path.relative_to(tmp_path).as_posix() for path in _test_files(tmp_path, pytestconfig)]
    assert found == ["tests/test_a.py"]
