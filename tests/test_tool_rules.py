"""The examples of the KC0xx rules, which the engine reports."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from kerascheck.configuration.config import Overrides, Resolver, Settings
from kerascheck.engine import check_source
from kerascheck.fixes.apply import fix_all
from kerascheck.rules.base import Invalid, Rule
from kerascheck.rules.kc0_tool import ToolRule
from kerascheck.rules.registry import own_rules

RULES = [rule for rule in own_rules() if isinstance(rule, ToolRule)]


def settings() -> Settings:
    return Resolver(Overrides(select=("KC0",)), isolated=True).settings_for(Path.cwd())


def test_the_engine_reports_each_code_of_the_family() -> None:
    """A code without a class could not be selected, silenced or looked up."""
    package = Path(__file__).parent.parent / "kerascheck"
    used = {
        code
        for path in package.rglob("*.py")
        if path.parent.name != "rules"
        for code in re.findall(r'"(KC0\d\d)"', path.read_text("utf-8"))
    }
    assert used == {rule.code for rule in RULES}


@pytest.mark.parametrize(("rule", "code"), [(rule, code) for rule in RULES for code in rule.VALID])
def test_valid(rule: Rule, code: str) -> None:
    assert check_source(code.encode(), "x.py", settings()).diagnostics == []


@pytest.mark.parametrize(("rule", "example"), [(rule, example) for rule in RULES for example in rule.INVALID])
def test_invalid(rule: Rule, example: Invalid) -> None:
    raw = example.code.encode()
    report = check_source(raw, "x.py", settings())
    assert {found.code for found in report.diagnostics} == {rule.code}
    assert [(found.span.start.row, found.message) for found in report.diagnostics] == example.findings
    fixed = fix_all(raw, report, lambda new: check_source(new, "x.py", settings()), unsafe=False)
    assert fixed.raw.decode() == (example.fixed or example.code)
