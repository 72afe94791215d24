"""What an expression does besides having a value, so that no fix takes it away."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import libcst as cst

from kerascheck.text.treewalk import children

if TYPE_CHECKING:
    from kerascheck.rules.base import Replacement

#: A comprehension and a star take steps of an iterator, which may be used elsewhere, too.
_EFFECTS = (cst.Call, cst.NamedExpr, cst.Await, cst.Yield, cst.BaseComp)
_EMPTY = cst.Module([])


def keeps_effects(replacements: Iterable[Replacement]) -> bool:
    """Whether all that is done in the old nodes is done in the new ones as often.

    A call that is itself what is replaced or removed may go: that is what the fix is about. What it is given may not.
    """
    before: Counter[str] = Counter()
    after: Counter[str] = Counter()
    for replacement in replacements:
        before.update(_effects(_within(replacement.old)))
        if replacement.new is not None:
            after.update(_effects([replacement.new]))
    return all(after[code] == count for code, count in before.items())


def has_effect(node: cst.CSTNode) -> bool:
    """Whether something is done where an expression is worked out, besides what it gives."""
    return any(True for _ in _effects([node]))


def _within(node: cst.CSTNode) -> Iterable[cst.CSTNode]:
    """What there is of a node besides the call that it is."""
    if isinstance(node, cst.SimpleStatementLine) and len(node.body) == 1:
        node = node.body[0]
    if isinstance(node, cst.Expr):
        node = node.value
    return children(node) if isinstance(node, cst.Call) else [node]


def _effects(nodes: Iterable[cst.CSTNode]) -> Iterator[str]:
    waiting = list(nodes)
    while waiting:
        node = waiting.pop()
        if isinstance(node, cst.StarredElement) or (isinstance(node, cst.Arg) and node.star):
            yield f"*{_EMPTY.code_for_node(node.value)}"
        elif isinstance(node, _EFFECTS):
            yield _EMPTY.code_for_node(node)
        # What a function holds is done when it is called.
        waiting += children(node.params if isinstance(node, cst.Lambda) else node)
