"""Methods of lists, sets, dictionaries, tuples and strings."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import libcst as cst

from kerascheck.machine.assumptions import settle
from kerascheck.machine.conditions import compare
from kerascheck.machine.doubts import Doubt
from kerascheck.machine.limits import MAX_ITEMS
from kerascheck.machine.needs import value_needs
from kerascheck.machine.operators import MAX_TEXT, bounded
from kerascheck.machine.paths import fork_value
from kerascheck.machine.run import RAISED, Run
from kerascheck.machine.sequences import (
    END,
    Lost,
    NotPlain,
    has_not_begun,
    items_of,
    lost_item,
    members_of,
    step,
    to_python,
)
from kerascheck.machine.sorting import sort_items
from kerascheck.machine.text_methods import STRING_METHODS, Method, decode, encode, number, string
from kerascheck.machine.values import DefaultDict, DictValue, DictView, IteratorValue, ListValue, Value, not_known
from kerascheck.network.arguments import Arguments
from kerascheck.network.ir import Site
from kerascheck.symbolic.unknown import Unknown


def _first(arguments: Arguments, default: Value = None) -> Value:
    return arguments.positional[0].value if arguments.positional else default


# -- lists and sets --------------------------------------------------------------------------------------------
def _changes(receiver: ListValue) -> None:
    """What is changed is no longer the list of unknown items that it was."""
    if receiver.unknown is not None and receiver.kind in ("list", "set", "deque"):
        receiver.unknown = not_known(receiver.unknown.reason, receiver.unknown)


def _append(run: Run, receiver: ListValue, arguments: Arguments, site: Site) -> Value:
    _changes(receiver)
    if receiver.unknown is None and run.may_change(receiver):
        if len(receiver.items) < MAX_ITEMS:
            receiver.items.append(_first(arguments))
        else:
            receiver.blur("a list that grows too long")
    if receiver.unknown is not None and receiver.kind == "list":
        from kerascheck.data.elements import one_more

        one_more(run, receiver, _first(arguments))
    return None


def _extend(run: Run, receiver: ListValue, arguments: Arguments, site: Site) -> Value:
    _changes(receiver)
    if receiver.unknown is not None or not run.may_change(receiver):
        return None
    items = items_of(run, _first(arguments))
    if isinstance(items, Unknown) or len(receiver.items) + len(items) > MAX_ITEMS:
        receiver.blur("extended by something unknown")
    else:
        receiver.items += items
    return None


def _insert(run: Run, receiver: ListValue, arguments: Arguments, site: Site) -> Value:
    _changes(receiver)
    if receiver.unknown is not None or not run.may_change(receiver):
        return None
    index = _first(arguments)
    if isinstance(index, int) and len(arguments.positional) == 2:
        receiver.items.insert(index, arguments.positional[1].value)
    else:
        receiver.blur("an insertion at an unknown index")
    return None


def _pop(run: Run, receiver: ListValue, arguments: Arguments, site: Site) -> Value:
    from kerascheck.machine.keras.gone import note_popped
    from kerascheck.machine.keras.lists import KerasList

    _changes(receiver)
    if isinstance(receiver, KerasList):
        note_popped(run, receiver, site)
    index = _first(arguments, -1)
    if receiver.unknown is not None or not run.may_change(receiver) or not isinstance(index, int):
        if not isinstance(index, int):
            receiver.blur("an unknown item was taken out")
        return run.fresh("an item of a list that is not known", site.node)
    try:
        return receiver.items.pop(index)
    except IndexError:
        return run.fails("IndexError", "pop that raises", site.node)


def _reverse(run: Run, receiver: ListValue, arguments: Arguments, site: Site) -> Value:
    if run.may_change(receiver):
        receiver.items.reverse()
    return None


def _clear(run: Run, receiver: ListValue | DictValue, arguments: Arguments, site: Site) -> Value:
    if run.may_change(receiver):
        receiver.items.clear()
        receiver.unknown = None
    if isinstance(receiver, ListValue):
        receiver.element = None
    return None


def _copy(run: Run, receiver: ListValue, arguments: Arguments, site: Site) -> Value:
    made = run.new_list(receiver.items, receiver.kind)
    made.unknown = receiver.unknown
    return made


def _position(run: Run, receiver: ListValue | tuple[Value, ...], arguments: Arguments, site: Site) -> int | None:
    """Where the first item equal to the argument stands; None where that is not known."""
    items = items_of(run, receiver)
    if isinstance(items, Unknown) or len(arguments.positional) != 1:
        return None
    wanted = _first(arguments)
    for index, item in enumerate(items):
        same = item is wanted or compare(run, "Equal", item, wanted, site.node)
        if same is True:
            return index
        if same is not False:
            return None
    run.fails("ValueError", "a value that is not in the list", site.node)
    return None


def _index(run: Run, receiver: ListValue | tuple[Value, ...], arguments: Arguments, site: Site) -> Value:
    index = _position(run, receiver, arguments, site)
    return run.fresh("an index that is not known", site.node) if index is None else index


def _remove(run: Run, receiver: ListValue, arguments: Arguments, site: Site) -> Value:
    _changes(receiver)
    index = None
    if receiver.unknown is None and run.may_change(receiver):
        index = _position(run, receiver, arguments, site)
        if index is None:
            receiver.blur("an unknown item was removed")
        else:
            del receiver.items[index]
    if index is None:
        error = "KeyError" if receiver.kind == "set" else "ValueError"
        run.doubt(Doubt(None, True, error, value_needs((receiver, _first(arguments)))))  # it may not be in there
    return None


def _discard(run: Run, receiver: ListValue, arguments: Arguments, site: Site) -> Value:
    """Out of the set if it is in there."""
    _changes(receiver)
    if receiver.unknown is None and run.may_change(receiver):
        try:
            kept = [item for item in receiver.items if to_python(item) != to_python(_first(arguments))]
            receiver.items = kept
        except NotPlain:
            receiver.blur("an unknown item was removed")
    return None


def _count(run: Run, receiver: ListValue | tuple[Value, ...], arguments: Arguments, site: Site) -> Value:
    items = items_of(run, receiver)
    try:
        if not isinstance(items, Unknown):
            wanted = to_python(_first(arguments))
            return [to_python(item) for item in items].count(wanted)
    except NotPlain:
        pass
    return run.fresh("a count that is not known", site.node)


def _sort(run: Run, receiver: ListValue, arguments: Arguments, site: Site) -> Value:
    if receiver.unknown is None and run.may_change(receiver):
        ordered = sort_items(run, receiver.items, arguments, site)
        if ordered is None:
            receiver.blur("sorted by something unknown")
        else:
            receiver.items = ordered
    return None


def _add(run: Run, receiver: ListValue, arguments: Arguments, site: Site) -> Value:
    _changes(receiver)
    return _extend_set(run, receiver, [_first(arguments)])


def _set_update(run: Run, receiver: ListValue, arguments: Arguments, site: Site) -> Value:
    _changes(receiver)
    for given in arguments.positional:
        items = members_of(run, given.value)
        if isinstance(items, Unknown):
            receiver.blur("updated with something unknown")
        else:
            _extend_set(run, receiver, items)
    return None


def _extend_set(run: Run, receiver: ListValue, items: list[Value]) -> None:
    if receiver.unknown is None and run.may_change(receiver):
        made = set_of(run, [*receiver.items, *items])
        receiver.items, receiver.unknown = made.items, made.unknown


def _set_method(op: str, in_place: bool = False) -> Method:
    """`union`, `difference` and their like, for sets of known members."""

    def method(run: Run, receiver: ListValue, arguments: Arguments, site: Site) -> Value:
        from kerascheck.machine.literals import is_known_key

        known: set[Any] = set()
        others = [members_of(run, given.value) for given in arguments.positional]
        lists = [receiver.unknown or receiver.items, *others]
        plain = not arguments.open_positional and all(
            not isinstance(items, Unknown) and all(map(is_known_key, items)) for items in lists
        )
        if plain:
            known = getattr(set(receiver.items), op)(*others)
        if isinstance(known, bool):
            return known if plain else run.fresh(f"{op}() of something unknown", site.node)
        if not in_place:
            return (
                run.new_list(list(known), "set") if plain else run.unknown_list(f"{op}() of something unknown", "set")
            )
        if run.may_change(receiver):
            receiver.items = list(known)
            if not plain:
                receiver.blur(f"{op}() with something unknown")
        return None

    return method


def _set_pop(run: Run, receiver: ListValue, arguments: Arguments, site: Site) -> Value:
    _changes(receiver)
    if receiver.unknown is None and len(receiver.items) == 1 and run.may_change(receiver):
        return receiver.items.pop()
    receiver.blur("an unknown item was taken out")
    return run.fresh("an item of a set", site.node)


def set_of(run: Run, items: list[Value]) -> ListValue:
    """A set of the items, each once; unknown where two may be equal or not."""
    from kerascheck.machine.literals import is_known_key

    if (len(items) > 1 and not all(map(is_known_key, items))) or len(items) > MAX_ITEMS:
        return run.unknown_list("a set of things that may be equal", "set")
    return run.new_list(list(dict.fromkeys(items)) if len(items) > 1 else items, "set")


# -- dictionaries -------------------------------------------------------------------------------------------------
def either(run: Run, there: Value, value: Value, default: Value, node: cst.CSTNode) -> Value:
    """The value, where it is there; else the default."""
    verdict = settle(run, there, node)
    if isinstance(verdict, bool):
        return value if verdict else default
    return fork_value(run, verdict, lambda: value, lambda: default)


def _get(run: Run, receiver: DictValue, arguments: Arguments, site: Site) -> Value:
    from kerascheck.machine.literals import is_known_key

    key = _first(arguments)
    if is_known_key(key):
        if key in receiver.items:
            return either(run, receiver.presence(key), receiver.items[key], arguments.value("default", 1), site.node)
        if receiver.lacks(key):
            return arguments.value("default", 1)
    from kerascheck.machine.tables import entry_by_key, is_told_apart

    if is_told_apart(receiver, key):
        return entry_by_key(run, receiver, key, lambda: arguments.value("default", 1), site.node)
    return run.fresh("an entry of a dictionary that is not known", site.node)


def _dict_pop(run: Run, receiver: DictValue, arguments: Arguments, site: Site) -> Value:
    from kerascheck.machine.literals import is_known_key

    key = _first(arguments)
    if is_known_key(key) and receiver.lacks(key) and len(arguments.positional) < 2:
        return run.fails("KeyError", "pop() of a key that is not there", site.node)
    value = _get(run, receiver, arguments, site)
    if run.may_change(receiver):
        if is_known_key(key):
            receiver.items.pop(key, None)
        else:
            receiver.blur("an unknown entry was taken out")
    return value


def _setdefault(run: Run, receiver: DictValue, arguments: Arguments, site: Site) -> Value:
    from kerascheck.machine.literals import is_known_key

    key = _first(arguments)
    if is_known_key(key) and receiver.unknown is None:
        if key not in receiver.items and run.may_change(receiver):
            receiver.items[key] = arguments.value("default", 1)
        if receiver.unknown is None:
            return receiver.items.get(key)
    elif run.may_change(receiver):
        receiver.blur("an entry of a dictionary that is not known")
    return run.fresh("an entry of a dictionary that is not known", site.node)


def _update(run: Run, receiver: DictValue, arguments: Arguments, site: Site) -> Value:
    if not run.may_change(receiver):
        return None
    other = _first(arguments)
    if isinstance(other, DictValue):
        receiver.merge(other)
    elif other is not None:
        receiver.blur("updated with something unknown")
    for key, given in arguments.keywords.items():
        receiver.items[key] = given.value
    if arguments.open_keywords or arguments.open_positional:
        receiver.blur("updated with something unknown")
    return None


def _view(kind: str, take: Callable[[DictValue], list[Value]]) -> Method:
    def method(run: Run, receiver: DictValue, arguments: Arguments, site: Site) -> Value:
        return DictView(receiver, kind, take)

    return method


def _popitem(run: Run, receiver: DictValue, arguments: Arguments, site: Site) -> Value:
    """The last entry; the first one of an `OrderedDict` with `last=False`."""
    last = arguments.value("last", 0, True)
    if receiver.unknown is None and isinstance(last, bool) and run.may_change(receiver):
        if receiver.items:
            key = list(receiver.items)[-1 if last else 0]
            return (key, receiver.items.pop(key))
        return run.fails("KeyError", "popitem() of an empty dictionary", site.node)
    receiver.blur("an unknown entry was taken out")
    return run.fresh("an entry of a dictionary that is not known", site.node)


def _move_to_end(run: Run, receiver: DictValue, arguments: Arguments, site: Site) -> Value:
    key, last = arguments.value("key", 0), arguments.value("last", 1, True)
    if receiver.unknown is None and run.may_change(receiver):
        if isinstance(last, bool) and isinstance(key, (str, int)) and key in receiver.items:
            value = receiver.items.pop(key)
            receiver.items = {**receiver.items, key: value} if last else {key: value, **receiver.items}
        else:
            receiver.blur("an unknown entry was moved")
    return None


def _dict_copy(run: Run, receiver: DictValue, arguments: Arguments, site: Site) -> Value:
    made = run.new_dict(dict(receiver.items))
    if isinstance(receiver, DefaultDict):
        made = DefaultDict(made.items, made.birth, receiver.kind, receiver.factory)
    made.unknown = receiver.unknown
    return made


# -- iterators ------------------------------------------------------------------------------------------------------
def _following(run: Run, receiver: IteratorValue, arguments: Arguments, site: Site) -> Value:
    """`iterator.__next__()` and `generator.send(value)`."""
    sent = _first(arguments)
    if sent is not None and has_not_begun(receiver):
        return run.fails("TypeError", "something sent to a generator that has not begun", site.node)
    item = step(run, receiver, sent)
    if item is END:
        return run.fails("StopIteration", "an iterator at its end", site.node)
    return lost_item(run, item, item.reason.reason, site) if isinstance(item, Lost) else item


def _close(run: Run, receiver: IteratorValue, arguments: Arguments, site: Site) -> Value:
    if run.may_change(receiver):
        receiver.source = iter(())
    return None


def _format(run: Run, receiver: str, arguments: Arguments, site: Site) -> Value:
    from kerascheck.machine.texts import filled

    try:
        text = filled(run, receiver, arguments, site)
    except RAISED as error:
        return run.fails(type(error).__name__, "format() that raises", site.node)
    return run.fresh("format() of something unknown", site.node) if text is None else bounded(run, text, site.node)


def _join(run: Run, receiver: str, arguments: Arguments, site: Site) -> Value:
    items = items_of(run, _first(arguments))
    if isinstance(items, Unknown) or not all(isinstance(i, str) for i in items):
        return run.fresh("join() of something unknown", site.node)
    if sum(map(len, items)) + len(receiver) * len(items) < MAX_TEXT:
        return receiver.join(items)
    return run.fresh("join() of something unknown", site.node)


METHODS: dict[str, dict[str, Method]] = {
    "list": {
        "append": _append,
        "extend": _extend,
        "insert": _insert,
        "pop": _pop,
        "reverse": _reverse,
        "clear": _clear,
        "copy": _copy,
        "index": _index,
        "count": _count,
        "remove": _remove,
        "sort": _sort,
    },
    "iterator": {"__next__": _following, "send": _following, "close": _close, "__iter__": lambda run, it, *rest: it},
    "set": {
        "add": _add,
        "update": _set_update,
        "copy": _copy,
        "clear": _clear,
        "remove": _remove,
        "discard": _discard,
        "pop": _set_pop,
        **{
            op: _set_method(op)
            for op in (
                "union",
                "intersection",
                "difference",
                "symmetric_difference",
                "issubset",
                "issuperset",
                "isdisjoint",
            )
        },
        **{
            op: _set_method(op.removesuffix("_update"), True)
            for op in ("intersection_update", "difference_update", "symmetric_difference_update")
        },
    },
    "dict": {
        "get": _get,
        "pop": _dict_pop,
        "setdefault": _setdefault,
        "update": _update,
        "keys": _view("keys", lambda d: list(d.items)),
        "values": _view("values", lambda d: list(d.items.values())),
        "items": _view("items", lambda d: list(d.items.items())),
        "copy": _dict_copy,
        "clear": _clear,
        "popitem": _popitem,
        "move_to_end": _move_to_end,
    },
    "tuple": {
        "index": _index,
        "count": _count,
        "as_list": lambda run, receiver, arguments, site: run.new_list(receiver),  # of a TensorShape
    },
    "int": {"bit_length": number("bit_length"), "is_integer": number("is_integer")},
    "float": {"is_integer": number("is_integer")},
    "bytes": {"decode": decode},
    "str": {**{name: string(name) for name in STRING_METHODS}, "encode": encode, "format": _format, "join": _join},
}
