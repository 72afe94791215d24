"""`with`: entering and leaving contexts."""

from __future__ import annotations

from collections.abc import Callable, Generator
from functools import partial
from typing import NamedTuple, TypeAlias

import libcst as cst

from kerascheck.machine.binding import assign
from kerascheck.machine.conditions import truth
from kerascheck.machine.members import find_slot
from kerascheck.machine.run import Run
from kerascheck.machine.sequences import END, Lost, step
from kerascheck.machine.values import BoundMethod, Instance, IteratorValue, NativeObject, Scope, UserRaise, Value
from kerascheck.network.arguments import Arguments, Given
from kerascheck.network.ir import Site
from kerascheck.symbolic.unknown import Symbol
from kerascheck.text.treewalk import walk

#: What a generator function under `@contextmanager` gives.
GENERATOR_CONTEXT = "contextlib._GeneratorContextManager"
#: What suppresses exceptions, and what gives something and does nothing.
SUPPRESSING = "contextlib.suppress"
GIVING = "contextlib.nullcontext"
#: What notes operations as long as it is open.
TAPE = "tensorflow.GradientTape"

#: What leaves a context: it gets what was raised (None if nothing was) and says whether that is swallowed.
Exit: TypeAlias = Callable[[UserRaise | None], bool]


class Contexts(NamedTuple):
    """What a `with` has entered."""

    exits: list[Exit]
    expects_error: bool  # as `pytest.raises` does: what the block raises goes no further
    may_swallow: bool  # one of them may take what the block raises
    suppressed: tuple[Value, ...] | None = None  # the classes that are taken, where these are known


def enter_contexts(run: Run, node: cst.With, scope: Scope) -> Contexts:
    """Enter what the statement names."""
    expects_error = may_swallow = False
    exits: list[Exit] = []
    site = Site(scope.file, node)
    suppressed: tuple[Value, ...] | None = None
    for item in node.items:
        value = run.evaluate(item.item, scope)
        expects_error = expects_error or _expects_error(item.item)
        entered = _entered(run, value, site)
        if isinstance(value, NativeObject) and value.kind == SUPPRESSING:
            expects_error = True
            if len(node.items) == 1:
                suppressed = value.parts["classes"]
        if isinstance(value, NativeObject) and value.kind == TAPE:
            run.tapes = [*run.tapes, value]
            exits.append(partial(_close_tape, run, value))
        if isinstance(value, Instance) and (leave := find_slot(value, "__exit__")) is not None:
            exits.append(partial(_call_exit, run, leave, site))
            may_swallow = may_swallow or not isinstance(leave, BoundMethod) or _has(leave.function.node, _GIVES_TRUE)
        elif isinstance(value, NativeObject) and value.kind == GENERATOR_CONTEXT:
            exits.append(partial(_leave_generator, run, value.parts["iterator"]))
            may_swallow = may_swallow or _has(value.parts["function"].node, _CATCHES)
        if item.asname is not None:
            assign(run, item.asname.name, entered, scope)
    return Contexts(exits, expects_error, may_swallow, suppressed)


_CATCHES = (cst.ExceptHandler, cst.ExceptStarHandler)
_GIVES_TRUE = (cst.Return,)


def _has(function: cst.CSTNode, kinds: tuple[type[cst.CSTNode], ...]) -> bool:
    """Whether there is such a statement in the function; a `return` of nothing or False is none."""
    return any(
        isinstance(part, kinds) and not (isinstance(part, cst.Return) and _is_false(part.value))
        for part in walk(function)
    )


def _is_false(value: cst.BaseExpression | None) -> bool:
    return value is None or (isinstance(value, cst.Name) and value.value in ("None", "False"))


def _entered(run: Run, value: Value, site: Site) -> Value:
    """What `__enter__` gives."""
    if isinstance(value, Symbol):
        return run.fresh(f"the context {value.name}", site.node)
    if isinstance(value, NativeObject) and value.kind == GENERATOR_CONTEXT:
        item = step(run, value.parts["iterator"])
        return run.fresh("what a context gives", site.node) if item is END or isinstance(item, Lost) else item
    if isinstance(value, NativeObject) and value.kind == GIVING:
        return value.parts["result"]
    enter = find_slot(value, "__enter__") if isinstance(value, Instance) else None
    return value if enter is None else run.call(enter, Arguments([], {}), site)


def leave_contexts(exits: list[Exit], raised: UserRaise | None) -> bool:
    """Leave each context, the last one first; whether one of them swallows what was raised."""
    for leave in reversed(exits):
        if leave(raised):
            raised = None
    return raised is None


def _close_tape(run: Run, tape: NativeObject, raised: UserRaise | None) -> bool:
    run.tapes = [one for one in run.tapes if one is not tape]
    return False


def _call_exit(run: Run, leave: Value, site: Site, raised: UserRaise | None) -> bool:
    kind = None if raised is None else run.fresh("the class of an exception", site.node)
    value = None if raised is None else raised.value
    result = run.call(leave, Arguments([Given(kind), Given(value), Given(kind)], {}), site)
    return raised is not None and truth(run, result, default=False)


def _expects_error(node: cst.BaseExpression) -> bool:
    """`pytest.raises(...)`, `self.assertRaises(...)`, `contextlib.suppress(...)`."""
    function = node.func if isinstance(node, cst.Call) else node
    name = function.attr.value if isinstance(function, cst.Attribute) else getattr(function, "value", "")
    return isinstance(name, str) and name.startswith(("raises", "assertRaises", "suppress"))


def _leave_generator(run: Run, iterator: IteratorValue, raised: UserRaise | None) -> bool:
    """A generator goes on behind its `yield`; what was raised in the block is raised there."""
    if raised is None or not isinstance(iterator.source, Generator) or iterator.lost is not None:
        step(run, iterator)
        return False
    try:
        iterator.source.throw(raised)
    except StopIteration:
        return True
    except UserRaise as again:
        if again is not raised:
            raise
    return False
