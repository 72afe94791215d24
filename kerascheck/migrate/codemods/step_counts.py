"""`steps_per_epoch=len(x) / 32`: Keras 3 counts steps with `range`, which takes no quotient; it went up to the next."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from kerascheck.fixes.changes import Piece, Rewrite
from kerascheck.migrate.arguments import keyword
from kerascheck.migrate.context import Context, Need, Step
from kerascheck.migrate.kinds import Kind

NAMES = ("steps_per_epoch", "validation_steps", "steps")
NEEDS = (Need("", "math", "math"),)
_GENERATORS = ("fit_generator", "evaluate_generator", "predict_generator")


def find(context: Context) -> Iterator[Step]:
    """A step for each number of steps that is a quotient."""
    for call, func, kind in context.methods("fit", "evaluate", "predict", *_GENERATORS):
        if kind not in (Kind.MODEL, None) or (kind is None and func.attr.value not in _GENERATORS):
            continue
        for arg in (keyword(call, name) for name in NAMES):
            if arg is not None and is_quotient(context, arg.value):
                change = Rewrite(arg.value, (*rounded(arg.value),))
                yield Step("arguments", arg.value, "steps are counted by integers", (change,), NEEDS)


def rounded(node: cst.BaseExpression) -> tuple[Piece, ...]:
    """A quotient, rounded up."""
    return ("math.ceil(", node, ")")


def is_quotient(context: Context, node: cst.BaseExpression) -> bool:
    """Whether it is `a / b`, or a name that holds that and nothing else."""
    if isinstance(node, cst.Name):
        values = context.names.values_of(node) or []
        return len(values) == 1 and isinstance(values[0], cst.BinaryOperation) and is_quotient(context, values[0])
    return isinstance(node, cst.BinaryOperation) and isinstance(node.operator, cst.Divide)
