"""Losses and metrics that the program writes itself, as `compile` gets them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import libcst as cst

from kerascheck.machine.members import find_member
from kerascheck.machine.values import FunctionValue, Instance
from kerascheck.network.arguments import Given
from kerascheck.network.program import CompileCall, Program
from kerascheck.rules._code import Code, base_of
from kerascheck.rules._flow import through
from kerascheck.rules._flow_levels import GRADIENT, NOTHING, Flow, Level, Outcome
from kerascheck.rules._mentions import writes
from kerascheck.training.compiled_losses import metrics_of
from kerascheck.training.structures import leaves


@dataclass(frozen=True)
class OwnLoss:
    """A function `(y_true, y_pred)` of the program that one `compile` uses."""

    call: CompileCall
    code: Code
    is_metric: bool
    parameters: tuple[str, str]

    @property
    def name(self) -> str:
        """What the program calls it; a method goes by its class."""
        owner = self.code.function.owner
        return owner.name if owner is not None else self.code.function.name

    def outcome(self) -> Outcome:
        """What becomes of the predictions in it. Targets are tensors, too, but nothing in them is trained."""
        target, prediction = self.parameters
        names = dict.fromkeys(_parameter_names(self.code), NOTHING)
        return through(self.code, {**names, target: Flow(Level.NOTHING, tensor=True), prediction: GRADIENT})


def own_losses(program: Program) -> Iterator[OwnLoss]:
    """The losses and metrics of each `compile` that are code of the program."""
    for call in program.compiles:
        given = call.arguments.get("loss", 1)
        if isinstance(given, Given):
            for value in leaves(given.value):
                yield from _own(program, call, value, False)
        for value, _ in metrics_of(call):
            yield from _own(program, call, value, True)


def runs_eagerly(call: CompileCall) -> bool:
    """Whether the model may run without a graph, where tensors have numbers."""
    value = call.arguments.value("run_eagerly", None, False)
    return value not in (False, None) or may_run_eagerly(call.site.file)


def may_run_eagerly(file: Any) -> bool:
    """Whether the file speaks of running without graphs."""
    return writes(file, ("run_functions_eagerly", "run_eagerly"))


def _own(program: Program, call: CompileCall, value: Any, is_metric: bool) -> Iterator[OwnLoss]:
    function = value
    if isinstance(value, Instance):
        if base_of(value.cls) != "keras.losses.Loss" or is_metric:
            return
        function = find_member(value.cls, "call")
    if not isinstance(function, FunctionValue) or function.site.file is not call.site.file:
        return
    if isinstance(function.node, cst.FunctionDef):
        code = Code(function, program.objects)
        if any(code.symbol(item.decorator) not in _TRANSPARENT for item in _undone(function.node.decorators)):
            return
    else:
        code = Code(function, program.objects)
    names = _parameter_names(code)
    if code.self_name is not None:
        names = names[1:]
    if len(names) >= 2:
        yield OwnLoss(call, code, is_metric, (names[0], names[1]))


#: Decorators that leave a function what it is.
_TRANSPARENT = frozenset({"tensorflow.function", "builtins.staticmethod"})


def _undone(decorators: Any) -> list[cst.Decorator]:
    """The decorators but those that register the function by a name."""
    return [one for one in decorators if not isinstance(one.decorator, cst.Call)]


def _parameter_names(code: Code) -> list[str]:
    params = code.node.params
    return [param.name.value for param in (*params.posonly_params, *params.params)]
