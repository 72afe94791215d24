"""Looking for elements as a style sheet does, as far as these tests need it."""

from __future__ import annotations

import re

from lxml import html

_PART = re.compile(
    r"(?P<tag>[a-z][a-z0-9]*)|\.(?P<cls>[\w-]+)|#(?P<id>[\w-]+)"
    r"|\[(?P<name>[\w-]+)(?:(?P<how>[$^]?)=(?P<quote>['\"]?)(?P<value>[^\]]*?)(?P=quote))?\]"
)


def select(tree: html.HtmlElement, selectors: str) -> list[html.HtmlElement]:
    """The elements below `tree` that one of the selectors names, in the order of the document."""
    paths = [
        "." + "".join(f"//*{_conditions(part)}" for part in selector.split()) for selector in selectors.split(", ")
    ]
    found: list[html.HtmlElement] = tree.xpath(" | ".join(paths))
    return found


def texts(tree: html.HtmlElement, selectors: str) -> list[str]:
    """What these elements say, a space between the parts."""
    return [" ".join(" ".join(element.itertext()).split()) for element in select(tree, selectors)]


def _conditions(part: str) -> str:
    assert "".join(match.group() for match in _PART.finditer(part)) == part, part
    return "".join(f"[{_condition(match)}]" for match in _PART.finditer(part))


def _condition(match: re.Match[str]) -> str:
    value, name = match["value"], match["name"]
    if match["tag"]:
        return f"local-name() = '{match['tag']}'"
    if match["cls"]:
        return f"contains(concat(' ', @class, ' '), ' {match['cls']} ')"
    if match["id"]:
        return f"@id = '{match['id']}'"
    if value is None:
        return f"@{name}"
    if match["how"] == "^":
        return f"starts-with(@{name}, '{value}')"
    if match["how"] == "$":
        return f"substring(@{name}, string-length(@{name}) - {len(value) - 1}) = '{value}'"
    return f"@{name} = '{value}'"
