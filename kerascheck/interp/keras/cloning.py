"""`keras.models.clone_model`: the same architecture with layers and variables of its own."""

from __future__ import annotations

from kerascheck.interp.keras.calling import apply_layer
from kerascheck.interp.keras.functional import finish_functional
from kerascheck.interp.keras.tensors import Operation
from kerascheck.interp.run import Run
from kerascheck.interp.values import Value
from kerascheck.network.arguments import Arguments
from kerascheck.network.ir import BuiltinLayer, InputLayer, Layer, Network, Node, Site, Tensor
from kerascheck.symbolic import Undetermined, Unknown


def clone_model(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    """`clone_model(model, input_tensors=None, clone_function=None)`."""
    model = arguments.value("model", 0)
    run.reach(site)
    if isinstance(model, Network) and len(arguments.positional) + len(arguments.keywords) == 1:
        try:
            return _copy_network(run, model, site, {})
        except Undetermined as undetermined:
            reason = undetermined.reason
    else:
        reason = "a clone of a model that is not known"
    network = Network("Model", run.layer_name("Model"), site)
    network.birth = run.tick()
    network.open = Unknown(reason)
    run.program.networks.append(network)
    return network


def copy_network(run: Run, model: Network, site: Site) -> Network:
    """The same architecture with layers and variables of its own. Raises Undetermined."""
    return _copy_network(run, model, site, {})


def _copy_network(run: Run, model: Network, site: Site, copies: dict[int, Layer]) -> Network:
    """A copy of the model; `copies` holds the copies of its layers by the ids of the originals."""
    if model.open is not None or model.unknown is not None or model.kind == "subclass" or not model.nodes:
        raise Undetermined("a clone of a model that is not known")
    network = Network(model.cls, model.name, site)
    network.kind, network.birth = model.kind, run.tick()
    known: dict[int, Tensor] = {}
    calls: list[Node] = []
    for tensor in model.inputs:
        original = tensor.node.layer if tensor.node is not None else None
        entry = InputLayer(original.name if original is not None else "input", tensor.shape, tensor.dtype, site)
        network.inputs.append(entry.tensor)
        known[id(tensor)] = entry.tensor
    if not model.inputs:
        known[id(model.nodes[0].inputs[0])] = Tensor(model.nodes[0].inputs[0].shape)
    for node in model.nodes:
        incoming = [known[id(tensor)] for tensor in node.inputs if id(tensor) in known]
        if len(incoming) != len(node.inputs):
            raise Undetermined("a clone of a graph that is not known")
        outputs = _call(run, node, incoming, site, copies)
        calls += [outputs[0].node] if outputs[0].node is not None else []
        for old, new in zip(node.outputs, outputs, strict=True):
            known[id(old)] = new
    network.outputs = [known[id(tensor)] for tensor in model.outputs if id(tensor) in known]
    if model.kind == "sequential":
        network.layers = [copies[id(layer)] for layer in model.layers]
        network.nodes = calls
    else:
        finish_functional(run, network, site)
    run.program.networks.append(network)
    return network


def _call(run: Run, node: Node, incoming: list[Tensor], site: Site, copies: dict[int, Layer]) -> list[Tensor]:
    layer = copies.get(id(node.layer))
    if layer is None:
        layer = copies[id(node.layer)] = _copy_layer(run, node.layer, site, copies)
    outputs = apply_layer(run, layer, incoming, site)
    if len(outputs) != len(node.outputs):
        raise Undetermined("a clone of a layer that is not known")
    return outputs


def _copy_layer(run: Run, layer: Layer, site: Site, copies: dict[int, Layer]) -> Layer:
    copy: Layer
    if isinstance(layer, Network):
        copy = _copy_network(run, layer, site, copies)
    elif isinstance(layer, Operation):
        copy = Operation(layer.cls, layer.name, layer.site, layer.rule)
        copy.call = layer.call
    elif type(layer) is BuiltinLayer and not any(isinstance(value, Layer) for value in layer.config.values()):
        copy = BuiltinLayer(layer.definition, layer.config, layer.name, layer.site, layer.arguments)
    else:
        raise Undetermined(f"a clone of {layer.cls}")
    copy.named_by_user = layer.named_by_user
    copy.trainable = layer.trainable
    return copy
