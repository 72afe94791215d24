"""What is claimed of scikit-learn's results is true of them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kerascheck.data.content import FITTED
from kerascheck.data.sklearn_splitting import _BadSize, split_sizes
from kerascheck.network.dims import SymDim
from kerascheck.symbolic.unknown import Unknown
from tests.data.real import check, run_both
from tests.machine.helpers import execute_module, value_of

pytest.importorskip("sklearn")

HEAD = """
import numpy as np
from sklearn import datasets, decomposition, feature_selection, impute, model_selection, pipeline, preprocessing, utils
from sklearn.datasets import load_digits, load_iris, make_moons
from sklearn.decomposition import PCA
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer, HashingVectorizer
from sklearn.feature_selection import VarianceThreshold
from sklearn.impute import SimpleImputer
from sklearn.model_selection import train_test_split, KFold, StratifiedKFold, ShuffleSplit, TimeSeriesSplit
from sklearn.preprocessing import (
    Binarizer, KBinsDiscretizer, LabelBinarizer, LabelEncoder, MaxAbsScaler, MinMaxScaler, MultiLabelBinarizer,
    Normalizer, OneHotEncoder, OrdinalEncoder, PolynomialFeatures, PowerTransformer, QuantileTransformer, RobustScaler,
    StandardScaler,
)
from sklearn.utils import resample, shuffle
from sklearn.utils.class_weight import compute_class_weight, compute_sample_weight
rng = np.random.RandomState(0)
"""

# -- splitting ------------------------------------------------------------------------------------------------------

_SIZES = st.one_of(st.none(), st.integers(0, 60), st.floats(0.0, 1.2).map(lambda v: round(v, 3)))


@given(st.integers(2, 60), _SIZES, _SIZES)
@settings(max_examples=200, deadline=None)
def test_the_sizes_of_a_split(count: int, test: float | None, train: float | None) -> None:
    from sklearn.model_selection import train_test_split

    try:
        real = tuple(map(len, train_test_split(np.zeros(count), test_size=test, train_size=train)))
    except ValueError:
        real = None
    try:
        claimed = split_sizes(count, test, train)
    except _BadSize:
        claimed = None
    assert claimed == real


SPLITS = [
    "a, b = train_test_split(X)",
    "a, b = train_test_split(X, test_size=0.33)",
    "a, b, c, d = train_test_split(X, y, test_size=0.2, random_state=1)",
    "a, b, c, d = train_test_split(X, y, train_size=7)",
    "a, b, c, d = train_test_split(X, y, train_size=0.5, test_size=0.25, stratify=y)",
    "a, b, c, d = train_test_split(X, y, test_size=3, shuffle=False)",
    "a, b, c, d = train_test_split(X, y.reshape(-1, 1))",
    "a, b, c, d = train_test_split(X.astype('float32'), list(y))",
    "a, b, c, d = model_selection.train_test_split(X, y); a, b, c, d = train_test_split(a, c, test_size=0.5)",
    "a, b = shuffle(X, y)",
    "a = shuffle(X, n_samples=5); b = resample(X); c, d = resample(X, y, replace=False, n_samples=4)",
    "a, b = train_test_split(X, test_size=0.4); a = a[:, 0]; b = b.reshape(-1, 2, 2)",
]


@pytest.mark.parametrize("line", SPLITS)
def test_splits(line: str) -> None:
    names = [name for name in "abcd" if f"{name}," in line or f"{name} =" in line]
    check(HEAD + "X = rng.rand(24, 4)\ny = np.arange(24) % 2\n" + line, *names)


@pytest.mark.parametrize("line", SPLITS[:6])
def test_splits_of_something_unknown(line: str) -> None:
    """All sizes have names: those of the same split are the same, columns stay."""
    code = HEAD + f"{line}\nm, n, k = X.shape[1], a.shape[1], a.shape[0]\nr = len(b)\n"
    if " c," in line:
        code += "s, t = len(c), d.shape[0]\n"
    claimed, real = run_both(code, X=np.random.rand(24, 4), y=np.arange(24) % 2)
    assert isinstance(claimed["m"], SymDim)
    assert claimed["m"] == claimed["n"]
    if " c," in line:
        assert claimed["k"] == claimed["s"]
        assert claimed["r"] == claimed["t"]
        assert real["k"] == real["s"]
    if isinstance(claimed["k"], int):
        assert claimed["k"] == real["k"]


def test_a_split_belongs_to_its_data_set() -> None:
    claimed = check(HEAD + "X, y = make_moons(50)\na, b, c, d = train_test_split(X, y)", "a", "b", "c", "d")
    parts = [(claimed[name].rows.source, claimed[name].rows.part, claimed[name].rows.order) for name in "abcd"]
    source = claimed["X"].rows.source
    assert parts == [(source, "train", "shuffled"), (source, "test", "shuffled")] * 2


def test_a_split_in_order_keeps_the_order() -> None:
    array = value_of(HEAD + "X, y = load_iris(return_X_y=True)\na, b = train_test_split(X, shuffle=False)", "a")
    assert array.rows.order == "sorted"


def test_sizes_are_called_after_the_first_variable() -> None:
    array = value_of(
        HEAD + "x = input()\ny = input()\nx_train, x_test, y_train, y_test = train_test_split(x, y)\nn = len(y_train)",
        "n",
    )
    assert str(array) == "x_train.shape[0]"


FOLDS = [
    "KFold(4)", "KFold(5, shuffle=True)", "KFold()", "StratifiedKFold(3)", "ShuffleSplit(3)",
    "ShuffleSplit(3, test_size=0.3)", "TimeSeriesSplit(3)",
]  # fmt: skip


@pytest.mark.parametrize("folds", FOLDS)
def test_folds(folds: str) -> None:
    code = f"""
X = rng.rand(24, 4)
y = np.arange(24) % 2
for train, test in {folds}.split(X, y):
    a, b, c = X[train], X[test], y[train]
    break
"""
    claimed = check(HEAD + code, "a", "b", "c")
    assert claimed["a"].shape[0] == claimed["c"].shape[0]


# -- estimators -----------------------------------------------------------------------------------------------------

MATRICES = {
    "floats": "rng.randn(20, 5)",
    "floats of 32 bits": "rng.rand(20, 5).astype('float32')",
    "whole numbers": "rng.randint(0, 7, (20, 5))",
    "a series": "rng.rand(20, 1) * 100",
}

ESTIMATORS = [
    "StandardScaler()", "StandardScaler(with_mean=False)", "MinMaxScaler()", "MinMaxScaler((-1, 1))",
    "MinMaxScaler(feature_range=(0, 255), clip=True)", "MaxAbsScaler()", "RobustScaler()", "Normalizer()",
    "Normalizer(norm='l1')", "Binarizer(threshold=0.5)", "PowerTransformer()", "QuantileTransformer(n_quantiles=10)",
    "QuantileTransformer(n_quantiles=10, output_distribution='normal')", "PolynomialFeatures()",
    "PolynomialFeatures(3, include_bias=False)", "PolynomialFeatures(2, interaction_only=True)",
    "KBinsDiscretizer(3, encode='ordinal')", "KBinsDiscretizer(3)", "OneHotEncoder()",
    "OneHotEncoder(sparse_output=False)", "OneHotEncoder(sparse_output=False, drop='first')", "OrdinalEncoder()",
    "PCA(1)", "PCA()", "PCA(n_components=0.9)", "SimpleImputer()", "SimpleImputer(strategy='median')",
    "VarianceThreshold()", "pipeline.make_pipeline(StandardScaler(), PCA(1))",
    "pipeline.Pipeline([('a', MinMaxScaler()), ('b', PolynomialFeatures())])",
]  # fmt: skip


@pytest.mark.parametrize("matrix", MATRICES.values(), ids=MATRICES)
@pytest.mark.parametrize("estimator", ESTIMATORS)
def test_estimators(estimator: str, matrix: str) -> None:
    code = f"""
X = {matrix}
T = X[:7]
e = {estimator}
a = e.fit_transform(X)
b = e.transform(T)
e.fit(X)
c = e.transform(X)
"""
    claimed = check(HEAD + code, "a", "b", "c")
    assert claimed["a"].shape[1] == claimed["b"].shape[1]


@pytest.mark.parametrize("estimator", ["StandardScaler()", "MinMaxScaler()", "RobustScaler()"])
def test_scalers_of_something_unknown(estimator: str) -> None:
    """A matrix comes out, whatever goes in: as many rows and columns as before."""
    code = f"e = {estimator}\na = e.fit_transform(X)\nb = e.inverse_transform(a)\nn, m = X.shape"
    claimed = check(HEAD + code + "\nm = X.shape[1]", "a", "b", X=np.random.rand(9, 3))
    assert claimed["a"].shape[1] == claimed["m"] == claimed["b"].shape[1]


def test_scalers_leave_a_mark() -> None:
    claimed = check(
        HEAD + "X = load_iris().data\na = StandardScaler().fit_transform(X)\nb = MinMaxScaler().fit_transform(X)",
        "a",
        "b",
    )
    assert claimed["a"].content.tags == {"dataset", "scaled", "standardized", f"{FITTED}0"}
    assert f"{FITTED}1" in claimed["b"].content.tags
    assert (claimed["b"].content.low, claimed["b"].content.high, claimed["b"].content.attained) == (0, 1, True)


def test_the_range_holds_for_what_it_was_fitted_on_alone() -> None:
    claimed = check(HEAD + "X = rng.rand(20, 3)\nT = X * 5\ns = MinMaxScaler().fit(X)\na = s.transform(T)", "a")
    assert claimed["a"].content.high is None


def test_changed_data_is_other_data() -> None:
    claimed = check(HEAD + "X = rng.rand(20, 3)\ns = MinMaxScaler().fit(X)\nX[0] = 100\na = s.transform(X)", "a")
    assert claimed["a"].content.high is None


def test_what_a_round_of_a_loop_learns_is_not_known_behind_it() -> None:
    code = "s = MinMaxScaler()\nX = rng.rand(9, 2)\nfor part in input():\n    s.fit(X)\na = s.transform(X)"
    assert value_of(HEAD + code, "a").content.high is None


def test_preparations_are_noted() -> None:
    run, _ = execute_module(
        HEAD
        + """
X, y = load_iris(return_X_y=True)
s = StandardScaler()
X = s.fit_transform(X)
a, b, c, d = train_test_split(X, y)
t = StandardScaler().fit(a)
b = t.transform(b)
"""
    )
    steps = [
        (one.kind, one.name.rpartition(".")[2], [a.rows.part for a in one.arrays]) for one in run.program.preparations
    ]
    assert steps == [
        ("fit", "StandardScaler", [None]),
        ("split", "train_test_split", [None, None]),
        ("fit", "StandardScaler", ["train"]),
        ("transform", "StandardScaler", ["test"]),
    ]
    sources = {array.rows.source for one in run.program.preparations for array in one.arrays}
    assert len(sources) == 1


def test_unknown_data_keeps_its_identity() -> None:
    run, _ = execute_module(
        HEAD + "X = input()\nS = StandardScaler().fit_transform(X)\na, b = train_test_split(S)\nMinMaxScaler().fit(a)"
    )
    parts = [(array.rows.source, array.rows.part) for one in run.program.preparations for array in one.arrays]
    assert len({source for source, _ in parts}) == 1
    assert [part for _, part in parts] == [None, None, "train"]


TEXTS = [
    "CountVectorizer()",
    "TfidfVectorizer()",
    "CountVectorizer(vocabulary=['a', 'green', 'tree'])",
    "HashingVectorizer(n_features=64)",
]


@pytest.mark.parametrize("estimator", TEXTS)
def test_texts(estimator: str) -> None:
    code = f"e = {estimator}\na = e.fit_transform(['a green tree', 'a red house']).toarray()\nb = e.transform(['a tree']).toarray()"
    claimed = check(HEAD + code, "a", "b")
    assert claimed["a"].shape[1] == claimed["b"].shape[1]


# -- labels -----------------------------------------------------------------------------------------------------------

LABELS = {
    "two": "[0, 1, 1, 0]",
    "three": "np.array([2, 0, 1, 1, 0])",
    "words": "['cat', 'dog', 'cat', 'bird']",
    "one": "[1, 1]",
    "a column": "np.array([[2], [0], [1]])",
}


@pytest.mark.parametrize("labels", LABELS.values(), ids=LABELS)
@pytest.mark.parametrize("encoder", ["LabelEncoder()", "LabelBinarizer()", "LabelBinarizer(neg_label=-1)"])
def test_labels(encoder: str, labels: str) -> None:
    code = f"y = {labels}\ne = {encoder}\na = e.fit_transform(y)\nn = len(e.classes_)\nb = e.fit(y).transform(y[:2])\nc = e.inverse_transform(a)"
    check(HEAD + code, "a", "n", "b", "c")


def test_the_number_of_classes_that_is_not_known_has_a_name() -> None:
    code = HEAD + "y = input()\ncoder = LabelEncoder()\nz = coder.fit_transform(y)\nn = len(coder.classes_)"
    assert str(value_of(code, "n")) == "len(coder.classes_)"
    assert value_of(code, "z").content.low == 0


def test_one_column_or_one_for_each_class() -> None:
    columns = value_of(HEAD + "b = LabelBinarizer()\nz = b.fit_transform(input())\nn = len(b.classes_)", "z").shape[1]
    assert isinstance(columns, SymDim)
    assert str(columns) != "len(b.classes_)"


def test_several_labels() -> None:
    check(
        HEAD
        + "e = MultiLabelBinarizer()\na = e.fit_transform([[1, 2], [3]])\nb = MultiLabelBinarizer(classes=[1, 2, 3, 4]).fit_transform([[1], [2]])",
        "a",
        "b",
    )


def test_one_hot_of_a_column_of_labels() -> None:
    claimed = check(
        HEAD + "y = np.array([0, 2, 1, 1])\na = OneHotEncoder(sparse_output=False).fit_transform(y.reshape(-1, 1))", "a"
    )
    assert claimed["a"].shape == (4, 3)
    assert claimed["a"].content.one_hot is True


# -- data sets --------------------------------------------------------------------------------------------------------

SHIPPED = ["load_iris", "load_digits", "load_wine", "load_breast_cancer", "load_diabetes", "load_linnerud"]


@pytest.mark.parametrize("name", SHIPPED)
def test_shipped_data(name: str) -> None:
    code = f"b = datasets.{name}()\nX, y = b.data, b['target']\nn, m = len(b.feature_names), X.shape[1]\nV, w = datasets.{name}(return_X_y=True)"
    claimed = check(HEAD + code, "X", "y", "n", "m", "V", "w")
    assert claimed["X"].rows.source == claimed["y"].rows.source


def test_images_of_digits() -> None:
    check(HEAD + "b = load_digits()\na = b.images\nn = len(b.target_names)", "a", "n")


@pytest.mark.parametrize("name", ["load_iris", "load_wine"])
def test_data_in_the_order_of_classes(name: str) -> None:
    claimed, real = run_both(HEAD + f"b = datasets.{name}()\ny = b.target")
    assert claimed["y"].rows.order == "sorted"
    assert (np.diff(real["y"]) >= 0).all()


MADE = [
    "make_classification()", "make_classification(200, 12, n_classes=3, n_informative=4)",
    "make_classification(n_samples=60, weights=[0.9])", "make_classification(n_samples=50, shuffle=False)",
    "make_blobs()", "make_blobs(n_samples=200, centers=4, n_features=3)", "make_blobs(90, centers=[[0, 0, 1], [1, 1, 2]])",
    "make_blobs(n_samples=[10, 20, 30])", "make_regression()", "make_regression(30, 4, n_targets=2)", "make_moons()",
    "make_moons(n_samples=(3, 5))", "make_circles(40, noise=0.1)", "make_gaussian_quantiles(n_samples=90)",
    "make_multilabel_classification(30, 6, n_classes=4)", "make_friedman1(20)", "make_friedman2()",
    "make_swiss_roll(30)", "make_s_curve(30)", "make_hastie_10_2(100)",
]  # fmt: skip


@pytest.mark.parametrize("call", MADE)
def test_made_data(call: str) -> None:
    check(HEAD + f"X, y = datasets.{call}", "X", "y")


def test_openml_is_known_by_name() -> None:
    code = "from sklearn.datasets import fetch_openml\nX, y = fetch_openml('mnist_784', version=1, return_X_y=True, as_frame=False)"
    assert value_of(code, "X").shape == (70000, 784)
    assert isinstance(
        value_of("from sklearn.datasets import fetch_openml\nX = fetch_openml('adult').data", "X"), Unknown
    )


# -- what else --------------------------------------------------------------------------------------------------------


def test_weights() -> None:
    code = "y = np.array([0, 1, 1, 2])\na = compute_class_weight('balanced', classes=np.unique(y), y=y)\nb = compute_sample_weight('balanced', y)"
    check(HEAD + code, "a", "b")


def test_decoding_is_noted() -> None:
    run, _ = execute_module("from sklearn.metrics import accuracy_score\naccuracy_score([0, 1], [1, 1])")
    (step,) = run.program.preparations
    assert (step.kind, step.name) == ("decode", "sklearn.metrics.accuracy_score")
    assert [array.shape for array in step.arrays] == [(2,), (2,)]


# -- what a division and an inversion keep ----------------------------------------------------------------------------


@pytest.mark.parametrize(("size", "kept"), [(0.2, True), (0.5, True), (0.8, False)])
def test_the_larger_part_has_all_classes_that_are_divided_evenly(size: float, kept: bool) -> None:
    claimed = check(
        HEAD + f"y = np.repeat([1, 2, 3], 20)\na, b = train_test_split(y, test_size={size}, stratify=y)", "a", "b"
    )
    assert claimed["a"].content.attained is kept
    assert kept is False or claimed["a"].content.values == {1, 2, 3}


def test_a_part_that_is_drawn_at_random_may_miss_a_class() -> None:
    claimed = check(HEAD + "y = np.repeat([1, 2, 3], 20)\na, b = train_test_split(y, test_size=0.2)", "a")
    assert claimed["a"].content.attained is False


@pytest.mark.parametrize(
    "scaler",
    ["StandardScaler()", "MinMaxScaler()", "MaxAbsScaler()", "RobustScaler()", "PowerTransformer()",
     "QuantileTransformer(n_quantiles=4)"],
)  # fmt: skip
@pytest.mark.parametrize("columns", [1, 2])
def test_scalers_bring_back_the_columns_that_they_know(scaler: str, columns: int) -> None:
    code = f"s = {scaler}.fit(rng.rand(9, 3))\na = s.inverse_transform(rng.rand(4, {columns}))"
    with pytest.raises(ValueError, match=r"."):
        exec(HEAD + code, {})
    run, _ = execute_module(HEAD + code)
    assert any("was fitted on 3 columns" in one.error.message for one in run.program.raised)


@pytest.mark.parametrize("code", [
    "s = MinMaxScaler().fit(rng.rand(9, 1))\na = s.inverse_transform(rng.rand(4, 3))",
    "s = StandardScaler(with_mean=False, with_std=False).fit(rng.rand(9, 3))\na = s.inverse_transform(rng.rand(4, 1))",
])  # fmt: skip
def test_numbers_of_one_column_are_spread_over_all(code: str) -> None:
    claimed = check(HEAD + code, "a")
    assert isinstance(claimed["a"].shape, tuple)
