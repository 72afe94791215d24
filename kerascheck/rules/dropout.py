"""KC102, KC104, KC105, KC106: dropout that erases too much, or in the wrong place."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import libcst as cst

from kerascheck.diagnostics import Applicability, Severity
from kerascheck.network.dims import product
from kerascheck.network.ir import Layer, Node, Program, Site, Tensor
from kerascheck.rules._graph import (
    DROPOUTS,
    RATED,
    FlatGraph,
    applied_activation,
    dropout_rate,
    flatten,
    is_settled,
    last_dim,
    nested_networks,
    shape_of,
)
from kerascheck.rules._raised import refused_rate
from kerascheck.rules._training import judged_compiles
from kerascheck.rules.base import Finding, Invalid, Repair, Replacement, Rule, Thresholds
from kerascheck.training.compiled_losses import losses_by_output


class DropoutSurvival(Rule):
    """Dropout leaves almost no path from the input to the output.

    ## What it does

    Multiplies the keep rates (1 - rate) of the dropout layers along every path from an input to an output of a
    network. Where there are several paths from one input to one output, as around the blocks of a residual network,
    the best one counts. It reports a product below `dropout-survival` (0.1).

    The default is what the networks of the dropout paper keep: 20% of the inputs and half of each of three hidden
    layers gone leaves 0.8 x 0.5^3 = 0.1. The usual convolutional networks (0.25, 0.25, 0.5, or 0.2, 0.3, 0.4, 0.5)
    stay above it.

    ## Why it is bad

    Each dropout layer erases a random part of what it gets, and the parts multiply. With 5% of the paths left, the
    gradient of a training step says little about the network that is used later, and training stands still.

    ## Example

    ```python
    from keras import Sequential, layers

    model = Sequential([layers.Input((20,))])
    for _ in range(10):
        model.add(layers.Dense(64, activation="relu"))
        model.add(layers.Dropout(0.3))
    model.add(layers.Dense(1, activation="sigmoid"))
    ```

    ## Use instead

    ```python
    from keras import Sequential, layers

    model = Sequential([layers.Input((20,))])
    model.add(layers.Dense(64, activation="relu"))
    model.add(layers.Dropout(0.3))
    model.add(layers.Dense(1, activation="sigmoid"))
    ```

    ## References

    - [Srivastava et al., Dropout: A Simple Way to Prevent Neural Networks from Overfitting](https://jmlr.org/papers/v15/srivastava14a.html)
    - [Cross Validated 351976](https://stats.stackexchange.com/q/351976)
    """

    code = "KC102"
    name = "dropout-survival"
    severity = Severity.WARNING

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        inner = nested_networks(program)
        worst: dict[tuple[int, int], tuple[float, list[Layer], bool]] = {}
        for network in program.networks:
            if id(network) in inner or not is_settled(network):
                continue
            found = _worst_route(flatten(network))
            if found is None or found[0] > thresholds.dropout_survival * (1 - 1e-9):
                continue
            site = found[1][0].site
            if site is not None and (site.key not in worst or worst[site.key][0] > found[0]):
                worst[site.key] = found
        for share, layers, partly in worst.values():
            site = layers[0].site
            if site is not None:
                yield Finding(site, _survival_message(share, layers, partly), help=_SURVIVAL_HELP)

    VALID = [
        # the classic convolutional network: 0.75 x 0.75 x 0.5 = 28%
        """
from keras import Sequential, layers
model = Sequential([
    layers.Input((32, 32, 3)), layers.Conv2D(32, 3, activation="relu"), layers.Dropout(0.25),
    layers.Conv2D(64, 3, activation="relu"), layers.Dropout(0.25), layers.Flatten(),
    layers.Dense(512, activation="relu"), layers.Dropout(0.5), layers.Dense(10, activation="softmax"),
])
""",
        # 0.8 x 0.7 x 0.6 x 0.5 = 17%
        """
from keras import Sequential, layers
model = Sequential([layers.Input((400,))])
for rate in (0.2, 0.3, 0.4, 0.5):
    model.add(layers.Dense(200, activation="relu"))
    model.add(layers.Dropout(rate))
model.add(layers.Dense(1))
""",
        # the networks of the dropout paper: exactly 0.1
        """
from keras import Sequential, layers
model = Sequential([layers.Input((784,)), layers.Dropout(0.2)])
for _ in range(3):
    model.add(layers.Dense(1024, activation="relu"))
    model.add(layers.Dropout(0.5))
model.add(layers.Dense(10, activation="softmax"))
""",
        # residual blocks: the way around them loses nothing
        """
from keras import Input, Model, layers
x = inputs = Input((64,))
for _ in range(24):
    y = layers.Dense(64, activation="relu")(x)
    y = layers.Dropout(0.2)(y)
    x = layers.Add()([x, y])
model = Model(inputs, layers.Dense(1)(x))
""",
        # the rates are not known
        """
import sys
from keras import Sequential, layers
rate = float(sys.argv[1])
model = Sequential([layers.Input((64,))])
for _ in range(10):
    model.add(layers.Dense(64, activation="relu"))
    model.add(layers.Dropout(rate))
""",
        # rates of zero do nothing
        """
from keras import Sequential, layers
model = Sequential([layers.Input((64,))])
for _ in range(30):
    model.add(layers.Dense(64, activation="relu"))
    model.add(layers.Dropout(0.0))
""",
        # parallel towers: each path meets two of the six
        """
from keras import Input, Model, layers
inputs = Input((64,))
towers = []
for _ in range(3):
    y = layers.Dropout(0.5)(layers.Dense(64, activation="relu")(inputs))
    towers.append(layers.Dropout(0.5)(layers.Dense(64, activation="relu")(y)))
model = Model(inputs, layers.Dense(1)(layers.Concatenate()(towers)))
""",
        # noise erases nothing
        """
from keras import Sequential, layers
model = Sequential([layers.Input((64,))])
for _ in range(10):
    model.add(layers.Dense(64, activation="relu"))
    model.add(layers.GaussianNoise(0.5))
""",
    ]

    INVALID = [
        # the network of Cross Validated 351976
        Invalid(
            """
from keras.models import Sequential
from keras.layers import Dense, Dropout
model = Sequential()
for i in range(10):
    model.add(Dense(64, activation="relu", input_dim=64))
    model.add(Dropout(0.2))
model.add(Dense(64, activation="relu"))
model.add(Dropout(0.5))
model.add(Dense(1))
""",
            [(7, "dropout keeps 5.4% of the paths through 11 Dropout layers (0.8^10 x 0.5); keep one or two")],
        ),
        # the branch of one input is starved, the other is not
        Invalid(
            """
from keras import Input, Model, layers
left, right = Input((64,)), Input((64,))
x = left
x = layers.Dropout(0.5)(layers.Dense(64, activation="relu")(x))
x = layers.Dropout(0.5)(layers.Dense(64, activation="relu")(x))
x = layers.Dropout(0.7)(layers.Dense(64, activation="relu")(x))
y = layers.Dense(64, activation="relu")(right)
model = Model([left, right], layers.Dense(1)(layers.Concatenate()([x, y])))
""",
            [(5, "dropout keeps 7.5% of the paths through 3 Dropout layers (0.5^2 x 0.3); keep one or two")],
        ),
        # through a network inside a network, and with channels dropped
        Invalid(
            """
from keras import Sequential, layers
body = Sequential([layers.Conv2D(8, 3, activation="relu"), layers.SpatialDropout2D(0.8)])
model = Sequential([layers.Input((32, 32, 3)), body, layers.Flatten(), layers.Dropout(0.6), layers.Dense(1)])
""",
            [(3, "dropout keeps 8% of the paths through 2 dropout layers (0.2 x 0.4); keep one or two")],
        ),
    ]


_SURVIVAL_HELP = (
    "The keep rates of dropout layers multiply along a path. Keep the one or two in front of the widest layers, "
    "or lower the rates; early stopping and weight decay regularize without erasing paths."
)


def _survival_message(share: float, layers: list[Layer], partly: bool) -> str:
    what = "Dropout layers" if all(layer.cls == "Dropout" for layer in layers) else "dropout layers"
    count = f"{len(layers)} {what}" if len(layers) > 1 else f"one {layers[0].cls} layer"
    factors: dict[str, int] = {}
    for layer in layers:
        text = f"{1 - (dropout_rate(layer) or 0.0):.4g}"
        factors[text] = factors.get(text, 0) + 1
    terms = " x ".join(f"{text}^{times}" if times > 1 else text for text, times in factors.items())
    advice = "keep one or two" if len(layers) > 1 else "lower the rate"
    share_text = f"at most {_percent(share)}" if partly else _percent(share)
    return f"dropout keeps {share_text} of the paths through {count} ({terms}); {advice}"


def _percent(share: float) -> str:
    """Two significant digits: 5.4%, 8%, 12%, 0.031%."""
    return f"{float(f'{share * 100:.2g}'):g}%"


# A route is (log of the keep rates' product, dropout layers as a linked list, whether an unknown rate is on it).
_Trail = tuple[Layer, Any] | None
_Route = tuple[float, _Trail, bool]


def _worst_route(graph: FlatGraph) -> tuple[float, list[Layer], bool] | None:
    """Of the best routes from each input to each output, the worst."""
    worst: _Route | None = None
    for source in graph.inputs:
        best: dict[int, _Route] = {source: (0.0, None, False)}
        for step in graph.steps:
            coming = [best[wire] for wire in step.inputs if wire in best]
            if not coming:
                continue
            log, trail, partly = coming[0] if len(coming) == 1 else max(coming, key=lambda route: route[0])
            if step.node.layer.cls in DROPOUTS:
                rate = dropout_rate(step.layer)
                if rate is None:
                    partly = True
                elif not 0 <= rate < 1:
                    return None  # KC105 speaks about it
                elif rate > 0:
                    log, trail = log + math.log1p(-rate), (step.layer, trail)
            for wire in step.outputs:
                if wire not in best or best[wire][0] < log:
                    best[wire] = (log, trail, partly)
        for wire in graph.outputs:
            if wire in best and (worst is None or best[wire][0] < worst[0]):
                worst = best[wire]
    if worst is None or worst[1] is None:
        return None
    layers: list[Layer] = []
    rest: Any = worst[1]
    while rest is not None:
        layer, rest = rest
        layers.append(layer)
    return math.exp(worst[0]), layers[::-1], worst[2]


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
                    "move it in front of the last layer with weights",
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
                    "move it in front of the last layer with weights",
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
                    "move it in front of the last layer with weights",
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


class DropoutRateOutOfRange(Rule):
    """A dropout rate is not in [0, 1).

    ## What it does

    Reports `Dropout`, the spatial dropouts, `AlphaDropout` and `GaussianDropout` with a rate below 0 or from 1 on.

    ## Why it is bad

    Keras raises ValueError for rates below 0 and above 1. With a rate of exactly 1 the layer gives nothing but zeros
    in training. A rate above 1 is usually a percentage.

    ## Example

    ```python
    from keras.layers import Dropout

    layer = Dropout(20)
    ```

    ## Use instead

    ```python
    from keras.layers import Dropout

    layer = Dropout(0.2)
    ```

    ## References

    - [Keras: Dropout layer](https://keras.io/api/layers/regularization_layers/dropout/)
    """

    code = "KC105"
    name = "dropout-rate-out-of-range"
    severity = Severity.ERROR
    fixable = "unsafe"

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        found: dict[tuple[int, int], tuple[Site, str, float]] = {}
        for layer in program.layers:
            rate = dropout_rate(layer)
            if layer.site is not None and rate is not None and not 0 <= rate < 1:
                found.setdefault(layer.site.key, (layer.site, layer.cls, rate))
        for raised in program.raised:  # where Keras refuses the rate there is no layer
            refusal = refused_rate(raised.error)
            if refusal is not None:
                found.setdefault(raised.site.key, (raised.site, *refusal))
        for site, cls, rate in found.values():
            yield Finding(site, _rate_message(cls, rate), _rate_repair(site, rate))

    VALID = [
        # the usual
        """
from keras.layers import Dropout
layer = Dropout(0.5)
""",
        # off
        """
from keras.layers import Dropout
layers = [Dropout(0), Dropout(0.0)]
""",
        # nearly everything, but not all
        """
from keras.layers import Dropout
layer = Dropout(0.99)
""",
        # the standard deviation of noise has other limits
        """
from keras.layers import GaussianNoise
layer = GaussianNoise(1.0)
""",
        # a class of the program that takes percentages
        """
from keras import layers
class Dropout(layers.Layer):
    def __init__(self, percent):
        super().__init__()
layer = Dropout(20)
""",
        # not known
        """
import sys
from keras.layers import Dropout
layer = Dropout(float(sys.argv[1]))
""",
        # computed, and in range
        """
from keras.layers import Dropout
layer = Dropout(20 / 100)
""",
    ]

    INVALID = [
        Invalid(
            """
from keras.layers import Dropout
layer = Dropout(20)
""",
            [(3, "Dropout rate 20 is outside [0, 1) and Keras refuses it; for 20% write 0.2")],
            fixed="""
from keras.layers import Dropout
layer = Dropout(0.2)
""",
        ),
        Invalid(
            """
from keras.layers import SpatialDropout1D
layer = SpatialDropout1D(rate=-0.2)
""",
            [(3, "SpatialDropout1D rate -0.2 is outside [0, 1) and Keras refuses it")],
        ),
        Invalid(
            """
from keras.layers import Dropout
layer = Dropout(1.0)
""",
            [(3, "Dropout rate 1 drops everything: the layer gives only zeros in training")],
        ),
    ]


def _rate_message(cls: str, rate: float) -> str:
    if rate == 1:
        return f"{cls} rate 1 drops everything: the layer gives only zeros in training"
    hint = f"; for {rate:g}% write {rate / 100:g}" if 1 < rate < 100 else ""
    return f"{cls} rate {rate:g} is outside [0, 1) and Keras refuses it{hint}"


def _rate_repair(site: Site, rate: float) -> Repair | None:
    """Write a percentage as a fraction, where it stands in the call as a number."""
    if not 1 < rate < 100 or not isinstance(site.node, cst.Call):
        return None
    for index, arg in enumerate(site.node.args):
        named = arg.keyword is not None and arg.keyword.value in ("rate", "p")
        if (named or (index == 0 and arg.keyword is None and not arg.star)) and isinstance(
            arg.value, (cst.Integer, cst.Float)
        ):
            new = f"{rate / 100:.12g}"
            return Repair(f"Write {new}", (Replacement(arg.value, cst.Float(new)),), Applicability.UNSAFE)
    return None


class DropoutStarvesLayer(Rule):
    """A high dropout rate leaves only a few units of a narrow layer.

    ## What it does

    Reports a dropout rate above 0.5 where less than `min-live-units` (4) of the values it is applied to survive on
    average. Spatial dropout is counted in channels.

    ## Why it is bad

    Dropout needs redundancy: many units of which some may go. With two or three left, hardly any information gets
    through, and now and then none at all.

    ## Example

    ```python
    from keras import Sequential, layers

    model = Sequential([layers.Input((20,)), layers.Dense(6, activation="relu"), layers.Dropout(0.7), layers.Dense(1)])
    ```

    ## Use instead

    ```python
    from keras import Sequential, layers

    model = Sequential([layers.Input((20,)), layers.Dense(64, activation="relu"), layers.Dropout(0.5), layers.Dense(1)])
    ```

    ## References

    - [Srivastava et al., Dropout, appendix A.4 on the size of layers](https://jmlr.org/papers/v15/srivastava14a.html)
    """

    code = "KC106"
    name = "dropout-starves-layer"
    severity = Severity.WARNING

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        reported: set[tuple[int, int]] = set()
        for layer in program.layers:
            rate = dropout_rate(layer)
            if layer.cls not in DROPOUTS or layer.site is None or rate is None or not 0.5 < rate < 1:
                continue
            widths = [_droppable(layer, node.inputs[0]) for node in layer.calls if node.inputs]
            if not widths or any(width is None for width in widths) or layer.site.key in reported:
                continue
            width = max(width for width in widths if width is not None)
            live = width * (1 - rate)
            if live >= thresholds.min_live_units * (1 - 1e-9):
                continue
            reported.add(layer.site.key)
            what = "channels" if layer.cls.startswith("Spatial") else "units"
            yield Finding(
                layer.site,
                f"{layer.cls}({rate:g}) leaves {live:.2g} of {width} {what} on average; "
                "lower the rate or widen the layer in front of it",
            )

    VALID = [
        # wide enough: 32 x 0.2 = 6.4
        """
from keras import Sequential, layers
model = Sequential([layers.Input((20,)), layers.Dense(32, activation="relu"), layers.Dropout(0.8), layers.Dense(1)])
""",
        # narrow, but half of it stays
        """
from keras import Sequential, layers
model = Sequential([layers.Input((20,)), layers.Dense(6, activation="relu"), layers.Dropout(0.5), layers.Dense(1)])
""",
        # few channels, many values
        """
from keras import Sequential, layers
model = Sequential([layers.Input((20, 20, 3)), layers.Dropout(0.7), layers.Conv2D(8, 3)])
""",
        # the number of units is not known
        """
import sys
from keras import Sequential, layers
n = int(sys.argv[1])
model = Sequential([layers.Input((20,)), layers.Dense(n, activation="relu"), layers.Dropout(0.7), layers.Dense(1)])
""",
        # sequences of any length
        """
from keras import Sequential, layers
model = Sequential([layers.Input((None, 3)), layers.Dropout(0.7), layers.LSTM(8)])
""",
    ]

    INVALID = [
        Invalid(
            """
from keras import Sequential, layers
model = Sequential([
    layers.Input((20,)),
    layers.Dense(6, activation="relu"),
    layers.Dropout(0.7),
    layers.Dense(1),
])
""",
            [(6, "Dropout(0.7) leaves 1.8 of 6 units on average; lower the rate or widen the layer in front of it")],
        ),
        Invalid(
            """
from keras import Sequential, layers
model = Sequential([layers.Input((99, 4)), layers.SpatialDropout1D(0.6), layers.LSTM(8)])
""",
            [
                (
                    3,
                    "SpatialDropout1D(0.6) leaves 1.6 of 4 channels on average; "
                    "lower the rate or widen the layer in front of it",
                )
            ],
        ),
    ]


def _droppable(layer: Layer, tensor: Tensor) -> int | None:
    """How many values (or channels) of one sample the layer decides about, where that is known."""
    shape = shape_of(tensor)
    if shape is None:
        return None
    if layer.cls.startswith("Spatial"):
        first = layer.config.get("data_format") == "channels_first"
        width = shape[1] if first and len(shape) > 2 else last_dim(tensor)
    elif layer.config.get("noise_shape") is not None:
        return None
    else:
        width = product(shape[1:])
    return width if isinstance(width, int) else None
