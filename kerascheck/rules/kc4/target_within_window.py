"""KC488: the targets of windows are in the windows themselves."""

from __future__ import annotations

from collections.abc import Iterator

from kerascheck.data.training import FITTING
from kerascheck.diagnostics import Severity
from kerascheck.network.program import Program
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds


class TargetWithinWindow(Rule):
    """The targets of windows are in the windows themselves.

    ## What it does

    Reports `timeseries_dataset_from_array(data, targets)` where the targets are the data, or a column of them, from the
    same row on.

    ## Why it is bad

    The target of a window is `targets[i]`, where `i` is the row at which the window *begins*. Without a shift it is the
    first step of the window: the model learns to repeat what it is shown, and forecasts nothing.

    ## Example

    ```python
    import numpy as np
    import keras
    from keras import layers

    data = np.random.rand(1000, 3)
    windows = keras.utils.timeseries_dataset_from_array(data, data[:, 0], sequence_length=24)
    model = keras.Sequential([layers.Input((24, 3)), layers.LSTM(8), layers.Dense(1)])
    model.compile("adam", "mse")
    model.fit(windows)
    ```

    ## Use instead

    ```python
    import numpy as np
    import keras
    from keras import layers

    data = np.random.rand(1000, 3)
    windows = keras.utils.timeseries_dataset_from_array(data[:-24], data[24:, 0], sequence_length=24)
    model = keras.Sequential([layers.Input((24, 3)), layers.LSTM(8), layers.Dense(1)])
    model.compile("adam", "mse")
    model.fit(windows)
    ```

    ## References

    - [Keras: timeseries_dataset_from_array](https://keras.io/api/data_loading/timeseries/)
    """

    code = "KC488"
    name = "target-within-window"
    severity = Severity.WARNING

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        if not any(call.method in FITTING for call in program.trainings):
            return
        for step in program.preparations:
            if step.kind == "unshifted":
                yield Finding(
                    step.site,
                    "the target of each window is its own first step; begin the targets one window later, "
                    "targets[sequence_length:]",
                )

    VALID = [
        # one window later
        """
import numpy as np
import keras
from keras import layers
data = np.random.rand(1000, 3)
windows = keras.utils.timeseries_dataset_from_array(data[:-24], data[24:, 0], sequence_length=24)
whole = keras.utils.timeseries_dataset_from_array(data, data[24:], sequence_length=24)
model = keras.Sequential([layers.Input((24, 3)), layers.LSTM(8), layers.Dense(1)])
model.compile("adam", "mse")
model.fit(windows)
""",
        # something else of the same days; no targets
        """
import numpy as np
import keras
from keras import layers
data, sick = np.random.rand(1000, 3), np.random.rand(1000)
windows = keras.utils.timeseries_dataset_from_array(data, sick, sequence_length=24)
alone = keras.utils.timeseries_dataset_from_array(data, None, sequence_length=24)
model = keras.Sequential([layers.Input((24, 3)), layers.LSTM(8), layers.Dense(1)])
model.compile("adam", "mse")
model.fit(windows)
""",
        # shifted by hand
        """
import numpy as np
import keras
from keras import layers
data = np.random.rand(1000, 3)
next_day = np.roll(data[:, 0], -24)
windows = keras.utils.timeseries_dataset_from_array(data, next_day, sequence_length=24)
model = keras.Sequential([layers.Input((24, 3)), layers.LSTM(8), layers.Dense(1)])
model.compile("adam", "mse")
model.fit(windows)
""",
    ]
    INVALID = [
        Invalid(
            """
import numpy as np
import keras
from keras import layers
data = np.random.rand(1000, 3)
target = data[:, 0]
windows = keras.utils.timeseries_dataset_from_array(data, target, sequence_length=24, batch_size=64)
series = np.random.rand(500)
more = keras.utils.timeseries_dataset_from_array(series, series, sequence_length=24)
model = keras.Sequential([layers.Input((24, 3)), layers.LSTM(8), layers.Dense(1)])
model.compile("adam", "mse")
model.fit(windows)
""",
            [
                (
                    7,
                    "the target of each window is its own first step; begin the targets one window later, "
                    "targets[sequence_length:]",
                ),
                (
                    9,
                    "the target of each window is its own first step; begin the targets one window later, "
                    "targets[sequence_length:]",
                ),
            ],
        ),
    ]
