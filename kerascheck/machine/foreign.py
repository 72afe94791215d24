"""Attributes and entries that the program sets on objects that are not its own: `wandb.config.hidden = 24`.

They keep their values until the object is handed to code that is not known, or one of its own methods runs, which may
set them anew. An object is told by its key: the name of a thing of a library, or the key of an unknown value.
"""

from __future__ import annotations

from collections.abc import Hashable

from kerascheck.machine.run import Run
from kerascheck.machine.values import MISSING, Instance, ListValue, Value
from kerascheck.network.dims import SymDim
from kerascheck.network.ir import Layer
from kerascheck.symbolic.unknown import Symbol, Unknown

#: What stays as it is set: an object of a library may make something of its own of a dictionary.
_KEPT = (bool, int, float, str, bytes, tuple, type(None), SymDim, ListValue, Instance, Layer)

#: Names for one and the same thing.
_SAME = {"wandb.run.config": "wandb.config"}

#: Things whose entries are their attributes as well.
_ENTRIES = ("wandb.config",)


def _key(value: Value) -> Hashable:
    """Who an object of somebody else is; None for all others."""
    if isinstance(value, Symbol):
        return ("symbol", _SAME.get(value.name, value.name))
    return _normal(value.key) if isinstance(value, Unknown) else None


def _normal(key: Hashable) -> Hashable:
    """The key of an attribute of a thing of a library as the name of that attribute."""
    if isinstance(key, tuple) and len(key) == 3 and key[0] == "attribute":
        owner = _normal(key[1])
        if isinstance(owner, tuple) and len(owner) == 2 and owner[0] == "symbol":
            dotted = f"{owner[1]}.{key[2]}"
            return ("symbol", _SAME.get(dotted, dotted))
    return key


def attribute_key(value: Value, name: str) -> Hashable:
    """Which attribute of which object it is; None for objects that are followed."""
    key = _key(value)
    if isinstance(key, tuple) and key[:1] == ("symbol",) and len(key) == 2:
        dotted = f"{key[1]}.{name}"
        return ("symbol", _SAME.get(dotted, dotted))
    return ("attribute", key, name) if key is not None else None


def item_key(value: Value, index: Value) -> Hashable:
    """Which entry of which object it is; None where that is not known."""
    key = _key(value)
    if key is None or not isinstance(index, str):
        return None
    if isinstance(key, tuple) and len(key) == 2 and key[0] == "symbol" and key[1] in _ENTRIES:
        return attribute_key(value, index)
    return ("item", key, index)


def store(run: Run, key: Hashable, value: Value) -> None:
    """Remember what is set."""
    if key is None:
        return
    place = run.foreign.items
    forget(run, key)
    if isinstance(value, (*_KEPT, Unknown)):
        place[key] = value


def read_attribute(run: Run, value: Value, name: str) -> Value:
    """What the program has set the attribute to; MISSING where it has not."""
    return run.foreign.items.get(attribute_key(value, name), MISSING) if run.foreign.items else MISSING


def read_item(run: Run, value: Value, index: Value) -> Value:
    """What the program has set the entry to; MISSING where it has not."""
    key = item_key(value, index) if run.foreign.items else None
    return MISSING if key is None else run.foreign.items.get(key, MISSING)


def forget(run: Run, key: Hashable) -> None:
    """What is set on this object, and on what is reached from it, may be set anew from now on."""
    for known in list(run.foreign.items):
        if _reaches(known, key):
            del run.foreign.items[known]


def _reaches(known: Hashable, key: Hashable) -> bool:
    """Whether the attribute or entry belongs to the object, or to one that is reached from it."""
    while True:
        if known == key:
            return True
        if not isinstance(known, tuple):
            return False
        if len(known) == 2 and known[0] == "symbol" and isinstance(known[1], str):
            same = isinstance(key, tuple) and len(key) == 2 and key[0] == "symbol"
            return same and known[1].startswith(f"{key[1]}.")  # type: ignore[index]
        if len(known) != 3 or known[0] not in ("attribute", "item"):
            return False
        known = known[1]


def escaped(run: Run, value: Value) -> None:
    """The object is handed to code that is not known, or a method of its own runs."""
    if run.foreign.items:
        key = _key(value)
        if key is not None:
            forget(run, key)


def called(run: Run, function: Value) -> None:
    """A method of the object runs: `config.merge_from_file(...)`."""
    if not run.foreign.items:
        return
    key = _key(function)
    if isinstance(key, tuple) and len(key) == 3 and key[0] == "attribute":
        forget(run, key[1])
    elif isinstance(key, tuple) and len(key) == 2 and key[0] == "symbol":
        forget(run, ("symbol", str(key[1]).rpartition(".")[0]))
