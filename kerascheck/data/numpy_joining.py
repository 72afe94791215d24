"""Joining and dividing arrays.

Source: https://numpy.org/doc/stable/reference/routines.array-manipulation.html
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from typing import Any

from kerascheck.data.array import Array, may_nest
from kerascheck.data.content import union
from kerascheck.data.indexing import array_item
from kerascheck.data.numpy_methods import astype
from kerascheck.data.numpy_rearranging import lifted
from kerascheck.data.numpy_shapes import reshaped
from kerascheck.data.numpy_support import ArrayFunction, flat, has_axis, rows
from kerascheck.data.refusals import refuses
from kerascheck.data.registry import Function
from kerascheck.data.samples import rows_together
from kerascheck.data.values import (
    as_array,
    fresh_size,
    grown,
    guarded,
    joined,
    new_array,
    unknown_array,
)
from kerascheck.machine.run import Run
from kerascheck.machine.sequences import items_of
from kerascheck.machine.values import ListValue, Value
from kerascheck.network import tensor_shapes
from kerascheck.network.arguments import Arguments
from kerascheck.network.dims import Dim, Shape, SymDim
from kerascheck.network.ir import Site, Tensor
from kerascheck.symbolic.unknown import KerasError, Unknown

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
    if isinstance(array.shape, Unknown) or not array.shape or not isinstance(array.shape[0], int) or may_nest(array):
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
    elif axis == 0:
        made.rows = rows_together(parts)
    return made


def _common_end(parts: list[Array]) -> Shape:
    """The last sizes of arrays of which at least one has a known shape, behind the axis of samples."""
    known = [part.shape[1:] for part in parts if isinstance(part.shape, tuple)]
    return known[0] if known else ()


def _concatenate(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    given, axis = arguments.value("arrays", 0), arguments.value("axis", 1, 0)
    item = given.element if isinstance(given, ListValue) else None
    if item is not None and axis == 0 and isinstance(item.shape, tuple) and item.shape:
        return new_array(run, (fresh_size(run, "?.shape[0]", site), *item.shape[1:]), item.dtype)  # batch after batch
    parts = _parts(run, given)
    if axis is None and parts is not None:
        parts, axis = [flat(run, part, site) for part in parts], 0
    return _join(run, parts, axis, site, tensor_shapes.concatenate)


def _stack(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    given, axis = arguments.value("arrays", 0), arguments.value("axis", 1, 0)
    if isinstance(given, ListValue) and given.element is not None and axis == 0 and None not in given.element.shape:
        made = grown(given)
        made.birth = run.tick()
        return made
    return _join(run, _parts(run, given), axis, site, tensor_shapes.stack)


def _vstack(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    parts = _parts(run, arguments.value("tup", 0))
    return _join(run, parts and [lifted(run, part, 2) for part in parts], 0, site, tensor_shapes.concatenate)


def _hstack(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    parts = _parts(run, arguments.value("tup", 0))
    parts = parts and [lifted(run, part, 1) for part in parts]
    axis = 0 if parts and parts[0].ndim == 1 else 1
    return _join(run, parts, axis, site, tensor_shapes.concatenate)


def _dstack(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    parts = _parts(run, arguments.value("tup", 0))
    return _join(run, parts and [lifted(run, part, 3) for part in parts], 2, site, tensor_shapes.concatenate)


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
        parts, axis = [flat(run, part, site) for part in parts], 0
    return _join(run, parts, axis, site, tensor_shapes.concatenate)


def _insert(run: Run, array: Array, arguments: Arguments, site: Site) -> Value:
    """`numpy.insert(array, index, values, axis)` of a single index."""
    index, axis = arguments.value("obj", 0), arguments.value("axis", 2)
    value = as_array(run, arguments.value("values", 1))
    if axis is None:
        array, axis = flat(run, array, site), 0
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
        array, axis = flat(run, array, site), 0
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
            return refuses(run, "ValueError", ends.message, site)
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


FUNCTIONS: dict[str, Function] = {
    "numpy.concatenate": _concatenate,
    "numpy.concat": _concatenate,
    "numpy.stack": _stack,
    "numpy.vstack": _vstack,
    "numpy.row_stack": _vstack,
    "numpy.hstack": _hstack,
    "numpy.dstack": _dstack,
    "numpy.column_stack": _column_stack,
    **rows(
        {
            "append": _append,
            "insert": _insert,
            "delete": _delete,
            "split": _split(None),
            "array_split": _split(None, even=False),
            "vsplit": _split(0),
        }
    ),
}
