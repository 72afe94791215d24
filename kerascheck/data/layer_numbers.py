"""What layers called on data do to its numbers. To add one: a row in `_NUMBERS`.

Source: keras/src/layers/preprocessing (Keras 3.15).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from kerascheck.data.array import Array
from kerascheck.data.content import Content, arithmetic
from kerascheck.data.samples import is_real
from kerascheck.machine.values import Value
from kerascheck.network.ir import BuiltinLayer, Layer
from kerascheck.network.networks import Network

Numbers = Callable[[Layer, Content], Content]


#: Layers that change images at random in training.
_RANDOM = frozenset({"RandomFlip", "RandomCrop", "RandomRotation", "RandomZoom", "RandomTranslation", "RandomContrast",
                     "RandomBrightness", "RandomHeight", "RandomWidth", "RandomShear", "RandomHue", "RandomSaturation",
                     "RandomErasing", "RandomGrayscale", "RandomInvert", "RandomPosterization", "RandomSharpness",
                     "RandomColorJitter", "RandomColorDegeneration", "RandomGaussianBlur", "RandomPerspective",
                     "RandomElasticTransform", "RandAugment", "AugMix", "MixUp", "CutMix", "Dropout",
                     "GaussianNoise"})  # fmt: skip


def draws(layer: Layer) -> bool:
    """Whether a layer, or one in a stack of layers, surely changes data at random in training."""
    if isinstance(layer, Network):
        return layer.is_sequential and any(map(draws, layer.layers))
    return layer.cls in _RANDOM and layer.unknown is None


def with_numbers(layer: Layer, value: Value, result: Value, trains: bool = True) -> Value:
    """The result of a layer on an array with its dtype, its numbers and its samples."""
    if not isinstance(value, Array) or not isinstance(result, Array):
        return result
    if isinstance(layer, BuiltinLayer):
        result.dtype = layer.output_dtype(value.dtype)
    content = _content_after(layer, value.content, trains)
    if content is not None:
        result.content = content
    same = isinstance(value.shape, tuple) and isinstance(result.shape, tuple) and value.shape[:1] == result.shape[:1]
    result.rows = value.rows if same else None
    return result


def _content_after(layer: Layer, content: Content, trains: bool) -> Content | None:
    """What a layer, or a stack of them, makes of the numbers; None where that is not known."""
    if not isinstance(layer, Network):
        rule = _NUMBERS.get(layer.cls)
        random = not trains and layer.cls in _RANDOM
        return None if rule is None else _kept(layer, content) if random else rule(layer, content)
    if not layer.is_sequential or layer.open is not None:
        return None
    for part in layer.layers:
        after = _content_after(part, content, trains)
        if after is None:
            return None
        content = after
    return content


def _kept(layer: Layer, content: Content) -> Content:
    made = content.copy()
    made.one_hot = None
    return made


def _mixed(layer: Layer, content: Content) -> Content:
    """Weighted means of the numbers."""
    if layer.config.get("interpolation", "bilinear") not in ("bilinear", "nearest"):
        return Content(tags=content.tags)
    return Content(content.low, content.high, content.attained, tags=content.tags)


def _rescaled(layer: Layer, content: Content) -> Content:
    scale: Any = layer.config.get("scale")
    offset: Any = layer.config.get("offset")
    if not is_real(scale) or not is_real(offset):
        return Content(tags=content.tags)
    scaled = arithmetic("Multiply", content, Content.of_values([scale]))
    return arithmetic("Add", scaled, Content.of_values([offset])) if offset else scaled


def _normalized(layer: Layer, content: Content) -> Content:
    if layer.config.get("invert") is True or not layer.adapted:
        return Content(tags=content.tags & {"dataset"})
    return Content(tags=(content.tags & {"dataset"}) | {"scaled", "standardized"})


def _numbered(layer: Layer, content: Content) -> Content:
    """Numbers of categories, or their encoding."""
    mode = layer.config.get("output_mode")
    if mode == "int":
        limit = layer.config.get("max_tokens") or layer.config.get("num_bins")
        return Content(0, limit - 1 if isinstance(limit, int) and layer.cls != "Discretization" else None)
    if mode == "one_hot":
        # A single number gives a row of its own; several in a row give several ones.
        return Content(0, 1)
    return Content(0, 1) if mode in ("multi_hot", "binary") else Content(0) if mode == "count" else Content()


def _changed(bounds: bool) -> Numbers:
    """Changes at random, within the bounds of the numbers or not."""

    def numbers(layer: Layer, content: Content) -> Content:
        tags = content.tags | {"augmented"}
        return Content(content.low, content.high, content.attained, tags=tags) if bounds else Content(tags=tags)

    return numbers


_NUMBERS: dict[str, Numbers] = {
    "Rescaling": _rescaled,
    "Normalization": _normalized,
    "Resizing": _mixed,
    "CenterCrop": _mixed,
    **dict.fromkeys(("Flatten", "Reshape", "Permute", "RepeatVector"), _kept),
    **dict.fromkeys(("IntegerLookup", "StringLookup", "TextVectorization", "Hashing", "CategoryEncoding"), _numbered),
    **dict.fromkeys(("RandomFlip", "RandomCrop"), _changed(True)),
    **dict.fromkeys(
        ("RandomRotation", "RandomZoom", "RandomTranslation", "RandomContrast", "RandomBrightness"), _changed(False)
    ),
}
