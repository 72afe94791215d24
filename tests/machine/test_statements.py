"""Statements on known values do what Python does."""

from __future__ import annotations

import textwrap
from typing import Any

import pytest

from kerascheck.symbolic.unknown import Guarded
from tests.machine.helpers import UNKNOWN, cases, known, value_of

PROGRAMS = cases("statements")


@pytest.mark.parametrize("code", PROGRAMS.values(), ids=PROGRAMS)
def test_as_python_does(code: str) -> None:
    space: dict[str, Any] = {}
    exec(code, space)
    result = known(code)
    if "dir()" not in code:
        assert result == space["x"]


UNKNOWN_LOOPS = cases("unknown_loops")


@pytest.mark.parametrize("code", UNKNOWN_LOOPS.values(), ids=UNKNOWN_LOOPS)
def test_what_rounds_hand_on_is_unknown_afterwards(code: str) -> None:
    found = known(f"from somewhere import unknown\n{code}")
    assert found is UNKNOWN or found == [UNKNOWN]


KNOWN_AFTER_LOOPS = {
    "set anew in each round": "for i in unknown:\n    x = 7",
    "untouched": "x = [1]\nfor i in unknown:\n    print(x)",
    "a list of its own": "for i in unknown:\n    x = []\n    x.append(1)",
    "else": "for i in unknown:\n    pass\nelse:\n    x = 7",
}


@pytest.mark.parametrize("code", KNOWN_AFTER_LOOPS.values(), ids=KNOWN_AFTER_LOOPS)
def test_what_each_round_sets_alike_stays_known(code: str) -> None:
    assert known(f"from somewhere import unknown\n{code}") in (7, [1])


def test_a_break_in_the_else_of_a_loop_of_unknown_length_leaves_the_loop_around_it() -> None:
    loop = "    for j in unknown:\n        {body}\n    else:\n        break\n"
    code = "from a import unknown, flag\nx = 0\nfor i in range(3):\n" + loop + "    x += 1"
    assert known(code.format(body="pass")) == 0
    ways = value_of(code.format(body="if flag: break"), "x")
    assert isinstance(ways, Guarded)
    assert sorted(value for _, value in ways.alternatives) == [0, 1, 2, 3]
    assert known("def f():\n" + textwrap.indent(code.format(body="pass"), "    ") + "\n    yield x\n(x,) = f()") == 0


def test_statements_behind_a_sure_exit_are_not_run() -> None:
    assert known("x = 1\nraise SystemExit\nx = 2") == 1
    assert known("import sys\nx = 1\nsys.exit()\nx = 2") == 1


def test_a_failed_loop_body_leaves_the_rest_alone() -> None:
    code = """
        from somewhere import unknown
        x = 3
        for i in unknown:
            y = x + 1
        z = y
    """
    assert known(textwrap.dedent(code), "z") == 4
