"""The benchmark of unknown conditions: its programs and its arithmetic."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "benchmarks"))

bench = importlib.import_module("bench_conditions")


@pytest.mark.parametrize("kind", bench.KINDS.values(), ids=bench.KINDS)
def test_programs_are_python(kind: Any) -> None:
    for count in (0, *bench.COUNTS):
        for conditions in (True, False):
            code = bench.program(kind, count, conditions)
            compile(code, "program.py", "exec")
            assert code.count("FLAG_") == count * conditions


@pytest.mark.parametrize("power", [0.0, 1.0, 2.0])
def test_the_exponent_of_growth(power: float) -> None:
    assert bench.exponent([3.0 * count**power for count in bench.COUNTS]) == pytest.approx(power)


def test_what_an_empty_program_costs_does_not_count() -> None:
    def timed(code: str, repeat: int) -> float:
        return 0.5 + 0.01 * code.count("FLAG_")

    ratios, growth = bench.measure(bench.KINDS["a path"], 1, timed)
    assert growth == pytest.approx(1.0)
    assert ratios == pytest.approx([1.1, 1.2, 1.4, 1.8])
