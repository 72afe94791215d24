"""KC425: `steps_per_epoch` does not agree with the number of batches that arrays make."""

from __future__ import annotations

import math
from collections.abc import Iterator

from kerascheck.data.array import Array
from kerascheck.data.training import training_data
from kerascheck.diagnostics import Severity
from kerascheck.network.arguments import Given
from kerascheck.network.program import Program, TrainCall
from kerascheck.rules._training import (
    argument,
    argument_site,
    argument_value,
    known_int,
)
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds
from kerascheck.symbolic.unknown import Unknown


class StepsForArrays(Rule):
    """`steps_per_epoch` does not agree with the number of batches that arrays make.

    ## What it does

    Reports `fit` on arrays with a `steps_per_epoch` other than the number of samples divided by the size of a batch,
    rounded up, where all three are known.

    ## Why it is bad

    With more steps than batches, Keras warns in each epoch that the input ran out of data. With fewer, it goes on in
    the next epoch where it stopped and ends that epoch with the data: every other epoch is nearly empty, and the
    figures of the epochs cannot be compared. Arrays need no `steps_per_epoch`; it is for streams.

    ## Example

    ```python
    import numpy as np
    from keras import Sequential, layers

    model = Sequential([layers.Input((4,)), layers.Dense(1)])
    model.compile("adam", "mse")
    model.fit(np.zeros((64, 4)), np.zeros((64, 1)), batch_size=16, steps_per_epoch=64, epochs=5)
    ```

    ## Use instead

    ```python
    import numpy as np
    from keras import Sequential, layers

    model = Sequential([layers.Input((4,)), layers.Dense(1)])
    model.compile("adam", "mse")
    model.fit(np.zeros((64, 4)), np.zeros((64, 1)), batch_size=16, epochs=5)
    ```

    ## References

    - [Keras: model training APIs](https://keras.io/api/models/model_training_apis/)
    """

    code = "KC425"
    name = "steps-for-arrays"
    severity = Severity.WARNING

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        for call in program.trainings:
            given = argument(call, "steps_per_epoch") if call.method == "fit" else None
            steps = known_int(given.value) if isinstance(given, Given) else None
            batches = batches_of(call)
            if not isinstance(given, Given) or steps is None or batches is None or steps < 1:
                continue
            epochs = argument_value(call, "epochs", 1)
            if isinstance(epochs, Unknown):
                continue
            if steps > batches:
                message = f"the arrays make {_batches(batches)}, not {steps}, and run out in each epoch"
            elif batches % steps and not (isinstance(epochs, int) and epochs <= batches // steps):
                message = (
                    f"the arrays make {_batches(batches)}, which are not whole epochs of {steps}: "
                    f"some epochs get {batches % steps}"
                )
            else:
                continue
            yield Finding(argument_site(call.site, given), f"{message}; drop steps_per_epoch", anchor=call.site)

    VALID = [
        # all batches
        """
import numpy as np
from keras import Sequential, layers
model = Sequential([layers.Input((4,)), layers.Dense(1)])
model.compile("adam", "mse")
model.fit(np.zeros((60, 4)), np.zeros((60, 1)), batch_size=16, steps_per_epoch=4, epochs=5)
""",
        # epochs of half the data: the second half is the next epoch
        """
import numpy as np
from keras import Sequential, layers
model = Sequential([layers.Input((4,)), layers.Dense(1)])
model.compile("adam", "mse")
model.fit(np.zeros((64, 4)), np.zeros((64, 1)), batch_size=16, steps_per_epoch=2, epochs=4)
""",
        # the data last longer than the training
        """
import numpy as np
from keras import Sequential, layers
model = Sequential([layers.Input((4,)), layers.Dense(1)])
model.compile("adam", "mse")
model.fit(np.zeros((6400, 4)), np.zeros((6400, 1)), steps_per_epoch=60, epochs=3)
""",
        # the number of samples is not known
        """
from elsewhere import x, y
from keras import Sequential, layers
model = Sequential([layers.Input((4,)), layers.Dense(1)])
model.compile("adam", "mse")
model.fit(x, y, batch_size=16, steps_per_epoch=len(x) // 16, epochs=5)
""",
    ]
    INVALID = [
        Invalid(
            """
import numpy as np
from keras import Sequential, layers
x, y = np.zeros((64, 4)), np.zeros((64, 1))
model = Sequential([layers.Input((4,)), layers.Dense(1)])
model.compile("adam", "mse")
model.fit(x, y, batch_size=16, steps_per_epoch=64, epochs=5)
model.fit(x, y, validation_split=0.5, steps_per_epoch=2)
model.fit(x, y, batch_size=16, steps_per_epoch=3, epochs=5)
""",
            [
                (
                    7,
                    "the arrays make 4 batches, not 64, and run out in each epoch; drop steps_per_epoch",
                ),
                (
                    8,
                    "the arrays make 1 batch, not 2, and run out in each epoch; drop steps_per_epoch",
                ),
                (
                    9,
                    "the arrays make 4 batches, which are not whole epochs of 3: some epochs get 1; "
                    "drop steps_per_epoch",
                ),
            ],
        ),
    ]


def batches_of(call: TrainCall) -> int | None:
    """The number of batches in an epoch of `fit` on arrays; None where it is not known."""
    x = training_data(call).x
    count = x.shape[0] if isinstance(x, Array) and isinstance(x.shape, tuple) and x.shape else None
    size, split = argument_value(call, "batch_size"), argument_value(call, "validation_split", 0.0)
    size = 32 if size is None else known_int(size)
    if not isinstance(count, int) or not size or size < 1 or training_data(call).is_stream:
        return None
    if isinstance(split, bool) or not isinstance(split, (int, float)) or not 0 <= split < 1:
        return None
    return math.ceil(int(count * (1 - split)) / size)


def _batches(number: int) -> str:
    return f"{number} batch{'es' * (number != 1)}"
