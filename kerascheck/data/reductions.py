"""Sums, means, maxima and their kin, of numpy arrays. Source: https://numpy.org/doc/stable/reference/routines.html"""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable
from typing import Any

from kerascheck.data.array import Array, split_dtype
from kerascheck.data.content import Content, Origin
from kerascheck.data.operators import claims, within
from kerascheck.data.scalars import number
from kerascheck.data.values import as_axis, dtype_of, guarded, new_array
from kerascheck.machine.run import Run
from kerascheck.machine.values import Value
from kerascheck.network import tensor_shapes
from kerascheck.network.arguments import Arguments
from kerascheck.network.dims import Shape, prod_ints
from kerascheck.network.ir import Site
from kerascheck.symbolic.unknown import Unknown

#: Functions of all numbers that are computed where the numbers themselves are known.
_EXACT: dict[str, Callable[[list[Any]], Any]] = {
    "max": max,
    "min": min,
    "sum": sum,
    "prod": math.prod,
    "mean": lambda items: sum(items) / len(items),
    "median": lambda items: (sorted(items)[(len(items) - 1) // 2] + sorted(items)[len(items) // 2]) / 2,
    "any": any,
    "all": all,
    "ptp": lambda items: max(items) - min(items),
    "argmax": lambda items: items.index(max(items)),
    "argmin": lambda items: items.index(min(items)),
}

#: Other names for them. What skips NaN is the same for numbers that are none.
_SAME = {"amax": "max", "amin": "min", "average": "mean", "nanmean": "mean", "nanstd": "std", "nanvar": "var",
         "nansum": "sum", "nanmax": "max", "nanmin": "min", "nanmedian": "median", "nanargmax": "argmax",
         "nanargmin": "argmin"}  # fmt: skip

#: The statistics that programs scale by.
_ORIGINS = {"mean": "mean", "std": "std", "max": "max", "min": "min", "ptp": "range"}


_MANY = ("axis", "dtype", "out", "keepdims", "initial", "where")
_SPREAD = ("axis", "dtype", "out", "ddof", "keepdims", "where")
_FEW = ("axis", "out", "keepdims", "initial", "where")
#: The parameters behind the array, in their order.
_PARAMETERS: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("sum", "prod", "nansum", "nanprod"), _MANY),
    **dict.fromkeys(("mean", "nanmean"), ("axis", "dtype", "out", "keepdims", "where")),
    **dict.fromkeys(("std", "var", "nanstd", "nanvar"), _SPREAD),
    **dict.fromkeys(("max", "min", "amax", "amin", "nanmax", "nanmin"), _FEW),
    **dict.fromkeys(("any", "all", "ptp"), ("axis", "out", "keepdims", "where")),
    **dict.fromkeys(("argmax", "argmin", "nanargmax", "nanargmin"), ("axis", "out")),
    **dict.fromkeys(("median", "nanmedian"), ("axis", "out", "overwrite_input", "keepdims")),
    "average": ("axis", "weights", "returned"),
}
#: Those that leave the result what its name says.
_PLAIN = frozenset({"axis", "keepdims", "dtype", "out", "ddof", "overwrite_input"})


def _by_name(arguments: Arguments, names: tuple[str, ...], first: int) -> Arguments:
    """The arguments with their names; those in front of the axis are left out."""
    by_position = dict(zip(names, arguments.positional[first:], strict=False))
    named = {**by_position, **arguments.keywords}
    return Arguments([], named, open_keywords=arguments.open_keywords or arguments.open_positional, call=arguments.call)


def reduced(run: Run, array: Array, axis: Value, keepdims: Value, site: Site) -> Shape | Unknown:
    """The shape after a reduction over an axis (all of them for None)."""
    axis = as_axis(axis)
    if axis is None and keepdims is False:
        return ()
    if isinstance(axis, Unknown) or not isinstance(keepdims, (bool, int)) or isinstance(array.shape, Unknown):
        return Unknown("a reduction that is not known")
    axes = None if axis is None else [axis] if isinstance(axis, int) else list(axis)
    shape = array.shape
    return guarded(run, site, lambda: tensor_shapes.reduce(shape, axes, bool(keepdims)))


def reduction(run: Run, name: str, array: Array, arguments: Arguments, site: Site, first: int = 0) -> Value:
    """Sum, mean, maximum and their kin; `first` is the position of the axis among the arguments."""
    arguments = _by_name(arguments, _PARAMETERS.get(name, ("axis",)), first)
    name = _SAME.get(name, name)
    if arguments.value("returned", None, False) is not False:
        return run.fresh("an average and its weights", site.node)
    axis = arguments.value("axis")
    shape = reduced(run, array, axis, arguments.value("keepdims", None, False), site)
    wanted = dtype_of(arguments.value("dtype"))
    dtype = wanted if wanted is not None else result_dtype(name, array.dtype)
    odd = [key for key, given in arguments.keywords.items() if key not in _PLAIN and given.value is not None]
    plain = not odd and wanted is None
    if shape == () and plain and isinstance(dtype, str):
        exact = _exact(name, array)
        if exact is not None:
            return number(exact, dtype)
    content = Content()
    if plain:
        content = _content(name, array, axis, arguments.value("ddof", None, 0))
        single = content.single() if shape == () and isinstance(dtype, str) else None
        if single is not None and name in ("max", "min", "mean", "any", "all"):
            return number(single, dtype)
    if dtype != "bool":
        content = within(dtype, content)
    made = new_array(run, shape, dtype, content=content)
    keeps_samples = isinstance(shape, tuple) and isinstance(array.shape, tuple) and len(array.shape) > 1
    if keeps_samples and 0 not in _axes(array, axis):
        made.rows = array.rows
    return made


def result_dtype(name: str, dtype: str | Unknown) -> str | Unknown:
    """The dtype of a reduction of numbers of a dtype."""
    if name in ("argmax", "argmin", "count_nonzero"):
        return "int64"
    if name in ("any", "all"):
        return "bool"
    if not isinstance(dtype, str):
        return dtype
    kind, _ = split_dtype(dtype)
    if name in ("mean", "std", "var", "median"):
        return "float64" if kind in ("bool", "int", "uint") else dtype
    if name in ("sum", "prod", "cumsum", "cumprod", "trace"):
        return {"bool": "int64", "int": "int64", "uint": "uint64"}.get(kind, dtype)
    return dtype


def _axes(array: Array, axis: Value) -> tuple[int, ...]:
    """The axes that a reduction goes over, counted from the front."""
    axis = as_axis(axis)
    rank = array.ndim or 0
    if axis is None:
        return tuple(range(rank))
    axes = (axis,) if isinstance(axis, int) else axis if isinstance(axis, tuple) else ()
    return tuple(sorted(one % rank for one in axes)) if rank else ()


def _exact(name: str, array: Array) -> Any:
    """The result where it follows from the numbers that occur; None where it does not."""
    compute = _EXACT.get(name)
    if compute is None:
        return None
    items = array.items
    if items and all(isinstance(item, (int, float)) for item in items):
        return compute([float(item) if isinstance(item, float) else int(item) for item in items])
    content = array.content
    if name in ("max", "min", "any", "all", "ptp") and content.values and array.ndim != 0:
        return compute(list(content.values))
    if name in ("max", "min") and content.attained and content.is_mass and "pixels" in content.tags:
        return content.high if name == "max" else content.low
    return None


def _content(name: str, array: Array, axis: Value, ddof: Value) -> Content:
    """What is known of the results of a reduction."""
    content = claims(array)
    low, high = content.low, content.high
    result = Content()
    if name in ("max", "min", "mean", "median"):
        result = Content(low, high)
    elif name in ("std", "var", "ptp"):
        width = high - low if low is not None and high is not None else None
        squares = Content(0, None if width is None else 4 * width * width)
        if (ddof == 0 or ddof == 1) and (name == "ptp" or within(array.dtype, squares) is squares):
            result = Content(0, width if width is None or name != "var" else width * width)
    elif name in ("any", "all"):
        result = Content(0, 1)
    elif name in ("sum", "argmax", "argmin") and isinstance(array.shape, tuple):
        sizes = [array.shape[one] for one in _axes(array, axis)]
        known = [size for size in sizes if isinstance(size, int)]
        count = math.prod(known) if len(known) == len(sizes) else None
        if name != "sum":
            result = Content(0, count - 1) if count else Content()
        elif content.one_hot and _axes(array, axis) == (len(array.shape) - 1,):
            result = Content.of_values([1])
        elif count is not None and low is not None and high is not None:
            result = Content(low * count, high * count)
    kind = _ORIGINS.get(name)
    if kind is not None and isinstance(array.shape, tuple):
        state = content.spread_state if kind in ("std", "range") else content.state
        axes: Hashable = _axes(array, axis)
        axes = None if axes == tuple(range(len(array.shape))) else axes
        result.origin = Origin(kind, state, axes, array.rows.source if array.rows is not None else None)
    return result


def count_of_elements(shape: Shape | Unknown) -> int | None:
    """How many elements an array of the shape has; None where that is not known."""
    if isinstance(shape, Unknown) or any(dim is None for dim in shape):
        return None
    total = prod_ints(dim for dim in shape if dim is not None)
    return total if isinstance(total, int) and total >= 0 else None
