"""Objects of classes that derive from `dict`: configurations whose entries are read as attributes, above all."""

from __future__ import annotations

import libcst as cst

from kerascheck.machine.attributes import bound_member
from kerascheck.machine.members import find_member
from kerascheck.machine.methods import METHODS
from kerascheck.machine.operators import subscript
from kerascheck.machine.run import Run
from kerascheck.machine.values import (
    BoundMethod,
    ClassValue,
    DictObject,
    DictValue,
    FunctionValue,
    NativeFunction,
    NativeMethod,
    Value,
)
from kerascheck.network.arguments import Arguments, Given
from kerascheck.network.ir import Site
from kerascheck.symbolic.unknown import Symbol, Unknown

_BASES = (Symbol("builtins.dict"), Symbol("collections.OrderedDict"))

#: What a class may not override, for its objects to be followed as dictionaries.
_OWN = frozenset(
    {
        "__getitem__", "__setitem__", "__delitem__", "__contains__", "__iter__", "__len__", "__missing__", "__new__",
        "__getattribute__", "keys", "values", "items", "get", "pop", "update", "setdefault",
    }
)  # fmt: skip


def is_dictionary(cls: ClassValue) -> bool:
    """Whether the objects of the class are dictionaries that can be followed."""
    order = cls.mro()
    if not any(base in _BASES for base in order if isinstance(base, Symbol)):
        return False
    if not all(isinstance(base, ClassValue) or base in _BASES for base in order):
        return False
    return all(find_member(cls, name) is None for name in _OWN)


def make_dictionary(run: Run, cls: ClassValue, arguments: Arguments, site: Site) -> Value:
    """`Class(...)`."""
    made = DictObject(cls, run.tick())
    init = find_member(cls, "__init__")
    if isinstance(init, FunctionValue):
        run.call(BoundMethod(init, made), arguments, site)
    else:
        _fill(run, made, arguments, site)
    return made


def _fill(run: Run, made: DictValue, arguments: Arguments, site: Site) -> Value:
    """`dict.__init__(self, ...)`."""
    made.merge(run.call(Symbol("builtins.dict"), arguments, site))
    return None


def dictionary_attribute(run: Run, value: DictObject, name: str, node: cst.CSTNode) -> Value:
    """`object.name`."""
    if name in value.attributes:
        return value.attributes[name]
    if name == "__class__":
        return value.cls
    if name == "__dict__":
        return value if value.is_shared else run.fresh("the attributes of a dictionary", node)
    found = find_member(value.cls, name)
    if found is not None:
        return bound_member(run, value.cls, value, found, node)
    if name in METHODS["dict"]:
        return NativeMethod(name, value, METHODS["dict"][name])
    dynamic = find_member(value.cls, "__getattr__")
    if isinstance(dynamic, FunctionValue):
        return run.call(BoundMethod(dynamic, value), Arguments([Given(name)], {}), Site(run.file, node))
    if dynamic == Symbol("builtins.dict.get"):
        return None if value.lacks(name) else _entry(value, name)
    if value.is_shared or dynamic == Symbol("builtins.dict.__getitem__"):
        if value.lacks(name):
            run.fails("AttributeError", f"{value.cls.name} has no attribute {name}", node)
        return _entry(value, name)
    return run.fails("AttributeError", f"{value.cls.name} has no attribute {name}", node)


def _entry(value: DictObject, name: str) -> Value:
    """The entry that an attribute stands for; the same unknown thing each time where it is not known."""
    if name in value.items:
        return value.items[name]
    return Unknown(f"{name} of {value.cls.name} is not known", ("attribute", ("instance", value.birth), name), name)


def set_dictionary_attribute(run: Run, target: DictObject, name: str, value: Value) -> None:
    """`object.name = value`."""
    hook = find_member(target.cls, "__setattr__")
    if name == "__dict__" and value is target:
        target.is_shared = True
    elif isinstance(hook, FunctionValue) and run.call_stack.count(hook) < 2:
        run.call(BoundMethod(hook, target), Arguments([Given(name), Given(value)], {}), target.cls.site)
    elif isinstance(hook, NativeFunction):
        hook.run(run, target, Arguments([Given(name), Given(value)], {}), target.cls.site)
    elif target.is_shared or hook == Symbol("builtins.dict.__setitem__"):
        if run.may_change(target):
            target.items[name] = value
    else:
        target.attributes[name] = value


def behind_super(run: Run, receiver: DictObject, name: str, node: cst.CSTNode) -> Value:
    """`super().name` in a class that derives from `dict` itself."""
    if name == "__init__":
        return NativeMethod(name, receiver, _fill)
    if name in ("__getitem__", "__setitem__"):
        return NativeMethod(name, receiver, _get_item if name == "__getitem__" else _set_item)
    if name in METHODS["dict"]:
        return NativeMethod(name, receiver, METHODS["dict"][name])
    return run.fresh(f"super().{name}", node)


def _get_item(run: Run, receiver: DictObject, arguments: Arguments, site: Site) -> Value:
    return subscript(run, receiver, arguments.value("key", 0), site.node)


def _set_item(run: Run, receiver: DictObject, arguments: Arguments, site: Site) -> Value:
    from kerascheck.machine.literals import put

    if run.may_change(receiver):
        put(receiver, arguments.value("key", 0), arguments.value("value", 1))
    return None
