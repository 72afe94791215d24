"""Encoders of labels: `LabelEncoder`, `LabelBinarizer`, `MultiLabelBinarizer`.

Source: sklearn/preprocessing/_label.py (scikit-learn 1.9).
"""

from __future__ import annotations

from collections.abc import Mapping

from kerascheck.data.array import Array
from kerascheck.data.content import ENCODED, SEVERAL_LABELS, Content
from kerascheck.data.objects import DataObject, Method, make_object
from kerascheck.data.refusals import refuses
from kerascheck.data.registry import Function
from kerascheck.data.samples import count_of, prepared, rows_of
from kerascheck.data.sklearn_content import option
from kerascheck.data.sklearn_transformers import state_of
from kerascheck.data.values import as_array, fresh_key, new_array
from kerascheck.machine.run import Run
from kerascheck.machine.sequences import NotPlain, to_python
from kerascheck.machine.values import Value
from kerascheck.network.arguments import Arguments
from kerascheck.network.dims import Dim, Int, SymDim
from kerascheck.network.ir import Site
from kerascheck.symbolic.unknown import Unknown


def distinct_count(array: Array | None) -> int | None:
    """How many different values surely occur in it, where that is exactly known."""
    if array is None:
        return None
    if array.content.values is not None:
        return len(array.content.values)
    if array.content.distinct is not None and array.ndim == 1:
        return array.content.distinct
    if array.items is not None and all(isinstance(item, (str, int, float)) for item in array.items):
        return len(set(array.items))
    return None


def _count(run: Run, value: Value, site: Site) -> Dim:
    count = count_of(run, value)
    return count if count is not None else SymDim.named("?.shape[0]", ("labels", fresh_key(run, site)))


def _learn(run: Run, thing: DataObject, value: Value, site: Site) -> None:
    """Find the classes in what it is fitted on."""
    step = len(run.program.preparations)
    prepared(run, "fit", thing.qualname, [value], site, thing.arguments)
    moment = fresh_key(run, site)
    array = as_array(run, value)
    classes: Int | None = _given_classes(thing)
    if classes is None:
        classes = distinct_count(array)
    if classes is None:
        classes = thing.size("classes_", moment)
    shape = array.shape if array is not None and not thing.qualname.endswith("MultiLabelBinarizer") else None
    indicators = shape[1] if isinstance(shape, tuple) and len(shape) == 2 and shape[1] != 1 else None
    thing.learn(run, moment=moment, classes=classes, fitted=state_of(value), indicators=indicators, step=step)
    dtype = array.dtype if array is not None else Unknown("the dtype of labels")
    thing.attributes["classes_"] = new_array(run, (classes,), dtype)


def _given_classes(thing: DataObject) -> int | None:
    """The number of classes that `MultiLabelBinarizer(classes=...)` names."""
    try:
        given = to_python(option(thing, "classes", None, 0))
    except NotPlain:
        return None
    return len(given) if isinstance(given, (list, tuple)) else None


def _classes(thing: DataObject) -> Int:
    known: Int | None = thing.recall("classes")
    return known if known is not None else thing.size("classes_", thing.key)


def _is_own(thing: DataObject, value: Value) -> bool:
    state = state_of(value)
    return state is not None and thing.recall("fitted") == state


def _encoded(thing: DataObject) -> frozenset[str]:
    """The tag that says by which classes labels are numbered."""
    step = thing.recall("step")
    return frozenset() if step is None else frozenset({f"{ENCODED}{step}"})


def _numbered(run: Run, thing: DataObject, value: Value, site: Site) -> Value:
    """Labels as numbers from zero."""
    classes, array = _classes(thing), as_array(run, value)
    tags = (array.content.tags & {"dataset"} if array is not None else frozenset()) | _encoded(thing)
    content = Content(0, tags=tags)
    if isinstance(classes, int):
        own = _is_own(thing, value)
        values = frozenset(float(c) for c in range(classes)) if own else None
        content = Content(0, classes - 1, own or content.is_mass, values, tags=tags)
    return new_array(run, (_count(run, value, site),), "int64", content=content, rows=rows_of(run, value))


def _columns_of_classes(run: Run, thing: DataObject, value: Value, site: Site) -> Value:
    """Labels as columns of zeros and ones: one column for two classes."""
    classes = _classes(thing)
    several = thing.qualname.endswith("MultiLabelBinarizer")
    columns: Dim = classes
    indicators = thing.recall("indicators")
    if indicators is not None:
        columns = indicators
    elif isinstance(classes, int):
        columns = 1 if classes <= 2 and not several else classes
    elif not several:
        columns = SymDim.named("?.shape[1]", ("columns", thing.state.get("moment", thing.key)))
    low, high = option(thing, "neg_label", 0, 0), option(thing, "pos_label", 1, 1)
    content = Content()
    if several:
        content = Content(0, 1, tags=frozenset({SEVERAL_LABELS}))
    elif isinstance(low, int) and isinstance(high, int):
        # An array that has only a part of the classes has zeros and ones as well.
        is_one_hot = isinstance(columns, int) and columns > 2 and indicators is None
        content = Content(low, high, one_hot=True if is_one_hot and (low, high) == (0, 1) else None)
    content.tags |= _encoded(thing)
    sparse = option(thing, "sparse_output", False)
    return new_array(
        run,
        (_count(run, value, site), columns),
        "int64",
        content=content,
        kind="numpy" if sparse is False else "sparse" if sparse is True else "matrix",
        rows=rows_of(run, value),
    )


def _fit(run: Run, thing: DataObject, arguments: Arguments, site: Site) -> Value:
    _learn(run, thing, arguments.value("y", 0), site)
    return thing


def _transform(run: Run, thing: DataObject, arguments: Arguments, site: Site) -> Value:
    value = arguments.value("y", 0)
    prepared(run, "transform", thing.qualname, [value], site, arguments)
    return _encode(run, thing, value, site)


def _fit_transform(run: Run, thing: DataObject, arguments: Arguments, site: Site) -> Value:
    value = arguments.value("y", 0)
    _learn(run, thing, value, site)
    return _encode(run, thing, value, site)


def _encode(run: Run, thing: DataObject, value: Value, site: Site) -> Value:
    encode = _numbered if thing.qualname.endswith("LabelEncoder") else _columns_of_classes
    return encode(run, thing, value, site)


def _inverse(run: Run, thing: DataObject, arguments: Arguments, site: Site) -> Value:
    """Back to labels: where predictions are decoded."""
    value = arguments.value("y", 0, arguments.value("Y", 0, arguments.value("yt")))
    prepared(run, "decode", f"{thing.qualname}.inverse_transform", [value], site, arguments)
    array = as_array(run, value) if isinstance(value, Array) else None
    last = array.shape[1] if array is not None and isinstance(array.shape, tuple) and array.ndim == 2 else 1
    if thing.qualname.endswith("LabelEncoder") and isinstance(last, int) and last > 1:
        message = f"LabelEncoder decodes class numbers, and gets {last} columns; use np.argmax(..., axis=1)"
        return refuses(run, "ValueError", message, site)
    if thing.qualname.endswith("MultiLabelBinarizer"):
        return run.fresh("labels that are decoded", site.node)
    return new_array(run, (_count(run, value, site),), Unknown("the dtype of labels"), rows=rows_of(run, value))


_METHODS: Mapping[str, Method] = {
    "fit": _fit,
    "transform": _transform,
    "fit_transform": _fit_transform,
    "inverse_transform": _inverse,
}

_CLASSES = tuple(f"sklearn.preprocessing.{name}" for name in ("LabelEncoder", "LabelBinarizer", "MultiLabelBinarizer"))

FUNCTIONS: dict[str, Function] = dict.fromkeys(_CLASSES, make_object)

OBJECTS: dict[str, Mapping[str, Method]] = dict.fromkeys(_CLASSES, _METHODS)
