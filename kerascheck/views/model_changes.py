"""What is different between the models of two versions of a program: layers, shapes, parameters, training.

Models belong together that have the same name in the program; of those that are left, the n-th of one class belongs to
the n-th of the other. Within a pair, layers are aligned as the lines of a text are: by their classes, in order.
"""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from kerascheck.network.dims import SymDim
from kerascheck.network.ir import BuiltinLayer, Layer
from kerascheck.network.networks import Network
from kerascheck.symbolic.unknown import Unknown
from kerascheck.views.settings import setting, settings_of
from kerascheck.views.summary import listed_shapes, shapes_of, summarize
from kerascheck.views.tables import count_text, listed, shapes_text, table_of

if TYPE_CHECKING:
    from kerascheck.machine import Analysis
    from kerascheck.network.program import CompileCall, TrainCall
    from kerascheck.project.source import Source
    from kerascheck.views.summary import ModelSummary

#: What follows from the settings of a layer and what stands before it.
FOLLOWING = ("output shape", "parameters")
#: What says nothing about the outcome of a training.
_QUIET = frozenset({"verbose"})


@dataclass(frozen=True)
class Change:
    """One setting, shape or count that is another than before; None: there is none."""

    what: str
    old: str | None
    new: str | None


@dataclass(frozen=True)
class LayerFacts:
    """A layer as far as it can be compared."""

    name: str
    cls: str
    facts: dict[str, str]


@dataclass(frozen=True)
class LayerChange:
    """A layer that is new (no `old`), gone (no `new`), or has changes."""

    old: LayerFacts | None
    new: LayerFacts | None
    changes: tuple[Change, ...] = ()


@dataclass(frozen=True)
class ModelFacts:
    """A model as far as it can be compared."""

    name: str
    cls: str
    place: str
    facts: dict[str, str]
    layers: tuple[LayerFacts, ...]
    compiled: dict[str, str]
    trained: dict[str, str]


@dataclass(frozen=True)
class ModelChange:
    """A model that is new (no `old`), gone (no `new`), or is there in both; then it may have no changes."""

    old: ModelFacts | None
    new: ModelFacts | None
    facts: tuple[Change, ...] = ()
    layers: tuple[LayerChange, ...] = ()
    compiled: tuple[Change, ...] = ()
    trained: tuple[Change, ...] = ()

    @property
    def differs(self) -> bool:
        """Whether anything is different."""
        return None in (self.old, self.new) or any((self.facts, self.layers, self.compiled, self.trained))

    def as_dict(self) -> dict[str, Any]:
        """The change under the names that JSON uses."""
        return {
            "change": "added" if self.old is None else "removed" if self.new is None else "changed",
            "old": None if self.old is None else {"name": self.old.name, "place": self.old.place, **self.old.facts},
            "new": None if self.new is None else {"name": self.new.name, "place": self.new.place, **self.new.facts},
            "model": [vars(change) for change in self.facts],
            "layers": [
                {
                    "old": None if one.old is None else {"name": one.old.name, "class": one.old.cls, **one.old.facts},
                    "new": None if one.new is None else {"name": one.new.name, "class": one.new.cls, **one.new.facts},
                    "changes": [vars(change) for change in one.changes],
                }
                for one in self.layers
            ],
            "compile": [vars(change) for change in self.compiled],
            "training": [vars(change) for change in self.trained],
        }


_Aligned: TypeAlias = Callable[[Sequence[LayerFacts], Sequence[LayerFacts]], Iterator[LayerChange]]


def models_in(source: Source, analysis: Analysis) -> list[ModelFacts]:
    """The models of a source, in its order, as they can be compared."""
    compiles: dict[int, CompileCall] = {}
    trainings: dict[int, TrainCall] = {}
    for program in analysis.paths:
        for compiled in program.compiles:
            compiles[id(compiled.network)] = compiled
        for training in program.trainings:
            if training.method.startswith("fit"):
                trainings[id(training.network)] = training
    return [_model(model, compiles, trainings) for model in summarize(source, analysis)]


def compared(old: Sequence[ModelFacts], new: Sequence[ModelFacts]) -> list[ModelChange]:
    """What has become of each model, those of the new version first, in its order."""
    pairs, gone = _paired(old, new)
    found = [ModelChange(None, after) if before is None else _changed(before, after) for before, after in pairs]
    return [*found, *(ModelChange(before, None) for before in gone)]


# -- facts ---------------------------------------------------------------------------------------------------------


def _model(model: ModelSummary, compiles: dict[int, CompileCall], trainings: dict[int, TrainCall]) -> ModelFacts:
    network = model.network
    compiled, training = compiles.get(id(network)), trainings.get(id(network))
    trained = settings_of(training.arguments) if training is not None else {}
    return ModelFacts(
        model.name or model.cls,
        model.cls,
        table_of(model).place,
        {
            "status": model.status,
            "input shape": shapes_text(model.input_shape),
            "output shape": shapes_text(model.output_shape),
            "parameters": count_text(model.total_params),
            "trainable parameters": count_text(model.trainable_params),
        },
        tuple(_layer(layer) for layer in listed(network)),
        settings_of(compiled.arguments) if compiled is not None else {},
        {name: text for name, text in trained.items() if name not in _QUIET},
    )


def _layer(layer: Layer) -> LayerFacts:
    params = layer.params()
    counted = None if isinstance(params, Unknown) else str(params) if isinstance(params, SymDim) else params
    facts = {"output shape": shapes_text(shapes_of(listed_shapes(layer))), "parameters": count_text(counted)}
    if isinstance(layer, BuiltinLayer):
        facts |= {name: setting(value) for name, value in layer.config.items() if name != "name"}
    elif isinstance(layer, Network):
        facts["layers"] = str(len(layer.layers))
    facts["trainable"] = str(layer.trainable)
    return LayerFacts(layer.name, layer.cls, facts)


# -- comparison ----------------------------------------------------------------------------------------------------


def _paired(
    old: Sequence[ModelFacts], new: Sequence[ModelFacts]
) -> tuple[list[tuple[ModelFacts | None, ModelFacts]], list[ModelFacts]]:
    """The models of the new version, each with the old one that it has become of; and the old ones that are gone."""
    waiting: dict[tuple[str, str, int], ModelFacts] = dict(_numbered(old))
    pairs: dict[tuple[str, str, int], ModelFacts | None] = {}
    after = dict(_numbered(new))
    for key in after:
        pairs[key] = waiting.pop(key, None)
    for key in (key for key, before in pairs.items() if before is None):
        same = next((one for one, model in waiting.items() if model.cls == after[key].cls), None)
        if same is not None:
            pairs[key] = waiting.pop(same)
    return [(pairs[key], model) for key, model in after.items()], list(waiting.values())


def _numbered(models: Sequence[ModelFacts]) -> Iterator[tuple[tuple[str, str, int], ModelFacts]]:
    seen: Counter[tuple[str, str]] = Counter()
    for model in models:
        key = (model.name, model.cls)
        seen[key] += 1
        yield (*key, seen[key]), model


def _changed(old: ModelFacts, new: ModelFacts) -> ModelChange:
    return ModelChange(
        old,
        new,
        _differences(old.facts, new.facts),
        tuple(_aligned(old.layers, new.layers)),
        _differences(old.compiled, new.compiled),
        _differences(old.trained, new.trained),
    )


def _differences(old: dict[str, str], new: dict[str, str]) -> tuple[Change, ...]:
    names = dict.fromkeys([*old, *new])
    return tuple(Change(name, old.get(name), new.get(name)) for name in names if old.get(name) != new.get(name))


def _aligned(old: Sequence[LayerFacts], new: Sequence[LayerFacts]) -> Iterator[LayerChange]:
    """What has become of the layers, in order: those with the same settings belong together, then those of a class."""
    yield from _by(_settings, old, new, lambda before, after: _by(_class, before, after, _replaced))


def _by(
    key: Callable[[LayerFacts], object], old: Sequence[LayerFacts], new: Sequence[LayerFacts], otherwise: _Aligned
) -> Iterator[LayerChange]:
    """Layers with the same key, in order, are the same layer; `otherwise` says what has become of the others."""
    matcher = difflib.SequenceMatcher(None, [key(one) for one in old], [key(one) for one in new], autojunk=False)
    for tag, i, j, k, n in matcher.get_opcodes():
        if tag != "equal":
            yield from otherwise(old[i:j], new[k:n])
            continue
        for before, after in zip(old[i:j], new[k:n], strict=True):
            if changes := _differences(before.facts, after.facts):
                yield LayerChange(before, after, changes)


def _replaced(old: Sequence[LayerFacts], new: Sequence[LayerFacts]) -> Iterator[LayerChange]:
    yield from (LayerChange(before, None) for before in old)
    yield from (LayerChange(None, after) for after in new)


def _class(layer: LayerFacts) -> str:
    return layer.cls


def _settings(layer: LayerFacts) -> tuple[object, ...]:
    return (layer.cls, *((name, text) for name, text in layer.facts.items() if name not in FOLLOWING))
