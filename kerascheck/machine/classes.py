"""Classes of the program: defining them, making objects of them."""

from __future__ import annotations

import libcst as cst

from kerascheck.machine import enumerations, records
from kerascheck.machine.dictobjects import is_dictionary, make_dictionary
from kerascheck.machine.expressions import all_parameters
from kerascheck.machine.functions import apply_decorator
from kerascheck.machine.members import find_member, find_slot, keras_base
from kerascheck.machine.run import Run
from kerascheck.machine.values import (
    BoundMethod,
    ClassValue,
    FunctionValue,
    Instance,
    NativeObject,
    Scope,
    Super,
    Value,
)
from kerascheck.network.arguments import Arguments, Given
from kerascheck.network.ir import Site
from kerascheck.symbolic.unknown import Symbol, Unknown


def define_class(run: Run, node: cst.ClassDef, scope: Scope) -> None:
    """`class`: run the body in a scope of its own, then let its bases and decorators make of it what they do."""
    bases = [run.evaluate(arg.value, scope) for arg in node.bases if not arg.star]
    keywords = {
        arg.keyword.value: Given(run.evaluate(arg.value, scope), arg)
        for arg in node.keywords
        if arg.keyword is not None
    }
    cls = ClassValue(node.name.value, node, scope, bases, Site(scope.file, node))
    body = Scope("class", scope, cls)
    run.execute(node.body.body, body)
    cls.members = body.vars
    for name in list(cls.members):
        member = cls.members[name]
        if isinstance(member, FunctionValue) and member.owner is None:
            member.owner = cls
    run.program.classes.append(cls)
    cls.kind = _kind(cls)
    if Symbol("typing.NamedTuple") in bases:
        records.make_typed_namedtuple(run, cls)
    elif cls.kind == "enum":
        enumerations.make_enum(run, cls)
    _tell_bases(run, cls, keywords)
    scope.vars[node.name.value] = _decorated(run, cls, node, scope)


def _kind(cls: ClassValue) -> str:
    """How its objects are made, where that is in another way than by `__init__`."""
    for base in cls.mro()[1:]:
        if isinstance(base, ClassValue) and base.kind:
            return base.kind
        if isinstance(base, Symbol):
            if base.name in enumerations.BASES:
                return "enum"
            if base.name in ("typing.TypedDict", "typing_extensions.TypedDict"):
                return "typeddict"
    return ""


def _tell_bases(run: Run, cls: ClassValue, keywords: dict[str, Given]) -> None:
    """`__init_subclass__` of a base class."""
    for base in cls.mro()[1:]:
        hook = base.members.get("__init_subclass__") if isinstance(base, ClassValue) else None
        if isinstance(hook, FunctionValue):
            given = {name: value for name, value in keywords.items() if name != "metaclass"}
            run.call(BoundMethod(hook, cls), Arguments([], given), cls.site)
            return


def _decorated(run: Run, cls: ClassValue, node: cst.ClassDef, scope: Scope) -> Value:
    """The class, or what the decorators of the program make of it; others are looked through."""
    value: Value = cls
    for decorator in reversed(node.decorators):
        wrapper = run.evaluate(decorator.decorator, scope)
        if isinstance(wrapper, Symbol) and wrapper.name in records.DATACLASSES:
            records.make_dataclass(run, cls, records.DATACLASSES[wrapper.name])
        elif isinstance(wrapper, NativeObject) and wrapper.kind in records.DATACLASSES:
            records.make_dataclass(run, cls, wrapper.parts)
        else:
            value = apply_decorator(run, wrapper, value, Site(scope.file, decorator))
    return value


def instantiate(run: Run, cls: ClassValue, arguments: Arguments, site: Site) -> Value:
    """`Class(...)`: an object, its `__init__` run."""
    if cls.kind == "enum":
        return enumerations.look_up(run, cls, arguments, site)
    if find_member(cls, "__new__") is not None:
        for given in (*arguments.positional, *arguments.keywords.values()):
            run.escape(given.value, f"handed to {cls.name}.__new__")
        return run.fresh(f"{cls.name} makes its objects itself", site.node)
    if cls.kind == "namedtuple":
        return records.construct_namedtuple(run, cls, arguments, site)
    if cls.kind == "typeddict":
        return run.call(Symbol("builtins.dict"), arguments, site)
    if is_dictionary(cls):
        return make_dictionary(run, cls, arguments, site)
    instance = Instance(cls, run.tick())
    run.program.objects.append(instance)
    base = keras_base(cls)
    if base is not None:
        from kerascheck.machine.keras.subclass_methods import attach_layer

        attach_layer(run, instance, base, arguments, site)
    bases = cls.mro()
    if any(isinstance(b, (Unknown,)) or (isinstance(b, Symbol) and not _is_plain_base(b)) for b in bases):
        instance.unknown = None if base is not None else Unknown("a base class that is not known")
    init = find_slot(instance, "__init__")
    if init is not None:
        run.call(init, arguments, site)
    if base is not None:
        from kerascheck.machine.keras.subclass_methods import initialised

        initialised(run, instance, base, arguments, site)
    return instance


def _is_plain_base(base: Symbol) -> bool:
    return base.name.startswith(("builtins.", "abc.", "typing.", "enum."))


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
