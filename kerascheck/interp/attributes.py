"""Reading and writing attributes."""

from __future__ import annotations

import math

import libcst as cst

from kerascheck.data.array import Array
from kerascheck.data.objects import DataObject, object_attribute
from kerascheck.data.pipeline import Pipeline, pipeline_attribute
from kerascheck.interp import names
from kerascheck.interp.run import Run
from kerascheck.interp.static import dotted_text
from kerascheck.interp.values import (
    AttributesView,
    BoundMethod,
    ClassValue,
    DictValue,
    DictView,
    FunctionValue,
    Instance,
    ListValue,
    ModuleValue,
    NativeMethod,
    NativeObject,
    Partial,
    Super,
    Value,
)
from kerascheck.network.arguments import Arguments, Given
from kerascheck.network.dims import SymDim
from kerascheck.network.ir import Layer, Network, Site, Tensor
from kerascheck.symbolic import Symbol, Unknown

#: Constants of modules that are not followed.
_CONSTANTS = {
    "math.pi": math.pi,
    "math.e": math.e,
    "math.inf": math.inf,
    "numpy.pi": math.pi,
    "numpy.e": math.e,
    "numpy.inf": math.inf,
    "numpy.newaxis": None,
    "numpy.nan": math.nan,
    "tensorflow.newaxis": None,
}


def get_attribute(run: Run, value: Value, name: str, node: cst.CSTNode) -> Value:
    """`value.name`."""
    if isinstance(value, Symbol):
        return get_constant(names.attribute(value.name, name), run)
    if isinstance(value, Unknown):
        text = f"{value.text}.{name}" if value.text else None
        return Unknown(value.reason, ("attribute", value.key, name), text)
    if isinstance(value, Instance):
        return _instance_attribute(run, value, name, node)
    if isinstance(value, Super):
        return _super_attribute(run, value, name, node)
    if isinstance(value, ModuleValue):
        return run.project.module_attribute(run, value, name)
    if isinstance(value, ClassValue):
        found = find_member(value, name)
        if found is not None:
            if isinstance(found, FunctionValue) and "classmethod" in found.decorated:
                return BoundMethod(found, value)
            return found
        if name == "__name__":
            return value.name
        base = keras_base(value)
        if base is not None:
            return Symbol(f"{base.name}.{name}")
        return run.fresh(f"attribute {name} of class {value.name}", node)
    if isinstance(value, (Layer, Tensor)):
        from kerascheck.interp.keras.objects import keras_attribute

        return keras_attribute(run, value, name, node)
    if isinstance(value, FunctionValue):
        return value.name if name == "__name__" else run.fresh(f"attribute {name} of a function", node)
    if isinstance(value, Partial) and name == "func":
        return value.function
    if isinstance(value, Array):
        from kerascheck.data.methods import array_attribute

        return array_attribute(run, value, name, node)
    if isinstance(value, DataObject):
        return object_attribute(run, value, name, node)
    if isinstance(value, Pipeline):
        return pipeline_attribute(run, value, name, node)
    from kerascheck.interp.methods import METHODS

    kind = _kind(value)
    handler = METHODS.get(kind, {}).get(name)
    if handler is not None:
        return NativeMethod(name, value, handler)
    if isinstance(value, DictView):
        return run.fresh(f"{name} of a view of a dictionary", node)
    if isinstance(value, (ListValue, DictValue)):
        return NativeMethod(name, value, _blurring)
    return run.fresh(f"attribute {name} of {value!r}"[:80], node)


def get_constant(dotted: str, run: Run) -> Value:
    """Something outside the program: a constant that is known, or its Symbol."""
    holder, _, name = dotted.rpartition(".")
    if name in run.flags and _holds_flags(holder):
        return run.flags[name]
    return _CONSTANTS[dotted] if dotted in _CONSTANTS else run.project.external(dotted)


def _holds_flags(dotted: str) -> bool:
    """Whether the name is that of `absl.flags.FLAGS` or one of its namesakes."""
    return dotted.endswith("flags.FLAGS")


def _blurring(run: Run, receiver: Value, arguments: Arguments, site: Site) -> Value:
    """A method that is not known may change its receiver."""
    run.forget(receiver)
    return run.fresh("the result of a method that is not interpreted", site.node)


def _kind(value: Value) -> str:
    if isinstance(value, ListValue):
        return value.kind
    if isinstance(value, NativeObject):
        return value.kind
    if isinstance(value, DictValue):
        return "dict"
    if isinstance(value, bool):
        return "int"
    if isinstance(value, (str, tuple, int, float)):
        return type(value).__name__
    if isinstance(value, SymDim):
        return "int"
    from kerascheck.network.ir import KerasObject

    return "keras_object" if isinstance(value, KerasObject) else ""


def _instance_attribute(run: Run, instance: Instance, name: str, node: cst.CSTNode) -> Value:
    if find_member(instance.cls, "__getattribute__") is not None:
        return run.fresh(f"{instance.cls.name} decides how attributes are read", node)
    if name in instance.attributes:
        return instance.attributes[name]
    if name == "__class__":
        return instance.cls
    if name == "__setattr__" and find_member(instance.cls, name) is None:
        return NativeMethod(name, instance, _set_by_name)
    if name == "__dict__":
        return attributes_of(run, instance, node)
    found = find_member(instance.cls, name)
    if isinstance(found, FunctionValue):
        if "property" in found.decorated:
            return run.call(BoundMethod(found, instance), Arguments([], {}), Site(run.file, node))
        if "staticmethod" in found.decorated:
            return found
        if "classmethod" in found.decorated:
            return BoundMethod(found, instance.cls)
        return BoundMethod(found, instance)
    if found is not None:
        return found
    if instance.layer is not None:
        from kerascheck.interp.keras.objects import keras_attribute

        return keras_attribute(run, instance.layer, name, node)
    if lacks_attribute(instance, name):
        run.fails("AttributeError", f"{instance.cls.name} has no attribute {name}", node)
    reason = f"{name} of {instance.cls.name} is not set where the analysis saw it"
    return Unknown(reason, ("attribute", ("instance", instance.birth), name), dotted_text(node) or None)


def lacks_attribute(instance: Instance, name: str) -> bool:
    """Whether the object surely has no attribute of this name."""
    if name in instance.attributes or instance.unknown is not None or name.startswith("__"):
        return False
    if any(find_member(instance.cls, own) is not None for own in (name, "__getattr__", "__getattribute__")):
        return False
    return all(isinstance(base, ClassValue) or base in _BARE_BASES for base in instance.cls.mro())


_BARE_BASES = (Symbol("builtins.object"), Symbol("abc.ABC"), Symbol("typing.Generic"), Symbol("typing.Protocol"))


def attributes_of(run: Run, instance: Instance, node: cst.CSTNode) -> Value:
    """`vars(object)`; Keras puts attributes of its own on its objects."""
    return run.fresh("the attributes of an object", node) if instance.layer is not None else AttributesView(instance)


def _set_by_name(run: Run, receiver: Value, arguments: Arguments, site: Site) -> Value:
    """`self.__setattr__(name, value)`."""
    name, value = arguments.value("name", 0), arguments.value("value", 1)
    if isinstance(name, str):
        set_attribute(run, receiver, name, value)
    else:
        receiver.unknown = Unknown("an attribute of unknown name is set")
    return None


def _super_attribute(run: Run, value: Super, name: str, node: cst.CSTNode) -> Value:
    receiver = value.receiver
    cls = receiver.cls if isinstance(receiver, Instance) else value.cls
    order = cls.mro()
    start = next((i for i, c in enumerate(order) if c is value.cls), 0) + 1
    for base in order[start:]:
        if isinstance(base, ClassValue) and name in base.members:
            found = base.members[name]
            if isinstance(found, FunctionValue) and "staticmethod" not in found.decorated:
                return BoundMethod(found, receiver)
            return found
    if isinstance(receiver, Instance) and receiver.layer is not None:
        from kerascheck.interp.keras.objects import base_attribute

        return base_attribute(run, receiver, name, node)
    if name == "__init__":
        return NativeMethod(name, receiver, _object_init)
    return run.fresh(f"super().{name}", node)


def _object_init(run: Run, receiver: Value, arguments: Arguments, site: Site) -> Value:
    """An `__init__` of a base class that is not known: it may have set anything."""
    if isinstance(receiver, Instance) and any(not isinstance(base, ClassValue) for base in receiver.cls.mro()[1:]):
        receiver.unknown = Unknown("a base class that is not known may have set attributes")
    return None


def find_member(cls: ClassValue, name: str) -> Value | None:
    """The class attribute called `name`, in the order of resolution."""
    for base in cls.mro():
        if isinstance(base, ClassValue) and name in base.members:
            return base.members[name]
    return None


def find_method(instance: Instance, name: str) -> BoundMethod | None:
    """The method of the object called `name`, bound."""
    found = find_member(instance.cls, name)
    return BoundMethod(found, instance) if isinstance(found, FunctionValue) else None


def keras_base(cls: ClassValue) -> Symbol | None:
    """The Keras class (or other class outside the program) that the class derives from."""
    for base in cls.mro():
        if isinstance(base, Symbol) and base.name.startswith("keras."):
            return base
    return None


def set_attribute(run: Run, target: Value, name: str, value: Value) -> None:
    """`target.name = value`."""
    if isinstance(target, Instance):
        found = find_member(target.cls, name)
        if isinstance(found, FunctionValue) and "property" in found.decorated:
            setter = find_member(target.cls, f"{name}.setter")
            if isinstance(setter, FunctionValue):
                run.call(BoundMethod(setter, target), Arguments([Given(value)], {}), setter.site)
            return
        if find_method(target, "__setattr__") is not None:
            value = Unknown(f"{target.cls.name} decides how attributes are set")
        if run.loop_births and target.birth < run.loop_births[-1]:
            run.hidden_changes += len(run.call_stack) > run.loop_depth
            run.outer_writes.append((target.attributes, name))
        target.attributes[name] = value
        if target.layer is not None:
            from kerascheck.interp.keras.objects import set_keras_attribute

            set_keras_attribute(run, target.layer, name, value)
    elif isinstance(target, ClassValue):
        target.members[name] = value
    elif isinstance(target, ModuleValue):
        run.project.scope_of(run, target).vars[name] = value
    elif isinstance(target, Symbol) and _holds_flags(target.name):
        if run.loop_births:
            run.outer_writes.append((run.flags, name))
        run.flags[name] = value
    elif isinstance(target, Layer):
        from kerascheck.interp.keras.objects import set_keras_attribute

        if isinstance(target, Network) and target.birth < run.frozen_before:
            return
        set_keras_attribute(run, target, name, value)
