"""Methods of tables and columns that compute: arithmetic, comparisons, reductions, counts."""

from __future__ import annotations

from kerascheck.data import numpy_methods
from kerascheck.data.array import Array, is_number, split_dtype
from kerascheck.data.content import Content, Origin
from kerascheck.data.distinct import distinct_count, distinct_key, known_count
from kerascheck.data.frames import (
    layout_of,
    make_series,
    new_size,
)
from kerascheck.data.methods import Method
from kerascheck.data.numpy_shapes import elementwise
from kerascheck.data.operators import array_comparison, array_operator, claims
from kerascheck.data.scalars import number
from kerascheck.data.values import new_array
from kerascheck.machine.run import Run
from kerascheck.machine.values import Value
from kerascheck.network.arguments import Arguments, Given
from kerascheck.network.dims import Dim
from kerascheck.network.ir import Site
from kerascheck.symbolic.unknown import Unknown


def unknown_numbers(run: Run, array: Array, arguments: Arguments, site: Site) -> Value:
    """The same shape, numbers and dtype that are not known."""
    return elementwise(run, array, Unknown("the dtype of computed values"), Content())


def booleans(run: Run, array: Array, arguments: Arguments, site: Site) -> Value:
    return elementwise(run, array, "bool", Content(0, 1))


def operator(op: str, swap: bool = False) -> Method:
    """`frame.sub(other)` is `frame - other`."""

    def call(run: Run, array: Array, arguments: Arguments, site: Site) -> Value:
        other = arguments.value("other", 0)
        if len(arguments.positional) > 1 or arguments.keywords.keys() - {"other"}:
            return (
                unknown_numbers(run, array, arguments, site)
                if array.kind == "series"
                else run.fresh("a frame", site.node)
            )
        return array_operator(run, op, other, array, site) if swap else array_operator(run, op, array, other, site)

    return call


def comparison(op: str) -> Method:
    def call(run: Run, array: Array, arguments: Arguments, site: Site) -> Value:
        return array_comparison(run, array, arguments.value("other", 0), site, op)

    return call


def reduction(name: str) -> Method:
    """`frame.mean()`: of each column; of a series a number. NaN is left out."""

    def call(run: Run, array: Array, arguments: Arguments, site: Site) -> Value:
        assert isinstance(array.shape, tuple) and array.labels is not None
        axis = arguments.value("axis", 0, 0)
        content, dtype = _reduced(name, array), _reduced_dtype(name, array)
        if array.kind == "series":
            single = content.single()
            if name in ("max", "min") and array.content.values and is_number(array.dtype):
                return number((max if name == "max" else min)(array.content.values), array.dtype)
            if name in ("max", "min", "mean") and single is not None:
                return number(single, dtype)
            return new_array(run, (), dtype, content=content)
        numeric = arguments.value("numeric_only", None, False)
        if axis in (1, "columns"):
            made = make_series(run, array.shape[0], dtype, content, array.labels.index)
            made.rows = array.rows
        elif axis in (0, "index", "rows"):
            width = array.shape[1] if numeric is False else new_size(run, 1, site)
            made = make_series(run, width, dtype, content, layout_of(array) if numeric is False else None)
        else:
            return run.fresh(f"{name} of a frame", site.node)
        return made

    return call


def _reduced_dtype(name: str, array: Array) -> str | Unknown:
    if name in ("count", "nunique", "argmax", "argmin"):
        return "int64"
    if name in ("any", "all"):
        return "bool"
    if not isinstance(array.dtype, str) or not is_number(array.dtype):
        return Unknown("the dtype of a statistic")
    kind, bits = split_dtype(array.dtype)
    if name in ("mean", "std", "var", "median"):
        return "float64" if kind != "float" else array.dtype
    if name in ("max", "min") and kind != "bool":
        return array.dtype
    if name == "sum" and (kind in ("bool", "int") or bits == 64):
        return "int64" if kind in ("bool", "int") else array.dtype
    return Unknown("the dtype of a statistic")


def _reduced(name: str, array: Array) -> Content:
    """What is known of statistics of the numbers."""
    content = claims(array)
    result = Content()
    if name in ("max", "min", "mean", "median"):
        result = Content(content.low, content.high)
    elif name == "std":
        width = content.high - content.low if content.low is not None and content.high is not None else None
        result = Content(0, width)
    elif name in ("any", "all"):
        result = Content(0, 1)
    if name in ("mean", "std", "max", "min"):
        state = content.spread_state if name == "std" else content.state
        axis = None if array.kind == "series" else (0,)
        result.origin = Origin(name, state, axis, array.rows.source if array.rows is not None else None)
    return result


def _clip(run: Run, array: Array, arguments: Arguments, site: Site) -> Value:
    values = [arguments.value("lower", 0), arguments.value("upper", 1)]
    return numpy_methods.clip(run, array, Arguments([Given(value) for value in values], {}), site)


def unique(run: Run, array: Array, arguments: Arguments, site: Site) -> Value:
    count = known_count(array)
    size: Dim = distinct_count(distinct_key(array)) if count is None else count
    content = array.content.rearranged()
    dtype = array.dtype if is_number(array.dtype) else Unknown("the dtype of unique values")
    return new_array(run, (size,), dtype, content=content)


def nunique(run: Run, array: Array, arguments: Arguments, site: Site) -> Value:
    if array.kind == "frame":
        return run.fresh("the numbers of distinct values", site.node)
    count = known_count(array)
    return distinct_count(("without NaN", distinct_key(array))) if count is None else count


def factorize(run: Run, array: Array, arguments: Arguments, site: Site) -> Value:
    """`pandas.factorize(x)`: a number for each value, and the values."""
    distinct = unique(run, array, arguments, site)
    assert isinstance(array.shape, tuple) and isinstance(distinct, Array) and isinstance(distinct.shape, tuple)
    if distinct.dtype not in ("int64", "float64"):
        distinct.dtype = Unknown("the dtype of unique values")
    size = distinct.shape[0]
    content = Content.of_values(range(size)) if isinstance(size, int) else Content(-1)
    codes = new_array(run, array.shape, "int64", content=content, rows=array.rows)
    return (codes, distinct)


def value_counts(run: Run, array: Array, arguments: Arguments, site: Site) -> Value:
    values = array.content.values
    size: Dim = len(values) if values is not None else distinct_count(distinct_key(array))
    made = make_series(run, size, Unknown("counts"), Content(0))
    return made if array.kind == "series" else run.fresh("counts of rows", site.node)


def dot(run: Run, array: Array, arguments: Arguments, site: Site) -> Value:
    return run.fresh("a product with a frame", site.node)


OPERATORS = {
    "add": "Add", "sub": "Subtract", "subtract": "Subtract", "mul": "Multiply", "multiply": "Multiply", "div": "Divide",
    "divide": "Divide", "truediv": "Divide", "floordiv": "FloorDivide", "mod": "Modulo", "pow": "Power",
}  # fmt: skip

COMPARISONS = {"eq": "Equal", "ne": "NotEqual", "lt": "LessThan", "le": "LessThanEqual", "gt": "GreaterThan",
                "ge": "GreaterThanEqual"}  # fmt: skip
