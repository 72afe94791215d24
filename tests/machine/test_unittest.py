"""A file that runs its own tests: what the tests build belongs to the run of the file."""

from __future__ import annotations

from tests.machine.helpers import build

CODE = """
import unittest

def network(units, **options):
    x = Input((4,))
    model = Model(x, Dense(units, **options)(x))
    model.compile(loss='mse')
    return model

class Base(unittest.TestCase):
    def setUp(self):
        self.units = 3

class Widths(Base):
    def test_b_wide(self):
        network(self.units + 4)
    def test_a_fails(self):
        network(self.units)
        raise ValueError
    def helper(self):
        network(99)

class Another(unittest.TestCase):
    def test(self):
        network(1)

if __name__ == '__main__':
    unittest.main({arguments})
    network(77)
"""


def _units(arguments: str) -> list[object]:
    program = build(CODE.format(arguments=arguments)).paths[0]
    return [network.output_shapes() for network in program.networks]


def test_the_tests_are_run_in_the_order_of_their_names() -> None:
    assert _units("") == [[(None, 1)], [(None, 3)], [(None, 7)]]
    assert _units("verbosity=2") == _units("")


def test_options_may_choose_others() -> None:
    assert [(None, 7)] not in _units("argv=['x', 'Another']")


# -- whoever else runs the tests -----------------------------------------------------------------------------------------

CASE = """
import unittest
import numpy as np

class Net(Model):
    def __init__(self, units):
        super().__init__()
        self.dense = Dense(units)
    def call(self, x):
        return self.dense(x)

class Widths({base}):
    @classmethod
    def setUpClass(cls):
        cls.units = 5
    def setUp(self):
        super().setUp()
        self.x = np.ones((8, 4))
        self.model = Sequential([Input((4,)), Dense(2)])
    def test_called(self):
        net = Net(self.units)
        net(self.x)
    def test_grown(self):
        self.model.add(Dense(1))
    def test_as_it_was(self):
        Model(self.model.inputs, self.model.outputs)
"""


def _built(base: str, imports: str = "") -> set[tuple[str, int | None]]:
    """The classes and widths of the models that are known."""
    paths = build(imports + CASE.format(base=base)).paths
    return {(net.cls, net.output_shapes()[0][-1]) for path in paths for net in path.networks if net.status() == "exact"}


def test_a_test_finds_what_is_set_up_for_it_and_nothing_of_other_tests() -> None:
    found = _built("unittest.TestCase")
    assert ("Net", 5) in found
    assert ("Functional", 2) in found and ("Functional", 1) not in found


def test_test_cases_of_keras_are_some_too() -> None:
    assert ("Net", 5) in _built("testing.TestCase", "from keras.src import testing\n")


def test_what_another_class_calls_so_is_run_by_nobody() -> None:
    assert ("Net", 5) not in _built("object")
