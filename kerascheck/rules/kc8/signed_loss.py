"""KC853: a loss is the difference of targets and predictions with its sign."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from kerascheck.diagnostics import Severity
from kerascheck.network.program import Program
from kerascheck.rules._code import Code, own_nodes
from kerascheck.rules._own_losses import OwnLoss, own_losses
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds

#: Functions that leave the sign of a difference what it is, by the last parts of their names.
_LINEAR = frozenset(
    {
        "mean", "sum", "reduce_mean", "reduce_sum", "cast", "flatten", "batch_flatten", "reshape", "squeeze",
        "expand_dims", "convert_to_tensor", "identity", "subtract",
    }
)  # fmt: skip
_MODULES = ("tensorflow.", "keras.ops.", "keras.backend.")

#: How much of the targets and of the predictions there is in an expression.
Parts = tuple[float, float]


class SignedLoss(Rule):
    """A loss of the program averages `y_true - y_pred` without making it positive.

    ## What it does

    Reports a loss that `compile` gets and that surely returns the mean or sum of the difference of its arguments, or
    the difference itself, with no absolute value, square or the like around it.

    ## Why it is bad

    Such a loss has no least value: the better it gets, the further the predictions run off to one side. Errors of both
    signs cancel out, so that it may be zero for useless predictions.

    ## Example

    ```python
    from keras import Sequential, layers, ops

    def error(y_true, y_pred):
        return ops.mean(y_true - y_pred, axis=-1)

    model = Sequential([layers.Input((4,)), layers.Dense(1)])
    model.compile("adam", loss=error)
    ```

    ## Use instead

    ```python
    from keras import Sequential, layers, ops

    def error(y_true, y_pred):
        return ops.mean(ops.abs(y_true - y_pred), axis=-1)

    model = Sequential([layers.Input((4,)), layers.Dense(1)])
    model.compile("adam", loss=error)
    ```

    ## References

    - [Keras: creating custom losses](https://keras.io/api/losses/#creating-custom-losses)
    """

    code = "KC853"
    name = "signed-loss"
    severity = Severity.WARNING

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        for loss in own_losses(program):
            returned = None if loss.is_metric else _returned(loss.code)
            if returned is None:
                continue
            parts = _Parts(loss).of(returned)
            if parts is not None and parts[0] * parts[1] < 0:
                yield Finding(
                    loss.code.site(returned),
                    f"the loss {loss.name!r} is a difference with its sign, which falls without end; use its square or "
                    "absolute value",
                    anchor=loss.call.site,
                )

    VALID = [
        # made positive
        """
from keras import Sequential, layers, ops
def error(y_true, y_pred):
    gap = y_true - y_pred
    return ops.mean(ops.square(gap), axis=-1) + ops.mean(gap * gap)
model = Sequential([layers.Input((4,)), layers.Dense(1)])
model.compile("adam", loss=error)
""",
        # the pinball loss
        """
from keras import Sequential, layers, ops
def pinball(y_true, y_pred):
    gap = y_true - y_pred
    return ops.mean(ops.maximum(0.9 * gap, -0.1 * gap))
model = Sequential([layers.Input((4,)), layers.Dense(1)])
model.compile("adam", loss=pinball)
""",
        # the predictions are the loss, and targets that say which way is up
        """
from keras import Sequential, layers, ops
def identity(y_true, y_pred):
    return ops.mean(y_pred - 0 * y_true)
def wasserstein(y_true, y_pred):
    return ops.mean(y_true * y_pred)
model = Sequential([layers.Input((4,)), layers.Dense(1)])
model.compile("adam", loss=identity)
model.compile("adam", loss=wasserstein)
""",
        # a metric may have a sign
        """
from keras import Sequential, layers, ops
def bias(y_true, y_pred):
    return ops.mean(y_pred - y_true)
model = Sequential([layers.Input((4,)), layers.Dense(1)])
model.compile("adam", loss="mse", metrics=[bias])
""",
    ]
    INVALID = [
        Invalid(
            """
import tensorflow as tf
from keras import Sequential, layers
from keras import backend as K
def error(y_true, y_pred):
    gap = tf.cast(y_true, tf.float32) - y_pred
    return 0.5 * tf.reduce_mean(gap, axis=-1)
model = Sequential([layers.Input((4,)), layers.Dense(1)])
model.compile("adam", loss=error)
model.compile("adam", loss=lambda y_true, y_pred: tf.reduce_sum(y_pred - y_true))
""",
            [
                (
                    7,
                    "the loss 'error' is a difference with its sign, which falls without end; use its square or "
                    "absolute value",
                ),
                (
                    10,
                    "the loss '<lambda>' is a difference with its sign, which falls without end; use its square or "
                    "absolute value",
                ),
            ],
        ),
    ]


def _returned(code: Code) -> cst.BaseExpression | None:
    """The one expression that the function returns, where there are no branches in it."""
    if isinstance(code.node, cst.Lambda):
        body: cst.BaseExpression = code.node.body
        return body
    returns = [node.value for node in own_nodes(code.file, code.node.body, cst.Return)]
    branches = list(own_nodes(code.file, code.node.body, cst.If, cst.For, cst.While, cst.Try, cst.AugAssign))
    return returns[0] if len(returns) == 1 and not branches else None


class _Parts:
    """How much of the two arguments of a loss is in its expressions, as far as these are linear in them."""

    def __init__(self, loss: OwnLoss) -> None:
        self.code = loss.code
        target, prediction = loss.parameters
        self.known: dict[str, Parts | None] = {target: (1.0, 0.0), prediction: (0.0, 1.0)}
        body = None if isinstance(self.code.node, cst.Lambda) else self.code.node.body
        for node in own_nodes(self.code.file, body, cst.Assign) if body is not None else ():
            for target_of in node.targets:
                if isinstance(target_of.target, cst.Name):
                    self.known[target_of.target.value] = self.of(node.value)

    def of(self, node: cst.CSTNode | None) -> Parts | None:
        """The parts in an expression; None where it is not linear, or not known."""
        if isinstance(node, cst.Name):
            return self.known.get(node.value)
        if isinstance(node, cst.UnaryOperation) and isinstance(node.operator, cst.Minus):
            return _times(self.of(node.expression), -1.0)
        if isinstance(node, cst.BinaryOperation):
            return self._operation(node)
        if isinstance(node, cst.Call) and node.args:
            name = self.code.symbol(node.func)
            last = name.rpartition(".")[2]
            if name.startswith(_MODULES) and last in _LINEAR:
                first = self.of(node.args[0].value)
                if last == "subtract":
                    return _sum(first, _times(self.of(node.args[1].value), -1.0)) if len(node.args) == 2 else None
                return first
        return None

    def _operation(self, node: cst.BinaryOperation) -> Parts | None:
        if isinstance(node.operator, (cst.Add, cst.Subtract)):
            sign = -1.0 if isinstance(node.operator, cst.Subtract) else 1.0
            return _sum(self.of(node.left), _times(self.of(node.right), sign))
        left, right = _number(node.left), _number(node.right)
        if isinstance(node.operator, cst.Multiply) and (left is None) is not (right is None):
            factor = left if left is not None else right
            return _times(self.of(node.right if left is not None else node.left), factor)
        if isinstance(node.operator, cst.Divide) and right:
            return _times(self.of(node.left), 1 / right)
        return None


def _number(node: cst.CSTNode) -> float | None:
    return float(node.evaluated_value) if isinstance(node, (cst.Integer, cst.Float)) else None


def _times(parts: Parts | None, factor: float | None) -> Parts | None:
    return None if parts is None or factor is None else (parts[0] * factor, parts[1] * factor)


def _sum(one: Parts | None, other: Parts | None) -> Parts | None:
    return None if one is None or other is None else (one[0] + other[0], one[1] + other[1])
