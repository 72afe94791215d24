"""Methods of pandas series and frames. Source: https://pandas.pydata.org/docs/reference/

To add one: a row in `METHODS`.
"""

from __future__ import annotations

from typing import Any

from kerascheck.data import numpy_methods
from kerascheck.data.array import ANYTHING, Array, Labels, is_number, may_nest
from kerascheck.data.content import Content, union
from kerascheck.data.frames import (
    become,
    column,
    is_label,
    labels_in,
    layout_of,
    make_frame,
    new_size,
    plain,
    put_column,
    select,
    summarise,
    take_rows,
    without,
)
from kerascheck.data.methods import Method
from kerascheck.data.numpy_methods import astype
from kerascheck.data.numpy_shapes import elementwise
from kerascheck.data.operators import plain_number
from kerascheck.data.pandas_figures import (
    COMPARISONS,
    OPERATORS,
    booleans,
    comparison,
    dot,
    factorize,
    nunique,
    operator,
    reduction,
    unique,
    unknown_numbers,
    value_counts,
)
from kerascheck.data.pandas_indexing import get_item, set_item
from kerascheck.data.pandas_rows import dropna, ends, lazy_copy, reset_index, sample, set_index, some_rows, sort
from kerascheck.data.refusals import no_column
from kerascheck.data.scalars import number
from kerascheck.data.values import as_array, dtype_of, new_array
from kerascheck.machine.run import Run
from kerascheck.machine.values import DictValue, Value
from kerascheck.network.arguments import Arguments, Given
from kerascheck.network.dims import Dim
from kerascheck.network.ir import Site
from kerascheck.symbolic.unknown import Symbol, Unknown

# -- in place or as a copy ----------------------------------------------------------------------------------------


def or_in_place(method: Method) -> Method:
    """A method that changes the frame itself with `inplace=True`."""

    def call(run: Run, array: Array, arguments: Arguments, site: Site) -> Value:
        in_place = arguments.value("inplace", None, False)
        made = method(run, array, arguments, site)
        if in_place is False:
            return made
        if in_place is True and isinstance(made, Array):
            become(run, array, made)
            return None
        array.blur("changed in a way that is not known")
        return None

    return call


def whole(array: Array) -> bool:
    """Whether rank and labels are there to work with."""
    if array.labels is None:
        array.labels = Labels()
    return isinstance(array.shape, tuple)


def needs_shape(method: Method) -> Method:
    """A method that is only interpreted where the number of axes is known."""

    def call(run: Run, array: Array, arguments: Arguments, site: Site) -> Value:
        if not whole(array):
            return run.fresh("something of a frame that is not known", site.node)
        return method(run, array, arguments, site)

    return call


# -- columns ------------------------------------------------------------------------------------------------------


def _drop(run: Run, array: Array, arguments: Arguments, site: Site) -> Value:
    """`frame.drop(labels, axis=1)`, `drop(columns=labels)`, `drop(index=labels)`."""
    assert isinstance(array.shape, tuple)
    lenient = arguments.value("errors", None, "raise") != "raise"
    columns = arguments.value("columns")
    axis = arguments.value("axis", 1, 0)
    if columns is None and axis in (1, "columns"):
        columns = arguments.value("labels", 0)
    if array.kind == "series" or columns is None:
        known = axis in (0, "index", "rows") and not isinstance(columns, Unknown)
        if not known:
            return run.fresh("a frame without something unknown", site.node)
        return take_rows(run, array, new_size(run, 0, site), f"rows {run.tick()}")
    labels = labels_in(run, columns)
    if labels is None:
        size: Dim = None
        if isinstance(columns, Array) and isinstance(columns.shape, tuple) and len(columns.shape) == 1:
            size = columns.shape[0]
        width = array.shape[1]
        rest: Dim = new_size(run, 1, site)
        if size is not None and width is not None and not lenient:
            rest = width - size
        return select(run, array, None, rest, site)
    if array.columns is not None and not lenient and not set(labels) <= set(array.columns):
        return no_column(run, labels, array.columns, site)
    return without(run, array, labels, site, lenient)


def _pop(run: Run, array: Array, arguments: Arguments, site: Site) -> Value:
    """`frame.pop(label)`: the column, which the frame loses."""
    label = arguments.value("item", 0)
    if array.kind != "frame" or not is_label(label):
        array.blur("an unknown column was taken out")
        return run.fresh("an unknown column", site.node)
    found = column(run, array, label, site)
    become(run, array, without(run, array, [label], site))
    return found


def _delete(run: Run, array: Array, arguments: Arguments, site: Site) -> Value:
    """`del frame[label]`."""
    _pop(run, array, arguments, site)
    return None


def _insert(run: Run, array: Array, arguments: Arguments, site: Site) -> Value:
    """`frame.insert(place, label, value)`."""
    assert isinstance(array.shape, tuple)
    place, label, value = (arguments.value(name, at) for at, name in enumerate(("loc", "column", "value")))
    if array.kind != "frame" or not is_label(label) or not run.may_change(array):
        array.blur("an unknown column was added")
        return None
    known = array.columns
    put_column(run, array, label, value, site)
    if known is not None and isinstance(place, int) and label not in known:
        array.columns = (*known[:place], label, *known[place:])
        summarise(array)
    elif known is None and array.shape[1] is not None:
        array.columns = None
    return None


def _assign(run: Run, array: Array, arguments: Arguments, site: Site) -> Value:
    if array.kind != "frame":
        return run.fresh("a series has no columns", site.node)
    made = lazy_copy(run, array)
    for name, given in arguments.keywords.items():
        put_column(run, made, name, given.value, site)
    if arguments.open_keywords:
        made.blur("columns that are not known")
    return made


def _select_dtypes(run: Run, array: Array, arguments: Arguments, site: Site) -> Value:
    return select(run, array, None, new_size(run, 1, site), site)


def _filter(run: Run, array: Array, arguments: Arguments, site: Site) -> Value:
    labels = labels_in(run, arguments.value("items", 0))
    if labels is not None and array.kind == "frame" and set(labels) <= set(array.columns or ()):
        return select(run, array, labels, None, site)
    return run.fresh("a selection of labels", site.node)


def _rename(run: Run, array: Array, arguments: Arguments, site: Site) -> Value:
    made = lazy_copy(run, array)
    if made.kind == "series":
        return made
    names = arguments.value("columns")
    if names is None and arguments.value("axis", None, 0) in (1, "columns"):
        names = arguments.value("mapper", 0)
    if names is None:
        return made
    assert made.labels is not None
    labels = made.labels
    if isinstance(names, DictValue) and names.unknown is None and made.columns is not None:
        new = {label: names.items.get(label, label) for label in made.columns}
        if all(map(is_label, new.values())):
            made.columns, labels.present = tuple(new[label] for label in made.columns), frozenset()
            labels.series = {new[label]: facts for label, facts in labels.series.items()}
            labels.layout = ("columns", made.columns)
            return made
    made.columns, labels.series, labels.present = None, {}, frozenset()
    labels.layout = ("renamed", made.birth)
    return made


# -- rows ---------------------------------------------------------------------------------------------------------


# -- numbers ------------------------------------------------------------------------------------------------------


def _fillna(run: Run, array: Array, arguments: Arguments, site: Site) -> Value:
    filling = as_array(run, arguments.value("value", 0))
    content = Content()
    if filling is not None:
        content = union(array.content, filling.content)
        content.attained, content.values, content.one_hot = False, None, None
    known = array.content.values is not None  # no NaN among the values
    dtype = (
        array.dtype
        if known or (array.dtype == "float64" and filling is not None and is_number(filling.dtype))
        else None
    )
    made = elementwise(run, array, dtype if dtype is not None else Unknown("the dtype of filled values"), content)
    return made if not known else _copy(run, array, arguments, site)


def _copy(run: Run, array: Array, arguments: Arguments, site: Site) -> Value:
    made = array.snapshot()
    made.birth = run.tick()
    return made


def _astype(run: Run, array: Array, arguments: Arguments, site: Site) -> Value:
    wanted = arguments.value("dtype", 0)
    if isinstance(wanted, DictValue):
        return elementwise(run, array, Unknown("dtypes of columns"), Content())
    made = astype(run, array, wanted)
    if array.kind == "frame" and made.labels is not None:
        made.labels.series = {}
    return made


def _map(run: Run, array: Array, arguments: Arguments, site: Site) -> Value:
    """`series.map({'M': 1, 'B': 0})`, `series.map(function)`."""
    table = arguments.value("arg", 0, arguments.value("func"))
    if array.kind == "frame" or not isinstance(table, DictValue):
        return _apply(run, array, arguments, site)
    values = list(table.items.values()) if table.unknown is None else []
    is_plain = bool(values) and all(map(_is_single, values))
    made = elementwise(run, array, Unknown("the dtype of mapped values") if is_plain else ANYTHING, Content())
    if values and all(isinstance(value, (bool, int, float)) for value in values):
        keys: list[Any] = array.items if array.items is not None else list(table.items)
        if array.items is None and not is_whole_column(array):
            made.content = Content(min(values), max(values))
        elif all(key in table.items for key in keys):
            mapped = [table.items[key] for key in keys]
            made.content = Content.of_values(mapped)
            if all(isinstance(value, int) and not isinstance(value, bool) for value in values):
                made.dtype = "int64" if array.items is not None else made.dtype
            if array.items is not None and isinstance(made.dtype, str):
                made.items = [number(value, made.dtype) for value in mapped]
    return made


def _is_single(value: Value) -> bool:
    """Whether the value is surely a number or a text, and no list or array."""
    return isinstance(value, (bool, int, float, str)) or (isinstance(value, Array) and value.ndim == 0)


def is_whole_column(array: Array) -> bool:
    """Whether a series is a column as a file has it: a table that a program maps it by is taken to have its values."""
    return "raw" in array.content.tags and array.rows is not None and array.rows.part is None


def _apply(run: Run, array: Array, arguments: Arguments, site: Site) -> Value:
    """`series.apply(function)`: called for one element that is not known."""
    function = arguments.value("func", 0, arguments.value("arg"))
    result: Value = None
    if not isinstance(function, (str, Symbol, Unknown, DictValue)):
        rest = Arguments([Given(run.fresh("an element of a series", site.node))], {}, True, True)
        with run.unknown_rounds():
            result = run.call(function, rest, site)
    if array.kind == "frame" or (isinstance(result, Array) and result.ndim != 0):
        return run.fresh("what a function makes of a frame", site.node)
    if not isinstance(function, (str, DictValue)) and not _is_single(result):
        return elementwise(run, array, ANYTHING, Content())
    return unknown_numbers(run, array, arguments, site)


# -- values -------------------------------------------------------------------------------------------------------


def _to_numpy(run: Run, array: Array, arguments: Arguments, site: Site) -> Value:
    dtype = dtype_of(arguments.value("dtype", 0))
    made = plain(run, array)
    return made if dtype is None else astype(run, made, dtype)


def _written(run: Run, array: Array, arguments: Arguments, site: Site) -> Value:
    """`frame.to_csv(path)`: the file is another one from now on."""
    from kerascheck.machine.keras.saving import forget_file

    forget_file(run, arguments.positional[0].value if arguments.positional else arguments.value("path_or_buf"))
    return None


def _tolist(run: Run, array: Array, arguments: Arguments, site: Site) -> Value:
    if array.items is not None:
        return run.new_list([plain_number(item) for item in array.items])
    if not isinstance(array.shape, tuple):
        return run.unknown_list("the items of something unknown")
    if may_nest(array):
        return run.unknown_list("items that may be arrays")
    dtype = array.dtype if array.dtype in ("int64", "float64", "bool", "str") else Unknown("Python's own values")
    return new_array(run, array.shape, dtype, content=array.content.copy(), kind="list", rows=array.rows)


def _to_frame(run: Run, array: Array, arguments: Arguments, site: Site) -> Value:
    assert isinstance(array.shape, tuple)
    label = arguments.value("name", 0)
    columns = (label,) if is_label(label) else None
    made = make_frame(run, array.shape[0], 1, columns, index=array.labels.index if array.labels else None)
    made.rows, made.dtype, made.content = array.rows, array.dtype, array.content.rearranged()
    return made


def _transposed(run: Run, array: Array, arguments: Arguments, site: Site) -> Value:
    assert isinstance(array.shape, tuple)
    if array.kind == "series":
        return array
    made = make_frame(run, array.shape[1], array.shape[0], index=layout_of(array))
    made.content = array.content.rearranged()
    return made


def _keys(run: Run, array: Array, arguments: Arguments, site: Site) -> Value:
    """`frame.keys()`: its columns; `series.keys()`: its index."""
    from kerascheck.data.pandas_attributes import pandas_attribute

    return pandas_attribute(run, array, "columns" if array.kind == "frame" else "index", site)


def _nothing(run: Run, array: Array, arguments: Arguments, site: Site) -> Value:
    return None


def _update(run: Run, array: Array, arguments: Arguments, site: Site) -> Value:
    array.content, array.dtype = Content(), Unknown("dtypes of columns")
    if array.labels is not None:
        array.labels.series = {}
    return None


def _group(run: Run, array: Array, arguments: Arguments, site: Site) -> Value:
    return run.fresh("groups of rows", site.node)


_SAME_SHAPE = (
    "replace", "ffill", "bfill", "interpolate", "shift", "pct_change", "rank", "cumsum", "cumprod", "cummax", "cummin",
    "where", "mask", "applymap", "diff", "round", "abs", "infer_objects", "convert_dtypes", "clip",
)  # fmt: skip


_CHANGING: dict[str, Method] = {
    "drop": _drop,
    "rename": _rename,
    "dropna": dropna,
    "drop_duplicates": some_rows,
    "query": some_rows,
    "sort_values": sort,
    "sort_index": sort,
    "reset_index": reset_index,
    "set_index": set_index,
    "fillna": _fillna,
    **dict.fromkeys(_SAME_SHAPE, unknown_numbers),
}

_PLAIN: dict[str, Method] = {
    "__getitem__": get_item,
    "__setitem__": set_item,
    "__delitem__": _delete,
    "pop": _pop,
    "insert": _insert,
    "assign": _assign,
    "select_dtypes": _select_dtypes,
    "filter": _filter,
    "head": ends(False),
    "tail": ends(True),
    "sample": sample,
    "nlargest": ends(False),
    "nsmallest": ends(False),
    "copy": _copy,
    "astype": _astype,
    "map": _map,
    "apply": _apply,
    "transform": _apply,
    "isin": booleans,
    "isna": booleans,
    "isnull": booleans,
    "notna": booleans,
    "notnull": booleans,
    "between": booleans,
    "duplicated": booleans,
    "to_numpy": _to_numpy,
    "as_matrix": _to_numpy,
    "unique": unique,
    "nunique": nunique,
    "factorize": factorize,
    "tolist": _tolist,
    "to_list": _tolist,
    "value_counts": value_counts,
    "to_frame": _to_frame,
    "transpose": _transposed,
    "dot": dot,
    "update": _update,
    "groupby": _group,
    **{name: reduction(name) for name in ("sum", "mean", "std", "var", "median", "max", "min", "any", "all", "count")},
    **{name: operator(op) for name, op in OPERATORS.items()},
    **{f"r{name}": operator(op, swap=True) for name, op in OPERATORS.items()},
    **{name: comparison(op) for name, op in COMPARISONS.items()},
    **dict.fromkeys(("to_csv", "to_excel", "to_pickle", "to_json", "to_hdf", "to_sql", "to_parquet"), _written),
    "info": _nothing,
    "keys": _keys,
}

METHODS: dict[str, Method] = {
    **{name: needs_shape(method) for name, method in _PLAIN.items()},
    **{name: needs_shape(or_in_place(method)) for name, method in _CHANGING.items()},
    # Series of old versions are reshaped themselves.
    **{
        name: numpy_methods.METHODS[name]
        for name in ("reshape", "ravel", "argmax", "argmin", "argsort", "searchsorted")
    },
}
