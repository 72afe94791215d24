"""What a codemod is given, and what it gives back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import libcst as cst

from kerascheck.fixes.changes import Change
from kerascheck.machine.names import canonical
from kerascheck.migrate.facts import successor
from kerascheck.migrate.kinds import Kind, Kinds
from kerascheck.migrate.names import Binding, Names
from kerascheck.project.target import Era, target_of

if TYPE_CHECKING:
    from kerascheck.project.source import Source

#: Where Keras tells how to come from Keras 2.
GUIDE = "https://keras.io/guides/migrating_to_keras_3/"


#: Modules whose names say little without them.
_BY_MODULE = frozenset({"keras.ops", "keras.random", "keras.activations", "keras.backend"})


@dataclass(frozen=True)
class Options:
    """What the user wants of a migration."""

    to_keras: bool = False  # turn `tensorflow.keras` to `keras`
    backend_neutral: bool = False  # turn `tf.*` on tensors to `keras.ops`
    mark: bool = False  # write a comment above what is left


@dataclass(frozen=True)
class Step:
    """One thing that is done to a program; or that is to be done by hand, where it has no changes."""

    kind: str  # which codemod: "arguments"
    node: cst.CSTNode  # what it is about
    message: str
    changes: tuple[Change, ...] = ()
    needs: tuple[Need, ...] = ()
    page: str = GUIDE
    note: str | None = None  # what somebody should look at although it is done
    about: tuple[cst.CSTNode, ...] = ()  # what else it is about: where a file is named by a variable

    @property
    def is_done(self) -> bool:
        """Whether there is nothing left to do by hand."""
        return bool(self.changes)


@dataclass(frozen=True)
class Need:
    """A name that has to be imported: `from module import name as local`."""

    module: str
    name: str
    local: str

    @property
    def text(self) -> str:
        """How it stands in an import."""
        return self.name if self.name == self.local else f"{self.name} as {self.local}"


def kept(binding: Binding) -> Need:
    """That an import must stay as it is, since new text uses it."""
    if not binding.is_from:
        return Need("", binding.dotted, binding.local)
    return Need(binding.module, binding.dotted.rpartition(".")[2], binding.local)


@dataclass(frozen=True)
class Spelled:
    """How a name of Keras is written in a file, and what it needs to be imported."""

    text: str
    needs: tuple[Need, ...] = ()


@dataclass
class Context:
    """One file that is migrated."""

    source: Source
    options: Options = field(default_factory=Options)

    @cached_property
    def era(self) -> Era:
        """For which Keras it is written: what is asked for may be the one that it is to run with."""
        era = self.source.target.era
        return era if era.is_old else target_of(self.source).era

    @cached_property
    def names(self) -> Names:
        """What its names mean."""
        return Names(self.source)

    @cached_property
    def kinds(self) -> Kinds:
        """What its expressions are."""
        return Kinds(self.names)

    @cached_property
    def calls(self) -> list[cst.Call]:
        """All calls, in the order of the source."""
        return [node for node in self.names.nodes if type(node) is cst.Call]  # (`isinstance` is slow)

    @cached_property
    def attributes(self) -> list[cst.Attribute]:
        """All attributes."""
        return [node for node in self.names.nodes if type(node) is cst.Attribute]

    def called(self) -> Iterator[tuple[cst.Call, str]]:
        """Calls of what has a name outside the file, with its canonical name."""
        for call in self.calls:
            name = self.names.canonical(call.func)
            if name is not None:
                yield call, name

    def methods(self, *wanted: str) -> Iterator[tuple[cst.Call, cst.Attribute, Kind | None]]:
        """Calls of methods of these names, with the kind of their object."""
        for call in self.calls:
            func = call.func
            if isinstance(func, cst.Attribute) and func.attr.value in wanted and self.names.canonical(func) is None:
                yield call, func, self.kinds.of(func.value)

    @cached_property
    def root(self) -> str:
        """By which name the file reaches Keras."""
        if self.options.to_keras:
            return "keras"
        dotted = [one.dotted for one in self.names.bindings]
        if any(name == "keras" or name.startswith("keras.") for name in dotted):
            return "keras"
        if any(name.startswith("tensorflow.keras") or name == "tensorflow" for name in dotted):
            return "tensorflow.keras"
        return "keras"

    def spell(self, name: str) -> Spelled:
        """How `keras.layers.LSTM` is written in this file: as its imports have it, or with an import of its own."""
        if name in self._spelled:
            return self._spelled[name]
        found = self._spelled[name] = self._spell(name)
        return found

    @cached_property
    def _spelled(self) -> dict[str, Spelled]:
        return {}

    def _spell(self, name: str) -> Spelled:
        best: tuple[int, str, Binding] | None = None
        for binding in self.names.bindings:
            if binding.is_tried or self.names.binding_of(binding.local) is not binding:
                continue
            new = successor(binding.dotted)
            meant = canonical(new or binding.dotted)
            if binding.dotted == "tensorflow" and not self.options.to_keras and name.startswith("keras."):
                meant = "tensorflow"
                rest = f"keras.{name.removeprefix('keras.')}"
                text = f"{binding.local}.{rest}"
                if self.root != "keras" and not name.startswith("keras.ops.") and (best is None or best[0] < 1):
                    best = 1, text, binding
                elif self.root != "keras" and best is None:
                    best = 0, text, binding
                continue
            if binding.dotted == "tensorflow":
                continue
            if new is not None and _is_renamed(binding, new):
                continue  # the import and its uses will have the new name
            if meant == canonical(name):
                best = 100, binding.local, binding
            elif new is None and name.startswith(f"{meant}.") and (best is None or best[0] < 1 + meant.count(".")):
                best = 1 + meant.count("."), f"{binding.local}{name[len(meant) :]}", binding
        if best is not None:
            return Spelled(best[1], (kept(best[2]),))
        module, _, last = name.rpartition(".")
        holder = module if module in _BY_MODULE else name
        parent, _, imported = holder.rpartition(".")
        parent = self.rooted(parent)
        local = imported if self.names.is_free(imported) else f"keras_{imported}"
        text = local if holder == name else f"{local}.{last}"
        return Spelled(text, (Need(parent, imported, local),))

    def through_tensorflow(self, dotted: str) -> Spelled:
        """How a name is reached that `tensorflow.keras` alone has."""
        module, _, name = dotted.rpartition(".")
        return Spelled(name, (Need(f"tensorflow.{module}", name, name),))

    def beside(self, node: cst.BaseExpression, name: str) -> Spelled:
        """Another name of the module that something was reached through: `K.floatx` beside `K.image_dim_ordering`."""
        if not isinstance(node, cst.Attribute):
            return Spelled(name)
        base: cst.BaseExpression = node
        while isinstance(base, cst.Attribute):
            base = base.value
        bindings = [one for one in self.names.bindings if isinstance(base, cst.Name) and one.local == base.value]
        return Spelled(f"{self.source.code_for(node.value)}.{name}", tuple(kept(one) for one in bindings))

    def rooted(self, name: str) -> str:
        """A canonical name of Keras, by the name by which the file reaches Keras."""
        return f"{self.root}{name.removeprefix('keras')}" if name.split(".")[0] == "keras" else name

    def rewritten(self, steps: Sequence[Step]) -> Rewritten:
        """What of the file the changes of these steps take away."""
        return Rewritten(self.names, [change for step in steps for change in step.changes])


def _is_renamed(binding: Binding, new: str) -> bool:
    """Whether a name that is imported as it is called has another name now."""
    return binding.is_from and binding.local == binding.dotted.rpartition(".")[2] != new.rpartition(".")[2]


class Rewritten:
    """Which nodes are gone after some changes."""

    def __init__(self, names: Names, changes: Sequence[Change]) -> None:
        from kerascheck.fixes.changes import RemoveArgument, RemoveItem, RemoveStatement, Rewrite

        self._names = names
        self._new: dict[int, list[tuple[cst.CSTNode, ...]]] = {}
        for change in changes:
            if isinstance(change, Rewrite):
                kept = tuple(piece for piece in change.pieces if not isinstance(piece, str))
                self._new.setdefault(id(change.node), []).append(kept)
            elif isinstance(change, RemoveArgument):
                self._new.setdefault(id(change.arg), []).append(())
            elif isinstance(change, RemoveItem):
                self._new.setdefault(id(change.item), []).append(())
            elif isinstance(change, RemoveStatement):
                self._new.setdefault(id(change.statement), []).append(())

    def __contains__(self, node: cst.CSTNode) -> bool:
        path = {id(node)}
        here: cst.CSTNode | None = node
        while here is not None:
            path.add(id(here))
            for kept in self._new.get(id(here), ()):
                if not any(id(piece) in path for piece in kept):
                    return True
            here = self._names.parent(here)
        return False


def unused(binding: Binding, gone: Rewritten) -> bool:
    """Whether all uses of a binding are gone; one that was never used stays."""
    return bool(binding.uses) and all(use in gone for use in binding.uses)
