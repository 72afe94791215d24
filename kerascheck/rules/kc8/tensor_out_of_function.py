"""KC838: a `tf.function` puts a tensor of its graph into a list outside of it."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from kerascheck.diagnostics import Severity
from kerascheck.network.program import Program
from kerascheck.rules._code import Code, argument, definition, own_nodes
from kerascheck.rules._graph_code import graph_functions
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds

_KEEPING = ("append", "insert", "add", "appendleft")


class TensorOutOfFunction(Rule):
    """A `tf.function` appends its loss to a list of the program.

    ## What it does

    Looks at functions under `@tf.function`. It reports a tensor whose gradient they take, or that an operation of
    TensorFlow or Keras gives, and that they append to a list from outside.

    ## Why it is bad

    The Python in a `tf.function` runs once, when the graph is made. The list gets one tensor of that graph, whatever
    the number of steps; to read its value raises "Cannot convert a symbolic tf.Tensor to a numpy array" or "is out of
    scope and cannot be used here".

    ## Example

    ```python
    import tensorflow as tf
    from keras import Sequential, layers

    model = Sequential([layers.Input((4,)), layers.Dense(1)])
    losses = []

    @tf.function
    def step(x, y):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean((model(x) - y) ** 2)
        losses.append(loss)
        return tape.gradient(loss, model.trainable_variables)
    ```

    ## Use instead

    ```python
    import tensorflow as tf
    from keras import Sequential, layers

    model = Sequential([layers.Input((4,)), layers.Dense(1)])
    losses = []

    @tf.function
    def step(x, y):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean((model(x) - y) ** 2)
        return loss, tape.gradient(loss, model.trainable_variables)

    def run(x, y):
        loss, slopes = step(x, y)
        losses.append(float(loss))
        return slopes
    ```

    ## References

    - [TensorFlow: Python side effects in tf.function](https://www.tensorflow.org/guide/function#executing_python_side_effects)
    """

    code = "KC838"
    name = "tensor-out-of-function"
    severity = Severity.ERROR

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        for code in graph_functions(program):
            nodes = list(own_nodes(code.file, definition(code.function).body))
            tensors = _tensors(code, nodes)
            for node in nodes:
                if not isinstance(node, cst.Call) or not isinstance(node.func, cst.Attribute) or not node.args:
                    continue
                if node.func.attr.value not in _KEEPING or not _is_outside(code, node.func.value):
                    continue
                kept = node.args[-1].value
                if (isinstance(kept, cst.Name) and kept.value in tensors) or _is_operation(code, kept):
                    yield Finding(
                        code.site(node),
                        "the Python in a tf.function runs once: this keeps one symbolic tensor, which has no "
                        "value; return it and append what the call returns",
                    )

    VALID = [
        # returned
        """
import tensorflow as tf
from keras import Sequential, layers
model = Sequential([layers.Input((4,)), layers.Dense(1)])
losses = []
@tf.function
def step(x, y):
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean((model(x) - y) ** 2)
    return loss, tape.gradient(loss, model.trainable_variables)
losses.append(step(tf.ones((2, 4)), tf.ones((2, 1)))[0])
""",
        # a list of its own
        """
import tensorflow as tf
from keras import Sequential, layers
model = Sequential([layers.Input((4,)), layers.Dense(1)])
@tf.function
def step(xs):
    found = []
    for x in xs:
        found.append(tf.reduce_mean(model(x)))
    return tf.stack(found)
""",
        # no graph
        """
import tensorflow as tf
from keras import Sequential, layers
model = Sequential([layers.Input((4,)), layers.Dense(1)])
losses = []
def step(x, y):
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean((model(x) - y) ** 2)
    losses.append(loss)
    return tape.gradient(loss, model.trainable_variables)
""",
        # what is no tensor
        """
import keras
import tensorflow as tf
shapes = []
@tf.function
def step(x):
    shapes.append(x.shape)
    return x
""",
    ]
    INVALID = [
        Invalid(
            """
import tensorflow as tf
from keras import Sequential, layers
model = Sequential([layers.Input((4,)), layers.Dense(1)])
losses, means = [], []
@tf.function
def step(x, y):
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean((model(x) - y) ** 2)
    losses.append(loss)
    means.append(tf.reduce_mean(y))
    return tape.gradient(loss, model.trainable_variables)
""",
            [
                (
                    10,
                    "the Python in a tf.function runs once: this keeps one symbolic tensor, which has no value; "
                    "return it and append what the call returns",
                ),
                (
                    11,
                    "the Python in a tf.function runs once: this keeps one symbolic tensor, which has no value; "
                    "return it and append what the call returns",
                ),
            ],
        ),
    ]


def _tensors(code: Code, nodes: list[cst.CSTNode]) -> set[str]:
    """The names of what a gradient is taken of, and of what reductions give."""
    found: set[str] = set()
    for node in nodes:
        if isinstance(node, cst.Call) and isinstance(node.func, cst.Attribute) and node.func.attr.value == "gradient":
            target = argument(node, "target", 0)
            if isinstance(target, cst.Name):
                found.add(target.value)
    return found & code.bound


def _is_outside(code: Code, node: cst.BaseExpression) -> bool:
    """Whether it surely is something from outside of the function: a name of the module, or an own attribute."""
    if isinstance(node, cst.Name):
        return node.value not in code.bound
    return code.is_own_attribute(node) is not None


def _is_operation(code: Code, node: cst.BaseExpression) -> bool:
    name = code.symbol(node.func) if isinstance(node, cst.Call) else ""
    return name.startswith(("tensorflow.reduce_", "tensorflow.math.reduce_"))
