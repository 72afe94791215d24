"""KC879: a layer computes with float32 constants where its inputs are float16."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from kerascheck.diagnostics import Severity
from kerascheck.network.events import PolicyCall
from kerascheck.network.program import Program
from kerascheck.rules._code import (
    Code,
    argument,
    base_of,
    classes_of,
    is_keras_3,
    names_of_target,
    own_method,
    own_nodes,
    parameter_names,
)
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds

_HALF = frozenset({"mixed_float16", "mixed_bfloat16", "float16", "bfloat16"})
#: What makes float32 where no dtype is given, and the place of the dtype.
_SINGLE = {
    **{f"tensorflow.{name}": 1 for name in ("ones", "zeros", "constant")},
    **{f"tensorflow.random.{name}": 3 for name in ("normal", "truncated_normal", "uniform")},
}


class SingleInHalf(Rule):
    """`x * tf.constant(0.5)` in a layer, under `mixed_float16`.

    ## What it does

    Looks at programs that set a policy of half precision for all layers. It reports arithmetic in the `call` of a layer
    of the program between its input and a tensor of TensorFlow that surely is float32.

    ## Why it is bad

    Keras casts the inputs of the layer to float16, and TensorFlow does not mix: "cannot compute Mul as input #1 was
    expected to be a half tensor but is a float tensor". Plain numbers, weights and `keras.ops` adapt themselves.

    ## Example

    ```python
    import keras
    import tensorflow as tf

    keras.mixed_precision.set_global_policy("mixed_float16")

    class Half(keras.layers.Layer):
        def call(self, x):
            return x * tf.constant(0.5)
    ```

    ## Use instead

    ```python
    import keras
    import tensorflow as tf

    keras.mixed_precision.set_global_policy("mixed_float16")

    class Half(keras.layers.Layer):
        def call(self, x):
            return x * tf.constant(0.5, dtype=x.dtype)
    ```

    ## References

    - [TensorFlow: mixed precision](https://www.tensorflow.org/guide/mixed_precision)
    """

    code = "KC879"
    name = "single-in-half"
    severity = Severity.WARNING

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        policies = [event.policy for event in program.events if isinstance(event, PolicyCall)]
        if not policies or any(one not in _HALF for one in policies):
            return
        typed = {
            layer.cls for layer in program.layers if layer.arguments is not None and "dtype" in layer.arguments.keywords
        }
        for cls in classes_of(program):
            method = own_method(cls, "call") if base_of(cls) == "keras.Layer" and is_keras_3(cls.site) else None
            init = own_method(cls, "__init__")
            if method is None or (init is not None and _chooses(Code(init))) or cls.name in typed:
                continue
            code = Code(method, program.objects)
            inputs = set(parameter_names(method)[0][:1]) - _rebound(code)
            for node in own_nodes(code.file, code.node.body, cst.BinaryOperation):
                sides = (node.left, node.right)
                for half, single in (sides, sides[::-1]):
                    if isinstance(half, cst.Name) and half.value in inputs and _is_single(code, single):
                        yield Finding(
                            code.site(node),
                            f"{half.value} is float16 under this policy, and the other side float32, which TensorFlow "
                            f"does not mix; make it with dtype={half.value}.dtype",
                        )

    VALID = [
        # numbers, the dtype of the input, and weights
        """
import keras
import tensorflow as tf
keras.mixed_precision.set_global_policy("mixed_float16")
class Half(keras.layers.Layer):
    def build(self, shape):
        self.w = self.add_weight(shape=(shape[-1],))
    def call(self, x):
        return 0.5 * x * tf.constant(0.5, dtype=x.dtype) * self.w + tf.random.normal(tf.shape(x), dtype=x.dtype)
""",
        # what was cast
        """
import keras
import tensorflow as tf
keras.mixed_precision.set_global_policy("mixed_float16")
class Half(keras.layers.Layer):
    def call(self, x):
        x = tf.cast(x, tf.float32)
        return x * tf.constant(0.5)
class Float(keras.layers.Layer):
    def __init__(self, **kwargs):
        super().__init__(dtype="float32", **kwargs)
    def call(self, x):
        return x * tf.constant(0.5)
class Chosen(keras.layers.Layer):
    def call(self, x):
        return x * tf.constant(0.5)
layer = Chosen(dtype="float32")
""",
        # no such policy
        """
import keras
import tensorflow as tf
class Half(keras.layers.Layer):
    def call(self, x):
        return x * tf.constant(0.5)
""",
    ]
    INVALID = [
        Invalid(
            """
import keras
import tensorflow as tf
keras.mixed_precision.set_global_policy("mixed_float16")
class Noise(keras.layers.Layer):
    def call(self, x):
        noise = tf.random.normal(tf.shape(x))
        return tf.constant(2, dtype=tf.float32) * x, x + noise
""",
            [
                (
                    8,
                    "x is float16 under this policy, and the other side float32, which TensorFlow does not mix; make "
                    "it with dtype=x.dtype",
                ),
                (
                    8,
                    "x is float16 under this policy, and the other side float32, which TensorFlow does not mix; make "
                    "it with dtype=x.dtype",
                ),
            ],
        ),
    ]


def _chooses(init: Code) -> bool:
    """Whether the constructor gives a dtype of its own, or turns casting off."""
    return any(
        arg.keyword is not None and arg.keyword.value in ("dtype", "autocast")
        for call in own_nodes(init.file, init.node.body, cst.Call)
        for arg in call.args
    )


def _rebound(code: Code) -> set[str]:
    return {
        name
        for node in own_nodes(code.file, code.node.body, cst.AssignTarget, cst.AugAssign)
        for name in names_of_target(node.target)
    }


def _is_single(code: Code, node: cst.BaseExpression, depth: int = 2) -> bool:
    """Whether it surely is a float32 tensor of TensorFlow."""
    if isinstance(node, cst.Name) and depth:
        made = [
            one.value
            for one in own_nodes(code.file, code.node.body, cst.Assign)
            for target in one.targets
            if node.value in names_of_target(target.target)
        ]
        return len(made) == 1 and node.value in code.bound and _is_single(code, made[0], depth - 1)
    if not isinstance(node, cst.Call) or any(arg.star for arg in node.args):
        return False
    name = code.symbol(node.func)
    if name == "tensorflow.cast":
        return _is_float32(code, argument(node, "dtype", 1))
    if name not in _SINGLE:
        return False
    dtype = argument(node, "dtype", _SINGLE[name])
    if dtype is not None:
        return _is_float32(code, dtype)
    return name != "tensorflow.constant" or isinstance(node.args[0].value, cst.Float)


def _is_float32(code: Code, node: cst.BaseExpression | None) -> bool:
    if isinstance(node, cst.SimpleString):
        return node.evaluated_value == "float32"
    return node is not None and code.symbol(node) == "tensorflow.float32"
