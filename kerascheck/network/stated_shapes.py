"""What a shape that somebody has written beside a call may mean."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kerascheck.network.dims import Dim, Shape, definitely_different
from kerascheck.network.ir import Node, Weight
from kerascheck.symbolic.unknown import Undetermined, Unknown


def fits(sizes: Sequence[int | str | None], shape: Shape) -> bool:
    """Whether they may state this shape: with its batch axis, without it, or with its sizes in another order."""
    if len(sizes) == len(shape) and all(map(_agree, sizes[1:], shape[1:])):
        return True
    if len(sizes) == len(shape) - 1 and all(map(_agree, sizes, shape[1:])):
        return True
    return any(sorted(map(str, sizes[first:])) == sorted(map(str, shape[1:])) for first in (0, 1) if len(sizes) > first)


def _agree(stated: int | str | None, size: Dim) -> bool:
    return not isinstance(stated, int) or size is None or not definitely_different(stated, size)


def may_mean_other(sizes: Sequence[int | str | None], node: Node) -> bool:
    """Whether they may be about what goes into the call, or about a weight of the layer."""
    shapes = [tensor.shape for tensor in node.inputs if not isinstance(tensor.shape, Unknown)]
    try:
        shapes += [shape for weight, _ in node.layer.all_weights() for shape in _of_weight(weight)]
    except Undetermined:
        return True
    return any(fits(sizes, shape) for shape in shapes)


def _of_weight(weight: Weight) -> Iterator[Shape]:
    """How people write it: the whole, and a kernel without the channels that go in (`3x3x64`)."""
    yield weight.shape
    yield (None, *weight.shape)
    if len(weight.shape) > 2:
        yield (None, *weight.shape[:-2], weight.shape[-1])
