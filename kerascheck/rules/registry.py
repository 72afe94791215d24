"""Finds the rules: those of this package by walking it, those of others by their entry points."""

from __future__ import annotations

import importlib
import os
import pkgutil
from functools import lru_cache

from kerascheck.rules.base import Rule


@lru_cache(maxsize=1)
def all_rules() -> tuple[Rule, ...]:
    """Every rule, in the order of the codes; those of other packages last.

    Raises:
        PluginError: the rules of another package cannot be used.
    """
    return (*own_rules(), *(rule for rule, _ in _foreign()))


@lru_cache(maxsize=1)
def own_rules() -> tuple[Rule, ...]:
    """The rules that come with kerascheck."""
    import kerascheck.rules as package

    found: list[Rule] = []
    for info in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        if info.name.removeprefix(f"{package.__name__}.") in ("asking", "base", "plugins", "registry"):
            continue
        module = importlib.import_module(info.name)
        found += [
            value()
            for value in vars(module).values()
            if isinstance(value, type) and issubclass(value, Rule) and value.__module__ == module.__name__
            and hasattr(value, "code")
        ]  # fmt: skip
    return tuple(sorted(found, key=lambda rule: rule.code))


def find_rule(code_or_name: str) -> Rule | None:
    """The rule with this code (`KC103`, any case) or name (`redundant-input-shape`)."""
    wanted = code_or_name.strip()
    for rule in all_rules():
        if rule.code == wanted.upper() or rule.name == wanted.lower():
            return rule
    return None


def foreign_prefixes() -> list[str]:
    """The letters with which the codes of other packages begin.

    Raises:
        PluginError: the rules of another package cannot be used.
    """
    return sorted({rule.code.rstrip("0123456789") for rule, _ in _foreign()})


def distribution_of(rule: Rule) -> str | None:
    """The name and version of the package that the rule comes from; None for our own."""
    return next((distribution for foreign, distribution in _foreign() if foreign is rule), None)


def leave_foreign_rules_out() -> None:
    """From now on this process, and those that it starts, have our own rules only: for a server that must go on."""
    from kerascheck.rules import plugins

    os.environ[plugins.NO_PLUGINS] = "1"
    for cached in (plugins.providers, _foreign, all_rules):
        cached.cache_clear()


@lru_cache(maxsize=1)
def _foreign() -> tuple[tuple[Rule, str], ...]:
    from kerascheck.rules import plugins

    if not plugins.providers():
        return ()
    return tuple((item.rule, item.distribution) for item in plugins.load_rules(own_rules()))
