"""Metrics of a model with several outputs: Keras 3 expects a list for each of them."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from kerascheck.fixes.changes import Rewrite
from kerascheck.migrate.arguments import argument, text_of
from kerascheck.migrate.context import Context, Step


def find(context: Context) -> Iterator[Step]:
    """A step for each `compile` of such a model with one list."""
    for call, func, _ in context.methods("compile"):
        metrics = argument(call, "metrics", 2)
        count = _outputs(context, func.value)
        if metrics is None or count is None or not isinstance(metrics.value, cst.List):
            continue
        given = metrics.value.elements
        if given and len(given) != count and all(text_of(element.value) is not None for element in given):
            pieces: list[str | cst.CSTNode] = ["["]
            for index in range(count):
                pieces += [", "] * (index > 0) + [metrics.value]
            yield Step("arguments", metrics, f"metrics for {count} outputs", (Rewrite(metrics.value, (*pieces, "]")),))


def _outputs(context: Context, node: cst.BaseExpression) -> int | None:
    """How many outputs a model has, where it is made of a list of them."""
    values = context.names.values_of(node) if isinstance(node, cst.Name) else None
    made = values[0] if values and len(values) == 1 else None
    if not isinstance(made, cst.Call) or context.names.canonical(made.func) != "keras.Model":
        return None
    outputs = argument(made, "outputs", 1) or argument(made, "output", 1)
    if outputs is None:
        return None
    value: cst.CSTNode = outputs.value
    if isinstance(value, cst.Name):
        found = context.names.values_of(value)
        value = found[0] if found and len(found) == 1 else value
    return len(value.elements) if isinstance(value, cst.List) and len(value.elements) > 1 else None
