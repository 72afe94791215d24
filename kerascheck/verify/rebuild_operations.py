"""Operations on the tensors of a graph, made again in the real Keras: the function and the arguments it was given.

Functions of TensorFlow and of Keras's old backend become those of `keras.ops`. What has no counterpart there, or
depends on something that is known only when the model runs, is not made.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

from kerascheck.machine.keras.tensors import Operation
from kerascheck.network.arguments import Arguments
from kerascheck.network.ir import Tensor

#: Operators by the class of their operation, and the function of `keras.ops` that does the same.
_OPERATORS = {
    "Add": "add", "Subtract": "subtract", "Multiply": "multiply", "TrueDivide": "true_divide", "Divide": "true_divide",
    "FloorDivide": "floor_divide", "Power": "power", "Mod": "mod", "Matmul": "matmul", "Negative": "negative",
    "Less": "less", "LessEqual": "less_equal", "Greater": "greater", "GreaterEqual": "greater_equal", "Equal": "equal",
    "NotEqual": "not_equal",
}  # fmt: skip
#: Functions that `keras.ops` has under another name.
_RENAMED = {
    "variance": "var", "div": "divide", "truediv": "true_divide", "pow": "power", "floordiv": "floor_divide",
    "floormod": "mod", "atan2": "arctan2", "swish": "silu", "hard_swish": "hard_silu", "l2_normalize": "normalize",
    "identity": "copy", "atan": "arctan", "asin": "arcsin", "acos": "arccos", "arg_max": "argmax",
}  # fmt: skip
_REDUCTIONS = frozenset(
    {
        "mean", "sum", "max", "min", "prod", "any", "all", "std", "var", "logsumexp", "amax", "amin", "median",
    }
)  # fmt: skip
#: Functions that need further numbers, on which no shape depends.
_WITH_NUMBERS = {"clip": (0.0, 1.0), "clip_by_value": (0.0, 1.0)}


class CannotMake(Exception):
    """The operation has no counterpart, or not all of its arguments are known."""


def make(ops: Any, operation: Operation, inputs: Sequence[Any]) -> list[Any]:
    """The outputs of the operation on tensors of the real Keras; `ops` is `keras.ops`.

    Raises:
        CannotMake: it cannot be made again.
        Exception: whatever Keras raises for what the analysis takes to be right.
    """
    if operation.call is None:
        return [_operator(ops, operation.cls, inputs)]
    dotted, arguments = operation.call
    name = dotted.rpartition(".")[2].removeprefix("reduce_")
    name = "repeat_vector" if dotted == "keras.backend.repeat" else _RENAMED.get(name, name)
    maker = _MAKERS.get(name)
    if maker is not None:
        made = maker(ops, _Reader(arguments, dotted), inputs)
    elif name in _REDUCTIONS:
        made = _reduced(ops, name, _Reader(arguments, dotted), inputs[0])
    else:
        made = _elementwise(ops, name, inputs)
    return list(made) if isinstance(made, (list, tuple)) else [made]


def _operator(ops: Any, cls: str, inputs: Sequence[Any]) -> Any:
    if cls not in _OPERATORS:
        raise CannotMake
    function = getattr(ops, _OPERATORS[cls])
    if len(inputs) == 1 and cls != "Negative":
        return function(inputs[0], 1.0)  # a number that is no part of the graph
    return function(*inputs)


def _elementwise(ops: Any, name: str, inputs: Sequence[Any]) -> Any:
    function = getattr(ops, name, None)
    if function is None:
        raise CannotMake
    try:
        return function(*inputs, *_WITH_NUMBERS.get(name, ()))
    except TypeError as error:  # it needs more arguments than the tensors
        raise CannotMake from error


class _Reader:
    """The arguments of a call, by position or by any of their names. All raise CannotMake for what is not known."""

    def __init__(self, arguments: Arguments, dotted: str) -> None:
        self.arguments = arguments
        self.dotted = dotted

    def value(self, position: int | None, *names: str, default: Any = None) -> Any:
        """The value as the source gives it."""
        for name in names:
            if name in self.arguments.keywords:
                return self.arguments.keywords[name].value
        return self.arguments.value(names[0], position, default)

    def integer(self, position: int | None, *names: str, default: int | None = None) -> int:
        """An integer that is known."""
        value = self.value(position, *names, default=default)
        if not isinstance(value, int):
            raise CannotMake
        return int(value)

    def axes(self, position: int | None, *names: str) -> Any:
        """One axis, several, or None for all."""
        value = self.value(position, *names)
        if value is None or isinstance(value, int):
            return value
        if not isinstance(value, (list, tuple)) or not all(isinstance(axis, int) for axis in value):
            raise CannotMake
        return tuple(value)

    def flag(self, position: int | None, *names: str) -> bool:
        """A truth value, False where absent."""
        value = self.value(position, *names, default=False)
        if not isinstance(value, (bool, int)):
            raise CannotMake
        return bool(value)

    def sizes(self, position: int | None, *names: str) -> tuple[int, ...]:
        """A shape; one size that is known only when the model runs is left to Keras."""
        value = self.value(position, *names)
        value = (value,) if isinstance(value, int) else getattr(value, "items", value)
        if not isinstance(value, (list, tuple)):
            raise CannotMake
        sizes = [-1 if size is None or isinstance(size, Tensor) else size for size in value]
        if sizes.count(-1) > 1 or not all(isinstance(size, int) for size in sizes):
            raise CannotMake
        return tuple(sizes)


_Maker: TypeAlias = Callable[[Any, _Reader, Sequence[Any]], Any]


def _reduced(ops: Any, name: str, given: _Reader, x: Any) -> Any:
    axes = given.axes(1, "axis", "axes", "reduction_indices")
    return getattr(ops, name)(x, axis=axes, keepdims=given.flag(2, "keepdims", "keep_dims"))


def _accumulated(name: str) -> _Maker:
    def make_it(ops: Any, given: _Reader, inputs: Sequence[Any]) -> Any:
        default = None if given.dotted.startswith("keras.ops.") else 0
        axis = given.value(1, "axis", default=default)
        if axis is not None and not isinstance(axis, int):
            raise CannotMake
        return getattr(ops, name)(inputs[0], axis=axis)

    return make_it


def _broadcast_to(ops: Any, given: _Reader, inputs: Sequence[Any]) -> Any:
    sizes = given.sizes(1, "shape")
    if -1 in sizes:
        raise CannotMake
    return ops.broadcast_to(inputs[0], sizes)


def _tile(ops: Any, given: _Reader, inputs: Sequence[Any]) -> Any:
    counts = given.sizes(1, "repeats", "multiples", "n")
    if -1 in counts:
        raise CannotMake
    return ops.tile(inputs[0], counts)


def _norm(ops: Any, given: _Reader, inputs: Sequence[Any]) -> Any:
    return ops.norm(inputs[0], axis=given.axes(2, "axis"), keepdims=given.flag(3, "keepdims"))


def _extreme(name: str) -> _Maker:
    """Where the largest or smallest value stands."""
    return lambda ops, given, inputs: getattr(ops, name)(inputs[0], axis=given.axes(1, "axis", "dimension"))


def _concatenate(ops: Any, given: _Reader, inputs: Sequence[Any]) -> Any:
    default = -1 if given.dotted.startswith("keras.backend.") else 0
    return ops.concatenate(list(inputs), axis=given.integer(1, "axis", "concat_dim", default=default))


def _stack(ops: Any, given: _Reader, inputs: Sequence[Any]) -> Any:
    return ops.stack(list(inputs), axis=given.integer(1, "axis", default=0))


def _split(ops: Any, given: _Reader, inputs: Sequence[Any]) -> Any:
    parts = given.value(1, "num_or_size_splits", "indices_or_sections")
    axis = given.integer(2, "axis", default=0)
    if isinstance(parts, (list, tuple)) and all(isinstance(size, int) for size in parts):
        if not given.dotted.startswith("keras."):
            parts = list(itertools.accumulate(parts))[:-1]  # sizes become places
    elif not isinstance(parts, int):
        raise CannotMake
    return ops.split(inputs[0], parts, axis=axis)


def _pad(ops: Any, given: _Reader, inputs: Sequence[Any]) -> Any:
    widths = given.value(1, "paddings", "pad_width")
    if not isinstance(widths, (list, tuple)) or not all(isinstance(row, (list, tuple)) for row in widths):
        raise CannotMake
    return ops.pad(inputs[0], [tuple(row) for row in widths])


def _repeat(ops: Any, given: _Reader, inputs: Sequence[Any]) -> Any:
    return ops.repeat(inputs[0], given.integer(1, "repeats", "rep"), axis=given.integer(2, "axis"))


def _repeat_vector(ops: Any, given: _Reader, inputs: Sequence[Any]) -> Any:
    return ops.repeat(ops.expand_dims(inputs[0], 1), given.integer(1, "n"), axis=1)


def _flatten_batch(ops: Any, given: _Reader, inputs: Sequence[Any]) -> Any:
    sizes = inputs[0].shape[1:]
    if None in sizes:
        raise CannotMake
    return ops.reshape(inputs[0], (-1, math.prod(sizes)))


def _matmul(ops: Any, given: _Reader, inputs: Sequence[Any]) -> Any:
    sides = [
        ops.swapaxes(side, -1, -2) if given.flag(None, f"transpose_{letter}") else side
        for side, letter in zip(inputs, "ab", strict=True)
    ]
    return ops.matmul(*sides)


def _dot(ops: Any, given: _Reader, inputs: Sequence[Any]) -> Any:
    left, right = inputs
    return ops.tensordot(left, right, axes=[[len(left.shape) - 1], [len(right.shape) - 2]])


def _einsum(ops: Any, given: _Reader, inputs: Sequence[Any]) -> Any:
    equation = given.value(0, "equation", "subscripts")
    if not isinstance(equation, str):
        raise CannotMake
    return ops.einsum(equation, *inputs)


def _tensordot(ops: Any, given: _Reader, inputs: Sequence[Any]) -> Any:
    axes = given.value(2, "axes", default=2)
    if not isinstance(axes, (int, list, tuple)):
        raise CannotMake
    return ops.tensordot(*inputs, axes=axes)


def _cast(ops: Any, given: _Reader, inputs: Sequence[Any]) -> Any:
    dtype = given.value(1, "dtype")
    name = dtype if isinstance(dtype, str) else getattr(dtype, "name", "").rpartition(".")[2]
    return ops.cast(inputs[0], name or "float32")


def _space(name: str) -> _Maker:
    def make_it(ops: Any, given: _Reader, inputs: Sequence[Any]) -> Any:
        function = getattr(ops, name, None)
        if function is None:
            raise CannotMake
        return function(inputs[0], given.integer(1, "block_size"))

    return make_it


def _take(ops: Any, given: _Reader, inputs: Sequence[Any]) -> Any:
    return ops.take(inputs[0], ops.cast(inputs[1], "int32"), axis=given.integer(2, "axis", default=0))


def _where(ops: Any, given: _Reader, inputs: Sequence[Any]) -> Any:
    return ops.where(ops.cast(inputs[0], "bool"), *inputs[1:])


def _index(ops: Any, given: _Reader, inputs: Sequence[Any]) -> Any:
    key = given.value(1, "key")
    if not all(_is_plain_index(part) for part in key):
        raise CannotMake
    return inputs[0][key]


def _is_plain_index(part: Any) -> bool:
    if isinstance(part, slice):
        return all(end is None or isinstance(end, int) for end in (part.start, part.stop, part.step))
    return part is None or part is ... or isinstance(part, int)


_MAKERS: dict[str, _Maker] = {
    "argmax": _extreme("argmax"),
    "argmin": _extreme("argmin"),
    "batch_flatten": _flatten_batch,
    "bias_add": lambda ops, given, x: ops.add(*x),
    "broadcast_to": _broadcast_to,
    "cast": _cast,
    "concat": _concatenate,
    "concatenate": _concatenate,
    "cumprod": _accumulated("cumprod"),
    "cumsum": _accumulated("cumsum"),
    "depth_to_space": _space("depth_to_space"),
    "dot": _dot,
    "einsum": _einsum,
    "expand_dims": lambda ops, given, x: ops.expand_dims(x[0], given.integer(1, "axis", "dim", default=-1)),
    "flatten": lambda ops, given, x: ops.reshape(x[0], (-1,)),
    "flip": lambda ops, given, x: ops.flip(x[0]),
    "gather": _take,
    "getitem": _index,
    "matmul": _matmul,
    "moments": lambda ops, given, x: ops.moments(x[0], given.axes(1, "axes"), keepdims=given.flag(2, "keepdims")),
    "norm": _norm,
    "one_hot": lambda ops, given, x: ops.one_hot(ops.cast(x[0], "int32"), given.integer(1, "num_classes", "depth")),
    "pack": _stack,
    "pad": _pad,
    "permute_dimensions": lambda ops, given, x: ops.transpose(x[0], given.axes(1, "pattern")),
    "ravel": lambda ops, given, x: ops.ravel(x[0]),
    "repeat": _repeat,
    "repeat_elements": _repeat,
    "repeat_vector": _repeat_vector,
    "reshape": lambda ops, given, x: ops.reshape(x[0], given.sizes(1, "newshape", "shape")),
    "resize": lambda ops, given, x: ops.image.resize(x[0], given.sizes(1, "size")),
    "resize_images": lambda ops, given, x: ops.image.resize(x[0], given.sizes(1, "size")),
    "space_to_depth": _space("space_to_depth"),
    "split": _split,
    "squared_difference": lambda ops, given, x: ops.square(ops.subtract(*x)),
    "squeeze": lambda ops, given, x: ops.squeeze(x[0], given.axes(1, "axis", "squeeze_dims")),
    "stack": _stack,
    "swapaxes": lambda ops, given, x: ops.swapaxes(x[0], given.integer(1, "axis1"), given.integer(2, "axis2")),
    "switch": _where,
    "take": _take,
    "tensordot": _tensordot,
    "tile": _tile,
    "transpose": lambda ops, given, x: ops.transpose(x[0], given.axes(1, "axes", "perm", "pattern")),
    "unstack": lambda ops, given, x: ops.unstack(x[0], axis=given.integer(None, "axis", default=0)),
    "where": _where,
}
