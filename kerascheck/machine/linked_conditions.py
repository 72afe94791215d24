"""Which conditions hang together, and which of them are worth a run for each combination."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable

import libcst as cst

import kerascheck.machine.calls
import kerascheck.machine.expressions
import kerascheck.machine.statements  # noqa: F401  (they fill the tables of the engine)
from kerascheck.machine.asking import root_of
from kerascheck.machine.needs import place_of, program_needs, trainings_need
from kerascheck.machine.run import Run
from kerascheck.symbolic.unknown import NOTHING

#: Conditions that are decided together: all combinations of them are run. Many exclude each other, so there are often
#: fewer than two for each; where that takes more than so many runs, fewer conditions are decided.
MAX_CONDITIONS = 10
#: Conditions that only the data of trainings hangs on are decided where there are no more than these.
_MAX_OF_DATA = 3


class Links:
    """Which conditions belong together, since something hangs on all of them: as the runs of one start have shown."""

    def __init__(self) -> None:
        self._by_place: dict[Hashable, dict[Hashable, None]] = {}
        self._of_data: dict[Hashable, dict[Hashable, None]] = {}  # what trainings hang on
        self._everywhere: dict[Hashable, None] = {}  # what all that comes later hangs on
        self._within: dict[Hashable, frozenset[Hashable]] = {}  # what was known where a condition came up first
        self._met: dict[Hashable, int] = {}  # how many came up before a condition
        self.places: dict[Hashable, cst.CSTNode | None] = {}  # where each of them came up
        self._seen_under: dict[Hashable, dict[Hashable, None]] = {}  # what may decide whether a place is built at
        self._in_arms: dict[tuple[Hashable, frozenset[Hashable]], None] = {}  # places in arms, with their conditions
        #: What was decided, and how many models were built at each place (of other things: whether any was).
        self._runs: list[tuple[dict[Hashable, bool], Counter[Hashable]]] = []

    def learn(self, run: Run) -> None:
        """Take over what the run has met."""
        for key, node in run.places.items():
            self._met.setdefault(key, len(self._met))
            self.places.setdefault(key, node)
        order = self._order
        self._within = {**run.within, **self._within}
        if run.needed:
            # What was done under these cannot be taken back: all of them belong together.
            self.unite(sorted((*run.relevant, *run.needed), key=order))
        self._in_arms.update(dict.fromkeys((place_of(network), needs) for network, needs in run.in_arms))
        places = Counter(map(place_of, run.program.networks))
        self._runs.append((dict(run.taken), places))
        for place, needs in program_needs(run.program):
            places[place] = places[place] or 1
            if run.taken and place not in self._runs[0][1]:
                # It comes up where conditions are decided: what it hangs on of these does not show.
                needs = needs.union(run.taken)
            if needs:
                self._by_place.setdefault(place, {}).update(dict.fromkeys(sorted(needs, key=order)))
        for place, needs in trainings_need(run.program):
            if needs:
                self._of_data.setdefault(place, {}).update(dict.fromkeys(sorted(needs, key=order)))

    def _order(self, key: Hashable) -> int:
        """Sets of conditions are walked in the order in which they came up: theirs is not the same in every process."""
        return self._met.get(key, len(self._met))

    def _deciding(self, place: Hashable) -> list[Hashable]:
        """The conditions that may decide whether something is built at the place: it is seen under one choice only."""
        most = max((places[place] for taken, places in self._runs if taken), default=0)
        there = [taken for taken, places in self._runs if taken and places[place] == most > 0]
        missing = [taken for taken, places in self._runs if places[place] < most]
        if not there or not missing:
            return []
        return [
            key
            for key, choice in there[0].items()
            if all(taken.get(key) is choice for taken in there)
            and any(taken.get(key) is (not choice) for taken in missing)
        ]

    def hanging_on(self, keys: frozenset[Hashable]) -> frozenset[Hashable] | None:
        """The places of what hangs on any of these; None where all does."""
        return None if self._everywhere else self.seen_on(keys)

    def seen_on(self, keys: frozenset[Hashable]) -> frozenset[Hashable]:
        """The same, of what hangs on them by itself."""
        return frozenset(place for place, needs in self._by_place.items() if not keys.isdisjoint(needs))

    def deciding_about(self, place: Hashable) -> list[Hashable]:
        """The conditions that what is built at the place hangs on, and those that decide whether it is built."""
        in_arms = (key for there, needs in self._in_arms if there == place for key in needs)
        found = {*self._everywhere, *self._by_place.get(place, ()), *self._seen_under.get(place, ()), *in_arms}
        return sorted(found, key=self._order)

    def unite(self, keys: Iterable[Hashable]) -> None:
        """Take all of them for one group."""
        self._everywhere.update(dict.fromkeys(keys))

    def groups_to_decide(self, limit: int, most: int) -> list[list[Hashable]]:
        """The first conditions of each group, as many as that many runs may decide: more runs than conditions."""
        cut = [group[:limit] for group in self.groups()]
        return [group if len(group) < most else group[: fewest_runs(most)] for group in cut]

    def is_worth_deciding(self, most: int) -> bool:
        """Whether that many runs may make anything known.

        Where they cannot even try all conditions of a group that are ever tried together, few are tried: something must
        hang on these alone.
        """
        cut = self.groups_to_decide(MAX_CONDITIONS, most)
        if cut == [group[:MAX_CONDITIONS] for group in self.groups()]:
            return True
        decided = {key for group in cut for key in group}
        if not decided.issuperset(self._everywhere):
            return False
        needed = (*self._by_place.values(), *self._of_data.values())
        return any(needs and decided.issuperset(needs) for needs in needed)

    def groups(self) -> list[list[Hashable]]:
        """The conditions, those together that depend on each other; those met first come first.

        A condition that comes up under others, or asks about the same value, is tried with them in each way.
        """
        for place in self._by_place:
            # Further runs may tell that others decide, too; what has been thought to belong together stays so.
            self._seen_under.setdefault(place, {}).update(dict.fromkeys(self._deciding(place)))
        links = [[*keys, *self._seen_under[place]] for place, keys in self._by_place.items()]
        decided = {key for link in (*links, list(self._everywhere)) for key in link}
        of_data = [list(keys) for keys in self._of_data.values()]
        if len({key for link in of_data for key in link} - decided) <= _MAX_OF_DATA:
            links += of_data
        if self._everywhere:
            links = [list(dict.fromkeys(key for link in (list(self._everywhere), *links) for key in link))]
        all_keys = {key for link in links for key in link}
        for place, needs in self._in_arms:
            # What decides whether a model is made is decided together, and with what the model hangs on.
            deciding = [key for key in sorted(needs, key=self._order) if key in all_keys]
            if deciding:
                links.append([*self._by_place.get(place, ()), *deciding])
        keys = sorted(all_keys, key=self._order)
        under = [[*sorted(self._within.get(key, NOTHING) & all_keys, key=self._order), key] for key in keys]
        asked: dict[Hashable, list[Hashable]] = {}  # one decides about others where they ask about the same value
        for key in keys:
            if (root := root_of(key)) is not None:
                asked.setdefault(root, []).append(key)
        return _merged_groups([*links, *(link for link in (*under, *asked.values()) if len(link) > 1)])


def fewest_runs(most: int) -> int:
    """So many conditions can be decided by that many runs in any case."""
    return most.bit_length() - 1


def order_of(run: Run) -> Callable[[Hashable], int]:
    places = {key: index for index, key in enumerate(run.places)}
    return lambda key: places.get(key, len(places))


def _merged_groups(links: Iterable[list[Hashable]]) -> list[list[Hashable]]:
    """Unite what shares a condition."""
    groups: list[dict[Hashable, None]] = []
    for link in links:
        made = dict.fromkeys(link)
        kept = []
        for group in groups:
            if group.keys() & made.keys():
                made = {**group, **made}
            else:
                kept.append(group)
        groups = [*kept, made]
    return [list(group) for group in groups if group]
