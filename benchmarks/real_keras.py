"""Runs scripts with the real Keras, without their data and their training, and records the models they build.

The server side of `truth.py`: it imports TensorFlow once, then reads one request a line (JSON: `path`, `text`,
`package`, `root`, `seconds`, `variant`) and forks a child for each, which answers with one line of JSON. What the
script needs and the machine lacks (modules, files, weights, the network) is replaced by stand-ins. The sizes of these
are inventions: they are others in variant 1 than in variant 0, so a model that differs between the two gets its sizes
from what is absent. A child may write below its own folder only and may start no programs.
"""

from __future__ import annotations

import ast
import contextlib
import dis
import functools
import importlib.abc
import importlib.machinery
import inspect
import io
import json
import os
import re
import resource
import signal
import sys
import tempfile
import time
import types
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

#: Functions that are called with their defaults where the script itself does not call them.
_BUILDER = re.compile(r"_?(build|create|make|get_\w*(model|net))|[A-Z]")
_MEMORY = 8 << 30
#: Seconds in which a script reaches no new row and makes no layer, after which nothing more is expected of it.
_STANDSTILL = 6.0
_UNPACK = dis.opmap["UNPACK_SEQUENCE"]


# --- stand-ins -------------------------------------------------------------------------------------------------------


@dataclass
class _Sizes:
    """The sizes of stand-ins."""

    number: int = 1  # what a stand-in is as an integer
    items: int = 0  # how many there are to iterate over
    columns: int = 9  # of tables in files
    rows: int = 8
    field: str = "1"
    classes: int = 2


_VARIANTS = (_Sizes(), _Sizes(number=3, items=2, columns=11, rows=12, field="23", classes=3))
_sizes = _VARIANTS[0]


def _wanted_items(depth: int = 2) -> int:
    """How many items the code that iterates wants: as many as names stand left of the `=`."""
    frame = sys._getframe(depth)
    code = frame.f_code.co_code
    at = frame.f_lasti
    return code[at + 1] if 0 <= at < len(code) and code[at] == _UNPACK else 0


def _same(value: Any = None, *args: Any, **kwargs: Any) -> Any:
    return value


#: Methods of scalers and the like that give back data as they get it.
_PASS_ON = frozenset({"fit_transform", "transform"})


class Fake:
    """A value that agrees with whatever is done to it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        pass

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(name)
        self.__dict__[name] = _same if name in _PASS_ON else Fake()
        return self.__dict__[name]

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if len(args) == 1 and not kwargs and isinstance(args[0], (types.FunctionType, type)):
            return args[0]  # a decorator
        return Fake()

    def __getitem__(self, key: Any) -> Any:
        return Fake()

    def __iter__(self) -> Iterator[Any]:
        return iter([Fake() for _ in range(_wanted_items() or _sizes.items)])

    def __mro_entries__(self, bases: tuple[Any, ...]) -> tuple[type, ...]:
        return (Fake,)

    def __setitem__(self, key: Any, value: Any) -> None:
        pass

    def __delitem__(self, key: Any) -> None:
        pass

    def __len__(self) -> int:
        return _sizes.items

    def __bool__(self) -> bool:
        return True

    def __contains__(self, item: Any) -> bool:
        return False

    def __enter__(self) -> Any:
        return self

    def __exit__(self, *args: Any) -> None:
        pass

    def __int__(self) -> int:
        return _sizes.number

    __index__ = __int__

    def __float__(self) -> float:
        return 1.0

    def __format__(self, spec: str) -> str:
        return "?"

    def __hash__(self) -> int:
        return id(self)

    def _less(self, other: Any) -> bool:
        return False

    __lt__ = __le__ = __gt__ = __ge__ = _less

    def _new(self, *args: Any) -> Any:
        return Fake()

    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __truediv__ = __rtruediv__ = _new
    __floordiv__ = __rfloordiv__ = __mod__ = __rmod__ = __pow__ = __rpow__ = __neg__ = __abs__ = __invert__ = _new
    __and__ = __rand__ = __or__ = __ror__ = __matmul__ = __rmatmul__ = __round__ = _new


class Scores(list[float]):
    """What evaluation returns: as many numbers as the program unpacks."""

    def __iter__(self) -> Iterator[float]:
        return iter([0.0] * (_wanted_items() or len(self)))


class History:
    """What training returns."""

    def __init__(self) -> None:
        self.history: dict[str, list[float]] = defaultdict(lambda: [0.0])
        self.epoch = [0]
        self.params: dict[str, Any] = {"epochs": 1}


class _FakeModule(types.ModuleType):
    """A module that is not installed."""

    __path__: list[str] = []
    __all__: list[str] = []

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(name)
        value = _FUNCTIONS.get(name) or Fake()
        setattr(self, name, value)
        return value


def _split(*arrays: Any, **kwargs: Any) -> Any:
    """`train_test_split`."""
    parts: list[Any] = []
    for array in arrays:
        try:
            cut = len(array) * 3 // 4
            parts += [array[:cut], array[cut:]]
        except TypeError:
            parts += [Fake(), Fake()]
    return parts


def _samples(features: int, classes: int = 2) -> Callable[..., Any]:
    """`make_classification` and its kin."""

    def make(n_samples: int = 100, n_features: int = features, *args: Any, **kwargs: Any) -> Any:
        import numpy as np

        count = kwargs.get("n_classes", classes)
        return np.zeros((n_samples, n_features if features == 20 else features)), np.arange(n_samples) % count

    return make


#: Functions of scikit-learn whose results have shapes that models are built from.
_FUNCTIONS: dict[str, Any] = {
    "train_test_split": _split,
    "make_classification": _samples(20),
    "make_moons": _samples(2),
    "make_circles": _samples(2),
}

#: Modules that Keras had once.
_OLD_MODULES = frozenset(
    (
        *("advanced_activations", "base_layer", "conv_utils", "convolutional", "convolutional_recurrent", "core"),
        *("cudnn_recurrent", "data_utils", "embeddings", "engine", "experimental", "generic_utils", "image_utils"),
        *("input_layer", "input_spec", "interfaces", "io_utils", "keras", "layer_utils", "legacy", "local", "merge"),
        *("network", "noise", "normalization", "np_utils", "pooling", "preprocessing", "python", "recurrent"),
        *("sequential", "tf_utils", "topology", "training", "v2", "vis_utils", "wrappers"),
    )
)


class _OldKerasModule(types.ModuleType):
    """A module that Keras had once: its names are looked up where Keras has them now."""

    __path__: list[str] = []

    def __getattr__(self, name: str) -> Any:
        import keras

        places = "layers models utils optimizers regularizers initializers constraints callbacks backend activations"
        for place in places.split():
            module = getattr(keras, place)
            if not name.startswith("__") and hasattr(module, name):
                return getattr(module, name)
        if not name.startswith("__") and hasattr(keras, name):
            return getattr(keras, name)
        raise AttributeError(f"Keras no longer has {self.__name__}.{name}")


class _StandInFinder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """The last resort of `import`."""

    def find_spec(self, name: str, path: Any, target: Any = None) -> Any:
        top = name.partition(".")[0]
        if top in sys.stdlib_module_names or (top == "tensorflow" and ".keras." not in name):
            return None
        if (top == "keras" or ".keras." in name) and name.rpartition(".")[2] not in _OLD_MODULES:
            return None
        return importlib.machinery.ModuleSpec(name, self)

    def create_module(self, spec: Any) -> types.ModuleType:
        name = spec.name
        if name == "tf_keras" or name.startswith("tf_keras."):
            import keras

            found: Any = keras
            for part in name.split(".")[1:]:
                found = getattr(found, part, None)
            if isinstance(found, types.ModuleType):
                module = types.ModuleType(name)
                module.__dict__.update({key: getattr(found, key) for key in dir(found) if not key.startswith("__")})
                module.__path__ = []
                return module
        old = name.startswith(("keras.", "tf_keras.")) or ".keras." in name
        return _OldKerasModule(name) if old else _FakeModule(name)

    def exec_module(self, module: types.ModuleType) -> None:
        pass


# --- what Keras is kept from doing -----------------------------------------------------------------------------------

_DATASETS: dict[str, tuple[tuple[int, ...], tuple[int, ...], tuple[int, ...], int]] = {
    # samples of both parts, shape of a sample, shape of a label, classes
    "mnist": ((60000, 10000), (28, 28), (), 10),
    "fashion_mnist": ((60000, 10000), (28, 28), (), 10),
    "cifar10": ((50000, 10000), (32, 32, 3), (1,), 10),
    "cifar100": ((50000, 10000), (32, 32, 3), (1,), 100),
    "boston_housing": ((404, 102), (13,), (), 0),
    "california_housing": ((16512, 4128), (8,), (), 0),
    "imdb": ((25000, 25000), (), (), 2),
    "reuters": ((8982, 2246), (), (), 46),
}


def _load_data(name: str) -> Callable[..., Any]:
    import numpy as np

    counts, sample, label, classes = _DATASETS[name]

    def part(count: int) -> tuple[Any, Any]:
        labels: Any = np.zeros((count,))
        if classes:
            kind = np.int64 if name in ("imdb", "reuters") else np.uint8
            labels = (np.arange(count) % classes).astype(kind).reshape((count, *label))
        if not sample:
            texts = np.empty(count, dtype=object)
            for index in range(count):
                texts[index] = list(range(1, 20 + index % 30))
            return texts, labels
        return np.zeros((count, *sample), "uint8" if classes else "float64"), labels

    def load_data(*args: Any, **kwargs: Any) -> Any:
        return part(counts[0]), part(counts[1])

    return load_data


def _replace(original: Any, stand_in: Any) -> None:
    """Put the stand-in wherever a module of Keras holds the original."""
    for name, module in list(sys.modules.items()):
        if name.startswith("keras"):
            for key, value in list(vars(module).items()):
                if value is original:
                    setattr(module, key, stand_in)


def _predicted(model: Any, x: Any = None, *args: Any, **kwargs: Any) -> Any:
    import numpy as np

    try:
        count = min(len(x), 64) if not isinstance(x, (list, tuple, dict)) else 1
    except TypeError:
        count = 1
    try:
        shapes = model.output_shape
    except Exception:
        return Fake()
    if isinstance(shapes, tuple):
        return np.zeros([count, *(size or 1 for size in shapes[1:])], "float32")
    return Fake()


#: Models that were built on a few samples in place of a whole batch: the size of the batch is not that of the program.
_built_on_few: list[Any] = []


def _build_on_data(model: Any, args: tuple[Any, ...], kwargs: dict[str, Any], fit: Any = None) -> None:
    """Let a model that has no weights yet see two samples of its first data, as the call that is stubbed would."""
    import tensorflow as tf

    if model.built and all(layer.built for layer in model._flatten_layers()):
        return
    _built_on_few.append(model)
    try:
        batch = _first_samples(args[0] if args else kwargs.get("x"), args[1] if len(args) > 1 else kwargs.get("y"))
        if batch is None:
            return
        if fit is None or not getattr(model, "compiled", False) or _has_fake(batch[1:2]):
            model(batch[0])
            return
        tf.config.run_functions_eagerly(True)
        try:
            fit(model, batch[0], batch[1] if len(batch) > 1 else None, epochs=1, verbose=0)
        finally:
            tf.config.run_functions_eagerly(False)
    except Exception:
        return  # what the call raises is not what is compared


def _first_samples(x: Any, y: Any) -> tuple[Any, ...] | None:
    """Two samples, with their targets; None where there are none."""
    import keras
    import numpy as np

    def cut(value: Any) -> Any:
        return value[:2] if getattr(value, "shape", ()) else value

    if x is None or _has_fake([x]):
        return None
    if isinstance(x, (list, tuple, dict, np.ndarray)) or hasattr(x, "numpy") or hasattr(x, "iloc"):
        return tuple(_cut_all(cut, part) for part in (x, y) if part is not None)
    batch = x[0] if isinstance(x, keras.utils.PyDataset) else next(iter(x))
    parts = batch if isinstance(batch, (list, tuple)) else (batch,)
    return tuple(_cut_all(cut, part) for part in parts)


def _cut_all(cut: Callable[[Any], Any], value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _cut_all(cut, part) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return type(value)(_cut_all(cut, part) for part in value)
    return cut(value)


def _dataset_of_images(*args: Any, **kwargs: Any) -> Any:
    import numpy as np
    import tensorflow as tf

    channels = {"grayscale": 1, "rgba": 4}.get(kwargs.get("color_mode", "rgb"), 3)
    images = np.zeros((4, *kwargs.get("image_size", (256, 256)), channels), "float32")
    mode = kwargs.get("label_mode", "int")
    labels = np.zeros((4, _sizes.classes), "float32") if mode == "categorical" else np.zeros((4,), "int32")
    data = tf.data.Dataset.from_tensors(images if mode is None else (images, labels))
    data.class_names = list("abc"[: _sizes.classes])
    return (data, data) if kwargs.get("subset") == "both" else data


def quiet_keras() -> None:
    """Take training, downloads, files and time out of Keras, and put back names that cost nothing to keep."""
    import importlib

    import keras
    from keras import Model
    from keras.src.utils import file_utils

    old = importlib.import_module("keras._tf_keras.keras")
    for name in dir(old.backend):
        if not hasattr(keras.backend, name):
            setattr(keras.backend, name, getattr(old.backend, name))
    for part in ("image", "sequence", "text"):
        source = importlib.import_module(f"keras._tf_keras.keras.preprocessing.{part}")
        target = types.ModuleType(f"keras.preprocessing.{part}")
        present = getattr(keras.preprocessing, part, None)
        target.__dict__.update(vars(present) if present is not None else {})
        target.__dict__.update({k: v for k, v in vars(source).items() if not k.startswith("__")})
        sys.modules[target.__name__] = target
        setattr(keras.preprocessing, part, target)

    for name in _DATASETS:
        module = importlib.import_module(f"keras.src.datasets.{name}")
        _replace(module.load_data, _load_data(name))
        if hasattr(module, "get_word_index"):
            _replace(module.get_word_index, lambda *args, **kwargs: {f"w{i}": i for i in range(1, 100)})

    def scores(*args: Any, **kwargs: Any) -> Any:
        return Scores([0.0, 0.0])

    fit = Model.fit

    def fitted(model: Any, *args: Any, **kwargs: Any) -> Any:
        _build_on_data(model, args, kwargs, fit)
        return History()

    def scored(model: Any, *args: Any, **kwargs: Any) -> Any:
        _build_on_data(model, args, kwargs)
        return scores()

    def predicted(model: Any, *args: Any, **kwargs: Any) -> Any:
        _build_on_data(model, args, kwargs)
        return _predicted(model, *args, **kwargs)

    stubs: dict[str, Any] = {
        **dict.fromkeys(("fit", "fit_generator", "train_on_batch"), fitted),
        **dict.fromkeys(("evaluate", "evaluate_generator", "test_on_batch"), scored),
        **dict.fromkeys(("predict", "predict_generator", "predict_on_batch", "predict_proba"), predicted),
        **dict.fromkeys(("save", "save_weights", "load_weights", "export", "summary"), lambda *a, **k: None),
        "predict_classes": lambda *args, **kwargs: Fake(),
    }
    from keras.src.models.sequential import Sequential

    for owner in (Model, Sequential):
        for name, stub in stubs.items():
            setattr(owner, name, stub)
    _replace(file_utils.get_file, lambda *args, **kwargs: os.path.join(os.getcwd(), "absent"))
    for place, name in (
        (keras.models, "load_model"),
        (keras.utils, "plot_model"),
        (keras.utils, "load_img"),
        (keras.utils, "audio_dataset_from_directory"),
        (keras.utils, "text_dataset_from_directory"),
    ):
        _replace(getattr(place, name), lambda *args, **kwargs: Fake())
    _replace(keras.utils.image_dataset_from_directory, _dataset_of_images)
    importlib.import_module("tensorflow").saved_model.load = lambda *args, **kwargs: Fake()
    keras.callbacks.ModelCheckpoint.__init__ = lambda self, *args, **kwargs: keras.callbacks.Callback.__init__(self)
    to_categorical = keras.utils.to_categorical
    _replace(to_categorical, lambda x, *args, **kw: Fake() if isinstance(x, Fake) else to_categorical(x, *args, **kw))
    keras.metrics.Metric.reset_states = keras.metrics.Metric.reset_state
    _old_applications()
    from keras.src.legacy.preprocessing.image import ImageDataGenerator

    for name in ("flow_from_directory", "flow_from_dataframe", "fit"):
        setattr(ImageDataGenerator, name, lambda *args, **kwargs: Fake())

    from keras.src.optimizers import base_optimizer

    for cls in {cls for cls in vars(keras.optimizers).values() if isinstance(cls, type)}:
        if issubclass(cls, base_optimizer.BaseOptimizer):
            _old_names(cls)


def _old_applications() -> None:
    """What the sources of models took from Keras before version 2.2."""
    import keras
    from keras.src.applications import imagenet_utils

    def _obtain_input_shape(
        input_shape: Any, default_size: Any, min_size: Any, data_format: Any, *args: Any, **kw: Any
    ) -> Any:
        flatten = kw.get("include_top", kw.get("require_flatten", args[0] if args else True))
        return imagenet_utils.obtain_input_shape(
            input_shape, default_size, min_size, data_format, flatten, kw.get("weights", args[1] if args[1:] else None)
        )

    for module in (keras.applications.imagenet_utils, imagenet_utils):
        module._obtain_input_shape = _obtain_input_shape  # type: ignore[attr-defined]
    keras.applications.imagenet_utils.get_source_inputs = keras.utils.get_source_inputs


def _old_names(cls: Any) -> None:
    """`lr` and `decay`, which optimizers had in Keras 1 and 2."""
    original = cls.__init__

    def __init__(self: Any, *args: Any, lr: Any = None, decay: Any = None, **kwargs: Any) -> None:
        if lr is not None:
            kwargs["learning_rate"] = lr
        original(self, *args, **kwargs)

    cls.__init__ = __init__


def _quiet_numpy() -> None:
    import numpy as np

    def guarded(original: Any) -> Any:
        def load(*args: Any, **kwargs: Any) -> Any:
            try:
                return original(*args, **kwargs)
            except (OSError, ValueError):
                return np.zeros((100, _sizes.columns))

        return load

    for name in ("load", "loadtxt", "genfromtxt"):
        setattr(np, name, guarded(getattr(np, name)))


#: Functions and methods of pandas and scikit-learn that answer stand-ins with stand-ins.
_TABLE_FUNCTIONS = ("concat", "get_dummies", "merge", "to_datetime", "to_numeric", "unique", "factorize", "cut")
_TABLE_METHODS = ("fit", "transform", "fit_transform", "inverse_transform", "predict", "partial_fit")
_ESTIMATORS = ("preprocessing", "decomposition", "feature_extraction.text", "impute", "pipeline", "compose")


def quiet_tables() -> None:
    """Let pandas and scikit-learn, where they are installed, read what is absent and take stand-ins."""
    import importlib

    with contextlib.suppress(ImportError):
        import pandas

        for name in [name for name in dir(pandas) if name.startswith("read_")]:
            setattr(pandas, name, _or_fake(getattr(pandas, name), OSError))
        for name in _TABLE_FUNCTIONS:
            setattr(pandas, name, _or_fake(getattr(pandas, name)))
        for cls in (pandas.DataFrame, pandas.Series):
            _init_or_fake(cls)
    with contextlib.suppress(ImportError):
        model_selection: Any = importlib.import_module("sklearn.model_selection")
        split = model_selection.train_test_split
        model_selection.train_test_split = lambda *arrays, **kwargs: (
            _split(*arrays) if _has_fake(arrays) else split(*arrays, **kwargs)
        )
        datasets: Any = importlib.import_module("sklearn.datasets")
        for name in [name for name in dir(datasets) if name.startswith("fetch_")]:
            setattr(datasets, name, _or_fake(getattr(datasets, name), OSError))
        datasets.fetch_california_housing = _houses
        utils: Any = importlib.import_module("sklearn.utils")
        shuffle = utils.shuffle
        utils.shuffle = lambda *arrays, **kwargs: (
            (arrays if len(arrays) > 1 else arrays[0]) if _has_fake(arrays) else shuffle(*arrays, **kwargs)
        )
        for part in _ESTIMATORS:
            module = importlib.import_module(f"sklearn.{part}")
            for cls in {cls for cls in vars(module).values() if isinstance(cls, type)}:
                for name in _TABLE_METHODS:
                    if name in vars(cls):
                        setattr(cls, name, _or_fake(getattr(cls, name)))


def _houses(*, return_X_y: bool = False, as_frame: bool = False, **kwargs: Any) -> Any:
    """`fetch_california_housing`, whose sizes everybody knows: `kwargs` are about the download."""
    import importlib

    import numpy as np

    names = ["MedInc", "HouseAge", "AveRooms", "AveBedrms", "Population", "AveOccup", "Latitude", "Longitude"]
    data: Any = np.zeros((20640, len(names)))
    target: Any = np.zeros((20640,))
    if as_frame:
        pandas: Any = importlib.import_module("pandas")
        data, target = pandas.DataFrame(data, columns=names), pandas.Series(target, name="MedHouseVal")
    if return_X_y:
        return data, target
    bunch: Any = importlib.import_module("sklearn.utils").Bunch
    return bunch(data=data, target=target, feature_names=names, target_names=["MedHouseVal"], DESCR="")


def _has_fake(values: Sequence[Any]) -> bool:
    return any(isinstance(v, Fake) or (isinstance(v, (list, tuple)) and _has_fake(v[:5])) for v in values)


def _or_fake(original: Any, *absent: type[Exception]) -> Any:
    """The function, but a stand-in where it gets one, or where what it reads is absent."""

    @functools.wraps(original, updated=())
    def call(*args: Any, **kwargs: Any) -> Any:
        if _has_fake(args[:4]) or _has_fake([*kwargs.values()]):
            return Fake()
        try:
            return original(*args, **kwargs)
        except absent:
            return Fake()

    return call


def _init_or_fake(cls: Any) -> None:
    """Let a class give a stand-in for a stand-in."""
    original = cls.__new__

    def __new__(made: Any, *args: Any, **kwargs: Any) -> Any:
        if _has_fake(args[:1]) or _has_fake([kwargs.get("data")]):
            return Fake()
        return original(made)

    cls.__new__ = __new__


def lend_files(script: str) -> None:
    """Give the script a small table where it opens a text file that is absent."""
    import builtins

    original = builtins.open

    def lent(file: Any, mode: str = "r", *args: Any, **kwargs: Any) -> Any:
        try:
            return original(file, mode, *args, **kwargs)
        except FileNotFoundError:
            if "b" in mode or "r" not in mode or sys._getframe(1).f_code.co_filename != script:
                raise
            line = ",".join([_sizes.field] * _sizes.columns)
            return io.StringIO("\n".join([line] * _sizes.rows))

    builtins.open = lent


def confine(folder: str) -> None:
    """Forbid the process to write elsewhere, to start programs and to use the network."""
    allowed = (os.path.realpath(folder) + os.sep, "/dev/")
    ends = frozenset({"os.system", "os.exec", "os.fork", "os.forkpty", "os.posix_spawn", "os.kill", "os.killpg"})
    changes = frozenset(
        {"os.remove", "os.rename", "os.mkdir", "os.rmdir", "os.link", "os.symlink", "os.truncate", "os.chmod"}
    )

    def inside(path: Any) -> bool:
        if isinstance(path, int):
            return True
        return (os.path.realpath(os.fsdecode(path)) + os.sep).startswith(allowed)

    def hook(event: str, args: tuple[Any, ...]) -> None:
        if event in ends or event in ("subprocess.Popen", "socket.connect", "socket.bind", "socket.getaddrinfo"):
            raise PermissionError(f"{event} is not allowed here")
        if event == "open":
            path, mode, flags = args
            writes = bool(flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT)) if isinstance(flags, int) else False
            if (writes or (isinstance(mode, str) and set(mode) & set("wax+"))) and not inside(path):
                raise PermissionError(f"writing {path!r} is not allowed here")
        elif event in changes and not inside(args[0]):
            raise PermissionError(f"{event} is not allowed here")

    sys.addaudithook(hook)


# --- recording -------------------------------------------------------------------------------------------------------


class TimeIsUp(BaseException):
    """The script has run long enough."""


@dataclass
class _Record:
    model: Any
    row: int
    code: types.CodeType  # of the function of the script that builds it
    start: str | None  # the function that the recorder called, None for the script itself
    key: Any  # of the call into keras.applications
    cut: bool = False  # something failed while it was being built


@dataclass
class Recorder:
    """What happens while the script runs."""

    path: str
    records: list[_Record] = field(default_factory=list)
    rows: set[int] = field(default_factory=set)  # that ran
    failed: dict[int, str] = field(default_factory=dict)  # rows on which something was raised
    entered: set[types.CodeType] = field(default_factory=set)
    events: int = 0
    layers: int = 0  # made so far
    start: str | None = None
    end: str = "finished"
    complete: bool = True

    def trace(self, frame: types.FrameType, event: str, argument: Any) -> Any:
        """The trace function: only frames of the script are followed."""
        if frame.f_code.co_filename != self.path:
            return None
        self.entered.add(frame.f_code)
        return self.follow

    def follow(self, frame: types.FrameType, event: str, argument: Any) -> Any:
        """The trace function of a frame of the script."""
        if event == "line":
            self.events += 1
            self.rows.add(frame.f_lineno)
        elif event == "exception" and not issubclass(argument[0], (StopIteration, GeneratorExit)):
            self.failed.setdefault(frame.f_lineno, f"{argument[0].__name__}: {argument[1]}"[:300])
        return self.follow

    def note(self, model: Any) -> None:
        """A model is about to be initialised."""
        frame: types.FrameType | None = sys._getframe(2)
        through = None
        while frame is not None and frame.f_code.co_filename != self.path:
            file, name = frame.f_code.co_filename, frame.f_code.co_name
            if f"{os.sep}keras{os.sep}" in file and f"site-packages{os.sep}" in file:
                if name == "inject_functional_model_class" or file.endswith(("models/sequential.py", "trainer.py")):
                    if name != "__new__":
                        return
                elif self._is_of(file):
                    return  # another module of the same project
                elif "/applications/" in file or file.endswith("models/cloning.py"):
                    through = file
                elif name not in ("__new__", "wrapper"):
                    return
            elif "site-packages" not in file and not file.startswith("<"):
                return  # another module of the same project
            frame = frame.f_back
        if frame is None:
            return
        positions = list(frame.f_code.co_positions())[frame.f_lasti // 2]
        key = (id(frame), self.events) if through else None
        record = _Record(model, positions[0] or frame.f_lineno, frame.f_code, self.start, key)
        if key is not None and self.records and self.records[-1].key == key:
            self.records[-1] = record  # the model that the function of keras.applications returns is its last
        else:
            self.records.append(record)

    def _is_of(self, file: str) -> bool:
        """Whether the file stands beside the script, in the sources of Keras itself."""
        return "/applications/" in self.path and os.path.dirname(file) == os.path.dirname(self.path)

    def watch(self) -> None:
        """Record every model from now on."""
        from keras import Layer, Model

        original = Layer.__new__

        def __new__(cls: Any, *args: Any, **kwargs: Any) -> Any:
            made = original(cls, *args, **kwargs)
            self.layers += 1
            if isinstance(made, Model):
                self.note(made)
            return made

        Layer.__new__ = __new__

    def cut_short(self, error: BaseException, text: str, names: dict[str, Any]) -> None:
        """Mark the models that the script would have gone on building."""
        from keras import Sequential

        self.complete = False
        codes = set()
        rows = []
        step = error.__traceback__
        while step is not None:
            if step.tb_frame.f_code.co_filename == self.path:
                codes.add(step.tb_frame.f_code)
                rows.append(step.tb_lineno)
            step = step.tb_next
        later = "\n".join(text.split("\n")[min(rows, default=1) - 1 :])
        for record in self.records:
            is_top = record.code.co_name == "<module>"  # its statements are compiled one by one
            if not (is_top or record.code in codes) or not _is_open(record.model):
                continue
            if not is_top:
                record.cut = True
                continue
            known = [re.escape(name) for name, value in names.items() if value is record.model]
            grown = r"add|pop|build|layers\s*\.\s*(pop|insert|append|extend)"
            if not known and not _is_held(record.model, names):
                continue  # another model has taken its name: nothing can reach it any more
            adds = rf"\b({'|'.join(known)})\s*\.\s*({grown})\b" if known else r"\.(add|pop)\("
            grows = isinstance(record.model, Sequential) and re.search(adds, later) is not None
            record.cut = record.cut or grows  # a later failure does not undo an earlier one


def _is_held(model: Any, names: dict[str, Any]) -> bool:
    """Whether an object of the script holds the model."""
    for value in names.values():
        parts = value.values() if isinstance(value, dict) else value if isinstance(value, (list, tuple, set)) else ()
        if any(part is model for part in (*parts, *getattr(value, "__dict__", {}).values())):
            return True
    return False


def _is_open(model: Any) -> bool:
    """Whether the model can grow after its construction."""
    from keras.src.models.functional import Functional

    return type(model) is not Functional


# --- the script ------------------------------------------------------------------------------------------------------


def run_script(request: dict[str, Any]) -> dict[str, Any]:
    """Run one script in this process and tell what it built."""
    global _sizes
    _sizes = _VARIANTS[request.get("variant", 0)]
    recorder = Recorder(request["path"])
    # TensorFlow's private copy of Keras 2 shares no classes with Keras.
    text = request["text"].replace("tensorflow.python.keras", "tensorflow.keras")
    names: dict[str, Any] = {"__name__": "__main__", "__file__": request["path"], "get_ipython": Fake()}
    lend_files(request["path"])
    names["__builtins__"] = __builtins__
    names["__package__"] = request["package"] or None
    main = types.ModuleType("__main__")
    main.__dict__.update(names)
    sys.modules["__main__"] = main
    sys.argv = [request["path"]]
    sys.path.insert(0, request["root"])
    sys.path.insert(0 if not request["package"] else len(sys.path), os.path.dirname(request["path"]))
    sys.path += request.get("project", [])
    recorder.watch()
    signal.signal(signal.SIGALRM, _Watch(recorder, request["seconds"]).ring)
    signal.setitimer(signal.ITIMER_REAL, 1.0, 1.0)
    try:
        _run_body(recorder, text, main)
        _run_builders(recorder, main)
    except TimeIsUp:
        recorder.end = "time is up"
        recorder.complete = False
    finally:
        sys.settrace(None)
        signal.setitimer(signal.ITIMER_REAL, 0)
    return {
        "end": recorder.end,
        "complete": recorder.complete,
        "models": [_described(record) for record in recorder.records],
        "rows": sorted(recorder.rows),
        "failed": recorder.failed,
    }


class _Watch:
    """Ends a script that has run long enough, or only repeats itself, as a loop that trains does."""

    def __init__(self, recorder: Recorder, seconds: float) -> None:
        self.recorder = recorder
        self.end = time.monotonic() + seconds
        self.seen = (-1, -1)
        self.since = 0.0

    def ring(self, *args: Any) -> None:
        """Called every second."""
        now = time.monotonic()
        seen = len(self.recorder.rows), self.recorder.layers
        if seen != self.seen:
            self.seen, self.since = seen, now
        if now > self.end or now > self.since + _STANDSTILL:
            signal.setitimer(signal.ITIMER_REAL, 0)
            raise TimeIsUp


def _run_body(recorder: Recorder, text: str, main: types.ModuleType) -> None:
    """The statements of the module; one that fails for want of data is left out, and stand-ins are what it assigns."""
    import warnings

    warnings.simplefilter("ignore")
    tree = ast.parse(text)
    for statement in tree.body:
        body = ast.Module([statement], [])
        flags = 0x100000 if "from __future__ import annotations" in text else 0
        code = compile(body, recorder.path, "exec", flags, dont_inherit=True)
        try:
            sys.settrace(recorder.trace)
            exec(code, main.__dict__)
        except TimeIsUp as error:
            recorder.cut_short(error, text, main.__dict__)
            raise
        except BaseException as error:
            sys.settrace(None)
            recorder.cut_short(error, text, main.__dict__)
            innermost = _rows(error, recorder.path)[-1:]
            recorder.end = f"row {innermost[0] if innermost else '?'}: {type(error).__name__}: {error}"[:300]
            if isinstance(error, SystemExit) or not _harmless(statement, error, main.__dict__):
                return
            for name in _assigned(statement):
                main.__dict__[name] = Fake()
        finally:
            sys.settrace(None)


def _rows(error: BaseException, path: str) -> list[int]:
    step, rows = error.__traceback__, []
    while step is not None:
        if step.tb_frame.f_code.co_filename == path:
            rows.append(step.tb_lineno)
        step = step.tb_next
    return rows


def _assigned(statement: ast.stmt) -> list[str]:
    return [n.id for n in ast.walk(statement) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)]


def _harmless(statement: ast.stmt, error: BaseException, names: dict[str, Any]) -> bool:
    """Whether what comes after the failed statement still builds the models it would have built."""
    import keras

    step = error.__traceback__
    while step is not None:
        file = step.tb_frame.f_code.co_filename
        if "site-packages/keras" in file and not re.search("keras/src/(utils|legacy|datasets|random|backend)/", file):
            return False
        step = step.tb_next
    if isinstance(error, ImportError):
        return False
    for node in ast.walk(statement):
        if isinstance(node, ast.Attribute) and node.attr in ("add", "pop", "keras"):
            return False
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            value = names.get(node.id)
            if isinstance(value, (keras.Layer, keras.KerasTensor)) or value is keras or value is keras.layers:
                return False
            if node.id not in names and not hasattr(__builtins__, node.id) and node.id[0].isupper():
                return False
            if isinstance(value, type) and issubclass(value, keras.Layer):
                return False
    return True


def _run_builders(recorder: Recorder, main: types.ModuleType) -> None:
    """Call the functions that nobody calls, where they need no arguments."""
    functions = {
        name: value
        for name, value in list(main.__dict__.items())
        if isinstance(value, types.FunctionType) and value.__code__.co_filename == recorder.path
    }
    called = {name for function in functions.values() for name in _global_names(function.__code__)}
    for name, function in functions.items():
        if function.__code__ in recorder.entered or name in called or not _BUILDER.match(name):
            continue
        parameters = inspect.signature(function).parameters.values()
        wanted = [p for p in parameters if p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD) and p.default is p.empty]
        if wanted or inspect.isgeneratorfunction(function):
            continue
        recorder.start = function.__name__
        try:
            sys.settrace(recorder.trace)
            function()
        except TimeIsUp as error:
            recorder.cut_short(error, "", {})
            raise
        except BaseException as error:
            recorder.cut_short(error, "", {})
        finally:
            sys.settrace(None)


def _global_names(code: types.CodeType) -> Iterator[str]:
    yield from code.co_names
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            yield from _global_names(constant)


# --- the answer ------------------------------------------------------------------------------------------------------


def _described(record: _Record) -> dict[str, Any]:
    """One model as JSON; `failed` where Keras refused it."""
    model = record.model
    result: dict[str, Any] = {
        "row": record.row,
        "start": record.start,
        "class": type(model).__name__,
        "kind": _kind(model),
        "library": record.key is not None,
        "cut": record.cut,
        "failed": False,
        "built": False,
        "layers": [],
        "total": None,
        "trainable": None,
    }
    try:
        result["layers"] = [_layer(layer) for layer in model.layers]
        result["built"] = bool(model.built) and all(_is_built(layer) for layer in model._flatten_layers())
        if result["built"]:
            if any(model is one for one in _built_on_few):
                for layer in result["layers"]:
                    layer["shapes"] = [[[None, *shape[1:]] for shape in shapes] for shapes in layer["shapes"]]
            result["total"] = _count(model.weights)
            result["trainable"] = _count(model.trainable_weights)
    except Exception as error:
        result["failed"] = f"{type(error).__name__}: {error}"[:200]
    return result


def _kind(model: Any) -> str:
    import keras
    from keras.src.models.functional import Functional

    if type(model) is keras.Sequential:
        return "Sequential"
    return "Functional" if type(model) is Functional else "subclassed"


def _is_built(layer: Any) -> bool:
    return bool(layer.built)


def _count(weights: Sequence[Any]) -> int:
    total = 0
    for weight in weights:
        size = 1
        for dim in weight.shape:
            size *= dim
        total += size
    return total


def _layer(layer: Any) -> dict[str, Any]:
    import keras

    shapes: list[Any] = []
    for node in layer._inbound_nodes:
        shape = [list(tensor.shape) for tensor in node.output_tensors]
        if shape not in shapes:
            shapes.append(shape)
    if not shapes and getattr(layer, "_build_shapes_dict", None):
        with contextlib.suppress(Exception):
            output = layer.compute_output_shape(**layer._build_shapes_dict)
            flat = [output] if isinstance(output[0], (int, type(None))) else keras.tree.flatten(output)
            shapes = [[list(shape) for shape in flat]] if all(isinstance(s, (tuple, list)) for s in flat) else []
    return {
        "name": layer.name,
        "class": type(layer).__name__,
        "shapes": shapes,
        "params": _count(layer.weights) if all(_is_built(one) for one in layer._flatten_layers()) else None,
    }


# --- the server ------------------------------------------------------------------------------------------------------


def _child(request: dict[str, Any], answer: int) -> None:
    resource.setrlimit(resource.RLIMIT_DATA, (_MEMORY, _MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        os.chdir(folder)
        os.environ.update(HOME=folder, TMPDIR=folder)
        tempfile.tempdir = folder
        sys.setrecursionlimit(5000)
        nothing = open(os.devnull, "r+")  # noqa: SIM115
        sys.stdout = sys.stderr = sys.stdin = nothing
        sys.dont_write_bytecode = True
        sys.meta_path.append(_StandInFinder())
        _quiet_numpy()
        confine(folder)
        try:
            result = run_script(request)
        except BaseException as error:
            result = {"end": f"recorder: {type(error).__name__}: {error}"[:300], "models": [], "rows": [], "failed": {}}
            result["complete"] = False
        data = json.dumps(result).encode()
        while data:
            data = data[os.write(answer, data) :]
        os.close(answer)
    os._exit(0)


def _answered(request: dict[str, Any]) -> str:
    """The child's line, or a line saying that it was killed."""
    import select

    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(read)
        try:
            _child(request, write)
        finally:
            os._exit(1)
    os.close(write)
    end = time.monotonic() + request["seconds"] + 30
    answer = io.BytesIO()
    while True:
        ready, _, _ = select.select([read], [], [], max(0.0, end - time.monotonic()))
        data = os.read(read, 1 << 16) if ready else b""
        if not data:
            break
        answer.write(data)
    os.close(read)
    with contextlib.suppress(ProcessLookupError):
        os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    text = answer.getvalue().decode()
    with contextlib.suppress(ValueError):
        json.loads(text)
        return text
    return json.dumps({"end": "killed", "complete": False, "models": [], "rows": [], "failed": {}})


def main() -> None:
    """Answer requests until there are no more."""
    out = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what libraries print is no answer
    import tensorflow as tf

    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    quiet_keras()
    quiet_tables()
    for line in sys.stdin:
        out.write(_answered(json.loads(line)) + "\n")
        out.flush()


if __name__ == "__main__":
    main()
