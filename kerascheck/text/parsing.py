"""What libcst does when it parses, and need not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from libcst import CSTNode


@contextmanager
def unchecked_nodes() -> Iterator[None]:
    """Meanwhile nodes are not checked when they are made: those of the parser are right.

    libcst asks every node that is made whether its parts go together (a space between `not` and a name), which takes a
    fifth to a third of a parse. That is for trees that are made by hand.
    """
    from libcst import CSTNode

    checked = _as_it_is()
    CSTNode.__post_init__ = _unchecked  # type: ignore[method-assign,assignment]
    try:
        yield
    finally:
        CSTNode.__post_init__ = checked  # type: ignore[method-assign,assignment]


def _unchecked(node: object) -> None:
    pass


@cache
def _as_it_is() -> Callable[[CSTNode], None]:
    """What libcst does, asked before it is first changed: another thread may parse at the same time."""
    from libcst import CSTNode

    return CSTNode.__post_init__
