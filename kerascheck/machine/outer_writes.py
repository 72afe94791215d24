"""What a function does to things outside of it, as its text shows: names that it sets, and what it changes in place."""

from __future__ import annotations

from typing import Any, NamedTuple

import libcst as cst

from kerascheck.machine.static import CHANGING, once_in_outline, rebound_names
from kerascheck.text.outline import Outline

#: What binds the names of its target.
BINDING = (cst.AssignTarget, cst.AugAssign, cst.AnnAssign, cst.NamedExpr)
#: What binds them in each round.
LOOPING = (cst.For, cst.CompFor)


class OuterWrites(NamedTuple):
    """Names of other scopes, and attributes of what such names stand for, by (name, attribute)."""

    rebound: frozenset[str]  # declared global or nonlocal
    changed: frozenset[str]
    attributes: frozenset[tuple[str, str]]  # of its own first parameter as well


def outer_writes(file: Any, function: cst.FunctionDef | cst.Lambda) -> OuterWrites:
    """What the function writes outside of it."""
    of_module, of_outer = rebound_names(file, function)
    rebound = frozenset((*of_module, *of_outer))
    bound, changed, attributes = _written(file, function)
    return OuterWrites(rebound, changed - (bound - rebound), attributes)


@once_in_outline
def _written(
    outline: Outline, function: cst.FunctionDef | cst.Lambda
) -> tuple[frozenset[str], frozenset[str], frozenset[tuple[str, str]]]:
    """The names that are bound in the function, those of what is changed in place in it, and attributes alike."""
    changed: set[str] = set()
    attributes: set[tuple[str, str]] = set()
    bound = {param.name.value for param in outline.below(function, cst.Param)}
    for node in outline.below(function, *BINDING, *LOOPING, cst.Call, cst.Del, cst.WithItem):
        if type(node) is cst.Call:
            if type(node.func) is cst.Attribute and node.func.attr.value in CHANGING:
                _note(node.func.value, changed, attributes)
        elif type(node) is cst.WithItem:
            if node.asname is not None:
                bound.update(names_in(node.asname.name))
        else:
            target = node.target  # type: ignore[attr-defined]
            bound.update(names_in(target))
            if type(target) is cst.Subscript or type(target) is cst.Attribute:
                _note(target, changed, attributes)
    return frozenset(bound), frozenset(changed), frozenset(attributes)


def _note(node: cst.BaseExpression, changed: set[str], attributes: set[tuple[str, str]]) -> None:
    """Note what the expression stands for, which is changed."""
    while type(node) is cst.Subscript:
        node = node.value
    if type(node) is cst.Name:
        changed.add(node.value)
    elif type(node) is cst.Attribute:
        inner = node.value
        while type(inner) is cst.Subscript:
            inner = inner.value
        if type(inner) is cst.Name:
            attributes.add((inner.value, node.attr.value))


def names_in(target: cst.CSTNode) -> list[str]:
    """The names in a target."""
    if type(target) is cst.Name:
        return [target.value]
    if type(target) is cst.Tuple or type(target) is cst.List:
        return [name for element in target.elements for name in names_in(element.value)]
    return []
