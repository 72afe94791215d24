"""What objects of the classes of Keras 3 have: `attributes.txt`, recorded by `tools/record_attributes.py`.

A line is a class, one of those before it of whose names it has all, and its other names.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

#: The methods by which layers and metrics get their weights.
WEIGHT_METHODS = frozenset({"add_weight", "add_variable"})

DATA = Path(__file__).parent / "attributes.txt"


@lru_cache(maxsize=1)
def _lines() -> dict[str, tuple[str, str]]:
    found: dict[str, tuple[str, str]] = {}
    for line in DATA.read_text(encoding="utf-8").splitlines():
        name, base, *rest = line.split(" ", 2)
        found[name] = base, rest[0] if rest else ""
    return found


@lru_cache(maxsize=64)
def attributes_of(cls: str) -> frozenset[str] | None:
    """The names that objects of the class have, whatever is done with them; None where the class is not recorded."""
    if cls not in _lines():
        return None
    base, own = _lines()[cls]
    return frozenset(own.split()) | (attributes_of(base) or frozenset())
