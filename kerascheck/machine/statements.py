"""What each kind of statement does: one small function per node class, in the table at the end."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import libcst as cst

from kerascheck.data.array import Array
from kerascheck.data.pipeline import Pipeline
from kerascheck.machine.assignments import annotated, assignment, augmented, delete, global_names, nonlocal_names
from kerascheck.machine.assumptions import assume, restrict, settle
from kerascheck.machine.blocks import raise_again, run_block
from kerascheck.machine.classes import define_class
from kerascheck.machine.conditions import truth
from kerascheck.machine.dispatch import STATEMENTS
from kerascheck.machine.dropping import note_dropped
from kerascheck.machine.functions import define_function
from kerascheck.machine.handlers import try_block, with_block
from kerascheck.machine.imports import import_from, import_modules
from kerascheck.machine.loops import for_loop, while_loop
from kerascheck.machine.paths import Signal, each_arm, fork
from kerascheck.machine.patterns import bind_pattern, looks_inside, match_pattern
from kerascheck.machine.run import Run
from kerascheck.machine.static import terminates
from kerascheck.machine.values import (
    Scope,
    UserRaise,
    Value,
)
from kerascheck.network.networks import Network
from kerascheck.symbolic.unknown import Guarded, Symbol, Unknown

_BREAK = Signal("break")


_CONTINUE = Signal("continue")


def _line(run: Run, node: cst.SimpleStatementLine, scope: Scope) -> Signal | None:
    return run.execute(node.body, scope)


# -- small statements --------------------------------------------------------------------------------------
def _expression(run: Run, node: cst.Expr, scope: Scope) -> None:
    value = run.evaluate(node.value, scope)
    if type(value) in _RESULTS and type(node.value) is cst.Call:
        note_dropped(run, value, node.value, scope)


#: What calls give that is of no use to a program that does not keep it.
_RESULTS = (Array, Pipeline, Network)


def _return(run: Run, node: cst.Return, scope: Scope) -> Signal:
    return Signal("return", run.evaluate(node.value, scope) if node.value is not None else None)


def _raise(run: Run, node: cst.Raise, scope: Scope) -> None:
    if node.exc is None:
        raise UserRaise(run.handling[-1] if run.handling else Unknown("raise without an exception"))
    raise UserRaise(run.evaluate(node.exc, scope))


def _assert(run: Run, node: cst.Assert, scope: Scope) -> None:
    verdict = settle(run, run.evaluate(node.test, scope), node)
    if not isinstance(verdict, bool):
        if run.catchers:
            fork(run, verdict, lambda: None, lambda: raise_again(Symbol("builtins.AssertionError")))
        else:
            assume(run, verdict, True)  # the program goes on only where the assertion holds
    elif not verdict and (run.guarded or run.forks or run.taken):
        raise UserRaise(Symbol("builtins.AssertionError"))  # in this case the program ends here


# -- branches ------------------------------------------------------------------------------------------------
def _if(run: Run, node: cst.If, scope: Scope) -> Signal | None:
    verdict = settle(run, run.evaluate(node.test, scope), node)
    if isinstance(verdict, bool):
        return run_block(run, node.body, scope) if verdict else _orelse(run, node.orelse, scope)
    return fork(run, verdict, lambda: run_block(run, node.body, scope), lambda: _orelse(run, node.orelse, scope))


def _orelse(run: Run, orelse: cst.If | cst.Else | None, scope: Scope) -> Signal | None:
    if orelse is None:
        return None
    return _if(run, orelse, scope) if isinstance(orelse, cst.If) else run_block(run, orelse.body, scope)


def chosen_arm(run: Run, node: cst.If, scope: Scope) -> cst.BaseSuite | None:
    """The block that an `if` runs where its arms cannot be joined; None where it runs none."""
    while True:
        if truth(run, run.evaluate(node.test, scope), terminates(node.body) is None, node):
            return node.body
        if not isinstance(node.orelse, cst.If):
            return None if node.orelse is None else node.orelse.body
        node = node.orelse


def _match(run: Run, node: cst.Match, scope: Scope) -> Signal | None:
    subject = restrict(run, run.evaluate(node.subject, scope))
    if type(subject) is Guarded and any(looks_inside(case.pattern) for case in node.cases):
        return each_arm(run, lambda one: _match_value(run, node, one, scope), subject)
    return _match_value(run, node, subject, scope)


def _match_value(run: Run, node: cst.Match, subject: Value, scope: Scope) -> Signal | None:
    def case(index: int) -> Signal | None:
        if index == len(node.cases):
            return None
        arm = node.cases[index]
        verdict = settle(run, match_pattern(run, arm.pattern, subject, scope), arm)

        def take() -> Signal | None:
            bind_pattern(run, arm.pattern, subject, scope)
            if arm.guard is None:
                return run_block(run, arm.body, scope)
            guard = settle(run, run.evaluate(arm.guard, scope), arm)
            if isinstance(guard, bool):
                return run_block(run, arm.body, scope) if guard else case(index + 1)
            return fork(run, guard, lambda: run_block(run, arm.body, scope), lambda: case(index + 1))

        if isinstance(verdict, bool):
            return take() if verdict else case(index + 1)
        return fork(run, verdict, take, lambda: case(index + 1))

    return case(0)


def chosen_case(run: Run, node: cst.Match, scope: Scope) -> cst.BaseSuite | None:
    """The block of the first case that fits, where the blocks cannot be joined."""
    subject = run.evaluate(node.subject, scope)
    for case in node.cases:
        matched = truth(run, match_pattern(run, case.pattern, subject, scope), node=case)
        if matched:
            bind_pattern(run, case.pattern, subject, scope)
            if case.guard is None or truth(run, run.evaluate(case.guard, scope), node=case):
                return case.body
    return None


def _break(run: Run, node: cst.Break, scope: Scope) -> Signal:
    return _BREAK


def _continue(run: Run, node: cst.Continue, scope: Scope) -> Signal:
    return _CONTINUE


TABLE: dict[type[cst.CSTNode], Callable[..., Any]] = {
    cst.SimpleStatementLine: _line,
    cst.Expr: _expression,
    cst.Assign: assignment,
    cst.AnnAssign: annotated,
    cst.AugAssign: augmented,
    cst.Return: _return,
    cst.Raise: _raise,
    cst.Assert: _assert,
    cst.Del: delete,
    cst.Global: global_names,
    cst.Nonlocal: nonlocal_names,
    cst.If: _if,
    cst.Match: _match,
    cst.For: for_loop,
    cst.While: while_loop,
    cst.Break: _break,
    cst.Continue: _continue,
    cst.With: with_block,
    cst.Try: try_block,
    cst.TryStar: try_block,
    cst.FunctionDef: define_function,
    cst.ClassDef: define_class,
    cst.Import: import_modules,
    cst.ImportFrom: import_from,
}


STATEMENTS.update(TABLE)
