"""Names of layers and models with a slash, which Keras 3 refuses: `name="conv1/7x7"` is `name="conv1_7x7"`."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from kerascheck.fixes.changes import Rewrite, RewriteWithin
from kerascheck.migrate.arguments import keyword, text_of
from kerascheck.migrate.context import Context, Step
from kerascheck.text.treewalk import walk

_MODELS = ("keras.Model", "keras.Sequential", "keras.Input")
_NOTE = "weights that are loaded by name are looked for under this name"


def find(context: Context) -> Iterator[Step]:
    """A step for each text that a name is made of; and for those that ask for a layer by such a name."""
    whole: set[str] = set()
    done: set[int] = set()
    for call in context.calls:
        given = keyword(call, "name")
        if given is None or not _makes(context, call):
            continue
        for node in _texts(given.value):
            if id(node) in done:
                continue
            done.add(id(node))
            if isinstance(node, cst.SimpleString) and node is given.value:
                whole.add(text_of(node) or "")
            yield _step(node)
    for node in context.names.nodes if whole else ():
        if isinstance(node, cst.SimpleString) and id(node) not in done and text_of(node) in whole:
            yield _step(node)


def _makes(context: Context, call: cst.Call) -> bool:
    """Whether a call makes a layer or a model: one of Keras, or of the program, that is called at once on something."""
    name = context.names.canonical(call.func)
    if name is not None and (name.startswith("keras.layers.") or name in _MODELS):
        return True
    above = context.names.parent(call)
    is_called = isinstance(above, cst.Call) and above.func is call
    return is_called and (name is None or not name.startswith(("tensorflow.", "keras.")))


def _texts(node: cst.BaseExpression) -> Iterator[cst.SimpleString | cst.FormattedStringText]:
    """The texts with a slash that an expression puts together: not those that it looks something up by."""
    if isinstance(node, cst.BinaryOperation):
        yield from _texts(node.left)
        if isinstance(node.operator, cst.Add):
            yield from _texts(node.right)
    elif isinstance(node, cst.Call):
        func = node.func
        if isinstance(func, cst.Attribute) and func.attr.value == "format":
            yield from _texts(func.value)
    elif isinstance(node, cst.SimpleString):
        if "/" in (text_of(node) or ""):
            yield node
    elif isinstance(node, cst.FormattedString):
        for part in walk(node):
            if isinstance(part, cst.FormattedStringText) and "/" in part.value:
                yield part


def _step(node: cst.SimpleString | cst.FormattedStringText) -> Step:
    message = "Keras 3 takes no slash in a name"
    if isinstance(node, cst.FormattedStringText):
        return Step("texts", node, message, (Rewrite(node, (node.value.replace("/", "_"),)),), note=_NOTE)
    places = [place for place, letter in enumerate(node.raw_value) if letter == "/"]
    changes = tuple(RewriteWithin(node, place, place + 1, "_") for place in places)
    return Step("texts", node, message, changes, note=_NOTE)
