"""Whether gradients can flow: what becomes of tensors in the code of a function of the program.

A value holds nothing of what is to be trained (NOTHING), hangs on it by ways that have no gradient (CUT), or by others
(GRADIENT); of what is not understood that is not known (UNKNOWN), and no rule speaks of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import libcst as cst

from kerascheck.data.array import Array
from kerascheck.data.pipeline import Pipeline
from kerascheck.machine.values import DictValue, FunctionValue, Instance, ListValue
from kerascheck.network.ir import Layer
from kerascheck.network.program import KerasObject
from kerascheck.rules import _flow_operations as operations
from kerascheck.rules._code import Code, as_written, own_nodes
from kerascheck.rules._flow_levels import (
    GIVEN,
    GRADIENT,
    NOTHING,
    UNKNOWN,
    Flow,
    Level,
    Outcome,
    Taken,
    constant,
    joined,
    parameters,
)
from kerascheck.symbolic.unknown import Symbol

_MOST_ROUNDS = 2
_MOST_CALLS = 6


class Walk:
    """The way through one function."""

    def __init__(self, code: Code, names: dict[str, Flow], outcome: Outcome, recording: bool, depth: int = 0) -> None:
        self.code = code
        self.names = names
        self.outcome = outcome
        self.recording = recording  # whether operations are noted, so that gradients flow through them
        self.depth = depth
        self.tapes: set[str] = set()
        self.outer: Walk | None = None  # where the function is defined in another one

    # -- statements --------------------------------------------------------------------------------------------------

    def block(self, body: Sequence[cst.CSTNode]) -> bool:
        """Go through statements; whether the end of the block is reached."""
        return all(self._statement(statement) for statement in body)

    def _statement(self, node: cst.CSTNode) -> bool:
        if isinstance(node, cst.SimpleStatementLine):
            return all(self._small(small) for small in node.body)
        if isinstance(node, cst.If):
            self._decide(node.test)
            return self._arms([node.body.body, [node.orelse] if node.orelse is not None else []])
        if isinstance(node, cst.Else):
            return self.block(node.body.body)
        if isinstance(node, (cst.For, cst.While)):
            if isinstance(node, cst.For):
                self._bind(node.target, self._items(node.iter))
            else:
                self._decide(node.test)
            for _ in range(_MOST_ROUNDS):
                before = dict(self.names)
                self.block(node.body.body)
                self._merge(before)
            return True
        if isinstance(node, cst.With):
            return self._with(node)
        if isinstance(node, (cst.Try, cst.TryStar)):
            before = dict(self.names)
            self.block(node.body.body)
            self._merge(before)
            for handler in node.handlers:
                self.block(handler.body.body)
                self._merge(before)
            if node.finalbody is not None:
                self.block(node.finalbody.body.body)
            return True
        if isinstance(node, cst.FunctionDef):
            plain = all(self.code.symbol(item.decorator) == "tensorflow.function" for item in node.decorators)
            self.names[node.name.value] = Flow(Level.UNKNOWN, function=node if plain else None)
        elif isinstance(node, (cst.ClassDef, cst.Match)):
            for part in own_nodes(self.code.file, node, cst.Name):
                self.names[part.value] = UNKNOWN
        return True

    def _decide(self, test: cst.BaseExpression) -> None:
        """What a condition asks for: `is` and `in` are about objects, the other comparisons about numbers."""
        if isinstance(test, cst.BooleanOperation):
            self._decide(test.left)
            self._decide(test.right)
            return
        if isinstance(test, cst.UnaryOperation) and isinstance(test.operator, cst.Not):
            self._decide(test.expression)
            return
        flow = self.value(test)
        asked = test.comparisons if isinstance(test, cst.Comparison) else ()
        if flow.tensor and all(isinstance(one.operator, operations.ORDERS) for one in asked):
            self.outcome.decided.append(test)

    def _small(self, node: cst.CSTNode) -> bool:
        if isinstance(node, cst.Return):
            self.outcome.returned.append(NOTHING if node.value is None else self.value(node.value))
            return False
        if isinstance(node, (cst.Raise, cst.Continue, cst.Break)):
            return False
        if isinstance(node, cst.Assign):
            flow = self.value(node.value)
            for target in node.targets:
                self._assign(target.target, node.value, flow)
        elif isinstance(node, cst.AnnAssign) and node.value is not None:
            self._bind(node.target, self.value(node.value))
        elif isinstance(node, cst.AugAssign):
            old = self.value(node.target)
            self._bind(node.target, self._operation(joined([old, self.value(node.value)]), node))
        elif isinstance(node, cst.Expr):
            self.value(node.value)
            self._appended(node.value)
        elif isinstance(node, (cst.Import, cst.ImportFrom)) and not self.code.is_module:
            for part in own_nodes(self.code.file, node, cst.Name):
                self.names[part.value] = UNKNOWN
        return True

    def _assign(self, target: cst.CSTNode, value: cst.BaseExpression, flow: Flow) -> None:
        sides = (cst.Tuple, cst.List)
        if isinstance(target, sides) and isinstance(value, sides) and len(target.elements) == len(value.elements):
            flows = [self.value(element.value) for element in value.elements]
            for element, one in zip(target.elements, flows, strict=True):
                self._bind(element.value, one)
        else:
            self._bind(target, flow)

    def _bind(self, target: cst.CSTNode, flow: Flow) -> None:
        if isinstance(target, cst.Name):
            self.names[target.value] = flow
        elif isinstance(target, (cst.Tuple, cst.List)):
            for element in target.elements:
                self._bind(element.value, flow)
        elif isinstance(target, cst.StarredElement):
            self._bind(target.value, flow)
        elif isinstance(target, (cst.Subscript, cst.Attribute)):
            base: cst.CSTNode = target
            while isinstance(base, (cst.Subscript, cst.Attribute)):
                base = base.value
            if isinstance(base, cst.Name) and base.value in self.names:
                self.names[base.value] = joined([self.names[base.value], flow])

    def _appended(self, node: cst.BaseExpression) -> None:
        """What a method may put into its object."""
        if isinstance(node, cst.Call) and isinstance(node.func, cst.Attribute):
            flows = [self.value(arg.value) for arg in node.args]
            if flows and isinstance(node.func.value, cst.Name):
                name = node.func.value.value
                if name in self.names:
                    self.names[name] = joined([self.names[name], *flows])
                if node.func.attr.value == "watch" and node.func.value.value in self.tapes:
                    for arg in node.args:
                        self._bind(arg.value, UNKNOWN)

    def _arms(self, arms: Sequence[Sequence[cst.CSTNode]]) -> bool:
        before = dict(self.names)
        ends: list[dict[str, Flow]] = []
        for arm in arms:
            self.names = dict(before)
            if self.block(arm):
                ends.append(self.names)
        if not ends:
            return False
        self.names = ends[0]
        for other in ends[1:]:
            self._merge(other)
        return True

    def _merge(self, other: dict[str, Flow]) -> None:
        merged = dict(self.names)
        for name in (*self.names, *other):
            mine, its = self.names.get(name), other.get(name)
            if mine is None or its is None:
                merged[name] = mine or its or UNKNOWN
            elif mine != its:
                merged[name] = joined([mine, its])
        self.names = merged

    def _with(self, node: cst.With) -> bool:
        before = self.recording
        for item in node.items:
            value = item.item
            made = isinstance(value, cst.Call) and self.code.symbol(value.func) == "tensorflow.GradientTape"
            if made and item.asname is not None and isinstance(item.asname.name, cst.Name):
                self.tapes.add(item.asname.name.value)
                self.recording = True
            elif item.asname is not None:
                self._bind(item.asname.name, UNKNOWN)
            stops = isinstance(value, cst.Call) and isinstance(value.func, cst.Attribute)
            if stops and value.func.attr.value == "stop_recording":  # type: ignore[attr-defined]
                self.recording = False
        end = self.block(node.body.body)
        self.recording = before
        return end

    # -- expressions -------------------------------------------------------------------------------------------------

    def value(self, node: cst.CSTNode) -> Flow:
        """What is known of the value of an expression."""
        if isinstance(node, cst.Name):
            return self._name(node)
        if isinstance(node, cst.Call):
            return self._call(node)
        if isinstance(node, cst.Attribute):
            return self._attribute(node)
        if isinstance(node, cst.BinaryOperation):
            flow = joined([self.value(node.left), self.value(node.right)])
            if isinstance(node.operator, cst.FloorDivide):
                return self._cut(flow, node, "//")
            return self._operation(flow, node)
        if isinstance(node, cst.UnaryOperation):
            flow = self.value(node.expression)
            return self._cut(flow, node, "not") if isinstance(node.operator, (cst.Not, cst.BitInvert)) else flow
        if isinstance(node, cst.Comparison):
            flows = [self.value(node.left), *(self.value(one.comparator) for one in node.comparisons)]
            return self._cut(joined(flows), node, "a comparison")
        if isinstance(node, cst.BooleanOperation):
            return joined([self.value(node.left), self.value(node.right)])
        if isinstance(node, cst.IfExp):
            chosen = joined([self.value(node.body), self.value(node.orelse)])
            return joined([chosen, self._cut(self.value(node.test), node, "a condition")])
        if isinstance(node, cst.Subscript):
            flows = [self.value(part.slice.value) for part in node.slice if isinstance(part.slice, cst.Index)]
            if joined(flows).tensor and isinstance(self.code.meaning(node.value), (ListValue, DictValue, tuple)):
                self.outcome.looked_up.append(node)
            return joined([self.value(node.value), self._cut(joined(flows), node, "an index")])
        if isinstance(node, (cst.Tuple, cst.List, cst.Set)):
            return joined([self.value(element.value) for element in node.elements])
        if isinstance(node, cst.Dict):
            return joined([self.value(element.value) for element in node.elements])
        if isinstance(node, cst.NamedExpr):
            flow = self.value(node.value)
            self._bind(node.target, flow)
            return flow
        if isinstance(node, (cst.ListComp, cst.GeneratorExp, cst.SetComp)):
            self._bind(node.for_in.target, self._items(node.for_in.iter))
            return self.value(node.elt) if node.for_in.inner_for_in is None else UNKNOWN
        if isinstance(node, cst.Lambda):
            return Flow(Level.UNKNOWN, function=node)
        if isinstance(node, (cst.BaseNumber, cst.BaseString, cst.Ellipsis)):
            return NOTHING
        return UNKNOWN

    def _items(self, node: cst.CSTNode) -> Flow:
        """What a loop over the value meets: what is given may be a list of variables."""
        if isinstance(self.code.meaning(node), (Array, Pipeline)):
            return GIVEN
        flow = self.value(node)
        return UNKNOWN if flow.opaque else flow

    def _operation(self, flow: Flow, node: cst.CSTNode) -> Flow:
        """What an operation on tensors gives: without a tape around it, its result hangs on nothing."""
        if flow.level is Level.GRADIENT and not self.recording:
            return Flow(Level.CUT, node, "outside the tape", flow.tensor)
        return replace(flow, function=None)

    def _cut(self, flow: Flow, node: cst.CSTNode, why: str, tensor: bool | None = None) -> Flow:
        """What an operation without a gradient gives."""
        tensor = flow.tensor if tensor is None else tensor
        if flow.level is Level.NOTHING:
            return Flow(Level.NOTHING, tensor=tensor)
        if flow.cut is not None and flow.level is Level.CUT:
            return Flow(Level.CUT, flow.cut, flow.why, tensor)
        return Flow(Level.CUT, node, why, tensor)

    def _name(self, node: cst.Name) -> Flow:
        known = self.names.get(node.value)
        if known is not None:
            return known
        if self.outer is not None and node.value not in self.code.bound:
            return self.outer._name(node)
        if node.value in self.code.bound and node.value not in ("True", "False", "None"):
            return UNKNOWN
        return constant(self.code.meaning(node))

    def _attribute(self, node: cst.Attribute) -> Flow:
        if self.code.is_own_attribute(node) is not None:
            return constant(self.code.meaning(node))
        base: cst.CSTNode = node
        while isinstance(base, cst.Attribute):
            base = base.value
        is_local = not isinstance(base, cst.Name) or base.value in self.names or base.value in self.code.bound
        if not is_local:
            return constant(self.code.meaning(node))
        if node.attr.value in operations.NAMES_OF_SHAPES:
            return NOTHING
        flow = self.value(node.value)
        return UNKNOWN if flow.opaque else replace(flow, function=None, tensor=node.attr.value == "T" and flow.tensor)

    # -- calls -------------------------------------------------------------------------------------------------------

    def _call(self, node: cst.Call) -> Flow:
        flows = [self.value(arg.value) for arg in node.args]
        given = joined(flows)
        function = node.func
        local = self._local_function(function)
        if local is not None:
            return self._enter_local(local, node, flows)
        if isinstance(function, cst.Attribute):
            known = self._method(node, function, given)
            if known is not None:
                return known
        is_bound = isinstance(function, cst.Name) and function.value in self.names and not self.code.is_module
        meaning = None if is_bound else self.code.meaning(function)
        if isinstance(meaning, Symbol):
            return self._external(meaning.name, node, flows, given)
        if isinstance(meaning, (Layer, Instance)):
            layer = meaning if isinstance(meaning, Layer) else meaning.layer
            return UNKNOWN if layer is None else self._operation(GRADIENT, node)
        if isinstance(meaning, KerasObject):
            if meaning.qualname.startswith("keras.metrics."):
                return self._cut(
                    given, node, f"{as_written(function)}(), a metric: it returns the mean of its variables"
                )
            is_loss = meaning.qualname.startswith("keras.losses.")
            return self._operation(given, node) if is_loss else UNKNOWN
        if isinstance(meaning, FunctionValue):
            return self._enter(meaning, flows, node)
        if isinstance(function, cst.Name) and function.value == self.code.self_name:
            return self._operation(GRADIENT, node)
        if isinstance(function, cst.Call) and self.code.symbol(function.func).startswith("keras.losses."):
            return self._operation(given, node)
        return UNKNOWN

    def _method(self, node: cst.Call, function: cst.Attribute, given: Flow) -> Flow | None:
        """A method of a value of the code itself; None where it is none."""
        name = function.attr.value
        if name in ("gradient", "jacobian", "batch_jacobian") and isinstance(function.value, cst.Name):
            if function.value.value in self.tapes and name == "gradient" and node.args:
                self.outcome.gradients.append(Taken(node, self._target(node)))
            return UNKNOWN
        base: cst.CSTNode = function.value
        while isinstance(base, (cst.Attribute, cst.Subscript)):
            base = base.value
        names_module = isinstance(base, cst.Name) and base.value not in self.names
        if names_module and isinstance(self.code.meaning(function), Symbol):
            return None
        if name == "numpy" and not node.args:
            flow = self.value(function.value)
            if flow.tensor:
                self.outcome.to_numpy.append((node, ".numpy()"))
            return self._cut(flow, node, ".numpy()", tensor=False)
        receiver = self.code.meaning(function.value)
        if isinstance(receiver, Layer) or (isinstance(receiver, Instance) and receiver.layer is not None):
            if name in ("predict", "predict_on_batch", "evaluate", "get_weights"):
                if name != "get_weights":
                    self.outcome.looping.append((node, as_written(function)))
                return Flow(Level.CUT, node, f"{name}()")
            return UNKNOWN
        if names_module:
            return None
        flow = self.value(function.value)
        if flow.level in (Level.NOTHING, Level.CUT) and not flow.opaque:
            if given.level in (Level.NOTHING, Level.CUT):
                return joined([flow, given])
            return UNKNOWN
        return UNKNOWN

    def _target(self, node: cst.Call) -> Flow:
        for arg in node.args:
            if arg.keyword is not None and arg.keyword.value == "target":
                return self.value(arg.value)
        first = node.args[0]
        return self.value(first.value) if first.keyword is None and not first.star else UNKNOWN

    def _external(self, name: str, node: cst.Call, flows: list[Flow], given: Flow) -> Flow:
        last = name.rpartition(".")[2]
        if name.startswith("builtins."):
            if last in ("sum", "abs", "min", "max", "zip", "list", "tuple", "reversed", "enumerate", "sorted", "pow"):
                return self._operation(given, node)
            if last in ("float", "int", "bool", "round", "str"):
                return self._cut(given, node, f"{last}()", tensor=False)
            return NOTHING if last in ("len", "range", "isinstance", "print", "super", "type") else UNKNOWN
        if name.startswith(operations.ON_ARRAYS):
            if given.tensor and name not in operations.NUMPY_OF_SHAPES:
                self.outcome.to_numpy.append((node, as_written(node.func)))
            if not flows and name.startswith("numpy.random"):
                return NOTHING
            return self._cut(given, node, as_written(node.func), tensor=False)
        if last in operations.NOT_JUDGED or not name.startswith(operations.ON_TENSORS):
            is_metric = name.startswith("keras.metrics.") and last.endswith("accuracy") and last[:1].islower()
            return self._cut(given, node, as_written(node.func)) if is_metric else UNKNOWN
        if last[:1].isupper():
            return UNKNOWN  # a class
        if last in operations.ABOUT:
            return Flow(Level.NOTHING, tensor=last.endswith("_like"))
        if last in operations.CUTTING:
            return self._cut(given, node, as_written(node.func))
        if last in ("cast", "saturate_cast"):
            return self._cast(node, flows, given)
        if last in ("to_int32", "to_int64"):
            return self._cut(given, node, as_written(node.func))
        if last == "where" and flows:
            chosen = joined(flows[1:]) if len(flows) > 1 else NOTHING
            return self._operation(joined([chosen, self._cut(flows[0], node, "a condition")]), node)
        return self._operation(replace(given, tensor=given.tensor), node)

    def _cast(self, node: cst.Call, flows: list[Flow], given: Flow) -> Flow:
        """A cast to whole numbers or truth values has no gradient."""
        dtype: cst.CSTNode | None = node.args[1].value if len(node.args) > 1 else None
        text = ""
        if isinstance(dtype, cst.SimpleString):
            text = str(dtype.evaluated_value)
        elif dtype is not None:
            text = self.code.symbol(dtype).rpartition(".")[2]
        flow = flows[0] if flows else given
        if text.startswith(("int", "uint", "bool")):
            return self._cut(flow, node, f"the cast to {text}")
        return self._operation(flow, node)

    # -- functions of the program ------------------------------------------------------------------------------------

    def _local_function(self, node: cst.CSTNode) -> Any:
        walk: Walk | None = self
        while walk is not None and isinstance(node, cst.Name):
            known = walk.names.get(node.value)
            if known is not None:
                return known.function
            if node.value in walk.code.bound:
                return None
            walk = walk.outer
        return None

    def _enter_local(self, function: Any, node: cst.Call, flows: list[Flow]) -> Flow:
        """A function that is defined in the code itself, with the arguments of this call."""
        if self.depth >= _MOST_CALLS:
            return UNKNOWN
        if isinstance(function, FunctionValue):
            return self._enter(function, flows, node)
        inner = FunctionValue("", function, self.code.function.scope, {}, self.code.function.site)
        code = Code(inner)
        names = parameters(function, node, flows)
        if names is None:
            return UNKNOWN
        return self._result(Walk(code, names, Outcome(), self.recording, self.depth + 1), outer=self)

    def _enter(self, function: FunctionValue, flows: list[Flow], node: cst.Call) -> Flow:
        """A function of the program, with the arguments of this call."""
        written = function.node
        if self.depth >= _MOST_CALLS or (function.owner is not None and not isinstance(node.func, cst.Attribute)):
            return UNKNOWN
        code = Code(function, self.code.objects)
        if isinstance(written, cst.FunctionDef):
            around = [code.symbol(item.decorator) for item in written.decorators]
            if written.asynchronous is not None or any(one != "tensorflow.function" for one in around):
                return UNKNOWN
        names = parameters(written, node, flows, skip=1 if code.self_name is not None else 0)
        if names is None:
            return UNKNOWN
        return self._result(Walk(code, names, Outcome(), self.recording, self.depth + 1))

    def _is_converted(self, code: Code) -> bool:
        """Whether AutoGraph makes operations of the conditions in the function."""
        return bool(getattr(code.node, "decorators", ()))

    def _result(self, walk: Walk, outer: Walk | None = None) -> Flow:
        walk.outer = outer
        walk.tapes = set(self.tapes) if outer is not None else set()
        body = walk.code.node.body
        if isinstance(walk.code.node, cst.Lambda):
            flow = walk.value(body)
        else:
            walk.block(body.body)
            flow = joined(walk.outcome.returned) if walk.outcome.returned else NOTHING
        if walk.code.file is self.code.file:
            self.outcome.to_numpy += walk.outcome.to_numpy
            self.outcome.decided += walk.outcome.decided if not self._is_converted(walk.code) else []
            self.outcome.looping += walk.outcome.looping
            self.outcome.looked_up += walk.outcome.looked_up
        if flow.cut is not None and walk.code.file is not self.code.file:
            return UNKNOWN
        return flow


def through(code: Code, names: dict[str, Flow], recording: bool = True) -> Outcome:
    """Go through the function with these parameters."""
    outcome = Outcome()
    walk = Walk(code, names, outcome, recording)
    if isinstance(code.node, cst.Lambda):
        outcome.returned.append(walk.value(code.node.body))
    elif walk.block(code.node.body.body):
        outcome.returned.append(NOTHING)
    return outcome
