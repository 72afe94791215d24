"""`keras.models.clone_model`: the same architecture with layers and variables of its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kerascheck.layers.base import Config
from kerascheck.machine.attributes import get_attribute
from kerascheck.machine.keras.calling import apply_layer
from kerascheck.machine.keras.function_layers import FunctionLayer
from kerascheck.machine.keras.functional import finish_functional
from kerascheck.machine.keras.subclassing import CustomLayer
from kerascheck.machine.keras.tensors import Operation
from kerascheck.machine.members import find_method
from kerascheck.machine.run import Run
from kerascheck.machine.values import DictValue, Instance, Value
from kerascheck.network.arguments import Arguments, Given
from kerascheck.network.events import FileCall
from kerascheck.network.ir import BuiltinLayer, InputLayer, Layer, Node, Site, Tensor
from kerascheck.network.networks import Network
from kerascheck.symbolic.unknown import Undetermined, Unknown


def clone_model(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    """`clone_model(model, input_tensors=None, clone_function=None)`."""
    model = arguments.value("model", 0)
    run.reach(site)
    if isinstance(model, Network):
        run.note(FileCall("clone", model, None, arguments, site), model)
    if isinstance(model, Network) and len(arguments.positional) + len(arguments.keywords) == 1:
        try:
            return _noted(run, _Copies(run, site, None, False).network(model))
        except Undetermined as undetermined:
            reason = undetermined.reason
    else:
        reason = "a clone of a model that is not known"
    network = Network("Model", run.layer_name("Model"), site)
    network.birth = run.tick()
    network.open = Unknown(reason)
    run.add_network(network)
    return network


def copy_network(run: Run, model: Network, site: Site, trains: Mapping[int, bool] | None = None) -> Network:
    """The same architecture with layers and variables of its own, as its configuration makes it. Raises Undetermined.

    `trains`: which layers train, by their ids, where that is not as it is now. The configuration of a Sequential does
    not say whether it trains as a whole. Source: `Sequential.from_config` in keras/src/models/sequential.py, 3.15.
    """
    return _noted(run, _Copies(run, site, trains, True).network(model))


def _noted(run: Run, made: Network) -> Network:
    run.add_network(made)  # and not those in it, which are what they are copies of
    return made


class _Copies:
    """The copies of the layers of one model, by the ids of the originals."""

    def __init__(self, run: Run, site: Site, trains: Mapping[int, bool] | None, by_config: bool) -> None:
        self.by_config = by_config
        self.run = run
        self.site = site
        self.trains = trains or {}
        self.made: dict[int, Layer] = {}

    def network(self, model: Network) -> Network:
        """A copy of the model."""
        run, site = self.run, self.site
        if model.open is not None or model.unknown is not None or model.kind == "subclass" or not model.nodes:
            raise Undetermined("a clone of a model that is not known")
        if type(model) is not Network:
            raise Undetermined("a clone of a model of a class of the program")
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
            outputs = self.call(node, incoming)
            calls += [outputs[0].node] if outputs[0].node is not None else []
            for old, new in zip(node.outputs, outputs, strict=True):
                known[id(old)] = new
        network.outputs = [known[id(tensor)] for tensor in model.outputs if id(tensor) in known]
        if model.kind == "sequential":
            network.layers = [self.made[id(layer)] for layer in model.layers]
            network.nodes = calls
        else:
            finish_functional(run, network, site)
        if not (self.by_config and model.kind == "sequential"):
            network.trainable = self.trains.get(id(model), model.trainable)
        return network

    def call(self, node: Node, incoming: list[Tensor]) -> list[Tensor]:
        """The call of a layer, made again with its copy."""
        outputs = apply_layer(self.run, self.layer(node.layer), incoming, self.site)
        if len(outputs) != len(node.outputs):
            raise Undetermined("a clone of a layer that is not known")
        return outputs

    def layer(self, layer: Layer) -> Layer:
        """The copy of a layer, made once."""
        copy = self.made.get(id(layer))
        if copy is not None:
            return copy
        if layer.unknown is not None:
            raise Undetermined(layer.unknown.reason)
        if isinstance(layer, Network):
            copy = self.network(layer)
        elif isinstance(layer, Operation):
            copy = Operation(layer.cls, layer.name, layer.site, layer.rule)
            copy.call = layer.call
        elif isinstance(layer, FunctionLayer):
            copy = FunctionLayer(layer.definition, layer.config, layer.name, layer.site, layer.arguments)
            copy.function, copy.machine = layer.function, layer.machine
        elif type(layer) is BuiltinLayer:
            copy = BuiltinLayer(layer.definition, self.config(layer), layer.name, layer.site, layer.arguments)
        elif isinstance(layer, CustomLayer):
            copy = self.custom(layer)
        else:
            raise Undetermined(f"a clone of {layer.cls}")
        copy.named_by_user, copy.adapted = layer.named_by_user, layer.adapted
        copy.trainable = self.trains.get(id(layer), layer.trainable)
        self.made[id(layer)] = copy
        return copy

    def custom(self, layer: CustomLayer) -> Layer:
        """Another layer of a class of the program, made of what its `get_config` gives.

        A class without one is made with the same arguments again, where these are plain values.
        Source: `Operation.get_config` in keras/src/ops/operation.py of Keras 3.15.
        """
        run, instance = self.run, layer.instance
        method = find_method(instance, "get_config")
        given = layer.arguments or Arguments([], {})
        if method is not None:
            config = run.call(method, Arguments([], {}), self.site)
            if not isinstance(config, DictValue) or config.unknown is not None:
                raise Undetermined(f"the configuration of {layer.cls}")
            maker = get_attribute(run, instance.cls, "from_config", self.site.node)
            made = run.call(maker, Arguments([Given(config)], {}), self.site)
        elif run.project.dialect == 3 and not given.open_positional and _all_plain(given):
            made = run.call(instance.cls, given, self.site)
        else:
            raise Undetermined(f"the configuration of {layer.cls}")
        copy = made.layer if isinstance(made, Instance) else None
        if not isinstance(copy, CustomLayer) or copy is layer or copy.unknown is not None:
            raise Undetermined(f"a copy of {layer.cls}")
        copy.name, copy.latest = layer.name, layer.latest
        return copy

    def config(self, layer: BuiltinLayer) -> Config:
        """Its configuration, with copies of the layers that it wraps."""
        old = layer.config
        if not any(map(_holds_layer, old.values())):
            return old
        values = {name: self.value(value) for name, value in old.items()}
        return Config(old.layer_name, values, old.given, old.dialect)

    def value(self, value: Any) -> Any:
        """A value of a configuration."""
        if isinstance(value, Layer):
            return self.layer(value)
        return [self.value(item) for item in value] if _holds_layer(value) else value


def _all_plain(arguments: Arguments) -> bool:
    values = [given.value for given in (*arguments.positional, *arguments.keywords.values())]
    return not arguments.open_keywords and all(isinstance(value, (str, int, float, type(None))) for value in values)


def _holds_layer(value: Any) -> bool:
    return isinstance(value, Layer) or (isinstance(value, (list, tuple)) and any(map(_holds_layer, value)))
