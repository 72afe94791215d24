"""From values of the interpreter to arrays, and new arrays with names for what is not known of them."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import Any

from kerascheck.data.array import Array, axis_size, promote
from kerascheck.data.content import Content
from kerascheck.interp.keras.freeze import as_size
from kerascheck.interp.run import Run
from kerascheck.interp.sequences import NotPlain, items_of, to_python
from kerascheck.interp.values import ListValue, Value
from kerascheck.network import tensor_shapes
from kerascheck.network.dims import Dim, Shape, SymDim
from kerascheck.network.ir import Site, Tensor
from kerascheck.symbolic import KerasError, Undetermined, Unknown

MAX_ELEMENTS = 100_000  # of a literal that is looked into


def new_array(run: Run, shape: Shape | Unknown, dtype: str | Unknown = "float64", **facts: Any) -> Array:
    """An array made now."""
    return Array(shape, dtype, birth=run.tick(), **facts)


def fresh_key(run: Run, site: Site) -> Hashable:
    """The identity of what a call makes, the same in every path."""
    return run.fresh("an array", site.node).key


def fresh_size(run: Run, text: str, site: Site) -> SymDim:
    """A size that nothing is known of, called `text`."""
    return SymDim.named(text, ("size", fresh_key(run, site)))


def dimension(run: Run, value: Value, site: Site, text: str = "?") -> Dim:
    """A size given by the program; a symbolic one where it is not known."""
    size = as_size(value)
    if isinstance(size, Unknown):
        return SymDim.named(size.text or text, ("size", size.key))
    return size


def shape_argument(run: Run, value: Value, site: Site) -> Shape | Unknown:
    """A shape given as a number or a sequence of numbers; sizes that are not known are symbolic."""
    if isinstance(value, (int, SymDim)) and not isinstance(value, bool):
        return (value,)
    items = items_of(run, value) if isinstance(value, (tuple, ListValue, Array)) else Unknown("a shape")
    if isinstance(value, Unknown):
        return Unknown("a shape that is not known")
    if isinstance(items, Unknown):
        return items
    return tuple(dimension(run, item, site) for item in items)


def dtype_of(value: Value) -> str | Unknown | None:
    """A dtype as numpy writes it, from a string, a class (`np.float32`, `int`) or a numpy dtype; None for None."""
    from kerascheck.symbolic import Symbol

    if value is None or isinstance(value, Unknown):
        return value
    name = value.name.rpartition(".")[2] if isinstance(value, Symbol) else value
    if isinstance(name, str):
        return _DTYPES.get(name.lstrip("<=|>"), name.rstrip("_"))
    return Unknown("a dtype that is not known")


_DTYPES = {
    "int": "int64", "float": "float64", "bool": "bool", "complex": "complex128", "str": "str", "object": "object",
    "f4": "float32", "f8": "float64", "f2": "float16", "i4": "int32", "i8": "int64", "i2": "int16", "i1": "int8",
    "u1": "uint8", "u2": "uint16", "u4": "uint32", "u8": "uint64", "f": "float32", "d": "float64", "i": "int32",
    "single": "float32", "double": "float64", "half": "float16", "byte": "int8", "ubyte": "uint8", "long": "int64",
    "uint": "uint64", "int_": "int64", "float_": "float64", "bool_": "bool", "str_": "str", "object_": "object",
    "category": "category", "string": "str", "floatx": "float32",
}  # fmt: skip


def as_array(run: Run, value: Value) -> Array | None:
    """The value seen as an array; None where it is none, or nothing is known of it."""
    if isinstance(value, Array):
        return value
    if isinstance(value, Tensor):
        return Array(value.shape, value.dtype, kind="tensor")
    if isinstance(value, (bool, int, float)):
        dtype = "bool" if isinstance(value, bool) else "int64" if isinstance(value, int) else "float64"
        return Array((), dtype, Content.of_values([value]))
    if isinstance(value, SymDim):
        return Array((), "int64")
    if isinstance(value, (ListValue, tuple, range)):
        return _from_sequence(run, value)
    return None


def _from_sequence(run: Run, value: ListValue | tuple[Value, ...] | range) -> Array | None:
    if isinstance(value, range):
        return Array((len(value),), "int64", _range_content(value), items=list(value) if len(value) <= 1000 else None)
    if isinstance(value, ListValue) and (value.unknown is not None or value.kind not in ("list", "array")):
        return None
    parts = list(value.items) if isinstance(value, ListValue) else list(value)
    if len(parts) > MAX_ELEMENTS:
        return Array((len(parts),), Unknown("the dtype of a long list"))
    if not parts:
        return Array((0,), "float64")
    try:
        return literal_array(to_python(tuple(parts)))
    except NotPlain:
        pass
    arrays = [as_array(run, part) for part in parts]
    known = [array for array in arrays if array is not None]
    if len(known) < len(arrays) or any(isinstance(array.shape, Unknown) for array in known):
        return None
    try:
        shape = tensor_shapes.stack([array.shape for array in known if not isinstance(array.shape, Unknown)], 0)
    except (KerasError, Undetermined):
        return None
    return joined(shape, known)


def _range_content(value: range) -> Content:
    return Content(min(value), max(value), True) if value else Content()


def joined(shape: Shape | Unknown, parts: Sequence[Array]) -> Array:
    """One array out of the numbers of several."""
    from kerascheck.data.content import union

    dtype, content = parts[0].dtype, parts[0].content.copy()
    for part in parts[1:]:
        dtype, content = promote(dtype, part.dtype), union(content, part.content)
    return Array(shape, dtype, content)


def literal_array(data: Any) -> Array | None:
    """`numpy.array` of numbers that the source spells out; None for ragged or empty data."""
    shape: list[int] = []
    level: list[Any] = [data]
    while level and isinstance(level[0], (list, tuple, range)):
        size = len(level[0])
        if any(not isinstance(part, (list, tuple, range)) or len(part) != size for part in level):
            return None
        shape.append(size)
        level = [item for part in level for item in part]
        if len(level) > MAX_ELEMENTS:
            return None
    if any(isinstance(item, (list, tuple, range, dict, set)) for item in level):
        return None
    rest = tuple(shape)
    if all(isinstance(item, str) for item in level) and level:
        return Array(rest, "str", items=list(data) if len(rest) == 1 else None)
    if not all(isinstance(item, (bool, int, float)) for item in level):
        return Array(rest, "object")
    dtype = "float64"
    if level and all(isinstance(item, bool) for item in level):
        dtype = "bool"
    elif level and not any(isinstance(item, float) for item in level):
        dtype = "int64"
    content = Content.of_values(level)
    if len(rest) == 2:
        content.one_hot = rest[1] > 1 and all(sum(row) == 1 == max(row) and min(row) == 0 for row in data)
    return Array(rest, dtype, content, items=list(data) if len(rest) == 1 else None)


def guarded(run: Run, site: Site, compute: Callable[[], Shape]) -> Shape | Unknown:
    """The shape that a rule gives; where numpy would raise, that is so for a `try` and unknown else."""
    try:
        return compute()
    except KerasError as error:
        return run.fails("ValueError", error.message, site.node)
    except Undetermined as undetermined:
        return Unknown(undetermined.reason)


def named_shape(key: Hashable, text: str, rank: int) -> Shape:
    """The shape of something of known rank and unknown sizes."""
    return tuple(axis_size(key, text, axis) for axis in range(rank))
