"""`keras.Sequential`: construction, `add`, `pop`, `build`."""

from __future__ import annotations

from typing import Any

from kerascheck.layers.base import MultiInput
from kerascheck.layers.core import Embedding
from kerascheck.layers.names import check_base
from kerascheck.layers.values import describe_wrong, is_plain, layer_class
from kerascheck.machine.keras.afresh import NO_SHAPE, unknown_tensor
from kerascheck.machine.keras.calling import apply_layer, nested_badly, place
from kerascheck.machine.keras.freeze import as_shape, as_size, checked_shape, freeze, freeze_arguments
from kerascheck.machine.keras.recovery import called_all_the_same
from kerascheck.machine.keras.refusals import takes_a_list
from kerascheck.machine.keras.trainable import give_trainable
from kerascheck.machine.run import Run
from kerascheck.machine.sequences import items_of
from kerascheck.machine.values import BoundMethod, ClassValue, FunctionValue, Instance, Partial, Value
from kerascheck.network.arguments import Arguments, Given
from kerascheck.network.dims import Shape
from kerascheck.network.ir import BuiltinLayer, InputLayer, Layer, Site, Tensor
from kerascheck.network.networks import Network
from kerascheck.symbolic.unknown import REFUSED, KerasError, Symbol, Unknown


def make_sequential(run: Run, name: str, arguments: Arguments, site: Site) -> Network:
    """`keras.Sequential(layers=None, trainable=True, name=None)`."""
    run.reach(site)
    network = new_sequential(run, "Sequential", arguments, site)
    fill_sequential(run, network, arguments, site)
    give_trainable(run, network, arguments, 1)
    return network


_PARAMETERS = ("layers", "trainable", "name")


def _check_arguments(arguments: Arguments) -> None:
    """Raise KerasError for arguments that Keras 3 refuses."""
    for name in arguments.keywords:
        if name not in _PARAMETERS:
            raise KerasError(
                f"Sequential has no argument {name}; it takes a list of layers, and keras.Input(...) is the first",
                "unknown-argument",
            )
    layers, second = arguments.value("layers", 0), arguments.value("trainable", 1, True)
    if isinstance(freeze(second), Layer):
        raise KerasError("Sequential takes one list of layers; write Sequential([..., ...])", "argument")
    check_base("Sequential", {"trainable": second, "name": arguments.value("name", 2)})
    what = freeze(layers)
    if isinstance(what, (Layer, Tensor, int, float)):
        shown = f"the layer {what.title}" if isinstance(what, Layer) else describe_wrong("Sequential", what)
        raise KerasError(
            f"Sequential takes a list of layers, got {shown or what}; write Sequential([...])", "not-a-layer"
        )


def _mended(run: Run, arguments: Arguments) -> Arguments:
    """The layers that a refused constructor call is meant to give: one after the other instead of in a list."""
    given = [*arguments.positional, *(given for name, given in arguments.keywords.items() if name == "layers")]
    if given and all(isinstance(freeze(one.value), Layer) for one in given):
        return Arguments([Given(run.new_list([one.value for one in given]))], {}, call=arguments.call)
    first = given[0].value if given else None
    whole = Unknown("Keras refuses these arguments") if is_plain(freeze(first)) and first is not None else first
    return Arguments([Given(whole)] if given else [], {}, call=arguments.call)


def new_sequential(run: Run, cls: str, arguments: Arguments, site: Site) -> Network:
    """An empty Sequential (or an object of a subclass of it)."""
    frozen = freeze_arguments(run, arguments)
    network = Network(cls, "", site, frozen)
    network.kind = "sequential"
    given = frozen.value("name", 2)
    network.name = given if isinstance(given, str) else run.layer_name(cls)
    network.named_by_user = isinstance(given, str)
    network.birth = run.tick()
    run.add_network(network)
    return network


def fill_sequential(run: Run, network: Network, arguments: Arguments, site: Site) -> None:
    """Add the layers that the constructor call gives."""
    if run.project.dialect == 3:
        try:
            _check_arguments(arguments)
        except KerasError as error:
            run.raised(error, site, network)
            network.refused = Unknown("Keras refuses these arguments")
            arguments = _mended(run, arguments)
    layers = arguments.value("layers", 0)
    if layers is None:
        return
    items = items_of(run, layers)
    if isinstance(items, Unknown):
        network.open = Unknown(f"its layers are not known: {items.reason}", needs=items.needs, origin=items.origin)
        return
    for item in items:
        add_layer(run, network, item, None, site)
    _count_build(run, network)


def _count_build(run: Run, network: Network) -> None:
    """Keras builds a Functional model inside, anew with each change: that uses up an automatic name."""
    if network.inputs and network.layers:
        run.layer_name("Functional")


def _implied_input(run: Run, shape: Shape | Unknown, first: Layer | None) -> InputLayer:
    """The InputLayer that Keras puts before a first layer: it uses up an automatic name, too."""
    return InputLayer(run.layer_name("input_layer"), shape, _entry_dtype(run, first), None)


def _entry_dtype(run: Run, first: Layer | None) -> str | Unknown:
    """The dtype of that input: the one its first layer computes in, which is that of texts for some.

    Source: `Sequential.build` in keras/src/models/sequential.py of Keras 3.15.
    """
    from kerascheck.machine.keras.subclassing import CustomLayer

    if isinstance(first, CustomLayer):
        given = first.base_arguments.value("dtype") if first.base_arguments is not None else None
        return "float32" if given is None else given if isinstance(given, str) else Unknown("the dtype of its input")
    if first is not None and first.unknown is not None:
        return Unknown("the dtype of its input")
    if isinstance(first, BuiltinLayer):
        dtype = first.definition.entry_dtype(first.config)
        return "float32" if run.project.dialect < 3 and dtype != "string" else dtype
    return "float32"


def add_layer(run: Run, network: Network, value: Value, call_site: Site | None, site: Site) -> None:
    """Add one layer; `call_site` is the `add` call where there is one."""
    if not run.may_change(network):
        return
    caller = call_site or site
    layer: Any = freeze(value)
    if isinstance(layer, Tensor) and layer.node is not None and isinstance(layer.node.layer, InputLayer):
        layer = layer.node.layer
    if isinstance(layer, Unknown) or (isinstance(value, Instance) and not isinstance(layer, Layer)):
        lost = layer if isinstance(layer, Unknown) else Unknown("an object")
        network.open = network.open or Unknown(
            f"a layer in it is not known: {lost.reason}", needs=lost.needs, origin=lost.origin or caller.node
        )
        network.outputs = [unknown_tensor(network.open)]
        return
    if not isinstance(layer, Layer):
        what = _no_layer(layer)
        if what is not None:
            run.raised(KerasError(f"Sequential.add takes a layer object, got {what}", "not-a-layer"), caller, network)
            network.outputs = [Tensor(Unknown(REFUSED))] if network.outputs else []
        network.open = network.open or Unknown("something in it is not a layer")
        network.outputs = [unknown_tensor(network.open)]
        return
    if layer is network:
        run.raised(KerasError("a model is added to itself", "cycle"), caller, network)
    if (reason := nested_badly(layer, network)) is not None:
        network.open = Unknown(reason)
        return
    if isinstance(layer, InputLayer):
        if network.layers or network.inputs:
            if network.inputs:
                message = "the model has an input already, another Input cannot be added"
                run.raised(KerasError(message, "second-input"), place(layer, caller), layer)
            return
        network.inputs = [layer.tensor]
        network.outputs = [layer.tensor]
        return
    # A name that Keras numbers depends on all that ran before: only names that the program gives are compared.
    if run.project.dialect == 3 and layer.named_by_user and _is_taken(run, network, layer):
        message = f"layers of a Sequential need unique names, {layer.name!r} is given to two"
        run.raised(KerasError(message, "duplicate-name"), place(layer, caller), layer)
    if run.project.dialect < 3 and layer.calls and any(known is layer for known in network.layers):
        network.open = network.open or Unknown("Keras 2 may run a layer once that is added twice")
        return
    if not network.layers and not network.inputs and not (network.outputs and network.open is not None):
        _enter(run, network, layer, caller)
    network.layers.append(layer)
    _call(run, network, layer, _refusal_site(layer, call_site, site), caller)
    if call_site is not None:
        _count_build(run, network)


def _is_taken(run: Run, network: Network, layer: Layer) -> bool:
    """Whether the program gives the name of the layer to another one of the network."""
    run.budget.charge(len(network.layers) // 64)
    name = layer.name
    return any(known.name == name and known.named_by_user and known is not layer for known in network.layers)


def _no_layer(value: Any) -> str | None:
    """How to name what surely is no layer; None for what may be one."""
    if isinstance(value, (FunctionValue, BoundMethod, Partial)):
        return "a function; wrap it in Activation(...) or Lambda(...)"
    if isinstance(value, ClassValue):
        return f"the class {value.name}; write {value.name}(...)"
    if isinstance(value, Tensor) and value.node is not None:
        return f"the output of {value.node.layer.title}, a tensor; pass the layer itself"
    if isinstance(value, (list, tuple)):
        return "a list; give its layers one by one"
    if isinstance(value, Symbol) and value.name.startswith("keras.") and layer_class(value) is None:
        return f"{value.name}; wrap a function in Activation(...) or Lambda(...)"
    found = describe_wrong("Sequential", value)
    return f"the value {found}"[:160] if found is not None and is_plain(value) else found


def _enter(run: Run, network: Network, layer: Layer, caller: Site) -> None:
    """The input of an empty model: the one that its first layer asks for, else none that is known."""
    shape: Shape | Unknown | None
    try:
        shape = given_input_shape(run, layer)
    except KerasError as error:
        run.raised(error, place(layer, caller), layer)
        shape = Unknown("Keras refuses the input shape")
    if shape is not None:
        entry = _implied_input(run, shape, layer)
        network.inputs = [entry.tensor]
    else:
        entry = InputLayer("input", Unknown(NO_SHAPE), "float32", None)
        if layer.cls == "Merge":
            network.open = network.open or Unknown("the models that a Merge of Keras 1 joins are not followed")
    network.outputs = [entry.tensor]


def _call(run: Run, network: Network, layer: Layer, site: Site | None, caller: Site | None) -> None:
    """Call a layer of the stack on what the one before it gives."""
    tensors = network.outputs
    merges = isinstance(layer, BuiltinLayer) and isinstance(layer.definition, MultiInput)
    if merges and len(tensors) == 1 and network.inputs and not isinstance(tensors[0].shape, Unknown):
        run.raised(takes_a_list(layer.cls), place(layer, caller) or site, layer)
        outputs = called_all_the_same(layer, tensors, site, 1, merges)
    else:
        outputs = apply_layer(run, layer, tensors, site, caller)
    network.nodes.append(layer.calls[-1])
    if len(outputs) > 1 and run.project.dialect < 3:
        message = f"{layer.cls} has {len(outputs)} outputs; layers of a Sequential have one"
        run.raised(KerasError(message, "multi-output"), place(layer, caller) or site, layer)
        outputs = outputs[:1]
    network.outputs = outputs  # Keras 3 hands all of them on


def _refusal_site(layer: Layer, call_site: Site | None, site: Site) -> Site:
    """The place of the layer's call: where the layer is made, which is what people read."""
    return layer.site or call_site or site


def given_input_shape(run: Run, layer: Layer) -> Shape | Unknown | None:
    """The batch input shape that a first layer carries in its arguments; None where it carries none.

    Raises:
        KerasError: Keras 3 takes it for no shape.
    """
    if isinstance(layer, Network):
        return layer.inputs[0].shape if len(layer.inputs) == 1 else None
    from kerascheck.machine.keras.subclassing import CustomLayer

    builtin: Layer | None = layer
    arguments = layer.arguments
    if isinstance(layer, CustomLayer):
        builtin, arguments = layer.base, layer.base_arguments  # what its `__init__` keeps for itself is no shape
    if arguments is None or layer.unknown is not None:
        return None
    dialect = run.project.dialect
    batch_shape = arguments.value("batch_input_shape")
    if batch_shape is not None:
        return as_shape(batch_shape)
    shape = arguments.value("input_shape")
    size = arguments.value("input_dim")
    is_embedding = isinstance(builtin, BuiltinLayer) and isinstance(builtin.definition, Embedding)
    if shape is None and size is not None and not is_embedding:
        length = arguments.value("input_length")
        # Keras 3 refuses `input_length`: what it was meant for holds for the rest all the same.
        shape = (length, size) if _is_recurrent(layer) and (dialect < 3 or length is not None) else (size,)
    if shape is None and is_embedding:
        length = arguments.value("input_length")
        if length is None:
            return (None, None) if dialect < 3 else None
        shape = tuple(length) if isinstance(length, (tuple, list)) else (length,)
    if shape is None:
        wrapped = layer.config.get("layer") if isinstance(layer, BuiltinLayer) else None
        if isinstance(wrapped, Layer) and layer.cls == "Bidirectional":
            return given_input_shape(run, wrapped)
        if any(isinstance(value, (int, tuple, list)) for value in layer.left_out):
            return Unknown(REFUSED)  # it may be meant for one
        return None
    inner = checked_shape(run, layer.title, shape)
    if isinstance(inner, Unknown):
        return inner
    batch = as_size(arguments.value("batch_size"))
    return batch if isinstance(batch, Unknown) else (batch, *inner)


def _is_recurrent(layer: Layer) -> bool:
    """Keras 1 and 2 read `input_dim` and `input_length` of recurrent and 1D layers as (length, size)."""
    return layer.cls in {"LSTM", "GRU", "SimpleRNN", "RNN", "CuDNNLSTM", "CuDNNGRU", "Conv1D", "LocallyConnected1D"}


def pop_layer(run: Run, network: Network, site: Site) -> Value:
    """`model.pop()`; Keras 3 raises where nothing is left."""
    if not run.may_change(network):
        return None
    if not network.layers or (len(network.layers) == 1 and not network.inputs and run.project.dialect == 3):
        if network.open is None:
            what = "there is no layer to pop" if not network.layers else "Keras cannot pop the only layer of a model"
            run.raised(KerasError(what, "empty-pop"), site, network)
        if not network.layers:
            return None
    layer = network.layers.pop()
    node = network.nodes.pop()
    if node in layer.calls:
        layer.calls.remove(node)
    network.outputs = list(node.inputs)
    _count_build(run, network)
    return layer


def build_sequential(
    run: Run, network: Network, shape: Shape | Unknown, site: Site | None, caller: Site | None = None
) -> None:
    """`model.build(input_shape)`: what was added before the shape was known is built now.

    A refusal is shown at `caller`, or at the call that builds the model.
    """
    if network.inputs or network.open is not None or isinstance(shape, Unknown) or not run.may_build(network):
        return  # what stands between its layers where it is open is not known
    entry = _implied_input(run, shape, network.layers[0] if network.layers else None)
    network.inputs = [entry.tensor]
    network.outputs = [entry.tensor]
    for node in network.nodes:
        if node in node.layer.calls:
            node.layer.calls.remove(node)
    network.nodes = []
    for layer in network.layers:
        _call(run, network, layer, layer.site or site, caller or site)
    _count_build(run, network)
