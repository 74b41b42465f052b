"""`covgate doctor`, on real projects in processes of their own."""

from __future__ import annotations

from pathlib import Path

from conftest import Project

SETTINGS = """
    [tool.covgate]
    source = ["shop"]
    module = 50
    [tool.coverage.run]
    branch = true
    """


def test_nothing_found(shop: Project) -> None:
    run = shop.settings(SETTINGS).covgate("doctor")
    assert (run.code, run.err) == (0, "")
    assert run.out.startswith("nothing found\nexamined: the settings, 3 source files, installed versions\n")
    assert "not examined: coverage data, because there is none" in run.out


def test_a_gate_that_cannot_fail(shop: Project) -> None:
    shop.settings(SETTINGS.replace("module = 50", 'module = 0\n    targets = {"shop.crt" = 0}'))
    workflow = "jobs:\n  a:\n    steps:\n      - run: pytest --covgate || true\n"
    run = shop.write({".github/workflows/ci.yml": workflow}).covgate("doctor")
    assert run.code == 1
    assert run.out.splitlines()[:10] == [
        "serious",
        "  pyproject.toml: tool.covgate.module is 0, so it passes whatever is covered",
        "      set a percentage, or false to switch the check off openly",
        '  pyproject.toml: tool.covgate.targets: "shop.crt" matches no source file',
        "      correct the pattern, or remove it",
        '  .github/workflows/ci.yml:4: "|| true" hides a failure of the gate (pytest --covgate)',
        '      remove "|| true"',
        "advice",
        '  pyproject.toml: tool.covgate.targets: 1 target of 0: "shop.crt"',
        "      raise each target as you add tests",
    ]


def test_a_gate_that_sees_a_part_of_the_tests(shop: Project) -> None:
    shop.settings(SETTINGS).write({"tests/more/test_more.py": "def test_more():\n    pass\n"})
    steps = "      - run: pytest --covgate tests/more\n      - run: pytest --covgate --covgate-staged\n"
    run = shop.write({".github/workflows/ci.yml": f"jobs:\n  a:\n    steps:\n{steps}"}).covgate("doctor")
    assert run.code == 1
    assert run.out.splitlines()[:5] == [
        "serious",
        "  .github/workflows/ci.yml:5: --covgate-staged judges no changed line here, because nothing is",
        "    staged in a CI",
        "      remove --covgate-staged",
        "advice",
    ]
    assert "ci.yml:4: the gate runs only a part of the tests (only" in run.out
    whole = "jobs:\n  a:\n    steps:\n      - run: pytest --covgate tests\n"
    run = shop.write({".github/workflows/ci.yml": whole}).covgate("doctor")
    assert (run.code, run.out.startswith("nothing found")) == (0, True), run.out


def test_with_data(shop: Project) -> None:
    shop.write({"shop/made.py": "import os  # pragma: no cover\n", "shop/test_it.py": "def test_it():\n    pass\n"})
    shop.settings(SETTINGS)
    assert shop.pytest("--covgate", "--covgate-mode=warn").code == 0
    run = shop.covgate("doctor")
    assert run.code == 0
    assert "1 test file counted as source" in run.out
    assert "all code is excluded in 1 module: shop/made.py" in run.out
    assert "examined: the settings, the data of 5 modules" in run.out


def test_without_pyyaml_it_says_what_was_not_read(shop: Project, tmp_path: Path) -> None:
    absent = tmp_path / "absent"
    absent.mkdir()
    (absent / "yaml.py").write_text("raise ImportError\n")
    shop.settings(SETTINGS).write({".github/workflows/ci.yml": "jobs: {}\n"})
    run = shop.covgate("doctor", env={"PYTHONPATH": str(absent)})
    assert run.code == 0
    assert (
        'not examined: .github/workflows/ci.yml, because PyYAML is missing (pip install "pytest-covgate[doctor]")'
        in run.out.replace("\n  ", " ")
    )


def test_settings_that_cannot_be_read_are_no_finding(shop: Project) -> None:
    assert shop.settings("[tool.covgate]\nmodul = 3\n").covgate("doctor").code == 2
    wrong = shop.settings(SETTINGS).covgate("doctor", env={"COVGATE_MODE": "maybe"})
    assert (wrong.code, "COVGATE_MODE: found 'maybe'" in wrong.err) == (2, True)
