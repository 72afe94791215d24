"""Operators and indexing on Keras tensors."""

from __future__ import annotations

from kerascheck.interp.run import Run
from kerascheck.interp.values import Value
from kerascheck.network.dims import Dim, Shape, definitely_different, format_shape
from kerascheck.network.ir import Layer, Node, Site, Tensor
from kerascheck.symbolic import KerasError, Undetermined, Unknown


class Operation(Layer):
    """A function on tensors in a graph (`x + y`, `x[:, -1]`): a node of the network, but no layer of it in Keras 3."""

    def __init__(self, cls: str, name: str, site: Site | None) -> None:
        super().__init__(cls, name, site, None, f"keras.ops.{cls}")
        self.weights = []

    def infer(self, shapes: list[Shape]) -> list[Shape]:
        raise Undetermined(f"{self.cls} on another shape")


def tensor_operator(run: Run, op: str, left: Value, right: Value, site: Site) -> Value:
    """`left op right` where one of them is a Keras tensor."""
    if isinstance(left, Tensor) and isinstance(right, Tensor):
        return elementwise(run, op, left, right, site)
    tensor = left if isinstance(left, Tensor) else right
    other = right if isinstance(left, Tensor) else left
    if isinstance(other, (int, float)):
        return elementwise(run, op, tensor, None, site)
    return emit(run, op, [tensor], Unknown("an operator with something unknown"), site)


def elementwise(run: Run, op: str, left: Tensor, right: Tensor | None, site: Site | None = None) -> Tensor:
    """An operation that broadcasts its operands."""
    if op == "MatrixMultiply":
        operands = [left] if right is None else [left, right]
        return emit(run, op, operands, Unknown("a matrix product is not interpreted yet"), site)
    if right is None:
        return emit(run, op, [left], left.shape, site)
    if isinstance(left.shape, Unknown) or isinstance(right.shape, Unknown):
        reason = left.shape if isinstance(left.shape, Unknown) else right.shape
        return emit(run, op, [left, right], reason, site)
    try:
        shape: Shape | Unknown = broadcast(left.shape, right.shape)
    except KerasError as error:
        run.raised(error, site)
        shape = Unknown("Keras raises before this")
    except Undetermined as undetermined:
        shape = Unknown(undetermined.reason)
    return emit(run, op, [left, right], shape, site)


def emit(run: Run, op: str, inputs: list[Tensor], shape: Shape | Unknown, site: Site | None) -> Tensor:
    """Record an operation in the graph and give its output."""
    run.reach(site)
    operation = Operation(op, run.layer_name(op), site)
    tensor = Tensor(shape, inputs[0].dtype)
    operation.calls.append(Node(operation, tuple(inputs), (tensor,), site))
    return tensor


def broadcast(left: Shape, right: Shape) -> Shape:
    """The shape of an elementwise operation, as numpy broadcasts. Raises KerasError and Undetermined."""
    rank = max(len(left), len(right))
    a: tuple[Dim, ...] = (1,) * (rank - len(left)) + left
    b: tuple[Dim, ...] = (1,) * (rank - len(right)) + right
    result: list[Dim] = []
    for x, y in zip(a, b, strict=True):
        if x == y:
            result.append(x)
        elif isinstance(x, int) and x == 1:
            result.append(y)
        elif isinstance(y, int) and y == 1:
            result.append(x)
        elif x is None or y is None:
            result.append(y if x is None else x)
        elif isinstance(x, int) and isinstance(y, int) and definitely_different(x, y):
            raise KerasError(
                f"shapes {format_shape(left)} and {format_shape(right)} do not broadcast: {x} against {y}", "broadcast"
            )
        else:
            raise Undetermined(f"whether {x} and {y} broadcast")
    return tuple(result)


def index_tensor(run: Run, tensor: Tensor, index: Value) -> Value:
    """`tensor[index]`; the shape is not followed yet."""
    return emit(run, "GetItem", [tensor], Unknown("indexing of a tensor is not interpreted yet"), None)
