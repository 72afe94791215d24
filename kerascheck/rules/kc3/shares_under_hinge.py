"""KC325: a hinge loss is computed from an output that cannot be negative."""

from __future__ import annotations

from kerascheck.diagnostics import Severity
from kerascheck.rules._outputs import Output
from kerascheck.rules.base import Invalid
from kerascheck.rules.kc3._output_loss import _OutputRule
from kerascheck.training.compiled_losses import Loss


class SharesUnderHinge(_OutputRule):
    """A hinge loss is computed from an output that cannot be negative.

    ## What it does

    Reports `hinge` and `squared_hinge` on an output with sigmoid, softmax or relu.

    ## Why it is bad

    Hinge losses push the output beyond 1 for one class and below -1 for the other. An output that ends at 0 never gets
    there: the loss of the negative class stays at 1 or above, and a threshold between the classes is not learned where
    it is expected.

    ## Example

    ```python
    from keras import Sequential, layers

    model = Sequential([layers.Input((4,)), layers.Dense(1, activation="sigmoid")])
    model.compile("adam", "hinge")
    ```

    ## Use instead

    ```python
    from keras import Sequential, layers

    model = Sequential([layers.Input((4,)), layers.Dense(1, activation="tanh")])
    model.compile("adam", "hinge")
    ```

    ## References

    - [Keras: hinge losses](https://keras.io/api/losses/hinge_losses/)
    """

    code = "KC325"
    name = "shares-under-hinge"
    severity = Severity.WARNING

    def judge(self, output: Output, loss: Loss) -> str | None:
        if loss.name not in ("hinge", "squared_hinge") or output.activation not in ("sigmoid", "softmax", "relu"):
            return None
        return (
            f"{loss.name} pushes one class below -1, where {output.activation} cannot go; use tanh or no activation, "
            "or another loss"
        )

    VALID = [
        # from -1 to 1, or without bounds
        """
from keras import Sequential, layers
model = Sequential([layers.Input((4,)), layers.Dense(1, activation="tanh")])
model.compile("adam", "hinge")
other = Sequential([layers.Input((4,)), layers.Dense(1)])
other.compile("adam", "squared_hinge")
""",
        # over several classes, which are compared with each other
        """
from keras import Sequential, layers
model = Sequential([layers.Input((4,)), layers.Dense(3, activation="softmax")])
model.compile("adam", "categorical_hinge")
""",
    ]
    INVALID = [
        Invalid(
            """
import keras
from keras import Sequential, layers
model = Sequential([layers.Input((4,)), layers.Dense(1, activation="sigmoid")])
model.compile("adam", "hinge")
model = Sequential([layers.Input((4,)), layers.Dense(2, activation="softmax")])
model.compile("adam", loss=keras.losses.SquaredHinge())
""",
            [
                (
                    5,
                    "hinge pushes one class below -1, where sigmoid cannot go; use tanh or no activation, or another "
                    "loss",
                ),
                (
                    7,
                    "squared_hinge pushes one class below -1, where softmax cannot go; use tanh or no activation, or "
                    "another loss",
                ),
            ],
        ),
    ]
