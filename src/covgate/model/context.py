"""What a report knows besides the verdict: which project it is of, and where its files can be seen."""

from __future__ import annotations

from typing import Literal, NamedTuple, TypeAlias

from covgate.model.lines import LineRange

Host: TypeAlias = Literal["github", "gitlab"]


class ReportContext(NamedTuple):
    """`project` is its name; `folder` where it lies below the repository's top (empty, or ending in a slash).

    `browse` is the address below which the files of the tested commit can be seen, None where nobody
    tells.
    """

    project: str
    folder: str = ""
    host: Host | None = None
    browse: str | None = None

    def repository_path(self, path: str) -> str | None:
        """A module's path seen from the repository's top; None for a file outside the project."""
        return None if path.startswith("/") else f"{self.folder}{path}"

    def link(self, path: str, lines: LineRange | None = None) -> str | None:
        """The address of a file or of some lines of it."""
        below = self.repository_path(path)
        if self.browse is None or below is None:
            return None
        address = f"{self.browse}/{quoted_path(below)}"
        if lines is None:
            return address
        first, last = lines
        until = "" if first == last else f"-L{last}" if self.host == "github" else f"-{last}"
        return f"{address}#L{first}{until}"


def quoted_path(path: str) -> str:
    """Percent-encoded, so that no character of a name can mean something in an address or around it."""
    kept = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/"
    encoded = path.encode("utf-8", "surrogateescape" if _has_only_escapes(path) else "backslashreplace")
    return "".join(chr(byte) if chr(byte) in kept else f"%{byte:02X}" for byte in encoded)


def _has_only_escapes(path: str) -> bool:
    """Whether its surrogates stand for bytes of a file name, as Python reads those that are no UTF-8."""
    return all(not "\ud800" <= character <= "\udfff" or "\udc80" <= character <= "\udcff" for character in path)
