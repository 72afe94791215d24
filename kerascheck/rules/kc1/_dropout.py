"""KC102, KC104, KC105, KC106: dropout that erases too much, or in the wrong place."""

from __future__ import annotations


def _percent(share: float) -> str:
    """Two significant digits: 5.4%, 8%, 12%, 0.031%."""
    return f"{float(f'{share * 100:.2g}'):g}%"
