"""KC102: Dropout leaves almost no path from the input to the output."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from kerascheck.diagnostics import Severity
from kerascheck.network.ir import Layer
from kerascheck.network.program import Program
from kerascheck.rules._graph import (
    DROPOUTS,
    FlatGraph,
    dropout_rate,
    flatten,
    is_settled,
    nested_networks,
)
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds
from kerascheck.rules.kc1._dropout import _percent


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
    "The keep rates of dropout layers multiply along a path. Keep the one or two before the widest layers, "
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
