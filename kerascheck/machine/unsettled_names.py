"""The names of modules that are no facts for a function which nobody is seen to call.

Whoever calls it may have called other functions before, which fill the containers of the module and set its names anew.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import libcst as cst

from kerascheck.machine.run import Run
from kerascheck.machine.static import CHANGING, names_used, once, once_a_file, outline_of, rebound_names
from kerascheck.machine.values import DictValue, FunctionValue, ListValue, Value
from kerascheck.symbolic.unknown import Unknown
from kerascheck.text.outline import Outline
from kerascheck.text.treewalk import nodes_below


def is_placeholder(value: Value) -> bool:
    """Whether that is what a name has until somebody sets or fills it."""
    is_container = isinstance(value, (ListValue, DictValue))
    return value is None or (is_container and not value.items and value.unknown is None)


def forget_unsettled(run: Run, function: FunctionValue) -> None:
    """Forget what other values the names of the module may have when the function is called."""
    scope, file = function.scope.globals, function.site.file
    if scope.file is not file:
        return
    _forget_set_again(function)
    rebound, filled = _later_changes(file)
    for name in names_used(file, function.node):
        value = scope.vars.get(name)
        if name in rebound and name in scope.vars:
            key = ("unsettled", id(file), name)
            scope.vars[name] = Unknown(f"{name} is set by another function of the module", key, name)
        elif isinstance(value, (ListValue, DictValue)) and (name in filled or is_placeholder(value)):
            reason = f"{name} is filled by another function"
            if isinstance(value, ListValue):
                scope.vars[name] = run.unknown_list(reason, value.kind)
            else:
                scope.vars[name] = forgotten = run.new_dict()
                forgotten.unknown = Unknown(reason)


@once_a_file
def _later_changes(file: Any) -> tuple[frozenset[str], frozenset[str]]:
    """The names of the module that its functions set, and those of what they change in place."""
    rebound: set[str] = set()
    filled: set[str] = set()
    outline = outline_of(file)
    for function in outline.below(file.tree, cst.FunctionDef):
        declared = rebound_names(file, function)[0]
        rebound.update(declared)
        filled |= _changed_in(outline, function) - _bound_in(outline, function).difference(declared)
    return frozenset(rebound), frozenset(filled)


def _changed_in(outline: Outline, function: cst.FunctionDef) -> set[str]:
    """The names of what the function changes in place."""
    changed: set[str] = set()
    for node in outline.below(function.body, cst.Call, *BINDING, cst.Del):
        if type(node) is cst.Call:
            if type(node.func) is cst.Attribute and node.func.attr.value in CHANGING:
                _note_base(node.func.value, changed)
        elif type(node.target) is cst.Subscript:  # type: ignore[attr-defined]
            _note_base(node.target, changed)  # type: ignore[attr-defined]
    return changed


def _note_base(node: cst.BaseExpression, changed: set[str]) -> None:
    while type(node) is cst.Subscript:
        node = node.value
    if type(node) is cst.Name:
        changed.add(node.value)


def _bound_in(outline: Outline, function: cst.FunctionDef) -> set[str]:
    """The names of its own that the function has, with the functions in it."""
    bound = {param.name.value for param in outline.below(function, cst.Param)}
    for node in outline.below(function, *BINDING, *LOOPING):
        bound.update(_named(node.target))  # type: ignore[attr-defined]
    bound.update(
        node.asname.name.value
        for node in outline.below(function, cst.WithItem)
        if node.asname is not None and type(node.asname.name) is cst.Name
    )
    return bound


def _forget_set_again(function: FunctionValue) -> None:
    """Forget the names of the module that get another value after the function, whose call decides which it meets."""
    scope, file = function.scope.globals, function.site.file
    places, assigned = _module_order(file, file.tree)
    defined = places.get(id(function.node))
    if defined is None:
        return
    for name, rows in assigned.items():
        if rows[-1] > defined and name in scope.vars:
            key = ("unsettled", id(file), name)
            scope.vars[name] = Unknown(f"{name} has several values in the module", key, name)


_COMPREHENSIONS = (cst.GeneratorExp, cst.ListComp, cst.SetComp, cst.DictComp)
_INNER = frozenset({cst.FunctionDef, cst.ClassDef, cst.Lambda, *_COMPREHENSIONS})
#: What binds the names of its target.
BINDING = (cst.AssignTarget, cst.AugAssign, cst.AnnAssign, cst.NamedExpr)
#: What binds them in each round.
LOOPING = (cst.For, cst.CompFor)


@once
def _module_order(module: cst.Module) -> tuple[dict[int, int], dict[str, tuple[int, ...]]]:
    """Where in the module each function is defined, and where each name is assigned that has more than one value."""
    places: dict[int, int] = {}
    found: dict[str, list[int]] = {}
    for at, statement in enumerate(module.body):
        waiting: list[tuple[cst.CSTNode, bool]] = [(statement, True)]
        while waiting:
            node, outside = waiting.pop()
            kind = type(node)  # (`isinstance` with an abstract class is slow)
            if type(node) is cst.Assign and type(node.value) is cst.Name and node.value.value == "None":
                continue  # None is what a name has until it gets its value
            if kind is cst.FunctionDef:
                places[id(node)] = at
            if not outside or kind in _INNER:
                # Only functions are of interest in there, and these are in blocks.
                waiting += [(block, False) for block in _blocks(node)]
                continue
            if kind in BINDING:
                assert isinstance(node, BINDING)
                for name in _named(node.target):
                    found.setdefault(name, []).append(at)
            waiting += [(child, outside) for child in nodes_below(node)]
    return places, {name: tuple(rows) for name, rows in found.items() if len(rows) > 1}


def _blocks(node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    """The blocks of a statement, and the statements of a block."""
    for name in ("body", "orelse", "handlers", "finalbody", "cases"):
        value = getattr(node, name, None)
        if type(value) is tuple or type(value) is list:
            yield from value
        elif value is not None:
            yield value


def _named(target: cst.CSTNode) -> Iterator[str]:
    """The names in a target."""
    kind = type(target)
    if kind is cst.Name:
        yield target.value  # type: ignore[attr-defined]
    elif kind is cst.Tuple or kind is cst.List:
        for element in target.elements:  # type: ignore[attr-defined]
            yield from _named(element.value)
