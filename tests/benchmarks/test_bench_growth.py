"""Checking grows in proportion to a program, by the number of calls: the same in each run."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "benchmarks"))

bench = importlib.import_module("bench_growth")


@pytest.mark.parametrize("kind", bench.KINDS)
def test_programs_are_python_of_their_sizes(kind: str) -> None:
    lengths = []
    for count in bench.sizes(kind):
        code = bench.program(kind, count)
        compile(code, "program.py", "exec")
        lengths.append(len(code))
    assert bench.exponent(bench.sizes(kind), lengths) == pytest.approx(0.9, abs=0.2)


@pytest.mark.slow
@pytest.mark.parametrize("kind", bench.KINDS)
def test_it_grows_in_proportion(kind: str) -> None:
    _, exponent = bench.growth(kind)
    assert exponent < 1.15
