"""Pictures for the pages of rules: the network of an example, with the finding at its layer."""

from __future__ import annotations

import kerascheck
from kerascheck.rules.base import Rule
from kerascheck.views.drawing import svg
from kerascheck.views.graph import Architecture, architecture
from kerascheck.views.summary import summarize

_MAX_BOXES = 8  # a picture that is looked at beside its text
_SHAPES = "12"  # the families of rules in which they matter
_FEW = 2  # boxes of a network in which shapes lead to something


def picture(rule: Rule) -> str | None:
    """For rules on architecture and shapes, the network of the first example in which the rule finds something at a layer, as SVG; None for no such one."""
    if rule.code[2] not in _SHAPES:
        return None
    for case in rule.INVALID:
        drawn = _of_example(rule, case.code)
        if drawn is not None:
            return svg(drawn)
    return None


def _of_example(rule: Rule, code: str) -> Architecture | None:
    result = kerascheck.examine(code, settings=kerascheck.settings_for(select=[rule.code]))
    if result.analysis is None or result.source is None:
        return None
    findings = [found for found in result.report.diagnostics if found.code == rule.code]
    for model in summarize(result.source, result.analysis):
        drawn = architecture(model, model.network, result.source, findings)
        if _FEW <= len(drawn.boxes) <= _MAX_BOXES and any(box.findings for box in drawn.boxes):
            return drawn
    return None
