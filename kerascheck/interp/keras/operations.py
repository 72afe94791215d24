"""Functions on tensors, by every name they have: `keras.ops`, `keras.backend`, `tensorflow`.

To add one: a row in `_ROWS` (canonical function, the shape rule, the names it goes by).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from kerascheck.interp.keras.calling import input_tensors
from kerascheck.interp.keras.freeze import as_shape, as_size
from kerascheck.interp.keras.tensors import operate
from kerascheck.interp.run import Run
from kerascheck.interp.sequences import items_of
from kerascheck.interp.values import ListValue, Value
from kerascheck.network import tensor_shapes
from kerascheck.network.arguments import Arguments
from kerascheck.network.dims import Dim, Shape, SymDim
from kerascheck.network.ir import Site, Tensor
from kerascheck.symbolic import Undetermined, Unknown

Call = Callable[[Run, str, Arguments, Site], Value]
Rule = Callable[[Sequence[Shape]], list[Shape]]


def _class_name(name: str) -> str:
    """The name Keras gives the operation: `reduce_mean` is `Mean`."""
    last = name.rsplit(".", 1)[1].removeprefix("reduce_")
    return "".join(part.capitalize() for part in last.split("_"))


def _not_tensors(run: Run, name: str, site: Site) -> Value:
    return run.fresh(f"the result of {name}", site.node)


def _given(arguments: Arguments, position: int | None, *names: str, default: Any = None) -> Value:
    for name in names:
        if name in arguments.keywords:
            return arguments.keywords[name].value
    return arguments.value(names[0], position, default)


def _first(arguments: Arguments) -> Value:
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
    ):
        if name in arguments.keywords:
            return arguments.keywords[name].value
    return None


def _axes(value: Value) -> list[int] | None:
    """Axes as integers, None for all. Raises Undetermined."""
    if value is None:
        return None
    if isinstance(value, int):
        return [value]
    items = value.items if isinstance(value, ListValue) and value.unknown is None else value
    if isinstance(items, (list, tuple)) and all(isinstance(i, int) for i in items):
        return list(items)
    raise Undetermined("an axis that is not known")


def _axis(value: Value, default: int) -> int:
    axes = _axes(default if value is None else value)
    if axes is None or len(axes) != 1:
        raise Undetermined("an axis that is not known")
    return axes[0]


def _truth(value: Value) -> bool:
    if isinstance(value, (bool, int)):
        return bool(value)
    raise Undetermined("an option that is not known")


def _sizes(value: Value) -> list[Dim]:
    shape = as_shape(value)
    if isinstance(shape, Unknown):
        raise Undetermined(shape.reason)
    return list(shape)


def _unary(rule: Callable[[Shape, Arguments], Shape]) -> Call:
    """A function of one tensor."""

    def call(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
        tensor = _first(arguments)
        if not isinstance(tensor, Tensor):
            return _not_tensors(run, name, site)
        return operate(run, _class_name(name), [tensor], lambda shapes: [rule(shapes[0], arguments)], site)[0]

    return call


def _binary(rule: Callable[[Shape, Shape], Shape]) -> Call:
    """A function of two operands, of which at least one is a tensor."""

    def call(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
        values = [given.value for given in (*arguments.positional, *arguments.keywords.values())][:2]
        tensors = [value for value in values if isinstance(value, Tensor)]
        if not tensors or len(values) < 2:
            return _not_tensors(run, name, site)
        if len(tensors) == 2:
            return operate(run, _class_name(name), tensors, lambda shapes: [rule(shapes[0], shapes[1])], site)[0]
        other = next(value for value in values if not isinstance(value, Tensor))
        if isinstance(other, (int, float)) and rule is tensor_shapes.broadcast:
            return operate(run, _class_name(name), tensors, lambda shapes: [shapes[0]], site)[0]
        return operate(run, _class_name(name), tensors, _undetermined("an operand that is not known"), site)[0]

    return call


def _undetermined(reason: str) -> Rule:
    def rule(shapes: Sequence[Shape]) -> list[Shape]:
        raise Undetermined(reason)

    return rule


def _many(rule: Callable[[Sequence[Shape], Arguments], Shape]) -> Call:
    """A function of a list of tensors."""

    def call(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
        value = _first(arguments)
        axis_first = isinstance(value, int) and len(arguments.positional) > 1
        tensors = input_tensors(arguments.positional[1].value if axis_first else value)
        if tensors is None:
            return _not_tensors(run, name, site)
        if axis_first:  # tf 0.x: concat(axis, values)
            return operate(run, _class_name(name), tensors, _undetermined("concat of TensorFlow 0.x"), site)[0]
        return operate(run, _class_name(name), tensors, lambda shapes: [rule(shapes, arguments)], site)[0]

    return call


def _reduce(shape: Shape, arguments: Arguments) -> Shape:
    axes = _axes(_given(arguments, 1, "axis", "reduction_indices"))
    return tensor_shapes.reduce(shape, axes, _truth(_given(arguments, 2, "keepdims", "keep_dims", default=False)))


def _arg_reduce(shape: Shape, arguments: Arguments) -> Shape:
    value = _given(arguments, 1, "axis", "dimension")
    return tensor_shapes.reduce(shape, None if value is None else [_axis(value, -1)], False)


def _same(shape: Shape, arguments: Arguments) -> Shape:
    return shape


def _flatten_batch(shape: Shape, arguments: Arguments) -> Shape:
    return tensor_shapes.reshape(shape, (shape[0], -1))


def _target(value: Value) -> list[Dim]:
    return _sizes(value)


def _split(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    tensor = _first(arguments)
    if not isinstance(tensor, Tensor):
        return _not_tensors(run, name, site)
    parts = _given(arguments, 1, "num_or_size_splits", "indices_or_sections")
    is_keras = name.startswith("keras.")

    def rule(shapes: Sequence[Shape]) -> list[Shape]:
        shape = shapes[0]
        axis = tensor_shapes.normal_axis(_axis(_given(arguments, 2, "axis"), 0), len(shape))
        if isinstance(parts, int):
            dim = shape[axis]
            part = None if dim is None else dim // parts
            if isinstance(dim, int) and dim % parts:
                raise Undetermined("a split that is not even")
            return [(*shape[:axis], part, *shape[axis + 1 :])] * parts
        sizes = _sizes(parts)
        if is_keras:
            raise Undetermined("a split at indices")
        return [(*shape[:axis], size, *shape[axis + 1 :]) for size in sizes]

    count = parts if isinstance(parts, int) and 0 < parts < 1000 else 1
    outputs = operate(run, "Split", [tensor], rule, site, count=count)
    if not isinstance(parts, int) and len(outputs) == 1:
        return run.unknown_list("the parts of a split")
    return run.new_list(outputs)


def _unstack(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    tensor = _first(arguments)
    if not isinstance(tensor, Tensor) or isinstance(tensor.shape, Unknown):
        return _not_tensors(run, name, site)
    shape = tensor.shape
    axis = _given(arguments, None, "axis", default=0)
    if not isinstance(axis, int) or not -len(shape) <= axis < len(shape) or not isinstance(shape[axis], int):
        return run.unknown_list("the parts of a tensor")
    count = shape[axis]
    assert isinstance(count, int)
    rest = tuple(dim for i, dim in enumerate(shape) if i != axis % len(shape))
    return run.new_list(operate(run, "Unstack", [tensor], lambda shapes: [rest] * count, site))


def _shape(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    tensor = _first(arguments)
    if isinstance(tensor, Tensor):
        return tensor.shape
    return (
        Unknown("the shape of something unknown", ("attribute", tensor.key, "shape"), f"{tensor.text}.shape")
        if (isinstance(tensor, Unknown) and tensor.text)
        else _not_tensors(run, name, site)
    )


def _ndim(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    tensor = _first(arguments)
    if isinstance(tensor, Tensor) and not isinstance(tensor.shape, Unknown):
        return len(tensor.shape)
    return _not_tensors(run, name, site)


def _random(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    """A tensor made of nothing but a shape: random numbers, zeros, ones."""
    shape = as_shape(_given(arguments, 0, "shape"))
    if isinstance(shape, Unknown):
        return _not_tensors(run, name, site)
    return Tensor(shape)


def _range(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    """`tf.range` and `arange`: a vector as long as the way from start to stop."""
    start, stop = _given(arguments, 0, "start"), _given(arguments, 1, "stop", "limit")
    step = _given(arguments, 2, "step", "delta", default=1)
    if stop is None:
        start, stop = 0, start
    if arguments.open_positional or arguments.open_keywords:
        return _not_tensors(run, name, site)
    if all(isinstance(value, int) for value in (start, stop, step)) and step != 0:
        return Tensor((max(0, -((start - stop) // step)),), "int32")
    size = as_size(stop)
    if start in (0, None) and step == 1 and isinstance(size, SymDim):
        return Tensor((size,), "int32")
    return _not_tensors(run, name, site)


def _cast(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    tensor = _first(arguments)
    if not isinstance(tensor, Tensor):
        return _not_tensors(run, name, site)
    dtype = _given(arguments, 1, "dtype")
    kind = dtype if isinstance(dtype, str) else Unknown("a dtype")
    return operate(run, "Cast", [tensor], lambda shapes: [shapes[0]], site, kind)[0]


def _einsum(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    equation = _first(arguments)
    operands = [given.value for given in arguments.positional[1:]]
    if len(operands) == 1 and not isinstance(operands[0], Tensor):
        items = items_of(run, operands[0])
        operands = [] if isinstance(items, Unknown) else items
    if not isinstance(equation, str) or not operands or not all(isinstance(o, Tensor) for o in operands):
        return _not_tensors(run, name, site)
    return operate(run, "Einsum", operands, lambda shapes: [tensor_shapes.einsum(equation, shapes)], site)[0]


def _where(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    values = [given.value for given in arguments.positional]
    tensors = [value for value in values if isinstance(value, Tensor)]
    if len(values) != 3 or not tensors or not all(isinstance(v, (Tensor, int, float)) for v in values):
        return _not_tensors(run, name, site)

    def rule(shapes: Sequence[Shape]) -> list[Shape]:
        result = shapes[0]
        for shape in shapes[1:]:
            result = tensor_shapes.broadcast(result, shape)
        return [result]

    return operate(run, "Where", tensors, rule, site)[0]


def _one_hot(shape: Shape, arguments: Arguments) -> Shape:
    size = as_size(_given(arguments, 1, "num_classes", "depth"))
    axis = _axis(_given(arguments, None, "axis"), -1)
    if isinstance(size, Unknown) or axis != -1:
        raise Undetermined("the classes of a one-hot encoding")
    return (*shape, size)


def _pad_widths(arguments: Arguments) -> list[list[int]]:
    value = _given(arguments, 1, "paddings", "pad_width")
    rows = value.items if isinstance(value, ListValue) and value.unknown is None else value
    if not isinstance(rows, (list, tuple)):
        raise Undetermined("paddings that are not known")
    return [_axes(row) or [] for row in rows]


def _tile_counts(arguments: Arguments) -> list[int]:
    counts = _axes(_given(arguments, 1, "repeats", "multiples", "n"))
    if counts is None:
        raise Undetermined("how often a tensor is repeated")
    return counts


def _repeat(shape: Shape, arguments: Arguments) -> Shape:
    count, axis = _given(arguments, 1, "repeats", "rep"), _given(arguments, 2, "axis")
    if not isinstance(count, (int, SymDim)) or axis is None:
        raise Undetermined("how often a tensor is repeated")
    at = tensor_shapes.normal_axis(_axis(axis, 0), len(shape))
    dim = shape[at]
    return (*shape[:at], None if dim is None else dim * count, *shape[at + 1 :])


def _repeat_vector(shape: Shape, arguments: Arguments) -> Shape:
    count = as_size(_given(arguments, 1, "n"))
    if len(shape) != 2 or isinstance(count, Unknown):
        raise Undetermined("K.repeat of this")
    return (shape[0], count, shape[1])


def _broadcast_to(shape: Shape, arguments: Arguments) -> Shape:
    return tuple(_sizes(_given(arguments, 1, "shape")))


def _tensordot(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    tensors = [given.value for given in arguments.positional[:2]]
    if len(tensors) != 2 or not all(isinstance(t, Tensor) for t in tensors):
        return _not_tensors(run, name, site)
    axes = _given(arguments, 2, "axes", default=2)

    def rule(shapes: Sequence[Shape]) -> list[Shape]:
        if isinstance(axes, int):
            return [tensor_shapes.tensordot(shapes[0], shapes[1], axes)]
        pair = axes.items if isinstance(axes, ListValue) and axes.unknown is None else axes
        if not isinstance(pair, (list, tuple)) or len(pair) != 2:
            raise Undetermined("axes that are not known")
        return [tensor_shapes.tensordot(shapes[0], shapes[1], (_axes(pair[0]) or [], _axes(pair[1]) or []))]

    return operate(run, "Tensordot", tensors, rule, site)[0]


def _swapaxes(shape: Shape, arguments: Arguments) -> Shape:
    a = tensor_shapes.normal_axis(_axis(_given(arguments, 1, "axis1"), 0), len(shape))
    b = tensor_shapes.normal_axis(_axis(_given(arguments, 2, "axis2"), 0), len(shape))
    order = list(range(len(shape)))
    order[a], order[b] = order[b], order[a]
    return tensor_shapes.transpose(shape, order)


def _resize(shape: Shape, arguments: Arguments) -> Shape:
    size = _sizes(_given(arguments, 1, "size"))
    if len(size) != 2 or len(shape) not in (3, 4):
        raise Undetermined("the size of a resized image")
    return (*shape[:-3], *size, shape[-1])


def _space(sign: int) -> Callable[[Shape, Arguments], Shape]:
    def rule(shape: Shape, arguments: Arguments) -> Shape:
        block = _given(arguments, 1, "block_size")
        if not isinstance(block, int) or len(shape) != 4 or shape[3] is None or block < 1:
            raise Undetermined("a change between space and depth")
        sides = [None if d is None else (d * block if sign > 0 else d // block) for d in shape[1:3]]
        depth = shape[3] // (block * block) if sign > 0 else shape[3] * block * block
        return (shape[0], *sides, depth)

    return rule


def _normalize_moments(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    tensor = _first(arguments)
    if not isinstance(tensor, Tensor):
        return _not_tensors(run, name, site)
    return tuple(operate(run, "Moments", [tensor], lambda shapes: [_reduce(shapes[0], arguments)] * 2, site, count=2))


_ELEMENTWISE = """
    relu relu6 sigmoid hard_sigmoid tanh exp expm1 log log1p log2 log10 sqrt rsqrt square abs absolute softmax
    log_softmax softplus softsign selu elu gelu silu swish leaky_relu sin cos tan sign clip clip_by_value
    identity stop_gradient negative round floor ceil zeros_like ones_like l2_normalize normalize dropout cumsum
    cumprod logical_not isnan hard_silu hard_swish erf reciprocal mish softmax_v2 flip reverse copy log_sigmoid
    sparsemax cast_to_floatx convert_to_tensor nan_to_num cosh sinh atan asin acos arctan reverse_v2 sort tril
    triu real conj
""".split()  # noqa: SIM905
_BROADCASTING = """
    add subtract multiply divide truediv true_divide maximum minimum pow power equal not_equal less less_equal
    greater greater_equal logical_and logical_or logical_xor floordiv floor_divide mod floormod
    squared_difference divide_no_nan atan2 hypot
""".split()  # noqa: SIM905
_REDUCING = """
    reduce_mean reduce_sum reduce_max reduce_min reduce_prod reduce_any reduce_all reduce_std reduce_variance
    reduce_logsumexp mean sum max min prod any all std var amax amin logsumexp median norm
""".split()  # noqa: SIM905
_MODULES = (
    "keras.ops",
    "keras.backend",
    "tensorflow",
    "tensorflow.math",
    "tensorflow.nn",
    "keras.activations",
    "keras.random",
)


def _names(*words: str) -> list[str]:
    return [f"{module}.{word}" for module in _MODULES for word in words]


def _rows() -> list[tuple[Call, list[str]]]:
    axis_of_concat = lambda shapes, a: tensor_shapes.concatenate(  # noqa: E731
        shapes, _axis(_given(a, 1, "axis", "concat_dim"), _default_axis(a))
    )
    return [
        (_unary(_same), _names(*_ELEMENTWISE)),
        (_binary(tensor_shapes.broadcast), _names(*_BROADCASTING)),
        (_unary(_reduce), _names(*_REDUCING)),
        (_unary(_arg_reduce), _names("argmax", "argmin", "arg_max")),
        (_many(axis_of_concat), _names("concat", "concatenate")),
        (
            _many(lambda shapes, a: tensor_shapes.stack(shapes, _axis(_given(a, 1, "axis"), 0))),
            _names("stack", "pack"),
        ),
        (_unary(lambda s, a: tensor_shapes.reshape(s, _target(_given(a, 1, "newshape", "shape")))), _names("reshape")),
        (
            _unary(lambda s, a: tensor_shapes.transpose(s, _axes(_given(a, 1, "axes", "perm", "pattern")))),
            _names("transpose", "permute_dimensions"),
        ),
        (
            _unary(lambda s, a: tensor_shapes.expand_dims(s, _axis(_given(a, 1, "axis", "dim"), -1))),
            _names("expand_dims"),
        ),
        (_unary(lambda s, a: tensor_shapes.squeeze(s, _axes(_given(a, 1, "axis", "squeeze_dims")))), _names("squeeze")),
        (_unary(_flatten_batch), ["keras.backend.batch_flatten"]),
        (_unary(lambda s, a: tensor_shapes.reshape(s, (-1,))), ["keras.backend.flatten", "keras.ops.ravel"]),
        (_matmul, _names("matmul")),
        (_tensordot, _names("tensordot")),
        (_einsum, _names("einsum")),
        (_split, ["keras.ops.split", "tensorflow.split"]),
        (_unstack, ["keras.ops.unstack", "tensorflow.unstack"]),
        (_unary(lambda s, a: tensor_shapes.pad(s, _pad_widths(a))), ["keras.ops.pad", "tensorflow.pad"]),
        (_unary(lambda s, a: tensor_shapes.tile(s, _tile_counts(a))), _names("tile")),
        (_unary(_repeat), ["keras.ops.repeat", "tensorflow.repeat", "keras.backend.repeat_elements"]),
        (_unary(_repeat_vector), ["keras.backend.repeat"]),
        (_unary(_broadcast_to), _names("broadcast_to")),
        (_unary(_one_hot), _names("one_hot")),
        (_unary(_swapaxes), ["keras.ops.swapaxes", "tensorflow.experimental.numpy.swapaxes"]),
        (_unary(_resize), ["tensorflow.image.resize", "keras.ops.image.resize", "tensorflow.image.resize_images"]),
        (_unary(_space(1)), ["tensorflow.nn.depth_to_space", "tensorflow.depth_to_space", "keras.ops.depth_to_space"]),
        (_unary(_space(-1)), ["tensorflow.nn.space_to_depth", "tensorflow.space_to_depth", "keras.ops.space_to_depth"]),
        (_normalize_moments, ["tensorflow.nn.moments", "keras.ops.moments"]),
        (_where, _names("where", "switch")),
        (_cast, _names("cast")),
        (_shape, [*_names("shape"), "keras.backend.int_shape"]),
        (_ndim, _names("ndim", "rank")),
        (_range, ["tensorflow.range", "keras.ops.arange", "keras.backend.arange"]),
        (
            _random,
            [
                *(f"tensorflow.random.{n}" for n in ("normal", "uniform", "truncated_normal")),
                *(f"keras.random.{n}" for n in ("normal", "uniform", "truncated_normal")),
                *(f"keras.backend.{n}" for n in ("random_normal", "random_uniform", "zeros", "ones")),
                "tensorflow.zeros", "tensorflow.ones", "keras.ops.zeros", "keras.ops.ones", "tensorflow.random_normal",
            ],
        ),
    ]  # fmt: skip


def _default_axis(arguments: Arguments) -> int:
    """K.concatenate joins along the last axis; keras.ops and TensorFlow along the first."""
    text = arguments.call.func if arguments.call is not None else None
    name = getattr(getattr(text, "value", None), "value", "")
    return -1 if name in ("K", "backend") else 0


def _matmul(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    transposed = [_given(arguments, None, f"transpose_{side}", default=False) for side in "ab"]
    tensors = [given.value for given in arguments.positional[:2]]
    if len(tensors) != 2 or not all(isinstance(t, Tensor) for t in tensors):
        return _not_tensors(run, name, site)

    def rule(shapes: Sequence[Shape]) -> list[Shape]:
        sides = [
            (*shape[:-2], shape[-1], shape[-2]) if _truth(flip) else shape
            for shape, flip in zip(shapes, transposed, strict=True)
        ]
        return [tensor_shapes.matmul(sides[0], sides[1])]

    return operate(run, "Matmul", tensors, rule, site)[0]


def operations() -> dict[str, Call]:
    """All of them, by canonical name."""
    return {name: call for call, names in _rows() for name in names}
