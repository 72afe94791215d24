"""How much hangs on a value: what it holds, what that holds, and so on, each time that it is held.

`s = (s, s)`, sixty times, takes sixty steps to make, and more to compare, to hash, to print or to copy than there are
seconds: whatever takes such a value apart meets the same parts again and again, much of it inside of Python itself.
So a value of too many parts is not made; it is unknown. The same goes for one that nests deeper than Python's own
recursion may go.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from kerascheck.machine.values import DictValue, ListValue, Value

if TYPE_CHECKING:
    from kerascheck.machine.run import Run

#: More than literals have that people write, and what Python compares in some hundredths of a second.
MAX_PARTS = 2_000_000
MAX_DEPTH = 200
#: What weighs less is weighed again each time.
_REMEMBERED = 500

TOO_MANY_PARTS = "a value of more parts than are followed"


def is_too_heavy(run: Run, values: Iterable[Value]) -> bool:
    """Whether something that holds these values would have too many parts."""
    return _weight(run, values, 1) > MAX_PARTS


def _weight(run: Run, values: Iterable[Value], depth: int) -> int:
    if depth > MAX_DEPTH:
        return MAX_PARTS + 1
    total = 1
    last: Value = None
    weight = 0
    for value in values:
        total += 1
        kind = type(value)
        if kind is tuple or kind is ListValue or kind is DictValue:
            if value is not last:  # as in `[row] * 1000`
                last, weight = value, _weight_of(run, value, depth)
            total += weight
            if total > MAX_PARTS:
                break
    return total


def _weight_of(run: Run, value: Value, depth: int) -> int:
    items: Iterable[Value] = value if type(value) is tuple else value.items
    if type(value) is DictValue:
        items = value.items.values()
    known = run.weights.get(id(value))
    if known is not None and known[0] is value and known[1] == len(value if type(value) is tuple else value.items):
        return known[2]
    weight = _weight(run, items, depth + 1)
    if weight >= _REMEMBERED:
        run.weights[id(value)] = (value, len(value if type(value) is tuple else value.items), weight)
    return weight
