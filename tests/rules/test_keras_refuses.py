"""Programs that Keras refuses, each beside a correct one that looks much alike: who says so, and on which row.

In the files of `tests/machine/cases/refused`, a row of a refused program ends in the code of the rule that speaks there.
Keras raises on the same row, or, where it notices the fault only on the first data, on the row that says so.
"""

from __future__ import annotations

import re
import traceback
from typing import Any, NamedTuple

import pytest

from kerascheck.configuration.config import Settings
from kerascheck.diagnostics import Diagnostic, Severity
from kerascheck.engine import check_source
from tests.machine.helpers import KERAS, cases

FAMILIES = ("arguments", "calls", "merges", "models", "ranks", "sizes", "subclassed")
_HEAD = KERAS.count("\n")


class Program(NamedTuple):
    """One program; its rows count without the imports before it."""

    code: str
    row: int | None  # where a rule speaks; None: nowhere
    rule: str | None
    raises: int | None  # where Keras raises


def _program(code: str) -> Program:
    row = rule = raises = None
    for number, line in enumerate(code.splitlines(), 1):
        if mark := re.search(r"# (KC\d+)$", line):
            row, rule = number, mark.group(1)
        elif line.endswith("# here Keras raises"):
            raises = number
    return Program(code, row, rule, raises or row)


def _programs() -> list[Any]:
    found = []
    for family in FAMILIES:
        for title, both in cases(f"refused/{family}").items():
            refused, taken = (_program(code) for code in both.split("# instead\n"))
            found.append(pytest.param(refused, id=f"{family}: {title}"))
            found.append(pytest.param(taken, id=f"{family}: {title}, mended"))
    return found


PROGRAMS = _programs()


def errors(code: str) -> list[Diagnostic]:
    """What is said about programs that will crash."""
    report = check_source((KERAS + code).encode(), "example.py", Settings())
    assert not report.crashed
    return [
        found
        for found in report.diagnostics
        if found.severity is Severity.ERROR
        and (found.code.startswith(("KC2", "KC50")) or found.code in ("KC105", "KC801"))
    ]


def test_enough_programs() -> None:
    refused = [program.values[0].row is not None for program in PROGRAMS]
    assert refused == [True, False] * (len(PROGRAMS) // 2)
    assert len(PROGRAMS) > 700


@pytest.mark.parametrize("program", PROGRAMS)
def test_one_error_is_announced_where_keras_raises(program: Program) -> None:
    expected = [(program.row, program.rule)] if program.row is not None else []
    found = errors(program.code)
    assert [(error.span.start.row - _HEAD, error.code) for error in found] == expected, found


@pytest.mark.oracle
@pytest.mark.parametrize("program", PROGRAMS)
def test_keras_raises_there(keras: Any, program: Program) -> None:
    keras.backend.clear_session()
    code = compile(KERAS + program.code, "example", "exec")
    if program.raises is None:
        exec(code, {"__name__": "example"})
        return
    with pytest.raises(Exception) as caught:
        exec(code, {"__name__": "example"})
    place = [frame for frame in traceback.extract_tb(caught.tb) if frame.filename == "example"][-1]
    first, last = place.lineno, getattr(place, "end_lineno", place.lineno)
    assert first - _HEAD <= program.raises <= last - _HEAD, caught.value
