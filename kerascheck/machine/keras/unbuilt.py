"""What layers and models do not have before they are built or called, and what Keras 3 says to those who ask.

Source: `_get_node_attribute_at_index` of keras/src/ops/operation.py, keras/src/models/sequential.py and `count_params`
of keras/src/layers/layer.py (Keras 3.15).
"""

from __future__ import annotations

from kerascheck.machine.keras.lists import KerasList
from kerascheck.machine.run import Run
from kerascheck.machine.values import Value
from kerascheck.network.ir import BuiltinLayer, Layer, Site
from kerascheck.network.networks import Network
from kerascheck.project.target import Era
from kerascheck.symbolic.unknown import KerasError


def end_of_layer(run: Run, layer: Layer, name: str, site: Site) -> Value:
    """`layer.input` and `layer.output`: what its first call took or gave (in Keras 1 and 2, its only one)."""
    if layer.calls:
        node = layer.calls[0 if run.project.dialect == 3 else -1]
        tensors = list(node.outputs if name == "output" else node.inputs)
        return tensors[0] if len(tensors) == 1 else KerasList(tensors, run.tick(), f"{name}s", layer)
    if run.project.dialect == 3 and _is_settled(layer):
        _refuse(run, layer, _never_called(layer, name), site)
        if _had_ends(layer) and run.project.target.era is not Era.KERAS_3:
            assert isinstance(layer, Network)
            grown = possibly_grown(layer) if name == "output" else None
            # An older Keras has it, and may be meant.
            return (layer.outputs if name == "output" else layer.inputs)[0] if grown is None else run.fresh(grown)
    return run.fresh(f"{name} of {layer.cls}", site.node)


def refuse_lora(run: Run, layer: Layer, site: Site) -> None:
    """`layer.enable_lora(rank)` makes matrices of the size of the kernel, which a layer has when it is built.

    Source: `Dense.enable_lora` of keras/src/layers/core/dense.py (Keras 3.15).
    """
    has_weights = isinstance(layer.weights, list) and bool(layer.weights)
    if layer.cls in _WITH_LORA and _is_settled(layer) and not layer.calls and not has_weights:
        _refuse(run, layer, f"{layer.title} is not built yet, and enable_lora needs its kernel; build it", site)


#: Layers that can have matrices of low rank beside their kernels.
_WITH_LORA = frozenset({"Dense", "EinsumDense", "Embedding"})


def _refuse(run: Run, layer: Layer, message: str, site: Site) -> None:
    """Note the refusal, once for each layer: who asks for its input asks for its output, too."""
    if not any(raised.layer is layer and raised.error.kind == "unbuilt" for raised in run.program.raised):
        run.raised(KerasError(message, "unbuilt", only_keras_3=_had_ends(layer)), site, layer)


def _had_ends(layer: Layer) -> bool:
    """Whether it has an input and an output before Keras 3: a Sequential that knows what it is fed with."""
    return isinstance(layer, Network) and layer.is_sequential and bool(layer.inputs)


def _is_settled(layer: Layer) -> bool:
    """Whether all calls of it are seen."""
    if isinstance(layer, Network):
        if layer.is_sequential and not layer.inputs and layer.layers and layer.layers[0].unknown is not None:
            return False  # its first layer may bring an input
        return layer.open is None or (layer.kind == "subclass" and not layer.met_data)
    return isinstance(layer, BuiltinLayer) and not layer.met_unknown and layer.unknown is None


def _never_called(layer: Layer, name: str) -> str:
    subject = f"{layer.title} has no {name}"
    if not isinstance(layer, Network):
        return f"{subject}: it is never called on a tensor"
    if layer.kind == "subclass":
        return f"{subject} in Keras 3 before it is called on a keras.Input"
    if layer.inputs:
        return f"{subject} in Keras 3: a Sequential has one only when it is called itself; take model.{name}s[0]"
    return f"{subject} before it is built; begin it with keras.Input(...) and take model.{name}s[0]"


def possibly_grown(network: Network) -> str | None:
    """Why its last layer may not be the last one any more: code that is not seen may have added others."""
    return network.open.reason if network.is_sequential and network.open is not None else None


def end_of_network(run: Run, network: Network, name: str, site: Site) -> Value:
    """`model.inputs`, `model.outputs`, `model.input_shape` and `model.output_shape`."""
    tensors = network.inputs if name.startswith("input") else network.outputs
    if network.is_sequential and not network.inputs and network.open is None and run.project.dialect == 3:
        if not network.met_data and _is_settled(network):
            message = f"{network.title} has no {name} before it is built; begin it with keras.Input(...)"
            _refuse(run, network, message, site)
        return run.fresh(f"the {name} of a model that is not built")
    if not tensors:
        return run.fresh(f"the {name} of a model")
    if name.startswith("output") and (grown := possibly_grown(network)) is not None:
        return run.fresh(grown)
    if not name.endswith("_shape"):
        return KerasList(tensors, run.tick(), name, network)
    return tensors[0].shape if len(tensors) == 1 else run.new_list([tensor.shape for tensor in tensors])


def count_params(run: Run, layer: Layer, site: Site) -> Value:
    """`layer.count_params()`, which Keras refuses for what is not built."""
    unbuilt = _is_settled(layer) and not layer.calls and layer.weights is None
    if isinstance(layer, Network):
        ready = layer.met_data or layer.built or _passes_for_built(layer)
        unbuilt = unbuilt and not layer.inputs and not ready
    elif isinstance(layer, BuiltinLayer):
        unbuilt = unbuilt and layer.definition.has_weights
    if unbuilt:
        what = "model" if isinstance(layer, Network) else "layer"
        message = f"{layer.title} is not built, so its parameters cannot be counted; call {what}.build(shape)"
        _refuse(run, layer, message, site)
    return layer.params()


def _passes_for_built(network: Network) -> bool:
    """Whether Keras tried to build a Sequential when its second layer came, where the first has many inputs.

    That fails; it says nothing then, and counts what there is.
    """
    first = network.layers[0] if network.is_sequential and len(network.layers) > 1 else None
    return isinstance(first, Network) and len(first.inputs) > 1


def removed_shape(run: Run, layer: Layer, name: str, site: Site) -> Value:
    """`layer.input_shape` and `layer.output_shape`: of layers, Keras 3 knows only those of models."""
    tensors = (layer.calls[-1].outputs if name == "output_shape" else layer.calls[-1].inputs) if layer.calls else ()
    if not tensors:
        return run.fresh(f"{name} of {layer.cls}", site.node)
    return tensors[0].shape if len(tensors) == 1 else run.new_list([tensor.shape for tensor in tensors])
