"""The parameters of a function that nobody calls: what kind of unknown each of them is.

A default says what a call leaves out, and there is no call to be seen. So no parameter has the value of its default,
other than options of the command line: a run without arguments is a call that leaves them out. An unknown parameter is
called by its name and becomes a symbolic size of that name where it is used as a size; one whose default is a truth
value is decided both ways where a layer depends on it. A default that is a shape, `input_shape=(224, 224, 3)`, tells
more: it is likely to be replaced by another shape of as many axes. Such a parameter is *presumed* to be a tuple of so
many sizes, which keeps models symbolic; where that is a guess that nothing in the function confirms, what is found must
also hold without it (see `Guess` and `uncalled.py`).
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable

from kerascheck.machine.expressions import all_parameters
from kerascheck.machine.functions import SymbolicArguments
from kerascheck.machine.values import FunctionValue, Value
from kerascheck.network.arguments import Given
from kerascheck.network.dims import SymDim
from kerascheck.network.ir import BuiltinLayer, Layer, Node, Tensor
from kerascheck.network.networks import Network
from kerascheck.network.program import Program
from kerascheck.symbolic.unknown import Flag, Unknown

#: The longest default that is taken for a shape.
_MAX_AXES = 6


class Guess:
    """That a parameter is a tuple of as many sizes as its default has."""

    __slots__ = ("key", "name", "sizes")

    def __init__(self, key: Hashable, name: str, default: tuple[Value, ...]) -> None:
        self.key = key
        self.name = name
        self.sizes: tuple[Unknown, ...] = tuple(
            Unknown(f"parameter {name}", ("axis", key, axis), f"{name}[{axis}]") for axis in range(len(default))
        )

    def occurs_in(self, shape: Iterable[Value]) -> bool:
        """Whether one of its sizes is part of a size of the shape."""
        keys = {size.key for size in self.sizes}
        return any(_mentions(dim, keys) for dim in shape)


def unseen_arguments(function: FunctionValue, skip_first: bool) -> tuple[SymbolicArguments, list[Guess]]:
    """What a call that nobody sees may give, and what is guessed of it: each parameter by its name, none its default.

    Args:
        function: the function that is entered.
        skip_first: whether its first parameter is the object that it is a method of.
    """
    keywords: dict[str, Given] = {}
    guesses: list[Guess] = []
    for parameter in [*all_parameters(function.node.params)][1 if skip_first else 0 :]:
        name = parameter.name.value
        key = ("param", id(function.node), name)
        default = function.defaults.get(name)
        if name in function.options:
            keywords[name] = Given(default)
            continue
        if default is not None and _is_shape(default):
            guess = Guess(key, name, default)
            guesses.append(guess)
            keywords[name] = Given(guess.sizes)
            continue
        reason = f"parameter {name} of {function.name}"
        value = Flag(reason, key, name, default) if isinstance(default, bool) else Unknown(reason, key, name)
        keywords[name] = Given(value)
    return SymbolicArguments([], keywords), guesses


def without(arguments: SymbolicArguments, guesses: Iterable[Guess]) -> SymbolicArguments:
    """The same arguments, nothing guessed of these."""
    keywords = dict(arguments.keywords)
    for guess in guesses:
        keywords[guess.name] = Given(Unknown(f"parameter {guess.name}", guess.key, guess.name))
    return SymbolicArguments([], keywords)


def _is_shape(default: Value) -> bool:
    return (
        isinstance(default, tuple)
        and 0 < len(default) <= _MAX_AXES
        and all(size is None or (isinstance(size, int) and not isinstance(size, bool)) for size in default)
    )


def _mentions(dim: Value, keys: set[Hashable]) -> bool:
    """Whether a size is made from one of the named sizes, also behind divisions and maxima."""
    if not isinstance(dim, SymDim):
        return isinstance(dim, tuple) and any(_mentions(part, keys) for part in dim)
    return any(atom.key in keys or _mentions(atom.key, keys) for term in dim.terms for atom in term)


# -- what confirms a guess ----------------------------------------------------------------------------------------


def unconfirmed(guesses: Iterable[Guess], programs: Iterable[Program]) -> list[Guess]:
    """The guesses that shapes in these programs rest on, though no layer says how many axes it takes.

    A convolution behind an input of the guessed shape takes just as many axes as there are: a call that gives others
    fails there, so that what comes behind it holds for all others. A dense layer takes any number.
    """
    seen = [_Calls(program) for program in programs]
    return [guess for guess in guesses if not all(calls.confirm(guess) for calls in seen)]


#: Layers between a shape and the first layer that demands its rank; none of them changes it.
_MAX_STEPS = 8


class _Calls:
    """The layer calls of one program, by what they take."""

    def __init__(self, program: Program) -> None:
        self.has_data = bool(program.trainings or program.preparations)
        nodes = {id(node): node for layer in _layers(program) for node in layer.calls}
        nodes.update({id(node): node for network in program.networks for node in network.nodes})
        self.nodes = [*nodes.values()]
        self.inputs = [tensor for network in program.networks for tensor in network.inputs]

    def confirm(self, guess: Guess) -> bool:
        """Whether each shape that begins with the guess goes into layers that take so many axes and no others."""
        begins = [tensor for tensor in self.inputs if _shows(guess, tensor)]
        mentioned = bool(begins)
        for node in self.nodes:
            made = [tensor for tensor in node.outputs if _shows(guess, tensor)]
            mentioned = mentioned or bool(made)
            if made and not any(_shows(guess, tensor) for tensor in node.inputs) and not _keeps_rank(node):
                begins += made
        if not mentioned:
            return not self.has_data
        return all(map(self._is_demanded, {id(tensor): tensor for tensor in begins}.values()))

    def _is_demanded(self, tensor: Tensor) -> bool:
        for _ in range(_MAX_STEPS):
            consumers = [node for node in self.nodes if any(one is tensor for one in node.inputs)]
            if any(_demands_rank(node) for node in consumers):
                return True
            if not consumers or len(consumers[0].outputs) != 1 or not _keeps_rank(consumers[0]):
                return False
            tensor = consumers[0].outputs[0]
        return False


def _shows(guess: Guess, tensor: Tensor) -> bool:
    return not isinstance(tensor.shape, Unknown) and guess.occurs_in(tensor.shape)


def _keeps_rank(node: Node) -> bool:
    """Whether all that the call takes and gives has one known rank."""
    shapes = [tensor.shape for tensor in (*node.inputs, *node.outputs)]
    ranks = {None if isinstance(shape, Unknown) else len(shape) for shape in shapes}
    return bool(node.inputs) and len(ranks) == 1 and None not in ranks


def _demands_rank(node: Node) -> bool:
    """Whether the layer takes inputs of one rank only, which is that of this call."""
    layer = node.layer
    if not isinstance(layer, BuiltinLayer) or layer.definition.ndim is None:
        return False
    shapes = [tensor.shape for tensor in node.inputs]
    return all(not isinstance(shape, Unknown) and len(shape) == layer.definition.ndim for shape in shapes)


def _layers(program: Program) -> list[Layer]:
    found: dict[int, Layer] = {id(layer): layer for layer in program.layers}
    for network in program.networks:
        found.update({id(layer): layer for layer in _within(network, 0)})
    return [*found.values()]


def _within(network: Network, depth: int) -> list[Layer]:
    layers = list(network.layers)
    if depth < 5:
        for layer in network.layers:
            if isinstance(layer, Network):
                layers += _within(layer, depth + 1)
    return layers
