"""KC703: a model under a name that Keras 3 does not take."""

from __future__ import annotations

from collections.abc import Iterator

from kerascheck.diagnostics import Severity
from kerascheck.machine.keras.saving import Exported
from kerascheck.network.events import FileCall
from kerascheck.network.ir import Program
from kerascheck.rules._code import is_keras_3
from kerascheck.rules._paths import ending_of, last_part
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds

_ENDINGS = (".keras", ".h5", ".hdf5")
_FOREIGN = (".pb", ".tf", ".pkl", ".pickle", ".json", ".pt", ".pth", ".onnx", ".tflite", ".ckpt", ".model", ".sav")


class ModelFileName(Rule):
    """A model is saved under a name that ends neither in `.keras` nor in `.h5`, or loaded from a folder.

    ## What it does

    Reports `model.save`, `ModelCheckpoint` and `load_model` with a path of another ending, and `load_model` of what
    `model.export` has written.

    ## Why it is bad

    Keras 3 writes and reads `.keras` files (and `.h5`) alone: "Invalid filepath extension for saving". A SavedModel, as
    `export` writes it, is for serving: `load_model` refuses it.

    ## Example

    ```python
    from keras import Sequential, layers

    model = Sequential([layers.Input((4,)), layers.Dense(1)])
    model.save("my_model")
    ```

    ## Use instead

    ```python
    from keras import Sequential, layers

    model = Sequential([layers.Input((4,)), layers.Dense(1)])
    model.save("my_model.keras")
    ```

    ## References

    - [Keras: migrating to Keras 3](https://keras.io/guides/migrating_to_keras_3/)
    """

    code = "KC703"
    name = "model-file-name"
    severity = Severity.ERROR

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        for event in program.events:
            if not isinstance(event, FileCall) or event.guarded or not is_keras_3(event.site):
                continue
            if event.verb == "load" and isinstance(event.held, Exported):
                yield Finding(
                    event.site,
                    "model.export writes a SavedModel for serving, which load_model does not read; save a .keras file, "
                    "or wrap the folder with keras.layers.TFSMLayer",
                )
                continue
            ending = ending_of(event.arguments, event.site)
            if ending is None or "save_format" in event.arguments.keywords or "://" in ending:
                continue
            if event.verb == "save" and _is_wrong(ending):
                yield Finding(event.site, f"save takes a name that ends in .keras, got {last_part(ending)!r}")
            elif event.verb == "load" and _is_wrong(ending) and event.path is not None:
                yield Finding(event.site, f"load_model reads .keras and .h5 files, got {last_part(ending)!r}")
        for name, arguments, site in program.calls:
            if not name.endswith(".ModelCheckpoint") or not is_keras_3(site):
                continue
            if arguments.value("save_weights_only", 4, False) is not False or "save_format" in arguments.keywords:
                continue
            ending = ending_of(arguments, site)
            if ending is not None and "://" not in ending and (_is_wrong(ending) or ending.endswith(".hdf5")):
                yield Finding(site, f"ModelCheckpoint takes a path that ends in .keras, got {last_part(ending)!r}")

    VALID = [
        # the endings of Keras
        """
import keras
model = keras.Sequential([keras.layers.Input((4,)), keras.layers.Dense(1)])
model.save("model.keras")
model.save("old.h5")
keep = keras.callbacks.ModelCheckpoint("best-{epoch}.keras")
""",
        # a path that is not known
        """
import sys
import keras
model = keras.Sequential([keras.layers.Input((4,)), keras.layers.Dense(1)])
model.save(sys.argv[1])
model.save(f"{sys.argv[1]}/{sys.argv[2]}")
again = keras.models.load_model(sys.argv[2])
""",
        # exported, and not loaded as a model
        """
import keras
import tensorflow as tf
model = keras.Sequential([keras.layers.Input((4,)), keras.layers.Dense(1)])
model.export("serving")
served = tf.saved_model.load("serving")
layer = keras.layers.TFSMLayer("serving", call_endpoint="serve")
""",
        # a remote model
        """
import keras
model = keras.saving.load_model("hf://keras/some_model")
""",
    ]
    INVALID = [
        Invalid(
            """
import tensorflow as tf
model = tf.keras.Sequential([tf.keras.layers.Input((4,)), tf.keras.layers.Dense(1)])
model.save("saved/classifier")
keep = tf.keras.callbacks.ModelCheckpoint("best.hdf5", save_best_only=True)
again = tf.keras.models.load_model("saved/classifier")
""",
            [
                (4, "save takes a name that ends in .keras, got 'classifier'"),
                (5, "ModelCheckpoint takes a path that ends in .keras, got 'best.hdf5'"),
                (6, "load_model reads .keras and .h5 files, got 'classifier'"),
            ],
        ),
        Invalid(
            """
import os, tempfile
import keras
folder = os.path.join(tempfile.mkdtemp(), "serving")
model = keras.Sequential([keras.layers.Input((4,)), keras.layers.Dense(1)])
model.export(folder)
served = keras.models.load_model(folder)
""",
            [
                (
                    7,
                    "model.export writes a SavedModel for serving, which load_model does not read; save a .keras file, "
                    "or wrap the folder with keras.layers.TFSMLayer",
                )
            ],
        ),
    ]


def _is_wrong(ending: str) -> bool:
    """Whether a path of this ending surely has none that Keras takes."""
    if ending.endswith(_ENDINGS):
        return False
    last = last_part(ending)
    return ending.endswith(_FOREIGN) or (bool(last) and "." not in last and not any(e.endswith(last) for e in _ENDINGS))
