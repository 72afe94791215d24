"""Which conditions on one value of the environment can hold together."""

from __future__ import annotations

from collections.abc import Hashable

import pytest

from kerascheck.machine.feasibility import Facts, can_surely_be_asked, implied

MODE = ("environment", "MODE", "")
NUMBER = ("unknown", ("call", "int", ("environment", "N", "3")))
IS_BIG = ("==", ("unknown", ("environment", "MODE", None)), ("constant", "str", "big"))
BEGINS = ("method", "startswith", MODE, ("b",))
IS_LONG = ("<", ("constant", "int", 3), ("unknown", ("call", "len", MODE)))
IS_READ = ("evaluated", ("call", "int", ("environment", "N", "3")))


def above(number: int) -> Hashable:
    return ("<", ("constant", "int", number), NUMBER)


def is_odd() -> Hashable:
    return ("truth", ("%", NUMBER, ("constant", "int", 2)))


@pytest.mark.parametrize(
    ("facts", "key", "known"),
    [
        ({}, IS_BIG, None),
        ({BEGINS: False}, IS_BIG, False),
        ({BEGINS: True}, IS_BIG, None),
        ({IS_BIG: True}, BEGINS, True),
        # The beginning and the length of a text are not tried together: each of them by itself.
        ({IS_LONG: False, BEGINS: False}, IS_BIG, False),
        ({BEGINS: False, IS_LONG: False}, IS_BIG, False),
        ({BEGINS: True, IS_LONG: True}, IS_BIG, False),
        ({above(1): True, above(2): False}, is_odd(), False),
        ({above(1): True, above(3): False}, is_odd(), None),
    ],
)
def test_what_follows_from_facts(facts: dict[Hashable, bool], key: Hashable, known: bool | None) -> None:
    assert implied(Facts(facts), key) is known


def test_the_latest_of_many_facts_are_tried() -> None:
    many = {above(-number): True for number in range(1, 30)}
    assert implied(Facts({**many, above(5): True}), above(4)) is True


@pytest.mark.parametrize(
    ("facts", "key", "surely"),
    [
        ({}, BEGINS, True),
        ({}, IS_BIG, True),
        ({}, above(3), False),  # it need not be a number
        ({IS_READ: True}, above(3), True),
        ({("==", ("unknown", ("environment", "N", None)), ("constant", "str", "7")): True}, above(3), True),
    ],
)
def test_what_can_surely_be_asked(facts: dict[Hashable, bool], key: Hashable, surely: bool) -> None:
    assert can_surely_be_asked(Facts(facts), key) is surely
