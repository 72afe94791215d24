"""A condition whose other arm is never tried leaves what depends on it unknown."""

from __future__ import annotations

import pytest

from kerascheck.interp import analysis
from tests.interp.helpers import build

CODE = """
import sys
{before}
model = Sequential([Input((4,)), Dense(3)])
if len(sys.argv) > 1:
    model.add(Dense(2))
{after}
other = Sequential([Input((4,)), Dense(3)])
"""


def _statuses(code: str) -> set[tuple[str, str]]:
    found = build(code)
    return {(network.variable or "", network.status()) for path in found.paths for network in path.networks}


@pytest.fixture
def one_path(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(analysis, "MAX_STEPS_FOR_BRANCHES", 0)


def test_both_arms_are_tried_where_that_is_cheap() -> None:
    assert _statuses(CODE.format(before="", after="")) == {("model", "exact"), ("other", "exact")}


@pytest.mark.usefixtures("one_path")
def test_what_follows_an_untried_condition_is_unknown() -> None:
    assert _statuses(CODE.format(before="", after="")) == {("model", "unknown"), ("other", "unknown")}


@pytest.mark.usefixtures("one_path")
@pytest.mark.parametrize("model", ["Sequential([Input((4,)), Dense(3)])", "Model(i := Input((4,)), Dense(3)(i))"])
def test_what_comes_before_it_stays_exact(model: str) -> None:
    early = f"early = {model}\n"
    assert ("early", "exact") in _statuses(CODE.format(before=early, after=""))


@pytest.mark.usefixtures("one_path")
def test_an_inert_block_is_no_condition() -> None:
    code = "import sys\nif len(sys.argv) > 1:\n    print('x')\nmodel = Sequential([Input((4,)), Dense(3)])\n"
    assert _statuses(code) == {("model", "exact")}


@pytest.mark.usefixtures("one_path")
def test_the_way_out_at_the_end_of_a_loop_is_no_condition() -> None:
    code = "import data\nfor i, x in enumerate(data.read()):\n    print(x)\n    if i > 2:\n        break\n"
    assert _statuses(f"{code}model = Sequential([Input((4,)), Dense(3)])\n") == {("model", "exact")}


@pytest.mark.usefixtures("one_path")
def test_a_way_out_with_an_else_is_one() -> None:
    code = "import data\nn = 1\nfor x in data.read():\n    if x:\n        break\nelse:\n    n = 2\n"
    assert _statuses(f"{code}model = Sequential([Input((4,)), Dense(n)])\n") == {("model", "unknown")}
