"""`keras.Model(inputs, outputs)`: the graph between given tensors."""

from __future__ import annotations

from dataclasses import dataclass

from kerascheck.data.array import Array
from kerascheck.machine.keras.calling import input_tensors, nested_badly
from kerascheck.machine.keras.class_refusals import BASE_ARGUMENTS
from kerascheck.machine.keras.freeze import freeze, freeze_arguments
from kerascheck.machine.keras.tensors import Constant, Operation
from kerascheck.machine.keras.trainable import give_trainable
from kerascheck.machine.run import Run
from kerascheck.machine.values import Value
from kerascheck.network.arguments import Arguments
from kerascheck.network.ir import InputLayer, Layer, Node, Site, Tensor
from kerascheck.network.networks import Network
from kerascheck.symbolic.unknown import REFUSED, KerasError, Unknown


def make_functional(run: Run, name: str, arguments: Arguments, site: Site) -> Network:
    """`keras.Model(inputs=..., outputs=..., name=...)`, also spelled `input=`, `output=`."""
    run.reach(site)
    network = Network("Functional", "", site, freeze_arguments(run, arguments))
    network.birth = run.tick()
    run.add_network(network)
    fill_functional(run, network, arguments, site)
    give_trainable(run, network, arguments)
    given = network.arguments.value("name", 2) if network.arguments else None
    network.name = given if isinstance(given, str) else run.layer_name("Functional")
    network.named_by_user = isinstance(given, str)
    return network


def fill_functional(run: Run, network: Network, arguments: Arguments, site: Site) -> None:
    """Find the graph between the inputs and outputs that the constructor call gives."""
    if _is_empty(arguments):
        network.open = Unknown("it is made without inputs and outputs")
        return
    inputs = arguments.value("inputs", 0, arguments.value("input"))
    outputs = arguments.value("outputs", 1, arguments.value("output"))
    error = _foreign_argument(arguments) or (_refused_form(arguments) if run.project.dialect == 3 else None)
    if error is not None and inputs is not None and outputs is not None:
        run.raised(error, site, network)
        network.refused = Unknown("Keras refuses to make it")
        error = None  # both are given, if under other names
    for what, value in (("inputs", inputs), ("outputs", outputs)):
        error = error or _refused_ends(network, what, value)
    if error is not None:
        run.raised(error, site, network)
        network.open = Unknown("Keras refuses to make it")
        return
    into, out = input_tensors(inputs), input_tensors(outputs)
    if into is None or out is None:
        network.open = _why_no_tensors("inputs", inputs) if into is None else _why_no_tensors("outputs", outputs)
        return
    network.inputs, network.outputs = into, out
    network.takes, network.gives = freeze(inputs), freeze(outputs)
    finish_functional(run, network, site)


def _is_empty(arguments: Arguments) -> bool:
    """Whether a model is made as a layer is, without a graph: it is of no use, but Keras makes it."""
    return _has_no_ends(arguments) and arguments.keywords.keys() <= BASE_ARGUMENTS


def _has_no_ends(arguments: Arguments) -> bool:
    """Whether neither inputs nor outputs are given, under any name."""
    is_open = arguments.open_positional or arguments.open_keywords
    return not arguments.positional and not is_open and not arguments.keywords.keys() & _ENDS


#: The names of inputs and outputs; those without an s are of Keras 1.
_ENDS = frozenset({"inputs", "outputs", "input", "output"})


def _foreign_argument(arguments: Arguments) -> KerasError | None:
    """The refusal of what no layer takes, by a model that is made as a layer is; any Keras refuses it."""
    if not _has_no_ends(arguments):
        return None
    for name in arguments.keywords:
        if name not in BASE_ARGUMENTS:
            return KerasError(f"Model has no argument {name}; it takes inputs and outputs", "unknown-argument")
    return None


def is_functional(arguments: Arguments) -> bool:
    """Whether the arguments of a constructor are surely those of a Functional model, whatever the values are.

    Source: `functional_init_arguments` in keras/src/models/model.py of Keras 3.15.
    """
    count, names = len(arguments.positional), arguments.keywords.keys()
    by_position = not arguments.open_positional and (count == 2 or (count == 1 and "outputs" in names))
    return by_position or {"inputs", "outputs"} <= names


def may_be_functional(arguments: Arguments) -> bool:
    """Whether what is behind `*args` and `**kwargs` may make them so."""
    return arguments.open_positional or (
        arguments.open_keywords and bool(arguments.positional or {"inputs", "outputs"} & arguments.keywords.keys())
    )


def _refused_form(arguments: Arguments) -> KerasError | None:
    """The refusal of arguments that do not name inputs and outputs, and no more by position."""
    if arguments.open_positional or arguments.open_keywords or is_functional(arguments):
        return None
    count, names = len(arguments.positional), arguments.keywords.keys()
    if names & {"input", "output"}:
        return KerasError("Model has no arguments input and output; they are inputs and outputs", "gone-argument")
    if count > 2:
        return KerasError(f"Model takes inputs and outputs by position, {count} are given; write name=...", "argument")
    if count or "inputs" in names or "outputs" in names:
        missing = "inputs" if "outputs" in names else "outputs"
        return KerasError(f"Model needs {missing}; write Model(inputs=..., outputs=...)", "missing-argument")
    return None


def _refused_ends(network: Network, what: str, value: Value) -> KerasError | None:
    """The refusal of inputs or outputs that are surely no tensors."""
    found = freeze(value)
    for wrong in _flat(found):
        if isinstance(wrong, Layer) and wrong.unknown is None and wrong.refused is None:
            shown = f"the layer {wrong.title}; call it on a tensor"
        elif wrong is None:
            shown = "None; does the function that makes them return them?"
        elif isinstance(wrong, (str, int, float)):
            shown = repr(wrong)
        elif isinstance(wrong, Array) and wrong.kind == "numpy":
            shown = "an array of numpy"
        else:
            continue
        return KerasError(f"the {what} of a model are Keras tensors, got {shown}", "not-a-tensor")
    return None


def _why_no_tensors(what: str, value: Value) -> Unknown:
    """Why the ends of a model are not known: the root of it, where there is one."""
    for leaf in _flat(freeze(value)):
        if isinstance(leaf, Unknown):
            return Unknown(f"its {what} are not known: {leaf.reason}", needs=leaf.needs, origin=leaf.origin)
    return Unknown(f"its {what} are not known tensors")


def _flat(value: Value) -> list[Value]:
    """The leaves of an input structure."""
    if isinstance(value, dict):
        value = list(value.values())
    return [leaf for item in value for leaf in _flat(item)] if isinstance(value, (list, tuple)) else [value]


@dataclass
class Graph:
    """The calls that lead from inputs to outputs."""

    nodes: list[Node]  # each behind those that it needs; with InputLayers
    first_seen: dict[int, int]  # the number of each layer, by id, in the order in which the walk meets it
    missing: Tensor | None = None  # an Input on the way that is not among the inputs
    unknown: Tensor | None = None  # a tensor that comes from nowhere


def trace_graph(inputs: list[Tensor], outputs: list[Tensor]) -> Graph:
    """Walk from the outputs back to the inputs, depth first.

    Source: `map_graph` in keras/src/ops/function.py of Keras 3.15.
    """
    stops = {id(tensor) for tensor in inputs}
    graph = Graph([], {})
    finished: set[int] = set()
    for output in outputs:
        # A stack of its own: graphs are as deep as their networks.
        stack: list[tuple[Tensor, bool]] = [(output, False)]
        while stack:
            tensor, leaving = stack.pop()
            node = tensor.node
            if node is None:
                if id(tensor) not in stops and (tensor is output or not isinstance(tensor, Constant)):
                    graph.unknown = graph.unknown or tensor
            elif leaving:
                if id(node) not in finished:
                    finished.add(id(node))
                    graph.nodes.append(node)
            elif id(node) not in finished:
                is_input = isinstance(node.layer, InputLayer)
                if id(tensor) in stops and not is_input:
                    continue
                if is_input and id(tensor) not in stops:
                    graph.missing = graph.missing or tensor
                graph.first_seen.setdefault(id(node.layer), len(graph.first_seen))
                stack.append((tensor, True))
                if len(node.inputs) == 1:
                    stack.append((node.inputs[0], False))
                else:
                    stack += [(incoming, False) for incoming in reversed(node.inputs)]
    return graph


def finish_functional(run: Run, network: Network, site: Site) -> None:
    """Collect the calls between inputs and outputs, in the order in which Keras lists its layers."""
    graph = trace_graph(network.inputs, network.outputs)
    if graph.unknown is not None:
        network.open = _reason(graph.unknown)
    elif graph.missing is not None:
        name = repr(graph.missing.node.layer.name) if graph.missing.node is not None else "an input"
        run.raised(
            KerasError(
                f"the graph is disconnected: an output depends on {name}, which is not among the model's inputs",
                "disconnected",
            ),
            site,
            network,
        )
        network.open = Unknown("its graph is disconnected")
    elif any(isinstance(tensor.shape, Unknown) and tensor.shape.reason == REFUSED for tensor in network.outputs):
        network.open = Unknown(REFUSED)
    _order_layers(network, graph.nodes, graph.first_seen)
    for layer in network.layers:
        reason = nested_badly(layer, network)
        if reason is not None:
            network.open = Unknown(reason)
            network.layers, network.nodes = [], []
            return
    _check_names(run, network, site)


def _reason(tensor: Tensor) -> Unknown:
    if isinstance(tensor.shape, Unknown):
        return tensor.shape
    return Unknown("a tensor in it comes from something that is not known")


def _order_layers(network: Network, order: list[Node], first_seen: dict[int, int]) -> None:
    """By decreasing distance from the outputs, then by the order of traversal."""
    depth_of_node: dict[int, int] = {}
    depth_of_layer: dict[int, int] = {}
    present = {id(node) for node in order}
    layers: dict[int, Layer] = {}
    clones = {id(tensor): _cloned(tensor) for tensor in network.inputs if _is_inner(tensor)}
    for node in reversed(order):
        key, own = id(node.layer), id(node)
        depth = max(depth_of_node.get(own, 0), depth_of_layer.get(key, 0))
        depth_of_layer[key] = depth
        depth_of_node[own] = depth
        layers[key] = node.layer
        for tensor in node.inputs:
            parent = id(tensor.node)
            clone = clones.get(id(tensor))
            if clone is not None:
                layers.setdefault(id(clone), clone)
                first_seen.setdefault(id(clone), len(first_seen))
                depth_of_layer[id(clone)] = max(depth_of_layer.get(id(clone), 0), depth + 1)
            elif parent in present and depth_of_node.get(parent, 0) <= depth:
                depth_of_node[parent] = depth + 1
    for tensor in network.inputs:
        if tensor.node is not None and isinstance(tensor.node.layer, InputLayer):
            layer = tensor.node.layer
            if id(layer) not in layers:
                layers[id(layer)] = layer
                depth_of_layer[id(layer)] = 0
                first_seen[id(layer)] = -1
    network.layers = sorted(
        (layer for layer in layers.values() if not isinstance(layer, Operation)),
        key=lambda lay: (-depth_of_layer[id(lay)], first_seen[id(lay)]),
    )
    network.nodes = sorted(
        (node for node in order if not isinstance(node.layer, InputLayer)),
        key=lambda node: -depth_of_node[id(node)],
    )


def _is_inner(tensor: Tensor) -> bool:
    """Whether a layer has made the tensor: as the input of another model, Keras puts a new `Input` in its place."""
    return tensor.node is not None and not isinstance(tensor.node.layer, InputLayer)


def _cloned(tensor: Tensor) -> InputLayer:
    """The `Input` in place of an inner tensor. Keras calls it `keras_tensor_14CLONE`, by a number of its own.

    Source: `clone_graph_nodes` in keras/src/models/functional.py of Keras 3.15.
    """
    return InputLayer("keras_tensor", tensor.shape, tensor.dtype, tensor.node.site if tensor.node else None)


def _check_names(run: Run, network: Network, site: Site) -> None:
    seen: dict[str, Layer] = {}
    for layer in network.layers:
        other = seen.setdefault(layer.name, layer)
        if other is not layer and other.named_by_user and layer.named_by_user and _is_plain(layer.name):
            if run.project.dialect < 3 and is_applied(run, other):
                continue  # its layers had other names at that time
            run.raised(
                KerasError(
                    f"the name {layer.name!r} is used twice; layers of a model need unique names", "duplicate-name"
                ),
                site,
                layer,
            )
            return


def is_applied(run: Run, layer: Layer) -> bool:
    """Whether the layer is one of a model of `keras.applications`."""
    applied = (model for model in run.program.networks if model.qualname.startswith("keras.applications."))
    return any(own is layer for model in applied for own in model.layers)


def _is_plain(name: str) -> bool:
    return bool(name) and name.replace("_", "").replace("-", "").isalnum()
