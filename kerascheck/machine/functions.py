"""Functions of the program: defining and calling them."""

from __future__ import annotations

from collections.abc import Hashable

import libcst as cst

from kerascheck.machine.allowance import CallCut, begin_call, cut_call, enter_call, skip_call
from kerascheck.machine.contexts import GENERATOR_CONTEXT
from kerascheck.machine.expressions import default_values
from kerascheck.machine.limits import MAX_CALL_DEPTH
from kerascheck.machine.literals import is_known_key
from kerascheck.machine.members import WRAPPED, find_method
from kerascheck.machine.paths import settle_call
from kerascheck.machine.run import Run
from kerascheck.machine.static import contains_yield, signature_of
from kerascheck.machine.undecidable import not_given
from kerascheck.machine.values import (
    BoundMethod,
    ClassValue,
    FunctionValue,
    Instance,
    NativeFunction,
    NativeMethod,
    NativeObject,
    ParameterDefault,
    Partial,
    Scope,
    Value,
)
from kerascheck.network.arguments import Arguments, Given
from kerascheck.network.ir import Site
from kerascheck.symbolic.unknown import Symbol, Unknown

#: How often one function may be on the call stack.
_MAX_RECURSION = 12
#: The same with arguments of which nothing is known, but for functions and the like.
_MAX_UNCLEAR_RECURSION = 3
#: How often it may be entered within one call of it with arguments of which some are not known.
_MAX_UNCLEAR_ENTRIES = 60
_NO_DATA = (FunctionValue, NativeFunction, BoundMethod, NativeMethod, ClassValue, Symbol, Instance, bool, type(None))

#: Decorators that change how an attribute is read, or what a call gives.
_MEANINGFUL = frozenset({"property", "staticmethod", "classmethod", "cached_property", "contextmanager"})
_REMEMBERING = frozenset({"lru_cache", "cache"})
#: Those of tests that do not run, or need not pass.
_LEAVING_OUT = frozenset(
    {
        *("pytest.mark.skip", "pytest.mark.skipif", "pytest.mark.xfail", "unittest.skip", "unittest.skipIf"),
        *("unittest.skipUnless", "unittest.expectedFailure"),
    }
)
_LEAVING_OUT_NAMES = frozenset(name.rpartition(".")[2] for name in _LEAVING_OUT)
#: What functions with one of these are marked by: nobody asks what happens in them.
LEFT_OUT = "left out"
#: Decorators of functions that give what they compute and a function for its gradient: a call gives the first.
_WITH_GRADIENT = frozenset({"tensorflow.custom_gradient", "keras.ops.custom_gradient"})
_GIVES_GRADIENT = "gives a gradient"
#: What makes a function one that pytest calls for the tests that have a parameter of its name.
_PROVIDING = frozenset({"pytest.fixture", "pytest_asyncio.fixture"})
#: What such functions are marked by.
PROVIDES = "provides"
_CHOOSING = frozenset({"singledispatch", "singledispatchmethod"})


def define_function(run: Run, node: cst.FunctionDef, scope: Scope) -> None:
    """`def`: bind the function; decorators of the program are applied, others are looked through."""
    owner = scope.owner if scope.kind == "class" else None
    function = FunctionValue(
        node.name.value, node, scope, default_values(run, node.params, scope), Site(scope.file, node), owner
    )
    run.program.functions.append(function)
    value: Value = function
    meaning: set[str] = set()
    for decorator in reversed(node.decorators):
        name = _decorator_name(decorator)
        if name in _MEANINGFUL:
            meaning |= {name, "property"} if name == "cached_property" else {name}
            continue
        if name in _REMEMBERING:
            meaning.add("remembering")
            continue
        if name in _LEAVING_OUT_NAMES and _is_mark(run, decorator.decorator, scope, _LEAVING_OUT):
            meaning.add(LEFT_OUT)
            continue
        if name == "fixture" and _is_mark(run, decorator.decorator, scope, _PROVIDING):
            meaning.add(PROVIDES)
            continue
        if name in _CHOOSING:
            value = run.fresh("a function that is chosen by the types of its arguments", decorator)
            continue
        if name in ("setter", "deleter", "getter"):
            scope.vars[f"{node.name.value}.{name}"] = function  # the property keeps its getter under its own name
            return
        wrapper = run.evaluate(decorator.decorator, scope)
        if isinstance(wrapper, ParameterDefault):
            function.defaults[wrapper.name] = wrapper.value
            function.options.add(wrapper.name)
        elif isinstance(wrapper, Symbol) and wrapper.name in _WITH_GRADIENT:
            meaning.add(_GIVES_GRADIENT)
        else:
            if isinstance(wrapper, (Unknown, Symbol)):
                meaning.add(WRAPPED)
            function.decorated = frozenset(meaning)
            value = apply_decorator(run, wrapper, value, Site(scope.file, decorator))
    function.decorated = frozenset(meaning)
    scope.vars[node.name.value] = value


def _is_mark(run: Run, decorator: cst.BaseExpression, scope: Scope, marks: frozenset[str]) -> bool:
    """Whether a decorator, with arguments or without, is one of these."""
    mark = run.evaluate(decorator.func if isinstance(decorator, cst.Call) else decorator, scope)
    return isinstance(mark, Symbol) and mark.name in marks


def apply_decorator(run: Run, wrapper: Value, value: Value, site: Site) -> Value:
    """What a decorator makes of a function or class: one of the program is called, others are looked through."""
    if isinstance(wrapper, Instance) and find_method(wrapper, "__call__") is None:
        return value
    if not isinstance(wrapper, (FunctionValue, BoundMethod, ClassValue, Partial, NativeMethod, Instance)):
        return value
    made = run.call(wrapper, Arguments([Given(value)], {}), site)
    return value if isinstance(made, Unknown) and isinstance(value, ClassValue) else made


def _decorator_name(decorator: cst.Decorator) -> str:
    node = decorator.decorator
    if isinstance(node, cst.Call):
        node = node.func
    if isinstance(node, cst.Attribute):
        return node.attr.value
    return node.value if isinstance(node, cst.Name) else ""


def call_function(
    run: Run, function: FunctionValue, arguments: Arguments, site: Site, receiver: Value | None = None
) -> Value:
    """Enter a function of the program with its arguments."""
    node = function.node
    if not _is_generator(function, node):
        run.entered.add(id(node))
    depth = len(run.call_stack)
    recursion = run.call_stack.count(function)
    if recursion == 0:
        run.unclear_entries.pop(id(node), None)
    if recursion and _is_unclear(run, node, arguments, recursion):
        values = [given.value for given in (*arguments.positional, *arguments.keywords.values())]
        return skip_call(run, function, [*values, receiver], f"{function.name} calls itself an unknown number of times")
    if depth >= MAX_CALL_DEPTH or recursion >= _MAX_RECURSION:
        for given in (*arguments.positional, *arguments.keywords.values()):
            run.escape(given.value, f"{function.name} is nested too deeply")
        return run.fresh(f"{function.name} recurses too deeply", site.node)
    with run.in_frame(site.node):
        result = _enter(run, function, arguments, receiver)
    if _GIVES_GRADIENT in function.decorated:
        is_pair = isinstance(result, tuple) and len(result) == 2
        return result[0] if is_pair else run.fresh(f"what {function.name} gives beside its gradient", site.node)
    return result


def _is_unclear(run: Run, node: cst.CSTNode, arguments: Arguments, recursion: int) -> bool:
    """Whether a further call of the same function tells no more: there are arguments, and no data among them is known.

    Where some is, as a depth that is counted, so many calls may be entered within the outermost one.
    """
    given = [one.value for one in (*arguments.positional, *arguments.keywords.values())]
    if not any(type(value) is Unknown and not value.holds for value in given):
        return False
    if all(type(value) is Unknown or isinstance(value, _NO_DATA) for value in given):
        return recursion >= _MAX_UNCLEAR_RECURSION
    entries = run.unclear_entries[id(node)] = run.unclear_entries.get(id(node), 0) + 1
    return entries > _MAX_UNCLEAR_ENTRIES


def _enter(run: Run, function: FunctionValue, arguments: Arguments, receiver: Value) -> Value:
    scope = Scope("function", function.scope, function)
    if receiver is not None:
        arguments = type(arguments)(
            [Given(receiver), *arguments.positional],
            arguments.keywords,
            arguments.open_positional,
            arguments.open_keywords,
            arguments.call,
        )
    _bind(run, function, arguments, scope)
    if run.undecidable is not None and run.call_stack:
        if run.undecidable.includes(function, scope):
            reason = f"{function.name} hangs on more conditions than are decided"
            return skip_call(run, function, list(scope.vars.values()), reason)
        run.not_given.setdefault(id(function.node), not_given(scope))
    if "remembering" in function.decorated:
        return _remembered(run, function, arguments, scope)
    return _run_body(run, function, scope, receiver)


def _remembered(run: Run, function: FunctionValue, arguments: Arguments, scope: Scope) -> Value:
    """A function under `lru_cache`: for arguments that are written alike the same result, where they are known."""
    positional = tuple(given.value for given in arguments.positional)
    keywords = tuple((name, given.value) for name, given in arguments.keywords.items())
    if arguments.open_positional or arguments.open_keywords or not is_known_key((positional, keywords)):
        return _run_body(run, function, scope)
    key = (id(function), positional, keywords)
    if key not in run.remembered:
        run.remembered[key] = _run_body(run, function, scope)
    return run.remembered[key]


def _run_body(run: Run, function: FunctionValue, scope: Scope, receiver: Value = None) -> Value:
    node = function.node
    depth, catchers, forks = len(run.call_stack), len(run.catchers), len(run.forks)
    handling, loops, tracing, stepping = len(run.handling), len(run.loop_births), run.tracing, run.stepping
    guarded, assigned, expressions = run.guarded, run.assigned, run.expression_depth
    run.call_stack.append(function)
    run.calls += 1
    call = begin_call(run, function, scope)
    active = len(run.active_calls)
    try:
        enter_call(run, call)
        if isinstance(node, cst.Lambda):
            return run.evaluate(node.body, scope)
        if node.asynchronous is not None:
            return run.unknown_list(f"{function.name} is asynchronous")
        if _is_generator(function, node):
            return _generator(run, function, scope)
        result = settle_call(run, run.execute(node.body.body, scope))
        if function.name == "build" and isinstance(receiver, Instance) and receiver.layer is not None:
            from kerascheck.machine.keras.subclass_methods import built_by_hand

            built_by_hand(receiver.layer)
        return result
    except CallCut as cut:
        if cut.call is not call:
            raise
        del run.call_stack[depth + 1 :], run.catchers[catchers:], run.forks[forks:]
        del run.handling[handling:], run.loop_births[loops:]
        run.tracing, run.stepping, run.guarded = tracing, stepping, guarded
        run.assigned, run.expression_depth = assigned, expressions
        return cut_call(run, call)
    finally:
        run.call_stack.pop()
        del run.active_calls[active - 1 :]


def _is_generator(function: FunctionValue, node: cst.FunctionDef | cst.Lambda) -> bool:
    if isinstance(node, cst.Lambda):
        return False
    return function.site.file.mentions_yield and contains_yield(function.site.file, node.body)


def _generator(run: Run, function: FunctionValue, scope: Scope) -> Value:
    """What calling a generator function gives: nothing of its body has run."""
    from kerascheck.machine.generators import make_generator

    iterator = make_generator(run, function, scope)
    if "contextmanager" in function.decorated:
        return NativeObject(GENERATOR_CONTEXT, iterator.birth, {"iterator": iterator, "function": function})
    return iterator


def _bind(run: Run, function: FunctionValue, arguments: Arguments, scope: Scope) -> None:
    """Give the parameters their values; what the call leaves open is unknown."""
    signature = signature_of(function.site.file, function.node.params)
    values: dict[Hashable, Value] = {name: given.value for name, given in arguments.keywords.items()}
    is_open = arguments.open_positional or arguments.open_keywords
    for name, given in zip(signature.positional, arguments.positional, strict=False):
        values[name] = given.value
    for name in signature.names:
        if name in values:
            value = values.pop(name)
            if isinstance(value, Unknown) and value.text is None:
                value = value.called(name)
            scope.vars[name] = value
        elif name in function.defaults and not is_open:
            scope.vars[name] = function.defaults[name]
        else:
            scope.vars[name] = Unknown(f"parameter {name} of {function.name}", ("param", run.frame, name), name)
    if signature.star is not None:
        extra = tuple(given.value for given in arguments.positional[len(signature.positional) :])
        is_open = is_open or isinstance(arguments, SymbolicArguments)
        scope.vars[signature.star] = run.unknown_list("*args of unknown length") if is_open else extra
    if signature.double_star is not None:
        rest = run.new_dict(values)
        if arguments.open_keywords or isinstance(arguments, SymbolicArguments):
            rest.unknown = Unknown("**kwargs of unknown content")
        scope.vars[signature.double_star] = rest


class SymbolicArguments(Arguments):
    """The arguments of a call that nobody wrote (see `parameters.py`)."""
