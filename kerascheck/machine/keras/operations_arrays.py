"""The functions of `keras.ops` that numpy has too, beyond those that every backend has under some name.

Source: the `compute_output_spec` methods of keras/src/ops/numpy.py and math.py (Keras 3.15).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from kerascheck.machine.keras.operation_forms import (
    Call,
    Rule,
    accumulated,
    arg_reduce,
    axes,
    axis,
    binary,
    class_name,
    first,
    follows,
    given,
    joint,
    not_tensors,
    outside_call,
    reduce,
    same,
    size,
    sizes,
    truth,
    two,
    unary,
)
from kerascheck.machine.keras.tensors import operand, operate
from kerascheck.machine.run import Run
from kerascheck.machine.sequences import items_of
from kerascheck.machine.values import Value
from kerascheck.network import tensor_shapes
from kerascheck.network.arguments import Arguments
from kerascheck.network.dims import Dim, Shape, product
from kerascheck.network.ir import Site, Tensor
from kerascheck.symbolic.unknown import Undetermined, Unknown

_SAME = """
    angle arccos arccosh arcsin arcsinh arctan arctanh bitwise_invert bitwise_not cbrt conjugate deg2rad
    empty_like erfc erfinv exp2 fabs full_like i0 imag logit nan_to_num rad2deg real saturate_cast signbit sinc
    slice_update scatter_update trunc
""".split()  # noqa: SIM905
_TESTS = "isfinite isinf isneginf isposinf isreal".split()  # noqa: SIM905
_BROADCASTING = """
    arctan2 bitwise_and bitwise_left_shift bitwise_or bitwise_right_shift bitwise_xor fmax fmin fmod heaviside ldexp
    left_shift logaddexp logaddexp2 nextafter right_shift
""".split()  # noqa: SIM905
_REDUCING = "nanmax nanmean nanmin nanprod nanstd nansum nanvar ptp".split()  # noqa: SIM905


def rows() -> list[tuple[Call, list[str]]]:
    """The functions and the names of each."""
    return [
        (unary(same), _names(*_SAME)),
        (_test, _names(*_TESTS)),
        (binary(tensor_shapes.broadcast), _names(*_BROADCASTING)),
        (binary(tensor_shapes.broadcast, "bool"), _names("isclose")),
        (outside_call(binary(tensor_shapes.broadcast)), _names("gcd", "lcm")),
        (unary(reduce), _names(*_REDUCING)),
        (outside_call(unary(reduce)), _names("nanmedian")),
        (unary(_counted), _names("count_nonzero")),
        (unary(arg_reduce()), _names("nanargmax", "nanargmin")),
        (unary(accumulated), _names("nancumsum", "nancumprod")),
        (unary(_averaged), _names("average")),
        (outside_call(unary(_quantile)), _names("quantile", "nanquantile", "percentile", "nanpercentile")),
        (unary(_sorted(1)), _names("argsort")),
        (unary(_sorted(2)), _names("argpartition")),
        (unary(same), [*_names("roll", "fliplr", "flipud"), "tensorflow.roll", "tensorflow.reverse"]),
        (unary(same), [f"tensorflow.{name}" for name in ("reverse_sequence", "nn.batch_normalization")]),
        (unary(_rotated), _names("rot90")),
        (unary(_moved), _names("moveaxis")),
        (unary(_diagonal), _names("diagonal")),
        (unary(_trace), _names("trace")),
        (unary(_difference), _names("diff")),
        (unary(_sliced), _names("slice")),
        (_appended, _names("append")),
        (_stacked(1, least=2), _names("hstack")),
        (_stacked(0, least=2), _names("vstack")),
        (_stacked(2, least=3), _names("dstack")),
        (_divided, _names("array_split")),
        (_top, [*_names("top_k"), "tensorflow.math.top_k", "tensorflow.nn.top_k"]),
        (joint(_taken_along, "x", "indices"), _names("take_along_axis")),
        (_pair(_outer), _names("outer")),
        (outside_call(_pair(_inner)), _names("inner")),
        (_pair(_dot), _names("dot")),
        (_pair(_vdot), _names("vdot")),
        (outside_call(_pair(_kron)), _names("kron")),
        (_pair(_cross), [*_names("cross"), "tensorflow.linalg.cross"]),
        (outside_call(_pair(_searched)), _names("searchsorted")),
        (outside_call(_pair(lambda left, right: left)), _names("digitize", "isin")),
    ]


def _names(*words: str) -> list[str]:
    return [f"keras.ops.{word}" for word in words]


def _pair(rule: tensor_shapes.PairRule) -> Call:
    """A function of two tensors."""

    def call(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
        tensors = two(run, arguments)
        if tensors is None or len(arguments.positional) + len(arguments.keywords) > 2:
            return not_tensors(run, name, site)
        pair: Rule = lambda shapes: [rule(shapes[0], shapes[1])]  # noqa: E731
        return operate(run, class_name(name), tensors, pair, site)[0]

    return follows(call)


@follows
def _test(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    """A question about each number."""
    tensor = operand(run, first(arguments))
    if tensor is None:
        return not_tensors(run, name, site)
    return operate(run, class_name(name), [tensor], lambda shapes: list(shapes), site, "bool")[0]


def _counted(shape: Shape, arguments: Arguments) -> Shape:
    return tensor_shapes.reduce(shape, axes(given(arguments, 1, "axis")), False)


def _averaged(shape: Shape, arguments: Arguments) -> Shape:
    if given(arguments, 2, "weights") is not None:
        raise Undetermined("a weighted average")
    return tensor_shapes.reduce(shape, axes(given(arguments, 1, "axis")), False)


def _quantile(shape: Shape, arguments: Arguments) -> Shape:
    fraction = given(arguments, 1, "q")
    if not isinstance(fraction, (int, float)):
        raise Undetermined("several quantiles at once")
    kept = truth(given(arguments, 4, "keepdims", default=False))
    return tensor_shapes.reduce(shape, axes(given(arguments, 2, "axis")), kept)


def _sorted(place: int) -> Callable[[Shape, Arguments], Shape]:
    """The indices that sort, of the flattened tensor where the axis is None; `place` is that of the axis."""

    def rule(shape: Shape, arguments: Arguments) -> Shape:
        at = given(arguments, place, "axis", default=-1)
        return tensor_shapes.reshape(shape, (-1,)) if at is None else shape

    return rule


def _rotated(shape: Shape, arguments: Arguments) -> Shape:
    turns = given(arguments, 1, "k", default=1)
    plane = axes(given(arguments, 2, "axes", default=(0, 1)))
    if not isinstance(turns, int) or plane is None or len(plane) != 2 or turns % 2 == 0:
        raise Undetermined("a rotation that is not by one quarter")  # Keras swaps the sides for a half one as well
    a, b = (tensor_shapes.normal_axis(one, len(shape)) for one in plane)
    order = list(range(len(shape)))
    order[a], order[b] = order[b], order[a]
    return tensor_shapes.transpose(shape, order)


def _moved(shape: Shape, arguments: Arguments) -> Shape:
    source = axes(given(arguments, 1, "source"))
    target = axes(given(arguments, 2, "destination"))
    if source is None or target is None or len(source) != len(target):
        raise Undetermined("axes that are not known")
    rank = len(shape)
    places = dict(
        zip(
            (tensor_shapes.normal_axis(one, rank) for one in target),
            (tensor_shapes.normal_axis(one, rank) for one in source),
            strict=True,
        )
    )
    rest = iter(one for one in range(rank) if one not in places.values())
    return tensor_shapes.transpose(shape, [places[i] if i in places else next(rest) for i in range(rank)])


def _plane(shape: Shape, arguments: Arguments) -> tuple[Shape, Dim, Dim]:
    """The other axes, and the sizes of the two axes that a diagonal goes through."""
    a = tensor_shapes.normal_axis(axis(given(arguments, 2, "axis1"), 0), len(shape))
    b = tensor_shapes.normal_axis(axis(given(arguments, 3, "axis2"), 1), len(shape))
    return tuple(dim for i, dim in enumerate(shape) if i not in (a, b)), shape[a], shape[b]


def _diagonal(shape: Shape, arguments: Arguments) -> Shape:
    rest, height, width = _plane(shape, arguments)
    offset = given(arguments, 1, "offset", default=0)
    if not (isinstance(height, int) and isinstance(width, int) and isinstance(offset, int)):
        raise Undetermined("the length of a diagonal")
    length = min(height, width - offset) if offset >= 0 else min(height + offset, width)
    return (*rest, max(0, length))


def _trace(shape: Shape, arguments: Arguments) -> Shape:
    return _plane(shape, arguments)[0]


def _difference(shape: Shape, arguments: Arguments) -> Shape:
    times, at = given(arguments, 1, "n", default=1), axis(given(arguments, 2, "axis"), -1)
    if not isinstance(times, int) or not shape:
        raise Undetermined("differences of this")
    at = tensor_shapes.normal_axis(at, len(shape))
    dim = shape[at]
    if dim is not None and not (isinstance(dim, int) and dim >= times):
        raise Undetermined("differences of so short an axis")
    return (*shape[:at], None if dim is None else dim - times, *shape[at + 1 :])


def _sliced(shape: Shape, arguments: Arguments) -> Shape:
    result = sizes(given(arguments, 2, "shape"))
    if len(result) != len(shape):
        raise Undetermined("a slice of another rank")
    return tuple(result)


@follows
def _appended(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    tensors = two(run, arguments)
    if tensors is None:
        return not_tensors(run, name, site)
    at = given(arguments, 2, "axis")

    def rule(shapes: Sequence[Shape]) -> list[Shape]:
        if at is not None and not run.tracing and None in (shape[axis(at, 0)] for shape in shapes):
            raise Undetermined("Keras cannot append to an axis of any size")
        if at is not None:
            return [tensor_shapes.concatenate(shapes, axis(at, 0))]
        flat = [tensor_shapes.reshape(shape, (-1,)) for shape in shapes]
        return [tensor_shapes.concatenate(flat, 0)]

    return operate(run, "Append", tensors, rule, site)[0]


def _several(run: Run, arguments: Arguments) -> list[Tensor] | None:
    """The tensors of a list; None where one is not known."""
    items = items_of(run, first(arguments))
    if isinstance(items, Unknown):
        return None
    tensors = [tensor for tensor in (operand(run, item) for item in items) if tensor is not None]
    return tensors if tensors and len(tensors) == len(items) else None


def _stacked(at: int, least: int) -> Call:
    """`hstack` and its kin for tensors with at least so many axes, which none has to be added to."""

    def call(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
        tensors = _several(run, arguments)
        if tensors is None:
            return not_tensors(run, name, site)

        def rule(shapes: Sequence[Shape]) -> list[Shape]:
            if any(len(shape) < least for shape in shapes):
                raise Undetermined(f"{name} of tensors of low rank")
            return [tensor_shapes.concatenate(shapes, at)]

        return operate(run, class_name(name), tensors, rule, site)[0]

    return follows(call)


@follows
def _divided(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    """`array_split`: the first parts are one larger where the axis does not divide evenly."""
    tensor, count = operand(run, first(arguments)), given(arguments, 1, "indices_or_sections")
    if tensor is None or not isinstance(count, int) or isinstance(count, bool) or not 0 < count < 1000:
        return run.unknown_list("the parts of a split")
    at = given(arguments, 2, "axis", default=0)

    def rule(shapes: Sequence[Shape]) -> list[Shape]:
        shape = shapes[0]
        place = tensor_shapes.normal_axis(axis(at, 0), len(shape))
        dim = shape[place]
        if dim is not None and not isinstance(dim, int):
            raise Undetermined("a split that may not be even")
        each: list[Dim] = [None] * count
        if dim is not None:
            each = [dim // count + (i < dim % count) for i in range(count)]
        return [(*shape[:place], one, *shape[place + 1 :]) for one in each]

    return run.new_list(operate(run, class_name(name), [tensor], rule, site, count=count))


@follows
def _top(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    """The largest numbers of the last axis, and where they are."""
    tensor = operand(run, first(arguments))
    if tensor is None:
        return not_tensors(run, name, site)
    try:
        count = size(given(arguments, 1, "k", default=1))
    except Undetermined:
        return not_tensors(run, name, site)
    rule: Rule = lambda shapes: [(*shapes[0][:-1], count)] * 2  # noqa: E731
    return tuple(operate(run, "TopK", [tensor], rule, site, count=2))


def _taken_along(shapes: Sequence[Shape], arguments: Arguments) -> Shape:
    shape, chosen = shapes
    if given(arguments, 2, "axis") is None or len(shape) != len(chosen):
        raise Undetermined("numbers taken from a flattened tensor")
    at = tensor_shapes.normal_axis(axis(given(arguments, 2, "axis"), 0), len(shape))
    others = tensor_shapes.broadcast(
        tuple(1 if i == at else dim for i, dim in enumerate(shape)),
        tuple(1 if i == at else dim for i, dim in enumerate(chosen)),
    )
    return (*others[:at], chosen[at], *others[at + 1 :])


def _outer(left: Shape, right: Shape) -> Shape:
    return (_flat(left), _flat(right))


def _flat(shape: Shape) -> Dim:
    return None if None in shape else product(shape)


def _inner(left: Shape, right: Shape) -> Shape:
    if not left or not right:
        return left or right
    return tensor_shapes.tensordot(left, right, ([len(left) - 1], [len(right) - 1]))


def _dot(left: Shape, right: Shape) -> Shape:
    if not left or not right:
        return left or right
    return tensor_shapes.tensordot(left, right, ([len(left) - 1], [max(len(right) - 2, 0)]))


def _vdot(left: Shape, right: Shape) -> Shape:
    return ()


def _kron(left: Shape, right: Shape) -> Shape:
    if len(left) != len(right):
        raise Undetermined("a product of tensors of unlike rank")
    return tuple(None if a is None or b is None else a * b for a, b in zip(left, right, strict=True))


def _cross(left: Shape, right: Shape) -> Shape:
    if not left or not right or left[-1] != 3 or right[-1] != 3:
        raise Undetermined("a cross product of other than three components")
    return tensor_shapes.broadcast(left, right)


def _searched(ordered: Shape, values: Shape) -> Shape:
    return values
