"""All fixes of a file or a notebook as one edit."""

from __future__ import annotations

from lsprotocol import types

from kerascheck.integrations.lsp import actions
from kerascheck.integrations.lsp.server import Server


async def resolve(server: Server, action: types.CodeAction) -> None:
    """Find the edit of a "fix all"."""
    data = action.data
    if not isinstance(data, dict) or not isinstance(data.get("uri"), str):
        return
    edit, _ = await fixed(server, data["uri"], bool(data.get("unsafe")))
    action.edit = edit


async def fixed(server: Server, uri: str, unsafe: bool) -> tuple[types.WorkspaceEdit | None, int]:
    """The edit that applies all fixes to a file or a notebook, and how many."""
    unit = server.session.unit(uri)
    if unit is None or not await server.session.settled(unit):
        return None, 0
    revision = unit.revision
    texts, count = await server.session.analyst.ask("fix", server.session.text_of(unit), unsafe)
    if unit.revision != revision:  # edited meanwhile
        return None, 0
    edits = []
    for cell, new in texts:
        document = unit.document_of(cell)
        if document is not None and document.text != new:
            edits.append((document, actions.edits_between(document.lines, new, server.session.encoding)))
    return (actions.workspace_edits(edits, server.abilities) if edits else None), count
