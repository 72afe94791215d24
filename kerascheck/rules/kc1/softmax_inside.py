"""KC119: a layer learns from the softmax of the layer before it."""

from __future__ import annotations

from collections.abc import Iterator

from kerascheck.diagnostics import Severity
from kerascheck.network.ir import BuiltinLayer, Node
from kerascheck.network.program import Program
from kerascheck.rules._graph import FlatGraph, Step, applied_activation, flatten, is_settled, nested_networks, shape_of
from kerascheck.rules._related import made_layer
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds

#: Layers that hand the numbers on as they are, or nearly so.
_THROUGH = frozenset({"Dropout", "Flatten", "BatchNormalization", "Activation", "GaussianNoise"})


class SoftmaxInside(Rule):
    """A layer learns from the softmax of the layer before it.

    ## What it does

    Reports a `Dense` layer whose input is the softmax over the units of another one, with nothing but dropout,
    flattening or normalization between: a softmax as the activation of a hidden layer, or a new head on a pretrained
    network that still has its old one.

    ## Why it is bad

    A softmax makes numbers that add up to 1, nearly all of them close to 0. What the layers before have found out is
    squeezed into the classes of another task, and gradients hardly come through.

    ## Example

    ```python
    from keras import Sequential, applications, layers

    base = applications.MobileNetV2(input_shape=(224, 224, 3))
    model = Sequential([layers.Input((224, 224, 3)), base, layers.Dense(5, activation="softmax")])
    ```

    ## Use instead

    ```python
    from keras import Sequential, applications, layers

    base = applications.MobileNetV2(input_shape=(224, 224, 3), include_top=False, pooling="avg")
    model = Sequential([layers.Input((224, 224, 3)), base, layers.Dense(5, activation="softmax")])
    ```

    ## References

    - [Keras: transfer learning](https://keras.io/guides/transfer_learning/)
    """

    code = "KC119"
    name = "softmax-inside"
    severity = Severity.WARNING

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        nested = nested_networks(program)
        for network in program.networks:
            if id(network) in nested or not is_settled(network):
                continue
            graph = flatten(network)
            makers = {wire: step for step in graph.steps for wire in step.outputs}
            takers: dict[int, int] = {}
            for step in graph.steps:
                for wire in step.inputs:
                    takers[wire] = takers.get(wire, 0) + 1
            for step in graph.steps:
                if step.layer.cls != "Dense" or step.layer.site is None:
                    continue
                before = _softmax_before(step, makers, takers, graph)
                if before is not None:
                    yield Finding(
                        step.layer.site,
                        f"this Dense learns from the softmax of {before.layer.title}; "
                        "use relu in hidden layers, and load pretrained networks without their head "
                        "(include_top=False)",
                        related=tuple(made_layer(before.layer)),
                    )

    VALID = [
        # at the end
        """
from keras import Sequential, layers
model = Sequential([layers.Input((8,)), layers.Dense(16, activation="relu"), layers.Dense(5, activation="softmax")])
""",
        # weights of attention, which are multiplied with something
        """
from keras import Input, Model, layers
inputs = Input((10, 16))
weights = layers.Softmax(axis=1)(layers.Dense(1)(inputs))
x = layers.Multiply()([inputs, weights])
x = layers.GlobalAveragePooling1D()(x)
model = Model(inputs, layers.Dense(3, activation="softmax")(x))
""",
        # answers of several models are weighed
        """
from keras import Input, Model, layers
inputs = Input((16,))
answers = [layers.Dense(3, activation="softmax")(inputs) for _ in range(4)]
model = Model(inputs, layers.Dense(3, activation="softmax")(layers.concatenate(answers)))
""",
        # an answer of its own as well
        """
from keras import Input, Model, layers
inputs = Input((16,))
kind = layers.Dense(3, activation="softmax", name="kind")(inputs)
price = layers.Dense(1, name="price")(kind)
model = Model(inputs, [kind, price])
""",
    ]
    INVALID = [
        Invalid(
            """
from keras import Sequential, layers
model = Sequential([layers.Input((8,))])
model.add(layers.Dense(16, activation="softmax"))
model.add(layers.Dropout(0.2))
model.add(layers.Dense(3, activation="softmax"))
""",
            [
                (
                    6,
                    "this Dense learns from the softmax of 'dense' (Dense); use relu in hidden layers, and load "
                    "pretrained networks without their head (include_top=False)",
                )
            ],
        ),
        Invalid(
            """
from keras import Sequential, applications, layers
base = applications.MobileNetV2(input_shape=(224, 224, 3))
model = Sequential([layers.Input((224, 224, 3)), base, layers.Dense(5, activation="softmax")])
""",
            [
                (
                    4,
                    "this Dense learns from the softmax of 'predictions' (Dense); use relu in hidden layers, and "
                    "load pretrained networks without their head (include_top=False)",
                )
            ],
        ),
    ]


def _softmax_before(step: Step, makers: dict[int, Step], takers: dict[int, int], graph: FlatGraph) -> Step | None:
    """The layer with a softmax over several units that alone feeds this one, and feeds nothing else."""
    for _ in range(10):
        wire = step.inputs[0] if len(step.inputs) == 1 else None
        maker = makers.get(wire) if wire is not None else None
        if maker is None or wire in graph.outputs or takers.get(wire or 0) != 1:
            return None
        if _is_softmax(maker.node):
            return maker
        if maker.layer.cls not in _THROUGH or applied_activation(maker.layer) not in (None, "linear"):
            return None
        step = maker
    return None


def _is_softmax(node: Node) -> bool:
    shape = shape_of(node.outputs[0]) if isinstance(node.layer, BuiltinLayer) and node.outputs else None
    units = shape[1] if shape is not None and len(shape) == 2 else None
    over_units = node.layer.cls != "Softmax" or node.layer.config.get("axis", -1) in (-1, 1)
    return applied_activation(node.layer) == "softmax" and isinstance(units, int) and units > 1 and over_units
