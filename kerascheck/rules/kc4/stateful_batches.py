"""KC449: batches of another size than a stateful model is built for."""

from __future__ import annotations

from kerascheck.diagnostics import Severity
from kerascheck.rules._clashes import ClashRule
from kerascheck.rules.base import Invalid


class StatefulBatches(ClashRule):
    """A stateful model receives batches of another size than it was built for.

    ## What it does

    Works out the sizes of all batches, the last one and those of the validation data included, of a model whose input
    has a fixed batch size and that has a recurrent layer with `stateful=True`.

    ## Why it is bad

    The layer keeps a state for each sample of a batch. TensorFlow raises InvalidArgumentError ("Incompatible shapes")
    in the first batch of another size, which often is the last one of an epoch.

    ## Example

    ```python
    import numpy as np
    from keras import Sequential, layers

    x, y = np.random.rand(640, 20, 3), np.random.rand(640)
    model = Sequential([layers.Input(batch_shape=(32, 20, 3)), layers.LSTM(16, stateful=True), layers.Dense(1)])
    model.compile("adam", "mse")
    model.fit(x, y, batch_size=32, shuffle=False, validation_split=0.12)
    ```

    ## Use instead

    ```python
    import numpy as np
    from keras import Sequential, layers

    x, y = np.random.rand(640, 20, 3), np.random.rand(640)
    model = Sequential([layers.Input(batch_shape=(32, 20, 3)), layers.LSTM(16, stateful=True), layers.Dense(1)])
    model.compile("adam", "mse")
    model.fit(x, y, batch_size=32, shuffle=False, validation_split=0.1)
    ```

    ## References

    - [Keras: working with RNNs, cross-batch statefulness](https://keras.io/guides/working_with_rnns/#crossbatch-statefulness)
    - [Stateful RNN and the last batch](https://github.com/keras-team/keras/issues/1853)
    """

    code = "KC449"
    name = "stateful-batches"
    severity = Severity.ERROR
    kind = "fixed-batch"

    VALID = [
        # all batches are full
        """
import numpy as np
from keras import Sequential, layers
model = Sequential([layers.Input(batch_shape=(10, 20, 3)), layers.LSTM(4, stateful=True), layers.Dense(1)])
model.compile("adam", "mse")
x, y = np.random.rand(100, 20, 3), np.random.rand(100)
model.fit(x, y, batch_size=10, shuffle=False, validation_data=(x[:20], y[:20]))
model.predict(x, batch_size=10)
""",
        # no state is kept
        """
import numpy as np
from keras import Sequential, layers
model = Sequential([layers.Input(batch_shape=(32, 20, 3)), layers.LSTM(4), layers.Dense(1)])
model.compile("adam", "mse")
model.fit(np.random.rand(100, 20, 3), np.random.rand(100))
""",
        # how many samples there are is not known
        """
import numpy as np
from keras import Sequential, layers
x = np.load("x.npy").reshape(-1, 20, 3)
model = Sequential([layers.Input(batch_shape=(32, 20, 3)), layers.LSTM(4, stateful=True), layers.Dense(1)])
model.compile("adam", "mse")
model.fit(x, x[:, 0, 0], batch_size=32)
""",
    ]
    INVALID = [
        Invalid(
            """
import numpy as np
from keras import Sequential, layers
SIZE = 32
model = Sequential([layers.Input(batch_shape=(SIZE, 5, 3)), layers.LSTM(4, stateful=True), layers.Dense(1)])
model.predict(np.random.rand(650, 5, 3), batch_size=SIZE)
""",
            [
                (
                    6,
                    "'x' of 650 samples leaves a batch of 10, but the stateful layers are built for batches of 32; use "
                    "only batches of 32",
                )
            ],
        ),
        Invalid(
            """
import numpy as np
from keras import Sequential, layers
def make(batch):
    return Sequential([layers.Input(batch_shape=(batch, 5, 3)), layers.GRU(4, stateful=True), layers.Dense(1)])
model = make(10)
model.compile("adam", "mse")
x, y = np.random.rand(100, 5, 3), np.random.rand(100)
for epoch in range(3):
    model.fit(x, y, batch_size=10, epochs=1, shuffle=False, validation_data=(x[:25], y[:25]))
""",
            [
                (
                    10,
                    "'x' of validation_data of 25 samples leaves a batch of 5, but the stateful layers are built for "
                    "batches of 10; use only batches of 10",
                )
            ],
        ),
    ]
