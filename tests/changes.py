"""Reads the change of a real repository, as both doors do."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from covgate.git.change import check_request, read_change
from covgate.git.request import ChangeRequest, change_request
from covgate.model.change import Change, ChangedFile, ChangeUnavailable
from covgate.model.settings import Settings
from repositories import Repository

BODY = "".join(f"x{number} = {number}\n" for number in range(1, 11))
EDITED = BODY.replace("x5 = 5\n", "x5 = 55\nx55 = 5\n")


def read(made: Repository, root: str = ".", **request: Any) -> Change | ChangeUnavailable:
    environment = {**made.environment, **request.pop("environment", {})}
    return read_change(ChangeRequest(environment=environment, **request), made.root / root)


def change(made: Repository, root: str = ".", **request: Any) -> Change:
    found = read(made, root, **request)
    assert isinstance(found, Change), found
    return found


def files(made: Repository, root: str = ".", **request: Any) -> dict[str, ChangedFile]:
    return {file.path: file for file in change(made, root, **request).files}


def asked(root: Path, **options: Any) -> ChangeRequest:
    given = {"base": None, "diff": None, "staged": False, "environment": {}, **options}
    request = change_request(Settings(), **given)
    check_request(request, root)
    return request
