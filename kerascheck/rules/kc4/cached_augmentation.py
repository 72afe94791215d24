"""KC439: what is drawn at random before `cache` is drawn once."""

from __future__ import annotations

from collections.abc import Iterator

from kerascheck.data.training import FITTING
from kerascheck.diagnostics import Severity
from kerascheck.network.program import Program
from kerascheck.rules._streams import fed, steps_of
from kerascheck.rules._training import argument_value
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds


class CachedAugmentation(Rule):
    """`cache` comes after a `map` that changes the samples at random.

    ## What it does

    Reports `cache()` of a `tf.data` pipeline that a model is trained on, where a function that was mapped before it
    draws random numbers or uses random layers.

    ## Why it is bad

    The cache keeps what the first epoch made. Each sample is changed once and comes back the same way in all epochs:
    the augmentation has no effect but to make the data worse.

    ## Example

    ```python
    import numpy as np
    import tensorflow as tf
    from keras import Sequential, layers

    images, labels = np.zeros((64, 32, 32, 3), "float32"), np.zeros(64)
    data = tf.data.Dataset.from_tensor_slices((images, labels))
    data = data.map(lambda x, y: (tf.image.random_flip_left_right(x), y)).cache().batch(16)
    model = Sequential([layers.Input((32, 32, 3)), layers.Flatten(), layers.Dense(1, activation="sigmoid")])
    model.compile("adam", "binary_crossentropy")
    model.fit(data, epochs=5)
    ```

    ## Use instead

    ```python
    import numpy as np
    import tensorflow as tf
    from keras import Sequential, layers

    images, labels = np.zeros((64, 32, 32, 3), "float32"), np.zeros(64)
    data = tf.data.Dataset.from_tensor_slices((images, labels)).cache()
    data = data.map(lambda x, y: (tf.image.random_flip_left_right(x), y)).batch(16)
    model = Sequential([layers.Input((32, 32, 3)), layers.Flatten(), layers.Dense(1, activation="sigmoid")])
    model.compile("adam", "binary_crossentropy")
    model.fit(data, epochs=5)
    ```

    ## References

    - [TensorFlow: data performance, caching](https://www.tensorflow.org/guide/data_performance#caching)
    - [Augmentation before cache](https://github.com/tensorflow/tensorflow/issues/47755)
    """

    code = "KC439"
    name = "cached-augmentation"
    severity = Severity.WARNING

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        told: set[tuple[int, int]] = set()
        for use in fed(program):
            once = argument_value(use.call, "epochs", 1) == 1 and not use.call.loops
            if use.call.method not in FITTING or use.name != "x" or once:
                continue
            for step in steps_of(use.stream):
                before = step.before
                if (
                    step.name == "cache"
                    and before is not None
                    and "random" in before.tags
                    and step.site.key not in told
                ):
                    told.add(step.site.key)
                    yield Finding(
                        step.site,
                        "cache() keeps what the first epoch has drawn at random, so that all epochs see the same; "
                        "put it before the random map",
                        anchor=use.call.site,
                    )

    VALID = [
        # cached before
        """
import numpy as np
import tensorflow as tf
from keras import Sequential, layers
data = tf.data.Dataset.from_tensor_slices((np.zeros((64, 32, 32, 3), "float32"), np.zeros(64)))
data = data.cache().map(lambda x, y: (tf.image.random_flip_left_right(x), y)).batch(16)
model = Sequential([layers.Input((32, 32, 3)), layers.Flatten(), layers.Dense(1, activation="sigmoid")])
model.compile("adam", "binary_crossentropy")
model.fit(data, epochs=5)
""",
        # nothing is drawn
        """
import numpy as np
import tensorflow as tf
from keras import Sequential, layers
data = tf.data.Dataset.from_tensor_slices((np.zeros((64, 32, 32, 3), "float32"), np.zeros(64)))
data = data.map(lambda x, y: (tf.image.flip_left_right(x) / 255.0, y)).cache().batch(16)
model = Sequential([layers.Input((32, 32, 3)), layers.Flatten(), layers.Dense(1, activation="sigmoid")])
model.compile("adam", "binary_crossentropy")
model.fit(data, epochs=5)
""",
        # layers that are told that this is no training
        """
import numpy as np
import tensorflow as tf
from keras import Sequential, layers
change = Sequential([layers.RandomFlip(), layers.RandomRotation(0.1)])
data = tf.data.Dataset.from_tensor_slices((np.zeros((64, 32, 32, 3), "float32"), np.zeros(64)))
data = data.map(lambda x, y: (change(x, training=False), y)).cache().batch(16)
model = Sequential([layers.Input((32, 32, 3)), layers.Flatten(), layers.Dense(1, activation="sigmoid")])
model.compile("adam", "binary_crossentropy")
model.fit(data, epochs=5)
""",
        # one epoch sees each sample once
        """
import numpy as np
import tensorflow as tf
from keras import Sequential, layers
data = tf.data.Dataset.from_tensor_slices((np.zeros((64, 32, 32, 3), "float32"), np.zeros(64)))
data = data.map(lambda x, y: (tf.image.random_flip_left_right(x), y)).cache().batch(16)
model = Sequential([layers.Input((32, 32, 3)), layers.Flatten(), layers.Dense(1, activation="sigmoid")])
model.compile("adam", "binary_crossentropy")
model.fit(data)
""",
    ]
    INVALID = [
        # a condition that is drawn
        Invalid(
            """
import numpy as np
import tensorflow as tf
from keras import Sequential, layers
def change(x, y):
    if tf.random.uniform(()) > 0.5:
        x = x[:, ::-1]
    return x, y
data = tf.data.Dataset.from_tensor_slices((np.zeros((64, 32, 32, 3), "float32"), np.zeros(64)))
data = data.map(change).batch(16)
data = data.cache()
model = Sequential([layers.Input((32, 32, 3)), layers.Flatten(), layers.Dense(1, activation="sigmoid")])
model.compile("adam", "binary_crossentropy")
model.fit(data.prefetch(2), epochs=5)
""",
            [
                (
                    11,
                    "cache() keeps what the first epoch has drawn at random, so that all epochs see the same; "
                    "put it before the random map",
                )
            ],
        ),
        # layers, in a function that prepares
        Invalid(
            """
import numpy as np
import tensorflow as tf
from keras import Sequential, layers
change = Sequential([layers.RandomFlip(), layers.RandomRotation(0.1)])
def prepare(data, augment=False):
    data = data.batch(16)
    if augment:
        data = data.map(lambda x, y: (change(x, training=True), y))
    return data.cache()
data = tf.data.Dataset.from_tensor_slices((np.zeros((64, 32, 32, 3), "float32"), np.zeros(64)))
model = Sequential([layers.Input((32, 32, 3)), layers.Flatten(), layers.Dense(1, activation="sigmoid")])
model.compile("adam", "binary_crossentropy")
model.fit(prepare(data, True), validation_data=prepare(data), epochs=5)
""",
            [
                (
                    10,
                    "cache() keeps what the first epoch has drawn at random, so that all epochs see the same; "
                    "put it before the random map",
                )
            ],
        ),
    ]
