"""KC454: a recurrent layer gets sequences of one step."""

from __future__ import annotations

from collections.abc import Iterator

from kerascheck.data.array import Array
from kerascheck.data.training import training_data
from kerascheck.diagnostics import Severity
from kerascheck.network.arguments import Given
from kerascheck.network.program import Program, TrainCall
from kerascheck.rules._training import argument, argument_site
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds

_RECURRENT = frozenset({"LSTM", "GRU", "SimpleRNN", "ConvLSTM1D"})


class OneStepSequences(Rule):
    """A recurrent layer is trained on sequences of a single step.

    ## What it does

    Reports `fit` on arrays of the shape (samples, 1, features) with several features, where the first layer is an
    `LSTM`, `GRU` or `SimpleRNN` that keeps no state between batches.

    ## Why it is bad

    There is nothing to remember: the layer is a `Dense` layer with gates, at several times the cost. Mostly the steps
    of the series stand in the axis of the features; recurrent layers take (samples, steps, features).

    ## Example

    ```python
    import numpy as np
    from keras import Sequential, layers

    windows, following = np.random.rand(500, 30), np.random.rand(500)
    x = windows.reshape(500, 1, 30)
    model = Sequential([layers.Input((1, 30)), layers.LSTM(16), layers.Dense(1)])
    model.compile("adam", "mse")
    model.fit(x, following)
    ```

    ## Use instead

    ```python
    import numpy as np
    from keras import Sequential, layers

    windows, following = np.random.rand(500, 30), np.random.rand(500)
    x = windows.reshape(500, 30, 1)
    model = Sequential([layers.Input((30, 1)), layers.LSTM(16), layers.Dense(1)])
    model.compile("adam", "mse")
    model.fit(x, following)
    ```

    ## References

    - [Keras: working with RNNs](https://keras.io/guides/working_with_rnns/)
    """

    code = "KC454"
    name = "one-step-sequences"
    severity = Severity.INFO

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        for call in program.trainings:
            x = training_data(call).x if call.method == "fit" else None
            given = argument(call, "x")
            if not isinstance(x, Array) or not isinstance(x.shape, tuple) or not isinstance(given, Given):
                continue
            if len(x.shape) != 3 or x.shape[1] != 1 or x.shape[2] == 1 or not _begins_recurrent(call):
                continue
            yield Finding(
                argument_site(call.site, given),
                "the sequences have one step, so that the recurrent layer has nothing to remember; its input is "
                "(samples, steps, features)",
                anchor=call.site,
            )

    VALID = [
        # several steps
        """
import numpy as np
from keras import Sequential, layers
model = Sequential([layers.Input((30, 1)), layers.LSTM(16), layers.Dense(1)])
model.compile("adam", "mse")
model.fit(np.random.rand(500, 30, 1), np.random.rand(500))
""",
        # the state goes on from batch to batch
        """
import numpy as np
from keras import Sequential, layers
model = Sequential([layers.Input(batch_shape=(10, 1, 4)), layers.LSTM(16, stateful=True), layers.Dense(1)])
model.compile("adam", "mse")
model.fit(np.random.rand(500, 1, 4), np.random.rand(500), batch_size=10, shuffle=False)
""",
        # no recurrent layer
        """
import numpy as np
from keras import Sequential, layers
model = Sequential([layers.Input((1, 30)), layers.Flatten(), layers.Dense(1)])
model.compile("adam", "mse")
model.fit(np.random.rand(500, 1, 30), np.random.rand(500))
""",
    ]
    INVALID = [
        Invalid(
            """
import numpy as np
import pandas as pd
from keras.models import Sequential
from keras.layers import LSTM, Dense
table = pd.read_csv("energy.csv")
x = table[["hour", "day", "wind"]].values
x = np.reshape(x, (x.shape[0], 1, x.shape[1]))
model = Sequential([LSTM(16, input_shape=(1, 3)), Dense(1)])
model.compile("adam", "mse")
model.fit(x, table["load"].values, epochs=10)
""",
            [
                (
                    11,
                    "the sequences have one step, so that the recurrent layer has nothing to remember; its input is "
                    "(samples, steps, features)",
                )
            ],
        ),
    ]


def _begins_recurrent(call: TrainCall) -> bool:
    """Whether the first layer is a recurrent one that begins each batch anew."""
    layers = [node.layer for node in call.nodes if node.layer.cls != "InputLayer"]
    first = layers[0] if layers and len(call.inputs) == 1 and call.network.open is None else None
    if first is not None and first.cls == "Bidirectional":
        first = next(iter(first.sublayers()), None)
    return first is not None and first.cls in _RECURRENT and first.config.get("stateful", False) is False
