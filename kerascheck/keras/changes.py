"""What Keras had once and Keras 3 has no more, with what takes its place: `changes.jsonl`, a row a line.

A row says

- `kind`: "module" and "name" (`old` is the qualified name, as it was spelled), "argument" and "position" of a callable,
  "method" and "attribute" of a class, "string" (a name that `keras.losses.get` and its kin knew); all but the first two
  have an `owner`, the qualified name of the callable, the class or the module; "value" is a constant that an argument
  does not take any more, `old` the two as text (`epsilon=None`);
- `eras`: in which generations it existed;
- `gone`: through which package it is gone; `tf.keras` keeps some that `keras` has lost. (`tensorflow` is that of the
  names of TensorFlow 1 that stood beside Keras.)
- `new`: what takes its place, where that is one name: a qualified one for modules and names, else the argument, the
  method, the string; `values` says what becomes of values;
- `instead`: what takes its place where that is no single name, in words;
- `adds`: arguments that the successor needs to do the same, with their values as text;
- `but`: the callables that take the argument of their class still;
- `raises`: what happens, where it is not simply that there is no such thing;
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

Kind: TypeAlias = Literal["module", "name", "argument", "position", "method", "attribute", "string", "value"]
#: The package through which a program reaches Keras.
Package: TypeAlias = Literal["keras", "tf.keras", "tensorflow"]

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
    adds: Mapping[str, str] = field(default_factory=dict)
    but: frozenset[str] = frozenset()
    raises: str | None = None

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
            row["but"] = frozenset(row.get("but", ()))
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


@lru_cache(maxsize=4096)
def gone_part(dotted: str, package: Package = "keras") -> Change | None:
    """The row for the first part of a dotted name that Keras 3 does not have: the module it is in, or itself.

    `dotted` begins with `keras`, however the program reaches that, or with `tensorflow`.
    """
    return next(iter(_gone_parts(dotted, package)), None)


def _gone_parts(dotted: str, package: Package) -> list[Change]:
    parts = dotted.split(".")
    rows = (find_name(".".join(parts[:end])) for end in range(2, len(parts) + 1))
    return [row for row in rows if row is not None and row.is_gone(package)]


def find_argument(owner: str, name: str) -> Change | None:
    """The row of an argument that a callable does not take any more; layers share those of `keras.Layer`."""
    found = find("argument", owner, name)
    if found is None and is_layer(owner):
        found = find("argument", LAYER, name)
    return found if found is None or owner not in found.but else None


#: The owner of what all layers had.
LAYER = "keras.layers.Layer"


def is_layer(owner: str) -> bool:
    """Whether the qualified name is that of a layer's class."""
    return owner.startswith("keras.layers.") and owner.rpartition(".")[2][:1].isupper() and owner != LAYER


def find_member(owners: tuple[str, ...], name: str) -> Change | None:
    """The row of a method or an attribute that the first of these classes does not have any more.

    A row that leaves one of them out says nothing.
    """
    for owner in owners:
        found = find("method", owner, name) or find("attribute", owner, name)
        if found is not None:
            return None if any(one in found.but for one in owners) else found
    return None


@lru_cache(maxsize=64)
def gone_members(owners: tuple[str, ...]) -> frozenset[str]:
    """The names of all methods and attributes that `find_member` has a row of."""
    return frozenset(row.old for row in all_changes() if row.kind in ("method", "attribute") and row.owner in owners)


def successor(dotted: str, package: Package = "keras") -> str | None:
    """The name in Keras 3 that stands for a gone one; None where there is no single one, or it is there still.

    `keras.layers.core.Dense` is in a module that is gone, and is `keras.layers.Dense` now.
    """
    from kerascheck.keras.names import exists

    for row in reversed(_gone_parts(dotted, package)):
        if row.kind == "name" and row.old == dotted:
            return row.new
        moved = row.new + dotted[len(row.old) :] if row.new is not None else None
        if moved is None:
            continue
        if exists(moved, package):
            return moved
        further = find_name(moved)
        if further is not None and further.new is not None:
            return further.new
    return None
