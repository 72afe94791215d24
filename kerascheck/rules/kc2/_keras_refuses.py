"""KC200 to KC209: code on which Keras itself would raise."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from kerascheck.diagnostics import Severity
from kerascheck.network.program import Program, Raised
from kerascheck.rules._gone import severity_of, severity_of_habit
from kerascheck.rules._raised import ARRAYS, refused_rate
from kerascheck.rules._related import made_tensors
from kerascheck.rules._ways_out import way_out
from kerascheck.rules.base import Finding, Rule, Thresholds


class _Refusal(Rule):
    """Reports the errors of some kinds, in the words of the layer that would raise them."""

    severity = Severity.ERROR
    kinds: ClassVar[frozenset[str]] = frozenset()
    advice: ClassVar[str | None] = None
    #: The kinds of error that a rule of its own speaks about.
    claimed: ClassVar[set[str]] = {ARRAYS, "gone-argument", "super-init"}  # KC220, KC503 and KC801 speak of these

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        _Refusal.claimed.update(cls.kinds)

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        reported: set[tuple[tuple[int, int], str]] = set()
        for raised in program.raised:
            message = _message(raised)
            if not self.covers(raised) or (raised.site.key, message) in reported:
                continue
            severity = self._grade(raised)
            if severity is None:
                continue
            reported.add((raised.site.key, message))
            related = tuple(place for place in made_tensors(raised.inputs) if place[0] is not raised.site)
            is_old = raised.error.kind in _OLD_FORMS
            yield Finding(
                raised.site, message, help=self.advice, severity=severity, related=related, is_old_form=is_old
            )

    def _grade(self, raised: Raised) -> Severity | None:
        """How grave it is; None where the program is for a Keras that takes it."""
        if raised.error.kind in _OLD_FORMS:
            return severity_of(raised.site.file)
        return severity_of_habit(raised.site.file) if raised.error.only_keras_3 else self.severity

    def covers(self, raised: Raised) -> bool:
        """Whether this rule, and no other, speaks about the error."""
        return _kind(raised) in self.kinds and refused_rate(raised.error) is None


def _message(raised: Raised) -> str:
    """The error with the name of the layer that is called, and the way out where one is known."""
    message = raised.error.message.rstrip(". \n")
    layer = raised.layer
    if layer is not None and raised.inputs and layer.name and message.startswith(f"{layer.cls} "):
        message = f"{layer.title}{message.removeprefix(layer.cls)}"
    way = way_out(raised)
    return f"{message}; {way}" if way is not None else message


#: The kinds of what Keras 2 takes and Keras 3 does not.
_OLD_FORMS = frozenset({"old-argument"})

_MERGING = frozenset(
    {"Add", "Average", "Concatenate", "Dot", "Maximum", "Minimum", "Multiply", "Subtract"}
)  # fmt: skip


#: What operations on several tensors say.
_MERGES = frozenset({"broadcast", "matmul", "einsum"})


def _kind(raised: Raised) -> str:
    """The kind of the error; where sizes do not fit, the layer says more."""
    cls = raised.layer.cls if raised.layer is not None else None
    if raised.error.kind in _MERGES or (raised.error.kind == "shape" and cls in _MERGING):
        return "merge"
    if raised.error.kind == "shape" and cls == "Reshape":
        return "reshape"
    return raised.error.kind
