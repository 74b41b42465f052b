"""Random settings for a generated project, without ties."""

from __future__ import annotations

from random import Random
from typing import Any

from .patterns import Module, governing, specificity

PERCENTAGES: tuple[Any, ...] = (0, 20, 30, 40, 50, 50, 60, 66.6, 70, 75, 80, 83.5, 87.25, 90, 95, 99.99, 100)


def percentage(random: Random) -> Any:
    """A target, or now and then `false`."""
    return False if random.random() < 0.06 else random.choice(PERCENTAGES)


def random_settings(random: Random, modules: list[Module], branch: bool) -> dict[str, Any]:
    """`[tool.covgate]` as a dictionary; `modules` are those that the finished project has."""
    settings: dict[str, Any] = {}
    for key, share in (("total", 0.7), ("module", 0.7)):
        if random.random() < share:
            settings[key] = percentage(random)
    if random.random() < 0.1:
        settings["mode"] = "warn"
    if random.random() < 0.3:
        settings["exclude"] = random.sample(keys_of(random, modules), 1)
    if random.random() < 0.7:
        settings["targets"] = random_targets(random, modules, branch)
    if random.random() < 0.4:
        settings["components"] = {
            name: {
                "modules": random.sample(keys_of(random, modules), random.randint(1, 2)),
                "target": random.choice(PERCENTAGES),
            }
            for name in random.sample(("checkout", "core", "the rest"), random.randint(1, 2))
        }
    changed = {key: percentage(random) for key in ("lines", "module", "new_module") if random.random() < 0.5}
    if changed:
        settings["changed"] = changed
    return settings


def random_targets(random: Random, modules: list[Module], branch: bool) -> dict[str, Any]:
    targets: dict[str, Any] = {}
    for key in random.sample(keys_of(random, modules), min(random.randint(1, 4), len(keys_of(random, modules)))):
        entry: Any = percentage(random)
        if random.random() < 0.45:
            entry = {"target": entry} if random.random() < 0.7 else {}
            entry |= {"branches": percentage(random)} if random.random() < (0.5 if branch else 0.03) else {}
            entry |= {"max_missing": random.randint(0, 12)} if random.random() < 0.5 else {}
            entry |= {"changed": percentage(random)} if random.random() < 0.5 or not entry else {}
        if not ties({*targets, key}, modules):
            targets[key] = entry
    return targets


def ties(keys: set[str], modules: list[Module]) -> bool:
    """Whether two keys could be told to be equally specific for a module, however characters are counted."""
    if any(len(governing(keys, module)) > 1 for module in modules):
        return True
    patterns = [key for key in keys if "*" in key]
    return len({specificity(key)[:2] for key in patterns}) < len(patterns)


def keys_of(random: Random, modules: list[Module]) -> list[str]:
    """Names, paths and patterns that match something, in a random order, and rarely one that matches nothing."""
    keys: set[str] = set()
    for module in modules:
        folder, _, file = module.path.rpartition("/")
        package, _, last = module.name.rpartition(".")
        keys |= {module.name, module.path, f"{folder}/*", f"{folder}/**", f"{folder}/{file[0]}*.py", f"**/{file}"}
        if package:
            keys |= {f"{package}.*", f"{package}.**", f"*.{last}", f"{package}.{last[:2]}*"}
    if random.random() < 0.05:
        keys |= {"ghosts.**", "shop/ghost.py"}
    return random.sample(sorted(keys), len(keys))


def as_toml(settings: dict[str, Any], name: str = "tool.covgate") -> str:
    """A table and the tables in it."""
    lines = [f"[{name}]"]
    tables = []
    for key, value in settings.items():
        if isinstance(value, dict) and (key in ("targets", "components", "changed") or name.endswith(".components")):
            tables.append(as_toml(value, f'{name}."{key}"' if " " in key else f"{name}.{key}"))
        else:
            lines.append(f'"{key}" = {literal(value)}')
    return "\n".join([*lines, "", *tables])


def literal(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {literal(item)}" for key, item in value.items()) + " }"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(literal(item) for item in value) + "]"
    return f'"{value}"' if isinstance(value, str) else str(value)
