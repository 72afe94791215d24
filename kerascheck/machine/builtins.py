"""Python's built-in functions on values."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from kerascheck.machine.assumptions import restrict
from kerascheck.machine.builtins_arguments import (
    derived,
    positional_values,
)
from kerascheck.machine.builtins_containers import CONTAINERS
from kerascheck.machine.builtins_numbers import NUMBERS
from kerascheck.machine.builtins_objects import CLASSES_AND_ATTRIBUTES
from kerascheck.machine.exceptions import make_exception
from kerascheck.machine.operators import bounded
from kerascheck.machine.paths import spread
from kerascheck.machine.run import Run
from kerascheck.machine.texts import show, text_of
from kerascheck.machine.values import (
    UserRaise,
    Value,
)
from kerascheck.network.arguments import Arguments, Given
from kerascheck.network.ir import Site
from kerascheck.symbolic.unknown import Guarded, Symbol


def _str(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    values = positional_values(arguments)
    if not values:
        return ""
    text = text_of(run, values[0], as_repr=name == "builtins.repr")
    return derived(run, name.removeprefix("builtins."), values, site) if text is None else bounded(run, text, site.node)


def _format(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    values = positional_values(arguments)
    spec = values[1] if len(values) > 1 else ""
    text = show(run, values[0], None, spec) if values and isinstance(spec, str) else None
    return run.fresh("format() of something unknown", site.node) if text is None else bounded(run, text, site.node)


def _none(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    return None


def _exit(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    raise UserRaise(Symbol("builtins.SystemExit"))


def _object(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    return run.fresh(f"an object of {name}", site.node)


def _same(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    values = positional_values(arguments)
    return values[0] if len(values) == 1 else run.fresh(name, site.node)


def _open(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    from kerascheck.machine.modules.reading import FUNCTIONS as READING  # which knows the methods of files

    return READING["builtins.open"](run, name, arguments, site)


BUILTINS: dict[str, Callable[[Run, str, Arguments, Site], Value]] = {
    **CONTAINERS,
    **NUMBERS,
    **CLASSES_AND_ATTRIBUTES,
    "str": _str,
    "repr": _str,
    "print": _none,
    "exit": _exit,
    "quit": _exit,
    "object": _object,
    "open": _open,
    "input": _object,
    "id": _object,
    "hash": _object,
    "bytes": _object,
    "format": _format,
    **dict.fromkeys(
        (
            "Exception", "BaseException", "ValueError", "TypeError", "RuntimeError", "NotImplementedError", "KeyError",
            "IndexError", "AttributeError", "ImportError", "ModuleNotFoundError", "OSError", "IOError", "LookupError",
            "AssertionError", "StopIteration", "SystemExit", "KeyboardInterrupt", "Warning", "DeprecationWarning",
            "UserWarning", "FileNotFoundError", "NotImplemented", "ArithmeticError", "ZeroDivisionError", "NameError",
            "OverflowError", "UnicodeError", "MemoryError", "RecursionError", "PermissionError", "TimeoutError",
            "FutureWarning",
        ),
        make_exception,
    ),
}  # fmt: skip

#: Functions that are called in each case of an argument that hangs on a condition.
_IN_EACH_CASE = (
    "len", "list", "set", "frozenset", "tuple", "sorted", "int", "float", "complex", "str", "repr", "round", "abs",
    "max", "min", "sum", "any", "all", "pow", "isinstance", "divmod", "chr", "bin", "hex", "oct", "ord",
    "getattr", "hasattr", "setattr",
)  # fmt: skip


def _in_each_case(handler: Callable[[Run, str, Arguments, Site], Value]) -> Callable[..., Value]:
    """The function, called in an arm for each value that an argument may have."""

    def call(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
        given = arguments.positional
        if arguments.open_positional:
            return run.fresh(f"{name} of arguments that are not known", site.node)
        for index, one in enumerate(given):
            if type(one.value) is not Guarded:
                continue
            value = restrict(run, one.value)
            node = one.node

            def chosen(case: Value, index: int = index, node: Any = node) -> Value:
                positional = [*given[:index], Given(case, node), *given[index + 1 :]]
                rest = arguments.open_positional, arguments.open_keywords, arguments.call
                return call(run, name, Arguments(positional, arguments.keywords, *rest), site)

            return spread(run, chosen, value) if type(value) is Guarded else chosen(value)
        return handler(run, name, arguments, site)

    return call


BUILTINS.update({name: _in_each_case(BUILTINS[name]) for name in _IN_EACH_CASE})
