"""Code actions: the fix of a finding, all fixes, a comment that silences it, the page of its rule; pasted messages."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lsprotocol import types

from kerascheck.api import to_bytes
from kerascheck.configuration.suppressions import silencing_edit
from kerascheck.diagnostics import Applicability, Diagnostic, Edit, Fix
from kerascheck.integrations.lsp.diagnostics import to_client
from kerascheck.integrations.lsp.documents import Document
from kerascheck.integrations.lsp.pasted import EXPLAIN, pasted
from kerascheck.integrations.lsp.positions import Encoding, Lines
from kerascheck.integrations.lsp.units import Found, Unit
from kerascheck.project.source import Source, SourceError
from kerascheck.text.escaping import one_line
from kerascheck.text.magics import blank_magics

SHOW_RULE = "kerascheck.showRule"
FIX_ALL = "kerascheck.fixAll"

FIX_ALL_KIND = "source.fixAll.kerascheck"
FIX_ALL_UNSAFE_KIND = "source.fixAllUnsafe.kerascheck"

#: The kinds of actions that there are.
KINDS: tuple[str, ...] = (types.CodeActionKind.QuickFix.value, FIX_ALL_KIND, FIX_ALL_UNSAFE_KIND)

#: Findings that no comment silences, for there is no program to read it in.
_NOT_SILENCED = ("KC001", "KC002", "KC004")


@dataclass(frozen=True, slots=True)
class Abilities:
    """What the client can do about edits."""

    versions: bool = True  # whether it takes edits of a certain version of a text
    resolves: bool = True  # whether it asks for the edit of an action when the user has chosen it


def code_actions(
    unit: Unit,
    document: Document,
    start: int,
    end: int,
    only: Sequence[str] | None,
    encoding: Encoding,
    abilities: Abilities,
) -> list[types.CodeAction]:
    """What can be done about the findings between two offsets, about all of them, and about a message pasted there.

    "Fix all" comes without an edit, which takes a while to find: see `resolve` in the server.
    """
    actions: list[types.CodeAction] = []
    if _wanted(types.CodeActionKind.QuickFix.value, only):
        # What has been edited since is about to be analysed anew.
        touching = [
            found
            for found in unit.knowledge.diagnostics(document)
            if found.start <= end and start <= found.end and not found.touched
        ]
        for found in touching:
            actions += [one for one in _about(found, unit, encoding, abilities) if not _is_among(one, actions)]
        actions += _explaining(document, start, end)
    if not unit.knowledge.is_broken:
        actions += _fix_all(unit, document, only)
    return actions


def _wanted(kind: str, only: Sequence[str] | None) -> bool:
    """Whether the client asks for actions of a kind: `source.fixAll` stands for `source.fixAll.kerascheck` too."""
    return only is None or any(kind == one or kind.startswith(f"{one}.") or one == "" for one in only)


def _is_among(action: types.CodeAction, actions: Sequence[types.CodeAction]) -> bool:
    """Whether another finding offers the same already."""
    return any((one.title, one.edit, one.command) == (action.title, action.edit, action.command) for one in actions)


def _about(
    found: Found[Diagnostic], unit: Unit, encoding: Encoding, abilities: Abilities
) -> Iterator[types.CodeAction]:
    item, document = found.item, found.document
    diagnostics = [to_client(found, encoding)]
    if unit.knowledge.revision == unit.revision and not unit.knowledge.is_broken:
        if item.fix is not None:
            is_safe = item.fix.applicability is Applicability.SAFE
            yield types.CodeAction(
                title=f"{item.code}: {one_line(item.fix.message)}{'' if is_safe else ' (unsafe)'}",
                kind=types.CodeActionKind.QuickFix,
                diagnostics=diagnostics,
                is_preferred=is_safe or None,
                edit=workspace_edit(document, _text_edits(item.fix, document, encoding), abilities),
            )
        edit = _silencing(item, document, unit.is_notebook)
        if edit is not None:
            yield types.CodeAction(
                title=f"Disable {item.code} for this line",
                kind=types.CodeActionKind.QuickFix,
                diagnostics=diagnostics,
                edit=workspace_edit(document, [_text_edit(edit, document.lines, encoding)], abilities),
            )
    title = f"Show documentation of {item.code}"
    yield types.CodeAction(
        title=title,
        kind=types.CodeActionKind.QuickFix,
        diagnostics=diagnostics,
        command=types.Command(title, SHOW_RULE, arguments=[item.code]),
    )


def _explaining(document: Document, start: int, end: int) -> Iterator[types.CodeAction]:
    message = pasted(document.lines, start, end)
    if message is not None:
        title = "Explain this error message (kerascheck)"
        arguments = [document.uri, message.text, message.first, message.last]
        yield types.CodeAction(
            title, kind=types.CodeActionKind.QuickFix, command=types.Command(title, EXPLAIN, arguments=arguments)
        )


def _fix_all(unit: Unit, document: Document, only: Sequence[str] | None) -> Iterator[types.CodeAction]:
    findings = [found.item for own in unit.documents for found in unit.knowledge.diagnostics(own)]
    fixes = [item.fix for item in findings if item.fix is not None]
    safe = [fix for fix in fixes if fix.applicability is Applicability.SAFE]
    for kind, title, wanted, unsafe in (
        (FIX_ALL_KIND, "Fix all (kerascheck)", safe, False),
        (FIX_ALL_UNSAFE_KIND, "Fix all, unsafe fixes too (kerascheck)", fixes, True),
    ):
        if wanted and (not unsafe or len(fixes) > len(safe)) and _wanted(kind, only):
            yield types.CodeAction(title=title, kind=kind, data={"uri": document.uri, "unsafe": unsafe})


def _silencing(item: Diagnostic, document: Document, is_cell: bool) -> Edit | None:
    """The comment that silences a finding."""
    if item.code in _NOT_SILENCED or item.noqa_row < 1:
        return None
    text = blank_magics(document.text) if is_cell else document.text
    try:
        source = Source(to_bytes(text, "text.py"), "text.py")
        return silencing_edit(source, item.noqa_row, item.code)
    except (SourceError, IndexError):
        return None


def _text_edits(fix: Fix, document: Document, encoding: Encoding) -> list[types.TextEdit]:
    return [_text_edit(edit, document.lines, encoding) for edit in fix.edits]


def _text_edit(edit: Edit, lines: Lines, encoding: Encoding) -> types.TextEdit:
    start, end = lines.offset_of(edit.span.start), lines.offset_of(edit.span.end)
    return types.TextEdit(lines.range_to_client(start, end, encoding), edit.content)


def edits_between(lines: Lines, new: str, encoding: Encoding) -> list[types.TextEdit]:
    """The edits that make another text of one, row by row, so that cursors elsewhere stay where they are."""
    old_rows, new_rows = lines.text.splitlines(keepends=True), new.splitlines(keepends=True)
    offsets = [0]
    for row in old_rows:
        offsets.append(offsets[-1] + len(row))
    edits = []
    for tag, first, last, new_first, new_last in difflib.SequenceMatcher(None, old_rows, new_rows, False).get_opcodes():
        if tag != "equal":
            place = lines.range_to_client(offsets[first], offsets[last], encoding)
            edits.append(types.TextEdit(place, "".join(new_rows[new_first:new_last])))
    return edits


def workspace_edit(document: Document, edits: Sequence[types.TextEdit], abilities: Abilities) -> types.WorkspaceEdit:
    """Edits of one document, in the version that is known."""
    return workspace_edits([(document, edits)], abilities)


def workspace_edits(
    edits: Sequence[tuple[Document, Sequence[types.TextEdit]]], abilities: Abilities
) -> types.WorkspaceEdit:
    """Edits of documents, each in the version that is known."""
    if not abilities.versions:
        return types.WorkspaceEdit(changes={document.uri: list(own) for document, own in edits})
    return types.WorkspaceEdit(
        document_changes=[
            types.TextDocumentEdit(
                types.OptionalVersionedTextDocumentIdentifier(uri=document.uri, version=document.version), list(own)
            )
            for document, own in edits
        ]
    )
