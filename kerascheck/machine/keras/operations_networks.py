"""What networks are made of, as functions: convolutions, pooling, attention, losses, linear algebra.

Source: the `compute_output_spec` methods of keras/src/ops/nn.py, linalg.py and math.py (Keras 3.15).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from kerascheck.layers.geometry import slide
from kerascheck.machine.keras.operation_forms import (
    Call,
    axis,
    binary,
    class_name,
    first,
    follows,
    given,
    inside_call,
    joint,
    not_tensors,
    of_shape,
    same,
    size,
    sizes,
    truth,
    two,
    unary,
)
from kerascheck.machine.keras.tensors import operand, operate
from kerascheck.machine.run import Run
from kerascheck.machine.values import Value
from kerascheck.network import tensor_shapes
from kerascheck.network.arguments import Arguments
from kerascheck.network.dims import Dim, Shape
from kerascheck.network.ir import Site
from kerascheck.symbolic.unknown import Undetermined

_ACTIVATIONS = """
    celu hard_shrink hard_tanh soft_shrink sparse_plus sparse_sigmoid squareplus tanh_shrink threshold rms_normalization
    layer_normalization batch_normalization
""".split()  # noqa: SIM905


def rows() -> list[tuple[Call, list[str]]]:
    """The functions and the names of each."""
    return [
        (unary(same), [f"keras.ops.{name}" for name in _ACTIVATIONS]),
        (unary(same), ["tensorflow.nn.local_response_normalization", "tensorflow.nn.lrn", "tensorflow.ensure_shape"]),
        (unary(_halved), ["keras.ops.glu", "keras.activations.glu"]),
        (unary(_pooled), ["keras.ops.average_pool", "keras.ops.max_pool"]),
        (joint(_convolved(False), "inputs", "kernel"), ["keras.ops.conv"]),
        (joint(_convolved(True), "inputs", "kernel"), ["keras.ops.depthwise_conv"]),
        (joint(_separable, "inputs", "depthwise_kernel", "pointwise_kernel"), ["keras.ops.separable_conv"]),
        (unary(_several_hot), ["keras.ops.multi_hot"]),
        (joint(_attention, "query", "key", "value"), ["keras.ops.dot_product_attention"]),
        (_compared(0), ["keras.ops.binary_crossentropy"]),
        (_compared(1), ["keras.ops.categorical_crossentropy"]),
        (_compared(0), ["keras.ops.sparse_categorical_crossentropy"]),
        (binary(tensor_shapes.broadcast), ["tensorflow.nn.sigmoid_cross_entropy_with_logits"]),
        (unary(_square), _linear("cholesky", "inv")),
        (unary(lambda shape, a: _square(shape, a)[:-2]), _linear("det", "logdet")),
        (unary(lambda shape, a: (*_matrix(shape)[:-2], shape[-1], shape[-2])), _linear("pinv")),
        (_decomposed, _linear("qr")),
        (_solved, _linear("solve", "solve_triangular")),
        (of_shape("int32"), ["keras.random.randint"]),
        (of_shape(), [f"keras.random.{name}" for name in ("gamma", "beta", "binomial")]),
        (inside_call(unary(same)), ["keras.random.shuffle"]),
        (inside_call(unary(_categorical)), ["keras.random.categorical"]),
    ]


def _linear(*words: str) -> list[str]:
    return [f"keras.ops.{word}" for word in words] + [f"tensorflow.linalg.{word}" for word in words]


def _halved(shape: Shape, arguments: Arguments) -> Shape:
    at = tensor_shapes.normal_axis(axis(given(arguments, 1, "axis"), -1), len(shape))
    dim = shape[at]
    if isinstance(dim, int) and dim % 2:
        raise Undetermined("half of an odd size")
    return (*shape[:at], None if dim is None else dim // 2, *shape[at + 1 :])


def _spread(value: Value, rank: int) -> list[int]:
    """A size for each spatial axis."""
    items = sizes(value)
    each = items * rank if len(items) == 1 else items
    numbers = [one for one in each if isinstance(one, int) and not isinstance(one, bool) and one > 0]
    if len(numbers) != rank or len(each) != rank:
        raise Undetermined("a size that is not known")
    return numbers


def _mode(arguments: Arguments, place: int) -> str:
    mode = given(arguments, place, "padding", default="valid")
    if not isinstance(mode, str) or mode.lower() not in ("same", "valid"):
        raise Undetermined("a padding that is not known")
    return mode.lower()


def _slid(dim: Dim, span: int, stride: int, mode: str) -> Dim:
    if isinstance(dim, int) and mode == "valid" and dim < span:
        raise Undetermined("a window larger than what it slides over")
    return slide(dim, span, stride, mode)


def _require_channels_last(arguments: Arguments, place: int) -> None:
    if given(arguments, place, "data_format") not in (None, "channels_last"):
        raise Undetermined("channels that do not come last")


def _pooled(shape: Shape, arguments: Arguments) -> Shape:
    rank = len(shape) - 2
    span = _spread(given(arguments, 1, "pool_size"), rank)
    strides = given(arguments, 2, "strides")
    step = span if strides is None else _spread(strides, rank)
    _require_channels_last(arguments, 4)
    return _windows(shape[:-1], span, step, _mode(arguments, 3), shape[-1])


def _windows(shape: Shape, span: list[int], step: list[int], mode: str, channels: Dim) -> Shape:
    """The batch and spatial axes after a window has slid over the latter."""
    spatial = [_slid(*one, mode) for one in zip(shape[1:], span, step, strict=True)]
    return (shape[0], *spatial, channels)


def _convolved(is_depthwise: bool) -> Callable[[Sequence[Shape], Arguments], Shape]:
    """`conv(inputs, kernel, strides, padding, data_format, dilation_rate)`, and depthwise."""

    def rule(shapes: Sequence[Shape], arguments: Arguments) -> Shape:
        shape, weights = shapes
        rank = _spatial_rank(shape, weights)
        step = _spread(given(arguments, 2, "strides", default=1), rank)
        _require_channels_last(arguments, 4)
        rate = _spread(given(arguments, 5, "dilation_rate", default=1), rank)
        span = [(one - 1) * by + 1 for one, by in zip(_spread(weights[:-2], rank), rate, strict=True)]
        made, times = weights[-1], weights[-2]
        if is_depthwise:
            if not isinstance(made, int) or not isinstance(times, int):
                raise Undetermined("a kernel that is not known")
            made = made * times
        result = _windows(shape[:-1], span, step, _mode(arguments, 3), made)
        tensor_shapes.count_products(*result, *weights[: -2 if is_depthwise else -1])
        return result

    return rule


def _separable(shapes: Sequence[Shape], arguments: Arguments) -> Shape:
    shape, depthwise, pointwise = shapes
    rank = _spatial_rank(shape, depthwise)
    if not pointwise:
        raise Undetermined("a kernel of another rank")
    step = _spread(given(arguments, 3, "strides", default=1), rank)
    _require_channels_last(arguments, 5)
    if given(arguments, 6, "dilation_rate", default=1) != 1:
        raise Undetermined("a separable convolution of this kind")
    result = _windows(shape[:-1], _spread(depthwise[:-2], rank), step, _mode(arguments, 4), pointwise[-1])
    tensor_shapes.count_products(*result[:-1], *depthwise)  # of each channel by itself, then across channels
    tensor_shapes.count_products(*result, *pointwise[-2:-1])
    return result


def _spatial_rank(shape: Shape, kernel: Shape) -> int:
    """How many axes a kernel slides over. Raises Undetermined where it does not fit the input."""
    rank = len(shape) - 2
    if len(kernel) != rank + 2 or rank < 1:
        raise Undetermined("a kernel of another rank")
    return rank


def _several_hot(shape: Shape, arguments: Arguments) -> Shape:
    """`multi_hot` joins what is in the last axis, and in the axis `axis` puts the classes."""
    count = size(given(arguments, 1, "num_classes", "num_tokens"))
    if (
        axis(given(arguments, 2, "axis"), -1) != -1
        or len(shape) < 2
        or truth(given(arguments, 4, "sparse", default=False))
    ):
        raise Undetermined("an encoding of this kind")
    return (*shape[:-1], count)


def _attention(shapes: Sequence[Shape], arguments: Arguments) -> Shape:
    """Queries of (batch, target, heads, size) get values of (batch, source, heads, size)."""
    if any(len(shape) != 4 for shape in shapes):
        raise Undetermined("attention of another rank")
    query, key = shapes[0], shapes[1]
    for _ in ("scores", "weighted values"):
        tensor_shapes.count_products(*query, key[1])
    return query


def _compared(gone: int) -> Call:
    """A loss of targets and outputs for each sample: the shape of the targets, less some axes at the end."""
    return joint(lambda shapes, arguments: shapes[0][: len(shapes[0]) - gone], "target", "output")


def _matrix(shape: Shape) -> Shape:
    if len(shape) < 2:
        raise Undetermined("a matrix with fewer than two axes")
    return shape


def _square(shape: Shape, arguments: Arguments) -> Shape:
    if len(shape) < 2 or shape[-1] != shape[-2] or shape[-1] is None:
        raise Undetermined("a matrix that may not be square")
    return shape


@follows
@follows
def _decomposed(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    """`qr`: an orthogonal and a triangular matrix."""
    tensor = operand(run, first(arguments))
    if tensor is None or len(arguments.positional) + len(arguments.keywords) > 1:
        return not_tensors(run, name, site)

    def rule(shapes: Sequence[Shape]) -> list[Shape]:
        *batch, rows, columns = _matrix(shapes[0])
        if not isinstance(rows, int) or not isinstance(columns, int):
            raise Undetermined("a matrix whose sizes are not known")
        inner = min(rows, columns)
        return [(*batch, rows, inner), (*batch, inner, columns)]

    return tuple(operate(run, "Qr", [tensor], rule, site, count=2))


@follows
@follows
def _solved(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    tensors = two(run, arguments)
    if tensors is None:
        return not_tensors(run, name, site)

    def rule(shapes: Sequence[Shape]) -> list[Shape]:
        left, right = shapes
        _square(left, arguments)
        if len(left) != len(right) or right[-2] != left[-1]:
            raise Undetermined("equations of this form")
        return [right]

    return operate(run, class_name(name), tensors, rule, site)[0]


def _categorical(shape: Shape, arguments: Arguments) -> Shape:
    if len(shape) != 2:
        raise Undetermined("draws from logits of this rank")
    return (shape[0], size(given(arguments, 1, "num_samples")))
