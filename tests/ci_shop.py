"""A shop in a repository that a CI clones: main, and a pull request that adds a function."""

from __future__ import annotations

from pathlib import Path

from repositories import Repository

NUMBER = "7"
FILES = {
    "pyproject.toml": """\
[project]
name = "shop"
version = "1"
[tool.covgate]
total = 60
changed.lines = 80
[tool.coverage.run]
source = ["src"]
relative_files = true
[tool.pytest.ini_options]
pythonpath = ["src"]
testpaths = ["tests"]
addopts = ["-p", "no:hypothesispytest"]
""",
    ".gitignore": ".coverage*\n.covgate/\n__pycache__/\n.pytest_cache/\n",
    "src/shop/__init__.py": "",
    "src/shop/cart.py": "def add(a, b):\n    return a + b\n\n\ndef remove(a, b):\n    return a - b\n",
    "tests/test_add.py": "from shop.cart import add\n\n\ndef test_add():\n    assert add(1, 2) == 3\n",
    "tests/test_remove.py": "from shop.cart import remove\n\n\ndef test_remove():\n    assert remove(2, 1) == 1\n",
}
REFUND = "def refund(order):\n    if not order:\n        raise ValueError(order)\n    return -order\n"
TEST_REFUND = "from shop.refund import refund\n\n\ndef test_refund():\n    assert refund(3) == -3\n"
"""Covers 3 of the 4 statements: 75 %."""
TEST_NOTHING = "\n\ndef test_nothing():\n    try:\n        refund(0)\n    except ValueError:\n        pass\n"
"""Covers the last one."""


class Origin:
    """The repository on the CI's server; `merge` is the ref that a pull request's job checks out."""

    merge = f"refs/pull/{NUMBER}/merge"

    def __init__(self, root: Path) -> None:
        self.root = root
        self.repository = Repository(root, hostile=False)
        self.repository.commit({**FILES}, "shop")
        self.repository.commit({"README.md": "A shop.\n"}, "say what it is")

    def propose(self, files: dict[str, str]) -> str:
        """A branch `feature` with these files, merged into main under `merge`; the branch's commit."""
        git = self.repository.git
        git("checkout", "-q", "-B", "feature", "main~1")
        head = self.repository.commit({**files}, "feature")
        git("checkout", "-q", "--detach", "main")
        git("merge", "-q", "--no-ff", "-m", "merge", "feature")
        git("update-ref", self.merge, "HEAD")
        git("checkout", "-q", "main")
        return head

    def propose_with_a_gap(self) -> str:
        return self.propose({"src/shop/refund.py": REFUND, "tests/test_refund.py": TEST_REFUND})

    def propose_without_gap(self) -> str:
        return self.propose({"src/shop/refund.py": REFUND, "tests/test_refund.py": TEST_REFUND + TEST_NOTHING})

    def commit_of(self, ref: str) -> str:
        return self.repository.git("rev-parse", ref).decode().strip()


def pull_request(origin: Origin) -> dict[str, str]:
    """GitHub's variables in a job of the pull request."""
    return {
        "GITHUB_ACTIONS": "true",
        "GITHUB_EVENT_NAME": "pull_request",
        "GITHUB_BASE_REF": "main",
        "GITHUB_HEAD_REF": "feature",
        "GITHUB_REF": origin.merge,
        "GITHUB_REPOSITORY": "octo/shop",
        "GITHUB_SERVER_URL": "https://github.com",
        "GITHUB_SHA": origin.commit_of(origin.merge),
    }


def push_to_main(origin: Origin) -> dict[str, str]:
    return {
        "GITHUB_ACTIONS": "true",
        "GITHUB_EVENT_NAME": "push",
        "GITHUB_REF": "refs/heads/main",
        "GITHUB_REPOSITORY": "octo/shop",
        "GITHUB_SERVER_URL": "https://github.com",
        "GITHUB_SHA": origin.commit_of("main"),
    }
