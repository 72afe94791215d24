"""`model.layers.pop()`, which takes a layer from a copy of the list: another model ends a layer earlier."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from kerascheck.fixes.changes import Change, RemoveStatement, Rewrite
from kerascheck.migrate.context import Context, Step
from kerascheck.migrate.kinds import Kind
from kerascheck.text.treewalk import walk

#: What may be asked of a model that has lost layers, and what is set on it, since older Kerases did not see to it.
_ASKED = ("layers", "inputs", "input", "summary")
_OUTPUTS = "outputs"
_NODES = ("outbound_nodes", "_outbound_nodes")


def find(context: Context) -> Iterator[Step]:
    """A step for each model of which layers are popped."""
    popped: dict[tuple[int, str], list[cst.Call]] = {}
    for call, func, _ in context.methods("pop"):
        held = func.value
        if isinstance(held, cst.Attribute) and held.attr.value == "layers" and not call.args:
            model = held.value
            if isinstance(model, cst.Name) and context.kinds.of(model) is Kind.MODEL:
                popped.setdefault((id(_function(context, model)), model.value), []).append(call)
    for (_, name), calls in popped.items():
        yield _step(context, name, calls)


def _function(context: Context, node: cst.CSTNode) -> cst.CSTNode | None:
    """The function that a node is in."""
    return next((one for one in context.names.ancestors(node) if isinstance(one, cst.FunctionDef)), None)


def _step(context: Context, name: str, calls: list[cst.Call]) -> Step:
    message = "layers.pop() takes nothing from the model"
    statements = [context.names.parent(call) for call in calls]
    following = _following(context, statements)
    if following is None:
        return Step("methods", calls[0], f"{message}: make a Model that ends a layer earlier")
    settings = [node for node in following if _sets(node, name) is not None]
    is_set = any(_sets(node, name) == _OUTPUTS for node in settings)
    model = _model_in(calls[0])
    is_stack = context.kinds.class_of(model) == "keras.Sequential"
    if not is_set and (is_stack or not _is_only_asked(context, name, calls[-1])):
        return Step("methods", calls[0], f"{message}: make a Model that ends a layer earlier")
    changes: list[Change] = [RemoveStatement(node) for node in settings]
    about = (*calls[1:], *settings)
    if is_stack:
        changes += [Rewrite(call, (f"{name}.pop()",)) for call in calls]
        return Step("methods", calls[0], f"{message}: pop() of the model does", tuple(changes), about=about)
    spelled = context.spell("keras.Model")
    changes += [RemoveStatement(node) for node in statements[1:] if node is not None]
    made = f"{name} = {spelled.text}({name}.inputs, {name}.layers[-{len(calls) + 1}].output)"
    changes.append(Rewrite(calls[0], (made,)))
    message = f"{message}: a Model that ends earlier is made"
    return Step("methods", calls[0], message, tuple(changes), spelled.needs, about=about)


def _model_in(call: cst.Call) -> cst.BaseExpression:
    assert isinstance(call.func, cst.Attribute)
    assert isinstance(call.func.value, cst.Attribute)
    return call.func.value.value


def _following(context: Context, statements: list[cst.CSTNode | None]) -> list[cst.CSTNode] | None:
    """The statements behind some that stand one after the other, in their block; None where they do not."""
    lines = [context.names.parent(node) if isinstance(node, cst.Expr) else None for node in statements]
    block = context.names.parent(lines[0]) if lines[0] is not None else None
    if not isinstance(block, (cst.Module, cst.IndentedBlock)):
        return None
    body = list(block.body)
    first = next((index for index, one in enumerate(body) if one is lines[0]), None)
    if first is None or [id(one) for one in body[first : first + len(lines)]] != [id(one) for one in lines]:
        return None
    rest = body[first + len(lines) :]
    return [node for line in rest if isinstance(line, cst.SimpleStatementLine) for node in line.body]


def _sets(node: cst.CSTNode, name: str) -> str | None:
    """What a statement sets on a model whose last layer was popped, where it only says where that ends now."""
    target = node.targets[0].target if isinstance(node, cst.Assign) and len(node.targets) == 1 else None
    if not isinstance(target, cst.Attribute) or not isinstance(node, cst.Assign):
        return None
    if _is_last_layer(target.value, name) and target.attr.value in _NODES:
        return "nodes"
    if not isinstance(target.value, cst.Name) or target.value.value != name or target.attr.value != _OUTPUTS:
        return None
    value = node.value.elements[0].value if isinstance(node.value, cst.List) and node.value.elements else None
    is_last = isinstance(value, cst.Attribute) and value.attr.value == "output" and _is_last_layer(value.value, name)
    return _OUTPUTS if is_last else None


def _is_last_layer(node: cst.BaseExpression, name: str) -> bool:
    """Whether it is `model.layers[-1]`."""
    if not isinstance(node, cst.Subscript) or not isinstance(node.value, cst.Attribute) or len(node.slice) != 1:
        return False
    held, index = node.value, node.slice[0].slice
    value = index.value if isinstance(index, cst.Index) else None
    is_last = isinstance(value, cst.UnaryOperation) and isinstance(value.expression, cst.Integer)
    is_last = is_last and isinstance(value, cst.UnaryOperation) and getattr(value.expression, "value", "") == "1"
    return held.attr.value == "layers" and isinstance(held.value, cst.Name) and held.value.value == name and is_last


def _is_only_asked(context: Context, name: str, last: cst.Call) -> bool:
    """Whether behind the last pop nothing is asked of the model but its layers and its inputs."""
    order = {id(node): index for index, node in enumerate(context.names.nodes)}
    model = _model_in(last)
    inside = _function(context, model) or context.names.tree
    uses = [node for node in walk(inside) if isinstance(node, cst.Name) and node.value == name]
    later = [node for node in uses if order[id(node)] > order[id(last)] and node is not model]
    above = [context.names.parent(node) for node in later]
    return all(
        isinstance(one, cst.Attribute) and one.value is node and one.attr.value in _ASKED
        for one, node in zip(above, later, strict=True)
    )
