"""KC114: Batch normalization follows directly after dropout."""

from __future__ import annotations

from collections.abc import Iterator

from kerascheck.diagnostics import Severity
from kerascheck.network.ir import Node
from kerascheck.network.networks import Network
from kerascheck.network.program import Program
from kerascheck.rules._graph import (
    DROPOUTS,
)
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds
from kerascheck.rules.kc1._layer_order import _ACTIVATIONS, _everywhere


class DropoutBeforeNormalization(Rule):
    """Batch normalization follows directly after dropout.

    ## What it does

    Reports a `BatchNormalization` whose input comes straight from a dropout layer, or through an activation only.

    ## Why it is bad

    Dropout changes the variance of what it passes on, in training only. Batch normalization learns the variance that it
    sees in training and uses it in evaluation, where it is another one ("variance shift").

    ## Example

    ```python
    from keras import Sequential, layers

    model = Sequential([layers.Input((20,)), layers.Dense(64)])
    model.add(layers.Dropout(0.5))
    model.add(layers.BatchNormalization())
    ```

    ## Use instead

    ```python
    from keras import Sequential, layers

    model = Sequential([layers.Input((20,)), layers.Dense(64)])
    model.add(layers.BatchNormalization())
    model.add(layers.Dropout(0.5))
    ```

    ## References

    - [Li, Chen, Hu, Yang 2019: Understanding the Disharmony Between Dropout and Batch Normalization by Variance Shift](https://arxiv.org/abs/1801.05134)
    """

    code = "KC114"
    name = "dropout-before-normalization"
    severity = Severity.INFO

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        return _everywhere(program, frozenset({"BatchNormalization"}), self._judge)

    def _judge(self, network: Network, node: Node) -> Finding | None:
        before = node.inputs[0].node if len(node.inputs) == 1 else None
        if before is not None and before.layer.cls in _ACTIVATIONS and len(before.inputs) == 1:
            before = before.inputs[0].node
        if before is None or node.layer.site is None or before.layer.cls not in DROPOUTS:
            return None
        if before.layer.config.get("rate") == 0:
            return None
        message = (
            f"{before.layer.cls} before BatchNormalization makes the variance differ between training and "
            f"evaluation; move it after the normalization"
        )
        return Finding(node.layer.site, message)

    VALID = [
        # the other way round
        """
from keras import Sequential, layers
model = Sequential([layers.Input((20,)), layers.Dense(64), layers.BatchNormalization(), layers.Dropout(0.5)])
""",
        # a layer with weights between them
        """
from keras import Sequential, layers
model = Sequential([layers.Input((20,)), layers.Dropout(0.1), layers.Dense(64), layers.BatchNormalization()])
""",
        # layer normalization has no statistics of the training
        """
from keras import Sequential, layers
model = Sequential([layers.Input((20,)), layers.Dense(64), layers.Dropout(0.5), layers.LayerNormalization()])
""",
    ]

    INVALID = [
        Invalid(
            """
from keras import Sequential, layers
model = Sequential([layers.Input((20,)), layers.Dense(64)])
model.add(layers.Dropout(0.5))
model.add(layers.BatchNormalization())
model.add(layers.Dense(1))
""",
            [
                (
                    5,
                    "Dropout before BatchNormalization makes the variance differ between training and evaluation; "
                    "move it after the normalization",
                )
            ],
        ),
    ]
