"""Facts read off the syntax, before anything runs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import wraps
from typing import Any, Literal, NamedTuple, TypeVar

import libcst as cst

from kerascheck.text.outline import DEFINITIONS, Outline
from kerascheck.text.treewalk import nodes_below

_Node = TypeVar("_Node", bound=cst.CSTNode)
_Fact = TypeVar("_Fact")


def once(compute: Callable[[_Node], _Fact]) -> Callable[[Any, _Node], _Fact]:
    """Compute the fact once for each node: `fact(source, node)` keeps it on the source whose tree the node is in."""
    return _once(compute, lambda source, node: compute(node))


def _once(named: Callable[..., _Fact], compute: Callable[[Any, _Node], _Fact]) -> Callable[[Any, _Node], _Fact]:
    """The fact as `compute` finds it, kept under the name of the function that it is written as."""
    name = f"{named.__module__}.{named.__qualname__}"

    @wraps(named)
    def fact(source: Any, node: _Node) -> _Fact:
        known = source.facts.get(name)
        if known is None:
            known = source.facts[name] = {}
        found = known.get(id(node))
        if found is None or found[0] is not node:
            found = known[id(node)] = (node, compute(source, node))
        return found[1]  # type: ignore[no-any-return]

    return fact


def once_a_file(compute: Callable[[Any], _Fact]) -> Callable[[Any], _Fact]:
    """Compute what is read off a whole file once: it must say nothing that its tree does not show."""
    name = f"{compute.__module__}.{compute.__qualname__}"

    @wraps(compute)
    def fact(source: Any) -> _Fact:
        found = source.facts.get(name)
        if found is None or found[0] is not source.tree:
            found = source.facts[name] = (source.tree, compute(source))
        return found[1]  # type: ignore[no-any-return]

    return fact


@once_a_file
def outline_of(source: Any) -> Outline:
    """The nodes of the tree in one row."""
    return Outline(source.tree)


def once_in_outline(compute: Callable[[Outline, _Node], _Fact]) -> Callable[[Any, _Node], _Fact]:
    """As `once`, for what is read off the outline of the tree that the node is in."""
    return _once(compute, lambda source, node: compute(outline_of(source), node))


_EXITS = frozenset({"exit", "quit", "_exit", "abort"})


def _is_exit(call: cst.Call) -> bool:
    function = call.func
    if isinstance(function, cst.Name):
        return function.value in _EXITS
    return isinstance(function, cst.Attribute) and function.attr.value in _EXITS


def terminates(suite: cst.BaseSuite) -> Literal["raise", "leave"] | None:
    """How a block surely ends early: by raising (or exiting), or by return, break or continue; None if it may not."""
    for statement in suite.body:
        for small in statement.body if isinstance(statement, cst.SimpleStatementLine) else [statement]:
            if isinstance(small, cst.Raise):
                return "raise"
            if isinstance(small, cst.Expr) and isinstance(small.value, cst.Call) and _is_exit(small.value):
                return "raise"
            if isinstance(small, (cst.Return, cst.Break, cst.Continue)):
                return "leave"
    return None


@once_in_outline
def names_used(outline: Outline, node: cst.CSTNode) -> frozenset[str]:
    """All names and attributes that the node mentions."""
    # An attribute's own name is a node below it.
    return frozenset([name.value for name in outline.below(node, cst.Name)])


@once_in_outline
def rebound_names(outline: Outline, node: cst.CSTNode) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The names that are declared `global` in the node, and those that are declared `nonlocal`."""
    of_module = tuple(item.name.value for part in outline.below(node, cst.Global) for item in part.names)
    return of_module, tuple(item.name.value for part in outline.below(node, cst.Nonlocal) for item in part.names)


@once_in_outline
def is_infinite(outline: Outline, node: cst.While) -> bool:
    """Whether there is nothing in the loop that ends it."""
    return not outline.below(node.body, cst.Break, cst.Return)


def dotted_text(node: cst.CSTNode) -> str:
    """`self.n` for the attribute, `n` for the name, "" for anything else."""
    if isinstance(node, cst.Name):
        return node.value
    if isinstance(node, cst.Attribute):
        base = dotted_text(node.value)
        return f"{base}.{node.attr.value}" if base else ""
    return ""


#: Methods that change their receiver in place.
CHANGING = frozenset(
    {
        "append",
        "add",
        "extend",
        "insert",
        "pop",
        "remove",
        "update",
        "clear",
        "setdefault",
        "reverse",
        "sort",
        "discard",
        "popitem",
        "appendleft",
        "popleft",
    }
)


class Signature(NamedTuple):
    """The names of a function's parameters."""

    positional: tuple[str, ...]
    names: tuple[str, ...]  # positional and keyword-only ones
    star: str | None  # *args
    double_star: str | None  # **kwargs


@once
def signature_of(params: cst.Parameters) -> Signature:
    """The names of the parameters."""
    positional = tuple(param.name.value for param in (*params.posonly_params, *params.params))
    return Signature(
        positional,
        (*positional, *(param.name.value for param in params.kwonly_params)),
        params.star_arg.name.value if isinstance(params.star_arg, cst.Param) else None,
        params.star_kwarg.name.value if params.star_kwarg is not None else None,
    )


@once
def contains_yield(node: cst.CSTNode) -> bool:
    """Whether there is a `yield` in the code that is not one of a function defined in it."""
    return next(yields_in(node), None) is not None


def yields_in(node: cst.CSTNode) -> Iterator[cst.Yield]:
    """The `yield` expressions of the code itself, in the order of the source, outer ones before those inside them."""
    stack = [node]
    while stack:
        top = stack.pop()
        kind = type(top)  # (`isinstance` with an abstract class is slow)
        if kind is cst.Yield:
            yield top  # type: ignore[misc]
        if kind not in DEFINITIONS:
            stack += reversed(nodes_below(top))


@once_in_outline
def attributes_set(outline: Outline, tree: cst.CSTNode) -> frozenset[str]:
    """The names of attributes that the file assigns to, of whatever object."""
    targets = [node.target for node in outline.below(tree, cst.AssignTarget)]
    targets += [node.target for node in outline.below(tree, cst.AnnAssign)]
    return frozenset(target.attr.value for target in targets if isinstance(target, cst.Attribute))
