"""What matters in a run, and the conditions it hangs on."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterator
from itertools import islice
from typing import Any

from kerascheck.data.array import Array
from kerascheck.machine.values import DictValue, Instance, ListValue, Partial
from kerascheck.network.arguments import Arguments
from kerascheck.network.ir import Layer, Tensor
from kerascheck.network.networks import Network
from kerascheck.network.program import KerasObject, Program, TrainCall
from kerascheck.symbolic.unknown import NOTHING, Symbol, Unknown

#: Collections that are looked into for one value, and items of each of them.
_MAX_COLLECTIONS = 200
_MAX_ITEMS = 100

#: Classes of values that hang on nothing, whatever they are.
WITHOUT_NEEDS = frozenset({str, int, float, bool, type(None), Symbol})
#: Those of collections, which may hold themselves.
_HOLDING = (tuple, list, ListValue, DictValue)


def program_needs(program: Program) -> Iterator[tuple[Hashable, frozenset[Hashable]]]:
    """The conditions that each model, compilation and training hangs on, where they are not decided, by its place."""
    known: dict[int, frozenset[Hashable]] = {}
    for network in program.networks:
        yield place_of(network), _network(network, known)
    for layer in program.layers:
        yield place_of(layer), _layer(layer, known)
    for call in program.compiles:
        yield place_of(call), arguments_need(call.arguments) | _network(call.network, known)
        yield place_of(call.network), _network(call.network, known)
    for training in program.trainings:
        yield place_of(training.network), _network(training.network, known)


def trainings_need(program: Program) -> Iterator[tuple[Hashable, frozenset[Hashable]]]:
    """The same of each training with its data."""
    for training in program.trainings:
        yield place_of(training), training_needs(training) | network_needs(training.network)


def training_needs(call: TrainCall) -> frozenset[Hashable]:
    """The conditions that the data and the other arguments of a training hang on."""
    return call.needs | arguments_need(call.arguments)


def place_of(thing: Any) -> Hashable:
    """Where the thing stands in the program."""
    return thing.site.key if thing.site is not None else ("made", id(thing))


def network_needs(network: Network) -> frozenset[Hashable]:
    """The conditions that the model hangs on, where they are not decided."""
    return _network(network, {})


def _network(network: Network, known: dict[int, frozenset[Hashable]]) -> frozenset[Hashable]:
    found = known.get(id(network))
    if found is not None:
        return found
    known[id(network)] = NOTHING  # a model that contains itself
    needs = network.needs
    for unknown in (network.open, network.unknown):
        if unknown is not None:
            needs |= unknown.needs
    for layer in network.layers:
        needs |= _layer(layer, known)
    for node in network.nodes:
        for tensor in (*node.inputs, *node.outputs):
            needs |= tensor_needs(tensor)
    for tensor in (*network.inputs, *network.outputs):
        needs |= tensor_needs(tensor)
    known[id(network)] = needs
    return needs


def _layer(layer: Layer, known: dict[int, frozenset[Hashable]]) -> frozenset[Hashable]:
    if isinstance(layer, Network):
        return _network(layer, known)
    needs = layer.needs
    if layer.unknown is not None:
        needs |= layer.unknown.needs
    if isinstance(layer.weights, Unknown):
        needs |= layer.weights.needs
    # A plain dictionary is faster to walk than the mapping around it.
    for value in getattr(layer.config, "values_by_name", layer.config).values():
        if type(value) not in WITHOUT_NEEDS:
            needs |= value_needs(value)
    if layer.arguments is not None:
        needs |= arguments_need(layer.arguments)
    for inner in layer.sublayers():
        needs |= _layer(inner, known)
    return needs


def layer_needs(layer: Layer) -> frozenset[Hashable]:
    """The conditions that the layer hangs on, where they are not decided."""
    return _layer(layer, {})


def tensor_needs(tensor: Tensor) -> frozenset[Hashable]:
    """The same of a tensor by itself."""
    return tensor.needs | (tensor.shape.needs if isinstance(tensor.shape, Unknown) else NOTHING)


def arguments_need(arguments: Arguments) -> frozenset[Hashable]:
    """The conditions that the arguments of a call hang on."""
    needs = NOTHING
    for given in (*arguments.positional, *arguments.keywords.values()):
        if type(given.value) not in WITHOUT_NEEDS:
            needs |= value_needs(given.value)
    return needs


def value_needs(value: Any) -> frozenset[Hashable]:
    """The conditions that a value hangs on, or what is in it."""
    return NOTHING if type(value) in WITHOUT_NEEDS else _value(value, set())


def _value(value: Any, within: set[int]) -> frozenset[Hashable]:
    """`within`: the collections that were looked into already, by their ids."""
    kind = type(value)
    if kind is tuple or kind is list:
        return _items(value, within)
    if isinstance(value, Unknown):
        return value.needs
    if isinstance(value, Tensor):
        return tensor_needs(value)
    if isinstance(value, (Layer, Array)):
        return value.needs
    if isinstance(value, KerasObject):
        return value.needs | arguments_need(value.arguments)
    if isinstance(value, (ListValue, DictValue)):
        needs = value.unknown.needs if value.unknown is not None else NOTHING
        return needs | _value(value.items, within)
    if isinstance(value, (tuple, list, set)):
        return _items(value, within)
    if isinstance(value, dict):
        return _items(value.values(), within)
    if isinstance(value, Partial):
        return arguments_need(value.arguments)
    if isinstance(value, Instance):
        return value.layer.needs if value.layer is not None else NOTHING
    needs = getattr(value, "needs", NOTHING)
    return needs if isinstance(needs, frozenset) else NOTHING


def _items(items: Collection[Any], within: set[int]) -> frozenset[Hashable]:
    """Those of some of the items: of a large list, the rest is made as its beginning is."""
    needs = NOTHING
    for item in islice(items, _MAX_ITEMS):
        if type(item) in WITHOUT_NEEDS:
            continue
        if isinstance(item, _HOLDING):
            if id(item) in within or len(within) >= _MAX_COLLECTIONS:
                continue
            within.add(id(item))
        needs |= _value(item, within)
    return needs
