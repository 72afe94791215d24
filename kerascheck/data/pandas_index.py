"""Methods of the labels of rows and columns: `frame.columns`, `frame.index`.

Source: https://pandas.pydata.org/docs/reference/indexing.html
"""

from __future__ import annotations

from kerascheck.data.array import Array
from kerascheck.data.frames import labels_in, new_size
from kerascheck.data.methods import Method
from kerascheck.data.values import new_array
from kerascheck.machine.run import Run
from kerascheck.machine.values import Value
from kerascheck.network.arguments import Arguments
from kerascheck.network.dims import Dim
from kerascheck.network.ir import Site
from kerascheck.symbolic.unknown import Unknown


def _without(run: Run, array: Array, arguments: Arguments, site: Site) -> Value:
    """`columns.drop(labels)`, `columns.difference(labels)`."""
    labels = labels_in(run, arguments.value("labels", 0, arguments.value("other")))
    size: Dim = new_size(run, 0, site)
    made = new_array(run, (size,), array.dtype, kind="index")
    if labels is not None and array.items is not None:
        rest = [item for item in array.items if item not in labels]
        made.shape, made.items = (len(rest),), rest
    elif labels is not None and isinstance(array.shape, tuple) and array.shape[0] is not None:
        made.shape = (array.shape[0] - len(set(labels)),)
    return made


def _tolist(run: Run, array: Array, arguments: Arguments, site: Site) -> Value:
    if array.items is not None:
        return run.new_list(array.items)
    return new_array(run, array.shape, array.dtype, kind="list")


def _values(run: Run, array: Array, arguments: Arguments, site: Site) -> Value:
    made = new_array(run, array.shape, Unknown("the dtype of labels"), rows=array.rows)
    made.items = array.items
    return made


METHODS: dict[str, Method] = {
    "drop": _without,
    "difference": _without,
    "tolist": _tolist,
    "to_list": _tolist,
    "to_numpy": _values,
}
