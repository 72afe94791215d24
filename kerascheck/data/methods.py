"""Attributes and methods of arrays, series, frames and eager tensors.

To add a method: a row in the `METHODS` of its module; a property: a row in `_PROPERTIES`.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from functools import cache

import libcst as cst

from kerascheck.data.array import Array, is_integer
from kerascheck.data.computing import computed
from kerascheck.data.indexing import array_item
from kerascheck.data.operators import store_items
from kerascheck.data.samples import note_cut
from kerascheck.data.values import as_array, new_array
from kerascheck.machine.run import Run
from kerascheck.machine.values import NativeMethod, Value
from kerascheck.network.arguments import Arguments, Given
from kerascheck.network.dims import SymDim, prod_ints
from kerascheck.network.ir import Site
from kerascheck.symbolic.unknown import Unknown

Method = Callable[[Run, Array, Arguments, Site], Value]

#: The modules whose `METHODS` a kind of array has, first come first served.
_MODULES = {
    "numpy": ("numpy_methods",),
    "tensor": ("tensor_methods", "numpy_methods"),
    "sparse": ("sparse_methods", "numpy_methods"),
    "matrix": ("sparse_methods", "numpy_methods"),  # dense or sparse, that is not known
    "series": ("pandas_methods",),
    "frame": ("pandas_methods",),
    "index": ("pandas_index", "numpy_methods"),
    "unknown": ("numpy_methods",),
}


def array_attribute(run: Run, array: Array, name: str, node: cst.CSTNode) -> Value:
    """`array.name`."""
    getter = _PROPERTIES.get(name)
    if getter is not None and (array.kind not in _LABELLED or name in _SHARED):
        found = getter(run, array)
        return found if found is not None else _unknown_property(array, name, node, run)
    method = find_method(array.kind, name)
    if method is not None:
        from kerascheck.data.observations import observed_method
        from kerascheck.data.written import written_method

        return NativeMethod(name, array, written_method(name, observed_method(name, method)))
    if array.kind in _LABELLED:
        from kerascheck.data.pandas_attributes import pandas_attribute

        return pandas_attribute(run, array, name, Site(run.file, node))
    if name in _VIEWS:
        run.escape(array, f"written to through its {name}")
    if name in _DATA:
        return run.fresh(f"{name} of an array", node)
    if array.kind == "unknown" and isinstance(array.shape, Unknown):
        text = array.shape.text.removesuffix("shape") + name if array.shape.text else None
        return Unknown(f"{name} of something unknown", ("attribute", array.key, name), text)
    return NativeMethod(name, array, not_interpreted)


#: Kinds of pandas, and the properties that they have in common with arrays.
_LABELLED = ("frame", "series")
_SHARED = ("shape", "ndim", "size")

#: Attributes of arrays that are neither followed nor methods.
_DATA = frozenset({"nbytes", "itemsize", "strides", "flags", "flat", "real", "imag", "base", "data", "ctypes"})
#: Those of them that share the numbers of the array.
_VIEWS = frozenset({"flat", "real", "imag", "base", "data", "ctypes"})


def find_method(kind: str, name: str) -> Method | None:
    """What runs the method of that name of arrays of that kind."""
    for module in _MODULES.get(kind, ()):
        method = _methods(module).get(name)
        if method is not None:
            return method
    return None


@cache
def _methods(module: str) -> Mapping[str, Method]:
    table: Mapping[str, Method] = importlib.import_module(f"kerascheck.data.{module}").METHODS
    return {name: computed(method) for name, method in table.items()}


@computed
def array_subscript(run: Run, array: Array, index: Value, site: Site) -> Value:
    """`array[index]`; frames and series have their own rules."""
    if array.kind in ("frame", "series"):
        method = find_method(array.kind, "__getitem__")
        if method is not None:
            return method(run, array, Arguments([Given(index)], {}), site)
    return array_item(run, array, index, site)


def store_subscript(run: Run, array: Array, index: Value, value: Value, node: cst.CSTNode) -> None:
    """`array[index] = value`."""
    if array.kind in ("frame", "series"):
        method = find_method(array.kind, "__setitem__")
        if method is not None:
            method(run, array, Arguments([Given(index), Given(value)], {}), Site(run.file, node))
            return
    store_items(run, array, index, value)
    given = as_array(run, value) if is_integer(array.dtype) else None
    if given is not None:
        note_cut(run, "assignment", given, array.dtype, Site(run.file, node), Arguments([], {}))


def delete_subscript(run: Run, array: Array, index: Value, node: cst.CSTNode) -> None:
    """`del array[index]`."""
    method = find_method(array.kind, "__delitem__")
    if method is not None:
        method(run, array, Arguments([Given(index)], {}), Site(run.file, node))
    else:
        array.blur("an item was deleted")


def set_array_attribute(run: Run, array: Array, name: str, value: Value) -> None:
    """`array.name = value`: the shape of an array, the labels or a column of a frame."""
    if array.kind in _LABELLED:
        from kerascheck.data.pandas_attributes import set_pandas_attribute

        set_pandas_attribute(run, array, name, value)
        return
    array.content.forget()
    if name == "shape":
        known = isinstance(value, tuple) and all(isinstance(size, (int, SymDim)) and size != -1 for size in value)
        array.shape, array.rows = value if known else Unknown("another shape was set"), None
    elif name == "dtype":
        array.shape, array.dtype = Unknown("another dtype was set"), Unknown("another dtype was set")


def not_interpreted(run: Run, array: Array, arguments: Arguments, site: Site) -> Value:
    """A method that is not known may change the array."""
    array.content.forget()
    if array.kind == "list":
        array.shape, array.items = Unknown("a list that changes"), None
    return run.fresh("the result of a method that is not interpreted", site.node)


def _unknown_property(array: Array, name: str, node: cst.CSTNode, run: Run) -> Value:
    return run.fresh(f"{name} of an array that is not known", node)


def _shape(run: Run, array: Array) -> Value:
    if isinstance(array.shape, Unknown):
        key = array.key if array.key is not None else ("array", array.birth)
        return Unknown(array.shape.reason, ("attribute", key, "shape"), array.shape.text)
    return array.shape


def _transposed(run: Run, array: Array) -> Value:
    if isinstance(array.shape, Unknown):
        made = new_array(run, Unknown(array.shape.reason), array.dtype, kind=array.kind)
    elif len(array.shape) < 2:
        return array
    else:
        made = new_array(run, array.shape[::-1], array.dtype, kind=array.kind)
    made.content = array.content.view(array.content.rearranged())
    return made


def _size(run: Run, array: Array) -> Value:
    if isinstance(array.shape, Unknown) or any(dim is None for dim in array.shape):
        return None
    return prod_ints(dim for dim in array.shape if dim is not None)


_PROPERTIES: dict[str, Callable[[Run, Array], Value]] = {
    "shape": _shape,
    "dtype": lambda run, array: array.dtype,
    "ndim": lambda run, array: array.ndim,
    "T": _transposed,
    "size": _size,
}
