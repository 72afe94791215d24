"""The garbage collector, out of the way of work that makes many objects and little garbage."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def no_collection() -> Iterator[None]:
    """Leave cycles of dead objects alone meanwhile: looking for them costs a sixth of a parse or an analysis."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


class _Files:
    """Whether this process has nothing to do but to check one file after the other."""

    only = False


def collect_between_files() -> None:
    """From now on, garbage is looked for in this process where one file is done and the next one begins.

    There all that an analysis has made is dead, but for its report. What is alive then is not looked at again (see
    `gc.freeze`), nor is the tree of the file: it has no cycles. So this is for processes that do nothing else: objects
    of others would never be collected.
    """
    _Files.only = True
    gc.disable()


def between_files() -> None:
    """No analysis is under way: collect the garbage of the one before."""
    if _Files.only:
        gc.collect()


def leave_alone() -> None:
    """All that there is now, the tree of the file that is about to be analysed among it, is not looked at again."""
    if _Files.only:
        gc.freeze()
