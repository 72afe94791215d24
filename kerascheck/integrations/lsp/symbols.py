"""Document symbols: the models and their layers as an outline."""

from __future__ import annotations

from lsprotocol import types

from kerascheck.integrations.lsp.documents import Document
from kerascheck.integrations.lsp.facts import LayerFact
from kerascheck.integrations.lsp.hints import is_known, label
from kerascheck.integrations.lsp.lenses import title
from kerascheck.integrations.lsp.positions import Encoding
from kerascheck.integrations.lsp.units import Found, Unit
from kerascheck.text.escaping import one_line


def document_symbols(unit: Unit, document: Document, encoding: Encoding) -> list[types.DocumentSymbol]:
    """The outline of a document: each model with the layers that it has in the document."""
    places = {id(layer.item): layer for layer in unit.knowledge.layers(document)}
    layers = unit.knowledge.structure.layers
    symbols = []
    for model in unit.knowledge.models(document):
        own = [places[id(layers[index])] for index in model.item.layers if id(layers[index]) in places]
        start = min([model.start, *(layer.start for layer in own)])
        end = max([model.end, *(layer.end for layer in own)])
        symbols.append(
            types.DocumentSymbol(
                name=one_line(model.item.name or model.item.cls),
                detail=f"{model.item.cls}, {title(model.item).partition(': ')[2]}",
                kind=types.SymbolKind.Class,
                range=document.lines.range_to_client(start, end, encoding),
                selection_range=document.lines.range_to_client(model.start, model.end, encoding),
                children=[_layer(layer, encoding) for layer in own],
            )
        )
    return symbols


def _layer(layer: Found[LayerFact], encoding: Encoding) -> types.DocumentSymbol:
    place = layer.document.lines.range_to_client(layer.start, layer.end, encoding)
    name = layer.item.builds[0].name if layer.item.builds else layer.item.cls
    return types.DocumentSymbol(
        name=one_line(name),
        detail=f"{layer.item.cls} {label(layer.item) if is_known(layer.item) else ''}".rstrip(),
        kind=types.SymbolKind.Field,
        range=place,
        selection_range=place,
    )
