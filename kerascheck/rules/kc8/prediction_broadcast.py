"""KC826: an own training step pairs targets (n,) with predictions (n, 1)."""

from __future__ import annotations

from collections.abc import Iterator

from kerascheck.diagnostics import Severity
from kerascheck.network.events import Pairing
from kerascheck.network.program import Program
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds


class PredictionBroadcast(Rule):
    """An operator pairs the output of a model, of shape (n, 1), with an array of shape (n,).

    ## What it does

    Reports `y - model(x)` and its kin where the output of the model has a last axis of one, and the other side has the
    axis of the samples alone.

    ## Why it is bad

    numpy's rules make a table (n, n) of the two: each target is compared with each prediction. The mean of that is a
    loss under which the model learns to give the mean of all targets, without a word.

    ## Example

    ```python
    import numpy as np
    import tensorflow as tf
    from keras import Sequential, layers

    model = Sequential([layers.Input((4,)), layers.Dense(1)])
    x, y = np.random.rand(64, 4), np.random.rand(64)
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(tf.square(y - model(x)))
    ```

    ## Use instead

    ```python
    import numpy as np
    import tensorflow as tf
    from keras import Sequential, layers

    model = Sequential([layers.Input((4,)), layers.Dense(1)])
    x, y = np.random.rand(64, 4), np.random.rand(64, 1)
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(tf.square(y - model(x)))
    ```

    ## References

    - [numpy: broadcasting](https://numpy.org/doc/stable/user/basics.broadcasting.html)
    """

    code = "KC826"
    name = "prediction-broadcast"
    severity = Severity.WARNING

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        seen: set[tuple[int, int]] = set()
        for event in program.events:
            if isinstance(event, Pairing) and event.site.key not in seen:
                seen.add(event.site.key)
                yield Finding(
                    event.site,
                    f"the output of {event.network.name!r}, of shape (n, 1), broadcasts against an array of shape (n,) "
                    f"to (n, n); add a second axis to the array ([:, None]), or squeeze the output",
                )

    VALID = [
        # both have two axes
        """
import numpy as np
from keras import Sequential, layers
model = Sequential([layers.Input((4,)), layers.Dense(1)])
x, y = np.random.rand(64, 4), np.random.rand(64, 1)
error = y - model(x)
""",
        # squeezed
        """
import numpy as np
import tensorflow as tf
from keras import Sequential, layers
model = Sequential([layers.Input((4,)), layers.Dense(1)])
x, y = np.random.rand(64, 4), np.random.rand(64)
error = y - tf.squeeze(model(x), axis=-1)
""",
        # a row of frequencies for each sample
        """
import numpy as np
from keras import Sequential, layers
model = Sequential([layers.Input((4,)), layers.Dense(1)])
x, frequencies = np.random.rand(64, 4), np.arange(8.0)
waves = model(x) * frequencies
""",
        # a loss of Keras brings both to one rank
        """
import numpy as np
import keras
from keras import Sequential, layers
model = Sequential([layers.Input((4,)), layers.Dense(1)])
x, y = np.random.rand(64, 4), np.random.rand(64)
error = keras.losses.MeanSquaredError()(y, model(x))
""",
    ]
    INVALID = [
        Invalid(
            """
import numpy as np
import tensorflow as tf
model = tf.keras.Sequential([tf.keras.layers.Input((4,)), tf.keras.layers.Dense(1)])
data = tf.data.Dataset.from_tensor_slices((np.random.rand(80, 4), np.random.rand(80))).batch(8)
@tf.function
def step(x, y):
    with tf.GradientTape() as tape:
        output = model(x, training=True)
        loss = tf.reduce_mean((output - y) ** 2)
    return tape.gradient(loss, model.trainable_variables)
for x, y in data:
    step(x, y)
""",
            [
                (
                    10,
                    "the output of 'sequential', of shape (n, 1), broadcasts against an array of shape (n,) to (n, n); "
                    "add a second axis to the array ([:, None]), or squeeze the output",
                )
            ],
        ),
    ]
