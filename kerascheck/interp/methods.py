"""Methods of lists, sets, dictionaries, tuples and strings."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from kerascheck.interp.run import MAX_ITEMS, Run
from kerascheck.interp.sequences import items_of
from kerascheck.interp.values import DictValue, ListValue, Value
from kerascheck.network.arguments import Arguments
from kerascheck.network.ir import Site
from kerascheck.symbolic import Unknown

Method = Callable[[Run, Any, Arguments, Site], Value]


def _first(arguments: Arguments, default: Value = None) -> Value:
    return arguments.positional[0].value if arguments.positional else default


# -- lists and sets --------------------------------------------------------------------------------------------


def _append(run: Run, receiver: ListValue, arguments: Arguments, site: Site) -> Value:
    if receiver.unknown is None and run.may_change(receiver):
        if len(receiver.items) < MAX_ITEMS:
            receiver.items.append(_first(arguments))
        else:
            receiver.blur("a list that grows too long")
    return None


def _extend(run: Run, receiver: ListValue, arguments: Arguments, site: Site) -> Value:
    if receiver.unknown is not None or not run.may_change(receiver):
        return None
    items = items_of(run, _first(arguments))
    if isinstance(items, Unknown) or len(receiver.items) + len(items) > MAX_ITEMS:
        receiver.blur("extended by something unknown")
    else:
        receiver.items += items
    return None


def _insert(run: Run, receiver: ListValue, arguments: Arguments, site: Site) -> Value:
    if receiver.unknown is not None or not run.may_change(receiver):
        return None
    index = _first(arguments)
    if isinstance(index, int) and len(arguments.positional) == 2:
        receiver.items.insert(index, arguments.positional[1].value)
    else:
        receiver.blur("an insertion at an unknown index")
    return None


def _pop(run: Run, receiver: ListValue, arguments: Arguments, site: Site) -> Value:
    index = _first(arguments, -1)
    if receiver.unknown is not None or not run.may_change(receiver) or not isinstance(index, int):
        if not isinstance(index, int):
            receiver.blur("an unknown item was taken out")
        return run.fresh("an item of a list that is not known", site.node)
    try:
        return receiver.items.pop(index)
    except IndexError:
        return run.fresh("pop that raises", site.node)


def _reverse(run: Run, receiver: ListValue, arguments: Arguments, site: Site) -> Value:
    if run.may_change(receiver):
        receiver.items.reverse()
    return None


def _clear(run: Run, receiver: ListValue | DictValue, arguments: Arguments, site: Site) -> Value:
    if run.may_change(receiver):
        receiver.items.clear()
        receiver.unknown = None
    return None


def _copy(run: Run, receiver: ListValue, arguments: Arguments, site: Site) -> Value:
    made = run.new_list(receiver.items, receiver.kind)
    made.unknown = receiver.unknown
    return made


def _index(run: Run, receiver: ListValue | tuple[Value, ...], arguments: Arguments, site: Site) -> Value:
    items = items_of(run, receiver)
    wanted = _first(arguments)
    if not isinstance(items, Unknown) and isinstance(wanted, (int, str)):
        for index, item in enumerate(items):
            if not isinstance(item, (int, str, float, type(None))):
                break
            if item == wanted:
                return index
    return run.fresh("an index that is not known", site.node)


def _count(run: Run, receiver: ListValue | tuple[Value, ...], arguments: Arguments, site: Site) -> Value:
    items = items_of(run, receiver)
    wanted = _first(arguments)
    if not isinstance(items, Unknown) and all(isinstance(i, (int, str, float)) for i in [*items, wanted]):
        return items.count(wanted)
    return run.fresh("a count that is not known", site.node)


def _add(run: Run, receiver: ListValue, arguments: Arguments, site: Site) -> Value:
    value = _first(arguments)
    if receiver.unknown is None and run.may_change(receiver):
        if isinstance(value, (int, str, float)) and value in [
            i for i in receiver.items if isinstance(i, (int, str, float))
        ]:
            return None
        receiver.items.append(value)
    return None


# -- dictionaries -------------------------------------------------------------------------------------------------


def _get(run: Run, receiver: DictValue, arguments: Arguments, site: Site) -> Value:
    from kerascheck.interp.expressions import is_known_key

    key = _first(arguments)
    if is_known_key(key):
        if key in receiver.items:
            return receiver.items[key]
        if receiver.unknown is None:
            return arguments.value("default", 1)
    return run.fresh("an entry of a dictionary that is not known", site.node)


def _dict_pop(run: Run, receiver: DictValue, arguments: Arguments, site: Site) -> Value:
    value = _get(run, receiver, arguments, site)
    if run.may_change(receiver):
        key = _first(arguments)
        if isinstance(key, (int, str)):
            receiver.items.pop(key, None)
        else:
            receiver.blur("an unknown entry was taken out")
    return value


def _setdefault(run: Run, receiver: DictValue, arguments: Arguments, site: Site) -> Value:
    key = _first(arguments)
    if isinstance(key, (int, str)) and receiver.unknown is None:
        if key not in receiver.items and run.may_change(receiver):
            receiver.items[key] = arguments.value("default", 1)
        return receiver.items.get(key)
    return run.fresh("an entry of a dictionary that is not known", site.node)


def _update(run: Run, receiver: DictValue, arguments: Arguments, site: Site) -> Value:
    if not run.may_change(receiver):
        return None
    other = _first(arguments)
    if isinstance(other, DictValue):
        receiver.items.update(other.items)
        receiver.unknown = receiver.unknown or other.unknown
    elif other is not None:
        receiver.blur("updated with something unknown")
    for key, given in arguments.keywords.items():
        receiver.items[key] = given.value
    return None


def _view(take: Callable[[DictValue], list[Value]]) -> Method:
    def method(run: Run, receiver: DictValue, arguments: Arguments, site: Site) -> Value:
        made = run.new_list(() if receiver.unknown is not None else take(receiver))
        made.unknown = receiver.unknown
        return made

    return method


def _dict_copy(run: Run, receiver: DictValue, arguments: Arguments, site: Site) -> Value:
    made = run.new_dict(dict(receiver.items))
    made.unknown = receiver.unknown
    return made


# -- strings ----------------------------------------------------------------------------------------------------------


def _string(name: str) -> Method:
    """A method of `str` that takes and gives plain values."""

    def method(run: Run, receiver: str, arguments: Arguments, site: Site) -> Value:
        values = [given.value for given in arguments.positional]
        if not arguments.keywords and all(isinstance(v, (str, int, tuple)) for v in values):
            if any(isinstance(v, int) and abs(v) > 10_000 for v in values):
                return run.fresh(f"{name}() of a large size", site.node)
            try:
                result = getattr(receiver, name)(*values)
            except (TypeError, ValueError, IndexError):
                return run.fresh(f"{name}() that raises", site.node)
            return run.new_list(result) if isinstance(result, list) else result
        return run.fresh(f"{name}() of something unknown", site.node)

    return method


def _format(run: Run, receiver: str, arguments: Arguments, site: Site) -> Value:
    values = [given.value for given in arguments.positional]
    keywords = {key: given.value for key, given in arguments.keywords.items()}
    plain = all(isinstance(v, (str, int, float)) for v in [*values, *keywords.values()])
    # No attribute access and no wide fields: the text is the user's.
    if plain and not arguments.open_keywords and not any(c in receiver for c in ".[") and ":" not in receiver:
        try:
            return receiver.format(*values, **keywords)
        except (KeyError, IndexError, ValueError):
            return run.fresh("format() that raises", site.node)
    return run.fresh("format() of something unknown", site.node)


def _join(run: Run, receiver: str, arguments: Arguments, site: Site) -> Value:
    items = items_of(run, _first(arguments))
    if not isinstance(items, Unknown) and all(isinstance(i, str) for i in items):
        return receiver.join(items)
    return run.fresh("join() of something unknown", site.node)


_STRING_METHODS = (
    "lower", "upper", "strip", "lstrip", "rstrip", "split", "rsplit", "replace", "startswith", "endswith", "title",
    "capitalize", "isdigit", "find", "count", "removeprefix", "removesuffix", "splitlines", "zfill", "isupper", "islower",
)  # fmt: skip

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
    },
    "set": {"add": _add, "update": _extend, "copy": _copy, "clear": _clear},
    "dict": {
        "get": _get,
        "pop": _dict_pop,
        "setdefault": _setdefault,
        "update": _update,
        "keys": _view(lambda d: list(d.items)),
        "values": _view(lambda d: list(d.items.values())),
        "items": _view(lambda d: list(d.items.items())),
        "copy": _dict_copy,
        "clear": _clear,
    },
    "tuple": {
        "index": _index,
        "count": _count,
        "as_list": lambda run, receiver, arguments, site: run.new_list(receiver),  # of a TensorShape
    },
    "str": {**{name: _string(name) for name in _STRING_METHODS}, "format": _format, "join": _join},
}
