"""The mutants that measure what is noticed: each is the program but for one place, and the plain ones are noticed."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent.parent.parent / "benchmarks"))

from bench_mutations import findings
from mutations import OPERATORS, mutants

PROGRAM = """\
import keras
import numpy as np
from keras import layers
from keras.utils import to_categorical

(x_train, y_train), (x_test, y_test) = keras.datasets.mnist.load_data()
x_train = x_train[..., None] / 255.0
x_test = x_test[..., None] / 255.0
y_train = to_categorical(y_train)
y_test = to_categorical(y_test)
model = keras.Sequential()
model.add(keras.Input(shape=(28, 28, 1)))
model.add(layers.Conv2D(16, (3, 3), activation="relu"))
model.add(layers.MaxPooling2D(2, padding="valid"))
model.add(layers.Flatten())
model.add(layers.Dropout(0.25))
model.add(layers.Dense(10, activation="softmax"))
model.compile("adam", "categorical_crossentropy", metrics=["accuracy"])
stop = keras.callbacks.EarlyStopping(monitor="val_accuracy", patience=2)
model.fit(x_train, y_train, epochs=3, validation_split=0.1, callbacks=[stop])
"""

RECURRENT = """\
import keras
from keras import layers

model = keras.Sequential()
model.add(keras.Input((20, 4)))
model.add(layers.LSTM(8, return_sequences=True))
model.add(layers.LSTM(8))
model.add(layers.Dense(10, activation="softmax"))
model.compile(keras.optimizers.Adam(learning_rate=0.001), "sparse_categorical_crossentropy")
"""

#: What is not noticed: labels in another order alone may be an experiment, as KC410 says.
MISSED = {"labels shuffled alone"}


def test_every_operator_has_a_place_in_these_programs() -> None:
    assert {operator for text in (PROGRAM, RECURRENT) for operator, _, _ in mutants(text)} == set(OPERATORS)


@pytest.mark.parametrize("text", [PROGRAM, RECURRENT], ids=["images", "series"])
def test_rows_other_than_that_of_the_place_stay(text: str) -> None:
    for _, row, mutant in mutants(text):
        before, after = text.splitlines(), mutant.splitlines()
        assert len(before) == len(after)
        assert [number for number, pair in enumerate(zip(before, after, strict=True), 1) if len(set(pair)) > 1] == [row]


def test_a_call_over_several_rows_keeps_them() -> None:
    text = "model.compile(\n    'adam',\n    'mse',\n)\nmodel.fit(x)\n"
    (mutant,) = [mutant for operator, _, mutant in mutants(text) if operator == "compile removed"]
    assert mutant == "pass\n\n\n\nmodel.fit(x)\n"


@pytest.mark.parametrize("text", [PROGRAM, RECURRENT], ids=["images", "series"])
def test_the_program_itself_is_fine(text: str) -> None:
    assert findings(text, "program.py") == ({}, False)


@pytest.mark.parametrize("operator", OPERATORS)
def test_is_noticed(operator: str) -> None:
    noticed = [
        bool(findings(mutant, "program.py")[0])
        for text in (PROGRAM, RECURRENT)
        for name, _, mutant in mutants(text)
        if name == operator
    ]
    assert all(noticed) is (operator not in MISSED)
