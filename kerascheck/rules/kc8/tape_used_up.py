"""KC827: a gradient tape that keeps nothing is asked twice."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import libcst as cst

from kerascheck.diagnostics import Severity
from kerascheck.machine.static import names_used
from kerascheck.network.program import Program
from kerascheck.rules._code import Code, all_code, argument, own_nodes, truth_of
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds

_ASKING = ("gradient", "jacobian", "batch_jacobian")


class TapeUsedUp(Rule):
    """Two gradients are taken of a `GradientTape` that is not persistent.

    ## What it does

    Reports the second `tape.gradient(...)` on one way through the code behind a `with tf.GradientTape() as tape`
    without `persistent=True`.

    ## Why it is bad

    A tape gives its notes away with the first gradient: "A non-persistent GradientTape can only be used to compute one
    set of gradients".

    ## Example

    ```python
    import tensorflow as tf
    from keras import Sequential, layers

    body = Sequential([layers.Input((4,)), layers.Dense(3)])
    head = Sequential([layers.Input((3,)), layers.Dense(1)])

    def gradients(x, y):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean((head(body(x)) - y) ** 2)
        return tape.gradient(loss, body.trainable_variables), tape.gradient(loss, head.trainable_variables)
    ```

    ## Use instead

    ```python
    import tensorflow as tf
    from keras import Sequential, layers

    body = Sequential([layers.Input((4,)), layers.Dense(3)])
    head = Sequential([layers.Input((3,)), layers.Dense(1)])

    def gradients(x, y):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean((head(body(x)) - y) ** 2)
        return tape.gradient(loss, [body.trainable_variables, head.trainable_variables])
    ```

    ## References

    - [TensorFlow: GradientTape](https://www.tensorflow.org/api_docs/python/tf/GradientTape)
    """

    code = "KC827"
    name = "tape-used-up"
    severity = Severity.ERROR

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        for code in all_code(program, "GradientTape"):
            yield from _second(code)

    VALID = [
        # one gradient of a tape
        """
import tensorflow as tf
from keras import Sequential, layers
model = Sequential([layers.Input((4,)), layers.Dense(1)])
def gradients(x, y):
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean((model(x) - y) ** 2)
    return tape.gradient(loss, model.trainable_variables)
""",
        # it keeps its notes
        """
import tensorflow as tf
from keras import Sequential, layers
model = Sequential([layers.Input((4,)), layers.Dense(1)])
with tf.GradientTape(persistent=True) as tape:
    loss = tf.reduce_mean(model(tf.ones((2, 4))) ** 2)
first = tape.gradient(loss, model.layers[0].kernel)
second = tape.gradient(loss, model.layers[0].bias)
""",
        # a tape for each
        """
import tensorflow as tf
from keras import Sequential, layers
model = Sequential([layers.Input((4,)), layers.Dense(1)])
def gradients(x, y):
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean((model(x) - y) ** 2)
    first = tape.gradient(loss, model.trainable_variables)
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(model(x) ** 2)
    return first, tape.gradient(loss, model.trainable_variables)
""",
        # one or the other
        """
import tensorflow as tf
from keras import Sequential, layers
model = Sequential([layers.Input((4,)), layers.Dense(1)])
def gradients(x, y, clipped):
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean((model(x) - y) ** 2)
    if clipped:
        return tf.clip_by_global_norm(tape.gradient(loss, model.trainable_variables), 1.0)[0]
    return tape.gradient(loss, model.trainable_variables)
""",
        # the way it is made is not written there
        """
import tensorflow as tf
from keras import Sequential, layers
model = Sequential([layers.Input((4,)), layers.Dense(1)])
def gradients(x, y, options):
    with tf.GradientTape(**options) as tape:
        loss = tf.reduce_mean((model(x) - y) ** 2)
    return tape.gradient(loss, model.trainable_variables), tape.gradient(loss, x)
""",
        # two tapes beside each other
        """
import tensorflow as tf
from keras import Sequential, layers
one = Sequential([layers.Input((4,)), layers.Dense(1)])
two = Sequential([layers.Input((4,)), layers.Dense(1)])
def gradients(x):
    with tf.GradientTape() as a, tf.GradientTape() as b:
        loss = tf.reduce_mean(one(x) - two(x))
    return a.gradient(loss, one.trainable_variables), b.gradient(loss, two.trainable_variables)
""",
    ]
    INVALID = [
        Invalid(
            """
import tensorflow as tf
from keras import Sequential, layers
body = Sequential([layers.Input((4,)), layers.Dense(3)])
head = Sequential([layers.Input((3,)), layers.Dense(1)])
def gradients(x, y):
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean((head(body(x)) - y) ** 2)
    first = tape.gradient(loss, body.trainable_variables)
    second = tape.gradient(loss, head.trainable_variables)
    return first, second
""",
            [(10, "this tape has computed its gradients before and keeps nothing; create it with persistent=True")],
        ),
        Invalid(
            """
import keras
import tensorflow as tf
class Net(keras.Model):
    def train_step(self, data):
        x, y = data
        with tf.GradientTape(persistent=False) as tape:
            loss = self.compute_loss(x, y, self(x))
        for part in (self.encoder, self.decoder):
            part.optimizer.apply(tape.gradient(loss, part.trainable_variables), part.trainable_variables)
        return {"loss": loss}
""",
            [
                (
                    10,
                    "this tape is asked for gradients in each iteration of the loop and keeps nothing; create it "
                    "with persistent=True",
                )
            ],
        ),
    ]


def _second(code: Code) -> Iterator[Finding]:
    """The calls of a tape of the function that come too late."""
    yield from _Way(code).block(code.node.body.body)


class _Way:
    """The straight way through a function: what may be skipped counts as not run, and what loops as run twice."""

    def __init__(self, code: Code) -> None:
        self.code = code
        self.open: dict[str, cst.CSTNode | None] = {}  # tapes that keep nothing, and where each gave its gradients
        self.looping: set[str] = set()  # those from outside of the loop

    def block(self, body: Sequence[cst.CSTNode]) -> Iterator[Finding]:
        for statement in body:
            yield from self._statement(statement)

    def _statement(self, node: cst.CSTNode) -> Iterator[Finding]:
        if isinstance(node, cst.With):
            for item in node.items:
                self._made(item)
            yield from self.block(node.body.body)
        elif isinstance(node, cst.For):
            yield from self._calls(node.iter)
            before = set(self.looping)
            if not any(
                isinstance(part, (cst.Break, cst.Return, cst.Raise)) for part in own_nodes(self.code.file, node.body)
            ):
                self.looping |= set(self.open)
            yield from self.block(node.body.body)
            self.looping = before
        elif isinstance(node, cst.SimpleStatementLine):
            yield from self._calls(node)
        elif not isinstance(node, (cst.FunctionDef, cst.ClassDef)):
            self._forget(node)

    def _made(self, item: cst.WithItem) -> None:
        call, name = item.item, item.asname.name if item.asname is not None else None
        if not isinstance(name, cst.Name):
            return
        self.open.pop(name.value, None)
        self.looping.discard(name.value)
        if not isinstance(call, cst.Call) or self.code.symbol(call.func) != "tensorflow.GradientTape":
            return
        kept = argument(call, "persistent", 0)
        if any(arg.star for arg in call.args) or (kept is not None and truth_of(kept) is not False):
            return
        self.open[name.value] = None

    def _calls(self, node: cst.CSTNode) -> Iterator[Finding]:
        """The gradients that a statement surely asks for, in the order in which they are written."""
        for part in _run_at_once(node):
            name = _asked(part)
            if name is None or name not in self.open:
                continue
            first = self.open[name]
            site = self.code.site(part)
            if first is not None and first is not part:
                yield Finding(
                    site,
                    "this tape has computed its gradients before and keeps nothing; create it with persistent=True",
                )
                self.open.pop(name)
            elif name in self.looping:
                yield Finding(
                    site,
                    "this tape is asked for gradients in each iteration of the loop and keeps nothing; create it "
                    "with persistent=True",
                )
                self.open.pop(name)
            else:
                self.open[name] = part

    def _forget(self, node: cst.CSTNode) -> None:
        """Behind what may have been skipped, nothing is said of the tapes in it."""
        for name in names_used(self.code.file, node):
            self.open.pop(name, None)


def _asked(node: cst.CSTNode) -> str | None:
    """The name of the tape whose gradient the call asks for."""
    if not isinstance(node, cst.Call) or not isinstance(node.func, cst.Attribute):
        return None
    value = node.func.value
    return value.value if isinstance(value, cst.Name) and node.func.attr.value in _ASKING else None


def _run_at_once(node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    """The parts of a statement that run once, the inner ones first as Python does."""
    if isinstance(node, (cst.Lambda, cst.IfExp, cst.BooleanOperation, cst.BaseComp)):
        return
    for child in node.children:
        yield from _run_at_once(child)
    yield node
