"""What the changes of several arms make together: what is equal stays, what differs becomes guarded or is forgotten.

One function for each class of things that the program may change, in the table at the end. A thing whose parts are
typed (a layer, an array) cannot hold a guarded value: it takes what one arm has left and remembers the conditions that
decide about it in its `needs`, so that nothing is claimed of it as long as these are open.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

from kerascheck.machine.choices import choose, is_equal, is_same
from kerascheck.machine.holding import holding
from kerascheck.machine.joined_objects import JOINED_BY_KIND, put
from kerascheck.machine.values import (
    DictValue,
    Instance,
    ListValue,
    Value,
    presence,
)
from kerascheck.network.ir import Layer
from kerascheck.network.networks import Network
from kerascheck.symbolic.journal import ABSENT, Cells, Changes, Items, Mark, is_there, lay_down
from kerascheck.symbolic.unknown import NOTHING, Guarded, Unknown, forgotten

if TYPE_CHECKING:
    from kerascheck.machine.paths import Outcome
    from kerascheck.machine.run import Run

_MAX_REACHED = 2_000


def join(run: Run, mark: Mark, outcomes: Sequence[Outcome]) -> Value:
    """Lay down what the outcomes have changed, joined; the result is the join of their values.

    The state is that of the mark they are relative to.
    """
    if len(outcomes) == 1:
        lay_down(outcomes[0].changes)
        return outcomes[0].value
    whole = Join(run, mark, outcomes)
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
    _, changed = Join(run, mark, outcomes, reason, is_head).make()
    return changed


class Join:
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
            handler = JOINED_BY_KIND.get(cls)
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
            if isinstance(values[0], Unknown) and type(values[0]) is not Guarded:
                return values[0]  # nothing more can be forgotten; of several cases each round may change each
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
            writes.append(lambda: put(owner, name, result))
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
            if not all(is_equal(value, last) for value in values):
                self.mark(owner, writes)
            self.write(owner, name, last, writes)

    def write(self, owner: Any, name: str, value: Any, writes: list[Callable[[], None]]) -> None:
        """Set an attribute, unless it is so already."""
        there = getattr(owner, name, ABSENT)
        if value is not ABSENT and not is_equal(there, value):
            writes.append(lambda: put(owner, name, value))

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
