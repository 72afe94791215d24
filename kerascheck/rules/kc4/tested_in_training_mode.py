"""KC457: A model is tested as if it were trained: with dropout, and with the statistics of each batch."""

from __future__ import annotations

from collections.abc import Iterator

from kerascheck.diagnostics import Severity
from kerascheck.network.events import ModelCall, ObjectCall
from kerascheck.network.program import Program
from kerascheck.rules._code import functions_of, holds
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds
from kerascheck.rules.kc8.training_not_handed_on import _differing


class TestedInTrainingMode(Rule):
    """A model is tested as if it were trained: with dropout, and with the statistics of each batch.

    ## What it does

    Reports `model(x, training=True)` in a function that takes no gradients of it and gives what comes out to a metric,
    where the model has Dropout or BatchNormalization.

    ## Why it is bad

    Dropout switches units off while the model is measured, and BatchNormalization uses, and learns from, the test
    batch. The figures are noisy, depend on the size of the batches, and are not those of the model that is used later.

    ## Example

    ```python
    import keras
    import numpy as np
    from keras import layers

    model = keras.Sequential([layers.Input((4,)), layers.Dropout(0.5), layers.Dense(1)])
    accuracy = keras.metrics.BinaryAccuracy()

    def test_step(x, y):
        accuracy.update_state(y, model(x, training=True))

    test_step(np.ones((8, 4)), np.ones((8, 1)))
    ```

    ## Use instead

    ```python
    import keras
    import numpy as np
    from keras import layers

    model = keras.Sequential([layers.Input((4,)), layers.Dropout(0.5), layers.Dense(1)])
    accuracy = keras.metrics.BinaryAccuracy()

    def test_step(x, y):
        accuracy.update_state(y, model(x, training=False))

    test_step(np.ones((8, 4)), np.ones((8, 1)))
    ```

    ## References

    - [Keras: writing a custom training loop](https://keras.io/guides/writing_a_custom_training_loop_in_tensorflow/)
    """

    code = "KC457"
    name = "tested-in-training-mode"
    severity = Severity.WARNING

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        calls = [event for event in program.events if isinstance(event, ModelCall)]
        if not any(event.arguments.value("training") is True and not event.tapes for event in calls):
            return
        measured = [
            event
            for event in program.events
            if isinstance(event, ObjectCall)
            and event.method == "update_state"
            and event.qualname.startswith("keras.metrics.")
        ]
        told: set[tuple[int, int]] = set()
        for function in functions_of(program):
            own = [event for event in calls if holds(function.node, event.site)]
            for metric in measured:
                network = metric.origins.get(1, metric.origins.get("y_pred"))
                if network is None or not holds(function.node, metric.site):
                    continue
                met = [event for event in own if event.network is network]
                if not met or any(one.tapes or one.arguments.value("training") is not True for one in met):
                    continue
                layer = _differing(network)
                if layer is None or len({one.site.key for one in met}) > 1 or met[0].site.key in told:
                    continue  # several of them: it may be about how much the answers differ
                told.add(met[0].site.key)
                yield Finding(
                    met[0].site,
                    f"{network.name!r} is measured with training=True: its {layer.cls} works as in training; write "
                    "training=False",
                )

    VALID = [
        # as it will be used
        """
import keras
from keras import layers
model = keras.Sequential([layers.Input((4,)), layers.Dropout(0.5), layers.Dense(1)])
accuracy = keras.metrics.BinaryAccuracy()
def test_step(x, y):
    accuracy.update_state(y, model(x, training=False))
""",
        # the figures of training, on the way
        """
import keras
import tensorflow as tf
from keras import layers
model = keras.Sequential([layers.Input((4,)), layers.Dropout(0.5), layers.Dense(1)])
accuracy = keras.metrics.BinaryAccuracy()
optimizer = keras.optimizers.Adam()
def train_step(x, y):
    with tf.GradientTape() as tape:
        p = model(x, training=True)
        loss = tf.reduce_mean(tf.square(y - p))
    slopes = tape.gradient(loss, model.trainable_variables)
    optimizer.apply_gradients(zip(slopes, model.trainable_variables))
    accuracy.update_state(y, p)
""",
        # nothing in it works otherwise in training
        """
import keras
from keras import layers
model = keras.Sequential([layers.Input((4,)), layers.LayerNormalization(), layers.Dense(1)])
accuracy = keras.metrics.BinaryAccuracy()
def test_step(x, y):
    accuracy.update_state(y, model(x, training=True))
""",
        # many answers for each sample, to see how they differ
        """
import numpy as np
import keras
from keras import layers
model = keras.Sequential([layers.Input((4,)), layers.Dropout(0.5), layers.Dense(1)])
def spread(x):
    return np.std([model(x, training=True) for _ in range(50)], axis=0)
""",
        # the one as in training, the other not
        """
import keras
from keras import layers
model = keras.Sequential([layers.Input((4,)), layers.Dropout(0.5), layers.Dense(1)])
noisy, plain = keras.metrics.BinaryAccuracy(), keras.metrics.BinaryAccuracy()
def compare(x, y):
    noisy.update_state(y, model(x, training=True))
    plain.update_state(y, model(x, training=False))
""",
    ]
    INVALID = [
        Invalid(
            """
import tensorflow as tf
from tensorflow.keras import Sequential, layers, metrics
model = Sequential([layers.Input((4,)), layers.BatchNormalization(), layers.Dense(3)])
accuracy = metrics.SparseCategoricalAccuracy()
@tf.function
def test_step(x, y):
    logits = model(x, training=True)
    accuracy.update_state(y, logits)
for x, y in tf.data.Dataset.from_tensor_slices((tf.ones((8, 4)), tf.ones(8))).batch(2):
    test_step(x, y)
""",
            [
                (
                    8,
                    "'sequential' is measured with training=True: its BatchNormalization works as in training; write "
                    "training=False",
                )
            ],
        ),
    ]
