"""KC116: A classifier ends with one answer for each position of a shrunken image or sequence."""

from __future__ import annotations

from collections.abc import Iterator

from kerascheck.diagnostics import Severity
from kerascheck.network.dims import format_shape
from kerascheck.network.ir import Node
from kerascheck.network.program import Program
from kerascheck.rules._chains import CONVOLUTIONS, outer_chains
from kerascheck.rules._graph import (
    shape_of,
)
from kerascheck.rules._training import judged_compiles
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds
from kerascheck.training.compiled_losses import BINARY, CATEGORICAL, losses_by_output

#: Layers that take the positions apart, bring them together, or make more of them.
_REARRANGING = (
    "Flatten", "Reshape", "Permute", "Global", "UpSampling", "Transpose", "LSTM", "GRU", "RNN", "Bidirectional",
    "TimeDistributed", "Attention", "Lambda", "Embedding",
)  # fmt: skip


class MissingFlatten(Rule):
    """A classifier ends with one answer for each position of a shrunken image or sequence.

    ## What it does

    Reports a compiled plain chain of convolutions that shrink the input, then `Dense` layers and a crossentropy loss,
    with neither `Flatten` nor global pooling nor anything else that rearranges the positions, so that the output still
    has them as an axis of its own.

    ## Why it is bad

    `Dense` works on the last axis. The output is one answer for each position that is left, and the loss is compared
    with the labels position by position: that crashes, or learns something else, unless there are labels for exactly
    these positions.

    ## Example

    ```python
    from keras import Sequential, layers

    model = Sequential([layers.Input((72, 1)), layers.Conv1D(64, 3, activation="relu"), layers.MaxPooling1D(2)])
    model.add(layers.Dense(28, activation="softmax"))
    model.compile(loss="categorical_crossentropy")
    ```

    ## Use instead

    ```python
    from keras import Sequential, layers

    model = Sequential([layers.Input((72, 1)), layers.Conv1D(64, 3, activation="relu"), layers.MaxPooling1D(2)])
    model.add(layers.Flatten())
    model.add(layers.Dense(28, activation="softmax"))
    model.compile(loss="categorical_crossentropy")
    ```

    ## References

    - [Keras: Dense layer, note on inputs of rank above 2](https://keras.io/api/layers/core_layers/dense/)
    """

    code = "KC116"
    name = "missing-flatten"
    severity = Severity.WARNING

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        chains = {id(nodes[-1].outputs[0]): nodes for nodes in outer_chains(program)}
        for call in judged_compiles(program):
            for target in losses_by_output(call):
                nodes = chains.get(id(target.tensor))
                if nodes is None or target.loss is None or target.loss.name not in BINARY | CATEGORICAL:
                    continue
                finding = _unflattened(nodes)
                if finding is not None:
                    yield finding

    VALID = [
        # flattened
        """
from keras import Sequential, layers
model = Sequential([layers.Input((72, 1)), layers.Conv1D(64, 3, activation="relu"), layers.MaxPooling1D(2)])
model.add(layers.Flatten())
model.add(layers.Dense(28, activation="softmax"))
model.compile(loss="categorical_crossentropy")
""",
        # one label for each step: nothing shrinks
        """
from keras import Sequential, layers
model = Sequential([layers.Input((72, 1)), layers.Conv1D(64, 3, padding="same", activation="relu")])
model.add(layers.Dense(28, activation="softmax"))
model.compile(loss="categorical_crossentropy")
""",
        # a fully convolutional network
        """
from keras import Sequential, layers
model = Sequential([layers.Input((32, 32, 3)), layers.Conv2D(64, 3, activation="relu"), layers.MaxPooling2D(2)])
model.add(layers.Conv2D(5, 1, activation="softmax"))
model.compile(loss="categorical_crossentropy")
""",
        # a recurrent layer reads the positions as a sequence
        """
from keras import Sequential, layers
model = Sequential([layers.Input((72, 1)), layers.Conv1D(64, 3, activation="relu"), layers.MaxPooling1D(2)])
model.add(layers.LSTM(64, return_sequences=True))
model.add(layers.Dense(28, activation="softmax"))
model.compile(loss="categorical_crossentropy")
""",
    ]

    INVALID = [
        Invalid(
            """
from keras import Sequential, layers
model = Sequential([layers.Input((72, 1)), layers.Conv1D(64, 3, activation="relu"), layers.MaxPooling1D(2)])
model.add(layers.Dense(64, activation="relu"))
model.add(layers.Dense(28, activation="softmax"))
model.compile(loss="categorical_crossentropy")
""",
            [
                (
                    4,
                    "no Flatten before Dense: the output (None, 35, 28) has one answer for each of 35 positions "
                    "that MaxPooling1D leaves; add Flatten() or global pooling",
                )
            ],
        ),
        Invalid(
            """
from keras import Sequential, layers
model = Sequential([layers.Input((32, 32, 3)), layers.Conv2D(64, 3, activation="relu")])
model.add(layers.Dense(10, activation="softmax"))
model.compile(loss="sparse_categorical_crossentropy")
""",
            [
                (
                    4,
                    "no Flatten before Dense: the output (None, 30, 30, 10) has one answer for each of 900 "
                    "positions that Conv2D leaves; add Flatten() or global pooling",
                )
            ],
        ),
    ]


def _unflattened(nodes: list[Node]) -> Finding | None:
    """The finding for a chain whose output keeps the positions of a shrunken input."""
    shapes = [shape_of(nodes[0].inputs[0]), shape_of(nodes[-1].outputs[0])]
    if any(shape is None or len(shape) < 3 for shape in shapes):
        return None
    dense = [node for node in nodes if node.layer.cls == "Dense"]
    if not dense or not any(node.layer.cls in CONVOLUTIONS for node in nodes):
        return None
    first = nodes.index(dense[0])
    if any(part in node.layer.cls for node in nodes for part in _REARRANGING) or first == 0:
        return None
    if any(node.layer.unknown is not None for node in nodes) or any(n.layer.cls in CONVOLUTIONS for n in nodes[first:]):
        return None
    before, after = shapes[0], shapes[1]
    assert before is not None and after is not None
    places = list(zip(before[1:-1], after[1:-1], strict=False))
    if len(before) != len(after) or not all(isinstance(a, int) and isinstance(b, int) for a, b in places):
        return None
    count = 1
    for _, size in places:
        count *= int(str(size))
    shrinks = [n for n in nodes[:first] if "Pooling" in n.layer.cls or n.layer.cls in CONVOLUTIONS]
    site = dense[0].layer.site
    if all(a == b for a, b in places) or count == 1 or site is None or not shrinks:
        return None
    return Finding(
        site,
        f"no Flatten before Dense: the output {format_shape(after)} has one answer for each of {count} positions "
        f"that {shrinks[-1].layer.cls} leaves; add Flatten() or global pooling",
    )
