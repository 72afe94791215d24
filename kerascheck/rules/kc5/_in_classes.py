"""Attributes that objects of Keras 3 do not have, read in the classes of the program: of `self`, `self.model`, ..."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from kerascheck.keras.changes import LAYER, find_member, gone_members
from kerascheck.machine import members
from kerascheck.machine.static import attributes_set, names_used
from kerascheck.machine.values import ClassValue
from kerascheck.network.program import OldForm, Program
from kerascheck.rules._code import Code, base_of, classes_of, is_layer_class, methods
from kerascheck.text.treewalk import children

_MODEL = ("keras.Model", LAYER)
_OPTIMIZER = ("keras.optimizers.Optimizer",)
#: Where an object of Keras is found in one of a class of the program: the attributes on the way from `self`.
_Places = dict[tuple[str, ...], tuple[str, ...]]
_OF_CALLBACKS: _Places = {(): ("keras.callbacks.Callback",), ("model",): _MODEL, ("model", "optimizer"): _OPTIMIZER}
_OF_MODELS: _Places = {(): _MODEL, ("optimizer",): _OPTIMIZER}
_OF_LAYERS: _Places = {(): (LAYER,)}
_OF_OPTIMIZERS: _Places = {(): _OPTIMIZER}


def gone_in_classes(program: Program) -> Iterator[OldForm]:
    """The uses in methods that the interpreter does not follow, since it does not know their objects."""
    for cls in classes_of(program):
        places = _places(cls)
        if not places or any(members.find_member(cls, name) for name in ("__getattr__", "__getattribute__")):
            continue
        gone = frozenset[str]().union(*map(gone_members, places.values()))
        assigned = attributes_set(cls.site.file, cls.site.file.tree)
        for method in methods(cls):
            code = Code(method)
            if gone.isdisjoint(names_used(code.file, code.node)):
                continue
            for node in _unguarded(method.node.body):
                chain = _chain(code, node)
                owners = places.get(chain[:-1]) if chain else None
                if owners is None or chain[-1] in assigned:
                    continue
                if not assigned.isdisjoint(chain[:-1]):
                    continue
                if any(chain[0] in one.members for one in cls.mro() if isinstance(one, ClassValue)):
                    continue
                row = find_member(owners, chain[-1])
                if row is None or row.raises is not None:
                    continue
                if places is not _OF_MODELS or owners is not _OPTIMIZER or row.kind != "method":  # KC821 has those
                    yield OldForm("member", row.owner, chain[-1], code.site(node))


def _places(cls: ClassValue) -> _Places:
    base = base_of(cls)
    if base.startswith("keras.callbacks."):
        return _OF_CALLBACKS
    if base in ("keras.Model", "keras.Sequential"):
        return _OF_MODELS
    if base.startswith("keras.optimizers."):
        return _OF_OPTIMIZERS
    return _OF_LAYERS if is_layer_class(cls) else {}


def _unguarded(body: cst.CSTNode) -> Iterator[cst.CSTNode]:
    """What is below the node, but not in a `try` or behind a question about an attribute."""
    waiting = [body]
    while waiting:
        node = waiting.pop()
        if isinstance(node, (cst.Try, cst.TryStar, cst.FunctionDef, cst.ClassDef, cst.Lambda)):
            continue
        if isinstance(node, (cst.If, cst.IfExp)) and _asks(node.test):
            continue
        yield node
        waiting += list(children(node))[::-1]


def _asks(test: cst.CSTNode) -> bool:
    asked = isinstance(test, cst.Name) and test.value in ("hasattr", "getattr")
    return asked or any(_asks(child) for child in children(test))


def _chain(code: Code, node: cst.CSTNode) -> tuple[str, ...]:
    """The attributes that are read one after the other, beginning with `self`; none for anything else."""
    names: list[str] = []
    while isinstance(node, cst.Attribute):
        names.append(node.attr.value)
        node = node.value
    is_self = isinstance(node, cst.Name) and node.value == code.self_name
    return tuple(reversed(names)) if is_self else ()
