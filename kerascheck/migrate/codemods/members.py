"""Methods and attributes of layers, metrics, models and iterators: `layer.output_shape`, `metric.reset_states()`."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from kerascheck.fixes.changes import Rewrite
from kerascheck.keras.changes import find_member
from kerascheck.migrate.context import Context, Step
from kerascheck.migrate.kinds import Kind

#: The classes that the table has the members of.
_OWNERS = {
    Kind.LAYER: "keras.layers.Layer",
    Kind.METRIC: "keras.metrics.Metric",
    Kind.MODEL: "keras.Model",
    Kind.OPTIMIZER: "keras.optimizers.Optimizer",
}
#: What stands for an attribute, and for a method that is asked about the first call of a layer.
_PATHS = {"output_shape": "output.shape", "input_shape": "input.shape"}
_AT = {
    "get_output_at": "output", "get_input_at": "input", "get_output_shape_at": "output.shape",
    "get_input_shape_at": "input.shape",
}  # fmt: skip
#: What other codemods see to.
_ELSEWHERE = frozenset({"lr", "fit_generator", "evaluate_generator", "predict_generator", "reset_states"})


def find(context: Context) -> Iterator[Step]:
    """A step for each member of something that is known."""
    for node in context.attributes:
        name = node.attr.value
        kind = context.kinds.of(node.value) if context.names.canonical(node) is None else None
        if kind is Kind.STREAM and name == "next":
            yield from _next(context, node)
        owner = _OWNERS.get(kind) if kind is not None else None
        if owner is None or context.names.is_written(node) or (name in _ELSEWHERE and kind is not Kind.METRIC):
            continue
        row = find_member((owner,), name)
        if row is not None:
            yield from _member(context, node, row.new, row.advice)


def _member(context: Context, node: cst.Attribute, new: str | None, advice: str | None) -> Iterator[Step]:
    name = node.attr.value
    message = f"{name} is now {_PATHS.get(name) or _AT.get(name) or new}"
    call = context.names.parent(node)
    if name in _PATHS:
        yield Step("attributes", node, message, (Rewrite(node.attr, (_PATHS[name],)),))
    elif name in _AT and isinstance(call, cst.Call) and call.func is node and _is_first(call):
        assert isinstance(node.value, cst.BaseExpression)
        yield Step("methods", node, message, (Rewrite(call, (node.value, f".{_AT[name]}")),))
    elif new is not None:
        yield Step("attributes", node, message, (Rewrite(node.attr, (new,)),))
    else:
        yield Step("attributes", node, f"{name} is gone{f': {advice}' if advice else ''}")


def _is_first(call: cst.Call) -> bool:
    return len(call.args) == 1 and isinstance(call.args[0].value, cst.Integer) and call.args[0].value.value == "0"


def _next(context: Context, node: cst.Attribute) -> Iterator[Step]:
    call = context.names.parent(node)
    if isinstance(call, cst.Call) and call.func is node and not call.args:
        yield Step("methods", node, "iterator.next() is next(iterator)", (Rewrite(call, ("next(", node.value, ")")),))
