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
from math import lcm, prod
from typing import TYPE_CHECKING, Any

from kerascheck.network.dims import SymDim
from kerascheck.symbolic.journal import Cells
from kerascheck.symbolic.unknown import NOTHING, Unknown

if TYPE_CHECKING:
    from kerascheck.machine.values import Value

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
    "/": operator.truediv,
    "max": max,
    "min": min,
}
_UNARY: dict[Hashable, Callable[[Any], Any]] = {"Minus": operator.neg, "Plus": operator.pos}
#: Classes of which it can be asked whether a value is of them, and those of which that is asked of any value: of other
#: numbers there are many classes, which are equal to those of Python.
CLASSES: dict[Hashable, type] = {
    f"builtins.{cls.__name__}": cls
    for cls in (str, bytes, int, float, bool, complex, type(None), tuple, list, dict, set, object)
}
_TOLD_APART = frozenset({"builtins.str", "builtins.NoneType"})

_CALLS: dict[Hashable, Callable[[Any], Any]] = {
    "int": int, "len": len, "float": float, "str": str, "bool": bool, "abs": abs,
}  # fmt: skip


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
    related = tuple(_tried_with(key, related))
    keys = (key, *(fact for fact, _ in related))
    if not related or not _can_be_tried(keys):
        return None
    candidates = _tried_for(root, keys)
    try:
        found = _answers(root, key, related, candidates, are_met=True)
        if not any(found):  # some of the facts are assumed for where the program gets another way
            found = _answers(root, key, related, candidates, are_met=False)
    except _TooLarge:
        return None
    return None if found[0] is found[1] else found[0]


def _tried_with(key: Hashable, related: tuple[tuple[Hashable, bool], ...]) -> Iterator[tuple[Hashable, bool]]:
    """The facts that are tried together with the condition, one by one; what follows from some follows from all."""
    keys = [key]
    for fact in related:
        if _can_be_tried((*keys, fact[0])):
            keys.append(fact[0])
            yield fact


def _tried_for(root: Hashable, keys: tuple[Hashable, ...]) -> tuple[Value, ...]:
    pieces = sorted({piece for one in keys for piece in _pieces(one)})
    return (*_joined(pieces), *_candidates(root, keys))


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


@lru_cache(maxsize=4096)
def root_of(key: Hashable) -> Hashable | None:
    """The one unknown value that a condition asks about; None where it asks several, or none."""
    roots = {root for root, _ in _parts(key)}
    return roots.pop() if len(roots) == 1 else None


def is_variable(root: Hashable) -> bool:
    """Whether the value is that of a variable of the environment: a text, where it is set."""
    return isinstance(root, tuple) and root[:1] == ("variable",)


def is_outside(root: Hashable) -> bool:
    """Whether the value belongs to the surroundings of the program, which stay what they are."""
    return isinstance(root, tuple) and root[:1] in (("variable",), ("path",), ("asked",))


#: What was asked last: the keys, by their ids, and the values of the surroundings in them (see `is_forgotten`).
_found_in: dict[int, tuple[Hashable, frozenset[Hashable]]] = {}
_MAX_FOUND = 4096


def surroundings_in(key: Hashable) -> frozenset[Hashable]:
    """The values of the surroundings of the program that what the key stands for is made of."""
    if not isinstance(key, (tuple, frozenset, SymDim)):
        return NOTHING
    known = _found_in.get(id(key))
    if known is not None and known[0] is key:
        return known[1]
    if len(_found_in) >= _MAX_FOUND:
        _found_in.clear()
    answer = frozenset(_surroundings_in(key))
    _found_in[id(key)] = (key, answer)
    return answer


def _surroundings_in(key: Hashable) -> Iterator[Hashable]:
    waiting: list[Hashable] = [key]
    seen: set[int] = set()
    while waiting:
        part = waiting.pop()
        if isinstance(part, SymDim):
            waiting += [atom.key for term in part.terms for atom in term]
        if not isinstance(part, (tuple, frozenset)) or id(part) in seen:
            continue
        seen.add(id(part))
        found = _asked_for(part)
        if found is not None:
            yield found
        elif isinstance(part, tuple) and part[:1] == (_MADE_OF,):
            yield from part[2]
        else:
            waiting += part


def _asked_for(key: Any) -> Hashable | None:
    """The value of the surroundings that the key itself stands for."""
    if not isinstance(key, tuple) or not key or key[0] not in _ASKING:
        return None
    root, _ = next(_parts(key), (None, None))
    if not isinstance(root, tuple) or not is_outside(root):
        return None
    return root[: _WHENEVER.get(root[0], len(root))]  # what stands at a path may have changed, or not


#: How keys begin that may ask the surroundings for something.
_ASKING = frozenset({"environment", "item", "in", "asked"})


#: What of a question is the same whenever it is asked: how long that part of its key is.
_WHENEVER = {"asked": 3, "path": 2}

#: How the key of a new value begins that remembers what it is made of: that key, the values of the surroundings.
_MADE_OF = "made of"


def made_of(made: Unknown, *keys: Hashable) -> Unknown:
    """The new value, which remembers which values of the surroundings it is made of."""
    found = NOTHING.union(*map(surroundings_in, keys))
    if found:
        made.key = (_MADE_OF, made.key, found)
    return made


def is_told(one: Hashable, other: Hashable) -> bool:
    """Whether it is known of two conditions which of their answers exclude each other."""
    if surroundings_in(one).isdisjoint(surroundings_in(other)):
        return True
    root = root_of(one)
    return root is not None and root == root_of(other) and _are_answered(root, (one, other))


@lru_cache(maxsize=4096)
def _are_answered(root: Hashable, keys: tuple[Hashable, ...]) -> bool:
    """Whether there are values for both answers to each of the conditions among those that are tried."""
    if not _can_be_tried(keys):
        return False
    candidates = _tried_for(root, keys)
    try:
        return all(all(_answers(root, key, (), candidates, are_met=True)) for key in keys)
    except _TooLarge:
        return False


def _can_be_tried(keys: tuple[Hashable, ...]) -> bool:
    """Whether the values that are tried tell all answers to the conditions apart."""
    pieces = {piece for one in keys for piece in _pieces(one)}
    if _period(keys) > _MAX_PERIOD:
        return False
    return not pieces or (len(pieces) <= _MAX_PIECES and not any(map(_asks_of_the_whole, keys)))


def _parts(key: Hashable) -> Iterator[tuple[Hashable, Hashable]]:
    """The unknown values in a key, by what identifies them."""
    if not isinstance(key, tuple) or not key:
        yield key, key
        return
    kind = key[0]
    if kind == "constant":
        if isinstance(key[2], tuple):  # a size
            yield from _parts(key[2])
        return
    if kind == "asked" and key[1] in _ON_DISK and key[2] is not None:
        yield ("path", *key[2:]), key
    elif kind == "environment" and len(key) == 3:
        yield ("variable", key[1]), key
    elif kind == "item" and len(key) == 3 and key[1] == _ENVIRONMENT and _is_text(key[2]):
        yield ("variable", key[2][2]), key
    elif kind == "in" and len(key) == 3 and key[2] == ("unknown", _ENVIRONMENT) and _is_text(key[1]):
        yield ("variable", key[1][2]), key
    elif kind in ("not", "unknown", "evaluated", "truth", *_UNARY) and len(key) == 2:
        yield from _parts(key[1])
    elif kind == "size" and len(key) == 2 and any(map(surroundings_in, _atoms(key))):
        for atom in _atoms(key):
            yield from _parts(_measured(atom) or atom)
    elif len(key) == 3 and (kind in ("==", "<", "is", "in") or kind in _ARITHMETIC):
        for part in key[1:]:
            if not isinstance(part, int):
                yield from _parts(part)
    elif kind == "tuple" and len(key) == 2:
        for part in key[1]:
            yield from _parts(part)
    elif (kind == "call" and len(key) == 3 and key[1] in _CALLS) or (kind == "method" and len(key) == 4):
        yield from _parts(key[2])
    elif kind == "isinstance" and len(key) == 3 and isinstance(key[2], tuple):
        parts = list(_parts(key[1]))
        is_text = any(is_variable(root) for root, _ in parts)
        yield from parts if is_text or _TOLD_APART.issuperset(key[2]) else ((key, key),)
    else:
        yield key, key


def _atoms(size: Any) -> Iterator[Any]:
    """The keys of the sizes that a computed size is made of (see `Run.stable`)."""
    return (key for term, _ in size[1] for _, key in term)


def _measured(atom: Any) -> Hashable | None:
    """The value of the surroundings whose length the size is: of other things it is the size of an axis."""
    if not isinstance(atom, tuple) or len(atom) != 3 or atom[0] != "item" or atom[2] != ("constant", "int", 0):
        return None
    whole = atom[1]
    if not isinstance(whole, tuple) or len(whole) != 3 or whole[0] != "attribute" or whole[2] != "shape":
        return None
    return whole[1] if any(is_outside(root) for root, _ in _parts(whole[1])) else None


def _is_text(key: Hashable) -> bool:
    return isinstance(key, tuple) and len(key) == 3 and key[:2] == ("constant", "str")


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
    if kind in _UNARY:
        return _UNARY[kind](_value(key[1], root, candidate))
    if kind == "asked":
        return candidate in _ON_DISK[key[1]]
    if kind == "environment":
        return key[2] if candidate is _UNSET else candidate
    if kind == "item" and key[1] == _ENVIRONMENT:
        if candidate is _UNSET:
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
    if kind == "in" and key[2] == ("unknown", _ENVIRONMENT):
        return candidate is not _UNSET
    if kind == "call":
        return _CALLS[key[1]](_value(key[2], root, candidate))
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
    return _ARITHMETIC[kind](one, other)


def _length(atom: Any) -> Any:
    """The key that a size is computed by."""
    measured = _measured(atom)
    return atom if measured is None else ("call", "len", measured)


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
    for constant in constants:
        if isinstance(constant, str):
            texts |= {constant, f"{constant}z", f"{constant}!", f"z{constant}", f" {constant}"}
            texts |= {constant.upper(), constant.lower(), constant.title()}
    if any(_is_made_with(key, "+") for key in keys):
        named = [constant for constant in constants if isinstance(constant, str)]
        texts |= {text for one in named for part in named for text in (one.removesuffix(part), one.removeprefix(part))}
    numbers = _numbers(root, keys, constants)
    texts |= {str(int(number)) if number == int(number) else repr(number) for number in numbers}
    lengths = {int(number) for number in numbers if 1 < number < _LONGEST and number == int(number)}
    if isinstance(root, tuple) and root[:1] == ("path",):
        yield from ("nothing", "a file", "a folder")
        return
    if is_variable(root):
        yield _UNSET
        yield from (constant for constant in constants if isinstance(constant, str))
        yield from texts
        if any(_is_made_with(key, "size", ("call", "len")) for key in keys):
            yield from (digit * length for length in lengths for digit in "b1")
        return
    # Those that conditions name come first: few of the others agree with a fact, and two answers may be enough.
    yield from (constant for constant in constants if isinstance(constant, str) or abs(constant) < 1e15)
    yield from (None, True, False, _Other(), 0.5, (), ("a",))
    yield from numbers
    yield from texts
    yield from ("b" * length for length in lengths)


def _numbers(root: Hashable, keys: tuple[Hashable, ...], constants: set[Any]) -> set[float]:
    """Small numbers, and those around which answers to the conditions change."""
    turning = {float(number) for number in constants if isinstance(number, (int, float)) and abs(number) < _LARGEST}
    turning |= {float(text) for text in constants if isinstance(text, str) and _is_number(text)}
    for key in keys:
        turning |= {number for number in _solved(key, root) if abs(number) < _LARGEST}
    numbers: set[float] = set(range(-3, 71))
    for number in turning:
        near = (-2, -1, -0.5, 0, 0.5, 1, 2)
        whole = int(number) if number == int(number) else number
        numbers |= {whole + step for step in near} | {int(number) + step for step in (-1, 0, 1)}
    known = sorted(turning)
    numbers |= {(low + high) / 2 for low, high in pairwise(known)}
    period = _period(keys)
    if period > 1:
        numbers |= {int(number) + step for number in (0.0, *known) for step in range(-period, period + 1)}
    return numbers


_LARGEST = 1e15
_LONGEST = 2_000
#: After how many numbers rests of divisions may begin again, while all are tried.
_MAX_PERIOD = 200


def _period(keys: tuple[Hashable, ...]) -> int:
    """After how many numbers the rests of divisions that the conditions ask for begin again."""
    return lcm(*(divisor for key in keys for divisor in _divisors(key)))


def _divisors(key: Hashable) -> Iterator[int]:
    if not isinstance(key, tuple) or not key:
        return
    if key[0] == "%" and len(key) == 3:
        divisor = key[2][2] if isinstance(key[2], tuple) and key[2][:1] == ("constant",) else key[2]
        yield divisor if isinstance(divisor, int) and divisor else _MAX_PERIOD + 1
    for part in (*key[1], *key[2:]) if key[0] == "size" else key[1:]:
        yield from _divisors(part)


def _is_number(text: str) -> bool:
    return text.lstrip("-").isdecimal() and len(text) < 15


def _is_made_with(key: Hashable, *beginnings: Hashable) -> bool:
    """Whether there is a part in the key that begins with one of these."""
    if not isinstance(key, tuple) or not key:
        return False
    return key[0] in beginnings or key[:2] in beginnings or any(_is_made_with(part, *beginnings) for part in key[1:])


def _solved(key: Hashable, root: Hashable) -> set[float]:
    """Numbers for which both sides of a comparison are the same, as far as that is simple arithmetic."""
    if not isinstance(key, tuple) or not key:
        return set()
    if key[0] in ("==", "<", "is", "in") and len(key) == 3:
        found: set[float] = set()
        for one, other in ((key[1], key[2]), (key[2], key[1])):
            wanted = {float(c) for c in _constants(other) if isinstance(c, (int, float)) and abs(c) < _LARGEST}
            if not any(part == root for part, _ in _parts(other)):
                found |= _inverted(one, root, wanted)
        return found
    return set().union(*(_solved(part, root) for part in key[1:])) | _inverted(key, root, {0.0})


def _inverted(key: Any, root: Hashable, wanted: set[float]) -> set[float]:
    """The numbers for which the computation of the key gives one that is wanted."""
    if not isinstance(key, tuple) or not key or key == root or not wanted:
        return wanted
    kind = key[0]
    if kind in ("unknown", "truth") and len(key) == 2:
        return _inverted(key[1], root, wanted)
    if kind == "call" and len(key) == 3:
        signs = (1, -1) if key[1] == "abs" else (1,)
        return _inverted(key[2], root, {sign * number for number in wanted for sign in signs})
    if kind == "Minus":
        return _inverted(key[1], root, {-number for number in wanted})
    if kind in _ARITHMETIC and len(key) == 3:
        for one, other, is_first in ((key[1], key[2], True), (key[2], key[1], False)):
            numbers = [c for c in _constants(other) if isinstance(c, (int, float)) and abs(c) < _LARGEST]
            if len(numbers) == 1:
                solved = {s for number in wanted for s in _operands(str(kind), number, numbers[0], is_first)}
                return _inverted(one, root, solved)
    return wanted


def _operands(sign: str, result: float, constant: float, is_first: bool) -> Iterator[float]:
    """What stands beside the constant where the operation gives the result; `is_first`: before it."""
    if sign == "+":
        yield result - constant
    elif sign == "-":
        yield result + constant if is_first else constant - result
    elif sign == "*" and constant:
        yield result / constant
    elif sign in ("//", "/") and is_first:
        yield from (result * constant, (result + 1) * constant)
    elif sign in ("//", "/") and result:
        yield from (constant / result, constant / (result + 1) if result != -1 else constant)
    else:
        yield result


def _constants(key: Hashable) -> Iterator[Any]:
    """The texts and numbers in a key."""
    if isinstance(key, tuple):
        for part in key:
            yield from _constants(part)
    elif isinstance(key, (str, int, float)):
        yield key
