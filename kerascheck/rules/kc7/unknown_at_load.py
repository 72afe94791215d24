"""KC707: a file names classes or functions of the program that load_model is not told."""

from __future__ import annotations

from collections.abc import Iterator

from kerascheck.diagnostics import Severity
from kerascheck.network.events import FileCall
from kerascheck.network.program import Program
from kerascheck.rules._code import is_keras_3
from kerascheck.rules._related import saved
from kerascheck.rules._serial import is_told, snapshot_of, strangers
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds


class UnknownAtLoad(Rule):
    """`load_model` meets a loss, metric or layer of the program that it does not know.

    ## What it does

    Looks at what the program has saved in the file that it loads: layers and models of its own classes, and losses and
    metrics of its own, which are neither registered nor given as `custom_objects`.

    ## Why it is bad

    The file holds only the name. Keras raises "Could not locate function", "Unknown layer", or, for an old `.h5` file,
    "string indices must be integers".

    ## Example

    ```python
    import keras
    from keras import layers, ops

    def pinball(y_true, y_pred):
        error = y_true - y_pred
        return ops.mean(ops.maximum(0.9 * error, -0.1 * error))

    model = keras.Sequential([layers.Input((4,)), layers.Dense(1)])
    model.compile("adam", loss=pinball)
    model.save("forecast.keras")
    again = keras.models.load_model("forecast.keras")
    ```

    ## Use instead

    ```python
    import keras
    from keras import layers, ops

    @keras.saving.register_keras_serializable()
    def pinball(y_true, y_pred):
        error = y_true - y_pred
        return ops.mean(ops.maximum(0.9 * error, -0.1 * error))

    model = keras.Sequential([layers.Input((4,)), layers.Dense(1)])
    model.compile("adam", loss=pinball)
    model.save("forecast.keras")
    again = keras.models.load_model("forecast.keras")
    ```

    ## References

    - [Keras: saving custom objects](https://keras.io/guides/serialization_and_saving/#custom-objects)
    """

    code = "KC707"
    name = "unknown-at-load"
    severity = Severity.ERROR

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        for event in program.events:
            if not isinstance(event, FileCall) or event.verb != "load" or event.guarded:
                continue
            held = snapshot_of(event.held)
            if held is None or not (is_keras_3(event.site) or _is_single_file(event.path)):
                continue
            reads_compiled = event.arguments.value("compile", 2, True) is True
            compiled = held.compiled if reads_compiled else None
            for kind, name in strangers(held.origin, compiled):
                if not is_told(event.arguments, name, event.site):
                    yield Finding(
                        event.site,
                        f"the file names the {kind} {name!r} of this program, which Keras does not know; register it "
                        "with @keras.saving.register_keras_serializable() or pass custom_objects",
                        related=tuple(saved(program, event, held.origin)),
                    )
                    break

    VALID = [
        # given
        """
import keras
from keras import layers, ops
def error(y_true, y_pred):
    return ops.mean(ops.abs(y_true - y_pred))
model = keras.Sequential([layers.Input((4,)), layers.Dense(1)])
model.compile("adam", loss=error)
model.save("model.keras")
again = keras.models.load_model("model.keras", custom_objects={"error": error})
""",
        # registered
        """
import keras
from keras import layers
@keras.saving.register_keras_serializable(package="own")
class Twice(layers.Layer):
    def call(self, x):
        return 2 * x
model = keras.Sequential([layers.Input((4,)), Twice()])
model.save("model.keras")
again = keras.models.load_model("model.keras")
""",
        # the loss is not read
        """
import keras
from keras import layers, ops
def error(y_true, y_pred):
    return ops.mean(ops.abs(y_true - y_pred))
model = keras.Sequential([layers.Input((4,)), layers.Dense(1)])
model.compile("adam", loss=error)
model.save("model.keras")
again = keras.models.load_model("model.keras", compile=False)
""",
        # in a scope
        """
import keras
from keras import layers
class Twice(layers.Layer):
    def call(self, x):
        return 2 * x
model = keras.Sequential([layers.Input((4,)), Twice()])
model.save("model.keras")
with keras.saving.custom_object_scope({"Twice": Twice}):
    again = keras.models.load_model("model.keras")
""",
        # an activation of the program that Keras is told of; one of Keras's own
        """
import keras
from keras import layers, ops
def swing(x):
    return x + ops.sin(x)
@keras.saving.register_keras_serializable()
def bend(x):
    return x - ops.sin(x)
model = keras.Sequential([layers.Input((4,)), layers.Dense(3, activation=swing), layers.Dense(3, activation=bend)])
model.add(layers.Dense(1, activation=keras.activations.gelu))
model.save("model.keras")
again = keras.models.load_model("model.keras", custom_objects={"swing": swing})
""",
        # a file of somebody else
        """
import keras
from keras import layers
class Twice(layers.Layer):
    def call(self, x):
        return 2 * x
model = keras.Sequential([layers.Input((4,)), Twice()])
again = keras.models.load_model("other.keras")
""",
    ]
    INVALID = [
        Invalid(
            """
import tensorflow as tf
def error(y_true, y_pred):
    return tf.reduce_mean(tf.abs(y_true - y_pred))
model = tf.keras.Sequential([tf.keras.layers.Input((4,)), tf.keras.layers.Dense(1)])
model.compile("adam", loss="mse", metrics=[error])
model.save("model.h5")
again = tf.keras.models.load_model("model.h5")
""",
            [
                (
                    8,
                    "the file names the metric 'error' of this program, which Keras does not know; register it with "
                    "@keras.saving.register_keras_serializable() or pass custom_objects",
                )
            ],
        ),
        Invalid(
            """
import os, tempfile
import keras
from keras import layers
class Twice(layers.Layer):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
    def call(self, x):
        return 2 * x
path = os.path.join(tempfile.mkdtemp(), "model.keras")
model = keras.Sequential([layers.Input((4,)), Twice(), layers.Dense(1)])
model.save(path)
again = keras.models.load_model(path)
""",
            [
                (
                    13,
                    "the file names the layer 'Twice' of this program, which Keras does not know; register it with "
                    "@keras.saving.register_keras_serializable() or pass custom_objects",
                )
            ],
        ),
        Invalid(
            """
import keras
from keras import layers, ops
def swing(x):
    return x + ops.sin(x)
model = keras.Sequential([layers.Input((4,)), layers.Dense(3, activation=swing), layers.Dense(1)])
model.save("model.keras")
again = keras.models.load_model("model.keras")
""",
            [
                (
                    8,
                    "the file names the activation 'swing' of this program, which Keras does not know; register it "
                    "with @keras.saving.register_keras_serializable() or pass custom_objects",
                )
            ],
        ),
    ]


def _is_single_file(path: str | None) -> bool:
    """Whether it is no SavedModel of old, which holds the code of its layers."""
    return path is not None and path.endswith((".keras", ".h5", ".hdf5"))
