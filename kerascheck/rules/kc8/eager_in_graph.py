"""KC855: code that runs in a graph does what only works outside of one."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from kerascheck.diagnostics import Severity
from kerascheck.network.program import Program
from kerascheck.rules._code import as_written
from kerascheck.rules._graph_code import outcomes_in_graphs
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds


class EagerInGraph(Rule):
    """`predict` inside a graph, or a symbolic tensor as an index into a Python list.

    ## What it does

    Looks at losses and metrics of the program, at the `call` of layers that stand in a graph, at `train_step` and at
    functions under `tf.function`, unless they run eagerly. It reports `predict` and `evaluate` of models in there, and
    lists, tuples and dictionaries of Python that are asked for an item by a tensor.

    ## Why it is bad

    `predict` runs a loop of its own, which cannot be part of a graph: "Method requires being in cross-replica context".
    A tensor of a graph has no value that Python could take for a place: "list indices must be integers or slices".

    ## Example

    ```python
    import tensorflow as tf

    teacher = tf.keras.Sequential([tf.keras.Input((4,)), tf.keras.layers.Dense(3)])

    @tf.function
    def targets(x):
        return tf.nn.softmax(teacher.predict(x))
    ```

    ## Use instead

    ```python
    import tensorflow as tf

    teacher = tf.keras.Sequential([tf.keras.Input((4,)), tf.keras.layers.Dense(3)])

    @tf.function
    def targets(x):
        return tf.nn.softmax(teacher(x, training=False))
    ```

    ## References

    - [Keras: what is the difference between predict and "
    "__call__](https://keras.io/getting_started/faq/#whats-the-difference-between-model-methods-predict-and-call)
    """

    code = "KC855"
    name = "eager-in-graph"
    severity = Severity.ERROR

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        seen: set[int] = set()
        for code, outcome, anchor, where in outcomes_in_graphs(program):
            faults: list[tuple[cst.CSTNode, str]] = [
                (
                    call,
                    f"{what}() runs a loop of its own, which cannot run inside the {where}; call the model: model(x)",
                )
                for call, what in outcome.looping
            ]
            faults += [
                (
                    node,
                    f"{as_written(node.value)!r} is a Python list, and the {where} indexes it with a tensor that has "
                    f"no value yet; use tf.gather or keras.ops.take",
                )
                for node in outcome.looked_up
            ]
            for node, message in faults:
                if id(node) not in seen:
                    seen.add(id(node))
                    yield Finding(code.site(node), message, anchor=anchor)

    VALID = [
        # the model itself
        """
import tensorflow as tf
teacher = tf.keras.Sequential([tf.keras.Input((4,)), tf.keras.layers.Dense(3)])
@tf.function
def targets(x):
    return tf.nn.softmax(teacher(x, training=False))
print(teacher.predict(tf.ones((2, 4))))
""",
        # places that are numbers of Python, and tensors that are asked by tensors
        """
import tensorflow as tf
from keras import Sequential, layers, ops
weights = [0.5, 1.0, 2.0]
table = ops.array(weights)
def error(y_true, y_pred):
    total = sum(weights[i] * ops.mean(y_pred[:, i]) for i in range(3))
    return total * ops.mean(tf.gather(weights, tf.cast(y_true, "int32"))) * weights[y_pred.shape[-1] - 1]
model = Sequential([layers.Input((4,)), layers.Dense(3)])
model.compile("adam", error)
""",
        # eagerly
        """
import keras
import numpy as np
class Distiller(keras.Model):
    def train_step(self, data):
        x, y = data
        return {"loss": np.mean(teacher.predict(x) - y)}
teacher = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1)])
inputs = keras.Input((4,))
model = Distiller(inputs, keras.layers.Dense(1)(inputs))
model.compile("adam", run_eagerly=True)
model.fit(np.ones((8, 4)), np.ones((8, 1)))
""",
    ]
    INVALID = [
        Invalid(
            """
import keras
import numpy as np
import tensorflow as tf
class Distiller(keras.Model):
    def __init__(self, student, teacher):
        super().__init__()
        self.student, self.teacher = student, teacher
    def call(self, x):
        return self.student(x)
    def train_step(self, data):
        x, y = data
        soft = self.teacher.predict(x)
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean((soft - self.student(x, training=True)) ** 2)
        slopes = tape.gradient(loss, self.student.trainable_variables)
        self.optimizer.apply_gradients(zip(slopes, self.student.trainable_variables))
        return {"loss": loss}
def network():
    return keras.Sequential([keras.Input((4,)), keras.layers.Dense(1)])
model = Distiller(network(), network())
model.compile("adam")
model.fit(np.ones((8, 4)), np.ones((8, 1)))
""",
            [
                (
                    13,
                    "self.teacher.predict() runs a loop of its own, which cannot run inside the train_step of "
                    "Distiller; "
                    "call the model: model(x)",
                )
            ],
        ),
        Invalid(
            """
import tensorflow as tf
from keras import Sequential, layers, losses
WEIGHTS = [0.2, 1.0, 3.0]
def weighted(y_true, y_pred):
    labels = tf.cast(tf.reshape(y_true, [-1]), tf.int32)
    return losses.sparse_categorical_crossentropy(labels, y_pred) * WEIGHTS[labels]
model = Sequential([layers.Input((4,)), layers.Dense(3, activation="softmax")])
model.compile("adam", weighted)
""",
            [
                (
                    7,
                    "'WEIGHTS' is a Python list, and the loss 'weighted' indexes it with a tensor that has no value "
                    "yet; use tf.gather or keras.ops.take",
                )
            ],
        ),
    ]
