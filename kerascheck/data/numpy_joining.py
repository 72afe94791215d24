"""Joining, dividing and rearranging arrays.

Source: https://numpy.org/doc/stable/reference/routines.array-manipulation.html
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from typing import Any

from kerascheck.data.array import Array, promote
from kerascheck.data.content import Content, union
from kerascheck.data.indexing import array_item
from kerascheck.data.numpy_methods import astype, permuted, reshape, reshaped
from kerascheck.data.operators import broadcast, claims
from kerascheck.data.registry import Function
from kerascheck.data.values import (
    array_argument,
    array_of_unknown,
    as_array,
    as_axis,
    fresh_size,
    grown,
    guarded,
    joined,
    new_array,
    promote_all,
    shape_argument,
    unknown_array,
)
from kerascheck.interp.run import Run
from kerascheck.interp.sequences import items_of
from kerascheck.interp.values import ListValue, Value
from kerascheck.network import tensor_shapes
from kerascheck.network.arguments import Arguments
from kerascheck.network.dims import Dim, Shape, SymDim
from kerascheck.network.ir import Site, Tensor
from kerascheck.symbolic import KerasError, Unknown

#: A function of one array: the array, the other arguments.
ArrayFunction = Callable[[Run, Array, Arguments, Site], Value]

_MAX_PARTS = 1_000  # of an array that is split


# -- joining ------------------------------------------------------------------------------------------------------


def _parts(run: Run, value: Value) -> list[Array] | None:
    """The arrays to join; None where they are not all known."""
    if isinstance(value, Array):
        return _rows(run, value)
    if isinstance(value, ListValue) and value.element is not None:
        return None  # how many there are is not known
    items = items_of(run, value)
    if isinstance(items, Unknown) or not items:
        return None
    arrays = [None if isinstance(item, Tensor) else as_array(run, item) for item in items]
    known = [array for array in arrays if array is not None]
    return known if len(known) == len(arrays) else None


def _rows(run: Run, array: Array) -> list[Array] | None:
    """The arrays along the first axis of one."""
    if isinstance(array.shape, Unknown) or not array.shape or not isinstance(array.shape[0], int):
        return None
    if not 0 < array.shape[0] <= _MAX_PARTS:
        return None
    one = new_array(run, array.shape[1:], array.dtype, content=array.content.subset(False))
    return [one] * array.shape[0]


def _join(
    run: Run, parts: list[Array] | None, axis: Value, site: Site, rule: Callable[[Sequence[Shape], int], Shape]
) -> Array:
    if parts is None or not isinstance(axis, int):
        return unknown_array(run, "arrays joined with something unknown")
    shapes = [part.shape for part in parts if not isinstance(part.shape, Unknown)]
    shape: Shape | Unknown = Unknown("arrays joined with something unknown")
    if len(shapes) == len(parts):
        shape = guarded(run, site, lambda: rule(shapes, axis))
    last = not isinstance(shape, Unknown) and bool(shape) and axis % len(shape) != len(shape) - 1
    made = joined(shape, parts, keeps_last=last)
    made.birth = run.tick()
    made.trailing = _common_end(parts) if isinstance(shape, Unknown) and axis == 0 else ()
    if isinstance(shape, tuple) and shape and axis % len(shape) > 0:
        made.rows = parts[0].rows
    return made


def _common_end(parts: list[Array]) -> Shape:
    """The last sizes of arrays of which at least one has a known shape, behind the axis of samples."""
    known = [part.shape[1:] for part in parts if isinstance(part.shape, tuple)]
    return known[0] if known else ()


def _concatenate(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    parts, axis = _parts(run, arguments.value("arrays", 0)), arguments.value("axis", 1, 0)
    if axis is None and parts is not None:
        parts, axis = [_flat(run, part, site) for part in parts], 0
    return _join(run, parts, axis, site, tensor_shapes.concatenate)


def _stack(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    given, axis = arguments.value("arrays", 0), arguments.value("axis", 1, 0)
    if isinstance(given, ListValue) and given.element is not None and axis == 0:
        made = grown(given)
        made.birth = run.tick()
        return made
    return _join(run, _parts(run, given), axis, site, tensor_shapes.stack)


def _flat(run: Run, array: Array, site: Site) -> Array:
    return reshape(run, array, (-1,), site)


def _lifted(run: Run, array: Array, rank: int) -> Array:
    """`numpy.atleast_2d` and the like."""
    if isinstance(array.shape, Unknown) or len(array.shape) >= rank:
        return array
    shape: Shape = array.shape
    if rank == 1:
        shape = (1,)
    elif rank == 2:
        shape = (1, *(shape or (1,)))
    else:
        shape = {0: (1, 1, 1), 1: (1, *shape, 1), 2: (*shape, 1)}[len(shape)]
    return reshaped(run, array, shape)


def _lifting(rank: int) -> ArrayFunction:
    def call(run: Run, array: Array, arguments: Arguments, site: Site) -> Value:
        return _lifted(run, array, rank)

    return call


def _vstack(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    parts = _parts(run, arguments.value("tup", 0))
    return _join(run, parts and [_lifted(run, part, 2) for part in parts], 0, site, tensor_shapes.concatenate)


def _hstack(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    parts = _parts(run, arguments.value("tup", 0))
    parts = parts and [_lifted(run, part, 1) for part in parts]
    axis = 0 if parts and parts[0].ndim == 1 else 1
    return _join(run, parts, axis, site, tensor_shapes.concatenate)


def _dstack(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    parts = _parts(run, arguments.value("tup", 0))
    return _join(run, parts and [_lifted(run, part, 3) for part in parts], 2, site, tensor_shapes.concatenate)


def _column_stack(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    """Vectors become columns."""

    def column(part: Array) -> Array:
        if isinstance(part.shape, Unknown) or len(part.shape) > 1:
            return part
        made = reshaped(run, part, (*(part.shape or (1,)), 1))
        made.rows = part.rows
        return made

    parts = _parts(run, arguments.value("tup", 0))
    return _join(run, parts and [column(part) for part in parts], 1, site, tensor_shapes.concatenate)


def _append(run: Run, array: Array, arguments: Arguments, site: Site) -> Value:
    """`numpy.append(array, values, axis)`: both as vectors without an axis."""
    other, axis = as_array(run, arguments.value("values", 0)), arguments.value("axis", 1)
    if other is None:
        return unknown_array(run, "something unknown appended")
    parts = [array, other]
    if axis is None:
        parts, axis = [_flat(run, part, site) for part in parts], 0
    return _join(run, parts, axis, site, tensor_shapes.concatenate)


def has_axis(array: Array, axis: Value) -> bool:
    """Whether the array surely has the axis."""
    return array.ndim is not None and isinstance(axis, int) and -array.ndim <= axis < array.ndim


def _insert(run: Run, array: Array, arguments: Arguments, site: Site) -> Value:
    """`numpy.insert(array, index, values, axis)` of a single index."""
    index, axis = arguments.value("obj", 0), arguments.value("axis", 2)
    value = as_array(run, arguments.value("values", 1))
    if axis is None:
        array, axis = _flat(run, array, site), 0
    if value is None or value.shape != () or not isinstance(index, int) or not has_axis(array, axis):
        return unknown_array(run, "something inserted")
    assert isinstance(array.shape, tuple)
    axis %= len(array.shape)
    size = array.shape[axis]
    shape = (*array.shape[:axis], None if size is None else size + 1, *array.shape[axis + 1 :])
    content = union(array.content, astype(run, value, array.dtype).content)
    content.attained, content.values, content.one_hot = False, None, None
    return new_array(run, shape, array.dtype, content=content)


def _delete(run: Run, array: Array, arguments: Arguments, site: Site) -> Value:
    """`numpy.delete(array, indices, axis)`."""
    index, axis = arguments.value("obj", 0), arguments.value("axis", 1)
    if axis is None:
        array, axis = _flat(run, array, site), 0
    if (
        isinstance(array.shape, Unknown)
        or not isinstance(axis, int)
        or not -len(array.shape) <= axis < len(array.shape)
    ):
        return unknown_array(run, "something deleted")
    axis %= len(array.shape)
    old = array.shape[axis]
    places = (
        [index] if isinstance(index, int) else items_of(run, index) if isinstance(index, (ListValue, tuple)) else None
    )
    size: Dim = fresh_size(run, "?.shape[0]", site)
    if isinstance(places, list) and all(isinstance(place, int) and not isinstance(place, bool) for place in places):
        if isinstance(old, int) and all(-old <= place < old for place in places):
            size = old - len({place % old for place in places})
        elif old is not None and len(places) == 1:
            size = old - 1
    content = array.content.subset(False)
    if axis == len(array.shape) - 1:
        content.one_hot = None
    made = new_array(run, (*array.shape[:axis], size, *array.shape[axis + 1 :]), array.dtype, content=content)
    made.rows = array.rows if axis > 0 else None
    return made


# -- dividing -----------------------------------------------------------------------------------------------------


def _split(axis: int | None, even: bool = True) -> ArrayFunction:
    """`numpy.split(x, sections, axis)`: a list of parts; `even`: of equal size."""

    def call(run: Run, array: Array, arguments: Arguments, site: Site) -> Value:
        sections = arguments.value("indices_or_sections", 0)
        at = arguments.value("axis", 1, 0) if axis is None else axis
        if (
            isinstance(array.shape, Unknown)
            or not isinstance(at, int)
            or not -len(array.shape) <= at < len(array.shape)
        ):
            return run.unknown_list("parts of something unknown")
        at %= len(array.shape)
        size = array.shape[at]
        if isinstance(sections, int) and 0 < sections <= _MAX_PARTS and isinstance(size, SymDim):
            return run.new_list([_part(run, array, at, sections, even, place) for place in range(sections)])
        ends = _section_ends(run, size, sections, even)
        if ends is None:
            return run.unknown_list("parts of unknown sizes")
        if isinstance(ends, KerasError):
            return run.fails("ValueError", ends.message, site.node)
        before = [slice(None)] * at
        made = [array_item(run, array, (*before, slice(*pair)), site) for pair in itertools.pairwise(ends)]
        return run.new_list(made)

    return call


def _part(run: Run, array: Array, axis: int, sections: int, even: bool, place: int) -> Array:
    """One of so many parts of an array along an axis of unknown size."""
    assert isinstance(array.shape, tuple)
    size: Any = array.shape[axis]
    part = size // sections if even else SymDim.named("?.shape[0]", ("part", size, sections, place))
    content = array.content.subset(False)
    if axis == len(array.shape) - 1:
        content.one_hot = None
    shape = (*array.shape[:axis], part, *array.shape[axis + 1 :])
    made = new_array(run, shape, array.dtype, content=array.content.view(content))
    made.rows = array.rows if axis > 0 else array.rows and array.rows.take(f"part {place} of {sections}")
    return made


def _section_ends(run: Run, size: Dim, sections: Value, even: bool) -> list[Any] | KerasError | None:
    """Where parts begin and end; None where that is not known."""
    if isinstance(sections, int) and not isinstance(sections, bool):
        if not 0 < sections <= _MAX_PARTS or not isinstance(size, int):
            return None
        if even and size % sections:
            return KerasError(f"{size} cannot be divided into {sections} equal parts", "split")
        small, larger = divmod(size, sections)
        ends = [0]
        for part in range(sections):
            ends.append(ends[-1] + small + (part < larger))
        return ends
    array = as_array(run, sections)
    items = array.items if array is not None else None
    if isinstance(sections, (ListValue, tuple)) and items is None:
        found = items_of(run, sections)
        items = None if isinstance(found, Unknown) else found
    if items is None or not all(isinstance(item, (int, SymDim)) for item in items):
        return None
    return [None, *items, None]


# -- repeating and padding ----------------------------------------------------------------------------------------


def _tile(run: Run, array: Array, arguments: Arguments, site: Site) -> Value:
    """`numpy.tile(x, times)`."""
    times = shape_argument(run, arguments.value("reps", 0), site)
    if isinstance(array.shape, Unknown) or isinstance(times, Unknown) or None in times:
        return unknown_array(run, "a repetition of something unknown")
    shape, counts = array.shape, list(times)
    made = new_array(run, tensor_shapes.tile(shape, counts), array.dtype)
    if all(isinstance(count, int) and count > 0 for count in counts):
        made.content = array.content.rearranged()
        made.content.one_hot = array.content.one_hot if not counts or counts[-1] == 1 else None
    else:
        made.content = array.content.subset(False)
        made.content.one_hot = None
    return made


def _pad(run: Run, array: Array, arguments: Arguments, site: Site) -> Value:
    """`numpy.pad(x, widths, mode, constant_values=0)`."""
    mode, given = arguments.value("mode", 1, "constant"), arguments.value("pad_width", 0)
    constant = arguments.value("constant_values", None, 0)
    if isinstance(array.shape, Unknown):
        return unknown_array(run, "padding of something unknown")
    widths = _pad_widths(run, given, len(array.shape))
    if widths is None:
        shape: Shape | Unknown = tuple(fresh_size(run, "?.shape", site) for _ in array.shape)
    else:
        shape = tensor_shapes.pad(array.shape, widths)
    content = Content()
    if mode == "constant" and isinstance(constant, (int, float)):
        content = union(array.content, Content(constant, constant))
        content.tags = array.content.tags
    elif mode in ("edge", "reflect", "symmetric", "wrap"):
        content = array.content.subset(False)
    content.one_hot, content.values, content.attained = None, None, False
    return new_array(run, shape, array.dtype, content=content)


def _pad_widths(run: Run, value: Value, rank: int) -> list[tuple[Any, Any]] | None:
    """The widths in front of and behind each axis; None where they are not known."""
    if isinstance(value, (int, SymDim)):
        return [(value, value)] * rank
    rows = items_of(run, value)
    if isinstance(rows, Unknown):
        return None
    pairs: list[tuple[Any, Any]] = []
    if all(isinstance(row, (int, SymDim)) for row in rows):
        if len(rows) == 1:
            return [(rows[0], rows[0])] * rank
        return [(rows[0], rows[1])] * rank if len(rows) == 2 else None
    for row in rows:
        pair = items_of(run, row)
        if isinstance(pair, Unknown) or not all(isinstance(part, (int, SymDim)) for part in pair):
            return None
        if len(pair) not in (1, 2):
            return None
        pairs.append((pair[0], pair[-1]))
    if len(pairs) == 1:
        return pairs * rank
    return pairs if len(pairs) == rank else None


# -- axes ---------------------------------------------------------------------------------------------------------


def _expand_dims(run: Run, array: Array, arguments: Arguments, site: Site) -> Value:
    axis = as_axis(arguments.value("axis", 0))
    if isinstance(axis, Unknown) or axis is None:
        return unknown_array(run, "expand_dims at an unknown axis")
    if isinstance(array.shape, Unknown):
        made = reshaped(run, array, Unknown(array.shape.reason))
        if axis == -1:
            made.trailing = (*array.trailing, 1)
        elif axis == 0:
            made.trailing = array.trailing
        return made
    axes = (axis,) if isinstance(axis, int) else axis
    shape, rank = array.shape, len(array.shape) + len(axes)

    def rule() -> Shape:
        chosen = {tensor_shapes.normal_axis(one, rank) for one in axes}
        rest = iter(shape)
        return tuple(1 if one in chosen else next(rest) for one in range(rank))

    return reshaped(run, array, guarded(run, site, rule))


def _moved(order: Callable[[int, Any, Any], list[int]], names: tuple[str, str]) -> ArrayFunction:
    """`moveaxis`, `rollaxis`: the axes in another order."""

    def call(run: Run, array: Array, arguments: Arguments, site: Site) -> Value:
        first = as_axis(arguments.value(names[0], 0))
        second = as_axis(arguments.value(names[1], 1, 0))
        if array.ndim is None or isinstance(first, Unknown) or isinstance(second, Unknown):
            return reshaped(run, array, Unknown("a transposition that is not known"), False)
        try:
            axes = order(array.ndim, first, second)
        except (IndexError, ValueError, TypeError, ZeroDivisionError):
            return run.fails("ValueError", "an axis that an array does not have", site.node)
        return permuted(run, array, axes, site)

    return call


def _moveaxis_order(rank: int, source: Any, target: Any) -> list[int]:
    sources = [axis % rank for axis in ((source,) if isinstance(source, int) else source)]
    targets = [axis % rank for axis in ((target,) if isinstance(target, int) else target)]
    order = [axis for axis in range(rank) if axis not in sources]
    for place, axis in sorted(zip(targets, sources, strict=True)):
        order.insert(place, axis)
    return order


def _rollaxis_order(rank: int, axis: Any, start: Any) -> list[int]:
    axis, start = axis % rank, start + rank if start < 0 else start
    order = [one for one in range(rank) if one != axis]
    order.insert(start - 1 if axis < start else start, axis)
    return order


def _flip(run: Run, array: Array, arguments: Arguments, site: Site) -> Value:
    return _reordered(run, array, as_axis(arguments.value("axis", 0)))


def _flip_axis(axis: int) -> ArrayFunction:
    return lambda run, array, arguments, site: _reordered(run, array, axis)


def _roll(run: Run, array: Array, arguments: Arguments, site: Site) -> Value:
    axis = as_axis(arguments.value("axis", 1))
    made = _reordered(run, array, axis)
    if axis is None:
        made.content.one_hot = None
    return made


def _reordered(run: Run, array: Array, axis: Value) -> Array:
    """The same numbers in other places along axes."""
    made = reshaped(run, array, array.shape, in_order=False)
    axes = (axis,) if isinstance(axis, int) else axis
    rank = array.ndim
    if isinstance(axes, tuple) and rank and all(isinstance(one, int) and one % rank != 0 for one in axes):
        made.rows = array.rows
    made.content.one_hot = array.content.one_hot
    return made


def _rot90(run: Run, array: Array, arguments: Arguments, site: Site) -> Value:
    turns, axes = arguments.value("k", 0, 1), as_axis(arguments.value("axes", 1, (0, 1)))
    rank = array.ndim
    if not isinstance(turns, int) or not isinstance(axes, tuple) or len(axes) != 2 or rank is None:
        return reshaped(run, array, Unknown("a turned array"), in_order=False)
    if not all(-rank <= one < rank for one in axes):
        return run.fails("ValueError", "an axis that an array does not have", site.node)
    order = list(range(rank))
    if turns % 2:
        order[axes[0]], order[axes[1]] = order[axes[1]], order[axes[0]]
    made = permuted(run, array, order, site)
    made.rows, made.content.one_hot = None, None
    return made


def _broadcast_to(run: Run, array: Array, arguments: Arguments, site: Site) -> Value:
    target = shape_argument(run, arguments.value("shape", 0), site)
    if isinstance(target, Unknown) or isinstance(array.shape, Unknown):
        return unknown_array(run, "broadcast to an unknown shape")
    source = array.shape

    def rule() -> Shape:
        if broadcast(source, target) != target and all(isinstance(dim, int) for dim in (*source, *target)):
            raise KerasError("an array that cannot be broadcast", "broadcast")
        return target

    made = new_array(run, guarded(run, site, rule), array.dtype, content=array.content.rearranged())
    array.content.view(made.content)
    return made


# -- with several results -----------------------------------------------------------------------------------------


def _unique(run: Run, array: Array, arguments: Arguments, site: Site) -> Value:
    """`numpy.unique(x)`: the values that occur in order, each once."""
    extras = [
        arguments.value(f"return_{what}", place, False) for place, what in enumerate(("index", "inverse", "counts"))
    ]
    axis = arguments.value("axis", 3)
    made: Array
    size: Dim = fresh_size(run, "?.shape[0]", site)
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
    made = new_array(run, (size if items is None else len(items),), array.dtype, content=content)
    made.items = items
    return made


def _like_first(run: Run, array: Array, arguments: Arguments, site: Site) -> Value:
    """Something of the same shape and dtype with numbers that are not known."""
    return new_array(run, array.shape, array.dtype, rows=array.rows)


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
        return run.fails("ValueError", "an axis that an array does not have", site.node)
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


def _quantile(run: Run, array: Array, arguments: Arguments, site: Site) -> Value:
    """`numpy.percentile(x, q, axis)`, `quantile`."""
    from kerascheck.data.reductions import reduced, result_dtype

    wanted = as_array(run, arguments.value("q", 0))
    rest = reduced(run, array, arguments.value("axis", 1), arguments.value("keepdims", None, False), site)
    if wanted is None or isinstance(wanted.shape, Unknown) or isinstance(rest, Unknown):
        return unknown_array(run, "quantiles of something unknown")
    content = claims(array)
    return new_array(
        run, (*wanted.shape, *rest), result_dtype("median", array.dtype), content=Content(content.low, content.high)
    )


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
        return run.fails("ValueError", "a product over more axes than there are", site.node)
    return new_array(
        run, guarded(run, site, lambda: tensor_shapes.tensordot(left, right, pair)), promote(a.dtype, b.dtype)
    )


def _outer(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    a, b = (array_argument(run, arguments, place, one) for place, one in enumerate("ab"))
    if a is None or b is None:
        return unknown_array(run, "a product with something unknown")
    a, b = _flat(run, a, site), _flat(run, b, site)
    if isinstance(a.shape, Unknown) or isinstance(b.shape, Unknown):
        return unknown_array(run, "a product with something unknown")
    return new_array(run, (*a.shape, *b.shape), promote(a.dtype, b.dtype))


def of_array(function: ArrayFunction, *names: str) -> Function:
    """A row for a function of one array, which may be given by name."""

    def call(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
        value = arguments.positional[0].value if arguments.positional else None
        keyword = next((one for one in names if one in arguments.keywords), None)
        keywords = arguments.keywords
        if not arguments.positional and keyword is not None:
            value = keywords[keyword].value
            keywords = {key: given for key, given in keywords.items() if key != keyword}
        array = None if isinstance(value, Tensor) else as_array(run, value)
        if array is None:
            if not isinstance(value, Unknown):
                return unknown_array(run, f"{name} of something unknown")
            array = array_of_unknown(run, value, Unknown("the dtype of something unknown"))
        if array.kind == "series" and array.dtype == "str":
            array = array.snapshot()
            array.dtype = Unknown("the values of text")
        rest = Arguments(
            arguments.positional[1:], keywords, arguments.open_positional, arguments.open_keywords, arguments.call
        )
        return function(run, array, rest, site)

    return call


ARRAY_FUNCTIONS: dict[str, ArrayFunction] = {
    "append": _append,
    "insert": _insert,
    "delete": _delete,
    "split": _split(None),
    "array_split": _split(None, even=False),
    "vsplit": _split(0),
    "tile": _tile,
    "pad": _pad,
    "expand_dims": _expand_dims,
    "moveaxis": _moved(_moveaxis_order, ("source", "destination")),
    "rollaxis": _moved(_rollaxis_order, ("axis", "start")),
    "flip": _flip,
    "flipud": _flip_axis(0),
    "fliplr": _flip_axis(1),
    "roll": _roll,
    "rot90": _rot90,
    "broadcast_to": _broadcast_to,
    "atleast_1d": _lifting(1),
    "atleast_2d": _lifting(2),
    "atleast_3d": _lifting(3),
    "unique": _unique,
    "tril": _triangle,
    "triu": _triangle,
    "diff": _diff,
    "digitize": _digitize,
    "isin": _truth,
    "in1d": _truth,
    "bincount": _bincount,
    "percentile": _quantile,
    "quantile": _quantile,
    "nanpercentile": _quantile,
    "nanquantile": _quantile,
    "interp": _like_first,
}

FUNCTIONS: dict[str, Function] = {
    "numpy.concatenate": _concatenate,
    "numpy.concat": _concatenate,
    "numpy.stack": _stack,
    "numpy.vstack": _vstack,
    "numpy.row_stack": _vstack,
    "numpy.hstack": _hstack,
    "numpy.dstack": _dstack,
    "numpy.column_stack": _column_stack,
    "numpy.einsum": _einsum,
    "numpy.tensordot": _tensordot,
    "numpy.outer": _outer,
    **{
        f"numpy.{name}": of_array(function, "a", "ary", "arr", "array", "x", "m", "A", "element")
        for name, function in ARRAY_FUNCTIONS.items()
    },
}
