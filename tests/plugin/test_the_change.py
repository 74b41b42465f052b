"""The change, through the whole plugin: real repository, real run."""

from __future__ import annotations

from pathlib import Path

import pytest

from conftest import SHOP, Project
from repositories import Repository

SETTINGS = """
[tool.covgate]
source = ["shop"]
[tool.covgate.changed]
lines = 90
new_module = 95
[tool.pytest.ini_options]
pythonpath = ["."]
"""
ADDED = """
def refund(
    order,
    amount,
):
    if amount > order:
        raise ValueError("too much")
    return order - amount
"""


@pytest.fixture
def branch(shop: Project) -> Project:
    """The shop on a branch: one function added to cart.py and not tested, nothing committed."""
    made = Repository(shop.root)
    shop.settings(SETTINGS).write({".gitignore": ".*\n__pycache__\n*.json\n"})
    made.commit()
    made.git("checkout", "-q", "-b", "feature")
    cart = shop.root / "shop/cart.py"
    cart.write_text(cart.read_text() + ADDED)
    return shop


def git(project: Project, *args: str) -> str:
    made = Repository.__new__(Repository)
    home = project.root.parent / f"{project.root.name}-home"
    import os

    made.root, made.environment = project.root, {**os.environ, "HOME": str(home), "XDG_CONFIG_HOME": str(home)}
    return made.git(*args).decode()


@pytest.mark.parametrize("dist", [(), ("-n", "2")], ids=["alone", "xdist"])
def test_an_untested_change_fails_the_run_and_is_shown_as_source(branch: Project, dist: tuple[str, ...]) -> None:
    run = branch.pytest("--covgate", *dist)
    assert run.code == 1
    assert run.verdict == "FAILED coverage gate: the change is below target"
    assert "change    25.0 %  target 90 %  FAILED  3 of 4 changed statements missing" in run.out
    assert "1 file changed, compared with main (" in run.out
    assert '>    14          raise ValueError("too much")' in run.out
    assert "     12  ):" in run.out


def test_the_same_before_a_commit_as_after(branch: Project) -> None:
    before = branch.json()["change"]
    git(branch, "commit", "-q", "-a", "-m", "refund")
    assert branch.json()["change"] == before
    assert before["base_source"] == "main"
    (file,) = before["files"]
    assert file.pop("tests")["reached"] == "import"
    assert before["files"] == [
        {
            "path": "shop/cart.py",
            "module": "shop.cart",
            "status": "modified",
            "old_path": None,
            "changed": [[8, 15]],
            "units": 4,
            "covered": 1,
            "accepted": 0,
            "missing": [[13, 15]],
        }
    ]


def test_a_new_module_is_held_to_its_own_target_even_where_nobody_imports_it(branch: Project) -> None:
    branch.write({"shop/new.py": "def f():\n    return 1\n"})
    report = branch.json()
    failed = {(check["rule"], check["subject"]) for check in report["checks"] if check["status"] == "failed"}
    assert failed == {("changed-lines", "the change"), ("new-module", "shop/new.py")}
    assert [gap["group"] for gap in report["gaps"]] == ["change", "change"]


def test_a_tested_change_passes_in_one_line(branch: Project) -> None:
    branch.write(
        {
            "tests/test_refund.py": """
                import pytest
                from shop.cart import refund

                def test_refund():
                    assert refund(3, 1) == 2
                    with pytest.raises(ValueError):
                        refund(1, 3)
                """
        }
    )
    run = branch.pytest("--covgate", "-q")
    assert run.code == 0
    assert run.verdict.startswith(
        "PASSED coverage gate: total 58.3 %; change 100.0 % (target 90), compared with main ("
    )
    assert "top gaps" not in run.out


def test_both_doors_agree_on_the_change(branch: Project) -> None:
    branch.pytest("--covgate", "--covgate-report=json:door.json")
    assert branch.covgate("check", "--report=json:check.json").code == 1
    assert (branch.root / "door.json").read_text() == (branch.root / "check.json").read_text()


@pytest.mark.parametrize(
    ("args", "code", "message"),
    [
        (("--covgate-base=-x",), 4, "is not a ref"),
        (("--covgate-base=main", "--covgate-staged"), 4, "contradict"),
        (("--covgate-diff=nowhere",), 4, "cannot be read"),
        (("--covgate-diff=pyproject.toml",), 4, "is not a unified diff"),
    ],
)
def test_wrong_use_is_told_before_the_tests(branch: Project, args: tuple[str, ...], code: int, message: str) -> None:
    run = branch.pytest("--covgate", *args)
    assert run.code == code
    assert message in run.err


def test_a_diff_that_does_not_fit_is_an_error_before_the_tests(branch: Project) -> None:
    branch.write({"x.diff": "--- a/shop/cart.py\n+++ b/shop/cart.py\n@@ -1 +1 @@\n-a\n+nothing like it\n"})
    run = branch.pytest("--covgate", "--covgate-diff=x.diff")
    assert run.code == 4
    assert "does not fit the tree" in run.err


def test_options_choose_the_change(branch: Project) -> None:
    git(branch, "add", "shop/cart.py")
    staged = branch.json("--covgate-staged")["change"]
    assert (staged["base_source"], staged["units"]) == ("HEAD (staged files only)", 4)
    named = branch.json("--covgate-base=HEAD")["change"]
    assert named["base_source"] == "HEAD"
    (branch.root / "my.diff").write_text(git(branch, "diff", "--no-ext-diff", "--no-color", "--no-textconv", "HEAD"))
    from_file = branch.json("--covgate-diff=my.diff")["change"]
    assert (from_file["base"], from_file["units"], from_file["covered"]) == (None, 4, 1)


@pytest.mark.parametrize("env", [{}, {"CI": "true"}], ids=["here", "CI"])
def test_c4_a_base_option_that_is_not_there_is_wrong_use(branch: Project, env: dict[str, str]) -> None:
    """Issue F, 6."""
    run = branch.pytest("--covgate", "--covgate-base=maim", env=env)
    assert run.code == 4
    assert "no base: maim is not in this clone (--covgate-base)" in run.err
    assert "did you mean main?" in run.err
    assert "test session starts" not in run.out
    branch.pytest("--covgate")
    run = branch.covgate("check", "--base", "maim", env=env)
    assert run.code == 2
    assert "no base: maim is not in this clone (--base)" in run.err


@pytest.mark.parametrize("env", [{}, {"CI": "true"}], ids=["here", "CI"])
def test_c4_a_base_setting_that_is_not_there_is_an_error(branch: Project, env: dict[str, str]) -> None:
    branch.settings(SETTINGS.replace("lines = 90", 'lines = 90\nbase = "maim"'))
    for run in (branch.pytest("--covgate", env=env), branch.covgate("check", env=env)):
        assert run.code in (1, 3)
        assert run.verdict.startswith("ERROR")
        assert "no base: maim is not in this clone (tool.covgate.changed.base); did you mean main?" in run.out


def test_x1_a_bare_repository_below_the_root_does_not_hide_the_change(branch: Project) -> None:
    """Issue F, 1: `covgate check` said PASSED, and the filter ran."""
    branch.write(
        {
            "shop/HEAD": "ref: refs/heads/main\n",
            "shop/objects/.keep": "",
            "shop/refs/.keep": "",
            "shop/config": '[core]\nbare = false\nworktree = .\n[filter "x"]\nclean = touch sprung; cat\n',
            "shop/.gitattributes": "* filter=x\n",
        }
    )
    git(branch, "add", "--all")
    git(branch, "commit", "-q", "-m", "plant")
    assert branch.pytest("--covgate").verdict == "FAILED coverage gate: the change is below target"
    commands = (("check",), ("check", "--staged"), ("explain", "shop.cart"), ("init", "--dry-run"), ("doctor",))
    codes = [branch.covgate(*command, env={"CI": "true"}).code for command in commands]
    assert codes[0] == 1
    assert not list(branch.root.rglob("sprung"))


@pytest.mark.parametrize("place", ["below the top", "a worktree", "below the top of a worktree"])
def test_13_the_change_is_the_projects_wherever_it_lies(tmp_path: Path, place: str) -> None:
    """A project below the repository's top, and one in a linked worktree; from a subfolder of each."""
    made = Repository(tmp_path / "repo", hostile=False)
    below = "services/shop" if "below" in place else "."
    project = Project(made.root / below)
    project.root.mkdir(parents=True, exist_ok=True)
    project.settings(SETTINGS).write({**SHOP, ".gitignore": ".*\n__pycache__\n*.json\n"})
    made.write({"elsewhere.md": "x\n"})
    made.commit()
    if "worktree" in place:
        made.git("worktree", "add", "-q", "-b", "feature", str(tmp_path / "tree"))
        project = Project(tmp_path / "tree" / below)
    else:
        made.git("checkout", "-q", "-b", "feature")
    cart = project.root / "shop/cart.py"
    cart.write_text(cart.read_text() + ADDED)
    if below != ".":
        (project.root.parent.parent / "elsewhere.md").write_text("y\n")
    change = project.json(env=made.environment)["change"]
    assert [(file["path"], file["changed"]) for file in change["files"]] == [("shop/cart.py", [[8, 15]])]
    assert (change["base_source"], change["units"], change["covered"]) == ("main", 4, 1)
    run = project.pytest("--covgate", "--rootdir=..", "-c../pyproject.toml", cwd="tests", env=made.environment)
    assert "25.0 %" in run.out


def test_long_excerpts_are_cut_and_counted(branch: Project) -> None:
    body = "".join(f"    x{number} = {number}\n" for number in range(40))
    (branch.root / "shop/cart.py").write_text(f"def long():\n{body}")
    (branch.root / "tests/test_shop.py").write_text("import shop.cart\n\ndef test(): pass\n")
    run = branch.pytest("--covgate")
    assert run.out.count("\n>") == 19
    assert "19 of 40 uncovered changed lines shown (--covgate-all shows all)" in run.out
    everything = branch.pytest("--covgate", "--covgate-all").out
    assert everything.count("\n>") == 40
    listed = branch.covgate("report").out.splitlines()
    assert "\n".join(listed) in everything, "the rows of covgate report"
    assert "\n".join(listed) in branch.covgate("check", "--all").out


def test_a_changed_file_the_data_omits_is_only_noted(branch: Project) -> None:
    branch.write({".coveragerc": "[run]\nomit = */cart.py\n"})
    report = branch.json()
    assert report["change"]["units"] == 0
    assert report["notes"] == ["changed files outside the measured source: shop/cart.py"]


def test_a_target_from_a_hook_asks_about_the_change_too(branch: Project) -> None:
    branch.write({"conftest.py": "def pytest_covgate_targets(): return {'shop.cart': {'changed': 100}}\n"})
    branch.settings("[tool.covgate]\nsource = ['shop']\n[tool.pytest.ini_options]\npythonpath = ['.']\n")
    git(branch, "branch", "-m", "main", "elsewhere")
    run = branch.pytest("--covgate", env={"CI": "true"})
    assert run.code == 1
    assert run.verdict.startswith("ERROR coverage gate: no verdict, no base: origin/HEAD or")


def test_j6_a_changed_top_level_module_nobody_imports_counts_0(project: Project) -> None:
    made = Repository(project.root)
    project.write(
        {
            ".gitignore": ".*\n*.json\n__pycache__\n",
            "a.py": "x = 1\n",
            "b.py": "x = 1\n",
            "test_a.py": "import a\n\ndef test(): pass\n",
        }
    )
    made.commit()
    made.git("checkout", "-q", "-b", "feature")
    project.write({"b.py": "x = 1\ny = 2\n"})
    report = project.json("-W", "default")
    assert report["change"]["units"] == 1
    assert report["status"] == "failed"


def test_excluded_files_are_no_part_of_the_share_that_is_printed(branch: Project) -> None:
    branch.settings(
        SETTINGS.replace("lines = 90", "lines = 20").replace(
            'source = ["shop"]', 'source = ["shop"]\nexclude = ["shop.gen"]'
        )
    )
    branch.write({"shop/gen.py": "x = 1\ny = 2\n"})
    assert branch.pytest("--covgate").verdict.startswith(
        "PASSED coverage gate: total 28.5 %; change 25.0 % (target 20), compared with main ("
    )


def test_a_touched_module_below_its_target_is_a_row_and_the_verdicts_words(branch: Project) -> None:
    """Issue F, 13: the total, the change and every module's own target are met."""
    settings = SETTINGS.replace("lines = 90", "lines = 20\nmodule = 80")
    branch.settings(settings.replace("[tool.covgate]\n", "[tool.covgate]\ntotal = 20\nmodule = 0\n"))
    run = branch.pytest("--covgate", "--covgate-report=markdown:-", "--covgate-report=json")
    assert run.code == 1
    assert run.verdict.startswith("FAILED coverage gate: 1 touched module is below its target")
    red = [line for line in run.out.splitlines() if "FAILED" in line]
    assert red[0] == "touched  0 of 1 at or above the target for touched modules  FAILED"
    assert "| touched | 0 of 1 | | :x: at or above the target for touched modules |" in run.out
    (gap, *_) = branch.report()["gaps"]
    module = next(one for one in branch.report()["modules"] if one["path"] == gap["path"])
    assert (gap["covered"], gap["units"], gap["target"]) == (module["covered"], module["units"], "80")
    assert module["status"] == "failed"


def test_nothing_to_cover_names_what_it_was_compared_with_in_one_line(branch: Project) -> None:
    """Issue F, 9: HEAD as the base, the staged files of an index without any, an empty diff."""
    settings = SETTINGS.replace("lines = 90", 'lines = 90\nbase = "HEAD"')
    branch.settings(settings)
    git(branch, "add", "--all")
    git(branch, "commit", "-q", "-m", "all")
    branch.settings(f"{settings}# edited\n")  # else the last commit is the change
    run = branch.pytest("--covgate", "-q")
    assert run.code == 0
    assert "; change: nothing to cover, compared with HEAD" in run.verdict
    staged = branch.pytest("--covgate", "-q", "--covgate-staged")
    assert "; change: no changed files, compared with HEAD" in staged.verdict
    branch.write({"none.patch": ""})
    empty = branch.pytest("--covgate", "-q", "--covgate-diff=none.patch")
    assert "; change: no changed files, compared with " in empty.verdict
    assert "none.patch" in empty.verdict
