"""What a program does with its networks: compile and training calls, preparation of data, what is read of results."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import TYPE_CHECKING, Any

from kerascheck.network.arguments import Arguments
from kerascheck.symbolic.unknown import NOTHING, KerasError

if TYPE_CHECKING:
    from kerascheck.network.ir import Layer, Site, Tensor, Weight
    from kerascheck.network.networks import Network


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
