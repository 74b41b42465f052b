"""A job of a workflow, run step by step: the shell for real, the usual actions as what they do to the disk."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from ci_machine import Machine

EXPRESSION = re.compile(r"\$\{\{ *(.+?) *\}\}")
COMPARISON = re.compile(r"([\w.-]+) (==|!=) '(.*)'")
SHELLS = {None: ("-e",), "bash": ("--noprofile", "--norc", "-eo", "pipefail")}


@dataclass
class Step:
    """`outcome` is success, failure or skipped, as GitHub names it."""

    name: str
    outcome: str
    out: str = ""


@dataclass
class Job:
    """Runs steps on a machine; `contexts` are the values of expressions, `artifacts` what jobs hand on."""

    machine: Machine
    artifacts: Path
    contexts: dict[str, str]
    ref: str
    branch: str | None = None
    """The branch that was pushed; None for a pull request, whose merge commit `ref` is."""
    steps: list[Step] = field(default_factory=list)

    @property
    def outcome(self) -> str:
        return "failure" if any(step.outcome == "failure" for step in self.steps) else "success"

    @property
    def out(self) -> str:
        return "".join(step.out for step in self.steps)

    @property
    def summary(self) -> str:
        return (self.machine.temp / "summary").read_text(encoding="utf-8")

    def run(self, steps: list[dict[str, Any]], env: Mapping[str, str] | None = None) -> Job:
        """All of `steps`, where the job's variables are `env`."""
        shared = {name: self.value(text) for name, text in (env or {}).items()}
        self.contexts |= {f"env.{name}": text for name, text in shared.items()}
        for number, step in enumerate(steps):
            name = step.get("name") or step.get("uses") or f"run {number}"
            if not self.holds(step.get("if", "success()")):
                self.steps.append(Step(name, "skipped"))
                continue
            code, out = self._action(step) if "uses" in step else self._script(step, shared)
            outcome = "failure" if code else "success"
            if "id" in step:
                self.contexts[f"steps.{step['id']}.outcome"] = outcome
            ignored = step.get("continue-on-error") == "true"
            self.steps.append(Step(name, f"{outcome}, ignored" if ignored and code else outcome, out))
        return self

    def value(self, text: str) -> str:
        """`text` with its expressions replaced; an unknown one is a mistake in the workflow."""
        return EXPRESSION.sub(lambda match: self._context(match[1]), text)

    def _context(self, name: str) -> str:
        """An output that a step has not set is empty."""
        return self.contexts.get(name, "") if ".outputs." in name else self.contexts[name]

    def holds(self, condition: str) -> bool:
        condition = EXPRESSION.sub(r"\1", condition)
        if condition == "!cancelled()":
            return True
        if condition == "success()":
            return self.outcome == "success"
        match = COMPARISON.fullmatch(condition)
        assert match, condition
        return self.outcome == "success" and (self.contexts[match[1]] == match[3]) == (match[2] == "==")

    def _script(self, step: dict[str, Any], shared: Mapping[str, str]) -> tuple[int, str]:
        assert "${{" not in step["run"]
        temp = self.machine.temp
        output = temp / "output"
        output.write_text("")
        env = {
            **shared,
            "RUNNER_TEMP": str(temp),
            "GITHUB_OUTPUT": str(output),
            "GITHUB_STEP_SUMMARY": str(temp / "summary"),
            **{name: self.value(text) for name, text in step.get("env", {}).items()},
        }
        folder = self.value(step.get("working-directory", "."))
        ran = self.machine.bash(step["run"], SHELLS[step.get("shell")], env, folder)
        for line in output.read_text(encoding="utf-8").splitlines():
            name, _, text = line.partition("=")
            self.contexts[f"steps.{step['id']}.outputs.{name}"] = text
        return ran.code, ran.out

    def _action(self, step: dict[str, Any]) -> tuple[int, str]:
        action, _, _ = step["uses"].partition("@")
        given = {name: self.value(text) for name, text in step.get("with", {}).items()}
        if action == "actions/checkout":
            depth = int(given.get("fetch-depth", "1"))
            self.machine.clone(self.ref, depth=depth, all_branches=not depth, branch=self.branch)
        elif action == "actions/upload-artifact":
            return self._upload(given)
        elif action == "actions/download-artifact":
            return self._download(given)
        else:
            assert action == "actions/setup-python", action
        return 0, ""

    def _upload(self, given: Mapping[str, str]) -> tuple[int, str]:
        path = self.machine.workspace / given["path"]
        hidden = given.get("include-hidden-files") == "true"
        files = [file for file in ([path] if path.is_file() else path.rglob("*")) if file.is_file()]
        files = [file for file in files if hidden or not file.name.startswith(".")]
        if not files:
            return int(given.get("if-no-files-found") == "error"), "no files were found"
        target = self.artifacts / given["name"]
        target.mkdir(parents=True)
        for file in files:
            shutil.copy2(file, target / file.name)
        return 0, ""

    def _download(self, given: Mapping[str, str]) -> tuple[int, str]:
        """With the times of the files: the worst case."""
        found = list(self.artifacts.glob(given.get("pattern") or given["name"]))
        if not found:
            return 1, "no artifact was found"
        target = Path(os.path.join(self.machine.workspace, given["path"]))
        for folder in found:
            shutil.copytree(folder, target, dirs_exist_ok=True, symlinks=True)
        return 0, ""


def read_workflow(path: Path) -> dict[str, Any]:
    """All values as text: GitHub's `on` is no boolean."""
    document: dict[str, Any] = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)
    return document
