"""`model.add_loss(tensor)`: the loss goes through a layer, which adds it in its `call`."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from kerascheck.fixes.changes import Change, InsertRows, Rewrite
from kerascheck.migrate.arguments import argument, is_name
from kerascheck.migrate.context import Context, Need, Step
from kerascheck.migrate.kinds import Kind

_PAGE = "https://keras.io/guides/making_new_layers_and_models_via_subclassing/"
_MODELS = frozenset({"keras.Model", "keras.models.Model"})
_NAME = "AddLoss"


def find(context: Context) -> Iterator[Step]:
    """A step for each loss that is added to a functional model as a tensor."""
    written: set[int] = set()  # blocks that have the class already
    for call, func, kind in context.methods("add_loss"):
        if kind is Kind.MODEL and not context.names.is_self(func.value):
            yield _step(context, call, func, written)


def _step(context: Context, call: cst.Call, func: cst.Attribute, written: set[int]) -> Step:
    given, inputs = argument(call, "losses", 0), argument(call, "inputs", 1)
    statement = context.names.parent(call)
    line = context.names.parent(statement) if statement is not None else None
    block = context.names.parent(line) if line is not None else None
    model = func.value
    is_simple = isinstance(statement, cst.Expr) and isinstance(line, cst.SimpleStatementLine) and len(line.body) == 1
    is_other = inputs is not None and not is_name(inputs.value, "True", "None")
    is_functional = isinstance(model, cst.Name) and _is_made_here(context, model, block)
    is_tensor = given is not None and not isinstance(given.value, (cst.Lambda, cst.List, cst.Tuple))
    is_plain = is_simple and is_tensor and not is_other
    if given is None or line is None or not is_plain or not is_functional or not context.names.is_free(_NAME):
        return Step("attributes", func, "add_loss is gone: self.add_loss in the call of a layer", page=_PAGE)
    made, base = context.spell("keras.Model"), context.spell("keras.layers.Layer")
    name = context.source.code_for(model)
    pieces = (f"{name} = {made.text}({name}.inputs, {_NAME}()({name}.outputs[0], ", given.value, "))")
    changes: list[Change] = [Rewrite(call, pieces)]
    if id(block) not in written:
        written.add(id(block))
        at_top = isinstance(block, cst.Module)
        rows = (
            *(("", "") if at_top else ()),
            f"class {_NAME}({base.text}):",
            "    def call(self, outputs, loss):",
            "        self.add_loss(loss)",
            "        return outputs",
            *(("", "") if at_top else ("",)),
        )
        changes.append(InsertRows(line, rows))
    needs: tuple[Need, ...] = (*made.needs, *base.needs)
    message = "a loss is added in the call of a layer"
    return Step("attributes", func, message, tuple(changes), needs, _PAGE)


def _is_made_here(context: Context, model: cst.Name, block: cst.CSTNode | None) -> bool:
    """Whether one statement of the same block makes the model, of inputs and of one output."""
    values = context.names.values_of(model) or []
    if len(values) != 1 or not isinstance(values[0], cst.Call):
        return False
    made = values[0]
    statement = context.names.statement(made)
    line = context.names.parent(statement) if statement is not None else None
    if context.names.canonical(made.func) not in _MODELS or context.names.parent(line or made) is not block:
        return False
    outputs = argument(made, "outputs", 1) or argument(made, "output", 1)
    return outputs is not None and not isinstance(outputs.value, (cst.List, cst.Tuple, cst.Dict))
