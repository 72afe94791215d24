"""Sizes that come out of data: known where the data are, else one name for one size."""

from __future__ import annotations

from typing import Any

import pytest

from tests.machine.helpers import known, model, value_of

_HEAD = "import numpy as np\nimport pandas as pd\nimport keras\nfrom lib import labels, texts, X\n"


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("len(set(keras.datasets.mnist.load_data()[0][1]))", 10),
        ("len(set(np.array([3, 5, 3])))", 2),
        ("sorted(set(np.array([5, 3, 5])))", [3, 5]),
        ("len(set(pd.Series(['a', 'b', 'a'])))", 2),
        ("len(sorted(set('abcab')))", 3),
        ("int(np.percentile([1, 2, 3, 4], 50))", 2),
        ("float(np.median([1, 2, 3, 10]))", 2.5),
        ("np.quantile([1, 2, 3, 4, 5], 0.75) * 1", 4.0),
    ],
)
def test_known_data(expression: str, expected: Any) -> None:
    assert known(f"{_HEAD}x = {expression}") == expected


def key_of(value: Any) -> Any:
    """Who a size or an unknown value is."""
    return getattr(value, "key", value)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("len(set(labels))", "len(set(labels))", True),
        ("len(sorted(set(labels)))", "len(list(set(labels)))", True),
        ("len(set(labels))", "len(set(texts))", False),
        ("len(np.unique(y))", "np.unique(y).size", True),
        ("len(np.unique(y))", "y.nunique()", False),  # NaN counts once, or not at all
        ("y.nunique()", "y.nunique()", True),
    ],
)
def test_one_size_has_one_name(one: str, other: str, same: bool) -> None:
    code = f"{_HEAD}y = pd.read_csv('missing.csv')['label']\nboth = ({one}, {other})"
    a, b = value_of(code, "both")
    assert (a == b) is same


def test_a_set_that_grows_is_another_set() -> None:
    code = f"{_HEAD}s = set(labels)\na = len(s)\ns.add('unknown')\nboth = (a, len(s))"
    a, b = value_of(code, "both")
    assert key_of(a) != key_of(b)


def test_numbers_out_of_data_name_lengths_and_windows() -> None:
    head = "import numpy as np\nfrom lib import texts\nsize = int(np.percentile([len(t) for t in texts], 95))\n"
    vectorized = (
        "t = Input((1,), dtype='string')\n"
        "x = TextVectorization(max_tokens=40, output_sequence_length=size)(t)\n"
        "model = Model(t, LSTM(4)(Embedding(40, 8)(x)))"
    )
    assert model(head + vectorized).status() == "symbolic"
    assert model(head + "model = Sequential([Input((90, 2)), Conv1D(4, size)])").status() == "symbolic"
    unknown = "from lib import window\nmodel = Sequential([Input((90, 90, 2)), Conv2D(4, window)])"
    assert model(unknown).status() == "unknown"  # it may be a tuple


def test_a_long_expression_is_a_size_too() -> None:
    network = model(
        "from lib import texts\n"
        "model = Sequential([Input((4,)), Dense(len({word: n for n, word in enumerate(sorted(set(texts)))}))])"
    )
    assert network.status() == "symbolic"
