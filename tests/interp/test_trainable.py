"""`trainable`, as an argument and as an attribute: where it is not known, both models are listed."""

from __future__ import annotations

from typing import Any

import pytest

from kerascheck.config import Settings
from kerascheck.engine import examine
from kerascheck.summary import summarize
from tests.interp.helpers import KERAS

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
