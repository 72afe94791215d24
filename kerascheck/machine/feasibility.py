"""Which conditions on one unknown value can hold together.

A fact is a condition that is assumed or decided, by its key. Where all that facts and a further condition ask is one
value (a variable of the environment, an attribute that nobody knows), values are tried: those that the conditions
mention, their neighbours, and some of each kind. Where none of them agrees with one of the two answers, the other one
is known. `n == 3` rules out `n % 2 == 0`; that "A" is not in the environment rules out that its value is "1".
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from functools import lru_cache
from math import prod
from typing import TYPE_CHECKING, Any

from kerascheck.machine.asking import (
    ARITHMETIC,
    CALLS,
    CLASSES,
    ENVIRONMENT,
    ON_DISK,
    UNARY,
    TooLarge,
    measured,
    root_of,
    surroundings_in,
)
from kerascheck.machine.trial_values import UNSET, can_be_tried, values_for
from kerascheck.symbolic.journal import Cells

if TYPE_CHECKING:
    from kerascheck.machine.values import Value

#: Facts that are looked at together, the latest of them.
_MAX_FACTS = 12

#: What asking about a value may raise.
_CANNOT_BE_ASKED = (TypeError, ValueError, ArithmeticError, OverflowError)


class Facts(Cells):
    """Conditions that are assumed or decided, by their keys, and which of them ask about the same value."""

    __slots__ = ("by_root",)

    def __init__(self, content: Mapping[Hashable, bool] | None = None) -> None:
        super().__init__()
        self.by_root: dict[Hashable, list[Hashable]] = {}  # also of facts that were taken back
        for key, choice in (content or {}).items():
            self[key] = choice

    def __setitem__(self, key: Hashable, choice: bool) -> None:
        self.note(key)
        super().__setitem__(key, choice)

    def note(self, key: Hashable) -> None:
        """The key may become a fact."""
        root = root_of(key)
        if root is not None and key not in (known := self.by_root.setdefault(root, [])):
            known.append(key)


def implied(facts: Facts, key: Hashable, also: tuple[Hashable, bool] | None = None) -> bool | None:
    """Whether the condition surely holds, or surely does not, given the facts; None where it may be either.

    `also`: a condition and a choice that are taken for one more fact.
    """
    root = root_of(key)
    if root is None:
        return None
    related = _related(facts, root, key)
    if also is not None and also[0] != key and root_of(also[0]) == root:
        related = (*(one for one in related if one[0] != also[0]), also)
    return _tried(root, key, related[-_MAX_FACTS:]) if related else None


def can_surely_be_asked(facts: Facts, key: Hashable) -> bool:
    """Whether asking about the value raises nothing, whatever it is of that the facts leave.

    A condition that may raise is met only where it did not: `int(text) > 3` says that the text is a number.
    """
    root = root_of(key)
    return root is None or _is_asked(root, key, _related(facts, root, key))


def _related(facts: Facts, root: Hashable, key: Hashable) -> tuple[tuple[Hashable, bool], ...]:
    """The facts about the same value."""
    return tuple([(fact, facts[fact]) for fact in facts.by_root.get(root, ()) if fact in facts and fact != key])


@lru_cache(maxsize=4096)
def _is_asked(root: Hashable, key: Hashable, related: tuple[tuple[Hashable, bool], ...]) -> bool:
    if not can_be_tried((key,)):
        return False
    for some in (*_tried_with(key, related[-_MAX_FACTS:]), ()):
        keys = (key, *(fact for fact, _ in some))
        try:
            for candidate in values_for(root, keys):
                if all(_agrees(fact, choice, root, candidate, is_met=False) for fact, choice in some):
                    _holds(key, root, candidate)
        except (TooLarge, *_CANNOT_BE_ASKED):
            continue  # other facts may leave less
        return True
    return False


@lru_cache(maxsize=4096)
def _tried(root: Hashable, key: Hashable, related: tuple[tuple[Hashable, bool], ...]) -> bool | None:
    """The answer that is left when all candidates have been tried. Most questions come again with each run."""
    if not can_be_tried((key,)):
        return None
    for some in _tried_with(key, related):
        known = _left(root, key, some)
        if known is not None:
            return known
    return None


def _left(root: Hashable, key: Hashable, related: tuple[tuple[Hashable, bool], ...]) -> bool | None:
    """The same with facts that can be tried together."""
    candidates = values_for(root, (key, *(fact for fact, _ in related)))
    try:
        found = _answers(root, key, related, candidates, are_met=True)
        if not any(found):  # some of the facts are assumed for where the program gets another way
            found = _answers(root, key, related, candidates, are_met=False)
    except TooLarge:
        return None
    return None if found[0] is found[1] else found[0]


def _tried_with(
    key: Hashable, related: tuple[tuple[Hashable, bool], ...]
) -> Iterator[tuple[tuple[Hashable, bool], ...]]:
    """The facts that are tried together with the condition, in groups; what follows from some follows from all.

    Each group has a fact that is in none before, and what else goes with it.
    """
    left = list(related)
    while left:
        keys = [key]
        group = []
        for fact in (*left, *(one for one in related if one not in left)):
            if can_be_tried((*keys, fact[0])):
                keys.append(fact[0])
                group.append(fact)
            elif len(keys) == 1:
                left.remove(fact)  # it goes with nothing
        if not group:
            return
        yield tuple(group)
        left = [fact for fact in left if fact not in group]


def _answers(
    root: Hashable,
    key: Hashable,
    related: tuple[tuple[Hashable, bool], ...],
    candidates: tuple[Value, ...],
    are_met: bool,
) -> tuple[bool, bool]:
    """Whether the condition may hold, and whether it may not, with any of the candidates.

    Where the facts are not met for sure, one that cannot be asked of a candidate says nothing against it.
    """
    may_hold = may_fail = False
    for candidate in candidates:
        try:
            if all(_agrees(fact, choice, root, candidate, are_met) for fact, choice in related):
                holds = _holds(key, root, candidate)
                may_hold, may_fail = may_hold or holds, may_fail or not holds
        except _CANNOT_BE_ASKED:
            continue  # with this value the program would not have come as far as asking
        if may_hold and may_fail:
            break
    return may_hold, may_fail


def _agrees(fact: Hashable, choice: bool, root: Hashable, candidate: Value, is_met: bool) -> bool:
    try:
        return _holds(fact, root, candidate) is choice
    except _CANNOT_BE_ASKED:
        if is_met:
            raise
        return True


def is_told(one: Hashable, other: Hashable) -> bool:
    """Whether it is known of two conditions which of their answers exclude each other."""
    if surroundings_in(one).isdisjoint(surroundings_in(other)):
        return True
    root = root_of(one)
    return root is not None and root == root_of(other) and _are_answered(root, (one, other))


@lru_cache(maxsize=4096)
def _are_answered(root: Hashable, keys: tuple[Hashable, ...]) -> bool:
    """Whether there are values for both answers to each of the conditions among those that are tried."""
    if not can_be_tried(keys):
        return False
    candidates = values_for(root, keys)
    try:
        return all(all(_answers(root, key, (), candidates, are_met=True)) for key in keys)
    except TooLarge:
        return False


def _holds(key: Hashable, root: Hashable, candidate: Value) -> bool:
    return bool(_value(key, root, candidate))


def _value(key: Any, root: Hashable, candidate: Value) -> Any:
    """What a key stands for where the unknown value is the candidate. Raises what Python would raise."""
    if isinstance(key, int) and key != root:
        return key
    if not isinstance(key, tuple) or not key or key == root:
        return candidate
    kind = key[0]
    if kind == "constant":
        return _value(key[2], root, candidate) if isinstance(key[2], tuple) else key[2]
    if kind == "size":
        return sum(factor * prod(_value(_length(key), root, candidate) for _, key in term) for term, factor in key[1])
    if kind in UNARY:
        return UNARY[kind](_value(key[1], root, candidate))
    if kind == "asked":
        return candidate in ON_DISK[key[1]]
    if kind == "environment":
        return key[2] if candidate is UNSET else candidate
    if kind == "item" and key[1] == ENVIRONMENT:
        if candidate is UNSET:
            raise ValueError(key[2])
        return candidate
    if kind == "not":
        return not _value(key[1], root, candidate)
    if kind == "truth":
        return bool(_value(key[1], root, candidate))
    if kind == "evaluated":
        try:
            _value(key[1], root, candidate)
        except _CANNOT_BE_ASKED:
            return False
        return True
    if kind == "unknown":
        return _value(key[1], root, candidate)
    if kind == "isinstance":
        return isinstance(_value(key[1], root, candidate), tuple(CLASSES[name] for name in key[2]))
    if kind == "tuple":
        return tuple(_value(part, root, candidate) for part in key[1])
    if kind == "in" and key[2] == ("unknown", ENVIRONMENT):
        return candidate is not UNSET
    if kind == "call":
        return CALLS[key[1]](_value(key[2], root, candidate))
    if kind == "method":
        return getattr(str, key[1])(_text(_value(key[2], root, candidate)), *key[3])
    one, other = (_value(part, root, candidate) for part in key[1:])
    if kind == "==":
        return bool(one == other)
    if kind == "<":
        return bool(one < other)
    if kind == "is":
        return one is other or (type(one) is type(other) and isinstance(one, (bool, type(None))) and one == other)
    if kind == "in":
        return one in other
    return ARITHMETIC[kind](one, other)


def _length(atom: Any) -> Any:
    """The key that a size is computed by."""
    whole = measured(atom)
    return atom if whole is None else ("call", "len", whole)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(value)
    return value
