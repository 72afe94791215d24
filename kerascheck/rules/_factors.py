"""Whether two linear layers in a row could as well be one: no bottleneck, and no patches, between them."""

from __future__ import annotations

from kerascheck.network.dims import Dim, definitely_equal
from kerascheck.network.ir import Node, Tensor
from kerascheck.rules._graph import (
    config_size,
    last_dim,
    shape_of,
    surely_at_least,
)

DENSE = frozenset({"Dense"})

PADDING = frozenset(
    f"{kind}{rank}D" for kind in ("ZeroPadding", "Cropping", "UpSampling", "AveragePooling") for rank in (1, 2, 3)
)


def loses_nothing(first: Node, between: list[Node], second: Node) -> bool:
    """Whether the composition can be written as one layer without a factorization getting lost."""
    kinds = {node.layer.cls for node in between}
    a, b = first.layer, second.layer
    if a.cls in DENSE and b.cls in DENSE:
        if kinds & PADDING:
            return False
        if not kinds & {"Flatten", "Reshape", "Permute"}:
            return _keeps_rank(last_dim(first.inputs[0]), config_size(a, "units"), config_size(b, "units"))
        shape = shape_of(first.inputs[0])
        if shape is None or "Permute" in kinds:
            return False
        if len(shape) == 2 and "Reshape" not in kinds:
            return _keeps_rank(shape[-1], config_size(a, "units"), config_size(b, "units"))
        return _flat(second) and surely_at_least(config_size(a, "units"), shape[-1])
    if a.cls in DENSE or kinds & {"Permute"}:
        return False
    if b.cls in DENSE:
        ends_flat = "Flatten" in kinds and not kinds & {"Reshape"} and _flat(second)
        return ends_flat and _is_spatial(first) and surely_at_least(config_size(a, "filters"), _channels(first))
    if a.cls != b.cls or kinds & {"Flatten", "Reshape"}:
        return False
    return (
        _is_spatial(first)
        and _is_spatial(second)
        and _keeps_rank(_channels(first), config_size(a, "filters"), config_size(b, "filters"))
    )


def _flat(node: Node) -> bool:
    shape = shape_of(node.inputs[0])
    return shape is not None and len(shape) == 2


def _keeps_rank(before: Dim, width: Dim, behind: Dim) -> bool:
    """Whether the middle is surely no bottleneck."""
    return surely_at_least(width, behind) or surely_at_least(width, before)


def _is_spatial(node: Node) -> bool:
    """A square kernel of more than one cell that overlaps: no factor of a separable convolution, no patches."""
    config = node.layer.config
    kernel, dilation = config.get("kernel_size"), config.get("dilation_rate", 1)
    sizes = tuple(kernel) if isinstance(kernel, (tuple, list)) else (kernel,)
    steps = tuple(dilation) if isinstance(dilation, (tuple, list)) else (dilation,)
    if not all(isinstance(size, int) and size > 1 for size in sizes) or any(step != 1 for step in steps):
        return False
    strides = config.get("strides")
    if strides == kernel or (isinstance(strides, int) and all(size == strides for size in sizes)):
        return False  # patches, as in vision transformers
    return all(definitely_equal(sizes[0], size) for size in sizes)


def _channels(node: Node) -> Dim:
    tensor: Tensor = node.inputs[0]
    shape = shape_of(tensor)
    if shape is None or len(shape) < 3:
        return None
    return shape[1] if node.layer.config.get("data_format") == "channels_first" else shape[-1]
