"""What comments ask the analysis to tell, and what they tell it."""

from __future__ import annotations

import pytest

import kerascheck
from kerascheck.configuration.config import Settings
from kerascheck.views.summary import ModelSummary

HEAD = "import keras\nimport numpy as np\nfrom keras import layers\nfrom elsewhere import load, Mystery\n"


def told(program: str) -> list[str]:
    """The answers, in the order of the rows."""
    report = kerascheck.check(HEAD + program, settings=Settings())
    return [found.message for found in report.diagnostics if found.code == "KC007"]


def unused(program: str) -> list[tuple[int, str]]:
    report = kerascheck.check(HEAD + program, settings=Settings())
    return [(found.span.start.row - 4, found.message) for found in report.diagnostics if found.code == "KC008"]


def models(program: str) -> list[ModelSummary]:
    return list(kerascheck.summarize(HEAD + program, settings=Settings()))


class TestReveal:
    def test_tensors_and_what_made_them(self) -> None:
        assert told("x = keras.Input((4,))\nx = layers.Dense(3)(x)  # kerascheck: reveal x\n") == [
            "x: tensor (None, 3) float32, from 'dense' (Dense) in row 6"
        ]

    def test_arrays_and_their_numbers(self) -> None:
        assert told("x = np.zeros((3, 4), 'uint8')\nx = x + 1\n# kerascheck: reveal x\nprint(x)\n") == [
            "x: array (3, 4) uint8, all 1, made in row 6"
        ]

    def test_sizes_and_numbers(self) -> None:
        assert told("n = load()  # kerascheck: shape n units\nm = 3 * 4  # kerascheck: reveal n, m\n") == [
            "n: size units; m: 12"
        ]

    def test_what_is_not_known_says_why(self) -> None:
        assert told("x = load()  # kerascheck: reveal\n") == ["x: not known, the result of elsewhere.load"]

    def test_a_name_that_is_not_there(self) -> None:
        assert told("print()  # kerascheck: reveal nothing_of_that_name\n")[0].startswith(
            "nothing_of_that_name: not known"
        )

    def test_all_targets_of_a_row(self) -> None:
        assert told("a, (b, c) = 1, (2, 3)  # kerascheck: reveal\n") == ["a: 1; b: 2; c: 3"]

    def test_before_the_statement_below(self) -> None:
        assert told("x = 1\n# kerascheck: reveal x\nx = 2\n") == ["x: 1"]

    def test_at_the_end_of_a_block(self) -> None:
        assert told("def f():\n    x = 1\n    # kerascheck: reveal x\nf()\n") == ["x: 1"]

    def test_what_a_function_returns(self) -> None:
        assert told("def f(x):\n    return x  # kerascheck: reveal\nf(3)\n") == ["x: 3"]

    def test_all_that_it_may_be(self) -> None:
        program = "def f(x):\n    y = x + 1  # kerascheck: reveal y\n    return y\nf(1)\nf(5)\n"
        assert told(program) == ["y: 2, or 6"]

    def test_functions_that_nobody_calls(self) -> None:
        program = "def build(n):\n    x = layers.Dense(3)(keras.Input((n,)))  # kerascheck: reveal\n    return x\n"
        assert told(program)[0].startswith("x: tensor (None, 3)")

    def test_layers_and_models(self) -> None:
        program = "d = layers.Dense(3)\ni = keras.Input((4,))\nm = keras.Model(i, d(i))  # kerascheck: reveal d, m\n"
        assert told(program) == [
            "d: layer 'dense' (Dense) giving (None, 3); m: model 'functional' (Functional, exact) (None, 4) -> (None, 3)"
        ]


class TestShape:
    def test_an_array(self) -> None:
        (model,) = models(
            "x = load()  # kerascheck: shape x (None, 784) float32\n"
            "m = keras.Sequential([keras.Input((x.shape[1],)), layers.Dense(10)])\n"
        )
        assert model.status == "exact" and model.total_params == 7850

    def test_an_array_against_a_model(self) -> None:
        report = kerascheck.check(
            HEAD + "x = load()  # kerascheck: shape x (100, 7) float32\ny = np.zeros((100, 1))\n"
            "m = keras.Sequential([keras.Input((8,)), layers.Dense(1)])\nm.compile('adam', 'mse')\nm.fit(x, y)\n",
            settings=Settings(),
        )
        assert "KC204" in {found.code for found in report.diagnostics} or report.diagnostics

    def test_a_size(self) -> None:
        (model,) = models(
            "n = load()  # kerascheck: shape n 784\nm = keras.Sequential([keras.Input((n,)), layers.Dense(10)])\n"
        )
        assert model.total_params == 7850

    def test_a_parameter(self) -> None:
        (model,) = models(
            "def build(n):  # kerascheck: shape n 784\n    return keras.Sequential([keras.Input((n,)), layers.Dense(10)])\n"
        )
        assert model.total_params == 7850

    def test_the_output_of_a_layer_that_is_not_known(self) -> None:
        (model,) = models(
            "i = keras.Input((28, 28, 1))\nx = Mystery()(i)  # kerascheck: shape x (None, 7, 7, 512)\n"
            "m = keras.Model(i, layers.Dense(10)(layers.Flatten()(x)))\n"
        )
        assert [layer.cls for layer in model.layers] == ["InputLayer", "Mystery", "Flatten", "Dense"]
        assert model.layers[-1].params == 7 * 7 * 512 * 10 + 10
        assert model.status == "unknown"  # nobody knows what Mystery holds

    def test_in_the_row_below_what_makes_it(self) -> None:
        (model,) = models(
            "i = keras.Input((28, 28, 1))\nx = load(i)\n# kerascheck: shape x (None, 100)\n"
            "m = keras.Model(i, layers.Dense(10)(x))\n"
        )
        assert [layer.cls for layer in model.layers] == ["InputLayer", "load", "Dense"]
        assert model.output_shape == [None, 10]

    def test_a_tensor_keeps_its_place_in_the_graph(self) -> None:
        (model,) = models(
            "i = keras.Input((8,))\nx = layers.Lambda(lambda t: load(t))(i)\n# kerascheck: shape x (None, 5)\n"
            "m = keras.Model(i, layers.Dense(2)(x))\n"
        )
        assert model.layers[-1].params == 12

    def test_names_are_equal_to_themselves(self) -> None:
        assert told(
            "a = load()  # kerascheck: shape a (n, 3)\nb = load()  # kerascheck: shape b (n, 4)\n"
            "c = np.concatenate([a, b], axis=1)  # kerascheck: reveal\n"
        )[0].startswith("c: array (n, 7)")


class TestUnused:
    @pytest.mark.parametrize(
        "program",
        [
            "x = load()  # kerascheck: shape x (3\n",
            "# kerascheck: reveal\nx = 1\n",
            "if False:\n    x = 1  # kerascheck: reveal x\n",
        ],
    )
    def test_comments_without_effect(self, program: str) -> None:
        assert len(unused(program)) == 1

    def test_comments_with_an_effect(self) -> None:
        assert unused("x = load()  # kerascheck: shape x (3,)\n") == []


def test_notebooks() -> None:
    import json

    cells = ["import keras\n", "x = keras.Input((4,))  # kerascheck: reveal\n"]
    text = json.dumps(
        {"cells": [{"cell_type": "code", "source": cell, "metadata": {}, "outputs": []} for cell in cells], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    )  # fmt: skip
    report = kerascheck.check(text, "notebook.ipynb", settings=Settings())
    (found,) = [one for one in report.diagnostics if one.code == "KC007"]
    assert (found.cell, found.span.start.row) == (2, 1)
