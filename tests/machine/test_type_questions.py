"""`isinstance` of data: arrays, frames and tensors, as numpy, pandas and tensorflow answer."""

from __future__ import annotations

import pytest

from tests.machine.helpers import UNKNOWN, known

IMPORTS = "import numpy as np\nimport pandas as pd\nimport tensorflow as tf\n"


@pytest.mark.parametrize(
    ("value", "cls", "expected"),
    [
        ("np.zeros(3)", "np.ndarray", True),
        ("np.zeros(3)", "(int, np.integer)", False),
        ("np.zeros(3)", "(tf.Tensor, np.ndarray)", True),
        ("np.zeros((2, 3))", "pd.DataFrame", False),
        ("np.zeros((2, 3))", "tf.Tensor", False),
        ("np.random.randint(3, size=7)", "np.number", False),
        ("pd.DataFrame({'a': [1, 2]})", "pd.DataFrame", True),
        ("pd.DataFrame({'a': [1, 2]})", "(np.ndarray, pd.Series)", False),
        ("pd.DataFrame({'a': [1, 2]})['a']", "pd.DataFrame", False),
        ("tf.zeros((2, 3))", "np.ndarray", False),
        ("[1]", "np.ndarray", False),
        ("3", "(np.ndarray, np.integer)", False),
    ],
)
def test_data_are_of_a_class(value: str, cls: str, expected: bool) -> None:
    assert known(f"{IMPORTS}x = isinstance({value}, {cls})") is expected


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("type(np.zeros(3)) is list", False),
        ("type(np.zeros(3)) == np.ndarray", True),
        ("type(pd.DataFrame({'a': [1, 2]})) is pd.DataFrame", True),
        ("type(pd.DataFrame({'a': [1, 2]})) in (list, tuple)", False),
        ("np.zeros(3).__class__ is np.ndarray", True),
        ("type([1]) is np.ndarray", False),
    ],
)
def test_the_type_of_data(question: str, expected: bool) -> None:
    assert known(f"{IMPORTS}x = {question}") is expected


@pytest.mark.parametrize(
    ("value", "cls"),
    [
        ("np.zeros(3).sum()", "np.floating"),  # one number
        ("np.zeros(3).sum()", "np.ndarray"),
        ("np.load('a.npy')", "np.ndarray"),  # perhaps one number, perhaps an archive
        ("tf.Variable([1.0, 2.0])", "tf.Tensor"),  # a tensor in all but its class
    ],
)
def test_what_may_be_of_several_classes_is_not_judged(value: str, cls: str) -> None:
    assert known(f"{IMPORTS}x = isinstance({value}, {cls})") is UNKNOWN
