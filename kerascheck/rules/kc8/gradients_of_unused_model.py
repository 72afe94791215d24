"""KC872: the gradients of a model that takes no part in what the tape records."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import libcst as cst

from kerascheck.diagnostics import Severity
from kerascheck.network.ir import Layer
from kerascheck.network.networks import Network
from kerascheck.network.program import KerasObject, Program
from kerascheck.rules._code import Code, all_code, argument, as_written, own_nodes
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds
from kerascheck.symbolic.unknown import Symbol
from kerascheck.text.treewalk import walk

_VARIABLES = frozenset({"trainable_variables", "trainable_weights", "variables", "weights"})


class GradientsOfUnusedModel(Rule):
    """The tape records one model, and the gradients are taken of another one.

    ## What it does

    Reports `tape.gradient(loss, model.trainable_variables)` where all that runs under the tape are operations, losses
    and models that have no layer in common with this one.

    ## Why it is bad

    All gradients are None, and the optimizer raises "No gradients provided for any variable". In a GAN it is the
    generator that has to run once more under its own tape: what it gave before is a constant there.

    ## Example

    ```python
    import tensorflow as tf
    from keras import Sequential, layers

    maker = Sequential([layers.Input((2,)), layers.Dense(4)])
    critic = Sequential([layers.Input((4,)), layers.Dense(1)])

    def step(noise):
        fake = maker(noise)
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(critic(fake))
        return tape.gradient(loss, maker.trainable_variables)
    ```

    ## Use instead

    ```python
    import tensorflow as tf
    from keras import Sequential, layers

    maker = Sequential([layers.Input((2,)), layers.Dense(4)])
    critic = Sequential([layers.Input((4,)), layers.Dense(1)])

    def step(noise):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(critic(maker(noise)))
        return tape.gradient(loss, maker.trainable_variables)
    ```

    ## References

    - [TensorFlow: getting a gradient of None](https://www.tensorflow.org/guide/autodiff#getting_a_gradient_of_none)
    """

    code = "KC872"
    name = "gradients-of-unused-model"
    severity = Severity.ERROR

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        for code in all_code(program, "GradientTape"):
            for taken, source, body in _taken(code):
                if _is_unused(code, source, body):
                    yield Finding(
                        code.site(taken),
                        f"{as_written(source)!r} does not run under this tape, so all of its gradients are None; call "
                        "it inside `with`",
                    )

    VALID = [
        # it runs, by itself, in another model, or in a function
        """
import tensorflow as tf
from keras import Sequential, layers
maker = Sequential([layers.Input((2,)), layers.Dense(4)])
critic = Sequential([layers.Input((4,)), layers.Dense(1)])
both = Sequential([maker, critic])
def judged(noise):
    return critic(maker(noise))
def step(noise):
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(critic(maker(noise)))
    first = tape.gradient(loss, maker.trainable_variables)
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(both(noise))
    second = tape.gradient(loss, maker.trainable_variables)
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(judged(noise))
    return first, second, tape.gradient(loss, maker.trainable_variables)
""",
        # under the outer one of two tapes
        """
import tensorflow as tf
from keras import Sequential, layers
maker = Sequential([layers.Input((2,)), layers.Dense(4)])
critic = Sequential([layers.Input((4,)), layers.Dense(1)])
def step(noise):
    with tf.GradientTape() as outer:
        fake = maker(noise)
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(critic(fake))
        slopes = tape.gradient(loss, critic.trainable_variables)
    return slopes, outer.gradient(loss, maker.trainable_variables)
""",
        # models that are not known
        """
import tensorflow as tf
from keras import Sequential, layers
def step(maker, critic, noise):
    fake = maker(noise)
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(critic(fake))
    return tape.gradient(loss, maker.trainable_variables)
""",
    ]
    INVALID = [
        Invalid(
            """
import tensorflow as tf
import keras
from keras import Sequential, layers
maker = Sequential([layers.Input((2,)), layers.Dense(4)])
critic = Sequential([layers.Input((4,)), layers.Dense(1)])
measure = keras.losses.BinaryCrossentropy(from_logits=True)
def step(noise):
    fake = maker(noise)
    with tf.GradientTape() as tape:
        judged = critic(fake)
        loss = measure(tf.ones_like(judged), judged)
    return tape.gradient(loss, maker.trainable_variables)
""",
            [
                (
                    13,
                    "'maker' does not run under this tape, so all of its gradients are None; call it inside `with`",
                )
            ],
        ),
        Invalid(
            """
import tensorflow as tf
import keras
from keras import Sequential, layers
class GAN(keras.Model):
    def __init__(self, maker, critic):
        super().__init__()
        self.maker = maker
        self.critic = critic
    def compile(self, optimizer, measure):
        super().compile()
        self.optimizer = optimizer
        self.measure = measure
    def train_step(self, real):
        fake = self.maker(tf.random.normal((8, 2)))
        with tf.GradientTape() as tape:
            loss = self.measure(tf.ones((8, 1)), self.critic(fake))
        slopes = tape.gradient(loss, self.maker.trainable_weights)
        self.optimizer.apply_gradients(zip(slopes, self.maker.trainable_weights))
        return {"loss": loss}
maker = Sequential([layers.Input((2,)), layers.Dense(4)])
critic = Sequential([layers.Input((4,)), layers.Dense(1)])
gan = GAN(maker, critic)
gan.compile(keras.optimizers.Adam(), keras.losses.BinaryCrossentropy(from_logits=True))
""",
            [
                (
                    18,
                    "'self.maker' does not run under this tape, so all of its gradients are None; call it inside "
                    "`with`",
                )
            ],
        ),
    ]


def _taken(code: Code) -> Iterator[tuple[cst.Call, cst.BaseExpression, cst.BaseSuite]]:
    """Where gradients of all variables of a model are taken: the call, the model, and what the tape records."""
    bodies: dict[str, cst.BaseSuite | None] = {}
    for node in own_nodes(code.file, code.node.body, cst.With, cst.Call):
        if isinstance(node, cst.With):
            for item in node.items:
                made, name = item.item, item.asname.name if item.asname is not None else None
                if isinstance(name, cst.Name):
                    is_tape = isinstance(made, cst.Call) and code.symbol(made.func) == "tensorflow.GradientTape"
                    bodies[name.value] = node.body if is_tape else None
            continue
        func = node.func
        if not isinstance(func, cst.Attribute) or func.attr.value != "gradient" or not isinstance(func.value, cst.Name):
            continue
        body = bodies.get(func.value.value)
        source = argument(node, "sources", 1)
        if body is not None and isinstance(source, cst.Attribute) and source.attr.value in _VARIABLES:
            yield node, source.value, body


def _is_unused(code: Code, source: cst.BaseExpression, body: cst.BaseSuite) -> bool:
    model = code.meaning(source)
    if not isinstance(model, Network) or model.open is not None or model.kind == "subclass":
        return False
    own = _parts(model)
    parts: list[Any] = list(walk(body))
    if any(isinstance(node, (cst.Name, cst.Attribute)) and node.deep_equals(source) for node in parts):
        return False
    calls = [node.func for node in parts if isinstance(node, cst.Call)]
    return bool(calls) and all(_is_apart(code.meaning(called), own, called, code) for called in calls)


def _is_apart(called: Any, own: set[int], node: cst.BaseExpression, code: Code) -> bool:
    """Whether what is called surely runs none of these layers."""
    if isinstance(called, Layer):
        is_known = not isinstance(called, Network) or (called.open is None and called.kind != "subclass")
        return is_known and getattr(called, "instance", None) is None and own.isdisjoint(_parts(called))
    if isinstance(called, Symbol):
        return called.name.startswith(("tensorflow.", "keras.ops.", "keras.losses.", "keras.random.", "builtins."))
    return isinstance(called, KerasObject) and called.qualname.startswith("keras.losses.")


def _parts(layer: Layer) -> set[int]:
    """The identities of a layer and of all layers in it."""
    found: set[int] = set()
    waiting = [layer]
    while waiting:
        one = waiting.pop()
        if id(one) not in found:
            found.add(id(one))
            waiting += one.sublayers()
    return found
