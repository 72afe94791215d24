"""Statements that give names and items their values, or take them away."""

from __future__ import annotations

import libcst as cst

from kerascheck.data.array import Array
from kerascheck.machine.assumptions import restrict
from kerascheck.machine.attributes import get_attribute
from kerascheck.machine.binding import assign, delete_item
from kerascheck.machine.expressions import index_of
from kerascheck.machine.limits import MAX_ITEMS
from kerascheck.machine.members import find_slot
from kerascheck.machine.operators import binary
from kerascheck.machine.outcomes import note_outcome
from kerascheck.machine.paths import spread
from kerascheck.machine.run import Run
from kerascheck.machine.sequences import items_of
from kerascheck.machine.values import (
    DictValue,
    Instance,
    ListValue,
    Scope,
    Value,
)
from kerascheck.network.arguments import Arguments, Given
from kerascheck.network.ir import Site
from kerascheck.symbolic.unknown import Guarded, Unknown


def assignment(run: Run, node: cst.Assign, scope: Scope) -> None:
    value = run.evaluate(node.value, scope)
    for target in node.targets:
        run.assigned = node.value
        assign(run, target.target, value, scope)
    run.assigned = None


def annotated(run: Run, node: cst.AnnAssign, scope: Scope) -> None:
    if node.value is not None:
        assign(run, node.target, run.evaluate(node.value, scope), scope)


def augmented(run: Run, node: cst.AugAssign, scope: Scope) -> None:
    left = run.evaluate(node.target, scope)
    right = run.evaluate(node.value, scope)
    if type(left) is Guarded and any(isinstance(one, _CHANGED_IN_PLACE) for _, one in left.alternatives):
        # In each of the cases another thing is changed.
        value = spread(run, lambda one: _augmented_value(run, one, right, node, scope), left)
    else:
        value = _augmented_value(run, left, right, node, scope)
    if value is not left or not isinstance(left, (ListValue, DictValue)):
        assign(run, node.target, value, scope)


#: Classes of values that `+=` and its like may change themselves.
_CHANGED_IN_PLACE = (ListValue, DictValue, Instance, Array)


def _augmented_value(run: Run, left: Value, right: Value, node: cst.AugAssign, scope: Scope) -> Value:
    """What the target of `+=` or its like holds afterwards."""
    if _in_place(run, left, right, node):
        return left
    if isinstance(left, Instance):
        method = _IN_PLACE.get(type(node.operator))
        bound = None if method is None else find_slot(left, method)
        if bound is not None:
            site = Site(scope.file, node)
            return run.call(bound, Arguments([Given(right)], {}), site)
    if isinstance(left, Array):
        from kerascheck.data.operators import in_place

        op = type(node.operator).__name__.removesuffix("Assign")
        raised = len(run.program.raised)
        value = in_place(run, left, op, right, Site(scope.file, node))
        note_outcome(run, value, node, scope, raised)
        return value
    return binary(run, type(node.operator).__name__, left, right, node, scope)


_IN_PLACE: dict[type[cst.CSTNode], str] = {
    cst.AddAssign: "__iadd__",
    cst.SubtractAssign: "__isub__",
    cst.MultiplyAssign: "__imul__",
    cst.DivideAssign: "__itruediv__",
    cst.BitOrAssign: "__ior__",
    cst.BitAndAssign: "__iand__",
}


def _in_place(run: Run, left: Value, right: Value, node: cst.AugAssign) -> bool:
    """Lists, sets and dictionaries are changed themselves by `+=` and its like; whether that was done."""
    if isinstance(left, Unknown) and isinstance(right, (ListValue, DictValue)):
        run.grown[left.key] = True  # there may be more items
    if isinstance(left, ListValue) and left.kind == "list" and isinstance(node.operator, cst.AddAssign):
        if run.may_change(left):
            items = items_of(run, right)
            if isinstance(items, Unknown) or len(left.items) + len(items) > MAX_ITEMS:
                left.blur("extended by something unknown")
            elif left.unknown is None:
                left.items += items
        return True
    if isinstance(left, DictValue) and isinstance(node.operator, cst.BitOrAssign):
        if run.may_change(left):
            if isinstance(right, DictValue):
                left.merge(right)
            else:
                left.blur("updated with something unknown")
        return True
    if isinstance(left, ListValue) and left.kind in ("list", "set"):
        changed = binary(run, type(node.operator).__name__, left, right, node, Scope("module", None, None))
        if run.may_change(left):
            if isinstance(changed, ListValue) and changed.unknown is None and left.unknown is None:
                left.items = changed.items
            else:
                left.blur("changed by an operator that is not interpreted")
        return True
    return False


def delete(run: Run, node: cst.Del, scope: Scope) -> None:
    targets = node.target.elements if isinstance(node.target, (cst.Tuple, cst.List)) else [node.target]
    for target in targets:
        expression = target.value if isinstance(target, cst.Element) else target
        if isinstance(expression, cst.Name):
            name = expression.value
            if run.guarded:
                run.evaluate(expression, scope)  # what is not bound cannot be deleted
            (scope.redirected or {}).get(name, scope).vars.pop(name, None)
        elif isinstance(expression, cst.Attribute):
            receiver = run.evaluate(expression.value, scope)
            if isinstance(receiver, Instance):
                if run.guarded:
                    get_attribute(run, receiver, expression.attr.value, expression)
                receiver.attributes.pop(expression.attr.value, None)
        elif isinstance(expression, cst.Subscript):
            receiver = run.evaluate(expression.value, scope)
            index = index_of(run, expression, scope)
            _delete_from(run, receiver, index, expression, Site(scope.file, node))


def _delete_from(run: Run, receiver: Value, index: Value, node: cst.Subscript, site: Site) -> None:
    """`del receiver[index]`; in an arm of its own for each case of what hangs on conditions."""
    receiver = restrict(run, receiver)
    if type(receiver) is Guarded:
        spread(run, lambda one: _delete_from(run, one, index, node, site), receiver)
    elif isinstance(receiver, (ListValue, DictValue)) and run.may_change(receiver):
        delete_item(run, receiver, index, node)
    elif isinstance(receiver, Unknown) and isinstance(index, (int, slice)):
        run.grown[receiver.key] = True  # there are fewer items
    elif isinstance(receiver, Array):
        from kerascheck.data.methods import delete_subscript

        delete_subscript(run, receiver, index, node)
    elif isinstance(receiver, Instance) and (bound := find_slot(receiver, "__delitem__")) is not None:
        run.call(bound, Arguments([Given(index)], {}), site)


def global_names(run: Run, node: cst.Global, scope: Scope) -> None:
    _redirect(node, scope, scope.globals)


def nonlocal_names(run: Run, node: cst.Nonlocal, scope: Scope) -> None:
    for item in node.names:
        place = scope.enclosing.holder(item.name.value) if scope.enclosing is not None else None
        if place is not None:
            scope.redirected = {**(scope.redirected or {}), item.name.value: place}


def _redirect(node: cst.Global, scope: Scope, place: Scope) -> None:
    if scope is not place:
        scope.redirected = {**(scope.redirected or {}), **{item.name.value: place for item in node.names}}
