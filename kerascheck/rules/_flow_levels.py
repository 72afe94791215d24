"""How much of a gradient a value hands on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any

import libcst as cst

from kerascheck.data.array import Array
from kerascheck.machine.values import ClassValue, FunctionValue
from kerascheck.network.dims import SymDim
from kerascheck.network.program import KerasObject
from kerascheck.symbolic.unknown import Symbol


class Level(IntEnum):
    """In an order in which a value made of several ones has the largest."""

    NOTHING = 0
    CUT = 1
    UNKNOWN = 2
    GRADIENT = 3


@dataclass(frozen=True)
class Flow:
    """What is known of a value. `cut` and `why` say where the gradient ends first, and by what."""

    level: Level
    cut: cst.CSTNode | None = None
    why: str = ""
    tensor: bool = False  # whether it surely is a tensor whose numbers are known only when the program runs
    function: Any = None  # a function that is defined in the code itself, with the names around it
    opaque: bool = False  # whether it is something given: data as an operand, and not known as anything else


NOTHING = Flow(Level.NOTHING)
UNKNOWN = Flow(Level.UNKNOWN)
GRADIENT = Flow(Level.GRADIENT, tensor=True)
GIVEN = Flow(Level.NOTHING, opaque=True)


def joined(flows: Sequence[Flow]) -> Flow:
    """What is made of several values."""
    found = NOTHING
    for flow in flows:
        level = max(found.level, flow.level)
        first = found if found.cut is not None else flow
        opaque = found.opaque or flow.opaque
        found = Flow(level, first.cut, first.why, found.tensor or flow.tensor, opaque=opaque)
    return found


@dataclass
class Taken:
    """`tape.gradient(target, sources)` in the code, and what is known of the target."""

    call: cst.Call
    target: Flow


@dataclass
class Outcome:
    """What was seen on the way through the code."""

    returned: list[Flow] = field(default_factory=list)
    gradients: list[Taken] = field(default_factory=list)
    to_numpy: list[tuple[cst.Call, str]] = field(default_factory=list)  # tensors that are given to numpy
    decided: list[cst.CSTNode] = field(default_factory=list)  # conditions of `if` and `while` that are tensors
    looping: list[tuple[cst.Call, str]] = field(default_factory=list)  # `predict` and its kin of models
    looked_up: list[cst.Subscript] = field(default_factory=list)  # tensors as places in lists of Python


def parameters(function: Any, call: cst.Call, flows: Sequence[Flow], skip: int = 0) -> dict[str, Flow] | None:
    """The parameters of a function by what a call gives them; None where that is not clear."""
    params = function.params
    positional = [*params.posonly_params, *params.params][skip:]
    names = {param.name.value: NOTHING for param in (*positional, *params.kwonly_params)}
    if any(arg.star for arg in call.args) or isinstance(params.star_arg, cst.Param) or params.star_kwarg is not None:
        return None
    place = 0
    for arg, flow in zip(call.args, flows, strict=True):
        if arg.keyword is not None:
            if arg.keyword.value not in names:
                return None
            names[arg.keyword.value] = flow
        elif place < len(positional):
            names[positional[place].name.value] = flow
            place += 1
        else:
            return None
    return names


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
