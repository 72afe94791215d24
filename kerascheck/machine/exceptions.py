"""Which handler catches what the analysed program raises."""

from __future__ import annotations

import builtins
from collections.abc import Sequence

import libcst as cst

from kerascheck.machine.run import Run
from kerascheck.machine.sequences import items_of
from kerascheck.machine.values import ClassValue, Instance, Scope, Value
from kerascheck.network.arguments import Arguments
from kerascheck.network.ir import Site
from kerascheck.symbolic.unknown import Symbol, Unknown


def make_exception(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    """`ValueError("...")`: an unknown value that remembers its class."""
    return Unknown("an exception", ("exception", name, run.tick()))


def is_made_exception(value: Value) -> bool:
    """Whether the value is a built-in exception that the program has made: that does not fail."""
    return isinstance(value, Unknown) and isinstance(value.key, tuple) and value.key[:1] == ("exception",)


def catches(run: Run, handler: cst.ExceptHandler | cst.ExceptStarHandler, raised: Value, scope: Scope) -> bool:
    """Whether the handler takes the exception; where that is not known, it does."""
    if handler.type is None:
        return True
    wanted = run.evaluate(handler.type, scope)
    classes = items_of(run, wanted) if isinstance(wanted, tuple) else [wanted]
    if isinstance(classes, Unknown):
        return True
    return is_one_of(raised, classes)


def is_one_of(raised: Value, classes: Sequence[Value]) -> bool:
    """Whether what is raised belongs to one of the classes; where that is not known, it does."""
    ancestors = _ancestors(raised)
    return ancestors is None or any(_matches(ancestors, cls) for cls in classes)


def is_exception(raised: Value, name: str) -> bool:
    """Whether what is raised is the built-in exception of this name, or one that derives from it."""
    ancestors = _ancestors(raised)
    return ancestors is not None and _matches(ancestors, Symbol(f"builtins.{name}"))


def _ancestors(raised: Value) -> list[Value] | None:
    """The classes the exception belongs to; None where that is not known."""
    if isinstance(raised, Unknown) and isinstance(raised.key, tuple) and raised.key[:1] == ("exception",):
        raised = Symbol(str(raised.key[1]))
    if isinstance(raised, Instance):
        raised = raised.cls
    if isinstance(raised, ClassValue):
        return raised.mro()
    return [raised] if isinstance(raised, Symbol) else None


def _matches(ancestors: list[Value], wanted: Value) -> bool:
    if isinstance(wanted, ClassValue):
        return any(cls is wanted for cls in ancestors)
    if not isinstance(wanted, Symbol):
        return True
    for cls in ancestors:
        if not isinstance(cls, (Symbol, ClassValue)) or cls == wanted:
            return True
        if isinstance(cls, Symbol) and _is_subclass(cls.name, wanted.name):
            return True
    return False


def _is_subclass(name: str, wanted: str) -> bool:
    """Whether an exception outside the program may be of a class outside the program."""
    there, here = (_built_in(one) for one in (wanted, name))
    if there is None:
        return here is None  # two classes of libraries may be related
    if here is None:
        return there in (Exception, BaseException)
    return issubclass(here, there)


def _built_in(name: str) -> type | None:
    prefix, _, short = name.rpartition(".")
    found = getattr(builtins, short, None) if prefix == "builtins" else None
    return found if isinstance(found, type) else None
