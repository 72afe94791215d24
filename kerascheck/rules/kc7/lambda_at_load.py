"""KC708: a Lambda layer that load_model refuses."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from kerascheck.diagnostics import Severity
from kerascheck.machine.values import FunctionValue
from kerascheck.network.events import FileCall
from kerascheck.network.ir import Layer
from kerascheck.network.program import Program
from kerascheck.rules._code import is_keras_3
from kerascheck.rules._mentions import writes
from kerascheck.rules._related import made_layer, saved
from kerascheck.rules._serial import is_registered, is_told, snapshot_of, written_parts
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds


class LambdaAtLoad(Rule):
    """A model with a Lambda layer is loaded in a way in which Keras 3 refuses the function.

    ## What it does

    Looks at what the program has saved in the file that it loads: a Lambda of a Python lambda without
    `safe_mode=False`, or one of a function of the program that is neither registered nor among `custom_objects`.

    ## Why it is bad

    Keras 3 raises "Requested the deserialization of a Lambda layer whose function is a Python lambda", or "Could not
    locate function". The trained model cannot be read any more.

    ## Example

    ```python
    import keras
    from keras import layers

    model = keras.Sequential([layers.Input((4,)), layers.Lambda(lambda x: x / 255)])
    model.save("model.keras")
    again = keras.models.load_model("model.keras")
    ```

    ## Use instead

    ```python
    import keras
    from keras import layers

    model = keras.Sequential([layers.Input((4,)), layers.Rescaling(1 / 255)])
    model.save("model.keras")
    again = keras.models.load_model("model.keras")
    ```

    ## References

    - [Keras: the Lambda layer](https://keras.io/api/layers/core_layers/lambda/)
    """

    code = "KC708"
    name = "lambda-at-load"
    severity = Severity.ERROR
    only_keras_3 = True

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        for event in program.events:
            held = snapshot_of(event.held) if isinstance(event, FileCall) and event.verb == "load" else None
            if held is None or event.guarded or not is_keras_3(event.site):
                continue
            for layer in written_parts(held.origin):
                function = getattr(layer, "function", None)
                if layer.cls != "Lambda" or not isinstance(function, FunctionValue):
                    continue
                message = _fault(event, layer, function)
                if message is not None:
                    places = (*made_layer(layer), *saved(program, event, held.origin))
                    yield Finding(event.site, message, related=places)
                    break

    VALID = [
        # a layer of Keras does the work
        """
import keras
from keras import layers
model = keras.Sequential([layers.Input((4,)), layers.Rescaling(1 / 255)])
model.save("model.keras")
again = keras.models.load_model("model.keras")
""",
        # the program trusts its own file
        """
import keras
from keras import layers
model = keras.Sequential([layers.Input((4,)), layers.Lambda(lambda x: x / 255)])
model.save("model.keras")
again = keras.models.load_model("model.keras", safe_mode=False)
""",
        # allowed for the whole program
        """
import keras
from keras import layers
keras.config.enable_unsafe_deserialization()
model = keras.Sequential([layers.Input((4,)), layers.Lambda(lambda x: x / 255)])
model.save("model.keras")
again = keras.models.load_model("model.keras")
""",
        # a function that is given
        """
import keras
from keras import layers
def scale(x):
    return x / 255
model = keras.Sequential([layers.Input((4,)), layers.Lambda(scale)])
model.save("model.keras")
again = keras.models.load_model("model.keras", custom_objects={"scale": scale})
""",
        # a class of the program makes its layers itself
        """
import keras
from keras import layers
@keras.saving.register_keras_serializable()
class Double(layers.Layer):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.inner = layers.Lambda(lambda x: 2 * x)
    def call(self, x):
        return self.inner(x)
model = keras.Sequential([layers.Input((4,)), Double()])
model.save("model.keras")
again = keras.models.load_model("model.keras")
""",
        # weights alone
        """
import keras
from keras import layers
model = keras.Sequential([layers.Input((4,)), layers.Lambda(lambda x: x / 255), layers.Dense(1)])
model.save_weights("model.weights.h5")
model.load_weights("model.weights.h5")
""",
    ]
    INVALID = [
        Invalid(
            """
import tensorflow as tf
inputs = tf.keras.Input((4,))
x = tf.keras.layers.Lambda(lambda t: tf.math.log(t + 1.0), name="log")(inputs)
model = tf.keras.Model(inputs, tf.keras.layers.Dense(1)(x))
model.save("model.h5")
again = tf.keras.models.load_model("model.h5")
""",
            [
                (
                    7,
                    "'log' (Lambda) holds a Python lambda, which load_model refuses; write a layer class, or pass "
                    "safe_mode=False",
                )
            ],
        ),
        Invalid(
            """
import keras
from keras import layers
def scale(x):
    return x / 255
model = keras.Sequential([layers.Input((4,)), layers.Lambda(scale, name="scale")])
model.save("model.keras")
again = keras.models.load_model("model.keras", safe_mode=False)
""",
            [
                (
                    8,
                    "'scale' (Lambda) holds the function 'scale', which Keras does not know; register it with "
                    "@keras.saving.register_keras_serializable() or pass custom_objects",
                )
            ],
        ),
    ]


def _fault(event: FileCall, layer: Layer, function: FunctionValue) -> str | None:
    """Why the layer cannot be loaded."""
    if isinstance(function.node, cst.Lambda):
        safe = event.arguments.value("safe_mode", 3, True)
        if safe is not True or writes(event.site.file, ["enable_unsafe_deserialization"]):
            return None
        return (
            f"{layer.title} holds a Python lambda, which load_model refuses; write a layer class, or pass "
            f"safe_mode=False"
        )
    if is_registered(function.node, function.scope) or is_told(event.arguments, function.name, event.site):
        return None
    return (
        f"{layer.title} holds the function {function.name!r}, which Keras does not know; register it with "
        "@keras.saving.register_keras_serializable() or pass custom_objects"
    )
