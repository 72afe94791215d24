"""`frame[...]`, `frame.loc[...]`, `frame.iloc[...]`. Source: https://pandas.pydata.org/docs/user_guide/indexing.html"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any

from kerascheck.data.array import Array, Labels
from kerascheck.data.content import Content
from kerascheck.data.frames import (
    column,
    is_label,
    label_of,
    labels_in,
    layout_of,
    make_series,
    new_size,
    put_column,
    select,
    take_rows,
)
from kerascheck.data.indexing import is_whole_number, part_name, slice_size
from kerascheck.data.objects import DataObject, Method
from kerascheck.data.operators import store_items
from kerascheck.data.refusals import no_column, refuses
from kerascheck.data.values import as_array
from kerascheck.machine.run import Run
from kerascheck.machine.sequences import items_of
from kerascheck.machine.values import ListValue, Value
from kerascheck.network.arguments import Arguments
from kerascheck.network.dims import Dim, SymDim
from kerascheck.network.ir import Site
from kerascheck.symbolic.unknown import KerasError, Undetermined, Unknown

# -- square brackets ----------------------------------------------------------------------------------------------


def get_item(run: Run, array: Array, arguments: Arguments, site: Site) -> Value:
    """`frame[label]`, `frame[labels]`, `frame[mask]`, `frame[a:b]`; the same of a series."""
    index = arguments.positional[0].value if arguments.positional else Unknown("no index")
    if array.labels is None:
        array.labels = Labels()
    if not isinstance(array.shape, tuple):
        return run.fresh("a part of something unknown", site.node)
    if isinstance(index, slice):
        return _slice_rows(run, array, index, site)
    if array.kind == "series":
        return _series_item(run, array, index, site)
    if is_label(index):
        return column(run, array, index, site)
    if isinstance(index, Unknown):
        array.labels.present |= {label_of(index)}
        return run.fresh("a column or columns that are not known", site.node)
    if isinstance(index, Array) and index.kind == "index" and index.ndim == 0:
        found = make_series(run, array.shape[0], array.dtype, Content(), array.labels.index)
        found.rows = array.rows
        return found
    mask = _as_mask(run, index)
    if mask is not None:
        if mask.ndim == 2:
            made = array.snapshot()
            made.birth, made.content, made.dtype = run.tick(), Content(), Unknown("a column with gaps")
            assert made.labels is not None
            made.labels.series = {}
            return made
        return masked(run, array, mask)
    return _columns(run, array, index, site)


def _slice_rows(run: Run, array: Array, index: slice, site: Site) -> Value:
    assert isinstance(array.shape, tuple)
    if any(isinstance(end, str) for end in (index.start, index.stop)):
        return take_rows(run, array, new_size(run, 0, site), f"rows {array.birth}")
    try:
        count = slice_size(array.shape[0], index)
    except (KerasError, Undetermined):
        return run.fresh("a slice that is not known", site.node)
    if count == array.shape[0] and index.step in (None, 1):
        made = array.snapshot()
        made.birth = run.tick()
        array.content.view(made.content)
        return made
    return take_rows(run, array, count, part_name(index))


def _series_item(run: Run, array: Array, index: Value, site: Site) -> Value:
    mask = _as_mask(run, index)
    if mask is not None:
        return masked(run, array, mask)
    if isinstance(index, (ListValue, tuple, Array)):
        size = _length(run, index)
        return take_rows(run, array, new_size(run, 0, site) if size is None else size, f"rows {run.tick()}")
    return run.fresh("an item of a series", site.node)


def _as_mask(run: Run, index: Value) -> Array | None:
    """The index as an array of booleans; None where it is none."""
    array = as_array(run, index) if isinstance(index, (Array, ListValue)) else None
    return array if array is not None and array.dtype == "bool" and array.ndim else None


def masked(run: Run, array: Array, mask: Array) -> Array:
    """The rows where a mask holds."""
    count: Dim = SymDim.named("?.shape[0]", ("mask", mask.birth))
    if mask.items is not None:
        count = sum(map(bool, mask.items))
    made = take_rows(run, array, count, f"[array {mask.birth}]")
    assert made.labels is not None and array.labels is not None
    made.labels.index = ("masked", array.labels.index, mask.birth) if array.labels.index is not None else None
    return made


def _columns(run: Run, frame: Array, index: Value, site: Site) -> Value:
    """`frame[labels]`."""
    if isinstance(index, tuple):  # one label of several levels; pandas refuses `frame[:10, :]`
        return run.fresh("a column that is not known", site.node)
    labels = labels_in(run, index)
    if labels is not None:
        if frame.columns is not None and not set(labels) <= set(frame.columns):
            return no_column(run, labels, frame.columns, site)
        return select(run, frame, labels, None, site)
    width = _length(run, index)
    if isinstance(index, Array) and isinstance(index.dtype, Unknown) and index.kind != "index":
        width = None  # it may be a mask
    if width is None:
        return run.fresh("columns that are not known", site.node)
    return select(run, frame, None, width, site)


def _length(run: Run, value: Value) -> Dim:
    if isinstance(value, Array):
        return value.shape[0] if isinstance(value.shape, tuple) and len(value.shape) == 1 else None
    items = items_of(run, value)
    return None if isinstance(items, Unknown) else len(items)


def set_item(run: Run, array: Array, arguments: Arguments, site: Site) -> Value:
    """`frame[label] = value`; `series[mask] = value`."""
    values = [given.value for given in arguments.positional]
    if len(values) != 2:
        array.blur("something was set")
        return None
    index, value = values
    if array.kind == "series" or not isinstance(array.shape, tuple):
        store_items(run, array, index, value)
        return None
    labels = labels_in(run, index) if isinstance(index, (ListValue, Array)) else None
    if is_label(index) or isinstance(index, Unknown):
        put_column(run, array, index, value, site)
    elif labels is not None:
        for label in labels:
            put_column(run, array, label, Unknown("one of several columns"), site)
    else:
        _forget_numbers(array)
        if _as_mask(run, index) is None:
            array.columns, array.shape = None, (array.shape[0], new_size(run, 1, site))
    return None


def _forget_numbers(frame: Array) -> None:
    frame.content.forget()  # frame.values sees it, too
    frame.dtype = Unknown("dtypes of columns")
    if frame.labels is not None:
        frame.labels.series = {}


# -- iloc and loc -------------------------------------------------------------------------------------------------


def indexer(run: Run, array: Array, name: str, site: Site) -> DataObject:
    """`frame.loc`, `frame.iloc`, `frame.at`, `frame.iat`."""
    made = DataObject(f"pandas.{name}", Arguments([], {}), site, run.tick())
    made.state["of"] = array
    return made


def _parts(index: Value) -> tuple[Value, Value]:
    """What an index says of rows and of columns."""
    if isinstance(index, tuple) and len(index) == 2:
        return index[0], index[1]
    return index, slice(None)


class _Dropped:
    """An axis that a single label or number takes away."""


_DROPPED = _Dropped()


def _iloc_size(run: Run, size: Dim, part: Value) -> Any:
    """How many rows or columns a part of `iloc` takes. Raises Undetermined, KerasError."""
    if isinstance(part, slice):
        return slice_size(size, part)
    if isinstance(part, bool):
        raise Undetermined("a boolean as an index")
    if isinstance(part, int):
        if isinstance(size, int) and not -size <= part < size:
            raise KerasError(f"index {part} is out of range for {size}", "index")
        return _DROPPED
    if isinstance(part, SymDim) or is_whole_number(part):
        return _DROPPED
    array = as_array(run, part) if isinstance(part, (ListValue, tuple, Array, range)) else None
    if array is None or not isinstance(array.shape, tuple) or len(array.shape) > 1 or isinstance(array.dtype, Unknown):
        raise Undetermined("a part that is not known")
    if array.shape == ():
        return _DROPPED
    if array.dtype == "bool":
        return SymDim.named("?.shape[0]", ("mask", array.birth)) if array.items is None else sum(map(bool, array.items))
    return array.shape[0]


def _iloc(run: Run, thing: DataObject, arguments: Arguments, site: Site) -> Value:
    """`frame.iloc[rows, columns]`."""
    array: Array = thing.state["of"]
    index = arguments.positional[0].value
    if not isinstance(array.shape, tuple):
        return run.fresh("a part of something unknown", site.node)
    if array.kind != "frame":
        if isinstance(index, slice):
            return _slice_rows(run, array, index, site)
        mask = _as_mask(run, index)
        return _of_series(run, array, index, site) if mask is None else masked(run, array, mask)
    rows, columns = _parts(index)
    try:
        height, width = _iloc_size(run, array.shape[0], rows), _iloc_size(run, array.shape[1], columns)
    except KerasError as error:
        return refuses(run, "IndexError", error.message, site)
    except Undetermined as undetermined:
        return run.fresh(undetermined.reason, site.node)
    taken = _taken_columns(run, array, columns)
    return _taken(run, array, rows, height, width, taken, site)


def _of_series(run: Run, array: Array, index: Value, site: Site) -> Value:
    assert isinstance(array.shape, tuple)
    try:
        size = _iloc_size(run, array.shape[0], index)
    except (KerasError, Undetermined):
        return run.fresh("an item of a series", site.node)
    if size is _DROPPED:
        return run.fresh("an item of a series", site.node)
    return take_rows(run, array, size, f"rows {run.tick()}")


def _taken_columns(run: Run, frame: Array, part: Value) -> list[Hashable] | None:
    """The labels of the columns that a part of `iloc` takes; None where they are not known."""
    if frame.columns is None:
        return None
    columns = list(frame.columns)
    if isinstance(part, slice):
        plain = all(end is None or isinstance(end, int) for end in (part.start, part.stop, part.step))
        return columns[part] if plain and part.step != 0 else None
    if isinstance(part, int):
        return [columns[part]]
    items = items_of(run, part) if isinstance(part, (ListValue, range)) else None
    places = range(-len(columns), len(columns))
    if isinstance(items, list) and all(isinstance(item, int) and item in places for item in items):
        return [columns[item] for item in items]
    return None


def _taken(
    run: Run, frame: Array, rows: Value, height: Any, width: Any, labels: list[Hashable] | None, site: Site
) -> Value:
    """A part of a frame: `height` rows, `width` columns, either of which may be a single one."""
    assert isinstance(frame.shape, tuple) and frame.labels is not None
    if height is _DROPPED and width is _DROPPED:
        return run.fresh("an item of a frame", site.node)
    if height is _DROPPED:
        content = frame.content.subset(False)
        content.one_hot = frame.content.one_hot if width == frame.shape[1] else None
        return make_series(run, width, frame.dtype, content, layout_of(frame))
    if width is _DROPPED:
        if labels is not None:
            part = column(run, frame, labels[0], site)
        else:
            part = make_series(run, frame.shape[0], frame.dtype, Content(), frame.labels.index)
            part.content = frame.content.subset(False)
            part.content.one_hot = None
            part.rows = frame.rows
    elif width == frame.shape[1] and (labels is None or labels == list(frame.columns or ())):
        part = frame.snapshot()
        part.birth = run.tick()
        frame.content.view(part.content)
    else:
        part = select(run, frame, labels, width, site)
    if not isinstance(part, Array):
        return part
    if isinstance(rows, slice) and rows.start is rows.stop is rows.step is None:
        return part
    mask = _as_mask(run, rows)
    if mask is not None:
        return masked(run, part, mask)
    return take_rows(run, part, height, part_name(rows) if isinstance(rows, slice) else f"rows {run.tick()}")


def _loc(run: Run, thing: DataObject, arguments: Arguments, site: Site) -> Value:
    """`frame.loc[rows, columns]`, by labels."""
    array: Array = thing.state["of"]
    index = arguments.positional[0].value
    if not isinstance(array.shape, tuple):
        return run.fresh("a part of something unknown", site.node)
    rows, columns = _parts(index) if array.kind == "frame" else (index, None)
    is_all = isinstance(rows, slice) and rows.start is rows.stop is rows.step is None
    mask = _as_mask(run, rows)
    height: Any = array.shape[0]
    if mask is not None:
        height = None
    elif not is_all:
        if not isinstance(rows, (slice, ListValue)):
            return run.fresh("rows of a label", site.node)
        height = new_size(run, 0, site)
    if array.kind != "frame":
        return masked(run, array, mask) if mask is not None else take_rows(run, array, height, f"rows {run.tick()}")
    if is_label(columns):
        if array.columns is not None and columns not in array.columns:
            return column(run, array, columns, site)
        return _taken(run, array, rows, height, _DROPPED, [columns], site)
    if isinstance(columns, slice):
        labels = _between(array, columns)
        whole = columns.start is columns.stop is columns.step is None
        width = array.shape[1] if whole else len(labels) if labels is not None else new_size(run, 1, site)
        return _taken(run, array, rows, height, width, labels, site)
    labels = labels_in(run, columns)
    if labels is not None and (array.columns is None or set(labels) <= set(array.columns)):
        return _taken(run, array, rows, height, len(labels), labels, site)
    return run.fresh("columns that are not known", site.node)


def _between(frame: Array, part: slice) -> list[Hashable] | None:
    """The labels of columns from one to another, both included."""
    if frame.columns is None or part.step is not None:
        return None
    columns = list(frame.columns)
    try:
        start = 0 if part.start is None else columns.index(part.start)
        stop = len(columns) - 1 if part.stop is None else columns.index(part.stop)
    except ValueError:
        return None
    return columns[start : stop + 1]


def _unknown_item(run: Run, thing: DataObject, arguments: Arguments, site: Site) -> Value:
    return run.fresh("an item of a frame", site.node)


def _store_at(run: Run, thing: DataObject, arguments: Arguments, site: Site) -> Value:
    """`frame.loc[rows, columns] = value`: by label, rows and columns may be added."""
    array: Array = thing.state["of"]
    index = arguments.positional[0].value
    run.may_change(array)
    _forget_numbers(array)
    array.items = None
    if thing.qualname == "pandas.iloc" or thing.qualname == "pandas.iat" or not isinstance(array.shape, tuple):
        return None
    rows, columns = _parts(index) if array.kind == "frame" else (index, None)
    is_all = isinstance(rows, slice) and rows.start is rows.stop is rows.step is None
    if not is_all and _as_mask(run, rows) is None:
        array.shape = (new_size(run, 0, site), *array.shape[1:])
    if array.kind == "frame" and not isinstance(columns, slice):
        labels = labels_in(run, columns)
        present = array.columns if array.columns is not None else array.labels.present if array.labels else ()
        if labels is None or not set(labels) <= set(present):
            array.columns, array.shape = None, (array.shape[0], new_size(run, 1, site))
    return None


OBJECTS: dict[str, Mapping[str, Method]] = {
    "pandas.iloc": {"__getitem__": _iloc, "__setitem__": _store_at},
    "pandas.loc": {"__getitem__": _loc, "__setitem__": _store_at},
    "pandas.iat": {"__getitem__": _unknown_item, "__setitem__": _store_at},
    "pandas.at": {"__getitem__": _unknown_item, "__setitem__": _store_at},
}
