"""Views of names and attributes as dictionaries."""

from __future__ import annotations

from collections.abc import Hashable

from kerascheck.machine.values import DictValue, Instance, ListValue, Scope, Value, presence
from kerascheck.symbolic.unknown import Unknown


class AttributesView(DictValue):
    """`vars(object)`: the attributes of an object as a dictionary, one and the same thing with them."""

    __slots__ = ("owner",)

    def __init__(self, owner: Instance) -> None:
        self.owner = owner
        self.birth = owner.birth

    @property
    def items(self) -> dict[Hashable, Value]:
        """The attributes."""
        return self.owner.attributes  # type: ignore[return-value]

    @items.setter
    def items(self, value: dict[Hashable, Value]) -> None:
        self.owner.attributes = value  # type: ignore[assignment]

    @property
    def unknown(self) -> Unknown | None:
        """Why there may be more of them."""
        return self.owner.unknown

    @unknown.setter
    def unknown(self, value: Unknown | None) -> None:
        self.owner.unknown = value

    def presence(self, key: Hashable) -> Value:
        """Whether the object has the attribute."""
        there = presence(self.owner.optional, self.owner.attributes, key)
        return super().presence(key) if isinstance(there, bool) else there


class NamesView(DictValue):
    """`globals()`: the names of a module as a dictionary, one and the same thing with them."""

    __slots__ = ("scope",)

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.birth = 0

    @property
    def items(self) -> dict[Hashable, Value]:
        """The names that the module has set."""
        return self.scope.vars  # type: ignore[return-value]

    @items.setter
    def items(self, value: dict[Hashable, Value]) -> None:
        self.scope.vars = value  # type: ignore[assignment]

    @property
    def unknown(self) -> Unknown | None:
        """Python puts names of its own into each module."""
        return Unknown("the names of a module")

    @unknown.setter
    def unknown(self, value: Unknown | None) -> None:
        """Stays as it is."""

    def merge(self, other: DictValue) -> None:
        """Set the names in the other dictionary; the unseen ones may replace any of ours."""
        if other.unknown is not None:
            self.blur("set through globals()")
        self.items.update(other.items)

    def presence(self, key: Hashable) -> Value:
        """Whether the module has the name."""
        there = presence(self.scope.optional, self.scope.vars, key)
        return super().presence(key) if isinstance(there, bool) else there

    def lacks(self, key: Hashable) -> bool:
        """Whether the module surely has no such name."""
        dunder = isinstance(key, str) and key.startswith("__")
        return key not in self.scope.vars and self.scope.star is None and not dunder

    def blur(self, reason: str) -> None:
        """Any of the plain values may have been replaced; what is defined or imported is taken to stay."""
        for name, value in self.scope.vars.items():
            if value is None or isinstance(value, (bool, int, float, str, tuple, ListValue, DictValue)):
                self.scope.vars[name] = Unknown(reason, None, name)
