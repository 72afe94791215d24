"""Tracebacks in all the forms in which people have them."""

from __future__ import annotations

import pytest

from kerascheck.explain.places import is_own
from kerascheck.explain.traces import Frame, calling, exceptions, frame_of
from tests.explain import tracebacks


@pytest.mark.parametrize("form", tracebacks.IN_FILES)
def test_the_last_own_frame_is_the_call_of_fit(form: str) -> None:
    raised = exceptions(tracebacks.IN_FILES[form])[-1]
    own = [frame for frame in raised.frames if is_own(frame)]
    assert own[-1].row == tracebacks.ROW
    assert own[-1].filename.replace("\\", "/").endswith("train.py")
    assert own[-1].code == "model.fit(x, y, epochs=2)"


@pytest.mark.parametrize("form", [form for form in tracebacks.IN_FILES if form != "graph"])
def test_class_and_message_are_read(form: str) -> None:
    raised = exceptions(tracebacks.IN_FILES[form])[-1]
    assert raised.kind == "ValueError"
    assert "784" in raised.message and "\x1b" not in raised.message


def test_errors_of_graphs_keep_what_stands_behind_their_frames() -> None:
    raised = exceptions(tracebacks.GRAPH)[-1]
    assert raised.kind == "tensorflow.python.framework.errors_impl.InvalidArgumentError"
    assert "outside the valid range of [0, 10)" in raised.message
    assert len(raised.frames) == 3


@pytest.mark.parametrize(
    ("text", "code"),
    [(tracebacks.IPYTHON, "model.fit(x, y, epochs=2)"), (tracebacks.COLAB, "model.fit(x, y, epochs=2)")],
)
def test_frames_of_notebooks_have_the_count_of_their_cell(text: str, code: str) -> None:
    raised = exceptions(text)[-1]
    own = [frame for frame in raised.frames if is_own(frame)]
    assert [(frame.cell, frame.row, frame.code) for frame in own] == [(3, 4, code)]
    assert "784" in raised.message


@pytest.mark.parametrize(
    ("line", "cell", "row"),
    [
        ("Cell In[12], line 7", 12, 7),
        ("Cell In [12], line 7", 12, 7),
        ("Input In [12], in <cell line: 7>()", 12, 7),
        ("<ipython-input-12-8a1fe2d2a8b1> in <module>()", 12, None),
        ("/tmp/ipython-input-12-1234567.py in <cell line: 0>()", 12, None),
        ("/tmp/ipython-input-1234567.py in <cell line: 0>()", 0, None),
        ("/tmp/ipykernel_4321/987654.py in <module>", 0, None),
        ('  File "/tmp/ipykernel_4321/987654.py", line 7, in <module>', 0, 7),
        ('  File "<ipython-input-12-8a1fe2d2a8b1>", line 7, in <module>', 12, 7),
        ("File /tmp/ipykernel_4321/987654.py:7", 0, 7),
        ("File ~/project/train.py:7, in fit(x)", None, 7),
    ],
)
def test_the_cells_of_all_kinds_of_notebooks(line: str, cell: int | None, row: int | None) -> None:
    frame = frame_of(line)
    assert frame is not None and (frame.cell, frame.row) == (cell, row)
    assert is_own(frame)


def test_a_chain_gives_each_exception() -> None:
    assert [raised.kind for raised in exceptions(tracebacks.CHAINED)] == ["KeyError", "ValueError"]


@pytest.mark.parametrize(
    ("text", "kind", "message"),
    [
        ("ValueError: Graph disconnected", "ValueError", "Graph disconnected"),
        ("Graph disconnected", "", "Graph disconnected"),
        ("Epoch 1/2\nlog line\nkeras.errors.MyError: it failed\nmore", "keras.errors.MyError", "it failed\nmore"),
        ("12:00:01 ERROR ValueError: bad", "ValueError", "bad"),
    ],
)
def test_a_message_needs_no_traceback(text: str, kind: str, message: str) -> None:
    raised = exceptions(text)[-1]
    assert (raised.kind, raised.message, raised.frames) == (kind, message, ())


@pytest.mark.parametrize("text", ["", "\n\n", "\x00\x00", "\x1b[31m\x1b[0m"])
def test_nothing_gives_nothing(text: str) -> None:
    assert exceptions(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "Traceback (most recent call last):\n" * 20_000,
        "Traceback (most recent call last):\n" + '  File "x.py", line 1, in f\n    f()\n' * 30_000,
        "E   x\n" * 100_000,
        "x" * 3_000_000,
        "Traceback (most recent call last):\n" + "\x1b[" * 200_000,
        'Traceback (most recent call last):\n  File "' + "a" * 100_000,
    ],
)
def test_hostile_texts_are_read_all_the_same(text: str) -> None:
    exceptions(text)


@pytest.mark.parametrize(
    ("name", "own"),
    [
        ("train.py", True), ("/app/src/train.py", True), ("C:\\work\\train.py", True), ("models/keras/net.py", True),
        ("/usr/lib/python3.11/site-packages/keras/src/layers/layer.py", False),
        ("/usr/lib/python3.11/threading.py", False), ("C:\\Python311\\Lib\\site-packages\\keras\\a.py", False),
        ("/usr/local/lib/python3.10/dist-packages/x.py", False), ("<frozen runpy>", False), ("<string>", False),
        ("/tmp/__autograph_generated_file0a.py", False), ("~/miniconda3/envs/tf/lib/python3.9/x.py", False),
    ],
)  # fmt: skip
def test_installed_code_is_not_the_users(name: str, own: bool) -> None:
    assert is_own(Frame(name, 1)) is own


def test_the_layer_that_was_called_and_its_shapes() -> None:
    raised = exceptions(tracebacks.FILTERED)[-1]
    found = calling(raised.message)
    assert found is not None
    assert (found.layer, found.shapes) == ("Sequential", ("(None, 28, 28)",))
    older = calling('Exception encountered when calling layer "conv2d_1" (type Conv2D).\n\nNegative dimension size')
    assert older is not None and older.layer == "Conv2D"
