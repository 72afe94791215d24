"""What the worker finds in a text, and what the server makes of it: hints, hovers, lenses, outlines."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("pygls", reason="needs the extra lsp")

from kerascheck.integrations.lsp.documents import Document
from kerascheck.integrations.lsp.facts import Shown, Structure, Text
from kerascheck.integrations.lsp.hints import inlay_hints
from kerascheck.integrations.lsp.hover import code_at, layer_at, layer_markdown, model_at
from kerascheck.integrations.lsp.lenses import code_lenses
from kerascheck.integrations.lsp.positions import Encoding
from kerascheck.integrations.lsp.symbols import document_symbols
from kerascheck.integrations.lsp.units import Unit
from kerascheck.integrations.lsp.worker import Worker

HEAD = "import keras\nfrom keras import layers\n"


def examined(worker: Worker, text: str, filename: str = "/nowhere/a.py") -> Any:
    """(findings, structure)."""
    task = worker.examine(Text(filename, text))
    findings = next(task)
    with pytest.raises(StopIteration) as end:
        next(task)
    return findings, end.value.value


def unit_of(text: str, worker: Worker | None = None, filename: str = "/nowhere/a.py") -> tuple[Unit, Document]:
    """An open file that has been analysed."""
    unit = Unit("file:///nowhere/a.py", filename)
    document = Document(unit.uri, text, 1)
    unit.set_documents([(document, None)])
    unit.hand_over()
    findings, structure = examined(worker or Worker(), text, filename)
    unit.knowledge.learn_findings(unit, findings, 0)
    unit.knowledge.learn_structure(unit, structure, 0, text)
    return unit, document


def hints_of(text: str, **given: Any) -> list[tuple[str, str]]:
    """For each hint the text before it on its row, and its label."""
    unit, document = unit_of(HEAD + text, **given)
    rows = document.text.split("\n")
    hints = inlay_hints(unit, document, 0, len(document.text), Encoding("utf-32"))
    return [(rows[hint.position.line][: hint.position.character].strip(), str(hint.label)) for hint in hints]


# -- hints ----------------------------------------------------------------------------------------------------------


def test_a_hint_stands_behind_the_call_of_the_layer() -> None:
    program = "i = keras.Input((28, 28, 1))\nx = layers.Conv2D(32, 3)(i)  # first\n"
    assert hints_of(program) == [
        ("i = keras.Input((28, 28, 1))", "(None, 28, 28, 1)"),
        ("x = layers.Conv2D(32, 3)(i)", "(None, 26, 26, 32)  320"),
    ]


def test_layers_on_one_row_have_their_hints_behind_each() -> None:
    program = "m = keras.Sequential([layers.Dense(3, input_shape=(7,)), layers.Dense(4)])\n"
    assert hints_of(program) == [
        ("m = keras.Sequential([layers.Dense(3, input_shape=(7,))", "(None, 3)  24"),
        ("m = keras.Sequential([layers.Dense(3, input_shape=(7,)), layers.Dense(4)", "(None, 4)  16"),
    ]


def test_a_loop_says_that_it_builds_several() -> None:
    program = "m = keras.Sequential([keras.Input((16,))])\nfor n in (32, 16, 8):\n    m.add(layers.Dense(n))\n"
    assert hints_of(program)[1:] == [("m.add(layers.Dense(n))", "(None, 32)  544 … (None, 8)  136  ×3")]


def test_a_loop_of_equal_layers_says_how_many() -> None:
    program = "m = keras.Sequential([keras.Input((7,))])\nfor _ in range(10):\n    m.add(layers.Dense(7))\n"
    assert hints_of(program)[1:] == [("m.add(layers.Dense(7))", "(None, 7)  56  ×10")]


def test_a_symbolic_size_is_marked() -> None:
    program = "def build(n):\n    return keras.Sequential([keras.Input((n,)), layers.Dense(4)])\n"
    labels = [label for _, label in hints_of(program)]
    assert labels
    assert all(label.startswith("~ ") for label in labels)


@pytest.mark.parametrize(
    "program",
    [
        "m = keras.Sequential([layers.Dense(4)])\n",  # no input
        "import mystery\ni = keras.Input((mystery.size(),))\nx = layers.Dense(mystery.units())(mystery.change(i))\n",
    ],
)
def test_what_is_not_known_has_no_hint(program: str) -> None:
    assert not [label for before, label in hints_of(program) if "Dense" in before]


def test_layers_that_differ_between_the_paths_have_no_hint() -> None:
    program = (
        "import sys\nn = 3 if len(sys.argv) > 5 else 4\nm = keras.Sequential([keras.Input((2,)), layers.Dense(n)])\n"
    )
    assert not [label for before, label in hints_of(program) if before.endswith("Dense(n)")]


def test_layers_of_other_files_have_no_hint(tmp_path: Path) -> None:
    (tmp_path / "parts.py").write_text(HEAD + "def head(x):\n    return layers.Dense(5)(x)\n")
    program = "from parts import head\ni = keras.Input((3,))\nm = keras.Model(i, head(i))\n"
    assert [label for _, label in hints_of(program, filename=str(tmp_path / "a.py"))] == ["(None, 3)"]


def test_only_the_wanted_range_has_hints() -> None:
    unit, document = unit_of(HEAD + "i = keras.Input((3,))\nx = layers.Dense(2)(i)\n")
    start = document.text.index("x =")
    assert len(inlay_hints(unit, document, start, len(document.text), Encoding())) == 1


def test_the_tooltip_says_how_the_parameters_come_about() -> None:
    unit, document = unit_of(HEAD + "i = keras.Input((28, 28, 1))\nx = layers.Conv2D(32, 3)(i)\n")
    hint = inlay_hints(unit, document, 0, len(document.text), Encoding())[1]
    assert "3·3·1·32 + 32 = 320" in hint.tooltip.value  # type: ignore[union-attr]


# -- hovers ---------------------------------------------------------------------------------------------------------


def test_a_hover_over_a_layer_says_what_goes_in_and_comes_out() -> None:
    unit, document = unit_of(HEAD + "i = keras.Input((3,))\nx = layers.Dense(2)(i)\n")
    layer = layer_at(unit, document, document.text.index("Dense"))
    assert layer is not None
    text = layer_markdown(layer.item)
    assert "`(None, 3)` → `(None, 2)`" in text
    assert "3·2 + 2 = 8" in text
    assert "input_layer" in text


def test_a_hover_over_nested_calls_takes_the_innermost() -> None:
    unit, document = unit_of(HEAD + "i = keras.Input((3,))\nx = layers.Dense(2)(layers.Dropout(0.5)(i))\n")
    layer = layer_at(unit, document, document.text.index("Dropout"))
    assert layer is not None
    assert layer.item.cls == "Dropout"


def test_a_model_is_found_at_its_variable_but_not_at_an_attribute() -> None:
    unit, document = unit_of(HEAD + "net = keras.Sequential([keras.Input((3,))])\nnet.compile()\na.net\n")
    assert model_at(unit, document, document.text.index("net.compile")) is not None
    assert model_at(unit, document, document.text.rindex("net")) is None


def test_a_code_is_one_in_comments_only() -> None:
    document = Document("file:///a.py", 'x = "KC103"  # noqa: KC102\n', 1)
    assert code_at(document, document.text.index("KC103")) is None
    code = code_at(document, document.text.index("KC102") + 2)
    assert code is not None
    assert code.code == "KC102"


# -- lenses and outline ---------------------------------------------------------------------------------------------


def test_a_lens_tells_the_parameters_of_a_model() -> None:
    unit, document = unit_of(
        HEAD + "m = keras.Sequential([keras.Input((784,)), layers.Dense(128), layers.Dense(10)])\n"
    )
    first = code_lenses(unit, document, Encoding())[0]
    assert first.command is not None
    assert first.command.title == "m: 101,770 parameters"
    assert list(first.command.arguments or ()) == [unit.uri, 3, None]


def test_a_lens_tells_why_a_model_is_not_exact() -> None:
    unit, document = unit_of(
        HEAD
        + "from acme import stem\nx = keras.Input((4,))\ny = stem(x)\ny = layers.Dense(2)(y)\nm = keras.Model(x, y)\n"
    )
    titles = [lens.command.title for lens in code_lenses(unit, document, Encoding()) if lens.command is not None]
    why = "unknown: its outputs are not known: the result of acme.stem (row 5)"
    assert titles == ["m: parameters not known", "graph", why]


def test_the_outline_has_models_with_their_layers() -> None:
    unit, document = unit_of(HEAD + "m = keras.Sequential()\nm.add(keras.Input((4,)))\nm.add(layers.Dense(2))\n")
    (symbol,) = document_symbols(unit, document, Encoding())
    assert (symbol.name, [child.name for child in symbol.children or ()]) == ("m", ["dense"])


# -- the worker -----------------------------------------------------------------------------------------------------


def test_a_text_that_does_not_parse_is_called_broken() -> None:
    findings, structure = examined(Worker(), HEAD + "x = (\n")
    assert findings.is_broken
    assert structure == Structure()


def test_a_wrong_configuration_is_said_and_does_not_count(tmp_path: Path) -> None:
    (tmp_path / ".kerascheck.toml").write_text('select = ["KC999"]\n')
    findings, _ = examined(Worker(), HEAD + "x = (\n", str(tmp_path / "a.py"))
    assert "KC999" in findings.problem
    assert [found.code for found in findings.diagnostics] == ["KC001"]


def test_open_buffers_stand_for_files(tmp_path: Path) -> None:
    (tmp_path / "parts.py").write_text("WIDTH = 4\n")
    program = HEAD + "from parts import WIDTH\nm = keras.Sequential([keras.Input((2,)), layers.Dense(WIDTH)])\n"
    worker = Worker()
    worker.buffers({str(tmp_path / "parts.py"): "WIDTH = 9\n"})
    findings, structure = examined(worker, program, str(tmp_path / "a.py"))
    assert structure.models[0].output == "(None, 9)"
    assert str(tmp_path / "parts.py") in findings.modules
    worker.buffers({str(tmp_path / "parts.py"): None})
    assert examined(worker, program, str(tmp_path / "a.py"))[1].models[0].output == "(None, 4)"


def test_fixes_come_as_whole_texts() -> None:
    text = "\ufeff" + HEAD + "m = keras.Sequential([layers.Dense(3, input_dim=2), layers.Dense(3, input_dim=3)])\r\n"
    ((cell, new),), count = Worker().fix(Text("/nowhere/a.py", text), False)
    assert (cell, count) == (None, 1)
    assert new == text.replace(", input_dim=3", "")


def test_commands_show_a_model_and_a_rule() -> None:
    worker = Worker()
    text = Text("/nowhere/a.py", HEAD + "m = keras.Sequential([keras.Input((3,)), layers.Dense(2)])\n")
    summary = worker.summary(text, 0)
    assert isinstance(summary, Shown)
    assert "Total params: 8" in str(summary.markdown)
    assert worker.summary(text, 1) is None
    rule = worker.rule("kc103")
    assert rule is not None
    assert rule.title == "KC103 redundant-input-shape"
    assert worker.rule("KC999") is None


def test_excluded_files_say_nothing(tmp_path: Path) -> None:
    (tmp_path / ".kerascheck.toml").write_text('extend-exclude = ["old"]\nforce-exclude = true\n')
    findings, _ = examined(Worker(), HEAD + "x = (\n", str(tmp_path / "old" / "a.py"))
    assert findings.diagnostics == ()


def test_an_analysis_that_nobody_waits_for_ends() -> None:
    from kerascheck.machine.budget import abandoned

    program = HEAD + "total = 0\n" + "for a in range(1000):\n    for b in range(1000):\n        total = total + a * b\n"
    token = abandoned.set(lambda: True)
    try:
        worker = Worker()
        examination, _ = worker._examine(Text("/nowhere/a.py", program))
    finally:
        abandoned.reset(token)
    assert examination.report.incomplete is not None
    assert examination.report.by_chance
    assert worker._latest is None


def test_a_model_that_hangs_on_a_condition_has_a_lens_for_each_variant() -> None:
    program = (
        "import sys\nn = 3 if len(sys.argv) > 5 else 4\nm = keras.Sequential([keras.Input((2,)), layers.Dense(n)])\n"
    )
    unit, document = unit_of(HEAD + program)
    commands = [lens.command for lens in code_lenses(unit, document, Encoding())]
    titles = [command.title for command in commands if command is not None and command.title != "graph"]
    assert titles == ["m: 9 parameters", "m: 12 parameters"]
