"""What the changes of several arms make together: what is equal stays, what differs becomes guarded or is forgotten.

One function for each class of things that the program may change, in the table at the end. A thing whose parts are
typed (a layer, an array) cannot hold a guarded value: it takes what one arm has left and remembers the conditions that
decide about it in its `needs`, so that nothing is claimed of it as long as these are open.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from kerascheck.data.array import Array, Labels
from kerascheck.data.content import Content, union
from kerascheck.data.objects import DataObject
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
    Value,
    presence,
)
from kerascheck.network.dims import SymDim
from kerascheck.network.ir import NOT_CALLED, Layer, Network, Node, Weight
from kerascheck.symbolic.journal import ABSENT, Cells, Changes, Items, Mark, is_there, lay_down
from kerascheck.symbolic.unknown import NOTHING, Guarded, Symbol, Unknown, forgotten, is_forgotten

if TYPE_CHECKING:
    from kerascheck.machine.paths import Outcome
    from kerascheck.machine.run import Run

#: A value of more cases is unknown (until the conditions are decided).
_MAX_ALTERNATIVES = 8
#: As many cases of one truth value are kept apart.
_MAX_CASES = 4
_MAX_REACHED = 2_000


def join(run: Run, mark: Mark, outcomes: Sequence[Outcome]) -> Value:
    """Lay down what the outcomes have changed, joined; the result is the join of their values.

    The state is that of the mark they are relative to.
    """
    if len(outcomes) == 1:
        lay_down(outcomes[0].changes)
        return outcomes[0].value
    whole = _Join(run, mark, outcomes)
    if all(map(whole.changes_nothing, outcomes)):
        return whole.value()
    value, _ = whole.make()
    return value


def widen(run: Run, mark: Mark, outcomes: Sequence[Outcome], reason: str, is_head: bool = False) -> bool:
    """Lay down the join of outcomes of which nobody decides which it is: what differs is forgotten.

    `is_head`: the first outcome is the state that a round of a loop starts from, the others that it ends in; the result
    says whether something is forgotten. Otherwise a value that is known in each case stays guarded.
    """
    if len(outcomes) == 1:
        lay_down(outcomes[0].changes)
        return bool(outcomes[0].changes)
    _, changed = _Join(run, mark, outcomes, reason, is_head).make()
    return changed


def choose(
    run: Run,
    alternatives: Iterable[tuple[Mapping[Hashable, bool], Value]],
    needs: frozenset[Hashable],
    text: Any = None,
) -> Value:
    """One value that is each of the given ones under its guard."""
    flat: list[tuple[Mapping[Hashable, bool], Value]] = []
    for guard, value in alternatives:
        if type(value) is Guarded:
            needs = needs | value.needs
            for inner, part in value.alternatives:
                if all(inner.get(key, choice) is choice for key, choice in guard.items()):
                    flat.append(({**guard, **inner}, part))
        else:
            flat.append((guard, value))
    merged: list[tuple[Mapping[Hashable, bool], Value]] = []
    for guard, value in flat:
        for index, (other, known) in enumerate(merged):
            if is_same(known, value):
                both = {k: c for k, c in other.items() if guard.get(k) is c}
                if type(value) is bool and len(flat) <= _MAX_CASES and not _is_either(both, other, guard):
                    continue  # in which cases a condition holds is kept apart
                merged[index] = (both, known)
                break
        else:
            merged.append((guard, value))
    if len(merged) > 1 and all(is_same(merged[0][1], value) for _, value in merged):
        return merged[0][1]
    if not merged:
        return Unknown("it is never reached with a value")
    if len(merged) == 1:
        return merged[0][1]
    for _, value in merged:
        if isinstance(value, Unknown) and value.needs:
            needs = needs | value.needs
    if text is None:
        text = next((value.text for _, value in merged if isinstance(value, Unknown) and value.text), None)
    if len(merged) > _MAX_ALTERNATIVES:
        made = Unknown("it depends on several conditions that are not known", None, text, None, needs)
        return holding(made, [value for _, value in merged])
    return Guarded(merged, needs, None, text)


def _is_either(both: Mapping[Hashable, bool], one: Mapping[Hashable, bool], other: Mapping[Hashable, bool]) -> bool:
    """Whether what two guards share holds just where one of them does."""
    least = min(len(one), len(other))
    return len(both) == least or (len(both) == least - 1 and one.keys() == other.keys())


_PLAIN = (int, float, complex, str, bytes, type(None), type(...))


def is_same(one: Value, other: Value) -> bool:
    """Whether both are surely the same value, and the same thing where it can change."""
    if one is other:
        return True
    if type(one) is not type(other):
        return False
    if isinstance(one, _PLAIN):
        return bool(one == other) and repr(one) == repr(other)
    if isinstance(one, tuple):
        return len(one) == len(other) and all(map(is_same, one, other))
    if isinstance(one, Unknown):
        return not isinstance(one, Guarded) and bool(one.key == other.key)
    if isinstance(one, (Symbol, SymDim, range)):
        return bool(one == other)
    if isinstance(one, slice):
        return is_same((one.start, one.stop, one.step), (other.start, other.stop, other.step))
    if isinstance(one, FunctionValue):
        return (
            one.node is other.node
            and one.scope is other.scope
            and one.owner is other.owner
            and one.attributes is None
            and other.attributes is None
            and list(one.defaults) == list(other.defaults)
            and all(map(is_same, one.defaults.values(), other.defaults.values()))
        )
    if isinstance(one, Weight):
        return (one.name, one.shape, one.trainable) == (other.name, other.shape, other.trainable)
    return False


class _Join:
    """One join of several outcomes."""

    def __init__(
        self,
        run: Run,
        mark: Mark,
        outcomes: Sequence[Outcome],
        reason: str | None = None,
        is_head: bool = False,
    ) -> None:
        self.run = run
        self.mark_of_all = mark
        self.outcomes = outcomes
        self.reason = reason
        self.is_head = is_head
        self.forgets = is_head or (reason is not None and all(outcome.kind == "raise" for outcome in outcomes))
        self.needs: frozenset[Hashable] = NOTHING.union(*(outcome.needs for outcome in outcomes))
        moments = [outcome.begun for outcome in outcomes if outcome.begun is not None]
        self.begun = max(moments) if len(moments) == len(outcomes) else None
        self.reached: dict[int, dict[int, int]] | None = None

    def changes_nothing(self, outcome: Outcome) -> bool:
        """Whether the outcome differs from the mark only in what is assumed and in what was made."""
        run = self.run
        return all(
            name == "made" or thing is run.facts or thing is run.pinned
            for (_, name), (thing, _) in outcome.changes.items()
        )

    def value(self) -> Value:
        """The join of the values, where nothing else has changed."""
        for outcome in self.outcomes:
            lay_down({key: change for key, change in outcome.changes.items() if key[1] == "made"})
        first, *others = [outcome.guard for outcome in self.outcomes]
        for key, choice in first.items():
            if all(other.get(key) is choice for other in others):
                self.run.facts[key] = choice
        return self.combine([outcome.value for outcome in self.outcomes])

    def make(self) -> tuple[Value, bool]:
        """The join of the values, and whether the state has changed."""
        made: Changes = {}
        owners: dict[int, tuple[Any, set[str]]] = {}
        for outcome in self.outcomes:
            for (_, name), (thing, _value) in outcome.changes.items():
                if name == "made":
                    made[(id(thing), name)] = (thing, None)
                elif name is not None:
                    owners.setdefault(id(thing), (thing, set()))[1].add(name)
                elif thing.owner is not None:
                    owners.setdefault(id(thing.owner), (thing.owner, set()))[1].add(thing.called)
                else:
                    owners.setdefault(id(thing), (thing, set()))
        value = self.combine([outcome.value for outcome in self.outcomes])
        writes: list[Callable[[], None]] = []
        young: list[Callable[[], None]] = []  # in things that only some arms have made
        everything = self.outcomes
        for owner, names in owners.values():
            self.outcomes = [o for o in everything if is_there(owner, o.changes, self.mark_of_all)]
            if not self.outcomes:
                continue  # made in an arm that nothing comes back to
            if len(self.outcomes) == 1:
                for name in names:
                    self.write(owner, name, self.fields(owner, name)[0], young)
            else:
                self._one(owner, names, writes if len(self.outcomes) == len(everything) else young)
        self.outcomes = everything
        lay_down(made)
        for write in (*writes, *young):
            write()
        return value, bool(writes)

    def _one(self, owner: Any, names: set[str], writes: list[Callable[[], None]]) -> None:
        for cls in type(owner).__mro__:
            handler = _HANDLERS.get(cls)
            if handler is not None:
                handler(self, owner, names, writes)
                return
        self.typed(owner, names, writes)

    # -- what the outcomes have left -----------------------------------------------------------------------------

    def at(self, outcome: Outcome, thing: Any, name: str | None) -> Any:
        """An attribute, or the content of a container, as the outcome leaves it."""
        found = outcome.changes.get((id(thing), name))
        if found is not None:
            return found[1]
        return thing.content() if name is None else getattr(thing, name, ABSENT)

    def fields(self, owner: Any, name: str) -> list[Any]:
        """An attribute in each outcome; of containers the content."""
        found = []
        for outcome in self.outcomes:
            value = self.at(outcome, owner, name)
            found.append(self.at(outcome, value, None) if isinstance(value, (Cells, Items)) else value)
        return found

    def combine(self, values: Sequence[Value], text: str | None = None) -> Value:
        """One value for those of the outcomes; ABSENT where none of them has it.

        A name that only some arms bind is bound where a program that goes on reads it.
        """
        present = [(o, v) for o, v in zip(self.outcomes, values, strict=True) if v is not ABSENT]
        if not present:
            return ABSENT
        first = present[0][1]
        if all(v is first for _, v in present):
            return first
        if self.is_head:
            if isinstance(values[0], Unknown):
                return values[0]
            if values[0] is ABSENT and all(type(v) is Unknown and not v.needs for _, v in present):
                # A name of the rounds, which is another thing in each.
                return holding(forgotten(Unknown(str(self.reason), None, text)), [value for _, value in present])
        if all(isinstance(v, (ListValue, DictValue)) for _, v in present) and self.alike(present):
            return first
        if self.reason is not None:
            if all(is_same(first, v) for _, v in present):
                return first
            if self.forgets or any(isinstance(v, Unknown) and not v.needs for _, v in present):
                return holding(forgotten(Unknown(self.reason, None, text)), [value for _, value in present])
        needs: frozenset[Hashable] = NOTHING
        for outcome, _ in present:
            needs |= outcome.needs
        return choose(self.run, [(o.guard, v) for o, v in present], needs)

    def alike(self, present: Sequence[tuple[Outcome, Any]]) -> bool:
        """Whether lists or dictionaries made in the arms hold the same, and nothing else refers to them."""
        values = [value for _, value in present]
        first = values[0]
        if self.begun is None or type(first) not in (ListValue, DictValue):
            return False
        if any(type(v) is not type(first) or v.birth <= self.begun for v in values):
            return False
        if any(self.at(o, v, "unknown") is not None for o, v in present):
            return False
        contents = [self.at(o, v.items, None) for o, v in present]
        if isinstance(first, ListValue):
            same = all(v.kind == first.kind for v in values) and all(
                len(c) == len(contents[0]) and all(map(is_same, c, contents[0])) for c in contents
            )
        else:
            same = all(
                list(c) == list(contents[0]) and all(map(is_same, c.values(), contents[0].values())) for c in contents
            )
        if not same:
            return False
        if self.reached is None:
            self.reached = {id(outcome): _references(outcome) for outcome in self.outcomes}
        return all(self.reached[id(o)].get(id(v), 0) == 1 for o, v in present)

    # -- what is made of it ----------------------------------------------------------------------------------------

    def names(self, owner: Any, name: str, writes: list[Callable[[], None]]) -> None:
        """A dictionary of names and values, each for itself."""
        contents = self.fields(owner, name)
        before = getattr(owner, name)
        if not all(isinstance(content, dict) for content in contents):
            self.typed(owner, {name}, writes)
            return
        result, changed = self.mapping(before, contents)
        if changed:
            writes.append(lambda: _put(owner, name, result))
        if hasattr(owner, "optional"):
            self.optional(owner, contents, result, writes)

    def optional(
        self, owner: Any, contents: Sequence[dict[Any, Any]], result: dict[Any, Any], writes: list[Callable[[], None]]
    ) -> None:
        """Which of the names are bound in some of the cases only."""
        before = [content or {} for content in self.fields(owner, "optional")]
        some = dict.fromkeys(
            key for content in contents if len(content) < len(result) for key in result if key not in content
        )
        some.update(dict.fromkeys(key for content in before for key in content if key in result))
        made: dict[Any, tuple[Value, Value]] = {}
        there = owner.optional or {}
        for key in some:
            known = there.get(key)
            if self.is_head and known is not None and known[0] is result[key] and isinstance(known[1], Unknown):
                made[key] = known  # it stays as it is: nothing more can be forgotten
                continue
            cases = [presence(known, content, key) for known, content in zip(before, contents, strict=True)]
            if all(case is True for case in cases):
                continue
            if all(case is cases[0] for case in cases) or (self.is_head and isinstance(cases[0], Unknown)):
                made[key] = (result[key], cases[0])
            elif self.reason is not None and (self.forgets or not self.needs):
                made[key] = (result[key], Unknown(self.reason))
            else:
                verdict = choose(
                    self.run, [(o.guard, c) for o, c in zip(self.outcomes, cases, strict=True)], self.needs
                )
                if verdict is not True:
                    made[key] = (result[key], verdict)
        there = owner.optional or {}
        if made.keys() != there.keys() or any(
            one is not other for key, pair in made.items() for one, other in zip(pair, there[key], strict=True)
        ):
            writes.append(lambda: setattr(owner, "optional", made or None))

    def mapping(self, before: Any, contents: Sequence[dict[Any, Any]]) -> tuple[dict[Any, Any], bool]:
        """The join of dictionaries, and whether it differs from what is there."""
        keys: dict[Any, None] = dict.fromkeys(key for content in contents for key in content)
        result: dict[Any, Any] = {}
        changed = not isinstance(before, dict) or len(keys) != len(before)
        if len(contents) == 2 and isinstance(before, dict):  # as below, which is slow for what nobody has changed
            one, other = contents
            for key in keys:
                old = before.get(key, ABSENT)
                first, second = one.get(key, ABSENT), other.get(key, ABSENT)
                if first is old and second is old:
                    result[key] = old
                    continue
                value = result[key] = self.combine([first, second], str(key))
                changed = changed or value is not old
            return result, changed
        for key in keys:
            old = before.get(key, ABSENT) if isinstance(before, dict) else ABSENT
            values = [content.get(key, ABSENT) for content in contents]
            value = old if all(v is old for v in values) else self.combine(values, str(key))
            changed = changed or value is not old
            result[key] = value
        return result, changed

    def typed(self, owner: Any, names: Iterable[str], writes: list[Callable[[], None]]) -> None:
        """Attributes that hold no values of the program: where they differ, the owner hangs on the conditions."""
        if isinstance(owner, (Cells, Items)):
            contents = [self.at(outcome, owner, None) for outcome in self.outcomes]
            if all(content == contents[0] for content in contents):
                if contents[0] != owner:
                    writes.append(lambda: owner.replace(contents[0]))
                return
            self.run.need(self.needs)
            writes.append(lambda: owner.replace(contents[-1]))
            return
        for name in names:
            values = self.fields(owner, name)
            last = values[-1]
            if not all(_is_equal(value, last) for value in values):
                self.mark(owner, writes)
            self.write(owner, name, last, writes)

    def write(self, owner: Any, name: str, value: Any, writes: list[Callable[[], None]]) -> None:
        """Set an attribute, unless it is so already."""
        there = getattr(owner, name, ABSENT)
        if value is not ABSENT and not _is_equal(there, value):
            writes.append(lambda: _put(owner, name, value))

    def mark(self, owner: Any, writes: list[Callable[[], None]]) -> None:
        """Nothing is claimed of the thing until the conditions are decided."""
        if self.forgets and isinstance(owner, Layer):
            name = "open" if isinstance(owner, Network) else "unknown"
            if getattr(owner, name) is None:
                reason = str(self.reason)
                writes.append(lambda: setattr(owner, name, Unknown(reason)))
            return
        needs = self.needs
        if not needs:
            return
        if hasattr(owner, "needs"):
            writes.append(lambda: setattr(owner, "needs", owner.needs | needs))
        else:
            self.run.need(needs)


def _put(owner: Any, name: str, value: Any) -> None:
    there = getattr(owner, name, ABSENT)
    if isinstance(there, (Cells, Items)) and isinstance(value, (dict, list)):
        container: Any = there
        container.replace(value)
    else:
        setattr(owner, name, value)


def _is_equal(one: Any, other: Any) -> bool:
    if isinstance(one, (list, tuple)) and isinstance(other, (list, tuple)):
        return len(one) == len(other) and all(map(_is_equal, one, other))
    if isinstance(one, dict) and isinstance(other, dict):
        return list(one) == list(other) and all(map(_is_equal, one.values(), other.values()))
    return is_same(one, other) or (isinstance(one, frozenset) and one == other)


def _references(outcome: Outcome) -> dict[int, int]:
    """How often each list and dictionary is referred to from what the outcome has changed."""
    counts: dict[int, int] = {}
    waiting: list[Any] = [
        value
        for (_, name), (thing, value) in (outcome.reached or outcome.changes).items()
        if name != "optional" and not (isinstance(thing, Cells) and thing.called == "optional")
    ]
    waiting.append(outcome.value)
    seen: set[int] = set()
    while waiting and len(seen) < _MAX_REACHED:
        value = waiting.pop()
        if isinstance(value, (ListValue, DictValue)):
            counts[id(value)] = counts.get(id(value), 0) + 1
        elif not isinstance(value, (list, dict, tuple, Instance)):
            continue
        if id(value) in seen:
            continue
        seen.add(id(value))
        if isinstance(value, (ListValue, DictValue)):
            items = value.items
            waiting.extend(items.values() if isinstance(items, dict) else items)
        elif isinstance(value, dict):
            waiting.extend(value.values())
        elif isinstance(value, Instance):
            waiting.extend(value.attributes.values())
        else:
            waiting.extend(value)
    return counts


# -- one function a class ----------------------------------------------------------------------------------------------

Writes = list[Callable[[], None]]


def _scope(join: _Join, scope: Scope, names: set[str], writes: Writes) -> None:
    if "vars" in names:
        join.names(scope, "vars", writes)
    for name in names & {"redirected", "star"}:
        values = [value for value in join.fields(scope, name) if value]
        if values:
            join.write(scope, name, values[0], writes)


def _list(join: _Join, thing: ListValue, names: set[str], writes: Writes) -> None:
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
            writes.append(lambda: _put(thing, "items", items))
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


def _dict(join: _Join, thing: DictValue, names: set[str], writes: Writes) -> None:
    if "attributes" in names:
        join.names(thing, "attributes", writes)
    if not names & {"items", "unknown"}:
        join.typed(thing, names - {"attributes"}, writes)
        return
    contents, unknowns = join.fields(thing, "items"), join.fields(thing, "unknown")
    if join.is_head and unknowns[0] is not None:
        same = {k: v for k, v in contents[0].items() if all(k in c and is_same(c[k], v) for c in contents)}
        if len(same) != len(thing.items):
            writes.append(lambda: _put(thing, "items", same))
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
        writes.append(lambda: _put(thing, "items", items))
    if reason is not thing.unknown:
        writes.append(lambda: setattr(thing, "unknown", reason))


def _instance(join: _Join, thing: Instance, names: set[str], writes: Writes) -> None:
    join.names(thing, "attributes", writes)
    unknown = next((value for value in join.fields(thing, "unknown") if value is not None), None)
    if unknown is not thing.unknown:
        writes.append(lambda: setattr(thing, "unknown", unknown))
    join.typed(thing, names - {"attributes", "optional", "unknown"}, writes)


def _class(join: _Join, thing: ClassValue, names: set[str], writes: Writes) -> None:
    if "members" in names:
        join.names(thing, "members", writes)
    join.typed(thing, names - {"members"}, writes)


def _function(join: _Join, thing: FunctionValue, names: set[str], writes: Writes) -> None:
    for name in names:
        contents = [value if value is not None else {} for value in join.fields(thing, name)]
        if not all(isinstance(content, dict) for content in contents):
            join.typed(thing, {name}, writes)
            continue
        result, changed = join.mapping(getattr(thing, name), contents)
        if changed:
            writes.append(lambda name=name, result=result: setattr(thing, name, result))  # type: ignore[misc]


def _native(join: _Join, thing: NativeObject, names: set[str], writes: Writes) -> None:
    if "parts" in names:
        join.names(thing, "parts", writes)
    join.typed(thing, names - {"parts"}, writes)


def _data_object(join: _Join, thing: DataObject, names: set[str], writes: Writes) -> None:
    for name in names:
        contents = join.fields(thing, name)
        if name not in ("state", "attributes"):
            join.typed(thing, {name}, writes)
            continue
        known: dict[str, Any] = {}
        differs = False
        for key in dict.fromkeys(key for content in contents for key in content):
            values = [content.get(key, ABSENT) for content in contents]
            if all(_is_equal(value, values[0]) for value in values) or (
                join.is_head and isinstance(values[0], Unknown)
            ):
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


def _layer(join: _Join, layer: Layer, names: set[str], writes: Writes) -> None:
    if join.reason is not None and isinstance(layer, Network):
        opens = join.fields(layer, "open")
        is_open = next((value for value in opens if value is not None and value.reason != NOT_CALLED), None)
        if is_open is not None:
            join.write(layer, "open", is_open, writes)
            return
        if "open" in names:
            # Its first call builds it: that is done once, in whichever round.
            names = names - {"open"}
            join.write(layer, "open", None if None in opens else opens[0], writes)
    for name in names:
        values = join.fields(layer, name)
        if name == "needs":
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


def _has_shapes(call: Node) -> bool:
    return not any(isinstance(tensor.shape, Unknown) for tensor in call.outputs)


def _built(join: _Join, layer: Layer, name: str, values: Sequence[Any]) -> list[Any]:
    """What a layer has in the outcomes where it is built; a model that waits for data has outputs, but no inputs."""
    told_by = join.fields(layer, "inputs") if isinstance(layer, Network) and name in ("nodes", "outputs") else values
    return [value for value, is_built in zip(values, told_by, strict=True) if is_built]


def _content(join: _Join, content: Content, names: set[str], writes: Writes) -> None:
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


def _array(join: _Join, array: Array, names: set[str], writes: Writes) -> None:
    differs = False
    for name in names:
        values = join.fields(array, name)
        if all(_is_equal(value, values[0]) for value in values):
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


def _joined_shape(join: _Join, values: Sequence[Any]) -> Any:
    """Sizes that are the same, and unnamed ones for others."""
    first = values[0]
    if not all(isinstance(value, tuple) and len(value) == len(first) for value in values):
        return Unknown("it depends on a condition", None, None, None, join.needs)
    sizes: list[Any] = []
    for axis, size in enumerate(first):
        same = all(is_same(value[axis], size) for value in values)
        sizes.append(size if same else SymDim.named("?", ("joined", join.run.tick(), axis)))
    return tuple(sizes)


def _cells(join: _Join, cells: Cells, names: set[str], writes: Writes) -> None:
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


def _labels(join: _Join, labels: Labels, names: set[str], writes: Writes) -> None:
    for name in names:
        values = join.fields(labels, name)
        same = all(_is_equal(value, values[0]) for value in values)
        empty: Any = {} if name == "series" else frozenset() if name == "present" else None
        join.write(labels, name, values[0] if same else empty, writes)


_HANDLERS: dict[type, Callable[[_Join, Any, set[str], Writes], None]] = {
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
