"""What the program does with models and the objects around them outside of `compile` and `fit`, as it does it.

Rules join these moments. Arguments are as they were then. Of arrays, those that are arguments themselves are copied for
calls of models and of the objects around them; those in lists are not.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from kerascheck.network.arguments import Arguments
from kerascheck.network.dims import Shape
from kerascheck.network.ir import Layer, Site, Weight
from kerascheck.network.networks import Network
from kerascheck.network.program import KerasObject


class Event:
    """One such moment."""

    site: Site
    guarded = False  # whether the program is ready for what Keras raises here


class ObjectCall(Event):
    """`loss(y, p)`, `metric.update_state(y, p)`, `optimizer.apply_gradients(pairs)`.

    `subject` is the object, or the name of a function of Keras; `method` is "__call__" where it is called itself.
    `origins` are the models whose outputs (or variables) the positional arguments are. `updates`: the model whose
    variables, and no others, an optimizer is given, with those that train (none: it has no variables yet; None: they
    are not known).
    """

    updates: tuple[Network, frozenset[Weight] | None] | None = None
    swapped = False  # whether an optimizer is given pairs in which variables come first

    def __init__(
        self,
        subject: KerasObject | str,
        method: str,
        arguments: Arguments,
        site: Site,
        origins: Mapping[int | str, Network],
    ) -> None:
        self.subject = subject
        self.method = method
        self.arguments = arguments
        self.site = site
        self.origins = origins

    @property
    def qualname(self) -> str:
        """The canonical name of what is called."""
        return self.subject if isinstance(self.subject, str) else self.subject.qualname


class ModelCall(Event):
    """`model(x, training=True)`, with the gradient tapes that were noting it."""

    def __init__(self, network: Network, arguments: Arguments, site: Site, tapes: Sequence[Any]) -> None:
        self.network = network
        self.arguments = arguments
        self.site = site
        self.tapes = tuple(tapes)


class GradientCall(Event):
    """`tape.gradient(target, model.trainable_variables)`; `of` is that model, None where it is not known."""

    def __init__(self, tape: Any, of: Network | None, arguments: Arguments, site: Site) -> None:
        self.tape = tape
        self.of = of
        self.arguments = arguments
        self.site = site


class FileCall(Event):
    """A model or its weights on the way to a file, or back.

    `verb`: "save", "load", "save_weights", "load_weights", "export", "pickle", "unpickle", "clone". `held` is what the
    program itself has put where it reads; `path` is a text, None where it is not known. `unbuilt`: whether the model
    surely has no weights yet; `shapes` are those of its weights, None where they are not known.
    """

    unbuilt = False
    shapes: Sequence[Any] | None = None
    trainings = 0  # how many training calls there were before

    def __init__(
        self, verb: str, network: Network | None, path: str | None, arguments: Arguments, site: Site, held: Any = None
    ) -> None:
        self.verb = verb
        self.network = network
        self.path = path
        self.arguments = arguments
        self.site = site
        self.held = held


class WeightsCall(Event):
    """`layer.set_weights(values)`. `shapes` are those of the layer's weights, None where they are not known.

    `unbuilt`: whether the layer surely has no weights yet; `source`: the model whose `get_weights` gives the values,
    where they are read in the call itself, and whether that has none yet.
    """

    unbuilt = False
    source: tuple[Network, bool] | None = None

    def __init__(self, layer: Any, values: Any, shapes: Sequence[Any] | None, arguments: Arguments, site: Site) -> None:
        self.layer = layer
        self.values = values
        self.shapes = shapes
        self.arguments = arguments
        self.site = site


class TrainableSet(Event):
    """`layer.trainable = False`; `trainings`: how many training calls there were before."""

    def __init__(self, layer: Layer, trainings: int, site: Site) -> None:
        self.layer = layer
        self.trainings = trainings
        self.site = site


class ResultDropped(Event):
    """A call that changes nothing, and whose result the program does not keep. `gives` tells what that is."""

    def __init__(self, name: str, gives: str, site: Site) -> None:
        self.name = name
        self.gives = gives
        self.site = site


class ShapeClaim(Event):
    """What a layer of the program declares its output to be (`compute_output_shape`), and what its `call` gives.

    `site` is where it is called, `method` where it is declared.
    """

    def __init__(self, layer: Any, declared: Shape, computed: Shape, method: Site, site: Site) -> None:
        self.layer = layer
        self.declared = declared
        self.computed = computed
        self.method = method
        self.site = site


class PolicyCall(Event):
    """`keras.config.set_dtype_policy("mixed_float16")`: for all layers that are made later.

    `policy` is its name, None where it is not known; `layers`: how many the program has made by then.
    """

    def __init__(self, policy: str | None, layers: int, site: Site) -> None:
        self.policy = policy
        self.layers = layers
        self.site = site


class Pairing(Event):
    """`prediction - target`: what a model gave, of shape (n, 1), meets an array of shape (n,) in an operator."""

    def __init__(self, network: Network, given: Shape, other: Shape, site: Site) -> None:
        self.network = network
        self.given = given
        self.other = other
        self.site = site
