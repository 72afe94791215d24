"""KC302: A crossentropy loss receives the output of a layer without activation, and is not told so."""

from __future__ import annotations

from kerascheck.diagnostics import Severity
from kerascheck.rules._outputs import Output
from kerascheck.rules.base import Invalid
from kerascheck.rules.kc3._output_loss import _OutputRule
from kerascheck.training.compiled_losses import BINARY, CATEGORICAL, Loss


class LogitsWithoutFromLogits(_OutputRule):
    """A crossentropy loss receives the output of a layer without activation, and is not told so.

    ## What it does

    Reports `binary_crossentropy`, `categorical_crossentropy`, `sparse_categorical_crossentropy` and their focal forms
    on an output layer without activation, unless `from_logits=True` is given.

    ## Why it is bad

    Without `from_logits` the loss takes its input for probabilities. Values below 0 and above 1 are clipped, there the
    gradient is zero, and the network gets stuck or learns the wrong thing.

    ## Example

    ```python
    from keras import Sequential, layers

    model = Sequential([layers.Input((20,)), layers.Dense(3)])
    model.compile(loss="categorical_crossentropy")
    ```

    ## Use instead

    ```python
    from keras import Sequential, layers

    model = Sequential([layers.Input((20,)), layers.Dense(3, activation="softmax")])
    model.compile(loss="categorical_crossentropy")
    ```

    ## References

    - [Keras: probabilistic losses](https://keras.io/api/losses/probabilistic_losses/)
    """

    code = "KC302"
    name = "logits-without-from-logits"
    severity = Severity.ERROR

    def judge(self, output: Output, loss: Loss) -> str | None:
        if loss.name not in BINARY | CATEGORICAL or loss.from_logits is not False or output.activation != "linear":
            return None
        right = "sigmoid" if loss.name in BINARY else "softmax"
        return (
            f"{loss.name} expects probabilities, but the last layer has no activation; add {right}, or pass "
            f"from_logits=True to the loss"
        )

    VALID = [
        # the loss knows
        """
import keras
from keras import Sequential, layers
model = Sequential([layers.Input((20,)), layers.Dense(3)])
model.compile(loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True))
""",
        # the loss knows, by position
        """
from keras import Sequential, layers
from keras.losses import BinaryCrossentropy
model = Sequential([layers.Input((20,)), layers.Dense(1)])
model.compile("adam", BinaryCrossentropy(True))
""",
        # probabilities
        """
from keras import Sequential, layers
model = Sequential([layers.Input((20,)), layers.Dense(3, activation="softmax")])
model.compile(loss="categorical_crossentropy")
""",
        # a separate activation
        """
from keras import Sequential, layers
model = Sequential([layers.Input((20,)), layers.Dense(1), layers.Activation("sigmoid")])
model.compile(loss="binary_crossentropy")
""",
        # a regression
        """
from keras import Sequential, layers
model = Sequential([layers.Input((20,)), layers.Dense(1)])
model.compile(loss="mse")
""",
        # a loss of the program
        """
import keras
from keras import Sequential, layers
def loss(y, p):
    return keras.losses.binary_crossentropy(y, p, from_logits=True)
model = Sequential([layers.Input((20,)), layers.Dense(1)])
model.compile(loss=loss)
""",
        # an activation of the program, or one that is not known
        """
from keras import Sequential, layers
from mine import squash
model = Sequential([layers.Input((20,)), layers.Dense(1, activation=squash)])
model.compile(loss="binary_crossentropy")
""",
        # a function behind the layer
        """
from keras import Sequential, layers
model = Sequential([layers.Input((20,)), layers.Dense(1), layers.Lambda(lambda x: x * 0.5)])
model.compile(loss="binary_crossentropy")
""",
        # each output has its own loss
        """
from keras import Input, Model, layers
x = Input((20,))
model = Model(x, [layers.Dense(1, name="size")(x), layers.Dense(3, activation="softmax", name="kind")(x)])
model.compile(loss={"size": "mse", "kind": "categorical_crossentropy"})
""",
        # whether logits are meant is not known
        """
import sys, keras
from keras import Sequential, layers
model = Sequential([layers.Input((20,)), layers.Dense(3)])
model.compile(loss=keras.losses.CategoricalCrossentropy(from_logits=len(sys.argv) > 1))
""",
    ]
    INVALID = [
        Invalid(
            """
from keras import Sequential, layers
model = Sequential([layers.Input((20,)), layers.Dense(3)])
model.compile(loss="categorical_crossentropy")
""",
            [
                (
                    4,
                    "categorical_crossentropy expects probabilities, but the last layer has no activation; add "
                    "softmax, or pass from_logits=True to the loss",
                )
            ],
        ),
        Invalid(
            """
import tensorflow as tf
model = tf.keras.Sequential()
model.add(tf.keras.layers.Dense(8, activation="relu", input_shape=(20,)))
model.add(tf.keras.layers.Dense(1, activation=None))
model.compile(optimizer="adam", loss=tf.keras.losses.BinaryCrossentropy())
""",
            [
                (
                    6,
                    "binary_crossentropy expects probabilities, but the last layer has no activation; add sigmoid, "
                    "or pass from_logits=True to the loss",
                )
            ],
        ),
        # one of two outputs
        Invalid(
            """
from keras import Input, Model, layers
x = Input((20,))
model = Model(x, [layers.Dense(1, name="size")(x), layers.Dense(3, name="kind")(x)])
model.compile(loss=["mse", "sparse_categorical_crossentropy"])
""",
            [
                (
                    5,
                    "sparse_categorical_crossentropy expects probabilities, but the last layer has no activation; "
                    "add softmax, or pass from_logits=True to the loss",
                )
            ],
        ),
    ]
