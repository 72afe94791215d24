"""`kerascheck summary`: what each model consists of."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from kerascheck.cli.app import app

HEAD = (
    "import keras\nfrom keras import Input, Model, Sequential\nfrom keras.layers import Dense, Dropout, concatenate\n"
)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["summary", *arguments])


def models(text: str) -> list[dict[str, Any]]:
    Path("x.py").write_text(HEAD + text)
    result = run("--format", "json", "x.py")
    assert result.exit_code == 0
    found: list[dict[str, Any]] = json.loads(result.stdout)
    return found


def test_a_sequential_model_field_for_field() -> None:
    [model] = models("model = Sequential([Input((784,)),\n  Dense(128),\n  Dense(10, trainable=False)])\n")
    assert model == {
        "filename": "x.py",
        "row": 4,
        "cell": None,
        "name": "model",
        "class": "Sequential",
        "status": "exact",
        "input_shape": [None, 784],
        "output_shape": [None, 10],
        "layers": [
            {
                "name": "dense",
                "class": "Dense",
                "row": 5,
                "output_shape": [None, 128],
                "params": 100480,
                "trainable": True,
                "status": "exact",
            },
            {
                "name": "dense_1",
                "class": "Dense",
                "row": 6,
                "output_shape": [None, 10],
                "params": 1290,
                "trainable": False,
                "status": "exact",
            },
        ],
        "total_params": 101770,
        "trainable_params": 100480,
        "non_trainable_params": 1290,
    }


def test_a_functional_model_lists_its_inputs_and_all_their_shapes() -> None:
    [model] = models("a, b = Input((4,)), Input((3,))\nm = Model([a, b], concatenate([a, b]))\n")
    assert model["class"] == "Functional"
    assert (model["input_shape"], model["output_shape"]) == ([[None, 4], [None, 3]], [None, 7])
    assert [layer["class"] for layer in model["layers"]] == ["InputLayer", "InputLayer", "Concatenate"]


def test_a_model_called_as_a_layer_has_the_shape_of_the_call() -> None:
    head = "from keras.layers import Conv2D\ni = Input((None, None, 3))\nbase = Model(i, Conv2D(8, 3, padding='same')(i))\n"
    _, outer = models(head + "j = Input((9, 7, 3))\nm = Model(j, base(j))\n")
    assert [layer["output_shape"] for layer in outer["layers"]] == [[None, 9, 7, 3], [None, 9, 7, 8]]


def test_symbolic_sizes_are_their_text() -> None:
    [model] = models("def build(x):\n  return Sequential([Input((x.shape[1],)), Dense(2)])\n")
    assert (model["status"], model["input_shape"]) == ("symbolic", [None, "x.shape[1]"])
    assert model["total_params"] == "2*x.shape[1] + 2"


def test_what_is_not_known_is_null() -> None:
    [model] = models("model = Sequential([Dense(2)])\n")
    assert (model["status"], model["output_shape"], model["total_params"]) == ("unknown", None, None)


def test_a_model_built_twice_is_listed_twice() -> None:
    found = models("for n in (1, 2):\n  m = Sequential([Input((3,)), Dense(n)])\n")
    assert [model["total_params"] for model in found] == [4, 8]


def test_models_that_are_alike_are_listed_once() -> None:
    found = models("for n in (1, 2, 1):\n  m = Sequential([Input((3,)), Dense(n)])\n")
    assert [model["total_params"] for model in found] == [4, 8]


BUILDER = "def build(n=5):\n  return Sequential([Input((3,)), Dense(n)])\n"


def test_what_the_module_builds_hides_what_functions_that_nobody_calls_would_build() -> None:
    [model] = models(f"{BUILDER}build(2)\ndef unused():\n  return build(4)\n")
    assert (model["status"], model["total_params"]) == ("exact", 8)


def test_functions_that_nobody_calls_build_where_the_module_does_not() -> None:
    found = models(f"{BUILDER}def small():\n  return build(2)\ndef large():\n  return build(4)\n")
    assert [(model["status"], model["total_params"]) for model in found] == [("exact", 8), ("exact", 16)]


def test_a_function_that_only_others_call_is_seen_through_them() -> None:
    [model] = models("def build(n):\n  return Sequential([Input((3,)), Dense(n)])\ndef main():\n  return build(2)\n")
    assert (model["status"], model["total_params"]) == ("exact", 8)


def test_a_model_that_hangs_on_a_condition_is_listed_in_each_of_its_forms() -> None:
    found = models(
        "import sys\nm = Sequential([Input((3,))])\nif len(sys.argv) > 1:\n  m.add(Dense(5))\nm.add(Dense(2))\n"
    )
    assert [(model["status"], len(model["layers"]), model["total_params"]) for model in found] == [
        ("exact", 2, 32),
        ("exact", 1, 8),
    ]
    assert {model["row"] for model in found} == {5}


def test_conditions_that_act_together_are_listed_in_every_combination() -> None:
    found = models(
        "import sys\nn = 1\nif len(sys.argv) > 1:\n  n += 1\nif len(sys.argv) > 2:\n  n += 2\n"
        "m = Sequential([Input((3,)), Dense(n)])\n"
    )
    assert sorted(model["total_params"] for model in found) == [4, 8, 12, 16]
    assert {model["status"] for model in found} == {"exact"}


def test_a_condition_that_decides_about_one_model_does_not_list_another_twice() -> None:
    found = models(
        "import sys\na = Sequential([Input((3,)), Dense(1)])\nif len(sys.argv) > 1:\n  a.add(Dense(5))\n"
        "b = Sequential([Input((3,)), Dense(2)])\n"
    )
    assert [(model["name"], model["status"], len(model["layers"])) for model in found] == [
        ("a", "exact", 2),
        ("a", "exact", 1),
        ("b", "exact", 1),
    ]


def test_names_that_hang_on_a_condition_make_no_model_unknown() -> None:
    [first, second] = models(
        "import sys\nif len(sys.argv) > 1:\n  a = Sequential([Input((3,)), Dense(1)])\n"
        "b = Sequential([Input((3,)), Dense(2)])\n"
    )
    assert (first["status"], second["status"], second["total_params"]) == ("exact", "exact", 8)


def test_what_hangs_on_more_conditions_than_are_decided_is_not_known() -> None:
    arms = "".join(f"if len(sys.argv) > {n}:\n  m.add(Dense({n}))\n" for n in range(1, 30))
    found = models(f"import sys\nm = Sequential([Input((3,))])\n{arms}other = Sequential([Input((3,)), Dense(2)])\n")
    assert {model["status"] for model in found if model["name"] == "m"} == {"unknown"}
    assert [model["status"] for model in found if model["name"] == "other"] == ["exact"]


def test_the_table_for_people() -> None:
    Path("x.py").write_text(HEAD + "model = Sequential([Input((4,)), Dense(1000), Dropout(0.5)])\n")
    assert (
        run("x.py").stdout
        == """\
Model: "sequential" (Sequential, exact) x.py:4 model
┏━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━┳━━━━━━━━━┓
┃ Layer (type)      ┃ Output Shape ┃ Param # ┃
┡━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━╇━━━━━━━━━┩
│ dense (Dense)     │ (None, 1000) │   5,000 │
├───────────────────┼──────────────┼─────────┤
│ dropout (Dropout) │ (None, 1000) │       0 │
└───────────────────┴──────────────┴─────────┘
 Total params: 5,000 (19.53 KB)
 Trainable params: 5,000 (19.53 KB)
 Non-trainable params: 0 (0.00 B)

"""
    )


def table(text: str) -> str:
    Path("x.py").write_text(HEAD + text)
    return run("x.py").stdout


def test_a_graph_says_what_is_connected_to_what() -> None:
    shown = table(
        "a, b = Input((4,)), Input((4,))\nd = Dense(4, trainable=False)\n"
        "m = Model([a, b], concatenate([d(a), d(b) + 1]))\n"
    )
    assert "Connected to" in shown
    assert "│ dense (Dense) (frozen)     │ (None, 4)    │      20 │ input_layer[0][0], input_layer_1[0][0] │" in shown
    assert "│ add (Add)                  │ (None, 4)    │       0 │ dense[1][0]                            │" in shown
    assert "│ concatenate (Concatenate)  │ (None, 8)    │       0 │ dense[0][0], add[0][0]                 │" in shown
    assert " Non-trainable params: 20 (80.00 B)" in shown


def test_a_chain_needs_no_connections() -> None:
    assert "Connected to" not in table("a = Input((4,))\nm = Model(a, Dense(2)(a))\n")


def test_what_is_not_exact_is_marked_with_its_reason() -> None:
    shown = table("def build(x, y):\n  return Sequential([Input((x.shape[1],)), Dense(2), Dropout(0.1), y])\n")
    assert "│ dense (Dense) *1" in shown and "│ dropout (Dropout) │" in shown
    assert " *1 depends on 2*x.shape[1] + 2\n" in shown
    assert " unknown: a layer in it is not known: " in shown


def test_a_model_that_hangs_on_a_condition_has_a_table_for_each_of_its_forms() -> None:
    shown = table("import sys\nn = 3 if len(sys.argv) > 1 else 4\nm = Sequential([Input((3,)), Dense(n)])\n")
    assert shown.count("(Sequential, exact) x.py:6 m\n") == 2
    assert "│ dense (Dense) │ (None, 3)    │      12 │" in shown
    assert "│ dense (Dense) │ (None, 4)    │      16 │" in shown


def test_the_reason_names_a_condition_that_is_not_decided() -> None:
    arms = "".join(f"if len(sys.argv) > {n}:\n  m.add(Dense({n}))\n" for n in range(1, 30))
    shown = table(f"import sys\nm = Sequential([Input((3,))])\n{arms}")
    assert " unknown: it hangs on a condition in row " in shown
    assert " that is not decided\n" in shown


def test_no_models() -> None:
    Path("x.py").write_text(HEAD)
    assert run("x.py").stdout == "No models found.\n"
    assert run("--format", "json", "x.py").stdout == "[]\n"


def test_a_file_that_cannot_be_read_does_not_hide_the_others() -> None:
    Path("x.py").write_text(HEAD + "f(\n")
    Path("y.py").write_text(HEAD + "model = Sequential([Input((4,)), Dense(1)])\n")
    result = run("x.py", "y.py")
    assert result.exit_code == 2
    assert "x.py:4:2: KC001 '(' was never closed" in result.stderr and "y.py:4 model" in result.stdout


@pytest.mark.parametrize("arguments", [["nowhere.py"], ["--format", "xml", "."]])
def test_wrong_usage(arguments: list[str]) -> None:
    result = run(*arguments)
    assert result.exit_code == 2 and result.stderr.startswith("kerascheck: error: ")


def test_a_model_of_unknown_structure_says_why_and_shows_no_table() -> None:
    shown = table("from acme import stem\nx = Input((4,))\ny = stem(x)\ny = Dense(2)(y)\nm = Model(x, y)\n")
    assert shown == (
        'Model: "functional" (Functional, unknown) x.py:8 m\n'
        " unknown: its outputs are not known: the result of acme.stem (row 6)\n"
        " help: make its tensors with code of the project, or state the shape of what is not known, as in "
        "# kerascheck: shape x (None, 64)\n\n"
    )
