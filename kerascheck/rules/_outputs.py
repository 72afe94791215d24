"""What comes out of a network: how many units, after which activation."""

from __future__ import annotations

from dataclasses import dataclass

from kerascheck.network.dims import Dim, definitely_equal
from kerascheck.network.ir import InputLayer, Layer, Node, Tensor
from kerascheck.network.networks import Network
from kerascheck.rules._graph import (
    ACTIVATION_LAYERS,
    SAME_VALUES,
    applied_activation,
    config_size,
    last_dim,
    output_tensors,
)
from kerascheck.symbolic.unknown import Unknown

#: Layers whose `activation` is applied to all they give (recurrent layers have gates behind theirs).
_ACTIVATED = frozenset(
    {
        "Dense", "EinsumDense", "Conv1D", "Conv2D", "Conv3D", "Conv1DTranspose", "Conv2DTranspose",
        "Conv3DTranspose", "SeparableConv1D", "SeparableConv2D", "DepthwiseConv1D", "DepthwiseConv2D",
    }
)  # fmt: skip


@dataclass(frozen=True)
class Output:
    """The end of a network. `units` is the size of the last axis, None where it is not known."""

    units: Dim
    activation: str | Unknown
    layer: Layer | None  # the one that applies the activation (or would)


def describe(tensor: Tensor) -> Output:
    """Walk back from an output to the layer that last changed its values."""
    units = _units(tensor)
    node = tensor.node
    for _ in range(50):
        if node is None or isinstance(node.layer, InputLayer):
            return Output(units, Unknown("the output is an input"), None)
        layer = node.layer
        if isinstance(layer, Network):
            inner = output_tensors(layer)
            if layer.open is not None or layer.unknown is not None or tensor.index >= len(inner):
                return Output(units, Unknown("a model that is not known"), layer)
            tensor = inner[tensor.index]
            units = units if units is not None else _units(tensor)
            node = tensor.node
            continue
        activation = _activation_of(node)
        if activation is not None and activation != "linear":
            axis_kept = definitely_equal(units, _units(node.outputs[0])) or activation != "softmax"
            return Output(units, activation if axis_kept else Unknown("softmax along another axis"), layer)
        if activation == "linear" and layer.cls in _ACTIVATED:
            return Output(units, "linear", layer)
        if (activation is None and layer.cls not in SAME_VALUES) or len(node.inputs) != 1:
            return Output(units, Unknown(f"what {layer.cls} gives"), layer)
        tensor = node.inputs[0]
        node = tensor.node
    return Output(units, Unknown("too many layers"), None)


def _activation_of(node: Node) -> str | Unknown | None:
    """The activation that the call applies to its values; None for a layer that applies none."""
    layer = node.layer
    if layer.unknown is not None:
        return layer.unknown
    if layer.cls == "TimeDistributed":
        inner = layer.config.get("layer")
        if isinstance(inner, Layer) and inner.cls in _ACTIVATED and inner.unknown is None:
            activation = applied_activation(inner)
            # a linear layer in a wrapper ends the walk like a bare one
            return activation if activation != "linear" else Unknown("a wrapped linear layer")
        return Unknown("a wrapped layer")
    if layer.cls == "Softmax" and layer.config.get("axis", -1) != -1:
        return Unknown("softmax along another axis")
    if layer.cls in ACTIVATION_LAYERS or layer.cls in _ACTIVATED or layer.cls == "Activation":
        return applied_activation(layer)
    return None


def _units(tensor: Tensor) -> Dim:
    """The size of the last axis, from the layer's arguments where the network is not built yet."""
    known = last_dim(tensor)
    node = tensor.node
    for _ in range(50):
        if known is not None or node is None:
            return known
        layer = node.layer
        if layer.cls == "Dense" and layer.unknown is None:
            return config_size(layer, "units")
        if layer.cls not in ("Activation", "Dropout", "BatchNormalization", *ACTIVATION_LAYERS) or not node.inputs:
            return None
        known, node = last_dim(node.inputs[0]), node.inputs[0].node
    return None
