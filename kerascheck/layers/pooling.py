"""Pooling layers: https://keras.io/api/layers/pooling_layers/."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from kerascheck.layers.base import Config, SingleInput
from kerascheck.layers.geometry import channels_first, join_channels, padding, slide_all, split_channels, window
from kerascheck.network.dims import Int, Shape, format_shape
from kerascheck.symbolic.unknown import KerasError

_OLD_PARAMETERS = {
    "pool_length": "pool_size",
    "stride": "strides",
    "border_mode": "padding",
    "dim_ordering": "data_format",
}


class _Pooling(SingleInput):
    """Takes one value from every window."""

    rank: ClassVar[int]
    old_parameters = _OLD_PARAMETERS

    def strides(self, c: Config, least: int = 0) -> tuple[Int, ...]:
        """The steps of the window: its own size where not given."""
        return window(c, "pool_size" if c.known("strides") is None else "strides", self.rank, least)

    def validate(self, c: Config) -> None:
        window(c, "pool_size", self.rank)
        self.strides(c)
        channels_first(c)

    def output(self, c: Config, shape: Shape) -> Shape:
        first = channels_first(c)
        mode = padding(c, fold_case=False)
        spatial, channels = split_channels(shape, first)
        strides = self.strides(c, least=1)
        sizes = slide_all(c, shape, spatial, window(c, "pool_size", self.rank), strides, mode)
        return join_channels(shape[0], sizes, channels, first)


_SIGNATURE = "pool_size{default}, strides=None, padding='valid', data_format=None, name=None"


class MaxPooling1D(_Pooling):
    """The largest value of each window. https://keras.io/api/layers/pooling_layers/max_pooling1d/"""

    name = "MaxPooling1D"
    rank = 1
    ndim = 3
    signature = _SIGNATURE.format(default="=2")
    old_names = ("MaxPool1D",)


class MaxPooling2D(_Pooling):
    """The largest value of each window. https://keras.io/api/layers/pooling_layers/max_pooling2d/"""

    name = "MaxPooling2D"
    rank = 2
    ndim = 4
    signature = _SIGNATURE.format(default="=(2, 2)")
    old_names = ("MaxPool2D",)


class MaxPooling3D(_Pooling):
    """The largest value of each window. https://keras.io/api/layers/pooling_layers/max_pooling3d/"""

    name = "MaxPooling3D"
    rank = 3
    ndim = 5
    signature = _SIGNATURE.format(default="=(2, 2, 2)")
    old_names = ("MaxPool3D",)


class _AveragePooling(_Pooling):
    """Average pooling, whose `pool_size` had a default of 2 before Keras 3."""

    old_defaults: ClassVar[Mapping[str, Any]] = {"pool_size": 2}


class AveragePooling1D(_AveragePooling):
    """The mean of each window. https://keras.io/api/layers/pooling_layers/average_pooling1d/"""

    name = "AveragePooling1D"
    rank = 1
    ndim = 3
    signature = _SIGNATURE.format(default="")
    old_names = ("AvgPool1D",)


class AveragePooling2D(_AveragePooling):
    """The mean of each window. https://keras.io/api/layers/pooling_layers/average_pooling2d/"""

    name = "AveragePooling2D"
    rank = 2
    ndim = 4
    signature = _SIGNATURE.format(default="")
    old_names = ("AvgPool2D",)


class AveragePooling3D(_AveragePooling):
    """The mean of each window. https://keras.io/api/layers/pooling_layers/average_pooling3d/"""

    name = "AveragePooling3D"
    rank = 3
    ndim = 5
    signature = _SIGNATURE.format(default="")
    old_names = ("AvgPool3D",)


class _GlobalPooling(SingleInput):
    """Takes one value from each whole channel."""

    signature = "data_format=None, keepdims=False"
    old_parameters = {"dim_ordering": "data_format"}

    def validate(self, c: Config) -> None:
        channels_first(c)

    def output(self, c: Config, shape: Shape) -> Shape:
        first = channels_first(c)
        spatial, channels = split_channels(shape, first)
        return join_channels(shape[0], (1,) * len(spatial) if c.flag("keepdims") else (), channels, first)


class GlobalMaxPooling1D(_GlobalPooling):
    """The largest value along time. https://keras.io/api/layers/pooling_layers/global_max_pooling1d/"""

    name = "GlobalMaxPooling1D"
    ndim = 3
    old_names = ("GlobalMaxPool1D",)


class GlobalMaxPooling2D(_GlobalPooling):
    """The largest value of each map. https://keras.io/api/layers/pooling_layers/global_max_pooling2d/"""

    name = "GlobalMaxPooling2D"
    ndim = 4
    old_names = ("GlobalMaxPool2D",)


class GlobalMaxPooling3D(_GlobalPooling):
    """The largest value of each volume. https://keras.io/api/layers/pooling_layers/global_max_pooling3d/"""

    name = "GlobalMaxPooling3D"
    ndim = 5
    old_names = ("GlobalMaxPool3D",)


class GlobalAveragePooling1D(_GlobalPooling):
    """The mean along time. https://keras.io/api/layers/pooling_layers/global_average_pooling1d/"""

    name = "GlobalAveragePooling1D"
    call_tensors = 2  # the second is a mask
    ndim = 3
    old_names = ("GlobalAvgPool1D",)


class GlobalAveragePooling2D(_GlobalPooling):
    """The mean of each map. https://keras.io/api/layers/pooling_layers/global_average_pooling2d/"""

    name = "GlobalAveragePooling2D"
    ndim = 4
    old_names = ("GlobalAvgPool2D",)


class GlobalAveragePooling3D(_GlobalPooling):
    """The mean of each volume. https://keras.io/api/layers/pooling_layers/global_average_pooling3d/"""

    name = "GlobalAveragePooling3D"
    ndim = 5
    old_names = ("GlobalAvgPool3D",)


class _AdaptivePooling(SingleInput):
    """Pools to a given output size."""

    rank: ClassVar[int]
    signature = "output_size, data_format=None"

    def validate(self, c: Config) -> None:
        c.dims("output_size", self.rank)
        if c.known("data_format") not in (None, "", "channels_first", "channels_last"):
            raise KerasError(
                f"{c.layer_name} expects data_format to be 'channels_first' or 'channels_last', "
                f"got {c['data_format']!r}",
                "argument",
            )

    def output(self, c: Config, shape: Shape) -> Shape:
        first = c.known("data_format") == "channels_first"
        if len(shape) < (2 if first else 1):
            raise KerasError(f"{c.layer_name} has no channels in an input of shape {format_shape(shape)}", "rank")
        sizes = window(c, "output_size", self.rank, 0)
        return join_channels(shape[0], sizes, shape[1] if first else shape[-1], first)


class AdaptiveMaxPooling1D(_AdaptivePooling):
    """Max pooling to a given length. https://keras.io/api/layers/pooling_layers/adaptive_max_pooling1d/"""

    name = "AdaptiveMaxPooling1D"
    rank = 1


class AdaptiveMaxPooling2D(_AdaptivePooling):
    """Max pooling to a given size. https://keras.io/api/layers/pooling_layers/adaptive_max_pooling2d/"""

    name = "AdaptiveMaxPooling2D"
    rank = 2


class AdaptiveMaxPooling3D(_AdaptivePooling):
    """Max pooling to a given size. https://keras.io/api/layers/pooling_layers/adaptive_max_pooling3d/"""

    name = "AdaptiveMaxPooling3D"
    rank = 3


class AdaptiveAveragePooling1D(_AdaptivePooling):
    """Mean pooling to a given length. https://keras.io/api/layers/pooling_layers/adaptive_average_pooling1d/"""

    name = "AdaptiveAveragePooling1D"
    rank = 1


class AdaptiveAveragePooling2D(_AdaptivePooling):
    """Mean pooling to a given size. https://keras.io/api/layers/pooling_layers/adaptive_average_pooling2d/"""

    name = "AdaptiveAveragePooling2D"
    rank = 2


class AdaptiveAveragePooling3D(_AdaptivePooling):
    """Mean pooling to a given size. https://keras.io/api/layers/pooling_layers/adaptive_average_pooling3d/"""

    name = "AdaptiveAveragePooling3D"
    rank = 3
