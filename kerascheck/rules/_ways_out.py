"""What to do about a call that Keras refuses: the layer before it, sizes that do not fit, the input that would do."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import TypeAlias

from kerascheck.layers.base import LayerDef
from kerascheck.layers.recurrent import Recurrent
from kerascheck.layers.registry import find
from kerascheck.layers.wrappers import Bidirectional, TimeDistributed
from kerascheck.network.dims import NAMELESS, Shape, definitely_different, format_shape, product
from kerascheck.network.ir import BuiltinLayer, InputLayer, Layer, Tensor
from kerascheck.network.program import Raised
from kerascheck.symbolic.unknown import KerasError, Undetermined, Unknown

#: Larger images are not suggested.
_LARGEST = 4096
#: Numbers of channels that images have.
_IMAGE_CHANNELS = (1, 3, 4)


def way_out(raised: Raised) -> str | None:
    """What the program can do instead; None where nothing better is known than the general advice."""
    find_way = _WAYS.get(raised.error.kind)
    if find_way is None or raised.layer is None or not raised.inputs:
        return None
    shapes = [tensor.shape for tensor in raised.inputs]
    known = [shape for shape in shapes if not isinstance(shape, Unknown)]
    if len(known) < len(shapes) or any(NAMELESS in str(dim) for shape in known for dim in shape):
        return None  # what is known of them behind another refusal makes no advice
    return find_way(raised.layer, list(raised.inputs), known)


_Way: TypeAlias = Callable[[Layer, list[Tensor], list[Shape]], str | None]


def _before(tensor: Tensor) -> Layer | None:
    """The layer that a tensor comes from."""
    return tensor.node.layer if tensor.node is not None else None


def _definition(layer: Layer | None) -> LayerDef | None:
    return layer.definition if isinstance(layer, BuiltinLayer) else None


def _is_recurrent(layer: Layer | None) -> bool:
    return isinstance(_definition(layer), (Recurrent, Bidirectional))


# -- ranks -----------------------------------------------------------------------------------------------------------


def _rank(layer: Layer, tensors: list[Tensor], shapes: list[Shape]) -> str | None:
    shape, before = shapes[0], _before(tensors[0])
    if layer.cls in ("Concatenate", "Dot") or len(shapes) > 1:
        longest = max(shapes, key=len)
        return f"Flatten() brings {format_shape(longest)} to one axis after the batch" if len(longest) > 2 else None
    wanted = _wanted_rank(layer)
    if wanted is None or len(shape) == wanted:
        return None
    return _too_few(layer, before, shape, wanted) if len(shape) < wanted else _too_many(layer, before, shape, wanted)


def _wanted_rank(layer: Layer) -> int | None:
    definition = _definition(layer)
    if isinstance(definition, TimeDistributed):
        inner = layer.config.get("layer")
        return max(3, (_wanted_rank(inner) or 2) + 1) if isinstance(inner, Layer) else 3
    if isinstance(definition, Bidirectional):
        return 3
    if definition is None:
        return None
    return definition.ndim or definition.min_ndim


def _too_few(layer: Layer, before: Layer | None, shape: Shape, wanted: int) -> str | None:
    sequences = _is_recurrent(layer) or isinstance(_definition(layer), TimeDistributed)
    if (sequences or wanted == 3) and before is not None and _is_recurrent(before) and not _gives_sequences(before):
        return f"set return_sequences=True on {before.title}"
    if before is not None and before.cls == "Flatten":
        return f"remove {before.title}, or put it after this layer"
    if before is not None and before.cls.startswith("Global"):
        return f"put {before.title} after it, or pass keepdims=True to it"
    if wanted != len(shape) + 1 or wanted < 3:
        return f"Reshape((...)) with {wanted - 1} sizes brings its input to rank {wanted}" if wanted > 2 else None
    images = sequences and wanted > 3
    sizes = [None, *shape[1:]] if images else [*shape[1:], 1]
    axis = "time axis" if sequences else "channel axis"
    if None in shape[1:] or (images and not isinstance(before, InputLayer)):
        return f"add a {axis}{' in front' if images else ''}"
    asked = f"an input shape of {format_shape(tuple(sizes))}" if isinstance(before, InputLayer) else None
    return f"add a {axis}: {asked or f'Reshape({format_shape(tuple(sizes))})'}"


def _gives_sequences(layer: Layer) -> bool:
    """Whether a recurrent layer gives its output at each step already, itself or the one that it wraps."""
    wrapped = layer.config.get("layer")
    return (wrapped if isinstance(wrapped, Layer) else layer).config.get("return_sequences") is True


def _too_many(layer: Layer, before: Layer | None, shape: Shape, wanted: int) -> str | None:
    if isinstance(before, InputLayer) and len(shape) == wanted + 1 and shape[1] is None:
        return f"the shape of an input has no batch axis: {format_shape(shape[2:])}"
    if layer.cls == "RepeatVector" and before is not None and _is_recurrent(before):
        return f"leave return_sequences=True out of {before.title}"
    more = re.sub(r"[12]D", f"{len(shape) - 2}D", layer.cls)
    if more != layer.cls and find(more) is not None and len(shape) <= 5:
        hint = f"{more} takes it"
        if isinstance(before, InputLayer) and len(shape) == wanted + 1:
            hint += f"; if the first size is that of the batch, leave it out: {format_shape(shape[2:])}"
        return hint
    if _is_recurrent(layer) and (joined := product(shape[2:])) is not None and shape[1] is not None:
        return f"Reshape({format_shape((shape[1], joined))}) makes a sequence of it"
    return "Flatten() brings it to one axis after the batch" if wanted == 2 else None


# -- sizes below one -----------------------------------------------------------------------------------------------


def _too_small(layer: Layer, tensors: list[Tensor], shapes: list[Shape]) -> str | None:
    chain = _chain(layer, tensors[0])
    if chain is None:
        return None
    entry, layers = chain
    shape = entry.tensor.shape
    if isinstance(shape, Unknown) or not 3 <= len(shape) <= 5:
        return None
    if (swapped := _channels_last(layer, shape)) is not None:
        return f"channels come last: an input shape of {swapped}, or data_format='channels_first'"
    least = _least_sizes(layers, shape)
    if least is None:
        return None
    wanted, found = (" x ".join(map(str, sizes)) for sizes in (least[1:-1], shape[1:-1]))
    return f"{entry.name!r} must be at least {wanted}, it is {found}"


def _chain(layer: Layer, tensor: Tensor) -> tuple[InputLayer, list[BuiltinLayer]] | None:
    """The input and the layers that lead from it to this one, each fed by the one before; None for other graphs."""
    if not isinstance(layer, BuiltinLayer):
        return None
    layers = [layer]
    while tensor.node is not None:
        before = tensor.node.layer
        if isinstance(before, InputLayer):
            return before, layers[::-1]
        if not isinstance(before, BuiltinLayer) or len(tensor.node.inputs) != 1 or before.runs_program:
            return None
        layers.append(before)
        tensor = tensor.node.inputs[0]
    return None


def _channels_last(layer: Layer, shape: Shape) -> str | None:
    """The shape with the channels last where it looks as if they came first by mistake."""
    if len(shape) != 4 or layer.config.get("data_format") == "channels_first":
        return None
    channels, rows, columns = shape[1:]
    if channels in _IMAGE_CHANNELS and isinstance(rows, int) and rows > 4 and rows == columns:
        return format_shape((rows, columns, channels))
    return None


def _least_sizes(layers: Sequence[BuiltinLayer], shape: Shape) -> Shape | None:
    """The input shape with the least spatial sizes that the layers take; None where none is found."""
    sizes = list(shape)
    spatial = [axis for axis in range(1, len(shape) - 1) if isinstance(shape[axis], int)]
    for axis in spatial:
        sizes[axis] = _LARGEST
    if not spatial or not _fits(layers, tuple(sizes)):
        return None
    for axis in spatial:
        low, high = 0, _LARGEST  # the least that fits is in (low, high]
        while high - low > 1:
            middle = (low + high) // 2
            sizes[axis] = middle
            if _fits(layers, tuple(sizes)):
                high = middle
            else:
                low = middle
        sizes[axis] = high
    return tuple(sizes)


def _fits(layers: Sequence[BuiltinLayer], shape: Shape) -> bool:
    """Whether the layers take an input of this shape one after the other."""
    for layer in layers:
        try:
            shape = layer.definition.outputs_for(layer.config, [shape])[0]
        except (KerasError, Undetermined):
            return False
    return True


# -- sizes that differ ---------------------------------------------------------------------------------------------


def _unlike(layer: Layer, tensors: list[Tensor], shapes: list[Shape]) -> str | None:
    if layer.cls == "Reshape":
        return _reshape(layer, shapes[0])
    if layer.cls == "Dot" and len(shapes) == 2:
        return _dot(shapes)
    if len(shapes) < 2 or len({len(shape) for shape in shapes}) > 1:
        return None
    rank = len(shapes[0])
    unlike = [
        axis
        for axis in range(1, rank)
        if any(definitely_different(shapes[0][axis], shape[axis]) for shape in shapes[1:])
    ]
    if layer.cls == "Concatenate":
        return f"axis={unlike[0]} fits" if len(unlike) == 1 else _to_one_size(rank)
    if unlike == [rank - 1]:
        size = shapes[0][-1]
        how = f"Conv{rank - 2}D({size}, 1)" if rank in (4, 5) else f"Dense({size})"
        return f"{how} brings the other to {size}"
    return _to_one_size(rank) if unlike else None


def _to_one_size(rank: int) -> str | None:
    return "padding='same', Cropping2D or Resizing bring them to one size" if rank == 4 else None


def _dot(shapes: list[Shape]) -> str | None:
    pairs = [
        (a, b)
        for a in range(1, len(shapes[0]))
        for b in range(1, len(shapes[1]))
        if isinstance(shapes[0][a], int) and shapes[0][a] == shapes[1][b]
    ]
    return f"axes={pairs[0]} fit" if len(pairs) == 1 else None


def _reshape(layer: Layer, shape: Shape) -> str | None:
    target = layer.config.get("target_shape")
    total = product(shape[1:])
    if not isinstance(target, (tuple, list)) or not all(isinstance(size, int) for size in target) or total is None:
        return None
    if len(target) > 1 and product(target[1:]) == total:
        return f"leave the batch size out: Reshape({format_shape(tuple(target[1:]))})"
    return "one -1 in the target shape lets Keras work that size out" if -1 not in target else None


# -- sizes that are not known ----------------------------------------------------------------------------------------


def _undefined(layer: Layer, tensors: list[Tensor], shapes: list[Shape]) -> str | None:
    before = _before(tensors[0])
    if before is None or (isinstance(layer, BuiltinLayer) and layer.config.get("stateful") is True):
        return None
    if before.cls == "Flatten":
        rank = len(before.calls[-1].inputs[0].shape) if isinstance(before.calls[-1].inputs[0].shape, tuple) else 0
        pooling = f"GlobalAveragePooling{rank - 2}D()" if rank in (3, 4, 5) else "a global pooling"
        return f"{pooling} in place of {before.title}, or an input of fixed size"
    if isinstance(before, InputLayer):
        return f"write that size in the shape of {before.name!r}"
    return "use a fixed input size"


_WAYS: dict[str, _Way] = {
    "rank": _rank,
    "negative-dimension": _too_small,
    "shape": _unlike,
    "undefined-dimension": _undefined,
}
