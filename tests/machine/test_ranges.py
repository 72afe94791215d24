"""`tf.range`, `arange` and `linspace`."""

from __future__ import annotations

import pytest

from kerascheck.data.array import Array
from kerascheck.network.ir import Tensor
from tests.machine.helpers import known, value_of

HEAD = "import keras, tensorflow as tf\nfrom keras import backend as K\nx = keras.Input((7,))\n"


@pytest.mark.parametrize(
    ("call", "size"),
    [
        ("tf.range(5)", 5),
        ("tf.range(1, 10, 3)", 3),
        ("tf.range(10, 1, -3)", 3),
        ("tf.range(3, 1)", 0),
        ("tf.range(start=0, limit=tf.shape(x)[-1], delta=1)", 7),
        ("keras.ops.arange(0, 5)", 5),
        ("K.arange(2, 6)", 4),
    ],
)
def test_a_range_is_as_long_as_its_way(call: str, size: int) -> None:
    made = value_of(f"{HEAD}y = {call}\n", "y")
    assert isinstance(made, Array)
    assert made.shape == (size,)


@pytest.mark.parametrize("call", ["tf.range(0.0, 1.0, 0.1)", "tf.range(*x)"])
def test_an_unknown_range_is_unknown(call: str) -> None:
    assert not isinstance(value_of(f"{HEAD}y = {call}\n", "y"), (Array, Tensor))


def test_a_range_that_ends_with_the_batch_is_of_any_length() -> None:
    made = value_of(f"{HEAD}y = tf.range(tf.shape(x)[0])\n", "y")
    assert isinstance(made, Tensor)
    assert made.shape == (None,)


def test_linspace_is_walked_over() -> None:
    code = "import numpy as np\nrates = [float(x) for x in np.linspace(0.0, 0.5, 3)]\n"
    assert known(code, "rates") == [0.0, 0.25, 0.5]


@pytest.mark.parametrize("expression", ["a * 2", "2 * a", "a + a", "[1] + a"])
def test_arithmetic_on_linspace_is_not_that_of_lists(expression: str) -> None:
    assert repr(known(f"import numpy as np\na = np.linspace(0, 1, 3)\nx = {expression}\n")) == "UNKNOWN"


def test_parts_of_an_array() -> None:
    code = """
import numpy as np
rates = [part.tolist() for part in np.split(np.linspace(0.0, 1.0, 5), [2, 3])]
halves = [part.shape for part in np.split(np.zeros((6, 3)), 2)]
"""
    assert known(code, "rates") == [[0.0, 0.25], [0.5], [0.75, 1.0]]
    assert known(code, "halves") == [(3, 3), (3, 3)]
