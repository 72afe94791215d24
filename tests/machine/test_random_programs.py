"""Random plain programs: whatever the interpreter claims to know is what Python computes."""

from __future__ import annotations

import random

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, given, settings

from tests.machine.compare import agrees, compare_program
from tests.machine.helpers import UNKNOWN
from tests.machine.programs import Generator
from tests.machine.wider_programs import WiderGenerator

pytestmark = pytest.mark.slow

#: Programs that once came out wrong, by the seeds that make them.
SEEDS = [0, 15, 64, 207, 226, 248, 2097, 2295, 10013, 30769, 32548, 32878, 103708, 500864, 502174, 503285, 902195]


def check(code: str) -> None:
    result = compare_program(code)
    assert result.wrong == {}, f"{result.wrong}\n{code}"


@given(st.randoms(use_true_random=False), st.booleans())
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
def test_known_values_are_pythons(rng: random.Random, unknown_loops: bool) -> None:
    check(Generator(rng, unknown_loops).program())


@given(st.randoms(use_true_random=False), st.booleans())
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
def test_generators_records_and_operators_of_objects(rng: random.Random, unknown_loops: bool) -> None:
    check(WiderGenerator(rng, unknown_loops).program())


@pytest.mark.parametrize("seed", SEEDS)
def test_programs_that_once_came_out_wrong(seed: int) -> None:
    check(Generator(random.Random(seed)).program())


@pytest.mark.parametrize("kind", [Generator, WiderGenerator])
def test_the_comparison_is_not_idle(kind: type[Generator]) -> None:
    """Most programs are compared, and most of their values are known: else the tests above would prove little."""
    results = [compare_program(kind(random.Random(seed), False).program()) for seed in range(30)]
    compared = [result for result in results if result.status == "compared"]
    assert len(compared) > 15
    assert sum(r.known for r in compared) > 0.9 * sum(r.names for r in compared)


def test_a_program_that_takes_too_long_is_not_compared_whatever_it_catches() -> None:
    code = "found = 0\nfor number in range(9_000):\n    try:\n        found = found\n    except:\n        found = 1\n"
    assert compare_program(code).status == "too long"


def test_the_comparison_finds_faults() -> None:
    assert agrees([1, UNKNOWN], [1, 2])
    assert not agrees([1, UNKNOWN], [2, 2])
    assert not agrees([1], [1, 2])
    assert not agrees(True, 1)
    assert not agrees({"a": 1, "b": 2}, {"b": 2, "a": 1})


@pytest.mark.parametrize(
    ("before", "step"),
    [
        ("n = 3", "n -= 1; 6 // n"),
        ("n = 3", "n -= 1; 6 % n"),
        ("items = [3, 3, 0]", "items.remove(3)"),
        ("items = {1, 2, 3}", "items.remove(2)"),
        ("items = {1: 2}", "del items[1]"),
        ("items = [1, 2, 3]", "del items[0]"),
        ("items = [1, 2, 3]", "items.pop(); items[0] = 1"),
        ("n = 3; items = [4, 5, 6, 7, 8]", "n += 1; items[n] = 9"),
        ("n = 3; items = [4, 5, 6, 7, 8]", "n += 1; del items[n]"),
        ("n = 3; items = {4: 5, 5: 6}", "n += 1; del items[n]"),
        ("items = [1, 2, 3]", "one, two, three = items; items.append(1)"),
    ],
)
def test_steps_that_fail_in_a_later_round(before: str, step: str) -> None:
    check(
        f"{before}\nfound = 1\nfor _ in outside.rounds(9):\n    try:\n        {step}\n    except Exception:\n        found = 2\n"
    )
    check(
        f"{before}\nfound = 1\nfor _ in outside.rounds(9):\n    try:\n        {step}\n    except:\n        found = 2\n"
    )
