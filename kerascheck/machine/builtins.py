"""Python's built-in functions on values."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Sequence
from typing import Any

from kerascheck.data.array import Array, axis_size
from kerascheck.data.pipeline import Pipeline, length_of
from kerascheck.machine.asking import CLASSES, made_of, surroundings_in
from kerascheck.machine.attributes import find_slot, get_attribute, set_plainly
from kerascheck.machine.calls import plain_call
from kerascheck.machine.conditions import truth
from kerascheck.machine.exceptions import is_exception, make_exception
from kerascheck.machine.joins import choose
from kerascheck.machine.literals import is_known_key
from kerascheck.machine.methods import either, ordered, set_of, sort_items
from kerascheck.machine.operators import UNION, binary, bounded
from kerascheck.machine.paths import fork_value, lift, restrict, settle, spread
from kerascheck.machine.run import MAX_COMPREHENSION, RAISED, Run
from kerascheck.machine.sequences import (
    END,
    Lost,
    as_unknown,
    call_once,
    element_of,
    items_of,
    iterate,
    members_of,
    open_iterator,
    resumed,
    step,
)
from kerascheck.machine.texts import show, text_of
from kerascheck.machine.typequestions import has_attribute, is_a, is_number, is_of_known_type, is_subclass, type_of
from kerascheck.machine.values import (
    ClassValue,
    DictObject,
    DictValue,
    FunctionValue,
    Instance,
    IteratorValue,
    ListValue,
    ModuleValue,
    NativeObject,
    Scope,
    UserRaise,
    Value,
    not_known,
    presence,
)
from kerascheck.machine.weights import TOO_MANY_PARTS, is_too_heavy
from kerascheck.network.arguments import Arguments, Given
from kerascheck.network.dims import SymDim, maximum, minimum
from kerascheck.network.ir import Layer, Site
from kerascheck.symbolic.unknown import Guarded, Symbol, Unknown


def _kind_of(value: Value) -> str:
    return value.kind if isinstance(value, ListValue) else ""


def _values(arguments: Arguments) -> list[Value]:
    return [given.value for given in arguments.positional]


def _derived(run: Run, name: str, values: list[Value], site: Site) -> Value:
    """The result of a pure function of something unknown: the same for the same argument."""
    if len(values) == 1 and isinstance(values[0], Unknown):
        return Unknown(values[0].reason, ("call", name, values[0].key), _called(name, values[0]))
    return run.fresh(f"{name}() of something unknown", site.node)


def _called(name: str, value: Unknown) -> str | None:
    """How the call of a function on the value is written."""
    return f"{name}({value.text})" if value.text else None


def _len(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    values = _values(arguments)
    if len(values) == 1:
        value = values[0]
        if isinstance(value, (str, bytes, tuple, range)):
            return len(value)
        if isinstance(value, (ListValue, DictValue)) and value.unknown is None and _kind_of(value) != "iterator":
            return len(value.items)
        if isinstance(value, ClassValue) and value.enumerated:
            return len(value.enumerated)
        if isinstance(value, Instance) and (method := find_slot(value, "__len__")) is not None:
            length = run.call(method, Arguments([], {}), site)
            return length if length is not None else run.fresh("len() of what has no length", site.node)
        if isinstance(value, Unknown) and value.key in run.grown:
            return made_of(run.fresh("the length of what has grown", site.node, _called(name, value)), value.key)
        if isinstance(value, Unknown) and value.text:
            return axis_size(value.key, value.text, 0, f"len({value.text})")
        if isinstance(value, Array):
            from kerascheck.data.operators import array_length

            length = array_length(run, value)
            return length if length is not None else _derived(run, "len", values, site)
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
                return _derived(run, "len", [value.unknown], site)
    return _derived(run, "len", values, site)


def _range(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    values = _values(arguments)
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
    values = _values(arguments)
    items: list[Value] | Unknown = items_of(run, values[0]) if values else []
    if not isinstance(items, Unknown) and is_too_heavy(run, items):
        items = Unknown(TOO_MANY_PARTS)
    made = run.new_list(() if isinstance(items, Unknown) else items)
    made.unknown = items if isinstance(items, Unknown) else None
    return made


def _tuple(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    values = _values(arguments)
    items: list[Value] | Unknown = items_of(run, values[0]) if values else []
    if not isinstance(items, Unknown) and is_too_heavy(run, items):
        return run.fresh(TOO_MANY_PARTS, site.node)
    return items if isinstance(items, Unknown) else tuple(items)


def _set(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    values = _values(arguments)
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
        return _in_cases_of_items(run, items, lambda items: set_of(run, items))
    made = run.unknown_list(items.reason, "set")
    source = as_unknown(values[0])
    if isinstance(source, (Array, Unknown)):
        from kerascheck.data.distinct import members_key

        made.unknown = Unknown(items.reason, members_key(source))
    return made


def _dict(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    from kerascheck.machine.literals import put

    made = run.new_dict()
    for value in _values(arguments):
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
    if (stream := _stream(run, _values(arguments))) is not None:
        return stream
    strict = arguments.value("strict", None, False) is not False
    made = run.new_iterator(_rows(run, _values(arguments), strict))
    if run.origins:
        from kerascheck.machine.keras.origins import note_pairs

        note_pairs(run, made, _values(arguments))
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

    return _list_of(run, _in_cases_of_items(run, items, of), len(items), "sorted of something unknown")


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
    values = _values(arguments)
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

    return run.new_iterator(resumed(run, _caller(run), results()))


def _filter(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    values = _values(arguments)
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

    return run.new_iterator(resumed(run, _caller(run), kept()))


def _caller(run: Run) -> FunctionValue | None:
    return run.call_stack[-1] if run.call_stack else None


def _number(convert: Callable[..., Any]) -> Callable[[Run, str, Arguments, Site], Value]:
    def build(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
        values = _values(arguments)
        if not values:
            return convert()
        if isinstance(values[0], Instance):
            for method in (f"__{convert.__name__}__", "__index__"):
                bound = find_slot(values[0], method)
                if bound is not None:
                    return run.call(bound, Arguments([], {}), site)
        if isinstance(values[0], Array) and values[0].shape == ():
            values = [values[0].number(), *values[1:]]
        if isinstance(values[0], SymDim) and len(values) == 1:
            return values[0] if convert is int else run.fresh("a float of a size", site.node)
        if all(isinstance(v, (int, float, str)) for v in values):
            try:
                return convert(*values)
            except RAISED as error:
                return run.fails(type(error).__name__, f"{convert.__name__}() that raises", site.node)
        return _derived(run, convert.__name__, values, site)

    return build


def _bool(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    values = _values(arguments)
    if not values:
        return False
    from kerascheck.machine.boolean_expressions import as_value

    return as_value(run, settle(run, values[0], site.node))


def _str(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    values = _values(arguments)
    if not values:
        return ""
    text = text_of(run, values[0], as_repr=name == "builtins.repr")
    return (
        _derived(run, name.removeprefix("builtins."), values, site) if text is None else bounded(run, text, site.node)
    )


def _format(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    values = _values(arguments)
    spec = values[1] if len(values) > 1 else ""
    text = show(run, values[0], None, spec) if values and isinstance(spec, str) else None
    return run.fresh("format() of something unknown", site.node) if text is None else bounded(run, text, site.node)


def _round(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    values = _values(arguments)
    if values and all(isinstance(v, (int, float)) or v is None for v in values):
        try:
            return round(*values)
        except RAISED:
            return run.fails("ValueError", "round() that raises", site.node)
    if values and isinstance(values[0], Array):
        return _as_of_numpy(run, "numpy.round", arguments, site)
    return _derived(run, "round", values, site)


def _as_of_numpy(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    """What Python asks an array itself to do."""
    from kerascheck.data.registry import find

    function = find(name)
    return run.fresh(name, site.node) if function is None else function(run, name, arguments, site)


def _is_vector(values: list[Value]) -> bool:
    """Whether the only argument is an array of one axis whose numbers are not known one by one."""
    value = values[0] if len(values) == 1 else None
    return isinstance(value, Array) and value.ndim == 1 and value.items is None and value.kind in ("numpy", "series")


def _abs(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    values = _values(arguments)
    if len(values) == 1 and isinstance(values[0], (int, float)):
        return abs(values[0])
    if len(values) == 1 and isinstance(values[0], Instance):
        bound = find_slot(values[0], "__abs__")
        if bound is not None:
            return run.call(bound, Arguments([], {}), site)
    if len(values) == 1 and isinstance(values[0], Array):
        return _as_of_numpy(run, "numpy.abs", arguments, site)
    return _derived(run, "abs", values, site)


def _extreme(plain: Callable[..., Any], symbolic: Callable[..., Any]) -> Callable[[Run, str, Arguments, Site], Value]:
    def build(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
        values = _values(arguments)
        if _is_vector(values) and not arguments.keywords:
            return _as_of_numpy(run, f"numpy.{plain.__name__}", arguments, site)
        items = members_of(run, values[0]) if len(values) == 1 else values
        if not set(arguments.keywords) <= {"key", "default"}:
            return run.fresh("an extreme of something unknown", site.node)
        if isinstance(items, Unknown):
            return _derived(run, name.removeprefix("builtins."), values, site)
        if not items:
            given = arguments.get("default")
            return (
                given.value if isinstance(given, Given) else run.fails("ValueError", "an extreme of nothing", site.node)
            )
        key = arguments.value("key")

        def of(items: list[Value]) -> Value:
            if key is not None:
                return _extreme_by_key(run, plain, items, key, site)
            if all(isinstance(i, (int, SymDim)) for i in items) and any(isinstance(i, SymDim) for i in items):
                return symbolic(*items)
            if key is None and len(items) == 2 and all(map(_is_plain_number, items)):
                return _extreme_of_numbers(plain, items)
            return _extreme_by_key(run, plain, items, None, site)

        return _in_cases_of_items(run, items, of)

    return build


def _is_plain_number(value: Value) -> bool:
    return type(value) in (Unknown, int, float) and is_number(value)


def _extreme_of_numbers(plain: Callable[..., Any], items: Sequence[Value]) -> Value:
    """The larger or smaller one of two numbers, of which one may not be known, or both."""
    unknown = next((item for item in items if isinstance(item, Unknown)), None)
    if unknown is None:
        return plain(*items)
    name = plain.__name__
    keys = [i.key if isinstance(i, Unknown) else ("constant", type(i).__name__, i) for i in items]
    texts = [i.text if isinstance(i, Unknown) else str(i) for i in items]
    return Unknown(unknown.reason, (name, *keys), f"{name}({', '.join(map(str, texts))})" if all(texts) else None)


def _extreme_by_key(run: Run, choose: Callable[..., Any], items: list[Value], key: Value, site: Site) -> Value:
    """`max(items, key=...)` and `min(items, key=...)`: the first of those that are alike."""
    if len(items) > MAX_COMPREHENSION and key is not None:
        return run.fresh("an extreme of too many items", site.node)
    keys = list(items) if key is None else [run.call(key, Arguments([Given(item)], {}), site) for item in items]
    # Of those that are alike it is the first: for the largest, the last one in the order of the reversed keys.
    order = ordered(run, keys if choose is min else keys[::-1], site)
    if order is None:
        return run.fresh("an extreme of something unknown", site.node)
    return items[order[0]] if choose is min else items[len(items) - 1 - order[-1]]


def _sum(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    values = _values(arguments)
    if _is_vector(values) and not arguments.keywords:
        return _as_of_numpy(run, "numpy.sum", arguments, site)
    items = members_of(run, values[0]) if values else Unknown("sum")
    if isinstance(items, Unknown):
        return _derived(run, "sum", values[:1], site)
    total = values[1] if len(values) > 1 else arguments.value("start", None, 0)
    if total == 0 and all(isinstance(item, (int, float)) for item in items):
        return sum(items)  # Python adds floats more exactly than one by one
    scope = Scope("module", None, site.file)
    for item in items:
        total = binary(run, "Add", total, item, site.node, scope)
        if isinstance(total, Unknown) and type(total) is not Guarded:
            return run.fresh("a sum of something unknown", site.node)
    return total


def _any_all(stop: bool) -> Callable[[Run, str, Arguments, Site], Value]:
    def build(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
        values = _values(arguments)
        if len(values) != 1:
            return run.fresh("any or all of something unknown", site.node)
        unordered = isinstance(values[0], ListValue) and values[0].kind == "set" and values[0].unknown is None
        open_items: list[Value] = []
        last = not stop
        for item in list(values[0].items) if unordered else iterate(run, values[0]):
            if isinstance(item, Lost):
                return run.fresh("any or all of something unknown", site.node)
            verdict = settle(run, item, site.node)
            if verdict is stop:
                last = stop
                break
            if not isinstance(verdict, bool):
                open_items.append(item)
        if len(open_items) > _MAX_OPEN:
            return run.fresh("any or all of something unknown", site.node)
        return _first_that_stops(run, stop, open_items, last, site)

    return build


def _first_that_stops(run: Run, stop: bool, items: list[Value], last: bool, site: Site) -> Value:
    """`or`, or `and`, of conditions that are not known and what comes behind them."""
    if not items:
        return last
    first, *others = items
    verdict = settle(run, first, site.node)
    if isinstance(verdict, bool):
        return stop if verdict is stop else _first_that_stops(run, stop, others, last, site)
    if not others and last is not stop:
        from kerascheck.machine.boolean_expressions import as_value

        return as_value(run, verdict)

    def go_on() -> Value:
        return _first_that_stops(run, stop, others, last, site)

    return fork_value(run, verdict, lambda: True, go_on) if stop else fork_value(run, verdict, go_on, lambda: False)


#: Conditions that are not known, of which it is still worked out whether any or all of them hold; items that hang on
#: conditions, of which the largest or the order is found in each case.
_MAX_OPEN = 5


def _in_cases_of_items(run: Run, items: list[Value], action: Callable[[list[Value]], Value]) -> Value:
    """What the action gives for each combination of what the items may be, where these hang on conditions."""
    open_places = [index for index, item in enumerate(items) if type(item) is Guarded]
    if not open_places or len(open_places) > _MAX_OPEN:
        return action(items)
    index = open_places[0]

    def chosen(case: Value) -> Value:
        return _in_cases_of_items(run, [*items[:index], case, *items[index + 1 :]], action)

    value = restrict(run, items[index])
    return spread(run, chosen, value) if type(value) is Guarded else chosen(value)


def _isinstance(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    values = _values(arguments)
    if len(values) != 2:
        return run.fresh("isinstance", site.node)
    wanted = _classes(values[1])
    if isinstance(values[0], Unknown) and not is_of_known_type(values[0]):
        return _type_question(values[0], wanted, site)
    verdicts = [is_a(values[0], cls) for cls in wanted]
    if any(v is True for v in verdicts):
        return True
    if all(v is False for v in verdicts):
        return False
    return run.fresh("a type that is not known", site.node)


def _type_question(value: Unknown, wanted: Sequence[Value], site: Site) -> Unknown:
    """Whether a value that is not known is of one of the classes: the same question wherever it is asked of these."""
    names = tuple(cls.name for cls in wanted if isinstance(cls, Symbol) and cls.name in CLASSES)
    asked: Hashable = names if names and len(names) == len(wanted) else id(site.node)
    return Unknown("the type of something unknown", ("isinstance", value.key, asked)).needing(value.needs)


def _classes(value: Value) -> list[Value]:
    """The classes in the second argument of `isinstance`: one, a tuple of them, a union."""
    if isinstance(value, NativeObject) and value.kind == UNION:
        return list(value.parts["members"])
    if isinstance(value, tuple):
        return [cls for part in value for cls in _classes(part)]
    return [value]


def _issubclass(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    values = _values(arguments)
    verdicts = [is_subclass(values[0], cls) for cls in _classes(values[1])] if len(values) == 2 else []
    if any(verdicts):
        return True
    return False if verdicts and all(verdict is False for verdict in verdicts) else run.fresh("issubclass", site.node)


def _getattr(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    values = _values(arguments)
    if len(values) >= 2 and isinstance(values[1], str):
        if len(values) == 3 and (there := _has(run, values[0], values[1])) is False:
            return values[2]
        if len(values) == 3 and isinstance(there, Unknown):
            return either(run, there, get_attribute(run, values[0], values[1], site.node), values[2], site.node)
        if len(values) == 3 and isinstance(values[0], (Instance, DictObject)):
            return _attribute_or(run, values[0], values[1], values[2], site)
        return get_attribute(run, values[0], values[1], site.node)
    return run.fresh("getattr with an unknown name", site.node)


def _attribute_or(run: Run, value: Value, name: str, default: Value, site: Site) -> Value:
    """The attribute of an object, or the default where what it runs raises an AttributeError."""
    run.guarded += 1
    try:
        return get_attribute(run, value, name, site.node)
    except UserRaise as raised:
        if not is_exception(raised.value, "AttributeError"):
            raise
        return default
    finally:
        run.guarded -= 1


def _setattr(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    from kerascheck.machine.attributes import set_attribute

    values = _values(arguments)
    if len(values) == 3 and isinstance(values[1], str):
        set_attribute(run, values[0], values[1], values[2])
    elif values and isinstance(values[0], Instance):
        values[0].blur("an attribute of unknown name was set")
    return None


def _hasattr(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    values = _values(arguments)
    found = _has(run, values[0], values[1]) if len(values) == 2 and isinstance(values[1], str) else None
    return run.fresh("hasattr", site.node) if found is None else found


def _has(run: Run, value: Value, name: str) -> bool | Unknown | None:
    """Whether the value has an attribute of this name, or what that hangs on; None where that is not known."""
    from kerascheck.machine.attributes import find_member, lacks_attribute

    if isinstance(value, Layer) and value.instance is not None:
        value = value.instance
    if isinstance(value, Instance):
        if find_member(value.cls, name) is not None:
            return True
        if name in value.attributes:
            return presence(value.optional, value.attributes, name)  # type: ignore[no-any-return]
        return False if lacks_attribute(value, name) else None
    if isinstance(value, ModuleValue):
        scope = run.project.scope_of(run, value)
        return presence(scope.optional, scope.vars, name) or None
    return has_attribute(value, name)


def _callable(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    values = _values(arguments)
    if values and isinstance(values[0], (FunctionValue, ClassValue, Layer)):
        return True
    if values and isinstance(values[0], (str, int, float, tuple, ListValue, DictValue, type(None))):
        return False
    return run.fresh("callable", site.node)


def _type(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    values = _values(arguments)
    if len(values) == 3 and isinstance(values[0], str) and isinstance(values[1], tuple):
        return _new_type(run, values[0], list(values[1]), values[2], site)
    found = type_of(values[0]) if len(values) == 1 else None
    return run.fresh("type()", site.node) if found is None else found


def _new_type(run: Run, name: str, bases: list[Value], members: Value, site: Site) -> Value:
    """`type("Small", (Base,), {"units": 3})`."""
    if not isinstance(members, DictValue) or members.unknown is not None:
        return run.fresh("a class whose members are not known", site.node)
    cls = ClassValue(name, site.node, Scope("module", None, site.file), bases, site)  # type: ignore[arg-type]
    cls.members = {str(key): value for key, value in members.items.items()}
    return cls


def _none(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    return None


def _character(kind: type, convert: Callable[[Any], Any]) -> Callable[[Run, str, Arguments, Site], Value]:
    def call(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
        values = _values(arguments)
        if len(values) == 1 and isinstance(values[0], kind):
            try:
                return convert(values[0])
            except RAISED:
                return run.fresh(f"{name} that raises", site.node)
        return _derived(run, name.removeprefix("builtins."), values, site)

    return call


def _exit(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    raise UserRaise(Symbol("builtins.SystemExit"))


def _slice(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    values = _values(arguments)
    return slice(*values) if 1 <= len(values) <= 3 else run.fresh("slice()", site.node)


def _object(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    return run.fresh(f"an object of {name}", site.node)


def _same(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    values = _values(arguments)
    return values[0] if len(values) == 1 else run.fresh(name, site.node)


def _iter(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    values = _values(arguments)
    if len(values) != 1:
        return run.unknown_list("an iterator")
    if isinstance(values[0], Pipeline):
        return values[0].derive(kind="iterator")
    if isinstance(values[0], Instance) and (begin := find_slot(values[0], "__iter__")) is not None:
        return run.call(begin, Arguments([], {}), site)
    return open_iterator(run, values[0])


def _next(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    values = _values(arguments)
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
    return run.fresh("next() in a loop", site.node) if isinstance(item, Lost) else item


def _divmod(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    values = _values(arguments)
    if len(values) == 2:
        scope = Scope("module", None, site.file)
        whole = binary(run, "FloorDivide", values[0], values[1], site.node, scope)
        return (whole, binary(run, "Modulo", values[0], values[1], site.node, scope))
    return run.fresh("divmod()", site.node)


def _pow(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    values = _values(arguments)
    if len(values) == 2:
        return binary(run, "Power", values[0], values[1], site.node, Scope("module", None, site.file))
    return run.fresh("pow()", site.node)


def _as_decorated(meaning: str) -> Callable[[Run, str, Arguments, Site], Value]:
    """`n = property(get)`, `make = classmethod(build)`: the function as the decorator makes it."""

    def call(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
        values = _values(arguments)
        if len(values) != 1 or not isinstance(values[0], FunctionValue):
            return run.fresh(f"a {meaning} of something unknown", site.node)
        given = values[0]
        made = FunctionValue(given.name, given.node, given.scope, given.defaults, given.site, given.owner)
        made.decorated = given.decorated | {meaning}
        return made

    return call


def _set_plainly(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    receiver = arguments.positional[0].value if arguments.positional else None
    return set_plainly(run, receiver, Arguments(arguments.positional[1:], {}, arguments.open_positional), site)


def _fromkeys(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    """`dict.fromkeys(names, 0)`."""
    keys = items_of(run, arguments.value("iterable", 0))
    made = run.new_dict()
    if isinstance(keys, Unknown) or not all(map(is_known_key, keys)):
        made.blur("keys that are not known")
    else:
        made.items = dict.fromkeys(keys, arguments.value("value", 1))
    return made


def _open(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    from kerascheck.machine.modules.reading import FUNCTIONS as READING  # which knows the methods of files

    return READING["builtins.open"](run, name, arguments, site)


BUILTINS: dict[str, Callable[[Run, str, Arguments, Site], Value]] = {
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
    "int": _number(int),
    "float": _number(float),
    "complex": _number(complex),
    "bool": _bool,
    "str": _str,
    "repr": _str,
    "round": _round,
    "abs": _abs,
    "max": _extreme(max, maximum),
    "min": _extreme(min, minimum),
    "sum": _sum,
    "any": _any_all(True),
    "all": _any_all(False),
    "pow": _pow,
    "isinstance": _isinstance,
    "getattr": _getattr,
    "setattr": _setattr,
    "hasattr": _hasattr,
    "callable": _callable,
    "type": _type,
    "print": _none,
    "exit": _exit,
    "quit": _exit,
    "slice": _slice,
    "iter": _iter,
    "object": _object,
    "open": _open,
    "input": _object,
    "id": _object,
    "hash": _object,
    "issubclass": _issubclass,
    "next": _next,
    "bytes": _object,
    "format": _format,
    "divmod": _divmod,
    "chr": _character(int, chr),
    "bin": _character(int, bin),
    "hex": _character(int, hex),
    "oct": _character(int, oct),
    "ord": _character(str, ord),
    "property": _as_decorated("property"),
    "staticmethod": _as_decorated("staticmethod"),
    "classmethod": _as_decorated("classmethod"),
    "object.__setattr__": _set_plainly,
    "dict.fromkeys": _fromkeys,
    **dict.fromkeys(
        (
            "Exception", "BaseException", "ValueError", "TypeError", "RuntimeError", "NotImplementedError", "KeyError",
            "IndexError", "AttributeError", "ImportError", "ModuleNotFoundError", "OSError", "IOError", "LookupError",
            "AssertionError", "StopIteration", "SystemExit", "KeyboardInterrupt", "Warning", "DeprecationWarning",
            "UserWarning", "FileNotFoundError", "NotImplemented", "ArithmeticError", "ZeroDivisionError", "NameError",
            "OverflowError", "UnicodeError", "MemoryError", "RecursionError", "PermissionError", "TimeoutError",
            "FutureWarning",
        ),
        make_exception,
    ),
}  # fmt: skip

#: Functions that are called in each case of an argument that hangs on a condition.
_IN_EACH_CASE = (
    "len", "list", "set", "frozenset", "tuple", "sorted", "int", "float", "complex", "str", "repr", "round", "abs",
    "max", "min", "sum", "any", "all", "pow", "isinstance", "divmod", "chr", "bin", "hex", "oct", "ord",
    "getattr", "hasattr", "setattr",
)  # fmt: skip


def _in_each_case(handler: Callable[[Run, str, Arguments, Site], Value]) -> Callable[..., Value]:
    """The function, called in an arm for each value that an argument may have."""

    def call(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
        given = arguments.positional
        if arguments.open_positional:
            return run.fresh(f"{name} of arguments that are not known", site.node)
        for index, one in enumerate(given):
            if type(one.value) is not Guarded:
                continue
            value = restrict(run, one.value)
            node = one.node

            def chosen(case: Value, index: int = index, node: Any = node) -> Value:
                positional = [*given[:index], Given(case, node), *given[index + 1 :]]
                rest = arguments.open_positional, arguments.open_keywords, arguments.call
                return call(run, name, Arguments(positional, arguments.keywords, *rest), site)

            return spread(run, chosen, value) if type(value) is Guarded else chosen(value)
        return handler(run, name, arguments, site)

    return call


BUILTINS.update({name: _in_each_case(BUILTINS[name]) for name in _IN_EACH_CASE})
