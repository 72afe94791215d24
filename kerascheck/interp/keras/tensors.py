"""Operations on Keras tensors: nodes of the graph that are no layers."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from kerascheck.data.array import Array
from kerascheck.interp.run import Run
from kerascheck.interp.values import Value
from kerascheck.network import tensor_shapes
from kerascheck.network.dims import Shape
from kerascheck.network.ir import Layer, Node, Site, Tensor
from kerascheck.symbolic import KerasError, Undetermined, Unknown


class Operation(Layer):
    """A function on tensors in a graph (`x + y`, `x[:, -1]`): a node of the network, but no layer of it in Keras 3.

    `rule` gives the output shapes for input shapes, so that a network that holds it can be run on another input.
    """

    def __init__(self, cls: str, name: str, site: Site | None, rule: Callable[[Sequence[Shape]], list[Shape]]) -> None:
        super().__init__(cls, name, site, None, f"keras.ops.{cls}")
        self.weights = []
        self.rule = rule

    def infer(self, shapes: list[Shape]) -> list[Shape]:
        return self.rule(shapes)


def operate(
    run: Run,
    cls: str,
    inputs: list[Tensor],
    rule: Callable[[Sequence[Shape]], list[Shape]],
    site: Site | None,
    dtype: str | Unknown | None = None,
    count: int = 1,
) -> list[Tensor]:
    """Record an operation in the graph and give its outputs; `count` is their number where shapes are not known."""
    run.reach(site)
    operation = Operation(cls, run.layer_name(cls), site, rule)
    kind = dtype if dtype is not None else inputs[0].dtype if inputs else "float32"
    unknown = next((tensor.shape for tensor in inputs if isinstance(tensor.shape, Unknown)), None)
    outputs: list[Tensor]
    if unknown is not None:
        outputs = [Tensor(unknown, kind) for _ in range(count)]
    else:
        try:
            shapes = rule([tensor.shape for tensor in inputs if not isinstance(tensor.shape, Unknown)])
            outputs = [Tensor(shape, kind) for shape in shapes]
        except KerasError as error:
            run.raised(error, site)
            outputs = [Tensor(Unknown("Keras raises before this"), kind) for _ in range(count)]
        except Undetermined as undetermined:
            outputs = [Tensor(Unknown(undetermined.reason), kind) for _ in range(count)]
    operation.calls.append(Node(operation, tuple(inputs), tuple(outputs), site))
    return outputs


_OPERATORS = {"MatrixMultiply": "Matmul", "Divide": "TrueDivide", "Modulo": "Mod"}


def tensor_operator(run: Run, op: str, left: Value, right: Value, site: Site) -> Value:
    """`left op right` where one of them is a Keras tensor."""
    cls = _OPERATORS.get(op, op)
    if isinstance(left, Tensor) and isinstance(right, Tensor):
        rule = tensor_shapes.matmul if op == "MatrixMultiply" else tensor_shapes.broadcast
        return operate(run, cls, [left, right], lambda shapes: [rule(shapes[0], shapes[1])], site)[0]
    tensor = left if isinstance(left, Tensor) else right
    other = right if isinstance(left, Tensor) else left
    if isinstance(other, (int, float)):
        return operate(run, cls, [tensor], lambda shapes: [shapes[0]], site)[0]
    if isinstance(other, Array) and isinstance(other.shape, tuple):
        constant = other.shape
        rule = tensor_shapes.matmul if op == "MatrixMultiply" else tensor_shapes.broadcast
        pair = (lambda shape: (shape, constant)) if tensor is left else (lambda shape: (constant, shape))
        return operate(run, cls, [tensor], lambda shapes: [rule(*pair(shapes[0]))], site)[0]
    return operate(run, cls, [tensor], _unknown("an operator with something unknown"), site)[0]


def _unknown(reason: str) -> Callable[[Sequence[Shape]], list[Shape]]:
    def rule(shapes: Sequence[Shape]) -> list[Shape]:
        raise Undetermined(reason)

    return rule


def negative(run: Run, tensor: Tensor, site: Site | None) -> Tensor:
    """`-tensor`."""
    return operate(run, "Negative", [tensor], lambda shapes: [shapes[0]], site)[0]


def index_tensor(run: Run, tensor: Tensor, index: Value, site: Site | None) -> Tensor:
    """`tensor[index]`."""
    key = index if isinstance(index, tuple) else (index,)
    return operate(run, "GetItem", [tensor], lambda shapes: [tensor_shapes.index(shapes[0], key)], site)[0]
