"""`MaxoutDense` of Keras 1: the largest of several Dense layers, which are one that is wider."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from kerascheck.fixes.changes import Rewrite
from kerascheck.migrate.arguments import argument, has_stars
from kerascheck.migrate.context import Context, Step

_PLACES = ("output_dim", "nb_feature")
_SHAPES = ("input_dim", "input_shape")


def find(context: Context) -> Iterator[Step]:
    """A step for each such layer."""
    for call, name in context.called():
        if name == "keras.layers.MaxoutDense":
            yield _step(context, call)


def _step(context: Context, call: cst.Call) -> Step:
    units, features = argument(call, "output_dim", 0), argument(call, "nb_feature", 1)
    others = [arg for arg in call.args if arg.keyword is not None and arg.keyword.value not in _PLACES]
    shapes = [arg for arg in others if arg.keyword is not None and arg.keyword.value in _SHAPES]
    if units is None or has_stars(call) or len(call.args) - len(others) > 2 or len(shapes) < len(others):
        return Step("layers", call, "MaxoutDense is gone: take the maximum over a wider Dense")
    layers = [context.spell(f"keras.{one}") for one in ("Sequential", "layers.Dense", "layers.Reshape")]
    layers.append(context.spell("keras.layers.GlobalMaxPooling1D"))
    model, dense, reshape, largest = (one.text for one in layers)
    number = features.value if features is not None else "4"
    shape = [piece for arg in shapes for piece in (", ", arg)]
    wide = (_factor(units.value), units.value, _factor(units.value, closing=True))
    times = (number,) if isinstance(number, str) else (_factor(number), number, _factor(number, closing=True))
    pieces = (
        f"{model}([{dense}(", *wide, " * ", *times, *shape, f"), {reshape}((", number, ", ", units.value,
        f")), {largest}()])",
    )  # fmt: skip
    needs = tuple(need for one in layers for need in one.needs)
    return Step("layers", call, "MaxoutDense is the maximum over a wider Dense", (Rewrite(call, pieces),), needs)


def _factor(node: cst.BaseExpression, closing: bool = False) -> str:
    """The parenthesis that an expression needs to be multiplied."""
    is_one = isinstance(node, (cst.Integer, cst.Name, cst.Attribute, cst.Call, cst.Subscript))
    return "" if is_one or node.lpar else ")" if closing else "("
