"""KC305: `binary_crossentropy` is used on a softmax output."""

from __future__ import annotations

from kerascheck.diagnostics import Severity
from kerascheck.network.ir import Tensor
from kerascheck.rules._outputs import Output, describe
from kerascheck.rules.base import Invalid
from kerascheck.rules.kc3._output_loss import _OutputRule
from kerascheck.training.compiled_losses import BINARY, Loss


class SoftmaxWithBinaryCrossentropy(_OutputRule):
    """`binary_crossentropy` is used on a softmax output.

    ## What it does

    Reports `binary_crossentropy` on two or more softmax units. For exactly two it is only advice: with one-hot labels
    that comes to the same as `categorical_crossentropy`.

    ## Why it is bad

    `binary_crossentropy` takes each unit for a question of its own, softmax makes them one question. `"accuracy"`
    becomes the share of right bits, which is 80% for five classes when every answer is wrong but one-hot.

    ## Example

    ```python
    from keras import Sequential, layers

    model = Sequential([layers.Input((20,)), layers.Dense(5, activation="softmax")])
    model.compile(loss="binary_crossentropy", metrics=["accuracy"])
    ```

    ## Use instead

    ```python
    from keras import Sequential, layers

    model = Sequential([layers.Input((20,)), layers.Dense(5, activation="softmax")])
    model.compile(loss="categorical_crossentropy", metrics=["accuracy"])
    ```

    ## References

    - [Stack Overflow 42081257: why binary and categorical crossentropy give different performances](https://stackoverflow.com/q/42081257)
    """

    code = "KC305"
    name = "softmax-with-binary-crossentropy"
    severity = Severity.WARNING

    def judge(self, output: Output, loss: Loss) -> str | None:
        units = output.units
        if loss.name not in BINARY or output.activation != "softmax" or not isinstance(units, int) or units < 2:
            return None
        return (
            f"{loss.name} on {units} softmax units; use categorical_crossentropy for one class out of {units}, "
            "or sigmoid for independent labels"
        )

    def grade(self, tensor: Tensor) -> Severity | None:
        return Severity.INFO if describe(tensor).units == 2 else None

    VALID = [
        # one sigmoid unit
        """
from keras import Sequential, layers
model = Sequential([layers.Input((20,)), layers.Dense(1, activation="sigmoid")])
model.compile(loss="binary_crossentropy")
""",
        # independent labels
        """
from keras import Sequential, layers
model = Sequential([layers.Input((20,)), layers.Dense(5, activation="sigmoid")])
model.compile(loss="binary_crossentropy")
""",
        # one class out of five
        """
from keras import Sequential, layers
model = Sequential([layers.Input((20,)), layers.Dense(5, activation="softmax")])
model.compile(loss="categorical_crossentropy")
""",
        # the number of units is not known
        """
from keras import Sequential, layers
from data import classes
model = Sequential([layers.Input((20,)), layers.Dense(len(classes), activation="softmax")])
model.compile(loss="binary_crossentropy")
""",
    ]
    INVALID = [
        Invalid(
            """
from keras import Sequential, layers
model = Sequential([layers.Input((20,)), layers.Dense(5, activation="softmax")])
model.compile(loss="binary_crossentropy", metrics=["accuracy"])
""",
            [
                (
                    4,
                    "binary_crossentropy on 5 softmax units; use categorical_crossentropy for one class out of 5, "
                    "or sigmoid for independent labels",
                )
            ],
        ),
        Invalid(
            """
from keras import Sequential, layers, losses
model = Sequential([layers.Input((20,)), layers.Dense(2, activation="softmax")])
model.compile(loss=losses.binary_crossentropy)
""",
            [
                (
                    4,
                    "binary_crossentropy on 2 softmax units; use categorical_crossentropy for one class out of 2, "
                    "or sigmoid for independent labels",
                )
            ],
        ),
    ]
