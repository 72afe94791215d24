"""Operators, comparisons and conditions in expressions."""

from __future__ import annotations

import libcst as cst

from kerascheck.machine.assumptions import Condition, settle
from kerascheck.machine.conditions import compare
from kerascheck.machine.operators import binary, unary
from kerascheck.machine.outcomes import note_outcome
from kerascheck.machine.paths import fork_value
from kerascheck.machine.run import Run
from kerascheck.machine.sequences import as_unknown
from kerascheck.machine.values import (
    Scope,
    Value,
)
from kerascheck.symbolic.unknown import Guarded, Unknown


# -- operators --------------------------------------------------------------------------------------------
def binary_operation(run: Run, node: cst.BinaryOperation, scope: Scope) -> Value:
    # Chains such as a + b + c + ... are left-deep: walk them in a loop so that long ones need no deep recursion.
    chain: list[cst.BinaryOperation] = []
    left: cst.BaseExpression = node
    while type(left) is cst.BinaryOperation:
        chain.append(left)
        left = left.left
    value = run.evaluate(left, scope)
    for link in reversed(chain):
        right = run.evaluate(link.right, scope)
        raised = len(run.program.raised)
        value = binary(run, type(link.operator).__name__, value, right, link, scope)
        note_outcome(run, value, link, scope, raised)
    return value


def unary_operation(run: Run, node: cst.UnaryOperation, scope: Scope) -> Value:
    value = run.evaluate(node.expression, scope)
    if type(node.operator) is cst.Not:
        return negate(run, value)
    return unary(run, type(node.operator).__name__, value, node)


def negate(run: Run, value: Value) -> Value:
    """`not value`, staying unknown (with a key of its own) where the value is."""
    return as_value(run, settle(run, value), negated=True)


def as_value(run: Run, verdict: bool | Condition, negated: bool = False) -> Value:
    """A condition as a value: True, False, or what is decided like it."""
    if isinstance(verdict, bool):
        return verdict is not negated
    sides = (
        ({**verdict.if_true, verdict.key: verdict.positive}, not negated),
        ({**verdict.if_false, verdict.key: not verdict.positive}, negated),
    )
    return Guarded(sides, verdict.needs)


def boolean(run: Run, node: cst.BooleanOperation, scope: Scope) -> Value:
    # Chains such as a and b and c and ... are left-deep, too, and go on in a loop as long as all is known.
    chain = [node]
    kind = type(node.operator)
    while type(left := chain[-1].left) is cst.BooleanOperation and type(left.operator) is kind:
        chain.append(left)
    value = run.evaluate(chain[-1].left, scope)
    for link in reversed(chain):
        value = _linked(run, link, value, scope)
    return value


def _linked(run: Run, node: cst.BooleanOperation, left: Value, scope: Scope) -> Value:
    """`and` or `or` of a left side that is evaluated and a right one that may be."""
    left = as_unknown(left)
    is_or = type(node.operator) is cst.Or
    verdict = settle(run, left, node)
    if isinstance(verdict, bool):
        if verdict is not is_or:
            return run.evaluate(node.right, scope)
        return is_or if isinstance(left, Unknown) and is_condition(left) else left
    # Only the left side decides whether the right one is evaluated.
    given = is_or if isinstance(left, Unknown) and is_condition(left) else left

    def keep() -> Value:
        return given

    def go_on() -> Value:
        return run.evaluate(node.right, scope)

    return fork_value(run, verdict, keep, go_on) if is_or else fork_value(run, verdict, go_on, keep)


def is_condition(value: Unknown) -> bool:
    """Whether an unknown value is the result of a comparison (and so True or False)."""
    return isinstance(value.key, tuple) and bool(value.key) and value.key[0] in ("not", "==", "<", "<=", "is", "in")


def comparison(run: Run, node: cst.Comparison, scope: Scope) -> Value:
    left = run.evaluate(node.left, scope)
    if len(node.comparisons) == 1:
        target = node.comparisons[0]
        right = run.evaluate(target.comparator, scope)
        raised = len(run.program.raised)
        value = compare(run, type(target.operator).__name__, left, right, node)
        note_outcome(run, value, node, scope, raised)
        return value

    def link(index: int, left: Value) -> Value:
        target = node.comparisons[index]
        right = run.evaluate(target.comparator, scope)
        result = compare(run, type(target.operator).__name__, left, right, node)
        if index == len(node.comparisons) - 1:
            return result
        verdict = settle(run, result, node)
        if isinstance(verdict, bool):
            return link(index + 1, right) if verdict else False
        return fork_value(run, verdict, lambda: link(index + 1, right), lambda: False)

    return link(0, left)


def conditional(run: Run, node: cst.IfExp, scope: Scope) -> Value:
    verdict = settle(run, run.evaluate(node.test, scope), node)
    if isinstance(verdict, bool):
        return run.evaluate(node.body if verdict else node.orelse, scope)
    return fork_value(run, verdict, lambda: run.evaluate(node.body, scope), lambda: run.evaluate(node.orelse, scope))
