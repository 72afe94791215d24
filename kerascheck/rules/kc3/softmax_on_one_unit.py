"""KC301: Softmax is applied along an axis of size one."""

from __future__ import annotations

from collections.abc import Iterator

from kerascheck.diagnostics import Severity
from kerascheck.network.ir import Layer, Tensor
from kerascheck.network.program import Program
from kerascheck.rules._graph import applied_activation, config_size, last_dim
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds


class SoftmaxOnOneUnit(Rule):
    """Softmax is applied along an axis of size one.

    ## What it does

    Finds softmax activations (of a layer, as `Activation` or as `Softmax`) on tensors whose last axis has one element.

    ## Why it is bad

    Softmax makes the elements of the axis sum to 1. A single element is then always 1, whatever the network computes:
    it cannot learn anything, and with `binary_crossentropy` the accuracy is the share of the positive class.

    ## Example

    ```python
    from keras import Sequential, layers

    model = Sequential([layers.Input((20,)), layers.Dense(1, activation="softmax")])
    model.compile(loss="binary_crossentropy")
    ```

    ## Use instead

    ```python
    from keras import Sequential, layers

    model = Sequential([layers.Input((20,)), layers.Dense(1, activation="sigmoid")])
    model.compile(loss="binary_crossentropy")
    ```

    ## References

    - [Keras: softmax](https://keras.io/api/layers/activations/#softmax-function)
    """

    code = "KC301"
    name = "softmax-on-one-unit"
    severity = Severity.ERROR

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        verdicts: dict[tuple[int, int], list[Layer]] = {}
        clear: set[tuple[int, int]] = set()
        for layer in program.layers:
            if layer.site is None:
                continue
            if _gives_ones(layer):
                verdicts.setdefault(layer.site.key, []).append(layer)
            else:
                clear.add(layer.site.key)
        for key, layers in verdicts.items():
            site = layers[0].site
            if key not in clear and site is not None:
                yield Finding(
                    site,
                    f"softmax over one unit is always 1; use sigmoid, or one unit for each class ({layers[0].cls})",
                )

    VALID = [
        # sigmoid is right for one unit
        """
from keras import Sequential, layers
model = Sequential([layers.Input((20,)), layers.Dense(1, activation="sigmoid")])
""",
        # two classes, two units
        """
from keras import Sequential, layers
model = Sequential([layers.Input((20,)), layers.Dense(2, activation="softmax")])
""",
        # attention weights: along the time axis
        """
from keras import Sequential, layers
model = Sequential([layers.Input((9, 20)), layers.Dense(1), layers.Softmax(axis=1)])
""",
        # the axis of time is moved to the end first
        """
from keras import Sequential, layers
model = Sequential([layers.Input((9, 20)), layers.Dense(1), layers.Flatten(), layers.Activation("softmax")])
""",
        # the number of classes is not known
        """
from keras import Sequential, layers
from data import classes
model = Sequential([layers.Input((20,)), layers.Dense(len(classes), activation="softmax")])
""",
        # one place, one or three classes
        """
from keras import layers
def head(n):
    return layers.Dense(n, activation="softmax")
heads = [head(1), head(3)]
""",
    ]
    INVALID = [
        Invalid(
            """
from keras import Sequential, layers
model = Sequential([
    layers.Input((20,)),
    layers.Dense(1, activation="softmax"),
])
""",
            [(5, "softmax over one unit is always 1; use sigmoid, or one unit for each class (Dense)")],
        ),
        Invalid(
            """
from keras.models import Sequential
from keras.layers import Dense, Activation
model = Sequential()
model.add(Dense(1, input_dim=20))
model.add(Activation("softmax"))
""",
            [(6, "softmax over one unit is always 1; use sigmoid, or one unit for each class (Activation)")],
        ),
    ]


def _gives_ones(layer: Layer) -> bool:
    if layer.unknown is not None or applied_activation(layer) != "softmax":
        return False
    if layer.cls == "Softmax" and layer.config.get("axis", -1) != -1:
        return False
    if layer.cls == "Dense":
        return config_size(layer, "units") == 1
    if layer.cls not in ("Activation", "Softmax", "Conv1D", "Conv2D", "Conv3D"):
        return False
    return bool(layer.calls) and all(_single(tensor) for node in layer.calls for tensor in node.outputs)


def _single(tensor: Tensor) -> bool:
    if last_dim(tensor) is not None:
        return last_dim(tensor) == 1
    node = tensor.node  # a network without an input shape yet
    if node is None or node.layer.cls not in ("Activation", "Softmax") or not node.inputs:
        return False
    before = node.inputs[0].node
    return before is not None and before.layer.cls == "Dense" and config_size(before.layer, "units") == 1
