"""From values of the interpreter to arrays, and new arrays with names for what is not known of them."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import Any, NamedTuple

from kerascheck.data.array import ANYTHING, TEXTS, Array, axis_size, promote
from kerascheck.data.content import RISING, Content, Rows, union
from kerascheck.data.objects import DataObject
from kerascheck.data.refusals import refuses
from kerascheck.data.scalars import dtype_of_number, number
from kerascheck.machine.keras.freeze import as_size
from kerascheck.machine.run import Run
from kerascheck.machine.sequences import NotPlain, items_of, to_python
from kerascheck.machine.values import ListValue, Value
from kerascheck.network import tensor_shapes
from kerascheck.network.arguments import Arguments
from kerascheck.network.dims import Dim, Shape, SymDim
from kerascheck.network.ir import Site, Tensor
from kerascheck.symbolic.unknown import FORGOTTEN, KerasError, Undetermined, Unknown, is_forgotten

MAX_ELEMENTS = 100_000  # of a literal that is looked into
MAX_KEPT = 1_000  # elements of a vector that are kept one by one


def new_array(run: Run, shape: Shape | Unknown, dtype: str | Unknown = "float64", **facts: Any) -> Array:
    """An array made now."""
    return Array(shape, dtype, birth=run.tick(), **facts)


def fresh_key(run: Run, site: Site) -> Hashable:
    """The identity of what a call makes, the same in every run."""
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


def as_axis(value: Value) -> int | tuple[int, ...] | Unknown | None:
    """An axis, several of them, or None; Unknown for anything else."""
    if value is None or (isinstance(value, int) and not isinstance(value, bool)):
        return value
    items = value.items if isinstance(value, ListValue) and value.unknown is None else value
    if isinstance(items, (tuple, list)) and all(isinstance(item, int) for item in items):
        return tuple(items)
    return Unknown("an axis that is not known")


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
    from kerascheck.symbolic.unknown import Symbol

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
        return Array((), dtype_of_number(value), Content.of_values([value]))
    if isinstance(value, SymDim):
        return Array((), "int64")
    if isinstance(value, DataObject):
        return value.state.get("array")  # an image of PIL
    if isinstance(value, (ListValue, tuple, range)):
        return _from_sequence(run, value)
    return None


def array_argument(run: Run, arguments: Arguments, position: int, *names: str) -> Array | None:
    """An argument seen as an array; None where it is none, and for Keras tensors, which numpy does not take."""
    value = next((arguments.keywords[name].value for name in names if name in arguments.keywords), None)
    if value is None:
        value = arguments.value(names[0], position)
    return None if isinstance(value, Tensor) else as_array(run, value)


def unknown_array(run: Run, reason: str) -> Array:
    """An array of which nothing is known."""
    return new_array(run, Unknown(reason), Unknown(reason))


def array_of_unknown(run: Run, value: Unknown, dtype: str | Unknown, key: Hashable = None) -> Array:
    """Something unknown as an array: its sizes have the names that the program's own `value.shape[1]` would have."""
    shape = Unknown(value.reason, None, f"{value.text}.shape" if value.text else None)
    return new_array(run, shape, dtype, key=key if key is not None else value.key)


class NumberKey(NamedTuple):
    """The identity of a number that is not known, of a class that is."""

    cls: str  # "int", "float" or "bool"
    number: int


def _number_of(value: Value) -> Array | None:
    """The array of a number that is not known."""
    if isinstance(value, Unknown) and isinstance(value.key, NumberKey):
        return Array((), _DTYPES[value.key.cls])
    return None


#: What taking a sequence apart costs the budget.
_PARTS_PER_STEP = 16


def _from_sequence(run: Run, value: ListValue | tuple[Value, ...] | range) -> Array | None:
    if isinstance(value, range):
        items = [number(item, "int64") for item in value] if len(value) <= MAX_KEPT else None
        return Array((len(value),), "int64", _range_content(value), items=items)
    if isinstance(value, ListValue) and value.element is not None and value.element.shape == ():
        return grown(value)
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
    run.budget.charge(len(parts) // _PARTS_PER_STEP)
    # The same row may stand there many times, as in `[row] * 1000`.
    distinct = {id(part): part for part in parts}
    made = {name: _number_of(part) or as_array(run, part) for name, part in distinct.items()}
    arrays = [made[id(part)] for part in parts]
    known = [array for array in arrays if array is not None and isinstance(array.shape, tuple)]
    shapes = [array.shape for array in known if isinstance(array.shape, tuple)]
    if not shapes:
        return None
    try:
        shape = tensor_shapes.stack(shapes, 0)
    except (KerasError, Undetermined):
        return None
    if len(known) < len(arrays):
        # What is not known has the same shape: of items that differ, numpy makes an array of objects at most.
        dtype = Unknown("the dtype of something unknown") if shape[1:] else ANYTHING
        return Array((len(arrays), *shape[1:]), dtype)
    return joined(shape, known, keeps_last=len(shape) > 1)


def grown(value: ListValue) -> Array:
    """The array of a list that grew in a loop: numpy makes none of items of different shapes."""
    tags = value.element.content.tags
    rising = next((tag.removeprefix(RISING).split(":") for tag in tags if tag.startswith(RISING)), None)
    rows = value.element.rows
    if rising is not None and rising[0] != rising[1]:
        rows = Rows(("grown", value.birth), order="sorted")
    content = Content(tags=frozenset(tag for tag in tags if not tag.startswith(RISING)))
    return Array((grown_length(value), *value.element.shape), value.element.dtype, content, rows=rows)


def grown_length(value: ListValue) -> SymDim:
    """The length of a list that grew in a loop."""
    key = ("length", value.birth, value.element.birth)
    if value.unknown is not None and is_forgotten(value.unknown.key):
        return SymDim.named("?.shape[0]", (*key, FORGOTTEN))
    return SymDim.named("?.shape[0]", key)


def _range_content(value: range) -> Content:
    return (
        Content.of_values(value)
        if len(value) <= MAX_KEPT
        else Content(min(value[0], value[-1]), max(value[0], value[-1]), True)
    )


def joined(shape: Shape | Unknown, parts: Sequence[Array], keeps_last: bool = False) -> Array:
    """One array out of the numbers of several; `keeps_last`: whether the last axis is what it was in each of them."""
    dtype, content = parts[0].dtype, parts[0].content.rearranged()
    content.one_hot = parts[0].content.one_hot
    for part in parts[1:]:
        dtype, content = promote(dtype, part.dtype), union(content, part.content)
    if not keeps_last:
        content.one_hot = None
    if dtype == "str" and any(part.kind == "series" for part in parts):
        dtype = TEXTS
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
    if not all(isinstance(item, (bool, int, float)) for item in level):
        dtype = _dtype_of_objects(level)
        return Array(rest, dtype, items=list(data) if len(rest) == 1 and dtype == "str" else None)
    dtype = "float64" if not level else promote_all({dtype_of_number(item) for item in level})
    if any(isinstance(item, int) and not -(2**63) <= item < 2**63 for item in level):
        return Array(rest, Unknown("the dtype of very large numbers"))
    content = Content.of_values(level)
    if len(rest) == 2:
        content.one_hot = rest[1] > 1 and all(sum(row) == 1 == max(row) and min(row) == 0 for row in data)
    items = [number(item, dtype) for item in data] if len(rest) == 1 and rest[0] <= MAX_KEPT else None
    made = Array(rest, dtype, content, items=items)
    if len(rest) == 2 and len(level) <= MAX_KEPT:
        made.table = tuple(tuple(row) for row in data)
    return made


def promote_all(dtypes: Iterable[str | Unknown]) -> str | Unknown:
    """The dtype that holds numbers of all of these."""
    result: str | Unknown | None = None
    for dtype in dtypes:
        result = dtype if result is None else promote(result, dtype)
    return result if result is not None else Unknown("the dtype of nothing")


def _dtype_of_objects(items: list[Any]) -> str | Unknown:
    """The dtype of an array of things that are not all numbers."""
    if all(isinstance(item, (str, bool, int, float)) for item in items):
        return "str"
    if any(isinstance(item, (bytes, complex)) for item in items):
        return Unknown("the dtype of bytes or complex numbers")
    return "object"


def guarded(run: Run, site: Site, compute: Callable[[], Shape]) -> Shape | Unknown:
    """The shape that a rule gives; where numpy would raise, that is so for a `try` and unknown else."""
    try:
        return compute()
    except KerasError as error:
        return refuses(run, "ValueError", error.message.replace("tensor", "array"), site)
    except Undetermined as undetermined:
        return Unknown(undetermined.reason)


def named_shape(key: Hashable, text: str, rank: int) -> Shape:
    """The shape of something of known rank and unknown sizes."""
    return tuple(axis_size(key, text, axis) for axis in range(rank))
