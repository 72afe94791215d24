"""Built-in functions that ask for the classes and attributes of objects."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence

from kerascheck.machine.asking import CLASSES
from kerascheck.machine.attributes import get_attribute
from kerascheck.machine.builtins_arguments import (
    positional_values,
)
from kerascheck.machine.exceptions import is_exception
from kerascheck.machine.methods import either
from kerascheck.machine.module_values import ModuleValue
from kerascheck.machine.operators import UNION
from kerascheck.machine.run import Run
from kerascheck.machine.set_attributes import set_plainly
from kerascheck.machine.typequestions import has_attribute, is_a, is_of_known_type, is_subclass, type_of
from kerascheck.machine.values import (
    ClassValue,
    DictObject,
    DictValue,
    FunctionValue,
    Instance,
    ListValue,
    NativeObject,
    Scope,
    UserRaise,
    Value,
    presence,
)
from kerascheck.network.arguments import Arguments
from kerascheck.network.ir import Layer, Site
from kerascheck.symbolic.unknown import Symbol, Unknown


def _isinstance(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    values = positional_values(arguments)
    if len(values) != 2:
        return run.fresh("isinstance", site.node)
    wanted = _classes(values[1])
    if isinstance(values[0], Unknown) and not is_of_known_type(values[0]):
        return _type_question(values[0], wanted, site)
    verdicts = [is_a(values[0], cls) for cls in wanted]
    if any(v is True for v in verdicts):
        return True
    if all(v is False for v in verdicts):
        return False
    return run.fresh("a type that is not known", site.node)


def _type_question(value: Unknown, wanted: Sequence[Value], site: Site) -> Unknown:
    """Whether a value that is not known is of one of the classes: the same question wherever it is asked of these."""
    names = tuple(cls.name for cls in wanted if isinstance(cls, Symbol) and cls.name in CLASSES)
    asked: Hashable = names if names and len(names) == len(wanted) else id(site.node)
    return Unknown("the type of something unknown", ("isinstance", value.key, asked)).needing(value.needs)


def _classes(value: Value) -> list[Value]:
    """The classes in the second argument of `isinstance`: one, a tuple of them, a union."""
    if isinstance(value, NativeObject) and value.kind == UNION:
        return list(value.parts["members"])
    if isinstance(value, tuple):
        return [cls for part in value for cls in _classes(part)]
    return [value]


def _issubclass(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    values = positional_values(arguments)
    verdicts = [is_subclass(values[0], cls) for cls in _classes(values[1])] if len(values) == 2 else []
    if any(verdicts):
        return True
    return False if verdicts and all(verdict is False for verdict in verdicts) else run.fresh("issubclass", site.node)


def _getattr(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    values = positional_values(arguments)
    if len(values) >= 2 and isinstance(values[1], str):
        if len(values) == 3 and (there := _has(run, values[0], values[1])) is False:
            return values[2]
        if len(values) == 3 and isinstance(there, Unknown):
            return either(run, there, get_attribute(run, values[0], values[1], site.node), values[2], site.node)
        if len(values) == 3 and isinstance(values[0], (Instance, DictObject)):
            return _attribute_or(run, values[0], values[1], values[2], site)
        return get_attribute(run, values[0], values[1], site.node)
    return run.fresh("getattr with an unknown name", site.node)


def _attribute_or(run: Run, value: Value, name: str, default: Value, site: Site) -> Value:
    """The attribute of an object, or the default where what it runs raises an AttributeError."""
    run.guarded += 1
    try:
        return get_attribute(run, value, name, site.node)
    except UserRaise as raised:
        if not is_exception(raised.value, "AttributeError"):
            raise
        return default
    finally:
        run.guarded -= 1


def _setattr(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    from kerascheck.machine.set_attributes import set_attribute

    values = positional_values(arguments)
    if len(values) == 3 and isinstance(values[1], str):
        set_attribute(run, values[0], values[1], values[2])
    elif values and isinstance(values[0], Instance):
        values[0].blur("an attribute of unknown name was set")
    return None


def _hasattr(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    values = positional_values(arguments)
    found = _has(run, values[0], values[1]) if len(values) == 2 and isinstance(values[1], str) else None
    return run.fresh("hasattr", site.node) if found is None else found


def _has(run: Run, value: Value, name: str) -> bool | Unknown | None:
    """Whether the value has an attribute of this name, or what that hangs on; None where that is not known."""
    from kerascheck.machine.attributes import lacks_attribute
    from kerascheck.machine.members import find_member

    if isinstance(value, Layer) and value.instance is not None:
        value = value.instance
    if isinstance(value, Instance):
        if find_member(value.cls, name) is not None:
            return True
        if name in value.attributes:
            return presence(value.optional, value.attributes, name)  # type: ignore[no-any-return]
        return False if lacks_attribute(value, name) else None
    if isinstance(value, ModuleValue):
        scope = run.project.scope_of(run, value)
        return presence(scope.optional, scope.vars, name) or None
    return has_attribute(value, name)


def _callable(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    values = positional_values(arguments)
    if values and isinstance(values[0], (FunctionValue, ClassValue, Layer)):
        return True
    if values and isinstance(values[0], (str, int, float, tuple, ListValue, DictValue, type(None))):
        return False
    return run.fresh("callable", site.node)


def _type(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    values = positional_values(arguments)
    if len(values) == 3 and isinstance(values[0], str) and isinstance(values[1], tuple):
        return _new_type(run, values[0], list(values[1]), values[2], site)
    found = type_of(values[0]) if len(values) == 1 else None
    return run.fresh("type()", site.node) if found is None else found


def _new_type(run: Run, name: str, bases: list[Value], members: Value, site: Site) -> Value:
    """`type("Small", (Base,), {"units": 3})`."""
    if not isinstance(members, DictValue) or members.unknown is not None:
        return run.fresh("a class whose members are not known", site.node)
    cls = ClassValue(name, site.node, Scope("module", None, site.file), bases, site)  # type: ignore[arg-type]
    cls.members = {str(key): value for key, value in members.items.items()}
    return cls


def _as_decorated(meaning: str) -> Callable[[Run, str, Arguments, Site], Value]:
    """`n = property(get)`, `make = classmethod(build)`: the function as the decorator makes it."""

    def call(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
        values = positional_values(arguments)
        if len(values) != 1 or not isinstance(values[0], FunctionValue):
            return run.fresh(f"a {meaning} of something unknown", site.node)
        given = values[0]
        made = FunctionValue(given.name, given.node, given.scope, given.defaults, given.site, given.owner)
        made.decorated = given.decorated | {meaning}
        return made

    return call


def _set_plainly(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    receiver = arguments.positional[0].value if arguments.positional else None
    return set_plainly(run, receiver, Arguments(arguments.positional[1:], {}, arguments.open_positional), site)


CLASSES_AND_ATTRIBUTES: dict[str, Callable[[Run, str, Arguments, Site], Value]] = {
    "isinstance": _isinstance,
    "issubclass": _issubclass,
    "getattr": _getattr,
    "setattr": _setattr,
    "hasattr": _hasattr,
    "callable": _callable,
    "type": _type,
    "property": _as_decorated("property"),
    "staticmethod": _as_decorated("staticmethod"),
    "classmethod": _as_decorated("classmethod"),
    "object.__setattr__": _set_plainly,
}
