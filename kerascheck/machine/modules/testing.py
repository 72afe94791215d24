"""Test cases of `unittest`: each test runs on an object of its own, behind `setUp`; `unittest.main()` runs them all."""

from __future__ import annotations

from contextlib import suppress

from kerascheck.machine.classes import instantiate
from kerascheck.machine.members import find_member
from kerascheck.machine.run import Run
from kerascheck.machine.values import BoundMethod, ClassValue, FunctionValue, UserRaise, Value
from kerascheck.network.arguments import Arguments
from kerascheck.network.ir import Site
from kerascheck.symbolic.unknown import Symbol

_TEST_CASES = frozenset(
    {
        *("unittest.TestCase", "tensorflow.test.TestCase", "absl.testing.absltest.TestCase", "unittest.case.TestCase"),
        *("keras.testing.TestCase", "keras.testing.test_case.TestCase"),
    }
)


#: The method that runs before each test.
PREPARING = "setUp"


def run_tests(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    """Run the test cases of the file in the order of their names; a test that raises does not keep others from it."""
    if arguments.positional or set(arguments.keywords) - {"verbosity"}:
        return None
    cases = {cls.name: cls for cls in run.program.classes if cls.site.file is run.project.source and is_case(cls)}
    for _, cls in sorted(cases.items()):
        _around(run, cls, cls, "setUpClass")
        for test in _tests(cls):
            with suppress(UserRaise):
                case = _fresh_case(run, cls)
                _around(run, cls, case, test)
                _around(run, cls, case, "tearDown")
        _around(run, cls, cls, "tearDownClass")
    raise UserRaise(Symbol("builtins.SystemExit"))


def is_case(cls: ClassValue) -> bool:
    """Whether it is a test case: whoever runs it, each of its tests finds what `setUp` has left, and nothing else."""
    return any(isinstance(base, Symbol) and base.name in _TEST_CASES for base in cls.mro())


def prepared_case(run: Run, cls: ClassValue) -> Value:
    """The object that a test of the class is run on."""
    _around(run, cls, cls, "setUpClass")
    return _fresh_case(run, cls)


def _fresh_case(run: Run, cls: ClassValue) -> Value:
    case = instantiate(run, cls, Arguments([], {}), cls.site)
    _around(run, cls, case, PREPARING)
    return case


def _tests(cls: ClassValue) -> list[str]:
    names = {name for base in cls.mro() if isinstance(base, ClassValue) for name in base.members}
    return sorted(name for name in names if name.startswith("test"))


def _around(run: Run, cls: ClassValue, receiver: Value, name: str) -> None:
    """Call the method, where the class has one that needs no arguments."""
    method = find_member(cls, name)
    if isinstance(method, FunctionValue) and len(method.node.params.params) == 1:
        run.call(BoundMethod(method, receiver), Arguments([], {}), method.site)


FUNCTIONS = {"unittest.main": run_tests}
