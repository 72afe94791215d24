"""KC213: Features, targets and weights have different numbers of samples."""

from __future__ import annotations

from collections.abc import Iterator

from kerascheck.network.dims import definitely_different, format_dim
from kerascheck.network.program import Preparation, Program
from kerascheck.rules._clashes import ClashRule
from kerascheck.rules.base import Finding, Invalid, Thresholds


class SampleCountMismatch(ClashRule):
    """Features, targets and weights have different numbers of samples.

    ## What it does

    Compares the first axes of all arrays that a training call is given, where both are known, or differ by a known
    number (`x[:-1]` and `y`); and those that `train_test_split` divides or a `tf.data.Dataset` is made of. Reports a
    `validation_split` that leaves no samples on one side. With `validation_split` Keras cuts all arrays at the length
    of the first; samples that are lost by that are a warning.

    ## Why it is bad

    Keras (scikit-learn, TensorFlow) raises ValueError: it cannot say which target belongs to which sample.

    ## Example

    ```python
    import numpy as np
    from keras import Sequential, layers

    series = np.random.rand(1000, 1)
    model = Sequential([layers.Input((1,)), layers.Dense(1)])
    model.compile("adam", "mse")
    model.fit(series[:-1], series)
    ```

    ## Use instead

    ```python
    import numpy as np
    from keras import Sequential, layers

    series = np.random.rand(1000, 1)
    model = Sequential([layers.Input((1,)), layers.Dense(1)])
    model.compile("adam", "mse")
    model.fit(series[:-1], series[1:])
    ```

    ## References

    - [Keras: model training APIs](https://keras.io/api/models/model_training_apis/)
    """

    code = "KC213"
    name = "sample-count-mismatch"
    kind = "samples"

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        yield from super().check(program, thresholds)
        for step in program.preparations:
            message = _uneven(step) if step.kind in ("split", "slices") else None
            if message is not None:
                yield Finding(step.site, message)

    VALID = [
        # as many
        """
import numpy as np
from keras import Sequential, layers
x = np.random.rand(100, 3)
model = Sequential([layers.Input((3,)), layers.Dense(1)])
model.compile("adam", "mse")
model.fit(x[:80], x[:80, 0], validation_data=(x[80:], x[80:, 0]))
""",
        # files of unknown length
        """
import numpy as np
from keras import Sequential, layers
model = Sequential([layers.Input((3,)), layers.Dense(1)])
model.compile("adam", "mse")
model.fit(np.load("x.npy"), np.load("y.npy"))
""",
        # a stream of equal lengths
        """
import numpy as np
import tensorflow as tf
from keras import Sequential, layers
data = tf.data.Dataset.from_tensor_slices((np.zeros((100, 3)), np.zeros(100))).batch(10)
model = Sequential([layers.Input((3,)), layers.Dense(1)])
model.compile("adam", "mse")
model.fit(data)
""",
        # both without the last
        """
import numpy as np
from keras import Sequential, layers
series = np.load("series.npy").reshape(-1, 1)
model = Sequential([layers.Input((1,)), layers.Dense(1)])
model.compile("adam", "mse")
model.fit(series[:-3], series[3:])
""",
    ]
    INVALID = [
        Invalid(
            """
import numpy as np
from keras import Sequential, layers
model = Sequential([layers.Input((3,)), layers.Dense(1)])
model.compile("adam", "mse")
model.fit(np.zeros((100, 3)), np.zeros((90, 1)))
""",
            [(6, "'x' and 'y' have different numbers of samples: 100 and 90")],
        ),
        # before the training
        Invalid(
            """
import numpy as np
from sklearn.model_selection import train_test_split
from keras import Sequential, layers
x_train, x_test, y_train, y_test = train_test_split(np.zeros((100, 3)), np.zeros(99))
""",
            [(5, "train_test_split is called with arrays of 100 and 99 samples")],
        ),
        # the wrong half
        Invalid(
            """
import numpy as np
from keras import Sequential, layers
x, y = np.random.rand(100, 3), np.random.rand(100)
model = Sequential([layers.Input((3,)), layers.Dense(1)])
model.compile("adam", "mse")
model.fit(x[:80], y[:80], validation_data=(x[80:], y[:80]))
""",
            [(7, "'x' and 'y' of validation_data have different numbers of samples: 20 and 80")],
        ),
        Invalid(
            """
import numpy as np
from keras import Sequential, layers
model = Sequential([layers.Input((3,)), layers.Dense(1)])
model.compile("adam", "mse")
model.fit(np.zeros((4, 3)), np.zeros((4, 1)), validation_split=0.9)
""",
            [(6, "validation_split=0.9 of 4 samples leaves the training or the validation set empty")],
        ),
    ]


def _uneven(step: Preparation) -> str | None:
    """What is said of a step that gets arrays of different lengths."""
    shapes = [array.shape for array in step.arrays]
    counts = [shape[0] for shape in shapes if isinstance(shape, tuple) and shape]
    for count in counts[1:]:
        if definitely_different(counts[0], count):
            name = step.name.rpartition(".")[2]
            return f"{name} is called with arrays of {format_dim(counts[0])} and {format_dim(count)} samples"
    return None
