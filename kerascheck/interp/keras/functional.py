"""`keras.Model(inputs, outputs)`: the graph between given tensors."""

from __future__ import annotations

from kerascheck.interp.keras.calling import input_tensors, nested_badly
from kerascheck.interp.keras.freeze import freeze, freeze_arguments
from kerascheck.interp.keras.tensors import Constant, Operation
from kerascheck.interp.run import Run
from kerascheck.network.arguments import Arguments
from kerascheck.network.ir import InputLayer, Layer, Network, Node, Site, Tensor
from kerascheck.symbolic import KerasError, Unknown


def make_functional(run: Run, name: str, arguments: Arguments, site: Site) -> Network:
    """`keras.Model(inputs=..., outputs=..., name=...)`, also spelled `input=`, `output=`."""
    run.reach(site)
    network = Network("Functional", "", site, freeze_arguments(run, arguments))
    network.birth = run.tick()
    run.program.networks.append(network)
    fill_functional(run, network, arguments, site)
    given = network.arguments.value("name", 2) if network.arguments else None
    network.name = given if isinstance(given, str) else run.layer_name("Functional")
    network.named_by_user = isinstance(given, str)
    return network


def fill_functional(run: Run, network: Network, arguments: Arguments, site: Site) -> None:
    """Find the graph between the inputs and outputs that the constructor call gives."""
    inputs = arguments.value("inputs", 0, arguments.value("input"))
    outputs = arguments.value("outputs", 1, arguments.value("output"))
    into, out = input_tensors(inputs), input_tensors(outputs)
    if into is None or out is None:
        for what, value, tensors in (("inputs", inputs, into), ("outputs", outputs, out)):
            wrong = freeze(value)
            if tensors is None and isinstance(wrong, (Layer, str, int, float)):
                run.raised(
                    KerasError(f"{what} of a model are Keras tensors, got {wrong!r}"[:160], "not-a-tensor"),
                    site,
                    network,
                )
        network.open = Unknown("its inputs or outputs are not known tensors")
        return
    network.inputs, network.outputs = into, out
    network.takes, network.gives = freeze(inputs), freeze(outputs)
    finish_functional(run, network, site)


def finish_functional(run: Run, network: Network, site: Site) -> None:
    """Collect the calls between inputs and outputs, in the order in which Keras lists its layers.

    Source: `map_graph` in keras/src/ops/function.py of Keras 3.15.
    """
    stops = {id(tensor) for tensor in network.inputs}
    order: list[Node] = []
    finished: set[int] = set()
    first_seen: dict[int, int] = {}
    missing: Tensor | None = None
    open_reason: Unknown | None = None

    for output in network.outputs:
        # A depth-first walk with its own stack: graphs are as deep as their networks.
        stack: list[tuple[Tensor, bool]] = [(output, False)]
        while stack:
            tensor, leaving = stack.pop()
            node = tensor.node
            if node is None:
                if id(tensor) not in stops and (tensor is output or not isinstance(tensor, Constant)):
                    open_reason = open_reason or _reason(tensor)
                continue
            if leaving:
                if id(node) not in finished:
                    finished.add(id(node))
                    order.append(node)
                continue
            if id(node) in finished:
                continue
            is_input = isinstance(node.layer, InputLayer)
            if id(tensor) in stops and not is_input:
                finished.add(id(node))
                continue
            if is_input and id(tensor) not in stops:
                missing = missing or tensor
            first_seen.setdefault(id(node.layer), len(first_seen))
            stack.append((tensor, True))
            stack.extend((incoming, False) for incoming in reversed(node.inputs))
    if open_reason is not None:
        network.open = open_reason
    elif missing is not None:
        name = missing.node.layer.name if missing.node is not None else "an input"
        run.raised(
            KerasError(
                f"the graph is disconnected: an output depends on {name}, which is not among the model's inputs",
                "disconnected",
            ),
            site,
            network,
        )
        network.open = Unknown("its graph is disconnected")
    _order_layers(network, order, first_seen)
    if (reason := next(filter(None, (nested_badly(layer, network) for layer in network.layers)), None)) is not None:
        network.open = Unknown(reason)
        network.layers, network.nodes = [], []
        return
    _check_names(run, network, site)


def trace_graph(inputs: list[Tensor], outputs: list[Tensor]) -> list[Node]:
    """The calls between inputs and outputs in topological order."""
    stops = {id(tensor) for tensor in inputs}
    finished: set[int] = set()
    order: list[Node] = []
    for output in outputs:
        stack: list[tuple[Tensor, bool]] = [(output, False)]
        while stack:
            tensor, leaving = stack.pop()
            node = tensor.node
            if node is None or id(tensor) in stops:
                continue
            if leaving:
                if id(node) not in finished:
                    finished.add(id(node))
                    order.append(node)
            elif id(node) not in finished:
                stack.append((tensor, True))
                stack.extend((incoming, False) for incoming in reversed(node.inputs))
    return order


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
    for node in reversed(order):
        depth = max(depth_of_node.get(id(node), 0), depth_of_layer.get(id(node.layer), 0))
        depth_of_layer[id(node.layer)] = depth
        depth_of_node[id(node)] = depth
        layers[id(node.layer)] = node.layer
        for tensor in node.inputs:
            parent = tensor.node
            if parent is not None and id(parent) in present:
                depth_of_node[id(parent)] = max(depth + 1, depth_of_node.get(id(parent), 0))
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


def _check_names(run: Run, network: Network, site: Site) -> None:
    seen: dict[str, Layer] = {}
    for layer in network.layers:
        other = seen.setdefault(layer.name, layer)
        if other is not layer and other.named_by_user and layer.named_by_user and _is_plain(layer.name):
            run.raised(
                KerasError(
                    f'the name "{layer.name}" is used twice; layers of a model need unique names', "duplicate-name"
                ),
                layer.site or site,
                layer,
            )
            return


def _is_plain(name: str) -> bool:
    return bool(name) and name.replace("_", "").replace("-", "").isalnum()
