"""What code that is not seen may change of a value that it is given."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kerascheck.data.array import Array
from kerascheck.machine.outer_writes import outer_writes
from kerascheck.machine.values import (
    BoundMethod,
    DictValue,
    FunctionValue,
    Instance,
    IteratorValue,
    ListValue,
    Partial,
    Value,
)
from kerascheck.network.dims import SymDim
from kerascheck.network.ir import Layer
from kerascheck.network.networks import Network
from kerascheck.symbolic.unknown import ESCAPED, Guarded, Symbol, Unknown

if TYPE_CHECKING:
    import libcst as cst

    from kerascheck.machine.run import Run

#: Classes of values that nothing can change.
_UNCHANGING = frozenset({str, int, float, bool, type(None), Symbol, SymDim, range})


def escape(run: Run, value: Value, reason: str, node: cst.CSTNode | None = None) -> None:
    """The value is handed at a node to code we cannot see, which may change it and all that it leads to."""
    waiting: list[Value] = [value]
    seen: set[int] = set()
    while waiting:
        one = waiting.pop()
        if type(one) in _UNCHANGING or id(one) in seen:
            continue
        seen.add(id(one))
        if isinstance(one, Network) and one.open is None and one.birth >= run.frozen_before:
            one.open = Unknown(reason, (ESCAPED, id(one), reason), origin=node)
        _change(run, one, reason, waiting)


def _change(run: Run, value: Value, reason: str, waiting: list[Value]) -> None:
    """Something may be done to the value itself; what it leads to is put to what waits."""
    if isinstance(value, Network):
        value.met_data = True
    elif isinstance(value, Layer):
        value.met_unknown = True
    elif isinstance(value, IteratorValue):
        run.lose(value, reason)
    elif isinstance(value, (ListValue, DictValue)):
        waiting += value.items if isinstance(value, ListValue) else value.items.values()
        value.blur(reason)
    elif isinstance(value, tuple):
        waiting += value
    elif isinstance(value, Instance):
        waiting += value.attributes.values()
        value.blur(reason)
    elif isinstance(value, Array):
        value.blur(reason)
    elif isinstance(value, Guarded):
        waiting += [alternative for _, alternative in value.alternatives]
    elif isinstance(value, Unknown):
        waiting += value.holds
    elif isinstance(value, FunctionValue):
        _is_called(value, None, reason, waiting)
    elif isinstance(value, BoundMethod):
        _is_called(value.function, value.receiver, reason, waiting)
    elif isinstance(value, Partial):
        waiting += [value.function, *(given.value for given in value.arguments.positional)]
        waiting += [given.value for given in value.arguments.keywords.values()]
    elif hasattr(value, "forget"):
        value.forget()


def _is_called(function: FunctionValue, receiver: Value, reason: str, waiting: list[Value]) -> None:
    """Code that is not seen may call the function, whenever and as often as it likes: it writes what its text shows.

    `receiver`: what it is a method of; None: of nothing.
    """
    writes = outer_writes(function.site.file, function.node)
    own = function.node.params.params
    first = own[0].name.value if receiver is not None and own else None
    for name in writes.rebound | writes.changed:
        scope = function.scope.holder(name)
        if scope is None:
            continue
        if name in writes.rebound:
            scope.vars[name] = Unknown(f"{name} is set by a function: {reason}", None, name)
        else:
            waiting.append(scope.vars[name])
    for name, attribute in writes.attributes:
        scope = function.scope.holder(name)
        thing = receiver if name == first else scope.vars[name] if scope is not None else None
        if isinstance(thing, Instance) and attribute in thing.attributes:
            thing.attributes[attribute] = Unknown(f"{attribute} is set by a function: {reason}", None, attribute)
