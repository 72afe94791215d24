"""What pytest gives to tests: a parameter of a test gets what the fixture of its name gives."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from kerascheck.machine.functions import PROVIDES, SymbolicArguments, call_function
from kerascheck.machine.module_values import ModuleValue
from kerascheck.machine.parameters import unseen_arguments
from kerascheck.machine.run import Run
from kerascheck.machine.sequences import END, Lost, step
from kerascheck.machine.values import FunctionValue, IteratorValue, Scope, Value
from kerascheck.network.arguments import Given

#: The module whose fixtures are there for the tests of its folder, and of those below.
_SHARED = "conftest"
#: How many folders are looked into, the test's own among them.
_MAX_FOLDERS = 4


def provided(run: Run, function: FunctionValue, arguments: SymbolicArguments) -> SymbolicArguments:
    """The arguments of a function that nobody calls, as pytest gives them where it is a test. May raise UserRaise."""
    return _Provider(run).provide(function, arguments) if function.name.startswith("test") else arguments


class _Provider:
    """The fixtures of one test: each gives one value, whoever asks for it."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._values: dict[int, Value] = {}  # by the nodes' ids; of one that is being made: not known

    def provide(self, function: FunctionValue, arguments: SymbolicArguments) -> SymbolicArguments:
        """The arguments, those of fixtures known. A parameter with a default keeps it: pytest gives none for it."""
        keywords = dict(arguments.keywords)
        for name in [*keywords]:
            fixture = None if name in function.defaults else _fixture(self._run, function, name)
            if fixture is not None:
                keywords[name] = Given(self._value(fixture))
        return SymbolicArguments([], keywords)

    def _value(self, fixture: FunctionValue) -> Value:
        """What the fixture returns, or yields before the test runs."""
        run, key = self._run, id(fixture.node)
        if key not in self._values:
            self._values[key] = run.fresh(f"what {fixture.name} gives")
            arguments, _ = unseen_arguments(fixture, False)
            made = call_function(run, fixture, self.provide(fixture, arguments), fixture.site)
            if isinstance(made, IteratorValue) and made.function is fixture:
                made = step(run, made)
            if made is END or isinstance(made, Lost):
                return self._values[key]
            if _is_shared(fixture):
                run.escape(made, f"other tests may have changed what {fixture.name} gives")
            self._values[key] = made
        return self._values[key]


def _is_shared(fixture: FunctionValue) -> bool:
    """Whether one value serves several tests: `scope="module"`."""
    assert isinstance(fixture.node, cst.FunctionDef)
    options = [
        arg for one in fixture.node.decorators if isinstance(one.decorator, cst.Call) for arg in one.decorator.args
    ]
    return any(
        arg.keyword is not None
        and arg.keyword.value == "scope"
        and not (isinstance(arg.value, cst.SimpleString) and arg.value.evaluated_value == "function")
        for arg in options
    )


def _fixture(run: Run, function: FunctionValue, name: str) -> FunctionValue | None:
    """The fixture of this name that the function meets; a fixture that asks for its own name means an outer one."""
    for scope in _scopes(run, function):
        found = scope.vars.get(name)
        if isinstance(found, FunctionValue) and PROVIDES in found.decorated and found.node is not function.node:
            return found
    return None


def _scopes(run: Run, function: FunctionValue) -> Iterator[Scope]:
    """Where fixtures stand: in the module itself, then in those that its folders share, the nearest first."""
    yield function.scope.globals
    for level in range(1, _MAX_FOLDERS + 1):
        shared = run.project.import_module(run, _SHARED, level, function.site.file)
        if isinstance(shared, ModuleValue):
            yield run.project.scope_of(run, shared)
