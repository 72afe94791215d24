"""KC831: an optimizer in a loop of the program is given variables that it was not built for."""

from __future__ import annotations

from collections.abc import Iterator

from kerascheck.diagnostics import Severity
from kerascheck.machine.static import names_used
from kerascheck.network.events import ObjectCall
from kerascheck.network.ir import Site, Weight
from kerascheck.network.networks import Network
from kerascheck.network.program import KerasObject, Program
from kerascheck.rules._code import exclude_each_other, is_keras_3
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds


class OptimizerOfOtherVariables(Rule):
    """One optimizer updates two models in a training loop, or is built before its model has variables.

    ## What it does

    Compares the variables that an optimizer is given: by `apply_gradients(zip(gradients, model.trainable_variables))`,
    by `apply`, or by `build`. It reports a call with variables that were not among those of the first one, and `build`
    with the variables of a model that has none yet.

    ## Why it is bad

    An optimizer of Keras 3 makes its own variables for those that it meets first: "Unknown variable ... This optimizer
    can only be called for the variables it was originally built with".

    ## Example

    ```python
    import keras
    import tensorflow as tf
    from keras import Sequential, layers

    maker = Sequential([layers.Input((4,)), layers.Dense(3)])
    critic = Sequential([layers.Input((3,)), layers.Dense(1)])
    optimizer = keras.optimizers.Adam()

    def step(noise):
        with tf.GradientTape(persistent=True) as tape:
            score = tf.reduce_mean(critic(maker(noise)))
        for model, sign in ((maker, -1.0), (critic, 1.0)):
            slopes = tape.gradient(sign * score, model.trainable_variables)
            optimizer.apply_gradients(zip(slopes, model.trainable_variables))
    ```

    ## Use instead

    ```python
    import keras
    import tensorflow as tf
    from keras import Sequential, layers

    maker = Sequential([layers.Input((4,)), layers.Dense(3)])
    critic = Sequential([layers.Input((3,)), layers.Dense(1)])
    optimizers = [keras.optimizers.Adam(), keras.optimizers.Adam()]

    def step(noise):
        with tf.GradientTape(persistent=True) as tape:
            score = tf.reduce_mean(critic(maker(noise)))
        for model, sign, optimizer in zip((maker, critic), (-1.0, 1.0), optimizers):
            slopes = tape.gradient(sign * score, model.trainable_variables)
            optimizer.apply_gradients(zip(slopes, model.trainable_variables))
    ```

    ## References

    - [Keras: optimizers](https://keras.io/api/optimizers/)
    - [Same optimizer for different models](https://github.com/keras-team/keras/issues/18741)
    """

    code = "KC831"
    name = "optimizer-of-other-variables"
    severity = Severity.ERROR

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        built: dict[int, tuple[Network, frozenset[Weight], Site] | None] = {}
        for event in program.events:
            if not isinstance(event, ObjectCall) or not isinstance(event.subject, KerasObject):
                continue
            if event.method not in ("apply_gradients", "apply", "build"):
                continue
            subject = event.subject
            if not subject.qualname.startswith("keras.optimizers.") or not is_keras_3(event.site):
                continue
            network, weights = event.updates or (None, None)
            if network is None or weights is None or event.guarded:
                built[id(subject)] = None  # from here on, nothing is known of it
                continue
            if program.start is not None and "build" in names_used(event.site.file, event.site.file.tree):
                continue  # what ran before the function is not among the events
            first = built.setdefault(id(subject), (network, weights, event.site))
            if first is None:
                continue
            name = subject.qualname.rpartition(".")[2]
            if event.method == "build" and first[2] is event.site and not weights:
                built[id(subject)] = None
                yield Finding(
                    event.site,
                    f"{network.name!r} has no variables yet, so {name} is built for none and knows none later; call "
                    "the model on a batch first",
                )
            elif event.method != "build" and not weights <= first[1] and not exclude_each_other(event.site, first[2]):
                built[id(subject)] = None
                whose = "its further ones" if first[0] is network else f"those of {network.name!r}"
                yield Finding(
                    event.site,
                    f"{name} was built for the variables of {first[0].name!r} and does not know {whose}: Keras raises "
                    "ValueError; use an optimizer of its own for each model",
                )

    VALID = [
        # an optimizer for each model
        """
import keras
import tensorflow as tf
from keras import Sequential, layers
one = Sequential([layers.Input((4,)), layers.Dense(3)])
two = Sequential([layers.Input((3,)), layers.Dense(1)])
first, second = keras.optimizers.Adam(), keras.optimizers.Adam()
def step(x):
    with tf.GradientTape(persistent=True) as tape:
        loss = tf.reduce_mean(two(one(x)))
    first.apply_gradients(zip(tape.gradient(loss, one.trainable_variables), one.trainable_variables))
    second.apply_gradients(zip(tape.gradient(loss, two.trainable_variables), two.trainable_variables))
""",
        # it was built for all of them
        """
import keras
import tensorflow as tf
from keras import Sequential, layers
one = Sequential([layers.Input((4,)), layers.Dense(3)])
two = Sequential([layers.Input((3,)), layers.Dense(1)])
optimizer = keras.optimizers.Adam()
optimizer.build(one.trainable_variables + two.trainable_variables)
def step(x):
    with tf.GradientTape(persistent=True) as tape:
        loss = tf.reduce_mean(two(one(x)))
    optimizer.apply_gradients(zip(tape.gradient(loss, one.trainable_variables), one.trainable_variables))
    optimizer.apply_gradients(zip(tape.gradient(loss, two.trainable_variables), two.trainable_variables))
""",
        # a part of the variables of the first call
        """
import keras
import tensorflow as tf
from keras import Sequential, layers
body = Sequential([layers.Input((4,)), layers.Dense(3)])
model = Sequential([body, layers.Dense(1)])
optimizer = keras.optimizers.Adam()
optimizer.build(model.trainable_variables)
def step(x):
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(model(x))
    optimizer.apply_gradients(zip(tape.gradient(loss, body.trainable_variables), body.trainable_variables))
""",
        # one model or the other
        """
import sys
import keras
import tensorflow as tf
from keras import Sequential, layers
one = Sequential([layers.Input((4,)), layers.Dense(1)])
two = Sequential([layers.Input((4,)), layers.Dense(1)])
optimizer = keras.optimizers.Adam()
def step(x):
    with tf.GradientTape(persistent=True) as tape:
        loss = tf.reduce_mean(one(x) + two(x))
    if sys.argv[1] == "one":
        optimizer.apply_gradients(zip(tape.gradient(loss, one.trainable_variables), one.trainable_variables))
    else:
        optimizer.apply_gradients(zip(tape.gradient(loss, two.trainable_variables), two.trainable_variables))
""",
        # called before
        """
import keras
import numpy as np
class Net(keras.Model):
    def __init__(self):
        super().__init__()
        self.head = keras.layers.Dense(1)
    def call(self, x):
        return self.head(x)
net = Net()
net(np.zeros((1, 4)))
optimizer = keras.optimizers.Adam()
optimizer.build(net.trainable_variables)
""",
        # a new one for each model
        """
import keras
import tensorflow as tf
from keras import Sequential, layers
for size in (3, 4):
    model = Sequential([layers.Input((4,)), layers.Dense(size)])
    optimizer = keras.optimizers.Adam()
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(model(tf.ones((2, 4))))
    slopes = tape.gradient(loss, model.trainable_variables)
    optimizer.apply_gradients(zip(slopes, model.trainable_variables))
""",
    ]
    INVALID = [
        Invalid(
            """
import keras
import tensorflow as tf
from keras import Sequential, layers
one = Sequential([layers.Input((4,)), layers.Dense(3)], name="maker")
two = Sequential([layers.Input((3,)), layers.Dense(1)], name="critic")
optimizer = keras.optimizers.Adam()
def step(x):
    with tf.GradientTape(persistent=True) as tape:
        loss = tf.reduce_mean(two(one(x)))
    first = tape.gradient(loss, one.trainable_variables)
    second = tape.gradient(loss, two.trainable_variables)
    optimizer.apply_gradients(zip(first, one.trainable_variables))
    optimizer.apply_gradients(zip(second, two.trainable_variables))
""",
            [
                (
                    14,
                    "Adam was built for the variables of 'maker' and does not know those of 'critic': Keras raises "
                    "ValueError; use an optimizer of its own for each model",
                )
            ],
        ),
        Invalid(
            """
import keras
class Net(keras.Model):
    def __init__(self):
        super().__init__()
        self.head = keras.layers.Dense(1)
    def call(self, x):
        return self.head(x)
net = Net()
optimizer = keras.optimizers.SGD()
optimizer.build(net.trainable_variables)
""",
            [
                (
                    11,
                    "'net' has no variables yet, so SGD is built for none and knows none later; call the model on a "
                    "batch first",
                )
            ],
        ),
    ]
