"""`K.function` is `keras.Function`; and the ends of a Sequential, which it is often made of."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from kerascheck.fixes.changes import AddArgument, Change, RemoveItem, Rewrite
from kerascheck.migrate.arguments import has_stars, is_name, positionals
from kerascheck.migrate.context import Context, Step
from kerascheck.text.treewalk import walk

_ENDS = {"input": "inputs[0]", "output": "outputs[0]"}


def find(context: Context) -> Iterator[Step]:
    """A step for each function of the backend, and for each end of a Sequential."""
    for call, name in context.called():
        if name in ("keras.backend.function", "keras.backend.tensorflow_backend.function"):
            yield _step(context, call)
    for node in context.attributes:
        made = context.kinds.class_of(node.value) if node.attr.value in _ENDS else None
        if made == "keras.Sequential" and not context.names.is_written(node):
            message = f"a Sequential has {_ENDS[node.attr.value]}, and no {node.attr.value} before it is called"
            yield Step("attributes", node, message, (Rewrite(node.attr, (_ENDS[node.attr.value],)),))


def _step(context: Context, call: cst.Call) -> Step:
    given = positionals(call)
    learns = any(isinstance(node, cst.Call) and _is_phase(context, node) for node in walk(call))
    found = _with_phase(context, call) if learns else None
    if found is not None:
        return found
    if len(given) != 2 or len(call.args) != 2 or has_stars(call) or learns:
        return Step("backend", call, "K.function is gone: make a keras.Function of its inputs and outputs")
    spelled = context.spell("keras.Function")
    note = "it gives tensors, where K.function gave arrays"
    return Step(
        "backend",
        call,
        "K.function is keras.Function",
        (Rewrite(call.func, (spelled.text,)),),
        spelled.needs,
        note=note,
    )


def _is_phase(context: Context, node: cst.BaseExpression) -> bool:
    """Whether it is `K.learning_phase()`."""
    name = context.names.canonical(node.func) if isinstance(node, cst.Call) else None
    return name in ("keras.backend.learning_phase", "keras.backend.tensorflow_backend.learning_phase")


def _with_phase(context: Context, call: cst.Call) -> Step | None:
    """The step for a function that is told whether the model learns: a model, with `training=` where it is called.

    None where it is not seen what each call of it is given.
    """
    given = positionals(call)
    if len(given) != 2 or len(call.args) != 2:
        return None
    inputs, outputs = _without_phase(context, given[0].value), given[1].value
    asked = _calls_of(context, call)
    if inputs is None or not isinstance(outputs, cst.List) or asked is None:
        return None
    changes: list[Change] = []
    for one in asked:
        values = one.args[0].value
        phase = _truth(values.elements[-1].value) if isinstance(values, cst.List) and len(values.elements) > 1 else None
        if phase is None or not isinstance(values, cst.List) or len(one.args) != 1:
            return None
        changes.append(RemoveItem(values.elements, values.elements[-1]))
        changes.append(AddArgument(one, (f"training={phase}",)))
    spelled = context.spell("keras.Model")
    # A model of a list of one output gives this output; one of an output in two lists gives a list of it.
    changes += [Rewrite(call.func, (spelled.text,)), *inputs]
    if len(outputs.elements) == 1:
        changes.append(Rewrite(outputs, ("[", outputs, "]")))
    message = "K.function is a keras.Model, and the learning phase is its argument training"
    note = "it gives tensors, where K.function gave arrays"
    return Step("backend", call, message, tuple(changes), spelled.needs, note=note)


def _without_phase(context: Context, node: cst.BaseExpression) -> list[Change] | None:
    """What takes the learning phase out of the inputs of a function; None where it is not seen in them."""
    if isinstance(node, cst.List) and len(node.elements) > 1:
        phases = [one for one in node.elements if _is_phase(context, one.value)]
        return [RemoveItem(node.elements, one) for one in phases] if len(phases) == 1 else None
    if isinstance(node, cst.BinaryOperation) and isinstance(node.right, cst.List) and len(node.right.elements) == 1:
        is_phase = _is_phase(context, node.right.elements[0].value)
        return [Rewrite(node, (node.left,))] if is_phase and isinstance(node.left, cst.Attribute) else None
    return None


def _calls_of(context: Context, call: cst.Call) -> list[cst.Call] | None:
    """All calls of the function that a call makes; None where it is used otherwise, too, or in none."""
    statement = context.names.parent(call)
    if not isinstance(statement, cst.Assign) or len(statement.targets) != 1:
        return None
    target = statement.targets[0].target
    if not isinstance(target, cst.Name):
        return None
    uses = [node for node in context.names.nodes if isinstance(node, cst.Name) and node.value == target.value]
    uses = [node for node in uses if node is not target]
    above = [context.names.parent(node) for node in uses]
    found = [
        one
        for one, use in zip(above, uses, strict=True)
        if isinstance(one, cst.Call) and one.func is use and len(one.args) == 1
    ]
    is_known = len(found) == len(uses) and all(context.names.values_of(use) == [call] for use in uses)
    return found if found and is_known else None


def _truth(node: cst.BaseExpression) -> bool | None:
    """What is meant by a constant of the learning phase."""
    if isinstance(node, (cst.Integer, cst.Float)):
        return bool(node.evaluated_value)
    return node.value == "True" if is_name(node, "True", "False") and isinstance(node, cst.Name) else None
