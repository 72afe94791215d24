"""Entries of dictionaries of constants under a key that is not known: one for each that it may be equal to."""

from __future__ import annotations

from collections.abc import Callable

import libcst as cst

from kerascheck.machine.assumptions import settle
from kerascheck.machine.conditions import compare
from kerascheck.machine.paths import fork_value
from kerascheck.machine.run import Run
from kerascheck.machine.values import DictValue, Value
from kerascheck.symbolic.unknown import Unknown

#: Entries of a dictionary that a key is compared with one by one.
_MAX_ENTRIES = 6

_CONSTANTS = (bool, int, float, str, bytes, type(None))


def is_told_apart(table: DictValue, key: Value) -> bool:
    """Whether the entry is a constant under one of a few constant keys, whichever the key is equal to."""
    return (
        type(key) is Unknown
        and type(table) is DictValue
        and table.unknown is None
        and 0 < len(table.items) <= _MAX_ENTRIES
        and all(isinstance(one, _CONSTANTS) for pair in table.items.items() for one in pair)
    )


def entry_by_key(run: Run, table: DictValue, key: Value, otherwise: Callable[[], Value], node: cst.CSTNode) -> Value:
    """The entry under the key, which the conditions that it equals one of the keys decide about."""
    entries = list(table.items.items())

    def find(index: int) -> Value:
        if index == len(entries):
            return otherwise()
        known, value = entries[index]
        verdict = settle(run, compare(run, "Equal", key, known, node), node)
        if isinstance(verdict, bool):
            return value if verdict else find(index + 1)
        return fork_value(run, verdict, lambda: value, lambda: find(index + 1))

    return find(0)
