"""What each kind of statement does: one small function per node class, in the table at the end."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence, Sized
from functools import partial
from typing import Any, TypeAlias

import libcst as cst

from kerascheck.data.array import Array
from kerascheck.data.pipeline import Pipeline
from kerascheck.machine.attributes import find_slot
from kerascheck.machine.binding import assign, delete_item
from kerascheck.machine.classes import define_class
from kerascheck.machine.conditions import compare, truth
from kerascheck.machine.contexts import enter_contexts, leave_contexts
from kerascheck.machine.doubts import COMMON, Doubt, in_order, is_anything
from kerascheck.machine.exceptions import catches, is_one_of
from kerascheck.machine.expressions import index_of
from kerascheck.machine.functions import define_function
from kerascheck.machine.holding import held_by, holding
from kerascheck.machine.imports import import_from, import_modules
from kerascheck.machine.joins import is_same, widen
from kerascheck.machine.operators import binary
from kerascheck.machine.paths import (
    Catcher,
    Condition,
    Outcome,
    Signal,
    Split,
    WaysOut,
    arm_outcomes,
    assume,
    capture,
    common_guard,
    conclude,
    each_arm,
    fork,
    is_steady,
    note_raise,
    restrict,
    settle,
    spread,
    take_back,
)
from kerascheck.machine.patterns import bind_pattern, looks_inside, match_pattern
from kerascheck.machine.run import MAX_ITEMS, MAX_LOOP_ROUNDS, STATEMENTS, Run
from kerascheck.machine.sequences import Lost, element_of, items_of, iterate
from kerascheck.machine.static import is_infinite, terminates
from kerascheck.machine.values import (
    DictValue,
    Instance,
    IteratorValue,
    ListValue,
    Scope,
    UserRaise,
    Value,
)
from kerascheck.network.arguments import Arguments, Given
from kerascheck.network.ir import Layer, Site
from kerascheck.symbolic.journal import Changes, Mark, lay_down
from kerascheck.symbolic.unknown import NOTHING, Guarded, Symbol, Unknown, forgotten, is_forgotten

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

_BREAK = Signal("break")
_CONTINUE = Signal("continue")


def _block(run: Run, suite: cst.BaseSuite, scope: Scope) -> Signal | None:
    return run.execute(suite.body, scope)


def _line(run: Run, node: cst.SimpleStatementLine, scope: Scope) -> Signal | None:
    return run.execute(node.body, scope)


# -- small statements --------------------------------------------------------------------------------------


def _expression(run: Run, node: cst.Expr, scope: Scope) -> None:
    run.evaluate(node.value, scope)


def _assign(run: Run, node: cst.Assign, scope: Scope) -> None:
    value = run.evaluate(node.value, scope)
    for target in node.targets:
        run.assigned = node.value
        assign(run, target.target, value, scope)
    run.assigned = None


def _annotated(run: Run, node: cst.AnnAssign, scope: Scope) -> None:
    if node.value is not None:
        assign(run, node.target, run.evaluate(node.value, scope), scope)


def _augmented(run: Run, node: cst.AugAssign, scope: Scope) -> None:
    left = run.evaluate(node.target, scope)
    right = run.evaluate(node.value, scope)
    if type(left) is Guarded and any(isinstance(one, _CHANGED_IN_PLACE) for _, one in left.alternatives):
        # In each of the cases another thing is changed.
        value = spread(run, lambda one: _augmented_value(run, one, right, node, scope), left)
    else:
        value = _augmented_value(run, left, right, node, scope)
    if value is not left or not isinstance(left, (ListValue, DictValue)):
        assign(run, node.target, value, scope)


#: Classes of values that `+=` and its like may change themselves.
_CHANGED_IN_PLACE = (ListValue, DictValue, Instance, Array)


def _augmented_value(run: Run, left: Value, right: Value, node: cst.AugAssign, scope: Scope) -> Value:
    """What the target of `+=` or its like holds afterwards."""
    if _in_place(run, left, right, node):
        return left
    if isinstance(left, Instance):
        method = _IN_PLACE.get(type(node.operator))
        bound = None if method is None else find_slot(left, method)
        if bound is not None:
            site = Site(scope.file, node)
            return run.call(bound, Arguments([Given(right)], {}), site)
    if isinstance(left, Array):
        from kerascheck.data.operators import in_place

        op = type(node.operator).__name__.removesuffix("Assign")
        value = in_place(run, left, op, right, Site(scope.file, node))
        if type(value) is Array:
            run.program.went_well.add((id(scope.file), id(node)))
        return value
    return binary(run, type(node.operator).__name__, left, right, node, scope)


_IN_PLACE: dict[type[cst.CSTNode], str] = {
    cst.AddAssign: "__iadd__",
    cst.SubtractAssign: "__isub__",
    cst.MultiplyAssign: "__imul__",
    cst.DivideAssign: "__itruediv__",
    cst.BitOrAssign: "__ior__",
    cst.BitAndAssign: "__iand__",
}


def _in_place(run: Run, left: Value, right: Value, node: cst.AugAssign) -> bool:
    """Lists, sets and dictionaries are changed themselves by `+=` and its like; whether that was done."""
    if isinstance(left, ListValue) and left.kind == "list" and isinstance(node.operator, cst.AddAssign):
        if run.may_change(left):
            items = items_of(run, right)
            if isinstance(items, Unknown) or len(left.items) + len(items) > MAX_ITEMS:
                left.blur("extended by something unknown")
            elif left.unknown is None:
                left.items += items
        return True
    if isinstance(left, DictValue) and isinstance(node.operator, cst.BitOrAssign):
        if run.may_change(left):
            if isinstance(right, DictValue):
                left.merge(right)
            else:
                left.blur("updated with something unknown")
        return True
    if isinstance(left, ListValue) and left.kind in ("list", "set"):
        changed = binary(run, type(node.operator).__name__, left, right, node, Scope("module", None, None))
        if run.may_change(left):
            if isinstance(changed, ListValue) and changed.unknown is None and left.unknown is None:
                left.items = changed.items
            else:
                left.blur("changed by an operator that is not interpreted")
        return True
    return False


def _return(run: Run, node: cst.Return, scope: Scope) -> Signal:
    return Signal("return", run.evaluate(node.value, scope) if node.value is not None else None)


def _raise(run: Run, node: cst.Raise, scope: Scope) -> None:
    if node.exc is None:
        raise UserRaise(run.handling[-1] if run.handling else Unknown("raise without an exception"))
    raise UserRaise(run.evaluate(node.exc, scope))


def _assert(run: Run, node: cst.Assert, scope: Scope) -> None:
    verdict = settle(run, run.evaluate(node.test, scope), node)
    if not isinstance(verdict, bool):
        if run.catchers:
            fork(run, verdict, lambda: None, lambda: raise_again(Symbol("builtins.AssertionError")))
        else:
            assume(run, verdict, True)  # the program goes on only where the assertion holds
    elif not verdict and (run.guarded or run.forks or run.taken):
        raise UserRaise(Symbol("builtins.AssertionError"))  # in this case the program ends here


def _delete(run: Run, node: cst.Del, scope: Scope) -> None:
    targets = node.target.elements if isinstance(node.target, (cst.Tuple, cst.List)) else [node.target]
    for target in targets:
        expression = target.value if isinstance(target, cst.Element) else target
        if isinstance(expression, cst.Name):
            name = expression.value
            (scope.redirected or {}).get(name, scope).vars.pop(name, None)
        elif isinstance(expression, cst.Attribute):
            receiver = run.evaluate(expression.value, scope)
            if isinstance(receiver, Instance):
                receiver.attributes.pop(expression.attr.value, None)
        elif isinstance(expression, cst.Subscript):
            receiver = run.evaluate(expression.value, scope)
            index = index_of(run, expression, scope)
            if isinstance(receiver, (ListValue, DictValue)) and run.may_change(receiver):
                delete_item(run, receiver, index, expression)
            elif isinstance(receiver, Array):
                from kerascheck.data.methods import delete_subscript

                delete_subscript(run, receiver, index, expression)
            elif isinstance(receiver, Instance) and (bound := find_slot(receiver, "__delitem__")) is not None:
                run.call(bound, Arguments([Given(index)], {}), Site(scope.file, node))


def _global(run: Run, node: cst.Global, scope: Scope) -> None:
    _redirect(node, scope, scope.globals)


def _nonlocal(run: Run, node: cst.Nonlocal, scope: Scope) -> None:
    for item in node.names:
        place = scope.enclosing
        while place is not None and item.name.value not in place.vars:
            place = place.enclosing
        if place is not None:
            scope.redirected = {**(scope.redirected or {}), item.name.value: place}


def _redirect(node: cst.Global, scope: Scope, place: Scope) -> None:
    if scope is not place:
        scope.redirected = {**(scope.redirected or {}), **{item.name.value: place for item in node.names}}


# -- branches ------------------------------------------------------------------------------------------------


def _if(run: Run, node: cst.If, scope: Scope) -> Signal | None:
    verdict = settle(run, run.evaluate(node.test, scope), node)
    if isinstance(verdict, bool):
        return _block(run, node.body, scope) if verdict else _orelse(run, node.orelse, scope)
    return fork(run, verdict, lambda: _block(run, node.body, scope), lambda: _orelse(run, node.orelse, scope))


def _orelse(run: Run, orelse: cst.If | cst.Else | None, scope: Scope) -> Signal | None:
    if orelse is None:
        return None
    return _if(run, orelse, scope) if isinstance(orelse, cst.If) else _block(run, orelse.body, scope)


def chosen_arm(run: Run, node: cst.If, scope: Scope) -> cst.BaseSuite | None:
    """The block that an `if` runs where its arms cannot be joined; None where it runs none."""
    while True:
        if truth(run, run.evaluate(node.test, scope), terminates(node.body) is None, node):
            return node.body
        if not isinstance(node.orelse, cst.If):
            return None if node.orelse is None else node.orelse.body
        node = node.orelse


def _match(run: Run, node: cst.Match, scope: Scope) -> Signal | None:
    subject = restrict(run, run.evaluate(node.subject, scope))
    if type(subject) is Guarded and any(looks_inside(case.pattern) for case in node.cases):
        return each_arm(run, lambda one: _match_value(run, node, one, scope), subject)
    return _match_value(run, node, subject, scope)


def _match_value(run: Run, node: cst.Match, subject: Value, scope: Scope) -> Signal | None:
    def case(index: int) -> Signal | None:
        if index == len(node.cases):
            return None
        arm = node.cases[index]
        verdict = settle(run, match_pattern(run, arm.pattern, subject, scope), arm)

        def take() -> Signal | None:
            bind_pattern(run, arm.pattern, subject, scope)
            if arm.guard is None:
                return _block(run, arm.body, scope)
            guard = settle(run, run.evaluate(arm.guard, scope), arm)
            if isinstance(guard, bool):
                return _block(run, arm.body, scope) if guard else case(index + 1)
            return fork(run, guard, lambda: _block(run, arm.body, scope), lambda: case(index + 1))

        if isinstance(verdict, bool):
            return take() if verdict else case(index + 1)
        return fork(run, verdict, take, lambda: case(index + 1))

    return case(0)


def chosen_case(run: Run, node: cst.Match, scope: Scope) -> cst.BaseSuite | None:
    """The block of the first case that fits, where the blocks cannot be joined."""
    subject = run.evaluate(node.subject, scope)
    for case in node.cases:
        matched = truth(run, match_pattern(run, case.pattern, subject, scope), node=case)
        if matched:
            bind_pattern(run, case.pattern, subject, scope)
            if case.guard is None or truth(run, run.evaluate(case.guard, scope), node=case):
                return case.body
    return None


# -- loops -----------------------------------------------------------------------------------------------------


def _for(run: Run, node: cst.For, scope: Scope) -> Signal | None:
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
    length = _length(iterable)
    if length is not None and length > MAX_LOOP_ROUNDS:
        return rest_of_for(run, node, scope, "an element of something unknown", iterable)
    rounds = _Rounds(run, node, scope)
    for index, item in enumerate(iterate(run, iterable)):
        if isinstance(item, Lost) or index > MAX_LOOP_ROUNDS:
            further = _further_rounds if index else rest_of_for
            work = _work(run)
            why = item.reason if isinstance(item, Lost) else None
            ended = further(run, node, scope, "an element of something unknown", iterable, _least(iterable), why)
            if _work(run) > work and isinstance(item, Lost):
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
                signal = _block(run, self.node.body, self.scope)
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
        return None if node.orelse is None else _block(self.run, node.orelse.body, self.scope)

    def orelse(self) -> Signal | None:
        """The `else` of the loop, and its end."""
        node, run = self.node, self.run
        if node.orelse is None:
            return self.end(None)
        try:
            signal = _block(run, node.orelse.body, self.scope)
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
        self.trained, self.built = len(run.program.trainings), _work(run)

    def go_on(self) -> bool:
        """Called before each round: whether the rounds from here on are taken to be like those before."""
        trained, built = len(self.run.program.trainings), _work(self.run)
        self.count = self.count + 1 if trained > self.trained and built == self.built else 0
        self.trained, self.built = trained, built
        return self.count >= _TRAINING_ROUNDS


class _Unrolling:
    """Says when the rounds of a `for` are no longer run one by one, since the later ones are like those before."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.training = _TrainingRounds(run)
        self.begun = self.built = _work(run)
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
            if _work(run) == self.built:
                return "an element of a long loop"  # nothing of Keras is built in here: this is a loop over data
            self.built = _work(run)
        if trains or folds:
            return "an element of a loop that trains"
        allowed = _UNCLEAR_STEPS if run.forked > self.forked else _IDLE_STEPS
        if index >= _FEW_ROUNDS and _work(run) == self.begun and run.budget.spent - self.steps > allowed:
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


def _work(run: Run) -> int:
    """Grows with each layer that is built or changed."""
    return len(run.program.layers) + run.layer_changes


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


def _while(run: Run, node: cst.While, scope: Scope) -> Signal | None:
    with run.in_loop(node, None):
        return _while_rounds(run, node, scope)


def _while_rounds(run: Run, node: cst.While, scope: Scope, entered: bool = False) -> Signal | None:
    """`while`. With `entered`, its condition is known to hold before the first round."""
    built, undecided = len(run.program.layers), run.undecided
    endless = is_endless(node)
    training = _TrainingRounds(run)
    begun, steps = _work(run), run.budget.spent
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
            or (verdict and _work(run) == begun and run.budget.spent - steps > _IDLE_STEPS)
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


def is_endless(node: cst.While) -> bool:
    """`while True` and `while 1`."""
    if isinstance(node.test, cst.Integer):
        return node.test.value != "0"
    return isinstance(node.test, cst.Name) and node.test.value == "True"


#: Rounds in the widened state after which what still changes is given up.
_WIDEST = 3

_CHANGED = "changed in a loop whose number of rounds is not known"


def unknown_loop(
    run: Run,
    node: cst.For | cst.While,
    scope: Scope,
    start: Callable[[], None],
    least: int = 0,
    asked: tuple[Hashable, Hashable] | None = None,
) -> Signal | None:
    """A loop whose number of rounds is not known: none, one, or more, but `least` in any case.

    The first round starts from what is there. The further ones start from a state in which all is forgotten that a
    round changes; they are run until no round changes more than that. What goes wrong in the first round goes wrong (a
    loop that never runs is not what programs are written for); in the further ones nothing surely does.
    """
    place = run.fresh("whether a loop runs", node).key
    runs, again = asked or (("runs", place), ("runs again", place))
    runs, again = run.stable(runs, node), run.stable(again, node)
    endless = isinstance(node, cst.While) and is_endless(node)
    if least > 0:
        run.facts[runs] = True
    if least > 1:
        run.facts[again] = True
    if not endless and run.known(runs) is False:
        return None if node.orelse is None else _block(run, node.orelse.body, scope)
    journal = run.journal
    mark = journal.mark()
    run.undecided += 1
    run.meet(runs, node)
    run.meet(again, node)
    begun = run.tick()
    run.loop_births.append(begun)
    arms = len(run.forks)
    run.forks.append((begun, frozenset((runs,))))
    try:
        run.facts[runs] = True
        before = _Done(run)
        first = arm_outcomes(run, mark, lambda: _one_round(run, node, scope, start, 0))
        take_back(run, mark, first)
        leaving = [o for o in first if o.kind in ("break", "return")]
        ending = [o for o in first if o.kind not in ("break", "return")]
        run.meet(again, node)
        goes_on = run.known(again) if ending else None
        if ending and goes_on is not False:
            more = _further(run, node, scope, start, mark, ending, begun, not leaving and before.nothing(run))
            if more is not None:
                for outcome in ending:
                    outcome.guard[again] = False
                    outcome.needs |= {again}
                for outcome in more:
                    outcome.guard[again] = True
                    outcome.needs |= {again}
                if goes_on:
                    ending = []
                leaving += [o for o in more if o.kind in ("break", "return")]
                ending += [o for o in more if o.kind not in ("break", "return")]
    finally:
        del run.forks[arms:]
        run.loop_births.pop()
    if endless:
        ending = []
    elif run.known(runs) is None:
        ending.append(Outcome("on", None, {}, {runs: False}, frozenset((runs,))))
    for outcome in ending:
        outcome.kind = "on"
    for outcome in (*ending, *leaving):
        outcome.begun = begun
    if node.orelse is not None and ending:
        widen(run, mark, ending, _CHANGED)
        ending = arm_outcomes(run, mark, lambda: _block(run, node.orelse.body, scope))  # type: ignore[union-attr]
        journal.undo(mark)
    for outcome in leaving:
        if outcome.kind == "break":
            outcome.kind = "on"  # a `break` in the `else` belongs to the loop around
    normal = [o for o in (*ending, *leaving) if o.kind == "on"]
    others = [o for o in (*ending, *leaving) if o.kind != "on"]
    if normal:
        widen(run, mark, normal, _CHANGED)
        if not others:
            return None
        others += capture(run, mark, None)
        journal.undo(mark)
    return conclude(run, mark, others)


class _Done:
    """What was done up to a moment, beside what is noted in the journal."""

    def __init__(self, run: Run) -> None:
        self._counts = self._counted(run)

    def nothing(self, run: Run) -> bool:
        """Whether nothing was built, trained, refused or decided since then."""
        return self._counts == self._counted(run)

    @staticmethod
    def _counted(run: Run) -> tuple[int, ...]:
        program = run.program
        events: tuple[Sized, ...] = (program.layers, program.networks, program.compiles, program.trainings)
        events = (*events, program.raised, program.calls, run.doubts)
        return (*map(len, events), run.layer_changes, run.decided, run.writes)


def _one_round(
    run: Run, node: cst.For | cst.While, scope: Scope, start: Callable[[], None], index: int
) -> Signal | None:
    with run.in_frame(node, index):
        if isinstance(node, cst.While):
            verdict = settle(run, run.evaluate(node.test, scope), node)
            if not isinstance(verdict, bool):
                assume(run, verdict, True)
        start()
        return _block(run, node.body, scope)


def _further(
    run: Run,
    node: cst.For | cst.While,
    scope: Scope,
    start: Callable[[], None],
    mark: Mark,
    ending: list[Outcome],
    begun: int,
    is_quiet: bool,
) -> list[Outcome] | None:
    """The outcomes of all further rounds, relative to the mark.

    None where these are like the first one: it has done nothing (`is_quiet`) but to change what had been forgotten.
    """
    journal = run.journal
    raised = len(run.program.raised)
    none = Outcome("on", None, {}, {}, frozenset())
    if not widen(run, mark, [none, *ending], _CHANGED, is_head=True) and is_quiet:
        journal.undo(mark)
        return None
    found: list[Outcome] = []
    for attempt in range(_WIDEST):
        head = journal.mark()
        found = arm_outcomes(run, head, lambda: _one_round(run, node, scope, start, 1))
        again = [o for o in found if o.kind not in ("break", "return")]
        if not found or attempt < _WIDEST - 1:
            journal.abandon(head)
        else:
            journal.undo(head)
        none.begun, none.reached = begun, journal.changes(mark)
        for outcome in again:
            outcome.begun, outcome.reached = begun, {**none.reached, **outcome.changes}
        if not again or not widen(run, head, [none, *again], _CHANGED, is_head=True) or attempt == _WIDEST - 1:
            break
    moved: list[Outcome] = []
    for outcome in found:
        head = journal.mark()
        lay_down(outcome.changes)
        for one in capture(run, mark, Signal(outcome.kind, outcome.value) if outcome.kind != "on" else None):
            one.needs |= outcome.needs
            moved.append(one)
        journal.undo(head)
    journal.undo(mark)
    del run.program.raised[raised:]
    return moved


def _break(run: Run, node: cst.Break, scope: Scope) -> Signal:
    return _BREAK


def _continue(run: Run, node: cst.Continue, scope: Scope) -> Signal:
    return _CONTINUE


# -- with and try ------------------------------------------------------------------------------------------------


def _with(run: Run, node: cst.With, scope: Scope) -> Signal | None:
    contexts = enter_contexts(run, node, scope)

    def leave() -> None:
        leave_contexts(contexts.exits, None)

    def swallow(value: Value) -> None:
        raised = UserRaise(value)
        if not leave_contexts(contexts.exits, raised) and not contexts.expects_error:
            raise raised

    if contexts.expects_error or contexts.may_swallow:

        def takes(value: Value) -> Hashable:
            return True if contexts.suppressed is None or is_one_of(value, contexts.suppressed) else None

        def by_context(raised: list[Outcome]) -> list[_Handling]:
            taken = [outcome for outcome in raised if takes(outcome.value)]
            others = [outcome for outcome in raised if outcome not in taken]
            found: list[_Handling] = []
            if taken:
                found.append((partial(swallow, taken[0].value), taken))
            if others:
                found.append((partial(raise_again, others[0].value), others))
            return found

        return _caught(run, node, node.body.body, scope, leave, by_context, takes)
    if not contexts.exits:
        return _block(run, node.body, scope)
    try:
        signal = _block(run, node.body, scope)
    except UserRaise as raised:
        if not leave_contexts(contexts.exits, raised):
            raise
        return None
    return _afterwards(run, signal, leave)


def _try(run: Run, node: cst.Try, scope: Scope) -> Signal | None:
    """The body, the handler that fits what it raises, and `finally` in any case."""
    if node.finalbody is None:
        return _handled(run, node, scope)
    final = node.finalbody.body
    try:
        signal = _handled(run, node, scope)
    except UserRaise:
        left = _block(run, final, scope)
        if left is not None:
            return left
        raise
    return _afterwards(run, signal, lambda: _block(run, final, scope))


def _afterwards(run: Run, signal: Signal | None, last: Callable[[], Signal | None]) -> Signal | None:
    """Run what comes last however a block has ended: for each of its ways out. It may end in another way."""
    if not isinstance(signal, Split):
        left = last()
        return signal if left is None else left
    outcomes: list[Outcome] = []
    for outcome in signal.outcomes:
        lay_down(outcome.changes)
        ended = arm_outcomes(run, signal.mark, last)
        for after in ended:
            if after.kind == "on":
                after.kind, after.value = outcome.kind, outcome.value
            after.needs |= outcome.needs
            outcomes.append(after)
        take_back(run, signal.mark, ended)
    return conclude(run, signal.mark, outcomes)


def _handled(run: Run, node: cst.Try, scope: Scope) -> Signal | None:
    """The body of a `try`, or a handler: what may fail in the body leads to both, which are joined."""
    if not node.handlers:
        return _block(run, node.body, scope)

    def orelse() -> Signal | None:
        return None if node.orelse is None else _block(run, node.orelse.body, scope)

    def taker(value: Value) -> Hashable:
        return next((index for index, one in enumerate(node.handlers) if catches(run, one, value, scope)), None)

    def by_handler(raised: list[Outcome]) -> list[_Handling]:
        return _by_handler(run, node, raised, scope)

    return _caught(run, node, node.body.body, scope, orelse, by_handler, taker)


#: What handles something that was raised, and the outcomes in which it does.
_Handling: TypeAlias = tuple[Callable[[], "Signal | None"], list[Outcome]]


def _caught(
    run: Run,
    node: cst.CSTNode,
    body: Sequence[cst.CSTNode],
    scope: Scope,
    orelse: Callable[[], Signal | None],
    handle: Callable[[list[Outcome]], list[_Handling]],
    taker: Callable[[Value], Hashable],
) -> Signal | None:
    """A body whose failures are handled: what may fail in it leads to its end and to the handlers, which are joined.

    `taker` says which handler takes what is raised: the same for two values means the same handler, None means none.
    """
    journal = run.journal
    doubts = len(run.doubts)
    catcher = Catcher(journal.mark(), len(run.forks))
    mark = catcher.mark
    begun = run.tick()
    run.guarded += 1
    run.catchers.append(catcher)
    depth, handling = len(run.call_stack), len(run.handling)
    fails = run.stable(("fails", run.fresh("whether something fails", node).key), node)
    ends = True
    signal: Signal | None = None
    try:
        signal = _body_that_may_fail(run, body, scope, catcher, fails, taker)
    except UserRaise as raised:
        note_raise(run, raised)
        del run.call_stack[depth:], run.handling[handling:]
        ends = False
    finally:
        run.catchers.pop()
        run.guarded -= 1
        del run.doubts[doubts:]
    if any(is_anything(outcome.value) for outcome in catcher.outcomes) and not _takes_all(taker):
        run.doubt(Doubt())  # it may be something that no handler here takes
    if not catcher.outcomes:
        if not ends:
            raise UserRaise(Unknown("an exception"))
        return orelse() if signal is None else signal
    outcomes: list[Outcome] = []
    if ends:
        outcomes = arm_outcomes(run, mark, orelse) if signal is None else capture(run, mark, signal)
    take_back(run, mark, outcomes)
    handlings = handle(catcher.outcomes)
    for handler, taken in handlings:
        widen(run, mark, taken, "where it fails is not known")
        needs = NOTHING.union(*(outcome.needs for outcome in taken))
        for key, choice in common_guard([outcome.guard for outcome in taken]).items():
            run.facts[key] = choice
        if not outcomes and len(handlings) == 1:
            return handler()  # it is the one that surely runs
        arms = len(run.forks)
        run.forks.append((begun, needs))
        try:
            handled = arm_outcomes(run, mark, handler)
        finally:
            del run.forks[arms:]
        for after in handled:
            after.needs |= needs
            outcomes.append(after)
        take_back(run, mark, handled)
    return conclude(run, mark, outcomes)


def _by_handler(run: Run, node: cst.Try, raised: list[Outcome], scope: Scope) -> list[_Handling]:
    """Which handler takes what; what is not known may go to each."""
    found: list[_Handling] = []
    taken: list[Outcome] = []
    left = list(raised)
    for handler in node.handlers:
        here = [o for o in left if catches(run, handler, o.value, scope)]
        if here:
            found.append((partial(_run_handler, run, handler, here[0].value, scope), here))
        taken += here
        left = [o for o in left if o not in here or _may_be_other(o.value, handler)]
    further = [o for o in left if o not in taken]
    if further:
        found.append((partial(raise_again, further[0].value), further))
    return found


def raise_again(value: Value) -> None:
    raise UserRaise(value)


def _may_be_other(raised: Value, handler: cst.ExceptHandler) -> bool:
    """Whether another handler may take what this one takes, too: nothing is known of its class."""
    return handler.type is not None and is_anything(raised)


def _takes_all(taker: Callable[[Value], Hashable]) -> bool:
    """Whether there is a handler for whatever may be raised."""
    return taker(Symbol("builtins.Exception")) is not None


def _run_handler(run: Run, handler: cst.ExceptHandler, value: Value, scope: Scope) -> Signal | None:
    enter_handler(run, handler, value, scope)
    try:
        return _block(run, handler.body, scope)
    finally:
        end_handler(run, handler, scope)


def _noted_raise() -> UserRaise:
    """What fails in a `try` body where the handlers know of it already."""
    raised = UserRaise(Doubt().raised)
    raised.noted = True
    return raised


def _body_that_may_fail(
    run: Run,
    body: Sequence[cst.CSTNode],
    scope: Scope,
    catcher: Catcher,
    fails: Hashable,
    taker: Callable[[Value], Hashable],
) -> Signal | None:
    """The statements of the body. Before each that may fail, the program may go to the handlers instead.

    Whether one of them does is one condition, where nothing tells more. Where it is decided that one fails, the end of
    the body is not reached.
    """
    journal = run.journal
    ways: WaysOut | None = None
    for statement in body:
        begun, before = len(run.doubts), journal.mark()
        calls = run.calls
        facts = dict(run.facts)
        signal: Signal | None = None
        failed: UserRaise | None = None
        try:
            signal = run.execute([statement], scope)
        except UserRaise as raised:
            failed = raised
        if len(run.doubts) > begun:
            places = [journal.changes_at(catcher.mark, before)]
            if run.calls > calls:
                places.append(journal.changes(catcher.mark))
            found = run.doubts[begun:]
            del run.doubts[begun:]
            known_before = run.facts_at(catcher.mark)
            guard = {key: choice for key, choice in facts.items() if known_before.get(key) is not choice}
            doubts = in_order(found, taker) or [_as_one(found, fails)]
            if not _may_go_on(run, statement, catcher, doubts, guard, places, fails, taker):
                failed = _noted_raise()  # before it came to anything else
        if failed is not None:
            if ways is None:
                raise failed
            note_raise(run, failed)
            return ways.finish(None, ended=True)
        if isinstance(signal, Split):
            ways = ways or WaysOut(run)
            if not ways.go_on(signal, "on"):
                return ways.finish(None, ended=True)
        elif signal is not None:
            return signal if ways is None else ways.finish(signal)
    if catcher.outcomes and run.known(fails) is True:
        if ways is None:
            raise _noted_raise()
        return ways.finish(None, ended=True)
    return None if ways is None else ways.finish(None)


def _as_one(doubts: Sequence[Doubt], fails: Hashable) -> Doubt:
    """Whether any of the steps fails."""
    errors = {doubt.error for doubt in doubts}
    needs = NOTHING.union(*(doubt.needs or {fails} for doubt in doubts))
    return Doubt(fails, True, errors.pop() if len(errors) == 1 else None, needs)


def _may_go_on(
    run: Run,
    statement: cst.CSTNode,
    catcher: Catcher,
    doubts: Sequence[Doubt],
    guard: dict[Hashable, bool],
    places: Sequence[Changes],
    fails: Hashable,
    taker: Callable[[Value], Hashable],
) -> bool:
    """A statement of a `try` body may fail in these ways; what it has changed by then is one of the `places`.

    The result is False where it surely fails.
    """
    for doubt in doubts:
        key, failing = doubt.key, doubt.failing
        decided = run.known(key)
        if decided is (not failing):
            continue
        value = doubt.raised
        if doubt.error in COMMON and taker(value) is None:
            value = Doubt().raised  # there are other ways for such a step to fail
        run.meet(key, statement)
        holds = {**guard, key: failing}
        if doubt.needs or key in run.condition_needs:
            known = run.condition_needs.get(key, NOTHING)
            run.condition_needs[key] = known | (doubt.needs or {key})
        needs = NOTHING.union(*(run.needs_of(key) for key in holds))
        catcher.outcomes += [Outcome("raise", value, changes, dict(holds), needs) for changes in places]
        if decided is None:
            run.facts[key] = guard[key] = not failing
        elif key is not fails:
            return False
    return True


def begin_handler(run: Run, node: cst.Try | cst.TryStar, raised: UserRaise, scope: Scope) -> cst.ExceptHandler | None:
    """The handler that takes what was raised, its name bound; None where none does."""
    handler = next((h for h in node.handlers if catches(run, h, raised.value, scope)), None)
    if handler is not None:
        enter_handler(run, handler, raised.value, scope)  # type: ignore[arg-type]
    return handler  # type: ignore[return-value]


def enter_handler(run: Run, handler: cst.ExceptHandler, value: Value, scope: Scope) -> None:
    """Bind the name of what was caught."""
    if handler.name is not None:
        caught = value if isinstance(value, Instance) else run.fresh("a caught exception", handler)
        assign(run, handler.name.name, caught, scope)
    run.handling.append(value)


def end_handler(run: Run, handler: cst.ExceptHandler, scope: Scope) -> None:
    """The name of what was caught goes with its handler."""
    run.handling.pop()
    if handler.name is not None and isinstance(handler.name.name, cst.Name):
        scope.vars.pop(handler.name.name.value, None)


TABLE: dict[type[cst.CSTNode], Callable[..., Any]] = {
    cst.SimpleStatementLine: _line,
    cst.Expr: _expression,
    cst.Assign: _assign,
    cst.AnnAssign: _annotated,
    cst.AugAssign: _augmented,
    cst.Return: _return,
    cst.Raise: _raise,
    cst.Assert: _assert,
    cst.Del: _delete,
    cst.Global: _global,
    cst.Nonlocal: _nonlocal,
    cst.If: _if,
    cst.Match: _match,
    cst.For: _for,
    cst.While: _while,
    cst.Break: _break,
    cst.Continue: _continue,
    cst.With: _with,
    cst.Try: _try,
    cst.TryStar: _try,
    cst.FunctionDef: define_function,
    cst.ClassDef: define_class,
    cst.Import: import_modules,
    cst.ImportFrom: import_from,
}
STATEMENTS.update(TABLE)
