"""Changes of models for people: as text, and as Markdown for a pull request."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TextIO

from kerascheck.text.escaping import markdown, visible
from kerascheck.views.model_changes import FOLLOWING, Change, LayerChange, ModelChange, ModelFacts

_ARROW = "->"


def write_text(found: Sequence[ModelChange], stream: TextIO) -> None:
    """Write the changes as indented rows: `+` is new, `-` gone, `~` changed."""
    shown = [change for change in found if change.differs]
    if not shown:
        stream.write("No differences.\n" if found else "No models found.\n")
    for change in shown:
        stream.write(f"{visible(_title(change))}\n")
        for mark, row in _rows(change):
            stream.write(f"  {mark} {visible(row)}\n")


def write_markdown(found: Sequence[ModelChange], stream: TextIO) -> None:
    """Write the changes as Markdown: a heading and a list for each model."""
    shown = [change for change in found if change.differs]
    stream.write("## Models\n\n")
    if not shown:
        stream.write("No differences.\n" if found else "No models found.\n")
    for change in shown:
        stream.write(f"### {markdown(_title(change))}\n\n")
        for mark, row in _rows(change):
            stream.write(f"- {_WORDS[mark]} {markdown(row)}\n")
        stream.write("\n")


_WORDS = {"+": "**added**", "-": "**removed**", "~": "**changed**"}


def _title(change: ModelChange) -> str:
    if change.old is None or change.new is None:
        model = change.new or change.old
        assert model is not None
        return f"{'+' if change.old is None else '-'} {model.name} ({model.cls}) {model.place}: {_told(model)}"
    place = (
        change.old.place if change.old.place == change.new.place else f"{change.old.place} {_ARROW} {change.new.place}"
    )
    return f"{change.new.name} ({change.new.cls}) {place}"


def _told(model: ModelFacts) -> str:
    count = len(model.layers)
    layers = f"{count} layer{'s' * (count != 1)}"
    return f"{layers}, {model.facts['parameters']} parameters, output {model.facts['output shape']}"


def _rows(change: ModelChange) -> Iterator[tuple[str, str]]:
    if change.facts:
        yield "~", f"model: {_changes(change.facts)}"
    for layer in change.layers:
        yield _layer(layer)
    for what, changes in (("compile", change.compiled), ("fit", change.trained)):
        if changes:
            yield "~", f"{what}: {_changes(changes)}"


def _layer(change: LayerChange) -> tuple[str, str]:
    if change.old is not None and change.new is not None:
        name = (
            change.new.name if change.old.name == change.new.name else f"{change.old.name} {_ARROW} {change.new.name}"
        )
        return "~", f"{name} ({change.new.cls}): {_changes(change.changes)}"
    layer = change.new or change.old
    assert layer is not None
    facts = ", ".join(f"{name} {layer.facts[name]}" for name in FOLLOWING if name in layer.facts)
    return "+" if change.old is None else "-", f"{layer.name} ({layer.cls}): {facts}"


def _changes(changes: Iterable[Change]) -> str:
    return "; ".join(_one(change) for change in changes)


def _one(change: Change) -> str:
    if change.old is None:
        return f"{change.what} {change.new} (was not given)"
    if change.new is None:
        return f"{change.what} is not given any more (was {change.old})"
    return f"{change.what} {change.old} {_ARROW} {change.new}"
