"""Facts read off the syntax, before anything runs."""

from __future__ import annotations

from typing import Literal, NamedTuple

import libcst as cst

from kerascheck.treewalk import children, walk

#: Callees that neither build nor change anything the analysis follows.
_INERT_ROOTS = frozenset({"print", "logging", "logger", "log", "plt", "warnings", "pprint", "sys", "os", "gc", "time"})
_EXITS = frozenset({"exit", "quit", "_exit", "abort"})


def is_inert(suite: cst.BaseSuite) -> bool:
    """Whether running the block or not makes no difference to the analysis: prints, logging, plots, pass."""
    return all(_is_inert_statement(statement) for statement in suite.body)


def _is_inert_statement(statement: cst.CSTNode) -> bool:
    if isinstance(statement, cst.SimpleStatementLine):
        return all(_is_inert_statement(small) for small in statement.body)
    if isinstance(statement, cst.Pass):
        return True
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
    """What a loop hands from one round to the next."""

    carried: frozenset[str]  # names that a round reads before it sets them
    written: frozenset[str]  # all names that some round may set
    changed: tuple[cst.BaseExpression, ...]  # what some round may change in place: receivers of methods and items
    infinite: bool  # `while True` without a break


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
    carried = frozenset(name for name in written if first.get(name) == "read")
    changed = tuple(receiver for statement in node.body.body for receiver in _changed(statement))
    return LoopFacts(carried, frozenset(written), changed, isinstance(node, cst.While) and not has_break)


_CHANGING = frozenset(
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
    }
)


def _changed(statement: cst.CSTNode) -> list[cst.BaseExpression]:
    """The things that running the statement may change in place, as plain names and attributes."""
    found: list[cst.BaseExpression] = []
    for node in walk(statement):
        receiver: cst.BaseExpression | None = None
        if isinstance(node, cst.Call) and isinstance(node.func, cst.Attribute) and node.func.attr.value in _CHANGING:
            receiver = node.func.value
        elif isinstance(node, cst.AssignTarget) and isinstance(node.target, cst.Subscript):
            receiver = node.target.value
        elif isinstance(node, cst.AugAssign):
            receiver = node.target.value if isinstance(node.target, cst.Subscript) else node.target
        if receiver is not None and _is_dotted(receiver):
            found.append(receiver)
    return found


def _is_dotted(node: cst.BaseExpression) -> bool:
    while isinstance(node, cst.Attribute):
        node = node.value
    return isinstance(node, cst.Name)


def _note(node: cst.CSTNode, first: dict[str, str], written: set[str]) -> None:
    """Record the first use of each name, in the order of evaluation."""
    if isinstance(node, cst.Name):
        first.setdefault(node.value, "read")
        return
    if isinstance(node, cst.Attribute):
        _note(node.value, first, written)
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
    else:
        _note(target, first, written)


def is_generator(node: cst.FunctionDef) -> bool:
    """Whether the function's own body yields."""
    stack: list[cst.CSTNode] = list(node.body.body)
    while stack:
        top = stack.pop()
        if isinstance(top, cst.Yield):
            return True
        if not isinstance(top, (cst.FunctionDef, cst.ClassDef, cst.Lambda)):
            stack.extend(children(top))
    return False
