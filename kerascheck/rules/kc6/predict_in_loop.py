"""KC601: `predict` for one sample at a time."""

from __future__ import annotations

from collections.abc import Iterator

from kerascheck.data.array import Array
from kerascheck.data.training import FITTING, arrays_of, training_data
from kerascheck.diagnostics import Severity
from kerascheck.network.program import Program, TrainCall
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds

#: A loop of fewer rounds costs little.
_FEW = 10


class PredictInLoop(Rule):
    """`predict` is called in a loop, for one sample at a time.

    ## What it does

    Reports `predict` in a loop on arrays with a single sample, where the loop trains nothing.

    ## Why it is bad

    A call of `predict` makes a data set, an iterator and a progress bar before it computes anything: some tens of
    milliseconds for a sample that takes one. Four hundred windows took 80 seconds one by one, and 0.6 in one call.
    Where each sample hangs on the one before, calling the model itself costs a fraction.

    ## Example

    ```python
    import numpy as np
    from keras import Sequential, layers

    model = Sequential([layers.Input((4,)), layers.Dense(1)])
    samples = np.random.rand(500, 4)
    scores = []
    for sample in samples:
        scores.append(model.predict(sample.reshape(1, 4)))
    ```

    ## Use instead

    ```python
    import numpy as np
    from keras import Sequential, layers

    model = Sequential([layers.Input((4,)), layers.Dense(1)])
    samples = np.random.rand(500, 4)
    scores = model.predict(samples)
    ```

    ## References

    - [Keras: predict, and when to call the model itself](https://keras.io/api/models/model_training_apis/#predict-method)
    - [predict in a loop](https://github.com/keras-team/keras/issues/13118)
    """

    code = "KC601"
    name = "predict-in-loop"
    severity = Severity.INFO

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        told: set[tuple[int, int]] = set()
        for call in program.trainings:
            if call.method != "predict" or not call.loops or call.site.key in told or not _is_single(call):
                continue
            loop = call.loops[-1]
            over = loop.over
            if isinstance(over, (range, tuple)) and len(over) <= _FEW:
                continue
            if any(other.method in FITTING and loop in other.loops for other in program.trainings):
                continue
            told.add(call.site.key)
            yield Finding(
                call.site,
                "predict() for one sample at a time is mostly overhead; predict all samples in one call, or "
                "call the model itself: model(x, training=False)",
            )

    VALID = [
        # all at once
        """
import numpy as np
from keras import Sequential, layers
model = Sequential([layers.Input((4,)), layers.Dense(1)])
scores = model.predict(np.random.rand(500, 4))
""",
        # whole batches
        """
import numpy as np
from keras import Sequential, layers
model = Sequential([layers.Input((4,)), layers.Dense(1)])
scores = [model.predict(part) for part in np.split(np.random.rand(512, 4), 16)]
""",
        # a few examples
        """
import numpy as np
from keras import Sequential, layers
model = Sequential([layers.Input((4,)), layers.Dense(1)])
samples = np.random.rand(500, 4)
for index in range(5):
    print(model.predict(samples[index : index + 1]))
""",
        # a look at one sample in each epoch
        """
import numpy as np
from keras import Sequential, layers
model = Sequential([layers.Input((4,)), layers.Dense(1)])
model.compile("adam", "mse")
x, y = np.random.rand(500, 4), np.random.rand(500, 1)
for epoch in range(50):
    model.fit(x, y)
    print(model.predict(x[:1]))
""",
    ]
    INVALID = [
        Invalid(
            """
import numpy as np
from keras import Sequential, layers
model = Sequential([layers.Input((4,)), layers.Dense(1)])
def score(sample):
    return model.predict(np.expand_dims(sample, axis=0), verbose=0)[0, 0]
scores = [score(sample) for sample in np.random.rand(500, 4)]
""",
            [
                (
                    6,
                    "predict() for one sample at a time is mostly overhead; predict all samples in one call, "
                    "or call the model itself: model(x, training=False)",
                )
            ],
        ),
    ]


def _is_single(call: TrainCall) -> bool:
    """Whether the call surely gets one sample."""
    data = training_data(call)
    arrays = arrays_of(data.x)
    return not data.is_stream and bool(arrays) and all(map(_has_one, arrays))


def _has_one(array: Array) -> bool:
    return isinstance(array.shape, tuple) and len(array.shape) > 1 and array.shape[0] == 1
