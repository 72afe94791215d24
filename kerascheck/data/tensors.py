"""Functions on tensors that hold data: dtypes and numbers of what `tf`, `keras.ops` and `keras.backend` compute.

The shapes are those of the same functions on Keras tensors (`machine/keras/operations.py`); here stands what they do to
dtypes and numbers. To add a function: its name in one of the tables.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from kerascheck.data.array import Array, is_float, is_integer, promote
from kerascheck.data.content import Content, Rows, arithmetic, union
from kerascheck.data.values import as_array, dtype_of
from kerascheck.machine.run import Run
from kerascheck.machine.values import ListValue, Value
from kerascheck.network.arguments import Arguments
from kerascheck.network.ir import Site, Tensor
from kerascheck.symbolic.unknown import Unknown

Call = Callable[[Run, str, Arguments, Site], Value]

_PYTHON_NUMBERS = {"int64": "int32", "float64": "float32"}

#: Functions that make a tensor of what the source spells out.
_SPELLED = frozenset({"constant", "array", "convert_to_tensor"})

_MAX_PARTS = 100  # of a list that is looked into for data


def on_data(call: Call) -> Call:
    """A function on tensors, with what is known of its results where it is called on nothing but data."""

    def handler(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
        result = call(run, name, arguments, site)
        if isinstance(result, Unknown):
            return result
        table = result.table if isinstance(result, Array) else None
        made = known(run, name, arguments, result)
        if table is not None and isinstance(made, Array):
            made.table = table
        return made

    def known(run: Run, name: str, arguments: Arguments, result: Value) -> Value:
        arrays: list[Array] = []
        values = [given.value for given in (*arguments.positional, *arguments.keywords.values())]
        if not _collect(values, arrays):
            return result
        if arrays:
            return _refined(run, name, result, arguments, arrays)
        if isinstance(result, Array) and _last(name) in _MADE:
            items, result.content = result.items, _MADE[_last(name)](run, arguments)
            if _last(name) in _SPELLED and arguments.value("dtype", 1) is None:
                result.dtype = as_tensor_dtype(result.dtype)
            result.items = items
            return result
        literals = [as_array(run, value) for value in values if isinstance(value, (ListValue, tuple))]
        if isinstance(result, Array) and literals and literals[0] is not None:
            literals[0].dtype = as_tensor_dtype(literals[0].dtype)
            return _refined(run, name, result, arguments, [literals[0]])
        return result

    return handler


def as_tensor_dtype(dtype: str | Unknown) -> str | Unknown:
    """Numbers of Python's own become 32 bits wide."""
    return _PYTHON_NUMBERS.get(dtype, dtype) if isinstance(dtype, str) else dtype


def _collect(values: list[Value], arrays: list[Array], depth: int = 0) -> bool:
    """Collect the arrays among the values; False where there is a tensor of a graph."""
    for value in values:
        if isinstance(value, Array):
            arrays.append(value)
        elif isinstance(value, Tensor):
            return False
        elif isinstance(value, (ListValue, tuple)) and depth < 2:
            items = value.items if isinstance(value, ListValue) else list(value)
            if not _collect(items[:_MAX_PARTS], arrays, depth + 1):
                return False
    return True


def _refined(run: Run, name: str, result: Value, arguments: Arguments, arrays: list[Array]) -> Value:
    """The result with its dtype and numbers."""
    if isinstance(result, Tensor) and result.node is None:
        # A size that varies, of a batch or an image, does not make a graph of data.
        result = Array(result.shape, result.dtype, kind="tensor", birth=run.tick())
    if isinstance(result, Array):
        if result.items is None:
            result.dtype = _dtype(name, arguments, arrays)
            result.content = _content(run, name, arguments, arrays)
            result.rows = _rows(arrays, result)
        return result
    if isinstance(result, ListValue) and result.unknown is None:
        return run.new_list([_refined(run, name, item, arguments, arrays) for item in result.items])
    if isinstance(result, tuple):
        return tuple(_refined(run, name, item, arguments, arrays) for item in result)
    return result


def _rows(arrays: list[Array], made: Array) -> Rows | None:
    """The samples, where there are as many as before."""
    before = arrays[0].shape if len(arrays) == 1 else ()
    if not isinstance(before, tuple) or not isinstance(made.shape, tuple) or not before or not made.shape:
        return None
    return arrays[0].rows if before[0] is not None and before[0] == made.shape[0] else None


# -- dtypes ---------------------------------------------------------------------------------------------------------

_COMPARISONS = frozenset(
    """
    equal not_equal less less_equal greater greater_equal logical_and logical_or logical_xor logical_not isnan any all
    reduce_any reduce_all
    """.split()  # noqa: SIM905
)

#: Functions that put several tensors together.
_JOINING = frozenset({"stack", "pack", "concat", "concatenate"})

#: Functions that move the numbers of their first argument and keep them as they are.
_MOVING = frozenset(
    """
    reshape expand_dims squeeze transpose permute_dimensions tile repeat repeat_elements constant array
    flip reverse reverse_v2 identity stop_gradient convert_to_tensor split unstack batch_flatten flatten ravel
    swapaxes broadcast_to copy sort gather take
    """.split()  # noqa: SIM905
)

#: Functions of numbers of one dtype that give numbers of the same.
_KEEPING = _JOINING | frozenset(
    """
    clip clip_by_value relu abs absolute square negative maximum minimum max min reduce_max reduce_min amax amin pad
    zeros_like ones_like sum reduce_sum cumsum prod reduce_prod round floor ceil sign tril triu
    """.split()  # noqa: SIM905
)


def _last(name: str) -> str:
    return name.rpartition(".")[2]


def _dtype(name: str, arguments: Arguments, arrays: list[Array]) -> str | Unknown:
    last, first = _last(name), arrays[0].dtype
    if last == "cast":
        wanted = dtype_of(arguments.value("dtype", 1))
        return wanted if wanted is not None else Unknown("a dtype that is not given")
    if last == "cast_to_floatx":
        return "float32"
    if last in _COMPARISONS:
        return "bool"
    if last in ("argmax", "argmin", "arg_max"):
        return "int32" if name.startswith("keras.ops") else "int64"
    if last == "one_hot":
        wanted = dtype_of(arguments.value("dtype"))
        return "float32" if wanted is None else wanted
    given = dtype_of(arguments.value("dtype", 1 if last in _SPELLED else None))
    if given is not None:
        return given
    if last in _MOVING:
        return first
    if last in ("resize", "resize_images"):
        return "float32" if arguments.value("method", None, "bilinear") != "nearest" else first
    if last in _KEEPING or all(is_float(array.dtype) for array in arrays):
        result: str | Unknown = first
        for array in arrays[1:]:
            result = promote(result, array.dtype)
        return result
    if last in ("add", "subtract", "multiply") and is_integer(first) and len(arrays) == 1:
        return first
    return Unknown(f"the dtype of {last} of {first}")


# -- numbers ----------------------------------------------------------------------------------------------------------

_BOUNDED: dict[str, tuple[float | None, float | None]] = {
    "sigmoid": (0, 1),
    "hard_sigmoid": (0, 1),
    "softmax": (0, 1),
    "tanh": (-1, 1),
    "sin": (-1, 1),
    "cos": (-1, 1),
    "softplus": (0, None),
    "relu": (0, None),
    "exp": (0, None),
    "square": (0, None),
    "abs": (0, None),
    "absolute": (0, None),
}

_RISING: dict[str, Callable[[float], float]] = {
    "exp": math.exp,
    "log1p": math.log1p,
    "expm1": math.expm1,
    "sqrt": math.sqrt,
    "relu": lambda v: max(v, 0.0),
    "round": float,
    "tanh": math.tanh,
}

_ARITHMETIC = {
    "add": "Add", "subtract": "Subtract", "multiply": "Multiply", "divide": "Divide", "truediv": "Divide",
    "true_divide": "Divide",
}  # fmt: skip


def _content(run: Run, name: str, arguments: Arguments, arrays: list[Array]) -> Content:
    last, first = _last(name), arrays[0].content
    if last in _MOVING:
        content = first.copy() if last not in ("gather", "take", "split", "unstack") else first.subset()
        if last not in ("identity", "stop_gradient", "copy", *_SPELLED):
            content.one_hot, content.origin = None, None
        return content
    if last in _JOINING:
        return _joined(run, arguments)
    if last == "cast":
        return _cast(run, arrays[0], dtype_of(arguments.value("dtype", 1)))
    if last == "one_hot":
        others = len(arguments.positional) > 2 or {"on_value", "off_value"} & arguments.keywords.keys()
        depth = arguments.value("depth", 1, arguments.value("num_classes", 1))
        return Content() if others else _one_hot(first, depth)
    if last in _ARITHMETIC:
        sides = [as_array(run, given.value) for given in (*arguments.positional, *arguments.keywords.values())][:2]
        if len(sides) == 2 and sides[0] is not None and sides[1] is not None:
            return arithmetic(_ARITHMETIC[last], sides[0].content, sides[1].content)
        return Content()
    if last in ("resize", "resize_images"):
        plain = arguments.value("method", None, "bilinear") in ("bilinear", "nearest", "area")
        return Content(first.low, first.high, first.attained, tags=first.tags) if plain else Content(tags=first.tags)
    if last in ("clip_by_value", "clip"):
        ends = [arguments.value(end, at) for end, at in (("clip_value_min", 1), ("clip_value_max", 2))]
        if all(isinstance(end, (int, float)) for end in ends):
            return Content(ends[0], ends[1])
    if last in ("reduce_max", "reduce_min", "max", "min", "reduce_mean", "mean", "amax", "amin"):
        return Content(first.low, first.high)
    if last in _RISING and first.low is not None and first.high is not None:
        return first.map(_RISING[last]) if last != "round" else Content(first.low - 1, first.high + 1)
    return Content(*_BOUNDED.get(last, (None, None)))


def _joined(run: Run, arguments: Arguments) -> Content:
    """The numbers of all of them, if they are all data."""
    from kerascheck.machine.sequences import items_of

    whole = arguments.positional[0].value if arguments.positional else next(iter(arguments.keywords.values())).value
    items = items_of(run, whole)
    parts = [] if isinstance(items, Unknown) else [as_array(run, item) for item in items]
    known = [part.content for part in parts if part is not None]
    if not known or len(known) < len(parts):
        return Content()
    content = known[0].copy()
    for other in known[1:]:
        content = union(content, other)
    content.one_hot, content.origin = None, None
    return content


def _cast(run: Run, array: Array, dtype: str | Unknown | None) -> Content:
    """Numbers as another dtype; TensorFlow agrees with numpy."""
    from kerascheck.data.numpy_methods import astype

    return astype(run, array, dtype).content if isinstance(dtype, str) else Content()


def _one_hot(labels: Content, depth: Value) -> Content:
    """A label outside of the depth gives zeros alone."""
    within = labels.low is not None and labels.high is not None and labels.low >= 0
    is_one_hot = within and isinstance(depth, int) and labels.high is not None and labels.high < depth
    return Content(0, 1, one_hot=True if is_one_hot else None)


# -- made of nothing ------------------------------------------------------------------------------------------------


def _always(value: float) -> Callable[[Run, Arguments], Content]:
    return lambda run, arguments: Content.of_values([value])


def _uniform(run: Run, arguments: Arguments) -> Content:
    low, high = arguments.value("minval", 1, 0), arguments.value("maxval", 2)
    if arguments.value("dtype", 3) is None and high is None:
        high = 1
    plain = isinstance(low, (int, float)) and isinstance(high, (int, float)) and low < high
    return Content(low, high) if plain else Content()


def _spelled(run: Run, arguments: Arguments) -> Content:
    array = as_array(run, arguments.positional[0].value) if arguments.positional else None
    return array.content.copy() if array is not None else Content()


_MADE: dict[str, Callable[[Run, Arguments], Content]] = {
    "zeros": _always(0),
    "ones": _always(1),
    "uniform": _uniform,
    "random_uniform": _uniform,
    "constant": _spelled,
    "array": _spelled,
    "convert_to_tensor": _spelled,
    "eye": lambda run, arguments: Content(0, 1),
}
