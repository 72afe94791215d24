"""KC487: `skip` leaves nothing of a stream."""

from __future__ import annotations

from collections.abc import Iterator

from kerascheck.data.training import FITTING
from kerascheck.diagnostics import Severity
from kerascheck.network.program import Program
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds


class StreamEmptied(Rule):
    """`skip` leaves nothing of a stream.

    ## What it does

    Reports `dataset.skip(n)` where the data set surely has no more than `n` elements. Behind `batch` the elements are
    batches.

    ## Why it is bad

    What should validate or test the model is empty: a loop over it does nothing, and Keras raises or reports nothing.
    The part for the training, made by `take(n)`, is the whole data set.

    ## Example

    ```python
    import tensorflow as tf
    import keras
    from keras import layers

    dataset = tf.data.Dataset.from_tensor_slices((tf.zeros((1000, 4)), tf.zeros((1000, 1)))).batch(32)
    train, validation = dataset.take(800), dataset.skip(800)
    model = keras.Sequential([layers.Input((4,)), layers.Dense(1)])
    model.compile("adam", "mse")
    model.fit(train, validation_data=validation)
    ```

    ## Use instead

    ```python
    import tensorflow as tf
    import keras
    from keras import layers

    dataset = tf.data.Dataset.from_tensor_slices((tf.zeros((1000, 4)), tf.zeros((1000, 1))))
    train, validation = dataset.take(800).batch(32), dataset.skip(800).batch(32)
    model = keras.Sequential([layers.Input((4,)), layers.Dense(1)])
    model.compile("adam", "mse")
    model.fit(train, validation_data=validation)
    ```

    ## References

    - [TensorFlow: tf.data.Dataset.skip](https://www.tensorflow.org/api_docs/python/tf/data/Dataset#skip)
    """

    code = "KC487"
    name = "stream-emptied"
    severity = Severity.WARNING

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        if not any(call.method in FITTING for call in program.trainings):
            return
        for step in program.preparations:
            if step.kind == "emptied":
                yield Finding(step.site, f"the data set has {step.name}, of which this leaves none")

    VALID = [
        # some are left
        """
import tensorflow as tf
import keras
from keras import layers
dataset = tf.data.Dataset.from_tensor_slices((tf.zeros((1000, 4)), tf.zeros((1000, 1))))
train, validation = dataset.take(800).batch(32), dataset.skip(800).batch(32)
model = keras.Sequential([layers.Input((4,)), layers.Dense(1)])
model.compile("adam", "mse")
model.fit(train, validation_data=validation)
""",
        # how many there are is not known, or without end
        """
import tensorflow as tf
import keras
from keras import layers
from elsewhere import x, y
dataset = tf.data.Dataset.from_tensor_slices((x, y)).batch(32)
train, validation = dataset.take(800), dataset.skip(800)
endless = tf.data.Dataset.from_tensor_slices((tf.zeros((10, 4)), tf.zeros((10, 1)))).repeat().skip(100)
model = keras.Sequential([layers.Input((4,)), layers.Dense(1)])
model.compile("adam", "mse")
model.fit(train, validation_data=validation)
""",
    ]
    INVALID = [
        Invalid(
            """
import tensorflow as tf
import keras
from keras import layers
dataset = tf.data.Dataset.from_tensor_slices((tf.zeros((1000, 4)), tf.zeros((1000, 1))))
nothing = dataset.skip(1000)
dataset = dataset.batch(32)
train, validation = dataset.take(800), dataset.skip(800)
model = keras.Sequential([layers.Input((4,)), layers.Dense(1)])
model.compile("adam", "mse")
model.fit(train, validation_data=validation)
""",
            [
                (6, "the data set has 1000 elements, of which this leaves none"),
                (8, "the data set has 32 batches, of which this leaves none"),
            ],
        ),
    ]
