"""KC307: `categorical_crossentropy` is used on one unit."""

from __future__ import annotations

from kerascheck.diagnostics import Severity
from kerascheck.rules._outputs import Output
from kerascheck.rules.base import Invalid
from kerascheck.rules.kc3._output_loss import _OutputRule
from kerascheck.training.compiled_losses import CATEGORICAL, Loss


class CategoricalOnOneUnit(_OutputRule):
    """`categorical_crossentropy` is used on one unit.

    ## What it does

    Reports `categorical_crossentropy` and `sparse_categorical_crossentropy` on an output of one unit.

    ## Why it is bad

    The loss divides the outputs by their sum: one output divided by itself is 1, the loss is 0 for every input and the
    network learns nothing. The sparse form raises an error on the first label 1.

    ## Example

    ```python
    from keras import Sequential, layers

    model = Sequential([layers.Input((20,)), layers.Dense(1, activation="sigmoid")])
    model.compile(loss="categorical_crossentropy")
    ```

    ## Use instead

    ```python
    from keras import Sequential, layers

    model = Sequential([layers.Input((20,)), layers.Dense(1, activation="sigmoid")])
    model.compile(loss="binary_crossentropy")
    ```

    ## References

    - [Keras: probabilistic losses](https://keras.io/api/losses/probabilistic_losses/)
    """

    code = "KC307"
    name = "categorical-on-one-unit"
    severity = Severity.ERROR

    def judge(self, output: Output, loss: Loss) -> str | None:
        if loss.name not in CATEGORICAL or output.units != 1 or output.activation not in ("sigmoid", "hard_sigmoid"):
            return None  # softmax, none and relu on one unit have rules of their own
        ending = "knows class 0 only" if loss.name.startswith("sparse") else "is always 0"
        return f"{loss.name} on one unit {ending}; use binary_crossentropy"

    VALID = [
        # the loss for one unit
        """
from keras import Sequential, layers
model = Sequential([layers.Input((20,)), layers.Dense(1, activation="sigmoid")])
model.compile(loss="binary_crossentropy")
""",
        # two units
        """
from keras import Sequential, layers
model = Sequential([layers.Input((20,)), layers.Dense(2, activation="softmax")])
model.compile(loss="sparse_categorical_crossentropy")
""",
        # the number of units is not known
        """
from keras import Sequential, layers
from data import classes
model = Sequential([layers.Input((20,)), layers.Dense(len(classes), activation="sigmoid")])
model.compile(loss="categorical_crossentropy")
""",
    ]
    INVALID = [
        Invalid(
            """
from keras import Sequential, layers
model = Sequential([layers.Input((20,)), layers.Dense(1, activation="sigmoid")])
model.compile(loss="categorical_crossentropy")
""",
            [(4, "categorical_crossentropy on one unit is always 0; use binary_crossentropy")],
        ),
        Invalid(
            """
from keras import Sequential, layers
model = Sequential([layers.Input((20,)), layers.Dense(1, activation="sigmoid")])
model.compile(loss="sparse_categorical_crossentropy")
""",
            [(4, "sparse_categorical_crossentropy on one unit knows class 0 only; use binary_crossentropy")],
        ),
    ]
