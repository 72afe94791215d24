"""What a layer did only while it learns: the learning phase of the backend is the argument `training` of `call`."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from kerascheck.fixes.changes import Change, Piece, Rewrite
from kerascheck.migrate.arguments import argument, is_name, keyword, with_parameter
from kerascheck.migrate.context import Context, Step

_PAGE = "https://keras.io/guides/making_new_layers_and_models_via_subclassing/"
#: Which of the two values is that of training.
_CHOICES = {"in_train_phase": (0, 1), "in_test_phase": (1, 0)}
_NAMES = {"in_train_phase": ("x", "alt"), "in_test_phase": ("x", "alt")}
_PHASE = "learning_phase"


def find(context: Context) -> Iterator[Step]:
    """A step for each `call` of a layer or model that asks for the phase."""
    asked: dict[int, tuple[cst.FunctionDef, list[cst.Call]]] = {}
    for call, dotted in context.called():
        name = dotted.rpartition(".")[2]
        if dotted.startswith("keras.backend.") and (name in _CHOICES or name == _PHASE):
            method = _method(context, call)
            if method is not None:
                asked.setdefault(id(method), (method, []))[1].append(call)
    for method, calls in asked.values():
        found = _step(context, method, calls)
        if found is not None:
            yield found


def _method(context: Context, node: cst.CSTNode) -> cst.FunctionDef | None:
    """The `call` of a layer or model that a call stands in, also in a function within it."""
    above = list(context.names.ancestors(node))
    for index, one in enumerate(above):
        if isinstance(one, cst.ClassDef):
            base = context.kinds.base_of(one) or ""
            inner = above[index - 2] if index > 1 else None
            is_call = isinstance(inner, cst.FunctionDef) and inner.name.value == "call" and not inner.decorators
            is_layer = base.startswith(("keras.layers.", "keras.Layer", "keras.Model", "keras.Sequential"))
            return inner if is_call and is_layer and isinstance(inner, cst.FunctionDef) else None
    return None


def _step(context: Context, method: cst.FunctionDef, calls: list[cst.Call]) -> Step | None:
    params = method.params
    has_training = any(one.name.value == "training" for one in (*params.params, *params.kwonly_params))
    changes: list[Change] = []
    if not has_training:
        change = with_parameter(params, "training")
        if change is None:
            return None
        changes.append(change)
    for call in calls:
        new = _chosen(context, call)
        if new is None:
            return None
        changes.append(Rewrite(call, new))
    message = "the learning phase is the argument training of call"
    about = (*calls[1:],)
    return Step("backend", calls[0], message, tuple(changes), page=_PAGE, about=about)


def _chosen(context: Context, call: cst.Call) -> tuple[Piece, ...] | None:
    """What a call of the backend is that chooses by the phase; or that asks for it."""
    name = (context.names.canonical(call.func) or "").rpartition(".")[2]
    if name == _PHASE:
        return ("training",) if not call.args else None
    first, second = _NAMES[name]
    both = argument(call, first, 0), argument(call, second, 1)
    given = keyword(call, "training")
    if both[0] is None or both[1] is None or len(call.args) != (2 if given is None else 3):
        return None
    if given is not None and not is_name(given.value, "training", "None"):
        return None
    values = [_value(context, one.value) for one in both if one is not None]
    if_trained, if_not = (values[place] for place in _CHOICES[name])
    return ("(", *if_trained, " if training else ", *if_not, ")")


def _value(context: Context, node: cst.BaseExpression) -> tuple[Piece, ...]:
    """The value, which may be given as a function without arguments that makes it."""
    if isinstance(node, cst.Lambda) and not node.params.params:
        return ("(", node.body, ")")
    values = context.names.values_of(node) if isinstance(node, cst.Name) else None
    if values and all(isinstance(one, cst.FunctionDef) for one in values):
        return (node, "()")
    return ("(", node, ")") if isinstance(node, (cst.IfExp, cst.Lambda)) else (node,)
