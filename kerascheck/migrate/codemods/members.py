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
#: What stands for an attribute.
_PATHS = {"output_shape": "output.shape", "input_shape": "input.shape"}
#: What stands for a method that is asked about a call of a layer: the only one, and one of several.
_AT = {
    "get_output_at": ("output", "output_tensors[0]"), "get_input_at": ("input", "input_tensors[0]"),
    "get_output_shape_at": ("output.shape", "output_tensors[0].shape"),
    "get_input_shape_at": ("input.shape", "input_tensors[0].shape"),
}  # fmt: skip
#: What other codemods see to.
_ELSEWHERE = frozenset({"lr", "fit_generator", "evaluate_generator", "predict_generator", "reset_states", "add_loss"})


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
    message = f"{name} is now {_PATHS.get(name) or new}"
    if name in _PATHS:
        yield Step("attributes", node, message, (Rewrite(node.attr, (_PATHS[name],)),))
    elif name in _AT:
        yield _at(context, node, name, advice)
    elif new is not None:
        yield Step("attributes", node, message, (Rewrite(node.attr, (new,)),))
    else:
        yield Step("attributes", node, f"{name} is gone{f': {advice}' if advice else ''}")


def _at(context: Context, node: cst.Attribute, name: str, advice: str | None) -> Step:
    """The step for `layer.get_output_at(1)`: what is asked about one of several calls is kept with that call."""
    index = _index(context.names.parent(node), node)
    is_model = context.kinds.of(node.value) is Kind.MODEL  # of which Keras 2 counted how it was made as a call, too
    if index is None or (is_model and index != 0):
        return Step("methods", node, f"{name} is gone{f': {advice}' if advice else ''}")
    whole = context.names.parent(node)
    assert isinstance(whole, cst.Call)
    only, several = _AT[name]
    if is_model or not _is_called_again(context, node):
        return Step("methods", node, f"{name} is now {only}", (Rewrite(whole, (node.value, f".{only}")),))
    new = f"_inbound_nodes[{index}].{several}"
    note = "Keras has no public way to ask about one of several calls; better keep what the call gave"
    return Step("methods", node, f"{name} is now {new}", (Rewrite(whole, (node.value, f".{new}")),), note=note)


def _index(call: cst.CSTNode | None, func: cst.Attribute) -> int | None:
    """The one number that a method is given."""
    if not isinstance(call, cst.Call) or call.func is not func or len(call.args) != 1:
        return None
    given = call.args[0].value
    if isinstance(given, cst.UnaryOperation) and isinstance(given.operator, cst.Minus):
        return -given.expression.evaluated_value if isinstance(given.expression, cst.Integer) else None
    return given.evaluated_value if isinstance(given, cst.Integer) else None


def _is_called_again(context: Context, node: cst.Attribute) -> bool:
    """Whether the file calls the same thing again, or asks about other calls of it than the first."""
    text = context.source.code_for(node.value)
    asked = (_index(call, func) for call, func, _ in context.methods(*_AT) if _code(context, func.value) == text)
    return any(index != 0 for index in asked) or sum(_code(context, call.func) == text for call in context.calls) > 1


def _code(context: Context, node: cst.CSTNode) -> str | None:
    return context.source.code_for(node) if isinstance(node, (cst.Name, cst.Attribute)) else None


def _next(context: Context, node: cst.Attribute) -> Iterator[Step]:
    call = context.names.parent(node)
    if isinstance(call, cst.Call) and call.func is node and not call.args:
        yield Step("methods", node, "iterator.next() is next(iterator)", (Rewrite(call, ("next(", node.value, ")")),))
