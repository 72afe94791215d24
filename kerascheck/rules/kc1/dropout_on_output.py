"""KC104: Dropout is applied to the output of a network."""

from __future__ import annotations

from collections.abc import Iterator

from kerascheck.diagnostics import Severity
from kerascheck.network.ir import Layer, Node, Tensor
from kerascheck.network.program import Program
from kerascheck.rules._graph import (
    RATED,
    applied_activation,
    dropout_rate,
)
from kerascheck.rules._training import judged_compiles
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds
from kerascheck.rules.kc1._dropout import _percent
from kerascheck.training.compiled_losses import losses_by_output


class DropoutOnOutput(Rule):
    """Dropout is applied to the output of a network.

    ## What it does

    Reports a dropout layer that is the last layer of a compiled network, or stands between its last `Dense` layer and
    that layer's separate activation. Networks without a loss (a body that gets its head later) and with a loss of the
    program's own stay unreported.

    ## Why it is bad

    In training, a random part of the predictions is replaced by zeros before the loss sees them, and the rest is
    scaled up: the loss then punishes the network for answers it did not give. A probability above 1 or a logarithm
    of zero can follow.

    ## Example

    ```python
    from keras import Sequential, layers

    model = Sequential([layers.Input((20,)), layers.Dense(1, activation="sigmoid"), layers.Dropout(0.5)])
    model.compile(loss="binary_crossentropy")
    ```

    ## Use instead

    ```python
    from keras import Sequential, layers

    model = Sequential([layers.Input((20,)), layers.Dropout(0.5), layers.Dense(1, activation="sigmoid")])
    model.compile(loss="binary_crossentropy")
    ```

    ## References

    - [Keras: Dropout layer](https://keras.io/api/layers/regularization_layers/dropout/)
    """

    code = "KC104"
    name = "dropout-on-output"
    severity = Severity.WARNING

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        reported: set[tuple[int, int]] = set()
        for call in judged_compiles(program):
            if call.network.open is not None:
                continue
            for target in losses_by_output(call):
                layer = _dropout_at(target.tensor) if target.loss is not None else None
                if layer is None or layer.site is None or layer.site.key in reported:
                    continue
                reported.add(layer.site.key)
                rate = dropout_rate(layer) or 0.0
                yield Finding(
                    layer.site,
                    f"{layer.cls} on the output sets {_percent(rate)} of the predictions to zero in training; "
                    "move it before the last layer with weights",
                )

    VALID = [
        # in front of the output layer
        """
from keras import Sequential, layers
model = Sequential([layers.Input((20,)), layers.Dropout(0.5), layers.Dense(1, activation="sigmoid")])
model.compile(loss="binary_crossentropy")
""",
        # a body without a head, never compiled
        """
from keras import Sequential, layers
body = Sequential([layers.Input((20,)), layers.Dense(64, activation="relu"), layers.Dropout(0.5)])
model = Sequential([body, layers.Dense(1)])
model.compile(loss="mse")
""",
        # a loss of the program's own may want the noise (contrastive learning)
        """
from keras import Sequential, layers
def contrast(y_true, y_pred):
    return y_pred
model = Sequential([layers.Input((20,)), layers.Dense(64), layers.Dropout(0.1)])
model.compile(loss=contrast)
""",
        # rate 0 does nothing
        """
from keras import Sequential, layers
model = Sequential([layers.Input((20,)), layers.Dense(1), layers.Dropout(0)])
model.compile(loss="mse")
""",
        # pooled class maps, as in SqueezeNet: the dropout is in front of the last convolution
        """
from keras import Sequential, layers
model = Sequential([
    layers.Input((20, 20, 3)), layers.Dropout(0.5), layers.Conv2D(10, 1, activation="relu"),
    layers.GlobalAveragePooling2D(), layers.Activation("softmax"),
])
model.compile(loss="categorical_crossentropy")
""",
        # the rate is not known, it may be 0
        """
import sys
from keras import Sequential, layers
model = Sequential([layers.Input((20,)), layers.Dense(1), layers.Dropout(float(sys.argv[1]))])
model.compile(loss="mse")
""",
    ]

    INVALID = [
        Invalid(
            """
from keras import Sequential, layers
model = Sequential([layers.Input((20,)), layers.Dense(1, activation="sigmoid"), layers.Dropout(0.5)])
model.compile(loss="binary_crossentropy")
""",
            [
                (
                    3,
                    "Dropout on the output sets 50% of the predictions to zero in training; "
                    "move it before the last layer with weights",
                )
            ],
        ),
        # between the output layer and its activation
        Invalid(
            """
from keras.models import Sequential
from keras.layers import Dense, Dropout, Activation
model = Sequential()
model.add(Dense(64, activation="relu", input_dim=20))
model.add(Dense(10))
model.add(Dropout(0.2))
model.add(Activation("softmax"))
model.compile(optimizer="adam", loss="categorical_crossentropy")
""",
            [
                (
                    7,
                    "Dropout on the output sets 20% of the predictions to zero in training; "
                    "move it before the last layer with weights",
                )
            ],
        ),
    ]


def _dropout_at(tensor: Tensor) -> Layer | None:
    """The dropout layer that an output comes from, with nothing but an activation or a reshape behind it."""
    activated = False
    node: Node | None = tensor.node
    for _ in range(20):
        if node is None or len(node.inputs) != 1:
            return None
        layer = node.layer
        if layer.cls in RATED:
            if (dropout_rate(layer) or 0.0) <= 0:
                return None
            return layer if not activated or _is_last_dense(node.inputs[0]) else None
        if layer.cls in ("Activation", "Softmax"):
            activated = activated or applied_activation(layer) != "linear"
        elif layer.cls not in ("Flatten", "Reshape", "Identity"):
            return None
        node = node.inputs[0].node
    return None


def _is_last_dense(tensor: Tensor) -> bool:
    node = tensor.node
    return node is not None and node.layer.cls == "Dense" and applied_activation(node.layer) == "linear"
