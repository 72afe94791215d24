"""From a text to the row, the shapes there and the finding."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from kerascheck.configuration.config import Settings
from kerascheck.engine import Examination, examine
from kerascheck.explain.explanation import Explanation, as_dict, explain, saved_error
from kerascheck.project.target import Era
from kerascheck.rules.base import Thresholds
from kerascheck.runtime.reading import read_program
from tests.explain import tracebacks


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.chdir(tmp_path)
    yield tmp_path


def examined(name: str, era: Era | None) -> Examination | None:
    settings = Settings(thresholds=Thresholds(), target=era.value) if era else Settings(thresholds=Thresholds())
    return examine(read_program(name), name, settings)


def explained(text: str, script: str | None = None) -> Explanation:
    return explain(text, script, examined)


def traceback(name: str, row: int, code: str, message: str) -> str:
    return f'Traceback (most recent call last):\n  File "{name}", line {row}, in <module>\n    {code}\n{message}\n'


def notebook(*cells: str) -> str:
    written = [
        {"cell_type": "code", "source": cell, "metadata": {}, "outputs": [], "execution_count": number}
        for number, cell in enumerate(cells, 1)
    ]
    return json.dumps({"cells": written, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})


@pytest.mark.parametrize("form", tracebacks.IN_FILES)
def test_every_form_of_traceback_leads_to_the_row(form: str, folder: Path) -> None:
    (folder / "train.py").write_text(tracebacks.TRAIN)
    found = explained(tracebacks.IN_FILES[form])
    assert (found.places[0].filename, found.places[0].row) == ("train.py", tracebacks.ROW)
    assert found.understood and found.message is not None
    facts = {fact.what: fact.shape for fact in found.knowledge.data}
    assert facts["x"] == "(100, 28, 28)"
    assert facts["the model expects"] == "(None, 784)"
    assert "KC210" in [item.code for item in found.knowledge.findings]


@pytest.mark.parametrize("text", [tracebacks.IPYTHON, tracebacks.COLAB])
def test_cells_are_found_by_what_they_hold(text: str, folder: Path) -> None:
    first, _, rest = tracebacks.TRAIN.partition("\n\ndef main")
    assert rest
    (folder / "a.ipynb").write_text(notebook(first, "\n\nmodel = build()\nmodel.fit(x, y, epochs=2)\n"))
    found = explained(text, "a.ipynb")
    assert (found.places[0].cell, found.places[0].in_cell) == (2, 4)
    assert [item.code for item in found.knowledge.findings][:1] == ["KC210"]
    assert as_dict(found)["places"][0]["cell"] == 2


def test_a_notebook_that_is_not_named_is_asked_for() -> None:
    found = explained(tracebacks.COLAB)
    assert found.places == [] and "NOTEBOOK.ipynb" in found.hints[0]


LSTM = """\
from keras import Sequential
from keras.layers import LSTM, Dense, Embedding, Input

model = Sequential()
model.add(Input((50,)))
model.add(Embedding(1000, 32))
model.add(LSTM(64))
model.add(LSTM(32))
"""
LSTM_MESSAGE = (
    "ValueError: Input 0 of layer 'lstm_1' is incompatible with the layer: expected ndim=3, found ndim=2. Full shape "
    "received: (None, 64)"
)


def test_the_way_to_a_refused_layer_shows_where_the_axis_went(folder: Path) -> None:
    (folder / "m.py").write_text(LSTM)
    found = explained(traceback("m.py", 8, "model.add(LSTM(32))", LSTM_MESSAGE))
    steps = [(step.row, step.cls, step.shape, step.note) for step in found.knowledge.steps]
    assert steps == [
        (5, "InputLayer", "(None, 50)", ""),
        (6, "Embedding", "(None, 50, 32)", ""),
        (7, "LSTM", "(None, 64)", "2 axes from here on"),
        (8, "LSTM", "refused", ""),
    ]
    assert [item.code for item in found.knowledge.findings] == ["KC201"]


def test_without_a_traceback_the_analysis_finds_the_row(folder: Path) -> None:
    (folder / "m.py").write_text(LSTM)
    found = explained(LSTM_MESSAGE, "m.py")
    assert found.places[0].row == 8 and "no traceback" in (found.places[0].note or "")
    assert [item.code for item in found.knowledge.findings] == ["KC201"]


def test_without_a_traceback_no_other_fault_is_taken_for_the_one_that_the_message_means(folder: Path) -> None:
    (folder / "train.py").write_text(tracebacks.TRAIN)
    found = explained("KeyError: 'val_accuracy'", "train.py")
    assert found.places == [] and found.knowledge.findings == []


def test_a_layer_within_a_statement_of_many_rows_is_pointed_to(folder: Path) -> None:
    program = (
        "import keras\nfrom keras import layers\nmodel = keras.Sequential([\n    keras.Input((4, 4, 1)),\n"
        "    layers.Conv2D(2, 3),\n    layers.Conv2D(2, 3),\n])\n"
    )
    (folder / "m.py").write_text(program)
    message = "ValueError: Negative dimension size caused by subtracting 3 from 2 for conv2d_1"
    found = explained(traceback("m.py", 3, "model = keras.Sequential([", message))
    assert found.places[0].row == 6
    assert "row 3" in (found.places[0].note or "")


def test_a_size_is_followed_to_the_layer_that_made_it(folder: Path) -> None:
    program = (
        "import keras\nfrom keras import layers\nd = layers.Dense(4)\nx = keras.Input((8,))\nd(x)\n"
        "y = layers.Dense(6)(x)\nz = layers.ReLU()(y)\nd(z)\n"
    )
    (folder / "m.py").write_text(program)
    message = (
        "ValueError: Input 0 of layer 'dense' is incompatible with the layer: expected axis -1 of input shape to have "
        "value 8, but received input with shape (None, 6)"
    )
    found = explained(traceback("m.py", 8, "d(z)", message))
    assert [(step.row, step.note) for step in found.knowledge.steps if step.note] == [(6, "6 comes from here")]


def test_functions_that_call_one_another_are_all_places(folder: Path) -> None:
    (folder / "train.py").write_text(tracebacks.TRAIN)
    assert [place.row for place in explained(tracebacks.FILTERED).places] == [19, 23]


def test_a_file_that_has_changed_is_followed(folder: Path) -> None:
    (folder / "train.py").write_text("# a new row\n" + tracebacks.TRAIN)
    found = explained(tracebacks.FILTERED)
    assert found.places[0].row == tracebacks.ROW + 1
    assert found.places[0].note == f"the file has changed since: this was row {tracebacks.ROW}"
    (folder / "train.py").write_text("# one\n" * 40)
    assert "has changed" in (explained(tracebacks.FILTERED).places[0].note or "")


def test_a_file_of_another_name_is_taken_if_it_is_named(folder: Path) -> None:
    (folder / "renamed.py").write_text(tracebacks.TRAIN)
    assert explained(tracebacks.FILTERED).places == []
    found = explained(tracebacks.FILTERED, "renamed.py")
    assert [item.code for item in found.knowledge.findings] == ["KC210"]


def test_what_a_training_computes_is_listed_for_a_missing_key(folder: Path) -> None:
    program = (
        "import numpy as np\nimport keras\nm = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1)])\n"
        "m.compile('sgd', 'mse', metrics=['mae'])\nh = m.fit(np.zeros((8, 4)), np.zeros((8, 1)), "
        "validation_split=0.5)\n"
        "h.history['val_acc']\n"
    )
    (folder / "m.py").write_text(program)
    found = explained(traceback("m.py", 6, "h.history['val_acc']", "KeyError: 'val_acc'"))
    assert found.todo[0] == "This training computes: loss, mae, val_loss, val_mae"


def test_an_old_program_that_ran_in_keras_3_is_looked_at_as_such(folder: Path) -> None:
    program = (
        "from keras.models import Sequential\nfrom keras.layers import Dense\nm = Sequential()\n"
        "m.add(Dense(12, init='uniform', input_dim=8))\n"
    )
    (folder / "m.py").write_text(program)
    text = (
        'Traceback (most recent call last):\n  File "m.py", line 4, in <module>\n'
        "    m.add(Dense(12, init='uniform', input_dim=8))\n"
        '  File "/x/site-packages/keras/src/layers/layer.py", line 294, in __init__\n    raise ValueError(\n'
        "ValueError: Unrecognized keyword arguments passed to Dense: {'init': 'uniform'}\n"
    )
    found = explained(text)
    assert [item.code for item in found.knowledge.findings] == ["KC503"]
    assert any("Keras 3" in hint for hint in found.hints)


def test_the_row_that_sets_a_variable_is_that_of_its_function(folder: Path) -> None:
    program = (
        "import numpy as np\nimport keras\nx = 3\ndef other():\n    y = 1\ndef main(z=None):\n"
        "    x, y = np.zeros((8, 4)), np.zeros((8, 1))\n"
        "    m = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1)])\n    "
        "m.compile('sgd', 'mse')\n    m.fit(x, y)\nmain()\n"
    )
    (folder / "m.py").write_text(program)
    found = explained(traceback("m.py", 10, "m.fit(x, y)", "ValueError: Graph disconnected"))
    assert [(fact.what, fact.row) for fact in found.knowledge.data][:2] == [("x", 7), ("y", 7)]


def test_columns_of_text_are_named(folder: Path) -> None:
    program = (
        "import pandas as pd\nimport keras\ndf = pd.DataFrame({'age': [1, 2], 'city': ['a', 'b'], 'y': [0, 1]})\n"
        "m = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])\nm.compile('sgd', 'mse')\n"
        "m.fit(df[['age', 'city']], df['y'])\n"
    )
    (folder / "m.py").write_text(program)
    found = explained(traceback("m.py", 6, "m.fit(df[['age', 'city']], df['y'])", "ValueError: Invalid dtype: str"))
    assert "with text in city" in [fact.note for fact in found.knowledge.data]


def test_a_message_that_nobody_knows_at_a_row_without_a_finding_is_not_understood(folder: Path) -> None:
    (folder / "m.py").write_text("import keras\nkeras.utils.clear_session()\nint('x')\n")
    found = explained(traceback("m.py", 3, "int('x')", "ValueError: invalid literal for int() with base 10: 'x'"))
    assert not found.understood and found.places[0].row == 3


def test_a_finding_at_the_row_is_an_answer_even_if_the_message_is_not_known(folder: Path) -> None:
    (folder / "train.py").write_text(tracebacks.TRAIN)
    text = traceback("train.py", 19, "model.fit(x, y, epochs=2)", "ValueError: something new in Keras 4")
    found = explained(text)
    assert found.message is None and found.understood


def test_lines_of_a_log_are_looked_through_where_there_is_no_exception() -> None:
    found = explained("Epoch 1/3\n1/1 - 0s - loss: 0.5\nEpoch 2/3\n1/1 - 0s - loss: nan - acc: 0.1\nEpoch 3/3\nbye\n")
    assert found.message is not None and found.message.id == "nan-loss"


_START = "2026-01-01 I port.cc:153] Could not find cuda drivers on your machine, GPU will not be used.\n"


def test_notes_of_the_start_do_not_explain_an_error_that_nobody_knows() -> None:
    found = explained(
        _START + 'Traceback (most recent call last):\n  File "a.py", line 1, in f\nZeroDivisionError: no\n'
    )
    assert found.message is None and not found.understood


def test_of_a_long_log_the_last_line_that_says_something_counts() -> None:
    log = _START + "".join(f"{n}/99 - loss: 0.5\n" for n in range(50)) + "50/99 - loss: nan\n" + "\n" * 20
    found = explained(log)
    assert found.message is not None and found.message.id == "nan-loss"
    assert found.raised is not None and found.raised.message == "50/99 - loss: nan"


def test_a_cause_is_found_where_the_last_exception_says_nothing() -> None:
    first = 'Traceback (most recent call last):\n  File "a.py", line 1, in f\nValueError: Graph disconnected\n'
    last = (
        "\nThe above exception was the direct cause of the following exception:\n\nTraceback (most recent call last):\n"
    )
    found = explained(first + last + '  File "b.py", line 1, in g\nRuntimeError: training failed\n')
    assert found.message is not None and found.message.id == "graph-disconnected"


@pytest.mark.parametrize(
    "name",
    [
        "/etc/passwd",
        "/etc/hostname.py",
        "/dev/zero",
        "../../secret.txt",
        "a.py/../b",
        "//host/share/x.py",
        "a/" * 3000 + "x.py",
        "\\\\host\\share\\x.py",
    ],
)
def test_only_sources_that_are_there_are_read(name: str, folder: Path) -> None:
    found = explained(traceback(name, 1, "x", "ValueError: Graph disconnected"))
    assert found.places == [] and found.message is not None


def test_broken_and_strange_files_are_passed_over(folder: Path) -> None:
    (folder / "broken.py").write_text("def f(:\n")
    (folder / "folder.py").mkdir()
    (folder / "bin.py").write_bytes(b"\x00\xff\xfe" * 100)
    (folder / "bad.ipynb").write_text("{")
    for name in ("broken.py", "folder.py", "bin.py"):
        found = explained(traceback(name, 1, "x", "ValueError: Graph disconnected"))
        assert found.message is not None and found.places == []
    assert explained(tracebacks.COLAB, "bad.ipynb").places == []


def test_the_last_error_that_a_notebook_keeps() -> None:
    error = {"output_type": "error", "ename": "KeyError", "evalue": "'val_acc'", "traceback": ["KeyError: 'val_acc'"]}
    cells = [{"cell_type": "code", "source": "x", "outputs": [{"output_type": "stream", "text": "a"}, error]}]
    assert saved_error(json.dumps({"cells": cells}).encode()) == "KeyError: 'val_acc'"
    for raw in (b"", b"[]", b"{}", b'{"cells": 3}', b'{"cells": [{"outputs": null}]}', b"[" * 100_000):
        assert saved_error(raw) is None


def test_json_has_all_of_it(folder: Path) -> None:
    (folder / "train.py").write_text(tracebacks.TRAIN)
    found = as_dict(explained(tracebacks.FILTERED))
    assert json.loads(json.dumps(found)) == found
    assert found["id"] == "input-shape" and found["exception"] == "ValueError" and found["understood"] is True
    assert found["places"][0]["row"] == tracebacks.ROW and found["places"][0]["filename"] == str(folder / "train.py")
    assert {item["code"] for item in found["findings"]} == {"KC210"}
    assert found["url"].endswith("/messages/#input-shape")


def test_a_helper_that_has_nothing_to_do_with_keras_leads_on_to_the_program(folder: Path) -> None:
    (folder / "helper.py").write_text("def run(f):\n    return f()\n")
    (folder / "train.py").write_text(tracebacks.TRAIN)
    text = (
        'Traceback (most recent call last):\n  File "train.py", line 19, in main\n    model.fit(x, y, epochs=2)\n'
        '  File "helper.py", line 2, in run\n    return f()\nValueError: Graph disconnected\n'
    )
    found = explained(text)
    assert [(place.filename, place.row) for place in found.places] == [("helper.py", 2), ("train.py", 19)]
    assert {fact.what for fact in found.knowledge.data} >= {"x", "y", "the model expects"}
