"""`dataclasses`, `attrs`, `enum`, `typing`: what declares classes."""

from __future__ import annotations

from kerascheck.machine import enumerations, records
from kerascheck.machine.run import Run
from kerascheck.machine.values import ClassValue, NativeObject, Value
from kerascheck.network.arguments import Arguments
from kerascheck.network.ir import Site
from kerascheck.symbolic.unknown import Unknown


def _dataclass(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    """`dataclass(Class)`, and `@dataclass(frozen=True)`, which gives a decorator."""
    options = {**records.DATACLASSES[name], **{key: given.value for key, given in arguments.keywords.items()}}
    target = arguments.positional[0].value if arguments.positional else None
    if isinstance(target, ClassValue):
        records.make_dataclass(run, target, options)
        return target
    return NativeObject(name, run.tick(), options)


def _same(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    return arguments.positional[0].value if arguments.positional else run.fresh(name, site.node)


def _cast(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    return arguments.value("val", 1, Unknown("a cast of nothing"))


FUNCTIONS = {
    **dict.fromkeys(records.DATACLASSES, _dataclass),
    **dict.fromkeys(("dataclasses.field", "attr.ib", "attr.attrib", "attr.field", "attrs.field"), records.make_field),
    **{
        f"{module}.{name}": records.copy_fields
        for module in ("dataclasses", "attr", "attrs")
        for name in ("asdict", "astuple")
    },
    "dataclasses.fields": records.list_fields,
    "attrs.fields": records.list_fields,
    "attr.fields": records.list_fields,
    "dataclasses.replace": records.replace,
    "attr.evolve": records.replace,
    "attrs.evolve": records.replace,
    "dataclasses.is_dataclass": records.is_dataclass,
    "typing.NamedTuple": records.make_namedtuple,
    "typing.cast": _cast,
    "enum.auto": enumerations.auto,
    "enum.unique": _same,
}
