"""KC829: an `if` or `while` on a tensor that has no value yet."""

from __future__ import annotations

from collections.abc import Iterator

from kerascheck.diagnostics import Severity
from kerascheck.network.program import Program
from kerascheck.rules._code import is_keras_3
from kerascheck.rules._flow import through
from kerascheck.rules._flow_levels import GRADIENT, Flow, Level
from kerascheck.rules._graph_code import flows_of_call, graph_calls
from kerascheck.rules._own_losses import own_losses, runs_eagerly
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds


class ConditionOnTensor(Rule):
    """`if` or `while` in the `call` of a layer, or in a loss, asks for the value of a tensor.

    ## What it does

    Reports conditions such as `if ops.max(x) > 1:` in the `call` of layers and models of the program that stand in a
    graph or are trained, and in losses and metrics of its own, unless the model runs eagerly or the method is a
    `tf.function`.

    ## Why it is bad

    In a graph, tensors have no values yet: "Using a symbolic `tf.Tensor` as a Python `bool` is not allowed". Keras 3
    does not translate the conditions in `call` (AutoGraph), as tf.keras did.

    ## Example

    ```python
    from keras import Sequential, layers, ops

    class Clip(layers.Layer):
        def call(self, x):
            if ops.max(x) > 1.0:
                return x / ops.max(x)
            return x

    model = Sequential([layers.Input((4,)), Clip(), layers.Dense(1)])
    ```

    ## Use instead

    ```python
    from keras import Sequential, layers, ops

    class Clip(layers.Layer):
        def call(self, x):
            return x / ops.maximum(ops.max(x), 1.0)

    model = Sequential([layers.Input((4,)), Clip(), layers.Dense(1)])
    ```

    ## References

    - [Keras: ops.where](https://keras.io/api/ops/numpy/#where-function)
    - [Keras: ops.cond](https://keras.io/api/ops/core/#cond-function)
    """

    code = "KC829"
    name = "condition-on-tensor"
    severity = Severity.ERROR

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        seen: set[int] = set()
        for code, anchor in graph_calls(program):
            for test in through(code, flows_of_call(code)).decided:
                if id(test) in seen:
                    continue
                seen.add(id(test))
                yield Finding(
                    code.site(test),
                    "in a graph this tensor has no value to decide by; use keras.ops.where or keras.ops.cond",
                    anchor=anchor,
                )
        for loss in own_losses(program):
            if runs_eagerly(loss.call) or not is_keras_3(loss.call.site):
                continue
            target, prediction = loss.parameters
            flows = {target: Flow(Level.NOTHING, tensor=True), prediction: GRADIENT}
            if getattr(loss.code.node, "decorators", ()):
                continue
            for test in through(loss.code, flows).decided:
                if id(test) not in seen:
                    seen.add(id(test))
                    yield Finding(
                        loss.code.site(test),
                        "in a graph this tensor has no value to decide by; use keras.ops.where or keras.ops.cond",
                        anchor=loss.call.site,
                    )

    VALID = [
        # operations decide
        """
from keras import Sequential, layers, ops
class Clip(layers.Layer):
    def call(self, x, training=None):
        if training:
            x = x + 1.0
        return ops.where(ops.max(x) > 1.0, x / ops.max(x), x)
model = Sequential([layers.Input((4,)), Clip(), layers.Dense(1)])
""",
        # sizes, kinds and settings are known
        """
import tensorflow as tf
from keras import Sequential, layers, ops
class Clip(layers.Layer):
    def __init__(self, limit=1.0, **kwargs):
        super().__init__(**kwargs)
        self.limit = limit
    def call(self, x, mask=None):
        if x.shape[-1] > 3 and self.limit > 0.5 and len(x.shape) > 1:
            x = x * 2.0
        if mask is not None or x.dtype == "float16" or isinstance(x, tf.SparseTensor) or x.sparse:
            x = x * 3.0
        if x is None or tf.executing_eagerly() or ops.is_tensor(x):
            return x
        return x
model = Sequential([layers.Input((4,)), Clip(), layers.Dense(1)])
""",
        # its output is declared, so that only calls on data run it
        """
import numpy as np
from keras import Sequential, layers, ops
class Clip(layers.Layer):
    def call(self, x):
        if ops.max(x) > 1.0:
            return x / ops.max(x)
        return x
    def compute_output_shape(self, input_shape):
        return input_shape
model = Sequential([layers.Input((4,)), Clip(), layers.Dense(1)])
print(model(np.ones((2, 4))))
""",
        # AutoGraph translates a tf.function
        """
import tensorflow as tf
from keras import Sequential, layers
class Clip(layers.Layer):
    @tf.function
    def call(self, x):
        if tf.reduce_max(x) > 1.0:
            return x / tf.reduce_max(x)
        return x
model = Sequential([layers.Input((4,)), Clip(), layers.Dense(1)])
""",
        # only called on data
        """
import numpy as np
from keras import Model, layers, ops
class Net(Model):
    def __init__(self):
        super().__init__()
        self.head = layers.Dense(1)
    def call(self, x):
        if ops.max(x) > 1.0:
            return self.head(x)
        return x
net = Net()
print(net(np.ones((2, 1))))
""",
        # it runs eagerly
        """
import numpy as np
from keras import Model, layers, ops
class Net(Model):
    def __init__(self):
        super().__init__()
        self.head = layers.Dense(1)
    def call(self, x):
        if ops.max(x) > 1.0:
            return self.head(x)
        return self.head(-x)
net = Net()
net.compile("sgd", "mse", run_eagerly=True)
net.fit(np.ones((8, 2)), np.ones((8, 1)))
""",
        # a loss with a setting
        """
from keras import Sequential, layers, ops
squared = True
def error(y_true, y_pred):
    if squared and y_pred.shape[-1] > 0:
        return ops.mean(ops.square(y_true - y_pred))
    return ops.mean(ops.abs(y_true - y_pred))
model = Sequential([layers.Input((4,)), layers.Dense(1)])
model.compile("sgd", error)
""",
    ]
    INVALID = [
        Invalid(
            """
from keras import Sequential, layers, ops
class Clip(layers.Layer):
    def call(self, x):
        if ops.max(x) > 1.0:
            return x / ops.max(x)
        return x
model = Sequential([layers.Input((4,)), Clip(), layers.Dense(1)])
""",
            [(5, "in a graph this tensor has no value to decide by; use keras.ops.where or keras.ops.cond")],
        ),
        Invalid(
            """
import numpy as np
import tensorflow as tf
from tensorflow import keras
class Net(keras.Model):
    def __init__(self):
        super().__init__()
        self.head = keras.layers.Dense(1)
    def call(self, x):
        total = tf.reduce_sum(x)
        while total < 10.0:
            total = total + 1.0
        return self.head(x) + total
net = Net()
net.compile("sgd", "mse")
net.fit(np.ones((8, 2)), np.ones((8, 1)))
""",
            [(11, "in a graph this tensor has no value to decide by; use keras.ops.where or keras.ops.cond")],
        ),
        Invalid(
            """
from keras import Sequential, layers, ops
def error(y_true, y_pred):
    if ops.sum(y_true) > 0.0:
        return ops.mean(ops.square(y_true - y_pred))
    return ops.mean(ops.abs(y_true - y_pred))
model = Sequential([layers.Input((4,)), layers.Dense(1)])
model.compile("sgd", error)
""",
            [(4, "in a graph this tensor has no value to decide by; use keras.ops.where or keras.ops.cond")],
        ),
    ]
