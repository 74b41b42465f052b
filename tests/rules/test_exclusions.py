"""New exclusions are those that coverage.py sees, in whatever spelling."""

from __future__ import annotations

from pathlib import Path

import coverage
import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders import hunks_of
from covgate.model.change import ChangedFile
from covgate.model.rules import Exclusion
from covgate.rules.exclusions import Expressions, new_exclusions
from covgate.rules.read import DEFAULT_FILE, read_rules


def expressions(tmp_path: Path, settings: str = "") -> Expressions:
    (tmp_path / ".coveragerc").write_text(settings)
    rules = read_rules(tmp_path, DEFAULT_FILE).coverage
    assert rules is not None
    return Expressions.of(rules)


def found(tmp_path: Path, text: str, before: str | None = None, settings: str = "", *lines: int) -> list[Exclusion]:
    ranges = tuple((line, line) for line in lines) if before is not None else ((1, text.count("\n") + 1),)
    hunks = hunks_of((before or "").splitlines(), text.splitlines())
    file = ChangedFile(path="a.py", status="modified", lines=ranges, hunks=tuple(hunks))
    return list(new_exclusions(file, text, before, expressions(tmp_path, settings)))


WORDS = st.sampled_from(
    ["#", "# ", "pragma", "PRAGMA", "Pragma", ":", " ", "  ", "no", "NO", "cover", "COVER", "x", "- why"]
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("exclusions")


@given(st.lists(WORDS, max_size=9).map("".join))
def test_a_comment_excludes_here_what_it_excludes_for_coverage_py(folder: Path, comment: str) -> None:
    text = f"x = 1  #{comment}\n"
    (folder / "a.py").write_text(text)
    cov = coverage.Coverage(data_file=None, config_file=False)
    _, _, excluded, _, _ = cov.analysis2(str(folder / "a.py"))
    assert bool(found(folder, text)) == bool(excluded)


@pytest.mark.parametrize(
    ("text", "settings", "expected"),
    [
        ("x = 1  # pragma: no\ncover = 2\n", "", [(1, "# pragma: no cover", "comment")]),
        ("if x:  # pragma: no branch\n    y = 1\n", "", [(1, "# pragma: no branch", "branch-comment")]),
        ("x = 1  # nocov\n", "[report]\nexclude_also = nocov\n", [(1, "nocov", "comment")]),
        ("raise NotImplementedError  # later\n", "[report]\nexclude_also = NotImplementedError\n",
         [(1, "raise NotImplementedError # later", "pattern")]),
        ("if TYPE_CHECKING:\n    import x\ndef f(): ...\n", "", []),
        ("x = 1  # pragma: no cover\n", "[report]\nexclude_lines = nothing else\n", []),
        ("# off\nx = 1\n# on\n", "[report]\nexclude_also = # off(?s:.)*?# on\n", [(1, "# off x = 1 # on", "comment")]),
        ("a = 1  # pragma: no cover\nb = 1  # pragma: no cover\n", "", [(1, "# pragma: no cover", "comment"), (2, "# pragma: no cover", "comment")]),
    ],
)  # fmt: skip
def test_a_new_file(tmp_path: Path, text: str, settings: str, expected: list[tuple[int, str, str]]) -> None:
    assert [(one.line, one.text, one.kind) for one in found(tmp_path, text, None, settings)] == expected


REGION = "[report]\nexclude_also = # off(?s:.)*?# on\n"


@pytest.mark.parametrize(
    ("before", "text", "lines", "settings", "expected"),
    [
        ("a = 1  # pragma: no cover\n", "b = 2\na = 1  # pragma: no cover\n", (1,), "", []),
        ("a = 1  # pragma: no cover\n", "b = 2  # pragma: no cover\n", (1,), "", [1]),
        ("# off\na = 1\n# on\nb = 2\n# on\n", "# off\na = 1\nb = 2\n# on\n", (), REGION, [3]),
        ("# off\na = 1\n# on\n", "# off\na = 1\nb = 2\n# on\n", (3,), REGION, []),
        ("a = 1\nb = 2\n", "# off\na = 1\n# on\nb = 2\n", (1, 3), REGION, [1]),
    ],
    ids=["moved down", "another statement", "its end deleted", "code within", "put around code"],
)
def test_an_edited_file(
    tmp_path: Path, before: str, text: str, lines: tuple[int, ...], settings: str, expected: list[int]
) -> None:
    assert [one.line for one in found(tmp_path, text, before, settings, *lines)] == expected
