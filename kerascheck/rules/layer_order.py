"""KC113 to KC116: layers that follow each other where they should not, or lack one between them."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from kerascheck.diagnostics import Severity
from kerascheck.network.dims import format_shape
from kerascheck.network.ir import Network, Node, Program
from kerascheck.rules._chains import CONVOLUTIONS, outer_chains
from kerascheck.rules._graph import (
    ACTIVATION_LAYERS,
    DROPOUTS,
    RATED,
    applied_activation,
    is_settled,
    shape_of,
)
from kerascheck.rules._training import judged_compiles
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds
from kerascheck.training.compiled_losses import BINARY, CATEGORICAL, losses_by_output

_SQUASHING = frozenset({"softmax", "sigmoid"})
_IDEMPOTENT = frozenset({"relu"})
_ACTIVATIONS = frozenset({"Activation", *ACTIVATION_LAYERS})
_KERNELS = CONVOLUTIONS | {"Dense", "Conv1DTranspose", "Conv2DTranspose", "DepthwiseConv2D", "DepthwiseConv1D"}
#: Layers that take the positions apart, bring them together, or make more of them.
_REARRANGING = (
    "Flatten", "Reshape", "Permute", "Global", "UpSampling", "Transpose", "LSTM", "GRU", "RNN", "Bidirectional",
    "TimeDistributed", "Attention", "Lambda", "Embedding",
)  # fmt: skip


def _everywhere(
    program: Program, classes: frozenset[str], judge: Callable[[Network, Node], Finding | None]
) -> Iterator[Finding]:
    """What the judge says of layers of these classes, where it says so of each layer that is made at the place."""
    verdicts: dict[tuple[int, int], list[Finding | None]] = {}
    for network in program.networks:
        if not is_settled(network):
            continue
        for node in network.nodes:
            if node.layer.cls in classes and node.layer.site is not None:
                verdicts.setdefault(node.layer.site.key, []).append(judge(network, node))
    for found in verdicts.values():
        if found[0] is not None and all(finding is not None for finding in found):
            yield found[0]


class ActivationTwice(Rule):
    """Softmax or sigmoid is applied to what has gone through softmax or sigmoid already.

    ## What it does

    Reports an activation layer behind a layer that has applied one itself, where both are `softmax` or `sigmoid`, and
    where both are `relu` (as advice: the second does nothing).

    ## Why it is bad

    Probabilities lie between 0 and 1. A second softmax over ten of them cannot give more than 0.23 to any class, a
    second sigmoid gives 0.5 to 0.73: the loss stays high whatever the network learns.

    ## Example

    ```python
    from keras import Sequential, layers

    model = Sequential([layers.Input((20,)), layers.Dense(10, activation="softmax"), layers.Activation("softmax")])
    ```

    ## Use instead

    ```python
    from keras import Sequential, layers

    model = Sequential([layers.Input((20,)), layers.Dense(10, activation="softmax")])
    ```

    ## References

    - [Keras: layer activation functions](https://keras.io/api/layers/activations/)
    """

    code = "KC113"
    name = "activation-twice"
    severity = Severity.WARNING

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        return _everywhere(program, _ACTIVATIONS, self._judge)

    def _judge(self, network: Network, node: Node) -> Finding | None:
        layer, before = node.layer, _producer(node)
        if before is None or layer.site is None:
            return None
        first, second = applied_activation(before.layer), applied_activation(layer)
        if not isinstance(first, str) or not isinstance(second, str):
            return None
        if first in _SQUASHING and second in _SQUASHING:
            message = f"{second} on what {before.layer.cls} has put through {first} already; remove one of them"
            return Finding(layer.site, message)
        if first == second and first in _IDEMPOTENT:
            message = f"{second} behind the {first} of {before.layer.cls} does nothing; remove one of them"
            return Finding(layer.site, message, severity=Severity.INFO)
        return None

    VALID = [
        # the layer has none
        """
from keras import Sequential, layers
model = Sequential([layers.Input((20,)), layers.Dense(10), layers.Activation("softmax")])
""",
        # a layer between
        """
from keras import Sequential, layers
model = Sequential([layers.Input((20,)), layers.Dense(10, activation="sigmoid"), layers.Dense(3),
                    layers.Activation("softmax")])
""",
        # needed in all rounds but the first
        """
from keras import Input, Model, layers
x = inputs = Input((20,))
x = layers.Dense(20, activation="relu")(x)
for _ in range(3):
    x = layers.Activation("relu")(x)
    x = layers.Dense(20)(x)
model = Model(inputs, x)
""",
        # bounded values on purpose
        """
from keras import Sequential, layers
model = Sequential([layers.Input((20,)), layers.Dense(10, activation="tanh"), layers.Activation("softmax")])
""",
    ]

    INVALID = [
        Invalid(
            """
from keras import Sequential, layers
model = Sequential([layers.Input((20,))])
model.add(layers.Dense(10, activation="softmax"))
model.add(layers.Activation("softmax"))
""",
            [(5, "softmax on what Dense has put through softmax already; remove one of them")],
        ),
        Invalid(
            """
from keras import Sequential, layers
model = Sequential([layers.Input((20,))])
model.add(layers.Dense(10, activation="relu"))
model.add(layers.Dropout(0.5))
model.add(layers.ReLU())
model.add(layers.Dense(1))
""",
            [(6, "relu behind the relu of Dense does nothing; remove one of them")],
        ),
    ]


def _producer(node: Node) -> Node | None:
    """The call whose values the layer gets, behind dropout and the like."""
    for _ in range(20):
        if len(node.inputs) != 1 or node.inputs[0].node is None:
            return None
        node = node.inputs[0].node
        if node.layer.cls not in RATED:
            return node
    return None


class DropoutBeforeNormalization(Rule):
    """Batch normalization follows directly behind dropout.

    ## What it does

    Reports a `BatchNormalization` whose input comes straight from a dropout layer, or through an activation only.

    ## Why it is bad

    Dropout changes the variance of what it passes on, in training only. Batch normalization learns the variance that it
    sees in training and uses it in evaluation, where it is another one ("variance shift").

    ## Example

    ```python
    from keras import Sequential, layers

    model = Sequential([layers.Input((20,)), layers.Dense(64)])
    model.add(layers.Dropout(0.5))
    model.add(layers.BatchNormalization())
    ```

    ## Use instead

    ```python
    from keras import Sequential, layers

    model = Sequential([layers.Input((20,)), layers.Dense(64)])
    model.add(layers.BatchNormalization())
    model.add(layers.Dropout(0.5))
    ```

    ## References

    - [Li, Chen, Hu, Yang 2019: Understanding the Disharmony Between Dropout and Batch Normalization by Variance Shift](https://arxiv.org/abs/1801.05134)
    """

    code = "KC114"
    name = "dropout-before-normalization"
    severity = Severity.INFO

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        return _everywhere(program, frozenset({"BatchNormalization"}), self._judge)

    def _judge(self, network: Network, node: Node) -> Finding | None:
        before = node.inputs[0].node if len(node.inputs) == 1 else None
        if before is not None and before.layer.cls in _ACTIVATIONS and len(before.inputs) == 1:
            before = before.inputs[0].node
        if before is None or node.layer.site is None or before.layer.cls not in DROPOUTS:
            return None
        if before.layer.config.get("rate") == 0:
            return None
        message = (
            f"{before.layer.cls} in front of BatchNormalization makes the variance in training another than in "
            "evaluation; put it behind"
        )
        return Finding(node.layer.site, message)

    VALID = [
        # the other way round
        """
from keras import Sequential, layers
model = Sequential([layers.Input((20,)), layers.Dense(64), layers.BatchNormalization(), layers.Dropout(0.5)])
""",
        # a layer with weights between them
        """
from keras import Sequential, layers
model = Sequential([layers.Input((20,)), layers.Dropout(0.1), layers.Dense(64), layers.BatchNormalization()])
""",
        # layer normalization has no statistics of the training
        """
from keras import Sequential, layers
model = Sequential([layers.Input((20,)), layers.Dense(64), layers.Dropout(0.5), layers.LayerNormalization()])
""",
    ]

    INVALID = [
        Invalid(
            """
from keras import Sequential, layers
model = Sequential([layers.Input((20,)), layers.Dense(64)])
model.add(layers.Dropout(0.5))
model.add(layers.BatchNormalization())
model.add(layers.Dense(1))
""",
            [
                (
                    5,
                    "Dropout in front of BatchNormalization makes the variance in training another than in evaluation; "
                    "put it behind",
                )
            ],
        ),
    ]


class BiasBeforeNormalization(Rule):
    """A layer has a bias that the batch normalization behind it takes out again.

    ## What it does

    Reports `Dense` and `Conv` layers without activation, with a bias, directly in front of `BatchNormalization`. Off by
    default: it costs a little memory, not results.

    ## Why it is bad

    Batch normalization subtracts the mean, and with it any constant; its own `beta` does the work of the bias.

    ## Example

    ```python
    from keras import Sequential, layers

    model = Sequential([layers.Input((20,)), layers.Dense(64), layers.BatchNormalization(), layers.ReLU()])
    ```

    ## Use instead

    ```python
    from keras import Sequential, layers

    model = Sequential([layers.Input((20,)), layers.Dense(64, use_bias=False)])
    model.add(layers.BatchNormalization())
    model.add(layers.ReLU())
    ```

    ## References

    - [Ioffe, Szegedy 2015: Batch Normalization, section 3.2](https://arxiv.org/abs/1502.03167)
    """

    code = "KC115"
    name = "bias-before-normalization"
    severity = Severity.INFO
    enabled = False

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        return _everywhere(program, _KERNELS, self._judge)

    def _judge(self, network: Network, node: Node) -> Finding | None:
        layer = node.layer
        following = [user.layer for user in network.consumers(node.outputs[0])] if node.outputs else []
        if layer.site is None or len(following) != 1 or following[0].cls != "BatchNormalization":
            return None
        if following[0].config.get("center", True) is not True or layer.config.get("use_bias", True) is not True:
            return None
        if applied_activation(layer) != "linear":
            return None
        message = f"the bias of {layer.cls} is taken out by the BatchNormalization behind it; use_bias=False"
        return Finding(layer.site, message)

    VALID = [
        # no bias
        """
from keras import Sequential, layers
model = Sequential([layers.Input((20,)), layers.Dense(64, use_bias=False), layers.BatchNormalization()])
""",
        # an activation between
        """
from keras import Sequential, layers
model = Sequential([layers.Input((20,)), layers.Dense(64, activation="relu"), layers.BatchNormalization()])
""",
        # a normalization without an offset of its own
        """
from keras import Sequential, layers
model = Sequential([layers.Input((20,)), layers.Dense(64), layers.BatchNormalization(center=False)])
""",
    ]

    INVALID = [
        Invalid(
            """
from keras import Sequential, layers
model = Sequential([layers.Input((20,))])
model.add(layers.Dense(64))
model.add(layers.BatchNormalization())
model.add(layers.ReLU())
""",
            [(4, "the bias of Dense is taken out by the BatchNormalization behind it; use_bias=False")],
        ),
    ]


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
                    "no Flatten in front of Dense: the output (None, 35, 28) has one answer for each of 35 positions "
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
                    "no Flatten in front of Dense: the output (None, 30, 30, 10) has one answer for each of 900 "
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
        f"no Flatten in front of Dense: the output {format_shape(after)} has one answer for each of {count} positions "
        f"that {shrinks[-1].layer.cls} leaves; add Flatten() or global pooling",
    )
