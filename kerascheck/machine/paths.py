"""Conditions that are not known: both arms run from one state, and are joined behind it.

The only place where the analysis forks. `fork` runs each arm under the assumption that the condition holds, or does
not, takes back what the arm has changed (see `kerascheck.symbolic.journal`) and joins the changes of both (see
`joins`). An arm that leaves early (`return`, `break`, `continue`) waits as an `Outcome` until the block, loop or call
that it leaves is over; one that raises waits for the handlers around it, or ends the program there.

A condition that something hangs on that matters (an argument of a layer, the structure of a model) is `relevant`: the
whole program is run again for each combination of these (see `analysis`), and they are decided in there.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from kerascheck.machine.assumptions import Condition, assume, assuming, common_guard, rules_out
from kerascheck.machine.values import DictValue, ListValue, UserRaise, Value
from kerascheck.symbolic.journal import Changes, Mark, lay_down
from kerascheck.symbolic.unknown import NOTHING, Guarded, Unknown, forgotten, is_forgotten

if TYPE_CHECKING:
    from kerascheck.machine.run import Run


class Signal:
    """How a block ended early: `return` (with a value), `break` or `continue`."""

    __slots__ = ("kind", "value")

    def __init__(self, kind: str, value: Value = None) -> None:
        self.kind = kind
        self.value = value


class Outcome(Signal):
    """One of the ways a block may have ended, with what it has changed since a mark. The kind may also be `on`."""

    __slots__ = ("begun", "changes", "guard", "needs", "reached")

    def __init__(
        self, kind: str, value: Value, changes: Changes, guard: dict[Hashable, bool], needs: frozenset[Hashable]
    ) -> None:
        super().__init__(kind, value)
        self.changes = changes
        self.guard = guard  # what surely holds where the block ends like this, beyond what holds at the mark
        self.needs = needs  # the conditions that decide about it
        self.begun: int | None = None  # the moment from which on it is on its own, where that is known
        self.reached: Changes | None = None  # what is written since that moment, where these are not all the changes


class Split(Signal):
    """The block may end in several ways, at most one of each kind. The state is that of the mark."""

    __slots__ = ("mark", "outcomes")

    def __init__(self, mark: Mark, outcomes: list[Outcome]) -> None:
        super().__init__("split")
        self.mark = mark
        self.outcomes = outcomes


@dataclass
class Catcher:
    """A `try` whose body is running: what is raised in there, and may be caught, waits for its handlers."""

    mark: Mark
    forks: int  # how many arms the `try` itself stands in
    outcomes: list[Outcome] = field(default_factory=list)


# -- conditions -----------------------------------------------------------------------------------------------------


#: What running both arms and joining them costs beside the steps in there.
_STEPS_FOR_ARMS = 8

#: Keys of what may be another thing each time it is asked for.
_PASSING = frozenset({"node", "case", "fresh", "alias", "tensor", "unnamed"})


def is_steady(key: Hashable) -> bool:
    """Whether the condition is the same each time it is asked: it is about the environment, a parameter, a file."""
    return not isinstance(key, tuple) or (key[:1] != () and key[0] not in _PASSING and all(map(is_steady, key)))


def lift(run: Run, action: Callable[[Value], Value], value: Guarded) -> Value:
    """What the action gives for each alternative, which must change nothing; what it refuses it refuses in an arm."""
    from kerascheck.machine.choices import choose

    found = []
    run.forks.append((run.serial, value.needs))
    try:
        for guard, alternative in value.alternatives:
            with assuming(run, guard):
                found.append((guard, _hanging(action(alternative), alternative)))
    finally:
        run.forks.pop()
    return choose(run, found, value.needs)


def _hanging(made: Value, alternative: Value) -> Value:
    """What is made of an alternative that hangs on further conditions hangs on them, too."""
    unknown = _unknown_of(made)
    if unknown is None or made is alternative:
        return made
    source = _unknown_of(alternative)
    if source is None:
        return made
    hanging = unknown if source.needs <= unknown.needs else unknown.needing(source.needs)
    if is_forgotten(source.key) and type(hanging) is Unknown and not is_forgotten(hanging.key):
        hanging = forgotten(hanging)
    if hanging is unknown:
        return made
    if unknown is made:
        return hanging
    made.unknown = hanging
    return made


def _unknown_of(value: Value) -> Unknown | None:
    """The value, where it is not known, or why the items of a list or dictionary are not known."""
    if isinstance(value, Unknown):
        return value
    unknown = value.unknown if type(value) in (ListValue, DictValue) else None
    return unknown if isinstance(unknown, Unknown) else None


def spread(run: Run, action: Callable[[Value], Value], value: Guarded, case: Hashable = None) -> Value:
    """What the action gives for each alternative, in an arm of its own: it may change things.

    `case` identifies the value: the same one is spread over the same conditions each time.
    """
    (guard, first), *others = value.alternatives
    if not others:
        return _hanging(action(first), first)
    if case is not None and (only := _only_one_left(run, value)) is not None:
        return _hanging(action(only[0]), only[0])
    case = ("case", value.key if case is None else case)
    rest = Guarded(others, value.needs)
    condition = _telling(run, case, guard, others, value.needs)
    known = run.facts.get(condition.key)
    if known is not None:
        return _hanging(action(first), first) if known is condition.positive else spread(run, action, rest, case)
    return fork_value(run, condition, lambda: _hanging(action(first), first), lambda: spread(run, action, rest, case))


def _only_one_left(run: Run, value: Guarded) -> tuple[Value] | None:
    """The one alternative that is left where those before it are ruled out; None where there are more."""
    left = [alternative for guard, alternative in value.alternatives if not rules_out(run, guard)]
    return (left[0],) if len(left) == 1 else None


def each_arm(
    run: Run, action: Callable[[Value], Signal | None], value: Guarded, case: Hashable = None
) -> Signal | None:
    """The same for an action that is a part of a block."""
    (guard, first), *others = value.alternatives
    if not others:
        return action(first)
    if case is not None and (only := _only_one_left(run, value)) is not None:
        return action(only[0])
    case = ("case", value.key if case is None else case)
    rest = Guarded(others, value.needs)
    condition = _telling(run, case, guard, others, value.needs)
    known = run.facts.get(condition.key)
    if known is not None:
        return action(first) if known is condition.positive else each_arm(run, action, rest, case)
    return fork(run, condition, lambda: action(first), lambda: each_arm(run, action, rest, case))


def _telling(
    run: Run, case: Hashable, guard: Any, others: Sequence[tuple[Any, Value]], needs: frozenset[Hashable]
) -> Condition:
    """The condition that tells the first alternative from the others."""
    shared = common_guard([dict(other) for other, _ in others])
    for key, choice in guard.items():
        if shared.get(key) is (not choice):
            return Condition(key, choice, run.needs_of(key), dict(guard), shared)
    run.condition_needs[case] = needs
    return Condition(case, True, needs, dict(guard), shared)


# -- forks -------------------------------------------------------------------------------------------------------------


def fork(
    run: Run, condition: Condition, if_true: Callable[[], Signal | None], if_false: Callable[[], Signal | None]
) -> Signal | None:
    """Run both arms from the present state, and go on behind them with the join of both.

    Raises:
        UserRaise: where both arms do.
    """
    return conclude(run, *_arms(run, condition, if_true, if_false))


def fork_value(run: Run, condition: Condition, if_true: Callable[[], Value], if_false: Callable[[], Value]) -> Value:
    """The same for arms that give a value."""
    mark, outcomes = _arms(run, condition, lambda: Signal("value", if_true()), lambda: Signal("value", if_false()))
    signal = conclude(run, mark, outcomes)
    return None if signal is None else signal.value


def _arms(
    run: Run, condition: Condition, if_true: Callable[[], Signal | None], if_false: Callable[[], Signal | None]
) -> tuple[Mark, list[Outcome]]:
    mark = run.journal.mark()
    outcomes: list[Outcome] = []
    begun = run.tick()
    depth = len(run.forks)
    run.forks.append((begun, condition.needs))
    run.forked += 1
    run.budget.spend(_STEPS_FOR_ARMS)
    try:
        for choice, arm in ((True, if_true), (False, if_false)):
            assume(run, condition, choice)
            ended = arm_outcomes(run, mark, arm)
            outcomes += ended
            take_back(run, mark, ended)
            del run.forks[depth + 1 :]
    finally:
        del run.forks[depth:]
    for outcome in outcomes:
        outcome.begun = begun
    return mark, outcomes


def arm_outcomes(run: Run, mark: Mark, arm: Callable[[], Signal | None]) -> list[Outcome]:
    """The ways in which the arm ends, relative to the mark; none where it surely raises. Its changes stay in place."""
    depth, tracing, handling = len(run.call_stack), run.tracing, len(run.handling)
    try:
        signal = arm()
    except UserRaise as raised:
        note_raise(run, raised)
        del run.call_stack[depth:], run.handling[handling:]
        run.tracing = tracing
        return []
    return capture(run, mark, signal)


def take_back(run: Run, mark: Mark, ended: list[Outcome]) -> None:
    """Return to the mark from an arm with these outcomes; without any, nobody comes back to what it has made."""
    if ended:
        run.journal.undo(mark)
    else:
        run.journal.abandon(mark)


def note_raise(run: Run, raised: UserRaise) -> None:
    """What is raised waits for the handlers of the `try` around it; without one it ends the program."""
    if not raised.noted and run.catchers:
        catcher = run.catchers[-1]
        outcome = _outcome(run, catcher.mark, "raise", raised.value)
        outcome.needs = outcome.needs.union(*(needs for _, needs in run.forks[catcher.forks :]))
        catcher.outcomes.append(outcome)
    raised.noted = True


def capture(run: Run, mark: Mark, signal: Signal | None) -> list[Outcome]:
    """The outcomes of a block whose changes are in place, relative to a mark that is as old as the block or older."""
    if not isinstance(signal, Split):
        if signal is None:
            return [_outcome(run, mark, "on", None)]
        return [_outcome(run, mark, signal.kind, signal.value)]
    found: list[Outcome] = []
    for outcome in signal.outcomes:
        lay_down(outcome.changes)
        again = _outcome(run, mark, outcome.kind, outcome.value)
        again.needs |= outcome.needs
        found.append(again)
        run.journal.undo(signal.mark)
    return found


def _outcome(run: Run, mark: Mark, kind: str, value: Value) -> Outcome:
    before = run.facts_at(mark)
    facts = run.facts
    keys, known = list(facts), list(before)
    if keys[: len(known)] == known:  # facts are only ever added: the new ones stand at the end
        guard = {key: facts[key] for key in keys[len(known) :]}
    else:
        guard = {key: choice for key, choice in facts.items() if before.get(key) is not choice}
    needs: frozenset[Hashable] = NOTHING
    for key in guard:
        needs |= run.needs_of(key)
    return Outcome(kind, value, run.journal.changes(mark), guard, needs)


def conclude(run: Run, mark: Mark, outcomes: list[Outcome]) -> Signal | None:
    """Join the outcomes of each kind. The state is that of the mark; where one kind is left, its join is laid down."""
    from kerascheck.machine.joins import join

    if not outcomes:
        raised = UserRaise(Unknown("an exception"))
        raised.noted = True
        raise raised
    groups: dict[str, list[Outcome]] = {}
    for outcome in outcomes:
        groups.setdefault(outcome.kind, []).append(outcome)
    if len(groups) == 1:
        (kind,) = groups
        value = join(run, mark, outcomes)
        if len(outcomes) == 2:
            _note_following(run, outcomes[0].guard, outcomes[1].guard)
        return None if kind == "on" else Signal(kind, value)
    joined: list[Outcome] = []
    for kind, group in groups.items():
        if len(group) == 1:
            joined += group
            continue
        value = join(run, mark, group)
        made = _outcome(run, mark, kind, value)
        for one in group:
            made.needs |= one.needs
        joined.append(made)
        run.journal.undo(mark)
    return Split(mark, joined)


def _note_following(run: Run, one: dict[Hashable, bool], other: dict[Hashable, bool]) -> None:
    """Where one arm has left cases behind, what holds in the others is known from the condition of the arm."""
    if len(one) < 2 and len(other) < 2:
        return
    condition = next((key for key, choice in one.items() if other.get(key) is (not choice)), None)
    if condition is None:
        return
    for guard in (one, other):
        rest = {key: choice for key, choice in guard.items() if key != condition and key not in run.facts}
        if rest:
            run.following[condition, guard[condition]] = rest


class WaysOut:
    """What has left a block early, in some cases, and waits for its end while the rest of the block runs."""

    __slots__ = ("depth", "mark", "run", "waiting")

    def __init__(self, run: Run) -> None:
        self.run = run
        self.mark: Mark | None = None
        self.waiting: list[Outcome] = []
        self.depth = len(run.forks)  # the arms that the block stands in; its rest is one more

    def go_on(self, split: Split, *kinds: str) -> bool:
        """Let the other outcomes wait and go on with those of these kinds (joined); whether there are any."""
        from kerascheck.machine.joins import join

        run = self.run
        outcomes = split.outcomes
        if self.mark is None:
            self.mark = split.mark
        elif split.mark.position != self.mark.position:
            outcomes = capture(run, self.mark, split)
        self.waiting += [o for o in outcomes if o.kind not in kinds]
        again = [o for o in split.outcomes if o.kind in kinds]
        if again:
            join(run, split.mark, again)
            self._wait()
        return bool(again)

    def _wait(self) -> None:
        """What follows does not happen in the cases that wait."""
        needs: frozenset[Hashable] = NOTHING.union(*(outcome.needs for outcome in self.waiting))
        self.run.forks.append((self.run.tick(), needs))

    def close(self) -> None:
        """The rest of the block is no arm of its own any more."""
        del self.run.forks[self.depth :]

    def finish(self, signal: Signal | None, ended: bool = False) -> Signal | None:
        """The block is over, with the signal; `ended`: nothing of it went on to its end."""
        if self.mark is None:
            return signal
        run = self.run
        self.close()
        outcomes = self.waiting
        if not ended:
            outcomes = outcomes + capture(run, self.mark, signal)
        run.journal.undo(self.mark)
        return conclude(run, self.mark, outcomes)


def settle_call(run: Run, signal: Signal | None) -> Value:
    """What a call gives whose body has ended like this."""
    if signal is None:
        return None
    if isinstance(signal, Split):
        from kerascheck.machine.joins import join

        for outcome in signal.outcomes:
            if outcome.kind != "return":
                outcome.value = None
        return join(run, signal.mark, signal.outcomes)
    return signal.value if signal.kind == "return" else None
