"""Lost coverage names the tests that used to run the lines, in real repositories."""

from __future__ import annotations

import contextlib
import json
import sqlite3
import sys
from pathlib import Path
from typing import Any

import pytest

from conftest import Project, Run
from covgate.history.store import FILE, KEPT_MAPS, MOST_MAP_BYTES, HistoryError, Store
from covgate.measurement.map_codec import EncodedMap, encode_map
from covgate.model.record_json import document_of
from repositories import Repository

NAMES = ("kept", "deleted", "renamed", "moved", "skipped", "unselected", "bypassed")
SOURCE = "".join(f"def {name}(x=0):\n    y = x + 1\n    return y\n\n\n" for name in (*NAMES, "broken"))
TESTS = "import pytest\nfrom shop import cart\n\n\n" + "".join(
    f"@pytest.mark.parametrize('x', [1, 2])\ndef test_{name}(x):\n    assert cart.{name}(x) == x + 1\n\n\n"
    for name in NAMES
)
SETTINGS = '[tool.covgate]\nsource = ["shop"]\nchanged.lines = false\n'
SELECTING = '[tool.pytest.ini_options]\npython_functions = "test_[!u]*"\n'
IGNORED = ".coverage*\n.covgate/\n__pycache__/\n.pytest_cache/\n"


class Shop(Project):
    """A project in a repository of which the first commit is recorded."""

    def __init__(self, repository: Repository) -> None:
        super().__init__(repository.root)
        self.repository = repository

    def measure(self, *args: str) -> Run:
        return self.pytest("--covgate", "--covgate-report=json:covgate.json", *args, env=self.repository.environment)

    def compare(self, *args: str) -> Run:
        return self.covgate("compare", *args, env=self.repository.environment)


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    repository = Repository(tmp_path / "shop")
    files: dict[str, str | bytes] = {
        "shop/__init__.py": "",
        "shop/cart.py": SOURCE,
        "tests/test_cart.py": TESTS,
        "pyproject.toml": SETTINGS,
        ".gitignore": IGNORED,
    }
    repository.commit(files, message="one")
    shop = Shop(repository)
    assert shop.measure().code == 0
    return shop


def edit(project: Project) -> None:
    """Make a test of each name lose its lines in another way."""
    tests = TESTS
    for name in ("deleted", "renamed", "moved"):
        start = tests.index(f"@pytest.mark.parametrize('x', [1, 2])\ndef test_{name}(")
        end = tests.find("@pytest", start + 1)
        text = tests[start:end]
        tests = tests.replace(text, text.replace("test_renamed", "_test_renamed") if name == "renamed" else "")
        if name == "moved":
            (project.root / "tests/helpers.py").write_text("import pytest\nfrom shop import cart\n\n\n" + text)
    tests = tests.replace("def test_skipped(x):\n", "def test_skipped(x):\n    pytest.skip('later')\n")
    tests = tests.replace("cart.bypassed(x)", "x + 1")
    (project.root / "tests/test_cart.py").write_text(tests)


def lost_of(document: dict[str, Any]) -> dict[int, list[tuple[str, str, str | None]]]:
    """The tests of each group of lost lines, by the first of the lines."""
    (module,) = document["comparison"]["modules"]
    return {
        one["lines"][0][0]: [(test["test"], test["fate"], test["renamed_to"]) for test in one["tests"]]
        for one in module["lost"]
    }


EXPECTED = {
    7: [("tests/test_cart.py::test_deleted", "deleted", None)],
    12: [("tests/test_cart.py::test_renamed", "renamed", "tests/test_cart.py::_test_renamed")],
    17: [("tests/test_cart.py::test_moved", "renamed", "tests/helpers.py::test_moved")],
    22: [("tests/test_cart.py::test_skipped", "skipped", None)],
    27: [("tests/test_cart.py::test_unselected", "not run", None)],
    32: [("tests/test_cart.py::test_bypassed", "not reaching", None)],
}


def test_t4_each_fate_is_told_by_the_run_and_by_compare(shop: Shop) -> None:
    edit(shop)
    (shop.root / "pyproject.toml").write_text(SETTINGS + SELECTING)
    run = shop.measure("--covgate-report=markdown:covgate.md", "--covgate-report=html:page.html")
    document = shop.report()
    found = lost_of(document)
    assert found == EXPECTED
    sentences = [
        "shop/cart.py:7-8: tests/test_cart.py::test_deleted was deleted",
        "tests/test_cart.py::test_renamed was renamed to tests/test_cart.py::_test_renamed, which did not run",
        "tests/test_cart.py::test_moved was renamed to tests/helpers.py::test_moved, which did not run",
        "tests/test_cart.py::test_skipped was skipped",
        "tests/test_cart.py::test_unselected did not run",
        "tests/test_cart.py::test_bypassed runs, but no longer reaches these lines",
    ]
    html = (shop.root / "page.html").read_text()
    markdown = (shop.root / "covgate.md").read_text().replace("`", "")
    for sentence in sentences:
        assert sentence in " ".join(run.out.split())
        assert sentence in markdown
        assert sentence in html
    compared = shop.compare("HEAD", "--json")
    assert lost_of(json.loads(compared.out)) == EXPECTED
    shop.repository.commit(message="two")
    assert shop.measure().code == 0
    of_commits = shop.compare("HEAD~1", "HEAD")
    assert all(sentence in " ".join(of_commits.out.split()) for sentence in sentences)


def test_a_failing_test_is_told_and_a_part_of_the_tests_tells_nothing(shop: Shop) -> None:
    tests = TESTS.replace("def test_deleted(x):\n", "def test_deleted(x):\n    assert x > 2\n")
    (shop.root / "tests/test_cart.py").write_text(tests)
    assert shop.measure().code == 1
    assert lost_of(shop.report()) == {7: [("tests/test_cart.py::test_deleted", "failed", None)]}
    shop.measure("-k", "kept")
    assert shop.report()["comparison"] is None


def test_several_tests_of_one_function(shop: Shop) -> None:
    """Of those that ran the function, the one that is gone is named, though others still run it."""
    shop.repository.commit(
        {
            "shop/sign.py": "def sign(x):\n    if x < 0:\n        return -1\n    return 1\n",
            "tests/test_sign.py": "from shop.sign import sign\n\n"
            "def test_plus():\n    assert sign(1) == 1\n\n"
            "def test_minus():\n    assert sign(-1) == -1\n",
        },
        message="sign",
    )
    assert shop.measure().code == 0
    tests = (shop.root / "tests/test_sign.py").read_text()
    (shop.root / "tests/test_sign.py").write_text(tests.partition("def test_minus")[0])
    shop.measure()
    assert lost_of(shop.report()) == {3: [("tests/test_sign.py::test_minus", "deleted", None)]}
    (shop.root / "tests/test_sign.py").write_text(tests.replace("sign(-1) == -1", "sign(1) == 1"))
    shop.measure()  # both still run the function; only the body of one has changed
    assert lost_of(shop.report()) == {3: [("tests/test_sign.py::test_minus", "not reaching", None)]}


@pytest.mark.skipif(sys.version_info < (3, 12), reason="where first tests are recorded, the line has one")
def test_of_a_function_that_many_tests_run_the_innocent_are_not_named(shop: Shop) -> None:
    """The map names four of them; the one that reached the line is another one."""
    plus = "".join(f"def test_{number:02}():\n    assert sign({number}) == 1\n\n" for number in range(1, 9))
    minus = "def test_minus():\n    assert sign(-1) == -1\n"
    shop.repository.commit(
        {
            "shop/sign.py": "def sign(x):\n    if x < 0:\n        return -1\n    return 1\n",
            "tests/test_sign.py": f"from shop.sign import sign\n\n{plus}{minus}",
        },
        message="sign",
    )
    assert shop.measure().code == 0
    (shop.root / "tests/test_sign.py").unlink()
    (shop.root / "tests/test_moved.py").write_text(f"from shop.sign import sign\n\n{plus}")
    shop.measure()
    assert lost_of(shop.report()) == {3: []}


def test_a_new_name_is_followed(shop: Shop) -> None:
    """A test that runs on under another name is no reason; one that was skipped as well is."""
    tests = TESTS.replace("def test_deleted(", "def test_gone(").replace("def test_skipped(", "def test_later(")
    tests = tests.replace("def test_later(x):", "@pytest.mark.skip\ndef test_later(x):")
    (shop.root / "tests/test_cart.py").write_text(tests)
    shop.measure()
    assert lost_of(shop.report()) == {
        22: [("tests/test_cart.py::test_skipped", "skipped", "tests/test_cart.py::test_later")]
    }


def test_what_nobody_saw_go_did_not_run(shop: Shop) -> None:
    """Inherited tests, tests below an if, and files that cannot be parsed."""
    inherited = "from shop.cart import broken\n\nclass Base:\n    def test_a(self):\n        broken()\n\nclass TestB(Base):\n    pass\n"
    below = "import sys\nfrom shop.late import late\n\nif sys:\n    def test_late():\n        late()\n"
    files: dict[str, str | bytes] = {
        "shop/late.py": "def late():\n    return 1\n",
        "tests/test_base.py": inherited,
        "tests/test_below.py": below,
    }
    shop.repository.commit(files, message="more")
    assert shop.measure().code == 0
    for name, text in (("test_base", inherited), ("test_below", below)):
        (shop.root / f"tests/{name}.py").write_text(f"import pytest\npytest.importorskip('no_such')\n{text}")
    shop.measure()
    modules = shop.report()["comparison"]["modules"]
    fates = {(test["test"], test["fate"]) for one in modules for group in one["lost"] for test in group["tests"]}
    assert fates == {("tests/test_base.py::TestB::test_a", "not run"), ("tests/test_below.py::test_late", "not run")}


def test_a_baseline_whose_tests_are_not_known(shop: Shop) -> None:
    with contextlib.closing(sqlite3.connect(shop.root / FILE)) as database:
        database.execute("DELETE FROM maps")
        database.commit()
    edit(shop)
    assert shop.measure().code == 0
    assert all(told == [] for told in lost_of(shop.report()).values())
    assert shop.measure("--no-covgate-map").code == 0
    assert "not known" not in str(shop.report()["notes"])


def test_a_history_of_before_there_were_maps(shop: Shop) -> None:
    with contextlib.closing(sqlite3.connect(shop.root / FILE)) as database:
        database.execute("DROP TABLE maps")
        database.commit()
    store = Store(shop.root / FILE)
    (record,) = store.all()
    assert store.find_map(record) is None
    assert shop.covgate("history", "prune", "--before", "2020-01-01").code == 0
    assert shop.measure().code == 0
    (record,) = store.all()[-1:]
    assert store.find_map(record) is not None


def test_the_history_keeps_the_newest_maps(shop: Shop) -> None:
    store = Store(shop.root / FILE)
    (record,) = store.all()
    known = store.find_map(record)
    assert known is not None
    assert "tests/test_cart.py::test_kept" in known.tests
    revision = record.revision
    assert revision is not None
    later = [record._replace(revision=revision._replace(tree=f"{number:040x}")) for number in range(KEPT_MAPS)]
    encoded = encode_map(known)
    for other in later:
        store.add_map(other, encoded)
    assert store.find_map(record) is None
    assert store.find_map(later[0]) == known
    store.add_map(record, EncodedMap(bytes(MOST_MAP_BYTES), b"1"))
    assert store.find_map(record) is None
    store.add_map(record, EncodedMap(b"x", b"y"))
    with pytest.raises(HistoryError, match="is damaged"):
        store.find_map(record)
    store.add(later)
    store.remove(later)
    assert store.find_map(later[0]) is None


def test_t2_the_map_goes_with_the_record_to_another_clone(shop: Shop, tmp_path: Path) -> None:
    """As a CI does it: one job measures main and hands the record on, another pushes it, a third judges a change."""
    server = tmp_path / "server"
    shop.repository.git("clone", "-q", "--bare", ".", str(server))
    exported = shop.covgate("history", "show", "--json", env=shop.repository.environment).out
    pushing, judging = (clone_of(server, tmp_path / name) for name in ("pushing", "judging"))
    (pushing.root / "record.json").write_text(exported)
    assert pushing.covgate("history", "import", "record.json", env=pushing.repository.environment).code == 0
    pushed = pushing.covgate("history", "push", env=pushing.repository.environment).out
    assert "1 map of which test runs what pushed to refs/notes/covgate-tests\n" in pushed
    again = pushing.covgate("history", "push", env=pushing.repository.environment).out
    assert again == "nothing to push: origin already has every record that can be shared\n"
    pulled = judging.covgate("history", "pull", env=judging.repository.environment).out
    assert "1 map of which test runs what from refs/notes/covgate-tests\n" in pulled
    assert "map" not in judging.covgate("history", "pull", env=judging.repository.environment).out
    edit(judging)
    (judging.root / "pyproject.toml").write_text(SETTINGS + SELECTING)
    judging.measure()
    assert lost_of(judging.report()) == EXPECTED


def clone_of(server: Path, root: Path) -> Shop:
    repository = Repository(root)
    repository.git("remote", "add", "origin", server.as_uri())
    repository.git("fetch", "-q", "origin")
    repository.git("checkout", "-q", "-B", "main", "origin/main")
    return Shop(repository)


@pytest.mark.parametrize(
    ("tests", "why"),
    [
        (3, "is not subscriptable"),
        ({"names": "!", "numbers": ""}, "base64"),
        ({"names": "eA==", "numbers": "eA=="}, "cut short"),
        ({"names": "A" * 2**22, "numbers": ""}, "too large"),
    ],
)
def test_a_damaged_map_in_a_file_is_refused(shop: Shop, tests: object, why: str) -> None:
    (record,) = Store(shop.root / FILE).all()
    (shop.root / "record.json").write_text(json.dumps({**document_of(record), "tests": tests}))
    run = shop.covgate("history", "import", "record.json")
    assert run.code == 2
    assert "record.json is damaged: its map of tests" in run.err
    assert why in run.err
    assert "history show --json" in run.err


def test_a_damaged_map_in_a_note_costs_that_map_only(shop: Shop, tmp_path: Path) -> None:
    server = tmp_path / "server"
    shop.repository.git("clone", "-q", "--bare", ".", str(server))
    shop.repository.git("remote", "add", "origin", server.as_uri())
    assert shop.covgate("history", "push", env=shop.repository.environment).code == 0
    judging = clone_of(server, tmp_path / "judging")
    tree = judging.repository.git("rev-parse", "HEAD^{tree}").decode().strip()
    reference = "--ref=refs/notes/covgate-tests"
    judging.repository.git("fetch", "-q", "origin", "refs/notes/covgate-tests:refs/notes/covgate-tests")
    good = judging.repository.git("notes", reference, "show", tree).decode()
    other = {**json.loads(good), "folder": "elsewhere"}
    for lines, pulled in ((["nothing", '{"schema":1}', json.dumps(other)], False), (["\udcff", good], True)):
        (tmp_path / "note").write_text("\n".join(lines), errors="surrogateescape")
        judging.repository.git("notes", reference, "add", "-f", "-F", str(tmp_path / "note"), tree)
        judging.repository.git("push", "-q", "-f", "origin", "refs/notes/covgate-tests")
        run = judging.covgate("history", "pull", env=judging.repository.environment)
        assert run.code == 0
        assert ("1 map" in run.out) is pulled
        judging.repository.git("update-ref", "-d", "refs/notes/covgate-tests")


def test_a_server_that_takes_records_but_no_maps(shop: Shop, tmp_path: Path) -> None:
    server = tmp_path / "server"
    shop.repository.git("clone", "-q", "--bare", ".", str(server))
    hook = server / "hooks" / "update"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text('#!/bin/sh\ntest "$1" != refs/notes/covgate-tests\n')
    hook.chmod(0o755)
    shop.repository.git("remote", "add", "origin", server.as_uri())
    for options, code in (((), 0), (("--strict",), 1)):
        run = shop.covgate("history", "push", *options, env=shop.repository.environment)
        assert run.code == code
        assert "nothing was pushed" not in run.err
        assert "which test runs what was not pushed: origin has not taken refs/notes/covgate-tests" in run.err
    assert "1 new record" in clone_of(server, tmp_path / "other").covgate("history", "pull").out
