"""The parameters of the methods of models, against Keras and in programs that give them by position."""

from __future__ import annotations

import inspect

import pytest

from kerascheck.api import check
from kerascheck.keras.signatures import COMPILE, TRAINING

HEAD = """
import numpy as np
import keras
from keras import layers
x, y = np.random.rand(50, 20, 1), np.random.rand(50, 1)
"""


@pytest.mark.oracle
@pytest.mark.parametrize("method", [name for name in TRAINING if "generator" not in name and "predict_" not in name])
def test_the_order_is_that_of_keras(method: str) -> None:
    import keras

    known = inspect.signature(getattr(keras.Model, method)).parameters
    assert tuple(known)[1 : 1 + len(TRAINING[method])] == TRAINING[method]


@pytest.mark.oracle
def test_the_order_of_compile_is_that_of_keras() -> None:
    import keras

    assert tuple(inspect.signature(keras.Model.compile).parameters)[1 : 1 + len(COMPILE)] == COMPILE


@pytest.mark.parametrize(
    ("call", "codes"),
    [
        ("model.predict(x, 50)", []),
        ("model.predict(x, 25)", ["KC449"]),
        ("model.fit(x, y, 50, 2)", []),
        ("model.fit(x, y, 32, 2)", ["KC449"]),
        ("model.evaluate(x, y, 50)", []),
        ("model.fit(x, y, 50, 2, 0, None, 0.0, (x, y))", []),
    ],
)
def test_the_size_of_batches_is_read_wherever_it_stands(call: str, codes: list[str]) -> None:
    made = """
model = keras.Sequential([layers.Input(batch_shape=(50, 20, 1)), layers.LSTM(4, stateful=True), layers.Dense(1)])
model.compile("adam", "mse")
"""
    found = check(HEAD + made + call).diagnostics
    assert [one.code for one in found if one.code == "KC449"] == codes


def test_metrics_in_third_place_count_as_metrics() -> None:
    program = """
model = keras.Sequential([layers.Input((20, 1)), layers.LSTM(4), layers.Dense(1)])
model.compile("adam", "mse", ["mae"])
stop = keras.callbacks.EarlyStopping(monitor="val_mae")
model.fit(x, y, validation_split=0.2, callbacks=[stop])
"""
    assert "KC428" not in {one.code for one in check(HEAD + program).diagnostics}
