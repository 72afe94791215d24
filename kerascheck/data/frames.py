"""Frames and series of pandas: columns, labels, and how operations align them.

A frame is an `Array` of kind "frame", a series one of kind "series", the labels of either one of kind "index".
"""

from __future__ import annotations

import functools
from collections.abc import Hashable, Sequence
from typing import Any

from kerascheck.data.array import ANYTHING, TEXTS, Array, Labels, may_nest, promote, split_dtype
from kerascheck.data.content import UNKNOWN_ARRANGEMENT, Content, Rows, union
from kerascheck.data.operators import broadcast
from kerascheck.data.refusals import no_column, refuses
from kerascheck.data.values import as_array, new_array
from kerascheck.machine.run import Run
from kerascheck.machine.sequences import items_of
from kerascheck.machine.values import ListValue, Value
from kerascheck.network.dims import Dim, Shape, SymDim
from kerascheck.network.ir import Site
from kerascheck.symbolic.unknown import KerasError, Undetermined, Unknown

#: The dtype and content of a column.
Column = tuple[str | Unknown, Content]


def new_size(run: Run, axis: int, site: Site, before: Dim = None) -> SymDim:
    """A number of rows or columns that nothing is known of; `before`: what it was, which the name is from."""
    text = str(before) if isinstance(before, SymDim) and " " not in str(before) else f"?.shape[{axis}]"
    return SymDim.named(text, ("size", run.fresh("a size", site.node).key))


# -- making -------------------------------------------------------------------------------------------------------


def make_frame(
    run: Run,
    rows: Dim,
    width: Dim,
    columns: tuple[Hashable, ...] | None = None,
    *,
    index: Hashable = None,
    layout: Hashable = None,
    samples: Rows | None = None,
) -> Array:
    """A frame of unknown numbers."""
    made = new_array(run, (rows, len(columns) if columns is not None else width), Unknown("dtypes of columns"))
    made.kind, made.columns, made.rows = "frame", columns, samples
    made.labels = Labels(index, layout if columns is None else ("columns", columns))
    return made


def make_series(run: Run, rows: Dim, dtype: str | Unknown, content: Content, index: Hashable = None) -> Array:
    """A series."""
    made = new_array(run, (rows,), dtype, content=content, kind="series")
    made.labels = Labels(index)
    return made


def from_columns(run: Run, rows: Dim, columns: dict[Hashable, Column], index: Hashable) -> Array:
    """A frame of columns that are known."""
    made = make_frame(run, rows, len(columns), tuple(columns), index=index)
    assert made.labels is not None
    made.labels.series = dict(columns)
    summarise(made)
    return made


def summarise(frame: Array) -> None:
    """Work out dtype and content of a whole frame of which every column is known."""
    assert frame.labels is not None
    series = frame.labels.series
    if frame.columns is None or not series or set(frame.columns) != set(series):
        return
    (dtype, content), *rest = series.values()
    content = content.rearranged()
    for _, numbers in rest:
        content = union(content, numbers)
    content.one_hot = None
    if isinstance(dtype, str) and all(other == dtype for other, _ in rest):
        frame.dtype = dtype
    frame.content = frame.content.view(content)


def _common(left: str | Unknown, right: str | Unknown) -> str | Unknown:
    """The dtype of the values of two columns together."""
    kinds = {split_dtype(dtype)[0] for dtype in (left, right) if isinstance(dtype, str)}
    if left != right and kinds & {"bool", "str", "object"}:
        return "object" if isinstance(left, str) and isinstance(right, str) else Unknown("dtypes of columns")
    return promote(left, right)


# -- columns ------------------------------------------------------------------------------------------------------


def is_label(value: Value) -> bool:
    """Whether the value is a single label."""
    return isinstance(value, (str, int, float, bytes)) or (isinstance(value, tuple) and all(map(is_label, value)))


def label_of(value: Value) -> Hashable:
    """A label, or the identity of an unknown one."""
    return ("unknown", value.key) if isinstance(value, Unknown) else value


def column(run: Run, frame: Array, label: Value, site: Site) -> Value:
    """`frame[label]`: one column; of a file it is taken to have the column that the program reads."""
    assert frame.labels is not None and isinstance(frame.shape, tuple)
    known = frame.columns
    if known is not None and label not in known:
        return no_column(run, [label], known, site)
    if known is not None and known.count(label) > 1:
        return run.fresh("columns of the same name", site.node)
    dtype, content = column_facts(frame, label)
    if known is None:
        frame.labels.present |= {label_of(label)}
    made = make_series(run, frame.shape[0], dtype, frame.content.view(content), frame.labels.index)
    assert made.labels is not None
    made.labels.name, made.rows = label, frame.rows
    return made


def column_facts(frame: Array, label: Hashable) -> Column:
    """Dtype and content of a column."""
    assert frame.labels is not None
    if label in frame.labels.series:
        dtype, content = frame.labels.series[label]
        return dtype, content.copy()
    content = frame.content.subset(False)
    content.one_hot = None
    return frame.dtype, content


def select(run: Run, frame: Array, labels: Sequence[Hashable] | None, width: Dim, site: Site) -> Array:
    """`frame[labels]`: the columns of these labels, as many as `width` where they are not known one by one."""
    assert frame.labels is not None and isinstance(frame.shape, tuple)
    columns = tuple(labels) if labels is not None else None
    if columns is not None and frame.columns is not None and any(frame.columns.count(one) != 1 for one in columns):
        return derived(run, frame, (frame.shape[0], sum(frame.columns.count(one) for one in columns)))
    return _with_columns(run, frame, columns, width)


def _with_columns(run: Run, frame: Array, columns: tuple[Hashable, ...] | None, width: Dim) -> Array:
    """Some of the columns of a frame."""
    assert frame.labels is not None and isinstance(frame.shape, tuple)
    made = derived(run, frame, (frame.shape[0], len(columns) if columns is not None else width))
    assert made.labels is not None
    made.columns = columns
    made.labels.layout = ("columns", columns) if columns is not None else ("selected", made.birth)
    if columns is not None:
        frame.labels.present |= set(columns)
        series = frame.labels.series
        made.labels.series = {
            label: (series[label][0], series[label][1].copy())
            for label in columns
            if label in series and columns.count(label) == 1
        }
    made.content = frame.content.view(_of_columns(frame))
    made.dtype = frame.dtype if columns != () else Unknown("the dtype of nothing")
    summarise(made)
    return made


def _of_columns(frame: Array) -> Content:
    content = frame.content.subset(False)
    content.one_hot = None
    return content


def derived(run: Run, frame: Array, shape: Shape) -> Array:
    """A frame of some or all of the rows of another, with the same index as long as there are as many."""
    assert frame.labels is not None and isinstance(frame.shape, tuple)
    made = new_array(run, shape, Unknown("dtypes of columns"), kind="frame")
    made.labels = Labels(frame.labels.index if shape[0] == frame.shape[0] else ("rows", made.birth))
    made.labels.layout = ("columns of", made.birth)
    made.rows = frame.rows if shape[0] == frame.shape[0] else None
    return made


def without(run: Run, frame: Array, labels: Sequence[Hashable], site: Site, lenient: bool = False) -> Array:
    """The frame without these columns."""
    assert frame.labels is not None and isinstance(frame.shape, tuple)
    gone = set(labels)
    if frame.columns is not None:
        if not gone <= set(frame.columns) and not lenient:
            return derived(run, frame, (frame.shape[0], new_size(run, 1, site)))
        return _with_columns(run, frame, tuple(label for label in frame.columns if label not in gone), None)
    width = frame.shape[1]
    rest = width - len(gone) if width is not None and not lenient else new_size(run, 1, site)
    made = select(run, frame, None, rest, site)
    assert made.labels is not None
    made.labels.present = frame.labels.present - gone
    made.labels.layout = ("without", frame.labels.layout, tuple(sorted(map(repr, gone))))
    return made


def put_column(run: Run, frame: Array, label: Value, value: Value, site: Site) -> None:
    """`frame[label] = value`: the column is replaced or added."""
    assert isinstance(frame.shape, tuple)
    if frame.labels is None:
        frame.labels = Labels()
    labels, name = frame.labels, label_of(label)
    exists = name in frame.columns if frame.columns is not None else name in labels.present
    is_known = not isinstance(label, Unknown)
    rows, width = frame.shape
    if rows == 0:
        array = as_array(run, value)
        rows = array.shape[0] if array is not None and isinstance(array.shape, tuple) and array.shape else None
        rows = new_size(run, 0, site) if rows is None else rows
    facts = _facts_of_value(run, frame, value)
    frame.content, frame.dtype = Content(), Unknown("dtypes of columns")
    if not is_known:
        labels.series = {}  # it may be any of them
    elif frame.columns is None or frame.columns.count(name) < 2:
        labels.series[name] = facts
    if not exists:
        if frame.columns is not None and is_known:
            frame.columns = (*frame.columns, name)
            width = len(frame.columns)
        else:
            frame.columns = None
            width = new_size(run, 1, site, width)
        labels.layout = ("columns", frame.columns) if frame.columns is not None else ("changed", run.tick())
        labels.present |= {name}
    frame.shape = (rows, width)
    summarise(frame)


def _facts_of_value(run: Run, frame: Array, value: Value) -> Column:
    """Dtype and content of a column that a value makes."""
    array = as_array(run, value)
    if array is None:
        return ANYTHING, Content()
    content = array.content.rearranged()
    content.one_hot = None
    if array.kind == "series":
        mine, theirs = frame.labels, array.labels
        aligned_rows = mine is not None and theirs is not None and mine.index is not None and mine.index == theirs.index
        if not aligned_rows:
            dtype = array.dtype if may_nest(array) else Unknown("a column that may have gaps")
            return dtype, Content(content.low, content.high)
    return array.dtype, content


# -- alignment ----------------------------------------------------------------------------------------------------


def aligned(run: Run, a: Array, b: Array, site: Site) -> Shape | Unknown:
    """The shape of an operation on arrays of which one is a frame, or both are series: labels that differ are added."""
    assert isinstance(a.shape, tuple) and isinstance(b.shape, tuple)
    if a.kind == b.kind:
        rows = a.shape[0] if _same(_index(a), _index(b)) and a.shape[0] == b.shape[0] else new_size(run, 0, site)
        if a.kind == "series":
            return (rows,)
        same_columns = _same(_layout(a), _layout(b)) and a.shape[1] == b.shape[1]
        return (rows, a.shape[1] if same_columns else new_size(run, 1, site))
    frame, other = (a, b) if a.kind == "frame" else (b, a)
    assert isinstance(frame.shape, tuple)
    if other.kind == "series":
        same = _same(_layout(frame), _index(other)) and frame.shape[1:] == other.shape
        return frame.shape if same else (frame.shape[0], new_size(run, 1, site))
    try:
        return broadcast(a.shape, b.shape)
    except KerasError as error:
        return refuses(run, "ValueError", error.message, site)
    except Undetermined as undetermined:
        return Unknown(undetermined.reason)


def _same(left: Hashable, right: Hashable) -> bool:
    return left is not None and left == right


def _index(array: Array) -> Hashable:
    return array.labels.index if array.labels is not None else None


def _layout(array: Array) -> Hashable:
    if array.columns is not None:
        return ("columns", array.columns)
    return array.labels.layout if array.labels is not None else None


def layout_of(frame: Array) -> Hashable:
    """What identifies the columns of a frame."""
    return _layout(frame)


# -- rows ---------------------------------------------------------------------------------------------------------


def take_rows(
    run: Run, array: Array, count: Dim, part: str | None = None, *, order: str | None = None, site: Site | None = None
) -> Array:
    """Some rows of a frame or series: so many, or another order of all of them."""
    assert isinstance(array.shape, tuple)
    made = array.snapshot()
    made.birth = run.tick()
    made.shape = (count, *array.shape[1:])
    made.items = None
    made.content = array.content.view(array.content.subset(False))
    if made.labels is None:
        made.labels = Labels()
    made.labels.index = ("rows", made.birth)
    made.labels.series = {
        label: (dtype, content.subset(False)) for label, (dtype, content) in made.labels.series.items()
    }
    if array.rows is not None:
        made.rows = array.rows.take(part, order) if part is not None else array.rows.mixed(UNKNOWN_ARRANGEMENT, order)
    return made


def reordered(run: Run, array: Array, order: str | None = None) -> Array:
    """All rows in another order."""
    made = array.snapshot()
    made.birth, made.items = run.tick(), None
    made.content = array.content.rearranged()
    made.content.one_hot = array.content.one_hot
    if made.labels is None:
        made.labels = Labels()
    made.labels.index = ("rows", made.birth)
    made.rows = array.rows.mixed(UNKNOWN_ARRANGEMENT, order) if array.rows is not None else None
    return made


def become(run: Run, array: Array, other: Array) -> None:
    """`inplace=True`: the array is what the other one is from here on."""
    if not run.may_change(array):
        return
    array.shape, array.dtype, array.columns, array.rows = other.shape, other.dtype, other.columns, other.rows
    array.content = other.content
    array.labels = other.labels
    array.items = other.items


def labels_in(run: Run, value: Value) -> list[Hashable] | None:
    """The labels of a list that are all known; None else."""
    if is_label(value) and not isinstance(value, tuple):
        return [value]
    if isinstance(value, Array):
        items: Any = value.items
        return list(items) if items is not None and all(map(is_label, items)) else None
    items = items_of(run, value) if isinstance(value, (ListValue, tuple)) else None
    if not isinstance(items, list) or not all(map(is_label, items)):
        return None
    return items


def plain(run: Run, array: Array) -> Array:
    """The numbers of a frame or series as a numpy array."""
    dtype = array.dtype
    if array.kind == "frame" and array.columns is not None and array.labels is not None:
        known = [array.labels.series[label][0] for label in array.columns if label in array.labels.series]
        if known and len(known) == len(array.columns):
            dtype = functools.reduce(_common, known)
    if dtype in ("str", "category") and array.kind == "frame":
        dtype = "object"
    elif dtype in ("str", "category"):
        dtype = TEXTS if dtype == "str" else Unknown("the values of categories")
    made = new_array(run, array.shape, dtype, rows=array.rows, key=array.key)
    made.content = array.content.view(array.content.copy())
    made.items = array.items if isinstance(dtype, str) else None
    return made
