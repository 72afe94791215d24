"""KC479: the batches of a stateful model in any order."""

from __future__ import annotations

from collections.abc import Iterator

from kerascheck.data.array import Array
from kerascheck.data.training import training_data
from kerascheck.diagnostics import Severity
from kerascheck.network.arguments import Given
from kerascheck.network.ir import BuiltinLayer, Layer
from kerascheck.network.program import Program
from kerascheck.rules._streams import batches_in_epoch
from kerascheck.rules._training import argument, argument_site, argument_value
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds


class StatefulShuffled(Rule):
    """A stateful model is trained on arrays that `fit` shuffles.

    ## What it does

    Reports `fit` on arrays of several batches without `shuffle=False`, where a recurrent layer of the model is
    `stateful`.

    ## Why it is bad

    A stateful layer begins each batch with the states in which the last one has left it: sample `i` of a batch must
    go on where sample `i` of the one before has ended. `fit` shuffles the samples, so that the states are those of
    something else, and the layer learns to ignore them.

    ## Example

    ```python
    import numpy as np
    from keras import Sequential, layers

    x, y = np.random.rand(64, 5, 1), np.random.rand(64, 1)
    model = Sequential([layers.Input(batch_shape=(8, 5, 1)), layers.LSTM(4, stateful=True), layers.Dense(1)])
    model.compile("adam", "mse")
    model.fit(x, y, batch_size=8)
    ```

    ## Use instead

    ```python
    import numpy as np
    from keras import Sequential, layers

    x, y = np.random.rand(64, 5, 1), np.random.rand(64, 1)
    model = Sequential([layers.Input(batch_shape=(8, 5, 1)), layers.LSTM(4, stateful=True), layers.Dense(1)])
    model.compile("adam", "mse")
    model.fit(x, y, batch_size=8, shuffle=False)
    ```

    ## References

    - [Keras: working with RNNs, cross-batch statefulness](https://keras.io/guides/working_with_rnns/)
    """

    code = "KC479"
    name = "stateful-shuffled"
    severity = Severity.WARNING

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        told: set[tuple[int, int]] = set()
        for call in program.trainings:
            if call.method != "fit" or call.site.key in told or argument_value(call, "shuffle", True) is not True:
                continue
            x = training_data(call).x
            batches = batches_in_epoch(call)
            if not isinstance(x, Array) or training_data(call).is_stream or batches is None or batches < 2:
                continue
            layer = next(_stateful(call.network), None)
            if layer is not None:
                told.add(call.site.key)
                given = argument(call, "shuffle")
                yield Finding(
                    argument_site(call.site, given) if isinstance(given, Given) else call.site,
                    f"fit shuffles the samples, so that {layer.name!r} goes on with the states of other ones; pass "
                    "shuffle=False",
                    anchor=call.site,
                )

    VALID = [
        # in order
        """
import numpy as np
from keras import Sequential, layers
x, y = np.random.rand(64, 5, 1), np.random.rand(64, 1)
model = Sequential([layers.Input(batch_shape=(8, 5, 1)), layers.LSTM(4, stateful=True), layers.Dense(1)])
model.compile("adam", "mse")
model.fit(x, y, batch_size=8, shuffle=False)
""",
        # no states are kept
        """
import numpy as np
from keras import Sequential, layers
x, y = np.random.rand(64, 5, 1), np.random.rand(64, 1)
model = Sequential([layers.Input(batch_shape=(8, 5, 1)), layers.LSTM(4), layers.Dense(1)])
model.compile("adam", "mse")
model.fit(x, y, batch_size=8)
""",
        # a single batch
        """
import numpy as np
from keras import Sequential, layers
x, y = np.random.rand(8, 5, 1), np.random.rand(8, 1)
model = Sequential([layers.Input(batch_shape=(8, 5, 1)), layers.LSTM(4, stateful=True), layers.Dense(1)])
model.compile("adam", "mse")
for _ in range(10):
    model.fit(x, y, batch_size=8)
""",
        # a stream has its own order
        """
import numpy as np
import tensorflow as tf
from keras import Sequential, layers
x, y = np.random.rand(64, 5, 1), np.random.rand(64, 1)
model = Sequential([layers.Input(batch_shape=(8, 5, 1)), layers.LSTM(4, stateful=True), layers.Dense(1)])
model.compile("adam", "mse")
model.fit(tf.data.Dataset.from_tensor_slices((x, y)).batch(8, drop_remainder=True))
""",
    ]
    INVALID = [
        Invalid(
            """
import numpy as np
from keras import Sequential, layers
x, y = np.random.rand(64, 5, 1), np.random.rand(64, 1)
model = Sequential([layers.Input(batch_shape=(8, 5, 1)), layers.LSTM(4, stateful=True), layers.Dense(1)])
model.compile("adam", "mse")
for epoch in range(10):
    model.fit(x, y, batch_size=8, epochs=1)
    model.layers[0].reset_state()
""",
            [
                (
                    8,
                    "fit shuffles the samples, so that 'lstm' goes on with the states of other ones; pass "
                    "shuffle=False",
                )
            ],
        ),
    ]


def _stateful(layer: Layer, depth: int = 0) -> Iterator[BuiltinLayer]:
    """The layers that keep their states from batch to batch."""
    for part in layer.sublayers():
        if isinstance(part, BuiltinLayer) and part.unknown is None and part.config.get("stateful") is True:
            yield part
        elif depth < 5:
            yield from _stateful(part, depth + 1)
