"""Commands: what they do, and how what they give is shown."""

from __future__ import annotations

import asyncio
import logging
import tempfile
import uuid
from pathlib import Path
from typing import Any

from lsprotocol import types
from pygls.uris import from_fs_path

from kerascheck.integrations.lsp import actions, lenses
from kerascheck.integrations.lsp.analyst import WorkerDied
from kerascheck.integrations.lsp.facts import Shown
from kerascheck.integrations.lsp.pasted import EXPLAIN
from kerascheck.integrations.lsp.repairs import fixed
from kerascheck.integrations.lsp.server import Server
from kerascheck.integrations.lsp.units import Unit
from kerascheck.integrations.lsp.workspace import findings_of_closed_files

_log = logging.getLogger(__name__)

CHECK_WORKSPACE = "kerascheck.checkWorkspace"


def register(server: Server) -> None:
    """Let a server carry out commands."""

    @server.command(lenses.SHOW_SUMMARY)
    async def show_summary(ls: Server, *arguments: object) -> dict[str, str]:
        return await _show_model(server, "summary", arguments)

    @server.command(lenses.SHOW_GRAPH)
    async def show_graph(ls: Server, *arguments: object) -> dict[str, str]:
        return await _show_model(server, "graph", arguments)

    @server.command(actions.SHOW_RULE)
    async def show_rule(ls: Server, *arguments: object) -> dict[str, str]:
        code = str(arguments[0]) if arguments else ""
        shown = await server.asked("rule", code)
        return await _show(
            server, shown or Shown(f"There is no rule {code!r}", markdown=f"There is no rule {code!r}\n")
        )

    @server.command(EXPLAIN)
    async def explain(ls: Server, *arguments: object) -> dict[str, str]:
        return await _explain(server, arguments)

    @server.command(actions.FIX_ALL)
    async def fix_all(ls: Server, *arguments: object) -> dict[str, Any]:
        uri = str(arguments[0]) if arguments else ""
        settings = server.session.settings_of(uri)
        unsafe = bool(arguments[1]) if len(arguments) > 1 and arguments[1] is not None else settings.fix_unsafe
        edit, count = await fixed(server, uri, unsafe)
        if edit is not None:
            params = types.ApplyWorkspaceEditParams(edit, "Fix all (kerascheck)")
            answer = await server.workspace_apply_edit_async(params)
            if not answer.applied:
                count = 0
        title = f"{count} finding{'' if count == 1 else 's'} fixed"
        return {"title": title, "markdown": title + "\n", "fixed": count}

    @server.command(CHECK_WORKSPACE)
    async def check_workspace(ls: Server, *_: object) -> dict[str, Any]:
        return await _check_workspace(server)


async def _explain(server: Server, arguments: tuple[object, ...]) -> dict[str, str]:
    """What a message means, pasted into the document of (uri, message, first row, last row): rows from 0, or none."""
    uri, message = (str(one) for one in (*arguments, "", "")[:2])
    rows = tuple(one for one in arguments[2:4] if isinstance(one, int))
    found = await server.settled(uri)
    text = server.session.text_of(found[0]) if found is not None else None
    is_file = found is not None and not found[0].is_notebook
    shown = await server.asked("explain", text, message, rows if is_file and len(rows) == 2 else None)
    return await _show(server, shown or Shown("Not possible", markdown="The message cannot be explained.\n"))


async def _show_model(server: Server, task: str, arguments: tuple[object, ...]) -> dict[str, str]:
    """The answer about the model at (uri, row, cell): row 1-based, cell null or its 1-based number."""
    model = await _model(server, arguments)
    if model is None:
        return await _show(server, Shown("No model here", markdown="There is no model here.\n"))
    unit, number = model
    try:
        shown = await server.session.analyst.ask(task, server.session.text_of(unit, unit.knowledge.text), number)
    except (WorkerDied, RuntimeError) as error:
        shown = Shown("Not possible", markdown=f"{error}\n")
    return await _show(server, shown or Shown("No model here", markdown="There is no model here.\n"))


async def _model(server: Server, arguments: tuple[object, ...]) -> tuple[Unit, int] | None:
    """The unit and the number of the model that the arguments of a command mean: the nearest one above the row."""
    uri = str(arguments[0]) if arguments else ""
    row = arguments[1] if len(arguments) > 1 and isinstance(arguments[1], int) else None
    cell = arguments[2] if len(arguments) > 2 and isinstance(arguments[2], int) else None
    unit = server.session.unit(uri)
    if unit is None:
        return None
    await server.session.settled(unit)
    document = next((one for one in unit.documents if one.uri == uri), None) or unit.document_of(cell)
    if document is None:
        return None
    models = [one for one in unit.knowledge.models(document) if one.item in unit.knowledge.structure.models]
    if not models:
        return None
    rows = [document.lines.row(model.start) + 1 for model in models]
    above = [index for index, own in enumerate(rows) if row is None or own <= row]
    return unit, models[above[-1] if above else 0].item.number


async def _show(server: Server, shown: Shown) -> dict[str, str]:
    """The answer to a command; where the client does not say that it shows it, it is shown through the protocol."""
    if not server.session.base.shows_results:
        if server.ability("window.show_document.support"):
            uri = await asyncio.to_thread(_saved, shown)
            if uri is not None:
                external = shown.markdown is None
                params = types.ShowDocumentParams(uri, external=external, take_focus=True)
                server.window_show_document(params, lambda _: None)
        elif shown.markdown is not None:
            server.window_show_message(types.ShowMessageParams(types.MessageType.Info, shown.markdown))
    return shown.as_dict()


def _saved(shown: Shown) -> str | None:
    """The URI of a file with the answer."""
    suffix, text = next(
        (suffix, text)
        for suffix, text in ((".md", shown.markdown), (".html", shown.html), (".svg", shown.svg))
        if text is not None
    )
    name = "".join(letter if letter.isalnum() else "-" for letter in shown.title)
    folder = Path(tempfile.mkdtemp(prefix="kerascheck-"))
    path = folder / f"{name}{suffix}"
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        _log.error("%s", error)
        return None
    uri: str | None = from_fs_path(str(path))
    return uri


async def _check_workspace(server: Server) -> dict[str, Any]:
    """Send the findings of all files that are not open, too."""
    before, server.published = server.published, set()
    files = findings = 0
    for unit in list(server.session.units.values()):
        await server.session.settled(unit)
        findings += sum(len(server.items(unit, document)) for document in unit.documents)
        files += 1
    token = await _progress(server)
    try:
        async for done, total, found in findings_of_closed_files(server.session):
            files += 1
            findings += len(found.items)
            if server.session.unit(found.uri) is None and (found.items or found.uri in before):
                server.publish(found.uri, found.items)
                server.published.add(found.uri)
            if token is not None:
                report = types.WorkDoneProgressReport(percentage=100 * done // total, message=f"{done}/{total}")
                server.work_done_progress.report(token, report)
    finally:
        if token is not None:
            server.work_done_progress.end(token, types.WorkDoneProgressEnd())
    for uri in before - server.published:
        server.publish(uri, [])
    text = f"{findings} finding{'' if findings == 1 else 's'} in {files} file{'' if files == 1 else 's'}"
    return {"title": text, "markdown": text + "\n", "files": files, "findings": findings}


async def _progress(server: Server) -> str | None:
    """A token under which the client shows progress, if it does."""
    if not server.ability("window.work_done_progress"):
        return None
    token = f"kerascheck-{uuid.uuid4()}"
    try:
        await server.work_done_progress.create_async(token)
    except Exception as error:
        _log.warning("no progress: %s", error)
        return None
    server.work_done_progress.begin(token, types.WorkDoneProgressBegin("kerascheck", percentage=0))
    return token
