"""Arrays in another shape, or with the same shape and other content."""

from __future__ import annotations

from collections.abc import Hashable

from kerascheck.data.array import TEXTS, Array
from kerascheck.data.content import Content
from kerascheck.data.values import guarded, new_array, shape_argument
from kerascheck.machine.run import Run
from kerascheck.network import tensor_shapes
from kerascheck.network.arguments import Arguments
from kerascheck.network.dims import Dim, Shape, SymDim, definitely_equal
from kerascheck.network.ir import Site
from kerascheck.symbolic.unknown import Unknown


def elementwise(run: Run, array: Array, dtype: str | Unknown, content: Content) -> Array:
    """An array of the same shape and samples with other numbers."""
    made = new_array(run, array.shape, dtype, content=content, kind=array.kind, rows=array.rows, key=array.key)
    made.trailing, made.columns, made.max_ndim = array.trailing, array.columns, array.max_ndim
    if array.labels is not None:
        made.labels = array.labels.copy()
        made.labels.series = {}
    return made


def reshaped(run: Run, array: Array, shape: Shape | Unknown, in_order: bool = True, is_view: bool = True) -> Array:
    """The numbers of an array in another shape; `in_order`: they follow each other as before."""
    if in_order and shape == array.shape:
        content = array.content.copy()  # whether it shares memory depends on how the array lies in it
        if is_view:
            array.content.view(content)
    else:
        content = array.content.rearranged()
        both = isinstance(shape, tuple) and isinstance(array.shape, tuple) and bool(shape) and bool(array.shape)
        if both and in_order and definitely_equal(shape[-1], array.shape[-1]):  # type: ignore[index]
            content.one_hot = array.content.one_hot
        if is_view:
            array.content.view(content)
    dtype = array.dtype if array.kind != "series" or array.dtype != "str" else TEXTS
    made = new_array(run, shape, dtype, content=content, kind="tensor" if array.kind == "tensor" else "numpy")
    same_count = isinstance(shape, tuple) and isinstance(array.shape, tuple) and shape[:1] == array.shape[:1] != ()
    if in_order and same_count:
        made.rows = array.rows
    if in_order and isinstance(shape, tuple) and len(shape) == 1 and array.items is not None:
        made.items = array.items
    return made


def sizes_of(run: Run, arguments: Arguments, site: Site, name: str = "shape") -> Shape | Unknown:
    """Sizes given one by one (`x.reshape(2, 3)`) or as one tuple."""
    if arguments.open_positional or arguments.open_keywords:
        return Unknown("sizes behind * arguments")
    values = [given.value for given in arguments.positional]
    if not values:
        values = [arguments.value(name, None, arguments.value("newshape"))]
    return shape_argument(run, values[0] if len(values) == 1 else tuple(values), site)


def reshape(run: Run, array: Array, target: Shape | Unknown, site: Site, in_order: bool = True) -> Array:
    """The array in another shape; the samples stay what they are as long as there are as many."""
    if isinstance(target, Unknown):
        return reshaped(run, array, Unknown(target.reason), in_order)
    if isinstance(array.shape, Unknown):
        return reshaped(run, array, _of_unknown(array, target), in_order)
    source = array.shape
    return reshaped(run, array, guarded(run, site, lambda: tensor_shapes.reshape(source, target)), in_order)


def _of_unknown(array: Array, target: Shape) -> Shape | Unknown:
    """The shape asked for, of something whose size is not known: a -1 is a size of its own."""
    if sum(dim == -1 for dim in target) > 1:
        return Unknown("two sizes of -1")
    key: Hashable = array.key if array.key is not None else ("array", array.birth)
    sizes: list[Dim] = []
    for axis, dim in enumerate(target):
        sizes.append(SymDim.named(f"?.shape[{axis}]", ("reshape", key, target)) if dim == -1 else dim)
    return tuple(sizes)


def permuted(run: Run, array: Array, order: list[int] | None, site: Site) -> Array:
    """The array with its axes in another order (None: reversed)."""
    if isinstance(array.shape, Unknown):
        return reshaped(run, array, Unknown("a transposition of something unknown"), False)
    shape, rank = array.shape, len(array.shape)
    axes = [axis % rank if -rank <= axis < rank else axis for axis in order] if order is not None else None
    made = reshaped(run, array, guarded(run, site, lambda: tensor_shapes.transpose(shape, axes)), False)
    axes = list(range(rank))[::-1] if axes is None else axes
    if axes[:1] == [0]:
        made.rows = array.rows
    if axes[-1:] == [rank - 1]:
        made.content.one_hot = array.content.one_hot
    if rank == 1:
        made.items = array.items
    return made
