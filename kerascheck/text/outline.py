"""All nodes of a tree in one row: what stands below a node is a slice of it.

Many ask what a file, a class or a function has in it. A walk asks every node for its fields, which costs ten times what
it costs to go over what was found the first time.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from typing import Any, TypeVar, overload

import libcst as cst

from kerascheck.text.treewalk import NO_NODES, code_fields, nodes_below, walk

_Kind = TypeVar("_Kind", bound=cst.CSTNode)

#: Code that runs at another time than what stands around it.
DEFINITIONS = (cst.FunctionDef, cst.ClassDef, cst.Lambda)
_DEFINITIONS = frozenset(DEFINITIONS)

#: Nodes with nothing below them.
_LEAVES = frozenset(
    {cst.Name, cst.Integer, cst.Float, cst.Imaginary, cst.SimpleString, cst.Ellipsis, cst.Pass, cst.Break, cst.Continue}
)


class Outline:
    """The nodes of a tree that hold code, parents first, in the order of their fields.

    Kinds of nodes are asked for by their classes themselves: no class of libcst's nodes derives from another one of
    which there are nodes.
    """

    def __init__(self, tree: cst.CSTNode) -> None:
        self.nodes: list[cst.CSTNode] = []
        self._ends: list[int] = []  # the index behind the last one below each
        try:
            self._lay_out(tree)
        except RecursionError:
            self.nodes.clear()
            self._lay_out_deep(tree)
        self._of_kind: dict[type[cst.CSTNode], list[int]] = {}
        for index, kind in enumerate(map(type, self.nodes)):
            if kind in self._of_kind:
                self._of_kind[kind].append(index)
            else:
                self._of_kind[kind] = [index]
        self._at: dict[type[cst.CSTNode], dict[int, int]] = {}  # by the ids of the nodes, kind by kind

    def _lay_out(self, node: cst.CSTNode) -> None:
        nodes, ends = self.nodes, self._ends
        at = len(nodes)
        nodes.append(node)
        ends.append(0)
        for name in code_fields(type(node)):
            value = getattr(node, name)
            kind = type(value)
            if kind is tuple or kind is list:
                for part in value:
                    if type(part) in _LEAVES:
                        nodes.append(part)
                        ends.append(len(nodes))
                    else:
                        self._lay_out(part)
            elif kind in _LEAVES:
                nodes.append(value)
                ends.append(len(nodes))
            elif kind not in NO_NODES:
                self._lay_out(value)
        ends[at] = len(nodes)

    def _lay_out_deep(self, tree: cst.CSTNode) -> None:
        """The same for a tree that is deeper than functions may call themselves."""
        self.nodes += walk(tree)
        index = {id(node): at for at, node in enumerate(self.nodes)}
        sizes = [1] * len(self.nodes)
        for at in range(len(self.nodes) - 1, -1, -1):
            node = self.nodes[at]
            for name in code_fields(type(node)):
                value = getattr(node, name)
                parts = value if isinstance(value, (tuple, list)) else (value,)
                sizes[at] += sum(sizes[index[id(part)]] for part in parts if type(part) not in NO_NODES)
        self._ends[:] = [at + size for at, size in enumerate(sizes)]

    def _span(self, node: cst.CSTNode) -> tuple[int, int] | None:
        """Where the node and all that is below it stand; None for a node of another tree."""
        kind = type(node)
        known = self._at.get(kind)
        if known is None:
            known = self._at[kind] = {id(self.nodes[at]): at for at in self._of_kind.get(kind, ())}
        at = known.get(id(node))
        return None if at is None or self.nodes[at] is not node else (at, self._ends[at])

    def __contains__(self, node: cst.CSTNode) -> bool:
        """Whether it is a node of this tree."""
        return self._span(node) is not None

    @overload
    def below(self, node: cst.CSTNode, kind: type[_Kind], /) -> list[_Kind]: ...

    @overload
    def below(
        self, node: cst.CSTNode, /, *kinds: type[cst.CSTNode], skipping: Sequence[cst.CSTNode] = ()
    ) -> list[cst.CSTNode]: ...

    def below(self, node: cst.CSTNode, /, *kinds: type[cst.CSTNode], skipping: Sequence[cst.CSTNode] = ()) -> Any:
        """The nodes of these kinds, or all, that the node is or has below it, in the order of a walk.

        `skipping`: nodes of the tree, in the order of a walk, that are left out with all that they have below.
        """
        span = self._span(node)
        if span is None:
            return [part for part in walk(node) if not kinds or type(part) in kinds]
        begin, end = span
        nodes = self.nodes
        if not kinds:
            return nodes[begin:end]
        found = self._places(begin, end, kinds)
        if skipping:
            found = self._outside(found, skipping)
        return [nodes[at] for at in found]

    def _outside(self, found: list[int], skipping: Sequence[cst.CSTNode]) -> list[int]:
        """Those of the places that are in none of the nodes."""
        kept: list[int] = []
        at = 0
        for begin, end in filter(None, map(self._span, skipping)):
            first = bisect_left(found, begin, at)
            kept += found[at:first]
            at = max(at, bisect_left(found, end, first))
        return kept + found[at:]

    def own(self, node: cst.CSTNode, *kinds: type[cst.CSTNode]) -> Iterator[cst.CSTNode]:
        """What is below the node, in the order of a walk, without the bodies of functions and classes in it."""
        span = self._span(node)
        if span is None:
            yield from (part for part in _own_walk(node) if not kinds or type(part) in kinds)
            return
        nodes, ends = self.nodes, self._ends
        at, end = span
        at += 1
        if kinds:
            yield from [nodes[at] for at in self._own_places(at, end, kinds)]
            return
        while at < end:
            part = nodes[at]
            yield part
            at = ends[at] if type(part) in _DEFINITIONS else at + 1

    def _own_places(self, begin: int, end: int, kinds: Sequence[type[cst.CSTNode]]) -> list[int]:
        """Where nodes of these kinds stand in this part of the row, outside of what stands in functions and classes."""
        found = self._places(begin, end, kinds)
        inner = self._places(begin, end, DEFINITIONS) if found else []
        if not inner:
            return found
        kept: list[int] = []
        at = 0
        for definition in inner:
            behind = bisect_right(found, definition, at)
            kept += found[at:behind]
            at = max(at, bisect_left(found, self._ends[definition], behind))
        return kept + found[at:]

    def _places(self, begin: int, end: int, kinds: Sequence[type[cst.CSTNode]]) -> list[int]:
        """Where nodes of these kinds stand in this part of the row."""
        found: list[int] = []
        for kind in kinds:
            places = self._of_kind.get(kind)
            if places is not None:
                found += places[bisect_left(places, begin) : bisect_left(places, end)]
        if len(kinds) > 1:
            found.sort()
        return found


def _own_walk(node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    stack = nodes_below(node)[::-1]
    while stack:
        top = stack.pop()
        yield top
        if type(top) not in _DEFINITIONS:
            stack += reversed(nodes_below(top))
