"""`keras.utils` and `keras.preprocessing`: what they do to arrays. Source: keras/src/utils (Keras 3.15).

Families have modules of their own; here stand what is left and the whole tables.
"""

from __future__ import annotations

from collections.abc import Mapping

from kerascheck.data import directories, image_generators, text, timeseries
from kerascheck.data.array import Array, is_integer
from kerascheck.data.content import Content
from kerascheck.data.objects import Method
from kerascheck.data.registry import Function
from kerascheck.data.samples import as_dim, rows_of
from kerascheck.data.values import as_array, fresh_size, new_array
from kerascheck.machine.run import Run
from kerascheck.machine.values import ListValue, Value
from kerascheck.network.arguments import Arguments
from kerascheck.network.dims import Dim
from kerascheck.network.ir import Site
from kerascheck.symbolic.unknown import KerasError, Unknown

#: So many samples a class make it sure that numbers drawn at random contain all classes.
_SAMPLES_PER_CLASS = 50


def highest(array: Array) -> int | None:
    """The largest number in an array of labels, where it is surely known."""
    content = array.content
    if array.items is not None and array.items and all(isinstance(item, int) for item in array.items):
        return int(max(array.items))
    if content.values:
        return int(max(content.values))
    if not content.attained or content.high is None or content.low is None:
        return None
    if content.is_mass:
        return int(content.high)
    size = array.shape[0] if isinstance(array.shape, tuple) and array.shape else None
    enough = isinstance(size, int) and size >= _SAMPLES_PER_CLASS * (content.high - content.low + 1)
    return int(content.high) if enough and is_integer(array.dtype) else None


def _word_in(array: Array) -> str | None:
    """A text among the labels that is no number."""
    words = (item for item in array.items or () if isinstance(item, str))
    return next((word for word in words if not word.strip().lstrip("+-").isdecimal()), None)


def _to_categorical(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    """`to_categorical(x, num_classes=None)`: a last axis of classes, with a single 1."""
    value = arguments.value("x", 0, arguments.value("y"))
    wanted = arguments.value("num_classes", 1, arguments.value("nb_classes"))
    array = as_array(run, value)
    if array is not None and (word := _word_in(array)) is not None:
        message = f"to_categorical expects class numbers, and gets texts ({word!r}); number them first"
        run.raised(KerasError(message, "argument"), site)
        return run.fresh("Keras raises before this", site.node)
    classes: Dim = as_dim(wanted)
    top = highest(array) if array is not None else None
    if wanted is None or wanted == 0:
        classes = top + 1 if top is not None else fresh_size(run, "?.shape[1]", site)
    elif classes is None:
        classes = fresh_size(run, "?.shape[1]", site)
    if isinstance(classes, int) and top is not None and top >= classes:
        message = f"to_categorical of labels up to {top} needs num_classes={top + 1} or more, got {classes}"
        run.raised(KerasError(message, "argument"), site)
        return run.fresh("Keras raises before this", site.node)
    several = isinstance(classes, int) and classes > 1
    content = Content(0, 1, several, frozenset({0.0, 1.0}) if several else None, True)
    before = array.shape if array is not None else Unknown("the shape of labels that are not known")
    if isinstance(before, tuple):
        shape = before[:-1] if len(before) > 1 and before[-1] == 1 else before
        full: tuple[Dim, ...] | Unknown = (*shape, classes)
    else:
        full = Unknown("the shape of labels that are not known")
    is_tensor = array is not None and array.kind == "tensor"
    rows = array.rows if isinstance(value, ListValue) and array is not None else rows_of(run, value)
    made = new_array(run, full, "float32" if is_tensor else "float64", content=content, rows=rows)
    made.trailing = (classes,)
    made.kind = "tensor" if is_tensor else "numpy"
    return made


def _normalize(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    """`normalize(x, axis=-1, order=2)`: rows of norm 1."""
    array = as_array(run, arguments.value("x", 0))
    if array is None:
        return run.fresh("normalized data that is not known", site.node)
    low = 0.0 if array.content.low is not None and array.content.low >= 0 else -1.0
    content = Content(low, 1.0, tags=(array.content.tags & {"dataset"}) | {"scaled"})
    dtype = "float64" if is_integer(array.dtype) or array.dtype == "bool" else array.dtype
    made = new_array(run, array.shape, dtype, content=content, rows=array.rows, kind=array.kind)
    made.trailing = array.trailing
    return made


def _unpacked(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    """`unpack_x_y_sample_weight(data)`: features, targets and weights of a batch, None for what it has not."""
    value = arguments.value("data", 0)
    items = value.items if isinstance(value, ListValue) and value.unknown is None else value
    if isinstance(value, (Unknown, ListValue)) and not isinstance(items, list):
        return tuple(run.fresh("a part of a batch that is not known", site.node) for _ in range(3))
    if not isinstance(items, (list, tuple)):
        return (value, None, None)
    if not 1 <= len(items) <= 3:
        return run.fresh("a batch of so many parts", site.node)
    return (*items, None, None)[:3]


FUNCTIONS: dict[str, Function] = {
    "keras.utils.to_categorical": _to_categorical,
    "keras.utils.normalize": _normalize,
    "keras.utils.unpack_x_y_sample_weight": _unpacked,
    **text.FUNCTIONS,
    **image_generators.FUNCTIONS,
    **directories.FUNCTIONS,
    **timeseries.FUNCTIONS,
}

#: For each class its methods by name.
OBJECTS: dict[str, Mapping[str, Method]] = {**text.OBJECTS, **image_generators.OBJECTS}
