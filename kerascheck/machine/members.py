"""What a class and its ancestors define."""

from __future__ import annotations

import libcst as cst

from kerascheck.machine.run import Run
from kerascheck.machine.values import (
    BoundMethod,
    ClassValue,
    FunctionValue,
    Instance,
    NativeFunction,
    NativeMethod,
    Value,
)
from kerascheck.machine.views_of_values import AttributesView
from kerascheck.network.arguments import Arguments
from kerascheck.network.ir import Site
from kerascheck.symbolic.unknown import Symbol


def attributes_of(run: Run, instance: Instance, node: cst.CSTNode) -> Value:
    """`vars(object)`; Keras puts attributes of its own on its objects."""
    return run.fresh("the attributes of an object", node) if instance.layer is not None else AttributesView(instance)


def find_member(cls: ClassValue, name: str) -> Value | None:
    """The class attribute called `name`, in the order of resolution."""
    for base in cls.mro():
        if isinstance(base, ClassValue) and name in base.members:
            return base.members[name]
    return None


def find_method(instance: Instance, name: str) -> BoundMethod | None:
    """The method of the object called `name`, bound, where the program defines it."""
    found = find_member(instance.cls, name)
    return BoundMethod(found, instance) if isinstance(found, FunctionValue) else None


def find_slot(instance: Instance, name: str) -> BoundMethod | NativeMethod | None:
    """The method of the object called `name`, bound, also where `@dataclass` and its like provide it."""
    found = find_member(instance.cls, name)
    if isinstance(found, NativeFunction):
        return NativeMethod(name, instance, found.run)
    return BoundMethod(found, instance) if isinstance(found, FunctionValue) else None


def keras_base(cls: ClassValue) -> Symbol | None:
    """The Keras class (or other class outside the program) that the class derives from."""
    for base in cls.mro():
        if isinstance(base, Symbol) and base.name.startswith("keras."):
            return base
    return None


#: What marks a function with a decorator that is not seen, which may make a property of a method.
WRAPPED = "wrapped"


def value_of_property(run: Run, method: Value, site: Site) -> Value | None:
    """What a method gives that a decorator may have made a property: one that takes nothing but its object.

    It is read as one where it is used as no method can be, and then keeps what it gave. None: it is no such method.
    """
    if not isinstance(method, BoundMethod) or WRAPPED not in method.function.decorated:
        return None
    params = method.function.node.params
    takes_more = len(params.params) != 1 or params.kwonly_params or params.star_kwarg is not None
    if takes_more or isinstance(params.star_arg, cst.Param):
        return None
    name = method.function.name
    kept = method.receiver.attributes if isinstance(method.receiver, Instance) else {}
    if name not in kept:
        kept[name] = run.call(method, Arguments([], {}), site)
    return kept[name]
