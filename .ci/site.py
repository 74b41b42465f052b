"""A hook of mkdocs: links to files outside of docs/, which the site does not have, become their names."""

from __future__ import annotations

import re
from typing import Any

OUTSIDE = re.compile(r"\[([^\]]+)\]\(\.\./([^)#]+)(#[^)]*)?\)")


def on_page_markdown(markdown: str, **_: Any) -> str:
    """Return the page with `[text](../path)` as the text, and the path where the text is not its name."""
    return OUTSIDE.sub(lambda link: _named(link[1], link[2]), markdown)


def _named(text: str, path: str) -> str:
    return f"`{path}`" if text.strip("`") in (path, path.rpartition("/")[2]) else f"{text} (`{path}` in the repository)"
