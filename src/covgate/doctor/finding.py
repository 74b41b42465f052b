"""What is wrong around a gate, as `covgate doctor` tells it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

Severity: TypeAlias = Literal["serious", "advice"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """`where` is a file with its line, or a key path; `mend` what to do, a line to paste where there is one."""

    severity: Severity
    what: str
    where: str = ""
    mend: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnosis:
    """All findings; `looked_at` and `not_looked_at` say what they rest on."""

    findings: tuple[Finding, ...]
    looked_at: tuple[str, ...]
    not_looked_at: tuple[str, ...] = ()

    @property
    def is_serious(self) -> bool:
        return any(finding.severity == "serious" for finding in self.findings)
