"""What a client asks about a text."""

from __future__ import annotations

from lsprotocol import types

from kerascheck.integrations.lsp import actions, diagnostics, hints, hover, lenses, symbols
from kerascheck.integrations.lsp.documents import Document
from kerascheck.integrations.lsp.repairs import resolve
from kerascheck.integrations.lsp.server import Server
from kerascheck.integrations.lsp.settings import SECTION
from kerascheck.integrations.lsp.units import Unit
from kerascheck.integrations.lsp.workspace import findings_of_closed_files


def register(server: Server) -> None:
    """Let a server answer what a client asks about a text."""
    session = server.session

    @server.feature(
        types.TEXT_DOCUMENT_DIAGNOSTIC,
        types.DiagnosticOptions(inter_file_dependencies=True, workspace_diagnostics=False, identifier=SECTION),
    )
    async def pulled(
        params: types.DocumentDiagnosticParams,
    ) -> types.RelatedFullDocumentDiagnosticReport | types.RelatedUnchangedDocumentDiagnosticReport:
        found = session.document(params.text_document.uri)
        items: list[types.Diagnostic] = []
        if found is not None and not found[0].is_notebook:  # the cells of notebooks are told unasked
            unit, document = found
            await session.settled(unit, findings_only=True)
            await session.paused(unit)
            items = server.items(unit, document)
        number = diagnostics.result_id(items)
        if number == params.previous_result_id:
            return types.RelatedUnchangedDocumentDiagnosticReport(number)
        return types.RelatedFullDocumentDiagnosticReport(items, result_id=number)

    @server.feature(types.WORKSPACE_DIAGNOSTIC)
    async def pulled_all(params: types.WorkspaceDiagnosticParams) -> types.WorkspaceDiagnosticReport:
        known = {previous.uri: previous.value for previous in params.previous_result_ids}
        reports: list[types.WorkspaceDocumentDiagnosticReport] = []

        def add(uri: str, items: list[types.Diagnostic], version: int | None) -> None:
            number = diagnostics.result_id(items)
            if known.get(uri) == number:
                reports.append(types.WorkspaceUnchangedDocumentDiagnosticReport(uri, number, version=version))
            else:
                reports.append(
                    types.WorkspaceFullDocumentDiagnosticReport(uri, items, version=version, result_id=number)
                )

        for unit in list(session.units.values()):
            await session.settled(unit, findings_only=True)
            for document in unit.documents if not unit.is_notebook else ():
                add(document.uri, server.items(unit, document), document.version)
        async for _, _, found in findings_of_closed_files(session):
            add(found.uri, found.items, None)
        return types.WorkspaceDiagnosticReport(reports)

    @server.feature(types.TEXT_DOCUMENT_INLAY_HINT)
    async def hinted(params: types.InlayHintParams) -> list[types.InlayHint]:
        uri = params.text_document.uri
        found = await server.settled(uri)
        if found is None or not session.settings_of(uri).inlay_hints:
            return []
        unit, document = found
        start = document.lines.from_client(params.range.start, session.encoding)
        end = document.lines.from_client(params.range.end, session.encoding)
        return hints.inlay_hints(unit, document, start, end, session.encoding)

    @server.feature(types.TEXT_DOCUMENT_CODE_LENS)
    async def lensed(params: types.CodeLensParams) -> list[types.CodeLens]:
        uri = params.text_document.uri
        found = await server.settled(uri)
        if found is None or not session.settings_of(uri).code_lens:
            return []
        return lenses.code_lenses(*found, session.encoding)

    @server.feature(types.TEXT_DOCUMENT_DOCUMENT_SYMBOL)
    async def outlined(params: types.DocumentSymbolParams) -> list[types.DocumentSymbol]:
        found = await server.settled(params.text_document.uri)
        return [] if found is None else symbols.document_symbols(*found, session.encoding)

    @server.feature(types.TEXT_DOCUMENT_HOVER)
    async def hovered(params: types.HoverParams) -> types.Hover | None:
        found = await server.settled(params.text_document.uri)
        if found is None:
            return None
        unit, document = found
        return await _hover(server, unit, document, document.lines.from_client(params.position, session.encoding))

    @server.feature(
        types.TEXT_DOCUMENT_CODE_ACTION,
        types.CodeActionOptions(code_action_kinds=list(actions.KINDS), resolve_provider=True),
    )
    async def acted(params: types.CodeActionParams) -> list[types.CodeAction]:
        found = await server.settled(params.text_document.uri)
        if found is None:
            return []
        unit, document = found
        start = document.lines.from_client(params.range.start, session.encoding)
        end = document.lines.from_client(params.range.end, session.encoding)
        only = [str(getattr(kind, "value", kind)) for kind in params.context.only] if params.context.only else None
        offered = actions.code_actions(unit, document, start, end, only, session.encoding, server.abilities)
        for action in offered:
            if action.data is None or server.abilities.resolves:
                continue
            if only is not None and any(kind.startswith("source") for kind in only):
                await resolve(server, action)  # it is about to be applied
            else:
                action.command = types.Command(
                    action.title, actions.FIX_ALL, arguments=[action.data["uri"], action.data["unsafe"]]
                )
        return offered

    @server.feature(types.CODE_ACTION_RESOLVE)
    async def resolved(action: types.CodeAction) -> types.CodeAction:
        await resolve(server, action)
        return action


async def _hover(server: Server, unit: Unit, document: Document, offset: int) -> types.Hover | None:
    session = server.session
    code = hover.code_at(document, offset)
    if code is not None:
        shown = await server.asked("rule", code.code)
        return None if shown is None else _hovering(server, document, code.start, code.end, shown.markdown or "")
    parts: list[str] = []
    place: tuple[int, int] | None = None
    name = hover.name_at(document, offset)
    if name is not None:
        spot = (unit.cells[unit.documents.index(document)], *name.spot)
        shown = await server.asked("name", session.text_of(unit, unit.knowledge.text), spot)
        if shown is not None and shown.markdown is not None:
            return _hovering(server, document, name.start, name.end, shown.markdown)
    layer = hover.layer_at(unit, document, offset)
    model = hover.model_at(unit, document, offset)
    if layer is not None and (model is None or not model.start <= offset < model.end or layer.start > model.start):
        place = (layer.start, layer.end)
        parts.append(hover.layer_markdown(layer.item))
    elif model is not None:
        shown = await server.asked("summary", session.text_of(unit, unit.knowledge.text), model.item.number)
        if shown is not None and shown.markdown is not None:
            parts.append(shown.markdown)
            place = (
                (model.start, model.end) if model.document is document and model.start <= offset < model.end else None
            )
    for found in diagnostics.shown(unit, document, with_errors=True):
        if found.start <= offset <= found.end and not found.touched:
            parts.append(hover.finding_markdown(found.item))
            place = place or (found.start, found.end)
    if not parts:
        return None
    text = "\n\n---\n\n".join(parts)
    if place is None:
        return types.Hover(types.MarkupContent(types.MarkupKind.Markdown, text))
    return _hovering(server, document, *place, text)


def _hovering(server: Server, document: Document, start: int, end: int, text: str) -> types.Hover:
    place = document.lines.range_to_client(start, end, server.session.encoding)
    return types.Hover(types.MarkupContent(types.MarkupKind.Markdown, text), place)
