"""Which calls of layers end in which rows of a source: what a comment at the end of a row can be about."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from kerascheck.diagnostics import Position
from kerascheck.network.ir import InputLayer, Layer, Node, Site
from kerascheck.network.networks import Network
from kerascheck.network.program import Program


@dataclass(frozen=True)
class RowCall:
    """A call of a layer: where its expression begins and ends, and the place to show for it."""

    node: Node
    start: Position
    end: Position
    site: Site

    def holds(self, other: RowCall) -> bool:
        """Whether the other one is a part of this expression."""
        return self.start <= other.start and other.end <= self.end


def row_calls(program: Program, source: Any) -> dict[int, list[RowCall]]:
    """The calls that a program makes in a source, by the rows in which their expressions end."""
    found: dict[int, list[RowCall]] = {}
    for node in _nodes(program):
        call = _placed(node, source)
        if call is not None:
            found.setdefault(call.end.row, []).append(call)
    return found


def outermost(calls: Iterable[RowCall]) -> list[RowCall]:
    """Those of one row that are made by the expression that holds all others; none where there is no such."""
    every = list(calls)
    around = [call for call in every if all(call.holds(other) for other in every)]
    first = around[:1]
    return [call for call in around if (call.start, call.end) == (first[0].start, first[0].end)] if first else []


def _nodes(program: Program) -> Iterator[Node]:
    """All calls, those of operations on tensors included."""
    seen: set[int] = set()
    waiting: list[Node] = [node for layer in (*program.layers, *program.networks) for node in layer.calls]
    waiting += [node for network in program.networks for node in network.nodes]
    while waiting:
        node = waiting.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        yield node
        waiting += [tensor.node for tensor in node.inputs if tensor.node is not None]


def _placed(node: Node, source: Any) -> RowCall | None:
    """Where the expression is that makes what a call gives: `Dense(3)(x)`, or `Dense(3)` in a list of layers."""
    layer = node.layer
    if isinstance(layer, InputLayer):
        return None
    made = _here(layer.site, source)
    called = _here(node.site, source)
    if made is None and called is None:
        return None
    if called is not None and (made is None or _is_own_call(layer, made, called)):
        start, end, site = called
    else:
        assert made is not None
        start, end, site = made
    return RowCall(node, start, end, site)


def _is_own_call(layer: Layer, made: tuple[Position, Position, Site], called: tuple[Position, Position, Site]) -> bool:
    """Whether the call is the layer's own, and not that of a model which has it in its list: `Sequential([layer])`."""
    if made[0] == called[0]:
        return not (isinstance(layer, Network) and made[1] == called[1])
    return not (called[0] <= made[0] and made[1] <= called[1])


def _here(site: Site | None, source: Any) -> tuple[Position, Position, Site] | None:
    if site is None or site.file is not source:
        return None
    try:
        span = source.locate(site.node)
    except LookupError:
        return None
    return span.start, span.end, site
