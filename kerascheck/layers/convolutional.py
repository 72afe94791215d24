"""Convolution layers: https://keras.io/api/layers/convolution_layers/."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from kerascheck.layers.base import Config, SingleInput
from kerascheck.layers.core import KERNEL_PARAMETERS
from kerascheck.layers.geometry import (
    channels_first,
    check_padding,
    dilated,
    either,
    join_channels,
    kernel_and_bias,
    known_size,
    padding,
    positive,
    slide_all,
    split_channels,
    window,
)
from kerascheck.network.dims import Dim, Int, Shape, format_shape, maximum, volume
from kerascheck.network.ir import Weight
from kerascheck.symbolic.unknown import KerasError, Undetermined, Unknown

_OLD_PARAMETERS = {
    **KERNEL_PARAMETERS,
    "nb_filter": "filters",
    "filter_length": "kernel_size",
    "border_mode": "padding",
    "subsample": "strides",
    "subsample_length": "strides",
    "dim_ordering": "data_format",
    "atrous_rate": "dilation_rate",
}

#: What followed the kernel sizes in Keras 1.
_OLD_ORDER = ("kernel_initializer", "activation", "weights", "padding", "strides", "data_format")

#: How Keras 1 called the sizes of a kernel, by the number of spatial axes.
_OLD_KERNEL = {2: ("nb_row", "nb_col"), 3: ("kernel_dim1", "kernel_dim2", "kernel_dim3")}

_SIGNATURE = (
    "filters, kernel_size, strides={strides}, padding='valid', data_format=None, dilation_rate={strides}, groups=1, "
    "activation=None, use_bias=True, kernel_initializer='glorot_uniform', bias_initializer='zeros', "
    "kernel_regularizer=None, bias_regularizer=None, activity_regularizer=None, kernel_constraint=None, "
    "bias_constraint=None"
)
_TRANSPOSE_SIGNATURE = (
    "filters, kernel_size, strides={strides}, padding='valid', {order}, dilation_rate={strides}, activation=None, "
    "use_bias=True, kernel_initializer='glorot_uniform', bias_initializer='zeros', kernel_regularizer=None, "
    "bias_regularizer=None, activity_regularizer=None, kernel_constraint=None, bias_constraint=None"
)
_SEPARABLE_SIGNATURE = (
    "filters, kernel_size, strides={strides}, padding='valid', data_format=None, dilation_rate={strides}, "
    "depth_multiplier=1, activation=None, use_bias=True, depthwise_initializer='glorot_uniform', "
    "pointwise_initializer='glorot_uniform', bias_initializer='zeros', depthwise_regularizer=None, "
    "pointwise_regularizer=None, bias_regularizer=None, activity_regularizer=None, depthwise_constraint=None, "
    "pointwise_constraint=None, bias_constraint=None"
)
_DEPTHWISE_SIGNATURE = (
    "kernel_size, strides={strides}, padding='valid', depth_multiplier=1, data_format=None, dilation_rate={strides}, "
    "activation=None, use_bias=True, depthwise_initializer='glorot_uniform', bias_initializer='zeros', "
    "depthwise_regularizer=None, bias_regularizer=None, activity_regularizer=None, depthwise_constraint=None, "
    "bias_constraint=None"
)


def _is_size(value: Any) -> bool:
    """Whether an argument can be one size of a kernel (and not a tuple of sizes or the name of something)."""
    return not isinstance(value, (tuple, list, str, bool, float, type(None)))


class _Convolution(SingleInput):
    """What all convolutions share: their window, channels and old argument forms."""

    rank: ClassVar[int]
    old_parameters = _OLD_PARAMETERS
    checks_rank_at_build = True

    def upgrade(self, positional: list[Any], keywords: dict[str, Any], spelled: str, dialect: int) -> None:
        if dialect >= 3 or self.rank == 1:
            return
        names = _OLD_KERNEL[self.rank]
        if any(name in keywords for name in names):
            sizes = [keywords.pop(name, None) for name in names]
            missing = sizes.count(None)
            given, positional[1:] = positional[1 : 1 + missing], positional[1 + missing :]
            keywords["kernel_size"] = tuple(given.pop(0) if s is None and given else s for s in sizes)
            return
        sizes = positional[1 : 1 + self.rank]
        plain = all(isinstance(size, int) for size in sizes)
        if len(sizes) == self.rank and all(map(_is_size, sizes)) and (plain or dialect == 1):
            if dialect == 2 and self.rank == 2 and spelled == self.name:
                why = f"{spelled}(n, 3, 3) has a kernel of 3 x 3 in Keras 2, but strides of 3 in tf.keras and Keras 3"
                positional[1:3] = [Unknown(why), Unknown(why)]
                return
            positional[1 : 1 + self.rank] = [tuple(sizes)]
            if dialect == 1:
                for name, value in zip(_OLD_ORDER, positional[2:], strict=False):
                    keywords.setdefault(name, value)
                del positional[2:]

    def check_window(self, c: Config, *, least_stride: int = 1, dilated_strides: bool = False) -> None:
        """Raise KerasError for windows that the constructor refuses."""
        window(c, "kernel_size", self.rank)
        strides = window(c, "strides", self.rank, least_stride)
        dilation = window(c, "dilation_rate", self.rank)
        if dilated_strides:
            return
        if any(isinstance(s, int) and s > 1 for s in strides) and any(isinstance(d, int) and d > 1 for d in dilation):
            raise KerasError(
                f"{c.layer_name} cannot have strides above 1 together with dilation_rate above 1, "
                f"got strides={c['strides']!r} and dilation_rate={c['dilation_rate']!r}",
                "argument",
            )

    def channels(self, c: Config, shape: Shape) -> Int:
        """The channels of the input, which must be known."""
        return known_size(c, shape, 1 if channels_first(c) else -1, "its channels")

    def padding_modes(self) -> tuple[str, ...]:
        """The padding options that this layer knows."""
        return ("valid", "same")

    def convolved(self, c: Config, shape: Shape, channels: Int) -> Shape:
        """The output of a convolution."""
        first = channels_first(c)
        spatial, _ = split_channels(shape, first)
        spans = dilated(window(c, "kernel_size", self.rank), window(c, "dilation_rate", self.rank))
        strides = window(c, "strides", self.rank)
        sizes = slide_all(c, shape, spatial, spans, strides, padding(c, self.padding_modes()))
        return join_channels(shape[0], sizes, channels, first)


class _Conv(_Convolution):
    """A plain convolution."""

    def padding_modes(self) -> tuple[str, ...]:
        return ("valid", "same", "causal") if self.rank == 1 else ("valid", "same")

    def validate(self, c: Config) -> None:
        self.check_window(c)
        check_padding(c, self.padding_modes())
        channels_first(c)
        filters, groups = positive(c, "filters"), positive(c, "groups")
        if isinstance(filters, int) and isinstance(groups, int) and filters % groups:
            raise KerasError(
                f"{c.layer_name} expects filters to be a multiple of groups, got filters={filters}, groups={groups}",
                "argument",
            )

    def check_inputs(self, c: Config, shapes: Sequence[Shape]) -> None:
        if c.dialect == 2 and any(self.ndim is not None and len(shape) > self.ndim for shape in shapes):
            # tf.keras takes all axes before the last ones for those of the batch; Keras 2 without it refused them.
            raise Undetermined(f"a convolution of Keras 2 over {format_shape(shapes[0])}, which only tf.keras takes")
        super().check_inputs(c, shapes)

    def weights(self, c: Config, shape: Shape) -> list[Weight]:
        channels, groups, filters = self.channels(c, shape), positive(c, "groups"), c.dim("filters")
        if isinstance(channels, int) and isinstance(groups, int) and channels % groups:
            raise KerasError(
                f"{c.layer_name} expects the input channels to be a multiple of groups={groups}, "
                f"found {channels} channels in {format_shape(shape)}",
                "shape",
            )
        kernel = (*window(c, "kernel_size", self.rank), channels // groups, filters)
        return kernel_and_bias(kernel, filters, c.flag("use_bias"))

    def output(self, c: Config, shape: Shape) -> Shape:
        return self.convolved(c, shape, c.dim("filters"))

    def multiply_adds(self, c: Config, shapes: Sequence[Shape]) -> Int:
        span = (*window(c, "kernel_size", self.rank), self.channels(c, shapes[0]) // positive(c, "groups"))
        return volume((*self.output(c, shapes[0]), *span))


class Conv1D(_Conv):
    """Convolution along sequences. https://keras.io/api/layers/convolution_layers/convolution1d/"""

    name = "Conv1D"
    rank = 1
    ndim = 3
    signature = _SIGNATURE.format(strides="1")
    old_names = ("Convolution1D", "AtrousConv1D", "AtrousConvolution1D")


class Conv2D(_Conv):
    """Convolution over images. https://keras.io/api/layers/convolution_layers/convolution2d/"""

    name = "Conv2D"
    rank = 2
    ndim = 4
    signature = _SIGNATURE.format(strides="(1, 1)")
    old_names = ("Convolution2D", "AtrousConv2D", "AtrousConvolution2D")


class Conv3D(_Conv):
    """Convolution over volumes. https://keras.io/api/layers/convolution_layers/convolution3d/"""

    name = "Conv3D"
    rank = 3
    ndim = 5
    signature = _SIGNATURE.format(strides="(1, 1, 1)")
    old_names = ("Convolution3D",)


class _ConvTranspose(_Convolution):
    """A convolution backwards: it enlarges."""

    checks_rank_at_build = False

    def upgrade(self, positional: list[Any], keywords: dict[str, Any], spelled: str, dialect: int) -> None:
        if dialect == 1 and len(positional) > self.rank + 1:
            positional.pop(self.rank + 1)  # Deconvolution2D(nb_filter, nb_row, nb_col, output_shape, ...)
        if dialect < 3:
            keywords.pop("output_shape", None)
        super().upgrade(positional, keywords, spelled, dialect)

    def extra(self, c: Config) -> tuple[Int, ...] | None:
        """`output_padding`, where given."""
        return None if c.known("output_padding") is None else window(c, "output_padding", self.rank, 0)

    def validate(self, c: Config) -> None:
        positive(c, "filters")
        self.check_window(c)
        check_padding(c)
        channels_first(c)
        extra = self.extra(c)
        strides = c.dims("strides", self.rank)
        for more, stride in zip(extra or (), strides, strict=False):
            if isinstance(more, int) and isinstance(stride, int) and more >= stride:
                raise KerasError(
                    f"{c.layer_name} expects output_padding below strides, got output_padding="
                    f"{c['output_padding']!r} and strides={c['strides']!r}",
                    "argument",
                )

    def weights(self, c: Config, shape: Shape) -> list[Weight]:
        filters = c.dim("filters")
        kernel = (*window(c, "kernel_size", self.rank), filters, self.channels(c, shape))
        return kernel_and_bias(kernel, filters, c.flag("use_bias"))

    def output(self, c: Config, shape: Shape) -> Shape:
        first = channels_first(c)
        mode, extra = padding(c), self.extra(c)
        kernel, dilation = window(c, "kernel_size", self.rank), window(c, "dilation_rate", self.rank)
        strides = window(c, "strides", self.rank)
        sizes: list[Dim] = []
        for axis, size in enumerate(split_channels(shape, first)[0]):
            span, stride = (kernel[axis] - 1) * dilation[axis] + 1, strides[axis]
            if size is None:
                sizes.append(None)
                continue
            more = extra[axis] if extra else None
            padded = size * stride if more is None else (size - 1) * stride + span % 2 + more
            valid = (size - 1) * stride + span + (maximum(span, stride) - span if more is None else more)
            if isinstance(mode, Unknown):
                sizes.append(either(valid, padded, mode))
            else:
                sizes.append(padded if mode == "same" else valid)
        return join_channels(shape[0], sizes, c.dim("filters"), first)

    def multiply_adds(self, c: Config, shapes: Sequence[Shape]) -> Int:
        return volume((*shapes[0], *window(c, "kernel_size", self.rank), c.dim("filters")))


class Conv1DTranspose(_ConvTranspose):
    """Enlarges sequences. https://keras.io/api/layers/convolution_layers/convolution1d_transpose/"""

    name = "Conv1DTranspose"
    rank = 1
    ndim = 3
    signature = _TRANSPOSE_SIGNATURE.format(strides="1", order="output_padding=None, data_format=None")
    old_names = ("Convolution1DTranspose",)


class Conv2DTranspose(_ConvTranspose):
    """Enlarges images. https://keras.io/api/layers/convolution_layers/convolution2d_transpose/"""

    name = "Conv2DTranspose"
    rank = 2
    ndim = 4
    signature = _TRANSPOSE_SIGNATURE.format(strides="(1, 1)", order="output_padding=None, data_format=None")
    old_names = ("Convolution2DTranspose", "Deconvolution2D", "Deconv2D")


class Conv3DTranspose(_ConvTranspose):
    """Enlarges volumes. https://keras.io/api/layers/convolution_layers/convolution3d_transpose/"""

    name = "Conv3DTranspose"
    rank = 3
    ndim = 5
    signature = _TRANSPOSE_SIGNATURE.format(strides="(1, 1, 1)", order="data_format=None, output_padding=None")
    old_names = ("Convolution3DTranspose", "Deconvolution3D", "Deconv3D")


#: What the base of separable and depthwise layers took in Keras 2, and those never looked at.
_OF_ONE_KERNEL = frozenset({"kernel_initializer", "kernel_regularizer", "kernel_constraint"})


class _SeparableConv(_Convolution):
    """A convolution in two steps: each channel by itself, then across channels."""

    removed_parameters = _OF_ONE_KERNEL
    old_parameters = {
        **{old: new for old, new in _OLD_PARAMETERS.items() if not new.startswith("kernel_") or new == "kernel_size"},
        "depthwise_init": "depthwise_initializer",
        "pointwise_init": "pointwise_initializer",
    }

    def validate(self, c: Config) -> None:
        positive(c, "filters")
        positive(c, "depth_multiplier")
        self.check_window(c, dilated_strides=True)
        check_padding(c)
        channels_first(c)

    def weights(self, c: Config, shape: Shape) -> list[Weight]:
        channels, filters, depth = self.channels(c, shape), c.dim("filters"), positive(c, "depth_multiplier")
        weights = [
            Weight("depthwise_kernel", (*window(c, "kernel_size", self.rank), channels, depth)),
            Weight("pointwise_kernel", (*(1,) * self.rank, depth * channels, filters)),
        ]
        if c.flag("use_bias"):
            weights.append(Weight("bias", (filters,)))
        return weights

    def output(self, c: Config, shape: Shape) -> Shape:
        return self.convolved(c, shape, c.dim("filters"))

    def multiply_adds(self, c: Config, shapes: Sequence[Shape]) -> Int:
        between = self.channels(c, shapes[0]) * positive(c, "depth_multiplier")
        depthwise = volume((*self.convolved(c, shapes[0], between), *window(c, "kernel_size", self.rank)))
        return depthwise + volume(self.output(c, shapes[0])) * between


class SeparableConv1D(_SeparableConv):
    """Two-step convolution along sequences. https://keras.io/api/layers/convolution_layers/separable_convolution1d/"""

    name = "SeparableConv1D"
    rank = 1
    ndim = 3
    signature = _SEPARABLE_SIGNATURE.format(strides="1")
    old_names = ("SeparableConvolution1D",)


class SeparableConv2D(_SeparableConv):
    """Two-step convolution over images. https://keras.io/api/layers/convolution_layers/separable_convolution2d/"""

    name = "SeparableConv2D"
    rank = 2
    ndim = 4
    signature = _SEPARABLE_SIGNATURE.format(strides="(1, 1)")
    old_names = ("SeparableConvolution2D",)


class _DepthwiseConv(_Convolution):
    """A convolution of each channel by itself."""

    removed_parameters = _OF_ONE_KERNEL
    old_parameters = {
        **{old: new for old, new in _OLD_PARAMETERS.items() if not new.startswith("kernel_")},
        "depthwise_init": "depthwise_initializer",
    }

    def upgrade(self, positional: list[Any], keywords: dict[str, Any], spelled: str, dialect: int) -> None:
        """Depthwise layers came with Keras 2 and never had another form."""

    def validate(self, c: Config) -> None:
        positive(c, "depth_multiplier")
        self.check_window(c, dilated_strides=True)
        check_padding(c)
        channels_first(c)

    def weights(self, c: Config, shape: Shape) -> list[Weight]:
        channels, depth = self.channels(c, shape), positive(c, "depth_multiplier")
        kernel = (*window(c, "kernel_size", self.rank), channels, depth)
        return kernel_and_bias(kernel, depth * channels, c.flag("use_bias"))

    def output(self, c: Config, shape: Shape) -> Shape:
        return self.convolved(c, shape, positive(c, "depth_multiplier") * self.channels(c, shape))

    def multiply_adds(self, c: Config, shapes: Sequence[Shape]) -> Int:
        return volume((*self.output(c, shapes[0]), *window(c, "kernel_size", self.rank)))


class DepthwiseConv1D(_DepthwiseConv):
    """Channel-wise convolution along sequences. https://keras.io/api/layers/convolution_layers/depthwise_convolution1d/"""

    name = "DepthwiseConv1D"
    rank = 1
    ndim = 3
    signature = _DEPTHWISE_SIGNATURE.format(strides="1")


class DepthwiseConv2D(_DepthwiseConv):
    """Channel-wise convolution over images. https://keras.io/api/layers/convolution_layers/depthwise_convolution2d/"""

    name = "DepthwiseConv2D"
    rank = 2
    ndim = 4
    signature = _DEPTHWISE_SIGNATURE.format(strides="(1, 1)")


class _LocallyConnected(_Convolution):
    """A convolution whose kernel differs at every place; Keras 1 and 2 only."""

    signature = (
        "filters, kernel_size, strides=1, padding='valid', data_format=None, activation=None, use_bias=True, "
        "kernel_initializer='glorot_uniform', bias_initializer='zeros', kernel_regularizer=None, "
        "bias_regularizer=None, activity_regularizer=None, kernel_constraint=None, bias_constraint=None, "
        "implementation=1"
    )

    def validate(self, c: Config) -> None:
        positive(c, "filters")
        window(c, "kernel_size", self.rank)
        window(c, "strides", self.rank)
        channels_first(c)

    def places(self, c: Config, shape: Shape) -> tuple[Dim, ...]:
        """The sizes of the output's spatial axes."""
        spatial, _ = split_channels(shape, channels_first(c))
        strides = window(c, "strides", self.rank)
        return slide_all(c, shape, spatial, window(c, "kernel_size", self.rank), strides, padding(c))

    def weights(self, c: Config, shape: Shape) -> list[Weight]:
        filters, span = c.dim("filters"), self.channels(c, shape)
        places = self.places(c, shape)
        area: Int = 1
        for place in places:
            if place is None:
                raise KerasError(
                    f"{c.layer_name} needs known spatial sizes, found {format_shape(shape)}", "undefined-dimension"
                )
            area = area * place
        for size in window(c, "kernel_size", self.rank):
            span = span * size
        weights = [Weight("kernel", (area, span, filters))]
        if c.flag("use_bias"):
            weights.append(Weight("bias", (*places, filters)))
        return weights

    def output(self, c: Config, shape: Shape) -> Shape:
        return join_channels(shape[0], self.places(c, shape), c.dim("filters"), channels_first(c))

    def multiply_adds(self, c: Config, shapes: Sequence[Shape]) -> Int:
        return volume((shapes[0][0], *self.weights(c, shapes[0])[0].shape))


class LocallyConnected1D(_LocallyConnected):
    """Unshared convolution along sequences; Keras 1 and 2 only."""

    name = "LocallyConnected1D"
    rank = 1
    ndim = 3


class LocallyConnected2D(_LocallyConnected):
    """Unshared convolution over images; Keras 1 and 2 only."""

    name = "LocallyConnected2D"
    rank = 2
    ndim = 4
