"""A network as the rules walk it: what its layers do to values, sizes that are surely known, nested networks opened."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NamedTuple

from kerascheck.layers.base import activation_name
from kerascheck.network.dims import Dim, Int, Shape, SymDim, product
from kerascheck.network.ir import InputLayer, Layer, Node, Tensor
from kerascheck.network.networks import Network
from kerascheck.network.program import Program
from kerascheck.symbolic.unknown import Unknown

#: Layers that set a random part of their input to zero in training.
DROPOUTS = frozenset({"Dropout", "SpatialDropout1D", "SpatialDropout2D", "SpatialDropout3D", "AlphaDropout"})
#: All layers with a dropout rate.
RATED = DROPOUTS | {"GaussianDropout"}
#: Layers that hand on the values as they are, or only disturb them in training.
SAME_VALUES = RATED | {"GaussianNoise", "Identity", "Reshape", "Flatten", "Permute", "InputLayer"}
#: Layers that are an activation.
ACTIVATION_LAYERS = {
    "ReLU": "relu",
    "LeakyReLU": "leaky_relu",
    "PReLU": "prelu",
    "ELU": "elu",
    "Softmax": "softmax",
    "ThresholdedReLU": "thresholded_relu",
}


def applied_activation(layer: Layer) -> str | Unknown | None:
    """The activation that this layer applies last: its name, Unknown, or None for a layer that has none to apply."""
    if layer.unknown is not None:
        return layer.unknown
    if layer.cls in ACTIVATION_LAYERS:
        return ACTIVATION_LAYERS[layer.cls]
    if "activation" in layer.config:
        name = activation_name(layer.config["activation"])
        return "linear" if name == "none" else name
    return None


def known_number(value: Any) -> float | None:
    """The number, or None where the value is no known number."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    return float(value)


def dropout_rate(layer: Layer) -> float | None:
    """The rate of a dropout layer, or None where it is not known."""
    return known_number(layer.config.get("rate")) if layer.cls in RATED and layer.unknown is None else None


def shape_of(tensor: Tensor) -> Shape | None:
    """The shape, or None where it is not known."""
    return None if isinstance(tensor.shape, Unknown) else tensor.shape


def last_dim(tensor: Tensor) -> Dim:
    """The size of the last axis; None where it is not known."""
    shape = shape_of(tensor)
    return shape[-1] if shape else None


def features(tensor: Tensor) -> Dim:
    """The number of values for one sample; None where it is not known."""
    shape = shape_of(tensor)
    return product(shape[1:]) if shape else None


def surely_at_least(left: Dim, right: Dim) -> bool:
    """Whether `left >= right` is certain."""
    if left is None or right is None:
        return False
    difference: Int = left - right
    return isinstance(difference, int) and difference >= 0


def config_size(layer: Layer, name: str) -> Int | None:
    """A size in the layer's configuration, or None where it is not known."""
    value = layer.config.get(name)
    if isinstance(value, SymDim) or (isinstance(value, int) and not isinstance(value, bool)):
        return value
    if isinstance(value, Unknown) and value.text:
        return SymDim.named(value.text, value.key)
    return None


def is_settled(network: Network) -> bool:
    """Whether the analysis saw all of the network."""
    return network.open is None and network.unknown is None and bool(network.nodes)


def input_tensors(network: Network) -> list[Tensor]:
    """The inputs; for a Sequential that is not built yet, the input of its first call."""
    if network.inputs:
        return list(network.inputs)
    return list(network.nodes[0].inputs) if network.nodes else []


def output_tensors(network: Network) -> list[Tensor]:
    """The outputs; for a Sequential that is not built yet, those of its last call."""
    if network.outputs:
        return list(network.outputs)
    return list(network.nodes[-1].outputs) if network.is_sequential and network.nodes else []


def nested_networks(program: Program) -> set[int]:
    """The ids of the networks that are layers of other networks."""
    return {id(layer) for network in program.networks for layer in network.layers if isinstance(layer, Network)}


#: Steps of an opened network; models that contain others several times, and these again, have any number of them.
_MAX_STEPS = 20_000


class Step(NamedTuple):
    """One layer call of a flattened network; wires are numbers for its tensors."""

    node: Node
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]

    @property
    def layer(self) -> Layer:
        """The layer that is called."""
        return self.node.layer


#: Calls of networks that are followed: one that calls another twice, which calls a third one twice, has no end.
_MAX_OPENED = 1_000


@dataclass
class FlatGraph:
    """A network with the networks inside it opened, as far as they are known."""

    steps: list[Step] = field(default_factory=list)
    inputs: list[int] = field(default_factory=list)
    outputs: list[int] = field(default_factory=list)
    wires: int = 0
    opened: int = 0  # how many calls of networks were followed

    def new_wire(self) -> int:
        """A number for one more tensor."""
        self.wires += 1
        return self.wires


def flatten(network: Network) -> FlatGraph:
    """Open the networks inside a network. Inner networks that are not fully known stay closed."""
    graph = FlatGraph()
    graph.inputs = [graph.new_wire() for _ in input_tensors(network)]
    graph.outputs = _expand(graph, network, graph.inputs, depth=0)
    return graph


def _expand(graph: FlatGraph, network: Network, incoming: list[int], depth: int) -> list[int]:
    wires: dict[int, int] = {id(t): w for t, w in zip(input_tensors(network), incoming, strict=False)}

    def wire(tensor: Tensor) -> int:
        key = id(tensor)
        number = wires.get(key)
        if number is None:
            number = wires[key] = graph.new_wire()
        return number

    for node in network.nodes:
        if isinstance(node.layer, InputLayer) or (not node.inputs and node.layer.cls == "InputLayer"):
            continue
        inputs = [wire(t) for t in node.inputs]
        inner = node.layer
        if (
            isinstance(inner, Network)
            and is_settled(inner)
            and len(input_tensors(inner)) == len(inputs)
            and len(output_tensors(inner)) == len(node.outputs)
            and depth < 20
            and graph.opened < _MAX_OPENED
            and len(graph.steps) + graph.wires < _MAX_STEPS
        ):
            graph.opened += 1
            for tensor, outer in zip(node.outputs, _expand(graph, inner, inputs, depth + 1), strict=True):
                wires[id(tensor)] = outer
            continue
        graph.steps.append(Step(node, tuple(inputs), tuple([wire(t) for t in node.outputs])))
    return [wire(t) for t in output_tensors(network)]
