"""Where a shape is known again behind something that is not known."""

from __future__ import annotations

from kerascheck.machine.run import Run
from kerascheck.network.dims import Shape, SymDim
from kerascheck.network.ir import BuiltinLayer, Layer, Tensor, Weight
from kerascheck.symbolic.unknown import REFUSED, KerasError, Undetermined, Unknown

#: Why the shapes in a model without an input shape are not known: they will be.
NO_SHAPE = "no input shape is given, so the model is built on its first data"


def known_again(run: Run, layer: Layer, tensors: list[Tensor]) -> list[Shape] | None:
    """What a layer gives for an input of unknown shape, as far as the layer alone decides it; None where it does not.

    A layer that takes inputs of one rank only has got one of that rank; sizes that nobody knows have names, and the
    layer has the weights for them until it is called on an input that is known. Behind what Keras refuses nothing is
    known again, and a model that waits for its first data is built then.
    """
    if type(layer) is not BuiltinLayer or layer.unknown is not None or len(tensors) != 1:
        return None
    shape = tensors[0].shape
    if isinstance(shape, tuple) or shape.reason in (REFUSED, NO_SHAPE):
        return None

    def named(axis: int) -> SymDim:
        return SymDim.named(f"{layer.name}.input.shape[{axis}]", ("afresh", moment, axis))

    moment = run.tick()
    definition, config = layer.definition, layer.config
    if definition.name in ("Flatten", "Reshape"):
        _presume(layer, [])  # they have none
    if definition.name == "Flatten":
        return [(None, SymDim.named(f"{layer.name}.output.shape[1]", ("afresh", moment, 1)))]
    if definition.name == "Reshape":
        target = config.get("target_shape")
        sizes = target if isinstance(target, (tuple, list)) else ()
        known = bool(sizes) and all(isinstance(size, (int, SymDim)) and size != -1 for size in sizes)
        return [(None, *sizes)] if known else None
    inner = config.get("layer") if definition.name == "Bidirectional" else layer
    rank = inner.definition.ndim if isinstance(inner, BuiltinLayer) else None
    if rank is None:
        return None
    presumed: list[Shape] = [(None, *map(named, range(1, rank)))]
    try:
        outputs = definition.outputs_for(config, presumed)
        if inner is layer:
            _presume(layer, definition.weights_for(config, presumed))
    except (KerasError, Undetermined):
        return None
    return outputs


def _presume(layer: BuiltinLayer, weights: list[Weight]) -> None:
    """Give the layer these weights where it has none, until more is known."""
    if layer.weights is None:
        layer.weights, layer.presumed = weights, True


def unknown_tensor(reason: str | Unknown) -> Tensor:
    """A tensor of which nothing is known."""
    return Tensor(reason if isinstance(reason, Unknown) else Unknown(reason), Unknown("its dtype"))
