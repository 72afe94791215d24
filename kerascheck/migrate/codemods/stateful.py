"""`batch_input_shape=` of a first layer is an `Input` of its own; `model.reset_states()` is done for each layer."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from kerascheck.fixes.changes import InsertRows, RemoveArgument, RemoveStatement, Rewrite
from kerascheck.migrate.arguments import keyword
from kerascheck.migrate.context import Context, Step
from kerascheck.migrate.kinds import Kind


def find(context: Context) -> Iterator[Step]:
    """A step for each of the two."""
    for call, name in context.called():
        shape = keyword(call, "batch_input_shape") if name.startswith("keras.layers.") else None
        if shape is not None and name != "keras.layers.InputLayer":
            yield _input(context, call, shape)
    for call, func, kind in context.methods("reset_states"):
        if kind is Kind.MODEL or (kind is None and _is_trained(context, func.value)):
            yield _reset(context, call, func)


def _is_repeated(context: Context, node: cst.CSTNode) -> bool:
    """Whether a statement is in a loop, so that it may not be the first layer that it adds each time."""
    for above in context.names.ancestors(node):
        if isinstance(above, (cst.For, cst.While)):
            return True
        if isinstance(above, cst.FunctionDef):
            return False
    return False


def _is_trained(context: Context, node: cst.BaseExpression) -> bool:
    """Whether something unknown is trained or asked elsewhere in the file, as models are."""
    text = context.source.code_for(node)
    return any(
        context.source.code_for(func.value) == text
        for _, func, _ in context.methods("fit", "train_on_batch", "predict", "predict_on_batch", "compile")
    )


def _input(context: Context, call: cst.Call, shape: cst.Arg) -> Step:
    message = "batch_input_shape is now keras.Input(batch_shape=)"
    spelled = context.spell("keras.layers.Input")
    remove = RemoveArgument(call, shape)
    value = context.source.code_for(shape.value)
    above = [*context.names.ancestors(call)]
    for node in above:
        if isinstance(node, cst.Call) and isinstance(node.func, cst.Attribute) and node.func.attr.value == "add":
            statement = context.names.parent(node)
            is_model = context.kinds.of(node.func.value) is Kind.MODEL
            if isinstance(statement, cst.Expr) and is_model and not _is_repeated(context, statement):
                row = f"{context.source.code_for(node.func.value)}.add({spelled.text}(batch_shape={value}))"
                return Step("arguments", shape, message, (remove, InsertRows(statement, (row,))), spelled.needs)
            break
        if isinstance(node, cst.Element):
            layers = context.names.parent(node)
            is_first = isinstance(layers, cst.List) and layers.elements[0] is node
            makers = [context.names.canonical(one.func) for one in above if isinstance(one, cst.Call)]
            if is_first and "keras.Sequential" in makers:
                pieces = (f"{spelled.text}(batch_shape={value}), ", node.value)
                return Step("arguments", shape, message, (remove, Rewrite(node.value, pieces)), spelled.needs)
            break
        if isinstance(node, (cst.BaseSmallStatement, cst.BaseCompoundStatement)):
            break
    return Step("arguments", shape, f"{message}: put it before this layer")


def _reset(context: Context, call: cst.Call, func: cst.Attribute) -> Step:
    message = "a model has no reset_states any more: its layers have"
    statement = context.names.parent(call)
    line = context.names.parent(statement) if isinstance(statement, cst.Expr) else None
    if not isinstance(line, cst.SimpleStatementLine) or len(line.body) != 1 or call.args:
        return Step("methods", call, message)
    name = "layer" if context.names.is_free("layer") else "stateful_layer"
    model = context.source.code_for(func.value)
    rows = (
        f"for {name} in {model}.layers:",
        f'    if hasattr({name}, "reset_states"):',
        f"        {name}.reset_states()",
    )
    assert isinstance(statement, cst.Expr)
    if isinstance(context.names.parent(line), cst.IndentedBlock) and len(context.names.parent(line).body) == 1:  # type: ignore[union-attr]
        return Step("methods", call, message, (InsertRows(statement, rows), RemoveStatement(statement)))
    return Step("methods", call, message, (InsertRows(statement, rows), RemoveStatement(statement)))
