"""One plain program run by Python and by the interpreter."""

from __future__ import annotations

import sys
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from enum import Enum
from types import FrameType
from typing import Any

from tests.machine.helpers import UNKNOWN, execute_module, plain
from tests.machine.programs import OUTSIDE

_MAX_LINES = 4_000


class _TooLong(BaseException):
    """The program takes more lines than it is worth."""


@dataclass
class Comparison:
    """How the two runs of a program compare."""

    status: str  # "compared", "raises", "too long", "decided", "assumed a round", "assumed no error"
    names: int = 0
    known: int = 0
    wrong: dict[str, tuple[Any, Any]] = field(default_factory=dict)  # name: (ours, Python's)


def run_python(code: str) -> dict[str, Any] | str:
    """The names of the module after running it, or why there are none."""
    lines = 0

    def trace(frame: FrameType, event: str, argument: Any) -> Any:
        nonlocal lines
        if frame.f_code.co_filename != "program":
            return None  # the library is not traced
        lines += 1
        if lines > _MAX_LINES:
            raise _TooLong
        return trace

    space: dict[str, Any] = {}
    exec(OUTSIDE, space)
    before = sys.gettrace()
    sys.settrace(trace)
    try:
        exec(compile(code, "program", "exec"), space)
    except _TooLong:
        return "too long"
    except Exception:
        return "raises"
    finally:
        sys.settrace(before)
    if lines > _MAX_LINES:
        return "too long"  # a bare `except` of the program has caught it, and went on in the middle of the loop
    return space


def compare_program(code: str) -> Comparison:
    """Run the program both ways; what the interpreter claims to know must be what Python has."""
    real = run_python(code)
    if isinstance(real, str):
        return Comparison(real)
    run, scope = execute_module("import outside\n" + code)
    if run.needed:
        return Comparison("decided")
    result = Comparison("compared")
    for name, value in real.items():
        if name.startswith("__") or name == "outside" or _is_code(value):
            continue
        result.names += 1
        mine = plain(scope.vars[name]) if name in scope.vars else UNKNOWN
        if mine is not UNKNOWN:
            result.known += 1
        if not agrees(mine, value):
            result.wrong[name] = (mine, value)
    return result


def _is_code(value: Any) -> bool:
    plain = (int, str, list, dict, tuple, set, float, type(None))
    return not isinstance(value, plain) or isinstance(value, (Enum, Counter, defaultdict))


def agrees(mine: Any, real: Any) -> bool:
    """Whether a value with unknown parts can be Python's value."""
    if mine is UNKNOWN:
        return True
    for plain_type in (tuple, dict):
        if isinstance(real, plain_type):
            real = plain_type(real)  # also where it is of a class that derives from it
    if type(mine) is not type(real):
        return False
    if isinstance(mine, (list, tuple)):
        return len(mine) == len(real) and all(agrees(a, b) for a, b in zip(mine, real, strict=True))
    if isinstance(mine, dict):
        return list(mine) == list(real) and all(agrees(mine[key], real[key]) for key in mine)
    return bool(mine == real)
