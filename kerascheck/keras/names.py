"""The public names of Keras 3: `names.txt`, recorded by `tools/record_names.py`.

A line is a name behind `keras.`; one that is reached through one package only has that package behind it.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from kerascheck.keras.changes import Package
from kerascheck.text.spelling import most_like

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


def names_in(module: str, package: Package = "keras") -> frozenset[str]:
    """The names in a module of Keras 3, which begins with `keras`; none where it is no module."""
    return _by_module(package).get(module, frozenset())


def modules_with(name: str, package: Package = "keras") -> list[str]:
    """The modules of Keras 3 that have the name, the shortest first."""
    found = [module for module, names in _by_module(package).items() if name in names]
    return sorted(found, key=lambda module: (module.count("."), len(module), module))


def nearest(name: str, names: frozenset[str]) -> str | None:
    """The name that is meant by a misspelt one: the same but for capitals, or a letter or two apart."""
    folded = {one.casefold(): one for one in sorted(names)}
    same = folded.get(name.casefold())
    if same is not None:
        return same
    near = most_like(name, names, 0.8)
    if near:
        return near
    near = most_like(name.casefold(), folded, 0.8)
    return folded[near] if near else None


@lru_cache(maxsize=2)
def _by_module(package: Package) -> Mapping[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for name, packages in _packages().items():
        if package in packages:
            module, _, last = f"keras.{name}".rpartition(".")
            found.setdefault(module, set()).add(last)
    return {module: frozenset(names) for module, names in found.items()}
