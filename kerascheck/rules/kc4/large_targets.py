"""KC475: targets far from what a network gives at the start."""

from __future__ import annotations

from collections.abc import Iterator

from kerascheck.data.array import Array
from kerascheck.data.content import Content
from kerascheck.data.training import training_data
from kerascheck.diagnostics import Severity
from kerascheck.network.arguments import Given
from kerascheck.network.program import Program, TrainCall
from kerascheck.rules._outputs import describe
from kerascheck.rules._training import argument, argument_site
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds
from kerascheck.training.compiled_losses import losses_by_output

#: Losses that grow with the targets.
_GROWING = frozenset({"mean_squared_error", "mean_absolute_error", "huber", "log_cosh"})
#: What the targets of a regression reach where they surely are too large for an output that starts around 0.
_LARGE = 1000.0


class LargeTargets(Rule):
    """A regression is trained on targets in the thousands as they are.

    ## What it does

    Reports a `fit` on targets of which some are 1000 and more, where the model ends with a layer without activation and
    the loss is one that grows with the targets (`mse`, `mae`, `huber`, `log_cosh`).

    ## Why it is bad

    The output starts around 0, and Adam moves its bias by the learning rate, 0.001, in each step: to get to 200,000
    takes it forever, and the epochs are spent on that alone. With SGD the gradients are as large as the targets, and
    the weights become NaN.

    ## Example

    ```python
    import numpy as np
    from keras import Sequential, layers

    x, price = np.random.rand(500, 4), np.linspace(50_000, 500_000, 500)
    model = Sequential([layers.Input((4,)), layers.Dense(32, activation="relu"), layers.Dense(1)])
    model.compile("adam", "mse")
    model.fit(x, price)
    ```

    ## Use instead

    ```python
    import numpy as np
    from keras import Sequential, layers

    x, price = np.random.rand(500, 4), np.linspace(50_000, 500_000, 500)
    scale = 100_000
    model = Sequential([layers.Input((4,)), layers.Dense(32, activation="relu"), layers.Dense(1)])
    model.compile("adam", "mse")
    model.fit(x, price / scale)
    predicted = scale * model.predict(x)
    ```

    ## References

    - [Brownlee: how to use data scaling improve deep learning model stability and performance](https://machinelearningmastery.com/how-to-improve-neural-network-stability-and-modeling-performance-with-data-scaling/)
    """

    code = "KC475"
    name = "large-targets"
    severity = Severity.WARNING

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        told: set[int] = set()
        for call in program.trainings:
            y = training_data(call).y if call.method == "fit" else None
            if not isinstance(y, Array) or id(call.network) in told or not _is_plain_regression(call):
                continue
            content = y.content
            given = argument(call, "y")
            if isinstance(given, Given) and _are_large(content):
                told.add(id(call.network))
                yield Finding(
                    argument_site(call.site, given),
                    f"the targets {_range(content)}, the output starts around 0 and moves in "
                    "small steps; scale the targets, and scale the predictions back",
                    anchor=call.site,
                )

    VALID = [
        # scaled
        """
import numpy as np
from keras import Sequential, layers
x, price = np.random.rand(500, 4), np.linspace(50_000, 500_000, 500)
model = Sequential([layers.Input((4,)), layers.Dense(32, activation="relu"), layers.Dense(1)])
model.compile("adam", "mse")
model.fit(x, price / 100_000)
model.fit(x, np.log1p(price))
model.fit(x, (price - price.mean()) / price.std())
""",
        # the model itself brings its output to scale
        """
import numpy as np
from keras import Sequential, layers
x, price = np.random.rand(500, 4), np.linspace(50_000, 500_000, 500)
model = Sequential([layers.Input((4,)), layers.Dense(32, activation="relu"), layers.Dense(1), layers.Rescaling(1e5)])
model.compile("adam", "mse")
model.fit(x, price)
""",
        # a loss of ratios
        """
import numpy as np
from keras import Sequential, layers
x, price = np.random.rand(500, 4), np.linspace(50_000, 500_000, 500)
model = Sequential([layers.Input((4,)), layers.Dense(32, activation="relu"), layers.Dense(1, activation="exponential")])
model.compile("adam", "msle")
model.fit(x, price)
""",
        # class numbers
        """
import numpy as np
import keras
from keras import Sequential, layers
x, word = np.random.rand(5000, 4), np.arange(5000)
model = Sequential([layers.Input((4,)), layers.Dense(5000)])
model.compile("adam", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
model.fit(x, word)
""",
        # prices in thousands
        """
from keras import Sequential, datasets, layers
(x, price), _ = datasets.boston_housing.load_data()
model = Sequential([layers.Input((13,)), layers.BatchNormalization(), layers.Dense(1)])
model.compile("adam", "mse")
model.fit(x, price)
""",
        # how large they are is not known
        """
import pandas as pd
from keras import Sequential, layers
frame = pd.read_csv("prices.csv")
model = Sequential([layers.Input((4,)), layers.Dense(1)])
model.compile("adam", "mse")
model.fit(frame[["a", "b", "c", "d"]], frame["price"])
""",
    ]
    INVALID = [
        Invalid(
            """
import numpy as np
from keras import Sequential, layers
x, price = np.random.rand(500, 4), np.random.randint(50_000, 500_000, 500)
model = Sequential([layers.Input((4,)), layers.Dense(32, activation="relu"), layers.Dense(1)])
model.compile("adam", "mse")
model.fit(x, price, epochs=100)
""",
            [
                (
                    7,
                    "the targets go from 50000 to 499999, the output starts around 0 and moves in small steps; scale "
                    "the targets, and scale the predictions back",
                )
            ],
        ),
        Invalid(
            """
import numpy as np
from keras import Sequential, layers
model = Sequential([layers.Input((4,)), layers.Dense(1)])
model.compile("adam", "mse")
model.fit(np.random.rand(10, 4), np.ones((10, 1)) * 1000, epochs=100)
""",
            [
                (
                    6,
                    "the targets are all 1000, the output starts around 0 and moves in small steps; scale the targets, "
                    "and scale the predictions back",
                )
            ],
        ),
    ]


def _are_large(content: Content) -> bool:
    """Whether some of the numbers surely are."""
    if content.low is None or content.high is None:
        return False
    occur = content.attained or content.values is not None
    if occur:
        return max(-content.low, content.high) >= _LARGE
    return content.low >= _LARGE or content.high <= -_LARGE


def _is_plain_regression(call: TrainCall) -> bool:
    """Whether the one output comes as a sum of weights, and the loss grows with the targets."""
    targets = list(losses_by_output(call.compiled)) if call.compiled is not None else []
    if len(targets) != 1 or targets[0].loss is None or targets[0].loss.name not in _GROWING:
        return False
    return describe(targets[0].tensor).activation == "linear"


def _range(content: Content) -> str:
    if content.low == content.high:
        return f"are all {content.low:g}"
    return f"go from {content.low:g} to {content.high:g}"
