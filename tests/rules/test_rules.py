"""The VALID and INVALID examples of every rule, through the whole engine; and what must hold of all rules."""

from __future__ import annotations

import ast
import re

import pytest

from kerascheck.configuration.config import Settings
from kerascheck.configuration.selection import Layer, Selection
from kerascheck.diagnostics import Diagnostic, Report
from kerascheck.engine import check_source
from kerascheck.fixes.apply import fix_all
from kerascheck.rules.base import Invalid, Rule, Thresholds
from kerascheck.rules.registry import find_rule, own_rules

SECTIONS = ["What it does", "Why it is bad", "Example", "Use instead", "References"]
#: Rules about files as a whole: their examples are in the tests of the engine.
PROGRAM_RULES = [rule for rule in own_rules() if not rule.code.startswith("KC0")]


def check(code: str, options: dict[str, object] | None = None) -> Report:
    selection = Selection((Layer(extend_select=("ALL",)),))  # also what is off by default
    settings = Settings(thresholds=Thresholds(**(options or {})), selection=selection)  # type: ignore[arg-type]
    report = check_source(code.encode(), "example.py", settings)
    assert not report.crashed, [d.message for d in report.diagnostics]
    return report


def findings(report: Report, rule: Rule) -> list[Diagnostic]:
    return [d for d in report.diagnostics if d.code == rule.code]


def _valid() -> list[object]:
    return [
        pytest.param(rule, code, id=f"{rule.code}-{number}")
        for rule in PROGRAM_RULES
        for number, code in enumerate(rule.VALID)
    ]


def _invalid() -> list[object]:
    return [
        pytest.param(rule, case, id=f"{rule.code}-{number}")
        for rule in PROGRAM_RULES
        for number, case in enumerate(rule.INVALID)
    ]


def _fixed() -> list[object]:
    return [
        pytest.param(rule, case, id=f"{rule.code}-{number}")
        for rule in PROGRAM_RULES
        for number, case in enumerate(rule.INVALID)
        if case.fixed is not None
    ]


@pytest.mark.parametrize(("rule", "code"), _valid())
def test_valid_code_is_silent(rule: Rule, code: str) -> None:
    assert [(d.span.start.row, d.message) for d in findings(check(code), rule)] == []


@pytest.mark.parametrize(("rule", "case"), _invalid())
def test_invalid_code_gives_exactly_the_stated_findings(rule: Rule, case: Invalid) -> None:
    found = findings(check(case.code, case.options), rule)
    assert sorted((d.span.start.row, d.message) for d in found) == sorted(case.findings)
    assert any(d.fix for d in found) == (case.fixed is not None), "no fixed text means no fix"


@pytest.mark.parametrize(("rule", "case"), _fixed())
def test_the_fix_mends_and_breaks_nothing(rule: Rule, case: Invalid) -> None:
    before = check(case.code, case.options)
    assert rule.fixable != "none"
    only = Report("example.py", findings(before, rule))

    def recheck(raw: bytes) -> Report:
        return Report("example.py", findings(check(raw.decode(), case.options), rule))

    after = fix_all(case.code.encode(), only, recheck, unsafe=rule.fixable == "unsafe")
    text = after.raw.decode()
    assert text == case.fixed
    ast.parse(text)
    again = check(text, case.options)
    assert not [d for d in findings(again, rule) if d.fix is not None], "does not converge"
    assert {d.code for d in again.diagnostics} <= {d.code for d in before.diagnostics}


@pytest.mark.parametrize("rule", PROGRAM_RULES, ids=lambda rule: rule.code)
def test_the_examples_of_the_documentation(rule: Rule) -> None:
    bad, good = examples(rule)
    assert findings(check(bad), rule), "the example must show the fault"
    assert not findings(check(good), rule), "the way out must be clean"


def examples(rule: Rule) -> tuple[str, str]:
    """The code blocks of "Example" and "Use instead"."""
    blocks = []
    for title in ("Example", "Use instead"):
        match = re.search(rf"## {title}\n\n```python\n(.*?)```", documentation(rule), re.DOTALL)
        assert match, f"{rule.code}: no code under {title}"
        blocks.append(match.group(1))
    return blocks[0], blocks[1]


def documentation(rule: Rule) -> str:
    import inspect

    return inspect.getdoc(type(rule)) or ""


def test_codes_and_names_are_unique() -> None:
    codes = [rule.code for rule in own_rules()]
    names = [rule.name for rule in own_rules()]
    assert len(set(codes)) == len(codes)
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("rule", own_rules(), ids=lambda rule: rule.code)
class TestForm:
    def test_code_and_name(self, rule: Rule) -> None:
        assert re.fullmatch(r"KC[0-8]\d\d", rule.code)
        assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", rule.name)
        assert find_rule(rule.code.lower()) is rule and find_rule(rule.name) is rule

    def test_class_name_has_no_suffix(self, rule: Rule) -> None:
        if not rule.code.startswith("KC0"):
            assert not type(rule).__name__.endswith("Rule")

    def test_sections(self, rule: Rule) -> None:
        assert re.findall(r"^## (.+)$", documentation(rule), re.MULTILINE) == SECTIONS
        summary = documentation(rule).split("\n")[0]
        assert summary.endswith(".") and len(summary) <= 100

    def test_since(self, rule: Rule) -> None:
        assert re.fullmatch(r"\d+\.\d+\.\d+", rule.since)


@pytest.mark.parametrize("rule", PROGRAM_RULES, ids=lambda rule: rule.code)
class TestExamples:
    def test_more_silence_than_noise(self, rule: Rule) -> None:
        assert rule.INVALID
        assert len(rule.VALID) >= len(rule.INVALID)

    def test_everything_parses(self, rule: Rule) -> None:
        for code in (*rule.VALID, *(case.code for case in rule.INVALID), *examples(rule)):
            ast.parse(code)

    def test_messages(self, rule: Rule) -> None:
        for case in rule.INVALID:
            assert case.findings
            for _, message in case.findings:
                assert not message.endswith(".") and "\n" not in message and len(message) <= 200

    def test_fixes_are_declared(self, rule: Rule) -> None:
        assert (rule.fixable != "none") == any(case.fixed is not None for case in rule.INVALID)

    def test_each_silent_case_says_why(self, rule: Rule) -> None:
        import inspect

        source = inspect.getsource(type(rule)).partition("VALID = [")[2].partition("\n    ]")[0]
        starts = [match.start() for match in re.finditer(r'^ {8}"""$', source, re.MULTILINE)]
        for start in starts:
            before = source[:start].rstrip("\n").rpartition("\n")[2]
            assert before.strip().startswith("#"), (
                f"{rule.code}: a VALID case without its reason:\n{source[start:][:200]}"
            )
