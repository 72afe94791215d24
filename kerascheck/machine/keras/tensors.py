"""Operations on tensors: nodes of the graph that are no layers, and what is computed at once from constants."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from kerascheck.data.array import Array
from kerascheck.data.values import as_array, new_array
from kerascheck.layers.recovery import of_any_size
from kerascheck.machine.keras.freeze import freeze_arguments
from kerascheck.machine.run import Run
from kerascheck.machine.values import ListValue, Value
from kerascheck.network import tensor_shapes
from kerascheck.network.arguments import Arguments, Given
from kerascheck.network.dims import Shape, SymDim
from kerascheck.network.ir import Layer, Node, Site, Tensor
from kerascheck.symbolic.unknown import REFUSED, KerasError, Undetermined, Unknown


class Constant(Tensor):
    """An operand that depends on no input of a model: Keras computes with it, but it is no part of the graph."""

    __slots__ = ()


def operand(run: Run, value: Value) -> Tensor | None:
    """The value as something to compute with: a tensor, or a constant (array, number, list of numbers)."""
    if isinstance(value, Tensor):
        return value
    if isinstance(value, Array):
        return Constant(value.shape, value.dtype)
    if isinstance(value, (bool, int, float, SymDim)):
        return Constant((), "bool" if isinstance(value, bool) else "float32" if isinstance(value, float) else "int32")
    if isinstance(value, (tuple, ListValue)) and not _holds_tensors(value):
        array = as_array(run, value)
        return None if array is None else Constant(array.shape, array.dtype)
    return None


def _holds_tensors(value: Value) -> bool:
    items = value.items if isinstance(value, ListValue) else value
    return isinstance(items, (list, tuple)) and any(isinstance(i, Tensor) or _holds_tensors(i) for i in items)


def made_of(run: Run, shape: Shape | Unknown, dtype: str | Unknown) -> Value:
    """What is computed from constants: an array, or a tensor where a size is known only at run time."""
    if isinstance(shape, tuple) and None in shape:
        return Tensor(shape, dtype)
    return new_array(run, shape, dtype, kind="tensor")


def unknown_size() -> Tensor:
    """The size of an axis that is known only when the model runs, as `tf.shape(x)[0]` gives it."""
    return Tensor((), "int32")


class Operation(Layer):
    """A function on tensors in a graph (`x + y`, `x[:, -1]`): a node of the network, but no layer of it in Keras 3.

    `rule` gives the output shapes for input shapes, so that a network that holds it can be run on another input.
    """

    def __init__(self, cls: str, name: str, site: Site | None, rule: Callable[[Sequence[Shape]], list[Shape]]) -> None:
        super().__init__(cls, name, site, None, f"keras.ops.{cls}")
        self.weights = []
        self.rule = rule
        #: The canonical name of the function and its arguments, frozen; None for operators and what Keras adds itself.
        self.call: tuple[str, Arguments] | None = None

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
) -> list[Value]:
    """Record an operation in the graph and give its outputs; `count` is their number where shapes are not known.

    What is computed from constants alone is an array, and no part of the graph.
    """
    run.reach(site)
    kind = dtype if dtype is not None else inputs[0].dtype if inputs else "float32"
    unknown = next((tensor.shape for tensor in inputs if isinstance(tensor.shape, Unknown)), None)
    outputs: list[Tensor]
    refused = False
    if unknown is not None:
        outputs = [Tensor(unknown, kind) for _ in range(count)]
    else:
        try:
            shapes = rule([tensor.shape for tensor in inputs if not isinstance(tensor.shape, Unknown)])
            outputs = [Tensor(shape, kind) for shape in shapes]
        except KerasError as error:
            run.raised(error, site)
            outputs = _recovered(inputs, rule, kind) or [Tensor(Unknown(REFUSED), kind) for _ in range(count)]
            refused = True
        except Undetermined as undetermined:
            outputs = [Tensor(Unknown(undetermined.reason), kind) for _ in range(count)]
    if inputs and all(isinstance(tensor, Constant) for tensor in inputs):
        return [made_of(run, tensor.shape, tensor.dtype) for tensor in outputs]
    operation = Operation(cls, run.layer_name(cls), site, rule)
    operation.calls.append(Node(operation, tuple(inputs), tuple(outputs), site))
    operation.calls[-1].refused = refused
    return list(outputs)


def _recovered(
    inputs: Sequence[Tensor], rule: Callable[[Sequence[Shape]], list[Shape]], kind: str | Unknown
) -> list[Tensor]:
    """What a refused operation gives for inputs of the same ranks with sizes that it takes, if that tells."""
    if all(isinstance(tensor, Constant) for tensor in inputs):
        return []
    shapes = [tensor.shape for tensor in inputs if not isinstance(tensor.shape, Unknown)]
    differing = [of_any_size(len(shape), shape[0]) if shape else () for shape in shapes]
    longest = max(differing, key=len)
    equal = [(shape[0], *longest[len(longest) - len(shape) + 1 :]) if shape else () for shape in shapes]
    for sizes in (differing, equal):
        try:
            return [Tensor(shape, kind) for shape in rule(sizes)]
        except (KerasError, Undetermined):
            continue
    return []


def note_call(run: Run, name: str, arguments: Arguments, result: Value) -> None:
    """Tell the operation that a function has made how it was called."""
    made = result.items if isinstance(result, ListValue) else result if isinstance(result, tuple) else [result]
    given = {id(one.value) for one in (*arguments.positional, *arguments.keywords.values())}
    for tensor in made[:1]:
        operation = tensor.node.layer if isinstance(tensor, Tensor) and tensor.node is not None else None
        if isinstance(operation, Operation) and operation.call is None and id(tensor) not in given:
            operation.call = (name, freeze_arguments(run, arguments))


#: What Keras calls the operators and comparisons where that is not the name of the syntax.
_OPERATORS = {
    "MatrixMultiply": "Matmul",
    "Divide": "TrueDivide",
    "Modulo": "Mod",
    "LessThan": "Less",
    "LessThanEqual": "LessEqual",
    "GreaterThan": "Greater",
    "GreaterThanEqual": "GreaterEqual",
}


def tensor_operator(
    run: Run, op: str, left: Value, right: Value, site: Site, dtype: str | Unknown | None = None
) -> Value:
    """`left op right` where one of them is a tensor."""
    cls = _OPERATORS.get(op, op)
    a, b = operand(run, left), operand(run, right)
    if a is None or b is None:
        tensor = a if a is not None else b
        assert tensor is not None
        other = right if tensor is a else left
        reason = other.reason if isinstance(other, Unknown) else "an operator with something unknown"
        return operate(run, cls, [tensor], _unknown(reason), site, dtype)[0]
    rule = tensor_shapes.matmul if op == "MatrixMultiply" else tensor_shapes.broadcast
    kind = dtype if dtype is not None else b.dtype if isinstance(a, Constant) else a.dtype
    return operate(run, cls, [a, b], lambda shapes: [rule(shapes[0], shapes[1])], site, kind)[0]


def tensor_comparison(run: Run, op: str, left: Value, right: Value, site: Site) -> Value | None:
    """`left < right` and the like where one of them is a tensor; None where that is no operation on tensors.

    The placeholders of a graph have no `==` of their own (keras/src/backend/common/keras_tensor.py of Keras 3.15).
    """
    if operand(run, left) is None or operand(run, right) is None or (op == "Equal" and not run.tracing):
        return None
    return tensor_operator(run, op, left, right, site, "bool")


def _unknown(reason: str) -> Callable[[Sequence[Shape]], list[Shape]]:
    def rule(shapes: Sequence[Shape]) -> list[Shape]:
        raise Undetermined(reason)

    return rule


def negative(run: Run, tensor: Tensor, site: Site | None) -> Value:
    """`-tensor`."""
    return operate(run, "Negative", [tensor], lambda shapes: [shapes[0]], site)[0]


def index_tensor(run: Run, tensor: Tensor, index: Value, site: Site | None) -> Value:
    """`tensor[index]`."""
    key = [_static(part) for part in (index if isinstance(index, tuple) else (index,))]
    result = operate(run, "GetItem", [tensor], lambda shapes: [tensor_shapes.index(shapes[0], key)], site)[0]
    note_call(run, "getitem", Arguments([Given(tensor), Given(tuple(key))], {}), result)
    return result


def _static(part: Value) -> Value:
    """A slice whose ends are known when the model runs: how long it is then is not known now."""
    if isinstance(part, slice) and any(isinstance(end, Tensor) for end in (part.start, part.stop, part.step)):
        return tensor_shapes.SOME
    return part
