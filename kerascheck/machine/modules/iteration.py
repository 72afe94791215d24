"""`itertools`: iterators that give their items when they are asked for."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator
from typing import Any

from kerascheck.machine.calls import plain_call
from kerascheck.machine.conditions import compare, truth
from kerascheck.machine.limits import MAX_ITEMS
from kerascheck.machine.operators import binary
from kerascheck.machine.run import Run
from kerascheck.machine.sequences import END, Lost, items_of, iterate, open_iterator, resumed, step
from kerascheck.machine.values import Scope, Value
from kerascheck.network.arguments import Arguments
from kerascheck.network.ir import Site
from kerascheck.symbolic.unknown import Unknown

Items = Callable[[Run, Arguments, Site], Iterator[Value]]


def _lazy(items: Items) -> Callable[[Run, str, Arguments, Site], Value]:
    """A function that gives an iterator over these items, which may run functions of the program."""

    def call(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
        if arguments.open_positional or arguments.open_keywords:
            return run.unknown_list(f"{name} of something unknown")
        owner = run.call_stack[-1] if run.call_stack else None
        return run.new_iterator(resumed(run, owner, items(run, arguments, site)))

    return call


def _eager(
    function: Callable[..., Any], size: Callable[[int, int], int]
) -> Callable[[Run, str, Arguments, Site], Value]:
    """`combinations(items, r)` and its like, where there are few enough."""

    def call(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
        items = items_of(run, arguments.value("iterable", 0))
        length = arguments.value("r", 1, len(items) if not isinstance(items, Unknown) else None)
        if isinstance(items, Unknown) or not isinstance(length, int) or not 0 <= length <= 64:
            return run.unknown_list(f"{name} of something unknown")
        if size(len(items), length) > MAX_ITEMS:
            return run.unknown_list(f"{name} of too many items")
        return run.new_iterator(function(items, length))

    return call


def _product(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    columns = [items_of(run, given.value) for given in arguments.positional]
    repeat = arguments.value("repeat", None, 1)
    known = isinstance(repeat, int) and 0 <= repeat <= 64 and not arguments.open_positional
    if not known or any(isinstance(column, Unknown) for column in columns):
        return run.unknown_list("itertools.product of something unknown")
    if math.prod(len(c) for c in columns if not isinstance(c, Unknown)) ** repeat > MAX_ITEMS:
        return run.unknown_list("a product too long to unroll")
    return run.new_iterator(itertools.product(*columns, repeat=repeat))  # type: ignore[arg-type]


def _chain(run: Run, arguments: Arguments, site: Site) -> Iterator[Value]:
    for given in arguments.positional:
        yield from iterate(run, given.value)


def _chain_from(run: Run, arguments: Arguments, site: Site) -> Iterator[Value]:
    for part in iterate(run, arguments.value("iterable", 0)):
        yield from (part,) if isinstance(part, Lost) else iterate(run, part)


def _repeat(run: Run, arguments: Arguments, site: Site) -> Iterator[Value]:
    item, times = arguments.value("object", 0), arguments.value("times", 1)
    if times is None:
        yield from itertools.repeat(item)
    elif isinstance(times, int):
        yield from itertools.repeat(item, times)
    else:
        yield Lost(Unknown("repeated an unknown number of times"))


def _count(run: Run, arguments: Arguments, site: Site) -> Iterator[Value]:
    start, by = arguments.value("start", 0, 0), arguments.value("step", 1, 1)
    if isinstance(start, (int, float)) and isinstance(by, (int, float)):
        yield from itertools.count(start, by)
    yield Lost(Unknown("a count from something unknown"))


def _cycle(run: Run, arguments: Arguments, site: Site) -> Iterator[Value]:
    seen: list[Value] = []
    for item in iterate(run, arguments.value("iterable", 0)):
        yield item
        if isinstance(item, Lost):
            return
        seen.append(item)
    yield from itertools.cycle(seen)


def _accumulate(run: Run, arguments: Arguments, site: Site) -> Iterator[Value]:
    function, total = arguments.value("func", 1), arguments.value("initial", None, END)
    if total is not END:
        yield total
    for item in iterate(run, arguments.value("iterable", 0)):
        if isinstance(item, Lost):
            yield item
            return
        if total is END:
            total = item
        elif function is None:
            total = binary(run, "Add", total, item, site.node, Scope("module", None, site.file))
        else:
            total = plain_call(run, function, [total, item], site)
        yield total


def _islice(run: Run, arguments: Arguments, site: Site) -> Iterator[Value]:
    ends = [given.value for given in arguments.positional[1:]]
    if not 1 <= len(ends) <= 3:
        yield Lost(Unknown("a slice that Python refuses"))
        return
    start, stop, by = slice(*ends).start, slice(*ends).stop, slice(*ends).step
    if not all(part is None or (isinstance(part, int) and part >= 0) for part in (start, stop, by)) or by == 0:
        yield Lost(Unknown("a slice with unknown bounds"))
        return
    source = open_iterator(run, arguments.positional[0].value)
    wanted = itertools.count(start or 0, by or 1) if stop is None else iter(range(start or 0, stop, by or 1))
    following = next(wanted, None)
    index = 0
    while following is not None or (stop is not None and index < stop):
        item = step(run, source)
        if item is END:
            return
        if index == following or isinstance(item, Lost):
            yield item
            following = next(wanted, None)
        if isinstance(item, Lost):
            return
        index += 1


def _zip_longest(run: Run, arguments: Arguments, site: Site) -> Iterator[Value]:
    fill = arguments.value("fillvalue")
    sources = [open_iterator(run, given.value) for given in arguments.positional]
    ended = [False] * len(sources)
    while sources:
        row: list[Value] = []
        for index, source in enumerate(sources):
            item = END if ended[index] else step(run, source)
            if isinstance(item, Lost):
                yield item
                return
            ended[index] = item is END
            row.append(fill if item is END else item)
        if all(ended):
            return
        yield tuple(row)


def _starmap(run: Run, arguments: Arguments, site: Site) -> Iterator[Value]:
    for row in iterate(run, arguments.value("iterable", 1)):
        values = row.reason if isinstance(row, Lost) else items_of(run, row)
        if isinstance(values, Unknown):
            yield Lost(values)
            return
        yield plain_call(run, arguments.value("function", 0), values, site)


def _while(taking: bool) -> Items:
    """`takewhile` and `dropwhile`."""

    def items(run: Run, arguments: Arguments, site: Site) -> Iterator[Value]:
        dropping = not taking
        for item in iterate(run, arguments.value("iterable", 1)):
            if not isinstance(item, Lost) and (taking or dropping):
                verdict = plain_call(run, arguments.value("predicate", 0), [item], site)
                if isinstance(verdict, Unknown):
                    yield Lost(verdict)
                    return
                holds = truth(run, verdict)
                if taking and not holds:
                    return
                dropping = dropping and holds
            if taking or not dropping or isinstance(item, Lost):
                yield item

    return items


def _pairwise(run: Run, arguments: Arguments, site: Site) -> Iterator[Value]:
    before: Value = END
    for item in iterate(run, arguments.value("iterable", 0)):
        if isinstance(item, Lost):
            yield item
            return
        if before is not END:
            yield (before, item)
        before = item


def _groupby(run: Run, arguments: Arguments, site: Site) -> Iterator[Value]:
    """Runs of items with equal keys; each group is gathered when it is given."""
    key = arguments.value("key", 1)
    group: list[Value] = []
    current: Value = END
    for item in iterate(run, arguments.value("iterable", 0)):
        if isinstance(item, Lost):
            yield item
            return
        label = item if key is None else plain_call(run, key, [item], site)
        same = current is not END and compare(run, "Equal", current, label, site.node)
        if isinstance(same, Unknown):
            yield Lost(same)
            return
        if current is not END and not same:
            yield (current, run.new_iterator(iter(group)))
            group = []
        current = label
        group.append(item)
    if current is not END:
        yield (current, run.new_iterator(iter(group)))


FUNCTIONS = {
    "itertools.chain": _lazy(_chain),
    "itertools.chain.from_iterable": _lazy(_chain_from),
    "itertools.repeat": _lazy(_repeat),
    "itertools.count": _lazy(_count),
    "itertools.cycle": _lazy(_cycle),
    "itertools.accumulate": _lazy(_accumulate),
    "itertools.islice": _lazy(_islice),
    "itertools.zip_longest": _lazy(_zip_longest),
    "itertools.starmap": _lazy(_starmap),
    "itertools.takewhile": _lazy(_while(taking=True)),
    "itertools.dropwhile": _lazy(_while(taking=False)),
    "itertools.pairwise": _lazy(_pairwise),
    "itertools.groupby": _lazy(_groupby),
    "itertools.product": _product,
    "itertools.combinations": _eager(itertools.combinations, lambda n, r: math.comb(n, r)),
    "itertools.combinations_with_replacement": _eager(
        itertools.combinations_with_replacement, lambda n, r: math.comb(n + r, r)
    ),
    "itertools.permutations": _eager(itertools.permutations, lambda n, r: math.perm(n, r)),
}
