"""KC842: numpy is given tensors of a graph, which have no numbers yet."""

from __future__ import annotations

from collections.abc import Iterator

from kerascheck.diagnostics import Severity
from kerascheck.network.program import Program
from kerascheck.rules._graph_code import outcomes_in_graphs
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds


class NumpyInGraph(Rule):
    """Code that runs in a graph passes its tensors to numpy.

    ## What it does

    Reports `np.mean(y_pred)`, `y_pred.numpy()` and their kin on the targets or predictions in a loss or metric that
    `compile` gets, on the inputs in the `call` of a layer that stands in a graph, and on what models and losses give in
    the `train_step` of a model or in a `tf.function`, unless the program runs eagerly.

    ## Why it is bad

    In a graph, tensors have no numbers yet: "Cannot convert a symbolic tf.Tensor to a numpy array", "'SymbolicTensor'
    object has no attribute 'numpy'". Where it runs eagerly, no gradient flows back through numpy.

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
        for code, outcome, anchor, where in outcomes_in_graphs(program):
            for call, what in outcome.to_numpy[:1]:
                if id(call) in seen:
                    continue
                seen.add(id(call))
                yield Finding(
                    code.site(call),
                    f"{what} in the {where} receives a symbolic tensor, which has no values yet; use keras.ops (or "
                    "tf.*) "
                    "there",
                    anchor=anchor,
                )

    VALID = [
        # a layer that uses numpy for what is known before, and for shapes
        """
import numpy as np
from keras import Sequential, layers, ops
class Scale(layers.Layer):
    def __init__(self, width):
        super().__init__()
        self.width = width
    def call(self, x):
        size = np.prod(x.shape[1:])
        return ops.exp(-x) / np.sqrt(self.width) + np.float32(size)
model = Sequential([layers.Input((4,)), Scale(3)])
""",
        # a layer that says its shape and is only called on numbers
        """
import numpy as np
import keras
class Bell(keras.layers.Layer):
    def call(self, inputs):
        return np.exp(-np.asarray(inputs))
print(Bell()(np.ones((2, 3))))
""",
        # a Sequential that is built and only called on numbers: it waits for these
        """
import numpy as np
from keras import Sequential, layers
class Bell(layers.Layer):
    def call(self, inputs):
        return np.exp(-inputs)
model = Sequential([layers.Input((4,)), layers.Dense(2), Bell()])
print(model(np.ones((2, 4))))
""",
        # numbers of what a tf.function has returned, and of what is no tensor in it
        """
import numpy as np
import tensorflow as tf
model = tf.keras.Sequential([tf.keras.Input((4,)), tf.keras.layers.Dense(1)])
@tf.function
def step(x, rate):
    return tf.reduce_mean(model(x)) * np.sqrt(rate)
print(step(tf.ones((2, 4)), 0.5).numpy())
""",
        # functions that run eagerly
        """
import tensorflow as tf
tf.config.run_functions_eagerly(True)
model = tf.keras.Sequential([tf.keras.Input((4,)), tf.keras.layers.Dense(1)])
@tf.function
def step(x):
    return model(x).numpy()
""",
        # a train_step in a model that runs eagerly
        """
import keras
import numpy as np
class Own(keras.Model):
    def train_step(self, data):
        x, y = data
        return {"loss": self(x).numpy().mean()}
inputs = keras.Input((4,))
model = Own(inputs, keras.layers.Dense(1)(inputs))
model.compile("adam", run_eagerly=True)
model.fit(np.ones((8, 4)), np.ones((8, 1)))
""",
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
from keras import Input, Model, layers
class Bell(layers.Layer):
    def call(self, inputs):
        distance = inputs ** 2
        return np.exp(-distance)
inputs = Input((4,))
model = Model(inputs, Bell()(layers.Dense(2)(inputs)))
""",
            [
                (
                    7,
                    "np.exp in the call of Bell receives a symbolic tensor, which has no values yet; use keras.ops (or "
                    "tf.*) there",
                )
            ],
        ),
        Invalid(
            """
import tensorflow as tf
model = tf.keras.Sequential([tf.keras.Input((4,)), tf.keras.layers.Dense(1)])
measure = tf.keras.losses.MeanSquaredError()
costs = []
@tf.function
def step(x, y):
    with tf.GradientTape() as tape:
        cost = measure(y, model(x, training=True))
    costs.append(cost.numpy())
    return tape.gradient(cost, model.trainable_variables)
""",
            [
                (
                    10,
                    ".numpy() in the tf.function 'step' receives a symbolic tensor, which has no values yet; use "
                    "keras.ops "
                    "(or tf.*) there",
                )
            ],
        ),
        Invalid(
            """
import keras
import numpy as np
import tensorflow as tf
class Own(keras.Model):
    def train_step(self, data):
        x, y = data
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean((self(x, training=True) - y) ** 2)
        slopes = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply_gradients(zip(slopes, self.trainable_variables))
        return {"loss": loss.numpy()}
inputs = keras.Input((4,))
model = Own(inputs, keras.layers.Dense(1)(inputs))
model.compile("adam")
model.fit(np.ones((8, 4)), np.ones((8, 1)))
""",
            [
                (
                    12,
                    ".numpy() in the train_step of Own receives a symbolic tensor, which has no values yet; use "
                    "keras.ops "
                    "(or tf.*) there",
                )
            ],
        ),
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
                    "np.abs in the loss 'error' receives a symbolic tensor, which has no values yet; use keras.ops (or "
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
                    ".numpy() in the metric 'best' receives a symbolic tensor, which has no values yet; use keras.ops "
                    "(or tf.*) there",
                )
            ],
        ),
    ]
