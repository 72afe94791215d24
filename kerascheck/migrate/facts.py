"""The table of what changed (`kerascheck.keras.changes`), as the codemods ask it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from kerascheck.keras.changes import LAYER, Change, Package, all_changes, find_name, gone_part, is_layer
from kerascheck.keras.changes import successor as table_successor
from kerascheck.keras.names import exists
from kerascheck.machine.names import canonical
from kerascheck.project.target import Era

#: The names of the generations in the table.
_ERAS = {Era.KERAS_1: "keras1", Era.KERAS_2: "keras2", Era.TF_KERAS: "tf-keras"}


@cache
def _by_owner() -> dict[str, list[Change]]:
    found: dict[str, list[Change]] = {}
    for row in all_changes():
        if row.kind in ("argument", "position"):
            found.setdefault(canonical(row.owner), []).append(row)
    return found


def arguments_of(owner: str) -> Sequence[Change]:
    """Arguments that something does not take any more, by its canonical name; layers share those of all layers."""
    own = _by_owner().get(owner, [])
    public = f"keras.layers.{owner.rpartition('.')[2]}"
    if not (is_layer(owner) or (is_layer(public) and owner in ("keras.Input", "keras.InputSpec"))):
        return own
    names = {row.old for row in own if row.kind == "argument"}
    shared = _by_owner().get(canonical(LAYER), [])
    return [*own, *(row for row in shared if row.old not in names and owner not in row.but)]


@cache
def strings_of(owner: str) -> dict[str, Change]:
    """Names in texts that a module such as `keras.losses` does not know any more."""
    return {row.old: row for row in all_changes() if row.kind == "string" and row.owner == owner}


def is_of(row: Change, era: Era) -> bool:
    """Whether a program of this generation may have it."""
    return era not in _ERAS or _ERAS[era] in row.eras


def package_of(dotted: str) -> Package:
    """Through which package a dotted name reaches Keras."""
    return "tf.keras" if dotted.startswith("tensorflow") else "keras"


#: The packages that are Keras, longest first.
_ROOTS = (
    "tensorflow.keras", "tensorflow.python.keras", "tf_keras", "tensorflow.contrib.keras", "tensorflow.compat.v1.keras",
    "tensorflow.compat.v2.keras", "keras",
)  # fmt: skip


def under_keras(dotted: str) -> str | None:
    """The name under `keras` of one that reaches Keras through `keras` or `tensorflow.keras`; None for others."""
    for root in _ROOTS:
        if dotted == root or dotted.startswith(f"{root}."):
            return f"keras{dotted[len(root) :]}"
    return None


@cache
def _modules() -> frozenset[str]:
    from kerascheck.keras.names import _packages

    return frozenset(f"keras.{name.rpartition('.')[0]}" for name in _packages() if "." in name)


def is_module(name: str) -> bool:
    """Whether a name of Keras 3 is that of a module."""
    return name == "keras" or name in _modules()


def row_of(dotted: str) -> Change | None:
    """The row of a name, or of the part of it that is gone, by the way the program reaches it."""
    name = under_keras(dotted)
    if name is None:
        return gone_part(dotted, "tensorflow") if dotted.startswith("tensorflow.") else None
    return gone_part(name, package_of(dotted))


def successor(dotted: str) -> str | None:
    """The name that takes the place of one that is gone; None where it is there, or nothing does."""
    name = under_keras(dotted)
    if name is None:
        row = gone_part(dotted, "tensorflow") if dotted.startswith("tensorflow.") else None
        if row is None or row.new is None or row.old == dotted:
            return row.new if row is not None else None
        return row.new + dotted[len(row.old) :] if row.new.startswith("tensorflow.compat.v1.") else None
    package = package_of(dotted)
    if dotted.startswith(("tensorflow.python.", "tensorflow.contrib.")):
        reached = canonical(dotted)
        return reached if exists(reached, package) else table_successor(name, package)
    if gone_part(name, package) is None:
        return None
    found = table_successor(name, package)
    if found is not None and found != name and exists(found, package):
        return found
    plain = canonical(name)  # `keras.engine.training.Model` is `keras.Model`
    if plain != name and exists(plain, package):
        return plain
    if found is not None and exists(found, "keras"):
        return found
    helper = f"keras.utils.{name.rpartition('.')[2]}"  # `keras.engine.topology.get_source_inputs`
    return helper if name.startswith(("keras.engine.", "keras.utils.")) and exists(helper, package) else None


def only_in_tensorflow(dotted: str) -> bool:
    """Whether `keras` has lost it, nothing takes its place, and `tensorflow.keras` still has it."""
    name = under_keras(dotted)
    return (
        name is not None
        and package_of(dotted) == "keras"
        and gone_part(name, "keras") is not None
        and exists(name, "tf.keras")
    )


__all__ = [
    "arguments_of", "exists", "find_name", "is_of", "only_in_tensorflow", "package_of", "row_of", "strings_of",
    "successor", "under_keras",
]  # fmt: skip
