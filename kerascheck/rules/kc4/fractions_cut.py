"""KC467: fractions are stored as whole numbers, which makes them all 0."""

from __future__ import annotations

from collections.abc import Iterator

from kerascheck.data.array import Array
from kerascheck.data.training import FITTING
from kerascheck.diagnostics import Severity
from kerascheck.network.program import Preparation, Program
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds


class FractionsCut(Rule):
    """Fractions are stored as integers, which makes them all 0.

    ## What it does

    Reports numbers between -1 and 1 that are cast to whole numbers: by `astype("uint8")` after a division by 255, by
    `pad_sequences` without `dtype="float32"`, or where they are put into an array of whole numbers.

    ## Why it is bad

    What is behind the point is dropped without a word. The model gets zeros, and learns nothing.

    ## Example

    ```python
    import numpy as np
    import keras
    from keras import layers

    series = [np.random.rand(n) for n in (5, 8, 12)]
    x = keras.utils.pad_sequences(series, maxlen=12)
    model = keras.Sequential([layers.Input((12,)), layers.Dense(1)])
    model.compile("adam", "mse")
    model.fit(x, np.array([1.0, 2.0, 3.0]))
    ```

    ## Use instead

    ```python
    import numpy as np
    import keras
    from keras import layers

    series = [np.random.rand(n) for n in (5, 8, 12)]
    x = keras.utils.pad_sequences(series, maxlen=12, dtype="float32")
    model = keras.Sequential([layers.Input((12,)), layers.Dense(1)])
    model.compile("adam", "mse")
    model.fit(x, np.array([1.0, 2.0, 3.0]))
    ```

    ## References

    - [Keras: pad_sequences](https://keras.io/api/data_loading/timeseries/#padsequences-function)
    - [numpy: data types](https://numpy.org/doc/stable/user/basics.types.html)
    """

    code = "KC467"
    name = "fractions-cut"
    severity = Severity.WARNING

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        if not any(call.method in FITTING for call in program.trainings):
            return
        for step in program.preparations:
            if step.kind == "cut":
                yield Finding(step.site, _message(step))

    VALID = [
        # kept as fractions
        """
import numpy as np
import keras
from keras import layers
x = keras.utils.pad_sequences([np.random.rand(n) for n in (5, 8, 12)], maxlen=12, dtype="float32")
buffer = np.zeros((3, 12))
buffer[0] = x[0] / 255
model = keras.Sequential([layers.Input((12,)), layers.Dense(1)])
model.compile("adam", "mse")
model.fit(x.astype("float16"), np.array([1.0, 2.0, 3.0]))
""",
        # decided, rounded, scaled up
        """
import numpy as np
import keras
from keras import layers, datasets
(x, y), _ = datasets.mnist.load_data()
x = x / 255
bright = (x > 0.5).astype(int)
rounded = np.round(x).astype("uint8")
again = (x * 255).astype("uint8")
up = np.ceil(np.random.rand(60000)).astype(int)
model = keras.Sequential([layers.Input((28, 28)), layers.Flatten(), layers.Dense(10, activation="softmax")])
model.compile("adam", "sparse_categorical_crossentropy")
model.fit(bright, y)
""",
        # whole numbers that are stored as floats
        """
import numpy as np
import keras
from keras import layers
y = np.array([0.0, 1.0, 1.0, 0.0]).astype("int32")
x = keras.utils.pad_sequences([[1, 2], [3], [4, 5, 6], [7]])
model = keras.Sequential([layers.Input((3,)), layers.Embedding(8, 2), layers.Flatten(), layers.Dense(1)])
model.compile("adam", "mse")
model.fit(x, y)
""",
    ]
    INVALID = [
        Invalid(
            """
import numpy as np
import keras
from keras import layers, datasets
(x, y), _ = datasets.mnist.load_data()
x = (x / 255).astype("uint8")
padded = keras.utils.pad_sequences([np.random.rand(n) for n in (5, 8, 12)])
images = np.zeros((100, 28, 28), dtype="int")
for i in range(100):
    images[i] = np.random.rand(28, 28)
model = keras.Sequential([layers.Input((28, 28)), layers.Flatten(), layers.Dense(10, activation="softmax")])
model.compile("adam", "sparse_categorical_crossentropy")
model.fit(x, y)
""",
            [
                (6, "astype truncates the fractions between 0 and 1: nearly all become 0"),
                (
                    7,
                    "pad_sequences returns integers unless dtype is set: nearly all of these, between 0 and 1, "
                    "become 0",
                ),
                (10, "the array holds integers: nearly all of these fractions, between 0 and 1, become 0"),
            ],
        ),
    ]


def _message(step: Preparation) -> str:
    array = step.arrays[0]
    values = array.content.values if isinstance(array, Array) else None
    low, high = (min(values), max(values)) if values else (array.content.low, array.content.high)
    span = f"between {low:g} and {high:g}"
    if step.name.endswith("pad_sequences"):
        return f"pad_sequences returns integers unless dtype is set: nearly all of these, {span}, become 0"
    if step.name == "assignment":
        return f"the array holds integers: nearly all of these fractions, {span}, become 0"
    return f"astype truncates the fractions {span}: nearly all become 0"
