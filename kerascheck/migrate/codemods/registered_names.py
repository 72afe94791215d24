"""Names of the program's own, which Keras 3 looks up for few things: what they stand for is handed over itself."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from kerascheck.fixes.changes import Rewrite
from kerascheck.layers.names import ACTIVATIONS, CONSTRAINTS, REGULARIZERS
from kerascheck.machine.registered import registered_in
from kerascheck.migrate.arguments import argument, text_of
from kerascheck.migrate.context import Context, Step
from kerascheck.migrate.kinds import Kind

#: How arguments of layers end that take a name of a fixed table.
_TABLES = {"activation": ACTIVATIONS, "regularizer": REGULARIZERS, "constraint": CONSTRAINTS}
_COMPILE = (("loss", 1), ("metrics", 2))


def find(context: Context) -> Iterator[Step]:
    """A step for each such name that is given to a layer or to `compile`."""
    if not registered_in(context.source).values:
        return
    for call, name in context.called():
        for arg in call.args if name.startswith("keras.layers.") else ():
            ending = arg.keyword.value.rpartition("_")[2] if arg.keyword is not None else ""
            is_activation = name == "keras.layers.Activation" and arg is call.args[0]
            known = ACTIVATIONS if is_activation else _TABLES.get(ending)
            if known is not None and text_of(arg.value) not in known:
                yield from _steps(context, arg.value, ending in ("regularizer", "constraint"))
    for call, _, kind in context.methods("compile"):
        for parameter, place in _COMPILE if kind in (Kind.MODEL, None) else ():
            given = argument(call, parameter, place)
            if given is not None:
                yield from _steps(context, given.value, False)


def _steps(context: Context, node: cst.BaseExpression, is_object: bool) -> Iterator[Step]:
    """The steps for the names in an argument, alone or in a list."""
    if isinstance(node, (cst.List, cst.Tuple)):
        for element in node.elements:
            yield from _steps(context, element.value, is_object)
    text = text_of(node)
    value = registered_in(context.source).values.get(text) if text is not None else None
    if value is None:
        return
    message = f"Keras 3 does not look for {text!r} among the names of the program: hand over what it stands for"
    if isinstance(value, cst.Call) and context.names.canonical(value.func) == "keras.layers.Activation":
        value = value.args[0].value if len(value.args) == 1 else value
    kind = context.names.values_of(value) if isinstance(value, cst.Name) else None
    if not isinstance(value, cst.Name) or kind is None or len(kind) != 1 or isinstance(kind[0], cst.Param):
        yield Step("texts", node, message)
        return
    made = "()" if is_object and isinstance(kind[0], cst.ClassDef) else ""
    yield Step("texts", node, message, (Rewrite(node, (f"{value.value}{made}",)),))
