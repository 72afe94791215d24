"""A model as a graph: its inputs, the calls between them and its outputs."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, TypeVar

from kerascheck.network.arguments import Arguments
from kerascheck.network.dims import Shape, definitely_different, format_shape
from kerascheck.network.ir import Layer
from kerascheck.symbolic.unknown import KerasError, Undetermined, Unknown

if TYPE_CHECKING:
    from kerascheck.network.ir import Node, Site, Status, Tensor, Weight
    from kerascheck.network.program import CompileCall

#: What models have answered while the outermost question is being answered, each kept alive meanwhile.
_answers: ContextVar[dict[Hashable, tuple[Network, Any]] | None] = ContextVar("answers", default=None)
_T = TypeVar("_T")
_runs_on_data: ContextVar[bool] = ContextVar("runs_on_data", default=False)


@contextmanager
def on_data() -> Iterator[None]:
    """While shapes are inferred in here, they are those of data, not of symbolic tensors.

    A Sequential compares its input with the sizes it was built with only where it is called on symbolic tensors; given
    data, it hands on what has the right rank, and its layers see to the rest (Keras 3.15).
    """
    token = _runs_on_data.set(True)
    try:
        yield
    finally:
        _runs_on_data.reset(token)


class Network(Layer):
    """A model: Sequential, Functional or a subclass.

    `nodes` are the layer calls in topological order; for a Sequential they follow `layers`, with unknown shapes as
    long as no input shape is known. `open` says why more may be in it than the analysis saw.
    """

    structures = frozenset({"takes", "gives", "placed"})

    def __init__(self, cls: str, name: str, site: Site | None, arguments: Arguments | None = None) -> None:
        super().__init__(cls, name, site, arguments, f"keras.{cls}")
        self.layers: list[Layer] = []
        self.nodes: list[Node] = []
        self.inputs: list[Tensor] = []
        self.outputs: list[Tensor] = []
        self.open: Unknown | None = None
        self.variable: str | None = None  # the name the source gives it
        self.compiled: CompileCall | None = None  # the latest compile call
        self.kind = "functional"  # or "sequential", "subclass"
        self.met_data = False  # whether it may have been built by data that is not followed
        self.built = False  # whether the `build` of a class of the program was called by hand, or by Keras
        self.takes: Any = None  # the structure of its inputs where it is a list, tuple or dictionary of tensors
        self.gives: Any = None  # that of its outputs
        self.own_methods: frozenset[str] = frozenset()  # what a class of the program does itself in training
        self.birth = 0  # the moment of creation, as the interpreter counts
        self.changed = 0  # the moment of the latest change of its layers

    def sublayers(self) -> Sequence[Layer]:
        return self.layers

    @property
    def is_sequential(self) -> bool:
        """Whether it is a stack of layers, each fed by the one before."""
        return self.kind == "sequential"

    def _once(self, question: tuple[Hashable, ...], answer: Callable[[], _T]) -> _T:
        """What it answers to a question, worked out once while the outermost such question is being answered.

        A model in a model may be met on many ways: `m = Model(i, m(m(i)))`, a few times, is more than can be followed.
        """
        known = _answers.get()
        if known is None:
            token = _answers.set({})
            try:
                return answer()
            finally:
                _answers.reset(token)
        key = (id(self), self.changed, len(self.nodes), *question)
        if key not in known:
            known[key] = (self, answer())
        found: _T = known[key][1]
        return found

    def all_weights(self) -> list[tuple[Weight, bool]]:
        return list(self._once(("weights",), self._all_weights))

    def _all_weights(self) -> list[tuple[Weight, bool]]:
        if self.open is not None:
            raise Undetermined(self.open.reason)
        seen: dict[int, tuple[Weight, bool]] = {}
        for layer in self.layers:
            for weight, trains in layer.all_weights():
                seen.setdefault(id(weight), (weight, trains and self.trainable))
        return list(seen.values())

    def infer(self, shapes: list[Shape]) -> list[Shape]:
        return list(self._once(("shapes", *shapes), lambda: self._infer(shapes)))

    def _infer(self, shapes: list[Shape]) -> list[Shape]:
        if self.open is not None:
            raise Undetermined(self.open.reason)
        if not self.nodes and not self.inputs:
            return shapes
        known: dict[int, Shape] = {}
        if self.inputs:
            if len(shapes) != len(self.inputs):
                raise KerasError(
                    f"model {self.name!r} has {len(self.inputs)} inputs but is called on {len(shapes)}", "input-count"
                )
            for tensor, shape in zip(self.inputs, shapes, strict=True):
                self._check_input(tensor, shape)
                known[id(tensor)] = shape
        elif self.nodes and self.nodes[0].inputs:
            known[id(self.nodes[0].inputs[0])] = shapes[0]
        for node in self.nodes:
            incoming: list[Shape] = []
            for tensor in node.inputs:
                if id(tensor) in known:
                    incoming.append(known[id(tensor)])
                elif isinstance(tensor.shape, Unknown):
                    raise Undetermined(tensor.shape.reason)
                else:
                    incoming.append(tensor.shape)
            if not incoming:
                continue
            for tensor, shape in zip(node.outputs, node.infer(incoming), strict=False):
                known[id(tensor)] = shape
        results: list[Shape] = []
        for tensor in self.outputs:
            if id(tensor) not in known:
                raise Undetermined(f"an output of {self.name} is not connected to its inputs")
            results.append(known[id(tensor)])
        return results

    def _check_input(self, tensor: Tensor, shape: Shape) -> None:
        """Raise KerasError for an input that the model was not made for; Keras adds or drops a last axis of size 1.

        Source: `assert_input_compatibility` in keras/src/layers/input_spec.py, `_adjust_input_rank` of Functional.
        """
        wanted = tensor.shape
        if isinstance(wanted, Unknown):
            return
        message = f"model {self.name!r} expects an input of shape {format_shape(wanted)}, found {format_shape(shape)}"
        longer, shorter = (wanted, shape) if len(wanted) > len(shape) else (shape, wanted)
        if len(longer) > len(shorter) + (longer[-1:] == (1,)):
            raise KerasError(message, "rank")
        if self.is_sequential and len(wanted) == len(shape) and _runs_on_data.get():
            return
        sizes = [one[1:-1] if one[-1:] == (1,) else one[1:] for one in (wanted, shape)]
        if any(definitely_different(a, b) for a, b in zip(*sizes, strict=False)):
            raise KerasError(message, "shape")
        if len(wanted) != len(shape):
            raise Undetermined(f"{message}: Keras lets it pass and changes the rank when the model runs")

    def output_shapes(self) -> list[Shape] | Unknown:
        shapes: list[Shape] = []
        for tensor in self.outputs:
            if isinstance(tensor.shape, Unknown):
                return tensor.shape
            shapes.append(tensor.shape)
        return shapes or Unknown(f"{self.name} has no known output")

    def running_layers(self) -> Sequence[Layer]:
        """Its layers, but for those that its own `call` surely leaves out: Keras never builds these."""
        return self.layers

    def status(self) -> Status:
        return self._once(("status",), self._status)

    def _status(self) -> Status:
        if self.open is not None or self.unknown is not None or self.refused is not None:
            return "unknown"
        if any(node.refused for node in self.nodes):
            return "unknown"
        worst: Status = "exact"
        for layer in self.running_layers():
            status = layer.status()
            if status == "unknown":
                return "unknown"
            if status == "symbolic":
                worst = "symbolic"
        if (not self.layers and self.kind != "subclass") or isinstance(self.output_shapes(), Unknown):
            return "unknown"
        return worst

    def consumers(self, tensor: Tensor) -> Iterator[Node]:
        """The calls in this network that take the tensor."""
        return (node for node in self.nodes if any(t is tensor for t in node.inputs))

    def refuses(self, tensor: Tensor) -> bool:
        """Whether a layer refuses the tensor: if it is an input, its declared shape may be what is wrong."""
        return any(node.refused for node in self.consumers(tensor))
