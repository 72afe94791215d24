"""`self.add_metric(value, name=...)` in a layer: a metric that the layer keeps, and updates."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from kerascheck.fixes.changes import Change, InsertRows, Rewrite
from kerascheck.migrate.arguments import argument, has_stars, text_of
from kerascheck.migrate.context import Context, Step

_PAGE = "https://keras.io/guides/making_new_layers_and_models_via_subclassing/"


def find(context: Context) -> Iterator[Step]:
    """A step for each class of a layer or a model whose `call` adds metrics."""
    found: dict[int, tuple[cst.ClassDef, list[cst.Call]]] = {}
    for call, func, _ in context.methods("add_metric"):
        owner = context.kinds.owner_of(call)
        if owner is not None and context.names.is_self(func.value):
            found.setdefault(id(owner), (owner, []))[1].append(call)
    for owner, calls in found.values():
        step = _step(context, owner, calls)
        if step is not None:
            yield step


def _step(context: Context, owner: cst.ClassDef, calls: list[cst.Call]) -> Step | None:
    base = context.kinds.base_of(owner) or ""
    if not base.startswith(("keras.layers.", "keras.Layer", "keras.Model")):
        return None
    spelled = context.spell("keras.metrics.Mean")
    rows: list[str] = []
    changes: list[Change] = []
    for call in calls:
        value, name = argument(call, "value", 0), argument(call, "name", 2) or argument(call, "name", 1)
        text = text_of(name.value) if name is not None else None
        kept = {arg.keyword.value for arg in call.args if arg.keyword is not None} <= {"value", "name", "aggregation"}
        func = call.func
        if value is None or text is None or not text.isidentifier() or not kept or has_stars(call):
            return None
        if not isinstance(func, cst.Attribute) or not isinstance(context.names.parent(call), cst.Expr):
            return None
        self_name = context.source.code_for(func.value)
        rows.append(f'self.{text}_metric = {spelled.text}(name="{text}")')
        changes.append(Rewrite(call, (f"{self_name}.{text}_metric.update_state(", value.value, ")")))
    place = _place(owner)
    if place is None:
        return None
    statement, is_init = place
    if not is_init:
        inner = [f"    {row}" for row in rows]
        rows = ["def __init__(self, *args, **kwargs):", "    super().__init__(*args, **kwargs)", *inner, ""]
    changes.append(InsertRows(statement, tuple(rows), behind=is_init))
    message = "add_metric is gone: the layer keeps a metric, and updates it"
    return Step("methods", calls[0].func, message, tuple(changes), spelled.needs, _PAGE, about=(*calls[1:],))


def _place(owner: cst.ClassDef) -> tuple[cst.CSTNode, bool] | None:
    """Where the metrics are made: behind `super().__init__(...)`, or in front of the first method."""
    methods = [one for one in owner.body.body if isinstance(one, cst.FunctionDef)]
    init = next((one for one in methods if one.name.value == "__init__"), None)
    if init is None:
        return (methods[0], False) if methods and not methods[0].decorators else None
    if not init.params.params or init.params.params[0].name.value != "self":
        return None
    for line in init.body.body if isinstance(init.body, cst.IndentedBlock) else ():
        first = line.body[0] if isinstance(line, cst.SimpleStatementLine) and len(line.body) == 1 else None
        call = first.value if isinstance(first, cst.Expr) else None
        func = call.func if isinstance(call, cst.Call) else None
        if isinstance(func, cst.Attribute) and func.attr.value == "__init__":
            return line, True
    return None
