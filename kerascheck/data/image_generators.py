"""Images from files and generators of batches of images: `keras.preprocessing.image`.

Source: keras/src/legacy/preprocessing/image.py, keras/src/utils/image_utils.py (Keras 3.15).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kerascheck.data.array import Array
from kerascheck.data.content import Content, arithmetic
from kerascheck.data.directories import channels, class_count, image_shape, names_of_classes, pixels
from kerascheck.data.objects import DataObject, Method, make_object
from kerascheck.data.pipeline import Pipeline
from kerascheck.data.registry import Function
from kerascheck.data.samples import as_dim, count_of, is_real, prepared, unknown_of_length
from kerascheck.data.values import as_array, dtype_of, fresh_key, fresh_size, new_array, shape_argument
from kerascheck.machine.run import Run
from kerascheck.machine.sequences import items_of
from kerascheck.machine.values import ListValue, Value
from kerascheck.network.arguments import Arguments, Given
from kerascheck.network.dims import Dim, Shape, ceil_div, format_shape
from kerascheck.network.ir import Site
from kerascheck.symbolic.unknown import KerasError, Unknown

_GENERATOR = "keras.preprocessing.image.ImageDataGenerator"
_PICTURE = "keras.preprocessing.image.PIL"

# -- single images --------------------------------------------------------------------------------------------------


def _load_img(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    """`load_img(path, color_mode="rgb", target_size=None)`: an image of PIL."""
    mode = arguments.value("color_mode", 1, "rgb")
    if arguments.value("grayscale", None, False) is True or mode is True:
        mode = "grayscale"
    size = arguments.value("target_size", 2)
    shape: Shape | Unknown
    if size is None:
        shape = (fresh_size(run, "?.height", site), fresh_size(run, "?.width", site))
    elif isinstance(size, int):
        shape = Unknown("the size of an image")
    else:
        shape = shape_argument(run, size, site)
        shape = Unknown("the size of an image") if isinstance(shape, Unknown) or len(shape) < 2 else shape[:2]
    depth = channels(mode)
    if isinstance(shape, tuple) and depth != 1:
        shape = (*shape, depth) if depth is not None else Unknown("an image of unknown colours")
    return _picture(run, arguments, site, shape, depth)


def _picture(run: Run, arguments: Arguments, site: Site, shape: Shape | Unknown, depth: int | None) -> DataObject:
    picture = DataObject(_PICTURE, arguments, site, run.tick(), fresh_key(run, site))
    picture.state["array"] = new_array(run, shape, "uint8", content=pixels(depth))
    if isinstance(shape, tuple) and len(shape) >= 2:
        picture.attributes["size"] = (shape[1], shape[0])
        picture.attributes["width"], picture.attributes["height"] = shape[1], shape[0]
    return picture


def _img_to_array(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    """`img_to_array(img, data_format=None, dtype=None)`: three axes of floats."""
    value = arguments.value("img", 0)
    order = arguments.value("data_format", 1)
    order = run.image_data_format if order is None else order
    dtype = dtype_of(arguments.value("dtype", 2)) or "float32"
    array = value.state["array"] if isinstance(value, DataObject) and "array" in value.state else as_array(run, value)
    if array is None:
        return run.fresh("an image that is not known", site.node)
    content = array.content.copy()
    if isinstance(array.shape, Unknown):
        return new_array(run, array.shape, dtype, content=content)
    if len(array.shape) not in (2, 3):
        message = f"img_to_array takes an image of 2 or 3 axes, got one of shape {format_shape(array.shape)}"
        run.raised(KerasError(message, "rank"), site)
        return run.fresh("Keras raises before this", site.node)
    image = array.shape if len(array.shape) == 3 else (*array.shape, 1)
    if order == "channels_first":
        image = (image[2], image[0], image[1]) if len(array.shape) == 3 else (1, *array.shape)
    elif order != "channels_last":
        return new_array(run, Unknown("an image whose axes are in an order that is not known"), dtype, content=content)
    return new_array(run, image, dtype, content=content)


def _array_to_img(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    return run.fresh("an image made of an array", site.node)


# -- ImageDataGenerator -----------------------------------------------------------------------------------------------

#: The parameters in order, with their defaults.
_PARAMETERS: tuple[tuple[str, Any], ...] = (
    ("featurewise_center", False), ("samplewise_center", False), ("featurewise_std_normalization", False),
    ("samplewise_std_normalization", False), ("zca_whitening", False), ("zca_epsilon", 1e-6), ("rotation_range", 0),
    ("width_shift_range", 0.0), ("height_shift_range", 0.0), ("brightness_range", None), ("shear_range", 0.0),
    ("zoom_range", 0.0), ("channel_shift_range", 0.0), ("fill_mode", "nearest"), ("cval", 0.0),
    ("horizontal_flip", False), ("vertical_flip", False), ("rescale", None), ("preprocessing_function", None),
    ("data_format", None), ("validation_split", 0.0), ("interpolation_order", 1), ("dtype", None),
)  # fmt: skip

_DISTORTIONS = (
    "rotation_range", "width_shift_range", "height_shift_range", "brightness_range", "shear_range", "zoom_range",
    "channel_shift_range", "horizontal_flip", "vertical_flip",
)  # fmt: skip


def _options(thing: DataObject) -> dict[str, Value]:
    return {name: thing.arguments.value(name, at, default) for at, (name, default) in enumerate(_PARAMETERS)}


def _order(run: Run, options: Mapping[str, Value]) -> Value:
    order = options["data_format"]
    return run.image_data_format if order is None else order


def is_augmented(options: Mapping[str, Value]) -> bool:
    """Whether images are surely changed at random."""
    return any(not isinstance(options[name], Unknown) and bool(options[name]) for name in _DISTORTIONS)


def _processed(run: Run, thing: DataObject, images: Array, site: Site) -> Array:
    """Images (or one of them) after random changes, the program's function, and standardization."""
    options = _options(thing)
    content = images.content.copy()
    content.values, content.one_hot = None, None
    if is_augmented(options):
        content = _distorted(content, options)
    if options["preprocessing_function"] is not None:
        content = _after_function(run, options["preprocessing_function"], images, content, site)
    if is_real(options["rescale"]) and options["rescale"]:
        content = arithmetic("Multiply", content, Content.of_values([options["rescale"]]))
    elif isinstance(options["rescale"], Unknown):
        content = Content(tags=content.tags)
    content = _centered(thing, options, content)
    made = images.snapshot()
    made.content = content
    return made


def _distorted(content: Content, options: Mapping[str, Value]) -> Content:
    """Interpolation stays within the bounds; what is filled in may be another number."""
    low, high = content.low, content.high
    if options["fill_mode"] == "constant":
        filling = options["cval"]
        low = min(low, filling) if low is not None and is_real(filling) else None
        high = max(high, filling) if high is not None and is_real(filling) else None
    shaped = low is not None and high is not None and low >= 0 and high <= 255
    if options["brightness_range"] is not None and not (shaped and high is not None and high > 1):
        low = high = None
    if options["interpolation_order"] not in (0, 1):
        low = high = None
    return Content(low, high, content.attained and low is not None and high is not None, tags=content.tags)


def _after_function(run: Run, function: Value, images: Array, content: Content, site: Site) -> Content:
    """What `preprocessing_function` does to the numbers: it is called on one image."""
    image = images.snapshot()
    image.content = content.copy()
    if isinstance(image.shape, tuple):
        image.shape = image.shape[-3:]
    with run.unknown_rounds():
        result = as_array(run, run.call(function, Arguments([Given(image)], {}), site))
        return result.content.copy() if result is not None else Content()


def _centered(thing: DataObject, options: Mapping[str, Value], content: Content) -> Content:
    own = options["samplewise_center"], options["samplewise_std_normalization"]
    common = options["featurewise_center"], options["featurewise_std_normalization"]
    switches = (*own, *common, options["zca_whitening"])
    if not any(switches) and not any(isinstance(switch, Unknown) for switch in switches):
        return content
    tags = content.tags - {"pixels"}
    if own[1] is True or (common[1] is True and thing.recall("fitted") is not None):
        tags |= {"standardized", "scaled"}
    return Content(tags=tags)


def _fit(run: Run, thing: DataObject, arguments: Arguments, site: Site) -> Value:
    """`fit` reckons means and deviations for those options that ask for them; without one it does nothing."""
    options = _options(thing)
    if any(options[name] for name in _LEARNED):
        prepared(run, "fit", thing.qualname, [arguments.value("x", 0)], site, arguments)
    thing.learn(run, fitted=True)
    return None


#: Options that need the figures of the data, which `fit` reckons.
_LEARNED = ("featurewise_center", "featurewise_std_normalization", "zca_whitening")


def _stream(
    run: Run,
    thing: DataObject,
    element: Any,
    arguments: Arguments,
    batch: Value,
    shuffle: Value,
    site: Site,
    **facts: Any,
) -> Pipeline:
    options = _options(thing)
    if "fitted" not in thing.state and any(options[name] is True for name in _LEARNED):
        prepared(run, "unfitted", thing.qualname, [], site, arguments)
    tags = {"augmented"} if is_augmented(_options(thing)) else set()
    subset = arguments.value("subset")
    if subset == "validation":
        tags.add("validation")
    attributes = facts.pop("attributes", {})
    attributes["batch_size"] = batch
    return Pipeline(
        element,
        "sequence",
        batched=True,
        batch=as_dim(batch),
        shuffled=shuffle if isinstance(shuffle, bool) else None,
        tags=frozenset(tags),
        attributes=attributes,
        birth=run.tick(),
        **facts,
    )


def _flow(run: Run, thing: DataObject, arguments: Arguments, site: Site) -> Value:
    """`flow(x, y=None, batch_size=32, shuffle=True, sample_weight=None, ...)`."""
    options = _options(thing)
    value, batch = arguments.value("x", 0), arguments.value("batch_size", 2, 32)
    several = items_of(run, value) if isinstance(value, (tuple, ListValue)) else None
    if several is not None and as_array(run, value) is None:
        value = several[0] if not isinstance(several, Unknown) and several else run.fresh("images", site.node)
    elif several is not None:
        several = None
    dtype = dtype_of(options["dtype"]) or "float32"
    array = as_array(run, value)
    if array is not None and isinstance(array.shape, tuple) and len(array.shape) != 4:
        message = f"ImageDataGenerator.flow takes images of rank 4, got an array of shape {format_shape(array.shape)}"
        run.raised(KerasError(message, "rank"), site)
        return run.fresh("Keras raises before this", site.node)
    x: Any = _batch_of(run, array, dtype)
    if isinstance(x, Array):
        x = _processed(run, thing, x, site)
    if several is not None:
        others = items_of(run, several[1]) if not isinstance(several, Unknown) and len(several) > 1 else several
        rest = [others] if isinstance(others, Unknown) else [_batch_of(run, as_array(run, one)) for one in others]
        x = [x, *rest]
    targets, weights = arguments.value("y", 1), arguments.value("sample_weight", 4)
    element: Any = x
    if targets is not None:
        element = (x, _batch_of(run, as_array(run, targets)))
        if weights is not None:
            element = (*element, _batch_of(run, as_array(run, weights)))
    count, attributes = count_of(run, value), {}
    size = as_dim(batch)
    if arguments.value("subset") is not None:
        count = None
    if count is not None:
        attributes["n"] = count
    batches = ceil_div(count, size) if isinstance(count, int) and isinstance(size, int) and size > 0 else None
    shuffle = arguments.value("shuffle", 3, True)
    return _stream(run, thing, element, arguments, batch, shuffle, site, count=batches, attributes=attributes)


def _batch_of(run: Run, array: Array | None, dtype: Any = None) -> Array | Unknown:
    """A batch out of an array, of any number of samples."""
    if array is None or not isinstance(array.shape, tuple) or not array.shape:
        return Unknown("batches of an array that is not known")
    content = array.content.subset()
    shape = (None, *array.shape[1:])
    return new_array(run, shape, dtype if dtype is not None else array.dtype, content=content, rows=array.rows)


def _images_from(run: Run, thing: DataObject, arguments: Arguments, first: int, at_mode: int, site: Site) -> Array:
    """A batch of images that are read from files: the positions of `target_size` and of `class_mode`."""
    options = _options(thing)
    size = arguments.value("target_size", first, (256, 256))
    mode = arguments.value("color_mode", first + 1, "rgb")
    dtype = dtype_of(options["dtype"]) or "float32"
    shape = image_shape(run, size, channels(mode), _order(run, options), site)
    full: Shape | Unknown = shape if isinstance(shape, Unknown) else (None, *shape)
    content = pixels(channels(mode), labelled=arguments.value("class_mode", at_mode, "categorical") is not None)
    return _processed(run, thing, new_array(run, full, dtype, content=content), site)


def _flow_from_directory(run: Run, thing: DataObject, arguments: Arguments, site: Site) -> Value:
    """`flow_from_directory(directory, target_size=(256, 256), color_mode="rgb", classes=None, class_mode=...)`."""
    images = _images_from(run, thing, arguments, 1, 4, site)
    folder, names = arguments.value("directory", 0), arguments.value("classes", 3)
    classes = class_count(run, folder, names, "class_indices", site)
    return _from_files(run, thing, arguments, images, classes, ("class_mode", 4), ("batch_size", 5), 6, site)


def _flow_from_dataframe(run: Run, thing: DataObject, arguments: Arguments, site: Site) -> Value:
    """`flow_from_dataframe(dataframe, directory, x_col=, y_col=, weight_col=, target_size=, ..., class_mode=...)`."""
    images = _images_from(run, thing, arguments, 5, 8, site)
    frame, column = arguments.value("dataframe", 0), arguments.value("y_col", 3, "class")
    key = (frame.key if isinstance(frame, (Array, Unknown)) else None, column if isinstance(column, str) else None)
    folder = Unknown("the classes in a frame", ("classes in", key)) if None not in key else None
    classes = class_count(run, folder, arguments.value("classes", 7), "class_indices", site)
    weighted = arguments.value("weight_col", 4) is not None
    return _from_files(run, thing, arguments, images, classes, ("class_mode", 8), ("batch_size", 9), 10, site, weighted)


def _from_files(
    run: Run,
    thing: DataObject,
    arguments: Arguments,
    images: Array,
    classes: Dim,
    at_mode: tuple[str, int],
    at_batch: tuple[str, int],
    at_shuffle: int,
    site: Site,
    weighted: bool = False,
) -> Value:
    """Batches of images that are read from files, with labels as `class_mode` says."""
    mode, batch = arguments.value(*at_mode, "categorical"), arguments.value(*at_batch, 32)
    labels = _labels(run, mode, classes, images)
    element: Any = images if labels is None else (images, labels)
    if weighted and labels is not None:
        element = (images, labels, new_array(run, (None,), Unknown("the dtype of weights")))
    key = fresh_key(run, site)
    samples = fresh_size(run, "?.samples", site)
    attributes: dict[str, Value] = {"samples": samples, "n": samples}
    if classes is not None:
        attributes["num_classes"] = classes
        attributes["class_indices"] = names_of_classes(("class_indices", key), classes, "class_indices")
    attributes["classes"] = new_array(run, (samples,), "int32")
    attributes["labels"] = attributes["classes"]
    attributes["filenames"] = unknown_of_length("the names of files", ("files", key), samples, "filenames")
    if isinstance(images.shape, tuple):
        attributes["image_shape"] = images.shape[1:]
    shuffle = arguments.value("shuffle", at_shuffle, True)
    return _stream(run, thing, element, arguments, batch, shuffle, site, attributes=attributes)


def _labels(run: Run, mode: Value, classes: Dim, images: Array) -> Array | Unknown | None:
    """The labels of a batch. Source: `BatchFromFilesMixin._get_batches_of_transformed_samples`."""
    if mode is None:
        return None
    if mode == "input":
        return images.snapshot()
    top = classes - 1 if isinstance(classes, int) else None
    if mode in ("binary", "sparse"):
        return new_array(run, (None,), images.dtype, content=Content(0, top, top is not None))
    if mode == "categorical":
        return new_array(run, (None, classes), images.dtype, content=Content(0, 1, one_hot=True))
    return Unknown("labels of a kind that is not known")


def _same_image(run: Run, thing: DataObject, arguments: Arguments, site: Site) -> Value:
    """`random_transform(x)` and `apply_transform(x, ...)`: an image of the same shape."""
    array = as_array(run, arguments.value("x", 0))
    if array is None:
        return run.fresh("an image that is not known", site.node)
    made = array.snapshot()
    made.birth, made.content = run.tick(), _distorted(array.content, _options(thing))
    return made


def _standardize(run: Run, thing: DataObject, arguments: Arguments, site: Site) -> Value:
    return run.fresh("a standardized image", site.node)


FUNCTIONS: dict[str, Function] = {
    _GENERATOR: make_object,
    **{f"keras.{package}.load_img": _load_img for package in ("utils", "preprocessing.image")},
    **{f"keras.{package}.img_to_array": _img_to_array for package in ("utils", "preprocessing.image")},
    **{f"keras.{package}.array_to_img": _array_to_img for package in ("utils", "preprocessing.image")},
}

OBJECTS: dict[str, Mapping[str, Method]] = {
    _GENERATOR: {
        "fit": _fit,
        "flow": _flow,
        "flow_from_directory": _flow_from_directory,
        "flow_from_dataframe": _flow_from_dataframe,
        "random_transform": _same_image,
        "apply_transform": _same_image,
        "standardize": _standardize,
    },
    _PICTURE: {},
}
