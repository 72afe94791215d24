"""`copy.copy` and `copy.deepcopy`."""

from __future__ import annotations

from kerascheck.data.array import Array
from kerascheck.data.objects import DataObject
from kerascheck.machine.enum_values import EnumInt, EnumStr
from kerascheck.machine.members import find_member
from kerascheck.machine.module_values import ModuleValue
from kerascheck.machine.run import Run
from kerascheck.machine.values import (
    BoundMethod,
    ClassValue,
    DefaultDict,
    DictValue,
    FunctionValue,
    Instance,
    ListValue,
    NamedTupleValue,
    Value,
)
from kerascheck.network.arguments import Arguments
from kerascheck.network.dims import SymDim
from kerascheck.network.ir import Site
from kerascheck.network.networks import Network
from kerascheck.symbolic.unknown import Symbol, Unknown

#: What a copy of is the thing itself.
_CONSTANT = (
    bool, int, float, str, bytes, complex, type(None), range, Unknown, Symbol, SymDim, FunctionValue, ClassValue,
    BoundMethod, ModuleValue, EnumInt, EnumStr,
)  # fmt: skip

_MAX_DEPTH = 20


def deep_copy(run: Run, value: Value, site: Site) -> Value:
    """A copy of the value and of all that is in it but models; Unknown where that is not known."""
    return _Copy(run, site, _MAX_DEPTH, with_models=False).of(value, 0)


def _copy(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    value = arguments.value("x", 0)
    return _Copy(run, site, 1 if name == "copy.copy" else _MAX_DEPTH).of(value, 0)


class _Copy:
    """One copy; what occurs in it twice is copied once. Layers are not copied but unknown."""

    def __init__(self, run: Run, site: Site, depth: int, with_models: bool = True) -> None:
        self.with_models = with_models
        self.run = run
        self.site = site
        self.depth = depth
        self.made: dict[int, Value] = {}

    def of(self, value: Value, depth: int) -> Value:
        if isinstance(value, _CONSTANT) or (isinstance(value, Instance) and value.cls.kind == "enum"):
            return value
        if id(value) in self.made:
            return self.made[id(value)]
        if depth == self.depth:
            return value if self.depth < _MAX_DEPTH else Unknown("nested too deeply")
        self.run.budget.spend()
        if isinstance(value, tuple):
            items = [self.of(item, depth + 1) for item in value]
            return NamedTupleValue.of(value.cls, items) if isinstance(value, NamedTupleValue) else tuple(items)
        copied: Value = None
        if isinstance(value, ListValue) and value.kind in ("list", "set", "deque"):
            copied = self.made[id(value)] = self.run.new_list((), value.kind)
            copied.items = [self.of(item, depth + 1) for item in value.items]
            copied.unknown = value.unknown
        elif isinstance(value, DictValue):
            copied = self.made[id(value)] = self._empty(value)
            copied.items = {key: self.of(item, depth + 1) for key, item in value.items.items()}
            copied.unknown = value.unknown
        elif isinstance(value, Instance) and self._is_plain(value):
            copied = self.made[id(value)] = Instance(value.cls, self.run.tick())
            copied.attributes = {key: self.of(item, depth + 1) for key, item in value.attributes.items()}
            copied.unknown = value.unknown
        elif isinstance(value, Array):
            copied = self.made[id(value)] = value.snapshot()
            copied.birth = self.run.tick()
        elif isinstance(value, DataObject):
            copied = DataObject(value.qualname, value.arguments, value.site, self.run.tick(), value.key)
            copied.name, copied.attributes, copied.state = value.name, dict(value.attributes), dict(value.state)
            self.made[id(value)] = copied
        elif type(value) is Network and self.depth == _MAX_DEPTH and self.with_models:
            from kerascheck.machine.keras.parcels import unpack
            from kerascheck.machine.keras.saving import Snapshot

            copied = self.made[id(value)] = unpack(self.run, Snapshot(value), self.site)
        else:
            return self.run.fresh("a copy", self.site.node)
        return copied

    def _empty(self, value: DictValue) -> DictValue:
        if isinstance(value, DefaultDict):
            return DefaultDict({}, self.run.tick(), value.kind, value.factory)
        return self.run.new_dict()

    @staticmethod
    def _is_plain(value: Instance) -> bool:
        """Whether a copy is another object with the same attributes."""
        own = ("__copy__", "__deepcopy__", "__reduce__", "__reduce_ex__", "__getstate__", "__setstate__", "__setattr__")
        return value.layer is None and not any(find_member(value.cls, name) is not None for name in own)


FUNCTIONS = {"copy.copy": _copy, "copy.deepcopy": _copy}
