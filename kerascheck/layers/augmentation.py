"""Layers that change images at random, and those that cut and resize them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from kerascheck.layers.base import Config, LayerDef, SingleInput
from kerascheck.layers.geometry import (
    axis_of,
    channels_first,
)
from kerascheck.layers.recurrent_cells import layers_in
from kerascheck.network.cost import cost_of
from kerascheck.network.dims import Int, Shape, definitely_different, format_shape
from kerascheck.network.ir import Layer
from kerascheck.symbolic.unknown import KerasError, Undetermined


# -- images --------------------------------------------------------------------------------------------
class _Image(SingleInput):
    """Changes the values of images (also unbatched), not their shape."""

    takes_values = True
    base_parameters = LayerDef.base_parameters | {"data_format", "bounding_box_format"}
    #: Between which numbers `factor` must lie.
    bounds: ClassVar[tuple[float, float]] = (-1.0, 1.0)

    def validate(self, c: Config) -> None:
        if "data_format" in c:
            channels_first(c)
        if "factor" in c and c.known("factor") is not None:
            self.check_factor(c, c["factor"])

    def check_factor(self, c: Config, factor: Any) -> None:
        """Raise KerasError for a factor out of bounds."""
        low, high = self.bounds
        wrong = False
        if isinstance(factor, (tuple, list)):
            if len(factor) != 2:
                wrong = True
            elif all(isinstance(number, (int, float)) for number in factor):
                wrong = factor[0] > high or factor[1] < low
        elif isinstance(factor, (int, float)):
            wrong = not low <= factor <= high
        if wrong:
            raise KerasError(
                f"{self.name} expects factor to be a number or two numbers from {low} to {high}, got {factor!r}",
                "argument",
            )


class _Sized(_Image):
    """Gives images another height and width."""

    def sizes(self, c: Config) -> tuple[Int, Int]:
        """The new height and width."""
        height, width = c.dim("height"), c.dim("width")
        for size in (height, width):
            if isinstance(size, int) and size < 0:
                raise KerasError(f"{self.name} expects a height and a width above 0, got {size}", "argument")
        return height, width

    def output(self, c: Config, shape: Shape) -> Shape:
        row = (2 if channels_first(c) else 1) - (0 if len(shape) == 4 else 1)
        if row + 1 >= len(shape):
            raise KerasError(f"{self.name} expects images, found {format_shape(shape)}", "rank")
        return (*shape[:row], *self.sizes(c), *shape[row + 2 :])


class Resizing(_Sized):
    """Images to a size. https://keras.io/api/layers/preprocessing_layers/image_preprocessing/resizing/"""

    name = "Resizing"
    signature = (
        "height, width, interpolation='bilinear', crop_to_aspect_ratio=False, pad_to_aspect_ratio=False, "
        "fill_mode='constant', fill_value=0.0, antialias=False, data_format=None"
    )


class CenterCrop(_Sized):
    """The middle of images. https://keras.io/api/layers/preprocessing_layers/image_preprocessing/center_crop/"""

    name = "CenterCrop"
    signature = "height, width, data_format=None"

    def output(self, c: Config, shape: Shape) -> Shape:
        if len(shape) not in (3, 4):
            raise KerasError(f"CenterCrop expects inputs of rank 3 or 4, found {format_shape(shape)}", "rank")
        return super().output(c, shape)


class RandomCrop(_Sized):
    """A random part of images. https://keras.io/api/layers/preprocessing_layers/image_augmentation/random_crop/"""

    name = "RandomCrop"
    signature = "height, width, seed=None, data_format=None, name=None"

    def output(self, c: Config, shape: Shape) -> Shape:
        row = axis_of(c, shape, -2 if channels_first(c) else -3)
        return (*shape[:row], *self.sizes(c), *shape[row + 2 :])


_FACTOR = "factor, value_range=(0, 255), data_format=None, seed=None"


_WARP = "fill_mode='reflect', interpolation='bilinear', seed=None, fill_value=0.0, data_format=None"


class AugMix(_Image):
    """Mixes chains of augmentations. https://keras.io/api/layers/preprocessing_layers/image_augmentation/aug_mix/"""

    name = "AugMix"
    signature = (
        "value_range=(0, 255), num_chains=3, chain_depth=3, factor=0.3, alpha=1.0, all_ops=True, "
        "interpolation='bilinear', seed=None, data_format=None"
    )
    bounds = (0.0, 1.0)


class AutoContrast(_Image):
    """Stretches the contrast. https://keras.io/api/layers/preprocessing_layers/image_augmentation/auto_contrast/"""

    name = "AutoContrast"
    signature = "value_range=(0, 255)"


class ContrastLimitedAdaptiveHistogramEqualization(_Image):
    """Evens out the histogram in tiles."""

    name = "ContrastLimitedAdaptiveHistogramEqualization"
    signature = "value_range=(0, 255), clip_limit=4.0, tile_grid_size=(8, 8), data_format=None"


class CutMix(_Image):
    """Pastes parts of other images. https://keras.io/api/layers/preprocessing_layers/image_augmentation/cut_mix/"""

    name = "CutMix"
    signature = "factor=1.0, seed=None, data_format=None"
    bounds = (0.0, 1.0)


class Equalization(_Image):
    """Evens out the histogram. https://keras.io/api/layers/preprocessing_layers/image_augmentation/equalization/"""

    name = "Equalization"
    signature = "value_range=(0, 255), bins=256, data_format=None"


class MaxNumBoundingBoxes(_Image):
    """Limits the number of boxes of an image."""

    name = "MaxNumBoundingBoxes"
    signature = "max_number, fill_value=-1"

    def output(self, c: Config, shape: Shape) -> Shape:
        raise Undetermined("MaxNumBoundingBoxes works on dictionaries")


class MixUp(_Image):
    """Blends images. https://keras.io/api/layers/preprocessing_layers/image_augmentation/mix_up/"""

    name = "MixUp"
    signature = "alpha=0.2, data_format=None, seed=None"


class RandAugment(_Image):
    """Random augmentations. https://keras.io/api/layers/preprocessing_layers/image_augmentation/rand_augment/"""

    name = "RandAugment"
    signature = "value_range=(0, 255), num_ops=2, factor=0.5, interpolation='bilinear', seed=None, data_format=None"
    bounds = (0.0, 1.0)


class RandomBrightness(_Image):
    """Brightens or darkens. https://keras.io/api/layers/preprocessing_layers/image_augmentation/random_brightness/"""

    name = "RandomBrightness"
    signature = "factor, value_range=(0, 255), seed=None"


class RandomColorDegeneration(_Image):
    """Takes colour away."""

    name = "RandomColorDegeneration"
    signature = _FACTOR

    def output(self, c: Config, shape: Shape) -> Shape:
        if len(shape) not in (3, 4):
            raise KerasError(f"{self.name} expects inputs of rank 3 or 4, found {format_shape(shape)}", "rank")
        channels = shape[-3 if channels_first(c) else -1]
        if definitely_different(channels, 3):
            raise KerasError(f"{self.name} expects 3 channels, found {channels} in {format_shape(shape)}")
        return shape


class RandomColorJitter(_Image):
    """Changes brightness, contrast, saturation and hue."""

    name = "RandomColorJitter"
    signature = (
        "value_range=(0, 255), brightness_factor=None, contrast_factor=None, saturation_factor=None, hue_factor=None, "
        "seed=None, data_format=None"
    )


class RandomContrast(_Image):
    """Changes the contrast. https://keras.io/api/layers/preprocessing_layers/image_augmentation/random_contrast/"""

    name = "RandomContrast"
    signature = "factor, value_range=(0, 255), seed=None"
    bounds = (0.0, 1.0)


class RandomElasticTransform(_Image):
    """Bends images."""

    name = "RandomElasticTransform"
    signature = (
        "factor=1.0, scale=1.0, interpolation='bilinear', fill_mode='reflect', fill_value=0.0, value_range=(0, 255), "
        "seed=None, data_format=None"
    )
    bounds = (0.0, 1.0)


class RandomErasing(_Image):
    """Blanks out rectangles."""

    name = "RandomErasing"
    signature = "factor=1.0, scale=(0.02, 0.33), fill_value=None, value_range=(0, 255), seed=None, data_format=None"
    bounds = (0.0, 1.0)


class RandomFlip(_Image):
    """Mirrors images. https://keras.io/api/layers/preprocessing_layers/image_augmentation/random_flip/"""

    name = "RandomFlip"
    signature = "mode='horizontal_and_vertical', seed=None, data_format=None"


class RandomGaussianBlur(_Image):
    """Blurs images."""

    name = "RandomGaussianBlur"
    signature = "factor=1.0, kernel_size=3, sigma=1.0, value_range=(0, 255), data_format=None, seed=None"
    bounds = (0.0, 1.0)


class RandomGrayscale(_Image):
    """Turns some images grey."""

    name = "RandomGrayscale"
    signature = "factor=0.5, data_format=None, seed=None"
    bounds = (0.0, 1.0)


class RandomHue(_Image):
    """Changes the hue."""

    name = "RandomHue"
    signature = _FACTOR
    bounds = (0.0, 1.0)


class RandomInvert(_Image):
    """Inverts some images."""

    name = "RandomInvert"
    signature = "factor=1.0, value_range=(0, 255), seed=None, data_format=None"
    bounds = (0.0, 1.0)


class RandomPerspective(_Image):
    """Views images from the side."""

    name = "RandomPerspective"
    signature = "factor=1.0, scale=1.0, interpolation='bilinear', fill_value=0.0, seed=None, data_format=None"
    bounds = (0.0, 1.0)


class RandomPosterization(_Image):
    """Reduces the number of colours."""

    name = "RandomPosterization"
    signature = _FACTOR
    bounds = (1.0, 8.0)


class RandomRotation(_Image):
    """Turns images. https://keras.io/api/layers/preprocessing_layers/image_augmentation/random_rotation/"""

    name = "RandomRotation"
    signature = f"factor, {_WARP}"


class RandomSaturation(_Image):
    """Changes the saturation."""

    name = "RandomSaturation"
    signature = _FACTOR


class RandomSharpness(_Image):
    """Changes the sharpness."""

    name = "RandomSharpness"
    signature = _FACTOR
    bounds = (0.0, 1.0)


class RandomShear(_Image):
    """Slants images."""

    name = "RandomShear"
    signature = (
        "x_factor=0.0, y_factor=0.0, interpolation='bilinear', fill_mode='reflect', fill_value=0.0, data_format=None, "
        "seed=None"
    )


class RandomTranslation(_Image):
    """Shifts images. https://keras.io/api/layers/preprocessing_layers/image_augmentation/random_translation/"""

    name = "RandomTranslation"
    signature = f"height_factor, width_factor, {_WARP}"


class _RandomSide(SingleInput):
    """Images of another height or width each time. keras/src/legacy/layers.py: only `tf.keras` still has them."""

    takes_values = True
    signature = "factor, interpolation='bilinear', seed=None"
    #: Which axis changes, from the end.
    side: ClassVar[int]

    def validate(self, c: Config) -> None:
        factor = c.known("factor")
        low, high = factor[:2] if isinstance(factor, (tuple, list)) and len(factor) > 1 else (0, 0)
        if isinstance(factor, (int, float)):
            low, high = -factor, factor
        if isinstance(low, (int, float)) and isinstance(high, (int, float)) and not -1 <= low <= high:
            raise KerasError(
                f"{self.name} expects a factor of at least 0, or a lower and an upper one from -1, got {factor!r}",
                "argument",
            )

    def output(self, c: Config, shape: Shape) -> Shape:
        axis = axis_of(c, shape, self.side)
        return (*shape[:axis], None, *shape[axis + 1 :])


class RandomHeight(_RandomSide):
    """Images of another height."""

    name = "RandomHeight"
    side = -3


class RandomWidth(_RandomSide):
    """Images of another width."""

    name = "RandomWidth"
    side = -2


class RandomZoom(_Image):
    """Zooms in or out. https://keras.io/api/layers/preprocessing_layers/image_augmentation/random_zoom/"""

    name = "RandomZoom"
    signature = f"height_factor, width_factor=None, {_WARP}"


class Solarization(_Image):
    """Inverts what is bright."""

    name = "Solarization"
    signature = "addition_factor=0.0, threshold_factor=0.0, value_range=(0, 255), seed=None"


class Pipeline(SingleInput):
    """Layers one after the other. https://keras.io/api/layers/preprocessing_layers/image_preprocessing/"""

    takes_values = True
    name = "Pipeline"
    signature = "layers, name=None"

    def output(self, c: Config, shape: Shape) -> Shape:
        shapes = [shape]
        for layer in layers_in(c, "layers"):
            shapes = layer.infer(shapes)
        if len(shapes) != 1:
            raise Undetermined("Pipeline with several outputs")
        return shapes[0]

    def multiply_adds(self, c: Config, shapes: Sequence[Shape]) -> Int:
        total: Int = 0
        given = list(shapes)
        for layer in layers_in(c, "layers"):
            total = total + cost_of(layer, given).products
            given = layer.infer(given)
        return total

    def weight_holders(self, c: Config) -> Sequence[Layer]:
        return layers_in(c, "layers")
