"""Steps that may fail for reasons that are not seen: what a `try` body may raise, and what tells whether it does."""

from __future__ import annotations

from collections.abc import Callable, Container, Hashable, Sequence
from typing import NamedTuple

from kerascheck.machine.asking import ENVIRONMENT
from kerascheck.machine.values import Value
from kerascheck.network.dims import SymDim
from kerascheck.symbolic.unknown import NOTHING, Symbol, Unknown

#: Doubts of one statement that are followed one by one.
_MAX_DOUBTS = 3


class Doubt(NamedTuple):
    """A step that may fail."""

    key: Hashable = None  # the condition that tells whether it does; None where nothing else asks the same
    failing: bool = True  # whether it fails where the condition holds, or where it does not
    error: str | None = None  # the built-in exception that it raises then; None where that is not known
    #: The conditions that what the step is given hangs on: once they are decided, it may be seen not to fail.
    needs: frozenset[Hashable] = NOTHING

    @property
    def raised(self) -> Value:
        """What is raised."""
        return Unknown("an exception", ANYTHING) if self.error is None else Symbol(f"builtins.{self.error}")


#: The key of an exception of which nothing is known.
ANYTHING = ("anything that is raised",)


def is_anything(raised: Value) -> bool:
    """Whether nothing is known of the class of what is raised."""
    return isinstance(raised, Unknown) and raised.key == ANYTHING


#: Exceptions that are what is raised as a rule where a step fails, and not always.
COMMON = frozenset({"ImportError", "FileNotFoundError", "OSError"})


def doubt_about(value: Value, needs: frozenset[Hashable] = NOTHING) -> Doubt:
    """Whether the step that has given this unknown value has failed: steps that ask for the same fail together.

    `needs`: the conditions that it hangs on what the step is given.
    """
    key = value.key if type(value) is Unknown else None
    if isinstance(value, Unknown):
        needs = needs | value.needs
    if not isinstance(key, tuple) or key[0] not in ("call", "item"):
        return Doubt(needs=needs)
    if key[0] == "item" and len(key) == 3 and key[1] == ENVIRONMENT and _is_text(key[2]):
        error = "KeyError"
    elif key[0] == "call" and key[1] in ("int", "float") and _gives_text(key[2]):
        error = "ValueError"
    else:
        return Doubt(("evaluated", key), False, None, needs)
    return Doubt(("evaluated", key), False, error, needs)


def _is_text(key: Hashable) -> bool:
    return isinstance(key, tuple) and key[:2] == ("constant", "str")


def _gives_text(key: Hashable) -> bool:
    """Whether the unknown value of this key is a text, or asking for it fails."""
    if not isinstance(key, tuple) or len(key) != 3:
        return False
    return (key[0] == "item" and key[1] == ENVIRONMENT) or (key[0] == "environment" and isinstance(key[2], str))


def in_order(doubts: Sequence[Doubt], taker: Callable[[Value], Hashable]) -> list[Doubt] | None:
    """The doubts that are told apart, in the order in which they are met; None where they are followed as one.

    A step that is a part of another one is a doubt of its own only if another handler takes what it raises.
    """
    if any(doubt.key is None for doubt in doubts):
        return None
    found: list[Doubt] = []
    for doubt in doubts:
        while found and _covers(doubt, found[-1]) and taker(found[-1].raised) == taker(doubt.raised):
            found.pop()
        if all(doubt.key != other.key for other in found):
            found.append(doubt)
    return found if len(found) <= _MAX_DOUBTS else None


def _covers(doubt: Doubt, part: Doubt) -> bool:
    """Whether a step fails wherever the other one does, which it is made of."""
    keys = doubt.key, part.key
    if not all(isinstance(key, tuple) and key[0] == "evaluated" for key in keys):
        return False
    return is_in(part.key[1], doubt.key[1])  # type: ignore[index]


def is_in(part: Hashable, key: Hashable) -> bool:
    """Whether the one key is a part of the other, or all of it."""
    return is_any_in((part,), key)


def is_any_in(parts: Container[Hashable], key: Hashable) -> bool:
    """The same of any of several keys. Each part of the key is looked at once."""
    waiting: list[Hashable] = [key]
    seen: set[int] = set()
    while waiting:
        one = waiting.pop()
        if one in parts:
            return True
        if isinstance(one, SymDim):
            waiting += [atom.key for term in one.terms for atom in term]
        elif isinstance(one, (tuple, frozenset)) and id(one) not in seen:
            seen.add(id(one))
            waiting += one
    return False
