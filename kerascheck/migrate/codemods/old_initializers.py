"""Initializers of Keras 1, functions of a shape: `init=lambda shape, name: normal(shape, scale=0.01, name=name)`."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from kerascheck.fixes.changes import Piece, Rewrite
from kerascheck.migrate.arguments import argument, positional, with_parameter
from kerascheck.migrate.context import Context, Spelled, Step

#: The class that stands for a function, and the scale that this had by itself.
_CLASSES = {"normal": ("RandomNormal", "0.05"), "uniform": ("RandomUniform", "0.05"), "identity": ("Identity", "1")}
_PAGE = "https://keras.io/api/layers/initializers/"


def find(context: Context) -> Iterator[Step]:
    """A step for each function of a shape that is called, and for those of the program."""
    yield from _functions(context)
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


def _functions(context: Context) -> Iterator[Step]:
    """A step for each function of the program that a layer takes as an initializer: it is given a dtype, too."""
    seen: set[int] = set()
    for call, name in context.called():
        for arg in call.args if name.startswith("keras.layers.") else ():
            own = arg.keyword.value if arg.keyword is not None else ""
            values = context.names.values_of(arg.value) if isinstance(arg.value, cst.Name) else None
            made = (
                values[0] if values and len(values) == 1 and (own == "init" or own.endswith("_initializer")) else None
            )
            if not isinstance(made, cst.FunctionDef) or id(made) in seen:
                continue
            seen.add(id(made))
            change = with_parameter(made.params, "dtype")
            if change is not None:
                message = f"{made.name.value} is given a dtype, too"
                yield Step("arguments", made.name, message, (change,), page=_PAGE, about=(arg,))


def _made(context: Context, call: cst.Call, name: str, scale: str) -> tuple[tuple[Piece, ...], Spelled]:
    """The object that makes such values."""
    spelled = context.spell(f"keras.initializers.{name}")
    given = argument(call, "scale", 1)
    size: Piece = given.value if given is not None else scale
    if name == "RandomUniform":
        return (f"{spelled.text}(-", size, ", ", size, ")"), spelled
    return (f"{spelled.text}({'gain' if name == 'Identity' else 'stddev'}=", size, ")"), spelled
