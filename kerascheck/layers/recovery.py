"""What stays known where Keras refuses a layer, so that the analysis goes on, as compilers do.

Of a call that is refused, the rank of the output and the sizes that the layer makes itself are known: an LSTM gives
its units, a convolution its filters, whatever they were called on. Of a constructor that is refused, all arguments
are known but the one at fault, which may have one plain meaning (`"64"`, a misspelled name).
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from typing import Any

from kerascheck.layers.base import Config, LayerDef, configure, near_argument, parse_signature
from kerascheck.layers.integers import is_of_numpy
from kerascheck.network.arguments import Arguments, Given
from kerascheck.network.dims import Shape, SymDim
from kerascheck.symbolic import KerasError, Undetermined, Unknown

_MAX_FAULTS = 4
_RANKS = range(2, 6)

_serials = itertools.count()


def of_any_size(rank: int, batch: Any = None) -> Shape:
    """A shape of this rank with sizes that are not known, each one of its own."""
    return (batch, *(SymDim.named("?", ("refused", next(_serials))) for _ in range(rank - 1)))


# -- calls ----------------------------------------------------------------------------------------------------------


def outputs_after(
    definition: LayerDef, config: Config, shapes: Sequence[Shape] | None, error: KerasError | None
) -> list[Shape] | None:
    """What is known of the outputs of a call that Keras refuses; None where nothing is.

    Args:
        definition: the layer.
        config: its arguments.
        shapes: those of its inputs; None where they are not known because what made them was refused.
        error: why it is refused, if it is this call that is.
    """
    for candidates in _readings(definition, shapes, error):
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
    definition: LayerDef, shapes: Sequence[Shape] | None, error: KerasError | None
) -> Iterator[list[list[Shape]]]:
    """What the inputs may be meant to be: the best guesses first, each time those that exclude one another."""
    if shapes is not None and len(shapes) > 1 and error is not None and error.kind == "input-count":
        if len({len(shape) for shape in shapes}) == 1:  # they are to be merged first
            yield [[of_any_size(len(shapes[0]), shapes[0][0])]]
        return
    if shapes is not None and error is not None and error.kind != "rank":
        yield [list(shapes)]
        yield [[of_any_size(len(shape), shape[0]) for shape in shapes if shape]]
    elif shapes is None or len(shapes) == 1:
        batch = shapes[0][0] if shapes and shapes[0] else None
        if definition.ndim is not None:
            yield [[of_any_size(definition.ndim, batch)]]
        elif error is not None or not _takes_any_rank(definition):
            yield [[of_any_size(rank, batch)] for rank in _RANKS]


def _takes_any_rank(definition: LayerDef) -> bool:
    return definition.ndim is None and (definition.min_ndim or 0) <= 2


# -- constructors ---------------------------------------------------------------------------------------------------


class Mended:
    """A constructor call as it is most likely meant."""

    def __init__(self, config: Config, arguments: Arguments, errors: list[KerasError], left_out: list[Any]) -> None:
        self.config = config
        self.arguments = arguments
        self.errors = errors  # one for each fault
        self.left_out = left_out  # the values of arguments that the layer does not have


def mended(
    definition: LayerDef, arguments: Arguments, spelled: str, dialect: int, old_forms: bool, error: KerasError
) -> Mended | None:
    """The call without its faults; None where it cannot be told which argument is at fault."""
    errors, left_out = [error], list[Any]()
    known_before: dict[str, Given] = {}
    for _ in range(_MAX_FAULTS):
        step: tuple[Arguments, Config | KerasError] | None = None
        for other in _repairs(definition, arguments, error):
            outcome: Config | KerasError
            try:
                outcome = configure(definition, other, spelled, dialect, old_forms)
            except KerasError as further:
                outcome = further
            if isinstance(outcome, Config) or outcome.message != error.message:
                step = other, outcome
                break
        if step is None:
            return None
        if len(step[0].keywords) < len(arguments.keywords):
            dropped = {name: given for name, given in arguments.keywords.items() if name not in step[0].keywords}
            left_out += [given.value for given in dropped.values()]
            known_before.update((k, given) for k, given in dropped.items() if k in definition.old_base_parameters)
        arguments, outcome = step
        if isinstance(outcome, Config):
            arguments.keywords.update(known_before)  # what an older Keras took still says what is meant
            return Mended(outcome, arguments, errors, left_out)
        error = outcome
        if not (error.kind == "missing-argument" and left_out):  # it may be the one that has no right name
            errors.append(error)
    return None


def _repairs(definition: LayerDef, arguments: Arguments, error: KerasError) -> Iterator[Arguments]:
    """The call with one argument changed, the likeliest changes first."""
    positional, keywords = arguments.positional, arguments.keywords

    def again(places: list[Given], names: dict[str, Given]) -> Arguments:
        return Arguments(places, names, arguments.open_positional, arguments.open_keywords, arguments.call)

    names, defaults, accepted = parse_signature(definition.signature)
    if error.kind == "unknown-argument":
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
                yield again(positional, {**keywords, name: Given(Unknown(f"{name} is not given"))})
        return
    if len(positional) > len(names):
        yield again(positional[: len(names)], keywords)
    for meaning in (_plain_meaning, _some_size, _not_known):
        for place, given in enumerate(positional):
            if (value := meaning(given.value)) is not None:
                yield again([*positional[:place], Given(value, given.node), *positional[place + 1 :]], keywords)
        for name, given in keywords.items():
            if (value := meaning(given.value)) is not None:
                yield again(positional, {**keywords, name: Given(value, given.node)})


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


def _not_known(value: Any) -> Any:
    return Unknown("Keras refuses it")
