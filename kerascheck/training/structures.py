"""Nested lists, tuples and dictionaries of arrays: how Keras takes them apart and puts them together.

Source: keras/src/tree/optree_impl.py (Keras 3.15). Dictionaries are ordered by their keys.
"""

from __future__ import annotations

from typing import Any

from kerascheck.symbolic.unknown import KerasError


def is_nested(value: Any) -> bool:
    """Whether it is a container."""
    return isinstance(value, (list, tuple, dict))


def leaves(value: Any) -> list[Any]:
    """What is in the containers, in order."""
    if isinstance(value, dict):
        return [leaf for key in sorted(value, key=str) for leaf in leaves(value[key])]
    if isinstance(value, (list, tuple)):
        return [leaf for item in value for leaf in leaves(item)]
    return [value]


def same_structure(left: Any, right: Any) -> bool:
    """Whether the containers are of the same kinds and sizes, with the same keys."""
    if isinstance(left, dict):
        return isinstance(right, dict) and set(left) == set(right) and all(
            same_structure(left[key], right[key]) for key in left
        )  # fmt: skip
    if isinstance(left, (list, tuple)):
        return type(left) is type(right) and len(left) == len(right) and all(map(same_structure, left, right))
    return not is_nested(right)


def same_paths(left: Any, right: Any) -> bool:
    """Like `same_structure`, with lists and tuples taken for the same."""
    return same_structure(tupled(left), tupled(right))


def tupled(value: Any) -> Any:
    """The structure with tuples for lists."""
    if isinstance(value, dict):
        return {key: tupled(item) for key, item in value.items()}
    return tuple(map(tupled, value)) if isinstance(value, (list, tuple)) else value


def packed(structure: Any, flat: list[Any]) -> Any:
    """The structure with the given leaves. Raises KerasError where their number is another."""
    if len(leaves(structure)) != len(flat):
        raise KerasError("another number of arrays", "count")
    rest = iter(flat)

    def fill(part: Any) -> Any:
        if isinstance(part, dict):
            filled = {key: fill(part[key]) for key in sorted(part, key=str)}
            return {key: filled[key] for key in part}
        if isinstance(part, (list, tuple)):
            return type(part)(map(fill, part))
        return next(rest)

    return fill(structure)
