"""Items in the order that a program asks for."""

from __future__ import annotations

from functools import cmp_to_key

from kerascheck.machine.conditions import compare
from kerascheck.machine.run import Run
from kerascheck.machine.sequences import NotPlain, to_python
from kerascheck.machine.values import Value
from kerascheck.network.arguments import Arguments, Given
from kerascheck.network.ir import Site


def sort_items(run: Run, items: list[Value], arguments: Arguments, site: Site) -> list[Value] | None:
    """The items as `sorted` orders them; None where that is not known."""
    key, reverse = arguments.value("key"), arguments.value("reverse", None, False)
    if not isinstance(reverse, (bool, int)):
        return None
    keys = list(items) if key is None else [_apply(run, key, item, site) for item in items]
    order = ordered(run, keys, site)
    if order is None:
        return None
    # Items that are alike stay in order, also when it is reversed.
    if reverse:
        order = [len(items) - 1 - index for index in reversed(ordered(run, keys[::-1], site) or [])]
    return [items[index] for index in order]


def ordered(run: Run, keys: list[Value], site: Site) -> list[int] | None:
    """The indices of the keys from the smallest to the largest; None where that is not known."""
    indices = range(len(keys))
    try:
        plain = [to_python(key) for key in keys]
        return sorted(indices, key=plain.__getitem__)
    except NotPlain:
        pass
    except TypeError:
        run.fails("TypeError", "items that cannot be ordered", site.node)
        return None

    def compared(one: int, other: int) -> int:
        below = compare(run, "LessThan", keys[one], keys[other], site.node)
        above = below is False and compare(run, "LessThan", keys[other], keys[one], site.node)
        if not isinstance(below, bool) or not isinstance(above, bool):
            raise NotPlain
        return int(above) - int(below)

    try:
        return sorted(indices, key=cmp_to_key(compared)) if len(keys) <= 1000 else None
    except NotPlain:
        return None


def _apply(run: Run, function: Value, item: Value, site: Site) -> Value:
    return run.call(function, Arguments([Given(item)], {}), site)
