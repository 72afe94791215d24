"""Arithmetic and indexing on values."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import libcst as cst

from kerascheck.data.array import Array, axis_size
from kerascheck.data.objects import DataObject, object_item
from kerascheck.data.pipeline import Pipeline
from kerascheck.data.scalars import NumpyInt, is_weak
from kerascheck.machine.asking import made_of
from kerascheck.machine.assumptions import restrict
from kerascheck.machine.doubts import Doubt
from kerascheck.machine.foreign import read_item
from kerascheck.machine.limits import MAX_ITEMS
from kerascheck.machine.paths import lift, spread
from kerascheck.machine.run import RAISED, Run
from kerascheck.machine.sequences import as_unknown, element_of
from kerascheck.machine.values import (
    MISSING,
    ClassValue,
    DefaultDict,
    DictValue,
    Instance,
    ListValue,
    NativeObject,
    Scope,
    UserRaise,
    Value,
)
from kerascheck.machine.views_of_values import NamesView
from kerascheck.machine.weights import TOO_MANY_PARTS, is_too_heavy
from kerascheck.network.arguments import Arguments, Given
from kerascheck.network.dims import SymDim
from kerascheck.network.ir import Layer, Site, Tensor
from kerascheck.network.program import ResultRead
from kerascheck.symbolic.unknown import Guarded, KerasError, Symbol, Undetermined, Unknown

_MAX_BITS = 4096  # of an integer result
MAX_TEXT = 1_000_000  # characters of a repeated string

_BINARY: dict[str, tuple[Callable[[Any, Any], Any], str, str]] = {
    "Add": (operator.add, "+", "__add__"),
    "Subtract": (operator.sub, "-", "__sub__"),
    "Multiply": (operator.mul, "*", "__mul__"),
    "Divide": (operator.truediv, "/", "__truediv__"),
    "FloorDivide": (operator.floordiv, "//", "__floordiv__"),
    "Modulo": (operator.mod, "%", "__mod__"),
    "Power": (operator.pow, "**", "__pow__"),
    "LeftShift": (operator.lshift, "<<", "__lshift__"),
    "RightShift": (operator.rshift, ">>", "__rshift__"),
    "BitOr": (operator.or_, "|", "__or__"),
    "BitAnd": (operator.and_, "&", "__and__"),
    "BitXor": (operator.xor, "^", "__xor__"),
    "MatrixMultiply": (operator.matmul, "@", "__matmul__"),
}


_DIVISIONS = frozenset({"Divide", "FloorDivide", "Modulo"})


def binary(run: Run, op: str, left: Value, right: Value, node: cst.CSTNode, scope: Scope) -> Value:
    """`left op right`."""
    op = op.removesuffix("Assign")
    function, sign, method = _BINARY[op]
    if isinstance(left, (int, float)) and isinstance(right, (int, float)):
        return _numbers(run, op, function, left, right, node)
    if type(left) is Guarded:
        return spread(run, lambda one: binary(run, op, one, restrict(run, right), node, scope), left)
    if type(right) is Guarded:
        return spread(run, lambda one: binary(run, op, left, one, node, scope), right)
    if run.origins and isinstance(left, (Array, Tensor)) and isinstance(right, (Array, Tensor)):
        from kerascheck.machine.keras.origins import note_pairing

        note_pairing(run, left, right, Site(scope.file, node))
    if isinstance(left, Tensor) or isinstance(right, Tensor):
        from kerascheck.machine.keras.tensors import tensor_operator

        return tensor_operator(run, op, left, right, Site(scope.file, node))
    if isinstance(left, Array) or isinstance(right, Array):
        from kerascheck.data.operators import array_operator

        return array_operator(run, op, left, right, Site(scope.file, node))
    if isinstance(left, (int, SymDim)) and isinstance(right, (int, SymDim)):
        if op in ("Add", "Subtract", "Multiply", "FloorDivide", "Modulo"):
            try:
                return function(left, right)
            except (Undetermined, ZeroDivisionError):
                return run.fails("ZeroDivisionError", "a size divided by zero", node)
        if op == "Power" and isinstance(right, int) and 0 < right <= 4:
            result: Any = 1
            for _ in range(right):
                result = result * left
            return result
    if isinstance(left, Instance) or isinstance(right, Instance):
        made = _by_method(run, method, left, right, Site(scope.file, node))
        if made is not None:
            return made
    if op == "Divide" and (isinstance(left, NativeObject) or isinstance(right, NativeObject)):
        from kerascheck.machine.modules.paths import divide

        joined = divide(run, left, right)
        if joined is not None:
            return joined
    if op == "BitOr" and _is_type(left) and _is_type(right):
        return _union(run, left, right)
    concrete = _sequences(run, op, left, right, node)
    if concrete is not None:
        return concrete
    if isinstance(left, DictValue) and isinstance(right, DictValue) and op == "BitOr":
        made = run.new_dict(dict(left.items))
        made.unknown = left.unknown
        made.merge(right)
        return made
    return _unknown_result(run, op, sign, left, right, node)


def _by_method(run: Run, name: str, left: Value, right: Value, site: Site) -> Value:
    """What `__add__` of the left object gives, or `__radd__` of the right one; None where neither answers."""
    from kerascheck.machine.members import find_slot

    for one, other, method in ((left, right, name), (right, left, f"__r{name[2:]}")):
        bound = find_slot(one, method) if isinstance(one, Instance) else None
        if bound is not None:
            made = run.call(bound, Arguments([Given(other)], {}), site)
            if made != Symbol("builtins.NotImplemented"):
                return made
    return None


UNION = "types.UnionType"


def _is_type(value: Value) -> bool:
    """Whether the value is a class, or a union of classes."""
    if isinstance(value, Symbol):
        return value.name.startswith("builtins.") or value.name.rpartition(".")[2][:1].isupper()
    return value is None or isinstance(value, ClassValue) or (isinstance(value, NativeObject) and value.kind == UNION)


def _union(run: Run, left: Value, right: Value) -> Value:
    """`int | None`: the classes in it, one by one."""
    members: list[Value] = []
    for side in (left, right):
        known = side.parts["members"] if isinstance(side, NativeObject) else (side,)
        members += [Symbol("builtins.NoneType") if member is None else member for member in known]
    return NativeObject(UNION, run.tick(), {"members": tuple(members)})


_UNARY = {"Minus": "__neg__", "Plus": "__pos__", "BitInvert": "__invert__"}


def _unknown_result(run: Run, op: str, sign: str, left: Value, right: Value, node: cst.CSTNode) -> Value:
    left, right = as_unknown(left), as_unknown(right)
    keys = tuple(_operand_key(v) for v in (left, right))
    texts = [_operand_text(v) for v in (left, right)]
    reason = next((v.reason for v in (left, right) if isinstance(v, Unknown)), "arithmetic on something unknown")
    if None in keys:
        return made_of(run.fresh(reason, node), *keys)
    text = f"{_wrap(texts[0])} {sign} {_wrap(texts[1])}" if texts[0] and texts[1] else None
    if op in _DIVISIONS and type(right) is Unknown:
        run.doubt(Doubt(("evaluated", (sign, *keys)), False, "ZeroDivisionError", run.reads))
    return Unknown(reason, (sign, *keys), text, (sign, left, right))


def _operand_key(value: Value) -> Any:
    if isinstance(value, Unknown):
        return value.key
    if isinstance(value, (int, float, str, SymDim, Symbol)):
        return ("constant", type(value).__name__, value)
    return None


def _operand_text(value: Value) -> str | None:
    if isinstance(value, Unknown):
        return value.text
    if isinstance(value, (int, float, SymDim)):
        return str(value)
    return None


def _wrap(text: str | None) -> str | None:
    return f"({text})" if text and " " in text else text


def _numbers(run: Run, op: str, function: Callable[[Any, Any], Any], left: Any, right: Any, node: cst.CSTNode) -> Value:
    if op in ("Power", "LeftShift") and isinstance(left, int) and isinstance(right, int):
        bits = max(left.bit_length(), 1) * max(right, 0) if op == "Power" else left.bit_length() + max(right, 0)
        if bits > _MAX_BITS:
            return run.fresh("a number too large to compute", node)
    elif isinstance(left, int) and isinstance(right, int) and left.bit_length() + right.bit_length() > _MAX_BITS:
        return run.fresh("a number too large to compute", node)
    try:
        if isinstance(right, NumpyInt) and is_weak(left):
            # Booleans and floats would compute with its value alone.
            reflected = getattr(right, f"__r{_BINARY[op][2][2:]}")(left)
            return function(left, right) if reflected is NotImplemented else reflected
        return function(left, right)
    except RAISED as error:
        return run.fails(type(error).__name__, "arithmetic that raises", node)


_SET_LIKE = frozenset({"set", "keys", "items"})

_SET_OPERATORS: dict[str, Callable[[set[Any], set[Any]], set[Any]]] = {
    "BitOr": operator.or_,
    "BitAnd": operator.and_,
    "Subtract": operator.sub,
    "BitXor": operator.xor,
}


def _sets(run: Run, op: str, left: ListValue, right: ListValue) -> Value | None:
    """Union, intersection and differences of sets of plain values."""
    from kerascheck.machine.literals import is_known_key

    compute = _SET_OPERATORS.get(op)
    if compute is None:
        return None
    if left.unknown or right.unknown or not all(map(is_known_key, [*left.items, *right.items])):
        return run.unknown_list("a set operation on something unknown", "set", left.unknown or right.unknown)
    return run.new_list(list(compute(set(left.items), set(right.items))), "set")


def _sequences(run: Run, op: str, left: Value, right: Value, node: cst.CSTNode) -> Value | None:
    """Concatenation, repetition and formatting; None where none of these is meant."""
    if isinstance(left, ListValue) and isinstance(right, ListValue) and {left.kind, right.kind} <= _SET_LIKE:
        return _sets(run, op, left, right)
    if op == "Add":
        if any(isinstance(left, kind) and isinstance(right, kind) for kind in (str, bytes)):
            return left + right if len(left) + len(right) < MAX_TEXT else run.fresh("a long string", node)
        if isinstance(left, tuple) and isinstance(right, tuple):
            if len(left) + len(right) > MAX_ITEMS or is_too_heavy(run, (*left, *right)):
                return run.fresh("a long tuple", node)
            return left + right
        if isinstance(left, ListValue) and isinstance(right, ListValue) and left.kind == right.kind == "list":
            made = run.new_list()
            made.unknown = left.unknown or right.unknown
            if made.unknown is None:
                if len(left.items) + len(right.items) > MAX_ITEMS or is_too_heavy(run, (*left.items, *right.items)):
                    return run.unknown_list("a long list")
                made.items = [*left.items, *right.items]
            return made
    if op in ("Divide", "Subtract") and isinstance(left, tuple) and isinstance(right, (int, float)):
        message = f"a tuple of {len(left)} is no number: {'/' if op == 'Divide' else '-'} raises TypeError"
        run.raised(KerasError(message, "array"), Site(run.file, node))
        return run.fails("TypeError", message, node)
    if op == "Multiply":
        if isinstance(right, (str, bytes, tuple, ListValue)):
            left, right = right, left
        if isinstance(right, int) and not isinstance(left, (int, float)):
            if isinstance(left, (str, bytes, tuple)):
                if len(left) * max(right, 0) > MAX_TEXT:
                    return run.fresh("a long sequence", node)
                count = max(right, 0)  # Python refuses numbers that are no sizes, but for nothing
                if isinstance(left, tuple) and left and is_too_heavy(run, left * count):
                    return run.fresh(TOO_MANY_PARTS, node)
                return left * count if left else left
            if isinstance(left, ListValue):
                if left.unknown is not None or len(left.items) * max(right, 0) > MAX_ITEMS:
                    return run.unknown_list("a long or unknown list repeated", "list", left.unknown)
                items = left.items * max(right, 0) if left.items else []
                if is_too_heavy(run, items):
                    return run.unknown_list(TOO_MANY_PARTS)
                return run.new_list(items)
        if isinstance(left, ListValue):
            return run.unknown_list("a list repeated an unknown number of times", "list", left.unknown)
    if op == "Modulo" and isinstance(left, str):
        from kerascheck.machine.texts import percent

        try:
            text = percent(run, left, right) if len(left) < MAX_TEXT else None
        except RAISED as error:
            return run.fails(type(error).__name__, "formatting that raises", node)
        return run.fresh("formatting of something unknown", node) if text is None else bounded(run, text, node)
    return None


def bounded(run: Run, text: str, node: cst.CSTNode) -> Value:
    """A computed text; unknown where it has grown too long to keep."""
    return text if len(text) < MAX_TEXT else run.fresh("a long string", node)


def unary(run: Run, op: str, value: Value, node: cst.CSTNode) -> Value:
    """`-value`, `+value`, `~value`."""
    if type(value) is Guarded:
        return lift(run, lambda one: unary(run, op, one, node), value)
    if isinstance(value, (int, float)):
        if op == "Minus":
            return -value
        if op == "Plus":
            return +value
        if isinstance(value, int):
            return ~value
    if isinstance(value, SymDim) and op == "Minus":
        return -value
    if isinstance(value, Instance):
        from kerascheck.machine.members import find_slot

        bound = find_slot(value, _UNARY.get(op, ""))
        return run.fresh("an operator", node) if bound is None else run.call(bound, Arguments([], {}), value.cls.site)
    if isinstance(value, Tensor):
        from kerascheck.machine.keras.tensors import negative

        return negative(run, value, None)
    if isinstance(value, Array):
        from kerascheck.data.operators import array_unary

        return array_unary(run, op, value)
    if isinstance(value, Unknown):
        return Unknown(value.reason, (op, value.key), f"-{value.text}" if value.text and op == "Minus" else None)
    return run.fresh("an operator on something unknown", node)


def _part_of_unknown(run: Run, unknown: Unknown) -> ListValue:
    """A slice of a list that is not known: what is known of its kind holds for the slice."""
    from kerascheck.data.operators import TOLIST

    made = run.unknown_list(unknown.reason, "list", unknown)
    if isinstance(unknown.key, tuple) and unknown.key[:1] == (TOLIST,):
        made.unknown = Unknown(unknown.reason, (TOLIST, made.birth))
    return made


def subscript(run: Run, value: Value, index: Value, node: cst.CSTNode) -> Value:
    """`value[index]`."""
    if isinstance(value, (Symbol, Unknown)) and (own := read_item(run, value, index)) is not MISSING:
        return own
    value = as_unknown(value)
    if isinstance(value, Unknown):
        return _unknown_item(run, value, index, node)
    if isinstance(value, ListValue):
        if value.unknown is not None or value.kind not in ("list", "deque"):
            if value.unknown is not None and isinstance(index, slice) and value.kind == "list":
                return _part_of_unknown(run, value.unknown)
            return run.fresh(value.unknown.reason if value.unknown else f"an item of a {value.kind}", node)
        items: Any = value.items
    elif isinstance(value, (tuple, str, bytes, range)):
        items = value
    elif isinstance(value, DictValue):
        return _entry(run, value, index, node)
    elif isinstance(value, Instance):
        from kerascheck.machine.members import find_slot

        bound = find_slot(value, "__getitem__")
        if bound is not None:
            return run.call(bound, Arguments([Given(index)], {}), Site(run.file, node))
        return run.fresh("an item of an object", node)
    elif isinstance(value, Array):
        from kerascheck.data.methods import array_subscript

        return array_subscript(run, value, index, Site(run.file, node))
    elif isinstance(value, ClassValue):
        return _class_item(run, value, index, node)
    elif isinstance(value, NativeObject):
        from kerascheck.machine.modules.environments import SpaceValue, space_item

        part = space_item(value, index) if isinstance(value, SpaceValue) else None
        if value.kind == "configparser.ConfigParser":
            from kerascheck.machine.modules.reading import section_of

            part = section_of(value, index)
        return run.fresh("an item of an object", node) if part is None else part
    elif isinstance(value, Tensor):
        from kerascheck.machine.keras.tensors import index_tensor

        return index_tensor(run, value, index, Site(run.file, node))
    elif isinstance(value, DataObject):
        return object_item(run, value, index, node)
    elif isinstance(value, Pipeline):
        return element_of(run, value, "a batch", node)
    else:
        return run.fresh(f"an item of {value!r}"[:80], node)
    if isinstance(index, slice):
        if not all(part is None or isinstance(part, int) for part in (index.start, index.stop, index.step)):
            return (
                run.unknown_list("a slice with unknown bounds")
                if isinstance(value, ListValue)
                else run.fresh("a slice with unknown bounds", node)
            )
        if index.step == 0:
            return run.fails("ValueError", "a slice with step 0", node)
        part = items[index]
        return run.new_list(part, value.kind) if isinstance(value, ListValue) else part
    if isinstance(index, int):
        try:
            return items[index]
        except IndexError:
            from kerascheck.machine.keras.lists import refuse_index

            refuse_index(run, value, index, node)
            return run.fails("IndexError", "an index out of range", node)
    if isinstance(index, Unknown) and all(part is None or isinstance(part, (bool, int, float, str)) for part in items):
        return Unknown(
            "an item at an unknown index", ("item", tuple(items), index.key)
        )  # the same whenever it is asked
    return run.fresh("an item at an unknown index", node)


def _class_item(run: Run, cls: ClassValue, index: Value, node: cst.CSTNode) -> Value:
    """`Activation["RELU"]` of an enumeration; `Layer[int]` is the class itself."""
    if cls.kind == "enum":
        from kerascheck.machine.enumerations import named_members

        found = named_members(cls).get(index) if isinstance(index, str) else None
        return run.fresh(f"a member of {cls.name}", node) if found is None else found
    from kerascheck.machine.members import find_member

    own = find_member(cls, "__class_getitem__")
    return cls if own is None else run.fresh(f"{cls.name} decides what its brackets give", node)


def _entry(run: Run, value: DictValue, index: Value, node: cst.CSTNode) -> Value:
    from kerascheck.machine.literals import is_known_key

    if is_known_key(index) and index in value.items:
        return value.items[index]
    if is_known_key(index) and value.lacks(index) and isinstance(value, DefaultDict):
        if value.kind == "counter":
            return 0
        if value.factory is not None:
            made = run.call(value.factory, Arguments([], {}), Site(run.file, node))
            if run.may_change(value):
                value.items[index] = made
            return made
    from kerascheck.machine.tables import entry_by_key, is_told_apart

    if is_told_apart(value, index):
        return entry_by_key(run, value, index, _no_such_key, node)
    makes = isinstance(value, DefaultDict) and value.factory is not None and not is_known_key(index)
    if makes and run.may_change(value):
        value.blur("an entry made under an unknown key")
    if isinstance(value, NamesView) and isinstance(index, str) and value.scope.star is not None:
        return run.project.star_name(value.scope.star, index)
    if is_known_key(index) and value.lacks(index):
        failed = run.fails("KeyError", "an entry that a dictionary does not have", node)
        refuse_key(run, value, index, node)
        return failed
    return run.fresh("an entry of a dictionary that is not known", node)


def refuse_key(run: Run, value: DictValue, index: Value, node: cst.CSTNode) -> None:
    """Note that a dictionary of layers or models lacks an entry: others are left to tools for Python."""
    held = [one.layer if isinstance(one, Instance) else one for one in value.items.values()]
    if held and all(isinstance(one, Layer) for one in held) and isinstance(index, (str, int)):
        names = ", ".join(repr(key) for key in list(value.items)[:12])
        message = f"there is no layer under {index!r} in the dictionary; it has {names}"
        run.raised(KerasError(message, "no-such-layer"), Site(run.file, node))


def _no_such_key() -> Value:
    raise UserRaise(Symbol("builtins.KeyError"))


def _note_read(run: Run, value: Unknown, index: Value, node: cst.CSTNode) -> None:
    """`history.history["loss"]`, `model.evaluate(x, y)[1]`: noted for the rules."""
    key, of_object = value.key, False
    if isinstance(index, str) and isinstance(key, tuple) and len(key) == 3 and key[::2] == ("attribute", "history"):
        call = run.results.get(key[1])
    else:
        plain = isinstance(index, (int, str)) and isinstance(node, cst.Subscript)
        call = run.results.get(key) if plain else None
        of_object = call is not None and call.method == "fit"
    if call is not None and isinstance(index, (int, str)):
        site = Site(run.file, node)
        run.reach(site)
        read = ResultRead(call, index, None, site, bool(run.guarded))
        read.of_object = of_object
        run.program.reads.append(read)


def _unknown_item(run: Run, value: Unknown, index: Value, node: cst.CSTNode) -> Value:
    """An item of something unknown is the same unknown thing each time; an axis of a `shape` is a size."""
    if run.results:
        _note_read(run, value, index, node)
    key = _operand_key(index)
    if key is None and isinstance(index, tuple) and all(_operand_key(part) is not None for part in index):
        key = ("tuple", *(_operand_key(part) for part in index))
    if key is None and isinstance(index, slice):
        parts = (index.start, index.stop, index.step)
        if all(part is None or isinstance(part, int) for part in parts):
            key = ("slice", *parts)
    if key is None:
        return run.made_of(value, node)
    text = f"{value.text}[{index!r}]" if value.text and isinstance(index, (int, str)) else None
    is_shape = isinstance(value.key, tuple) and value.key[:1] == ("attribute",) and value.key[-1] == "shape"
    if is_shape and isinstance(index, int) and text:
        return axis_size(value.key[1], "", index, text)  # type: ignore[index]
    return Unknown(value.reason, ("item", value.key, key), text, origin=value.origin)
