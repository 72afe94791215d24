"""Models and layers of the program's own classes."""

from __future__ import annotations

from typing import Any

import pytest

from kerascheck.interp import analyze
from kerascheck.network.ir import Network
from kerascheck.source import Source

NET = """
import keras
from keras import layers

class Net(keras.Model):
    def __init__(self):
        super().__init__()
        self.dense = layers.Dense(3)

    def call(self, x):
        return self.dense(x)

model = Net()
"""


def model_of(text: str) -> Network:
    first, *_ = analyze(Source(text.encode(), "x.py")).paths  # further ones are of methods that nobody calls
    [network] = first.networks
    return network


def test_a_call_on_an_input_builds_a_subclassed_model() -> None:
    model = model_of(NET + "model(keras.Input((5,)))\n")
    assert (model.status(), model.params()) == ("exact", 18)


def test_build_leaves_its_layers_unbuilt_in_keras_3() -> None:
    assert model_of(NET + "model.build((None, 5))\n").status() == "unknown"


@pytest.mark.oracle
def test_keras_leaves_them_unbuilt_too() -> None:
    keras = pytest.importorskip("keras", reason="compares with the real Keras")

    class Net(keras.Model):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.dense = keras.layers.Dense(3)

        def call(self, x: object) -> object:
            return self.dense(x)

    model = Net()
    with pytest.warns(UserWarning, match="not being actually built"):
        model.build((None, 5))
    assert not model.dense.built and model.weights == []


DICTIONARY = """
import keras
import numpy as np
from keras import layers

class Two(keras.Model):
    def __init__(self):
        super().__init__()
        self.join = layers.Concatenate()
        self.dense = layers.Dense(3)

    def call(self, inputs):
        return self.dense(self.join([inputs["a"], inputs["b"]]))

model = Two()
y = model({"a": np.ones((12, 4)), "b": np.ones((12, 5))})
model.compile("sgd", "mse")
model.fit({"a": np.ones((64, 4)), "b": np.ones((64, 5))}, np.ones((64, 3)))
"""


def test_the_first_data_builds_a_model_also_from_a_dictionary() -> None:
    model = model_of(DICTIONARY)
    assert (model.status(), model.params()) == ("exact", 30)
    assert [layer.output_shapes() for layer in model.layers] == [[(12, 9)], [(12, 3)]]


@pytest.mark.oracle
def test_keras_keeps_the_shapes_of_its_first_data() -> None:
    pytest.importorskip("keras", reason="compares with the real Keras")
    space: dict[str, Any] = {}
    exec(DICTIONARY, space)
    dense = space["model"].layers[1]
    assert (dense.count_params(), dense._build_shapes_dict) == (30, {"input_shape": (12, 9)})


def test_a_model_that_a_loop_of_unknown_length_calls_on_data_is_built_by_it() -> None:
    model = model_of(
        """
import keras
import numpy as np
import data
from keras import layers

model = keras.Sequential([layers.Dense(3)])
for batch in data.read():
    model(np.ones((8, 4)))
"""
    )
    assert (model.status(), model.params()) == ("exact", 15)


LEFT_OUT = """
import keras
from keras import layers

class Masked(layers.Layer):
    def __init__(self):
        super().__init__()
        self.dense = layers.Dense(5)

    def call(self, inputs):
        x, mask, other = inputs
        x = self.dense(x)
        return x if mask is None else x * mask

i = keras.Input((3,))
j = keras.Input((2,))
model = keras.Model([i, j], Masked()([i, None, j]))
"""


def test_an_input_that_is_left_out_is_none() -> None:
    network = model_of(LEFT_OUT)
    assert (network.status(), network.params(), [layer.cls for layer in network.layers]) == (
        "exact",
        20,
        ["InputLayer", "InputLayer", "Masked"],
    )


@pytest.mark.oracle
def test_keras_leaves_it_out_too() -> None:
    pytest.importorskip("keras", reason="compares with the real Keras")
    names: dict[str, Any] = {"__name__": "example"}
    exec(LEFT_OUT, names)
    assert (names["model"].count_params(), len(names["model"].layers)) == (20, 3)
