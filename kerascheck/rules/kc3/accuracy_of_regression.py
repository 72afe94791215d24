"""KC308: Accuracy is measured on a regression."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from kerascheck.data.array import Array
from kerascheck.data.training import training_data
from kerascheck.diagnostics import Severity
from kerascheck.network.program import CompileCall, Program
from kerascheck.rules._outputs import describe
from kerascheck.rules._related import last_layer
from kerascheck.rules._training import judged_compiles
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds
from kerascheck.training.compiled_losses import REGRESSION, losses_by_output, metrics_of


def _learns_classes(program: Program, call: CompileCall) -> bool:
    """Whether the targets that the model is seen to get are zeros and ones, and both of them."""
    values: set[float] = set()
    for training in program.trainings:
        target = training_data(training).y if training.network is call.network else None
        if target is None:
            continue
        if not isinstance(target, Array) or target.content.values is None:
            return False
        values |= target.content.values
    return values == {0, 1}


class AccuracyOfRegression(Rule):
    """Accuracy is measured on a regression.

    ## What it does

    Reports the metric `"accuracy"` on a network whose single output unit has no activation and whose loss is a distance
    (mean squared error, mean absolute error and the like).

    ## Why it is bad

    Accuracy is the share of right classes. On a real number Keras counts how often it lies on the same side of 0.5 as
    the label: the figure says nothing about a regression, and looks like a network that does not learn. (For classes 0
    and 1 the figure is right, and where the targets are seen to be those nothing is said; sigmoid with
    `binary_crossentropy` then is the better way.)

    ## Example

    ```python
    from keras import Sequential, layers

    model = Sequential([layers.Input((20,)), layers.Dense(1)])
    model.compile(loss="mse", metrics=["accuracy"])
    ```

    ## Use instead

    ```python
    from keras import Sequential, layers

    model = Sequential([layers.Input((20,)), layers.Dense(1)])
    model.compile(loss="mse", metrics=["mae"])
    ```

    ## References

    - [Keras: regression metrics](https://keras.io/api/metrics/regression_metrics/)
    """

    code = "KC308"
    name = "accuracy-of-regression"
    severity = Severity.WARNING

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        for call in judged_compiles(program):
            if call.network.open is not None or len(call.outputs) != 1:
                continue
            place = next((site for metric, site in metrics_of(call) if _is_accuracy(metric)), None)
            if place is None or _learns_classes(program, call):
                continue
            for target in losses_by_output(call):
                output = describe(target.tensor)
                if (
                    target.loss is not None
                    and target.loss.name in REGRESSION
                    and output.units == 1
                    and output.activation in ("linear", "relu")
                ):
                    yield Finding(
                        place,
                        f"accuracy under {target.loss.name} only checks on which side of 0.5 the output lies; "
                        'for a regression use "mae" or keras.metrics.R2Score()',
                        anchor=call.site,
                        related=tuple(last_layer(output)),
                    )

    VALID = [
        # a classification
        """
from keras import Sequential, layers
model = Sequential([layers.Input((20,)), layers.Dense(1, activation="sigmoid")])
model.compile(loss="binary_crossentropy", metrics=["accuracy"])
""",
        # a classification with squared errors: not common, but sound
        """
from keras import Sequential, layers
model = Sequential([layers.Input((20,)), layers.Dense(1, activation="sigmoid")])
model.compile(loss="mse", metrics=["accuracy"])
""",
        # one-hot classes by least squares: the largest output wins
        """
from keras import Sequential, layers
model = Sequential([layers.Input((20,)), layers.Dense(10)])
model.compile(loss="mse", metrics=["accuracy"])
""",
        # a regression metric
        """
from keras import Sequential, layers
model = Sequential([layers.Input((20,)), layers.Dense(1)])
model.compile(loss="mse", metrics=["mae"])
""",
        # real or fake, by least squares
        """
import numpy as np
from keras import Sequential, layers
critic = Sequential([layers.Input((20,)), layers.Dense(64, activation="relu"), layers.Dense(1)])
critic.compile("adam", "mse", metrics=["accuracy"])
critic.train_on_batch(np.random.normal(0, 1, (32, 20)), np.ones((32, 1)))
critic.train_on_batch(np.random.normal(0, 1, (32, 20)), np.zeros((32, 1)))
""",
        # a threshold that is meant
        """
import keras
from keras import Sequential, layers
model = Sequential([layers.Input((20,)), layers.Dense(1)])
model.compile(loss="mse", metrics=[keras.metrics.BinaryAccuracy(threshold=0.0)])
""",
        # the metrics belong to several outputs
        """
from keras import Input, Model, layers
x = Input((20,))
model = Model(x, [layers.Dense(1, name="size")(x), layers.Dense(3, activation="softmax", name="kind")(x)])
model.compile(loss=["mse", "categorical_crossentropy"], metrics={"kind": ["accuracy"]})
""",
    ]
    INVALID = [
        Invalid(
            """
from keras import Sequential, layers
model = Sequential([layers.Input((20,)), layers.Dense(1)])
model.compile(loss="mse", metrics=["accuracy"])
""",
            [
                (
                    4,
                    "accuracy under mean_squared_error only checks on which side of 0.5 the output lies; "
                    'for a regression use "mae" or keras.metrics.R2Score()',
                )
            ],
        ),
    ]


def _is_accuracy(metric: Any) -> bool:
    return isinstance(metric, str) and metric in ("accuracy", "acc")
