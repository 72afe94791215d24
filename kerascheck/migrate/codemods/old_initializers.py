"""Initializers of Keras 1, functions of a shape: `init=lambda shape, name: normal(shape, scale=0.01, name=name)`."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from kerascheck.fixes.changes import Piece, Rewrite
from kerascheck.migrate.arguments import argument, positional
from kerascheck.migrate.context import Context, Spelled, Step

#: The class that stands for a function, and the scale that this had by itself.
_CLASSES = {"normal": ("RandomNormal", "0.05"), "uniform": ("RandomUniform", "0.05"), "identity": ("Identity", "1")}
_PAGE = "https://keras.io/api/layers/initializers/"


def find(context: Context) -> Iterator[Step]:
    """A step for each function of a shape that is called."""
    for call in context.calls:
        dotted = context.names.dotted(call.func) or ""
        short = dotted.rpartition(".")[2]
        if not dotted.startswith("keras.initializations.") or short not in _CLASSES or not call.args:
            continue
        above = context.names.parent(call)
        whole = above if isinstance(above, cst.Lambda) and above.body is call else None
        made, spelled = _made(context, call, *_CLASSES[short])
        message = f"{short} of a shape is {_CLASSES[short][0]}"
        shape = positional(call, 0) if whole is None else None
        if whole is None and shape is None:
            yield Step("names", call, message, page=_PAGE)
            continue
        pieces = (*made, "(", shape.value, ")") if shape is not None else made
        yield Step("arguments", call, message, (Rewrite(whole or call, pieces),), spelled.needs, page=_PAGE)


def _made(context: Context, call: cst.Call, name: str, scale: str) -> tuple[tuple[Piece, ...], Spelled]:
    """The object that makes such values."""
    spelled = context.spell(f"keras.initializers.{name}")
    given = argument(call, "scale", 1)
    size: Piece = given.value if given is not None else scale
    if name == "RandomUniform":
        return (f"{spelled.text}(-", size, ", ", size, ")"), spelled
    return (f"{spelled.text}({'gain' if name == 'Identity' else 'stddev'}=", size, ")"), spelled
