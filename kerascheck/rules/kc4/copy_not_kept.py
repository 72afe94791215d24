"""KC469: what a function gives is not kept, and it does nothing else."""

from __future__ import annotations

from collections.abc import Iterator

from kerascheck.data.training import FITTING
from kerascheck.diagnostics import Severity
from kerascheck.network.events import ResultDropped
from kerascheck.network.program import Program
from kerascheck.rules._shown import is_shown
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds


class CopyNotKept(Rule):
    """The result of a function that does nothing else is not kept.

    ## What it does

    Reports calls that stand as a statement of their own though they change nothing and only give something new:
    methods of `tf.data` (`dataset.batch(32)`), of arrays (`x.astype("float32")`, `x.reshape(...)`) and of tables
    (`frame.dropna()`), `to_categorical`, `pad_sequences`, functions of numpy, `load_model` and `clone_model`.

    The last expression of a cell of a notebook is shown, and is left alone.

    ## Why it is bad

    The program goes on with what it had before: data that are not shuffled or scaled, a model that is not the one from
    the file.

    ## Example

    ```python
    import tensorflow as tf
    import keras
    from keras import layers

    dataset = tf.data.Dataset.from_tensor_slices((tf.zeros((64, 4)), tf.zeros((64, 1)))).batch(8)
    dataset.shuffle(64)
    model = keras.Sequential([layers.Input((4,)), layers.Dense(1)])
    model.compile("adam", "mse")
    model.fit(dataset)
    ```

    ## Use instead

    ```python
    import tensorflow as tf
    import keras
    from keras import layers

    dataset = tf.data.Dataset.from_tensor_slices((tf.zeros((64, 4)), tf.zeros((64, 1)))).batch(8)
    dataset = dataset.shuffle(64)
    model = keras.Sequential([layers.Input((4,)), layers.Dense(1)])
    model.compile("adam", "mse")
    model.fit(dataset)
    ```

    ## References

    - [TensorFlow: tf.data.Dataset](https://www.tensorflow.org/api_docs/python/tf/data/Dataset)
    - [numpy: ndarray.astype](https://numpy.org/doc/stable/reference/generated/numpy.ndarray.astype.html)
    """

    code = "KC469"
    name = "copy-not-kept"
    severity = Severity.WARNING

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        if not any(call.method in FITTING or call.method.startswith(_USES) for call in program.trainings):
            return
        for event in program.events:
            if isinstance(event, ResultDropped) and not is_shown(event.site):
                yield Finding(
                    event.site,
                    f"{event.name.rpartition('.')[2]} returns {event.gives} and changes nothing in place; assign the "
                    "result",
                )

    VALID = [
        # kept
        """
import numpy as np
import tensorflow as tf
import keras
from keras import layers
x = np.random.rand(64, 4).reshape(64, 4).astype("float32")
dataset = tf.data.Dataset.from_tensor_slices((x, np.ones((64, 1))))
dataset = dataset.shuffle(64).batch(8)
model = keras.Sequential([layers.Input((4,)), layers.Dense(1)])
model.compile("adam", "mse")
model.fit(dataset)
""",
        # written into something
        """
import numpy as np
import keras
from keras import layers
x = np.random.rand(64, 4)
np.clip(x, 0.1, 0.9, out=x)
x.sort()
np.random.shuffle(x)
model = keras.Sequential([layers.Input((4,)), layers.Dense(1)])
model.compile("adam", "mse")
model.fit(x, np.ones((64, 1)))
""",
        # a method of the program
        """
import numpy as np
import keras
from keras import layers
class Data:
    def __init__(self):
        self.x = np.random.rand(64, 2, 2)
    def reshape(self, *sizes):
        self.x = self.x.reshape(*sizes)
        return self.x
data = Data()
data.reshape(64, 4)
model = keras.Sequential([layers.Input((4,)), layers.Dense(1)])
model.compile("adam", "mse")
model.fit(data.x, np.ones((64, 1)))
""",
        # tried out, and nothing is trained
        """
import keras
keras.models.load_model("model.keras")
""",
    ]
    INVALID = [
        Invalid(
            """
import numpy as np
import tensorflow as tf
import keras
from keras import layers
x, y = np.random.rand(64, 4), np.arange(64) % 3
x.astype("float32")
np.expand_dims(x, -1)
keras.utils.to_categorical(y, 3)
dataset = tf.data.Dataset.from_tensor_slices((x, y)).batch(8)
dataset.shuffle(8).repeat(2)
keras.models.load_model("model.keras")
model = keras.Sequential([layers.Input((4,)), layers.Dense(3, activation="softmax")])
model.compile("adam", "sparse_categorical_crossentropy")
model.fit(dataset)
""",
            [
                (7, "astype returns a copy and changes nothing in place; assign the result"),
                (8, "expand_dims returns a copy and changes nothing in place; assign the result"),
                (9, "to_categorical returns a copy and changes nothing in place; assign the result"),
                (11, "repeat returns another data set and changes nothing in place; assign the result"),
                (12, "load_model returns another model and changes nothing in place; assign the result"),
            ],
        ),
    ]


_USES = ("evaluate", "predict", "test_on_batch")
