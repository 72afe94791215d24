"""Iterating over values."""

from __future__ import annotations

from kerascheck.interp.run import MAX_ITEMS, Run
from kerascheck.interp.values import DictValue, ListValue, Value
from kerascheck.symbolic import Unknown


def items_of(run: Run, value: Value) -> list[Value] | Unknown:
    """The items that iterating gives, or why they are not known (nor how many they are)."""
    if isinstance(value, ListValue):
        return value.unknown if value.unknown is not None else list(value.items)
    if isinstance(value, tuple):
        return list(value)
    if isinstance(value, range):
        return list(value) if len(value) <= MAX_ITEMS else Unknown("a range too long to unroll")
    if isinstance(value, DictValue):
        return value.unknown if value.unknown is not None else list(value.items)
    if isinstance(value, (str, bytes)):
        return list(value) if len(value) <= MAX_ITEMS else Unknown("a string too long to unroll")
    if isinstance(value, Unknown):
        return value
    return Unknown(f"the items of {value!r}"[:80])
