"""What nobody has tested in a function yet, told as something that a test can bring about."""

from __future__ import annotations

from typing import NamedTuple

from covgate.model.lines import Lines
from covgate.model.snapshot import NO_LINES


class Scenario(NamedTuple):
    """One thing that no test has made a function do.

    Text in backticks stands in the source, without its comments and with its white space collapsed; a part
    left out at its end is written as `…`. The one exception is `None` of a function that ends without a value.
    """

    when: str
    """The condition, such as "`payment is None`", or "called" for a function that never ran."""
    then: str
    """What happens: "raises `Declined`", "returns `total`", "runs lines 31-34"."""
    lines: Lines = NO_LINES
    """The missing statements that it runs; none where only a branch was never taken."""
    raises: str = ""
    """The exception in `then`, where it is a name."""
