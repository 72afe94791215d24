"""`model.metrics_names`, which named what `evaluate` gives, and says "compile_metrics" in Keras 3."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from kerascheck.fixes.changes import Change, Rewrite
from kerascheck.migrate.arguments import positional, requoted, text_of
from kerascheck.migrate.codemods.learning_rates import is_model
from kerascheck.migrate.codemods.log_keys import accuracy_key
from kerascheck.migrate.context import Context, Step
from kerascheck.migrate.kinds import Kind


def find(context: Context) -> Iterator[Step]:
    """A step for each use of it."""
    for node in context.attributes:
        if node.attr.value != "metrics_names" or context.names.is_written(node):
            continue
        if context.kinds.of(node.value) is not Kind.MODEL and not is_model(context, node.value):
            continue
        changes: list[Change] = [Rewrite(node, ("list(", node.value, ".get_metrics_result())"))]
        changes += _asked(context, node)
        message = "metrics_names has no names of metrics: get_metrics_result does"
        yield Step("attributes", node, message, tuple(changes), note="after fit or evaluate")


def _asked(context: Context, node: cst.Attribute) -> Iterator[Change]:
    """The accuracy by its new name: `model.metrics_names.index("acc")`."""
    func = context.names.parent(node)
    call = context.names.parent(func) if isinstance(func, cst.Attribute) and func.attr.value == "index" else None
    given = positional(call, 0) if isinstance(call, cst.Call) and call.func is func else None
    text = text_of(given.value) if given is not None else None
    new = accuracy_key(context, text) if text is not None else None
    if given is not None and new is not None and isinstance(given.value, cst.SimpleString):
        yield Rewrite(given.value, (requoted(given.value, new),))
