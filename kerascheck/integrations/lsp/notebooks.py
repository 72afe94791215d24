"""Notebooks: cells that come, go, move and change, as one unit."""

from __future__ import annotations

from collections.abc import Sequence

from lsprotocol import types

from kerascheck.integrations.lsp.documents import Document
from kerascheck.integrations.lsp.session import Session
from kerascheck.integrations.lsp.units import Unit, place_of
from kerascheck.text.notebook import SUFFIX

#: Which notebooks the client tells the server about.
SYNC = types.NotebookDocumentSyncOptions(
    notebook_selector=[
        types.NotebookDocumentFilterWithNotebook(
            notebook="jupyter-notebook", cells=[types.NotebookCellLanguage(language="python")]
        ),
        types.NotebookDocumentFilterWithNotebook(
            notebook=types.NotebookDocumentFilterPattern(pattern=f"**/*{SUFFIX}"),
            cells=[types.NotebookCellLanguage(language="python")],
        ),
    ],
    save=True,
)


class Notebooks:
    """The notebooks that are open in the client. The cells' texts live in the session."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._cells: dict[str, list[types.NotebookCell]] = {}
        self._texts: dict[str, dict[str, Document]] = {}

    def open(self, params: types.DidOpenNotebookDocumentParams) -> None:
        """A notebook is open from now on."""
        notebook = params.notebook_document
        self.close(notebook.uri)
        filename = place_of(notebook.uri, self._session.folder_of(notebook.uri))
        if not filename.endswith(SUFFIX):
            filename += SUFFIX
        unit = Unit(notebook.uri, filename, is_notebook=True)
        self._cells[notebook.uri] = list(notebook.cells)
        self._texts[notebook.uri] = {item.uri: _document(item) for item in params.cell_text_documents}
        self._session.add(unit)
        self._arrange(unit)
        self._session.schedule(unit, 0.0)

    def change(self, params: types.DidChangeNotebookDocumentParams) -> list[str]:
        """Cells have changed; the URIs of those that are gone."""
        uri = params.notebook_document.uri
        unit = self._session.units.get(uri)
        changes = params.change.cells
        if unit is None or changes is None or uri not in self._cells:
            return []
        gone: list[str] = []
        if changes.structure is not None:
            gone = self._restructure(uri, changes.structure)
        texts = self._texts[uri]
        for content in changes.text_content or ():
            document = texts.get(content.document.uri)
            if document is not None:
                document.apply(content.changes, content.document.version, self._session.encoding)
        self._replace_data(uri, changes.data or ())
        self._arrange(unit)
        self._session.edited(unit)
        return gone

    def close(self, uri: str) -> list[str]:
        """A notebook is closed; the URIs of its cells."""
        if self._cells.pop(uri, None) is None:
            return []
        self._session.close(uri)
        return list(self._texts.pop(uri, {}))

    def _restructure(self, uri: str, structure: types.NotebookDocumentCellChangeStructure) -> list[str]:
        cells, texts = self._cells[uri], self._texts[uri]
        array = structure.array
        cells[array.start : array.start + array.delete_count] = list(array.cells or ())
        for item in structure.did_open or ():
            texts[item.uri] = _document(item)
        gone = [closed.uri for closed in structure.did_close or ()]
        for closed in gone:
            texts.pop(closed, None)
        return gone

    def _replace_data(self, uri: str, changed: Sequence[types.NotebookCell]) -> None:
        new = {cell.document: cell for cell in changed}
        self._cells[uri] = [new.get(cell.document, cell) for cell in self._cells[uri]]

    def _arrange(self, unit: Unit) -> None:
        """Give the unit its code cells, numbered among all cells."""
        texts = self._texts[unit.uri]
        self._session.refresh(
            unit,
            [
                (texts[cell.document], number)
                for number, cell in enumerate(self._cells[unit.uri], 1)
                if cell.kind == types.NotebookCellKind.Code and cell.document in texts
            ],
        )


def _document(item: types.TextDocumentItem) -> Document:
    return Document(item.uri, item.text, item.version, item.language_id)
