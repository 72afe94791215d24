"""What an assignment to an attribute changes."""

from __future__ import annotations

from kerascheck.data.array import Array
from kerascheck.machine import names
from kerascheck.machine.foreign import attribute_key, store
from kerascheck.machine.holding import touch
from kerascheck.machine.members import find_member, find_method
from kerascheck.machine.module_values import ModuleValue
from kerascheck.machine.paths import spread
from kerascheck.machine.run import Run
from kerascheck.machine.values import (
    BoundMethod,
    ClassValue,
    DictObject,
    FunctionValue,
    Instance,
    NativeMethod,
    NativeObject,
    Value,
    bound_again,
)
from kerascheck.network.arguments import Arguments, Given
from kerascheck.network.ir import Layer, Site
from kerascheck.network.networks import Network
from kerascheck.symbolic.unknown import Guarded, Symbol, Unknown


def holds_flags(dotted: str) -> bool:
    """Whether the name is that of `absl.flags.FLAGS` or one of its namesakes."""
    return dotted.endswith("flags.FLAGS")


def set_plainly(run: Run, receiver: Value, arguments: Arguments, site: Site) -> Value:
    """`object.__setattr__(self, name, value)`, `super().__setattr__(name, value)`."""
    values = [given.value for given in arguments.positional]
    if isinstance(receiver, Instance) and len(values) == 2 and isinstance(values[0], str):
        _store(run, receiver, values[0], values[1])
    elif isinstance(receiver, Instance):
        receiver.blur("an attribute of unknown name was set")
    return None


def set_attribute(run: Run, target: Value, name: str, value: Value) -> None:
    """`target.name = value`."""
    if type(target) is Guarded:
        spread(run, lambda one: set_attribute(run, one, name, value), target)
    elif type(target) is Unknown and target.holds:
        touch(run, target)
    elif isinstance(target, Instance):
        _set_on_object(run, target, name, value)
    elif isinstance(target, DictObject):
        from kerascheck.machine.dictobjects import set_dictionary_attribute

        set_dictionary_attribute(run, target, name, value)
    elif isinstance(target, ClassValue):
        target.members[name] = value
    elif isinstance(target, Array):
        from kerascheck.data.methods import set_array_attribute

        set_array_attribute(run, target, name, value)
    elif isinstance(target, ModuleValue):
        place = run.project.scope_of(run, target).vars
        place[name] = value
    elif isinstance(target, FunctionValue):
        target.attributes = target.attributes if target.attributes is not None else {}
        target.attributes[name] = value
    elif isinstance(target, Symbol) and holds_flags(target.name):
        run.flags[name] = value
    elif isinstance(target, Symbol):
        run.project.rebound.add(names.attribute(target.name, name))
        store(run, attribute_key(target, name), value)
    elif isinstance(target, Unknown):
        store(run, attribute_key(target, name), value)
    elif isinstance(target, NativeObject):
        from kerascheck.machine.modules.environments import EnvironmentValue

        if isinstance(target, EnvironmentValue):
            target.parts[name] = value
    elif isinstance(target, NativeMethod) and target.name == "__new__" and name == "__defaults__":
        from kerascheck.machine.records import set_defaults

        set_defaults(target.receiver, value)
    elif isinstance(target, Layer):
        from kerascheck.machine.keras.objects import set_keras_attribute

        if isinstance(target, Network) and target.birth < run.frozen_before:
            return
        if target.instance is not None:
            _set_on_object(run, target.instance, name, value)
            return
        set_keras_attribute(run, target, name, value)


def _set_on_object(run: Run, target: Instance, name: str, value: Value) -> None:
    found = find_member(target.cls, name)
    if isinstance(found, FunctionValue) and "property" in found.decorated and "cached_property" not in found.decorated:
        setter = find_member(target.cls, f"{name}.setter")
        if isinstance(setter, FunctionValue):
            run.call(BoundMethod(setter, target), Arguments([Given(value)], {}), setter.site)
        elif "." not in name:
            run.fails("AttributeError", f"{name} cannot be set")
        return
    hook = find_method(target, "__setattr__")
    if hook is not None and target.layer is None and run.call_stack.count(hook.function) < 2:
        run.call(hook, Arguments([Given(name), Given(value)], {}), target.cls.site)
        return
    if hook is not None:
        value = Unknown(f"{target.cls.name} decides how attributes are set")
    if target.cls.fields is not None or any(getattr(base, "fields", None) for base in target.cls.mro()):
        from kerascheck.machine.records import refuse_frozen

        refuse_frozen(run, target)
    _store(run, target, name, value)


def _store(run: Run, target: Instance, name: str, value: Value) -> None:
    target.attributes[name] = value
    if target.optional is not None:
        bound_again(target, name)
    if target.layer is not None:
        from kerascheck.machine.keras.objects import set_keras_attribute

        set_keras_attribute(run, target.layer, name, value)
