"""What is installed beside what our own distribution requires."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from importlib import metadata

from packaging.requirements import InvalidRequirement, Requirement
from packaging.version import InvalidVersion, Version

from covgate.doctor.facts import Version as InstalledVersion

DISTRIBUTION = "pytest-covgate"


def required_versions(distribution: str = DISTRIBUTION) -> tuple[InstalledVersion, ...]:
    """One for each requirement that applies here; none where we were not installed as a distribution."""
    try:
        return installed_versions(metadata.requires(distribution) or ())
    except metadata.PackageNotFoundError:
        return ()


def installed_versions(requirements: Iterable[str]) -> tuple[InstalledVersion, ...]:
    return tuple(_compared(requirements))


def _compared(requirements: Iterable[str]) -> Iterator[InstalledVersion]:
    for text in requirements:
        try:
            requirement = Requirement(text)
        except InvalidRequirement:
            continue
        if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
            yield _installed(requirement)


def _installed(requirement: Requirement) -> InstalledVersion:
    required = str(requirement.specifier)
    try:
        found = metadata.version(requirement.name)
        fits = requirement.specifier.contains(Version(found), prereleases=True)
    except metadata.PackageNotFoundError:
        return InstalledVersion(name=requirement.name, installed=None, required=required, fits=False)
    except InvalidVersion:  # a build of somebody's own: nothing can be said of it
        fits = True
    return InstalledVersion(name=requirement.name, installed=found, required=required, fits=fits)
