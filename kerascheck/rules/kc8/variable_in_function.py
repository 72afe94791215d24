"""KC806: a `tf.function` that makes variables each time it is called."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from kerascheck.diagnostics import Severity
from kerascheck.network.ir import Program
from kerascheck.rules._code import Code, called_from, own_nodes
from kerascheck.rules._graph_code import graph_functions
from kerascheck.rules._state import made_variables, makes_variables_when_called
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds


class VariableInFunction(Rule):
    """A function under `tf.function` makes a variable, layer or optimizer without a condition.

    ## What it does

    Reports `tf.Variable`, layers with weights and optimizers of Keras that a function under `@tf.function` makes,
    itself or in functions that it calls.

    ## Why it is bad

    A graph cannot make new variables at each call: "tf.function only supports singleton tf.Variables created on the
    first call".

    ## Example

    ```python
    import tensorflow as tf

    @tf.function
    def project(x):
        return tf.keras.layers.Dense(2)(x)
    ```

    ## Use instead

    ```python
    import tensorflow as tf

    dense = tf.keras.layers.Dense(2)

    @tf.function
    def project(x):
        return dense(x)
    ```

    ## References

    - [TensorFlow: creating tf.Variables](https://www.tensorflow.org/guide/function#creating_tfvariables)
    """

    code = "KC806"
    name = "variable-in-function"
    severity = Severity.ERROR

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        for code in graph_functions(program):
            function = code.function
            for inner, call in called_from(code):
                made = made_variables(inner, call) or _optimizer(inner, call)
                if made is not None and (not makes_variables_when_called(inner, call) or _is_called(inner, call)):
                    yield Finding(
                        inner.site(call),
                        f"{function.name} is a tf.function and makes a new {made} at each call, which TensorFlow "
                        "refuses; make it once, outside",
                    )

    VALID = [
        # made outside
        """
import tensorflow as tf
weights = tf.Variable(tf.ones((3, 2)))
@tf.function
def project(x):
    return tf.matmul(x, weights)
""",
        # made once
        """
import tensorflow as tf
class Project(tf.Module):
    def __init__(self):
        self.weights = None
    @tf.function
    def __call__(self, x):
        if self.weights is None:
            self.weights = tf.Variable(tf.ones((3, 2)))
        return tf.matmul(x, self.weights)
""",
        # layers that are made and not called
        """
import tensorflow as tf
from keras import Sequential, layers
@tf.function
def build():
    heads = [layers.Dense(2) for _ in range(3)]
    body = Sequential([layers.Conv2D(3, 1)])
    return None
""",
        # an ordinary function
        """
import tensorflow as tf
def project(x):
    return tf.matmul(x, tf.Variable(tf.ones((3, 2))))
""",
        # layers and losses without variables
        """
import tensorflow as tf
@tf.function
def loss(x, y):
    x = tf.keras.layers.Flatten()(x)
    return tf.keras.losses.MeanSquaredError()(y, x)
""",
    ]
    INVALID = [
        Invalid(
            """
import tensorflow as tf
from tensorflow import keras
@tf.function
def project(x):
    weights = tf.Variable(tf.ones((3, 2)))
    return tf.matmul(x, weights)
""",
            [
                (
                    6,
                    "project is a tf.function and makes a new Variable at each call, which TensorFlow refuses; make it "
                    "once, outside",
                )
            ],
        ),
        Invalid(
            """
import keras
import tensorflow as tf
model = keras.Sequential([keras.layers.Input((4,)), keras.layers.Dense(1)])
@tf.function(jit_compile=True)
def step(x, y):
    optimizer = keras.optimizers.Adam()
    with tf.GradientTape() as tape:
        error = tf.reduce_mean(tf.square(y - model(x)))
    slopes = tape.gradient(error, model.trainable_variables)
    optimizer.apply_gradients(zip(slopes, model.trainable_variables))
""",
            [
                (
                    7,
                    "step is a tf.function and makes a new Adam at each call, which TensorFlow refuses; make it once, "
                    "outside",
                )
            ],
        ),
    ]


def _is_called(code: Code, made: cst.Call) -> bool:
    """Whether the function calls the layer that it makes: at once, or by the name that it gives it."""
    names: set[str] = set()
    called: set[str] = set()
    for node in own_nodes(code.file, code.node.body, cst.Assign, cst.Call):
        if isinstance(node, cst.Assign) and node.value is made:
            names |= {target.target.value for target in node.targets if isinstance(target.target, cst.Name)}
        elif isinstance(node, cst.Call):
            if node.func is made:
                return True
            if isinstance(node.func, cst.Name):
                called.add(node.func.value)
    return not names.isdisjoint(called)


def _optimizer(code: Code, call: cst.Call) -> str | None:
    name = code.symbol(call.func)
    last = name.rpartition(".")[2]
    return last if name.startswith("keras.optimizers.") and last[:1].isupper() and "." not in name[17:] else None
