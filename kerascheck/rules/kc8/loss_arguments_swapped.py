"""KC844: an own loss takes the predictions first."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from kerascheck.diagnostics import Severity
from kerascheck.machine.static import once_in_outline
from kerascheck.network.program import Program
from kerascheck.rules._code import Code, names_read, own_nodes
from kerascheck.rules._own_losses import OwnLoss, own_losses
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds
from kerascheck.text.outline import Outline

_PREDICTIONS = frozenset({"y_pred", "y_hat", "yhat", "pred", "preds", "prediction", "predictions", "y_predicted"})


_TARGETS = frozenset({"y_true", "true", "target", "targets", "label", "labels", "truth", "y", "ground_truth"})


class LossArgumentsSwapped(Rule):
    """A loss of the program calls its parameters (y_pred, y_true), and Keras passes (y_true, y_pred).

    ## What it does

    Reports a function that `compile` gets as loss or metric whose first parameter is called after the predictions and
    whose second after the targets, where it does something to one of them alone.

    ## Why it is bad

    Keras gives the targets first. A crossentropy then takes the logarithm of the labels: it stays where it is.

    ## Example

    ```python
    from keras import Sequential, layers, ops

    def crossentropy(y_pred, y_true):
        return -ops.mean(y_true * ops.log(y_pred + 1e-7))

    model = Sequential([layers.Input((4,)), layers.Dense(3, activation="softmax")])
    model.compile("adam", loss=crossentropy)
    ```

    ## Use instead

    ```python
    from keras import Sequential, layers, ops

    def crossentropy(y_true, y_pred):
        return -ops.mean(y_true * ops.log(y_pred + 1e-7))

    model = Sequential([layers.Input((4,)), layers.Dense(3, activation="softmax")])
    model.compile("adam", loss=crossentropy)
    ```

    ## References

    - [Keras: custom losses](https://keras.io/api/losses/#creating-custom-losses)
    """

    code = "KC844"
    name = "loss-arguments-swapped"
    severity = Severity.ERROR

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        seen: set[int] = set()
        for loss in own_losses(program):
            first, second = loss.parameters
            swapped = first.lower() in _PREDICTIONS and second.lower() in _TARGETS
            if not swapped or id(loss.code.node) in seen or _is_called(loss):
                continue
            seen.add(id(loss.code.node))
            if _tells_apart(loss.code, first, second):
                kind = "metric" if loss.is_metric else "loss"
                yield Finding(
                    loss.code.site(loss.code.node),
                    f"the {kind} {loss.name!r} takes ({first}, {second}), but Keras calls it with the targets first; "
                    f"write ({second}, {first})",
                    severity=Severity.WARNING if loss.is_metric else None,
                    anchor=loss.call.site,
                )

    VALID = [
        # targets first
        """
from keras import Sequential, layers, ops
def crossentropy(y_true, y_pred):
    return -ops.mean(y_true * ops.log(y_pred + 1e-7))
model = Sequential([layers.Input((4,)), layers.Dense(3, activation="softmax")])
model.compile("adam", loss=crossentropy)
""",
        # the order makes no difference
        """
from keras import Sequential, layers, ops
def error(y_pred, y_true):
    return ops.mean(ops.square(y_true - y_pred))
model = Sequential([layers.Input((4,)), layers.Dense(3)])
model.compile("adam", loss=error)
""",
        # called by hand, the other way round
        """
from keras import Sequential, layers, ops
def crossentropy(y_pred, y_true):
    return -ops.mean(y_true * ops.log(y_pred + 1e-7))
model = Sequential([layers.Input((4,)), layers.Dense(3, activation="softmax")])
model.compile("adam", loss=lambda t, p: crossentropy(p, t))
""",
        # other names say nothing
        """
from keras import Sequential, layers, ops
def crossentropy(p, q):
    return -ops.mean(p * ops.log(q + 1e-7))
model = Sequential([layers.Input((4,)), layers.Dense(3, activation="softmax")])
model.compile("adam", loss=crossentropy)
""",
    ]
    INVALID = [
        Invalid(
            """
import tensorflow as tf
class Own(tf.keras.losses.Loss):
    def call(self, y_pred, y_true):
        y_pred = tf.clip_by_value(y_pred, 1e-7, 1.0)
        return -tf.reduce_sum(y_true * tf.math.log(y_pred), axis=-1)
model = tf.keras.Sequential([tf.keras.layers.Input((4,)), tf.keras.layers.Dense(3, activation="softmax")])
model.compile("adam", loss=Own())
""",
            [
                (
                    4,
                    "the loss 'Own' takes (y_pred, y_true), but Keras calls it with the targets first; write (y_true, "
                    "y_pred)",
                )
            ],
        ),
    ]


def _is_called(loss: OwnLoss) -> bool:
    """Whether the file calls the function itself: it may be another one's helper, too."""
    name = loss.code.function.name
    if name in ("call", "<lambda>"):
        return False
    return name in _called_names(loss.code.file, loss.code.file.tree)


@once_in_outline
def _called_names(outline: Outline, tree: cst.CSTNode) -> frozenset[str]:
    return frozenset(call.func.value for call in outline.below(tree, cst.Call) if isinstance(call.func, cst.Name))


def _tells_apart(code: Code, first: str, second: str) -> bool:
    """Whether something is done to one of both alone: a function of it, a power, a division or comparison."""
    for node in (code.node.body, *own_nodes(code.file, code.node.body)):
        if isinstance(node, cst.Call):
            name = code.symbol(node.func).rpartition(".")[2]
            if name in ("cast", "convert_to_tensor", "reshape", "flatten", "Flatten", "batch_flatten", "squeeze"):
                continue
            used = _names(node, first, second)
            if len(used) == 1 and name in _TELLING:
                return True
        elif isinstance(node, cst.BinaryOperation) and isinstance(node.operator, cst.Divide):
            above, below = _names(node.left, first, second), _names(node.right, first, second)
            if len(above) > len(below) > 0:
                return True
    return False


_TELLING = frozenset(
    {"log", "log1p", "exp", "sigmoid", "softmax", "argmax", "round", "log_softmax", "clip_by_value", "clip", "one_hot"}
    | {"binary_crossentropy", "categorical_crossentropy", "sparse_categorical_crossentropy", "softplus", "relu"}
)


def _names(node: cst.CSTNode, first: str, second: str) -> set[str]:
    return {part.value for part in names_read(node)} & {first, second}
