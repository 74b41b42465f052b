"""Every file for a CI fits the schema that is published for it."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples" / "ci"
SCHEMAS = [
    *((path, "vendor.github-workflows") for path in sorted(EXAMPLES.glob("github*.yml"))),
    *((path, "vendor.github-workflows") for path in sorted((ROOT / ".github/workflows").glob("*.yml"))),
    (ROOT / "action.yml", "vendor.github-actions"),
    (EXAMPLES / "gitlab.yml", "vendor.gitlab-ci"),
]


@pytest.mark.skipif(importlib.util.find_spec("check_jsonschema") is None, reason="check-jsonschema is in the group ci")
@pytest.mark.parametrize(("path", "schema"), SCHEMAS, ids=lambda value: str(getattr(value, "name", value)))
def test_the_file_fits_its_schema(path: Path, schema: str) -> None:
    check("check_jsonschema", "--builtin-schema", schema, str(path))


@pytest.mark.skipif(importlib.util.find_spec("pre_commit") is None, reason="pre-commit is in the group ci")
@pytest.mark.parametrize(
    ("command", "path"),
    [
        ("validate-manifest", ROOT / ".pre-commit-hooks.yaml"),
        ("validate-config", EXAMPLES / "pre-commit-config.yaml"),
        ("validate-config", ROOT / ".pre-commit-config.yaml"),
    ],
    ids=["hooks", "example", "our own"],
)
def test_pre_commit_takes_the_file(command: str, path: Path) -> None:
    check("pre_commit", command, str(path))


def test_there_is_a_file_for_every_situation() -> None:
    assert {path.name for path in EXAMPLES.iterdir()} == {
        "github.yml",
        "github-shards.yml",
        "github-pr.yml",
        "github-comment.yml",
        "gitlab.yml",
        "pre-commit-config.yaml",
        "tox.ini",
    }
    docs = (ROOT / "docs/ci.md").read_text(encoding="utf-8")
    for path in EXAMPLES.iterdir():
        assert f"examples/ci/{path.name})" in docs, path.name


def check(module: str, *args: str) -> None:
    done = subprocess.run([sys.executable, "-m", module, *args], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
