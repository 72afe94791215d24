"""Which message stands around the cursor, or in what is selected."""

from __future__ import annotations

import pytest

from kerascheck.integrations.lsp.explaining import explained
from kerascheck.integrations.lsp.facts import Text
from kerascheck.integrations.lsp.pasted import pasted, without
from kerascheck.integrations.lsp.positions import Lines
from kerascheck.integrations.lsp.worker import Worker

TRACEBACK = """\
Traceback (most recent call last):
  File "/app/train.py", line 3, in <module>
    model.add(LSTM(4))
ValueError: Input 0 of layer "lstm" is incompatible with the layer: expected ndim=3, found ndim=2"""
PROGRAM = """\
from keras import Input, Sequential
from keras.layers import LSTM
model = Sequential([Input((8,))])
model.add(LSTM(4))
"""


def commented(text: str, mark: str) -> str:
    return "\n".join(mark + row for row in text.split("\n"))


@pytest.mark.parametrize("mark", ["", "# ", "    # ", "#", "> "])
def test_the_message_around_the_cursor_without_its_marks(mark: str) -> None:
    lines = Lines(f"{PROGRAM}\n{commented(TRACEBACK, mark)}\n\nx = 1\n")
    at = lines.starts[7] + 2
    found = pasted(lines, at, at)
    assert found is not None
    assert (found.text, found.first, found.last) == (TRACEBACK, 5, 8)


def test_what_stands_before_it_and_the_quotes_after_it_are_left_out() -> None:
    lines = Lines(f'x = """\n{TRACEBACK}\n"""\n')
    found = pasted(lines, 0, 0)
    assert found is not None and found.text == TRACEBACK


@pytest.mark.parametrize(
    "text",
    [
        PROGRAM,
        "try:\n    f()\nexcept ValueError:\n    raise TypeError('x')\n",
        "class MyError(Exception):\n    code: int\n",
        "# Warning: slow\n# Error: none\nx = 1\n",
        "",
    ],
)
def test_programs_and_other_comments_are_no_messages(text: str) -> None:
    lines = Lines(text)
    assert all(pasted(lines, at, at) is None for at in range(len(text) + 1))
    assert pasted(lines, 0, len(text)) is None


def test_a_selection_alone_counts() -> None:
    text = f"KeyError: 'val_acc'\n{TRACEBACK}\n"
    lines = Lines(text)
    found = pasted(lines, lines.starts[1], len(text) - 1)
    assert found is not None and found.text == TRACEBACK
    assert pasted(lines, lines.starts[1], lines.starts[2]) is None


def test_the_program_is_read_without_what_was_pasted() -> None:
    text = f"{TRACEBACK}\n{PROGRAM}"
    assert without(text, 0, 3) == f"\n\n\n\n{PROGRAM}"
    shown = explained(Text("/nowhere/train.py", text), TRACEBACK, (0, 3), Worker()._settings).markdown
    assert shown is not None and "> 8 | model.add(LSTM(4))" in shown and "KC201" in shown


def test_a_message_without_a_program() -> None:
    shown = explained(None, "KeyError: 'val_acc'", None, Worker()._settings)
    assert shown.title == "KeyError" and shown.markdown is not None and "`val_accuracy`" in shown.markdown
    unknown = explained(None, "OddError: ``` odd", None, Worker()._settings).markdown
    assert unknown is not None and "Not understood" in unknown and unknown.count("```") == 3
