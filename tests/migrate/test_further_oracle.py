"""Small programs, each with one old form, run under the installed Keras 3 after their migration and do what they did."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest

from kerascheck.project.target import Era
from tests.migrate.helpers import migrated

pytestmark = pytest.mark.oracle

HEAD = """\
import numpy as np
from keras import backend as K
from keras.layers import Dense, Input
from keras.models import Model, Sequential
x, y = np.ones((4, 2)), np.ones((4, 1))
"""

#: Programs that set `result`, and what it should be.
PROGRAMS: dict[str, tuple[Era, str, object]] = {
    "a loss of tensors": (
        Era.KERAS_2,
        """\
        i = Input((2,))
        o = Dense(1, kernel_initializer="ones")(i)
        m = Model(i, o)
        m.add_loss(K.mean(K.square(o)) + 1.0)
        m.compile(optimizer="sgd")
        result = [m.count_params(), round(m.fit(x, epochs=1, verbose=0).history["loss"][0], 3)]
        """,
        [3, 5.0],
    ),
    "noise while it learns": (
        Era.KERAS_2,
        """\
        from keras.layers import Layer
        class Noise(Layer):
            def call(self, x):
                return K.in_train_phase(x + 1.0, x)
        m = Sequential([Noise(input_shape=(2,))])
        result = [float(np.max(m(x, training=True))), float(m.predict(x, verbose=0).max())]
        """,
        [2.0, 1.0],
    ),
    "a metric of a layer": (
        Era.TF_KERAS,
        """\
        import tensorflow as tf
        class Watched(tf.keras.layers.Layer):
            def call(self, x):
                self.add_metric(tf.reduce_mean(x), name="level", aggregation="mean")
                return x
        m = tf.keras.Sequential([tf.keras.Input((2,)), Watched(), tf.keras.layers.Dense(1)])
        m.compile("sgd", "mse")
        result = m.fit(x, y, epochs=1, verbose=0).history["level"]
        """,
        [1.0],
    ),
    "batches of lists": (
        Era.KERAS_2,
        """\
        from keras.layers import concatenate
        a, b = Input((2,)), Input((2,))
        m = Model([a, b], Dense(1)(concatenate([a, b])))
        m.compile("sgd", "mse")
        def batches():
            while True:
                yield [x, x], y
        result = len(m.fit_generator(batches(), 5 / 2, 1, verbose=0).history["loss"])
        """,
        1,
    ),
    "what an optimizer keeps, and the names of metrics": (
        Era.KERAS_2,
        """\
        m = Sequential([Dense(1, activation="sigmoid", input_shape=(2,))])
        m.compile("adam", "binary_crossentropy", metrics=["accuracy"])
        m.fit(x, y, epochs=1, verbose=0)
        kept = m.optimizer.get_weights()
        m.optimizer.set_weights(kept)
        scores = m.evaluate(x, y, verbose=0)
        result = [len(scores), m.metrics_names.index("acc"), m.metrics_names[0]]
        """,
        [2, 1, "loss"],
    ),
    "lengths of inputs and weights": (
        Era.KERAS_1,
        """\
        from keras.layers import LSTM, Embedding
        table = np.arange(12.0).reshape(6, 2)
        m = Sequential()
        m.add(Embedding(6, 2, weights=[table], input_length=3))
        m.add(LSTM(4))
        n = Sequential([LSTM(4, input_dim=2, input_length=3)])
        result = [m.count_params(), n.count_params(), n.input_shape[1:], float(np.max(m.layers[0].get_weights()[0]))]
        """,
        [12 + 4 * 4 * 7, 4 * 4 * 7, (3, 2), 11.0],
    ),
    "variables that a layer trains": (
        Era.KERAS_1,
        """\
        from keras.engine.topology import Layer
        class Bias(Layer):
            def build(self, shape):
                self.b = K.ones((shape[1],), name="b")
                self.trainable_weights = [self.b]
            def call(self, x, mask=None):
                return x + self.b
        m = Sequential([Bias(input_shape=(2,))])
        result = [m.count_params(), len(m.trainable_weights), float(m.predict(x, verbose=0).max())]
        """,
        [2, 1, 2.0],
    ),
    "names with slashes, an initializer of its own, a convolution of Keras 1": (
        Era.KERAS_1,
        """\
        from keras.layers import AtrousConvolution2D
        def start(shape, name=None):
            return K.ones(shape)
        m = Sequential()
        m.add(AtrousConvolution2D(4, 3, 3, atrous_rate=(2, 2), name="a/b", init=start, input_shape=(9, 9, 1)))
        result = [m.output_shape, m.count_params(), float(np.mean(m.get_layer("a/b").get_weights()[0]))]
        """,
        [(None, 5, 5, 4), 40, 1.0],
    ),
    "a training step of its own": (
        Era.TF_KERAS,
        """\
        import tensorflow as tf
        class Net(tf.keras.Model):
            def __init__(self):
                super().__init__()
                self.dense = tf.keras.layers.Dense(1)
            def call(self, x):
                return self.dense(x)
            def train_step(self, data):
                x, y = data
                with tf.GradientTape() as tape:
                    loss = tf.reduce_mean(tf.square(self(x) - y))
                self.optimizer.minimize(loss, self.trainable_variables, tape=tape)
                return {"loss": loss}
        m = Net()
        m.compile("sgd")
        before = m.predict(x, verbose=0)
        m.fit(x, y, epochs=1, verbose=0)
        result = bool(np.all(before != m.predict(x, verbose=0)))
        """,
        True,
    ),
    "models that are merged are counted": (
        Era.KERAS_1,
        """\
        from keras.layers import Merge
        a, b = Sequential([Dense(4, input_dim=3)]), Sequential([Dense(4, input_dim=2)])
        m = Sequential()
        m.add(Merge([a, b], mode="concat"))
        m.add(Dense(1))
        result = [m.count_params(), m.predict([np.ones((4, 3)), x], verbose=0).shape, m.count_params()]
        """,
        [28, (4, 1), 37],
    ),
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_it_does_what_it_did(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    keras = pytest.importorskip("keras")
    pytest.importorskip("tensorflow")
    monkeypatch.chdir(tmp_path)
    era, code, expected = PROGRAMS[name]
    keras.backend.clear_session()
    values: dict[str, object] = {"__name__": "__main__"}
    exec(compile(migrated(HEAD + textwrap.dedent(code), era), "migrated.py", "exec"), values)
    assert values["result"] == expected
