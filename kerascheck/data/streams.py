"""Generators and Keras sequences of the program as streams of batches, as a training call sees them.

Source: keras/src/trainers/data_adapters (Keras 3.15): Keras looks at the first two batches, too.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import libcst as cst

from kerascheck.data.array import Array
from kerascheck.data.elements import common, map_element, sources_of, to_element
from kerascheck.data.pipeline import Pipeline
from kerascheck.data.samples import as_dim, count_of
from kerascheck.machine.members import find_method
from kerascheck.machine.run import Run
from kerascheck.machine.sequences import END, Lost, step
from kerascheck.machine.values import Instance, IteratorValue, UserRaise, Value
from kerascheck.network.arguments import Arguments, Given
from kerascheck.network.dims import Dim
from kerascheck.network.ir import Site
from kerascheck.symbolic.unknown import Symbol, Unknown
from kerascheck.text.treewalk import walk

#: Classes of Keras whose objects give a batch for each index.
_SEQUENCES = frozenset({"keras.utils.Sequence", "keras.utils.PyDataset"})

#: Arguments of a training call that are no data: what they hold is left alone.
_NO_DATA = frozenset({"callbacks", "class_weight"})


def with_streams(run: Run, arguments: Arguments, site: Site) -> Arguments:
    """The arguments of a training call with a `Pipeline` for each generator and each sequence."""

    def one(given: Given) -> Given:
        value = as_stream(run, given.value, site)
        return given if value is given.value else Given(value, given.node)

    keywords = {name: given if name in _NO_DATA else one(given) for name, given in arguments.keywords.items()}
    return Arguments(
        [one(given) for given in arguments.positional],
        keywords,
        arguments.open_positional,
        arguments.open_keywords,
        arguments.call,
    )


def as_stream(run: Run, value: Value, site: Site) -> Value:
    """The value as a stream where it is a generator or a sequence of the program; else the value itself."""
    if isinstance(value, IteratorValue):
        return _from_iterator(run, value)
    if isinstance(value, Instance) and _is_sequence(value):
        return _from_sequence(run, value, site)
    return value


def _is_sequence(instance: Instance) -> bool:
    return any(isinstance(base, Symbol) and base.name in _SEQUENCES for base in instance.cls.mro())


def _from_iterator(run: Run, iterator: IteratorValue) -> Pipeline:
    """What the first two items have in common; Keras takes further ones, nobody knows how many."""
    items: list[Value] = []
    with suppress(UserRaise):
        for _ in range(2):
            item = step(run, iterator)
            if item is END:
                break
            if isinstance(item, Lost):
                items += [item.element] if item.element is not None else []
                break
            items.append(item)
    strided = _strided(run, iterator)
    if iterator.lost is None:
        run.lose(iterator, "read by a training call")
    elements = [_batch(to_element(run, item)) for item in items]
    if not elements:
        unknown = Unknown("what a generator gives")
        return Pipeline(unknown, "generator", batched=True, infinite=iterator.endless, birth=run.tick())
    element = elements[0] if len(elements) == 1 else common(*elements)
    size = _size(run, items[0])
    if strided is not None and not isinstance(size, int):
        size = strided[1]
    made = Pipeline(element, "generator", batched=True, batch=size, infinite=iterator.endless, birth=run.tick())
    made.samples = strided[0] if strided is not None else None
    made.parts = sources_of(run, items[0])
    return made


def _strided(run: Run, iterator: IteratorValue) -> tuple[Dim, int] | None:
    """How many samples a generator walks over and in what steps, where it does so by `range(0, len(samples), size)`."""
    function, given = iterator.function, iterator.given
    if function is None or isinstance(function.node, cst.Lambda) or not given:
        return None
    for part in walk(function.node.body):
        if not isinstance(part, cst.Call) or not isinstance(part.func, cst.Name) or part.func.value != "range":
            continue
        values = [argument.value for argument in part.args]
        if len(values) != 3 or not isinstance(values[1], cst.Call) or len(values[1].args) != 1:
            continue
        counted, of = values[1].func, values[1].args[0].value
        if not isinstance(counted, cst.Name) or counted.value != "len" or not isinstance(of, cst.Name):
            continue
        step = values[2]
        size = given.get(step.value) if isinstance(step, cst.Name) else None
        size = int(step.evaluated_value) if isinstance(step, cst.Integer) else size
        count = count_of(run, given[of.value]) if of.value in given else None
        if count is not None and isinstance(size, int) and size > 1:
            return count, size
    return None


def _from_sequence(run: Run, instance: Instance, site: Site) -> Pipeline:
    """The batch at index 0, and how many there are."""
    element: Any = Unknown("what a sequence gives")
    count: Dim = None
    size: Dim = None
    with suppress(UserRaise):
        get, length = find_method(instance, "__getitem__"), find_method(instance, "__len__")
        if length is not None:
            count = as_dim(run.call(length, Arguments([], {}), site))
        if get is not None:
            item = run.call(get, Arguments([Given(0)], {}), site)
            element, size = _batch(to_element(run, item)), _size(run, item)
    return Pipeline(element, "sequence", batched=True, batch=size, count=count, birth=run.tick())


def _batch(element: Any) -> Any:
    """A batch of any size."""

    def widen(part: Any) -> Any:
        if isinstance(part, Array) and isinstance(part.shape, tuple) and part.shape:
            made = part.snapshot()
            made.shape, made.content = (None, *part.shape[1:]), part.content.subset(is_large=False)
            return made
        return part

    return map_element(element, widen)


def _size(run: Run, item: Value) -> Dim:
    """How many samples a batch has."""
    sizes: list[Dim] = []

    def note(part: Any) -> None:
        if isinstance(part, Array) and isinstance(part.shape, tuple) and part.shape:
            sizes.append(part.shape[0])

    map_element(to_element(run, item), note)
    return sizes[0] if sizes else None
