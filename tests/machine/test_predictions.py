"""What `predict` gives is an array with a row for each sample."""

from __future__ import annotations

import pytest

from kerascheck.data.array import Array
from kerascheck.symbolic.unknown import Unknown
from tests.machine.helpers import value_of

PROGRAM = """
from keras import Input, Model, Sequential
from keras.layers import LSTM, Dense
import numpy as np
i = Input((4,))
one = Sequential([Input((4,)), Dense(3, activation="{activation}")])
two = Model(i, [Dense(1)(i), Dense(2)(i)])
steps = Sequential([Input((None, 4)), LSTM(5, return_sequences=True)])
x = np.zeros((8, 4))
"""


def value(code: str, activation: str = "softmax") -> object:
    return value_of(PROGRAM.format(activation=activation) + f"result = {code}", "result")


@pytest.mark.parametrize(
    ("code", "shape"),
    [
        ("one.predict(x)", (8, 3)),
        ("one.predict(x[:5], batch_size=2)", (5, 3)),
        ("one.predict_on_batch(x)", (8, 3)),
        ("two.predict(x)[1]", (8, 2)),
        ("Model(i, [Dense(6)(i)]).predict(x)", (8, 6)),
        ("one.predict(x)[:, 0]", (8,)),
    ],
)
def test_shapes(code: str, shape: tuple[int, ...]) -> None:
    made = value(code)
    assert isinstance(made, Array)
    assert (made.shape, made.dtype) == (shape, "float32")


def test_sizes_that_are_not_known_are_symbolic() -> None:
    made = value("steps.predict(np.zeros((8, 7, 4)))")
    assert isinstance(made, Array) and isinstance(made.shape, tuple)
    assert made.shape[0] == 8 and made.shape[2] == 5 and not isinstance(made.shape[1], int)


@pytest.mark.parametrize(("activation", "bounds"), [("softmax", (0, 1)), ("sigmoid", (0, 1)), ("tanh", (None, None))])
def test_probabilities_have_bounds(activation: str, bounds: tuple[object, object]) -> None:
    made = value("one.predict(x)", activation)
    assert isinstance(made, Array)
    assert (made.content.low, made.content.high) == bounds


def test_the_samples_are_those_of_the_features() -> None:
    made = value_of(
        PROGRAM.format(activation="relu")
        + "from keras import datasets\n(x, y), _ = datasets.mnist.load_data()\nresult = one.predict(x[:, 0, :4]), x",
        "result",
    )
    predictions, features = made
    assert isinstance(predictions, Array) and isinstance(features, Array)
    assert predictions.rows is not None and features.rows is not None
    assert predictions.rows.source == features.rows.source


@pytest.mark.parametrize("code", ["one.evaluate(x, x)", "one.fit(x, x)"])
def test_other_methods_give_something_unknown(code: str) -> None:
    assert isinstance(value(code), Unknown)
