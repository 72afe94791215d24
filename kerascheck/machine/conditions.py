"""Truth and comparison, with the same unknown condition decided the same way throughout a path."""

from __future__ import annotations

import operator
from collections.abc import Callable, Hashable
from typing import Any

import libcst as cst

from kerascheck.data.array import Array
from kerascheck.machine.asking import is_variable, root_of, surroundings_in
from kerascheck.machine.assumptions import assume, restrict, settle
from kerascheck.machine.paths import lift
from kerascheck.machine.run import Run
from kerascheck.machine.sequences import NotPlain, as_unknown, is_opaque, is_plain, members_of, to_python
from kerascheck.machine.values import ClassValue, DictValue, FunctionValue, Instance, IteratorValue, ListValue, Value
from kerascheck.network.arguments import Arguments, Given
from kerascheck.network.dims import SymDim
from kerascheck.network.ir import Layer, Site, Tensor
from kerascheck.symbolic.unknown import Guarded, Symbol, Unknown


def truth(run: Run, value: Value, default: bool = True, node: cst.CSTNode | None = None) -> bool:
    """Whether the value counts as true, in a place where arms cannot be joined.

    An unknown one takes its default, and what follows hangs on it. `node` is where that is asked.
    """
    if value is True or value is False or value is None:
        return value is True
    verdict = settle(run, value, node)
    if isinstance(verdict, bool):
        return verdict
    run.need(verdict.needs)
    assume(run, verdict, default)
    return default


def known_truth(run: Run, value: Value, node: cst.CSTNode | None = None) -> bool | Unknown:
    """Whether the value counts as true; Unknown, with the key of the condition, where that is not known."""
    if isinstance(value, Symbol) and _is_function(value):
        return True
    value = as_condition(run, value, node)
    if isinstance(value, Unknown):
        return value
    if isinstance(value, (ListValue, DictValue)):
        if isinstance(value, ListValue) and value.kind == "iterator":
            return True
        if value.unknown is not None and not value.items:
            return Unknown("whether it is empty", ("truth", value.unknown.key), None, None, value.unknown.needs)
        return bool(value.items)
    if isinstance(value, SymDim):
        if _is_positive(value) and not surroundings_in(value):
            return True  # a size of zero is no size that a network is built from; there may be no files
        return Unknown("whether a size is zero", ("truth", value))
    if isinstance(value, Instance):
        return _object_truth(run, value, node)
    if isinstance(value, (bool, int, float, complex, str, bytes, tuple, range, type(None))):
        return bool(value)
    return True


def as_condition(run: Run, value: Value, node: cst.CSTNode | None = None) -> Value:
    """The value as a condition: whether it is true, or unknown, for numbers of data and tensors."""
    if isinstance(value, Array) and value.shape == ():
        low, high = value.content.low, value.content.high
        if low is not None and low == high:
            return bool(low)
        if (low is not None and low > 0) or (high is not None and high < 0):
            return True
    if isinstance(value, (Tensor, Array)):
        made = (
            Unknown("a condition on data", ("tensor", run.tick())) if node is None else run.fresh("a condition", node)
        )
        made.needs = value.needs
        return made
    return as_unknown(value)


def _is_function(symbol: Symbol) -> bool:
    """Whether something outside the program is surely a function or class: it is one that calls are understood of."""
    from kerascheck.machine.external import find_external

    return find_external(symbol.name) is not None


def _is_positive(size: SymDim) -> bool:
    """Whether the size is a sum of products of named sizes, none of them the result of a division."""
    return all(factor > 0 for factor in size.terms.values()) and not any(
        isinstance(atom.key, tuple) and atom.key[:1] in (("//",), ("%",)) for term in size.terms for atom in term
    )


def _object_truth(run: Run, value: Instance, node: cst.CSTNode | None) -> bool | Unknown:
    from kerascheck.machine.members import find_slot

    for name in ("__bool__", "__len__"):
        method = find_slot(value, name)
        if method is not None:
            return known_truth(run, run.call(method, Arguments([], {}), value.cls.site), node)
    return True


def pin(run: Run, key: Hashable) -> None:
    """The condition holds: where it says that an unknown value equals a constant, the value is known from here on."""
    if isinstance(key, tuple) and len(key) == 3 and key[0] in ("==", "is"):
        for one, other in ((key[1], key[2]), (key[2], key[1])):
            is_unknown = isinstance(one, tuple) and one[:1] == ("unknown",)
            if is_unknown and isinstance(other, tuple) and other[:1] == ("constant",):
                run.pinned[one[1]] = other[2]


def _key(run: Run, value: Value, node: cst.CSTNode) -> Hashable:
    """An identity for a compared value that is the same in every run."""
    if isinstance(value, Unknown):
        return ("unknown", value.key)
    if isinstance(value, (SymDim, Symbol)):
        return value
    if value is None or isinstance(value, (bool, int, float, str, bytes)):
        return ("constant", type(value).__name__, value)
    if isinstance(value, tuple) and len(value) <= 20 and not any(isinstance(part, tuple) for part in value):
        return ("tuple", tuple(_key(run, part, node) for part in value))
    return run.fresh("an operand", node).key


_PLAIN: dict[str, Callable[[Any, Any], Any]] = {
    "Equal": operator.eq,
    "NotEqual": operator.ne,
    "LessThan": operator.lt,
    "LessThanEqual": operator.le,
    "GreaterThan": operator.gt,
    "GreaterThanEqual": operator.ge,
}


def compare(run: Run, op: str, left: Value, right: Value, node: cst.CSTNode) -> Value:
    """The result of one comparison: a bool, or an Unknown whose key is the condition."""
    if type(left) in _CONSTANTS and type(right) in _CONSTANTS:
        return _compare_constants(run, op, left, right, node)
    left, right = restrict(run, as_unknown(left)), restrict(run, as_unknown(right))
    if type(left) is Guarded:
        return lift(run, lambda one: compare(run, op, one, right, node), left)
    if type(right) is Guarded:
        return lift(run, lambda one: compare(run, op, left, one, node), right)
    if isinstance(left, Unknown) and left.key in run.pinned:
        left = run.pinned[left.key]
    if isinstance(right, Unknown) and right.key in run.pinned:
        right = run.pinned[right.key]
    if op in _PLAIN and (isinstance(left, Tensor) or isinstance(right, Tensor)):
        from kerascheck.machine.keras.tensors import tensor_comparison

        found = tensor_comparison(run, op, left, right, Site(run.file, node))
        if found is not None:
            return found
    if op in ("Is", "IsNot"):
        return _identity(run, op, left, right, node)
    if (isinstance(left, Array) or isinstance(right, Array)) and op in _PLAIN:
        from kerascheck.data.operators import array_comparison

        return array_comparison(run, left, right, Site(run.file, node), op)
    if op in ("In", "NotIn"):
        return _membership(run, op, left, right, node)
    if isinstance(left, Instance) or isinstance(right, Instance):
        return _compare_objects(run, op, left, right, node)
    if _is_plain(left) and _is_plain(right):
        try:
            return bool(_PLAIN[op](left, right))
        except TypeError:
            return run.fails("TypeError", "a comparison that raises", node)
    if isinstance(left, (ListValue, DictValue, tuple)) and isinstance(right, (ListValue, DictValue, tuple)):
        try:
            return bool(_PLAIN[op](to_python(left), to_python(right)))
        except NotPlain:
            return _compare_containers(run, op, left, right, node)
        except TypeError:
            return run.fails("TypeError", "a comparison that raises", node)
    if isinstance(left, (int, SymDim)) and isinstance(right, (int, SymDim)):
        difference = left - right
        if isinstance(difference, int):
            return bool(_PLAIN[op](difference, 0))
    if op in ("Equal", "NotEqual") and _is_container(left) + _is_container(right) == 1:
        other = right if _is_container(left) else left
        if isinstance(other, (str, bytes, int, float, type(None), FunctionValue, ClassValue, Layer)):
            return op == "NotEqual"
    if op in ("Equal", "NotEqual") and not _undecidable(left) and not _undecidable(right):
        # Things of different kinds, or two objects: equal only where they are one.
        if type(left) is not type(right):
            return op == "NotEqual"
        if left is right or isinstance(left, (ClassValue, FunctionValue, Layer)):
            return (left is right) == (op == "Equal")
    return Unknown("a comparison with something unknown", _condition(run, op, left, right, node))


#: Classes of values that are constants themselves: those of most comparisons.
_CONSTANTS = frozenset({str, int, float, bool, type(None)})


def _compare_constants(run: Run, op: str, left: Value, right: Value, node: cst.CSTNode) -> Value:
    if op in ("Is", "IsNot"):
        return _identity(run, op, left, right, node)
    if op in ("In", "NotIn"):
        return _membership(run, op, left, right, node)
    try:
        return bool(_PLAIN[op](left, right))
    except TypeError:
        return run.fails("TypeError", "a comparison that raises", node)


#: The method that answers a comparison, and the one of the other side that does.
_METHODS = {
    "Equal": ("__eq__", "__eq__"),
    "NotEqual": ("__ne__", "__ne__"),
    "LessThan": ("__lt__", "__gt__"),
    "LessThanEqual": ("__le__", "__ge__"),
    "GreaterThan": ("__gt__", "__lt__"),
    "GreaterThanEqual": ("__ge__", "__le__"),
}


def _compare_objects(run: Run, op: str, left: Value, right: Value, node: cst.CSTNode) -> Value:
    """A comparison with an object of the program: by its methods, or whether both are one."""
    from kerascheck.machine.members import find_slot

    for one, other, name in ((left, right, _METHODS[op][0]), (right, left, _METHODS[op][1])):
        method = find_slot(one, name) if isinstance(one, Instance) else None
        if method is not None:
            verdict = run.call(method, Arguments([Given(other)], {}), one.cls.site)
            if verdict != Symbol("builtins.NotImplemented"):
                return verdict
    if op == "NotEqual":
        equal = _compare_objects(run, "Equal", left, right, node)
        return Unknown(equal.reason, ("not", equal.key)) if isinstance(equal, Unknown) else not truth(run, equal)
    if op == "Equal":
        if left is right:
            return True
        if not any(isinstance(side, Instance) and side.unknown is not None for side in (left, right)):
            others = [side for side in (left, right) if not isinstance(side, Instance)]
            if not any(isinstance(side, (Unknown, Tensor, Array)) for side in others):
                return False
    return Unknown("a comparison with something unknown", _condition(run, op, left, right, node))


def _compare_containers(run: Run, op: str, left: Value, right: Value, node: cst.CSTNode) -> Value:
    """Equality and order of lists and tuples whose items are more than constants, item by item."""
    pair = [value.items if isinstance(value, ListValue) and value.unknown is None else value for value in (left, right)]
    kinds = {value.kind if isinstance(value, ListValue) else type(value).__name__ for value in (left, right)}
    if op in ("Equal", "NotEqual") and len(kinds) == 1 and all(isinstance(items, (list, tuple)) for items in pair):
        if "set" not in kinds and len(pair[0]) == len(pair[1]):
            sides = list(zip(*pair, strict=True))
            verdicts = [one is other or compare(run, "Equal", one, other, node) for one, other in sides[:1000]]
            if len(verdicts) == len(sides) and all(verdict is True for verdict in verdicts):
                return op == "Equal"
            if any(verdict is False for verdict in verdicts):
                return op == "NotEqual"
        elif "set" not in kinds:
            return op == "NotEqual"
    elif op in _PLAIN and kinds in ({"list"}, {"tuple"}) and all(isinstance(items, (list, tuple)) for items in pair):
        for one, other in zip(*pair, strict=False):
            same = one is other or compare(run, "Equal", one, other, node)
            if same is False:
                return compare(run, op, one, other, node)
            if same is not True:
                break
        else:
            return bool(_PLAIN[op](len(pair[0]), len(pair[1])))
    return Unknown("a comparison with something unknown", _condition(run, op, left, right, node))


def _is_plain(value: Value) -> bool:
    """Whether the value is a constant or a class outside the program."""
    if isinstance(value, Symbol):
        return not is_opaque(value)
    if isinstance(value, tuple):
        return all(map(_is_plain, value))
    return not isinstance(value, (ListValue, DictValue)) and is_plain(value)


def _is_container(value: Value) -> bool:
    return isinstance(value, (DictValue, tuple)) or (isinstance(value, ListValue) and value.kind in ("list", "set"))


def _undecidable(value: Value) -> bool:
    if isinstance(value, tuple):
        return not is_plain(value)
    if isinstance(value, Instance):
        from kerascheck.machine.members import find_slot

        return value.unknown is not None or find_slot(value, "__eq__") is not None
    return isinstance(value, (Unknown, SymDim, Tensor, Array, ListValue, DictValue))


def _condition(run: Run, op: str, left: Value, right: Value, node: cst.CSTNode) -> Hashable:
    a, b = _key(run, left, node), _key(run, right, node)
    if op in ("Equal", "NotEqual"):
        same = _begins(left, right) or _begins(right, left) or ("==", a, b)
        return same if op == "Equal" else ("not", same)
    if op == "LessThan":
        return ("<", a, b)
    if op == "GreaterThan":
        return ("<", b, a)
    if op == "LessThanEqual":
        return ("not", ("<", b, a))
    return ("not", ("<", a, b))


def _begins(left: Value, right: Value) -> Hashable | None:
    """`variable[:3] == "abc"` asks for what `variable.startswith("abc")` does, `variable[-3:]` for its end."""
    key = left.key if isinstance(left, Unknown) else None
    if not isinstance(key, tuple) or key[0] != "item" or not isinstance(right, str) or not right:
        return None
    methods: dict[Hashable, str] = {
        ("slice", None, len(right), None): "startswith",
        ("slice", -len(right), None, None): "endswith",
    }
    method = methods.get(key[2])
    return ("method", method, key[1], (right,)) if method is not None and is_variable(root_of(key[1])) else None


def _identity(run: Run, op: str, left: Value, right: Value, node: cst.CSTNode) -> Value:
    wanted = op == "Is"
    if isinstance(left, Unknown) or isinstance(right, Unknown):
        key: Hashable = ("is", _key(run, left, node), _key(run, right, node))
        return Unknown("an identity that is not known", key if wanted else ("not", key))
    if left is None or right is None or isinstance(left, bool) or isinstance(right, bool):
        return (left is right) == wanted
    if _is_plain(left) and _is_plain(right):
        return (left == right and type(left) is type(right)) == wanted
    return (left is right) == wanted


def _said(run: Run, there: Value, wanted: bool) -> Value:
    """Whether something is there, or the contrary."""
    if type(there) is Guarded:
        return there if wanted else lift(run, lambda one: _said(run, one, wanted), there)
    if isinstance(there, Unknown):
        return there if wanted else Unknown(there.reason, ("not", there.key), None, None, there.needs)
    return there is wanted


def _membership(run: Run, op: str, left: Value, right: Value, node: cst.CSTNode) -> Value:
    wanted = op == "In"
    key: Hashable = ("in", _key(run, left, node), _key(run, _constants_in(right), node))
    if isinstance(right, DictValue) and _is_key(left) and (left in right.items or right.lacks(left)):
        return _said(run, right.presence(left), wanted)
    if isinstance(right, (str, bytes)) and isinstance(left, type(right)):
        return (left in right) == wanted  # type: ignore[operator]
    items: Any = None
    if isinstance(right, IteratorValue):
        run.lose(right, "searched by `in`")
    elif isinstance(right, ListValue) and right.unknown is None:
        items = right.items
    elif isinstance(right, (tuple, range)):
        items = right
    elif isinstance(right, ClassValue) and right.enumerated and _is_key(left):
        items = right.enumerated
    elif isinstance(right, Instance):
        items = _object_items(run, left, right)
        if isinstance(items, bool):
            return items == wanted
    if isinstance(items, range) and _is_plain(left):
        return (left in items) == wanted
    if items is not None and not isinstance(items, range):
        verdicts = [item is left or compare(run, "Equal", item, left, _NO_NODE) for item in items]
        if any(verdict is True for verdict in verdicts):
            return wanted
        if all(verdict is False for verdict in verdicts):
            return not wanted
    return Unknown("a membership that is not known", key if wanted else ("not", key))


_NO_NODE = cst.Pass()

_MAX_MEMBERS = 20


def _constants_in(container: Value) -> Value:
    """The members of a list, a set or a dictionary of constants: what matters for a membership, whatever holds them."""
    known = isinstance(container, (ListValue, DictValue)) and not isinstance(container, IteratorValue)
    if known and container.unknown is None and 0 < len(container.items) <= _MAX_MEMBERS:
        members = tuple(container.items)
        if all(type(member) in _CONSTANTS for member in members):
            return members
    return container


def _is_key(value: Value) -> bool:
    from kerascheck.machine.literals import is_known_key

    return is_known_key(value)


def _object_items(run: Run, left: Value, right: Instance) -> bool | list[Value] | None:
    """What `__contains__` says, or the items that the object gives; None where that is not known."""
    from kerascheck.machine.members import find_slot

    contains = find_slot(right, "__contains__")
    if contains is not None:
        verdict = run.call(contains, Arguments([Given(left)], {}), right.cls.site)
        return None if isinstance(verdict, Unknown) else truth(run, verdict)
    items = members_of(run, right)
    return None if isinstance(items, Unknown) else items
