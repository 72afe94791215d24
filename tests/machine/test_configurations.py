"""Layers and models from configurations and from names."""

from __future__ import annotations

from typing import Any

import pytest

from tests.machine.helpers import KERAS, build, marked_cases, model
from tests.machine.test_oracle import compare_with_keras

PROGRAMS = marked_cases("configurations", default="exact")


@pytest.mark.oracle
@pytest.mark.parametrize(("code", "status"), PROGRAMS.values(), ids=PROGRAMS)
def test_as_keras_builds_it(keras: Any, code: str, status: str) -> None:
    compare_with_keras(keras, KERAS + code, status)


def test_from_config() -> None:
    network = model(
        "first = Dense(4, name='a')\nmodel = Sequential([Input((3,)), first, Dense.from_config({'units': 2})])"
    )
    assert network.status() == "exact"
    assert network.params() == 16 + 10


def test_old_keras_finds_its_layers_by_their_names() -> None:
    spec = "{'class_name': 'Dense', 'config': {'units': 4}}"
    code = "from keras.utils.np_utils import to_categorical\nmodel = Sequential([Input((3,)), layers.deserialize(%s)])"
    assert model(code % spec).params() == 16
    assert model(f"model = Sequential([Input((3,)), layers.deserialize({spec})])").open is not None


@pytest.mark.parametrize(
    "layer",
    [
        "layers.deserialize(spec)",
        "layers.deserialize({'class_name': name, 'config': {}})",
        "layers.deserialize({'module': 'keras.layers', 'class_name': 'Dense', 'config': spec})",
        "Dense.from_config(spec)",
        "Dense.from_config({**spec, 'units': 3})",
        "Conv2D.from_config(Dense(3).get_config())",
        "Dense.from_config({**Dense(3).get_config(), **spec})",
        "Bidirectional.from_config(Bidirectional(LSTM(3)).get_config())",
        "keras.models.model_from_json(open('model.json').read())",
        "getattr(layers, name)(3)",
    ],
)
def test_not_known(layer: str) -> None:
    analysis = build(f"from somewhere import spec, name\nmodel = Sequential([Input((3,)), {layer}])")
    assert [one.error.message for path in analysis.paths for one in path.raised] == []
    assert {network.status() for path in analysis.paths for network in path.networks} == {"unknown"}
