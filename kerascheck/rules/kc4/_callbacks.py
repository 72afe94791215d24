"""KC428 to KC431: callbacks that never do what they are for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import libcst as cst

from kerascheck.diagnostics import Applicability
from kerascheck.network.arguments import Given
from kerascheck.network.ir import Site
from kerascheck.network.program import KerasObject, Program, TrainCall
from kerascheck.rules._figures import Figure, figures
from kerascheck.rules._training import (
    callbacks_of,
    value_site,
)
from kerascheck.rules.base import Repair, Replacement


@dataclass(frozen=True)
class _Watcher:
    """A kind of callback that watches a figure: where its arguments stand, and what it does not do without it."""

    monitor: int
    mode: int
    fails_to: str


_WATCHERS = {
    "EarlyStopping": _Watcher(0, 4, "never stops"),
    "ModelCheckpoint": _Watcher(1, 5, "never saves"),
    "ReduceLROnPlateau": _Watcher(0, 4, "never reduces"),
}


@dataclass(frozen=True)
class _Watch:
    """One callback at work in one `fit`."""

    call: TrainCall
    callback: KerasObject
    cls: str
    monitor: str
    mode: str
    known: list[Figure]  # what the logs can hold

    @property
    def base(self) -> str:
        """The figure without `val_`."""
        return self.monitor.removeprefix("val_")

    @property
    def is_idle(self) -> bool:
        """Whether the figure does not matter: a checkpoint that saves every time."""
        return self.cls == "ModelCheckpoint" and self.callback.arguments.value("save_best_only", 3, False) is False

    def site(self, name: str, position: int) -> Site:
        """Where an argument of the callback is written; the callback, or the `fit` if that is in another file."""
        place = self.callback.site
        if place is None or place.file is not self.call.site.file:
            return self.call.site
        given = self.callback.arguments.get(name, position)
        return value_site(place, given) if isinstance(given, Given) else place


#: What callbacks that set the learning rate add to the logs (`lr` in Keras 2).
_RATES = ("learning_rate", "lr")


def _watches(program: Program) -> Iterator[_Watch]:
    """The callbacks whose figure and whose `fit` are known."""
    for call in program.trainings:
        if call.method not in ("fit", "fit_generator") or call.compiled is None:
            continue
        callbacks = callbacks_of(call)
        known = figures(call.compiled) if not callbacks.meddling else None
        if known is None:
            continue
        if any(True for _ in callbacks.of("ReduceLROnPlateau", "LearningRateScheduler")):
            known = [*known, *map(Figure, _RATES)]
        for callback in callbacks.of(*_WATCHERS):
            cls = callback.qualname.rpartition(".")[2]
            watcher = _WATCHERS[cls]
            monitor = callback.arguments.value("monitor", watcher.monitor, "val_loss")
            mode = callback.arguments.value("mode", watcher.mode, "auto")
            if isinstance(monitor, str) and isinstance(mode, str):
                yield _Watch(call, callback, cls, monitor, mode, known)


def _renamed(site: Site, old: str, new: str) -> Repair | None:
    """Write another string, where the old one stands there plainly."""
    value = site.node
    if not isinstance(value, cst.SimpleString) or value.prefix or value.raw_value != old:
        return None
    replacement = Replacement(value, cst.SimpleString(f"{value.quote}{new}{value.quote}"))
    return Repair(f'Write "{new}"', (replacement,), Applicability.UNSAFE)
