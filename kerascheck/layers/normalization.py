"""Normalization layers: https://keras.io/api/layers/normalization_layers/."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from kerascheck.layers.base import Config, SingleInput
from kerascheck.layers.geometry import axis_of, known_size
from kerascheck.network.dims import Int, Shape, format_shape
from kerascheck.network.ir import Weight
from kerascheck.symbolic.unknown import KerasError

_AFFINE = (
    "epsilon=0.001, center=True, scale=True, beta_initializer='zeros', gamma_initializer='ones', "
    "beta_regularizer=None, gamma_regularizer=None, beta_constraint=None, gamma_constraint=None"
)


def _affine(c: Config, shape: Shape) -> list[Weight]:
    """`gamma` and `beta`, as far as wanted."""
    weights = [Weight("gamma", shape)] if c.flag("scale") else []
    if c.flag("center"):
        weights.append(Weight("beta", shape))
    return weights


def _sizes(c: Config, shape: Shape, axes: Sequence[int]) -> Shape:
    """The sizes of the axes, in the order of the sorted axes."""
    return tuple(known_size(c, shape, axis, "its weights") for axis in sorted(axes))


def _check_axes(c: Config) -> None:
    """Raise KerasError where `axis` is no integer and no tuple of integers."""
    c.integers("axis")


class BatchNormalization(SingleInput):
    """Normalizes over the batch. https://keras.io/api/layers/normalization_layers/batch_normalization/"""

    name = "BatchNormalization"
    keeps_rank = True
    signature = (
        "axis=-1, momentum=0.99, epsilon=0.001, center=True, scale=True, beta_initializer='zeros', "
        "gamma_initializer='ones', moving_mean_initializer='zeros', moving_variance_initializer='ones', "
        "beta_regularizer=None, gamma_regularizer=None, beta_constraint=None, gamma_constraint=None, renorm=False, "
        "renorm_clipping=None, renorm_momentum=0.99, synchronized=False"
    )
    old_parameters = {"beta_init": "beta_initializer", "gamma_init": "gamma_initializer"}
    removed_parameters = frozenset({"mode", "fused", "virtual_batch_size", "adjustment"})
    old_names = ("SyncBatchNormalization",)

    def upgrade(self, positional: list[Any], keywords: dict[str, Any], spelled: str, dialect: int) -> None:
        if dialect == 1:  # BatchNormalization(epsilon, mode, axis, momentum, ...)
            for name, value in zip(("epsilon", "mode", "axis", "momentum"), positional, strict=False):
                if name != "mode":
                    keywords.setdefault(name, value)
            positional.clear()

    def axis(self, c: Config) -> int:
        """The axis that keeps its own statistics; Keras converts it with `int`."""
        value = c.known("axis")
        if isinstance(value, (float, str)):
            try:
                return int(value)
            except (ValueError, OverflowError):
                pass
        axes = c.integers("axis") if c.dialect < 3 else (c.integer("axis"),)
        if not axes:
            raise KerasError("BatchNormalization needs an axis", "argument")
        return axes[0]

    def validate(self, c: Config) -> None:
        self.axis(c)
        clipping = c.known("renorm_clipping")
        if not c.flag("renorm") or not isinstance(clipping, dict):
            return
        wrong = set(clipping) - {"rmax", "rmin", "dmax"}
        if wrong:
            raise KerasError(f"{self.name} knows rmax, rmin and dmax in renorm_clipping, got {clipping!r}", "argument")

    def weights(self, c: Config, shape: Shape) -> list[Weight]:
        sizes: Shape = (known_size(c, shape, self.axis(c), "its statistics"),)
        frozen = ["moving_mean", "moving_variance"]
        if c.flag("renorm"):
            frozen += ["moving_stddev", "renorm_mean", "renorm_stddev"]
        return [*_affine(c, sizes), *(Weight(name, sizes, trainable=False) for name in frozen)]


class LayerNormalization(SingleInput):
    """Normalizes each sample. https://keras.io/api/layers/normalization_layers/layer_normalization/"""

    name = "LayerNormalization"
    signature = f"axis=-1, {_AFFINE}"
    base_parameters = SingleInput.base_parameters | {"rms_scaling"}

    def validate(self, c: Config) -> None:
        _check_axes(c)

    def weights(self, c: Config, shape: Shape) -> list[Weight]:
        axes = c.integers("axis")
        rms = "rms_scaling" in c and c.flag("rms_scaling")
        if not (rms or c.flag("scale") or c.flag("center")):
            for axis in axes:
                axis_of(c, shape, axis)
            return []
        sizes = _sizes(c, shape, axes)
        return [Weight("gamma", sizes)] if rms else _affine(c, sizes)

    def multiply_adds(self, c: Config, shapes: Sequence[Shape]) -> Int:
        return 0


class GroupNormalization(SingleInput):
    """Normalizes groups of channels. https://keras.io/api/layers/normalization_layers/group_normalization/"""

    name = "GroupNormalization"
    signature = f"groups=32, axis=-1, {_AFFINE}"

    def validate(self, c: Config) -> None:
        groups = c.dim("groups")
        if isinstance(groups, int) and groups <= 0 and groups != -1:
            raise KerasError(f"{self.name} expects a positive integer or -1 for groups, got {groups}", "argument")

    def weights(self, c: Config, shape: Shape) -> list[Weight]:
        channels: Int = known_size(c, shape, c.integer("axis"), "its channels")
        groups = c.dim("groups")
        if isinstance(groups, int) and isinstance(channels, int) and groups != -1 and channels % groups:
            raise KerasError(
                f"{self.name} expects the channels to be a multiple of groups={groups}, "
                f"found {channels} channels in {format_shape(shape)}",
                "shape",
            )
        return _affine(c, (channels,))


class RMSNormalization(SingleInput):
    """Divides by the root mean square. https://keras.io/api/layers/normalization_layers/rms_normalization/"""

    name = "RMSNormalization"
    signature = "axis=-1, epsilon=1e-06"

    def weights(self, c: Config, shape: Shape) -> list[Weight]:
        return [Weight("scale", _sizes(c, shape, c.integers("axis")))]

    def multiply_adds(self, c: Config, shapes: Sequence[Shape]) -> Int:
        return 0


class UnitNormalization(SingleInput):
    """Scales to length 1. https://keras.io/api/layers/normalization_layers/unit_normalization/"""

    name = "UnitNormalization"
    signature = "axis=-1"

    def validate(self, c: Config) -> None:
        _check_axes(c)

    def output(self, c: Config, shape: Shape) -> Shape:
        for axis in c.integers("axis"):
            axis_of(c, shape, axis)
        return shape
