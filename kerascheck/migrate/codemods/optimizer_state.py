"""The numbers that an optimizer keeps: `get_weights` and `set_weights` of it are gone, its variables are there."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from kerascheck.fixes.changes import Rewrite
from kerascheck.migrate.arguments import argument, has_stars
from kerascheck.migrate.codemods.learning_rates import is_optimizer
from kerascheck.migrate.context import Context, Step

_PAGE = "https://keras.io/api/optimizers/"
_NOTE = "there are more of them than there were: what an older Keras has saved does not fit"


def find(context: Context) -> Iterator[Step]:
    """A step for each call of one of these on an optimizer."""
    for call, func, _ in context.methods("get_weights", "set_weights"):
        if not is_optimizer(context, func.value):
            continue
        if func.attr.value == "get_weights" and not call.args:
            pieces = ("[variable.numpy() for variable in ", func.value, ".variables]")
            yield Step("methods", func, "get_weights is in the variables", (Rewrite(call, pieces),), (), _PAGE, _NOTE)
        elif func.attr.value == "set_weights":
            yield _set(context, call, func)


def _set(context: Context, call: cst.Call, func: cst.Attribute) -> Step:
    given = argument(call, "weights", 0)
    statement = context.names.parent(call)
    line = context.names.parent(statement) if statement is not None else None
    is_alone = isinstance(line, cst.SimpleStatementLine) and len(line.body) == 1
    if given is None or has_stars(call) or not isinstance(statement, cst.Expr) or not is_alone:
        return Step("methods", func, "set_weights is gone: assign to each of its variables", page=_PAGE)
    pieces = (*("for variable, value in zip(", func.value, ".variables, ", given.value, "): variable.assign(value)"),)
    message = "set_weights assigns to the variables"
    return Step("methods", func, message, (Rewrite(call, pieces),), (), _PAGE, _NOTE)
