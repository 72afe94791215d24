"""Messages of saving and loading."""

from __future__ import annotations

from collections.abc import Iterator

from kerascheck.explain.messages.base import Groups, Message

_OF_KERAS = frozenset(
    {"Functional", "Sequential", "Model", "InputLayer", "Dense", "Conv2D", "LSTM", "BatchNormalization"}
)


def _about_class(found: Groups) -> Iterator[str]:
    if found.get("name") in _OF_KERAS:
        yield (
            f"`{found['name']}` is of Keras itself: the file comes from a newer version. Load it with "
            f"the version and the "
            "package (`tensorflow.keras` or `keras`) that saved it"
        )


MESSAGES: tuple[Message, ...] = (
    Message(
        id="keras3-batch-shape",
        patterns=(
            r"Unrecognized keyword arguments: \['(?P<name>batch_shape|optional)'",
            r"Unrecognized keyword arguments passed to (?:InputLayer|\w+): "
            r"\{'(?P<name>batch_shape|batch_input_shape)'",
            r"Unknown dtype policy: ?'?DTypePolicy|Unable to "
            r"(?:restore|deserialize).{0,60}'(?P<name>DTypePolicy)'",
        ),
        title="The model was saved by another generation of Keras: its config has `{name|DTypePolicy}`",
        page="A model saved by Keras 3 is loaded by Keras 2, or the other way round (`Unrecognized "
        "keyword arguments: ['batch_shape']`)",
        why="Keras 3 writes `batch_shape` and `DTypePolicy` into its files, Keras 2 "
        "`batch_input_shape`; neither reads all of the other's.",
        todo=(
            "Load it with the version that saved it: `pip install 'keras>=3'` with TensorFlow 2.16 "
            "or newer, or `pip install tf-keras` and "
            "`TF_USE_LEGACY_KERAS=1` for files of Keras 2",
            "Or build the model in code and load only the weights (`.weights.h5`)",
        ),
        examples=(
            "TypeError: Error when deserializing class 'InputLayer' using config={'batch_shape': "
            "[None, 28, 28], 'dtype': 'float32'}.\n\n"
            "Exception encountered: Unrecognized keyword arguments: ['batch_shape']",
        ),
    ),
    Message(
        id="lambda-loading",
        patterns=(
            r"(?:Requested the deserialization of|deserializ\w+) a `?Lambda`? layer "
            r".{0,80}(?:lambda|unsafe|disallowed)",
            r"The `?function`? of this `?Lambda`? layer is a Python lambda",
        ),
        title="The file holds a `Lambda` layer with Python code, which Keras does not load by default",
        page="`Requested the deserialization of a Lambda layer whose function is a Python lambda`",
        why="Loading such a file runs code from it; Keras refuses that by default.",
        todo=(
            "If the file is your own: `load_model(path, safe_mode=False)`",
            "Better: replace the lambda by a custom layer, or by `Rescaling`, `keras.ops` and the like",
        ),
        examples=(
            "ValueError: Requested the deserialization of a `Lambda` layer whose `function` is a "
            "Python lambda. This carries a potential risk of arbitrary code execution",
            "ValueError: Requested the deserialization of a Lambda layer with a Python `lambda` "
            "inside it. This carries a potential risk of arbitrary code execution",
        ),
    ),
    Message(
        id="unknown-function",
        patterns=(
            r"Could not locate function '(?P<name>\w+)'",
            r"Could not deserialize '(?P<name>keras\.metrics\.\w+)' because it is not a KerasSaveable "
            r"subclass",
            r"Unknown object: ?'?(?P<name>\w+)",
        ),
        title="The file names `{name}`, a function that loading cannot find",
        page="`Could not locate function`, `Unknown metric function`, `Could not deserialize 'keras.metrics.mse'`",
        why="Files hold the names of custom losses, metrics and activations, not their code. In H5 files, Keras 3 "
        'does not even find `"mse"` by its name.',
        todo=(
            "Load without the compile settings: `load_model(path, compile=False)`, and compile again",
            'Or name it: `load_model(path, custom_objects={{"{name}": {name}}})`, or decorate it '
            "with `@keras.saving.register_keras_serializable()` before saving",
        ),
        examples=(
            "TypeError: Could not locate function 'own'. Make sure custom classes and functions are "
            "decorated with `@keras.saving.register_keras_serializable()`.",
            "ValueError: Could not deserialize 'keras.metrics.mse' because it is not a KerasSaveable subclass",
        ),
    ),
    Message(
        id="unknown-class",
        more=_about_class,
        patterns=(
            r"Could not locate class '(?P<name>\w+)'",
            r"Unknown (?:layer|object): ?['\"]?(?P<name>[\w>]+)",
            r"Unable to restore custom object of (?:class|type) \"?(?P<name>\w+)",
        ),
        title="The file names `{name}`, a class that loading cannot find",
        page="`Unknown layer: 'MyLayer'`, `Could not locate class 'MyLayer'` (`custom_objects`)",
        why="Files hold the names of custom classes, not their code. The class must be known when the model is "
        "loaded, under the name that it was saved with.",
        todo=(
            'Name it: `keras.models.load_model(path, custom_objects={{"{name}": {name}}})`',
            "Or decorate the class with `@keras.saving.register_keras_serializable()` before saving, "
            "and import its module before loading",
            "For layers of other packages (`hub.KerasLayer`, `tfa.…`) pass the class of that package",
        ),
        examples=(
            "ValueError: Unknown layer: 'L'. Please ensure you are using a "
            "`keras.utils.custom_object_scope` and that this object is included in the scope.",
            "TypeError: Could not locate class 'L'. Make sure custom classes and functions are "
            "decorated with `@keras.saving.register_keras_serializable()`.",
            "ValueError: Unknown layer: AttentionLayer",
        ),
    ),
    Message(
        id="from-config",
        patterns=(
            r"could not be deserialized properly\. .{0,1500}?Exception encountered: "
            r"(?P<reason>[^\n]{1,200})",
            r"Error when deserializing class '(?P<cls>\w+)' using config=.{0,1500}?Exception "
            r"encountered: (?P<reason>[^\n]{1,200})",
        ),
        title="A class cannot be recreated from its saved config: {reason}",
        page="`could not be deserialized properly`, `Error when deserializing class`",
        why="Loading calls the constructor with what `get_config` returned. All of it must be "
        "arguments of `__init__`, `name`, `trainable` and `dtype` included.",
        todo=(
            "Take `**kwargs` in `__init__` and pass it on: `super().__init__(**kwargs)`",
            "Return from `get_config` exactly what `__init__` takes, with `super().get_config()`",
        ),
        examples=(
            "TypeError: <class 'example.L'> could not be deserialized properly. Please ensure that "
            "components that are Python object instances (layers, models, etc.) returned by "
            "`get_config()` are explicitly deserialized in the model's `from_config()` method.\n\n"
            "config={'module': 'example'}.\n\nException encountered: L.__init__() got an unexpected "
            "keyword argument 'name'",
        ),
    ),
    Message(
        id="get-config",
        patterns=(
            r"was created by passing non-serializable argument values in `?__init__\(\)`?, and "
            r"therefore the \w+ must override `?get_config",
            r"[Ll]ayer `?(?P<cls>\w+)`? (?:has|with) arguments? .{0,120}(?:must override|in "
            r"`__init__` and therefore must override) `?get_config",
        ),
        title="A custom layer or model needs `get_config` to be saved",
        page="`Layer has arguments in __init__ and therefore must override get_config`",
        why="A file keeps the arguments of the constructor. Keras cannot guess them where they are "
        "not plain values, or in older versions at all.",
        todo=(
            'Add `def get_config(self): return {{**super().get_config(), "units": self.units}}` '
            "with all arguments of `__init__`",
            'Or save the weights only: `model.save_weights("model.weights.h5")`',
        ),
        examples=(
            "NotImplementedError: Object L was created by passing\nnon-serializable argument values "
            "in `__init__()`,\nand therefore the layer must override `get_config()` in\norder to be "
            "serializable.",
            "NotImplementedError: Layer L has arguments in `__init__` and therefore must override `get_config`.",
        ),
    ),
    Message(
        id="save-ending",
        patterns=(
            r"Invalid filepath extension for saving\..{0,400}?Received: "
            r"filepath=(?P<path>\S{1,200}?)\.?(?:\s|$)",
            r"The `?(?P<name>save_format)`? argument is deprecated in Keras 3",
            r"The following argument\(s\) are not supported with the native Keras format: "
            r"\['(?P<name>\w+)'",
        ),
        title="A model file must end in `.keras` (or `.h5`); {path|this} does not",
        page="`Invalid filepath extension for saving. Please add either a .keras extension`",
        why="In Keras 3, `save` writes a file, not a SavedModel folder.",
        todo=('`model.save("model.keras")`', 'For TFLite, TF Serving and the like: `model.export("folder")`'),
        examples=(
            "ValueError: Invalid filepath extension for saving. Please add either a `.keras` "
            "extension for the native Keras format (recommended) or a `.h5` extension. Use "
            "`model.export(filepath)` if you want to export a SavedModel for use with "
            "TFLite/TFServing/etc. Received: filepath=model.",
        ),
    ),
    Message(
        id="load-ending",
        patterns=(r"File format not supported: filepath=(?P<path>[^\n]{1,200}?)\. Keras 3 only supports",),
        title="Keras 3 cannot load {path} as a model: it is not a `.keras` or `.h5` file",
        page="`File format not supported: ... Keras 3 only supports V3 .keras files and legacy H5 format files`",
        why="SavedModel folders of Keras 2, and files with other endings, are not read by `load_model`.",
        todo=(
            'A SavedModel, for inference: `keras.layers.TFSMLayer("{path}", call_endpoint="serving_default")`',
            "Load it in Keras 2 (`tf_keras`) and save it as `.keras` or `.h5`",
            "An H5 file with another ending: rename it to `.h5`",
        ),
        examples=(
            "ValueError: File format not supported: filepath=saved. Keras 3 only supports V3 "
            "`.keras` files, legacy H5 format files (`.h5` extension).",
        ),
    ),
    Message(
        id="checkpoint-ending",
        patterns=(
            r"The filepath provided must end in `\.keras` \(Keras model format\)\. Received: "
            r"filepath=(?P<path>\S{1,200})",
        ),
        title="`ModelCheckpoint` writes `.keras` files; {path} ends otherwise",
        page="`The filepath provided must end in .keras (Keras model format)`",
        why="Endings such as `.hdf5` and `.h5`, or none, belong to Keras 2.",
        todo=('`ModelCheckpoint("model.keras")`; for weights only `"model.weights.h5"` with `save_weights_only=True`',),
        examples=(
            "ValueError: The filepath provided must end in `.keras` (Keras model format). Received: filepath=m.hdf5",
        ),
    ),
    Message(
        id="model-file-missing",
        patterns=(
            r"File not found: filepath=(?P<path>[^\n]{1,200}?)\. Please ensure the file is an "
            r"accessible",
            r"(?:SavedModel file does not exist at|No file or directory found at):? "
            r"(?P<path>[^\n]{1,200})",
            r"[Uu]nable to (?:synchronously )?open file \(unable to open file:? ?\(?name = "
            r"'(?P<path>[^']{1,200})'",
        ),
        title="There is no model file {path}, or it is not in the format of its ending",
        page="`File not found: filepath=... Please ensure the file is an accessible .keras zip file`, "
        "`Unable to open file`",
        why="The path is relative to the folder in which the program runs, which is not always that of the script. "
        "The first form also appears where the file exists but is not a `.keras` file: an H5 file, or an incomplete "
        "one.",
        todo=("Print `os.getcwd()` and `os.path.exists(path)`", "An older H5 file: rename it to `.h5`"),
        examples=(
            "ValueError: File not found: filepath=none.keras. Please ensure the file is an "
            "accessible `.keras` zip file.",
            "FileNotFoundError: [Errno 2] Unable to synchronously open file (unable to open file: "
            "name = 'none.h5', errno = 2, error message = 'No such file or directory', flags = 0, "
            "o_flags = 0)",
            "OSError: SavedModel file does not exist at: model.h5/{saved_model.pbtxt|saved_model.pb}",
        ),
    ),
    Message(
        id="broken-model-file",
        patterns=(
            r"[Uu]nable to (?:synchronously )?open file \((?P<reason>file signature not "
            r"found|truncated file[^)]{0,80}|bad object header[^)]{0,80})\)",
            r"(?P<reason>File is not a zip file)",
        ),
        title="The file is not what its ending says: {reason}",
        page="`Unable to open file (file signature not found)`, `truncated file`",
        why="A download or copy was interrupted, Git LFS left a pointer of a few lines, or a file of another format "
        "was renamed.",
        todo=("Look at its size; fetch it again (`git lfs pull`)", "Save it again with the ending that fits"),
        examples=("OSError: Unable to synchronously open file (file signature not found)",),
    ),
    Message(
        id="h5py-decode",
        patterns=(r"'str' object has no attribute 'decode'",),
        title="This version of Keras cannot read H5 files with the installed h5py",
        page="`'str' object has no attribute 'decode'` (from `load_model` or `load_weights`)",
        why="Keras before 2.4 expects bytes where h5py 3 returns text.",
        todo=("`pip install 'h5py<3'`, or a newer TensorFlow",),
        examples=("AttributeError: 'str' object has no attribute 'decode'",),
    ),
    Message(
        id="save-folder",
        patterns=(
            r"[Uu]nable to (?:synchronously )?create file \(unable to open file: name = '(?P<path>[^']{1,200})'",
        ),
        title="The file {path} cannot be written: its folder does not exist, or may not be written to",
        page="`Unable to create file (unable to open file: name = ..., No such file or directory)`",
        why="Saving does not create folders.",
        todo=("Create the folder first: `os.makedirs(os.path.dirname(path), exist_ok=True)`",),
        examples=(
            "OSError: Unable to create file (unable to open file: name = 'models/x.h5', errno = 2, "
            "error message = 'No such file or directory', flags = 13, o_flags = 242)",
        ),
    ),
    Message(
        id="loaded-metrics",
        patterns=(r"Compiled the loaded model, but the compiled metrics have yet to be built",),
        title="A note: the loaded model is compiled, and shows its metrics after the first training or evaluation",
        page="`Compiled the loaded model, but the compiled metrics have yet to be built`",
        why="Metrics are built by the first data. Nothing is wrong with the weights.",
        todo=("Nothing; `load_model(path, compile=False)` where only predictions are needed",),
        examples=(
            "WARNING:absl:Compiled the loaded model, but the compiled metrics have yet to be built. "
            "`model.compile_metrics` will be empty until you train or evaluate the model.",
        ),
    ),
    Message(
        id="h5-subclassed",
        patterns=(
            r"Saving the model to HDF5 format requires the model to be a Functional model or a Sequential model",
        ),
        title="A subclassed model cannot be saved as `.h5`",
        page="`Saving the model to HDF5 format requires the model to be a Functional model or a Sequential model`",
        why="An H5 file describes a graph of layers; what `call` of a subclassed model does cannot be written into it.",
        todo=(
            'Save it as `model.save("model.keras")`, with a `get_config` for the arguments of its `__init__`',
            'Or save the weights only: `model.save_weights("model.weights.h5")`',
        ),
        examples=(
            "NotImplementedError: Saving the model to HDF5 format requires the model to be a Functional model or a "
            "Sequential model. It does not work for subclassed models",
        ),
    ),
    Message(
        id="h5-legacy",
        patterns=(r"You are saving your model as an HDF5 file",),
        title="A warning: `.h5` is the older format of model files",
        page="`You are saving your model as an HDF5 file. This file format is considered legacy`",
        why="It still works, but custom objects and losses are found again more reliably in a `.keras` file.",
        todo=('`model.save("model.keras")`, and `ModelCheckpoint("model.keras")`',),
        examples=(
            "WARNING:absl:You are saving your model as an HDF5 file via `model.save()` or "
            "`keras.saving.save_model(model)`. This file format is considered legacy.",
        ),
    ),
    Message(
        id="not-json",
        patterns=(
            r"Object of type (?P<type>float32|float64|int32|int64|ndarray|EagerTensor|ArrayImpl) is not JSON "
            r"serializable",
            r"Not JSON Serializable:?['\"]?,? ?(?P<type>[^\n)]{1,80})",
            r"Unable to serialize .{1,200}? to JSON\. Unrecognized type <class '(?P<type>[^']{1,100})'>",
        ),
        title="{type} cannot be written as JSON",
        page="`Object of type float32 is not JSON serializable`, `Not JSON Serializable`, `Unable to serialize "
        "to JSON`",
        why="JSON knows the numbers of Python, not those of NumPy or TensorFlow. In the config of a model it is an "
        "argument of a layer, loss or optimizer that is a tensor or an array.",
        todo=(
            "Convert it: `float(value)`, `array.tolist()`; a history: `{{k: [float(v) for v in vs] for k, vs in "
            "history.history.items()}}`",
            "Pass plain numbers to layers and optimizers",
        ),
        examples=(
            "TypeError: Object of type float32 is not JSON serializable",
            "TypeError: ('Not JSON Serializable:', <tf.Tensor 'Const:0'>)",
            "TypeError: Unable to serialize 1.0 to JSON. Unrecognized type <class "
            "'tensorflow.python.framework.ops.EagerTensor'>.",
        ),
    ),
    Message(
        id="lambda-bytecode",
        patterns=(r"bad marshal data", r"SystemError: unknown opcode", r"^unknown opcode"),
        title="A `Lambda` layer was saved by another version of Python, which this one cannot read",
        page="`bad marshal data (unknown type code)`, `unknown opcode` (from `load_model`)",
        why="A file holds the byte code of a lambda, which differs between versions of Python.",
        todo=(
            "Load it with the version of Python that saved it",
            "Or build the model in code and load only the weights; replace the lambda by a custom layer",
        ),
        rules=("KC709",),
        examples=("ValueError: bad marshal data (unknown type code)", "SystemError: unknown opcode"),
    ),
    Message(
        id="pickle",
        patterns=(
            r"can(?:'t|not) pickle '?(?P<name>_thread\.\w+|module|weakref(?:\.\w+)?|tensorflow[\w.]+)'? objects?",
        ),
        title="An object that belongs to the running process (`{name}`) cannot be pickled or deep-copied",
        page="`cannot pickle '_thread.RLock' object`, `cannot pickle 'module' object`",
        why="`pickle`, `joblib`, `copy.deepcopy` and worker processes copy whole objects, and models of older Keras, "
        "datasets, sessions or modules cannot be copied.",
        todo=(
            'Save a model with `model.save("model.keras")`; copy it with `keras.models.clone_model` and `set_weights`',
            "Pass paths or arrays to worker processes, and build the model inside",
        ),
        rules=("KC710",),
        examples=(
            "TypeError: can't pickle _thread.RLock objects",
            "TypeError: cannot pickle 'module' object",
        ),
    ),
)
