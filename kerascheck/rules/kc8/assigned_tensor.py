"""KC834: a tensor is assigned to as if it were a variable."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from kerascheck.diagnostics import Severity
from kerascheck.network.program import Program
from kerascheck.rules._code import all_code, own_nodes
from kerascheck.rules._tensors import Bound
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds

_ASSIGNING = ("assign", "assign_add", "assign_sub")


class AssignedTensor(Rule):
    """`assign`, `assign_add` or `assign_sub` on a tensor.

    ## What it does

    Follows names, and lists that a comprehension fills, to where they are made. It reports an assignment to what
    `tf.zeros_like`, `tf.constant` and their like gave.

    ## Why it is bad

    Only variables can be assigned to: "'EagerTensor' object has no attribute 'assign_add'".

    ## Example

    ```python
    import tensorflow as tf
    from keras import Sequential, layers

    model = Sequential([layers.Input((4,)), layers.Dense(1)])
    sums = [tf.zeros_like(v) for v in model.trainable_variables]

    def add(gradients):
        for one, gradient in zip(sums, gradients):
            one.assign_add(gradient)
    ```

    ## Use instead

    ```python
    import tensorflow as tf
    from keras import Sequential, layers

    model = Sequential([layers.Input((4,)), layers.Dense(1)])
    sums = [tf.Variable(tf.zeros_like(v), trainable=False) for v in model.trainable_variables]

    def add(gradients):
        for one, gradient in zip(sums, gradients):
            one.assign_add(gradient)
    ```

    ## References

    - [TensorFlow: variables](https://www.tensorflow.org/guide/variable)
    """

    code = "KC834"
    name = "assigned-tensor"
    severity = Severity.ERROR

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        codes = all_code(program)
        module = next((code for code in codes if code.is_module), None)
        for code in codes:
            around = module if module is not None and code is not module and code.file is module.file else None
            for node in own_nodes(code.file, code.node.body, cst.Call):
                if not isinstance(node.func, cst.Attribute):
                    continue
                target, method = node.func.value, node.func.attr.value
                if method in _ASSIGNING and Bound(code, around).is_tensor(target):
                    yield Finding(
                        code.site(node),
                        f"{method} needs a variable, and this is a tensor; make it with tf.Variable(..., "
                        "trainable=False)",
                    )

    VALID = [
        # variables
        """
import tensorflow as tf
from keras import Sequential, layers
model = Sequential([layers.Input((4,)), layers.Dense(1)])
sums = [tf.Variable(tf.zeros_like(v)) for v in model.trainable_variables]
total = tf.Variable(0.0)
def add(gradients):
    for one, gradient in zip(sums, gradients):
        one.assign_add(gradient)
    total.assign(1.0)
""",
        # a name that is a variable later
        """
import keras
import tensorflow as tf
total = tf.zeros(())
total = tf.Variable(total)
total.assign_add(1.0)
""",
        # what is given
        """
import keras
import tensorflow as tf
def add(sums, gradients):
    sums = sums or [tf.Variable(0.0)]
    for one, gradient in zip(sums, gradients):
        one.assign_add(gradient)
""",
        # the list is filled with variables elsewhere
        """
import keras
import tensorflow as tf
sums = [tf.zeros((2,)) for _ in range(3)]
for place in range(3):
    sums[place] = tf.Variable(sums[place])
sums[0].assign_add([1.0, 2.0])
""",
        # a method of another object
        """
import keras
import pandas as pd
frame = pd.DataFrame()
frame = frame.assign(total=1)
""",
    ]
    INVALID = [
        Invalid(
            """
import tensorflow as tf
from keras import Sequential, layers
model = Sequential([layers.Input((4,)), layers.Dense(1)])
sums = [tf.zeros_like(v) for v in model.trainable_variables]
def add(gradients):
    for one, gradient in zip(sums, gradients):
        one.assign_add(gradient)
    for place, gradient in enumerate(gradients):
        sums[place].assign_add(gradient)
""",
            [
                (
                    8,
                    "assign_add needs a variable, and this is a tensor; make it with tf.Variable(..., trainable=False)",
                ),
                (
                    10,
                    "assign_add needs a variable, and this is a tensor; make it with tf.Variable(..., trainable=False)",
                ),
            ],
        ),
        Invalid(
            """
import keras
import tensorflow as tf
total = tf.constant(0.0)
total.assign(1.0)
""",
            [(5, "assign needs a variable, and this is a tensor; make it with tf.Variable(..., trainable=False)")],
        ),
    ]
