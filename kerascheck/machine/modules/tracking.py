"""`wandb`: the configuration of a run holds what the program puts into it, unless a sweep chooses."""

from __future__ import annotations

import re
from collections.abc import Hashable
from functools import lru_cache

from kerascheck.machine import foreign
from kerascheck.machine.run import Run
from kerascheck.machine.values import MISSING, DictValue, Instance, Value
from kerascheck.network.arguments import Arguments
from kerascheck.network.ir import Site
from kerascheck.symbolic.unknown import Symbol, Unknown

_CONFIG = Symbol("wandb.config")
_SWEEPS = re.compile(r"\bwandb\s*\.\s*(?:agent|sweep)\s*\(|\bfrom\s+wandb\s+import\b[^\n]*\b(?:agent|sweep)\b")


@lru_cache(maxsize=16)
def _sweeps(text: str) -> bool:
    """Whether a program starts sweeps, whose choices win over its own."""
    return _SWEEPS.search(text) is not None


def _put(run: Run, given: Value) -> None:
    """The entries of a configuration, from a dictionary or from options of the command line."""
    entries: dict[Hashable, Value] = {}
    unknown: Unknown | None
    if isinstance(given, Instance):
        entries.update(given.attributes)
        unknown = given.unknown
    elif isinstance(given, DictValue):
        entries, unknown = dict(given.items), given.unknown
    else:
        unknown = None if given is None else Unknown("a configuration")
    if unknown is not None:
        foreign.forget(run, ("symbol", _CONFIG.name))
    if _sweeps(run.project.source.code):
        return
    for name, value in entries.items():
        if isinstance(name, str):
            foreign.store(run, foreign.attribute_key(_CONFIG, name), value)


def _init(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    """`wandb.init(project="mnist", config={"hidden": 24})`: the run; its configuration is `wandb.config`."""
    foreign.forget(run, ("symbol", _CONFIG.name))
    if not arguments.open_keywords:
        _put(run, arguments.value("config"))
    return Unknown("a run of wandb", ("symbol", "wandb.run"), "wandb.run")


def _update(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    """`wandb.config.update({"hidden": 24})`."""
    _put(run, arguments.value("d", 0))
    return None


def _get(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    """`wandb.config.get("hidden", 24)`: the default where nothing is known to be set."""
    key = arguments.value("key", 0, arguments.positional[0].value if arguments.positional else None)
    found = foreign.read_item(run, _CONFIG, key)
    if found is not MISSING:
        return found
    text = f"wandb.config.{key}" if isinstance(key, str) else None
    return Unknown("a setting of a run", foreign.item_key(_CONFIG, key), text)


FUNCTIONS = {
    "wandb.init": _init,
    "wandb.config.update": _update,
    "wandb.config.setdefaults": _update,
    "wandb.config.get": _get,
}
