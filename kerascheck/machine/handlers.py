"""`try` and `with`: what may be raised, and who takes it."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from functools import partial
from typing import TypeAlias

import libcst as cst

from kerascheck.machine.assumptions import common_guard
from kerascheck.machine.binding import assign
from kerascheck.machine.blocks import raise_again, run_block
from kerascheck.machine.contexts import enter_contexts, leave_contexts
from kerascheck.machine.doubts import COMMON, Doubt, in_order, is_anything
from kerascheck.machine.exceptions import catches, is_one_of
from kerascheck.machine.joins import widen
from kerascheck.machine.paths import (
    Catcher,
    Outcome,
    Signal,
    Split,
    WaysOut,
    arm_outcomes,
    capture,
    conclude,
    note_raise,
    take_back,
)
from kerascheck.machine.run import Run
from kerascheck.machine.static import once_in_outline
from kerascheck.machine.values import (
    Instance,
    Scope,
    UserRaise,
    Value,
)
from kerascheck.symbolic.journal import Changes, lay_down
from kerascheck.symbolic.unknown import NOTHING, Symbol, Unknown, forgotten
from kerascheck.text.outline import Outline


# -- with and try ------------------------------------------------------------------------------------------------
def with_block(run: Run, node: cst.With, scope: Scope) -> Signal | None:
    contexts = enter_contexts(run, node, scope)

    def leave() -> None:
        leave_contexts(contexts.exits, None)

    def swallow(value: Value) -> None:
        raised = UserRaise(value)
        if not leave_contexts(contexts.exits, raised) and not contexts.expects_error:
            raise raised

    if contexts.expects_error or contexts.may_swallow:

        def takes(value: Value) -> Hashable:
            return True if contexts.suppressed is None or is_one_of(value, contexts.suppressed) else None

        def by_context(raised: list[Outcome]) -> list[_Handling]:
            taken = [outcome for outcome in raised if takes(outcome.value)]
            others = [outcome for outcome in raised if outcome not in taken]
            found: list[_Handling] = []
            if taken:
                found.append((partial(swallow, taken[0].value), taken))
            if others:
                found.append((partial(raise_again, others[0].value), others))
            return found

        return _caught(run, node, node.body.body, scope, leave, by_context, takes)
    if not contexts.exits:
        return run_block(run, node.body, scope)
    try:
        signal = run_block(run, node.body, scope)
    except UserRaise as raised:
        if not leave_contexts(contexts.exits, raised):
            raise
        return None
    return _afterwards(run, signal, leave)


def try_block(run: Run, node: cst.Try, scope: Scope) -> Signal | None:
    """The body, the handler that fits what it raises, and `finally` in any case."""
    if node.finalbody is None:
        return _handled(run, node, scope)
    final = node.finalbody.body
    try:
        signal = _handled(run, node, scope)
    except UserRaise:
        left = run_block(run, final, scope)
        if left is not None:
            return left
        raise
    return _afterwards(run, signal, lambda: run_block(run, final, scope))


def _afterwards(run: Run, signal: Signal | None, last: Callable[[], Signal | None]) -> Signal | None:
    """Run what comes last however a block has ended: for each of its ways out. It may end in another way."""
    if not isinstance(signal, Split):
        left = last()
        return signal if left is None else left
    outcomes: list[Outcome] = []
    for outcome in signal.outcomes:
        lay_down(outcome.changes)
        ended = arm_outcomes(run, signal.mark, last)
        for after in ended:
            if after.kind == "on":
                after.kind, after.value = outcome.kind, outcome.value
            after.needs |= outcome.needs
            outcomes.append(after)
        take_back(run, signal.mark, ended)
    return conclude(run, signal.mark, outcomes)


def _handled(run: Run, node: cst.Try, scope: Scope) -> Signal | None:
    """The body of a `try`, or a handler: what may fail in the body leads to both, which are joined."""
    if not node.handlers:
        return run_block(run, node.body, scope)

    def orelse() -> Signal | None:
        return None if node.orelse is None else run_block(run, node.orelse.body, scope)

    def taker(value: Value) -> Hashable:
        return next((index for index, one in enumerate(node.handlers) if catches(run, one, value, scope)), None)

    def by_handler(raised: list[Outcome]) -> list[_Handling]:
        return _by_handler(run, node, raised, scope)

    return _caught(run, node, node.body.body, scope, orelse, by_handler, taker)


#: What handles something that was raised, and the outcomes in which it does.
_Handling: TypeAlias = tuple[Callable[[], "Signal | None"], list[Outcome]]


def _caught(
    run: Run,
    node: cst.CSTNode,
    body: Sequence[cst.CSTNode],
    scope: Scope,
    orelse: Callable[[], Signal | None],
    handle: Callable[[list[Outcome]], list[_Handling]],
    taker: Callable[[Value], Hashable],
) -> Signal | None:
    """A body whose failures are handled: what may fail in it leads to its end and to the handlers, which are joined.

    `taker` says which handler takes what is raised: the same for two values means the same handler, None means none.
    """
    journal = run.journal
    doubts = len(run.doubts)
    catcher = Catcher(journal.mark(), len(run.forks))
    mark = catcher.mark
    begun = run.tick()
    run.guarded += 1
    run.catchers.append(catcher)
    depth, handling = len(run.call_stack), len(run.handling)
    fails = run.stable(("fails", run.fresh("whether something fails", node).key), node)
    ends = True
    signal: Signal | None = None
    try:
        signal = _body_that_may_fail(run, body, scope, catcher, fails, taker)
    except UserRaise as raised:
        note_raise(run, raised)
        del run.call_stack[depth:], run.handling[handling:]
        ends = False
    finally:
        run.catchers.pop()
        run.guarded -= 1
        del run.doubts[doubts:]
    if any(is_anything(outcome.value) for outcome in catcher.outcomes) and not _takes_all(taker):
        run.doubt(Doubt())  # it may be something that no handler here takes
    if not catcher.outcomes:
        if not ends:
            raise UserRaise(Unknown("an exception"))
        return orelse() if signal is None else signal
    outcomes: list[Outcome] = []
    if ends:
        outcomes = arm_outcomes(run, mark, orelse) if signal is None else capture(run, mark, signal)
    take_back(run, mark, outcomes)
    handlings = handle(catcher.outcomes)
    for handler, taken in handlings:
        widen(run, mark, taken, "where it fails is not known")
        needs = NOTHING.union(*(outcome.needs for outcome in taken))
        for key, choice in common_guard([outcome.guard for outcome in taken]).items():
            run.facts[key] = choice
        if not outcomes and len(handlings) == 1:
            return handler()  # it is the one that surely runs
        arms = len(run.forks)
        run.forks.append((begun, needs))
        try:
            handled = arm_outcomes(run, mark, handler)
        finally:
            del run.forks[arms:]
        for after in handled:
            after.needs |= needs
            outcomes.append(after)
        take_back(run, mark, handled)
    return conclude(run, mark, outcomes)


def _by_handler(run: Run, node: cst.Try, raised: list[Outcome], scope: Scope) -> list[_Handling]:
    """Which handler takes what; what is not known may go to each."""
    found: list[_Handling] = []
    taken: list[Outcome] = []
    left = list(raised)
    for handler in node.handlers:
        here = [o for o in left if catches(run, handler, o.value, scope)]
        if here:
            found.append((partial(_run_handler, run, node, handler, here[0].value, scope), here))
        taken += here
        left = [o for o in left if o not in here or _may_be_other(o.value, handler)]
    further = [o for o in left if o not in taken]
    if further:
        found.append((partial(raise_again, further[0].value), further))
    return found


def _may_be_other(raised: Value, handler: cst.ExceptHandler) -> bool:
    """Whether another handler may take what this one takes, too: nothing is known of its class."""
    return handler.type is not None and is_anything(raised)


def _takes_all(taker: Callable[[Value], Hashable]) -> bool:
    """Whether there is a handler for whatever may be raised."""
    return taker(Symbol("builtins.Exception")) is not None


def _run_handler(run: Run, node: cst.Try, handler: cst.ExceptHandler, value: Value, scope: Scope) -> Signal | None:
    enter_handler(run, handler, value, scope)
    run.tried_before.append(_methods_called(scope.file, node.body))
    try:
        return run_block(run, handler.body, scope)
    finally:
        run.tried_before.pop()
        end_handler(run, handler, scope)


@once_in_outline
def _methods_called(outline: Outline, body: cst.CSTNode) -> frozenset[str]:
    """The names of the methods that a block calls."""
    called = (node.func for node in outline.below(body, cst.Call))
    return frozenset(function.attr.value for function in called if isinstance(function, cst.Attribute))


def _noted_raise() -> UserRaise:
    """What fails in a `try` body where the handlers know of it already."""
    raised = UserRaise(Doubt().raised)
    raised.noted = True
    return raised


def _body_that_may_fail(
    run: Run,
    body: Sequence[cst.CSTNode],
    scope: Scope,
    catcher: Catcher,
    fails: Hashable,
    taker: Callable[[Value], Hashable],
) -> Signal | None:
    """The statements of the body. Before each that may fail, the program may go to the handlers instead.

    Whether one of them does is one condition, where nothing tells more. Where it is decided that one fails, the end of
    the body is not reached.
    """
    journal = run.journal
    ways: WaysOut | None = None
    for statement in body:
        begun, before = len(run.doubts), journal.mark()
        calls = run.calls
        facts = dict(run.facts)
        signal: Signal | None = None
        failed: UserRaise | None = None
        try:
            signal = run.execute([statement], scope)
        except UserRaise as raised:
            failed = raised
        if len(run.doubts) > begun:
            places = [journal.changes_at(catcher.mark, before)]
            if run.calls > calls:
                places.append(journal.changes(catcher.mark))
            found = run.doubts[begun:]
            del run.doubts[begun:]
            known_before = run.facts_at(catcher.mark)
            guard = {key: choice for key, choice in facts.items() if known_before.get(key) is not choice}
            doubts = in_order(found, taker) or [_as_one(found, fails)]
            if not _may_go_on(run, statement, catcher, doubts, guard, places, fails, taker):
                failed = _noted_raise()  # before it came to anything else
        if failed is not None:
            if ways is None:
                raise failed
            note_raise(run, failed)
            return ways.finish(None, ended=True)
        if isinstance(signal, Split):
            ways = ways or WaysOut(run)
            if not ways.go_on(signal, "on"):
                return ways.finish(None, ended=True)
        elif signal is not None:
            return signal if ways is None else ways.finish(signal)
    if catcher.outcomes and run.known(fails) is True:
        del run.program.networks[run.made_before_doubt :]  # it comes to none of these
        if ways is None:
            raise _noted_raise()
        return ways.finish(None, ended=True)
    return None if ways is None else ways.finish(None)


def _as_one(doubts: Sequence[Doubt], fails: Hashable) -> Doubt:
    """Whether any of the steps fails."""
    errors = {doubt.error for doubt in doubts}
    needs = NOTHING.union(*(doubt.needs or {fails} for doubt in doubts))
    return Doubt(fails, True, errors.pop() if len(errors) == 1 else None, needs)


def _may_go_on(
    run: Run,
    statement: cst.CSTNode,
    catcher: Catcher,
    doubts: Sequence[Doubt],
    guard: dict[Hashable, bool],
    places: Sequence[Changes],
    fails: Hashable,
    taker: Callable[[Value], Hashable],
) -> bool:
    """A statement of a `try` body may fail in these ways; what it has changed by then is one of the `places`.

    The result is False where it surely fails.
    """
    for doubt in doubts:
        key, failing = doubt.key, doubt.failing
        decided = run.known(key)
        if decided is (not failing):
            continue
        value = doubt.raised
        if doubt.error in COMMON and taker(value) is None:
            value = Doubt().raised  # there are other ways for such a step to fail
        run.meet(key, statement)
        holds = {**guard, key: failing}
        if doubt.needs or key in run.condition_needs:
            known = run.condition_needs.get(key, NOTHING)
            run.condition_needs[key] = known | (doubt.needs or {key})
        needs = NOTHING.union(*(run.needs_of(key) for key in holds))
        catcher.outcomes += [Outcome("raise", value, changes, dict(holds), needs) for changes in places]
        if decided is None:
            run.facts[key] = guard[key] = not failing
        elif key is not fails:
            return False
    return True


def begin_handler(run: Run, node: cst.Try | cst.TryStar, raised: UserRaise, scope: Scope) -> cst.ExceptHandler | None:
    """The handler that takes what was raised, its name bound; None where none does."""
    handler = next((h for h in node.handlers if catches(run, h, raised.value, scope)), None)
    if handler is not None:
        enter_handler(run, handler, raised.value, scope)  # type: ignore[arg-type]
    return handler  # type: ignore[return-value]


def enter_handler(run: Run, handler: cst.ExceptHandler, value: Value, scope: Scope) -> None:
    """Bind the name of what was caught."""
    if handler.name is not None:
        # What the program has put in there is not looked into: not all that conditions say of it may occur.
        caught = value if isinstance(value, Instance) else forgotten(run.fresh("a caught exception", handler))
        assign(run, handler.name.name, caught, scope)
    run.handling.append(value)


def end_handler(run: Run, handler: cst.ExceptHandler, scope: Scope) -> None:
    """The name of what was caught goes with its handler."""
    run.handling.pop()
    if handler.name is not None and isinstance(handler.name.name, cst.Name):
        scope.vars.pop(handler.name.name.value, None)
