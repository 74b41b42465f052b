"""What a static half is kept under: the content of a source, and all else that its parsing depends on."""

from __future__ import annotations

import hashlib
import sys
from dataclasses import dataclass
from typing import Any

import coverage

import covgate
from covgate.measurement.parsing.cache import FORMAT


@dataclass(frozen=True, slots=True, kw_only=True)
class ParseSettings:
    """The settings of coverage.py on which parsing depends: regular expressions, and the mode."""

    exclude: tuple[str, ...]
    partial: tuple[str, ...]
    partial_always: tuple[str, ...]
    branches: bool

    @classmethod
    def of(cls, cov: coverage.Coverage, *, branches: bool) -> ParseSettings:
        config = cov.config
        return cls(
            exclude=tuple(config.exclude_list),
            partial=tuple(config.partial_list),
            partial_always=tuple(config.partial_always_list),
            branches=branches,
        )

    def applied(self) -> coverage.Coverage:
        """A `Coverage` that parses by these settings, without any settings file."""
        cov = coverage.Coverage(data_file=None, config_file=False)
        cov.set_option("report:exclude_lines", list(self.exclude))
        cov.set_option("report:partial_branches", list(self.partial))
        cov.set_option("report:partial_branches_always", list(self.partial_always))
        return cov

    def fingerprint(self) -> bytes:
        """A digest of these, of Python's and of coverage.py's version."""
        depends_on: tuple[Any, ...] = (
            FORMAT,
            covgate.__version__,
            sys.version,
            sys.flags.optimize,  # asserts are statements only without -O
            coverage.__version__,
            self.exclude,
            self.partial if self.branches else (),
            self.partial_always if self.branches else (),
            self.branches,
        )
        return hashlib.blake2b(repr(depends_on).encode(), digest_size=16).digest()


def is_released() -> bool:
    """Whether coverage.py's version says what its parser does: one under development keeps it for weeks."""
    return coverage.version_info[3] == "final"


def key_of(content: bytes, fingerprint: bytes) -> bytes:
    return hashlib.sha256(fingerprint + content).digest()[:16]
