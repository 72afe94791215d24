"""What an error message means, for a client that shows Markdown."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from kerascheck.integrations.lsp.facts import Shown, Text
from kerascheck.integrations.lsp.pasted import without
from kerascheck.runtime.reading import read_program

if TYPE_CHECKING:
    from kerascheck.configuration.config import Settings
    from kerascheck.engine import Examination
    from kerascheck.project.target import Era

_WIDTH = 100
_PROGRAMS = (".py", ".ipynb")


def explained(
    text: Text | None,
    message: str,
    rows: tuple[int, int] | None,
    settings_of: Callable[[Text], tuple[Settings, str | None]],
) -> Shown:
    """What the message means, and where in the program it comes from.

    Args:
        text: the program that it was pasted into, if it was one.
        message: the message, or a traceback.
        rows: those of the text in which it stands, counted from 0; where they are no Python, the program is read
            without them.
        settings_of: what holds for a text.
    """
    from kerascheck import api
    from kerascheck.engine import examine
    from kerascheck.explain.explanation import explain
    from kerascheck.explain.text import write
    from kerascheck.runtime.recursion import deep_recursion

    script = text.filename if text is not None and text.filename.endswith(_PROGRAMS) else None
    program = text.text if text is not None else ""
    if script is not None and rows is not None and not _parses(program, script):
        program = without(program, *rows)

    def read(name: str) -> bytes:
        return api.to_bytes(program, name) if name == script else read_program(name)

    def examined(name: str, era: Era | None) -> Examination | None:
        settings, _ = settings_of(replace(text, filename=name) if text is not None else Text(name, ""))
        if era is not None:
            settings = replace(settings, target=era.value)
        try:
            return examine(read(name), name, settings)
        except OSError:
            return None

    with deep_recursion():
        found = explain(message, script, examined, read)
    stream = io.StringIO()
    write(found, stream, False, _WIDTH)
    parts = [f"```text\n{_fenced(stream.getvalue())}```"]
    if found.url is not None:
        parts.append(f"[I have this message]({found.url})")
    parts += [f"[{item.code} {item.name}]({item.url})" for item in found.knowledge.findings[:1] if item.url]
    title = found.raised.kind.rpartition(".")[2] if found.raised is not None else ""
    return Shown(title or "Error message", markdown="\n\n".join(parts) + "\n")


def _parses(program: str, name: str) -> bool:
    from kerascheck import api
    from kerascheck.project.source import Source, SourceError

    try:
        _ = Source(api.to_bytes(program, name), name).tree
    except SourceError:
        return False
    return True


def _fenced(text: str) -> str:
    """A text in which no row ends the block of code that it stands in."""
    return re.sub(r"(?m)^(\s*)```", r"\1'''", text)
