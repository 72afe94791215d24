"""Whole programs run by Keras itself and read by kerascheck: what it claims to know must be what Keras builds."""

from __future__ import annotations

from typing import Any

import pytest

from kerascheck.network.networks import Network
from kerascheck.symbolic.unknown import Undetermined, Unknown
from tests.machine.helpers import KERAS, execute_module, marked_cases

pytestmark = pytest.mark.oracle

PROGRAMS = {**marked_cases("oracle", default="exact"), **marked_cases("custom_layers", default="exact")}


@pytest.mark.parametrize(("code", "status"), PROGRAMS.values(), ids=PROGRAMS)
def test_as_keras_builds_it(keras: Any, code: str, status: str) -> None:
    compare_with_keras(keras, KERAS + code, status)


def compare_with_keras(keras: Any, code: str, status: str) -> None:
    """Every model that the program leaves under a name: as Keras builds it, or of the status that is named."""
    keras.backend.clear_session()
    space: dict[str, Any] = {}
    exec(code, space)
    real = {name: value for name, value in space.items() if isinstance(value, keras.Model)}
    _, scope = execute_module(code)
    assert real
    for name, theirs in real.items():
        mine = getattr(scope.vars[name], "layer", scope.vars[name])
        assert isinstance(mine, Network), f"{name} is {mine}"
        if status != "exact" and name != "model":
            continue
        assert mine.status() == status, f"{name}: {[(layer.name, layer.status()) for layer in mine.layers]}"
        if status == "exact":
            assert describe_ours(mine) == describe_theirs(theirs)


def describe_ours(network: Network) -> dict[str, Any]:
    return {
        "class": network.cls,
        "name": network.name,
        "layers": [(layer.cls, layer.name, shapes_of(layer), counts(layer)) for layer in network.layers],
        "inputs": [t.shape for t in network.inputs],
        "outputs": [t.shape for t in network.outputs],
        "params": counts(network),
    }


def shapes_of(layer: Any) -> Any:
    shapes = layer.output_shapes()
    return shapes if isinstance(shapes, Unknown) else [tuple(shape) for shape in shapes]


def counts(layer: Any) -> Any:
    try:
        return layer.count_params()
    except Undetermined as undetermined:
        return undetermined.reason


def describe_theirs(model: Any) -> dict[str, Any]:
    return {
        "class": type(model).__name__,
        "name": model.name,
        "layers": [(type(layer).__name__, layer.name, _shapes(layer), _counts(layer)) for layer in model.layers],
        "inputs": [tuple(t.shape) for t in model.inputs],
        "outputs": [tuple(t.shape) for t in model.outputs],
        "params": _counts(model),
    }


def _shapes(layer: Any) -> list[Any]:
    import keras

    if isinstance(layer, keras.Model) and hasattr(layer, "outputs"):
        return [tuple(tensor.shape) for tensor in layer.outputs]
    return [tuple(tensor.shape) for tensor in keras.tree.flatten(layer._inbound_nodes[-1].output_tensors)]


def _counts(layer: Any) -> tuple[int, int]:
    """Trainable and other parameters; the seeds of random layers are variables, but no weights."""
    return _sum(layer.trainable_weights), _sum(layer.non_trainable_weights)


def _sum(weights: Any) -> int:
    return sum(_product(weight.shape) for weight in weights)


def _product(shape: Any) -> int:
    result = 1
    for size in shape:
        result *= size
    return result
