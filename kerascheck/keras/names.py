"""The public names of Keras 3: `names.txt`, recorded by `tools/record_names.py`.

A line is a name behind `keras.`; one that is reached through one package only has that package behind it.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from kerascheck.keras.changes import Package

DATA = Path(__file__).parent / "names.txt"

_BOTH = frozenset[Package]({"keras", "tf.keras"})
_ONE: Mapping[str, frozenset[Package]] = {"keras": frozenset({"keras"}), "tf.keras": frozenset({"tf.keras"})}


@lru_cache(maxsize=1)
def _packages() -> Mapping[str, frozenset[Package]]:
    found: dict[str, frozenset[Package]] = {}
    for line in DATA.read_text(encoding="utf-8").splitlines():
        name, _, package = line.partition(" ")
        found[name] = _ONE.get(package, _BOTH)
    return found


def exists(dotted: str, package: Package = "keras") -> bool:
    """Whether Keras 3 has the name, which begins with `keras`, when it is reached through the package."""
    rest = dotted.removeprefix("keras").removeprefix(".")
    return not rest or package in _packages().get(rest, frozenset())
