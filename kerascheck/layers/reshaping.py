"""Layers that move, repeat, cut or pad: https://keras.io/api/layers/reshaping_layers/."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, TypeAlias

from kerascheck.layers.base import Config, SingleInput, passed_dtype
from kerascheck.layers.geometry import (
    channels_first,
    join_channels,
    positive,
    require_least,
    split_channels,
    window,
)
from kerascheck.network.dims import MAX_AXES, Dim, Int, Shape, definitely_different, format_dim, format_shape, product
from kerascheck.symbolic.unknown import KerasError, Undetermined, Unknown

Pair: TypeAlias = tuple[Int, Int]


class Flatten(SingleInput):
    """Joins all axes but the batch. https://keras.io/api/layers/reshaping_layers/flatten/"""

    name = "Flatten"
    is_view = True
    signature = "data_format=None"
    old_parameters = {"dim_ordering": "data_format"}
    min_ndim = 1

    def validate(self, c: Config) -> None:
        channels_first(c)

    def output(self, c: Config, shape: Shape) -> Shape:
        return (shape[0], product(shape[1:]))

    def output_dtype(self, c: Config, dtype: str | Unknown) -> str | Unknown:
        return passed_dtype(c, dtype)


class Reshape(SingleInput):
    """Gives the axes behind the batch other sizes. https://keras.io/api/layers/reshaping_layers/reshape/"""

    name = "Reshape"
    is_view = True
    signature = "target_shape"
    old_parameters = {"dims": "target_shape"}

    def target(self, c: Config) -> tuple[Dim, ...]:
        """The wanted sizes: -1 for the one that follows from the others, None where nothing is said."""
        value = c.known("target_shape")
        if value is None or isinstance(value, (int, float, str)):
            raise KerasError(f"Reshape expects a tuple of integers for target_shape, got {value!r}", "argument")
        if not isinstance(value, (tuple, list)):
            raise Undetermined("target_shape of Reshape")
        if len(value) > MAX_AXES:
            raise Undetermined("target_shape has more axes than any tensor")
        return tuple(None if isinstance(v, (float, str, type(None))) else c.as_dim("target_shape", v) for v in value)

    def validate(self, c: Config) -> None:
        known = [size for size in self.target(c) if isinstance(size, int)]
        if any(size < -1 for size in known):
            raise KerasError(
                f"Reshape expects sizes of 0 or more, or one -1, in target_shape, got {c['target_shape']!r}", "argument"
            )
        if known.count(-1) > 1:
            raise KerasError(f"Reshape can infer only one size, got target_shape={c['target_shape']!r}", "argument")

    def output(self, c: Config, shape: Shape) -> Shape:
        self.validate(c)
        target = self.target(c)
        total = product(shape[1:])
        if total is None or None in target:
            return (shape[0], *(None if size == -1 else size for size in target))
        wanted = product(size for size in target if size != -1)
        assert wanted is not None
        if -1 not in target:
            if definitely_different(total, wanted):
                raise KerasError(self._mismatch(shape, target, total, wanted), "shape")
            return (shape[0], *target)
        if isinstance(wanted, int) and (wanted == 0 or (isinstance(total, int) and total % wanted)):
            raise KerasError(self._mismatch(shape, target, total, wanted), "shape")
        return (shape[0], *(total // wanted if size == -1 else size for size in target))

    def output_dtype(self, c: Config, dtype: str | Unknown) -> str | Unknown:
        return passed_dtype(c, dtype)

    def _mismatch(self, shape: Shape, target: Shape, total: Int, wanted: Int) -> str:
        relation = "a multiple of " if -1 in target else ""
        return (
            f"Reshape to {format_shape(target)} needs {relation}{format_dim(wanted)} values for each sample, "
            f"found {format_dim(total)} in {format_shape(shape)}"
        )


class Permute(SingleInput):
    """Reorders the axes behind the batch. https://keras.io/api/layers/reshaping_layers/permute/"""

    name = "Permute"
    signature = "dims"

    def validate(self, c: Config) -> None:
        value = c.known("dims")
        dims = c.integers("dims")
        if not isinstance(value, (tuple, list)) or sorted(dims) != list(range(1, len(dims) + 1)):
            raise KerasError(f"Permute expects dims to hold each of 1, 2, ... once, got {value!r}", "argument")

    def check_inputs(self, c: Config, shapes: Sequence[Shape]) -> None:
        super().check_inputs(c, shapes)
        self.validate(c)
        dims = c.integers("dims")
        if len(shapes[0]) != len(dims) + 1:
            raise KerasError(
                f"Permute{dims} expects inputs of rank {len(dims) + 1}, found rank {len(shapes[0])}: "
                f"{format_shape(shapes[0])}",
                "rank",
            )

    def output(self, c: Config, shape: Shape) -> Shape:
        dims = c.integers("dims")
        return (shape[0], *(shape[axis] for axis in dims))

    def output_dtype(self, c: Config, dtype: str | Unknown) -> str | Unknown:
        return passed_dtype(c, dtype)


class RepeatVector(SingleInput):
    """Repeats a vector n times, as a sequence. https://keras.io/api/layers/reshaping_layers/repeat_vector/"""

    name = "RepeatVector"
    signature = "n"
    ndim = 2

    def validate(self, c: Config) -> None:
        if isinstance(c["n"], bool):
            raise KerasError(f"RepeatVector expects an integer for n, got {c['n']!r}", "argument")
        positive(c, "n")

    def output(self, c: Config, shape: Shape) -> Shape:
        return (shape[0], c.dim("n"), shape[1])


class _Resized(SingleInput):
    """Changes the sizes of the spatial axes and nothing else."""

    rank: ClassVar[int]
    old_parameters = {"dim_ordering": "data_format"}

    def first(self, c: Config) -> bool:
        """Whether the channels come first."""
        return "data_format" in c and channels_first(c)

    def resize(self, c: Config, shape: Shape, sizes: Shape) -> list[Dim]:
        """The new spatial sizes."""
        raise NotImplementedError

    def output(self, c: Config, shape: Shape) -> Shape:
        spatial, channels = split_channels(shape, self.first(c))
        return join_channels(shape[0], self.resize(c, shape, spatial), channels, self.first(c))


class _Edges(_Resized):
    """Adds or takes something at both ends of each spatial axis."""

    parameter: ClassVar[str]
    #: Whether Keras refuses a single negative number (it refuses negative tuples always).
    refuses_negative: ClassVar[bool] = True

    def edges(self, c: Config) -> tuple[Pair, ...]:
        """Before and after, for every spatial axis."""
        value = c.known(self.parameter)
        if self.rank == 1:
            low, high = window(c, self.parameter, 2, 0)
            return ((low, high),)
        if not isinstance(value, (tuple, list)):
            size = c.dim(self.parameter)
            if self.refuses_negative:
                require_least(c, self.parameter, (size,), 0)
            return ((size, size),) * self.rank
        if len(value) != self.rank:
            raise KerasError(
                f"{self.name} expects {self.rank} entries in {self.parameter}, got {value!r}",
                "argument",
            )
        return tuple(self._pair(c, entry) for entry in value)

    def _pair(self, c: Config, entry: Any) -> Pair:
        if isinstance(entry, Unknown) and not entry.text:
            raise Undetermined(entry.reason)
        both = entry if isinstance(entry, (tuple, list)) else (entry, entry)
        if len(both) != 2:
            raise KerasError(f"{self.name} expects pairs in {self.parameter}, got {c[self.parameter]!r}", "argument")
        low, high = (c.as_dim(self.parameter, size) for size in both)
        require_least(c, self.parameter, (low, high), 0)
        return (low, high)

    def validate(self, c: Config) -> None:
        self.edges(c)
        self.first(c)


class _Cropping(_Edges):
    """Cuts at both ends."""

    parameter = "cropping"

    def resize(self, c: Config, shape: Shape, sizes: Shape) -> list[Dim]:
        out: list[Dim] = []
        for axis, (size, (low, high)) in enumerate(zip(sizes, self.edges(c), strict=True)):
            rest = None if size is None else size - low - high
            if isinstance(rest, int) and rest <= 0:
                raise KerasError(
                    f"{self.name} takes {low} + {high} from spatial axis {axis}, which has only {size}; "
                    f"whole input shape {format_shape(shape)}",
                    "negative-dimension",
                )
            out.append(rest)
        return out


class Cropping1D(_Cropping):
    """Cuts the ends of sequences. https://keras.io/api/layers/reshaping_layers/cropping1d/"""

    name = "Cropping1D"
    rank = 1
    ndim = 3
    signature = "cropping=(1, 1)"


class Cropping2D(_Cropping):
    """Cuts the borders of images. https://keras.io/api/layers/reshaping_layers/cropping2d/"""

    name = "Cropping2D"
    rank = 2
    ndim = 4
    signature = "cropping=((0, 0), (0, 0)), data_format=None"


class Cropping3D(_Cropping):
    """Cuts the borders of volumes. https://keras.io/api/layers/reshaping_layers/cropping3d/"""

    name = "Cropping3D"
    rank = 3
    ndim = 5
    signature = "cropping=((1, 1), (1, 1), (1, 1)), data_format=None"


class _ZeroPadding(_Edges):
    """Adds zeros at both ends."""

    parameter = "padding"
    refuses_negative = False

    def resize(self, c: Config, shape: Shape, sizes: Shape) -> list[Dim]:
        out = [
            None if size is None else size + low + high for size, (low, high) in zip(sizes, self.edges(c), strict=True)
        ]
        if any(isinstance(size, int) and size < 0 for size in out):
            raise KerasError(
                f"{self.name} with padding={c['padding']!r} takes more than there is; "
                f"input shape {format_shape(shape)}",
                "negative-dimension",
            )
        return out


class ZeroPadding1D(_ZeroPadding):
    """Adds zeros at the ends of sequences. https://keras.io/api/layers/reshaping_layers/zero_padding1d/"""

    name = "ZeroPadding1D"
    rank = 1
    ndim = 3
    signature = "padding=1, data_format=None"


class ZeroPadding2D(_ZeroPadding):
    """Adds zeros around images. https://keras.io/api/layers/reshaping_layers/zero_padding2d/"""

    name = "ZeroPadding2D"
    rank = 2
    ndim = 4
    signature = "padding=(1, 1), data_format=None"


class ZeroPadding3D(_ZeroPadding):
    """Adds zeros around volumes. https://keras.io/api/layers/reshaping_layers/zero_padding3d/"""

    name = "ZeroPadding3D"
    rank = 3
    ndim = 5
    signature = "padding=((1, 1), (1, 1), (1, 1)), data_format=None"


class _UpSampling(_Resized):
    """Repeats along the spatial axes."""

    def validate(self, c: Config) -> None:
        window(c, "size", self.rank)
        self.first(c)

    def resize(self, c: Config, shape: Shape, sizes: Shape) -> list[Dim]:
        factors = window(c, "size", self.rank)
        return [None if size is None else size * factor for size, factor in zip(sizes, factors, strict=True)]


class UpSampling1D(_UpSampling):
    """Repeats each time step. https://keras.io/api/layers/reshaping_layers/up_sampling1d/"""

    name = "UpSampling1D"
    rank = 1
    ndim = 3
    signature = "size=2"
    old_parameters = {"length": "size"}

    def validate(self, c: Config) -> None:
        size = c.known("size")
        if isinstance(size, (bool, tuple, list)):
            raise KerasError(f"UpSampling1D expects an integer for size, got {size!r}", "argument")
        super().validate(c)


class UpSampling2D(_UpSampling):
    """Enlarges images. https://keras.io/api/layers/reshaping_layers/up_sampling2d/"""

    name = "UpSampling2D"
    rank = 2
    ndim = 4
    signature = "size=(2, 2), data_format=None, interpolation='nearest'"


class UpSampling3D(_UpSampling):
    """Enlarges volumes. https://keras.io/api/layers/reshaping_layers/up_sampling3d/"""

    name = "UpSampling3D"
    rank = 3
    ndim = 5
    signature = "size=(2, 2, 2), data_format=None"
