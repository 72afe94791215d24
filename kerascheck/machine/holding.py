"""Unknown values that may be one of several known things: what is done to such a value is done to one of these."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from kerascheck.data.training import USING_METHODS
from kerascheck.machine.run import Run
from kerascheck.machine.values import DictValue, Instance, ListValue, Value
from kerascheck.network.ir import Layer
from kerascheck.network.networks import Network
from kerascheck.symbolic.unknown import Guarded, Unknown

_MAX_HELD = 50

#: Methods of models and layers that leave their structure as it is.
_KEEPING = USING_METHODS | {"compile"}


def holding(made: Value, things: Iterable[Value]) -> Value:
    """The unknown value, which may be one of the things."""
    if type(made) is Unknown:
        held = dict.fromkeys(one for thing in things for one in _each(thing))
        if held:
            made = made.called(made._text)
            made.holds = tuple(held)[:_MAX_HELD]
    return made


def _each(thing: Value) -> Iterator[Value]:
    """What the value may be, of things that can be changed."""
    if isinstance(thing, (ListValue, DictValue, Instance, Layer)):
        yield thing
    elif isinstance(thing, Guarded):
        for _, alternative in thing.alternatives:
            yield from _each(alternative)
    elif isinstance(thing, Unknown):
        yield from thing.holds


def held_by(value: Value) -> tuple[Any, ...]:
    """What an item or attribute of the value may be, where it is not known which."""
    if isinstance(value, Unknown):
        return value.holds
    if isinstance(value, (ListValue, DictValue)):
        if value.unknown is not None and value.unknown.holds:
            return value.unknown.holds
        items = value.items
        return tuple(items.values()) if isinstance(items, dict) else tuple(items)
    return value if isinstance(value, tuple) else ()


def touch(run: Run, value: Unknown, method: str | None = None) -> None:
    """Something is done to the value: a method of it is called, or something is set on it."""
    for thing in value.holds:
        layer = thing.layer if isinstance(thing, Instance) else thing
        if not isinstance(layer, Layer):
            run.escape(thing, value.reason)
        elif method in _KEEPING:
            if isinstance(layer, Network):
                layer.met_data = True
        elif value.needs:
            layer.needs = layer.needs | value.needs
        elif isinstance(layer, Network):
            layer.open = layer.open or Unknown(value.reason)
        else:
            layer.unknown = layer.unknown or Unknown(value.reason)
