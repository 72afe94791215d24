"""Runs the interpreter over one source: every start, every combination of the conditions that matter."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import libcst as cst

import kerascheck.interp.calls
import kerascheck.interp.expressions
import kerascheck.interp.statements  # noqa: F401  (they fill the tables of the engine)
from kerascheck.garbage import no_collection
from kerascheck.interp.allowance import BeginAgain, StartCut, taken_by, watch
from kerascheck.interp.callers import (
    building,
    callable_names,
    calling_sources,
    importers,
    is_order_set_elsewhere,
    project_of_caller,
)
from kerascheck.interp.feasibility import root_of
from kerascheck.interp.functions import LEFT_OUT
from kerascheck.interp.needs import network_needs, place_of, program_needs, training_needs, trainings_need
from kerascheck.interp.project import Project, prepare_module
from kerascheck.interp.run import Budget, Run
from kerascheck.interp.static import names_used
from kerascheck.interp.uncalled import UnseenCall, unseen_calls
from kerascheck.interp.undecidable import Undecidable
from kerascheck.interp.values import BudgetExceeded, FunctionValue, Scope, UserRaise, Value
from kerascheck.network.ir import Network, Program
from kerascheck.state import lay_down, noted_in
from kerascheck.symbolic import NOTHING, Unknown, is_forgotten

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


@dataclass
class Analysis:
    """What a source builds, run by run."""

    paths: list[Program] = field(default_factory=list)
    incomplete: str | None = None  # why the analysis stopped early
    by_chance: bool = False  # whether it may go further, or less far, the next time
    fault: Exception | None = None  # the error of our own that has stopped it


def analyze(source: Any, seconds: float = 2.0) -> Analysis:
    """Interpret a source: the module itself, then each function and method that it never calls.

    Args:
        source: a `kerascheck.source.Source`.
        seconds: the work after which the rest is left unknown, in seconds of a slow core (see `Budget`).
    """
    result = Analysis()
    with no_collection():
        project = Project(source)
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

    @property
    def scope(self) -> Scope:
        """The names of the module."""
        assert self.run.main is not None
        return self.run.main


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
        self.steps_taken = 0  # by the runs that decide something
        self.undecided: Collection[Hashable] = ()  # the conditions of which not all combinations were run
        self.is_cut = False  # whether a run of it was: it took too long
        self.entered: set[int] = set()

    def explore(self) -> _Base | None:
        """Run the start with everything joined, then for each combination of what matters.

        Gives the first run, whose changes are still in place; None where the budget has ended.
        """
        before = self.budget.spent
        first, finished = self._run((), {})
        if not finished:
            return None
        steps = max(1, self.budget.spent - before)
        links = _Links()
        links.learn(first)
        most = min(_MAX_RUNS, self.steps_for_runs // steps)
        groups = links.groups()
        if not groups or most < 2 or not links.is_worth_deciding(most):
            self._accept(first, NOTHING)
            self.undecided = {key for group in groups for key in group}
            return _Base(first, self.entered, dict(first.settings))
        changes = first.journal.undo_older()
        before = self.budget.spent
        finished = self._decide(links, most)
        self.steps_taken = self.budget.spent - before
        lay_down(changes)
        return _Base(first, self.entered, dict(first.settings)) if finished else None

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
                run.journal.undo_older()
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
                    if guesses:
                        _open_guessed(run, guesses, links.seen_on(guesses), links.hanging_on(guesses) is None)
                return True
        return True

    def _run(self, relevant: Collection[Hashable], plan: dict[Hashable, bool]) -> tuple[Run, bool]:
        """One run; whether it has come to its end."""
        while True:
            run = Run(self.project, self.budget, relevant, plan, self.entry)
            self.prepare(run)
            self.budget.watch = partial(watch, run)
            run.taken_before = taken_by(run)
            with noted_in(run.journal):
                run.journal.mark()
                try:
                    self.begin(run)
                except UserRaise:
                    pass
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


def _is_finished(network: Network) -> bool:
    """Whether nothing is added to the model any more, as far as programs do such things."""
    return network.kind == "functional" or network.compiled is not None


def _open(run: Run, network: Network, keys: Iterable[Hashable]) -> None:
    """The model is not known: it hangs on these conditions, or on more than are decided."""
    asked = sorted(keys, key=_order(run))
    places = (run.project.place_of(node) for key in asked if (node := run.places.get(key)) is not None)
    place = next((found for found in places if found is not None), None)
    rest = f" and {len(asked) - 1} more" if len(asked) > 1 else ""
    if network.open is None:
        where = "" if place is None else f" in {place}"
        what = f"a condition{where}{rest} that is not decided" if asked else "more conditions than are decided"
        network.open = Unknown(f"it hangs on {what}")
    elif network.open.needs and place is not None:
        network.open = Unknown(f"{network.open.reason} ({place}{rest})")


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
        self._seen_under: dict[Hashable, dict[Hashable, None]] = {}  # what may decide whether a place is built at
        self._in_arms: dict[tuple[Hashable, frozenset[Hashable]], None] = {}  # places in arms, with their conditions
        #: What was decided, and how many models were built at each place (of other things: whether any was).
        self._runs: list[tuple[dict[Hashable, bool], Counter[Hashable]]] = []

    def learn(self, run: Run) -> None:
        """Take over what the run has met."""
        for key in run.places:
            self._met.setdefault(key, len(self._met))
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
        found = Analysis()
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
    for function in _outer_first(_uncalled(base, project)):
        if id(function.node) in base.entered:
            continue
        if mentioning is not None and mentioning.isdisjoint(names_used(function.site.file, function.node)):
            continue
        owner = id(function.owner)
        for call in unseen_calls(function, base.run.program.objects):
            entry += 1
            if base.steps_of_classes[owner] > _STEPS_FOR_CLASS and function.owner is not None:
                break
            before = budget.spent
            if not _explore_call(base, entry, call, project, budget, result):
                return
            base.steps_of_classes[owner] += budget.spent - before


def _explore_call(
    base: _Base, entry: int, call: UnseenCall, project: Project, budget: Budget, result: Analysis
) -> bool:
    """A call that nobody wrote; once more without what has only been guessed about it. Whether the budget lasts."""
    before = len(result.paths)
    allowed = max(_STEPS_FOR_CALL, base.steps_for_calls)
    start = _Start(project, budget, result, call.enter, entry, _prepared(base, call.function), allowed)
    found = start.explore()
    base.steps_for_calls -= start.steps_taken
    if start.undecided and found is not None:
        base.undecidable.learn(found.run, start.undecided)
    if start.is_cut:
        base.entered |= start.entered
        return True
    doubted = call.doubted(result.paths[before:])
    if found is None:
        return False
    found.run.journal.undo_older()
    base.entered |= start.entered
    return doubted is None or _explore_call(base, entry, doubted, project, budget, result)


def _outer_first(functions: list[FunctionValue]) -> list[FunctionValue]:
    """Functions that no other one mentions come first: they show how the others are called."""
    mentioned = {name for f in functions for name in names_used(f.site.file, f.node) if name != f.name}
    once = {id(function.node): function for function in functions}
    return sorted(once.values(), key=lambda function: function.name in mentioned)


def _own(function: FunctionValue, project: Project) -> bool:
    return function.site.file is project.source and isinstance(function.node, cst.FunctionDef)


def _prepared(base: _Base, function: FunctionValue) -> Callable[[Run], None]:
    """A run begins in the state that the module has left."""

    def prepare(run: Run) -> None:
        run.program.start = function.name
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
