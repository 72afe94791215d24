"""How an explanation looks."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest

from kerascheck.explain.text import write
from tests.explain import tracebacks
from tests.explain.test_explanation import LSTM, LSTM_MESSAGE, explained, traceback


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def shown(text: str, script: str | None = None, width: int = 80, colour: bool = False) -> str:
    stream = io.StringIO()
    write(explained(text, script), stream, colour, width)
    return stream.getvalue()


def test_the_whole_of_it(folder: Path) -> None:
    (folder / "m.py").write_text(LSTM)
    text = shown(traceback("m.py", 8, "model.add(LSTM(32))", LSTM_MESSAGE))
    assert "m.py, row 8\n  7 | model.add(LSTM(64))\n> 8 | model.add(LSTM(32))\n" in text
    assert "`lstm_1` expects an input with 3 axes, but its input has 2: (None, 64)." in text
    assert "  row 7  lstm (LSTM)               (None, 64)      <- 2 axes from here on\n" in text
    assert "KC201 row 8: 'lstm_1' (LSTM) expects inputs of rank 3" in text
    assert "What to do\n  - If it follows another recurrent layer" in text
    assert text.endswith("kerascheck rule KC201\nhttps://kerascheck.github.io/kerascheck/messages/#input-rank\n")


@pytest.mark.parametrize("width", [10, 40, 60, 80, 200])
def test_prose_fits_the_terminal(width: int, folder: Path) -> None:
    (folder / "train.py").write_text(tracebacks.TRAIN)
    for line in shown(tracebacks.FILTERED, width=width).split("\n"):
        assert len(line) <= max(40, min(width, 100)) or " " not in line.strip()


def test_colours_only_where_they_are_wanted(folder: Path) -> None:
    (folder / "train.py").write_text(tracebacks.TRAIN)
    assert "\x1b" not in shown(tracebacks.FILTERED)
    assert "\x1b[1;31mValueError\x1b[0m" in shown(tracebacks.FILTERED, colour=True)


def test_nothing_of_the_user_steers_the_terminal(folder: Path) -> None:
    (folder / "m.py").write_text("import keras\nx = '\x1b[2J\u202e'  # \x07\n")
    text = shown(
        traceback("m.py", 2, "x", "ValueError: No such layer: a\x1b]0;title\x07b\u202e. Existing layers are: []")
    )
    assert not any(c in text for c in "\x1b\x07\u202e")
    assert "::error" not in [line[:7] for line in shown("::error::Graph disconnected").split("\n")]


def test_what_is_not_understood_is_said() -> None:
    text = shown("ValueError: something else")
    assert "Not understood\n" in text and "same words" not in text


@pytest.mark.parametrize(("words", "row"), [("incompatible", "input-rank"), ("found ndim", "input-rank")])
def test_a_few_words_lead_to_the_messages_that_have_them(words: str, row: str) -> None:
    assert f"/messages/#{row}\n" in shown(words)


def test_shapes_are_not_broken_into_lines() -> None:
    message = "ValueError: Shapes " + " and ".join(["(None, 28, 28, 3)"] * 12) + " are incompatible"
    lines = shown(message).split("\n")
    assert all(line.count("(") == line.count(")") for line in lines[:6])


def test_the_example_in_the_documentation_is_real(folder: Path) -> None:
    text = (Path(__file__).parents[2] / "docs" / "usage.md").read_text(encoding="utf-8")
    example = re.search(r"```text\n(lstm\.py, row 8\n.*?)```", text, re.DOTALL)
    assert example is not None
    (folder / "lstm.py").write_text(LSTM + 'model.add(Dense(1, activation="sigmoid"))\n')
    real = shown(traceback("lstm.py", 8, "model.add(LSTM(32))", LSTM_MESSAGE)).split("\n")
    assert [line for line in example.group(1).split("\n") if line not in real] == []
