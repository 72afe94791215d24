"""Paddings given as numbers: layers keep them, and Keras refuses the call."""

from __future__ import annotations

from typing import Any

import pytest

from tests.machine.helpers import KERAS, raised

LAYERS = ["Conv2D(4, 3, padding={})", "DepthwiseConv2D(3, padding={})", "SeparableConv2D(4, 3, padding={})"]
NUMBERS = "[[0, 0], [1, 1], [1, 1], [0, 0]]"


@pytest.mark.parametrize("layer", LAYERS)
def test_a_layer_that_is_not_called_is_not_refused(layer: str) -> None:
    assert raised(f"x = {layer.format(NUMBERS)}") == []


@pytest.mark.parametrize("layer", LAYERS)
def test_keras_3_refuses_the_call(layer: str) -> None:
    assert raised(f"x = {layer.format(NUMBERS)}(Input((8, 8, 3)))") == ["argument"]


@pytest.mark.parametrize("layer", LAYERS)
def test_tensorflow_takes_them(layer: str) -> None:
    code = f"import tensorflow.compat.v1 as tf1\nx = {layer.format(NUMBERS)}(Input((8, 8, 3)))\nDense(3)(Flatten()(x))"
    assert raised(code) == []


@pytest.mark.parametrize("layer", LAYERS)
def test_another_word_is_refused_at_once(layer: str) -> None:
    assert len(raised(f"x = {layer.format(repr('some'))}")) == 1


@pytest.mark.oracle
@pytest.mark.parametrize("layer", LAYERS)
def test_keras_does_so(keras: Any, layer: str) -> None:
    space: dict[str, Any] = {}
    exec(f"{KERAS}layer = {layer.format(NUMBERS)}", space)
    with pytest.raises(ValueError, match="padding"):
        space["layer"](keras.Input((8, 8, 3)))
    with pytest.raises(ValueError, match="padding"):
        exec(f"{KERAS}layer = {layer.format(repr('some'))}\nlayer(Input((8, 8, 3)))", space)
