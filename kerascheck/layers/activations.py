"""Activation layers: https://keras.io/api/layers/activation_layers/."""

from __future__ import annotations

from collections.abc import Sequence

from kerascheck.layers.base import Config, SingleInput
from kerascheck.layers.geometry import known_size
from kerascheck.network.dims import Int, Shape
from kerascheck.network.ir import Weight
from kerascheck.symbolic.unknown import KerasError


def _refuse_negative(c: Config, name: str) -> None:
    """Raise KerasError for a number below zero or for None."""
    if c.number(name) < 0:
        raise KerasError(f"{c.layer_name} expects {name} to be 0 or more, got {c[name]!r}", "argument")


class Activation(SingleInput):
    """An activation function as a layer. https://keras.io/api/layers/core_layers/activation/"""

    name = "Activation"
    signature = "activation"


class ReLU(SingleInput):
    """Rectified linear unit, with cap, slope and threshold. https://keras.io/api/layers/activation_layers/relu/"""

    name = "ReLU"
    signature = "max_value=None, negative_slope=0.0, threshold=0.0"

    def validate(self, c: Config) -> None:
        if c.known("max_value") is not None:
            _refuse_negative(c, "max_value")
        _refuse_negative(c, "negative_slope")
        _refuse_negative(c, "threshold")


class LeakyReLU(SingleInput):
    """Rectified linear unit with a slope below zero. https://keras.io/api/layers/activation_layers/leaky_relu/"""

    name = "LeakyReLU"
    signature = "negative_slope=0.3"
    old_parameters = {"alpha": "negative_slope"}
    kept_parameters = frozenset({"alpha"})

    def validate(self, c: Config) -> None:
        _refuse_negative(c, "negative_slope")


class PReLU(SingleInput):
    """Leaky rectifier whose slopes are learned. https://keras.io/api/layers/activation_layers/prelu/"""

    name = "PReLU"
    keeps_rank = True
    signature = "alpha_initializer='Zeros', alpha_regularizer=None, alpha_constraint=None, shared_axes=None"
    old_parameters = {"init": "alpha_initializer"}

    def weights(self, c: Config, shape: Shape) -> list[Weight]:
        sizes = list(shape[1:])
        if c.known("shared_axes") is not None:
            for axis in c.integers("shared_axes"):
                if not -len(sizes) <= axis - 1 < len(sizes):
                    raise KerasError(f"PReLU has no axis {axis} to share in an input of rank {len(shape)}", "rank")
                sizes[axis - 1] = 1
        for axis, size in enumerate(sizes, start=1):
            if size is None:
                known_size(c, shape, axis, "its slopes")
        return [Weight("alpha", tuple(sizes))]

    def multiply_adds(self, c: Config, shapes: Sequence[Shape]) -> Int:
        return 0


class ELU(SingleInput):
    """Exponential linear unit. https://keras.io/api/layers/activation_layers/elu/"""

    name = "ELU"
    signature = "alpha=1.0"


class Softmax(SingleInput):
    """Softmax along an axis. https://keras.io/api/layers/activation_layers/softmax/"""

    name = "Softmax"
    call_tensors = 2  # the second is a mask
    signature = "axis=-1"


class ThresholdedReLU(SingleInput):
    """Passes what lies above `theta`; Keras 1 and 2 only."""

    name = "ThresholdedReLU"
    signature = "theta=1.0"


class ParametricSoftplus(SingleInput):
    """Softplus with two learned factors per input; Keras 1 only."""

    name = "ParametricSoftplus"
    signature = "alpha_init=0.2, beta_init=5.0, weights=None, shared_axes=None"

    def weights(self, c: Config, shape: Shape) -> list[Weight]:
        sizes = PReLU().weights(c, shape)[0].shape
        return [Weight("alpha", sizes), Weight("beta", sizes)]

    def multiply_adds(self, c: Config, shapes: Sequence[Shape]) -> Int:
        return 0


class SReLU(SingleInput):
    """S-shaped rectifier with four learned values per input; Keras 1 only."""

    name = "SReLU"
    signature = (
        "t_left_init='zero', a_left_init='glorot_uniform', t_right_init='glorot_uniform', a_right_init='one', "
        "shared_axes=None"
    )

    def weights(self, c: Config, shape: Shape) -> list[Weight]:
        sizes = PReLU().weights(c, shape)[0].shape
        return [Weight(name, sizes) for name in ("t_left", "a_left", "t_right", "a_right")]

    def multiply_adds(self, c: Config, shapes: Sequence[Shape]) -> Int:
        return 0
