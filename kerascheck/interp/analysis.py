"""Runs the interpreter over one source: every start, every path."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field
from typing import Any

import libcst as cst

import kerascheck.interp.calls
import kerascheck.interp.expressions
import kerascheck.interp.statements  # noqa: F401  (they fill the tables of the engine)
from kerascheck.garbage import no_collection
from kerascheck.interp.callers import building, callable_names, calling_sources, project_of_caller
from kerascheck.interp.project import Project, prepare_module
from kerascheck.interp.run import Budget, Run
from kerascheck.interp.static import names_used
from kerascheck.interp.uncalled import UnseenCall, unseen_calls
from kerascheck.interp.values import BudgetExceeded, FunctionValue, Scope, UserRaise
from kerascheck.network.ir import Program
from kerascheck.symbolic import Unknown

#: The start of the runs that explore what arguments on the command line change.
OTHER_ARGUMENTS = -1

#: How far the starts of the runs that follow the calls of one other file stand from those of the next.
ENTRIES_OF_A_CALLER = 1_000_000

#: What following the calls of one other file may cost, as a share of what the file itself may.
SHARE_OF_A_CALLER = 0.05

#: Paths explored from one start. Each flips one decision of an earlier path, so every arm of that many conditions runs.
MAX_PATHS = 24
MAX_PATHS_UNCALLED = 8
#: Steps spent on a file after which each start gets one path only: about as long as parsing a large file takes.
MAX_STEPS_FOR_BRANCHES = 12_000
#: The same for arms that decide whether a model, known so far, stays known.
MAX_STEPS_FOR_MODELS = 40_000


@dataclass
class Analysis:
    """What a source builds, path by path."""

    paths: list[Program] = field(default_factory=list)
    incomplete: str | None = None  # why the analysis stopped early
    by_chance: bool = False  # whether it may go further, or less far, the next time


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
        first = _explore_module(project, budget, result)
        if first is not None and result.incomplete is None and first[0].reads_arguments:
            _explore_other_arguments(first[0], project, budget, result)
        if first is not None and result.incomplete is None:
            _explore_callers(first, project, seconds, result)
            _explore_uncalled(first, project, budget, result)
    return result


class _Plans:
    """Which decisions to try next: each condition is decided both ways at least once, as far as the cap allows."""

    def __init__(self, limit: int) -> None:
        self.whence: dict[int, tuple[Run, int]] = {}  # by the id of a plan: the run that suggests it, and the moment
        self.queue: list[dict[Hashable, bool]] = [{}]
        self.seen: set[Hashable] = set()
        self.left = limit
        self.started = False
        self.runs: list[Run] = []

    def next(self, budget: Budget) -> dict[Hashable, bool] | None:
        """The decisions for another path: the first one always, others while the file is cheap."""
        if not self.queue or self.left <= 0:
            return None
        at = 0
        if self.started and budget.spent > MAX_STEPS_FOR_BRANCHES:
            at = -1
            if budget.spent <= MAX_STEPS_FOR_MODELS:
                at = next((i for i, plan in enumerate(self.queue) if self._matters(plan)), -1)
            if at < 0:
                return None
        self.started = True
        self.left -= 1
        return self.queue.pop(at)

    def _matters(self, plan: dict[Hashable, bool]) -> bool:
        """Whether a model of the file would be called unknown for want of this path, and is not so anyway."""
        if id(plan) not in self.whence:
            return False
        run, moment = self.whence[id(plan)]
        return any(
            max(network.birth, network.changed) > moment and network.status() == "exact"
            for network in run.program.networks
            if network.site is not None and network.site.file is run.project.source
        )

    def learn(self, plan: dict[Hashable, bool], run: Run) -> None:
        """Plan to flip each decision that no path has flipped yet; the rounds of a loop count as one."""
        self.runs.append(run)
        for key, choice in run.decided.items():
            place = _without_rounds(key)
            if place not in self.seen:
                self.seen.add(place)
                other = {**plan, key: not choice}
                self.queue.append(other)
                self.whence[id(other)] = run, run.decided_at[key]

    def give_up_the_rest(self) -> None:
        """Call what depends on a condition unknown where its other arm has not been tried."""
        untried = {_without_rounds(next(reversed(plan))) for plan in self.queue if plan}
        if not untried:
            return
        for run in self.runs:
            moments = [moment for key, moment in run.decided_at.items() if _without_rounds(key) in untried]
            for network in run.program.networks if moments else ():
                since = max(network.birth, network.changed) > min(moments)
                if network.open is None and (since or network.kind == "subclass"):
                    network.open = Unknown("it may depend on a condition whose other arm is not explored")


def _without_rounds(key: Hashable) -> Hashable:
    """The condition without the count of how often its place was reached."""
    if isinstance(key, tuple):
        if len(key) == 3 and key[0] == "node":
            return key[:2]
        return tuple(_without_rounds(part) for part in key)
    return key


def _explore_module(
    project: Project, budget: Budget, result: Analysis, entry: int = 0, arguments_given: bool = False
) -> tuple[Run, Scope] | None:
    plans = _Plans(MAX_PATHS)
    first: tuple[Run, Scope] | None = None
    entered: set[int] = set()
    reads_arguments = False
    while (plan := plans.next(budget)) is not None:
        run = Run(project, budget, plan, entry)
        run.arguments_given = arguments_given
        scope = Scope("module", None, project.source)
        prepare_module(scope, "__main__")
        try:
            run.execute(project.source.tree.body, scope)
        except UserRaise:
            pass
        except (BudgetExceeded, RecursionError) as error:
            _give_up(run, result, error)
            plans.give_up_the_rest()
            return first
        result.paths.append(run.program)
        entered |= run.entered
        reads_arguments = reads_arguments or run.reads_arguments
        plans.learn(plan, run)
        if first is None or len(run.program.functions) > len(first[0].program.functions):
            first = (run, scope)
    plans.give_up_the_rest()
    if first is not None:
        first[0].entered |= entered
        first[0].reads_arguments = reads_arguments
    return first


def _explore_other_arguments(base: Run, project: Project, budget: Budget, result: Analysis) -> None:
    """What the module builds with other arguments on the command line, as far as it does not build it without any."""
    known = {key for program in result.paths for key in program.reached}
    explored = Analysis()
    first = _explore_module(project, budget, explored, OTHER_ARGUMENTS, arguments_given=True)
    for program in explored.paths:
        program.start = "other arguments"
        _leave_out(program, known)
    result.paths += [program for program in explored.paths if program.reached]
    result.incomplete, result.by_chance = explored.incomplete, explored.by_chance
    if first is not None:
        base.entered |= first[0].entered


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


def _give_up(run: Run, result: Analysis, error: Exception) -> None:
    """The path cannot be followed to its end: what it was building is not known."""
    if isinstance(error, RecursionError):
        result.incomplete, result.by_chance = "nested too deeply", True  # it depends on who calls
    elif run.budget.by_clock:
        result.incomplete, result.by_chance = "it takes too long", True
    else:
        result.incomplete = "the budget for one file is used up (see the option --budget)"
    for network in run.program.networks:
        network.open = network.open or Unknown("budget")
    result.paths.append(run.program)


def _explore_callers(first: tuple[Run, Scope], project: Project, seconds: float, result: Analysis) -> None:
    """What other files of the project build with the functions that the file itself does not call."""
    base, scope = first
    names = callable_names(building(_uncalled(base, project), scope))
    for number, source in enumerate(calling_sources(project.source, names) if names else ()):
        caller = project_of_caller(source, project)
        budget = Budget(seconds * SHARE_OF_A_CALLER)
        found = Analysis()
        entry = (number + 1) * ENTRIES_OF_A_CALLER
        calling = _explore_module(caller, budget, found, entry)
        if calling is not None and found.incomplete is None:
            _explore_uncalled(calling, caller, budget, found, entry, names)
        result.by_chance = result.by_chance or found.by_chance
        if found.incomplete is not None or calling is None:
            continue  # it is as if that file were not there
        for program in found.paths:
            program.caller = source.filename
            program.start = f"{source.filename}:{program.start or ''}"
        result.paths += found.paths
        base.entered |= calling[0].entered
        base.program.objects += calling[0].program.objects


def _uncalled(base: Run, project: Project) -> list[FunctionValue]:
    return [f for f in base.program.functions if _own(f, project) and id(f.node) not in base.entered]


def _explore_uncalled(
    first: tuple[Run, Scope],
    project: Project,
    budget: Budget,
    result: Analysis,
    entry: int = 0,
    mentioning: frozenset[str] | None = None,
) -> None:
    """Analyse functions and classes that the module defines but never uses; perhaps only those that mention names."""
    base, _ = first
    for function in _outer_first(_uncalled(base, project)):
        if id(function.node) in base.entered:
            continue
        if mentioning is not None and mentioning.isdisjoint(names_used(function.site.file, function.node)):
            continue
        for call in unseen_calls(function, base.program.objects):
            entry += 1
            if not _explore(base, entry, call, project, budget, result):
                return


def _outer_first(functions: list[FunctionValue]) -> list[FunctionValue]:
    """Functions that no other one mentions come first: they show how the others are called."""
    mentioned = {name for f in functions for name in names_used(f.site.file, f.node) if name != f.name}
    return sorted(functions, key=lambda function: function.name in mentioned)


def _own(function: FunctionValue, project: Project) -> bool:
    return function.site.file is project.source and isinstance(function.node, cst.FunctionDef)


def _explore(base: Run, entry: int, call: UnseenCall, project: Project, budget: Budget, result: Analysis) -> bool:
    """All paths of a call that nobody wrote; once more without what has only been guessed about it."""
    plans = _Plans(MAX_PATHS_UNCALLED)
    programs: list[Program] = []
    while (plan := plans.next(budget)) is not None:
        run = Run(project, budget, plan, entry)
        run.program.start = call.function.name
        run.serial = base.serial + 1
        run.flags = dict(base.flags)
        run.frozen_before = run.serial
        programs.append(run.program)
        try:
            call.enter(run)
        except UserRaise:
            pass
        except (BudgetExceeded, RecursionError) as error:
            call.doubted(programs)
            _give_up(run, result, error)
            plans.give_up_the_rest()
            return False
        base.entered |= run.entered
        result.paths.append(run.program)
        plans.learn(plan, run)
    plans.give_up_the_rest()
    doubted = call.doubted(programs)
    return doubted is None or _explore(base, entry, doubted, project, budget, result)
