"""Which samples a value holds, and parts of them: what scikit-learn's functions have in common.

Values that are not known take part: whatever `X` is, the training part of it has its columns, and as many samples as
the training part of `y`. See `PartKey`.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence

from kerascheck.data.array import Array, PartKey, axis_size, is_float, is_integer
from kerascheck.data.content import DRAWN, FRACTIONS, OVERSAMPLED, ROUNDED, Rows
from kerascheck.data.pipeline import Pipeline
from kerascheck.data.refusals import refuses
from kerascheck.data.values import as_array, new_array
from kerascheck.machine.keras.freeze import as_size
from kerascheck.machine.run import Run
from kerascheck.machine.values import ListValue, Value
from kerascheck.network.arguments import Arguments
from kerascheck.network.dims import Dim, format_shape
from kerascheck.network.ir import Site
from kerascheck.network.program import Preparation
from kerascheck.symbolic.unknown import Unknown

#: What pandas gives the same samples under another form by.
_SAME_SAMPLES = frozenset({"values", "to_numpy", "T", "array"})


def rows_of(run: Run, value: Value) -> Rows | None:
    """Which samples the value holds; an array that nothing is known of becomes a data set of its own."""
    if isinstance(value, Array):
        if value.rows is None and value.ndim != 0:
            value.rows = Rows(("array", run.tick()))
        return value.rows
    return _rows_of_key(value.key) if isinstance(value, Unknown) else None


def _rows_of_key(key: object) -> Rows:
    if isinstance(key, PartKey):
        return _rows_of_key(key.whole).take(key.part, key.order)
    if isinstance(key, tuple) and len(key) == 3 and key[0] == "attribute" and key[2] in _SAME_SAMPLES:
        return _rows_of_key(key[1])
    if isinstance(key, tuple) and len(key) == 2 and key[0] == "array" and isinstance(key[1], tuple):
        return _rows_of_key(key[1])
    return Rows(("unknown", key))


def rows_together(parts: Sequence[Array]) -> Rows | None:
    """Which samples arrays below each other hold, where one of them was drawn with repetitions; None else."""
    known = [part.rows for part in parts if part.rows is not None]
    drawn = [rows for rows in known if rows.part is not None and rows.part.rpartition("/")[2] in (DRAWN, OVERSAMPLED)]
    if not drawn or len(known) < 2:
        return None
    outer = drawn[0].part.rpartition("/")[0] if drawn[0].part is not None else ""
    return Rows(drawn[0].source, f"{outer}/{OVERSAMPLED}" if outer else OVERSAMPLED)


def described(run: Run, value: Value) -> Array:
    """What is known of the value as an array at this moment, its samples included; of a stream its features."""
    if isinstance(value, Pipeline):
        element = value.element[0] if isinstance(value.element, tuple) and value.element else value.element
        value = element if isinstance(element, Array) else Unknown("a stream that is not known")
    rows = rows_of(run, value)
    array = as_array(run, value)
    if array is not None:
        made = array.snapshot()
        made.rows = rows
        return made
    key = value.key if isinstance(value, Unknown) else None
    return new_array(run, Unknown("the shape of something unknown"), Unknown("its dtype"), rows=rows, key=key)


def note_cut(run: Run, name: str, array: Array, dtype: str | Unknown, site: Site, arguments: Arguments) -> None:
    """Note where fractions between -1 and 1 are made whole numbers by cutting: they all become 0."""
    content = array.content
    if not is_integer(dtype) or not is_float(array.dtype) or ROUNDED in content.tags:
        return
    if content.values is not None:
        low, high = min(content.values), max(content.values)
        is_cut = sum(value != int(value) for value in content.values) > 1
    elif content.low is None or content.high is None:
        return
    else:
        low, high = content.low, content.high
        is_cut = FRACTIONS in content.tags or ("pixels" in content.tags and content.attained)
    if is_cut and low > -1 and high <= 1:
        prepared(run, "cut", name, [array], site, arguments)


def prepared(run: Run, kind: str, name: str, values: list[Value], site: Site, arguments: Arguments) -> None:
    """Note a step of preparation for the rules."""
    from kerascheck.machine.keras.freeze import freeze_arguments

    run.reach(site)
    arrays = [described(run, value) for value in values]
    step = Preparation(kind, name, arrays, site, freeze_arguments(run, arguments))
    step.subject = values[0] if values else None
    run.timed(step)
    run.program.preparations.append(step)


def count_of(run: Run, value: Value) -> Dim:
    """`len(value)`; None where it is not known."""
    if isinstance(value, Unknown):
        return axis_size(value.key, value.text or "?", 0)
    if isinstance(value, ListValue):
        return None if value.unknown is not None else len(value.items)
    array = as_array(run, value)
    if array is None or isinstance(array.shape, Unknown) or not array.shape:
        return None
    return array.shape[0]


def as_dim(value: Value) -> Dim:
    """A number of things; None where it is not known."""
    size = as_size(value)
    return None if isinstance(size, Unknown) else size


def is_real(value: Value) -> bool:
    """Whether the value is a number (and no boolean)."""
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def unknown_of_length(reason: str, key: Hashable, length: Dim, text: str) -> Unknown:
    """Something of which only `len(...)` is known."""
    return Unknown(reason, PartKey(("length", key), length, "all", None), text)


def matrix(run: Run, value: Value, site: Site) -> Array | Unknown:
    """The value as an array of samples and columns, as scikit-learn takes it; a reason where it is none."""
    array = as_array(run, value)
    if array is not None and isinstance(array.shape, tuple):
        if len(array.shape) == 2:
            return array
        message = f"scikit-learn expects samples and columns, but got the shape {format_shape(array.shape)}"
        advice = "; use .reshape(-1, 1)" if len(array.shape) == 1 else ""
        return refuses(run, "ValueError", message + advice, site)
    key = array.key if array is not None else value.key if isinstance(value, Unknown) else None
    if key is None:
        key = run.fresh("samples and columns", site.node).key
    text = value.text if isinstance(value, Unknown) and value.text else "?"
    columns = array.trailing[-1] if array is not None and array.trailing else axis_size(key, text, 1)
    shape = (axis_size(key, text, 0), columns)
    dtype = array.dtype if array is not None else Unknown("the dtype of something unknown")
    content = array.content if array is not None else None
    return new_array(run, shape, dtype, content=content, rows=rows_of(run, value))


def _mixes(run: Run, value: Value, array: Array) -> bool:
    """Whether a list holds pairs of unlike things, which only an array would make alike.

    Texts beside numbers, pictures beside something that is not known.
    """
    if not isinstance(value, (ListValue, tuple)) or array.ndim == 1:
        return False
    if isinstance(array.dtype, str):
        return array.dtype in ("str", "object")
    items = value.items if isinstance(value, ListValue) else value
    first = items[0] if items else None
    parts = first.items if isinstance(first, ListValue) else first
    if not isinstance(parts, (list, tuple)):
        return False
    inner = [as_array(run, part) for part in parts]
    return any(part is None for part in inner) or len({part.ndim for part in inner if part is not None}) > 1


def some_rows(run: Run, value: Value, count: Dim, part: str, order: str | None, site: Site, which: Hashable) -> Value:
    """Some of the samples of a value, `count` of them; `which` is equal where they are the same in several values."""
    if isinstance(value, Unknown):
        return Unknown(value.reason, PartKey(value.key, count, part, order))
    array = as_array(run, value)
    if array is None or array.ndim == 0 or _mixes(run, value, array):
        unknown = run.fresh("some of something unknown", site.node)
        return Unknown(unknown.reason, PartKey(unknown.key, count, part, order))
    rows = rows_of(run, array)
    made = array.snapshot()
    made.birth = run.tick()
    if isinstance(made.shape, tuple):
        made.shape = (count, *made.shape[1:])
    key = array.key if array.key is not None else ("array", array.birth)
    made.key = PartKey(key, count, part, order)
    made.rows = rows.take(part, order) if rows is not None else None
    made.content = array.content.subset()
    made.items = None
    if made.labels is not None and made.labels.index is not None:
        made.labels.index = ("some", which, part, made.labels.index)
    if isinstance(value, (ListValue, tuple)):
        made.kind = "list"
    return made
