"""Dimensions: known integers, `None` (Keras's own "any size") and symbolic sizes with exact arithmetic.

A symbolic dimension is a polynomial with integer coefficients over *atoms*: named sizes such as `X.shape[1]` and
opaque results (floor divisions, remainders, maxima) of other dimensions. Equal polynomials are equal sizes; two
dimensions are definitely different only where their difference is a nonzero constant. Everything else is not
known, and the questions below say so by answering `False` on both sides.
"""

from __future__ import annotations

import itertools
import operator
from collections.abc import Callable, Hashable, Iterable, Sequence
from functools import lru_cache
from typing import Any, TypeAlias

from kerascheck.symbolic.unknown import Undetermined, Unknown

_MAX_TERMS = 32  # a longer polynomial becomes an atom of its own
_MAX_FACTOR = 2**1024  # so does one with numbers that are no sizes
#: Results of arithmetic on results of arithmetic: what is made of more sizes has no name, deeper ones are no size.
_MAX_PARTS = 200


#: How a size is shown that nothing is known of, not even a name.
NAMELESS = "?"


class Atom:
    """One indivisible symbolic size: its identity, the text a reader sees, and of how many sizes it is computed."""

    __slots__ = ("_hash", "key", "parts", "text")

    def __init__(self, key: Hashable, text: str, parts: int = 1) -> None:
        self.key = key
        self.text = text
        self.parts = parts
        self._hash = hash(key)

    def __hash__(self) -> int:
        return self._hash

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Atom) and self.key == other.key

    def __repr__(self) -> str:
        return self.text


Monomial: TypeAlias = tuple[Atom, ...]  # sorted by text; the empty tuple is the constant term


class SymDim:
    """A symbolic integer: immutable, hashable, with the integer operators that shape code uses."""

    __slots__ = ("_hash", "terms")

    def __init__(self, terms: dict[Monomial, int]) -> None:
        self.terms = terms
        self._hash = hash(frozenset(terms.items()))

    @staticmethod
    def named(text: str, key: Hashable = None) -> SymDim:
        """The size called `text`; two sizes are the same where their keys (by default the texts) are."""
        return SymDim({(Atom(key if key is not None else text, text),): 1})

    def __hash__(self) -> int:
        return self._hash

    def __eq__(self, other: object) -> bool:
        return isinstance(other, SymDim) and self.terms == other.terms

    def __repr__(self) -> str:
        return f"SymDim({self})"

    def __str__(self) -> str:
        parts: list[str] = []
        constant = 0
        for monomial, factor in self.terms.items():
            if not monomial:
                constant = factor
                continue
            name = "*".join(_wrap(a.text) if len(monomial) > 1 or abs(factor) != 1 else a.text for a in monomial)
            sign = "-" if factor < 0 else "+"
            size = abs(factor)
            parts.append(f"{sign} {name}" if size == 1 else f"{sign} {size}*{name}")
        if constant or not parts:
            parts.append(f"{'-' if constant < 0 else '+'} {abs(constant)}")
        text = " ".join(parts)
        return text[2:] if text.startswith("+ ") else "-" + text[2:]

    # -- arithmetic ---------------------------------------------------------------------------------

    def __neg__(self) -> int | SymDim:
        return _build({m: -f for m, f in self.terms.items()})

    def __add__(self, other: object) -> int | SymDim:
        terms = _terms(other)
        if terms is None:
            return NotImplemented
        result = dict(self.terms)
        for monomial, factor in terms.items():
            result[monomial] = result.get(monomial, 0) + factor
        return _build(result)

    __radd__ = __add__

    def __sub__(self, other: object) -> int | SymDim:
        terms = _terms(other)
        if terms is None:
            return NotImplemented
        return self + _build({m: -f for m, f in terms.items()})

    def __rsub__(self, other: object) -> int | SymDim:
        terms = _terms(other)
        if terms is None:
            return NotImplemented
        return -self + _build(terms)

    def __mul__(self, other: object) -> int | SymDim:
        terms = _terms(other)
        if terms is None:
            return NotImplemented
        result: dict[Monomial, int] = {}
        for m1, f1 in self.terms.items():
            for m2, f2 in terms.items():
                monomial = tuple(sorted(m1 + m2, key=lambda a: a.text))
                result[monomial] = result.get(monomial, 0) + f1 * f2
        return _build(result)

    __rmul__ = __mul__

    def __floordiv__(self, other: object) -> int | SymDim:
        if isinstance(other, int) and other:
            if all(f % other == 0 for f in self.terms.values()):
                return _build({m: f // other for m, f in self.terms.items()})
            # pull whole multiples out: (4n + 7) // 4 == n + 7 // 4
            whole = {m: f // other for m, f in self.terms.items() if m and f % other == 0}
            rest = {m: f for m, f in self.terms.items() if not (m and f % other == 0)}
            if whole:
                return _build(whole) + (_build(rest) // other)
            constant = rest.get((), 0)
            if constant // other:
                rest = {**rest, (): constant % other}
                return _build(rest) // other + constant // other
        return _opaque("//", self, other)

    def __rfloordiv__(self, other: object) -> int | SymDim:
        return _opaque("//", other, self)

    def __mod__(self, other: object) -> int | SymDim:
        if isinstance(other, int) and other and all(f % other == 0 for f in self.terms.values()):
            return 0
        return _opaque("%", self, other)

    def __rmod__(self, other: object) -> int | SymDim:
        return _opaque("%", other, self)


Int: TypeAlias = int | SymDim
Dim: TypeAlias = int | SymDim | None
Shape: TypeAlias = tuple[Dim, ...]


def _wrap(text: str) -> str:
    return f"({text})" if " " in text else text


def _terms(value: object) -> dict[Monomial, int] | None:
    if isinstance(value, SymDim):
        return value.terms
    if isinstance(value, int):
        return {(): int(value)} if value else {}
    return None


def _build(terms: dict[Monomial, int]) -> int | SymDim:
    kept = {m: f for m, f in terms.items() if f}
    if not kept:
        return 0
    if len(kept) == 1 and () in kept:
        return kept[()]
    result = SymDim(kept)
    if len(kept) > _MAX_TERMS or any(abs(factor) >= _MAX_FACTOR for factor in kept.values()):
        return _computed("...", ("sum", result), _parts_of(result))
    return result


def _parts_of(value: Int) -> int:
    return sum(atom.parts for monomial in value.terms for atom in monomial) if isinstance(value, SymDim) else 0


def _computed(text: str, key: Hashable, parts: int) -> SymDim:
    """The size that is computed from others.

    One computed from itself in each round of a loop (`n - min(50, n)`) holds itself twice over in each; so what is made
    of many parts has a number for a key, the same for what is computed in the same way, and no text.
    """
    if parts > _MAX_PARTS:
        return SymDim.named(NAMELESS, ("computed", _number_of(key)))
    return SymDim({(Atom(key, text, parts + 1),): 1})


_numbers = itertools.count()


@lru_cache(maxsize=4096)
def _number_of(key: Hashable) -> int:  # one that was forgotten gets another: then two equal sizes are not known to be
    return next(_numbers)


def _opaque(operator: str, left: object, right: object) -> int | SymDim:
    if not isinstance(left, (int, SymDim)) or not isinstance(right, (int, SymDim)) or right == 0:
        raise Undetermined(f"{left} {operator} {right}")
    text = f"{_wrap(str(left))} {operator} {_wrap(str(right))}"
    return _computed(text, (operator, left, right), _parts_of(left) + _parts_of(right))


def maximum(*values: Int) -> Int:
    """The largest of the sizes; an opaque size where that is not known."""
    return _extreme("max", max, values)


def minimum(*values: Int) -> Int:
    """The smallest of the sizes; an opaque size where that is not known."""
    return _extreme("min", min, values)


def _extreme(name: str, choose: object, values: tuple[Int, ...]) -> Int:
    best = values[0]
    for value in values[1:]:
        difference = value - best
        if isinstance(difference, int):
            if (difference > 0) == (name == "max"):
                best = value
        else:
            best = _computed(f"{name}({best}, {value})", (name, best, value), _parts_of(best) + _parts_of(value))
    return best


def size_of(value: Unknown, depth: int = 0) -> Int | None:
    """An unknown value taken as a size: symbolic, by its text; None where it has none."""
    if depth > _MAX_PARTS:
        return None
    if value.parts is not None:
        sign, left, right = value.parts
        compute = _INTEGER_OPERATORS.get(sign)
        a = size_of(left, depth + 1) if isinstance(left, Unknown) else left
        b = size_of(right, depth + 1) if isinstance(right, Unknown) else right
        if compute is not None and isinstance(a, (int, SymDim)) and isinstance(b, (int, SymDim)):
            try:
                result = compute(a, b)
            except (Undetermined, ZeroDivisionError):
                return None
            return result if isinstance(result, (int, SymDim)) else None
    return SymDim.named(value.text, value.key) if value.text else None


#: Functions that give numbers alone.
_NUMERIC = frozenset({"int", "len", "round", "abs", "sum", "float"})


def is_number(value: Unknown) -> bool:
    """Whether an unknown value surely is a number: what `int()` and its like give, and differences and quotients."""
    if value.parts is not None:
        sign, left, right = value.parts
        if sign in ("//", "-", "/", "**"):
            return True
        sides = [not isinstance(side, (str, tuple)) and (not isinstance(side, Unknown) or is_number(side))
                 for side in (left, right)]  # fmt: skip
        return all(sides)
    key = value.key
    return isinstance(key, tuple) and len(key) == 3 and key[0] == "call" and str(key[1]).split(".")[-1] in _NUMERIC


_INTEGER_OPERATORS: dict[str, Callable[[Any, Any], Any]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "//": operator.floordiv,
    "%": operator.mod,
}


#: Beyond these no backend has tensors; the numbers themselves would be too long to show.
MAX_AXES = 200
MAX_SIZE = 2**63


def is_conceivable(shape: Sequence[Dim]) -> bool:
    """Whether there may be a tensor of so many axes, each of this size."""
    return len(shape) <= MAX_AXES and not any(isinstance(dim, int) and abs(dim) >= MAX_SIZE for dim in shape)


# -- questions -----------------------------------------------------------------------------------------


def definitely_equal(left: Dim, right: Dim) -> bool:
    """Whether both are one known size. `None` is never known to equal anything."""
    return left is not None and right is not None and left == right


def definitely_different(left: Dim, right: Dim) -> bool:
    """Whether the two sizes cannot be equal (5 and 6; n and n + 1). `None` may be anything."""
    if left is None or right is None or left == right:
        return False
    difference = left - right
    return isinstance(difference, int) and difference != 0


def product(dims: Iterable[Dim]) -> Dim:
    """The product of the sizes; `None` if any of them is `None` (as Keras's Flatten says it)."""
    result: Int = 1
    for dim in dims:
        if dim is None:
            return None
        result = result * dim
    return result


def volume(shape: Shape) -> Int:
    """How many numbers a tensor of this shape holds. Raises Undetermined where a size is left open."""
    count: Int = 1
    for dim in shape:
        if dim is None:
            raise Undetermined(f"an axis of {format_shape(shape)} may have any size")
        count = count * dim
    return count


def is_exact(shape: Shape) -> bool:
    """Whether every dimension is an integer or Keras's own `None`."""
    for dim in shape:  # noqa: SIM110  (asked of every layer; a generator takes twice as long)
        if isinstance(dim, SymDim):
            return False
    return True


def format_dim(dim: Dim) -> str:
    """`None`, `28` or the text of a symbolic size; `?` for what is computed from a size without a name."""
    text = str(dim)
    return NAMELESS if NAMELESS in text else text


def format_shape(shape: Shape) -> str:
    """As Python prints a tuple: `(None, 28, 28, 1)`, `(None,)`."""
    inner = ", ".join(format_dim(d) for d in shape)
    return f"({inner},)" if len(shape) == 1 else f"({inner})"


def ceil_div(value: Int, by: int) -> Int:
    """Division rounded up, for a positive divisor."""
    return (value + by - 1) // by


def prod_ints(values: Iterable[Int]) -> Int:
    """The product of sizes that are all given."""
    result: Int = 1
    for value in values:
        result = result * value
    return result
