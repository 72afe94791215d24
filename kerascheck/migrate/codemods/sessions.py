"""Sessions of TensorFlow 1: what they set for the memory of GPUs is set without them; others are listed."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from kerascheck.fixes.changes import Change, InsertRows, RemoveItem, RemoveStatement, Unwrap
from kerascheck.migrate.arguments import is_name
from kerascheck.migrate.context import Context, Need, Step

_CONFIGS = ("tensorflow.ConfigProto", "tensorflow.compat.v1.ConfigProto")
_SESSIONS = (
    "tensorflow.Session", "tensorflow.compat.v1.Session", "tensorflow.InteractiveSession",
    "tensorflow.compat.v1.InteractiveSession",
)  # fmt: skip
_GRAPHS = ("tensorflow.get_default_graph", "tensorflow.compat.v1.get_default_graph")
_PAGE = "https://www.tensorflow.org/guide/gpu#limiting_gpu_memory_growth"


def find(context: Context) -> Iterator[Step]:
    """One step for the session that is made to be set for Keras, else one for each; and one for each graph."""
    yield from _graphs(context)
    setting = [
        call for call, name in context.called() if name.startswith("keras.backend.") and name.endswith(".set_session")
    ]
    if not setting:
        return
    statements = _all_of_it(context, setting)
    if statements is None:
        for call in setting:
            yield Step("sessions", call, "there are no sessions in Keras 3: leave it out", page=_PAGE)
        return
    changes: list[Change] = [RemoveStatement(statement) for statement in statements]
    needs: tuple[Need, ...] = ()
    if any(_grows(statement) for statement in statements):
        tf = next((one.local for one in context.names.bindings if one.dotted == "tensorflow"), "tf")
        needs = (Need("", "tensorflow", tf),)
        rows = (
            f'for gpu in {tf}.config.list_physical_devices("GPU"):',
            f"    {tf}.config.experimental.set_memory_growth(gpu, True)",
        )
        changes.append(InsertRows(statements[0], rows))
    message = "there are no sessions in Keras 3; what is left is how memory of GPUs is taken"
    yield Step("sessions", setting[0], message, tuple(changes), needs, _PAGE)


def _all_of_it(context: Context, setting: list[cst.Call]) -> list[cst.CSTNode] | None:
    """The statements that make a session and set it, in order; None where it is used otherwise, too."""
    found: dict[int, cst.CSTNode] = {}
    names: set[str] = set()
    for call in setting:
        statement = context.names.parent(call)
        if not isinstance(statement, cst.Expr):
            return None
        found[id(statement)] = statement
    made = {id(call): call for call, name in context.called() if name in (*_CONFIGS, *_SESSIONS)}
    for call in made.values():
        statement = context.names.statement(call)
        if id(statement) in found:
            continue
        if not isinstance(statement, cst.Assign) or len(statement.targets) != 1 or statement.value is not call:
            return None
        target = statement.targets[0].target
        if not isinstance(target, cst.Name):
            return None
        names.add(target.value)
        found[id(statement)] = statement
    for node in context.names.nodes:
        if not isinstance(node, cst.Name) or node.value not in names:
            continue
        above = context.names.parent(node)
        if (isinstance(above, cst.Arg) and above.keyword is node) or (
            isinstance(above, cst.Attribute) and above.attr is node
        ):
            continue
        statement = context.names.statement(node)
        if statement is None:
            return None
        if id(statement) not in found:
            if not (isinstance(statement, cst.Assign) and _begins_with(statement.targets[0].target, names)):
                return None
            found[id(statement)] = statement
    for call in setting:  # what is set must be one of these sessions: of another one it is not known where it is from
        given = call.args[0].value if len(call.args) == 1 else None
        if id(given) not in made and not (isinstance(given, cst.Name) and given.value in names):
            return None
    order = {id(node): index for index, node in enumerate(context.names.nodes)}
    return sorted(found.values(), key=lambda node: order[id(node)])


def _begins_with(node: cst.CSTNode, names: set[str]) -> bool:
    """Whether it is an attribute of one of these."""
    if not isinstance(node, cst.Attribute):
        return False
    inner: cst.CSTNode = node
    while isinstance(inner, cst.Attribute):
        inner = inner.value
    return isinstance(inner, cst.Name) and inner.value in names


def _grows(statement: cst.CSTNode) -> bool:
    if not isinstance(statement, cst.Assign):
        return False
    target = statement.targets[0].target
    return (
        isinstance(target, cst.Attribute) and target.attr.value == "allow_growth" and is_name(statement.value, "True")
    )


def _graphs(context: Context) -> Iterator[Step]:
    """A step for each graph of TensorFlow 1 that is kept to call models in, where nothing else is done with graphs."""
    made = [call for call, name in context.called() if name in _GRAPHS]
    if not made or any(name in _SESSIONS for _, name in context.called()):
        return
    kept: dict[str, list[cst.Call]] = {}
    for call in made:
        above = context.names.parent(call)
        if isinstance(above, cst.Assign) and len(above.targets) == 1:
            kept.setdefault(context.source.code_for(above.targets[0].target), []).append(call)
    for text, calls in kept.items():
        changes = _without_graph(context, text)
        if changes is not None:
            message = "models of Keras 3 are called in no graph"
            yield Step("sessions", calls[0], message, tuple(changes), page=_PAGE, about=tuple(calls[1:]))


def _without_graph(context: Context, text: str) -> list[Change] | None:
    """What takes a graph of this name out of a file; None where it serves for something else."""
    changes: list[Change] = []
    for node in context.names.nodes:
        if not isinstance(node, (cst.Name, cst.Attribute)) or context.source.code_for(node) != text:
            continue
        above = context.names.parent(node)
        if isinstance(above, cst.NameItem) or (isinstance(above, cst.Arg) and above.keyword is node):
            continue  # `global graph`
        entered = _entered(context, above, node)
        if entered is not None:
            changes.append(entered)
        elif isinstance(above, cst.AssignTarget):
            statement = context.names.statement(node)
            if not isinstance(statement, cst.Assign) or not _is_graph(context, statement.value):
                return None
            changes.append(RemoveStatement(statement))
        else:
            return None
    return changes


def _is_graph(context: Context, node: cst.BaseExpression) -> bool:
    """Whether it is the graph of the program, or None before it is asked for."""
    return is_name(node, "None") or (isinstance(node, cst.Call) and context.names.canonical(node.func) in _GRAPHS)


def _entered(context: Context, above: cst.CSTNode | None, graph: cst.BaseExpression) -> Change | None:
    """What takes `with graph.as_default()` away, where the node above is `graph.as_default`."""
    if not isinstance(above, cst.Attribute) or above.value is not graph or above.attr.value != "as_default":
        return None
    item = context.names.parent(context.names.parent(above) or above)
    statement = context.names.parent(item) if isinstance(item, cst.WithItem) else None
    if not isinstance(item, cst.WithItem) or not isinstance(statement, cst.With) or item.asname is not None:
        return None
    return RemoveItem(statement.items, item) if len(statement.items) > 1 else Unwrap(statement)
