"""Programs that the real libraries run and the interpreter reads: what is claimed must be true."""

from __future__ import annotations

import warnings
from typing import Any

from kerascheck.data.array import PartKey
from kerascheck.symbolic.unknown import Unknown
from tests.data.agreement import Sizes, disagreement
from tests.machine.helpers import execute_module


def run_both(code: str, **unknown: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """The names of a program as the interpreter knows them, and as they really are.

    `unknown` are values that only the real program has: the interpreter gets something unknown of that name.
    """
    head = "".join(f"{name} = input()\n" for name in unknown)
    _, scope = execute_module(head + code)
    names: dict[str, Any] = dict(unknown)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        exec(code, names)  # a program of this test, not one that is analysed
    return dict(scope.vars), names


def check(code: str, *names: str, **unknown: Any) -> dict[str, Any]:
    """Run both; everything that is claimed of `names` is true, and each of them is known."""
    claimed, real = run_both(code, **unknown)
    sizes = Sizes()
    for name in names:
        value = claimed[name]
        assert not isinstance(value, Unknown) or isinstance(value.key, PartKey), f"{name} is not known"
        why = disagreement(claimed[name], real[name], sizes)
        assert why is None, f"{name}: {why}"
    return claimed
