"""numpy's own numbers: Python numbers that remember a dtype, which decides the dtype of what is computed with them.

`x * 0.5` is of the dtype of x, `x * numpy.sqrt(0.25)` is not: a Python number is weak, a numpy one is not (NEP 50).
"""

from __future__ import annotations

import math
import operator
import struct
from collections.abc import Callable
from typing import Any

from kerascheck.data.array import is_float, promote, split_dtype, true_division, with_scalar


class NumpyFloat(float):
    """A floating-point number of numpy."""

    dtype = "float64"


class NumpyInt(int):
    """A whole number of numpy."""

    dtype = "int64"


def number(value: Any, dtype: object) -> Any:
    """The value as numpy's number of a dtype; what is no number, or of no dtype that is known, comes back unchanged."""
    if not isinstance(value, (int, float)) or not isinstance(dtype, str):
        return value
    kind, bits = split_dtype(dtype)
    made: NumpyFloat | NumpyInt
    if kind == "float":
        try:
            made = NumpyFloat(_rounded(float(value), bits))
        except OverflowError:
            made = NumpyFloat(math.inf if value > 0 else -math.inf)
    elif kind in ("int", "uint") and (isinstance(value, int) or math.isfinite(value)):
        made = NumpyInt(wrapped(int(value), dtype))
    else:
        return bool(value) if kind == "bool" else value
    if dtype != made.dtype:
        made.dtype = dtype
    return made


def _rounded(value: float, bits: int) -> float:
    """The nearest number of so many bits."""
    code = {16: "e", 32: "f"}.get(bits)
    if code is None:
        return value
    try:
        result: float = struct.unpack(code, struct.pack(code, value))[0]
    except OverflowError:
        return math.copysign(math.inf, value)
    return result


def wrapped(value: int, dtype: str) -> int:
    """A whole number as it is left after an overflow of the dtype."""
    kind, bits = split_dtype(dtype)
    value %= 2**bits
    return value - 2**bits if kind == "int" and value >= 2 ** (bits - 1) else value


def dtype_of_number(value: Any) -> str:
    """The dtype of an array made of a number."""
    if isinstance(value, (NumpyFloat, NumpyInt)):
        return value.dtype
    return "bool" if isinstance(value, bool) else "int64" if isinstance(value, int) else "float64"


def is_weak(value: object) -> bool:
    """Whether the value is a number of Python's own."""
    return isinstance(value, (int, float)) and not isinstance(value, (NumpyFloat, NumpyInt))


def _combine(name: str, function: Callable[[Any, Any], Any], swap: bool) -> Callable[[Any, Any], Any]:
    def method(self: Any, other: Any) -> Any:
        if not isinstance(other, (int, float)):
            return NotImplemented
        if isinstance(other, (NumpyFloat, NumpyInt)):
            dtype = promote(self.dtype, other.dtype)
        else:
            dtype = with_scalar(self.dtype, other)
        if name == "truediv":
            dtype = true_division(dtype)
        plain = float if is_float(dtype) else int
        left, right = (plain(other), plain(self)) if swap else (plain(self), plain(other))
        try:
            result = function(left, right)
        except ZeroDivisionError:  # a warning in numpy
            if not is_float(dtype):
                result = 0
            elif name == "pow":
                result = math.inf
            else:
                invalid = left == 0 or name == "mod" or math.isnan(left)
                result = math.nan if invalid else math.copysign(math.inf, left)
        except OverflowError:
            result = math.inf
        return number(math.nan if isinstance(result, complex) else result, dtype)

    return method


for _class in (NumpyFloat, NumpyInt):
    for _name in ("add", "sub", "mul", "truediv", "floordiv", "mod", "pow"):
        _function = getattr(operator, _name)
        setattr(_class, f"__{_name}__", _combine(_name, _function, False))
        setattr(_class, f"__r{_name}__", _combine(_name, _function, True))
    for _name in ("neg", "pos", "abs"):
        _function = getattr(operator, _name)
        setattr(
            _class,
            f"__{_name}__",
            lambda self, compute=_function, plain=_class.__base__: number(compute(plain(self)), self.dtype),
        )
