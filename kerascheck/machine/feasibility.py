"""Which conditions on one unknown value can hold together.

A fact is a condition that is assumed or decided, by its key. Where all that facts and a further condition ask is one
value (a variable of the environment, an attribute that nobody knows), values are tried: those that the conditions
mention, their neighbours, and some of each kind. Where none of them agrees with one of the two answers, the other one
is known. `n == 3` rules out `n % 2 == 0`; that "A" is not in the environment rules out that its value is "1".
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Hashable, Iterator, Mapping
from functools import lru_cache
from itertools import pairwise, permutations
from typing import Any, TypeAlias

from kerascheck.machine.values import Value
from kerascheck.symbolic.journal import Cells

#: Facts that are looked at together.
_MAX_FACTS = 12
_MAX_CONSTANTS = 40
#: Texts that are looked for in one value; of more, not all that hold together are tried.
_MAX_PIECES = 5

#: The variable is not in the environment.
_UNSET: Any = type("_Unset", (), {})()

_ENVIRONMENT = ("symbol", "os.environ")

#: Methods of texts that give the same each time.
PURE_METHODS = frozenset(
    {"startswith", "endswith", "isdigit", "isalpha", "isnumeric", "lower", "upper", "strip", "title", "capitalize"}
)

#: What is said of what may stand at a path: nothing, a file, a folder. What is there can be opened: that a program
#: opens a folder, or a file that it may not read, is not thought of.
_ON_DISK: dict[Hashable, tuple[str, ...]] = {
    "exists": ("a file", "a folder"),
    "lexists": ("a file", "a folder"),
    "isfile": ("a file",),
    "isdir": ("a folder",),
    "open": ("a file", "a folder"),
}


class _TooLarge(Exception):
    """A number or a text that is not made to answer a question."""


def _product(one: Any, other: Any) -> Any:
    for value, times in ((one, other), (other, one)):
        if isinstance(times, int) and not isinstance(value, float):
            size = value.bit_length() if isinstance(value, int) else len(value)
            if (size + times.bit_length() if isinstance(value, int) else size * times) > _MAX_SIZE:
                raise _TooLarge
    return one * other


#: Bits of a product, and items of a repeated text.
_MAX_SIZE = 4096

#: What asking about a value may raise.
_CANNOT_BE_ASKED = (TypeError, ValueError, ArithmeticError, OverflowError)

_ARITHMETIC: dict[Hashable, Callable[[Any, Any], Any]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": _product,
    "//": operator.floordiv,
    "%": operator.mod,
}
_CALLS: dict[Hashable, Callable[[Any], Any]] = {"int": int, "len": len, "float": float, "str": str, "bool": bool}


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
    related = tuple([(fact, facts[fact]) for fact in facts.by_root.get(root, ()) if fact in facts and fact != key])
    if also is not None and also[0] != key and root_of(also[0]) == root:
        related = (*(one for one in related if one[0] != also[0]), also)
    if not related or len(related) > _MAX_FACTS:
        return None
    return _tried(root, key, related)


@lru_cache(maxsize=4096)
def _tried(root: Hashable, key: Hashable, related: tuple[tuple[Hashable, bool], ...]) -> bool | None:
    """The answer that is left when all candidates have been tried. Most questions come again with each run."""
    keys = (key, *(fact for fact, _ in related))
    pieces = sorted({piece for one in keys for piece in _pieces(one)})
    if len(pieces) > _MAX_PIECES or (pieces and any(map(_asks_of_the_whole, keys))):
        return None
    candidates = (*_joined(pieces), *_candidates(root, keys))
    try:
        found = _answers(root, key, related, candidates, are_met=True)
        if not any(found):  # some of the facts are assumed for where the program gets another way
            found = _answers(root, key, related, candidates, are_met=False)
    except _TooLarge:
        return None
    return None if found[0] is found[1] else found[0]


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
    asked = _reader(key, root)
    facts = [(_reader(fact, root), choice) for fact, choice in related]
    may_hold = may_fail = False
    for candidate in candidates:
        try:
            for read, choice in facts:
                try:
                    if bool(read(candidate)) is not choice:
                        break
                except _CANNOT_BE_ASKED:
                    if are_met:
                        raise
            else:
                if asked(candidate):
                    may_hold = True
                else:
                    may_fail = True
                if may_hold and may_fail:
                    break
        except _CANNOT_BE_ASKED:
            continue  # with this value the program would not have come as far as asking
    return may_hold, may_fail


@lru_cache(maxsize=8192)
def root_of(key: Hashable) -> Hashable | None:
    """The one unknown value that a condition asks about; None where it asks several, or none."""
    roots = {root for root, _ in _parts(key)}
    return roots.pop() if len(roots) == 1 else None


def is_outside(root: Hashable) -> bool:
    """Whether the value belongs to the surroundings of the program, which stay what they are."""
    return isinstance(root, tuple) and root[:1] in (("variable",), ("path",), ("asked",))


def _parts(key: Hashable) -> Iterator[tuple[Hashable, Hashable]]:
    """The unknown values in a key, by what identifies them."""
    if not isinstance(key, tuple) or not key:
        yield key, key
        return
    kind = key[0]
    if kind == "constant":
        return
    if kind == "asked" and key[1] in _ON_DISK and key[2] is not None:
        yield ("path", *key[2:]), key
    elif kind == "environment" and len(key) == 3:
        yield ("variable", key[1]), key
    elif kind == "item" and len(key) == 3 and key[1] == _ENVIRONMENT and _is_text(key[2]):
        yield ("variable", key[2][2]), key
    elif kind == "in" and len(key) == 3 and key[2] == ("unknown", _ENVIRONMENT) and _is_text(key[1]):
        yield ("variable", key[1][2]), key
    elif kind in ("not", "unknown", "evaluated") and len(key) == 2:
        yield from _parts(key[1])
    elif (kind in ("==", "<", "is", "in") and len(key) == 3) or (kind in _ARITHMETIC and len(key) == 3):
        yield from _parts(key[1])
        yield from _parts(key[2])
    elif kind == "tuple" and len(key) == 2:
        for part in key[1]:
            yield from _parts(part)
    elif (kind == "call" and len(key) == 3 and key[1] in _CALLS) or (kind == "method" and len(key) == 4):
        yield from _parts(key[2])
    else:
        yield key, key


def _is_text(key: Hashable) -> bool:
    return isinstance(key, tuple) and len(key) == 3 and key[:2] == ("constant", "str")


#: What a key stands for, given the unknown value in it.
_Reader: TypeAlias = Callable[[Value], Any]


@lru_cache(maxsize=4096)
def _reader(key: Any, root: Hashable) -> _Reader:
    """What a key stands for where the unknown value is a candidate. It raises what Python would raise.

    Conditions are asked of hundreds of candidates each: what a key is made of is looked at once.
    """
    if not isinstance(key, tuple) or not key or key == root:
        return _itself
    make = _READERS.get(key[0])
    made = make(key, root) if make is not None else None
    return made if made is not None else _of_two(key, root)


def _itself(candidate: Value) -> Value:
    return candidate


def _cannot_tell(candidate: Value) -> Value:
    raise ValueError(candidate)


def _constant(key: Any, root: Hashable) -> _Reader:
    value = key[2]
    return lambda candidate: value


def _asked_on_disk(key: Any, root: Hashable) -> _Reader:
    answers = _ON_DISK[key[1]]
    return lambda candidate: candidate in answers


def _of_environment(key: Any, root: Hashable) -> _Reader:
    default = key[2]
    return lambda candidate: default if candidate is _UNSET else candidate


def _item(key: Any, root: Hashable) -> _Reader | None:
    if key[1] != _ENVIRONMENT:
        return None

    def read(candidate: Value) -> Value:
        if candidate is _UNSET:
            raise ValueError(key[2])
        return candidate

    return read


def _not(key: Any, root: Hashable) -> _Reader:
    inner = _reader(key[1], root)
    return lambda candidate: not inner(candidate)


def _evaluated(key: Any, root: Hashable) -> _Reader:
    inner = _reader(key[1], root)

    def read(candidate: Value) -> bool:
        try:
            inner(candidate)
        except _CANNOT_BE_ASKED:
            return False
        return True

    return read


def _unknown(key: Any, root: Hashable) -> _Reader:
    return _reader(key[1], root)


def _tuple(key: Any, root: Hashable) -> _Reader:
    parts = [_reader(part, root) for part in key[1]]
    return lambda candidate: tuple([part(candidate) for part in parts])


def _in(key: Any, root: Hashable) -> _Reader | None:
    return (lambda candidate: candidate is not _UNSET) if key[2] == ("unknown", _ENVIRONMENT) else None


def _call(key: Any, root: Hashable) -> _Reader:
    function, given = _CALLS[key[1]], _reader(key[2], root)
    return lambda candidate: function(given(candidate))


def _method(key: Any, root: Hashable) -> _Reader:
    method, receiver, given = getattr(str, key[1]), _reader(key[2], root), key[3]
    return lambda candidate: method(_text(receiver(candidate)), *given)


_READERS: dict[Hashable, Callable[[Any, Hashable], _Reader | None]] = {
    "constant": _constant,
    "asked": _asked_on_disk,
    "environment": _of_environment,
    "item": _item,
    "not": _not,
    "evaluated": _evaluated,
    "unknown": _unknown,
    "tuple": _tuple,
    "in": _in,
    "call": _call,
    "method": _method,
}


def _of_two(key: Any, root: Hashable) -> _Reader:
    """What is made of two values."""
    if len(key) != 3:
        return _cannot_tell
    work = _OF_TWO[key[0]]
    one, other = (_reader(part, root) for part in key[1:])
    return lambda candidate: work(one(candidate), other(candidate))


def _is(one: Any, other: Any) -> bool:
    return one is other or bool(type(one) is type(other) and isinstance(one, (bool, type(None))) and one == other)


_OF_TWO: dict[Hashable, Callable[[Any, Any], Any]] = {
    **_ARITHMETIC,
    "==": operator.eq,
    "<": operator.lt,
    "is": _is,
    "in": lambda one, other: one in other,
}


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(value)
    return value


def _pieces(key: Hashable) -> Iterator[str]:
    """The texts that a condition looks for in a value: `"x" in value`, `value.startswith("x")`."""
    if not isinstance(key, tuple) or not key:
        return
    if key[0] == "method" and len(key) == 4 and key[1] in ("startswith", "endswith"):
        yield from _texts(key[3])
    elif key[0] == "in" and len(key) == 3 and _is_text(key[1]) and key[2] != ("unknown", _ENVIRONMENT):
        yield key[1][2]
    for part in key[1:]:
        yield from _pieces(part)


def _texts(given: Any) -> Iterator[str]:
    if isinstance(given, str):
        yield given
    elif isinstance(given, tuple):
        for part in given:
            yield from _texts(part)


def _asks_of_the_whole(key: Hashable) -> bool:
    """Whether a condition asks about the length, the order or the letters of a text, which pieces do not tell."""
    if not isinstance(key, tuple) or not key:
        return False
    if key[0] in ("call", "<") or key[0] in _ARITHMETIC:
        return True
    if key[0] == "method" and len(key) == 4 and key[1] not in ("startswith", "endswith", "lower", "upper"):
        return True
    return any(_asks_of_the_whole(part) for part in key[1:])


def _joined(pieces: list[str]) -> Iterator[str]:
    """Texts in which several pieces stand, or one twice: the program may look for all of them in one value."""
    for count in range(1, len(pieces) + 1):
        for some in permutations(pieces, count):
            yield "".join(some)
            yield "Q".join((*some, some[0]))
            yield "Q".join(("", *some, ""))


class _Other:
    """A value that is none of those that conditions name."""


def _candidates(root: Hashable, keys: tuple[Hashable, ...]) -> Iterator[Value]:
    constants = {constant for key in keys for constant in _constants(key)}
    if len(constants) > _MAX_CONSTANTS:
        yield from ()
        return
    texts = {"", "0", "1", "a", "zz", "Q7"}
    numbers: set[float] = set(range(-3, 71))
    for constant in constants:
        if isinstance(constant, str):
            texts |= {constant, f"{constant}z", f"z{constant}", constant.upper(), constant.lower()}
            if constant.lstrip("-").isdigit():
                numbers |= set(range(int(constant) - 2, int(constant) + 3))
        elif isinstance(constant, (int, float)) and abs(constant) < 1e15:
            numbers |= {constant + step for step in (-2, -1, -0.5, 0, 0.5, 1, 2)}
    known = sorted(float(c) for c in constants if isinstance(c, (int, float)) and abs(c) < 1e15)
    numbers |= {(low + high) / 2 for low, high in pairwise(known)}
    texts |= {str(int(number)) for number in numbers if number == int(number)}
    if isinstance(root, tuple) and root[:1] == ("path",):
        yield from ("nothing", "a file", "a folder")
        return
    if isinstance(root, tuple) and root[:1] == ("variable",):
        yield _UNSET
        yield from (constant for constant in constants if isinstance(constant, str))
        yield from texts
        return
    # Those that conditions name come first: few of the others agree with a fact, and two answers may be enough.
    yield from (constant for constant in constants if isinstance(constant, str) or abs(constant) < 1e15)
    yield from (None, True, False, _Other(), 0.5, (), ("a",))
    yield from numbers
    yield from texts
    yield from ("b" * length for length in range(2, 40))


def _constants(key: Hashable) -> Iterator[Any]:
    """The texts and numbers in a key."""
    if isinstance(key, tuple):
        for part in key:
            yield from _constants(part)
    elif isinstance(key, (str, int, float)):
        yield key
