"""Rules about training calls: the subclasses name the clashes of data and model that they tell."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from kerascheck.diagnostics import Severity
from kerascheck.network.ir import Program
from kerascheck.rules.base import Finding, Rule, Thresholds
from kerascheck.training.session import clashes


class ClashRule(Rule):
    """Tells the clashes of one kind."""

    severity = Severity.ERROR
    kind: ClassVar[str]

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        for clash in clashes(program):
            if clash.kind == self.kind:
                severity = None if clash.refused else Severity.WARNING
                yield Finding(clash.site, clash.message, anchor=clash.call.site, severity=severity)
