"""What is known of the gradient of something that stands outside of the code."""

from __future__ import annotations

from typing import Any

from kerascheck.data.array import Array
from kerascheck.machine.values import ClassValue, FunctionValue
from kerascheck.network.dims import SymDim
from kerascheck.network.program import KerasObject
from kerascheck.rules._flow_levels import NOTHING, UNKNOWN, Flow
from kerascheck.symbolic.unknown import Symbol


def constant(meaning: Any) -> Flow:
    """What is known of something that stands outside of the code."""
    if isinstance(meaning, Array):
        return NOTHING if meaning.kind != "variable" else UNKNOWN
    if isinstance(meaning, (str, int, float, bool, tuple, SymDim, bytes)):
        return NOTHING
    if isinstance(meaning, (FunctionValue, ClassValue, KerasObject)):
        return NOTHING
    if isinstance(meaning, Symbol):
        return NOTHING
    return UNKNOWN
