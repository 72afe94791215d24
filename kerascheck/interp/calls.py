"""Calling any value."""

from __future__ import annotations

from kerascheck.interp.functions import call_function, instantiate
from kerascheck.interp.run import Run
from kerascheck.interp.values import (
    BoundMethod,
    ClassValue,
    FunctionValue,
    Instance,
    NativeMethod,
    Partial,
    Value,
)
from kerascheck.network.arguments import Arguments, Given
from kerascheck.network.ir import Layer, Network, Site
from kerascheck.symbolic import Symbol, Unknown


def call_value(run: Run, function: Value, arguments: Arguments, site: Site) -> Value:
    """The result of `function(...)`. May raise UserRaise and BudgetExceeded."""
    if isinstance(function, Symbol):
        return _call_external(run, function, arguments, site)
    if isinstance(function, NativeMethod):
        return function.run(run, function.receiver, arguments, site)
    if isinstance(function, FunctionValue):
        return call_function(run, function, arguments, site)
    if isinstance(function, BoundMethod):
        return call_function(run, function.function, arguments, site, function.receiver)
    if isinstance(function, ClassValue):
        return instantiate(run, function, arguments, site)
    if isinstance(function, Layer):
        from kerascheck.interp.keras.calling import call_layer

        return call_layer(run, function, arguments, site)
    if isinstance(function, Instance):
        return _call_instance(run, function, arguments, site)
    if isinstance(function, Partial):
        return call_value(run, function.function, _merge(function.arguments, arguments), site)
    reason = function.reason if isinstance(function, Unknown) else "a call of something that is not known"
    _escape_all(run, arguments, reason)
    text = None
    if isinstance(function, Unknown) and function.text and not arguments.positional and not arguments.keywords:
        text = f"{function.text}()"
    return run.fresh(reason, site.node, text)


def _call_instance(run: Run, instance: Instance, arguments: Arguments, site: Site) -> Value:
    if instance.layer is not None:
        from kerascheck.interp.keras.calling import call_layer

        return call_layer(run, instance.layer, arguments, site)
    from kerascheck.interp.attributes import find_method

    method = find_method(instance, "__call__")
    if method is not None:
        return call_value(run, method, arguments, site)
    return run.fresh("the call of an object", site.node)


def _call_external(run: Run, function: Symbol, arguments: Arguments, site: Site) -> Value:
    from kerascheck.interp.external import find_external

    handler = find_external(function.name)
    if handler is not None:
        return handler(run, function.name, arguments, site)
    for given in (*arguments.positional, *arguments.keywords.values()):
        if isinstance(given.value, Network):
            given.value.met_data = True  # it may be trained in there
    if not run.project.is_harmless(function.name):
        _escape_all(run, arguments, f"handed to {function.name}, which is not analysed")
    return run.fresh(f"the result of {function.name}", site.node)


def _escape_all(run: Run, arguments: Arguments, reason: str) -> None:
    for given in (*arguments.positional, *arguments.keywords.values()):
        run.escape(given.value, reason)


def _merge(first: Arguments, second: Arguments) -> Arguments:
    return Arguments(
        [*first.positional, *second.positional],
        {**first.keywords, **second.keywords},
        first.open_positional or second.open_positional,
        first.open_keywords or second.open_keywords,
        second.call,
    )


def plain_call(run: Run, function: Value, values: list[Value], site: Site) -> Value:
    """Call with positional values."""
    return call_value(run, function, Arguments([Given(v) for v in values], {}), site)
