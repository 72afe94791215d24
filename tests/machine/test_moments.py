"""Events know when they happen and in which loops; streams know the calls that led to them."""

from __future__ import annotations

from typing import Any

import libcst as cst

from kerascheck.network.program import Program
from tests.machine.helpers import build, value_of

MODEL = """
import numpy as np
from keras import Sequential, layers
x, y = np.zeros((64, 4)), np.zeros((64, 1))
def make():
    return Sequential([layers.Input((4,)), layers.Dense(3), layers.Dense(1)])
"""


def program(code: str) -> Program:
    return build(MODEL + code).paths[0]


def test_moments_are_in_the_order_of_execution() -> None:
    found = program("""
model = make()
model.compile("adam", "mse")
model.fit(x, y)
model.set_weights(model.get_weights())
model.evaluate(x, y)
""")
    moments = [found.compiles[0].moment, found.trainings[0].moment, found.given_weights[0].moment]
    moments.append(found.trainings[1].moment)
    assert moments == sorted(moments)
    assert found.networks[0].birth < moments[0]


def test_loops_from_the_outermost_inwards() -> None:
    found = program("""
model = make()
def train():
    for part in range(2):
        model.fit(x, y)
for fold in range(3):
    train()
model.predict(x)
""")
    fits = [call for call in found.trainings if call.method == "fit"]
    assert all([loop.over for loop in call.loops] == [range(3), range(2)] for call in fits)
    assert all(call.network.birth <= call.loops[0].birth for call in fits)
    assert found.trainings[-1].loops == ()


def test_comprehensions_and_while_are_loops() -> None:
    found = program("""
model = make()
scores = [model.predict(x) for _ in range(3)]
while scores:
    model.evaluate(x, y)
    break
""")
    kinds = {call.method: type(call.loops[-1].site.node) for call in found.trainings}
    assert kinds == {"predict": cst.ListComp, "evaluate": cst.While}


def test_models_made_in_the_loop_are_younger_than_it() -> None:
    found = program("""
for _ in range(3):
    model = make()
    model.compile("adam", "mse")
    model.fit(x, y)
""")
    assert all(call.network.birth > call.loops[0].birth for call in found.trainings)


def test_a_loop_that_an_error_leaves_is_over() -> None:
    found = program("""
model = make()
try:
    for _ in range(3):
        raise ValueError
except ValueError:
    pass
model.predict(x)
""")
    assert found.trainings[-1].loops == ()


def test_the_weights_that_train_as_they_stand_at_each_call() -> None:
    found = program("""
model = make()
model.compile("adam", "mse")
model.fit(x, y)
model.layers[0].trainable = False
model.fit(x, y)
model.predict(x)
""")
    before, after, predicted = found.trainings
    assert before.weights is not None and after.weights is not None
    assert [len(part) for part in before.weights] == [4, 0]
    assert [len(part) for part in after.weights] == [2, 2]
    assert after.weights[0] < before.weights[0]
    assert predicted.weights is None


def test_whose_weights_are_given() -> None:
    found = program("""
one, other = make(), make()
same = one
same.set_weights(one.get_weights())
other.set_weights(one.get_weights())
kept = one.get_weights()
one.set_weights(kept)
other.load_weights("a.weights.h5")
""")
    one, other = found.networks
    given = [(event.layer, event.owner) for event in found.given_weights]
    assert given == [(one, one), (other, one), (one, None), (other, None)]


def test_what_is_read_of_results() -> None:
    found = program("""
model = make()
model.compile("adam", "mse", metrics=["mae"])
history = model.fit(x, y).history
print(history["loss"], history["val_loss"])
loss, mae = model.evaluate(x, y)
print(model.evaluate(x, y)[0])
""")
    assert [(read.call.method, read.part, read.count) for read in found.reads] == [
        ("fit", "loss", None), ("fit", "val_loss", None), ("evaluate", None, 2), ("evaluate", 0, None),
    ]  # fmt: skip


def _steps(stream: Any) -> list[str]:
    return [step.name for step in stream.steps]


def test_streams_know_their_steps() -> None:
    code = """
import tensorflow as tf
data = tf.data.Dataset.range(10).shuffle(10).batch(2)
both = tf.data.Dataset.zip((data, data.cache()))
"""
    data = value_of(code, "data")
    assert _steps(data) == ["range", "shuffle", "batch"]
    assert [step.before is None for step in data.steps] == [True, False, False]
    both = value_of(code, "both")
    assert [_steps(part) for part in both.parts] == [
        ["range", "shuffle", "batch"],
        ["range", "shuffle", "batch", "cache"],
    ]


def test_what_is_drawn_at_random_in_a_map() -> None:
    code = """
import tensorflow as tf
from keras import Sequential, layers
change = Sequential([layers.RandomFlip()])
images = tf.data.Dataset.from_tensor_slices(tf.zeros((4, 8, 8, 3)))
drawn = images.map(lambda image: image * tf.random.uniform(()))
changed = images.map(lambda image: change(image, training=True))
tested = images.map(lambda image: change(image, training=False))
"""
    tags = {name: "random" in value_of(code, name).tags for name in ("images", "drawn", "changed", "tested")}
    assert tags == {"images": False, "drawn": True, "changed": True, "tested": False}


def test_lists_that_grow_in_loops_keep_what_they_are_made_of() -> None:
    code = """
import numpy as np
series = np.load("series.npy").reshape(-1)
windows, apart, labels = [], [], []
for i in range(len(series) - 10):
    windows.append(series[i : i + 10])
for i in range(0, len(series), 10):
    apart.append(series[i : i + 10])
for number, kind in enumerate(("oak", "elm")):
    for name in open(kind):
        labels.append(number)
windows, apart, labels = np.array(windows), np.array(apart), np.array(labels)
"""
    assert "windows" in value_of(code, "windows").content.tags
    assert "windows" not in value_of(code, "apart").content.tags
    assert value_of(code, "labels").rows.order == "sorted"
