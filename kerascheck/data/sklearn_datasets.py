"""Data sets that scikit-learn ships, fetches or makes up.

Source: sklearn/datasets (scikit-learn 1.9); what is shipped was looked at. To add one: a row in `_LOADED`, `_FETCHED`
or `_MADE`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from kerascheck.data.array import Array
from kerascheck.data.content import SEVERAL_LABELS, Content, Rows
from kerascheck.data.objects import DataObject
from kerascheck.data.registry import Function
from kerascheck.data.samples import as_dim
from kerascheck.data.values import fresh_key, fresh_size, new_array
from kerascheck.machine.run import Run
from kerascheck.machine.sequences import items_of
from kerascheck.machine.values import ListValue, Value
from kerascheck.network.arguments import Arguments
from kerascheck.network.dims import Dim, Shape
from kerascheck.network.ir import Site
from kerascheck.symbolic.unknown import Unknown

_BUNCH = "sklearn.utils.Bunch"


def _classes(count: int) -> Content:
    return Content(0, count - 1, True, frozenset(range(count)))


# -- shipped ------------------------------------------------------------------------------------------------------


class _DataSet(NamedTuple):
    """Features and targets; `names` is how many names of classes there are, 0 for numbers to predict."""

    features: Shape
    low: float
    high: float
    targets: Shape
    target: Content
    target_dtype: str = "int64"
    names: int = 0
    order: str | None = None
    dtype: str = "float64"


_LOADED = {
    "load_iris": _DataSet((150, 4), 0.1, 7.9, (150,), _classes(3), names=3, order="sorted"),
    "load_wine": _DataSet((178, 13), 0.13, 1680.0, (178,), _classes(3), names=3, order="sorted"),
    "load_digits": _DataSet((1797, 64), 0.0, 16.0, (1797,), _classes(10), names=10),
    "load_breast_cancer": _DataSet((569, 30), 0.0, 4254.0, (569,), _classes(2), names=2),
    "load_diabetes": _DataSet((442, 10), -0.1377673, 0.198788, (442,), Content(25.0, 346.0, True), "float64"),
    "load_linnerud": _DataSet((20, 3), 1.0, 251.0, (20, 3), Content(31.0, 247.0, True), "float64", names=3),
    # Not shipped any more since scikit-learn 1.2.
    "load_boston": _DataSet((506, 13), 0.0, 711.0, (506,), Content(5.0, 50.0, True), "float64"),
    "fetch_california_housing": _DataSet(
        (20640, 8), -124.35, 35682.0, (20640,), Content(0.14999, 5.00001, True), "float64", names=1
    ),
    "fetch_olivetti_faces": _DataSet((400, 4096), 0.0, 1.0, (400,), _classes(40), order="sorted", dtype="float32"),
}


def _loaded(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    """A data set of known shape: a `Bunch`, or features and targets."""
    facts = _LOADED[name.rpartition(".")[2]]
    if not _is_whole(arguments):
        return run.fresh(f"the result of {name}", site.node)
    rows = Rows(fresh_key(run, site), None, facts.order)
    as_frame = arguments.value("as_frame", None, False)
    kinds = {False: ("numpy", "numpy"), True: ("frame", "series" if len(facts.targets) == 1 else "frame")}
    of_data, of_target = kinds.get(as_frame, ("matrix", "matrix")) if isinstance(as_frame, bool) else ("matrix",) * 2
    content = Content(facts.low, facts.high, True, tags=frozenset({"dataset"}))
    data = new_array(run, facts.features, facts.dtype, content=content, rows=rows, kind=of_data)
    labels = facts.target.copy()
    labels.tags = frozenset({"dataset"})
    target = new_array(run, facts.targets, facts.target_dtype, content=labels, rows=rows, kind=of_target)
    if arguments.value("return_X_y", None, False) is True:
        return (data, target)
    bunch = DataObject(_BUNCH, arguments, site, run.tick(), fresh_key(run, site))
    bunch.attributes.update(data=data, target=target)
    bunch.attributes["feature_names"] = new_array(run, facts.features[1:], "str", kind="list")
    if facts.names:
        bunch.attributes["target_names"] = new_array(run, (facts.names,), "str")
    side = {"load_digits": 8, "fetch_olivetti_faces": 64}.get(name.rpartition(".")[2])
    if side is not None:
        shape = (facts.features[0], side, side)
        bunch.attributes["images"] = new_array(run, shape, facts.dtype, content=content.copy(), rows=rows)
    return bunch


def _is_whole(arguments: Arguments) -> bool:
    """Whether no argument asks for another form or a part of the data."""
    known = {"return_X_y", "as_frame", "data_home", "download_if_missing"}
    is_open = arguments.open_keywords or arguments.open_positional
    given = arguments.value("return_X_y", None, False)
    return not is_open and not arguments.positional and set(arguments.keywords) <= known and type(given) is bool


class _OpenML(NamedTuple):
    features: Shape
    classes: int


_FETCHED = {"mnist_784": _OpenML((70_000, 784), 10), "fashion-mnist": _OpenML((70_000, 784), 10)}


def _fetch_openml(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    """`fetch_openml(name, version=...)`: images of known size; labels are text."""
    wanted = arguments.value("name", 0)
    facts = _FETCHED.get(wanted.lower()) if isinstance(wanted, str) else None
    both = arguments.value("return_X_y", None, False)
    if facts is None or arguments.open_keywords or type(both) is not bool or "target_column" in arguments.keywords:
        return run.fresh(f"the result of {name}", site.node)
    as_frame = arguments.value("as_frame", None, "auto")
    kind = "numpy" if as_frame is False else "matrix"
    rows = Rows(fresh_key(run, site), None, "shuffled")
    pixels = Content(0, 255, True, tags=frozenset({"pixels", "dataset"}))
    dtype = Unknown("whole numbers or floats, as the version of scikit-learn has it")
    data = new_array(run, facts.features, dtype, content=pixels, rows=rows, kind=kind)
    target = new_array(run, facts.features[:1], "object", rows=rows, kind=kind)
    if both:
        return (data, target)
    bunch = DataObject(_BUNCH, arguments, site, run.tick(), fresh_key(run, site))
    bunch.attributes.update(data=data, target=target)
    return bunch


# -- made up ------------------------------------------------------------------------------------------------------


def _size(run: Run, value: Value, text: str, site: Site) -> Dim:
    size = as_dim(value)
    return fresh_size(run, text, site) if size is None else size


def _samples(run: Run, arguments: Arguments, site: Site, position: int | None = 0, default: int = 100) -> Dim:
    """`n_samples`; the number of each group added up where it is a sequence."""
    value = arguments.value("n_samples", position, default)
    if isinstance(value, (tuple, ListValue)):
        items = items_of(run, value)
        known = not isinstance(items, Unknown) and all(isinstance(item, int) for item in items)
        return sum(items) if known and not isinstance(items, Unknown) else fresh_size(run, "?.shape[0]", site)
    return _size(run, value, "?.shape[0]", site)


def _features(run: Run, arguments: Arguments, site: Site, position: int | None = 1, default: int = 20) -> Dim:
    return _size(run, arguments.value("n_features", position, default), "?.shape[1]", site)


def _labels(count: Dim, classes: Value) -> Content:
    """Labels of that many classes, all of which occur where there are many samples."""
    if not isinstance(classes, int) or classes < 1:
        return Content(0)
    surely = isinstance(count, int) and count >= 20 * classes
    return Content(0, classes - 1, surely, frozenset(range(classes)) if surely else None)


def _pair(
    run: Run, arguments: Arguments, site: Site, shape: Shape, targets: Shape, labels: Content | None, dtype: str
) -> tuple[Array, Array]:
    shuffled = arguments.value("shuffle", None, True)
    order = "shuffled" if shuffled is True or labels is None else "sorted" if shuffled is False else None
    rows = Rows(fresh_key(run, site), None, order)
    data = new_array(run, shape, "float64", rows=rows)
    return data, new_array(run, targets, dtype, content=labels, rows=rows)


def _make_classification(run: Run, arguments: Arguments, site: Site) -> Value:
    count, classes = _samples(run, arguments, site), arguments.value("n_classes", None, 2)
    labels = _labels(count, classes)
    flip = arguments.value("flip_y", None, 0.01)
    if arguments.value("weights") is not None or not isinstance(flip, (int, float)) or flip > 0.5:
        labels = Content(labels.low, labels.high)
    if arguments.value("return_X_y", None, True) is not True:
        return run.fresh("a Bunch", site.node)
    return _pair(run, arguments, site, (count, _features(run, arguments, site)), (count,), labels, "int64")


def _make_blobs(run: Run, arguments: Arguments, site: Site) -> Value:
    count, centers = _samples(run, arguments, site), arguments.value("centers", None, 3)
    features = _features(run, arguments, site, default=2)
    value = arguments.value("n_samples", 0, 100)
    if centers is None:
        centers = 3
    if not isinstance(centers, (int, Unknown)):
        rows = items_of(run, centers)
        width = items_of(run, rows[0]) if not isinstance(rows, Unknown) and rows else Unknown("centers")
        features = fresh_size(run, "?.shape[1]", site) if isinstance(width, Unknown) else len(width)
        centers = Unknown("centers") if isinstance(rows, Unknown) else len(rows)
    elif not isinstance(value, (int, Unknown)):
        sizes = items_of(run, value)
        centers = Unknown("centers") if isinstance(sizes, Unknown) else len(sizes)
    if arguments.value("return_centers", None, False) is not False:
        return run.fresh("blobs and their centers", site.node)
    return _pair(run, arguments, site, (count, features), (count,), _labels(count, centers), "int64")


#: Samples from which the extremes of a distribution surely occur.
_MANY = 50


def _make_regression(run: Run, arguments: Arguments, site: Site) -> Value:
    count, several = _samples(run, arguments, site), _size(run, arguments.value("n_targets", None, 1), "targets", site)
    if arguments.value("coef", None, False) is not False:
        return run.fresh("data and coefficients", site.node)
    targets = (count,) if several == 1 else (count, several)
    shape = (count, _features(run, arguments, site, default=100))
    if not isinstance(several, int):
        targets = Unknown("targets whose number is not known")  # type: ignore[assignment]
    # Sums of a few normal numbers times up to 100 each: some samples are enough to be sure of both sides.
    is_wide = isinstance(count, int) and count >= _MANY and arguments.value("effective_rank") is None
    data, made = _pair(run, arguments, site, shape, targets, None, "float64")
    if is_wide:
        made.content.tags |= {"unbounded"}
    return data, made


def _two_curves(run: Run, arguments: Arguments, site: Site) -> Value:
    count = _samples(run, arguments, site)
    return _pair(run, arguments, site, (count, 2), (count,), _labels(count, 2), "int64")


def _make_quantiles(run: Run, arguments: Arguments, site: Site) -> Value:
    count = _samples(run, arguments, site, None)
    shape = (count, _features(run, arguments, site, None, 2))
    labels = _labels(count, arguments.value("n_classes", None, 3))
    return _pair(run, arguments, site, shape, (count,), labels, "int64")


def _make_multilabel(run: Run, arguments: Arguments, site: Site) -> Value:
    count = _samples(run, arguments, site)
    options = ("sparse", "return_indicator", "return_distributions")
    if any(name in arguments.keywords for name in options):
        return run.fresh("labels of several classes", site.node)
    shape = (count, _features(run, arguments, site))
    classes = _size(run, arguments.value("n_classes", None, 5), "?.shape[1]", site)
    return _pair(
        run, arguments, site, shape, (count, classes), Content(0, 1, tags=frozenset({SEVERAL_LABELS})), "int64"
    )


def _numbers(features: int | None, default: int = 100) -> Callable[[Run, Arguments, Site], Value]:
    """Samples with a number to predict."""

    def make(run: Run, arguments: Arguments, site: Site) -> Value:
        count = _samples(run, arguments, site, default=default)
        columns = features if features is not None else _features(run, arguments, site, default=10)
        return _pair(run, arguments, site, (count, columns), (count,), None, "float64")

    return make


_MADE: dict[str, Callable[[Run, Arguments, Site], Value]] = {
    "make_classification": _make_classification,
    "make_blobs": _make_blobs,
    "make_regression": _make_regression,
    "make_moons": _two_curves,
    "make_circles": _two_curves,
    "make_gaussian_quantiles": _make_quantiles,
    "make_multilabel_classification": _make_multilabel,
    "make_friedman1": _numbers(None),
    "make_friedman2": _numbers(4),
    "make_friedman3": _numbers(4),
    "make_swiss_roll": _numbers(3),
    "make_s_curve": _numbers(3),
    "make_hastie_10_2": _numbers(10, 12_000),
    "make_sparse_uncorrelated": _numbers(None),
}


def _made(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    if arguments.open_positional or arguments.open_keywords:
        return run.fresh(f"the result of {name}", site.node)
    return _MADE[name.rpartition(".")[2]](run, arguments, site)


FUNCTIONS: dict[str, Function] = {
    **{f"sklearn.datasets.{name}": _loaded for name in _LOADED},
    **{f"sklearn.datasets.{name}": _made for name in _MADE},
    **{f"sklearn.datasets.samples_generator.{name}": _made for name in _MADE},
    "sklearn.datasets.fetch_openml": _fetch_openml,
}
