"""Functions on tensors, by every name they have: `keras.ops`, `keras.backend`, `tensorflow`.

To add one: a row in `_ROWS` (canonical function, the shape rule, the names it goes by).
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from functools import cache

from kerascheck.data.array import Array
from kerascheck.data.tensors import on_data
from kerascheck.data.values import new_array
from kerascheck.machine.keras import (
    operations_arrays,
    operations_asking,
    operations_images,
    operations_making,
    operations_networks,
    operations_products,
    operations_tensorflow,
)
from kerascheck.machine.keras.freeze import as_size
from kerascheck.machine.keras.open_sizes import refusing_open_sizes
from kerascheck.machine.keras.operation_forms import (
    FOLLOWING,
    Call,
    accumulated,
    arg_reduce,
    because,
    binary,
    class_name,
    first,
    follows,
    in_modules,
    is_run_time_size,
    not_tensors,
    reduce,
    same,
    truth,
    unary,
    undetermined,
)
from kerascheck.machine.keras.operation_forms import (
    axes as _axes,
)
from kerascheck.machine.keras.operation_forms import (
    axis as _axis,
)
from kerascheck.machine.keras.operation_forms import (
    given as _given,
)
from kerascheck.machine.keras.operation_forms import (
    sizes as _sizes,
)
from kerascheck.machine.keras.tensors import note_call, operand, operate
from kerascheck.machine.run import Run
from kerascheck.machine.sequences import items_of
from kerascheck.machine.values import ListValue, Value
from kerascheck.network import tensor_shapes
from kerascheck.network.arguments import Arguments
from kerascheck.network.dims import Dim, Shape, SymDim
from kerascheck.network.ir import Site, Tensor
from kerascheck.symbolic.unknown import KerasError, Symbol, Undetermined, Unknown


def _many(rule: Callable[[Sequence[Shape], Arguments], Shape]) -> Call:
    """A function of a list of tensors."""

    def call(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
        value = first(arguments)
        axis_first = isinstance(value, int) and len(arguments.positional) > 1
        items = items_of(run, arguments.positional[1].value if axis_first else value)
        if name.startswith("tensorflow.") and name.endswith(".concat") and _is_one_tensor(value):
            items = [value]  # TensorFlow takes it for a list of one
        operands = [] if isinstance(items, Unknown) else [operand(run, item) for item in items]
        tensors = [tensor for tensor in operands if tensor is not None]
        if not tensors:
            return not_tensors(run, name, site)
        if len(tensors) < len(operands):
            unknown = undetermined("an operand that is not known")
            return operate(run, class_name(name), tensors, unknown, site)[0]
        if axis_first:  # tf 0.x: concat(axis, values)
            return operate(run, class_name(name), tensors, undetermined("concat of TensorFlow 0.x"), site)[0]
        made = operate(run, class_name(name), tensors, lambda shapes: [rule(shapes, arguments)], site)[0]
        return _vector_of_sizes(run, items, made)

    return follows(call)


def _concatenated(default: int) -> Callable[[Sequence[Shape], Arguments], Shape]:
    """Tensors one after the other, along the last axis where it is not given (`keras.backend`) or along the first."""

    def rule(shapes: Sequence[Shape], arguments: Arguments) -> Shape:
        return tensor_shapes.concatenate(shapes, _axis(_given(arguments, 1, "axis", "concat_dim"), default))

    return rule


def _is_one_tensor(value: Value) -> bool:
    return isinstance(value, Tensor) or (isinstance(value, Array) and value.kind != "list")


def _vector_of_sizes(run: Run, items: Value, made: Value) -> Value:
    """Sizes that are put together to a shape keep their values: `tf.concat([tf.shape(x)[:1], [8]], 0)`."""
    shape = made.shape
    if not isinstance(shape, tuple) or len(shape) != 1 or not isinstance(shape[0], int):
        return made
    sizes: list[Value] = []
    for item in items:
        if isinstance(item, int) or is_run_time_size(item):
            sizes.append(item)
            continue
        inner = item.items if isinstance(item, (Array, ListValue)) else item
        sizes += inner if isinstance(inner, (list, tuple)) else ()
    if len(sizes) != shape[0] or not all(isinstance(size, (int, Tensor)) for size in sizes):
        return made
    return new_array(run, shape, "int32", kind="tensor", items=sizes)


def _norm(shape: Shape, arguments: Arguments) -> Shape:
    axes = _axes(_given(arguments, 2, "axis"))
    return tensor_shapes.reduce(shape, axes, truth(_given(arguments, 3, "keepdims", default=False)))


@follows
def _gather(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    """`tf.gather(params, indices, axis)` and `keras.ops.take(x, indices, axis)`: the indices in place of the axis."""
    tensor, indices = operand(run, _given(arguments, 0, "x", "params")), operand(run, _given(arguments, 1, "indices"))
    at = _given(arguments, 2, "axis")
    if tensor is None or indices is None or (name == "tensorflow.gather" and len(arguments.positional) > 2):
        return not_tensors(run, name, site)

    def rule(shapes: Sequence[Shape]) -> list[Shape]:
        shape, chosen = shapes
        if "batch_dims" in arguments.keywords or (at is None and name == "keras.ops.take"):
            raise Undetermined(f"{name} of this kind")
        axis = tensor_shapes.normal_axis(_axis(at, 0), len(shape))
        return [(*shape[:axis], *chosen, *shape[axis + 1 :])]

    return operate(run, "Take", [tensor, indices], rule, site)[0]


def _flatten_batch(shape: Shape, arguments: Arguments) -> Shape:
    return tensor_shapes.reshape(shape, (shape[0], -1))


_expanded = unary(lambda shape, a: tensor_shapes.expand_dims(shape, _axis(_given(a, 1, "axis", "dim"), -1)))


@follows
def _expand_dims(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    value = first(arguments)
    if is_run_time_size(value) or (isinstance(value, int) and not isinstance(value, bool)):
        return new_array(run, (1,), "int32", kind="tensor", items=[value])  # a size, on the way to become a shape
    return _expanded(run, name, arguments, site)


@follows
def _split(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    tensor = operand(run, first(arguments) if arguments.positional else arguments.value("value"))
    if tensor is None:
        return not_tensors(run, name, site)
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
        sizes = _between(_axes(parts) or [], shape[axis]) if is_keras else _sizes(parts)
        return [(*shape[:axis], size, *shape[axis + 1 :]) for size in sizes]

    items = parts.items if isinstance(parts, ListValue) and parts.unknown is None else parts
    if isinstance(items, (list, tuple)):
        count = len(items) + is_keras
    elif isinstance(parts, int) and 0 < parts < 1000:
        count = parts
    else:
        return run.unknown_list("the parts of a split")
    return run.new_list(operate(run, "Split", [tensor], rule, site, count=count))


def _between(places: Sequence[int], dim: Dim) -> list[Dim]:
    """The sizes of the parts of an axis that is cut at these places."""
    if any(place < 0 for place in places) or list(places) != sorted(places):
        raise Undetermined("a split at places from the end")
    if isinstance(dim, int):
        places = [min(place, dim) for place in places]
    starts = [0, *places]
    return [*(end - start for start, end in itertools.pairwise(starts)), None if dim is None else dim - starts[-1]]


@follows
def _unstack(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    tensor = first(arguments)
    if isinstance(tensor, Array) and tensor.items is not None:
        return run.new_list(tensor.items)
    tensor = operand(run, tensor)
    if tensor is None or isinstance(tensor.shape, Unknown):
        return not_tensors(run, name, site)
    shape = tensor.shape
    axis = _given(arguments, None, "axis", default=0)
    if not isinstance(axis, int) or not -len(shape) <= axis < len(shape) or not isinstance(shape[axis], int):
        return run.unknown_list("the parts of a tensor")
    count = shape[axis]
    assert isinstance(count, int)
    rest = tuple(dim for i, dim in enumerate(shape) if i != axis % len(shape))
    return run.new_list(operate(run, "Unstack", [tensor], lambda shapes: [rest] * count, site))


@follows
def _where(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    values = [given.value for given in (*arguments.positional, *arguments.keywords.values())]
    tensors = [tensor for tensor in (operand(run, value) for value in values) if tensor is not None]
    if len(values) != 3 or len(tensors) != 3:
        return not_tensors(run, name, site)

    def rule(shapes: Sequence[Shape]) -> list[Shape]:
        result = shapes[0]
        for shape in shapes[1:]:
            result = tensor_shapes.broadcast(result, shape)
        return [result]

    return operate(run, "Where", tensors, rule, site, tensors[1].dtype)[0]


def _one_hot(shape: Shape, arguments: Arguments) -> Shape:
    size = as_size(_given(arguments, 1, "num_classes", "depth"))
    axis = _axis(_given(arguments, None, "axis"), -1)
    if isinstance(size, Unknown) or axis != -1:
        raise Undetermined("the classes of a one-hot encoding")
    return (*shape, size)


def _pad_widths(arguments: Arguments) -> list[list[int]]:
    value = _given(arguments, 1, "paddings", "pad_width")
    rows = value.items if isinstance(value, ListValue) and value.unknown is None else value
    if isinstance(rows, Array):
        rows = rows.table
    if not isinstance(rows, (list, tuple)):
        raise Undetermined("paddings that are not known")
    return [_axes(row) or [] for row in rows]


def _tile_counts(arguments: Arguments) -> list[Dim]:
    return _sizes(_given(arguments, 1, "repeats", "multiples", "n"))


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


@follows
def _activation(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    """`keras.activations.get(identifier)`: the function of that name, a function as it is."""
    value = arguments.value("identifier", 0)
    if value is None:
        return Symbol("keras.activations.linear")
    return Symbol(f"keras.activations.{value}") if isinstance(value, str) else value


def _answer(value: Value) -> Call:
    """A function that gives the same each time."""
    return follows(lambda run, name, arguments, site: value)


def _swapaxes(shape: Shape, arguments: Arguments) -> Shape:
    a = tensor_shapes.normal_axis(_axis(_given(arguments, 1, "axis1"), 0), len(shape))
    b = tensor_shapes.normal_axis(_axis(_given(arguments, 2, "axis2"), 0), len(shape))
    order = list(range(len(shape)))
    order[a], order[b] = order[b], order[a]
    return tensor_shapes.transpose(shape, order)


def _resize(shape: Shape, arguments: Arguments) -> Shape:
    given = _given(arguments, 1, "size")
    if isinstance(given, int) and not isinstance(given, bool):
        raise KerasError(f"tf.image.resize expects a height and a width; use ({given}, {given})", "argument")
    size = _sizes(_given(arguments, 1, "size"))
    if len(size) != 2 or len(shape) not in (3, 4):
        raise Undetermined("the size of a resized image")
    return (*shape[:-3], *size, shape[-1])


@follows
def _crop_and_resize(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    """`tf.image.crop_and_resize(image, boxes, box_indices, crop_size)`: an image of that size for each box."""
    values = [_given(arguments, 0, "image"), _given(arguments, 1, "boxes")]
    tensors = [tensor for tensor in (operand(run, value) for value in values) if tensor is not None]
    if len(tensors) < 2:
        return not_tensors(run, name, site)

    def rule(shapes: Sequence[Shape]) -> list[Shape]:
        images, boxes = shapes
        sides = _sizes(_given(arguments, 3, "crop_size"))
        if len(images) != 4 or len(boxes) != 2 or len(sides) != 2:
            raise Undetermined("crops of this")
        return [(boxes[0], *sides, images[3])]

    return operate(run, "CropAndResize", tensors, rule, site, "float32")[0]


def _space(sign: int) -> Callable[[Shape, Arguments], Shape]:
    def rule(shape: Shape, arguments: Arguments) -> Shape:
        block = _given(arguments, 1, "block_size")
        if not isinstance(block, int) or len(shape) != 4 or shape[3] is None or block < 1:
            raise Undetermined("a change between space and depth")
        sides = [None if d is None else (d * block if sign > 0 else d // block) for d in shape[1:3]]
        depth = shape[3] // (block * block) if sign > 0 else shape[3] * block * block
        return (shape[0], *sides, depth)

    return rule


@follows
def _normalize_moments(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    tensor = operand(run, first(arguments))
    if tensor is None:
        return not_tensors(run, name, site)
    return tuple(operate(run, "Moments", [tensor], lambda shapes: [reduce(shapes[0], arguments)] * 2, site, count=2))


_ELEMENTWISE = """
    relu relu6 sigmoid hard_sigmoid tanh exp expm1 log log1p log2 log10 sqrt rsqrt square abs absolute softmax
    log_softmax softplus softsign selu elu gelu silu swish leaky_relu sin cos tan sign clip clip_by_value
    identity stop_gradient negative round floor ceil zeros_like ones_like l2_normalize normalize dropout cumsum
    cumprod logical_not isnan hard_silu hard_swish erf reciprocal mish softmax_v2 flip reverse copy log_sigmoid
    sparsemax cast_to_floatx nan_to_num cosh sinh atan asin acos arctan reverse_v2 sort tril
    triu real conj
""".split()  # noqa: SIM905
_ACTIVATIONS = """
    celu exponential gelu elu hard_shrink hard_sigmoid hard_silu hard_swish hard_tanh leaky_relu linear log_sigmoid
    log_softmax mish relu relu6 selu sigmoid silu soft_shrink softmax softplus softsign sparse_plus sparse_sigmoid
    sparsemax squareplus swish tanh tanh_shrink threshold
""".split()  # noqa: SIM905
_BROADCASTING = """
    add subtract multiply divide truediv true_divide maximum minimum pow power floordiv floor_divide mod floormod
    squared_difference divide_no_nan atan2 hypot
""".split()  # noqa: SIM905
_COMPARING = """
    equal not_equal less less_equal greater greater_equal logical_and logical_or logical_xor
""".split()  # noqa: SIM905
_REDUCING = """
    reduce_mean reduce_sum reduce_max reduce_min reduce_prod reduce_any reduce_all reduce_std reduce_variance
    reduce_logsumexp mean sum max min prod any all std var amax amin logsumexp median
""".split()  # noqa: SIM905
#: Of these modules, those whose functions have the defaults of numpy.
_LIKE_NUMPY = ("keras.ops", "tensorflow.experimental.numpy")


def _rows() -> list[tuple[Call, list[str]]]:
    return [
        (unary(same), in_modules(*_ELEMENTWISE)),
        (binary(tensor_shapes.broadcast), in_modules(*_BROADCASTING)),
        (binary(tensor_shapes.broadcast, "bool"), in_modules(*_COMPARING)),
        (unary(reduce), in_modules(*_REDUCING)),
        (unary(_norm), ["tensorflow.norm", "tensorflow.linalg.norm", "keras.ops.norm"]),
        (unary(same), ["tensorflow.linalg.band_part", *(f"keras.activations.{n}" for n in _ACTIVATIONS)]),
        (unary(accumulated), [f"{m}.{n}" for m in _LIKE_NUMPY for n in ("cumsum", "cumprod")]),
        (_activation, ["keras.activations.get"]),
        (unary(arg_reduce(None, 2)), [f"{m}.{n}" for m in _LIKE_NUMPY for n in ("argmax", "argmin")]),
        (unary(arg_reduce(-1)), ["keras.backend.argmax", "keras.backend.argmin"]),
        (unary(arg_reduce(0)), [f"tensorflow.{m}{n}" for m in ("", "math.") for n in ("argmax", "argmin")]),
        (_many(_concatenated(0)), in_modules("concat", "concatenate", without="keras.backend")),
        (_many(_concatenated(-1)), ["keras.backend.concatenate"]),
        (
            _many(lambda shapes, a: tensor_shapes.stack(shapes, _axis(_given(a, 1, "axis"), 0))),
            in_modules("stack", "pack"),
        ),
        (
            unary(lambda s, a: tensor_shapes.reshape(s, _sizes(_given(a, 1, "newshape", "shape")))),
            in_modules("reshape"),
        ),
        (
            unary(lambda s, a: tensor_shapes.transpose(s, _axes(_given(a, 1, "axes", "perm", "pattern")))),
            in_modules("transpose", "permute_dimensions"),
        ),
        (_expand_dims, in_modules("expand_dims")),
        (
            unary(lambda s, a: tensor_shapes.squeeze(s, _axes(_given(a, 1, "axis", "squeeze_dims")))),
            in_modules("squeeze"),
        ),
        (unary(_flatten_batch), ["keras.backend.batch_flatten"]),
        (unary(lambda s, a: tensor_shapes.reshape(s, (-1,))), ["keras.backend.flatten", "keras.ops.ravel"]),
        (binary(tensor_shapes.broadcast), ["keras.backend.bias_add", "tensorflow.nn.bias_add"]),
        (_gather, ["tensorflow.gather", "keras.ops.take"]),
        (_answer("tensorflow"), ["keras.backend.backend", "keras.config.backend"]),
        (_answer("float32"), ["keras.backend.floatx", "keras.config.floatx"]),
        (_answer(1e-7), ["keras.backend.epsilon", "keras.config.epsilon"]),
        (_split, ["keras.ops.split", "tensorflow.split"]),
        (_unstack, ["keras.ops.unstack", "tensorflow.unstack"]),
        (unary(lambda s, a: tensor_shapes.pad(s, _pad_widths(a))), ["keras.ops.pad", "tensorflow.pad"]),
        (unary(lambda s, a: tensor_shapes.tile(s, _tile_counts(a))), in_modules("tile")),
        (unary(_repeat), ["keras.ops.repeat", "tensorflow.repeat", "keras.backend.repeat_elements"]),
        (unary(_repeat_vector), ["keras.backend.repeat"]),
        (unary(_broadcast_to), in_modules("broadcast_to")),
        (unary(_one_hot), in_modules("one_hot")),
        (unary(_swapaxes), ["keras.ops.swapaxes", "tensorflow.experimental.numpy.swapaxes"]),
        (unary(_resize), ["tensorflow.image.resize", "tensorflow.image.resize_images"]),
        (unary(_space(1)), ["tensorflow.nn.depth_to_space", "tensorflow.depth_to_space", "keras.ops.depth_to_space"]),
        (unary(_space(-1)), ["tensorflow.nn.space_to_depth", "tensorflow.space_to_depth", "keras.ops.space_to_depth"]),
        (_crop_and_resize, ["tensorflow.image.crop_and_resize"]),
        (_normalize_moments, ["tensorflow.nn.moments", "keras.ops.moments"]),
        (_where, in_modules("where", "switch")),
    ]  # fmt: skip


def operations() -> dict[str, Call]:
    """All of them, by canonical name."""
    return {name: on_data(refusing_open_sizes(name, _noted(call))) for call, names in _every_row() for name in names}


@cache
def following() -> frozenset[str]:
    """The names of those that make nothing known of operands that are not."""
    return frozenset(name for call, names in _every_row() if call in FOLLOWING for name in names)


@cache
def _every_row() -> list[tuple[Call, list[str]]]:
    return [
        *_rows(),
        *operations_arrays.rows(),
        *operations_asking.rows(),
        *operations_images.rows(),
        *operations_making.rows(),
        *operations_networks.rows(),
        *operations_products.rows(),
        *operations_tensorflow.rows(),
    ]


def _noted(call: Call) -> Call:
    """The function, which tells the operation that it makes how it was called."""

    def noted(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
        result = call(run, name, arguments, site)
        if type(result) is Unknown:
            result = because(result, name, arguments)
        note_call(run, name, arguments, result)
        return result

    return noted
