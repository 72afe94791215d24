"""KC840: a loss through which no gradient reaches the weights."""

from __future__ import annotations

from collections.abc import Iterator

from kerascheck.diagnostics import Severity
from kerascheck.network.program import Program
from kerascheck.rules._flow_levels import Level, joined
from kerascheck.rules._own_losses import own_losses
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds


class LossWithoutGradient(Rule):
    """A loss of the program rounds, compares or takes the argmax of the predictions.

    ## What it does

    Follows the predictions through a loss function that the program writes itself. It reports an operation without a
    gradient (`argmax`, `round`, `floor`, a comparison, a cast to whole numbers, numpy) where all that is returned has
    passed through such a one.

    ## Why it is bad

    Nothing tells the optimizer in which direction the weights should go: Keras raises "No gradients provided for any
    variable", or trains for hours without moving a weight.

    ## Example

    ```python
    import tensorflow as tf
    from keras import Sequential, layers

    def wrong(y_true, y_pred):
        return tf.reduce_mean(tf.abs(y_true - tf.round(y_pred)))

    model = Sequential([layers.Input((4,)), layers.Dense(1, activation="sigmoid")])
    model.compile("adam", loss=wrong)
    ```

    ## Use instead

    ```python
    import tensorflow as tf
    from keras import Sequential, layers

    def wrong(y_true, y_pred):
        return tf.reduce_mean(tf.abs(y_true - y_pred))

    model = Sequential([layers.Input((4,)), layers.Dense(1, activation="sigmoid")])
    model.compile("adam", loss=wrong)
    ```

    ## References

    - [TensorFlow: getting a gradient of None](https://www.tensorflow.org/guide/autodiff#getting_a_gradient_of_none)
    """

    code = "KC840"
    name = "loss-without-gradient"
    severity = Severity.ERROR

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        for loss in own_losses(program):
            if loss.is_metric:
                continue
            returned = loss.outcome().returned
            flow = joined(returned)
            if returned and flow.level is Level.CUT and flow.cut is not None:
                yield Finding(
                    loss.code.site(flow.cut),
                    f"the loss {loss.name!r} has no gradient after {flow.why}: no weight is trained; keep the "
                    "predictions as they are in the loss, and count in a metric",
                    anchor=loss.call.site,
                )

    VALID = [
        # the plain loss
        """
import tensorflow as tf
from keras import Sequential, layers
def error(y_true, y_pred):
    return tf.reduce_mean(tf.square(y_true - y_pred))
model = Sequential([layers.Input((4,)), layers.Dense(1)])
model.compile("adam", loss=error)
""",
        # a mask made by comparing weighs what has a gradient
        """
import tensorflow as tf
from keras import Sequential, layers
def error(y_true, y_pred):
    low = tf.cast(y_pred < 0.5, tf.float32)
    return tf.reduce_mean(low * tf.square(y_true - y_pred))
model = Sequential([layers.Input((4,)), layers.Dense(1)])
model.compile("adam", loss=error)
""",
        # the straight-through estimator
        """
import tensorflow as tf
from keras import Sequential, layers
def error(y_true, y_pred):
    hard = y_pred + tf.stop_gradient(tf.round(y_pred) - y_pred)
    return tf.reduce_mean(tf.square(y_true - hard))
model = Sequential([layers.Input((4,)), layers.Dense(1)])
model.compile("adam", loss=error)
""",
        # a metric counts
        """
import tensorflow as tf
from keras import Sequential, layers
def right(y_true, y_pred):
    return tf.reduce_mean(tf.cast(tf.equal(y_true, tf.round(y_pred)), tf.float32))
model = Sequential([layers.Input((4,)), layers.Dense(1)])
model.compile("adam", loss="mse", metrics=[right])
""",
        # only the labels are rounded
        """
from keras import Sequential, layers, ops
def error(y_true, y_pred):
    return ops.mean(ops.square(ops.round(y_true) - y_pred))
model = Sequential([layers.Input((4,)), layers.Dense(1)])
model.compile("adam", loss=error)
""",
        # what another function does is not known
        """
from keras import Sequential, layers, ops
from mine import soft_round
def error(y_true, y_pred):
    return ops.mean(y_true - soft_round(y_pred))
model = Sequential([layers.Input((4,)), layers.Dense(1)])
model.compile("adam", loss=error)
""",
    ]
    INVALID = [
        Invalid(
            """
import tensorflow as tf
from keras import Sequential, layers
def error(y_true, y_pred):
    hard = tf.round(y_pred)
    return tf.reduce_mean(tf.square(y_true - hard))
model = Sequential([layers.Input((4,)), layers.Dense(1)])
model.compile("adam", loss=error)
""",
            [
                (
                    5,
                    "the loss 'error' has no gradient after tf.round: no weight is trained; keep the predictions as "
                    "they are in the loss, and count in a metric",
                )
            ],
        ),
        Invalid(
            """
from keras import Sequential, layers, losses, ops
class Misses(losses.Loss):
    def call(self, y_true, y_pred):
        return ops.mean(ops.cast(ops.argmax(y_pred, axis=-1) != ops.argmax(y_true, axis=-1), "float32"))
model = Sequential([layers.Input((4,)), layers.Dense(3, activation="softmax")])
model.compile("adam", loss=Misses())
""",
            [
                (
                    5,
                    "the loss 'Misses' has no gradient after ops.argmax: no weight is trained; keep the predictions as "
                    "they are in the loss, and count in a metric",
                )
            ],
        ),
        Invalid(
            """
from tensorflow import keras
from tensorflow.keras import backend as K
def build():
    def loss(y_true, y_pred):
        hits = K.sum(K.cast(y_pred > 0.5, "float32") * y_true)
        return 1.0 - hits / (K.sum(y_true) + 1e-6)
    return loss
model = keras.Sequential([keras.layers.Input((4,)), keras.layers.Dense(1, activation="sigmoid")])
model.compile("adam", loss=build())
""",
            [
                (
                    6,
                    "the loss 'loss' has no gradient after a comparison: no weight is trained; keep the predictions as "
                    "they are in the loss, and count in a metric",
                )
            ],
        ),
    ]
