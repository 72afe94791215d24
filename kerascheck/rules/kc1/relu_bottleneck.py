"""KC111: Everything that a network knows goes through one relu unit."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from kerascheck.diagnostics import Severity
from kerascheck.network.program import Program
from kerascheck.rules._chains import outer_chains, weighted
from kerascheck.rules._graph import config_size, shape_of
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds


class ReluBottleneck(Rule):
    """Everything that a network knows goes through one relu unit.

    ## What it does

    Reports a hidden `Dense` layer of one unit with `relu` in a plain chain.

    ## Why it is bad

    Where its sum is negative the unit gives zero, whatever the input, and no gradient. With the usual initial weights
    that is so for all samples at once in many runs: then nothing before it learns, ever.

    ## Example

    ```python
    from keras import Sequential, layers

    model = Sequential([layers.Input((1,)), layers.Dense(1, activation="relu"), layers.Dense(8), layers.Dense(1)])
    ```

    ## Use instead

    ```python
    from keras import Sequential, layers

    model = Sequential([layers.Input((1,)), layers.Dense(16, activation="relu"), layers.Dense(1)])
    ```

    ## References

    - [Lu, Shin, Su, Karniadakis 2020: Dying ReLU and Initialization](https://doi.org/10.4208/cicp.OA-2020-0165)
    """

    code = "KC111"
    name = "relu-bottleneck"
    severity = Severity.WARNING

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        for nodes in outer_chains(program):
            steps = list(weighted(nodes))
            for (node, activation, _), (following, _, _) in itertools.pairwise(steps):
                layer = node.layer
                if layer.cls != "Dense" or layer.site is None or following.layer.cls != "Dense":
                    continue
                shape = shape_of(node.outputs[0])
                if config_size(layer, "units") == 1 and activation == "relu" and shape is not None and len(shape) == 2:
                    yield Finding(
                        layer.site,
                        "everything passes through one relu unit, which outputs 0 and does not learn while its sum is "
                        "negative; use more units",
                    )

    VALID = [
        # the output
        """
from keras import Sequential, layers
model = Sequential([layers.Input((4,)), layers.Dense(8, activation="relu"), layers.Dense(1, activation="relu")])
""",
        # a linear bottleneck
        """
from keras import Sequential, layers
model = Sequential([layers.Input((4,)), layers.Dense(8, activation="relu"), layers.Dense(1), layers.Dense(4)])
""",
        # a gate beside the path
        """
from keras import Input, Model, layers
inputs = Input((16,))
gate = layers.Dense(16, activation="sigmoid")(layers.Dense(1, activation="relu")(inputs))
model = Model(inputs, layers.Dense(1)(layers.Multiply()([inputs, gate])))
""",
    ]

    INVALID = [
        Invalid(
            """
from keras import Sequential, layers
model = Sequential([layers.Input((1,))])
model.add(layers.Dense(1, activation="relu"))
model.add(layers.Dense(9, activation="relu"))
model.add(layers.Dense(1))
""",
            [
                (
                    4,
                    "everything passes through one relu unit, which outputs 0 and does not learn while its sum is "
                    "negative; use more units",
                )
            ],
        ),
    ]
