"""KC306: `categorical_crossentropy` is used on several sigmoid units."""

from __future__ import annotations

from kerascheck.diagnostics import Severity
from kerascheck.rules._outputs import Output
from kerascheck.rules.base import Invalid
from kerascheck.rules.kc3._output_loss import _OutputRule
from kerascheck.training.compiled_losses import CATEGORICAL, Loss


class SigmoidWithCategoricalCrossentropy(_OutputRule):
    """`categorical_crossentropy` is used on several sigmoid units.

    ## What it does

    Reports `categorical_crossentropy` and `sparse_categorical_crossentropy` on two or more sigmoid units.

    ## Why it is bad

    The loss divides the outputs by their sum and looks at the right class alone: the sigmoids are no probabilities any
    more. Where several labels can hold at once, `binary_crossentropy` is the loss; where exactly one holds, softmax is
    the activation.

    ## Example

    ```python
    from keras import Sequential, layers

    model = Sequential([layers.Input((20,)), layers.Dense(5, activation="sigmoid")])
    model.compile(loss="categorical_crossentropy")
    ```

    ## Use instead

    ```python
    from keras import Sequential, layers

    model = Sequential([layers.Input((20,)), layers.Dense(5, activation="softmax")])
    model.compile(loss="categorical_crossentropy")
    ```

    ## References

    - [Keras: probabilistic losses](https://keras.io/api/losses/probabilistic_losses/)
    """

    code = "KC306"
    name = "sigmoid-with-categorical-crossentropy"
    severity = Severity.WARNING

    def judge(self, output: Output, loss: Loss) -> str | None:
        units = output.units
        if loss.name not in CATEGORICAL or output.activation not in ("sigmoid", "hard_sigmoid"):
            return None
        if not isinstance(units, int) or units < 2 or loss.from_logits is not False:
            return None
        return (
            f"{loss.name} on {units} sigmoid units; use softmax for one class out of {units}, "
            "or binary_crossentropy for independent labels"
        )

    VALID = [
        # one class out of five
        """
from keras import Sequential, layers
model = Sequential([layers.Input((20,)), layers.Dense(5, activation="softmax")])
model.compile(loss="categorical_crossentropy")
""",
        # independent labels
        """
from keras import Sequential, layers
model = Sequential([layers.Input((20,)), layers.Dense(5, activation="sigmoid")])
model.compile(loss="binary_crossentropy")
""",
        # another softmax behind the sigmoid
        """
from keras import Sequential, layers
model = Sequential([layers.Input((20,)), layers.Dense(5, activation="sigmoid"), layers.Softmax()])
model.compile(loss="categorical_crossentropy")
""",
    ]
    INVALID = [
        Invalid(
            """
from keras import Sequential, layers
model = Sequential([layers.Input((20,)), layers.Dense(5, activation="sigmoid")])
model.compile(loss="categorical_crossentropy")
""",
            [
                (
                    4,
                    "categorical_crossentropy on 5 sigmoid units; use softmax for one class out of 5, "
                    "or binary_crossentropy for independent labels",
                )
            ],
        ),
    ]
