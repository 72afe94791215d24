"""Generators whose items are asked for where other things are not known."""

from __future__ import annotations

import pytest

from tests.machine.compare import compare_program

ENDLESS = """
log = []
def endless(n):
    while True:
        yield n
        log.append("more")
numbers = endless(3)
"""

PROGRAMS = {
    "a loop of unknown length between two items": """
        for first, second in zip([5, 4], numbers):
            for one in outside.rounds(1):
                pass
    """,
    "a condition that is not known between two items": """
        for first, second in zip([5, 4], numbers):
            if outside.rounds(1)[0] > 5:
                third = 2
    """,
    "two loops over one generator": """
        for first, second in zip([1, 2, 5], numbers):
            if outside.rounds(1)[0] > 6:
                third = 2
        for first, second in zip([3, 0], numbers):
            fourth = first
    """,
}


@pytest.mark.parametrize("code", PROGRAMS.values(), ids=PROGRAMS)
def test_what_others_do_not_know_leaves_a_generator_alone(code: str) -> None:
    lines = code.strip("\n").split("\n")
    result = compare_program(ENDLESS + "\n".join(line[8:] for line in lines) + "\n")
    assert (result.status, result.wrong) == ("compared", {})
    assert result.known >= 3


def test_a_generator_that_never_ends_does_not_end_what_asks_it() -> None:
    code = ENDLESS.replace('log.append("more")', 'log.append("more")\n        if outside.rounds(1)[0]: n = 4')
    result = compare_program(code + "for first, second in zip([5, 4], numbers):\n    third = 2\nlast = 8\n")
    assert result.wrong == {}
    assert result.status == "decided" or result.known >= 2
