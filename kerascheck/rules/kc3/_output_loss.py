"""KC301 to KC307: the activation of the last layer against the loss."""

from __future__ import annotations

from collections.abc import Iterator

from kerascheck.diagnostics import Severity
from kerascheck.network.ir import Tensor
from kerascheck.network.program import Program
from kerascheck.rules._outputs import Output, describe
from kerascheck.rules._related import last_layer
from kerascheck.rules._training import judged_compiles
from kerascheck.rules.base import Finding, Rule, Thresholds
from kerascheck.training.compiled_losses import Loss, losses_by_output


class _OutputRule(Rule):
    """A rule about one output of a compiled network and its loss: the subclasses judge, this reports."""

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        for call in judged_compiles(program):
            if call.network.open is not None or call.network.unknown is not None:
                continue
            told: set[tuple[int, int]] = set()
            for target in losses_by_output(call):
                output = describe(target.tensor)
                message = self.judge(output, target.loss) if target.loss is not None else None
                if message is None or target.site.key in told:
                    continue
                told.add(target.site.key)
                yield Finding(
                    target.site,
                    message,
                    severity=self.grade(target.tensor),
                    anchor=call.site,
                    related=tuple(last_layer(output)),
                )

    def judge(self, output: Output, loss: Loss) -> str | None:
        """What is wrong with this output under this loss."""
        raise NotImplementedError

    def grade(self, tensor: Tensor) -> Severity | None:
        """The severity for this output, where it is not the rule's."""
        return None
