"""Networks that are plain chains: each layer fed by the one before, nothing else."""

from __future__ import annotations

from collections.abc import Iterator

from kerascheck.network.ir import Node, Tensor
from kerascheck.network.networks import Network
from kerascheck.network.program import Program
from kerascheck.rules._graph import (
    ACTIVATION_LAYERS,
    RATED,
    applied_activation,
    input_tensors,
    is_settled,
    nested_networks,
    output_tensors,
)
from kerascheck.symbolic.unknown import Unknown

CONVOLUTIONS = frozenset({"Conv1D", "Conv2D", "Conv3D", "SeparableConv1D", "SeparableConv2D"})
#: Layers with a kernel, of which each value is a sum.
WEIGHTED = CONVOLUTIONS | {"Dense"}
MAX_POOLING = frozenset(f"{prefix}MaxPooling{rank}D" for prefix in ("", "Global") for rank in (1, 2, 3))
#: Layers that leave the sign and the saturation of values as they are.
PASSING = RATED | MAX_POOLING | {"GaussianNoise", "Flatten", "Reshape", "Permute", "Identity", "InputLayer"}


def chain(network: Network) -> list[Node] | None:
    """The calls of a network that is a plain chain from one input to one output; None for any other graph."""
    inputs = input_tensors(network)
    if len(inputs) != 1 or len(output_tensors(network)) != 1:
        return None
    tensor: Tensor = inputs[0]
    nodes: list[Node] = []
    for node in network.nodes:
        if node.layer.cls == "InputLayer":
            continue
        if len(node.inputs) != 1 or node.inputs[0] is not tensor or not node.outputs:
            return None
        nodes.append(node)
        tensor = node.outputs[0]
    return nodes


def outer_chains(program: Program) -> Iterator[list[Node]]:
    """The plain chains among the networks that are fully known and not part of another one."""
    inner = nested_networks(program)
    for network in program.networks:
        if id(network) not in inner and is_settled(network):
            nodes = chain(network)
            if nodes:
                yield nodes


def weighted(nodes: list[Node]) -> Iterator[tuple[Node, str | Unknown | None, list[Node]]]:
    """Each weighted layer with the activation that is applied to what it gives, and the calls up to the next one.

    The activation is None where the layer has no notion of one.
    """
    for index, node in enumerate(nodes):
        if node.layer.cls not in WEIGHTED:
            continue
        activation = applied_activation(node.layer)
        between: list[Node] = []
        for later in nodes[index + 1 :]:
            if later.layer.cls in WEIGHTED:
                break
            between.append(later)
            if activation == "linear" and (later.layer.cls in ACTIVATION_LAYERS or later.layer.cls == "Activation"):
                activation = applied_activation(later.layer)
        yield node, activation, between
