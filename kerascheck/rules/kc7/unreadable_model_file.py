"""KC703: a model or weights are loaded from what Keras 3 does not read."""

from __future__ import annotations

from collections.abc import Iterator

from kerascheck.diagnostics import Severity
from kerascheck.machine.keras.saving import Exported
from kerascheck.network.events import FileCall
from kerascheck.network.program import Program
from kerascheck.rules._gone import severity_of, severity_of_refusal
from kerascheck.rules._paths import ending_of, last_part
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds

_ENDINGS = (".keras", ".h5", ".hdf5")


_FOREIGN = (".pb", ".tf", ".pkl", ".pickle", ".json", ".pt", ".pth", ".onnx", ".tflite", ".ckpt", ".model", ".sav")


#: Formats of weights that Keras 3 does not read.
_FOREIGN_WEIGHTS = (".ckpt", ".tf", ".index", ".npz", ".npy", ".pt", ".pth", ".pkl", ".pb", ".weights")


class UnreadableModelFile(Rule):
    """A model or its weights are loaded from a file or folder that Keras 3 does not read.

    ## What it does

    Reports `load_model` with a path that ends neither in `.keras` nor in `.h5`, or that `model.export` has written, and
    `load_weights` of checkpoints and other formats. A program for which an older Keras is known to be meant may use
    them. Where nothing shows which Keras is meant, the finding is a note.

    ## Why it is bad

    Keras 3 reads `.keras` files (and `.h5`) alone: "File format not supported". A SavedModel, as `export` writes it, is
    for serving: `load_model` refuses it.

    ## Example

    ```python
    import keras

    model = keras.models.load_model("my_model")
    ```

    ## Use instead

    ```python
    import keras

    model = keras.models.load_model("my_model.keras")
    ```

    ## References

    - [Keras: migrating to Keras 3](https://keras.io/guides/migrating_to_keras_3/)
    """

    code = "KC703"
    name = "unreadable-model-file"
    severity = Severity.ERROR

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        for event in program.events:
            if not isinstance(event, FileCall) or event.guarded:
                continue
            if event.verb == "load" and isinstance(event.held, Exported):
                severity = severity_of_refusal(event.site.file)
                if severity is None:
                    continue
                yield Finding(
                    event.site,
                    "model.export writes a SavedModel for serving, which load_model does not read; save a .keras file, "
                    "or wrap the folder with keras.layers.TFSMLayer",
                    severity=severity,
                )
                continue
            # The program that has written it did so with an older Keras: an old form, as the path to save to is.
            severity = severity_of(event.site.file)
            ending = ending_of(event.arguments, event.site)
            if ending is None or "://" in ending or severity is None:
                continue
            if event.verb == "load" and _is_wrong(ending) and event.path is not None:
                message = f"load_model of Keras 3 reads .keras and .h5 files, got {last_part(ending)!r}"
            elif event.verb == "load_weights" and ending.endswith(_FOREIGN_WEIGHTS):
                message = f"load_weights of Keras 3 reads .weights.h5, .keras and .h5 files, got {last_part(ending)!r}"
            elif event.verb == "load_weights" and _is_by_name(event, ending):
                message = (
                    "by_name=True is for the .h5 files of older Keras alone; pass skip_mismatch=True, or no option"
                )
            else:
                continue
            yield Finding(event.site, message, severity=severity)

    VALID = [
        # the endings of Keras
        """
import keras
model = keras.Sequential([keras.layers.Input((4,)), keras.layers.Dense(1)])
model.save("model.keras")
model.load_weights("best.weights.h5")
model.load_weights("old.h5")
again = keras.models.load_model("old.h5")
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
import os
import keras
model = keras.Sequential([keras.layers.Input((4,)), keras.layers.Dense(1)])
model.load_weights(os.path.join("run", "best.weights.h5"), by_name=True)
model.load_weights("best.keras", by_name=True)
""",
            [
                (
                    5,
                    "by_name=True is for the .h5 files of older Keras alone; pass skip_mismatch=True, or no option",
                ),
                (
                    6,
                    "by_name=True is for the .h5 files of older Keras alone; pass skip_mismatch=True, or no option",
                ),
            ],
        ),
        Invalid(
            """
import tensorflow as tf
model = tf.keras.Sequential([tf.keras.layers.Input((4,)), tf.keras.layers.Dense(1)])
again = tf.keras.models.load_model("saved/classifier")
""",
            [(4, "load_model of Keras 3 reads .keras and .h5 files, got 'classifier'")],
        ),
        Invalid(
            """
import tensorflow as tf
model = tf.keras.Sequential([tf.keras.layers.Input((4,)), tf.keras.layers.Dense(1)])
model.load_weights("training/cp.ckpt")
""",
            [(4, "load_weights of Keras 3 reads .weights.h5, .keras and .h5 files, got 'cp.ckpt'")],
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


def _is_by_name(event: FileCall, ending: str) -> bool:
    """Whether weights in the format of Keras 3 are asked for by the names of layers."""
    return ending.endswith((".weights.h5", ".keras")) and event.arguments.value("by_name") is True
