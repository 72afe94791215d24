"""Generators that hand out lists of arrays: `yield [a, b], y` is `yield (a, b), y`, which Keras 3 takes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

import libcst as cst

from kerascheck.fixes.changes import Change, Rewrite
from kerascheck.migrate.context import Context, Step
from kerascheck.text.treewalk import walk

_METHODS = ("fit", "fit_generator", "evaluate", "evaluate_generator", "predict", "predict_generator")
_TRAINING = ("fit", "fit_generator", "evaluate", "evaluate_generator")
_SEQUENCES = ("keras.utils.Sequence", "keras.utils.PyDataset", "keras.utils.data_utils.Sequence")


def find(context: Context) -> Iterator[Step]:
    """A step for each batch that such a generator, or a Sequence, hands out."""
    found: dict[int, tuple[cst.FunctionDef, list[cst.CSTNode]]] = {}
    trained = {id(function) for function, _ in _generators(context, _TRAINING)}  # of `predict`, a list is inputs
    for function, given in (*_generators(context), *_items(context)):
        places = found.setdefault(id(function), (function, []))[1]
        places += [given] if given is not None else []
    for function, places in found.values():
        changes = tuple(change for node in _handed_out(function) for change in _changes(context, node))
        changes += tuple(_pairs(function)) if places and id(function) in trained else ()
        if changes:
            message = "Keras 3 takes several arrays of a batch as a tuple"
            yield Step("generators", function.name, message, changes, about=tuple(places))


def _pairs(function: cst.FunctionDef) -> Iterator[Change]:
    """Inputs and targets that are handed out as a list: `yield [x, y]`."""
    for node in walk(function.body):
        value = node.value if isinstance(node, cst.Yield) else None
        if isinstance(value, cst.List) and len(value.elements) == 2 and not value.lpar:
            first, second = (one.value for one in value.elements)
            if not _is_data([first, second]):
                yield Rewrite(value, (first, ", ", second))


_Found: TypeAlias = "tuple[cst.FunctionDef, cst.CSTNode | None]"


def _generators(context: Context, methods: tuple[str, ...] = _METHODS) -> Iterator[_Found]:
    """The functions of the file whose generators a model is given, with where that is."""
    for call, _, _ in context.methods(*methods):
        for arg in call.args:
            if arg.keyword is None or arg.keyword.value in ("x", "generator", "validation_data"):
                yield from ((function, arg.value) for function in _of(context, arg.value))


def _of(context: Context, node: cst.BaseExpression) -> Iterator[cst.FunctionDef]:
    values = context.names.values_of(node) if isinstance(node, cst.Name) else None
    for value in [node] if values is None else values:
        func = value.func if isinstance(value, cst.Call) else None
        made = context.names.values_of(func) if isinstance(func, cst.Name) else None
        for one in made or ():
            if isinstance(one, cst.FunctionDef):
                yield one
            elif isinstance(one, cst.ClassDef) and context.kinds.base_of(one) in _SEQUENCES:
                yield from _getter(one)


def _items(context: Context) -> Iterator[_Found]:
    """`__getitem__` of the Sequences of the file, with where models are given one."""
    for node in context.names.nodes:
        if isinstance(node, cst.ClassDef) and context.kinds.base_of(node) in _SEQUENCES:
            yield from ((one, None) for one in _getter(node))


def _getter(owner: cst.ClassDef) -> Iterator[cst.FunctionDef]:
    methods = (one for one in owner.body.body if isinstance(one, cst.FunctionDef))
    return (one for one in methods if one.name.value == "__getitem__")


def _handed_out(function: cst.FunctionDef) -> Iterator[cst.Tuple]:
    """The batches, as far as they are written as tuples."""
    for node in walk(function.body):
        value = node.value if isinstance(node, (cst.Yield, cst.Return)) else None
        if isinstance(value, cst.Tuple) and 2 <= len(value.elements) <= 3:
            yield value


def _changes(context: Context, batch: cst.Tuple) -> Iterator[Change]:
    for element in batch.elements[:2]:
        node = element.value
        if isinstance(node, cst.List) and node.elements and not node.lpar:
            parts = [one.value for one in node.elements]
            if any(isinstance(one, cst.StarredElement) for one in node.elements) or _is_data(parts):
                continue
            pieces: list[str | cst.CSTNode] = ["("]
            for index, one in enumerate(parts):
                pieces += [", "] * (index > 0) + [one]
            yield Rewrite(node, (*pieces, ",)" if len(parts) == 1 else ")"))
        elif isinstance(node, cst.ListComp):
            yield Rewrite(node, ("tuple(", node, ")"))
        elif isinstance(node, cst.Name):
            values = context.names.values_of(node) or []
            lists = [one for one in values if isinstance(one, cst.List) and len(one.elements) > 1]
            if len(values) == 1 and lists and not _is_data([one.value for one in lists[0].elements]):
                yield Rewrite(node, ("tuple(", node, ")"))


def _is_data(parts: list[cst.BaseExpression]) -> bool:
    """Whether a list holds numbers itself, and no arrays."""
    return any(isinstance(one, (cst.Integer, cst.Float, cst.UnaryOperation, cst.List)) for one in parts)
