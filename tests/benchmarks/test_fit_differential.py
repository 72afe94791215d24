"""The comparison on random programs that train: a slice of it on the real Keras, and that it can disagree."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "benchmarks"))

differential = importlib.import_module("fit_differential")
programs = importlib.import_module("fit_programs")

#: A slice, and programs that once came out wrong.
SEEDS = [*range(48), 61, 112, 228, 244, 306, 331, 340, 387, 659, 742, 753, 794, 833, 1233, 1485, 2717, 3214]


@pytest.fixture(scope="module")
def real() -> Iterator[Any]:
    pytest.importorskip("tensorflow", reason="compares with the real Keras: needs TensorFlow (pip install '.[test]')")
    keras = differential.Keras()
    yield keras
    keras.close()


@pytest.mark.oracle
@pytest.mark.parametrize("seed", SEEDS)
def test_no_error_is_false_and_no_row_is_wrong(real: Any, seed: int) -> None:
    code = programs.program(seed)
    verdict, mine = real.run(code, seed), differential.claim(code)
    assert differential.compare(verdict, mine) not in ("FALSE ERROR", "WRONG ROW"), (code, verdict, mine.errors)


def test_a_program_is_its_seed() -> None:
    assert programs.program(7) == programs.program(7) != programs.program(8)


@pytest.mark.parametrize("seed", range(0, 200, 5))
def test_programs_are_python(seed: int) -> None:
    compile(programs.program(seed), "program.py", "exec")


ERROR = ((7, "KC210", "x"),)


@pytest.mark.parametrize(
    ("verdict", "errors", "knew", "kind"),
    [
        (differential.Verdict(False), (), True, "agree fine"),
        (differential.Verdict(False), ERROR, True, "FALSE ERROR"),
        (differential.Verdict(True, (7, 3)), ERROR, True, "agree crash"),
        (differential.Verdict(True, (9,)), ERROR, True, "WRONG ROW"),
        (differential.Verdict(True, (5,)), ERROR, True, "missed crash"),
        (differential.Verdict(True, (5,)), (), True, "missed crash"),
        (differential.Verdict(True, (5,)), (), False, "unknown crash"),
        (differential.Verdict(True, (5,), "GatherV2"), (), True, "unknown crash"),
        (differential.Verdict(True, (9,)), ((5, "KC201", "rank"),), True, "agree crash"),
    ],
)
def test_kinds(verdict: Any, errors: Any, knew: bool, kind: str) -> None:
    assert differential.compare(verdict, differential.Claim(errors, (), knew)) == kind
