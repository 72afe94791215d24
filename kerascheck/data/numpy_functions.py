"""Functions of numpy. Source: https://numpy.org/doc/stable/reference/routines.html

To add one: a row in a table of the module for its family, or here where it is a method of arrays, too.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from kerascheck.data import (
    numpy_computing,
    numpy_creation,
    numpy_elementwise,
    numpy_joining,
    numpy_random,
    numpy_rearranging,
)
from kerascheck.data.array import Array, split_dtype
from kerascheck.data.numpy_methods import METHODS, REDUCTIONS, clip, dot, sorted_copy
from kerascheck.data.numpy_support import ArrayFunction, of_array
from kerascheck.data.objects import Method
from kerascheck.data.reductions import reduction
from kerascheck.data.refusals import no_axis
from kerascheck.data.registry import Function
from kerascheck.data.scalars import number
from kerascheck.data.values import as_array
from kerascheck.machine.run import Run
from kerascheck.machine.sequences import items_of
from kerascheck.machine.values import Value
from kerascheck.network.arguments import Arguments
from kerascheck.network.dims import SymDim, maximum, minimum, prod_ints
from kerascheck.network.ir import Site
from kerascheck.symbolic.unknown import Unknown

_MAX_BITS = 4096  # of a product


def _reduction(name: str) -> ArrayFunction:
    def call(run: Run, array: Array, arguments: Arguments, site: Site) -> Value:
        if array.kind == "frame" or (array.kind == "series" and (name in ("std", "var") or is_short(array.dtype))):
            return run.fresh(f"{name} of a frame", site.node)  # pandas has other defaults and dtypes
        return reduction(run, name, array, arguments, site)

    return call


def _of_sizes(name: str, combine: Callable[..., Any]) -> Function:
    """A reduction that is also taken of sizes: `numpy.prod(x.shape[1:])`."""
    of_arrays = of_array(_reduction(name))

    def call(run: Run, function: str, arguments: Arguments, site: Site) -> Value:
        value = arguments.positional[0].value if arguments.positional else None
        if len(arguments.positional) == 1 and not arguments.keywords and not isinstance(value, (Unknown, Array)):
            items = items_of(run, value)
            if not isinstance(items, Unknown) and items and all(isinstance(i, (int, SymDim)) for i in items):
                result = items[0]
                for item in items[1:]:
                    result = combine(result, item)
                    if isinstance(result, int) and result.bit_length() > _MAX_BITS:
                        return run.fresh("a number too large to compute", site.node)
                return number(result, "int64") if _fits(result) else result
        if isinstance(value, Unknown):
            text = f"{function}({value.text})" if value.text else None
            return Unknown(value.reason, ("call", function, value.key), text)
        return of_arrays(run, function, arguments, site)

    return call


def is_short(dtype: str | Unknown) -> bool:
    """Whether numbers of the dtype have fewer than 64 bits."""
    return isinstance(dtype, str) and 8 <= split_dtype(dtype)[1] < 64 and dtype != "bool"


def _fits(value: Value) -> bool:
    """Whether the value is a whole number that numpy keeps in 64 bits."""
    return isinstance(value, int) and -(2**63) <= value < 2**63


def _dot(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    return dot(run, arguments.value("a", 0), arguments.value("b", 1), site)


def _shape(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    """`numpy.shape(x)`."""
    value = arguments.value("a", 0)
    if isinstance(value, Unknown):
        text = f"{value.text}.shape" if value.text else None
        return Unknown(value.reason, ("attribute", value.key, "shape"), text)
    array = as_array(run, value)
    if array is None or isinstance(array.shape, Unknown):
        return run.fresh("the shape of something unknown", site.node)
    return array.shape


def _size(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    """`numpy.size(x, axis)`."""
    array, axis = as_array(run, arguments.value("a", 0)), arguments.value("axis", 1)
    if array is None or isinstance(array.shape, Unknown) or not (axis is None or isinstance(axis, int)):
        return run.fresh("the size of something unknown", site.node)
    if axis is None:
        sizes = [dim for dim in array.shape if dim is not None]
        return prod_ints(sizes) if len(sizes) == len(array.shape) else run.fresh("an unknown size", site.node)
    if not -len(array.shape) <= axis < len(array.shape):
        return no_axis(run, "IndexError", array, axis, site)
    return array.shape[axis]


def _ndim(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    array = as_array(run, arguments.value("a", 0))
    if array is None or array.ndim is None:
        return run.fresh("the number of axes of something unknown", site.node)
    return array.ndim


def _written(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    """`numpy.save(path, array)`: the file is another one from now on."""
    from kerascheck.machine.keras.saving import forget_file

    forget_file(run, arguments.value("file", 0, arguments.value("fname")))
    return None


def _nothing(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    return None


def _changed(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    """`numpy.fill_diagonal(a, value)`, `copyto`, `put` and their kin change their first argument."""
    if arguments.positional:
        run.escape(arguments.positional[0].value, f"changed by {name}")
    return None


#: Functions of the same name as a method: `numpy.reshape(x, ...)` is `x.reshape(...)`.
_METHODS = (
    "ravel", "transpose", "swapaxes", "squeeze", "argsort", "repeat", "take", "cumsum", "cumprod", "diagonal", "trace",
    "nonzero", "searchsorted",
)  # fmt: skip

_ALL_REDUCTIONS = (
    *REDUCTIONS, "amax", "amin", "median", "average", "nanmean", "nanstd", "nanvar", "nansum", "nanmax", "nanmin",
    "nanmedian", "nanargmax", "nanargmin", "count_nonzero",
)  # fmt: skip


def _reshape(run: Run, array: Array, arguments: Arguments, site: Site) -> Value:
    return METHODS["reshape"](run, array, arguments, site)


FUNCTIONS: dict[str, Function] = {
    **numpy_creation.FUNCTIONS,
    **numpy_elementwise.FUNCTIONS,
    **numpy_joining.FUNCTIONS,
    **numpy_rearranging.FUNCTIONS,
    **numpy_computing.FUNCTIONS,
    **numpy_random.FUNCTIONS,
    "numpy.reshape": of_array(_reshape),
    **{f"numpy.{name}": of_array(METHODS[name]) for name in _METHODS},
    "numpy.sort": of_array(sorted_copy),
    "numpy.clip": of_array(clip),
    **{f"numpy.{name}": of_array(_reduction(name)) for name in _ALL_REDUCTIONS},
    "numpy.prod": _of_sizes("prod", lambda a, b: a * b),
    "numpy.sum": _of_sizes("sum", lambda a, b: a + b),
    "numpy.max": _of_sizes("max", maximum),
    "numpy.min": _of_sizes("min", minimum),
    "numpy.dot": _dot,
    "numpy.shape": _shape,
    "numpy.ndim": _ndim,
    "numpy.size": _size,
    **dict.fromkeys(
        ("numpy.save", "numpy.savez", "numpy.savez_compressed", "numpy.savetxt"),
        _written,
    ),
    **dict.fromkeys(("numpy.set_printoptions", "numpy.seterr"), _nothing),
    **dict.fromkeys(
        ("numpy.fill_diagonal", "numpy.copyto", "numpy.put", "numpy.place", "numpy.putmask", "numpy.put_along_axis"),
        _changed,
    ),
}  # fmt: skip

OBJECTS: Mapping[str, Mapping[str, Method]] = numpy_random.OBJECTS
