"""The server as clients see it, over pipes."""

from __future__ import annotations

import asyncio
import os
import random
import sys
import time
from collections.abc import AsyncIterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("pygls", reason="needs the extra lsp")
pytest.importorskip("pytest_lsp", reason="needs pytest-lsp")

import pytest_lsp
from lsprotocol import types as lsp
from pygls.uris import from_fs_path
from pytest_lsp import ClientServerConfig, LanguageClient

from kerascheck import api
from kerascheck.integrations.lsp.positions import Encoding, Lines

HEAD = "import keras\nfrom keras import layers\n"
REDUNDANT = HEAD + "m = keras.Sequential([layers.Dense(3, input_dim=2), layers.Dense(3, input_dim=3)])\n"

pytestmark = pytest.mark.asyncio(loop_scope="module")

SERVER = [sys.executable, "-m", "kerascheck", "lsp", "--stdio"]


def environment(tmp: Path) -> dict[str, str]:
    """No configuration and no cache of the user's."""
    root = Path(__file__).parents[3]
    home = {"XDG_CONFIG_HOME": str(tmp), "KERASCHECK_CACHE_DIR": str(tmp / "cache"), "PYTHONPATH": str(root)}
    return {**os.environ, **home}


async def begin(client: LanguageClient, folder: Path, capabilities: lsp.ClientCapabilities, **options: Any) -> Any:
    """The handshake."""
    uri = from_fs_path(str(folder)) or ""
    return await client.initialize_session(
        lsp.InitializeParams(
            capabilities=capabilities,
            workspace_folders=[lsp.WorkspaceFolder(uri, "folder")],
            initialization_options={"showsResults": True, **options},
        )
    )


PUSHED = lsp.ClientCapabilities(
    general=lsp.GeneralClientCapabilities(position_encodings=[lsp.PositionEncodingKind.Utf16]),
    workspace=lsp.WorkspaceClientCapabilities(
        configuration=True,
        apply_edit=True,
        workspace_edit=lsp.WorkspaceEditClientCapabilities(document_changes=True),
    ),
    text_document=lsp.TextDocumentClientCapabilities(
        code_action=lsp.CodeActionClientCapabilities(
            data_support=True, resolve_support=lsp.ClientCodeActionResolveOptions(["edit"])
        ),
    ),
)
PULLED = lsp.ClientCapabilities(
    general=lsp.GeneralClientCapabilities(position_encodings=["utf-8"]),
    text_document=lsp.TextDocumentClientCapabilities(diagnostic=lsp.DiagnosticClientCapabilities()),
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the workspace."""
    return tmp_path_factory.mktemp("workspace")


@pytest_lsp.fixture(
    scope="module", config=ClientServerConfig(server_command=SERVER, server_env=environment(Path("/nowhere")))
)
async def client(lsp_client: LanguageClient, folder: Path) -> AsyncIterator[None]:
    """A client that findings are sent to."""
    lsp_client.applied = []  # type: ignore[attr-defined]

    @lsp_client.feature(lsp.WORKSPACE_APPLY_EDIT)
    def apply(params: lsp.ApplyWorkspaceEditParams) -> lsp.ApplyWorkspaceEditResult:
        lsp_client.applied.append(params.edit)  # type: ignore[attr-defined]
        return lsp.ApplyWorkspaceEditResult(applied=True)

    await begin(lsp_client, folder, PUSHED)
    yield
    await lsp_client.shutdown_session()


@pytest_lsp.fixture(
    scope="module", config=ClientServerConfig(server_command=SERVER, server_env=environment(Path("/nowhere")))
)
async def pulling(lsp_client: LanguageClient, folder: Path) -> AsyncIterator[None]:
    """A client that asks for findings by itself, and counts in bytes."""
    await begin(lsp_client, folder, PULLED, workspaceDiagnostics=True)
    yield
    await lsp_client.shutdown_session()


class File:
    """An open text."""

    def __init__(self, client: LanguageClient, uri: str, text: str, language: str = "python") -> None:
        self.client, self.uri, self.version = client, uri, 1
        self.identifier = lsp.TextDocumentIdentifier(uri)
        client.text_document_did_open(lsp.DidOpenTextDocumentParams(lsp.TextDocumentItem(uri, language, 1, text)))

    def replace(self, start: tuple[int, int], end: tuple[int, int], text: str) -> None:
        place = lsp.Range(lsp.Position(*start), lsp.Position(*end))
        self._change(lsp.TextDocumentContentChangePartial(place, text))

    def write(self, text: str) -> None:
        self._change(lsp.TextDocumentContentChangeWholeDocument(text))

    def _change(self, change: Any) -> None:
        self.version += 1
        identifier = lsp.VersionedTextDocumentIdentifier(self.version, self.uri)
        self.client.text_document_did_change(lsp.DidChangeTextDocumentParams(identifier, [change]))

    async def findings(self, *codes: str, rows: set[int] | None = None) -> list[lsp.Diagnostic]:
        """The findings in the order of their codes as soon as they have these codes (and stand in these rows)."""
        return await published(self.client, self.uri, *codes, rows=rows)

    def close(self) -> None:
        self.client.text_document_did_close(lsp.DidCloseTextDocumentParams(self.identifier))


async def published(
    client: LanguageClient, uri: str, *codes: str, rows: set[int] | None = None
) -> list[lsp.Diagnostic]:
    """What is published for a URI once it has these codes in these rows."""
    end = time.monotonic() + 30
    while time.monotonic() < end:
        if uri in client.diagnostics:
            found = sorted(client.diagnostics[uri], key=lambda one: str(one.code))
            if [one.code for one in found] == list(codes) and (
                rows is None or {one.range.start.line for one in found} == rows
            ):
                return found
        await asyncio.sleep(0.005)
    raise AssertionError(f"waited for {codes} in rows {rows}, got {client.diagnostics.get(uri)}")


def opened(client: LanguageClient, folder: Path, name: str, text: str) -> File:
    return File(client, from_fs_path(str(folder / name)) or "", text)


def everything() -> lsp.Range:
    return lsp.Range(lsp.Position(0, 0), lsp.Position(9999, 0))


async def actions(file: File, only: list[str] | None = None) -> list[lsp.CodeAction]:
    """The actions that hold an edit, or get one; (lsprotocol takes those with a command for commands)."""
    context = lsp.CodeActionContext([], only=only)
    found = await file.client.text_document_code_action_async(
        lsp.CodeActionParams(file.identifier, everything(), context)
    )
    return [action for action in found or () if isinstance(action, lsp.CodeAction)]


def texts_of(edit: lsp.WorkspaceEdit | None) -> list[tuple[int | None, list[str]]]:
    """For each changed text the version and the new pieces."""
    assert edit is not None
    return [
        (change.text_document.version, [str(one.new_text) for one in change.edits])  # type: ignore[union-attr]
        for change in edit.document_changes or ()
        if isinstance(change, lsp.TextDocumentEdit)
    ]


# -- findings -------------------------------------------------------------------------------------------------------


async def test_findings_come_with_what_editors_show(client: LanguageClient, folder: Path) -> None:
    file = opened(client, folder, "shown.py", REDUNDANT)
    _, redundant = await file.findings("KC101", "KC103")
    assert redundant.range == lsp.Range(lsp.Position(2, 68), lsp.Position(2, 79))
    assert redundant.severity == lsp.DiagnosticSeverity.Information
    assert list(redundant.tags or ()) == [lsp.DiagnosticTag.Unnecessary]
    assert redundant.code_description is not None
    assert redundant.code_description.href.endswith("/redundant-input-shape/")
    file.close()
    await file.findings()


async def test_findings_follow_edits(client: LanguageClient, folder: Path) -> None:
    file = opened(client, folder, "edited.py", REDUNDANT)
    await file.findings("KC101", "KC103", rows={2})
    file.replace((0, 0), (0, 0), "# 🧠\n")
    await file.findings("KC101", "KC103", rows={3})
    file.replace((3, 66), (3, 79), "")
    await file.findings("KC101")
    file.close()


async def test_a_text_that_does_not_parse_keeps_its_findings_and_says_so_later(
    client: LanguageClient, folder: Path
) -> None:
    file = opened(client, folder, "typing.py", REDUNDANT)
    await file.findings("KC101", "KC103", rows={2})
    file.replace((0, 0), (0, 0), "x = (\n")
    await file.findings("KC101", "KC103", rows={3})
    await file.findings("KC001", "KC101", "KC103")
    file.replace((0, 0), (1, 0), "")
    await file.findings("KC101", "KC103", rows={2})
    file.close()


async def test_a_text_that_never_parsed_says_so_at_once(client: LanguageClient, folder: Path) -> None:
    file = opened(client, folder, "broken.py", HEAD + "x = (\n")
    (found,) = await file.findings("KC001")
    assert found.range.start < found.range.end
    file.close()


async def test_columns_count_utf_16(client: LanguageClient, folder: Path) -> None:
    program = (
        HEAD + 's = "🧠"; m = keras.Sequential([layers.Dense(3, input_dim=2), layers.Dense(3, "relu", input_dim=3)])\n'
    )
    file = opened(client, folder, "letters.py", program)
    found = (await file.findings("KC101", "KC103"))[1]
    row = program.split("\n")[2].encode("utf-16-le")
    assert row[2 * found.range.start.character : 2 * found.range.end.character].decode("utf-16-le") == "input_dim=3"
    file.close()


@pytest.mark.parametrize("seed", range(3))
async def test_after_many_edits_the_findings_are_those_of_the_text(
    client: LanguageClient, folder: Path, seed: int
) -> None:
    chance = random.Random(seed)
    encoding = Encoding("utf-16")
    head = REDUNDANT.replace("\n", "\r\n") + '"""\r\n'  # what follows is a string, whatever it is
    tail = "first 🧠 row\r\nsecond row\n" * 5
    file = opened(client, folder, f"random{seed}.py", head + tail)
    for _ in range(60):
        lines = Lines(head + tail)
        start = chance.randrange(len(head), len(lines.text) + 1)
        end = min(start + chance.choice([0, 0, 1, 5]), len(lines.text))
        new = chance.choice(["", "x", "🧠", "\n", "\r\n", "layers.Dense(3)", "(", "'"])
        place = lines.range_to_client(start, end, encoding)
        start, end = (lines.from_client(at, encoding) for at in (place.start, place.end))
        tail = lines.text[len(head) : start] + new + lines.text[end:]
        file.replace((place.start.line, place.start.character), (place.end.line, place.end.character), new)
        if chance.random() < 0.2:
            await asyncio.sleep(0.03)
    last = Lines(head + tail)
    end = last.to_client(len(last.text), encoding)
    file.replace((end.line, end.character), (end.line, end.character), '\n""", layers.Dense("🧠", input_dim=3)\n')
    text = last.text + '\n""", layers.Dense("🧠", input_dim=3)\n'
    expected = api.check(text, "a.py").diagnostics
    found = await file.findings(
        *sorted(one.code for one in expected), rows={one.span.start.row - 1 for one in expected}
    )
    assert len(found) == 3
    file.close()


async def test_windows_line_ends_and_a_byte_order_mark(client: LanguageClient, folder: Path) -> None:
    file = opened(client, folder, "windows.py", "\ufeff" + REDUNDANT.replace("\n", "\r\n"))
    found = (await file.findings("KC101", "KC103"))[1]
    assert found.range == lsp.Range(lsp.Position(2, 68), lsp.Position(2, 79))
    file.replace((2, 66), (2, 79), "")
    await file.findings("KC101")
    file.close()


async def test_open_files_see_each_other_unsaved(client: LanguageClient, folder: Path) -> None:
    parts = opened(client, folder, "parts.py", "import keras\nWIDTH = 3\n")
    await parts.findings()
    program = (
        HEAD
        + "from parts import WIDTH\nm = keras.Sequential([layers.Dense(4, input_dim=2), layers.Reshape((WIDTH,))])\n"
    )
    user = opened(client, folder, "user.py", program)
    await user.findings("KC203")
    parts.replace((1, 8), (1, 9), "4")
    await user.findings()
    parts.close()
    user.close()


BUILDER = (
    HEAD
    + """\
def make(size):
    return keras.Sequential([layers.Dense(4, input_dim=2), layers.Reshape((size,))])
"""
)


async def test_a_file_is_analysed_again_when_another_one_begins_to_call_its_functions(
    client: LanguageClient, folder: Path
) -> None:
    (folder / "called").mkdir()
    builder = opened(client, folder / "called", "builder.py", BUILDER)
    await builder.findings()
    caller = opened(client, folder / "called", "caller.py", "size = 3\n")
    await caller.findings()
    caller.write("from builder import make\nsize = 3\n")  # this alone says nothing
    caller.write("from builder import make\nsize = 3\nmodel = make(size)\n")
    await builder.findings("KC203")
    caller.write("from builder import make\nsize = 4\nmodel = make(size)\n")
    await builder.findings()
    caller.write("from builder import make\nsize = 3\nmodel = make(size)\n")
    await builder.findings("KC203")
    caller.write("size = 3\n")
    await builder.findings()
    caller.close()
    builder.close()


async def test_a_file_is_analysed_again_when_one_appears_that_calls_its_functions(
    client: LanguageClient, folder: Path
) -> None:
    own = folder / "appearing"
    own.mkdir()
    (own / "pyproject.toml").write_text("")
    builder = opened(client, own, "builder.py", BUILDER)
    (own / "builder.py").write_text(BUILDER)
    await builder.findings()

    def tell(name: str, kind: lsp.FileChangeType) -> None:
        event = lsp.FileEvent(from_fs_path(str(own / name)) or "", kind)
        client.workspace_did_change_watched_files(lsp.DidChangeWatchedFilesParams([event]))

    (own / "tools").mkdir()
    (own / "tools" / "caller.py").write_text("from builder import make\nmodel = make(3)\n")
    tell("tools/caller.py", lsp.FileChangeType.Created)
    await builder.findings("KC203")
    (own / "tools" / "caller.py").unlink()
    tell("tools/caller.py", lsp.FileChangeType.Deleted)
    await builder.findings()
    builder.close()


async def test_texts_without_a_file(client: LanguageClient) -> None:
    for uri in ("untitled:Untitled-1", "vscode-notebook-cell:/x/nb.ipynb#W0sZmlsZQ%3D%3D", "strange"):
        file = File(client, uri, REDUNDANT)
        await file.findings("KC101", "KC103")
        file.close()


async def test_other_languages_are_left_alone(client: LanguageClient, folder: Path) -> None:
    other = File(client, from_fs_path(str(folder / "a.toml")) or "", REDUNDANT, "toml")
    assert not await client.text_document_code_lens_async(lsp.CodeLensParams(other.identifier))


async def test_what_is_not_open_has_no_answers(client: LanguageClient) -> None:
    identifier = lsp.TextDocumentIdentifier("file:///nowhere/closed.py")
    assert not await client.text_document_inlay_hint_async(lsp.InlayHintParams(identifier, everything()))
    assert await client.text_document_hover_async(lsp.HoverParams(identifier, lsp.Position(3, 3))) is None
    client.text_document_did_change(
        lsp.DidChangeTextDocumentParams(
            lsp.VersionedTextDocumentIdentifier(2, identifier.uri), [lsp.TextDocumentContentChangeWholeDocument("x")]
        )
    )
    client.text_document_did_close(lsp.DidCloseTextDocumentParams(identifier))


async def test_a_huge_text_is_not_analysed_and_says_so(client: LanguageClient, folder: Path) -> None:
    file = opened(client, folder, "huge.py", HEAD + "x = 1  # filler\n" * 650_000)
    (found,) = await file.findings("KC002")
    assert "larger than" in found.message
    file.replace((5, 0), (5, 0), "y")
    await file.findings("KC002")
    file.close()


async def test_an_analysis_that_the_budget_ends_is_noted(client: LanguageClient, folder: Path) -> None:
    file = opened(client, folder, "dear.py", REDUNDANT)
    await file.findings("KC101", "KC103")
    client.set_configuration({"budget": 0.0001}, section="kerascheck")
    client.workspace_did_change_configuration(lsp.DidChangeConfigurationParams(None))
    await file.findings()
    assert any("dear.py: analysed in part" in message.message for message in client.log_messages)
    client.set_configuration({}, section="kerascheck")
    client.workspace_did_change_configuration(lsp.DidChangeConfigurationParams(None))
    await file.findings("KC101", "KC103")
    file.close()


# -- answers --------------------------------------------------------------------------------------------------------


async def test_hints_wait_for_the_latest_text(client: LanguageClient, folder: Path) -> None:
    file = opened(client, folder, "hints.py", HEAD + "i = keras.Input((3,))\nx = layers.Dense(2)(i)\n")
    file.replace((3, 17), (3, 18), "8")
    hints = await client.text_document_inlay_hint_async(lsp.InlayHintParams(file.identifier, everything()))
    assert [hint.label for hint in hints or ()] == ["(None, 3)", "(None, 8)  32"]
    file.close()


async def test_hovers(client: LanguageClient, folder: Path) -> None:
    file = opened(client, folder, "hover.py", REDUNDANT.rstrip("\n") + "  # noqa: KC103\n")

    async def text_at(column: int) -> str:
        hover = await client.text_document_hover_async(lsp.HoverParams(file.identifier, lsp.Position(2, column)))
        return "" if hover is None else hover.contents.value  # type: ignore[union-attr]

    assert "2·3 + 3 = 9" in await text_at(32)
    assert "| Layer (type) |" in await text_at(0)
    assert "# redundant-input-shape (KC103)" in await text_at(95)
    file.close()


async def test_hovers_over_names(client: LanguageClient, folder: Path) -> None:
    text = "import keras\nimport numpy as np\nfrom keras import layers\nx = np.zeros((3, 4), 'uint8')\n"
    text += "i = keras.Input((4,))\nt = layers.Dense(5)(i)\nn = x.shape[1]\nprint(n, t, x.T)\n"
    file = opened(client, folder, "names.py", text)

    async def text_at(row: int, column: int) -> str:
        hover = await client.text_document_hover_async(lsp.HoverParams(file.identifier, lsp.Position(row, column)))
        return "" if hover is None else hover.contents.value  # type: ignore[union-attr]

    assert "`array (3, 4) uint8`, all 0, made in row 4" in await text_at(3, 0)
    assert "`tensor (None, 5) float32`, from 'dense' \\(Dense\\) in row 6" in await text_at(7, 9)
    assert "`tensor (None, 4) float32`" in await text_at(5, 20)
    assert "`array (4, 3) uint8`" in await text_at(7, 14)
    assert "20 multiply-adds" in await text_at(5, 12)
    assert await text_at(0, 8) == ""
    file.close()


async def test_fixes_and_comments_are_offered_for_the_version_at_hand(client: LanguageClient, folder: Path) -> None:
    file = opened(client, folder, "actions.py", REDUNDANT)
    file.replace((0, 0), (0, 0), "\n")
    offered = {action.title: action for action in await actions(file)}
    fix = offered["KC103: Remove input_dim"]
    assert fix.is_preferred
    assert texts_of(fix.edit) == [(2, [""])]
    assert texts_of(offered["Disable KC103 for this line"].edit) == [(2, ["  # kerascheck: ignore[KC103]"])]
    file.close()


async def test_a_comment_that_silences_gets_one_more_code(client: LanguageClient, folder: Path) -> None:
    file = opened(client, folder, "silent.py", REDUNDANT.rstrip("\n") + "  # kerascheck: ignore[KC101]\n")
    offered = {action.title: action for action in await actions(file)}
    assert texts_of(offered["Disable KC103 for this line"].edit) == [(1, [", KC103"])]
    file.close()


async def test_fix_all_is_found_when_it_is_chosen(client: LanguageClient, folder: Path) -> None:
    file = opened(client, folder, "fixall.py", REDUNDANT)
    (action,) = await actions(file, ["source.fixAll"])
    assert (action.kind, action.edit) == ("source.fixAll.kerascheck", None)
    resolved = await client.code_action_resolve_async(action)
    assert texts_of(resolved.edit) == [(1, [REDUNDANT.split("\n")[2].replace(", input_dim=3", "") + "\n"])]
    file.close()


async def test_commands(client: LanguageClient, folder: Path) -> None:
    file = opened(client, folder, "commands.py", REDUNDANT)

    async def run(name: str, *arguments: Any) -> Any:
        params = lsp.ExecuteCommandParams(f"kerascheck.{name}", list(arguments))
        return await client.workspace_execute_command_async(params)

    def member(answer: Any, name: str) -> Any:
        return answer[name] if isinstance(answer, dict) else getattr(answer, name)

    assert "Total params: 21" in member(await run("showSummary", file.uri, 3, None), "markdown")
    kind, sign = ("html", "<svg") if find_spec("fast_sugiyama") else ("markdown", "```mermaid")
    assert sign in member(await run("showGraph", file.uri, 3, None), kind)
    assert "KC103" in member(await run("showRule", "KC103"), "markdown")
    assert member(await run("fixAll", file.uri), "fixed") == 1
    assert texts_of(client.applied[-1]) == [(1, [REDUNDANT.split("\n")[2].replace(", input_dim=3", "") + "\n"])]  # type: ignore[attr-defined]
    assert "No model" in member(await run("showSummary", "file:///nowhere.py", 1, None), "title")
    assert "no rule" in member(await run("showRule", "KC999"), "title")
    file.close()


PROGRAM_THAT_FAILS = (
    HEAD + "m = keras.Sequential([keras.Input((8, 8, 3)), layers.Dense(3), layers.Flatten()])\nm.add(layers.LSTM(4))\n"
)
MESSAGE = 'ValueError: Input 0 of layer "lstm" is incompatible with the layer: expected ndim=3, found ndim=2.'


@pytest.mark.parametrize("text", [f"{PROGRAM_THAT_FAILS}\n# {MESSAGE}\n", f"{PROGRAM_THAT_FAILS}\n{MESSAGE}\n"])
async def test_a_pasted_message_is_explained(client: LanguageClient, folder: Path, text: str) -> None:
    file = opened(client, folder, "pasted.py", text)
    row = text[: text.index("ValueError")].count("\n")
    cursor = lsp.Range(lsp.Position(row, 3), lsp.Position(row, 3))
    found = await client.text_document_code_action_async(
        lsp.CodeActionParams(file.identifier, cursor, lsp.CodeActionContext([]))
    )
    assert "Explain this error message (kerascheck)" in [action.title for action in found or ()]
    params = lsp.ExecuteCommandParams("kerascheck.explain", [file.uri, MESSAGE, row, row])
    answer = await client.workspace_execute_command_async(params)
    shown = answer["markdown"] if isinstance(answer, dict) else answer.markdown
    assert "> 4 | m.add(layers.LSTM(4))" in shown
    assert "KC201 row 4: 'lstm' (LSTM) expects inputs of rank 3, found rank 2" in shown
    assert "](https://kerascheck.github.io/kerascheck/messages/#input-rank)" in shown
    file.close()


async def test_the_workspace_is_checked_on_demand(client: LanguageClient, folder: Path) -> None:
    (folder / "saved.py").write_text(REDUNDANT)
    uri = from_fs_path(str(folder / "saved.py")) or ""
    await client.workspace_execute_command_async(lsp.ExecuteCommandParams("kerascheck.checkWorkspace", []))
    await published(client, uri, "KC101", "KC103")
    (folder / "saved.py").unlink()


async def test_a_request_may_be_cancelled(client: LanguageClient, folder: Path) -> None:
    file = opened(client, folder, "cancel.py", REDUNDANT)
    await file.findings("KC101", "KC103")
    file.replace((0, 0), (0, 0), "\n")
    request = client.protocol.send_request(
        lsp.TEXT_DOCUMENT_INLAY_HINT, lsp.InlayHintParams(file.identifier, everything()), msg_id="late"
    )
    client.cancel_request(lsp.CancelParams("late"))
    with pytest.raises(Exception, match="cancel"):
        await asyncio.wait_for(asyncio.wrap_future(request), 20)
    lenses = await client.text_document_code_lens_async(lsp.CodeLensParams(file.identifier))
    assert len(lenses or ()) == 2
    file.close()


async def test_settings_of_the_client_hold_at_once(client: LanguageClient, folder: Path) -> None:
    file = opened(client, folder, "settings.py", REDUNDANT)
    await file.findings("KC101", "KC103")
    client.set_configuration({"ignore": ["KC101"], "codeLens": False}, section="kerascheck")
    client.workspace_did_change_configuration(lsp.DidChangeConfigurationParams(None))
    await file.findings("KC103")
    assert not await client.text_document_code_lens_async(lsp.CodeLensParams(file.identifier))
    client.set_configuration({}, section="kerascheck")
    client.workspace_did_change_configuration(lsp.DidChangeConfigurationParams(None))
    await file.findings("KC101", "KC103")
    file.close()


async def test_each_folder_has_settings_of_its_own(client: LanguageClient, tmp_path: Path) -> None:
    uri = from_fs_path(str(tmp_path)) or ""
    change = lsp.WorkspaceFoldersChangeEvent(added=[lsp.WorkspaceFolder(uri, "other")], removed=[])
    client.set_configuration({"ignore": ["KC103"]}, section="kerascheck", scope_uri=uri)
    client.workspace_did_change_workspace_folders(lsp.DidChangeWorkspaceFoldersParams(change))
    file = opened(client, tmp_path, "a.py", REDUNDANT)
    await file.findings("KC101")
    gone = lsp.WorkspaceFoldersChangeEvent(added=[], removed=[lsp.WorkspaceFolder(uri, "other")])
    client.workspace_did_change_workspace_folders(lsp.DidChangeWorkspaceFoldersParams(gone))
    await file.findings("KC101", "KC103")
    file.close()


async def test_configuration_files_hold_when_they_change(client: LanguageClient, folder: Path) -> None:
    own = folder / "configured"
    own.mkdir()
    file = opened(client, own, "a.py", REDUNDANT)
    await file.findings("KC101", "KC103")
    (own / ".kerascheck.toml").write_text('ignore = ["KC1"]\n')
    uri = from_fs_path(str(own / ".kerascheck.toml")) or ""
    client.workspace_did_change_watched_files(
        lsp.DidChangeWatchedFilesParams([lsp.FileEvent(uri, lsp.FileChangeType.Created)])
    )
    await file.findings()
    file.close()


async def test_what_a_program_looks_for_may_appear(client: LanguageClient, folder: Path) -> None:
    own = folder / "looking"
    own.mkdir()

    def written(name: str, text: str) -> None:
        (own / name).write_text(text)
        uri = from_fs_path(str(own / name)) or ""
        client.workspace_did_change_watched_files(
            lsp.DidChangeWatchedFilesParams([lsp.FileEvent(uri, lsp.FileChangeType.Created)])
        )

    for name, text, how in (
        ("settings.py", "RATE = 1.5\n", "from settings import RATE\n"),
        (
            "rates.json",
            '{"rate": 1.5}',
            "import json\nwith open('rates.json') as f:\n    RATE = json.load(f)['rate']\n",
        ),
    ):
        file = opened(client, own, "a.py", f"import keras\n{how}keras.layers.Dropout(RATE)\n")
        await file.findings()
        written(name, text)
        await file.findings("KC105")
        file.close()
    file = opened(client, own, "b.py", "from tensorflow.keras.layers import Dense\nDense(4, dynamic=True)\n")
    await file.findings("KC503")
    written("requirements.txt", "tensorflow==2.3\n")
    await file.findings()
    file.close()


# -- notebooks ------------------------------------------------------------------------------------------------------


async def test_the_cells_of_a_notebook_are_one_program(client: LanguageClient, folder: Path) -> None:
    notebook = from_fs_path(str(folder / "nb.ipynb")) or ""
    cells = {
        f"{notebook}#{number}": text
        for number, text in enumerate(("%pip install keras\n" + HEAD, "# text", REDUNDANT.split("\n")[2]), 1)
    }
    kinds = [lsp.NotebookCellKind.Code, lsp.NotebookCellKind.Markup, lsp.NotebookCellKind.Code]
    first, _, last = cells
    client.notebook_document_did_open(
        lsp.DidOpenNotebookDocumentParams(
            lsp.NotebookDocument(
                notebook,
                "jupyter-notebook",
                1,
                [lsp.NotebookCell(kind, uri) for kind, uri in zip(kinds, cells, strict=True)],
            ),
            [lsp.TextDocumentItem(uri, "python", 1, cells[uri]) for uri in (first, last)],
        )
    )
    await published(client, last, "KC101", "KC103", rows={0})
    hints = await client.text_document_inlay_hint_async(
        lsp.InlayHintParams(lsp.TextDocumentIdentifier(last), everything())
    )
    assert [hint.label for hint in hints or ()] == ["(None, 3)  9", "(None, 3)  12"]
    lenses = await client.text_document_code_lens_async(lsp.CodeLensParams(lsp.TextDocumentIdentifier(last)))
    assert lenses and lenses[0].command and list(lenses[0].command.arguments or ()) == [last, 1, 3]

    context = lsp.CodeActionContext([])
    offered = await client.text_document_code_action_async(
        lsp.CodeActionParams(lsp.TextDocumentIdentifier(last), everything(), context)
    )
    by_title = {action.title: action for action in offered or () if isinstance(action, lsp.CodeAction)}
    assert texts_of(by_title["KC103: Remove input_dim"].edit) == [(1, [""])]
    assert texts_of(by_title["Disable KC103 for this line"].edit) == [(1, ["  # kerascheck: ignore[KC103]"])]
    resolved = await client.code_action_resolve_async(by_title["Fix all (kerascheck)"])
    assert texts_of(resolved.edit) == [(1, [cells[last].replace(", input_dim=3", "")])]
    shown = await client.workspace_execute_command_async(
        lsp.ExecuteCommandParams("kerascheck.showSummary", [last, 1, 3])
    )
    assert "Total params: 21" in str(shown)

    # A new cell in front, and an edit in the last one.
    new = f"{notebook}#4"
    place = lsp.Range(lsp.Position(0, 66), lsp.Position(0, 79))
    client.notebook_document_did_change(
        lsp.DidChangeNotebookDocumentParams(
            lsp.VersionedNotebookDocumentIdentifier(2, notebook),
            lsp.NotebookDocumentChangeEvent(
                cells=lsp.NotebookDocumentCellChanges(
                    structure=lsp.NotebookDocumentCellChangeStructure(
                        lsp.NotebookCellArrayChange(0, 0, [lsp.NotebookCell(lsp.NotebookCellKind.Code, new)]),
                        did_open=[lsp.TextDocumentItem(new, "python", 1, "print(1)")],
                    ),
                    text_content=[
                        lsp.NotebookDocumentCellContentChanges(
                            lsp.VersionedTextDocumentIdentifier(2, last),
                            [lsp.TextDocumentContentChangePartial(place, "")],
                        )
                    ],
                )
            ),
        )
    )
    await published(client, last, "KC101")
    client.notebook_document_did_close(
        lsp.DidCloseNotebookDocumentParams(
            lsp.NotebookDocumentIdentifier(notebook), [lsp.TextDocumentIdentifier(uri) for uri in (first, last, new)]
        )
    )
    await published(client, last)


# -- clients that ask -----------------------------------------------------------------------------------------------


async def test_findings_are_asked_for_and_not_sent(pulling: LanguageClient, folder: Path) -> None:
    file = opened(pulling, folder, "pulled.py", REDUNDANT.replace("m =", 's = "🧠"; m ='))
    report = await pulling.text_document_diagnostic_async(lsp.DocumentDiagnosticParams(file.identifier))
    assert isinstance(report, lsp.RelatedFullDocumentDiagnosticReport)
    found = next(one for one in report.items if one.code == "KC103")
    assert found.range.start.character == 68 + len('s = "🧠"; '.encode())
    again = await pulling.text_document_diagnostic_async(
        lsp.DocumentDiagnosticParams(file.identifier, previous_result_id=report.result_id)
    )
    assert isinstance(again, lsp.RelatedUnchangedDocumentDiagnosticReport)
    assert file.uri not in pulling.diagnostics
    file.close()


async def test_findings_of_all_files_are_asked_for(pulling: LanguageClient, folder: Path) -> None:
    (folder / "closed.py").write_text(REDUNDANT)
    uri = from_fs_path(str(folder / "closed.py")) or ""
    report = await pulling.workspace_diagnostic_async(lsp.WorkspaceDiagnosticParams([]))
    (own,) = [one for one in report.items if one.uri == uri]
    assert isinstance(own, lsp.WorkspaceFullDocumentDiagnosticReport)
    assert len(own.items) == 2
    again = await pulling.workspace_diagnostic_async(
        lsp.WorkspaceDiagnosticParams([lsp.PreviousResultId(uri, own.result_id or "")])
    )
    assert [one.kind for one in again.items if one.uri == uri] == ["unchanged"]
    (folder / "closed.py").unlink()
