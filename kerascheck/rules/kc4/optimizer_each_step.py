"""KC458: A new optimizer is made for each step of training."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from kerascheck.diagnostics import Severity
from kerascheck.network.events import ObjectCall
from kerascheck.network.ir import Site
from kerascheck.network.program import KerasObject, Program
from kerascheck.rules._code import functions_of, holds
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds
from kerascheck.text.treewalk import walk


class OptimizerEachStep(Rule):
    """A new optimizer is made for each step of training.

    ## What it does

    Reports an optimizer that is made and applied in the same round of a loop, or in the same call of a function that a
    loop calls, to a model that is older than that.

    ## Why it is bad

    What an optimizer knows of the steps before (momentum, the size of the gradients, the number of steps) is lost each
    time. Adam then always takes its first step, of the full learning rate in each weight, and schedules stay at their
    beginning. Nothing raises.

    ## Example

    ```python
    import keras
    import tensorflow as tf

    model = keras.Sequential([keras.layers.Input((4,)), keras.layers.Dense(1)])
    for x, y in [(tf.ones((2, 4)), tf.ones((2, 1)))] * 9:
        optimizer = keras.optimizers.Adam()
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.square(y - model(x, training=True)))
        slopes = tape.gradient(loss, model.trainable_variables)
        optimizer.apply_gradients(zip(slopes, model.trainable_variables))
    ```

    ## Use instead

    ```python
    import keras
    import tensorflow as tf

    model = keras.Sequential([keras.layers.Input((4,)), keras.layers.Dense(1)])
    optimizer = keras.optimizers.Adam()
    for x, y in [(tf.ones((2, 4)), tf.ones((2, 1)))] * 9:
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.square(y - model(x, training=True)))
        slopes = tape.gradient(loss, model.trainable_variables)
        optimizer.apply_gradients(zip(slopes, model.trainable_variables))
    ```

    ## References

    - [Keras: writing a custom training loop](https://keras.io/guides/writing_a_custom_training_loop_in_tensorflow/)
    """

    code = "KC458"
    name = "optimizer-each-step"
    severity = Severity.WARNING

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        told: set[tuple[int, int]] = set()
        for event in program.events:
            if not isinstance(event, ObjectCall) or event.method not in ("apply_gradients", "apply"):
                continue
            made = event.subject.site if isinstance(event.subject, KerasObject) else None
            network = event.updates[0] if event.updates is not None else None
            if made is None or network is None or network.site is None or made.file is not event.site.file:
                continue
            if made.key in told or _is_plain(event.subject):
                continue
            around = _round(program, made, event.site)
            if around is None or (network.site.file is made.file and holds(around, network.site)):
                continue
            told.add(made.key)
            yield Finding(
                made,
                "a new optimizer is created for each step, so that every update is its first; create it once, before "
                "the loop",
                anchor=event.site,
            )

    VALID = [
        # once
        """
import keras
import tensorflow as tf
model = keras.Sequential([keras.layers.Input((4,)), keras.layers.Dense(1)])
optimizer = keras.optimizers.Adam()
for x, y in [(tf.ones((2, 4)), tf.ones((2, 1)))] * 9:
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(tf.square(y - model(x, training=True)))
    slopes = tape.gradient(loss, model.trainable_variables)
    optimizer.apply_gradients(zip(slopes, model.trainable_variables))
""",
        # for each training, which has its own loop
        """
import keras
import tensorflow as tf
model = keras.Sequential([keras.layers.Input((4,)), keras.layers.Dense(1)])
def train(rate, batches):
    optimizer = keras.optimizers.Adam(rate)
    for x, y in batches:
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.square(y - model(x, training=True)))
        slopes = tape.gradient(loss, model.trainable_variables)
        optimizer.apply_gradients(zip(slopes, model.trainable_variables))
for rate in (0.01, 0.001):
    train(rate, [(tf.ones((2, 4)), tf.ones((2, 1)))] * 9)
""",
        # with a new model
        """
import keras
import tensorflow as tf
for units in (4, 8):
    model = keras.Sequential([keras.layers.Input((4,)), keras.layers.Dense(units)])
    optimizer = keras.optimizers.Adam()
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(model(tf.ones((2, 4))))
    slopes = tape.gradient(loss, model.trainable_variables)
    optimizer.apply_gradients(zip(slopes, model.trainable_variables))
""",
        # it remembers nothing
        """
import keras
import tensorflow as tf
model = keras.Sequential([keras.layers.Input((4,)), keras.layers.Dense(1)])
for step in range(9):
    optimizer = keras.optimizers.SGD(0.1 / (step + 1))
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(tf.square(model(tf.ones((2, 4)))))
    slopes = tape.gradient(loss, model.trainable_variables)
    optimizer.apply_gradients(zip(slopes, model.trainable_variables))
""",
        # one step
        """
import keras
import tensorflow as tf
model = keras.Sequential([keras.layers.Input((4,)), keras.layers.Dense(1)])
def step(x):
    optimizer = keras.optimizers.Adam()
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(tf.square(model(x)))
    slopes = tape.gradient(loss, model.trainable_variables)
    optimizer.apply_gradients(zip(slopes, model.trainable_variables))
step(tf.ones((2, 4)))
""",
    ]
    INVALID = [
        Invalid(
            """
import tensorflow as tf
from tensorflow.keras import Sequential, layers, optimizers
model = Sequential([layers.Input((4,)), layers.Dense(1)])
def step(x):
    optimizer = optimizers.Adam()
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(tf.square(model(x)))
    slopes = tape.gradient(loss, model.trainable_variables)
    optimizer.apply_gradients(zip(slopes, model.trainable_variables))
for epoch in range(3):
    step(tf.ones((2, 4)))
""",
            [
                (
                    6,
                    "a new optimizer is created for each step, so that every update is its first; create it once, "
                    "before the loop",
                )
            ],
        ),
    ]


def _is_plain(optimizer: object) -> bool:
    """Whether it keeps nothing of the steps before but their number."""
    if not isinstance(optimizer, KerasObject) or optimizer.qualname.rpartition(".")[2] != "SGD":
        return False
    return bool(optimizer.arguments.value("momentum", 1, 0.0) == 0)


def _round(program: Program, made: Site, applied: Site) -> cst.CSTNode | None:
    """The loop, or the function that a loop calls, of which one round makes the optimizer and applies it once."""
    loops = [node for node in walk(made.file.tree) if isinstance(node, (cst.For, cst.While))]
    over_made = [loop for loop in loops if holds(loop.body, made)]
    over_applied = [loop for loop in loops if holds(loop.body, applied)]
    functions = [one for one in functions_of(program) if one.site.file is made.file]
    of_made = [one for one in functions if holds(one.node, made)]
    of_applied = [one for one in functions if holds(one.node, applied)]
    if [id(one.node) for one in of_made] != [id(one.node) for one in of_applied]:
        return None
    inner = of_made[-1].node if of_made else None
    if inner is not None:
        over_made = [loop for loop in over_made if holds(inner, Site(made.file, loop))]
        over_applied = [loop for loop in over_applied if holds(inner, Site(made.file, loop))]
    if [id(loop) for loop in over_made] != [id(loop) for loop in over_applied]:
        return None
    if over_made:
        return over_made[-1]
    if inner is None or not isinstance(inner, cst.FunctionDef):
        return None
    name = inner.name.value
    called = any(_called_in(loop.body, name) for loop in loops)
    return inner if called and len(of_made) == 1 and of_made[0].owner is None else None


def _called_in(body: cst.CSTNode, name: str) -> bool:
    return any(
        isinstance(part, cst.Call) and isinstance(part.func, cst.Name) and part.func.value == name
        for part in walk(body)
    )
