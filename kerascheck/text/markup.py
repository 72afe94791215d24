"""HTML out of Python, escaped as it is made: what is no `Markup` is text, whatever it looks like."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeAlias

from kerascheck.text.escaping import html

_EMPTY = frozenset({"br", "col", "hr", "img", "input", "link", "meta"})


class Markup(str):
    """Text that is HTML already."""

    __slots__ = ()


Child: TypeAlias = "str | int | Iterable[Child] | None"


def tag(name: str, /, *children: Child, **attributes: str | int | bool | None) -> Markup:
    """An element. None and False leave an attribute out; `class_` is class, `data_code` is data-code."""
    written = "".join(_attribute(key, value) for key, value in attributes.items())
    if name in _EMPTY:
        return Markup(f"<{name}{written}>")
    return Markup(f"<{name}{written}>{join(children)}</{name}>")


def join(children: Child) -> Markup:
    """The children one after the other; text is escaped, None is nothing."""
    if children is None:
        return Markup()
    if isinstance(children, Markup):
        return children
    if isinstance(children, (str, int)):
        return Markup(html(str(children)))
    return Markup("".join(map(join, children)))


def _attribute(key: str, value: str | int | bool | None) -> str:
    if value is None or value is False:
        return ""
    name = key.rstrip("_").replace("_", "-")
    return f" {name}" if value is True else f' {name}="{html(str(value))}"'
