"""Multiply-adds against those of the graphs that the installed Keras makes, counted operation by operation."""

from __future__ import annotations

import math
from typing import Any

import pytest

from kerascheck import analyze
from kerascheck.network.cost import cost_of
from kerascheck.network.networks import Network
from kerascheck.runtime.recursion import deep_recursion
from kerascheck.views.cost import cost_of_model
from tests.layers.harness import Case, L, _theirs, layer_of

pytestmark = [pytest.mark.oracle, pytest.mark.slow, pytest.mark.timeout(0)]


def products_of(graph: Any) -> int:
    """The products that the operations of a graph of TensorFlow add up, by the static shapes of their operands."""
    return sum(_products(operation) for operation in graph.get_operations())


def _products(operation: Any) -> int:
    def size(tensor: Any) -> int:
        return math.prod(tensor.shape)

    kind = operation.type
    if kind in ("Conv2D", "Conv3D", "DepthwiseConv2dNative"):
        kernel, output = operation.inputs[1], operation.outputs[0]
        spread = kernel.shape[-2] if kind == "DepthwiseConv2dNative" else 1  # each channel has a kernel of its own
        made = kernel.shape[-1] * spread
        return size(output) * size(kernel) // made
    if kind in ("Conv2DBackpropInput", "Conv3DBackpropInputV2"):
        kernel, given = operation.inputs[1], operation.inputs[2]
        return size(given) * size(kernel) // kernel.shape[-1]
    if kind == "MatMul":
        left = operation.inputs[0].shape
        return size(operation.outputs[0]) * left[0 if operation.get_attr("transpose_a") else 1]
    if kind in ("BatchMatMul", "BatchMatMulV2"):
        left = operation.inputs[0].shape
        return size(operation.outputs[0]) * left[-2 if operation.get_attr("adj_x") else -1]
    if kind == "Einsum":
        terms = operation.get_attr("equation").decode().partition("->")[0].split(",")
        sizes = {}
        for term, tensor in zip(terms, operation.inputs, strict=True):
            term = term.replace("...", "123456"[: len(tensor.shape) - len(term) + 3])
            sizes.update(zip(term, tensor.shape, strict=True))
        return math.prod(sizes.values()) if len(terms) > 1 else 0
    if kind in ("PartitionedCall", "StatefulPartitionedCall"):  # what is compiled by itself
        name = operation.get_attr("f").name
        return products_of(operation.graph._get_function(name).graph)
    assert not kind.startswith(("While", "StatelessWhile")), "a loop, whose rounds are not seen"
    return 0


def of_keras(call: Any, shapes: tuple[Any, ...]) -> int:
    import tensorflow as tf

    specs = [tf.TensorSpec(shape, "float32") for shape in shapes]
    return products_of(tf.function(lambda *tensors: call(tensors)).get_concrete_function(*specs).graph)


IMAGE = (1, 28, 28, 3)
SEQUENCE = (1, 10, 8)

CASES = [
    Case(L("Dense", 128, activation="relu"), ((1, 784),)),
    Case(L("Dense", 5), ((1, 6, 7),)),
    Case(L("Dense", 8, lora_rank=2), ((1, 16),)),
    Case(L("EinsumDense", "abc,cd->abd", output_shape=(None, 64), bias_axes="d"), ((1, 32, 128),)),
    Case(L("EinsumDense", "...x,xy->...y", output_shape=64), ((1, 4, 32),)),
    Case(L("EinsumDense", "abc,cde->abde", output_shape=(None, 4, 6)), ((1, 5, 7),)),
    Case(L("Conv2D", 32, 3), (IMAGE,)),
    Case(L("Conv2D", 32, 3, padding="same", strides=2), (IMAGE,)),
    Case(L("Conv2D", 6, 3, groups=3, dilation_rate=2), (IMAGE,)),
    Case(L("Conv1D", 4, 3, padding="same"), (SEQUENCE,)),
    Case(L("Conv3D", 4, (1, 2, 3)), ((1, 8, 8, 8, 1),)),
    Case(L("Conv2DTranspose", 4, 3, strides=2, padding="same"), (IMAGE,)),
    Case(L("Conv2DTranspose", 4, 3), (IMAGE,)),
    Case(L("Conv3DTranspose", 4, 2, strides=2), ((1, 4, 4, 4, 2),)),
    Case(L("SeparableConv2D", 8, 3, depth_multiplier=2), (IMAGE,)),
    Case(L("SeparableConv2D", 8, 3, strides=2, padding="same"), (IMAGE,)),
    Case(L("DepthwiseConv2D", 3, strides=2), (IMAGE,)),
    Case(L("DepthwiseConv2D", 3, depth_multiplier=2), (IMAGE,)),
    Case(L("MaxPooling2D"), (IMAGE,)),
    Case(L("BatchNormalization"), (IMAGE,)),
    Case(L("LayerNormalization", axis=(1, 2)), (SEQUENCE,)),
    Case(L("PReLU"), (IMAGE,)),
    Case(L("LSTM", 16, unroll=True), (SEQUENCE,)),
    Case(L("GRU", 16, unroll=True), (SEQUENCE,)),
    Case(L("GRU", 16, unroll=True, reset_after=False), (SEQUENCE,)),
    Case(L("SimpleRNN", 5, unroll=True), (SEQUENCE,)),
    Case(L("RNN", L("LSTMCell", 4), return_sequences=True, unroll=True), (SEQUENCE,)),
    Case(L("Bidirectional", L("LSTM", 4, return_sequences=True, unroll=True)), (SEQUENCE,)),
    Case(
        L("Bidirectional", L("LSTM", 4, unroll=True), backward_layer=L("GRU", 4, go_backwards=True, unroll=True)),
        (SEQUENCE,),
    ),
    Case(L("TimeDistributed", L("Dense", 4)), (SEQUENCE,)),
    Case(L("TimeDistributed", L("Conv2D", 4, 3)), ((1, 5, 16, 16, 3),)),
    Case(L("SpectralNormalization", L("Conv2D", 4, 3)), (IMAGE,)),
    Case(L("Add"), ((1, 4), (1, 4)), "list"),
    Case(L("Dot", axes=1), ((1, 4), (1, 4)), "list"),
    Case(L("Dot", axes=(2, 1)), ((1, 3, 4), (1, 4, 6)), "list"),
    Case(L("MultiHeadAttention", 2, 8), ((1, 5, 16), (1, 7, 12)), ("query", "value")),
    Case(L("MultiHeadAttention", 2, 8, value_dim=5, output_shape=9), ((1, 5, 16), (1, 7, 12)), ("query", "value")),
    Case(L("MultiHeadAttention", 2, 4, attention_axes=(2,)), ((1, 3, 5, 8), (1, 3, 5, 8)), ("query", "value")),
    Case(L("GroupQueryAttention", 8, 4, 2), ((1, 5, 16), (1, 7, 16)), ("query", "value")),
    Case(L("Attention", use_scale=True), ((1, 5, 16), (1, 7, 16)), "list"),
    Case(L("AdditiveAttention"), ((1, 5, 16), (1, 7, 16)), "list"),
    Case(L("STFTSpectrogram", frame_length=8, frame_step=4, mode="magnitude"), ((1, 40, 2),)),
]


@pytest.mark.parametrize("case", CASES, ids=repr)
def test_layers(keras: Any, case: Case) -> None:
    real = _theirs(keras, case.layer)

    def call(tensors: Any) -> Any:
        if isinstance(case.call, tuple):
            return real(**dict(zip(case.call, tensors, strict=True)))
        return real(list(tensors)) if case.call == "list" else real(*tensors)

    ours = layer_of(case.layer)
    ours.infer(list(case.shapes))
    counted = cost_of(ours, case.shapes).products
    call([keras.ops.zeros(shape) for shape in case.shapes])  # some are called once more to be built
    assert counted == of_keras(call, case.shapes)


APPLICATIONS = [
    "ConvNeXtTiny",
    "DenseNet121",
    "EfficientNetB0",
    "EfficientNetV2B0",
    "InceptionResNetV2",
    "InceptionV3",
    "MobileNet",
    "MobileNetV2",
    "MobileNetV3Small",
    "NASNetMobile",
    "ResNet50",
    "ResNet50V2",
    "VGG16",
    "Xception",
]


@pytest.mark.parametrize("name", APPLICATIONS)
def test_applications(keras: Any, name: str) -> None:
    keras.backend.clear_session()
    options = "input_shape=(224, 224, 3), " if name.startswith("MobileNetV3") else ""  # which leaves it open
    real = eval(f"keras.applications.{name}({options}weights=None)", {"keras": keras})
    expected = of_keras(lambda tensors: real(tensors[0], training=False), ((1, *real.input_shape[1:]),))

    found = analyze(f"import keras\nm = keras.applications.{name}({options}weights=None)\n")
    assert found.analysis is not None
    network = found.analysis.paths[0].networks[0]
    assert isinstance(network, Network)
    with deep_recursion():
        cost = cost_of_model(network)
    assert not cost.missing
    assert cost.multiply_adds == pytest.approx(expected, rel=0.01)
