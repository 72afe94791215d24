"""Members of enumerations that are numbers or texts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kerascheck.machine.values import ClassValue

if TYPE_CHECKING:
    from kerascheck.machine.values import Instance


class EnumInt(int):
    """A member of an enumeration whose members are integers; shown as Python 3.11 and later show it."""

    member: Instance

    def __str__(self) -> str:
        return _shown(self.member, int.__repr__(self))

    def __format__(self, spec: str) -> str:
        return int.__format__(self, spec) if _shows_value(self.member) else str.__format__(str(self), spec)


class EnumStr(str):
    """A member of an enumeration whose members are texts; shown as Python 3.11 and later show it."""

    __slots__ = ("member",)

    member: Instance

    def __str__(self) -> str:
        return _shown(self.member, str.__str__(self))

    def __format__(self, spec: str) -> str:
        return str.__format__(str(self), spec)


def _shows_value(member: Instance) -> bool:
    """Whether `str(member)` is its value, as for IntEnum and StrEnum."""
    shown = {"enum.IntEnum", "enum.StrEnum", "enum.IntFlag", "enum.ReprEnum"}
    return any(getattr(base, "name", None) in shown for base in member.cls.mro() if not isinstance(base, ClassValue))


def _shown(member: Instance, value: str) -> str:
    return value if _shows_value(member) else f"{member.cls.name}.{member.attributes['name']}"
