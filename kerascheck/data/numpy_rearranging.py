"""Repeating, padding and rearranging arrays.

Source: https://numpy.org/doc/stable/reference/routines.array-manipulation.html
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from kerascheck.data.array import Array
from kerascheck.data.content import Content, union
from kerascheck.data.numpy_shapes import permuted, reshaped
from kerascheck.data.numpy_support import ArrayFunction, rows
from kerascheck.data.operators import broadcast
from kerascheck.data.refusals import no_axis
from kerascheck.data.registry import Function
from kerascheck.data.values import (
    as_axis,
    fresh_size,
    guarded,
    new_array,
    shape_argument,
    unknown_array,
)
from kerascheck.machine.run import Run
from kerascheck.machine.sequences import items_of
from kerascheck.machine.values import Value
from kerascheck.network import tensor_shapes
from kerascheck.network.arguments import Arguments
from kerascheck.network.dims import Shape, SymDim
from kerascheck.network.ir import Site
from kerascheck.symbolic.unknown import KerasError, Unknown

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
            return no_axis(run, "ValueError", array, (first, second), site)
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
    made.content = made.content.copy()  # no view: nothing else sees what is written to it
    made.content.state = object()
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
        return no_axis(run, "ValueError", array, axes, site)
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


def lifted(run: Run, array: Array, rank: int) -> Array:
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
        return lifted(run, array, rank)

    return call


FUNCTIONS: dict[str, Function] = rows(
    {
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
    }
)
