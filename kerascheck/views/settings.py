"""Values of a program as short texts: what an argument is, the same in every run."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from kerascheck.data.array import Array
from kerascheck.machine.values import DictValue, FunctionValue, ListValue
from kerascheck.network.arguments import ABSENT, Arguments, Given
from kerascheck.network.dims import SymDim
from kerascheck.network.ir import Layer
from kerascheck.network.program import KerasObject
from kerascheck.symbolic.unknown import Guarded, Symbol, Unknown
from kerascheck.views.summary import shapes_of
from kerascheck.views.tables import shapes_text

UNKNOWN = "?"
_MAX_DEPTH = 4
_MAX_ITEMS = 12
_MAX_TEXT = 80


def setting(value: Any, depth: int = 0) -> str:
    """A value as a person would write it in short; `?` where it is not known."""
    if isinstance(value, Given):
        return setting(value.value, depth)
    if isinstance(value, str):
        return repr(value) if len(value) <= _MAX_TEXT else f"{value[:_MAX_TEXT]!r}..."
    if value is None or isinstance(value, (bool, int, float)):
        return repr(value)
    if isinstance(value, (Unknown, Guarded)) or depth > _MAX_DEPTH:
        return UNKNOWN
    if isinstance(value, Symbol):
        return value.name.rpartition(".")[2]
    if isinstance(value, SymDim):
        return str(value)
    if isinstance(value, KerasObject):
        return f"{value.qualname.rpartition('.')[2]}({', '.join(_given(value.arguments, depth + 1))})"
    if isinstance(value, Layer):
        return value.cls
    if isinstance(value, Array):
        return f"array {shapes_text(shapes_of([value.shape]))}"
    if isinstance(value, FunctionValue):
        return f"function {value.name}"
    if isinstance(value, DictValue):
        return _listed("{", (f"{setting(key)}: {setting(one, depth + 1)}" for key, one in value.items.items()), "}")
    if isinstance(value, (list, tuple, ListValue)):
        items = value.items if isinstance(value, ListValue) else value
        opening, closing = ("(", ")") if isinstance(value, tuple) else ("[", "]")
        return _listed(opening, (setting(one, depth + 1) for one in items), closing)
    return type(value).__name__


def settings_of(arguments: Arguments) -> dict[str, str]:
    """The arguments of a call by name, as texts."""
    found = {name: setting(given) for name, given in arguments.keywords.items()}
    for name in arguments.parameters:
        given = arguments.get(name)
        if given is not ABSENT and name not in found and isinstance(given, Given):
            found[name] = setting(given)
    return found


def _given(arguments: Arguments, depth: int) -> Iterator[str]:
    for given in arguments.positional:
        yield setting(given, depth)
    for name, given in arguments.keywords.items():
        yield f"{name}={setting(given, depth)}"


def _listed(opening: str, items: Iterator[str], closing: str) -> str:
    shown: list[str] = []
    for item in items:
        if len(shown) == _MAX_ITEMS:
            shown.append("...")
            break
        shown.append(item)
    return f"{opening}{', '.join(shown)}{closing}"
