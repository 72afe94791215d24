"""Room on the stack for what recurses over trees."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

#: Frames for programs whose expressions nest as deep as `lexing.MAX_LINKS` allows.
_RECURSION_LIMIT = 10_000


@contextmanager
def deep_recursion() -> Iterator[None]:
    """Room on the stack for everything that recurses over a tree."""
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(max(before, _RECURSION_LIMIT))
    try:
        yield
    finally:
        sys.setrecursionlimit(before)
