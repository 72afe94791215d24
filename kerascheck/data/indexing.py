"""Indexing of numpy arrays and tensors: basic, boolean and integer-array.

Source: https://numpy.org/doc/stable/user/basics.indexing.html
"""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any, NamedTuple

from kerascheck.data.array import Array, axis_size, holds_anything, is_integer, is_number
from kerascheck.data.content import UNKNOWN_ARRANGEMENT, WINDOW, Content, Origin, Rows
from kerascheck.data.operators import broadcast
from kerascheck.data.refusals import refuses
from kerascheck.data.scalars import number
from kerascheck.data.values import as_array, new_array
from kerascheck.machine.keras.freeze import as_size
from kerascheck.machine.run import Run
from kerascheck.machine.values import Value
from kerascheck.network.dims import Dim, Int, Shape, SymDim, ceil_div, definitely_different, format_shape
from kerascheck.network.ir import Site, Tensor
from kerascheck.symbolic.unknown import KerasError, Undetermined, Unknown

_LARGE = 1_000  # samples of a large mixed data set that look like all of it


class _Part(NamedTuple):
    """One part of an index: "new" axis, "rest", "slice", "int", or "array" of integers or booleans."""

    kind: str
    value: Any = None


def array_item(run: Run, array: Array, index: Value, site: Site) -> Value:
    """`array[index]`."""
    if array.items is not None and isinstance(index, int) and not isinstance(index, bool):
        if -len(array.items) <= index < len(array.items):
            return array.items[index]
        return refuses(run, "IndexError", f"index {index} is out of range for {len(array.items)} elements", site)
    if array.kind == "list":
        from kerascheck.data.lists import list_item

        return list_item(run, array, index, site)
    given = list(index) if isinstance(index, tuple) else [index]
    if isinstance(index, str) or any(isinstance(part, str) for part in given):
        return run.fresh("a field of an array", site.node)
    shape = array.shape
    if isinstance(shape, Unknown):
        shape = _shape_by_index(array, given)
    try:
        parts = [_part(run, part) for part in given]
        if isinstance(shape, Unknown):
            return _of_unknown_rank(run, array, parts, site)
        result = _indexed(shape, array.dtype, parts)
    except KerasError as error:
        return refuses(run, "IndexError", error.message, site)
    except Undetermined as undetermined:
        made = new_array(run, Unknown(undetermined.reason), array.dtype, kind=_kind(array))
        made.content = array.content.view(array.content.subset(False))
        made.content.one_hot = None
        return made
    if result == () and holds_anything(array.dtype):
        return run.fresh("an item of an array of objects", site.node)
    made = new_array(run, result, array.dtype, kind=_kind(array))
    _fill(made, array, parts, shape)
    single = made.content.single() if result == () and not any(part.kind == "rest" for part in parts) else None
    if single is not None and isinstance(made.dtype, str):
        return number(single, made.dtype)
    return made


def _kind(array: Array) -> str:
    return array.kind if array.kind in ("tensor", "index") else "numpy"


def _shape_by_index(array: Array, given: list[Value]) -> Shape | Unknown:
    """The shape of an array of unknown rank, where the index says it: it has not more axes than its file can hold."""
    assert isinstance(array.shape, Unknown)
    used = sum(part is not None and part is not ... for part in given)
    if array.max_ndim != used or array.key is None or any(isinstance(part, Array) for part in given):
        return array.shape
    text = (array.shape.text or "?.shape").removesuffix(".shape")
    return tuple(axis_size(array.key, text, axis) for axis in range(used))


def _of_unknown_rank(run: Run, array: Array, parts: list[_Part], site: Site) -> Value:
    """An item of an array of unknown rank: known only where the index itself says it."""
    if len(parts) == 1 and parts[0].kind == "int":
        return run.fresh("an item of an array of unknown rank", site.node)
    made = new_array(run, Unknown("an item of an array of unknown rank"), array.dtype, kind=_kind(array))
    made.content = array.content.view(array.content.subset(False))
    made.content.one_hot = None
    if array.trailing and len(parts) == 1:
        made.trailing = array.trailing
    if _is_everything(parts):
        made.rows = array.rows
    elif parts and parts[0].kind == "slice" and array.rows is not None:
        made.rows = array.rows.take(part_name(parts[0].value))
    return made


def _fill(made: Array, array: Array, parts: list[_Part], shape: Shape) -> None:
    """What the part that an index takes has of the array's content, rows and elements."""
    copies = any(part.kind == "array" for part in parts)
    if _is_everything(parts) and not copies:
        made.content = array.content if made.shape == shape else array.content.view(array.content.rearranged())
        made.rows = array.rows if not parts or parts[0].kind != "new" else None
        if made.shape == shape:
            made.items = array.items
        return
    first = parts[0]
    only_samples = all(part.kind == "slice" and _is_full(part.value) for part in parts[1:])
    count = made.shape[0] if isinstance(made.shape, tuple) and made.shape else None
    large = only_samples and not (isinstance(count, int) and count < _LARGE)
    permuted = copies and len(parts) == 1 and _is_permutation(first.value, shape)
    if first.kind == "array":
        large = large and ("pixels" in array.content.tags or permuted)
    elif first.kind != "slice":
        large = False
    part = array.content.rearranged() if permuted else array.content.subset(large)
    if large and first.kind == "slice" and array.content.is_mass:
        part.values = array.content.values
    keeps_last = _axes_used(parts) < len(shape) or (parts[-1].kind == "slice" and _is_full(parts[-1].value))
    keeps_last = keeps_last and not any(part.kind in ("new", "rest") for part in parts)
    part.one_hot = array.content.one_hot if keeps_last and array.content.one_hot else None
    part.origin = _steps(array, parts)
    if part.one_hot and isinstance(shape[-1], int) and shape[-1] > 1 and _is_some(made.shape):
        part.low, part.high, part.attained, part.values = 0, 1, True, frozenset((0, 1))
    is_number = made.shape == () and not any(part.kind == "rest" for part in parts)
    made.content = part if copies or is_number else array.content.view(part)
    if array.rows is None and array.birth and first.kind == "slice" and array.kind == "numpy":
        array.rows = Rows(("array", array.birth))  # a data set of its own, so that its parts can be told apart
    if first.kind == "slice" and _is_full(first.value):
        made.rows = array.rows
    elif array.rows is not None and first.kind in ("slice", "array"):
        made.rows = _rows_of_part(array.rows, first.value)
    if first.kind == "slice" and _is_window(first.value, made.shape):
        made.content.tags |= {WINDOW}
    if array.items is not None and len(parts) == 1 and first.kind == "slice":
        made.items = _sliced_items(array.items, first.value)
    if made.items and all(isinstance(item, (int, float)) for item in made.items):
        exact = Content.of_values(made.items)
        part.low, part.high, part.attained, part.values = exact.low, exact.high, exact.attained, exact.values


def _steps(array: Array, parts: list[_Part]) -> Origin | None:
    """Which steps of all samples these are, where the index takes some in a row and nothing else."""
    if [part.kind for part in parts] != ["slice", "slice"] or not _is_full(parts[0].value):
        return None
    taken = parts[1].value
    ends = 0 if taken.start is None else taken.start, taken.stop
    if taken.step is not None or not isinstance(ends[0], int) or not isinstance(ends[1], (int, type(None))):
        return None
    return Origin("steps", array.content.state, ends)


def _is_window(part: slice, shape: Shape | Unknown) -> bool:
    """Whether a slice of a known length begins somewhere that is not known."""
    is_moving = part.start is not None and not isinstance(part.start, int)
    return is_moving and isinstance(shape, tuple) and bool(shape) and isinstance(shape[0], int) and shape[0] > 1


def _is_some(shape: Shape | Unknown) -> bool:
    """Whether there is at least one element, a symbolic size being no zero."""
    return isinstance(shape, tuple) and 0 not in shape


def _is_permutation(index: Array, shape: Shape) -> bool:
    """Whether an index takes all samples, in some order."""
    return "permutation" in index.content.tags and index.shape == shape[:1]


def _rows_of_part(rows: Rows, part: Any) -> Rows:
    if isinstance(part, Array) and "permutation" in part.content.tags:
        return rows.mixed(("index", part.birth) if part.birth else UNKNOWN_ARRANGEMENT)
    return rows.take(part_name(part))


def part_name(part: Value) -> str:
    """A name for the samples that an index takes: equal for equal slices and for the same array."""
    if isinstance(part, slice):
        ends = ["" if end is None else str(_identity(end)) for end in (part.start, part.stop, part.step)]
        return f"[{ends[0]}:{ends[1]}{':' + ends[2] if ends[2] else ''}]"
    return f"[array {part.birth}]" if isinstance(part, Array) else f"[{part}]"


def _identity(end: Value) -> Hashable:
    return end.key if isinstance(end, Unknown) else end


def _sliced_items(items: list[Any], part: slice) -> list[Any] | None:
    ends = (part.start, part.stop, part.step)
    return items[part] if all(end is None or isinstance(end, int) for end in ends) and part.step != 0 else None


def _is_full(part: slice) -> bool:
    return part.start is part.stop is part.step is None


def _is_everything(parts: list[_Part]) -> bool:
    """Whether an index only adds axes."""
    return all(part.kind in ("new", "rest") or (part.kind == "slice" and _is_full(part.value)) for part in parts)


def _part(run: Run, part: Value) -> _Part:
    """One part of an index. Raises Undetermined, and KerasError where numpy raises IndexError."""
    if part is None:
        return _Part("new")
    if part is ...:
        return _Part("rest")
    if isinstance(part, slice):
        return _Part("slice", part)
    if isinstance(part, bool):
        raise Undetermined("a boolean as an index")
    if isinstance(part, int):
        return _Part("int", part)
    if isinstance(part, SymDim) or is_whole_number(part):
        return _Part("int")
    array = None if isinstance(part, Tensor) else as_array(run, part)
    if array is None or isinstance(array.shape, Unknown) or array.dtype in ("str", "object"):
        raise Undetermined("an index that is not known")
    if isinstance(array.dtype, str) and not is_integer(array.dtype) and array.dtype != "bool":
        if array.shape == (0,) and array is not part:
            return _Part("array", Array((0,), "int64"))  # an empty list
        raise KerasError(f"an array of {array.dtype} as an index", "index")
    if array.shape == ():
        if array.dtype == "bool":
            raise Undetermined("a boolean as an index")
        return _Part("int")
    if isinstance(array.dtype, Unknown) and len(array.shape) > 1:
        raise Undetermined("whether an index is a mask")
    return _Part("array", array)


def is_whole_number(value: Value) -> bool:
    """Whether something unknown is surely a whole number: made by `int()` or `len()`, or computed from such."""
    if not isinstance(value, Unknown):
        return False
    if value.parts is not None:
        sign, *operands = value.parts
        whole = all(isinstance(part, (int, SymDim)) or is_whole_number(part) for part in operands)
        return whole and sign in ("+", "-", "*", "//", "%")
    key = value.key
    return isinstance(key, tuple) and (
        key[:1] == ("whole number",) or (key[:1] == ("call",) and key[1] in ("int", "len"))
    )


def _indexed(shape: Shape, dtype: str | Unknown, parts: list[_Part]) -> Shape:
    """The shape after indexing. Raises KerasError where numpy raises IndexError, Undetermined."""
    used = _axes_used(parts)
    if used > len(shape):
        if not shape and not is_number(dtype):
            raise Undetermined("an item of a single thing that may be a sequence")
        raise KerasError(f"too many indices ({used}) for an array of shape {format_shape(shape)}", "index")
    if sum(part.kind == "rest" for part in parts) > 1:
        raise KerasError("an index with two ellipses", "index")
    if not any(part.kind == "rest" for part in parts):
        parts = [*parts, _Part("rest")]
    rest = len(shape) - used
    has_arrays = any(part.kind == "array" for part in parts)
    result: list[Dim] = []
    chosen: Shape = ()
    place: int | None = None  # where the axes of integer-array indices go
    last = -1
    axis = 0
    for at, (kind, part) in enumerate(parts):
        if kind == "new":
            result.append(1)
        elif kind == "rest":
            result += shape[axis : axis + rest]
            axis += rest
        elif kind == "slice":
            result.append(slice_size(shape[axis], part))
            axis += 1
        else:
            if kind == "int":
                _check_range(shape[axis], part)
            if not has_arrays:
                axis += 1
                continue
            if place is None:
                place = len(result)
            elif last != at - 1:
                place = 0  # separated by a slice: the axes go to the front
            last = at
            if kind == "array":
                chosen = broadcast(chosen, _selected(part, shape[axis : axis + len(part.shape)]))
            axis += len(part.shape) if kind == "array" and part.dtype == "bool" else 1
    if place is not None:
        result[place:place] = chosen
    return tuple(result)


def _axes_used(parts: list[_Part]) -> int:
    """How many axes of the array the parts of an index say something about."""
    return sum(
        len(part.value.shape) if part.kind == "array" and part.value.dtype == "bool" else 1
        for part in parts
        if part.kind not in ("new", "rest")
    )


def _check_range(size: Dim, index: int | None) -> None:
    if isinstance(size, int) and index is not None and not -size <= index < size:
        raise KerasError(f"index {index} is out of range for an axis of size {size}", "index")


def _selected(index: Array, sizes: Shape) -> Shape:
    """The axes that a mask or an array of integers takes the place of the axes it indexes with."""
    assert isinstance(index.shape, tuple)
    if index.dtype == "bool":
        if any(definitely_different(a, b) for a, b in zip(index.shape, sizes, strict=True)):
            message = f"a mask of shape {format_shape(index.shape)} for axes of {format_shape(sizes)}"
            raise KerasError(message, "index")
        if index.items is not None:
            return (sum(map(bool, index.items)),)
        return (SymDim.named("?.shape[0]", ("mask", index.birth)),)
    if isinstance(index.dtype, Unknown):
        return (SymDim.named("?.shape[0]", ("selected", index.birth)),)
    return index.shape


# -- slices -----------------------------------------------------------------------------------------------------------


def slice_size(size: Dim, part: slice) -> Dim:
    """How many of `size` elements a slice takes.

    A slice with constant ends of an axis whose size is not known is as wide as it says: a program that takes the first
    eight columns has eight.
    """
    start, stop, step = (_end(end) for end in (part.start, part.stop, part.step))
    if isinstance(step, int) and step == 0:
        raise KerasError("a slice with step 0", "index")
    if isinstance(size, int) and all(end is None or isinstance(end, int) for end in (start, stop, step)):
        return len(range(*slice(start, stop, step).indices(size)))
    if step is None or step == 1:
        return _width(size, start, stop)
    if isinstance(step, int) and size is not None:
        if start is None and stop is None:
            return ceil_div(size, abs(step))
        forward = _width(size, start, stop)
        if step > 1 and forward is not None:
            return ceil_div(forward, step)
    return _opaque(size, start, stop, step)


def _end(end: Value) -> int | SymDim | None:
    """One end of a slice. Raises Undetermined where it has no identity."""
    size = as_size(end)
    if isinstance(size, Unknown):
        return SymDim.named(size.text or "?", ("end", size.key))
    return size


def _width(size: Dim, start: int | SymDim | None, stop: int | SymDim | None) -> Dim:
    """The width of a slice with step 1 where its ends or the size are not all known."""
    if start is None or start == 0:
        if stop is None or stop == size:
            return size
        if size is None:
            return None
        if _is_negative(stop):
            return size + stop
        # An unknown end may lie behind the last element of an axis of known size.
        return _opaque(size, start, stop) if isinstance(size, int) else stop
    if size is None:
        return None
    if stop is None:
        if _is_negative(start):
            return _opaque(size, start, stop) if isinstance(size, int) else -start
        return size - start
    if _is_negative(start) != _is_negative(stop):
        return size + stop - start if _is_negative(stop) else _opaque(size, start, stop)
    width: Int = stop - start
    if isinstance(width, int):
        return max(width, 0) if not isinstance(size, int) or width <= size else _opaque(size, start, stop)
    return _opaque(size, start, stop) if isinstance(size, int) else width


def _is_negative(end: int | SymDim) -> bool:
    """Whether the end of a slice is counted from behind."""
    return end < 0 if isinstance(end, int) else all(factor < 0 for factor in end.terms.values())


def _opaque(size: Dim, start: Dim, stop: Dim, step: Dim = None) -> Dim:
    return SymDim.named("?.shape[0]", ("slice", size, start, stop, step))
