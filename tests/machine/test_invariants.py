"""What must hold of the state after any program: all that it may change can be taken back."""

from __future__ import annotations

import contextlib
import types
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import libcst as cst
import pytest

from kerascheck.machine.budget import STEPS_PER_SECOND, Budget
from kerascheck.machine.project import Project, prepare_module
from kerascheck.machine.run import Run
from kerascheck.machine.values import IteratorValue, Scope, UserRaise
from kerascheck.network.program import Program
from kerascheck.project.source import Source
from kerascheck.symbolic.journal import Cells, Items, Versioned, noted_in

ROOT = Path(__file__).parents[2] / "fixtures"
FIXTURES = sorted(ROOT.rglob("*.py"))

#: Attributes that hold plain containers, or that are set after they are made, and why that needs no note.
UNCHANGED: dict[tuple[str, str], str] = {
    ("Arguments", "positional"): "made for one call",
    ("Arguments", "keywords"): "made for one call",
    ("Given", "value"): "the plain value that was given",
    ("SymDim", "terms"): "made with the size",
    ("FunctionValue", "options"): "complete when the function is bound",
    ("Snapshot", "trains"): "made with the snapshot",
    ("Snapshot", "_stamps"): "made with the snapshot",
}


def executed(path: Path) -> tuple[Run, Scope]:
    text = Source(path.read_bytes(), str(path))
    run = Run(Project(text), Budget(2_000_000 / STEPS_PER_SECOND))
    scope = Scope("module", None, text)
    prepare_module(scope, "__main__")
    execute(run, scope)
    return run, scope


def execute(run: Run, scope: Scope) -> None:
    with noted_in(run.journal):
        run.journal.mark()
        with contextlib.suppress(UserRaise):
            run.execute(run.project.source.tree.body, scope)


def attributes(thing: Any) -> Iterator[tuple[str, Any]]:
    """What an object of kerascheck holds; nothing of the text, and of what is the same in every run."""
    names = dict.fromkeys(getattr(thing, "__dict__", ()))
    for cls in type(thing).__mro__:
        slots = cls.__dict__.get("__slots__", ())
        names.update(dict.fromkeys((slots,) if isinstance(slots, str) else slots))
    for name in names:
        if name not in ("made", "source") and not isinstance(getattr(type(thing), name, None), property):
            value = getattr(thing, name, None)
            if value is not None:
                yield name, value


def is_part(value: Any) -> bool:
    """Whether the value belongs to the state of a program; what a run notes for itself only grows."""
    if isinstance(value, (Run, Program, Project)):
        return False
    if isinstance(value, (dict, list, tuple, set, frozenset)):
        return True
    if isinstance(value, (type, types.FunctionType, types.MethodType, types.GeneratorType, cst.CSTNode)):
        return False
    module = type(value).__module__
    return module.startswith("kerascheck.") and not module.startswith(
        ("kerascheck.project.source", "kerascheck.layers")
    )


def held(thing: Any) -> list[Any]:
    if isinstance(thing, dict):
        return [*thing.keys(), *thing.values()]
    if isinstance(thing, (list, tuple, set, frozenset)):
        return list(thing)
    return [value for _, value in attributes(thing)]


def reachable(*roots: Any) -> Iterator[Any]:
    seen: dict[int, Any] = {}
    waiting = list(roots)
    while waiting:
        thing = waiting.pop()
        if id(thing) in seen or not is_part(thing):
            continue
        seen[id(thing)] = thing
        yield thing
        waiting += held(thing)


def snapshot(*roots: Any) -> dict[int, tuple[Any, ...]]:
    """What each reachable thing holds: by identity, so that aliases count."""
    found = {}
    for thing in reachable(*roots):
        if isinstance(thing, (tuple, frozenset)):
            continue
        content = [(id(part) if is_part(part) or callable(part) else repr(part)) for part in held(thing)]
        found[id(thing)] = (type(thing).__name__, *content)
    return found


@pytest.mark.parametrize("path", FIXTURES, ids=lambda path: path.stem)
def test_nothing_escapes_the_journal(path: Path) -> None:
    _, scope = executed(path)
    plain = {
        (type(thing).__name__, name, type(value).__name__)
        for thing in reachable(scope)
        if not isinstance(thing, (dict, list, tuple, set, frozenset))
        for name, value in attributes(thing)
        if isinstance(value, (dict, list, set)) and not isinstance(value, (Cells, Items))
        if not (isinstance(thing, Versioned) and name in thing.structures)
    }
    assert {entry for entry in plain if entry[:2] not in UNCHANGED} == set()


@pytest.mark.parametrize("path", FIXTURES, ids=lambda path: path.stem)
def test_what_a_second_pass_changes_can_be_taken_back(path: Path) -> None:
    run, scope = executed(path)
    with noted_in(run.journal):
        mark = run.journal.mark()
        before = snapshot(scope, run.facts, run.settings, run.name_counters, run.pinned)
        things = list(reachable(scope))  # they stay, so that no id is used twice
    execute(run, scope)
    with noted_in(run.journal):
        run.journal.undo(mark)
    after = snapshot(scope, run.facts, run.settings, run.name_counters, run.pinned)
    by_id = {id(thing): thing for thing in things}
    differing = [(by_id.get(key), before.get(key), after.get(key)) for key in before if before[key] != after.get(key)]
    assert [entry for entry in differing if not isinstance(entry[0], IteratorValue)] == []
    assert after.keys() == before.keys()


def test_the_walk_finds_what_is_not_noted() -> None:
    class Loose(Versioned):
        def __init__(self) -> None:
            self.noted = [1]
            object.__setattr__(self, "loose", [2])

    found = {name: type(value) for name, value in attributes(Loose())}
    assert found == {"noted": Items, "loose": list}
