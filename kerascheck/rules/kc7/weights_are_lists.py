"""KC714: arithmetic with the lists that `get_weights` gives."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from kerascheck.diagnostics import Severity
from kerascheck.machine.static import names_used
from kerascheck.machine.values import Instance
from kerascheck.network.ir import Layer
from kerascheck.network.program import Program
from kerascheck.rules._code import Code, all_code, own_nodes
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds


class WeightsAreLists(Rule):
    """`0.99 * model.get_weights()`: a list is not an array.

    ## What it does

    Reports `*`, `-` and `/` with what `get_weights()` of a model or layer gives.

    ## Why it is bad

    `get_weights` gives a list of arrays. Python raises TypeError: "can't multiply sequence by non-int of type 'float'";
    and `+` makes one longer list of two.

    ## Example

    ```python
    from keras import Sequential, layers

    one = Sequential([layers.Input((4,)), layers.Dense(1)])
    two = Sequential([layers.Input((4,)), layers.Dense(1)])
    two.set_weights(0.9 * two.get_weights() + 0.1 * one.get_weights())
    ```

    ## Use instead

    ```python
    from keras import Sequential, layers

    one = Sequential([layers.Input((4,)), layers.Dense(1)])
    two = Sequential([layers.Input((4,)), layers.Dense(1)])
    two.set_weights([0.9 * b + 0.1 * a for a, b in zip(one.get_weights(), two.get_weights())])
    ```

    ## References

    - [Keras: get_weights](https://keras.io/api/layers/base_layer/#getweights-method)
    """

    code = "KC714"
    name = "weights-are-lists"
    severity = Severity.ERROR

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        for code in all_code(program):
            if "get_weights" not in names_used(code.file, code.file.tree):
                continue
            for node in own_nodes(code.file, code.node.body):
                if isinstance(node, cst.BinaryOperation) and _is_refused(code, node):
                    yield Finding(
                        code.site(node),
                        "get_weights() returns a list of arrays, which does not support arithmetic; iterate over "
                        "both lists with zip",
                    )

    VALID = [
        # array by array
        """
from keras import Sequential, layers
one = Sequential([layers.Input((4,)), layers.Dense(1)])
two = Sequential([layers.Input((4,)), layers.Dense(1)])
two.set_weights([0.9 * b + 0.1 * a for a, b in zip(one.get_weights(), two.get_weights())])
kernel = 0.5 * one.layers[0].get_weights()[0]
""",
        # two lists behind each other, and one repeated
        """
from keras import Sequential, layers
one = Sequential([layers.Input((4,)), layers.Dense(1)])
both = one.get_weights() + one.get_weights()
twice = 2 * one.get_weights()
""",
        # a get_weights of the program
        """
import keras
import numpy as np
class Samples:
    def get_weights(self):
        return np.ones(3)
samples = Samples()
print(0.5 * samples.get_weights())
""",
    ]
    INVALID = [
        Invalid(
            """
from keras import Sequential, layers
one = Sequential([layers.Input((4,)), layers.Dense(1)])
two = Sequential([layers.Input((4,)), layers.Dense(1)])
def update():
    two.set_weights(two.get_weights() - one.get_weights())
two.set_weights(0.9 * two.get_weights())
""",
            [
                (
                    6,
                    "get_weights() returns a list of arrays, which does not support arithmetic; iterate over both "
                    "lists with zip",
                ),
                (
                    7,
                    "get_weights() returns a list of arrays, which does not support arithmetic; iterate over both "
                    "lists with zip",
                ),
            ],
        ),
    ]


def _is_refused(code: Code, node: cst.BinaryOperation) -> bool:
    """Whether one side is such a list, and the operation surely is none of lists."""
    lists = [_is_weights(code, side) for side in (node.left, node.right)]
    if not any(lists):
        return False
    other = node.right if lists[0] else node.left
    if isinstance(node.operator, cst.Multiply):
        return isinstance(other, cst.Float) or all(lists)
    return isinstance(node.operator, (cst.Subtract, cst.Divide)) and (all(lists) or isinstance(other, cst.BaseNumber))


def _is_weights(code: Code, node: cst.BaseExpression) -> bool:
    if not isinstance(node, cst.Call) or not isinstance(node.func, cst.Attribute):
        return False
    owner = code.meaning(node.func.value)
    is_layer = isinstance(owner, Layer) or (isinstance(owner, Instance) and owner.layer is not None)
    return is_layer and node.func.attr.value == "get_weights" and not node.args
