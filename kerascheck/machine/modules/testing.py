"""`unittest.main()`: the tests of the module are run, each on an object of its own."""

from __future__ import annotations

from contextlib import suppress

from kerascheck.machine.attributes import find_member
from kerascheck.machine.classes import instantiate
from kerascheck.machine.run import Run
from kerascheck.machine.values import BoundMethod, ClassValue, FunctionValue, UserRaise, Value
from kerascheck.network.arguments import Arguments
from kerascheck.network.ir import Site
from kerascheck.symbolic.unknown import Symbol

_TEST_CASES = frozenset(
    {"unittest.TestCase", "tensorflow.test.TestCase", "absl.testing.absltest.TestCase", "unittest.case.TestCase"}
)


def run_tests(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    """Run the test cases of the file in the order of their names; a test that raises does not keep others from it."""
    if arguments.positional or set(arguments.keywords) - {"verbosity"}:
        return None
    cases = {cls.name: cls for cls in run.program.classes if cls.site.file is run.project.source and _is_case(cls)}
    for _, cls in sorted(cases.items()):
        _around(run, cls, cls, "setUpClass")
        for test in _tests(cls):
            with suppress(UserRaise):
                case = instantiate(run, cls, Arguments([], {}), cls.site)
                _around(run, cls, case, "setUp")
                _around(run, cls, case, test)
                _around(run, cls, case, "tearDown")
        _around(run, cls, cls, "tearDownClass")
    raise UserRaise(Symbol("builtins.SystemExit"))


def _is_case(cls: ClassValue) -> bool:
    return any(isinstance(base, Symbol) and base.name in _TEST_CASES for base in cls.mro())


def _tests(cls: ClassValue) -> list[str]:
    names = {name for base in cls.mro() if isinstance(base, ClassValue) for name in base.members}
    return sorted(name for name in names if name.startswith("test"))


def _around(run: Run, cls: ClassValue, receiver: Value, name: str) -> None:
    """Call the method, where the class has one that needs no arguments."""
    method = find_member(cls, name)
    if isinstance(method, FunctionValue) and len(method.node.params.params) == 1:
        run.call(BoundMethod(method, receiver), Arguments([], {}), method.site)


FUNCTIONS = {"unittest.main": run_tests}
