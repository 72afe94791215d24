"""Functions and classes of the program: defining, calling, instantiating."""

from __future__ import annotations

from collections.abc import Hashable

import libcst as cst

from kerascheck.interp.attributes import find_member, find_method, keras_base
from kerascheck.interp.contexts import GENERATOR_CONTEXT
from kerascheck.interp.expressions import all_parameters, default_values
from kerascheck.interp.run import MAX_CALL_DEPTH, Run
from kerascheck.interp.static import contains_yield, signature_of
from kerascheck.interp.values import (
    BoundMethod,
    ClassValue,
    FieldDefault,
    FunctionValue,
    Instance,
    NativeObject,
    ParameterDefault,
    Partial,
    PresumedArguments,
    Scope,
    Super,
    Value,
)
from kerascheck.network.arguments import Arguments, CannotTell, Given
from kerascheck.network.ir import Site
from kerascheck.symbolic import Symbol, Unknown

#: How often one function may be on the call stack.
_MAX_RECURSION = 12

#: Decorators that change how an attribute is read.
_MEANINGFUL = frozenset({"property", "staticmethod", "classmethod", "cached_property", "contextmanager", "dataclass"})


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
            meaning.add("property" if name == "cached_property" else name)
            continue
        if name in ("setter", "deleter", "getter"):
            scope.vars[f"{node.name.value}.{name}"] = function  # the property keeps its getter under its own name
            return
        wrapper = run.evaluate(decorator.decorator, scope)
        if isinstance(wrapper, (FunctionValue, BoundMethod, ClassValue, Partial)):
            value = run.call(wrapper, Arguments([Given(value)], {}), Site(scope.file, decorator))
        elif isinstance(wrapper, ParameterDefault):
            function.defaults[wrapper.name] = wrapper.value
    function.decorated = frozenset(meaning)
    scope.vars[node.name.value] = value


def _decorator_name(decorator: cst.Decorator) -> str:
    node = decorator.decorator
    if isinstance(node, cst.Call):
        node = node.func
    if isinstance(node, cst.Attribute):
        return node.attr.value
    return node.value if isinstance(node, cst.Name) else ""


def define_class(run: Run, node: cst.ClassDef, scope: Scope) -> None:
    """`class`: run the body in a scope of its own."""
    bases = [run.evaluate(arg.value, scope) for arg in node.bases if not arg.star]
    cls = ClassValue(node.name.value, node, scope, bases, Site(scope.file, node))
    body = Scope("class", scope, cls)
    run.execute(node.body.body, body)
    cls.members = body.vars
    for name in list(cls.members):
        member = cls.members[name]
        if isinstance(member, FunctionValue) and member.owner is None:
            member.owner = cls
    run.program.classes.append(cls)
    scope.vars[node.name.value] = cls


def call_function(
    run: Run, function: FunctionValue, arguments: Arguments, site: Site, receiver: Value | None = None
) -> Value:
    """Enter a function of the program with its arguments."""
    node = function.node
    is_lazy = _is_generator(function, node)
    if not is_lazy:
        run.entered.add(id(node))
    depth = len(run.call_stack)
    if depth >= MAX_CALL_DEPTH or run.call_stack.count(function) >= _MAX_RECURSION:
        for given in (*arguments.positional, *arguments.keywords.values()):
            run.escape(given.value, f"{function.name} is nested too deeply")
        return run.fresh(f"{function.name} recurses too deeply", site.node)
    scope = Scope("function", function.scope, function)
    if receiver is not None:
        presumed = arguments.presumed
        arguments = type(arguments)(
            [Given(receiver), *arguments.positional],
            arguments.keywords,
            arguments.open_positional,
            arguments.open_keywords,
            arguments.call,
        )
        arguments.presumed = presumed
    _bind(run, function, arguments, scope)
    run.call_stack.append(function)
    loops, run.loop_births = run.loop_births, list(run.loop_births)
    try:
        if isinstance(node, cst.Lambda):
            return run.evaluate(node.body, scope)
        if node.asynchronous is not None:
            return run.unknown_list(f"{function.name} is asynchronous")
        if is_lazy:
            return _generator(run, function, scope)
        signal = run.execute(node.body.body, scope)
        if function.name == "build" and isinstance(receiver, Instance) and receiver.layer is not None:
            from kerascheck.interp.keras.subclassing import built_by_hand

            built_by_hand(receiver.layer)
        return signal.value if signal is not None and signal.kind == "return" else None
    finally:
        run.call_stack.pop()
        run.loop_births = loops


def _is_generator(function: FunctionValue, node: cst.FunctionDef | cst.Lambda) -> bool:
    if isinstance(node, cst.Lambda):
        return False
    return function.site.file.mentions_yield and contains_yield(function.site.file, node.body)


def _generator(run: Run, function: FunctionValue, scope: Scope) -> Value:
    """What calling a generator function gives: nothing of its body has run."""
    from kerascheck.interp.generators import make_generator

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
                value = Unknown(value.reason, value.key, name)
            scope.vars[name] = value
        elif name in function.defaults and not is_open:
            scope.vars[name] = function.defaults[name]
        else:
            scope.vars[name] = Unknown(f"parameter {name} of {function.name}", ("param", run.tick(), name), name)
    if signature.star is not None:
        extra = tuple(given.value for given in arguments.positional[len(signature.positional) :])
        is_open = is_open or isinstance(arguments, SymbolicArguments)
        scope.vars[signature.star] = run.unknown_list("*args of unknown length") if is_open else extra
    if signature.double_star is not None:
        rest = run.new_dict(values)
        if arguments.open_keywords:
            rest.unknown = Unknown("**kwargs of unknown content")
        elif arguments.presumed or isinstance(arguments, SymbolicArguments):
            rest = PresumedArguments(values, run.tick())
        scope.vars[signature.double_star] = rest


class SymbolicArguments(Arguments):
    """The arguments of a call that nobody wrote: those without a default, unknown."""


def symbolic_arguments(run: Run, function: FunctionValue, skip_first: bool) -> Arguments:
    """Arguments for a function that nobody calls: parameters without a default are unknown, called by their names."""
    keywords: dict[str, Given] = {}
    names = signature_of(function.site.file, function.node.params).names
    for name in names[1 if skip_first else 0 :]:
        if name not in function.defaults:
            keywords[name] = Given(
                Unknown(f"parameter {name} of {function.name}", ("param", id(function.node), name), name)
            )
    return SymbolicArguments([], keywords)


def instantiate(run: Run, cls: ClassValue, arguments: Arguments, site: Site) -> Value:
    """`Class(...)`: an object, its `__init__` run."""
    if find_member(cls, "__new__") is not None:
        for given in (*arguments.positional, *arguments.keywords.values()):
            run.escape(given.value, f"handed to {cls.name}.__new__")
        return run.fresh(f"{cls.name} makes its objects itself", site.node)
    instance = Instance(cls, run.tick())
    base = keras_base(cls)
    if base is not None:
        arguments = arguments.as_open()
        from kerascheck.interp.keras.subclassing import attach_layer

        attach_layer(run, instance, base, arguments, site)
    bases = cls.mro()
    if any(isinstance(b, (Unknown,)) or (isinstance(b, Symbol) and not _is_plain_base(b)) for b in bases):
        instance.unknown = None if base is not None else Unknown("a base class that is not known")
    init = find_method(instance, "__init__")
    if init is not None:
        run.call(init, arguments, site)
    elif "dataclass" in {_decorator_name(d) for d in cls.node.decorators}:
        _fill_dataclass(run, instance, arguments)
    if base is not None:
        from kerascheck.interp.keras.subclassing import initialised

        initialised(run, instance, base, arguments, site)
    return instance


def _is_plain_base(base: Symbol) -> bool:
    return base.name.startswith(("builtins.", "abc.", "typing.", "enum."))


def _fill_dataclass(run: Run, instance: Instance, arguments: Arguments) -> None:
    """The `__init__` that `@dataclass` writes: annotated class attributes in order."""
    fields: list[str] = []
    for base in reversed(instance.cls.mro()):
        if not isinstance(base, ClassValue):
            continue
        for statement in base.node.body.body:
            for small in statement.body if isinstance(statement, cst.SimpleStatementLine) else ():
                if isinstance(small, cst.AnnAssign) and isinstance(small.target, cst.Name):
                    name = small.target.value
                    if name not in fields:
                        fields.append(name)
    for index, name in enumerate(fields):
        given = arguments.get(name, index)
        if isinstance(given, Given):
            value = given.value
        elif isinstance(given, CannotTell):
            value = run.fresh(f"field {name} of {instance.cls.name}", instance.cls.node, name)
        else:
            value = find_member(instance.cls, name)
            if isinstance(value, FieldDefault):
                empty = Arguments([], {})
                value = value.default if value.factory is None else run.call(value.factory, empty, instance.cls.site)
        instance.attributes[name] = value
    post_init = find_method(instance, "__post_init__")
    if post_init is not None:
        run.call(post_init, Arguments([], {}), instance.cls.site)


def make_super(run: Run, node: cst.Call, scope: Scope) -> Value:
    """`super()` and `super(Class, self)` inside a method."""
    place: Scope | None = scope
    while place is not None and place.kind != "function":
        place = place.outer
    if place is None or not isinstance(place.owner, FunctionValue) or place.owner.owner is None:
        return run.fresh("super() outside a method", node)
    function = place.owner
    assert function.owner is not None
    params = list(all_parameters(function.node.params))
    receiver = place.vars.get(params[0].name.value) if params else None
    cls: Value = function.owner
    if node.args:
        named = run.evaluate(node.args[0].value, scope)
        if isinstance(named, ClassValue):
            cls = named
    return Super(cls, receiver)
