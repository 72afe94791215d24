"""KC108 to KC111: activations of hidden layers that keep a network from learning."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from kerascheck.diagnostics import Severity
from kerascheck.network.ir import Layer, Program
from kerascheck.rules._chains import CONVOLUTIONS, MAX_POOLING, PASSING, outer_chains, weighted
from kerascheck.rules._graph import applied_activation, config_size, shape_of
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds

_RECURRENT = frozenset({"LSTM", "GRU", "SimpleRNN"})
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


class UnboundedRecurrence(Rule):
    """A recurrent layer applies an unbounded activation many times in a row.

    ## What it does

    Reports `LSTM`, `GRU` and `SimpleRNN` layers whose activation is `relu`, `elu`, `selu` or `linear` and whose input
    has at least `long-sequence` (50) steps.

    ## Why it is bad

    The state of the layer goes through the activation once for each step. `tanh` keeps it between -1 and 1; an
    unbounded activation lets it grow from step to step, until the loss is NaN. It also rules out the fast cuDNN
    implementation, which has `tanh` only.

    ## Example

    ```python
    from keras import Sequential, layers

    model = Sequential([layers.Input((500, 8)), layers.LSTM(64, activation="relu"), layers.Dense(1)])
    ```

    ## Use instead

    ```python
    from keras import Sequential, layers

    model = Sequential([layers.Input((500, 8)), layers.LSTM(64), layers.Dense(1)])
    ```

    ## References

    - [Keras: LSTM layer, requirements of the cuDNN implementation](https://keras.io/api/layers/recurrent_layers/lstm/)
    - [Pascanu, Mikolov, Bengio 2013: On the difficulty of training recurrent neural networks](https://proceedings.mlr.press/v28/pascanu13.html)
    """

    code = "KC109"
    name = "unbounded-recurrence"
    severity = Severity.WARNING

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        seen: set[int] = set()
        for network in program.networks:
            for node in network.nodes:
                layer = node.layer
                inner = layer.config.get("layer") if layer.cls == "Bidirectional" else layer
                if not isinstance(inner, Layer) or inner.cls not in _RECURRENT or not node.inputs or id(inner) in seen:
                    continue
                shape = shape_of(node.inputs[0])
                activation = applied_activation(inner)
                site = layer.site
                if shape is None or len(shape) != 3 or not isinstance(shape[1], int) or site is None:
                    continue
                if shape[1] < thresholds.long_sequence or activation not in ("relu", "elu", "selu", "linear"):
                    continue
                seen.add(id(inner))
                yield Finding(
                    site,
                    f"{inner.cls} applies {activation} {shape[1]} times in a row, so that its state can grow without "
                    "bound; keep tanh",
                )

    VALID = [
        # the default is tanh
        """
from keras import Sequential, layers
model = Sequential([layers.Input((500, 8)), layers.LSTM(64), layers.Dense(1, activation="relu")])
""",
        # a short sequence
        """
from keras import Sequential, layers
model = Sequential([layers.Input((3, 1)), layers.LSTM(50, activation="relu"), layers.Dense(1)])
""",
        # of unknown length
        """
from keras import Sequential, layers
model = Sequential([layers.Input((None, 8)), layers.GRU(50, activation="relu"), layers.Dense(1)])
""",
    ]

    INVALID = [
        Invalid(
            """
from keras import Sequential, layers
model = Sequential([layers.Input((500, 8)), layers.LSTM(64, activation="relu"), layers.Dense(1)])
""",
            [(3, "LSTM applies relu 500 times in a row, so that its state can grow without bound; keep tanh")],
        ),
        Invalid(
            """
from keras import Sequential, layers
model = Sequential([
    layers.Input((100, 8)),
    layers.Bidirectional(layers.GRU(64, activation="elu")),
    layers.Dense(1),
])
""",
            [(5, "GRU applies elu 100 times in a row, so that its state can grow without bound; keep tanh")],
        ),
    ]


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
    - [Deep Learning, chapter 9.3: pooling comes behind the detector stage](https://www.deeplearningbook.org/contents/convnets.html)
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
                f'{names} {have} no activation, only the max pooling behind is not linear; add activation="relu"',
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
            [(5, 'Conv2D has no activation, only the max pooling behind is not linear; add activation="relu"')],
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
                    "3 convolutions have no activation, only the max pooling behind is not linear; "
                    'add activation="relu"',
                )
            ],
        ),
    ]


class ReluBottleneck(Rule):
    """Everything that a network knows goes through one relu unit.

    ## What it does

    Reports a hidden `Dense` layer of one unit with `relu` in a plain chain.

    ## Why it is bad

    Where its sum is negative the unit gives zero, whatever the input, and no gradient. With the usual initial weights
    that is so for all samples at once in many runs: then nothing in front of it learns, ever.

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
                        "all goes through one relu unit here, which gives zero and does not learn while its sum is "
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
                    "all goes through one relu unit here, which gives zero and does not learn while its sum is "
                    "negative; use more units",
                )
            ],
        ),
    ]
