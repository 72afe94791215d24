"""Functions of TensorFlow on data that Keras has no operations for: images, files, texts.

Source: https://www.tensorflow.org/api_docs/python/tf (2.21). To add one: a row in `FUNCTIONS`.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable

from kerascheck.data.array import Array
from kerascheck.data.content import Content
from kerascheck.data.directories import PIXELS, pixels
from kerascheck.data.graphs import is_traced
from kerascheck.data.registry import Function
from kerascheck.data.samples import as_dim
from kerascheck.data.values import as_array, dtype_of, fresh_size, new_array, shape_argument
from kerascheck.machine.run import Run
from kerascheck.machine.values import DictValue, Value
from kerascheck.network.arguments import Arguments
from kerascheck.network.dims import Dim, Shape
from kerascheck.network.ir import Site, Tensor
from kerascheck.symbolic.unknown import Unknown

DType = str | Unknown


def _tensor(run: Run, shape: Shape | Unknown, dtype: DType, content: Content | None = None) -> Array:
    return new_array(run, shape, dtype, content=content, kind="tensor")


def _data(run: Run, value: Value) -> Array | None:
    """The value as data; None where it is not known, or a tensor of a graph."""
    return None if isinstance(value, Tensor) else as_array(run, value)


# -- images ---------------------------------------------------------------------------------------------------------

#: What becomes of the shape of an image (or of a batch of images), for the arguments.
ImageShape = Callable[[Run, Shape, Arguments, Site], Shape | None]
#: What becomes of the numbers.
ImageNumbers = Callable[[Array, Arguments], Content]


def _image(shape: ImageShape, numbers: ImageNumbers, dtype: str | None = None, random: bool = False) -> Function:
    """A function of images of three or four axes."""

    def call(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
        value = next((arguments.value(word) for word in ("image", "images") if word in arguments.keywords), None)
        if value is None:
            value = arguments.value("value", 0)
        array = _data(run, value)
        if array is None:
            return run.fresh(f"the result of {name}", site.node)
        made: Shape | Unknown | None = array.shape
        if isinstance(array.shape, tuple):
            made = shape(run, array.shape, arguments, site) if len(array.shape) in (3, 4) else None
        elif shape is not _same:
            made = None
        content = numbers(array, arguments)
        if random:
            content.tags |= {"augmented"}
        kind = array.dtype if dtype is None else dtype
        return _tensor(run, made if made is not None else Unknown(f"the shape that {name} gives"), kind, content)

    return call


def _same(run: Run, shape: Shape, arguments: Arguments, site: Site) -> Shape | None:
    return shape


def _channels(count: int) -> ImageShape:
    return lambda run, shape, arguments, site: (*shape[:-1], count)


def _sized(run: Run, shape: Shape, arguments: Arguments, site: Site) -> Shape | None:
    """`resize_with_pad(image, height, width)` and its kin."""
    height = as_dim(arguments.value("target_height", 1))
    width = as_dim(arguments.value("target_width", 2))
    return None if height is None or width is None else (*shape[:-3], height, width, shape[-1])


def _cropped(run: Run, shape: Shape, arguments: Arguments, site: Site) -> Shape | None:
    """`random_crop(value, size)`."""
    size = shape_argument(run, arguments.value("size", 1), site)
    return size if isinstance(size, tuple) and len(size) == len(shape) else None


def _boxed(run: Run, shape: Shape, arguments: Arguments, site: Site) -> Shape | None:
    """`crop_to_bounding_box(image, offset_height, offset_width, target_height, target_width)`."""
    height, width = as_dim(arguments.value("target_height", 3)), as_dim(arguments.value("target_width", 4))
    return None if height is None or width is None else (*shape[:-3], height, width, shape[-1])


def _centered(run: Run, shape: Shape, arguments: Arguments, site: Site) -> Shape | None:
    return (*shape[:-3], None, None, shape[-1])


def _turned(run: Run, shape: Shape, arguments: Arguments, site: Site) -> Shape | None:
    return shape if shape[-3] == shape[-2] else (*shape[:-3], None, None, shape[-1])


def _kept(array: Array, arguments: Arguments) -> Content:
    """The same numbers in other places, or fewer of them."""
    content = array.content.copy()
    content.values, content.one_hot, content.origin = None, None, None
    return content


def _lost(array: Array, arguments: Arguments) -> Content:
    return Content(tags=array.content.tags)


def _mixed(array: Array, arguments: Arguments) -> Content:
    """Weighted means of the numbers."""
    return Content(array.content.low, array.content.high, array.content.attained, tags=array.content.tags)


def _padded(array: Array, arguments: Arguments) -> Content:
    low, high = array.content.low, array.content.high
    zero_low = None if low is None else min(low, 0)
    return Content(zero_low, None if high is None else max(high, 0), array.content.attained, tags=array.content.tags)


def _standardized(array: Array, arguments: Arguments) -> Content:
    return Content(tags=(array.content.tags - {"pixels"}) | {"scaled", "standardized"})


def _convert_image(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    """`tf.image.convert_image_dtype(image, dtype)`: whole numbers become floats from 0 to 1."""
    array, dtype = _data(run, arguments.value("image", 0)), dtype_of(arguments.value("dtype", 1))
    if array is None:
        return run.fresh(f"the result of {name}", site.node)
    kind = dtype if dtype is not None else Unknown("a dtype that is not given")
    if array.dtype == "uint8" and isinstance(kind, str) and kind.startswith("float"):
        content = array.content.copy().map(lambda v: v / 255, is_linear=True)
    elif array.dtype == kind:
        content = array.content.copy()
    else:
        content = Content(tags=array.content.tags)
    return _tensor(run, array.shape, kind, content)


# -- files ----------------------------------------------------------------------------------------------------------


def _read_file(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    return _tensor(run, (), "str")


def _decoded(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    """`decode_jpeg(contents, channels=0)`: an image; how many axes a file of any kind gives is not known."""
    count = as_dim(arguments.value("channels", 1, 0))
    depth: Dim = count if isinstance(count, int) and count > 0 else None
    any_kind = name.endswith("decode_image")
    if any_kind and arguments.value("expand_animations", 3, True) is not False:
        return _tensor(run, Unknown("an image or an animation"), "uint8", PIXELS.copy())
    kind = dtype_of(arguments.value("dtype", 2)) or "uint8"
    content = pixels(depth) if kind == "uint8" else Content(0, 1) if kind == "float32" else Content()
    sizes: list[Dim] = [None, None, depth]
    if not is_traced():
        sizes = [fresh_size(run, "?", site) if size is None else size for size in sizes]
    return _tensor(run, tuple(sizes), kind, content)


def _decode_raw(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    """`decode_raw(bytes, dtype)`: one more axis, as long as the text."""
    array = _data(run, arguments.value("input_bytes", 0))
    dtype = dtype_of(arguments.value("out_type", 1)) or Unknown("a dtype that is not given")
    shape = array.shape if array is not None else Unknown("bytes that are not known")
    return _tensor(run, (*shape, None) if isinstance(shape, tuple) else shape, dtype)


def _feature(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    """`FixedLenFeature(shape, dtype)`: what will be read."""
    dtype = dtype_of(arguments.value("dtype", 1)) or Unknown("a dtype that is not given")
    return _tensor(run, shape_argument(run, arguments.value("shape", 0), site), dtype)


def _parsed(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    """`parse_single_example(serialized, features)`: a dictionary of tensors."""
    features = arguments.value("features", 1)
    if not isinstance(features, DictValue) or features.unknown is not None:
        return run.fresh(f"the result of {name}", site.node)
    front: Shape = (None,) if name.endswith("parse_example") else ()
    made: dict[Hashable, Value] = {}
    for key, feature in features.items.items():
        if isinstance(feature, Array) and isinstance(feature.shape, tuple):
            made[key] = _tensor(run, (*front, *feature.shape), feature.dtype)
        else:
            made[key] = run.fresh("a feature of a record", site.node)
    return run.new_dict(made)


# -- texts ----------------------------------------------------------------------------------------------------------


def _elementwise(dtype: str | None) -> Function:
    """A function that gives something for each element; `dtype` of the results."""

    def call(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
        array = _data(run, arguments.value("input", 0))
        if array is None:
            return run.fresh(f"the result of {name}", site.node)
        given = dtype_of(arguments.value("out_type", 1)) if name.endswith("to_number") else None
        return _tensor(run, array.shape, given or dtype or array.dtype)

    return call


def _ensure_shape(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    """`tf.ensure_shape(x, shape)`: the shape that the program vouches for."""
    value = arguments.value("x", 0)
    array, shape = _data(run, value), shape_argument(run, arguments.value("shape", 1), site)
    if isinstance(value, Tensor):
        return run.fresh(f"the result of {name}", site.node)
    dtype = array.dtype if array is not None else Unknown("the dtype of something unknown")
    return _tensor(run, shape, dtype, array.content.copy() if array is not None else None)


_IMAGES: dict[str, Function] = {
    "rgb_to_grayscale": _image(_channels(1), _mixed),
    "grayscale_to_rgb": _image(_channels(3), _kept),
    "resize_with_pad": _image(_sized, _padded, "float32"),
    "resize_with_crop_or_pad": _image(_sized, _padded),
    "resize_image_with_crop_or_pad": _image(_sized, _padded),
    "crop_to_bounding_box": _image(_boxed, _kept),
    "pad_to_bounding_box": _image(_boxed, _padded),
    "central_crop": _image(_centered, _kept),
    "flip_left_right": _image(_same, _kept),
    "flip_up_down": _image(_same, _kept),
    "rot90": _image(_turned, _kept),
    "random_flip_left_right": _image(_same, _kept, random=True),
    "random_flip_up_down": _image(_same, _kept, random=True),
    "random_crop": _image(_cropped, _kept, random=True),
    **{
        f"random_{name}": _image(_same, _lost, random=True)
        for name in ("brightness", "contrast", "saturation", "hue", "jpeg_quality")
    },
    **{
        f"stateless_random_{name}": _image(_same, _lost, random=True)
        for name in ("brightness", "contrast", "saturation", "hue", "flip_left_right", "flip_up_down")
    },
    **{f"adjust_{name}": _image(_same, _lost) for name in ("brightness", "contrast", "saturation", "hue", "gamma")},
    "rgb_to_hsv": _image(_same, _lost),
    "per_image_standardization": _image(_same, _standardized, "float32"),
    "convert_image_dtype": _convert_image,
}

FUNCTIONS: dict[str, Function] = {
    **{f"tensorflow.image.{name}": function for name, function in _IMAGES.items()},
    "tensorflow.random_crop": _IMAGES["random_crop"],
    "tensorflow.io.read_file": _read_file,
    "tensorflow.read_file": _read_file,
    **{
        f"tensorflow.{module}.{name}": _decoded
        for module in ("io", "image")
        for name in ("decode_jpeg", "decode_png", "decode_image", "decode_bmp")
    },
    "tensorflow.io.decode_raw": _decode_raw,
    "tensorflow.decode_raw": _decode_raw,
    "tensorflow.io.FixedLenFeature": _feature,
    "tensorflow.FixedLenFeature": _feature,
    "tensorflow.io.parse_single_example": _parsed,
    "tensorflow.io.parse_example": _parsed,
    "tensorflow.parse_single_example": _parsed,
    **{f"tensorflow.strings.{name}": _elementwise("str") for name in ("lower", "upper", "strip", "regex_replace")},
    "tensorflow.strings.length": _elementwise("int32"),
    "tensorflow.strings.to_number": _elementwise("float32"),
    "tensorflow.ensure_shape": _ensure_shape,
}
