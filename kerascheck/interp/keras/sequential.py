"""`keras.Sequential`: construction, `add`, `pop`, `build`."""

from __future__ import annotations

from typing import Any

from kerascheck.interp.keras.calling import apply_layer, nested_badly
from kerascheck.interp.keras.freeze import as_shape, as_size, freeze, freeze_arguments
from kerascheck.interp.run import Run
from kerascheck.interp.sequences import items_of
from kerascheck.interp.values import ClassValue, Instance, Value
from kerascheck.network.arguments import Arguments
from kerascheck.network.dims import Shape
from kerascheck.network.ir import BuiltinLayer, InputLayer, Layer, Network, Site, Tensor
from kerascheck.symbolic import KerasError, Symbol, Unknown

_NO_SHAPE = "no input shape is given, so the model is built on its first data"


def make_sequential(run: Run, name: str, arguments: Arguments, site: Site) -> Network:
    """`keras.Sequential(layers=None, trainable=True, name=None)`."""
    run.reach(site)
    network = new_sequential(run, "Sequential", arguments, site)
    fill_sequential(run, network, arguments, site)
    return network


def new_sequential(run: Run, cls: str, arguments: Arguments, site: Site) -> Network:
    """An empty Sequential (or an object of a subclass of it)."""
    frozen = freeze_arguments(run, arguments)
    network = Network(cls, "", site, frozen)
    network.kind = "sequential"
    given = frozen.value("name", 2)
    network.name = given if isinstance(given, str) else run.layer_name(cls)
    network.named_by_user = isinstance(given, str)
    network.birth = run.tick()
    run.program.networks.append(network)
    return network


def fill_sequential(run: Run, network: Network, arguments: Arguments, site: Site) -> None:
    """Add the layers that the constructor call gives."""
    layers = arguments.value("layers", 0)
    if layers is None:
        return
    items = items_of(run, layers)
    if isinstance(items, Unknown):
        network.open = Unknown(f"its layers are not known: {items.reason}")
        return
    for item in items:
        add_layer(run, network, item, None, site)
    _count_build(run, network)


def _count_build(run: Run, network: Network) -> None:
    """Keras builds a Functional model inside, anew with each change: that uses up an automatic name."""
    if network.inputs and network.layers:
        run.layer_name("Functional")


def _implied_input(run: Run, shape: Shape | Unknown) -> InputLayer:
    """The InputLayer that Keras puts before a first layer: it uses up an automatic name, too."""
    return InputLayer(run.layer_name("input_layer"), shape, "float32", None)


def add_layer(run: Run, network: Network, value: Value, call_site: Site | None, site: Site) -> None:
    """Add one layer; `call_site` is the `add` call where there is one."""
    if not run.may_change(network):
        return
    layer: Any = freeze(value)
    if isinstance(layer, Tensor) and layer.node is not None and isinstance(layer.node.layer, InputLayer):
        layer = layer.node.layer
    if isinstance(layer, Unknown) or (isinstance(value, Instance) and not isinstance(layer, Layer)):
        network.open = network.open or Unknown(
            f"a layer in it is not known: {layer.reason if isinstance(layer, Unknown) else 'an object'}"
        )
        return
    if not isinstance(layer, Layer):
        if isinstance(layer, (ClassValue, int, float, str, tuple, list)) or layer is None or _is_layer_class(layer):
            what = "the class" if isinstance(layer, (ClassValue, Symbol)) else "the value"
            shown = getattr(layer, "name", layer)
            run.raised(
                KerasError(f"Sequential.add takes a layer object, got {what} {shown!r}"[:160], "not-a-layer"),
                call_site or site,
                network,
            )
        network.open = network.open or Unknown("something in it is no layer")
        return
    if layer is network:
        run.raised(KerasError("a model is added to itself", "cycle"), call_site or site, network)
    if (reason := nested_badly(layer, network)) is not None:
        network.open = Unknown(reason)
        return
    if isinstance(layer, InputLayer):
        if network.layers or network.inputs:
            if network.inputs:
                run.raised(
                    KerasError("the model has an input already, another Input cannot be added", "second-input"),
                    call_site or layer.site or site,
                    layer,
                )
            return
        network.inputs = [layer.tensor]
        network.outputs = [layer.tensor]
        return
    twice = any(known is layer or (known.name == layer.name and known.named_by_user) for known in network.layers)
    if twice and run.project.dialect == 3:
        run.raised(
            KerasError(f"layers of a Sequential need unique names, {layer.name} is added twice", "duplicate-name"),
            call_site or layer.site or site,
            layer,
        )
    if not network.layers and not network.inputs:
        shape = given_input_shape(layer, run.project.dialect)
        if shape is not None:
            entry = _implied_input(run, shape)
            network.inputs = [entry.tensor]
        else:
            entry = InputLayer("input", Unknown(_NO_SHAPE), "float32", None)
        network.outputs = [entry.tensor]
    network.layers.append(layer)
    outputs = apply_layer(run, layer, network.outputs[:1], _refusal_site(layer, call_site, site))
    node = layer.calls[-1]
    network.nodes.append(node)
    if len(outputs) > 1:
        run.raised(
            KerasError(f"{layer.cls} has {len(outputs)} outputs; layers of a Sequential have one", "multi-output"),
            call_site or layer.site or site,
            layer,
        )
    network.outputs = outputs[:1]
    if call_site is not None:
        _count_build(run, network)


def _refusal_site(layer: Layer, call_site: Site | None, site: Site) -> Site:
    """Where a refusal is shown: at the layer where that is built in this very call, else at the `add`."""
    return layer.site or call_site or site


def _is_layer_class(value: Any) -> bool:
    return (
        isinstance(value, Symbol) and value.name.startswith("keras.layers.") and value.name.split(".")[2][:1].isupper()
    )


def given_input_shape(layer: Layer, dialect: int) -> Shape | Unknown | None:
    """The batch input shape that a first layer carries in its arguments; None where it carries none."""
    if isinstance(layer, Network):
        return layer.inputs[0].shape if len(layer.inputs) == 1 else None
    arguments = layer.arguments
    if arguments is None:
        return None
    batch_shape = arguments.value("batch_input_shape")
    if batch_shape is not None:
        return as_shape(batch_shape)
    shape = arguments.value("input_shape")
    size = arguments.value("input_dim")
    is_embedding = layer.cls == "Embedding"
    if shape is None and size is not None and not is_embedding:
        length = arguments.value("input_length")
        shape = (length, size) if _is_recurrent(layer) else (size,)
    if shape is None and is_embedding:
        length = arguments.value("input_length")
        if length is None:
            return (None, None) if dialect < 3 else None
        shape = tuple(length) if isinstance(length, (tuple, list)) else (length,)
    if shape is None:
        wrapped = layer.config.get("layer") if isinstance(layer, BuiltinLayer) else None
        if isinstance(wrapped, Layer) and layer.cls == "Bidirectional":
            return given_input_shape(wrapped, dialect)
        return None
    inner = as_shape(shape)
    if isinstance(inner, Unknown):
        return inner
    batch = as_size(arguments.value("batch_size"))
    return batch if isinstance(batch, Unknown) else (batch, *inner)


def _is_recurrent(layer: Layer) -> bool:
    """Keras 1 and 2 read `input_dim` and `input_length` of recurrent and 1D layers as (length, size)."""
    return layer.cls in {"LSTM", "GRU", "SimpleRNN", "RNN", "CuDNNLSTM", "CuDNNGRU", "Conv1D", "LocallyConnected1D"}


def pop_layer(run: Run, network: Network, site: Site) -> Value:
    """`model.pop()`."""
    if not run.may_change(network):
        return None
    if not network.layers:
        if network.open is None:
            run.raised(KerasError("there is no layer to pop", "empty-pop"), site, network)
        return None
    layer = network.layers.pop()
    node = network.nodes.pop()
    if node in layer.calls:
        layer.calls.remove(node)
    network.outputs = list(node.inputs)
    _count_build(run, network)
    return layer


def build_sequential(run: Run, network: Network, shape: Shape | Unknown, site: Site | None) -> None:
    """`model.build(input_shape)`: what was added before the shape was known is built now."""
    if network.inputs or isinstance(shape, Unknown) or not run.may_change(network):
        return
    entry = _implied_input(run, shape)
    network.inputs = [entry.tensor]
    network.outputs = [entry.tensor]
    for node in network.nodes:
        if node in node.layer.calls:
            node.layer.calls.remove(node)
    network.nodes = []
    for layer in network.layers:
        outputs = apply_layer(run, layer, network.outputs[:1], layer.site or site)
        network.nodes.append(layer.calls[-1])
        network.outputs = outputs[:1]
    _count_build(run, network)
