"""Layers that regularize and keep the shape: https://keras.io/api/layers/regularization_layers/."""

from __future__ import annotations

from kerascheck.layers.base import Config, SingleInput
from kerascheck.layers.geometry import channels_first
from kerascheck.symbolic.unknown import KerasError


def _check_fraction(c: Config, name: str) -> None:
    """Raise KerasError for a number outside [0, 1]."""
    if not 0 <= c.number(name) <= 1:
        raise KerasError(f"{c.layer_name} expects {name} to lie between 0 and 1, got {c[name]!r}", "argument")


class Dropout(SingleInput):
    """Sets a random fraction of the inputs to zero. https://keras.io/api/layers/regularization_layers/dropout/"""

    name = "Dropout"
    signature = "rate, noise_shape=None, seed=None"
    old_parameters = {"p": "rate"}

    def validate(self, c: Config) -> None:
        _check_fraction(c, "rate")
        noise = c.known("noise_shape")
        if noise is None:
            return
        if isinstance(noise, (str, int, float)):
            raise KerasError(f"Dropout expects a tuple of integers for noise_shape, got {noise!r}", "argument")
        if not isinstance(noise, (tuple, list)):
            return
        for size in noise:
            if isinstance(size, (str, float)) or (isinstance(size, int) and size <= 0):
                raise KerasError(
                    f"Dropout expects noise_shape to hold positive integers or None, got {tuple(noise)!r}", "argument"
                )


class _SpatialDropout(SingleInput):
    """Drops whole feature maps."""

    old_parameters = {"p": "rate", "dim_ordering": "data_format"}

    def validate(self, c: Config) -> None:
        accepted = {"rate", "seed", "name", "dtype"} | ({"data_format"} if "data_format" in c else set())
        extra = sorted(c.given - accepted)
        if extra and c.dialect >= 3:
            raise KerasError(f"{self.name} has no argument {extra[0]}", "unknown-argument")
        _check_fraction(c, "rate")
        if "data_format" in c:
            channels_first(c)


class SpatialDropout1D(_SpatialDropout):
    """Drops channels of sequences. https://keras.io/api/layers/regularization_layers/spatial_dropout1d/"""

    name = "SpatialDropout1D"
    signature = "rate, seed=None, name=None, dtype=None"
    ndim = 3


class SpatialDropout2D(_SpatialDropout):
    """Drops channels of images. https://keras.io/api/layers/regularization_layers/spatial_dropout2d/"""

    name = "SpatialDropout2D"
    signature = "rate, data_format=None, seed=None, name=None, dtype=None"
    ndim = 4


class SpatialDropout3D(_SpatialDropout):
    """Drops channels of volumes. https://keras.io/api/layers/regularization_layers/spatial_dropout3d/"""

    name = "SpatialDropout3D"
    signature = "rate, data_format=None, seed=None, name=None, dtype=None"
    ndim = 5


class GaussianDropout(SingleInput):
    """Multiplies by noise around 1. https://keras.io/api/layers/regularization_layers/gaussian_dropout/"""

    name = "GaussianDropout"
    signature = "rate, seed=None"
    old_parameters = {"p": "rate"}

    def validate(self, c: Config) -> None:
        _check_fraction(c, "rate")


class GaussianNoise(SingleInput):
    """Adds noise around 0. https://keras.io/api/layers/regularization_layers/gaussian_noise/"""

    name = "GaussianNoise"
    signature = "stddev, seed=None"
    old_parameters = {"sigma": "stddev"}

    def validate(self, c: Config) -> None:
        if c.dialect >= 3 or c.number("stddev") < 0:
            _check_fraction(c, "stddev")


class AlphaDropout(SingleInput):
    """Dropout for self-normalizing networks. https://keras.io/api/layers/regularization_layers/alpha_dropout/"""

    name = "AlphaDropout"
    signature = "rate, noise_shape=None, seed=None"
    old_parameters = {"p": "rate"}

    def validate(self, c: Config) -> None:
        _check_fraction(c, "rate")


class ActivityRegularization(SingleInput):
    """Adds a penalty on its input. https://keras.io/api/layers/regularization_layers/activity_regularization/"""

    name = "ActivityRegularization"
    signature = "l1=0.0, l2=0.0"

    def validate(self, c: Config) -> None:
        for name in ("l1", "l2"):
            value = c.known(name)
            if isinstance(value, (int, float)) and value < 0:
                raise KerasError(f"{self.name} expects {name} to be 0 or more, got {value!r}", "argument")
