"""Models that are built by their first data."""

from __future__ import annotations

import textwrap
from typing import Any

import pytest

from tests.machine.helpers import KERAS, build, marked_cases, model
from tests.machine.test_oracle import compare_with_keras

PROGRAMS = marked_cases("first_data", default="exact")


@pytest.mark.oracle
@pytest.mark.parametrize(("code", "status"), PROGRAMS.values(), ids=PROGRAMS)
def test_as_keras_builds_it(keras: Any, code: str, status: str) -> None:
    compare_with_keras(keras, KERAS + code, status)


def test_a_model_of_the_program_on_a_tuple() -> None:
    code = """
    import numpy as np
    class Two(keras.Model):
        def __init__(self):
            super().__init__()
            self.dense = Dense(2)
        def call(self, inputs):
            a, b = inputs
            return self.dense(a) + b
    model = Two()
    model.compile("adam", "mse")
    model.fit((np.zeros((32, 4)), np.zeros((32, 2))), np.zeros((32, 2)))
    """
    network = build(code).paths[0].networks[0]
    assert (network.status(), network.params()) == ("exact", 10)


def test_a_first_batch_of_unknown_size() -> None:
    code = "import numpy as np\nfrom lib import x\nmodel = Sequential([Dense(4)])\nmodel.predict(np.zeros((len(x), 3)))"
    assert model(code).status() == "unknown"


TRAINED_BY_HAND = """
import keras
import numpy as np
import tensorflow as tf

class Scale(keras.layers.Layer):
    def build(self, shape):
        self.factor = self.add_weight(shape=(shape[-1],))
    def call(self, x):
        return x * self.factor

class Block(keras.Model):
    def __init__(self, units):
        super().__init__()
        self.dense = keras.layers.Dense(units)
        self.scale = Scale()
    def call(self, x, training=False):
        return tf.nn.relu(self.scale(self.dense(x)))

class Net(keras.Model):
    def __init__(self):
        super().__init__()
        self.blocks = keras.Sequential([Block(size) for size in (4, 3)])
        self.head = keras.layers.Dense(2)
    def call(self, x, training=False):
        return self.head(self.blocks(x, training=training))

data = tf.data.Dataset.from_tensor_slices((np.zeros((70, 6), "float32"), np.zeros(70))).batch(32)
model = Net()
loss_of = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
optimizer = keras.optimizers.SGD()

@tf.function
def step(x, y):
    with tf.GradientTape() as tape:
        loss = loss_of(y, model(x, training=True))
    gradients = tape.gradient(loss, model.trainable_variables)
    optimizer.apply_gradients(zip(gradients, model.trainable_variables))
    return loss

for epoch in range(3):
    for number, (x, y) in enumerate(data):
        loss = step(x, y)
    for x, y in data:
        model(x)
    print(epoch, float(loss))
"""


def test_a_loop_of_the_program_builds_models_in_models() -> None:
    [program] = build(TRAINED_BY_HAND).paths
    assert {one.cls: (one.status(), one.count_params()) for one in program.networks if one.variable == "model"} == {
        "Net": ("exact", (58, 0))
    }
    assert {one.status() for one in program.networks} == {"exact"}


@pytest.mark.oracle
def test_keras_builds_them_alike() -> None:
    pytest.importorskip("keras", reason="compares with the real Keras")
    space: dict[str, Any] = {}
    exec(TRAINED_BY_HAND, space)
    [program] = build(TRAINED_BY_HAND).paths
    [model] = [one for one in program.networks if one.variable == "model"]
    assert model.count_params() == (space["model"].count_params(), 0)


def test_a_model_that_one_arm_of_a_loop_calls_is_not_taken_for_built() -> None:
    code = """
    import numpy as np
    from lib import batches, usable
    class Net(keras.Model):
        def __init__(self):
            super().__init__()
            self.dense = Dense(2)
        def call(self, x):
            return self.dense(x)
    model = Net()
    for batch in batches():
        if usable(batch):
            model(np.zeros((8, 4)))
        else:
            model(np.zeros((8, 5)))
    """
    found = [one for program in build(code).paths for one in program.networks]
    assert "exact" not in {one.status() for one in found} or len({str(one.params()) for one in found}) > 1


def test_models_in_models_keep_the_shapes_of_the_first_data() -> None:
    code = (
        TRAINED_BY_HAND
        + """
for round in range(10_000):
    step(np.zeros((16, 6), "float32"), np.zeros(16))
    if round % 100 == 0:
        model(np.zeros((5, 6), "float32"))
"""
    )
    assert {network.status() for program in build(code).paths for network in program.networks} == {"exact"}


LOOPS = {
    "batches whose number is known": """
    for batch in stream.batch(8):
        model(batch)
    """,
    "batches whose number is not known": """
    from lib import size
    for batch in stream.batch(size):
        model(batch)
    """,
    "loops in loops, in functions": """
    @tf.function
    def step(x):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(model(x, training=True) ** 2)
        tape.gradient(loss, model.trainable_variables)
    def train(epochs):
        for epoch in range(epochs):
            for x in stream.shuffle(10).batch(8):
                step(x)
    train(2)
    """,
}


@pytest.mark.parametrize("loop", LOOPS.values(), ids=LOOPS)
def test_a_sequential_in_a_loop_over_batches(loop: str) -> None:
    code = """
    import numpy as np, tensorflow as tf
    stream = tf.data.Dataset.from_tensor_slices(np.zeros((32, 9, 9, 1)))
    model = Sequential([Conv2D(3, 3), Flatten(), Sequential([Dense(4), Dense(3)])])
    """
    networks = build(textwrap.dedent(code) + textwrap.dedent(loop)).paths[0].networks
    (network,) = [network for network in networks if len(network.layers) == 3]
    assert (network.status(), network.params()) == ("exact", 30 + 147 * 4 + 4 + 15)
