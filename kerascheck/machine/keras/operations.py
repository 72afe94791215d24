"""Functions on tensors, by every name they have: `keras.ops`, `keras.backend`, `tensorflow`.

To add one: a row in `_ROWS` (canonical function, the shape rule, the names it goes by).
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from functools import cache

from kerascheck.data.array import Array
from kerascheck.data.scalars import number
from kerascheck.data.tensors import on_data
from kerascheck.data.values import as_array, dtype_of, new_array
from kerascheck.machine.keras import (
    operations_arrays,
    operations_images,
    operations_networks,
    operations_tensorflow,
)
from kerascheck.machine.keras.freeze import as_size, freeze_arguments
from kerascheck.machine.keras.open_sizes import refusing_open_sizes
from kerascheck.machine.keras.operation_forms import (
    FOLLOWING,
    Call,
    because,
)
from kerascheck.machine.keras.operation_forms import (
    accumulated as _accumulated,
)
from kerascheck.machine.keras.operation_forms import (
    arg_reduce as _arg_reduce,
)
from kerascheck.machine.keras.operation_forms import (
    axes as _axes,
)
from kerascheck.machine.keras.operation_forms import (
    axis as _axis,
)
from kerascheck.machine.keras.operation_forms import (
    binary as _binary,
)
from kerascheck.machine.keras.operation_forms import (
    class_name as _class_name,
)
from kerascheck.machine.keras.operation_forms import (
    first as _first,
)
from kerascheck.machine.keras.operation_forms import (
    follows as _follows,
)
from kerascheck.machine.keras.operation_forms import (
    given as _given,
)
from kerascheck.machine.keras.operation_forms import (
    is_run_time_size as _is_run_time_size,
)
from kerascheck.machine.keras.operation_forms import (
    made as _made,
)
from kerascheck.machine.keras.operation_forms import (
    not_tensors as _not_tensors,
)
from kerascheck.machine.keras.operation_forms import (
    of_shape as _of_shape,
)
from kerascheck.machine.keras.operation_forms import (
    reduce as _reduce,
)
from kerascheck.machine.keras.operation_forms import (
    same as _same,
)
from kerascheck.machine.keras.operation_forms import (
    size as _size,
)
from kerascheck.machine.keras.operation_forms import (
    sizes as _sizes,
)
from kerascheck.machine.keras.operation_forms import (
    truth as _truth,
)
from kerascheck.machine.keras.operation_forms import (
    two as _two,
)
from kerascheck.machine.keras.operation_forms import (
    unary as _unary,
)
from kerascheck.machine.keras.operation_forms import (
    undetermined as _undetermined,
)
from kerascheck.machine.keras.tensors import Constant, note_call, operand, operate, unknown_size
from kerascheck.machine.keras.variables import tensorflow_variable
from kerascheck.machine.run import Run
from kerascheck.machine.sequences import items_of
from kerascheck.machine.values import ListValue, Value
from kerascheck.network import tensor_shapes
from kerascheck.network.arguments import Arguments
from kerascheck.network.dims import Dim, Shape, SymDim
from kerascheck.network.ir import KerasObject, Site, Tensor
from kerascheck.symbolic.unknown import KerasError, Symbol, Undetermined, Unknown

#: Numbers of a vector that are kept one by one.
_MAX_SPELLED = 1_000


def _many(rule: Callable[[Sequence[Shape], Arguments], Shape]) -> Call:
    """A function of a list of tensors."""

    def call(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
        value = _first(arguments)
        axis_first = isinstance(value, int) and len(arguments.positional) > 1
        items = items_of(run, arguments.positional[1].value if axis_first else value)
        if name.startswith("tensorflow.") and name.endswith(".concat") and _is_one_tensor(value):
            items = [value]  # TensorFlow takes it for a list of one
        operands = [] if isinstance(items, Unknown) else [operand(run, item) for item in items]
        tensors = [tensor for tensor in operands if tensor is not None]
        if not tensors:
            return _not_tensors(run, name, site)
        if len(tensors) < len(operands):
            unknown = _undetermined("an operand that is not known")
            return operate(run, _class_name(name), tensors, unknown, site)[0]
        if axis_first:  # tf 0.x: concat(axis, values)
            return operate(run, _class_name(name), tensors, _undetermined("concat of TensorFlow 0.x"), site)[0]
        made = operate(run, _class_name(name), tensors, lambda shapes: [rule(shapes, arguments)], site)[0]
        return _vector_of_sizes(run, items, made)

    return _follows(call)


def _is_one_tensor(value: Value) -> bool:
    return isinstance(value, Tensor) or (isinstance(value, Array) and value.kind != "list")


def _vector_of_sizes(run: Run, items: Value, made: Value) -> Value:
    """Sizes that are put together to a shape keep their values: `tf.concat([tf.shape(x)[:1], [8]], 0)`."""
    shape = made.shape
    if not isinstance(shape, tuple) or len(shape) != 1 or not isinstance(shape[0], int):
        return made
    sizes: list[Value] = []
    for item in items:
        if isinstance(item, int) or _is_run_time_size(item):
            sizes.append(item)
            continue
        inner = item.items if isinstance(item, (Array, ListValue)) else item
        sizes += inner if isinstance(inner, (list, tuple)) else ()
    if len(sizes) != shape[0] or not all(isinstance(size, (int, Tensor)) for size in sizes):
        return made
    return new_array(run, shape, "int32", kind="tensor", items=sizes)


def _norm(shape: Shape, arguments: Arguments) -> Shape:
    axes = _axes(_given(arguments, 2, "axis"))
    return tensor_shapes.reduce(shape, axes, _truth(_given(arguments, 3, "keepdims", default=False)))


@_follows
def _gather(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    """`tf.gather(params, indices, axis)` and `keras.ops.take(x, indices, axis)`: the indices in place of the axis."""
    tensor, indices = operand(run, _given(arguments, 0, "x", "params")), operand(run, _given(arguments, 1, "indices"))
    at = _given(arguments, 2, "axis")
    if tensor is None or indices is None or (name == "tensorflow.gather" and len(arguments.positional) > 2):
        return _not_tensors(run, name, site)

    def rule(shapes: Sequence[Shape]) -> list[Shape]:
        shape, chosen = shapes
        if "batch_dims" in arguments.keywords or (at is None and name == "keras.ops.take"):
            raise Undetermined(f"{name} of this kind")
        axis = tensor_shapes.normal_axis(_axis(at, 0), len(shape))
        return [(*shape[:axis], *chosen, *shape[axis + 1 :])]

    return operate(run, "Take", [tensor, indices], rule, site)[0]


def _flatten_batch(shape: Shape, arguments: Arguments) -> Shape:
    return tensor_shapes.reshape(shape, (shape[0], -1))


_expanded = _unary(lambda shape, a: tensor_shapes.expand_dims(shape, _axis(_given(a, 1, "axis", "dim"), -1)))


@_follows
def _expand_dims(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    value = _first(arguments)
    if _is_run_time_size(value) or (isinstance(value, int) and not isinstance(value, bool)):
        return new_array(run, (1,), "int32", kind="tensor", items=[value])  # a size, on the way to become a shape
    return _expanded(run, name, arguments, site)


@_follows
def _split(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    tensor = operand(run, _first(arguments) if arguments.positional else arguments.value("value"))
    if tensor is None:
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


@_follows
def _unstack(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    tensor = _first(arguments)
    if isinstance(tensor, Array) and tensor.items is not None:
        return run.new_list(tensor.items)
    tensor = operand(run, tensor)
    if tensor is None or isinstance(tensor.shape, Unknown):
        return _not_tensors(run, name, site)
    shape = tensor.shape
    axis = _given(arguments, None, "axis", default=0)
    if not isinstance(axis, int) or not -len(shape) <= axis < len(shape) or not isinstance(shape[axis], int):
        return run.unknown_list("the parts of a tensor")
    count = shape[axis]
    assert isinstance(count, int)
    rest = tuple(dim for i, dim in enumerate(shape) if i != axis % len(shape))
    return run.new_list(operate(run, "Unstack", [tensor], lambda shapes: [rest] * count, site))


@_follows
def _shape(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    """The static shape, as `keras.ops.shape` gives it: sizes known only at run time are tensors while `call` runs."""
    value = _first(arguments)
    tensor = None if isinstance(value, (int, float)) else operand(run, value)
    if tensor is None:
        if isinstance(value, Unknown) and value.text:
            return Unknown("the shape of something unknown", ("attribute", value.key, "shape"), f"{value.text}.shape")
        return _not_tensors(run, name, site)
    if isinstance(tensor.shape, Unknown) or not run.tracing or name == "keras.backend.int_shape":
        return tensor.shape
    return tuple(unknown_size() if dim is None else dim for dim in tensor.shape)


@_follows
def _tensor_shape(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    """`tf.TensorShape(sizes)`: a tuple of sizes, as the shapes of tensors are."""
    given = arguments.value("dims", 0)
    if isinstance(given, int):
        return (given,)
    sizes = items_of(run, given) if given is not None else Unknown("a shape of any rank")
    return run.fresh("a shape of unknown rank", site.node) if isinstance(sizes, Unknown) else tuple(sizes)


@_follows
def _run_time_shape(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    """`tf.shape(x)` and `K.shape(x)`: a vector of sizes."""
    shape = _shape(run, name, arguments, site)
    if not isinstance(shape, tuple):
        return shape
    sizes = [unknown_size() if dim is None else dim for dim in shape]
    return new_array(run, (len(sizes),), "int32", kind="tensor", items=sizes)


@_follows
def _ndim(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    tensor = operand(run, _first(arguments))
    if tensor is not None and not isinstance(tensor.shape, Unknown):
        return len(tensor.shape)
    return _not_tensors(run, name, site)


def _range(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    """`tf.range` and `arange`: a vector as long as the way from start to stop."""
    start, stop = _given(arguments, 0, "start"), _given(arguments, 1, "stop", "limit")
    step = _given(arguments, 2, "step", "delta", default=1)
    dtype = arguments.value("dtype", 3)
    if stop is None:
        start, stop = 0, start
    if arguments.open_positional or arguments.open_keywords:
        return _not_tensors(run, name, site)
    if all(isinstance(value, int) for value in (start, stop, step)) and step != 0:
        count = max(0, -((start - stop) // step))
        return _made(run, [count], dtype, "int32")
    if all(isinstance(value, int) or _is_run_time_size(value) for value in (start, stop, step)):
        return Tensor((None,), dtype_of(dtype) or "int32")
    size = as_size(stop)
    if start in (0, None) and step == 1 and isinstance(size, SymDim):
        return _made(run, [size], dtype, "int32")
    return _not_tensors(run, name, site)


def _linspace(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    """`linspace(start, stop, num)` between two numbers."""
    ends = [operand(run, _given(arguments, 0, "start")), operand(run, _given(arguments, 1, "stop"))]
    count = _given(arguments, 2, "num", default=50)
    if not isinstance(count, (int, SymDim)) or not all(end is not None and end.shape == () for end in ends):
        return _not_tensors(run, name, site)
    made = _made(run, [count], arguments.value("dtype"))
    start, stop = (_given(arguments, i, name) for i, name in enumerate(("start", "stop")))
    is_short = isinstance(count, int) and 1 < count <= _MAX_SPELLED and "endpoint" not in arguments.keywords
    if isinstance(made, Array) and is_short and isinstance(start, (int, float)) and isinstance(stop, (int, float)):
        assert isinstance(count, int)
        step = (stop - start) / (count - 1)
        items = [number(start + i * step, "float32") for i in range(count - 1)]
        made.items = [*items, number(stop, "float32")]
    return made


def _eye(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    rows = _given(arguments, 0, "num_rows", "n", "N", "size")
    columns = _given(arguments, 1, "num_columns", "m", "M")
    try:
        batch = _sizes(_given(arguments, None, "batch_shape", default=()))
        sizes = [*batch, _size(rows), _size(rows if columns is None else columns)]
    except Undetermined:
        return _not_tensors(run, name, site)
    if len(arguments.positional) > 2:
        return _not_tensors(run, name, site)
    return _made(run, sizes, arguments.value("dtype"))


@_follows
def _constant(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    """`tf.constant(value)`, `keras.ops.array(value)`: a tensor of what the source spells out."""
    value = arguments.positional[0].value if arguments.positional else _first(arguments)
    if isinstance(value, Tensor):
        return value
    array = as_array(run, value)
    if array is None or isinstance(array.shape, Unknown) or arguments.value("shape", 2) is not None:
        return _not_tensors(run, name, site)
    default = "float32" if array.dtype == "float64" and not isinstance(value, Array) else array.dtype
    kind = dtype_of(arguments.value("dtype", 1)) or default
    return new_array(run, array.shape, kind, kind="tensor", items=array.items)


@_follows
def _cast(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    value = _first(arguments)
    dtype = dtype_of(_given(arguments, 1, "dtype"))
    kind = dtype if isinstance(dtype, str) else Unknown("a dtype")
    if isinstance(value, (int, float)) and isinstance(kind, str):
        return float(value) if kind.startswith(("float", "bfloat")) else int(value) if "int" in kind else value
    tensor = operand(run, value)
    if tensor is None:
        return _not_tensors(run, name, site)
    return operate(run, "Cast", [tensor], lambda shapes: [shapes[0]], site, kind)[0]


@_follows
def _einsum(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    equation = _first(arguments)
    operands = [given.value for given in arguments.positional[1:]]
    if len(operands) == 1 and not isinstance(operands[0], Tensor):
        items = items_of(run, operands[0])
        operands = [] if isinstance(items, Unknown) else items
    tensors = [tensor for tensor in (operand(run, value) for value in operands) if tensor is not None]
    if not isinstance(equation, str) or not tensors or len(tensors) < len(operands):
        return _not_tensors(run, name, site)
    return operate(run, "Einsum", tensors, lambda shapes: [tensor_shapes.einsum(equation, shapes)], site)[0]


def _variable(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    """`tf.Variable(value)`: Keras 3 does not count it among the weights of a layer that holds it, older ones do."""
    value = operand(run, _given(arguments, 0, "initial_value"))
    if run.project.dialect < 3:
        return tensorflow_variable(run, site)
    if not isinstance(value, Constant) or arguments.value("shape", 7) is not None:
        return _not_tensors(run, name, site)
    return new_array(run, value.shape, dtype_of(arguments.value("dtype", 4)) or value.dtype, kind="tensor")


def _initializer(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    return KerasObject(name, freeze_arguments(run, arguments), site)


def call_initializer(run: Run, initializer: KerasObject, arguments: Arguments, site: Site) -> Value:
    """`initializer(shape, dtype)`: numbers of that shape."""
    try:
        return _made(run, _sizes(_given(arguments, 0, "shape")), arguments.value("dtype", 1))
    except Undetermined:
        return _not_tensors(run, initializer.qualname, site)


@_follows
def _where(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    values = [given.value for given in (*arguments.positional, *arguments.keywords.values())]
    tensors = [tensor for tensor in (operand(run, value) for value in values) if tensor is not None]
    if len(values) != 3 or len(tensors) != 3:
        return _not_tensors(run, name, site)

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


@_follows
def _activation(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    """`keras.activations.get(identifier)`: the function of that name, a function as it is."""
    value = arguments.value("identifier", 0)
    if value is None:
        return Symbol("keras.activations.linear")
    return Symbol(f"keras.activations.{value}") if isinstance(value, str) else value


def _answer(value: Value) -> Call:
    """A function that gives the same each time."""
    return _follows(lambda run, name, arguments, site: value)


@_follows
def _dot(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    """`K.dot(x, y)`: the last axis of x with the last but one of y."""
    tensors = _two(run, arguments)
    if tensors is None:
        return _not_tensors(run, name, site)

    def rule(shapes: Sequence[Shape]) -> list[Shape]:
        left, right = shapes
        if len(left) < 2 or len(right) < 2:
            raise Undetermined("K.dot of vectors")
        return [tensor_shapes.tensordot(left, right, ([len(left) - 1], [len(right) - 2]))]

    return operate(run, "Dot", tensors, rule, site)[0]


@_follows
def _tensordot(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    tensors = _two(run, arguments)
    if tensors is None:
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
    given = _given(arguments, 1, "size")
    if isinstance(given, int) and not isinstance(given, bool):
        raise KerasError(f"tf.image.resize expects a height and a width; use ({given}, {given})", "argument")
    size = _sizes(_given(arguments, 1, "size"))
    if len(size) != 2 or len(shape) not in (3, 4):
        raise Undetermined("the size of a resized image")
    return (*shape[:-3], *size, shape[-1])


@_follows
def _crop_and_resize(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    """`tf.image.crop_and_resize(image, boxes, box_indices, crop_size)`: an image of that size for each box."""
    values = [_given(arguments, 0, "image"), _given(arguments, 1, "boxes")]
    tensors = [tensor for tensor in (operand(run, value) for value in values) if tensor is not None]
    if len(tensors) < 2:
        return _not_tensors(run, name, site)

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


@_follows
def _normalize_moments(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    tensor = operand(run, _first(arguments))
    if tensor is None:
        return _not_tensors(run, name, site)
    return tuple(operate(run, "Moments", [tensor], lambda shapes: [_reduce(shapes[0], arguments)] * 2, site, count=2))


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
_INITIALIZERS = """
    GlorotNormal GlorotUniform HeNormal HeUniform LecunNormal LecunUniform Ones RandomNormal RandomUniform
    TruncatedNormal Zeros
""".split()  # noqa: SIM905
_REDUCING = """
    reduce_mean reduce_sum reduce_max reduce_min reduce_prod reduce_any reduce_all reduce_std reduce_variance
    reduce_logsumexp mean sum max min prod any all std var amax amin logsumexp median
""".split()  # noqa: SIM905
_MODULES = (
    "keras.ops",
    "keras.backend",
    "tensorflow",
    "tensorflow.math",
    "tensorflow.nn",
    "tensorflow.experimental.numpy",
    "keras.random",
)


#: Of these modules, those whose functions have the defaults of numpy.
_LIKE_NUMPY = ("keras.ops", "tensorflow.experimental.numpy")


def _names(*words: str) -> list[str]:
    return [f"{module}.{word}" for module in _MODULES for word in words]


def _rows() -> list[tuple[Call, list[str]]]:
    axis_of_concat = lambda shapes, a: tensor_shapes.concatenate(  # noqa: E731
        shapes, _axis(_given(a, 1, "axis", "concat_dim"), _default_axis(a))
    )
    return [
        (_unary(_same), _names(*_ELEMENTWISE)),
        (_binary(tensor_shapes.broadcast), _names(*_BROADCASTING)),
        (_binary(tensor_shapes.broadcast, "bool"), _names(*_COMPARING)),
        (_unary(_reduce), _names(*_REDUCING)),
        (_unary(_norm), ["tensorflow.norm", "tensorflow.linalg.norm", "keras.ops.norm"]),
        (_unary(_same), ["tensorflow.linalg.band_part", *(f"keras.activations.{n}" for n in _ACTIVATIONS)]),
        (_unary(_accumulated), [f"{m}.{n}" for m in _LIKE_NUMPY for n in ("cumsum", "cumprod")]),
        (_activation, ["keras.activations.get"]),
        (_unary(_arg_reduce(None, 2)), [f"{m}.{n}" for m in _LIKE_NUMPY for n in ("argmax", "argmin")]),
        (_unary(_arg_reduce(-1)), ["keras.backend.argmax", "keras.backend.argmin"]),
        (_unary(_arg_reduce(0)), [f"tensorflow.{m}{n}" for m in ("", "math.") for n in ("argmax", "argmin")]),
        (_many(axis_of_concat), _names("concat", "concatenate")),
        (
            _many(lambda shapes, a: tensor_shapes.stack(shapes, _axis(_given(a, 1, "axis"), 0))),
            _names("stack", "pack"),
        ),
        (_unary(lambda s, a: tensor_shapes.reshape(s, _sizes(_given(a, 1, "newshape", "shape")))), _names("reshape")),
        (
            _unary(lambda s, a: tensor_shapes.transpose(s, _axes(_given(a, 1, "axes", "perm", "pattern")))),
            _names("transpose", "permute_dimensions"),
        ),
        (_expand_dims, _names("expand_dims")),
        (_unary(lambda s, a: tensor_shapes.squeeze(s, _axes(_given(a, 1, "axis", "squeeze_dims")))), _names("squeeze")),
        (_unary(_flatten_batch), ["keras.backend.batch_flatten"]),
        (_unary(lambda s, a: tensor_shapes.reshape(s, (-1,))), ["keras.backend.flatten", "keras.ops.ravel"]),
        (_matmul, [*_names("matmul"), "tensorflow.linalg.matmul"]),
        (_dot, ["keras.backend.dot"]),
        (_binary(tensor_shapes.broadcast), ["keras.backend.bias_add", "tensorflow.nn.bias_add"]),
        (_gather, ["tensorflow.gather", "keras.ops.take"]),
        (_answer("tensorflow"), ["keras.backend.backend", "keras.config.backend"]),
        (_answer("float32"), ["keras.backend.floatx", "keras.config.floatx"]),
        (_answer(1e-7), ["keras.backend.epsilon", "keras.config.epsilon"]),
        (_tensordot, _names("tensordot")),
        (_variable, ["tensorflow.Variable"]),
        (
            _initializer,
            [
                *(f"tensorflow.{n}_initializer" for n in ("random_uniform", "random_normal", "zeros", "ones")),
                *(f"tensorflow.initializers.{n}" for n in _INITIALIZERS),
            ],
        ),
        (_einsum, [*_names("einsum"), "tensorflow.linalg.einsum"]),
        (_split, ["keras.ops.split", "tensorflow.split"]),
        (_unstack, ["keras.ops.unstack", "tensorflow.unstack"]),
        (_unary(lambda s, a: tensor_shapes.pad(s, _pad_widths(a))), ["keras.ops.pad", "tensorflow.pad"]),
        (_unary(lambda s, a: tensor_shapes.tile(s, _tile_counts(a))), _names("tile")),
        (_unary(_repeat), ["keras.ops.repeat", "tensorflow.repeat", "keras.backend.repeat_elements"]),
        (_unary(_repeat_vector), ["keras.backend.repeat"]),
        (_unary(_broadcast_to), _names("broadcast_to")),
        (_unary(_one_hot), _names("one_hot")),
        (_unary(_swapaxes), ["keras.ops.swapaxes", "tensorflow.experimental.numpy.swapaxes"]),
        (_unary(_resize), ["tensorflow.image.resize", "tensorflow.image.resize_images"]),
        (_unary(_space(1)), ["tensorflow.nn.depth_to_space", "tensorflow.depth_to_space", "keras.ops.depth_to_space"]),
        (_unary(_space(-1)), ["tensorflow.nn.space_to_depth", "tensorflow.space_to_depth", "keras.ops.space_to_depth"]),
        (_crop_and_resize, ["tensorflow.image.crop_and_resize"]),
        (_normalize_moments, ["tensorflow.nn.moments", "keras.ops.moments"]),
        (_where, _names("where", "switch")),
        (_cast, _names("cast")),
        (_shape, ["keras.ops.shape", "keras.backend.int_shape"]),
        (_run_time_shape, ["tensorflow.shape", "keras.backend.shape"]),
        (_tensor_shape, ["tensorflow.TensorShape"]),
        (_ndim, _names("ndim", "rank")),
        (_range, ["tensorflow.range", "keras.ops.arange", "keras.backend.arange"]),
        (_linspace, ["tensorflow.linspace", "keras.ops.linspace"]),
        (_eye, ["tensorflow.eye", "keras.ops.eye", "keras.ops.identity", "keras.backend.eye"]),
        (_constant, ["tensorflow.constant", "keras.ops.array", "keras.backend.constant", *_names("convert_to_tensor")]),
        (
            _of_shape(),
            [
                *(f"tensorflow.random.{n}" for n in ("normal", "uniform", "truncated_normal")),
                *(f"keras.random.{n}" for n in ("normal", "uniform", "truncated_normal")),
                *(f"keras.backend.{n}" for n in ("random_normal", "random_uniform", "zeros", "ones")),
                "tensorflow.zeros", "tensorflow.ones", "keras.ops.zeros", "keras.ops.ones", "tensorflow.random_normal",
                "tensorflow.fill", "keras.ops.full", "keras.ops.empty",
            ],
        ),
    ]  # fmt: skip


def _default_axis(arguments: Arguments) -> int:
    """K.concatenate joins along the last axis; keras.ops and TensorFlow along the first."""
    text = arguments.call.func if arguments.call is not None else None
    name = getattr(getattr(text, "value", None), "value", "")
    return -1 if name in ("K", "backend") else 0


@_follows
def _matmul(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    transposed = [_given(arguments, None, f"transpose_{side}", default=False) for side in "ab"]
    tensors = _two(run, arguments)
    if tensors is None:
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
        *operations_images.rows(),
        *operations_networks.rows(),
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
