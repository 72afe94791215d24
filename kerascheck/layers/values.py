"""What stands in place of the value that a layer wants: which values are surely wrong, and how a message names them."""

from __future__ import annotations

from typing import Any

from kerascheck.network.dims import format_shape
from kerascheck.network.ir import is_symbolic
from kerascheck.symbolic.unknown import Symbol, Unknown


def is_plain(value: Any) -> bool:
    """Whether it is a value of Python's own, and so no object of Keras."""
    return value is None or isinstance(value, (bool, int, float, complex, str, bytes, tuple, list, dict, set))


def layer_class(value: Any) -> str | None:
    """The name of the layer class where the value is one (`LSTM` in place of `LSTM(8)`)."""
    parts = value.name.split(".") if isinstance(value, Symbol) else []
    return parts[2] if len(parts) == 3 and parts[:2] == ["keras", "layers"] and parts[2][:1].isupper() else None


def describe_wrong(layer: str, value: Any) -> str | None:
    """How to name a value that is no number, string or layer; None for what may be one after all."""
    if is_symbolic(value):
        shape = "" if isinstance(value.shape, Unknown) else f" of shape {format_shape(value.shape)}"
        return f"a tensor{shape}; make the layer first, then call it: {layer}(...)(x)"
    if (cls := layer_class(value)) is not None:
        return f"the class {cls}; write {cls}(...)"
    return repr(value) if is_plain(value) else None
