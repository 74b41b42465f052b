"""YAML as nodes that know their lines. Aliases are not expanded, so that a small file stays small."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, TypeAlias, cast

if TYPE_CHECKING:
    from yaml.nodes import MappingNode, ScalarNode, SequenceNode

    Node: TypeAlias = MappingNode | ScalarNode | SequenceNode

MAX_BYTES = 1_000_000
MAX_MERGES = 5
"""How many `<<` are followed in a chain, and how many mappings one of them may name."""


class YamlError(Exception):
    """A file that cannot be read; `line` is None where it is not known."""

    def __init__(self, reason: str, line: int | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.line = line


def read_documents(content: bytes) -> list[Node]:
    """The root nodes of a file; raises `YamlError`, and `ImportError` where PyYAML is missing."""
    import yaml

    if len(content) > MAX_BYTES:
        raise YamlError(f"it has more than {MAX_BYTES:,} bytes")
    try:
        text = content.decode("utf-8-sig")
        roots = cast("Iterator[Node | None]", yaml.compose_all(text, Loader=yaml.SafeLoader))
        return [node for node in roots if node is not None]
    except UnicodeDecodeError as error:
        raise YamlError(f"it is not UTF-8 (byte {error.start})") from None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise YamlError(error.problem or "it is not YAML", None if mark is None else mark.line + 1) from None
    except (yaml.YAMLError, ValueError) as error:
        raise YamlError(str(error).partition("\n")[0] or "it is not YAML") from None
    except RecursionError:
        raise YamlError("it is nested too deeply") from None


def entries(node: Node | None, depth: int = MAX_MERGES) -> dict[str, Node]:
    """The values of a mapping by key, including what `<<` merges in; empty for other nodes."""
    if node is None or node.id != "mapping":
        return {}
    own: dict[str, Node] = {}
    merged: dict[str, Node] = {}
    for key, value in node.value:
        name = scalar(key)
        if name == "<<" and depth:
            for other in items(value)[:MAX_MERGES] or [value]:
                merged = {**entries(other, depth - 1), **merged}
        elif name is not None:
            own[name] = value
    return {**merged, **own}


def items(node: Node | None) -> list[Node]:
    """The values of a sequence; empty for other nodes."""
    return list(node.value) if node is not None and node.id == "sequence" else []


def scalar(node: Node | None) -> str | None:
    """The text of a scalar; None for other nodes."""
    return node.value if node is not None and node.id == "scalar" else None


def is_true(node: Node | None) -> bool:
    """Whether the node is the plain word `true`, not a quoted text or an expression."""
    return (scalar(node) or "").lower() == "true" and cast("ScalarNode", node).style is None


def line_of(node: Node) -> int:
    line: int = node.start_mark.line + 1
    return line


def text_lines(node: Node) -> list[int]:
    """The line of the file for each line of a scalar's text; only the style `|` keeps its lines apart."""
    style = cast("ScalarNode", node).style
    first = line_of(node) + (style in ("|", ">"))
    return [first + offset * (style == "|") for offset in range(node.value.count("\n") + 1)]
