"""Models and layers of the program's own classes."""

from __future__ import annotations

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
