"""KC448: overlapping windows of a series are divided at random."""

from __future__ import annotations

from collections.abc import Iterator

from kerascheck.data.array import Array
from kerascheck.data.content import WINDOWS
from kerascheck.diagnostics import Severity
from kerascheck.network.program import Preparation, Program
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds

#: Splitters that mix the samples, and those that do where they are told to.
_MIXING = frozenset({"ShuffleSplit", "StratifiedShuffleSplit"})


class WindowsSplit(Rule):
    """Overlapping windows of a series are split at random into training and test.

    ## What it does

    Follows slices that a loop takes from a series (`series[i : i + width]`, one step further in each round) into the
    array that is made of them. Reports `train_test_split` of that array without `shuffle=False`.

    ## Why it is bad

    Each test window has nearly the same neighbours in the training part. The model looks up the answer instead of
    foreseeing it: on a random walk it reaches 85 % where nothing can be foreseen.

    ## Example

    ```python
    import numpy as np
    from sklearn.model_selection import train_test_split
    from keras import Sequential, layers

    series = np.cumsum(np.random.randn(2000))
    x, y = [], []
    for i in range(len(series) - 40):
        x.append(series[i : i + 40])
        y.append(series[i + 40] > series[i + 39])
    x, y = np.array(x), np.array(y)
    x_train, x_test, y_train, y_test = train_test_split(x, y, test_size=0.2)
    model = Sequential([layers.Input((40,)), layers.Dense(64, "relu"), layers.Dense(1, activation="sigmoid")])
    model.compile("adam", "binary_crossentropy")
    model.fit(x_train, y_train)
    model.evaluate(x_test, y_test)
    ```

    ## Use instead

    ```python
    import numpy as np
    from sklearn.model_selection import train_test_split
    from keras import Sequential, layers

    series = np.cumsum(np.random.randn(2000))
    x, y = [], []
    for i in range(len(series) - 40):
        x.append(series[i : i + 40])
        y.append(series[i + 40] > series[i + 39])
    x, y = np.array(x), np.array(y)
    x_train, x_test, y_train, y_test = train_test_split(x, y, test_size=0.2, shuffle=False)
    model = Sequential([layers.Input((40,)), layers.Dense(64, "relu"), layers.Dense(1, activation="sigmoid")])
    model.compile("adam", "binary_crossentropy")
    model.fit(x_train, y_train)
    model.evaluate(x_test, y_test)
    ```

    ## References

    - [Windows divided at random](https://github.com/yuxiangalvin/DeepLOB-Model-Implementation-Project/issues/1)
    - [scikit-learn: cross-validation of time series](https://scikit-learn.org/stable/modules/cross_validation.html#time-series-split)
    """

    code = "KC448"
    name = "windows-split"
    severity = Severity.WARNING

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        if not program.trainings:
            return
        for step in program.preparations:
            if step.kind != "split" or not _mixes(step):
                continue
            if any(isinstance(array, Array) and WINDOWS in array.content.tags for array in step.arrays):
                yield Finding(
                    step.site,
                    "overlapping windows are split at random, so each test window has neighbours in the training "
                    "part; split the series first, or pass shuffle=False",
                )

    VALID = [
        # in order
        """
import numpy as np
from sklearn.model_selection import train_test_split
from keras import Sequential, layers
series = np.random.rand(2000)
x = []
for i in range(len(series) - 40):
    x.append(series[i : i + 40])
x, y = np.array(x), series[40:]
x_train, x_test, y_train, y_test = train_test_split(x, y, shuffle=False)
model = Sequential([layers.Input((40,)), layers.Dense(1)])
model.compile("adam", "mse")
model.fit(x_train, y_train)
""",
        # windows side by side
        """
import numpy as np
from sklearn.model_selection import train_test_split
from keras import Sequential, layers
series = np.random.rand(80000)
x = []
for i in range(0, len(series), 40):
    x.append(series[i : i + 40])
x, y = np.array(x), np.random.rand(2000)
x_train, x_test, y_train, y_test = train_test_split(x, y)
model = Sequential([layers.Input((40,)), layers.Dense(1)])
model.compile("adam", "mse")
model.fit(x_train, y_train)
""",
        # each sample is a row of its own
        """
import numpy as np
from sklearn.model_selection import train_test_split
from keras import Sequential, layers
table = np.random.rand(2000, 41)
x, y = [], []
for i in range(len(table)):
    x.append(table[i, 0:40])
    y.append(table[i, 40])
x_train, x_test, y_train, y_test = train_test_split(np.array(x), np.array(y))
model = Sequential([layers.Input((40,)), layers.Dense(1)])
model.compile("adam", "mse")
model.fit(x_train, y_train)
""",
    ]
    INVALID = [
        # in a function, on a column of a table
        Invalid(
            """
import numpy as np
import pandas as pd
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import MinMaxScaler
from keras import Sequential, layers
def windows(values, look_back=60):
    x, y = [], []
    for i in range(look_back, len(values)):
        x.append(values[i - look_back : i, 0])
        y.append(values[i, 0])
    x, y = np.array(x), np.array(y)
    return np.reshape(x, (x.shape[0], x.shape[1], 1)), y
table = pd.read_csv("prices.csv")
x, y = windows(MinMaxScaler().fit_transform(table[["close"]].values))
x_train, x_test, y_train, y_test = train_test_split(x, y, test_size=0.2, random_state=42)
model = Sequential([layers.Input((60, 1)), layers.LSTM(8), layers.Dense(1)])
model.compile("adam", "mse")
model.fit(x_train, y_train)
""",
            [
                (
                    16,
                    "overlapping windows are split at random, so each test window has neighbours in the training "
                    "part; split the series first, or pass shuffle=False",
                )
            ],
        ),
        # a comprehension
        Invalid(
            """
import numpy as np
from elsewhere import signal, labels
from sklearn.model_selection import train_test_split
from keras import Sequential, layers
signal = np.asarray(signal, "float32").reshape(-1, 6)
x = np.array([signal[start : start + 128] for start in range(0, len(signal) - 128, 64)])
x_train, x_test, y_train, y_test = train_test_split(x, labels)
model = Sequential([layers.Input((128, 6)), layers.LSTM(8), layers.Dense(1)])
model.compile("adam", "mse")
model.fit(x_train, y_train)
""",
            [
                (
                    8,
                    "overlapping windows are split at random, so each test window has neighbours in the training "
                    "part; split the series first, or pass shuffle=False",
                )
            ],
        ),
    ]


def _mixes(step: Preparation) -> bool:
    """Whether the division surely takes the samples at random."""
    name = step.name.rpartition(".")[2]
    return name in _MIXING or (name == "train_test_split" and step.arguments.value("shuffle", None, True) is True)
