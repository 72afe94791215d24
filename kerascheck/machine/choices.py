"""One value for several that something may be, and when two of them are the same."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from kerascheck.machine.holding import holding
from kerascheck.machine.values import (
    FunctionValue,
    Value,
)
from kerascheck.network.dims import SymDim
from kerascheck.network.ir import Weight
from kerascheck.symbolic.unknown import Guarded, Symbol, Unknown

if TYPE_CHECKING:
    from kerascheck.machine.run import Run

#: A value of more cases is unknown (until the conditions are decided).
_MAX_ALTERNATIVES = 8
#: As many cases of one truth value are kept apart.
_MAX_CASES = 4


def choose(
    run: Run,
    alternatives: Iterable[tuple[Mapping[Hashable, bool], Value]],
    needs: frozenset[Hashable],
    text: Any = None,
) -> Value:
    """One value that is each of the given ones under its guard."""
    flat: list[tuple[Mapping[Hashable, bool], Value]] = []
    for guard, value in alternatives:
        if type(value) is Guarded:
            needs = needs | value.needs
            for inner, part in value.alternatives:
                if all(inner.get(key, choice) is choice for key, choice in guard.items()):
                    flat.append(({**guard, **inner}, part))
        else:
            flat.append((guard, value))
    merged: list[tuple[Mapping[Hashable, bool], Value]] = []
    for guard, value in flat:
        for index, (other, known) in enumerate(merged):
            if is_same(known, value):
                both = {k: c for k, c in other.items() if guard.get(k) is c}
                if type(value) is bool and len(flat) <= _MAX_CASES and not _is_either(both, other, guard):
                    continue  # in which cases a condition holds is kept apart
                merged[index] = (both, known)
                break
        else:
            merged.append((guard, value))
    if len(merged) > 1 and all(is_same(merged[0][1], value) for _, value in merged):
        return merged[0][1]
    if not merged:
        return Unknown("it is never reached with a value")
    if len(merged) == 1:
        return merged[0][1]
    for _, value in merged:
        if isinstance(value, Unknown) and value.needs:
            needs = needs | value.needs
    if text is None:
        text = next((value.text for _, value in merged if isinstance(value, Unknown) and value.text), None)
    if len(merged) > _MAX_ALTERNATIVES:
        made = Unknown("it depends on several conditions that are not known", None, text, None, needs)
        return holding(made, [value for _, value in merged])
    return Guarded(merged, needs, None, text)


def _is_either(both: Mapping[Hashable, bool], one: Mapping[Hashable, bool], other: Mapping[Hashable, bool]) -> bool:
    """Whether what two guards share holds just where one of them does."""
    least = min(len(one), len(other))
    return len(both) == least or (len(both) == least - 1 and one.keys() == other.keys())


_PLAIN = (int, float, complex, str, bytes, type(None), type(...))


def is_same(one: Value, other: Value) -> bool:
    """Whether both are surely the same value, and the same thing where it can change."""
    if one is other:
        return True
    if type(one) is not type(other):
        return False
    if isinstance(one, _PLAIN):
        return bool(one == other) and repr(one) == repr(other)
    if isinstance(one, tuple):
        return len(one) == len(other) and all(map(is_same, one, other))
    if isinstance(one, Unknown):
        return not isinstance(one, Guarded) and bool(one.key == other.key)
    if isinstance(one, (Symbol, SymDim, range)):
        return bool(one == other)
    if isinstance(one, slice):
        return is_same((one.start, one.stop, one.step), (other.start, other.stop, other.step))
    if isinstance(one, FunctionValue):
        return (
            one.node is other.node
            and one.scope is other.scope
            and one.owner is other.owner
            and one.attributes is None
            and other.attributes is None
            and list(one.defaults) == list(other.defaults)
            and all(map(is_same, one.defaults.values(), other.defaults.values()))
        )
    if isinstance(one, Weight):
        return (one.name, one.shape, one.trainable) == (other.name, other.shape, other.trainable)
    return False


def is_equal(one: Any, other: Any) -> bool:
    if isinstance(one, (list, tuple)) and isinstance(other, (list, tuple)):
        return len(one) == len(other) and all(map(is_equal, one, other))
    if isinstance(one, dict) and isinstance(other, dict):
        return list(one) == list(other) and all(map(is_equal, one.values(), other.values()))
    return is_same(one, other) or (isinstance(one, frozenset) and one == other)
