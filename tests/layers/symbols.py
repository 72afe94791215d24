"""Evaluates symbolic results for given values of the symbols."""

from __future__ import annotations

from typing import Any

from kerascheck.network.dims import Atom, SymDim
from tests.layers.harness import Built


def value_of(dim: Any, values: dict[str, int]) -> Any:
    """The number that a size stands for."""
    if not isinstance(dim, SymDim):
        return dim
    total = 0
    for monomial, factor in dim.terms.items():
        for atom in monomial:
            factor *= _atom(atom, values)
        total += factor
    return total


def _atom(atom: Atom, values: dict[str, int]) -> int:
    key = atom.key
    if isinstance(key, tuple) and key[0] == "sum":
        return int(value_of(key[1], values))
    if isinstance(key, tuple):
        operator, left, right = key[0], value_of(key[1], values), value_of(key[2], values)
        operations = {"//": lambda: left // right, "%": lambda: left % right}
        operations |= {"max": lambda: max(left, right), "min": lambda: min(left, right)}
        return int(operations[operator]())
    return values[atom.text]


def evaluate(built: Built, values: dict[str, int]) -> Built:
    """The result with numbers for symbols."""
    return Built(
        tuple(tuple(value_of(size, values) for size in shape) for shape in built.outputs),
        value_of(built.trainable, values),
        value_of(built.frozen, values),
    )
