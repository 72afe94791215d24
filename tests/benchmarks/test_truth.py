"""The comparison with real Keras models: that it agrees on our own fixtures, and that it can disagree."""

from __future__ import annotations

import copy
import importlib.util
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "benchmarks"))

import truth  # noqa: E402

from kerascheck.machine import analyze  # noqa: E402
from kerascheck.project.source import Source  # noqa: E402
from kerascheck.views.summary import summarize  # noqa: E402

CODE = """
import keras
model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(3), keras.layers.Dense(2)])
"""

REAL: dict[str, Any] = {
    "class": "Sequential",
    "layers": [
        {"name": "dense", "class": "Dense", "shapes": [[[None, 3]]], "params": 15},
        {"name": "dense_1", "class": "Dense", "shapes": [[[None, 2]]], "params": 8},
    ],
    "total": 23,
    "trainable": 23,
}


def _ours() -> Any:
    source = Source(CODE.encode(), "example.py")
    return summarize(source, analyze(source))[0]


def test_equal_models_have_no_difference() -> None:
    assert truth.difference(REAL, _ours(), complete=True) == ""


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("class",), "Functional"),
        (("total",), 24),
        (("trainable",), 0),
        (("layers", 1, "class"), "Conv2D"),
        (("layers", 1, "params"), 9),
        (("layers", 1, "shapes"), [[[None, 3]]]),
        (("layers", 1, "shapes"), [[[None, 2], [None, 2]]]),
        (("layers", 1, "shapes"), [[[None, None, 2]]]),
    ],
    ids=lambda value: str(value),
)
def test_each_difference_is_told(path: tuple[Any, ...], value: Any) -> None:
    real = copy.deepcopy(REAL)
    place: Any = real
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    assert truth.difference(real, _ours(), complete=True)


def test_an_open_batch_axis_is_no_difference() -> None:
    real = copy.deepcopy(REAL)
    real["layers"][0]["shapes"] = [[[32, 3]]]
    assert truth.difference(real, _ours(), complete=True) == ""


@pytest.mark.oracle
@pytest.mark.skipif(importlib.util.find_spec("tensorflow") is None, reason="needs TensorFlow")
def test_fixtures_are_what_keras_builds(tmp_path: Path) -> None:
    script = tmp_path / "unusual.py"
    script.write_text(
        "import missing_module\n"
        "from keras.layers import Dense\n"
        "from keras.models import Sequential\n"
        "data = missing_module.load('data.csv')\n"
        "open('/data/that/is/not/there')\n"
        "model = Sequential()\n"
        "model.add(Dense(3, input_shape=(4,)))\n"
        "model.compile('sgd', 'mse')\n"
        "loss, accuracy = model.evaluate(data, data)\n"
        "history = model.fit(data, data)\n"
        "print(history.history['loss'][-1])\n"
        "def build_other(units=5):\n"
        "    return Sequential([Dense(units, input_shape=(2,))])\n"
    )
    results = truth.compare_all([ROOT / "fixtures" / "good", script])
    models = [model for result in results for model in result.models]
    assert sum(model.verdict == "equal" for model in models) >= 5
    assert [model.verdict for model in models if model.file == str(script)] == ["equal", "symbolic"]
    assert not [model for model in models if model.verdict in ("WRONG", "missing")]
    assert not [alarm for result in results for alarm in result.false_alarms]


@pytest.mark.oracle
@pytest.mark.skipif(importlib.util.find_spec("tensorflow") is None, reason="needs TensorFlow")
def test_models_that_only_training_builds_see_two_samples(tmp_path: Path) -> None:
    script = tmp_path / "trained.py"
    script.write_text(
        "import keras\nimport numpy as np\nimport tensorflow as tf\n"
        "x, y = np.zeros((100, 7)), np.zeros((100, 1))\n"
        "class Own(keras.Model):\n"
        "    def __init__(self):\n"
        "        super().__init__()\n"
        "        self.inner = keras.layers.Dense(3)\n"
        "        self.outer = keras.layers.Dense(1)\n"
        "    def call(self, inputs):\n"
        "        return self.outer(self.inner(inputs))\n"
        "first = Own()\nfirst.compile('adam', 'mse')\nfirst.fit(x, y, epochs=3)\n"
        "second = Own()\nsecond.compile('adam', 'mse')\n"
        "second.fit(tf.data.Dataset.from_tensor_slices((x, y)).batch(10))\n"
        "third = keras.Sequential([keras.layers.Dense(2)])\nthird.predict(x)\n"
    )
    (result,) = truth.compare_all([script], seconds=60.0)
    assert [(model.kind, model.verdict) for model in result.models] == [
        ("subclassed", "equal"),
        ("subclassed", "equal"),
        ("Sequential", "equal"),
    ]
