"""The learning rate of an optimizer: `model.optimizer.lr` is `model.optimizer.learning_rate`."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from kerascheck.fixes.changes import Rewrite
from kerascheck.migrate.arguments import is_name, requoted, text_of
from kerascheck.migrate.context import Context, Step
from kerascheck.migrate.kinds import Kind


def find(context: Context) -> Iterator[Step]:
    """A step for each `lr` of an optimizer."""
    for node in context.attributes:
        if node.attr.value == "lr" and is_optimizer(context, node.value):
            yield Step(
                "attributes", node, "the lr of an optimizer is learning_rate", (Rewrite(node.attr, ("learning_rate",)),)
            )
    for call in context.calls:
        asked = call.args[1].value if is_name(call.func, "hasattr", "getattr") and len(call.args) > 1 else None
        if isinstance(asked, cst.SimpleString) and text_of(asked) == "lr" and is_optimizer(context, call.args[0].value):
            change = Rewrite(asked, (requoted(asked, "learning_rate"),))
            yield Step("attributes", asked, "the lr of an optimizer is learning_rate", (change,))


def is_optimizer(context: Context, node: cst.BaseExpression) -> bool:
    """Whether something is an optimizer, also that of a model that is not known."""
    kind = context.kinds.of(node)
    if kind is not None:
        return kind is Kind.OPTIMIZER
    owner = node.value if isinstance(node, cst.Attribute) and node.attr.value == "optimizer" else None
    return owner is not None and (is_model(context, owner) or _is_asked(context, node))


def is_model(context: Context, node: cst.BaseExpression) -> bool:
    """Whether something is a model, also where only what is called of it shows it."""
    kind = context.kinds.of(node)
    if kind is not None:
        return kind is Kind.MODEL
    text = context.source.code_for(node)
    of_model = any(context.source.code_for(func.value) == text for _, func, _ in context.methods(*_OF_MODELS))
    return of_model or (isinstance(node, cst.Attribute) and node.attr.value == "model")


#: Methods that are called of models.
_OF_MODELS = (
    "compile", "fit", "fit_generator", "train_on_batch", "predict", "evaluate", "save_weights", "load_weights",
    "count_params",
)  # fmt: skip


def _is_asked(context: Context, node: cst.CSTNode) -> bool:
    """Whether a function of the backend is given an attribute of it: `K.get_value(model.optimizer.lr)`."""
    arg = context.names.parent(context.names.parent(node) or node)
    call = context.names.parent(arg) if isinstance(arg, cst.Arg) else None
    name = context.names.canonical(call.func) if isinstance(call, cst.Call) else None
    return name in ("keras.backend.get_value", "keras.backend.set_value", "keras.backend.eval")
