"""What the functions on tensors are made of: reading their arguments, and the usual forms of a call."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from kerascheck.data.array import Array
from kerascheck.data.values import dtype_of
from kerascheck.machine.keras.freeze import as_size
from kerascheck.machine.keras.tensors import made_of, operand, operate
from kerascheck.machine.run import Run
from kerascheck.machine.values import ListValue, Value
from kerascheck.network import tensor_shapes
from kerascheck.network.arguments import Arguments
from kerascheck.network.dims import Dim, Shape, SymDim
from kerascheck.network.ir import Site, Tensor
from kerascheck.symbolic.unknown import Undetermined, Unknown

Call = Callable[[Run, str, Arguments, Site], Value]
Rule = Callable[[Sequence[Shape]], list[Shape]]

#: The functions that make nothing known of operands that are not: see `follows`.
FOLLOWING: set[Call] = set()

#: The modules that have functions on tensors by the same names.
_MODULES = (
    "keras.ops",
    "keras.backend",
    "tensorflow",
    "tensorflow.math",
    "tensorflow.nn",
    "tensorflow.experimental.numpy",
    "keras.random",
)

#: Operands in a list that are asked why they are not known.
_MAX_OPERANDS = 50


def in_modules(*words: str, without: str = "") -> list[str]:
    """The functions of these names in all modules that have such functions, but for one of the modules."""
    return [f"{module}.{word}" for module in _MODULES if module != without for word in words]


def follows(call: Call) -> Call:
    """Mark a function: of operands that are not known it makes nothing that is, whatever its other arguments are."""
    FOLLOWING.add(call)
    return call


#: Operations whose names in Keras do not follow from those of their functions.
_CLASSES = {
    "batch_normalization": "BatchNorm",
    "hsv_to_rgb": "HSVToRGB",
    "isin": "IsIn",
    "layer_normalization": "LayerNorm",
    "rgb_to_grayscale": "RGBToGrayscale",
    "rgb_to_hsv": "RGBToHSV",
    "rms_normalization": "RMSNorm",
    "searchsorted": "SearchSorted",
}


def class_name(name: str) -> str:
    """The name Keras gives the operation: `reduce_mean` is `Mean`."""
    last = name.rsplit(".", 1)[1].removeprefix("reduce_")
    if last in _CLASSES:
        return _CLASSES[last]
    return "".join(part.capitalize() for part in last.split("_"))


def not_tensors(run: Run, name: str, site: Site) -> Value:
    """What a call gives whose operands are not known."""
    return run.fresh(f"the result of {name}", site.node)


def because(result: Unknown, name: str, arguments: Arguments) -> Unknown:
    """The unknown result of a call, with the reason why its operands are not known, where that is why it is not."""
    if result.reason != f"the result of {name}":
        return result
    for one in (*arguments.positional, *arguments.keywords.values()):
        items = one.value.items if isinstance(one.value, ListValue) else one.value
        for value in items[:_MAX_OPERANDS] if isinstance(items, (list, tuple)) else (items,):
            cause = value.shape if isinstance(value, (Tensor, Array)) else value
            if isinstance(cause, Unknown):
                return Unknown(cause.reason, result.key, result.text, result.parts, result.needs)
    return result


def given(arguments: Arguments, position: int | None, *names: str, default: Any = None) -> Value:
    """An argument by any of its names, or by its place."""
    for name in names:
        if name in arguments.keywords:
            return arguments.keywords[name].value
    return arguments.value(names[0], position, default)


def first(arguments: Arguments) -> Value:
    """The tensor of a function that has one, however it is called there."""
    if arguments.positional:
        return arguments.positional[0].value
    for name in (
        "x",
        "inputs",
        "input",
        "tensor",
        "input_tensor",
        "a",
        "features",
        "logits",
        "value",
        "values",
        "xs",
        "tensors",
        "images",
        "image",
    ):
        if name in arguments.keywords:
            return arguments.keywords[name].value
    return None


def axes(value: Value) -> list[int] | None:
    """Axes as integers, None for all. Raises Undetermined."""
    if value is None:
        return None
    if isinstance(value, int):
        return [value]
    items = value.items if isinstance(value, ListValue) and value.unknown is None else value
    if isinstance(items, (list, tuple)) and all(isinstance(i, int) for i in items):
        return list(items)
    raise Undetermined("an axis that is not known")


def axis(value: Value, default: int) -> int:
    chosen = axes(default if value is None else value)
    if chosen is None or len(chosen) != 1:
        raise Undetermined("an axis that is not known")
    return chosen[0]


def truth(value: Value) -> bool:
    if isinstance(value, (bool, int)):
        return bool(value)
    raise Undetermined("an option that is not known")


def sizes(value: Value) -> list[Dim]:
    """Sizes from a list, a tuple or a vector of them; what the model knows only when it runs is None."""
    items = value.items if isinstance(value, (ListValue, Array)) else value
    if isinstance(value, ListValue) and value.unknown is not None:
        raise Undetermined(value.unknown.reason)
    if isinstance(items, (int, SymDim)) and not isinstance(items, bool):
        items = (items,)
    if not isinstance(items, (list, tuple)):
        raise Undetermined("a shape that is not known")
    return [size(item) for item in items]


def is_run_time_size(value: Value) -> bool:
    return isinstance(value, Tensor) and value.shape == ()


def size(value: Value) -> Dim:
    if is_run_time_size(value):
        return None
    size = as_size(value)
    if isinstance(size, Unknown):
        raise Undetermined(size.reason)
    return size


def unary(rule: Callable[[Shape, Arguments], Shape]) -> Call:
    """A function of one tensor."""

    def call(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
        value = first(arguments)
        tensor = operand(run, value)
        if tensor is None and run.tracing and name.startswith("tensorflow."):
            tensor = _packed(run, value, site)
        if tensor is None:
            return not_tensors(run, name, site)
        return operate(run, class_name(name), [tensor], lambda shapes: [rule(shapes[0], arguments)], site)[0]

    return follows(call)


def _packed(run: Run, value: Value, site: Site) -> Tensor | None:
    """TensorFlow makes one tensor of a list of tensors: it stacks them."""
    items = value.items if isinstance(value, ListValue) and value.unknown is None else value
    if not isinstance(items, (list, tuple)) or not any(isinstance(item, Tensor) for item in items):
        return None
    parts = [operand(run, item) for item in items]
    tensors = [part for part in parts if part is not None]
    if len(tensors) < len(parts):
        return None
    made = operate(run, "Stack", tensors, lambda shapes: [tensor_shapes.stack(shapes, 0)], site)[0]
    return made if isinstance(made, Tensor) else None


def binary(rule: Callable[[Shape, Shape], Shape], dtype: str | None = None) -> Call:
    """A function of two operands."""

    def call(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
        values = [given.value for given in (*arguments.positional, *arguments.keywords.values())][:2]
        operands = [operand(run, value) for value in values]
        tensors = [tensor for tensor in operands if tensor is not None]
        if not tensors or len(values) < 2:
            return not_tensors(run, name, site)
        if len(tensors) < 2:
            unknown = undetermined("an operand that is not known")
            return operate(run, class_name(name), tensors, unknown, site, dtype)[0]
        two: Rule = lambda shapes: [rule(shapes[0], shapes[1])]  # noqa: E731
        return operate(run, class_name(name), tensors, two, site, dtype)[0]

    return follows(call)


def undetermined(reason: str) -> Rule:
    def rule(shapes: Sequence[Shape]) -> list[Shape]:
        raise Undetermined(reason)

    return rule


def reduce(shape: Shape, arguments: Arguments) -> Shape:
    chosen = axes(given(arguments, 1, "axis", "axes", "reduction_indices"))
    return tensor_shapes.reduce(shape, chosen, truth(given(arguments, 2, "keepdims", "keep_dims", default=False)))


def arg_reduce(default: int | None = None, keepdims_at: int | None = None) -> Callable[[Shape, Arguments], Shape]:
    """`argmax` and `argmin`; `default` is the axis where none is given, None for all of them."""

    def rule(shape: Shape, arguments: Arguments) -> Shape:
        value = given(arguments, 1, "axis", "dimension", default=default)
        keepdims = truth(given(arguments, keepdims_at, "keepdims", default=False))
        return tensor_shapes.reduce(shape, None if value is None else [axis(value, -1)], keepdims)

    return rule


def same(shape: Shape, arguments: Arguments) -> Shape:
    return shape


def accumulated(shape: Shape, arguments: Arguments) -> Shape:
    """`keras.ops.cumsum` flattens where it is given no axis."""
    return shape if given(arguments, 1, "axis") is not None else tensor_shapes.reshape(shape, (-1,))


def two(run: Run, arguments: Arguments) -> list[Tensor] | None:
    """Two operands, by position or as `a` and `b` (`x1` and `x2` in Keras); None where they are not known."""
    values = [given(arguments, 0, "a", "x1", "x"), given(arguments, 1, "b", "x2", "y")]
    tensors = [tensor for tensor in (operand(run, value) for value in values) if tensor is not None]
    return tensors if len(tensors) == 2 else None


def joint(rule: Callable[[Sequence[Shape], Arguments], Shape], *names: str) -> Call:
    """A function whose first arguments, by place or by these names, are tensors."""

    def call(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
        operands = [operand(run, given(arguments, place, own)) for place, own in enumerate(names)]
        tensors = [tensor for tensor in operands if tensor is not None]
        if len(tensors) < len(names):
            return not_tensors(run, name, site)
        return operate(run, class_name(name), tensors, lambda shapes: [rule(shapes, arguments)], site)[0]

    return follows(call)


def made(run: Run, dims: Sequence[Dim], dtype: Value, default: str = "float32") -> Value:
    """A tensor made of nothing but its shape."""
    return made_of(run, tuple(dims), dtype_of(dtype) or default)


def of_shape(default: str = "float32") -> Call:
    """Random numbers, zeros, ones: `tf.zeros(shape)`, `tf.fill(dims, value)`."""

    def call(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
        try:
            dims = sizes(given(arguments, 0, "shape", "dims"))
        except Undetermined:
            return not_tensors(run, name, site)
        return made(run, dims, arguments.value("dtype"), default)

    return call


def outside_call(function: Call) -> Call:
    """A function that Keras can follow in a functional model, but TensorFlow not where the sizes of `call` are open."""

    def call(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
        return not_tensors(run, name, site) if run.tracing else function(run, name, arguments, site)

    return follows(call) if function in FOLLOWING else call


def inside_call(function: Call) -> Call:
    """A function that works on the tensors of `call` only: Keras has no symbolic form of it."""

    def call(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
        return function(run, name, arguments, site) if run.tracing else not_tensors(run, name, site)

    return follows(call) if function in FOLLOWING else call
