"""Where the shapes come from that do not fit: the other places of a finding, in every output that has room for them."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from kerascheck import api
from kerascheck.configuration.config import Settings
from kerascheck.diagnostics import Report
from kerascheck.reporters.base import Outcome, find_reporter
from kerascheck.workers.cache import Cache

PROGRAM = """\
import keras
from keras import layers

a = keras.Input((8, 4))
b = keras.Input((9, 4))
x = layers.Conv1D(3, 2)(a)
y = layers.concatenate([x, b])
"""


def report() -> Report:
    return api.check(PROGRAM, "x.py", settings=Settings())


def rendered(name: str) -> str:
    stream = io.StringIO()
    find_reporter(name)(Outcome([report()], lambda _: PROGRAM.encode()), stream, False)
    return stream.getvalue()


def test_a_clash_names_the_calls_that_made_the_shapes() -> None:
    [found] = report().diagnostics
    assert [(place.span.start.row, place.message) for place in found.related] == [
        (6, "'conv1d' (Conv1D) outputs (None, 7, 3)"),
        (5, "'input_layer_1' (InputLayer) outputs (None, 9, 4)"),
    ]


_HEAD = """\
import numpy as np
import keras
from keras import layers
"""

#: Programs with the findings that name other places: the rows and the words of these.
PLACES = {
    "the last layer of a loss": (
        """
model = keras.Sequential([
    layers.Input((4,)),
    layers.Dense(3, activation="softmax"),
])
model.compile("adam", loss="binary_crossentropy")
""",
        "KC305",
        [(7, "the output comes from 'dense' (Dense): 3 units, softmax")],
    ),
    "labels, output and loss": (
        """
x = np.random.rand(64, 4)
y = np.random.randint(0, 2, 64) * 2 - 1
model = keras.Sequential([layers.Input((4,)), layers.Dense(1, activation="sigmoid")])
model.compile("adam", loss="binary_crossentropy")
model.fit(x, y)
""",
        "KC310",
        [
            (6, "'y' is assigned here"),
            (7, "the output comes from 'dense' (Dense): 1 unit, sigmoid"),
            (8, "'model' is compiled here"),
        ],
    ),
    "data and the input of the model": (
        """
x = np.zeros((100, 9))
inputs = keras.Input((8,))
model = keras.Model(inputs, layers.Dense(1)(inputs))
model.predict(x)
""",
        "KC210",
        [(5, "'x' is assigned here"), (6, "'input_layer' (InputLayer) outputs (None, 8)")],
    ),
    "data and the layer that reads it": (
        """
words = np.full((10, 5), 10)
model = keras.Sequential([
    layers.Input((5,)),
    layers.Embedding(10, 4),
])
model.predict(words)
""",
        "KC212",
        [(5, "'words' is assigned here"), (8, "'embedding' (Embedding) is created here")],
    ),
    "targets, output and loss": (
        """
x, y = np.zeros((100, 8)), np.zeros((100, 2))
model = keras.Sequential([layers.Input((8,)), layers.Dense(3)])
model.compile("adam", "mse")
model.fit(x, y)
""",
        "KC214",
        [
            (5, "'y' is assigned here"),
            (6, "'dense' (Dense) outputs (None, 3)"),
            (7, "'model' is compiled here"),
        ],
    ),
    "numbers of samples": (
        """
x = np.zeros((100, 8))
y = np.zeros((90, 1))
model = keras.Sequential([layers.Input((8,)), layers.Dense(1)])
model.compile("adam", "mse")
model.fit(x, y)
""",
        "KC213",
        [(6, "'y' is assigned here"), (5, "'x' is assigned here")],
    ),
    "trainable between two trainings": (
        """
x, y = np.random.rand(32, 8), np.random.rand(32, 1)
model = keras.Sequential([layers.Input((8,)), layers.Dense(4), layers.Dense(1)])
model.layers[1].trainable = True
model.compile("adam", "mse")
model.fit(x, y)
model.layers[0].trainable = False
model.fit(x, y)
""",
        "KC436",
        [(10, "trainable of 'dense' is set here"), (8, "'model' is compiled here")],
    ),
    "all weights frozen": (
        """
model = keras.Sequential([layers.Input((8,)), layers.Dense(1)])
for layer in model.layers:
    layer.trainable = False
model.compile("adam", "mse")
model.fit(np.random.rand(32, 8), np.random.rand(32, 1))
""",
        "KC437",
        [(7, "trainable of 'dense' is set here"), (8, "'model' is compiled here")],
    ),
    "weights of another model": (
        """
one = keras.Sequential([layers.Input((4,)), layers.Dense(3)])
one.save_weights("one.weights.h5")
other = keras.Sequential([layers.Input((4,)), layers.Dense(5)])
other.load_weights("one.weights.h5")
""",
        "KC706",
        [
            (6, "the file is written here"),
            (5, "'sequential' (Sequential) is created here"),
            (7, "'sequential_1' (Sequential) is created here"),
        ],
    ),
    "a lambda in a file": (
        """
model = keras.Sequential([
    layers.Input((4,)),
    layers.Lambda(lambda x: x / 255),
])
model.save("model.keras")
again = keras.models.load_model("model.keras")
""",
        "KC708",
        [(7, "'lambda' (Lambda) is created here"), (9, "the file is written here")],
    ),
    "saved before it is trained": (
        """
model = keras.Sequential([layers.Input((4,)), layers.Dense(1)])
model.compile("adam", "mse")
model.save("model.keras")
model.fit(np.random.rand(64, 4), np.random.rand(64, 1))
""",
        "KC712",
        [(8, "'model' is trained here")],
    ),
}


@pytest.mark.parametrize(("program", "code", "places"), PLACES.values(), ids=PLACES)
def test_where_the_two_sides_come_from(program: str, code: str, places: list[tuple[int, str]]) -> None:
    [found] = [d for d in api.check(_HEAD + program, "x.py", settings=Settings()).diagnostics if d.code == code]
    assert [(place.span.start.row, place.message) for place in found.related] == places


@pytest.mark.parametrize(
    "program",
    [
        "y = np.zeros((90, 1))\ny = np.zeros((90, 1))",
        "for y in [np.zeros((90, 1))]: pass\ny = np.zeros((90, 1))",
        "y = np.zeros((89, 1))\ny += 1",
    ],
)
def test_a_variable_that_is_assigned_twice_comes_from_nowhere(program: str) -> None:
    code = (
        f"{_HEAD}{program}\nx = np.zeros((100, 8))\nmodel = keras.Sequential([layers.Input((8,)), layers.Dense(1)])\n"
        "model.compile('adam', 'mse')\nmodel.fit(x, y)\n"
    )
    [found] = [d for d in api.check(code, "x.py", settings=Settings()).diagnostics if d.code == "KC213"]
    assert [place.message for place in found.related] == ["'x' is assigned here"]


def test_a_variable_of_a_function_comes_from_there() -> None:
    code = f"""{_HEAD}
y = np.zeros((100, 1))
def train():
    x = np.zeros((100, 8))
    y = np.zeros((90, 1))
    model = keras.Sequential([layers.Input((8,)), layers.Dense(1)])
    model.compile('adam', 'mse')
    model.fit(x, y)
train()
"""
    [found] = [d for d in api.check(code, "x.py", settings=Settings()).diagnostics if d.code == "KC213"]
    assert [place.span.start.row for place in found.related] == [8, 7]


def test_outputs_that_show_them() -> None:
    assert "= note: x.py:6:5: 'conv1d' (Conv1D) outputs (None, 7, 3)" in rendered("full")
    [found] = json.loads(rendered("json"))
    assert [place["location"]["row"] for place in found["related"]] == [6, 5]
    [result] = json.loads(rendered("sarif"))["runs"][0]["results"]
    places = result["relatedLocations"]
    assert [place["physicalLocation"]["region"]["startLine"] for place in places] == [6, 5]


def test_they_are_kept_in_the_cache(tmp_path: Path) -> None:
    (tmp_path / "x.py").write_text(PROGRAM)
    found = api.check_paths([tmp_path / "x.py"], settings=Settings(), cache_dir=tmp_path / "cache")
    again = api.check_paths([tmp_path / "x.py"], settings=Settings(), cache_dir=tmp_path / "cache")
    assert list((tmp_path / "cache").glob("*/*.json")) and Cache(tmp_path / "cache").folder == tmp_path / "cache"
    assert again[0].diagnostics == found[0].diagnostics and again[0].diagnostics[0].related


def test_why_models_are_not_known_is_kept_too(tmp_path: Path) -> None:
    (tmp_path / "x.py").write_text("import keras\nm = keras.Sequential([keras.layers.Dense(2)])\n")
    for _ in range(2):
        [found] = api.check_paths([tmp_path / "x.py"], settings=Settings(), cache_dir=tmp_path / "cache")
        [model] = found.unclear
        assert (model.row, model.model, model.status, model.layer) == (2, "m", "unknown", "dense")


def test_in_a_notebook_rows_count_within_their_cells() -> None:
    first, last = PROGRAM.rsplit("\n", 2)[0], PROGRAM.splitlines()[-1]
    cells = [{"cell_type": "code", "metadata": {}, "outputs": [], "source": text} for text in (first, last)]
    text = json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})
    [found] = api.check(text, "x.ipynb", settings=Settings()).diagnostics
    assert (found.cell, found.span.start.row) == (2, 1)
    assert [(place.cell, place.span.start.row) for place in found.related] == [(1, 6), (1, 5)]


def test_editors_get_them_as_related_information() -> None:
    pytest.importorskip("pygls")
    from kerascheck.integrations.lsp.diagnostics import to_client
    from kerascheck.integrations.lsp.documents import Document
    from kerascheck.integrations.lsp.positions import Encoding
    from kerascheck.integrations.lsp.units import Found

    [item] = report().diagnostics
    document = Document("file:///x.py", PROGRAM, 1)
    start, end = document.lines.offset_of(item.span.start), document.lines.offset_of(item.span.end)
    told = to_client(Found(item, document, start, end, False), Encoding()).related_information
    assert told is not None
    assert [(place.location.uri, place.location.range.start.line) for place in told] == [
        ("file:///x.py", 5),
        ("file:///x.py", 4),
    ]
    assert to_client(Found(item, document, start, end, True), Encoding()).related_information is None


def test_models_of_other_files_count_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from kerascheck.reporters.base import models_of, unclear_models

    monkeypatch.chdir(tmp_path)
    Path("nets.py").write_text(
        "import keras\n\n\ndef build(n):\n    net = keras.Sequential([keras.Input((n,)), keras.layers.Dense(2)])\n"
        "    return net\n"
    )
    Path("train.py").write_text("from nets import build\n\nmodel = build(unknown_size())\n")
    both = api.check_paths(["nets.py", "train.py"], settings=Settings(), use_cache=False)
    assert sum(models_of(both).values()) == 1
    assert [(item.filename, item.row) for item in unclear_models(both)] == [("nets.py", 5)]
    alone = api.check_paths(["train.py"], settings=Settings(), use_cache=False)
    assert sum(models_of(alone).values()) == 1
    assert [(item.filename, item.row) for item in unclear_models(alone)] == [("nets.py", 5)]
