"""What the node ids of tests say."""

from __future__ import annotations


def strip_parameters(nodeid: str) -> str:
    """Return the node id of the test function that a parametrised test is one case of."""
    if not nodeid.endswith("]"):
        return nodeid
    path, separator, name = nodeid.partition("::")
    return f"{path}{separator}{name.partition('[')[0]}"


def file_of(nodeid: str) -> str:
    """Return the path of the test's file, as in the node id."""
    return nodeid.partition("::")[0]
