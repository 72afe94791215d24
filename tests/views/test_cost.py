"""What models cost: the formulas of the docs, worked out by hand."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from kerascheck import analyze
from kerascheck.cli.app import app
from kerascheck.keras.optimizers import copies
from kerascheck.layers.base import LayerDef
from kerascheck.layers.registry import definitions
from kerascheck.views.cost import ModelCost, cost_of_model
from kerascheck.views.summary import summarize

HEAD = "import keras\nfrom keras import layers, ops\n"


def cost(program: str, batch: int = 32, dtype: str | None = None) -> ModelCost:
    """What the last model of a program costs."""
    found = analyze(HEAD + program)
    assert found.source is not None and found.analysis is not None
    model = summarize(found.source, found.analysis)[-1]
    return cost_of_model(model.network, found.analysis.paths, batch, dtype)


SMALL = """
m = keras.Sequential([keras.Input((28, 28, 1)), layers.Conv2D(8, 3), layers.Flatten(), layers.Dense(10)])
"""
KERNEL, DENSE = 3 * 3 * 1 * 8, 26 * 26 * 8 * 10
PARAMETERS = KERNEL + 8 + DENSE + 10


def test_multiply_adds_are_products_of_kernels_and_matrices() -> None:
    assert cost(SMALL).multiply_adds == 26 * 26 * KERNEL + DENSE


def test_memory_follows_the_formulas() -> None:
    found = cost(SMALL + "m.compile('adam', 'mse')\n", batch=16)
    assert found.weights == found.gradients == PARAMETERS * 4
    assert found.optimizer_state == PARAMETERS * 4 * 2
    # the input and the outputs of Conv2D and Dense; Flatten shares the memory of what it is given
    assert found.activations == 16 * (28 * 28 + 26 * 26 * 8 + 10) * 4
    assert found.training == PARAMETERS * 4 * 4 + found.activations
    assert not found.is_assumed and not found.missing


def test_half_precision_halves_all() -> None:
    full, half = cost(SMALL), cost(SMALL, dtype="float16")
    assert isinstance(full.training, int)
    assert half.training == full.training // 2
    assert half.multiply_adds == full.multiply_adds


def test_mixed_precision_keeps_the_weights() -> None:
    full, mixed = cost(SMALL), cost(SMALL, dtype="mixed_float16")
    assert isinstance(full.activations, int)
    assert mixed.weights == full.weights
    assert mixed.activations == full.activations // 2


def test_integers_have_their_own_size() -> None:
    text = "m = keras.Sequential([keras.Input((7,), dtype='int64'), layers.Embedding(10, 3)])"
    assert cost(text, batch=2).activations == 2 * (7 * 8 + 7 * 3 * 4)


def test_frozen_layers_have_no_gradients() -> None:
    found = cost(SMALL + "m.layers[0].trainable = False\nm.compile('sgd', 'mse')\n")
    assert found.gradients == (DENSE + 10) * 4
    assert found.optimizer_state == 0


def test_a_model_fixes_its_batch() -> None:
    found = cost("i = keras.Input(batch_shape=(4, 3))\nm = keras.Model(i, layers.Dense(5)(i))", batch=99)
    assert found.batch == 4 and found.is_fixed
    assert found.multiply_adds == 3 * 5
    assert found.activations == 4 * (3 + 5) * 4


def test_shared_layers_are_paid_for_each_call() -> None:
    found = cost(
        "a, b = keras.Input((3,)), keras.Input((3,))\nd = layers.Dense(5)\nm = keras.Model([a, b], [d(a), d(b)])"
    )
    assert found.multiply_adds == 2 * 3 * 5
    assert found.weights == (3 * 5 + 5) * 4


def test_models_in_models() -> None:
    found = cost(
        "inner = keras.Sequential([keras.Input((3,)), layers.Dense(5)])\n"
        "i = keras.Input((7, 3))\nm = keras.Model(i, layers.TimeDistributed(inner)(i))"
    )
    assert found.multiply_adds == 7 * 3 * 5
    assert not found.missing


def test_layers_of_the_program_are_followed() -> None:
    found = cost(
        "class Mine(layers.Layer):\n"
        "    def __init__(self):\n"
        "        super().__init__()\n"
        "        self.d = layers.Dense(5)\n"
        "    def build(self, shape):\n"
        "        self.w = self.add_weight(shape=(shape[-1], 4))\n"
        "    def call(self, x):\n"
        "        return self.d(ops.matmul(x, self.w))\n"
        "i = keras.Input((3,))\nm = keras.Model(i, Mine()(i))"
    )
    assert found.multiply_adds == 3 * 4 + 4 * 5
    assert found.activations == 32 * (3 + 4 + 5) * 4


def test_functions_of_the_program_are_followed() -> None:
    found = cost(
        "a, b = keras.Input((2, 3)), keras.Input((3, 4))\n"
        "x = layers.Lambda(lambda both: ops.einsum('bij,bjk->bik', both[0], both[1]))([a, b])\n"
        "m = keras.Model([a, b], x @ ops.transpose(x, (0, 2, 1)))"
    )
    assert found.multiply_adds == 2 * 3 * 4 + 2 * 4 * 2


def test_recurrent_layers_keep_their_gates() -> None:
    found = cost("m = keras.Sequential([keras.Input((10, 3)), layers.LSTM(4)])", batch=1)
    assert found.multiply_adds == 10 * (3 * 16 + 4 * 16)
    assert found.activations == (10 * 3 + 10 * 4 * 5 + 4) * 4


def test_cells_in_a_row_feed_one_another() -> None:
    found = cost(
        "cells = [layers.LSTMCell(4), layers.GRUCell(3)]\n"
        "m = keras.Sequential([keras.Input((10, 8)), layers.RNN(cells)])"
    )
    assert found.multiply_adds == 10 * ((8 + 4) * 4 * 4 + (4 + 3) * 3 * 3)


def test_what_is_not_known_makes_a_lower_bound() -> None:
    found = cost(
        "from elsewhere import mystery\n"
        "class Mine(layers.Layer):\n"
        "    def compute_output_shape(self, shape):\n        return shape\n"
        "    def call(self, x):\n        return mystery(x)\n"
        "i = keras.Input((3,))\nx = layers.Dense(5)(i)\nm = keras.Model(i, layers.Dense(2)(Mine()(x)))"
    )
    assert found.multiply_adds == 3 * 5 + 5 * 2
    assert found.missing


def test_open_sizes_make_a_lower_bound() -> None:
    found = cost("m = keras.Sequential([keras.Input((None, 3)), layers.LSTM(4), layers.Dense(2)])")
    assert found.multiply_adds == 4 * 2
    assert "lstm (LSTM): the sizes of its input (None, None, 3) are left open" in found.missing


def test_sizes_of_data_are_named() -> None:
    found = cost("def build(n):\n    return keras.Sequential([keras.Input((n,)), layers.Dense(2)])")
    assert found.multiply_adds == "2*n"


def test_an_optimizer_that_is_not_known() -> None:
    found = cost(SMALL + "from elsewhere import Mine\nm.compile(Mine(), 'mse')\n")
    assert found.optimizer_state == 0
    assert any("optimizer" in reason for reason in found.missing)


def test_a_model_that_is_compiled_nowhere_is_thought_of_with_adam() -> None:
    found = cost(SMALL)
    assert found.is_assumed and found.optimizer == "Adam"


@pytest.mark.parametrize(
    ("optimizer", "count"),
    [
        ("keras.optimizers.SGD(0.1)", 0),
        ("keras.optimizers.SGD(0.1, 0.9)", 1),
        ("keras.optimizers.RMSprop(centered=True, momentum=0.9)", 3),
        ("keras.optimizers.Adam(amsgrad=True)", 3),
        ("keras.optimizers.Adam(use_ema=True, gradient_accumulation_steps=4)", 4),
        ("'nadam'", 2),
        ("keras.optimizers.Lion", 1),
    ],
)
def test_optimizers(optimizer: str, count: int) -> None:
    found = cost(SMALL + f"m.compile({optimizer}, 'mse')\n")
    assert found.optimizer_state == PARAMETERS * 4 * count


@pytest.mark.oracle
@pytest.mark.parametrize("name", ["SGD", "RMSprop", "Adam", "AdamW", "Adamax", "Nadam", "Adagrad", "Adadelta", "Ftrl", "Lion", "Lamb"])  # fmt: skip
@pytest.mark.parametrize(
    "options", [{}, {"use_ema": True}, {"gradient_accumulation_steps": 2}, {"momentum": 0.9}, {"centered": True}, {"amsgrad": True}]
)  # fmt: skip
def test_optimizers_keep_as_much_as_those_of_keras(keras: Any, name: str, options: dict[str, Any]) -> None:
    import math

    try:
        real = getattr(keras.optimizers, name)(**options)
    except (TypeError, ValueError):
        pytest.skip("it has no such option")
    real.build([keras.Variable(keras.ops.zeros((30, 50)))])
    kept = sum(math.prod(variable.shape) for variable in real.variables)
    found = copies(name, lambda argument, place, default: options.get(argument, default))
    assert found == kept // 1500 and kept % 1500 < 10


def test_each_layer_with_a_kernel_says_what_it_costs() -> None:
    silent = []
    for definition in set(definitions().values()):
        says = type(definition).multiply_adds is not LayerDef.multiply_adds
        module = type(definition).__module__.rpartition(".")[2]
        if not says and definition.has_weights and module in ("core", "convolutional", "recurrent", "recurrent_cells", "attention", "removed"):  # fmt: skip
            silent.append(definition.name)
    assert not silent


def test_json_has_the_cost_only_where_it_is_asked_for(tmp_path: Path) -> None:
    file = tmp_path / "model.py"
    file.write_text(HEAD + SMALL)
    plain = CliRunner().invoke(app, ["summary", "--format", "json", str(file)])
    assert "cost" not in json.loads(plain.stdout)[0]
    asked = CliRunner().invoke(app, ["summary", "--format", "json", "--cost", "--batch-size", "1", str(file)])
    model = json.loads(asked.stdout)[0]
    assert model["cost"]["batch_size"] == 1
    assert model["cost"]["multiply_adds"] == sum(layer["cost"]["multiply_adds"] for layer in model["layers"])
    assert not model["cost"]["lower_bound"]


def test_the_table_says_what_is_not_counted(tmp_path: Path) -> None:
    file = tmp_path / "model.py"
    file.write_text(HEAD + "m = keras.Sequential([keras.Input((None, 3)), layers.LSTM(4)])\n")
    shown = CliRunner().invoke(app, ["summary", "--cost", str(file)]).stdout
    assert "lower bound" in shown and "at least" in shown


def test_a_dtype_that_is_none(tmp_path: Path) -> None:
    file = tmp_path / "model.py"
    file.write_text(HEAD + SMALL)
    refused = CliRunner().invoke(app, ["summary", "--cost", "--dtype", "float", str(file)])
    assert refused.exit_code == 2 and "mixed_bfloat16" in refused.stderr
    assert CliRunner().invoke(app, ["summary", "--dtype", "float16", str(file)]).exit_code == 2
