"""Inlay hints: behind each layer its output shape and its parameters."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lsprotocol import types

from kerascheck.integrations.lsp.documents import Document
from kerascheck.integrations.lsp.facts import Build, LayerFact
from kerascheck.integrations.lsp.positions import Encoding
from kerascheck.integrations.lsp.units import Unit
from kerascheck.text.escaping import markdown, markdown_code, one_line
from kerascheck.text.lexing import comments

#: Builds of one call that the tooltip lists.
_MAX_LISTED = 20


def inlay_hints(unit: Unit, document: Document, start: int, end: int, encoding: Encoding) -> list[types.InlayHint]:
    """The hints between two offsets."""
    layers = [
        layer
        for layer in unit.knowledge.layers(document)
        if not layer.touched and start <= layer.end <= end and is_known(layer.item)
    ]
    lines = document.lines
    on_row: dict[int, int] = {}
    for layer in layers:
        row = lines.row(layer.end)
        on_row[row] = on_row.get(row, 0) + 1
    ends = _Ends(document, [row for row, count in on_row.items() if count == 1])
    hints = []
    for layer in layers:
        row = lines.row(layer.end)
        place = ends.of_row(row) if on_row[row] == 1 else layer.end
        hints.append(
            types.InlayHint(
                position=lines.to_client(max(place, layer.end), encoding),
                label=label(layer.item),
                tooltip=types.MarkupContent(types.MarkupKind.Markdown, tooltip(layer.item)),
                padding_left=True,
            )
        )
    return hints


class _Ends:
    """Where the code of a row ends, before a comment."""

    def __init__(self, document: Document, rows: Sequence[int]) -> None:
        self._lines = document.lines
        self._comments: dict[int, int] = {}
        if any("#" in self._lines.line(row) for row in rows):
            for comment in comments(document.text):
                self._comments[self._lines.row(comment.offset)] = comment.offset

    def of_row(self, row: int) -> int:
        """The offset behind the last character of code in a row."""
        first = self._lines.starts[row]
        end = self._comments.get(row, first + len(self._lines.line(row)))
        return first + len(self._lines.text[first:end].rstrip())


def is_known(layer: LayerFact) -> bool:
    """Whether there is something to say about a layer."""
    return layer.agreed and bool(layer.builds) and all(build.output is not None for build in layer.builds)


def label(layer: LayerFact) -> str:
    """`(None, 26, 26, 32)  320`; from a loop `(None, 32)  1,056 … (None, 8)  264  ×3`."""
    first, last = layer.builds[0], layer.builds[-1]
    text = _said(first)
    if len(layer.builds) > 1:
        text += f" … {_said(last)}"
    if layer.count > 1:
        text += f"  ×{layer.count}"
    mark = "" if all(build.status == "exact" for build in layer.builds) else "~ "
    return one_line(mark + text)


def _said(build: Build) -> str:
    params = "?" if build.params is None else "" if build.params == "0" else build.params
    return f"{build.output}  {params}".rstrip()


def tooltip(layer: LayerFact) -> str:
    """What the hint means, in Markdown."""
    return "\n\n".join(_tooltip(layer))


def _tooltip(layer: LayerFact) -> Iterator[str]:
    yield f"**{markdown(layer.cls)}**: output shape and parameters"
    if len(layer.builds) == 1:
        build = layer.builds[0]
        if build.formula is not None:
            yield markdown_code(build.formula)
    else:
        listed = layer.builds[:_MAX_LISTED]
        yield "\n".join(f"- {markdown_code(build.name)}: {markdown_code(_said(build))}" for build in listed)
    if layer.count > 1:
        yield f"built {layer.count} times"
    for reason in dict.fromkeys(build.reason for build in layer.builds if build.status != "exact" and build.reason):
        yield f"not exact: {markdown(reason)}"
