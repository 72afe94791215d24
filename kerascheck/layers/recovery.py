"""What stays known where Keras refuses a layer, so that the analysis goes on, as compilers do.

Of a call that is refused, the rank of the output and the sizes that the layer makes itself are known: an LSTM gives
its units, a convolution its filters, whatever they were called on. Of a constructor that is refused, all arguments
are known but the one at fault, which may have one plain meaning (`"64"`, a misspelled name).
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from kerascheck.layers.base import Config, LayerDef, parse_signature
from kerascheck.layers.configuring import configure, near_argument
from kerascheck.layers.integers import is_of_numpy
from kerascheck.network.arguments import Arguments, Given
from kerascheck.network.dims import NAMELESS, Shape, SymDim
from kerascheck.network.ir import Layer
from kerascheck.symbolic.unknown import KerasError, Undetermined, Unknown

_REFUSED_VALUE = "Keras refuses it"
_MAX_FAULTS = 4
_RANKS = range(2, 6)

_serials = itertools.count()


def of_any_size(rank: int, batch: Any = None) -> Shape:
    """A shape of this rank with sizes that are not known, each one of its own."""
    return (batch, *(SymDim.named(NAMELESS, ("refused", next(_serials))) for _ in range(rank - 1)))


# -- calls ----------------------------------------------------------------------------------------------------------


def outputs_after(
    definition: LayerDef, config: Config, shapes: Sequence[Shape] | None, error: KerasError | None
) -> list[Shape] | None:
    """What is known of the outputs of a call that Keras refuses; None where nothing is.

    Args:
        definition: the layer.
        config: its arguments.
        shapes: those of its inputs; None where they are not known because what made them was refused.
        error: why this call is refused; None where something else is.
    """
    for candidates in _readings(definition, config, shapes, error):
        found: list[list[Shape]] = []
        for candidate in candidates:
            try:
                definition.check_inputs(config, candidate)
                found.append(definition.outputs_for(config, candidate))
            except (KerasError, Undetermined):
                continue
        if len(found) == 1:
            return found[0]
    return None


def _readings(
    definition: LayerDef, config: Config, shapes: Sequence[Shape] | None, error: KerasError | None
) -> Iterator[list[list[Shape]]]:
    """What the inputs may be meant to be: the best guesses first, each time those that exclude one another."""
    if shapes is not None and len(shapes) > 1 and error is not None and error.kind == "input-count":
        if len({len(shape) for shape in shapes}) == 1:  # they are to be merged first
            yield [[of_any_size(len(shapes[0]), shapes[0][0])]]
        return
    if shapes is not None and (error is None or error.kind != "rank"):
        yield [list(shapes)]
        yield [[of_any_size(len(shape), shape[0]) for shape in shapes if shape]]
    elif shapes is None or len(shapes) == 1:
        batch = shapes[0][0] if shapes and shapes[0] else None
        if definition.ndim is not None:
            yield [[of_any_size(definition.ndim, batch)]]
        elif isinstance(config.get("layer"), Layer):  # a wrapper is of the rank of what it wraps
            yield [[of_any_size(rank, batch)] for rank in _RANKS]


def rank_after(definition: LayerDef, config: Config, shapes: Sequence[Shape]) -> list[Shape] | None:
    """The ranks of what a layer gives whose refused argument is not known: no argument but a flag changes them."""
    _, defaults, _ = parse_signature(definition.signature)
    values = dict(config.values_by_name)
    for name, value in values.items():
        if isinstance(value, Unknown) and value.reason == _REFUSED_VALUE:
            if isinstance(defaults.get(name), bool):
                return None
            values[name] = defaults.get(name, _some_size(0))
    usual = Config(config.layer_name, values, config.given, config.dialect)
    known = outputs_after(definition, usual, shapes, None)
    return [of_any_size(len(shape), shape[0]) for shape in known] if known is not None else None


# -- constructors ---------------------------------------------------------------------------------------------------


class Mended:
    """A constructor call as it is most likely meant."""

    def __init__(
        self, config: Config, arguments: Arguments, faults: list[tuple[KerasError, Any]], left_out: list[Any]
    ) -> None:
        self.config = config
        self.arguments = arguments
        self.faults = faults  # the refusal for each, and the node of the argument where it is written in the call
        self.left_out = left_out  # the values of arguments that the layer does not have


def mended(
    definition: LayerDef, arguments: Arguments, spelled: str, dialect: int, old_forms: bool, error: KerasError
) -> Mended | None:
    """The call without its faults; None where it cannot be told which argument is at fault."""
    faults, left_out, doubtful = list[tuple[KerasError, Any]](), list[Any](), set[str]()
    known_before: dict[str, Given] = {}
    for _ in range(_MAX_FAULTS):
        for repair in _repairs(definition, arguments, error):
            outcome: Config | KerasError
            try:
                outcome = configure(definition, repair.arguments, spelled, dialect, old_forms)
            except KerasError as further:
                outcome = further
            if isinstance(outcome, Config) or outcome.message != error.message:
                break
        else:
            return None
        if not (error.kind == "missing-argument" and left_out):  # it may be the one that has no right name
            faults.append((error, _node_of(arguments, repair.arguments)))
        if len(repair.arguments.keywords) < len(arguments.keywords):
            dropped = {
                name: given for name, given in arguments.keywords.items() if name not in repair.arguments.keywords
            }
            left_out += [given.value for given in dropped.values()]
            known_before.update((k, given) for k, given in dropped.items() if k in definition.old_base_parameters)
        if repair.doubtful is not None:
            doubtful.add(repair.doubtful)
        arguments = repair.arguments
        if isinstance(outcome, Config):
            for name in doubtful & outcome.keys():
                outcome.change(name, Unknown(_REFUSED_VALUE))
            keywords = {
                k: Given(outcome[k], given.node) if k in doubtful else given for k, given in arguments.keywords.items()
            }
            keywords.update(known_before)  # what an older Keras took still says what is meant
            arguments = Arguments(
                arguments.positional, keywords, arguments.open_positional, arguments.open_keywords, arguments.call
            )
            return Mended(outcome, arguments, faults, left_out)
        error = outcome
    return None


def _node_of(before: Arguments, after: Arguments) -> Any:
    """Where the argument is written that differs; None where it is not written in the call."""
    for old, new in zip(before.positional, after.positional, strict=False):
        if old is not new:
            return old.node
    return next((old.node for name, old in before.keywords.items() if after.keywords.get(name) is not old), None)


@dataclass(frozen=True)
class _Repair:
    """A call with one argument changed."""

    arguments: Arguments
    doubtful: str | None = None  # the parameter that got its default in place of something that is not known


def _repairs(definition: LayerDef, arguments: Arguments, error: KerasError) -> Iterator[_Repair]:
    """The call with one argument changed, the likeliest changes first."""
    positional, keywords = arguments.positional, arguments.keywords

    def again(places: list[Given], names: dict[str, Given], doubtful: str | None = None) -> _Repair:
        open_ones = arguments.open_positional, arguments.open_keywords
        return _Repair(Arguments(places, names, *open_ones, arguments.call), doubtful)

    names, defaults, accepted = parse_signature(definition.signature)
    if error.kind in ("unknown-argument", "gone-argument"):
        for name in keywords:
            if name in accepted or name in definition.old_base_parameters:
                continue
            meant = definition.old_parameters.get(name) or near_argument(definition, name)
            if meant is not None and meant not in keywords and meant not in names[: len(positional)]:
                yield again(positional, {meant if key == name else key: given for key, given in keywords.items()})
        for name in keywords:
            yield again(positional, {key: given for key, given in keywords.items() if key != name})
        return
    if error.kind == "missing-argument":
        for name in names[len(positional) :]:
            if name not in defaults and name not in keywords:
                before = definition.old_defaults.get(name, _some_size(0))
                for value in (before, Unknown(f"{name} is not given")):
                    yield again(positional, {**keywords, name: Given(value)})
        return
    if len(positional) > len(names):
        yield again(positional[: len(names)], keywords)
    wrong, right = error.mended or (None, None)

    def renamed(value: Any) -> Any:
        return right if type(value) is type(wrong) and value == wrong else None

    def replaced(meaning: Callable[[Any], Any]) -> Iterator[_Repair]:
        for place, given in enumerate(positional):
            if (value := meaning(given.value)) is not None:
                yield again([*positional[:place], Given(value, given.node), *positional[place + 1 :]], keywords)
        for name, given in keywords.items():
            if (value := meaning(given.value)) is not None:
                yield again(positional, {**keywords, name: Given(value, given.node)})

    for meaning in (renamed, _plain_meaning, _some_size):
        yield from replaced(meaning)
    # A value that is not known would hide the faults of other arguments: the default stands for it meanwhile.
    for place, name in enumerate(names[: len(positional)]):
        if name in defaults:
            yield again([*positional[:place], Given(defaults[name]), *positional[place + 1 :]], keywords, name)
    for name in keywords:
        if name in defaults:
            yield again(positional, {**keywords, name: Given(defaults[name])}, name)
    yield from replaced(lambda value: Unknown(_REFUSED_VALUE))


def _plain_meaning(value: Any) -> Any:
    """The number that is meant, where one is: `"64"`, `64.0`, one of numpy."""
    if is_of_numpy(value):
        return int(value)
    if isinstance(value, str):
        try:
            value = float(value)
        except ValueError:
            return None
    elif isinstance(value, bool) or not isinstance(value, float):
        return None
    return int(value) if value.is_integer() and abs(value) < 2**53 else None


def _some_size(value: Any) -> Any:
    """A size that is not known in place of a number that is none: the rank of what comes out is known all the same."""
    return of_any_size(2)[1] if isinstance(value, (int, float)) and not isinstance(value, bool) else None
