"""Code that would hang, explode or mislead: the analysis ends soon, and raises nothing."""

from __future__ import annotations

import json
import random
import time
from pathlib import Path

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, given, settings

from kerascheck.machine import analyze
from kerascheck.project.source import Source, SourceError
from kerascheck.views.summary import summarize
from tests.machine.helpers import KERAS, build, cases, source
from tests.machine.programs import Generator

HOSTILE = cases("hostile")
SECONDS = 6.0  # well above the limit of an analysis, for slow machines


@pytest.mark.slow
@pytest.mark.parametrize("code", HOSTILE.values(), ids=HOSTILE)
def test_the_analysis_ends(code: str) -> None:
    started = time.process_time()
    build(code, seconds=0.7)
    assert time.process_time() - started < SECONDS


MADE = {
    "a thousand layers": "model = Sequential([Input((4,))])\n" + "model.add(Dense(4))\n" * 1000,
    "a long list": f"x = [{', '.join(['1'] * 20_000)}]",
    "a long sum": "x = " + " + ".join(["1"] * 500),
    "a long chain of calls": "x = 'a'" + ".strip()" * 90,
    "a long chain of attributes": "import a\nx = a" + ".b" * 90,
    "a deep list": "x = " + "[" * 90 + "]" * 90,
    "deep ifs": "".join("    " * i + "if a:\n" for i in range(40)) + "    " * 40 + "pass",
    "deep loops": "".join("    " * i + f"for i{i} in range(10):\n" for i in range(18)) + "    " * 18 + "x = 1",
    "many conditions": "from a import b\n" + "".join(f"if b[{i}]: Dense({i + 1})\n" for i in range(500)),
    "many functions": "".join(f"def f{i}(a):\n    return f{(i + 1) % 300}(a)\n" for i in range(300)) + "f0(1)",
    "a chain of classes": "class C0: pass\n"
    + "".join(f"class C{i + 1}(C{i}): pass\n" for i in range(300))
    + "C300().x",
    "a ladder of diamonds": "class A0: pass\nclass B0: pass\n"
    + "".join(f"class A{i + 1}(A{i}, B{i}): pass\nclass B{i + 1}(A{i}, B{i}): pass\n" for i in range(40)),
    "many names": "".join(f"x{i} = {i}\n" for i in range(5_000)),
    "functions with loops that nobody calls": "".join(
        f"def f{i}(n):\n    m = Sequential()\n    for i in range(n):\n        m.add(Dense(i))\n" for i in range(100)
    ),
}


@pytest.mark.parametrize("code", MADE.values(), ids=MADE)
def test_large_code(code: str) -> None:
    started = time.process_time()
    build(code, seconds=0.7)
    assert time.process_time() - started < 2 * SECONDS


@pytest.mark.parametrize("title", ["a billion units", "a hundred thousand axes", "models in their own inputs"])
def test_what_is_too_large_can_be_shown(title: str) -> None:
    text = source(KERAS + HOSTILE[title])
    for model in summarize(text, analyze(text)):
        assert len(json.dumps(model.as_dict())) < 100_000


def test_a_limit_that_is_reached_is_said() -> None:
    analysis = build(MADE["deep loops"] + "\n" + "x = [0 for a in range(999) for b in range(999)]", seconds=0.05)
    assert analysis.incomplete is not None


def test_what_a_limit_cuts_off_is_not_exact() -> None:
    code = "model = Sequential([Input((4,)), Dense(1)])\n" + HOSTILE["nested comprehensions"] + "\nmodel.add(Dense(2))"
    analysis = build(code, seconds=0.2)
    if analysis.incomplete is not None:
        assert [network.status() for path in analysis.paths for network in path.networks] == ["unknown"]


def own_files() -> list[Path]:
    root = Path(__file__).parents[2]
    return sorted([*(root / "kerascheck").rglob("*.py"), *(root / "tests").rglob("*.py")])


@pytest.mark.slow
def test_files_that_are_no_scripts() -> None:
    for path in random.Random(0).sample(own_files(), 8):
        analyze(Source(path.read_bytes(), str(path)), 0.2)


@given(st.integers(0, 10**6), st.integers(0, 10**6), st.data())
@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
def test_code_with_lines_shuffled_about(first: int, second: int, data: st.DataObject) -> None:
    """Programs that make no sense any more, with Keras in between."""
    lines = (KERAS + Generator(random.Random(first)).program() + HOSTILE["keras here and there"]).split("\n")
    lines += Generator(random.Random(second)).program().split("\n")
    for _ in range(data.draw(st.integers(1, 6))):
        at, to = data.draw(st.integers(0, len(lines) - 1)), data.draw(st.integers(0, len(lines) - 1))
        lines[at], lines[to] = lines[to], lines[at]
    try:
        text = source("\n".join(lines))
        _ = text.tree
    except SourceError:
        return
    analyze(text, 1.0)
