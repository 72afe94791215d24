"""Parameters of a function by what a call gives them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import libcst as cst

from kerascheck.rules._flow_levels import NOTHING, Flow


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
