"""Values that conditions on one unknown value are tried with: those at which their answers change, and others.

What they do not tell apart is not tried (`can_be_tried`): pieces of texts together with their length or order, more
pieces than a few, rests of divisions that begin again late.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from itertools import pairwise, permutations
from math import lcm
from typing import TYPE_CHECKING, Any

from kerascheck.machine.asking import (
    ARITHMETIC,
    asks_of_the_whole,
    constants_in,
    is_variable,
    parts_of,
    pieces_in,
)

if TYPE_CHECKING:
    from kerascheck.machine.values import Value

_MAX_CONSTANTS = 40
#: Texts that are looked for in one value; of more, not all that hold together are tried.
_MAX_PIECES = 5
#: Numbers and texts beyond these are not tried.
_LARGEST, _LONGEST = 1e15, 2_000
#: After how many numbers rests of divisions may begin again, while all are tried.
_MAX_PERIOD = 200

#: The variable is not in the environment.
UNSET: Any = type("_Unset", (), {})()


def values_for(root: Hashable, keys: tuple[Hashable, ...]) -> tuple[Value, ...]:
    """What the unknown value may be, as far as the answers to the conditions hang on it."""
    pieces = sorted({piece for one in keys for piece in pieces_in(one)})
    return (*_joined(pieces), *_candidates(root, keys))


def can_be_tried(keys: tuple[Hashable, ...]) -> bool:
    """Whether the values that are tried tell all answers to the conditions apart."""
    pieces = {piece for one in keys for piece in pieces_in(one)}
    if _period(keys) > _MAX_PERIOD:
        return False
    return not pieces or (len(pieces) <= _MAX_PIECES and not any(map(asks_of_the_whole, keys)))


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
    constants = {constant for key in keys for constant in constants_in(key)}
    if len(constants) > _MAX_CONSTANTS:
        return
    if isinstance(root, tuple) and root[:1] == ("path",):
        yield from ("nothing", "a file", "a folder")
        return
    numbers = _numbers(root, keys, constants)
    texts = _texts({constant for constant in constants if isinstance(constant, str)}, numbers, keys)
    lengths = [int(number) for number in numbers if 1 < number < _LONGEST and number == int(number)]
    if is_variable(root):
        yield UNSET
        yield from (constant for constant in constants if isinstance(constant, str))
        yield from texts
        if any(_is_made_with(key, "size", ("call", "len")) for key in keys):
            yield from (digit * length for length in lengths for digit in "b1")
        return
    # Those that conditions name come first: few of the others agree with a fact, and two answers may be enough.
    yield from (constant for constant in constants if isinstance(constant, str) or abs(constant) < _LARGEST)
    yield from (None, True, False, _Other(), 0.5, (), ("a",))
    yield from numbers
    yield from texts
    yield from ("b" * length for length in lengths)


def _texts(constants: set[str], numbers: set[float], keys: tuple[Hashable, ...]) -> set[str]:
    """Texts like those that the conditions name, and numbers as texts."""
    texts = {"", "0", "1", "a", "zz", "Q7"}
    for constant in constants:
        texts |= {constant, f"{constant}z", f"{constant}!", f"z{constant}", f" {constant}"}
        texts |= {constant.upper(), constant.lower(), constant.title()}
    if any(_is_made_with(key, "+") for key in keys):
        texts |= {
            left for one in constants for part in constants for left in (one.removesuffix(part), one.removeprefix(part))
        }
    return texts | {str(int(number)) if number == int(number) else repr(number) for number in numbers}


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
            wanted = {float(c) for c in constants_in(other) if isinstance(c, (int, float)) and abs(c) < _LARGEST}
            if not any(part == root for part, _ in parts_of(other)):
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
    if kind in ARITHMETIC and len(key) == 3:
        for one, other, is_first in ((key[1], key[2], True), (key[2], key[1], False)):
            numbers = [c for c in constants_in(other) if isinstance(c, (int, float)) and abs(c) < _LARGEST]
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
