"""KC110: Convolutions have no activation; only the max pooling between them is not linear."""

from __future__ import annotations

from collections.abc import Iterator

from kerascheck.diagnostics import Severity
from kerascheck.network.program import Program
from kerascheck.rules._chains import CONVOLUTIONS, MAX_POOLING, PASSING, outer_chains, weighted
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds


class PoolingAsActivation(Rule):
    """Convolutions have no activation; only the max pooling between them is not linear.

    ## What it does

    Reports a plain chain in which a convolution without an activation is followed by max pooling and then by another
    weighted layer, with neither an activation nor a normalization on the way. It is reported once for each chain, at
    the first of the layers.

    ## Why it is bad

    Max pooling picks the largest of a few values and passes it on as it is: a weak nonlinearity, a poor substitute for
    an activation. `Conv1D` and `Conv2D` have none unless they are given one.

    ## Example

    ```python
    from keras import Sequential, layers

    model = Sequential(
        [layers.Input((28, 28, 1)), layers.Conv2D(16, 3), layers.MaxPooling2D(), layers.Flatten(), layers.Dense(10)]
    )
    ```

    ## Use instead

    ```python
    from keras import Sequential, layers

    model = Sequential(
        [
            layers.Input((28, 28, 1)),
            layers.Conv2D(16, 3, activation="relu"),
            layers.MaxPooling2D(),
            layers.Flatten(),
            layers.Dense(10),
        ]
    )
    ```

    ## References

    - [Keras: Conv2D layer, "If None, no activation is applied"](https://keras.io/api/layers/convolution_layers/convolution2d/)
    - [Deep Learning, chapter 9.3: pooling comes after the detector stage](https://www.deeplearningbook.org/contents/convnets.html)
    """

    code = "KC110"
    name = "pooling-as-activation"
    severity = Severity.WARNING

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        for nodes in outer_chains(program):
            steps = list(weighted(nodes))
            bare = [
                node.layer
                for node, activation, between in steps[:-1]
                if node.layer.cls in CONVOLUTIONS
                and activation == "linear"
                and any(n.layer.cls in MAX_POOLING for n in between)
                and all(n.layer.cls in PASSING for n in between)
            ]
            if not bare or bare[0].site is None:
                continue
            names = bare[0].cls if len(bare) == 1 else f"{len(bare)} convolutions"
            have = "has" if len(bare) == 1 else "have"
            yield Finding(
                bare[0].site,
                f'{names} {have} no activation, only the max pooling after it is not linear; add activation="relu"',
            )

    VALID = [
        # the convolution has its own
        """
from keras import Sequential, layers
model = Sequential([layers.Input((28, 28, 1)), layers.Conv2D(16, 3, activation="relu"), layers.MaxPooling2D(),
                    layers.Flatten(), layers.Dense(10)])
""",
        # the activation stands behind the pooling
        """
from keras import Sequential, layers
model = Sequential([layers.Input((28, 28, 1)), layers.Conv2D(16, 3), layers.MaxPooling2D(), layers.ReLU(),
                    layers.Flatten(), layers.Dense(10)])
""",
        # normalized
        """
from keras import Sequential, layers
model = Sequential([layers.Input((28, 28, 1)), layers.Conv2D(16, 3), layers.MaxPooling2D(),
                    layers.BatchNormalization(), layers.Flatten(), layers.Dense(10)])
""",
        # nothing behind
        """
from keras import Sequential, layers
model = Sequential([layers.Input((28, 28, 1)), layers.Conv2D(16, 3), layers.GlobalMaxPooling2D()])
""",
    ]

    INVALID = [
        Invalid(
            """
from keras import Sequential, layers
model = Sequential([
    layers.Input((28, 28, 1)),
    layers.Conv2D(16, 3),
    layers.MaxPooling2D(),
    layers.Flatten(),
    layers.Dense(10),
])
""",
            [(5, 'Conv2D has no activation, only the max pooling after it is not linear; add activation="relu"')],
        ),
        Invalid(
            """
from keras import Sequential, layers
model = Sequential([layers.Input((784, 1))])
for filters in (16, 32, 16):
    model.add(layers.Conv1D(filters, 12))
    model.add(layers.MaxPooling1D(4))
model.add(layers.Flatten())
model.add(layers.Dense(16, activation="relu"))
model.add(layers.Dense(2, activation="softmax"))
""",
            [
                (
                    5,
                    "3 convolutions have no activation, only the max pooling after it is not linear; "
                    'add activation="relu"',
                )
            ],
        ),
    ]
