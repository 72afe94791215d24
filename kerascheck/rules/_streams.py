"""The streams that training calls are given, as the rules read them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import libcst as cst

from kerascheck.data.pipeline import Pipeline, Step
from kerascheck.data.training import training_data
from kerascheck.machine.static import once_in_outline
from kerascheck.network.arguments import CannotTell, Given
from kerascheck.network.ir import Site
from kerascheck.network.program import Program, TrainCall
from kerascheck.rules._mentions import strings_of
from kerascheck.rules._training import argument, argument_site, known_int
from kerascheck.rules.kc4.steps_for_arrays import batches_of
from kerascheck.text.outline import Outline

#: Where the program says that Keras runs on something else than TensorFlow.
_BACKEND = "KERAS_BACKEND"
_OTHERS = frozenset({"jax", "torch", "openvino"})


class Fed(NamedTuple):
    """A stream that a training call is given."""

    call: TrainCall
    name: str  # of the argument: "x" or "validation_data"
    stream: Pipeline
    site: Site


def fed(program: Program) -> Iterator[Fed]:
    """All streams that training calls are given."""
    for call in program.trainings:
        for name in ("x", "generator", "validation_data"):
            given = argument(call, name)
            if isinstance(given, Given) and isinstance(given.value, Pipeline):
                yield Fed(call, name.replace("generator", "x"), given.value, argument_site(call.site, given))


def steps_of(stream: Pipeline) -> Iterator[Step]:
    """The calls that led to the stream, those of streams that it was zipped of included."""
    yield from stream.steps
    for part in stream.parts:
        if isinstance(part, Pipeline):
            yield from steps_of(part)


def value_of(step: Step, name: str, position: int | None, default: Any = None) -> Any:
    """The value of an argument of a step."""
    return step.arguments.value(name, position, default)


def batches_in_epoch(call: TrainCall) -> int | None:
    """How many batches an epoch of `fit` has; None where that is not known."""
    given = argument(call, "steps_per_epoch")
    steps = known_int(given.value) if isinstance(given, Given) else None
    if steps is not None:
        return steps
    if isinstance(given, CannotTell) or (isinstance(given, Given) and given.value is not None):
        return None
    stream = training_data(call).stream
    if stream is None:
        return batches_of(call)
    return stream.count if isinstance(stream.count, int) and not stream.infinite else None


def other_backend(site: Site) -> bool:
    """Whether the program chooses a backend that keeps other habits than TensorFlow."""
    return _names_other_backend(site.file, site.file.tree)


@once_in_outline
def _names_other_backend(outline: Outline, tree: cst.CSTNode) -> bool:
    if not any(_BACKEND in node.value for node in outline.below(tree, cst.SimpleString)):
        return False
    statements = (set(strings_of(node)) for node in outline.below(tree, cst.SimpleStatementLine))
    return any(_BACKEND in texts and not texts.isdisjoint(_OTHERS) for texts in statements)
