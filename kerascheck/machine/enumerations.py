"""Enumerations: the members of classes that derive from `enum.Enum`."""

from __future__ import annotations

from kerascheck.machine.enum_values import EnumInt, EnumStr
from kerascheck.machine.members import find_member, find_method
from kerascheck.machine.run import Run
from kerascheck.machine.sequences import NotPlain, to_python
from kerascheck.machine.values import ClassValue, FunctionValue, Instance, NativeFunction, Value
from kerascheck.network.arguments import Arguments, Given
from kerascheck.network.ir import Site
from kerascheck.symbolic.unknown import Symbol, Unknown

#: The classes of the module, and the plain type that their members are of.
BASES: dict[str, type | None] = {
    "enum.Enum": None,
    "enum.IntEnum": int,
    "enum.StrEnum": str,
    "enum.ReprEnum": None,
    "enum.Flag": None,
    "enum.IntFlag": int,
}

_MIXINS: dict[str, type] = {"builtins.int": int, "builtins.str": str}


class Auto:
    """`enum.auto()` in the body of a class."""

    def __init__(self) -> None:
        self.value: Value = None  # once it is known


def make_enum(run: Run, cls: ClassValue) -> None:
    """Turn the names that the body of the class sets into its members."""
    mixin = _mixin(cls)
    found: list[Value] = []
    is_open = mixin is float or any(find_member(cls, name) is not None for name in ("__new__", "_generate_next_value_"))
    for name, value in list(cls.members.items()):
        if name.startswith("_") or isinstance(value, (FunctionValue, NativeFunction, ClassValue)) or "." in name:
            continue
        if isinstance(value, Auto):
            value.value = _next_value(cls, name, found) if value.value is None else value.value
            value = value.value
        member = Unknown("a member of an enumeration that makes its values itself") if is_open else None
        cls.members[name] = member if member is not None else _member(run, cls, name, value, mixin, found)
    cls.enumerated = tuple(found)


def _mixin(cls: ClassValue) -> type | None:
    for base in cls.mro():
        if isinstance(base, Symbol):
            kind = BASES.get(base.name) or _MIXINS.get(base.name)
            if kind is not None:
                return kind
            if base.name == "builtins.float":
                return float
    return None


def _next_value(cls: ClassValue, name: str, found: list[Value]) -> Value:
    """What `auto()` stands for: one more than the largest value; a power of two for flags; the name for StrEnum."""
    bases = {base.name for base in cls.mro() if isinstance(base, Symbol)}
    if "enum.StrEnum" in bases:
        return name.lower()
    values = [member_of(member).attributes["value"] for member in found]
    if not all(isinstance(value, int) for value in values):
        return Unknown("an automatic value")
    if bases & {"enum.Flag", "enum.IntFlag"}:
        return 1 if not values else 2 ** (max(values).bit_length())
    return max(values, default=0) + 1


def _member(run: Run, cls: ClassValue, name: str, value: Value, mixin: type | None, found: list[Value]) -> Value:
    """The member; another name for one that has the same value."""
    for other in found:
        known = member_of(other).attributes["value"]
        if _same(known, value):
            return other
    instance = Instance(cls, run.tick())
    instance.attributes = {"name": name, "value": value, "_name_": name, "_value_": value}
    made: Value = instance
    if mixin is int and isinstance(value, int):
        made = EnumInt(value)
        made.member = instance
    elif mixin is str and isinstance(value, str):
        made = EnumStr(value)
        made.member = instance
    elif mixin is not None:
        return Unknown("a member of an enumeration")
    init = find_method(instance, "__init__")
    if init is not None:
        given = value if isinstance(value, tuple) else (value,)
        run.call(init, Arguments([Given(item) for item in given], {}), cls.site)
    found.append(made)
    return made


def _same(left: Value, right: Value) -> bool:
    try:
        return bool(to_python(left) == to_python(right))
    except NotPlain:
        return left is right


def member_of(value: Value) -> Instance:
    """The object that a member is, also where it is a number or text as well."""
    return value if isinstance(value, Instance) else value.member


def members(cls: ClassValue) -> tuple[Value, ...] | None:
    """The members in order; None where the class is no enumeration (or one without members)."""
    return cls.enumerated or None


def named_members(cls: ClassValue) -> dict[str, Value]:
    """The members by their names, other names included."""
    known = members(cls) or ()
    return {name: value for name, value in cls.members.items() if any(value is member for member in known)}


def look_up(run: Run, cls: ClassValue, arguments: Arguments, site: Site) -> Value:
    """`Activation("relu")`: the member of this value."""
    wanted = arguments.value("value", 0)
    found = members(cls)
    if found is None or len(arguments.positional) != 1:
        return run.fresh(f"a member of {cls.name}", site.node)
    try:
        plain = to_python(wanted)
    except NotPlain:
        return wanted if any(wanted is member for member in found) else run.fresh(f"a member of {cls.name}", site.node)
    for member in found:
        if _same(member_of(member).attributes["value"], plain):
            return member
    if find_member(cls, "_missing_") is None:
        return run.fails("ValueError", f"a value that {cls.name} has not", site.node)
    return run.fresh(f"a member of {cls.name}", site.node)


def auto(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    """`enum.auto()`."""
    return Auto()
