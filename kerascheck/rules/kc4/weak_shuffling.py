"""KC441: a stream is shuffled where it mixes little."""

from __future__ import annotations

from collections.abc import Iterator

from kerascheck.data.pipeline import Pipeline, Step
from kerascheck.data.training import FITTING
from kerascheck.diagnostics import Severity
from kerascheck.network.program import Program
from kerascheck.rules._streams import fed
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds


class WeakShuffling(Rule):
    """`shuffle` comes after `batch`, or before `cache`.

    ## What it does

    Reports a `tf.data` pipeline that a model is trained on, with `shuffle` after the program's own `batch` and none
    before it, or with `shuffle` before `cache` and none after it.

    ## Why it is bad

    Behind `batch` whole batches change places, and the same samples stay together in all epochs. In front of `cache`
    the order of the first epoch is kept for all others.

    ## Example

    ```python
    import numpy as np
    import tensorflow as tf
    from keras import Sequential, layers

    data = tf.data.Dataset.from_tensor_slices((np.random.rand(640, 4), np.random.rand(640)))
    model = Sequential([layers.Input((4,)), layers.Dense(1)])
    model.compile("adam", "mse")
    model.fit(data.batch(32).shuffle(640), epochs=5)
    ```

    ## Use instead

    ```python
    import numpy as np
    import tensorflow as tf
    from keras import Sequential, layers

    data = tf.data.Dataset.from_tensor_slices((np.random.rand(640, 4), np.random.rand(640)))
    model = Sequential([layers.Input((4,)), layers.Dense(1)])
    model.compile("adam", "mse")
    model.fit(data.shuffle(640).batch(32), epochs=5)
    ```

    ## References

    - [TensorFlow: tf.data, order of transformations](https://www.tensorflow.org/guide/data_performance)
    """

    code = "KC441"
    name = "weak-shuffling"
    severity = Severity.INFO

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        told: set[tuple[int, int]] = set()
        for use in fed(program):
            found = _weak(use.stream) if use.call.method in FITTING and use.name == "x" else None
            if found is None or found[0].site.key in told:
                continue
            told.add(found[0].site.key)
            yield Finding(found[0].site, found[1], anchor=use.call.site)

    VALID = [
        # samples, then batches
        """
import numpy as np
import tensorflow as tf
from keras import Sequential, layers
data = tf.data.Dataset.from_tensor_slices((np.random.rand(640, 4), np.random.rand(640))).cache()
model = Sequential([layers.Input((4,)), layers.Dense(1)])
model.compile("adam", "mse")
model.fit(data.shuffle(640).batch(32), epochs=5)
""",
        # shuffled before and behind
        """
import numpy as np
import tensorflow as tf
from keras import Sequential, layers
data = tf.data.Dataset.from_tensor_slices((np.random.rand(640, 4), np.random.rand(640)))
model = Sequential([layers.Input((4,)), layers.Dense(1)])
model.compile("adam", "mse")
model.fit(data.shuffle(640).cache().shuffle(640).batch(32).shuffle(20), epochs=5)
""",
        # the first batches are the sequences that are shuffled
        """
import numpy as np
import tensorflow as tf
from keras import Sequential, layers
text = tf.data.Dataset.from_tensor_slices(np.random.randint(0, 50, 6400)).batch(65, drop_remainder=True)
pairs = text.map(lambda part: (part[:-1], part[1:])).shuffle(100).batch(8)
model = Sequential([layers.Embedding(50, 16), layers.LSTM(16, return_sequences=True), layers.Dense(50, "softmax")])
model.compile("adam", "sparse_categorical_crossentropy")
model.fit(pairs, epochs=5)
""",
        # batches that Keras makes, and shuffles before
        """
import keras
from keras import layers
data = keras.utils.image_dataset_from_directory("train", image_size=(32, 32), label_mode="binary")
model = keras.Sequential([layers.Input((32, 32, 3)), layers.Flatten(), layers.Dense(1, activation="sigmoid")])
model.compile("adam", "binary_crossentropy")
model.fit(data.cache().shuffle(1000).prefetch(2), epochs=5)
""",
    ]
    INVALID = [
        Invalid(
            """
import numpy as np
import tensorflow as tf
from keras import Sequential, layers
def stream(x, y):
    data = tf.data.Dataset.from_tensor_slices((x, y)).batch(32)
    return data.shuffle(100).prefetch(1)
def kept(x, y):
    return tf.data.Dataset.from_tensor_slices((x, y)).shuffle(640).batch(32).cache()
x, y = np.random.rand(640, 4), np.random.rand(640)
model = Sequential([layers.Input((4,)), layers.Dense(1)])
model.compile("adam", "mse")
model.fit(stream(x, y), epochs=5)
model.fit(kept(x, y), epochs=5)
""",
            [
                (
                    7,
                    "shuffle() after batch() moves whole batches, whose samples stay together; shuffle before batch()",
                ),
                (9, "cache() after shuffle() keeps the order of the first epoch; put cache() before shuffle()"),
            ],
        ),
    ]


def _weak(stream: Pipeline) -> tuple[Step, str] | None:
    """The step that shuffles little, or that ends the shuffling, and what is said of it."""
    steps = list(stream.steps)
    if not steps or steps[0].name not in ("from_tensor_slices", "range", "zip"):
        return None  # other sources may be mixed, or batched, already
    if any(isinstance(part, Pipeline) for part in stream.parts) or stream.shuffled is None:
        return None
    names = [step.name for step in steps]
    shuffles = [index for index, name in enumerate(names) if name == "shuffle"]
    batches = [index for index, name in enumerate(names) if name in ("batch", "padded_batch")]
    if not shuffles:
        return None
    before = steps[1].before if len(steps) > 1 else None
    if before is not None and before.shuffled is True:
        return None
    if batches and batches[-1] < shuffles[0] and "unbatch" not in names:
        text = "shuffle() after batch() moves whole batches, whose samples stay together; shuffle before batch()"
        return steps[shuffles[0]], text
    caches = [index for index, name in enumerate(names) if name == "cache"]
    if caches and shuffles[-1] < caches[-1]:
        text = "cache() after shuffle() keeps the order of the first epoch; put cache() before shuffle()"
        return steps[caches[-1]], text
    return None
