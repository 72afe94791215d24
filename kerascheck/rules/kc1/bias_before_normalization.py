"""KC115: A layer has a bias that the batch normalization after it takes out again."""

from __future__ import annotations

from collections.abc import Iterator

from kerascheck.diagnostics import Severity
from kerascheck.network.ir import Node
from kerascheck.network.networks import Network
from kerascheck.network.program import Program
from kerascheck.rules._chains import CONVOLUTIONS
from kerascheck.rules._graph import (
    applied_activation,
)
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds
from kerascheck.rules.kc1._layer_order import _everywhere

_KERNELS = CONVOLUTIONS | {"Dense", "Conv1DTranspose", "Conv2DTranspose", "DepthwiseConv2D", "DepthwiseConv1D"}


class BiasBeforeNormalization(Rule):
    """A layer has a bias that the batch normalization after it takes out again.

    ## What it does

    Reports `Dense` and `Conv` layers without activation, with a bias, directly before `BatchNormalization`. Off by
    default: it costs a little memory, not results.

    ## Why it is bad

    Batch normalization subtracts the mean, and with it any constant; its own `beta` does the work of the bias.

    ## Example

    ```python
    from keras import Sequential, layers

    model = Sequential([layers.Input((20,)), layers.Dense(64), layers.BatchNormalization(), layers.ReLU()])
    ```

    ## Use instead

    ```python
    from keras import Sequential, layers

    model = Sequential([layers.Input((20,)), layers.Dense(64, use_bias=False)])
    model.add(layers.BatchNormalization())
    model.add(layers.ReLU())
    ```

    ## References

    - [Ioffe, Szegedy 2015: Batch Normalization, section 3.2](https://arxiv.org/abs/1502.03167)
    """

    code = "KC115"
    name = "bias-before-normalization"
    severity = Severity.INFO
    enabled = False
    teaching = True

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        return _everywhere(program, _KERNELS, self._judge)

    def _judge(self, network: Network, node: Node) -> Finding | None:
        layer = node.layer
        following = [user.layer for user in network.consumers(node.outputs[0])] if node.outputs else []
        if layer.site is None or len(following) != 1 or following[0].cls != "BatchNormalization":
            return None
        if following[0].config.get("center", True) is not True or layer.config.get("use_bias", True) is not True:
            return None
        if applied_activation(layer) != "linear":
            return None
        message = f"the bias of {layer.cls} is cancelled by the BatchNormalization after it; set use_bias=False"
        return Finding(layer.site, message)

    VALID = [
        # no bias
        """
from keras import Sequential, layers
model = Sequential([layers.Input((20,)), layers.Dense(64, use_bias=False), layers.BatchNormalization()])
""",
        # an activation between
        """
from keras import Sequential, layers
model = Sequential([layers.Input((20,)), layers.Dense(64, activation="relu"), layers.BatchNormalization()])
""",
        # a normalization without an offset of its own
        """
from keras import Sequential, layers
model = Sequential([layers.Input((20,)), layers.Dense(64), layers.BatchNormalization(center=False)])
""",
    ]

    INVALID = [
        Invalid(
            """
from keras import Sequential, layers
model = Sequential([layers.Input((20,))])
model.add(layers.Dense(64))
model.add(layers.BatchNormalization())
model.add(layers.ReLU())
""",
            [(4, "the bias of Dense is cancelled by the BatchNormalization after it; set use_bias=False")],
        ),
    ]
