"""Operators on arrays, comparison, and what changes arrays in place."""

from __future__ import annotations

import ast
import math
import operator
from collections.abc import Callable
from typing import Any

import libcst as cst

from kerascheck.data.array import (
    Array,
    is_float,
    is_integer,
    limits_of,
    may_nest,
    promote,
    split_dtype,
    true_division,
    with_scalar,
)
from kerascheck.data.computing import computed
from kerascheck.data.content import Content, arithmetic, power
from kerascheck.data.refusals import refuses
from kerascheck.data.scalars import is_weak, wrapped
from kerascheck.data.values import as_array, new_array
from kerascheck.machine.run import Run
from kerascheck.machine.values import ListValue, Value
from kerascheck.network import tensor_shapes
from kerascheck.network.dims import Dim, Shape, SymDim, format_shape, maximum
from kerascheck.network.ir import Site, Tensor
from kerascheck.symbolic.unknown import KerasError, Undetermined, Unknown

_MAX_WALKED = 16  # samples that a loop over an array meets one by one
TOLIST = "array.tolist()"  # begins the key of the unknown items of such a list


@computed
def array_operator(run: Run, op: str, left: Value, right: Value, site: Site) -> Value:
    """`left op right` where one side is an array."""
    from kerascheck.data.lists import list_operator

    made_of_lists = list_operator(run, op, left, right, site)
    if made_of_lists is not None:
        return made_of_lists
    a, b = as_array(run, left), as_array(run, right)
    if a is None or b is None:
        return _with_unknown(run, a, b, right if a is not None else left, site)
    if op == "Divide":
        from kerascheck.data.observations import note_division

        note_division(run, a, b, site)
    if op == "MatrixMultiply":
        return new_array(run, combined(run, a, b, site, tensor_shapes.matmul), promote(a.dtype, b.dtype))
    is_number = [is_weak(value) or isinstance(value, SymDim) for value in (left, right)]
    weak = left if is_number[0] else right if is_number[1] else None
    strong = b if is_number[0] else a
    dtype = operator_dtype(op, strong, a if is_number[0] else b, weak)
    if dtype is None:
        return refuses(run, "TypeError", f"{op} of booleans", site)
    shape = combined(run, a, b, site, broadcast)
    content = operator_content(op, claims(a), claims(b), a.rows.source if a.rows is not None else None)
    if op in ("Power", "Multiply") and is_integer(dtype) and None in (content.low, content.high):
        content = Content()  # it may overflow
    content = within(dtype, content)
    if weak is not None and not _fits(weak, dtype):
        dtype, content = Unknown("the dtype with a number that does not fit"), Content()
    if content.one_hot and not all(_keeps_last(one, shape) for one in (a, b) if one.content.one_hot):
        content.one_hot = None
    made = new_array(run, shape, dtype, content=content, kind=_kind(a, b))
    _same_samples(made, a, b)
    if made.kind == "tensor" and run.tracing and isinstance(weak, int):
        made.items = _sizes_of_a_run(strong)
    if made.kind in ("frame", "series") and not _is_plain_for_pandas(made, a, b, weak):
        made.dtype = Unknown("a dtype that pandas chooses")
    return made


def _sizes_of_a_run(array: Array) -> list[Value] | None:
    """The items of `tf.shape(x)[1:3] * 2` while a graph is traced: TensorFlow computes them when it runs."""
    if array.items is None or not is_integer(array.dtype):
        return None
    return [Tensor((), "int32") for _ in array.items]


def _keeps_last(array: Array, shape: Shape | Unknown) -> bool:
    """Whether the last axis is what it was."""
    return isinstance(shape, tuple) and isinstance(array.shape, tuple) and shape[-1:] == array.shape[-1:]


def _is_plain_for_pandas(made: Array, a: Array, b: Array, weak: Value) -> bool:
    """Whether pandas has numpy's dtype for the result: no gaps, no short dtypes."""
    parts = [array for array in (a, b) if array.kind in ("frame", "series")]
    if len(parts) == 2 and made.shape not in (a.shape, b.shape):
        return False
    if any(part.labels is None for part in parts) or (len(parts) == 2 and made.labels is None):
        return False
    dtypes = {a.dtype} | ({b.dtype} if weak is None else set())
    return dtypes <= {"int64", "float64"} or (weak is not None and a.dtype in ("float32", "float64"))


def operator_dtype(op: str, a: Array, b: Array, weak: Value = None) -> str | Unknown | None:
    """The dtype of the result; None where numpy raises. `weak`: the number of Python's own that `b` is, if it is."""
    if weak is not None:
        dtype = with_scalar(a.dtype, 1 if isinstance(weak, SymDim) else weak)
    else:
        dtype = promote(a.dtype, b.dtype)
    if op == "Divide":
        return true_division(dtype)
    if op == "Power" and a.dtype == "bool":
        return Unknown("the dtype of a power of booleans")
    if dtype == "bool":
        if op == "Subtract":
            return None
        return "int8" if op in ("FloorDivide", "Modulo", "Power", "LeftShift", "RightShift") else dtype
    return dtype


def _fits(weak: Value, dtype: str | Unknown) -> bool:
    """Whether a number of Python's own can be taken into a dtype."""
    if not isinstance(weak, int) or not isinstance(dtype, str) or not is_integer(dtype):
        return True
    return wrapped(weak, dtype) == weak


def claims(array: Array) -> Content:
    """What is known of the numbers, the limits of the dtype included."""
    content = array.content
    low, high = limits_of(array.dtype)
    if low is None or (content.low is not None and content.high is not None):
        return content
    content = content.copy()
    content.low = low if content.low is None else content.low
    content.high = high if content.high is None else content.high
    return content


def within(dtype: str | Unknown, content: Content) -> Content:
    """The claims if the dtype can hold the numbers; whole numbers that it cannot hold wrap around."""
    if dtype == "bool":
        return Content(0, 1)
    if not isinstance(dtype, str):
        return content
    if is_float(dtype):
        largest = max(abs(content.low or 0), abs(content.high or 0))
        return content if largest < _LARGEST.get(dtype, 1.79e308) else Content()
    return Content(*limits_of(dtype)) if overflows(dtype, content) else content


#: What is larger is infinite.
_LARGEST = {"float16": 65_504.0, "float32": 3.4e38, "float64": 1.79e308}


def overflows(dtype: str, content: Content) -> bool:
    """Whether some of the numbers may be outside of what a whole-number dtype can hold."""
    kind, bits = split_dtype(dtype)
    if kind not in ("int", "uint"):
        return False
    lowest, highest = (0, 2**bits - 1) if kind == "uint" else (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1)
    if bits < 32 and (content.low is None or content.high is None):
        return True
    return (content.low is not None and content.low < lowest) or (content.high is not None and content.high > highest)


def _with_unknown(run: Run, a: Array | None, b: Array | None, other: Value, site: Site) -> Value:
    """With something unknown on one side: an array would broadcast, so only a number leaves the shape as it is."""
    known = a if a is not None else b
    assert known is not None
    shape: Shape | Unknown = Unknown("an operation with something unknown")
    if (known.kind in ("series", "frame") or known.ndim == 0) and not _is_number(other):
        return run.fresh("an operation with something unknown", site.node)
    if _is_number(other):
        shape = known.shape
    made = new_array(run, shape, Unknown("the dtype of an operation with something unknown"), kind=known.kind)
    if _is_number(other):
        made.rows, made.columns = known.rows, known.columns
    return made


def _is_number(value: Value) -> bool:
    """Whether something unknown is surely a number."""
    key = value.key if isinstance(value, Unknown) else None
    return isinstance(key, tuple) and len(key) == 3 and key[0] == "call" and key[1] in ("int", "float", "len")


def _kind(a: Array, b: Array) -> str:
    kinds = {a.kind, b.kind}
    return next((kind for kind in ("frame", "series", "tensor", "unknown") if kind in kinds), "numpy")


def _same_samples(made: Array, a: Array, b: Array) -> None:
    """The result of an operation on each element holds the samples of the operand that has its shape."""
    for array in (a, b):
        if array.ndim and isinstance(made.shape, tuple) and array.shape == made.shape:
            made.rows, made.columns = array.rows, array.columns
            made.labels = array.labels.copy() if array.labels is not None else None
            if made.labels is not None:
                made.labels.series = {}
            return
    if isinstance(made.shape, Unknown) and {a.ndim, b.ndim} == {0, None}:
        known = b if a.ndim == 0 else a
        made.key, made.trailing, made.rows, made.max_ndim = known.key, known.trailing, known.rows, known.max_ndim
        made.shape = known.shape


def combined(run: Run, a: Array, b: Array, site: Site, rule: Callable[[Shape, Shape], Shape]) -> Shape | Unknown:
    """The shape that a rule gives for two arrays; where numpy raises, that is so for a `try` and unknown else."""
    if isinstance(a.shape, Unknown):
        return Unknown(a.shape.reason)
    if isinstance(b.shape, Unknown):
        return Unknown(b.shape.reason)
    if "frame" in (a.kind, b.kind) or a.kind == b.kind == "series":
        from kerascheck.data.frames import aligned

        return aligned(run, a, b, site)
    try:
        return rule(a.shape, b.shape)
    except KerasError as error:
        return refuses(run, "ValueError", error.message, site)
    except Undetermined as undetermined:
        return Unknown(undetermined.reason)


def broadcast(left: Shape, right: Shape) -> Shape:
    """The shape of an elementwise operation of two arrays. Raises KerasError where numpy would raise."""
    rank = max(len(left), len(right))
    a: Shape = (1,) * (rank - len(left)) + left
    b: Shape = (1,) * (rank - len(right)) + right
    result: list[Dim] = []
    for x, y in zip(a, b, strict=True):
        if x == y or y == 1:
            result.append(x)
        elif x == 1:
            result.append(y)
        elif isinstance(x, int) and isinstance(y, int):
            message = f"shapes {format_shape(left)} and {format_shape(right)} do not broadcast: {x} against {y}"
            raise KerasError(message, "broadcast")
        elif isinstance(x, int) or isinstance(y, int):
            result.append(x if isinstance(x, int) else y)  # the other one is equal to it, or 1
        else:
            # They are equal, or one of them is 1.
            result.append(None if x is None or y is None else maximum(x, y))
    return tuple(result)


def operator_content(op: str, left: Content, right: Content, source: Any = None) -> Content:
    """What is known of the results of an arithmetic operator."""
    if op in ("Add", "Subtract", "Multiply", "Divide"):
        return arithmetic(op, left, right, source)
    single = right.single()
    if single is None:
        return Content()
    if op == "Power":
        if left.low is not None and left.low >= 0 and single >= 0:
            return left.map(lambda v: power(v, single))
        if single == 2:
            return even(left, lambda v: v**2)
    if op == "FloorDivide" and single > 0:
        return left.map(lambda v: v // single)
    if op == "Modulo" and single > 0:
        values = None if left.values is None else frozenset(v % single for v in left.values)
        return Content.of_values(values) if values else Content(0, single)
    return Content()


def even(content: Content, function: Callable[[float], float]) -> Content:
    """The numbers after a function with `f(-x) == f(x)` that rises from 0 on."""
    if content.values is not None:
        try:
            return Content.of_values(function(v) for v in content.values)
        except ArithmeticError:
            return Content()
    bounds = [abs(bound) for bound in (content.low, content.high) if bound is not None]
    crosses = content.low is None or content.high is None or content.low <= 0 <= content.high
    try:
        least = function(0 if crosses else min(bounds))
        return Content(least, function(max(bounds)) if len(bounds) == 2 else None)
    except ArithmeticError:
        return Content()


@computed
def array_unary(run: Run, op: str, value: Array) -> Value:
    """`-array`, `+array`, `~array`."""
    dtype, content = value.dtype, Content()
    if op == "Plus":
        content = value.content.copy()
    elif op == "Minus" and (dtype == "bool" or (isinstance(dtype, Unknown) and value.kind in ("frame", "series"))):
        content = Content(0, 1) if dtype == "bool" else Content()  # pandas negates booleans
    elif op == "Minus":
        content = claims(value).map(lambda v: -v, is_rising=False, is_linear=True)
        content.tags -= {"standardized"}
    elif dtype == "bool":
        content = claims(value).map(lambda v: 1 - v, is_rising=False)
    elif is_integer(dtype):
        top = limits_of(dtype)[1] if isinstance(dtype, str) and dtype.startswith("uint") else -1
        content = claims(value).map(lambda v: top - v, is_rising=False) if top is not None else Content()
    made = new_array(run, value.shape, dtype, content=content if dtype == "bool" else within(dtype, content))
    made.kind, made.rows, made.trailing, made.columns = value.kind, value.rows, value.trailing, value.columns
    if value.labels is not None:
        made.labels = value.labels.copy()
        made.labels.series = {}
    return made


_COMPARED: dict[str, Callable[[Any, Any], bool]] = {
    "Equal": operator.eq,
    "NotEqual": operator.ne,
    "LessThan": operator.lt,
    "LessThanEqual": operator.le,
    "GreaterThan": operator.gt,
    "GreaterThanEqual": operator.ge,
}


def array_comparison(run: Run, left: Value, right: Value, site: Site, op: str = "") -> Value:
    """`left < right` and the like: an array of booleans."""
    from kerascheck.data.observations import note_comparison

    note_comparison(run, left, right, op, site)
    a, b = as_array(run, left), as_array(run, right)
    if a is None or b is None:
        known, other = (a, right) if a is not None else (b, left)
        assert known is not None
        is_single = isinstance(other, (str, bytes)) or other is None or _is_number(other)
        # Something unknown may be an array, which has to broadcast.
        shape = known.shape if is_single else Unknown("a comparison with something unknown")
        made = new_array(run, shape, "bool", kind=known.kind)
        if is_single:
            made.rows, made.columns = known.rows, known.columns
            made.labels = known.labels.copy() if known.labels is not None else None
        return made
    made = new_array(run, combined(run, a, b, site, broadcast), "bool", kind=_kind(a, b))
    _same_samples(made, a, b)
    compute, single = _COMPARED.get(op), b.content.single()
    if compute is not None and single is not None:
        made.content = _compared(compute, claims(a), single, is_integer(a.dtype) or a.dtype == "bool")
    return made


def _compared(compute: Callable[[Any, Any], bool], content: Content, single: float, is_whole: bool) -> Content:
    """What is known of comparisons with one number. NaN is neither less nor greater than any."""
    if content.values is not None:
        return Content.of_values(int(compute(v, single)) for v in content.values)
    if compute in (operator.eq, operator.ne) or content.low is None or content.high is None:
        return Content(0, 1)
    results = {compute(content.low, single), compute(content.high, single)}
    if len(results) == 1 and (is_whole or not results.pop()):
        return Content.of_values([int(compute(content.low, single))])
    return Content(0, 1)


# -- changes in place -----------------------------------------------------------------------------------------------


def in_place(run: Run, target: Array, op: str, right: Value, site: Site) -> Value:
    """`target op= right`: numpy changes the array itself, so that other names for it see the new numbers."""
    if target.kind == "list":
        from kerascheck.data.lists import list_in_place

        return list_in_place(run, target, op, right, site)
    result = array_operator(run, op, target, right, site)
    if target.kind != "numpy" or target.shape == ():
        if target.kind != "tensor":
            target.content.forget()  # it may be changed, or be replaced by another one
            if isinstance(result, Array) and result.dtype != target.dtype:
                result.dtype = Unknown("the dtype of a number that is changed")
        return result
    if not isinstance(result, Array):
        run.may_change(target)
        target.content.forget()
        return target
    if isinstance(target.dtype, str) and not _may_hold(target.dtype, result.dtype):
        message = (
            f"an array of {target.dtype} cannot be changed in place to {result.dtype}; "
            "convert it first, astype('float32')"
        )
        refuses(run, "TypeError", message, site)
        target.content.forget()
    elif run.may_change(target):
        target.content.set(within(target.dtype, result.content))
    return target


def _may_hold(target: str, dtype: str | Unknown) -> bool:
    """Whether numpy puts results of a dtype into an array in place (`casting="same_kind"`)."""
    order = {"bool": 0, "uint": 1, "int": 2, "float": 3, "complex": 4}
    if not isinstance(dtype, str) or target == "object":
        return True
    a, b = order.get(split_dtype(target)[0]), order.get(split_dtype(dtype)[0])
    return a is None or b is None or b <= a


def store_items(run: Run, target: Array, index: Value, value: Value) -> None:
    """`target[index] = value`: some numbers are replaced."""
    given = as_array(run, value)
    content = Content()
    if given is not None and (is_float(target.dtype) or not overflows(str(target.dtype), claims(given))):
        content = claims(given).rearranged()
        content.origin, content.tags = None, content.tags - {"standardized"}
    if target.dtype == "bool":
        content = Content(0, 1)
    elif is_integer(target.dtype) and given is not None and not is_integer(given.dtype):
        content = content.map(math.trunc)
    if not run.may_change(target):
        return
    if index is ... or (isinstance(index, slice) and index.start is index.stop is index.step is None):
        target.content.set(content)
    else:
        target.content.mix(content)


def is_literal(run: Run, value: Value) -> bool:
    """Whether the value that is being assigned is a number that stands as such in the source."""
    node = run.assigned
    if isinstance(node, cst.UnaryOperation) and isinstance(node.operator, (cst.Minus, cst.Plus)):
        value = -value if isinstance(node.operator, cst.Minus) and is_weak(value) else value
        node = node.expression
    if not isinstance(node, (cst.Integer, cst.Float)) or not is_weak(value):
        return isinstance(node, cst.Name) and node.value in ("True", "False") and isinstance(value, bool)
    return bool(ast.literal_eval(node.value) == value)


# -- iteration -------------------------------------------------------------------------------------------------------


def array_length(run: Run, array: Array) -> Value | None:
    """`len(array)`; None where it is not known."""
    if isinstance(array.shape, Unknown):
        from kerascheck.data.array import axis_size

        text = array.shape.text
        if array.key is None or text is None:
            return None
        return axis_size(array.key, text.removesuffix(".shape"), 0)
    return array.shape[0] if array.shape else None


def array_items(run: Run, array: Array) -> list[Value] | Unknown:
    """What a loop over the array meets."""
    if array.kind == "frame":
        return list(array.columns) if array.columns is not None else Unknown("the columns of a frame")
    if array.items is not None:
        return [plain_number(item) for item in array.items] if array.kind == "series" else list(array.items)
    if array.kind in ("series", "index") or may_nest(array):
        return Unknown("the items of a series")
    if not isinstance(array.shape, Unknown) and array.shape:
        count, rest = array.shape[0], array.shape[1:]
        if isinstance(count, int) and count <= _MAX_WALKED:
            return [one_of(run, array, rest) for _ in range(count)]
    return Unknown("the items of an array")


def one_of(run: Run, array: Array, shape: Shape) -> Array:
    """One item of an array along its first axis."""
    part = array.content.subset(False)
    if not shape:
        part.one_hot = None
    kind = "tensor" if array.kind == "tensor" else "numpy"
    return new_array(run, shape, array.dtype, content=array.content.view(part), kind=kind)


def tolist(run: Run, array: Array) -> Value:
    """`array.tolist()`."""
    if array.items is not None:
        return run.new_list([plain_number(item) for item in array.items])
    made: ListValue = run.unknown_list("the items of an array")
    made.unknown = Unknown("the items of an array", (TOLIST, array.birth))
    return made


def plain_number(item: Value) -> Value:
    """A number as one of Python's own."""
    if isinstance(item, bool) or not isinstance(item, (int, float)):
        return item
    return float(item) if isinstance(item, float) else int(item)
