"""The decay of an optimizer, which Keras 3 ignores: a schedule of the learning rate does the same."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from kerascheck.fixes.changes import Change, RemoveArgument, Rewrite
from kerascheck.migrate.arguments import argument, has_stars, keyword, positional, positionals
from kerascheck.migrate.codemods.learning_rates import is_optimizer
from kerascheck.migrate.context import Context, Step
from kerascheck.migrate.facts import successor
from kerascheck.project.target import Era

_PAGE = "https://keras.io/api/optimizers/learning_rate_schedules/inverse_time_decay/"
#: Optimizers that took a decay, with the rate that they had by themselves.
_RATES = {
    "SGD": "0.01", "RMSprop": "0.001", "Adagrad": "0.01", "Adadelta": "1.0", "Adam": "0.001", "Adamax": "0.002",
}  # fmt: skip
#: The arguments by their places, up to Keras 2.
_PLACES = {
    "SGD": ("learning_rate", "momentum", "decay", "nesterov"),
    "Adam": ("learning_rate", "beta_1", "beta_2", "epsilon", "decay", "amsgrad"),
    "Adamax": ("learning_rate", "beta_1", "beta_2", "epsilon", "decay"),
    "Adadelta": ("learning_rate", "rho", "epsilon", "decay"),
}
#: What sets the rate while a model trains, which no schedule allows.
_SETTING = ("ReduceLROnPlateau", "LearningRateScheduler")


def find(context: Context) -> Iterator[Step]:
    """A step for each optimizer with a decay."""
    for call, name in context.called():
        if not name.startswith("keras.optimizers.") or has_stars(call):
            continue
        today = successor(context.names.dotted(call.func) or "")
        short = (today or name).rpartition(".")[2]
        given = keyword(call, "decay") or _by_place(context, call, short)
        if given is not None and short in _RATES:
            yield _step(context, call, given, short)


def _by_place(context: Context, call: cst.Call, short: str) -> cst.Arg | None:
    """The decay where it stands at its place of Keras 1 and 2.

    A program that is for one of these says so; of SGD, the place is that of `nesterov` now, which is no number.
    """
    is_old = short == "SGD" or context.era in (Era.KERAS_1, Era.KERAS_2)
    places = _PLACES.get(short, ()) if is_old else ()
    given = positional(call, places.index("decay")) if "decay" in places else None
    value = given.value if given is not None else None
    return given if isinstance(value, (cst.Float, cst.Integer)) else None


def _step(context: Context, call: cst.Call, given: cst.Arg, short: str) -> Step:
    remove = RemoveArgument(call, given)
    following = _named(call, short) if given.keyword is None else ()
    message = f"the decay of {short} is ignored"
    if isinstance(given.value, (cst.Integer, cst.Float)) and float(given.value.evaluated_value) == 0:
        return Step("arguments", given, message, (remove, *following), page=_PAGE)
    rate = keyword(call, "lr") or argument(call, "learning_rate", 0)
    if rate is None or _is_set_elsewhere(context) or not isinstance(given.value, (cst.Integer, cst.Float, cst.Name)):
        return Step("arguments", given, f"{message}: use a schedule, or a callback that lowers the rate", page=_PAGE)
    spelled = context.spell("keras.optimizers.schedules.InverseTimeDecay")
    pieces = (f"{spelled.text}(", rate.value, ", decay_steps=1, decay_rate=", given.value, ")")
    changes = (remove, *following, Rewrite(rate.value, pieces))
    return Step("arguments", given, f"{message}: InverseTimeDecay does the same", changes, spelled.needs, page=_PAGE)


def _named(call: cst.Call, short: str) -> tuple[Change, ...]:
    """What follows the decay by its place, by its name: its place is another's without it."""
    following = list(zip(positionals(call), _PLACES[short], strict=False))[_PLACES[short].index("decay") + 1 :]
    return tuple(Rewrite(arg, (f"{name}=", arg.value)) for arg, name in following)


def _is_set_elsewhere(context: Context) -> bool:
    """Whether the file sets the rate of an optimizer, or uses a callback that does."""
    for node in context.attributes:
        if node.attr.value in ("lr", "learning_rate") and is_optimizer(context, node.value):
            return True
    return any(name.rpartition(".")[2] in _SETTING for _, name in context.called())
