"""What a condition means for values: it is settled or assumed, and values are restricted to the cases left."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from kerascheck.machine.asking import made_of
from kerascheck.machine.doubts import is_any_in
from kerascheck.machine.values import Value
from kerascheck.symbolic.unknown import Guarded, Unknown

if TYPE_CHECKING:
    import libcst as cst

    from kerascheck.machine.run import Run


@dataclass
class Condition:
    """A condition that is not known: the key that it is decided by, and whether the key or its contrary is meant."""

    key: Hashable
    positive: bool
    needs: frozenset[Hashable]
    if_true: dict[Hashable, bool] = field(default_factory=dict)  # what else holds then
    if_false: dict[Hashable, bool] = field(default_factory=dict)


def settle(run: Run, value: Value, node: cst.CSTNode | None = None) -> bool | Condition:
    """Whether the value counts as true, as far as that is known here."""
    from kerascheck.machine.conditions import known_truth

    value = restrict(run, value)
    if isinstance(value, Guarded):
        return _settle_guarded(run, value, node)
    found = known_truth(run, value, node)
    if type(found) is Guarded:
        return _settle_guarded(run, found, node)
    if isinstance(found, bool):
        return found
    key, positive = found.key, True
    if run.grown and is_any_in(run.grown, key):
        key = made_of(run.fresh("a condition", node), key).key  # what was there before says nothing
    while isinstance(key, tuple) and len(key) == 2 and key[0] == "not":
        key, positive = key[1], not positive
    if key in run.pinned:
        verdict = settle(run, run.pinned[key], node)
        return verdict is positive if isinstance(verdict, bool) else _turned(verdict, positive)
    stable = run.stable(key, node)
    known = run.known(stable)
    if known is not None:
        return known is positive
    needs = frozenset(open_needs) if (open_needs := found.needs) else frozenset((stable,))
    if found.needs:
        run.condition_needs[stable] = needs
    run.meet(stable, node)
    run.undecided += 1
    return Condition(stable, positive, needs)


def _turned(condition: Condition, positive: bool) -> Condition:
    if positive:
        return condition
    return Condition(condition.key, not condition.positive, condition.needs, condition.if_false, condition.if_true)


def _settle_guarded(run: Run, value: Guarded, node: cst.CSTNode | None) -> bool | Condition:
    """A condition that is another one in each of several cases."""
    verdicts: list[tuple[dict[Hashable, bool], bool | Condition]] = []
    needs = value.needs
    for guard, alternative in value.alternatives:
        with assuming(run, guard):
            verdict = settle(run, alternative, node)
        verdicts.append((dict(guard), verdict))
        if isinstance(verdict, Condition):
            needs = needs | verdict.needs
    known = [verdict for _, verdict in verdicts]
    if all(verdict is True for verdict in known) or all(verdict is False for verdict in known):
        return bool(known[0])
    holds: dict[bool, dict[Hashable, bool]] = {}
    cases: dict[bool, list[dict[Hashable, bool]]] = {}
    for choice in (True, False):
        sides = []
        for guard, verdict in verdicts:
            if verdict is (not choice):
                continue
            if isinstance(verdict, Condition):
                guard = {**guard, verdict.key: verdict.positive is choice}
            sides.append(guard)
        cases[choice] = sides
        holds[choice] = common_guard(sides)
    if len(verdicts) == 2 and all(isinstance(verdict, bool) for verdict in known):
        for key, choice in holds[True].items():
            if holds[False].get(key) is (not choice):
                return Condition(key, choice, run.needs_of(key), holds[True], holds[False])
    steady = all(type(alternative) in _UNCHANGING for _, alternative in value.alternatives)
    key = ("case", ("truth", value.key) if steady else run.tick())
    decided: bool | None = run.facts.get(key) if steady else None
    if decided is not None:
        return decided
    if key not in run.condition_needs:
        run.condition_needs[key] = needs
        run.learn_cases(key, cases)
    run.undecided += 1
    return Condition(key, True, needs, holds[True], holds[False])


#: Classes of values that are true, or not, each time they are asked.
_UNCHANGING = frozenset({bool, int, float, str, bytes, type(None)})


def common_guard(guards: Sequence[dict[Hashable, bool]]) -> dict[Hashable, bool]:
    """What all of them say."""
    if not guards:
        return {}
    first, *others = guards
    return {key: choice for key, choice in first.items() if all(other.get(key) is choice for other in others)}


@contextmanager
def assuming(run: Run, guard: Any) -> Iterator[None]:
    """Take the guard for given in a place that changes nothing."""
    added = [key for key in guard if key not in run.facts]
    for key in added:
        run.facts.note(key)
        dict.__setitem__(run.facts, key, guard[key])
    try:
        yield
    finally:
        for key in added:
            dict.pop(run.facts, key, None)


def assume(run: Run, condition: Condition, choice: bool) -> None:
    """The condition holds from here on, or does not."""
    from kerascheck.machine.conditions import pin

    holds = condition.positive is choice
    run.facts[condition.key] = holds
    for key, known in (condition.if_true if choice else condition.if_false).items():
        run.facts[key] = known
        if known:
            pin(run, key)
    for key, known in run.following.get((condition.key, holds), {}).items():
        if key not in run.facts:
            run.facts[key] = known
    if holds:
        pin(run, condition.key)


def rules_out(run: Run, guard: Mapping[Hashable, bool]) -> bool:
    """Whether what is known here contradicts the guard."""
    facts = run.facts
    for key, choice in guard.items():
        known = facts.get(key)
        if known is None:
            known = run.known(key, is_met=False)
        if known is not None and known is not choice:
            return True
    return False


def restrict(run: Run, value: Value) -> Value:
    """The value without the alternatives that what is known here rules out."""
    if type(value) is not Guarded:
        return value
    possible = [(guard, alternative) for guard, alternative in value.alternatives if not rules_out(run, guard)]
    if len(possible) == len(value.alternatives):
        return value
    if not possible:
        return Unknown("it is never reached with a value")
    if len(possible) == 1:
        return possible[0][1]
    from kerascheck.machine.choices import choose

    return choose(run, possible, value.needs, value.text)
