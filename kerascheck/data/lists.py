"""Python lists whose items are known as those of an array are: by their number, their shape and their numbers."""

from __future__ import annotations

from kerascheck.data.array import Array, promote
from kerascheck.data.content import union
from kerascheck.data.samples import as_dim, count_of
from kerascheck.data.values import as_array, new_array
from kerascheck.machine.run import Run
from kerascheck.machine.values import ListValue, Value
from kerascheck.network.dims import Dim, SymDim
from kerascheck.network.ir import Site
from kerascheck.symbolic.unknown import Undetermined, Unknown


def _is_list(value: Value) -> bool:
    kind = value.kind if isinstance(value, (Array, ListValue)) else ""
    return bool(kind == "list")


def list_operator(run: Run, op: str, left: Value, right: Value, site: Site) -> Value | None:
    """`left op right` for lists: they are joined and repeated; None where it is an operator on an array."""
    if _is_list(left) and _is_list(right) and op == "Add":
        return _joined(run, left, right, site)
    items, times = (left, right) if _is_list(left) else (right, left)
    if _is_list(items) and isinstance(times, (int, SymDim, Unknown)):
        return _repeated(run, items, times, site) if op == "Multiply" else run.fresh("an operator on lists", site.node)
    return None


def _joined(run: Run, left: Value, right: Value, site: Site) -> Value:
    a, b = as_array(run, left), as_array(run, right)
    count = _sum(count_of(run, left), count_of(run, right))
    if a is None or b is None or count is None or not isinstance(a.shape, tuple) or not isinstance(b.shape, tuple):
        return run.fresh("lists that are joined", site.node)
    if a.shape[:1] == (0,) or b.shape[:1] == (0,):
        a = b = b if a.shape[:1] == (0,) else a  # an empty list adds nothing
    left_shape, right_shape = a.shape, b.shape
    if not isinstance(left_shape, tuple) or not isinstance(right_shape, tuple) or left_shape[1:] != right_shape[1:]:
        return run.fresh("a list of things of different shapes", site.node)
    content, dtype = union(a.content, b.content), promote(a.dtype, b.dtype)
    return new_array(run, (count, *left_shape[1:]), dtype, content=content, kind="list")


def _sum(left: Dim, right: Dim) -> Dim:
    return None if left is None or right is None else left + right


def _repeated(run: Run, items: Value, times: Value, site: Site) -> Value:
    array, count, factor = as_array(run, items), count_of(run, items), as_dim(times)
    if array is None or count is None or factor is None or not isinstance(array.shape, tuple):
        return run.fresh("a list that is repeated", site.node)
    return new_array(run, (count * factor, *array.shape[1:]), array.dtype, content=array.content.copy(), kind="list")


def list_in_place(run: Run, target: Array, op: str, right: Value, site: Site) -> Value:
    """`target += right`: the list itself becomes longer."""
    made = list_operator(run, op, target, right, site)
    known = isinstance(made, Array) and made.kind == "list" and isinstance(made.shape, tuple)
    if not known:
        target.shape, target.items, target.rows = Unknown("a list that changes"), None, None
        target.content.forget()
        return target
    assert isinstance(made, Array)
    target.shape, target.dtype, target.items, target.rows = made.shape, made.dtype, None, None
    target.content.set(made.content)
    return target


def list_item(run: Run, array: Array, index: Value, site: Site) -> Value:
    """`items[index]`."""
    from kerascheck.data.elements import array_element
    from kerascheck.data.indexing import slice_size

    if isinstance(index, slice) and isinstance(array.shape, tuple):
        try:
            size = slice_size(array.shape[0], index)
        except Undetermined as undetermined:
            return run.fresh(undetermined.reason, site.node)
        content = array.content.subset()
        made = new_array(run, (size, *array.shape[1:]), array.dtype, content=content, kind="list")
        made.rows = array.rows.take("slice") if array.rows is not None else None
        return made
    element = None if isinstance(index, slice) else array_element(run, array)
    if element is None:
        return run.fresh("an item of a list", site.node)
    return element
