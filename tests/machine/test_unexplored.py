"""Conditions past the number that is decided leave what hangs on them unknown, and nothing else."""

from __future__ import annotations

import pytest

from kerascheck.machine import combinations
from tests.machine.helpers import build

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
def nothing_decided(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(combinations, "_MAX_RUNS", 1)


@pytest.fixture
def one_decided(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(combinations, "_MAX_RUNS", 2)


@pytest.mark.usefixtures("one_decided")
def test_conditions_that_nothing_hangs_on_take_no_place_from_those_that_matter() -> None:
    before = "".join(f"if len(sys.argv) > {n}:\n    x{n} = y{n} = {n}\n" for n in range(7, 20))
    found = build(CODE.format(before=before, after=before))
    assert {network.status() for path in found.paths for network in path.networks} == {"exact"}
    assert len(found.paths) == 2


@pytest.mark.usefixtures("one_decided")
def test_of_two_conditions_that_act_together_one_is_left_over() -> None:
    code = CODE.format(before="", after="if len(sys.argv) > 2:\n    model.add(Dense(5))\n")
    assert _statuses(code) == {("model", "unknown"), ("other", "exact")}


def test_an_arm_that_raises_is_not_taken_where_data_decides() -> None:
    code = """
import numpy as np
def read(file):
    magic = np.frombuffer(file.read(4), dtype=np.int32)[0]
    if magic != 2051:
        raise ValueError
    return magic
with open('a') as f:
    numbers = [read(f), read(f), read(f)]
model = Sequential([Input((4,)), Dense(3)])
"""
    assert _statuses(code) == {("model", "exact")}


def test_the_rounds_of_a_loop_on_numbers_of_data_are_one_condition() -> None:
    code = """
import random
import numpy as np
(x, y), _ = keras.datasets.mnist.load_data()
classes = []
for i in range(40):
    label = random.randint(0, 9)
    while label == y[i]:
        label = random.randint(0, 9)
    classes.append(label)
model = Sequential([Input((4,)), Dense(3)])
"""
    assert _statuses(code) == {("model", "exact")}


def test_both_arms_are_tried_where_that_is_cheap() -> None:
    assert _statuses(CODE.format(before="", after="")) == {("model", "exact"), ("other", "exact")}


@pytest.mark.usefixtures("nothing_decided")
def test_what_hangs_on_a_condition_left_over_is_unknown_and_nothing_else() -> None:
    early = "early = Sequential([Input((4,)), Dense(3)])\n"
    found = _statuses(CODE.format(before=early, after=""))
    assert found == {("early", "exact"), ("model", "unknown"), ("other", "exact")}


@pytest.mark.usefixtures("nothing_decided")
@pytest.mark.parametrize(
    "change",
    ["units = 7", "units += 1", "del units", "import units", "units = read()", "sizes[0] = 7", "sizes.append(7)"],
)
def test_a_value_that_an_arm_has_changed_hangs_on_the_condition(change: str) -> None:
    code = f"""
import sys
from data import read
units, sizes, same = 3, [3], 3
if len(sys.argv) > 1:
    {change}
    same = 3
model = Sequential([Input((4,)), Dense({"sizes[-1]" if "sizes" in change else "units"})])
other = Sequential([Input((4,)), Dense(same)])
"""
    found = _statuses(code)
    assert ("other", "exact") in found
    assert (("model", "exact") in found) == (change == "del units")  # a program that goes on has not deleted it


@pytest.mark.usefixtures("nothing_decided")
def test_what_is_built_of_a_model_hangs_on_what_the_model_hangs_on() -> None:
    code = "outer = Sequential([Input((4,)), model])\n"
    found = _statuses(CODE.format(before="", after=code))
    assert found == {("model", "unknown"), ("outer", "unknown"), ("other", "exact")}


@pytest.mark.usefixtures("nothing_decided")
def test_nothing_is_reported_that_hangs_on_a_condition_left_over() -> None:
    code = "import sys\nunits = 3\nif len(sys.argv) > 1:\n    units = -1\nDense(units)\n"
    assert [one for path in build(code).paths for one in path.raised] == []


@pytest.mark.usefixtures("nothing_decided")
@pytest.mark.parametrize("model", ["Sequential([Input((4,)), Dense(3)])", "Model(i := Input((4,)), Dense(3)(i))"])
def test_what_comes_before_it_stays_exact(model: str) -> None:
    early = f"early = {model}\n"
    assert ("early", "exact") in _statuses(CODE.format(before=early, after=""))


@pytest.mark.usefixtures("nothing_decided")
def test_an_inert_block_decides_nothing() -> None:
    code = "import sys\nif len(sys.argv) > 1:\n    print('x')\nmodel = Sequential([Input((4,)), Dense(3)])\n"
    assert _statuses(code) == {("model", "exact")}


@pytest.mark.usefixtures("nothing_decided")
def test_the_way_out_at_the_end_of_a_loop_decides_nothing() -> None:
    code = "import data\nfor i, x in enumerate(data.read()):\n    print(x)\n    if i > 2:\n        break\n"
    assert _statuses(f"{code}model = Sequential([Input((4,)), Dense(3)])\n") == {("model", "exact")}


WAY_OUT = "import data\nn = 1\nfor x in data.read():\n    if x:\n        break\nelse:\n    n = 2\n"


@pytest.mark.usefixtures("nothing_decided")
def test_a_way_out_with_an_else_does() -> None:
    assert _statuses(f"{WAY_OUT}model = Sequential([Input((4,)), Dense(n)])\n") == {("model", "unknown")}
    assert _statuses(f"{WAY_OUT}model = Sequential([Input((4,)), Dense(3)])\n") == {("model", "exact")}


def test_whether_a_loop_is_left_is_decided() -> None:
    found = build(f"{WAY_OUT}model = Sequential([Input((4,)), Dense(n)])\n")
    assert {path.networks[0].params() for path in found.paths} == {5, 10}


@pytest.mark.parametrize(
    "condition", ["tuple(sorted((data.a(), data.b()))) == (1, 2)", "set(data.a()) == {1}", "data.a() in [data.b()]"]
)
def test_a_condition_on_something_without_a_name_is_tried_both_ways(condition: str) -> None:
    code = f"import data\nmodel = Sequential([Input((4,)), Dense(3)])\nif {condition}:\n    model.add(Dense(2))\n"
    depths = {len(path.networks[0].layers) for path in build(code).paths}
    assert depths == {1, 2}


def test_it_is_decided_the_same_way_twice() -> None:
    code = """
        import data
        x = tuple(sorted((data.a(), data.b())))
        model = Sequential([Input((4,)), Dense(3)])
        if x:
            model.add(Dense(2))
        if x:
            model.add(Dense(1))
    """
    depths = {len(path.networks[0].layers) for path in build(code).paths}
    assert depths == {1, 3}


def test_a_long_loop_with_conditions_is_cut_short() -> None:
    code = """
        import data
        seen, found, tried = set(), [], 0
        while len(found) < 50000:
            key = tuple(sorted((data.a(), data.b())))
            if key in seen:
                continue
            seen.add(key)
            found.append(key)
        model = Sequential([Input((4,)), Dense(3)])
    """
    assert _statuses(code) == {("model", "exact")}
    assert _statuses(f"{code}    other = Sequential([Input((4,)), Dense(len(found))])\n") == {
        ("model", "exact"),
        ("other", "symbolic"),
    }


def test_a_loop_that_trains_is_cut_short() -> None:
    code = """
        import data
        model = Sequential([Input((4,)), Dense(3)])
        model.compile('sgd', 'mse')
        scores, n = [], 0
        for epoch in range(50):
            model.fit(data.x, data.y)
            scores.append(epoch)
            n += 1
    """
    [program] = build(code).paths
    assert len(program.trainings) < 10
    assert program.networks[0].status() == "exact"
    for count in ("len(scores)", "n"):
        other = f"{code}    other = Sequential([Input((4,)), Dense({count})])\n"
        assert ("other", "exact") not in _statuses(other)


def test_a_loop_that_builds_and_trains_is_not() -> None:
    code = """
        import data
        for n in range(1, 9):
            model = Sequential([Input((4,)), Dense(n)])
            model.compile('sgd', 'mse')
            model.fit(data.x, data.y)
    """
    [program] = build(code).paths
    assert [network.params() for network in program.networks] == [5 * n for n in range(1, 9)]
