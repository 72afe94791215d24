"""What has changed in the models of a program, from one version of it to the next."""

from __future__ import annotations

from io import StringIO

import pytest

from kerascheck import api
from kerascheck.views.changes_text import write_markdown, write_text
from kerascheck.views.model_changes import Change, ModelChange, ModelFacts, compared, models_in

HEAD = """\
import sys
import numpy as np
import keras
from keras import layers
"""
OLD = """
model = keras.Sequential([
    keras.Input((8,)),
    layers.Dense(16, activation="relu"),
    layers.Dense(3, activation="softmax"),
])
model.compile("adam", "categorical_crossentropy")
model.fit(np.zeros((20, 8)), np.zeros((20, 3)), epochs=5)
"""


def models(code: str) -> list[ModelFacts]:
    found = api.analyze((HEAD + code).encode(), "model.py")
    assert found.source is not None and found.analysis is not None
    return models_in(found.source, found.analysis)


def changed(new: str, old: str = OLD) -> ModelChange:
    found = compared(models(old), models(new))
    assert len(found) == 1
    return found[0]


def layers_of(change: ModelChange) -> list[tuple[str | None, str | None, dict[str, tuple[str | None, str | None]]]]:
    return [
        (one.old and one.old.name, one.new and one.new.name, {c.what: (c.old, c.new) for c in one.changes})
        for one in change.layers
    ]


@pytest.mark.parametrize(
    "new",
    [OLD, "# another comment\n" + OLD, OLD.replace("16", "8 * 2"), OLD.replace("epochs=5", "epochs=5, verbose=0")],
    ids=["the same", "other rows", "the same size", "what is printed"],
)
def test_nothing_that_matters(new: str) -> None:
    assert not changed(new).differs


def test_another_size_and_what_follows_from_it() -> None:
    found = changed(OLD.replace("16", "32"))
    assert layers_of(found) == [
        (
            "dense",
            "dense",
            {
                "output shape": ("(None, 16)", "(None, 32)"),
                "parameters": ("144", "288"),
                "units": ("16", "32"),
            },
        ),
        ("dense_1", "dense_1", {"parameters": ("51", "99")}),
    ]
    assert found.facts == (Change("parameters", "195", "387"), Change("trainable parameters", "195", "387"))


def test_a_new_layer_does_not_make_those_after_it_new() -> None:
    found = changed(OLD.replace("layers.Dense(3", "layers.Dropout(0.5),\n    layers.Dense(3"))
    assert layers_of(found) == [(None, "dropout", {})]


def test_a_layer_that_is_gone() -> None:
    found = changed(OLD.replace('    layers.Dense(16, activation="relu"),\n', ""))
    assert [one for one in layers_of(found) if one[1] is None] != []
    assert Change("parameters", "195", "27") in found.facts


def test_a_layer_of_another_class() -> None:
    found = changed(OLD.replace('layers.Dense(16, activation="relu")', "layers.BatchNormalization()"))
    assert [(old, new) for old, new, _ in layers_of(found)][:2] == [("dense", None), (None, "batch_normalization")]


def test_compile_and_fit() -> None:
    new = OLD.replace('"adam"', "keras.optimizers.Adam(1e-4)").replace("epochs=5", "epochs=50, batch_size=4")
    found = changed(new)
    assert found.compiled == (Change("optimizer", "'adam'", "Adam(0.0001)"),)
    assert found.trained == (Change("epochs", "5", "50"), Change("batch_size", None, "4"))


def test_models_with_other_names_belong_together_by_class() -> None:
    found = changed(OLD.replace("model", "network"))
    assert found.old is not None and found.new is not None
    assert (found.old.name, found.new.name) == ("model", "network") and not found.differs


def test_models_that_come_and_go() -> None:
    extra = "\nother = keras.Model(i := keras.Input((2,)), layers.Dense(1)(i))\n"
    added, removed = compared(models(OLD), models(OLD + extra)), compared(models(OLD + extra), models(OLD))
    assert [(one.old is None, one.new is None) for one in added] == [(False, False), (True, False)]
    assert [(one.old is None, one.new is None) for one in removed] == [(False, False), (False, True)]


def test_what_is_not_known_is_a_question_mark_on_both_sides() -> None:
    unknown = OLD.replace("16", "int(sys.stdin.readline())")
    assert not changed(unknown, unknown).differs
    assert "?" not in str(changed(unknown).as_dict()["model"]) or changed(unknown).differs


@pytest.mark.parametrize("write", [write_text, write_markdown])
def test_nothing_to_say(write) -> None:  # type: ignore[no-untyped-def]
    for found, said in (([], "No models found.\n"), (compared(models(OLD), models(OLD)), "No differences.\n")):
        stream = StringIO()
        write(found, stream)
        assert stream.getvalue().endswith(said)


def test_names_of_a_program_cannot_write_to_the_terminal_or_the_page() -> None:
    nasty = OLD.replace("layers.Dense(16,", "layers.Dense(16, name='\\x1b]0;x <b>[a](http://b)`',")
    text, page = StringIO(), StringIO()
    write_text(compared(models(OLD), models(nasty)), text)
    write_markdown(compared(models(OLD), models(nasty)), page)
    assert "\x1b" not in text.getvalue() and "\x1b" not in page.getvalue()
    assert "<b>" not in page.getvalue() and "[a](" not in page.getvalue()
