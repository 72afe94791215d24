"""KC113: An activation is applied to what has gone through an activation already."""

from __future__ import annotations

from collections.abc import Iterator

from kerascheck.diagnostics import Severity
from kerascheck.network.ir import Node
from kerascheck.network.networks import Network
from kerascheck.network.program import Program
from kerascheck.rules._graph import (
    RATED,
    applied_activation,
)
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds
from kerascheck.rules.kc1._layer_order import _ACTIVATIONS, _everywhere

_SQUASHING = frozenset({"softmax", "sigmoid"})


_IDEMPOTENT = frozenset({"relu"})


class ActivationTwice(Rule):
    """An activation is applied to what has gone through an activation already.

    ## What it does

    Reports an activation layer after a layer that has applied one itself, where both are `softmax` or `sigmoid`, and
    where both are `relu` (as advice: the second does nothing).

    ## Why it is bad

    Probabilities lie between 0 and 1. A second softmax over ten of them cannot give more than 0.23 to any class, a
    second sigmoid gives 0.5 to 0.73: the loss stays high whatever the network learns.

    ## Example

    ```python
    from keras import Sequential, layers

    model = Sequential([layers.Input((20,)), layers.Dense(10, activation="softmax"), layers.Activation("softmax")])
    ```

    ## Use instead

    ```python
    from keras import Sequential, layers

    model = Sequential([layers.Input((20,)), layers.Dense(10, activation="softmax")])
    ```

    ## References

    - [Keras: layer activation functions](https://keras.io/api/layers/activations/)
    """

    code = "KC113"
    name = "activation-twice"
    severity = Severity.WARNING

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        return _everywhere(program, _ACTIVATIONS, self._judge)

    def _judge(self, network: Network, node: Node) -> Finding | None:
        layer, before = node.layer, _producer(node)
        if before is None or layer.site is None:
            return None
        first, second = applied_activation(before.layer), applied_activation(layer)
        if not isinstance(first, str) or not isinstance(second, str):
            return None
        if first in _SQUASHING and second in _SQUASHING:
            message = f"{second} is applied after the {first} of {before.layer.cls}; remove one of them"
            return Finding(layer.site, message)
        if first == second and first in _IDEMPOTENT:
            message = f"{second} after the {first} of {before.layer.cls} does nothing; remove one of them"
            return Finding(layer.site, message, severity=Severity.INFO)
        return None

    VALID = [
        # the layer has none
        """
from keras import Sequential, layers
model = Sequential([layers.Input((20,)), layers.Dense(10), layers.Activation("softmax")])
""",
        # a layer between
        """
from keras import Sequential, layers
model = Sequential([layers.Input((20,)), layers.Dense(10, activation="sigmoid"), layers.Dense(3),
                    layers.Activation("softmax")])
""",
        # needed in all rounds but the first
        """
from keras import Input, Model, layers
x = inputs = Input((20,))
x = layers.Dense(20, activation="relu")(x)
for _ in range(3):
    x = layers.Activation("relu")(x)
    x = layers.Dense(20)(x)
model = Model(inputs, x)
""",
        # bounded values on purpose
        """
from keras import Sequential, layers
model = Sequential([layers.Input((20,)), layers.Dense(10, activation="tanh"), layers.Activation("softmax")])
""",
    ]

    INVALID = [
        Invalid(
            """
from keras import Sequential, layers
model = Sequential([layers.Input((20,))])
model.add(layers.Dense(10, activation="softmax"))
model.add(layers.Activation("softmax"))
""",
            [(5, "softmax is applied after the softmax of Dense; remove one of them")],
        ),
        Invalid(
            """
from keras import Sequential, layers
model = Sequential([layers.Input((20,))])
model.add(layers.Dense(10, activation="relu"))
model.add(layers.Dropout(0.5))
model.add(layers.ReLU())
model.add(layers.Dense(1))
""",
            [(6, "relu after the relu of Dense does nothing; remove one of them")],
        ),
    ]


def _producer(node: Node) -> Node | None:
    """The call whose values the layer gets, after dropout and the like."""
    for _ in range(20):
        if len(node.inputs) != 1 or node.inputs[0].node is None:
            return None
        node = node.inputs[0].node
        if node.layer.cls not in RATED:
            return node
    return None
