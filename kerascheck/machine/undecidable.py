"""Functions of which calls that nobody wrote hang on more conditions than can be decided.

Eight builders of one family often hand their parameters on to one function, where dozens of conditions ask about them.
What the first of the eight builds is not known then, and neither is what the others build: so their calls of that
function are not followed, where the same parameters are unknown again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable
from typing import TYPE_CHECKING

from kerascheck.machine.values import FunctionValue, Scope
from kerascheck.symbolic.unknown import Guarded, Unknown

if TYPE_CHECKING:
    from kerascheck.machine.run import Run

#: So many conditions in the code of one function are too many: fewer are decided together in any case.
_MANY = 4


class Undecidable:
    """What the starts so far have shown."""

    def __init__(self) -> None:
        self._unknown: dict[int, frozenset[str]] = {}  # the parameters that were not known, by function

    def learn(self, run: Run, conditions: Iterable[Hashable]) -> None:
        """Take over that these conditions, which the run has met, were not decided."""
        asking = (run.asking_functions.get(key) for key in conditions)
        met = Counter(id(function.node) for function in asking if function is not None)
        for function, number in met.items():
            unknown = run.not_given.get(function)
            if number >= _MANY and unknown:
                self._unknown.setdefault(function, unknown)

    def includes(self, function: FunctionValue, scope: Scope) -> bool:
        """Whether a call with these parameters is one of them."""
        unknown = self._unknown.get(id(function.node))
        return unknown is not None and unknown <= not_given(scope)


def not_given(scope: Scope) -> frozenset[str]:
    """The parameters of a call that are not known, where its body begins."""
    return frozenset(name for name, value in scope.vars.items() if isinstance(value, (Unknown, Guarded)))
