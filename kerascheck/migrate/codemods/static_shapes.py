"""The shape of a tensor is a plain tuple in Keras 3: `K.int_shape(x)`, `x.get_shape().as_list()`, `x._keras_shape`."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from kerascheck.fixes.changes import Rewrite
from kerascheck.migrate.arguments import positional
from kerascheck.migrate.context import Context, Step
from kerascheck.migrate.kinds import Kind


def find(context: Context) -> Iterator[Step]:
    """A step for each way to ask for a shape that is gone."""
    for call, name in context.called():
        x = positional(call, 0)
        if name.startswith("keras.backend.") and name.endswith("int_shape") and x is not None and len(call.args) == 1:
            yield Step("shapes", call, "K.int_shape(x) is x.shape", (Rewrite(call, (*_held(x.value), ".shape")),))
    for call, func, _ in context.methods("as_list"):
        yield from _list(context, call, func)
    for call, func, kind in context.methods("get_shape"):
        above = context.names.parent(call)
        if kind is Kind.TENSOR and not (isinstance(above, cst.Attribute) and above.attr.value == "as_list"):
            yield Step("shapes", call, "get_shape() is shape", (Rewrite(call, (*_held(func.value), ".shape")),))
    for node in context.attributes:
        if node.attr.value == "value" and _is_size(context, node.value):
            yield Step("shapes", node, "the sizes of a shape are integers", (Rewrite(node, (node.value,)),))
        if node.attr.value in ("_keras_shape", "_shape_val") and context.names.canonical(node) is None:
            yield Step("shapes", node, "_keras_shape is shape", (Rewrite(node.attr, ("shape",)),))


def _is_size(context: Context, node: cst.BaseExpression) -> bool:
    """Whether it is one size of the shape of a tensor of Keras: `x.shape[1]`."""
    shape = node.value if isinstance(node, cst.Subscript) else None
    if isinstance(shape, cst.Call) and not shape.args:
        shape = shape.func
    is_shape = isinstance(shape, cst.Attribute) and shape.attr.value in ("shape", "get_shape")
    return isinstance(shape, cst.Attribute) and is_shape and context.kinds.of(shape.value) is Kind.TENSOR


def _list(context: Context, call: cst.Call, func: cst.Attribute) -> Iterator[Step]:
    """`x.get_shape().as_list()` and `x.shape.as_list()`, where x is no tensor of TensorFlow itself."""
    shape = func.value
    if isinstance(shape, cst.Call) and isinstance(shape.func, cst.Attribute) and shape.func.attr.value == "get_shape":
        x = shape.func.value
    elif isinstance(shape, cst.Attribute) and shape.attr.value == "shape":
        x = shape.value
    else:
        return
    kind = context.kinds.of(x)
    if kind is Kind.TENSOR or (kind is None and _is_of_keras(context)):
        yield Step("shapes", call, "the shape is a tuple", (Rewrite(call, ("list(", x, ".shape)")),))


def _is_of_keras(context: Context) -> bool:
    """Whether the file uses Keras; what it does with TensorFlow alone gives shapes that are lists as well."""
    return any("keras" in binding.dotted for binding in context.names.bindings)


def _held(node: cst.BaseExpression) -> tuple[str | cst.CSTNode, ...]:
    simple = isinstance(node, (cst.Name, cst.Attribute, cst.Call, cst.Subscript)) or bool(node.lpar)
    return (node,) if simple else ("(", node, ")")
