"""Functions and classes of pandas. Source: https://pandas.pydata.org/docs/reference/

To add one: a row in `FUNCTIONS`.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from typing import Any

from kerascheck.data import pandas_indexing
from kerascheck.data.array import Array, Labels, axis_size
from kerascheck.data.content import FIRST_DROPPED, Content, Rows
from kerascheck.data.distinct import known_count
from kerascheck.data.frames import (
    Column,
    derived,
    from_columns,
    is_label,
    labels_in,
    layout_of,
    make_frame,
    make_series,
    new_size,
    select,
    summarise,
)
from kerascheck.data.numpy_methods import astype
from kerascheck.data.numpy_shapes import elementwise
from kerascheck.data.objects import DataObject, Method
from kerascheck.data.pandas_figures import factorize
from kerascheck.data.pandas_methods import is_whole_column
from kerascheck.data.registry import Function
from kerascheck.data.samples import rows_together
from kerascheck.data.values import as_array, dtype_of, fresh_key, new_array
from kerascheck.machine.run import Run
from kerascheck.machine.sequences import items_of
from kerascheck.machine.values import DictValue, ListValue, Value
from kerascheck.network.arguments import Arguments
from kerascheck.network.dims import Dim
from kerascheck.network.ir import Site
from kerascheck.symbolic.unknown import Unknown

# -- files --------------------------------------------------------------------------------------------------------


def _read(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    """`pandas.read_csv(file)` and its kin: rows and columns as many as the file has."""
    for option in ("chunksize", "iterator", "squeeze"):
        if arguments.value(option, None, False) not in (None, False):
            return run.fresh(f"the result of {name}", site.node)
    if name.endswith("read_excel") and arguments.value("sheet_name", 1, 0) is None:
        return run.fresh("several sheets", site.node)
    own = _of_file(run, name, arguments, site)
    if own is not None:
        return own
    key = fresh_key(run, site)
    made = make_frame(
        run,
        axis_size(key, "?", 0),
        axis_size(key, "?", 1),
        index=("range", axis_size(key, "?", 0)),
        layout=("columns of", key),
        samples=Rows(key),
    )
    assert made.labels is not None and isinstance(made.shape, tuple)
    made.content.tags = frozenset({"raw"})
    names, used = arguments.value("names"), arguments.value("usecols", None, arguments.value("columns"))
    index_column = arguments.value("index_col")
    if isinstance(index_column, (Unknown, ListValue)) or isinstance(names, Unknown) or isinstance(used, Unknown):
        made.labels.index = ("rows", made.birth)
        return made
    labels, width = labels_in(run, names), _count(run, used)
    if index_column is not None and index_column is not False:
        made.labels.index = ("rows", made.birth)
    if used is not None:
        if width is not None:
            made.shape = (made.shape[0], width)
            chosen = labels_in(run, used)
            if chosen is not None and all(isinstance(label, str) for label in chosen):
                made.labels.present = frozenset(chosen)  # in the order of the file
    elif labels is not None and len(set(labels)) == len(labels):
        made.columns, made.shape = tuple(labels), (made.shape[0], len(labels))
        made.labels.layout = ("columns", made.columns)
    if index_column is not None and index_column is not False and isinstance(made.shape[1], int):
        made = derived(run, made, (made.shape[0], made.shape[1] - 1))
        made.rows = Rows(key)
    wanted = dtype_of(arguments.value("dtype")) if not isinstance(arguments.value("dtype"), DictValue) else None
    if isinstance(wanted, str):
        made.dtype = wanted
    return made


#: Arguments of `read_csv` under which the file is a plain table.
_PLAIN = frozenset({"filepath_or_buffer", "sep", "delimiter", "header", "names", "usecols", "index_col", "encoding",
                    "engine", "low_memory", "memory_map"})  # fmt: skip


def _of_file(run: Run, name: str, arguments: Arguments, site: Site) -> Array | None:
    """The frame of a text file beside the program; None where it is not read."""
    from kerascheck.data.csv_files import names_of, read_table

    short = name.rpartition(".")[2]
    given = len(arguments.positional)
    plain = arguments.keywords.keys() <= _PLAIN and not arguments.open_keywords and given <= 2
    if short not in ("read_csv", "read_table") or not plain:
        return None
    separator = arguments.value("sep", 1, arguments.value("delimiter", None, "," if short == "read_csv" else "\t"))
    wanted, header = arguments.value("names"), arguments.value("header", None, "infer")
    has_names = header in ("infer", 0) and (wanted is None or header == 0)
    if not isinstance(separator, str) or (not has_names and header is not None and wanted is None):
        return None
    if header not in ("infer", 0, None) or arguments.value("encoding", None, "utf-8") not in ("utf-8", "utf8"):
        return None
    table = read_table(run, arguments.value("filepath_or_buffer", 0), separator, has_names)
    if table is None:
        return None
    labels = names_of(table)
    if wanted is not None:
        own = labels_in(run, wanted)
        if own is None or len(own) != table.width or len(set(own)) != len(own):
            return None
        labels = tuple(own)
    key = fresh_key(run, site)
    rows: Dim = axis_size(key, "?", 0) if table.rows is None else table.rows
    columns: dict[Hashable, Column] = dict(zip(labels, table.columns or (), strict=False))
    index_column, used = arguments.value("index_col"), arguments.value("usecols")
    gone = _index_label(labels, index_column)
    kept = labels_in(run, used) if used is not None else None
    if gone is None or (
        used is not None and (kept is None or not set(kept) <= set(labels) or index_column is not None)
    ):
        return None
    chosen = tuple(label for label in labels if label not in gone and (kept is None or label in kept))
    made = make_frame(run, rows, len(chosen), chosen, index=("range", rows) if not gone else None, samples=Rows(key))
    assert made.labels is not None
    if gone:
        made.labels.index = ("rows", made.birth)
    made.content.tags = frozenset({"raw"})
    made.labels.series = {label: columns[label] for label in chosen if label in columns}
    summarise(made)
    return made


def _index_label(labels: tuple[Hashable, ...], given: Value) -> tuple[Hashable, ...] | None:
    """The column that becomes the index, in a tuple; an empty one where there is none, None where it is not known."""
    if given is None or given is False:
        return ()
    if isinstance(given, int) and 0 <= given < len(labels):
        return (labels[given],)
    return (given,) if isinstance(given, str) and given in labels else None


def _count(run: Run, value: Value) -> int | None:
    """The number of entries of a list; None where it is not known."""
    items = items_of(run, value) if isinstance(value, (ListValue, tuple, range)) else None
    return len(items) if isinstance(items, list) else None


# -- from values --------------------------------------------------------------------------------------------------


def _frame(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    """`pandas.DataFrame(data, index, columns, dtype)`."""
    data, wanted = arguments.value("data", 0), arguments.value("columns", 2)
    columns = labels_in(run, wanted) if wanted is not None else None
    made = _frame_of(run, data, columns, wanted is not None, site)
    if made is None:
        width: Dim = len(columns) if columns is not None else new_size(run, 1, site)
        made = make_frame(run, new_size(run, 0, site), width, tuple(columns) if columns is not None else None)
        made.labels = made.labels or Labels()
        made.labels.index = ("rows", made.birth)
    index = arguments.value("index", 1)
    if index is not None:
        assert made.labels is not None
        made.labels.index = ("rows", made.birth)
        if isinstance(data, (Array, DictValue)) and not (isinstance(data, Array) and data.kind == "numpy"):
            made = derived(
                run, made, (new_size(run, 0, site), made.shape[1] if isinstance(made.shape, tuple) else None)
            )
    dtype = dtype_of(arguments.value("dtype", 3))
    return made if dtype is None else astype(run, made, dtype)


def _frame_of(run: Run, data: Value, columns: list[Hashable] | None, has_columns: bool, site: Site) -> Array | None:
    """A frame of the data; None where little is known of it."""
    if data is None:
        if has_columns and columns is None:
            return None
        return make_frame(run, 0, 0, tuple(columns or ()), index=("range", 0))
    if isinstance(data, DictValue):
        return _frame_of_columns(run, data, columns, has_columns, site)
    array = as_array(run, data)
    if array is None or not isinstance(array.shape, tuple) or len(array.shape) not in (1, 2):
        return None
    if array.kind == "frame":
        if has_columns:
            return select(run, array, columns, new_size(run, 1, site), site)
        made = array.snapshot()
        made.birth = run.tick()
        return made
    rows, width = array.shape if len(array.shape) == 2 else (array.shape[0], 1)
    if not isinstance(data, Array) and len(array.shape) == 2 and array.dtype in ("str", "object"):
        array = new_array(run, array.shape, Unknown("dtypes of columns"))
    if columns is None and not has_columns and isinstance(width, int) and width <= 1_000 and array.kind != "series":
        columns = list(range(width))
    known = tuple(columns) if columns is not None else None
    if known is not None and isinstance(width, int) and len(known) != width:
        return None
    index = array.labels.index if array.kind == "series" and array.labels is not None else ("range", rows)
    made = make_frame(run, rows, width, known, index=index, layout=("columns", run.tick()), samples=array.rows)
    assert made.labels is not None
    is_matrix = array.ndim == 2
    made.content = array.content.rearranged()
    made.content.one_hot = array.content.one_hot if is_matrix else None
    if (
        (isinstance(data, Array) or not is_matrix)
        and isinstance(array.dtype, str)
        and array.dtype not in ("str", "object")
    ):
        made.dtype = array.dtype
    return made


def _frame_of_columns(
    run: Run, data: DictValue, columns: list[Hashable] | None, has_columns: bool, site: Site
) -> Array | None:
    """`pandas.DataFrame({"a": [1, 2], "b": [3, 4]})`."""
    if data.unknown is not None or not all(map(is_label, data.items)) or not data.items:
        return None
    if has_columns and columns is None:
        return None
    found: dict[Hashable, Column] = {}
    rows: Dim = None
    index: Hashable = None
    if any(as_array(run, value) is None for value in data.items.values()) and any(
        isinstance(value, Array) and value.kind == "series" for value in data.items.values()
    ):
        return None  # something unknown may be a series with other labels
    for label, value in data.items.items():
        if columns is not None and label not in columns:
            continue
        array = as_array(run, value)
        facts: Column = (Unknown("the dtype of a column"), Content())
        if array is not None and isinstance(array.shape, tuple):
            if len(array.shape) > 1:
                return None
            if array.shape:
                if array.kind == "series":
                    mine = array.labels.index if array.labels is not None else None
                    if rows is not None and (mine is None or mine != index):
                        return None
                    index = mine
                elif rows is not None and array.shape[0] != rows:
                    return None
                rows = array.shape[0]
            content = array.content.rearranged()
            facts = (_column_dtype(array, value), content)
        elif rows is None and array is None:
            return None
        found[label] = facts
    if rows is None and (columns is None or found):
        return None
    rows = 0 if rows is None else rows
    if columns is not None:
        if len(set(columns)) < len(columns):
            return make_frame(run, rows, len(columns), tuple(columns), index=index)
        none: Column = (Unknown("an empty column"), Content())
        found = {label: found.get(label, none) for label in columns}
    return from_columns(run, rows, found, index if index is not None else ("range", rows))


def _column_dtype(array: Array, value: Value) -> str | Unknown:
    """The dtype of a column of these values: pandas sees to gaps in lists in its own way."""
    if array.dtype == "object" and not isinstance(value, Array):
        return Unknown("the dtype of a column with gaps")
    return array.dtype


def _series(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    """`pandas.Series(data, index, dtype, name)`."""
    data, dtype = arguments.value("data", 0), dtype_of(arguments.value("dtype", 2))
    index = arguments.value("index", 1)
    array = as_array(run, data)
    if isinstance(data, DictValue) and data.unknown is None and index is None:
        array = as_array(run, tuple(data.items.values()))
    if array is None or array.ndim != 1 or (index is not None and array.kind == "series"):
        return run.fresh("a series of something unknown", site.node)
    assert isinstance(array.shape, tuple)
    kept = array.labels.index if array.kind == "series" and array.labels is not None else None
    token: Hashable = kept if kept is not None else ("range", array.shape[0])
    if index is not None or isinstance(data, DictValue):
        token = ("rows", run.tick())
    content = array.content.rearranged()
    made = make_series(run, array.shape[0], _column_dtype(array, data), content, token)
    made.rows = array.rows
    made.items = array.items if isinstance(made.dtype, str) else None
    return made if dtype is None else astype(run, made, dtype)


# -- joining ------------------------------------------------------------------------------------------------------


def _concat(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    """`pandas.concat(frames, axis)`: below each other, or side by side."""
    items, axis = items_of(run, arguments.value("objs", 0)), arguments.value("axis", None, 0)
    parts = [] if isinstance(items, Unknown) else [item for item in items if isinstance(item, Array)]
    known = [part.shape for part in parts if isinstance(part.shape, tuple) and part.kind in ("frame", "series")]
    if isinstance(items, Unknown) or not items or len(known) < len(items):
        return run.fresh("frames joined with something unknown", site.node)
    if axis in (1, "columns"):
        return _side_by_side(run, parts, arguments, site)
    if axis not in (0, "index", "rows") or len({part.kind for part in parts}) > 1:
        return run.fresh("frames joined", site.node)
    rows: Any = 0
    for shape in known:
        rows = rows + shape[0] if shape[0] is not None and rows is not None else None
    if parts[0].kind == "series":
        joined = make_series(run, rows, Unknown("the dtype of joined series"), Content(), ("rows", run.tick()))
        joined.rows = rows_together(parts)
        return joined
    same = all(layout_of(part) == layout_of(parts[0]) is not None for part in parts)
    columns = parts[0].columns if same else None
    width: Dim = known[0][1] if same else new_size(run, 1, site)
    if (
        not same
        and all(part.columns is not None for part in parts)
        and arguments.value("join", None, "outer") == "outer"
    ):
        columns = tuple(dict.fromkeys(label for part in parts for label in part.columns or ()))
        width = len(columns)
    layout = layout_of(parts[0]) if same else None
    index = ("rows", run.tick())
    return make_frame(run, rows, width, columns, index=index, layout=layout, samples=rows_together(parts))


def _side_by_side(run: Run, parts: list[Array], arguments: Arguments, site: Site) -> Value:
    widths = [part.shape[1] if part.kind == "frame" and isinstance(part.shape, tuple) else 1 for part in parts]
    indexes = [part.labels.index if part.labels is not None else None for part in parts]
    layouts = [layout_of(part) for part in parts if part.kind == "frame"]
    if len(set(layouts)) < len(layouts) and any(part.columns is None for part in parts):
        return run.fresh("columns of the same names side by side", site.node)
    rows = parts[0].shape[0] if isinstance(parts[0].shape, tuple) else None
    same = all(index is not None and index == indexes[0] for index in indexes)
    width: Any = 0
    for size in widths:
        width = width + size if size is not None and width is not None else None
    made = make_frame(run, rows if same else new_size(run, 0, site), width, index=indexes[0] if same else None)
    assert made.labels is not None
    made.labels.layout = ("joined", made.birth)
    if same:
        made.rows = parts[0].rows
    if all(part.kind == "frame" and part.columns is not None for part in parts):
        made.columns = tuple(label for part in parts for label in part.columns or ())
    return made


def _merge(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    return run.fresh("merged frames", site.node)


# -- encoding -----------------------------------------------------------------------------------------------------


def _get_dummies(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    """`pandas.get_dummies(data)`: a column of booleans for each value of a series, or of some columns of a frame."""
    data = arguments.value("data", 0)
    array = as_array(run, data)
    dtype = dtype_of(arguments.value("dtype", 7))
    kind = dtype if dtype is not None else "bool"
    if array is None or not isinstance(array.shape, tuple) or len(array.shape) not in (1, 2):
        return run.fresh("indicators of something unknown", site.node)
    drop_first = arguments.value("drop_first", 6, False)
    index = array.labels.index if array.labels is not None else ("range", array.shape[0])
    if len(array.shape) == 1:
        count = _distinct(array)
        plain = drop_first is False and arguments.value("dummy_na", 3, False) is False
        plain = plain and (count is not None or is_whole_column(array))  # else there may be gaps
        width: Dim = count if count is not None and plain else new_size(run, 1, site)
        made = make_frame(
            run, array.shape[0], width, index=index, layout=("indicators", run.tick()), samples=array.rows
        )
        made.dtype, made.content = kind, Content(0, 1)
        if drop_first is True:
            made.content.tags = frozenset({FIRST_DROPPED})
        if plain:
            made.content.one_hot = True
            if (isinstance(width, int) and width > 1) or is_whole_column(array):
                made.content = Content(0, 1, True, frozenset((0, 1)), True)
        return made
    columns = labels_in(run, arguments.value("columns", 5))
    made = make_frame(run, array.shape[0], new_size(run, 1, site), index=index, samples=array.rows)
    assert made.labels is not None
    made.labels.layout = ("indicators", made.birth)
    if columns is not None and array.columns is None:
        made.labels.present = array.labels.present - set(columns) if array.labels is not None else frozenset()
    return made


def _distinct(array: Array) -> int | None:
    """How many different values there are; None where that is not known."""
    return known_count(array)


def _converted(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    """`pandas.to_numeric(x)`, `to_datetime(x)`, `cut(x)`: the same shape, other values."""
    given = arguments.value("arg", 0, arguments.value("x"))
    array = given if isinstance(given, Array) else None
    if array is None or array.ndim != 1 or arguments.value("retbins", None, False) is not False:
        return run.fresh(f"the result of {name}", site.node)
    made = elementwise(run, array, Unknown(f"the dtype of {name}"), Content())
    if name.endswith("to_numeric") and array.content.values is not None and isinstance(array.dtype, str):
        made.content = array.content.copy()
    return made


def _is_missing(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    array = as_array(run, arguments.value("obj", 0))
    if array is None or not isinstance(array.shape, tuple) or array.shape == ():
        return run.fresh(f"the result of {name}", site.node)
    return elementwise(run, array, "bool", Content(0, 1))


def _of_array(method: Callable[[Run, Array, Arguments, Site], Value]) -> Function:
    def call(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
        array = as_array(run, arguments.value("values", 0))
        if array is None or not isinstance(array.shape, tuple) or len(array.shape) != 1:
            return run.fresh(f"the result of {name}", site.node)
        return method(run, array, Arguments([], {}), site)

    return call


def _nothing(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    return None


FUNCTIONS: dict[str, Function] = {
    **dict.fromkeys(
        ("pandas.read_csv", "pandas.read_excel", "pandas.read_table", "pandas.read_parquet", "pandas.read_fwf",
         "pandas.read_feather", "pandas.io.parsers.read_csv"),
        _read,
    ),
    "pandas.DataFrame": _frame,
    "pandas.Series": _series,
    "pandas.concat": _concat,
    "pandas.merge": _merge,
    "pandas.get_dummies": _get_dummies,
    "pandas.to_numeric": _converted,
    "pandas.to_datetime": _converted,
    "pandas.cut": _converted,
    "pandas.qcut": _converted,
    "pandas.factorize": _of_array(factorize),
    **dict.fromkeys(("pandas.isna", "pandas.isnull", "pandas.notna", "pandas.notnull"), _is_missing),
    **dict.fromkeys(("pandas.set_option", "pandas.option_context"), _nothing),
}  # fmt: skip


def _of_each(run: Run, thing: DataObject, arguments: Arguments, site: Site) -> Value:
    """`series.str.lower()`: another value for each row."""
    if arguments.value("expand", None, False) is not False:
        return run.fresh("a frame made of texts", site.node)
    return elementwise(run, thing.state["of"], Unknown("the dtype of computed values"), Content())


_TEXTS = (
    "lower", "upper", "strip", "lstrip", "rstrip", "replace", "split", "len", "get", "contains", "startswith",
    "endswith", "slice", "title", "capitalize", "zfill", "count", "find", "join", "encode", "decode", "normalize",
    "isdigit", "pad",
)  # fmt: skip
_DATES = ("strftime", "floor", "ceil", "round", "normalize", "total_seconds", "day_name", "month_name")

OBJECTS: Mapping[str, Mapping[str, Method]] = {
    **pandas_indexing.OBJECTS,
    "pandas.str": dict.fromkeys(_TEXTS, _of_each),
    "pandas.dt": dict.fromkeys(_DATES, _of_each),
}
