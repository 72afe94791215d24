"""How findings of several paths and uses become the findings of a file, with the real interpreter and rules."""

from __future__ import annotations

from kerascheck.config import Settings
from kerascheck.engine import check_source

TWO_USES = """\
import keras
from keras import layers

def build(activation):
    return keras.Sequential([keras.Input((8,)), layers.Dense(1, activation=activation)])

def never_called():
    model = build("softmax")
    model.compile("sgd", "binary_crossentropy")

model = build("sigmoid")
"""

BRANCH = """\
import sys
import keras
from keras import layers

model = keras.Sequential([keras.Input((8,))])
model.add(layers.Dense(1, activation="softmax" if len(sys.argv) > 2 else "sigmoid"))
model.compile("sgd", "binary_crossentropy")
"""


def codes(text: str) -> list[str]:
    return [diagnostic.code for diagnostic in check_source(text.encode(), "x.py", Settings()).diagnostics]


def test_a_fault_in_one_use_of_a_function_is_a_fault() -> None:
    assert codes(TWO_USES) == ["KC301"]


def test_what_depends_on_an_unknown_condition_is_not_reported() -> None:
    assert codes(BRANCH) == []
