"""Built-in functions that make containers and go over them."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from kerascheck.data.array import Array, axis_size
from kerascheck.data.pipeline import Pipeline, length_of
from kerascheck.machine.asking import made_of, surroundings_in
from kerascheck.machine.assumptions import restrict
from kerascheck.machine.builtins_arguments import (
    called,
    caller,
    derived,
    in_cases_of_items,
    kind_of,
    positional_values,
)
from kerascheck.machine.calls import plain_call
from kerascheck.machine.choices import choose
from kerascheck.machine.conditions import truth
from kerascheck.machine.limits import MAX_COMPREHENSION
from kerascheck.machine.literals import is_known_key
from kerascheck.machine.members import find_slot
from kerascheck.machine.methods import set_of
from kerascheck.machine.paths import lift
from kerascheck.machine.run import Run
from kerascheck.machine.sequences import (
    END,
    Lost,
    as_unknown,
    call_once,
    element_of,
    items_of,
    iterate,
    lost_item,
    members_of,
    open_iterator,
    resumed,
    step,
)
from kerascheck.machine.sorting import sort_items
from kerascheck.machine.values import (
    ClassValue,
    DictValue,
    Instance,
    IteratorValue,
    ListValue,
    Value,
    not_known,
)
from kerascheck.machine.weights import TOO_MANY_PARTS, is_too_heavy
from kerascheck.network.arguments import Arguments, Given
from kerascheck.network.ir import Site
from kerascheck.symbolic.unknown import Guarded, Unknown


def _len(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    values = positional_values(arguments)
    if len(values) == 1:
        value = values[0]
        if isinstance(value, (str, bytes, tuple, range)):
            return len(value)
        if isinstance(value, (ListValue, DictValue)) and value.unknown is None and kind_of(value) != "iterator":
            return len(value.items)
        if isinstance(value, ClassValue) and value.enumerated:
            return len(value.enumerated)
        if isinstance(value, Instance) and (method := find_slot(value, "__len__")) is not None:
            length = run.call(method, Arguments([], {}), site)
            return length if length is not None else run.fresh("len() of what has no length", site.node)
        if isinstance(value, Unknown) and value.key in run.grown:
            return made_of(run.fresh("the length of what has grown", site.node, called(name, value)), value.key)
        if isinstance(value, Unknown) and value.text:
            return axis_size(value.key, value.text, 0, f"len({value.text})")
        if isinstance(value, Array):
            from kerascheck.data.operators import array_length

            length = array_length(run, value)
            return length if length is not None else derived(run, "len", values, site)
        if isinstance(value, Pipeline):
            return length_of(run, value, site)
        if isinstance(value, ListValue) and value.element is not None:
            from kerascheck.data.values import grown_length

            return grown_length(value)
        if isinstance(value, ListValue) and value.unknown is not None:
            from kerascheck.data.distinct import DISTINCT, distinct_count

            key = value.unknown.key
            if isinstance(key, tuple) and key[:2] == (DISTINCT, "known"):
                return key[2]
            if isinstance(key, tuple) and key[:1] == (DISTINCT,):
                return distinct_count(key)
            if value.kind == "list" and surroundings_in(key):
                return derived(run, "len", [value.unknown], site)
    return derived(run, "len", values, site)


def _range(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    values = positional_values(arguments)
    guarded = next((value for value in values if type(value) is Guarded), None)
    if guarded is not None:

        def of(one: Value) -> Value:
            bounds = [Given(one if value is guarded else restrict(run, value)) for value in values]
            return _range(run, name, Arguments(bounds, {}), site)

        return lift(run, of, guarded)
    if values and len(values) <= 3 and all(isinstance(v, int) for v in values):
        try:
            made = range(*values)
            len(made)
        except ValueError:
            return run.fresh("a range that raises", site.node)
        except OverflowError:  # it has no length that Python could tell
            return run.unknown_list("a range without an end in sight", "range")
        return made
    if None in values[:2] and run.tracing and not run.measured:
        from kerascheck.machine.keras.open_sizes import refuse_open_size

        refuse_open_size(run, "range()", site)
    return run.unknown_list("a range of unknown bounds", "range")


def _list(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    values = positional_values(arguments)
    items: list[Value] | Unknown = items_of(run, values[0]) if values else []
    if not isinstance(items, Unknown) and is_too_heavy(run, items):
        items = Unknown(TOO_MANY_PARTS)
    made = run.new_list(() if isinstance(items, Unknown) else items)
    made.unknown = items if isinstance(items, Unknown) else None
    return made


def _tuple(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    values = positional_values(arguments)
    items: list[Value] | Unknown = items_of(run, values[0]) if values else []
    if not isinstance(items, Unknown) and is_too_heavy(run, items):
        return run.fresh(TOO_MANY_PARTS, site.node)
    return items if isinstance(items, Unknown) else tuple(items)


def _set(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    values = positional_values(arguments)
    if values and isinstance(values[0], Array):
        from kerascheck.data.distinct import known_count, known_values

        known = known_values(values[0])
        if known is not None:
            return run.new_list(known, "set")
        count = known_count(values[0])
        if count is not None:
            made = run.unknown_list("the values of data", "set")
            made.unknown = Unknown("the values of data", ("distinct", "known", count))
            return made
    items: list[Value] | Unknown = members_of(run, values[0]) if values else []
    if not isinstance(items, Unknown):
        return in_cases_of_items(run, items, lambda items: set_of(run, items))
    made = run.unknown_list(items.reason, "set")
    source = as_unknown(values[0])
    if isinstance(source, (Array, Unknown)):
        from kerascheck.data.distinct import members_key

        made.unknown = Unknown(items.reason, members_key(source))
    return made


def _dict(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    from kerascheck.machine.literals import put

    made = run.new_dict()
    for value in positional_values(arguments):
        if isinstance(value, DictValue):
            made.merge(value)
            continue
        items = items_of(run, value)
        if isinstance(items, Unknown):
            made.unknown = items
            continue
        for item in items:
            pair = items_of(run, item)
            if isinstance(pair, Unknown) or len(pair) != 2:
                made.blur("pairs that are not known")
                return made
            put(made, pair[0], pair[1])
    for key, given in arguments.keywords.items():
        made.items[key] = given.value
    if arguments.open_keywords:
        made.unknown = Unknown("** arguments of unknown content")
    return made


def _enumerate(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    source, start = arguments.value("iterable", 0), arguments.value("start", 1, 0)
    if (stream := _stream(run, [source])) is not None:
        return stream.derive(element=(run.fresh("an index", site.node), *stream.element))
    items = iterate(run, source)
    if not isinstance(start, int):
        return run.unknown_list("an enumeration of something unknown")

    def numbered() -> Iterator[Value]:
        for index, item in enumerate(items, start):
            yield item if isinstance(item, Lost) else (index, item)

    return run.new_iterator(numbered())


def _zip(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    if arguments.open_positional:
        return run.unknown_list("zip of something unknown")
    if (stream := _stream(run, positional_values(arguments))) is not None:
        return stream
    strict = arguments.value("strict", None, False) is not False
    made = run.new_iterator(_rows(run, positional_values(arguments), strict))
    if run.origins:
        from kerascheck.machine.keras.origins import note_pairs

        note_pairs(run, made, positional_values(arguments))
    return made


def _rows(run: Run, values: list[Value], strict: bool = False) -> Iterator[Value]:
    """Tuples of one item of each, as long as all have one; what is left in the others stays there."""
    sources = [open_iterator(run, value) for value in values]
    while sources:
        row: list[Value] = []
        for source in sources:
            item = step(run, source)
            if item is END:
                if strict and (row or any(step(run, other) is not END for other in sources[1:])):
                    run.fails("ValueError", "zip() of things of different lengths")
                return
            if isinstance(item, Lost):
                yield item
                return
            row.append(item)
        yield tuple(row)


def _stream(run: Run, sources: list[Value]) -> Pipeline | None:
    """An iterator over the items of several things side by side; None where it is not data of unknown items."""
    if not any(isinstance(source, Pipeline) or _is_long(run, source) for source in sources):
        return None
    from kerascheck.data.elements import to_element

    parts = [to_element(run, element_of(run, source, "an element of something unknown")) for source in sources]
    made = Pipeline(tuple(parts), "iterator", birth=run.tick())
    made.parts = tuple(sources)
    return made


def _is_long(run: Run, source: Value) -> bool:
    """Whether it is an array whose items are not known one by one."""
    return isinstance(source, Array) and isinstance(items_of(run, source), Unknown)


def _reversed(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    items = items_of(run, arguments.value("sequence", 0))
    if isinstance(items, Unknown):
        return run.unknown_list("reversed of something unknown")
    return run.new_iterator(iter(items[::-1]))


def _sorted(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    items = members_of(run, arguments.value("iterable", 0))
    if isinstance(items, Unknown):
        made = run.unknown_list("sorted of something unknown")
        made.unknown = items  # as many as they are
        return made

    def of(items: list[Value]) -> Value:
        found = sort_items(run, items, arguments, site)
        return Unknown("sorted of something unknown") if found is None else tuple(found)

    return _list_of(run, in_cases_of_items(run, items, of), len(items), "sorted of something unknown")


def _list_of(run: Run, found: Value, length: int, reason: str) -> Value:
    """A list of the items of a tuple, or of the tuples that it is in several cases: each place for itself."""
    if type(found) is Guarded and all(isinstance(case, tuple) for _, case in found.alternatives):
        places = [
            choose(run, [(guard, case[index]) for guard, case in found.alternatives], found.needs)
            for index in range(length)
        ]
        return run.new_list(places)
    return run.new_list(found) if isinstance(found, tuple) else run.unknown_list(reason)


def _map(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    values = positional_values(arguments)
    if len(values) < 2 or arguments.open_positional:
        return run.unknown_list("map over something unknown")

    def results() -> Iterator[Value]:
        for count, row in enumerate(_rows(run, values[1:])):
            if isinstance(row, Lost) or count >= MAX_COMPREHENSION:
                with run.unknown_rounds():
                    element = [run.fresh("an element of something unknown") for _ in values[1:]]
                    plain_call(run, values[0], element, site)
                yield row if isinstance(row, Lost) else Lost(Unknown("map over too many elements"))
                return
            yield plain_call(run, values[0], list(row), site)

    return run.new_iterator(resumed(run, caller(run), results()))


def _filter(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    values = positional_values(arguments)
    if len(values) != 2:
        return run.unknown_list("filter of something unknown")
    items = iterate(run, values[1])

    def kept() -> Iterator[Value]:
        for count, item in enumerate(items):
            if isinstance(item, Lost) or count >= MAX_COMPREHENSION:
                before = item.reason if isinstance(item, Lost) else None
                yield Lost(not_known("filter of too many elements" if before is None else before.reason, before))
                return
            verdict = item if values[0] is None else plain_call(run, values[0], [item], site)
            if isinstance(verdict, Unknown):
                yield Lost(Unknown("filter by something unknown"))
                return
            if truth(run, verdict):
                yield item

    return run.new_iterator(resumed(run, caller(run), kept()))


def _slice(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    values = positional_values(arguments)
    return slice(*values) if 1 <= len(values) <= 3 else run.fresh("slice()", site.node)


def _iter(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    values = positional_values(arguments)
    if len(values) != 1:
        return run.unknown_list("an iterator")
    if isinstance(values[0], Pipeline):
        return values[0].derive(kind="iterator")
    if isinstance(values[0], Instance) and (begin := find_slot(values[0], "__iter__")) is not None:
        return run.call(begin, Arguments([], {}), site)
    return open_iterator(run, values[0])


def _next(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    values = positional_values(arguments)
    source = values[0] if values else None
    item: Value = None
    if isinstance(source, Pipeline):
        return element_of(run, source, "next()", site.node)
    if isinstance(source, IteratorValue):
        item = step(run, source)
    elif isinstance(source, Instance) and (following := find_slot(source, "__next__")) is not None:
        item = call_once(run, following, [], "StopIteration", site)
    else:
        return run.fresh("next()", site.node)
    if item is END:
        return values[1] if len(values) == 2 else run.fails("StopIteration", "next() of an iterator at its end")
    return lost_item(run, item, "next() in a loop", site) if isinstance(item, Lost) else item


def _fromkeys(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    """`dict.fromkeys(names, 0)`."""
    keys = items_of(run, arguments.value("iterable", 0))
    made = run.new_dict()
    if isinstance(keys, Unknown) or not all(map(is_known_key, keys)):
        made.blur("keys that are not known")
    else:
        made.items = dict.fromkeys(keys, arguments.value("value", 1))
    return made


CONTAINERS: dict[str, Callable[[Run, str, Arguments, Site], Value]] = {
    "len": _len,
    "range": _range,
    "xrange": _range,
    "list": _list,
    "set": _set,
    "frozenset": _set,
    "tuple": _tuple,
    "dict": _dict,
    "enumerate": _enumerate,
    "zip": _zip,
    "reversed": _reversed,
    "sorted": _sorted,
    "map": _map,
    "filter": _filter,
    "slice": _slice,
    "iter": _iter,
    "next": _next,
    "dict.fromkeys": _fromkeys,
}
