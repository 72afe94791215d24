"""Masks that attention layers are called with, against the lengths of queries and keys.

Source: `_masked_softmax` in keras/src/layers/attention/multi_head_attention.py of Keras 3.15: the scores have the shape
(batch, heads, queries, keys), and a mask of three axes gets one for the heads. One of two axes gets two in front, so
that its first axis lies along the queries.
"""

from __future__ import annotations

from kerascheck.data.array import Array
from kerascheck.machine.values import Value
from kerascheck.network.arguments import Arguments
from kerascheck.network.dims import Dim, Shape, definitely_different, format_shape
from kerascheck.network.ir import BuiltinLayer, Layer, Tensor
from kerascheck.symbolic.unknown import KerasError


def refused_mask(layer: Layer, arguments: Arguments) -> KerasError | None:
    """Why Keras cannot put the `attention_mask` of a call on the scores; None where it can, or that is not known."""
    if not isinstance(layer, BuiltinLayer) or layer.cls != "MultiHeadAttention" or layer.unknown is not None:
        return None
    if layer.config.get("attention_axes") is not None:
        return None
    mask = _shape(arguments.value("attention_mask", 5))
    query, value = _shape(arguments.value("query", 0)), _shape(arguments.value("value", 1))
    key = _shape(arguments.value("key", 2)) if arguments.value("key", 2) is not None else value
    if mask is None or query is None or key is None or len(query) != 3 or len(key) != 3:
        return None
    if len(mask) == 2 and mask[0] is None and query[0] is None and isinstance(query[1], int):
        return KerasError(
            f"{layer.name} ({layer.cls}) lays the first axis of attention_mask along the {query[1]} queries, and that "
            f"of {format_shape(mask)} is the batch; bring it into the shape (batch, 1, keys): mask[:, None, :]",
            "shape",
        )
    if len(mask) not in (3, 4):
        return None
    for size, wanted, what in ((mask[-2], query[1], "queries"), (mask[-1], key[1], "keys")):
        if not _spreads(size, wanted):
            return KerasError(
                f"{layer.title} has {wanted} {what}, but attention_mask has the shape "
                f"{format_shape(mask)}: (batch, queries, keys) is {format_shape((None, query[1], key[1]))}; "
                f"pass the mask of the {what}",
                "shape",
            )
    return None


def _shape(value: Value) -> Shape | None:
    shape = value.shape if isinstance(value, (Tensor, Array)) else None
    return shape if isinstance(shape, tuple) else None


def _spreads(size: Dim, wanted: Dim) -> bool:
    """Whether an axis of that size may be put on one of the other, in that a single one is repeated."""
    return size is None or wanted is None or size == 1 or wanted == 1 or not definitely_different(size, wanted)
