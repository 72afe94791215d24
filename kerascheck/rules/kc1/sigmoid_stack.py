"""KC108: Several hidden layers in a row have a sigmoid, which lets at most a quarter of the gradient through."""

from __future__ import annotations

from collections.abc import Iterator

from kerascheck.diagnostics import Severity
from kerascheck.network.ir import Layer
from kerascheck.network.program import Program
from kerascheck.rules._chains import PASSING, outer_chains, weighted
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds

_SIGMOIDS = frozenset({"sigmoid", "hard_sigmoid"})


class SigmoidStack(Rule):
    """Several hidden layers in a row have a sigmoid, which lets at most a quarter of the gradient through.

    ## What it does

    Counts the hidden `Dense` and `Conv` layers of a plain chain that follow each other with `sigmoid` or
    `hard_sigmoid`, and reports `sigmoid-stack` (3) or more. Normalization layers between them end a row.

    ## Why it is bad

    The derivative of the sigmoid is never above 0.25, and near zero where a unit saturates. Behind three of them at
    most 1.6 % of the gradient is left, so that the first layers hardly learn.

    ## Example

    ```python
    from keras import Sequential, layers

    model = Sequential([layers.Input((20,))])
    for _ in range(4):
        model.add(layers.Dense(32, activation="sigmoid"))
    model.add(layers.Dense(1))
    ```

    ## Use instead

    ```python
    from keras import Sequential, layers

    model = Sequential([layers.Input((20,))])
    for _ in range(4):
        model.add(layers.Dense(32, activation="relu"))
    model.add(layers.Dense(1))
    ```

    ## References

    - [Glorot and Bengio 2010: Understanding the difficulty of training deep feedforward neural networks](https://proceedings.mlr.press/v9/glorot10a.html)
    - [Keras: layer activation functions](https://keras.io/api/layers/activations/)
    """

    code = "KC108"
    name = "sigmoid-stack"
    severity = Severity.WARNING

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        for nodes in outer_chains(program):
            row: list[Layer] = []
            steps = list(weighted(nodes))
            for node, activation, between in steps[:-1]:
                if isinstance(activation, str) and activation in _SIGMOIDS:
                    row.append(node.layer)
                else:
                    yield from self._report(row, thresholds)
                    row = []
                if any(n.layer.cls not in PASSING | {"Activation"} for n in between):
                    yield from self._report(row, thresholds)
                    row = []
            yield from self._report(row, thresholds)

    def _report(self, row: list[Layer], thresholds: Thresholds) -> Iterator[Finding]:
        if len(row) < thresholds.sigmoid_stack or row[0].site is None:
            return
        share = 100 * 0.25 ** len(row)
        kept = f"{share:.1f}%" if share >= 0.1 else f"{share:.1g}%"
        yield Finding(
            row[0].site,
            f"{len(row)} hidden layers in a row have a sigmoid: at most {kept} of the gradient gets through all of "
            'them; use "relu"',
        )

    VALID = [
        # one sigmoid at the end
        """
from keras import Sequential, layers
model = Sequential([layers.Input((20,)), layers.Dense(32, activation="relu"), layers.Dense(1, activation="sigmoid")])
""",
        # two of them
        """
from keras import Sequential, layers
model = Sequential([layers.Input((20,)), layers.Dense(32, activation="sigmoid"), layers.Dense(32, activation="sigmoid"),
                    layers.Dense(1, activation="sigmoid")])
""",
        # normalized in between
        """
from keras import Sequential, layers
model = Sequential([layers.Input((20,))])
for _ in range(5):
    model.add(layers.Dense(32, activation="sigmoid"))
    model.add(layers.BatchNormalization())
model.add(layers.Dense(1))
""",
        # gates beside the path
        """
from keras import Input, Model, layers
x = inputs = Input((20,))
for _ in range(5):
    x = layers.Multiply()([layers.Dense(20)(x), layers.Dense(20, activation="sigmoid")(x)])
model = Model(inputs, layers.Dense(1)(x))
""",
        # an activation that is not known
        """
from keras import Sequential, layers
from config import activation
model = Sequential([layers.Input((20,))])
for _ in range(5):
    model.add(layers.Dense(32, activation=activation))
""",
    ]

    INVALID = [
        Invalid(
            """
from keras import Sequential, layers
model = Sequential([layers.Input((20,))])
for _ in range(4):
    model.add(layers.Dense(32, activation="sigmoid"))
model.add(layers.Dense(1))
""",
            [
                (
                    5,
                    "4 hidden layers in a row have a sigmoid: at most 0.4% of the gradient gets through all of them; "
                    'use "relu"',
                )
            ],
        ),
        Invalid(
            """
from keras import Sequential, layers
model = Sequential([layers.Input((28, 28, 1))])
model.add(layers.Conv2D(8, 3, activation="sigmoid"))
model.add(layers.MaxPooling2D())
model.add(layers.Conv2D(8, 3))
model.add(layers.Activation("sigmoid"))
model.add(layers.Flatten())
model.add(layers.Dense(32, activation="sigmoid"))
model.add(layers.Dropout(0.2))
model.add(layers.Dense(10, activation="softmax"))
""",
            [
                (
                    4,
                    "3 hidden layers in a row have a sigmoid: at most 1.6% of the gradient gets through all of them; "
                    'use "relu"',
                )
            ],
        ),
    ]
