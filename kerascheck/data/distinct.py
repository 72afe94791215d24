"""The values that occur in data, each once: how many there are is one size, however the program counts them."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

from kerascheck.data.array import Array, split_dtype
from kerascheck.data.scalars import number
from kerascheck.network.dims import SymDim
from kerascheck.symbolic.unknown import Unknown

DISTINCT = "distinct"


def distinct_key(value: Array | Unknown) -> Hashable:
    """What identifies the set of the values of data."""
    if isinstance(value, Unknown):
        return (DISTINCT, value.key)
    base = value.key if value.key is not None else ("array", value.birth)
    return (DISTINCT, base, value.content.state)


def members_key(value: Array | Unknown) -> Hashable:
    """What identifies `set(value)`: in a set, unlike elsewhere, each NaN counts."""
    key = distinct_key(value)
    no_nan = isinstance(value, Array) and isinstance(value.dtype, str) and split_dtype(value.dtype)[0] in _WHOLE
    return key if no_nan else (DISTINCT, "members", key)


_WHOLE = ("int", "uint", "bool", "str")


def known_count(array: Array) -> int | None:
    """How many values surely occur in an array; None where that is not known."""
    content = array.content
    if content.values is not None:
        return len(content.values)
    if content.distinct is not None and isinstance(array.shape, tuple) and len(array.shape) == 1:
        return content.distinct
    if array.items is not None and all(isinstance(item, str) for item in array.items):
        return len(set(array.items))
    return None


def distinct_count(key: Hashable, text: str = "?.shape[0]") -> SymDim:
    """How many values there are in the set of that key."""
    return SymDim.named(text, ("size", key))


def known_values(array: Array) -> list[Any] | None:
    """The values that occur in a vector, in order; None where they are not known."""
    if not isinstance(array.shape, tuple) or len(array.shape) != 1:
        return None
    if array.content.values is not None:
        return [number(value, array.dtype) for value in sorted(array.content.values)]
    if array.items and all(isinstance(item, str) for item in array.items):
        return sorted(set(array.items))
    return None
