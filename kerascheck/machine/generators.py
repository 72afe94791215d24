"""Generator functions of the program: their statements run as far as the next `yield` each time an item is asked for.

The blocks that hold a `yield` are run here, by generators of ours; all others as everywhere. When Python drops one of
ours it must run none of the program, so nothing in here may stand in a `finally`.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from typing import TypeAlias

import libcst as cst

from kerascheck.machine.assumptions import Condition, settle
from kerascheck.machine.binding import assign
from kerascheck.machine.conditions import truth
from kerascheck.machine.contexts import enter_contexts, leave_contexts
from kerascheck.machine.dispatch import STATEMENTS
from kerascheck.machine.handlers import begin_handler, end_handler
from kerascheck.machine.limits import MAX_COMPREHENSION, MAX_LOOP_ROUNDS
from kerascheck.machine.loops import rest_of_for
from kerascheck.machine.paths import Signal, Split, WaysOut
from kerascheck.machine.run import Run
from kerascheck.machine.sequences import END, Lost, as_unknown, iterate, open_iterator, resumed, step
from kerascheck.machine.statements import chosen_arm, chosen_case
from kerascheck.machine.static import contains_yield, is_infinite, yields_in
from kerascheck.machine.unknown_loops import is_endless, unknown_loop
from kerascheck.machine.values import FunctionValue, IteratorValue, Scope, UserRaise, Value
from kerascheck.project.source import Source
from kerascheck.symbolic.journal import lay_down
from kerascheck.symbolic.unknown import Guarded, Unknown
from kerascheck.text.treewalk import walk

#: Conditions that are decided for one generator; behind a further one its items are not followed.
_MAX_DECISIONS = 4

Steps: TypeAlias = Generator[Value, Value, Signal | None]

#: Parts of an expression that are not always evaluated: a `yield` in one of them is not followed.
_CONDITIONAL = (cst.IfExp, cst.BooleanOperation, cst.Comparison, cst.BaseComp)


def make_generator(run: Run, function: FunctionValue, scope: Scope) -> IteratorValue:
    """The iterator that a call of a generator function gives."""
    body = _Body(run, scope)
    made = run.new_iterator(resumed(run, function, body.run_all(function)), is_generator=True)
    made.endless = _never_ends(scope.file, function.node)
    made.function, made.given = function, dict(scope.vars)
    return made


def _never_ends(file: Source, node: cst.FunctionDef | cst.Lambda) -> bool:
    """Whether the body comes to a `while True` that nothing leaves; what its functions raise is not looked at."""
    if not isinstance(node.body, cst.IndentedBlock):
        return False
    if any(isinstance(part, (cst.Return, cst.Raise)) for part in walk(node.body)):
        return False
    loops = [part for part in node.body.body if isinstance(part, cst.While) and is_endless(part)]
    return any(is_infinite(file, loop) and any(isinstance(part, cst.Yield) for part in walk(loop)) for loop in loops)


class _Body:
    """One run of the body. Once `lost` is set it gives no more items, and the rest of it is run for what it changes."""

    def __init__(self, run: Run, scope: Scope) -> None:
        self.run = run
        self.scope = scope
        self.lost: Unknown | None = None
        self.count = 0
        self.decisions = 0  # arms that were taken on conditions that are not known
        self.elsewhere = 0  # the conditions that were not known to others, between one item and the next

    def run_all(self, function: FunctionValue) -> Generator[Value, Value, Value]:
        assert isinstance(function.node, cst.FunctionDef)
        self.run.entered.add(id(function.node))
        signal = yield from self.block(function.node.body.body)
        if self.lost is not None:
            yield Lost(self.lost, self.run.tried.pop(id(function.node), None))
        return signal.value if signal is not None else None

    def block(self, statements: Sequence[cst.CSTNode]) -> Steps:
        for statement in statements:
            if self.lost is not None or not contains_yield(self.scope.file, statement):
                signal = one_way(self.run, self.run.execute([statement], self.scope))
            else:
                self.run.budget.spend()
                signal = yield from self.statement(statement)
            if signal is not None:
                return signal
        return None

    def statement(self, node: cst.CSTNode) -> Steps:
        if isinstance(node, cst.SimpleStatementLine):
            return self.block(node.body)
        if isinstance(node, cst.BaseSmallStatement):
            return self.small(node)
        if isinstance(node, (cst.If, cst.Match)):
            return self.branch(node)
        if isinstance(node, cst.For):
            return self.loop(node)
        if isinstance(node, cst.While):
            return self.while_loop(node)
        if isinstance(node, cst.With):
            return self.context(node)
        if isinstance(node, (cst.Try, cst.TryStar)):
            return self.guarded(node)
        return self.unseen(node)

    def unseen(self, node: cst.CSTNode) -> Steps:
        """A statement whose items are not followed."""
        self.lost = Unknown("items that are not followed")
        return self.block([node])

    # -- small statements ---------------------------------------------------------------------------------------

    def small(self, node: cst.BaseSmallStatement) -> Steps:
        """Each `yield` in the statement, then the statement with what they received."""
        yields = list(yields_in(node))
        held = {id(part) for part in yields}
        if any(isinstance(part, _CONDITIONAL) for part in _above(node, held)):
            return (yield from self.unseen(node))
        for part in reversed(yields) if _nested(yields) else yields:
            self.run.yielded[id(part)] = yield from self.give(part)
        return STATEMENTS[type(node)](self.run, node, self.scope)  # type: ignore[no-any-return]

    def give(self, node: cst.Yield) -> Generator[Value, Value, Value]:
        """Give what the `yield` has; the result is what it receives."""
        if node.value is None:
            return (yield from self.item(None))
        if not isinstance(node.value, cst.From):
            return (yield from self.item(self.run.evaluate(node.value, self.scope)))
        source = open_iterator(self.run, self.run.evaluate(node.value.item, self.scope))
        sent: Value = None
        while (item := step(self.run, source, sent)) is not END:
            if isinstance(item, Lost):
                self.lost = self.lost or item.reason
            if self.lost is not None:
                return self.run.fresh("the result of a generator that is not known", node)
            sent = yield from self.item(item)
        return source.result

    def item(self, value: Value) -> Generator[Value, Value, Value]:
        if self.lost is None and self.count >= MAX_COMPREHENSION:
            self.lost = Unknown("more items than are followed")
        if self.lost is not None:
            return self.run.fresh("what is sent to a generator")
        self.count += 1
        before = self.run.undecided
        sent = yield value
        self.elsewhere += self.run.undecided - before
        return sent

    # -- blocks ---------------------------------------------------------------------------------------------------

    def branch(self, node: cst.If | cst.Match) -> Steps:
        """An arm. All that follows hangs on which it is, so that there are only so many of these."""
        if self.decisions >= _MAX_DECISIONS:
            return self.unseen(node)
        before = self.run.undecided
        choose = chosen_arm if isinstance(node, cst.If) else chosen_case
        suite = choose(self.run, node, self.scope)  # type: ignore[arg-type]
        self.decisions += self.run.undecided > before
        return self.chosen(suite)

    def chosen(self, suite: cst.BaseSuite | None) -> Steps:
        return self.block(() if suite is None else suite.body)

    def loop(self, node: cst.For) -> Steps:
        run, scope = self.run, self.scope
        iterable = run.evaluate(node.iter, scope)
        for index, item in enumerate(iterate(run, iterable)):
            if isinstance(item, Lost):
                self.lost = self.lost or item.reason
            elif index >= MAX_LOOP_ROUNDS:
                self.lost = self.lost or Unknown("a loop of too many rounds")
            if self.lost is not None:
                return one_way(run, rest_of_for(run, node, scope, "an element of something unknown", iterable))
            assign(run, node.target, item, scope)
            signal = yield from self.block(node.body.body)
            if signal is not None:
                if signal.kind == "return":
                    return signal
                if signal.kind == "break":
                    return None
        return (yield from self.chosen(None if node.orelse is None else node.orelse.body))

    def while_loop(self, node: cst.While) -> Steps:
        run, scope = self.run, self.scope
        endless = is_endless(node)
        while True:
            value = as_unknown(run.evaluate(node.test, scope))
            if isinstance(value, Unknown) or not self.is_settled(value):
                self.lost = self.lost or Unknown("a loop of unknown length")
            if self.lost is not None:
                try:
                    return one_way(run, unknown_loop(run, node, scope, lambda: None))
                except UserRaise:
                    return Signal("return")  # nothing leaves the loop: who asked for the item goes on
            if not truth(run, value):
                return (yield from self.chosen(None if node.orelse is None else node.orelse.body))
            undecided = run.undecided - self.elsewhere
            signal = yield from self.block(node.body.body)
            if signal is not None:
                if signal.kind == "return":
                    return signal
                if signal.kind == "break":
                    return None
            if endless and run.undecided - self.elsewhere > undecided:
                self.lost = self.lost or Unknown("a loop whose number of rounds is not known")

    def is_settled(self, test: Value) -> bool:
        """Whether it is known if there is a further round, or may be decided.

        All that comes behind the generator hangs on what is decided. How much there is of data that is not known would
        be asked in each round anew.
        """
        if not isinstance(settle(self.run, test), Condition):
            return True
        self.decisions += 1
        return type(test) is Guarded and self.decisions <= _MAX_DECISIONS

    def context(self, node: cst.With) -> Steps:
        contexts = enter_contexts(self.run, node, self.scope)
        guards = contexts.expects_error or contexts.may_swallow
        self.run.guarded += guards
        try:
            signal = yield from self.block(node.body.body)
        except UserRaise as raised:
            self.run.guarded -= guards
            if not leave_contexts(contexts.exits, raised) and not contexts.expects_error:
                raise
            return None
        self.run.guarded -= guards
        leave_contexts(contexts.exits, None)
        return signal

    def guarded(self, node: cst.Try | cst.TryStar) -> Steps:
        """`try`: as in `statements`."""
        leaving: UserRaise | None = None
        signal: Signal | None = None
        try:
            signal = yield from self.handled(node)
        except UserRaise as raised:
            leaving = raised
        if node.finalbody is not None:
            final = yield from self.block(node.finalbody.body.body)
            if final is not None:
                return final
        if leaving is not None:
            raise leaving
        return signal

    def handled(self, node: cst.Try | cst.TryStar) -> Steps:
        guards = bool(node.handlers)
        self.run.guarded += guards
        try:
            signal = yield from self.block(node.body.body)
        except UserRaise as raised:
            self.run.guarded -= guards
            handler = begin_handler(self.run, node, raised, self.scope)
            if handler is None:
                raise
            signal = yield from self.block(handler.body.body)
            end_handler(self.run, handler, self.scope)
            return signal
        self.run.guarded -= guards
        if signal is None and node.orelse is not None:
            return (yield from self.block(node.orelse.body.body))
        return signal


def one_way(run: Run, signal: Signal | None) -> Signal | None:
    """A generator cannot be in two places: where a block may end in several ways, it is decided that it goes on."""
    if not isinstance(signal, Split):
        return signal
    for outcome in signal.outcomes:
        run.need(outcome.needs)
    ways = WaysOut(run)
    goes_on = ways.go_on(signal, "on") or ways.go_on(signal, "continue")
    ways.close()
    if goes_on:
        return None
    lay_down(signal.outcomes[0].changes)
    return Signal(signal.outcomes[0].kind, signal.outcomes[0].value)


def _nested(yields: Sequence[cst.Yield]) -> bool:
    """Whether the first `yield` holds the others: the inner ones come first."""
    return len(yields) > 1 and any(part is yields[1] for part in yields_in(yields[0]))


def _above(node: cst.CSTNode, wanted: set[int]) -> list[cst.CSTNode]:
    """The nodes between the statement and the wanted ones below it."""
    from kerascheck.text.treewalk import children

    found: list[cst.CSTNode] = []

    def visit(part: cst.CSTNode) -> bool:
        holds = [visit(child) for child in children(part)]
        if any(holds):
            found.append(part)
        return id(part) in wanted or any(holds)

    visit(node)
    return found
