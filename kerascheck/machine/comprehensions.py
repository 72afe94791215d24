"""Comprehensions and generator expressions."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator

import libcst as cst

from kerascheck.machine.assumptions import Condition, settle
from kerascheck.machine.binding import assign
from kerascheck.machine.boolean_expressions import (
    as_value,
)
from kerascheck.machine.conditions import truth
from kerascheck.machine.limits import MAX_COMPREHENSION, MAX_ITEMS
from kerascheck.machine.literals import (
    put,
)
from kerascheck.machine.methods import set_of
from kerascheck.machine.run import Run
from kerascheck.machine.sequences import END, Lost, element_of, items_of, iterate, resumed
from kerascheck.machine.values import (
    IteratorValue,
    ListValue,
    Scope,
    UserRaise,
    Value,
)
from kerascheck.network.ir import Site
from kerascheck.network.program import Loop
from kerascheck.symbolic.unknown import NOTHING, Unknown


def _comprehended(
    run: Run, node: cst.BaseComp, scope: Scope, source: Value, each: Callable[[Scope], Value]
) -> Iterator[Value]:
    """What `each` gives for each element of `source`; a `Lost` where the rest is unknown, after one more."""
    inner = Scope("comprehension", scope)

    filters: frozenset[Hashable] = NOTHING  # conditions that say which elements are kept

    def loop(clause: cst.CompFor, source: Value, items: Iterator[Value]) -> Iterator[Value]:
        nonlocal filters
        is_long = isinstance(source, (range, tuple)) and len(source) > MAX_COMPREHENSION
        for index, item in enumerate(items):
            if isinstance(item, Lost) or index >= MAX_COMPREHENSION or (is_long and index):
                reason = item.reason if isinstance(item, Lost) else Unknown("too many elements to unroll")
                yield rest(clause, reason, source)
                return
            run.budget.charge(1)
            assign(run, clause.target, item, inner)
            keep = True
            for condition in clause.ifs:
                verdict = settle(run, run.evaluate(condition.test, inner), condition)
                if isinstance(verdict, Condition):
                    filters |= verdict.needs
                    if len(filters) > _MAX_FILTERS or _has_many_filters(run, clause, source, inner, filters):
                        yield rest(clause, Unknown("filtered by something unknown"), source)
                        return
                    verdict = truth(run, as_value(run, verdict), node=condition)
                if not verdict:
                    keep = False
                    break
            if not keep:
                continue
            if clause.inner_for_in is None:
                yield each(inner)
                continue
            nested = run.evaluate(clause.inner_for_in.iter, inner)
            for made in loop(clause.inner_for_in, nested, iterate(run, nested)):
                yield made
                if isinstance(made, Lost):
                    return

    def rest(clause: cst.CompFor, reason: Unknown, source: Value) -> Lost:
        """An unknown number of elements: what one of them changes is forgotten."""
        tried: Value = None
        with run.unknown_rounds():
            element = element_of(run, source, "an element of something unknown", clause)
            assign(run, clause.target, element, inner)
            for condition in clause.ifs:
                run.evaluate(condition.test, inner)
            if clause.inner_for_in is None:
                tried = each(inner)
            else:
                nested = run.evaluate(clause.inner_for_in.iter, inner)
                for _ in loop(clause.inner_for_in, nested, iterate(run, nested)):
                    pass
        return Lost(reason, tried)

    # What is walked over first is asked for its items at once, the rest when it is needed.
    return _in_loop(run, node, source, loop(node.for_in, source, iterate(run, source)))


def _in_loop(run: Run, node: cst.BaseComp, source: Value, elements: Iterator[Value]) -> Iterator[Value]:
    """The same elements, each made as in a round of a loop."""
    around = Loop(Site(run.file, node), run.serial, source)
    while True:
        run.loops.append(around)
        try:
            made = next(elements, END)
        finally:
            run.loops.pop()
        if made is END:
            return
        yield made


#: Conditions that may say which elements of a comprehension are kept, while all combinations are tried. Where each
#: element has one of its own, which are kept is not known.
_MAX_FILTERS = 2


def _has_many_filters(run: Run, clause: cst.CompFor, source: Value, inner: Scope, filters: frozenset[Hashable]) -> bool:
    """Whether the elements hang on more conditions than are tried; nothing of what asking does stays.

    Nothing is decided then: a list of which nobody knows what it holds hangs on nothing that may be asked again.
    """
    stays = isinstance(source, (ListValue, tuple)) and not isinstance(source, IteratorValue)
    items = items_of(run, source) if stays else ()
    if isinstance(items, Unknown) or not _MAX_FILTERS < len(items) <= MAX_COMPREHENSION:
        return False
    mark = run.journal.mark()
    try:
        for item in items:
            assign(run, clause.target, item, inner)
            for condition in clause.ifs:
                verdict = settle(run, run.evaluate(condition.test, inner), condition)
                if isinstance(verdict, Condition):
                    filters |= verdict.needs
                if verdict is not True:
                    break
            if len(filters) > _MAX_FILTERS:
                return True
    except UserRaise:
        pass
    finally:
        run.journal.undo(mark)
    return False


def _collected(run: Run, node: cst.ListComp | cst.SetComp, source: Value, rest: Lost) -> Value | None:
    """The list of a comprehension over data, where what it collects is known; None else."""
    clause = node.for_in
    if clause.ifs or clause.inner_for_in is not None or rest.element is None:
        return None
    from kerascheck.data.elements import collected

    return collected(run, source, rest.element, clause)


def list_comp(run: Run, node: cst.ListComp | cst.SetComp, scope: Scope) -> Value:
    is_set = isinstance(node, cst.SetComp)
    source = run.evaluate(node.for_in.iter, scope)
    values: list[Value] = []
    for value in _comprehended(run, node, scope, source, lambda at: run.evaluate(node.elt, at)):
        if isinstance(value, Lost) and not is_set and (collection := _collected(run, node, source, value)) is not None:
            return collection
        if isinstance(value, Lost) or len(values) > MAX_ITEMS:
            what = (value.reason.text if isinstance(value, Lost) else None) or "something unknown"
            source_of_it = value.reason if isinstance(value, Lost) else None
            made = run.unknown_list(f"a comprehension over {what}", "set" if is_set else "list", source_of_it)
            if isinstance(value, Lost) and not is_set and value.element is not None:
                from kerascheck.data.elements import one_more

                one_more(run, made, value.element, Loop(Site(run.file, node.for_in), run.serial, source))
            return made
        values.append(value)
    return set_of(run, values) if is_set else run.new_list(values)


def generator_expression(run: Run, node: cst.GeneratorExp, scope: Scope) -> Value:
    source = run.evaluate(node.for_in.iter, scope)
    owner = run.call_stack[-1] if run.call_stack else None
    elements = _comprehended(run, node, scope, source, lambda at: run.evaluate(node.elt, at))
    return run.new_iterator(resumed(run, owner, elements), is_generator=True)


def dict_comp(run: Run, node: cst.DictComp, scope: Scope) -> Value:
    made = run.new_dict()

    def entry(at: Scope) -> Value:
        return (run.evaluate(node.key, at), run.evaluate(node.value, at))

    for pair in _comprehended(run, node, scope, run.evaluate(node.for_in.iter, scope), entry):
        if isinstance(pair, Lost):
            made.blur("a comprehension over something unknown")
            break
        put(made, *pair)
    return made
