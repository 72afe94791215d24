"""Dictionaries of packages whose entries are attributes as well: EasyDict, ConfigDict and their like."""

from __future__ import annotations

import libcst as cst

from kerascheck.machine.run import Run
from kerascheck.machine.values import ClassValue, DictObject, DictValue, ListValue, NativeFunction, Scope, Value
from kerascheck.network.arguments import Arguments
from kerascheck.network.ir import Site
from kerascheck.symbolic.unknown import Symbol


def _make(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    """`EasyDict(...)`, `ConfigDict(...)`: the dictionaries in it become such as well."""
    return as_attributes(run, name.rpartition(".")[2], run.call(Symbol("builtins.dict"), arguments, site), site)


def as_attributes(run: Run, name: str, value: Value, site: Site) -> Value:
    """The dictionary as an object of a class of this name, its entries as attributes."""
    node: cst.ClassDef = site.node  # type: ignore[assignment]
    cls = ClassValue(name, node, Scope("module", None, site.file), [], site)
    cls.members["__setattr__"] = NativeFunction("__setattr__", _store)
    return _nested(run, cls, value)


def _store(run: Run, target: DictObject, arguments: Arguments, site: Site) -> Value:
    name, value = (given.value for given in arguments.positional)
    if run.may_change(target):
        target.items[name] = _nested(run, target.cls, value)
    return None


def _nested(run: Run, cls: ClassValue, value: Value, depth: int = 0) -> Value:
    if type(value) is DictValue and depth < 20:
        made = DictObject(cls, run.tick())
        made.is_shared = True
        made.items = {key: _nested(run, cls, item, depth + 1) for key, item in value.items.items()}
        made.unknown = value.unknown
        return made
    if type(value) is ListValue and value.kind == "list" and value.unknown is None and depth < 20:
        return run.new_list([_nested(run, cls, item, depth + 1) for item in value.items])
    return value


FUNCTIONS = dict.fromkeys(
    (
        "easydict.EasyDict",
        "munch.Munch",
        "ml_collections.ConfigDict",
        "ml_collections.config_dict.ConfigDict",
        "attrdict.AttrDict",
        "addict.Dict",
        "box.Box",
        "dotmap.DotMap",
    ),
    _make,
)
