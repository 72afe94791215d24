"""Iterating over values, and seeing them as Python has them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from kerascheck.data.array import Array
from kerascheck.interp.run import MAX_ITEMS, Run
from kerascheck.interp.values import DictValue, ListValue, Value
from kerascheck.symbolic import Symbol, Unknown


def items_of(run: Run, value: Value) -> list[Value] | Unknown:
    """The items that iterating gives, in order, or why they are not known (nor how many they are)."""
    if isinstance(value, ListValue):
        if value.unknown is not None:
            return value.unknown
        if value.kind == "set" and len(value.items) > 1:
            return Unknown("the order of a set")
        items = list(value.items)
        if value.kind == "iterator":
            value.blur("an iterator that is used up")
        return items
    return members_of(run, value)


def members_of(run: Run, value: Value) -> list[Value] | Unknown:
    """The items without regard to their order: those of a set are known, too."""
    if isinstance(value, ListValue):
        if value.kind == "iterator":
            return items_of(run, value)
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
    if isinstance(value, Array):
        from kerascheck.data.operators import array_items

        return array_items(run, value)
    return Unknown(f"the items of {value!r}"[:80])


class Lost:
    """Stands for the rest of a list whose items have become unknown."""


def live_items(value: ListValue) -> Iterator[Value] | None:
    """The items of a known list as a loop meets them, also those that its body appends; None for other things."""
    if value.unknown is not None or value.kind != "list":
        return None

    def walk() -> Iterator[Value]:
        index = 0
        while index < len(value.items):
            yield value.items[index]
            index += 1
            if value.unknown is not None:
                yield Lost()

    return walk()


def changed_while_walked(source: Value, items: list[Value] | Unknown) -> Unknown | None:
    """A reason if the list that the items came from is not the same any more."""
    if not isinstance(source, ListValue) or isinstance(items, Unknown) or source.kind == "iterator":
        return None
    same = len(source.items) == len(items) and all(a is b for a, b in zip(source.items, items, strict=True))
    return None if same else Unknown("a list that changes while it is walked")


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
    is_class = last[:1].isupper() and not last.isupper()
    return not is_class and not value.name.startswith(("builtins.", "keras."))


def as_unknown(value: Value) -> Value:
    """A constant of a library, such as `sys.platform`, is an unknown value where its value is asked for."""
    if isinstance(value, Symbol) and is_opaque(value):
        return Unknown("a constant that is not followed", ("symbol", value.name), value.name)
    return value
