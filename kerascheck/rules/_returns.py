"""Whether functions of the program return something on each way through them."""

from __future__ import annotations

import libcst as cst

from kerascheck.machine.static import terminates


def open_end(body: cst.BaseSuite) -> cst.CSTNode | None:
    """The statement after which the end is reached, where an arm of an `if` returns, and another one does not.

    That is the last one of such an arm, or one at the end that only sets something.
    """
    last = body.body[-1]
    if isinstance(last, cst.SimpleStatementLine):
        sets = isinstance(last.body[-1], (cst.Assign, cst.AugAssign, cst.AnnAssign)) and terminates(body) is None
        return last if sets and any(isinstance(one, cst.If) and _any_ends(one) for one in body.body) else None
    if not isinstance(last, cst.If):
        return None
    arm: cst.If | cst.Else | None = last
    returning = False
    tests: list[cst.BaseExpression] = []
    while isinstance(arm, cst.If):
        tests.append(arm.test)
        ends = terminates(arm.body) is not None
        returning = returning or ends
        if not ends and not _compound_end(arm.body):
            return arm.body.body[-1] if returning or _any_ends(arm.orelse) else None
        arm = arm.orelse
    if isinstance(arm, cst.Else):
        is_open = terminates(arm.body) is None and not _compound_end(arm.body)
        return arm.body.body[-1] if returning and is_open else None
    return last if returning and not _hold_between_them(tests) else None


#: Of two comparisons of the same things one holds (but for NaN).
_OPPOSITES = (
    (cst.LessThan, cst.GreaterThanEqual),
    (cst.LessThanEqual, cst.GreaterThan),
    (cst.Equal, cst.NotEqual),
    (cst.Is, cst.IsNot),
    (cst.In, cst.NotIn),
)


def _hold_between_them(tests: list[cst.BaseExpression]) -> bool:
    """Whether one of the conditions surely holds: the last is the opposite of another one."""
    last = _comparison(tests[-1])
    return last is not None and any(
        one is not None
        and one[0].deep_equals(last[0])
        and one[2].deep_equals(last[2])
        and any({one[1], last[1]} == set(pair) for pair in _OPPOSITES)
        for one in map(_comparison, tests[:-1])
    )


def _comparison(test: cst.BaseExpression) -> tuple[cst.BaseExpression, type, cst.BaseExpression] | None:
    """The sides of a comparison, and what is asked."""
    if not isinstance(test, cst.Comparison) or len(test.comparisons) != 1:
        return None
    side = test.comparisons[0]
    return test.left, type(side.operator), side.comparator


def chooses(body: cst.BaseSuite) -> bool:
    """Whether what is returned depends on what something equals, in at least two cases."""
    cases = 0
    for statement in body.body:
        arm = statement
        while isinstance(arm, cst.If):
            if isinstance(arm.test, cst.Comparison):
                sides = arm.test.comparisons
                is_choice = len(sides) == 1 and isinstance(sides[0].operator, (cst.Equal, cst.Is, cst.In))
                cases += is_choice and terminates(arm.body) is not None
            arm = arm.orelse  # type: ignore[assignment]
    return cases > 1


def _any_ends(arm: cst.If | cst.Else | None) -> bool:
    while arm is not None:
        if terminates(arm.body) is not None:
            return True
        arm = arm.orelse if isinstance(arm, cst.If) else None
    return False


def _compound_end(body: cst.BaseSuite) -> bool:
    """Whether the last statement may return in a way that is not looked into."""
    return bool(body.body) and isinstance(body.body[-1], cst.BaseCompoundStatement)
