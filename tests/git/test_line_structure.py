"""X2: git's lines and Python's lines are the same lines, or the file counts as changed as a whole."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from covgate.errors import UsageError
from covgate.git.change import read_change
from covgate.git.line_structure import has_lines_of_git
from covgate.git.request import ChangeRequest
from covgate.model.change import WHOLE_FILE, Change
from covgate.model.lines import LineRange
from repositories import Repository

BODY = "".join(f"x{number} = {number}\n" for number in range(1, 11)).encode()
EDITED = BODY.replace(b"x5 = 5\n", b"x5 = 55\nx55 = 5\n")
ODD = {
    "lone CR": b"# a\r# b\r" + EDITED,
    "CR CR LF": EDITED.replace(b"\n", b"\r\r\n"),
    "CR at the end": EDITED + b"# end\r",
    "utf-7": b"# coding: utf-7\n# +AAo-y = 1\n" + EDITED,
    "unicode_escape": b"# coding: unicode_escape\n# \\u000ay = 1\n# \\\n" + EDITED,
    "no such encoding": b"# coding: nowhere\n" + EDITED,
}
EVEN = {
    "LF": EDITED,
    "CR LF": EDITED.replace(b"\n", b"\r\n"),
    "mixed": EDITED.replace(b"x2 = 2\n", b"x2 = 2\r\n"),
    "form feeds and other separators": "# \x0c \x0b \x1c \x1d \x1e \x85 \u2028 \u2029\n\x0c\n".encode() + EDITED,
    "latin-1": b"# coding: latin-1\n# \xe9\x85\n" + EDITED,
    "shift_jis": "# coding: shift_jis\n# 表示\n".encode("shift_jis") + EDITED,
    "a mark of the byte order": b"\xef\xbb\xbf" + EDITED,
}


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    made = Repository(tmp_path / "repo")
    made.commit({"a.py": BODY})
    made.git("checkout", "-q", "-b", "feature")
    return made


def lines(made: Repository, name: str = "a.py", **request: Any) -> tuple[LineRange, ...]:
    change = read_change(ChangeRequest(environment=made.environment, **request), made.root)
    assert isinstance(change, Change), change
    return {file.path: file.lines for file in change.files}[name]


def diff_of(made: Repository) -> Path:
    path = made.root.parent / "change.diff"
    path.write_bytes(
        made.git("-c", "diff.noprefix=false", "diff", "--no-color", "--no-ext-diff", "--no-textconv", "main")
    )
    return path


@pytest.mark.parametrize("content", ODD.values(), ids=ODD)
@pytest.mark.parametrize("state", ["committed", "unstaged", "untracked", "staged", "diff"])
def test_x2_a_file_with_other_lines_counts_whole(repository: Repository, content: bytes, state: str) -> None:
    """Issue F, 2: untested code read 100 %, as git's numbers pointed elsewhere."""
    if state == "untracked":
        repository.write({"new.py": content})
        assert lines(repository, "new.py") == WHOLE_FILE
        return
    repository.git("checkout", "-q", "main")
    repository.commit({"a.py": content.replace(b"x5 = 55", b"x5 = 5")})
    repository.git("checkout", "-q", "-B", "feature")
    repository.write({"a.py": content})
    repository.git("add", "--all") if state in ("committed", "staged") else None
    repository.git("commit", "-q", "-m", "edit") if state == "committed" else None
    given: dict[str, dict[str, Any]] = {"staged": {"staged": True}, "diff": {"diff": diff_of(repository)}}
    assert lines(repository, **given.get(state, {})) == WHOLE_FILE


@pytest.mark.parametrize("content", EVEN.values(), ids=EVEN)
def test_x2_a_file_with_the_same_lines_counts_line_by_line(repository: Repository, content: bytes) -> None:
    above = content[: content.index(b"x1 = 1")].count(b"\n")
    repository.git("checkout", "-q", "main")
    repository.commit(
        {"a.py": content.replace(b"x5 = 55", b"x5 = 5").replace(b"x55 = 5\n", b"").replace(b"x55 = 5\r\n", b"")}
    )
    repository.git("checkout", "-q", "-B", "feature")
    repository.commit({"a.py": content})
    expected = ((5 + above, 6 + above),)
    assert lines(repository) == lines(repository, diff=diff_of(repository)) == expected


@given(
    st.lists(st.sampled_from([b"x = 1", b"# c", b"", b"\x0c", b"'\xc2\x85'"])),
    st.sampled_from([b"\n", b"\r\n", b"\r", b"\r\r\n"]),
)
def test_x2_where_the_lines_agree_so_does_python(parts: list[bytes], end: bytes) -> None:
    """Python's own numbers: the last statement of a module is where git counts it."""
    content = end.join([*parts, b"last = 1"])
    python = ast.parse(content).body[-1].lineno
    git = content[: content.rindex(b"last")].count(b"\n") + 1
    if has_lines_of_git(content):
        assert python == git


@pytest.mark.parametrize("state", ["unstaged", "committed", "diff"])
def test_x2_an_encoding_that_an_attribute_gives(repository: Repository, state: str) -> None:
    """Read as UTF-16, a file has hardly a line end."""
    repository.write({".gitattributes": "*.py working-tree-encoding=UTF-16LE\n"})
    body = b"def f():\n    return 1\n" * 20
    repository.write({"a.py": body + b"untested = 2\n" + b"#" * (len(body) % 2 + 1)})
    if state == "committed":
        repository.commit()
    if state == "diff":
        with pytest.raises(UsageError, match="does not fit the tree"):
            lines(repository, diff=diff_of(repository))
        return
    assert lines(repository) == WHOLE_FILE


@pytest.mark.parametrize(
    ("clean", "expected"),
    [
        ("cat", ((5, 6),)),
        ("sed 's/$/\\r/'", ((1, 11),)),  # CR LF for LF: the same lines, though git sees all of them edited
        ("sed 1d", WHOLE_FILE),
        ("sort -r", WHOLE_FILE),
        ("false", ((5, 6),)),  # a filter that fails and is not required leaves the file as it is
    ],
)
def test_x2_a_filter_of_the_users(repository: Repository, clean: str, expected: tuple[LineRange, ...]) -> None:
    repository.git("config", "--global", "filter.own.clean", clean)
    repository.write({".gitattributes": "a.py filter=own\n", "a.py": EDITED})
    assert lines(repository) == expected


def test_x2_identifiers_and_line_ends_stay_lines(repository: Repository) -> None:
    repository.write({".gitattributes": "*.py ident eol=crlf text\n"})
    repository.write({"a.py": (b"# $Id: 0123 $\n" + EDITED).replace(b"\n", b"\r\n")})
    assert lines(repository) == ((1, 1), (6, 7))


@pytest.mark.parametrize("attribute", ["-diff", "binary", "diff=odd", "-text", "text eol=lf"])
@pytest.mark.parametrize("root", [".", "app[1]"])
def test_c5_an_attribute_of_the_change_hides_no_line(repository: Repository, attribute: str, root: str) -> None:
    repository.git("checkout", "-q", "main")
    repository.commit({f"{root}/b.py": BODY, f"{root}/c.py": b"y = 1\n" + BODY.replace(b"x", b"z")})
    repository.git("checkout", "-q", "-B", "feature")
    repository.git("config", "diff.odd.binary", "true")
    repository.git("mv", f"{root}/c.py", f"{root}/moved.py")
    repository.commit(
        {
            ".gitattributes": f"*.py {attribute}\n",
            f"{root}/b.py": EDITED,
            f"{root}/moved.py": b"y = 2\n" + BODY.replace(b"x", b"z"),
            f"{root}/new.py": BODY,
        }
    )
    found = read_change(ChangeRequest(environment=repository.environment), repository.root / root)
    assert isinstance(found, Change)
    assert {file.path: (file.status, file.lines) for file in found.files if file.path.endswith(".py")} == {
        "b.py": ("modified", ((5, 6),)),
        "moved.py": ("renamed", ((1, 1),)),
        "new.py": ("added", ((1, 10),)),
    }


def test_c5_staged_lines_are_not_misplaced_by_an_edit_that_git_hides(repository: Repository) -> None:
    repository.write({".gitattributes": "*.py -diff\n", "a.py": EDITED})
    repository.git("add", "--all")
    repository.write({"a.py": b"above = 1\n" + EDITED})
    assert lines(repository, staged=True) == ((6, 7),)


def test_x2_a_link_counts_whole(repository: Repository) -> None:
    (repository.root / "link.py").symlink_to("a.py")
    repository.commit()
    assert lines(repository, "link.py") == WHOLE_FILE


ENCODING = "working-tree-encoding=UTF-16LE"
PLACES: dict[str, dict[str, str]] = {
    "the top": {".gitattributes": f"*.py {ENCODING}\n"},
    "a folder": {"app/.gitattributes": f"*.py {ENCODING}\n"},
    "a macro": {".gitattributes": f"[attr]odd {ENCODING}\n", "app/.gitattributes": "*.py odd\n"},
    "the repository": {".git/info/attributes": f"*.py {ENCODING}\n"},
    "the user's default": {"../repo-home/git/attributes": f"*.py {ENCODING}\n"},
    "the user's own": {"../repo-home/own": f"*.py {ENCODING}\n"},
}


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("is_linked", [False, True])
def test_x2_an_attribute_counts_wherever_git_finds_it(
    repository: Repository, tmp_path: Path, place: str, is_linked: bool
) -> None:
    body = b"def f():\n    return 1\n" * 20
    repository.git("config", "--global", "--unset-all", "core.attributesFile")
    if place == "the user's own":
        repository.git("config", "--global", "core.attributesFile", "~/own")
    repository.write({"app/b.py": body})
    repository.commit()
    root = repository.root
    if is_linked:
        repository.git("worktree", "add", "-q", "-b", "second", str(tmp_path / "tree"))
        root = tmp_path / "tree"
    for name, text in PLACES[place].items():
        at_home = name.startswith((".git/", "../"))
        path = (repository.root if at_home else root) / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    (root / "app/b.py").write_bytes(body + b"untested = 2\n" + b"#")
    change = read_change(ChangeRequest(environment=repository.environment, base="HEAD"), root / "app")
    assert isinstance(change, Change)
    assert [file.lines for file in change.files if file.path == "b.py"] == [WHOLE_FILE]


def test_x2_attributes_that_only_the_index_has_still_count(repository: Repository) -> None:
    """Where the work tree lacks the file, git reads the one that is staged."""
    body = b"def f():\n    return 1\n" * 20
    repository.write({"app/b.py": body, "app/.gitattributes": f"*.py {ENCODING}\n"})
    repository.git("add", "app/.gitattributes")
    (repository.root / "app/.gitattributes").unlink()
    repository.write({"app/b.py": body + b"untested = 2\n#"})
    repository.git("add", "--intent-to-add", "app/b.py")
    assert lines(repository, "app/b.py") == WHOLE_FILE
