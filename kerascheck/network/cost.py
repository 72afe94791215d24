"""What calls of layers cost: multiply-adds, and the numbers that are kept for the gradients.

A network is run on shapes once more, call by call. What a layer costs is said by its definition
(`LayerDef.multiply_adds`), what an operation on tensors costs by its shape rule (`tensor_shapes.count_products`).
Nothing of the program is interpreted again: the calls that its own layers made are followed as they were seen.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from kerascheck.network.dims import Int, Shape, format_shape, volume
from kerascheck.network.ir import BuiltinLayer, InputLayer, Layer, Node, Tensor
from kerascheck.network.networks import Network
from kerascheck.network.tensor_shapes import counted_products
from kerascheck.symbolic.unknown import KerasError, Undetermined, Unknown

#: Calls that are followed for one model: a model in a model in a model may be met on very many ways.
_MAX_CALLS = 50_000
_MAX_NESTING = 20


@dataclass
class Cost:
    """What some calls cost together."""

    products: Int = 0  # multiply-adds
    values: Int = 0  # numbers that are kept: the outputs, and what is kept inside
    missing: list[str] = field(default_factory=list)  # why something is not counted

    def add(self, other: Cost) -> None:
        """Take over what other calls cost."""
        self.products = self.products + other.products
        self.values = self.values + other.values
        self.missing += [reason for reason in other.missing if reason not in self.missing]


def cost_of(layer: Layer, shapes: Sequence[Shape]) -> Cost:
    """What a call of a layer on these shapes costs. Raises Undetermined where something of it is not known."""
    node = Node(layer, tuple(Tensor(shape) for shape in shapes), (), None)
    cost = Cost()
    _Walk().call(node, list(shapes), cost)
    if cost.missing:
        raise Undetermined(cost.missing[0])
    return cost


def cost_of_call(node: Node) -> Cost:
    """What a call costs for one sample, as far as it is known."""
    walk, cost = _Walk(), Cost()
    shapes = [walk.of_batch(tensor.shape) for tensor in node.inputs if not isinstance(tensor.shape, Unknown)]
    if len(shapes) < len(node.inputs):
        cost.missing.append("the shape of its input is not known")
    else:
        walk.call(node, shapes, cost)
    return cost


def costs(network: Network, batch: int) -> Iterator[tuple[Node, Cost]]:
    """Each call in a network, in order, and what it costs for a batch of this size where the network leaves it open."""
    walk = _Walk(batch)
    for tensor in network.inputs:
        if not isinstance(tensor.shape, Unknown):
            walk.known[id(tensor)] = walk.of_batch(tensor.shape)
    yield from walk.calls(network.nodes)


def _why(error: KerasError | Undetermined, shapes: Sequence[Shape]) -> str:
    """Why the cost of a call is not known."""
    if isinstance(error, KerasError):
        return error.message
    left_open = next((shape for shape in shapes if None in shape), None)
    if left_open is None:
        return error.reason
    return f"the sizes of its input {format_shape((None, *left_open[1:]))} are left open"


class _Walk:
    """Calls that are followed on known shapes."""

    def __init__(self, batch: int = 1) -> None:
        self.known: dict[int, Shape] = {}  # the shapes of tensors, by their ids
        self._batch = batch
        self._left = _MAX_CALLS
        self._around: frozenset[int] = frozenset()  # ids of the calls among which is what is followed now
        self._depth = 0

    def of_batch(self, shape: Shape) -> Shape:
        """The shape with the size of the batch in place of an open one."""
        return (self._batch, *shape[1:]) if shape and shape[0] is None else shape

    def calls(self, nodes: Sequence[Node]) -> Iterator[tuple[Node, Cost]]:
        """Follow calls in order."""
        before = self._around
        self._around = before.union(map(id, nodes))
        for node in nodes:
            cost = Cost()
            shapes = [self._shape(tensor) for tensor in node.inputs]
            known = [shape for shape in shapes if shape is not None]
            outputs: list[Shape] | None = None
            if len(known) < len(shapes):
                cost.missing.append("the shape of its input is not known")
            elif self._left <= 0:
                cost.missing.append("the model is too large to follow")
            else:
                outputs = self.call(node, known, cost)
            for place, tensor in enumerate(node.outputs):
                if outputs is not None and len(outputs) == len(node.outputs):
                    self.known[id(tensor)] = outputs[place]
                elif not isinstance(tensor.shape, Unknown):
                    self.known[id(tensor)] = self.of_batch(tensor.shape)
            yield node, cost
        self._around = before

    def _shape(self, tensor: Tensor) -> Shape | None:
        if id(tensor) in self.known:
            return self.known[id(tensor)]
        return None if isinstance(tensor.shape, Unknown) else self.of_batch(tensor.shape)

    def call(self, node: Node, shapes: list[Shape], cost: Cost) -> list[Shape] | None:
        """What one call gives on these shapes; adds what it costs."""
        layer = node.layer
        self._left -= 1
        self._depth += 1
        try:
            if self._depth > _MAX_NESTING:
                raise Undetermined("models nested too deeply")
            if isinstance(layer, InputLayer):
                return shapes
            if node.inside is not None:
                return self._inside(node.inside, shapes, cost)
            if isinstance(layer, Network):
                return self._network(layer, shapes, cost)
            return self._layer(node, shapes, cost)
        except (KerasError, Undetermined) as error:
            cost.missing.append(_why(error, shapes))
            return None
        except (ArithmeticError, ValueError):
            cost.missing.append("sizes that cannot be computed with")
            return None
        finally:
            self._depth -= 1

    def _layer(self, node: Node, shapes: list[Shape], cost: Cost) -> list[Shape]:
        layer = node.layer
        if layer.runs_program:
            raise Undetermined(f"what the code of {layer.cls} computes")
        with counted_products() as found:
            outputs = node.infer(shapes)
        if isinstance(layer, BuiltinLayer):
            outputs = layer.definition.outputs_at_run_time(layer.config, shapes, outputs)
            cost.products = cost.products + layer.definition.multiply_adds(layer.config, shapes)
            cost.values = cost.values + layer.definition.kept_values(layer.config, shapes)
        for number in found:
            if number is None:
                raise Undetermined("a size is left open")
            cost.products = cost.products + number
        if not (isinstance(layer, BuiltinLayer) and layer.definition.is_view):
            for shape in outputs:
                cost.values = cost.values + volume(shape)
        return outputs

    def _network(self, network: Network, shapes: list[Shape], cost: Cost) -> list[Shape]:
        if network.open is not None or network.unknown is not None:
            raise Undetermined((network.open or network.unknown or Unknown("")).reason)
        if not network.nodes and not network.inputs:
            return shapes
        inputs: Sequence[Tensor] = network.inputs or network.nodes[0].inputs[:1]
        if len(inputs) != len(shapes):
            raise Undetermined(f"a call of {network.name} on another number of tensors")
        return self._inside_of(inputs, network.outputs, network.nodes, shapes, cost)

    def _inside(
        self, inside: tuple[Sequence[Tensor], Sequence[Tensor]], shapes: list[Shape], cost: Cost
    ) -> list[Shape]:
        inputs, outputs = inside
        return self._inside_of(inputs, outputs, self._between(inputs, outputs), shapes, cost)

    def _inside_of(
        self,
        inputs: Sequence[Tensor],
        outputs: Sequence[Tensor],
        nodes: Sequence[Node],
        shapes: list[Shape],
        cost: Cost,
    ) -> list[Shape]:
        for tensor, shape in zip(inputs, shapes, strict=False):
            self.known[id(tensor)] = shape
        for _, inner in self.calls(nodes):
            cost.add(inner)
        found: list[Shape] = []
        for tensor in outputs:
            made = self._shape(tensor)
            if made is None:
                raise Undetermined(tensor.shape.reason if isinstance(tensor.shape, Unknown) else "its output")
            found.append(made)
        return found

    def _between(self, inputs: Sequence[Tensor], outputs: Sequence[Tensor]) -> list[Node]:
        """The calls that lead from these tensors to those, in order; not those around the call itself."""
        done = {id(tensor.node) for tensor in inputs if tensor.node is not None} | self._around
        ends = {id(tensor) for tensor in inputs}
        found: list[Node] = []
        waiting: list[tuple[Node, bool]] = [
            (tensor.node, False) for tensor in reversed(outputs) if tensor.node is not None and id(tensor) not in ends
        ]
        while waiting:
            node, is_ready = waiting.pop()
            if is_ready:
                found.append(node)
                continue
            if id(node) in done or isinstance(node.layer, InputLayer) or len(done) > _MAX_CALLS:
                continue
            done.add(id(node))
            waiting.append((node, True))
            waiting.extend(
                (tensor.node, False)
                for tensor in reversed(node.inputs)
                if tensor.node is not None and id(tensor) not in ends
            )
        return found
