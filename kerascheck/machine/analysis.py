"""Runs the interpreter over one source: every start, every combination of the conditions that matter."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache, partial
from itertools import combinations
from typing import Any

import libcst as cst

import kerascheck.machine.calls
import kerascheck.machine.expressions
import kerascheck.machine.statements  # noqa: F401  (they fill the tables of the engine)
from kerascheck.machine.allowance import BeginAgain, StartCut, taken_by, watch
from kerascheck.machine.asking import root_of, surroundings_in
from kerascheck.machine.budget import Budget
from kerascheck.machine.callers import (
    building,
    callable_names,
    calling_sources,
    importers,
    is_order_set_elsewhere,
    project_of_caller,
)
from kerascheck.machine.consequences import Consequences
from kerascheck.machine.directives import Watch
from kerascheck.machine.feasibility import is_told
from kerascheck.machine.functions import LEFT_OUT
from kerascheck.machine.needs import network_needs, place_of, program_needs, training_needs, trainings_need
from kerascheck.machine.project import Project, prepare_module
from kerascheck.machine.run import Run
from kerascheck.machine.static import names_used
from kerascheck.machine.uncalled import Construction, UnseenCall, unseen_calls
from kerascheck.machine.undecidable import Undecidable
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
from kerascheck.runtime.gc_pause import no_collection
from kerascheck.symbolic.journal import Changes, lay_down, noted_in
from kerascheck.symbolic.unknown import NOTHING, Unknown, is_forgotten

#: The start of the runs that explore what arguments on the command line change.
OTHER_ARGUMENTS = -1

#: How far the starts of the runs that follow the calls of one other file stand from those of the next.
ENTRIES_OF_A_CALLER = 1_000_000

#: What following the calls of one other file may cost, as a share of what the file itself may.
SHARE_OF_A_CALLER = 0.05

#: Conditions that are decided together: all combinations of them are run. Many exclude each other, so there are often
#: fewer than two for each; where that takes more than so many runs, fewer conditions are decided.
_MAX_CONDITIONS = 10
_MAX_RUNS = 32
#: Runs after which it shows whether all combinations can be tried.
_FEWEST_RUNS = 3
#: Steps that all the runs of one start may take together: how many combinations there are hangs on how long one takes.
_STEPS_FOR_RUNS = 100_000
#: The same for all functions together that nobody calls, and for each one whatever the others have taken.
_STEPS_FOR_CALLS = 8_000
_STEPS_FOR_CALL = 3_000
#: After so many steps no further methods of a class are entered: each is run on an object that is made anew.
_STEPS_FOR_CLASS = 40_000
#: What one run through such a function may take, as it is counted in `allowance`.
_ALLOWED_FOR_CALL = 40_000
#: Conditions that only the data of trainings hangs on are decided where there are no more than these.
_MAX_OF_DATA = 3
#: How often further conditions may turn up in the runs that decide the ones before.
_MAX_ROUNDS = 4


#: Whether calls that nobody wrote are left out where they can show nothing. Tests ask what is without that.
SKIPS = True


@dataclass
class Analysis:
    """What a source builds, run by run."""

    paths: list[Program] = field(default_factory=list)
    incomplete: str | None = None  # why the analysis stopped early
    by_chance: bool = False  # whether it may go further, or less far, the next time
    fault: Exception | None = None  # the error of our own that has stopped it
    calls_matter: bool = False  # whether all functions are followed: see `analyze`
    watch: Watch | None = None  # what was noted of names, where somebody or a comment asks for it


def analyze(source: Any, seconds: float = 2.0, calls_matter: bool = False) -> Analysis:
    """Interpret a source: the module itself, then each function and method that it never calls.

    Args:
        source: a `kerascheck.project.source.Source`.
        seconds: the work after which the rest is left unknown, in seconds of a slow core (see `Budget`).
        calls_matter: whether somebody looks at calls and imports by themselves (`Program.calls`, `Program.imports`):
            else functions that nobody calls are left out where nothing but these can be seen in them.
    """
    with no_collection():
        project = Project(source)
        result = Analysis(calls_matter=calls_matter or project.watch is not None, watch=project.watch)
        budget = Budget(seconds)
        base = _Start(project, budget, result, _run_module).explore()
        if base is not None and result.incomplete is None and base.run.reads_arguments:
            _explore_other_arguments(base, project, budget, result)
        if base is not None and result.incomplete is None:
            _explore_callers(base, project, seconds, result)
            _explore_uncalled(base, project, budget, result)
    return result


def _run_module(run: Run) -> None:
    scope = run.main = Scope("module", None, run.project.source)
    prepare_module(scope, "__main__")
    run.execute(run.project.source.tree.body, scope)


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
class _Base:
    """The state that a start has left, which functions that nobody calls are analysed in."""

    run: Run
    entered: set[int]
    settings: dict[str, Value]  # that functions which nobody calls find in force
    steps_for_calls: int = _STEPS_FOR_CALLS  # what is left of them
    steps_of_classes: Counter[int] = field(default_factory=Counter)  # what their methods have taken
    undecidable: Undecidable = field(default_factory=Undecidable)
    changes: Changes = field(default_factory=dict)  # what the first run has changed
    #: The objects of classes that nobody makes, by the ids of the classes; None where they cannot be made.
    constructed: dict[int, _Constructed | None] = field(default_factory=dict)
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
    links: _Links
    steps: int


@dataclass
class _Constructed:
    """An object of a class that nobody makes, and the state in which it is, from which each of its methods begins."""

    construction: Construction
    start: _Start
    run: Run
    changes: Changes
    links: _Links
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

    base: _Base
    links: _Links
    steps: int


class _Start:
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
        self.constructed: _Constructed | None = None  # the object that the first run begins with
        self.call: UnseenCall | None = None  # what that run does then
        self.is_taking_over = False  # whether it has made that object its own
        self.is_apart = True  # whether no run has changed what was made with that object
        self.steps_taken = 0  # by the runs that decide something
        self.undecided: Collection[Hashable] = ()  # the conditions of which not all combinations were run
        self.is_cut = False  # whether a run of it was: it took too long
        self.entered: set[int] = set()

    def explore(self, stays: bool = True) -> _Base | None:
        """Run the start with everything joined, then for each combination of what matters.

        Gives the first run, whose changes are still in place if it `stays`; None where the budget has ended.
        """
        joined = self._joined()
        if joined is None:
            return None
        base = _Base(joined.run, self.entered, joined.settings, changes=joined.changes)
        finished = self.conclude(joined.run, joined.links, joined.steps)
        if stays and finished:
            with noted_in(joined.run.journal):
                lay_down(base.changes)
        return base if finished else None

    def construct(self, construction: Construction) -> _Constructed | None:
        """Make the object that methods begin with, in a first run only; None where the budget has ended."""
        joined = self._joined()
        if joined is None:
            return None
        return _Constructed(construction, self, joined.run, joined.changes, joined.links, joined.steps)

    def _joined(self) -> _Joined | None:
        """The first run, undone. None where it has not come to its end."""
        before = self.budget.spent
        first, finished = self._run((), {})
        if not finished:
            return None
        links = _Links()
        links.learn(first)
        settings = dict(first.settings)  # before they are undone, too
        return _Joined(first, settings, first.journal.undo_older(), links, self.budget.spent - before)

    def follow(self, made: _Constructed, call: UnseenCall) -> _Followed | None:
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
            base = _Base(first, self.entered, dict(first.settings))
            if not self.is_apart and not made.is_shown:
                self._take_over(first, made)
            links = _Links()
            links.learn(first)
            first.journal.undo_older(made.run.journal.number if self.is_taking_over else None)
        return _Followed(base, links, made.steps + self.budget.spent - before)

    def _take_over(self, first: Run, made: _Constructed) -> None:
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

    def conclude(self, first: Run, links: _Links, steps: int) -> bool:
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

    def _decide(self, links: _Links, most: int) -> bool:
        """Run all combinations, as far as that many runs can; whether the budget has lasted."""
        limit = _MAX_CONDITIONS
        for attempt in range(_MAX_ROUNDS):
            groups = links.groups_to_decide(limit, most)
            components = [_Component(frozenset(group)) for group in groups]
            in_order = tuple(key for group in groups for key in group)
            relevant = frozenset(in_order)
            runs: list[Run] = []
            few = _fewest(most)
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
                    _open_doubtful(run, links)
                    if guesses:
                        _open_guessed(run, guesses, links.seen_on(guesses), links.hanging_on(guesses) is None)
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
                    _open(run, network, [key for key, _ in late] or run.taken)
        for network in program.networks:
            needs = network_needs(network) - relevant
            if needs:
                _open(run, network, needs)
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


def _tells(program: Program) -> bool:
    """Whether there is anything in the program that somebody could ask about."""
    return any(
        (
            *(program.layers, program.networks, program.compiles, program.trainings, program.preparations),
            *(program.raised, program.calls, program.imports, program.reached, program.went_well),
        )
    )


def _changes_made(run: Run, since: int) -> bool:
    """Whether the run has changed what was made, since this serial, before its result begins."""
    return run.begun is not None and any(
        not isinstance(thing, _OF_THE_PROGRAM) for thing, _ in run.journal.rewritten(run.begun, since)
    )


#: What rules never look at.
_OF_THE_PROGRAM = (Scope, Instance, ListValue, DictValue, FunctionValue, ClassValue)


def _is_finished(network: Network) -> bool:
    """Whether nothing is added to the model any more, as far as programs do such things."""
    return network.kind == "functional" or network.compiled is not None


def _open(run: Run, network: Network, keys: Iterable[Hashable]) -> None:
    """The model is not known: it hangs on these conditions, or on more than are decided."""
    asked = sorted(keys, key=_order(run))
    nodes = [node for key in asked if (node := run.places.get(key)) is not None]
    place = cache(partial(_place_of_first, run.project, nodes))  # few ask for the reason, and rows take long to find
    rest = f" and {len(asked) - 1} more" if len(asked) > 1 else ""
    if network.open is None:
        if asked:
            network.open = Unknown(lambda: f"it hangs on a condition{_in(place())}{rest} that is not decided")
        else:
            network.open = Unknown("it hangs on more conditions than are decided")
    elif network.open.needs and nodes:
        before = network.open
        network.open = Unknown(lambda: f"{before.reason} ({found}{rest})" if (found := place()) else before.reason)


def _place_of_first(project: Project, nodes: Sequence[cst.CSTNode]) -> str | None:
    """Where the first of the nodes stands that is somewhere."""
    return next((found for found in map(project.place_of, nodes) if found is not None), None)


def _in(place: str | None) -> str:
    return "" if place is None else f" in {place}"


def _open_guessed(run: Run, guesses: frozenset[Hashable], hanging: frozenset[Hashable], all_later: bool) -> None:
    """Models that hang on what the analysis has forgotten are not known: not all that is tried of it may occur.

    `hanging`: their places; `all_later`: whatever was done since it was decided hangs on it, too.
    """
    for network in run.program.networks:
        newest = max(network.birth, network.changed)
        later = [key for key in guesses if newest >= run.decided_at.get(key, newest + 1)]
        if place_of(network) in hanging:
            _open(run, network, guesses)
        elif all_later and later:
            _open(run, network, later)


def _open_doubtful(run: Run, links: _Links) -> None:
    """Models are not known that hang on conditions of which nobody knows whether they hold together."""
    for network in run.program.networks:
        asking = [key for key in links.deciding_about(place_of(network)) if surroundings_in(key)]
        pair = next((pair for pair in combinations(asking, 2) if not is_told(*pair)), None)
        if pair is not None and network.open is None:
            network.open = Unknown(partial(_why_doubtful, run, [links.places.get(key) for key in pair]))


def _why_doubtful(run: Run, nodes: Iterable[cst.CSTNode | None]) -> str:
    found = [place for node in nodes if node is not None and (place := run.project.place_of(node))]
    return f"it hangs on conditions{_in(' and '.join(found) or None)} that may exclude each other"


def _undone(components: Sequence[_Component], groups: Iterable[list[Hashable]]) -> frozenset[Hashable]:
    """The conditions of which not all combinations were tried."""
    together = {frozenset(group) for group in groups}
    return frozenset(key for one in components if not one.done or one.keys not in together for key in one.keys)


class _Links:
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
        return [group if len(group) < most else group[: _fewest(most)] for group in cut]

    def is_worth_deciding(self, most: int) -> bool:
        """Whether that many runs may make anything known.

        Where they cannot even try all conditions of a group that are ever tried together, few are tried: something must
        hang on these alone.
        """
        cut = self.groups_to_decide(_MAX_CONDITIONS, most)
        if cut == [group[:_MAX_CONDITIONS] for group in self.groups()]:
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


def _fewest(most: int) -> int:
    """So many conditions can be decided by that many runs in any case."""
    return most.bit_length() - 1


def _order(run: Run) -> Callable[[Hashable], int]:
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


def _explore_other_arguments(base: _Base, project: Project, budget: Budget, result: Analysis) -> None:
    """What the module builds with other arguments on the command line, as far as it does not build it without any."""
    known = {key for program in result.paths for key in program.reached}
    explored = Analysis()

    def prepare(run: Run) -> None:
        run.arguments_given = True
        run.program.start = "other arguments"

    changes = base.run.journal.undo_older()
    other = _Start(project, budget, explored, _run_module, OTHER_ARGUMENTS, prepare)
    found = other.explore()
    if found is not None:
        found.run.journal.undo_older()
    lay_down(changes)
    for program in explored.paths:
        _leave_out(program, known)
    result.paths += [program for program in explored.paths if program.reached]
    result.incomplete, result.by_chance, result.fault = explored.incomplete, explored.by_chance, explored.fault
    base.entered |= other.entered


def _leave_out(program: Program, known: set[tuple[int, int]]) -> None:
    """Take what stands at these places out of the program."""
    program.layers = [one for one in program.layers if one.site is None or one.site.key not in known]
    program.networks = [one for one in program.networks if one.site is None or one.site.key not in known]
    program.compiles = [one for one in program.compiles if one.site.key not in known]
    program.trainings = [one for one in program.trainings if one.site.key not in known]
    program.preparations = [one for one in program.preparations if one.site.key not in known]
    program.raised = [one for one in program.raised if one.site.key not in known]
    program.calls = [one for one in program.calls if one[2].key not in known]
    program.reached -= known


def _explore_callers(base: _Base, project: Project, seconds: float, result: Analysis) -> None:
    """What other files of the project build with the functions that the file itself does not call."""
    files = importers(project.source)
    if not files:
        return
    names = callable_names(building(_uncalled(base, project), base.scope))
    if names and not base.run.is_order_set and is_order_set_elsewhere(files):
        order = Unknown("the order of the axes of images, which a file that imports this one sets")
        base.settings["image_data_format"] = order
    for number, source in enumerate(calling_sources(files, names) if names else ()):
        caller = project_of_caller(source, project)
        budget = Budget(seconds * SHARE_OF_A_CALLER)
        found = Analysis(calls_matter=result.calls_matter)
        entry = (number + 1) * ENTRIES_OF_A_CALLER
        calling = _Start(caller, budget, found, _run_module, entry).explore()
        if calling is not None and found.incomplete is None:
            _explore_uncalled(calling, caller, budget, found, entry, names)
        result.by_chance = result.by_chance or found.by_chance
        result.fault = result.fault or found.fault
        if found.incomplete is not None or calling is None:
            continue  # it is as if that file were not there
        for program in found.paths:
            program.caller = source.filename
            program.start = f"{source.filename}:{program.start or ''}"
        result.paths += found.paths
        base.entered |= calling.entered
        base.run.program.objects += calling.run.program.objects
        base.run.serial = max(base.run.serial, calling.run.serial)  # these objects are older than what comes now


def _uncalled(base: _Base, project: Project) -> list[FunctionValue]:
    return [
        function
        for function in base.run.program.functions
        if _own(function, project) and id(function.node) not in base.entered and LEFT_OUT not in function.decorated
    ]


def _explore_uncalled(
    base: _Base,
    project: Project,
    budget: Budget,
    result: Analysis,
    entry: int = 0,
    mentioning: frozenset[str] | None = None,
) -> None:
    """Analyse functions and classes that the module defines but never uses; perhaps only those that mention names."""
    base.entry = entry
    for function in _outer_first(_uncalled(base, project)):
        if id(function.node) in base.entered:
            continue
        if mentioning is not None and mentioning.isdisjoint(names_used(function.site.file, function.node)):
            continue
        owner = id(function.owner)
        for call in unseen_calls(function, base.run.program.objects):
            if base.steps_of_classes[owner] > _STEPS_FOR_CLASS and function.owner is not None:
                break
            before = budget.spent
            if not _explore_call(base, call, project, budget, result):
                return
            base.steps_of_classes[owner] += budget.spent - before


def _explore_call(base: _Base, call: UnseenCall, project: Project, budget: Budget, result: Analysis) -> bool:
    """A call that nobody wrote; once more without what has only been guessed about it. Whether the budget lasts."""
    if not _may_matter(base, call, project, result):
        return True
    if call.is_constructing and not call.doubts:
        return _explore_method(base, call, project, budget, result)
    return _explore_alone(base, call, project, budget, result)


def _may_matter(base: _Base, call: UnseenCall, project: Project, result: Analysis) -> bool:
    """Whether the call may show anything, as far as that is known before there is an object."""
    if result.calls_matter or not SKIPS:
        return True
    considered = base.consequences
    if considered is None:
        considered = base.consequences = Consequences(base.run, project)
    function = call.function
    if considered.of_function(function):
        return True
    if call.is_constructing:
        assert function.owner is not None
        return considered.of_construction(function, function.owner)
    return call.made is not None and considered.of_object(function, call.made)


def _explore_alone(base: _Base, call: UnseenCall, project: Project, budget: Budget, result: Analysis) -> bool:
    """The same for one that makes its object itself."""
    before = len(result.paths)
    start = _start_of(base, call, project, budget, result)
    found = start.explore(stays=False)
    doubted = _learn(base, start, None if found is None else found.run, call, result.paths[before:])
    if found is None:
        return start.is_cut
    return doubted is None or _explore_alone(base, doubted, project, budget, result)


def _explore_method(base: _Base, call: UnseenCall, project: Project, budget: Budget, result: Analysis) -> bool:
    """The same for a method, which begins with an object that was made for all those of its class."""
    owner = id(call.function.owner)
    if owner not in base.constructed:
        construction = Construction(call.function)
        making = _start_of(base, construction, project, budget, result)
        new = making.construct(construction)
        base.entered |= making.entered
        if new is None and not making.is_cut:
            return False
        base.constructed[owner] = new if construction.is_made else None
        if new is not None and not construction.is_made:
            return _show(base, new, project, budget, result)
    made = base.constructed[owner]
    if made is None:
        return True  # no method gets an object to run on
    considered = base.consequences
    if considered is not None and not considered.of_function(call.function):
        with made.in_place():
            matters = considered.of_object(call.function, made.construction.made_object)
        if not matters:
            return made.is_shown or _show(base, made, project, budget, result)
    before = len(result.paths)
    call.construction = made.construction
    start = _start_of(base, call, project, budget, result)
    followed = start.follow(made, call)
    base.entered |= start.entered
    if followed is None:
        return start.is_cut
    first = followed.base.run
    if start.is_taking_over:
        del base.constructed[owner]
    elif start.is_apart:
        if not made.is_shown and not _show(base, made, project, budget, result):
            return False
        if not _tells(first.program) and first.needed.keys() <= made.run.needed.keys():
            return True
        before = len(result.paths)
    if start.is_apart and not start.conclude(first, followed.links, followed.steps):
        return start.is_cut
    if not start.is_apart:
        call.construction = None
        return _explore_alone(base, call, project, budget, result)
    doubted = _learn(base, start, first, call, result.paths[before:])
    return doubted is None or _explore_alone(base, doubted, project, budget, result)


def _show(base: _Base, made: _Constructed, project: Project, budget: Budget, result: Analysis) -> bool:
    """Let what was made with an object be a part of the result; whether the budget lasts."""
    made.is_shown = True
    before = len(result.paths)
    if not made.start.conclude(made.run, made.links, made.steps):
        return made.start.is_cut
    doubted = _learn(base, made.start, made.run, made.construction, result.paths[before:])
    return doubted is None or _explore_alone(base, doubted, project, budget, result)


def _start_of(base: _Base, call: UnseenCall, project: Project, budget: Budget, result: Analysis) -> _Start:
    if call.entry is None:
        base.entry += 1
        call.entry = base.entry
    allowed = max(_STEPS_FOR_CALL, base.steps_for_calls)
    return _Start(project, budget, result, call.enter, call.entry, _prepared(base, call.name), allowed)


def _learn(
    base: _Base, start: _Start, first: Run | None, call: UnseenCall, programs: Sequence[Program]
) -> UnseenCall | None:
    """Take over what the start has shown; the call without what these programs only guess, where they do."""
    base.steps_for_calls -= start.steps_taken
    if first is None and not start.is_cut:
        return None
    base.entered |= start.entered
    if first is None:
        return None
    if start.undecided:
        base.undecidable.learn(first, start.undecided)
    return call.doubted(programs)


def _outer_first(functions: list[FunctionValue]) -> list[FunctionValue]:
    """Functions that no other one mentions come first: they show how the others are called."""
    mentioned = {name for f in functions for name in names_used(f.site.file, f.node) if name != f.name}
    once = {id(function.node): function for function in functions}
    return sorted(once.values(), key=lambda function: function.name in mentioned)


def _own(function: FunctionValue, project: Project) -> bool:
    return function.site.file is project.source and isinstance(function.node, cst.FunctionDef)


def _prepared(base: _Base, name: str) -> Callable[[Run], None]:
    """A run begins in the state that the module has left. `name`: what it calls."""

    def prepare(run: Run) -> None:
        run.program.start = name
        run.serial = base.run.serial + 1
        run.flags.update(base.run.flags)
        run.frozen_before = run.serial
        run.condition_needs.update(base.run.condition_needs)
        run.places.update(base.run.places)
        run.undecidable = base.undecidable
        run.allowed = _ALLOWED_FOR_CALL
        run.reaches = base.run.reaches
        run.settings.update(base.settings)

    return prepare
