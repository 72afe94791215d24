"""What goes on behind a call that Keras refuses: the layer and its outputs as far as they are known anyway.

A refusal is reported where it is found. What follows from it is no fault of its own: a tensor that is of the wrong rank
for one layer is not reported again for the next one that wants the same rank, and what is not known because of a
refusal is reported nowhere.
"""

from __future__ import annotations

from collections.abc import Sequence

from kerascheck.layers.base import MultiInput
from kerascheck.layers.recovery import of_any_size, outputs_after, rank_after
from kerascheck.machine.keras.refusals import FIRST
from kerascheck.machine.run import Run
from kerascheck.machine.values import ListValue
from kerascheck.network.arguments import Arguments, Given
from kerascheck.network.dims import Shape
from kerascheck.network.ir import BuiltinLayer, Layer, Node, Site, Tensor
from kerascheck.network.networks import Network
from kerascheck.symbolic.unknown import REFUSED, KerasError, Unknown


def refuse_call(run: Run, error: KerasError, layer: Layer, tensors: Sequence[Tensor], site: Site | None) -> None:
    """Note that a call of the layer on these tensors is refused, unless that has the same cause as another refusal."""
    if run.guarded or not _is_echo(run, layer, tensors, error):
        run.raised(error, site, layer, tensors)


def _is_echo(run: Run, layer: Layer, tensors: Sequence[Tensor], error: KerasError) -> bool:
    """Whether the one tensor is refused elsewhere for the same want of an axis: mending it mends both."""
    if error.kind != "rank" or len(tensors) != 1 or not isinstance(layer, BuiltinLayer):
        return False
    wanted = layer.definition.ndim
    return wanted is not None and any(
        raised.error.kind == "rank"
        and len(raised.inputs) == 1
        and raised.inputs[0] is tensors[0]
        and raised.layer is not layer
        and isinstance(raised.layer, BuiltinLayer)
        and raised.layer.definition.ndim == wanted
        for raised in run.program.raised
    )


def recovered_shapes(layer: Layer, shapes: Sequence[Shape] | None, error: KerasError | None) -> list[Shape] | None:
    """The output shapes of a refused call as far as they are known; `shapes` is None behind another refusal."""
    if isinstance(layer, Network):
        batch = shapes[0][0] if shapes and shapes[0] else None
        known = [(batch, *tensor.shape[1:]) for tensor in layer.outputs if isinstance(tensor.shape, tuple)]
        return known if known and len(known) == len(layer.outputs) else None
    if type(layer) is not BuiltinLayer or layer.unknown is not None:
        return None
    return outputs_after(layer.definition, layer.config, shapes, error)


def recovered_ranks(layer: Layer, shapes: Sequence[Shape]) -> list[Shape] | None:
    """What is known of the outputs of a layer that was refused for an argument on which their sizes depend."""
    if layer.refused is None or type(layer) is not BuiltinLayer:
        return None
    return rank_after(layer.definition, layer.config, shapes)


def called_all_the_same(
    layer: Layer, tensors: Sequence[Tensor], site: Site | None, count: int, merges: bool = False
) -> list[Tensor]:
    """The outputs of a call that is refused for its form, noted as a call of the layer."""
    outputs = [Tensor(Unknown(REFUSED)) for _ in range(count)]
    if merges and len(tensors) == 1 and isinstance(shape := tensors[0].shape, tuple) and shape:
        outputs = [Tensor(of_any_size(len(shape), shape[0]))]  # merged with others of its kind
    node = Node(layer, tuple(tensors), tuple(outputs), site)
    node.refused = True
    layer.calls.append(node)
    return outputs


def mended_call(layer: Layer, arguments: Arguments, error: KerasError) -> Arguments | None:
    """The one way to read a call whose form Keras refuses; None where there is no such way."""
    positional, keywords = arguments.positional, arguments.keywords
    if error.kind == "unknown-argument":
        kept = {name: given for name, given in keywords.items() if name in FIRST or name in ("training", "mask")}
        return Arguments(positional, kept, call=arguments.call) if len(kept) < len(keywords) else None
    if error.kind != "input-count" or not positional:
        return None
    if len(positional) > 1 and all(isinstance(given.value, Tensor) for given in positional):
        if isinstance(layer, Network) or (isinstance(layer, BuiltinLayer) and isinstance(layer.definition, MultiInput)):
            return Arguments([Given(tuple(given.value for given in positional))], keywords, call=arguments.call)
        return None
    first = positional[0].value
    items = first.items if isinstance(first, ListValue) and first.unknown is None else first
    if isinstance(items, (list, tuple)) and len(items) == 1:
        return Arguments([Given(items[0]), *positional[1:]], keywords, call=arguments.call)
    return None
