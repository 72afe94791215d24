"""From interpreter values to the plain values that layer configurations and rules read."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from kerascheck.data.array import Array
from kerascheck.layers.values import is_plain
from kerascheck.machine.conditions import truth
from kerascheck.machine.project import is_harmless
from kerascheck.machine.run import Run
from kerascheck.machine.sequences import as_unknown
from kerascheck.machine.values import DictValue, Instance, ListValue, Value
from kerascheck.machine.weights import TOO_MANY_PARTS
from kerascheck.network.arguments import Arguments, Given
from kerascheck.network.dims import SymDim, is_conceivable, size_of
from kerascheck.network.ir import BuiltinLayer, Tensor
from kerascheck.network.program import KerasObject
from kerascheck.symbolic.unknown import Flag, KerasError, Symbol, Unknown

#: Classes of values that are plain themselves: most arguments.
_PLAIN = frozenset({str, int, float, bool, type(None), Tensor, BuiltinLayer, KerasObject})


#: Of a value in the argument of a layer or call.
_MAX_PARTS = 200_000


class _TooMany(Exception):
    """More parts than are looked at."""


def freeze(value: Value) -> Any:
    """Lists as lists, dictionaries as dictionaries, layer objects as layers; what is not known as Unknown."""
    if type(value) in _PLAIN:
        return value
    left = _MAX_PARTS

    def part(value: Value, depth: int) -> Any:
        nonlocal left
        left -= 1
        if left < 0:
            raise _TooMany
        return _frozen(value, depth, part)

    try:
        return part(value, 0)
    except _TooMany:
        return Unknown(TOO_MANY_PARTS)


def _frozen(value: Value, depth: int, freeze: Callable[[Value, int], Any]) -> Any:
    if type(value) in _PLAIN:
        return value
    if depth > 20:
        return Unknown("nested too deeply")
    if isinstance(value, ListValue):
        if value.unknown is not None:
            return value.unknown
        return [freeze(item, depth + 1) for item in value.items]
    if isinstance(value, DictValue):
        if value.unknown is not None:
            return value.unknown
        return {key: freeze(item, depth + 1) for key, item in value.items.items()}
    if isinstance(value, tuple):
        return tuple([freeze(item, depth + 1) for item in value])
    if isinstance(value, Instance) and value.layer is not None:
        return value.layer
    if isinstance(value, Array):
        return value.snapshot() if value.shape != () or value.kind == "tensor" else value.number()
    if isinstance(value, Symbol) and not is_harmless(value.name):
        return as_unknown(value)
    return value


def freeze_arguments(run: Run, arguments: Arguments) -> Arguments:
    """The arguments with plain values; an unknown one is called as the source writes it."""
    for given in (*arguments.positional, *arguments.keywords.values()):
        if type(given.value) not in _PLAIN:
            return arguments.mapped(_freeze_argument)
    return arguments  # as most are


def decide_flags(run: Run, arguments: Arguments) -> Arguments:
    """The arguments of a layer with each truth value that is not known decided for this run."""
    given = (*arguments.positional, *arguments.keywords.values())
    if not any(type(one.value) is Flag for one in given):
        return arguments

    def decided(one: Given) -> Given:
        return Given(truth(run, one.value, one.value.default), one.node) if type(one.value) is Flag else one

    return arguments.mapped(decided)


def _freeze_argument(given: Given) -> Given:
    if type(given.value) in _PLAIN:
        return given
    value = freeze(given.value)
    if isinstance(value, Unknown):
        value = value.called(partial(_text, value, given))
    return Given(value, given.node)


def _text(value: Unknown, given: Given) -> str | None:
    """What an unknown argument is called: its own text, or the source, cut where that is long."""
    if value.text or given.node is None:
        return value.text
    import libcst as cst

    text = cst.Module(body=[]).code_for_node(given.node.value)
    text = " ".join(text.split())
    return text if len(text) <= 40 else f"{text[:37]}..."


def as_size(value: Value) -> int | SymDim | Unknown | None:
    """A dimension: an integer, a symbolic size, None, or Unknown."""
    if value is None or isinstance(value, SymDim):
        return value
    if isinstance(value, (bool, int)):
        return int(value)
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, Array) and value.shape == ():
        return as_size(value.number())
    if isinstance(value, Unknown):
        size = size_of(value)
        return value if size is None else size
    return Unknown(f"{value!r} as a dimension"[:60])


def is_size(value: Value) -> bool:
    """Whether it is surely one size, not several."""
    return isinstance(value, (int, SymDim)) and not isinstance(value, bool)


def as_shape(value: Value) -> tuple[int | SymDim | None, ...] | Unknown:
    """A shape from a tuple, a list or one number."""
    if isinstance(value, Unknown):
        return value
    items = value if isinstance(value, (tuple, list)) else None
    if isinstance(value, ListValue):
        if value.unknown is not None:
            return value.unknown
        items = value.items
    if items is None:
        return Unknown("a shape that is not a tuple")
    sizes: list[int | SymDim | None] = []
    for item in items:
        size = as_size(item)
        if isinstance(size, Unknown):
            return size
        sizes.append(size)
    return tuple(sizes) if is_conceivable(sizes) else Unknown("a shape larger than any tensor")


def checked_shape(run: Run, owner: str, value: Value) -> tuple[int | SymDim | None, ...] | Unknown:
    """A shape; Keras 3 takes only a tuple or list of whole numbers of 0 or more, and None.

    Raises:
        KerasError: Keras 3 refuses it. `owner` is for the message.
    """
    shape = as_shape(value)
    if run.project.dialect < 3:
        return shape
    if is_size(value):  # Keras 2 takes it
        message = f"{owner} expects a tuple as its shape in Keras 3, got {value}; write ({value},)"
        raise KerasError(message, "old-argument")
    if is_plain(value) and not isinstance(value, (tuple, list)):
        raise KerasError(f"{owner} expects a tuple as its shape in Keras 3, got {value!r}", "argument")
    items = value.items if isinstance(value, ListValue) and value.unknown is None else value
    for size in items if isinstance(items, (tuple, list)) else ():
        if isinstance(size, (float, str, tuple, list)) or (isinstance(size, int) and size < 0):
            shown = ", ".join(str(item) if isinstance(item, SymDim) else repr(item) for item in items)
            raise KerasError(
                f"{owner} expects whole numbers of 0 or more, or None, in its shape, got {size!r} in ({shown})",
                "argument",
            )
    return shape
