"""Names of layers and models with a slash, which Keras 3 refuses: `name="conv1/7x7"` is `name="conv1_7x7"`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

import libcst as cst

from kerascheck.fixes.changes import Change, Rewrite, RewriteWithin
from kerascheck.migrate.arguments import keyword, text_of
from kerascheck.migrate.context import Context, Step
from kerascheck.text.treewalk import walk

_Text: TypeAlias = "cst.SimpleString | cst.FormattedStringText"
_MODELS = ("keras.Model", "keras.Sequential", "keras.Input")
_NOTE = "weights that are loaded by name are looked for under this name"


def find(context: Context) -> Iterator[Step]:
    """A step for the texts that names are made of, and for those that ask for a layer by such a name."""
    whole: set[str] = set()
    done: set[int] = set()
    found: list[_Text] = []
    about: list[cst.CSTNode] = []
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
            found.append(node)
            about.append(call)
    if whole:
        texts = (node for node in context.names.nodes if isinstance(node, cst.SimpleString) and id(node) not in done)
        found += (node for node in texts if text_of(node) in whole)
    if found:  # all at once: a layer is asked for by its name elsewhere
        changes = tuple(change for node in found for change in _changes(node))
        message = "Keras 3 takes no slash in a name"
        yield Step("texts", found[0], message, changes, note=_NOTE, about=(*found[1:], *about))


def _makes(context: Context, call: cst.Call) -> bool:
    """Whether a call makes a layer or a model: one of Keras, or of the program, that is called at once on something."""
    name = context.names.canonical(call.func)
    if name is not None and (name.startswith("keras.layers.") or name in _MODELS):
        return True
    above = context.names.parent(call)
    is_called = isinstance(above, cst.Call) and above.func is call
    return is_called and (name is None or not name.startswith(("tensorflow.", "keras.")))


def _texts(node: cst.BaseExpression) -> Iterator[_Text]:
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


def _changes(node: _Text) -> Iterator[Change]:
    if isinstance(node, cst.FormattedStringText):
        yield Rewrite(node, (node.value.replace("/", "_"),))
        return
    for place, letter in enumerate(node.raw_value):
        if letter == "/":
            yield RewriteWithin(node, place, place + 1, "_")
