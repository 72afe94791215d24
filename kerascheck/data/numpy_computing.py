"""Sets, products and other things that are computed from whole arrays.

Source: https://numpy.org/doc/stable/reference/routines.html
"""

from __future__ import annotations

from typing import Any

from kerascheck.data.array import Array, promote
from kerascheck.data.content import Content, union
from kerascheck.data.distinct import distinct_count, distinct_key, known_count
from kerascheck.data.numpy_support import flat, has_axis, rows
from kerascheck.data.operators import claims
from kerascheck.data.refusals import no_axis, refuses
from kerascheck.data.registry import Function
from kerascheck.data.samples import is_real
from kerascheck.data.scalars import number
from kerascheck.data.values import (
    array_argument,
    as_array,
    as_axis,
    fresh_size,
    guarded,
    new_array,
    promote_all,
    unknown_array,
)
from kerascheck.machine.run import Run
from kerascheck.machine.sequences import items_of
from kerascheck.machine.values import Value
from kerascheck.network import tensor_shapes
from kerascheck.network.arguments import Arguments
from kerascheck.network.dims import Dim
from kerascheck.network.ir import Site
from kerascheck.symbolic.unknown import Unknown

# -- sets, counts, places -----------------------------------------------------------------------------------------


def _unique(run: Run, array: Array, arguments: Arguments, site: Site) -> Value:
    """`numpy.unique(x)`: the values that occur in order, each once."""
    extras = [
        arguments.value(f"return_{what}", place, False) for place, what in enumerate(("index", "inverse", "counts"))
    ]
    axis = arguments.value("axis", 3)
    made: Array
    size: Dim = distinct_count(distinct_key(array)) if axis is None else fresh_size(run, "?.shape[0]", site)
    if axis is not None:
        made = unknown_array(run, "unique parts of an array")
        if isinstance(array.shape, tuple) and has_axis(array, axis):
            sizes = list(array.shape)
            sizes[axis] = size
            made = new_array(run, tuple(sizes), array.dtype, content=array.content.subset(False))
            made.content.one_hot = None
    else:
        made = _unique_values(run, array, size)
    if not all(isinstance(extra, bool) for extra in extras):
        return run.fresh("unique with options", site.node)
    if not any(extras):
        return made
    found: list[Value] = [made]
    count = made.shape[0] if isinstance(made.shape, tuple) else fresh_size(run, "?.shape[0]", site)
    if extras[0]:
        found.append(new_array(run, (count,), "int64", content=Content(0)))
    if extras[1]:
        shape = array.shape if axis is None else Unknown("places in unique parts")
        inverse = new_array(run, shape, "int64", rows=array.rows)
        inverse.content = Content.of_values(range(count)) if isinstance(count, int) else Content(0)
        found.append(inverse)
    if extras[2]:
        found.append(new_array(run, (count,), "int64", content=Content(1)))
    return tuple(found)


def _unique_values(run: Run, array: Array, size: Dim) -> Array:
    content = array.content.rearranged()
    items: list[Any] | None = None
    if content.values is not None:
        from kerascheck.data.scalars import number

        items = [number(value, array.dtype) for value in sorted(content.values)]
    elif array.items and all(isinstance(item, str) for item in array.items):
        items = sorted(set(array.items))
    known = known_count(array) if items is None else len(items)
    made = new_array(run, (size if known is None else known,), array.dtype, content=content)
    made.items = items
    return made


def _interp(run: Run, array: Array, arguments: Arguments, site: Site) -> Value:
    """`numpy.interp(x, xp, fp)`."""
    return new_array(run, array.shape, "float64", rows=array.rows)


def _triangle(run: Run, array: Array, arguments: Arguments, site: Site) -> Value:
    """`numpy.tril`, `triu`: zero on one side."""
    content = union(array.content, Content(0, 0))
    content.attained, content.values = False, None
    shape = array.shape * 2 if isinstance(array.shape, tuple) and len(array.shape) == 1 else array.shape
    return new_array(run, shape, array.dtype, content=content)


def _diff(run: Run, array: Array, arguments: Arguments, site: Site) -> Value:
    """`numpy.diff(x, n, axis)`."""
    times, axis = arguments.value("n", 0, 1), arguments.value("axis", 1, -1)
    if (
        isinstance(array.shape, Unknown)
        or not isinstance(times, int)
        or not isinstance(axis, int)
        or arguments.keywords.keys() & {"prepend", "append"}
    ):
        return unknown_array(run, "differences of something unknown")
    if not -len(array.shape) <= axis < len(array.shape):
        return no_axis(run, "ValueError", array, axis, site)
    sizes = list(array.shape)
    size = sizes[axis]
    sizes[axis] = max(size - times, 0) if isinstance(size, int) else None if size is None else size - times
    return new_array(run, tuple(sizes), array.dtype)


def _digitize(run: Run, array: Array, arguments: Arguments, site: Site) -> Value:
    bins = as_array(run, arguments.value("bins", 0))
    size = bins.shape[0] if bins is not None and isinstance(bins.shape, tuple) and bins.shape else None
    content = Content(0, size) if isinstance(size, int) else Content(0)
    return new_array(run, array.shape, "int64", content=content, rows=array.rows)


def _truth(run: Run, array: Array, arguments: Arguments, site: Site) -> Value:
    """`numpy.isin(x, values)`."""
    return new_array(run, array.shape, "bool", rows=array.rows)


def _bincount(run: Run, array: Array, arguments: Arguments, site: Site) -> Value:
    size: Dim = fresh_size(run, "?.shape[0]", site)
    if array.content.values and not arguments.keywords and len(arguments.positional) < 2:
        size = int(max(array.content.values)) + 1
    return new_array(
        run, (size,), "int64" if len(arguments.positional) == 0 and not arguments.keywords else Unknown("weights")
    )


def _percentile(run: Run, array: Array, arguments: Arguments, site: Site) -> Value:
    """`numpy.percentile(x, q, axis)`."""
    return _quantile(run, array, arguments, site, 100)


def _quantile(run: Run, array: Array, arguments: Arguments, site: Site, whole: int = 1) -> Value:
    """`numpy.quantile(x, q, axis)`; of numbers that are known it is computed."""
    from kerascheck.data.reductions import reduced, result_dtype

    share, plain = arguments.value("q", 0), len(arguments.positional) + len(arguments.keywords) == 1
    if plain and is_real(share) and 0 <= share <= whole and isinstance(array.shape, tuple) and len(array.shape) == 1:
        found = _interpolated(array, share / whole)
        if found is not None:
            return found
    wanted = as_array(run, arguments.value("q", 0))
    rest = reduced(run, array, arguments.value("axis", 1), arguments.value("keepdims", 5, False), site)
    if wanted is None or isinstance(wanted.shape, Unknown) or isinstance(rest, Unknown):
        return unknown_array(run, "quantiles of something unknown")
    content, dtype = claims(array), result_dtype("median", array.dtype)
    if wanted.shape:
        dtype = promote(dtype, "float64")
    return new_array(run, (*wanted.shape, *rest), dtype, content=Content(content.low, content.high))


def _interpolated(array: Array, share: float) -> Value:
    """The number below which that share of a vector lies; None where the numbers are not known.

    Source: `_lerp` in numpy/lib/_function_base_impl.py.
    """
    items = array.items
    if not items or array.dtype not in ("int64", "float64") or not all(map(is_real, items)):
        return None
    ordered = sorted(float(item) for item in items)
    place = share * (len(ordered) - 1)
    below = min(int(place), len(ordered) - 1)
    low, high, part = ordered[below], ordered[min(below + 1, len(ordered) - 1)], place - below
    return number(high - (high - low) * (1 - part) if part >= 0.5 else low + (high - low) * part, "float64")


def _einsum(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    """`numpy.einsum(equation, *arrays)`."""
    equation = arguments.positional[0].value if arguments.positional else None
    arrays = [as_array(run, given.value) for given in arguments.positional[1:]]
    shapes = [array.shape for array in arrays if array is not None and isinstance(array.shape, tuple)]
    if not isinstance(equation, str) or len(shapes) < len(arrays) or not arrays:
        return unknown_array(run, "einsum of something unknown")
    dtype = promote_all(array.dtype for array in arrays if array is not None)
    return new_array(run, guarded(run, site, lambda: tensor_shapes.einsum(equation, shapes)), dtype)


def _tensordot(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    a, b = (array_argument(run, arguments, place, one) for place, one in enumerate("ab"))
    axes = arguments.value("axes", 2, 2)
    if a is None or b is None or isinstance(a.shape, Unknown) or isinstance(b.shape, Unknown):
        return unknown_array(run, "a product with something unknown")
    pair: Any = axes
    if not isinstance(axes, int):
        items = items_of(run, axes)
        pair = None if isinstance(items, Unknown) or len(items) != 2 else tuple(
            [one] if isinstance(one, int) else as_axis(one) for one in items
        )  # fmt: skip
        if pair is None or any(one is None or isinstance(one, Unknown) for one in pair):
            return unknown_array(run, "a product over unknown axes")
    left, right = a.shape, b.shape
    if isinstance(pair, int) and not 0 <= pair <= min(len(left), len(right)):
        return refuses(run, "ValueError", "a product over more axes than there are", site)
    return new_array(
        run, guarded(run, site, lambda: tensor_shapes.tensordot(left, right, pair)), promote(a.dtype, b.dtype)
    )


def _outer(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    a, b = (array_argument(run, arguments, place, one) for place, one in enumerate("ab"))
    if a is None or b is None:
        return unknown_array(run, "a product with something unknown")
    a, b = flat(run, a, site), flat(run, b, site)
    if isinstance(a.shape, Unknown) or isinstance(b.shape, Unknown):
        return unknown_array(run, "a product with something unknown")
    return new_array(run, (*a.shape, *b.shape), promote(a.dtype, b.dtype))


FUNCTIONS: dict[str, Function] = {
    "numpy.einsum": _einsum,
    "numpy.tensordot": _tensordot,
    "numpy.outer": _outer,
    **rows(
        {
            "unique": _unique,
            "tril": _triangle,
            "triu": _triangle,
            "diff": _diff,
            "digitize": _digitize,
            "isin": _truth,
            "in1d": _truth,
            "bincount": _bincount,
            "percentile": _percentile,
            "quantile": _quantile,
            "nanpercentile": _percentile,
            "nanquantile": _quantile,
            "interp": _interp,
        }
    ),
}
