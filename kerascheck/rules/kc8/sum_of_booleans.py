"""KC875: `tf.reduce_sum` or `tf.reduce_mean` of a comparison."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from kerascheck.diagnostics import Severity
from kerascheck.network.program import Program
from kerascheck.rules._code import Code, all_code, names_of_target, own_nodes
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds

_SUMS = frozenset(
    f"tensorflow.{module}{name}" for module in ("", "math.") for name in ("reduce_sum", "reduce_mean", "reduce_prod")
)
_COMPARING = frozenset(
    {
        "equal", "not_equal", "greater", "greater_equal", "less", "less_equal", "logical_and", "logical_or",
        "logical_not", "logical_xor", "is_nan", "is_finite", "is_inf",
    }
)  # fmt: skip


class SumOfBooleans(Rule):
    """`tf.reduce_mean(tf.equal(a, b))`: a sum or mean of truth values.

    ## What it does

    Reports `tf.reduce_sum`, `tf.reduce_mean` and `tf.reduce_prod` of what surely is a tensor of booleans: what
    `tf.equal` and its like give, also through a name.

    ## Why it is bad

    TensorFlow does not count booleans: "Value passed to parameter 'input' has DataType bool not in list of allowed
    values". Metrics of one's own fail so at the first batch.

    ## Example

    ```python
    import keras
    import tensorflow as tf

    def hits(y_true, y_pred):
        return tf.reduce_mean(tf.equal(y_true, tf.round(y_pred)))
    ```

    ## Use instead

    ```python
    import keras
    import tensorflow as tf

    def hits(y_true, y_pred):
        return tf.reduce_mean(tf.cast(tf.equal(y_true, tf.round(y_pred)), tf.float32))
    ```

    ## References

    - [TensorFlow: tf.math.reduce_mean](https://www.tensorflow.org/api_docs/python/tf/math/reduce_mean)
    """

    code = "KC875"
    name = "sum-of-booleans"
    severity = Severity.ERROR

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        for code in all_code(program):
            for call in own_nodes(code.file, code.node.body, cst.Call):
                if not call.args or code.symbol(call.func) not in _SUMS:
                    continue
                first = call.args[0]
                if not first.star and first.keyword is None and _is_boolean(code, first.value, 3):
                    name = code.symbol(call.func).rpartition(".")[2]
                    yield Finding(
                        code.site(call),
                        f"tf.{name} does not take booleans; cast them first, tf.cast(..., tf.float32)",
                    )

    VALID = [
        # cast, counted, or no booleans
        """
import keras
import tensorflow as tf
def hits(y_true, y_pred):
    same = tf.equal(y_true, tf.round(y_pred))
    same = tf.cast(same, tf.float32)
    total = tf.math.count_nonzero(y_true > 0.5)
    picked = tf.where(y_true > y_pred, y_true, y_pred)
    return tf.reduce_mean(same) + tf.reduce_sum(picked) + tf.reduce_sum(y_true[y_true > 0])
def some(mask):
    return tf.reduce_any(tf.equal(mask, 1)), tf.reduce_all(tf.not_equal(mask, 0))
""",
        # Keras counts them
        """
import keras
from keras import ops
def hits(y_true, y_pred):
    return ops.mean(ops.equal(y_true, ops.round(y_pred))) + ops.sum(y_pred > 0.5)
""",
    ]
    INVALID = [
        Invalid(
            """
import keras
import tensorflow as tf
def hits(y_true, y_pred):
    same = tf.equal(tf.argmax(y_true, -1), tf.argmax(y_pred, -1))
    return tf.reduce_mean(same)
def over(y_true, y_pred):
    return tf.math.reduce_sum(tf.logical_and(y_true > 0.5, y_pred > 0.5), axis=-1)
""",
            [
                (6, "tf.reduce_mean does not take booleans; cast them first, tf.cast(..., tf.float32)"),
                (8, "tf.reduce_sum does not take booleans; cast them first, tf.cast(..., tf.float32)"),
            ],
        ),
    ]


def _is_boolean(code: Code, node: cst.BaseExpression, depth: int) -> bool:
    """Whether it surely is a tensor of booleans."""
    if isinstance(node, cst.Call):
        name = code.symbol(node.func)
        return name.startswith(("tensorflow.", "keras.ops.")) and name.rpartition(".")[2] in _COMPARING
    if isinstance(node, cst.Comparison):
        kinds = (cst.LessThan, cst.LessThanEqual, cst.GreaterThan, cst.GreaterThanEqual)
        return all(isinstance(one.operator, kinds) for one in node.comparisons)
    if isinstance(node, cst.Name) and depth and node.value in code.bound:
        values = [
            one.value
            for one in own_nodes(code.file, code.node, cst.Assign)
            if any(isinstance(target.target, cst.Name) and target.target.value == node.value for target in one.targets)
        ]
        others = [
            one
            for one in own_nodes(code.file, code.node, cst.AssignTarget, cst.AugAssign, cst.For, cst.NamedExpr)
            if node.value in names_of_target(one.target)  # type: ignore[attr-defined]
        ]
        params = code.node.params
        given = any(one.name.value == node.value for one in (*params.params, *params.kwonly_params))
        return len(values) == len(others) == 1 and not given and _is_boolean(code, values[0], depth - 1)
    return False
