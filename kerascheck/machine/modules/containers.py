"""`collections`: deques, counters, dictionaries with defaults, named tuples."""

from __future__ import annotations

from kerascheck.machine import records
from kerascheck.machine.methods import METHODS
from kerascheck.machine.run import Run
from kerascheck.machine.sequences import items_of, members_of
from kerascheck.machine.sorting import sort_items
from kerascheck.machine.values import DefaultDict, DictValue, ListValue, Value
from kerascheck.network.arguments import Arguments, Given
from kerascheck.network.ir import Site
from kerascheck.symbolic.unknown import Symbol, Unknown


def _dict(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    """`OrderedDict(...)`."""
    return run.call(Symbol("builtins.dict"), arguments, site)


def _default_dict(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    """`defaultdict(list, {...})`."""
    rest = Arguments(arguments.positional[1:], arguments.keywords, arguments.open_positional, arguments.open_keywords)
    filled = run.call(Symbol("builtins.dict"), rest, site)
    made = DefaultDict(dict(filled.items), run.tick(), "dict", arguments.value("default_factory", 0))
    made.unknown = filled.unknown
    return made


# -- counters ---------------------------------------------------------------------------------------------------------


def _counter(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    """`Counter("abracadabra")`."""
    made = DefaultDict({}, run.tick(), "counter", None)
    if arguments.positional or arguments.keywords or arguments.open_keywords:
        _count(run, made, arguments, site)
    return made


def _count(run: Run, counter: DictValue, arguments: Arguments, site: Site) -> Value:
    """Add the counts of another dictionary, or count the items of something."""
    from kerascheck.machine.literals import is_known_key

    if not run.may_change(counter):
        return None
    source = arguments.positional[0].value if arguments.positional else None
    pairs: list[tuple[Value, Value]] = [(key, given.value) for key, given in arguments.keywords.items()]
    known = not arguments.open_keywords and not arguments.open_positional
    if isinstance(source, DictValue):
        known = known and source.unknown is None
        pairs = [*source.items.items(), *pairs]
    elif source is not None:
        items = items_of(run, source)
        known = known and not isinstance(items, Unknown)
        pairs = [*((item, 1) for item in (() if isinstance(items, Unknown) else items)), *pairs]
    for key, count in pairs:
        before = counter.items.get(key, 0) if is_known_key(key) else None
        known = known and isinstance(before, int) and isinstance(count, int)
        if known:
            counter.items[key] = before + count
    if not known:
        counter.blur("counts of something unknown")
    return None


def _most_common(run: Run, counter: DictValue, arguments: Arguments, site: Site) -> Value:
    limit = arguments.value("n", 0)
    pairs = list(counter.items.items())
    if counter.unknown is not None or not all(isinstance(count, int) for _, count in pairs):
        return run.unknown_list("the most common of something unknown")
    pairs.sort(key=lambda pair: pair[1], reverse=True)
    return run.new_list(pairs[:limit] if limit is None or isinstance(limit, int) else [])


def _elements(run: Run, counter: DictValue, arguments: Arguments, site: Site) -> Value:
    if counter.unknown is not None or not all(isinstance(n, int) and n < 10_000 for n in counter.items.values()):
        return run.unknown_list("the elements of something unknown")
    return run.new_iterator(iter([key for key, count in counter.items.items() for _ in range(count)]))


METHODS["counter"] = {
    **METHODS["dict"],
    "update": _count,
    "most_common": _most_common,
    "elements": _elements,
}

# -- deques -----------------------------------------------------------------------------------------------------------


def _deque(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    """`deque(items)`."""
    source = arguments.value("iterable", 0)
    items = [] if source is None else items_of(run, source)
    if isinstance(items, Unknown) or arguments.value("maxlen", 1) is not None:
        return run.unknown_list("a deque that is not known", "deque")
    return run.new_list(items, "deque")


def _append_left(run: Run, deque: ListValue, arguments: Arguments, site: Site) -> Value:
    return METHODS["list"]["insert"](run, deque, Arguments([Given(0), *arguments.positional], {}), site)


def _pop_left(run: Run, deque: ListValue, arguments: Arguments, site: Site) -> Value:
    return METHODS["list"]["pop"](run, deque, Arguments([Given(0)], {}), site)


def _extend_left(run: Run, deque: ListValue, arguments: Arguments, site: Site) -> Value:
    items = items_of(run, arguments.value("iterable", 0))
    if run.may_change(deque) and deque.unknown is None:
        if isinstance(items, Unknown):
            deque.blur("extended by something unknown")
        else:
            deque.items[:0] = reversed(items)
    return None


def _rotate(run: Run, deque: ListValue, arguments: Arguments, site: Site) -> Value:
    count = arguments.value("n", 0, 1)
    if run.may_change(deque) and deque.unknown is None and deque.items:
        if isinstance(count, int):
            count %= len(deque.items)
            deque.items[:] = [*deque.items[-count:], *deque.items[:-count]] if count else deque.items
        else:
            deque.blur("rotated by an unknown number")
    return None


METHODS["deque"] = {
    **{
        name: METHODS["list"][name]
        for name in ("append", "pop", "extend", "insert", "remove", "reverse", "clear", "copy", "index", "count")
    },
    "appendleft": _append_left,
    "popleft": _pop_left,
    "extendleft": _extend_left,
    "rotate": _rotate,
}

# -- what changes lists that it is given ------------------------------------------------------------------------------


def _shuffle(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    """`random.shuffle(items)`, `heapq.heapify(items)`: the list is in another order afterwards."""
    target = arguments.positional[0].value if arguments.positional else None
    if isinstance(target, ListValue) and run.may_change(target):
        items = members_of(run, target)
        alike = not isinstance(items, Unknown) and all(item is items[0] for item in items[1:])
        if name != "random.shuffle" or not alike:
            target.blur(f"changed by {name}")
    return None if name == "random.shuffle" else run.fresh(f"the result of {name}", site.node)


def _insort(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    """`bisect.insort(items, item)`."""
    target = arguments.value("a", 0)
    if isinstance(target, ListValue) and target.unknown is None and run.may_change(target):
        plain = len(arguments.positional) == 2 and not arguments.keywords
        ordered = sort_items(run, [*target.items, arguments.value("x", 1)], Arguments([], {}), site) if plain else None
        if ordered is None:
            target.blur(f"changed by {name}")
        else:
            target.items = ordered
    return None


FUNCTIONS = {
    "collections.namedtuple": records.make_namedtuple,
    "collections.OrderedDict": _dict,
    "collections.defaultdict": _default_dict,
    "collections.Counter": _counter,
    "collections.deque": _deque,
    "random.shuffle": _shuffle,
    **{f"heapq.{name}": _shuffle for name in ("heapify", "heappush", "heappop", "heapreplace", "heappushpop")},
    **{f"bisect.{name}": _insort for name in ("insort", "insort_right", "insort_left")},
}
