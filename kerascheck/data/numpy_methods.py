"""Methods of numpy arrays. Source: https://numpy.org/doc/stable/reference/arrays.ndarray.html

To add a method: a row in `METHODS`. The function of the same name finds it there, too.
"""

from __future__ import annotations

import math

from kerascheck.data import operators
from kerascheck.data.array import Array, is_float, is_integer, limits_of, promote, split_dtype, with_scalar
from kerascheck.data.content import FLEETING, ROUNDED, Content
from kerascheck.data.methods import Method
from kerascheck.data.numpy_shapes import elementwise, permuted, reshape, reshaped, sizes_of
from kerascheck.data.reductions import reduction, result_dtype
from kerascheck.data.refusals import no_axis
from kerascheck.data.samples import note_cut
from kerascheck.data.scalars import is_weak, number
from kerascheck.data.values import as_array, as_axis, dtype_of, guarded, new_array
from kerascheck.machine.run import Run
from kerascheck.machine.values import Value
from kerascheck.network import tensor_shapes
from kerascheck.network.arguments import Arguments, Given
from kerascheck.network.dims import Dim, Shape, SymDim
from kerascheck.network.ir import Site
from kerascheck.symbolic.unknown import Unknown

# -- arrays made of an array ---------------------------------------------------------------------------------------


def _reshape(run: Run, array: Array, arguments: Arguments, site: Site) -> Value:
    in_order = arguments.value("order", None, "C") == "C"
    return reshape(run, array, sizes_of(run, arguments, site), site, in_order)


def astype(run: Run, array: Array, wanted: Value) -> Array:
    """The array with another dtype. Floats lose what is behind the point; whole numbers may wrap around."""
    dtype = dtype_of(wanted)
    dtype = "float64" if dtype is None else dtype
    made = elementwise(run, array, dtype, Content())
    items = array.items
    if not isinstance(dtype, str):
        return made
    kind = split_dtype(dtype)[0]
    content = operators.claims(array)
    if dtype == array.dtype:
        made.content = array.content.copy()
        if array.labels is not None:
            made.labels = array.labels.copy()
    elif kind == "bool":
        values = content.values
        made.content = Content.of_values(int(v != 0) for v in values) if values else Content(0, 1)
    elif kind == "float":
        made.content = operators.within(dtype, content.copy())
    elif kind in ("int", "uint"):
        if is_integer(array.dtype) or array.dtype == "bool":
            made.content = operators.within(dtype, content.copy())
        else:
            whole = content.map(math.trunc)
            is_known = whole.low is not None and whole.high is not None and not operators.overflows(dtype, whole)
            made.content = whole if is_known else Content(*limits_of(dtype))
        items = None if operators.overflows(dtype, content) or (content.low is None and content.high is None) else items
    if kind in ("str", "object"):
        pass
    elif items is not None and all(isinstance(item, (int, float)) for item in items):
        made.items = [number(item, dtype) for item in items]
    elif dtype == array.dtype:
        made.items = items
    return made


def _astype(run: Run, array: Array, arguments: Arguments, site: Site) -> Value:
    made = astype(run, array, arguments.value("dtype", 0))
    note_cut(run, "astype", array, made.dtype, site, arguments)
    if made.dtype == array.dtype and arguments.value("copy", None, True) is not True:
        array.content.view(made.content)
    return made


def _flatten(run: Run, array: Array, arguments: Arguments, site: Site) -> Value:
    made = reshape(run, array, (-1,), site, arguments.value("order", 0, "C") == "C")
    made.content = made.content.copy()
    made.items = array.items if array.ndim == 1 else None
    return made


def _ravel(run: Run, array: Array, arguments: Arguments, site: Site) -> Value:
    return reshape(run, array, (-1,), site, arguments.value("order", 0, "C") == "C")


def _copy(run: Run, array: Array, arguments: Arguments, site: Site) -> Value:
    made = array.snapshot()
    made.birth = run.tick()
    return made


def _transpose(run: Run, array: Array, arguments: Arguments, site: Site) -> Value:
    values = [given.value for given in arguments.positional] or [arguments.value("axes")]
    order = as_axis(values[0] if len(values) == 1 else tuple(values))
    if isinstance(order, Unknown):
        return reshaped(run, array, Unknown("a transposition that is not known"), False)
    return permuted(run, array, None if order is None else [order] if isinstance(order, int) else list(order), site)


def _swapaxes(run: Run, array: Array, arguments: Arguments, site: Site) -> Value:
    first, second = arguments.value("axis1", 0), arguments.value("axis2", 1)
    rank = array.ndim
    if rank is None or not isinstance(first, int) or not isinstance(second, int):
        return reshaped(run, array, Unknown("a transposition that is not known"), False)
    order = list(range(rank))
    try:
        order[first], order[second] = order[second], order[first]
    except IndexError:
        return no_axis(run, "ValueError", array, (first, second), site)
    return permuted(run, array, order, site)


def _squeeze(run: Run, array: Array, arguments: Arguments, site: Site) -> Value:
    axis = as_axis(arguments.value("axis", 0))
    if isinstance(array.shape, Unknown) or isinstance(axis, Unknown):
        return reshaped(run, array, Unknown("squeezed"))
    shape = array.shape
    if axis is None and any(not isinstance(dim, int) for dim in shape[1:]):
        # There is more than one sample; but other axes may vanish.
        return reshaped(run, array, Unknown("which axes have size 1"))
    axes = None if axis is None else [axis] if isinstance(axis, int) else list(axis)
    return reshaped(run, array, guarded(run, site, lambda: tensor_shapes.squeeze(shape, axes)))


# -- elements ---------------------------------------------------------------------------------------------------------


def _tolist(run: Run, array: Array, arguments: Arguments, site: Site) -> Value:
    return operators.tolist(run, array)


def _item(run: Run, array: Array, arguments: Arguments, site: Site) -> Value:
    if array.items is not None and len(array.items) == 1:
        return operators.plain_number(array.items[0])
    single = array.content.single()
    if single is not None and not is_float(array.dtype) and isinstance(array.dtype, str):
        return bool(single) if array.dtype == "bool" else int(single)
    return run.fresh("an item of an array", site.node)


def _fill(run: Run, array: Array, arguments: Arguments, site: Site) -> Value:
    operators.store_items(run, array, ..., arguments.value("value", 0))
    return None


def _sort(run: Run, array: Array, arguments: Arguments, site: Site) -> Value:
    if run.may_change(array):
        sort_content(array, arguments.value("axis", 0, -1), False)
    return None


def sort_content(array: Array, axis: Value, is_copy: bool) -> None:
    """The elements in order along an axis."""
    items = array.items if array.ndim == 1 else None
    array.content.reorder()
    if array.ndim == 1 or axis is None or axis == 0:
        array.rows = None
    if items is not None and all(isinstance(item, type(items[0])) for item in items):
        array.items = sorted(items)


def sorted_copy(run: Run, array: Array, arguments: Arguments, site: Site) -> Value:
    """`numpy.sort(x)`."""
    made = array.snapshot()
    made.birth, made.kind = run.tick(), "numpy"
    axis = arguments.value("axis", 0, -1)
    if axis is None:
        made = reshape(run, made, (-1,), site)
    sort_content(made, axis, True)
    return made


def _argsort(run: Run, array: Array, arguments: Arguments, site: Site) -> Value:
    if arguments.value("axis", 0, -1) is None or isinstance(array.shape, Unknown):
        return new_array(run, Unknown("an order of something unknown"), "int64")
    size = array.shape[-1] if array.shape else 1
    if not array.shape:
        return new_array(run, (1,), "int64", content=Content.of_values([0]))
    axis = arguments.value("axis", 0, -1)
    content = (
        Content(0, size - 1) if isinstance(size, int) and size and axis in (-1, len(array.shape) - 1) else Content()
    )
    if len(array.shape) == 1:
        content = order_content(size)
    return new_array(run, array.shape, "int64", content=content)


def order_content(size: Dim) -> Content:
    """The numbers of so many samples, in some order."""
    content = Content.of_values(range(size)) if isinstance(size, int) and 0 < size <= 1_000 else Content(0)
    if isinstance(size, int) and size > 1_000:
        content = Content(0, size - 1, True)
    content.tags = frozenset({"permutation"})
    return content


def clip(run: Run, array: Array, arguments: Arguments, site: Site) -> Value:
    """`x.clip(min, max)`."""
    ends = [arguments.value("min", 0, arguments.value("a_min")), arguments.value("max", 1, arguments.value("a_max"))]
    dtype, shape = array.dtype, array.shape
    for end in ends:
        given = as_array(run, end) if end is not None else None
        if end is None:
            continue
        if given is None:
            return elementwise(run, array, dtype, Content()) if isinstance(end, Unknown) else array
        dtype = with_scalar(dtype, end) if is_weak(end) else promote(dtype, given.dtype)
        if isinstance(shape, tuple) and isinstance(given.shape, tuple):
            shape = guarded(run, site, lambda a=shape, b=given.shape: operators.broadcast(a, b))  # type: ignore[misc]
    low, high = (_single(run, end) for end in ends)
    content = operators.claims(array)
    if (low is None and ends[0] is not None) or (high is None and ends[1] is not None):
        content = Content()
    else:
        content = _clipped(content, low, high)
    made = elementwise(run, array, dtype, content)
    made.shape = shape
    return made


def _single(run: Run, value: Value) -> float | None:
    array = as_array(run, value) if value is not None else None
    return None if array is None else array.content.single()


def _clipped(content: Content, low: float | None, high: float | None) -> Content:
    def limit(value: float) -> float:
        value = value if low is None else max(value, low)
        return value if high is None else min(value, high)

    made = content.map(limit)
    if content.low is None or content.high is None:
        made.attained = False
    made.low = min(low, high if high is not None else low) if made.low is None and low is not None else made.low
    made.high = high if made.high is None else made.high
    made.tags -= FLEETING
    return made


def _round(run: Run, array: Array, arguments: Arguments, site: Site) -> Value:
    decimals = arguments.value("decimals", 0, 0)
    dtype = "float16" if array.dtype == "bool" else array.dtype
    if not isinstance(decimals, int) or decimals < 0:
        return elementwise(run, array, dtype, Content())
    content = array.content.copy()
    if is_float(dtype):
        content = content.map(lambda v: round(v, decimals))
        content.tags |= {ROUNDED} if decimals == 0 else set()
    return elementwise(run, array, dtype, content)


# -- other shapes ------------------------------------------------------------------------------------------------------


def _repeat(run: Run, array: Array, arguments: Arguments, site: Site) -> Value:
    times, axis = arguments.value("repeats", 0), arguments.value("axis", 1)
    if isinstance(array.shape, Unknown) or not (axis is None or isinstance(axis, int)):
        return reshaped(run, array, Unknown("a repetition of something unknown"), False, False)
    shape: Shape | Unknown = array.shape
    if axis is None:
        shape, axis = guarded(run, site, lambda: tensor_shapes.reshape(array.shape, (-1,))), 0  # type: ignore[arg-type]
    if isinstance(shape, Unknown) or not -len(shape) <= axis < len(shape):
        return reshaped(run, array, Unknown("a repetition of something unknown"), False, False)
    axis %= len(shape)
    old = shape[axis]
    counts = as_array(run, times)
    if isinstance(times, (int, SymDim)) and old is not None:
        size: Dim = old * times
    elif counts is not None and counts.items is not None and all(isinstance(n, int) for n in counts.items):
        size = sum(counts.items) if len(counts.items) > 1 or old == 1 else old and old * int(counts.items[0])
    else:
        size = SymDim.named("?.shape[0]", ("repeat", run.fresh("repeat", site.node).key))
    made = reshaped(run, array, (*shape[:axis], size, *shape[axis + 1 :]), False, False)
    made.content = array.content.subset(False)
    if isinstance(times, int) and times > 0:
        made.content = array.content.rearranged()
        if axis < len(shape) - 1 and shape == array.shape:
            made.content.one_hot = array.content.one_hot
    elif axis == len(shape) - 1 or shape != array.shape:
        made.content.one_hot = None
    return made


def _take(run: Run, array: Array, arguments: Arguments, site: Site) -> Value:
    from kerascheck.data.indexing import array_item

    index, axis = arguments.value("indices", 0), arguments.value("axis", 1)
    if array.ndim is None or not (axis is None or isinstance(axis, int)):
        return new_array(run, Unknown("elements of something unknown"), array.dtype)
    if axis is None:
        return array_item(run, reshape(run, array, (-1,), site), index, site)
    if not -array.ndim <= axis < array.ndim:
        return no_axis(run, "ValueError", array, axis, site)
    made = array_item(run, array, (*[slice(None)] * (axis % array.ndim), index), site)
    if isinstance(made, Array):
        made.content = made.content.copy()
    return made


def _cumulative(name: str) -> Method:
    def method(run: Run, array: Array, arguments: Arguments, site: Site) -> Value:
        axis = arguments.value("axis", 0)
        wanted = dtype_of(arguments.value("dtype", 1))
        dtype = wanted if wanted is not None else result_dtype(name, array.dtype)
        if axis is None:
            array = reshape(run, array, (-1,), site)
        elif not isinstance(axis, int):
            return new_array(run, Unknown("sums over an unknown axis"), dtype)
        return new_array(run, array.shape or (1,), dtype, rows=array.rows if axis is not None else None)

    return method


def _diagonal(run: Run, array: Array, arguments: Arguments, site: Site) -> Value:
    if array.ndim != 2 or not isinstance(array.shape, tuple) or arguments.positional or arguments.keywords:
        return new_array(run, Unknown("a diagonal"), array.dtype)
    rows, columns = array.shape
    if not isinstance(rows, int) or not isinstance(columns, int):
        size: Dim = rows if rows == columns else SymDim.named("?.shape[0]", ("diagonal", array.shape))
    else:
        size = min(rows, columns)
    part = array.content.subset(False)
    part.one_hot = None
    return new_array(run, (size,), array.dtype, content=array.content.view(part))


def _trace(run: Run, array: Array, arguments: Arguments, site: Site) -> Value:
    shape: Shape | Unknown = Unknown("a trace")
    if array.ndim is not None and array.ndim >= 2 and not arguments.positional and not arguments.keywords:
        assert isinstance(array.shape, tuple)
        shape = array.shape[2:]
    return new_array(run, shape, result_dtype("trace", array.dtype))


def _nonzero(run: Run, array: Array, arguments: Arguments, site: Site) -> Value:
    if array.ndim is None:
        return run.fresh("the places of elements of something unknown", site.node)
    size = SymDim.named("?.shape[0]", ("nonzero", run.fresh("nonzero", site.node).key))
    assert isinstance(array.shape, tuple)
    ends = [Content(0, dim - 1) if isinstance(dim, int) and dim else Content() for dim in array.shape]
    return tuple(new_array(run, (size,), "int64", content=content) for content in ends)


def _searchsorted(run: Run, array: Array, arguments: Arguments, site: Site) -> Value:
    wanted = as_array(run, arguments.value("v", 0))
    size = array.shape[0] if isinstance(array.shape, tuple) and array.ndim == 1 else None
    content = Content(0, size) if isinstance(size, int) else Content(0)
    shape = wanted.shape if wanted is not None else Unknown("places of something unknown")
    return new_array(run, shape, "int64", content=content)


def dot(run: Run, left: Value, right: Value, site: Site) -> Value:
    """`numpy.dot(left, right)`: the last axis of the one with the last but one of the other."""
    a, b = as_array(run, left), as_array(run, right)
    if a is None or b is None or isinstance(a.shape, Unknown) or isinstance(b.shape, Unknown):
        return new_array(run, Unknown("a product with something unknown"), Unknown("a product with something unknown"))
    if a.shape == () or b.shape == ():
        return operators.array_operator(run, "Multiply", a, b, site)
    first, second = a.shape, b.shape

    def rule() -> Shape:
        behind = second[:-2] + second[-1:] if len(second) > 1 else ()
        tensor_shapes.matmul(first[-1:], second[-2:])
        return first[:-1] + behind

    made = new_array(run, guarded(run, site, rule), promote(a.dtype, b.dtype))
    if len(first) > 1:
        made.rows = a.rows
    return made


def _dot(run: Run, array: Array, arguments: Arguments, site: Site) -> Value:
    return dot(run, array, arguments.value("b", 0), site)


def _resize(run: Run, array: Array, arguments: Arguments, site: Site) -> Value:
    """`x.resize(shape)` changes the array itself; new places hold 0."""
    shape = sizes_of(run, arguments, site, "new_shape")
    if run.may_change(array):
        array.content.mix(Content(0, 0))
    array.shape, array.rows, array.items = shape, None, None
    return None


def _view(run: Run, array: Array, arguments: Arguments, site: Site) -> Value:
    if arguments.positional or arguments.keywords:
        array.content.forget()
        return new_array(run, Unknown("a view as another dtype"), Unknown("a view as another dtype"))
    return reshaped(run, array, array.shape)


def _nothing(run: Run, array: Array, arguments: Arguments, site: Site) -> Value:
    return None


def _reduction(name: str) -> Method:
    def method(run: Run, array: Array, arguments: Arguments, site: Site) -> Value:
        return reduction(run, name, array, arguments, site)

    return method


def shuffled_in_place(run: Run, array: Array) -> None:
    """The samples of an array in another order."""
    if not run.may_change(array):
        return
    one_hot, tags = array.content.one_hot, array.content.tags
    array.content.reorder()
    array.content.one_hot, array.content.tags = one_hot, tags
    if array.rows is not None:
        array.rows = array.rows.mixed(("shuffle", run.tick()))


def call_on(run: Run, method: str, array: Array, site: Site, *values: Value) -> Value:
    """Call a method of an array with positional values."""
    return METHODS[method](run, array, Arguments([Given(value) for value in values], {}), site)


REDUCTIONS = ("sum", "mean", "std", "var", "max", "min", "prod", "ptp", "argmax", "argmin", "any", "all")

METHODS: dict[str, Method] = {
    "reshape": _reshape,
    "astype": _astype,
    "flatten": _flatten,
    "ravel": _ravel,
    "copy": _copy,
    "transpose": _transpose,
    "swapaxes": _swapaxes,
    "squeeze": _squeeze,
    "tolist": _tolist,
    "item": _item,
    "fill": _fill,
    "sort": _sort,
    "argsort": _argsort,
    "clip": clip,
    "round": _round,
    "repeat": _repeat,
    "take": _take,
    "cumsum": _cumulative("cumsum"),
    "cumprod": _cumulative("cumprod"),
    "diagonal": _diagonal,
    "trace": _trace,
    "nonzero": _nonzero,
    "searchsorted": _searchsorted,
    "dot": _dot,
    "resize": _resize,
    "view": _view,
    "numpy": _copy,
    **dict.fromkeys(("setflags", "tofile", "dump"), _nothing),
    **{name: _reduction(name) for name in REDUCTIONS},
}
