"""What only Keras 3 refuses, by what a project shows of the Keras that it is meant for."""

from __future__ import annotations

from pathlib import Path

import pytest

from kerascheck.configuration.config import Settings
from kerascheck.diagnostics import Severity
from kerascheck.engine import check_source

NOTE, WARNING, ERROR = Severity.INFO, Severity.WARNING, Severity.ERROR
OLD, NEW, NAMES = "tensorflow==2.11", "keras>=3.4", "import keras.backend as K\nK.sum(K.stack([]))\n"

GRAPH_LOSS = """
from keras.layers import Dense, Input
from keras.models import Model
inputs, weight = Input((8,)), Input((8,))
model = Model([inputs, weight], Dense(8)(inputs))
def loss(y_true, y_pred):
    return weight * (y_true - y_pred)
model.compile("adam", loss=loss)
"""
WEIGHTS_OF_OUTPUTS = """
import numpy as np
from keras import Input, Model, layers
i = Input((4,))
model = Model(i, [layers.Dense(1)(i), layers.Dense(3)(i)])
model.compile("adam", ["mse", "sparse_categorical_crossentropy"])
y = np.zeros((8, 1))
model.train_on_batch(np.zeros((8, 4)), [y, y], class_weight=[{0: 1, 1: 1}, {0: 1, 1: 2, 2: 1}])
"""
NAME_FIRST = """
import keras
class Scale(keras.layers.Layer):
    def build(self, shape):
        self.factor = self.add_weight("factor", shape=(3,))
    def call(self, x):
        return x * self.factor
outputs = Scale()(keras.Input((3,)))
"""
NUMBER_AS_SHAPE = """
from keras import Input, Sequential, layers
model = Sequential([Input(4), layers.Dense(1)])
"""
MINIMIZE = """
import keras
class Net(keras.Model):
    def train_step(self, data):
        self.optimizer.minimize(lambda: self.compute_loss(*data), self.trainable_variables)
        return {}
"""

INPUT_OF_SEQUENTIAL = """
from keras import Model, Sequential, layers
inner = Sequential([layers.Dense(4, input_shape=(3,)), layers.Dense(2)])
model = Model(inner.input, inner.layers[-1].output)
"""
CHECKPOINT = """
from keras import Sequential, layers
model = Sequential([layers.Dense(4, input_shape=(3,)), layers.Dense(2)])
model.load_weights("training/cp.ckpt")
"""
NUMPY_UNITS = """
import numpy as np
from keras import layers
layer = layers.Dense(np.array([0, 2, 1]).max() + 1)
"""
NUMPY_WINDOW = """
import numpy as np
from keras import layers
layer = layers.Conv2D(8, np.array([3, 5]).max())
"""


def graded(folder: Path, code: str, rule: str) -> Severity | None:
    """How grave the finding of the rule is in a program of the folder; None where there is none."""
    report = check_source(code.encode(), str(folder / "program.py"), Settings())
    assert not report.crashed, [one.message for one in report.diagnostics]
    found = {one.severity for one in report.diagnostics if one.code == rule}
    assert len(found) < 2
    return found.pop() if found else None


@pytest.mark.parametrize(
    ("rule", "code", "nothing", "names"),
    [
        ("KC845", GRAPH_LOSS, ERROR, None),
        ("KC426", WEIGHTS_OF_OUTPUTS, NOTE, NOTE),
        ("KC205", NAME_FIRST, NOTE, NOTE),
        ("KC205", NUMBER_AS_SHAPE, NOTE, NOTE),
        ("KC205", NUMPY_UNITS, WARNING, NOTE),
        ("KC821", MINIMIZE, NOTE, None),
        ("KC200", INPUT_OF_SEQUENTIAL, WARNING, NOTE),
        ("KC703", CHECKPOINT, NOTE, NOTE),
    ],
)
def test_what_only_keras_3_refuses(
    rule: str, code: str, nothing: Severity | None, names: Severity | None, tmp_path: Path
) -> None:
    assert graded(tmp_path, code, rule) == nothing
    assert graded(tmp_path, NAMES + code, rule) == names
    (tmp_path / "requirements.txt").write_text(NEW)
    assert graded(tmp_path, code, rule) == ERROR
    (tmp_path / "requirements.txt").write_text(OLD)
    assert graded(tmp_path, code, rule) is None


def test_older_ones_ask_for_the_size_of_a_window_as_well(tmp_path: Path) -> None:
    assert graded(tmp_path, NUMPY_WINDOW, "KC205") == ERROR
    assert graded(tmp_path, NAMES + NUMPY_WINDOW, "KC205") == ERROR


def test_a_function_as_metric_is_called_as_it_is_before_keras_3(tmp_path: Path) -> None:
    code = """
import numpy as np
from keras import Sequential, callbacks, layers
def Overlap(y_true, y_pred):
    return y_true * y_pred
model = Sequential([layers.Dense(1, input_shape=(4,))])
model.compile("adam", "mse", metrics=[Overlap])
stop = callbacks.EarlyStopping(monitor="val_Overlap", mode="max")
model.fit(np.zeros((8, 4)), np.zeros((8, 1)), validation_split=0.5, callbacks=[stop])
"""
    assert graded(tmp_path, code, "KC428") == WARNING
    (tmp_path / "requirements.txt").write_text(OLD)
    assert graded(tmp_path, code, "KC428") is None
