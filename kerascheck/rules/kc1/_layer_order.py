"""KC113 to KC116: layers that follow each other where they should not, or lack one between them."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from kerascheck.network.ir import Node
from kerascheck.network.networks import Network
from kerascheck.network.program import Program
from kerascheck.rules._graph import (
    ACTIVATION_LAYERS,
    is_settled,
)
from kerascheck.rules.base import Finding

_ACTIVATIONS = frozenset({"Activation", *ACTIVATION_LAYERS})


def _everywhere(
    program: Program, classes: frozenset[str], judge: Callable[[Network, Node], Finding | None]
) -> Iterator[Finding]:
    """What the judge says of layers of these classes, where it says so of each layer that is made at the place."""
    verdicts: dict[tuple[int, int], list[Finding | None]] = {}
    for network in program.networks:
        if not is_settled(network):
            continue
        for node in network.nodes:
            if node.layer.cls in classes and node.layer.site is not None:
                verdicts.setdefault(node.layer.site.key, []).append(judge(network, node))
    for found in verdicts.values():
        if found[0] is not None and all(finding is not None for finding in found):
            yield found[0]
