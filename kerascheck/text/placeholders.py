"""Templates of Python programs (Jinja, Cookiecutter): no Python before their placeholders are filled in."""

from __future__ import annotations

import ast
import re
import warnings

#: `{{ name }}`, `{% if ... %}` and `{# comment #}`.
_PLACEHOLDER = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", re.DOTALL)
_NOT_NEWLINE = re.compile(r"[^\n]")


def first_placeholder(text: str) -> int | None:
    """Where the first placeholder begins in a text that is no Python and becomes Python once all are filled in."""
    found = _PLACEHOLDER.search(text)
    if found is None:
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse(_PLACEHOLDER.sub(_filled, text))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    return found.start()


def _filled(match: re.Match[str]) -> str:
    """A name in place of a value, which may be part of a name; nothing in place of a statement of the template."""
    found = match.group()
    if found.startswith("{{"):
        return "_" * len(found)
    return _NOT_NEWLINE.sub(" ", found)
