"""What a program builds, so that it can be compared before and after a change: layers, shapes, parameters, training."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable
from typing import TYPE_CHECKING

from kerascheck.network.arguments import Given
from kerascheck.symbolic.unknown import Guarded, Symbol, Unknown
from kerascheck.views.summary import summarize

if TYPE_CHECKING:
    from kerascheck.machine import Analysis
    from kerascheck.project.source import Source


def models_of(source: Source, analysis: Analysis) -> Counter[Hashable]:
    """The models that are known, each as the layers, shapes and parameters that it has. Names are left out."""
    found: Counter[Hashable] = Counter()
    for model in summarize(source, analysis):
        if model.status != "unknown":
            layers = tuple((one.cls, repr(one.output_shape), one.params, one.trainable) for one in model.layers)
            found[model.cls, repr(model.input_shape), repr(model.output_shape), layers, model.total_params] += 1
    return found


def is_kept(before: Counter[Hashable], after: Counter[Hashable]) -> bool:
    """Whether what was known before is there after; more may be."""
    return not before - after


def sizes_of(source: Source, analysis: Analysis) -> Counter[Hashable]:
    """The models that are known, each as its parameters.

    When a model is built, and with which sizes it leaves open, is not the same in all generations of Keras.
    """
    return Counter(
        (model.total_params, model.trainable_params)
        for model in summarize(source, analysis)
        if model.status != "unknown"
    )


def programs_of(source: Source, analysis: Analysis) -> Counter[Hashable]:
    """All that a safe fix must leave as it is: the models, with what loss and optimizer they train, and how often.

    Arguments of a training call by another name, or at another place, are what such a fix is about; they count as
    the same call.
    """
    found = models_of(source, analysis)
    calls: set[tuple[Hashable, ...]] = set()
    for program in analysis.paths:
        if program.doubts or program.caller is not None:
            continue
        for compiled in program.compiles:
            if compiled.site.file is source:
                settings = tuple(_setting(compiled.arguments.get(*one)) for one in (("optimizer", 0), ("loss", 1)))
                calls.add(("compile", compiled.network.name, *settings))
        for training in program.trainings:
            if training.site.file is source:
                method = training.method.removesuffix("_generator")
                calls.add((_SAME.get(method, method), training.network.name))
    found.update(calls)
    return found


#: Methods that did what another one does.
_SAME = {"predict_proba": "predict", "predict_classes": "predict"}


def _setting(given: object) -> str:
    """A setting as text that is the same in another run; what is not known is `?`."""
    value = given.value if isinstance(given, Given) else given
    if isinstance(value, (str, int, float, bool, type(None), Symbol)):
        return repr(value)
    return "?" if isinstance(value, (Unknown, Guarded)) else type(value).__name__
