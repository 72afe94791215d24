"""Operations on arrays and shapes that were come to and refused nothing.

A fault of an operation is reported where it is one in all combinations of conditions that come to it: so it counts as
well where what it is given is not known, and it may go well.
"""

from __future__ import annotations

import libcst as cst

from kerascheck.data.array import Array
from kerascheck.machine.run import Run
from kerascheck.machine.values import Scope, Value
from kerascheck.network.dims import SymDim
from kerascheck.symbolic.unknown import Guarded, Unknown

#: Classes of what comes out of arrays and shapes, and of what is not known.
_MEASURED = frozenset({Array, Guarded, int, SymDim, Unknown})


def note_outcome(run: Run, value: Value, node: cst.CSTNode, scope: Scope, raised: int) -> None:
    """Note that the operation has given the value; `raised`: how much was refused before it."""
    if type(value) in _MEASURED and len(run.program.raised) == raised:
        run.program.went_well.add((id(scope.file), id(node)))
