"""Code lenses: over each model its parameters."""

from __future__ import annotations

import textwrap

from lsprotocol import types

from kerascheck.integrations.lsp.documents import Document
from kerascheck.integrations.lsp.facts import ModelFact
from kerascheck.integrations.lsp.positions import Encoding
from kerascheck.integrations.lsp.units import Unit
from kerascheck.text.escaping import one_line

SHOW_SUMMARY = "kerascheck.showSummary"
SHOW_GRAPH = "kerascheck.showGraph"

_MAX_DOUBT = 100  # characters of a lens


def code_lenses(unit: Unit, document: Document, encoding: Encoding) -> list[types.CodeLens]:
    """The lenses of a document: the total of the parameters, the picture, and why a model is not exact.

    The first and the last open the summary.
    """
    lenses = []
    for model in unit.knowledge.models(document):
        place = document.lines.range_to_client(model.start, model.start, encoding)
        row = document.lines.row(model.start) + 1
        arguments = [document.uri, row, model.item.cell]
        lenses.append(types.CodeLens(place, types.Command(title(model.item), SHOW_SUMMARY, arguments=arguments)))
        lenses.append(types.CodeLens(place, types.Command("graph", SHOW_GRAPH, arguments=arguments)))
        if (why := doubt(model.item)) is not None:
            lenses.append(types.CodeLens(place, types.Command(why, SHOW_SUMMARY, arguments=arguments)))
    return lenses


def doubt(model: ModelFact) -> str | None:
    """Why the model is not exact; what would make it so stands in the summary. None where it is exact."""
    if model.status == "exact" or model.reason is None:
        return None
    return one_line(textwrap.shorten(f"{model.status}: {model.reason}", _MAX_DOUBT, placeholder=" …"))


def title(model: ModelFact) -> str:
    """`model: 101,770 parameters`, honest about what is not known."""
    name = one_line(model.name or model.cls)
    if model.total is None:
        return f"{name}: parameters not known"
    mark = "" if model.status == "exact" else "~ "
    frozen = f" ({model.trainable} trainable)" if model.trainable not in (None, model.total) else ""
    return f"{name}: {mark}{model.total} parameters{frozen}"
