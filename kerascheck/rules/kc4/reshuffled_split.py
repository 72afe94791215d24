"""KC440: `take` and `skip` divide a stream that is shuffled anew in each epoch."""

from __future__ import annotations

from collections.abc import Iterator

from kerascheck.data.pipeline import Pipeline, Step
from kerascheck.data.training import FITTING
from kerascheck.diagnostics import Severity
from kerascheck.network.program import Program
from kerascheck.rules._streams import fed, steps_of, value_of
from kerascheck.rules._training import argument_value
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds

_DIVIDING = frozenset({"take", "skip", "shard"})


class ReshuffledSplit(Rule):
    """A `tf.data` pipeline is split by `take` and `skip` after `shuffle`.

    ## What it does

    Reports training and validation (or test) streams that are parts of one stream, which `shuffle` puts in another
    order each time it is walked through: `data.shuffle(n)`, then `data.take(k)` and `data.skip(k)`.

    ## Why it is bad

    Each epoch divides the samples anew. After a few epochs the model has been trained on everything that it is
    validated with, and the figures say nothing about new samples.

    ## Example

    ```python
    import numpy as np
    import tensorflow as tf
    from keras import Sequential, layers

    data = tf.data.Dataset.from_tensor_slices((np.random.rand(100, 4), np.random.rand(100, 1))).shuffle(100)
    train, held = data.take(80).batch(10), data.skip(80).batch(10)
    model = Sequential([layers.Input((4,)), layers.Dense(1)])
    model.compile("adam", "mse")
    model.fit(train, validation_data=held, epochs=10)
    ```

    ## Use instead

    ```python
    import numpy as np
    import tensorflow as tf
    from keras import Sequential, layers

    data = tf.data.Dataset.from_tensor_slices((np.random.rand(100, 4), np.random.rand(100, 1)))
    data = data.shuffle(100, seed=1, reshuffle_each_iteration=False)
    train, held = data.take(80).batch(10), data.skip(80).batch(10)
    model = Sequential([layers.Input((4,)), layers.Dense(1)])
    model.compile("adam", "mse")
    model.fit(train, validation_data=held, epochs=10)
    ```

    ## References

    - [TensorFlow: Dataset.shuffle](https://www.tensorflow.org/api_docs/python/tf/data/Dataset#shuffle)
    """

    code = "KC440"
    name = "reshuffled-split"
    severity = Severity.WARNING

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        trained: list[tuple[Step, Pipeline]] = []
        told: set[tuple[int, int]] = set()
        for use in fed(program):
            parts = list(_parts(use.stream))
            fits = use.call.method in FITTING and use.name == "x"
            if fits and argument_value(use.call, "epochs", 1) == 1 and not use.call.loops:
                continue
            if fits:
                trained += parts
        for use in fed(program):
            if use.call.method in FITTING and use.name == "x":
                continue
            for step, whole in _parts(use.stream):
                for other, of in trained:
                    shuffle = _reshuffle(whole)
                    if of is not whole or other.site.key == step.site.key or shuffle is None:
                        continue
                    if step.site.key not in told:
                        told.add(step.site.key)
                        yield Finding(
                            step.site,
                            f"{other.name}() and {step.name}() split a stream that shuffle() reorders in each epoch, "
                            f"so samples end up in both parts; pass reshuffle_each_iteration=False to shuffle()",
                            anchor=use.call.site,
                        )

    VALID = [
        # one order for all epochs
        """
import numpy as np
import tensorflow as tf
from keras import Sequential, layers
data = tf.data.Dataset.from_tensor_slices((np.random.rand(100, 4), np.random.rand(100, 1)))
data = data.shuffle(100, reshuffle_each_iteration=False)
model = Sequential([layers.Input((4,)), layers.Dense(1)])
model.compile("adam", "mse")
model.fit(data.take(80).batch(10), validation_data=data.skip(80).batch(10), epochs=10)
""",
        # divided first
        """
import numpy as np
import tensorflow as tf
from keras import Sequential, layers
data = tf.data.Dataset.from_tensor_slices((np.random.rand(100, 4), np.random.rand(100, 1)))
train, held = data.take(80).shuffle(80).batch(10), data.skip(80).batch(10)
model = Sequential([layers.Input((4,)), layers.Dense(1)])
model.compile("adam", "mse")
model.fit(train, validation_data=held, epochs=10)
""",
        # a cache keeps the order
        """
import numpy as np
import tensorflow as tf
from keras import Sequential, layers
data = tf.data.Dataset.from_tensor_slices((np.random.rand(100, 4), np.random.rand(100, 1))).shuffle(100).cache()
model = Sequential([layers.Input((4,)), layers.Dense(1)])
model.compile("adam", "mse")
model.fit(data.take(80).batch(10), validation_data=data.skip(80).batch(10), epochs=10)
""",
        # a look at the training data
        """
import numpy as np
import tensorflow as tf
from keras import Sequential, layers
data = tf.data.Dataset.from_tensor_slices((np.random.rand(100, 4), np.random.rand(100, 1))).shuffle(100).batch(10)
model = Sequential([layers.Input((4,)), layers.Dense(1)])
model.compile("adam", "mse")
model.fit(data, epochs=10)
print(model.predict(data.take(1)))
""",
    ]
    INVALID = [
        Invalid(
            """
import numpy as np
import tensorflow as tf
from keras import Sequential, layers
def divide(data, size, share=0.8):
    data = data.shuffle(size, seed=12)
    train_size = int(share * size)
    return data.take(train_size).batch(10), data.skip(train_size).batch(10)
data = tf.data.Dataset.from_tensor_slices((np.random.rand(100, 4), np.random.rand(100, 1)))
train, held = divide(data, 100)
model = Sequential([layers.Input((4,)), layers.Dense(1)])
model.compile("adam", "mse")
model.fit(train.prefetch(1), epochs=10, validation_data=held)
""",
            [
                (
                    8,
                    "take() and skip() split a stream that shuffle() reorders in each epoch, so samples end up in "
                    "both parts; pass reshuffle_each_iteration=False to shuffle()",
                )
            ],
        ),
        # a test part, cut off behind the batches
        Invalid(
            """
import numpy as np
import tensorflow as tf
from keras import Sequential, layers
data = tf.data.Dataset.from_tensor_slices((np.random.rand(100, 4), np.random.rand(100, 1)))
data = data.shuffle(1000).batch(10)
model = Sequential([layers.Input((4,)), layers.Dense(1)])
model.compile("adam", "mse")
model.fit(data.skip(2), epochs=10)
model.evaluate(data.take(2))
""",
            [
                (
                    10,
                    "skip() and take() split a stream that shuffle() reorders in each epoch, so samples end up in "
                    "both parts; pass reshuffle_each_iteration=False to shuffle()",
                )
            ],
        ),
    ]


def _parts(stream: Pipeline) -> Iterator[tuple[Step, Pipeline]]:
    """The steps that take a part of a stream, with that stream."""
    for step in steps_of(stream):
        if step.name in _DIVIDING and step.before is not None:
            yield step, step.before


def _reshuffle(stream: Pipeline) -> Step | None:
    """The step that puts the stream into another order each time; None where there is none, or a cache keeps it."""
    found = None
    for step in stream.steps:
        if step.name == "shuffle":
            again = value_of(step, "reshuffle_each_iteration", 2)
            found = step if again is None or again is True else None
            if again is not None and again is not True:
                return None
        elif step.name in ("cache", "snapshot"):
            found = None
    return found
