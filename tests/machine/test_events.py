"""What is noted of the calls of models, losses, metrics, optimizers and tapes, and of files."""

from __future__ import annotations

from typing import Any, TypeVar

from kerascheck.engine import analyze
from kerascheck.machine.keras.saving import WeightsFile
from kerascheck.network.events import FileCall, GradientCall, ModelCall, ObjectCall, Pairing, ShapeClaim, WeightsCall

_Event = TypeVar("_Event")

_HEAD = """
import numpy as np
import tensorflow as tf
import keras
from keras import layers, losses, metrics
model = keras.Sequential([layers.Input((4,)), layers.Dense(1)])
x, y = np.ones((8, 4)), np.ones(8)
"""


def events(code: str, kind: type[_Event]) -> list[_Event]:
    analysis: Any = analyze((_HEAD + code).encode(), "example.py", 5.0).analysis
    return [event for program in analysis.paths for event in program.events if isinstance(event, kind)]


def test_a_call_of_a_model_knows_the_tapes_that_are_open() -> None:
    first, second = events(
        """
with tf.GradientTape() as tape:
    inside = model(x)
outside = model(x)
""",
        ModelCall,
    )
    assert len(first.tapes) == 1 and second.tapes == ()


def test_the_gradient_of_the_variables_of_a_model() -> None:
    (found,) = events(
        """
with tf.GradientTape() as tape:
    loss = tf.reduce_mean(model(x))
slopes = tape.gradient(loss, model.trainable_variables)
""",
        GradientCall,
    )
    assert found.of is not None and found.of.name == "sequential"


def test_the_gradient_of_something_else() -> None:
    (found,) = events(
        """
with tf.GradientTape() as tape:
    tape.watch(x)
    loss = tf.reduce_mean(model(x))
slopes = tape.gradient(loss, x)
""",
        GradientCall,
    )
    assert found.of is None


def test_a_loss_knows_which_of_its_arguments_a_model_gave() -> None:
    (found,) = events("losses.MeanSquaredError()(y, model(x))", ObjectCall)
    assert list(found.origins) == [1] and found.qualname == "keras.losses.MeanSquaredError"


def test_what_is_computed_of_an_output_is_no_output() -> None:
    (found,) = events("losses.MeanSquaredError()(y, 2 * model(x))", ObjectCall)
    assert not found.origins


def test_a_loop_is_noted_a_few_times() -> None:
    found = events("for _ in range(100):\n    metrics.Mean().result()\nmean = metrics.Mean()", ObjectCall)
    assert 0 < len(found) <= 100
    once = events("mean = metrics.Mean()\nfor _ in range(100):\n    mean.update_state(1.0)", ObjectCall)
    assert len(once) == 3


def test_what_the_program_catches() -> None:
    (found,) = events("try:\n    model.load_weights('w.weights.h5')\nexcept ValueError:\n    pass", FileCall)
    assert found.guarded


def test_weights_in_a_file_of_the_program() -> None:
    saved, loaded = events("model.save_weights('w.weights.h5')\nmodel.load_weights('w.weights.h5')", FileCall)
    assert saved.path == "w.weights.h5" and saved.shapes == [(4, 1), (1,)] and not saved.unbuilt
    assert isinstance(loaded.held, WeightsFile) and loaded.held.shapes == [(4, 1), (1,)]


def test_a_model_that_has_no_weights_yet() -> None:
    (found,) = events("keras.Sequential([layers.Dense(3)]).load_weights('w.weights.h5')", FileCall)
    assert found.unbuilt


def test_arrays_for_weights() -> None:
    (found,) = events("model.set_weights([np.ones((4, 1)), np.ones(1)])", WeightsCall)
    assert found.shapes == [(4, 1), (1,)]


def test_an_output_that_meets_an_array_of_one_axis() -> None:
    assert len(events("error = y - model(x)", Pairing)) == 1
    assert events("error = y[:, None] - model(x)", Pairing) == []
    assert events("error = np.ones(5) * model(x)", Pairing) == []


def test_a_declared_shape_beside_that_of_the_call() -> None:
    (found,) = events(
        """
class Twice(layers.Layer):
    def call(self, t):
        return keras.ops.concatenate([t, t], axis=-1)
    def compute_output_shape(self, shape):
        return shape
double = keras.Sequential([layers.Input((4,)), Twice()])
""",
        ShapeClaim,
    )
    assert (found.declared, found.computed) == ((None, 4), (None, 8))


def test_an_optimizer_knows_whose_variables_it_gets() -> None:
    pairs, plain, hidden = events(
        """
optimizer = keras.optimizers.Adam()
slopes = [0.0, 0.0]
optimizer.apply_gradients(zip(slopes, model.trainable_variables))
optimizer.apply(slopes, model.trainable_variables)
optimizer.apply_gradients([(a, b) for a, b in zip(slopes, model.trainable_variables)])
""",
        ObjectCall,
    )
    for event in (pairs, plain):
        assert event.updates is not None
        network, weights = event.updates
        assert network.cls == "Sequential" and len(weights) == 2
    assert hidden.updates is None


def test_an_optimizer_that_is_built_before_the_model() -> None:
    (built,) = events(
        """
late = keras.Sequential([layers.Dense(1)])
optimizer = keras.optimizers.Adam()
optimizer.build(late.trainable_variables)
""",
        ObjectCall,
    )
    assert built.updates is not None and built.updates[1] == frozenset()


def test_a_model_from_a_file_has_an_optimizer_of_its_own() -> None:
    analysis: Any = analyze(
        (
            _HEAD
            + """
model.compile(keras.optimizers.Adam(), "mse")
model.fit(x, y)
model.save("model.keras")
loaded = keras.models.load_model("model.keras")
loaded.fit(x, y)
"""
        ).encode(),
        "example.py",
        5.0,
    ).analysis
    first, second = analysis.paths[0].trainings
    one, other = (call.compiled.arguments.value("optimizer", 0) for call in (first, second))
    assert one is not other and one.qualname == other.qualname
