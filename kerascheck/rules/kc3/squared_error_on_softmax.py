"""KC315: A distance is the loss of a softmax output."""

from __future__ import annotations

from collections.abc import Iterator

from kerascheck.diagnostics import Severity
from kerascheck.network.dims import definitely_equal
from kerascheck.network.program import Program
from kerascheck.rules._outputs import describe
from kerascheck.rules._related import last_layer
from kerascheck.rules._training import judged_compiles
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds
from kerascheck.training.compiled_losses import REGRESSION, losses_by_output


class SquaredErrorOnSoftmax(Rule):
    """A distance is the loss of a softmax output.

    ## What it does

    Reports mean squared error, mean absolute error and their kin on two or more softmax units.

    ## Why it is bad

    Softmax saturates: where the network is surely wrong, the gradient of the squared error is next to nothing, and it
    stays wrong. The gradient of `categorical_crossentropy` is largest there.

    ## Example

    ```python
    from keras import Sequential, layers

    model = Sequential([layers.Input((4,)), layers.Dense(3, activation="softmax")])
    model.compile("adam", "mse", metrics=["accuracy"])
    ```

    ## Use instead

    ```python
    from keras import Sequential, layers

    model = Sequential([layers.Input((4,)), layers.Dense(3, activation="softmax")])
    model.compile("adam", "categorical_crossentropy", metrics=["accuracy"])
    ```

    ## References

    - [Glorot and Bengio: Understanding the difficulty of training deep feedforward neural networks](https://proceedings.mlr.press/v9/glorot10a.html)
    - [Keras: probabilistic losses](https://keras.io/api/losses/probabilistic_losses/)
    """

    code = "KC315"
    name = "squared-error-on-softmax"
    severity = Severity.WARNING

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        for call in judged_compiles(program):
            if call.network.open is not None or call.network.unknown is not None:
                continue
            for target in losses_by_output(call):
                output = describe(target.tensor)
                if target.loss is None or target.loss.name not in REGRESSION or output.activation != "softmax":
                    continue
                if not definitely_equal(output.units, 1) and output.units is not None:
                    yield Finding(
                        target.site,
                        f"{target.loss.name} on {output.units} softmax units learns slowly where it is wrong; "
                        "use categorical_crossentropy",
                        anchor=call.site,
                        related=tuple(last_layer(output)),
                    )

    VALID = [
        # crossentropy
        """
from keras import Sequential, layers
model = Sequential([layers.Input((4,)), layers.Dense(3, activation="softmax")])
model.compile("adam", "categorical_crossentropy", metrics=["mse"])
""",
        # a regression
        """
from keras import Sequential, layers
model = Sequential([layers.Input((4,)), layers.Dense(3)])
model.compile("adam", "mse")
""",
        # one sigmoid unit by least squares
        """
from keras import Sequential, layers
model = Sequential([layers.Input((4,)), layers.Dense(1, activation="sigmoid")])
model.compile("adam", "mse")
""",
        # softmax weights inside
        """
from keras import Sequential, layers
model = Sequential([layers.Input((4,)), layers.Dense(3, activation="softmax"), layers.Dense(1)])
model.compile("adam", "mse")
""",
    ]
    INVALID = [
        Invalid(
            """
from keras import Sequential, layers
model = Sequential([layers.Input((4,)), layers.Dense(3, activation="softmax")])
model.compile("adam", "mse", metrics=["accuracy"])
""",
            [
                (
                    4,
                    "mean_squared_error on 3 softmax units learns slowly where it is wrong; "
                    "use categorical_crossentropy",
                )
            ],
        ),
    ]
