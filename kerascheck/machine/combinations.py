"""One start of a program, run for the combinations of the conditions that matter."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import kerascheck.machine.calls
import kerascheck.machine.expressions
import kerascheck.machine.statements  # noqa: F401  (they fill the tables of the engine)
from kerascheck.machine.allowance import BeginAgain, StartCut, taken_by, watch
from kerascheck.machine.budget import Budget
from kerascheck.machine.consequences import Consequences
from kerascheck.machine.directives import Watch
from kerascheck.machine.linked_conditions import MAX_CONDITIONS, Links, fewest_runs
from kerascheck.machine.needs import network_needs, place_of, training_needs
from kerascheck.machine.project import Project
from kerascheck.machine.run import Run
from kerascheck.machine.uncalled import Construction, UnseenCall
from kerascheck.machine.undecidable import Undecidable
from kerascheck.machine.undecided_models import leave_open, open_doubtful, open_guessed
from kerascheck.machine.values import (
    BudgetExceeded,
    ClassValue,
    DictValue,
    FunctionValue,
    Instance,
    ListValue,
    Scope,
    UserRaise,
    Value,
)
from kerascheck.network.networks import Network
from kerascheck.network.program import Program
from kerascheck.symbolic.journal import Changes, lay_down, noted_in
from kerascheck.symbolic.unknown import NOTHING, Unknown, is_forgotten

_MAX_RUNS = 32
#: Runs after which it shows whether all combinations can be tried.
_FEWEST_RUNS = 3
#: Steps that all the runs of one start may take together: how many combinations there are hangs on how long one takes.
_STEPS_FOR_RUNS = 100_000
#: The same for all functions together that nobody calls, and for each one whatever the others have taken.
_STEPS_FOR_CALLS = 8_000
#: How often further conditions may turn up in the runs that decide the ones before.
_MAX_ROUNDS = 4


@dataclass
class Analysis:
    """What a source builds, run by run."""

    paths: list[Program] = field(default_factory=list)
    incomplete: str | None = None  # why the analysis stopped early
    by_chance: bool = False  # whether it may go further, or less far, the next time
    fault: Exception | None = None  # the error of our own that has stopped it
    calls_matter: bool = False  # whether all functions are followed: see `analyze`
    watch: Watch | None = None  # what was noted of names, where somebody or a comment asks for it


@dataclass
class _Component:
    """Conditions that something hangs on together, and which of their combinations comes next."""

    keys: frozenset[Hashable]
    plan: dict[Hashable, bool] = field(default_factory=dict)
    done: bool = False
    #: Which condition comes after which decisions; None: no other one.
    met: dict[tuple[tuple[Hashable, bool], ...], Hashable | None] = field(default_factory=dict)
    is_torn: bool = False  # that hangs on others than these
    runs: int = 0
    covered: float = 0.0  # the share of all combinations that is done, each condition halving what is left

    @property
    def expected(self) -> float:
        """How many runs all combinations will take, going by those that are done."""
        return self.runs / self.covered if self.runs >= _FEWEST_RUNS else 0.0

    def advance(self, taken: dict[Hashable, bool]) -> None:
        """The combination is done: the last condition that held is the next one not to hold."""
        trace = [(key, choice) for key, choice in taken.items() if key in self.keys]
        for index in range(len(trace) + 1):
            following = trace[index][0] if index < len(trace) else None
            if self.met.setdefault(tuple(trace[:index]), following) != following:
                self.is_torn = True
        self.runs += 1
        self.covered += 0.5 ** len(trace)
        while trace and not trace[-1][1]:
            trace.pop()
        if not trace:
            self.done = True
            self.plan = {}
            return
        self.plan = {**dict(trace), trace[-1][0]: False}


@dataclass
class Base:
    """The state that a start has left, which functions that nobody calls are analysed in."""

    run: Run
    entered: set[int]
    settings: dict[str, Value]  # that functions which nobody calls find in force
    steps_for_calls: int = _STEPS_FOR_CALLS  # what is left of them
    steps_of_classes: Counter[int] = field(default_factory=Counter)  # what their methods have taken
    undecidable: Undecidable = field(default_factory=Undecidable)
    changes: Changes = field(default_factory=dict)  # what the first run has changed
    #: The objects of classes that nobody makes, by the ids of the classes; None where they cannot be made.
    constructed: dict[int, Constructed | None] = field(default_factory=dict)
    entry: int = 0  # of the latest start
    consequences: Consequences | None = None  # which calls may show anything

    @property
    def scope(self) -> Scope:
        """The names of the module."""
        assert self.run.main is not None
        return self.run.main


@dataclass(frozen=True)
class _Joined:
    """The first run of a start, with everything joined and undone again."""

    run: Run
    settings: dict[str, Value]  # that were in force at its end
    changes: Changes
    links: Links
    steps: int


@dataclass
class Constructed:
    """An object of a class that nobody makes, and the state in which it is, from which each of its methods begins."""

    construction: Construction
    start: Start
    run: Run
    changes: Changes
    links: Links
    steps: int
    is_shown: bool = False  # whether what was made with it is a part of the result

    @contextmanager
    def in_place(self) -> Iterator[None]:
        """Within the block the object is there."""
        with noted_in(self.run.journal):
            lay_down(self.changes)
        try:
            yield
        finally:
            self.run.journal.undo_older()


@dataclass
class _Followed:
    """The first run of a method."""

    base: Base
    links: Links
    steps: int


class Start:
    """All runs of one start."""

    def __init__(
        self,
        project: Project,
        budget: Budget,
        result: Analysis,
        begin: Callable[[Run], Any],
        entry: int = 0,
        prepare: Callable[[Run], None] = lambda run: None,
        steps_for_runs: int = _STEPS_FOR_RUNS,
    ) -> None:
        self.project = project
        self.budget = budget
        self.result = result
        self.begin = begin
        self.entry = entry
        self.prepare = prepare
        self.steps_for_runs = steps_for_runs
        self.constructed: Constructed | None = None  # the object that the first run begins with
        self.call: UnseenCall | None = None  # what that run does then
        self.is_taking_over = False  # whether it has made that object its own
        self.is_apart = True  # whether no run has changed what was made with that object
        self.steps_taken = 0  # by the runs that decide something
        self.undecided: Collection[Hashable] = ()  # the conditions of which not all combinations were run
        self.is_cut = False  # whether a run of it was: it took too long
        self.entered: set[int] = set()

    def explore(self, stays: bool = True) -> Base | None:
        """Run the start with everything joined, then for each combination of what matters.

        Gives the first run, whose changes are still in place if it `stays`; None where the budget has ended.
        """
        joined = self._joined()
        if joined is None:
            return None
        base = Base(joined.run, self.entered, joined.settings, changes=joined.changes)
        finished = self.conclude(joined.run, joined.links, joined.steps)
        if stays and finished:
            with noted_in(joined.run.journal):
                lay_down(base.changes)
        return base if finished else None

    def construct(self, construction: Construction) -> Constructed | None:
        """Make the object that methods begin with, in a first run only; None where the budget has ended."""
        joined = self._joined()
        if joined is None:
            return None
        return Constructed(construction, self, joined.run, joined.changes, joined.links, joined.steps)

    def _joined(self) -> _Joined | None:
        """The first run, undone. None where it has not come to its end."""
        before = self.budget.spent
        first, finished = self._run((), {})
        if not finished:
            return None
        links = Links()
        links.learn(first)
        settings = dict(first.settings)  # before they are undone, too
        return _Joined(first, settings, first.journal.undo_older(), links, self.budget.spent - before)

    def follow(self, made: Constructed, call: UnseenCall) -> _Followed | None:
        """The first run of a method, which goes on where an object was made for all methods of the class.

        The other runs make an object of their own. What is made with it is left out; `is_apart` tells if that is right.
        Where the method changes something of it, it takes all of that over, if nobody else has it.
        """
        self.constructed, self.call = made, call
        before = self.budget.spent
        with made.in_place():
            first, finished = self._run((), {})
            if not finished:
                return None
            self.is_apart = not _changes_made(first, made.run.journal.number)
            base = Base(first, self.entered, dict(first.settings))
            if not self.is_apart and not made.is_shown:
                self._take_over(first, made)
            links = Links()
            links.learn(first)
            first.journal.undo_older(made.run.journal.number if self.is_taking_over else None)
        return _Followed(base, links, made.steps + self.budget.spent - before)

    def _take_over(self, first: Run, made: Constructed) -> None:
        """What was made with the object is a part of what this run has built: the object is its own."""
        before = made.run.needed
        raised = len(made.run.program.raised)
        first.needed = {
            key: before[key] if key in before else (moment, raised + errors)
            for key, (moment, errors) in first.needed.items()
        }
        first.program = made.run.program.followed_by(first.program)
        self.constructed = None
        self.is_apart = self.is_taking_over = True
        assert self.call is not None
        self.call.take_over()

    def conclude(self, first: Run, links: Links, steps: int) -> bool:
        """Decide what matters in a start whose first run has taken so many steps; whether the budget has lasted."""
        most = min(_MAX_RUNS, self.steps_for_runs // max(1, steps))
        groups = links.groups()
        if not groups or most < 2 or not links.is_worth_deciding(most):
            self._accept(first, NOTHING)
            self.undecided = {key for group in groups for key in group}
            return True
        before = self.budget.spent
        finished = self._decide(links, most)
        self.steps_taken = self.budget.spent - before
        return finished

    def _decide(self, links: Links, most: int) -> bool:
        """Run all combinations, as far as that many runs can; whether the budget has lasted."""
        limit = MAX_CONDITIONS
        for attempt in range(_MAX_ROUNDS):
            groups = links.groups_to_decide(limit, most)
            components = [_Component(frozenset(group)) for group in groups]
            in_order = tuple(key for group in groups for key in group)
            relevant = frozenset(in_order)
            runs: list[Run] = []
            few = fewest_runs(most)
            bound = most if attempt < _MAX_ROUNDS - 1 and limit > few else float("inf")
            while (
                len(runs) < most
                and not all(component.done for component in components)
                and all(component.done or component.expected <= bound for component in components)
            ):
                plan = {key: choice for component in components for key, choice in component.plan.items()}
                run, finished = self._run(in_order, plan)
                if not finished:
                    return False
                self.is_apart = self.constructed is None or not _changes_made(run, run.journal.number)
                run.journal.undo_older()
                if not self.is_apart:
                    return True
                runs.append(run)
                links.learn(run)
                grown = {frozenset(group) for group in links.groups_to_decide(limit, most)}
                if attempt < _MAX_ROUNDS - 1 and grown != {component.keys for component in components}:
                    break  # more conditions matter, or some belong together: begin again
                for component in components:
                    component.advance(run.taken)
            else:
                is_torn = any(component.is_torn for component in components)
                if is_torn and attempt < _MAX_ROUNDS - 1:
                    links.unite(in_order)
                    continue
                complete = all(component.done for component in components) and not is_torn
                if not complete and attempt < _MAX_ROUNDS - 1 and limit > few:
                    limit = few
                    continue
                undone = (
                    frozenset() if complete or is_torn else _undone(components, links.groups_to_decide(limit, most))
                )
                asked = (key for group in links.groups() for key in group)
                self.undecided = {key for key in asked if is_torn or key in undone or key not in relevant}
                guesses = frozenset(filter(is_forgotten, relevant))
                for run in runs:
                    self._accept(run, relevant, complete, links.hanging_on(undone) if undone else None)
                    open_doubtful(run, links)
                    if guesses:
                        open_guessed(run, guesses, links.seen_on(guesses), links.hanging_on(guesses) is None)
                return True
        return True

    def _run(self, relevant: Collection[Hashable], plan: dict[Hashable, bool]) -> tuple[Run, bool]:
        """One run; whether it has come to its end."""
        while True:
            run, begin = self._new_run(relevant, plan)
            self.budget.watch = partial(watch, run)
            run.taken_before = taken_by(run)
            with noted_in(run.journal):
                run.journal.mark()
                try:
                    begin(run)
                except UserRaise:
                    if self.constructed is not None and run.begun is None:
                        run.leave_out_so_far()  # there is no object here
                except BeginAgain:
                    run.journal.undo_older()
                    continue
                except StartCut:
                    self.entered |= run.entered
                    self.is_cut = True
                    self._keep(run)
                    run.journal.undo_older()
                    return run, False
                except MemoryError:
                    raise
                except Exception as error:  # a fault of our own costs what comes behind it, not what is known so far
                    self._give_up(run, error)
                    return run, False
                finally:
                    self.budget.watch = None
            self.entered |= run.entered
            return run, True

    def _new_run(self, relevant: Collection[Hashable], plan: dict[Hashable, bool]) -> tuple[Run, Callable[[Run], Any]]:
        if self.constructed is not None and not relevant:
            assert self.call is not None
            run = self.constructed.run.branch()
            run.program.entry, run.program.start = self.entry, self.call.name
            return run, partial(self.call.call, receiver=self.constructed.construction.made_object)
        run = Run(self.project, self.budget, relevant, plan, self.entry)
        self.prepare(run)
        return run, self.begin

    def _accept(
        self,
        run: Run,
        relevant: frozenset[Hashable],
        complete: bool = True,
        hanging: frozenset[Hashable] | None = None,
    ) -> None:
        """What the run has built is a result; what hangs on conditions that were not decided is not known.

        `hanging`: the places of what may be otherwise in combinations that were not tried; None where all may be.
        """
        program = run.program
        late = [(key, at) for key, at in run.needed.items() if key not in relevant]
        if late or not complete:
            moment, raised = min((at for _, at in late), default=(0, 0))
            del program.raised[raised:]
            for network in program.networks:
                if not late and hanging is not None and place_of(network) not in hanging:
                    continue
                if max(network.birth, network.changed) >= moment or not _is_finished(network):
                    leave_open(run, network, [key for key, _ in late] or run.taken)
        for network in program.networks:
            needs = network_needs(network) - relevant
            if needs:
                leave_open(run, network, needs)
        for training in program.trainings:
            if training_needs(training) - relevant:
                training.forget()
        self.result.paths.append(program)

    def _give_up(self, run: Run, error: Exception) -> None:
        """The run cannot be followed to its end: what it was building is not known."""
        result = self.result
        if isinstance(error, RecursionError):
            result.incomplete, result.by_chance = "nested too deeply", True  # it depends on who calls
        elif not isinstance(error, BudgetExceeded):
            result.incomplete, result.fault = "an internal error ends it", error
        elif run.budget.by_clock:
            result.incomplete, result.by_chance = "it takes too long", True
        else:
            result.incomplete = "the budget for one file is used up (see the option --budget)"
        self._keep(run)

    def _keep(self, run: Run) -> None:
        """What the run has built so far, where it is finished and hangs on nothing."""
        for network in run.program.networks:
            needs = network_needs(network) | frozenset(run.needed) | frozenset(run.taken)
            if needs or not _is_finished(network):
                network.open = network.open or Unknown("it takes too long to be followed")
        del run.program.raised[0 if run.needed else len(run.program.raised) :]
        self.result.paths.append(run.program)


def _changes_made(run: Run, since: int) -> bool:
    """Whether the run has changed what was made, since this serial, before its result begins."""
    return run.begun is not None and any(
        name != "placed" and not isinstance(thing, _OF_THE_PROGRAM)
        for thing, name in run.journal.rewritten(run.begun, since)
    )


#: What rules never look at; nor do they at the order in which attributes are set.
_OF_THE_PROGRAM = (Scope, Instance, ListValue, DictValue, FunctionValue, ClassValue)


def _is_finished(network: Network) -> bool:
    """Whether nothing is added to the model any more, as far as programs do such things."""
    return network.kind == "functional" or network.compiled is not None


def _undone(components: Sequence[_Component], groups: Iterable[list[Hashable]]) -> frozenset[Hashable]:
    """The conditions of which not all combinations were tried."""
    together = {frozenset(group) for group in groups}
    return frozenset(key for one in components if not one.done or one.keys not in together for key in one.keys)
