"""What is open, and how it is edited."""

from __future__ import annotations

from lsprotocol import types

from kerascheck.integrations.lsp.server import Server


def register(server: Server) -> None:
    """Let a server hear of what is open and edited."""
    session = server.session

    @server.feature(types.TEXT_DOCUMENT_DID_OPEN)
    def opened(params: types.DidOpenTextDocumentParams) -> None:
        uri = params.text_document.uri
        if uri in server.published:  # by a check of the workspace
            server.published.discard(uri)
            server.publish(uri, [])
        session.open(params.text_document)

    @server.feature(types.TEXT_DOCUMENT_DID_CHANGE)
    def changed(params: types.DidChangeTextDocumentParams) -> None:
        session.change(params)

    @server.feature(types.TEXT_DOCUMENT_DID_SAVE)
    def saved(params: types.DidSaveTextDocumentParams) -> None:
        session.save(params.text_document.uri)

    @server.feature(types.TEXT_DOCUMENT_DID_CLOSE)
    def closed(params: types.DidCloseTextDocumentParams) -> None:
        known = session.unit(params.text_document.uri) is not None
        session.close(params.text_document.uri)
        if known and not server.pulls:
            server.publish(params.text_document.uri, [])

    @server.feature(types.NOTEBOOK_DOCUMENT_DID_OPEN)
    def notebook_opened(params: types.DidOpenNotebookDocumentParams) -> None:
        uri = params.notebook_document.uri
        if uri in server.published:
            server.published.discard(uri)
            server.publish(uri, [])
        server.notebooks.open(params)

    @server.feature(types.NOTEBOOK_DOCUMENT_DID_CHANGE)
    def notebook_changed(params: types.DidChangeNotebookDocumentParams) -> None:
        for uri in server.notebooks.change(params):
            server.publish(uri, [])

    @server.feature(types.NOTEBOOK_DOCUMENT_DID_SAVE)
    def notebook_saved(params: types.DidSaveNotebookDocumentParams) -> None:
        session.save(params.notebook_document.uri)

    @server.feature(types.NOTEBOOK_DOCUMENT_DID_CLOSE)
    def notebook_closed(params: types.DidCloseNotebookDocumentParams) -> None:
        for uri in server.notebooks.close(params.notebook_document.uri):
            server.publish(uri, [])
