"""Preprocessing and augmentation layers: https://keras.io/api/layers/preprocessing_layers/."""

from __future__ import annotations

from collections.abc import Sequence

from kerascheck.layers.base import Config, LayerDef, SingleInput, compute_dtype
from kerascheck.layers.geometry import (
    axis_of,
    channels_first,
    join_channels,
    known_size,
    positive,
    slide_all,
    split_channels,
)
from kerascheck.network.dims import Dim, Int, Shape, SymDim, definitely_different, format_shape, volume
from kerascheck.network.ir import Weight
from kerascheck.symbolic.unknown import KerasError, Undetermined, Unknown


def _choice(c: Config, name: str, options: Sequence[str]) -> str:
    """A string that must be one of the options."""
    text = c.text(name)
    if text not in options:
        raise KerasError(f"{c.layer_name} expects {name} to be one of {', '.join(options)}, got {text!r}", "argument")
    return text


def _is_one(size: Dim) -> bool:
    """Whether a size is 1. Raises Undetermined where that is not known."""
    if isinstance(size, SymDim) and not definitely_different(size, 1):
        raise Undetermined(f"whether {size} is 1")
    return size == 1


# -- numbers and categories ----------------------------------------------------------------------------
class Rescaling(SingleInput):
    """Multiplies and shifts. https://keras.io/api/layers/preprocessing_layers/image_preprocessing/rescaling/"""

    takes_values = True
    name = "Rescaling"
    signature = "scale, offset=0.0"


class Normalization(SingleInput):
    """Normalizes with statistics of the data. https://keras.io/api/layers/preprocessing_layers/numerical/normalization/"""

    takes_values = True
    name = "Normalization"
    signature = "axis=-1, mean=None, variance=None, invert=False"

    def validate(self, c: Config) -> None:
        if (c.known("mean") is None) != (c.known("variance") is None):
            raise KerasError("Normalization needs both mean and variance, or neither", "argument")

    def weights(self, c: Config, shape: Shape) -> list[Weight]:
        axes = () if c.known("axis") is None else c.integers("axis")
        kept = sorted(axis_of(c, shape, axis) for axis in axes)
        sizes: Shape = tuple(known_size(c, shape, axis, "its statistics") for axis in kept)
        if c.known("mean") is not None:
            return []
        for axis, size in zip(kept, sizes, strict=True):
            if kept.count(axis) > 1 and definitely_different(size, 1):
                raise KerasError(f"Normalization names axis {axis} of {format_shape(shape)} twice", "argument")
        statistics = [Weight("mean", sizes), Weight("variance", sizes), Weight("count", ())]
        return [Weight(weight.name, weight.shape, trainable=False) for weight in statistics]

    def multiply_adds(self, c: Config, shapes: Sequence[Shape]) -> Int:
        return 0


class Discretization(SingleInput):
    """Numbers to bins. https://keras.io/api/layers/preprocessing_layers/numerical/discretization/"""

    takes_values = True
    name = "Discretization"
    signature = (
        "bin_boundaries=None, num_bins=None, epsilon=0.01, output_mode='int', sparse=False, dtype=None, name=None"
    )

    def validate(self, c: Config) -> None:
        mode = _choice(c, "output_mode", ("int", "one_hot", "multi_hot", "count"))
        if mode == "int" and c.flag("sparse"):
            raise KerasError("Discretization cannot be sparse with output_mode='int'", "argument")
        if (c.known("num_bins") is None) == (c.known("bin_boundaries") is None):
            raise KerasError("Discretization needs either num_bins or bin_boundaries", "argument")
        if c.known("num_bins") is not None and c.number("num_bins") < 0:
            raise KerasError(f"Discretization expects num_bins of 0 or more, got {c['num_bins']!r}", "argument")

    def output(self, c: Config, shape: Shape) -> Shape:
        mode = c.text("output_mode")
        if mode == "int":
            return shape
        boundaries = c.known("bin_boundaries")
        if boundaries is not None and not isinstance(boundaries, (tuple, list)):
            raise Undetermined("the number of bin_boundaries")
        depth: Int = c.dim("num_bins") if boundaries is None else len(boundaries) + 1
        if mode == "one_hot":
            return (*(shape[:-1] if len(shape) > 1 and _is_one(shape[-1]) else shape), depth)
        return (shape[0], *shape[2:], depth) if len(shape) >= 2 else (depth,)

    def output_dtype(self, c: Config, dtype: str | Unknown) -> str | Unknown:
        return "int32" if c.get("output_mode") == "int" else compute_dtype(c)


class CategoryEncoding(SingleInput):
    """Integers to one-hot. https://keras.io/api/layers/preprocessing_layers/categorical/category_encoding/"""

    takes_values = True
    name = "CategoryEncoding"
    signature = "num_tokens=None, output_mode='multi_hot', sparse=False"
    old_parameters = {"max_tokens": "num_tokens"}

    def validate(self, c: Config) -> None:
        _choice(c, "output_mode", ("count", "one_hot", "multi_hot", "binary"))
        self._adapted(c)
        positive(c, "num_tokens")

    def _adapted(self, c: Config) -> None:
        """Before Keras 3 the layer could learn the number of tokens from data."""
        if c.known("num_tokens") is None and c.dialect < 3:
            raise Undetermined("the tokens of a CategoryEncoding that is adapted")

    def output(self, c: Config, shape: Shape) -> Shape:
        self._adapted(c)
        depth = c.dim("num_tokens")
        if not shape:
            return (depth,)
        if c.text("output_mode") == "one_hot" and (len(shape) == 1 or not _is_one(shape[-1])):
            return (*shape, depth)
        return (*shape[:-1], depth)


class Hashing(SingleInput):
    """Hashes values to bins. https://keras.io/api/layers/preprocessing_layers/categorical/hashing/"""

    takes_values = True
    name = "Hashing"
    signature = "num_bins, mask_value=None, salt=None, output_mode='int', sparse=False"

    def validate(self, c: Config) -> None:
        positive(c, "num_bins")
        mode = _choice(c, "output_mode", ("int", "one_hot", "multi_hot", "count"))
        if mode == "int" and c.flag("sparse"):
            raise KerasError("Hashing cannot be sparse with output_mode='int'", "argument")

    def output(self, c: Config, shape: Shape) -> Shape:
        return shape if c.text("output_mode") == "int" else (*shape[:-1], c.dim("num_bins"))

    def output_dtype(self, c: Config, dtype: str | Unknown) -> str | Unknown:
        return "int64" if c.get("dtype") is None and c.get("output_mode") == "int" else compute_dtype(c)

    def entry_dtype(self, c: Config) -> str | Unknown:
        return self.output_dtype(c, "int64")


class HashedCrossing(LayerDef):
    """Hashes pairs of values. https://keras.io/api/layers/preprocessing_layers/categorical/hashed_crossing/"""

    takes_values = True
    name = "HashedCrossing"
    signature = "num_bins, output_mode='int', sparse=False, name=None, dtype=None"
    min_ndim = 1

    def validate(self, c: Config) -> None:
        _choice(c, "output_mode", ("int", "one_hot"))

    def outputs_for(self, c: Config, shapes: Sequence[Shape]) -> list[Shape]:
        if len(shapes) != 2:
            raise KerasError(f"HashedCrossing takes a list of two inputs, it is called on {len(shapes)}", "input-count")
        left, right = shapes
        if definitely_different(left[-1], right[-1]) or (left[-1] is None) != (right[-1] is None):
            raise KerasError(
                f"HashedCrossing needs inputs of the same shape, found {format_shape(left)} and {format_shape(right)}"
            )
        if c.text("output_mode") == "int":
            return [left]
        return [(*(left[:-1] if _is_one(left[-1]) else left), c.dim("num_bins"))]

    def output_dtype(self, c: Config, dtype: str | Unknown) -> str | Unknown:
        return "int64" if c.get("dtype") is None and c.get("output_mode") == "int" else compute_dtype(c)

    def entry_dtype(self, c: Config) -> str | Unknown:
        return self.output_dtype(c, "int64")


_LOOKUP_MODES = ("int", "one_hot", "multi_hot", "count", "tf_idf", "binary", "tf-idf")


class _Lookup(SingleInput):
    """Tokens to indices by a vocabulary."""

    takes_values = True
    base_parameters = LayerDef.base_parameters | {"vocabulary_size", "has_input_vocabulary"}

    def validate(self, c: Config) -> None:
        mode = _choice(c, "output_mode", _LOOKUP_MODES)
        if c.known("max_tokens") is not None and c.number("max_tokens") <= 1:
            raise KerasError(f"{self.name} expects max_tokens above 1, got {c['max_tokens']!r}", "argument")
        # Before, it was the default of the first ones, and for indices it means nothing.
        is_old = c.dialect < 3 and mode == "int"
        if c.flag("pad_to_max_tokens") and c.known("max_tokens") is None and not is_old:
            raise KerasError(f"{self.name} needs max_tokens with pad_to_max_tokens=True", "argument")
        if "num_oov_indices" in c and c.number("num_oov_indices") < 0:
            raise KerasError(f"{self.name} expects num_oov_indices of 0 or more", "argument")
        if "invert" in c and c.flag("invert") and mode != "int":
            raise KerasError(f"{self.name} needs output_mode='int' with invert=True, got {mode!r}", "argument")
        if c.flag("sparse") and mode == "int":
            raise KerasError(f"{self.name} cannot be sparse with output_mode='int'", "argument")

    def encoded(self, c: Config, shape: Shape) -> Shape:
        """The shape of the encoding of tokens of this shape."""
        mode = c.text("output_mode")
        if mode == "int":
            return shape
        if not c.flag("pad_to_max_tokens"):
            raise Undetermined(f"{self.name} takes its size from its vocabulary")
        depth = c.dim("max_tokens")
        if mode == "one_hot" and not (len(shape) > 1 and _is_one(shape[-1])):
            return (*shape, depth)
        return (*shape[:-1], depth)

    def output(self, c: Config, shape: Shape) -> Shape:
        return self.encoded(c, shape)

    def output_dtype(self, c: Config, dtype: str | Unknown) -> str | Unknown:
        return "int64" if c.get("output_mode") == "int" else "float32"


class IntegerLookup(_Lookup):
    """Integers to indices. https://keras.io/api/layers/preprocessing_layers/categorical/integer_lookup/"""

    name = "IntegerLookup"
    signature = (
        "max_tokens=None, num_oov_indices=1, mask_token=None, oov_token=-1, vocabulary=None, vocabulary_dtype='int64', "
        "idf_weights=None, invert=False, output_mode='int', sparse=False, pad_to_max_tokens=False, "
        "oov_method='floormod', salt=None, name=None"
    )

    def entry_dtype(self, c: Config) -> str | Unknown:
        return "int64"


class StringLookup(_Lookup):
    """Strings to indices. https://keras.io/api/layers/preprocessing_layers/categorical/string_lookup/"""

    name = "StringLookup"
    signature = (
        "max_tokens=None, num_oov_indices=1, mask_token=None, oov_token='[UNK]', vocabulary=None, idf_weights=None, "
        "invert=False, output_mode='int', pad_to_max_tokens=False, sparse=False, encoding='utf-8', name=None, salt=None"
    )

    def entry_dtype(self, c: Config) -> str | Unknown:
        return "string"


class TextVectorization(_Lookup):
    """Texts to token indices. https://keras.io/api/layers/preprocessing_layers/text/text_vectorization/"""

    name = "TextVectorization"
    signature = (
        "max_tokens=None, standardize='lower_and_strip_punctuation', split='whitespace', ngrams=None, "
        "output_mode='int', output_sequence_length=None, pad_to_max_tokens=False, vocabulary=None, idf_weights=None, "
        "sparse=False, ragged=False, encoding='utf-8', name=None"
    )

    def entry_dtype(self, c: Config) -> str | Unknown:
        return "string"

    def validate(self, c: Config) -> None:
        super().validate(c)
        length = c["output_sequence_length"]
        if length is not None and not isinstance(length, Unknown) and c.text("output_mode") != "int":
            raise KerasError("TextVectorization takes output_sequence_length only with output_mode='int'", "argument")
        if c.flag("ragged") and c.text("output_mode") != "int":
            raise KerasError("TextVectorization can be ragged only with output_mode='int'", "argument")
        if length is not None and not isinstance(length, Unknown):
            c.dim("output_sequence_length")

    def output(self, c: Config, shape: Shape) -> Shape:
        if c.text("output_mode") == "int":
            length = c["output_sequence_length"]
            return (shape[0], None if length is None else c.dim("output_sequence_length"))
        if c.known("split") is not None:
            return self.encoded(c, (*shape, None))
        return self.encoded(c, (*shape, 1) if len(shape) <= 1 else shape)


# -- sound ---------------------------------------------------------------------------------------------
class MelSpectrogram(SingleInput):
    """Sound to a mel spectrogram. https://keras.io/api/layers/preprocessing_layers/audio/mel_spectrogram/"""

    name = "MelSpectrogram"
    signature = (
        "fft_length=2048, sequence_stride=512, sequence_length=None, window='hann', sampling_rate=16000, "
        "num_mel_bins=128, min_freq=20.0, max_freq=None, power_to_db=True, top_db=80.0, mag_exp=2.0, min_power=1e-10, "
        "ref_power=1.0"
    )
    min_ndim = 1

    def validate(self, c: Config) -> None:
        if c.known("sequence_length") and c.number("fft_length") < c.number("sequence_length"):
            raise KerasError(
                f"MelSpectrogram expects fft_length of at least sequence_length={c['sequence_length']!r}, "
                f"got {c['fft_length']!r}",
                "argument",
            )

    def output(self, c: Config, shape: Shape) -> Shape:
        stride = positive(c, "sequence_stride")
        samples = shape[0 if len(shape) == 1 else 1]
        frames = None if samples is None else (samples + stride + 1) // stride
        return (*(shape[:1] if len(shape) > 1 else ()), c.dim("num_mel_bins"), frames)

    def multiply_adds(self, c: Config, shapes: Sequence[Shape]) -> Int:
        raise Undetermined("the multiply-adds of a Fourier transform")


class STFTSpectrogram(SingleInput):
    """Sound to a spectrogram. https://keras.io/api/layers/preprocessing_layers/audio/stft_spectrogram/"""

    name = "STFTSpectrogram"
    signature = (
        "mode='log', frame_length=256, frame_step=None, fft_length=None, window='hann', periodic=False, "
        "scaling='density', padding='valid', expand_dims=False, data_format=None"
    )
    ndim = 3

    def validate(self, c: Config) -> None:
        length = c.integer("frame_length")
        step, fft = c.known("frame_step"), c.known("fft_length")
        if step is not None and not 1 <= c.integer("frame_step") <= length:
            raise KerasError(f"STFTSpectrogram expects frame_step from 1 to {length}, got {step!r}", "argument")
        if fft is not None and c.integer("fft_length") < length:
            raise KerasError(f"STFTSpectrogram expects fft_length of at least {length}, got {fft!r}", "argument")
        _choice(c, "mode", ("log", "magnitude", "psd", "real", "imag", "angle", "stft"))
        _choice(c, "padding", ("valid", "same"))
        if c.known("scaling") is not None:
            _choice(c, "scaling", ("density", "spectrum"))
        channels_first(c)

    def frequencies(self, c: Config) -> int:
        """The number of frequencies."""
        length = c.integer("fft_length") if c.known("fft_length") else 1 << (c.integer("frame_length") - 1).bit_length()
        return length // 2 + 1

    def weights(self, c: Config, shape: Shape) -> list[Weight]:
        sizes: Shape = (c.integer("frame_length"), 1, self.frequencies(c))
        mode = c.text("mode")
        return [
            Weight(f"{part}_kernel", sizes) for part, other in (("real", "imag"), ("imag", "real")) if mode != other
        ]

    def output(self, c: Config, shape: Shape) -> Shape:
        first = channels_first(c)
        spatial, _ = split_channels(shape, first)
        channels = known_size(c, shape, 1 if first else -1, "its channels")
        length = c.integer("frame_length")
        step = c.integer("frame_step") if c.known("frame_step") else length // 2
        (frames,) = slide_all(c, shape, spatial, (length,), (step,), c.text("padding"))
        bins = self.frequencies(c) * (2 if c.text("mode") == "stft" else 1)
        if c.flag("expand_dims"):
            return (shape[0], channels, frames, bins) if first else (shape[0], frames, bins, channels)
        return join_channels(shape[0], (frames,), channels * bins, first)

    def multiply_adds(self, c: Config, shapes: Sequence[Shape]) -> Int:
        # Each frame is multiplied with a kernel for the real parts and one for the imaginary ones.
        kernels = self.weights(c, shapes[0])
        of_one = volume(self.output(c, shapes[0])) * c.integer("frame_length")
        return of_one if c.text("mode") == "stft" else of_one * len(kernels)
