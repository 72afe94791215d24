"""The functions and methods that nobody calls, run as if somebody did."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import libcst as cst

import kerascheck.machine.calls
import kerascheck.machine.expressions
import kerascheck.machine.statements  # noqa: F401  (they fill the tables of the engine)
from kerascheck.machine.budget import Budget
from kerascheck.machine.combinations import Analysis, Start
from kerascheck.machine.consequences import Consequences
from kerascheck.machine.functions import LEFT_OUT
from kerascheck.machine.project import Project
from kerascheck.machine.run import Run
from kerascheck.machine.static import names_used
from kerascheck.machine.uncalled import Construction, UnseenCall, unseen_calls
from kerascheck.machine.values import (
    FunctionValue,
)
from kerascheck.network.program import Program

if TYPE_CHECKING:
    from kerascheck.machine.combinations import Base, Constructed

_STEPS_FOR_CALL = 3_000
#: After so many steps no further methods of a class are entered: each is run on an object that is made anew.
_STEPS_FOR_CLASS = 40_000
#: What one run through such a function may take, as it is counted in `allowance`.
_ALLOWED_FOR_CALL = 40_000
#: Whether calls that nobody wrote are left out where they can show nothing. Tests ask what is without that.
SKIPS = True


def _tells(program: Program) -> bool:
    """Whether there is anything in the program that somebody could ask about."""
    return any(
        (
            *(program.layers, program.networks, program.compiles, program.trainings, program.preparations),
            *(program.raised, program.calls, program.imports, program.reached, program.went_well),
        )
    )


def uncalled(base: Base, project: Project) -> list[FunctionValue]:
    return [
        function
        for function in base.run.program.functions
        if _own(function, project) and id(function.node) not in base.entered and LEFT_OUT not in function.decorated
    ]


def explore_uncalled(
    base: Base,
    project: Project,
    budget: Budget,
    result: Analysis,
    entry: int = 0,
    mentioning: frozenset[str] | None = None,
) -> None:
    """Analyse functions and classes that the module defines but never uses; perhaps only those that mention names."""
    base.entry = entry
    for function in _outer_first(uncalled(base, project)):
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


def _explore_call(base: Base, call: UnseenCall, project: Project, budget: Budget, result: Analysis) -> bool:
    """A call that nobody wrote; once more without what has only been guessed about it. Whether the budget lasts."""
    if not _may_matter(base, call, project, result):
        return True
    if call.is_constructing and not call.doubts:
        return _explore_method(base, call, project, budget, result)
    return _explore_alone(base, call, project, budget, result)


def _may_matter(base: Base, call: UnseenCall, project: Project, result: Analysis) -> bool:
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


def _explore_alone(base: Base, call: UnseenCall, project: Project, budget: Budget, result: Analysis) -> bool:
    """The same for one that makes its object itself."""
    before = len(result.paths)
    start = _start_of(base, call, project, budget, result)
    found = start.explore(stays=False)
    doubted = _learn(base, start, None if found is None else found.run, call, result.paths[before:])
    if found is None:
        return start.is_cut
    return doubted is None or _explore_alone(base, doubted, project, budget, result)


def _explore_method(base: Base, call: UnseenCall, project: Project, budget: Budget, result: Analysis) -> bool:
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


def _show(base: Base, made: Constructed, project: Project, budget: Budget, result: Analysis) -> bool:
    """Let what was made with an object be a part of the result; whether the budget lasts."""
    made.is_shown = True
    before = len(result.paths)
    if not made.start.conclude(made.run, made.links, made.steps):
        return made.start.is_cut
    doubted = _learn(base, made.start, made.run, made.construction, result.paths[before:])
    return doubted is None or _explore_alone(base, doubted, project, budget, result)


def _start_of(base: Base, call: UnseenCall, project: Project, budget: Budget, result: Analysis) -> Start:
    if call.entry is None:
        base.entry += 1
        call.entry = base.entry
    allowed = max(_STEPS_FOR_CALL, base.steps_for_calls)
    return Start(project, budget, result, call.enter, call.entry, _prepared(base, call.name), allowed)


def _learn(
    base: Base, start: Start, first: Run | None, call: UnseenCall, programs: Sequence[Program]
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


def _prepared(base: Base, name: str) -> Callable[[Run], None]:
    """A run begins in the state that the module has left. `name`: what it calls."""

    def prepare(run: Run) -> None:
        run.program.start, run.is_unseen = name, True
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
