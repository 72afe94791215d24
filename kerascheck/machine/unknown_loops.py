"""Loops of which nobody knows how many rounds they have."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sized

import libcst as cst

from kerascheck.machine.assumptions import assume, settle
from kerascheck.machine.blocks import run_block
from kerascheck.machine.joins import widen
from kerascheck.machine.paths import Outcome, Signal, arm_outcomes, capture, conclude, take_back
from kerascheck.machine.run import Run
from kerascheck.machine.values import (
    Scope,
)
from kerascheck.symbolic.journal import Mark, lay_down


def is_endless(node: cst.While) -> bool:
    """`while True` and `while 1`."""
    if isinstance(node.test, cst.Integer):
        return node.test.value != "0"
    return isinstance(node.test, cst.Name) and node.test.value == "True"


#: Rounds in the widened state after which what still changes is given up.
_WIDEST = 3


_CHANGED = "changed in a loop whose number of rounds is not known"


def unknown_loop(
    run: Run,
    node: cst.For | cst.While,
    scope: Scope,
    start: Callable[[], None],
    least: int = 0,
    asked: tuple[Hashable, Hashable] | None = None,
) -> Signal | None:
    """A loop whose number of rounds is not known: none, one, or more, but `least` in any case.

    The first round starts from what is there. The further ones start from a state in which all is forgotten that a
    round changes; they are run until no round changes more than that. What goes wrong in the first round goes wrong (a
    loop that never runs is not what programs are written for); in the further ones nothing surely does.
    """
    place = run.fresh("whether a loop runs", node).key
    runs, again = asked or (("runs", place), ("runs again", place))
    runs, again = run.stable(runs, node), run.stable(again, node)
    endless = isinstance(node, cst.While) and is_endless(node)
    if least > 0:
        run.facts[runs] = True
    if least > 1:
        run.facts[again] = True
    if not endless and run.known(runs) is False:
        return None if node.orelse is None else run_block(run, node.orelse.body, scope)
    journal = run.journal
    mark = journal.mark()
    run.undecided += 1
    run.meet(runs, node)
    run.meet(again, node)
    begun = run.tick()
    run.loop_births.append(begun)
    arms = len(run.forks)
    run.forks.append((begun, frozenset((runs,))))
    try:
        run.facts[runs] = True
        before = _Done(run)
        first = arm_outcomes(run, mark, lambda: _one_round(run, node, scope, start, 0))
        take_back(run, mark, first)
        leaving = [o for o in first if o.kind in ("break", "return")]
        ending = [o for o in first if o.kind not in ("break", "return")]
        run.meet(again, node)
        goes_on = run.known(again) if ending else None
        if ending and goes_on is not False:
            more = _further(run, node, scope, start, mark, ending, begun, not leaving and before.nothing(run))
            if more is not None:
                for outcome in ending:
                    outcome.guard[again] = False
                    outcome.needs |= {again}
                for outcome in more:
                    outcome.guard[again] = True
                    outcome.needs |= {again}
                if goes_on:
                    ending = []
                leaving += [o for o in more if o.kind in ("break", "return")]
                ending += [o for o in more if o.kind not in ("break", "return")]
    finally:
        del run.forks[arms:]
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
        ending = arm_outcomes(run, mark, lambda: run_block(run, node.orelse.body, scope))  # type: ignore[union-attr]
        journal.undo(mark)
    for outcome in leaving:
        if outcome.kind == "break":
            outcome.kind = "on"  # a `break` in the `else` belongs to the loop around
    normal = [o for o in (*ending, *leaving) if o.kind == "on"]
    others = [o for o in (*ending, *leaving) if o.kind != "on"]
    if normal:
        widen(run, mark, normal, _CHANGED)
        if not others:
            return None
        others += capture(run, mark, None)
        journal.undo(mark)
    return conclude(run, mark, others)


class _Done:
    """What was done up to a moment, beside what is noted in the journal."""

    def __init__(self, run: Run) -> None:
        self._counts = self._counted(run)

    def nothing(self, run: Run) -> bool:
        """Whether nothing was built, trained, refused or decided since then."""
        return self._counts == self._counted(run)

    @staticmethod
    def _counted(run: Run) -> tuple[int, ...]:
        program = run.program
        events: tuple[Sized, ...] = (program.layers, program.networks, program.compiles, program.trainings)
        events = (*events, program.raised, program.calls, run.doubts)
        return (*map(len, events), run.layer_changes, run.decided, run.writes)


def _one_round(
    run: Run, node: cst.For | cst.While, scope: Scope, start: Callable[[], None], index: int
) -> Signal | None:
    with run.in_frame(node, index):
        if isinstance(node, cst.While):
            verdict = settle(run, run.evaluate(node.test, scope), node)
            if not isinstance(verdict, bool):
                assume(run, verdict, True)
        start()
        return run_block(run, node.body, scope)


def _further(
    run: Run,
    node: cst.For | cst.While,
    scope: Scope,
    start: Callable[[], None],
    mark: Mark,
    ending: list[Outcome],
    begun: int,
    is_quiet: bool,
) -> list[Outcome] | None:
    """The outcomes of all further rounds, relative to the mark.

    None where these are like the first one: it has done nothing (`is_quiet`) but to change what had been forgotten.
    """
    journal = run.journal
    raised = len(run.program.raised)
    none = Outcome("on", None, {}, {}, frozenset())
    if not widen(run, mark, [none, *ending], _CHANGED, is_head=True) and is_quiet:
        journal.undo(mark)
        return None
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
