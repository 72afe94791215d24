"""Runs the interpreter over one source: every start, every combination of the conditions that matter."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import kerascheck.machine.calls
import kerascheck.machine.expressions
import kerascheck.machine.statements  # noqa: F401  (they fill the tables of the engine)
from kerascheck.machine.budget import Budget
from kerascheck.machine.callers import (
    building,
    callable_names,
    calling_sources,
    importers,
    is_order_set_elsewhere,
    project_of_caller,
)
from kerascheck.machine.combinations import Analysis, Start
from kerascheck.machine.project import Project, prepare_module
from kerascheck.machine.run import Run
from kerascheck.machine.unseen_runs import explore_uncalled, uncalled
from kerascheck.machine.values import (
    Scope,
)
from kerascheck.network.program import Program
from kerascheck.runtime.gc_pause import no_collection
from kerascheck.symbolic.journal import lay_down
from kerascheck.symbolic.unknown import Unknown

if TYPE_CHECKING:
    from kerascheck.machine.combinations import Base

#: The start of the runs that explore what arguments on the command line change.
OTHER_ARGUMENTS = -1

#: How far the starts of the runs that follow the calls of one other file stand from those of the next.
ENTRIES_OF_A_CALLER = 1_000_000

#: What following the calls of one other file may cost, as a share of what the file itself may.
SHARE_OF_A_CALLER = 0.05


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
        base = Start(project, budget, result, _run_module).explore()
        if base is not None and result.incomplete is None and base.run.reads_arguments:
            _explore_other_arguments(base, project, budget, result)
        if base is not None and result.incomplete is None:
            _explore_callers(base, project, seconds, result)
            explore_uncalled(base, project, budget, result)
    return result


def _run_module(run: Run) -> None:
    scope = run.main = Scope("module", None, run.project.source)
    prepare_module(scope, "__main__")
    run.execute(run.project.source.tree.body, scope)


def _explore_other_arguments(base: Base, project: Project, budget: Budget, result: Analysis) -> None:
    """What the module builds with other arguments on the command line, as far as it does not build it without any."""
    known = {key for program in result.paths for key in program.reached}
    explored = Analysis()

    def prepare(run: Run) -> None:
        run.arguments_given = True
        run.program.start = "other arguments"

    changes = base.run.journal.undo_older()
    other = Start(project, budget, explored, _run_module, OTHER_ARGUMENTS, prepare)
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


def _explore_callers(base: Base, project: Project, seconds: float, result: Analysis) -> None:
    """What other files of the project build with the functions that the file itself does not call."""
    files = importers(project.source)
    if not files:
        return
    names = callable_names(building(uncalled(base, project), base.scope))
    if names and not base.run.is_order_set and is_order_set_elsewhere(files):
        order = Unknown("the order of the axes of images, which a file that imports this one sets")
        base.settings["image_data_format"] = order
    for number, source in enumerate(calling_sources(files, names) if names else ()):
        caller = project_of_caller(source, project)
        budget = Budget(seconds * SHARE_OF_A_CALLER)
        found = Analysis(calls_matter=result.calls_matter)
        entry = (number + 1) * ENTRIES_OF_A_CALLER
        calling = Start(caller, budget, found, _run_module, entry).explore()
        if calling is not None and found.incomplete is None:
            explore_uncalled(calling, caller, budget, found, entry, names)
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
