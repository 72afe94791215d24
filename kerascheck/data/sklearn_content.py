"""What a transformer of scikit-learn makes of the numbers and the dtype of its data."""

from __future__ import annotations

from collections.abc import Callable

from kerascheck.data.array import Array, is_float
from kerascheck.data.content import Content
from kerascheck.data.objects import DataObject
from kerascheck.data.values import dtype_of
from kerascheck.machine.sequences import NotPlain, to_python
from kerascheck.machine.values import Value
from kerascheck.network.dims import Dim
from kerascheck.symbolic.unknown import Unknown

DType = str | Unknown


def option(thing: DataObject, name: str, default: Value = None, position: int | None = None) -> Value:
    """An argument of the construction."""
    return thing.arguments.value(name, position, default)


def as_many(thing: DataObject, data: Array) -> Dim:
    """As many columns as before."""
    return data.shape[1] if isinstance(data.shape, tuple) else None


def _tags(data: Array, *tags: str) -> frozenset[str]:
    return (data.content.tags & {"dataset"}) | set(tags)


def standardized(thing: DataObject, data: Array, own: bool) -> Content:
    whole = option(thing, "with_mean", True) is True and option(thing, "with_std", True) is True
    return Content(tags=_tags(data, "scaled", "standardized") if whole else _tags(data, "scaled"))


def scaled(thing: DataObject, data: Array, own: bool) -> Content:
    return Content(tags=_tags(data, "scaled"))


def to_range(thing: DataObject, data: Array, own: bool) -> Content:
    """Each column of what it was fitted on goes from the one end to the other."""
    try:
        low, high = to_python(option(thing, "feature_range", (0, 1), 0))
    except (NotPlain, TypeError, ValueError):
        return scaled(thing, data, own)
    if not own and option(thing, "clip", False) is not True:
        return scaled(thing, data, own)
    is_constant = data.content.low is not None and data.content.low == data.content.high
    return Content(float(low), float(high), own and not is_constant, tags=_tags(data, "scaled"))


def to_one(thing: DataObject, data: Array, own: bool) -> Content:
    """Nothing is further from zero than 1."""
    if not own:
        return scaled(thing, data, own)
    return Content(0.0 if (data.content.low or -1) >= 0 else -1.0, 1.0, tags=_tags(data, "scaled"))


def unit_rows(thing: DataObject, data: Array, own: bool) -> Content:
    return to_one(thing, data, True)


def quantiles(thing: DataObject, data: Array, own: bool) -> Content:
    if option(thing, "output_distribution", "uniform") == "uniform":
        return Content(0.0, 1.0, own, tags=_tags(data, "scaled"))
    return scaled(thing, data, own)


def zero_one(thing: DataObject, data: Array, own: bool) -> Content:
    return Content(0.0, 1.0)


def not_known(thing: DataObject, data: Array, own: bool) -> Content:
    return Content()


def some_columns(thing: DataObject, data: Array, own: bool) -> Content:
    return data.content.subset()


def not_negative(thing: DataObject, data: Array, own: bool) -> Content:
    return Content(0.0)


def encoded(thing: DataObject, data: Array, own: bool) -> Content:
    """One-hot columns."""
    known = own or option(thing, "handle_unknown", "error") == "error"
    single = as_many(thing, data) == 1 and option(thing, "drop") is None
    columns = thing.recall("columns")
    if known and single and isinstance(columns, int) and columns > 1:
        return Content(0.0, 1.0, own, frozenset({0.0, 1.0}) if own else None, True)
    return Content(0.0, 1.0, one_hot=True if known and single else None)


def imputed_numbers(thing: DataObject, data: Array, own: bool) -> Content:
    content = data.content
    if option(thing, "strategy", "mean") in ("mean", "median", "most_frequent") and own:
        return Content(content.low, content.high, content.attained, tags=content.tags)
    return Content()


def float_dtype(thing: DataObject, dtype: DType) -> DType:
    """Floating-point numbers stay as they are, all other become 64 bits wide."""
    if isinstance(dtype, Unknown):
        return Unknown("floats of a width that is not known")
    return dtype if is_float(dtype) else "float64"


def same_dtype(thing: DataObject, dtype: DType) -> DType:
    return dtype


def given_dtype(default: str) -> Callable[[DataObject, DType], DType]:
    def dtype(thing: DataObject, before: DType) -> DType:
        wanted = dtype_of(option(thing, "dtype"))
        return default if wanted is None else wanted

    return dtype


def some_dtype(thing: DataObject, dtype: DType) -> DType:
    return dtype if is_float(dtype) else Unknown("the dtype of what is imputed")
