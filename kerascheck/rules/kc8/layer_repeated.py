"""KC851: `[Layer()] * n` is one layer n times."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from kerascheck.diagnostics import Severity
from kerascheck.network.program import Program
from kerascheck.rules._code import Code, all_code, own_nodes
from kerascheck.rules._state import made_variables
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds


class LayerRepeated(Rule):
    """A list of one layer is multiplied.

    ## What it does

    Reports `[Dense(8)] * 3`: a list of one call that makes a layer with weights, times a number other than 1.

    ## Why it is bad

    The list holds one layer three times. All places share the same weights; the model has a third of the parameters
    that it seems to have.

    ## Example

    ```python
    import keras

    class Tower(keras.Model):
        def __init__(self, depth):
            super().__init__()
            self.stages = [keras.layers.Dense(16, activation="relu")] * depth
    ```

    ## Use instead

    ```python
    import keras

    class Tower(keras.Model):
        def __init__(self, depth):
            super().__init__()
            self.stages = [keras.layers.Dense(16, activation="relu") for _ in range(depth)]
    ```

    ## References

    - [Python: how do I create a multidimensional list](https://docs.python.org/3/faq/programming.html#how-do-i-create-a-multidimensional-list)
    """

    code = "KC851"
    name = "layer-repeated"
    severity = Severity.WARNING

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        for code in all_code(program):
            for node in own_nodes(code.file, code.node.body, cst.BinaryOperation):
                made = _repeated(code, node)
                if made is not None:
                    yield Finding(
                        code.site(node),
                        f"this list holds the same {made} over and over, with one set of weights; make one for each "
                        f"place: [{made}(...) for _ in range(n)]",
                    )

    VALID = [
        # one for each place
        """
from keras import layers
stages = [layers.Dense(8) for _ in range(3)]
""",
        # nothing to share
        """
from keras import layers
stages = [layers.Activation("relu")] * 3
sizes = [8] * 3
""",
        # several, which are meant to come round
        """
from keras import layers
stages = [layers.Dense(8), layers.Dense(8)] * 3
once = [layers.Dense(8)] * 1
""",
        # classes, and functions that make layers
        """
from keras import layers
kinds = [layers.Dense] * 3
""",
    ]
    INVALID = [
        Invalid(
            """
from keras import Model, layers
class Block(layers.Layer):
    def __init__(self, width):
        super().__init__()
        self.dense = layers.Dense(width)
    def call(self, x):
        return x + self.dense(x)
class Tower(Model):
    def __init__(self, depth):
        super().__init__()
        self.stages = [Block(16)] * depth
        self.heads = 2 * [layers.Dense(1)]
""",
            [
                (
                    12,
                    "this list holds the same Block over and over, with one set of weights; make one for each place: "
                    "[Block(...) for _ in range(n)]",
                ),
                (
                    13,
                    "this list holds the same Dense over and over, with one set of weights; make one for each place: "
                    "[Dense(...) for _ in range(n)]",
                ),
            ],
        ),
    ]


def _repeated(code: Code, node: cst.BinaryOperation) -> str | None:
    """The class of the one layer in a list that is multiplied."""
    if not isinstance(node.operator, cst.Multiply):
        return None
    for display, times in ((node.left, node.right), (node.right, node.left)):
        if isinstance(display, cst.List) and len(display.elements) == 1 and not isinstance(times, cst.List):
            call = display.elements[0].value
            is_once = isinstance(times, cst.Integer) and int(times.value, 0) < 2
            return made_variables(code, call) if isinstance(call, cst.Call) and not is_once else None
    return None
