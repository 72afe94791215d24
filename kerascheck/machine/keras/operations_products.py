"""Products of tensors: `dot`, `matmul`, `tensordot`, `einsum`."""

from __future__ import annotations

from collections.abc import Sequence

from kerascheck.machine.keras.operation_forms import (
    Call,
    first,
    follows,
    in_modules,
    not_tensors,
    truth,
    two,
)
from kerascheck.machine.keras.operation_forms import (
    axes as _axes,
)
from kerascheck.machine.keras.operation_forms import (
    given as _given,
)
from kerascheck.machine.keras.tensors import operand, operate
from kerascheck.machine.run import Run
from kerascheck.machine.sequences import items_of
from kerascheck.machine.values import ListValue, Value
from kerascheck.network import tensor_shapes
from kerascheck.network.arguments import Arguments
from kerascheck.network.dims import Shape
from kerascheck.network.ir import Site, Tensor
from kerascheck.symbolic.unknown import Undetermined, Unknown


@follows
def _einsum(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    equation = first(arguments)
    operands = [given.value for given in arguments.positional[1:]]
    if len(operands) == 1 and not isinstance(operands[0], Tensor):
        items = items_of(run, operands[0])
        operands = [] if isinstance(items, Unknown) else items
    tensors = [tensor for tensor in (operand(run, value) for value in operands) if tensor is not None]
    if not isinstance(equation, str) or not tensors or len(tensors) < len(operands):
        return not_tensors(run, name, site)
    return operate(run, "Einsum", tensors, lambda shapes: [tensor_shapes.einsum(equation, shapes)], site)[0]


@follows
def _dot(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    """`K.dot(x, y)`: the last axis of x with the last but one of y."""
    tensors = two(run, arguments)
    if tensors is None:
        return not_tensors(run, name, site)

    def rule(shapes: Sequence[Shape]) -> list[Shape]:
        left, right = shapes
        if len(left) < 2 or len(right) < 2:
            raise Undetermined("K.dot of vectors")
        return [tensor_shapes.tensordot(left, right, ([len(left) - 1], [len(right) - 2]))]

    return operate(run, "Dot", tensors, rule, site)[0]


@follows
def _tensordot(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    tensors = two(run, arguments)
    if tensors is None:
        return not_tensors(run, name, site)
    axes = _given(arguments, 2, "axes", default=2)

    def rule(shapes: Sequence[Shape]) -> list[Shape]:
        if isinstance(axes, int):
            return [tensor_shapes.tensordot(shapes[0], shapes[1], axes)]
        pair = axes.items if isinstance(axes, ListValue) and axes.unknown is None else axes
        if not isinstance(pair, (list, tuple)) or len(pair) != 2:
            raise Undetermined("axes that are not known")
        return [tensor_shapes.tensordot(shapes[0], shapes[1], (_axes(pair[0]) or [], _axes(pair[1]) or []))]

    return operate(run, "Tensordot", tensors, rule, site)[0]


@follows
def _matmul(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    transposed = [_given(arguments, None, f"transpose_{side}", default=False) for side in "ab"]
    tensors = two(run, arguments)
    if tensors is None:
        return not_tensors(run, name, site)

    def rule(shapes: Sequence[Shape]) -> list[Shape]:
        sides = [
            (*shape[:-2], shape[-1], shape[-2]) if truth(flip) else shape
            for shape, flip in zip(shapes, transposed, strict=True)
        ]
        return [tensor_shapes.matmul(sides[0], sides[1])]

    return operate(run, "Matmul", tensors, rule, site)[0]


def rows() -> list[tuple[Call, list[str]]]:
    """The functions and the names of each."""
    return [
        (_matmul, [*in_modules("matmul"), "tensorflow.linalg.matmul"]),
        (_dot, ["keras.backend.dot"]),
        (_tensordot, in_modules("tensordot")),
        (_einsum, [*in_modules("einsum"), "tensorflow.linalg.einsum"]),
    ]  # fmt: skip
