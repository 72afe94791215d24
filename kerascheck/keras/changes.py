"""What Keras had once and Keras 3 has no more, with what takes its place: `changes.jsonl`, a row a line.

A row says

- `kind`: "module" and "name" (`old` is the qualified name, as it was spelled), "argument" and "position" of a callable,
  "method" and "attribute" of a class, "string" (a name that `keras.losses.get` and its kin knew); all but the first two
  have an `owner`, the qualified name of the callable, the class or the module;
- `eras`: in which generations it existed;
- `gone`: through which package it is gone; `tf.keras` keeps some that `keras` has lost;
- `new`: what takes its place, where that is one name: a qualified one for modules and names, else the argument, the
  method, the string; `values` says what becomes of values;
- `instead`: what takes its place where that is no single name, in words;
- `was`, `now`: of a position, the argument that stood there and the one that stands there now.

The tests ask the installed Keras for each row. The file is read when a row is first asked for.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Literal, TypeAlias

Kind: TypeAlias = Literal["module", "name", "argument", "position", "method", "attribute", "string"]
#: The package through which a program reaches Keras.
Package: TypeAlias = Literal["keras", "tf.keras"]

DATA = Path(__file__).parent / "changes.jsonl"


@dataclass(frozen=True, slots=True)
class Change:
    """One row."""

    kind: Kind
    old: str  # of a position its number, counted from 0, as text
    owner: str = ""
    eras: frozenset[str] = frozenset()
    gone: frozenset[str] = frozenset()
    new: str | None = None
    instead: str | None = None
    was: str | None = None
    now: str | None = None
    values: Mapping[str, str] = field(default_factory=dict)

    @property
    def position(self) -> int:
        """The number of a positional argument, counted from 0."""
        return int(self.old)

    def is_gone(self, package: Package) -> bool:
        """Whether Keras 3 has it no more when it is reached through this package."""
        return package in self.gone

    @property
    def advice(self) -> str | None:
        """What to use, in words; None where nothing takes its place."""
        return self.instead or self.new


@lru_cache(maxsize=1)
def all_changes() -> tuple[Change, ...]:
    """Every row, in the order of the file."""
    return tuple(_rows())


def _rows() -> Iterator[Change]:
    with DATA.open(encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            row["old"] = str(row["old"])
            row["eras"], row["gone"] = frozenset(row["eras"]), frozenset(row["gone"])
            yield Change(**row)


@lru_cache(maxsize=1)
def _by_key() -> Mapping[tuple[Kind, str, str], Change]:
    return {(row.kind, row.owner, row.old): row for row in all_changes()}


def find(kind: Kind, owner: str, old: str) -> Change | None:
    """The row of an argument, a position, a method, an attribute or a string, by its owner's qualified name."""
    return _by_key().get((kind, owner, old))


def find_name(dotted: str) -> Change | None:
    """The row of a name or module as it is spelled, `keras.layers.core`, or None."""
    rows = _by_key()
    return rows.get(("name", "", dotted)) or rows.get(("module", "", dotted))


def gone_part(dotted: str, package: Package = "keras") -> Change | None:
    """The row for the first part of a dotted name that Keras 3 does not have: the module it is in, or itself.

    `dotted` begins with `keras`, however the program reaches that.
    """
    parts = dotted.split(".")
    for end in range(2, len(parts) + 1):
        row = find_name(".".join(parts[:end]))
        if row is not None and row.is_gone(package):
            return row
    return None


def find_argument(owner: str, name: str) -> Change | None:
    """The row of an argument that a callable does not take any more; layers share those of `keras.layers.Layer`."""
    found = find("argument", owner, name)
    if found is None and owner.startswith("keras.layers.") and owner[len("keras.layers.")].isupper():
        found = find("argument", "keras.layers.Layer", name)
    return found


def find_member(owners: tuple[str, ...], name: str) -> Change | None:
    """The row of a method or an attribute that the first of these classes does not have any more."""
    for owner in owners:
        found = find("method", owner, name) or find("attribute", owner, name)
        if found is not None:
            return found
    return None
