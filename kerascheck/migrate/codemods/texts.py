"""Losses, metrics and the like by names that are gone: `compile(loss="cosine_proximity")`."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from kerascheck.fixes.changes import Rewrite
from kerascheck.migrate.arguments import argument, requoted, text_of
from kerascheck.migrate.context import Context, Step
from kerascheck.migrate.facts import strings_of
from kerascheck.migrate.kinds import Kind

#: Arguments of `compile`, with their places, and whose names they take.
_COMPILE = (("loss", 1, "keras.losses"), ("metrics", 2, "keras.metrics"), ("weighted_metrics", 5, "keras.metrics"))
#: Arguments of layers by how they end.
_ENDINGS = {"initializer": "keras.initializers", "constraint": "keras.constraints", "regularizer": "keras.regularizers"}


def find(context: Context) -> Iterator[Step]:
    """A step for each such text."""
    for call, _, kind in context.methods("compile"):
        if kind not in (Kind.MODEL, None):
            continue
        for name, place, owner in _COMPILE:
            arg = argument(call, name, place)
            if arg is not None:
                yield from steps(context, arg.value, owner)
    for call, name in context.called():
        if name.startswith("keras.layers."):
            for arg in call.args:
                ending = arg.keyword.value.rpartition("_")[2] if arg.keyword is not None else ""
                if ending in _ENDINGS:
                    yield from steps(context, arg.value, _ENDINGS[ending])


def steps(context: Context, node: cst.CSTNode, owner: str) -> Iterator[Step]:
    """The steps for the texts in an argument: one, several in a list, or the values of a dictionary."""
    if isinstance(node, (cst.List, cst.Tuple)):
        for element in node.elements:
            yield from steps(context, element.value, owner)
    elif isinstance(node, cst.Dict):
        for entry in node.elements:
            yield from steps(context, entry.value, owner)
    elif isinstance(node, cst.SimpleString):
        text = text_of(node)
        row = strings_of(owner).get(text) if text is not None else None
        if row is None:
            return
        what = owner.rpartition(".")[2]
        if row.new is None:
            yield Step("texts", node, f"{what} know no {text!r} any more{f': {row.instead}' if row.instead else ''}")
        else:
            yield Step("texts", node, f"{text!r} is now {row.new!r}", (Rewrite(node, (requoted(node, row.new),)),))
