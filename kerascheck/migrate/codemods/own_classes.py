"""Layers and optimizers of the program's own: what their methods are called, and how they make their weights."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from kerascheck.fixes.changes import Change, RenameKeyword, Rewrite
from kerascheck.migrate.arguments import has_stars, keyword, positionals, text_of
from kerascheck.migrate.context import Context, Step
from kerascheck.text.treewalk import walk

_PAGE = "https://keras.io/guides/making_new_layers_and_models_via_subclassing/"
_ADDS = ("add_weight", "add_variable")
#: The arguments of `add_weight` by their places, in Keras 2.
_PLACES = ("name", "shape", "dtype", "initializer", "regularizer", "trainable", "constraint")


def find(context: Context) -> Iterator[Step]:
    """The steps for classes that inherit from a layer or an optimizer of Keras."""
    for node in context.names.nodes:
        if not isinstance(node, cst.ClassDef):
            continue
        base = context.kinds.base_of(node)
        if base is None or not base.startswith("keras."):
            continue
        if base.startswith("keras.optimizers."):
            yield from _optimizer(node)
        elif base == "keras.Layer" or base.startswith("keras.layers."):
            yield from _layer(context, node)
        elif base.startswith("keras.metrics."):
            yield from _metric(node)


def _methods(owner: cst.ClassDef) -> Iterator[cst.FunctionDef]:
    return (one for one in owner.body.body if isinstance(one, cst.FunctionDef))


def _optimizer(owner: cst.ClassDef) -> Iterator[Step]:
    for method in _methods(owner):
        if method.name.value in ("get_updates", "_resource_apply_dense"):
            message = f"{owner.name.value}.{method.name.value} is never called: an optimizer has build and update_step"
            yield Step("methods", method.name, message, page="https://keras.io/api/optimizers/")


def _layer(context: Context, owner: cst.ClassDef) -> Iterator[Step]:
    names = {method.name.value for method in _methods(owner)}
    for method in _methods(owner):
        if method.name.value == "get_output_shape_for" and "compute_output_shape" not in names:
            change = Rewrite(method.name, ("compute_output_shape",))
            yield Step("methods", method.name, "get_output_shape_for is compute_output_shape", (change,), page=_PAGE)
        yield from _weights(method)
        for target in _assigned(context, method):
            if target.attr.value in ("trainable_weights", "non_trainable_weights"):
                message = f"{target.attr.value} cannot be set: what add_weight makes is in it"
                yield Step("attributes", target, message, page=_PAGE)


def _metric(owner: cst.ClassDef) -> Iterator[Step]:
    names = {method.name.value for method in _methods(owner)}
    for method in _methods(owner):
        if method.name.value == "reset_states" and "reset_state" not in names:
            change = Rewrite(method.name, ("reset_state",))
            yield Step("methods", method.name, "reset_states is reset_state", (change,), page=_PAGE)
        yield from _weights(method)


def _weights(method: cst.FunctionDef) -> Iterator[Step]:
    """What the weights need that the method adds."""
    for node in walk(method):
        func = node.func if isinstance(node, cst.Call) else None
        if isinstance(node, cst.Call) and isinstance(func, cst.Attribute) and func.attr.value in _ADDS:
            yield from _weight(node, func)


def _weight(call: cst.Call, func: cst.Attribute) -> Iterator[Step]:
    """`self.add_weight("kernel", (3, 4))`: the shape comes first now, and the name by keyword."""
    changes: list[Change] = []
    given = positionals(call)
    if given and text_of(given[0].value) is not None and not has_stars(call):
        taken = [(arg, name) for arg, name in zip(given, _PLACES, strict=False) if keyword(call, name) is None]
        changes += [Rewrite(arg, (f"{name}=", arg.value)) for arg, name in taken]
    if func.attr.value == "add_variable":
        changes.append(Rewrite(func.attr, ("add_weight",)))
    init = keyword(call, "init")
    if init is not None:
        changes.append(RenameKeyword(init, "initializer"))
    if changes:
        message = "add_weight takes the shape first, and a name by keyword"
        yield Step("methods", func.attr, message, tuple(changes), page=_PAGE)


def _assigned(context: Context, method: cst.FunctionDef) -> Iterator[cst.Attribute]:
    """Attributes of the object itself that are assigned to."""
    for node in walk(method):
        for one in node.targets if isinstance(node, cst.Assign) else ():
            target = one.target
            if isinstance(target, cst.Attribute) and context.names.is_self(target.value):
                yield target
