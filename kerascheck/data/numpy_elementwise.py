"""Functions of numpy that compute element by element. Source: https://numpy.org/doc/stable/reference/ufuncs.html

To add one: a row in `_UNARY` or `_BINARY`.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, NamedTuple

from kerascheck.data.array import Array, is_float, promote, split_dtype, with_scalar
from kerascheck.data.content import FLEETING, ROUNDED, Content, union
from kerascheck.data.numpy_shapes import elementwise
from kerascheck.data.operators import (
    array_comparison,
    array_operator,
    array_unary,
    broadcast,
    claims,
    combined,
    even,
    within,
)
from kerascheck.data.registry import Function
from kerascheck.data.scalars import is_weak, number
from kerascheck.data.values import as_array, dtype_of, new_array, unknown_array
from kerascheck.machine.run import Run
from kerascheck.machine.values import Value
from kerascheck.network.arguments import Arguments
from kerascheck.network.dims import SymDim
from kerascheck.network.ir import Site, Tensor
from kerascheck.symbolic.unknown import Unknown

# -- of one array ----------------------------------------------------------------------------------------------------


def _float_dtype(dtype: str | Unknown) -> str | Unknown:
    """What functions of real numbers give: the smallest floating-point dtype that holds the numbers."""
    if not isinstance(dtype, str):
        return dtype
    kind, bits = split_dtype(dtype)
    if kind in ("bool", "int", "uint"):
        return "float16" if bits <= 8 else "float32" if bits <= 16 else "float64"
    return dtype


def _same(dtype: str | Unknown) -> str | Unknown:
    return dtype


def _truth(dtype: str | Unknown) -> str | Unknown:
    return "bool"


def _signed(dtype: str | Unknown) -> str | Unknown:
    """`square` and the like give no booleans."""
    return "int8" if dtype == "bool" else dtype


class _Unary(NamedTuple):
    """The dtype of the result for that of the argument; the function of a number; what is known of the results."""

    dtype: Callable[[str | Unknown], str | Unknown]
    compute: Callable[[float], float] | None = None
    content: Callable[[Content], Content] | None = None


def _rising(compute: Callable[[float], float], dtype: Any = _float_dtype, is_linear: bool = False) -> _Unary:
    """A function that rises everywhere."""
    return _Unary(dtype, compute, lambda content: content.map(compute, is_linear=is_linear))


def _from(least: float, compute: Callable[[float], float], result: float = -math.inf) -> _Unary:
    """A function that rises from `least` on and is not defined below; its value there is `result`."""

    def content(given: Content) -> Content:
        if given.low is not None and given.low > least:
            return given.map(compute)
        high = given.high if given.high is not None and given.high > least else None
        return Content(None if result == -math.inf else result, None if high is None else compute(high))

    return _Unary(_float_dtype, compute, content)


def _whole(compute: Callable[[float], float], dtype: Any = _float_dtype) -> _Unary:
    """A function that gives whole numbers."""

    def content(given: Content) -> Content:
        made = given.map(compute)
        made.tags |= {ROUNDED}
        return made

    return _Unary(dtype, compute, content)


def _wave(compute: Callable[[float], float]) -> _Unary:
    """A function with values from -1 to 1."""

    def content(given: Content) -> Content:
        values = None if given.values is None else [compute(v) for v in given.values if math.isfinite(v)]
        return Content.of_values(values) if values else Content(-1.0, 1.0)

    return _Unary(_float_dtype, compute, content)


def _exact(compute: Callable[[float], float], dtype: Any, fallback: Content | None = None) -> _Unary:
    """A function that is known where the numbers that occur are."""

    def content(given: Content) -> Content:
        if given.values is not None:
            return Content.of_values(compute(v) for v in given.values)
        return fallback.copy() if fallback is not None else Content()

    return _Unary(dtype, compute, content)


def _sign(value: float) -> float:
    return (value > 0) - (value < 0)


def _round_down(value: float) -> float:
    return math.floor(value) if math.isfinite(value) else value


def _round_up(value: float) -> float:
    return math.ceil(value) if math.isfinite(value) else value


def _cut(value: float) -> float:
    return math.trunc(value) if math.isfinite(value) else value


def _radians(value: float) -> float:
    return value * math.pi / 180


_UNARY: dict[str, _Unary] = {
    "abs": _Unary(_same, abs, lambda content: even(content, abs)),
    "absolute": _Unary(_same, abs, lambda content: even(content, abs)),
    "fabs": _Unary(_float_dtype, abs, lambda content: even(content, abs)),
    "square": _Unary(_signed, lambda v: v * v, lambda content: even(content, lambda v: v * v)),
    "sqrt": _from(0, math.sqrt, 0.0),
    "cbrt": _rising(lambda v: math.copysign(abs(v) ** (1 / 3), v)),
    "exp": _rising(math.exp),
    "exp2": _rising(lambda v: 2.0**v),
    "expm1": _rising(math.expm1),
    "log": _from(0, math.log),
    "log2": _from(0, math.log2),
    "log10": _from(0, math.log10),
    "log1p": _from(-1, math.log1p),
    "sin": _wave(math.sin),
    "cos": _wave(math.cos),
    "tan": _Unary(_float_dtype, math.tan),
    "tanh": _rising(math.tanh),
    "sinh": _rising(math.sinh),
    "cosh": _Unary(_float_dtype, math.cosh, lambda content: even(content, math.cosh)),
    "arctan": _rising(math.atan),
    "arcsinh": _rising(math.asinh),
    "arcsin": _Unary(_float_dtype, None, lambda content: Content(-math.pi / 2, math.pi / 2)),
    "arccos": _Unary(_float_dtype, None, lambda content: Content(0.0, math.pi)),
    "deg2rad": _rising(_radians, is_linear=True),
    "radians": _rising(_radians, is_linear=True),
    "rad2deg": _rising(math.degrees, is_linear=True),
    "degrees": _rising(math.degrees, is_linear=True),
    "sign": _rising(_sign, _same),
    "floor": _whole(_round_down, _same),
    "ceil": _whole(_round_up, _same),
    "trunc": _whole(_cut, _same),
    "fix": _rising(_cut, _same),
    "rint": _whole(lambda v: round(v) if math.isfinite(v) else v),
    "reciprocal": _Unary(_signed),
    "isnan": _exact(lambda v: False, _truth),
    "isinf": _exact(math.isinf, _truth),
    "isfinite": _exact(math.isfinite, _truth),
    "logical_not": _exact(lambda v: not v, _truth),
    "signbit": _exact(lambda v: v < 0, _truth),
}


def unary(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    """`numpy.sqrt(x)` and its kin: of numbers the number itself, of something unknown a derived unknown."""
    function = _UNARY[name.rpartition(".")[2]]
    value = arguments.positional[0].value if arguments.positional else arguments.value("x")
    if isinstance(value, Unknown):
        text = f"{name}({value.text})" if value.text else None
        return Unknown(value.reason, ("call", name, value.key), text)
    array = None if isinstance(value, Tensor) or value is None else as_array(run, value)
    if array is None:
        return run.fresh(f"{name} of something unknown", site.node)
    if isinstance(value, (int, float)) and function.compute is not None and len(arguments.positional) == 1:
        try:
            result = function.compute(value)
        except (ArithmeticError, ValueError):
            return run.fresh(f"{name} of {value}", site.node)
        dtype = function.dtype(array.dtype)
        return bool(result) if dtype == "bool" else number(result, dtype)
    if isinstance(value, SymDim):
        return run.fresh(f"{name} of a size", site.node)
    dtype = function.dtype(array.dtype)
    if not isinstance(array.dtype, str) or split_dtype(array.dtype)[0] not in ("bool", "int", "uint", "float"):
        content = Content()
        dtype = dtype if dtype == "bool" else Unknown("the dtype of a function of something unknown")
    else:
        try:
            content = function.content(claims(array)) if function.content is not None else Content()
        except (ArithmeticError, ValueError):
            content = Content()
    content.tags -= FLEETING - {ROUNDED}
    made = elementwise(run, array, dtype, within(dtype, content) if dtype != "bool" else content)
    if dtype == "bool" and content.low is None:
        made.content = Content(0, 1)
    wanted = dtype_of(arguments.value("dtype"))
    if wanted is not None:
        made.dtype = wanted
    return made


def _round(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    from kerascheck.data.numpy_methods import METHODS

    value = arguments.value("a", 0)
    decimals = arguments.value("decimals", 1, 0)
    if isinstance(value, (Unknown, Tensor)):
        return run.fresh(f"{name} of something unknown", site.node)
    if isinstance(value, (int, float)) and isinstance(decimals, int):
        return number(round(value, decimals), "float64" if isinstance(value, float) else "int64")
    array = as_array(run, value)
    if array is None:
        return unknown_array(run, f"{name} of something unknown")
    return METHODS["round"](run, array, _without_first(arguments), site)


def _without_first(arguments: Arguments) -> Arguments:
    return Arguments(
        arguments.positional[1:], arguments.keywords, arguments.open_positional, arguments.open_keywords, arguments.call
    )


# -- of two arrays ----------------------------------------------------------------------------------------------------


def _operator(op: str) -> Function:
    """`numpy.add(x, y)` is `x + y` of arrays."""

    def call(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
        left, right = (arguments.value(one, position) for position, one in enumerate(("x1", "x2")))
        if any(isinstance(value, Tensor) for value in (left, right)):
            return run.fresh(f"{name} of a tensor", site.node)
        if as_array(run, left) is None and as_array(run, right) is None:
            return run.fresh(f"{name} of something unknown", site.node)
        return array_operator(run, op, left, right, site)

    return call


def _comparison(op: str) -> Function:
    def call(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
        left, right = (arguments.value(one, position) for position, one in enumerate(("x1", "x2")))
        if as_array(run, left) is None and as_array(run, right) is None:
            return run.fresh(f"{name} of something unknown", site.node)
        return array_comparison(run, left, right, site, op)

    return call


def _negative(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    array = as_array(run, arguments.value("x", 0))
    return unknown_array(run, f"{name} of something unknown") if array is None else array_unary(run, "Minus", array)


def _pairwise(
    content: Callable[[Content, Content], Content], dtype: Callable[[str | Unknown], str | Unknown] = _same
) -> Function:
    """A function of two arrays that broadcast."""

    def call(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
        values = [arguments.value(one, position) for position, one in enumerate(("x1", "x2"))]
        arrays = [None if isinstance(value, Tensor) else as_array(run, value) for value in values]
        a, b = arrays
        if a is None or b is None:
            return unknown_array(run, f"{name} of something unknown")
        made = new_array(run, combined(run, a, b, site, broadcast), dtype(common_dtype(values, [a, b])))
        made.content = content(claims(a), claims(b))
        like = next((one for one in (a, b) if one.ndim and one.shape == made.shape), None)
        if like is not None:
            made.kind, made.rows, made.columns = like.kind, like.rows, like.columns
            made.labels = like.labels.copy() if like.labels is not None else None
        return made

    return call


def common_dtype(values: list[Value], arrays: list[Array]) -> str | Unknown:
    """The dtype of arrays together, in which numbers of Python's own count for little."""
    strong = [a.dtype for value, a in zip(values, arrays, strict=True) if not is_weak(value)]
    weak = [value for value in values if is_weak(value)]
    if not strong:
        strong, weak = [a.dtype for a in arrays], []
    dtype = strong[0]
    for other in strong[1:]:
        dtype = promote(dtype, other)
    for value in weak:
        dtype = with_scalar(dtype, value)
    return dtype


def _larger(left: Content, right: Content) -> Content:
    lows = [bound for bound in (left.low, right.low) if bound is not None]
    high = None if left.high is None or right.high is None else max(left.high, right.high)
    return Content(max(lows) if lows else None, high)


def _smaller(left: Content, right: Content) -> Content:
    highs = [bound for bound in (left.high, right.high) if bound is not None]
    low = None if left.low is None or right.low is None else min(left.low, right.low)
    return Content(low, min(highs) if highs else None)


def _angle(left: Content, right: Content) -> Content:
    return Content(-math.pi, math.pi)


def _no_claim(left: Content, right: Content) -> Content:
    return Content()


def _either(left: Content, right: Content) -> Content:
    return Content(0, 1)


def _close(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    """`numpy.isclose(a, b)`."""
    a, b = (as_array(run, arguments.value(one, position)) for position, one in enumerate("ab"))
    if a is None or b is None:
        return unknown_array(run, f"{name} of something unknown")
    return new_array(run, combined(run, a, b, site, broadcast), "bool")


def _where(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    """`numpy.where(condition, x, y)`; the places where the condition holds for a single argument."""
    condition = _bare(run, arguments.value("condition", 0))
    if len(arguments.positional) < 2 and "x" not in arguments.keywords:
        if condition is None:
            return run.fresh("the places where something unknown holds", site.node)
        from kerascheck.data.numpy_methods import call_on

        return call_on(run, "nonzero", condition, site)
    values = [arguments.value("x", 1), arguments.value("y", 2)]
    x, y = (_bare(run, value) for value in values)
    if condition is None or x is None or y is None:
        return unknown_array(run, "a choice with something unknown")
    both = new_array(run, combined(run, x, y, site, broadcast), common_dtype(values, [x, y]))
    both.shape = combined(run, condition, both, site, broadcast)
    both.content = union(claims(x), claims(y))
    both.content.attained, both.content.one_hot = False, None
    if condition.content.values != frozenset((0, 1)) or None in (x.content.single(), y.content.single()):
        both.content.values = None
    if condition.ndim and condition.shape == both.shape:
        both.rows = condition.rows
    return both


def _bare(run: Run, value: Value) -> Array | None:
    """The value as an array without labels, which numpy does not look at."""
    array = as_array(run, value)
    if array is not None and array.kind in ("frame", "series"):
        bare = new_array(run, array.shape, array.dtype, content=array.content, rows=array.rows)
        bare.items = array.items
        return bare
    return array


def _nan_to_num(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    array = as_array(run, arguments.value("x", 0))
    if array is None:
        return unknown_array(run, f"{name} of something unknown")
    content = Content() if is_float(array.dtype) or isinstance(array.dtype, Unknown) else array.content.copy()
    if is_float(array.dtype) and array.content.low is not None and array.content.high is not None:
        content = Content(min(array.content.low, 0), max(array.content.high, 0))
        content.tags = array.content.tags
    return elementwise(run, array, array.dtype, content)


FUNCTIONS: dict[str, Function] = {
    **{f"numpy.{name}": unary for name in _UNARY},
    "numpy.negative": _negative,
    "numpy.round": _round,
    "numpy.around": _round,
    "numpy.round_": _round,
    **{
        f"numpy.{name}": _operator(op)
        for name, op in {
            "add": "Add",
            "subtract": "Subtract",
            "multiply": "Multiply",
            "divide": "Divide",
            "true_divide": "Divide",
            "floor_divide": "FloorDivide",
            "mod": "Modulo",
            "remainder": "Modulo",
            "power": "Power",
            "matmul": "MatrixMultiply",
        }.items()
    },
    **{
        f"numpy.{name}": _comparison(op)
        for name, op in {
            "equal": "Equal",
            "not_equal": "NotEqual",
            "less": "LessThan",
            "less_equal": "LessThanEqual",
            "greater": "GreaterThan",
            "greater_equal": "GreaterThanEqual",
        }.items()
    },
    "numpy.maximum": _pairwise(_larger),
    "numpy.minimum": _pairwise(_smaller),
    "numpy.fmax": _pairwise(_larger),
    "numpy.fmin": _pairwise(_smaller),
    "numpy.hypot": _pairwise(_no_claim, _float_dtype),
    "numpy.arctan2": _pairwise(_angle, _float_dtype),
    "numpy.logical_and": _pairwise(_either, _truth),
    "numpy.logical_or": _pairwise(_either, _truth),
    "numpy.logical_xor": _pairwise(_either, _truth),
    "numpy.isclose": _close,
    "numpy.where": _where,
    "numpy.nan_to_num": _nan_to_num,
}
