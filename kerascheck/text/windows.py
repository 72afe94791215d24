"""Which part of a long row is shown."""

from __future__ import annotations

#: Characters shown before a place that is far to the right.
_BEFORE = 40


def window(length: int, first: int, stop: int, width: int) -> tuple[int, int]:
    """Where to begin and to end, so that of a row of this length the part from `first` to `stop` is seen."""
    if length <= width or stop <= width:
        return 0, min(length, width)
    left = max(0, min(first - min(_BEFORE, width // 2), length - width))
    return left, min(length, left + width)
