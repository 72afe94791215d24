"""For the tests of rules: tries their examples through the whole checker."""

from __future__ import annotations

import ast

from kerascheck.configuration.config import Settings
from kerascheck.configuration.selection import Layer, Selection
from kerascheck.diagnostics import Report
from kerascheck.engine import check_source
from kerascheck.fixes.apply import fix_all
from kerascheck.rules.base import Invalid, Rule, Thresholds

__all__ = ["check_examples"]

_NAME = "example.py"


def check_examples(rule: Rule) -> None:
    """Try the VALID and INVALID examples of a rule, which need not be installed.

    VALID must give no finding; INVALID exactly those that it states, and the fixed text that it states, which must be
    Python and have no fix left.

    Raises:
        AssertionError: an example does something else.
    """
    for code in rule.VALID:
        found = _rows(_check(rule, code))
        assert not found, f"{rule.code} must be silent, but found {found} in:\n{code}"
    for case in rule.INVALID:
        report = _check(rule, case.code, case.options)
        found, expected = _rows(report), sorted(case.findings)
        assert found == expected, f"{rule.code} must find {expected}, but found {found} in:\n{case.code}"
        fixed = _fixed(rule, case, report)
        wanted = case.code if case.fixed is None else case.fixed
        assert fixed == wanted, f"{rule.code} must make this:\n{wanted}\nbut made this:\n{fixed}"
        ast.parse(fixed)


def _fixed(rule: Rule, case: Invalid, report: Report) -> str:
    def recheck(raw: bytes) -> Report:
        return _check(rule, raw.decode(), case.options)

    return fix_all(case.code.encode(), report, recheck, unsafe=True).raw.decode()


def _check(rule: Rule, code: str, options: dict[str, object] | None = None) -> Report:
    selection = Selection((Layer(extend_select=("ALL",)),))  # also what is off by default
    settings = Settings(selection, thresholds=Thresholds(**(options or {})))  # type: ignore[arg-type]
    report = check_source(code.encode(), _NAME, settings, (rule,))
    assert not report.crashed, [diagnostic.message for diagnostic in report.diagnostics]
    return report


def _rows(report: Report) -> list[tuple[int, str]]:
    return sorted((diagnostic.span.start.row, diagnostic.message) for diagnostic in report.diagnostics)
