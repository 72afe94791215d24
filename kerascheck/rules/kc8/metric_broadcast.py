"""KC843: an own metric compares each target with each prediction."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from kerascheck.diagnostics import Severity
from kerascheck.network.program import Program
from kerascheck.rules._code import Code, own_nodes
from kerascheck.rules._graph import shape_of
from kerascheck.rules._own_losses import OwnLoss, own_losses
from kerascheck.rules._targets import targets_of
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds
from kerascheck.symbolic.unknown import Unknown

#: Operations that work on each number for itself, or on the numbers of two tensors in pairs.
_EACH = frozenset({"abs", "cast", "round", "square", "sign", "exp", "log", "identity", "convert_to_tensor", "floor"})


_PAIRS = frozenset(
    {
        "add", "subtract", "multiply", "divide", "equal", "not_equal", "less", "greater", "less_equal", "greater_equal",
        "maximum", "minimum", "squared_difference", "logical_and", "logical_or",
    }
)  # fmt: skip


class MetricBroadcast(Rule):
    """A metric of the program receives targets of one axis and predictions with a last axis of one.

    ## What it does

    Reports a metric function of the program that pairs `y_true` and `y_pred` by an operator, where the targets of a
    training call have the shape (n,) and the output the shape (n, 1).

    ## Why it is bad

    Keras brings both to one rank for losses, and not for functions as metrics. numpy's rules make of (n,) and (n, 1) a
    table (n, n): each target is compared with each prediction, and the figure says nothing.

    ## Example

    ```python
    import numpy as np
    from keras import Sequential, layers, ops

    def close(y_true, y_pred):
        return ops.mean(ops.cast(ops.abs(y_true - y_pred) < 0.1, "float32"))

    x, y = np.random.rand(64, 4), np.random.rand(64)
    model = Sequential([layers.Input((4,)), layers.Dense(1)])
    model.compile("adam", "mse", metrics=[close])
    model.fit(x, y)
    ```

    ## Use instead

    ```python
    import numpy as np
    from keras import Sequential, layers, ops

    def close(y_true, y_pred):
        return ops.mean(ops.cast(ops.abs(y_true - y_pred) < 0.1, "float32"))

    x, y = np.random.rand(64, 4), np.random.rand(64, 1)
    model = Sequential([layers.Input((4,)), layers.Dense(1)])
    model.compile("adam", "mse", metrics=[close])
    model.fit(x, y)
    ```

    ## References

    - [A metric of 1-D targets](https://github.com/keras-team/keras/issues/16836)
    """

    code = "KC843"
    name = "metric-broadcast"
    severity = Severity.WARNING

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        metrics = [one for one in own_losses(program) if one.is_metric]
        if not metrics:
            return
        seen: set[int] = set()
        for targets in targets_of(program):
            output = shape_of(targets.tensor)
            shape = targets.array.shape
            if output is None or isinstance(shape, Unknown) or len(shape) != 1 or len(output) != 2 or output[1] != 1:
                continue
            if shape[0] == 1 or len(targets.call.outputs) != 1 or targets.call.fits_ranks:
                continue
            for metric in metrics:
                if metric.call is not targets.call.compiled:
                    continue
                node = _pairing(metric)
                if node is None or id(node) in seen:
                    continue
                seen.add(id(node))
                yield Finding(
                    metric.code.site(node),
                    f"{metric.name!r} broadcasts targets of shape (n,) against outputs of shape (n, 1) to (n, n); add "
                    f"a second axis to the targets, y[:, None], or reshape both in the metric",
                    anchor=metric.call.site,
                )

    VALID = [
        # both have two axes
        """
import numpy as np
from keras import Sequential, layers, ops
def close(y_true, y_pred):
    return ops.mean(ops.abs(y_true - y_pred))
model = Sequential([layers.Input((4,)), layers.Dense(1)])
model.compile("adam", "mse", metrics=[close])
model.fit(np.random.rand(64, 4), np.random.rand(64, 1))
""",
        # a loss: Keras brings both to one rank
        """
import numpy as np
from keras import Sequential, layers, ops
def error(y_true, y_pred):
    return ops.mean(ops.abs(y_true - y_pred))
model = Sequential([layers.Input((4,)), layers.Dense(1)])
model.compile("adam", loss=error)
model.fit(np.random.rand(64, 4), np.random.rand(64))
""",
        # the metric makes them alike
        """
import numpy as np
from keras import Sequential, layers, ops
def close(y_true, y_pred):
    y_pred = ops.squeeze(y_pred, axis=-1)
    return ops.mean(ops.abs(y_true - y_pred))
model = Sequential([layers.Input((4,)), layers.Dense(1)])
model.compile("adam", "mse", metrics=[close])
model.fit(np.random.rand(64, 4), np.random.rand(64))
""",
        # each is counted for itself
        """
import numpy as np
from keras import Sequential, layers, ops
def bias(y_true, y_pred):
    return ops.mean(y_true) - ops.mean(y_pred)
model = Sequential([layers.Input((4,)), layers.Dense(1)])
model.compile("adam", "mse", metrics=[bias])
model.fit(np.random.rand(64, 4), np.random.rand(64))
""",
    ]
    INVALID = [
        Invalid(
            """
import numpy as np
import tensorflow as tf
def hits(y_true, y_pred):
    return tf.reduce_mean(tf.cast(tf.equal(y_true, tf.round(y_pred)), tf.float32))
model = tf.keras.Sequential([tf.keras.layers.Input((4,)), tf.keras.layers.Dense(1, activation="sigmoid")])
model.compile("adam", "binary_crossentropy", metrics=[hits])
model.fit(np.random.rand(64, 4), np.random.randint(0, 2, 64).astype("float32"))
""",
            [
                (
                    5,
                    "'hits' broadcasts targets of shape (n,) against outputs of shape (n, 1) to (n, n); add a second "
                    "axis to the targets, y[:, None], or reshape both in the metric",
                )
            ],
        ),
    ]


def _pairing(metric: OwnLoss) -> cst.CSTNode | None:
    """Where the metric pairs its two arguments as they are."""
    code = metric.code
    body: cst.CSTNode = code.node.body
    names = set(metric.parameters)
    for target in own_nodes(code.file, code.node, cst.AssignTarget):
        if isinstance(target.target, cst.Name) and target.target.value in names:
            return None
    for node in (body, *own_nodes(code.file, body)):
        if {_argument(code, one, names) for one in _pair(code, node)} == names:
            return node
    return None


def _pair(code: Code, node: cst.CSTNode) -> list[cst.BaseExpression]:
    """The operands of an operation in pairs."""
    if isinstance(node, cst.BinaryOperation) and not isinstance(node.operator, cst.MatrixMultiply):
        return [node.left, node.right]
    if isinstance(node, cst.Comparison) and len(node.comparisons) == 1:
        return [node.left, node.comparisons[0].comparator]
    if isinstance(node, cst.Call) and len(node.args) == 2 and _operation(code, node) in _PAIRS:
        return [arg.value for arg in node.args]
    return []


def _operation(code: Code, call: cst.Call) -> str:
    """The last part of the name of an operation on tensors."""
    name = code.symbol(call.func)
    return name.rpartition(".")[2] if name.startswith(("tensorflow.", "keras.ops.", "keras.backend.")) else ""


def _argument(code: Code, node: cst.BaseExpression, names: set[str]) -> str | None:
    """The argument that stands there, perhaps changed number by number."""
    while isinstance(node, cst.Call) and node.args and _operation(code, node) in _EACH:
        node = node.args[0].value
    return node.value if isinstance(node, cst.Name) and node.value in names else None
