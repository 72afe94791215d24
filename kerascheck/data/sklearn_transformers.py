"""Estimators that turn one matrix of samples into another: scalers, reductions, vectorizers, one-hot encoding.

Source: https://scikit-learn.org/stable/api/sklearn.preprocessing.html and its neighbours. To add one: a row in
`_TRANSFORMERS`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import NamedTuple

from kerascheck.data.array import Array, title_sizes
from kerascheck.data.content import FITTED, Content
from kerascheck.data.objects import DataObject, Method, make_object
from kerascheck.data.refusals import refuses
from kerascheck.data.registry import Function
from kerascheck.data.samples import as_dim, count_of, matrix, prepared, rows_of
from kerascheck.data.sklearn_content import (
    DType,
    as_many,
    encoded,
    float_dtype,
    given_dtype,
    imputed_numbers,
    not_known,
    not_negative,
    option,
    quantiles,
    same_dtype,
    scaled,
    some_columns,
    some_dtype,
    standardized,
    to_one,
    to_range,
    unit_rows,
    zero_one,
)
from kerascheck.data.values import as_array, fresh_key, new_array
from kerascheck.machine.run import Run
from kerascheck.machine.sequences import NotPlain, items_of, to_python
from kerascheck.machine.values import Value
from kerascheck.network.arguments import Arguments, Given
from kerascheck.network.dims import Dim, SymDim, definitely_different
from kerascheck.network.ir import Site
from kerascheck.symbolic.unknown import Unknown

#: How many columns come out, for the estimator and what it is fitted on; None where that is not known.
Columns = Callable[[DataObject, Array], Dim]

#: What is known of the numbers that come out; the last argument says whether it was fitted on the very same numbers.
Numbers = Callable[[DataObject, Array, bool], Content]


class Transformer(NamedTuple):
    """What an estimator does to a matrix."""

    columns: Columns
    numbers: Numbers
    dtype: Callable[[DataObject, DType], DType]
    is_sparse: Callable[[DataObject], bool | None] = lambda thing: False
    takes_texts: bool = False


# -- columns ------------------------------------------------------------------------------------------------------


def _components(default: int | None) -> Columns:
    """As many columns as an argument says; where that is None, see `_largest`."""

    def columns(thing: DataObject, data: Array) -> Dim:
        wanted = option(thing, "n_components", default, 0)
        if wanted is None:
            return _largest(thing, data)
        return None if isinstance(wanted, (float, bool)) else as_dim(wanted)

    return columns


def _largest(thing: DataObject, data: Array) -> Dim:
    """No more components than samples or columns."""
    if thing.qualname.endswith((".NMF", ".SparsePCA")):
        return as_many(thing, data)
    rows, before = data.shape if isinstance(data.shape, tuple) else (None, None)
    if not isinstance(rows, int) or not isinstance(before, int) or option(thing, "svd_solver", "auto") == "arpack":
        return None
    return min(rows, before)


def _selected(thing: DataObject, data: Array) -> Dim:
    wanted = option(thing, "k", 10, 1)
    if wanted == "all":
        return as_many(thing, data)
    return as_dim(wanted)


def _kept(thing: DataObject, data: Array) -> Dim:
    """Columns of a selection whose number depends on the numbers."""
    return None


def _polynomial(thing: DataObject, data: Array) -> Dim:
    """The number of monomials. Source: `PolynomialFeatures._num_combinations` (scikit-learn 1.9)."""
    degree, before = option(thing, "degree", 2, 0), as_many(thing, data)
    only: Value = option(thing, "interaction_only", False)
    bias: Value = option(thing, "include_bias", True)
    if not isinstance(before, int) or not isinstance(degree, int) or not isinstance(only and bias, bool):
        return None
    if only:
        count = sum(math.comb(before, power) for power in range(1, min(degree, before) + 1))
    else:
        count = math.comb(before + degree, degree) - 1
    return count + int(bias)


def _vocabulary(thing: DataObject, data: Array) -> Dim:
    """As many columns as there are words: known only where they are given."""
    try:
        words = to_python(option(thing, "vocabulary"))
    except NotPlain:
        return None
    return len(words) if isinstance(words, (list, tuple, set, dict)) else None


def _hashed(thing: DataObject, data: Array) -> Dim:
    return as_dim(option(thing, "n_features", 2**20))


def _imputed(thing: DataObject, data: Array) -> Dim:
    return as_many(thing, data) if option(thing, "add_indicator", False) is False else None


def _binned(thing: DataObject, data: Array) -> Dim:
    return as_many(thing, data) if option(thing, "encode", "onehot") == "ordinal" else None


def _categories(thing: DataObject, data: Array) -> Dim:
    """One column for each category: known where the categories are given, or the one column's values are."""
    drop, before = option(thing, "drop"), as_many(thing, data)
    if drop not in (None, "first") or not isinstance(before, int):
        return None
    if option(thing, "min_frequency") is not None or option(thing, "max_categories") is not None:
        return None
    given, dropped = option(thing, "categories", "auto", 0), 1 if drop == "first" else 0
    if given == "auto":
        if before != 1 or data.content.values is None:
            return None
        return len(data.content.values) - dropped
    try:
        lists = to_python(given)
    except NotPlain:
        return None
    if not isinstance(lists, (list, tuple)) or len(lists) != before:
        return None
    return sum(len(one) - dropped for one in lists)


# -- numbers ------------------------------------------------------------------------------------------------------


# -- dtypes and sparsity ----------------------------------------------------------------------------------------------


def _one_hot_sparse(thing: DataObject) -> bool | None:
    for name in ("sparse_output", "sparse"):
        given = option(thing, name)
        if given is not None:
            return given if isinstance(given, bool) else None
    return True


def _binned_sparse(thing: DataObject) -> bool | None:
    return bool(option(thing, "encode", "onehot") == "onehot")


def _always(thing: DataObject) -> bool:
    return True


_PREPROCESSING = {
    "StandardScaler": Transformer(as_many, standardized, float_dtype),
    "MinMaxScaler": Transformer(as_many, to_range, float_dtype),
    "MaxAbsScaler": Transformer(as_many, to_one, float_dtype),
    "RobustScaler": Transformer(as_many, scaled, float_dtype),
    "Normalizer": Transformer(as_many, unit_rows, float_dtype),
    "Binarizer": Transformer(as_many, zero_one, some_dtype),
    "PowerTransformer": Transformer(as_many, scaled, float_dtype),
    "QuantileTransformer": Transformer(as_many, quantiles, float_dtype),
    "PolynomialFeatures": Transformer(_polynomial, not_known, float_dtype),
    "KBinsDiscretizer": Transformer(_binned, not_negative, float_dtype, _binned_sparse),
    "OneHotEncoder": Transformer(_categories, encoded, given_dtype("float64"), _one_hot_sparse),
    "OrdinalEncoder": Transformer(as_many, not_known, given_dtype("float64")),
    "Imputer": Transformer(_imputed, imputed_numbers, some_dtype),
}

#: Scalers that bring back as many columns as they were fitted on, and refuse others.
_IN_PLACE = frozenset(
    f"sklearn.preprocessing.{name}"
    for name in (
        "StandardScaler", "MinMaxScaler", "MaxAbsScaler", "RobustScaler", "PowerTransformer", "QuantileTransformer",
    )
)  # fmt: skip

_TRANSFORMERS: dict[str, Transformer] = {
    **{f"sklearn.preprocessing.{name}": transformer for name, transformer in _PREPROCESSING.items()},
    "sklearn.decomposition.PCA": Transformer(_components(None), not_known, float_dtype),
    "sklearn.decomposition.IncrementalPCA": Transformer(_components(None), not_known, float_dtype),
    "sklearn.decomposition.SparsePCA": Transformer(_components(None), not_known, float_dtype),
    "sklearn.decomposition.FastICA": Transformer(_components(None), not_known, float_dtype),
    "sklearn.decomposition.TruncatedSVD": Transformer(_components(2), not_known, float_dtype),
    "sklearn.decomposition.NMF": Transformer(_components(None), not_negative, float_dtype),
    "sklearn.decomposition.KernelPCA": Transformer(_kept, not_known, float_dtype),
    "sklearn.manifold.TSNE": Transformer(_components(2), not_known, float_dtype),
    "sklearn.feature_selection.SelectKBest": Transformer(_selected, some_columns, same_dtype),
    "sklearn.feature_selection.VarianceThreshold": Transformer(_kept, some_columns, same_dtype),
    "sklearn.feature_selection.SelectFromModel": Transformer(_kept, some_columns, same_dtype),
    "sklearn.feature_selection.SelectPercentile": Transformer(_kept, some_columns, same_dtype),
    "sklearn.discriminant_analysis.LinearDiscriminantAnalysis": Transformer(_kept, not_known, float_dtype),
    "sklearn.impute.SimpleImputer": Transformer(_imputed, imputed_numbers, some_dtype),
    "sklearn.impute.KNNImputer": Transformer(_imputed, not_known, float_dtype),
    "sklearn.feature_extraction.text.CountVectorizer": Transformer(
        _vocabulary, not_negative, given_dtype("int64"), _always, True
    ),
    "sklearn.feature_extraction.text.TfidfVectorizer": Transformer(
        _vocabulary, not_negative, given_dtype("float64"), _always, True
    ),
    "sklearn.feature_extraction.text.HashingVectorizer": Transformer(
        _hashed, not_known, given_dtype("float64"), _always, True
    ),
    "sklearn.feature_extraction.text.TfidfTransformer": Transformer(as_many, not_negative, float_dtype, _always),
    "sklearn.compose.ColumnTransformer": Transformer(_kept, not_known, float_dtype, lambda thing: None),
}


# -- methods --------------------------------------------------------------------------------------------------------


def _input(run: Run, thing: DataObject, arguments: Arguments, site: Site) -> tuple[Value, Array | Unknown]:
    """What a method is called on, as it is and as a matrix (of one column for texts)."""
    texts = _TRANSFORMERS[thing.qualname].takes_texts
    value = arguments.value("raw_documents" if texts else "X", 0)
    if not texts:
        return value, matrix(run, value, site)
    count = count_of(run, value)
    if count is None:
        count = SymDim.named("?.shape[0]", ("texts", fresh_key(run, site)))
    return value, new_array(run, (count, 1), "str", rows=rows_of(run, value))


def state_of(value: Value) -> object:
    """What is equal for equal numbers; None where that is not known."""
    if isinstance(value, Array):
        return value.content.state
    return value.key if isinstance(value, Unknown) else None


def _learn(run: Run, thing: DataObject, value: Value, data: Array | Unknown, site: Site) -> None:
    moment = fresh_key(run, site)
    columns: Dim = None
    before: Dim = None
    if isinstance(data, Array) and isinstance(data.shape, tuple):
        before = data.shape[1]
        columns = _TRANSFORMERS[thing.qualname].columns(thing, data)
    if columns is None:
        columns = SymDim.named("?.shape[1]", ("columns", moment))
    step = len(run.program.preparations) - 1  # which `prepared` has just noted
    thing.learn(run, moment=moment, before=before, columns=columns, fitted=state_of(value), step=step)


def _fit(run: Run, thing: DataObject, arguments: Arguments, site: Site) -> Value:
    value, data = _input(run, thing, arguments, site)
    prepared(run, "fit", thing.qualname, [value], site, arguments)
    _learn(run, thing, value, data, site)
    return thing


#: Transformers that learn nothing.
_STATELESS = frozenset({"Normalizer", "Binarizer", "FunctionTransformer", "HashingVectorizer", "FeatureHasher"})


def _transform(run: Run, thing: DataObject, arguments: Arguments, site: Site) -> Value:
    value, data = _input(run, thing, arguments, site)
    if not thing.state and thing.name is not None and thing.qualname.rpartition(".")[2] not in _STATELESS:
        prepared(run, "unfitted", f"{thing.qualname}:{thing.name}", [], site, arguments)
    prepared(run, "transform", thing.qualname, [value], site, arguments)
    if isinstance(data, Unknown):
        return data
    return _transformed(run, thing, value, data, site)


def _fit_transform(run: Run, thing: DataObject, arguments: Arguments, site: Site) -> Value:
    value, data = _input(run, thing, arguments, site)
    prepared(run, "fit", thing.qualname, [value], site, arguments)
    _learn(run, thing, value, data, site)
    if isinstance(data, Unknown):
        return data
    return _transformed(run, thing, value, data, site)


def _transformed(run: Run, thing: DataObject, value: Value, data: Array, site: Site) -> Value:
    """What comes out for a matrix."""
    rule = _TRANSFORMERS[thing.qualname]
    assert isinstance(data.shape, tuple)
    count, now = data.shape
    before = thing.recall("before")
    if before is not None and definitely_different(before, now):
        return refuses(run, "ValueError", f"{thing!r} was fitted on {before} columns, now it gets {now}", site)
    state = state_of(value)
    own = state is not None and thing.recall("fitted") == state
    columns = thing.recall("columns")
    if rule.columns is as_many:
        columns = now
    elif columns is None:
        columns = SymDim.named("?.shape[1]", ("columns", thing.key))
    if thing.name is not None and isinstance(columns, SymDim):
        title_sizes((columns,), f"{thing.name}.transform(...)")
    sparse = rule.is_sparse(thing)
    if sparse is None or "output" in thing.state:
        return _of_unknown_kind(run, thing, (count, columns), site)
    content, step = rule.numbers(thing, data, own), thing.recall("step")
    if step is not None:
        content.tags = frozenset(tag for tag in content.tags if not tag.startswith(FITTED)) | {f"{FITTED}{step}"}
    return new_array(
        run,
        (count, columns),
        rule.dtype(thing, data.dtype),
        content=content,
        kind="sparse" if sparse else "numpy",
        rows=data.rows if data.rows is not None else rows_of(run, value),
    )


def _of_unknown_kind(run: Run, thing: DataObject, shape: tuple[Dim, Dim], site: Site) -> Value:
    """A matrix that may be dense, sparse, or a frame: only its shape is known."""
    return new_array(run, shape, Unknown("the dtype of what an estimator gives"), kind="matrix")


def _inverse(run: Run, thing: DataObject, arguments: Arguments, site: Site) -> Value:
    """Back to the columns that it was fitted on."""
    vector = as_array(run, arguments.value("X", 0)) if run.project.dialect < 3 else None
    if vector is not None and vector.ndim == 1:
        return new_array(run, vector.shape, float_dtype(thing, vector.dtype))  # scikit-learn took one column then
    data = matrix(run, arguments.value("X", 0), site)
    if isinstance(data, Unknown) or not isinstance(data.shape, tuple):
        return data
    before, now = thing.recall("before"), data.shape[1]
    if _is_inverted_in_place(thing) and isinstance(before, int) and before > 1 and definitely_different(before, now):
        # numpy spreads what it knows of a single column over several, and of several over none
        return refuses(run, "ValueError", f"{thing!r} was fitted on {before} columns, now it gets {now}", site)
    columns = data.shape[1] if _TRANSFORMERS[thing.qualname].columns is as_many else thing.recall("before")
    if columns is None:
        columns = SymDim.named("?.shape[1]", ("columns", fresh_key(run, site)))
    return new_array(run, (data.shape[0], columns), float_dtype(thing, data.dtype), rows=data.rows)


def _is_inverted_in_place(thing: DataObject) -> bool:
    """Whether its `inverse_transform` multiplies or shifts each column by numbers of its own."""
    if thing.arguments.open_keywords or thing.arguments.open_positional:
        return False
    kept = ("with_mean", "with_std", "with_centering", "with_scaling")
    return thing.qualname in _IN_PLACE and not any(name in thing.arguments.keywords for name in kept)


def _set_output(run: Run, thing: DataObject, arguments: Arguments, site: Site) -> Value:
    thing.learn(run, output=arguments.value("transform"))
    return thing


_METHODS: Mapping[str, Method] = {
    "fit": _fit,
    "partial_fit": _fit,
    "transform": _transform,
    "fit_transform": _fit_transform,
    "inverse_transform": _inverse,
    "set_output": _set_output,
}

# -- chains -----------------------------------------------------------------------------------------------------------


def _steps(run: Run, thing: DataObject) -> list[DataObject] | None:
    """The estimators of a `sklearn.pipeline.Pipeline`; None where they are not all known."""
    if thing.qualname.endswith("make_pipeline"):
        found: list[Value] | Unknown = [given.value for given in thing.arguments.positional]
    else:
        pairs = items_of(run, option(thing, "steps", (), 0))
        if isinstance(pairs, Unknown) or not all(isinstance(pair, tuple) and len(pair) == 2 for pair in pairs):
            return None
        found = [pair[1] for pair in pairs]
    known = [] if isinstance(found, Unknown) else found
    steps = [step for step in known if isinstance(step, DataObject) and step.qualname in _TRANSFORMERS]
    return steps if steps and len(steps) == len(known) else None


def _chained(method: str) -> Method:
    """A method of a chain of estimators: each works on what the one before gives."""

    def call(run: Run, thing: DataObject, arguments: Arguments, site: Site) -> Value:
        steps = _steps(run, thing)
        if steps is None:
            return thing if method == "fit" else run.fresh(f"the result of {thing!r}", site.node)
        value = arguments.value("X", 0)
        for step in steps:
            each = "fit_transform" if method == "fit" else method
            value = _METHODS[each](run, step, Arguments([Given(value)], {}), site)
        return thing if method == "fit" else value

    return call


_CHAIN_METHODS: Mapping[str, Method] = {name: _chained(name) for name in ("fit", "transform", "fit_transform")}

_CHAINS = ("sklearn.pipeline.Pipeline", "sklearn.pipeline.make_pipeline")

FUNCTIONS: dict[str, Function] = dict.fromkeys((*_TRANSFORMERS, *_CHAINS), make_object)

OBJECTS: dict[str, Mapping[str, Method]] = {
    **dict.fromkeys(_TRANSFORMERS, _METHODS),
    **dict.fromkeys(_CHAINS, _CHAIN_METHODS),
}
