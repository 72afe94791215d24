"""KC107: many narrow hidden layers."""

from __future__ import annotations

from collections.abc import Iterator

from kerascheck.diagnostics import Severity
from kerascheck.network.networks import Network
from kerascheck.network.program import Program
from kerascheck.rules._graph import (
    ACTIVATION_LAYERS,
    RATED,
    config_size,
    input_tensors,
    is_settled,
    nested_networks,
    shape_of,
)
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds

_PASSING = RATED | set(ACTIVATION_LAYERS) | {"Activation", "BatchNormalization", "GaussianNoise", "InputLayer"}


class DeepForItsWidth(Rule):
    """A network has many hidden layers that are far narrower than its input.

    ## What it does

    Counts the hidden layers of plain chains of `Dense` layers. It reports `deep-narrow-depth` (5) or more of them if
    each has at most `deep-narrow-width` (16) units and at most `deep-narrow-ratio` (0.5) times as many as there are
    inputs. Networks that grow wider again, such as autoencoders, stay unreported.

    ## Why it is bad

    The first narrow layer throws most of the input away, and nothing after it can bring that back; the many layers
    after it only make the gradients small. Depth helps where each layer is wide enough to build features.

    ## Example

    ```python
    from keras import Sequential, layers

    model = Sequential([layers.Input((40,))])
    for _ in range(8):
        model.add(layers.Dense(7, activation="relu"))
    model.add(layers.Dense(1, activation="sigmoid"))
    ```

    ## Use instead

    ```python
    from keras import Sequential, layers

    model = Sequential(
        [
            layers.Input((40,)),
            layers.Dense(80, activation="relu"),
            layers.Dense(1, activation="sigmoid"),
        ]
    )
    ```

    ## References

    - [Cross Validated 351976](https://stats.stackexchange.com/q/351976)
    - [Cross Validated 181: how to choose the number of hidden layers and nodes](https://stats.stackexchange.com/q/181)
    """

    code = "KC107"
    name = "deep-for-its-width"
    severity = Severity.INFO

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        inner = nested_networks(program)
        for network in program.networks:
            if id(network) in inner or not is_settled(network) or network.site is None:
                continue
            chain = _dense_chain(network)
            if chain is None:
                continue
            inputs, widths = chain[0], chain[1:-1]
            if len(widths) < thresholds.deep_narrow_depth:
                continue
            widest = max(widths)
            if widest > thresholds.deep_narrow_ratio * inputs or widest > thresholds.deep_narrow_width:
                continue
            if any(after > before for before, after in zip(widths, chain[2:], strict=True)):
                continue
            units = f"{widest}" if min(widths) == widest else f"{min(widths)} to {widest}"
            yield Finding(
                network.site,
                f"{len(widths)} hidden layers of {units} units on {inputs} inputs: too deep for its width; "
                f"one hidden layer of {2 * inputs} units is a better start",
                help=(
                    f'Begin with Dense({2 * inputs}, activation="relu") and the output layer '
                    '(activation="sigmoid" for two classes); add depth only where that is not enough.'
                ),
            )

    VALID = [
        # the suggested network
        """
from keras import Sequential, layers
model = Sequential([layers.Input((40,)), layers.Dense(80, activation="relu"), layers.Dense(1, activation="sigmoid")])
""",
        # deep and wide
        """
from keras import Sequential, layers
model = Sequential([layers.Input((40,))])
for _ in range(8):
    model.add(layers.Dense(64, activation="relu"))
model.add(layers.Dense(1))
""",
        # an autoencoder narrows and widens
        """
from keras import Sequential, layers
model = Sequential([layers.Input((40,))])
for width in (16, 8, 4, 8, 16):
    model.add(layers.Dense(width, activation="relu"))
model.add(layers.Dense(40))
""",
        # many inputs, layers of common width
        """
from keras import Sequential, layers
model = Sequential([layers.Input((784,))])
for width in (256, 128, 64, 64, 32):
    model.add(layers.Dense(width, activation="relu"))
model.add(layers.Dense(10, activation="softmax"))
""",
        # as narrow as its input
        """
from keras import Sequential, layers
model = Sequential([layers.Input((8,))])
for _ in range(6):
    model.add(layers.Dense(8, activation="tanh"))
model.add(layers.Dense(1))
""",
        # the number of inputs is not known
        """
from keras import Sequential, layers
from data import X
model = Sequential([layers.Input((X.shape[1],))])
for _ in range(6):
    model.add(layers.Dense(8, activation="tanh"))
model.add(layers.Dense(1))
""",
        # no plain chain
        """
from keras import Input, Model, layers
x = inputs = Input((40,))
for _ in range(6):
    x = layers.Concatenate()([x, layers.Dense(8, activation="relu")(x)])
model = Model(inputs, layers.Dense(1)(x))
""",
    ]

    INVALID = [
        Invalid(
            """
from keras import Sequential, layers
model = Sequential([layers.Input((40,))])
for _ in range(8):
    model.add(layers.Dense(7, activation="relu"))
model.add(layers.Dense(1, activation="sigmoid"))
""",
            [
                (
                    3,
                    "8 hidden layers of 7 units on 40 inputs: too deep for its width; "
                    "one hidden layer of 80 units is a better start",
                )
            ],
        ),
        # a threshold from the configuration
        Invalid(
            """
from keras import Sequential, layers
model = Sequential([
    layers.Input((40,)), layers.Dense(9, activation="relu"), layers.Dense(5, activation="relu"),
    layers.Dense(1, activation="sigmoid"),
])
""",
            [
                (
                    3,
                    "2 hidden layers of 5 to 9 units on 40 inputs: too deep for its width; "
                    "one hidden layer of 80 units is a better start",
                )
            ],
            options={"deep_narrow_depth": 2},
        ),
    ]


def _dense_chain(network: Network) -> list[int] | None:
    """The sizes of the input, the hidden layers and the output, where the network is a chain of Dense layers."""
    inputs = input_tensors(network)
    shape = shape_of(inputs[0]) if len(inputs) == 1 else None
    if shape is None or len(shape) != 2 or not isinstance(shape[1], int):
        return None
    sizes = [shape[1]]
    tensor = inputs[0]
    for node in network.nodes:
        layer = node.layer
        if layer.cls == "InputLayer":
            continue
        if layer.unknown is not None or len(node.inputs) != 1 or node.inputs[0] is not tensor:
            return None
        if layer.cls == "Dense":
            units = config_size(layer, "units")
            if not isinstance(units, int):
                return None
            sizes.append(units)
        elif layer.cls not in _PASSING:
            return None
        tensor = node.outputs[0]
    return sizes if len(sizes) > 2 else None
