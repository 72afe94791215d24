"""Which words are others, misspelt."""

from __future__ import annotations

import pytest

from kerascheck.text.spelling import is_misspelt, is_slip, most_like

KNOWN = ("relu", "gelu", "sigmoid", "softmax", "hard_sigmoid", "tanh")


@pytest.mark.parametrize("word", ["reu", "sotmax", "sigmod", "hard_sigmod", "tah"])
def test_a_letter_or_two_away(word: str) -> None:
    assert is_misspelt(word, KNOWN)


@pytest.mark.parametrize("word", ["prelu", "gelu_new", "relu6", "softmax_2", "sine", "ReLU", "hardsigmoid", "relu"])
def test_what_may_be_of_the_program_itself(word: str) -> None:
    assert not is_misspelt(word, KNOWN)


@pytest.mark.parametrize(
    ("written", "meant"), [("trianable", "trainable"), ("trainabl", "trainable"), ("biuld", "build")]
)
def test_a_slip_of_the_keyboard(written: str, meant: str) -> None:
    assert is_slip(written, meant)


@pytest.mark.parametrize(
    ("written", "meant"), [("trained", "trainable"), ("builder", "build"), ("units", "unit"), ("x", "y")]
)
def test_another_word(written: str, meant: str) -> None:
    assert not is_slip(written, meant)


@pytest.mark.parametrize(
    ("word", "known", "meant"),
    [
        ("adma", ("adam", "adamax", "adamw"), "adam"),  # two letters changed places
        ("adamaz", ("adam", "adamax", "adamw"), "adamax"),
        ("lineer", ("linear", "line"), "linear"),
        ("qqq", ("linear", "line"), None),
        ("", ("linear",), None),
    ],
)
def test_the_word_that_is_meant(word: str, known: tuple[str, ...], meant: str | None) -> None:
    assert most_like(word, known) == meant
