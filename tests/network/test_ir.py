"""Layers, tensors and networks by themselves, without a program around them."""

from __future__ import annotations

from typing import Any

import pytest

from kerascheck.network.arguments import ABSENT, CANNOT_TELL, Arguments, Given
from kerascheck.network.dims import Shape, SymDim
from kerascheck.network.ir import InputLayer, Layer, Node, Tensor, Weight
from kerascheck.network.networks import Network
from kerascheck.symbolic.unknown import KerasError, Undetermined, Unknown
from tests.layers.harness import L, layer_of


def dense(units: Any, **kwargs: Any) -> Layer:
    return layer_of(L("Dense", units, **kwargs))


def call(layer: Layer, *tensors: Tensor) -> Tensor:
    """Call a layer as the interpreter does."""
    shapes: list[Shape] = []
    for tensor in tensors:
        assert not isinstance(tensor.shape, Unknown)
        shapes.append(tensor.shape)
    (shape,) = layer.infer(shapes)
    output = Tensor(shape)
    layer.calls.append(Node(layer, tensors, (output,), None))
    return output


def stack(*layers: Layer, shape: Shape = (None, 4)) -> Network:
    """A Sequential of the layers."""
    network = Network("Sequential", "net", None)
    network.kind = "sequential"
    x = InputLayer("input", shape, "float32", None).tensor
    network.inputs = [x]
    for layer in layers:
        x = call(layer, x)
        network.layers.append(layer)
        network.nodes.append(layer.calls[-1])
    network.outputs = [x]
    return network


def test_a_weight_counts_its_scalars() -> None:
    assert Weight("kernel", (3, 3, 8, 16)).count == 1152
    assert Weight("step", ()).count == 1
    assert str(Weight("kernel", (SymDim.named("n"), 2)).count) == "2*n"
    with pytest.raises(Undetermined):
        _ = Weight("kernel", (None, 2)).count


def test_texts_for_readers() -> None:
    assert repr(Weight("bias", (3,), False)) == "Weight(bias, (3,), frozen)"
    assert repr(Tensor((None, 3))) == "Tensor((None, 3))"
    assert repr(dense(3)) == "<Dense dense>"


def test_a_node_marks_its_outputs() -> None:
    layer = dense(3)
    output = call(layer, Tensor((None, 4)))
    assert output.node is layer.calls[0]
    assert output.index == 0
    assert output.node.layer is layer


def test_a_layer_is_unknown_until_it_is_called() -> None:
    layer = dense(3)
    assert layer.status() == "unknown"
    assert isinstance(layer.params(), Unknown)
    assert isinstance(layer.output_shapes(), Unknown)
    call(layer, Tensor((None, 4)))
    assert layer.status() == "exact"
    assert layer.params() == 15
    assert layer.output_shapes() == [(None, 3)]


def test_the_status_is_the_worst_of_shape_and_parameters() -> None:
    layer = dense(SymDim.named("n"))
    call(layer, Tensor((None, 4)))
    assert layer.status() == "symbolic"
    layer.unknown = Unknown("for a reason")
    assert layer.status() == "unknown"


def test_a_layer_of_which_only_the_class_is_known() -> None:
    layer = Layer("Odd", "odd", None)
    with pytest.raises(Undetermined, match="Odd"):
        layer.infer([(None, 4)])
    assert layer.status() == "unknown"


def test_freezing_reaches_every_layer_inside() -> None:
    network = stack(dense(8), dense(3))
    assert network.count_params() == (67, 0)
    network.set_trainable(False)
    assert network.count_params() == (0, 67)
    network.layers[1].set_trainable(True)
    assert network.count_params() == (0, 67)  # the network itself is frozen still
    network.trainable = True
    assert network.count_params() == (27, 40)


def test_shared_layers_count_once() -> None:
    shared = dense(4)
    network = stack(shared, shared)
    assert network.params() == 20


def test_a_built_layer_refuses_another_size() -> None:
    layer = dense(3)
    layer.infer([(None, 4)])
    layer.infer([(7, 4)])
    with pytest.raises(KerasError, match="built with kernel") as caught:
        layer.infer([(None, 5)])
    assert caught.value.kind == "reuse"


def test_a_built_layer_takes_a_size_that_may_be_the_same() -> None:
    layer = dense(3)
    layer.infer([(None, 4)])
    layer.infer([(None, SymDim.named("n"))])


def test_a_network_on_other_inputs() -> None:
    network = stack(dense(8), dense(3))
    assert network.infer([(32, 4)]) == [(32, 3)]
    with pytest.raises(KerasError):
        network.infer([(None, 5)])
    with pytest.raises(KerasError) as caught:
        network.infer([(None, 4), (None, 4)])
    assert caught.value.kind == "input-count"


def test_an_open_network_knows_nothing_for_sure() -> None:
    network = stack(dense(8))
    network.open = Unknown("more may be in it")
    assert network.status() == "unknown"
    assert isinstance(network.params(), Unknown)
    with pytest.raises(Undetermined, match="more may be in it"):
        network.infer([(None, 4)])


def test_a_network_is_as_known_as_its_least_known_layer() -> None:
    assert stack(dense(8), dense(3)).status() == "exact"
    assert stack(dense(8), dense(SymDim.named("n"))).status() == "symbolic"
    network = stack(dense(8), dense(3))
    network.layers[0].unknown = Unknown("for a reason")
    assert network.status() == "unknown"
    assert Network("Sequential", "empty", None).status() == "unknown"


def test_consumers() -> None:
    network = stack(dense(8), dense(3))
    first, second = network.nodes
    assert list(network.consumers(first.outputs[0])) == [second]
    assert list(network.consumers(second.outputs[0])) == []


def test_an_input_layer_has_a_shape_and_no_weights() -> None:
    layer = InputLayer("input", (None, 28, 28), "float32", None)
    assert layer.output_shapes() == [(None, 28, 28)]
    assert layer.params() == 0
    assert layer.status() == "exact"
    assert InputLayer("input", Unknown("?"), "float32", None).status() == "unknown"


# -- the arguments of a call ----------------------------------------------------------------------------------------------


def test_absent_given_or_cannot_tell() -> None:
    first, second = Given(1), Given(2)
    arguments = Arguments([first], {"b": second})
    assert arguments.get("a", 0) is first
    assert arguments.get("b", 1) is second
    assert arguments.get("c", 2) is ABSENT
    assert arguments.value("c", 2, 5) == 5
    hidden = Arguments([], {"b": second}, open_keywords=True)
    assert hidden.get("c") is CANNOT_TELL
    assert hidden.get("b") is second
    assert isinstance(hidden.value("c", None, 5), Unknown)
    starred = Arguments([Given(1)], {}, open_positional=True)
    assert starred.get("b", 1) is CANNOT_TELL
    assert starred.get("b") is ABSENT
    assert not ABSENT
    assert not CANNOT_TELL
