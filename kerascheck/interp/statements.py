"""What each kind of statement does: one small function per node class, in the table at the end."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import libcst as cst

from kerascheck.data.array import Array
from kerascheck.interp.attributes import find_slot
from kerascheck.interp.binding import assign, delete_item
from kerascheck.interp.classes import define_class
from kerascheck.interp.conditions import as_condition, truth
from kerascheck.interp.contexts import enter_contexts, leave_contexts
from kerascheck.interp.exceptions import catches
from kerascheck.interp.expressions import index_of
from kerascheck.interp.functions import define_function
from kerascheck.interp.imports import import_from, import_modules
from kerascheck.interp.operators import binary
from kerascheck.interp.patterns import match_pattern
from kerascheck.interp.run import MAX_ITEMS, MAX_LOOP_ROUNDS, STATEMENTS, Changeable, Run, Signal
from kerascheck.interp.sequences import Lost, element_of, items_of, iterate
from kerascheck.interp.static import LoopFacts, dotted_text, is_inert, loop_facts, spread, terminates
from kerascheck.interp.values import (
    DictValue,
    Instance,
    IteratorValue,
    ListValue,
    Scope,
    UserRaise,
    Value,
)
from kerascheck.network.arguments import Arguments, Given
from kerascheck.network.ir import Layer, Network, Site
from kerascheck.symbolic import Symbol, Unknown
from kerascheck.treewalk import walk

#: A loop of more rounds than the second number is no longer unrolled after so many rounds that touch no layer.
_IDLE_ROUNDS = 8
_SHORT_LOOP = 64

#: A loop that trains and builds nothing is no longer unrolled after so many rounds: the later ones train, too.
_TRAINING_ROUNDS = 4

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
    if _in_place(run, left, right, node):
        return
    if isinstance(left, Instance):
        method = _IN_PLACE.get(type(node.operator))
        bound = None if method is None else find_slot(left, method)
        if bound is not None:
            site = Site(scope.file, node)
            assign(run, node.target, run.call(bound, Arguments([Given(right)], {}), site), scope)
            return
    if isinstance(left, Array):
        from kerascheck.data.operators import in_place

        op = type(node.operator).__name__.removesuffix("Assign")
        assign(run, node.target, in_place(run, left, op, right, Site(scope.file, node)), scope)
        return
    assign(run, node.target, binary(run, type(node.operator).__name__, left, right, node, scope), scope)


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
    value = run.evaluate(node.test, scope)
    if isinstance(value, Unknown) and not run.has_decided(value.key):
        # The program goes on only where the assertion holds.
        truth(run, value, default=True, node=node)
    elif run.guarded and not isinstance(value, Unknown) and not truth(run, value):
        raise UserRaise(Symbol("builtins.AssertionError"))


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
    chosen = chosen_arm(run, node, scope)
    return None if chosen is None else _block(run, chosen, scope)


def chosen_arm(run: Run, node: cst.If, scope: Scope) -> cst.BaseSuite | None:
    """The block that an `if` runs on this path; None where it runs none."""
    while True:
        value = as_condition(run, run.evaluate(node.test, scope), node)
        orelse = node.orelse
        if isinstance(value, Unknown):
            body_ends = terminates(node.body)
            if orelse is None and (is_inert(node.body) or body_ends == "raise"):
                return None  # nothing that matters, or an arm that the program survives only by not taking
            if orelse is not None and is_inert(node.body) and isinstance(orelse, cst.Else) and is_inert(orelse.body):
                return None
            if body_ends == "raise" and isinstance(orelse, cst.Else):
                return orelse.body
            if isinstance(orelse, cst.Else) and terminates(orelse.body) == "raise":
                return node.body
            taken = truth(run, value, default=body_ends is None, node=node)
        else:
            taken = truth(run, value, node=node)
        if taken:
            return node.body
        if not isinstance(orelse, cst.If):
            return None if orelse is None else orelse.body
        node = orelse


def _match(run: Run, node: cst.Match, scope: Scope) -> Signal | None:
    chosen = chosen_case(run, node, scope)
    return None if chosen is None else _block(run, chosen, scope)


def chosen_case(run: Run, node: cst.Match, scope: Scope) -> cst.BaseSuite | None:
    """The block of the first case that fits."""
    subject = run.evaluate(node.subject, scope)
    for case in node.cases:
        matched = match_pattern(run, case.pattern, subject, scope)
        if case.guard is not None and matched:
            matched = truth(run, run.evaluate(case.guard, scope))
        if matched:
            return case.body
    return None


# -- loops -----------------------------------------------------------------------------------------------------


def _for(run: Run, node: cst.For, scope: Scope) -> Signal | None:
    iterable = run.evaluate(node.iter, scope)
    built = _work(run)
    training = _TrainingRounds(run)
    length = _length(iterable)
    if length is not None and length > MAX_LOOP_ROUNDS:
        return rest_of_for(run, node, scope, "an element of something unknown", iterable)
    for index, item in enumerate(iterate(run, iterable)):
        if isinstance(item, Lost) or index > MAX_LOOP_ROUNDS:
            further = _further_rounds if index else rest_of_for
            return further(run, node, scope, "an element of something unknown", iterable)
        is_long = index > _SHORT_LOOP if length is None else length > _SHORT_LOOP
        if index % _IDLE_ROUNDS == _IDLE_ROUNDS - 1 and is_long and not _is_about_layers(item):
            if _work(run) == built:
                # Nothing of Keras is built in here: this is a loop over data.
                return _further_rounds(run, node, scope, "an element of a long loop", iterable)
            built = _work(run)
        if training.go_on() and not _is_about_layers(item):
            return _further_rounds(run, node, scope, "an element of a loop that trains", iterable)
        assign(run, node.target, item, scope)
        signal = _block(run, node.body, scope)
        if signal is not None:
            if signal.kind == "return":
                return signal
            if signal.kind == "break":
                return None
    return _block(run, node.orelse.body, scope) if node.orelse is not None else None


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


def _is_about_layers(item: Value) -> bool:
    """Whether the element of a loop is a layer, or a tuple with one (`enumerate(model.layers)`)."""
    return isinstance(item, Layer) or (isinstance(item, tuple) and any(isinstance(part, Layer) for part in item))


def _work(run: Run) -> int:
    """Grows with each layer that is built or changed."""
    return len(run.program.layers) + run.layer_changes


def _further_rounds(run: Run, node: cst.For, scope: Scope, reason: str, iterable: Value) -> Signal | None:
    """The rest of a loop whose first rounds were run.

    Conditions on what differs from round to round are not known in it. What they decide may never happen together with
    what the rounds before have left, so that behind one of them nothing surely goes wrong.
    """
    raised, decided = len(run.program.raised), len(run.decided)
    signal = rest_of_for(run, node, scope, reason, iterable)
    if len(run.decided) > decided:
        del run.program.raised[raised:]
    return signal


def rest_of_for(run: Run, node: cst.For, scope: Scope, reason: str, iterable: Value = None) -> Signal | None:
    """An unknown number of further rounds over unknown items; what they come from is left somewhere."""
    if isinstance(iterable, IteratorValue) and iterable.lost is None:
        run.lose(iterable, "walked over an unknown number of times")
    element = element_of(run, iterable, reason, node)
    return unknown_loop(run, node, scope, lambda: assign(run, node.target, element, scope))


def _while(run: Run, node: cst.While, scope: Scope) -> Signal | None:
    built, decided = len(run.program.layers), len(run.decided)
    endless = is_endless(node)
    training = _TrainingRounds(run)
    for index in range(MAX_LOOP_ROUNDS):
        value = run.evaluate(node.test, scope)
        idle = index % _ENDLESS_ROUNDS == _ENDLESS_ROUNDS - 1 and len(run.program.layers) == built
        open_end = endless or len(run.decided) > decided  # how many rounds there are hangs on something unknown
        if (
            isinstance(value, Unknown)
            or (open_end and idle)
            or training.go_on()
            or (endless and loop_facts(scope.file, node).infinite)
        ):
            return unknown_loop(run, node, scope, lambda: None)
        if not truth(run, value, node=node):
            return _block(run, node.orelse.body, scope) if node.orelse is not None else None
        if index % _ENDLESS_ROUNDS == 0:
            built, decided = len(run.program.layers), len(run.decided)
        signal, settled = _try_round(run, node, scope) if endless else (_block(run, node.body, scope), True)
        if not settled:
            return None
        if signal is not None:
            if signal.kind == "return":
                return signal
            if signal.kind == "break":
                return None
    return unknown_loop(run, node, scope, lambda: None)


def is_endless(node: cst.While) -> bool:
    """`while True` and `while 1`."""
    if isinstance(node.test, cst.Integer):
        return node.test.value != "0"
    return isinstance(node.test, cst.Name) and node.test.value == "True"


def _try_round(run: Run, node: cst.While, scope: Scope) -> tuple[Signal | None, bool]:
    """A round of `while True`; where it depends on something unknown, the number of rounds does, and all they change.

    The second result says whether the number of rounds is still known.
    """
    decisions, before = len(run.decided), dict(scope.vars)
    journal: list[Changeable] = []
    run.journals.append(journal)
    start = run.tick()
    try:
        signal = _block(run, node.body, scope)
    finally:
        run.journals.pop()
    if run.journals:
        run.journals[-1] += journal
    if len(run.decided) == decisions:
        return signal, True
    for thing in journal:
        if thing.birth < start:
            run.forget(thing)
    _forget_rounds(run, loop_facts(scope.file, node), before, scope, start, hidden=True)
    return (signal, True) if signal is not None and signal.kind == "return" else (None, False)


def unknown_loop(run: Run, node: cst.For | cst.While, scope: Scope, start: Callable[[], None]) -> Signal | None:
    """A loop whose number of rounds is not known: one round is run; what rounds hand on to each other is forgotten.

    The first round is real (a loop that never runs is not what programs are written for), so what goes wrong in it
    goes wrong. Names whose value depends on the round before, and older things changed in the body, are unknown.
    """
    facts = loop_facts(scope.file, node)
    before, hidden, reads = dict(scope.vars), run.hidden_changes, run.outer_reads
    run.outer_reads = set()
    try:
        with run.unknown_rounds() as began:
            lost = len(run.lost)
            start()
            signal = _block(run, _without_way_out(node), scope)
    finally:
        unseen, run.outer_reads = run.outer_reads, reads | run.outer_reads
    # Other names for what changes, and what functions called in the body read, hand on as well.
    aliases = {name for name, value in before.items() if any(value is thing for thing in run.lost[lost:])}
    if extra := (aliases | (unseen & facts.written)) - facts.varying:
        facts = facts._replace(varying=spread(node.body, facts.varying | extra))
    _forget_rounds(run, facts, before, scope, began, run.hidden_changes > hidden)
    if signal is not None and signal.kind == "return":
        return signal if facts.infinite else None  # it may also run to its end: go on behind it
    if node.orelse is None or (signal is not None and signal.kind == "break"):
        return None
    if facts.may_break and truth(run, run.fresh("whether a loop is left early", node), default=False):
        return None
    return _block(run, node.orelse.body, scope)


def _without_way_out(node: cst.For | cst.While) -> cst.BaseSuite:
    """The body without a last `if ...: break`: whether the one round that is run ends there makes no difference."""
    body = node.body
    last = body.body[-1] if isinstance(body, cst.IndentedBlock) and body.body else None
    if (
        node.orelse is None
        and isinstance(last, cst.If)
        and last.orelse is None
        and is_inert(last.body, loop=True)
        and not any(isinstance(part, (cst.Call, cst.NamedExpr)) for part in walk(last.test))
    ):
        return body.with_changes(body=body.body[:-1])
    return body


def _forget_rounds(
    run: Run, facts: LoopFacts, before: dict[str, Value], scope: Scope, began: int, hidden: bool
) -> None:
    """Make unknown what other rounds than the first may have set or changed.

    `hidden`: functions called in the body changed something outside, so that any result may differ in other rounds.
    """
    reason = "changed in a loop whose number of rounds is not known"
    for receiver in facts.changed:
        thing = run.evaluate(receiver, scope)
        if isinstance(thing, Instance) and isinstance(thing.layer, Network):
            thing = thing.layer
        if isinstance(thing, (ListValue, DictValue, Network)) and dotted_text(receiver) in facts.varying:
            run.loop_births.append(run.tick())
            run.may_change(thing)
            run.loop_births.pop()
    changes_own = any(dotted_text(receiver).partition(".")[0] in facts.written for receiver in facts.changed)
    for name in facts.written:
        value = scope.vars.get(name)
        if name not in scope.vars or isinstance(value, Unknown):
            continue
        is_same = name in before and value is before[name]
        if is_same or name in facts.varying or (hidden and not isinstance(value, (Layer, Instance))):
            if is_same or (isinstance(value, (ListValue, DictValue)) and value.birth < began):
                run.escape(value, reason)  # what is done to the name from here on may be done to this
            elif changes_own:
                _forget_older(value, began, reason)
            scope.vars[name] = Unknown(reason, None, name)


def _forget_older(value: Value, began: int, reason: str, depth: int = 0) -> None:
    """Forget lists and dictionaries older than the loop in what a round hands on: the next one may change them."""
    items: list[Value] = []
    if isinstance(value, (ListValue, DictValue)):
        items = value.items if isinstance(value, ListValue) else list(value.items.values())
        if value.birth < began:
            value.blur(reason)
    elif isinstance(value, tuple):
        items = list(value)
    if depth < 3:
        for item in items[:100]:
            _forget_older(item, began, reason, depth + 1)


def _break(run: Run, node: cst.Break, scope: Scope) -> Signal:
    return _BREAK


def _continue(run: Run, node: cst.Continue, scope: Scope) -> Signal:
    return _CONTINUE


# -- with and try ------------------------------------------------------------------------------------------------


def _with(run: Run, node: cst.With, scope: Scope) -> Signal | None:
    contexts = enter_contexts(run, node, scope)
    guards = contexts.expects_error or contexts.may_swallow
    run.guarded += guards
    try:
        signal = _block(run, node.body, scope)
    except UserRaise as raised:
        run.guarded -= guards
        guards = False
        if not leave_contexts(contexts.exits, raised) and not contexts.expects_error:
            raise
        return None
    finally:
        run.guarded -= guards
    leave_contexts(contexts.exits, None)
    return signal


def _try(run: Run, node: cst.Try, scope: Scope) -> Signal | None:
    """The body, the handler that fits what it raises, and `finally` in any case."""
    leaving: UserRaise | None = None
    signal: Signal | None = None
    try:
        signal = _try_body(run, node, scope)
    except UserRaise as raised:
        leaving = raised
    if node.finalbody is not None:
        final = _block(run, node.finalbody.body, scope)
        if final is not None:
            return final
    if leaving is not None:
        raise leaving
    return signal


def _try_body(run: Run, node: cst.Try, scope: Scope) -> Signal | None:
    guards = bool(node.handlers)
    run.guarded += guards
    try:
        signal = _block(run, node.body, scope)
    except UserRaise as raised:
        run.guarded -= guards
        guards = False
        handler = begin_handler(run, node, raised, scope)
        if handler is None:
            raise
        try:
            return _block(run, handler.body, scope)
        finally:
            end_handler(run, handler, scope)
    finally:
        run.guarded -= guards
    if signal is None and node.orelse is not None:
        return _block(run, node.orelse.body, scope)
    return signal


def begin_handler(run: Run, node: cst.Try | cst.TryStar, raised: UserRaise, scope: Scope) -> cst.ExceptHandler | None:
    """The handler that takes what was raised, its name bound; None where none does."""
    handler = next((h for h in node.handlers if catches(run, h, raised.value, scope)), None)
    if handler is None:
        return None
    if handler.name is not None:
        value = raised.value
        caught = value if isinstance(value, Instance) else run.fresh("a caught exception", handler)
        assign(run, handler.name.name, caught, scope)
    run.handling.append(raised.value)
    return handler  # type: ignore[return-value]


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
