"""KC470: inputs and targets are shuffled each on its own, and then paired."""

from __future__ import annotations

from collections.abc import Iterator

from kerascheck.data.pipeline import Pipeline, Step
from kerascheck.data.training import FITTING
from kerascheck.diagnostics import Severity
from kerascheck.network.program import Program
from kerascheck.rules._streams import fed, value_of
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds


class StreamsShuffledApart(Rule):
    """A stream of inputs and a stream of targets are shuffled, and zipped afterwards.

    ## What it does

    Looks at the streams that `fit` gets. It reports `tf.data.Dataset.zip((x, y))` of two streams with a `shuffle` each,
    unless both have the same seed, where the model is trained on the pairs with a compiled loss.

    ## Why it is bad

    Each `shuffle` has an order of its own: every sample meets the target of another one, and nothing can be learnt.

    ## Example

    ```python
    import numpy as np
    import tensorflow as tf
    from keras import Sequential, layers

    model = Sequential([layers.Input((4,)), layers.Dense(1)])
    model.compile("adam", "mse")
    x = tf.data.Dataset.from_tensor_slices(np.zeros((64, 4))).shuffle(64)
    y = tf.data.Dataset.from_tensor_slices(np.zeros((64, 1))).shuffle(64)
    model.fit(tf.data.Dataset.zip((x, y)).batch(8))
    ```

    ## Use instead

    ```python
    import numpy as np
    import tensorflow as tf
    from keras import Sequential, layers

    model = Sequential([layers.Input((4,)), layers.Dense(1)])
    model.compile("adam", "mse")
    x = tf.data.Dataset.from_tensor_slices(np.zeros((64, 4)))
    y = tf.data.Dataset.from_tensor_slices(np.zeros((64, 1)))
    model.fit(tf.data.Dataset.zip((x, y)).shuffle(64).batch(8))
    ```

    ## References

    - [TensorFlow: tf.data, randomly shuffling input data](https://www.tensorflow.org/guide/data#randomly_shuffling_input_data)
    """

    code = "KC470"
    name = "streams-shuffled-apart"
    severity = Severity.WARNING

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        told: set[tuple[int, int]] = set()
        for use in fed(program):
            call, parts = use.call, use.stream.parts
            if call.method not in FITTING or call.compiled is None or call.network.own_methods or len(parts) != 2:
                continue
            if not isinstance(use.stream.element, tuple) or len(use.stream.element) != 2:
                continue
            if call.compiled.arguments.value("loss", 1) is None:
                continue
            steps = [_shuffle_of(part) for part in parts]
            first, second = steps
            if first is None or second is None or first is second or second.site.key in told:
                continue
            if _seed(first) is not None and _seed(first) == _seed(second):
                continue
            told.add(second.site.key)
            yield Finding(
                second.site,
                "inputs and targets are shuffled each in an order of its own, so that the pairs are lost; shuffle "
                "after zip",
                anchor=call.site,
            )

    VALID = [
        # shuffled as pairs
        """
import numpy as np
import tensorflow as tf
from keras import Sequential, layers
model = Sequential([layers.Input((4,)), layers.Dense(1)])
model.compile("adam", "mse")
x = tf.data.Dataset.from_tensor_slices(np.zeros((64, 4)))
y = tf.data.Dataset.from_tensor_slices(np.zeros((64, 1)))
model.fit(tf.data.Dataset.zip((x, y)).shuffle(64).batch(8))
""",
        # the same seed
        """
import numpy as np
import tensorflow as tf
from keras import Sequential, layers
model = Sequential([layers.Input((4,)), layers.Dense(1)])
model.compile("adam", "mse")
x = tf.data.Dataset.from_tensor_slices(np.zeros((64, 4))).shuffle(64, seed=3)
y = tf.data.Dataset.from_tensor_slices(np.zeros((64, 1))).shuffle(64, seed=3)
model.fit(tf.data.Dataset.zip((x, y)).batch(8))
""",
        # a step of the program takes what does not belong together
        """
import keras
import numpy as np
import tensorflow as tf
class Cycle(keras.Model):
    def train_step(self, data):
        horses, zebras = data
        return {"loss": 0.0}
model = Cycle()
model.compile("adam")
x = tf.data.Dataset.from_tensor_slices(np.zeros((64, 4))).shuffle(64)
y = tf.data.Dataset.from_tensor_slices(np.zeros((64, 4))).shuffle(64)
model.fit(tf.data.Dataset.zip((x, y)).batch(8))
""",
        # one stream alone is shuffled
        """
import numpy as np
import tensorflow as tf
from keras import Sequential, layers
model = Sequential([layers.Input((4,)), layers.Dense(1)])
model.compile("adam", "mse")
noise = tf.data.Dataset.from_tensor_slices(np.random.rand(64, 4)).shuffle(64)
y = tf.data.Dataset.from_tensor_slices(np.zeros((64, 1)))
model.fit(tf.data.Dataset.zip((noise, y)).batch(8))
""",
    ]
    INVALID = [
        Invalid(
            """
import numpy as np
import tensorflow as tf
from keras import Sequential, layers
model = Sequential([layers.Input((4,)), layers.Dense(1)])
model.compile("adam", "mse")
x = tf.data.Dataset.from_tensor_slices(np.zeros((64, 4))).shuffle(64)
y = tf.data.Dataset.from_tensor_slices(np.zeros((64, 1))).shuffle(64)
model.fit(tf.data.Dataset.zip((x, y)).batch(8))
""",
            [
                (
                    8,
                    "inputs and targets are shuffled each in an order of its own, so that the pairs are lost; shuffle "
                    "after zip",
                )
            ],
        ),
    ]


def _shuffle_of(part: object) -> Step | None:
    """The step that shuffles a stream before it is zipped."""
    if not isinstance(part, Pipeline) or part.parts:
        return None
    return next((step for step in part.steps if step.name == "shuffle"), None)


def _seed(step: Step) -> object:
    return value_of(step, "seed", 1)
