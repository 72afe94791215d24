"""Layers, tensors and networks as the analysed program builds them.

The graph is the one Keras keeps: a `Layer` may be called many times, each call is a `Node` from input tensors to
output tensors. Shapes that the analysis cannot know are `Unknown` with a reason; everything derived from them is
unknown too.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from itertools import count
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar, Literal, TypeAlias

from kerascheck.network.arguments import Arguments
from kerascheck.network.dims import Int, Shape, SymDim, definitely_different, format_shape, is_conceivable, is_exact
from kerascheck.symbolic.journal import Versioned, set_unnoted
from kerascheck.symbolic.unknown import NOTHING, KerasError, Undetermined, Unknown

if TYPE_CHECKING:
    import libcst as cst

    from kerascheck.layers.base import Config, LayerDef

Status: TypeAlias = Literal["exact", "symbolic", "unknown"]


class Site:
    """A place in the analysed source: a file and a node of its tree."""

    __slots__ = ("file", "node")

    def __init__(self, file: Any, node: cst.CSTNode) -> None:
        self.file = file  # the kerascheck.project.source.Source it stands in
        self.node = node

    @property
    def key(self) -> tuple[int, int]:
        """Identity, for use in dictionaries: the same node of the same file."""
        return (id(self.file), id(self.node))


#: Why a model with a `call` of the program is not known as long as nothing calls it.
NOT_CALLED = "it is not called on a known input"


class Weight:
    """One variable of a layer."""

    __slots__ = ("name", "shape", "trainable")

    def __init__(self, name: str, shape: Shape, trainable: bool = True) -> None:
        self.name = name
        self.shape = shape
        self.trainable = trainable

    @property
    def count(self) -> Int:
        """The number of scalars. Raises Undetermined where a dimension is None."""
        count: Int = 1
        for dim in self.shape:
            if dim is None:
                raise Undetermined(f"weight {self.name} of shape {format_shape(self.shape)}")
            count = count * dim
        return count

    def __repr__(self) -> str:
        return f"Weight({self.name}, {format_shape(self.shape)}{'' if self.trainable else ', frozen'})"


class Tensor(Versioned):
    """A symbolic Keras tensor: shape (batch axis included), dtype, and the layer call that made it."""

    __slots__ = ("dtype", "index", "keras_name", "needs", "node", "shape")

    def __init__(
        self, shape: Shape | Unknown, dtype: str | Unknown = "float32", node: Node | None = None, index: int = 0
    ) -> None:
        self.shape = shape
        self.dtype = dtype
        self.node = node
        self.index = index
        self.keras_name: str | None = None
        self.needs: frozenset[Hashable] = NOTHING  # the conditions that it hangs on, where they are not decided

    def __repr__(self) -> str:
        return f"Tensor({self.shape if isinstance(self.shape, Unknown) else format_shape(self.shape)})"


def is_symbolic(value: Any) -> bool:
    """Whether it is a tensor that comes from an `Input`, and so a placeholder without values."""
    seen: set[int] = set()
    waiting = [value] if isinstance(value, Tensor) else []
    while waiting:
        node = waiting.pop().node
        if node is None or id(node) in seen:
            continue
        if isinstance(node.layer, InputLayer):
            return True
        seen.add(id(node))
        waiting.extend(node.inputs)
    return False


class Node:
    """One call of a layer: where, on what, giving what."""

    __slots__ = ("inputs", "inside", "layer", "outputs", "refused", "site")

    def __init__(
        self, layer: Layer, inputs: tuple[Tensor, ...], outputs: tuple[Tensor, ...], site: Site | None
    ) -> None:
        self.layer = layer
        self.inputs = inputs
        self.outputs = outputs
        self.site = site
        self.refused = False  # whether Keras refuses the call: then the outputs are what is known of them anyway
        #: Where the layer runs code of the program: the tensors that it was run on, and those that it gave.
        self.inside: tuple[Sequence[Tensor], Sequence[Tensor]] | None = None
        for index, tensor in enumerate(outputs):
            tensor.node = self
            tensor.index = index

    def infer(self, shapes: list[Shape]) -> list[Shape]:
        """The output shapes for these input shapes; a call that is refused is not refused again.

        Raises:
            KerasError: Keras would refuse the inputs.
            Undetermined: the answer is not known.
        """
        if not self.refused:
            return self.layer.infer(shapes)
        known: list[Shape] = []
        for tensor in self.outputs:
            if isinstance(tensor.shape, Unknown):
                raise Undetermined(tensor.shape.reason)
            known.append(tensor.shape)
        return known


#: Counts what is done in the order in which Keras sees it.
moments = count()


class Layer(Versioned):
    """A layer instance. The base class stands for a layer about which only its class is known."""

    structures: ClassVar[frozenset[str]] = frozenset({"placed"})
    #: Set where something about this very layer is not known (its class, its arguments, what it does).
    unknown: Unknown | None = None
    #: Set where Keras refuses to make it: then it is what the program most likely means.
    refused: Unknown | None = None
    #: The values of arguments that it does not have, where Keras refuses it for them.
    left_out: Sequence[Any] = ()
    #: Whether the program gives it its name.
    named_by_user = False
    trainable = True
    #: None where it is not built yet.
    weights: list[Weight] | Unknown | None = None
    config: Mapping[str, Any] = MappingProxyType({})
    #: Whether `adapt` has shown it data.
    adapted = False
    #: Whether it was called on data.
    saw_data = False
    #: Whether calling it runs code of the program.
    runs_program = False
    #: On what the latest call ran code of the program, and what that gave, where calling it does so.
    ran: tuple[Sequence[Tensor], Sequence[Tensor]] | None = None
    #: Whether the program adds losses to it beside those of `compile`.
    adds_losses = False
    #: Whether it may have been called where the analysis does not see it.
    met_unknown = False
    #: The conditions that it hangs on, where they are not decided.
    needs: frozenset[Hashable] = NOTHING
    #: The object of the program that it is, where its class is one of the program's.
    instance: Any = None
    #: When each of its attributes was first set, in the count of `nth`, where it is one of the program's.
    placed: Mapping[str, int] = MappingProxyType({})
    #: How many were made before it.
    nth: int

    def __init__(
        self,
        cls: str,
        name: str,
        site: Site | None,
        arguments: Arguments | None = None,
        qualname: str | None = None,
    ) -> None:
        self.cls = cls  # the class name Keras gives it: "Dense"
        self.qualname = qualname or f"keras.layers.{cls}"
        self.name = name
        self.site = site
        self.arguments = arguments  # as the source gives them; None where no call made it
        self.calls: list[Node] = []
        set_unnoted(self, "nth", next(moments))

    def __repr__(self) -> str:
        return f"<{self.cls} {self.name}>"

    @property
    def title(self) -> str:
        """What messages call it: `'dense_1' (Dense)`."""
        return f"{self.name!r} ({self.cls})"

    def infer(self, shapes: list[Shape]) -> list[Shape]:
        """The output shapes for these input shapes; builds the weights on the first call.

        Raises:
            KerasError: Keras would refuse the inputs.
            Undetermined: the answer is not known.
        """
        raise Undetermined(self.unknown.reason if self.unknown else f"what {self.cls} does is not known")

    def output_dtype(self, dtype: str | Unknown) -> str | Unknown:
        """The dtype of the outputs for an input of this dtype."""
        return "float32"

    def sublayers(self) -> Sequence[Layer]:
        """Layers held inside (the parts of a network, the layer in a wrapper)."""
        return ()

    def set_trainable(self, value: bool, in_any_case: bool = False) -> None:
        """`layer.trainable = value`, which Keras hands down to the layers inside.

        On TensorFlow, Keras 3 does nothing where the layer has this value already, whatever those inside have; its
        older generations hand it down `in_any_case`.
        """
        if in_any_case or self.trainable is not value:
            self.trainable = value
            self.hand_down(value, in_any_case)

    def hand_down(self, value: bool, in_any_case: bool) -> None:
        """Tell the layers inside."""
        for layer in self.sublayers():
            layer.set_trainable(value, in_any_case)

    def all_weights(self) -> list[tuple[Weight, bool]]:
        """Each variable once, with whether it trains now. Raises Undetermined where they are not known."""
        if isinstance(self.weights, Unknown):
            raise Undetermined(self.weights.reason)
        if self.weights is None:
            raise Undetermined(f"{self.name} is not built")
        return [(w, w.trainable and self.trainable) for w in self.weights]

    def count_params(self) -> tuple[Int, Int]:
        """Trainable and non-trainable parameter counts. Raises Undetermined."""
        trainable: Int = 0
        frozen: Int = 0
        for weight, trains in self.all_weights():
            if trains:
                trainable = trainable + weight.count
            else:
                frozen = frozen + weight.count
        return trainable, frozen

    def params(self) -> Int | Unknown:
        """All parameters of this layer, or why they are not known."""
        try:
            trainable, frozen = self.count_params()
        except Undetermined as undetermined:
            return Unknown(undetermined.reason)
        return trainable + frozen

    def output_shapes(self) -> list[Shape] | Unknown:
        """The output shapes of the latest call whose shapes are known, or why those of the latest are not."""
        reason: Unknown | None = None
        for call in reversed(self.calls):
            shapes = [tensor.shape for tensor in call.outputs if not isinstance(tensor.shape, Unknown)]
            if len(shapes) == len(call.outputs):
                return shapes
            reason = reason or next(tensor.shape for tensor in call.outputs if isinstance(tensor.shape, Unknown))
        return reason or Unknown(f"{self.name} is never called on a known input")

    def status(self) -> Status:
        """Whether this layer's shape and parameters are known exactly, symbolically, or not."""
        if self.unknown is not None or self.refused is not None or (self.calls and self.calls[-1].refused):
            return "unknown"
        shapes, params = self.output_shapes(), self.params()
        if isinstance(shapes, Unknown) or isinstance(params, Unknown):
            return "unknown"
        if isinstance(params, SymDim) or not all(is_exact(shape) for shape in shapes):
            return "symbolic"
        return "exact"


class InputLayer(Layer):
    """The layer behind `keras.Input`."""

    def __init__(self, name: str, shape: Shape | Unknown, dtype: str | Unknown, site: Site | None) -> None:
        super().__init__("InputLayer", name, site)
        self.weights = []
        self.tensor = Tensor(shape, dtype)
        self.calls.append(Node(self, (), (self.tensor,), site))

    def infer(self, shapes: list[Shape]) -> list[Shape]:
        return shapes


#: Input shapes for which a configuration keeps what they gave.
_MAX_REMEMBERED = 100


class BuiltinLayer(Layer):
    """A layer whose class Keras ships: its definition says what it does."""

    #: Whether the layers train that hold its variables, where it was handed to such; None: as they were made.
    inner_trains: bool | None = None
    #: Whether its weights are those for an input of which no call has told the sizes yet.
    presumed = False

    def __init__(
        self,
        definition: LayerDef,
        config: Config,
        name: str,
        site: Site | None,
        arguments: Arguments | None = None,
    ) -> None:
        super().__init__(definition.name, name, site, arguments)
        self.definition = definition
        self.config: Config = config
        if config.values_by_name.get("trainable") is False:
            self.trainable = False

    def _copied(self) -> Layer | None:
        try:
            return self.definition.copied(self.config)
        except (KerasError, Undetermined):
            return None

    def infer(self, shapes: list[Shape]) -> list[Shape]:
        if self.unknown is not None:
            raise Undetermined(self.unknown.reason)
        try:
            return self._computed(shapes)
        except (ArithmeticError, ValueError):
            raise Undetermined("sizes that cannot be computed with") from None

    def _computed(self, shapes: list[Shape]) -> list[Shape]:
        memory = self.config.plain
        key = tuple(shapes)
        known = memory.get(key) if memory is not None else None
        weights: list[Weight] | Unknown
        if known is not None:
            weights = [Weight(weight.name, weight.shape, weight.trainable) for weight in known[0]]
        else:
            self.definition.check_inputs(self.config, shapes)
            try:
                weights = self.definition.weights_for(self.config, shapes)
            except Undetermined as undetermined:
                weights = Unknown(undetermined.reason)
        if self.weights is None or isinstance(self.weights, Unknown) or self.presumed:
            self.weights, self.presumed = weights, False
        elif not isinstance(weights, Unknown):
            self._check_reuse(self.weights, weights, shapes)
        if known is not None:
            return list(known[1])
        outputs = self.definition.outputs_for(self.config, shapes)
        if not all(map(is_conceivable, outputs)):
            raise Undetermined("larger than any tensor")
        if memory is not None and len(memory) < _MAX_REMEMBERED and isinstance(weights, list):
            is_plain = all(map(is_exact, shapes))  # a symbolic size belongs to its file
            if is_plain:
                memory[key] = (weights, list(outputs))
        return outputs

    def _check_reuse(self, built: list[Weight], wanted: list[Weight], shapes: list[Shape]) -> None:
        """A built layer keeps its weights: another input size is refused, by some layers another rank, too."""
        before = self.calls[0].inputs[0].shape if self.calls and self.calls[0].inputs else ()
        if self.definition.keeps_rank and isinstance(before, tuple) and before and len(before) != len(shapes[0]):
            raise KerasError(
                f"{self.title} is built for inputs of rank {len(before)}, found rank "
                f"{len(shapes[0])}: {format_shape(shapes[0])}; make another layer for them",
                "reuse",
            )
        for old, new in zip(built, wanted, strict=False):
            if len(old.shape) == len(new.shape) and any(
                definitely_different(a, b) for a, b in zip(old.shape, new.shape, strict=True)
            ):
                raise KerasError(
                    f"{self.title} is built with {old.name} of shape {format_shape(old.shape)}, "
                    f"but this input needs {format_shape(new.shape)}; create another layer for it",
                    "reuse",
                )

    def output_dtype(self, dtype: str | Unknown) -> str | Unknown:
        return self.definition.output_dtype(self.config, dtype)

    def sublayers(self) -> Sequence[Layer]:
        if self.config.plain is not None:
            return ()
        return [value for value in self.config.values() if isinstance(value, Layer)]

    def hand_down(self, value: bool, in_any_case: bool) -> None:
        inner = self.definition.inner_layers
        copied = self._copied() if inner is not None else None
        if inner == "made" or (inner == "built" and self.weights is not None):
            made = copied.trainable if copied is not None else True
            if in_any_case or (made if self.inner_trains is None else self.inner_trains) is not value:
                self.inner_trains = value
        if self.config.plain is not None:
            return
        try:
            holders = self.definition.weight_holders(self.config)
        except (KerasError, Undetermined):
            holders = ()
        for layer in dict.fromkeys((*self.sublayers(), *holders)):
            if layer is not copied:
                layer.set_trainable(value, in_any_case)

    def all_weights(self) -> list[tuple[Weight, bool]]:
        own = super().all_weights()
        # In Keras 3 each variable knows whether it trains: what the constructor is told reaches those of the layer
        # itself alone, and an attribute that is set is handed to the layers that there are by then.
        gates = self.config.dialect < 3
        if self.definition.inner_layers is not None and not gates:
            handed = self.inner_trains
            own = [(weight, weight.trainable if handed is None else handed) for weight, _ in own]
        for layer in self.definition.weight_holders(self.config):
            own = [*own, *((w, t and (self.trainable or not gates)) for w, t in layer.all_weights())]
        return own
