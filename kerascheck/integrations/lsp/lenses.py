"""Code lenses: over each model its parameters."""

from __future__ import annotations

from lsprotocol import types

from kerascheck.integrations.lsp.documents import Document
from kerascheck.integrations.lsp.facts import ModelFact
from kerascheck.integrations.lsp.positions import Encoding
from kerascheck.integrations.lsp.units import Unit
from kerascheck.text.escaping import one_line

SHOW_SUMMARY = "kerascheck.showSummary"
SHOW_GRAPH = "kerascheck.showGraph"


def code_lenses(unit: Unit, document: Document, encoding: Encoding) -> list[types.CodeLens]:
    """The lenses of a document: the total of the parameters, which opens the summary, and the picture."""
    lenses = []
    for model in unit.knowledge.models(document):
        place = document.lines.range_to_client(model.start, model.start, encoding)
        row = document.lines.row(model.start) + 1
        arguments = [document.uri, row, model.item.cell]
        lenses.append(types.CodeLens(place, types.Command(title(model.item), SHOW_SUMMARY, arguments=arguments)))
        lenses.append(types.CodeLens(place, types.Command("graph", SHOW_GRAPH, arguments=arguments)))
    return lenses


def title(model: ModelFact) -> str:
    """`model: 101,770 parameters`, honest about what is not known."""
    name = one_line(model.name or model.cls)
    if model.total is None:
        return f"{name}: parameters not known"
    mark = "" if model.status == "exact" else "~ "
    frozen = f" ({model.trainable} trainable)" if model.trainable not in (None, model.total) else ""
    return f"{name}: {mark}{model.total} parameters{frozen}"
