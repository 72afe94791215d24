"""Rules about training calls: the subclasses name the clashes of data and model that they tell."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from kerascheck.diagnostics import Severity
from kerascheck.network.arguments import Given
from kerascheck.network.program import Program
from kerascheck.rules._related import Place, assigned, compiling, made_layer, made_tensors
from kerascheck.rules._training import argument, value_site
from kerascheck.rules.base import Finding, Rule, Thresholds
from kerascheck.training.clash import Clash
from kerascheck.training.session import clashes


class ClashRule(Rule):
    """Tells the clashes of one kind."""

    severity = Severity.ERROR
    kind: ClassVar[str]

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        for clash in clashes(program):
            if clash.kind == self.kind:
                yield Finding(
                    clash.site,
                    clash.message,
                    anchor=clash.call.site,
                    severity=None if clash.refused else Severity.WARNING,
                    related=tuple(_places(clash)),
                    only_keras_3=clash.only_keras_3,
                )


#: The kinds of clashes that are between the data and the inputs of the model.
_INPUTS = frozenset({"input-shape", "input-structure"})
#: Those that are between the targets, the outputs and the losses.
_OUTPUTS = frozenset({"target-shape", "spread", "target-structure", "missing", "classes"})


def _places(clash: Clash) -> Iterator[Place]:
    """Where the data comes from, and what in the model it clashes with."""
    yield from assigned(clash.site)
    call = clash.call
    yield from made_layer(clash.layer)
    if clash.kind in _INPUTS:
        yield from made_tensors(call.inputs)
    elif clash.kind in _OUTPUTS:
        yield from made_tensors(call.outputs)
        yield from compiling(call.compiled)
    elif clash.kind == "samples":
        for name in ("x", "y"):
            given = argument(call, name)
            if isinstance(given, Given):
                yield from assigned(value_site(call.site, given))
