"""KC709: a model with a Lambda layer is saved."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from kerascheck.diagnostics import Severity
from kerascheck.machine.values import FunctionValue
from kerascheck.network.events import FileCall
from kerascheck.network.program import Program
from kerascheck.rules._related import made_layer
from kerascheck.rules._serial import written_parts
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds


class LambdaSaved(Rule):
    """A model that holds a Lambda of a Python lambda is saved as a whole.

    ## What it does

    Reports `model.save` on models with a Lambda layer whose function is a Python lambda.

    ## Why it is bad

    The file holds byte code of this version of Python: another version may not read it, and Keras 3 refuses to load it
    unless the safe mode is switched off.

    ## Example

    ```python
    import keras
    from keras import layers

    model = keras.Sequential([layers.Input((4,)), layers.Lambda(lambda x: x / 255)])
    model.save("model.keras")
    ```

    ## Use instead

    ```python
    import keras
    from keras import layers

    model = keras.Sequential([layers.Input((4,)), layers.Rescaling(1 / 255)])
    model.save("model.keras")
    ```

    ## References

    - [Keras: the Lambda layer](https://keras.io/api/layers/core_layers/lambda/)
    """

    code = "KC709"
    name = "lambda-saved"
    severity = Severity.INFO
    enabled = False

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        for event in program.events:
            if not isinstance(event, FileCall) or event.verb != "save" or event.network is None:
                continue
            for layer in written_parts(event.network):
                function = getattr(layer, "function", None)
                is_lambda = isinstance(function, FunctionValue) and isinstance(function.node, cst.Lambda)
                if layer.cls == "Lambda" and is_lambda:
                    yield Finding(
                        event.site,
                        f"the file will hold byte code of {layer.title}, which other versions of Python may "
                        "not read and load_model refuses without safe_mode=False; write a layer class",
                        related=tuple(made_layer(layer)),
                    )
                    break

    VALID = [
        # a layer of Keras
        """
import keras
from keras import layers
model = keras.Sequential([layers.Input((4,)), layers.Rescaling(1 / 255)])
model.save("model.keras")
""",
        # a function by its name
        """
import keras
from keras import layers
@keras.saving.register_keras_serializable()
def scale(x):
    return x / 255
model = keras.Sequential([layers.Input((4,)), layers.Lambda(scale)])
model.save("model.keras")
""",
        # weights alone
        """
import keras
from keras import layers
model = keras.Sequential([layers.Input((4,)), layers.Lambda(lambda x: x / 255)])
model.save_weights("model.weights.h5")
""",
    ]
    INVALID = [
        Invalid(
            """
import keras
from keras import layers
model = keras.Sequential([layers.Input((4,)), layers.Lambda(lambda x: x / 255, name="scale")])
model.save("model.keras")
""",
            [
                (
                    5,
                    "the file will hold byte code of 'scale' (Lambda), which other versions of Python may not read and "
                    "load_model refuses without safe_mode=False; write a layer class",
                )
            ],
        ),
    ]
