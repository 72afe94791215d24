"""KC852: a training loop of the program leaves out the penalties of regularizers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import libcst as cst

from kerascheck.data.training import FITTING
from kerascheck.diagnostics import Severity
from kerascheck.machine.keras.saving import parts_of
from kerascheck.machine.mentions import mentions_in
from kerascheck.machine.mentions import parts_of as parts_of_name
from kerascheck.machine.static import once_a_file, outline_of
from kerascheck.network.arguments import Given
from kerascheck.network.events import GradientCall
from kerascheck.network.ir import BuiltinLayer, Layer
from kerascheck.network.program import Program
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds
from kerascheck.symbolic.unknown import Unknown

#: By which a program gets at the penalties, or computes its own.
_ASKING = frozenset(
    {
        "losses",
        "regularization_losses",
        "get_regularization_losses",
        "compute_loss",
        "compiled_loss",
        "l2_loss",
        "add_loss",
    }
)


class PenaltyLeftOut(Rule):
    """Layers have regularizers, and the loss of a hand-written loop does not hold their penalties.

    ## What it does

    Reports `tape.gradient` with respect to the variables of a model whose layers have a `kernel_regularizer` or another
    one, where the program never asks for `model.losses`.

    ## Why it is bad

    `fit` adds the penalties of regularizers to the loss; a loop has to do it itself. Otherwise the regularizers have no
    effect at all.

    ## Example

    ```python
    import keras
    import tensorflow as tf

    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1, kernel_regularizer="l2")])
    measure = keras.losses.MeanSquaredError()

    def gradients(x, y):
        with tf.GradientTape() as tape:
            loss = measure(y, model(x, training=True))
        return tape.gradient(loss, model.trainable_variables)
    ```

    ## Use instead

    ```python
    import keras
    import tensorflow as tf

    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1, kernel_regularizer="l2")])
    measure = keras.losses.MeanSquaredError()

    def gradients(x, y):
        with tf.GradientTape() as tape:
            loss = measure(y, model(x, training=True)) + sum(model.losses)
        return tape.gradient(loss, model.trainable_variables)
    ```

    ## References

    - [Keras: writing a training loop, low-level handling of losses](https://keras.io/guides/writing_a_custom_training_loop_in_tensorflow/)
    """

    code = "KC852"
    name = "penalty-left-out"
    severity = Severity.WARNING

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        fitted = {id(call.network) for call in program.trainings if call.method in FITTING}
        told: set[int] = set()
        gradients = [event for event in program.events if isinstance(event, GradientCall) and event.of is not None]
        files = {id(one.site.file): one.site.file for one in (*gradients, *program.functions)} if gradients else {}
        if any(map(_asks_for_losses, files.values())):
            return
        for event in gradients:
            network = event.of
            if network is None or network.unknown is not None or id(network) in told | fitted:
                continue
            layer = next(filter(_is_penalised, parts_of(network)), None)
            if layer is not None and not network.own_methods:
                told.add(id(network))
                yield Finding(
                    event.site,
                    f"the regularizer of {layer.name!r} has no effect: this loss does not hold its penalty; add "
                    f"sum({network.name}.losses) to it under the tape",
                )

    VALID = [
        # added
        """
import keras
import tensorflow as tf
model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1, kernel_regularizer="l2")])
def gradients(x, y):
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean((model(x, training=True) - y) ** 2)
        loss += tf.add_n(model.losses)
    return tape.gradient(loss, model.trainable_variables)
""",
        # a penalty of its own
        """
import keras
import tensorflow as tf
model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1, kernel_regularizer="l2")])
def gradients(x, y):
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean((model(x, training=True) - y) ** 2)
        loss += 1e-4 * sum(tf.nn.l2_loss(v) for v in model.trainable_variables)
    return tape.gradient(loss, model.trainable_variables)
""",
        # no regularizers
        """
import keras
import tensorflow as tf
model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1, kernel_regularizer=None)])
measure = tf.keras.losses.MeanSquaredError()
def gradients(x, y):
    with tf.GradientTape() as tape:
        loss = measure(y, model(x, training=True))
    return tape.gradient(loss, model.trainable_variables)
""",
        # trained by fit; gradients are only looked at
        """
import keras
import numpy as np
import tensorflow as tf
model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1, kernel_regularizer="l2")])
model.compile("adam", "mse")
model.fit(np.ones((8, 4)), np.ones((8, 1)))
with tf.GradientTape() as tape:
    loss = tf.reduce_mean(model(np.ones((8, 4))))
print(tape.gradient(loss, model.trainable_variables))
""",
    ]
    INVALID = [
        Invalid(
            """
import tensorflow as tf
from tensorflow.keras import layers, regularizers
model = tf.keras.Sequential([layers.Input((4,)), layers.Dense(1, kernel_regularizer=regularizers.l2(0.01))])
measure = tf.keras.losses.MeanSquaredError()
optimizer = tf.keras.optimizers.SGD()
def step(x, y):
    with tf.GradientTape() as tape:
        loss = measure(y, model(x, training=True))
    slopes = tape.gradient(loss, model.trainable_variables)
    optimizer.apply_gradients(zip(slopes, model.trainable_variables))
""",
            [
                (
                    10,
                    "the regularizer of 'dense' has no effect: this loss does not hold its penalty; add "
                    "sum(sequential.losses) to it under the tape",
                )
            ],
        ),
    ]


def _is_penalised(layer: Layer) -> bool:
    """Whether the layer surely has a regularizer, and trains."""
    if type(layer) is not BuiltinLayer or layer.arguments is None or layer.trainable is not True:
        return False
    return any(
        name.endswith("_regularizer") and isinstance(one, Given) and one.value not in (None, 0)
        and not isinstance(one.value, Unknown)
        for name, one in layer.arguments.keywords.items()
    )  # fmt: skip


@once_a_file
def _asks_for_losses(source: Any) -> bool:
    """Whether the file reads `losses` off something that is no module of Keras, or another thing with penalties."""
    asking = [node for node in outline_of(source).below(source.tree, cst.Attribute) if node.attr.value in _ASKING]
    if not asking:
        return False
    modules = {id(part) for mention in mentions_in(source) for part in parts_of_name(mention.node)}
    return any(node.attr.value != "losses" or id(node) not in modules for node in asking)
