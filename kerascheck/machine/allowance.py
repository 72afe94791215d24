"""What one call may cost that has nothing to do with models: a game, a picture, a random text.

A call of the program that takes more steps than its allowance is cut, the outermost one whose code can reach no part of
Keras. What it has written is taken back and forgotten, and so is whatever its code may still change; the program goes
on behind it, with a result that is not known. So such code never uses up the budget of the file.

Code that meets many conditions that are not known costs more than its steps, and what comes out of it is hardly known
anyway: each such condition counts as several steps.

Taking back needs a mark at the beginning of the call. The outermost call of a function whose names lead to no part of
Keras has one; where that is found out later, since names were imported that nobody had looked up yet, the run begins
again, with marks before the calls of this function.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from kerascheck.machine.joins import widen
from kerascheck.machine.module_values import ImportedName, ModuleValue
from kerascheck.machine.paths import Outcome, capture
from kerascheck.machine.static import names_used, rebound_names
from kerascheck.machine.values import (
    BoundMethod,
    BudgetExceeded,
    ClassValue,
    FunctionValue,
    Instance,
    ListValue,
    Partial,
    Scope,
    Value,
)
from kerascheck.network.ir import Layer, Tensor
from kerascheck.network.program import KerasObject
from kerascheck.symbolic.journal import Mark
from kerascheck.symbolic.unknown import NOTHING, Guarded, Symbol, Unknown

if TYPE_CHECKING:
    from kerascheck.machine.run import Run

#: Steps of one call, and the part of the budget that they are at most.
_STEPS = 20_000
_SHARE = 10
#: Each further call of the same function has half of what the one before had, down to this.
_LEAST = 500
#: A function that was cut so often is not entered any more.
_MAX_CUTS = 8
#: What a condition that is not known counts.
_STEPS_FOR_FORK = 40


class ActiveCall:
    """A call of a function of the program that is running."""

    __slots__ = ("function", "is_within", "mark", "scope", "steps")

    def __init__(self, function: FunctionValue, scope: Scope, steps: int, mark: Mark | None, is_within: bool) -> None:
        self.function = function
        self.scope = scope
        self.steps = steps  # taken before it began
        self.mark = mark
        self.is_within = is_within  # whether it is a part of a call that can be taken back


class CallCut(BudgetExceeded):
    """The allowance of a call is used up."""

    def __init__(self, call: ActiveCall) -> None:
        super().__init__()
        self.call = call


class StartCut(BudgetExceeded):
    """The allowance of a start is used up: of a function that nobody calls."""


class BeginAgain(BudgetExceeded):
    """A function takes long of which that was not known: the run begins again."""


def begin_call(run: Run, function: FunctionValue, scope: Scope) -> ActiveCall:
    """Note that the call begins."""
    active = run.active_calls
    is_within = bool(active) and (active[-1].is_within or active[-1].mark is not None)
    is_long = id(function.node) in run.project.long_functions
    mark = run.journal.mark() if is_long or (not is_within and not _leads_to_keras(run, function)) else None
    call = ActiveCall(function, scope, taken_by(run), mark, is_within)
    active.append(call)
    return call


def enter_call(run: Run, call: ActiveCall) -> None:
    """Called where the body begins. Raises CallCut where the function was cut often enough."""
    if (
        call.mark is not None
        and run.cut_calls.get(id(call.function.node), 0) >= _MAX_CUTS
        and not _may_build(run, call)
    ):
        raise CallCut(call)


def taken_by(run: Run) -> int:
    """Steps so far, as they are counted here."""
    return run.budget.spent + _STEPS_FOR_FORK * run.forked


def watch(run: Run) -> None:
    """Cut a call that has taken too long, or the whole run. Raises CallCut, BeginAgain or StartCut."""
    taken = taken_by(run)
    if run.allowed is not None and taken - run.taken_before > run.allowed:
        raise StartCut
    allowed = min(_STEPS, run.budget.limit // _SHARE)
    for call in run.active_calls:
        if call.is_within and call.mark is None:
            continue  # the call around it is cut
        node = id(call.function.node)
        if taken - call.steps <= max(_LEAST, allowed >> run.cut_calls.get(node, 0)):
            continue
        if _may_build(run, call):
            continue
        if call.mark is None:
            if node in run.project.long_functions:
                continue  # it began before that was known
            run.project.long_functions.add(node)
            raise BeginAgain
        run.cut_calls[node] = run.cut_calls.get(node, 0) + 1
        raise CallCut(call)


def cut_call(run: Run, call: ActiveCall) -> Value:
    """Forget what the call has written, and what it may still write; its result."""
    assert call.mark is not None
    function, mark = call.function, call.mark
    reason = f"{function.name} takes too long to be followed"
    changed = capture(run, mark, None)
    run.journal.undo(mark)
    before = Outcome("on", None, {}, {}, NOTHING)
    widen(run, mark, [before, *changed], reason, is_head=True)
    return skip_call(run, function, list(call.scope.vars.values()), reason)


def skip_call(run: Run, function: FunctionValue, given: list[Value], reason: str) -> Value:
    """Forget what a call that is not followed may write; its result."""
    reach = _reach_of(run, function)
    for value in [*given, *reach.changeable()]:
        run.escape(value, reason)
        cls = value.cls if isinstance(value, Instance) else value
        if isinstance(cls, ClassValue):
            _forget_members(cls, reason)
    for scope, name in reach.rebound:
        scope.vars[name] = Unknown(reason, None, name)
    return run.fresh(reason, function.node)


def _forget_members(cls: ClassValue, reason: str) -> None:
    """What a class has beside its methods may be set, on it or on its objects."""
    for one in cls.mro():
        if isinstance(one, ClassValue):
            for name, member in one.members.items():
                if not isinstance(member, (FunctionValue, ClassValue)):
                    one.members[name] = Unknown(reason, None, name)


# -- what the code of a function reaches -------------------------------------------------------------------------------


def _leads_to_keras(run: Run, function: FunctionValue) -> bool:
    """Whether the names in the function, and in those it calls, may lead to Keras: as far as they were looked up."""
    node = id(function.node)
    known = run.leads_to_keras.get(node)
    if known is None:
        known = any(
            isinstance(value, (ImportedName, ModuleValue)) or _is_of_keras(value)
            for value in _within(run, function, look_up=False)
        )
        run.leads_to_keras[node] = known
    return known


def _may_build(run: Run, call: ActiveCall) -> bool:
    """Whether the code that the call enters may have to do with models."""
    if any(map(_is_of_keras, call.scope.vars.values())):
        return True  # what it is given, and what it has made
    node = id(call.function.node)
    known = run.reaches_keras.get(node)
    if known is None:
        known = any(map(_is_of_keras, _within(run, call.function)))
        run.reaches_keras[node] = known
    return known


def _is_of_keras(value: Value, depth: int = 0) -> bool:
    if isinstance(value, Instance):
        if value.layer is not None:
            return True
        return depth < 2 and any(_is_of_keras(one, depth + 1) for one in value.attributes.values())
    if isinstance(value, ClassValue):
        return any(_is_of_keras(base) for base in value.mro() if base is not value and not isinstance(base, ClassValue))
    if isinstance(value, ListValue):
        return depth < 2 and any(_is_of_keras(one, depth + 1) for one in value.items[:100])
    if isinstance(value, Guarded):
        return any(_is_of_keras(one, depth) for _, one in value.alternatives)
    if isinstance(value, Symbol):
        return value.name.partition(".")[0] in ("keras", "tensorflow", "tf_keras")
    return isinstance(value, (Layer, Tensor, KerasObject))


def _functions_within(
    run: Run, function: FunctionValue, look_up: bool = True
) -> Iterator[tuple[FunctionValue, list[Value]]]:
    """The function and those of the program that it reaches by names, each with what its names mean."""
    waiting: list[Value] = [function]
    seen: set[int] = set()
    while waiting:
        one = waiting.pop()
        if id(one) in seen:
            continue
        seen.add(id(one))
        if isinstance(one, FunctionValue):
            values = _meanings(run, one, look_up)
            yield one, values
            waiting += values
            waiting += one.defaults.values()
        elif isinstance(one, BoundMethod):
            waiting += [one.function, one.receiver]
        elif isinstance(one, Partial):
            waiting.append(one.function)
            waiting += [given.value for given in one.arguments.positional]
        elif isinstance(one, Instance):
            waiting.append(one.cls)
        elif isinstance(one, ClassValue):
            waiting += [member for cls in one.mro() if isinstance(cls, ClassValue) for member in cls.members.values()]
        elif isinstance(one, Guarded):
            waiting += [alternative for _, alternative in one.alternatives]


def _within(run: Run, function: FunctionValue, look_up: bool = True) -> Iterator[Value]:
    return (value for _, values in _functions_within(run, function, look_up) for value in values)


def _meanings(run: Run, function: FunctionValue, look_up: bool) -> list[Value]:
    """What the names in a function mean outside of it."""
    values: list[Value] = []
    names = names_used(function.site.file, function.node)
    for name in sorted(names):
        place = function.scope.holder(name)
        if place is None:
            continue
        value = place.vars[name]
        if isinstance(value, ImportedName) and look_up:
            value = run.project.imported(run, place, name)
        values.append(value)
        if isinstance(value, ModuleValue) and look_up:
            scope = run.project.scope_of(run, value)
            if scope is not None:
                values += [scope.vars[inner] for inner in names if inner in scope.vars]
    return values


#: Values that nothing can be changed in.
_INERT = frozenset({FunctionValue, ImportedName, ModuleValue, Symbol, str, int, float, bool, type(None)})


class _Reach:
    """What the code of a function can get at by names, through the functions that it reaches, too."""

    def __init__(self, run: Run, function: FunctionValue) -> None:
        self.function = function  # kept, as it is known by its id
        self._names: dict[int, tuple[Scope, set[str]]] = {}  # by the ids of the scopes that they may be bound in
        self._imported: list[Value] = []
        self.rebound: list[tuple[Scope, str]] = []  # the names outside of these functions that their code may bind
        for one, values in _functions_within(run, function):
            names = names_used(one.site.file, one.node)
            for place in _scopes_of(run, one, names):
                self._names.setdefault(id(place), (place, set()))[1].update(names)
            self._imported += [value for value in values if type(value) not in _INERT]
            of_module, of_functions = rebound_names(one.site.file, one.node)
            self.rebound += [(one.scope.globals, name) for name in of_module]
            places = ((one.scope.holder(name), name) for name in of_functions)
            self.rebound += [(place, name) for place, name in places if place is not None]

    def changeable(self) -> list[Value]:
        """What the names are bound to now, or were when it was looked up, that the code may change."""
        found = {id(value): value for value in self._imported}
        for place, names in self._names.values():
            for name, value in place.vars.items():  # there are fewer than names in all of these functions
                if type(value) not in _INERT and name in names:
                    found[id(value)] = value
        return [value for value in found.values() if type(value) is not Unknown or value.holds]


def _scopes_of(run: Run, function: FunctionValue, names: frozenset[str]) -> list[Scope]:
    """The scopes that names in a function may mean: those around it, and those of modules that it names."""
    scopes = list(function.scope.around())
    named = [scope.vars[name] for scope in scopes for name in names if name in scope.vars]
    modules = [run.project.scope_of(run, value) for value in named if isinstance(value, ModuleValue)]
    return [*scopes, *(scope for scope in modules if scope is not None)]


def _reach_of(run: Run, function: FunctionValue) -> _Reach:
    known = run.reaches.get(id(function))
    if known is None:
        known = run.reaches[id(function)] = _Reach(run, function)
    return known
