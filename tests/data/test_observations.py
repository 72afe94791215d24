"""What is noted for the rules while programs run: decisions on predictions, steps that give no numbers."""

from __future__ import annotations

import pytest

from kerascheck.network.program import Preparation
from tests.machine.helpers import build

MODEL = """
import numpy as np
from sklearn.metrics import accuracy_score
model = Sequential([Input((4,)), Dense({units}, activation="softmax")])
p = model.predict(np.zeros((8, 4)))
y = np.array([0, 1, 0, 1, 0, 1, 0, 1])
"""


def steps(code: str, kind: str, units: int = 3) -> list[Preparation]:
    found = build(MODEL.format(units=units) + code).paths[0].preparations
    return [step for step in found if step.kind == kind]


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("np.argmax(p, axis=1)", "numpy.argmax"),
        ("p.argmax(axis=1)", "numpy.ndarray.argmax"),
        ("np.round(p)", "numpy.round"),
        ("p.round()", "numpy.ndarray.round"),
        ("p.astype(int)", "numpy.ndarray.astype"),
        ("p > 0.5", "GreaterThan"),
        ("0.5 > p", "GreaterThan"),
        ("p[:, 0] == y", "Equal"),
        ("p[0] > 0.5", "GreaterThan"),
        ("np.argmax(p[0])", "numpy.argmax"),
        ("accuracy_score(y, p)", "sklearn.metrics.accuracy_score"),
    ],
)
def test_decisions_on_predictions_are_noted(code: str, name: str) -> None:
    (step,) = steps(code, "decode")
    assert step.name == name
    assert any("prediction:0" in array.content.tags for array in step.arrays)


@pytest.mark.parametrize("code", ["np.argmax(y)", "np.round(p @ p.T)", "y.round()", "y > 0.5", "p.mean()", "p.shape"])
def test_other_arrays_are_not(code: str) -> None:
    assert not steps(code, "decode")


@pytest.mark.parametrize("code", ["q = np.argmax(p, axis=1)", "q = p.round()", "q = np.rint(p)", "q = p > 0.5"])
def test_what_is_decided_is_no_prediction(code: str) -> None:
    before = len(steps(code, "decode"))
    assert len(steps(f"{code}\nq == y", "decode")) == before


@pytest.mark.parametrize(
    "code",
    [
        "np.log(np.array([0.0, 1.0]))",
        "np.log10(np.array([-2, 1]))",
        "np.log1p(np.array([-1.0, 1.0]))",
        "np.sqrt(np.array([-1.0, 1.0]))",
        "y / np.array([0, 1, 1, 1, 1, 1, 1, 1])",
        "np.zeros(3) / np.zeros(3).max()",
        "y / 0",
        "np.divide(y, y)",
    ],
)
def test_steps_that_surely_give_no_numbers_are_noted(code: str) -> None:
    assert len(steps(code, "undefined")) == 1


@pytest.mark.parametrize(
    "code",
    [
        "np.log(np.array([0.5, 1.0]))",
        "np.log1p(np.array([0.0, 1.0]))",
        "np.sqrt(np.array([0.0, 1.0]))",
        "np.log(np.random.rand(4))",
        "np.log(np.array([0.0, 1.0])[1:])",
        "y / y.max()",
        "y / np.random.rand(8)",
    ],
)
def test_steps_that_may_give_numbers_are_not(code: str) -> None:
    assert not steps(code, "undefined")
