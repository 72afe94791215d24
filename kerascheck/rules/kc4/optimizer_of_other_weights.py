"""KC451: an optimizer that was built for other weights is used again."""

from __future__ import annotations

from collections.abc import Iterator

from kerascheck.data.training import FITTING
from kerascheck.diagnostics import Severity
from kerascheck.network.ir import Weight
from kerascheck.network.program import KerasObject, Program, TrainCall
from kerascheck.rules._gone import severity_of_refusal
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds


class OptimizerOfOtherWeights(Rule):
    """One optimizer object trains two models, or a model before and after more of its layers are released.

    ## What it does

    Reports the training of weights by an optimizer that has trained before, without these weights: the same object in
    `compile` of two models, or in `compile` before and after `trainable = True`.

    ## Why it is bad

    An optimizer of Keras 3 makes its variables for the weights that it trains first. Keras raises ValueError ("Unknown
    variable ... This optimizer can only be called for the variables it was originally built with").

    ## Example

    ```python
    import keras
    import numpy as np
    from keras import Sequential, layers

    x, y = np.random.rand(32, 8), np.random.rand(32, 1)
    optimizer = keras.optimizers.Adam(0.001)
    model = Sequential([layers.Input((8,)), layers.Dense(16, activation="relu"), layers.Dense(1)])
    model.layers[0].trainable = False
    model.compile(optimizer, "mse")
    model.fit(x, y)
    model.layers[0].trainable = True
    model.compile(optimizer, "mse")
    model.fit(x, y)
    ```

    ## Use instead

    ```python
    import keras
    import numpy as np
    from keras import Sequential, layers

    x, y = np.random.rand(32, 8), np.random.rand(32, 1)
    model = Sequential([layers.Input((8,)), layers.Dense(16, activation="relu"), layers.Dense(1)])
    model.layers[0].trainable = False
    model.compile(keras.optimizers.Adam(0.001), "mse")
    model.fit(x, y)
    model.layers[0].trainable = True
    model.compile(keras.optimizers.Adam(0.0001), "mse")
    model.fit(x, y)
    ```

    ## References

    - [Keras: optimizers](https://keras.io/api/optimizers/)
    - [Keras 3: migrating](https://keras.io/guides/migrating_to_keras_3/)
    """

    code = "KC451"
    name = "optimizer-of-other-weights"
    severity = Severity.ERROR

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        built: dict[int, tuple[KerasObject, TrainCall, frozenset[Weight]]] = {}
        told: set[tuple[int, int]] = set()
        for call in program.trainings:
            compiled = call.compiled
            optimizer = compiled.arguments.value("optimizer", 0) if compiled is not None else None
            if call.method not in FITTING or not isinstance(optimizer, KerasObject) or call.network.own_methods:
                continue
            if call.weights is None:
                built.pop(id(optimizer), None)
                continue
            trains = call.weights[0]
            if not trains:
                continue
            _, first, known = built.setdefault(id(optimizer), (optimizer, call, trains))
            if trains <= known or compiled is first.compiled or call.guarded or call.site.key in told:
                continue  # without a new compile(), the step of the first training is used again
            told.add(call.site.key)
            severity = severity_of_refusal(call.site.file)
            if severity is None:
                continue  # an older Keras learns of them
            who = "another model" if first.network is not call.network else "this model with fewer trainable weights"
            yield Finding(
                call.site,
                f"{optimizer.qualname.rpartition('.')[2]} was built when it trained {who} and does not know these "
                "weights: Keras raises ValueError; pass each compile() a new optimizer",
                severity=severity,
            )

    VALID = [
        # a file gives an optimizer of its own
        """
import keras
import numpy as np
from keras import Sequential, layers
x, y = np.random.rand(32, 8), np.random.rand(32, 1)
model = Sequential([layers.Input((8,)), layers.Dense(1)])
model.compile(optimizer=keras.optimizers.Adam(0.001), loss="mse")
model.fit(x, y)
model.save("model.keras")
loaded = keras.models.load_model("model.keras")
loaded.fit(x, y)
""",
        # an optimizer for each
        """
import keras
import numpy as np
from keras import Sequential, layers
x, y = np.random.rand(32, 8), np.random.rand(32, 1)
def make():
    model = Sequential([layers.Input((8,)), layers.Dense(1)])
    model.compile(keras.optimizers.Adam(0.001), "mse")
    return model
for model in (make(), make()):
    model.fit(x, y)
""",
        # a name makes a new one each time
        """
import numpy as np
from keras import Sequential, layers
x, y = np.random.rand(32, 8), np.random.rand(32, 1)
for seed in range(3):
    model = Sequential([layers.Input((8,)), layers.Dense(1)])
    model.compile("adam", "mse")
    model.fit(x, y)
""",
        # the same weights again
        """
import keras
import numpy as np
from keras import Sequential, layers
x, y = np.random.rand(32, 8), np.random.rand(32, 1)
optimizer = keras.optimizers.Adam(0.001)
model = Sequential([layers.Input((8,)), layers.Dense(1)])
model.compile(optimizer, "mse")
model.fit(x, y)
model.compile(optimizer, "mae")
model.fit(x, y)
""",
        # without compile() nothing new is trained
        """
import keras
import numpy as np
from keras import Sequential, layers
x, y = np.random.rand(32, 8), np.random.rand(32, 1)
model = Sequential([layers.Input((8,)), layers.Dense(16, activation="relu"), layers.Dense(1)])
model.layers[0].trainable = False
model.compile(keras.optimizers.Adam(0.001), "mse")
model.fit(x, y)
model.layers[0].trainable = True
model.fit(x, y)
""",
        # built for both
        """
import keras
import tensorflow as tf
from keras import Sequential, layers
one, other = (Sequential([layers.Input((8,)), layers.Dense(1)]) for _ in range(2))
optimizer = keras.optimizers.Adam(0.001)
optimizer.build(one.trainable_variables + other.trainable_variables)
def step(x):
    with tf.GradientTape(persistent=True) as tape:
        loss = tf.reduce_mean(one(x) + other(x))
    optimizer.apply_gradients(zip(tape.gradient(loss, one.trainable_variables), one.trainable_variables))
    optimizer.apply_gradients(zip(tape.gradient(loss, other.trainable_variables), other.trainable_variables))
step(tf.ones((4, 8)))
""",
        # a part of the same model
        """
import keras
import tensorflow as tf
from keras import Sequential, layers
body = Sequential([layers.Input((8,)), layers.Dense(4)])
model = Sequential([body, layers.Dense(1)])
optimizer = keras.optimizers.Adam(0.001)
def step(x):
    with tf.GradientTape(persistent=True) as tape:
        loss = tf.reduce_mean(model(x))
    optimizer.apply_gradients(zip(tape.gradient(loss, model.trainable_variables), model.trainable_variables))
    optimizer.apply_gradients(zip(tape.gradient(loss, body.trainable_variables), body.trainable_variables))
step(tf.ones((4, 8)))
""",
        # the one or the other
        """
import keras
import sys
import tensorflow as tf
from keras import Sequential, layers
one, other = (Sequential([layers.Input((8,)), layers.Dense(1)]) for _ in range(2))
optimizer = keras.optimizers.Adam(0.001)
def step(x):
    with tf.GradientTape(persistent=True) as tape:
        loss = tf.reduce_mean(one(x) + other(x))
    if len(sys.argv) > 1:
        optimizer.apply_gradients(zip(tape.gradient(loss, one.trainable_variables), one.trainable_variables))
    else:
        optimizer.apply_gradients(zip(tape.gradient(loss, other.trainable_variables), other.trainable_variables))
step(tf.ones((4, 8)))
""",
        # the other model is only tested
        """
import keras
import numpy as np
from keras import Sequential, layers
x, y = np.random.rand(32, 8), np.random.rand(32, 1)
optimizer = keras.optimizers.Adam(0.001)
one, other = (Sequential([layers.Input((8,)), layers.Dense(1)]) for _ in range(2))
one.compile(optimizer, "mse")
other.compile(optimizer, "mse")
one.fit(x, y)
other.evaluate(x, y)
""",
    ]
    INVALID = [
        Invalid(
            """
import keras
import numpy as np
from keras import Sequential, layers
x, y = np.random.rand(32, 8), np.random.rand(32, 1)
optimizer = keras.optimizers.Adam(0.001)
def train(units):
    model = Sequential([layers.Input((8,)), layers.Dense(units), layers.Dense(1)])
    model.compile(optimizer, "mse")
    model.fit(x, y)
train(4)
train(8)
""",
            [
                (
                    10,
                    "Adam was built when it trained another model and does not know these weights: Keras raises "
                    "ValueError; pass each compile() a new optimizer",
                )
            ],
        ),
        Invalid(
            """
import numpy as np
from tensorflow import keras
from tensorflow.keras import layers
x, y = np.random.rand(32, 8), np.random.rand(32, 1)
base = keras.Sequential([layers.Input((8,)), layers.Dense(16, activation="relu")])
base.trainable = False
model = keras.Sequential([base, layers.Dense(1)])
optimizer = keras.optimizers.RMSprop()
model.compile(optimizer=optimizer, loss="mse")
model.fit(x, y)
base.trainable = True
model.compile(optimizer=optimizer, loss="mse")
model.fit(x, y)
""",
            [
                (
                    14,
                    "RMSprop was built when it trained this model with fewer trainable weights and does not know these "
                    "weights: Keras raises ValueError; pass each compile() a new optimizer",
                )
            ],
        ),
    ]
