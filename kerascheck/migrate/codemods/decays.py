"""The decay of an optimizer, which Keras 3 ignores: a schedule of the learning rate does the same."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from kerascheck.fixes.changes import RemoveArgument, Rewrite
from kerascheck.migrate.arguments import argument, has_stars, keyword
from kerascheck.migrate.codemods.learning_rates import is_optimizer
from kerascheck.migrate.context import Context, Step
from kerascheck.migrate.facts import successor

_PAGE = "https://keras.io/api/optimizers/learning_rate_schedules/inverse_time_decay/"
#: Optimizers that took a decay, with the rate that they had by themselves.
_RATES = {
    "SGD": "0.01", "RMSprop": "0.001", "Adagrad": "0.01", "Adadelta": "1.0", "Adam": "0.001", "Adamax": "0.002",
}  # fmt: skip
#: What sets the rate while a model trains, which no schedule allows.
_SETTING = ("ReduceLROnPlateau", "LearningRateScheduler")


def find(context: Context) -> Iterator[Step]:
    """A step for each optimizer with a decay."""
    for call, name in context.called():
        given = keyword(call, "decay") if name.startswith("keras.optimizers.") and not has_stars(call) else None
        today = successor(context.names.dotted(call.func) or "") if given is not None else None
        short = (today or name).rpartition(".")[2]
        if given is not None and short in _RATES:
            yield _step(context, call, given, short)


def _step(context: Context, call: cst.Call, given: cst.Arg, short: str) -> Step:
    remove = RemoveArgument(call, given)
    message = f"the decay of {short} is ignored"
    if isinstance(given.value, (cst.Integer, cst.Float)) and float(given.value.evaluated_value) == 0:
        return Step("arguments", given, message, (remove,), page=_PAGE)
    rate = keyword(call, "lr") or argument(call, "learning_rate", 0)
    if rate is None or _is_set_elsewhere(context) or not isinstance(given.value, (cst.Integer, cst.Float, cst.Name)):
        return Step("arguments", given, f"{message}: use a schedule, or a callback that lowers the rate", page=_PAGE)
    spelled = context.spell("keras.optimizers.schedules.InverseTimeDecay")
    pieces = (f"{spelled.text}(", rate.value, ", decay_steps=1, decay_rate=", given.value, ")")
    changes = (remove, Rewrite(rate.value, pieces))
    return Step("arguments", given, f"{message}: InverseTimeDecay does the same", changes, spelled.needs, page=_PAGE)


def _is_set_elsewhere(context: Context) -> bool:
    """Whether the file sets the rate of an optimizer, or uses a callback that does."""
    for node in context.attributes:
        if node.attr.value in ("lr", "learning_rate") and is_optimizer(context, node.value):
            return True
    return any(name.rpartition(".")[2] in _SETTING for _, name in context.called())
