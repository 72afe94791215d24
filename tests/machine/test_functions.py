"""Functions, classes and their objects."""

from __future__ import annotations

from typing import Any

import pytest

from tests.machine.helpers import UNKNOWN, build, cases, known, model, models

PROGRAMS = cases("functions")


@pytest.mark.parametrize("code", PROGRAMS.values(), ids=PROGRAMS)
def test_as_python_does(code: str) -> None:
    space: dict[str, Any] = {}
    exec(code, space)
    assert known(code) == space["x"]


UNKNOWN_RESULTS = cases("unknown_results")


@pytest.mark.parametrize("code", UNKNOWN_RESULTS.values(), ids=UNKNOWN_RESULTS)
def test_not_known(code: str) -> None:
    assert known(code) is UNKNOWN


GENERATORS = cases("generators")


@pytest.mark.parametrize("code", GENERATORS.values(), ids=GENERATORS)
def test_generators_as_in_python(code: str) -> None:
    space: dict[str, Any] = {}
    exec(code, space)
    assert known(code) == space["x"]


def test_a_generator_of_layers() -> None:
    network = model("""
        def make(sizes):
            yield Input((4,))
            for size in sizes:
                yield Dense(size)
                yield Dropout(0.5)
            yield Dense(1)
        model = Sequential(make([8, 2]))
    """)
    assert network.status() == "exact"
    assert network.params() == 40 + 18 + 3
    assert [layer.name for layer in network.layers] == ["dense", "dropout", "dense_1", "dropout_1", "dense_2"]


def test_layers_of_an_unknown_number_are_unknown_not_none() -> None:
    network = model("""
        from a import sizes
        def make():
            yield Input((4,))
            for size in sizes:
                yield Dense(size)
        model = Sequential(make())
    """)
    assert network.open is not None


def test_a_generator_that_nobody_walks_over_is_analysed() -> None:
    analysis = build("""
        def models(n=2):
            yield Sequential([Input((4,)), Dense(n)])
    """)
    assert [str(network.params()) for path in analysis.paths for network in path.networks] == ["5*n"]


def test_a_generator_of_data_may_have_no_end() -> None:
    network = model("""
        def batches():
            while True:
                yield 1, 2
        model = Sequential([Input((4,)), Dense(1)])
        model.compile('sgd', 'mse')
        model.fit(batches(), steps_per_epoch=10)
        for batch in batches():
            model.train_on_batch(*batch)
    """)
    assert network.status() == "exact"


# -- functions and methods that nobody calls ----------------------------------------------------------------------------


def test_a_function_nobody_calls_is_analysed_without_its_defaults() -> None:
    analysis = build("""
        def make(units=8, size=4):
            model = Sequential([Input((size,)), Dense(units)])
            return model
    """)
    (network,) = [n for path in analysis.paths for n in path.networks]
    assert network.status() == "symbolic"
    assert str(network.params()) == "size*units + units"


def test_a_parameter_without_default_is_a_size_of_its_name() -> None:
    analysis = build("""
        def make(size, units):
            return Sequential([Input((size,)), Dense(units), Dense(units // 2)])
    """)
    (network,) = [n for path in analysis.paths for n in path.networks]
    assert network.status() == "symbolic"
    assert [str(layer.output_shapes()[0][1]) for layer in network.layers] == ["units", "units // 2"]  # type: ignore[index]


def test_a_function_that_is_called_is_not_analysed_again() -> None:
    analysis = build("""
        def make(units):
            return Sequential([Input((2,)), Dense(units)])
        make(3)
    """)
    assert [[n.params() for n in path.networks] for path in analysis.paths] == [[9]]


def test_methods_nobody_calls_see_what_init_sets() -> None:
    analysis = build("""
        class Trainer:
            def __init__(self, units=5):
                self.units = units
            def make(self):
                self.model = Sequential([Input((3,)), Dense(self.units)])
                self.model.compile("adam", "mse")
    """)
    found = [path for path in analysis.paths if path.networks]
    assert [str(path.networks[0].params()) for path in found] == ["4*units"]
    assert [path.compiles[0].network for path in found] == [path.networks[0] for path in found]


def test_a_method_changes_no_model_of_the_module() -> None:
    analysis = build("""
        model = Sequential([Input((2,)), Dense(3)])
        def grow():
            model.add(Dense(4))
    """)
    assert {len(n.layers) for path in analysis.paths for n in path.networks} == {1}


def test_functions_in_functions_are_entered_through_their_callers() -> None:
    (network,) = models("""
        def outer(n):
            def inner(m):
                return Dense(m)
            return Sequential([Input((2,)), inner(n), inner(n + 1)])
        outer(3)
    """)
    assert network.params() == 9 + 16
