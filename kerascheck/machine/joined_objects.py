"""How the objects of a program are joined where several arms end, by their kind."""

from __future__ import annotations

import itertools
import operator
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from kerascheck.data.array import Array, Labels
from kerascheck.data.content import Content, union
from kerascheck.data.objects import DataObject
from kerascheck.machine.choices import is_equal, is_same
from kerascheck.machine.holding import holding
from kerascheck.machine.needs import value_needs
from kerascheck.machine.values import (
    ClassValue,
    DictValue,
    FunctionValue,
    Instance,
    IteratorValue,
    ListValue,
    NativeObject,
    Scope,
)
from kerascheck.network.dims import NAMELESS, Dim, Shape, SymDim
from kerascheck.network.ir import NOT_CALLED, Layer, Node, Tensor
from kerascheck.network.networks import Network
from kerascheck.symbolic.journal import ABSENT, Cells, Items
from kerascheck.symbolic.unknown import NOTHING, Unknown, forgotten, is_forgotten

if TYPE_CHECKING:
    from kerascheck.machine.joins import Join, Writes


def put(owner: Any, name: str, value: Any) -> None:
    there = getattr(owner, name, ABSENT)
    if isinstance(there, (Cells, Items)) and isinstance(value, (dict, list)):
        container: Any = there
        container.replace(value)
    else:
        setattr(owner, name, value)


def _scope(join: Join, scope: Scope, names: set[str], writes: Writes) -> None:
    if "vars" in names:
        join.names(scope, "vars", writes)
    for name in names & {"redirected", "star"}:
        values = [value for value in join.fields(scope, name) if value]
        if values:
            join.write(scope, name, values[0], writes)


def _list(join: Join, thing: ListValue, names: set[str], writes: Writes) -> None:
    if isinstance(thing, IteratorValue):
        lost = next((value for value in join.fields(thing, "lost") if value is not None), None)
        differs = lost is not None or len({id(value) for value in join.fields(thing, "source")}) > 1
        if differs and thing.lost is None:
            writes.append(lambda: thing.blur("how far an iterator is depends on a condition"))
        return
    unknowns = join.fields(thing, "unknown")
    contents = join.fields(thing, "items")
    if join.is_head and unknowns[0] is not None:
        return
    reason = next((unknown for unknown in unknowns if unknown is not None), None)
    lengths = {len(content) for content in contents}
    if reason is None and len(lengths) == 1:
        items = [join.combine([content[index] for content in contents]) for index in range(lengths.pop())]
        if any(a is not b for a, b in zip(items, thing.items, strict=False)) or len(items) != len(thing.items):
            writes.append(lambda: put(thing, "items", items))
        if thing.unknown is not None:
            writes.append(lambda: setattr(thing, "unknown", None))
        return
    inside = NOTHING.union(*(value_needs(item) for content in contents for item in content))
    if join.reason is None:
        is_open = reason is None or any(unknown is None for unknown in unknowns) or bool(reason.needs)
        needs = (join.needs if is_open else NOTHING) | inside
        for unknown in unknowns:
            needs = needs | (unknown.needs if unknown is not None else NOTHING)
        made = Unknown("its items depend on a condition" if reason is None else reason.reason, None, None, None, needs)
    elif reason is None and not join.forgets:
        made = Unknown(join.reason, None, None, None, join.needs)
    else:
        made = forgotten(Unknown(join.reason))
    if any(unknown is not None and is_forgotten(unknown.key) for unknown in unknowns):
        made = forgotten(made)
    elements = [value for value in join.fields(thing, "element") if value is not None]
    grown = [item for content in contents[1:] for item in content[len(contents[0]) :]] if join.is_head else []

    held = {id(item): item for content in contents for item in content}
    for unknown in unknowns:
        held.update({id(item): item for item in unknown.holds} if unknown is not None else {})
    made = holding(made, held.values())

    def forget() -> None:
        thing.items = []
        thing.unknown = made
        from kerascheck.data.elements import common_item, one_more

        thing.element = common_item(elements) if elements and join.reason is not None else None
        if grown and thing.kind == "list":
            for item in grown:
                one_more(join.run, thing, item)

    writes.append(forget)


def _dict(join: Join, thing: DictValue, names: set[str], writes: Writes) -> None:
    if "attributes" in names:
        join.names(thing, "attributes", writes)
    if not names & {"items", "unknown"}:
        join.typed(thing, names - {"attributes"}, writes)
        return
    contents, unknowns = join.fields(thing, "items"), join.fields(thing, "unknown")
    if join.is_head and unknowns[0] is not None:
        same = {k: v for k, v in contents[0].items() if all(k in c and is_same(c[k], v) for c in contents)}
        if len(same) != len(thing.items):
            writes.append(lambda: put(thing, "items", same))
        return
    everywhere = [key for key in contents[0] if all(key in content for content in contents)]
    lacking = any(len(content) != len(everywhere) for content in contents)
    items = {key: join.combine([content[key] for content in contents]) for key in everywhere}
    reason = next((unknown for unknown in unknowns if unknown is not None), None)
    if lacking or (reason is not None and any(unknown is None for unknown in unknowns)):
        text = join.reason or ("its entries depend on a condition" if reason is None else reason.reason)
        needs = NOTHING if join.forgets else join.needs | (NOTHING if reason is None else reason.needs)
        reason = Unknown(text, None, None, None, needs)
    if len(items) != len(thing.items) or any(thing.items.get(key, ABSENT) is not items[key] for key in items):
        writes.append(lambda: put(thing, "items", items))
    if reason is not thing.unknown:
        writes.append(lambda: setattr(thing, "unknown", reason))


def _instance(join: Join, thing: Instance, names: set[str], writes: Writes) -> None:
    join.names(thing, "attributes", writes)
    unknown = next((value for value in join.fields(thing, "unknown") if value is not None), None)
    if unknown is not thing.unknown:
        writes.append(lambda: setattr(thing, "unknown", unknown))
    join.typed(thing, names - {"attributes", "optional", "unknown"}, writes)


def _class(join: Join, thing: ClassValue, names: set[str], writes: Writes) -> None:
    if "members" in names:
        join.names(thing, "members", writes)
    join.typed(thing, names - {"members"}, writes)


def _function(join: Join, thing: FunctionValue, names: set[str], writes: Writes) -> None:
    for name in names:
        contents = [value if value is not None else {} for value in join.fields(thing, name)]
        if not all(isinstance(content, dict) for content in contents):
            join.typed(thing, {name}, writes)
            continue
        result, changed = join.mapping(getattr(thing, name), contents)
        if changed:
            writes.append(lambda name=name, result=result: setattr(thing, name, result))  # type: ignore[misc]


def _native(join: Join, thing: NativeObject, names: set[str], writes: Writes) -> None:
    if "parts" in names:
        join.names(thing, "parts", writes)
    join.typed(thing, names - {"parts"}, writes)


def _data_object(join: Join, thing: DataObject, names: set[str], writes: Writes) -> None:
    for name in names:
        contents = join.fields(thing, name)
        if name not in ("state", "attributes"):
            join.typed(thing, {name}, writes)
            continue
        known: dict[str, Any] = {}
        differs = False
        for key in dict.fromkeys(key for content in contents for key in content):
            values = [content.get(key, ABSENT) for content in contents]
            if all(is_equal(value, values[0]) for value in values) or (join.is_head and isinstance(values[0], Unknown)):
                known[key] = values[0]
            else:
                differs = True
                known[key] = Unknown(join.reason or "it depends on a condition", None, None, None, join.needs)
        if differs:
            join.mark(thing, writes)
        join.write(thing, name, known, writes)


_BUILT = frozenset({"weights", "nodes", "inputs", "outputs", "takes", "gives", "own"})
_EITHER = frozenset({"met_data", "met_unknown", "adapted", "saw_data", "adds_losses", "runs_program"})
#: What a layer of the program's own is once it was called, in whichever round of a loop.
_CALLED = frozenset({"built", "called", "understood"})


def _layer(join: Join, layer: Layer, names: set[str], writes: Writes) -> None:
    if join.reason is not None and isinstance(layer, Network):
        opens = join.fields(layer, "open")
        is_open = next((value for value in opens if value is not None and value.reason != NOT_CALLED), None)
        if is_open is not None:
            join.write(layer, "open", is_open, writes)
            if layer.is_sequential and "outputs" in names:
                join.write(layer, "outputs", _ends(join, layer, is_open), writes)
            return
        if "open" in names:
            # Its first call builds it: that is done once, in whichever round.
            names = names - {"open"}
            join.write(layer, "open", None if None in opens else opens[0], writes)
    if join.forgets and isinstance(layer, Network) and layer.is_sequential and {"layers", "outputs"} <= names:
        contents = join.fields(layer, "layers")
        if any(content != contents[0] for content in contents):
            names = names - {"outputs"}
            join.write(layer, "outputs", _ends(join, layer, Unknown(str(join.reason))), writes)
    for name in names:
        values = join.fields(layer, name)
        if name == "placed":
            # The first time counts, in whichever arm.
            join.write(layer, name, dict(item for value in reversed(values) for item in value.items()), writes)
        elif name == "needs":
            # What is done to it under these conditions is done in some of the arms only.
            differs = any(value != values[0] for value in values)
            join.write(layer, name, NOTHING.union(join.needs if differs else NOTHING, *values), writes)
        elif name == "calls":
            calls = list({id(call): call for content in values for call in content}.values())
            if not join.is_head:
                join.write(layer, name, calls, writes)
            elif calls and not any(_has_shapes(call) for call in layer.calls):
                # What waits for data stands in a Sequential with a call of no known shapes, until it is built.
                known = [call for call in calls if _has_shapes(call)] or calls
                join.write(layer, name, known[:1], writes)
        elif name in _EITHER or (join.reason is not None and name in _CALLED):
            join.write(layer, name, any(values), writes)
        elif join.reason is not None and name == "latest":
            join.write(layer, name, next((value for value in reversed(values) if value is not None), None), writes)
        elif name in ("changed", "birth"):
            if not join.is_head:
                join.write(layer, name, max(values), writes)
        elif name == "variable":
            join.write(layer, name, next((value for value in values if value is not None), None), writes)
        elif join.reason is not None and name in _BUILT and len(_built(join, layer, name, values)) < len(values):
            # The first data builds it: that is done once, in whichever round.
            join.write(layer, name, next(iter(_built(join, layer, name, values)), values[0]), writes)
        elif join.reason is not None and name == "compiled" and isinstance(layer, Network):
            if not (join.is_head and layer.compiled is not None):
                join.write(layer, name, next((v for v in reversed(values) if v is not None), None), writes)
        else:
            join.typed(layer, {name}, writes)


def _ends(join: Join, network: Network, why: Unknown) -> list[Tensor]:
    """What comes out of a Sequential whose layers are not the same in each outcome: what is so of all is known."""
    first, *others = join.fields(network, "outputs")
    hangs = any(needs != network.needs for needs in join.fields(network, "needs"))  # on what happens within an outcome
    if hangs or not all(len(ends) == len(first) for ends in others):
        return [Tensor(why, Unknown("its dtype"))]
    made: list[Tensor] = []
    for tensor, *those in zip(first, *others, strict=True):
        shape: Shape | Unknown = tensor.shape
        for other in those:
            shape = _common_shape(shape, other.shape, why)
        made.append(tensor if shape is tensor.shape else Tensor(shape, Unknown("its dtype")))
    return first if all(map(operator.is_, made, first)) else made


def _common_shape(one: Shape | Unknown, other: Shape | Unknown, why: Unknown) -> Shape | Unknown:
    """The sizes that two shapes of one rank have in common; the first one itself where it says no more than that."""
    if isinstance(one, Unknown):
        return one
    if isinstance(other, Unknown) or len(one) != len(other):
        return why
    sizes = tuple(mine if mine == its or _is_any(mine) else _any() for mine, its in zip(one, other, strict=True))
    return one if sizes == one else sizes


#: The first part of the key of a size that is another one in each outcome.
_OF_EACH = "of each outcome"
_serials = itertools.count()


def _any() -> SymDim:
    return SymDim.named(NAMELESS, (_OF_EACH, next(_serials)))


def _is_any(size: Dim) -> bool:
    """Whether it may be any size, so that nothing more can be forgotten of it."""
    if not isinstance(size, SymDim) or len(size.terms) != 1:
        return False
    ((atoms, factor),) = size.terms.items()
    return factor == 1 and len(atoms) == 1 and isinstance(atoms[0].key, tuple) and atoms[0].key[0] == _OF_EACH


def _has_shapes(call: Node) -> bool:
    return not any(isinstance(tensor.shape, Unknown) for tensor in call.outputs)


def _built(join: Join, layer: Layer, name: str, values: Sequence[Any]) -> list[Any]:
    """What a layer has in the outcomes where it is built; a model that waits for data has outputs, but no inputs."""
    told_by = join.fields(layer, "inputs") if isinstance(layer, Network) and name in ("nodes", "outputs") else values
    return [value for value, is_built in zip(values, told_by, strict=True) if is_built]


def _content(join: Join, content: Content, names: set[str], writes: Writes) -> None:
    if "_family" in names:
        members = {id(one): one for value in join.fields(content, "_family") for one in value or ()}
        writes.append(lambda: setattr(content, "_family", list(members.values()) or None))
    states = join.fields(content, "state")
    if all(state is states[0] for state in states):
        return
    made: Content | None = None
    for outcome in join.outcomes:
        one = Content()
        for name in ("low", "high", "attained", "values", "one_hot", "tags"):
            setattr(one, name, join.at(outcome, content, name))
        made = one if made is None else union(made, one)
    assert made is not None
    final = Content() if join.is_head else made
    if join.is_head and content.low is content.high is None and not content.tags:
        return

    def write() -> None:
        content.low, content.high, content.attained = final.low, final.high, False
        content.values, content.one_hot, content.tags = None, final.one_hot, final.tags
        content.origin, content.state = None, object()

    writes.append(write)


def _array(join: Join, array: Array, names: set[str], writes: Writes) -> None:
    differs = False
    for name in names:
        values = join.fields(array, name)
        if all(is_equal(value, values[0]) for value in values):
            join.write(array, name, values[0], writes)
            continue
        if join.is_head and (isinstance(values[0], Unknown) or values[0] is None):
            continue
        differs = True
        value: Any = None
        if name == "shape":
            value = _joined_shape(join, values)
        elif name == "dtype":
            value = Unknown("it depends on a condition", None, None, None, join.needs)
        elif name == "content":
            value = values[0]
            for other in values[1:]:
                value = union(value, other)
        elif name in ("kind", "birth", "key", "name", "max_ndim", "_items_state"):
            value = values[0]
        elif name == "trailing":
            value = ()
        elif name == "needs":
            value = NOTHING.union(*values)
        writes.append(lambda name=name, value=value: setattr(array, name, value))  # type: ignore[misc]
    if differs and not join.is_head:
        join.mark(array, writes)


def _joined_shape(join: Join, values: Sequence[Any]) -> Any:
    """Sizes that are the same, and unnamed ones for others."""
    first = values[0]
    if not all(isinstance(value, tuple) and len(value) == len(first) for value in values):
        return Unknown("it depends on a condition", None, None, None, join.needs)
    sizes: list[Any] = []
    for axis, size in enumerate(first):
        same = all(is_same(value[axis], size) for value in values)
        sizes.append(size if same else SymDim.named("?", ("joined", join.run.tick(), axis)))
    return tuple(sizes)


def _cells(join: Join, cells: Cells, names: set[str], writes: Writes) -> None:
    """What the run itself keeps: see `Run`."""
    run = join.run
    contents = [join.at(outcome, cells, None) for outcome in join.outcomes]
    if cells is run.name_counters:
        counts = {key: max(c.get(key, 0) for c in contents) for content in contents for key in content}
        if counts != cells and not join.is_head:
            writes.append(lambda: cells.replace(counts))
    elif cells is run.facts:
        known = contents[0]
        for other in contents[1:]:
            known = {key: choice for key, choice in known.items() if other.get(key) is choice}
        if known != cells:
            writes.append(lambda: cells.replace(known))
    elif cells is run.pinned or cells is run.following:
        first, *others = contents
        same = operator.eq if cells is run.following else is_same
        common = {k: v for k, v in first.items() if all(k in o and same(o[k], v) for o in others)}
        if common != cells:
            writes.append(lambda: cells.replace(common))
    elif cells is run.flags or cells is run.remembered or cells is run.settings or cells is run.grown:
        result, changed = join.mapping(cells, contents)
        if changed:
            writes.append(lambda: cells.replace(result))
    else:
        join.typed(cells, (), writes)


def _labels(join: Join, labels: Labels, names: set[str], writes: Writes) -> None:
    for name in names:
        values = join.fields(labels, name)
        same = all(is_equal(value, values[0]) for value in values)
        empty: Any = {} if name == "series" else frozenset() if name == "present" else None
        join.write(labels, name, values[0] if same else empty, writes)


JOINED_BY_KIND: dict[type, Callable[[Join, Any, set[str], Writes], None]] = {
    Scope: _scope,
    ListValue: _list,
    DictValue: _dict,
    Instance: _instance,
    ClassValue: _class,
    FunctionValue: _function,
    NativeObject: _native,
    DataObject: _data_object,
    Layer: _layer,
    Content: _content,
    Array: _array,
    Labels: _labels,
    Cells: _cells,
}
