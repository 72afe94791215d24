"""KC101: layers in a row with nothing nonlinear between them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import libcst as cst

from kerascheck.diagnostics import Severity
from kerascheck.network.arguments import Given
from kerascheck.network.ir import Layer, Node
from kerascheck.network.networks import Network
from kerascheck.network.program import Program
from kerascheck.rules._factors import DENSE, PADDING, loses_nothing
from kerascheck.rules._graph import (
    RATED,
    applied_activation,
    is_settled,
    output_tensors,
)
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds
from kerascheck.symbolic.unknown import Symbol, Unknown

_CONVOLUTIONS = frozenset({"Conv1D", "Conv2D", "Conv3D"})


_TRANSPOSED = frozenset({"Conv1DTranspose", "Conv2DTranspose", "Conv3DTranspose"})


_WEIGHTED = DENSE | _CONVOLUTIONS | _TRANSPOSED


#: Linear (or affine) in the values that pass, for a trained network.
_ELEMENTWISE = RATED | {"GaussianNoise", "BatchNormalization", "Identity"}


class LinearStack(Rule):
    """Two or more layers in a row compose to a single linear map.

    ## What it does

    Finds chains of `Dense` or `Conv` layers in which no layer but the last has an activation. Dropout, batch
    normalization, `Flatten`, `Reshape`, padding, upsampling and average pooling between them do not count: they are
    linear too. An `Activation`, `ReLU`, `PReLU`, `Softmax` or max pooling layer between them does count.

    It keeps quiet where the missing activation can be meant: a bottleneck that is narrower than what comes before and
    after it (a low-rank factorization, a linear autoencoder, the projections of MobileNetV2), 1x1 and depthwise
    convolutions, pairs of 1xN and Nx1 kernels, a dense layer before a convolution (the seed of a generator),
    tensors that are used more than once or are the output of another model (an embedding), shared and frozen layers,
    and everything that the analysis does not know exactly.

    ## Why it is bad

    A linear map of a linear map is a linear map. However many such layers there are, the network can represent no
    more than one layer can, and it is harder to train.

    ## Example

    ```python
    from keras.layers import Dense
    from keras.models import Sequential

    model = Sequential([Dense(64, input_shape=(20,)), Dense(64), Dense(1, activation="sigmoid")])
    ```

    ## Use instead

    ```python
    from keras.layers import Dense
    from keras.models import Sequential

    model = Sequential(
        [Dense(64, activation="relu", input_shape=(20,)), Dense(64, activation="relu"), Dense(1, activation="sigmoid")]
    )
    ```

    ## References

    - [Cross Validated 351976](https://stats.stackexchange.com/q/351976)
    - [Keras: layer activation functions](https://keras.io/api/layers/activations/)
    """

    code = "KC101"
    name = "linear-stack"
    severity = Severity.WARNING

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        reported: set[tuple[int, int]] = set()
        exits = {id(tensor) for network in program.networks for tensor in output_tensors(network)}
        for network in program.networks:
            if not is_settled(network):
                continue
            for stack in _stacks(network, exits):
                site = stack[0].layer.site
                if site is None or site.key in reported:
                    continue
                reported.add(site.key)
                yield Finding(site, _message(stack), help=_HELP)

    VALID = [
        # each hidden layer has an activation
        """
from keras import Sequential, layers
model = Sequential([layers.Dense(64, activation="relu", input_shape=(20,)), layers.Dense(1, activation="sigmoid")])
""",
        # linear regression: one layer
        """
from keras import Sequential, layers
model = Sequential([layers.Dense(1, input_shape=(20,))])
""",
        # separate Activation layers
        """
from keras.models import Sequential
from keras.layers import Dense, Activation
model = Sequential()
model.add(Dense(64, input_dim=20))
model.add(Activation("relu"))
model.add(Dense(10))
model.add(Activation("softmax"))
""",
        # the usual order of convolution, normalization and activation
        """
from keras import Sequential, layers
model = Sequential([
    layers.Input((32, 32, 3)),
    layers.Conv2D(32, 3, use_bias=False), layers.BatchNormalization(), layers.ReLU(),
    layers.Conv2D(64, 3, use_bias=False), layers.BatchNormalization(), layers.LeakyReLU(),
    layers.Flatten(), layers.Dense(10),
])
""",
        # an activation given as a layer
        """
from keras import Sequential, layers
model = Sequential([layers.Input((9,)), layers.Dense(9, activation=layers.LeakyReLU()), layers.Dense(9)])
""",
        # an activation that the program defines
        """
from keras import Sequential, layers
def mine(x):
    return x * x
model = Sequential([layers.Input((9,)), layers.Dense(9, activation=mine), layers.Dense(9)])
""",
        # max pooling is not linear
        """
from keras import Sequential, layers
model = Sequential([
    layers.Input((32, 32, 3)), layers.Conv2D(8, 3), layers.MaxPooling2D(), layers.Conv2D(8, 3, activation="relu"),
])
""",
        # a linear autoencoder: the narrow middle is the point
        """
from keras import Sequential, layers
model = Sequential([layers.Input((100,)), layers.Dense(2), layers.Dense(100)])
model.compile("adam", "mse")
""",
        # low rank on purpose: 512 -> 32 -> 1000
        """
from keras import Sequential, layers
model = Sequential([layers.Input((512,)), layers.Dense(32), layers.Dense(1000, activation="softmax")])
""",
        # the linear bottleneck of MobileNetV2: projection, then the next expansion
        """
from keras import Input, Model, layers
x = inputs = Input((56, 56, 96))
x = layers.BatchNormalization()(layers.Conv2D(24, 1, use_bias=False)(x))
x = layers.BatchNormalization()(layers.Conv2D(144, 1, use_bias=False)(x))
model = Model(inputs, layers.ReLU(6.0)(x))
""",
        # 1x1 convolutions mix channels only; MobileNetV3 has them in a row
        """
from keras import Sequential, layers
model = Sequential([layers.Input((8, 8, 16)), layers.Conv2D(16, 1), layers.Conv2D(72, 1, activation="relu")])
""",
        # depthwise, then pointwise: a separable convolution
        """
from keras import Sequential, layers
model = Sequential([
    layers.Input((8, 8, 16)), layers.DepthwiseConv2D(3), layers.Conv2D(32, 1), layers.ReLU(), layers.Flatten(),
])
""",
        # a 3x3 kernel written as 1x3 and 3x1
        """
from keras import Sequential, layers
model = Sequential([
    layers.Input((8, 8, 16)), layers.Conv2D(16, (1, 3)), layers.Conv2D(16, (3, 1), activation="relu"),
])
""",
        # the residual branch joins before the activation
        """
from keras import Input, Model, layers
inputs = Input((8, 8, 16))
x = layers.Conv2D(16, 3, padding="same", activation="relu")(inputs)
x = layers.Conv2D(16, 3, padding="same")(x)
x = layers.Add()([x, inputs])
model = Model(inputs, layers.Conv2D(16, 3)(x))
""",
        # two heads read the linear features
        """
from keras import Input, Model, layers
inputs = Input((20,))
features = layers.Dense(64)(inputs)
model = Model(inputs, [layers.Dense(1)(features), layers.Dense(3, activation="softmax")(features)])
""",
        # the linear layer is the output of the encoder: an embedding
        """
from keras import Input, Model, layers
inputs = Input((20,))
code = layers.Dense(20)(inputs)
encoder = Model(inputs, code)
model = Model(inputs, layers.Dense(20)(code))
""",
        # the mean and the log-variance of a variational encoder
        """
from keras import Input, Model, layers
inputs = Input((20,))
h = layers.Dense(32, activation="relu")(inputs)
mean, log_var = layers.Dense(2)(h), layers.Dense(2)(h)
z = layers.Lambda(lambda args: args[0] + args[1])([mean, log_var])
vae = Model(inputs, layers.Dense(20, activation="sigmoid")(z))
""",
        # the dense seed of a generator becomes an image first
        """
from keras import Sequential, layers
generator = Sequential([
    layers.Input((128,)), layers.Dense(8 * 8 * 128), layers.Reshape((8, 8, 128)),
    layers.Conv2DTranspose(128, 4, strides=2, padding="same"), layers.LeakyReLU(),
])
""",
        # a frozen projection is not learnt
        """
from keras import Sequential, layers
model = Sequential([layers.Input((20,)), layers.Dense(200, trainable=False), layers.Dense(1)])
""",
        # the regularizer acts on the values between the layers
        """
from keras import Sequential, layers
model = Sequential([layers.Input((20,)), layers.Dense(64, activity_regularizer="l1"), layers.Dense(20)])
""",
        # dense along one axis, then along the other: as in an MLP-Mixer
        """
from keras import Sequential, layers
model = Sequential([layers.Input((16, 32)), layers.Dense(32), layers.Permute((2, 1)), layers.Dense(16)])
""",
        # something unknown stands between
        """
from keras import Sequential, layers
from somewhere import Block
model = Sequential([layers.Input((20,)), layers.Dense(64), Block(), layers.Dense(64)])
""",
        # whether there is an activation is not known
        """
import sys
from keras import Sequential, layers
model = Sequential([layers.Input((20,)), layers.Dense(64, activation=sys.argv[1]), layers.Dense(1)])
""",
        # the default of a function that another file calls
        """
from keras import Sequential, layers
def block(width, activation=None):
    return Sequential([layers.Dense(width, activation=activation, input_shape=(9,)), layers.Dense(width)])
""",
        # recurrent layers have their activations inside
        """
from keras import Sequential, layers
model = Sequential([layers.Input((9, 4)), layers.LSTM(8, return_sequences=True), layers.LSTM(8), layers.Dense(1)])
""",
    ]

    INVALID = [
        Invalid(
            """
from keras import Sequential, layers
model = Sequential([
    layers.Dense(64, input_shape=(20,)),
    layers.Dense(64),
    layers.Dense(1, activation="sigmoid"),
])
""",
            [(4, '3 Dense layers collapse into one: the first 2 have no activation; add one, such as "relu"')],
        ),
        # dropout and batch normalization do not help
        Invalid(
            """
from keras.models import Sequential
from keras.layers import Dense, Dropout, BatchNormalization
model = Sequential()
model.add(Dense(32, input_dim=8))
model.add(BatchNormalization())
model.add(Dropout(0.2))
model.add(Dense(1))
""",
            [(5, '2 Dense layers collapse into one: the first has no activation; add one, such as "relu"')],
        ),
        # 'linear' is no activation, in any spelling
        Invalid(
            """
import tensorflow as tf
model = tf.keras.Sequential()
model.add(tf.keras.layers.Dense(32, activation="linear", input_shape=(8,)))
model.add(tf.keras.layers.Activation("linear"))
model.add(tf.keras.layers.Dense(8, activation="relu"))
""",
            [(4, '2 Dense layers collapse into one: the first has no activation; add one, such as "relu"')],
        ),
        # convolutions, then the flattened features
        Invalid(
            """
from keras import Input, Model, layers
inputs = Input((28, 28, 1))
x = layers.Conv2D(16, 3)(inputs)
x = layers.Conv2D(32, 3)(x)
x = layers.Flatten()(x)
x = layers.Dense(10, activation="softmax")(x)
model = Model(inputs, x)
""",
            [
                (
                    4,
                    "3 layers (Conv2D x 2, Dense) collapse into one: the first 2 have no activation; "
                    'add one, such as "relu"',
                )
            ],
        ),
        # two stacks, parted by an activation; the loop builds the second
        Invalid(
            """
from keras import Sequential, layers
model = Sequential()
model.add(layers.Dense(9, input_shape=(9,)))
model.add(layers.Dense(9, activation="tanh"))
for width in (8, 8, 8):
    model.add(layers.Dense(width))
""",
            [
                (4, '2 Dense layers collapse into one: the first has no activation; add one, such as "relu"'),
                (7, '3 Dense layers collapse into one: the first 2 have no activation; add one, such as "relu"'),
            ],
        ),
    ]


_HELP = (
    "Without a nonlinear activation between them, these layers compute what one layer could: W2 (W1 x) = (W2 W1) x. "
    'Give the hidden layers activation="relu" (or tanh, gelu...), or keep only one of them.'
)


def _message(stack: list[Node]) -> str:
    kinds = Counter(node.layer.cls for node in stack)
    if len(kinds) == 1:
        what = f"{len(stack)} {stack[0].layer.cls} layers"
    else:
        what = f"{len(stack)} layers ({', '.join(f'{k} x {n}' if n > 1 else k for k, n in kinds.items())})"
    linear = len(stack) - 1
    who = "the first has" if linear == 1 else f"the first {linear} have"
    return f'{what} collapse into one: {who} no activation; add one, such as "relu"'


def _stacks(network: Network, exits: set[int]) -> Iterator[list[Node]]:
    """The chains of two or more weighted calls of which each but the last is linear and wasted.

    `exits` are the ids of the outputs of all networks.
    """
    walk = _Walk(network, exits)
    following = {id(node): walk.next_wasted(node) for node in network.nodes if walk.is_linear(node)}
    behind = {id(node) for node in following.values() if node is not None}
    for node in network.nodes:
        if id(node) in behind or following.get(id(node)) is None:
            continue
        stack = [node]
        while (after := following.get(id(stack[-1]))) is not None:
            stack.append(after)
        yield stack


class _Walk:
    """Walks along single-consumer chains of one network."""

    def __init__(self, network: Network, exits: set[int]) -> None:
        self.consumers: dict[int, list[Node]] = {}
        self.uses = Counter([id(node.layer) for node in network.nodes])
        for node in network.nodes:
            for tensor in node.inputs:
                self.consumers.setdefault(id(tensor), []).append(node)
        self.exits = exits

    def next_node(self, node: Node) -> Node | None:
        """The one call that takes what this call gives, where nothing else does."""
        if len(node.outputs) != 1 or id(node.outputs[0]) in self.exits:
            return None
        takers = self.consumers.get(id(node.outputs[0]), [])
        return takers[0] if len(takers) == 1 and len(takers[0].inputs) == 1 else None

    def is_linear(self, node: Node) -> bool:
        """Whether the call is a weighted layer of its own without activation, there to be learnt."""
        layer = node.layer
        return (
            layer.cls in _WEIGHTED
            and applied_activation(layer) == "linear"
            and self.uses[id(layer)] == 1
            and layer.trainable
            and _is_meant(layer)
            and _plain(node)
        )

    def next_wasted(self, node: Node) -> Node | None:
        """The weighted call behind this linear one, where both could as well be one layer."""
        between: list[Node] = []
        after = self.next_node(node)
        while after is not None and _is_transparent(after):
            between.append(after)
            after = self.next_node(after)
        if after is None or after.layer.cls not in _WEIGHTED or self.uses[id(after.layer)] != 1:
            return None
        if after.layer.unknown is not None or not after.layer.trainable or not _plain(after):
            return None
        return after if loses_nothing(node, between, after) else None


def _is_meant(layer: Layer) -> bool:
    """Whether the layer itself says that it has no activation.

    `activation=activation` may stand for the default of a function that others call with a real one.
    """
    given = layer.arguments.get("activation", 1 if layer.cls == "Dense" else None) if layer.arguments else None
    if not isinstance(given, Given) or isinstance(given.value, Symbol):
        return True
    value = given.node.value if given.node is not None else None
    return isinstance(value, cst.SimpleString) or (isinstance(value, cst.Name) and value.value == "None")


def _plain(node: Node) -> bool:
    """No activity regularizer, weights of its own, groups or dilation: nothing that makes a linear layer useful."""
    config = node.layer.config
    if config.get("activity_regularizer") is not None or config.get("weights") is not None:
        return False
    return config.get("groups", 1) == 1 and not isinstance(config.get("trainable"), Unknown)


def _is_transparent(node: Node) -> bool:
    layer = node.layer
    if layer.unknown is not None or len(node.outputs) != 1:
        return False
    if layer.cls == "Activation":
        return applied_activation(layer) == "linear"
    return layer.cls in _ELEMENTWISE or layer.cls in PADDING or layer.cls in ("Flatten", "Reshape", "Permute")
