"""Dividing and shuffling samples: `sklearn.model_selection`, `sklearn.utils`.

Source: https://scikit-learn.org/stable/api/sklearn.model_selection.html
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

from kerascheck.data.array import Array
from kerascheck.data.content import DRAWN, UNKNOWN_ARRANGEMENT, Content
from kerascheck.data.objects import DataObject, Method, make_object
from kerascheck.data.pipeline import Pipeline
from kerascheck.data.refusals import refuses
from kerascheck.data.registry import Function
from kerascheck.data.samples import as_dim, count_of, is_real, prepared, rows_of, some_rows
from kerascheck.data.values import fresh_key, new_array
from kerascheck.machine.run import Run
from kerascheck.machine.values import Value
from kerascheck.network.arguments import Arguments
from kerascheck.network.dims import Dim, SymDim
from kerascheck.network.ir import Site
from kerascheck.symbolic.unknown import Unknown


def common_count(run: Run, values: list[Value], site: Site) -> Dim | Unknown:
    """How many samples arrays have that must have equally many; Unknown where they surely have not."""
    counts = [count_of(run, value) for value in values]
    numbers = {count for count in counts if isinstance(count, int)}
    if len(numbers) > 1:
        return run.fails("ValueError", f"arrays of different lengths: {sorted(numbers)}", site.node)  # KC213 tells it
    return next(iter(numbers), next((count for count in counts if count is not None), None))


# -- train_test_split ---------------------------------------------------------------------------------------------


class _BadSize(Exception):
    """scikit-learn raises ValueError for these sizes."""


def split_sizes(count: int, test: float | None, train: float | None) -> tuple[int, int]:
    """How many samples go to training and testing. Raises _BadSize.

    Source: `_validate_shuffle_split` in sklearn/model_selection/_split.py (1.9).
    """
    if test is None and train is None:
        test = 0.25
    for size in (test, train):
        if size is not None and not 0 < size < (count if isinstance(size, int) else 1):
            raise _BadSize
    if isinstance(test, float) and isinstance(train, float) and test + train > 1:
        raise _BadSize
    n_test = None if test is None else math.ceil(test * count) if isinstance(test, float) else test
    n_train = None if train is None else math.floor(train * count) if isinstance(train, float) else train
    if n_train is None:
        assert n_test is not None
        n_train = count - n_test
    if n_test is None:
        n_test = count - n_train
    if n_train + n_test > count or n_train == 0:
        raise _BadSize
    return n_train, n_test


def _sizes(run: Run, count: Dim, test: Value, train: Value, site: Site) -> tuple[Dim, Dim] | Unknown:
    """The sizes of both parts; equal sizes for equal splits of equally many samples."""
    known = all(size is None or is_real(size) for size in (test, train))
    if isinstance(count, int) and known:
        try:
            return split_sizes(count, test, train)
        except _BadSize:
            return refuses(run, "ValueError", f"sizes that {count} samples cannot be split to", site)
    identity = (count, test, train) if count is not None and known else fresh_key(run, site)
    n_train: Dim = SymDim.named("?.shape[0]", ("train size", identity))
    n_test: Dim = SymDim.named("?.shape[0]", ("test size", identity))
    if isinstance(test, int):
        n_test = test
        if train is None and count is not None:
            n_train = count - test
    if isinstance(train, int):
        n_train = train
        if test is None and count is not None:
            n_test = count - train
    return n_train, n_test


def _train_test_split(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    """`train_test_split(*arrays, test_size=, train_size=, random_state=, shuffle=, stratify=)`."""
    if arguments.open_positional or arguments.open_keywords or not arguments.positional:
        return run.fresh(f"the result of {name}", site.node)
    values = [given.value for given in arguments.positional]
    prepared(run, "split", name, values, site, arguments)
    step = len(run.program.preparations) - 1
    count = common_count(run, values, site)
    if isinstance(count, Unknown):
        return count
    sizes = _sizes(run, count, arguments.value("test_size"), arguments.value("train_size"), site)
    if isinstance(sizes, Unknown):
        return sizes
    shuffle = arguments.value("shuffle", None, True)
    order = "shuffled" if shuffle is True else None
    which = fresh_key(run, site)
    parts = [
        some_rows(run, value, size, part, order, site, which)
        for value in values
        for part, size in zip(("train", "test"), sizes, strict=True)
    ]
    stratify = arguments.value("stratify")
    for value, part, size in zip((one for one in values for _ in range(2)), parts, [*sizes] * len(values), strict=True):
        if isinstance(value, Array) and value is stratify and isinstance(part, Array):
            _keep_classes(value, part, size, count)
    is_own = shuffle is True and arguments.value("random_state") is None
    for part in parts:
        if isinstance(part, Array) and part.rows is not None:
            part.rows.division = step if is_own else None
    return run.new_list(parts)


def _keep_classes(whole: Array, part: Array, size: Dim, count: Dim) -> None:
    """The larger part has some of each class that it was told to divide evenly, since there are two of each."""
    content = whole.content
    if isinstance(size, int) and isinstance(count, int) and 2 * size >= count and content.attained:
        part.content.attained, part.content.values = True, content.values


# -- folds ----------------------------------------------------------------------------------------------------------


def _folds(default: int, in_test: Callable[[DataObject, int, int], Dim], is_rest: bool) -> Method:
    """`splitter.split(X, y)`: pairs of indices for training and testing."""

    def split(run: Run, thing: DataObject, arguments: Arguments, site: Site) -> Value:
        value = arguments.value("X", 0)
        prepared(run, "split", thing.qualname, [value], site, arguments)
        count = count_of(run, value)
        folds = thing.arguments.value("n_splits", 0, default)
        n_test: Dim = None
        if isinstance(count, int) and isinstance(folds, int) and folds > 0:
            n_test = in_test(thing, count, folds)
        key = fresh_key(run, site)
        if n_test is None:
            n_test = SymDim.named("?.shape[0]", ("test size", key))
        if count is not None and is_rest:
            n_train: Dim = count - n_test
        else:
            n_train = SymDim.named("?.shape[0]", ("train size", key))
        high = count - 1 if isinstance(count, int) else None
        indices = [new_array(run, (size,), "int64", content=Content(0, high)) for size in (n_train, n_test)]
        return Pipeline(tuple(indices), "iterator", batched=False, count=as_dim(folds), birth=run.tick())

    return split


def _even_fold(thing: DataObject, count: int, folds: int) -> Dim:
    return count // folds if count % folds == 0 else None


def _shuffled_part(default: float) -> Callable[[DataObject, int, int], Dim]:
    """The test part of `ShuffleSplit(n_splits, test_size=, train_size=)`."""

    def in_test(thing: DataObject, count: int, folds: int) -> Dim:
        test, train = thing.arguments.value("test_size"), thing.arguments.value("train_size")
        if train is not None or not (test is None or is_real(test)):
            return None
        try:
            return split_sizes(count, default if test is None else test, None)[1]
        except _BadSize:
            return None

    return in_test


def _n_splits(default: int) -> Method:
    def get(run: Run, thing: DataObject, arguments: Arguments, site: Site) -> Value:
        return thing.arguments.value("n_splits", 0, default)

    return get


def _unknown_fold(thing: DataObject, count: int, folds: int) -> Dim:
    return None


#: For each class the number of folds by default, the size of its test parts, whether all the rest is for training.
_SPLITTERS: dict[str, tuple[int, Callable[[DataObject, int, int], Dim], bool]] = {
    "KFold": (5, _even_fold, True),
    "StratifiedKFold": (5, _unknown_fold, True),
    "GroupKFold": (5, _unknown_fold, True),
    "StratifiedGroupKFold": (5, _unknown_fold, True),
    "TimeSeriesSplit": (5, _unknown_fold, False),
    "ShuffleSplit": (10, _shuffled_part(0.1), False),
    "StratifiedShuffleSplit": (10, _shuffled_part(0.1), False),
    "GroupShuffleSplit": (5, _unknown_fold, False),
}


# -- shuffling --------------------------------------------------------------------------------------------------------


def _shuffle(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    """`sklearn.utils.shuffle(*arrays, n_samples=)` and `resample`: samples in another order, or drawn."""
    if arguments.open_positional or not arguments.positional:
        return run.fresh(f"the result of {name}", site.node)
    values = [given.value for given in arguments.positional]
    count = common_count(run, values, site)
    if isinstance(count, Unknown):
        return count
    wanted = arguments.value("n_samples")
    drawn = name.endswith("resample") and arguments.value("replace", None, True) is not False
    key = fresh_key(run, site)
    how = UNKNOWN_ARRANGEMENT if arguments.value("random_state") is not None else ("shuffle", key)
    size = count if wanted is None else as_dim(wanted)
    if size is None:
        size = SymDim.named("?.shape[0]", ("shuffled size", key))
    made: list[Value] = []
    if drawn:
        prepared(run, "resample", name, values, site, arguments)
    for value in values:
        if wanted is None and not drawn and isinstance(value, Array):
            rows = rows_of(run, value)
            shuffled = value.snapshot()
            shuffled.birth, shuffled.items = run.tick(), None
            shuffled.rows = None if rows is None else rows.mixed(how)
            if shuffled.labels is not None and shuffled.labels.index is not None:
                shuffled.labels.index = ("some", key, "shuffled", shuffled.labels.index)
            made.append(shuffled)
        else:
            made.append(some_rows(run, value, size, DRAWN if drawn else "shuffled", "shuffled", site, key))
    return made[0] if len(made) == 1 else run.new_list(made)


def _numbers_of_folds(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    """`cross_val_score(estimator, X, y, cv=5)`: one number for each fold."""
    folds = arguments.value("cv", None, 5)
    count = as_dim(folds if folds is not None else 5) if not isinstance(folds, DataObject) else None
    if name.endswith("predict"):
        return run.fresh(f"the result of {name}", site.node)
    size = count if count is not None else SymDim.named("?.shape[0]", ("folds", fresh_key(run, site)))
    return new_array(run, (size,), "float64")


FUNCTIONS: dict[str, Function] = {
    "sklearn.model_selection.train_test_split": _train_test_split,
    "sklearn.cross_validation.train_test_split": _train_test_split,
    "sklearn.model_selection._split.train_test_split": _train_test_split,
    **{f"sklearn.model_selection.{name}": make_object for name in _SPLITTERS},
    "sklearn.model_selection.cross_val_score": _numbers_of_folds,
    "sklearn.model_selection.cross_val_predict": _numbers_of_folds,
    "sklearn.utils.shuffle": _shuffle,
    "sklearn.utils.resample": _shuffle,
}

OBJECTS: dict[str, Mapping[str, Method]] = {
    f"sklearn.model_selection.{name}": {"split": _folds(default, in_test, rest), "get_n_splits": _n_splits(default)}
    for name, (default, in_test, rest) in _SPLITTERS.items()
}
