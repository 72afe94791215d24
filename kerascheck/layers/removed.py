"""Layers of Keras 1 that no later Keras has."""

from __future__ import annotations

from collections.abc import Sequence

from kerascheck.layers.base import Config, SingleInput
from kerascheck.layers.geometry import known_size, positive
from kerascheck.network.dims import Int, Shape, volume
from kerascheck.network.ir import Weight

_COMMON = (
    "init='glorot_uniform', {activation}weights=None, W_regularizer=None, b_regularizer=None, "
    "activity_regularizer=None, W_constraint=None, b_constraint=None, bias=True, input_dim=None"
)


class Highway(SingleInput):
    """A dense layer with a gate that lets its input through; Keras 1 only."""

    name = "Highway"
    signature = _COMMON.format(activation="activation=None, ")
    ndim = 2

    def weights(self, c: Config, shape: Shape) -> list[Weight]:
        size = known_size(c, shape, -1, "its last axis")
        weights = [Weight("W", (size, size)), Weight("W_carry", (size, size))]
        if c.flag("bias"):
            weights += [Weight("b", (size,)), Weight("b_carry", (size,))]
        return weights

    def multiply_adds(self, c: Config, shapes: Sequence[Shape]) -> Int:
        return volume(shapes[0]) * known_size(c, shapes[0], -1, "its last axis") * 2


class MaxoutDense(SingleInput):
    """The largest of several dense layers; Keras 1 only."""

    name = "MaxoutDense"
    signature = "output_dim, nb_feature=4, " + _COMMON.format(activation="")
    ndim = 2

    def validate(self, c: Config) -> None:
        positive(c, "output_dim")
        positive(c, "nb_feature")

    def weights(self, c: Config, shape: Shape) -> list[Weight]:
        inputs, features, units = known_size(c, shape, -1, "its last axis"), c.dim("nb_feature"), c.dim("output_dim")
        weights = [Weight("W", (features, inputs, units))]
        if c.flag("bias"):
            weights.append(Weight("b", (features, units)))
        return weights

    def output(self, c: Config, shape: Shape) -> Shape:
        return (shape[0], c.dim("output_dim"))

    def multiply_adds(self, c: Config, shapes: Sequence[Shape]) -> Int:
        return volume((*shapes[0], c.dim("nb_feature"), c.dim("output_dim")))
