"""Where a measured file stands in the project: its path, its import name, its place in the tree."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path, PurePath

from covgate.files import shown_path

INSTALLED = ("site-packages", "dist-packages")


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """How a measured file is addressed; `differs` names the tree's file an installed copy is unlike."""

    path: str
    name: str | None
    differs: str | None = None


def place_of(root: Path, filename: str) -> Place:
    """The place of a measured file (absolute) in the project at `root` (resolved).

    An installed copy whose contents equal the tree's file of the same import name is that file.
    """
    installed = _below_site_packages(filename)
    if installed is not None:
        name = _dotted(installed.with_suffix("").parts) if installed.suffix == ".py" else None
        twin = _twin(root, installed)
        if twin is not None and _same_contents(twin, Path(filename)):
            return Place(path=shown_path(root, str(twin)), name=name)
        differs = None if twin is None else shown_path(root, str(twin))
        return Place(path=shown_path(root, filename), name=name, differs=differs)
    return Place(path=shown_path(root, filename), name=import_name(root, filename))


def import_name(root: Path, filename: str) -> str | None:
    """The dotted name under which a source file is imported, judged by the folders it lies in.

    Below a `src` folder the name starts there; else at the topmost package; else at `root`.
    None for what is not a `.py` file.
    """
    folder, name = os.path.split(filename)
    stem, suffix = os.path.splitext(name)
    if suffix != ".py":
        return None
    start = os.path.join(_import_root(str(root), folder), "")
    if not filename.startswith(start):
        return stem
    return _dotted(tuple(filename[len(start) : -len(suffix)].split(os.sep)))


def real_path(filename: str) -> str:
    """`os.path.realpath` of a file; the folders, of which there are fewer, are resolved once each."""
    folder, name = os.path.split(os.path.abspath(filename))
    return os.path.realpath(filename) if os.path.islink(filename) else os.path.join(_real_folder(folder), name)


def python_files(root: Path, places: Iterable[Path]) -> list[Path]:
    """The `.py` files of folders and files, without environments and hidden folders."""
    found: dict[Path, None] = {}
    for place in places:
        if root.is_relative_to(place):
            place = root  # what lies around the root is not the project's
        elif not place.is_relative_to(root):
            continue
        if place.is_file():
            found[place] = None
        for folder, folders, names in os.walk(place):
            folders[:] = sorted(name for name in folders if not _is_foreign(Path(folder, name)))
            found.update({Path(folder, name): None for name in sorted(names) if name.endswith(".py")})
    return [path for path in found if path.is_relative_to(root)]


def _is_foreign(folder: Path) -> bool:
    names = ("__pycache__", "node_modules", "site-packages", "build", "dist")
    return folder.name.startswith(".") or folder.name in names or (folder / "pyvenv.cfg").is_file()


@lru_cache(maxsize=65536)
def _real_folder(folder: str) -> str:
    return os.path.realpath(folder)


@lru_cache(maxsize=65536)
def _import_root(root: str, folder: str) -> str:
    """The folder on which the import names of the modules in `folder` are based."""
    if os.path.isfile(os.path.join(folder, "__init__.py")):
        parent = os.path.dirname(folder)
        return parent if parent == folder else _import_root(root, parent)
    return _nearest_src(root, folder) or _after_packages(root, folder)


def _nearest_src(root: str, folder: str) -> str | None:
    while len(folder) > len(root) and folder.startswith(root + os.sep):
        if os.path.basename(folder) == "src":
            return folder
        folder = os.path.dirname(folder)
    return None


def _after_packages(root: str, folder: str) -> str:
    for base in map(str, import_roots(Path(root))):
        if folder == base or (base != root and folder.startswith(base + os.sep)):
            return base
    return root if folder.startswith(root + os.sep) else folder


def _below_site_packages(filename: str) -> PurePath | None:
    if "-packages" not in filename:
        return None
    parts = PurePath(filename).parts
    for at in range(len(parts) - 2, -1, -1):
        if parts[at] in INSTALLED:
            return PurePath(*parts[at + 1 :])
    return None


def _twin(root: Path, installed: PurePath) -> Path | None:
    """The file of the tree that is imported by the same name as an installed one."""
    for base in import_roots(root):
        candidate = base / installed
        if candidate.is_file():
            return candidate
    return None


@lru_cache(maxsize=16)
def import_roots(root: Path) -> tuple[Path, ...]:
    """The folders of a tree in which packages usually stand."""
    usual = [root / "src", root, root / "lib", root / "python"]
    return tuple(folder for folder in usual if folder.is_dir())


def _same_contents(one: Path, other: Path) -> bool:
    """Equal apart from line ends, which version control may convert."""
    try:
        return _normalised(one.read_bytes()) == _normalised(other.read_bytes())
    except OSError:
        return False


def _normalised(content: bytes) -> bytes:
    return content.replace(b"\r\n", b"\n")


def _dotted(parts: tuple[str, ...]) -> str:
    if len(parts) > 1 and parts[-1] == "__init__":
        parts = parts[:-1]
    return ".".join(parts)
