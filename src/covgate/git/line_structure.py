"""Whether the lines that git counts in a file are the lines that Python counts (X2).

git ends a line at LF, in what its filters and `working-tree-encoding` make of a file. Python ends it at LF, CR LF and
at a lone CR, in the text that the declared encoding makes of the file itself. Coverage data speaks of Python's lines.
Where the two differ, a line number of git's diff says nothing, and the file has to count as changed as a whole.
"""

from __future__ import annotations

import io
import os
import stat
import tempfile
import tokenize
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath

from covgate.files import read_ordinary
from covgate.git.repository import GitError, Repository

CONVERSIONS = ("filter", "working-tree-encoding")
"""Attributes that can move lines. `text`, `eol` and `ident` cannot: they convert CR LF, and text within a line."""


def files_with_other_lines(files: Iterable[Path], repository: Repository | None) -> set[Path]:
    """Return the files (absolute paths) whose lines git and Python count differently, or that nobody can read."""
    contents = {path: _content(path) for path in files if os.path.lexists(path)}
    odd = {path for path, content in contents.items() if content is None or not has_lines_of_git(content)}
    if repository is not None:
        converted = _find_converted([path for path in contents if path not in odd], repository)
        odd |= {path for path in converted if not _is_kept(path, contents[path] or b"", repository)}
    return odd


def has_lines_of_git(content: bytes) -> bool:
    """Whether Python ends the lines of a source where git does, if git converts nothing."""
    unified = content.replace(b"\r\n", b"\n")
    if b"\r" in unified:
        return False
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(content).readline)
        if encoding.startswith("utf-8"):
            return True
        # In some encodings the byte LF is no line end, or others are: utf-7, unicode_escape, hz.
        return unified.decode(encoding).split("\n") == [line.decode(encoding) for line in unified.split(b"\n")]
    except (SyntaxError, LookupError, ValueError):  # Python cannot read it either
        return False


def _content(path: Path) -> bytes | None:
    try:
        return path.read_bytes() if stat.S_ISREG(path.lstat().st_mode) else None
    except OSError:
        return None


def _find_converted(files: Iterable[Path], repository: Repository) -> list[Path]:
    """Return the files to which an attribute assigns a filter or an encoding."""
    names = {os.path.relpath(path, repository.top).replace(os.sep, "/"): path for path in files}
    if not any(_may_convert(content) for content in _attribute_files(names, repository)):
        return []
    asked = b"".join(os.fsencode(name) + b"\0" for name in names)
    answer = repository.run("check-attr", "-z", "--stdin", *CONVERSIONS, stdin=asked).split(b"\0")
    values = zip(answer[::3], answer[2::3], strict=False)
    converted = {os.fsdecode(name) for name, value in values if value not in (b"unspecified", b"unset")}
    return [path for name, path in names.items() if name in converted]


def _attribute_files(names: Iterable[str], repository: Repository) -> Iterator[bytes | None]:
    """Yield the content of each file of attributes that may apply to these files; None where it cannot be read."""
    for place in sorted({place for name in names for place in _attribute_places(name)}):
        yield _read_attributes(repository.top / place)
        yield _staged_attributes(place, repository)
    yield _read_attributes(repository.common_folder / "info" / "attributes")
    yield from _users_attributes(repository)


def _attribute_places(name: str) -> list[str]:
    return [str(folder / ".gitattributes") for folder in PurePosixPath(name).parents]


def _staged_attributes(name: str, repository: Repository) -> bytes | None:
    """Return what the index has under this name, which git reads where the work tree has no such file."""
    stored = None if os.path.lexists(repository.top / name) else repository.objects.find(os.fsencode(f":{name}"))
    return b"" if stored is None else stored.content


def _users_attributes(repository: Repository) -> Iterator[bytes | None]:
    """Yield the attributes that the user's settings name, else those that stand where git looks for them."""
    home = repository.environment.get("HOME") or repository.environment.get("USERPROFILE", "")
    named = [value for _, key, value in repository.settings if key == "core.attributesfile"]
    for name in named:
        path = f"{home}{name[1:]}" if name.startswith("~/") else name
        yield None if path.startswith(("~", "%")) else _read_attributes(repository.top / path)
    if any(key == "attr.tree" for _, key, _ in repository.settings):  # from a commit
        yield None
    if not named:
        yield _read_attributes(
            Path(repository.environment.get("XDG_CONFIG_HOME") or f"{home}/.config", "git/attributes")
        )


def _read_attributes(path: Path) -> bytes | None:
    try:
        return read_ordinary(path) if os.path.lexists(path) else b""
    except (OSError, ValueError):
        return None


def _may_convert(attributes: bytes | None) -> bool:
    """Whether a file of attributes names one of `CONVERSIONS` at all; git says to which files it assigns them."""
    return attributes is None or any(name.encode() in attributes for name in CONVERSIONS)


def _is_kept(path: Path, content: bytes, repository: Repository) -> bool:
    """Whether what git would store of a file has the lines of the file; stores it elsewhere to see."""
    name = os.path.relpath(path, repository.top).replace(os.sep, "/")
    if any(_may_convert(_staged_attributes(place, repository)) for place in _attribute_places(name)):
        return False  # git diff converts, and git hash-object does not know it
    with tempfile.TemporaryDirectory() as objects:
        try:
            blob = repository.run("hash-object", "-w", "--stdin", f"--path={name}", stdin=content, objects=objects)
            stored = repository.run("cat-file", "blob", blob.decode("ascii").strip(), objects=objects)
        except GitError:  # the filter failed, or the file is not in the encoding
            return False
    return stored.replace(b"\r\n", b"\n") == content.replace(b"\r\n", b"\n")
