"""Functions of TensorFlow on tensors of Keras: `keras.ops` has them for all backends, and for placeholders."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from kerascheck.fixes.changes import AddArgument, Change, RemoveArgument, RenameKeyword, Rewrite
from kerascheck.migrate.arguments import argument, has_stars
from kerascheck.migrate.context import Context, Step
from kerascheck.migrate.kinds import Kind

#: Functions of `keras.ops` by what TensorFlow calls them; the arguments have the same places.
_FUNCTIONS = {
    **{
        name: name
        for name in (
            "abs", "add", "argmax", "argmin", "cast", "cos", "divide", "equal", "exp", "expand_dims", "greater",
            "greater_equal", "less", "less_equal", "logical_and", "logical_not", "logical_or", "matmul", "maximum",
            "minimum", "multiply", "not_equal", "ones_like", "reshape", "round", "shape", "sigmoid", "sign", "sin",
            "sqrt", "square", "squeeze", "stack", "stop_gradient", "subtract", "tanh", "tile", "transpose", "where",
            "zeros_like",
        )
    },
    **{f"reduce_{name}": name for name in ("all", "any", "max", "mean", "min", "prod", "sum")},
    **{f"math.reduce_{name}": name for name in ("all", "any", "max", "mean", "min", "prod", "std", "sum")},
    **{f"math.{name}": name for name in ("abs", "add", "cos", "divide", "equal", "exp", "greater", "less", "log",
        "maximum", "minimum", "multiply", "round", "sigmoid", "sign", "sin", "sqrt", "square", "subtract", "tanh")},
    **{f"nn.{name}": name for name in ("elu", "gelu", "relu", "relu6", "selu", "sigmoid", "silu", "softmax",
        "softplus", "tanh")},
    "clip_by_value": "clip", "concat": "concatenate", "gather": "take", "linalg.matmul": "matmul",
    "math.argmax": "argmax", "math.argmin": "argmin", "pow": "power", "math.pow": "power",
    "nn.leaky_relu": "leaky_relu", "math.reduce_logsumexp": "logsumexp", "reverse": "flip", "one_hot": "one_hot",
}  # fmt: skip
#: Arguments by other names.
_KEYWORDS = {
    "input_tensor": "x", "input": "x", "tensor": "x", "perm": "axes", "values": "xs", "logits": "x", "params": "x",
    "clip_value_min": "x_min", "clip_value_max": "x_max", "a": "x", "multiples": "repeats", "depth": "num_classes",
}  # fmt: skip
#: What is added where it is not given: name, place and value.
_ADDED = {
    "argmax": ("axis", 1, "axis=0"),
    "argmin": ("axis", 1, "axis=0"),
    "gather": ("axis", 3, "axis=0"),
    "math.argmax": ("axis", 1, "axis=0"),
    "math.argmin": ("axis", 1, "axis=0"),
}
#: Arguments that mean something else than they do in `keras.ops`, or have no place there.
_FOREIGN = frozenset({"transpose_a", "transpose_b", "adjoint_a", "output_type", "batch_dims", "on_value", "off_value"})


#: Functions of TensorFlow 1 that make another type of a tensor.
_CASTS = {"to_float": "float32", "to_double": "float64", "to_int32": "int32", "to_int64": "int64"}


def find(context: Context) -> Iterator[Step]:
    """A step for each call on a placeholder, which TensorFlow refuses; where that is wanted, for each other, too."""
    for call, name in context.called():
        short = name.removeprefix("tensorflow.")
        if short != name and short in _CASTS and len(call.args) == 1 and not has_stars(call):
            yield _cast(context, call, short)
        if short == "slice" and name != short and (cut := _slice(context, call)) is not None:
            yield cut
        if short == name or short not in _FUNCTIONS or has_stars(call) or not call.args:
            continue
        given = [node for arg in call.args for node in _items(arg.value)]
        if context.options.backend_neutral or any(context.kinds.of(node) is Kind.TENSOR for node in given):
            yield from _step(context, call, short)


def _slice(context: Context, call: cst.Call) -> Step | None:
    """The step for `tf.slice(x, [0, 1], [-1, 2])` of a placeholder: `x[:, 1:3]`."""
    x, begin, size = (argument(call, name, place) for name, place in (("input_", 0), ("begin", 1), ("size", 2)))
    if x is None or begin is None or size is None or context.kinds.of(x.value) is not Kind.TENSOR:
        return None
    starts, sizes = _numbers(begin.value), _numbers(size.value)
    is_simple = isinstance(x.value, (cst.Name, cst.Attribute, cst.Call, cst.Subscript))
    if starts is None or sizes is None or len(starts) != len(sizes) or not is_simple or len(call.args) != 3:
        return None
    ends = [start + one if one >= 0 else "" for start, one in zip(starts, sizes, strict=True)]
    parts = [f"{start or ''}:{end}" for start, end in zip(starts, ends, strict=True)]
    return Step("backend", call, "tf.slice is a slice", (Rewrite(call, (x.value, f"[{', '.join(parts)}]")),))


def _numbers(node: cst.BaseExpression) -> list[int] | None:
    """The integers of a list or tuple; None where they are not written."""
    if not isinstance(node, (cst.List, cst.Tuple)):
        return None
    found: list[int] = []
    for element in node.elements:
        one, sign = element.value, 1
        if isinstance(one, cst.UnaryOperation) and isinstance(one.operator, cst.Minus):
            one, sign = one.expression, -1
        if not isinstance(one, cst.Integer):
            return None
        found.append(sign * one.evaluated_value)
    return found


def _cast(context: Context, call: cst.Call, short: str) -> Step:
    """The step for `tf.to_float(x)`, which is `tf.cast(x, "float32")`."""
    func, added = call.func, AddArgument(call, (f'"{_CASTS[short]}"',))
    if not isinstance(func, cst.Attribute) or context.kinds.of(call.args[0].value) is Kind.TENSOR:
        spelled = context.spell("keras.ops.cast")
        return Step("backend", call, f"tf.{short} is cast", (Rewrite(func, (spelled.text,)), added), spelled.needs)
    return Step("backend", call, f"tf.{short} is tf.cast", (Rewrite(func.attr, ("cast",)), added))


def _items(node: cst.BaseExpression) -> list[cst.BaseExpression]:
    """What is given: the parts of a list or tuple."""
    return [element.value for element in node.elements] if isinstance(node, (cst.List, cst.Tuple)) else [node]


def _step(context: Context, call: cst.Call, short: str) -> Iterator[Step]:
    new = _FUNCTIONS[short]
    names = {arg.keyword.value: arg for arg in call.args if arg.keyword is not None}
    if names.keys() & _FOREIGN or len(call.args) - len(names) > 3:
        return
    spelled = context.spell(f"keras.ops.{new}")
    changes: list[Change] = [Rewrite(call.func, (spelled.text,))]
    changes += [RenameKeyword(arg, _KEYWORDS[name]) for name, arg in names.items() if name in _KEYWORDS]
    if "name" in names:
        changes.append(RemoveArgument(call, names["name"]))
    if short in _ADDED and argument(call, *_ADDED[short][:2]) is None:
        changes.append(AddArgument(call, (_ADDED[short][2],)))
    yield Step("backend", call, f"tf.{short} is keras.ops.{new}", tuple(changes), spelled.needs)
