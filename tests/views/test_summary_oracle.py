"""`kerascheck summary` against `model.summary()` of the real Keras, for programs of many kinds."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from kerascheck.cli.app import app

pytestmark = pytest.mark.oracle

HEAD = "import keras\nfrom keras import Input, Model, Sequential, ops\nfrom keras.layers import *\n"

PROGRAMS = {
    "convolutional": (
        "m = Sequential([Input((28, 28, 1)), Conv2D(32, 3, activation='relu'), MaxPooling2D(), BatchNormalization(), "
        "Flatten(), Dropout(0.5), Dense(10, activation='softmax', name='scores')], name='digits')"
    ),
    "several inputs and outputs": (
        "a, b = Input((4,), name='left'), Input((3, 2))\nx = concatenate([a, Flatten()(b)])\nx = Dense(8)(x)\n"
        "m = Model([a, b], [Dense(1, name='value')(x), Dense(5, activation='softmax')(x)])"
    ),
    "shared layers": (
        "a, b = Input((6,)), Input((6,))\nd = Dense(3)\nn = BatchNormalization()\n"
        "m = Model([a, b], Add()([n(d(a)), n(d(b))]))"
    ),
    "operations": "a = Input((6, 4))\nx = Dense(3)(a) * 2 + 1\nm = Model(a, Dense(2)(ops.mean(x, axis=1)) - 1)",
    "nested": (
        "inner = Sequential([Input((8,)), Dense(4), BatchNormalization()], name='inner')\n"
        "m = Sequential([Input((8,)), Dense(8), inner, Dense(1)])"
    ),
    "built late": "m = Sequential([Dense(4), Dropout(0.1), Dense(2)])\nm.build((None, 7))",
    "recurrent": (
        "m = Sequential([Input((10, 8)), Bidirectional(LSTM(4, return_sequences=True)), TimeDistributed(Dense(3)), "
        "GRU(2)])"
    ),
    "text": (
        "i = Input((None,), dtype='int32')\nx = Embedding(1000, 16)(i)\ny, h, c = LSTM(8, return_state=True)(x)\n"
        "m = Model(i, [y, h])"
    ),
    "frozen base": (
        "base = keras.applications.MobileNetV2(include_top=False, input_shape=(64, 64, 3), weights=None)\n"
        "base.trainable = False\ni = Input((64, 64, 3))\nx = GlobalAveragePooling2D()(base(i))\n"
        "m = Model(i, Dense(3)(x))"
    ),
    "fine tuned base": (
        "m = keras.applications.MobileNetV2(include_top=False, input_shape=(64, 64, 3), weights=None)\n"
        "for layer in m.layers[:-20]:\n  layer.trainable = False"
    ),
    "attention": (
        "q = Input((7, 16))\nx = MultiHeadAttention(2, 8)(q, q)\nx = LayerNormalization()(x + q)\n"
        "m = Model(q, GlobalAveragePooling1D()(x))"
    ),
    "subclass": (
        "class Net(Model):\n  def __init__(self):\n    super().__init__()\n    self.d = Dense(3, name='first')\n"
        "    self.n = BatchNormalization()\n  def call(self, x):\n    return self.n(self.d(x))\n"
        "m = Net()\nm(Input((4,)))"
    ),
    "half precision": "m = Sequential([Input((4,)), Dense(3, dtype='float16'), Dense(2)])",
}


def of_keras(keras: Any, program: str) -> dict[str, Any]:
    keras.backend.clear_session()
    names: dict[str, Any] = {}
    exec(HEAD + program, names)
    model = names["m"]

    def sizes(weights: list[Any]) -> int:
        return sum(math.prod(weight.shape) for weight in weights)

    def shapes(layer: Any) -> Any:
        if not layer._inbound_nodes:
            return None
        tensors = layer._inbound_nodes[-1].output_tensors
        return [list(t.shape) for t in tensors] if len(tensors) > 1 else list(tensors[0].shape)

    lines: list[str] = []
    model.summary(print_fn=lines.append, line_length=200)
    return {
        "class": type(model).__name__,
        "layers": [
            (layer.name, type(layer).__name__, shapes(layer), layer.count_params(), layer.trainable)
            for layer in model.layers
        ],
        "total_params": sizes(model.weights),
        "trainable_params": sizes(model.trainable_weights),
        "non_trainable_params": sizes(model.non_trainable_weights),
        "totals": [line for text in lines for line in text.splitlines() if "params:" in line],
    }


@pytest.mark.parametrize("name", PROGRAMS)
def test_all_numbers_are_those_of_keras(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("tensorflow")
    import keras

    monkeypatch.chdir(tmp_path)
    Path("x.py").write_text(HEAD + PROGRAMS[name])
    theirs = of_keras(keras, PROGRAMS[name])
    ours = json.loads(CliRunner().invoke(app, ["summary", "--format", "json", "x.py"]).stdout)[-1]
    assert ours["status"] == "exact"
    fields = ("name", "class", "output_shape", "params", "trainable")
    layers = [tuple(layer[field] for field in fields) for layer in ours["layers"]]
    if theirs["class"] == "Net":  # the layers of a subclass that is built have no graph of their own
        theirs["layers"] = [
            (*row[:2], ours_row[2], *row[3:]) for row, ours_row in zip(theirs["layers"], layers, strict=True)
        ]
    assert layers == theirs["layers"]
    for field in ("class", "total_params", "trainable_params", "non_trainable_params"):
        assert ours[field] == theirs[field]
    shown = CliRunner().invoke(app, ["summary", "x.py"]).stdout
    assert [line for line in shown.splitlines() if "params:" in line][-3:] == theirs["totals"][:3]
