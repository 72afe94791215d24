"""KC847: class weights or sample weights with a loss that gives one number for a batch."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from kerascheck.diagnostics import Severity
from kerascheck.network.arguments import Given
from kerascheck.network.ir import Site
from kerascheck.network.program import Program
from kerascheck.rules._code import Code, own_nodes
from kerascheck.rules._own_losses import OwnLoss, own_losses
from kerascheck.rules._paths import assigned_values
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds

#: Operations that make one number of a tensor, unless they are given an axis.
_REDUCING = frozenset({"mean", "sum", "reduce_mean", "reduce_sum", "max", "reduce_max"})


#: Operations on each number for itself.
_EACH = frozenset({"sqrt", "log", "exp", "abs", "square", "cast", "negative"})


class WeightsOnScalarLoss(Rule):
    """`class_weight` or `sample_weight` meets a loss that has averaged over the batch already.

    ## What it does

    Reports `fit` with `class_weight` or `sample_weight` where the loss is a function of the program that returns one
    number for the whole batch, and not one for each sample.

    ## Why it is bad

    Keras multiplies what the loss returns by the weights of the samples. One number for all of them is multiplied by
    the mean of the weights: rare classes count no more than others.

    ## Example

    ```python
    import numpy as np
    from keras import Sequential, layers, ops

    def error(y_true, y_pred):
        return ops.mean(ops.square(y_true - y_pred))

    model = Sequential([layers.Input((4,)), layers.Dense(1, activation="sigmoid")])
    model.compile("adam", loss=error)
    model.fit(np.random.rand(64, 4), np.random.randint(0, 2, (64, 1)), class_weight={0: 1.0, 1: 9.0})
    ```

    ## Use instead

    ```python
    import numpy as np
    from keras import Sequential, layers, ops

    def error(y_true, y_pred):
        return ops.mean(ops.square(y_true - y_pred), axis=-1)

    model = Sequential([layers.Input((4,)), layers.Dense(1, activation="sigmoid")])
    model.compile("adam", loss=error)
    model.fit(np.random.rand(64, 4), np.random.randint(0, 2, (64, 1)), class_weight={0: 1.0, 1: 9.0})
    ```

    ## References

    - [Keras: custom losses](https://keras.io/api/losses/#creating-custom-losses)
    """

    code = "KC847"
    name = "weights-on-scalar-loss"
    severity = Severity.WARNING

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        scalar: dict[int, OwnLoss] = {}
        for loss in own_losses(program):
            if not loss.is_metric and _gives_one_number(loss.code):
                scalar.setdefault(id(loss.call), loss)
        for call in program.trainings:
            found = scalar.get(id(call.compiled))
            if found is None or call.method != "fit" or len(call.outputs) > 1:
                continue
            for name in ("class_weight", "sample_weight"):
                given = call.arguments.get(name)
                if isinstance(given, Given) and given.value is not None and not _may_be_none(given.value):
                    site = call.site if given.node is None else Site(call.site.file, given.node)
                    yield Finding(
                        site,
                        f"the loss {found.name!r} returns one number for each batch, so {name} weights whole batches "
                        f"instead of samples; return one number per sample (axis=-1)",
                        anchor=call.site,
                    )

    VALID = [
        # one number a sample
        """
import numpy as np
from keras import Sequential, layers, ops
def error(y_true, y_pred):
    return ops.mean(ops.square(y_true - y_pred), axis=-1)
model = Sequential([layers.Input((4,)), layers.Dense(1, activation="sigmoid")])
model.compile("adam", loss=error)
model.fit(np.random.rand(64, 4), np.random.randint(0, 2, (64, 1)), class_weight={0: 1.0, 1: 9.0})
""",
        # no weights
        """
import numpy as np
from keras import Sequential, layers, ops
def error(y_true, y_pred):
    return ops.mean(ops.square(y_true - y_pred))
model = Sequential([layers.Input((4,)), layers.Dense(1, activation="sigmoid")])
model.compile("adam", loss=error)
model.fit(np.random.rand(64, 4), np.random.randint(0, 2, (64, 1)), class_weight=None)
""",
        # a loss of Keras
        """
import numpy as np
from keras import Sequential, layers
model = Sequential([layers.Input((4,)), layers.Dense(1, activation="sigmoid")])
model.compile("adam", loss="binary_crossentropy")
model.fit(np.random.rand(64, 4), np.random.randint(0, 2, (64, 1)), class_weight={0: 1.0, 1: 9.0})
""",
        # what it gives is not known
        """
import numpy as np
from keras import Sequential, layers
from mine import focal
def error(y_true, y_pred):
    return focal(y_true, y_pred)
model = Sequential([layers.Input((4,)), layers.Dense(1, activation="sigmoid")])
model.compile("adam", loss=error)
model.fit(np.random.rand(64, 4), np.random.randint(0, 2, (64, 1)), class_weight={0: 1.0, 1: 9.0})
""",
    ]
    INVALID = [
        Invalid(
            """
import numpy as np
import tensorflow as tf
from tensorflow.keras import backend as K
def dice(y_true, y_pred):
    overlap = K.sum(y_true * y_pred)
    return 1.0 - 2.0 * overlap / (K.sum(y_true) + K.sum(y_pred) + 1e-6)
model = tf.keras.Sequential([tf.keras.layers.Input((4,)), tf.keras.layers.Dense(1, activation="sigmoid")])
model.compile("adam", loss=dice)
model.fit(np.random.rand(64, 4), np.random.randint(0, 2, (64, 1)), sample_weight=np.random.rand(64))
""",
            [
                (
                    10,
                    "the loss 'dice' returns one number for each batch, so sample_weight weights whole batches instead "
                    "of samples; return one number per sample (axis=-1)",
                )
            ],
        ),
    ]


def _may_be_none(value: object) -> bool:
    """Whether the argument may be none after all."""
    return type(value).__name__ in ("Unknown", "Guarded", "Flag")


def _gives_one_number(code: Code) -> bool:
    """Whether all that the function returns surely is a single number."""
    if isinstance(code.node, cst.Lambda):
        return _is_one_number(code, code.node.body, 4)
    returns = list(own_nodes(code.file, code.node.body, cst.Return))
    return bool(returns) and all(one.value is not None and _is_one_number(code, one.value, 4) for one in returns)


def _is_one_number(code: Code, node: cst.BaseExpression, depth: int) -> bool:
    if isinstance(node, (cst.Integer, cst.Float)):
        return True
    if isinstance(node, cst.BinaryOperation):
        return _is_one_number(code, node.left, depth) and _is_one_number(code, node.right, depth)
    if isinstance(node, cst.UnaryOperation):
        return _is_one_number(code, node.expression, depth)
    if isinstance(node, cst.Call):
        name = code.symbol(node.func)
        last = name.rpartition(".")[2]
        if not name.startswith(("tensorflow.", "keras.ops.", "keras.backend.")) or not node.args:
            return False
        if last in _REDUCING:
            return len(node.args) == 1 and node.args[0].keyword is None and not node.args[0].star
        return last in _EACH and _is_one_number(code, node.args[0].value, depth)
    if isinstance(node, cst.Name) and depth and node.value in code.bound:
        values = assigned_values(code.file, code.node).get(node.value, ())
        return len(values) == 1 and _is_one_number(code, values[0], depth - 1)
    if isinstance(node, cst.Name) and depth:
        meaning = code.meaning(node)
        return isinstance(meaning, (int, float)) and not isinstance(meaning, bool)
    return False
