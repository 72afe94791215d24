"""Functions of TensorFlow that Keras has under other names or not at all, as a `call` of the program's own uses them.

Each is a rule on shapes; what TensorFlow decides by values alone (masks, unique values) is not among them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from kerascheck.layers.geometry import slide
from kerascheck.machine.keras.operation_forms import (
    Call,
    axis,
    first,
    follows,
    given,
    inside_call,
    joint,
    made,
    not_tensors,
    reduce,
    same,
    size,
    sizes,
    unary,
)
from kerascheck.machine.keras.tensors import operand, operate
from kerascheck.machine.run import Run
from kerascheck.machine.sequences import items_of
from kerascheck.machine.values import Value
from kerascheck.network import tensor_shapes
from kerascheck.network.arguments import Arguments
from kerascheck.network.dims import Dim, Shape, SymDim
from kerascheck.network.ir import Site
from kerascheck.symbolic.unknown import Undetermined, Unknown


def rows() -> list[tuple[Call, list[str]]]:
    """The functions and the names of each."""
    pools = ["max_pool", "max_pool1d", "max_pool2d", "max_pool3d", "avg_pool", "avg_pool1d", "avg_pool2d", "avg_pool3d"]
    return [
        (
            unary(same),
            [
                *_named("clip_by_norm", "tensor_scatter_nd_update", "tensor_scatter_nd_add", "tensor_scatter_nd_sub"),
                *_named("tensor_scatter_nd_max", "tensor_scatter_nd_min", "argsort", "random.shuffle"),
                "keras.backend.softmax",
            ],
        ),
        (unary(reduce), _named("reduce_euclidean_norm", "math.reduce_euclidean_norm")),
        (joint(_looked_up, "params", "ids"), _named("nn.embedding_lookup")),
        (joint(_gathered, "params", "indices"), _named("gather_nd")),
        (_scattered, _named("scatter_nd")),
        (unary(_pooled), [f"tensorflow.nn.{name}" for name in pools]),
        (joint(_convolved, "input", "filters"), _named("nn.conv1d", "nn.conv2d", "nn.conv3d", "nn.convolution")),
        (joint(_depthwise, "input", "filter"), _named("nn.depthwise_conv2d")),
        (joint(_transposed, "input", "filters"), _named("nn.conv2d_transpose", "nn.conv1d_transpose")),
        (unary(_slice), _named("slice")),
        (_sequence_mask, _named("sequence_mask")),
        (joint(_matvec, "a", "b"), _named("linalg.matvec")),
        (unary(lambda shape, a: (*shape, shape[-1])), _named("linalg.diag")),
        (unary(_trace), _named("linalg.trace")),
        (_added, _named("add_n", "math.add_n")),
        (unary(_doubled), _named("nn.crelu")),
        (_cross_entropy, _named("nn.softmax_cross_entropy_with_logits")),
        (_sparse_cross_entropy, _named("nn.sparse_softmax_cross_entropy_with_logits")),
        (inside_call(unary(_drawn)), _named("random.categorical")),
    ]


def _named(*words: str) -> list[str]:
    return [f"tensorflow.{word}" for word in words]


def _looked_up(shapes: Sequence[Shape], arguments: Arguments) -> Shape:
    params, ids = shapes
    return (*ids, *params[1:])


def _gathered(shapes: Sequence[Shape], arguments: Arguments) -> Shape:
    params, indices = shapes
    if "batch_dims" in arguments.keywords or len(arguments.positional) > 2 or not indices:
        raise Undetermined("gather_nd of this kind")
    depth = indices[-1]
    if not isinstance(depth, int) or depth > len(params):
        raise Undetermined("indices of unknown depth")
    return (*indices[:-1], *params[depth:])


def _scattered(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    try:
        target = sizes(given(arguments, 2, "shape"))
    except Undetermined:
        return not_tensors(run, name, site)
    updates = operand(run, given(arguments, 1, "updates"))
    if updates is None:
        return made(run, target, None)
    return operate(run, "ScatterNd", [updates], lambda shapes: [tuple(target)], site)[0]


def _each_axis(value: Value, rank: int) -> list[int]:
    """A size for each spatial axis, from one, from as many, or from as many and those of batch and channels."""
    items = sizes(value)
    if len(items) == rank + 2 and items[0] == items[-1] == 1:
        items = items[1:-1]
    elif len(items) == 1:
        items = items * rank
    numbers = [one for one in items if isinstance(one, int) and not isinstance(one, bool) and one > 0]
    if len(numbers) != rank or len(items) != rank:
        raise Undetermined("a size that is not known")
    return numbers


def _slid(shape: Shape, span: list[int], step: list[int], padding: Value, channels: Dim) -> Shape:
    if padding not in ("SAME", "VALID"):
        raise Undetermined("a padding that is not known")
    mode = padding.lower()
    for dim, width in zip(shape[1:-1], span, strict=True):
        if isinstance(dim, int) and mode == "valid" and dim < width:
            raise Undetermined("a window larger than what it slides over")
    spatial = [slide(*one, mode) for one in zip(shape[1:-1], span, step, strict=True)]
    return (shape[0], *spatial, channels)


def _channels_last(arguments: Arguments, place: int) -> None:
    if given(arguments, place, "data_format") not in (None, "NHWC", "NWC", "NDHWC"):
        raise Undetermined("channels that do not come last")


def _pooled(shape: Shape, arguments: Arguments) -> Shape:
    rank = len(shape) - 2
    if rank < 1:
        raise Undetermined("a pooling of this rank")
    _channels_last(arguments, 4)
    span = _each_axis(given(arguments, 1, "ksize"), rank)
    strides = given(arguments, 2, "strides")
    step = [1] * rank if strides is None else _each_axis(strides, rank)
    return _slid(shape, span, step, given(arguments, 3, "padding"), shape[-1])


def _kernel(shape: Shape, kernel: Shape) -> list[int]:
    """The spatial sizes of a kernel. Raises Undetermined where it does not fit."""
    spatial = [one for one in kernel[:-2] if isinstance(one, int) and one > 0]
    if len(kernel) != len(shape) or len(shape) < 3 or len(spatial) != len(kernel) - 2:
        raise Undetermined("a kernel that is not known")
    return spatial


def _widened(kernel: list[int], arguments: Arguments, place: int) -> list[int]:
    rate = given(arguments, place, "dilations")
    each = [1] * len(kernel) if rate is None else _each_axis(rate, len(kernel))
    return [(one - 1) * by + 1 for one, by in zip(kernel, each, strict=True)]


def _convolved(shapes: Sequence[Shape], arguments: Arguments) -> Shape:
    shape, kernel = shapes
    _channels_last(arguments, 4)
    span = _widened(_kernel(shape, kernel), arguments, 5)
    strides = given(arguments, 2, "strides", "stride")
    step = [1] * len(span) if strides is None else _each_axis(strides, len(span))
    return _slid(shape, span, step, given(arguments, 3, "padding"), kernel[-1])


def _depthwise(shapes: Sequence[Shape], arguments: Arguments) -> Shape:
    shape, kernel = shapes
    _channels_last(arguments, 4)
    span = _widened(_kernel(shape, kernel), arguments, 5)
    channels, times = kernel[-2:]
    if not isinstance(channels, int) or not isinstance(times, int):
        raise Undetermined("a kernel that is not known")
    step = _each_axis(given(arguments, 2, "strides"), len(span))
    return _slid(shape, span, step, given(arguments, 3, "padding"), channels * times)


def _transposed(shapes: Sequence[Shape], arguments: Arguments) -> Shape:
    target = sizes(given(arguments, 2, "output_shape"))
    if len(target) != len(shapes[0]):
        raise Undetermined("the output of a transposed convolution")
    return tuple(target)


def _slice(shape: Shape, arguments: Arguments) -> Shape:
    begins, lengths = sizes(given(arguments, 1, "begin")), sizes(given(arguments, 2, "size"))
    if not len(begins) == len(lengths) == len(shape):
        raise Undetermined("a slice of another rank")
    made: list[Dim] = []
    for dim, begin, length in zip(shape, begins, lengths, strict=True):
        if length == -1:
            if begin is None or (isinstance(begin, int) and begin < 0):
                raise Undetermined("a slice that begins nobody knows where")
            length = None if dim is None else dim - begin
        made.append(length)
    return tuple(made)


@follows
def _sequence_mask(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    lengths = operand(run, given(arguments, 0, "lengths"))
    longest = given(arguments, 1, "maxlen")
    if lengths is None or (longest is not None and not isinstance(longest, (int, SymDim))):
        return not_tensors(run, name, site)

    def rule(shapes: Sequence[Shape]) -> list[Shape]:
        return [(*shapes[0], None if longest is None else size(longest))]

    return operate(run, "SequenceMask", [lengths], rule, site, "bool")[0]


def _matvec(shapes: Sequence[Shape], arguments: Arguments) -> Shape:
    matrix, vector = shapes
    if set(arguments.keywords) - {"a", "b", "name"} or len(arguments.positional) > 2 or len(matrix) < 2 or not vector:
        raise Undetermined("a product of this kind")
    return (*tensor_shapes.broadcast(matrix[:-2], vector[:-1]), matrix[-2])


def _trace(shape: Shape, arguments: Arguments) -> Shape:
    if len(shape) < 2:
        raise Undetermined("the trace of no matrix")
    return shape[:-2]


def _added(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    items = items_of(run, first(arguments))
    if isinstance(items, Unknown):
        return not_tensors(run, name, site)
    operands = [operand(run, item) for item in items]
    tensors = [tensor for tensor in operands if tensor is not None]
    if not tensors or len(tensors) < len(operands):
        return not_tensors(run, name, site)
    return operate(run, "AddN", tensors, lambda shapes: [shapes[0]], site)[0]


def _doubled(shape: Shape, arguments: Arguments) -> Shape:
    at = tensor_shapes.normal_axis(axis(given(arguments, 1, "axis"), -1), len(shape))
    dim = shape[at]
    return (*shape[:at], None if dim is None else dim * 2, *shape[at + 1 :])


def _logits(drops: bool) -> Callable[[Sequence[Shape], Arguments], Shape]:
    def rule(shapes: Sequence[Shape], arguments: Arguments) -> Shape:
        labels, logits = shapes
        if drops and given(arguments, 2, "axis") not in (None, -1, len(logits) - 1):
            raise Undetermined("classes on another axis")
        if not logits:
            raise Undetermined("no classes")
        return logits[:-1] if drops else labels

    return rule


_cross_entropy = joint(_logits(True), "labels", "logits")
_sparse_cross_entropy = joint(_logits(False), "labels", "logits")


def _drawn(shape: Shape, arguments: Arguments) -> Shape:
    if len(shape) != 2:
        raise Undetermined("logits of another rank")
    return (shape[0], size(given(arguments, 1, "num_samples")))
