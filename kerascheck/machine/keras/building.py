"""`layer.build(shape)` and `model.build(shape)`, called by the program."""

from __future__ import annotations

from kerascheck.machine.keras.calling import apply_layer
from kerascheck.machine.keras.freeze import as_shape
from kerascheck.machine.keras.sequential import build_sequential
from kerascheck.machine.run import Run
from kerascheck.machine.values import Value
from kerascheck.network.arguments import Arguments
from kerascheck.network.dims import Shape, definitely_different, format_shape
from kerascheck.network.ir import BuiltinLayer, Layer, Site, Tensor, Weight
from kerascheck.network.networks import Network
from kerascheck.symbolic.unknown import KerasError, Undetermined, Unknown


def build(run: Run, layer: Layer, arguments: Arguments, site: Site) -> Value:
    """`layer.build(input_shape)`."""
    shape = as_shape(arguments.value("input_shape", 0))
    if isinstance(layer, Network) and isinstance(shape, Unknown):
        layer.met_data = True
    if len(arguments.positional) > 1 or arguments.open_positional:
        return None  # a layer of several inputs: built when it is called
    if isinstance(layer, Network) and layer.is_sequential:
        if not isinstance(shape, Unknown):
            _check_unbuilt(run, layer, shape, site)
        build_sequential(run, layer, shape, site)
    elif (
        not isinstance(shape, Unknown) and isinstance(layer, BuiltinLayer) and (layer.weights is None or layer.presumed)
    ):
        _build_layer(run, layer, shape, site)
    else:
        from kerascheck.machine.keras.subclass_methods import build_subclass
        from kerascheck.machine.keras.subclassing import SubclassedModel

        if isinstance(layer, SubclassedModel) and layer.kind == "subclass":
            build_subclass(run, layer, shape, site)
    return None


def _build_layer(run: Run, layer: BuiltinLayer, shape: Shape, site: Site) -> None:
    """`build` itself makes the variables and does not look at the rank, which the call does; convolutions do."""
    if layer.definition.checks_rank_at_build:
        apply_layer(run, layer, [Tensor(shape)], site)
        layer.calls.pop()
        return
    weights: list[Weight] | Unknown
    try:
        weights = layer.definition.weights_for(layer.config, [shape])
    except Undetermined as undetermined:
        weights = Unknown(undetermined.reason)
    except (KerasError, IndexError):
        weights = Unknown("built for a shape that it cannot be called on")
    layer.weights, layer.presumed = weights, False


def _check_unbuilt(run: Run, network: Network, shape: Shape, site: Site) -> None:
    """Keras 3 does not build a Sequential that has an input for another shape."""
    if run.project.dialect < 3 or network.open is not None or not network.inputs:
        return
    tensor = network.inputs[0]
    known = tensor.shape
    if isinstance(known, Unknown):
        return
    declared = tensor.node is not None and tensor.node.site is not None
    start = 0 if declared else 1  # the size of the batch that has built a model may not be known
    differs = len(known) != len(shape) or any(
        definitely_different(a, b) or (a is None) != (b is None)
        for a, b in zip(known[start:], shape[start:], strict=True)
    )
    if differs:
        message = f"{network.name!r} has an input of shape {format_shape(known)}; build does not change that"
        run.raised(KerasError(f"{message} to {format_shape(shape)}", "shape"), site, network)
