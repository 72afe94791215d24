"""Functions on images: `keras.ops.image` (whose functions are known as those of `keras.ops`) and `tf.image`.

Source: the `compute_output_spec` methods of keras/src/ops/image.py (Keras 3.15).
"""

from __future__ import annotations

from kerascheck.machine.keras.operation_forms import (
    Call,
    given,
    joint,
    same,
    sizes,
    unary,
)
from kerascheck.machine.values import Value
from kerascheck.network.arguments import Arguments
from kerascheck.network.dims import Dim, Shape, ceil_div
from kerascheck.symbolic.unknown import Undetermined

_SAME = """
    affine_transform elastic_transform gaussian_blur hsv_to_rgb perspective_transform rgb_to_hsv
""".split()  # noqa: SIM905
#: Of `tf.image`: colours and mirrors.
_SAME_IN_TENSORFLOW = """
    adjust_brightness adjust_contrast adjust_gamma adjust_hue adjust_saturation convert_image_dtype flip_left_right
    flip_up_down hsv_to_rgb per_image_standardization random_brightness random_contrast random_flip_left_right
    random_flip_up_down random_hue random_saturation rgb_to_hsv
""".split()  # noqa: SIM905


def rows() -> list[tuple[Call, list[str]]]:
    """The functions and the names of each."""
    return [
        (unary(same), [f"keras.ops.{name}" for name in _SAME]),
        (unary(same), [f"tensorflow.image.{name}" for name in _SAME_IN_TENSORFLOW]),
        (unary(_resized), ["keras.ops.resize"]),
        (unary(_grey), ["keras.ops.rgb_to_grayscale", "tensorflow.image.rgb_to_grayscale"]),
        (unary(_coloured), ["tensorflow.image.grayscale_to_rgb"]),
        (unary(_fitted), ["tensorflow.image.resize_with_pad", "tensorflow.image.resize_with_crop_or_pad"]),
        (unary(_cropped), ["keras.ops.crop_images"]),
        (unary(_padded), ["keras.ops.pad_images"]),
        (unary(_patches), ["keras.ops.extract_patches"]),
        (unary(_patches_of_tensorflow), ["tensorflow.image.extract_patches"]),
        (unary(_edges), ["keras.ops.sobel_edges", "tensorflow.image.sobel_edges"]),
        (joint(lambda shapes, arguments: shapes[1][1:], "inputs", "coordinates"), ["keras.ops.map_coordinates"]),
    ]


def _is_first(arguments: Arguments, place: int | None) -> bool:
    layout = given(arguments, place, "data_format")
    if layout not in (None, "channels_last", "channels_first"):
        raise Undetermined("a data_format that is not known")
    return bool(layout == "channels_first")


def _sides(shape: Shape, channels_first: bool) -> tuple[Dim, Dim]:
    if len(shape) not in (3, 4):
        raise Undetermined("an image of this rank")
    height, width = shape[-2:] if channels_first else shape[-3:-1]
    return height, width


def _with_sides(shape: Shape, sides: tuple[Dim, Dim], channels_first: bool) -> Shape:
    if channels_first:
        return (*shape[:-2], *sides)
    return (*shape[:-3], *sides, shape[-1])


def _resized(shape: Shape, arguments: Arguments) -> Shape:
    target = sizes(given(arguments, 1, "size"))
    channels_first = _is_first(arguments, None)
    _sides(shape, channels_first)
    if len(target) != 2:
        raise Undetermined("the size of a resized image")
    return _with_sides(shape, (target[0], target[1]), channels_first)


def _grey(shape: Shape, arguments: Arguments) -> Shape:
    if _is_first(arguments, 1):
        return (*shape[:-3], 1, *shape[-2:])
    return (*shape[:-1], 1)


def _coloured(shape: Shape, arguments: Arguments) -> Shape:
    return (*shape[:-1], 3)


def _fitted(shape: Shape, arguments: Arguments) -> Shape:
    _sides(shape, False)
    target = sizes((given(arguments, 1, "target_height"), given(arguments, 2, "target_width")))
    return _with_sides(shape, (target[0], target[1]), False)


def _number(arguments: Arguments, place: int, name: str) -> int | None:
    value = given(arguments, place, name)
    if value is None or (isinstance(value, int) and not isinstance(value, bool)):
        return value
    raise Undetermined(f"{name} is not known")


def _changed(shape: Shape, arguments: Arguments, sign: int) -> Shape:
    """The image after cropping (-1) or padding (+1): two of before, after and target say the third."""
    channels_first = _is_first(arguments, 7)
    height, width = _sides(shape, channels_first)
    edges = [_number(arguments, i, f"{edge}_{'cropping' if sign < 0 else 'padding'}")
             for i, edge in enumerate(("top", "left", "bottom", "right"), 1)]  # fmt: skip
    targets = [_number(arguments, 5, "target_height"), _number(arguments, 6, "target_width")]
    sides: list[Dim] = []
    for dim, before, after, target in zip((height, width), edges[:2], edges[2:], targets, strict=True):
        if target is not None:
            sides.append(target)
        elif before is None or after is None:
            raise Undetermined("how much is cropped or padded")
        else:
            sides.append(None if dim is None else dim + sign * (before + after))
    return _with_sides(shape, (sides[0], sides[1]), channels_first)


def _cropped(shape: Shape, arguments: Arguments) -> Shape:
    return _changed(shape, arguments, -1)


def _padded(shape: Shape, arguments: Arguments) -> Shape:
    return _changed(shape, arguments, 1)


def _patched(dim: Dim, span: int, stride: int, padding: object) -> Dim:
    if dim is None:
        return None
    if padding not in ("same", "valid"):
        raise Undetermined("a padding that is not known")
    if isinstance(dim, int) and dim < span and padding == "valid":
        raise Undetermined("patches larger than the image")
    return ceil_div(dim, stride) if padding == "same" else (dim - span) // stride + 1


def _pair(value: Value) -> tuple[int, int]:
    items = sizes(value)
    both = items * 2 if len(items) == 1 else items
    if len(both) != 2 or not isinstance(both[0], int) or not isinstance(both[1], int):
        raise Undetermined("a size that is not known")
    return both[0], both[1]


def _patches(shape: Shape, arguments: Arguments) -> Shape:
    span = _pair(given(arguments, 1, "size"))
    strides = given(arguments, 2, "strides")
    step = span if strides is None else _pair(strides)
    if given(arguments, 3, "dilation_rate", default=1) not in (1, (1, 1)) or _is_first(arguments, 5):
        raise Undetermined("patches of this kind")
    padding = given(arguments, 4, "padding", default="valid")
    height, width = _sides(shape, False)
    channels = shape[-1]
    return _with_sides(
        (*shape[:-1], None if channels is None else span[0] * span[1] * channels),
        (_patched(height, span[0], step[0], padding), _patched(width, span[1], step[1], padding)),
        False,
    )


def _patches_of_tensorflow(shape: Shape, arguments: Arguments) -> Shape:
    """`tf.image.extract_patches(images, sizes=[1, h, w, 1], strides=[1, h, w, 1], rates=[1, 1, 1, 1], padding)`."""
    spans, strides, rates = (
        sizes(given(arguments, place, name)) for place, name in enumerate(("sizes", "strides", "rates"), 1)
    )
    padding = given(arguments, 4, "padding")
    if len(shape) != 4 or len(spans) != 4 or len(strides) != 4 or rates != [1, 1, 1, 1] or not isinstance(padding, str):
        raise Undetermined("patches of this kind")
    span, step = _pair(tuple(spans[1:3])), _pair(tuple(strides[1:3]))
    channels = shape[-1]
    return (
        shape[0],
        _patched(shape[1], span[0], step[0], padding.lower()),
        _patched(shape[2], span[1], step[1], padding.lower()),
        None if channels is None else span[0] * span[1] * channels,
    )


def _edges(shape: Shape, arguments: Arguments) -> Shape:
    if _is_first(arguments, 1):
        raise Undetermined("edges with the channels first")
    return (*shape, 2)
