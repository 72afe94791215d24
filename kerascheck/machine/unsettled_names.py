"""The names of modules that are no facts for a function which nobody is seen to call.

Whoever calls it may have called other functions before, which fill the containers of the module and set its names anew.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import libcst as cst

from kerascheck.machine.outer_writes import BINDING, names_in, outer_writes
from kerascheck.machine.run import Run
from kerascheck.machine.static import names_used, once, once_a_file, outline_of
from kerascheck.machine.values import DictValue, FunctionValue, ListValue, Value
from kerascheck.symbolic.unknown import Unknown
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
            scope.vars[name] = unknown_container(run, value, f"{name} is filled by another function")


def unknown_container(run: Run, value: ListValue | DictValue, reason: str) -> ListValue | DictValue:
    """A container of the same kind of which nothing else is known."""
    return run.unknown_list(reason, value.kind) if isinstance(value, ListValue) else run.unknown_dict(reason)


@once_a_file
def _later_changes(file: Any) -> tuple[frozenset[str], frozenset[str]]:
    """The names of the module that its functions set, and those of what they change in place."""
    rebound: set[str] = set()
    filled: set[str] = set()
    for function in outline_of(file).below(file.tree, cst.FunctionDef):
        writes = outer_writes(file, function)
        rebound |= writes.rebound
        filled |= writes.changed
    return frozenset(rebound), frozenset(filled)


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
                for name in names_in(node.target):
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
