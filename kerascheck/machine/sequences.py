"""Iterating over values, and seeing them as Python has them."""

from __future__ import annotations

import inspect
from collections.abc import Generator, Iterator
from typing import Any

import libcst as cst

from kerascheck.data.array import Array
from kerascheck.data.pipeline import Pipeline
from kerascheck.machine.limits import MAX_ITEMS
from kerascheck.machine.run import Run
from kerascheck.machine.values import (
    ClassValue,
    DictValue,
    FunctionValue,
    Instance,
    IteratorValue,
    ListValue,
    UserRaise,
    Value,
)
from kerascheck.network.arguments import Arguments, Given
from kerascheck.network.ir import Site
from kerascheck.symbolic.unknown import Symbol, Unknown


def items_of(run: Run, value: Value) -> list[Value] | Unknown:
    """The items that iterating gives, in order, or why they are not known (nor how many they are)."""
    if isinstance(value, ListValue) and not isinstance(value, IteratorValue):
        if value.unknown is not None:
            return value.unknown
        if value.kind == "set" and len(value.items) > 1:
            return Unknown("the order of a set")
        return list(value.items)
    return members_of(run, value)


def members_of(run: Run, value: Value) -> list[Value] | Unknown:
    """The items without regard to their order: those of a set are known, too."""
    if isinstance(value, (IteratorValue, Instance)):
        return _collected(run, value)
    if isinstance(value, ListValue):
        return value.unknown if value.unknown is not None else list(value.items)
    if isinstance(value, tuple):
        return list(value)
    if isinstance(value, range):
        return list(value) if not value[MAX_ITEMS:] else Unknown("a range too long to unroll")
    if isinstance(value, DictValue):
        return value.unknown if value.unknown is not None else list(value.items)
    if isinstance(value, (str, bytes)):
        return list(value) if len(value) <= MAX_ITEMS else Unknown("a string too long to unroll")
    if isinstance(value, Unknown):
        return value
    if isinstance(value, ClassValue) and value.enumerated:
        return list(value.enumerated)
    if isinstance(value, Array):
        from kerascheck.data.operators import array_items

        return array_items(run, value)
    return Unknown(f"the items of {value!r}"[:80])


def element_of(run: Run, value: Value, reason: str, node: cst.CSTNode | None = None) -> Value:
    """One of the items of something whose items are not known one by one; what is known of them all is known of it."""
    if isinstance(value, Pipeline):
        from kerascheck.data.elements import one_element

        return one_element(run, value)
    if isinstance(value, Array) and value.kind in ("numpy", "tensor", "list"):
        from kerascheck.data.elements import array_element

        element = array_element(run, value)
        if element is not None:
            return element
    found = run.fresh(reason, node)
    if isinstance(value, range) or (isinstance(value, ListValue) and value.kind == "range"):
        return Unknown(reason, ("whole number", found.key))
    return found


def _collected(run: Run, value: Value) -> list[Value] | Unknown:
    items: list[Value] = []
    for item in iterate(run, value):
        if isinstance(item, Lost):
            return item.reason
        items.append(item)
        if len(items) > MAX_ITEMS:
            if isinstance(value, IteratorValue):
                run.lose(value, "too many items")
            return Unknown("more items than are kept")
    return items


class Lost:
    """Stands for the rest of an iteration that is not known; `element` is one that was tried."""

    __slots__ = ("element", "reason")

    def __init__(self, reason: Unknown, element: Value = None) -> None:
        self.reason = reason
        self.element = element


def iterate(run: Run, value: Value) -> Iterator[Value]:
    """The items one by one, as a loop meets them; a `Lost` where the rest is not known."""
    if isinstance(value, IteratorValue):
        return _pulled(run, value)
    if isinstance(value, ListValue):
        return _listed(value)
    if isinstance(value, (tuple, range, str, bytes)):
        return iter(value)
    if isinstance(value, DictValue):
        return _keys(value)
    if isinstance(value, Instance):
        return _of_object(run, value)
    items = members_of(run, value)
    return iter((Lost(items),)) if isinstance(items, Unknown) else iter(items)


def _listed(value: ListValue) -> Iterator[Value]:
    """The items of a list, also those that are appended meanwhile."""
    if value.unknown is not None:
        yield Lost(value.unknown)
        return
    if value.kind == "set" and len(value.items) > 1:
        yield Lost(Unknown("the order of a set"))
        return
    index = 0
    while index < len(value.items):
        yield value.items[index]
        index += 1
        if value.unknown is not None:
            yield Lost(value.unknown)
            return


def _keys(value: DictValue) -> Iterator[Value]:
    if value.unknown is not None:
        yield Lost(value.unknown)
        return
    before = len(value.items)
    for key in list(value.items):
        yield key
        if value.unknown is not None or len(value.items) != before:
            yield Lost(Unknown("a dictionary that changes while it is walked"))
            return


def work_done(run: Run) -> int:
    """Grows with each layer that is built or changed; one that is frozen and thawed in turns is what it was before."""
    return len(run.program.layers) + len(run.changed)


# -- iterators -------------------------------------------------------------------------------------------------


def has_not_begun(iterator: IteratorValue) -> bool:
    """Whether it is a generator of which nothing was asked so far: nothing but None can be sent to it."""
    source = iterator.source
    if not isinstance(source, Generator) or iterator.lost is not None or iterator.running:
        return False
    return inspect.getgeneratorstate(source) == inspect.GEN_CREATED


#: What `step` gives behind the last item.
END = object()


def step(run: Run, iterator: IteratorValue, sent: Value = None) -> Value:
    """The next item, END, or a `Lost`. May raise UserRaise and BudgetExceeded."""
    if run.loop_births and iterator.birth < run.loop_births[-1] and iterator.lost is None:
        run.lose(iterator, "an iterator in a loop of unknown length")
    elif run.forks and iterator.birth < run.forks[-1][0] and iterator.lost is None and not iterator.is_private:
        _lose_in_arm(run, iterator)
    if iterator.lost is not None or iterator.source is None or iterator.running:
        return Lost(iterator.lost or Unknown("an iterator that is running"))
    run.budget.spend()
    iterator.running = True
    try:
        item = iterator.source.send(sent) if isinstance(iterator.source, Generator) else next(iterator.source)
    except StopIteration as end:
        iterator.source, iterator.result = iter(()), end.value
        return END
    finally:
        iterator.running = False
    if isinstance(item, Lost):
        iterator.lose_rest(item.reason)
    return item


def _lose_in_arm(run: Run, iterator: IteratorValue) -> None:
    """Forget how far an older iterator is, which cannot be taken back for the other arm: the arms are to be decided.

    Not so in a loop of unknown length, where they are others in each round: only what is made of the items matters.
    """
    if not run.loop_births:
        run.need_forks(iterator.birth)
        iterator.blur("how far an iterator is depends on a condition")
        return
    needs = frozenset().union(*(needs for moment, needs in run.forks if moment > iterator.birth))
    before = work_done(run)
    run.lose(iterator, "how far an iterator is depends on a condition")
    assert iterator.lost is not None
    iterator.lost.needs = needs
    if work_done(run) != before:
        run.need(needs)


def lost_item(run: Run, lost: Lost, reason: str, site: Site) -> Unknown:
    """One item that is not known; what would have to be decided for it to be known goes with it."""
    made = run.fresh(reason, site.node)
    made.needs = lost.reason.needs
    return made


def _pulled(run: Run, iterator: IteratorValue) -> Iterator[Value]:
    while (item := step(run, iterator)) is not END:
        yield item
        if isinstance(item, Lost):
            return


def resumed(run: Run, owner: FunctionValue | None, inner: Iterator[Value]) -> Generator[Value, Value, Value]:
    """A generator of the program: each step of `inner` runs in the function that it belongs to."""
    guarded = 0  # the `try` bodies that the generator stands in
    sent: Value = None
    raised: UserRaise | None = None
    while True:
        outside, catchers = run.guarded, list(run.catchers)
        run.guarded = outside + guarded
        if owner is not None:
            run.call_stack.append(owner)
        try:
            if not isinstance(inner, Generator):
                item = next(inner)
            elif raised is not None:
                item = inner.throw(raised)
            else:
                item = inner.send(sent)
        except StopIteration as end:
            return end.value
        finally:
            guarded, run.guarded = run.guarded - outside, outside
            run.catchers[:] = catchers
            if owner is not None:
                run.call_stack.pop()
        raised = None
        try:
            sent = yield item
        except UserRaise as error:
            raised = error


def open_iterator(run: Run, value: Value) -> IteratorValue:
    """`iter(value)`."""
    return value if isinstance(value, IteratorValue) else run.new_iterator(iterate(run, value))


def _of_object(run: Run, value: Instance) -> Iterator[Value]:
    """The items of an object of the program: by `__iter__`, or by `__getitem__` until an IndexError."""
    from kerascheck.machine.members import find_slot

    site = value.cls.site
    begin = find_slot(value, "__iter__")
    if begin is not None:
        made = run.call(begin, Arguments([], {}), site)
        following = find_slot(made, "__next__") if isinstance(made, Instance) else None
        if following is None:
            yield from () if made is value else iterate(run, made)
            return
        yield from _called(run, following, None, "StopIteration", site)
    elif (item := find_slot(value, "__getitem__")) is not None and value.unknown is None:
        yield from _called(run, item, 0, "IndexError", site)
    else:
        yield Lost(value.unknown or Unknown(f"the items of {value!r}"))


def _called(run: Run, method: Value, index: int | None, end: str, site: Site) -> Iterator[Value]:
    """What the method gives, called again and again until it raises `end`."""
    while True:
        item = call_once(run, method, [] if index is None else [Given(index)], end, site)
        if item is END:
            return
        yield item
        index = index if index is None else index + 1


def call_once(run: Run, method: Value, given: list[Given], end: str, site: Site) -> Value:
    """What the method gives; END where it raises the exception called `end`."""
    from kerascheck.machine.exceptions import is_exception

    run.stepping += 1
    try:
        return run.call(method, Arguments(given, {}), site)
    except UserRaise as raised:
        if is_exception(raised.value, end):
            return END
        raise
    finally:
        run.stepping -= 1


class NotPlain(Exception):
    """A value that Python has in another form, or one too large to look at."""


_MAX_PARTS = 5_000


def to_python(value: Value) -> Any:
    """Constants, lists, sets, tuples and dictionaries of them as Python has them. Raises NotPlain."""
    left = _MAX_PARTS

    def convert(part: Value) -> Any:
        nonlocal left
        left -= 1
        if left < 0:
            raise NotPlain
        if part is None or isinstance(part, (bool, int, float, complex, str, bytes, range)):
            return part
        if isinstance(part, tuple):
            return tuple([convert(item) for item in part])
        if isinstance(part, (ListValue, DictValue)) and part.unknown is None:
            if isinstance(part, DictValue):
                return {convert(key): convert(item) for key, item in part.items.items()}
            if part.kind in ("list", "set"):
                items = [convert(item) for item in part.items]
                return items if part.kind == "list" else set(items)
        raise NotPlain

    try:
        return convert(value)
    except (RecursionError, TypeError):
        raise NotPlain from None


def is_plain(value: Value) -> bool:
    """Whether `to_python` knows the value."""
    try:
        to_python(value)
    except NotPlain:
        return False
    return True


def is_opaque(value: Symbol) -> bool:
    """Whether the name may stand for any constant: `sys.platform`, but not a class, nor what Keras defines."""
    last = value.name.rpartition(".")[2]
    if last.startswith("__"):
        return True
    is_class = (last[:1].isupper() and not last.isupper()) or value.name == "numpy.ndarray"
    return not is_class and not value.name.startswith(("builtins.", "keras."))


def as_unknown(value: Value) -> Value:
    """A constant of a library, such as `sys.platform`, is an unknown value where its value is asked for."""
    if isinstance(value, Symbol) and is_opaque(value):
        return Unknown("a constant that is not followed", ("symbol", value.name), value.name)
    return value
