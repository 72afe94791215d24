"""Methods of numpy arrays. Source: https://numpy.org/doc/stable/reference/arrays.ndarray.html"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from kerascheck.data import operators
from kerascheck.data.array import Array, is_float, is_integer
from kerascheck.data.content import Content
from kerascheck.data.methods import Method
from kerascheck.data.values import dtype_of, guarded, new_array, shape_argument
from kerascheck.interp.run import Run
from kerascheck.interp.values import Value
from kerascheck.network import tensor_shapes
from kerascheck.network.arguments import Arguments, Given
from kerascheck.network.dims import Dim, Shape
from kerascheck.network.ir import Site
from kerascheck.symbolic import KerasError, Unknown


def sizes_of(run: Run, arguments: Arguments, site: Site, name: str = "shape") -> Shape | Unknown:
    """Sizes given one by one (`x.reshape(2, 3)`) or as one tuple."""
    if arguments.open_positional or arguments.open_keywords:
        return Unknown("sizes behind * arguments")
    values = [given.value for given in arguments.positional]
    if not values:
        values = [arguments.value(name)]
    if len(values) == 1:
        return shape_argument(run, values[0], site)
    return shape_argument(run, tuple(values), site)


def reshape(run: Run, array: Array, target: Shape | Unknown, site: Site) -> Array:
    """The array in another shape; the samples stay what they are as long as there are as many."""
    if isinstance(target, Unknown):
        return array.with_shape(target)
    if isinstance(array.shape, Unknown):
        shape: Shape | Unknown = _of_unknown(array, target)
    else:
        source = array.shape
        shape = guarded(run, site, lambda: tensor_shapes.reshape(source, target))
    made = array.with_shape(shape)
    made.birth = run.tick()
    made.kind = "numpy" if array.kind != "tensor" else "tensor"
    known = not isinstance(array.shape, Unknown) and not isinstance(shape, Unknown)
    if known and (not array.shape or not shape or array.shape[0] != shape[0]):  # type: ignore[index]
        made.rows = None
    if isinstance(shape, tuple) and len(shape) == 1:
        made.items = array.items
    return made


def _of_unknown(array: Array, target: Shape) -> Shape | Unknown:
    """The shape asked for, of something whose size is not known: a -1 is a size of its own."""
    from kerascheck.network.dims import SymDim

    if sum(dim == -1 for dim in target) > 1:
        return Unknown("two sizes of -1")
    key = array.key if array.key is not None else ("array", array.birth)
    sizes: list[Dim] = []
    for axis, dim in enumerate(target):
        sizes.append(SymDim.named(f"reshape[{axis}]", ("reshape", key, target)) if dim == -1 else dim)
    return tuple(sizes)


def _reshape(run: Run, array: Array, arguments: Arguments, site: Site) -> Value:
    return reshape(run, array, sizes_of(run, arguments, site), site)


def astype(run: Run, array: Array, wanted: Value) -> Array:
    """The array with another dtype. Floats lose what is behind the point; whole numbers may wrap around."""
    dtype = dtype_of(wanted)
    made = new_array(run, array.shape, dtype if dtype is not None else "float64", kind=array.kind, rows=array.rows)
    made.trailing, made.columns, made.items = array.trailing, array.columns, None
    if is_float(made.dtype) or made.dtype == array.dtype:
        made.content = array.content.copy()
        if array.items is not None and all(isinstance(item, (int, float)) for item in array.items):
            made.items = [float(item) for item in array.items]
    elif is_integer(made.dtype) and is_integer(array.dtype):
        made.content, made.items = array.content.copy(), array.items
        if operators._overflows(str(made.dtype), made.content):
            made.content, made.items = Content(), None
    elif is_integer(made.dtype) and array.content.low is not None:
        made.content = array.content.map(int)
    return made


def _astype(run: Run, array: Array, arguments: Arguments, site: Site) -> Value:
    return astype(run, array, arguments.value("dtype", 0))


def _flatten(run: Run, array: Array, arguments: Arguments, site: Site) -> Value:
    return reshape(run, array, (-1,), site)


def _copy(run: Run, array: Array, arguments: Arguments, site: Site) -> Value:
    made = array.snapshot()
    made.birth = run.tick()
    return made


def _transpose(run: Run, array: Array, arguments: Arguments, site: Site) -> Value:
    order = sizes_of(run, arguments, site) if arguments.positional or arguments.keywords else None
    if isinstance(array.shape, Unknown) or isinstance(order, Unknown):
        return array.with_shape(Unknown("a transposition that is not known"))
    shape = array.shape
    axes = [axis for axis in order if isinstance(axis, int)] if order is not None else None
    made = array.with_shape(guarded(run, site, lambda: tensor_shapes.transpose(shape, axes)))
    if isinstance(made.shape, Unknown) or made.shape[:1] != shape[:1] or (axes is not None and axes[:1] != [0]):
        made.rows = None
    return made


def reduced(run: Run, array: Array, axis: Value, keepdims: Value, site: Site) -> Shape | Unknown:
    """The shape after a reduction over an axis (all of them for None)."""
    if isinstance(axis, Unknown) or isinstance(keepdims, Unknown) or isinstance(array.shape, Unknown):
        if axis is None and keepdims is False:
            return ()
        return Unknown("a reduction that is not known")
    axes = None if axis is None else list(axis) if isinstance(axis, tuple) else [axis]
    if axes is not None and not all(isinstance(a, int) for a in axes):
        return Unknown("an axis that is not known")
    shape = array.shape
    return guarded(run, site, lambda: tensor_shapes.reduce(shape, axes, bool(keepdims)))


_EXACT: dict[str, Callable[[list[Any]], Value]] = {"max": max, "min": min, "sum": sum}


def reduction(run: Run, name: str, array: Array, arguments: Arguments, site: Site, first: int = 0) -> Value:
    """Sum, mean, maximum and their kin; `first` is the position of the axis among the arguments."""
    axis = arguments.value("axis", first)
    if array.kind == "frame" and "axis" not in arguments.keywords and not arguments.positional[first:]:
        axis = 0
    shape = reduced(run, array, axis, arguments.value("keepdims", None, False), site)
    compute = _EXACT.get(name)
    if shape == () and array.items and compute is not None and all(isinstance(i, (int, float)) for i in array.items):
        return compute(array.items)
    content = array.content
    result = Content()
    dtype = array.dtype
    if name in ("max", "min", "amax", "amin"):
        result = Content(content.low, content.high)
        bound = content.high if name in ("max", "amax") else content.low
        if shape == () and content.attained and bound is not None and not content.is_mass:
            return bound if is_float(dtype) else int(bound)
        if shape == () and content.attained and bound is not None:
            result = Content(bound, bound, True)
    elif name in ("mean", "std", "median"):
        dtype = dtype if is_float(dtype) else "float64"
        result = Content(content.low, content.high) if name != "std" else Content()
    elif name in ("argmax", "argmin"):
        dtype = "int64"
        size = array.shape[axis] if isinstance(array.shape, tuple) and isinstance(axis, int) else None
        if isinstance(size, int) and size:
            result = Content(0, size - 1)
        rows = array.rows if axis in (1, -1) else None
        return new_array(run, shape, dtype, content=result, rows=rows)
    elif name in ("any", "all"):
        dtype = "bool"
    return new_array(run, shape, dtype, content=result)


def _reduction(name: str) -> Method:
    def method(run: Run, array: Array, arguments: Arguments, site: Site) -> Value:
        return reduction(run, name, array, arguments, site)

    return method


def _squeeze(run: Run, array: Array, arguments: Arguments, site: Site) -> Value:
    axis = arguments.value("axis", 0)
    if isinstance(array.shape, Unknown) or isinstance(axis, Unknown):
        return array.with_shape(Unknown("squeezed"))
    shape, axes = array.shape, [axis] if isinstance(axis, int) else None
    return array.with_shape(guarded(run, site, lambda: tensor_shapes.squeeze(shape, axes)))


def _tolist(run: Run, array: Array, arguments: Arguments, site: Site) -> Value:
    return operators.tolist(run, array)


def _item(run: Run, array: Array, arguments: Arguments, site: Site) -> Value:
    if array.items is not None and len(array.items) == 1:
        return array.items[0]
    return run.fresh("an item of an array", site.node)


def _fill(run: Run, array: Array, arguments: Arguments, site: Site) -> Value:
    operators.store_items(run, array, ..., arguments.value("value", 0))
    return None


def _sort(run: Run, array: Array, arguments: Arguments, site: Site) -> Value:
    array.items = None
    array.rows = None
    return None


def _dot(run: Run, array: Array, arguments: Arguments, site: Site) -> Value:
    other = arguments.value("b", 0)
    from kerascheck.data.values import as_array

    right = as_array(run, other)
    if right is None or isinstance(array.shape, Unknown) or isinstance(right.shape, Unknown):
        return new_array(run, Unknown("a product with something unknown"), array.dtype)
    left_shape, right_shape = array.shape, right.shape
    try:
        return new_array(run, tensor_shapes.matmul(left_shape, right_shape), array.dtype)
    except KerasError as error:
        return run.fails("ValueError", error.message, site.node)


def call_on(run: Run, method: str, array: Array, site: Site, *values: Value) -> Value:
    """Call a method of an array with positional values."""
    return METHODS[method](run, array, Arguments([Given(value) for value in values], {}), site)


METHODS: dict[str, Method] = {
    "reshape": _reshape,
    "astype": _astype,
    "flatten": _flatten,
    "ravel": _flatten,
    "copy": _copy,
    "transpose": _transpose,
    "squeeze": _squeeze,
    "tolist": _tolist,
    "item": _item,
    "fill": _fill,
    "sort": _sort,
    "dot": _dot,
    "numpy": _copy,
    **{
        name: _reduction(name)
        for name in ("sum", "mean", "std", "var", "max", "min", "prod", "argmax", "argmin", "any", "all")
    },
}
