"""KC215: Targets and outputs of different shapes are compared by repeating one of them."""

from __future__ import annotations

from kerascheck.diagnostics import Severity
from kerascheck.rules._clashes import ClashRule
from kerascheck.rules.base import Invalid


class SilentBroadcast(ClashRule):
    """Targets and outputs of different shapes are compared by repeating one of them.

    ## What it does

    Reports losses and metrics that do not fail on targets and outputs of different shapes, but repeat the smaller one
    until they fit: targets `(n, 1)` against outputs `(n, 4)`, targets of one step against outputs of a whole sequence,
    `(n,)` against `(n, 1)` in a metric that does not bring them together. Axes of size 1 at the end that Keras 3 drops
    or adds itself are no matter.

    ## Why it is bad

    Nothing fails, and the numbers are wrong: each output is drawn to the same target, or each sample is compared with
    the targets of all others.

    ## Example

    ```python
    import numpy as np
    from keras import Sequential, layers

    model = Sequential([layers.Input((12, 4)), layers.LSTM(8, return_sequences=True), layers.Dense(1)])
    model.compile("adam", "mse")
    model.fit(np.zeros((100, 12, 4)), np.zeros((100, 1)))
    ```

    ## Use instead

    ```python
    import numpy as np
    from keras import Sequential, layers

    model = Sequential([layers.Input((12, 4)), layers.LSTM(8), layers.Dense(1)])
    model.compile("adam", "mse")
    model.fit(np.zeros((100, 12, 4)), np.zeros((100, 1)))
    ```

    ## References

    - [Keras: losses](https://keras.io/api/losses/)
    - [NumPy: broadcasting](https://numpy.org/doc/stable/user/basics.broadcasting.html)
    """

    code = "KC215"
    name = "silent-broadcast"
    kind = "spread"
    severity = Severity.WARNING

    VALID = [
        # Keras 3 gives the targets their axis
        """
import numpy as np
from keras import Sequential, layers
model = Sequential([layers.Input((20,)), layers.Dense(1)])
model.compile("adam", "mse", metrics=["mae"])
model.fit(np.zeros((100, 20)), np.zeros(100))
""",
        # a number for each step
        """
import numpy as np
from keras import Sequential, layers
model = Sequential([layers.Input((12, 4)), layers.LSTM(8, return_sequences=True), layers.Dense(1)])
model.compile("adam", "mse")
model.fit(np.zeros((100, 12, 4)), np.zeros((100, 12)))
""",
        # a row of the batch is as wide as the outputs
        """
import numpy as np
from keras import Sequential, layers
model = Sequential([layers.Input((20,)), layers.Dense(4)])
model.compile("adam", "mse")
model.fit(np.zeros((100, 20)), np.zeros((100, 4)))
""",
        # only the last of an unknown number of layers gives no sequences
        """
import sys
import numpy as np
from keras import Sequential, layers
count = int(sys.argv[1])
model = Sequential([layers.Input((30, 1)), layers.LSTM(8, return_sequences=True)])
for index in range(count):
    model.add(layers.LSTM(8, return_sequences=index < count - 1))
model.add(layers.Dense(1))
model.compile("adam", "mse")
model.fit(np.zeros((100, 30, 1)), np.zeros(100))
""",
        # windows of which the last step is the target
        """
import numpy as np
import tensorflow as tf
from keras import Sequential, layers
windows = tf.data.Dataset.from_tensor_slices(np.zeros(1000)).window(5, shift=1, drop_remainder=True)
rows = windows.flat_map(lambda window: window.batch(5)).map(lambda row: (row[:-1], row[-1:]))
model = Sequential([layers.Input((None, 1)), layers.SimpleRNN(40), layers.Dense(1)])
model.compile("adam", "mae", metrics=["mse"])
model.fit(rows.map(lambda x, y: (tf.expand_dims(x, -1), y)).batch(30), epochs=2)
""",
        # targets of unknown width
        """
import numpy as np
from keras import Sequential, layers
model = Sequential([layers.Input((20,)), layers.Dense(4)])
model.compile("adam", "mse")
model.fit(np.zeros((100, 20)), np.load("y.npy"))
""",
    ]
    INVALID = [
        # four units for one number
        Invalid(
            """
import numpy as np
from keras import Sequential, layers
model = Sequential([layers.Input((20,)), layers.Dense(4)])
model.compile("adam", "mse")
model.fit(np.zeros((100, 20)), np.zeros((100, 1)))
""",
            [
                (
                    6,
                    "mean_squared_error compares targets (100, 1) with outputs (None, 4) by broadcasting the targets; "
                    "the last layer needs 1 unit",
                )
            ],
        ),
        # one unit for a one-hot class
        Invalid(
            """
import numpy as np
from keras import Sequential, layers
model = Sequential([layers.Input((20,)), layers.Dense(1)])
model.compile("adam", "mae")
model.fit(np.zeros((100, 20)), np.zeros((100, 3)))
""",
            [
                (
                    6,
                    "mean_absolute_error compares targets (100, 3) with outputs (None, 1) by broadcasting the outputs; "
                    "the last layer needs 3 units",
                )
            ],
        ),
        # a target for the sequence, not for its steps
        Invalid(
            """
import numpy as np
from keras import Sequential, layers
model = Sequential([layers.Input((12, 4)), layers.GRU(8, return_sequences=True), layers.Dense(1)])
model.compile("adam", "mse")
model.fit(np.zeros((100, 12, 4)), np.zeros(100))
""",
            [
                (
                    6,
                    "mean_squared_error compares targets (100,) with outputs (None, 12, 1) by broadcasting the targets "
                    "and the outputs; drop return_sequences=True of 'gru' for one target per sample",
                )
            ],
        ),
        # a metric that compares each sample with the targets of all others
        Invalid(
            """
import numpy as np
from keras import Sequential, layers
model = Sequential([layers.Input((20,)), layers.Dense(1, activation="exponential")])
model.compile("adam", "poisson", metrics=["poisson"])
model.fit(np.zeros((100, 20)), np.zeros(100))
""",
            [
                (
                    6,
                    "poisson compares targets (100,) with outputs (None, 1) by broadcasting the targets and the "
                    "outputs; "
                    "add the missing axis to the targets, y.reshape(-1, 1)",
                )
            ],
        ),
    ]
