"""KC841: a loss that does not look at the predictions."""

from __future__ import annotations

from collections.abc import Iterator

from kerascheck.diagnostics import Severity
from kerascheck.network.ir import Layer
from kerascheck.network.networks import Network
from kerascheck.network.program import Program
from kerascheck.rules._flow_levels import Level, joined
from kerascheck.rules._own_losses import own_losses
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds
from kerascheck.symbolic.unknown import Unknown


class ConstantLoss(Rule):
    """What a loss of the program returns does not depend on the predictions.

    ## What it does

    Reports a loss function of the program, the only loss of its model, whose result is made of the targets and of
    constants alone. Not where layers add losses or penalties of their own.

    ## Why it is bad

    Keras raises "No gradients provided for any variable". Often a `return` is missing, or another name is returned.

    ## Example

    ```python
    from keras import Sequential, layers, ops

    def error(y_true, y_pred):
        return ops.mean(ops.abs(y_true - y_true))

    model = Sequential([layers.Input((4,)), layers.Dense(1)])
    model.compile("adam", loss=error)
    ```

    ## Use instead

    ```python
    from keras import Sequential, layers, ops

    def error(y_true, y_pred):
        return ops.mean(ops.abs(y_true - y_pred))

    model = Sequential([layers.Input((4,)), layers.Dense(1)])
    model.compile("adam", loss=error)
    ```

    ## References

    - [Keras: custom losses](https://keras.io/api/losses/#creating-custom-losses)
    """

    code = "KC841"
    name = "constant-loss"
    severity = Severity.ERROR

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        for loss in own_losses(program):
            network = loss.call.network
            if loss.is_metric or len(loss.call.outputs) != 1 or _has_more_losses(network):
                continue
            outcome = loss.outcome()
            if outcome.returned and joined(outcome.returned).level is Level.NOTHING:
                yield Finding(
                    loss.code.site(loss.code.node),
                    f"what the loss {loss.name!r} returns does not depend on the predictions "
                    f"({loss.parameters[1]!r}): no weight is trained",
                    anchor=loss.call.site,
                )

    VALID = [
        # the usual loss
        """
from keras import Sequential, layers, ops
def error(y_true, y_pred):
    return ops.mean(ops.abs(y_true - y_pred))
model = Sequential([layers.Input((4,)), layers.Dense(1)])
model.compile("adam", loss=error)
""",
        # the model computes its loss itself
        """
from keras import Sequential, layers, ops
def error(y_true, y_pred):
    return y_pred
model = Sequential([layers.Input((4,)), layers.Dense(1)])
model.compile("adam", loss=error)
""",
        # a layer adds the loss
        """
from keras import Input, Model, layers, ops
class Spread(layers.Layer):
    def call(self, x):
        self.add_loss(ops.mean(ops.square(x)))
        return x
def nothing(y_true, y_pred):
    return 0.0
inputs = Input((4,))
model = Model(inputs, Spread()(layers.Dense(1)(inputs)))
model.compile("adam", loss=nothing)
""",
        # the other output has a loss
        """
from keras import Input, Model, layers, ops
def nothing(y_true, y_pred):
    return 0.0
inputs = Input((4,))
model = Model(inputs, [layers.Dense(1)(inputs), layers.Dense(2)(inputs)])
model.compile("adam", loss=["mse", nothing])
""",
    ]
    INVALID = [
        Invalid(
            """
from keras import Sequential, layers, ops
def error(y_true, y_pred):
    difference = y_true - y_pred
    ops.mean(ops.square(difference))
model = Sequential([layers.Input((4,)), layers.Dense(1)])
model.compile("adam", loss=error)
""",
            [
                (
                    3,
                    "what the loss 'error' returns does not depend on the predictions ('y_pred'): no weight is trained",
                )
            ],
        ),
    ]


def _has_more_losses(network: Network) -> bool:
    """Whether a layer may add losses, or penalties for its weights."""
    if network.open is not None:
        return True
    waiting: list[Layer] = [network]
    seen: set[int] = set()
    while waiting:
        layer = waiting.pop()
        if id(layer) in seen:
            continue
        seen.add(id(layer))
        if layer.adds_losses or layer.unknown is not None:
            return True
        given = layer.arguments
        for name, value in given.keywords.items() if given is not None else ():
            if name.endswith("regularizer") and value.value is not None:
                return True
        if layer is not network and getattr(layer, "runs_program", False) and isinstance(layer.weights, Unknown):
            return True
        waiting += layer.sublayers()
    return False
