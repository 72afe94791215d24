"""Operators, comparison and indexing on arrays."""

from __future__ import annotations

from typing import Any

from kerascheck.data.array import Array, is_float, promote, true_division, with_scalar
from kerascheck.data.content import Content, arithmetic
from kerascheck.data.values import as_array, new_array
from kerascheck.interp.run import Run
from kerascheck.interp.values import ListValue, Value
from kerascheck.network import tensor_shapes
from kerascheck.network.dims import Dim, Shape, SymDim, format_shape
from kerascheck.network.ir import Site
from kerascheck.symbolic import KerasError, Undetermined, Unknown

_MAX_WALKED = 16  # samples that a loop over an array meets one by one
_LOGICAL = ("BitOr", "BitAnd", "BitXor")


def array_operator(run: Run, op: str, left: Value, right: Value, site: Site) -> Value:
    """`left op right` where one side is an array."""
    a, b = as_array(run, left), as_array(run, right)
    if a is None or b is None:
        return _with_unknown(run, op, a, b)
    if op == "MatrixMultiply":
        return new_array(run, _combined(run, a, b, site, tensor_shapes.matmul), promote(a.dtype, b.dtype))
    shape = _combined(run, a, b, site, broadcast)
    # A Python number does not widen the dtype of an array.
    if isinstance(left, (int, float)) or isinstance(right, (int, float)):
        array, number = (b, left) if isinstance(left, (int, float)) else (a, right)
        dtype = with_scalar(array.dtype, number)
    else:
        dtype = promote(a.dtype, b.dtype)
    if op == "Divide":
        dtype = true_division(dtype)
    content = Content() if op in _LOGICAL else operator_content(op, a.content, b.content)
    if not isinstance(dtype, Unknown) and not is_float(dtype) and _overflows(dtype, content):
        content = Content()  # whole numbers wrap around
    like = a if a.ndim else b
    return new_array(run, shape, dtype, content=content, kind=_kind(a, b), rows=like.rows, columns=like.columns)


def _with_unknown(run: Run, op: str, a: Array | None, b: Array | None) -> Value:
    """With something unknown on one side: a number as a rule, but an array would broadcast."""
    known = a if a is not None else b
    assert known is not None
    return new_array(run, Unknown("an operation with something unknown"), Unknown("its dtype"), kind=known.kind)


def _kind(a: Array, b: Array) -> str:
    kinds = {a.kind, b.kind}
    return next((kind for kind in ("frame", "series", "tensor") if kind in kinds), "numpy")


def _combined(run: Run, a: Array, b: Array, site: Site, rule: Any) -> Shape | Unknown:
    if isinstance(a.shape, Unknown):
        return a.shape
    if isinstance(b.shape, Unknown):
        return b.shape
    try:
        return rule(a.shape, b.shape)  # type: ignore[no-any-return]
    except KerasError as error:
        return run.fails("ValueError", error.message, site.node)
    except Undetermined as undetermined:
        return Unknown(undetermined.reason)


def broadcast(left: Shape, right: Shape) -> Shape:
    """The shape of an elementwise operation of two arrays. Raises KerasError where numpy would raise."""
    rank = max(len(left), len(right))
    a: Shape = (1,) * (rank - len(left)) + left
    b: Shape = (1,) * (rank - len(right)) + right
    result: list[Dim] = []
    for x, y in zip(a, b, strict=True):
        if x == y or y == 1:
            result.append(x)
        elif x == 1:
            result.append(y)
        elif isinstance(x, int) and isinstance(y, int):
            message = f"shapes {format_shape(left)} and {format_shape(right)} do not broadcast: {x} against {y}"
            raise KerasError(message, "broadcast")
        elif isinstance(x, int) or isinstance(y, int):
            result.append(x if isinstance(x, int) else y)  # the other one is equal to it, or 1
        else:
            raise Undetermined(f"whether {x} and {y} broadcast")
    return tuple(result)


def operator_content(op: str, left: Content, right: Content) -> Content:
    """What is known of the results of an arithmetic operator."""
    if op in ("Add", "Subtract", "Multiply", "Divide"):
        return arithmetic(op, left, right)
    if op == "Power" and right.low is not None and right.low == right.high:
        power = right.low
        if left.low is not None and left.low >= 0 and power >= 0:
            return left.map(lambda v: v**power)
        if power == 2 and left.low is not None and left.high is not None:
            return Content(0, max(left.low**2, left.high**2))
    return Content()


def _overflows(dtype: str, content: Content) -> bool:
    from kerascheck.data.array import split_dtype

    kind, bits = split_dtype(dtype)
    if kind not in ("int", "uint") or content.low is None or content.high is None:
        return False
    lowest, highest = (0, 2**bits - 1) if kind == "uint" else (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1)
    return content.low < lowest or content.high > highest


def array_unary(run: Run, op: str, value: Array) -> Value:
    """`-array`, `~array`."""
    content = value.content.map(lambda v: -v, is_rising=False) if op == "Minus" else Content()
    if op == "Plus":
        content = value.content
    made = new_array(run, value.shape, value.dtype, content=content, kind=value.kind, rows=value.rows)
    made.trailing = value.trailing
    return made


def array_comparison(run: Run, left: Value, right: Value, site: Site) -> Value:
    """`left < right` and the like: an array of booleans."""
    a, b = as_array(run, left), as_array(run, right)
    if a is None or b is None:
        known = a if a is not None else b
        # Something unknown is nearly always a number or a string here; an array would have to broadcast.
        shape: Shape | Unknown = Unknown("a comparison with something unknown")
        if known is not None and isinstance(left if a is None else right, str):
            shape = known.shape
        return new_array(run, shape, "bool", kind=known.kind if known is not None else "numpy")
    like = a if a.ndim else b
    made = new_array(run, _combined(run, a, b, site, broadcast), "bool", kind=_kind(a, b), rows=like.rows)
    made.content = Content(0, 1)
    return made


def in_place(run: Run, target: Array, op: str, right: Value, site: Site) -> Value:
    """`target op= right`: numpy changes the array itself, so that other names for it see the new numbers."""
    result = array_operator(run, op, target, right, site)
    if target.kind in ("tensor",) or not isinstance(result, Array):
        return result
    if run.loop_births and target.birth < run.loop_births[-1]:
        target.content.forget()  # how often it happens is not known
    else:
        target.content.set(result.content)
    target.items = None
    made = new_array(run, target.shape, target.dtype, content=target.content, kind=target.kind, rows=target.rows)
    made.trailing, made.columns, made.key = target.trailing, target.columns, target.key
    if target.kind != "numpy":
        made.dtype = result.dtype
    return made


def store_items(run: Run, target: Array, index: Value, value: Value) -> None:
    """`target[index] = value`: some numbers are replaced."""
    given = as_array(run, value)
    whole = index is ... or (isinstance(index, slice) and index.start is index.stop is index.step is None)
    in_loop = bool(run.loop_births) and target.birth < run.loop_births[-1]
    if given is None:
        target.content.forget()
    elif whole and not in_loop:
        target.content.set(given.content)
    else:
        target.content.mix(given.content)
    target.items = None


# -- indexing -----------------------------------------------------------------------------------------------------


def array_item(run: Run, array: Array, index: Value, site: Site) -> Value:
    """`array[index]` of a numpy array or a tensor: basic, boolean and integer-array indexing.

    Source: https://numpy.org/doc/stable/user/basics.indexing.html
    """
    if array.items is not None and isinstance(index, int) and not isinstance(index, bool):
        if -len(array.items) <= index < len(array.items):
            return array.items[index]
        return run.fails("IndexError", "an index out of range", site.node)
    parts = list(index) if isinstance(index, tuple) else [index]
    if isinstance(array.shape, Unknown):
        return _unknown_rank_item(run, array, parts)
    try:
        shape = _indexed(run, array.shape, parts)
    except KerasError as error:
        return run.fails("IndexError", error.message, site.node)
    except Undetermined as undetermined:
        return new_array(run, Unknown(undetermined.reason), array.dtype, content=_part_content(array))
    first = parts[0]
    keeps_rows = isinstance(first, slice) and first.start is first.stop is first.step is None
    made = new_array(run, shape, array.dtype, kind="tensor" if array.kind == "tensor" else "numpy")
    made.content = array.content if _is_everything(parts) else _part_content(array)
    if keeps_rows or first is ...:
        made.rows = array.rows
    elif array.rows is not None and not (isinstance(first, int) and not isinstance(first, bool)):
        made.rows = array.rows.take(_part_name(first))
    if array.items is not None and len(parts) == 1 and isinstance(first, slice):
        made.items = _sliced_items(array.items, first)
    if shape == () and made.content.low is not None and made.content.low == made.content.high:
        return made.content.low if is_float(made.dtype) else int(made.content.low)
    return made


def _sliced_items(items: list[Any], part: slice) -> list[Any] | None:
    ends = (part.start, part.stop, part.step)
    return items[part] if all(end is None or isinstance(end, int) for end in ends) and part.step != 0 else None


def _is_everything(parts: list[Value]) -> bool:
    """Whether an index only adds axes."""
    return all(
        part is None or part is ... or (isinstance(part, slice) and part.start is part.stop is part.step is None)
        for part in parts
    )


def _part_name(part: Value) -> str:
    """A name for the samples that an index takes: equal for equal slices."""
    if isinstance(part, slice):
        return f"[{'' if part.start is None else part.start}:{'' if part.stop is None else part.stop}]"
    return f"[{part if isinstance(part, (int, str)) else id(part)}]"


def _part_content(array: Array) -> Content:
    """Claims on a part of the numbers. Views share the array's own, so that what is written to one is seen in all."""
    return array.content.view()


def _unknown_rank_item(run: Run, array: Array, parts: list[Value]) -> Value:
    """An item of an array of unknown rank: known only where the index itself says it."""
    trailing: Shape = ()
    if array.trailing and len(parts) == 1 and not isinstance(parts[0], (int, tuple)):
        trailing = array.trailing
    made = new_array(run, Unknown("an item of an array of unknown rank"), array.dtype, content=_part_content(array))
    made.trailing = trailing
    return made


def _indexed(run: Run, shape: Shape, parts: list[Value]) -> Shape:
    """The shape after indexing. Raises KerasError where numpy raises IndexError, Undetermined."""
    expanded: list[tuple[str, Any]] = []  # ("new"|"slice"|"int"|"fancy", ...)
    used = 0
    for part in parts:
        if part is None:
            expanded.append(("new", None))
        elif part is ...:
            expanded.append(("ellipsis", None))
        elif isinstance(part, slice):
            expanded.append(("slice", part))
            used += 1
        elif isinstance(part, bool):
            raise Undetermined("a boolean as an index")
        elif isinstance(part, int):
            expanded.append(("int", part))
            used += 1
        else:
            array = as_array(run, part) if not isinstance(part, SymDim) else Array((), "int64")
            if array is None and isinstance(part, Unknown):
                raise Undetermined("an index that is not known")
            if array is None or isinstance(array.shape, Unknown):
                raise Undetermined("an index that is not known")
            expanded.append(("fancy", array))
            used += len(array.shape) if array.dtype == "bool" else 1
    if used > len(shape):
        raise KerasError(f"too many indices ({used}) for an array of shape {format_shape(shape)}", "index")
    rest = len(shape) - used
    if not any(kind == "ellipsis" for kind, _ in expanded):
        expanded.append(("ellipsis", None))
    result: list[Dim] = []
    fancy: list[Shape] = []
    place: int | None = None  # where the axes of integer-array indices go
    last_fancy = -1
    axis = 0
    for at, (kind, part) in enumerate(expanded):
        if kind == "new":
            result.append(1)
        elif kind == "ellipsis":
            result += shape[axis : axis + rest]
            axis += rest
        elif kind == "slice":
            result.append(slice_size(run, shape[axis], part))
            axis += 1
        elif kind == "int" and not any(k == "fancy" for k, _ in expanded):
            size = shape[axis]
            if isinstance(size, int) and not -size <= part < size:
                raise KerasError(f"index {part} is out of range for an axis of size {size}", "index")
            axis += 1
        else:
            if place is None:
                place = len(result)
            elif last_fancy != at - 1:
                place = 0  # separated by a slice: the axes go to the front
            last_fancy = at
            if kind == "int":
                fancy.append(())
                axis += 1
                continue
            if part.dtype == "bool":
                fancy.append((SymDim.named("the number that a mask selects", ("mask", part.birth)),))
                axis += len(part.shape)
            else:
                fancy.append(part.shape)
                axis += 1
    if place is not None:
        chosen: Shape = ()
        for one in fancy:
            chosen = broadcast(chosen, one)
        result[place:place] = chosen
    return tuple(result)


def slice_size(run: Run, size: Dim, part: slice) -> Dim:
    """How many of `size` elements a slice takes.

    A slice with constant ends of an axis whose size is not known is as wide as it says: a program that takes the first
    eight columns has eight.
    """
    from kerascheck.interp.keras.freeze import as_size

    start, stop, step = part.start, part.stop, part.step
    if step not in (None, 1):
        if isinstance(size, int) and all(e is None or isinstance(e, int) for e in (start, stop, step)) and step:
            return len(range(*slice(start, stop, step).indices(size)))
        raise Undetermined("a slice with steps of a size that is not known")
    ends = []
    for end in (start, stop):
        known = as_size(end) if end is not None else None
        if isinstance(known, Unknown):
            raise Undetermined("a slice with unknown bounds")
        ends.append(known)
    start, stop = ends
    if isinstance(size, int) and all(e is None or isinstance(e, int) for e in ends):
        return len(range(*slice(start, stop).indices(size)))
    if start is None or start == 0:
        if stop is None or stop == size:
            return size
        if isinstance(stop, int) and stop < 0:
            return None if size is None else size + stop
        return stop if _may_be_within(stop, size) else size
    if size is None:
        return None
    if isinstance(start, int) and start < 0:
        if stop is None:
            return -start
        return stop - start if isinstance(stop, int) and stop < 0 else _opaque_slice(size, start, stop)
    if stop is None:
        return size - start
    if isinstance(stop, int) and stop < 0:
        return size + stop - start
    width = stop - start
    if isinstance(width, int):
        return max(width, 0)
    return width


def _may_be_within(stop: Dim, size: Dim) -> bool:
    """Whether an end is taken to lie within the axis: unknown ends of an axis of known size are not."""
    return not (isinstance(size, int) and not isinstance(stop, int))


def _opaque_slice(size: Dim, start: Dim, stop: Dim) -> Dim:
    return SymDim.named(f"len of [{start}:{stop}]", ("slice", size, start, stop))


def array_length(run: Run, array: Array) -> Value | None:
    """`len(array)`; None where it is not known."""
    if isinstance(array.shape, Unknown) or not array.shape:
        return None
    return array.shape[0]


def array_items(run: Run, array: Array) -> list[Value] | Unknown:
    """What a loop over the array meets."""
    if array.items is not None:
        return list(array.items)
    if not isinstance(array.shape, Unknown) and array.shape:
        count, rest = array.shape[0], array.shape[1:]
        if isinstance(count, int) and count <= _MAX_WALKED:
            return [new_array(run, rest, array.dtype, content=_part_content(array)) for _ in range(count)]
    return Unknown("the items of an array")


def tolist(run: Run, array: Array) -> Value:
    """`array.tolist()`."""
    if array.items is not None:
        return run.new_list(array.items)
    made: ListValue = run.unknown_list("the items of an array")
    return made
