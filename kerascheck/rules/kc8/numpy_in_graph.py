"""KC842: numpy is given tensors of a graph, which have no numbers yet."""

from __future__ import annotations

from collections.abc import Iterator

from kerascheck.diagnostics import Severity
from kerascheck.network.ir import Program
from kerascheck.rules._own_losses import own_losses, runs_eagerly
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds


class NumpyInGraph(Rule):
    """A loss or metric of the program gives its tensors to numpy.

    ## What it does

    Reports `np.mean(y_pred)`, `y_pred.numpy()` and their kin on the targets or predictions in a loss or metric that
    `compile` gets, unless the program runs eagerly.

    ## Why it is bad

    `fit` runs losses and metrics in a graph, where tensors have no numbers yet: "Cannot convert a symbolic tf.Tensor
    to a numpy array". Where it runs eagerly, no gradient flows back through numpy.

    ## Example

    ```python
    import numpy as np
    from keras import Sequential, layers

    def error(y_true, y_pred):
        return np.mean(np.abs(y_true - y_pred))

    model = Sequential([layers.Input((4,)), layers.Dense(1)])
    model.compile("adam", loss="mse", metrics=[error])
    ```

    ## Use instead

    ```python
    from keras import Sequential, layers, ops

    def error(y_true, y_pred):
        return ops.mean(ops.abs(y_true - y_pred))

    model = Sequential([layers.Input((4,)), layers.Dense(1)])
    model.compile("adam", loss="mse", metrics=[error])
    ```

    ## References

    - [TensorFlow: better performance with tf.function](https://www.tensorflow.org/guide/function)
    """

    code = "KC842"
    name = "numpy-in-graph"
    severity = Severity.ERROR

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        seen: set[int] = set()
        for loss in own_losses(program):
            if runs_eagerly(loss.call):
                continue
            for call, what in loss.outcome().to_numpy[:1]:
                if id(call) in seen:
                    continue
                seen.add(id(call))
                kind = "metric" if loss.is_metric else "loss"
                yield Finding(
                    loss.code.site(call),
                    f"{what} in the {kind} {loss.name!r} gets a symbolic tensor, which has no values yet; use "
                    "keras.ops (or tf.*) there",
                    anchor=loss.call.site,
                )

    VALID = [
        # operations of Keras
        """
from keras import Sequential, layers, ops
def error(y_true, y_pred):
    return ops.mean(ops.abs(y_true - y_pred))
model = Sequential([layers.Input((4,)), layers.Dense(1)])
model.compile("adam", loss=error)
""",
        # numpy on numbers that are known before
        """
import numpy as np
from keras import Sequential, layers, ops
weights = np.array([1.0, 2.0, 3.0], "float32")
def error(y_true, y_pred):
    return np.sqrt(2 * np.pi) * ops.mean(ops.abs(y_true - y_pred) * weights) / np.prod(y_pred.shape[1:])
model = Sequential([layers.Input((4,)), layers.Dense(3)])
model.compile("adam", loss=error)
""",
        # a metric in a model that runs eagerly
        """
import numpy as np
from keras import Sequential, layers
def error(y_true, y_pred):
    return np.mean(np.abs(y_true.numpy() - y_pred.numpy()))
model = Sequential([layers.Input((4,)), layers.Dense(1)])
model.compile("adam", loss="mse", metrics=[error], run_eagerly=True)
""",
        # numpy inside of numpy_function
        """
import numpy as np
import tensorflow as tf
from keras import Sequential, layers
def error(y_true, y_pred):
    return tf.numpy_function(lambda a, b: np.mean(np.abs(a - b)), [y_true, y_pred], tf.float32)
model = Sequential([layers.Input((4,)), layers.Dense(1)])
model.compile("adam", loss="mse", metrics=[error])
""",
    ]
    INVALID = [
        Invalid(
            """
import numpy as np
from keras import Sequential, layers
def error(y_true, y_pred):
    return np.mean(np.abs(y_true - y_pred))
model = Sequential([layers.Input((4,)), layers.Dense(1)])
model.compile("adam", loss=error)
""",
            [
                (
                    5,
                    "np.abs in the loss 'error' gets a symbolic tensor, which has no values yet; use keras.ops (or "
                    "tf.*) there",
                )
            ],
        ),
        Invalid(
            """
import tensorflow as tf
def best(y_true, y_pred):
    return float(y_pred.numpy().max())
model = tf.keras.Sequential([tf.keras.layers.Input((4,)), tf.keras.layers.Dense(1)])
model.compile("adam", loss="mse", metrics=[best])
""",
            [
                (
                    4,
                    ".numpy() in the metric 'best' gets a symbolic tensor, which has no values yet; use keras.ops "
                    "(or tf.*) there",
                )
            ],
        ),
    ]
