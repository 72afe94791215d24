"""Data sets in directories: `image_dataset_from_directory` and its kin.

Source: keras/src/utils/image_dataset_utils.py, text_dataset_utils.py, audio_dataset_utils.py (Keras 3.15). The
folders in a directory that lies beside the program are counted.
"""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

from kerascheck.data.array import Array
from kerascheck.data.content import Content
from kerascheck.data.pipeline import Pipeline
from kerascheck.data.registry import Function
from kerascheck.data.samples import as_dim, unknown_of_length
from kerascheck.data.values import fresh_key, fresh_size, new_array, shape_argument
from kerascheck.machine.files import folder as folder_of
from kerascheck.machine.run import Run
from kerascheck.machine.sequences import items_of
from kerascheck.machine.values import ListValue, Value
from kerascheck.network.arguments import Arguments
from kerascheck.network.dims import Dim, Shape, SymDim
from kerascheck.network.ir import Site
from kerascheck.symbolic.unknown import KerasError, Unknown

#: Photographs as they are loaded.
PIXELS = Content(0, 255, True, tags=frozenset({"pixels", "dataset"}))

#: Ways of resizing that give no numbers between those of an image only.
_OVERSHOOTING = frozenset({"bicubic", "lanczos3", "lanczos5", "mitchellcubic"})


def channels(mode: Value) -> int | None:
    """How many numbers a pixel of that colour mode has; None where it is not known."""
    return {"rgb": 3, "rgba": 4, "grayscale": 1}.get(mode) if isinstance(mode, str) else None


def pixels(depth: Dim, labelled: bool = False) -> Content:
    """The numbers of images. Those of one channel need not reach 255: they may be the class numbers of a mask.

    `labelled`: each image belongs to a class, so it is no mask.
    """
    content = PIXELS.copy()
    content.attained = depth != 1 or labelled
    return content


def image_shape(run: Run, size: Value, depth: int | None, order: Value, site: Site) -> Shape | Unknown:
    """The shape of an image of a size."""
    shape = shape_argument(run, size, site)
    if isinstance(shape, tuple) and len(shape) == 1:
        shape = (shape[0], shape[0])
    if isinstance(shape, Unknown) or len(shape) != 2 or depth is None:
        return Unknown("the shape of an image")
    if order == "channels_last":
        return (*shape, depth)
    return (depth, *shape) if order == "channels_first" else Unknown("an image whose axes are in an unknown order")


def class_count(run: Run, folder: Value, names: Value, attribute: str, site: Site) -> Dim:
    """How many classes there are: as many as are named, or as there are folders. Equal for equal directories.

    `attribute`: what the program calls the names of the classes.
    """
    if isinstance(names, (ListValue, tuple)):
        items = items_of(run, names)
        if not isinstance(items, Unknown) and items:
            return len(items)
    found = class_folders(run, folder, attribute) if names is None else None
    if found is not None:
        return len(found)
    key: Hashable = fresh_key(run, site)
    if names is None and isinstance(folder, str):
        key = folder.rstrip("/")
    elif names is None and isinstance(folder, Unknown):
        key = folder.key
    return SymDim.named(f"len(?.{attribute})", ("folders in", key))


def class_folders(run: Run, folder: Value, attribute: str) -> list[str] | None:
    """The folders of the classes in a folder beside the program; None where it is not looked at.

    Generators count hidden ones, too. Source: keras/src/legacy/preprocessing/image.py and
    keras/src/utils/dataset_utils.py of Keras 3.15.
    """
    names = folder_of(run, folder) if folder is not None else None
    if names is None:
        return None
    return [name for name, inside in names.items() if inside and (attribute == "class_indices" or name[0] != ".")]


def names_of_classes(key: Hashable, count: Dim, attribute: str) -> Value:
    """The names of classes, of which only the number is known."""
    return unknown_of_length("the names of classes", key, count, attribute)


def _labels(run: Run, mode: Value, classes: Dim, front: Shape) -> Array | Unknown | None:
    """The labels of a batch, as `label_mode` says."""
    if mode is None:
        return None
    if mode == "int":
        top = classes - 1 if isinstance(classes, int) else None
        return new_array(run, front, "int32", content=Content(0, top, top is not None), kind="tensor")
    if mode == "binary":
        return new_array(run, (*front, 1), "float32", content=Content(0, 1, True), kind="tensor")
    if mode == "categorical":
        return new_array(run, (*front, classes), "float32", content=Content(0, 1, one_hot=True), kind="tensor")
    return Unknown("labels of a kind that is not known")


def _dataset(run: Run, arguments: Arguments, sample: Any, batch: Value, shuffle: Value, site: Site) -> Value:
    """A `tf.data` pipeline of samples with labels; two of them for `subset="both"`. `sample` gives its axes.

    Of those two, the second is never shuffled; a validation part that is asked for alone is.
    """
    if isinstance(batch, Unknown) or arguments.value("format", None, "tf") != "tf" or arguments.open_keywords:
        return run.fresh("a data set in a directory", site.node)
    front: Shape = () if batch is None else (None,)
    if (problem := _split_problem(arguments, shuffle)) is not None:
        run.raised(KerasError(problem, "argument"), site)
        return run.fresh("Keras raises before this", site.node)
    names, labels = arguments.value("class_names", 3), arguments.value("labels", 1, "inferred")
    folder = arguments.value("directory", 0) if labels == "inferred" else None
    classes = class_count(run, folder, names, "class_names", site)
    mode = None if labels is None else arguments.value("label_mode", 2, "int")
    x, y = sample(front), _labels(run, mode, classes, front)
    subset, key = arguments.value("subset"), fresh_key(run, site)
    own = class_folders(run, folder, "class_names") if names is None else None
    known = run.new_list(own) if own is not None else None

    def made(which: Value, mixed: Value) -> Pipeline:
        return Pipeline(
            x if y is None else (x, y),
            batched=batch is not None,
            batch=as_dim(batch),
            shuffled=mixed if isinstance(mixed, bool) else None,
            tags=frozenset({"validation"}) if which == "validation" else frozenset(),
            attributes={"class_names": known if known is not None else names_of_classes(key, classes, "class_names")},
            birth=run.tick(),
        )

    if subset == "both":
        return run.new_list([made("training", shuffle), made("validation", False)])
    return made(subset, shuffle)


def _split_problem(arguments: Arguments, shuffle: Value) -> str | None:
    """Why Keras refuses to divide the files. Source: `check_validation_split_arg` of keras/src/utils."""
    part, subset, seed = (arguments.value(name) for name in ("validation_split", "subset", "seed"))
    if (
        arguments.open_positional
        or len(arguments.positional) > 1
        or any(isinstance(v, Unknown) for v in (part, subset))
    ):
        return None
    if isinstance(part, (int, float)) and part and not 0 < part < 1:
        return f"validation_split={part:g} is no share of the files; it lies between 0 and 1"
    if bool(part) is not bool(subset):
        return "validation_split and subset go together: pass both, or neither"
    if part and shuffle is True and seed is None:
        return "with validation_split and shuffled files, seed is needed so that the parts do not overlap"
    return None


def _images(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    """`image_dataset_from_directory(directory, labels=, label_mode=, class_names=, color_mode=, batch_size=, ...)`."""
    size, mode = arguments.value("image_size", 6, (256, 256)), arguments.value("color_mode", 4, "rgb")
    order = arguments.value("data_format")
    order = run.image_data_format if order is None else order
    shape = image_shape(run, size, channels(mode), order, site)
    content = PIXELS.copy()
    how = arguments.value("interpolation", None, "bilinear")
    if not isinstance(how, str) or how in _OVERSHOOTING:
        content.low = content.high = None
        content.attained = False

    def sample(front: Shape) -> Array:
        full = shape if isinstance(shape, Unknown) else (*front, *shape)
        return new_array(run, full, "float32", content=content, kind="tensor")

    batch, shuffle = arguments.value("batch_size", 5, 32), arguments.value("shuffle", 7, True)
    return _dataset(run, arguments, sample, batch, shuffle, site)


def _texts(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    """`text_dataset_from_directory(directory, labels=, label_mode=, class_names=, batch_size=32, ...)`."""
    batch, shuffle = arguments.value("batch_size", 4, 32), arguments.value("shuffle", 6, True)
    return _dataset(run, arguments, lambda front: new_array(run, front, "str", kind="tensor"), batch, shuffle, site)


def _sounds(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    """`audio_dataset_from_directory(directory, ..., output_sequence_length=None, ragged=False)`: waves from -1 to 1."""
    length: Value = arguments.value("output_sequence_length", 6)
    steps = None if length is None else as_dim(length) or fresh_size(run, "output_sequence_length", site)
    if arguments.value("ragged", 7, False) is not False:
        steps = None

    def sample(front: Shape) -> Array:
        # How many channels the files have is not known.
        return new_array(run, (*front, steps, None), "float32", content=Content(-1, 1), kind="tensor")

    batch, shuffle = arguments.value("batch_size", 4, 32), arguments.value("shuffle", 8, True)
    return _dataset(run, arguments, sample, batch, shuffle, site)


def _split(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    """`split_dataset(dataset, left_size, right_size)`: two data sets of single elements."""
    value = arguments.value("dataset", 0)
    if not isinstance(value, Pipeline):
        return run.fresh(f"the result of {name}", site.node)
    return tuple(value.derive(count=None, birth=run.tick()) for _ in range(2))


_MODULES = ("keras.utils", "keras.preprocessing", "keras.preprocessing.image", "keras.preprocessing.text")

FUNCTIONS: dict[str, Function] = {
    **{f"{module}.image_dataset_from_directory": _images for module in _MODULES},
    **{f"{module}.text_dataset_from_directory": _texts for module in _MODULES},
    "keras.utils.audio_dataset_from_directory": _sounds,
    "keras.utils.split_dataset": _split,
}
