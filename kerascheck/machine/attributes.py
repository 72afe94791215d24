"""Reading and writing attributes."""

from __future__ import annotations

import math
import string
from functools import lru_cache

import libcst as cst

from kerascheck.data.array import Array
from kerascheck.data.objects import DataObject, object_attribute
from kerascheck.data.pipeline import Pipeline, pipeline_attribute
from kerascheck.machine import names
from kerascheck.machine.assumptions import settle
from kerascheck.machine.enum_values import EnumInt, EnumStr
from kerascheck.machine.foreign import read_attribute
from kerascheck.machine.members import attributes_of, find_member, find_method, keras_base, value_of_property
from kerascheck.machine.module_values import ModuleValue
from kerascheck.machine.paths import fork_value
from kerascheck.machine.run import Run
from kerascheck.machine.set_attributes import holds_flags, set_attribute, set_plainly
from kerascheck.machine.static import dotted_text
from kerascheck.machine.values import (
    MISSING,
    BoundMethod,
    ClassValue,
    DictObject,
    DictValue,
    DictView,
    FunctionValue,
    Instance,
    IteratorValue,
    ListValue,
    NamedTupleValue,
    NativeFunction,
    NativeMethod,
    NativeObject,
    Partial,
    Super,
    Value,
    presence,
)
from kerascheck.network.arguments import Arguments, Given
from kerascheck.network.dims import SymDim
from kerascheck.network.ir import Layer, Site, Tensor
from kerascheck.network.program import KerasObject
from kerascheck.symbolic.unknown import Symbol, Unknown

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
    "os.sep": "/",
    "os.path.sep": "/",
    "os.curdir": ".",
    "typing.TYPE_CHECKING": False,
    "typing_extensions.TYPE_CHECKING": False,
    "six.PY2": False,
    "six.PY3": True,
    **{
        f"string.{name}": getattr(string, name)
        for name in ("ascii_letters", "ascii_lowercase", "ascii_uppercase", "digits", "hexdigits", "punctuation")
    },
}


def get_attribute(run: Run, value: Value, name: str, node: cst.CSTNode) -> Value:
    """`value.name`."""
    if isinstance(value, Symbol):
        if run.flags and name in run.flags:
            return get_constant(names.attribute(value.name, name), run)
        if (own := read_attribute(run, value, name)) is not MISSING:
            return own
        if run.guarded and value.name.startswith("keras") and _is_gone(run, value.name, name):
            return run.fails("AttributeError", f"{value.name} has no {name}", node)
        found = _member(value.name, name)
        return run.project.installed(run, found) if name.isupper() and type(found) is Symbol else found
    if isinstance(value, Unknown):
        if (own := read_attribute(run, value, name)) is not MISSING:
            return own
        text = f"{value.text}.{name}" if value.text else None
        return Unknown(value.reason, ("attribute", value.key, name), text, origin=value.origin)
    if isinstance(value, Instance):
        return _instance_attribute(run, value, name, node)
    if isinstance(value, DictObject):
        from kerascheck.machine.dictobjects import dictionary_attribute

        return dictionary_attribute(run, value, name, node)
    if isinstance(value, BoundMethod) and not name.startswith("__"):
        made = value_of_property(run, value, Site(run.file, node))
        if made is not None:
            return get_attribute(run, made, name, node)
    if isinstance(value, Super):
        return _super_attribute(run, value, name, node)
    if isinstance(value, ModuleValue):
        return run.project.module_attribute(run, value, name)
    if isinstance(value, ClassValue):
        return _class_attribute(run, value, name, node)
    if isinstance(value, Layer) and name == "__class__":
        from kerascheck.machine.keras.configurations import class_of

        return class_of(value) or run.fresh(f"the class of {value.cls}", node)
    if isinstance(value, Layer) and value.instance is not None and _is_own(value.instance, name):
        return _instance_attribute(run, value.instance, name, node)
    if isinstance(value, (Layer, Tensor)):
        from kerascheck.machine.keras.objects import keras_attribute

        found = keras_attribute(run, value, name, node)
        if value.needs and not isinstance(found, NativeMethod):
            run.need(value.needs)  # what the attribute tells may be otherwise
        return found
    if isinstance(value, FunctionValue):
        return _function_attribute(run, value, name, node)
    if isinstance(value, Partial):
        return _partial_attribute(run, value, name, node)
    if isinstance(value, range) and name in ("start", "stop", "step"):
        return getattr(value, name)
    if isinstance(value, (NamedTupleValue, EnumInt, EnumStr)):
        found = _special_attribute(run, value, name, node)
        if found is not MISSING:
            return found
    if name == "__class__" and isinstance(value, (Array, DataObject, Pipeline)):
        from kerascheck.machine.typequestions import type_of

        return type_of(value) or run.fresh("the class of data", node)
    if isinstance(value, Array):
        from kerascheck.data.methods import array_attribute

        return array_attribute(run, value, name, node)
    if isinstance(value, DataObject):
        return object_attribute(run, value, name, node)
    if isinstance(value, Pipeline):
        return pipeline_attribute(run, value, name, node)
    if isinstance(value, NativeObject) and (found := _part_of_native(run, value, name, node)) is not MISSING:
        return found
    if name == "__class__":
        from kerascheck.machine.typequestions import type_of

        return type_of(value) or run.fresh("the class of a value", node)
    from kerascheck.machine.keras.origins import is_noted, noted_method
    from kerascheck.machine.methods import METHODS

    kind = _kind(value)
    if kind == "keras_object":
        from kerascheck.machine.keras.gone import note_member

        note_member(run, value, name, node)
    elif kind == "tuple" and run.shape_read is not None:
        from kerascheck.machine.keras.gone import OF_SHAPES, note_use_of_shape

        if name in OF_SHAPES:
            note_use_of_shape(run, value, name, node)
    if isinstance(value, IteratorValue) and not value.is_generator and name in ("send", "throw", "close"):
        return run.fails("AttributeError", f"an iterator that is not a generator has no {name}", node)
    handler = METHODS.get(kind, {}).get(name)
    if handler is not None:
        return NativeMethod(name, value, handler)
    if isinstance(value, KerasObject) and is_noted(value, name):
        return NativeMethod(
            name, value, lambda run, receiver, arguments, site: noted_method(run, receiver, name, arguments, site)
        )
    if isinstance(value, DictView):
        return run.fresh(f"{name} of a view of a dictionary", node)
    if isinstance(value, (ListValue, DictValue)):
        return NativeMethod(name, value, _blurring)
    if value is None and not run.guarded and not name.startswith("__"):
        return run.fails("AttributeError", f"None has no attribute {name}", node)
    return run.fresh(f"attribute {name} of {value!r}"[:80], node)


def _part_of_native(run: Run, value: NativeObject, name: str, node: cst.CSTNode) -> Value:
    """An attribute of an object that the interpreter plays itself, beside its methods; MISSING where it has none."""
    from kerascheck.machine.modules.paths import PathValue, path_attribute

    if isinstance(value, PathValue):
        found = path_attribute(run, value, name)
    else:
        from kerascheck.machine.modules.environments import native_attribute

        found = native_attribute(run, value, name, node)
    return MISSING if found is None else found


def _partial_attribute(run: Run, partial: Partial, name: str, node: cst.CSTNode) -> Value:
    if name == "func":
        return partial.function
    if name == "args" and not partial.arguments.open_positional:
        return tuple(given.value for given in partial.arguments.positional)
    if name == "keywords" and not partial.arguments.open_keywords:
        return run.new_dict({key: given.value for key, given in partial.arguments.keywords.items()})
    return run.fresh(f"attribute {name} of a partial", node)


def _class_name(spelled: str) -> str:
    """The name of a class outside the program: `Conv2D`, also where it is spelled `Convolution2D`."""
    from kerascheck.layers.registry import find

    definition = find(spelled)
    return spelled if definition is None else definition.name


def _function_attribute(run: Run, function: FunctionValue, name: str, node: cst.CSTNode) -> Value:
    if name in ("__name__", "__qualname__"):
        return function.name
    if function.attributes is not None and name in function.attributes:
        return function.attributes[name]
    return run.fresh(f"attribute {name} of a function", node)


def _class_attribute(run: Run, cls: ClassValue, name: str, node: cst.CSTNode) -> Value:
    found = find_member(cls, name)
    if found is not None:
        if isinstance(found, FunctionValue) and "classmethod" in found.decorated:
            return BoundMethod(found, cls)
        return found
    if name in ("__name__", "__qualname__"):
        return cls.name
    if name == "__mro__":
        return tuple(cls.mro())
    if name == "__bases__":
        return tuple(cls.bases)
    if cls.kind in ("enum", "namedtuple"):
        return _kind_attribute(run, cls, name, node)
    base = keras_base(cls)
    if base is not None and name == "from_config":
        from kerascheck.machine.keras.configurations import class_from_config

        return NativeMethod(name, cls, class_from_config)
    if base is not None:
        return Symbol(f"{base.name}.{name}")
    return run.fresh(f"attribute {name} of class {cls.name}", node)


def _kind_attribute(run: Run, cls: ClassValue, name: str, node: cst.CSTNode) -> Value:
    """What enumerations and named tuples have of their own."""
    from kerascheck.machine import enumerations, records

    if name == "__members__" and cls.kind == "enum":
        return run.new_dict(dict(enumerations.named_members(cls).items()))
    if name == "_make" and cls.kind == "namedtuple":
        return NativeMethod(name, cls, records.make_from_items)
    if name == "__new__" and cls.kind == "namedtuple":
        return NativeMethod(name, cls, records.construct_namedtuple)
    return run.fresh(f"attribute {name} of class {cls.name}", node)


def _special_attribute(run: Run, value: NamedTupleValue | EnumInt | EnumStr, name: str, node: cst.CSTNode) -> Value:
    """An attribute that a named tuple or member of an enumeration has beyond those of its plain value; or MISSING."""
    if isinstance(value, NamedTupleValue):
        from kerascheck.machine.records import namedtuple_attribute

        own = namedtuple_attribute(run, value, name)
        if own is not MISSING:
            return own
        cls: ClassValue = value.cls
    else:
        if name in value.member.attributes:
            return value.member.attributes[name]
        cls = value.member.cls
    if name == "__class__":
        return cls
    found = find_member(cls, name)
    return MISSING if found is None else bound_member(run, cls, value, found, node)


def bound_member(run: Run, cls: ClassValue, receiver: Value, found: Value, node: cst.CSTNode) -> Value:
    """A member of the class as its object sees it."""
    if isinstance(found, NativeFunction):
        return NativeMethod(found.name, receiver, found.run)
    if not isinstance(found, FunctionValue):
        return found
    if "property" in found.decorated:
        return run.call(BoundMethod(found, receiver), Arguments([], {}), Site(run.file, node))
    if "staticmethod" in found.decorated:
        return found
    return BoundMethod(found, cls if "classmethod" in found.decorated else receiver)


def get_constant(dotted: str, run: Run) -> Value:
    """Something outside the program: a constant that is known, or its Symbol."""
    if run.flags:
        holder, _, name = dotted.rpartition(".")
        if name in run.flags and holds_flags(holder):
            return run.flags[name]
    return _CONSTANTS[dotted] if dotted in _CONSTANTS else run.project.installed(run, run.project.external(dotted))


@lru_cache(maxsize=4096)
def _member(base: str, name: str) -> Value:
    """An attribute of something outside the program."""
    if name == "__name__" and base.startswith(("builtins.", "keras.layers.")):
        return _class_name(base.rpartition(".")[2])
    dotted = names.attribute(base, name)
    return _CONSTANTS[dotted] if dotted in _CONSTANTS else Symbol(dotted)


def _is_gone(run: Run, holder: str, name: str) -> bool:
    """Whether the Keras of the program surely has no such name; `tensorflow.compat.v1.keras` has those of old."""
    from kerascheck.machine.import_outcomes import is_gone

    plain = run.project.dialect == 3 and "compat.v1" not in run.project.source.code
    return plain and is_gone(f"{holder}.{name}".removeprefix("keras."), "tensorflow.keras")


def _blurring(run: Run, receiver: Value, arguments: Arguments, site: Site) -> Value:
    """A method that is not known may change its receiver."""
    receiver.blur("changed in a way that is not followed")
    return run.fresh("the result of a method that is not interpreted", site.node)


def _kind(value: Value) -> str:
    if isinstance(value, ListValue):
        return value.kind
    if isinstance(value, NativeObject):
        return value.kind
    if isinstance(value, DictValue):
        return getattr(value, "kind", "dict")
    if isinstance(value, bool):
        return "int"
    for kind in (str, tuple, int, float, bytes):
        if isinstance(value, kind):
            return kind.__name__
    if isinstance(value, SymDim):
        return "int"
    return "keras_object" if isinstance(value, KerasObject) else ""


def _instance_attribute(run: Run, instance: Instance, name: str, node: cst.CSTNode) -> Value:
    if find_member(instance.cls, "__getattribute__") is not None:
        return run.fresh(f"{instance.cls.name} decides how attributes are read", node)
    if name in instance.attributes:
        value = instance.attributes[name]
        if instance.optional is None or not (run.guarded or _is_found_otherwise(instance, name)):
            return value
        there = settle(run, presence(instance.optional, instance.attributes, name), node)
        if there is True:
            return value
        if there is not False:
            return fork_value(run, there, lambda: value, lambda: _of_its_class(run, instance, name, node))
    return _of_its_class(run, instance, name, node)


def _is_found_otherwise(instance: Instance, name: str) -> bool:
    """Whether the class has the attribute as well, or makes it."""
    return find_member(instance.cls, name) is not None or find_method(instance, "__getattr__") is not None


def _of_its_class(run: Run, instance: Instance, name: str, node: cst.CSTNode) -> Value:
    """An attribute that has not been set on the object itself."""
    if name == "__class__":
        return instance.cls
    if name == "__setattr__" and find_member(instance.cls, name) is None:
        return NativeMethod(name, instance, _set_by_name)
    if name == "__dict__":
        return attributes_of(run, instance, node)
    found = find_member(instance.cls, name)
    if found is not None:
        value = bound_member(run, instance.cls, instance, found, node)
        if isinstance(found, FunctionValue) and "cached_property" in found.decorated:
            set_attribute(run, instance, name, value)
        return value
    if instance.layer is not None:
        from kerascheck.machine.keras.objects import keras_attribute

        return keras_attribute(run, instance.layer, name, node)
    dynamic = find_method(instance, "__getattr__")
    if dynamic is not None and not name.startswith("__"):
        return run.call(dynamic, Arguments([Given(name)], {}), Site(run.file, node))
    if lacks_attribute(instance, name):
        run.fails("AttributeError", f"{instance.cls.name} has no attribute {name}", node)
    reason = f"{name} of {instance.cls.name} is not set where the analysis saw it"
    return Unknown(reason, ("attribute", ("instance", instance.birth), name), dotted_text(node) or None)


def lacks_attribute(instance: Instance, name: str) -> bool:
    """Whether the object surely has no attribute of this name."""
    if instance.unknown is not None or name.startswith("__"):
        return False
    if presence(instance.optional, instance.attributes, name) is True:
        return False
    if any(find_member(instance.cls, own) is not None for own in (name, "__getattr__", "__getattribute__")):
        return False
    return all(isinstance(base, ClassValue) or base in _BARE_BASES for base in instance.cls.mro())


_BARE_BASES = (Symbol("builtins.object"), Symbol("abc.ABC"), Symbol("typing.Generic"), Symbol("typing.Protocol"))


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
    cls = receiver.cls if isinstance(receiver, (Instance, DictObject)) else value.cls
    order = cls.mro()
    start = next((i for i, c in enumerate(order) if c is value.cls), 0) + 1
    for base in order[start:]:
        if isinstance(base, ClassValue) and name in base.members:
            return bound_member(run, cls, receiver, base.members[name], node)
    if isinstance(receiver, DictObject):
        from kerascheck.machine.dictobjects import behind_super

        return behind_super(run, receiver, name, node)
    if isinstance(receiver, Instance) and receiver.layer is not None:
        from kerascheck.machine.keras.objects import base_attribute

        return base_attribute(run, receiver, name, node)
    if name in ("__init__", "__init_subclass__", "__post_init__"):
        return NativeMethod(name, receiver, _object_init)
    if name == "__setattr__":
        return NativeMethod(name, receiver, set_plainly)
    return run.fresh(f"super().{name}", node)


def _object_init(run: Run, receiver: Value, arguments: Arguments, site: Site) -> Value:
    """An `__init__` of a base class that is not known: it may have set anything."""
    if isinstance(receiver, Instance) and any(not isinstance(base, ClassValue) for base in receiver.cls.mro()[1:]):
        receiver.unknown = Unknown("a base class that is not known may have set attributes")
    return None


def _is_own(instance: Instance, name: str) -> bool:
    """Whether the program itself gives the object this attribute."""
    return name in instance.attributes or find_member(instance.cls, name) is not None
