"""Layers, tensors and networks as the analysed program builds them.

The graph is the one Keras keeps: a `Layer` may be called many times, each call is a `Node` from input tensors to
output tensors. Shapes that the analysis cannot know are `Unknown` with a reason; everything derived from them is
unknown too.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, TypeVar

from kerascheck.network.arguments import Arguments
from kerascheck.network.dims import Int, Shape, SymDim, definitely_different, format_shape, is_conceivable, is_exact
from kerascheck.symbolic.journal import Versioned
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


#: What models have answered while the outermost question is being answered, each kept alive meanwhile.
_answers: ContextVar[dict[Hashable, tuple[Network, Any]] | None] = ContextVar("answers", default=None)

_T = TypeVar("_T")


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


class Layer(Versioned):
    """A layer instance. The base class stands for a layer about which only its class is known."""

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
        if self.weights is None or isinstance(self.weights, Unknown):
            self.weights = weights
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
                    f"but this input needs {format_shape(new.shape)}; make another layer for it",
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

    structures = frozenset({"takes", "gives"})

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


class KerasObject:
    """Something of Keras built by a call in the source that is no layer: a loss, metric, optimizer, initializer..."""

    __slots__ = ("arguments", "needs", "qualname", "site")

    def __init__(self, qualname: str, arguments: Arguments, site: Site | None) -> None:
        self.needs: frozenset[Hashable] = NOTHING  # the conditions that it hangs on, where they are not decided
        self.qualname = qualname  # canonical: "keras.losses.BinaryCrossentropy"
        self.arguments = arguments
        self.site = site

    def __repr__(self) -> str:
        return f"<{self.qualname}>"


class Loop:
    """A loop of the program that is running: where it stands, since when, and what it goes over (None: a `while`)."""

    __slots__ = ("birth", "over", "site")

    def __init__(self, site: Site, birth: int, over: Any) -> None:
        self.site = site
        self.birth = birth  # the moment at which it began; what is made in it is younger
        self.over = over


class CompileCall:
    """`model.compile(...)`, with the network as it was then."""

    def __init__(self, network: Network, arguments: Arguments, site: Site) -> None:
        self.network = network
        self.arguments = arguments
        self.site = site
        self.nodes = tuple(network.nodes)
        self.outputs = tuple(network.outputs)
        self.moment = 0
        self.loops: tuple[Loop, ...] = ()  # the loops that it happens in, outermost first


class TrainCall:
    """`model.fit(...)` and its kin (`method`: fit, evaluate, predict, train_on_batch, fit_generator...)."""

    def __init__(
        self, method: str, network: Network, arguments: Arguments, site: Site, compiled: CompileCall | None
    ) -> None:
        self.method = method
        self.network = network
        self.arguments = arguments
        self.site = site
        self.compiled = compiled
        self.inputs = tuple(network.inputs)  # these, as they were then
        self.nodes = tuple(network.nodes)
        self.outputs = tuple(network.outputs)
        self.takes, self.gives = network.takes, network.gives
        self.refusal: Raised | None = None  # what a layer refuses when the data runs through a `call` of the program
        self.guarded = False  # whether the program is ready for what Keras raises here
        self.dialect = 3  # the generation of Keras that the program is written for
        self.fits_ranks = False  # whether that one gives targets of one axis a second one, as tf.keras did
        self.needs: frozenset[Hashable] = NOTHING  # conditions that the arguments hang on, where they are not decided
        self.moment = 0
        self.loops: tuple[Loop, ...] = ()  # the loops that it happens in, outermost first
        #: The weights that would train then, and those that would not, of a call that trains; None where not known.
        self.weights: tuple[frozenset[Weight], frozenset[Weight]] | None = None

    def forget(self) -> None:
        """That the model is trained is known, but not with what."""
        self.arguments = Arguments([], {}, True, True, self.arguments.call)


class Preparation:
    """A step of data preparation that rules look at.

    `kind`: "fit" (an estimator learns from `arrays`), "transform", "split" (`arrays` are divided), "slices" (a stream
    yields their samples side by side), "decode"
    (predictions become classes or are compared with labels: the name of the function is in `name`), "compare"
    (predictions, or classes made of them, with another array by `==` and its kin), "measure" (a function of
    scikit-learn compares numbers with predicted ones), "score" (one judges scores of classes), "reshape" (numbers get
    another shape), "undefined" (numbers surely become NaN or infinite).
    """

    def __init__(self, kind: str, name: str, arrays: Sequence[Any], site: Site, arguments: Arguments) -> None:
        self.kind = kind
        self.name = name  # canonical: "sklearn.preprocessing.StandardScaler"
        self.arrays = arrays
        self.site = site
        self.arguments = arguments
        self.subject: Any = None  # the first of `arrays` as it was given: what is learned from
        self.moment = 0
        self.loops: tuple[Loop, ...] = ()  # the loops that it happens in, outermost first


class GivenWeights:
    """Weights that a layer or model is given: by `set_weights` or from a file.

    `owner`: whose weights they are, where they were taken from a layer or model in this very call.
    """

    def __init__(self, layer: Layer, owner: Layer | None, site: Site) -> None:
        self.layer = layer
        self.owner = owner
        self.site = site
        self.moment = 0
        self.loops: tuple[Loop, ...] = ()  # the loops that it happens in, outermost first


class ResultRead:
    """A part of what a training call gave, as the program reads it.

    `part`: the key of `fit(...).history[key]`, or the index of `evaluate(...)[index]`; `names`: what the parts are
    bound to that it is taken apart into, an empty text for what is no name; None where it is not taken apart.
    """

    def __init__(
        self,
        call: TrainCall,
        part: str | int | None,
        names: tuple[str, ...] | None,
        site: Site,
        guarded: bool = False,
    ) -> None:
        self.call = call
        self.part = part
        self.names = names
        self.site = site
        self.guarded = guarded  # whether the program is ready for its absence
        self.of_object = False  # whether it is `fit(...)[key]`, which Python refuses

    @property
    def count(self) -> int | None:
        """How many parts it is taken apart into, where it is."""
        return None if self.names is None else len(self.names)


class Raised:
    """A place where Keras would raise."""

    def __init__(self, error: KerasError, site: Site, layer: Layer | None, inputs: Sequence[Tensor] = ()) -> None:
        self.error = error
        self.site = site
        self.layer = layer
        self.inputs = inputs  # what the layer is called on, where a call is refused


class OldForm:
    """A use of something that Keras 3 does not know any more.

    `kind`: "member" (`owner` has no `name`), "shape" (a method of `TensorShape` on a shape), "function" (`name` of
    `owner`, another package, on a placeholder of a graph), "set" (an attribute is set that has no effect),
    "closed" (one that cannot be set any more), "copy" (a list is changed that is a copy).
    """

    def __init__(self, kind: str, owner: str, name: str, site: Site) -> None:
        self.kind = kind
        self.owner = owner
        self.name = name
        self.site = site


class Program:
    """All that the source builds and calls under one combination of its conditions, in order of execution."""

    def __init__(self, entry: int = 0) -> None:
        self.source: Any = None  # the kerascheck.project.source.Source of the file that it is a program of
        self.entry = entry  # which start it is a path of: 0 the module itself, others the functions nobody calls
        self.start: str | None = None  # the name of that function
        self.caller: str | None = None  # the file whose calls it follows, where that is not the file itself
        self.guessed = False  # whether shapes rest on a guess about its parameters: findings must hold without it
        self.doubts = False  # whether it is the same start without that guess: its models are not shown
        self.objects: list[Any] = []  # the Instances that this path makes
        self.layers: list[Layer] = []
        self.networks: list[Network] = []
        self.compiles: list[CompileCall] = []
        self.trainings: list[TrainCall] = []
        self.preparations: list[Preparation] = []
        self.given_weights: list[GivenWeights] = []
        self.reads: list[ResultRead] = []
        self.raised: list[Raised] = []
        self.gone: list[OldForm] = []
        self.fault: int | None = None  # the moment at which it surely fails: Python gets no further in this combination
        self.calls: list[tuple[str, Arguments, Site]] = []  # other calls into Keras: canonical name, arguments
        self.main: Any = None  # the names of the module, where the path begins with it
        self.events: list[Any] = []  # what it does outside of compile and fit: see `network.events`
        self.reached: set[tuple[int, int]] = set()  # keys of the sites of all of these
        self.went_well: set[tuple[int, int]] = set()  # of operations on arrays and shapes that gave something known
        self.functions: list[Any] = []  # the FunctionValues that this path defines
        self.classes: list[Any] = []  # its ClassValues
        self.imports: list[tuple[str, Site]] = []  # names of Keras as the source spells them, where they are imported

    def followed_by(self, other: Program) -> Program:
        """The program that goes on with another one, and is that one."""
        made = Program(other.entry)
        vars(made).update(vars(other))
        for name, value in vars(self).items():
            if isinstance(value, list):
                setattr(made, name, [*value, *getattr(other, name)])
            elif isinstance(value, set):
                setattr(made, name, value | getattr(other, name))
        return made
