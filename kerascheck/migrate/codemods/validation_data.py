"""`self.validation_data` of a callback, which `fit` sets no more: the program sets it before it trains."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from kerascheck.fixes.changes import Change, InsertRows, Rewrite
from kerascheck.migrate.arguments import keyword
from kerascheck.migrate.context import Context, Step
from kerascheck.migrate.kinds import Kind

_NAME = "validation_data"
_PAGE = "https://keras.io/guides/writing_your_own_callbacks/"


def find(context: Context) -> Iterator[Step]:
    """A step for each callback of the file that reads the validation data."""
    own = [node for node in context.attributes if node.attr.value == _NAME]
    if any(context.names.is_written(node) for node in own):
        return  # the program sets it itself
    reading: dict[int, tuple[cst.ClassDef, list[cst.Attribute]]] = {}
    for node in own:
        owner = context.kinds.owner_of(node) if context.names.is_self(node.value) else None
        if owner is not None and context.kinds.base_of(owner) == "keras.callbacks.Callback":
            reading.setdefault(id(owner), (owner, []))[1].append(node)
    for owner, reads in reading.values():
        yield _step(context, owner, reads)


def _step(context: Context, owner: cst.ClassDef, reads: list[cst.Attribute]) -> Step:
    message = "fit sets no validation_data on a callback"
    changes: list[Change] = []
    made = [call for call in context.calls if _makes(context, call, owner)]
    for call in made:
        trained = _training(context, call)
        if trained is None:
            made = []
            break
        changes += trained
    if not made:
        return Step("attributes", reads[0], f"{message}: hand it to the callback yourself", page=_PAGE)
    return Step("attributes", reads[0], f"{message}: it is set before", tuple(changes), page=_PAGE, about=(*reads[1:],))


def _makes(context: Context, call: cst.Call, owner: cst.ClassDef) -> bool:
    return isinstance(call.func, cst.Name) and context.names.values_of(call.func) == [owner]


def _training(context: Context, made: cst.Call) -> list[Change] | None:
    """What sets the data on a callback before the one training that it is made for; None where that is not seen."""
    above = context.names.parent(made)
    if isinstance(above, cst.Assign) and len(above.targets) == 1 and isinstance(above.targets[0].target, cst.Name):
        name = above.targets[0].target.value
        fits = [fit for fit in _fits(context) if _mentions(keyword(fit, "callbacks"), name, context)]
        return _set_before(context, fits, name, ())
    inside = {id(made), *(id(one) for one in context.names.ancestors(made))}
    fits = [fit for fit in _fits(context) if id(keyword(fit, "callbacks")) in inside]
    name = "callback"
    if not context.names.is_free(name):
        return None
    return _set_before(context, fits, name, (f"{name} = {context.source.code_for(made)}",), Rewrite(made, (name,)))


def _fits(context: Context) -> Iterator[cst.Call]:
    for call, _, kind in context.methods("fit", "fit_generator"):
        if kind in (Kind.MODEL, None) and keyword(call, "callbacks") is not None:
            yield call


def _mentions(given: cst.Arg | None, name: str, context: Context) -> bool:
    """Whether a callback of this name is among those that are given, directly or in a list that is assigned."""
    if given is None:
        return False
    value = given.value
    if isinstance(value, cst.Name) and value.value != name:
        values = context.names.values_of(value) or []
        value = values[0] if len(values) == 1 and isinstance(values[0], cst.BaseExpression) else value
    items = [one.value for one in value.elements] if isinstance(value, (cst.List, cst.Tuple)) else [value]
    return any(isinstance(one, cst.Name) and one.value == name for one in items)


def _set_before(
    context: Context, fits: list[cst.Call], name: str, rows: tuple[str, ...], *others: Change
) -> list[Change] | None:
    """The rows before a training that set the data that it is given as a pair."""
    given = keyword(fits[0], _NAME) if len(fits) == 1 else None
    statement = context.names.statement(fits[0]) if given is not None else None
    if given is None or statement is None or not _is_pair(context, given.value):
        return None
    return [*others, InsertRows(statement, (*rows, f"{name}.{_NAME} = {context.source.code_for(given.value)}"))]


def _is_pair(context: Context, node: cst.BaseExpression) -> bool:
    """Whether it is inputs with targets, and nothing is done where it is written again."""
    if isinstance(node, (cst.Tuple, cst.List)):
        return len(node.elements) > 1 and not any(isinstance(one.value, cst.Call) for one in node.elements)
    values = context.names.values_of(node) if isinstance(node, cst.Name) else None
    return bool(values) and all(isinstance(one, (cst.Tuple, cst.List)) for one in values or ())
