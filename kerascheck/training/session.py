"""One training call replayed on shapes: features through the model, outputs against targets, losses and metrics.

The order is that of Keras: data adapter, inputs, layers, losses, weights, metrics (`TensorFlowTrainer.fit` in
keras/src/backend/tensorflow/trainer.py, Keras 3.15). What is not known ends a check, never the session.
"""

from __future__ import annotations

from copy import copy
from dataclasses import replace
from weakref import WeakKeyDictionary

from kerascheck.data.training import raw_data, raw_validation_data
from kerascheck.network.arguments import Given
from kerascheck.network.dims import Shape
from kerascheck.network.ir import Layer, Site
from kerascheck.network.program import Program, TrainCall
from kerascheck.project.target import Era, Target
from kerascheck.symbolic.unknown import KerasError, Undetermined, Unknown
from kerascheck.training.clash import Clash
from kerascheck.training.targets import Arrays

_LEARNING = frozenset({"fit", "evaluate", "train_on_batch", "test_on_batch"})
_METHODS = _LEARNING | {"predict", "predict_on_batch"}

#: What models were seen to give for inputs of given shapes.
Passes = dict[tuple[tuple[int, ...], tuple[Shape, ...]], "list[Shape | Unknown] | KerasError | Undetermined"]

_found: WeakKeyDictionary[Program, list[Clash]] = WeakKeyDictionary()


def clashes(program: Program) -> list[Clash]:
    """All clashes of the training calls on one path, in order; worked out once."""
    known = _found.get(program)
    if known is None:
        known = _found[program] = []
        told: set[tuple[int, str, str, bool]] = set()
        passes: Passes = {}
        for call in program.trainings:
            for clash in _clashes_of(call, program, passes):
                key = (id(call.network), clash.kind, clash.message, clash.refused)
                if key not in told:  # a program that raises does not come to the next call
                    told.add(key)
                    known.append(clash)
    return known


def _clashes_of(call: TrainCall, program: Program, passes: Passes) -> list[Clash]:
    network = call.network
    if call.method not in _METHODS or call.guarded or network.unknown is not None or network.own_methods:
        return []
    first = _first_training(call, program)
    session = Session(call, first, passes)
    session.run()
    if not any(clash.refused for clash in session.clashes) or not _is_of_any_time(call):
        return session.clashes
    old = Session(_as_before(call), first, passes)
    old.run()
    known = {(clash.kind, clash.site.key) for clash in old.clashes if clash.refused}
    return [
        replace(clash, only_keras_3=clash.refused and (clash.kind, clash.site.key) not in known)
        for clash in session.clashes
    ]


def _is_of_any_time(call: TrainCall) -> bool:
    """Whether nothing shows which Keras the program is for."""
    target = getattr(call.site.file, "target", None)
    return isinstance(target, Target) and target.era is Era.UNKNOWN


def _as_before(call: TrainCall) -> TrainCall:
    """The same call under the Keras before Keras 3."""
    old = copy(call)
    old.dialect = 2
    return old


def _first_training(call: TrainCall, program: Program) -> TrainCall:
    """The call that builds the metrics: the first one since the model was compiled."""
    same = (c for c in program.trainings if c.compiled is call.compiled and c.method in _LEARNING)
    return next(same, call)


class Session:
    def __init__(self, call: TrainCall, first: TrainCall, passes: Passes) -> None:
        self.call = call
        self.first = first
        self.passes = passes
        self.clashes: list[Clash] = []
        self.learns = call.method in _LEARNING
        self.on_batch = call.method.endswith("_on_batch")

    # -- reporting ----------------------------------------------------------------------------------------------

    def report(self, kind: str, message: str, site: Site, refused: bool = True, layer: Layer | None = None) -> None:
        """Note a clash; one of each kind and place is enough, the worst."""
        same = [clash for clash in self.clashes if clash.kind == kind and clash.site.key == site.key]
        if any(clash.refused for clash in same) or (same and not refused):
            return
        self.clashes = [clash for clash in self.clashes if clash not in same]
        self.clashes.append(Clash(kind, message, site, self.call, refused, layer))

    def site_of(self, name: str) -> Site:
        """Where an argument is written, or else the call."""
        given = self.call.arguments.get(name)
        if isinstance(given, Given) and given.node is not None:
            return Site(self.call.site.file, given.node.value)
        return self.call.site

    # -- the session --------------------------------------------------------------------------------------------

    def run(self) -> None:
        call = self.call
        if self.learns and call.compiled is None:
            return  # another rule's business
        raw = raw_data(call.arguments)
        size = call.arguments.value("batch_size")
        Arrays(self, raw, "x", self.site_of("x"), self.site_of("y"), size).run()
        if call.method == "fit":
            validation = raw_validation_data(call.arguments)
            if validation is not None:
                site = self.site_of("validation_data")
                size = call.arguments.value("validation_batch_size") or size
                before = list(self.clashes)
                Arrays(self, validation, "validation_data", site, site, size).run()
                # What is wrong with the training data is as a rule wrong with the validation data, too.
                told = {clash.kind for clash in before}
                self.clashes = before + [c for c in self.clashes if c not in before and c.kind not in told]


# -- helpers ----------------------------------------------------------------------------------------------------------
