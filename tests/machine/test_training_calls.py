"""compile, fit and their kin are bound to the model they are called on."""

from __future__ import annotations

import pytest

from tests.machine.helpers import build, cases

CALLS = cases("training_calls")


@pytest.mark.parametrize("code", CALLS.values(), ids=CALLS)
def test_bound_to_the_model(code: str) -> None:
    program = build(code).paths[0]
    (network,) = program.networks
    (compiled,) = program.compiles
    assert len({training.site.key for training in program.trainings}) == 1  # a loop comes there more than once
    training = program.trainings[0]
    assert compiled.network is network
    for one in program.trainings:
        assert one.network is network
        assert one.compiled is compiled
        assert one.method == "fit"
    assert compiled.arguments.value("optimizer", 0) == "adam"
    assert compiled.arguments.value("loss", 1) == "mse"
    assert training.arguments.value("x", 0) == 1


def test_two_models_keep_their_calls_apart() -> None:
    program = build("""
        a, b = Sequential(name="a"), Sequential(name="b")
        for m, loss in ((a, "mse"), (b, "mae")):
            m.compile("adam", loss)
        b.fit(1, 2)
        a.evaluate(1, 2)
    """).paths[0]
    assert [(c.network.name, c.arguments.value("loss", 1)) for c in program.compiles] == [("a", "mse"), ("b", "mae")]
    assert [(t.network.name, t.method) for t in program.trainings] == [("b", "fit"), ("a", "evaluate")]


def test_a_model_compiled_twice_is_trained_with_the_latest() -> None:
    program = build("m = Sequential()\nm.compile('adam', 'mse')\nm.compile('sgd', 'mae')\nm.fit(1, 2)").paths[0]
    (training,) = program.trainings
    assert training.compiled is program.compiles[1]


def test_fit_without_compile() -> None:
    (training,) = build("m = Sequential()\nm.fit(1, 2)").paths[0].trainings
    assert training.compiled is None


def test_a_compile_call_remembers_the_outputs_of_then() -> None:
    program = build("m = Sequential([Input((4,)), Dense(2)])\nm.compile('adam', 'mse')\nm.add(Dense(7))").paths[0]
    assert [t.shape for t in program.compiles[0].outputs] == [(None, 2)]


@pytest.mark.parametrize("method", ["fit", "evaluate", "predict", "train_on_batch", "fit_generator", "predict_classes"])
def test_methods_that_take_data(method: str) -> None:
    (training,) = build(f"m = Sequential()\nm.{method}(1)").paths[0].trainings
    assert training.method == method


def test_calls_on_something_unknown_are_no_calls() -> None:
    program = build("from a import m\nm.compile('adam', 'mse')\nm.fit(1, 2)").paths[0]
    assert program.compiles == []
    assert program.trainings == []
