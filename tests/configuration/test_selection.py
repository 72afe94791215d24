"""Which codes are reported: a truth table."""

from __future__ import annotations

import pytest

from kerascheck.configuration.selection import Layer, Selection, matches

ON, OFF = ("KC103", "redundant-input-shape", True), ("KC003", "unused-suppression", False)


@pytest.mark.parametrize(
    ("layers", "rule", "reported"),
    [
        pytest.param([], ON, True, id="on by default"),
        pytest.param([], OFF, False, id="off by default"),
        pytest.param([Layer(select=("ALL",))], OFF, True, id="ALL takes what is off by default too"),
        pytest.param([Layer(select=("KC1",))], ON, True, id="prefix"),
        pytest.param([Layer(select=("kc1",))], ON, True, id="case does not matter"),
        pytest.param([Layer(select=("KC2",))], ON, False, id="another prefix"),
        pytest.param([Layer(select=())], ON, False, id="nothing selected"),
        pytest.param([Layer(select=("redundant-input-shape",))], ON, True, id="name"),
        pytest.param([Layer(ignore=("KC103",))], ON, False, id="ignored"),
        pytest.param([Layer(ignore=("redundant-input-shape",))], ON, False, id="ignored by name"),
        pytest.param([Layer(select=("KC1",), ignore=("KC1",))], ON, False, id="a tie goes to ignore"),
        pytest.param([Layer(select=("KC103",), ignore=("KC1",))], ON, True, id="longer select wins"),
        pytest.param([Layer(select=("KC1",), ignore=("KC103",))], ON, False, id="longer ignore wins"),
        pytest.param([Layer(select=("ALL",), ignore=("KC",))], ON, False, id="KC is longer than ALL"),
        pytest.param([Layer(extend_select=("KC003",))], OFF, True, id="extended"),
        pytest.param([Layer(extend_select=("KC003",))], ON, True, id="extending leaves the defaults"),
        pytest.param([Layer(select=("KC2",), extend_select=("KC103",))], ON, True, id="select and extend"),
        pytest.param([Layer(ignore=("KC1",)), Layer(select=("KC103",))], ON, True, id="command line selects over file"),
        pytest.param([Layer(select=("KC1",)), Layer(ignore=("KC103",))], ON, False, id="command line ignores"),
        pytest.param([Layer(select=("KC2",)), Layer(extend_select=("KC1",))], ON, True, id="command line extends"),
        pytest.param([Layer(select=("KC1",)), Layer(select=("KC2",))], ON, False, id="command line replaces"),
        pytest.param([Layer(ignore=("KC103",)), Layer(ignore=("KC2",))], ON, False, id="ignores add up"),
    ],
)
def test_whether_a_rule_is_reported(layers: list[Layer], rule: tuple[str, str, bool], reported: bool) -> None:
    code, name, enabled = rule
    assert Selection(tuple(layers)).includes(code, name, enabled) is reported


@pytest.mark.parametrize("selector", ["KC10", "103", "K", "E501", "KC1033", "redundant", ""])
def test_selectors_that_are_no_prefix_of_the_code(selector: str) -> None:
    assert matches(selector, "KC103", "redundant-input-shape") is (selector == "KC10")
