"""`kerascheck verify`: networks of the analysis, rebuilt in the real Keras."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from kerascheck.cli.app import app
from kerascheck.layers.registry import find
from kerascheck.network.ir import Weight
from kerascheck.verify.verify import NoKeras, import_keras

HEAD = "import keras\nfrom keras import Input, Model, Sequential, layers\nfrom keras.layers import *\n"

oracle = [
    pytest.mark.oracle,
    pytest.mark.skipif(
        not any(importlib.util.find_spec(backend) for backend in ("tensorflow", "jax", "torch")),
        reason="rebuilds models in the real Keras, on any backend",
    ),
]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(text: str, *arguments: str) -> Result:
    Path("x.py").write_text(HEAD + text)
    return CliRunner().invoke(app, ["verify", *arguments, "x.py"])


def verdicts(text: str, status: int = 0) -> list[dict[str, Any]]:
    result = run(text, "--format", "json")
    assert result.exit_code == status, result.output
    found: list[dict[str, Any]] = json.loads(result.stdout)
    return found


AGREE = {
    "a convolutional stack": (
        "m = Sequential([Input((28, 28, 1)), Conv2D(8, 3, activation='relu', kernel_initializer="
        "keras.initializers.HeNormal(), kernel_regularizer=keras.regularizers.l2(0.01)), MaxPooling2D(), Flatten(), "
        "Dropout(0.5), Dense(10, activation='softmax')])"
    ),
    "layers with names": (
        "m = Sequential([Input((29, 29, 1)), Conv2D(7, 3, name='first'), MaxPooling2D(name='smaller'), "
        "SpatialDropout2D(0.2, name='some'), GlobalAveragePooling2D(name='all'), Dense(3, name='last')])"
    ),
    "a model from inner tensors": "x = Dense(41)(Dense(37)(Input((31,))))\nm = Model(x, Dense(43)(x))",
    "shared layers and several inputs": (
        "a, b = Input((4,)), Input((4,))\nd = Dense(5, activation=lambda x: x)\n"
        "m = Model([a, b], [Dense(2)(concatenate([d(a), d(b)])), d(a) + 1.0])"
    ),
    "constants": (
        "import numpy as np\nx = Input((6,))\ne = Embedding(10, 4)(x) + Embedding(6, 4)(keras.ops.arange(6))\n"
        "m = Model(x, Dense(2)(Add()([e, np.ones((1, 6, 4))])))"
    ),
    "operations": (
        "from keras import ops\na, b, v, n = Input((6, 4)), Input((6, 4)), Input((12,)), Input((5,), dtype='int32')\n"
        "m = Model([a, b, v, n], [ops.reshape(a, (-1, 24)), ops.transpose(a, (0, 2, 1)), a @ ops.swapaxes(b, 1, 2), "
        "ops.concatenate([a, b], axis=1), ops.stack([a, b], axis=1), ops.expand_dims(a, -1), a[:, 1:5:2, None, -1], "
        "ops.squeeze(v[:, None], 1), ops.mean(a, axis=(1, 2)), ops.max(a, axis=-1, keepdims=True), ops.argmax(a, -1), "
        "ops.einsum('bij,bkj->bik', a, b), ops.matmul(a, ops.transpose(b, (0, 2, 1))), ops.tensordot(v, v, [[0], [0]]), "
        "ops.pad(a, [[0, 0], [1, 2], [0, 0]]), ops.tile(a, [1, 2, 3]), ops.repeat(a, 3, axis=1), ops.cumsum(a, axis=1), "
        "*ops.split(a, 2, axis=-1), *ops.split(a, [1, 3], axis=1), ops.cast(n, 'float32'), ops.one_hot(n, 7), "
        "ops.where(a > b, a, 0.0), ops.clip(a, 0, 1), -a ** 2 / 3, ops.norm(a, axis=1), ops.moments(a, [1])[1], "
        "ops.take(a, ops.array([0, 2]), axis=1), ops.image.resize(a[..., None], (3, 3)), *ops.unstack(a, axis=2)[:1]])"
    ),
    "functions of TensorFlow": (
        "import tensorflow as tf\nfrom keras import backend as K\na = Input((6, 4))\n"
        "x = tf.reduce_mean(a, axis=1, keepdims=True)\ny = K.concatenate([a, tf.tile(x, [1, 6, 1])])\n"
        "z = tf.split(y, [1, 3, 4], axis=-1)[1]\nw = tf.transpose(tf.pad(z, [[0, 0], [0, 1], [0, 0]]), perm=[0, 2, 1])\n"
        "m = Model(a, [tf.concat([x[:, :, :3], z], 1), w, tf.expand_dims(tf.reduce_sum(z, [1, 2]), 1), K.permute_dimensions(z, (0, 2, 1))])"
    ),
    "images that are prepared": (
        "i = Input((64, 64, 3))\nm = Model(i, keras.applications.resnet50.preprocess_input(i))"
    ),
    "wrappers": (
        "m = Sequential([Input((10, 8)), Bidirectional(LSTM(3, return_sequences=True)), TimeDistributed(Dense(4)), "
        "GRU(2)])"
    ),
    "a frozen base": (
        "base = keras.applications.MobileNetV2(include_top=False, input_shape=(64, 64, 3), weights=None)\n"
        "base.trainable = False\ni = Input((64, 64, 3))\n"
        "m = Model(i, Dense(3)(GlobalAveragePooling2D()(base(i, training=False))))"
    ),
    "attention": "q = Input((7, 16))\nm = Model(q, LayerNormalization()(MultiHeadAttention(2, 4)(q, q) + q))",
    "states": (
        "a = Input((None, 4))\ny, h, c = LSTM(3, return_state=True)(a)\nb = Input((None, 4))\n"
        "m = Model([a, b], LSTM(3)(b, initial_state=[h, c]))"
    ),
    "a subclass": (
        "class Net(Model):\n  def __init__(self):\n    super().__init__()\n    self.d = Dense(3)\n"
        "    self.n = BatchNormalization()\n  def call(self, x):\n    return self.n(self.d(x))\n"
        "m = Net()\nm(Input((4,)))"
    ),
    "nested": "inner = Sequential([Input((4,)), Dense(3), Dense(2)])\nm = Sequential([Input((4,)), inner, Dense(1)])",
    "layers of an application": (
        "m = keras.applications.ConvNeXtTiny(weights=None, input_shape=(32, 32, 3), include_top=False)"
    ),
    "numbers that are not known": (
        "import somewhere\nm = Sequential([Input((4,)), Dense(3), Dropout(somewhere.rate), GaussianNoise(somewhere.s)])"
    ),
}


@pytest.mark.parametrize("name", AGREE)
class TestAgreement:
    pytestmark = oracle

    def test_all_layers_agree(self, name: str) -> None:
        found = verdicts(AGREE[name])
        assert [(verdict["result"], verdict["assumed"]) for verdict in found] == [("agrees", [])] * len(found)
        assert found[-1]["layers"] > 0


class TestOthers:
    pytestmark = oracle

    def test_what_only_the_program_can_make_is_said(self) -> None:
        [verdict] = verdicts(
            "class Mine(Layer):\n  def build(self, s):\n    self.w = self.add_weight(shape=(s[-1], 2))\n"
            "  def call(self, x):\n    return keras.ops.matmul(x, self.w)\n"
            "i = Input((4,))\nm = Model(i, Dense(3)(Lambda(lambda t: t * 2)(Mine()(i)[:, :1])))\n"
        )
        assert verdict["result"] == "agrees in part" and verdict["layers"] == 2
        assert verdict["assumed"] == [
            "mine (Mine) is the program's own",
            "lambda (Lambda) is the program's own",
        ]

    def test_what_is_not_exact_is_said(self) -> None:
        result = run("m = Sequential([Dense(3)])\n")
        assert result.exit_code == 0
        assert result.stdout == (
            "x.py:4 m (Sequential): not exact: dense: no input shape is given, "
            "so the model is built on its first data\n"
            "1 not exact.\n"
        )

    def test_huge_networks_are_not_built(self) -> None:
        [verdict] = verdicts("m = Sequential([Input((1000000,)), Dense(1000000)])\n")
        assert verdict["result"] == "not rebuilt"

    @pytest.mark.parametrize(
        "layer",
        [
            "StringLookup(vocabulary='words.txt', output_mode='multi_hot')",
            "IntegerLookup(vocabulary='words.txt', output_mode='multi_hot')",
            "TextVectorization(vocabulary='words.txt', output_mode='multi_hot')",
        ],
    )
    def test_files_that_a_layer_would_read_are_not_opened(self, layer: str, folder: Path) -> None:
        os.mkfifo(folder / "words.txt")  # who opens it waits
        dtype = "int64" if "Integer" in layer else "string"
        for verdict in verdicts(f"i = Input((1,), dtype={dtype!r})\nm = Model(i, {layer}(i))"):
            assert verdict["result"] in ("not exact", "not rebuilt")

    def test_user_code_is_not_run(self) -> None:
        Path("keras.py").write_text("raise SystemExit('imported the file of the program')\n")
        [verdict] = verdicts("m = Sequential([Input((4,)), Dense(3)])\nraise SystemExit(3)\n")
        assert verdict["result"] == "agrees"

    # The sizes are such as no other test has: what a layer does to a shape is remembered.

    def test_a_wrong_shape_is_found(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(type(find("Dense")), "output", lambda self, c, shape: (*shape[:-1], 7))
        result = run("m = Sequential([Input((41,)), Dense(31)])\n")
        assert result.exit_code == 1
        assert result.stdout == (
            "x.py:4 m (Sequential): differs\n  layer dense: output shape\n    kerascheck: [[None, 7]]\n"
            "    keras:      [[None, 31]]\n1 differs.\n"
        )

    def test_wrong_parameters_are_found(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(type(find("Dense")), "weights", lambda self, c, shape: [Weight("kernel", (4, 3))])
        [verdict] = verdicts("m = Sequential([Input((43,)), Dense(37)])\n", 1)
        assert verdict["difference"] == {"layer": "dense", "what": "parameters", "kerascheck": 12, "keras": 1628}

    def test_a_wrong_trainable_split_is_found(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(
            type(find("BatchNormalization")), "weights", lambda self, c, shape: [Weight("gamma", (188,))]
        )
        [verdict] = verdicts("m = Sequential([Input((47,)), BatchNormalization()])\n", 1)
        assert verdict["difference"]["what"] == "trainable parameters"

    def test_a_wrong_operation_is_found(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("kerascheck.network.tensor_shapes.reduce", lambda shape, axes, keepdims: shape[:1])
        [verdict] = verdicts("i = Input((6, 4))\nm = Model(i, keras.ops.mean(i, axis=1))\n", 1)
        assert verdict["difference"] == {
            "layer": "mean", "what": "output shape", "kerascheck": [[None]], "keras": [[None, 4]]
        }  # fmt: skip

    def test_what_keras_refuses_to_build_is_a_difference(self, monkeypatch: pytest.MonkeyPatch) -> None:
        definition = find("Conv2D")
        monkeypatch.setattr(type(definition), "check_inputs", lambda self, c, shapes: None)
        monkeypatch.setattr(type(definition), "outputs_for", lambda self, c, shapes: [(None, 3)])
        monkeypatch.setattr(type(definition), "weights_for", lambda self, c, shapes: [])
        [verdict] = verdicts("m = Sequential([Input((44,)), Conv2D(3, 3)])\n", 1)
        assert verdict["difference"]["keras"].startswith("ValueError: ")


def test_without_keras(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "keras", None)
    result = run("m = Sequential([Input((4,)), Dense(3)])\n")
    assert result.exit_code == 2
    assert "pip install 'kerascheck[tensorflow]'" in result.stderr


@pytest.mark.parametrize(
    ("installed", "chosen"),
    [({"jax", "torch"}, "jax"), ({"torch"}, "torch"), ({"tensorflow", "jax"}, None), (set[str](), None)],
)
def test_the_backend_that_is_there(monkeypatch: pytest.MonkeyPatch, installed: set[str], chosen: str | None) -> None:
    monkeypatch.setenv("KERAS_BACKEND", "")  # noted, so that what is chosen is taken back
    monkeypatch.delenv("KERAS_BACKEND")
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: name if name in installed else None)
    monkeypatch.setitem(sys.modules, "keras", None)
    with pytest.raises(NoKeras):
        import_keras()
    assert os.environ.get("KERAS_BACKEND") == chosen


def test_wrong_format() -> None:
    assert run("", "--format", "xml").exit_code == 2


@pytest.mark.oracle
@pytest.mark.skipif(importlib.util.find_spec("keras") is None, reason="needs the real Keras")
def test_as_a_program() -> None:
    """Its imports come from a safe path, on which not every backend is there."""
    Path("x.py").write_text("import keras\nm = keras.Sequential([keras.Input((4,)), keras.layers.Dense(3)])\n")
    environment = {name: value for name, value in os.environ.items() if name != "KERAS_BACKEND"}
    result = subprocess.run(
        [sys.executable, "-m", "kerascheck", "verify", "x.py"],
        env=environment, capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    assert (result.returncode, result.stdout.splitlines()[-1:]) == (0, ["1 agrees."]), result.stderr
