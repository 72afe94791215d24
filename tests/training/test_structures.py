"""Containers of arrays: taken apart and put together in Keras's order."""

from __future__ import annotations

from typing import Any

import pytest

from kerascheck.symbolic.unknown import KerasError
from kerascheck.training.structures import leaves, packed, same_paths, same_structure


@pytest.mark.parametrize(
    ("structure", "expected"),
    [
        (1, [1]),
        ([1, (2, 3)], [1, 2, 3]),
        ({"b": 1, "a": [2, 3]}, [2, 3, 1]),
        ([], []),
        (None, [None]),
    ],
)
def test_leaves_in_order_dictionaries_by_their_keys(structure: Any, expected: list[Any]) -> None:
    assert leaves(structure) == expected


@pytest.mark.parametrize("structure", [1, [1, 2], (1, [2]), {"b": 1, "a": (2, 3)}])
def test_packing_undoes_taking_apart(structure: Any) -> None:
    assert packed(structure, leaves(structure)) == structure


def test_another_number_of_leaves_is_refused() -> None:
    with pytest.raises(KerasError):
        packed([1, 2], [1])


@pytest.mark.parametrize(
    ("left", "right", "structure", "paths"),
    [
        ([1, 2], [3, 4], True, True),
        ([1, 2], (3, 4), False, True),
        ([1], [[1]], False, False),
        ({"a": 1}, {"b": 1}, False, False),
        ({"a": 1}, {"a": 2}, True, True),
    ],
)
def test_sameness(left: Any, right: Any, structure: bool, paths: bool) -> None:
    assert same_structure(left, right) is structure
    assert same_paths(left, right) is paths
