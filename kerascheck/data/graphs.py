"""Whether TensorFlow traces a function: sizes that only a run shows are then None, and not numbers nobody has told."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_traces: ContextVar[bool] = ContextVar("traces", default=False)


@contextmanager
def traced() -> Iterator[None]:
    """While a function of a `tf.data.Dataset` is run on its elements."""
    token = _traces.set(True)
    try:
        yield
    finally:
        _traces.reset(token)


def is_traced() -> bool:
    """Whether this is one."""
    return _traces.get()
