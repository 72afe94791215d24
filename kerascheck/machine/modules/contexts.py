"""`contextlib`: contexts that are there for what they do to exceptions, or for nothing."""

from __future__ import annotations

from kerascheck.machine.contexts import GIVING, SUPPRESSING
from kerascheck.machine.run import Run
from kerascheck.machine.values import NativeObject, Value
from kerascheck.network.arguments import Arguments
from kerascheck.network.ir import Site


def _suppress(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    """`contextlib.suppress(KeyError, ValueError)`."""
    if arguments.open_positional:
        return run.fresh("a context", site.node)
    return NativeObject(SUPPRESSING, run.tick(), {"classes": tuple(given.value for given in arguments.positional)})


def _give(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    """`contextlib.nullcontext(value)`."""
    return NativeObject(GIVING, run.tick(), {"result": arguments.value("enter_result", 0)})


def _stack(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    """`contextlib.ExitStack()`: what it will be given is not followed."""
    return run.fresh("a stack of contexts", site.node)


FUNCTIONS = {
    "contextlib.suppress": _suppress,
    "contextlib.nullcontext": _give,
    "contextlib.ExitStack": _stack,
    "contextlib.AsyncExitStack": _stack,
}
