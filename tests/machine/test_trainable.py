"""`trainable`, as an argument and as an attribute: where it is not known, both models are listed."""

from __future__ import annotations

import math
from typing import Any

import pytest

from kerascheck.configuration.config import Settings
from kerascheck.engine import examine
from kerascheck.views.summary import summarize
from tests.machine.helpers import KERAS

HEAD = f"{KERAS}from acme import cfg\n"

OWN = """
class Own(layers.Layer):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.inner = Dense(3)
    def call(self, x):
        return self.inner(x)
"""

WITH_A_WEIGHT = """
class Own(layers.Layer):
    def build(self, shape):
        self.w = self.add_weight(shape=(shape[-1], 3), trainable=cfg.train)
    def call(self, x):
        return keras.ops.matmul(x, self.w)
"""


def trained(code: str, name: str = "model") -> list[Any]:
    """The trainable numbers of each exact model of this name."""
    found = examine((HEAD + code).encode(), "program.py", Settings())
    assert found.source is not None and found.analysis is not None
    models = [one for one in summarize(found.source, found.analysis) if one.name == name]
    assert all(one.status == "exact" for one in models)
    return sorted(one.trainable_params for one in models)


@pytest.mark.parametrize(
    "code",
    [
        "model = Sequential([Input((4,)), Dense(3)])\nmodel.trainable = cfg.train",
        "model = Sequential([Input((4,)), Dense(3)])\nmodel.layers[0].trainable = cfg.train",
        "model = Sequential([Input((4,)), Dense(3)])\nsetattr(model, 'trainable', not cfg.train)",
        "model = Sequential([Input((4,)), Dense(3)])\nfor layer in model.layers: layer.trainable = cfg.train",
        "model = Sequential([Input((4,)), Dense(3, trainable=cfg.train)])",
        "model = Sequential([Input((4,)), Dense(3)], trainable=cfg.train)",
        "x = Input((4,))\nmodel = Model(x, Dense(3)(x), trainable=cfg.train)",
        f"{OWN}model = Sequential([Input((4,)), Own()])\nmodel.trainable = 1 if cfg.train else 0",
    ],
)
def test_a_switch_that_is_not_known_is_decided_both_ways(code: str) -> None:
    assert trained(code) == [0, 15]


def test_the_constructor_of_a_layer_does_not_reach_the_layers_in_it() -> None:
    assert set(trained(f"{OWN}model = Sequential([Input((4,)), Own(trainable=cfg.train)])")) == {15}


def test_a_variable_of_which_that_is_not_known() -> None:
    assert trained(f"{WITH_A_WEIGHT}model = Sequential([Input((4,)), Own()])") == [0, 12]


@pytest.mark.parametrize(
    ("code", "count"),
    [
        ("model = Sequential([Input((4,)), Dense(3)], trainable=False)", 0),
        ("model = Sequential([Input((4,)), Dense(3)], False)", 0),
        ("x = Input((4,))\nmodel = Model(x, Dense(3)(x), trainable=False)", 0),
        ("model = Sequential([Input((4,)), Dense(3)])\nmodel.trainable = 0", 0),
        ("model = Sequential([Input((4,)), Dense(3)])\nmodel.trainable = None", 0),
        ("model = Sequential([Input((4,)), Dense(3)], trainable=False)\nmodel.trainable = 'yes'", 15),
        ("model = Sequential([Input((4,)), Dense(3, trainable=False), Dense(1)])", 4),
    ],
)
def test_a_switch_that_is_known(code: str, count: int) -> None:
    assert trained(code) == [count]


@pytest.mark.oracle
@pytest.mark.parametrize(
    "made",
    [
        "keras.Sequential([keras.Input((4,)), keras.layers.Dense(3)], trainable=False)",
        "keras.Sequential([keras.Input((4,)), keras.layers.Dense(3)], False)",
        "keras.Model(x := keras.Input((4,)), keras.layers.Dense(3)(x), trainable=False)",
    ],
)
def test_keras_trains_nothing_of_such_a_model(keras: Any, made: str) -> None:
    model = eval(made, {"keras": keras})
    assert sum(weight.shape.num_elements() for weight in model.trainable_weights) == 0
    assert model.count_params() == 15
    assert trained(f"model = {made}") == [0]


#: Layers that hold others, and the shape of what they are called on.
HOLDERS = {
    "TimeDistributed": ("layers.TimeDistributed(Dense(3){})", (5, 4)),
    "TimeDistributed in another": ("layers.TimeDistributed(layers.TimeDistributed(Dense(3)){})", (5, 4, 4)),
    "TimeDistributed around a model": ("layers.TimeDistributed(Sequential([Input((4,)), Dense(3)]){})", (5, 4)),
    "TimeDistributed around a frozen layer": ("layers.TimeDistributed(Dense(3, trainable=False){})", (5, 4)),
    "TimeDistributed around what never trains": ("layers.TimeDistributed(layers.BatchNormalization(){})", (5, 4)),
    "Bidirectional": ("layers.Bidirectional(layers.LSTM(3){})", (5, 4)),
    "Bidirectional of two": (
        "layers.Bidirectional(layers.GRU(3), backward_layer=layers.GRU(3, go_backwards=True){})",
        (5, 4),
    ),
    "Bidirectional around a frozen layer": ("layers.Bidirectional(layers.LSTM(3, trainable=False){})", (5, 4)),
    "Bidirectional around cells": ("layers.Bidirectional(layers.RNN(layers.LSTMCell(3), trainable=False){})", (5, 4)),
    "SpectralNormalization": ("layers.SpectralNormalization(Dense(3){})", (4,)),
    "RNN": ("layers.RNN(layers.LSTMCell(3){})", (5, 4)),
    "RNN of several cells": ("layers.RNN([layers.LSTMCell(3), layers.GRUCell(2)]{})", (5, 4)),
    "LSTM": ("layers.LSTM(3{})", (5, 4)),
    "ConvLSTM1D": ("layers.ConvLSTM1D(3, 2{})", (5, 4, 4)),
    "MultiHeadAttention": ("layers.MultiHeadAttention(2, 2{})", (5, 4)),
    "SeparableConv1D": ("layers.SeparableConv1D(3, 2{})", (5, 4)),
}

#: How one may be told that it does not train: arguments, what is done before it is built and what behind that.
TOLD = {
    "in no way": ("", "", ""),
    "by the constructor": (", trainable=False", "", ""),
    "before it is built": ("", "layer.trainable = False", ""),
    "behind that": ("", "", "layer.trainable = False"),
    "by the constructor, and then that it does": (", trainable=False", "", "layer.trainable = True"),
    "before it is built, and then that it does": ("", "layer.trainable = False", "layer.trainable = True"),
    "by the model": ("", "", "model.trainable = False"),
}


def told(maker: str, shape: tuple[int, ...], how: tuple[str, str, str]) -> str:
    """A program with such a layer."""
    given = "given, given" if "Attention" in maker else "given"
    lines = (f"layer = {maker.format(how[0])}", how[1], f"given = Input({shape})")
    return "\n".join((*lines, f"model = Model(given, layer({given}))", how[2], ""))


@pytest.mark.oracle
@pytest.mark.parametrize("how", TOLD.values(), ids=TOLD)
@pytest.mark.parametrize(("maker", "shape"), HOLDERS.values(), ids=HOLDERS)
def test_what_a_layer_around_others_is_told_reaches_them_as_in_keras(
    keras: Any, maker: str, shape: tuple[int, ...], how: tuple[str, str, str]
) -> None:
    code = told(maker, shape, how)
    space: dict[str, Any] = {}
    exec(KERAS + code, space)
    assert trained(code) == [sum(math.prod(weight.shape) for weight in space["model"].trainable_weights)]


@pytest.mark.oracle
def test_a_layer_inside_that_is_told_later(keras: Any) -> None:
    code = told("layers.TimeDistributed(Dense(3){})", (5, 4), ("", "", "layer.trainable = False"))
    code += "layer.layer.trainable = True\n"
    space: dict[str, Any] = {}
    exec(KERAS + code, space)
    assert trained(code) == [sum(math.prod(weight.shape) for weight in space["model"].trainable_weights)] == [15]


@pytest.mark.oracle
@pytest.mark.parametrize(
    "told",
    [
        "model.layers[0].trainable = False\nmodel.trainable = True",
        "model.layers[0].trainable = False\nmodel.trainable = 1",
        "model.trainable = False\nmodel.layers[0].trainable = True\nmodel.trainable = False",
        "model.trainable = False\nmodel.layers[0].trainable = True\nmodel.trainable = None",
        "model.trainable = False\nmodel.trainable = True",
        "outer = Sequential([Input((4,)), model])\nmodel.layers[0].trainable = False\nouter.trainable = False\n"
        "outer.trainable = True",
        "outer = Sequential([Input((4,)), model])\nmodel.trainable = False\nmodel.layers[0].trainable = True\n"
        "outer.trainable = False\nmodel.trainable = True",
    ],
)
def test_what_is_so_already_is_not_handed_down(keras: Any, told: str) -> None:
    """Keras does nothing then, whatever the layers inside have."""
    code = f"model = Sequential([Input((4,)), Dense(3), Dense(1)])\n{told}\n"
    space: dict[str, Any] = {}
    exec(KERAS + code, space)
    assert trained(code) == [sum(math.prod(weight.shape) for weight in space["model"].trainable_weights)]


def test_keras_2_asks_the_layer_around() -> None:
    code = told("layers.TimeDistributed(Dense(3){})", (5, 4), TOLD["by the constructor"])
    old = f"from tf_keras import layers, Sequential, Input, Model\nfrom tf_keras.layers import Dense\n{code}"
    found = examine(old.encode(), "program.py", Settings())
    assert found.source is not None and found.analysis is not None
    assert [one.trainable_params for one in summarize(found.source, found.analysis)] == [0]
