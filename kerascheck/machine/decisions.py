"""What a run knows of conditions, and how they are decided."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

import libcst as cst

from kerascheck.machine.asking import is_outside, root_of
from kerascheck.machine.feasibility import Facts, can_surely_be_asked, implied
from kerascheck.machine.values import (
    FunctionValue,
)
from kerascheck.network.dims import SymDim
from kerascheck.network.program import Program
from kerascheck.symbolic.journal import Cells, Journal, Mark
from kerascheck.symbolic.unknown import Unknown

if TYPE_CHECKING:
    from kerascheck.machine.undecidable import Undecidable

#: Conditions made of others that are looked at for what they say of one value.
_MAX_CASES = 6
#: Where nothing follows from a condition.
_NOTHING_FOLLOWS: Mapping[Hashable, bool] = MappingProxyType({})


class Decisions:
    """What one run knows of conditions: what is assumed, what is decided, and what has to be.

    `plan` says how the `relevant` conditions are decided, by their keys, and `taken` what became of them in order. The
    same key means the same condition in every run, and it is decided the same way throughout a run.
    """

    def __init__(
        self,
        entry: int = 0,
        relevant: Collection[Hashable] = (),
        plan: Mapping[Hashable, bool] = MappingProxyType({}),
    ) -> None:
        self.journal = Journal()
        self.forks: list[tuple[int, frozenset[Hashable]]] = []  # those whose arms are running: moment, conditions
        self.facts = Facts()  # what is assumed or decided here
        #: What else holds where a condition does, or does not, as arms have shown that others have left.
        self.following: dict[tuple[Hashable, bool], Mapping[Hashable, bool]] = Cells()
        self.program = Program(entry)
        self.frame = 0  # which call this is, and which round of its loops: see `Project.frame`
        self.occurrences: dict[Hashable, int] = {}  # how often something has happened in one frame, by frame and node
        self.serial = 0  # moments of creation
        self.decided = 0  # grows with each that is decided: another run decides it otherwise
        self.call_stack: list[FunctionValue] = []
        #: Where this run follows a call that nobody wrote: what other such calls have shown, the functions that
        #: conditions stand in, and the parameters that their first calls leave unknown.
        self.undecidable: Undecidable | None = None
        self.asking_functions: dict[Hashable, FunctionValue] = {}
        self.relevant = frozenset(relevant)
        self.relevant_in_order = relevant
        self.plan = plan
        self.taken: dict[Hashable, bool] = {}
        self.decided_at: dict[Hashable, int] = {}  # when each of them was decided
        #: The relevant conditions that ask about a value of the surroundings, by that value.
        self.relevant_about: dict[Hashable, list[Hashable]] = {}
        for key in relevant:
            root = root_of(key)
            if root is not None and is_outside(root):
                self.relevant_about.setdefault(root, []).append(key)
        self.questions: set[Hashable] | None = None  # the conditions that have come up, where somebody wants to know
        #: Conditions that all that follows hangs on, since arms could not be joined: the moment, and how many errors
        #: there were before.
        self.needed: dict[Hashable, tuple[int, int]] = {}
        self.condition_needs: dict[Hashable, frozenset[Hashable]] = {}  # of conditions made of others
        #: What such a one is made of: the cases in which it holds, and those in which it does not.
        self.cases: dict[Hashable, dict[bool, list[dict[Hashable, bool]]]] = {}
        self.asking: dict[Hashable, list[Hashable]] = {}  # the latest of them that ask about a value
        self.places: dict[Hashable, cst.CSTNode | None] = {}  # where conditions stand
        self.within: dict[Hashable, frozenset[Hashable]] = {}  # the conditions that were known where one came up
        self.aliases: dict[Hashable, Hashable] = {}  # of values without a key that is the same in every run

    # -- moments and keys ----------------------------------------------------------------------------------------------

    def tick(self) -> int:
        """The next moment of creation."""
        self.serial += 1
        return self.serial

    def fresh(self, reason: str, node: cst.CSTNode | None = None, text: str | None = None) -> Unknown:
        """A new unknown value; the same node in the same round of the same call gives the same key in every run."""
        if node is None:
            return Unknown(reason, ("fresh", self.tick()), text)
        key = ("node", id(node), self.frame, self.count(node))
        return Unknown(reason, key, text, origin=node)

    def made_of(self, lost: Unknown, node: cst.CSTNode) -> Unknown:
        """A new unknown value that is not known because another one is not."""
        made = self.fresh(lost.reason, node)
        made.origin = lost.origin or node
        return made

    def count(self, node: cst.CSTNode, what: str = "") -> int:
        """How often this has happened at the node before, in the present frame."""
        key = (self.frame, id(node), what)
        count = self.occurrences.get(key, 0)
        self.occurrences[key] = count + 1
        return count

    # -- what is known -------------------------------------------------------------------------------------------------

    def known(self, key: Hashable, is_met: bool = True) -> bool | None:
        """How the condition is decided here; None where both arms are run.

        `is_met`: whether the program asks for it here. A value that hangs on it may also be read where it does not:
        that the condition could be asked is not known then.
        """
        if self.questions is not None:
            self.questions.add(key)
        if key in self.relevant:
            self.decided += 1
        known: bool | None = self.facts.get(key)
        if known is not None:
            return known
        if self.relevant_about:
            self._recall(key)
        known = implied(self.facts, key)
        if known is None and self.relevant_about and key not in self.relevant:
            known = self._by_relevant(key)
        if known is None and (self.following or self.cases):
            known = self._only_choice(key)
        if known is not None:
            return known
        if key in self.relevant:
            known = self.taken.get(key)
            if known is None:
                known = self.taken[key] = self.plan.get(key, True)
                self.decided_at[key] = self.serial
        if known is not None and (is_met or can_surely_be_asked(self.facts, key)):
            self._hold(key, known)
        return known

    def _hold(self, key: Hashable, choice: bool) -> None:
        """It holds from here on, or does not."""
        self.facts[key] = choice

    def _recall(self, key: Hashable) -> None:
        """Note again what was decided about the same value, be it in an arm that is over."""
        for other in self.relevant_about.get(root_of(key), ()):
            if other == key or other not in self.taken or other in self.facts:
                continue
            if can_surely_be_asked(self.facts, other):  # else it holds only where the program got as far as asking
                self._hold(other, self.taken[other])

    def _by_relevant(self, key: Hashable) -> bool | None:
        """How the condition is decided by those that are decided anyway and ask about the same value."""
        others = [other for other in self.relevant_about.get(root_of(key), ()) if other not in self.facts]
        asked = [other for other in others if can_surely_be_asked(self.facts, other)]
        for other in asked:
            self.known(other)
        return implied(self.facts, key) if asked else None

    def _only_choice(self, key: Hashable) -> bool | None:
        """How the condition is decided since something follows from the contrary that does not hold here."""
        for choice in (True, False) if self.following else ():
            for other, wanted in self.following.get((key, choice), _NOTHING_FOLLOWS).items():
                known = self.facts.get(other)
                if known is None:
                    known = implied(self.facts, other, (key, choice))
                if known is (not wanted):
                    return not choice
        for case in self.asking.get(root_of(key), ()):
            holds = self.facts.get(case)
            if holds is None:
                continue
            sides = self.cases[case][holds]
            possible = [choice for choice in (True, False) if any(self._may_hold(s, key, choice) for s in sides)]
            if len(possible) == 1:
                return possible[0]
        return None

    def learn_cases(self, case: Hashable, cases: dict[bool, list[dict[Hashable, bool]]]) -> None:
        """Note what a condition is made of."""
        keys = {key for sides in cases.values() for side in sides for key in side}
        roots = {root for key in keys if (root := root_of(key)) is not None and is_outside(root)}
        if roots:
            self.cases[case] = cases
        for root in roots:
            asking = self.asking.setdefault(root, [])
            asking.append(case)
            del asking[:-_MAX_CASES]

    def _may_hold(self, side: Mapping[Hashable, bool], key: Hashable, choice: bool) -> bool:
        """Whether all of the case may hold where the condition is decided like that."""
        for other, wanted in side.items():
            known = choice if other == key else self.facts.get(other)
            if known is None:
                known = implied(self.facts, other, (key, choice))
            if known is (not wanted):
                return False
        return True

    def meet(self, key: Hashable, node: cst.CSTNode | None) -> None:
        """A condition comes up that is not known. Whether it does may hang on what is assumed here."""
        self.places.setdefault(key, node)
        if key not in self.within:
            self.within[key] = frozenset(self.facts)
            if self.undecidable is not None and self.call_stack:
                self.asking_functions[key] = self.call_stack[-1]

    def decide(self, key: Hashable, needs: frozenset[Hashable], default: bool) -> bool:
        """Decide a condition where its arms cannot be joined: by default, and in the other runs otherwise."""
        known = self.known(key)
        if known is not None:
            return known
        self.need(needs)
        self.facts[key] = default
        return default

    def need(self, needs: Iterable[Hashable]) -> None:
        """What follows hangs on these conditions in a way that cannot be joined."""
        for key in needs:
            self.needed.setdefault(key, (self.serial, len(self.program.raised)))

    def need_forks(self, birth: int) -> None:
        """Something older is done in the arms that are running, which cannot be taken back: they are to be decided."""
        for moment, needs in self.forks:
            if moment > birth:
                self.need(needs)

    def needs_of(self, key: Hashable) -> frozenset[Hashable]:
        """The conditions to be decided for this one to be known."""
        found = self.condition_needs.get(key)
        return frozenset((key,)) if found is None else found

    def facts_at(self, mark: Mark) -> Mapping[Hashable, bool]:
        """What was assumed or decided at the mark."""
        return self.journal.before(self.facts, mark)  # type: ignore[no-any-return]

    def stable(self, key: Hashable, node: cst.CSTNode | None) -> Hashable:
        """The same key in every run: plans name conditions by them."""
        if isinstance(key, SymDim):
            terms = [(tuple((a.text, self.stable(a.key, None)) for a in t), n) for t, n in key.terms.items()]
            return ("size", frozenset(terms))
        if not isinstance(key, tuple):
            return key
        if key[:1] == ("unnamed",):
            if key not in self.aliases:
                fresh = ("alias", len(self.aliases)) if node is None else self.fresh("a condition", node).key
                self.aliases[key] = fresh
            return self.aliases[key]
        return tuple([self.stable(part, node) for part in key])
