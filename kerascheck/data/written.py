"""`out=`: functions of numpy that write their result into an array that they are given, and give that back.

Source: the signatures in https://numpy.org/doc/stable/reference
"""

from __future__ import annotations

from collections.abc import Callable

from kerascheck.data.array import Array
from kerascheck.machine.run import Run
from kerascheck.machine.values import ListValue, Value
from kerascheck.network.arguments import Arguments, Given

#: At which place `out` may stand, by the name of a function; for methods one place further to the left.
_POSITIONS: dict[str, int] = {
    **dict.fromkeys(
        (
            "abs", "absolute", "fabs", "negative", "positive", "sign", "exp", "exp2", "expm1", "log", "log2", "log10",
            "log1p", "sqrt", "cbrt", "square", "reciprocal", "sin", "cos", "tan", "arcsin", "arccos", "arctan", "sinh",
            "cosh", "tanh", "arcsinh", "arccosh", "arctanh", "floor", "ceil", "trunc", "rint", "deg2rad", "rad2deg",
            "degrees", "radians", "isnan", "isinf", "isfinite", "logical_not", "invert", "bitwise_not", "conjugate",
        ),
        1,
    ),
    **dict.fromkeys(
        (
            "add", "subtract", "multiply", "divide", "true_divide", "floor_divide", "mod", "remainder", "fmod", "power",
            "float_power", "matmul", "equal", "not_equal", "less", "less_equal", "greater", "greater_equal", "maximum",
            "minimum", "fmax", "fmin", "hypot", "arctan2", "logical_and", "logical_or", "logical_xor", "bitwise_and",
            "bitwise_or", "bitwise_xor", "copysign", "dot", "stack", "concatenate", "round", "around", "max", "min",
            "amax", "amin", "any", "all", "ptp", "argmax", "argmin", "nanmax", "nanmin",
        ),
        2,
    ),
    **dict.fromkeys(
        (
            "clip", "take", "sum", "prod", "mean", "std", "var", "cumsum", "cumprod", "percentile", "quantile",
            "nansum", "nanmean", "nanstd", "nanvar",
        ),
        3,
    ),
    "median": 2,
}  # fmt: skip


def written_function(name: str, function: Callable[..., Value]) -> Callable[..., Value]:
    """The function, or one that writes its result where it is told to."""
    if not name.startswith("numpy."):
        return function
    position = _POSITIONS.get(name.removeprefix("numpy."))

    def call(run: Run, called: str, arguments: Arguments, site: object) -> Value:
        return _write(run, arguments, position, function(run, called, arguments, site))

    return call


def written_method(name: str, method: Callable[..., Value]) -> Callable[..., Value]:
    """The same for a method of arrays."""
    place = _POSITIONS.get(name)
    position = None if place is None else place - 1

    def call(run: Run, array: Array, arguments: Arguments, site: object) -> Value:
        return _write(run, arguments, position, method(run, array, arguments, site))

    return call


#: What `out` is called elsewhere.
_TARGETS = ("out", "output", "dst")


def changed_arrays(name: str, arguments: Arguments) -> list[Value]:
    """The arrays that a function which is not followed may write to, though it leaves models and lists as they are."""
    values = [given.value for given in (*arguments.positional, *arguments.keywords.values())]
    if not (name.startswith(("cv2.", "numpy.lib.")) or name in _SHARING or name.endswith(".at")):
        values = [arguments.keywords[key].value for key in _TARGETS if key in arguments.keywords]
    flat = [item for value in values for item in (value if isinstance(value, tuple) else (value,))]
    flat = [item for value in flat for item in (value.items if isinstance(value, ListValue) else (value,))]
    return [value for value in flat if isinstance(value, Array)]


#: What they give shares its numbers with the array.
_SHARING = frozenset({"numpy.nditer", "builtins.memoryview", "numpy.frombuffer", "numpy.ndarray", "ctypes.memmove"})


def _write(run: Run, arguments: Arguments, position: int | None, result: Value) -> Value:
    found = arguments.get("out", position)
    target = found.value if isinstance(found, Given) else None
    if isinstance(target, tuple) and len(target) == 1:
        target = target[0]
    if not isinstance(target, Array):
        return result
    if run.may_change(target):
        if isinstance(result, Array) and result.shape == target.shape and result.dtype == target.dtype:
            target.content.set(result.content)
        else:
            target.content.forget()
    return target
