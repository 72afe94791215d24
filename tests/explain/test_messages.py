"""The table of messages: each wording is recognised as its row, and rows say what a user can use."""

from __future__ import annotations

import re
import time

import pytest

from kerascheck.explain.messages import all_messages, recognised, subjects
from kerascheck.explain.messages.base import Message, filled
from kerascheck.explain.traces import exceptions
from kerascheck.rules.registry import find_rule

ROWS = [pytest.param(message, id=message.id) for message in all_messages()]


def test_the_table_is_long_enough_and_its_ids_are_unique() -> None:
    ids = [message.id for message in all_messages()]
    assert len(ids) >= 150 and len(set(ids)) == len(ids)
    assert all(re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name) for name in ids)
    assert sorted(ids) == sorted(message.id for group in subjects().values() for message in group)


@pytest.mark.parametrize("message", ROWS)
def test_each_example_is_recognised_as_its_own_row(message: Message) -> None:
    assert message.examples
    for example in message.examples:
        raised = exceptions(example)[-1]
        found = recognised(raised.message, raised.kind)
        assert found is not None and found[0].id == message.id, example


@pytest.mark.parametrize("message", ROWS)
def test_each_example_fills_the_title(message: Message) -> None:
    for example in message.examples:
        raised = exceptions(example)[-1]
        found = recognised(raised.message, raised.kind)
        assert found is not None
        title = filled(message.title, found[1])
        assert "..." not in title, title
        for text in (message.why, *message.todo, *(message.more(found[1]) if message.more else ())):
            assert filled(text, found[1]).strip()


@pytest.mark.parametrize("message", ROWS)
def test_rows_are_written_for_people(message: Message) -> None:
    assert len(message.title) <= 140
    assert not message.title.endswith(".") and message.why.endswith((".", ":")) and message.todo
    for text in message.todo:
        assert not text.endswith("."), text
        assert text.count("`") % 2 == 0, text
    for text in (message.title, message.why, message.page):
        assert text.count("`") % 2 == 0, text


#: What reads as translated, or has a word of its own in the documentation of Keras.
AVOIDED = (
    r"(?<![Tt]here )\bis no\b(?! longer)|\b[Gg]ive (?!up)|\banew\b|\bany more\b|\btheir kin\b|\bits kin\b|\bready-made\b|\bwhole numbers?\b"
    r"|\b(?:layer|loss|metric|function|code|class|model)s? of your own\b|\bfor ever\b|\bwants?\b|\bfigures?\b|\bgets?\b"
    r"|\b[Mm]ake (?:the|a) (?:folder|layer|model|object)\b"
)


@pytest.mark.parametrize("message", ROWS)
def test_rows_are_in_the_words_of_the_field(message: Message) -> None:
    for text in (message.title, message.why, *message.todo):
        prose = re.sub(r"`[^`]*`", "", text)
        found = re.search(AVOIDED, prose)
        assert found is None, f"{found.group()!r} in: {text}"


@pytest.mark.parametrize("message", ROWS)
def test_the_rules_of_a_row_exist(message: Message) -> None:
    assert [code for code in message.rules if find_rule(code) is None] == []


@pytest.mark.parametrize(
    "text",
    [
        "ZeroDivisionError: division by zero",
        "KeyError: 'customer_id'",
        "ValueError: invalid literal for int() with base 10: 'x'",
        "AttributeError: 'NoneType' object has no attribute 'shape'",
        "IndexError: list index out of range",
        "FileNotFoundError: [Errno 2] No such file or directory: 'data.csv'",
        "ModuleNotFoundError: No module named 'my_project'",
        "TypeError: 'int' object is not callable",
    ],
)
def test_messages_of_other_things_are_not_taken_for_messages_of_keras(text: str) -> None:
    raised = exceptions(text)[-1]
    assert recognised(raised.message, raised.kind) is None


@pytest.mark.parametrize(
    ("text", "advice"),
    [
        ("ValueError: Input 0 of layer \"conv2d\" is incompatible with the layer: expected min_ndim=4, found ndim=3. "
         "Full shape received: (None, 28, 28)", "`shape=(28, 28, 1)`"),
        ("ValueError: Input 0 of layer \"lstm_1\" is incompatible with the layer: expected ndim=3, found ndim=2. Full "
         "shape received: (None, 64)", "return_sequences=True"),
        ("ValueError: Input 0 of layer \"sequential\" is incompatible with the layer: expected "
         "shape=(None, 784), found "
         "shape=(32, 28, 28)", "28 x 28 = 784"),
        ("ValueError: Shapes (None, 1) and (None, 10) are incompatible", "to_categorical(y, 10)"),
        ("ValueError: cannot reshape array of size 47040000 into shape (50000,784)", "reshape(-1, 784)"),
        ("ModuleNotFoundError: No module named 'keras.utils.np_utils'", "from keras.utils import to_categorical"),
        ("TypeError: fit() got an unexpected keyword argument 'nb_epoch'", "`epochs`"),
        ("KeyError: 'val_acc'", "`val_accuracy`"),
        ("ValueError: Error when checking input: expected conv2d_1_input to have 4 dimensions, but got array with shape "
         "(60000, 28, 28)", "x[..., None]"),
        ("ValueError: Error when checking input: expected dense_1_input to have shape (784,) but got array with shape "
         "(28, 28)", "x.reshape(-1, 784)"),
        ("ValueError: Argument `output` must have rank (ndim) `target.ndim - 1`. Received: target.shape=(32, 1), "
         "output.shape=(32, 15, 15, 10)", "Flatten()"),
        ("ValueError: Argument `output` must have rank (ndim) `target.ndim - 1`. Received: target.shape=(None, 3), "
         "output.shape=(None, 3)", "categorical_crossentropy"),
        ("Received a label value of 10 which is outside the valid range of [0, 10).", "y = y - 1"),
    ],
)  # fmt: skip
def test_the_numbers_of_a_message_lead_to_advice(text: str, advice: str) -> None:
    raised = exceptions(text)[-1]
    found = recognised(raised.message, raised.kind)
    assert found is not None and found[0].more is not None
    assert advice in " ".join(found[0].more(found[1]))


@pytest.mark.parametrize(
    "text",
    [
        "(" * 60_000,
        "Input 0 of layer " * 4_000,
        "expected shape=(" + "None, " * 10_000,
        "Received: input_shape=" + "[(None, 4)," * 6_000,
        "Exception encountered: " * 4_000,
        " " * 60_000,
        "x sizes: " + "8, " * 20_000 + "y sizes: ",
        "Available metrics are: " + "a, " * 20_000,
        "a_" * 30_000,
    ],
)
def test_no_text_keeps_the_patterns_busy(text: str) -> None:
    before = time.process_time()
    recognised(text)
    assert time.process_time() - before < 3


def test_fields_are_filled_and_braces_stay() -> None:
    assert filled("{a} {b|no b} {{c}}", {"a": "{x}"}) == "{x} no b {c}"
