"""Shape rules of functions on tensors: free functions over shapes, shared by Keras ops, backend and TensorFlow names.

Each raises `KerasError` where every backend would refuse, and `Undetermined` where the answer is not known.
Source: the `compute_output_spec` methods of keras/src/ops (Keras 3.15).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TypeAlias

from kerascheck.network.dims import Dim, Shape, SymDim, definitely_different, format_shape, product
from kerascheck.symbolic.unknown import KerasError, Undetermined

#: The shape of what is made of two tensors.
PairRule: TypeAlias = Callable[[Shape, Shape], Shape]


def broadcast(left: Shape, right: Shape) -> Shape:
    """The shape of an elementwise operation, as numpy broadcasts."""
    rank = max(len(left), len(right))
    a: Shape = (1,) * (rank - len(left)) + left
    b: Shape = (1,) * (rank - len(right)) + right
    result: list[Dim] = []
    for x, y in zip(a, b, strict=True):
        if x is not None and x == y:
            result.append(x)
        elif isinstance(x, int) and x == 1:
            result.append(y)
        elif isinstance(y, int) and y == 1:
            result.append(x)
        elif x is None or y is None:
            result.append(y if x is None else x)
        elif isinstance(x, int) and isinstance(y, int):
            raise KerasError(
                f"shapes {format_shape(left)} and {format_shape(right)} do not broadcast: {x} against {y}", "broadcast"
            )
        else:
            raise Undetermined(f"whether {x} and {y} broadcast")
    return tuple(result)


def normal_axis(axis: int, rank: int) -> int:
    """An axis counted from the front. Raises KerasError where there is no such axis."""
    if not -rank <= axis < rank:
        raise KerasError(f"axis {axis} is out of range for a tensor of rank {rank}", "axis")
    return axis % rank


def reduce(shape: Shape, axes: Sequence[int] | None, keepdims: bool) -> Shape:
    """Sum, mean, max and their kin over some axes (all for None)."""
    chosen = set(range(len(shape))) if axes is None else {normal_axis(axis, len(shape)) for axis in axes}
    if keepdims:
        return tuple(1 if i in chosen else dim for i, dim in enumerate(shape))
    return tuple(dim for i, dim in enumerate(shape) if i not in chosen)


def concatenate(shapes: Sequence[Shape], axis: int) -> Shape:
    """Joining along an axis; all others must agree."""
    first = shapes[0]
    axis = normal_axis(axis, len(first))
    total: Dim = 0
    result = list(first)
    for shape in shapes:
        if len(shape) != len(first):
            raise KerasError(
                f"tensors to concatenate differ in rank: {format_shape(first)} and {format_shape(shape)}", "merge"
            )
        for i, (a, b) in enumerate(zip(result, shape, strict=True)):
            if i == axis:
                continue
            if definitely_different(a, b):
                raise KerasError(
                    f"tensors to concatenate differ outside axis {axis}: "
                    f"{format_shape(first)} and {format_shape(shape)}",
                    "merge",
                )
            if a is None:
                result[i] = b
        part = shape[axis]
        total = None if total is None or part is None else total + part
    result[axis] = total
    return tuple(result)


def stack(shapes: Sequence[Shape], axis: int) -> Shape:
    """Joining along a new axis."""
    first = shapes[0]
    axis = normal_axis(axis, len(first) + 1)
    merged = list(first)
    for shape in shapes[1:]:
        if len(shape) != len(first) or any(definitely_different(a, b) for a, b in zip(first, shape, strict=True)):
            raise KerasError(f"tensors to stack differ: {format_shape(first)} and {format_shape(shape)}", "merge")
        merged = [b if a is None else a for a, b in zip(merged, shape, strict=True)]
    merged.insert(axis, len(shapes))
    return tuple(merged)


def reshape(shape: Shape, target: Sequence[Dim]) -> Shape:
    """A new shape of the same size; one -1 is worked out."""
    target = list(target)
    free = [i for i, dim in enumerate(target) if isinstance(dim, int) and dim == -1]
    if len(free) > 1:
        raise KerasError(f"only one size of a new shape may be -1, got {tuple(target)}", "reshape")
    unknown_in = any(dim is None for dim in shape)
    unknown_out = any(dim is None for dim in target)
    if not free:
        size_in, size_out = product(shape), product(target)
        if not unknown_in and not unknown_out and definitely_different(size_in, size_out):
            raise KerasError(
                f"cannot reshape {format_shape(shape)} of {size_in} elements to {format_shape(tuple(target))}",
                "reshape",
            )
        return tuple(target)
    if unknown_in or unknown_out:
        target[free[0]] = None  # so it is in Keras, also where the sizes that are known would tell
        return tuple(target)
    size = product(shape)
    known = product(dim for i, dim in enumerate(target) if i not in free)
    if isinstance(size, int) and isinstance(known, int) and known and size % known:
        raise KerasError(f"cannot reshape {format_shape(shape)} of {size} elements to {tuple(target)}", "reshape")
    if size is None or known is None or known == 0:
        raise Undetermined("the size of a reshaped tensor")
    target[free[0]] = size // known
    return tuple(target)


def transpose(shape: Shape, order: Sequence[int] | None) -> Shape:
    """The axes in another order (reversed for None)."""
    if order is None:
        return shape[::-1]
    if sorted(normal_axis(axis, len(shape)) for axis in order) != list(range(len(shape))):
        raise KerasError(f"{tuple(order)} is not an order of the axes of {format_shape(shape)}", "axis")
    return tuple(shape[axis] for axis in order)


def expand_dims(shape: Shape, axis: int) -> Shape:
    """A new axis of size 1."""
    axis = normal_axis(axis, len(shape) + 1)
    return (*shape[:axis], 1, *shape[axis:])


def squeeze(shape: Shape, axes: Sequence[int] | None) -> Shape:
    """Without axes of size 1 (all of them for None)."""
    if axes is None:
        if any(isinstance(dim, SymDim) or dim is None for dim in shape[1:]):
            raise Undetermined("which axes have size 1")
        return tuple(dim for dim in shape if dim != 1)
    chosen = {normal_axis(axis, len(shape)) for axis in axes}
    for axis in chosen:
        if definitely_different(shape[axis], 1):
            raise KerasError(f"cannot squeeze axis {axis} of {format_shape(shape)}: its size is not 1", "axis")
    return tuple(dim for i, dim in enumerate(shape) if i not in chosen)


#: While products are counted: what has come together so far, None for a number that is not known.
_products: ContextVar[list[Dim] | None] = ContextVar("products", default=None)


@contextmanager
def counted_products() -> Iterator[list[Dim]]:
    """The products of numbers behind the shapes that are worked out in here: those of matrices and their kin."""
    found: list[Dim] = []
    token = _products.set(found)
    try:
        yield found
    finally:
        _products.reset(token)


def count_products(*sizes: Dim) -> None:
    """Note that an operation multiplies as many pairs of numbers as the product of these sizes."""
    found = _products.get()
    if found is not None:
        found.append(product(sizes))


def matmul(left: Shape, right: Shape) -> Shape:
    """The matrix product over the last two axes, with broadcasting before them."""
    if not left or not right:
        raise KerasError("a matrix product of scalars", "matmul")
    inner_right = right[-2] if len(right) > 1 else right[-1]
    if definitely_different(left[-1], inner_right):
        raise KerasError(
            f"matrix product of {format_shape(left)} and {format_shape(right)}: {left[-1]} against {inner_right}",
            "matmul",
        )
    batch = broadcast(left[:-2], right[:-2])
    rows = (left[-2],) if len(left) > 1 else ()
    columns = (right[-1],) if len(right) > 1 else ()
    count_products(*batch, *rows, *columns, left[-1])
    return (*batch, *rows, *columns)


def tensordot(left: Shape, right: Shape, axes: int | tuple[Sequence[int], Sequence[int]]) -> Shape:
    """Contraction over pairs of axes."""
    if isinstance(axes, int):
        a = list(range(len(left) - axes, len(left)))
        b = list(range(axes))
    else:
        a = [normal_axis(axis, len(left)) for axis in axes[0]]
        b = [normal_axis(axis, len(right)) for axis in axes[1]]
    for x, y in zip(a, b, strict=True):
        if definitely_different(left[x], right[y]):
            raise KerasError(f"contraction of {format_shape(left)} and {format_shape(right)}", "matmul")
    count_products(*left, *(dim for axis, dim in enumerate(right) if axis not in b))
    return tuple(d for i, d in enumerate(left) if i not in a) + tuple(d for i, d in enumerate(right) if i not in b)


def einsum(equation: str, shapes: Sequence[Shape]) -> Shape:
    """The output of an einsum without an ellipsis."""
    equation = equation.replace(" ", "")
    if "..." in equation:
        raise Undetermined("an einsum with an ellipsis")
    inputs, _, output = equation.partition("->")
    terms = inputs.split(",")
    if len(terms) != len(shapes):
        raise KerasError(f"einsum {equation} takes {len(terms)} tensors, got {len(shapes)}", "einsum")
    sizes: dict[str, Dim] = {}
    for term, shape in zip(terms, shapes, strict=True):
        if len(term) != len(shape):
            raise KerasError(f"einsum {equation}: {term} against {format_shape(shape)}", "einsum")
        for letter, dim in zip(term, shape, strict=True):
            if letter in sizes and definitely_different(sizes[letter], dim) and 1 not in (sizes[letter], dim):
                raise KerasError(f"einsum {equation}: {letter} is {sizes[letter]} and {dim}", "einsum")
            if sizes.get(letter) is None:
                sizes[letter] = dim
    if "->" not in equation:
        output = "".join(sorted(letter for letter in sizes if inputs.count(letter) == 1))
    if len(terms) > 1:
        count_products(*sizes.values())
    return tuple(sizes[letter] for letter in output if letter in sizes)


def pad(shape: Shape, widths: Sequence[Sequence[int]]) -> Shape:
    """Wider by two numbers an axis."""
    if len(widths) != len(shape):
        raise Undetermined("padding of a part of the axes")
    return tuple(None if dim is None else dim + sum(width) for dim, width in zip(shape, widths, strict=True))


def tile(shape: Shape, counts: Sequence[Dim]) -> Shape:
    """Repeated along each axis."""
    rank = max(len(shape), len(counts))
    padded = (1,) * (rank - len(shape)) + shape
    times = (1,) * (rank - len(counts)) + tuple(counts)
    return tuple(
        None if dim is None or count is None else dim * count for dim, count in zip(padded, times, strict=True)
    )


#: In an index: a slice that is as long as the model finds when it runs.
SOME = object()


def index(shape: Shape, key: Sequence[object]) -> Shape:
    """Basic indexing with integers, slices, None and an ellipsis. Raises Undetermined for the rest."""
    parts = list(key)
    used = sum(part is not None and part is not ... for part in parts)
    if parts.count(...) > 1:
        raise KerasError("an index with two ellipses", "index")
    if used > len(shape):
        raise KerasError(f"{used} indices for a tensor of rank {len(shape)}: {format_shape(shape)}", "index")
    if ... in parts:
        at = parts.index(...)
        parts[at : at + 1] = [slice(None)] * (len(shape) - used)
    result: list[Dim] = []
    axis = 0
    for part in parts:
        if part is None:
            result.append(1)
            continue
        dim = shape[axis]
        axis += 1
        if part is SOME:
            result.append(None)
        elif isinstance(part, slice):
            result.append(_sliced(dim, part))
        elif isinstance(part, int) and not isinstance(part, bool):
            if isinstance(dim, int) and not -dim <= part < dim:
                raise KerasError(f"index {part} is out of range for {format_shape(shape)}", "index")
        else:
            raise Undetermined("an index that is not known")
    return (*result, *shape[axis:])


def _sliced(dim: Dim, part: slice) -> Dim:
    ends = (part.start, part.stop, part.step)
    if any(end is not None and not isinstance(end, int) for end in ends):
        raise Undetermined("a slice with unknown bounds")
    if isinstance(dim, int):
        return len(range(*part.indices(dim)))
    if part.step in (None, 1):
        if part.start in (None, 0) and part.stop is None:
            return dim
        if isinstance(dim, SymDim) and isinstance(part.stop, int) and part.stop < 0 and part.start in (None, 0):
            return dim + part.stop
        if isinstance(dim, SymDim) and part.stop is None and isinstance(part.start, int) and part.start > 0:
            return dim - part.start
    if dim is None:
        return None
    raise Undetermined("a slice of a symbolic size")
