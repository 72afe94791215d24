"""`sample_weight` and `class_weight`: what may stand there, and which shapes meet the values of a loss.

Source: `ArrayDataAdapter` in keras/src/trainers/data_adapters/array_data_adapter.py, `reduce_weighted_values` in
keras/src/losses/loss.py (Keras 3.15).
"""

from __future__ import annotations

from typing import Any

from kerascheck.data.array import Array
from kerascheck.data.pipeline import Pipeline
from kerascheck.network.dims import Shape, format_shape
from kerascheck.symbolic.unknown import KerasError, Undetermined, Unknown
from kerascheck.training.shapes import BATCH, broadcast, is_one, show, squeeze_or_expand
from kerascheck.training.structures import is_nested, same_structure


def check_class_weight(value: Any, targets: Any, weights: Any, stream: Pipeline | None, dialect: int) -> str | None:
    """Why Keras refuses this `class_weight`; None where it may take it."""
    if isinstance(value, Unknown) or isinstance(targets, Unknown):
        return None
    if stream is not None:
        refused = stream.kind == "generator" and dialect == 3
        return "Keras 3 does not accept class_weight with a generator" if refused else None
    if isinstance(weights, Array) or is_nested(weights):
        return "class_weight and sample_weight cannot both be passed"
    if isinstance(targets, Array) and isinstance(targets.shape, tuple):
        rank = len(targets.shape)
        if rank > 2:
            shape = format_shape(targets.shape)
            return f"class_weight needs one class for each sample, the targets have the shape {shape}"
    return None


def check_sample_weight(weights: Any, targets: Any, values: Shape, dialect: int) -> None:
    """Weights against the values of a loss, whose first axis is that of a batch. Raises KerasError, Undetermined."""
    if is_nested(targets):
        if is_nested(weights) and not same_structure(weights, targets):
            if dialect < 3 and isinstance(weights, dict):
                raise Undetermined("before Keras 3, outputs that the dictionary does not name had no weights")
            raise KerasError("sample_weight must be passed for each output, in the structure of the targets", "weights")
        if isinstance(weights, Array) and isinstance(weights.shape, tuple) and not _is_single(weights.shape):
            shape = format_shape(weights.shape)
            raise KerasError(f"sample_weight for several outputs is one number a sample, not {shape}", "weights")
        raise Undetermined("weights of several outputs")
    if not isinstance(weights, Array) or isinstance(weights.shape, Unknown) or not weights.shape:
        raise Undetermined("weights that are not known")
    if not values:
        return
    given = (values[0], *weights.shape[1:])
    left, right = squeeze_or_expand(values, given)
    try:
        broadcast(left, right)
    except KerasError:
        if len(values) > 1 and len(given) == 1:
            if dialect < 3:
                raise Undetermined("older versions of Keras spread the weights") from None
            advice = "Keras 3 expects an axis for each of the loss: sample_weight[:, None]"
        else:
            advice = f"it must be one weight for each of {show((BATCH, *values[1:]))}"
        raise KerasError(f"sample_weight has the shape {format_shape(weights.shape)}; {advice}", "weights") from None


def check_weight_structure(targets: Any, outputs: Any, dialect: int) -> None:
    """Keras 3 looks for the weights of an output where the output stands, but they come as the targets do.

    Raises KerasError.
    """
    if dialect < 3 or not is_nested(targets) or not is_nested(outputs) or isinstance(targets, dict) == isinstance(
        outputs, dict
    ):  # fmt: skip
        return
    have, want = ("dictionary", "list") if isinstance(targets, dict) else ("list", "dictionary")
    raise KerasError(
        f"sample_weight needs targets in the form of the outputs: they are a {have}, the outputs a {want}", "weights"
    )


def _is_single(shape: Shape) -> bool:
    """Whether there is one weight for each sample."""
    return len(shape) == 1 or (len(shape) == 2 and is_one(shape[1]))
