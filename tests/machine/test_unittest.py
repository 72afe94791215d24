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
