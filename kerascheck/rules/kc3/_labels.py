"""KC310 to KC315: the values of labels and targets against the output and the loss."""

from __future__ import annotations

from collections.abc import Iterator

from kerascheck.data.content import Content
from kerascheck.diagnostics import Severity
from kerascheck.network.program import Program
from kerascheck.rules._targets import Targets, targets_of
from kerascheck.rules.base import Finding, Rule, Thresholds


class _TargetRule(Rule):
    """A rule about the targets of one output: the subclasses judge, this reports each place once."""

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        told: set[tuple[int, int]] = set()
        for targets in targets_of(program):
            found = self.judge(targets)
            if found is None or targets.site.key in told:
                continue
            told.add(targets.site.key)
            message, severity = found if isinstance(found, tuple) else (found, None)
            yield Finding(targets.site, message, anchor=targets.call.site, severity=severity, related=targets.places)

    def judge(self, targets: Targets) -> str | tuple[str, Severity] | None:
        """What is wrong with these targets; None where nothing is, or it is not known."""
        raise NotImplementedError


_UNBOUNDED = "both far below and far above 0"


def _spread(content: Content) -> str | None:
    """How the numbers are known to be spread where their bounds are not."""
    return _UNBOUNDED if "unbounded" in content.tags else "standardized" if "standardized" in content.tags else None
