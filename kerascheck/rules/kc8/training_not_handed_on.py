"""KC824: a model with Dropout or BatchNormalization is trained in inference mode."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from kerascheck.diagnostics import Severity
from kerascheck.machine.members import find_member
from kerascheck.machine.values import FunctionValue
from kerascheck.network.arguments import Absent
from kerascheck.network.events import GradientCall, ModelCall
from kerascheck.network.ir import Layer
from kerascheck.network.networks import Network
from kerascheck.network.program import Program
from kerascheck.rules._code import own_nodes, truth_of
from kerascheck.rules._graph import RATED, dropout_rate, known_number
from kerascheck.rules._mentions import writes
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds

#: Functions of an older backend that tell all layers which phase it is.
_PHASE = ("learning_phase", "set_learning_phase", "learning_phase_scope")


class TrainingNotHandedOn(Rule):
    """A model with Dropout or BatchNormalization is called in a training step without `training=True`.

    ## What it does

    Reports a call of a model under a gradient tape without `training`, where the gradients of the model's variables
    are taken from that tape and layers of it behave otherwise in training.

    ## Why it is bad

    `fit` tells the layers that they are trained; an own loop has to. Without it, Dropout drops nothing and
    BatchNormalization normalises with moving averages that are never updated: they stay 0 and 1.

    ## Example

    ```python
    import tensorflow as tf
    from keras import Sequential, layers

    model = Sequential([layers.Input((4,)), layers.Dense(8), layers.Dropout(0.5), layers.Dense(1)])

    def gradients(x, y):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.square(y - model(x)))
        return tape.gradient(loss, model.trainable_variables)
    ```

    ## Use instead

    ```python
    import tensorflow as tf
    from keras import Sequential, layers

    model = Sequential([layers.Input((4,)), layers.Dense(8), layers.Dropout(0.5), layers.Dense(1)])

    def gradients(x, y):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.square(y - model(x, training=True)))
        return tape.gradient(loss, model.trainable_variables)
    ```

    ## References

    - [Keras: writing a custom training loop](https://keras.io/guides/writing_a_custom_training_loop_in_tensorflow/)
    """

    code = "KC824"
    name = "training-not-handed-on"
    severity = Severity.WARNING

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        taken = [event for event in program.events if isinstance(event, GradientCall) and event.of is not None]
        reported: set[tuple[int, int]] = set()
        for event in program.events:
            if not isinstance(event, ModelCall) or event.site.key in reported:
                continue
            network = event.network
            if not any(one.of is network and any(one.tape is tape for tape in event.tapes) for one in taken):
                continue
            if len(event.arguments.positional) != 1 or not isinstance(event.arguments.get("training"), Absent):
                continue
            layer = _differing(network)
            if layer is not None and not _trains_anyway(network) and not writes(event.site.file, _PHASE):
                reported.add(event.site.key)
                yield Finding(
                    event.site,
                    f"the training step calls {network.name!r} without training=True: its {layer.cls} works as in "
                    "prediction",
                )

    VALID = [
        # handed on
        """
import tensorflow as tf
from keras import Sequential, layers
model = Sequential([layers.Input((4,)), layers.Dropout(0.5), layers.Dense(1)])
def gradients(x, y):
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(tf.square(y - model(x, training=True)))
    return tape.gradient(loss, model.trainable_variables)
""",
        # the same in training and prediction
        """
import tensorflow as tf
from keras import Sequential, layers
model = Sequential([layers.Input((4,)), layers.LayerNormalization(), layers.Dense(1)])
def gradients(x, y):
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(tf.square(y - model(x)))
    return tape.gradient(loss, model.trainable_variables)
""",
        # the gradient of the input of a trained model
        """
import tensorflow as tf
from keras import Sequential, layers
model = Sequential([layers.Input((4,)), layers.Dropout(0.5), layers.Dense(1)])
def saliency(x):
    with tf.GradientTape() as tape:
        tape.watch(x)
        score = model(x)
    return tape.gradient(score, x)
""",
        # another model is trained
        """
import tensorflow as tf
from keras import Sequential, layers
teacher = Sequential([layers.Input((4,)), layers.Dropout(0.5), layers.Dense(1)])
model = Sequential([layers.Input((4,)), layers.Dense(1)])
def gradients(x):
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(tf.square(teacher(x) - model(x)))
    return tape.gradient(loss, model.trainable_variables)
""",
        # on unless it is said otherwise
        """
import tensorflow as tf
from keras import Model, layers
class Net(Model):
    def __init__(self):
        super().__init__()
        self.drop = layers.Dropout(0.5)
        self.head = layers.Dense(1)
    def call(self, x, training=True):
        return self.head(self.drop(x, training=training))
net = Net()
def gradients(x, y):
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(tf.square(y - net(x)))
    return tape.gradient(loss, net.trainable_variables)
gradients(tf.ones((2, 4)), tf.ones((2, 1)))
""",
        # a frozen normalisation is meant to work as in prediction
        """
import tensorflow as tf
from keras import Sequential, layers
model = Sequential([layers.Input((4,)), layers.BatchNormalization(trainable=False), layers.Dense(1)])
def gradients(x, y):
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(tf.square(y - model(x)))
    return tape.gradient(loss, model.trainable_variables)
""",
    ]
    INVALID = [
        Invalid(
            """
import tensorflow as tf
from keras import Sequential, layers
model = Sequential([layers.Input((4,)), layers.Dropout(0.5), layers.Dense(1)])
def gradients(x, y):
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(tf.square(y - model(x)))
    return tape.gradient(loss, model.trainable_variables)
""",
            [
                (
                    7,
                    "the training step calls 'sequential' without training=True: its Dropout works as in prediction",
                )
            ],
        ),
        Invalid(
            """
import tensorflow as tf
class Net(tf.keras.Model):
    def __init__(self):
        super().__init__()
        self.norm = tf.keras.layers.BatchNormalization()
        self.head = tf.keras.layers.Dense(1)
    def call(self, x, training=None):
        return self.head(self.norm(x, training=training))
class Trainer:
    def __init__(self, model):
        self.model = model
    def step(self, x, y):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.square(y - self.model(x)))
        return tape.gradient(loss, self.model.trainable_weights)
trainer = Trainer(Net())
trainer.step(tf.ones((8, 4)), tf.ones((8, 1)))
""",
            [
                (
                    15,
                    "the training step calls 'net' without training=True: its BatchNormalization works as in "
                    "prediction",
                )
            ],
        ),
    ]


def _differing(network: Network) -> Layer | None:
    """A layer in it that works otherwise in training and is not told to, at any depth."""
    waiting: list[Layer] = [network]
    seen: set[int] = set()
    while waiting:
        layer = waiting.pop(0)
        if id(layer) in seen or layer.unknown is not None:
            continue
        seen.add(id(layer))
        rate = dropout_rate(layer) if layer.cls in RATED else known_number(layer.config.get("stddev"))
        noisy = layer.cls in (*RATED, "GaussianNoise") and rate is not None and rate > 0
        if (noisy or (layer.cls == "BatchNormalization" and layer.trainable is True)) and not _is_told(layer):
            return layer
        waiting += layer.sublayers()
    return None


def _is_told(layer: Layer) -> bool:
    """Whether one of its calls says itself whether it trains."""
    for call in layer.calls:
        node = call.site.node if call.site is not None else None
        if isinstance(node, cst.Call) and any(
            arg.keyword is not None and arg.keyword.value == "training" and truth_of(arg.value) is not None
            for arg in node.args
        ):
            return True
    return False


def _trains_anyway(network: Network) -> bool:
    """Whether the `call` of the program trains unless it is told otherwise, or says so to its layers itself."""
    instance = getattr(network, "instance", None)
    method = find_member(instance.cls, "call") if instance is not None else None
    if not isinstance(method, FunctionValue):
        return False
    params = method.node.params
    for param in (*params.params, *params.kwonly_params):
        if param.name.value == "training" and param.default is not None and truth_of(param.default) is True:
            return True
    return any(
        node.keyword is not None and node.keyword.value == "training" and truth_of(node.value) is not None
        for node in own_nodes(method.site.file, method.node.body, cst.Arg)
    )
