"""`for` and `while`: rounds that are known are run one by one, as long as they are worth it."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from functools import partial

import libcst as cst

from kerascheck.data.array import Array
from kerascheck.data.pipeline import Pipeline
from kerascheck.machine.assumptions import Condition, settle
from kerascheck.machine.binding import assign
from kerascheck.machine.blocks import run_block
from kerascheck.machine.choices import is_same
from kerascheck.machine.conditions import compare
from kerascheck.machine.holding import held_by, holding
from kerascheck.machine.limits import MAX_ITEMS, MAX_LOOP_ROUNDS
from kerascheck.machine.paths import Signal, Split, WaysOut, each_arm, fork, is_steady, note_raise
from kerascheck.machine.run import Run
from kerascheck.machine.sequences import Lost, element_of, iterate, work_done
from kerascheck.machine.static import is_infinite
from kerascheck.machine.unknown_loops import is_endless, unknown_loop
from kerascheck.machine.values import (
    DictValue,
    IteratorValue,
    ListValue,
    Scope,
    UserRaise,
    Value,
)
from kerascheck.network.arguments import Arguments, Given
from kerascheck.network.ir import Layer, Site
from kerascheck.symbolic.unknown import Guarded, Symbol, Unknown, forgotten, is_forgotten

#: A loop of more rounds than the second number is no longer unrolled after so many rounds that touch no layer.
_IDLE_ROUNDS = 8


_SHORT_LOOP = 64


#: A loop that trains and builds nothing is no longer unrolled after so many rounds: the later ones train, too.
_TRAINING_ROUNDS = 2


#: A loop that trains a new model in each round is no longer unrolled after so many rounds in a row that built the same.
_FOLDS = 2


#: Nor is one that builds nothing after so many steps, as soon as so many rounds were run. The first number is for
#: rounds that meet conditions that are not known: what comes out of them is hardly known anyway.
_UNCLEAR_STEPS = 2_000


_IDLE_STEPS = 6_000


_FEW_ROUNDS = 2


#: Rounds of `while True`, or with conditions that are not known, that build no layer: after so many, the loop is taken
#: for one that ends when something outside says so.
_ENDLESS_ROUNDS = 16


# -- loops -----------------------------------------------------------------------------------------------------
def for_loop(run: Run, node: cst.For, scope: Scope) -> Signal | None:
    before = run.serial
    iterable = run.evaluate(node.iter, scope)
    if isinstance(iterable, IteratorValue) and iterable.birth > before and isinstance(node.iter, cst.Call):
        iterable.is_private = True
    with run.in_loop(node, iterable):
        return _walk(run, node, scope, iterable)


def _walk(run: Run, node: cst.For, scope: Scope, iterable: Value) -> Signal | None:
    if type(iterable) is Guarded:
        return each_arm(run, lambda one: _walk(run, node, scope, one), iterable)
    unrolling = _Unrolling(run)
    if isinstance(iterable, Pipeline) and type(node.target) is cst.Tuple:
        from kerascheck.machine.keras.lists import refuse_batches

        refuse_batches(run, node.target, iterable)
    length = _length(iterable)
    if length is not None and length > MAX_LOOP_ROUNDS:
        return rest_of_for(run, node, scope, "an element of something unknown", iterable, length)
    rounds = _Rounds(run, node, scope)
    for index, item in enumerate(iterate(run, iterable)):
        if isinstance(item, Lost) or index > MAX_LOOP_ROUNDS:
            further = _further_rounds if index else rest_of_for
            work = work_done(run)
            why = item.reason if isinstance(item, Lost) else None
            ended = further(run, node, scope, "an element of something unknown", iterable, _least(iterable), why)
            if work_done(run) > work and isinstance(item, Lost):
                run.need(item.reason.needs)  # how many rounds build something
            return rounds.end(ended)
        reason = unrolling.ends(index, item, length)
        if reason is not None:
            least = len(iterable) - index if isinstance(iterable, (range, tuple)) else 0
            return rounds.end(_further_rounds(run, node, scope, reason, iterable, least))
        if not rounds.go(lambda item=item: assign(run, node.target, item, scope)):  # type: ignore[misc]
            return rounds.left()
    return rounds.orelse()


def _least(iterable: Value) -> int:
    """How many rounds there surely are; data that is not known is not taken to be empty."""
    if isinstance(iterable, Pipeline):
        return iterable.count if isinstance(iterable.count, int) else 1
    return 1 if isinstance(iterable, Array) else 0


class _Rounds:
    """The rounds of a loop that are run one by one; what leaves it early in some cases waits for its end."""

    def __init__(self, run: Run, node: cst.For | cst.While, scope: Scope) -> None:
        self.run = run
        self.node = node
        self.scope = scope
        self.ways = WaysOut(run)
        self.index = 0
        self.signal: Signal | None = None

    def go(self, start: Callable[[], None]) -> bool:
        """One round; whether the loop may go on behind it."""
        run = self.run
        index, self.index = self.index, self.index + 1
        try:
            with run.in_frame(self.node, index):
                start()
                signal = run_block(run, self.node.body, self.scope)
        except UserRaise as raised:
            if self.ways.mark is None:
                raise
            note_raise(run, raised)
            self.signal = Signal("raise")
            return False
        if signal is None or signal.kind == "continue":
            return True
        if isinstance(signal, Split):
            if self.ways.go_on(signal, "on", "continue"):
                return True
            self.signal = Signal("raise")  # no case is left that goes on
            return False
        self.signal = signal
        return False

    def left(self) -> Signal | None:
        """The loop is over: the last round has left it."""
        signal = self.signal
        ended = signal is not None and signal.kind == "raise"
        if ended or (signal is not None and signal.kind == "break"):
            signal = None
        return self._finish(signal, ended)

    def end(self, signal: Signal | None) -> Signal | None:
        """The loop is over, with what came after the rounds: a `break` in there belongs to the loop around."""
        return self._finish(signal)

    def _finish(self, signal: Signal | None, ended: bool = False) -> Signal | None:
        for outcome in self.ways.waiting:
            if outcome.kind == "break":
                outcome.kind = "on"
        return self.ways.finish(signal, ended)

    def only_else(self) -> Signal | None:
        """The `else` of the loop, in the case that no round is run."""
        node = self.node
        return None if node.orelse is None else run_block(self.run, node.orelse.body, self.scope)

    def orelse(self) -> Signal | None:
        """The `else` of the loop, and its end."""
        node, run = self.node, self.run
        if node.orelse is None:
            return self.end(None)
        try:
            signal = run_block(run, node.orelse.body, self.scope)
        except UserRaise as raised:
            if self.ways.mark is None:
                raise
            note_raise(run, raised)
            return self._finish(None, ended=True)
        return self.end(signal)


def _length(iterable: Value) -> int | None:
    """How many items there are at the beginning; None where that shows as they come."""
    if isinstance(iterable, range):
        return len(iterable) if not iterable[MAX_ITEMS:] else MAX_ITEMS
    if isinstance(iterable, ListValue) and not isinstance(iterable, IteratorValue):
        return len(iterable.items)
    if isinstance(iterable, DictValue):
        return len(iterable.items)
    return len(iterable) if isinstance(iterable, (tuple, str, bytes)) else None


class _TrainingRounds:
    """Counts the rounds in a row in which a loop trains and builds nothing."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.count = 0
        self.trained, self.built = len(run.program.trainings), work_done(run)

    def go_on(self) -> bool:
        """Called before each round: whether the rounds from here on are taken to be like those before."""
        trained, built = len(self.run.program.trainings), work_done(self.run)
        self.count = self.count + 1 if trained > self.trained and built == self.built else 0
        self.trained, self.built = trained, built
        return self.count >= _TRAINING_ROUNDS


class _Unrolling:
    """Says when the rounds of a `for` are no longer run one by one, since the later ones are like those before."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.training = _TrainingRounds(run)
        self.begun = self.built = work_done(run)
        self.steps, self.forked = run.budget.spent, run.forked
        self.trained = len(run.program.trainings)
        self.layers = len(run.program.layers)
        self.made: list[Layer] = []  # what the round before has built, if it has trained
        self.folds = 0

    def ends(self, index: int, item: Value, length: int | None) -> str | None:
        """Called before each round: why the rounds from here on are taken together, if they are."""
        run = self.run
        trains = self.training.go_on()
        folds = self._fold(item)
        if _is_about_layers(item):
            return None
        is_long = index > _SHORT_LOOP if length is None else length > _SHORT_LOOP
        if index % _IDLE_ROUNDS == _IDLE_ROUNDS - 1 and is_long:
            if work_done(run) == self.built:
                return "an element of a long loop"  # nothing of Keras is built in here: this is a loop over data
            self.built = work_done(run)
        if trains or folds:
            return "an element of a loop that trains"
        allowed = _UNCLEAR_STEPS if run.forked > self.forked else _IDLE_STEPS
        if index >= _FEW_ROUNDS and work_done(run) == self.begun and run.budget.spent - self.steps > allowed:
            return "an element of a long loop"
        return None

    def _fold(self, item: Value) -> bool:
        """Whether the last rounds have built and trained alike, for items that are numbers or data."""
        program = self.run.program
        trained, layers = len(program.trainings), program.layers
        made = layers[self.layers :]
        is_fold = trained > self.trained and bool(made) and _is_data(item)
        self.folds = self.folds + 1 if is_fold and _are_alike(made, self.made) else 0
        self.made = made if is_fold else []
        self.trained, self.layers = trained, len(layers)
        return self.folds >= _FOLDS - 1


def _are_alike(some: Sequence[Layer], others: Sequence[Layer]) -> bool:
    """Whether the same code has made both, in the same way."""
    return len(some) == len(others) and all(
        one.cls == other.cls
        and (
            one.site is other.site
            or (one.site is not None and other.site is not None and one.site.key == other.site.key)
        )
        and one.config.keys() == other.config.keys()
        and all(is_same(value, other.config[name]) for name, value in one.config.items() if name != "name")
        for one, other in zip(some, others, strict=True)
    )


def _is_data(item: Value) -> bool:
    return isinstance(item, (int, Array)) or (isinstance(item, tuple) and all(map(_is_data, item)))


def _is_about_layers(item: Value) -> bool:
    """Whether the element of a loop is a layer, or a tuple with one (`enumerate(model.layers)`)."""
    return isinstance(item, Layer) or (isinstance(item, tuple) and any(isinstance(part, Layer) for part in item))


def _further_rounds(
    run: Run, node: cst.For, scope: Scope, reason: str, iterable: Value, least: int = 0, why: Unknown | None = None
) -> Signal | None:
    """The rest of a loop whose first rounds were run, of `least` rounds.

    Conditions on what differs from round to round are not known in it. What they decide may never happen together with
    what the rounds before have left, so that behind one of them nothing surely goes wrong.
    """
    raised, undecided = len(run.program.raised), run.undecided
    signal = rest_of_for(run, node, scope, reason, iterable, least, why)
    if run.undecided > undecided:
        del run.program.raised[raised:]
    return signal


def rest_of_for(
    run: Run,
    node: cst.For,
    scope: Scope,
    reason: str,
    iterable: Value = None,
    least: int = 0,
    why: Unknown | None = None,
) -> Signal | None:
    """Further rounds, at least so many, over unknown items; what they come from is left somewhere.

    `why`: why the items are not known, where that was met while they were taken one by one.
    """
    if isinstance(iterable, IteratorValue) and iterable.lost is None:
        run.lose(iterable, "walked over an unknown number of times")

    def start() -> None:
        element = holding(element_of(run, iterable, reason, node), held_by(iterable))
        assign(run, node.target, element, scope)

    return unknown_loop(run, node, scope, start, least, _asked_twice(run, iterable, why, node))


def _asked_twice(run: Run, iterable: Value, why: Unknown | None, node: cst.For) -> tuple[Hashable, Hashable] | None:
    """The conditions that an unknown thing has an item, and that it has several: the program may ask the same."""
    if why is None and isinstance(iterable, (ListValue, DictValue)):
        why = iterable.unknown
    if why is not None and is_forgotten(why.key):
        return _rounds_forgotten(run, node)
    if type(iterable) is not Unknown or iterable.needs or iterable.key in run.grown or not is_steady(iterable.key):
        return None
    count = run.call(Symbol("builtins.len"), Arguments([Given(iterable)], {}), Site(run.file, node))
    several = compare(run, "GreaterThan", count, 1, node)
    return (iterable.key, several.key) if isinstance(several, Unknown) else None


def _rounds_forgotten(run: Run, node: cst.For | cst.While) -> tuple[Hashable, Hashable]:
    """The same where what decides about the rounds was forgotten: that there are none, or several, may not occur."""
    place = forgotten(run.fresh("whether a loop runs", node)).key
    return ("runs", place), ("runs again", place)


def while_loop(run: Run, node: cst.While, scope: Scope) -> Signal | None:
    with run.in_loop(node, None):
        return _while_rounds(run, node, scope)


def _while_rounds(run: Run, node: cst.While, scope: Scope, entered: bool = False) -> Signal | None:
    """`while`. With `entered`, its condition is known to hold before the first round."""
    built, undecided = len(run.program.layers), run.undecided
    endless = is_endless(node)
    training = _TrainingRounds(run)
    begun, steps = work_done(run), run.budget.spent
    rounds = _Rounds(run, node, scope)
    for index in range(MAX_LOOP_ROUNDS):
        verdict: bool | Condition = entered and index == 0
        if not verdict:
            verdict = settle(run, run.evaluate(node.test, scope), node)
        if isinstance(verdict, Condition) and not entered and is_steady(verdict.key):
            # It is asked before each round and gives the same answer: the other parts of the test end the loop.
            return rounds.end(fork(run, verdict, lambda: _while_rounds(run, node, scope, True), rounds.only_else))
        idle = index % _ENDLESS_ROUNDS == _ENDLESS_ROUNDS - 1 and len(run.program.layers) == built
        open_end = endless or run.undecided > undecided  # how many rounds there are hangs on something unknown
        if (
            not isinstance(verdict, bool)
            or (open_end and idle)
            or training.go_on()
            or (verdict and work_done(run) == begun and run.budget.spent - steps > _IDLE_STEPS)
            or (endless and is_infinite(scope.file, node))
        ):
            if isinstance(verdict, Condition) and is_steady(verdict.key) and not is_forgotten(verdict.key):
                # Whether there is a further round is this very condition.
                further = partial(unknown_loop, run, node, scope, lambda: None, 1)
                return rounds.end(fork(run, verdict, further, rounds.only_else))
            is_guess = isinstance(verdict, Condition) and is_forgotten(verdict.key)
            asked = _rounds_forgotten(run, node) if is_guess else None
            return rounds.end(unknown_loop(run, node, scope, lambda: None, 0, asked))
        if not verdict:
            return rounds.orelse()
        if index % _ENDLESS_ROUNDS == 0:
            built, undecided = len(run.program.layers), run.undecided
        if not rounds.go(lambda: None):
            return rounds.left()
        if endless and rounds.ways.mark is not None:  # when it ends is not known
            return rounds.end(unknown_loop(run, node, scope, lambda: None))
    return rounds.end(unknown_loop(run, node, scope, lambda: None))
