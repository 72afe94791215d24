"""Beginning, settings, folders, the end."""

from __future__ import annotations

import logging
import os

from lsprotocol import types
from pygls.uris import from_fs_path, to_fs_path

from kerascheck.integrations.lsp.positions import Encoding
from kerascheck.integrations.lsp.server import Server
from kerascheck.integrations.lsp.settings import SECTION, ClientSettings

_log = logging.getLogger(__name__)

#: Programs, what says for which Keras they are, and what they may read.
_WATCHED = ("**/*.{py,csv,json,yaml,yml,txt,toml,cfg,lock}", "**/Pipfile", "**/Dockerfile")


def _says_something_of_all(name: str) -> bool:
    """Whether a file of this name holds settings, or the versions of packages."""
    from kerascheck.configuration.converting import CONFIGURATION_FILES
    from kerascheck.project.target.pins import reader_of

    return name in CONFIGURATION_FILES or reader_of(name) is not None


def register(server: Server) -> None:
    """Let a server begin, hear of settings, folders and files, and end."""

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
        server.watch_client()

    @server.feature(types.INITIALIZED)
    async def initialized(_: types.InitializedParams) -> None:
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
        if any(_says_something_of_all(os.path.basename(name)) for name in names):
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
    session = server.session
    before = {uri: session.settings_of(uri) for uri in session.units}
    if answers:
        server.session.base = _noted(server, server.given.updated(answers[0]))
    server.session.by_folder = {
        path: server.given.updated(answer) for (_, path), answer in zip(folders, answers[1:], strict=False)
    }
    if any(session.settings_of(uri) != settings for uri, settings in before.items() if uri in session.units):
        session.reconsider()


def _noted(server: Server, settings: ClientSettings) -> ClientSettings:
    for problem in settings.problems:
        server.warn(f"kerascheck: {problem}")
    return settings
