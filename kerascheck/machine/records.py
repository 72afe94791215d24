"""Dataclasses (and those of attrs) and named tuples: classes whose fields say how their objects are made."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import libcst as cst

from kerascheck.machine.conditions import compare
from kerascheck.machine.members import find_method
from kerascheck.machine.run import Run
from kerascheck.machine.sequences import items_of
from kerascheck.machine.values import (
    MISSING,
    ClassValue,
    DictValue,
    Field,
    FieldDefault,
    Instance,
    ListValue,
    NamedTupleValue,
    NativeFunction,
    Scope,
    UserRaise,
    Value,
)
from kerascheck.network.arguments import Arguments, CannotTell, Given
from kerascheck.network.ir import Site
from kerascheck.symbolic.unknown import Symbol, Unknown

# -- fields ---------------------------------------------------------------------------------------------------------


def _own_fields(cls: ClassValue, keyword_only: bool) -> list[Field]:
    """The fields that the body of the class declares: annotated names, and names set to a `field(...)`."""
    fields: list[Field] = []
    for statement in cls.node.body.body:
        for small in statement.body if isinstance(statement, cst.SimpleStatementLine) else ():
            annotation = ""
            if isinstance(small, cst.AnnAssign):
                target: cst.CSTNode = small.target
                annotation = _type_name(small.annotation.annotation)
            elif isinstance(small, cst.Assign) and len(small.targets) == 1:
                target = small.targets[0].target
                if not isinstance(cls.members.get(getattr(target, "value", "")), FieldDefault):
                    continue
            else:
                continue
            if annotation == "KW_ONLY":
                keyword_only = True
            elif isinstance(target, cst.Name) and annotation != "ClassVar":
                fields.append(_field(target.value, cls.members.get(target.value, MISSING), keyword_only))
                fields[-1].stored = annotation != "InitVar"
    return fields


def _field(name: str, default: Value, keyword_only: bool) -> Field:
    if not isinstance(default, FieldDefault):
        field = Field(name, default)
        field.keyword_only = keyword_only
        return field
    field = Field(name, default.default, default.factory)
    field.in_init = default.in_init
    field.keyword_only = keyword_only or default.keyword_only
    return field


def _type_name(node: cst.BaseExpression) -> str:
    """`ClassVar` of `typing.ClassVar[int]`, also where it stands in quotes."""
    if isinstance(node, cst.Subscript):
        node = node.value
    if isinstance(node, cst.Attribute):
        return node.attr.value
    if isinstance(node, cst.SimpleString):
        return node.value.strip("\"'").partition("[")[0].rpartition(".")[2]
    return node.value if isinstance(node, cst.Name) else ""


def _bind(run: Run, cls: ClassValue, fields: list[Field], arguments: Arguments, site: Site) -> dict[str, Value]:
    """The values that a call gives the fields."""
    values: dict[str, Value] = {}
    positional = [field for field in fields if field.in_init and not field.keyword_only]
    names = {field.name for field in fields if field.in_init}
    if len(arguments.positional) > len(positional) or not names.issuperset(arguments.keywords):
        wrong = run.fails("TypeError", f"arguments that {cls.name} does not take", site.node)
        return dict.fromkeys((field.name for field in fields), wrong)
    for field in fields:
        index = positional.index(field) if field in positional else None
        given = arguments.get(field.name, index) if field.in_init else None
        if isinstance(given, Given):
            values[field.name] = given.value
        elif isinstance(given, CannotTell):
            values[field.name] = run.fresh(f"field {field.name} of {cls.name}", cls.node, field.name)
        elif field.factory is not None:
            values[field.name] = run.call(field.factory, Arguments([], {}), cls.site)
        elif field.default is not MISSING:
            values[field.name] = field.default
        elif field.in_init:
            values[field.name] = run.fails("TypeError", f"field {field.name} of {cls.name} is not given", site.node)
    return values


# -- dataclasses ------------------------------------------------------------------------------------------------------


def make_dataclass(run: Run, cls: ClassValue, options: Mapping[str, Value]) -> None:
    """What `@dataclass` does to a class."""
    fields: dict[str, Field] = {}
    for base in reversed(cls.mro()[1:]):
        if isinstance(base, ClassValue) and base.fields is not None:
            fields.update((field.name, field) for field in base.fields)
    own = _own_fields(cls, options.get("kw_only", False) is True)
    fields.update((field.name, field) for field in own)
    cls.fields = list(fields.values())
    cls.options = frozenset(name for name, value in options.items() if value is True)
    for field in own:
        if isinstance(cls.members.get(field.name), FieldDefault):
            del cls.members[field.name]
            if field.default is not MISSING:
                cls.members[field.name] = field.default
    provided = {"__init__": _initialise} if options.get("init", True) is True else {}
    if options.get("eq", True) is True:
        provided["__eq__"] = _equal
    if options.get("order", False) is True:
        provided |= {f"__{name}__": _ordering(op) for name, op in _ORDER.items()}
    for name, function in provided.items():
        cls.members.setdefault(name, NativeFunction(name, function))
    in_order = [field.name for field in cls.fields if field.in_init and not field.keyword_only]
    cls.members.setdefault("__match_args__", tuple(in_order))


def _initialise(run: Run, instance: Instance, arguments: Arguments, site: Site) -> Value:
    """The `__init__` of a dataclass."""
    fields = next(
        base.fields for base in instance.cls.mro() if isinstance(base, ClassValue) and base.fields is not None
    )
    values = _bind(run, instance.cls, fields, arguments, site)
    instance.attributes.update(
        (field.name, values[field.name]) for field in fields if field.stored and field.name in values
    )
    post_init = find_method(instance, "__post_init__")
    if post_init is not None:
        given = [Given(values[field.name]) for field in fields if not field.stored]
        run.call(post_init, Arguments(given, {}), site)
    return None


def _as_tuple(instance: Instance, cls: ClassValue) -> tuple[Value, ...]:
    return tuple(instance.attributes.get(field.name) for field in cls.fields or () if field.stored)


def _equal(run: Run, instance: Instance, arguments: Arguments, site: Site) -> Value:
    return _compared(run, "Equal", instance, arguments, site)


_ORDER = {"lt": "LessThan", "le": "LessThanEqual", "gt": "GreaterThan", "ge": "GreaterThanEqual"}


def _ordering(op: str) -> Any:
    def method(run: Run, instance: Instance, arguments: Arguments, site: Site) -> Value:
        return _compared(run, op, instance, arguments, site)

    return method


def _compared(run: Run, op: str, instance: Instance, arguments: Arguments, site: Site) -> Value:
    """Objects of one dataclass compare as the tuples of their fields."""
    other = arguments.positional[0].value if arguments.positional else None
    if not isinstance(other, Instance) or other.cls is not instance.cls:
        return Symbol("builtins.NotImplemented")
    if instance.unknown is not None or other.unknown is not None:
        return run.fresh("a comparison of objects that are not known", site.node)
    return compare(run, op, _as_tuple(instance, instance.cls), _as_tuple(other, instance.cls), site.node)


def dataclass_fields(value: Value) -> list[Field] | None:
    """The fields of a dataclass or of one of its objects; None for other things."""
    cls = value.cls if isinstance(value, Instance) else value
    if not isinstance(cls, ClassValue):
        return None
    return next((base.fields for base in cls.mro() if isinstance(base, ClassValue) and base.fields is not None), None)


# -- named tuples -----------------------------------------------------------------------------------------------------


def new_namedtuple(run: Run, name: str, fields: list[Field], site: Site) -> ClassValue:
    """The class that `collections.namedtuple` makes."""
    cls = ClassValue(name, site.node, Scope("module", None, site.file), [], site)  # type: ignore[arg-type]
    _name_fields(cls, fields)
    return cls


def make_typed_namedtuple(run: Run, cls: ClassValue) -> None:
    """A class that derives from `typing.NamedTuple`."""
    fields = _own_fields(cls, False)
    for field in fields:
        cls.members.pop(field.name, None)
    _name_fields(cls, fields)


def _name_fields(cls: ClassValue, fields: list[Field]) -> None:
    cls.kind, cls.fields = "namedtuple", fields
    names = tuple(field.name for field in fields)
    cls.members.setdefault("_fields", names)
    cls.members.setdefault("__match_args__", names)


def construct_namedtuple(run: Run, cls: ClassValue, arguments: Arguments, site: Site) -> Value:
    """`Point(1, y=2)`."""
    fields = dataclass_fields(cls)
    assert fields is not None
    values = _bind(run, cls, fields, arguments, site)
    return NamedTupleValue.of(cls, [values[field.name] for field in fields])


def set_defaults(cls: ClassValue, defaults: Value) -> None:
    """`Point.__new__.__defaults__ = (None, None)`: the defaults of the last fields."""
    fields = cls.fields or []
    values = list(defaults) if isinstance(defaults, tuple) else []
    if not isinstance(defaults, tuple) and defaults is not None:
        values = [Unknown("a default that is not known")] * len(fields)
    for field, value in zip(reversed(fields), reversed(values), strict=False):
        field.default = value


def namedtuple_attribute(run: Run, value: NamedTupleValue, name: str) -> Value:
    """A field or a method that named tuples have of their own; MISSING for other names."""
    from kerascheck.machine.values import NativeMethod

    fields = [field.name for field in dataclass_fields(value.cls) or ()]
    if name in fields:
        return value[fields.index(name)]
    method = _TUPLE_METHODS.get(name)
    return MISSING if method is None else NativeMethod(name, value, method)


def _asdict(run: Run, value: NamedTupleValue, arguments: Arguments, site: Site) -> Value:
    fields = dataclass_fields(value.cls) or ()
    return run.new_dict({field.name: item for field, item in zip(fields, value, strict=True)})


def _replace(run: Run, value: NamedTupleValue, arguments: Arguments, site: Site) -> Value:
    fields = dataclass_fields(value.cls) or ()
    items = list(value)
    for index, field in enumerate(fields):
        given = arguments.get(field.name)
        if isinstance(given, Given):
            items[index] = given.value
        elif isinstance(given, CannotTell):
            items[index] = run.fresh(f"field {field.name}", site.node)
    return NamedTupleValue.of(value.cls, items)


_TUPLE_METHODS = {"_asdict": _asdict, "_replace": _replace}


def make_from_items(run: Run, cls: ClassValue, arguments: Arguments, site: Site) -> Value:
    """`Point._make([1, 2])`."""
    items = items_of(run, arguments.value("iterable", 0))
    if isinstance(items, Unknown) or len(items) != len(dataclass_fields(cls) or ()):
        return run.fresh("a named tuple of something unknown", site.node)
    return NamedTupleValue.of(cls, items)


# -- the functions of the modules -------------------------------------------------------------------------------------


def _copied(run: Run, value: Value, as_dict: bool, depth: int = 0) -> Value:
    """`asdict` and `astuple` go down into dataclasses, lists, tuples and dictionaries."""
    fields = dataclass_fields(value) if isinstance(value, Instance) else None
    if depth > 20:
        return Unknown("nested too deeply")
    if fields is not None and isinstance(value, Instance):
        if value.unknown is not None:
            return Unknown(value.unknown.reason)
        parts = {f.name: _copied(run, value.attributes.get(f.name), as_dict, depth + 1) for f in fields if f.stored}
        return run.new_dict(dict(parts.items())) if as_dict else tuple(parts.values())
    if isinstance(value, ListValue) and value.unknown is None and value.kind == "list":
        return run.new_list([_copied(run, item, as_dict, depth + 1) for item in value.items])
    if isinstance(value, tuple) and not isinstance(value, NamedTupleValue):
        return tuple(_copied(run, item, as_dict, depth + 1) for item in value)
    if isinstance(value, DictValue) and value.unknown is None:
        return run.new_dict({key: _copied(run, item, as_dict, depth + 1) for key, item in value.items.items()})
    return value


def copy_fields(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    """`dataclasses.asdict(object)`, `dataclasses.astuple(object)`."""
    value = arguments.value("obj", 0)
    if dataclass_fields(value) is None or not isinstance(value, Instance) or len(arguments.positional) != 1:
        return run.fresh(f"the result of {name}", site.node)
    return _copied(run, value, name.endswith("asdict"))


def list_fields(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    """`dataclasses.fields(object)`."""
    from kerascheck.machine.libraries import namespace

    fields = dataclass_fields(arguments.value("class_or_instance", 0))
    if fields is None:
        return run.fresh(f"the result of {name}", site.node)
    return tuple(
        namespace(run, "Field", {"name": field.name, "init": field.in_init}, site) for field in fields if field.stored
    )


def replace(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    """`dataclasses.replace(object, units=3)`."""
    value = arguments.positional[0].value if arguments.positional else None
    fields = dataclass_fields(value)
    if fields is None or not isinstance(value, Instance):
        return run.fresh(f"the result of {name}", site.node)
    keywords = dict(arguments.keywords)
    for field in fields:
        if field.in_init and field.stored and field.name not in keywords:
            known = value.unknown is None and field.name in value.attributes and not arguments.open_keywords
            held = value.attributes[field.name] if known else run.fresh(f"field {field.name}", site.node, field.name)
            keywords[field.name] = Given(held)
    return run.call(value.cls, Arguments([], keywords), site)


def is_dataclass(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    """`dataclasses.is_dataclass(object)`."""
    value = arguments.value("obj", 0)
    return run.fresh(name, site.node) if isinstance(value, Unknown) else dataclass_fields(value) is not None


def make_field(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    """`dataclasses.field(...)`, `attrs.field(...)`, `attr.ib(...)`."""
    default = arguments.value("default", None, MISSING)
    factory = arguments.value("default_factory", None, arguments.value("factory"))
    if arguments.value("converter") is not None:
        default, factory = Unknown("a default that is converted"), None
    in_init = arguments.value("init", None, True) is not False
    return FieldDefault(default, factory, in_init, arguments.value("kw_only", None, False) is True)


def make_namedtuple(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    """`collections.namedtuple("Point", "x y", defaults=(0,))`, `typing.NamedTuple("Point", [("x", int)])`."""
    title, spelled = arguments.value("typename", 0), arguments.value("field_names", 1)
    if isinstance(spelled, str):
        names: Any = spelled.replace(",", " ").split()
    else:
        names = items_of(run, spelled)
        if not isinstance(names, Unknown) and name == "typing.NamedTuple":
            names = [item[0] if isinstance(item, tuple) and item else None for item in names]
    if isinstance(names, Unknown) or not isinstance(title, str) or not all(isinstance(one, str) for one in names):
        return run.fresh("a named tuple of fields that are not known", site.node)
    if arguments.open_keywords or arguments.value("rename", None, False) is not False:
        return run.fresh("a named tuple of fields that are not known", site.node)
    cls = new_namedtuple(run, title, [Field(one, MISSING) for one in names], site)
    defaults = arguments.value("defaults")
    if defaults is not None:
        items = items_of(run, defaults)
        set_defaults(cls, items if isinstance(items, Unknown) else tuple(items))
    return cls


def refuse_frozen(run: Run, instance: Instance) -> None:
    """Setting an attribute of a frozen dataclass raises; where nothing catches that, the analysis goes on."""
    frozen = any(isinstance(base, ClassValue) and "frozen" in base.options for base in instance.cls.mro())
    if frozen and run.guarded:
        raise UserRaise(Symbol("dataclasses.FrozenInstanceError"))


_DATACLASS = ("dataclasses.dataclass", "attr.s", "attr.attrs", "attr.dataclass", "flax.struct.dataclass")
_ATTRS = ("attr.define", "attrs.define", "attr.mutable", "attrs.mutable")
_FROZEN = ("attr.frozen", "attrs.frozen")

#: Decorators that make a dataclass of a class, by canonical name: with what options.
DATACLASSES: dict[str, dict[str, Value]] = {
    **{name: {} for name in (*_DATACLASS, *_ATTRS)},
    **{name: {"frozen": True} for name in _FROZEN},
}
