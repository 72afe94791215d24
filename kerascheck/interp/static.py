"""Facts read off the syntax, before anything runs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import wraps
from typing import Any, Literal, NamedTuple, TypeVar

import libcst as cst

from kerascheck.treewalk import children, walk

_Node = TypeVar("_Node", bound=cst.CSTNode)
_Fact = TypeVar("_Fact")


def once(compute: Callable[[_Node], _Fact]) -> Callable[[Any, _Node], _Fact]:
    """Compute the fact once for each node: `fact(source, node)` keeps it on the source whose tree the node is in."""
    name = compute.__qualname__

    @wraps(compute)
    def fact(source: Any, node: _Node) -> _Fact:
        known = source.facts.get(name)
        if known is None:
            known = source.facts[name] = {}
        found = known.get(id(node))
        if found is None or found[0] is not node:
            found = known[id(node)] = (node, compute(node))
        return found[1]  # type: ignore[no-any-return]

    return fact


#: Callees that neither build nor change anything the analysis follows.
_INERT_ROOTS = frozenset({"print", "logging", "logger", "log", "plt", "warnings", "pprint", "sys", "os", "gc", "time"})
_EXITS = frozenset({"exit", "quit", "_exit", "abort"})


def is_inert(suite: cst.BaseSuite, loop: bool = False) -> bool:
    """Whether running the block or not makes no difference to the analysis: prints, logging, plots, pass.

    With `loop`, break and continue make none either.
    """
    return all(_is_inert_statement(statement, loop) for statement in suite.body)


def _is_inert_statement(statement: cst.CSTNode, loop: bool) -> bool:
    if isinstance(statement, cst.SimpleStatementLine):
        return all(_is_inert_statement(small, loop) for small in statement.body)
    if isinstance(statement, cst.Pass):
        return True
    if isinstance(statement, (cst.Break, cst.Continue)):
        return loop
    if isinstance(statement, cst.Expr):
        value = statement.value
        if isinstance(value, (cst.SimpleString, cst.ConcatenatedString, cst.Ellipsis)):
            return True
        if not isinstance(value, cst.Call) or _is_exit(value):
            return False
        return _root(value.func) in _INERT_ROOTS and not any(isinstance(n, cst.NamedExpr) for n in walk(value))
    return False


def _root(node: cst.BaseExpression) -> str:
    while isinstance(node, (cst.Attribute, cst.Call, cst.Subscript)):
        node = node.func if isinstance(node, cst.Call) else node.value
    return node.value if isinstance(node, cst.Name) else ""


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


class LoopFacts(NamedTuple):
    """What a loop hands from one round to the next. Names are dotted: `n`, `self.n`."""

    varying: frozenset[str]  # what a round sets in another way than the round before, as far as the syntax shows
    written: frozenset[str]  # all plain names that some round may set
    changed: tuple[cst.BaseExpression, ...]  # what some round may change in place: receivers of methods and items
    may_break: bool  # whether a `break` may end it
    infinite: bool  # `while True` without a break


@once
def names_used(node: cst.CSTNode) -> frozenset[str]:
    """All names and attributes that the node mentions."""
    # An attribute's own name is a node below it.
    return frozenset([n.value for n in walk(node) if type(n) is cst.Name])


@once
def loop_facts(node: cst.For | cst.While) -> LoopFacts:
    """Which names depend on earlier rounds, and whether the loop can end by itself."""
    first: dict[str, str] = {}
    written: set[str] = set()
    if isinstance(node, cst.For):
        _note_target(node.target, first, written)
    else:
        _note(node.test, first, written)
    has_break = False
    for statement in node.body.body:
        _note(statement, first, written)
        has_break = has_break or any(isinstance(n, (cst.Break, cst.Return)) for n in walk(statement))
    changed = tuple(receiver for statement in node.body.body for receiver in _changed(statement))
    carried = {name for name in written if first.get(name) == "read"}
    carried |= {name for name in map(dotted_text, changed) if first.get(name.partition(".")[0]) != "write"}
    return LoopFacts(
        spread(node.body, carried),
        frozenset(name for name in written if "." not in name),
        changed,
        has_break,
        isinstance(node, cst.While) and not has_break,
    )


def dotted_text(node: cst.CSTNode) -> str:
    """`self.n` for the attribute, `n` for the name, "" for anything else."""
    if isinstance(node, cst.Name):
        return node.value
    if isinstance(node, cst.Attribute):
        base = dotted_text(node.value)
        return f"{base}.{node.attr.value}" if base else ""
    return ""


def spread(body: cst.BaseSuite, names: Iterable[str]) -> frozenset[str]:
    """The names, and all that the body computes from them or under a condition on them."""
    varying = set(names)
    flows = list(_flows(body, frozenset()))
    grown = True
    while grown:
        grown = False
        for targets, sources in flows:
            if not targets <= varying and sources & varying:
                varying |= targets
                grown = True
    return frozenset(varying)


def _flows(node: cst.CSTNode, conditions: frozenset[str]) -> Iterator[tuple[set[str], frozenset[str]]]:
    """Each assignment below the node: the names it sets, and all that it and the conditions around it read."""
    targets: list[cst.CSTNode] = []
    if isinstance(node, cst.Assign):
        targets = [target.target for target in node.targets]
    elif isinstance(node, (cst.AugAssign, cst.AnnAssign, cst.NamedExpr, cst.For)):
        targets = [node.target]
    elif isinstance(node, cst.WithItem) and node.asname is not None:
        targets = [node.asname.name]
    if targets:
        value = node.iter if isinstance(node, cst.For) else node.item if isinstance(node, cst.WithItem) else node
        names = {dotted_text(n) for target in targets for n in walk(target)} - {""}
        yield names, conditions | _reads(value)
    if isinstance(node, (cst.If, cst.While, cst.IfExp)):
        conditions = conditions | _reads(node.test)
    elif isinstance(node, cst.For):
        conditions = conditions | _reads(node.iter)
    elif isinstance(node, cst.Match):
        conditions = conditions | _reads(node.subject)
    for child in children(node):
        yield from _flows(child, conditions)


def _reads(node: cst.CSTNode) -> frozenset[str]:
    return frozenset(dotted_text(n) for n in walk(node) if isinstance(n, (cst.Name, cst.Attribute)))


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


def _changed(statement: cst.CSTNode) -> list[cst.BaseExpression]:
    """The things that running the statement may change in place, as plain names and attributes."""
    found: list[cst.BaseExpression] = []
    for node in walk(statement):
        receiver: cst.BaseExpression | None = None
        if isinstance(node, cst.Call) and isinstance(node.func, cst.Attribute) and node.func.attr.value in CHANGING:
            receiver = node.func.value
        elif isinstance(node, cst.AssignTarget) and isinstance(node.target, cst.Subscript):
            receiver = node.target.value
        elif isinstance(node, cst.AugAssign):
            receiver = node.target.value if isinstance(node.target, cst.Subscript) else node.target
        if receiver is not None and dotted_text(receiver):
            found.append(receiver)
    return found


def _note(node: cst.CSTNode, first: dict[str, str], written: set[str]) -> None:
    """Record the first use of each name, in the order of evaluation."""
    if isinstance(node, cst.Name):
        first.setdefault(node.value, "read")
        return
    if isinstance(node, cst.Attribute):
        _note(node.value, first, written)
        first.setdefault(dotted_text(node), "read")
        return
    if isinstance(node, cst.Arg):
        _note(node.value, first, written)
        return
    if isinstance(node, (cst.FunctionDef, cst.ClassDef)):
        first.setdefault(node.name.value, "write")
        written.add(node.name.value)
        return
    if isinstance(node, (cst.Lambda, cst.BaseComp)):
        for inner in walk(node):
            if isinstance(inner, cst.Name):
                first.setdefault(inner.value, "read")
        return
    if isinstance(node, cst.Assign):
        _note(node.value, first, written)
        for target in node.targets:
            _note_target(target.target, first, written)
        return
    if isinstance(node, cst.AugAssign):
        _note(node.target, first, written)
        _note(node.value, first, written)
        _note_target(node.target, first, written)
        return
    if isinstance(node, cst.AnnAssign):
        if node.value is not None:
            _note(node.value, first, written)
            _note_target(node.target, first, written)
        return
    if isinstance(node, cst.NamedExpr):
        _note(node.value, first, written)
        _note_target(node.target, first, written)
        return
    if isinstance(node, cst.For):
        _note(node.iter, first, written)
        _note_target(node.target, first, written)
        _note(node.body, first, written)
        return
    if isinstance(node, cst.WithItem):
        _note(node.item, first, written)
        if node.asname is not None:
            _note_target(node.asname.name, first, written)
        return
    for child in children(node):
        _note(child, first, written)


def _note_target(target: cst.CSTNode, first: dict[str, str], written: set[str]) -> None:
    if isinstance(target, cst.Name):
        first.setdefault(target.value, "write")
        written.add(target.value)
    elif isinstance(target, (cst.Tuple, cst.List)):
        for element in target.elements:
            _note_target(element.value, first, written)
    elif isinstance(target, cst.StarredElement):
        _note_target(target.value, first, written)
    elif isinstance(target, cst.Attribute) and dotted_text(target):
        _note(target.value, first, written)
        first.setdefault(dotted_text(target), "write")
        written.add(dotted_text(target))
    else:
        _note(target, first, written)


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
        if isinstance(top, cst.Yield):
            yield top
        if not isinstance(top, (cst.FunctionDef, cst.ClassDef, cst.Lambda)):
            stack.extend(reversed(list(children(top))))
