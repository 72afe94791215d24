"""The server: which request is answered by what."""

from __future__ import annotations

import asyncio
import logging
import os
import sys
from contextlib import suppress
from typing import Any

from lsprotocol import types
from pygls.lsp.server import LanguageServer

from kerascheck import __version__
from kerascheck.integrations.lsp import actions, diagnostics, notebooks
from kerascheck.integrations.lsp.analyst import WorkerDied
from kerascheck.integrations.lsp.documents import Document
from kerascheck.integrations.lsp.facts import Shown
from kerascheck.integrations.lsp.protocol import Protocol
from kerascheck.integrations.lsp.session import Session
from kerascheck.integrations.lsp.settings import ClientSettings
from kerascheck.integrations.lsp.units import Unit

_log = logging.getLogger(__name__)

#: Seconds between two looks whether the client is still there.
_PULSE = 1.0


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

    def found(self, unit: Unit) -> None:
        """Send the findings of a unit, unless the client asks for them."""
        if unit.is_notebook or not self.pulls:
            for document in unit.documents:
                self.publish(document.uri, self.items(unit, document), document.version)

    def changed_by_itself(self, unit: Unit) -> None:
        """Let the client ask again."""
        if self.pulls and not unit.is_notebook and self.ability("workspace.diagnostics.refresh_support"):
            self.workspace_diagnostic_refresh(None)
        if self.ability("workspace.inlay_hint.refresh_support"):
            self.workspace_inlay_hint_refresh(None)
        if self.ability("workspace.code_lens.refresh_support"):
            self.workspace_code_lens_refresh(None)

    def warn(self, message: str) -> None:
        """Show a message to the user."""
        self.window_show_message(types.ShowMessageParams(types.MessageType.Warning, message))

    def note(self, message: str) -> None:
        """Write a message to the log that the client keeps."""
        self.window_log_message(types.LogMessageParams(types.MessageType.Info, message))

    def items(self, unit: Unit, document: Document) -> list[types.Diagnostic]:
        """The findings in an open document, as far as they are known."""
        with_errors = not self.session.hides_errors(unit)
        shown = diagnostics.shown(unit, document, with_errors)
        return [diagnostics.to_client(found, self.session.encoding) for found in shown]

    def publish(self, uri: str, items: list[types.Diagnostic], version: int | None = None) -> None:
        """Send findings."""
        self.text_document_publish_diagnostics(types.PublishDiagnosticsParams(uri, items, version))

    # -- what the session knows --------------------------------------------------------------------------------------

    async def settled(self, uri: str) -> tuple[Unit, Document] | None:
        """An open document when its text is analysed; as it was last known where that does not come about."""
        found = self.session.document(uri)
        if found is not None:
            await self.session.settled(found[0])
            found = self.session.document(uri)  # it may have been closed meanwhile
        return found

    async def asked(self, task: str, *arguments: Any) -> Shown | None:
        """What the worker has to show; None where it fails."""
        try:
            shown: Shown | None = await self.session.analyst.ask(task, *arguments)
        except (WorkerDied, RuntimeError) as error:
            _log.error("%s: %s", task, error)
            return None
        return shown

    # -- life ---------------------------------------------------------------------------------------------------------

    def begin(self, work: Any) -> None:
        """Let a coroutine run by itself."""
        task = asyncio.ensure_future(work)
        self._background.add(task)
        task.add_done_callback(self._background.discard)

    def report_server_error(self, error: Exception, source: Any) -> None:
        """Errors go to the log; a client that sends rubbish is not told so in a window."""
        _log.error("%s: %s", getattr(source, "__name__", source), error)

    def watch_client(self) -> None:
        """End when the process of the client is gone, whatever becomes of its pipes."""
        number = self.process_id
        if number is not None and number > 0 and _is_alive(number):  # else it runs where its number means nothing here
            self.begin(self._outlive(number))

    async def _outlive(self, number: int) -> None:
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
