"""KC109: A recurrent layer applies an unbounded activation many times in a row."""

from __future__ import annotations

from collections.abc import Iterator

from kerascheck.diagnostics import Severity
from kerascheck.network.ir import Layer
from kerascheck.network.program import Program
from kerascheck.rules._graph import applied_activation, shape_of
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds

_RECURRENT = frozenset({"LSTM", "GRU", "SimpleRNN"})


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
