"""KC857: one `tf.function` updates variables with one optimizer after another."""

from __future__ import annotations

from collections.abc import Iterator

from kerascheck.diagnostics import Severity
from kerascheck.network.events import ObjectCall
from kerascheck.network.program import KerasObject, Program
from kerascheck.rules._code import holds, is_keras_3
from kerascheck.rules._graph_code import graph_functions
from kerascheck.rules._own_losses import may_run_eagerly
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds

_UPDATING = frozenset({"apply_gradients", "apply"})


class FunctionOfTwoOptimizers(Rule):
    """A function under `tf.function` is called with a second optimizer, which has no variables yet.

    ## What it does

    Reports `apply_gradients` in a `tf.function` where the program runs it with two optimizers and builds neither of
    them before.

    ## Why it is bad

    An optimizer makes its variables when it first gets gradients. A `tf.function` may make variables in its first call
    alone: "tf.function only supports singleton tf.Variables created on the first call".

    ## Example

    ```python
    import keras
    import tensorflow as tf

    def network():
        return keras.Sequential([keras.Input((4,)), keras.layers.Dense(1)])

    @tf.function
    def step(model, optimizer, x):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(model(x, training=True) ** 2)
        slopes = tape.gradient(loss, model.trainable_variables)
        optimizer.apply_gradients(zip(slopes, model.trainable_variables))

    for rate in (0.1, 0.01):
        step(network(), keras.optimizers.Adam(rate), tf.ones((2, 4)))
    ```

    ## Use instead

    ```python
    import keras
    import tensorflow as tf

    def network():
        return keras.Sequential([keras.Input((4,)), keras.layers.Dense(1)])

    def step(model, optimizer, x):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(model(x, training=True) ** 2)
        slopes = tape.gradient(loss, model.trainable_variables)
        optimizer.apply_gradients(zip(slopes, model.trainable_variables))

    for rate in (0.1, 0.01):
        tf.function(step)(network(), keras.optimizers.Adam(rate), tf.ones((2, 4)))
    ```

    ## References

    - [TensorFlow: creating tf.Variables in tf.function](https://www.tensorflow.org/guide/function#creating_tfvariables)
    """

    code = "KC857"
    name = "function-of-two-optimizers"
    severity = Severity.ERROR

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        events = [
            event
            for event in program.events
            if isinstance(event, ObjectCall) and event.qualname.startswith("keras.optimizers.")
        ]
        built = {id(event.subject) for event in events if event.method == "build"}
        for code in graph_functions(program) if events else ():
            decorators = getattr(code.node, "decorators", ())
            if may_run_eagerly(code.file) or not decorators:
                continue  # one that is made of a function by its name may be made anew for each optimizer
            first: dict[tuple[int, int], int] = {}
            for event in events:
                is_update = event.method in _UPDATING and isinstance(event.subject, KerasObject) and not event.guarded
                if not is_update or not holds(code.node, event.site) or not is_keras_3(event.site):
                    continue
                known = first.setdefault(event.site.key, id(event.subject))
                if known not in (id(event.subject), -1) and not built & {known, id(event.subject)}:
                    first[event.site.key] = -1
                    yield Finding(
                        event.site,
                        f"{code.function.name!r} is one tf.function for several optimizers, and the second makes "
                        "variables in a later call, which TensorFlow refuses; make a tf.function for each, or build "
                        "the optimizers before",
                    )

    VALID = [
        # one for each
        """
import keras
import tensorflow as tf
def network():
    return keras.Sequential([keras.Input((4,)), keras.layers.Dense(1)])
def make_step(model, optimizer):
    def step(x):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(model(x, training=True) ** 2)
        slopes = tape.gradient(loss, model.trainable_variables)
        optimizer.apply_gradients(zip(slopes, model.trainable_variables))
    return tf.function(step)
for rate in (0.1, 0.01):
    make_step(network(), keras.optimizers.Adam(rate))(tf.ones((2, 4)))
""",
        # two optimizers in one function, each in its place
        """
import keras
import tensorflow as tf
def network():
    return keras.Sequential([keras.Input((4,)), keras.layers.Dense(1)])
one, other = network(), network()
a, b = keras.optimizers.Adam(), keras.optimizers.Adam()
@tf.function
def step(x):
    with tf.GradientTape(persistent=True) as tape:
        loss = tf.reduce_mean((one(x, training=True) - other(x, training=True)) ** 2)
    a.apply_gradients(zip(tape.gradient(loss, one.trainable_variables), one.trainable_variables))
    b.apply_gradients(zip(tape.gradient(loss, other.trainable_variables), other.trainable_variables))
for _ in range(3):
    step(tf.ones((2, 4)))
""",
        # built before
        """
import keras
import tensorflow as tf
def network():
    return keras.Sequential([keras.Input((4,)), keras.layers.Dense(1)])
@tf.function
def step(model, optimizer, x):
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(model(x, training=True) ** 2)
    slopes = tape.gradient(loss, model.trainable_variables)
    optimizer.apply_gradients(zip(slopes, model.trainable_variables))
for rate in (0.1, 0.01):
    model, optimizer = network(), keras.optimizers.Adam(rate)
    optimizer.build(model.trainable_variables)
    step(model, optimizer, tf.ones((2, 4)))
""",
        # no graph
        """
import keras
import tensorflow as tf
def network():
    return keras.Sequential([keras.Input((4,)), keras.layers.Dense(1)])
def step(model, optimizer, x):
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(model(x, training=True) ** 2)
    slopes = tape.gradient(loss, model.trainable_variables)
    optimizer.apply_gradients(zip(slopes, model.trainable_variables))
for rate in (0.1, 0.01):
    step(network(), keras.optimizers.Adam(rate), tf.ones((2, 4)))
""",
    ]
    INVALID = [
        Invalid(
            """
import keras
import tensorflow as tf
def network():
    return keras.Sequential([keras.Input((4,)), keras.layers.Dense(1)])
@tf.function
def step(model, optimizer, x):
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(model(x, training=True) ** 2)
    slopes = tape.gradient(loss, model.trainable_variables)
    optimizer.apply_gradients(zip(slopes, model.trainable_variables))
for rate in (0.1, 0.01):
    step(network(), keras.optimizers.Adam(rate), tf.ones((2, 4)))
""",
            [
                (
                    11,
                    "'step' is one tf.function for several optimizers, and the second makes variables in a later call, "
                    "which TensorFlow refuses; make a tf.function for each, or build the optimizers before",
                )
            ],
        ),
    ]
