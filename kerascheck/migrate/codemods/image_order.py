"""The order of axes by its name in Keras 1: `K.set_image_dim_ordering("th")`."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from kerascheck.fixes.changes import Rewrite
from kerascheck.migrate.arguments import positional, requoted, text_of
from kerascheck.migrate.context import Context, Step

_ORDERS = {"th": "channels_first", "tf": "channels_last"}


def find(context: Context) -> Iterator[Step]:
    """A step for each call that sets the order."""
    for call, name in context.called():
        if not name.startswith("keras.backend.") or name.rpartition(".")[2] != "set_image_dim_ordering":
            continue
        given = positional(call, 0)
        text = text_of(given.value) if given is not None else None
        message = "set_image_dim_ordering is set_image_data_format"
        if given is None or text not in _ORDERS or not isinstance(given.value, cst.SimpleString):
            yield Step("backend", call, message)
            continue
        new = requoted(given.value, _ORDERS[text])
        if isinstance(call.func, cst.Attribute):
            spelled = context.beside(call.func, "set_image_data_format")
        else:
            spelled = context.spell("keras.backend.set_image_data_format")
        changes = (Rewrite(call.func, (spelled.text,)), Rewrite(given.value, (new,)))
        yield Step("backend", call, message, changes, spelled.needs)
