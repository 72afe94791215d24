"""The server: which request is answered by what."""

from __future__ import annotations

import asyncio
import logging
import os
import sys
import tempfile
import uuid
from contextlib import suppress
from pathlib import Path
from typing import Any

from lsprotocol import types
from pygls.lsp.server import LanguageServer
from pygls.uris import from_fs_path, to_fs_path

from kerascheck import __version__
from kerascheck.integrations.lsp import actions, diagnostics, hints, hover, lenses, notebooks, symbols
from kerascheck.integrations.lsp.analyst import WorkerDied
from kerascheck.integrations.lsp.documents import Document
from kerascheck.integrations.lsp.facts import ModelFact, Shown
from kerascheck.integrations.lsp.positions import Encoding
from kerascheck.integrations.lsp.protocol import Protocol
from kerascheck.integrations.lsp.session import Session
from kerascheck.integrations.lsp.settings import SECTION, ClientSettings
from kerascheck.integrations.lsp.units import Unit
from kerascheck.integrations.lsp.workspace import findings_of_closed_files

_log = logging.getLogger(__name__)

CHECK_WORKSPACE = "kerascheck.checkWorkspace"

#: Seconds between two looks whether the client is still there.
_PULSE = 3.0

_CONFIGURATION_FILES = ("pyproject.toml", ".kerascheck.toml")
_WATCHED = (*(f"**/{name}" for name in _CONFIGURATION_FILES), "**/*.py")


class Server(LanguageServer):
    """The language server for one client."""

    def __init__(self) -> None:
        super().__init__(
            "kerascheck",
            __version__,
            text_document_sync_kind=types.TextDocumentSyncKind.Incremental,
            notebook_document_sync=notebooks.SYNC,
            protocol_cls=Protocol,
        )
        self.session = Session(self)
        self.notebooks = notebooks.Notebooks(self.session)
        self.pulls = False  # whether the client asks for findings by itself
        self.given = ClientSettings()  # what it said at the start
        self.published: set[str] = set()  # URIs of files that are not open, for which findings were sent
        self._background: set[asyncio.Task[Any]] = set()

    @property
    def is_finished(self) -> bool:
        """Whether the client has asked for the end, and not just vanished."""
        return bool(self.protocol._shutdown)

    # -- what the client can do ---------------------------------------------------------------------------------------

    def adjust(self, capabilities: types.ServerCapabilities) -> None:
        """Change what the server says of itself to what the client has set."""
        provider = capabilities.diagnostic_provider
        if provider is not None:
            # A client that may pull the findings of all files does so all the time.
            provider.workspace_diagnostics = self.given.workspace_diagnostics

    def ability(self, path: str) -> Any:
        """What the client says of itself at a path such as `workspace.inlay_hint.refresh_support`; None if nothing."""
        value: Any = self.client_capabilities
        for name in path.split("."):
            value = getattr(value, name, None)
        return value

    @property
    def abilities(self) -> actions.Abilities:
        """What it can do about edits."""
        resolved = self.ability("text_document.code_action.resolve_support.properties") or ()
        return actions.Abilities(
            versions=bool(self.ability("workspace.workspace_edit.document_changes")),
            resolves="edit" in resolved and bool(self.ability("text_document.code_action.data_support")),
        )

    # -- news of the session ------------------------------------------------------------------------------------------

    def learned(self, unit: Unit, by_itself: bool) -> None:
        """Say what there is to say about a unit, or that the client may ask again."""
        if unit.is_notebook or not self.pulls:
            for document in unit.documents:
                self.publish(document.uri, self.items(unit, document), document.version)
        elif by_itself and self.ability("workspace.diagnostics.refresh_support"):
            self.workspace_diagnostic_refresh(None)
        if by_itself:
            if self.ability("workspace.inlay_hint.refresh_support"):
                self.workspace_inlay_hint_refresh(None)
            if self.ability("workspace.code_lens.refresh_support"):
                self.workspace_code_lens_refresh(None)

    def warn(self, message: str) -> None:
        """Show a message to the user."""
        self.window_show_message(types.ShowMessageParams(types.MessageType.Warning, message))

    def items(self, unit: Unit, document: Document) -> list[types.Diagnostic]:
        """The findings in an open document, as far as they are known."""
        with_errors = not self.session.hides_errors(unit)
        shown = diagnostics.shown(unit, document, with_errors)
        return [diagnostics.to_client(found, self.session.encoding) for found in shown]

    def publish(self, uri: str, items: list[types.Diagnostic], version: int | None = None) -> None:
        """Send findings."""
        self.text_document_publish_diagnostics(types.PublishDiagnosticsParams(uri, items, version))

    # -- life ---------------------------------------------------------------------------------------------------------

    def begin(self, work: Any) -> None:
        """Let a coroutine run by itself."""
        task = asyncio.ensure_future(work)
        self._background.add(task)
        task.add_done_callback(self._background.discard)

    def report_server_error(self, error: Exception, source: Any) -> None:
        """Errors go to the log; a client that sends rubbish is not told so in a window."""
        _log.error("%s: %s", getattr(source, "__name__", source), error)

    async def watch_client(self) -> None:
        """End when the process of the client is gone, whatever has become of its pipes."""
        number = self.process_id
        if number is None or number <= 0 or not _is_alive(number):
            return  # it runs where its number means nothing here
        while _is_alive(number):
            await asyncio.sleep(_PULSE)
        _log.warning("the client is gone")
        self.session.close_all()
        os._exit(1)

    def shutdown(self) -> None:
        """The end, in whatever way it comes."""
        with suppress(RuntimeError):
            self.session.close_all()
        super().shutdown()  # type: ignore[no-untyped-call]


def _is_alive(number: int) -> bool:
    if sys.platform == "win32":
        return True  # there a signal would end it; pipes close reliably
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


def make_server() -> Server:
    """A server with everything that it answers."""
    server = Server()
    _register_life(server)
    _register_texts(server)
    _register_answers(server)
    _register_commands(server)
    return server


# -- beginning, settings, folders, end ------------------------------------------------------------------------------


def _register_life(server: Server) -> None:
    @server.feature(types.INITIALIZE)
    def initialize(params: types.InitializeParams) -> None:
        from pygls.capabilities import ServerCapabilitiesBuilder

        session = server.session
        encoding = ServerCapabilitiesBuilder.choose_position_encoding(params.capabilities)
        session.encoding = Encoding(encoding.value if isinstance(encoding, types.PositionEncodingKind) else encoding)
        folders = [folder.uri for folder in params.workspace_folders or ()]
        if not folders and (params.root_uri or params.root_path):
            folders = [params.root_uri or from_fs_path(params.root_path or "") or ""]
        _set_folders(server, folders, [])
        server.given = session.base = ClientSettings().updated(params.initialization_options)
        server.pulls = server.ability("text_document.diagnostic") is not None
        session.analyst.start()

    @server.feature(types.INITIALIZED)
    async def initialized(_: types.InitializedParams) -> None:
        server.begin(server.watch_client())
        registrations = []
        if server.ability("workspace.did_change_watched_files.dynamic_registration"):
            watchers = [types.FileSystemWatcher(glob_pattern=pattern) for pattern in _WATCHED]
            registrations.append(
                types.Registration(
                    "kerascheck-files",
                    types.WORKSPACE_DID_CHANGE_WATCHED_FILES,
                    types.DidChangeWatchedFilesRegistrationOptions(watchers),
                )
            )
        if server.ability("workspace.did_change_configuration.dynamic_registration"):
            registrations.append(
                types.Registration(
                    "kerascheck-settings",
                    types.WORKSPACE_DID_CHANGE_CONFIGURATION,
                    types.DidChangeConfigurationRegistrationOptions(section=SECTION),
                )
            )
        if registrations:
            server.client_register_capability(types.RegistrationParams(registrations), lambda _: None)
        await _ask_for_settings(server)

    @server.feature(types.WORKSPACE_DID_CHANGE_CONFIGURATION)
    async def settings_changed(params: types.DidChangeConfigurationParams) -> None:
        if not server.ability("workspace.configuration") and isinstance(params.settings, dict):
            server.session.base = _noted(server, server.given.updated(params.settings.get(SECTION, params.settings)))
            server.session.by_folder.clear()
        await _ask_for_settings(server)
        server.session.reconsider()

    @server.feature(types.WORKSPACE_DID_CHANGE_WORKSPACE_FOLDERS)
    async def folders_changed(params: types.DidChangeWorkspaceFoldersParams) -> None:
        event = params.event
        _set_folders(server, [folder.uri for folder in event.added], [folder.uri for folder in event.removed])
        await _ask_for_settings(server)
        server.session.reconsider()

    @server.feature(types.WORKSPACE_DID_CHANGE_WATCHED_FILES)
    def files_changed(params: types.DidChangeWatchedFilesParams) -> None:
        names = [path for change in params.changes if (path := to_fs_path(change.uri))]
        if any(os.path.basename(name) in _CONFIGURATION_FILES for name in names):
            server.session.reconsider()
        elif names:
            server.session.files_changed({os.path.abspath(name) for name in names})

    @server.feature(types.SHUTDOWN)
    def shutdown(_: None) -> None:
        server.session.close_all()


def _set_folders(server: Server, added: list[str], removed: list[str]) -> None:
    for uri in removed:
        server.session.folders.pop(uri, None)
    for uri in added:
        path = to_fs_path(uri)
        if path:
            server.session.folders[uri] = os.path.abspath(path)


async def _ask_for_settings(server: Server) -> None:
    """Ask the client for the settings of each folder."""
    if not server.ability("workspace.configuration"):
        return
    folders = list(server.session.folders.items())
    items = [types.ConfigurationItem(section=SECTION)]
    items += [types.ConfigurationItem(scope_uri=uri, section=SECTION) for uri, _ in folders]
    try:
        answers = await server.workspace_configuration_async(types.ConfigurationParams(items))
    except Exception as error:
        _log.warning("no settings from the client: %s", error)
        return
    before = (server.session.base, dict(server.session.by_folder))
    if answers:
        server.session.base = _noted(server, server.given.updated(answers[0]))
    server.session.by_folder = {
        path: server.given.updated(answer) for (_, path), answer in zip(folders, answers[1:], strict=False)
    }
    if before != (server.session.base, server.session.by_folder):
        server.session.reconsider()


def _noted(server: Server, settings: ClientSettings) -> ClientSettings:
    for problem in settings.problems:
        server.warn(f"kerascheck: {problem}")
    return settings


# -- texts ----------------------------------------------------------------------------------------------------------


def _register_texts(server: Server) -> None:
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


# -- answers --------------------------------------------------------------------------------------------------------


def _register_answers(server: Server) -> None:
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
            await session.settled(unit)
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
                reports.append(types.WorkspaceUnchangedDocumentDiagnosticReport(uri, number, version))
            else:
                reports.append(types.WorkspaceFullDocumentDiagnosticReport(uri, items, version, number))

        for unit in list(session.units.values()):
            await session.settled(unit)
            for document in unit.documents if not unit.is_notebook else ():
                add(document.uri, server.items(unit, document), document.version)
        async for _, _, found in findings_of_closed_files(session):
            add(found.uri, found.items, None)
        return types.WorkspaceDiagnosticReport(reports)

    @server.feature(types.TEXT_DOCUMENT_INLAY_HINT)
    async def hinted(params: types.InlayHintParams) -> list[types.InlayHint]:
        uri = params.text_document.uri
        found = await _settled(server, uri)
        if found is None or not session.settings_of(uri).inlay_hints:
            return []
        unit, document = found
        start = document.lines.from_client(params.range.start, session.encoding)
        end = document.lines.from_client(params.range.end, session.encoding)
        return hints.inlay_hints(unit, document, start, end, session.encoding)

    @server.feature(types.TEXT_DOCUMENT_CODE_LENS)
    async def lensed(params: types.CodeLensParams) -> list[types.CodeLens]:
        uri = params.text_document.uri
        found = await _settled(server, uri)
        if found is None or not session.settings_of(uri).code_lens:
            return []
        return lenses.code_lenses(*found, session.encoding)

    @server.feature(types.TEXT_DOCUMENT_DOCUMENT_SYMBOL)
    async def outlined(params: types.DocumentSymbolParams) -> list[types.DocumentSymbol]:
        found = await _settled(server, params.text_document.uri)
        return [] if found is None else symbols.document_symbols(*found, session.encoding)

    @server.feature(types.TEXT_DOCUMENT_HOVER)
    async def hovered(params: types.HoverParams) -> types.Hover | None:
        found = await _settled(server, params.text_document.uri)
        if found is None:
            return None
        unit, document = found
        return await _hover(server, unit, document, document.lines.from_client(params.position, session.encoding))

    @server.feature(
        types.TEXT_DOCUMENT_CODE_ACTION,
        types.CodeActionOptions(code_action_kinds=list(actions.KINDS), resolve_provider=True),
    )
    async def acted(params: types.CodeActionParams) -> list[types.CodeAction]:
        found = await _settled(server, params.text_document.uri)
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
                await _resolve(server, action)  # it is about to be applied
            else:
                action.command = types.Command(
                    action.title, actions.FIX_ALL, arguments=[action.data["uri"], action.data["unsafe"]]
                )
        return offered

    @server.feature(types.CODE_ACTION_RESOLVE)
    async def resolved(action: types.CodeAction) -> types.CodeAction:
        await _resolve(server, action)
        return action


async def _settled(server: Server, uri: str) -> tuple[Unit, Document] | None:
    """An open document when its text is analysed; as it was last known where that does not come about."""
    found = server.session.document(uri)
    if found is not None:
        await server.session.settled(found[0])
        found = server.session.document(uri)  # it may have been closed meanwhile
    return found


async def _hover(server: Server, unit: Unit, document: Document, offset: int) -> types.Hover | None:
    session = server.session
    code = hover.code_at(document, offset)
    if code is not None:
        shown = await _asked(server, "rule", code.code)
        return None if shown is None else _hovering(server, document, code.start, code.end, shown.markdown or "")
    parts: list[str] = []
    place: tuple[int, int] | None = None
    layer = hover.layer_at(unit, document, offset)
    model = hover.model_at(unit, document, offset)
    if layer is not None and (model is None or not model.start <= offset < model.end or layer.start > model.start):
        place = (layer.start, layer.end)
        parts.append(hover.layer_markdown(layer.item))
    elif model is not None:
        shown = await _asked(server, "summary", session.text_of(unit, unit.knowledge.text), model.item.number)
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


async def _asked(server: Server, task: str, *arguments: Any) -> Shown | None:
    """What the worker has to show; None where it fails."""
    try:
        shown: Shown | None = await server.session.analyst.ask(task, *arguments)
    except (WorkerDied, RuntimeError) as error:
        _log.error("%s: %s", task, error)
        return None
    return shown


async def _resolve(server: Server, action: types.CodeAction) -> None:
    """Find the edit of a "fix all"."""
    data = action.data
    if not isinstance(data, dict) or not isinstance(data.get("uri"), str):
        return
    edit, _ = await _fixed(server, data["uri"], bool(data.get("unsafe")))
    action.edit = edit


async def _fixed(server: Server, uri: str, unsafe: bool) -> tuple[types.WorkspaceEdit | None, int]:
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


# -- commands -------------------------------------------------------------------------------------------------------


def _register_commands(server: Server) -> None:
    @server.command(lenses.SHOW_SUMMARY)
    async def show_summary(ls: Server, *arguments: object) -> dict[str, str]:
        return await _show_model(server, "summary", arguments)

    @server.command(lenses.SHOW_GRAPH)
    async def show_graph(ls: Server, *arguments: object) -> dict[str, str]:
        return await _show_model(server, "graph", arguments)

    @server.command(actions.SHOW_RULE)
    async def show_rule(ls: Server, *arguments: object) -> dict[str, str]:
        code = str(arguments[0]) if arguments else ""
        shown = await _asked(server, "rule", code)
        return await _show(
            server, shown or Shown(f"There is no rule {code!r}", markdown=f"There is no rule {code!r}\n")
        )

    @server.command(actions.FIX_ALL)
    async def fix_all(ls: Server, *arguments: object) -> dict[str, Any]:
        uri = str(arguments[0]) if arguments else ""
        settings = server.session.settings_of(uri)
        unsafe = bool(arguments[1]) if len(arguments) > 1 and arguments[1] is not None else settings.fix_unsafe
        edit, count = await _fixed(server, uri, unsafe)
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


async def _show_model(server: Server, task: str, arguments: tuple[object, ...]) -> dict[str, str]:
    """The answer about the model at (uri, row, cell): row 1-based, cell null or its 1-based number."""
    model = await _model(server, arguments)
    if model is None:
        return await _show(server, Shown("No model here", markdown="There is no model here.\n"))
    unit, number = model
    try:
        shown = await server.session.analyst.ask(task, server.session.text_of(unit, unit.knowledge.text), number)
    except (WorkerDied, RuntimeError) as error:
        message = str(error).removeprefix("MissingPackage: ")
        shown = Shown("Not possible", markdown=message + "\n")
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
    models = [one for one in unit.knowledge.found(document, ModelFact) if one.item in unit.knowledge.facts.models]
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
