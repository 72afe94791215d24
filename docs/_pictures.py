"""Pictures for the pages of rules: the network of an example, with the finding at its layer."""

from __future__ import annotations

import re
from pathlib import Path

import kerascheck
from kerascheck.rules.base import Invalid, Rule
from kerascheck.views.drawing import svg
from kerascheck.views.graph import Architecture, architecture, architecture_of_layers, sites_of
from kerascheck.views.summary import summarize

_MAX_BOXES = 10  # a picture that is looked at beside its text
_SHAPES = "12"  # the families of rules in which they matter
_FEW = 2  # boxes of a network in which shapes lead to something
_STYLE = Path(kerascheck.__file__).parent / "views" / "report" / "style.css"


def picture(rule: Rule) -> tuple[Invalid, str] | None:
    """An example of a rule on architecture or shapes with something to mark in its network, and that as SVG."""
    if rule.code[2] not in _SHAPES:
        return None
    for case in rule.INVALID:
        drawn = _of_example(rule, shown_code(case.code)[0])
        if drawn is not None:
            return case, svg(drawn)
    return None


def shown_code(code: str) -> tuple[str, int]:
    """An example as a page shows it, and how many rows are left out before it."""
    shown = code.lstrip("\n")
    return shown.rstrip(), len(code) - len(shown)


def in_the_dark(drawn: str) -> str:
    """A picture in the colours that the report has on a dark ground."""
    style = _STYLE.read_text(encoding="utf-8")
    variables = re.findall(r"(?m)^  (--[\w-]+: light-dark[^\n]*)", style)
    rules = [f":root {{ color-scheme: dark; {' '.join(variables)} }}"]
    rules += re.findall(r"(?m)^\.architecture [^\n]*", style)
    head, mark, rest = drawn.partition(">")
    return f"{head}{mark}<style>{' '.join(rules)}</style>{rest}"


def _of_example(rule: Rule, code: str) -> Architecture | None:
    result = kerascheck.examine(code, settings=kerascheck.settings_for(select=[rule.code]))
    if result.analysis is None or result.source is None:
        return None
    findings = [found for found in result.report.diagnostics if found.code == rule.code]
    paths = result.analysis.paths
    for model in summarize(result.source, result.analysis):
        drawn = architecture(model, model.network, result.source, findings, sites_of(model.network, paths))
        if _is_telling(drawn):
            return drawn
    for program in paths:  # Keras raises before there is a model
        drawn = architecture_of_layers(rule.name, program, result.source, findings)
        if _is_telling(drawn):
            return drawn
    return None


def _is_telling(drawn: Architecture) -> bool:
    if drawn.notes:  # about what the network receives, or returns
        return 1 <= len(drawn.boxes) <= _MAX_BOXES
    return _FEW <= len(drawn.boxes) <= _MAX_BOXES and any(box.findings for box in drawn.boxes)
