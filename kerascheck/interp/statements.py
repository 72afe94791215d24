"""What each kind of statement does: one small function per node class, in the table at the end."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from functools import partial
from typing import Any

import libcst as cst

from kerascheck.data.array import Array
from kerascheck.interp.attributes import find_slot
from kerascheck.interp.binding import assign, delete_item
from kerascheck.interp.classes import define_class
from kerascheck.interp.conditions import truth
from kerascheck.interp.contexts import enter_contexts, leave_contexts
from kerascheck.interp.exceptions import catches
from kerascheck.interp.expressions import index_of
from kerascheck.interp.functions import define_function
from kerascheck.interp.imports import import_from, import_modules
from kerascheck.interp.joins import widen
from kerascheck.interp.operators import binary
from kerascheck.interp.paths import (
    Catcher,
    Outcome,
    Signal,
    Split,
    WaysOut,
    arm_outcomes,
    assume,
    capture,
    conclude,
    each_arm,
    fork,
    note_raise,
    settle,
)
from kerascheck.interp.patterns import bind_pattern, match_pattern
from kerascheck.interp.run import MAX_ITEMS, MAX_LOOP_ROUNDS, STATEMENTS, Run
from kerascheck.interp.sequences import Lost, element_of, items_of, iterate
from kerascheck.interp.static import is_infinite, terminates
from kerascheck.interp.values import (
    DictValue,
    Instance,
    IteratorValue,
    ListValue,
    Scope,
    UserRaise,
    Value,
)
from kerascheck.network.arguments import Arguments, Given
from kerascheck.network.ir import Layer, Site
from kerascheck.state import Mark, lay_down
from kerascheck.symbolic import Guarded, Symbol, Unknown

#: A loop of more rounds than the second number is no longer unrolled after so many rounds that touch no layer.
_IDLE_ROUNDS = 8
_SHORT_LOOP = 64

#: A loop that trains and builds nothing is no longer unrolled after so many rounds: the later ones train, too.
_TRAINING_ROUNDS = 4

#: Rounds of `while True`, or with conditions that are not known, that build no layer: after so many, the loop is taken
#: for one that ends when something outside says so.
_ENDLESS_ROUNDS = 16

_BREAK = Signal("break")
_CONTINUE = Signal("continue")


def _block(run: Run, suite: cst.BaseSuite, scope: Scope) -> Signal | None:
    return run.execute(suite.body, scope)


def _line(run: Run, node: cst.SimpleStatementLine, scope: Scope) -> Signal | None:
    return run.execute(node.body, scope)


# -- small statements --------------------------------------------------------------------------------------


def _expression(run: Run, node: cst.Expr, scope: Scope) -> None:
    run.evaluate(node.value, scope)


def _assign(run: Run, node: cst.Assign, scope: Scope) -> None:
    value = run.evaluate(node.value, scope)
    for target in node.targets:
        run.assigned = node.value
        assign(run, target.target, value, scope)
    run.assigned = None


def _annotated(run: Run, node: cst.AnnAssign, scope: Scope) -> None:
    if node.value is not None:
        assign(run, node.target, run.evaluate(node.value, scope), scope)


def _augmented(run: Run, node: cst.AugAssign, scope: Scope) -> None:
    left = run.evaluate(node.target, scope)
    right = run.evaluate(node.value, scope)
    if _in_place(run, left, right, node):
        return
    if isinstance(left, Instance):
        method = _IN_PLACE.get(type(node.operator))
        bound = None if method is None else find_slot(left, method)
        if bound is not None:
            site = Site(scope.file, node)
            assign(run, node.target, run.call(bound, Arguments([Given(right)], {}), site), scope)
            return
    if isinstance(left, Array):
        from kerascheck.data.operators import in_place

        op = type(node.operator).__name__.removesuffix("Assign")
        assign(run, node.target, in_place(run, left, op, right, Site(scope.file, node)), scope)
        return
    assign(run, node.target, binary(run, type(node.operator).__name__, left, right, node, scope), scope)


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


def _return(run: Run, node: cst.Return, scope: Scope) -> Signal:
    return Signal("return", run.evaluate(node.value, scope) if node.value is not None else None)


def _raise(run: Run, node: cst.Raise, scope: Scope) -> None:
    if node.exc is None:
        raise UserRaise(run.handling[-1] if run.handling else Unknown("raise without an exception"))
    raise UserRaise(run.evaluate(node.exc, scope))


def _assert(run: Run, node: cst.Assert, scope: Scope) -> None:
    verdict = settle(run, run.evaluate(node.test, scope), node)
    if not isinstance(verdict, bool):
        run.doubts += 1
        assume(run, verdict, True)  # the program goes on only where the assertion holds
    elif run.guarded and not verdict:
        raise UserRaise(Symbol("builtins.AssertionError"))


def _delete(run: Run, node: cst.Del, scope: Scope) -> None:
    targets = node.target.elements if isinstance(node.target, (cst.Tuple, cst.List)) else [node.target]
    for target in targets:
        expression = target.value if isinstance(target, cst.Element) else target
        if isinstance(expression, cst.Name):
            name = expression.value
            (scope.redirected or {}).get(name, scope).vars.pop(name, None)
        elif isinstance(expression, cst.Attribute):
            receiver = run.evaluate(expression.value, scope)
            if isinstance(receiver, Instance):
                receiver.attributes.pop(expression.attr.value, None)
        elif isinstance(expression, cst.Subscript):
            receiver = run.evaluate(expression.value, scope)
            index = index_of(run, expression, scope)
            if isinstance(receiver, (ListValue, DictValue)) and run.may_change(receiver):
                delete_item(run, receiver, index, expression)
            elif isinstance(receiver, Array):
                from kerascheck.data.methods import delete_subscript

                delete_subscript(run, receiver, index, expression)
            elif isinstance(receiver, Instance) and (bound := find_slot(receiver, "__delitem__")) is not None:
                run.call(bound, Arguments([Given(index)], {}), Site(scope.file, node))


def _global(run: Run, node: cst.Global, scope: Scope) -> None:
    _redirect(node, scope, scope.globals)


def _nonlocal(run: Run, node: cst.Nonlocal, scope: Scope) -> None:
    for item in node.names:
        place = scope.enclosing
        while place is not None and item.name.value not in place.vars:
            place = place.enclosing
        if place is not None:
            scope.redirected = {**(scope.redirected or {}), item.name.value: place}


def _redirect(node: cst.Global, scope: Scope, place: Scope) -> None:
    if scope is not place:
        scope.redirected = {**(scope.redirected or {}), **{item.name.value: place for item in node.names}}


# -- branches ------------------------------------------------------------------------------------------------


def _if(run: Run, node: cst.If, scope: Scope) -> Signal | None:
    verdict = settle(run, run.evaluate(node.test, scope), node)
    if isinstance(verdict, bool):
        return _block(run, node.body, scope) if verdict else _orelse(run, node.orelse, scope)
    return fork(run, verdict, lambda: _block(run, node.body, scope), lambda: _orelse(run, node.orelse, scope))


def _orelse(run: Run, orelse: cst.If | cst.Else | None, scope: Scope) -> Signal | None:
    if orelse is None:
        return None
    return _if(run, orelse, scope) if isinstance(orelse, cst.If) else _block(run, orelse.body, scope)


def chosen_arm(run: Run, node: cst.If, scope: Scope) -> cst.BaseSuite | None:
    """The block that an `if` runs where its arms cannot be joined; None where it runs none."""
    while True:
        if truth(run, run.evaluate(node.test, scope), terminates(node.body) is None, node):
            return node.body
        if not isinstance(node.orelse, cst.If):
            return None if node.orelse is None else node.orelse.body
        node = node.orelse


def _match(run: Run, node: cst.Match, scope: Scope) -> Signal | None:
    subject = run.evaluate(node.subject, scope)

    def case(index: int) -> Signal | None:
        if index == len(node.cases):
            return None
        arm = node.cases[index]
        verdict = settle(run, match_pattern(run, arm.pattern, subject, scope), arm)

        def take() -> Signal | None:
            bind_pattern(run, arm.pattern, subject, scope)
            if arm.guard is None:
                return _block(run, arm.body, scope)
            guard = settle(run, run.evaluate(arm.guard, scope), arm)
            if isinstance(guard, bool):
                return _block(run, arm.body, scope) if guard else case(index + 1)
            return fork(run, guard, lambda: _block(run, arm.body, scope), lambda: case(index + 1))

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


# -- loops -----------------------------------------------------------------------------------------------------


def _for(run: Run, node: cst.For, scope: Scope) -> Signal | None:
    return _walk(run, node, scope, run.evaluate(node.iter, scope))


def _walk(run: Run, node: cst.For, scope: Scope, iterable: Value) -> Signal | None:
    if type(iterable) is Guarded:
        return each_arm(run, lambda one: _walk(run, node, scope, one), iterable)
    built = _work(run)
    training = _TrainingRounds(run)
    length = _length(iterable)
    if length is not None and length > MAX_LOOP_ROUNDS:
        return behind_loop(run, rest_of_for(run, node, scope, "an element of something unknown", iterable))
    rounds = _Rounds(run, node, scope)
    for index, item in enumerate(iterate(run, iterable)):
        if isinstance(item, Lost) or index > MAX_LOOP_ROUNDS:
            further = _further_rounds if index else rest_of_for
            return rounds.end(further(run, node, scope, "an element of something unknown", iterable))
        is_long = index > _SHORT_LOOP if length is None else length > _SHORT_LOOP
        if index % _IDLE_ROUNDS == _IDLE_ROUNDS - 1 and is_long and not _is_about_layers(item):
            if _work(run) == built:
                # Nothing of Keras is built in here: this is a loop over data.
                return rounds.end(_further_rounds(run, node, scope, "an element of a long loop", iterable))
            built = _work(run)
        if training.go_on() and not _is_about_layers(item):
            return rounds.end(_further_rounds(run, node, scope, "an element of a loop that trains", iterable))
        if not rounds.go(lambda item=item: assign(run, node.target, item, scope)):  # type: ignore[misc]
            return rounds.left()
    return rounds.end(rounds.orelse())


class _Rounds:
    """The rounds of a loop that are run one by one; what leaves it early in some cases waits for its end."""

    def __init__(self, run: Run, node: cst.For | cst.While, scope: Scope) -> None:
        self.run = run
        self.node = node
        self.scope = scope
        self.ways = WaysOut(run)
        self.index = 0
        self.signal: Signal | None = None

    def go(self, start: Callable[[], None]) -> bool:
        """One round; whether the loop may go on behind it."""
        run = self.run
        index, self.index = self.index, self.index + 1
        try:
            with run.in_frame(self.node, index):
                start()
                signal = _block(run, self.node.body, self.scope)
        except UserRaise as raised:
            if self.ways.mark is None:
                raise
            note_raise(run, raised)
            self.signal = Signal("raise")
            return False
        if signal is None or signal.kind == "continue":
            return True
        if isinstance(signal, Split):
            if self.ways.go_on(signal, "on", "continue"):
                return True
            self.signal = Signal("raise")  # no case is left that goes on
            return False
        self.signal = signal
        return False

    def left(self) -> Signal | None:
        """The loop is over: the last round has left it."""
        ended = self.signal is not None and self.signal.kind == "raise"
        return behind_loop(self.run, self.ways.finish(None if ended else self.signal, ended))

    def end(self, signal: Signal | None) -> Signal | None:
        """The loop is over, with what came after the rounds."""
        return behind_loop(self.run, self.ways.finish(signal))

    def orelse(self) -> Signal | None:
        """The `else` of the loop."""
        node, run = self.node, self.run
        if node.orelse is None:
            return None
        try:
            return _else_of_loop(run, node.orelse, self.scope)
        except UserRaise as raised:
            if self.ways.mark is None:
                raise
            note_raise(run, raised)
            self.signal = Signal("raise")
            return self.left()


#: A `break` in the `else` of a loop leaves the loop around it.
_OUTWARDS = {"break": "outer break", "continue": "outer continue"}
#: What ends a round of a loop is nothing behind it.
_BEHIND = {"break": "on", "continue": "on", "outer break": "break", "outer continue": "continue"}


def _else_of_loop(run: Run, orelse: cst.Else, scope: Scope) -> Signal | None:
    signal = _block(run, orelse.body, scope)
    if isinstance(signal, Split):
        for outcome in signal.outcomes:
            outcome.kind = _OUTWARDS.get(outcome.kind, outcome.kind)
    elif signal is not None and signal.kind in _OUTWARDS:
        return Signal(_OUTWARDS[signal.kind])
    return signal


def behind_loop(run: Run, signal: Signal | None) -> Signal | None:
    """What the end of a loop means behind it."""
    if isinstance(signal, Split):
        for outcome in signal.outcomes:
            outcome.kind = _BEHIND.get(outcome.kind, outcome.kind)
        return conclude(run, signal.mark, signal.outcomes)
    if signal is None or signal.kind not in _BEHIND:
        return signal
    kind = _BEHIND[signal.kind]
    return None if kind == "on" else Signal(kind)


def _length(iterable: Value) -> int | None:
    """How many items there are at the beginning; None where that shows as they come."""
    if isinstance(iterable, range):
        return len(iterable) if not iterable[MAX_ITEMS:] else MAX_ITEMS
    if isinstance(iterable, ListValue) and not isinstance(iterable, IteratorValue):
        return len(iterable.items)
    if isinstance(iterable, DictValue):
        return len(iterable.items)
    return len(iterable) if isinstance(iterable, (tuple, str, bytes)) else None


class _TrainingRounds:
    """Counts the rounds in a row in which a loop trains and builds nothing."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.count = 0
        self.trained, self.built = len(run.program.trainings), _work(run)

    def go_on(self) -> bool:
        """Called before each round: whether the rounds from here on are taken to be like those before."""
        trained, built = len(self.run.program.trainings), _work(self.run)
        self.count = self.count + 1 if trained > self.trained and built == self.built else 0
        self.trained, self.built = trained, built
        return self.count >= _TRAINING_ROUNDS


def _is_about_layers(item: Value) -> bool:
    """Whether the element of a loop is a layer, or a tuple with one (`enumerate(model.layers)`)."""
    return isinstance(item, Layer) or (isinstance(item, tuple) and any(isinstance(part, Layer) for part in item))


def _work(run: Run) -> int:
    """Grows with each layer that is built or changed."""
    return len(run.program.layers) + run.layer_changes


def _further_rounds(run: Run, node: cst.For, scope: Scope, reason: str, iterable: Value) -> Signal | None:
    """The rest of a loop whose first rounds were run.

    Conditions on what differs from round to round are not known in it. What they decide may never happen together with
    what the rounds before have left, so that behind one of them nothing surely goes wrong.
    """
    raised, undecided = len(run.program.raised), run.undecided
    signal = rest_of_for(run, node, scope, reason, iterable)
    if run.undecided > undecided:
        del run.program.raised[raised:]
    return signal


def rest_of_for(run: Run, node: cst.For, scope: Scope, reason: str, iterable: Value = None) -> Signal | None:
    """An unknown number of further rounds over unknown items; what they come from is left somewhere."""
    if isinstance(iterable, IteratorValue) and iterable.lost is None:
        run.lose(iterable, "walked over an unknown number of times")

    def start() -> None:
        assign(run, node.target, element_of(run, iterable, reason, node), scope)

    return unknown_loop(run, node, scope, start)


def _while(run: Run, node: cst.While, scope: Scope) -> Signal | None:
    built, undecided = len(run.program.layers), run.undecided
    endless = is_endless(node)
    training = _TrainingRounds(run)
    rounds = _Rounds(run, node, scope)
    for index in range(MAX_LOOP_ROUNDS):
        verdict = settle(run, run.evaluate(node.test, scope), node)
        idle = index % _ENDLESS_ROUNDS == _ENDLESS_ROUNDS - 1 and len(run.program.layers) == built
        open_end = endless or run.undecided > undecided  # how many rounds there are hangs on something unknown
        if (
            not isinstance(verdict, bool)
            or (open_end and idle)
            or training.go_on()
            or (endless and is_infinite(scope.file, node))
        ):
            return rounds.end(unknown_loop(run, node, scope, lambda: None))
        if not verdict:
            return rounds.end(rounds.orelse())
        if index % _ENDLESS_ROUNDS == 0:
            built, undecided = len(run.program.layers), run.undecided
        if not rounds.go(lambda: None):
            return rounds.left()
        if endless and rounds.ways.mark is not None:  # when it ends is not known
            return rounds.end(unknown_loop(run, node, scope, lambda: None))
    return rounds.end(unknown_loop(run, node, scope, lambda: None))


def is_endless(node: cst.While) -> bool:
    """`while True` and `while 1`."""
    if isinstance(node.test, cst.Integer):
        return node.test.value != "0"
    return isinstance(node.test, cst.Name) and node.test.value == "True"


#: Rounds in the widened state after which what still changes is given up.
_WIDEST = 3

_CHANGED = "changed in a loop whose number of rounds is not known"


def unknown_loop(run: Run, node: cst.For | cst.While, scope: Scope, start: Callable[[], None]) -> Signal | None:
    """A loop whose number of rounds is not known: none, one, or more.

    The first round starts from what is there. The further ones start from a state in which all is forgotten that a
    round changes; they are run until no round changes more than that. What goes wrong in the first round goes wrong (a
    loop that never runs is not what programs are written for); in the further ones nothing surely does.
    """
    place = run.fresh("whether a loop runs", node).key
    runs, again = run.stable(("runs", place), node), run.stable(("runs again", place), node)
    endless = isinstance(node, cst.While) and is_endless(node)
    if not endless and run.known(runs) is False:
        return None if node.orelse is None else _else_of_loop(run, node.orelse, scope)
    journal = run.journal
    mark = journal.mark()
    run.undecided += 1
    run.meet(runs, node)
    begun = run.tick()
    run.loop_births.append(begun)
    run.forks.append((begun, frozenset((runs,))))
    try:
        run.facts[runs] = True
        first = arm_outcomes(run, mark, lambda: _one_round(run, node, scope, start, 0))
        if first:
            journal.undo(mark)
        else:
            journal.abandon(mark)
        leaving = [o for o in first if o.kind in ("break", "return")]
        ending = [o for o in first if o.kind not in ("break", "return")]
        run.meet(again, node)
        goes_on = run.known(again) if ending else None
        if ending and goes_on is not False:
            for outcome in ending:
                outcome.guard[again] = False
                outcome.needs |= {again}
            more = _further(run, node, scope, start, mark, ending, begun)
            for outcome in more:
                outcome.guard[again] = True
                outcome.needs |= {again}
            if goes_on:
                ending = []
            leaving += [o for o in more if o.kind in ("break", "return")]
            ending += [o for o in more if o.kind not in ("break", "return")]
    finally:
        run.forks.pop()
        run.loop_births.pop()
    if endless:
        ending = []
    elif run.known(runs) is None:
        ending.append(Outcome("on", None, {}, {runs: False}, frozenset((runs,))))
    for outcome in ending:
        outcome.kind = "on"
    for outcome in (*ending, *leaving):
        outcome.begun = begun
    if node.orelse is not None and ending:
        widen(run, mark, ending, _CHANGED)
        ending = arm_outcomes(run, mark, lambda: _else_of_loop(run, node.orelse, scope))  # type: ignore[arg-type]
        journal.undo(mark)
    normal = [o for o in (*ending, *leaving) if o.kind in ("on", "break")]
    others = [o for o in (*ending, *leaving) if o.kind not in ("on", "break")]
    if normal:
        widen(run, mark, normal, _CHANGED)
        if not others:
            return None
        others += capture(run, mark, None)
        journal.undo(mark)
    return conclude(run, mark, others)


def _one_round(
    run: Run, node: cst.For | cst.While, scope: Scope, start: Callable[[], None], index: int
) -> Signal | None:
    with run.in_frame(node, index):
        if isinstance(node, cst.While):
            verdict = settle(run, run.evaluate(node.test, scope), node)
            if not isinstance(verdict, bool):
                assume(run, verdict, True)
        start()
        return _block(run, node.body, scope)


def _further(
    run: Run,
    node: cst.For | cst.While,
    scope: Scope,
    start: Callable[[], None],
    mark: Mark,
    ending: list[Outcome],
    begun: int,
) -> list[Outcome]:
    """The outcomes of all further rounds, relative to the mark."""
    journal = run.journal
    raised = len(run.program.raised)
    none = Outcome("on", None, {}, {}, frozenset())
    widen(run, mark, [none, *ending], _CHANGED, is_head=True)
    found: list[Outcome] = []
    for attempt in range(_WIDEST):
        head = journal.mark()
        found = arm_outcomes(run, head, lambda: _one_round(run, node, scope, start, 1))
        again = [o for o in found if o.kind not in ("break", "return")]
        if not found or attempt < _WIDEST - 1:
            journal.abandon(head)
        else:
            journal.undo(head)
        none.begun, none.reached = begun, journal.changes(mark)
        for outcome in again:
            outcome.begun, outcome.reached = begun, {**none.reached, **outcome.changes}
        if not again or not widen(run, head, [none, *again], _CHANGED, is_head=True) or attempt == _WIDEST - 1:
            break
    moved: list[Outcome] = []
    for outcome in found:
        head = journal.mark()
        lay_down(outcome.changes)
        for one in capture(run, mark, Signal(outcome.kind, outcome.value) if outcome.kind != "on" else None):
            one.needs |= outcome.needs
            moved.append(one)
        journal.undo(head)
    journal.undo(mark)
    del run.program.raised[raised:]
    return moved


def _break(run: Run, node: cst.Break, scope: Scope) -> Signal:
    return _BREAK


def _continue(run: Run, node: cst.Continue, scope: Scope) -> Signal:
    return _CONTINUE


# -- with and try ------------------------------------------------------------------------------------------------


def _with(run: Run, node: cst.With, scope: Scope) -> Signal | None:
    contexts = enter_contexts(run, node, scope)
    guards = contexts.expects_error or contexts.may_swallow
    run.guarded += guards
    try:
        signal = _block(run, node.body, scope)
    except UserRaise as raised:
        run.guarded -= guards
        guards = False
        if not leave_contexts(contexts.exits, raised) and not contexts.expects_error:
            raise
        return None
    finally:
        run.guarded -= guards
    leave_contexts(contexts.exits, None)
    return signal


def _try(run: Run, node: cst.Try, scope: Scope) -> Signal | None:
    """The body, the handler that fits what it raises, and `finally` in any case."""
    if node.finalbody is None:
        return _handled(run, node, scope)
    final = node.finalbody.body
    try:
        signal = _handled(run, node, scope)
    except UserRaise:
        left = _block(run, final, scope)
        if left is not None:
            return left
        raise
    if not isinstance(signal, Split):
        left = _block(run, final, scope)
        return signal if left is None else left
    # In each of the cases `finally` is run for itself.
    outcomes: list[Outcome] = []
    for outcome in signal.outcomes:
        lay_down(outcome.changes)
        for after in arm_outcomes(run, signal.mark, lambda: _block(run, final, scope)):
            if after.kind == "on":
                after.kind, after.value = outcome.kind, outcome.value
            after.needs |= outcome.needs
            outcomes.append(after)
        run.journal.undo(signal.mark)
    return conclude(run, signal.mark, outcomes)


def _handled(run: Run, node: cst.Try, scope: Scope) -> Signal | None:
    """The body of a `try`, or a handler: what may fail in the body leads to both, which are joined."""
    if not node.handlers:
        return _block(run, node.body, scope)
    journal = run.journal
    catcher = Catcher(journal.mark())
    mark = catcher.mark
    run.guarded += 1
    run.catchers.append(catcher)
    depth, handling = len(run.call_stack), len(run.handling)
    fails = run.stable(("fails", run.fresh("whether something fails", node).key), node)
    normal: list[Outcome] | None = None
    try:
        signal = _body_that_may_fail(run, node, scope, catcher, fails)
    except UserRaise as raised:
        note_raise(run, raised)
        del run.call_stack[depth:], run.handling[handling:]
        normal = []
        signal = None
    finally:
        run.catchers.pop()
        run.guarded -= 1
    if catcher.outcomes:
        run.meet(fails, node)
    else:
        if signal is None and normal is None and node.orelse is not None:
            return _block(run, node.orelse.body, scope)
        return signal
    if normal is None:
        if signal is None and node.orelse is not None:
            normal = arm_outcomes(run, mark, lambda: _block(run, node.orelse.body, scope))  # type: ignore[union-attr]
        else:
            normal = capture(run, mark, signal)
    journal.undo(mark)
    outcomes = normal
    handlers = _by_handler(run, node, catcher.outcomes, scope)
    if not outcomes and len(handlers) == 1:  # it is the one that surely runs
        ((handler, taken),) = handlers
        widen(run, mark, taken, "where it fails is not known")
        return _run_handler(run, handler, taken[0].value, scope)
    for handler, taken in handlers:
        widen(run, mark, taken, "where it fails is not known") if len(taken) > 1 else lay_down(taken[0].changes)
        needs = frozenset().union(*(o.needs for o in taken))
        for after in arm_outcomes(run, mark, partial(_run_handler, run, handler, taken[0].value, scope)):
            after.needs |= needs
            outcomes.append(after)
        journal.undo(mark)
    return conclude(run, mark, outcomes)


def _by_handler(
    run: Run, node: cst.Try, raised: list[Outcome], scope: Scope
) -> list[tuple[cst.ExceptHandler | None, list[Outcome]]]:
    """Which handler takes what; what is not known may go to each."""
    found: list[tuple[cst.ExceptHandler | None, list[Outcome]]] = []
    left = list(raised)
    for handler in node.handlers:
        taken = [o for o in left if catches(run, handler, o.value, scope)]
        if taken:
            found.append((handler, taken))
        left = [o for o in left if o not in taken or _may_be_other(o.value, handler)]
    surely = [o for o in left if not any(o in taken for _, taken in found)]
    if surely:
        found.append((None, surely))
    return found


def _may_be_other(raised: Value, handler: cst.ExceptHandler) -> bool:
    """Whether another handler may take what this one takes, too: nothing is known of its class."""
    return handler.type is not None and isinstance(raised, Unknown) and raised.key == _ANYTHING


_ANYTHING = ("anything that is raised",)


def _run_handler(run: Run, handler: cst.ExceptHandler | None, value: Value, scope: Scope) -> Signal | None:
    if handler is None:
        raise UserRaise(value)
    enter_handler(run, handler, value, scope)
    try:
        return _block(run, handler.body, scope)
    finally:
        end_handler(run, handler, scope)


def _body_that_may_fail(run: Run, node: cst.Try, scope: Scope, catcher: Catcher, fails: Hashable) -> Signal | None:
    """The statements of the body. Before each that may fail, the program may go to the handlers instead.

    Whether one of them does is one condition. Where it is decided that one fails, the end of the body is not reached.
    """
    journal = run.journal
    ways: WaysOut | None = None
    known = run.known(fails)
    for statement in node.body.body:
        doubts, before = run.doubts, journal.mark()
        calls = run.calls
        facts = dict(run.facts)
        try:
            signal = run.execute([statement], scope)
        except UserRaise as raised:
            if ways is None:
                raise
            note_raise(run, raised)
            return ways.finish(None, ended=True)
        if run.doubts > doubts and known is not False:
            guard = {key: choice for key, choice in facts.items() if run.facts_at(catcher.mark).get(key) is not choice}
            guard[fails] = True
            needs = frozenset((fails,)).union(*(run.needs_of(key) for key in guard))
            failed = [
                Outcome(
                    "raise", Unknown("an exception", _ANYTHING), journal.changes_at(catcher.mark, before), guard, needs
                )
            ]
            if run.calls > calls:
                failed.append(Outcome("raise", failed[0].value, journal.changes(catcher.mark), dict(guard), needs))
            catcher.outcomes += failed
            if known is None:
                run.facts[fails] = False
        if isinstance(signal, Split):
            ways = ways or WaysOut(run)
            if not ways.go_on(signal, "on"):
                return ways.finish(None, ended=True)
        elif signal is not None:
            return signal if ways is None else ways.finish(signal)
    if known is True and catcher.outcomes:
        failure = UserRaise(Unknown("an exception", _ANYTHING))
        failure.noted = True
        raise failure
    return None if ways is None else ways.finish(None)


def begin_handler(run: Run, node: cst.Try | cst.TryStar, raised: UserRaise, scope: Scope) -> cst.ExceptHandler | None:
    """The handler that takes what was raised, its name bound; None where none does."""
    handler = next((h for h in node.handlers if catches(run, h, raised.value, scope)), None)
    if handler is not None:
        enter_handler(run, handler, raised.value, scope)  # type: ignore[arg-type]
    return handler  # type: ignore[return-value]


def enter_handler(run: Run, handler: cst.ExceptHandler, value: Value, scope: Scope) -> None:
    """Bind the name of what was caught."""
    if handler.name is not None:
        caught = value if isinstance(value, Instance) else run.fresh("a caught exception", handler)
        assign(run, handler.name.name, caught, scope)
    run.handling.append(value)


def end_handler(run: Run, handler: cst.ExceptHandler, scope: Scope) -> None:
    """The name of what was caught goes with its handler."""
    run.handling.pop()
    if handler.name is not None and isinstance(handler.name.name, cst.Name):
        scope.vars.pop(handler.name.name.value, None)


TABLE: dict[type[cst.CSTNode], Callable[..., Any]] = {
    cst.SimpleStatementLine: _line,
    cst.Expr: _expression,
    cst.Assign: _assign,
    cst.AnnAssign: _annotated,
    cst.AugAssign: _augmented,
    cst.Return: _return,
    cst.Raise: _raise,
    cst.Assert: _assert,
    cst.Del: _delete,
    cst.Global: _global,
    cst.Nonlocal: _nonlocal,
    cst.If: _if,
    cst.Match: _match,
    cst.For: _for,
    cst.While: _while,
    cst.Break: _break,
    cst.Continue: _continue,
    cst.With: _with,
    cst.Try: _try,
    cst.TryStar: _try,
    cst.FunctionDef: define_function,
    cst.ClassDef: define_class,
    cst.Import: import_modules,
    cst.ImportFrom: import_from,
}
STATEMENTS.update(TABLE)
