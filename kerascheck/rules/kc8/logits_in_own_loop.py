"""KC823: a crossentropy in an own training step gets logits, or probabilities for logits."""

from __future__ import annotations

from collections.abc import Iterator

from kerascheck.diagnostics import Severity
from kerascheck.network.events import ObjectCall
from kerascheck.network.networks import Network
from kerascheck.network.program import KerasObject, Program
from kerascheck.rules._outputs import describe
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds
from kerascheck.symbolic.unknown import Symbol
from kerascheck.training.compiled_losses import BINARY, CATEGORICAL, Loss, read_loss

_OPERATIONS = frozenset({"binary_crossentropy", "categorical_crossentropy", "sparse_categorical_crossentropy"})


class LogitsInOwnLoop(Rule):
    """A crossentropy in a training step of the program and the last layer of the model do not go together.

    ## What it does

    Reports a crossentropy of Keras that the program calls on what a model gives, where the last layer of that model
    has no activation and `from_logits` is not set, or where it has one and `from_logits=True`.

    ## Why it is bad

    Without `from_logits` the loss takes the numbers for probabilities and clips what is below 0 and above 1, where it
    has no gradient. With it, probabilities are squeezed a second time, and the model hardly learns.

    ## Example

    ```python
    from keras import Sequential, layers, losses

    model = Sequential([layers.Input((4,)), layers.Dense(3)])
    criterion = losses.SparseCategoricalCrossentropy()

    def step(x, y):
        return criterion(y, model(x, training=True))
    ```

    ## Use instead

    ```python
    from keras import Sequential, layers, losses

    model = Sequential([layers.Input((4,)), layers.Dense(3)])
    criterion = losses.SparseCategoricalCrossentropy(from_logits=True)

    def step(x, y):
        return criterion(y, model(x, training=True))
    ```

    ## References

    - [Keras: probabilistic losses](https://keras.io/api/losses/probabilistic_losses/)
    """

    code = "KC823"
    name = "logits-in-own-loop"
    severity = Severity.ERROR

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        reported: set[tuple[int, int]] = set()
        for event in program.events:
            if not isinstance(event, ObjectCall) or event.method not in ("__call__", "call"):
                continue
            if event.qualname.startswith("tensorflow.nn."):
                yield from _into_operation(event, reported)
                continue
            network = event.origins.get(1, event.origins.get("y_pred"))
            loss = _loss(event)
            if network is None or loss is None or event.site.key in reported:
                continue
            activation = _last_activation(network)
            wanted = "sigmoid" if loss.name in BINARY else "softmax"
            if activation == "linear" and loss.from_logits is False:
                reported.add(event.site.key)
                yield Finding(
                    event.site,
                    f"{loss.name} expects probabilities, but the last layer of {network.name!r} has no activation; add "
                    f"{wanted}, or pass from_logits=True to the loss",
                )
            elif activation in ("softmax", "sigmoid") and loss.from_logits is True:
                reported.add(event.site.key)
                yield Finding(
                    event.site,
                    f"from_logits=True, but the output of {network.name!r} has gone through {activation}; remove one "
                    f"of the two",
                    severity=Severity.WARNING,
                )

    VALID = [
        # logits, and the loss knows
        """
from keras import Sequential, layers, losses
model = Sequential([layers.Input((4,)), layers.Dense(3)])
criterion = losses.SparseCategoricalCrossentropy(from_logits=True)
def step(x, y):
    return criterion(y, model(x))
""",
        # probabilities
        """
from keras import Sequential, layers, losses
model = Sequential([layers.Input((4,)), layers.Dense(3, activation="softmax")])
def step(x, y):
    return losses.sparse_categorical_crossentropy(y, model(x))
""",
        # softmax is taken in the step
        """
import tensorflow as tf
from keras import Sequential, layers, losses
model = Sequential([layers.Input((4,)), layers.Dense(3)])
criterion = losses.SparseCategoricalCrossentropy()
def step(x, y):
    probabilities = tf.nn.softmax(model(x))
    return criterion(y, probabilities)
""",
        # a regression
        """
from keras import Sequential, layers, losses
model = Sequential([layers.Input((4,)), layers.Dense(1)])
criterion = losses.MeanSquaredError()
def step(x, y):
    return criterion(y, model(x))
""",
        # which of them is used is not known
        """
import sys
from keras import Sequential, layers, losses
model = Sequential([layers.Input((4,)), layers.Dense(3)])
criterion = losses.SparseCategoricalCrossentropy(from_logits="--logits" in sys.argv)
def step(x, y):
    return criterion(y, model(x))
""",
    ]
    INVALID = [
        Invalid(
            """
import tensorflow as tf
class Net(tf.keras.Model):
    def __init__(self):
        super().__init__()
        self.flat = tf.keras.layers.Flatten()
        self.head = tf.keras.layers.Dense(10)
    def call(self, x):
        return self.head(self.flat(x))
net = Net()
criterion = tf.keras.losses.SparseCategoricalCrossentropy()
@tf.function
def step(x, y):
    with tf.GradientTape() as tape:
        loss = criterion(y, net(x, training=True))
    return tape.gradient(loss, net.trainable_variables)
step(tf.ones((8, 28, 28)), tf.zeros((8,), tf.int32))
""",
            [
                (
                    15,
                    "sparse_categorical_crossentropy expects probabilities, but the last layer of 'net' has no "
                    "activation; add softmax, or pass from_logits=True to the loss",
                )
            ],
        ),
        Invalid(
            """
import tensorflow as tf
from keras import Sequential, layers
model = Sequential([layers.Input((4,)), layers.Dense(3, activation="softmax")])
def step(x, y):
    return tf.nn.sparse_softmax_cross_entropy_with_logits(labels=y, logits=model(x))
""",
            [
                (
                    6,
                    "sparse_softmax_cross_entropy_with_logits takes logits, but the output of 'sequential' has gone "
                    "through softmax; remove one of the two",
                )
            ],
        ),
        Invalid(
            """
from keras import Sequential, layers, losses
model = Sequential([layers.Input((4,)), layers.Dense(1, activation="sigmoid")])
def step(x, y):
    return losses.binary_crossentropy(y, model(x), from_logits=True)
""",
            [
                (
                    5,
                    "from_logits=True, but the output of 'sequential' has gone through sigmoid; remove one of the two",
                )
            ],
        ),
    ]


def _loss(event: ObjectCall) -> Loss | None:
    """The crossentropy that is called, where it is known how it takes its input."""
    if isinstance(event.subject, KerasObject):
        loss = read_loss(event.subject)
    else:
        loss = read_loss(Symbol(event.subject))
        if loss is not None:
            logits = event.arguments.value("from_logits", 2, False)
            loss = Loss(loss.name, logits) if isinstance(logits, bool) else None
    return loss if loss is not None and loss.name in BINARY | CATEGORICAL and loss.name in _OPERATIONS else None


def _last_activation(network: Network) -> str | None:
    """The activation behind which the model ends, where it has one output that is known."""
    if network.open is not None or network.unknown is not None or len(network.outputs) != 1:
        return None
    activation = describe(network.outputs[0]).activation
    return activation if isinstance(activation, str) else None


def _into_operation(event: ObjectCall, reported: set[tuple[int, int]]) -> Iterator[Finding]:
    """An operation of TensorFlow that takes logits, on what has gone through an activation."""
    network = event.origins.get("logits", event.origins.get(1))
    activation = None if network is None else _last_activation(network)
    if network is not None and activation in ("softmax", "sigmoid") and event.site.key not in reported:
        reported.add(event.site.key)
        name = event.qualname.rpartition(".")[2]
        yield Finding(
            event.site,
            f"{name} takes logits, but the output of {network.name!r} has gone through {activation}; remove one of the "
            f"two",
            severity=Severity.WARNING,
        )
