"""Messages about imports, versions, pretrained networks, memory and the machine."""

from __future__ import annotations

from collections.abc import Iterator

from kerascheck.explain.messages.base import SHAPE, Groups, Message

#: Where names of older generations are today.
_MOVED = {
    "np_utils": "`from keras.utils import to_categorical`",
    "to_categorical": "`from keras.utils import to_categorical`",
    "text": "`keras.layers.TextVectorization`; the old `Tokenizer` is "
    "`tensorflow.keras.preprocessing.text.Tokenizer` up to TensorFlow 2.15",
    "sequence": "`keras.utils.pad_sequences`, `keras.utils.timeseries_dataset_from_array`",
    "scikit_learn": "`pip install scikeras`, then `from scikeras.wrappers import KerasClassifier`; Keras 3 "
    "has `keras.wrappers.SKLearnClassifier`",
    "KerasClassifier": "`from scikeras.wrappers import KerasClassifier`, or `keras.wrappers.SKLearnClassifier`",
    "KerasRegressor": "`from scikeras.wrappers import KerasRegressor`, or `keras.wrappers.SKLearnRegressor`",
    "CuDNNLSTM": "`LSTM`, which uses cuDNN by itself",
    "CuDNNGRU": "`GRU`, which uses cuDNN by itself",
    "merge": "`keras.layers.add`, `concatenate`, `multiply`, ...",
    "Merge": "`keras.layers.Add()`, `Concatenate()`, ...",
    "ImageDataGenerator": "`keras.src.legacy.preprocessing.image.ImageDataGenerator`, better "
    "`keras.utils.image_dataset_from_directory` with augmentation layers",
    "load_img": "`keras.utils.load_img`",
    "img_to_array": "`keras.utils.img_to_array`",
    "pad_sequences": "`keras.utils.pad_sequences`",
    "plot_model": "`keras.utils.plot_model`",
    "BatchNormalization": "`from keras.layers import BatchNormalization`",
    "Adam": "`from keras.optimizers import Adam`",
    "adam": "`keras.optimizers.Adam`",
    "sgd": "`keras.optimizers.SGD`",
    "legacy": "`keras.optimizers.Adam` and the others, without `legacy`",
    "set_session": "nothing: TensorFlow 2 has no sessions",
    "vis_utils": "`from keras.utils import plot_model`",
    "multi_gpu_model": "`keras.distribution` or `tf.distribute.MirroredStrategy`",
    "Convolution2D": "`keras.layers.Conv2D`",
}
_LAYER_MODULES = {
    "core", "convolutional", "recurrent", "embeddings", "normalization", "merge", "pooling", "advanced_activations",
    "noise", "wrappers", "local", "cudnn_recurrent", "convolutional_recurrent",
}  # fmt: skip


def _about_moved(found: Groups) -> Iterator[str]:
    module, name = found.get("module", ""), found.get("name", "")
    last = module.rpartition(".")[2]
    if not name and ".layers." in f".{module}." and last in _LAYER_MODULES:
        yield "All layers are in one module: `from keras.layers import ...`"
    elif (new := _MOVED.get(name or last)) is not None:
        yield f"Today: {new}"
    elif last == "keras" and "tensorflow" in module:
        yield "`import keras` where TensorFlow 2.16 or newer is installed"


MESSAGES: tuple[Message, ...] = (
    Message(
        id="no-tensorflow",
        patterns=(r"No module named '(?P<module>tensorflow|keras|jax|torch|tf_keras)'",),
        title="`{module}` is not installed for the Python that runs the program",
        page="`No module named 'tensorflow'`, `No module named 'keras'`",
        why="`pip` and `python` may belong to different environments, or TensorFlow has no release "
        "for your version of Python yet. Keras needs one of TensorFlow, JAX and PyTorch "
        "(`KERAS_BACKEND`).",
        todo=(
            "`python -m pip install {module}` with the very `python` that runs the program; in a "
            "notebook `%pip install {module}`",
            "Check `python --version`: new versions of Python are supported some months after their release",
        ),
        examples=("ModuleNotFoundError: No module named 'tensorflow'", "ModuleNotFoundError: No module named 'jax'"),
    ),
    Message(
        id="moved-module",
        patterns=(
            r"No module named "
            r"['\"](?P<module>(?:tensorflow\.|tensorflow\.python\.)?keras\.[\w.]+)['\"]",
            r"No module named "
            r"['\"](?P<module>tensorflow\.(?:contrib|examples|python|compat)[\w.]*)['\"]",
        ),
        title="There is no module `{module}` in this version",
        page="`No module named 'keras.layers.core'`, `'keras.utils.np_utils'`, "
        "`'tensorflow.keras.layers.embeddings'`, `'keras.wrappers'`",
        why="The code was written for an older Keras, which had other modules.",
        todo=(
            "Import from the public modules: `keras.layers`, `keras.models`, `keras.utils`, `keras.optimizers`",
            "Or run the old code with the version that it was written for: `pip install tf-keras` "
            "and `TF_USE_LEGACY_KERAS=1`, or an older TensorFlow",
        ),
        more=_about_moved,
        examples=(
            "ModuleNotFoundError: No module named 'keras.layers.core'",
            "ModuleNotFoundError: No module named 'keras.utils.np_utils'",
            "ModuleNotFoundError: No module named 'tensorflow.keras.layers.embeddings'",
        ),
    ),
    Message(
        id="moved-name",
        patterns=(
            r"cannot import name ['\"](?P<name>\w+)['\"] from "
            r"['\"](?P<module>(?:tensorflow\.|tensorflow\.python\.)?(?:keras|tensorflow)[\w.]*)['\"]",
            r"`(?P<module>keras\.optimizers)\.(?P<name>legacy)` is not supported in Keras 3",
        ),
        title="`{module}` has no `{name}` in this version",
        page="`cannot import name 'np_utils' from 'keras.utils'`, `cannot import name 'Adam' from 'keras.optimizers'`",
        why="The name was moved or removed between versions, or a file of your own is called "
        "`keras.py` or `tensorflow.py` and hides the package.",
        todo=(
            "Look for a file `keras.py` or `tensorflow.py` beside your program",
            "Look the name up in the API documentation of your version (`keras.__version__`)",
        ),
        more=_about_moved,
        examples=(
            "ImportError: cannot import name 'np_utils' from 'keras.utils' "
            "(/usr/lib/python3/dist-packages/keras/utils/__init__.py)",
            "ImportError: cannot import name 'CuDNNLSTM' from 'keras.layers'",
            "ImportError: `keras.optimizers.legacy` is not supported in Keras 3. When using "
            "`tf.keras`, to continue using a legacy optimizer, install `tf_keras`",
        ),
    ),
    Message(
        id="moved-attribute",
        patterns=(
            r"module ['\"](?P<module>(?:tensorflow\.|tensorflow\.python\.)?keras[\w.]*)['\"] has no "
            r"attribute ['\"](?P<name>\w+)['\"]",
        ),
        title="`{module}` has no `{name}` in this version",
        page="`module 'keras.optimizers' has no attribute 'adam'`, `module 'keras.backend' has no attribute`",
        why="The name was moved, renamed or removed between versions. Most functions of "
        "`keras.backend` are in `keras.ops` now.",
        todo=(
            "Look the name up in the API documentation of your version (`keras.__version__`)",
            "Functions of `keras.backend`: `keras.ops`",
        ),
        more=_about_moved,
        examples=(
            "AttributeError: module 'keras.optimizers' has no attribute 'adam'",
            "AttributeError: module 'keras.backend' has no attribute 'set_session'",
        ),
    ),
    Message(
        id="application-shape",
        patterns=(
            rf"[Ww]hen setting `include_top=True` and loading `?imagenet`? weights, `input_shape` "
            rf"should be (?P<wanted>{SHAPE})\.? Received: input_shape=(?P<found>{SHAPE})",
            rf"Input size must be at least (?P<wanted>\d+x\d+); ?Received: ?input_shape=(?P<found>{SHAPE})",
        ),
        title="This pretrained network expects images of {wanted}, not {found}",
        page="`When setting include_top=True and loading imagenet weights, input_shape should be "
        "(224, 224, 3)`, `Input size must be at least 75x75`",
        why="With its classifier (`include_top=True`) a network works on one size only; without it, on any size above "
        "a minimum.",
        todo=(
            '`include_top=False, input_shape=..., pooling="avg"` and your own `Dense` after it',
            "Or resize the images",
        ),
        rules=("KC205",),
        examples=(
            "ValueError: When setting `include_top=True` and loading `imagenet` weights, "
            "`input_shape` should be (224, 224, 3).  Received: input_shape=(32, 32, 3)",
            "ValueError: Input size must be at least 75x75; Received: input_shape=(32, 32, 3)",
        ),
    ),
    Message(
        id="application-channels",
        patterns=(rf"The input must have (?P<wanted>\d+) channels; Received `input_shape=(?P<found>{SHAPE})`",),
        title="Weights of ImageNet need images with {wanted} channels, not {found}",
        page="`The input must have 3 channels; Received input_shape=(..., 1)`",
        why="The first convolution was trained on colour images.",
        todo=(
            "Repeat the greyscale channel: `np.repeat(x, 3, axis=-1)` or `keras.layers.Concatenate()([x, x, x])`",
            "Or train from the start: `weights=None`",
        ),
        rules=("KC205",),
        examples=("ValueError: The input must have 3 channels; Received `input_shape=(224, 224, 1)`",),
    ),
    Message(
        id="application-classes",
        patterns=(
            r"[Ii]f using `?weights`? ?(?:=|as) ?[`'\"]*imagenet[`'\"]* with `include_top`?(?:=| as "
            r")`?[Tt]rue`?,? `classes` should be 1000\.?(?: Received:? classes=(?P<found>\d+))?",
        ),
        title="With ImageNet weights and `include_top=True` there are 1000 classes, not {found|another number}",
        page="`If using weights='imagenet' with include_top=True, classes should be 1000`",
        why="The top of the network was trained for the classes of ImageNet.",
        todo=('`include_top=False, pooling="avg"` and `Dense({found|n}, activation="softmax")` after it',),
        rules=("KC205",),
        examples=(
            "ValueError: If using `weights='imagenet'` with `include_top=True`, `classes` should be "
            "1000.  Received classes=10",
        ),
    ),
    Message(
        id="application-weights",
        patterns=(r"The `weights` argument should be either `None` .{0,160}Received: ?`?weights=(?P<value>\S{1,200})",),
        title="{value} is neither a set of weights nor a file",
        page="`The weights argument should be either None (random initialization), 'imagenet', or the "
        "path to the weights file`",
        why='`weights` is None, `"imagenet"`, or the path of a file that exists.',
        todo=("Check the spelling or the path",),
        rules=("KC205",),
        examples=(
            "ValueError: The `weights` argument should be either `None` (random initialization), "
            "'imagenet' (pre-training on ImageNet), or the path to the weights file to be loaded.  "
            "Received: weights=imagnet",
        ),
    ),
    Message(
        id="out-of-memory",
        patterns=(
            rf"OOM when allocating tensor with shape ?(?P<shape>{SHAPE})",
            r"Out of memory (?:while trying to allocate|allocating|trying to allocate) "
            r"(?P<size>[\d.]+ ?\w*)",
            r"Unable to allocate (?P<size>[\d.]+ [KMGTPE]?i?B) for an array with shape "
            r"(?P<shape>\([^)]{0,80}\))",
            r"RESOURCE_EXHAUSTED",
            r"ResourceExhaustedError",
            r"CUDA out of memory",
            r"Dst tensor is not initialized",
            r"failed to allocate (?P<size>[\d.]+ ?\w+) .{0,40}from device: CUDA_ERROR_OUT_OF_MEMORY",
        ),
        title="Out of memory: {size|for a tensor} {shape|}",
        page="OOM: `OOM when allocating tensor with shape`, `ResourceExhaustedError`, `Unable to "
        "allocate ... for an array`, `CUDA out of memory`",
        why="Weights, the activations of all layers for one batch (kept for the gradients) and the state of the "
        "optimizer must fit. A large `Flatten` before a `Dense`, large images or batches, or data as one array are "
        "the usual causes; another process may hold the GPU.",
        todo=(
            "Halve `batch_size` until it fits",
            "Look at the largest layers: `kerascheck summary`; replace `Flatten` by global pooling",
            "Feed data in batches from disk (tf.data, PyDataset), and keep images as uint8 until they are used",
            "Close other notebooks and programs on the GPU (`nvidia-smi`); "
            '`keras.mixed_precision.set_global_policy("mixed_float16")`',
        ),
        examples=(
            "ResourceExhaustedError: OOM when allocating tensor with shape[32,256,224,224] and type "
            "float on /job:localhost/replica:0/task:0/device:GPU:0",
            "numpy._core._exceptions._ArrayMemoryError: Unable to allocate 728. TiB for an array "
            "with shape (1000000, 1000000, 100) and data type float64",
            "jaxlib.xla_extension.XlaRuntimeError: RESOURCE_EXHAUSTED: Out of memory while trying to "
            "allocate 4294967296 bytes.",
        ),
    ),
    Message(
        id="gpu-libraries",
        patterns=(
            r"Cannot dlopen some GPU libraries",
            r"Could not load dynamic library '(?P<name>lib\w+)",
            r"Could not find cuda drivers on your machine",
            r"failed call to cuInit",
            r"Could not find TensorRT",
            r"Unable to register cuDNN factory",
        ),
        title="TensorFlow does not find the GPU libraries, and runs on the CPU",
        page="`Could not load dynamic library 'libcudart.so'`, `Cannot dlopen some GPU libraries`, "
        "`Could not find cuda drivers on your machine`",
        why="It is a note, not an error. Without an NVIDIA GPU there is nothing to do.",
        todo=(
            "With a GPU on Linux: `pip install 'tensorflow[and-cuda]'`, then `python -c \"import "
            "tensorflow as tf; print(tf.config.list_physical_devices('GPU'))\"`",
            "On Windows, TensorFlow after 2.10 uses GPUs in WSL2 only",
            "To silence it: `TF_CPP_MIN_LOG_LEVEL=3`",
        ),
        examples=(
            "W tensorflow/core/common_runtime/gpu/gpu_device.cc:1956] Cannot dlopen some GPU "
            "libraries. Please make sure the missing libraries mentioned above are installed properly",
            "Could not load dynamic library 'libcudart.so.11.0'; dlerror: libcudart.so.11.0: cannot "
            "open shared object file",
        ),
    ),
    Message(
        id="cudnn",
        patterns=(
            r"Failed to get convolution algorithm",
            r"DNN library (?:is not found|initialization failed)",
            r"Could not create cudnn handle",
            r"Blas GEMM launch failed",
            r"CUBLAS_STATUS_(?:ALLOC_FAILED|NOT_INITIALIZED)",
            r"Loaded runtime CuDNN library: (?P<found>[\d.]+) but source was compiled with: "
            r"(?P<wanted>[\d.]+)",
        ),
        title="cuDNN could not be started",
        page="`Failed to get convolution algorithm. This is probably because cuDNN failed to "
        "initialize`, `DNN library is not found`",
        why="Either the memory of the GPU is taken already, or the versions of cuDNN and TensorFlow are not "
        "compatible.",
        todo=(
            "Let memory grow: `tf.config.experimental.set_memory_growth(gpu, True)` for each GPU, at "
            "the beginning; close other programs on it",
            "Install the libraries with TensorFlow: `pip install 'tensorflow[and-cuda]'`",
        ),
        examples=(
            "UnknownError: Failed to get convolution algorithm. This is probably because cuDNN failed to initialize",
            "FailedPreconditionError: DNN library initialization failed. Look at the errors above for more details.",
        ),
    ),
    Message(
        id="missing-package",
        patterns=(
            r"You must install (?P<name>pydot|graphviz)",
            r"Could not import (?P<name>PIL)\.Image",
            r"requires? (?:the )?(?P<name>h5py)|(?P<name2>h5py) (?:is )?(?:not available|required)",
            r"[Ff]ailed to import (?P<name>pydot)",
        ),
        title="A package for this function is not installed: {name|h5py}",
        page="`You must install pydot (pip install pydot) for plot_model to work`, `Could not import PIL.Image`",
        why="Pictures of models need pydot and Graphviz, images Pillow, H5 files h5py.",
        todo=(
            "`pip install pydot` and Graphviz itself (`apt install graphviz`, `brew install graphviz`)",
            "`pip install pillow`, `pip install h5py`",
            "`kerascheck graph train.py -o model.svg` draws models without any of these",
        ),
        examples=(
            "ImportError: You must install pydot (`pip install pydot`) for `plot_model` to work.",
            "ImportError: Could not import PIL.Image. The use of `load_img` requires PIL.",
        ),
    ),
    Message(
        id="download",
        patterns=(r"URL fetch failure on (?P<url>\S{1,200})", r"Incomplete or corrupted file detected"),
        title="A data set or weights could not be downloaded: {url|the file is incomplete}",
        page="`URL fetch failure on https://...`, `Incomplete or corrupted file detected`",
        why="There is no network (a cluster node, a proxy, a certificate), or an earlier download was interrupted.",
        todo=(
            "Delete the file in `~/.keras/datasets` or `~/.keras/models` and try again",
            "Download it elsewhere and put it there under the same name",
        ),
        examples=(
            "Exception: URL fetch failure on "
            "https://storage.googleapis.com/tensorflow/tf-keras-datasets/mnist.npz: None -- [Errno "
            "-2] Name or service not known",
        ),
    ),
    Message(
        id="protobuf",
        patterns=(r"Descriptors cannot (?:not )?be created directly",),
        title="The installed protobuf is too new for this TensorFlow",
        page="`Descriptors cannot be created directly` (protobuf)",
        why="TensorFlow before 2.12 only works with protobuf 3.",
        todo=("`pip install 'protobuf<4'`, or a newer TensorFlow",),
        examples=("TypeError: Descriptors cannot not be created directly.",),
    ),
    Message(
        id="numpy-alias",
        patterns=(
            r"module 'numpy' has no attribute "
            r"'(?P<name>object|bool|int|float|str|complex|typeDict|unicode|product|in1d|float_|NaN|Inf)'",
        ),
        title="`np.{name}` is no longer part of NumPy",
        page="`module 'numpy' has no attribute 'object'` (or `bool`, `float`, `typeDict`)",
        why="NumPy 1.24 and 2.0 removed old names. Your code uses one of them, or an older Keras or TensorFlow does.",
        todo=(
            "In your code: `object`, `bool`, `int`, `float` of Python, or `np.float64`",
            "In a package: a newer version of it, or `pip install 'numpy<1.24'`",
        ),
        examples=(
            "AttributeError: module 'numpy' has no attribute 'object'.",
            "AttributeError: module 'numpy' has no attribute 'typeDict'",
        ),
    ),
    Message(
        id="numpy-version",
        patterns=(
            r"A module that was compiled using NumPy 1\.x cannot be run in NumPy",
            r"_ARRAY_API not found",
            r"numpy\.(?:dtype|ndarray|ufunc) size changed, may indicate binary incompatibility",
            r"Unable to convert function return value to a Python type! The signature was",
        ),
        title="The installed NumPy does not fit the installed TensorFlow (or another compiled package)",
        page="`A module that was compiled using NumPy 1.x cannot be run in NumPy 2`, `numpy.dtype size changed`",
        why="Compiled packages work with the NumPy that they were built for. TensorFlow before 2.18 needs NumPy 1.",
        todo=(
            "`pip install 'numpy<2'`, or a newer TensorFlow: `pip install -U tensorflow`",
            "In a notebook, restart the kernel afterwards",
        ),
        examples=(
            "A module that was compiled using NumPy 1.x cannot be run in NumPy 2.0.0 as it may crash.",
            "AttributeError: _ARRAY_API not found",
            "ValueError: numpy.dtype size changed, may indicate binary incompatibility. Expected 96 from C header, got "
            "88 from PyObject",
        ),
    ),
    Message(
        id="mixed-versions",
        patterns=(
            r"'tensorflow\.python\.framework\.ops' has no attribute '_TensorLike'",
            r"Keras requires TensorFlow [\d.]+ or higher",
            r"trying to use a version of multi-backend Keras that does not support TensorFlow 2",
            r"'\w+' object has no attribute '(?:get_updates|run_eagerly)'",
            r"Expected Operation, Variable, or Tensor, got",
            r"module 'tensorflow\.compat\.v2(?:\.__internal__)?' has no attribute",
        ),
        title="The packages `keras` and `tensorflow` are of versions that do not belong together, or are mixed",
        page="`Keras requires TensorFlow 2.2 or higher`, `'Adam' object has no attribute 'get_updates'`",
        why="Before Keras 3, `keras` and `tensorflow.keras` are two packages with classes of their own; each "
        "version of "
        "TensorFlow needs its own version of `keras`.",
        todo=(
            "Import everything from one of them: `from tensorflow.keras import ...` or `from keras import ...`",
            "Install both again: `pip install -U tensorflow keras`",
        ),
        examples=(
            "ImportError: Keras requires TensorFlow 2.2 or higher. Install TensorFlow via `pip install tensorflow`",
            "AttributeError: 'Adam' object has no attribute 'get_updates'",
            "AttributeError: module 'tensorflow.python.framework.ops' has no attribute '_TensorLike'",
        ),
    ),
    Message(
        id="dll-load",
        patterns=(
            r"DLL load failed while importing _pywrap_tensorflow",
            r"Failed to load the native TensorFlow runtime",
            r"No module named '_pywrap_tensorflow_internal'",
        ),
        title="The compiled part of TensorFlow cannot be loaded on this machine",
        page="`DLL load failed while importing _pywrap_tensorflow_internal`, `Failed to load the native TensorFlow "
        "runtime`",
        why="On Windows the Visual C++ runtime is missing; or the processor is too old (no AVX), Python has 32 "
        "bits, or "
        "the installation is incomplete.",
        todo=(
            "Install the Microsoft Visual C++ redistributable, and restart",
            "Install again in a fresh environment: `python -m venv env`, then `pip install tensorflow`",
        ),
        examples=(
            "ImportError: DLL load failed while importing _pywrap_tensorflow_internal: A dynamic link library (DLL) "
            "initialization routine failed.",
        ),
    ),
    Message(
        id="cpu-note",
        patterns=(
            r"This TensorFlow binary is optimized (?:with|to use)",
            r"oneDNN custom operations are on",
            r"Your CPU supports instructions that this TensorFlow binary was not compiled to use",
        ),
        title="A note: TensorFlow says which instructions of the processor it uses",
        page="`This TensorFlow binary is optimized to use available CPU instructions`, `oneDNN custom operations "
        "are on`",
        why="Nothing is wrong, and training works.",
        todo=(
            "To silence it: `TF_CPP_MIN_LOG_LEVEL=2`, set before TensorFlow is imported",
            "For the same digits with and without oneDNN: `TF_ENABLE_ONEDNN_OPTS=0`",
        ),
        examples=(
            "I tensorflow/core/platform/cpu_feature_guard.cc:210] This TensorFlow binary is optimized to use available "
            "CPU instructions in performance-critical operations.",
            "I tensorflow/core/util/port.cc:153] oneDNN custom operations are on. You may see slightly different "
            "numerical results",
        ),
    ),
    Message(
        id="sklearn-tags",
        patterns=(r"object has no attribute '__sklearn_tags__'",),
        title="The wrapper of a Keras model does not fit the installed scikit-learn",
        page="`'super' object has no attribute '__sklearn_tags__'`",
        why="scikit-learn 1.6 asks estimators for tags, which older versions of scikeras do not know.",
        todo=("`pip install 'scikit-learn<1.6'`, or a newer scikeras",),
        examples=("AttributeError: 'super' object has no attribute '__sklearn_tags__'",),
    ),
    Message(
        id="xla",
        patterns=(
            r"Detected unsupported operations when trying to compile graph .{0,400}?\(No registered "
            r"'(?P<op>\w+)' OpKernel",
            r"JIT compilation failed",
        ),
        title="XLA cannot compile the model: {op|an operation} has no compiled form on this device",
        page="`Detected unsupported operations when trying to compile graph`, `JIT compilation failed`",
        why="Keras 3 compiles the steps of `fit` with XLA where it can. Strings, some operations on images, "
        "Python code in "
        "the model, or CUDA libraries that are not found prevent it.",
        todo=(
            "Switch it off: `model.compile(..., jit_compile=False)`",
            "Move strings and lookups out of the model into a `Dataset.map`",
            "On a GPU: install the CUDA libraries with TensorFlow, `pip install 'tensorflow[and-cuda]'`",
        ),
        examples=(
            "InvalidArgumentError: Detected unsupported operations when trying to compile graph __inference_f_117[] on "
            "XLA_CPU_JIT: EagerPyFunc (No registered 'EagerPyFunc' OpKernel for XLA_CPU_JIT devices)",
            "UnknownError: Graph execution error: JIT compilation failed.",
        ),
    ),
)
