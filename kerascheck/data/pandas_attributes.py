"""Attributes of frames and series: properties, and columns that are read as attributes.

Source: https://pandas.pydata.org/docs/reference/frame.html, https://pandas.pydata.org/docs/reference/series.html
"""

from __future__ import annotations

from collections.abc import Callable

from kerascheck.data.array import Array, Labels
from kerascheck.data.content import Content
from kerascheck.data.frames import column, labels_in, layout_of, make_series, plain, put_column
from kerascheck.data.numpy_shapes import elementwise
from kerascheck.data.objects import DataObject
from kerascheck.data.pandas_indexing import indexer
from kerascheck.data.pandas_methods import METHODS
from kerascheck.data.values import new_array
from kerascheck.machine.run import Run
from kerascheck.machine.values import NativeMethod, Value
from kerascheck.network.arguments import Arguments
from kerascheck.network.ir import Site
from kerascheck.symbolic.unknown import Unknown

#: What is no column: names of pandas, of frames and series of all versions, that no table here knows.
_NAMES = frozenset(
    (
        "T", "abs", "add_prefix", "add_suffix", "agg", "aggregate", "align", "append", "asfreq", "asof", "at_time",
        "attrs", "autocorr", "axes", "between_time", "boxplot", "case_when", "combine", "combine_first", "compare",
        "corr", "corrwith", "cov", "describe", "divmod", "droplevel", "dtypes", "equals", "eval", "ewm", "expanding",
        "explode", "first", "first_valid_index", "flags", "from_arrow", "from_dict", "from_items", "from_records",
        "ftypes", "get", "get_value", "hasnans", "head", "hist", "idxmax", "idxmin", "index", "is_copy",
        "is_monotonic", "is_monotonic_decreasing", "is_monotonic_increasing", "is_unique", "isetitem", "item",
        "items", "iteritems", "iterrows", "itertuples", "join", "keys", "kurt", "kurtosis", "last",
        "last_valid_index", "list", "lookup", "mad", "melt", "memory_usage", "merge", "mode", "nbytes", "pad", "pipe",
        "pivot", "pivot_table", "plot", "prod", "product", "quantile", "rdivmod", "reindex", "reindex_axis",
        "reindex_like", "rename_axis", "reorder_levels", "repeat", "resample", "rolling", "select", "sem", "set_axis",
        "set_flags", "set_value", "skew", "slice_shift", "sort", "sortlevel", "sparse", "squeeze", "stack", "struct",
        "style", "swapaxes", "swaplevel", "take", "to_clipboard", "to_dense", "to_dict", "to_feather", "to_gbq",
        "to_html", "to_iceberg", "to_latex", "to_markdown", "to_msgpack", "to_orc", "to_period", "to_records",
        "to_sparse", "to_stata", "to_string", "to_timestamp", "to_wide", "to_xarray", "to_xml", "truncate", "tshift",
        "tz_convert", "tz_localize", "unstack", "var", "view", "xs",
    )
)  # fmt: skip


def pandas_attribute(run: Run, array: Array, name: str, site: Site) -> Value:
    """`frame.name` or `series.name`, where it is no method that is interpreted."""
    if array.labels is None:
        array.labels = Labels()
    getter = _PROPERTIES.get(name)
    if getter is not None and isinstance(array.shape, tuple):
        return getter(run, array, site)
    may_be_column = array.kind == "frame" and name not in _NAMES and not name.startswith("_")
    if may_be_column and isinstance(array.shape, tuple) and (array.columns is None or name in array.columns):
        return column(run, array, name, site)
    if may_be_column:
        return run.fresh(f"{name} of a frame", site.node)
    return NativeMethod(name, array, _not_interpreted)


def _not_interpreted(run: Run, array: Array, arguments: Arguments, site: Site) -> Value:
    """Methods of pandas give something new, unless they are told to work in place."""
    if "inplace" in arguments.keywords or arguments.open_keywords:
        array.blur("changed by a method that is not interpreted")
    return run.fresh("the result of a method that is not interpreted", site.node)


def set_pandas_attribute(run: Run, array: Array, name: str, value: Value) -> None:
    """`frame.columns = labels`, `frame.index = labels`, `frame.column = values`."""
    if array.labels is None:
        array.labels = Labels()
    if not isinstance(array.shape, tuple):
        return
    if name == "index":
        array.labels.index = ("rows", run.tick())
    elif name == "columns" and array.kind == "frame":
        labels = labels_in(run, value)
        array.columns = tuple(labels) if labels is not None else None
        array.labels.series, array.labels.present = {}, frozenset()
        array.labels.layout = ("columns", run.tick())
        if labels is not None:
            array.shape = (array.shape[0], len(labels))
    elif array.kind == "frame" and name not in _NAMES and name not in METHODS and name not in _PROPERTIES:
        known = array.columns if array.columns is not None else array.labels.present
        if name in known:
            put_column(run, array, name, value, Site(run.file, run.project.source.tree))
        elif array.columns is None:  # a column if there is one of that name, else a plain attribute
            array.content, array.dtype, array.labels.series = Content(), Unknown("dtypes of columns"), {}


# -- properties ---------------------------------------------------------------------------------------------------


def _columns(run: Run, array: Array, site: Site) -> Value:
    assert isinstance(array.shape, tuple) and array.labels is not None
    if array.kind != "frame":
        return run.fresh("the columns of a series", site.node)
    made = new_array(run, (array.shape[1],), Unknown("the dtype of labels"), kind="index")
    if array.columns is not None:
        made.items = list(array.columns)
    return made


def _index(run: Run, array: Array, site: Site) -> Value:
    assert isinstance(array.shape, tuple)
    return new_array(run, (array.shape[0],), Unknown("the dtype of labels"), kind="index", rows=array.rows)


def _dtypes(run: Run, array: Array, site: Site) -> Value:
    if array.kind == "series":
        return array.dtype
    assert isinstance(array.shape, tuple)
    return make_series(run, array.shape[1], "object", Content(), layout_of(array))


def _dtype(run: Run, array: Array, site: Site) -> Value:
    return array.dtype if array.kind == "series" else run.fresh("a column called dtype", site.node)


def _transposed(run: Run, array: Array, site: Site) -> Value:
    return METHODS["transpose"](run, array, Arguments([], {}), site)


def _name(run: Run, array: Array, site: Site) -> Value:
    if array.kind == "frame":
        return column(run, array, "name", site)
    label = array.labels.name if array.labels is not None else None
    return label if isinstance(label, (str, int)) else run.fresh("the name of a series", site.node)


def _indexer(name: str) -> Callable[[Run, Array, Site], Value]:
    return lambda run, array, site: indexer(run, array, name, site)


def _accessor(kind: str) -> Callable[[Run, Array, Site], Value]:
    """`series.str`, `series.dt`, `series.cat`: what they give has as many rows."""

    def get(run: Run, array: Array, site: Site) -> Value:
        if array.kind == "frame":
            return column(run, array, kind, site)
        made = DataObject(f"pandas.{kind}", Arguments([], {}), site, run.tick())
        same = elementwise(run, array, Unknown(f"what .{kind} gives"), Content())
        if kind == "cat":
            codes = elementwise(run, array, Unknown("a dtype as short as the codes allow"), Content(-1))
            made.attributes = {"codes": codes}
        elif kind == "dt":
            made.attributes = dict.fromkeys(_PARTS_OF_DATES, same)
        made.state["of"] = array
        return made

    return get


_PARTS_OF_DATES = (
    "year",
    "month",
    "day",
    "hour",
    "minute",
    "second",
    "dayofweek",
    "weekday",
    "dayofyear",
    "quarter",
    "date",
)

_PROPERTIES: dict[str, Callable[[Run, Array, Site], Value]] = {
    "values": lambda run, array, site: plain(run, array),
    "T": _transposed,
    "columns": _columns,
    "index": _index,
    "dtypes": _dtypes,
    "dtype": _dtype,
    "name": _name,
    "empty": lambda run, array, site: run.fresh("whether a frame is empty", site.node),
    **{name: _indexer(name) for name in ("loc", "iloc", "at", "iat", "ix")},
    **{name: _accessor(name) for name in ("str", "dt", "cat")},
}
