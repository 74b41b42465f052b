"""Stands for `gh api`: pull requests and comments are in the file $GH_STATE; the real jq evaluates --jq.

It knows the calls of github-comment.yml only, and refuses any other.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

STATE = Path(os.environ["GH_STATE"])
ROUTES = {
    "pull": re.compile(r"repos/octo/shop/pulls/([0-9]+)"),
    "list": re.compile(r"repos/octo/shop/issues/([0-9]+)/comments\?per_page=100"),
    "create": re.compile(r"repos/octo/shop/issues/([0-9]+)/comments"),
    "update": re.compile(r"repos/octo/shop/issues/comments/([0-9]+)"),
}
PAGE = 2


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("api", choices=["api"])
    parser.add_argument("--silent", action="store_true")
    parser.add_argument("--paginate", action="store_true")
    parser.add_argument("--method", default="GET")
    parser.add_argument("--jq")
    parser.add_argument("-F", dest="field")
    parser.add_argument("address")
    asked = parser.parse_args()
    if not os.environ.get("GH_TOKEN"):
        return refused("no token")
    found = next(((name, int(m[1])) for name, route in ROUTES.items() if (m := route.fullmatch(asked.address))), None)
    if found is None:
        return refused(asked.address)
    name, number = found
    state: dict[str, Any] = json.loads(STATE.read_text(encoding="utf-8"))
    state["calls"].append([asked.method, name, number])
    if name in ("create", "update"):
        answer = written(state, name, number, asked)
    elif name == "pull":
        answer = [state["pulls"].get(str(number))]
    else:
        comments = [comment for comment in state["comments"] if comment["issue"] == number]
        pages = [comments[start : start + PAGE] for start in range(0, max(1, len(comments)), PAGE)]
        answer = list(pages if asked.paginate else pages[:1])
    STATE.write_text(json.dumps(state), encoding="utf-8")
    if answer == [None]:
        return refused("Not Found (HTTP 404)")
    for page in answer:
        if asked.jq:
            done = subprocess.run(["jq", "-r", asked.jq], input=json.dumps(page), text=True, check=False)
            if done.returncode:
                return done.returncode
    return 0


def written(state: dict[str, Any], name: str, number: int, asked: argparse.Namespace) -> list[Any]:
    """A comment made or changed, with what the field's file holds."""
    key, _, file = asked.field.partition("=@")
    assert (key, asked.method) == ("body", "POST" if name == "create" else "PATCH")
    body = Path(file).read_text(encoding="utf-8")
    if name == "create":
        new = {"id": 100 + len(state["comments"]), "issue": number, "user": {"login": "github-actions[bot]"}}
        state["comments"].append({**new, "body": body})
        return [new]
    comment = next(comment for comment in state["comments"] if comment["id"] == number)
    comment["body"] = body
    return [comment]


def refused(why: str) -> int:
    print(f"gh: {why}", file=sys.stderr)
    return 1


sys.exit(main())
