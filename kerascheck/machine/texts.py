"""How values are shown as text: `str`, `repr`, `format`, f-strings."""

from __future__ import annotations

import re
import string
from typing import Any

from kerascheck.machine.attributes import get_attribute
from kerascheck.machine.enum_values import EnumInt, EnumStr
from kerascheck.machine.members import find_slot
from kerascheck.machine.operators import subscript
from kerascheck.machine.records import dataclass_fields
from kerascheck.machine.run import RAISED, Run
from kerascheck.machine.sequences import NotPlain, to_python
from kerascheck.machine.values import DictValue, Instance, NamedTupleValue, NativeObject, Value
from kerascheck.network.arguments import Arguments, Given
from kerascheck.network.ir import Site
from kerascheck.symbolic.unknown import Unknown

#: A format this long, or with numbers this long, is for no text that a model depends on.
_MAX_SPEC = 8
_WIDE = re.compile(r"[0-9]{4}")


def is_wide(spec: str) -> bool:
    """Whether a format may ask for fields wider than any program needs."""
    return len(spec) >= _MAX_SPEC or _WIDE.search(spec) is not None


def show(run: Run, value: Value, conversion: str | None = None, spec: str = "") -> str | None:
    """`format(value, spec)`, or of its `repr` or `str` as the conversion says; None where that is not known."""
    if is_wide(spec):
        return None
    if isinstance(value, Instance) and conversion is None and find_slot(value, "__format__") is not None:
        return _called(run, value, "__format__", [spec])
    if conversion in ("r", "s") or not isinstance(value, (str, int, float)):
        value = text_of(run, value, as_repr=conversion == "r")
    if value is None:
        return None
    try:
        return format(value, spec)
    except RAISED:
        return None


def text_of(run: Run, value: Value, as_repr: bool = False) -> str | None:
    """`str(value)` or `repr(value)`; None where that is not known."""
    if isinstance(value, Instance):
        return _object_text(run, value, as_repr)
    if isinstance(value, NativeObject):
        from kerascheck.machine.modules.paths import PathValue

        return value.text if isinstance(value, PathValue) and isinstance(value.text, str) and not as_repr else None
    if isinstance(value, NamedTupleValue):
        fields = dataclass_fields(value.cls) or []
        return _record(run, value.cls.name, [(field.name, item) for field, item in zip(fields, value, strict=False)])
    if isinstance(value, (EnumInt, EnumStr)):
        return None if as_repr else str(value)
    try:
        plain = to_python(value)
        return None if _has_set(plain) else repr(plain) if as_repr else str(plain)
    except (NotPlain, *RAISED):
        return None


def _object_text(run: Run, value: Instance, as_repr: bool) -> str | None:
    for name in ("__repr__",) if as_repr else ("__str__", "__repr__"):
        if find_slot(value, name) is not None:
            return _called(run, value, name, [])
    if value.cls.kind == "enum" and not as_repr:
        return f"{value.cls.name}.{value.attributes['name']}"
    if value.cls.fields is not None and value.unknown is None and "__init__" in value.cls.members:
        parts = [(field.name, value.attributes.get(field.name)) for field in value.cls.fields if field.stored]
        return _record(run, value.cls.name, parts)
    return None


def _called(run: Run, value: Instance, name: str, given: list[Value]) -> str | None:
    method = find_slot(value, name)
    result = run.call(method, Arguments([Given(item) for item in given], {}), value.cls.site)
    return result if isinstance(result, str) else None


def _record(run: Run, name: str, parts: list[tuple[str, Value]]) -> str | None:
    """`Point(x=1, y=2)`."""
    shown = [(key, text_of(run, value, as_repr=True)) for key, value in parts]
    if any(text is None for _, text in shown):
        return None
    return f"{name}({', '.join(f'{key}={text}' for key, text in shown)})"


def _has_set(value: Any) -> bool:
    """Whether a set is in it, whose order is not known."""
    if isinstance(value, dict):
        return any(map(_has_set, value.values()))
    return isinstance(value, set) or (isinstance(value, (list, tuple)) and any(map(_has_set, value)))


_PART = re.compile(r"\.(\w+)|\[([^\]]+)\]")


def filled(run: Run, template: str, arguments: Arguments, site: Site) -> str | None:
    """`template.format(...)`; None where that is not known.

    Raises:
        ValueError, KeyError, IndexError: as Python does.
    """
    text: list[str] = []
    automatic = 0
    for literal, name, spec, conversion in string.Formatter().parse(template):
        text.append(literal)
        if name is None:
            continue
        first = re.split(r"[.\[]", name, maxsplit=1)[0]
        rest = name[len(first) :]
        if not first:
            first, automatic = str(automatic), automatic + 1
        value = _operand_called(arguments, first)
        for attribute, key in _PART.findall(rest):
            if attribute:
                value = get_attribute(run, value, attribute, site.node)
            else:
                value = subscript(run, value, int(key) if key.isdigit() else key, site.node)
        inner = filled(run, spec, arguments, site) if spec and "{" in spec else spec
        shown = None if inner is None and spec else show(run, value, conversion, inner or "")
        if shown is None:
            return None
        text.append(shown)
    return "".join(text)


def _operand_called(arguments: Arguments, name: str) -> Value:
    """The positional argument of this number, or the keyword argument of this name."""
    if name.isdigit():
        if int(name) >= len(arguments.positional) and arguments.open_positional:
            return Unknown("a * argument")
        return arguments.positional[int(name)].value
    if name not in arguments.keywords and arguments.open_keywords:
        return Unknown("a ** argument")
    return arguments.keywords[name].value


_FORMAT = re.compile(r"%(?:\((.*?)\))?[-#0 +]*(\d*)(?:\.(\d+))?[hlL]?([a-zA-Z%])", re.DOTALL)


def percent(run: Run, template: str, right: Value) -> str | None:
    """`template % right`; None where that is not known.

    Raises:
        TypeError, ValueError, KeyError: as Python does.
    """
    formats = [match for match in _FORMAT.finditer(template) if match.group(4) != "%"]
    if "*" in template or any(is_wide(size) for match in formats for size in match.groups("")[1:3]):
        return None
    shown: Any
    if isinstance(right, DictValue):
        kinds = {match.group(1): match.group(4) for match in formats}
        shown = {key: _operand(run, value, kinds.get(str(key), "s")) for key, value in right.items.items()}
        known = right.unknown is None and None not in shown.values()
    else:
        items = right if isinstance(right, tuple) and not isinstance(right, NamedTupleValue) else (right,)
        letters = [match.group(4) for match in formats] + ["s"] * len(items)
        shown = tuple(_operand(run, value, kind) for value, kind in zip(items, letters, strict=False))
        known = None not in shown
    return template % shown if known else None


def _operand(run: Run, value: Value, kind: str) -> Any:
    """A number or text as it is, anything else as the text that `%s` shows; None where that is not known."""
    if isinstance(value, (EnumInt, EnumStr)):
        return str(value) if kind == "s" else int(value) if isinstance(value, int) else None
    if isinstance(value, (int, float, str)):
        return value
    return text_of(run, value) if kind == "s" else None
