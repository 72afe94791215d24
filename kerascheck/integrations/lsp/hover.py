"""Hovers: a layer, a model, the code of a rule."""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterator
from dataclasses import dataclass

from kerascheck.diagnostics import Diagnostic
from kerascheck.integrations.lsp.documents import Document
from kerascheck.integrations.lsp.facts import Build, LayerFact, ModelFact
from kerascheck.integrations.lsp.units import Found, Unit
from kerascheck.text.escaping import markdown, markdown_code, markdown_prose
from kerascheck.text.lexing import comments

_CODE = re.compile(r"\bKC\d{3}\b", re.IGNORECASE)
_NAME = re.compile(r"[^\W\d]\w*")

#: Builds of one call that are told apart.
_MAX_LISTED = 12


@dataclass(frozen=True, slots=True)
class Code:
    """The code of a rule in a comment."""

    code: str
    start: int
    end: int


def code_at(document: Document, offset: int) -> Code | None:
    """The code of a rule in a comment at an offset."""
    lines = document.lines
    row = lines.row(offset)
    first = lines.starts[row]
    for match in _CODE.finditer(lines.line(row)):
        if first + match.start() <= offset <= first + match.end():
            for comment in comments(document.text):
                if comment.offset <= offset <= comment.offset + len(comment.text):
                    return Code(match.group().upper(), first + match.start(), first + match.end())
    return None


def layer_at(unit: Unit, document: Document, offset: int) -> Found[LayerFact] | None:
    """The innermost call at an offset that builds layers."""
    around = [
        layer
        for layer in unit.knowledge.layers(document)
        if layer.start <= offset < layer.end and not layer.touched and layer.item.builds
    ]
    return min(around, key=lambda layer: layer.end - layer.start, default=None)


def model_at(unit: Unit, document: Document, offset: int) -> Found[ModelFact] | None:
    """The model that is made at an offset, or whose variable stands there."""
    models = list(unit.knowledge.models(document))
    around = [model for model in models if model.start <= offset < model.end]
    if around:
        return min(around, key=lambda model: model.end - model.start)
    name = word_at(document, offset)
    named = [
        model for own in unit.documents for model in unit.knowledge.models(own) if model.item.name == name is not None
    ]
    return named[0] if len(named) == 1 else None


@dataclass(frozen=True, slots=True)
class Name:
    """The name of a variable or an attribute: its offsets, and its row and column."""

    start: int
    end: int
    spot: tuple[int, int]


def name_at(document: Document, offset: int) -> Name | None:
    """The name of a variable or an attribute at an offset."""
    lines = document.lines
    row = lines.row(offset)
    line, first = lines.line(row), lines.starts[row]
    for match in _NAME.finditer(line):
        if match.start() <= offset - first < match.end():
            if keyword.iskeyword(match.group()):
                return None
            return Name(first + match.start(), first + match.end(), (row + 1, match.start() + 1))
    return None


def word_at(document: Document, offset: int) -> str | None:
    """The name at an offset, if it is not an attribute of something."""
    lines = document.lines
    row = lines.row(offset)
    line, column = lines.line(row), offset - lines.starts[row]
    for match in _NAME.finditer(line):
        if match.start() <= column <= match.end():
            return None if line[: match.start()].endswith(".") else match.group()
    return None


def layer_markdown(layer: LayerFact) -> str:
    """What is known of the layers that a call builds."""
    return "\n\n".join(_layer(layer))


def _layer(layer: LayerFact) -> Iterator[str]:
    times = f", built {layer.count} times" if layer.count > 1 else ""
    many = "" if layer.agreed else "; hangs on conditions that are not known"
    yield f"**{markdown(layer.cls)}**{times}{many}"
    for build in layer.builds[:_MAX_LISTED]:
        yield "  \n".join(_build(build))
    if len(layer.builds) > _MAX_LISTED:
        yield f"… and {len(layer.builds) - _MAX_LISTED} more"


def _build(build: Build) -> Iterator[str]:
    name, output = markdown_code(build.name), markdown_code(build.output or "?")
    yield f"{name} {markdown_code(build.inputs)} → {output}" if build.inputs else f"{name} → {output}"
    if build.formula is not None:
        yield f"parameters: {markdown_code(build.formula)}"
    else:
        yield f"parameters: {markdown(build.params) if build.params is not None else 'not known'}"
    if build.cost is not None:
        yield f"for one sample: {markdown(build.cost)}"
    if build.connected:
        yield f"connected to: {', '.join(map(markdown_code, dict.fromkeys(build.connected)))}"
    if build.status != "exact" and build.reason:
        yield f"{build.status}: {markdown(build.reason)}"


def finding_markdown(finding: Diagnostic) -> str:
    """More about a finding than its message."""
    advice = f"\n\n{markdown_prose(finding.help)}" if finding.help else ""
    code = f"[{finding.code}]({finding.url})" if finding.url else finding.code
    return f"{code} {finding.name}{advice}"
