"""Generators whose items are asked for where other things are not known."""

from __future__ import annotations

import pytest

from tests.machine.compare import compare_program
from tests.machine.helpers import build

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


def test_how_far_a_generator_is_in_a_loop_over_data_touches_no_model() -> None:
    made = build("""
        import os
        def cut(text):
            for i in range(20):
                yield text
        def padded(text):
            if len(text) >= 16000:
                return text
            return text + "x"
        for name in os.listdir("x"):
            text = padded(open(name).read())
            if len(text) > 16000:
                parts = cut(text)
            else:
                parts = [text]
            for part in parts:
                print(part)
        model = Sequential([Input((39,)), Dense(12)])
    """)
    assert [str(network.status()) for path in made.paths for network in path.networks] == ["exact"]


def test_how_far_it_is_counts_where_a_model_is_made_of_its_items() -> None:
    made = build("""
        import os
        def sizes(first):
            yield first
            yield 5
        for name in os.listdir("x"):
            parts = sizes(3) if len(name) > 4 else [7]
            model = Sequential([Input((2,))])
            for size in parts:
                model.add(Dense(size))
    """)
    assert "exact" not in {str(n.status()) for path in made.paths for n in path.networks if len(n.layers) == 0}
    shown = {str(n.params()) for path in made.paths for n in path.networks if str(n.status()) == "exact"}
    assert shown <= {"21", "29"}
