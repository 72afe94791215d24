"""KC473: the results of `evaluate` are bound to names of one another."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kerascheck.diagnostics import Severity
from kerascheck.network.program import Program, ResultRead
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds
from kerascheck.rules.kc4.results_of_training import results


class ResultsSwapped(Rule):
    """The loss that `evaluate` returns is taken for a metric, and the metric for the loss.

    ## What it does

    Reports `accuracy, loss = model.evaluate(x, y)`: names that are the names of two results, each bound to the other
    one.

    ## Why it is bad

    `evaluate` gives the loss first, and then the metrics in the order in which `compile` has them. The figures are
    printed, plotted and compared under the wrong names, and nothing fails.

    ## Example

    ```python
    import numpy as np
    from keras import Sequential, layers

    x, y = np.random.rand(64, 4), np.random.randint(0, 2, 64)
    model = Sequential([layers.Input((4,)), layers.Dense(1, activation="sigmoid")])
    model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
    model.fit(x, y)
    accuracy, loss = model.evaluate(x, y)
    ```

    ## Use instead

    ```python
    import numpy as np
    from keras import Sequential, layers

    x, y = np.random.rand(64, 4), np.random.randint(0, 2, 64)
    model = Sequential([layers.Input((4,)), layers.Dense(1, activation="sigmoid")])
    model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
    model.fit(x, y)
    loss, accuracy = model.evaluate(x, y)
    ```

    ## References

    - [Keras: model training APIs](https://keras.io/api/models/model_training_apis/)
    """

    code = "KC473"
    name = "results-swapped"
    severity = Severity.WARNING

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        told: set[tuple[int, int]] = set()
        for read in program.reads:
            swapped = _swapped(read)
            if swapped is not None and read.site.key not in told:
                told.add(read.site.key)
                first, second, known = swapped
                yield Finding(
                    read.site,
                    f"{first!r} and {second!r} are swapped: evaluate returns {', '.join(known)}, in this order",
                )

    VALID = [
        # as they come
        """
import numpy as np
from keras import Sequential, layers
x, y = np.random.rand(64, 4), np.random.randint(0, 2, 64)
model = Sequential([layers.Input((4,)), layers.Dense(1, activation="sigmoid")])
model.compile("adam", "binary_crossentropy", metrics=["accuracy", "mae"])
loss, acc, mae = model.evaluate(x, y)
test_loss, test_accuracy, _ = model.evaluate(x, y)
""",
        # names of something else
        """
import numpy as np
from keras import Sequential, layers
x, y = np.random.rand(64, 4), np.random.randint(0, 2, 64)
model = Sequential([layers.Input((4,)), layers.Dense(1, activation="sigmoid")])
model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
before, after = model.evaluate(x, y)
accuracy_before, other = model.evaluate(x, y)
_, loss = model.evaluate(x, y)
""",
        # a metric that is called a loss
        """
import numpy as np
import keras
from keras import Sequential, layers
x, y = np.random.rand(64, 4), np.random.rand(64, 1)
model = Sequential([layers.Input((4,)), layers.Dense(1)])
model.compile("adam", "mse", metrics=[keras.metrics.MeanAbsoluteError(name="absolute_loss")])
loss, absolute_loss = model.evaluate(x, y)
""",
        # the names of the figures, and not the figures
        """
import numpy as np
from keras import Sequential, layers
x, y = np.random.rand(64, 4), np.random.randint(0, 2, 64)
model = Sequential([layers.Input((4,)), layers.Dense(1, activation="sigmoid")])
model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
accuracy, loss = model.evaluate(x, y, return_dict=True)
""",
    ]
    INVALID = [
        Invalid(
            """
import numpy as np
from keras import Sequential, layers
x, y = np.random.rand(64, 4), np.random.randint(0, 2, 64)
model = Sequential([layers.Input((4,)), layers.Dense(1, activation="sigmoid")])
model.compile("adam", "binary_crossentropy", metrics=["accuracy", "mae"])
acc, loss, mae = model.evaluate(x, y)
test_loss, test_mae, test_acc = model.evaluate(x, y)
""",
            [
                (7, "'acc' and 'loss' are swapped: evaluate returns loss, accuracy, mae, in this order"),
                (8, "'test_mae' and 'test_acc' are swapped: evaluate returns loss, accuracy, mae, in this order"),
            ],
        ),
    ]


def _swapped(read: ResultRead) -> tuple[str, str, list[str]] | None:
    """Two names that are bound to the results of one another, and what there is."""
    if read.names is None or read.call.method != "evaluate" or read.call.network.own_methods:
        return None
    known = results(read.call)
    if known is None or len(known) != len(read.names) or len(set(known)) != len(known):
        return None
    meant = [_meant(name, known) for name in read.names]
    for index, place in enumerate(meant):
        if place is not None and place > index and meant[place] == index:
            return read.names[index], read.names[place], known
    return None


def _meant(name: str, known: list[str]) -> int | None:
    """Which of the results a name is that of; None where it is none's, or that of several."""
    words = set(re.split(r"_|(?<=[a-z])(?=[A-Z])", name))
    lower = {word.lower() for word in words}
    if "acc" in lower:
        lower.add("accuracy")
    found = [index for index, figure in enumerate(known) if set(figure.split("_")) <= lower]
    return found[0] if len(found) == 1 else None
