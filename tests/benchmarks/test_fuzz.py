"""The fuzzer finds what it is there for, and a minute of it finds nothing."""

from __future__ import annotations

import ast
import importlib
import json
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"
sys.path.insert(0, str(BENCHMARKS))

fuzz = importlib.import_module("fuzz")
inputs = importlib.import_module("fuzz_inputs")

SEED = 20
INPUTS = 1_200  # about a minute


@pytest.fixture(autouse=True)
def listening() -> None:
    """Internal errors are listened for as in a process of the fuzzer."""
    fuzz.listen()


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_a_minute_of_it(tmp_path: Path) -> None:
    command = [sys.executable, str(BENCHMARKS / "fuzz.py"), "--seed", str(SEED), "--inputs", str(INPUTS)]
    done = subprocess.run([*command, "--out", str(tmp_path / "out")], capture_output=True, text=True, check=False)
    found = [json.loads(file.read_text()) for file in (tmp_path / "out").glob("*.json")]
    assert done.returncode == 0, (done.stdout, done.stderr, [one["details"] for one in found])
    assert f"{INPUTS:,}" in done.stdout


def test_inputs_are_made_by_their_numbers() -> None:
    made = [inputs.make(3, number) for number in range(60)]
    assert made == [inputs.make(3, number) for number in range(60)]
    assert len({one.raw for one in made}) > 55
    programs = 0
    for one in made:
        try:
            ast.parse(one.raw)
            programs += 1
        except (SyntaxError, ValueError):
            pass
    assert programs > 30


def attempt(code: str, number: int = 0) -> Any:
    return fuzz.WholePath(Counter()).run(inputs.Input("input.py", code.encode(), "test"), number)


GOOD = "import keras\nm = keras.Sequential([keras.Input((4,)), keras.layers.Dense(2), keras.layers.Dense(3)])\n"


def test_a_good_program_is_no_failure() -> None:
    assert attempt(GOOD) is None


def test_an_internal_error_is_found_and_made_smaller(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: Any) -> Any:
        raise LookupError("made for the test")

    monkeypatch.setattr("kerascheck.machine.operators._sets", fails)
    code = GOOD + "y = 1\n" * 5 + "x = {1} | {2}\n" + "z = 3\n" * 5
    failure = attempt(code, 1)
    assert failure.key.startswith("check: LookupError at ")
    small = fuzz.smaller(
        inputs.Input("input.py", code.encode(), "test"),
        lambda one: (found := attempt(one.raw.decode(), 1)) is not None and found.key == failure.key,
    )
    assert len(small.raw) < 40 and b"|" in small.raw


@pytest.mark.parametrize(
    ("where", "what", "key"),
    [
        ("kerascheck.reporters.json.render", "writes nothing", "reporters: Wrong"),
        ("kerascheck.views.summary.summarize", "raises", "summary: ZeroDivisionError"),
        ("kerascheck.views.drawing.mermaid", "raises", "graph: ZeroDivisionError"),
        ("kerascheck.views.report.page.page", "raises", "report: ZeroDivisionError"),
    ],
)
def test_what_else_fails(monkeypatch: pytest.MonkeyPatch, where: str, what: str, key: str) -> None:
    monkeypatch.setattr(where, (lambda *_: None) if what == "writes nothing" else lambda *_: 1 // 0)
    assert attempt(GOOD).key.startswith(key)


def test_what_takes_too_long(monkeypatch: pytest.MonkeyPatch) -> None:
    def endless(*_: Any) -> Any:
        while True:
            pass

    monkeypatch.setattr(fuzz, "MAX_SECONDS", 0.2)
    monkeypatch.setattr("kerascheck.reporters.json.render", endless)
    assert "Hang" in attempt(GOOD).key
