"""KC820: what is handed to `tape.gradient` was not computed by operations that the tape has noted."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from kerascheck.diagnostics import Severity
from kerascheck.network.program import Program
from kerascheck.rules._code import Code, all_code, argument, own_nodes
from kerascheck.rules._flow import through
from kerascheck.rules._flow_levels import GIVEN, UNKNOWN, Level
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds


class GradientLeavesTape(Rule):
    """The loss leaves the gradient tape through numpy, `predict` or rounding, or is made outside of it.

    ## What it does

    Follows what is given to `tape.gradient` through the function. It reports where all of it has passed through
    `.numpy()`, numpy, `predict` or an operation without a gradient, or comes from a call of the model before the
    tape or after it.

    ## Why it is bad

    The gradients are all `None`: `apply_gradients` raises "No gradients provided for any variable".

    ## Example

    ```python
    import tensorflow as tf
    from keras import Sequential, layers

    model = Sequential([layers.Input((4,)), layers.Dense(1)])

    def gradients(x, y):
        with tf.GradientTape() as tape:
            error = tf.reduce_mean((model.predict(x) - y) ** 2)
        return tape.gradient(error, model.trainable_variables)
    ```

    ## Use instead

    ```python
    import tensorflow as tf
    from keras import Sequential, layers

    model = Sequential([layers.Input((4,)), layers.Dense(1)])

    def gradients(x, y):
        with tf.GradientTape() as tape:
            error = tf.reduce_mean((model(x, training=True) - y) ** 2)
        return tape.gradient(error, model.trainable_variables)
    ```

    ## References

    - [TensorFlow: getting a gradient of None](https://www.tensorflow.org/guide/autodiff#getting_a_gradient_of_none)
    """

    code = "KC820"
    name = "gradient-leaves-tape"
    severity = Severity.ERROR

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        for code in all_code(program, "GradientTape"):
            yield from _cuts(code)

    VALID = [
        # all in tensors
        """
import tensorflow as tf
from keras import Sequential, layers
model = Sequential([layers.Input((4,)), layers.Dense(1)])
def gradients(x, y):
    with tf.GradientTape() as tape:
        error = tf.reduce_mean((model(x) - y) ** 2)
    print(error.numpy())
    return tape.gradient(error, model.trainable_variables)
""",
        # targets made by another model stay as they are
        """
import numpy as np
import tensorflow as tf
from keras import Sequential, layers
model = Sequential([layers.Input((4,)), layers.Dense(1)])
old = Sequential([layers.Input((4,)), layers.Dense(1)])
def gradients(x, rewards):
    wanted = rewards + 0.9 * np.max(old.predict(x), axis=1, keepdims=True)
    with tf.GradientTape() as tape:
        error = tf.reduce_mean((model(x) - wanted) ** 2)
    return tape.gradient(error, model.trainable_variables)
""",
        # the penalty of the variables has a gradient
        """
import tensorflow as tf
from keras import Sequential, layers
model = Sequential([layers.Input((4,)), layers.Dense(1)])
def gradients(x, y):
    with tf.GradientTape() as tape:
        error = tf.reduce_mean((model(x).numpy() - y) ** 2)
        for weight in model.trainable_variables:
            error += tf.reduce_sum(weight ** 2)
    return tape.gradient(error, model.trainable_variables)
""",
        # the gradient of an input that is watched
        """
import tensorflow as tf
def slope(x):
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = x * x
    return tape.gradient(y, x)
""",
        # a loss object of something that is not known
        """
import tensorflow as tf
def gradients(network, criterion, x, y):
    with tf.GradientTape() as tape:
        error = criterion(y, network(x))
    return tape.gradient(error, network.trainable_variables)
""",
        # the mask has no gradient, what it picks has
        """
import tensorflow as tf
from keras import Sequential, layers
model = Sequential([layers.Input((4,)), layers.Dense(3)])
def gradients(x, y):
    with tf.GradientTape() as tape:
        scores = model(x)
        chosen = tf.gather(scores, tf.argmax(scores, axis=1), batch_dims=1)
        error = tf.reduce_mean((chosen - y) ** 2)
    return tape.gradient(error, model.trainable_variables)
""",
    ]
    INVALID = [
        Invalid(
            """
import keras
import tensorflow as tf
model = keras.Sequential([keras.layers.Input((4,)), keras.layers.Dense(1)])
measure = keras.metrics.MeanSquaredError()
def gradients(x, y):
    with tf.GradientTape() as tape:
        error = measure(y, model(x, training=True))
    return tape.gradient(error, model.trainable_variables)
""",
            [
                (
                    8,
                    "the gradient ends at measure(), a metric: it returns the mean of its variables: all gradients of "
                    "this tape are None; use tensors and operations of TensorFlow up to tape.gradient",
                )
            ],
        ),
        Invalid(
            """
import tensorflow as tf
from keras import Sequential, layers
model = Sequential([layers.Input((4,)), layers.Dense(1)])
def gradients(x, y):
    with tf.GradientTape() as tape:
        error = tf.reduce_mean((model(x).numpy() - y) ** 2)
    return tape.gradient(error, model.trainable_variables)
""",
            [
                (
                    7,
                    "the gradient ends at .numpy(): all gradients of this tape are None; use tensors and operations "
                    "of TensorFlow up to tape.gradient",
                )
            ],
        ),
        Invalid(
            """
import tensorflow as tf
from keras import Sequential, layers
model = Sequential([layers.Input((4,)), layers.Dense(1)])
x = tf.ones((8, 4))
y = tf.zeros((8, 1))
def gradients():
    output = model(x, training=True)
    with tf.GradientTape() as tape:
        error = tf.reduce_mean(tf.square(output - y))
    return tape.gradient(error, model.trainable_variables)
""",
            [(8, "this is computed outside of the tape, so its gradients are None; do it inside `with`")],
        ),
        Invalid(
            """
import keras
import tensorflow as tf
class Own(keras.Model):
    def train_step(self, data):
        x, y = data
        with tf.GradientTape() as tape:
            chosen = tf.cast(tf.argmax(self(x, training=True), axis=1), tf.float32)
            error = tf.reduce_mean(tf.abs(chosen - 1.0))
        slopes = tape.gradient(error, self.trainable_variables)
        self.optimizer.apply_gradients(zip(slopes, self.trainable_variables))
        return {"loss": error}
""",
            [
                (
                    8,
                    "the gradient ends at tf.argmax: all gradients of this tape are None; use tensors and operations "
                    "of TensorFlow up to tape.gradient",
                )
            ],
        ),
    ]


def _parameters(code: Code) -> list[str]:
    params = code.node.params
    return [param.name.value for param in (*params.posonly_params, *params.params, *params.kwonly_params)]


#: What models call their variables.
_VARIABLES = frozenset({"trainable_variables", "trainable_weights", "variables", "weights"})


def _of_models(code: Code) -> bool:
    """Whether all gradients in the code are taken of the variables of models: then what is given to it is data."""
    taken = [call for call in own_nodes(code.file, code.node, cst.Call) if _is_gradient(call)]
    sources = [argument(call, "sources", 1) for call in taken]
    return bool(sources) and all(isinstance(one, cst.Attribute) and one.attr.value in _VARIABLES for one in sources)


def _is_gradient(call: cst.Call) -> bool:
    return isinstance(call.func, cst.Attribute) and call.func.attr.value == "gradient"


def _cuts(code: Code) -> Iterator[Finding]:
    """What is handed to the tapes in the code and has no gradient."""
    names = dict.fromkeys(_parameters(code), GIVEN if _of_models(code) else UNKNOWN)
    seen: set[int] = set()
    for taken in through(code, names, recording=False).gradients:
        flow = taken.target
        if flow.level is not Level.CUT or flow.cut is None or id(flow.cut) in seen:
            continue
        seen.add(id(flow.cut))
        if flow.why == "outside the tape":
            message = "this is computed outside of the tape, so its gradients are None; do it inside `with`"
        else:
            message = f"the gradient ends at {flow.why}: all gradients of this tape are None; use tensors and "
            message += "operations of TensorFlow up to tape.gradient"
        yield Finding(code.site(flow.cut), message)
