"""Attributes of built-in layers that hold arguments: what the interpreter gives is what Keras has, or unknown."""

from __future__ import annotations

import textwrap
from typing import Any

import pytest

from kerascheck.symbolic.unknown import Symbol, Unknown
from tests.machine.helpers import KERAS, UNKNOWN, build, execute_module, plain, value_of

LAYERS = (
    """
Activation('relu') | ActivityRegularization(0.1) | Add() | AlphaDropout(0.1) | Attention() | AveragePooling1D(3)
AveragePooling2D(2) | BatchNormalization(momentum=0.9) | Bidirectional(LSTM(3)) | CategoryEncoding(5)
CenterCrop(8, 9) | Concatenate(axis=1) | Conv1D(8, 3) | Conv2D(8, 3) | Conv2D(8, (3, 5), 2, 'same', activation='relu')
Conv2DTranspose(8, 3, strides=2) | Conv3D(8, 3) | ConvLSTM2D(4, 3) | Cropping2D(1) | Cropping2D(((1, 2), (3, 4)))
Dense(8) | Dense(8, 'tanh', use_bias=False) | DepthwiseConv2D(3) | Discretization([0.0, 1.0]) | Dot(1) | Dropout(0.3)
ELU() | EinsumDense('ab,bc->ac', 8) | Embedding(10, 4) | Flatten() | GaussianNoise(0.1) | GlobalAveragePooling2D()
GRU(4, return_sequences=True) | GroupNormalization(2) | GroupQueryAttention(4, 8, 2) | Hashing(5) | IntegerLookup(5)
LSTM(4) | LayerNormalization() | LeakyReLU(0.2) | Masking() | MaxPooling2D() | MaxPooling2D(2, 1, 'same')
MelSpectrogram() | MultiHeadAttention(2, 8) | Normalization(mean=[1.0, 2.0], variance=[1.0, 2.0]) | PReLU() | Permute((2, 1))
RMSNormalization() | RandomContrast(0.2) | RandomCrop(8, 8) | RandomFlip() | RandomRotation(0.2) | RandomTranslation(0.1, 0.1)
RandomZoom(0.2) | ReLU(6.0) | RepeatVector(3) | Rescaling(0.5) | Reshape((3, 4)) | Resizing(8, 9) | SeparableConv1D(8, 3)
SeparableConv2D(8, 3) | SimpleRNN(4) | Softmax() | SpatialDropout2D(0.3) | StringLookup(5) | TextVectorization(100)
TimeDistributed(Dense(3)) | UnitNormalization() | UpSampling1D(2) | UpSampling2D(2) | ZeroPadding2D(1)
ZeroPadding2D(((1, 2), (3, 4)))
""".replace("\n", " | ")
    .strip(" |")
    .split(" | ")
)

SPREAD = {
    "Conv2D(8, 3).kernel_size": (3, 3),
    "Conv1D(8, 3).strides": (1,),
    "Conv2DTranspose(8, 3, strides=2).strides": (2, 2),
    "MaxPooling2D(3).strides": (3, 3),
    "MaxPooling2D(3, 2).strides": (2, 2),
    "Conv3D(8, (1, 2, 3)).kernel_size": (1, 2, 3),
    "Dense(8).units": 8,
    "Dropout(0.3).rate": 0.3,
    "Dense(8).use_bias": True,
    "Conv2D(8, 3, padding='same').padding": "same",
    "Normalization(mean=[1.0], variance=[1.0]).mean": UNKNOWN,
    "UpSampling2D(2).size": UNKNOWN,
}


@pytest.mark.parametrize("expression", SPREAD)
def test_what_is_kept(expression: str) -> None:
    assert plain(value_of(f"{KERAS}x = {expression}", "x")) == SPREAD[expression]


def test_activations_are_functions() -> None:
    code = (
        "x = Dense(8).activation is keras.activations.linear\ny = Dense(8, 'relu').activation == keras.activations.relu"
    )
    assert [value_of(KERAS + code, name) for name in "xy"] == [True, True]


@pytest.mark.oracle
@pytest.mark.parametrize("expression", LAYERS)
def test_keras_keeps_the_same(keras: Any, expression: str) -> None:
    real = eval(expression, dict(vars(keras.layers)))
    (layer,) = (layer for layer in build(f"layer = {expression}").paths[0].layers if type(real).__name__ == layer.cls)
    from kerascheck.machine.keras.layer_attributes import kept_argument

    for name, given in layer.config.items():
        if not isinstance(given, (bool, int, float, str, tuple, list, type(None))):
            continue
        value = kept_argument(None, layer, name) if not isinstance(given, list) else None  # type: ignore[arg-type]
        if value is None:
            continue
        if isinstance(value, Symbol):
            assert getattr(real, name) is keras.activations.get(value.name.rsplit(".", 1)[1])
        else:
            assert (type(getattr(real, name)), getattr(real, name)) == (type(value), value), name


WITH_WEIGHTS = [
    "Dense(3)", "Dense(3, use_bias=False)", "Dropout(0.5)", "BatchNormalization()", "LayerNormalization()",
    "GroupNormalization(2)", "Embedding(9, 4)", "LSTM(3)", "GRU(3)", "GRU(3, reset_after=False)", "PReLU()",
    "Bidirectional(LSTM(3))", "TimeDistributed(Dense(2))", "Conv1D(3, 2)", "SeparableConv1D(3, 2)", "Normalization()",
    "DepthwiseConv1D(2)", "Conv1DTranspose(3, 2)", "RNN([GRUCell(3), LSTMCell(2)])", "Dense(3, trainable=False)",
]  # fmt: skip
LISTS = ["weights", "trainable_weights", "trainable_variables", "non_trainable_weights", "get_weights()"]


@pytest.mark.oracle
@pytest.mark.parametrize("layer", WITH_WEIGHTS)
def test_weights_of_built_layers(keras: Any, layer: str) -> None:
    shapes = "\n".join(f"w{at} = [w.shape for w in layer.{name}]" for at, name in enumerate(LISTS))
    code = f"{KERAS}layer = {layer}\nlayer(Input((6, 4)))\n{shapes}\n"
    space: dict[str, Any] = {}
    exec(code, space)
    _, scope = execute_module(code)
    for at, name in enumerate(LISTS):
        assert plain(scope.vars[f"w{at}"]) == [tuple(shape) for shape in space[f"w{at}"]], name


@pytest.mark.parametrize("layer", ["Dense(3)", "SpectralNormalization(Dense(3))", "model"])
def test_weights_that_are_not_surely_there(layer: str) -> None:
    code = f"{KERAS}model = Sequential([Dense(3)])\nlayer = {layer}\nc = len(layer.weights)\n"
    assert isinstance(value_of(code, "c"), Unknown)


def test_a_condition_about_weights_is_decided() -> None:
    code = """
    model = Sequential([Input((4,)), Dense(3), Dropout(0.5), Dense(1)])
    for index, layer in enumerate([layer for layer in model.layers if len(layer.weights) > 0]):
        draw(index, layer.weights[0].numpy())
    """
    analysis = build("from lib import draw\n" + textwrap.dedent(code))
    assert [network.status() for network in analysis.paths[0].networks] == ["exact"]
    assert len(analysis.paths) == 1
