"""`input_length=5`: of an Embedding that begins a Sequential, and with `input_dim` of recurrent and 1D layers."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from kerascheck.fixes.changes import Change, RemoveArgument, Rewrite
from kerascheck.migrate.arguments import has_stars, keyword, positional
from kerascheck.migrate.context import Context, Step

#: Layers whose inputs had a length and a size, each by an argument of its own.
ALONG_TIME = frozenset({"LSTM", "GRU", "SimpleRNN", "Conv1D", "Convolution1D"})
_SHAPES = ("input_shape", "batch_input_shape", "batch_shape")


def find(context: Context) -> Iterator[Step]:
    """A step for each Embedding that a Sequential begins with, without which nothing is built."""
    for call, name in context.called():
        if name.removeprefix("keras.layers.") in ALONG_TIME and name.startswith("keras.layers."):
            yield from _along_time(call)
        given = keyword(call, "input_length") if name == "keras.layers.Embedding" else None
        if (
            given is None
            or isinstance(given.value, (cst.Tuple, cst.List))
            or any(keyword(call, one) for one in _SHAPES)
        ):
            continue
        if not (isinstance(given.value, cst.Name) and given.value.value == "None") and _begins(context, call):
            change = Rewrite(given, ("input_shape=(", given.value, ",)"))
            yield Step(
                "arguments", given, "Embedding(input_length=) is ignored: input_shape builds the model", (change,)
            )


def _along_time(call: cst.Call) -> Iterator[Step]:
    """The step for a layer whose inputs had a length and a size."""
    length, size = keyword(call, "input_length"), keyword(call, "input_dim")
    if any(keyword(call, one) for one in _SHAPES) or has_stars(call) or (length is None and size is None):
        return
    if size is None:
        if length is not None:
            yield Step("arguments", length, "input_length is gone", (RemoveArgument(call, length),))
        return
    pieces = ("input_shape=(", length.value if length is not None else "None", ", ", size.value, ")")
    changes: list[Change] = [Rewrite(size, pieces)]
    changes += [RemoveArgument(call, length)] if length is not None else []
    about = (length,) if length is not None else ()
    yield Step("arguments", size, "input_length and input_dim are input_shape", tuple(changes), about=about)


def _begins(context: Context, call: cst.Call) -> bool:
    """Whether a Sequential begins with the layer: the first of its list, or the first that is added to it."""
    above = context.names.parent(call)
    if isinstance(above, cst.Element):
        items = context.names.parent(above)
        outer = context.names.parent(context.names.parent(items) or call) if items is not None else None
        is_first = isinstance(items, cst.List) and items.elements[0] is above
        return is_first and isinstance(outer, cst.Call) and context.names.canonical(outer.func) == "keras.Sequential"
    adding = context.names.parent(above) if isinstance(above, cst.Arg) else None
    func = adding.func if isinstance(adding, cst.Call) else None
    if (
        not isinstance(adding, cst.Call)
        or not isinstance(func, cst.Attribute)
        or func.attr.value != "add"
        or not isinstance(func.value, cst.Name)
    ):
        return False
    made = context.names.values_of(func.value) or []
    if len(made) != 1 or not isinstance(made[0], cst.Call) or made[0].args:
        return False
    if context.names.canonical(made[0].func) != "keras.Sequential":
        return False
    first = next((one for one, other, _ in context.methods("add") if _is_same(context, other.value, made)), None)
    return first is adding and positional(adding, 0) is above


def _is_same(context: Context, node: cst.BaseExpression, made: list[cst.CSTNode]) -> bool:
    return isinstance(node, cst.Name) and context.names.values_of(node) == made
