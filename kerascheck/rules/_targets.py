"""The targets of a training call beside the outputs and losses they belong to, and what surely is in them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from kerascheck.data.array import Array
from kerascheck.data.content import DISTRIBUTIONS, Content
from kerascheck.data.training import Data, Part, training_data, validation_data
from kerascheck.network.arguments import Given
from kerascheck.network.ir import Site, Tensor
from kerascheck.network.program import Program, TrainCall
from kerascheck.rules._outputs import Output, describe
from kerascheck.rules._related import Place, assigned, compiling, last_layer
from kerascheck.rules._training import argument, argument_site
from kerascheck.training.compiled_losses import Loss, losses_by_output, output_name

#: The methods that compare with targets.
COMPARING = frozenset({"fit", "evaluate", "train_on_batch", "test_on_batch", "fit_generator", "evaluate_generator"})


@dataclass(frozen=True)
class Targets:
    """The targets of one output, with the loss (None: not a known one) and where the source gives them."""

    call: TrainCall
    array: Array
    tensor: Tensor
    output: Output
    loss: Loss | None
    site: Site

    @property
    def content(self) -> Content:
        """What is known of the numbers."""
        return self.array.content

    @property
    def units(self) -> int | None:
        """The units of the output, where their number is known."""
        units = self.output.units
        return units if isinstance(units, int) else None

    @property
    def places(self) -> tuple[Place, ...]:
        """Where the three come from: labels, output and loss."""
        return (*assigned(self.site), *last_layer(self.output), *compiling(self.call.compiled))


def targets_of(program: Program) -> Iterator[Targets]:
    """Every array of targets that meets a known output, the validation data included."""
    for call in program.trainings:
        if call.compiled is None or call.method not in COMPARING or call.network.open is not None:
            continue
        given = argument(call, "y")
        place = given if isinstance(given, Given) else argument(call, "x")
        if isinstance(place, Given):
            yield from _matched(call, training_data(call), argument_site(call.site, place))
        data, given = validation_data(call), argument(call, "validation_data")
        if data is not None and isinstance(given, Given):
            yield from _matched(call, data, argument_site(call.site, given))


def _matched(call: TrainCall, data: Data, site: Site) -> Iterator[Targets]:
    assert call.compiled is not None
    outputs = call.compiled.outputs
    now = call.outputs if len(call.outputs) == len(outputs) else outputs
    for target in losses_by_output(call.compiled):
        index = next((at for at, tensor in enumerate(outputs) if tensor is target.tensor), None)
        array = None if index is None else _part(data.y, index, len(outputs), output_name(target.tensor))
        if array is not None and index is not None:
            yield Targets(call, array, now[index], describe(now[index]), target.loss, site)


def _part(y: Part, index: int, count: int, name: str | None) -> Array | None:
    """The array for one of the outputs."""
    found = None
    if isinstance(y, dict):
        found = y.get(name) if name is not None else None
    elif isinstance(y, list):
        found = y[index] if len(y) == count else None
    elif count == 1:
        found = y
    return found if isinstance(found, Array) else None


# -- what surely occurs --------------------------------------------------------------------------------------------


def surely_above(content: Content, limit: float) -> float | None:
    """A value above the limit that surely occurs (or lies close to one that does); None where none is known."""
    if content.values is not None:
        high = max(content.values)
        return high if high > limit else None
    if content.attained and content.high is not None and content.high > limit:
        return content.high
    return content.low if content.low is not None and content.low > limit else None


def surely_below(content: Content, limit: float) -> float | None:
    """A value below the limit that surely occurs; None where none is known."""
    if content.values is not None:
        low = min(content.values)
        return low if low < limit else None
    if content.attained and content.low is not None and content.low < limit:
        return content.low
    return content.high if content.high is not None and content.high < limit else None


def has_fractions(content: Content) -> bool:
    """Whether some of the numbers surely are not whole."""
    if content.values is not None:
        return any(value != int(value) for value in content.values if abs(value) < 2**53)
    if content.tags & DISTRIBUTIONS:
        return True
    bounds = (content.low, content.high)
    return content.attained and any(isinstance(bound, float) and not bound.is_integer() for bound in bounds)


def shown(content: Content) -> str:
    """The values in a message: all of a few, else their range."""
    values = sorted(content.values) if content.values is not None else []
    if 0 < len(values) <= 3:
        texts = [f"{value:g}" for value in values]
        return texts[0] if len(texts) == 1 else f"{', '.join(texts[:-1])} and {texts[-1]}"
    low, high = (values[0], values[-1]) if values else (content.low, content.high)
    if low is None or high is None:
        return f"from {low:g}" if low is not None else f"up to {high:g}" if high is not None else "not known"
    return f"{low:g} to {high:g}"
