"""What conditions ask about: the unknown values in their keys, and those of the surroundings of a program.

The surroundings are what the program finds and does not make: variables of the environment, what stands at a path.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Hashable, Iterator
from functools import lru_cache
from typing import Any

from kerascheck.network.dims import SymDim
from kerascheck.symbolic.unknown import NOTHING, Unknown

ENVIRONMENT = ("symbol", "os.environ")

#: Methods of texts that give the same each time.
PURE_METHODS = frozenset(
    {"startswith", "endswith", "isdigit", "isalpha", "isnumeric", "lower", "upper", "strip", "title", "capitalize"}
)

#: What is said of what may stand at a path: nothing, a file, a folder. What is there can be opened: that a program
#: opens a folder, or a file that it may not read, is not thought of.
ON_DISK: dict[Hashable, tuple[str, ...]] = {
    "exists": ("a file", "a folder"),
    "lexists": ("a file", "a folder"),
    "isfile": ("a file",),
    "isdir": ("a folder",),
    "open": ("a file", "a folder"),
}


class TooLarge(Exception):
    """A number or a text that is not made to answer a question."""


def _product(one: Any, other: Any) -> Any:
    for value, times in ((one, other), (other, one)):
        if isinstance(times, int) and not isinstance(value, float):
            size = value.bit_length() if isinstance(value, int) else len(value)
            if (size + times.bit_length() if isinstance(value, int) else size * times) > _MAX_SIZE:
                raise TooLarge
    return one * other


#: Bits of a product, and items of a repeated text.
_MAX_SIZE = 4096

ARITHMETIC: dict[Hashable, Callable[[Any, Any], Any]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": _product,
    "//": operator.floordiv,
    "%": operator.mod,
    "/": operator.truediv,
    "max": max,
    "min": min,
}
UNARY: dict[Hashable, Callable[[Any], Any]] = {"Minus": operator.neg, "Plus": operator.pos}
#: Classes of which it can be asked whether a value is of them, and those of which that is asked of any value: of other
#: numbers there are many classes, which are equal to those of Python.
CLASSES: dict[Hashable, type] = {
    f"builtins.{cls.__name__}": cls
    for cls in (str, bytes, int, float, bool, complex, type(None), tuple, list, dict, set, object)
}
_TOLD_APART = frozenset({"builtins.str", "builtins.NoneType"})

CALLS: dict[Hashable, Callable[[Any], Any]] = {
    "int": int, "len": len, "float": float, "str": str, "bool": bool, "abs": abs,
}  # fmt: skip


@lru_cache(maxsize=4096)
def root_of(key: Hashable) -> Hashable | None:
    """The one unknown value that a condition asks about; None where it asks several, or none."""
    roots = {root for root, _ in parts_of(key)}
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
        elif not isinstance(part, tuple) or part[:1] not in _OF_OTHERS:
            waiting += part


def _asked_for(key: Any) -> Hashable | None:
    """The value of the surroundings that the key itself stands for."""
    if not isinstance(key, tuple) or not key or key[0] not in _ASKING:
        return None
    root, _ = next(parts_of(key), (None, None))
    if not isinstance(root, tuple) or not is_outside(root):
        return None
    return root[: _WHENEVER.get(root[0], len(root))]  # what stands at a path may have changed, or not


#: How keys begin that may ask the surroundings for something.
_ASKING = frozenset({"environment", "item", "in", "asked"})


#: How keys begin of conditions that follow from others, which are decided instead of them.
_OF_OTHERS = (("case",), ("refused",))

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


def parts_of(key: Hashable) -> Iterator[tuple[Hashable, Hashable]]:
    """The unknown values in a key, by what identifies them."""
    if not isinstance(key, tuple) or not key:
        yield key, key
        return
    kind = key[0]
    if kind == "constant":
        if isinstance(key[2], tuple):  # a size
            yield from parts_of(key[2])
        return
    if kind == "asked" and key[1] in ON_DISK and key[2] is not None:
        yield ("path", *key[2:]), key
    elif kind == "environment" and len(key) == 3:
        yield ("variable", key[1]), key
    elif kind == "item" and len(key) == 3 and key[1] == ENVIRONMENT and _is_text(key[2]):
        yield ("variable", key[2][2]), key
    elif kind == "in" and len(key) == 3 and key[2] == ("unknown", ENVIRONMENT) and _is_text(key[1]):
        yield ("variable", key[1][2]), key
    elif kind in ("not", "unknown", "evaluated", "truth", *UNARY) and len(key) == 2:
        yield from parts_of(key[1])
    elif kind == "size" and len(key) == 2 and any(map(surroundings_in, atoms_of(key))):
        for atom in atoms_of(key):
            yield from parts_of(measured(atom) or atom)
    elif len(key) == 3 and (kind in ("==", "<", "is", "in") or kind in ARITHMETIC):
        for part in key[1:]:
            if not isinstance(part, int):
                yield from parts_of(part)
    elif kind == "tuple" and len(key) == 2:
        for part in key[1]:
            yield from parts_of(part)
    elif (kind == "call" and len(key) == 3 and key[1] in CALLS) or (kind == "method" and len(key) == 4):
        yield from parts_of(key[2])
    elif kind == "isinstance" and len(key) == 3 and isinstance(key[2], tuple):
        parts = list(parts_of(key[1]))
        is_text = any(is_variable(root) for root, _ in parts)
        yield from parts if is_text or _TOLD_APART.issuperset(key[2]) else ((key, key),)
    else:
        yield key, key


def atoms_of(size: Any) -> Iterator[Any]:
    """The keys of the sizes that a computed size is made of (see `Run.stable`)."""
    return (key for term, _ in size[1] for _, key in term)


def measured(atom: Any) -> Hashable | None:
    """The value of the surroundings whose length the size is: of other things it is the size of an axis."""
    if not isinstance(atom, tuple) or len(atom) != 3 or atom[0] != "item" or atom[2] != ("constant", "int", 0):
        return None
    whole = atom[1]
    if not isinstance(whole, tuple) or len(whole) != 3 or whole[0] != "attribute" or whole[2] != "shape":
        return None
    return whole[1] if any(is_outside(root) for root, _ in parts_of(whole[1])) else None


def _is_text(key: Hashable) -> bool:
    return isinstance(key, tuple) and len(key) == 3 and key[:2] == ("constant", "str")


def pieces_in(key: Hashable) -> Iterator[str]:
    """The texts that a condition looks for in a value: `"x" in value`, `value.startswith("x")`."""
    if not isinstance(key, tuple) or not key:
        return
    if key[0] == "method" and len(key) == 4 and key[1] in ("startswith", "endswith"):
        yield from _texts(key[3])
    elif key[0] == "in" and len(key) == 3 and _is_text(key[1]) and key[2] != ("unknown", ENVIRONMENT):
        yield key[1][2]
    for part in key[1:]:
        yield from pieces_in(part)


def _texts(given: Any) -> Iterator[str]:
    if isinstance(given, str):
        yield given
    elif isinstance(given, tuple):
        for part in given:
            yield from _texts(part)


def asks_of_the_whole(key: Hashable) -> bool:
    """Whether a condition asks about the length, the order or the letters of a text, which pieces do not tell."""
    if not isinstance(key, tuple) or not key:
        return False
    if key[0] in ("call", "<") or key[0] in ARITHMETIC:
        return True
    if key[0] == "method" and len(key) == 4 and key[1] not in ("startswith", "endswith", "lower", "upper"):
        return True
    return any(asks_of_the_whole(part) for part in key[1:])


def constants_in(key: Hashable) -> Iterator[Any]:
    """The texts and numbers in a key."""
    if isinstance(key, tuple):
        for part in key:
            yield from constants_in(part)
    elif isinstance(key, (str, int, float)):
        yield key
